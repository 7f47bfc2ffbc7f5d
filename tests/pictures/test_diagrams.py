"""The picture of a tape: arcs that can be told apart, and a name for each node."""

import itertools

import numpy as np
import pytest
from matplotlib.patches import FancyBboxPatch

from course import pictures
from tests.pictures.drawn import LONG_NAMES, LONG_TAPE, boxes


@pytest.fixture
def ax():
    """The picture of eleven nodes, laid out."""
    [ax] = pictures.tape(LONG_TAPE, LONG_NAMES).figure().axes
    ax.figure.draw_without_rendering()
    return ax


def arcs_of(ax):
    """The course of each arc, in pixels, with its head's point."""
    lines = [line for line in ax.lines if len(line.get_xdata()) > 2]
    assert len(lines) == 13
    heads = [text.xy for text in ax.texts if hasattr(text, "xyann")]
    for line, head in zip(lines, heads):
        yield ax.transData.transform([*line.get_xydata(), head])


def test_arcs_stay_above_the_boxes_and_off_the_words(ax):
    """Guards: an arc through a box, or through a text."""
    top = max(box.get_window_extent().y1 for box in ax.patches)
    words = [box for text, box in boxes(ax).items() if box.y0 > top]
    assert len(words) == 1
    for course in arcs_of(ax):
        assert course.min() > 0 and course[:, 1].min() >= top - 2
        assert course[:, 1].max() < words[0].y0 - 4


def test_no_arc_hides_another(ax):
    """Guards two arcs that begin, end or run in one place, as those of `A @ A` could."""
    for course, other in itertools.combinations(arcs_of(ax), 2):
        middles = [arc[len(arc) // 2] for arc in (course, other)]
        for place, beside in [(course[0], other[0]), (course[-1], other[-1]), middles]:
            assert np.hypot(*(place - beside)) > 7


def test_each_text_is_inside_its_box(ax):
    """Guards names and shapes that are wider than their boxes."""
    frames = [box.get_window_extent() for box in ax.patches]
    assert all(isinstance(box, FancyBboxPatch) for box in ax.patches)
    inside = [box for text, box in boxes(ax).items() if "\n" in text.get_text()]
    for frame, box in zip(frames, inside, strict=True):
        assert frame.padded(-2).contains(*box.min)
        assert frame.padded(-2).contains(*box.max)
    for frame, right in itertools.pairwise(frames):
        assert right.x0 - frame.x1 > 5


@pytest.mark.parametrize(
    "names, words", [(["X"], "2 nodes, .* 1 name:"), ("XYZ", "2 nodes, .* 3 names:")]
)
def test_a_wrong_number_of_names_is_told(names, words):
    """Guards nodes under the names of others."""
    with pytest.raises(ValueError, match=words):
        pictures.tape(LONG_TAPE[:2], names)
