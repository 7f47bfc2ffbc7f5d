"""The bugs of notebook 7: each against its own derivation, the maps, and the costs."""

import functools
import itertools
import re

import numpy as np
import pytest

import mlp_core as mlp
from course.experiments import common_factor
from course.fast import sweep
from course.lessons import load_questions
from course.lessons.bug_lab import bugs
from course.pictures.gradient_checks import describe_gradient_check
from tests import tables
from tests.reference import assert_near, frozen

# Which arrays are wrong, as one derives it by hand.
WRONG, ELSEWHERE = tables.beside(__file__, "bug_lab_bugs.toml").values()
each_bug = pytest.mark.parametrize("name", bugs.BUGS)
each_activation = pytest.mark.parametrize("activation", bugs.ACTIVATIONS)


def gradients(name, activation="leaky -0.2", rate=0.2, **settings):
    """The gradients of a bug for a case, and the case."""
    case = bugs.case(**settings)
    f = bugs.ACTIVATIONS[activation]
    gradient = bugs.BUGS[name].gradient(rate) if name else bugs.right
    gradient(case.params, case.X_before, case.Y, f)
    return gradient(case.params, case.X, case.Y, f)[1], case, f


@each_activation
@pytest.mark.parametrize("sizes", bugs.SIZES)
def test_the_right_one_is_the_gradient_of_the_core(activation, sizes):
    """Guards the pattern that the bugs are cut from, and its clean sheet."""
    grads, case, f = gradients(None, activation, sizes=sizes)
    value, others = mlp.loss_and_grads(case.params, case.X, case.Y, f)
    assert_near(grads, others)
    assert bugs.right(case.params, case.X, case.Y, f)[0] == pytest.approx(value)
    checks = bugs.signature(activation=activation, sizes=sizes)
    assert all(check.ok for check in checks)
    assert not any(check.kink.any() for check in checks)


@each_bug
def test_the_wrong_arrays_are_those_derived_by_hand(name):
    """Guards the signature of each bug, and the experiments that make it vanish."""
    for settings, wrong in [({}, WRONG[name]), *ELSEWHERE.get(name, [])]:
        checks = bugs.signature(name, **settings)
        assert bugs.wrong_names(checks) == wrong, settings
        for check in checks:  # what is wrong is seen: no error near the tolerance
            assert check.ok or check.error.max() > 0.05


@pytest.mark.parametrize("sizes", bugs.SIZES)
def test_a_missing_last_slope_is_one_factor_if_all_last_slopes_are_equal(sizes):
    """Guards the mark of this bug: several samples may pass, a single one may not."""
    factor = lambda **settings: common_factor(
        bugs.signature("last slope missing", sizes=sizes, draw=5, **settings)
    )
    assert factor(batch_size=4) == pytest.approx(1 / -0.2)
    with_tanh = factor(batch_size=1, activation="tanh")
    assert (with_tanh is not None) == (sizes[-1] == 1)


# The backward pass as the notebook writes it, with a place for each step.
FIVE_STEPS = """
def gradient(params, X, Y, activation):
    Y_hat, (A, Z) = mlp.forward(params, X, activation)
    W, f, n, last, grads = [W for W, _ in params], activation, len(X), 3, []
    {before step 0}
    {step 0}
    for i in reversed(range(4)):
        n_in, n_out = W[i].shape
        {step 1}
        {step 2}
        {step 3}
        {step 4}
        # As W[i] - learning_rate * dW and b[i] - learning_rate * db do:
        dW, db = np.broadcast_to(dW, W[i].shape), np.broadcast_to(db, n_out)
        grads.insert(0, mlp.Layer(dW, db))
    return 0.0, grads
"""


@each_activation
@pytest.mark.parametrize("name", [None, *bugs.BUGS])
def test_the_shown_line_in_the_five_steps_is_the_bug(name, activation):
    """Guards what is shown of its code: it runs, and makes this gradient."""
    steps = {name: step.line for name, step in bugs.STEPS.items()}
    steps["before step 0"] = ""
    if name:
        bug = bugs.BUGS[name]
        assert bug.where in steps and steps[bug.where] != bug.line
        steps[bug.where] = bug.line
        assert bug.mark.startswith("How to recognise it: ")
    code = FIVE_STEPS
    for where, line in steps.items():
        code = code.replace(f"{{{where}}}", line)
    for batch_size in (1, 2, 3):
        ours, case, f = gradients(name, activation, rate=0.3, batch_size=batch_size)
        cache_before = mlp.forward(case.params, case.X_before, f)[1]
        scope = {"mlp": mlp, "np": np}
        scope |= {"learning_rate": 0.3, "cache_before": cache_before}
        exec(code, scope)  # noqa: S102, our own lines
        assert_near(scope["gradient"](case.params, case.X, case.Y, f)[1], ours)


@pytest.mark.parametrize("name, other", [*itertools.permutations(bugs.BUGS, 2)])
def test_the_default_tells_every_two_bugs_apart(name, other):
    """Guards the game: what is shown first is enough to name the bug."""
    shown, wrong_guess = bugs.signature(name), bugs.signature(other)
    assert describe_gradient_check(shown) != describe_gradient_check(wrong_guess)
    words = bugs.difference(shown, wrong_guess)
    assert words.startswith("With it, ")
    apart = {*WRONG[name]} ^ {*WRONG[other]}
    assert all(array in words for array in apart)
    if not apart:  # all arrays wrong in both: the map tells them apart by its numbers
        assert common_factor(shown) != common_factor(wrong_guess)


def test_with_relu_and_a_negative_last_z_two_bugs_are_seen():
    """Guards the right answer to 'relu check'."""
    seen = [name for name in bugs.BUGS if bugs.wrong_arrays(name, activation="ReLU")]
    question = load_questions("bug_lab").predictions["relu check"]
    told = re.findall(r"'(.*?)'", question.right.feedback)
    assert [name.lower() for name in told] == seen


def test_two_bugs_of_one_pattern_are_told_apart_by_their_amounts():
    """Guards the words for a wrong guess, with numbers known by hand."""
    shown, guessed = map(bugs.signature, ("no 1/n", "last slope missing"))
    words = bugs.difference(shown, guessed)
    assert words.endswith("by different amounts: b[3] by 1.20, not 0.67.")
    assert bugs.difference(shown, shown) == ""


@each_activation
@pytest.mark.parametrize("sizes", [*bugs.SIZES, (2, 30)])
def test_the_last_z_of_a_drawn_network(sizes, activation):
    """Guards the menu of the lab: on this batch, and on the one of the call before."""
    f = bugs.ACTIVATIONS[activation]
    for draw in range(4):
        low, high, both = (bugs.case(z, sizes, 8, draw, f) for z in bugs.NETWORKS)
        for case, sign in ((low, -1), (high, 1)):
            for batch in case.X, case.X_before:
                z = mlp.forward(case.params, batch, f)[1].Z[-1]
                assert np.all(sign * z > 0)
        _, (A, Z) = mlp.forward(both.params, both.X, f)
        assert np.all(Z[-1] != 0)
        if np.any(A[-2][0] != A[-2][1]):  # else the last layer sees one sample twice
            assert np.all(Z[-1][0] * Z[-1][1] < 0)


@pytest.mark.parametrize("sizes", [*bugs.SIZES, (2, 30)])
def test_a_draw_is_one_network_with_batches_of_every_size(sizes):
    """Guards the lab: each experiment changes one thing, and nothing else."""
    case = bugs.case("negative", sizes, draw=7)
    for n in range(1, 9):
        other = bugs.case("negative", sizes, batch_size=n, draw=7)
        assert_near(other.params, case.params)
        np.testing.assert_array_equal(other.X[:3], case.X[:n])
        shapes = [batch.shape for batch in (other.X, other.X_before, other.Y)]
        assert shapes == [(n, sizes[0]), (n, sizes[0]), (n, sizes[-1])]
    turned = bugs.case("positive", sizes, draw=7)  # the last bias alone is another one
    np.testing.assert_array_equal(turned.X, case.X)
    moved = [*case.params[:-1], mlp.Layer(case.params[-1].W, turned.params[-1].b)]
    assert_near(turned.params, moved)
    assert np.all(turned.params[-1].b > case.params[-1].b)
    for others in (bugs.case("negative", sizes), bugs.case("negative", sizes, draw=8)):
        assert not np.array_equal(case.X, others.X)
        assert not np.array_equal(case.params[0].W, others.params[0].W)


@pytest.mark.parametrize("batch_size", [1, 3])
@each_bug
def test_a_stack_trains_as_each_network_alone(name, batch_size):
    """Guards every bug in its form for stacks against the same bug for one network."""
    seeds, settings = [3, 8, 21], {"learning_rate": 0.1, "batch_size": batch_size}
    settings |= {"epochs": 4, "steps_per_epoch": 10}
    fresh = functools.partial(bugs.BUGS[name].gradient, 0.1)
    run = sweep(mlp.XOR.X, mlp.XOR.Y, seeds, gradient=fresh(), **settings)
    for s, seed in enumerate(seeds):
        rng = np.random.default_rng(seed)
        start = mlp.initialize(mlp.ORIGINAL_SIZES, rng)
        alone, _ = mlp.train(start, *mlp.XOR[1:], rng, gradient=fresh(), **settings)
        assert_near(run.network(s), alone, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(
    "bug, task, rate, steps",
    [(None, mlp.SUM, 0.1, 150), ("update on the way", mlp.XOR, 0.05, 900)],
)
def test_a_success_is_within_the_tolerance_on_every_sample(bug, task, rate, steps):
    """Guards: a count by the mean error; a rate that reaches training or bug only."""
    settings = {"learning_rate": rate, "batch_size": 2}
    found = bugs.success(bug, task, range(60), steps=steps, **settings)
    gradient = bugs.BUGS[bug].gradient(rate) if bug else bugs.right
    settings |= {"epochs": 1, "steps_per_epoch": steps}
    run = sweep(*task[1:], range(60), gradient=gradient, **settings)
    solved = (abs(run.Y_hat - task.Y) < 0.1).all(axis=(1, 2))
    assert found.tolist() == solved.tolist()


def test_a_stale_cache_is_that_of_the_same_networks(monkeypatch):
    """Guards against blocks of networks that read one another's cache."""
    given = {}
    monkeypatch.setattr(
        bugs, "sweep", lambda *args, **them: given.update(them) or sweep(*args, **them)
    )
    bugs.success("stale cache", mlp.XOR, range(3), steps=5)
    assert given["block"] >= 10**6


def test_the_costs_are_successes_of_trials(monkeypatch):
    """Guards the picture of the costs: each bug under its name, and none of them."""
    solved = {None: 3, **{name: i for i, name in enumerate(bugs.BUGS)}}
    monkeypatch.setattr(bugs, "success", lambda bug, *_: np.arange(9) < solved[bug])
    named = {name: (k, 9) for name, k in solved.items() if name}
    assert bugs.costs(mlp.XOR, range(9)) == {"no bug": (3, 9), **named}


@pytest.mark.parametrize("setting", ["bug", "before", "last_z", "batch_size"])
def test_what_would_give_another_map_is_refused_by_name(setting):
    """Guards: a slip of the keyboard that shows the map of something else."""
    with pytest.raises((TypeError, ValueError), match=f"^{setting} must be "):
        bugs.signature(**{setting: "another"})


def test_the_bugs_leave_their_inputs_as_they_are():
    """Guards: planting a bug in a network, or in its batch, changes nothing of it."""
    case = frozen(bugs.case())
    for bug in bugs.BUGS.values():
        bug.gradient()(case.params, case.X, case.Y)
