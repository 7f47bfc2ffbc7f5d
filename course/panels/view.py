"""Views: they draw data on one Figure that they keep, and put them into words."""

import copy
import io
from typing import ClassVar, NamedTuple

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from course.panels.quick_text import QuickAxes, QuickCanvas
from course.pictures import on_slides
from course.pictures.style import SMALL, STYLE


class Cell(NamedTuple):
    """A rectangle of the picture, in pixels, and the margins of the axes in it."""

    left: int
    bottom: int
    width: int
    height: int
    margins: tuple  # left, bottom, right, top

    @property
    def is_low(self):
        """Whether the label of x only has room beside the numbers."""
        return self.margins[1] < 40

    def holds(self, x, y):
        """Whether a place is in it, in pixels from the bottom left."""
        return 0 <= x - self.left < self.width and 0 <= y - self.bottom < self.height


class Shown(NamedTuple):
    """What a view makes of its data."""

    png: bytes
    alt: str  # the picture in words
    line: str  # the numbers in one line


class View:
    """One persistent Figure. Subclasses say what is in its cells.

    Their ``draw(data, look)`` calls `paint` for each cell; ``alt`` says what the picture
    shows now; ``line`` says the numbers, rounded so that every NumPy prints the same;
    ``table`` has them in full: the names of the columns, and the rows. ``look`` holds
    the settings that only choose what is shown.

    The figure is not pyplot's, so none is ever left open. Drawing all of a figure takes
    100 ms or more, so only the cells whose content changed are drawn again, into the
    existing pixels.
    """

    size = (1000, 380)
    cells: ClassVar[dict] = {}
    places = ("tall", "low")  # where on a slide it may go
    cells_on_slide: ClassVar = None  # in 759 x 367; else they are these, but smaller
    chooses = False  # whether ``choose(data, x, y, look)`` tells what a click chooses
    # Titles and axis labels have fixed places, since finding new ones takes time.
    style: ClassVar = {**STYLE, "axes.titley": 1.0}

    def __init__(self):
        with matplotlib.rc_context(self.style):
            width, height = self.size
            self.figure = Figure((width / 100, height / 100), dpi=100, facecolor="w")
            self.canvas = QuickCanvas(self.figure)
            self.axes = {
                name: self._add_axes(cell) for name, cell in self.cells.items()
            }
        self.canvas.draw()
        self._drawn = {}  # cell -> the key that it was drawn for
        self._grounds = {}  # cell -> the key of its ground, its artists, its pixels

    def _add_axes(self, cell):
        left, bottom, right, top = cell.margins
        width, height = cell.width - left - right, cell.height - bottom - top
        corner = np.array([cell.left + left, cell.bottom + bottom]) / self.size
        size = np.array([width, height]) / self.size
        ax = self.figure.add_axes((*corner, *size), axes_class=QuickAxes)
        ax.patch.set_visible(False)  # it would hide the ground; the figure is white
        ax.xaxis.set_label_coords(0.5, (-8 if cell.is_low else -28) / height)
        ax.yaxis.set_label_coords(-(left - 22) / width, 0.5)
        return ax

    def show(self, data, look) -> Shown:
        """Draw the data and put them into words."""
        with matplotlib.rc_context(self.style), np.errstate(all="ignore"):
            self.draw(data, look)
        return Shown(self.png(), self.alt(data, look), self.line(data, look))

    def paint(self, name, key, drawing, *args, ground=None, lay=None, **kwargs):
        """Draw one cell with ``drawing(ax, ...)``, unless its ``key`` is as before.

        The key holds everything that the drawing depends on, and the ids of objects.
        ``ground`` is the key of what stays still below it: the axes with their ticks,
        and what ``lay(ax)`` drew. It is drawn when its key changes; otherwise its pixels
        are reused, so a mark that moves over a loss curve takes less than half the time.
        """
        if name not in self.cells or self._drawn.get(name) == key:
            return  # a slide has fewer cells
        ax, pixels = self.axes[name], self._pixels_of(name)
        if ground is None or self._grounds.get(name, (None,))[0] != ground:
            _wipe(ax)
            if lay:
                lay(ax)
            still = [] if ground is None else [ax.xaxis, ax.yaxis, *ax.lines]
            self._fill(name, drawing, args, kwargs)
            pixels[:] = 255
            self._draw_only(ax, still)
            self._grounds[name] = ground, still, pixels.copy()
        else:
            _, still, below = self._grounds[name]
            _wipe(ax, still)
            self._fill(name, drawing, args, kwargs)
            pixels[:] = below
        self._draw_only(ax, set(ax.get_children()) - set(still))
        self._drawn[name] = key

    def _fill(self, name, drawing, args, kwargs):
        """Call a drawing, and put the label of x where there is room for it."""
        ax, cell = self.axes[name], self.cells[name]
        drawing(ax, *args, **kwargs)
        if cell.is_low:
            left, _, right, _ = cell.margins
            x = 1 + (right - 2) / (cell.width - left - right)
            ax.xaxis.label.set(x=x, ha="right")

    def _draw_only(self, ax, artists):
        """Draw only some artists on the axes, since animated ones are left out."""
        for artist in ax.get_children():
            artist.set_animated(artist not in artists)
        if artists:
            self.figure.draw_artist(ax)
        for artist in ax.get_children():
            artist.set_animated(False)

    def cell_at(self, x, y):
        """The cell at a place in pixels from the top left, and the place for Matplotlib.

        Outside of all cells it is None.
        """
        place = x, self.size[1] - y
        names = [name for name, cell in self.cells.items() if cell.holds(*place)]
        return (names or [None])[0], place

    def _pixels_of(self, name):
        cell = self.cells[name]
        bottom, right = self.size[1] - cell.bottom, cell.left + cell.width
        return self.pixels()[bottom - cell.height : bottom, cell.left : right]

    def pixels(self):
        """The picture as it is: a view of (height, width, 3) of uint8."""
        return np.asarray(self.canvas.buffer_rgba())[:, :, :3]

    def png(self) -> bytes:
        stream = io.BytesIO()
        # Light compression: a third of the time, and drawings don't get larger.
        Image.fromarray(self.pixels()).save(stream, "png", compress_level=1)
        return stream.getvalue()

    def for_slide(self, place):
        """A copy of this view with the cells that it has in a place on a slide.

        Its inches are those of the picture there; the margins stay, since they are
        planned for texts. Titles are as small as a text may be.
        """
        view = copy.copy(self)
        view.size = np.array(on_slides.PLACES[place]) * 100 // on_slides.DPI
        scale = np.tile(view.size / self.size, 2)
        view.style = {**self.style, "axes.titlesize": SMALL}
        view.cells = self.cells_on_slide or {
            name: Cell(*(scale * cell[:4]).astype(int).tolist(), cell.margins)
            for name, cell in self.cells.items()
        }
        View.__init__(view)
        return view

    def drawn_for_slide(self, data, look, place):
        """The figure that such a copy draws."""
        view = self.for_slide(place)
        view.show(data, look)
        view.figure.set_dpi(on_slides.DPI)
        view.figure.draw_without_rendering()  # else texts keep their old widths
        for name, cell in view.cells.items():
            side = (cell.width - cell.margins[0] - cell.margins[2]) / 2
            room = side + min(cell.margins[0], cell.margins[2])  # from its middle
            on_slides.break_lines(view.axes[name].title, 2 * room * on_slides.DPI / 100)
        return view.figure

    def save(self, path):
        """Write the figure."""
        with matplotlib.rc_context(self.style):
            self.figure.savefig(path, dpi=200)
            self.canvas.draw()  # savefig drew at another size, so get our pixels back


def _wipe(ax, still=()):
    """Take the drawing off the axes; ``ax.clear()`` would remake all ticks."""
    for artist in [*ax.lines, *ax.collections, *ax.patches, *ax.images]:
        if artist not in still:
            artist.remove()
    ax.remove_texts()
    ax.set_title("")
    if still:
        return
    if ax.get_legend():
        ax.get_legend().remove()
    ax.containers.clear()
    ax.set_prop_cycle(None)
    ax.relim()
    ax.autoscale(True)
