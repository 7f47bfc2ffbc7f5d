"""The bug lab: each bug against its own derivation, the signatures, and the panel."""

import base64
import itertools
from pathlib import Path

import nbformat
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from ipywidgets.widgets.widget import _instances

import mlp_bugs as bugs
import mlp_core as mlp
import mlp_exercises as exercises
import mlp_panels as panels
from mlp_core import Layer

NOTEBOOK = Path(__file__).parent.parent / "notebooks" / "07_bug_lab.ipynb"
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
    assert_same(grads, mlp.original_loss_and_grads(case.params, case.X, case.Y, f)[1])


@pytest.mark.parametrize("activation", ["ReLU", "leaky -0.2"])
def test_the_slope_at_an_output_is_always_1(activation):
    """Guards bug 2 where alpha is 0 or negative: as if no layer had a slope."""
    grads, case, f = gradients("slope from output", activation, network="B")
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
    assert bugs.common_factor(checks) == pytest.approx(-5)
    assert not bugs.wrong_names(bugs.signature("last slope missing", network="B"))
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


@each_bug
def test_each_bug_has_one_marked_line(name):
    """Guards what the notebook and the lab show of its code."""
    bug = bugs.BUGS[name]
    assert bugs.inspect.getsource(bug.function).count("# the bug") == 1
    assert "# the bug" in bug.line and len(bug.line) < 88
    assert bug.name == name and bug.mark.startswith("Its mark: ")


# 2. Signatures


@pytest.mark.parametrize("other", bugs.BUGS)
@each_bug
def test_the_default_tells_every_two_bugs_apart(name, other):
    """Guards the game: what is shown first is enough to name the bug."""
    shown, wrong_guess = bugs.signature(name), bugs.signature(other)
    if name == other:
        assert bugs.difference(shown, wrong_guess) == ""
        return
    assert bugs.summary(shown) != bugs.summary(wrong_guess)
    words = bugs.difference(shown, wrong_guess)
    assert words.startswith("With it, ")
    apart = WRONG[name] ^ WRONG[other]
    assert all(array in words for array in apart)
    if not apart:  # all arrays wrong in both: the map tells them apart by its numbers
        assert bugs.common_factor(shown) != bugs.common_factor(wrong_guess)


def test_words_for_a_check():
    """Guards the line under the map, with numbers known by hand."""
    assert bugs.summary(bugs.signature()) == "Every gradient is right here."
    words = bugs.summary(bugs.signature("no 1/n", batch_size=2))
    assert "W[0] by 0.50, b[0] by 0.50" in words and "Right: none." in words
    assert words.endswith("Each wrong entry is 2.00 times the right one.")
    words = bugs.summary(bugs.signature("target for input", activation="ReLU"))
    assert words.startswith("Every gradient is 0 and right")
    words = bugs.difference(
        bugs.signature("no 1/n"), bugs.signature("last slope missing")
    )
    assert words.endswith("by other amounts: b[3] by 1.20, not 0.67.")


@pytest.mark.parametrize("draw", [None, 0, 1, 2, 3])
@pytest.mark.parametrize("network", bugs.NETWORKS)
def test_the_last_z_of_each_network_is_as_its_docstring_says(network, draw):
    """Guards `case`: negative in A, positive in B, both in C."""
    case = bugs.case(network, draw=draw)
    z = mlp.forward(case.params, case.X)[1].Z[-1]
    assert {"A": np.all(z < 0), "B": np.all(z > 0), "C": len(set(z[:, 0] > 0)) == 2}[
        network
    ]


@pytest.mark.parametrize("sizes", [*bugs.SIZES, (2, 30)])
def test_a_draw_is_one_network_with_batches_of_every_size(sizes):
    """Guards the lab: another batch size is no other network, and the search ends."""
    case = bugs.case("A", sizes, draw=7)
    for n in range(1, 9):
        other = bugs.case("A", sizes, batch_size=n, draw=7)
        assert_same(other.params, case.params)
        np.testing.assert_array_equal(other.X[:3], case.X[:n])
        assert other.X.shape == other.X_before.shape == (n, sizes[0])
        assert other.Y.shape == (n, sizes[-1])
    assert not np.array_equal(case.params[0].W, bugs.case("A", sizes).params[0].W)
    assert not np.array_equal(case.X, bugs.case("A", sizes, draw=8).X)


UNNAMED_WRONG = {  # derived as above; 'first' is the exercise mend_first, and so on
    "first": set(W),  # dW takes dA, and the last z is negative, so dA is not dZ
    "second": set(B),  # db is divided by n once more
    "third": ALL - {"W[3]", "b[3]"},  # only what is passed on is wrong
}


@pytest.mark.parametrize("which", UNNAMED_WRONG)
def test_the_unnamed_bugs_are_those_of_the_exercises(which):
    """Guards the maps of the exercises: the notebook draws them of `UNNAMED`."""
    params, X, Y, _ = bugs.case()
    checks = mlp.gradient_check(params, X, Y, gradient=bugs.UNNAMED[which])
    assert set(bugs.wrong_names(checks)) == UNNAMED_WRONG[which]
    exercise = exercises.EXERCISES[f"mend_{which}"]
    planted = next(m.wrong for m in exercise.mistakes if "still in it" in m.words)
    for params, X, Y, f in exercise.cases:
        ours = bugs.UNNAMED[which](params, X, Y, f)[1]
        assert_same(ours, planted(params, X, Y, f)[1])


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
    words = exercises.check(scope[name]).words
    assert words.startswith(f"{name}: not yet: the bug is still in it.")


# 3. What a bug costs


@pytest.mark.parametrize("batch_size", [1, 3])
def test_without_a_bug_the_networks_are_those_of_the_core(batch_size):
    """Guards the training of stacks: starts, samples, updates, and who succeeds."""
    seeds = range(20)
    ours = bugs.success(None, mlp.XOR, seeds, batch_size=batch_size)
    theirs = mlp.sweep(mlp.XOR.X, mlp.XOR.Y, seeds, batch_size=batch_size)
    np.testing.assert_array_equal(ours, theirs.success)


@pytest.mark.parametrize("batch_size", [1, 3])
@each_bug
def test_a_stack_trains_as_each_network_alone(name, batch_size):
    """Guards every bug in its form for stacks against the same bug for one network."""
    seeds, settings = [3, 8, 21], {"learning_rate": 0.1, "batch_size": batch_size}
    gradient = bugs.BUGS[name].gradient(0.1)
    stack = bugs.train_many(gradient, mlp.XOR, seeds, steps=40, **settings)
    for s, seed in enumerate(seeds):
        rng = np.random.default_rng(seed)
        params, _ = mlp.train(
            mlp.initialize(mlp.ORIGINAL_SIZES, rng), mlp.XOR.X, mlp.XOR.Y, rng,
            gradient=bugs.as_in_an_update(bugs.BUGS[name].gradient(0.1)), epochs=4, steps_per_epoch=10,
            **settings,
        )  # fmt: skip
        for (W, b), (W2, b2) in zip(stack, params):
            np.testing.assert_allclose(W[s], W2, rtol=1e-7, atol=1e-9)
            np.testing.assert_allclose(b[s, 0], b2, rtol=1e-7, atol=1e-9)


def test_without_1_over_n_the_learning_rate_is_n_times_as_large():
    """Guards what the notebook says of bug 5 in training."""
    ours = bugs.success("no 1/n", mlp.SUM, range(20), batch_size=3, steps=200)
    theirs = bugs.success(
        None, mlp.SUM, range(20), batch_size=3, steps=200, learning_rate=0.6
    )
    np.testing.assert_array_equal(ours, theirs)


def test_networks_that_diverge_are_no_successes(recwarn):
    """Guards the count, and that nothing is warned of."""
    found = bugs.success("no 1/n", mlp.SUM, range(5), batch_size=4, learning_rate=50.0)
    assert found.dtype == bool and not found.any() and not recwarn.list


# 4. The lab


@pytest.fixture
def lab():
    lab = bugs.bug_lab(seed=3)
    yield lab
    lab.close()


def press(lab, label):
    next(each for each in buttons(lab.box) if each.description == label).click()


def buttons(widget):
    if hasattr(widget, "click"):
        return [widget]
    return [
        found for each in getattr(widget, "children", ()) for found in buttons(each)
    ]


def others(lab):
    return [name for name in bugs.BUGS if name != lab.bug]


def choose(lab, name):
    """As the learner does it: in the menu, then the button. Returns the answer."""
    lab.guess.box.value = name
    press(lab, "That is it")
    return lab.feedback.value.replace("&#x27;", "'")


def test_the_first_state_does_not_name_the_bug():
    """Guards the game: no text that is there before a guess gives the name away."""
    for seed in range(12):
        lab = bugs.bug_lab(seed=seed)
        data, metadata = lab._repr_mimebundle_()
        texts = [data["text/plain"], metadata["image/png"]["alt"], lab.code]
        texts += [lab.status.value, lab.feedback.value, lab.picture.value]
        assert not any(name in text for name in bugs.BUGS for text in texts)
        lab.close()


def test_the_bundle_holds_widget_picture_and_numbers(lab):
    """Guards what readers without a kernel see, and what nbval compares."""
    data, metadata = lab._repr_mimebundle_()
    assert data["text/plain"] == bugs.summary(bugs.signature(lab.bug, draw=lab.drawn))
    assert "\n" not in data["text/plain"]
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    alt = metadata["image/png"]["alt"]
    assert alt.startswith("Gradient check") and f'<img alt="{alt}' in lab.picture.value


def test_the_right_name_is_praised_with_its_line(lab):
    """Guards the answer to a right guess, and the count of found bugs."""
    words = choose(lab, lab.bug)
    assert f"Yes: '{lab.bug}'." in words and "Found so far: 1 of 8." in words
    assert bugs.BUGS[lab.bug].line in lab_text(words)
    assert "Found so far: 1 of 8." in choose(lab, lab.bug)  # once named, counted once
    assert 'role="status"' in words


def lab_text(words):
    return bugs.html.unescape(words)


def test_each_wrong_name_is_told_how_it_would_differ(lab):
    """Guards the answers to all seven wrong guesses."""
    shown = lab.data
    for name in others(lab):
        words = lab_text(choose(lab, name))
        assert f"Not '{name}'." in words and bugs.BUGS[name].mark in words
        assert bugs.difference(shown, bugs.signature(name, draw=lab.drawn)) in words
    assert lab.found == set() and lab.problem is None


def test_a_wrong_name_that_looks_the_same_is_told_so(lab):
    """Guards honesty: at settings that hide the difference, none is claimed."""
    while lab.bug != "no 1/n":
        press(lab, "New bug")
    lab.work["batch_size"].box.value = 4
    lab.work["batch_size"].box.value = 1  # now nothing is wrong
    lab.work["before"].box.value = "same batch"
    assert lab.shown.line == "Every gradient is right here."
    assert "it would look just the same" in choose(lab, "stale cache")


def test_without_a_choice_the_lab_asks_for_one(lab):
    """Guards the button before the menu was used."""
    press(lab, "That is it")
    assert "Choose one of the eight bugs" in lab.feedback.value


def test_a_new_bug_is_another_one_at_the_first_settings(lab):
    """Guards the button: new bug, new map, first settings, empty menu."""
    for _ in range(10):
        before, line = lab.bug, lab.shown.line
        choose(lab, lab.bug)
        lab.work["batch_size"].box.value = 2
        press(lab, "New bug")
        assert lab.bug != before and lab.shown.line != line
        assert lab.settings == {"seed": 3, **first_settings()}
        assert lab.guess.value is None and lab.guess.box.value == "choose"
        assert lab.shown.line == bugs.summary(bugs.signature(lab.bug, draw=lab.drawn))
    assert "Found so far: 8 of 8." in choose(lab, lab.bug)


def first_settings():
    return {
        "activation": "leaky -0.2", "batch_size": 3, "sizes": (2, 3, 3, 2, 1),
        "learning_rate": 0.2, "before": "other batch", "network": "A",
    }  # fmt: skip


def test_all_eight_come_before_one_comes_again():
    """Guards the order: shuffled by the seed, and never the same bug twice in a row."""

    def drawn(seed, times=23):
        lab = bugs.bug_lab(seed=seed)
        names = [lab.bug] + [lab.new_bug() or lab.bug for _ in range(times)]
        lab.close()
        return names

    assert drawn(1) == drawn(1) != drawn(2)
    for seed in range(4):
        names = drawn(seed)
        for start in 0, 8, 16:
            assert set(names[start : start + 8]) == set(bugs.BUGS)
        assert all(one != other for one, other in itertools.pairwise(names))


def test_each_new_bug_shows_its_mark_on_a_network_of_its_own(lab):
    """Guards the game: the mark must be read, no number is that of an earlier map."""
    lines = {bugs.summary(bugs.signature(name)) for name in bugs.BUGS}
    for _ in range(8):
        assert set(bugs.wrong_names(lab.data)) == WRONG[lab.bug]
        assert all(check.ok or check.error.max() > 0.05 for check in lab.data)
        if lab.bug not in ("no 1/n", "last slope missing"):  # they have one number
            assert lab.shown.line not in lines
            assert bugs.common_factor(lab.data) is None
        lines.add(lab.shown.line)
        press(lab, "New bug")


@each_bug
def test_every_setting_works_for_every_bug(name, capsys):
    """Guards the experiments: no setting stops a bug, none warns."""
    lab = bugs.bug_lab()
    while lab.bug != name:
        lab.new_bug()
    for control in lab.work.values():
        for option in control.box.options:
            control.box.value = option[1] if isinstance(option, tuple) else option
            assert lab.problem is None, (control.box.description, option)
            now = {key: each.value for key, each in lab.work.items()}
            assert lab.shown.line == bugs.summary(
                bugs.signature(name, draw=lab.drawn, **now)
            )
    lab.close()
    assert capsys.readouterr().err == ""


def test_every_control_has_a_name(lab):
    """Guards screen readers: each control says what it is."""
    labels = [each.box.description for each in [*lab.work.values(), lab.guess]]
    labels += [button.description for button in buttons(lab.box)]
    assert all(labels) and len(set(labels)) == len(labels)
    assert {"That is it", "New bug", "batch size", "the bug is"} <= set(labels)


def test_the_line_of_settings_makes_the_lab_again(lab):
    """Guards the text that can be copied into a cell; it names no bug."""
    lab.work["batch_size"].box.value = 2
    again = eval(lab.code, {"bugs": bugs})
    assert again.code == lab.code and again.shown.line == lab.shown.line
    again.close()


def test_a_wrong_argument_is_an_error_of_the_cell():
    """Guards the call against names that the menus don't offer."""
    with pytest.raises(ValueError, match="network must be one of 'A', 'B', 'C'"):
        bugs.bug_lab(network="Z")


def test_nothing_is_drawn_outside_of_the_picture():
    """Guards the layout in all sizes: no block, label or caption is cut or covered."""
    for sizes in bugs.SIZES:
        lab = bugs.bug_lab(sizes=sizes)
        ax = lab.view.axes["check"]
        renderer = lab.view.canvas.get_renderer()
        width, height = lab.view.size
        boxes = [text.get_window_extent(renderer) for text in ax.texts]
        for box in boxes:
            assert box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height
        caption = boxes[-1]
        assert not any(box.overlaps(caption) for box in boxes[:-1])
        lab.close()


def test_running_the_cell_again_closes_the_older_lab(monkeypatch):
    """Guards against labs that pile up in the kernel."""
    shell = InteractiveShell.instance()
    monkeypatch.setattr(panels, "get_ipython", lambda: shell)

    def run(number):
        parent = {
            "msg_type": "execute_request", "header": {"msg_id": f"lab {number}"},
            "content": {"code": "bug_lab()"}, "metadata": {"cellId": "lab"},
        }  # fmt: skip
        monkeypatch.setattr(shell, "get_parent", lambda: parent, raising=False)
        return bugs.bug_lab()

    first, again = run(1), run(2)
    assert first.box.comm is None and again.box.comm is not None
    again.close()


def test_closing_leaves_no_widget_behind():
    """Guards against a kernel that grows with every run of a cell."""
    before = len(_instances)
    bugs.bug_lab().close()
    assert len(_instances) == before
