"""mlp_core, and the bug in course.original, against sources that are not the course.

Those are reference.py; definitions, written here over the functions of `math`;
numbers worked by hand, in the comments; theory, such as variances. The sections follow the
module; training is in test_training.py. A warning is an error in this whole file: the core
makes none on ordinary numbers.
"""

import doctest
import itertools
import math
import re

import numpy as np
import pytest

import mlp_core as mlp
from course import experiments
from course.original import original_loss_and_grads
from mlp_core import ORIGINAL, SUM, XOR, Layer
from tests.reference import (
    ACTIVATIONS,
    SIZES,
    SOFTMAX,
    assert_near,
    by_autograd,
    draw,
    draw_classes,
    draw_data,
    flat,
    frozen,
    same,
    stack,
)

pytestmark = pytest.mark.filterwarnings("error")

every_activation = pytest.mark.parametrize(
    "activation", ACTIVATIONS.values(), ids=ACTIVATIONS
)


# The module as a whole ---------------------------------------------------------------


@pytest.mark.parametrize("module, count", [(mlp, 2), (experiments, 4)])
def test_examples_in_the_docstrings_are_true(module, count):
    """Guards what the docstrings show."""
    result = doctest.testmod(module)
    assert result.attempted >= count and result.failed == 0


def test_no_function_touches_the_global_random_numbers():
    """Guards: every random number comes from the generator that is handed over."""
    results = []
    for seed in (3, 99):
        np.random.seed(seed)
        before = np.random.get_state()
        rng = np.random.default_rng(4)
        start = mlp.initialize(SIZES, rng)
        results.append(mlp.train(start, SUM.X, SUM.Y, rng, epochs=1)[0])
        np.testing.assert_equal(np.random.get_state(), before)
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
    settings = {"activation": ORIGINAL, "learning_rate": 0.2, "epochs": 20}
    settings |= {"steps_per_epoch": 100, "batch_size": 1, "samples": None}
    settings |= {"snapshots": False, "gradient": mlp.loss_and_grads}
    assert mlp.train.__kwdefaults__ == settings
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


@pytest.mark.parametrize("alpha", [-3.0, -1.0, -0.2, 0.0, 0.01, 0.5, 1.0, 1.5, 4.0])
def test_leaky_relu_is_z_above_0_and_alpha_z_below(alpha):
    """Guards the definition, far from 0, beside it, and at it: there the slope is 1."""
    z = [-1e300, -2.5, -1.0, -1e-9, -5e-324, -0.0, 0.0, 5e-324, 1e-9, 0.5, 1e3]
    leaky = mlp.leaky_relu(alpha)
    expected = [value if value > 0 else alpha * value for value in z]
    assert leaky.f(z).tolist() == expected
    assert leaky.slope(z).tolist() == [1.0 if value >= 0 else alpha for value in z]


def test_tanh_sigmoid_relu_identity_follow_their_definitions():
    """Guards f and slope: every digit is right, out to the largest floats."""
    sizes = [1e308, 1e5, 1e3, 746.0, 710.0, 709.0, 100.0, 37.0, 20.0, 1e-8]
    sizes += [np.inf, *np.linspace(0, 30, 121)]
    z = np.array([*sizes, *(-size for size in sizes)])
    tanhs = np.array([math.tanh(value) for value in z])
    sigmoids = np.array(  # exp of more than 709 overflows
        [1 / (1 + math.exp(-v)) if v > -700 else math.exp(v) for v in z]
    )
    for activation, f, slope in (
        (mlp.tanh, tanhs, 1 - tanhs**2),
        (mlp.sigmoid, sigmoids, sigmoids * (1 - sigmoids)),
        (mlp.relu, np.clip(z, 0, None), z >= 0),
        (mlp.identity, z, np.ones(len(z))),
    ):
        np.testing.assert_allclose(activation.f(z), f, atol=1e-15)
        np.testing.assert_allclose(activation.slope(z), slope, atol=1e-15)


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
    names = "relu", "tanh", "sigmoid", "identity"
    others = {name: getattr(mlp, name) for name in names}
    assert mlp.ACTIVATIONS == {"leaky_relu": ORIGINAL, **others}
    for name, activation in others.items():
        assert activation.name == name and mlp.make_activation(name, 0.3) is activation
    made = mlp.make_activation("leaky_relu", alpha=0.3)
    assert made.name == "leaky_relu" and made.f([-2.0, 3.0]).tolist() == [-0.6, 3.0]
    # gradient_check looks for kinks where there is an alpha
    alphas = [mlp.make_activation(name, 0.3).alpha for name in mlp.ACTIVATIONS]
    assert alphas == [0.3, 0.0, None, None, None]


# 2. Initialization -------------------------------------------------------------------


def test_initialize_makes_the_original_network_by_default():
    """Guards the default sizes, zero biases, and numbers drawn layer after layer."""
    params, rng = mlp.initialize(rng=np.random.default_rng(0)), np.random.default_rng(0)
    assert [W.shape for W, _ in params] == [(2, 3), (3, 3), (3, 2), (2, 1)]
    assert [layer.b.tolist() for layer in params] == [[0.0] * n for n in (3, 3, 2, 1)]
    assert all(np.array_equal(W, rng.standard_normal(W.shape)) for W, _ in params)


# For 300 inputs and 700 units. A uniform variable on [-r, r) has the variance r^2 / 3.
SPREAD = [
    ("normal", 0.0, 1.0, None),
    ("uniform", 0.0, 4 / 3, 2.0),
    ("he", 0.0, 2 / 300, None),
    ("he", -0.2, 2 / (1.04 * 300), None),
    ("glorot", 0.0, 2 / (300 + 700), math.sqrt(6 / 1000)),
]


@pytest.mark.parametrize("scheme, alpha, variance, limit", SPREAD)
def test_initialize_has_the_variance_of_its_scheme(scheme, alpha, variance, limit):
    """Guards the equations of He and of Glorot, and the shape of the distributions."""
    rng = np.random.default_rng(12)
    [(W, b)] = mlp.initialize((300, 700), rng, scheme, alpha)
    assert W.shape == (300, 700) and b.tolist() == [0.0] * 700
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


# 3. and 4. Forward, loss and backprop -----------------------------------------------


def test_whole_numbers_and_truth_values_are_computed_as_floats():
    """Guards: 1 - 3 in bytes is 254, and True - True is an error."""
    Y_hat, Y = np.array([[1]], dtype=np.uint8), np.array([[3]], dtype=np.uint8)
    assert mlp.loss(Y_hat, Y) == 2.0
    assert mlp.loss_slope(Y_hat, Y).tolist() == [[-2.0]]
    assert mlp.loss(np.array([[True]]), np.array([[True]])) == 0.0


SHAPES = [(1, 1), (2, 1), (2, 3, 1), SIZES, (4, 5, 3), (3, 2, 4, 2)]


@every_activation
def test_backprop_agrees_with_autograd(activation):
    """Guards the gradients for all activations, shapes and batches, and at the kink.

    That is z = 0, in the row (0, 0) with zero biases: there the slope is 1.
    """
    cases = [
        (draw(sizes, n, bias=0.7), *draw_data(sizes, n))
        for sizes, n in itertools.product(SHAPES, (1, 6))
    ]
    for params, X, Y in [*cases, (draw(seed=3), XOR.X, XOR.Y + 0.5)]:
        value, grads = mlp.loss_and_grads(params, X, Y, activation)
        expected, expected_grads = by_autograd(params, X, Y, activation)
        assert value == pytest.approx(expected, rel=1e-12)
        assert_near(grads, expected_grads)


# A last layer with its own loss ------------------------------------------------------


HIDDEN = pytest.mark.parametrize(
    "hidden", [mlp.tanh, mlp.relu, mlp.sigmoid, ORIGINAL], ids=lambda act: act.name
)


@HIDDEN
def test_gradient_check_takes_the_networks_own_loss(hidden):
    """Guards: its differences are the loss's, so a right gradient passes. The slope of 1
    belongs to that loss: with the square loss nothing is right."""
    params, (X, Y) = draw((3, 4, 3), 1, bias=0.7), draw_classes((3, 4, 3), 5)
    checks = mlp.gradient_check(params, X, Y, [hidden, SOFTMAX])
    assert not_ok(checks) == [] and not any(check.kink.any() for check in checks)
    functions = [hidden, SOFTMAX._replace(loss=None)]
    checks = mlp.gradient_check(params, X, Y, functions)
    assert not_ok(checks) == CHECK_NAMES[:4]


def test_only_the_last_activations_loss_counts():
    """Guards: one in a hidden layer changes nothing, with the bug neither."""
    mine = lambda Y_hat, Y: 7.0 + 0 * mlp.loss(Y_hat, Y)
    params, own = draw(bias=0.5), mlp.tanh._replace(loss=mine)
    for gradient in mlp.loss_and_grads, original_loss_and_grads:
        square, grads = gradient(params, XOR.X, XOR.Y, mlp.tanh)
        for functions, expected in [
            ([own, own, own, mlp.tanh], square),
            ([mlp.tanh] * 3 + [own], 7.0),
            (own, 7.0),
        ]:
            value, same_grads = gradient(params, XOR.X, XOR.Y, functions)
            assert value == expected and same(grads, same_grads)
            check = mlp.gradient_check(params, XOR.X, XOR.Y, functions, gradient)[-1]
            assert bool(check.numeric.any()) is (expected == square)


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


@pytest.mark.parametrize("activation", [ORIGINAL, mlp.tanh], ids=["original", "tanh"])
def test_gradient_check_finds_a_fault_in_any_single_parameter(activation):
    """Guards: a sign, a zero and a tenth of a percent are found, and where they are."""
    params, (X, Y) = draw(SIZES, 4, bias=0.7), draw_data(SIZES, 6, 1)
    _, right = by_autograd(params, X, Y, activation)
    assert np.min(abs(flat(right))) > 1e-4
    places = [
        (i, kind, index)
        for i, layer in enumerate(right)
        for kind, array in enumerate(layer)
        for index in np.ndindex(array.shape)
    ]
    for (i, kind, index), factor in itertools.product(places, (-1, 0, 1.001)):
        wrong = [Layer(layer.W.copy(), layer.b.copy()) for layer in right]
        wrong[i][kind][index] *= factor
        checks = check_gradient(answering(1.0, wrong), params, X, Y, activation)
        assert not_ok(checks) == [f"{'Wb'[kind]}[{i}]"]
        check = checks[2 * i + kind]
        assert np.argwhere(check.error > 1e-5).tolist() == [list(index)]
        expected = {-1: 2.0, 0: 1.0, 1.001: 0.001 / 1.001}[factor]
        assert check.error[index] == pytest.approx(expected, rel=1e-2)
    nan = [Layer(W * np.nan, b) for W, b in right]
    checks = check_gradient(answering(1.0, nan), params, X, Y, activation)
    assert not_ok(checks) == CHECK_NAMES[::2]  # NaN is no small error


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


def test_gradient_check_excuses_no_fault_in_an_array_with_a_kink_elsewhere():
    """Guards: x = 0, so z is the bias, at the kink in unit 0 and at 1 in unit 1."""
    params = [Layer(np.ones((1, 2)), np.array([0.0, 1.0]))]
    X, Y = np.zeros((1, 1)), np.array([[1.0, 3.0]])
    value, right = by_autograd(params, X, Y)
    checks = check_gradient(answering(value, right), params, X, Y)
    assert checks[1].kink.tolist() == [True, False] and checks[1].ok
    wrong = [Layer(right[0].W, right[0].b * [1, -1])]
    assert not_ok(check_gradient(answering(value, wrong), params, X, Y)) == ["b[0]"]


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
        for limit, ok in (error, True), (error * 0.99, False):
            checks = mlp.gradient_check(params, X, Y, mlp.tanh, h=h, tolerance=limit)
            assert checks[0].ok is ok


def test_gradient_check_compares_gradients_of_another_shape_entry_by_entry():
    """Guards the original notebook's biases, which turn from (3,) into (1, 3)."""
    params, (X, Y) = draw(bias=0.7), draw_data(SIZES, 5)
    value, right = by_autograd(params, X, Y)
    turned = [Layer(W, b[None]) for W, b in right]
    checks = check_gradient(answering(value, turned), params, X, Y)
    assert not_ok(checks) == [] and checks[1].analytic.shape == (3,)


def test_the_bug_makes_nothing_but_the_first_weights_wrong():
    """Guards: the gradient check finds the bug in W[0] only, as notebook 4 shows."""
    for seed in range(5):
        params, (X, Y) = draw(SIZES, seed, bias=0.7), draw_data(SIZES, 4, seed)
        for data in (X, Y), ([[0, 1]], [[1]]):  # the second is the notebook's own case
            checks = mlp.gradient_check(params, *data, gradient=original_loss_and_grads)
            assert [check.name for check in checks if not check.ok] == ["W[0]"]
        mixed = [mlp.tanh, mlp.relu, mlp.sigmoid, mlp.identity]
        _, grads = original_loss_and_grads(params, X, Y, mixed)
        assert_near(grads[1:], by_autograd(params, X, Y, mixed)[1][1:])


@pytest.mark.parametrize("sizes", [(2, 3, 2), (3, 4, 2)])
def test_the_bug_refuses_more_outputs_than_one(sizes):
    """Guards: two targets fit two inputs, and would train nonsense without a word."""
    X, Y = draw_data(sizes, 4)
    with pytest.raises(ValueError, match=re.escape("Y is (4, 2)")):
        original_loss_and_grads(draw(sizes), X, Y)


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
    """Guards: unit 0 has z = -1 on all rows, unit 1 x0 - 0.5, unit 2 z = 0, slope 1.

    The last layer has z = -1 - a1: what the first activation makes of z counts.
    """
    params = [
        Layer(
            np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]), np.array([-1.0, -0.5, 0.0])
        ),
        Layer(np.array([[1.0], [-1.0], [0.0]]), np.array([-0.1])),
    ]
    for X, activation, expected in (
        (XOR.X, mlp.relu, [[True, False, False], [True]]),
        (XOR.X[:2], [mlp.relu, mlp.identity], [[True, True, False], [False]]),
        (XOR.X[:2], [ORIGINAL, mlp.relu], [[False] * 3, [False]]),
        (XOR.X, ORIGINAL, [[False] * 3, [False]]),
    ):
        dead = mlp.dead_units(params, X, activation)
        assert [layer.tolist() for layer in dead] == expected


# Nothing that is passed in is changed ------------------------------------------------

CALLS = {
    "forward": lambda p, X, Y: mlp.forward(p, X),
    "loss": lambda p, X, Y: mlp.loss(Y, Y),
    "loss_slope": lambda p, X, Y: mlp.loss_slope(Y, Y),
    "backprop": lambda p, X, Y: mlp.backprop(p, frozen(mlp.forward(p, X)[1]), Y),
    "loss_and_grads": mlp.loss_and_grads,
    "sgd_step": lambda p, X, Y: mlp.sgd_step(p, p, 0.1),
    "original_loss_and_grads": original_loss_and_grads,
    "gradient_check": mlp.gradient_check,
    "solved": lambda p, X, Y: mlp.solved(Y, Y),
    "dead_units": lambda p, X, Y: mlp.dead_units(p, X, mlp.relu),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_inputs_are_never_changed(call):
    """Guards: arrays that can't be written to are enough, and lists stay as they are."""
    params = frozen(draw(bias=0.5))
    layers = list(params)
    call(params, XOR.X, frozen(XOR.Y + 0.5))
    assert all(layer is before for layer, before in zip(params, layers, strict=True))


# Refusals: what NumPy would broadcast, in words that name it ---------------------------

P, X, Y, ONE = draw(bias=0.5), XOR.X, XOR.Y, np.ones((1, 1))
STACK = stack([P] * 3)


def other(params, i, **array):
    """The network, or its gradients, with one array changed."""
    return [*params[:i], params[i]._replace(**array), *params[i + 1 :]]


def run(params, X=X, activation=ORIGINAL):
    return lambda: mlp.forward(params, X, activation)


def send_back(params, dY):
    return lambda: mlp.backprop(params, mlp.forward(P, X)[1], dY)


REFUSALS = [
    (r"X .*\(2,\).*\[\[x0, x1\]\]", run(P, [1.0, 2.0])),
    (r"Y .*\(4,\).*Y.reshape\(-1, 1\)", lambda: mlp.loss_and_grads(P, X, Y[:, 0])),
    (r"X .*\(0, 2\)", run(P, X[:0])),
    ("X must hold numbers, not <U1", run(P, [["a", "b"]])),
    (r"X is \(4, 3\).* 2 inputs", run(P, np.ones((4, 3)))),
    ("params is empty", run([])),
    # biases: one for all units, in a row, one for each sample, those of one network
    (r"params\[1\]\.b is \(1,\)", run(other(P, 1, b=np.ones(1)))),
    (r"params\[0\]\.b is \(1, 3\)", run(other(P, 0, b=P[0].b[None]))),
    (r"params\[0\]\.b is \(3,\)", run(other(STACK, 0, b=P[0].b))),
    # layers of stacks: of one network, of a stack of one, and of a larger one
    (r"params\[3\]\.W", run([*STACK[:3], P[3]])),
    (r"params\[1\]\.W is .*, not a stack", run(other(STACK, 1, W=P[1].W[None]))),
    (r"params\[1\]\.W is", run(other(STACK, 1, W=np.repeat(STACK[1].W, 2, axis=0)))),
    ("3 activations for 4 layers", run(P, X, [mlp.tanh] * 3)),
    # targets: two outputs for one, one target for all
    (r"Y_hat is \(4, 2\) but Y is \(4, 1\)", lambda: mlp.loss(X, Y)),
    (r"Y_hat is \(4, 1\) but Y is \(1, 1\)", lambda: mlp.loss_slope(Y, ONE)),
    # dY of another batch, flat, or of other layers; gradients of other shapes
    (r"\(4, 1\).*\(1, 1\)", send_back(P, ONE)),
    (r"\(4, 1\).*\(4,\)", send_back(P, Y[:, 0])),
    ("4 layers .*params has 3", send_back(P[:3], Y)),
    ("4 layers .*params has 5", send_back([*P, P[-1]], Y)),
    (
        r"grads\[1\] .*\(1, 3\).*params\[1\] has \[\(3, 3\), \(3,\)\]",
        lambda: mlp.sgd_step(P, other(P, 1, W=P[1].W[:1]), 1),
    ),
    (
        r"grads\[1\] .*\(6, 3\)",
        lambda: mlp.sgd_step(P, other(P, 1, W=np.repeat(P[1].W, 2, axis=0)), 1),
    ),
    (r"zip\(\) argument 2 is longer", lambda: mlp.sgd_step(P, P[:3], 1)),
    (r"grads\[3\] .*\(\)", lambda: mlp.sgd_step(P, other(P, 3, b=0.5), 1)),
    (
        "params, X and Y give a loss that is not finite",
        lambda: mlp.gradient_check(P, X, Y, gradient=answering(np.inf, P)),
    ),
    # a generator, and nothing else that draws
    (r"rng must be .*, not None", lambda: mlp.initialize(SIZES)),
    (r"rng must be .*, not <module", lambda: mlp.draw_samples(np.random, 4, 3)),
    ("scheme must be one of .*'he'", lambda: mlp.initialize(SIZES, scheme="He")),
]


@pytest.mark.parametrize("words, call", REFUSALS)
def test_what_would_broadcast_is_refused_by_its_name(words, call):
    """Guards: a shape that fits by chance ends in words, not in a number."""
    with pytest.raises((ValueError, TypeError), match=words):
        call()
