"""Success rates, groups of seeds, fates and the map: numbers in their places."""

import numpy as np
import pytest

from course import pictures
from course.experiments import FATES, wilson_interval
from tests.pictures.drawn import boxes


def bars_of(ax):
    """Both ends of the interval of each row."""
    return [line.get_xydata() for line in ax.lines if line.get_linewidth() == 5]


def bar(row, *pair):
    return [(100 * end, row) for end in wilson_interval(*pair)]


def diamonds_of(ax):
    return [line.get_xydata()[0] for line in ax.lines if line.get_marker() == "D"]


def test_success_shows_rate_and_interval():
    """Guards the points, the Wilson intervals, and the rows of their words."""
    rates = {"bug": (23, 100), "right": (89, 100)}
    (ax,) = pictures.success(rates).figure().axes
    np.testing.assert_allclose(bars_of(ax), [bar(0, 23, 100), bar(1, 89, 100)])
    np.testing.assert_allclose(diamonds_of(ax), [[23, 0], [89, 1]])
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["bug", "right"] and ax.yaxis_inverted()


def test_the_words_of_a_rate_stand_in_its_row():
    """Guards words between two rows, over an interval, or beyond the picture."""
    rates = {
        f"row {i}": (count, 1000) for i, count in enumerate((0, 230, 495, 505, 1000))
    }
    (ax,) = pictures.success(rates, size=(8, 3)).figure().axes
    for row, (bar, box) in enumerate(zip(bars_of(ax), boxes(ax).values(), strict=True)):
        (left, middle), (right, _) = ax.transData.transform(bar)
        assert (box.y0 + box.y1) / 2 == pytest.approx(middle, abs=3), row
        assert box.x0 > right + 6 or box.x1 < left - 6
        assert ax.bbox.x0 - 12 < box.x0 and box.x1 < ax.bbox.x1 + 12


def test_groups_show_the_first_ten_of_each_size():
    """Guards which seeds are in which group, their intervals, and the rate of all."""
    success = np.zeros(1000, bool)
    success[:10] = True  # the first group of ten solves all
    success[10:14] = True  # the second 4 of 10
    success[100:149] = True  # the second hundred 49
    axes = pictures.groups(success).figure().axes
    shown = {10: [100, 40, *8 * [0]], 100: [14, 49, *8 * [0]]}
    for ax, (size, rates) in zip(axes, shown.items(), strict=True):
        np.testing.assert_allclose(diamonds_of(ax), list(zip(rates, range(10))))
        expected = bar(1, rates[1] * size // 100, size)
        np.testing.assert_allclose(bars_of(ax)[1], expected)
        (dashed,) = [line for line in ax.lines if line.get_linestyle() == "--"]
        np.testing.assert_allclose(dashed.get_xdata(), 6.3)
        assert ax.get_title() == f"10 groups of {size} seeds"


def test_groups_say_how_many_intervals_miss_the_rate_of_all():
    """Guards: the number that the notebook calls one, where bars begin at the line."""
    success = np.zeros(1000, bool)
    success[:10] = True  # 10 of 10: at least 72 %, and 0 of 10 reach to 28 %
    alt = "The rate of all is {} %; bars that miss it: {} of 20."
    # In groups of 100 the first has 10, from 5.5 %; those of none reach to 3.7 %.
    assert pictures.groups(success).alt.endswith(alt.format(1, 2))
    success[200:250] = True  # 50 of 100, and 6 % of all: the other eight miss it, too
    assert pictures.groups(success).alt.endswith(alt.format(6, 10))
    texts = [text for ax in pictures.groups(success).figure().axes for text in ax.texts]
    assert [text.get_text() for text in texts] == ["misses"] * 10


def test_fates_are_bars_of_the_shares_side_by_side():
    """Guards widths, places and names: each share starts where the one before ends."""
    shares = {"ReLU": [0.1, 0.2, 0.3, 0.3, 0.1], "tanh": [1, 0, 0, 0, 0]}
    (ax,) = pictures.fates(shares).figure().axes
    widths = 100 * np.transpose(list(shares.values()))
    assert [bars.get_label() for bars in ax.containers] == [*FATES]
    found = [[bar.get_width() for bar in bars] for bars in ax.containers]
    np.testing.assert_allclose(found, widths)
    starts = [[bar.get_x() for bar in bars] for bars in ax.containers]
    np.testing.assert_allclose(starts, np.cumsum(widths, axis=0) - widths, atol=1e-9)
    looks = [(bars[0].get_hatch(), bars[0].get_facecolor()) for bars in ax.containers]
    assert [len(set(look)) for look in zip(*looks)] == [len(FATES)] * 2
    assert [text.get_text() for text in ax.get_yticklabels()] == ["ReLU", "tanh"]
    assert ax.yaxis_inverted()  # the first name on top


def test_the_map_has_each_number_in_its_cell():
    """Guards alphas up and learning rates across, in cells and at the ticks."""
    share = np.array([[0.8, 0.9, 0.1], [0.0, 0.2, 0.85]])
    alphas, rates = [-0.2, 0], [0.1, 0.5, 1]
    ax = pictures.success_map(share, alphas, rates).figure().axes[0]
    (image,) = ax.images
    np.testing.assert_allclose(image.get_array(), 100 * share)
    assert image.origin == "lower" and image.get_clim() == (0, 100)
    for text, ((i, j), value) in zip(ax.texts, np.ndenumerate(share), strict=True):
        assert text.get_position() == (j, i)
        assert text.get_text() == f"{100 * value:.0f}"
        ground = image.cmap(value)[:3]  # dark on pale cells, white on dark ones
        assert text.get_color() == ("black" if np.mean(ground) > 0.5 else "white")
    across = [label.get_text() for label in ax.get_xticklabels()]
    up = [label.get_text() for label in ax.get_yticklabels()]
    assert (across, up) == (["0.1", "0.5", "1"], ["-0.2", "0"])
    assert ax.get_ylim()[0] < ax.get_ylim()[1]
    with pytest.raises(ValueError, match="share"):
        pictures.success_map(share.T, alphas, rates)
