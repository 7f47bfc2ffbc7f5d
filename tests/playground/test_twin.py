"""The page beside `mlp_core`: data, features, first network, forward, gradients, training.

The page's numbers are asked of Node; what they must be is made by NumPy and `mlp_core`.
"""

import itertools
import math

import numpy as np
import pytest

import mlp_core as mlp
from course.fast import join
from course.playground import Playground, twin
from tests.playground.node import ask

ALL = {name: list(spec.get("options", ())) for name, spec in twin.SPEC.items()}
CLOSE = 1e-12  # of the largest number of an array


def close(found, right):
    found, right = np.array(found, float), np.ravel(right)
    return np.max(abs(found - right)) <= CLOSE * np.max(abs(right))


OWN = [[0.5, -1, 1], [2.25, 3, 0], [-1, 0.125, 0.5]]


def test_data_are_the_same_bit_for_bit():
    """Guards: each kind of data, its noise, its order, and where the test data begin."""
    kinds = [kind for kind in ALL["data"] if kind != "own"]
    shares = itertools.product(
        (1, 2, 2**40), ((0, 0.3), (0.1, 0), (0.5, 0.5), (0.3, 0.012))
    )
    cases = [
        {"data": kind, "data_seed": seed, "noise": noise, "test": test}
        for kind, (seed, (noise, test)) in itertools.product(kinds, shares)
    ]
    cases += [{"data": "own", "points": OWN}, {"data": "own", "test": 0.5}]
    for case, found in zip(cases, ask("data", cases), strict=True):
        found = [part for part in found if part and part["Y"]]
        for part, right in zip(found, twin.make_data(twin.whole(case)), strict=True):
            assert part["X"] == right.X.T.ravel().tolist(), case
            assert part["Y"] == right.Y.ravel().tolist(), case


def test_data_are_what_their_names_say():
    """Guards: a page and a twin that are wrong in the same way; and points that a learner's
    line changes for all other playgrounds, too."""
    [[xor], [total], [own]] = [
        twin.make_data(twin.whole({"data": kind, "points": OWN}))
        for kind in ("xor", "sum", "own")
    ]
    for found, right in ((xor, mlp.XOR), (total, mlp.SUM)):
        assert np.array_equal(found.X, right.X) and np.array_equal(found.Y, right.Y)
    assert np.hstack(own[1:]).tolist() == OWN
    clean = {"noise": 0, "test": 0.3, "data_seed": 3}
    for kind in ("xor_clouds", "circles", "spirals", "gaussians", "plane", "hills"):
        train, test = twin.make_data(twin.whole({"data": kind, **clean}))
        assert (len(train.X), len(test.X)) == (140, 60)
        assert not train.X.flags.writeable and not train.Y.flags.writeable
        X, y = np.vstack([train.X, test.X]), np.vstack([train.Y, test.Y])[:, 0]
        if kind in ("plane", "hills"):
            assert np.max(abs(y)) <= 1.02 and np.ptp(y) > 1.5
        else:
            assert sorted(y) == [0] * 100 + [1] * 100
        right = {
            "xor_clouds": X[:, 0] * X[:, 1] < 0,
            "circles": np.hypot(*X.T) < 1.6,
            "gaussians": X.sum(axis=1) > 0,
            "plane": X.sum(axis=1) / 6,
        }
        if kind in right:
            assert np.mean(abs(y - right[kind]) < 1e-2) > 0.98, kind


def test_features_are_what_their_names_say():
    """Guards: each feature, alone and in any order."""
    X = np.random.default_rng(0).normal(0, 2, (9, 2))
    names = [
        *([name] for name in ALL["features"]),
        ALL["features"],
        ALL["features"][::-1],
    ]
    cases = [{"names": list(some), "X": X.T.ravel().tolist()} for some in names]
    x0, x1 = X.T
    sines = {"sin(x0)": [*map(math.sin, x0)], "sin(x1)": [*map(math.sin, x1)]}
    right = {"x0": x0, "x1": x1, "x0^2": x0 * x0, "x1^2": x1 * x1, "x0*x1": x0 * x1}
    right |= sines
    for case, found in zip(cases, ask("features", cases), strict=True):
        expected = np.array([right[name] for name in case["names"]])
        assert close(found, expected), case["names"]
        assert close(found, twin.features_of(case["names"], X).T), case["names"]


def some_values(spec):
    """What a setting may be, its default first: all options, or another number."""
    values = [one for one in spec.get("options", ()) if one != "own"]
    if not values:
        more = spec["least"] + (spec["most"] - spec["least"]) / 4
        values = [math.ceil(more) if "whole" in spec else more]
    values = [[value] if "of" in spec else value for value in values]
    return [spec["default"], *(value for value in values if value != spec["default"])]


SOME = {  # of each setting that changes a run
    name: some_values(spec)
    for name, spec in twin.SPEC.items()
    if spec.get("changes") != "nothing" and name not in ("points", "seed")
}
PAIRS = itertools.product(ALL["activation"], ALL["output"])
TURNS = SOME | {  # each value of one comes with several of the others
    "hidden": [[4, 2], [8, 8], [], [3], [1, 2, 3, 4, 5, 6]],
    "batch": [10, 1, 0, 1000],
    "features": [["x0", "x1"], ["x1"], ALL["features"], ["x0*x1", "sin(x0)", "x0"]],
    "l1": [0, 0, 0.01],
    "l2": [0, 0.02],
    "learning_rate": [0.03, 0.1, 0.01],
}
CASES = [
    {name: values[i % len(values)] for name, values in TURNS.items()}
    | {"activation": activation, "output": output}
    | {"seed": i, "data_seed": i, "step": 100}
    for i, (activation, output) in enumerate([*PAIRS] * 2)
]
CASES += [
    {"activation": ["relu", "tanh"], "hidden": [3, 3, 3], "scheme": "he", "step": 100},
    {"activation": ["leaky_relu", "sigmoid", "relu"], "hidden": [4, 4], "scheme": "he"},
    {"scheme": "zeros", "data": "sum", "output": "identity", "step": 100},
]


@pytest.fixture(scope="module")
def trained():
    return list(zip(CASES, ask("training", CASES), strict=True))


def test_first_network_forward_loss_and_gradients_are_those_of_mlp_core(trained):
    """Guards: each scheme, the alpha of 'he', the order of the weights; biases of 0. Each
    activation and its slope, in each place, for all rows at once."""
    for case, found in trained:
        start = twin.Run(case | {"step": 0})
        # Not bit for bit: a processor may multiply and add in one, and round once.
        first = join(start.params)
        np.testing.assert_allclose(found["first"], first, rtol=0, atol=1e-15)
        activation = start.activations
        X = twin.features_of(start.settings["features"], start.data[0].X)
        _, cache = mlp.forward(start.params, X, activation)
        for A, right in zip(found["A"], cache.A[1:], strict=True):
            assert close(A, right.T), case
        network = start.params, X, start.data[0].Y, activation
        loss, grads = mlp.loss_and_grads(*network)
        assert close([found["loss"]], loss) and close(found["grads"], join(grads)), case


def test_a_hundred_steps_are_those_of_mlp_core(trained):
    """Guards: samples, batches of 0, 1, 10 and of more than there are, the learning rate;
    l1 and l2 on weights and not on biases; the losses of training and test data."""
    assert sum(found["step"] == 100 for _, found in trained) >= 50
    for case, found in trained:
        run = twin.Run(case)
        assert (found["step"], found["divergedAt"]) == (run.step, run.diverged_at), case
        assert close(found["p"], join(run.params)), case
        losses = [value for value in found["losses"].values() if value is not None]
        for value, (_, X, Y) in zip(losses, run.data, strict=True):
            X = twin.features_of(run.settings["features"], X)
            Y_hat, _ = mlp.forward(run.params, X, run.activations)
            assert close([value], mlp.loss(Y_hat, Y)), case


@pytest.mark.parametrize("name", SOME)
def test_a_sweep_is_trained_by_the_settings_of_its_run(name):
    """Guards: a setting that is new, or was forgotten in a run, in its sweep or in both, so
    that 100 seeds would be other networks here than on the page."""
    usual = {"batch": 5, "seed": 3, "step": 20}
    plain = join(twin.Run(usual).params)
    for value in SOME[name][1:]:
        run = twin.Run(usual | {name: value})
        right, swept = join(run.params), run.sweep([3], 20).params
        found = np.concatenate([array.ravel() for layer in swept for array in layer])
        assert close(found, right), value
        is_same = right.shape == plain.shape and close(right, plain)
        assert not is_same, f"{value} changes nothing, so put another into SOME"


def test_penalties_are_the_slopes_of_what_they_add():
    """Guards: l1 and l2 against central differences of the loss with both sums in it."""
    run = twin.Run(
        {"data": "xor", "hidden": [2], "scheme": "normal", "seed": 3}
        | {"l1": 0.3, "l2": 0.2}
    )
    sizes, flat = [(2, 2), (2, 1)], join(run.params)
    network = *run.data[0][1:], run.activations

    def loss(flat):
        params = twin.fast.split(flat, sizes)
        weights = np.concatenate([W.ravel() for W, _ in params])
        penalty = 0.3 * np.sum(abs(weights)) + 0.5 * 0.2 * np.sum(weights**2)
        return mlp.loss_and_grads(params, *network)[0] + penalty

    _, grads = run.gradient(run.params, *network)
    steps = 1e-6 * np.eye(len(flat))
    numeric = [(loss(flat + h) - loss(flat - h)) / 2e-6 for h in steps]
    np.testing.assert_allclose(join(grads), numeric, atol=1e-8)


def test_what_explodes_stops_at_the_same_step():
    """Guards: the step that is told, and that its update is taken back, in parts or whole;
    at once, soon, late, behind activations that hide infinity; and not too early."""
    kinds = itertools.product(
        ALL["activation"], ("identity", "relu", "leaky_relu", "tanh")
    )
    rates = itertools.product((2, 30, 100), (1, 10, 0))
    names = "activation", "output", "learning_rate", "batch"
    usual = {"scheme": "normal", "seed": 3, "hidden": [4, 2], "data": "plane"}
    cases = [
        usual | {"step": 120} | dict(zip(names, (*kind, *rate)))
        for kind, rate in itertools.product(kinds, rates)
    ]
    told = set()
    for case, found in zip(cases, ask("training", cases), strict=True):
        run = twin.Run(case)
        told.add(run.diverged_at)
        assert (found["divergedAt"], found["step"]) == (run.diverged_at, run.step), case
    assert None in told and len(told) > 10 and min(told - {None}) < 5


def test_the_line_tells_step_and_losses():
    """Guards: the numbers that a notebook stores, and their form."""
    run = twin.Run({"data": "xor", "scheme": "zeros", "output": "identity"})
    assert run.line() == "step 0: loss 0.2500 on the training data"
    run = twin.Run({"data": "circles", "step": 30})
    X, Y = run.data[1][1:]
    loss = mlp.loss(mlp.forward(run.params, X, run.activations)[0], Y)
    assert run.line().startswith("step 30: loss 0.")
    assert run.line().endswith(f"data, {loss:.4f} on the test data")
    assert twin.Run({"data": "own", "step": 9}).line() == "step 0: no data"
    digits = [9e-11, 5e-4, 0.001, 1234.56789, 1e4, 3.21e-10, 4e300, math.nan]
    words = "below 1e-10 5.0e-4 0.0010 1.2e3 1.0e4 3.2e-10 4.0e300 not finite"
    assert " ".join(map(twin.digits, digits)) == words
    assert ask("loss", digits[:-1]) == [*map(twin.digits, digits[:-1])]


def test_trained_is_the_run_of_a_playground():
    """Guards: other defaults than the page's, a misspelt setting, a loss with a penalty."""
    settings = {"data": "circles", "seed": 3, "l2": 0.01}
    run, play = twin.trained(40, **settings), Playground(**settings, step=40)
    assert run.step == 40
    assert run.line() == play._repr_mimebundle_()[0]["text/plain"]
    Y_hat, _ = mlp.forward(run.params, run.data[1].X, run.activations)
    assert run.loss["test"] == mlp.loss(Y_hat, run.data[1].Y)
    with pytest.raises(ValueError, match="noise must be at most 0.5, not 7"):
        twin.trained(noise=7)
    with pytest.raises(TypeError, match="there is no setting rate"):
        twin.trained(rate=1)
