"""What the small panels compute, and what their views draw and say of it."""

import re

import numpy as np
import pytest
from matplotlib.collections import LineCollection

import mlp_core as mlp
from course.panels.initialization import InitializationView, signal
from course.pictures.style import number, plain
from tests.panels import parts


def test_alpha_rests_where_it_has_no_effect():
    """Guards: a slider that moves and changes nothing, since ReLU has no alpha."""
    panel = parts.make("activation_panel", activation="tanh")
    alpha = panel.work["alpha"]
    for activation in ("tanh", "leaky_relu", "relu"):
        panel.work["activation"].set(activation)
        rests = activation != "leaky_relu"
        assert alpha.box.disabled == alpha.slider.disabled == rests


def test_the_gradient_panel_says_what_the_error_is_made_of():
    """Guards the words: a large h isn't blamed where no error comes from it."""
    panel = parts.make("gradient_panel", activation="tanh")
    error = dict(zip(np.round(np.log10(panel.data.h), 2), panel.data.central))
    assert error[-13.0] > 100 * error[-5.0]  # rounding
    causes = {1e-12: "rounding dominates", 1e-5: "h is about right"}
    causes[0.5] = "so truncation dominates"  # tanh has no kink
    for h, cause in causes.items():
        panel.look["h"].set(h)
        assert cause in parts.message(panel)
    panel.work["activation"].set("leaky_relu")
    panel.look["h"].set(1e-3)  # piecewise linear: the loss is a parabola
    assert "error below 1e-9; h is about right" in parts.message(panel)


STAGES = ["Input", *(f"Forward, layer {i}" for i in range(4)), "Loss"]
STAGES += [*(f"Backward, layer {i}" for i in (3, 2, 1, 0)), "Update"]


def row(values):
    return "[" + ", ".join(map(number, np.ravel(values))) + "]"


@pytest.mark.parametrize("back", [True, False])
def test_each_stage_shows_its_own_layer_numbers_and_formulas(back):
    """Guards: a stage early or late, a gradient of another layer, a formula cut off.

    Notebook 3 has the way forward alone: without stages or formulas of the way back.
    """
    settings = {"task": mlp.XOR, "sample": 2, "seed": 7, "activation": "tanh"}
    panel = parts.make("pass_panel", **settings, back=back)
    params = mlp.initialize(rng=np.random.default_rng(7))
    X, Y = mlp.XOR.X[[2]], mlp.XOR.Y[[2]]
    Y_hat, cache = mlp.forward(params, X, mlp.tanh)
    _, grads = mlp.loss_and_grads(params, X, Y, mlp.tanh)
    last = 10 if back else 5
    assert panel.data.done == panel.look["step"].slider.max == last
    assert panel.view.size[1] <= (450 if back else 360)  # for a screen of 720
    for step, title in enumerate(STAGES[: last + 1]):
        panel.look["step"].set(step)
        parts.assert_all_inside(panel.view)
        stage, drawn = panel.data.stages[step], parts.texts(panel, "formulas")
        assert drawn[0] == title
        assert panel.shown.line.startswith(f"step {step} of {last}, {title}: ")
        formulas = panel.shown.line.split("; ")
        assert all(formulas) and "  " not in panel.shown.line
        assert all(line.count(" = ") <= 2 for line in formulas), formulas
        assert not re.search(r"\b(d?[za]|w)\b", panel.shown.line)  # Z, dA: as the code
        assert len(stage.cache.A) == min(step + 1, 5)
        is_back = 6 <= step <= 9
        assert ("Largest gradient" in panel.shown.alt) == is_back
        i = 9 - step if is_back else step - 1
        edges = panel.view.axes["network"].collections
        edges = [each for each in edges if isinstance(each, LineCollection)]
        strong = [j for j, edge in enumerate(edges) if edge.get_alpha() == 1]
        assert strong == ([i] if "layer" in title else [0, 1, 2, 3])
        if title.startswith("Forward"):
            place = drawn.index(f"A[{i + 1}] = f(Z[{i}])")
            assert drawn[place + 1] == f"  = {row(cache.A[i + 1])}"
        if is_back:
            assert [each is None for each in stage.grads] == i * [True] + (4 - i) * [
                False
            ]
            place = drawn.index(f"dW[{i}] = A[{i}]ᵀ dZ[{i}]")
            rows = [each[4:] for each in drawn[place + 1 :][: len(grads[i].W)]]
            assert rows == list(map(row, grads[i].W))
            dA = grads[i].b @ params[i].W.T  # of one sample db is dZ
            told = f"dA[{i}] = dZ[{i}] W[{i}]ᵀ = {row(dA)}"
            assert (told in panel.shown.line) == (i > 0)
            told = f"W[{i}] = {' '.join(map(row, params[i].W))}; dA"
            assert (told in panel.shown.line) == (i > 0)
            assert {*stage.slopes} == {*range(max(i, 1), 5)}
            if i > 0:
                units = zip(cache.A[i][0], dA)
                wanted = {f"{number(a)}\n{number(d)}" for a, d in units}
                assert wanted <= {*parts.texts(panel, "network")}
                assert f", dA {', '.join(map(plain, dA))}." in panel.shown.alt
        elif title != "Loss":
            assert not stage.slopes
        if title == "Loss":
            loss = number(mlp.loss(Y_hat, Y), 3)
            assert f"loss = 1/2 (Y_hat - Y)² = {loss}" in panel.shown.line
            told = f"; dA[4] = Y_hat - Y = {row(Y_hat - Y)}"
            assert panel.shown.line.endswith(told) == back
            assert any("dA" in line for line in drawn) == back
        if title == "Update":
            after = mlp.sgd_step(params, grads, 0.2)
            Y_hat, _ = mlp.forward(after, X, mlp.tanh)
            on_it = {f"b {number(b)}" for layer in after for b in layer.b}
            on_it |= {number(Y_hat.item()), *map(number, after[0].W.flat)}
            assert on_it <= {*parts.texts(panel, "network")}
            title = panel.view.axes["network"].get_title()
            assert title == "New weights and activations"
            assert "It shows new weights and activations." in panel.shown.alt
            parts.assert_same(stage.params, after, atol=1e-15)


def test_the_signal_is_told_layer_by_layer():
    """Guards long work: each part knows its layers, its share and its words."""
    parts = list(signal("he", 4, 5, 0, "tanh", 0.0))
    assert [len(part.params) for part in parts] == [1, 2, 3, 4, 5]
    assert [len(part.spread) for part in parts] == [2, 3, 4, 5, 6]
    assert [part.progress for part in parts] == [0.2, 0.4, 0.6, 0.8, 1.0]
    lines = [InitializationView().show(part, None).line for part in parts]
    assert lines[1].endswith("after 2 of 5 layers")
    assert lines[4].endswith("after 5 layers")


def test_the_histogram_of_the_first_layer_can_be_seen():
    """Guards layer 0: 200 weights beside 10,000 of the last layer."""
    panel = parts.make("initialization_panel", width=100, depth=4)
    ax = panel.view.axes["weights"]
    first, last = (patch.get_data().values.max() for patch in ax.patches)
    assert first > 0.5 * last
