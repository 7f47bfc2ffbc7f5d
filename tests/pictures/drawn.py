"""What stands on Axes, in words and numbers; and a tape to draw."""

import itertools
from typing import NamedTuple

import numpy as np
from matplotlib.patches import BoxStyle
from matplotlib.text import Annotation


def texts(ax):
    return [text.get_text() for text in ax.texts if text.get_text()]


def arrows(ax):
    """Where the arrows lead, and in which colour."""
    found = [a for a in ax.texts if isinstance(a, Annotation) and a.arrowprops]
    ways = ["right" if a.xy[0] > a.xyann[0] else "left" for a in found]
    return [f"{a.arrowprops['color']} {way}" for a, way in zip(found, ways)]


class OnTape(NamedTuple):
    """What a picture reads of a node of notebook 10."""

    number: int
    value: np.ndarray
    parents: list


def tape_of(nodes):
    """A tape of nodes, each as the shape of its value and the numbers of its parents."""
    return [OnTape(i, np.zeros(shape), made) for i, (shape, made) in enumerate(nodes)]


# The first of eleven nodes is used four times: twice by the next one, and by the last.
_PARENTS = [(), (0, 0), (1, 0), *((i,) for i in range(2, 9)), (9, 0)]
LONG_TAPE = tape_of([((1797, 64), parents) for parents in _PARENTS])
LONG_NAMES = ["X", *["... @ X"] * 2, *["tanh"] * 7, "... @ X"]


def forms(ax):
    """The form of each box of a tape."""
    names = {BoxStyle.Square: "square", BoxStyle.Round: "round"}
    return [names[type(box.get_boxstyle())] for box in ax.patches]


def arcs(ax):
    """From which box of a tape to which each arc leads, and which are thick."""
    lines = [line for line in ax.lines if len(line.get_xdata()) > 2]
    heads = [a.xy for a in ax.texts if isinstance(a, Annotation)]
    return [
        f"{_box_at(ax, line.get_xydata()[0])} to {_box_at(ax, head)}"
        + ", thick" * bool(line.get_linewidth() > 3)
        for line, head in zip(lines, heads)
    ]


def _box_at(ax, place):
    """The number of the box on whose top a place is."""
    tops = [box.get_bbox() for box in ax.patches]
    [i] = [
        i
        for i, box in enumerate(tops)
        if box.x0 < place[0] < box.x1 and abs(place[1] - box.y1) < 0.01
    ]
    return i


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def points(ax, size=10):
    """The points of each marker."""
    lines = [line for line in ax.lines if line.get_markersize() == size]
    return {line.get_marker(): line.get_xydata().tolist() for line in lines}


def boxes(ax):
    """The texts inside, and where they stand in the picture."""
    ax.figure.draw_without_rendering()
    return {
        text: text.get_window_extent() for text in ax.texts if text.get_text().strip()
    }


def misplaced(ax):
    """The texts that lie on another one, or not wholly in the picture."""
    found, inside = boxes(ax), ax.figure.bbox.padded(1)
    beyond = [
        text.get_text()
        for text, box in found.items()
        if not (inside.contains(*box.min) and inside.contains(*box.max))
    ]
    return beyond + [
        f"{a.get_text()} on {b.get_text()}"
        for (a, box), (b, other) in itertools.combinations(found.items(), 2)
        if _touch(box, other)
    ]


def _touch(box, other):
    wide = min(box.x1, other.x1) - max(box.x0, other.x0)
    high = min(box.y1, other.y1) - max(box.y0, other.y0)
    # Line boxes are higher than digits: a third of a line is no overlap yet.
    return wide > 1 and high > 0.3 * min(box.height, other.height)
