"""mlp_exercises: right answers pass, wrong ones don't, and each mistake gets its words.

Where the right answers come from: `mlp_core`, derivatives worked by hand, and the
solutions that the notebooks publish (see `mutate_solutions.py`).

The functions under test here are the learner's: many are wrong on purpose.
"""

import _thread
import functools
import itertools
import re
import signal
import threading
import time
import warnings

import mutate_solutions
import nbformat
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mlp_core as mlp
import mlp_exercises as ex
import mlp_questions

NOTEBOOK_OF = {
    "my_activation": "01_activations",
    "my_slope": "01_activations",
    "my_dead_units": "01_activations",
    "my_uniform": "02_initialization",
    "my_he": "02_initialization",
    "my_glorot": "02_initialization",
    "my_forward_one": "03_forward",
    "my_forward": "03_forward",
    "my_loss": "03_forward",
    "my_loss_slope": "04_backprop",
    "my_layer_backward": "04_backprop",
    "my_backprop": "04_backprop",
    "my_numeric_gradient": "04_backprop",
    "my_step": "05_sum_task",
    "my_train": "05_sum_task",
    "smallest_sizes": "05_sum_task",
    "my_success_rate": "06_xor_task",
    "xor_network": "06_xor_task",
    "xnor_network": "06_xor_task",
    "my_entry_error": "07_bug_lab",
    "mend_first": "07_bug_lab",
    "mend_second": "07_bug_lab",
    "mend_third": "07_bug_lab",
}
ALL = list(ex.EXERCISES.values())
each_exercise = pytest.mark.parametrize("exercise", ALL, ids=lambda each: each.name)
MISTAKES = [(each, mistake) for each in ALL for mistake in each.mistakes]


def named(name, function):
    """The function under the name of an exercise, as a learner would define it."""

    @functools.wraps(function)
    def learner(*args, **kwargs):
        return function(*args, **kwargs)

    learner.__name__ = name
    return learner


def check(name, function):
    return ex.check(named(name, function))


# Right answers -----------------------------------------------------------------------


def test_the_exercises_are_those_of_the_course():
    """Guards: an exercise that is lost, or lands in another notebook."""
    assert {each.name: each.notebook for each in ALL} == NOTEBOOK_OF


@each_exercise
def test_the_right_function_passes(exercise):
    """Guards: a check that refuses its own solution."""
    verdict = ex.check(exercise.right)
    assert (verdict.solved, verdict.words) == (True, f"{exercise.name}: right")


@each_exercise
def test_the_solution_passes(exercise):
    """Guards: a published solution that its check refuses."""
    source = mutate_solutions.solutions()[exercise.name]
    verdict = ex.check(mutate_solutions.compiled(exercise.name, source))
    assert (verdict.solved, verdict.words) == (True, f"{exercise.name}: right")


def test_every_solution_is_published_in_a_notebook():
    """Guards: an exercise whose solution stands in no cell tagged 'solution'."""
    assert set(mutate_solutions.solutions()) == set(NOTEBOOK_OF)


def test_solutions_are_read_from_tagged_cells_only(tmp_path):
    """Guards: the reader of the notebooks, which the tests above rest on."""
    block = "text\n```python\ndef my_slope(z, alpha):\n    return 1\n```\nmore"
    tagged = nbformat.v4.new_markdown_cell(block, metadata={"tags": ["solution"]})
    plain = nbformat.v4.new_markdown_cell(block.replace("my_slope", "my_loss"))
    other = nbformat.v4.new_markdown_cell("no code", metadata={"tags": ["solution"]})
    notebook = nbformat.v4.new_notebook(cells=[tagged, plain, other])
    nbformat.write(notebook, tmp_path / "one.ipynb")
    found = mutate_solutions.solutions(tmp_path)
    assert found == {"my_slope": "def my_slope(z, alpha):\n    return 1\n"}


def random_network(seed, sizes=(2, 3, 3, 2, 1)):
    rng = np.random.default_rng(seed)
    params = [
        mlp.Layer(W, rng.standard_normal(len(W.T)))
        for W, _ in mlp.initialize(sizes, rng)
    ]
    X, Y = rng.standard_normal((5, sizes[0])), rng.standard_normal((5, sizes[-1]))
    return params, X, Y


def assert_layers_equal(mine, theirs):
    for (W, b), (V, c) in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(W, V, atol=1e-12)
        np.testing.assert_allclose(b, c, atol=1e-12)


def test_right_functions_agree_with_the_core():
    """Guards: a reference that is wrong itself."""
    params, X, Y = random_network(1)
    Y_hat, cache = mlp.forward(params, X)
    f, slope = mlp.ORIGINAL.f, mlp.ORIGINAL.slope
    for mine, theirs in zip(ex.my_forward(params, X, f), cache):
        for one, other in zip(mine, theirs, strict=True):
            np.testing.assert_array_equal(one, other)
    np.testing.assert_allclose(ex.my_forward_one(params, X[0], f), Y_hat[0])
    assert ex.my_loss(Y_hat, Y) == pytest.approx(mlp.loss(Y_hat, Y))
    dY = ex.my_loss_slope(Y_hat, Y)
    np.testing.assert_allclose(dY, mlp.loss_slope(Y_hat, Y))
    grads = mlp.backprop(params, cache, dY)
    assert_layers_equal(ex.my_backprop(params, *cache, dY, slope), grads)
    dW, db, _ = ex.my_layer_backward(cache.A[3], cache.Z[3], params[3].W, dY, slope)
    assert_layers_equal([(dW, db)], grads[3:])
    assert_layers_equal(
        ex.my_step(params, grads, 0.3), mlp.sgd_step(params, grads, 0.3)
    )
    dead = ex.my_dead_units(cache.Z[0], 0.0)
    np.testing.assert_array_equal(dead, mlp.dead_units(params, X, mlp.relu)[0])


@pytest.mark.parametrize("alpha", [-1.0, -0.2, 0.0, 0.01, 1.0, 2.0])
def test_right_activation_and_slope_agree_with_the_core(alpha):
    """Guards: a reference that is wrong itself, at z = 0 too."""
    z = np.array([-2.0, -0.5, 0.0, 0.5, 2.0])
    activation = mlp.leaky_relu(alpha)
    np.testing.assert_allclose(ex.my_activation(z, alpha), activation.f(z))
    np.testing.assert_allclose(ex.my_slope(z, alpha), activation.slope(z))


def test_right_training_agrees_with_the_core():
    """Guards: a reference that is wrong itself."""
    params, X, Y = random_network(2, (2, 3, 1))
    samples = np.random.default_rng(3).integers(0, 5, (7, 2))
    mine, losses = ex.my_train(params, X, Y, samples, 0.05)
    theirs, history = mlp.train(params, X, Y, learning_rate=0.05, samples=samples)
    assert_layers_equal(mine, theirs)
    np.testing.assert_allclose(losses, history.loss)


def test_right_numeric_gradient_is_the_derivative():
    """Guards: a reference that is wrong itself; the slope of w^3 is 3 w^2."""
    w = np.array([[1.0, -2.0], [0.0, 0.5]])
    gradient = ex.my_numeric_gradient(lambda w: float(np.sum(w**3)), w)
    np.testing.assert_allclose(gradient, 3 * w**2, atol=1e-8)


def test_right_success_rate_agrees_with_the_core():
    """Guards: a reference that is wrong itself."""
    run = mlp.sweep(mlp.XOR.X, mlp.XOR.Y, range(20))
    assert ex.my_success_rate(run.Y_hat, mlp.XOR.Y) == run.success.mean()


def test_right_networks_compute_their_tables():
    """Guards: a reference that is wrong itself."""
    for network, table in (
        (ex.xor_network, [0, 1, 1, 0]),
        (ex.xnor_network, [1, 0, 0, 1]),
    ):
        Y_hat, _ = mlp.forward(network(), mlp.XOR.X, mlp.relu)
        np.testing.assert_array_equal(Y_hat[:, 0], table)


# The same answers in another style.
OTHER_RIGHTS = [
    ("my_activation", lambda z, alpha: z * (z > 0) + alpha * z * (z <= 0)),
    ("my_activation", lambda z, alpha: np.maximum(z, 0) + alpha * np.minimum(z, 0)),
    ("my_slope", lambda z, alpha: np.where(z < 0, alpha, 1)),
    ("my_dead_units", lambda Z, a: ~(np.where(Z >= 0, 1, a) != 0).any(axis=0)),
    ("my_loss", lambda P, Y: 0.5 * ((P - Y) ** 2).sum(axis=1).mean()),
    ("my_loss", lambda P, Y: np.array(0.5 * ((P - Y) ** 2).sum(axis=1).mean())),
    ("my_loss_slope", lambda P, Y: -(Y - P) / Y.shape[0]),
    (
        "my_layer_backward",
        lambda A, Z, W, dA, slope: [
            np.einsum("ni,no->io", A, dA * slope(Z)),
            np.ones(len(A)) @ (dA * slope(Z)),
            (W @ (dA * slope(Z)).T).T,
        ],
    ),
    ("my_backprop", lambda *args: [mlp.Layer(*each) for each in ex.my_backprop(*args)]),
    ("my_step", lambda *args: tuple(map(tuple, mlp.sgd_step(*args)))),
    (
        "my_train",
        lambda *args: (ex.my_train(*args)[0], np.array(ex.my_train(*args)[1])),
    ),
    ("smallest_sizes", lambda: [2, 1]),
    ("smallest_sizes", lambda: np.array([2, 1])),
    ("my_success_rate", lambda P, Y: sum(mlp.solved(P, Y)) / len(P)),
    ("xor_network", lambda: [([[1, 1], [1, 1]], [0, -1]), ([[1], [-2]], [0])]),
    ("xor_network", lambda: [([[1, -1], [-1, 1]], [0, 0]), ([[1], [1]], [0])]),
]


@pytest.mark.parametrize(("name", "function"), OTHER_RIGHTS)
def test_a_right_answer_in_another_style_passes(name, function):
    """Guards: a check that asks for one way of writing."""
    assert check(name, function).solved, check(name, function)


def restoring_gradient(loss_of, w, h=1e-5):
    """Moves the entries in place, and puts each back: right, but for rounding in w."""
    if w.dtype.kind == "i":
        w = w.astype(float)
    gradient = np.zeros(w.shape)
    for index in np.ndindex(w.shape):
        w[index] += h
        above = loss_of(w)
        w[index] -= 2 * h
        gradient[index] = (above - loss_of(w)) / (2 * h)
        w[index] += h
    return gradient


def test_a_gradient_that_puts_each_entry_back_passes():
    """Guards: taking the rounding of + h - h for an argument that was changed."""
    assert check("my_numeric_gradient", restoring_gradient).solved


# Each draws in another way than the solution.


def draws(draw):
    """First weights out of ``draw(rng, n_in, n_out, alpha)``."""
    return lambda sizes, rng, alpha=0.0: [
        (draw(rng, n_in, n_out, alpha), np.zeros(n_out))
        for n_in, n_out in itertools.pairwise(sizes)
    ]


def he(n_in, alpha):
    return np.sqrt(2 / ((1 + alpha**2) * n_in))


OTHER_DRAWS = [
    ("my_he", lambda rng, n, m, a: rng.normal(0, he(n, a), (n, m))),
    ("my_he", lambda rng, n, m, a: rng.normal(size=(m, n)).T * he(n, a)),
    (
        "my_he",
        lambda rng, n, m, a: np.array(
            [[rng.normal(0, he(n, a)) for _ in range(m)] for _ in range(n)]
        ),
    ),
    ("my_uniform", lambda rng, n, m, a: 4 * rng.random((n, m)) - 2),
    ("my_uniform", lambda rng, n, m, a: rng.uniform(-2, 2, n * m).reshape(n, m)),
    (
        "my_glorot",
        lambda rng, n, m, a: (2 * rng.random((n, m)) - 1) * (6 / (n + m)) ** 0.5,
    ),
]


@pytest.mark.parametrize(("name", "draw"), OTHER_DRAWS)
def test_right_weights_may_be_drawn_in_any_way(name, draw):
    """Guards: comparing random numbers one by one."""
    assert check(name, draws(draw)).solved


@pytest.mark.parametrize("name", ["my_uniform", "my_he", "my_glorot"])
def test_the_bounds_for_random_weights_are_wide_enough(name):
    """Guards: a right answer that is refused now and then. 200 seeds of each."""
    exercise = ex.EXERCISES[name]
    alpha = [-0.2] if name == "my_he" else []
    names = ["W", "b"]
    measured = []
    for seed in range(200):
        start = exercise.right(ex._WIDE, np.random.default_rng(seed), *alpha)
        parts = ex.layers_form(*names)(start)
        measured.append(ex._statistics(parts, uniform=name != "my_he"))
    first = measured[0]
    assert not any(ex._wrong_parts(exercise, each, first) for each in measured)
    for beginning, (relative, absolute) in ex._TOLERANCES.items():
        for part in (part for part in first if part.startswith(beginning)):
            values = np.array([each[part] for each in measured])
            bound = absolute + relative * abs(values.mean())
            assert 5 * values.std() < bound, part


# Mistakes ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exercise", "mistake"),
    MISTAKES,
    ids=[f"{each.name}-{mistake.words[:40]}" for each, mistake in MISTAKES],
)
def test_each_mistake_gets_its_own_words(exercise, mistake):
    """Guards: a mistake that passes, or gets the words of another one."""
    verdict = check(exercise.name, mistake.wrong)
    assert not verdict.solved
    assert verdict.words == f"{exercise.name}: not yet: {mistake.words}"


@each_exercise
def test_no_two_mistakes_have_the_same_words(exercise):
    """Guards: two mistakes that can't be told apart in the test above."""
    words = [mistake.words for mistake in exercise.mistakes]
    assert len(words) == len(set(words))


@each_exercise
def test_the_stub_is_not_written_yet(exercise):
    """Guards: the answer to a notebook as it is published."""
    words = f"{exercise.name}: not written yet"
    for stub in (lambda *args: None, lambda *args: ..., not_implemented):
        verdict = check(exercise.name, stub)
        assert (verdict.solved, verdict.words, repr(verdict)) == (False, words, words)


def not_implemented(*args):
    raise NotImplementedError


def docstring_only(*args):
    """Not written yet."""


def names_none(*args):
    x = None
    return x


def prints(z, alpha):
    print(np.where(z >= 0, 1.0, alpha))


def forgets_return(z, alpha):
    slopes = np.where(z >= 0, 1.0, alpha)  # noqa: F841, the slip that is meant


def test_a_forgotten_return_is_told_from_a_stub():
    """Guards: 'not written yet' for who printed the result, and only for a stub."""
    for stub in (docstring_only, names_none):
        assert check("my_slope", stub).words == "my_slope: not written yet"
    for function in (prints, forgets_return):
        assert "did you print the result" in check("my_slope", function).words


def test_the_caret_is_no_power():
    """Guards: a message about bitwise_xor, which tells a learner nothing."""
    words = check("my_loss", lambda P, Y: 0.5 * np.sum((P - Y) ^ 2) / len(Y)).words
    assert "`^` is no power in Python" in words
    words = check("my_he", lambda sizes, rng, alpha: 1 + alpha ^ 2).words
    assert "`^` is no power in Python" in words


def cyclic_layers(sizes, rng):
    return [
        (rng.uniform(-2, 2, (sizes[i - 1], n)), np.zeros(n))
        for i, n in enumerate(sizes)
    ]


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (cyclic_layers, "one layer too many: 2 sizes are 1 layer"),
        (lambda sizes, rng: [(1.0, 0.0) for _ in sizes[1:]], "hand this shape to"),
        (
            lambda sizes, rng: [
                (rng.uniform(-2, 2, pair), 0.0) for pair in itertools.pairwise(sizes)
            ],
            "b[0] is one number",
        ),
    ],
)
def test_layers_of_an_odd_form_are_told(function, words):
    """Guards: a message about the shape of a shape."""
    assert words in check("my_uniform", function).words


def test_general_words_show_the_smallest_failing_case():
    """Guards: what went in, what came out and what is right, all in numbers."""
    words = check("my_slope", lambda z, alpha: np.where(z >= 0, 1.0, 0.5)).words
    cases = ex.EXERCISES["my_slope"].cases
    right = sum(alpha == 0.5 or bool(np.all(z >= 0)) for z, alpha in cases)
    assert words == (
        "my_slope: not yet: the result is wrong\n  yours: [0.5]\n  right: [-0.2]\n"
        f"  for z = [-1.]\n  for alpha = -0.2\n  (right in {right} of {len(cases)} cases)"
    )


def test_shapes_are_compared_before_numbers():
    """Guards: a table of numbers where one word about the shape would do."""
    words = check("my_loss_slope", lambda P, Y: np.zeros((7, 7))).words
    assert "the result has the shape (7, 7), it should have the shape (1, 1)" in words


def test_a_single_wrong_part_is_named():
    """Guards: 'something is wrong' for a function with three results."""

    def wrong(A, Z, W, dA, slope):
        dW, db, before = ex.my_layer_backward(A, Z, W, dA, slope)
        return dW, db, 3 * before

    words = check("my_layer_backward", wrong).words
    assert "dA_before is wrong\n  right already: dW, db\n" in words


def test_a_mask_of_numbers_is_refused():
    """Guards: 1 and 0 for True and False, which pick other entries as an index."""
    words = check("my_dead_units", lambda Z, a: 1 * ex.my_dead_units(Z, a)).words
    assert "True and False are asked for" in words


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ((2, 1, 1), "(2, 1, 1) learns it with 91 of 100 seeds"),
        ((2, 2, 1), "(2, 2, 1) learns it with 98 of 100 seeds"),
        ((2, 3, 3, 2, 1), "with 98 of 100 seeds, but there is a smaller one"),
        ((2, 50, 1), "larger than the network of the original notebook"),
        ((1, 1), "two inputs"),
        ((2, 2), "one number"),
        ((2,), "at least two sizes"),
        ((2, 0, 1), "each of 1 or more units"),
        ((2.0, 1.0), "whole numbers"),
        ("21", "it returns a text"),
    ],
)
def test_other_sizes_are_told_why_not(sizes, words):
    """Guards: the words about sizes; the rates are those of mlp.sweep, seeds 0 to 99."""
    verdict = check("smallest_sizes", lambda: sizes)
    assert not verdict.solved
    assert words in verdict.words


def test_the_smallest_network_learns_the_sum():
    """Guards: the claim that (2, 1) is right: exact by hand, and found by training."""
    by_hand = [mlp.Layer(np.array([[1.0], [1.0]]), np.zeros(1))]
    np.testing.assert_array_equal(mlp.forward(by_hand, mlp.SUM.X)[0], mlp.SUM.Y)
    assert mlp.sweep(mlp.SUM.X, mlp.SUM.Y, range(100), sizes=(2, 1)).success.sum() == 90


@pytest.mark.parametrize("name", ["xor_network", "xnor_network"])
@pytest.mark.parametrize("entry", range(9))
def test_a_hand_made_network_must_be_exact(name, entry):
    """Guards: accepting an output that is off by more than 1e-6."""
    rights = {"xor_network": [0, 1, 1, 0], "xnor_network": [1, 0, 0, 1]}

    def network(shift):
        (W0, b0), (W1, b1) = ex.EXERCISES[name].right()
        flat = np.concatenate([each.ravel() for each in (W0, b0, W1, b1)])
        flat[entry] += shift
        return [
            (flat[:4].reshape(2, 2), flat[4:6]),
            (flat[6:8].reshape(2, 1), flat[8:]),
        ]

    for shift in (-1e-3, -3e-6, 3e-6, 1e-3):
        layers = [mlp.Layer(*each) for each in network(shift)]
        Y_hat, _ = mlp.forward(layers, mlp.XOR.X, mlp.relu)
        off = np.max(abs(Y_hat[:, 0] - rights[name]))
        assert check(name, lambda: layers).solved == (off <= 1e-6)  # noqa: B023


# Loops -------------------------------------------------------------------------------


def loop_activation(z, alpha):
    values = [v if v > 0 else alpha * v for v in z.ravel()]
    return np.array(values).reshape(z.shape)


def loop_slope(z, alpha):
    return np.array([1 if v >= 0 else alpha for v in z.ravel()]).reshape(z.shape)


def loop_dead(Z, alpha):
    return np.array(
        [all(alpha == 0 and v < 0 for v in Z[:, u]) for u in range(len(Z.T))]
    )


def loop_forward(params, X, f):
    rows = [ex.my_forward(params, x[None, :], f) for x in X]
    count = len(params)
    A = [np.vstack([row[0][i] for row in rows]) for i in range(count + 1)]
    return A, [np.vstack([row[1][i] for row in rows]) for i in range(count)]


def loop_loss(Y_hat, Y):
    total = 0.0
    for p, y in zip(Y_hat, Y):
        for one, other in zip(p, y):
            total += 0.5 * (one - other) ** 2
    return total / len(Y)


def loop_loss_slope(Y_hat, Y):
    return np.array([[(a - b) / len(Y) for a, b in zip(*row)] for row in zip(Y_hat, Y)])


def loop_backward(A, Z, W, dA, slope):
    dZ = dA * slope(Z)
    dW = sum(np.outer(a, dz) for a, dz in zip(A, dZ))
    return dW, sum(dZ), np.array([W @ dz for dz in dZ])


def loop_rate(Y_hats, Y):
    good = 0
    for Y_hat in Y_hats:
        good += all(abs(p - y) < 0.1 for p, y in zip(Y_hat.ravel(), Y.ravel()))
    return good / len(Y_hats)


LOOPS = {
    "my_activation": loop_activation,
    "my_slope": loop_slope,
    "my_dead_units": loop_dead,
    "my_forward": loop_forward,
    "my_loss": loop_loss,
    "my_loss_slope": loop_loss_slope,
    "my_layer_backward": loop_backward,
    "my_success_rate": loop_rate,
}


@pytest.mark.parametrize("name", LOOPS)
def test_a_right_loop_is_told_kindly(name):
    """Guards: refusing a slow answer, or not telling that it is slow."""
    verdict = check(name, LOOPS[name])
    assert verdict.solved, verdict
    assert verdict.words.startswith(f"{name}: right. It loops in Python")


def test_every_exercise_with_a_large_case_has_its_loop():
    """Guards: a large case that no loop above was tried on."""
    assert {each.name for each in ALL if each.large} == set(LOOPS)


# Hostile answers ---------------------------------------------------------------------


def never_ends(*args):
    while True:
        pass


def swallows_everything(*args):
    while True:
        try:
            len(args)
        except:  # noqa: E722, S110, that is the point
            pass


def sleeps(*args):
    time.sleep(3)


def assert_no_more_threads(than):
    """No thread is left over; it may take a moment: a sleeper ends when its sleep does."""
    end = time.monotonic() + 4
    while threading.active_count() > than and time.monotonic() < end:
        time.sleep(0.05)
    assert threading.active_count() <= than


@pytest.mark.parametrize("function", [never_ends, swallows_everything, sleeps])
def test_code_that_never_ends_is_stopped(function):
    """Guards: a check that hangs, and a thread that goes on for ever."""
    before = threading.active_count()
    verdict = check("my_slope", function)
    assert not verdict.solved
    assert (
        "did not finish in 2 seconds: look for a loop that never ends" in verdict.words
    )
    assert_no_more_threads(before)


def bad_text(*args):
    class Bad(Exception):
        def __str__(self):
            raise ValueError

    raise Bad


def leaves(*args):
    raise SystemExit


def interrupts(*args):
    raise KeyboardInterrupt


def calls_itself(*args):
    return calls_itself(*args)


def generates(*args):
    yield 1


async def waits(*args):
    return 1


class NoArray:
    def __array__(self, *args, **kwargs):
        raise RuntimeError("no")


HOSTILE = {
    "an exception": (lambda *args: 1 / 0, "it stops with ZeroDivisionError"),
    "an exception without a text": (bad_text, "it stops with Bad"),
    "sys.exit": (leaves, "it stops with SystemExit"),
    "its own interrupt": (interrupts, "it stops with KeyboardInterrupt"),
    "recursion": (calls_itself, "calls itself and never comes to an end"),
    "a generator": (generates, "is a generator"),
    "a coroutine": (waits, "is a coroutine"),
    "a text": (lambda *args: "1", "is a text"),
    "a list": (lambda z, alpha: ex.my_slope(z, alpha).tolist(), "np.array(...)"),
    "texts": (lambda *args: np.array(["1"]), "numbers are asked for"),
    "objects": (lambda *args: np.array([None]), "numbers are asked for"),
    "complex numbers": (
        lambda z, alpha: ex.my_slope(z, alpha) + 0j,
        "numbers are asked",
    ),
    "no array": (lambda *args: NoArray(), "is a NoArray"),
    "a function": (lambda *args: len, "numbers are asked for"),
    "NaN": (lambda z, alpha: ex.my_slope(z, alpha) * np.nan, "yours: [nan]"),
    "infinity": (lambda z, alpha: ex.my_slope(z, alpha) / 0.0, "yours: [-inf]"),
    "a huge array": (lambda *args: np.broadcast_to(0.0, (10**9, 10)), "far too large"),
    "None at times": (lambda z, a: None if z.size > 5 else ex.my_slope(z, a), "None"),
    "too few arguments": (lambda z: z, "it takes (z); it should take (z, alpha)"),
    "too many arguments": (lambda z, alpha, h: z, "it should take (z, alpha)"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_nothing_gets_into_the_learners_face(case):
    """Guards: an exception or a wrong verdict for an answer of an unusual kind."""
    function, words = HOSTILE[case]
    if case == "too few arguments":
        verdict = ex.check(named("my_slope", function))
    else:
        verdict = check("my_slope", function)
    assert not verdict.solved
    assert verdict.words.startswith("my_slope: not yet: ")
    assert words in verdict.words


def test_the_line_that_raises_is_named():
    """Guards: an exception without its place."""

    def my_slope(z, alpha):
        return z @ z.reshape(7, 7)

    assert "in the line `return z @ z.reshape(7, 7)`" in ex.check(my_slope).words


def test_what_is_no_function_gets_friendly_words():
    """Guards: a traceback for check(my_slope(z)), a class, or another name."""

    class my_slope:
        pass

    class Nasty:
        def __getattr__(self, name):
            raise RuntimeError

    assert "this is a class; write a function, def my_slope(z, alpha):" in str(
        ex.check(my_slope)
    )
    for thing in (None, 3, "my_slope", np.zeros(3), Nasty()):
        assert "give me the function itself" in ex.check(thing).words
    words = ex.check(len).words
    assert "there is no exercise 'len'" in words
    assert all(name in words for name in NOTEBOOK_OF)


def test_nothing_is_printed_and_no_warning_leaks(capfd):
    """Guards: the learner's prints for cases they never saw, and NumPy's warnings."""

    def noisy(z, alpha):
        print("noise")
        warnings.warn("noise", stacklevel=1)
        np.log(z * 0.0 - 1)
        return 1 / (z * 0.0)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        verdict = check("my_slope", noisy)
        stub = check("my_slope", waits)
    assert not verdict.solved
    assert not stub.solved
    assert capfd.readouterr() == ("", "")


@pytest.fixture
def stop_button():
    """An interrupt raises KeyboardInterrupt, also in what a shell started with '&'."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("stop_button")
@pytest.mark.parametrize("presses", [1, 20])
@pytest.mark.parametrize("after", [0.0, 0.01])
def test_an_interrupt_stops_the_check(after, presses):
    """Guards: the stop button while a check runs; a loop that goes on after it."""

    def interrupted(*args):
        nonlocal presses
        time.sleep(after)  # at once, the thread is not quite started
        while True:
            if presses:
                presses -= 1
                _thread.interrupt_main()

    before = threading.active_count()
    verdict = check("my_slope", interrupted)
    assert verdict == (
        False,
        "my_slope: the check was interrupted; run the cell again",
    )
    assert_no_more_threads(before)


def destroy(value):
    """Overwrite all arrays in an argument."""
    if isinstance(value, np.ndarray):
        value[...] = 7
    if isinstance(value, (list, tuple)):
        for each in value:
            destroy(each)
    if isinstance(value, list):
        value.clear()


@each_exercise
def test_arguments_are_copies(exercise):
    """Guards: a function that spoils the cases for the next check; and it is told."""
    before = ex._copy(exercise.cases)

    def spoils(*args):
        result = exercise.right(*args)
        result = ex._copy(result)
        destroy(list(args))
        return result

    verdict = check(exercise.name, spoils)
    assert all(map(ex._same, before, exercise.cases))
    if any(isinstance(each, (np.ndarray, list)) for each in exercise.cases[-1]):
        assert not verdict.solved
        assert re.search("in place|changed|writes into", verdict.words)
    else:
        assert verdict.solved


numbers = st.floats(allow_nan=True) | st.integers(-3, 3) | st.booleans()
arrays = st.builds(
    lambda shape, seed: np.random.default_rng(seed).standard_normal(shape),
    st.lists(st.integers(0, 3), max_size=3).map(tuple),
    st.integers(0, 99),
)
garbage = st.recursive(
    numbers | arrays | st.text(max_size=3) | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(NOTEBOOK_OF)), garbage)
def test_garbage_is_never_accepted(name, result):
    """Guards: a wrong answer that passes, or that breaks the check."""
    if name == "smallest_sizes" and str(result) in ("[2, 1]", "(2, 1)"):
        return
    assert not check(name, lambda *args: result).solved


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(NOTEBOOK_OF)), st.data())
def test_one_wrong_number_is_never_accepted(name, data):
    """Guards: a right answer in which one number of one case is off."""
    exercise = ex.EXERCISES[name]
    case = data.draw(st.integers(0, len(exercise.cases) - 1))
    shift = data.draw(st.sampled_from([1e-3, -0.5, 1.0, np.nan]))
    if name in ("my_uniform", "my_he", "my_glorot", "smallest_sizes"):
        return  # judged by measures, and by sizes
    wanted = exercise.cases[case]

    def nearly(*args):
        result = exercise.right(*args)
        first = result
        if all(map(ex._same, wanted, args)) and len(wanted) == len(args):
            while isinstance(first, (list, tuple)):
                first = first[-1]
            if name == "my_train":
                result[1][-1] += shift
            elif np.ndim(first) == 0 or first.dtype.kind == "b":
                return first + shift if np.ndim(first) == 0 else ~first
            elif not args or first is not args[0]:
                first.flat[0] += shift
        return result

    verdict = check(name, nearly)
    assert verdict.solved is (name.endswith("network") and hidden_by_relu(nearly))


def hidden_by_relu(network):
    """Whether a network by hand computes its table in spite of the shift."""
    Y_hat = mlp.forward([mlp.Layer(*each) for each in network()], mlp.XOR.X, mlp.relu)[
        0
    ]
    tables = np.array([[0, 1, 1, 0], [1, 0, 0, 1]])
    return bool(np.any(np.all(abs(Y_hat[:, 0] - tables) <= 1e-6, axis=1)))


def test_the_mutants_that_pass_are_equal_to_the_solution():
    """Guards: any small wrong change to a solution that a check accepts."""
    count, accepted = mutate_solutions.survivors()
    assert count >= 150
    assert not [mutant for mutant in accepted if mutant not in mutate_solutions.EQUAL]


# Lesson ------------------------------------------------------------------------------

QUESTIONS = """
[[predict]]
name = "one"
question = "What is 1 + 1?"
answer = 2
tolerance = 0.1
feedback = "Yes."
otherwise = "Count."

[[quiz]]
name = "two"
question = "Which?"
[[quiz.option]]
text = "this"
feedback = "no"
[[quiz.option]]
text = "that"
right = true
feedback = "yes"
"""


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """A lesson with two questions, and a session in which nothing was answered."""
    (tmp_path / "06_xor_task.toml").write_text(QUESTIONS, encoding="utf-8")
    load = mlp_questions.load
    monkeypatch.setattr(mlp_questions, "load", lambda name: load(name, tmp_path))
    monkeypatch.setattr(mlp_questions, "ANSWERS", {})
    monkeypatch.setattr(ex, "SOLVED", {})
    return lambda: ex.Lesson("06_xor_task")


FRESH = """0 of 1 predictions made
0 of 3 exercises solved
  my_success_rate: not solved yet
  xor_network: not solved yet
  xnor_network: not solved yet
0 of 1 quiz questions right"""


def test_progress_of_a_fresh_notebook(lesson):
    """Guards: the text that nbval compares."""
    assert repr(lesson().progress()) == FRESH


def test_progress_counts_and_survives_the_first_cell(lesson):
    """Guards: losing what was solved when the first cell runs again."""
    first = lesson()
    first.check(ex.xor_network)
    first.check(named("xnor_network", ex.xor_network))  # wrong: it does not count
    first.predict("one").question.answer("2")
    text = repr(lesson().progress())
    assert "1 of 1 predictions made\n1 of 3 exercises solved" in text
    assert "xor_network: solved\n  xnor_network: not solved yet" in text
    first.check(ex.xnor_network)
    first.check(ex.my_success_rate)
    assert "All done" not in repr(lesson().progress())
    first.quiz().questions[0].answer("B")
    assert repr(lesson().progress()).endswith(
        "1 of 1 quiz questions right\nAll done in this notebook."
    )


def test_an_exercise_of_another_notebook_counts_there(lesson):
    """Guards: counting an exercise in the notebook where it was checked."""
    one = lesson()
    assert one.check(ex.my_slope).solved
    assert repr(one.progress()) == FRESH
    assert ex.SOLVED == {"01_activations": {"my_slope"}}


def test_a_solved_exercise_stays_solved(lesson):
    """Guards: losing it when the stub's cell runs again."""
    one = lesson()
    one.check(ex.xor_network)
    one.check(named("xor_network", lambda: None))
    assert "  xor_network: solved" in one.progress()


def test_an_unknown_question_is_named(lesson):
    """Guards: a KeyError for a misspelt name."""
    with pytest.raises(ValueError, match="no question 'on' here; there are: 'one'"):
        lesson().predict("on")
