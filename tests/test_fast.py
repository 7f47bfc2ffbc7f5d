"""course.fast: many networks at once, and snapshots in one array.

A sweep is held to the plain loop: network s is the one that `initialize` and `train`
make alone. `test_training.py` does the same for the fast loop of one network. A warning
is an error in this whole file.
"""

from unittest.mock import Mock

import numpy as np
import pytest

import mlp_core as mlp
from course import fast, waiting
from course.fast import Snapshots, join, split, sweep
from course.original import original_loss_and_grads
from mlp_core import ORIGINAL, SUM, XOR, Activation, Layer, Task
from tests.reference import (
    SIZES,
    SOFTMAX,
    StopAt,
    distance,
    draw,
    draw_classes,
    draw_data,
    draw_rows,
    flat,
    own,
    same,
)

pytestmark = pytest.mark.filterwarnings("error")


both_paths = pytest.mark.parametrize(
    "path", [lambda gradient: gradient, own], ids=["arrays", "own gradient"]
)


# 1. One flat array -------------------------------------------------------------------


def test_join_and_split_are_inverses():
    """Guards the order W[0], b[0], W[1], ..., each row by row, and that views are cut."""
    params = draw((2, 3, 1), bias=1.0)
    joined = join(params)
    (W, b), (V, c) = params
    assert joined.tolist() == [*W[0], *W[1], *b, *V[:, 0], *c]
    assert same(split(joined, [(2, 3), (3, 1)]), params)
    split(joined, [(2, 3), (3, 1)])[1].b[:] = 99
    assert joined[-1] == 99


def snapshots_of(steps=20):
    settings = {"samples": draw_rows(0, steps), "snapshots": True}
    params, history = fast.train(draw(), SUM.X, SUM.Y, **settings)
    plain = mlp.train(draw(), SUM.X, SUM.Y, **settings)[1].snapshots
    return params, history.snapshots, plain


def test_snapshots_are_a_sequence_of_networks():
    """Guards indices, slices and rows: what panels and pictures read."""
    params, kept, plain = snapshots_of()
    assert isinstance(kept, Snapshots) and kept.rows.shape == (21, len(join(params)))
    assert kept.shapes == [(2, 3), (3, 3), (3, 2), (2, 1)]
    assert [len(kept), len(kept[5:]), len(kept[::2])] == [21, 16, 11]
    assert same(kept[5:][0], kept[5]) and same(kept[-1], kept[20])
    assert same(kept[-1], params) and all(isinstance(layer, Layer) for layer in kept[3])
    for network, expected in zip(kept, plain, strict=True):
        assert distance(network, expected) < 1e-12
    with pytest.raises(IndexError):
        kept[21]


def test_snapshots_are_copies_and_make_a_stack():
    """Guards .stack(), all steps in one forward pass, and that no network is a view."""
    params, kept, _ = snapshots_of()
    Y_hat, _ = mlp.forward(kept.stack(), SUM.X)
    kept[3][0].W[:] = params[0].W[:] = 99
    for step, network in enumerate(kept):
        alone, _ = mlp.forward(network, SUM.X)
        np.testing.assert_allclose(Y_hat[step], alone, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("activation", [ORIGINAL, mlp.leaky_relu(0.3), mlp.relu])
def test_known_activations_write_in_place(activation):
    """Guards the fast way: the slow one gives the same numbers, so nothing else tells."""
    f, slope = Mock(wraps=activation.f), Mock(wraps=activation.slope)
    settings = {"samples": draw_rows(0, 50), "learning_rate": 0.01}
    watched = activation._replace(f=f, slope=slope)
    fast.train(draw(), XOR.X, XOR.Y, activation=watched, **settings)
    assert f.call_count < 50 and slope.call_count < 50  # not in each step


# 2. A sweep is its networks alone ----------------------------------------------------


def of(settings, s):
    """The settings of network s alone, where each has its own rate or alpha."""
    settings, activation = dict(settings), settings.get("activation", ORIGINAL)
    if np.ndim(settings.get("learning_rate")):
        settings["learning_rate"] = settings["learning_rate"][s]
    if isinstance(activation, Activation) and np.ndim(activation.alpha):
        settings["activation"] = mlp.leaky_relu(activation.alpha[s])
    return settings


def alone(seed, task, *, sizes=SIZES, scheme="normal", activation=ORIGINAL, **settings):
    """What `sweep` promises for one seed, by `initialize` and `train`."""
    first = activation if isinstance(activation, Activation) else activation[0]
    rng = np.random.default_rng(seed)
    start = mlp.initialize(sizes, rng, scheme, first.alpha or 0.0)
    return mlp.train(start, task.X, task.Y, rng, activation=activation, **settings)


def assert_each_is_alone(task, seeds, settings, path, **options):
    """Sweep, and train each of the networks alone: the sweep."""
    gradient = path(settings.get("gradient", mlp.loss_and_grads))
    settings = {**settings, "gradient": gradient}
    swept = sweep(task.X, task.Y, seeds, **settings, **options)
    for s, seed in enumerate(seeds):
        own_settings = of(settings, s)
        params, history = alone(seed, task, **own_settings)
        assert swept.diverged_at[s] == (history.diverged_at or 0)
        if history.diverged_at:
            assert not swept.success[s]
            continue
        activation = own_settings.get("activation", ORIGINAL)
        Y_hat, _ = mlp.forward(params, task.X, activation)
        assert distance(swept.network(s), params) < 1e-9
        np.testing.assert_allclose(swept.Y_hat[s], Y_hat, rtol=0, atol=1e-8)
        losses = swept.epoch_loss[:, s]
        np.testing.assert_allclose(losses, history.epoch_loss, rtol=0, atol=1e-8)
        assert swept.success[s] == bool(np.all(abs(Y_hat - task.Y) < 0.1))
    assert swept.success.dtype == bool  # so that `~` gives those that failed
    return swept


SWEEPS = {
    "defaults": {},
    "bug": {"gradient": original_loss_and_grads},
    "batch of 3": {"batch_size": 3},
    "full batch": {"batch_size": None, "learning_rate": 0.05},
    "batch, bug": {"batch_size": 2, "gradient": original_loss_and_grads},
    "tanh": {"activation": mlp.tanh},
    "relu": {"activation": mlp.relu},
    "per layer": {"activation": [mlp.tanh, mlp.relu, mlp.sigmoid, mlp.identity]},
    "uniform": {"scheme": "uniform", "learning_rate": 0.01},
    "glorot": {"scheme": "glorot"},
    "zeros": {"scheme": "zeros"},
    "he": {"scheme": "he"},
    "he, tanh": {"scheme": "he", "activation": mlp.tanh},
    "he, per layer": {
        "scheme": "he",
        "activation": [mlp.leaky_relu(2.0), mlp.tanh, mlp.tanh, mlp.leaky_relu(0.1)],
    },
    "other sizes": {"sizes": (2, 5, 1)},
    "one layer": {"sizes": (2, 1)},
    "learning rate": {"learning_rate": 0.01},
    # The upper of two lines is the leaky ReLU up to alpha = 1 only.
    "alphas on both sides of 1": {
        "activation": mlp.leaky_relu(np.array([-0.2, 1.5, 0.5, -0.2, 1.2])),
        "learning_rate": 1e-3,
    },
    # Its slope is True or False, as a beginner might write it: 1 or 0.
    "own": {"activation": Activation("own", lambda z: z * (z > 0), lambda z: z > 0)},
}


@both_paths
@pytest.mark.parametrize("name", SWEEPS)
def test_sweep_equals_training_alone_with(name, path):
    """Guards every setting, seeds that are large, and one that comes twice."""
    settings = {"epochs": 3, "steps_per_epoch": 20, **SWEEPS[name]}
    seeds = [5, 0, 123456789012345678, 5, 3]
    swept = assert_each_is_alone(XOR, seeds, settings, path)
    assert same(swept.network(0), swept.network(3))


CLASSES = Task("classes", *draw_classes((3, 4), 7))


@both_paths
@pytest.mark.parametrize("batch", [1, 3, None])
@pytest.mark.parametrize(
    "hidden",
    [mlp.tanh, mlp.relu, mlp.sigmoid, ORIGINAL, None],
    ids=lambda hidden: getattr(hidden, "name", "no hidden layer"),
)
def test_sweep_with_a_softmax_and_its_loss(hidden, batch, path):
    """Guards: it takes the loss of the last activation, also without a hidden layer."""
    settings = {"epochs": 2, "steps_per_epoch": 15, "batch_size": batch}
    settings["activation"] = [hidden, SOFTMAX] if hidden else [SOFTMAX]
    settings["sizes"] = (3, 5, 4) if hidden else (3, 4)
    assert_each_is_alone(CLASSES, [5, 0, 3], settings, path, block=2)


def doubled(alpha):
    """The leaky ReLU, with a loss of its own."""
    return mlp.leaky_relu(alpha)._replace(loss=lambda *pair: 2 * mlp.loss(*pair))


@pytest.mark.parametrize("last", [lambda alpha: SOFTMAX, doubled])
def test_sweep_deals_out_alphas_and_keeps_the_loss(last):
    """Guards: an activation with an alpha for each network may bring a loss, too."""
    settings = {"sizes": (3, 5, 4), "epochs": 2, "learning_rate": 0.01}
    alphas, data = np.array([-0.2, 0.5, 0.0]), CLASSES[1:]
    both = [mlp.leaky_relu(alphas), last(alphas)]
    swept = sweep(*data, range(3), activation=both, **settings)
    for s, alpha in enumerate(alphas):
        both = [mlp.leaky_relu(alpha), last(alpha)]
        params, history = alone(s, CLASSES, activation=both, **settings)
        assert distance(swept.network(s), params) < 1e-9
        losses = swept.epoch_loss[:, s]
        np.testing.assert_allclose(losses, history.epoch_loss, rtol=1e-9)


NOT_FOR_A_STACK = {
    "a mean over all": {"loss": lambda P, Y: -np.mean(np.log(np.sum(P * Y, axis=-1)))},
    "a number for each sample": {"loss": lambda P, Y: -np.log(np.sum(P * Y, axis=-1))},
    "along axis 1": {"f": lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)},
    "along axis 0": {"f": lambda z: np.exp(z) / np.exp(z).sum(axis=0, keepdims=True)},
    "partly a mean over all": {
        "loss": lambda P, Y: SOFTMAX.loss(P, Y) + 0.1 * np.mean(P**2)
    },
}


@both_paths
@pytest.mark.parametrize("name", NOT_FOR_A_STACK)
def test_sweep_refuses_functions_that_mix_its_networks(name, path):
    """Guards: right for one network, they would train nonsense without a word."""
    own = SOFTMAX._replace(**NOT_FOR_A_STACK[name])
    settings = {"sizes": (3, 5, 4), "epochs": 1, "gradient": path(mlp.loss_and_grads)}
    with pytest.raises(ValueError, match="the loss of a stack|count its axes"):
        sweep(*CLASSES[1:], range(3), activation=[mlp.tanh, own], **settings)


def test_sweep_takes_any_seed_that_a_generator_takes():
    """Guards long numbers, as secrets.randbits(128) makes: NumPy's own suggestion."""
    seeds = [3, 2**63 + 1, 2**100 + 1]
    swept = assert_each_is_alone(XOR, seeds, {"epochs": 1}, own)
    assert list(swept.seeds) == seeds
    assert sweep(*XOR[1:], seeds[:1], epochs=1).seeds.dtype == int


@pytest.mark.parametrize("n", [256, 257])
def test_sweep_uses_every_row_however_many_there_are(n):
    """Guards: row numbers are kept in as few bytes as they need, and in no fewer."""
    task = Task("many", *draw_data((2, 1), n))
    settings = {"sizes": (2, 1), "batch_size": None, "epochs": 1, "steps_per_epoch": 2}
    assert_each_is_alone(task, [0], settings, lambda gradient: gradient)


@both_paths
@pytest.mark.parametrize("block", [1, 4, 6, 1000])
def test_sweep_takes_a_rate_and_an_alpha_for_each_network_in_any_block(block, path):
    """Guards their order, the seams between blocks, and progress, told after each.

    He's weights, since they depend on the alpha, too.
    """
    rates = np.array([0.2, 0.01, 0.1, 0.3, 0.05, 0.15])
    alphas = np.array([-0.2, 0.0, 0.01, -1.0, 0.5, 1.0])
    settings = {"epochs": 2, "steps_per_epoch": 25, "scheme": "he"}
    settings |= {"learning_rate": rates, "activation": mlp.leaky_relu(alphas)}
    options, told = (
        {"block": block, "progress": lambda *counts: told.append(counts)},
        [],
    )
    assert_each_is_alone(XOR, range(6), settings, path, **options)
    assert told == [(min(done, 6), 6) for done in range(block, 6 + block, block)]


@both_paths
def test_sweep_takes_alphas_where_networks_samples_and_units_are_as_many(path):
    """Guards the axis of the alphas: of 3 and 3 and 3 the wrong one would fit, too.

    And 'he', which starts each network by its own alpha; and several outputs.
    """
    alphas, task = np.array([2.0, 1.0, 3.5]), Task("three", *draw_data((3, 3), 3))
    settings = {"sizes": (3, 3, 3), "batch_size": 3, "learning_rate": 0.01, "epochs": 1}
    settings |= {"scheme": "he", "activation": mlp.leaky_relu(alphas)}
    assert_each_is_alone(task, range(3), settings, path)


def test_networks_of_a_sweep_are_copies_and_have_numbers():
    """Guards network(s): s counts as in a list, and the stack stays as it is."""
    swept = sweep(XOR.X, XOR.Y, range(3), epochs=1)
    network = swept.network(1)
    Y_hat, _ = mlp.forward(network, XOR.X)
    np.testing.assert_allclose(Y_hat, swept.Y_hat[1], rtol=1e-12)
    assert same(swept.network(-1), swept.network(2))
    for s, error in ((3, IndexError), (1.0, TypeError), ([0], TypeError)):
        with pytest.raises(error):
            swept.network(s)
    before = flat(swept.params)
    network[0].W[:] = network[0].b[:] = 99
    assert np.array_equal(flat(swept.params), before)


# 3. Divergence -----------------------------------------------------------------------


@both_paths
@pytest.mark.parametrize("activation", [ORIGINAL, mlp.relu], ids=["original", "relu"])
def test_sweep_marks_divergence_as_train_does_and_spares_the_others(activation, path):
    """Guards the step of each network, and that one that breaks infects no other."""
    rates = np.array([0.2, 1e300, 0.1, 10.0, 0.2, 5.0, 1e6, 0.05])
    settings = {"epochs": 3, "steps_per_epoch": 50, "activation": activation}
    settings["learning_rate"] = rates
    steps = assert_each_is_alone(SUM, range(8), settings, path).diverged_at
    assert steps[[0, 2, 4, 7]].tolist() == [0] * 4
    if activation is ORIGINAL:  # else this test says nothing
        assert len(set(steps.tolist()) - {0}) >= 3


@both_paths
def test_sweep_marks_infinite_parameters_behind_a_finite_loss(path):
    """Guards: tanh(inf) is 1, so the loss does not tell. As TRAPS in test_training.py."""
    trap = Task("trap", np.array([[0.0], [1.0]]), np.array([[0.0], [-100.0]]))
    settings = {"sizes": (1, 1), "activation": mlp.tanh, "scheme": "glorot"}
    settings |= {"epochs": 1, "steps_per_epoch": 8}
    settings["learning_rate"] = np.array([1e308] * 10 + [0.01])
    steps = assert_each_is_alone(trap, range(11), settings, path).diverged_at
    assert len(set(steps.tolist())) >= 4 and steps[-1] == 0  # or the test says little


def test_a_network_that_diverged_is_no_success():
    """Guards: an infinite weight makes tanh 1, which is the target."""
    settings = {"sizes": (1, 1), "activation": mlp.tanh, "learning_rate": 1e308}
    swept = sweep([[10.0]], [[1.0]], 4, **settings)
    assert swept.diverged_at > 0 and mlp.solved(swept.Y_hat, [[1.0]])
    assert not swept.success


@both_paths
def test_sweep_marks_a_break_in_the_last_update_and_a_start_that_overflows(path):
    """Guards the two ends: no loss looks at the last update, none comes before step 1."""
    settings = {"sizes": (1, 1), "activation": mlp.identity, "epochs": 1}
    for x, y, rate, steps in (1.0, -100.0, 1e308, 1), (1e200, 0.0, 1e-300, 3):
        task = Task("far", np.array([[x]]), np.array([[y]]))
        settings |= {"learning_rate": rate, "steps_per_epoch": steps}
        swept = assert_each_is_alone(task, [0, 1], settings, path)
        assert swept.diverged_at.tolist() == [1, 1]


# 4. The stop button ------------------------------------------------------------------

BLOCKS = {"epochs": 2, "steps_per_epoch": 3, "block": 3, "batch_size": 2}


@both_paths
def test_a_sweep_stopped_anywhere_keeps_whole_blocks(path):
    """Guards: at many moments, each network is a finished one."""
    seeds, told = list(range(10, 20)), []
    kwargs = {**BLOCKS, "gradient": path(mlp.loss_and_grads)}
    with StopAt(sweep) as run:
        progress = lambda *_: told.append(len(run.lines))
        whole = sweep(XOR.X, XOR.Y, seeds, progress=progress, **kwargs)
    moments = np.random.default_rng(4).integers(1, len(run.lines) + 1, 30).tolist()
    edges = [line + shift for line in told[:-1] for shift in (-2, -1, 0, 1)]
    for k in [1, *moments, *edges, len(run.lines)]:
        try:
            with StopAt(sweep, k):
                part = sweep(XOR.X, XOR.Y, seeds, progress=lambda *_: None, **kwargs)
        except KeyboardInterrupt:
            assert k <= told[0]  # nothing is finished, so there is nothing to keep
            continue
        done = len(part.seeds)
        assert part.seeds.tolist() == seeds[:done]
        # A block is stored, then comes `if progress:`, then the line that tells.
        assert done == min(10, 3 * sum(k >= line - 1 for line in told)), (k, told)
        lengths = [*map(len, part.params[0]), len(part.Y_hat), len(part.success)]
        lengths += [part.epoch_loss.shape[1], len(part.diverged_at)]
        assert set(lengths) == {done}
        for s in range(done):  # blocks of another length are summed in another order
            assert distance(part.network(s), whole.network(s)) < 1e-10


def test_in_a_notebook_a_stopped_sweep_goes_through(monkeypatch):
    """Guards the cell's next line, which counts on all networks: nothing comes back."""
    stops = Mock(side_effect=[None, KeyboardInterrupt])
    monkeypatch.setattr(waiting, "watched_sweep", lambda: stops)
    with pytest.raises(KeyboardInterrupt):
        sweep(XOR.X, XOR.Y, range(6), epochs=1, block=2)


@both_paths
def test_a_sweep_tells_how_far_it_is(path, monkeypatch):
    """Guards the progress: rising within a block too, the blocks whole, for all S."""
    told, watched = [], []
    kwargs = {"epochs": 4, "block": 4, "gradient": path(mlp.loss_and_grads)}
    sweep(XOR.X, XOR.Y, range(6), progress=lambda *two: told.append(two), **kwargs)
    assert told == [(done, 6) for done in (1, 2, 3, 4, 4, 5, 5, 6)]
    monkeypatch.setattr(
        waiting, "watched_sweep", lambda: lambda *two: watched.append(two)
    )
    sweep(XOR.X, XOR.Y, range(6), **kwargs)
    assert watched == told


# 5. Wrong arguments ------------------------------------------------------------------

WRONG = {
    "flat Y": ({"Y": XOR.Y[:, 0]}, r"Y .*Y\.reshape"),
    "rows without targets": ({"Y": XOR.Y[:3]}, r"X \(4, 2\) and Y \(3, 1\)"),
    "sizes that don't fit": ({"sizes": (2, 2)}, r"Y \(4, 1\) don't fit sizes \(2, 2\)"),
    "no seeds": ({"seeds": []}, "seeds is empty"),
    "rates of 0": ({"learning_rate": [0.1, 0]}, "learning_rate must be positive"),
    "an infinite rate": ({"learning_rate": np.inf}, "learning_rate must be positive"),
    "alphas of other networks": (
        {"activation": mlp.leaky_relu(np.ones(3))},
        "one alpha, or one for each of 2 seeds",
    ),
    "a network for the bug": (
        {"Y": XOR.X, "sizes": (2, 3, 2), "gradient": original_loss_and_grads},
        "one output",
    ),
}


def test_rows_before_the_first_are_refused():
    """Guards: a row -1 that is trained as row 0, without a word."""
    with pytest.raises(IndexError, match=r"rows that X \(4, 2\) does not have"):
        fast.train(draw(), XOR.X, XOR.Y, samples=[[0, -1]])


@pytest.mark.parametrize("name", WRONG)
def test_wrong_arguments_train_nothing(name):
    """Guards: what broadcasting would hide is told, and slips end in an exception."""
    changed, words = WRONG[name]
    arguments = {"X": XOR.X, "Y": XOR.Y, "seeds": [1, 2], "epochs": 1, **changed}
    with pytest.raises((ValueError, TypeError), match=words):
        sweep(**arguments)
