"""Loss curves and bands, from their data."""

import numpy as np
import pytest

from course import pictures
from course.pictures.losses import loss_quantiles, mark_loss
from course.pictures.style import POSITIVE, new_figure
from tests.pictures.drawn import legend


def marker_of(ax):
    (marker,) = [line for line in ax.lines if line.get_markersize() == 10]
    return marker.get_xydata().tolist()


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


def test_a_run_for_comparison_is_grey(ax):
    """Guards which of two runs is the one that the panel is about."""
    losses = {"now": np.linspace(1, 0.1, 10), "before": np.full(20, 0.5)}
    pictures.draw_loss(ax, losses, faint=["before"])
    colors = {line.get_label(): line.get_color() for line in ax.lines}
    assert colors["before"] == "#8C8C8C" and colors["now"] == POSITIVE


def test_a_faint_run_may_leave_the_axes(ax):
    """Guards: after a run that exploded, the next one was a flat line."""
    losses = {"now": np.linspace(1, 0.1, 10), "before": np.logspace(0, 170, 300)}
    pictures.draw_loss(ax, losses, faint=["before"])
    pictures.draw_loss(alone := new_figure()[1], {"now": losses["now"]})
    assert ax.get_xlim() == alone.get_xlim()
    assert ax.get_ylim()[0] == alone.get_ylim()[0] and 1 < ax.get_ylim()[1] < 100
    before = next(line for line in ax.lines if line.get_label() == "before")
    np.testing.assert_array_equal(before.get_ydata(), losses["before"])  # no flat top
    assert before.get_clip_on()


@pytest.mark.parametrize("last, label", [(1e99, "loss"), (1e132, "loss, cut at 1e100")])
def test_the_axis_says_where_it_cuts_a_run_that_exploded(ax, last, label):
    """Guards: a curve that ends at 1e100 under a title that says 2e132."""
    pictures.draw_loss(ax, {"a": np.array([1.0, 1e40, last, np.inf])})
    assert ax.get_ylabel() == label


def test_the_mark_stands_on_the_loss_of_its_step(ax):
    """Guards the marker of the panel that goes through a run, and its number."""
    mark_loss(ax, np.linspace(1, 0.1, 10), 4, 1, (0.01, 2))
    assert marker_of(ax) == [[4.0, pytest.approx(0.7)]]
    assert ax.get_title() == "step 4: loss 0.700"
    mark_loss(ax, np.array([1.0, 1e-9]), 2, 1, (1e-9, 2), floor=1e-9)
    assert ax.get_title() == "step 2: loss below 1e−9"


@pytest.mark.parametrize("step, point", [(1, 0), (100, 0), (101, 1), (300, 2)])
def test_loss_by_epoch_on_an_axis_of_steps(ax, step, point):
    """Guards which epoch a step belongs to."""
    values = np.array([0.5, 0.4, 0.3])
    pictures.draw_loss(ax, {"a": values}, steps_per_point=100)
    mark_loss(ax, values, step, 100, (0.01, 2))
    (line,) = [line for line in ax.lines if line.get_linestyle() == ":"]
    assert line.get_xdata() == [step, step] and ax.get_xlim()[1] > 300
    assert ax.lines[0].get_xdata().tolist() == [100, 200, 300]
    assert marker_of(ax) == [[100 * (point + 1), values[point]]]


@pytest.mark.parametrize("step, title", [(0, "before the first step"), (3, "step 3")])
def test_loss_before_the_first_step_and_after_the_last(ax, step, title):
    """Guards the ends of the step slider: a line and words, no marker off the data."""
    mark_loss(ax, np.array([1.0, 0.5]), step, 1, (0.01, 2))
    assert ax.get_title() == title
    assert not [line for line in ax.lines if line.get_markersize() == 10]


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


@pytest.mark.parametrize(
    "values", [[0.3], [0.0], [0.0, 0.0], [1.0, np.nan], [np.inf], [], [1e300, 1e-300]]
)
def test_loss_of_odd_runs(values):
    """Guards one epoch, all zeros, divergence, an empty run, and huge values."""
    picture = pictures.loss({"a": np.array(values, float)})
    (ax,) = picture.figure().axes
    assert picture.png and np.isfinite([*ax.get_xlim(), *ax.get_ylim()]).all()
    assert "nan" not in picture.alt and "inf" not in picture.alt


def test_loss_says_what_it_cannot_show(ax):
    """Guards the words in the legend for zeros, divergence and empty runs."""
    losses = {
        "zero": np.array([1.0, 0.0]),
        "far": np.array([1, np.inf, np.nan]),
        "no": np.array([]),
        "low": np.array([1, 1e-30]),
    }
    pictures.draw_loss(ax, losses)
    assert legend(ax) == [
        "zero\n(a loss of 0 stands at the bottom)",
        "far\nnot finite from 2",
        "no\nended before its first point",
        "low\n(losses below 1e-10 stand at the bottom)",
    ]
    assert ax.lines[0].get_ydata()[1] == ax.get_ylim()[0]
    ax.clear()
    pictures.draw_loss(ax, {"far": losses["far"]}, steps_per_point=100)
    assert legend(ax) == ["far\nnot finite from 200"]


def test_the_legend_stands_above_the_curves(ax):
    """Guards: a legend over the end of a run whose loss grew."""
    pictures.draw_loss(ax, {name: np.geomspace(1e-3, 1, 9) for name in "abc"})
    ax.figure.draw_without_rendering()
    curve = ax.transData.transform(ax.lines[0].get_xydata())
    assert ax.get_legend().get_window_extent().y0 > curve[:, 1].max()


def test_loss_between_limits():
    """Guards the cut: data beyond stand at the edge, the axis and the words say so."""
    losses = {"a": [1e-9, 0.5, 1e9, np.inf], "b": [1.0, 1e9]}
    picture = pictures.loss(losses, limits=(1e-7, 1e4))
    (ax,) = picture.figure().axes
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), [1e-7, 0.5, 1e4, np.nan])
    np.testing.assert_allclose(ax.get_ylim(), (1e-7, 1e4))
    assert ax.get_ylabel() == "loss, cut at 1e−7 and 1e4"
    assert picture.alt == (
        "Loss curve. a: below 1e-07 at first, not finite at the end of 4 epochs; "
        "b: 1.00 at first, above 1e4 at the end of 2 epochs."
    )


def test_loss_in_words():
    """Guards the alt text: both ends, and no digits of rounding noise."""
    losses = {"a": np.array([1.0, 0.5, 0.25]), "b": np.array([2.0, 3e-31])}
    assert pictures.loss(losses, x_label="training step").alt == (
        "Loss curve. a: 1.00 at first, 0.25 at the end of 3 steps; "
        "b: 2.00 at first, below 1e-10 at the end of 2 steps."
    )
    by_epoch = pictures.loss({"a": [0.5, 3e-7]})
    assert by_epoch.alt == "Loss curve. a: 0.50 at first, 3e-07 at the end of 2 epochs."
    by_step = pictures.loss({"a": [0.5, 0.2]}, x_label="training step")
    assert by_step.alt.endswith("at the end of 2 steps.")
    assert by_step.figure().axes[0].get_xlabel() == "training step"
    by_epoch = pictures.loss({"a": [0.5, 0.2]}, x_label="epoch of 100 steps")
    assert by_epoch.alt.endswith("at the end of 2 epochs.")


def test_losses_of_single_samples_are_told_by_means():
    """Guards: an alt text by the first and the last sample, whose loss may be 0.

    A run that never learned 'began at 0.50 and ended below 1e-10'.
    """
    lazy = np.tile([0.0, 0.5, 0.5, 2.0], 50)[::-1]  # the last sample has no loss
    words = "mean of the first 100 steps 0.75, of the last 100 of 200 0.75"
    picture = pictures.loss({"lazy": lazy}, x_label="training step")
    assert picture.alt == f"Loss curve. lazy: {words}."
    falls = {"falls": [0.0, 1.0, 0.5, 0.2, 0.1, 0.3]}
    picture = pictures.loss(falls, smooth=2, x_label="training step")
    words = "mean of the first 2 steps 0.50, of the last 2 of 6 0.20"
    assert picture.alt == f"Loss curve. falls: {words}."


def test_a_short_run_begins_where_there_is_a_loss():
    """Guards: 'below 1e-07 at first' for a run that only began with an easy sample."""
    losses = {"a": [0.0, 0.0, 0.33, 1e9], "none": [0.0, 0.0]}
    picture = pictures.loss(losses, x_label="training step", limits=(1e-7, 1e4))
    assert picture.alt == (
        "Loss curve. a: 0.33 at step 3, above 1e4 at the end of 4 steps; "
        "none: below 1e-07 at first, below 1e-07 at the end of 2 steps."
    )


# Bands --------------------------------------------------------------------------------


def test_bands_are_the_quantiles_of_each_epoch():
    """Guards which half and which 90 %: 101 networks whose losses are 0 to 100."""
    losses = np.random.default_rng(0).permutation(101.0 * np.arange(101) // 101)
    losses = np.stack([losses, 2 * losses]) / 100  # (2 epochs, 101 networks)
    q = loss_quantiles(losses)
    np.testing.assert_allclose(q[:, 0], [0.05, 0.25, 0.5, 0.75, 0.95])
    (ax,) = pictures.bands({"all": losses}).figure().axes
    light, dark = [band.get_paths()[0].vertices for band in ax.collections]
    for band, low, high in ((light, 0.05, 0.95), (dark, 0.25, 0.75)):
        for epoch in (1, 2):
            heights = band[band[:, 0] == epoch, 1]
            np.testing.assert_allclose(heights.min(), epoch * low)
            np.testing.assert_allclose(heights.max(), epoch * high)
    (median,) = ax.lines
    np.testing.assert_allclose(median.get_xydata(), [[1, 0.5], [2, 1.0]])
    assert legend(ax) == ["middle 90 %", "middle half", "median"]
    assert ax.collections[0].get_alpha() < ax.collections[1].get_alpha()


def test_a_diverged_network_counts_as_an_infinite_loss():
    """Guards the median: NaN among the losses neither vanishes nor spreads."""
    losses = np.array([[0.1, 0.2, np.nan, np.inf, 0.3]])
    np.testing.assert_array_equal(
        loss_quantiles(losses)[:, 0], [0.2, 0.2, 0.3, np.inf, np.inf]
    )
    picture = pictures.bands({"all": np.full((2, 3), np.nan)})
    assert picture.png and "inf" not in picture.alt and "nan" not in picture.alt


def test_bands_of_several_names_and_their_words():
    """Guards one plot a name, and quantiles of the last epoch in even hundredths."""
    last = np.array([1e-9] * 21 + [0.0449] * 20)
    losses = {
        "first": np.tile([[0.5], [0.127]], 5),  # (2 epochs, 5 networks)
        "second": np.stack([np.full(41, 9.0), last]),
    }
    picture = pictures.bands(losses)
    axes = picture.figure().axes
    assert [ax.get_title() for ax in axes] == ["first", "second"]
    assert [line.get_ydata()[-1] for ax in axes for line in ax.lines] == [0.127, 1e-9]
    assert axes[0].get_xlabel() == "epoch of 100 steps"
    assert picture.alt == (
        "Loss by epoch as bands; the quantiles 5, 25, 50, 75 and 95 % of the first and "
        "the last epoch. first: 0.50, 0.50, 0.50, 0.50, 0.50; then 0.12, 0.12, 0.12, "
        "0.12, 0.12. second: 9.00, 9.00, 9.00, 9.00, 9.00; then below 0.001, below "
        "0.001, below 0.001, 0.04, 0.04; median below 0.001 from epoch 2 on."
    )
