"""Histograms of weights, and the spread of the signal."""

import numpy as np
import pytest

from course import pictures
from course.pictures.style import number
from tests.pictures.drawn import legend


def test_histogram_has_every_weight_in_shared_bins(ax):
    """Guards the shares of the bins, the shared edges, the hatches and the legend."""
    groups = {"a": np.random.default_rng(0).normal(size=(20, 30)), "b": np.arange(5.0)}
    pictures.draw_histogram(ax, groups)
    stairs = [patch.get_data() for patch in ax.patches]
    np.testing.assert_array_equal(stairs[0].edges, stairs[1].edges)
    for data, values in zip(stairs, groups.values()):
        counts = data.values * np.diff(data.edges) * values.size
        np.testing.assert_allclose(counts, np.histogram(values, data.edges)[0])
        assert counts.sum() == pytest.approx(values.size)  # none is outside
        assert data.values.max() < ax.get_ylim()[1]
    assert len({patch.get_hatch() for patch in ax.patches}) == 2
    spread = number(np.std(groups["a"]))
    assert legend(ax) == [f"a (n = 600, std {spread})", "b (n = 5, std 1.41)"]


def test_draws_have_bars_that_end_at_the_marks():
    """Guards 'uniform on [-2, 2)': full bars inside of the lines, none outside."""
    even = (np.arange(4000) + 0.5) / 1000 - 2  # 100 in each bar
    picture = pictures.draws({"uniform": even})
    (ax,) = picture.figure().axes
    data = ax.patches[0].get_data()
    centres = (data.edges[:-1] + data.edges[1:]) / 2
    np.testing.assert_allclose(data.values, np.where(abs(centres) < 2, 0.25, 0))
    marks = {line.get_xdata()[0] for line in ax.lines if line.get_color() == "black"}
    assert marks == {-2, 2}
    assert "uniform, 4,000 draws" in picture.alt


def test_spread_shows_each_layer_on_a_log_axis(ax):
    """Guards the heights, the markers, and the word 'input' at layer 0's left."""
    spreads = {"normal": np.array([1.0, 4.0, 20.0]), "he": np.array([1.0, 1.1, 0.9])}
    pictures.draw_spread(ax, spreads)
    for line, values in zip(ax.lines, spreads.values()):
        np.testing.assert_array_equal(line.get_ydata(), values)
        np.testing.assert_array_equal(line.get_xdata(), [0, 1, 2])
    assert ax.get_yscale() == "log"
    assert len({(line.get_marker(), line.get_linestyle()) for line in ax.lines}) == 2
    ax.figure.draw_without_rendering()
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels[labels.index("input") :][:3] == ["input", "0", "1"]


@pytest.mark.parametrize("values", [[1.0, 0.0], [0.0, 0.0]])
def test_spread_of_zero_stands_at_the_bottom(ax, values):
    """Guards zeros on a log axis, also if there is nothing else."""
    pictures.draw_spread(ax, {"zeros": np.array(values)})
    assert ax.lines[0].get_ydata()[1] == ax.get_ylim()[0] > 0


def test_a_short_log_axis_has_ticks_to_read_by(ax):
    """Guards: one tick, at 1, for a signal between 0.2 and 0.9."""
    pictures.draw_spread(ax, {"he": np.array([0.9, 0.5, 0.2])})
    bottom, top = ax.get_ylim()
    assert sum(bottom <= tick <= top for tick in ax.get_yticks()) >= 6
    assert top > 90 * bottom  # so that 0.9 to 0.2 doesn't look like a fall to nothing
