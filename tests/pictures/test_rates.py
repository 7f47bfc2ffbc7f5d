"""Success rates, groups of seeds, fates and the map: numbers in their places."""

import numpy as np
import pytest

from course import pictures
from course.experiments import FATES, wilson_interval
from tests.pictures.drawn import texts


def bars_of(ax):
    """The intervals, in the order of their rows: (rows, 2)."""
    bars = [line for line in ax.lines if line.get_linewidth() == 5]
    rows = [line.get_ydata()[0] for line in bars]
    assert rows == sorted(rows)
    return np.array([line.get_xdata() for line in bars])


def diamonds_of(ax):
    return [line.get_xydata()[0] for line in ax.lines if line.get_marker() == "D"]


def test_success_shows_rate_and_interval():
    """Guards the points, the Wilson intervals and the numbers in words."""
    rates = {"bug": (23, 100), "right": (89, 100)}
    (ax,) = pictures.success(rates).figure().axes
    low, high = wilson_interval(23, 100)
    np.testing.assert_allclose(bars_of(ax)[0], [100 * low, 100 * high])
    np.testing.assert_allclose(diamonds_of(ax), [[23, 0], [89, 1]])
    assert texts(ax)[0] == f"23 of 100: 23 % ({100 * low:.0f} to {100 * high:.0f} %)"
    assert [text.xy for text in ax.texts] == [(0, 0), (0, 1)]
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["bug", "right"] and ax.yaxis_inverted()


def test_success_in_words():
    """Guards the alt text: whole percents, or rougher; an end that isn't rounded away."""
    picture = pictures.success({"a": (8, 10), "b": (0, 1000)})
    assert picture.alt == (
        "Success rates with 95 % intervals. a: 80 % (49 to 94 %); b: 0 % (0.0 to 0.4 "
        "%)."
    )
    for rough, words in ((1, "about 21 %"), (10, "about 20 %")):
        picture = pictures.success({"a": (210, 1000)}, rough=rough)
        assert picture.alt.endswith(f"a: {words}.")
        assert texts(picture.figure().axes[0]) == [words]
    with pytest.raises(ValueError, match="successes"):
        pictures.success({"a": (3, 2)})
    with pytest.raises(ValueError, match="trials"):
        pictures.success({"a": (0, 0)})


def test_groups_show_the_first_ten_of_each_size():
    """Guards which seeds are in which group, their intervals, and the rate of all."""
    success = np.zeros(1000, bool)
    success[:10] = True  # the first group of ten solves all
    success[10:14] = True  # the second 4 of 10
    success[100:149] = True  # the second hundred 49: in words about 50
    picture = pictures.groups(success)
    tens, hundreds = picture.figure().axes
    rates = [x for x, _ in diamonds_of(tens)]
    np.testing.assert_allclose(rates, [100, 40] + 8 * [0])
    np.testing.assert_allclose([y for _, y in diamonds_of(tens)], range(10))
    rates = [x for x, _ in diamonds_of(hundreds)]
    np.testing.assert_allclose(rates, [14, 49] + 8 * [0])
    for ax, count, size in ((tens, 4, 10), (hundreds, 49, 100)):
        expected = 100 * np.array(wilson_interval(count, size))
        np.testing.assert_allclose(bars_of(ax)[1], expected)
        (dashed,) = [line for line in ax.lines if line.get_linestyle() == "--"]
        np.testing.assert_allclose(dashed.get_xdata(), 6.3)
        assert ax.get_title() == f"10 groups of {size} seeds"
    assert picture.alt == (
        "10 groups of 10 seeds have rates from about 0 to 100 % and intervals about 30 "
        "points wide; 10 groups of 100 seeds have rates from about 0 to 50 % and "
        "intervals about 10 points wide. The rate of all is 6 %."
    )


def test_fates_are_bars_of_the_shares_side_by_side():
    """Guards widths, places and names: each share starts where the one before ends."""
    shares = {"ReLU": [0.1, 0.2, 0.3, 0.25, 0.05, 0.1], "tanh": [1, 0, 0, 0, 0, 0]}
    picture = pictures.fates(shares)
    (ax,) = picture.figure().axes
    for i, (fate, bars) in enumerate(zip(FATES, ax.containers, strict=True)):
        assert bars.get_label() == fate
        assert [bar.get_width() for bar in bars] == [
            pytest.approx(100 * share[i]) for share in shares.values()
        ]
        starts = [100 * sum(share[:i]) for share in shares.values()]
        assert [bar.get_x() for bar in bars] == pytest.approx(starts)
    hatches = {bars[0].get_hatch() for bars in ax.containers}
    colors = {bars[0].get_facecolor() for bars in ax.containers}
    assert len(hatches) == len(colors) == len(FATES)
    assert [text.get_text() for text in ax.get_yticklabels()] == ["ReLU", "tanh"]
    assert ax.yaxis_inverted()  # the first name on top
    assert picture.alt == (
        "How the networks ended. ReLU: solved 10 %, most frequent failure: dead layer; "
        "tanh: solved 100 %."
    )


def test_the_map_has_each_number_in_its_cell():
    """Guards alphas up and learning rates across, in cells, ticks and words."""
    share = np.array([[0.8, 0.9, 0.1], [0.0, 0.2, 0.85]])
    picture = pictures.success_map(share, [-0.2, 0], [0.1, 0.5, 1])
    ax = picture.figure().axes[0]
    (image,) = ax.images
    np.testing.assert_allclose(image.get_array(), 100 * share)
    assert image.origin == "lower" and image.get_clim() == (0, 100)
    for text in ax.texts:  # dark on pale cells, white on dark ones
        ground = image.cmap(int(text.get_text()) / 100)[:3]
        assert text.get_color() == ("black" if np.mean(ground) > 0.5 else "white")
    written = {text.get_position(): text.get_text() for text in ax.texts}
    assert written == {
        (0, 0): "80",
        (1, 0): "90",
        (2, 0): "10",
        (0, 1): "0",
        (1, 1): "20",
        (2, 1): "85",
    }
    across = [label.get_text() for label in ax.get_xticklabels()]
    up = [label.get_text() for label in ax.get_yticklabels()]
    assert (across, up) == (["0.1", "0.5", "1"], ["-0.2", "0"])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("learning rate", "alpha")
    assert ax.get_ylim()[0] < ax.get_ylim()[1]
    assert picture.alt.endswith("alpha -0.2: 0.1 to 0.5; alpha 0: 1 to 1.")
    with pytest.raises(ValueError, match="share"):
        pictures.success_map(share.T, [-0.2, 0], [0.1, 0.5, 1])
    nowhere = pictures.success_map(share / 10, [-0.2, 0], [0.1, 0.5, 1])
    assert nowhere.alt.endswith("alpha -0.2: none; alpha 0: none.")
