"""Histograms of weights, and the spread of the signal."""

import io

import numpy as np
import pytest

from course import pictures
from course.pictures.style import number
from tests.pictures.drawn import legend, texts


def areas(ax):
    stairs = [patch.get_data() for patch in ax.patches]
    return [data.values @ np.diff(data.edges) for data in stairs]


def test_histogram_has_every_weight_in_shared_bins(ax):
    """Guards the shares of the bins, the shared edges, and the hatches."""
    groups = {"a": np.random.default_rng(0).normal(size=(20, 30)), "b": np.arange(5.0)}
    pictures.draw_histogram(ax, groups)
    first, second = [patch.get_data() for patch in ax.patches]
    np.testing.assert_array_equal(first.edges, second.edges)
    width = first.edges[1] - first.edges[0]
    for data, values in zip((first, second), groups.values()):
        counts = data.values * width * values.size
        inside = (values.ravel() >= first.edges[3]) & (values.ravel() < first.edges[4])
        assert counts[3] == pytest.approx(inside.sum())
        assert counts.sum() == pytest.approx(values.size)
    assert len({patch.get_hatch() for patch in ax.patches}) == 2
    assert max(first.values.max(), second.values.max()) < ax.get_ylim()[1]
    spread = number(np.std(groups["a"]))
    assert legend(ax) == [f"a (n = 600, std {spread})", "b (n = 5, std 1.41)"]


def test_histogram_of_few_weights_stands_as_high_as_one_of_many(ax):
    """Guards the first layer, 200 weights beside 10,000: both can be seen."""
    rng = np.random.default_rng(0)
    pictures.draw_histogram(
        ax, {"few": rng.normal(size=200), "many": rng.normal(size=10_000)}
    )
    assert areas(ax) == pytest.approx([1, 1])
    few, many = (patch.get_data().values.max() for patch in ax.patches)
    assert 0.8 < few / many < 1.5
    assert "density" in ax.get_ylabel()


def test_histogram_of_equal_and_of_missing_weights(ax):
    """Guards the scheme 'zeros' and weights that are NaN: said, not drawn."""
    groups = {"zeros": np.zeros(9), "broken": np.array([np.nan, 1.0, np.inf])}
    pictures.draw_histogram(ax, groups)
    assert areas(ax) == pytest.approx([1, 1])
    assert any("2 of 12 numbers" in text for text in texts(ax))
    assert "nan" not in pictures.describe_histogram(groups)


def test_histogram_in_words():
    """Guards the numbers of the alt text."""
    numbers = "a, 2 weights from 1.00 to 3.00, standard deviation 1.00."
    assert pictures.describe_histogram({"a": np.array([1.0, 3.0])}) == (
        f"Histograms of weights, each with the area 1. {numbers}"
    )


def test_draws_have_bars_that_end_at_the_marks():
    """Guards 'uniform on [-2, 2)': full bars inside of the lines, none outside."""
    even = (np.arange(4000) + 0.5) / 1000 - 2  # 100 in each bar
    picture = pictures.draws({"uniform": even, "far": np.array([-3, -2, 1.9, 2])})
    (ax,) = picture.figure().axes
    data = ax.patches[0].get_data()
    centres = (data.edges[:-1] + data.edges[1:]) / 2
    np.testing.assert_allclose(data.values, np.where(abs(centres) < 2, 0.25, 0))
    marks = {line.get_xdata()[0] for line in ax.lines if line.get_color() == "black"}
    assert marks == {-2, 2}
    assert "uniform, 4,000 draws" in picture.alt
    assert "0.0 % outside of the lines; far" in picture.alt
    assert picture.alt.endswith("50.0 % outside of the lines.")  # -3 and 2


def test_spread_shows_each_layer_on_a_log_axis(ax):
    """Guards the heights, the markers, and the word 'input' at layer 0's left."""
    spreads = {"normal": np.array([1.0, 4.0, 20.0]), "he": np.array([1.0, 1.1, 0.9])}
    pictures.draw_spread(ax, spreads, of="z")
    for line, values in zip(ax.lines, spreads.values()):
        np.testing.assert_array_equal(line.get_ydata(), values)
        np.testing.assert_array_equal(line.get_xdata(), [0, 1, 2])
    assert ax.get_yscale() == "log" and ax.get_ylabel() == "standard deviation of z"
    assert len({(line.get_marker(), line.get_linestyle()) for line in ax.lines}) == 2
    ax.figure.savefig(io.BytesIO())
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels[labels.index("input") :][:3] == ["input", "0", "1"]


@pytest.mark.parametrize("values", [[1.0, 0.0], [0.0, 0.0]])
def test_spread_of_zero_stands_at_the_bottom_and_says_so(ax, values):
    """Guards zeros on a log axis, also if there is nothing else."""
    pictures.draw_spread(ax, {"zeros": np.array(values), "he": np.array([1.0, 0.5])})
    assert ax.lines[0].get_ydata()[1] == ax.get_ylim()[0] > 0
    assert legend(ax) == ["zeros (0: at the bottom)", "he"]


def test_spread_in_words():
    """Guards the alt text: first and last, and no noise where the signal is gone."""
    picture = pictures.spread({"he": [1, 0.5, 0.25], "zeros": [1, 0, 1e-18]}, of="z")
    assert picture.figure().axes[0].get_ylabel() == "standard deviation of z"
    assert picture.alt == (
        "Standard deviation of the signal by layer, log axis. he: 1.00 at the input, "
        "0.25 after 2 layers; zeros: 1.00 at the input, below 1e-10 after 2 layers."
    )


def test_a_spread_beyond_the_axis_is_told(ax):
    """Guards: a line that runs flat at 1e100, as if the signal stood still there."""
    pictures.draw_spread(ax, {"normal": np.array([1.0, 1e60, 1e130])})
    assert ax.get_ylabel().endswith(", cut at 1e100")
    ax.clear()
    pictures.draw_spread(ax, {"normal": np.array([1.0, 1e60, 1e90])})
    assert "cut" not in ax.get_ylabel()


def test_a_short_log_axis_has_ticks_to_read_by(ax):
    """Guards: one tick, at 1, for a signal between 0.2 and 0.9."""
    pictures.draw_spread(ax, {"he": np.array([0.9, 0.5, 0.2])})
    bottom, top = ax.get_ylim()
    assert sum(bottom <= tick <= top for tick in ax.get_yticks()) >= 6
    assert top > 90 * bottom  # so that 0.9 to 0.2 doesn't look like a fall to nothing
