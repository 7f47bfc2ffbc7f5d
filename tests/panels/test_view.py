"""The views of all panels: cells drawn alone, quick texts, nothing cut or left over."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.text import Text

from course.panels.controls import Number
from tests.panels.parts import NAMES, assert_all_inside, make, numbers, pixels


def test_a_cell_drawn_alone_looks_as_in_the_whole_figure(panel):
    """Guards the drawing cell by cell: nothing is lost."""
    control = numbers(panel)[0]
    control.set(control.high)
    control.set(control.low)
    alone = pixels(panel)
    panel.view.canvas.draw()
    whole = panel.view.pixels()
    assert np.mean(np.any(alone != whole, axis=2)) < 0.002


def test_the_quick_texts_look_as_matplotlib_draws_them(panel):
    """Guards place and colour of texts: the pictures may differ in soft edges only."""
    figure, size = panel.view.figure, panel.view.size
    renderer = RendererAgg(*size, figure.dpi)
    figure.draw(renderer)
    slow = np.asarray(renderer.buffer_rgba())[:, :, :3].astype(float)
    panel.view.canvas.draw()
    difference = abs(slow - panel.view.pixels())
    assert difference.mean() < 2.5
    # In squares of 10 pixels the ink is the same: no text is moved, none is missing.
    height, width = size[1] // 10 * 10, size[0]
    squares = (slow - panel.view.pixels())[:height].reshape(-1, 10, width // 10, 10, 3)
    assert abs(squares.mean(axis=(1, 3))).max() < 40


def test_the_quick_texts_are_as_high_as_matplotlib_measures_them(panel):
    """Guards the kept heights of the fonts: texts stand where Matplotlib puts them."""
    renderer = RendererAgg(*panel.view.size, panel.view.figure.dpi)
    texts = panel.view.figure.findobj(lambda artist: isinstance(artist, Text))
    for text in texts:
        slow = text.get_window_extent(renderer).bounds
        quick = text.get_window_extent(panel.view.canvas.get_renderer()).bounds
        assert quick == pytest.approx(slow, abs=1e-6), text


def test_nothing_is_left_of_the_picture_before(panel):
    control = numbers(panel)[-1]
    control.set(control.high)
    first = pixels(panel)
    control.set(control.low)
    assert np.any(pixels(panel) != first)
    control.set(control.high)
    np.testing.assert_array_equal(pixels(panel), first)


def test_nothing_is_drawn_outside_of_its_cell(panel):
    """Guards the layout: nothing is cut, no text runs into its neighbour."""
    assert_all_inside(panel.view)


@pytest.mark.parametrize("name", NAMES)
def test_a_panel_that_was_moved_looks_like_a_new_one(name):
    """Guards: a part of the picture that stays as it was under other settings."""
    panel = make(name)
    # Panels that train keep the loss of the run before: their work settings stay.
    kept = panel.work if name in ("training_panel", "first_look_panel") else {}
    for setting, control in panel.controls.items():
        if setting in kept:
            continue
        if isinstance(control, Number):
            middle = (control.low + 2 * control.high) / 3
            values = [control.low, round(middle) if control.whole else middle]
        else:
            values = getattr(control, "values", [control.value])[::-1][:2]
        for value in values:
            control.set(value)
            new = make(name, **panel.settings)
            assert panel.shown.alt == new.shown.alt, (setting, value)
            np.testing.assert_array_equal(pixels(panel), pixels(new), f"{setting}")
            new.close()
    panel.close()


def test_equal_texts_that_look_different_are_measured_apart():
    """Guards the texts that are kept: each look is measured as Matplotlib does."""
    panel = make("pass_panel")
    ax, renderer = panel.view.axes["network"], panel.view.canvas.get_renderer()
    looks = [{}, {"ha": "right"}, {"va": "top"}, {"fontsize": 20}, {"rotation": 90}]
    for look in looks:
        quick = ax.text(0.5, 0.5, "same", **look)
        slow = Text(0.5, 0.5, "same", transform=ax.transData, **look)
        slow.set_figure(ax.figure)
        wanted = slow.get_window_extent(renderer).bounds
        assert quick.get_window_extent(renderer).bounds == pytest.approx(wanted)
    panel.close()
