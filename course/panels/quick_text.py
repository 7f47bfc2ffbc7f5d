"""Matplotlib's own drawing, with a memory of what texts look like.

A picture of the training panel holds a hundred texts, and Matplotlib spends more than
half of its time on them. Most were drawn before, since tick labels and digits repeat, so
what was measured, made or drawn once is kept.
"""

from typing import ClassVar

import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.text import Text
from matplotlib.transforms import Transform


class QuickRenderer(RendererAgg):
    """Draws each text once, and keeps its shape."""

    shapes: ClassVar = {}  # text, font, ... -> (opacity of each pixel, left, top, width)
    heights: ClassVar = {}  # font, size -> what Matplotlib reads from the font's file
    most = 2000

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        if max(abs(x), abs(y)) > 1e5:  # far outside, since the numbers exploded
            return
        # Numbers change all the time, their digits don't.
        is_number = not ismath and angle == 0 and set(s) <= set("b 0123456789.−e")
        for part in s if is_number else [s]:
            opacity, left, top, width = self._shape(part, prop, angle, ismath, mtext)
            self._blend(opacity, gc, round(x) + left, round(y) + top)
            x += width

    def _get_font_height_metrics(self, prop):
        """Height above the line, below it, and gap, in pixels.

        Matplotlib 3.11 reads them from the file for each text, which takes an eighth of a
        picture's time (111 ms of processor without this, 98 with it). It asks its PDF
        backend by this private name; to others it offers no way. If it stops calling
        this, only time is lost.
        """
        key = hash(prop), self.dpi
        if key not in self.heights:
            font = font_manager.get_font(font_manager.findfont(prop))
            table = font.get_sfnt_table("OS/2")
            per_unit = prop.get_size_in_points() * self.dpi / 72
            per_unit /= font.get_sfnt_table("head")["unitsPerEm"]
            names = "sTypoAscender", "sTypoDescender", "sTypoLineGap"
            above, below, gap = (per_unit * table[name] for name in names)
            self.heights[key] = above, -below, gap
        return self.heights[key]

    def _shape(self, s, prop, angle, ismath, mtext):
        key = s, hash(prop), angle, ismath, self.dpi
        if key not in self.shapes:
            if len(self.shapes) >= self.most:
                self.shapes.clear()
            shape = self._draw_shape(s, prop, angle, ismath, mtext)
            self.shapes[key] = *shape, self._width(s, prop, ismath)
        return self.shapes[key]

    def _width(self, s, prop, ismath):
        """How far a character moves the next one, which is more than its ink's width."""
        if ismath or len(s) > 1:
            return 0
        widths = [
            self.get_text_width_height_descent(text, prop, False)[0]
            for text in (f"0{s}0", "00")
        ]
        return widths[0] - widths[1]

    def _draw_shape(self, s, prop, angle, ismath, mtext):
        """Draw the text in black on a sheet of its own, and cut it out."""
        width, height, _ = self.get_text_width_height_descent(s, prop, ismath)
        middle = int(width + height) + 8
        sheet = RendererAgg(2 * middle, 2 * middle, self.dpi)
        black = sheet.new_gc()
        sheet.draw_text(black, middle, middle, s, prop, angle, ismath, mtext)
        opacity = np.asarray(sheet.buffer_rgba())[:, :, 3]
        rows = opacity.any(axis=1).nonzero()[0]
        columns = opacity.any(axis=0).nonzero()[0]
        if not rows.size:
            return np.zeros((0, 0), dtype=np.uint8), 0, 0
        top, left = rows[0], columns[0]
        cut = opacity[top : rows[-1] + 1, left : columns[-1] + 1].copy()
        return cut, left - middle, top - middle

    def _blend(self, opacity, gc, left, top):
        """Lay the text's colour over our pixels; opacity is from 0 to 255."""
        # What is cut off at the left and top edges of the sheet of pixels:
        cut_x, cut_y = max(-left, 0), max(-top, 0)
        opacity = opacity[cut_y:, cut_x:, None]
        left, top = left + cut_x, top + cut_y
        bottom, right = top + opacity.shape[0], left + opacity.shape[1]
        pixels = np.asarray(self.buffer_rgba())[top:bottom, left:right, :3]
        opacity = opacity[: pixels.shape[0], : pixels.shape[1]]
        opacity = opacity * np.float32(gc.get_alpha() / 255)
        colour = 255 * np.array(gc.get_rgb()[:3], dtype=np.float32)
        pixels[:] = pixels + (colour - pixels) * opacity + 0.5


class QuickAxes(Axes):
    """Axes that reuse texts which they had before and removed."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.spare = {}  # look -> texts

    def text(self, x, y, s, color="black", **look):
        """Write as ``Axes.text`` does. Making a text takes as long as drawing it."""
        key = tuple((name, _frozen(value)) for name, value in look.items())
        spare = self.spare.setdefault(key, [])
        if spare:
            text = spare.pop()
            text.set(position=(x, y), text=s, color=color)
        else:
            look = {"transform": self.transData, "clip_on": False, **look}
            text = Text(x, y, s, color=color, **look)
            text.spare = spare
        return self._add_text(text)

    def remove_texts(self):
        """Take all texts off, and keep them for later."""
        for text in list(self.texts):
            text.remove()
            if hasattr(text, "spare"):
                text.spare.append(text)


def _frozen(value):
    """The value in a form that can be the key of a dict."""
    if isinstance(value, Transform):
        return id(value)  # the texts of this look hold it, so no other gets its id
    return tuple(value.items()) if isinstance(value, dict) else value


class QuickCanvas(FigureCanvasAgg):
    """The canvas that draws with `QuickRenderer`."""

    _kind = None

    def get_renderer(self):
        kind = *self.figure.bbox.size, self.figure.dpi
        if kind != self._kind:
            self.renderer, self._kind = QuickRenderer(*kind), kind
        return self.renderer
