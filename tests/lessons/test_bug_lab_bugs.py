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
from course.original import original_loss_and_grads
from course.pictures.gradient_checks import describe_gradient_check
from tests.reference import assert_near, frozen

ALL = {f"{kind}[{i}]" for kind in "Wb" for i in range(4)}
B = {name for name in ALL if name[0] == "b"}
# Which arrays are wrong in the default case, sizes 2-3-3-2-1, three samples, and a last
# z that is negative on each of them. Derived by following the wrong line:
WRONG = {
    "target for input": {"W[0]"},  # only dW[0] reads A[0]
    "slope from output": ALL,  # the last z is negative, so the last slope is wrong too
    "no transpose": {"W[0]", "b[0]"},  # W[1] is square, before it lies layer 0
    "last slope missing": ALL,
    "no 1/n": ALL,
    "wrong axis": {"b[0]", "b[1]"},  # three units, three samples
    "stale cache": ALL - {"b[3]"},  # db[3] is dY times a slope that is -0.2 in both
    "update on the way": ALL - {"W[3]", "b[3]"},  # dZ[3] is there before any update
}
# The same at other settings: where a bug vanishes, as its mark says, or moves.
ELSEWHERE = [
    ("slope from output", {"activation": "leaky 0.1"}, set()),
    ("slope from output", {"activation": "identity"}, set()),
    ("no transpose", {"sizes": bugs.DIFFERENT}, set()),
    ("no transpose", {"sizes": bugs.SQUARE}, {"W[0]", "b[0]", "W[1]", "b[1]"}),
    ("last slope missing", {"last_z": "positive"}, set()),
    ("last slope missing", {"activation": "identity"}, set()),
    ("no 1/n", {"batch_size": 1}, set()),
    ("wrong axis", {"sizes": bugs.DIFFERENT, "batch_size": 5}, set()),
    ("wrong axis", {"batch_size": 1}, B - {"b[3]"}),
    ("wrong axis", {"batch_size": 2}, {"b[2]"}),
    ("wrong axis", {"batch_size": 4}, set()),
    ("stale cache", {"before": "same batch"}, set()),
]
each_bug = pytest.mark.parametrize("name", bugs.BUGS)
each_activation = pytest.mark.parametrize("activation", bugs.ACTIVATIONS)


def gradients(name, activation="leaky -0.2", rate=0.2, **settings):
    """The gradients of a bug for a case, and the case."""
    case = bugs.case(**settings)
    f = bugs.ACTIVATIONS[activation]
    gradient = bugs.BUGS[name].gradient(rate) if name else bugs.right
    gradient(case.params, case.X_before, case.Y, f)
    return gradient(case.params, case.X, case.Y, f)[1], case, f


# 1. Each bug is the wrong gradient that its name says


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


@pytest.mark.parametrize(
    "name, settings, wrong", [*((name, {}, WRONG[name]) for name in WRONG), *ELSEWHERE]
)
def test_the_wrong_arrays_are_those_derived_by_hand(name, settings, wrong):
    """Guards the signature of each bug, and the experiments that make it vanish."""
    checks = bugs.signature(name, **settings)
    assert set(bugs.wrong_names(checks)) == wrong
    for check in checks:  # what is wrong is seen: no error near the tolerance
        assert check.ok or check.error.max() > 0.05


def test_target_for_input_is_the_bug_of_the_original_notebook():
    """Guards bug 1 against the core's own copy."""
    grads, case, f = gradients("target for input")
    assert_near(grads, original_loss_and_grads(case.params, case.X, case.Y, f)[1])


@pytest.mark.parametrize(
    "name, n, factor",
    [("last slope missing", 3, -5), *(("no 1/n", n, n) for n in (2, 3, 4, 5))],
)
def test_two_bugs_are_wrong_by_one_factor(name, n, factor):
    """Guards the marks of bug 4, here 1 / -0.2, and of bug 5."""
    checks = bugs.signature(name, batch_size=n)
    assert common_factor(checks) == pytest.approx(factor)


def test_each_stale_cache_has_its_own_memory():
    """Guards against a cache in a global, shared by all labs."""
    case = bugs.case()
    first, second = (bugs.BUGS["stale cache"].gradient() for _ in range(2))
    first(case.params, case.X_before, case.Y)
    batch = case.params, case.X, case.Y
    assert_near(second(*batch)[1], mlp.loss_and_grads(*batch)[1])


def test_updating_on_the_way_shrinks_with_the_learning_rate():
    """Guards the mark of bug 8."""
    large, small = (
        bugs.signature("update on the way", learning_rate=rate) for rate in (1e-2, 1e-3)
    )
    for check, other in zip(large[:6], small[:6]):
        ratio = check.error.max() / other.error.max()
        assert 8 < ratio < 12


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
        assert bug.mark.startswith("Its mark: ")
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


def test_what_is_shown_of_a_bug_is_its_line_and_its_map(capsys):
    """Guards the cells of the eight bugs."""
    picture = bugs.show("no 1/n")
    printed = capsys.readouterr().out.splitlines()
    assert printed == [
        "step 0, right:  dA = (Y_hat - Y) / n",
        "step 0, here:   dA = Y_hat - Y",
    ]
    assert picture.alt == describe_gradient_check(bugs.signature("no 1/n"))
    bugs.show("stale cache")
    assert capsys.readouterr().out == "before step 0, here:   A, Z = cache_before\n"


@pytest.mark.parametrize(
    "step, wrong",
    [
        (0, ALL),
        (1, {"W[1]", "b[1]", "W[0]", "b[0]"}),
        (2, {"W[1]"}),
        (3, {"b[1]"}),
        (4, {"W[0]", "b[0]"}),
    ],
)
def test_a_spoiled_step_reaches_what_is_computed_from_it(step, wrong):
    """Guards the cell that spoils each step of layer 1, derived by hand."""
    assert set(bugs.wrong_arrays(bugs.spoiled(step, layer=1))) == wrong


# 2. Signatures


@pytest.mark.parametrize("name, other", [*itertools.permutations(bugs.BUGS, 2)])
def test_the_default_tells_every_two_bugs_apart(name, other):
    """Guards the game: what is shown first is enough to name the bug."""
    shown, wrong_guess = bugs.signature(name), bugs.signature(other)
    assert describe_gradient_check(shown) != describe_gradient_check(wrong_guess)
    words = bugs.difference(shown, wrong_guess)
    assert words.startswith("With it, ")
    apart = WRONG[name] ^ WRONG[other]
    assert all(array in words for array in apart)
    if not apart:  # all arrays wrong in both: the map tells them apart by its numbers
        assert common_factor(shown) != common_factor(wrong_guess)


def test_with_relu_and_a_negative_last_z_two_bugs_are_seen():
    """Guards the right answer to 'relu check'."""
    seen = [name for name in bugs.BUGS if bugs.wrong_arrays(name, activation="ReLU")]
    options = load_questions("bug_lab").predictions["relu check"].options.values()
    (right,) = [option.text for option in options if option.right]
    assert re.findall(r"'(.*?)'", right) == seen


def test_two_bugs_of_one_pattern_are_told_apart_by_their_amounts():
    """Guards the words for a wrong guess, with numbers known by hand."""
    shown, guessed = map(bugs.signature, ("no 1/n", "last slope missing"))
    words = bugs.difference(shown, guessed)
    assert words.endswith("by other amounts: b[3] by 1.20, not 0.67.")
    assert bugs.difference(shown, shown) == ""


def last_z_of(case, batch, activation="leaky -0.2"):
    return mlp.forward(case.params, batch, bugs.ACTIVATIONS[activation])[1].Z[-1]


def test_the_last_z_in_the_maps_of_the_notebook():
    """Guards what it says of them: negative, positive, or both."""
    z = {name: last_z_of(case := bugs.case(name), case.X) for name in bugs.NETWORKS}
    assert np.all(z["negative"] < 0) and np.all(z["positive"] > 0)
    assert np.any(z["both"] < 0) and np.any(z["both"] > 0)


@each_activation
@pytest.mark.parametrize("sizes", [*bugs.SIZES, (2, 30)])
@pytest.mark.parametrize("draw", [0, 1, 2, 3])
def test_the_last_z_of_a_drawn_network(draw, sizes, activation):
    """Guards the menu of the lab: on this batch, and on the one of the call before."""
    f = bugs.ACTIVATIONS[activation]
    low, high, both = (bugs.case(z, sizes, 8, draw, f) for z in bugs.NETWORKS)
    for batch in low.X, low.X_before:
        assert np.all(last_z_of(low, batch, activation) < 0)
        assert np.all(last_z_of(high, batch, activation) > 0)
    z = last_z_of(both, both.X, activation)
    hidden = mlp.forward(both.params, both.X, f)[1].A[-2]
    if np.any(hidden[0] != hidden[1]):  # else the last layer sees one sample twice
        assert np.all(z[0] * z[1] < 0)  # two samples are enough to have both
    assert np.all(z != 0)


@pytest.mark.parametrize("sizes", [*bugs.SIZES, (2, 30)])
def test_a_draw_is_one_network_with_batches_of_every_size(sizes):
    """Guards the lab: each experiment changes one thing, and nothing else."""
    case = bugs.case("negative", sizes, draw=7)
    for n in range(1, 9):
        other = bugs.case("negative", sizes, batch_size=n, draw=7)
        assert_near(other.params, case.params)
        np.testing.assert_array_equal(other.X[:3], case.X[:n])
        assert other.X.shape == other.X_before.shape == (n, sizes[0])
        assert other.Y.shape == (n, sizes[-1])
    turned = bugs.case("positive", sizes, draw=7)  # the last bias alone is another one
    np.testing.assert_array_equal(turned.X, case.X)
    assert_near(turned.params[:-1], case.params[:-1])
    np.testing.assert_array_equal(turned.params[-1].W, case.params[-1].W)
    assert np.all(turned.params[-1].b > case.params[-1].b)
    default = bugs.case("negative", sizes)
    assert not np.array_equal(case.params[0].W, default.params[0].W)
    assert not np.array_equal(case.X, bugs.case("negative", sizes, draw=8).X)


UNNAMED_WRONG = {  # derived as above; 'first' is the exercise mend_first, and so on
    "first": B,  # db is divided by n once more
    "second": ALL - {"W[3]", "b[3]"},  # only what is passed on is wrong
}


@pytest.mark.parametrize("which", UNNAMED_WRONG)
def test_the_wrong_arrays_of_the_unnamed_bugs_are_those_derived(which):
    """Guards the maps of the exercises: the notebook draws them of `UNNAMED`."""
    assert list(bugs.UNNAMED) == list(UNNAMED_WRONG)
    assert set(bugs.wrong_arrays(bugs.UNNAMED[which])) == UNNAMED_WRONG[which]


# 3. What a bug costs


@pytest.mark.parametrize("batch_size", [1, 3])
def test_without_a_bug_the_networks_are_those_of_the_core(batch_size):
    """Guards the training of stacks: starts, samples, updates, and who succeeds."""
    seeds = range(20)
    ours = bugs.success(None, mlp.XOR, seeds, batch_size=batch_size)
    theirs = sweep(mlp.XOR.X, mlp.XOR.Y, seeds, batch_size=batch_size)
    np.testing.assert_array_equal(ours, theirs.success)


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
    blocks = []

    def one_block(*args, block, **settings):
        blocks.append(block)
        return sweep(*args, block=block, **settings)

    monkeypatch.setattr(bugs, "sweep", one_block)
    bugs.success("stale cache", mlp.XOR, range(3), steps=5)
    assert blocks[0] >= 10**6


def test_without_1_over_n_the_learning_rate_is_n_times_as_large():
    """Guards what the notebook says of bug 5 in training."""
    same = {"task": mlp.SUM, "seeds": range(20), "batch_size": 3, "steps": 200}
    ours = bugs.success("no 1/n", **same)
    theirs = bugs.success(None, learning_rate=0.6, **same)
    np.testing.assert_array_equal(ours, theirs)


def test_the_costs_are_successes_of_trials(monkeypatch):
    """Guards the picture of the costs: each bug under its name, and none of them."""
    solved = {None: 3, **{name: i for i, name in enumerate(bugs.BUGS)}}
    monkeypatch.setattr(bugs, "success", lambda bug, *_: np.arange(9) < solved[bug])
    named = {name: (k, 9) for name, k in solved.items() if name}
    assert bugs.costs(mlp.XOR, range(9)) == {"no bug": (3, 9), **named}


def test_networks_that_diverge_are_no_successes(recwarn):
    """Guards the count, and that nothing is warned of."""
    found = bugs.success("no 1/n", mlp.SUM, range(5), batch_size=4, learning_rate=50.0)
    assert found.dtype == bool and not found.any() and not recwarn.list


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"bug": "no bug"}, "bug must be one of None, 'target for input'"),
        ({"before": "the other"}, "before must be one of 'other batch'"),
        ({"last_z": "zero"}, "last_z must be one of 'negative'"),
        ({"batch_size": 9}, "batch_size must be at most 8"),
        ({"batch_size": 0}, "batch_size must be at least 1"),
    ],
)
def test_what_would_give_another_map_is_refused_by_name(settings, named):
    """Guards: a slip of the keyboard that shows the map of something else."""
    with pytest.raises((TypeError, ValueError), match=named):
        bugs.signature(**settings)


@pytest.mark.parametrize(
    "gradient", [bugs.right, *(b.gradient() for b in bugs.BUGS.values())]
)
def test_broadcasting_makes_no_loss_of_a_flat_target(gradient):
    """Guards the planted bugs: Y of shape (n,) would give (n, n) differences."""
    params = bugs.case().params
    for Y in mlp.XOR.Y[:, 0], np.ones((4, 3)), mlp.XOR.Y[:1]:
        with pytest.raises((ValueError, IndexError)):
            gradient(params, mlp.XOR.X, Y, mlp.tanh)


def test_the_bugs_leave_their_inputs_as_they_are():
    """Guards: planting a bug in a network, or in its batch, changes nothing of it."""
    case = frozen(bugs.case())
    for bug in bugs.BUGS.values():
        bug.gradient()(case.params, case.X, case.Y)
