"""The first-look panel: few controls, and the training panel's numbers."""

import itertools

import numpy as np
import pytest
from ipywidgets import Layout
from matplotlib.collections import EllipseCollection

import mlp_core as mlp
from course import panels
from tests.panels.parts import (
    assert_all_inside,
    make,
    message,
    pixels,
    press,
    training_run,
)


@pytest.fixture
def panel():
    panel = make("first_look_panel")
    yield panel
    panel.close()


def on_the_page(widget):
    """What can be seen: labels of boxes and buttons."""
    if isinstance(widget.layout, Layout) and widget.layout.display == "none":
        return []
    label = getattr(widget, "description", "")
    below = [on_the_page(child) for child in getattr(widget, "children", ())]
    return [label] * bool(label) + list(itertools.chain(*below))


def test_it_has_no_more_controls_than_a_first_look_needs(panel):
    """Guards: a beginner who meets a control that nothing has explained."""
    wanted = ["learning rate", "seed", "look at", "step"]
    wanted += ["Play", "Back", "Step", "Reset"]
    assert on_the_page(panel.box) == wanted


def test_what_is_hidden_stands_as_in_the_training_panel(panel):
    """Guards: a network that trains in another way than those of the later notebooks."""
    other = panels.training_panel(mlp.XOR, hidden=(4,), step=0)
    assert panel.shown.line == other.shown.line
    np.testing.assert_array_equal(panel.data.curve(), other.data.curve())
    assert panel.data.loss.size == 2000
    other.close()


def click_on(panel, row):
    """Click on an ellipse of the diagram, counted in the order in which they stand."""
    ax = panel.view.axes["network"]
    nodes = next(c for c in ax.collections if isinstance(c, EllipseCollection))
    x, y = ax.transData.transform(nodes.get_offsets()[row])
    panel.click(x, panel.view.size[1] - y)


def test_a_click_shows_the_picture_of_each_unit(panel):
    """Guards: picture, ring, title, menu and words follow the click."""
    pictures = []
    for row, name in enumerate(["unit 0", "unit 1", "unit 2", "unit 3", "output"], 2):
        click_on(panel, row)
        ax = panel.view.axes["network"]
        *_, units, ring = [c for c in ax.collections if hasattr(c, "set_widths")]
        np.testing.assert_array_equal(ring.get_offsets(), units.get_offsets()[[row]])
        ax = panel.view.axes["neuron"]
        assert panel.look["neuron"].box.value == name
        assert ax.get_title() == f"{name}; white is 0"
        assert f"the same for {name}" in panel.shown.alt
        pictures.append(np.array(ax.images[0].get_array()))
    assert not any(np.array_equal(pictures[0], other) for other in pictures[1:])


def test_a_click_on_an_input_or_a_sample_changes_nothing(panel):
    """Guards: an error for a setting that this panel doesn't have."""
    before = panel.code
    click_on(panel, 0)
    x, y = panel.view.axes["surface"].transData.transform((1, 1))
    panel.click(x, panel.view.size[1] - y)
    assert panel.code == before and panel.problem is None


def test_a_click_on_the_curve_goes_to_the_step(panel):
    x, y = panel.view.axes["loss"].transData.transform((700, 1))
    panel.click(x, panel.view.size[1] - y)
    assert panel.look["step"].value == pytest.approx(700, abs=1)


def test_the_curve_grows_and_nothing_tells_the_end_before(panel):
    """Guards: a run that looks as if it were over before Play is pressed."""
    panel.work["learning_rate"].set(5)
    for step in range(7):
        panel.look["step"].set(step)
        drawn = [line.get_ydata() for line in panel.view.axes["loss"].lines]
        assert any(len(y) == step and all(y == panel.view.curve[:step]) for y in drawn)
        assert not any(len(y) == 6 for y in drawn if step < 6)
        assert ("diverged" in panel.shown.line) == (step == 6)
        assert ("diverged" in panel.shown.alt) == (step == 6)


def test_a_run_of_few_steps_is_played_step_by_step(panel):
    """Guards: an explosion that is over in one picture."""
    panel.work["learning_rate"].set(5)
    press(panel, "Play")
    assert (panel.data.done, panel.player.step) == (6, 1)
    press(panel, "Pause")
    panel.work["learning_rate"].set(0.2)
    press(panel, "Play")
    assert panel.player.step == 20


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
    assert not below.overlaps(ax.xaxis.label.get_window_extent(renderer))
    numbers = [text.get_window_extent(renderer) for text in ax.get_xticklabels()]
    assert not any(below.overlaps(box) for box in numbers)


@pytest.mark.parametrize("seed, learning_rate", [(0, 0.2), (4, 0.2), (4, 0.5), (0, 5)])
def test_the_numbers_at_the_loss_can_be_read(seed, learning_rate):
    """Guards: numbers that run into each other, and a curve squeezed to a part."""
    panel = make("first_look_panel", seed=seed, learning_rate=learning_rate)
    ax = panel.view.axes["loss"]
    renderer = panel.view.canvas.get_renderer()
    texts = [label for label in ax.get_yticklabels(which="both") if label.get_text()]
    boxes = [text.get_window_extent(renderer) for text in texts]
    assert len(boxes) >= 3
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))
    if learning_rate < 5:  # one axis, so that runs can be compared
        assert ax.get_ylim() == pytest.approx((1e-5, 1))
        marks = sorted([*ax.get_yticks(), *ax.get_yticks(minor=True)])
        np.testing.assert_allclose(marks, [1e-5, 1e-4, 1e-3, 0.01, 0.1, 1])
    panel.close()


def test_the_ring_stands_on_the_curve_of_a_run_that_exploded(panel):
    """Guards: a ring 35 powers of ten below the end of the curve."""
    panel.work["learning_rate"].set(5)
    for step in range(1, 7):
        panel.look["step"].set(step)
        curve, _, ring = panel.view.axes["loss"].lines[-3:]
        np.testing.assert_array_equal(ring.get_xydata()[0], curve.get_xydata()[-1])
        loss = mlp.loss(panel.data.outputs(step), mlp.XOR.Y)
        assert ring.get_ydata()[0] == pytest.approx(loss)
        assert loss < panel.view.axes["loss"].get_ylim()[1]


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


def test_a_unit_shows_its_number_at_each_sample(panel):
    """Guards: four pale pictures without a number, held to the activation's formula."""
    panel.look["step"].set(2000)
    (W, b), _ = panel.data.at(2000)
    for unit in range(4):
        panel.look["neuron"].set((0, unit))
        texts = [text.get_text() for text in panel.view.axes["neuron"].texts]
        z = mlp.XOR.X @ W[:, unit] + b[unit]
        assert texts == [f"{abs(a):.2f}" for a in np.maximum(z, -0.2 * z)]


def test_a_panel_that_exploded_stays_in_its_frame(panel):
    """Guards: numbers without bounds, drawn over the neighbours."""
    panel.work["learning_rate"].set(5)
    for step in range(panel.data.done + 1):
        panel.look["step"].set(step)
        assert_all_inside(panel.view)
    assert "diverged at step 7" in message(panel)


def test_the_default_seed_is_no_lucky_one():
    """Guards: nine of the first ten seeds end as the seed does that is shown first."""
    runs = [training_run(task=mlp.XOR, hidden=(4,), seed=seed) for seed in range(10)]
    solved = [mlp.solved(run.outputs(2000), mlp.XOR.Y) for run in runs]
    assert [seed for seed in range(10) if not solved[seed]] == [4]
