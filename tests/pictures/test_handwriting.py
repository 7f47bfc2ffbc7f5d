"""Handwritten digits: each pixel, number and sign in its place."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from course import pictures
from course.pictures.style import POSITIVE

RIGHT = np.full((2, 10), 0.1)
DOT = np.zeros((1, 64))
DOT[0, 8 * 1 + 6] = 1  # in the second row, the last column but one


def frames(ax):
    """The frames around images."""
    found = [p for p in ax.patches if isinstance(p, Rectangle) and not p.get_fill()]
    return [patch.get_window_extent() for patch in found]


def middle_of(fig, ax, is_meant):
    """Where the pixels of a colour lie in the frame: from the left, from the top."""
    canvas = FigureCanvasAgg(fig)
    canvas.draw()
    rgb = np.asarray(canvas.buffer_rgba())[:, :, :3].astype(float)
    (frame,) = frames(ax)
    top = len(rgb) - round(frame.y1)
    inside = rgb[top + 2 : top + round(frame.height) - 2]
    inside = inside[:, round(frame.x0) + 2 : round(frame.x1) - 2]
    rows, columns = np.nonzero(is_meant(inside))
    return columns.mean() / inside.shape[1], rows.mean() / inside.shape[0]


@pytest.mark.parametrize(
    "picture",
    [
        pictures.digits(DOT),
        pictures.digits(16 * DOT),  # pixels that aren't divided yet
        pictures.certainties(DOT, RIGHT[:1]),
    ],
)
def test_an_image_is_upright_and_its_ink_dark(picture):
    """Guards: images mirrored, on their side or inverted."""
    fig = picture.figure()
    found = middle_of(fig, fig.axes[0], lambda rgb: rgb.max(axis=2) < 9)
    np.testing.assert_allclose(found, (6.5 / 8, 1.5 / 8), atol=0.02)


def test_images_have_one_scale():
    """Guards: a faint image as dark as the others; full ink that isn't black."""
    for most, X in ((1, DOT / 255), (3, np.concatenate([DOT, 3 * DOT]))):
        (ax,) = pictures.digits(X).figure().axes
        meshes = ax.collections
        assert [mesh.get_clim() for mesh in meshes] == [(0, most)] * len(X)


def test_images_stand_in_rows_below_their_own_titles():
    """Guards: a grid that is filled by columns, and titles of a neighbour."""
    X = np.arange(1, 13)[:, None] * np.ones(64)
    picture = pictures.digits(X, range(12), columns=5)
    (ax,) = picture.figure().axes
    ax.figure.draw_without_rendering()
    shown = [mesh.get_array().max() for mesh in ax.collections]
    assert shown == [*range(1, 13)]
    found = frames(ax)
    rows = sorted({frame.y0 for frame in found}, reverse=True)
    columns = sorted({frame.x0 for frame in found})
    places = [(rows.index(box.y0), columns.index(box.x0)) for box in found]
    assert places == [divmod(i, 5) for i in range(12)]
    for i, (text, frame) in enumerate(zip(ax.texts, found, strict=True)):
        box = text.get_window_extent()
        assert text.get_text() == str(i)
        assert (box.x0 + box.x1) / 2 == pytest.approx((frame.x0 + frame.x1) / 2, abs=1)
        assert frame.y1 - 3 < box.y0 < frame.y1 + 12


def test_bars_are_the_probabilities_and_the_largest_has_its_number():
    """Guards: a bar, a number or a title of another image; words outside."""
    P = np.array([[0.02, 0.9, *8 * [0.01]], [*9 * [0.0], 1.0]])
    picture = pictures.certainties(np.repeat(DOT, 2, axis=0), P, ["a", "b"])
    for ax, p, title in zip(picture.figure().axes, P, "ab", strict=True):
        ax.figure.draw_without_rendering()
        (bars,) = ax.containers
        heights = np.array([bar.get_window_extent().height for bar in bars])
        np.testing.assert_allclose(heights / heights.max(), p / p.max(), atol=1e-6)
        best = int(p.argmax())
        looks = [to_hex(bar.get_facecolor()) == POSITIVE.lower() for bar in bars]
        assert looks == [k == best for k in range(10)]
        *names, number = ax.texts
        for k, (name, bar) in enumerate(zip(names, bars, strict=True)):
            assert name.get_text() == str(k)
            assert name.get_window_extent().y1 < bar.get_window_extent().y0
            assert name.get_position()[0] == bar.get_x() + bar.get_width() / 2
            assert (name.get_fontweight() == "bold") == (k == best)
        box, bar = number.get_window_extent(), bars[best].get_window_extent()
        assert box.x0 < bar.x0 and bar.x1 < box.x1 and bar.y1 < box.y0 + 2
        assert ax.bbox.x0 - 1 < box.x0 and box.x1 < ax.bbox.x1 + 1
        assert ax.get_title() == title
    assert [ax.texts[-1].get_text() for ax in picture.figure().axes] == [
        "90 %",
        "100 %",
    ]


def test_mistakes_stand_out_and_each_count_in_its_cell():
    """Guards: rows for columns, mistakes as pale as what is right, zeros as loud, or told
    as if they were mistakes."""
    counts = np.diag(np.arange(20, 30))
    counts[7, 2], counts[0, 9] = 5, 1
    picture = pictures.confusion(counts)
    assert picture.alt.endswith(": 7 read as 2 (5 times), 0 read as 9 (1 time).")
    (ax,) = picture.figure().axes
    cells = dict(zip(np.ndindex(10, 10), ax.texts))
    for (i, j), text in cells.items():
        assert text.get_position() == (j, i)
        assert text.get_text() == (str(counts[i, j]) if counts[i, j] else "·")
        is_mistake = (i, j) in [(7, 2), (0, 9)]
        assert (text.get_fontweight() == "bold") == is_mistake
        assert (text.get_color() == "black") == is_mistake
    (mesh,) = ax.collections
    assert np.argwhere(~mesh.get_array().mask).tolist() == [[0, 9], [7, 2]]
    assert ax.yaxis_inverted() and not ax.xaxis_inverted()
    names = [(text.get_text(), text.get_position()) for text in ax.texts[100:]]
    assert {name for name, (x, y) in names if x == int(name) and y > 9.5} == {
        *map(str, range(10))
    }
    assert {name for name, (x, y) in names if y == int(name) and x < -0.5} == {
        *map(str, range(10))
    }
    assert len(ax.patches) == 11  # around the diagonal, and around all


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: pictures.digits(np.zeros((8, 8))), r"X is \(8, 8\), .* \(n, 64\)"),
        (lambda: pictures.digits(np.zeros((0, 64))), r"X is \(0, 64\)"),
        (lambda: pictures.digits(DOT * np.nan), "X must hold finite numbers"),
        (lambda: pictures.digits(DOT, [1, 2]), "2 titles for 1 image"),
        (lambda: pictures.digits(DOT, columns=0), "columns must be at least 1"),
        (lambda: pictures.certainties(DOT, RIGHT), r"P is \(2, 10\), .* \(1, 10\)"),
        (lambda: pictures.certainties(DOT, -RIGHT[:1]), "softmax"),
        (lambda: pictures.certainties(DOT, 20 * RIGHT[:1]), "softmax"),
        (lambda: pictures.certainties(DOT, np.nan * RIGHT[:1]), "softmax"),
        (lambda: pictures.certainties(np.ones((6, 64)), RIGHT), "at most 5, not 6"),
        (lambda: pictures.confusion(np.zeros((9, 9))), r"\(9, 9\), .* \(10, 10\)"),
        (lambda: pictures.confusion(-np.eye(10)), "a count"),
    ],
)
def test_a_slip_is_told_in_words(call, words):
    """Guards: an error from deep inside, or a picture of something else."""
    with pytest.raises(ValueError, match=words):
        call()


def test_a_single_image_is_welcome():
    """Guards: X[0] and its row of probabilities, without a word about brackets."""
    assert pictures.digits(DOT[0]).alt == pictures.digits(DOT).alt
    one = pictures.certainties(DOT[0], RIGHT[0], ["a"])
    assert one.alt == pictures.certainties(DOT, RIGHT[:1], ["a"]).alt


def test_many_titles_end_in_words():
    """Guards: an alt text of thousands of labels."""
    alt = pictures.digits(np.zeros((41, 64)), range(41)).alt
    assert alt.endswith("; 38; 39; and so on.")
    alt = pictures.digits(np.zeros((40, 64)), range(40)).alt
    assert alt.endswith("; 38; 39.")
