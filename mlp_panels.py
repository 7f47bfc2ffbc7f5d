"""Sliders around the pictures: panels for JupyterLab, Notebook and Voila.

Every panel is made of three parts, and each of them works without the next:

1. a plain function turns settings into data, for example into a training run;
2. a view draws the data on one Figure that it keeps, and says it in words;
3. a `Panel` shows the view and has a control for each setting.

A panel has two kinds of settings. Those in ``work`` need a new computation (the
learning rate: train again). Those in ``look`` only choose what is drawn of it (the
training step that you look at). A change goes one way: control -> `Panel.update` ->
compute, if a work setting changed -> draw -> picture and status line.
"""

import asyncio
import base64
import contextlib
import csv
import functools
import html
import inspect
import os
import struct
import threading
import time
import zlib
from typing import ClassVar, NamedTuple

import ipywidgets as widgets
import matplotlib
import numpy as np
from IPython import get_ipython
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure

import mlp_core as core
import mlp_pictures as pictures
from mlp_core import SUM

# JupyterLab sends what widgets say to a thread of the kernel that is theirs, but the
# first messages still come in the main thread. Only one at a time may change a panel.
_ONE_AT_A_TIME = threading.RLock()

# 1. Controls: one setting, the widgets that show it, its last good value -------------


class Control:
    """One setting.

    Parameters
    ----------
    widget : ipywidgets widget with a ``value``
        It has a description, which is its accessible name.
    read : callable
        Turns the widget's value into the setting; raises ValueError, in words.
    write : callable
        Turns the setting into the widget's value.
    """

    def __init__(self, widget, read=lambda shown: shown, write=lambda value: value):
        self.box, self.read, self.write = widget, read, write
        self.value = read(widget.value)
        self._react, self._changed = _do_it, lambda: None
        self._moving = None  # the thread in which we move the widgets
        self.box.observe(self._typed, "value")

    @property
    def widget(self):
        """What stands in the panel."""
        return self.box

    def connect(self, react, changed):
        """Have ``changed`` called after a change; ``react`` tells errors in words."""
        self._react, self._changed = react, changed

    def set(self, value, tell=True):
        """Show and keep a value; tell the panel if it is another one than before."""
        is_new = value != self.value
        self.value = value
        with self._moved():
            self._show(value)
        if is_new and tell:
            self._changed()

    @contextlib.contextmanager
    def _moved(self):
        """Our own moves of the widgets are no news."""
        self._moving = threading.get_ident()
        try:
            yield
        finally:
            self._moving = None

    def _is_ours(self):
        """Whether the change that is told is a move of our own, in this thread."""
        return self._moving == threading.get_ident()

    def _show(self, value):
        self.box.value = self.write(value)

    def _typed(self, change):
        if not self._is_ours():
            self._react(lambda: self._take(change["new"]))

    def _take(self, shown):
        try:
            value = self.read(shown)
        except ValueError as error:
            self.set(self.value)  # back to the last good value
            raise ValueError(f"{error}. It stays {self.value}.") from None
        self.set(value)


def _do_it(action):
    action()


class Number(Control):
    """A slider, and a labelled number box beside it that takes numbers outside too.

    A slider has no name that a screen reader could say; the box has. If the number is
    outside the slider's range, the slider stands at its end.

    Parameters
    ----------
    label : str
    value, low, high : float
        The slider goes from ``low`` to ``high``.
    step : float
        One press of an arrow key in the box.
    log : bool
        The slider moves in equal ratios.
    whole : bool
        Whole numbers only.
    least, above : float, optional
        The smallest number allowed; or the number below all of those allowed.
    most : float, optional
        The largest number allowed.
    width : str
        Of the slider.
    digits : int
        For which the number box has room, its arrows included.
    """

    def __init__(
        self, label, value, low, high, step=1, *, log=False, whole=False,
        least=None, above=None, most=None, width="150px", digits=9,
    ):  # fmt: skip
        self.label, self.whole, self.log = label, whole, log
        self.least, self.above, self.most = least, above, most
        self.low, self.high = low, high
        # Not IntText for whole numbers: in the browser it makes 27 of 2.7, in silence.
        box = widgets.FloatText(
            value=value, step=step, description=label, **_box_style(label, digits)
        )
        self.slider = self._make_slider(step, width)
        super().__init__(box, self._check)
        self._show(self.value)
        self.slider.observe(self._slid, "value")

    def _make_slider(self, step, width):
        common = {"readout": False, "layout": widgets.Layout(width=width)}
        if self.log:
            low, high = np.log10([self.low, self.high])
            return widgets.FloatLogSlider(min=low, max=high, step=0.02, **common)
        kind = widgets.IntSlider if self.whole else widgets.FloatSlider
        return kind(min=self.low, max=self.high, step=step, **common)

    @property
    def widget(self):
        return widgets.HBox([self.box, self.slider])

    def set(self, value, tell=True):
        super().set(int(value) if self.whole else float(value), tell)

    def _show(self, value):
        self.box.value = value
        self.slider.value = self._inside(value)

    def reach(self, high):
        """Let the slider, and what is allowed, end at another number."""
        self.high = self.most = high
        with self._moved():
            self.slider.max = high

    def _slid(self, change):
        if not self._is_ours() and not self._is_echo(change["new"]):
            # The slider's own 0.19952623 is no number to read: 3 digits are enough.
            value = change["new"] if self.whole else float(f"{change['new']:.3g}")
            self._react(lambda: self._take(value))

    def _is_echo(self, shown):
        """Whether the slider only rounded our value to its own steps.

        The browser does so when it draws a slider, and tells it like a move. A real
        move goes further than half a step.
        """
        ours = self._inside(self.value)
        if self.log:
            shown, ours = np.log10([shown, ours])
        return abs(shown - ours) <= 0.501 * self.slider.step

    def _inside(self, value):
        return min(max(value, self.low), self.high)

    def _check(self, value):
        """Return the number, or raise a ValueError that says what would be right."""
        if not np.isfinite(value):
            raise ValueError(f"{self.label} must be a finite number, not {value}")
        if self.whole:
            if value != int(value):
                raise ValueError(f"{self.label} must be a whole number, not {value}")
            value = int(value)
        if self.above is not None and value <= self.above:
            raise ValueError(f"{self.label} must be above {self.above}, not {value}")
        if self.least is not None and value < self.least:
            raise ValueError(f"{self.label} must be at least {self.least}, not {value}")
        if self.most is not None and value > self.most:
            raise ValueError(f"{self.label} must be at most {self.most}, not {value}")
        return value


def _box_style(label, digits=9):
    """Room for a label and a number, so that no label is cut."""
    name = round(7.5 * len(label)) + 8
    return {
        "style": {"description_width": f"{name}px"},
        "layout": widgets.Layout(width=f"{name + 9 * digits}px"),
    }


def _learning_rate(value):
    return Number(
        "learning rate", value, 0.001, 10, 0.01, log=True, above=0, width="140px"
    )


def _seed(value):
    return Number("seed", value, 0, 100, whole=True, least=0, width="100px")


def _alpha(value):
    return Number("alpha", value, -1, 1, 0.05, width="110px")


class Choice(Control):
    """A labelled drop-down menu; ``options`` are values, or (words, value) pairs.

    A menu of ipywidgets whose value is None shows nothing at all. So for None the
    widget holds the words.
    """

    def __init__(self, label, options, value, digits=12):
        # Half a digit to spare: browsers don't agree on the width of a menu's arrow.
        style = _box_style(label, digits + 0.5)
        box = widgets.Dropdown(description=label, **style)
        self._offer(box, options)
        if value not in self.values:
            words = ", ".join(repr(each) for each in self.values)
            raise ValueError(f"{label} must be one of {words}, not {value!r}")
        box.value = self._shown_for(value)
        super().__init__(box, self._value_of, self._shown_for)

    def _offer(self, box, options):
        pairs = [p if isinstance(p, tuple) else (str(p), p) for p in options]
        self.values = [value for _, value in pairs]
        self._none = next((words for words, value in pairs if value is None), None)
        box.options = [(words, self._shown_for(value)) for words, value in pairs]

    def _shown_for(self, value):
        return self._none if value is None else value

    def _value_of(self, shown):
        return None if shown == self._none else shown

    def offer(self, options):
        """Offer other options; keep the value if it is still among them."""
        values = [value for _, value in options]
        if values == self.values:
            return
        if self.value not in values:
            self.value = values[0]
        with self._moved():
            self._offer(self.box, options)
            self.box.value = self._shown_for(self.value)


def _steps(value):
    return Number("steps", value, 1, 10_000, whole=True, least=1, most=1_000_000)


def _step(value, last):
    return Number("step", value, 0, last, whole=True, least=0, width="300px")


def _tick(label, value):
    box = widgets.Checkbox(
        value=value, description=label, indent=False,
        layout=widgets.Layout(width=f"{30 + 8 * len(label)}px"),
    )  # fmt: skip
    return Control(box)


def _sizes(label, value):
    """A text box for the sizes of the hidden layers, as in 3, 3, 2."""
    text = ", ".join(str(size) for size in value)
    box = widgets.Text(
        value=text, description=label, continuous_update=False, **_box_style(label, 9)
    )
    return Control(box, _read_sizes, lambda sizes: ", ".join(map(str, sizes)))


def _read_sizes(text):
    try:
        sizes = tuple(int(word) for word in text.replace(",", " ").split())
    except ValueError:
        sizes = (0,)
    if any(not 1 <= size <= 512 for size in sizes):
        raise ValueError(
            "hidden layers must be whole numbers from 1 to 512, as in 3, 3, 2, not "
            f"{text!r}"
        )
    return sizes


# 2. The view: one Figure, drawn cell by cell -----------------------------------------


class Cell(NamedTuple):
    """A rectangle of the picture, in pixels, and the margins of the axes in it."""

    left: int
    bottom: int
    width: int
    height: int
    margins: tuple  # left, bottom, right, top


class Shown(NamedTuple):
    """What a view makes of its data."""

    png: bytes
    alt: str  # the picture in words
    line: str  # the numbers in one line


class QuickRenderer(RendererAgg):
    """Matplotlib's own drawing, with a memory of what texts look like.

    Half of the time of a picture goes into its texts, a hundred of them, and most of
    them were drawn before: the same tick labels, the same two digits. So each text is
    drawn once, and its shape is kept.
    """

    shapes: ClassVar = {}  # text, font, ... -> (opacity of each pixel, left, top, width)
    heights: ClassVar = {}  # font, size -> (above the line, below it, gap), in pixels
    most = 2000

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        if max(abs(x), abs(y)) > 1e5:  # far outside: the numbers have exploded
            return
        # Numbers change all the time, their digits don't.
        is_number = not ismath and angle == 0 and set(s) <= set("b 0123456789.−e")
        for part in s if is_number else [s]:
            opacity, left, top, width = self._shape(part, prop, angle, ismath, mtext)
            self._blend(opacity, gc, round(x) + left, round(y) + top)
            x += width

    def _get_font_height_metrics(self, prop):
        """The height of a font. Matplotlib 3.11 reads it from the file for each text.

        If it asks for this no longer, it does so again, and only time is lost.
        """
        key = hash(prop), self.dpi
        if key not in self.heights:
            font = font_manager.get_font(font_manager.findfont(prop))
            table = font.get_sfnt_table("OS/2")
            if table is None:
                return None, None, None  # Matplotlib then finds another way
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
        """How far a character moves the next one: more than its own ink is wide."""
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


class QuickCanvas(FigureCanvasAgg):
    """The canvas that draws with `QuickRenderer`."""

    _kind = None

    def get_renderer(self):
        kind = *self.figure.bbox.size, self.figure.dpi
        if kind != self._kind:
            self.renderer, self._kind = QuickRenderer(*kind), kind
        return self.renderer


def png(pixels) -> bytes:
    """Write pixels (height, width, 3) of uint8 as PNG.

    In this plainest form (no filters, light compression) it takes half the time of a
    library's, and drawings of ours don't get larger.
    Source: PNG specification, third edition (W3C, 2025), sections 5 and 11.
    """
    kind, shape = getattr(pixels, "dtype", None), np.shape(getattr(pixels, "shape", ()))
    if kind != np.uint8 or shape != (3,) or pixels.shape[2] != 3:
        raise TypeError("pixels must be uint8 of shape (height, width, 3)")
    height, width, _ = pixels.shape
    # Each row begins with a 0: no filter.
    rows = np.zeros((height, 1 + 3 * width), dtype=np.uint8)
    rows[:, 1:] = pixels.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bits, RGB
    data = zlib.compress(rows.tobytes(), 1)
    chunks = (b"IHDR", header), (b"IDAT", data), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body
        + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )  # fmt: skip


class View:
    """One persistent Figure. Subclasses say what is in its cells.

    The figure is not pyplot's, so none is ever left open. Drawing all of a figure takes
    100 ms and more; so only the cells whose content changed are drawn again, into the
    pixels that are there already.
    """

    size = (1000, 380)
    cells: ClassVar[dict] = {}
    # Titles and axis labels have fixed places: to find new ones takes time.
    style: ClassVar = {**pictures.STYLE, "axes.titley": 1.0}

    def __init__(self):
        with matplotlib.rc_context(self.style):
            width, height = self.size
            self.figure = Figure((width / 100, height / 100), dpi=100, facecolor="w")
            self.canvas = QuickCanvas(self.figure)
            self.axes = {
                name: self._add_axes(cell) for name, cell in self.cells.items()
            }
        self.canvas.draw()
        self._drawn = {}

    def _add_axes(self, cell):
        left, bottom, right, top = cell.margins
        width, height = cell.width - left - right, cell.height - bottom - top
        across, up = self.size
        ax = self.figure.add_axes(
            (
                (cell.left + left) / across, (cell.bottom + bottom) / up,
                width / across, height / up,
            )
        )  # fmt: skip
        ax.xaxis.set_label_coords(0.5, -28 / height)
        ax.yaxis.set_label_coords(-(left - 22) / width, 0.5)
        return ax

    def show(self, data, **look) -> Shown:
        """Draw the data and say them."""
        with matplotlib.rc_context(self.style), np.errstate(all="ignore"):
            self.draw(data, **look)
        return Shown(
            png(self.pixels()), self.alt(data, **look), self.line(data, **look)
        )

    def draw(self, data, **look):
        """Call `paint` for each cell."""
        raise NotImplementedError

    def alt(self, data, **look) -> str:
        """Say what the picture shows now."""
        raise NotImplementedError

    def line(self, data, **look) -> str:
        """Say the numbers, rounded so that every NumPy prints the same."""
        raise NotImplementedError

    def table(self, data, **look) -> tuple:
        """The numbers in full: the names of the columns, and the rows."""
        raise NotImplementedError

    def network(self, data, **look) -> tuple:
        """The parameters and the activation that are shown."""
        raise NotImplementedError

    def paint(self, name, key, drawing, *args, **kwargs):
        """Draw one cell by ``drawing(ax, ...)``, unless its ``key`` is as before.

        The key holds all that the drawing depends on; objects count as the same if
        they are the same object.
        """
        if self._drawn.get(name) == key:
            return
        ax, cell = self.axes[name], self.cells[name]
        for each in self._axes_in(name):
            _wipe(each) if each is ax else each.remove()
        drawing(ax, *args, **kwargs)
        top = self.size[1] - cell.bottom - cell.height
        self.pixels()[top : top + cell.height, cell.left : cell.left + cell.width] = 255
        for each in self._axes_in(name):
            self.figure.draw_artist(each)
        self._drawn[name] = key

    def _axes_in(self, name):
        """The axes of a cell, and those that a drawing put beside them."""
        own = self.axes[name]
        others = [ax for ax in self.figure.axes if ax not in self.axes.values()]
        cell = self.cells[name]
        return [own] + [ax for ax in others if self._is_inside(ax, cell)]

    def _is_inside(self, ax, cell):
        box = ax.get_position()
        x, y = box.x0 * self.size[0], box.y0 * self.size[1]
        return (
            cell.left <= x < cell.left + cell.width
            and cell.bottom <= y < cell.bottom + cell.height
        )

    def pixels(self):
        """The picture as it stands: a view of (height, width, 3) of uint8."""
        return np.asarray(self.canvas.buffer_rgba())[:, :, :3]

    def save(self, path):
        """Write the figure; the path's ending says how, .png or .svg."""
        with matplotlib.rc_context(self.style):
            self.figure.savefig(path, dpi=200)
            self.canvas.draw()  # savefig drew at another size: have our pixels back


def _wipe(ax):
    """Take the drawing off the axes; ``ax.clear()`` would make all ticks anew."""
    for artist in [*ax.lines, *ax.collections, *ax.patches, *ax.images, *ax.texts]:
        artist.remove()
    for inset in list(ax.child_axes):
        inset.remove()
    if ax.get_legend():
        ax.get_legend().remove()
    ax.containers.clear()
    ax.set_prop_cycle(None)
    ax.relim()
    ax.autoscale(True)


# 3. The panel ------------------------------------------------------------------------

_open = {}  # cell of a notebook -> (the run of that cell, its open panels)


def _this_cell():
    """Name the notebook cell that is running, and this run of it; None elsewhere."""
    parent = getattr(get_ipython(), "get_parent", dict)()
    if not parent or parent.get("msg_type") != "execute_request":
        return None
    # JupyterLab and Notebook tell the cell's id. Elsewhere its text has to do.
    cell = parent["metadata"].get("cellId") or parent["content"]["code"]
    return cell, parent["header"]["msg_id"]


def _close_older(panel):
    """Close the panels that an earlier run of this cell made, and remember this one.

    A cell may make several panels (in a loop, say): those of one run live together.
    """
    here = _this_cell()
    if here is None:
        return
    cell, run = here
    older_run, panels = _open.get(cell, (run, []))
    if older_run != run:
        for older in panels:
            older.close()
        panels = []
    _open[cell] = run, panels + [panel]


class Panel:
    """Controls, a picture, and a status line.

    Parameters
    ----------
    name : str
        The function that makes such a panel.
    compute : callable
        ``compute(**work settings)`` returns the data; or it is a generator that yields
        better and better data, and then long work can be watched and stopped.
    view : View
        ``view.show(data, **look settings)`` returns a `Shown`.
    work, look : dict of str to Control
        The settings, named as the arguments of the function ``name``.
    fixed : dict, optional
        Settings without a control.
    """

    patience = 0.3  # seconds; work that takes longer goes on in the background
    savers = ("png", "svg", "csv", "npz")
    home = "panels"  # as the notebooks name the module that makes the panel
    problem = None  # the exception that the status line tells, if it does

    def __init__(self, name, compute, view, work, look, fixed=None):
        self.name, self.compute, self.view = name, compute, view
        self.work, self.look, self.fixed = work, look, fixed or {}
        self.data, self.shown, self._settings_of_data = None, None, None
        self._generator, self._ready, self._asked = None, False, None
        self.picture, self.status = widgets.HTML(), widgets.HTML()
        self.stop_button = self._button("Stop", self.stop)
        self.progress = widgets.FloatProgress(max=1, description="working")
        self.busy = widgets.HBox([self.progress, self.stop_button])
        self.busy.layout.display = "none"
        self._make_copy_and_save()
        self.box = widgets.VBox(self.rows())
        _close_older(self)
        self.update()
        if self.shown is None:  # wrong from the start: that is an error of the cell
            raise self.problem
        for control in self.controls.values():
            control.connect(self.react, self.update)
        self._ready = True

    @property
    def controls(self) -> dict:
        """All settings that have a control."""
        return {**self.work, **self.look}

    @property
    def settings(self) -> dict:
        """All settings, as the panel stands."""
        values = {name: control.value for name, control in self.controls.items()}
        return {**self.fixed, **values}

    @property
    def code(self) -> str:
        """One line of Python that makes this panel as it stands, in a notebook."""
        words = [f"{name}={_code(value)}" for name, value in self.settings.items()]
        return f"{self.home}.{self.name}({', '.join(words)})"

    def rows(self) -> list:
        """The panel from top to bottom."""
        return [
            _row(control.widget for control in self.controls.values()),
            self.picture, self.status, self.busy, self.tools,
        ]  # fmt: skip

    # Changes

    def react(self, action):
        """Do what a control asks for. An exception is told in the status line.

        Without this it would vanish: JupyterLab doesn't show the errors of callbacks.
        """
        with _ONE_AT_A_TIME:
            before, self.problem = self.problem, None
            words = before and self.status.value
            try:
                action()
                if before and self.status.value == words:
                    self.say(self.shown.line)  # the problem is gone, nothing changed
            except Exception as error:  # noqa: BLE001, told in words
                self.problem = error
                self.say(_words(error))

    def update(self):
        """Bring the data and the picture up to the controls."""
        self.react(self._update)

    def _update(self):
        settings = {name: control.value for name, control in self.work.items()}
        if settings != self._settings_of_data:
            self._settings_of_data = settings
            try:
                self._compute(settings)
            except Exception:
                self._settings_of_data = None
                raise
        else:
            self.draw()

    def _compute(self, settings):
        self._generator = None  # what was still at work is out of date
        self._show_busy(False)
        with np.errstate(all="ignore"):  # what overflows is seen in the picture
            result = self.compute(**settings)
        if inspect.isgenerator(result):
            self._work_on(result, until=time.perf_counter() + self.patience)
        else:
            self.take(result)

    def take(self, data):
        """Keep new data and draw them."""
        self.data = data
        self.draw()

    def draw(self):
        """Draw the data as they are."""
        look = {name: control.value for name, control in self.look.items()}
        self.shown = self.view.show(self.data, **look)
        self.picture.value = _img(self.shown, self.view.size)
        self.say(self.shown.line)
        self.code_box.value = self.code

    def say(self, words):
        """Put words into the status line."""
        self.status.value = (
            '<div role="status" aria-live="polite" style="font-size:16px;'
            f'line-height:1.35;min-height:44px">{html.escape(words)}</div>'
        )

    # Long work

    def _work_on(self, generator, until):
        """Go on with the work; after ``until`` do the rest in the background.

        The first picture of a panel waits for all of its work, so that a cell always
        ends with the same numbers.
        """
        data = None
        with np.errstate(all="ignore"):
            for data in generator:
                if self._ready and time.perf_counter() > until and _event_loop():
                    return self._work_later(generator, data)
        self._generator = None
        self._show_busy(False)
        if data is not None:  # else the part before was the last
            self.take(data)

    def _work_later(self, generator, data):
        """Show how far it is. The kernel hears the Stop button between two parts."""
        self._generator = generator
        self._show_busy(True)
        self.progress.value = getattr(data, "progress", 0)
        self.take(data)
        _event_loop().call_later(0.01, self._next_part, generator)

    def _next_part(self, generator):
        if generator is self._generator:
            self.react(lambda: self._work_on(generator, until=0))

    def _show_busy(self, busy):
        self.busy.layout.display = None if busy else "none"

    def stop(self):
        """Stop long work. What it has reached stays."""
        if self._generator is not None:
            self._generator = None
            self._show_busy(False)
            self.say(f"Stopped. {self.shown.line}")

    # Copy and save

    def _make_copy_and_save(self):
        self.code_box = widgets.Text(
            description="settings", style={"description_width": "60px"},
            layout=widgets.Layout(width="420px"),
        )  # fmt: skip
        self.file_box = widgets.Text(
            value=self.name.removesuffix("_panel"), description="file",
            style={"description_width": "30px"}, layout=widgets.Layout(width="170px"),
        )  # fmt: skip
        self.save_buttons = {
            ending: self._button(f"Save {ending.upper()}", self.save, ending)
            for ending in self.savers
        }
        self.tools = _row([self.code_box, self.file_box, *self.save_buttons.values()])

    def _button(self, label, action, *args):
        button = widgets.Button(
            description=label, layout=widgets.Layout(width=f"{34 + 8 * len(label)}px")
        )
        button.on_click(lambda _: self.react(lambda: action(*args)))
        return button

    def save(self, ending):
        """Write the figure, its numbers or the network beside the notebook.

        A file that is there already is replaced only if you press the button again.
        """
        path = f"{self.file_box.value.strip() or self.name}.{ending}"
        if os.path.exists(path) and self._asked != path:
            self._asked = path
            return self.say(
                f"{path} is there already. Press the button again to replace it, "
                "or choose another file name."
            )
        self._asked = None
        self.write(path, ending)
        self.say(f"Saved {path}.")

    def write(self, path, ending):
        """Write one file: .png and .svg, .csv (the numbers), .npz (the network)."""
        look = {name: control.value for name, control in self.look.items()}
        if ending == "csv":
            _write_table(path, *self.view.table(self.data, **look))
        elif ending == "npz":
            core.save(path, *self.view.network(self.data, **look))
        else:
            self.view.save(path)

    # The panel in a notebook

    def _repr_mimebundle_(self, include=None, exclude=None):
        """The widget; for readers without a kernel the picture and its numbers."""
        data = {
            **self.box._repr_mimebundle_(),
            "image/png": base64.b64encode(self.shown.png).decode(),
            "text/plain": self.shown.line,
        }
        return data, {"image/png": {"alt": self.shown.alt}}

    def close(self):
        """Remove the panel from the page and free what it holds."""
        self._generator = None
        _close(self.box)


def _close(widget):
    """Close a widget and all that belongs to it."""
    for child in getattr(widget, "children", ()):
        _close(child)
    for part in ("style", "layout"):
        if hasattr(widget, part):
            getattr(widget, part).close()
    widget.close()


def _write_table(path, names, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(names)
        for row in rows:
            table.writerow([float(x) if isinstance(x, np.floating) else x for x in row])


def _row(items):
    return widgets.HBox(list(items), layout=widgets.Layout(flex_flow="row wrap"))


def _img(shown, size):
    """The picture as HTML, with its size, so that the page doesn't jump."""
    data = base64.b64encode(shown.png).decode()
    return (
        f'<img alt="{html.escape(shown.alt)}" width="{size[0]}" height="{size[1]}" '
        'decoding="sync" style="display:block;max-width:100%;height:auto" '
        f'src="data:image/png;base64,{data}">'
    )


def _code(value):
    """A setting as the notebooks would write it: 0.2, or mlp.XOR."""
    if not isinstance(value, core.Task):
        return repr(value)
    known = any(value is task for task in core.TASKS.values())
    return f"mlp.{value.name}" if known else value.name


def _words(error):
    words = str(error) or type(error).__name__
    return (
        words if isinstance(error, ValueError) else f"{type(error).__name__}: {words}"
    )


def _event_loop():
    """The kernel's event loop, or None in a plain script."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


class SteppedPanel(Panel):
    """A panel over data with steps: a ``step`` among its settings, and its buttons.

    The data tell their last step as ``data.done``.
    """

    below = ()  # settings whose controls stand below the picture
    speeds: ClassVar = {
        "1 step": (300, 1)
    }  # words -> milliseconds between pictures, steps

    def __init__(self, *args, **kwargs):
        # Play does the timing. Its icons have no names, so our buttons stand for it.
        self.player = widgets.Play(layout=widgets.Layout(display="none"))
        super().__init__(*args, **kwargs)
        self.speed.connect(self.react, self._set_speed)
        self.player.observe(lambda change: self.react(self._played), "value")
        self.player.observe(lambda change: self._name_play(), "playing")

    def rows(self):
        widget = {name: control.widget for name, control in self.controls.items()}
        self.play_button = self._button("Pause", self.play)
        self._name_play()
        self.speed = Choice("speed", list(self.speeds), list(self.speeds)[-2], 11)
        steps = [
            widget.pop("step"), self.play_button, self._button("Back", self.move, -1),
            self._button("Step", self.move, 1), self._button("Reset", self.reset),
            self.speed.widget, self.player,
        ]  # fmt: skip
        below = [widget.pop(name) for name in self.below]
        return [
            _row(widget.values()), _row(steps), self.picture, self.status, self.busy,
            _row(below), self.tools,
        ]  # fmt: skip

    def take(self, data):
        """Keep new data. Who stood at the last step stays at the last step."""
        step = self.look["step"]
        was_at_end = self.data is not None and step.value >= self.data.done
        self.data = data
        step.reach(data.done)
        step.set(data.done if was_at_end else min(step.value, data.done), tell=False)
        self.player.max = data.done
        self.draw()

    def move(self, steps):
        """Go some steps forwards, or back."""
        step = self.look["step"]
        step.set(min(max(step.value + steps, 0), self.data.done))

    def reset(self):
        """Go back to the start."""
        self.player.playing = False
        self.look["step"].set(0)

    def play(self):
        """Play, or pause."""
        if not self.player.playing:
            step = self.look["step"].value
            self._set_speed()
            self.player.value = 0 if step == self.data.done else step
            self._played()
        self.player.playing = not self.player.playing

    def _set_speed(self):
        self.player.interval, self.player.step = self.speeds[self.speed.value]

    def _played(self):
        # Go to the player's value: under load it leaves values out.
        self.look["step"].set(min(self.player.value, self.data.done))

    def _name_play(self):
        self.play_button.description = "Pause" if self.player.playing else "Play"


# 4. What the panels are given --------------------------------------------------------


def _checked(make, checks=None):
    """Have the arguments of a panel looked at, so that an error names the argument.

    Without this a widget would say that some 'trait' expects something else, or would
    make 1 of 1.5 without a word. ``checks`` are others than `_CHECKS`.
    """
    signature = inspect.signature(make)

    @functools.wraps(make)
    def wrapper(*args, **kwargs):
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        for name, value in bound.arguments.items():
            check = (_CHECKS if checks is None else checks).get(name)
            default = signature.parameters[name].default
            if check and not (value is None and default is None):
                bound.arguments[name] = check(name, value)
        return make(*bound.args, **bound.kwargs)

    return wrapper


def _whole(least):
    return lambda name, value: pictures._whole(name, value, least)


def _one_of(*values):
    def check(name, value):
        if not isinstance(value, (str, int, tuple, type(None))) or value not in values:
            raise ValueError(f"{name} must be one of {values}, not {value!r}")
        return value

    return check


def _check_task(name, task):
    checked = pictures._check_task(task, inputs=2)
    if checked.Y.shape[1] != 1:
        raise ValueError(f"{name} must have one output here: Y is {checked.Y.shape}")
    return task if any(task is one for one in core.TASKS.values()) else checked


def _check_hidden(name, sizes):
    if isinstance(sizes, str) or not np.iterable(sizes):
        raise TypeError(f"{name} must list the sizes of the hidden layers: (3, 3, 2)")
    return tuple(pictures._whole(name, size, 1, 512) for size in sizes)


def _check_neuron(name, neuron):
    if not isinstance(neuron, (tuple, list)) or len(neuron) != 2:
        raise TypeError(f"{name} must be a layer and a unit, as (0, 0), not {neuron!r}")
    return tuple(pictures._whole(name, number, 0) for number in neuron)


def _check_seeds(name, seeds):
    if not isinstance(seeds, dict) or any(isinstance(s, str) for s in seeds.values()):
        raise TypeError(f"{name} must be a dict of words and seeds: {{'flat': [3, 5]}}")
    groups = {}
    for words, several in seeds.items():
        several = several if np.iterable(several) else [several]
        groups[str(words)] = [core._check_count(name, s, least=0) for s in several]
    return groups


_CHECKS = {
    **dict.fromkeys(["alpha", "z", "weight", "bias", "x1", "x2"], pictures._number),
    **dict.fromkeys(["learning_rate", "h"], core._check_positive),
    **dict.fromkeys(["seed", "step", "hidden_layer", "sample"], _whole(0)),
    **dict.fromkeys(["width", "depth", "steps"], _whole(1)),
    "activation": _one_of(*core.ACTIVATION_NAMES),
    "scheme": _one_of(*core.SCHEMES),
    "batch_size": _one_of(1, 2, 4, 8, None),
    "bug": core._check_switch,
    "task": _check_task,
    "hidden": _check_hidden,
    "neuron": _check_neuron,
    "seeds": _check_seeds,
}
# What turns settings into data is given the same, and any batch size.
_checked_data = functools.partial(
    _checked,
    checks={
        **_CHECKS,
        "batch_size": core._check_batch_size,
        "seconds": core._check_positive,
    },
)


# 5. The small panels -----------------------------------------------------------------

# 5a. Activations


class Unit(NamedTuple):
    """One unit with one input: a = f(weight * x + bias)."""

    activation: core.Activation
    weight: float
    bias: float

    def output(self, x):
        """Its activation for each input."""
        return self.activation.f(self.weight * x + self.bias)


@_checked_data
def unit(activation, alpha, weight, bias) -> Unit:
    """Settings -> the unit that the activation panel shows."""
    return Unit(core.make_activation(activation, alpha), weight, bias)


class ActivationView(View):
    """The function and its slope with a point on them; a unit's output on points."""

    cells: ClassVar = {
        "function": Cell(0, 0, 500, 380, (76, 54, 12, 56)),
        "unit": Cell(500, 0, 500, 380, (76, 54, 12, 56)),
    }
    points = np.linspace(-3, 3, 13)

    def draw(self, unit, z):
        self.paint(
            "function", (unit.activation.label, z),
            pictures.draw_activation, unit.activation, mark=z,
        )  # fmt: skip
        self.paint("unit", unit, self._draw_unit, unit)

    def _draw_unit(self, ax, unit):
        x = np.linspace(-3.2, 3.2, 161)
        ax.axhline(0, color=pictures.NEUTRAL, linewidth=1)
        ax.plot(x, unit.output(x), color=pictures.NEUTRAL, linewidth=1.5)
        ax.plot(self.points, unit.output(self.points), "o", color=pictures.POSITIVE)
        ax.set_xlabel("input x")
        ax.set_ylabel(f"a = f({_sum_in_words(unit.weight, unit.bias)})")
        ax.set_title("A unit's output on 13 points")

    def line(self, unit, z):
        a, slope = unit.activation.f(z), unit.activation.slope(np.array(float(z)))
        return f"{unit.activation.label}: f({z:.2f}) = {a:.3f}, slope {slope:.3f}"

    def alt(self, unit, z):
        outputs = ", ".join(f"{a:z.2f}" for a in unit.output(self.points[::3]))
        return (
            f"Left: {pictures.describe_activation(unit.activation, mark=z)} Right: the "
            f"output of a unit with weight {unit.weight:g} and bias {unit.bias:g}; for "
            f"x = -3, -1.5, 0, 1.5, 3 it is {outputs}."
        )

    def table(self, unit, z):
        z = np.linspace(-3, 3, 121)
        columns = z, unit.activation.f(z), unit.activation.slope(z), unit.output(z)
        return ("z or x", "f(z)", "slope at z", "output for x"), zip(*columns)


def _sum_in_words(weight, bias):
    """Write weight * x + bias as by hand: neither 1 x nor + 0."""
    product = {1: "x", -1: "−x"}.get(weight, f"{weight:g} x")
    if bias == 0:
        return product.replace("-", "−")
    sign = "+" if bias > 0 else "−"
    return f"{product} {sign} {abs(bias):g}".replace("-", "−")


class ActivationPanel(Panel):
    """See `activation_panel`. It has no network to save."""

    savers = ("png", "svg", "csv")


@_checked
def activation_panel(
    alpha=-0.2, z=-1.0, activation="leaky_relu", weight=1.0, bias=0.0
) -> Panel:
    """Show an activation function, its slope, and the output of a unit that uses it.

    Parameters
    ----------
    alpha : float
        The slope for negative z of the leaky ReLU.
    z : float
        The point that is marked.
    activation : str
        One of `mlp_core.ACTIVATION_NAMES`.
    weight, bias : float
        Of the unit whose output is drawn.
    """
    return ActivationPanel(
        "activation_panel", unit, ActivationView(),
        work={
            "activation": Choice("activation", core.ACTIVATION_NAMES, activation),
            "alpha": _alpha(alpha),
            "weight": Number("weight", weight, -3, 3, 0.1, width="100px"),
            "bias": Number("bias", bias, -3, 3, 0.1, width="100px"),
        },
        look={"z": Number("point z", z, -3, 3, 0.1, width="200px")},
    )  # fmt: skip


# 5b. Initialization


class Signal(NamedTuple):
    """A fresh network, and how far 200 random inputs spread in each of its layers."""

    params: list
    spread: np.ndarray  # (depth + 1,), the standard deviation; entry 0 is the input
    scheme: str
    activation: core.Activation


@_checked_data
def signal(scheme, width, depth, seed, activation, alpha) -> Signal:
    """Settings -> the weights and the spread of the signal, layer by layer."""
    rng = np.random.default_rng(seed)
    params = core.initialize([2] + [width] * depth, rng, scheme, alpha)
    X = rng.uniform(-1, 1, (200, 2))
    activation = core.make_activation(activation, alpha)
    with np.errstate(all="ignore"):
        _, cache = core.forward(params, X, activation)
        spread = np.array([a.std() for a in cache.A])
    return Signal(params, spread, scheme, activation)


class InitializationView(View):
    """Histograms of the weights; the spread of the signal by layer."""

    cells: ClassVar = {
        "weights": Cell(0, 0, 480, 380, (100, 54, 12, 28)),
        "spread": Cell(480, 0, 520, 380, (100, 54, 24, 28)),
    }

    def draw(self, signal):
        params, spread, scheme, _ = signal
        self.paint("weights", id(signal), pictures.draw_histogram, self._groups(params))
        self.paint("spread", id(signal), pictures.draw_spread, {scheme: spread})

    def _groups(self, params):
        """The first and the last layer; more outlines can't be told apart."""
        ends = sorted({0, len(params) - 1})
        return {f"layer {i}": params[i].W for i in ends}

    def line(self, signal):
        before, after = signal.spread[0], signal.spread[-1]
        return (
            f"{signal.scheme}: the spread of the signal is {before:.3g} at the input "
            f"and {after:.3g} after {len(signal.params)} layers"
        )

    def alt(self, signal):
        weights = pictures.describe_histogram(self._groups(signal.params))
        spread = pictures.describe_spread({signal.scheme: signal.spread})
        return f"Left: {weights} Right: {spread}"

    def table(self, signal):
        return ("layers passed", "spread"), enumerate(signal.spread)

    def network(self, signal):
        return signal.params, signal.activation


@_checked
def initialization_panel(
    scheme="normal", width=10, depth=8, seed=0, activation="leaky_relu", alpha=-0.2
) -> Panel:
    """Show the weights of a scheme, and what it does to the signal, layer by layer.

    Parameters
    ----------
    scheme : str
        One of `mlp_core.SCHEMES`.
    width, depth : int
        Units in a layer, and the number of layers.
    seed : int
    activation : str
    alpha : float
    """
    return Panel(
        "initialization_panel", signal, InitializationView(),
        work={
            "scheme": Choice("scheme", core.SCHEMES, scheme, 10),
            "width": Number("width", width, 1, 100, whole=True, least=1, most=1000),
            "depth": Number("depth", depth, 1, 30, whole=True, least=1, most=100),
            "seed": _seed(seed),
            "activation": Choice("activation", core.ACTIVATION_NAMES, activation),
            "alpha": _alpha(alpha),
        },
        look={},
    )  # fmt: skip


# 5c. Forward


@_checked_data
def fresh_network(seed, activation, alpha):
    """Settings -> an untrained network of the original sizes, and its activation."""
    params = core.initialize(core.ORIGINAL_SIZES, np.random.default_rng(seed))
    return params, core.make_activation(activation, alpha)


class ForwardView(View):
    """The network diagram, with the numbers for one input."""

    size = (1000, 470)
    cells: ClassVar = {"network": Cell(0, 0, 1000, 470, (10, 10, 10, 34))}

    def draw(self, network, x1, x2):
        params, activation = network
        _, cache = core.forward(params, [[x1, x2]], activation)
        self.paint(
            "network", (id(network), x1, x2), pictures.draw_network,
            params, cache, activation_label=activation.label,
        )  # fmt: skip

    def line(self, network, x1, x2):
        Y_hat, _ = core.forward(network[0], [[x1, x2]], network[1])
        # 0 in place of -0.0, which is what a negative number too small to see becomes
        return f"input ({x1:g}, {x2:g}): output {Y_hat[0, 0].round(4) + 0.0:.4f}"

    def alt(self, network, x1, x2):
        _, cache = core.forward(network[0], [[x1, x2]], network[1])
        return pictures.describe_network(network[0], cache)

    def table(self, network, x1, x2):
        _, cache = core.forward(network[0], [[x1, x2]], network[1])
        return ("layer", "unit", "z", "a"), [
            (layer, unit, z, a)
            for layer, (Z, A) in enumerate(zip(cache.Z, cache.A[1:]))
            for unit, (z, a) in enumerate(zip(Z[0], A[0]))
        ]

    def network(self, network, x1, x2):
        return network


@_checked
def forward_panel(x1=0.0, x2=1.0, seed=0, activation="leaky_relu", alpha=-0.2) -> Panel:
    """Show the 2-3-3-2-1 network with its numbers, live for two inputs.

    Parameters
    ----------
    x1, x2 : float
    seed : int
        The seed of the weights.
    activation : str
    alpha : float
    """
    return Panel(
        "forward_panel", fresh_network, ForwardView(),
        work={
            "seed": _seed(seed),
            "activation": Choice("activation", core.ACTIVATION_NAMES, activation),
            "alpha": _alpha(alpha),
        },
        look={
            "x1": Number("x1", x1, -2, 2, 0.1, width="220px"),
            "x2": Number("x2", x2, -2, 2, 0.1, width="220px"),
        },
    )  # fmt: skip


# 5d. The step size of the gradient check


class Differences(NamedTuple):
    """The error of difference quotients for one weight, over many step sizes."""

    h: np.ndarray  # (n,)
    central: np.ndarray  # (n,), |difference - slope| with the loss at p + h and p - h
    forward: np.ndarray  # (n,), the same with the loss at p + h and p
    slope: float  # from backprop
    function: object  # the loss as a function of the shift of the weight
    params: list
    activation: core.Activation

    def quotient(self, h):
        """The central difference with the step h."""
        return (self.function(h) - self.function(-h)) / (2 * h)


@_checked_data
def differences(seed, activation, alpha) -> Differences:
    """Settings -> the error curve. The weight is W[1][0, 0] of an untrained network."""
    params, activation = fresh_network(seed, activation, alpha)
    loss, grads = core.loss_and_grads(params, SUM.X, SUM.Y, activation)
    slope = float(grads[1].W[0, 0])

    def function(shift):
        W = params[1].W.copy()
        W[0, 0] += shift
        moved = [params[0], core.Layer(W, params[1].b), *params[2:]]
        Y_hat, _ = core.forward.unchecked(moved, SUM.X, activation)
        return core.loss.unchecked(Y_hat, SUM.Y)

    h = np.logspace(-14, 0, 57)
    plus = np.array([function(step) for step in h])
    minus = np.array([function(-step) for step in h])
    central = abs((plus - minus) / (2 * h) - slope)
    forward = abs((plus - loss) / h - slope)
    return Differences(h, central, forward, slope, function, params, activation)


class GradientView(View):
    """The U-shaped error curve, with the chosen h marked."""

    size = (1000, 420)
    cells: ClassVar = {"error": Cell(0, 0, 1000, 420, (90, 56, 20, 36))}
    smallest = 1e-17  # an error of exactly 0 is drawn here: a log axis has no 0

    def draw(self, data, h):
        self.paint("error", (id(data), h), self._draw_error, data, h)

    def _draw_error(self, ax, data, h):
        ax.loglog(data.h, self._visible(data.central), "-o", markersize=4,
                  color=pictures.POSITIVE, label="central difference")  # fmt: skip
        ax.loglog(data.h, self._visible(data.forward), "--s", markersize=4,
                  color=pictures.NEGATIVE, label="one-sided difference")  # fmt: skip
        error = self._visible(self._error(data, h))
        ax.plot([h], [error], "D", markersize=13, color="k", label=f"h = {h:.2g}")
        ax.set_xlim(min(1e-14, h), max(1, h))
        ax.set_xlabel("step size h")
        ax.set_ylabel("error of the slope")
        ax.set_title("Rounding on the left, truncation on the right")
        ax.legend(loc="upper center")

    def _visible(self, error):
        return np.maximum(error, self.smallest)

    def _error(self, data, h):
        return abs(data.quotient(h) - data.slope)

    def line(self, data, h):
        error = self._error(data, h)
        # Below 1e-9 the error is rounding noise, another on each processor.
        size = "below 1e-9" if error < 1e-9 else f"about {error:.0e}"
        return (
            f"h = {h:.2g}: slope by central difference {data.quotient(h):.4f}, by "
            f"backprop {data.slope:.4f}, error {size}; {self._cause(h, error, data.activation)}"
        )

    def _cause(self, h, error, activation):
        """What the error is made of. Both kinds are equal at about eps^(1/3) = 6e-6."""
        if error < 1e-9:
            return "h is about right"
        if h < 6e-7:
            return "rounding prevails: h is too small"
        if h > 6e-5 and activation.alpha is None:
            return "truncation prevails: h is too large"
        if h > 6e-5:
            return "truncation, or a kink within h, prevails: h is too large"
        return "a kink lies within h"

    def alt(self, data, h):
        return (
            "The error of the difference quotient against its step size h, both axes "
            "logarithmic: a U, falling from the left where rounding prevails and "
            f"rising to the right where truncation does. Marked: {self.line(data, h)}."
        )

    def table(self, data, h):
        columns = data.h, data.central, data.forward
        return ("h", "central error", "one-sided error"), zip(*columns)

    def network(self, data, h):
        return data.params, data.activation


@_checked
def gradient_panel(h=1e-5, seed=0, activation="tanh", alpha=-0.2) -> Panel:
    """Show how the error of a gradient check depends on its step size h.

    Parameters
    ----------
    h : float
        The step size that is marked.
    seed : int
        The seed of the network.
    activation : str
        With 'tanh' the curve is a clear U. With a piecewise linear activation the loss
        is a parabola between two kinks, and central differences have no truncation.
    alpha : float
    """
    return Panel(
        "gradient_panel", differences, GradientView(),
        work={
            "seed": _seed(seed),
            "activation": Choice("activation", core.ACTIVATION_NAMES, activation),
            "alpha": _alpha(alpha),
        },
        look={"h": Number("step size h", h, 1e-14, 1, 1e-6, log=True, above=0,
                          most=100, width="300px", digits=11)},
    )  # fmt: skip


# 5e. The loss along the gradient


class Slice(NamedTuple):
    """The loss along the line params - t * gradient."""

    function: object  # t -> loss
    steepness: float  # |gradient|^2: the loss falls by this per unit of t at t = 0
    t: np.ndarray
    loss: np.ndarray
    params: list
    activation: core.Activation


@_checked_data
def loss_slice(task, seed, activation, alpha) -> Slice:
    """Settings -> the loss on a line down the gradient of an untrained network."""
    params, activation = fresh_network(seed, activation, alpha)
    start, grads = core.loss_and_grads(params, task.X, task.Y, activation)
    steepness = float(sum(np.sum(array**2) for layer in grads for array in layer))

    def function(t):
        moved = [
            core.Layer(W - t * dW, b - t * db)
            for (W, b), (dW, db) in zip(params, grads)
        ]
        Y_hat, _ = core.forward.unchecked(moved, task.X, activation)
        return core.loss.unchecked(Y_hat, task.Y)

    longest = 1e-3  # go on until the loss has risen to twice the start
    while function(longest) < 2 * start and longest < 100:
        longest *= 1.5
    t = np.linspace(0, longest, 121)
    loss = np.array([function(each) for each in t])
    return Slice(function, steepness, t, loss, params, activation)


class SliceView(View):
    """The loss slice, its tangent, and the step that the learning rate makes."""

    size = (1000, 420)
    cells: ClassVar = {"slice": Cell(0, 0, 1000, 420, (84, 56, 20, 36))}

    def draw(self, data, learning_rate):
        self.paint(
            "slice", (id(data), learning_rate), self._draw_slice, data, learning_rate
        )

    def _draw_slice(self, ax, data, learning_rate):
        start, after = data.loss[0], data.function(learning_rate)
        outside = learning_rate > data.t[-1]
        ax.plot(data.t, data.loss, color=pictures.POSITIVE, label="loss")
        ax.plot(data.t, start - data.steepness * data.t, "--", color=pictures.NEUTRAL,
                label="what the slope promises")  # fmt: skip
        ax.plot([0], [start], "o", markersize=11, color="k", label="before the step")
        if not outside:
            ax.plot([learning_rate], [after], "D", markersize=13,
                    color=pictures.NEGATIVE, label="after the step")  # fmt: skip
        else:
            ax.set_title(f"The step ends outside, at a loss of {after:.3g}")
        ax.set_xlim(0, data.t[-1])
        ax.set_ylim(0, 1.05 * max(data.loss.max(), start))
        ax.set_xlabel("learning rate of the step along the gradient")
        ax.set_ylabel("loss")
        ax.legend(loc="upper center")

    def line(self, data, learning_rate):
        start, after = data.loss[0], data.function(learning_rate)
        verdict = "down" if after < start else "up: the step is too long"
        return (
            f"learning rate {learning_rate:g}: one step takes the loss from "
            f"{start:.4f} to {after:.4g}, {verdict}; the lowest on this line is "
            f"{data.loss.min():.4f} at {data.t[data.loss.argmin()]:.3g}"
        )

    def alt(self, data, learning_rate):
        return (
            "The loss along the line down the gradient: it falls, reaches a lowest "
            f"point and rises again. Marked: {self.line(data, learning_rate)}."
        )

    def table(self, data, learning_rate):
        return ("learning rate", "loss"), zip(data.t, data.loss)

    def network(self, data, learning_rate):
        return data.params, data.activation


@_checked
def slice_panel(
    learning_rate=0.2, seed=0, task=SUM, activation="leaky_relu", alpha=-0.2
) -> Panel:
    """Show what one step of gradient descent does, depending on the learning rate.

    Parameters
    ----------
    learning_rate : float
    seed : int
        The seed of the network.
    task : Task
        SUM or XOR; the loss is over all of its samples.
    activation : str
    alpha : float
    """
    return Panel(
        "slice_panel", loss_slice, SliceView(),
        work={
            "task": Choice("task", list(core.TASKS.items()), task, 8),
            "seed": _seed(seed),
            "activation": Choice("activation", core.ACTIVATION_NAMES, activation),
            "alpha": _alpha(alpha),
        },
        look={"learning_rate": _learning_rate(learning_rate)},
    )  # fmt: skip


# 6. Training -------------------------------------------------------------------------

# 6a. Settings -> run


class Run(NamedTuple):
    """A training run as far as it has come, with its way back to every step."""

    task: core.Task
    activation: core.Activation
    learning_rate: float
    gradient: object  # loss_and_grads, or the one with the bug
    samples: np.ndarray  # (steps, batch) the rows that each step uses
    every: int  # of how many networks one is kept
    kept: core.Snapshots  # the networks after step 0, every, 2 * every, ...
    params: list  # the network after the last step done
    loss: np.ndarray  # (done,) the loss on the samples of each step
    stopped: str = "finished"  # as in mlp_core.History
    diverged_at: int | None = None

    @property
    def done(self) -> int:
        """The number of steps done."""
        return len(self.loss)

    @property
    def progress(self) -> float:
        """The part of the steps that is done, 0 to 1."""
        return self.done / len(self.samples)

    @property
    def ended(self) -> bool:
        """Whether there is nothing left to do."""
        return self.done == len(self.samples) or self.stopped != "finished"

    def at(self, step) -> list:
        """The network after ``step`` steps, exactly as it was.

        A long run keeps only some of its networks. From the last one kept before
        ``step`` the same steps are done again.
        """
        step = pictures._whole("step", step, 0, self.done)
        start = step // self.every * self.every
        params = self.kept[step // self.every]
        return self._train(params, start, step)[0] if step > start else params

    def rows(self, step):
        """The rows of the data that were used for the step that led here."""
        return self.samples[step - 1] if step else np.array([], dtype=int)

    def curve(self) -> np.ndarray:
        """The loss over all samples after ``every``, 2 * ``every``, ... steps."""
        with np.errstate(all="ignore"):
            Y_hat, _ = core.forward(_stack(self.kept), self.task.X, self.activation)
            squares = np.sum((Y_hat - self.task.Y) ** 2, axis=(1, 2))
        return 0.5 * squares[1:] / len(self.task.X)

    def go_on(self) -> "Run":
        """Train some steps more: up to the next network that is to be kept.

        If all are kept, it goes on for as long as it came so far, within limits: to
        begin again costs time, and long pieces can't be watched or stopped.
        """
        start, each = self.done, self.every == 1
        count = min(max(PIECE, start), 4 * PIECE) if each else self.every
        params, part = self._train(self.params, start, start + count, snapshots=each)
        new = part.snapshots.rows[1:] if each else [_flat(params)]
        run = self._replace(
            params=params,
            kept=core.Snapshots(
                np.concatenate([self.kept.rows, new]), self.kept.shapes
            ),
            loss=np.concatenate([self.loss, part.loss]),
            stopped=part.stopped,
            diverged_at=part.diverged_at and start + part.diverged_at,
        )
        if run.stopped == "diverged" and 0 < start == run.done and self._is_broken():
            return run._without_last()
        return run

    def _train(self, params, start, stop, snapshots=False):
        return core.train(
            params, self.task.X, self.task.Y, samples=self.samples[start:stop],
            activation=self.activation, learning_rate=self.learning_rate,
            gradient=self.gradient, snapshots=snapshots,
        )  # fmt: skip

    def _is_broken(self):
        """Whether the last step made the loss of the next one infinite or NaN."""
        rows = self.samples[self.done]
        with np.errstate(all="ignore"):
            loss, _ = self.gradient(
                self.params, self.task.X[rows], self.task.Y[rows], self.activation
            )
        return not np.isfinite(loss)

    def _without_last(self):
        """The run that diverged by its last step, less that step, as in `train`."""
        step = self.done - 1
        return self._replace(
            params=self.at(step),
            loss=self.loss[:step], stopped="diverged", diverged_at=step + 1,
        )  # fmt: skip


PIECE = 100  # steps
MOST_NUMBERS = 4_000_000  # numbers kept of a run: 32 MB


def _stack(snapshots):
    """All networks of a run as one stack: W (S, n_in, n_out), b (S, 1, n_out)."""
    rows, layers, start = snapshots.rows, [], 0
    for n_in, n_out in snapshots.shapes:
        middle, end = start + n_in * n_out, start + (n_in + 1) * n_out
        W, b = rows[:, start:middle], rows[:, middle:end]
        layers.append(core.Layer(W.reshape(-1, n_in, n_out), b[:, None, :]))
        start = end
    return layers


def _flat(params):
    return np.concatenate([array.ravel() for layer in params for array in layer])


@_checked_data
def train_in_parts(
    task=SUM, learning_rate=0.2, seed=0, activation="leaky_relu", alpha=-0.2,
    scheme="normal", hidden=(3, 3, 2), batch_size=1, steps=2000, bug=False,
    seconds=0.1,
):  # fmt: skip
    """Settings -> the training run, yielded after each ``seconds`` of work.

    The run is the one of ``rng = default_rng(seed)``, ``initialize(sizes, rng)`` and
    ``train(params, X, Y, rng)``, however it is cut.
    """
    rng = np.random.default_rng(seed)
    function = core.make_activation(activation, alpha)
    sizes = (task.X.shape[1], *hidden, task.Y.shape[1])
    params = core.initialize(sizes, rng, scheme, function.alpha or 0.0)
    samples = core.draw_samples(rng, len(task.X), steps, batch_size)
    flat = _flat(params)
    # Keep every network. If they are too many, keep one in 100 steps, or even fewer.
    too_many = steps * flat.size / MOST_NUMBERS
    every = 1 if too_many <= 1 else max(PIECE, int(np.ceil(too_many)))
    run = Run(
        task, function, learning_rate,
        core.original_loss_and_grads if bug else core.loss_and_grads,
        samples, every, core.Snapshots(flat[None], [W.shape for W, _ in params]),
        params, np.zeros(0),
    )  # fmt: skip
    start = time.perf_counter()
    while not run.ended:
        run = run.go_on()
        if run.ended or time.perf_counter() - start > seconds:
            yield run
            start = time.perf_counter()


def training_run(**settings) -> Run:
    """Settings (those of `train_in_parts`) -> the whole training run."""
    for run in train_in_parts(**settings):
        pass
    return run


# 6b. Words for a run


def outputs(run, step):
    """The predictions for all samples after ``step`` steps: (n, n_out)."""
    if not isinstance(run, Run):
        raise TypeError(f"run must be what training_run() returned, not {run!r}")
    with np.errstate(all="ignore"):
        return core.forward(run.at(step), run.task.X, run.activation)[0]


def describe(run, step) -> str:
    """Say where a run stands after ``step`` steps."""
    Y_hat, Y = outputs(run, step), run.task.Y
    near = np.sum(np.all(abs(Y_hat - Y) < core.TOLERANCE, axis=1))
    outputs_now = ", ".join(_output_words(y) for y in Y_hat[:, 0])
    targets = ", ".join(f"{y:g}" for y in Y[:, 0])
    words = [
        f"step {step} of {len(run.samples)}: loss {_loss_words(core.loss(Y_hat, Y))}",
        f"outputs {outputs_now} for targets {targets}",
        f"{near} of {len(Y)} within {core.TOLERANCE}",
    ]
    return "; ".join(words + _warnings(run, step))


def _output_words(y):
    return f"{y:z.2f}" if abs(y) < 1e4 else f"{y:.1e}"


def _loss_words(loss):
    """Rounded so that every NumPy and processor says the same."""
    if loss < 1e-4:
        return "below 0.0001"
    return f"{loss:.4f}" if loss < 1e4 else f"{loss:.2e}"


def _warnings(run, step):
    words = []
    if run.stopped == "diverged":
        words.append(f"diverged at step {run.diverged_at}: lower the learning rate")
    if run.stopped == "interrupted":
        words.append(f"interrupted after {run.done} steps")
    dead = [
        f"{units.sum()} of {len(units)} units in layer {layer}"
        for layer, units in enumerate(
            core.dead_units(run.at(step), run.task.X, run.activation)
        )
        if units.any()
    ]
    if dead:
        stuck = "" if core.solved(outputs(run, step), run.task.Y) else "stuck: "
        words.append(f"{stuck}{' and '.join(dead)} are dead")
    return words


# 6c. Run -> picture


class TrainingView(View):
    """Network, loss, decision surface, a neuron's surface and a hidden space."""

    size = (1000, 484)  # with two lines of words it still fits at 1280 x 720
    cells: ClassVar = {
        "network": Cell(0, 242, 700, 242, (2, 2, 2, 2)),
        "loss": Cell(0, 0, 380, 242, (84, 54, 24, 28)),
        "hidden": Cell(380, 0, 320, 242, (78, 54, 12, 28)),
        "surface": Cell(700, 216, 300, 268, (76, 50, 20, 24)),
        "neuron": Cell(700, 0, 300, 216, (104, 50, 50, 26)),
    }
    floor = 1e-10  # smaller losses stand here, so that the larger ones have room

    def __init__(self):
        super().__init__()
        self.run, self.curve, self.previous = None, None, None

    def draw(self, run, step, neuron, hidden_layer, sample):
        self._remember(run)
        params, now = run.at(step), (id(run), step)
        x = self.chosen_input(run, step, sample)
        _, cache = core.forward(params, [x], run.activation)
        common = params, run.task, run.activation
        self.paint("network", (now, tuple(x)), pictures.draw_network, params, cache)
        self.paint("loss", now, self._draw_loss, step)
        small = {"resolution": 41, "colorbar": False}
        self.paint("surface", now, pictures.draw_surface, *common,
                   mark=run.rows(step) if step else None, **small)  # fmt: skip
        self.paint("neuron", (now, neuron), pictures.draw_surface, *common,
                   layer=neuron[0], unit=neuron[1], **small)  # fmt: skip
        self.paint("hidden", (now, hidden_layer), pictures.draw_hidden, *common,
                   layer=hidden_layer)  # fmt: skip

    def _remember(self, run):
        """Keep the curve of the run before this one; parts of one run are the same."""
        if run is self.run:
            return
        if self.run is not None and self.run.samples is not run.samples:
            self.previous = self.curve if self.run.every == run.every else None
        self.run, self.curve = run, np.maximum(run.curve(), self.floor)

    def chosen_input(self, run, step, sample):
        """The input whose activations are shown: (n_in,)."""
        if sample is None:  # the one that was trained on
            rows = run.rows(step)
            sample = rows[0] if len(rows) else 0
        return run.task.X[sample]

    def _draw_loss(self, ax, step):
        losses = {"this run": self.curve}
        if self.previous is not None and self.previous.size:
            losses = {"previous run": self.previous, **losses}
        pictures.draw_loss(
            ax, losses, step=step, steps_per_point=self.run.every,
            x_label="training step", faint=("previous run",),
        )  # fmt: skip
        lowest = pictures.number(self.floor, 3)
        title = ax.get_title().replace(f"loss {lowest}", f"loss below {lowest}")
        ax.set_title(title)

    def line(self, run, step, **look):
        return describe(run, step)

    def alt(self, run, step, neuron, hidden_layer, sample):
        x = self.chosen_input(run, step, sample)
        return (
            f"Five linked pictures of the network after step {step}: the network with "
            f"its numbers for the input ({x[0]:g}, {x[1]:g}); the loss by step, on a "
            "logarithmic axis; the output over the square of inputs, with the data; "
            f"the same for unit {neuron[1]} of layer {neuron[0]}; the data in the "
            f"space of layer {hidden_layer}. {describe(run, step)}."
        )

    def table(self, run, **look):
        """One row for each step: its number, its loss, the rows of data it used."""
        return ("step", "loss", "rows"), [
            (step, loss, " ".join(map(str, run.rows(step))))
            for step, loss in enumerate(run.loss, start=1)
        ]

    def network(self, run, step, **look):
        return run.at(step), run.activation


# 6d. The panel


class TrainingPanel(SteppedPanel):
    """See `training_panel`."""

    below = ("neuron", "hidden_layer", "sample", "scheme", "hidden", "batch_size",
             "steps", "bug")  # fmt: skip
    speeds: ClassVar = {"1 step": (300, 1), "5 steps": (200, 5), "20 steps": (200, 20),
              "100 steps": (200, 100)}  # fmt: skip

    def __init__(self, *args, seeds=None, **kwargs):
        self.seed_menu = _seed_menu(seeds) if seeds else None
        super().__init__(*args, **kwargs)
        if self.seed_menu:
            self.seed_menu.connect(self.react, self._choose_seed)

    def rows(self):
        rows = super().rows()
        if self.seed_menu:  # below the words: all above them fits on a projector
            rows.insert(-2, self.seed_menu.widget)
        return rows

    def _choose_seed(self):
        if self.seed_menu.value is not None:
            self.work["seed"].set(self.seed_menu.value)

    def take(self, data):
        if self.seed_menu and self.seed_menu.value != self.work["seed"].value:
            self.seed_menu.set(None, tell=False)  # the slider went to another seed
        sizes = [W.shape[1] for W, _ in data.params]
        self.look["neuron"].offer(_units(sizes))
        self.look["hidden_layer"].offer(_layers(sizes))
        super().take(data)


def _seed_menu(seeds):
    """A menu of seeds, each with the words that it is listed under."""
    options = [
        (f"{words}: seed {seed}", int(seed))
        for words, several in seeds.items()
        for seed in several
    ]
    return Choice("look at", [("choose a seed", None), *options], None, 22)


def _layers(sizes):
    return [(f"layer {layer}", layer) for layer in range(len(sizes))]


def _units(sizes):
    return [
        (f"layer {layer}, unit {unit}", (layer, unit))
        for layer, size in enumerate(sizes)
        for unit in range(size)
    ]


@_checked
def training_panel(
    task=SUM, learning_rate=0.2, seed=0, activation="leaky_relu", alpha=-0.2,
    scheme="normal", hidden=(3, 3, 2), batch_size=1, steps=2000, bug=False,
    step=None, neuron=(0, 0), hidden_layer=None, sample=None, seeds=None,
) -> Panel:  # fmt: skip
    """Train a network and look at every step of it.

    The defaults train as the original notebook does.

    Parameters
    ----------
    task : Task
        SUM, XOR, or your own with two inputs and one output.
    learning_rate : float
    seed : int
        Of the weights and of the samples drawn.
    activation : str
        One of `mlp_core.ACTIVATION_NAMES`.
    alpha : float
        The slope for negative z of the leaky ReLU.
    scheme : str
        The initialization, one of `mlp_core.SCHEMES`.
    hidden : tuple of int
        The sizes of the hidden layers.
    batch_size : int or None
        Samples in each step; None is the full batch.
    steps : int
    bug : bool
        Train with the bug of the original notebook.
    step : int, optional
        The training step to look at; by default the last.
    neuron : (int, int)
        Layer and unit, counted from 0, whose own surface is shown.
    hidden_layer : int, optional
        The layer in whose space the data are shown; by default the last hidden one.
    sample : int, optional
        The row of the data whose activations the diagram shows; by default the one
        that was trained on.
    seeds : dict of str to sequence of int, optional
        Seeds to choose from in a menu, by the words that they are listed under:
        ``{"dead layer": [3, 9]}``.
    """
    batches = [("1", 1), ("2", 2), ("4", 4), ("8", 8), ("all", None)]
    inputs = [(f"({x[0]:g}, {x[1]:g})", row) for row, x in enumerate(task.X)]
    sizes = [*hidden, task.Y.shape[1]]
    if hidden_layer is None:
        hidden_layer = max(0, len(hidden) - 1)
    return TrainingPanel(
        "training_panel", functools.partial(train_in_parts, task), TrainingView(),
        seeds=seeds, fixed={"task": task},
        work={
            "learning_rate": _learning_rate(learning_rate),
            "seed": _seed(seed),
            "activation": Choice("activation", core.ACTIVATION_NAMES, activation),
            "alpha": _alpha(alpha),
            "scheme": Choice("initialization", core.SCHEMES, scheme, 11),
            "hidden": _sizes("hidden layers", hidden),
            "batch_size": Choice("batch", batches, batch_size, 7),
            "steps": _steps(steps),
            "bug": _tick("with the original's bug", bug),
        },
        look={
            "step": _step(steps if step is None else step, steps),
            "neuron": Choice("neuron", _units(sizes), neuron, 16),
            "hidden_layer": Choice("hidden space", _layers(sizes), hidden_layer, 10),
            "sample": Choice("input", [("as trained", None), *inputs], sample, 13),
        },
    )  # fmt: skip


# 7. One sample forward and backward --------------------------------------------------


class Stage(NamedTuple):
    """One stage of the way forward and back."""

    title: str
    formulas: list  # lines: formulas with their numbers
    cache: core.Cache  # as far as the activations have come
    grads: list | None  # as far as the gradients have come, None elsewhere
    active: int | None  # the layer at work


class Pass(NamedTuple):
    """The way of one sample through a network, forward and back."""

    params: list
    stages: list
    activation: core.Activation

    @property
    def done(self) -> int:
        """The number of the last stage."""
        return len(self.stages) - 1


@_checked_data
def one_pass(task, sample, seed, learning_rate, activation, alpha) -> Pass:
    """Settings -> the stages: input, layers forward, loss, layers back, update."""
    params, activation = fresh_network(seed, activation, alpha)
    sample = pictures._whole("sample", sample, 0, len(task.X) - 1)
    X, Y = task.X[[sample]], task.Y[[sample]]
    Y_hat, cache = core.forward(params, X, activation)
    stages = [Stage("Input", _input_lines(X, Y), core.Cache([X], []), None, None)]
    for i in range(len(params)):
        reached = core.Cache(cache.A[: i + 2], cache.Z[: i + 1])
        lines = _forward_lines(i, cache)
        stages.append(Stage(f"Forward, layer {i}", lines, reached, None, i))
    stages.append(Stage("Loss", _loss_lines(Y_hat, Y), cache, None, None))
    grads, dA = [None] * len(params), core.loss_slope(Y_hat, Y)
    for i in reversed(range(len(params))):
        slope = activation.slope(cache.Z[i])
        dZ = dA * slope
        dA = dZ @ params[i].W.T
        grads = [*grads[:i], core.Layer(cache.A[i].T @ dZ, dZ[0]), *grads[i + 1 :]]
        lines = _backward_lines(i, slope, dZ, grads[i], dA)
        stages.append(Stage(f"Backward, layer {i}", lines, cache, grads, i))
    after = core.sgd_step(params, grads, learning_rate)
    new_loss = core.loss(core.forward(after, X, activation)[0], Y)
    lines = _update_lines(learning_rate, core.loss(Y_hat, Y), new_loss)
    stages.append(Stage("Update", lines, cache, grads, None))
    return Pass(params, stages, activation)


def _row_of(values):
    return "[" + ", ".join(pictures.number(value) for value in np.ravel(values)) + "]"


def _input_lines(X, Y):
    return [f"a[0] = x = {_row_of(X)}", "", f"target y = {_row_of(Y)}"]


def _forward_lines(i, cache):
    return [
        f"z[{i}] = a[{i}] @ W[{i}] + b[{i}]",
        f"  = {_row_of(cache.Z[i])}",
        "",
        f"a[{i + 1}] = f(z[{i}])",
        f"  = {_row_of(cache.A[i + 1])}",
    ]


def _loss_lines(Y_hat, Y):
    return [
        f"prediction = {_row_of(Y_hat)}",
        f"target y = {_row_of(Y)}",
        "",
        "loss = 1/2 (prediction - y)²",
        f"  = {pictures.number(core.loss(Y_hat, Y), 3)}",
        "",
        "da = prediction - y",
        f"  = {_row_of(Y_hat - Y)}",
    ]


def _backward_lines(i, slope, dZ, grads, dA):
    lines = [
        f"dz[{i}] = da * f'(z[{i}])",
        f"  f' = {_row_of(slope)}",
        f"  = {_row_of(dZ)}",
        "",
        f"dW[{i}] = a[{i}].T @ dz[{i}]",
        *(
            f"  {'=' if row == 0 else ' '} {_row_of(dW)}"
            for row, dW in enumerate(grads.W)
        ),
        "",
        f"db[{i}] = dz[{i}]",
    ]
    if i > 0:  # nobody asks for the slope with respect to the input
        lines += ["", f"da = dz[{i}] @ W[{i}].T", f"  = {_row_of(dA)}"]
    return lines


def _update_lines(learning_rate, before, after):
    return [
        f"W = W - {learning_rate:g} dW",
        f"b = b - {learning_rate:g} db",
        "",
        "loss of this sample",
        f"  before: {pictures.number(before, 4)}",
        f"  after:  {pictures.number(after, 4)}",
    ]


class PassView(View):
    """The network as far as it is computed, and the formulas of the stage."""

    size = (1000, 470)
    cells: ClassVar = {
        "network": Cell(0, 0, 660, 470, (2, 2, 2, 34)),
        "formulas": Cell(660, 0, 340, 470, (8, 8, 2, 8)),
    }

    def draw(self, data, step):
        stage, now = data.stages[step], (id(data), step)
        self.paint("network", now, self._draw_network, data.params, stage)
        self.paint("formulas", now, self._draw_formulas, stage)

    def _draw_network(self, ax, params, stage):
        pictures.draw_network(
            ax, params, stage.cache, grads=stage.grads, active=stage.active
        )
        ax.set_title("Gradients" if stage.grads else "Weights and activations")

    def _draw_formulas(self, ax, stage):
        ax.set_axis_off()
        ax.text(0, 1, stage.title, fontsize=18, va="top", transform=ax.transAxes)
        for number, line in enumerate(stage.formulas):
            ax.text(
                0, 0.87 - 0.062 * number, line, fontsize=13, va="top",
                family="DejaVu Sans Mono", transform=ax.transAxes,
            )  # fmt: skip

    def line(self, data, step):
        stage = data.stages[step]
        words = " ".join(" ".join(stage.formulas).split())
        return f"step {step} of {data.done}, {stage.title}: {words}"

    def alt(self, data, step):
        stage = data.stages[step]
        network = pictures.describe_network(data.params, stage.cache)
        return f"{network} Beside it the formulas. {self.line(data, step)}."

    def table(self, data, step):
        return ("stage", "formula"), [
            (stage.title, line.strip())
            for stage in data.stages
            for line in stage.formulas
            if line
        ]

    def network(self, data, step):
        return data.params, data.activation


class PassPanel(SteppedPanel):
    """See `pass_panel`."""

    below = ("activation", "alpha")
    speeds: ClassVar = {"slow": (4000, 1), "medium": (2000, 1), "fast": (800, 1)}


@_checked
def pass_panel(
    task=SUM, sample=1, seed=0, learning_rate=0.2, activation="leaky_relu", alpha=-0.2,
    step=0,
) -> Panel:  # fmt: skip
    """Send one sample forward through the network, and its error back, stage by stage.

    Parameters
    ----------
    task : Task
        SUM, XOR, or your own with two inputs and one output.
    sample : int
        The row of the data.
    seed : int
        The seed of the weights.
    learning_rate : float
        Of the update at the end.
    activation : str
    alpha : float
    step : int
        The stage to begin at.
    """
    inputs = [(f"({x[0]:g}, {x[1]:g})", row) for row, x in enumerate(task.X)]
    stages = 2 * len(core.ORIGINAL_SIZES)
    return PassPanel(
        "pass_panel", functools.partial(one_pass, task), PassView(),
        fixed={"task": task},
        work={
            "sample": Choice("input", inputs, sample, 8),
            "seed": _seed(seed),
            "learning_rate": _learning_rate(learning_rate),
            "activation": Choice("activation", core.ACTIVATION_NAMES, activation),
            "alpha": _alpha(alpha),
        },
        look={"step": _step(step, stages)},
    )  # fmt: skip
