"""The bugs of notebook 7: each against its own derivation, the maps, and the costs."""

import inspect
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

import mlp_core as mlp
from course.fast import sweep
from course.lessons import load_questions
from course.lessons.bug_lab import bugs
from course.original import original_loss_and_grads
from course.pictures.gradient_checks import common_factor, describe_gradient_check
from mlp_core import Layer
from tests import answers

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "07_bug_lab.ipynb"
W, B = ["W[0]", "W[1]", "W[2]", "W[3]"], ["b[0]", "b[1]", "b[2]", "b[3]"]
ALL = {*W, *B}
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
each_bug = pytest.mark.parametrize("name", bugs.BUGS)
each_activation = pytest.mark.parametrize("activation", bugs.ACTIVATIONS)


def gradients(name, activation="leaky -0.2", rate=0.2, **settings):
    """The gradients of a bug for a case, and the case."""
    case = bugs.case(**settings)
    f = bugs.ACTIVATIONS[activation]
    gradient = bugs.BUGS[name].gradient(rate) if name else bugs.right
    gradient(case.params, case.X_before, case.Y, f)
    return gradient(case.params, case.X, case.Y, f)[1], case, f


def core_parts(case, f):
    """Cache and slope of the loss, from the core."""
    Y_hat, cache = mlp.forward(case.params, case.X, f)
    return cache, mlp.loss_slope(Y_hat, case.Y)


def assert_same(grads, others):
    for (dW, db), (dW2, db2) in zip(grads, others, strict=True):
        np.testing.assert_allclose(dW, dW2, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(db, db2, rtol=1e-12, atol=1e-14)


# 1. Each bug is the wrong gradient that its name says


@each_activation
@pytest.mark.parametrize("sizes", bugs.SIZES)
def test_the_right_one_is_the_gradient_of_the_core(activation, sizes):
    """Guards the pattern that the bugs are cut from, and its clean sheet."""
    grads, case, f = gradients(None, activation, sizes=sizes)
    value, others = mlp.loss_and_grads(case.params, case.X, case.Y, f)
    assert_same(grads, others)
    assert bugs.right(case.params, case.X, case.Y, f)[0] == pytest.approx(value)
    checks = bugs.signature(activation=activation, sizes=sizes)
    assert all(check.ok for check in checks)
    assert not any(check.kink.any() for check in checks)


@each_bug
def test_the_wrong_arrays_are_those_derived_by_hand(name):
    """Guards the signature of each bug in the default case."""
    checks = bugs.signature(name)
    assert set(bugs.wrong_names(checks)) == WRONG[name]
    for check in checks:  # what is wrong is seen: no error near the tolerance
        assert check.ok or check.error.max() > 0.05


def test_target_for_input_is_the_bug_of_the_original_notebook():
    """Guards bug 1 against the core's own copy."""
    grads, case, f = gradients("target for input")
    assert_same(grads, original_loss_and_grads(case.params, case.X, case.Y, f)[1])


@pytest.mark.parametrize("activation", ["ReLU", "leaky -0.2"])
def test_the_slope_at_an_output_is_always_1(activation):
    """Guards bug 2 where alpha is 0 or negative: as if no layer had a slope."""
    grads, case, f = gradients("slope from output", activation, last_z="positive")
    cache, dY = core_parts(case, f)
    slopeless = mlp.Activation("slopeless", f.f, np.ones_like)
    assert_same(grads, mlp.backprop(case.params, cache, dY, slopeless))


@pytest.mark.parametrize("activation", ["leaky 0.1", "identity"])
def test_the_output_has_the_sign_of_z_where_alpha_is_positive(activation):
    """Guards what notebook and docstring say of the activations that forgive bug 2."""
    assert not bugs.wrong_names(
        bugs.signature("slope from output", activation=activation)
    )


def test_with_tanh_the_slope_is_that_of_another_point():
    """Guards bug 2 for tanh: 1 - tanh(tanh(z))^2."""
    grads, case, f = gradients("slope from output", "tanh")
    cache, dY = core_parts(case, f)
    shifted = mlp.Activation("x", f.f, lambda z: 1 - np.tanh(np.tanh(z)) ** 2)
    assert_same(grads, mlp.backprop(case.params, cache, dY, shifted))


def test_no_transpose_is_backprop_through_the_transposed_square_matrix():
    """Guards bug 3: backprop of a network whose W[1] is transposed, same cache."""
    grads, case, f = gradients("no transpose")
    cache, dY = core_parts(case, f)
    turned = list(case.params)
    turned[1] = turned[1]._replace(W=turned[1].W.T)
    assert_same(grads, mlp.backprop(turned, cache, dY, f))


def test_sizes_that_differ_leave_no_room_for_bugs_3_and_6():
    """Guards the advice of the notebook: NumPy refuses both, so they are mended."""
    for name in ("no transpose", "wrong axis"):
        assert not bugs.wrong_names(
            bugs.signature(name, sizes=bugs.DIFFERENT, batch_size=5)
        )
    _, case, f = gradients(None, sizes=bugs.DIFFERENT, batch_size=5)
    cache, dY = core_parts(case, f)
    for layer, dZ in zip(case.params, [np.ones_like(Z) for Z in cache.Z]):
        with pytest.raises(ValueError, match="mismatch"):
            dZ @ layer.W
        if layer.W.shape[1] > 1:
            with pytest.raises(ValueError, match="broadcast"):
                layer.b - dZ.sum(axis=1)
    assert dY.shape == (5, 1)


def test_no_transpose_reaches_every_layer_but_the_last_if_all_are_square():
    """Guards bug 3 in the square network."""
    wrong = bugs.wrong_names(bugs.signature("no transpose", sizes=bugs.SQUARE))
    assert set(wrong) == {"W[0]", "b[0]", "W[1]", "b[1]"}


def test_the_missing_last_slope_divides_by_it():
    """Guards bug 4: the last z is negative in case A, so all is divided by -0.2."""
    checks = bugs.signature("last slope missing")
    for check in checks:
        np.testing.assert_allclose(check.analytic, -5 * check.numeric, rtol=1e-6)
    assert common_factor(checks) == pytest.approx(-5)
    assert not bugs.wrong_names(bugs.signature("last slope missing", last_z="positive"))
    assert not bugs.wrong_names(
        bugs.signature("last slope missing", activation="identity")
    )


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_without_1_over_n_every_gradient_is_n_times_too_large(n):
    """Guards bug 5: factor n, so the error is 1 - 1/n, and none for one sample."""
    checks = bugs.signature("no 1/n", batch_size=n)
    for check in checks:
        np.testing.assert_allclose(check.analytic, n * check.numeric, rtol=1e-6)
        np.testing.assert_allclose(check.error, 1 - 1 / n, atol=1e-6)
    assert len(bugs.wrong_names(checks)) == (0 if n == 1 else 8)


@pytest.mark.parametrize(
    "n, wrong", [(1, B[:3]), (2, ["b[2]"]), (3, B[:2]), (4, []), (5, [])]
)
def test_the_wrong_axis_moves_with_the_batch(n, wrong):
    """Guards bug 6: which layers it can hide in, and what it puts there."""
    checks = bugs.signature("wrong axis", batch_size=n)
    assert bugs.wrong_names(checks) == wrong
    for check in checks[1::2]:  # biases: the sum over both axes is the same
        if n > 1:
            assert check.analytic.sum() == pytest.approx(check.numeric.sum())
        else:
            np.testing.assert_allclose(check.analytic, check.numeric.sum())


def test_the_stale_cache_is_the_one_of_the_call_before():
    """Guards bug 7: slope of this loss, cache of the other batch."""
    grads, case, f = gradients("stale cache")
    _, dY = core_parts(case, f)
    _, old = mlp.forward(case.params, case.X_before, f)
    assert_same(grads, mlp.backprop(case.params, old, dY, f))
    assert not bugs.wrong_names(bugs.signature("stale cache", before="same batch"))


def test_each_stale_cache_has_its_own_memory():
    """Guards against a cache in a global, shared by all labs."""
    case = bugs.case()
    first, second = bugs.stale_cache(), bugs.stale_cache()
    first(case.params, case.X_before, case.Y)
    assert_same(
        second(case.params, case.X, case.Y)[1],
        mlp.loss_and_grads(case.params, case.X, case.Y)[1],
    )


def test_updating_on_the_way_is_backprop_through_updated_layers():
    """Guards bug 8: layer i hears from layers that have been updated already."""
    grads, case, f = gradients("update on the way", rate=0.3)
    cache, dY = core_parts(case, f)
    moving = list(case.params)
    for i in reversed(range(len(moving))):
        dW, db = mlp.backprop(moving, cache, dY, f)[i]
        assert_same([grads[i]], [Layer(dW, db)])
        moving[i] = moving[i]._replace(W=moving[i].W - 0.3 * dW)


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
        dW = np.broadcast_to(dW, W[i].shape)  # as W[i] - learning_rate * dW does
        grads.insert(0, mlp.Layer(dW, db))
    return 0.0, grads
"""


@pytest.mark.parametrize("batch_size", [1, 2, 3])
@pytest.mark.parametrize("name", [None, *bugs.BUGS])
def test_the_shown_line_in_the_five_steps_is_the_bug(name, batch_size):
    """Guards what is shown of its code: it runs, and makes this gradient."""
    steps = {"before step 0": "", **bugs.STEPS}
    if name:
        bug = bugs.BUGS[name]
        assert bug.where in steps and steps[bug.where] != bug.line
        steps[bug.where] = bug.line
    code = FIVE_STEPS
    for where, line in steps.items():
        code = code.replace(f"{{{where}}}", line)
    right, case, f = gradients(name, batch_size=batch_size)
    _, cache_before = mlp.forward(case.params, case.X_before, f)
    scope = {"mlp": mlp, "np": np, "learning_rate": 0.2, "cache_before": cache_before}
    exec(code, scope)  # noqa: S102, our own lines
    shown, ours = (
        bugs.as_in_an_update(gradient)(case.params, case.X, case.Y, f)[1]
        for gradient in (scope["gradient"], lambda *_: (0.0, right))
    )
    assert_same(shown, ours)


@each_bug
def test_each_bug_has_one_marked_line(name):
    """Guards who reads its code: the place where it differs is marked."""
    assert inspect.getsource(bugs.BUGS[name].function).count("# the bug") == 1
    assert bugs.BUGS[name].mark.startswith("Its mark: ")


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


@pytest.mark.parametrize("other", bugs.BUGS)
@each_bug
def test_the_default_tells_every_two_bugs_apart(name, other):
    """Guards the game: what is shown first is enough to name the bug."""
    shown, wrong_guess = bugs.signature(name), bugs.signature(other)
    if name == other:
        assert bugs.difference(shown, wrong_guess) == ""
        return
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


def test_words_for_a_check():
    """Guards the line under the map, with numbers known by hand."""
    assert describe_gradient_check(bugs.signature()) == "Every gradient is right here."
    words = describe_gradient_check(bugs.signature("no 1/n", batch_size=2))
    assert "W[0] by 0.50, b[0] by 0.50" in words and "Right: none." in words
    assert words.endswith("Each wrong entry is 2.00 times the right one.")
    words = describe_gradient_check(
        bugs.signature("target for input", activation="ReLU")
    )
    assert words.startswith("Every gradient is 0 and right")
    words = bugs.difference(
        bugs.signature("no 1/n"), bugs.signature("last slope missing")
    )
    assert words.endswith("by other amounts: b[3] by 1.20, not 0.67.")


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
    low, high, both = (
        bugs.case(name, sizes, 8, draw, activation) for name in bugs.NETWORKS
    )
    for batch in low.X, low.X_before:
        assert np.all(last_z_of(low, batch, activation) < 0)
        assert np.all(last_z_of(high, batch, activation) > 0)
    z = last_z_of(both, both.X, activation)
    hidden = mlp.forward(both.params, both.X, bugs.ACTIVATIONS[activation])[1].A[-2]
    if np.any(hidden[0] != hidden[1]):  # else the last layer sees one sample twice
        assert np.all(z[0] * z[1] < 0)  # two samples are enough to have both
    assert np.all(z != 0)


@pytest.mark.parametrize("sizes", [*bugs.SIZES, (2, 30)])
def test_a_draw_is_one_network_with_batches_of_every_size(sizes):
    """Guards the lab: each experiment changes one thing, and nothing else."""
    case = bugs.case("negative", sizes, draw=7)
    for n in range(1, 9):
        other = bugs.case("negative", sizes, batch_size=n, draw=7)
        assert_same(other.params, case.params)
        np.testing.assert_array_equal(other.X[:3], case.X[:n])
        assert other.X.shape == other.X_before.shape == (n, sizes[0])
        assert other.Y.shape == (n, sizes[-1])
    turned = bugs.case("positive", sizes, draw=7)  # the last bias alone is another one
    np.testing.assert_array_equal(turned.X, case.X)
    assert_same(turned.params[:-1], case.params[:-1])
    np.testing.assert_array_equal(turned.params[-1].W, case.params[-1].W)
    assert np.all(turned.params[-1].b > case.params[-1].b)
    default = bugs.case("negative", sizes)
    assert not np.array_equal(case.params[0].W, default.params[0].W)
    assert not np.array_equal(case.X, bugs.case("negative", sizes, draw=8).X)


UNNAMED_WRONG = {  # derived as above; 'first' is the exercise mend_first, and so on
    "first": set(B),  # db is divided by n once more
    "second": ALL - {"W[3]", "b[3]"},  # only what is passed on is wrong
}


@pytest.mark.parametrize("which", UNNAMED_WRONG)
def test_the_wrong_arrays_of_the_unnamed_bugs_are_those_derived(which):
    """Guards the maps of the exercises: the notebook draws them of `UNNAMED`."""
    assert list(bugs.UNNAMED) == list(UNNAMED_WRONG)
    assert set(bugs.wrong_arrays(bugs.UNNAMED[which])) == UNNAMED_WRONG[which]


@pytest.mark.parametrize("which", UNNAMED_WRONG)
def test_the_stubs_of_the_notebook_hold_the_unnamed_bugs(which):
    """Guards map against code in the notebook, and what the check says of the stub."""
    name = f"mend_{which}"
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    (source,) = (
        c.source for c in notebook.cells if c.source.startswith(f"def {name}(")
    )
    scope = {"mlp": mlp, "np": np}
    exec(source, scope)  # noqa: S102, our own notebook
    params, X, Y, _ = bugs.case()
    ours, theirs = scope[name], bugs.UNNAMED[which]
    assert_same(ours(params, X, Y, mlp.tanh)[1], theirs(params, X, Y, mlp.tanh)[1])
    words = answers.check(name, scope[name]).words
    assert words.startswith(f"{name}: not yet: the bug is still in it.")


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

    def gradient():
        return bugs.as_in_an_update(bugs.BUGS[name].gradient(0.1))

    run = sweep(mlp.XOR.X, mlp.XOR.Y, seeds, gradient=gradient(), **settings)
    for s, seed in enumerate(seeds):
        rng = np.random.default_rng(seed)
        start = mlp.initialize(mlp.ORIGINAL_SIZES, rng)
        alone, _ = mlp.train(start, *mlp.XOR[1:], rng, gradient=gradient(), **settings)
        for (W, b), (W2, b2) in zip(run.network(s), alone):
            np.testing.assert_allclose(W, W2, rtol=1e-7, atol=1e-9)
            np.testing.assert_allclose(b, b2, rtol=1e-7, atol=1e-9)


def test_a_success_is_within_the_tolerance_on_every_sample():
    """Guards: a count by the mean error, which forgives one bad answer of four."""
    seeds, settings = range(60), {"learning_rate": 0.1, "batch_size": 2}
    run = sweep(*mlp.SUM[1:], seeds, epochs=1, steps_per_epoch=150, **settings)
    errors = abs(run.Y_hat - mlp.SUM.Y)
    solved = (errors < 0.1).all(axis=(1, 2))
    found = bugs.success(None, mlp.SUM, seeds, steps=150, **settings)
    assert found.tolist() == solved.tolist()
    assert np.sum((errors.mean(axis=(1, 2)) < 0.1) & ~solved) > 5


def test_a_bug_that_updates_does_it_with_the_rate_of_the_training():
    """Guards: the default rate in the bug, another one in the training."""
    seeds, settings = range(60), {"learning_rate": 0.05, "batch_size": 2}
    found = bugs.success("update on the way", mlp.XOR, seeds, steps=900, **settings)
    solved = {}
    for rate in (0.05, 0.2):
        gradient = bugs.as_in_an_update(bugs.update_on_the_way(rate))
        settings |= {"epochs": 1, "steps_per_epoch": 900, "gradient": gradient}
        solved[rate] = sweep(*mlp.XOR[1:], seeds, **settings).success.tolist()
    assert found.tolist() == solved[0.05] != solved[0.2]


def test_a_plain_update_takes_a_slope_of_each_shape():
    """Guards `as_in_an_update`: what `b - learning_rate * db` would do, in both forms."""
    params, X, Y, _ = bugs.case(batch_size=1)
    stack = [Layer(np.stack([W, 2 * W]), np.stack([b, b])[:, None]) for W, b in params]
    for network in params, stack:
        plain = bugs.wrong_axis(network, X, Y)[1]
        _, broadcast = bugs.as_in_an_update(bugs.wrong_axis)(
            network, X, Y, mlp.ORIGINAL
        )
        for (_, b), (_, db), (_, full) in zip(network, plain, broadcast):
            update = b - db if b.ndim == 1 else b - db[:, None]
            assert full.shape == b.shape == update.shape
            np.testing.assert_array_equal(b - full, update)
    assert bugs.wrong_axis(params, X, Y)[1][0].b.shape == (1,)  # for three biases


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
    ours = bugs.success("no 1/n", mlp.SUM, range(20), batch_size=3, steps=200)
    theirs = bugs.success(
        None, mlp.SUM, range(20), batch_size=3, steps=200, learning_rate=0.6
    )
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
        ({"batch_size": 2.0}, "batch_size must be a whole number"),
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
    case = bugs.case()
    for array in (*sum(case.params, ()), case.X, case.Y):
        array.flags.writeable = False
    for bug in bugs.BUGS.values():
        bug.gradient()(case.params, case.X, case.Y)
