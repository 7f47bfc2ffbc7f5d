"""Loss curves and bands, from their data."""

import numpy as np
import pytest

from course import pictures
from course.pictures.losses import mark_loss
from course.pictures.style import POSITIVE
from tests.pictures.drawn import legend


def test_loss_curves_are_the_data(ax):
    """Guards the points: none moved, none hidden, each run with its own line style."""
    rng = np.random.default_rng(0)
    losses = {name: rng.uniform(0.01, 1, 50) for name in "abc"}
    pictures.draw_loss(ax, losses)
    for line, values in zip(ax.lines, losses.values(), strict=True):
        np.testing.assert_array_equal(line.get_ydata(), values)
        np.testing.assert_array_equal(line.get_xdata(), np.arange(1, 51))
    assert len({(line.get_linestyle(), line.get_marker()) for line in ax.lines}) == 3
    assert (ax.get_yscale(), ax.get_xlabel()) == ("log", "epoch")
    assert ax.get_ylim()[0] < 0.01 and ax.get_ylim()[1] > 1


def test_a_run_for_comparison_is_grey_and_may_leave_the_axes(ax, new_axes):
    """Guards which run a panel is about; after one that exploded it was a flat line."""
    losses = {"now": np.linspace(1, 0.1, 10), "before": np.logspace(0, 170, 300)}
    pictures.draw_loss(ax, losses, faint=["before"])
    pictures.draw_loss(alone := new_axes(), {"now": losses["now"]})
    assert ax.get_xlim() == alone.get_xlim()
    assert ax.get_ylim()[0] == alone.get_ylim()[0] and 1 < ax.get_ylim()[1] < 100
    now, before = ax.lines
    assert (now.get_color(), before.get_color()) == (POSITIVE, "#8C8C8C")
    np.testing.assert_array_equal(before.get_ydata(), losses["before"])  # no flat top
    assert before.get_clip_on()


@pytest.mark.parametrize(
    "step, point, title",
    [
        (0, None, "before the first step"),
        (1, 0, "step 1: loss 0.5000"),
        (100, 0, "step 100: loss 0.5000"),
        (101, 1, "step 101: loss 0.4000"),
        (300, 2, "step 300: loss below 0.0001"),
        (301, None, "step 301"),
    ],
)
def test_the_mark_stands_on_the_loss_of_its_step(ax, step, point, title):
    """Guards line, dot and number of the step, and that no dot stands off the data."""
    values = np.array([0.5, 0.4, 1e-9])
    pictures.draw_loss(ax, {"a": values}, steps_per_point=100)
    mark_loss(ax, values, step, 100, (1e-9, 2))
    (line,) = [line for line in ax.lines if line.get_linestyle() == ":"]
    assert line.get_xdata() == [step, step] and ax.get_xlim()[1] > 300
    assert ax.lines[0].get_xdata().tolist() == [100, 200, 300]
    dots = [line.get_xydata() for line in ax.lines if line.get_markersize() == 10]
    expected = [] if point is None else [[[100 * (point + 1), values[point]]]]
    np.testing.assert_array_equal(dots, expected)
    assert ax.get_title() == title


def test_smoothing_never_hides_the_data(ax):
    """Guards the raw points under the average, as dots, and the average itself."""
    losses = dict(zip("ab", np.random.default_rng(0).uniform(0.1, 1, (2, 40))))
    pictures.draw_loss(ax, losses, smooth=5)
    for values, raw, mean in zip(losses.values(), ax.lines[::2], ax.lines[1::2]):
        np.testing.assert_array_equal(raw.get_ydata(), values)
        assert (raw.get_linestyle(), raw.get_marker()) == ("None", ".")
        assert raw.get_color() == mean.get_color()
        expected = [values[max(0, i - 4) : i + 1].mean() for i in range(40)]
        np.testing.assert_allclose(mean.get_ydata(), expected)
    assert legend(ax) == ["a, mean of 5", "b, mean of 5"]


def test_what_a_log_axis_cannot_show_stands_at_its_edge_and_is_told(ax):
    """Guards a loss of 0, losses beyond the limits, and the step from which there is none."""
    pictures.draw_loss(ax, {"a": np.array([1.0, 0.0, np.inf])}, steps_per_point=100)
    assert ax.lines[0].get_ydata()[1] == ax.get_ylim()[0]
    assert legend(ax)[0].splitlines()[1] == "not finite from 300"
    picture = pictures.loss({"a": [1e-9, 0.5, 1e9, np.inf]}, limits=(1e-7, 1e4))
    (ax,) = picture.figure().axes
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), [1e-7, 0.5, 1e4, np.nan])
    np.testing.assert_allclose(ax.get_ylim(), (1e-7, 1e4))


def test_the_lowest_point_of_a_run_has_a_line_and_a_dot():
    """Guards: the mark at another epoch, or at the lowest point of another run."""
    losses = {"training": [3.0, 2.0, 1.0], "validation": [np.nan, 1.5, 1.75]}
    (ax,) = pictures.loss(losses, lowest="validation").figure().axes
    line, dot = ax.lines[2:]
    assert set(line.get_xdata()) == {2} and line.get_linestyle() == ":"
    assert dot.get_xydata().tolist() == [[2, 1.5]]
    assert len(pictures.loss(losses).figure().axes[0].lines) == 2
    with pytest.raises(ValueError, match="lowest must be one of 'training'"):
        pictures.loss(losses, lowest="test")


def test_the_legend_stands_above_the_curves(ax):
    """Guards: a legend over the end of a run whose loss grew."""
    pictures.draw_loss(ax, {name: np.geomspace(1e-3, 1, 9) for name in "abc"})
    ax.figure.draw_without_rendering()
    curve = ax.transData.transform(ax.lines[0].get_xydata())
    assert ax.get_legend().get_window_extent().y0 > curve[:, 1].max()


def test_bands_are_the_quantiles_of_each_epoch():
    """Guards which half and which 90 %: 101 networks whose losses are 0 to 100."""
    losses = np.random.default_rng(0).permutation(101.0 * np.arange(101) // 101)
    losses = np.stack([losses, 2 * losses]) / 100  # (2 epochs, 101 networks)
    bands = pictures.bands({"all": losses, "three": 3 * losses}).figure().axes
    for ax, times in zip(bands, (1, 3), strict=True):
        light, dark = [band.get_paths()[0].vertices for band in ax.collections]
        for band, low, high in ((light, 0.05, 0.95), (dark, 0.25, 0.75)):
            for epoch in (1, 2):
                heights = band[band[:, 0] == epoch, 1]
                np.testing.assert_allclose(heights.min(), times * epoch * low)
                np.testing.assert_allclose(heights.max(), times * epoch * high)
        (median,) = ax.lines
        np.testing.assert_allclose(median.get_xydata(), [[1, times / 2], [2, times]])
        assert legend(ax) == ["middle 90 %", "middle half", "median"]
        assert ax.collections[0].get_alpha() < ax.collections[1].get_alpha()
