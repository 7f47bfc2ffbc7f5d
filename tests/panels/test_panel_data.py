"""What the small panels compute, and what their views draw and say of it."""

import asyncio
import csv
import re
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.collections import LineCollection

import mlp_core as mlp
from course import files, panels
from course.panels.controls import fresh_network
from course.panels.gradient import GradientView, differences
from course.panels.initialization import InitializationView, signal
from course.panels.passing import one_pass
from course.panels.slice import loss_slice
from course.pictures.style import number
from tests.panels.parts import (
    assert_all_inside,
    assert_same,
    let_parts_come,
    make,
    message,
    plays,
    press,
    tell_each_part,
)


def test_the_error_curve_is_a_u():
    data = differences(seed=0, activation="tanh", alpha=0.0)
    error = dict(zip(np.round(np.log10(data.h), 2), data.central))
    assert error[-13.0] > 100 * error[-5.0] and error[0.0] > 100 * error[-5.0]
    assert 50 < error[-1.0] / error[-2.0] < 200  # truncation goes with h squared
    assert abs(data.quotient(1e-5) - data.slope) < 1e-8


def test_the_slice_starts_along_the_gradient():
    data = loss_slice(mlp.SUM, seed=3, activation="tanh", alpha=0.0)
    slope = (data.function(1e-6) - data.function(-1e-6)) / 2e-6
    assert slope == pytest.approx(-data.steepness, rel=1e-6)


def lines_of(ax):
    return {line.get_label(): line.get_xydata() for line in ax.lines}


def test_the_error_view_draws_the_curve_and_marks_h():
    panel = make("gradient_panel", h=1e-3)
    lines = lines_of(panel.view.axes["error"])
    np.testing.assert_array_equal(
        lines["central difference"][:, 1], np.maximum(panel.data.central, 1e-17)
    )
    assert lines["h = 0.001"][0, 0] == 1e-3
    panel.close()


def test_the_slice_view_marks_the_loss_after_the_step():
    panel = make("slice_panel", learning_rate=0.05)
    point = lines_of(panel.view.axes["slice"])["after the step"][0]
    np.testing.assert_allclose(point, [0.05, panel.data.function(0.05)])
    panel.close()


def test_the_unit_view_draws_the_outputs_of_the_unit():
    panel = make("activation_panel", alpha=0.5, weight=2.0, bias=-1.0)
    x, a = panel.view.axes["unit"].lines[-1].get_data()
    z = 2 * x - 1
    np.testing.assert_allclose(a, np.where(z > 0, z, 0.5 * z))
    panel.close()


def test_alpha_rests_where_it_has_no_effect():
    """Guards: a slider that moves and changes nothing, since ReLU has no alpha."""
    panel = make("activation_panel", activation="tanh")
    alpha, activation = panel.work["alpha"], panel.work["activation"]
    assert alpha.box.disabled and alpha.slider.disabled
    activation.set("leaky_relu")
    assert not alpha.box.disabled and not alpha.slider.disabled
    activation.set("relu")
    assert alpha.box.disabled and alpha.slider.disabled
    panel.close()


def test_no_number_is_told_as_minus_zero():
    """Guards the words: at z = -1 a ReLU gives 0.000, which isn't negative."""
    panel = make("activation_panel", z=-1.0, alpha=0.0)
    assert panel.shown.line.endswith("f(-1.00) = 0.000, slope 0.000")
    panel.work["activation"].set("tanh")
    panel.look["z"].set(-0.0001)
    assert "f(0.00) = 0.000" in panel.shown.line
    panel.look["z"].set(1e6)
    assert "f(1.0e+06) = 1.000" in panel.shown.line
    panel.close()
    data = differences(seed=0, activation="tanh", alpha=0.0)
    words = (
        GradientView().show(data._replace(slope=-1e-9), SimpleNamespace(h=1e-5)).line
    )
    assert "by backprop 0.0000" in words


def test_the_gradient_panel_says_what_the_error_is_made_of():
    """Guards the words: a large h isn't blamed where no error comes from it."""
    panel = make("gradient_panel", activation="tanh")
    causes = {1e-12: "rounding prevails", 1e-5: "h is about right", 0.5: "truncation"}
    for h, cause in causes.items():
        panel.look["h"].set(h)
        assert cause in message(panel)
    panel.work["activation"].set("leaky_relu")
    panel.look["h"].set(1e-3)  # piecewise linear: the loss is a parabola
    assert "error below 1e-9; h is about right" in message(panel)
    panel.close()


def test_the_backward_stages_end_with_the_gradients_of_backprop():
    data = one_pass(mlp.XOR, 2, 7, 0.2, "tanh", 0.0)
    params, activation = fresh_network(7, "tanh", 0.0)
    _, grads = mlp.loss_and_grads(params, mlp.XOR.X[[2]], mlp.XOR.Y[[2]], activation)
    for (dW, db), (dW2, db2) in zip(data.stages[-2].grads, grads, strict=True):
        np.testing.assert_allclose(dW, dW2, atol=1e-15)
        np.testing.assert_allclose(db, db2, atol=1e-15)


def test_each_stage_back_tells_its_own_formulas():
    """Guards: a gradient of another layer, or dA before it has passed W."""
    panel = make("pass_panel", task=mlp.XOR, sample=2, seed=7, activation="tanh")
    params, activation = fresh_network(7, "tanh", -0.2)
    X, Y = mlp.XOR.X[[2]], mlp.XOR.Y[[2]]
    Y_hat, cache = mlp.forward(params, X, activation)
    grads = mlp.backprop(params, cache, Y_hat - Y, activation)
    for step, i in enumerate((3, 2, 1, 0), start=6):
        panel.look["step"].set(step)
        drawn = [text.get_text() for text in panel.view.axes["formulas"].texts]
        rows = ["[" + ", ".join(map(number, row)) + "]" for row in grads[i].W]
        assert drawn[0] == f"Backward, layer {i}"
        place = drawn.index(f"dW[{i}] = A[{i}]ᵀ dZ[{i}]")
        assert [row[4:] for row in drawn[place + 1 :][: len(rows)]] == rows
        dA = grads[i].b @ params[i].W.T  # of one sample db is dZ
        told = f"dA = dZ[{i}] W[{i}]ᵀ = [{', '.join(map(number, dA))}]"
        assert (told in panel.shown.line) == (i > 0)
    panel.close()


def test_each_stage_stresses_the_layer_at_work():
    """Guards: pale edges where the formulas are, strong ones beside them."""
    panel = make("pass_panel")
    for step, layer in enumerate([None, 0, 1, 2, 3, None, 3, 2, 1, 0, None]):
        panel.look["step"].set(step)
        drawn = panel.view.axes["network"].collections
        edges = [c for c in drawn if isinstance(c, LineCollection)]
        strong = [i for i, edge in enumerate(edges) if edge.get_alpha() == 1]
        assert strong == ([0, 1, 2, 3] if layer is None else [layer])
    panel.close()


def test_the_last_stage_shows_the_new_network(folder):
    """Guards: the update shows new weights and their output, and saves that network."""
    panel = make("pass_panel", seed=28, learning_rate=0.5, step=10)
    X, Y = mlp.SUM.X[[1]], mlp.SUM.Y[[1]]
    params, activation = fresh_network(28, "leaky_relu", -0.2)
    _, grads = mlp.loss_and_grads(params, X, Y, activation)
    after = [
        mlp.Layer(W - 0.5 * dW, b - 0.5 * db)
        for (W, b), (dW, db) in zip(params, grads, strict=True)
    ]
    Y_hat, _ = mlp.forward(after, X, activation)
    ax = panel.view.axes["network"]
    on_it = {text.get_text() for text in ax.texts}
    assert {number(w) for layer in after for w in layer.W.flat} <= on_it
    assert {f"b {number(b)}" for layer in after for b in layer.b} <= on_it
    assert number(Y_hat[0, 0]) in on_it
    assert ax.get_title() == "New weights and activations"
    assert "On it the new weights and activations." in panel.shown.alt
    press(panel, "Save NPZ")
    for (W, b), (W2, b2) in zip(files.load("pass.npz")[0], after, strict=True):
        np.testing.assert_allclose(W, W2, atol=1e-15)
        np.testing.assert_allclose(b, b2, atol=1e-15)
    panel.close()


def test_the_gradients_of_a_stage_are_told_as_gradients():
    """Guards the alt text: it tells the numbers that stand on the edges."""
    panel = make("pass_panel", step=9)
    assert "Largest gradient" in panel.shown.alt
    panel.look["step"].set(5)
    assert "Largest weight" in panel.shown.alt
    panel.close()


def test_play_ends_with_the_last_stage():
    """Guards: at the last stage the button says Play at once, not a picture later."""
    panel = make("pass_panel", step=8)
    press(panel, "Play")
    panel.player.value = 9
    assert plays(panel) and panel.look["step"].value == 9
    panel.player.value = 10
    assert not plays(panel) and panel.look["step"].value == 10
    assert panel.play_button.description == "Play"
    press(panel, "Play")  # once more, from the start
    assert plays(panel) and panel.look["step"].value == 0
    panel.close()


def test_the_status_line_parts_the_formulas():
    """Guards the words of a stage: a formula with its numbers, then a semicolon."""
    panel = make("pass_panel", seed=28, step=1)
    assert panel.shown.line == (
        "step 1 of 10, Forward, layer 0: Z[0] = A[0] @ W[0] + b[0] = [−0.52, 0.29, "
        "0.93]; A[1] = f(Z[0]) = [0.10, 0.29, 0.93]"
    )
    for step in range(11):
        panel.look["step"].set(step)
        formulas = panel.shown.line.split("; ")
        assert all(formulas) and "  " not in panel.shown.line
        assert all(line.count(" = ") <= 2 for line in formulas), formulas
        assert not re.search(r"\b(d?[za]|w)\b", panel.shown.line)  # Z, dA: as the code
    panel.close()


def test_the_settings_of_the_pass_panel_stand_together():
    """Guards: alpha stands beside the other settings, above the picture."""
    panel = make("pass_panel")
    first = panel.box.children[1].children
    boxes = [getattr(widget, "children", [widget])[0] for widget in first]
    names = ["input", "seed", "learning rate", "activation", "alpha"]
    assert [box.description for box in boxes] == names
    panel.close()


def test_the_way_forward_alone_ends_at_the_loss():
    """Guards: what notebook 3 doesn't explain: controls, stages and dA of the way back."""
    panel = make("pass_panel", seed=28, step=1, back=False)
    assert list(panel.controls) == ["sample", "step"]
    boxes = [b for b in panel.box.children[1].children if hasattr(b, "children")]
    assert panel.work["sample"].widget in panel.box.children[1].children
    assert panel.look["step"].slider in boxes[0].children  # all in one row
    whole = make("pass_panel", seed=28)
    for step in range(5):  # as in the whole panel
        for each in (panel, whole):
            each.look["step"].set(step)
        assert panel.shown.line == whole.shown.line.replace("of 10", "of 5")
    panel.look["step"].set(5)
    assert panel.shown.line.startswith("step 5 of 5, Loss: ") and panel.data.done == 5
    loss = 0.5 * (panel.data.stages[5].cache.A[-1].item() - 1) ** 2
    assert panel.shown.line.endswith(f"loss = 1/2 (Y_hat - Y)² = {number(loss, 3)}")
    formulas = [text.get_text() for text in panel.view.axes["formulas"].texts]
    assert not any("dA" in line for line in formulas)
    whole.look["step"].set(5)
    assert "; dA = Y_hat - Y = " in whole.shown.line
    with pytest.raises(ValueError, match="^step\\b"):
        make("pass_panel", step=6, back=False)
    panel.close()
    whole.close()


def test_the_settings_of_the_way_forward_rebuild_it():
    """Guards: a seed, an activation, or the end that the line of settings forgets."""
    settings = {"task": mlp.XOR, "sample": 2, "seed": 7, "activation": "tanh"}
    panel = make("pass_panel", **settings, back=False, step=4)
    again = eval(panel.code, {"panels": panels, "mlp": mlp})
    assert again.settings == panel.settings and list(again.work) == ["sample"]
    assert again.shown == panel.shown
    twin = make("pass_panel", **settings, step=4)
    assert panel.shown.line == twin.shown.line.replace("of 10", "of 5")
    for each in (panel, again, twin):
        each.close()


def test_what_the_way_forward_draws_stays_in_its_cells():
    """Guards: a picture that is too high for a screen of 720, or cuts a formula."""
    panel = make("pass_panel", seed=28, back=False)
    assert panel.view.size[1] <= 360  # with the tasks above and the words below
    for step in range(6):
        panel.look["step"].set(step)
        assert_all_inside(panel.view)
    panel.close()


def test_each_stage_shows_only_what_is_computed():
    data = one_pass(mlp.SUM, 1, 0, 0.2, "leaky_relu", -0.2)
    titles = [stage.title for stage in data.stages]
    assert titles[1:3] == ["Forward, layer 0", "Forward, layer 1"]
    assert titles[5:7] == ["Loss", "Backward, layer 3"]
    assert [len(stage.cache.A) for stage in data.stages[:6]] == [1, 2, 3, 4, 5, 5]
    reached = [sum(g is not None for g in stage.grads) for stage in data.stages[6:10]]
    assert reached == [1, 2, 3, 4]


def test_the_formulas_show_the_numbers_of_the_stage():
    panel = make("pass_panel", step=2)
    texts = [text.get_text() for text in panel.view.axes["formulas"].texts]
    numbers = number
    a = ", ".join(numbers(value) for value in panel.data.stages[2].cache.A[2][0])
    assert "A[2] = f(Z[1])" in texts and f"  = [{a}]" in texts
    panel.close()


def test_the_signal_is_that_of_the_network_of_its_seed():
    """Guards the weights drawn layer by layer: those of `initialize`, in one stream."""
    for scheme in mlp.SCHEMES:
        *_, data = signal(scheme, 7, 5, 3, "tanh", 0.0)
        sizes = [2, 7, 7, 7, 7, 7]
        params = mlp.initialize(sizes, np.random.default_rng(3), scheme, 0.0)
        assert_same(data.params, params)
    X = np.random.default_rng(3).spawn(1)[0].standard_normal((200, 2))
    _, cache = mlp.forward(params, X, mlp.tanh)
    spread = [numbers.std() for numbers in (X, *cache.Z)]
    np.testing.assert_allclose(data.spread, spread, atol=1e-15)


def test_the_signal_is_told_layer_by_layer():
    """Guards long work: each part knows its layers, its share and its words."""
    parts = list(signal("he", 4, 5, 0, "tanh", 0.0))
    assert [len(part.params) for part in parts] == [1, 2, 3, 4, 5]
    assert [len(part.spread) for part in parts] == [2, 3, 4, 5, 6]
    assert [part.progress for part in parts] == [0.2, 0.4, 0.6, 0.8, 1.0]
    lines = [InitializationView().show(part, None).line for part in parts]
    assert lines[1].endswith("after 2 of 5 layers")
    assert lines[4].endswith("after 5 layers")


@pytest.mark.timed
def test_a_wide_deep_network_is_computed_in_the_background():
    """Guards the wait: the panel says how far it is, and Stop keeps what is known."""
    panel = make("initialization_panel", depth=2)
    tell_each_part(panel)

    async def main():
        panel.work["depth"].set(100)
        assert panel.busy.layout.display is None and 0 < panel.progress.value < 1
        assert "of 100 layers" in message(panel)
        press(panel, "Stop")
        await let_parts_come()

    asyncio.run(main())
    assert "Stopped. normal: the spread" in message(panel)
    assert len(panel.data.params) < 100
    panel.close()


def test_the_histogram_of_the_first_layer_can_be_seen():
    """Guards layer 0: 200 weights beside 10,000 of the last layer."""
    panel = make("initialization_panel", width=100, depth=4)
    ax = panel.view.axes["weights"]
    first, last = (patch.get_data().values.max() for patch in ax.patches)
    assert first > 0.5 * last
    panel.close()


def test_every_panel_saves_its_numbers(panel, folder):
    """Guards: the table has a name above each column, and no number is cut."""
    press(panel, "Save CSV")
    with open(f"{panel.file_box.value}.csv", newline="", encoding="utf-8") as file:
        names, *rows = csv.reader(file)
    assert len(rows) > 3 and {len(row) for row in rows} == {len(names)}


def numbers_saved(name, *columns):
    table = np.genfromtxt(f"{name}.csv", delimiter=",", names=True)
    return [table[column] for column in columns]


def test_saved_numbers_are_those_of_the_picture(folder):
    names = "initialization_panel", "gradient_panel", "slice_panel"
    made = {name: make(name, seed=3) for name in names}
    made["activation_panel"] = make("activation_panel")
    for panel in made.values():
        press(panel, "Save CSV")
    z, slope = numbers_saved("activation", "z_or_x", "slope_at_z")
    np.testing.assert_array_equal(slope, np.where(z >= 0, 1, -0.2))
    (spread,) = numbers_saved("initialization", "spread")
    np.testing.assert_array_equal(spread, made["initialization_panel"].data.spread)
    params, _ = fresh_network(3, "leaky_relu", -0.2)
    h, error = numbers_saved("gradient", "h", "central_error")
    assert 1e-7 < h[error.argmin()] < 1e-3
    (loss,) = numbers_saved("slice", "loss")
    assert loss[0] == mlp.loss_and_grads(params, mlp.SUM.X, mlp.SUM.Y)[0]
    for panel in made.values():
        panel.close()
