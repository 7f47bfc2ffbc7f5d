"""The first-look panel: nothing that a beginner can't read."""

import itertools

import numpy as np
import pytest
from matplotlib.collections import EllipseCollection

import mlp_core as mlp
from tests.panels.parts import assert_all_inside, make, message, pixels, press


@pytest.fixture
def panel():
    panel = make("first_look_panel")
    yield panel
    panel.close()


def click_on(panel, cell, at):
    x, y = panel.view.axes[cell].transData.transform(at)
    panel.click(x, panel.view.size[1] - y)


def test_a_click_chooses_a_unit_or_a_step(panel):
    """Guards: the menu and its names; an error for a setting that isn't here."""
    ax = panel.view.axes["network"]
    nodes = next(c for c in ax.collections if isinstance(c, EllipseCollection))
    places = nodes.get_offsets()
    for name, at in {
        "unit 3": places[5],
        "output": places[6],
        "unit 1": places[3],
    }.items():
        click_on(panel, "network", at)
        assert panel.look["neuron"].box.value == name
        assert panel.view.axes["neuron"].get_title() == f"{name}; white is 0"
    before = panel.code
    click_on(panel, "network", places[0])
    click_on(panel, "surface", (1, 1))
    assert panel.code == before and panel.problem is None
    click_on(panel, "loss", (700, 1))
    assert panel.look["step"].value == pytest.approx(700, abs=1)


def test_a_run_that_explodes_is_seen_step_by_step(panel):
    """Guards: an end that is told before, or is over in one picture; numbers without
    bounds, drawn over the neighbours; a ring 35 powers of ten below the curve."""
    press(panel, "Play")
    assert panel.player.step == 20
    panel.work["learning_rate"].set(5)
    press(panel, "Pause")
    press(panel, "Play")
    assert (panel.data.done, panel.player.step) == (6, 1)
    ax = panel.view.axes["loss"]
    for step in range(7):
        panel.look["step"].set(step)
        assert_all_inside(panel.view)
        assert ("diverged at step 7" in message(panel)) == (step == 6)
        assert ("diverged" in panel.shown.alt) == (step == 6)
        drawn = [line.get_ydata() for line in ax.lines]
        assert any(len(y) == step and all(y == panel.view.curve[:step]) for y in drawn)
        assert not any(len(y) == 6 for y in drawn if step < 6)
        if step:
            curve, _, ring = ax.lines[-3:]
            np.testing.assert_array_equal(ring.get_xydata()[0], curve.get_xydata()[-1])
            loss = mlp.loss(panel.data.outputs(step), mlp.XOR.Y)
            assert ring.get_ydata()[0] == pytest.approx(loss)
            assert loss < ax.get_ylim()[1]


def test_only_a_run_that_was_watched_stays_for_comparison(panel):
    """Guards: a grey curve of a run that nobody has seen; a legend for one curve."""
    ax = panel.view.axes["loss"]
    panel.work["seed"].set(1)
    assert ax.get_legend() is None
    panel.look["step"].set(2000)
    panel.work["seed"].set(2)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["previous run"]
    assert_all_inside(panel.view)
    renderer = panel.view.canvas.get_renderer()
    below = ax.get_legend().get_window_extent(renderer)
    for text in (ax.xaxis.label, *ax.get_xticklabels()):
        assert not below.overlaps(text.get_window_extent(renderer))


@pytest.mark.parametrize("seed, learning_rate", [(0, 0.2), (4, 0.2), (4, 0.5), (0, 5)])
def test_the_numbers_at_the_loss_can_be_read(seed, learning_rate):
    """Guards: numbers that run into each other, and a curve squeezed to a part."""
    panel = make("first_look_panel", seed=seed, learning_rate=learning_rate)
    ax = panel.view.axes["loss"]
    renderer = panel.view.canvas.get_renderer()
    labels = [label for label in ax.get_yticklabels(which="both") if label.get_text()]
    boxes = [label.get_window_extent(renderer) for label in labels]
    assert len(boxes) >= 3
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))
    if learning_rate < 5:  # one axis, so that runs can be compared
        assert ax.get_ylim() == pytest.approx((1e-5, 1))
        marks = sorted([*ax.get_yticks(), *ax.get_yticks(minor=True)])
        np.testing.assert_allclose(marks, [1e-5, 1e-4, 1e-3, 0.01, 0.1, 1])
    panel.close()


def test_blue_targets_are_seen_on_a_blue_ground(panel):
    """Guards: squares and rings that vanish when all outputs are too large."""
    panel.work["learning_rate"].set(5)
    panel.look["step"].set(6)
    picture = pixels(panel).astype(int)
    for name in ("surface", "neuron"):
        for place in ((0, 1), (1, 0)):
            x, y = panel.view.axes[name].transData.transform(place)
            x, y = round(x), round(panel.view.size[1] - y)
            row = picture[y, x - 30 : x + 30]  # through the point, where no text stands
            is_white = row.min(axis=1) > 200
            assert is_white[:30].any() and is_white[30:].any(), (name, place)
