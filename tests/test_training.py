"""Training, in the plain loop of mlp_core and in the fast one of course.fast.

Both promise the same, so each test runs both, against the references: the original
notebook's algorithm, autograd, numbers worked by hand. The stop button is pressed at
lines of every kind. A warning is an error in this whole file. The runs of 2,000 steps
stand at the end.
"""

import functools
import inspect
import itertools
import math
import weakref

import numpy as np
import pytest

import mlp_core as mlp
from course import fast
from course.original import original_loss_and_grads
from mlp_core import ORIGINAL, SUM, XOR, Activation, Layer
from tests.reference import (
    ACTIVATIONS,
    SOFTMAX,
    TASKS,
    OriginalNotebook,
    StopAt,
    assert_near,
    distance,
    draw,
    draw_classes,
    draw_data,
    draw_rows,
    flat,
    frozen,
    own,
    same,
    steady_run,
    train_by_autograd,
)

pytestmark = pytest.mark.filterwarnings("error")
both_loops = pytest.mark.parametrize(
    "train", [mlp.train, fast.train], ids=["plain", "fast"]
)
both_gradients = pytest.mark.parametrize(
    "gradient",
    [mlp.loss_and_grads, original_loss_and_grads],
    ids=["mended", "bug"],
)


# 1. What a step is -------------------------------------------------------------------


def test_steps_are_made_one_by_one_as_they_are_asked_for():
    """Guards: what `train` keeps, without an end, and no step ahead of the last."""
    start, rows = draw(), draw_rows(3, 30)
    _, history = mlp.train(start, SUM.X, SUM.Y, samples=rows, snapshots=True)
    taken = []
    endless = (taken.append(row) or row for row in itertools.cycle(rows))
    run = mlp.steps(start, SUM.X, SUM.Y, endless, ORIGINAL, 0.2)
    for loss, after, (value, params) in zip(history.loss, history.snapshots[1:], run):
        assert value == loss and same(params, after)
    assert len(taken) == 30


def test_both_loops_take_the_same_arguments():
    """Guards: one can stand in for the other in every call."""
    assert inspect.signature(mlp.train) == inspect.signature(fast._train_one)


def test_samples_are_drawn_uniformly_with_replacement():
    """Guards draw_samples against its statistics."""
    rows = mlp.draw_samples(np.random.default_rng(0), 4, 3000, batch_size=4)
    assert rows.shape == (3000, 4) and rows.dtype.kind == "i"
    # each row number in a quarter of the 12,000 places: sigma = sqrt(12000 * 3) / 4
    counts = np.bincount(rows.ravel(), minlength=4)
    assert len(counts) == 4 and np.all(abs(counts - 3000) < 5 * 47.5)
    # all four different in 4! / 4^4 = 9.375 % of the batches: sigma = 0.53 %
    different = np.mean([len(set(row)) == 4 for row in rows.tolist()])
    assert abs(different - 0.09375) < 5 * 0.0054


@both_loops
def test_full_batch_takes_each_row_once_and_draws_nothing(train):
    """Guards batch_size=None: it needs no generator, and leaves one where it was."""
    rng = np.random.default_rng(0)
    rows = mlp.draw_samples(rng, 5, 3, batch_size=None)
    assert rows.tolist() == [[0, 1, 2, 3, 4]] * 3
    assert rng.random() == np.random.default_rng(0).random()
    _, history = train(draw(), SUM.X, SUM.Y, batch_size=None, epochs=1)
    assert history.samples.tolist() == [[0, 1, 2, 3]] * 100


@both_loops
@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize(
    "activation",
    [
        *ACTIVATIONS.values(),
        [mlp.tanh, mlp.sigmoid, mlp.identity],
        [ORIGINAL, ORIGINAL, mlp.tanh],
        [mlp.identity, ORIGINAL, ORIGINAL],
    ],
    ids=[*ACTIVATIONS, "per layer", "two then one", "one then two"],
)
def test_training_with_any_activation_and_many_outputs(activation, batch, train):
    """Guards each activation's own arrays, also where neighbours share one."""
    sizes = (3, 5, 4, 2)
    start, (X, Y) = draw(sizes, 1, bias=0.5), draw_data(sizes, 7)
    rows = draw_rows(0, 40, batch, n=7)
    params, history = train(
        start, X, Y, activation=activation, learning_rate=0.003, samples=rows
    )
    expected, losses = train_by_autograd(start, X, Y, rows, 0.003, activation)
    assert_near(params, expected, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(history.loss, losses, rtol=1e-9)


@both_loops
@pytest.mark.parametrize("batch", [1, 3, None])
@pytest.mark.parametrize(
    "hidden",
    [[mlp.tanh], [mlp.relu], [mlp.sigmoid], [ORIGINAL], []],
    ids=["tanh", "relu", "sigmoid", "original", "none"],
)
def test_training_with_a_softmax_and_its_loss(hidden, batch, train):
    """Guards: the network's own loss is told, its slopes are gone down."""
    sizes = (3, 5, 4) if hidden else (3, 4)
    start, (X, Y) = draw(sizes, 1, bias=0.5), draw_classes(sizes, 7)
    rows = draw_rows(0, 40, batch, n=7) if batch else np.tile(np.arange(7), (40, 1))
    functions = [*hidden, SOFTMAX]
    params, history = train(
        start, X, Y, activation=functions, samples=rows, steps_per_epoch=20
    )
    expected, losses = train_by_autograd(start, X, Y, rows, 0.2, functions)
    assert_near(params, expected, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(history.loss, losses, rtol=1e-9)
    means = np.reshape(losses, (2, 20)).mean(axis=1)
    np.testing.assert_allclose(history.epoch_loss, means, rtol=1e-9)


@both_loops
def test_an_own_loss_is_told_whatever_the_last_activation(train):
    """Guards: one that the fast loop knows, with twice the square loss."""
    settings = {"samples": draw_rows(0, 30, batch=3), "learning_rate": 0.05}
    double = mlp.tanh._replace(loss=lambda *pair: 2 * mlp.loss(*pair))
    _, square = train(draw(), XOR.X, XOR.Y, activation=mlp.tanh, **settings)
    _, history = train(draw(), XOR.X, XOR.Y, activation=double, **settings)
    np.testing.assert_allclose(history.loss, 2 * square.loss, rtol=1e-9)


def softmax(z, axis):
    e = np.exp(z)
    return e / e.sum(axis=axis, keepdims=True)


MIXING = [(functools.partial(softmax, axis=axis), None) for axis in (-1, 0, None)]
MIXING += [(f, SOFTMAX.loss) for f, _ in MIXING]
# Alone, a z is what it is among others if it is the most of its row.
MIXING += [(lambda z: z - np.max(z, -1, keepdims=True), None)]
MIXING += [(lambda z: z - np.min(z, -1, keepdims=True), None)]


@pytest.mark.parametrize("f, loss", MIXING)
def test_what_looks_at_more_than_one_z_has_the_plain_loops_numbers(f, loss):
    """Guards: in the fast loop the units come first, so axes mean something else."""
    sizes, own = (3, 5, 4), Activation("own", f, np.ones_like, loss=loss)
    settings = {"samples": draw_rows(0, 30, batch=3, n=7), "snapshots": True}
    settings["learning_rate"] = 0.01
    for functions in [own, mlp.tanh] if loss is None else [mlp.tanh, own], [own, own]:
        data = draw(sizes, 1), *draw_classes(sizes, 7)
        plain, fast_one = (
            train(*data, activation=functions, **settings)
            for train in (mlp.train, fast.train)
        )
        assert same(plain[0], fast_one[0])
        assert np.array_equal(plain[1].loss, fast_one[1].loss)
        assert same(plain[1].snapshots[17], fast_one[1].snapshots[17])


@both_loops
def test_an_activation_that_is_a_relu_near_0_only(train):
    """Guards: with z = 9, ReLU6 makes 6, and its slope is 0."""
    slope = lambda z: 1.0 * ((z >= 0) & (z < 6))
    relu6 = Activation("relu6", lambda z: np.clip(z, 0, 6), slope, 0.0)
    start = [Layer(np.array([[9.0]]), np.zeros(1))]
    params, history = train(start, [[1]], [[0]], samples=[[0]], activation=relu6)
    assert history.loss.tolist() == [18.0] and same(params, start)


@both_loops
def test_own_gradient_of_a_wrong_shape_is_refused(train):
    """Guards: broadcasting hides (1, 3) for a bias (3,), and one number for all."""
    _, grads = mlp.loss_and_grads(draw(), XOR.X, XOR.Y)
    for b in grads[0].b[None], 0.5:
        answer = 1.0, [Layer(grads[0].W, b), *grads[1:]]
        settings = {"gradient": lambda *_, answer=answer: answer, "batch_size": None}
        with pytest.raises(ValueError, match=r"grads\[0\] has shapes"):
            train(draw(), XOR.X, XOR.Y, **settings)


@both_loops
def test_the_bug_in_batches_is_the_mean_of_the_originals_steps(train):
    """Guards the original notebook's bug in a loop, three samples at a time."""
    start, rows = draw(seed=6, bias=0.2), draw_rows(6, 50, batch=3)
    settings = {"learning_rate": 0.05, "gradient": original_loss_and_grads}
    _, history = train(start, SUM.X, SUM.Y, samples=rows, snapshots=True, **settings)
    for step in range(0, 50, 7):
        before, singles = history.snapshots[step], []
        for row in rows[step]:
            original = OriginalNotebook(before, learning_rate=0.05)
            original.train(SUM, [[row]])
            singles.append(flat(original.params))
        after = flat(history.snapshots[step + 1])
        np.testing.assert_allclose(after, np.mean(singles, axis=0), rtol=1e-10)


@both_loops
def test_epoch_loss_is_the_mean_of_its_steps(train):
    """Guards epoch_means, also where the last epoch is shorter."""
    _, history = train(
        draw(), SUM.X, SUM.Y, samples=draw_rows(0, 25), steps_per_epoch=10
    )
    losses = history.loss.tolist()
    means = [sum(losses[:10]) / 10, sum(losses[10:20]) / 10, sum(losses[20:]) / 5]
    np.testing.assert_allclose(history.epoch_loss, means, rtol=1e-13)
    pairs = mlp.epoch_means(np.array([[1.0, 2.0], [3.0, 6.0], [5.0, 5.0]]), 2)
    assert pairs.tolist() == [[2.0, 4.0], [5.0, 5.0]]


@both_loops
@both_gradients
@pytest.mark.parametrize("own_gradient", [False, True], ids=["known", "own"])
def test_what_goes_in_stays_as_it_is(train, gradient, own_gradient):
    """Guards the inputs, and that what comes back does not live on them."""
    start, rows = draw(bias=0.5), draw_rows(0, 20)
    locked = [frozen(start), XOR.X, XOR.Y]  # these raise when they are written to
    gradient = own(gradient) if own_gradient else gradient
    params, history = train(
        *locked, samples=frozen(rows), snapshots=True, gradient=gradient
    )
    assert np.array_equal(history.samples, rows)
    for network in params, history.snapshots[-1]:
        for array, old in zip(sum(network, ()), sum(start, ())):
            assert array.flags.writeable and not np.shares_memory(array, old)


def test_without_snapshots_a_long_run_takes_the_room_of_three_networks():
    """Guards: the start, which is the caller's, and the last two; one to go back to."""
    made = []

    def gradient(params, *rest):
        made.append(weakref.ref(params[0].W))
        assert sum(W() is not None for W in made) <= 3
        return mlp.loss_and_grads(params, *rest)

    settings = {"learning_rate": 3.0, "gradient": gradient}
    _, history = mlp.train(draw(), SUM.X, SUM.Y, samples=draw_rows(0, 200), **settings)
    assert history.stopped == "diverged" and len(history.loss) == len(made) - 2


@both_loops
def test_lists_and_whole_numbers_are_welcome(train):
    """Guards: data and samples as lists train the same network."""
    rows = draw_rows(1, 8, batch=2)
    expected, expected_history = train(draw(), XOR.X, XOR.Y, samples=rows)
    X, Y = XOR.X.astype(int).tolist(), XOR.Y.astype(bool)
    params, history = train(draw(), X, Y, samples=rows.tolist())
    assert same(params, expected)
    assert np.array_equal(history.loss, expected_history.loss)


WRONG = {
    "flat Y": ({"Y": XOR.Y[:, 0]}, ValueError, r"Y .*Y\.reshape"),
    "rows without targets": ({"Y": XOR.Y[:2]}, ValueError, "X has 4 rows but Y has 2"),
    "targets without rows": ({"X": XOR.X[:2]}, ValueError, "X has 2 rows but Y has 4"),
    "two outputs, one target": (
        {"params": draw((2, 3, 2))},
        ValueError,
        r"Y_hat is \(\d, 2\) but Y is \(\d, 1\)",
    ),
    "no layers": ({"params": []}, ValueError, "params is empty"),
    "a seed for rng": ({"samples": None, "rng": 3}, TypeError, "rng must be"),
    "rows that X has not": ({"samples": np.array([[4]])}, IndexError, None),
}


@both_loops
@pytest.mark.parametrize("name", WRONG)
def test_wrong_arguments_train_nothing(name, train):
    """Guards: what broadcasting would hide is told, and slips end in an exception."""
    changed, error, words = WRONG[name]
    arguments = {"params": draw(), "X": XOR.X, "Y": XOR.Y, "samples": np.array([[0]])}
    with pytest.raises(error, match=words):
        train(**{**arguments, **changed})


@both_loops
def test_other_errors_are_not_swallowed(train):
    """Guards: only the stop button and numbers that explode end a run in peace."""

    def broken(*_):
        raise RuntimeError("mine")

    for settings in {"gradient": broken}, {"activation": ORIGINAL._replace(f=broken)}:
        with pytest.raises(RuntimeError, match="mine"):
            train(draw(), SUM.X, SUM.Y, samples=draw_rows(0, 20), **settings)


# 2. Divergence -----------------------------------------------------------------------


@both_loops
@pytest.mark.parametrize("seed, learning_rate", [(0, 3.0), (1, 10.0), (2, 1e3)])
def test_divergence_is_told_with_its_step(seed, learning_rate, train):
    """Guards the step, and that its update is taken back."""
    start, rows = draw(seed=seed), draw_rows(seed, 200)
    run = OriginalNotebook(start, mended=True, learning_rate=learning_rate)
    losses = run.train(SUM, rows)
    broken = int(np.argmin(np.isfinite(losses)))  # finds it; the step before made it
    assert 1 < broken < 200  # or the test says nothing
    settings = {"learning_rate": learning_rate, "steps_per_epoch": 2}
    params, history = train(
        start, SUM.X, SUM.Y, samples=rows, snapshots=True, **settings
    )
    assert (history.stopped, history.diverged_at) == ("diverged", broken)
    assert len(history.loss) == broken - 1 and len(history.snapshots) == broken
    assert len(history.epoch_loss) == math.ceil((broken - 1) / 2)
    assert same(params, history.snapshots[-1])
    assert np.isfinite(flat(params)).all() and np.isfinite(history.loss).all()


@both_loops
@pytest.mark.parametrize("steps", [1, 5])
@pytest.mark.parametrize("w, learning_rate", [(1.0, 1e308), (1e200, 0.2)])
def test_divergence_at_the_first_step(w, learning_rate, steps, train):
    """Guards an update that no later loss looks at, and a start that overflows."""
    start, rows = [Layer(np.array([[w]]), np.zeros(1))], np.zeros((steps, 1), int)
    settings = {"samples": rows, "learning_rate": learning_rate, "snapshots": True}
    params, history = train(start, [[1.0]], [[-100.0]], **settings)
    assert (history.stopped, history.diverged_at) == ("diverged", 1)
    assert same(params, start) and len(history.snapshots) == 1
    assert history.loss.shape == history.epoch_loss.shape == (0,)


# Two samples for a network of one tanh unit that starts with b = 0. The first is
# solved from the start, tanh(0) = 0, and moves nothing. The second, (x, y), is out of
# reach, and a huge learning rate then makes parameters infinite. Since tanh of an
# infinite z is 1, the loss stays finite: nothing later looks wrong, yet the network is
# broken.
TRAPS = [  # all parameters become infinite, only W, one weight
    ([1.0, 1.0], -100.0),
    ([10.0, 10.0], -100.0),
    ([10.0, 0.0], -10.0),
]


@both_loops
@pytest.mark.parametrize("x, y", TRAPS)
@pytest.mark.parametrize("rows, step", [([1], 1), ([1, 0], 1), ([0, 0, 0, 1, 1], 4)])
def test_infinite_parameters_behind_a_finite_loss_diverged(rows, step, x, y, train):
    """Guards: the loss alone does not tell."""
    start = [Layer(np.full((2, 1), 0.1), np.zeros(1))]
    X, Y, samples = np.array([[0.0, 0.0], x]), [[0.0], [y]], np.array(rows)[:, None]
    settings = {"learning_rate": 1e307, "activation": mlp.tanh, "snapshots": True}
    params, history = train(start, X, Y, samples=samples, **settings)
    assert (history.stopped, history.diverged_at) == ("diverged", step)
    assert same(params, start) and len(history.loss) == step - 1
    assert len(history.snapshots) == step


@pytest.mark.parametrize("name, bad", [("X", np.nan), ("Y", np.inf), ("Y", -np.inf)])
@pytest.mark.parametrize("train", [mlp.train, fast.train, fast.sweep])
def test_data_that_are_not_finite_are_no_fault_of_the_learning_rate(train, name, bad):
    """Guards: one bad number is refused by name, before it ends as a divergence."""
    data = {"X": XOR.X.copy(), "Y": XOR.Y.copy()}
    data[name][3, 0] = bad
    with pytest.raises(ValueError, match=f"{name} must hold finite numbers"):
        if train is fast.sweep:
            train(**data, seeds=[0])
        else:
            train(draw(), **data, samples=[[0]])


# 3. The stop button ------------------------------------------------------------------

STEPS = 24
INTERRUPTED = {"epochs": 4, "steps_per_epoch": STEPS // 4, "snapshots": True}


def trained(train, k=None, **settings):
    """Train, stopped at the k-th line: what comes back, the generator, the lines."""
    rng = np.random.default_rng(7)
    with StopAt(train, k) as stop:
        try:
            result = train(draw(seed=5), XOR.X, XOR.Y, rng, **INTERRUPTED, **settings)
        except KeyboardInterrupt:
            result = None
    return result, rng.bit_generator.state, stop.lines


def guarded(train, lines):
    """The numbers of the first and the last line in which an interrupt must be caught.

    The plain loop leaves its ``try`` with its last step; the fast one has the making of
    its results in it, too.
    """
    step = "steps" if train is mlp.train else "backward"
    inside = [number for number, (name, _) in enumerate(lines, 1) if name == step]
    return inside[0], inside[-1] if train is mlp.train else len(lines)


def moments(count, seed, low, high):
    """Moments without a pattern, the first and the last one among them."""
    inner = np.random.default_rng(seed).integers(low, high + 1, count - 2)
    return [low, *inner.tolist(), high]


@both_loops
@pytest.mark.parametrize("batch_size", [1, 3, None])
def test_training_stopped_anywhere_goes_on_as_if_nothing_had_happened(
    batch_size, train
):
    """Guards: what was learned is there, whole, and can be continued."""
    (last, whole), state, lines = trained(train, batch_size=batch_size)
    assert whole.stopped == "finished" and len(whole.loss) == STEPS
    assert whole.samples.shape == (STEPS, batch_size or 4)
    first, last_one = guarded(train, lines)
    for k in [1, *moments(60, 1, first, last_one)]:
        result, state_then, _ = trained(train, k, batch_size=batch_size)
        if k < first:
            assert result is None  # nothing was learned: the interrupt goes through
            continue
        assert result is not None, lines[k - 1]
        params, history = result
        done = len(history.loss)
        assert (history.stopped, history.diverged_at) == ("interrupted", None)
        assert len(history.snapshots) == done + 1
        assert same(params, history.snapshots[done])
        assert same(params, whole.snapshots[done])
        assert np.array_equal(history.loss, whole.loss[:done])
        assert len(history.epoch_loss) == math.ceil(
            done / INTERRUPTED["steps_per_epoch"]
        )
        assert np.array_equal(history.samples, whole.samples) and state_then == state
        resumed, more = train(params, XOR.X, XOR.Y, samples=history.samples[done:])
        assert same(resumed, last)
        assert np.array_equal(np.concatenate([history.loss, more.loss]), whole.loss)


@both_loops
def test_stopped_while_it_diverges_it_keeps_finite_numbers(train):
    """Guards: an interrupt in the very step that explodes hands out no NaN."""
    (_, whole), _, lines = trained(train, learning_rate=1e4)
    assert whole.stopped == "diverged"
    for k in moments(60, 3, *guarded(train, lines)):
        (params, history), _, _ = trained(train, k, learning_rate=1e4)
        done = len(history.loss)
        assert history.stopped in ("interrupted", "diverged")
        assert done <= len(whole.loss) + (history.stopped == "interrupted")
        assert np.array_equal(history.loss[: len(whole.loss)], whole.loss[:done])
        assert len(history.snapshots) == done + 1
        assert same(params, history.snapshots[-1])
        assert np.isfinite(flat(params)).all()


# 4. Long runs ------------------------------------------------------------------------


@both_loops
@both_gradients
@pytest.mark.parametrize("task", TASKS)
def test_2000_steps_equal_the_original_notebooks_algorithm(task, gradient, train):
    """Guards the whole of the original notebook, with its bug and without, to 1e-9."""
    mended, data = gradient is mlp.loss_and_grads, TASKS[task]
    start, rows, losses, expected = steady_run(task, mended)
    params, history = train(start, data.X, data.Y, samples=rows, gradient=gradient)
    assert distance(params, expected) < 1e-9
    np.testing.assert_allclose(history.loss, losses, rtol=0, atol=1e-9)
    means = np.reshape(losses, (20, 100)).mean(axis=1)
    np.testing.assert_allclose(history.epoch_loss, means, rtol=0, atol=1e-9)
