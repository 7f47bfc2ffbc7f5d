"""mlp_core against sources that are not the course: see reference.py.

Besides those: definitions, written here as loops over the functions of `math` and
`decimal`; numbers worked by hand, in the comments; theory, such as variances. The
sections follow the module; training is in test_training.py. A warning is an error in
this whole file: the core makes none on ordinary numbers.
"""

import decimal
import doctest
import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mlp_core as mlp
from mlp_core import ORIGINAL, SUM, XOR, Cache, Layer
from tests.reference import (
    ACTIVATIONS,
    PUBLISHED_X,
    PUBLISHED_Y,
    SIZES,
    OriginalNotebook,
    assert_near,
    by_autograd,
    draw,
    draw_data,
    flat,
    frozen,
    loop_relu,
    published_network,
    same,
    stack,
)

pytestmark = pytest.mark.filterwarnings("error")

ALPHAS = [-3.0, -1.0, -0.2, 0.0, 0.01, 0.5, 1.0, 1.5, 4.0]
every_activation = pytest.mark.parametrize(
    "activation", ACTIVATIONS.values(), ids=ACTIVATIONS
)


# The module as a whole ---------------------------------------------------------------


def test_examples_in_the_docstrings_are_true():
    """Guards what the docstrings show."""
    result = doctest.testmod(mlp)
    assert result.attempted >= 2 and result.failed == 0


def test_no_function_touches_the_global_random_numbers():
    """Guards: every random number comes from the generator that is handed over."""
    results = []
    for seed in (3, 99):
        np.random.seed(seed)
        before = np.random.get_state()[1].copy(), np.random.get_state()[2]
        rng = np.random.default_rng(4)
        start = mlp.initialize(SIZES, rng)
        results.append(mlp.train(start, SUM.X, SUM.Y, rng, epochs=1)[0])
        after = np.random.get_state()
        assert np.array_equal(before[0], after[1]) and before[1] == after[2]
    assert same(*results)


def test_what_is_left_out_has_the_original_notebooks_value():
    """Guards: a call without a setting would train something else, in silence."""
    for function, expected in (
        (mlp.leaky_relu, (-0.2,)),
        (mlp.make_activation, (-0.2,)),
        (mlp.initialize, ((2, 3, 3, 2, 1), None, "normal", -0.2)),
        (mlp.forward, (ORIGINAL,)),
        (mlp.backprop, (ORIGINAL,)),
        (mlp.loss_and_grads, (ORIGINAL,)),
        (mlp.gradient_check, (ORIGINAL, mlp.loss_and_grads, 1e-5, 1e-5)),
        (mlp.draw_samples, (1,)),
        (mlp.solved, (0.1,)),
        (mlp.dead_units, (ORIGINAL,)),
    ):
        assert function.__defaults__ == expected, function.__name__
    assert mlp.ORIGINAL_SIZES == SIZES and ORIGINAL.alpha == -0.2


def test_tasks_are_the_original_notebooks_and_read_only():
    """Guards the data: corners of the square, their sum, their exclusive or."""
    corners = [(0, 0), (0, 1), (1, 0), (1, 1)]
    for name, operation in ("SUM", int.__add__), ("XOR", int.__xor__):
        task = getattr(mlp, name)
        assert task.name == name and task.X.tolist() == [[a, b] for a, b in corners]
        assert task.Y.tolist() == [[operation(*corner)] for corner in corners]
        for array in task.X, task.Y:
            with pytest.raises(ValueError, match="read-only"):
                array[0, 0] = 5


# 1. Activations ----------------------------------------------------------------------


@pytest.mark.parametrize("alpha", ALPHAS)
def test_leaky_relu_is_z_above_0_and_alpha_z_below(alpha):
    """Guards the definition, on both sides of 0 and far from it."""
    z = np.array([-1e3, -2.5, -1.0, -1e-9, 0.0, 1e-9, 0.5, 1.0, 3.0, 1e3])
    expected = [value if value > 0 else alpha * value for value in z]
    assert mlp.leaky_relu(alpha).f(z).tolist() == expected
    expected = [1.0 if value >= 0 else alpha for value in z]
    np.testing.assert_allclose(mlp.leaky_relu(alpha).slope(z), expected, rtol=1e-15)


@settings(max_examples=150, deadline=None)
@given(alpha=st.floats(-10, 10), z=st.floats(-1e300, 1e300))
def test_leaky_relu_for_any_alpha_and_z(alpha, z):
    """Guards the same for numbers that nobody thought of."""
    leaky = mlp.leaky_relu(alpha)
    assert leaky.f(np.array([z]))[0] == (z if z > 0 else alpha * z)
    slope = 1 if z >= 0 else alpha
    assert math.isclose(leaky.slope(np.array([z]))[0], slope, abs_tol=1e-14)


def test_original_activation_equals_the_original_notebooks_loop():
    """Guards ORIGINAL and the default alpha, at 0 and beside it too."""
    z = np.random.default_rng(0).standard_normal((50, 4))
    z[0] = 0.0, -0.0, 5e-324, -5e-324
    assert np.array_equal(ORIGINAL.f(z), loop_relu(z))
    np.testing.assert_allclose(ORIGINAL.slope(z), loop_relu(z, deriv=True), rtol=1e-15)
    assert np.array_equal(mlp.leaky_relu().f(z), loop_relu(z))


def test_tanh_sigmoid_relu_identity_follow_their_definitions():
    """Guards f and slope against the functions of `math`."""
    z = np.linspace(-30, 30, 241)
    tanhs = [math.tanh(value) for value in z]
    sigmoids = [1 / (1 + math.exp(-value)) for value in z]
    np.testing.assert_allclose(mlp.tanh.f(z), tanhs, atol=1e-15)
    np.testing.assert_allclose(mlp.sigmoid.f(z), sigmoids, atol=1e-15)
    assert mlp.relu.f(z).tolist() == [max(value, 0.0) for value in z]
    assert mlp.identity.f(z).tolist() == z.tolist()
    slopes = [1 / math.cosh(value) ** 2 for value in z]
    np.testing.assert_allclose(mlp.tanh.slope(z), slopes, atol=1e-15)
    slopes = [s * (1 - s) for s in sigmoids]
    np.testing.assert_allclose(mlp.sigmoid.slope(z), slopes, atol=1e-15)
    assert mlp.relu.slope(z).tolist() == [1.0 if value >= 0 else 0.0 for value in z]
    assert mlp.identity.slope(z).tolist() == [1.0] * len(z)


@pytest.mark.parametrize("activation", [*map(mlp.leaky_relu, ALPHAS), mlp.relu])
def test_slope_at_the_kink_is_1(activation):
    """Guards what the original notebook does at z = 0."""
    assert activation.slope(np.array([0.0, -0.0])).tolist() == [1.0, 1.0]


def exact_sigmoid(z):
    if abs(z) > 1e5:  # nearer to 0 or 1 than any float
        return float(z > 0)
    with decimal.localcontext(prec=60, Emin=-(10**6), Emax=10**6):
        return float(1 / (1 + (-decimal.Decimal(z)).exp()))


def test_tanh_and_sigmoid_are_stable_for_any_z():
    """Guards: no overflow, and every digit right, out to the largest floats."""
    sizes = [1e308, 1e300, 1e5, 1e3, 746.0, 710.0, 709.0, 100.0, 37.0, 20.0, 1.0, 1e-8]
    z = np.array([*sizes, 0.0, *(-size for size in sizes), np.inf, -np.inf])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        tanh, sigmoid = mlp.tanh.f(z), mlp.sigmoid.f(z)
        tanh_slope, sigmoid_slope = mlp.tanh.slope(z), mlp.sigmoid.slope(z)
    exact = np.array([exact_sigmoid(value) for value in z])
    np.testing.assert_allclose(tanh, [math.tanh(value) for value in z], atol=1e-15)
    np.testing.assert_allclose(sigmoid, exact, atol=1e-15)
    np.testing.assert_allclose(sigmoid_slope, exact * (1 - exact), atol=1e-15)
    np.testing.assert_allclose(tanh_slope, 1 - np.tanh(z) ** 2, atol=1e-15)
    far = abs(z) >= 100
    assert np.all(tanh_slope[far] == 0) and np.all(sigmoid_slope[far] == 0)


@pytest.mark.parametrize("name", mlp.ACTIVATIONS)
def test_activations_keep_the_shape_and_leave_z_alone(name):
    """Guards: a new float array comes back, from lists and single numbers too."""
    activation = mlp.make_activation(name)
    z = frozen(np.random.default_rng(1).integers(-3, 4, (3, 4, 5)) / 2)
    for function in activation.f, activation.slope:
        result = function(z)
        assert result.shape == z.shape and result.dtype == float
        assert not np.shares_memory(result, z)
        assert np.array_equal(function(z.tolist()), result)
        assert function(-0.5) == function(np.array([-0.5]))[0]


def test_make_activation_finds_each_by_its_name():
    """Guards the names, and that alpha counts for the leaky ReLU only."""
    z = np.array([-2.0, 3.0])
    expected = {
        "leaky_relu": [-0.6, 3.0],
        "relu": [0.0, 3.0],
        "tanh": [math.tanh(-2), math.tanh(3)],
        "sigmoid": [1 / (1 + math.exp(2)), 1 / (1 + math.exp(-3))],
        "identity": [-2.0, 3.0],
    }
    assert set(mlp.ACTIVATIONS) == set(expected)
    for name, values in expected.items():
        activation = mlp.make_activation(name, alpha=0.3)
        assert activation.name == name
        np.testing.assert_allclose(activation.f(z), values, rtol=1e-14)
    assert mlp.make_activation("leaky_relu").alpha == -0.2
    # gradient_check looks for kinks where there is an alpha
    alphas = [mlp.make_activation(name, 0.3).alpha for name in mlp.ACTIVATIONS]
    assert alphas == [0.3, 0.0, None, None, None]


# 2. Initialization -------------------------------------------------------------------

every_scheme = pytest.mark.parametrize("scheme", mlp.SCHEMES)


@every_scheme
def test_initialize_gives_shapes_by_size_and_zero_biases(scheme):
    """Guards W (n_in, n_out) and b (n_out,) for each pair of neighbouring sizes."""
    params = mlp.initialize((5, 4, 7, 2), np.random.default_rng(0), scheme)
    assert [W.shape for W, _ in params] == [(5, 4), (4, 7), (7, 2)]
    assert [b.shape for _, b in params] == [(4,), (7,), (2,)]
    assert all(isinstance(layer, Layer) and not layer.b.any() for layer in params)


def test_initialize_makes_the_original_network_by_default():
    """Guards the default sizes, and numbers drawn layer after layer."""
    params, rng = mlp.initialize(rng=np.random.default_rng(0)), np.random.default_rng(0)
    assert [W.shape for W, _ in params] == [(2, 3), (3, 3), (3, 2), (2, 1)]
    assert all(np.array_equal(W, rng.standard_normal(W.shape)) for W, _ in params)


# For 300 inputs and 700 units. A uniform variable on [-r, r) has the variance r^2 / 3.
SPREAD = [
    ("normal", 0.0, 1.0, None),
    ("uniform", 0.0, 4 / 3, 2.0),
    ("he", 0.0, 2 / 300, None),
    ("he", -0.2, 2 / (1.04 * 300), None),
    ("he", 1.0, 1 / 300, None),
    ("he", -3.0, 2 / (10 * 300), None),
    ("glorot", 0.0, 2 / (300 + 700), math.sqrt(6 / 1000)),
]


@pytest.mark.parametrize("scheme, alpha, variance, limit", SPREAD)
def test_initialize_has_the_variance_of_its_scheme(scheme, alpha, variance, limit):
    """Guards the equations of He and of Glorot, and the shape of the distributions."""
    rng = np.random.default_rng(12)
    W = mlp.initialize((300, 700), rng, scheme, alpha)[0].W
    sigma = math.sqrt(variance)
    assert abs(W.mean()) < 5 * sigma / math.sqrt(W.size)
    assert W.var() == pytest.approx(variance, rel=0.02)  # 5 standard errors or more
    within_one_sigma = np.mean(abs(W) < sigma)
    if limit is None:  # normal: 68.27 % within one sigma, some beyond four
        assert within_one_sigma == pytest.approx(math.erf(math.sqrt(0.5)), abs=0.006)
        assert abs(W).max() > 4 * sigma
    else:  # uniform: 57.7 % within one sigma, all of the range used, nothing beyond
        assert within_one_sigma == pytest.approx(1 / math.sqrt(3), abs=0.006)
        assert -limit <= W.min() < -0.999 * limit and 0.999 * limit < W.max() < limit


def test_initialize_zeros_draws_nothing():
    """Guards: the generator stays where it was, and none is needed."""
    rng = np.random.default_rng(0)
    assert not flat(mlp.initialize(SIZES, rng, "zeros")).any()
    assert rng.random() == np.random.default_rng(0).random()
    assert not flat(mlp.initialize(SIZES, scheme="zeros")).any()


@every_scheme
def test_initialize_repeats_with_the_seed(scheme):
    """Guards: the seed decides every weight."""
    first, again, other = (
        mlp.initialize(SIZES, np.random.default_rng(seed), scheme) for seed in (7, 7, 8)
    )
    assert same(first, again)
    assert scheme == "zeros" or all(
        np.all(V != W) for (V, _), (W, _) in zip(first, other)
    )


# 3. Forward --------------------------------------------------------------------------

# Worked by hand, with the slope -0.2 below 0 (alpha * z, so that -2 becomes 0.4):
#   x = (1, 2):  z = (1 + 6 + 0.5, -2 + 1 - 1) = (7.5, -2)     a = (7.5, 0.4)
#                z = 2 * 7.5 - 0.4 + 0.25 = 14.85               a = 14.85
#   x = (-1, 0): z = (-1 + 0.5, 2 - 1) = (-0.5, 1)              a = (0.1, 1)
#                z = 0.2 - 1 + 0.25 = -0.55                     a = 0.11
HAND = [
    Layer(np.array([[1.0, -2.0], [3.0, 0.5]]), np.array([0.5, -1.0])),
    Layer(np.array([[2.0], [-1.0]]), np.array([0.25])),
]
HAND_X = np.array([[1.0, 2.0], [-1.0, 0.0]])


def test_forward_gives_what_was_worked_by_hand():
    """Guards every z and a on the way, and their places in the cache."""
    Y_hat, cache = mlp.forward(HAND, HAND_X)
    np.testing.assert_allclose(Y_hat, [[14.85], [0.11]], rtol=1e-14)
    expected_Z = [[[7.5, -2.0], [-0.5, 1.0]], [[14.85], [-0.55]]]
    expected_A = [HAND_X, [[7.5, 0.4], [0.1, 1.0]], [[14.85], [0.11]]]
    for found, expected in (cache.Z, expected_Z), (cache.A, expected_A):
        for array, right in zip(found, expected, strict=True):
            np.testing.assert_allclose(array, right, rtol=1e-14)


def test_forward_gives_the_original_notebooks_published_outputs():
    """Guards the four recorded outputs."""
    Y_hat, _ = mlp.forward(published_network(), PUBLISHED_X)
    np.testing.assert_allclose(Y_hat[:, 0], PUBLISHED_Y, rtol=0, atol=1e-6)


@every_activation
def test_forward_of_a_batch_is_that_of_each_row(activation):
    """Guards: samples know nothing of one another."""
    params, (X, _) = draw((3, 5, 4, 2), 1, bias=1.0), draw_data((3, 2), 6)
    Y_hat, _ = mlp.forward(params, X, activation)
    rows = [mlp.forward(params, X[i : i + 1], activation)[0][0] for i in range(6)]
    assert Y_hat.shape == (6, 2)
    np.testing.assert_allclose(Y_hat, rows, rtol=1e-13, atol=1e-15)


def test_forward_takes_one_activation_for_each_layer():
    """Guards their order: 2 * 0.5 = 1, tanh(1); then 1 - tanh(1) under the sigmoid."""
    params = [
        Layer(np.array([[2.0]]), np.zeros(1)),
        Layer(np.array([[-1.0]]), np.ones(1)),
    ]
    Y_hat, _ = mlp.forward(params, [[0.5]], [mlp.tanh, mlp.sigmoid])
    assert Y_hat[0, 0] == pytest.approx(1 / (1 + math.exp(math.tanh(1) - 1)), rel=1e-14)


# 4. Loss and backprop ----------------------------------------------------------------


def test_loss_is_half_the_squares_summed_over_outputs_averaged_over_samples():
    """Guards the loss: 0.5 * (1 + 20) / 2 = 5.25 of the squares 1, 0 and 4, 16."""
    Y_hat, Y = [[1.0, 2.0], [3.0, 5.0]], [[0.0, 2.0], [1.0, 1.0]]
    assert mlp.loss(Y_hat, Y) == 5.25 and isinstance(mlp.loss(Y_hat, Y), float)
    assert mlp.loss_slope(Y_hat, Y).tolist() == [[0.5, 0.0], [1.0, 2.0]]


def test_whole_numbers_and_truth_values_are_computed_as_floats():
    """Guards: 1 - 3 in bytes is 254, and True - True is an error."""
    Y_hat, Y = np.array([[1]], dtype=np.uint8), np.array([[3]], dtype=np.uint8)
    assert mlp.loss(Y_hat, Y) == 2.0
    assert mlp.loss_slope(Y_hat, Y).tolist() == [[-2.0]]
    assert mlp.loss(np.array([[True]]), np.array([[True]])) == 0.0
    params, X, Y = draw(bias=0.5), XOR.X.astype(np.int8), XOR.Y.astype(bool)
    value, grads = mlp.loss_and_grads(params, X.tolist(), Y)
    expected, expected_grads = mlp.loss_and_grads(params, XOR.X, XOR.Y)
    assert value == expected and same(grads, expected_grads)


# The network worked by hand above, x = (1, 2), target 10:
#   error 14.85 - 10 = 4.85, loss 0.5 * 4.85^2 = 11.76125
#   layer 1: z > 0, so dZ = 4.85;  dW = (7.5, 0.4) * 4.85 = (36.375, 1.94), db = 4.85
#   layer 0: dA = (2, -1) * 4.85 = (9.7, -4.85), slopes (1, -0.2), dZ = (9.7, 0.97)
#            dW = (1, 2) outer (9.7, 0.97), db = (9.7, 0.97)
HAND_GRADS = [
    Layer(np.array([[9.7, 0.97], [19.4, 1.94]]), np.array([9.7, 0.97])),
    Layer(np.array([[36.375], [1.94]]), np.array([4.85])),
]


def test_backprop_gives_what_was_worked_by_hand():
    """Guards every gradient of a small network."""
    value, grads = mlp.loss_and_grads(HAND, HAND_X[:1], [[10.0]])
    assert value == pytest.approx(11.76125, rel=1e-14)
    assert_near(grads, HAND_GRADS, rtol=1e-13)
    Y_hat, cache = mlp.forward(HAND, HAND_X[:1])
    dY = mlp.loss_slope(Y_hat, [[10.0]])
    assert_near(mlp.backprop(HAND, cache, dY), HAND_GRADS, rtol=1e-13)


def test_sgd_step_by_hand():
    """Guards the update: W - 0.1 * dW, for instance 1 - 0.1 * 9.7 = 0.03."""
    expected = [
        Layer([[0.03, -2.097], [1.06, 0.306]], [-0.47, -1.097]),
        Layer([[-1.6375], [-1.194]], [-0.235]),
    ]
    after = mlp.sgd_step(HAND, HAND_GRADS, 0.1)
    assert_near(after, expected, rtol=1e-12)
    assert all(isinstance(layer, Layer) for layer in after)
    for new, old in zip(after, HAND):
        assert not any(np.shares_memory(*pair) for pair in itertools.product(new, old))


SHAPES = [(1, 1), (2, 1), (2, 3, 1), SIZES, (4, 5, 3), (3, 2, 4, 2)]


@pytest.mark.parametrize("n", [1, 6])
@pytest.mark.parametrize("sizes", SHAPES, ids=str)
@every_activation
def test_backprop_agrees_with_autograd(activation, sizes, n):
    """Guards the gradients for all activations, shapes and batches."""
    params, (X, Y) = draw(sizes, n, bias=0.7), draw_data(sizes, n)
    value, grads = mlp.loss_and_grads(params, X, Y, activation)
    expected, expected_grads = by_autograd(params, X, Y, activation)
    assert value == pytest.approx(expected, rel=1e-12)
    assert_near(grads, expected_grads)


@pytest.mark.parametrize("seed", range(6))
def test_backprop_agrees_with_autograd_for_an_activation_per_layer(seed):
    """Guards: each layer is sent back through the slope of its own activation."""
    rng = np.random.default_rng(seed)
    mixed = [list(ACTIVATIONS.values())[i] for i in rng.permutation(7)[:4]]
    params, (X, Y) = draw((3, 5, 4, 3, 2), seed, bias=0.7), draw_data((3, 2), 5)
    expected, expected_grads = by_autograd(params, X, Y, mixed)
    value, grads = mlp.loss_and_grads(params, X, Y, mixed)
    assert value == pytest.approx(expected, rel=1e-12)
    assert_near(grads, expected_grads)
    Y_hat, cache = mlp.forward(params, X, tuple(mixed))
    dY = mlp.loss_slope(Y_hat, Y)
    assert_near(mlp.backprop(params, cache, dY, tuple(mixed)), expected_grads)


@every_activation
def test_backprop_agrees_with_autograd_at_the_kink(activation):
    """Guards z = 0, in the row (0, 0) with zero biases: there the slope is 1."""
    params = draw(seed=3)
    _, grads = mlp.loss_and_grads(params, XOR.X, XOR.Y + 0.5, activation)
    _, expected = by_autograd(params, XOR.X, XOR.Y + 0.5, activation)
    assert_near(grads, expected)


def test_one_sample_gives_the_original_notebooks_step():
    """Guards: with its bug mended, the original notebook makes the same step."""
    for seed, task, row in itertools.product(range(5), (SUM, XOR), range(4)):
        params, rows = draw(SIZES, seed, bias=0.3), [row]
        original = OriginalNotebook(params, mended=True)
        (expected,) = original.train(task, [rows])
        value, grads = mlp.loss_and_grads(params, task.X[rows], task.Y[rows])
        assert value == pytest.approx(expected, rel=1e-12, abs=1e-15)
        assert_near(mlp.sgd_step(params, grads, 0.2), original.params)


# Stacks ------------------------------------------------------------------------------


@pytest.mark.parametrize("own_data", [False, True], ids=["X shared", "X of each"])
@pytest.mark.parametrize("count", [1, 5])
@every_activation
def test_a_stack_is_each_of_its_networks(activation, count, own_data):
    """Guards all functions that take a stack: no network sees another's numbers."""
    sizes = (3, 4, 4, 2)  # square in the middle: a transposed product would fit
    networks = [draw(sizes, seed, bias=1.0) for seed in range(count)]
    data = [draw_data(sizes, 6, seed if own_data else 0) for seed in range(count)]
    X, Y = map(np.stack, zip(*data)) if own_data else data[0]
    params = stack(networks)
    Y_hat, cache = mlp.forward(params, X, activation)
    value, grads = mlp.loss_and_grads(params, X, Y, activation)
    sent_back = mlp.backprop(params, cache, mlp.loss_slope(Y_hat, Y), activation)
    after = mlp.sgd_step(params, grads, 0.1)
    near = mlp.solved(Y_hat, Y, tolerance=4.0)
    dead = mlp.dead_units(params, X, activation)
    assert value.shape == near.shape == (count,) and same(grads, sent_back)
    for s, network in enumerate(networks):
        own_X, own_Y = data[s]
        expected_Y_hat, expected_cache = mlp.forward(network, own_X, activation)
        np.testing.assert_allclose(Y_hat[s], expected_Y_hat, rtol=1e-12, atol=1e-14)
        for z, expected in zip(cache.Z, expected_cache.Z, strict=True):
            np.testing.assert_allclose(z[s], expected, rtol=1e-12, atol=1e-14)
        expected, expected_grads = by_autograd(network, own_X, own_Y, activation)
        assert value[s] == pytest.approx(expected, rel=1e-12)
        alone = [Layer(W[s], b[s, 0]) for W, b in grads]
        assert_near(alone, expected_grads)
        alone = [Layer(W[s], b[s, 0]) for W, b in after]
        assert_near(alone, mlp.sgd_step(network, expected_grads, 0.1))
        assert near[s] == np.all(abs(expected_Y_hat - own_Y) < 4.0)
        for units, expected in zip(dead, mlp.dead_units(network, own_X, activation)):
            assert np.array_equal(units[s], expected)


# Gradient check ----------------------------------------------------------------------

CHECK_NAMES = ["W[0]", "b[0]", "W[1]", "b[1]", "W[2]", "b[2]", "W[3]", "b[3]"]


def answering(*answer):
    """A gradient that knows its answer."""
    return lambda *_: answer


def not_ok(checks):
    return [check.name for check in checks if not check.ok]


def check_gradient(gradient, params, X, Y, activation=ORIGINAL, **kwargs):
    return mlp.gradient_check(params, X, Y, activation, gradient=gradient, **kwargs)


@every_activation
def test_gradient_check_passes_a_right_gradient(activation):
    """Guards names, shapes, both gradients and the error of every check."""
    for seed in range(3):
        params, (X, Y) = draw(SIZES, seed, bias=0.7), draw_data(SIZES, 5, seed)
        checks = mlp.gradient_check(params, X, Y, activation)
        assert [check.name for check in checks] == CHECK_NAMES
        assert not_ok(checks) == []
        _, expected = by_autograd(params, X, Y, activation)
        for check, array in zip(checks, [a for layer in expected for a in layer]):
            assert check.kink.shape == check.error.shape == array.shape
            assert check.kink.dtype == bool and not check.kink.any()
            np.testing.assert_allclose(check.analytic, array, rtol=1e-10, atol=1e-12)
            np.testing.assert_allclose(check.numeric, array, rtol=1e-5, atol=1e-8)
            assert check.error.max() <= 1e-5 and check.ok is True


def test_gradient_check_works_per_layer_and_with_many_outputs():
    """Guards the activation of each layer: the sigmoid's slope is missed in all others."""
    params, (X, Y) = draw((3, 4, 4, 2), 1, bias=0.7), draw_data((3, 2), 5)
    mixed = [mlp.tanh, mlp.leaky_relu(0.1), mlp.sigmoid]
    assert not_ok(mlp.gradient_check(params, X, Y, mixed)) == []
    wrong = [mlp.tanh, mlp.leaky_relu(0.1), mlp.identity]
    checks = check_gradient(
        lambda p, X, Y, _: by_autograd(p, X, Y, wrong), params, X, Y, mixed
    )
    assert not_ok(checks) == CHECK_NAMES[:6]


# Every single parameter of the 2-3-3-2-1 network: (layer, which array, index)
EVERY_PARAMETER = [
    (i, kind, index)
    for i, layer in enumerate(draw())
    for kind, array in zip("Wb", layer)
    for index in np.ndindex(array.shape)
]


@pytest.mark.parametrize("activation", [ORIGINAL, mlp.tanh], ids=["original", "tanh"])
def test_gradient_check_finds_a_fault_in_any_single_parameter(activation):
    """Guards: a sign, a zero and a tenth of a percent are found, and where they are."""
    params, (X, Y) = draw(SIZES, 4, bias=0.7), draw_data(SIZES, 6, 1)
    _, right = by_autograd(params, X, Y, activation)
    assert np.min(abs(flat(right))) > 1e-4
    for (i, kind, index), factor in itertools.product(EVERY_PARAMETER, (-1, 0, 1.001)):
        wrong = [Layer(layer.W.copy(), layer.b.copy()) for layer in right]
        getattr(wrong[i], kind)[index] *= factor
        checks = check_gradient(answering(1.0, wrong), params, X, Y, activation)
        name = f"{kind}[{i}]"
        assert not_ok(checks) == [name]
        check = checks[CHECK_NAMES.index(name)]
        assert np.argwhere(check.error > 1e-5).tolist() == [list(index)]
        expected = {-1: 2.0, 0: 1.0, 1.001: 0.001 / 1.001}[factor]
        assert check.error[index] == pytest.approx(expected, rel=1e-2)


def test_gradient_check_does_not_pass_nan():
    """Guards: NaN is no small error."""
    params, (X, Y) = draw((2, 1), 4), draw_data((2, 1), 3)
    wrong = [Layer(np.full((2, 1), np.nan), np.zeros(1))]
    assert not check_gradient(answering(1.0, wrong), params, X, Y)[0].ok


@pytest.mark.parametrize("h", [1e-7, 1e-5, 1e-3, 1e-2, 0.05, 0.1])
@pytest.mark.parametrize("alpha", [-0.2, 0.0, 0.5, 3.0])
def test_gradient_check_tells_a_kink_from_a_fault(alpha, h):
    """Guards the row (0, 0) with zero biases, where z is 0.

    There the difference straddles the kink wherever a bias moves, and gives the mean of
    the two slopes: with one layer (1 + alpha) / 2 * dY. No weight moves z, since its
    input is 0.
    """
    params = [Layer(np.array([[0.5], [0.25]]), np.zeros(1))]
    weight, bias = mlp.gradient_check(
        params, [[0, 0]], [[1]], mlp.leaky_relu(alpha), h=h
    )
    assert weight.ok and not weight.kink.any() and weight.error.max() < 1e-5
    assert bias.kink.all() and bias.ok
    assert bias.analytic[0] == -1  # Y_hat - Y, with the slope 1 at 0
    assert bias.numeric[0] == pytest.approx(-(1 + alpha) / 2, rel=0.2)
    assert bias.error[0] > 1e-3


def test_gradient_check_sees_a_kink_between_the_points_only():
    """Guards its place: with z = b it is between b - h and b + h for |b| < h."""
    for b, crossed in (0.5e-5, True), (-0.9e-5, True), (1.5e-5, False), (-0.1, False):
        params = [Layer(np.zeros((1, 1)), np.array([b]))]
        checks = mlp.gradient_check(params, [[1.0]], [[2.0]], mlp.relu, h=1e-5)
        assert [check.kink.all() for check in checks] == [crossed] * 2
        assert not_ok(checks) == []


def test_gradient_check_excuses_no_fault_beside_kinks():
    """Guards the original XOR start: all biases are at kinks, and no weight is."""
    params = draw()
    checks = mlp.gradient_check(params, XOR.X, XOR.Y)
    assert not_ok(checks) == []
    assert all(np.all(check.kink == (check.name[0] == "b")) for check in checks)
    value, right = by_autograd(params, XOR.X, XOR.Y)
    wrong = [Layer(-W, b) for W, b in right]
    checks = check_gradient(answering(value, wrong), params, XOR.X, XOR.Y)
    assert not_ok(checks) == ["W[0]", "W[1]", "W[2]", "W[3]"]


def test_gradient_check_excuses_no_fault_in_an_array_with_a_kink_elsewhere():
    """Guards: x = 0, so z is the bias, at the kink in unit 0 and at 1 in unit 1."""
    params = [Layer(np.ones((1, 2)), np.array([0.0, 1.0]))]
    X, Y = np.zeros((1, 1)), np.array([[1.0, 3.0]])
    value, right = by_autograd(params, X, Y)
    checks = check_gradient(answering(value, right), params, X, Y)
    assert checks[1].kink.tolist() == [True, False] and checks[1].ok
    wrong = [Layer(right[0].W, right[0].b * [1, -1])]
    assert not_ok(check_gradient(answering(value, wrong), params, X, Y)) == ["b[0]"]


@pytest.mark.parametrize("size", [1.0, 30.0, 100.0, 1000.0])
@pytest.mark.parametrize("activation", [mlp.tanh, mlp.sigmoid, ORIGINAL])
def test_gradient_check_excuses_no_fault_where_inputs_are_large(activation, size):
    """Guards: a smooth slope that moves fast is no kink. z = 0.7 for every size."""
    params = [Layer(np.array([[0.7 / size]]), np.zeros(1))]
    X, Y = np.array([[size]]), np.array([[-1.0]])
    value, right = by_autograd(params, X, Y, activation)
    wrong = [Layer(-W, -b) for W, b in right]
    checks = check_gradient(answering(value, wrong), params, X, Y, activation, h=1e-6)
    assert not any(check.kink.any() for check in checks)
    assert not_ok(checks) == ["W[0]", "b[0]"]


def test_gradient_check_measures_no_slope_below_the_scale_of_the_loss():
    """Guards the floor of the error, 1e-4 * max(1, loss), for slopes that are 0."""
    for Y, floor in (1.0, 1e-4), (200.0, 1e-4 * 20000):
        params = [Layer(np.ones((1, 1)), np.zeros(1))]
        wrong = [Layer(np.array([[1e-6]]), np.array([-Y]))]
        checks = check_gradient(
            answering(0.5 * Y**2, wrong), params, [[0.0]], [[Y]], mlp.identity
        )
        assert checks[0].error[0, 0] == pytest.approx(1e-6 / floor, rel=1e-9)


def test_gradient_check_uses_h_and_tolerance():
    """Guards both: of 0.5 tanh(w)^2 a difference is off by h^2 / 6 times f'''."""
    params, X, Y = [Layer(np.array([[0.3]]), np.zeros(1))], [[1.0]], [[0.0]]
    for h in 0.1, 0.01:
        check = mlp.gradient_check(params, X, Y, mlp.tanh, h=h)[0]
        losses = [0.5 * math.tanh(0.3 + step) ** 2 for step in (h, -h)]
        quotient = (losses[0] - losses[1]) / (2 * h)
        assert check.numeric[0, 0] == pytest.approx(quotient, rel=1e-12)
        exact = math.tanh(0.3) / math.cosh(0.3) ** 2
        relative = abs(exact - quotient) / max(exact, quotient)
        assert check.error[0, 0] == pytest.approx(relative, rel=1e-6)
        error = check.error[0, 0]
        for tolerance, ok in (error, True), (error * 0.99, False):
            checks = mlp.gradient_check(
                params, X, Y, mlp.tanh, h=h, tolerance=tolerance
            )
            assert checks[0].ok is ok


def test_gradient_check_compares_gradients_of_another_shape_entry_by_entry():
    """Guards the original notebook's biases, which turn from (3,) into (1, 3)."""
    params, (X, Y) = draw(bias=0.7), draw_data(SIZES, 5)
    value, right = by_autograd(params, X, Y)
    turned = [Layer(W, b[None]) for W, b in right]
    checks = check_gradient(answering(value, turned), params, X, Y)
    assert not_ok(checks) == [] and checks[1].analytic.shape == (3,)


# 6. Tasks ----------------------------------------------------------------------------


def test_solved_means_every_output_near_its_target():
    """Guards the definition of success in the whole course."""
    Y = [[0.0, 1.0], [1.0, 0.0]]
    assert mlp.solved([[0.09, 0.91], [1.09, -0.09]], Y) is True
    for index, error in itertools.product(np.ndindex(2, 2), (0.11, -0.11)):
        Y_hat = np.array(Y)
        Y_hat[index] += error
        assert mlp.solved(Y_hat, Y) is False
        assert mlp.solved(Y_hat, Y, tolerance=0.12) is True
        Y_hat[index] = np.nan
        assert mlp.solved(Y_hat, Y) is False
    assert mlp.solved([[0.5]], [[0.0]], tolerance=0.5) is False  # within, not at
    pair = np.stack([np.array(Y), np.array(Y) + [[0, 0], [0, 0.2]]])
    assert mlp.solved(pair, Y).tolist() == [True, False]


def test_dead_units_have_slope_0_on_every_row():
    """Guards: unit 0 has z = -1 on all rows, unit 1 x0 - 0.5, unit 2 z = 0, slope 1."""
    W = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    params = [
        Layer(W, np.array([-1.0, -0.5, 0.0])),
        Layer(np.array([[1.0], [-1.0], [0.0]]), np.array([-1.0])),
    ]
    dead = mlp.dead_units(params, XOR.X, mlp.relu)
    assert [layer.tolist() for layer in dead] == [[True, False, False], [True]]
    assert not any(layer.any() for layer in mlp.dead_units(params, XOR.X))
    dead = mlp.dead_units(params, XOR.X[:2], [mlp.relu, mlp.identity])
    assert [layer.tolist() for layer in dead] == [[True, True, False], [False]]


def test_dead_units_are_found_behind_the_activation_that_is_asked_for():
    """Guards: of z = -1 ReLU makes 0, so z = -0.1 follows; ours makes 0.2, and 0.1."""
    ones, bias = np.ones((1, 1)), np.array([-0.1])
    params = [Layer(-ones, np.zeros(1)), Layer(ones, bias)]
    dead = mlp.dead_units(params, [[1.0]], mlp.relu)
    assert [layer.tolist() for layer in dead] == [[True], [True]]
    last_is_relu = mlp.dead_units(params, [[1.0]], [ORIGINAL, mlp.relu])
    assert [layer.tolist() for layer in last_is_relu] == [[False], [False]]


# Nothing that is passed in is changed ------------------------------------------------

CALLS = {
    "forward": lambda p, X, Y: mlp.forward(p, X),
    "loss": lambda p, X, Y: mlp.loss(Y, Y),
    "loss_slope": lambda p, X, Y: mlp.loss_slope(Y, Y),
    "backprop": lambda p, X, Y: mlp.backprop(p, frozen(mlp.forward(p, X)[1]), Y),
    "loss_and_grads": mlp.loss_and_grads,
    "sgd_step": lambda p, X, Y: mlp.sgd_step(p, p, 0.1),
    "gradient_check": mlp.gradient_check,
    "solved": lambda p, X, Y: mlp.solved(Y, Y),
    "dead_units": lambda p, X, Y: mlp.dead_units(p, X, mlp.relu),
}


@pytest.mark.parametrize("name", CALLS)
def test_inputs_are_never_changed(name):
    """Guards: arrays that can't be written to are enough, and lists stay as they are."""
    params = frozen(draw(bias=0.5))
    layers = list(params)
    CALLS[name](params, XOR.X, frozen(XOR.Y + 0.5))
    assert all(layer is before for layer, before in zip(params, layers, strict=True))


# Refusals: what NumPy would broadcast, in words that name it ---------------------------

P, X, Y = draw(bias=0.5), XOR.X, XOR.Y
CACHE = mlp.forward(P, X)[1]
GRADS = mlp.loss_and_grads(P, X, Y)[1]
STACK = stack([draw(seed=seed) for seed in range(3)])
rng = np.random.default_rng(0)


def with_layer(i, W=None, b=None, params=P):
    """The network, or its gradients, with one array changed."""
    layer = Layer(params[i].W if W is None else W, params[i].b if b is None else b)
    return [*params[:i], layer, *params[i + 1 :]]


REFUSALS = [
    (r"X .*\(2,\).*\[\[x0, x1\]\]", lambda: mlp.forward(P, [1.0, 2.0])),
    (r"Y .*\(4,\).*Y.reshape\(-1, 1\)", lambda: mlp.loss_and_grads(P, X, Y[:, 0])),
    (r"Y_hat .*Y_hat.reshape", lambda: mlp.solved(Y[:, 0], Y)),
    (r"X .*\(0, 2\)", lambda: mlp.forward(P, np.ones((0, 2)))),
    ("X must hold numbers, not <U1", lambda: mlp.forward(P, [["a", "b"]])),
    ("X must hold numbers, not object", lambda: mlp.forward(P, None)),
    ("Y must hold numbers, not complex", lambda: mlp.loss(Y, Y * 1j)),
    (r"X is \(4, 3\).* 2 inputs", lambda: mlp.forward(P, np.ones((4, 3)))),
    ("params is empty", lambda: mlp.forward([], X)),
    # biases: one for all units, in a row, one for each sample, those of one network
    (r"params\[1\]\.b is \(1,\)", lambda: mlp.forward(with_layer(1, b=np.ones(1)), X)),
    (
        r"params\[0\]\.b is \(1, 3\)",
        lambda: mlp.forward(with_layer(0, b=P[0].b[None]), X),
    ),
    (r"params\[3\]\.b is \(4, 1\)", lambda: mlp.forward(with_layer(3, b=Y), X)),
    (
        r"params\[0\]\.b is \(3,\)",
        lambda: mlp.forward(with_layer(0, b=P[0].b, params=STACK), X),
    ),
    # layers of stacks: of one network, of a stack of one, and its W alone
    (r"params\[3\]\.W", lambda: mlp.forward([*STACK[:3], P[3]], X)),
    (r"params\[3\]\.W", lambda: mlp.forward([*STACK[:3], stack([P])[3]], X)),
    (r"params\[1\]\.W", lambda: mlp.forward([P[0], *STACK[1:]], X)),
    (
        r"params\[1\]\.W is \(1, 3, 3\), not a stack",
        lambda: mlp.forward(with_layer(1, W=P[1].W[None], params=STACK), X),
    ),
    ("3 activations for 4 layers", lambda: mlp.forward(P, X, [mlp.tanh] * 3)),
    ("5 activations for 4 layers", lambda: mlp.per_layer([mlp.tanh] * 5, P)),
    # targets: two outputs for one, one target for all
    (r"Y_hat is \(4, 2\) but Y is \(4, 1\)", lambda: mlp.loss(X, Y)),
    (r"Y_hat is \(4, 1\) but Y is \(1, 1\)", lambda: mlp.loss_slope(Y, [[1.0]])),
    (r"Y_hat is \(4, 1\) but Y is \(1, 1\)", lambda: mlp.solved(Y, Y[:1])),
    # dY of another batch, flat, or of other layers; gradients of other shapes
    (r"\(4, 1\).*\(1, 1\)", lambda: mlp.backprop(P, CACHE, np.ones((1, 1)))),
    (r"\(4, 1\).*\(4,\)", lambda: mlp.backprop(P, CACHE, Y[:, 0])),
    ("4 layers .*params has 3", lambda: mlp.backprop(P[:3], CACHE, Y)),
    ("4 layers .*params has 5", lambda: mlp.backprop([*P, P[3]], CACHE, Y)),
    (
        r"grads\[1\] .*\(1, 3\).*params\[1\] has \[\(3, 3\), \(3,\)\]",
        lambda: mlp.sgd_step(P, with_layer(1, W=GRADS[1].W[:1], params=GRADS), 1),
    ),
    (
        r"grads\[3\] .*\(2, 3\).*params\[3\] has \[\(2, 1\), \(1,\)\]",
        lambda: mlp.sgd_step(P, with_layer(3, W=np.ones((2, 3)), params=GRADS), 1),
    ),
    (
        r"grads\[0\] .*\(1, 3\)",
        lambda: mlp.sgd_step(P, with_layer(0, b=P[0].b[None], params=GRADS), 1),
    ),
    (
        r"grads\[3\] .*\(\)",
        lambda: mlp.sgd_step(P, with_layer(3, b=0.5, params=GRADS), 1),
    ),
    (
        "params, X and Y give a loss that is not finite",
        lambda: mlp.gradient_check(P, X, Y, gradient=answering(np.inf, GRADS)),
    ),
    # a generator, and nothing else that draws
    (r"rng must be .*, not 3", lambda: mlp.initialize(SIZES, 3)),
    (r"rng must be .*, not None", lambda: mlp.initialize(SIZES)),
    (r"rng must be np.random.default_rng", lambda: mlp.draw_samples(np.random, 4, 3)),
    (
        "scheme must be one of .*'he'.*, not 'He'",
        lambda: mlp.initialize(SIZES, rng, "He"),
    ),
]


@pytest.mark.parametrize("words, call", REFUSALS)
def test_what_would_broadcast_is_refused_by_its_name(words, call):
    """Guards: a shape that fits by chance ends in words, not in a number."""
    with pytest.raises((ValueError, TypeError), match=words):
        call()


# Slips that Python and NumPy refuse in their own words.
SLIPS = {
    "sizes as text": lambda: mlp.initialize("231", rng),
    "sizes as a number": lambda: mlp.initialize(3, rng),
    "half a unit": lambda: mlp.initialize((2, 1.5), rng),
    "one size": lambda: mlp.forward(mlp.initialize((2,), rng), X),
    "alpha as text": lambda: mlp.leaky_relu("0.1").f(X),
    "a name for an activation": lambda: mlp.forward(P, X, "tanh"),
    "a function for an activation": lambda: mlp.forward(P, X, np.tanh),
    "a layer for a network": lambda: mlp.forward(P[0], X),
    "layers that don't fit": lambda: mlp.forward([P[0], P[2], P[1]], X),
    "rows of different lengths": lambda: mlp.forward(P, [[1.0, 2.0], [3.0]]),
    "a cache of another batch": lambda: mlp.backprop(
        P, Cache([X[:2], *CACHE.A[1:]], CACHE.Z), Y
    ),
    "gradients of fewer layers": lambda: mlp.sgd_step(P, GRADS[:3], 0.1),
    "gradients in another order": lambda: mlp.sgd_step(P, GRADS[::-1], 0.1),
    "a learning rate as text": lambda: mlp.sgd_step(P, GRADS, "0.1"),
    "h of 0": lambda: mlp.gradient_check(P, X, Y, h=0),
    "a gradient without loss": lambda: mlp.gradient_check(
        P, X, Y, gradient=lambda *_: P
    ),
    "batches of -1": lambda: mlp.draw_samples(rng, 4, 3, -1),
}


@pytest.mark.parametrize("name", SLIPS)
def test_slips_end_before_a_number_comes_out(name):
    """Guards: no check of ours is needed for these."""
    with pytest.raises((ValueError, TypeError, AttributeError, ZeroDivisionError)):
        SLIPS[name]()
