"""Pictures for a deck: the same drawings on fewer inches, with more pixels an inch.

Pictures are planned in points, as their texts are, so they need no second style. A slide
has several places for one, and gets the picture for each where it can be read.
"""

import base64
import io
import itertools
import os
import textwrap

import numpy as np
from matplotlib.axes import Axes
from PIL import Image, ImageChops

# What is in the environment of a notebook that draws them.
SWITCH = {"COURSE_PICTURES": "slides"}
DPI = 158  # the smallest text, of 11 points, is 24 pixels high
LEAST = 24
PLACES = {  # what a slide has room for, in pixels
    "tall": (1200, 580),  # alone
    "low": (1200, 410),  # below some lines of text, or above
    "beside": (600, 580),  # in a column
}


def are_drawn() -> bool:
    """Whether the pictures of this process are also for a deck."""
    return SWITCH.items() <= os.environ.items()


def for_slides(places, draw) -> dict:
    """The metadata of a picture for slides; none if they aren't asked for."""
    if not are_drawn():
        return {}
    shown = figures(places, draw)
    return {"slides": {place: as_text(figure) for place, figure in shown.items()}}


def figures(places, draw) -> dict:
    """What ``draw(place)`` draws where it can be read; the tall one always."""
    drawn = {place: draw(place) for place in places}
    return {k: fig for k, fig in drawn.items() if k == "tall" or not faults(fig)}


def inches(place, size, keeps_shape=False):
    """The width and height of a picture in a place, in inches, from its own ``size``.

    If its shape is free, it becomes at most a quarter wider, or four fifths higher.
    """
    shape = size[0] / size[1]
    wide, high = (pixels / DPI for pixels in PLACES[place])
    most, least = (1, 1) if keeps_shape else (1.25, 0.55)
    wide = min(wide, high * shape * most)
    return wide, min(high, wide / shape / least)


def as_text(figure) -> str:
    """A figure of a deck as a PNG without white edges, in base64."""
    stream, png = io.BytesIO(), io.BytesIO()
    figure.savefig(stream, dpi=figure.dpi)
    image = Image.open(stream).convert("RGB")
    ink = ImageChops.difference(image, Image.new("RGB", image.size, "white")).getbbox()
    # 256 colours: a third of the bytes.
    image.crop(ink).quantize(dither=Image.Dither.NONE).save(png, "png", optimize=True)
    return base64.b64encode(png.getvalue()).decode()


# What can't be read ------------------------------------------------------------------


def faults(figure) -> list:
    """What is small, cut or covered in a figure, as it is drawn at its own dpi."""
    figure.draw_without_rendering()
    found = []
    for ax in figure.findobj(Axes):
        groups = _labels(ax.xaxis), _labels(ax.yaxis), ax.texts
        alone = ax.title, *(axis.label for axis in (ax.xaxis, ax.yaxis) if ax.axison)
        legend = ax.get_legend()
        written = _seen([*itertools.chain(*groups), *alone])
        named = _seen(legend.get_texts()) if legend else []
        found += [f"{t.get_text()}: cut" for t in written + named if _is_cut(t)]
        found += [f"{t.get_text()}: small" for t in written if _is_small(t)]
        for group in groups:
            found += [f"{a} touches {b}" for a, b in _touching(_seen(group))]
        if legend:
            found += _covered(ax, legend.get_window_extent(), written)
    return found


def _labels(axis):
    """The numbers at an axis that can be seen."""
    if not axis.axes.axison:
        return []
    low, high = sorted(axis.get_view_interval())
    pairs = zip(axis.get_ticklabels(), axis.get_ticklocs())
    return [label for label, place in pairs if low <= place <= high]


def _seen(texts):
    return [text for text in texts if text.get_visible() and text.get_text().strip()]


def _is_small(text):
    return text.get_fontsize() * text.figure.dpi / 72 < LEAST


def _is_cut(text):
    inside, box = text.figure.bbox.padded(1), text.get_window_extent()
    return not (inside.contains(*box.min) and inside.contains(*box.max))


def _touching(texts):
    """Pairs of texts that lie on one another; lines are higher than their letters."""
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
    for (a, box), (b, other) in itertools.combinations(boxes, 2):
        wide = min(box.x1, other.x1) - max(box.x0, other.x0)
        high = min(box.y1, other.y1) - max(box.y0, other.y0)
        if wide > 1 and high > 0.3 * min(box.height, other.height):
            yield a, b


def _covered(ax, legend, texts):
    """What lies below a legend."""
    found = [t.get_text() for t in texts if t.get_window_extent().overlaps(legend)]
    for drawn in [*ax.lines, *ax.patches]:
        places = drawn.get_transform().transform(drawn.get_path().vertices)
        inside = (legend.min < places) & (places < legend.max)
        if inside.all(axis=1).sum() > 0.02 * len(places):
            found.append(drawn.get_label())
    return [f"{words} below the legend" for words in found]


# What is too long --------------------------------------------------------------------


def wrap(figure, columns):
    """Break titles and labels of Axes in a row that are longer than their room."""
    figure.draw_without_rendering()
    for ax in figure.axes[:columns]:
        middle = np.mean(ax.bbox.intervalx)
        beside = figure.bbox.width / (2 * columns)
        edges = (middle, figure.bbox.width - middle) if columns == 1 else (beside,)
        for text in ax.title, ax.xaxis.label:
            break_lines(text, 2 * min(edges))
        middle = np.mean(ax.bbox.intervaly)
        break_lines(ax.yaxis.label, 2 * min(middle, figure.bbox.height - middle))


def break_lines(text, room):
    """Break a text where it is longer than so many pixels."""
    box = text.get_window_extent()
    length = box.height if text.get_rotation() else box.width  # turned, it runs up
    if length > room:
        lines = text.get_text().split("\n")
        most = int(max(map(len, lines)) * room / length)
        text.set_text("\n".join(textwrap.fill(line, max(most, 8)) for line in lines))
