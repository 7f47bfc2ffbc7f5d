"""The panel: controls, a picture and a status line, for JupyterLab, Notebook and Voila."""

import base64
import html
import inspect
import os
import threading
import time
from functools import partial
from types import SimpleNamespace

import ipywidgets as widgets
import numpy as np

import mlp_core as mlp
from course import host, page, waiting
from course.panels.clicks import Clicks
from course.panels.controls import Refused
from course.pictures import on_slides

# JupyterLab sends widgets' messages to a kernel thread of their own, but the first ones
# still arrive in the main thread. Only one at a time may change a panel.
_LOCK = threading.RLock()
_OPEN = {}  # cell -> (the run of that cell, its open panels)
SHOWN = ("picture", "status", "busy", "tools")  # the rows below the settings


class Panel:
    """Controls, a picture, and a status line.

    ``name`` is the function that makes such a panel; its settings have a control each.
    Those in ``work`` need a new computation: ``compute(**work)`` returns the data, or
    generates better and better data, so that long work can be watched and stopped. Those
    in ``look`` only choose what ``view.show(data, look)`` makes of the data. ``fixed``
    holds the settings without a control.
    """

    # Rows from top to bottom. A word is a setting, or an attribute of the panel; ``work``
    # and ``look`` are those of their settings that have no word of their own.
    layout = ("work look", *SHOWN)
    module = "panels."  # where a notebook finds the function
    reading = 15  # seconds for which a refusal is shown
    # Seconds of work until the page gets its first part, and each further one.
    part_after, part_every = 0.3, 0.1
    problem = None  # the exception that the status line tells, if any
    data, shown = None, None
    _settings_of_data, _generator = None, None
    _is_ready = False
    _asked = None  # the file that a second press of the button replaces

    def __init__(self, name, compute, view, work, look, fixed=None):
        self.name, self.compute, self.view = name, compute, view
        self.work, self.look, self.fixed = work, look, fixed or {}
        self.picture, self.status = widgets.HTML(), widgets.HTML()
        self.progress = widgets.FloatProgress(max=1, description="working")
        self.stop_button = button(self, "Stop", self.stop)
        self.busy = widgets.HBox([self.progress, self.stop_button])
        if not host.event_loop():
            self.stop_button.layout.display = "none"  # a press would come too late
        self.busy.layout.display = "none"
        self._make_tools()
        self.clicks = Clicks(self)
        rows = [self._parts(words) for words in self.layout]
        rows = [row(parts) if len(parts) > 1 else parts[0] for parts in rows]
        self.box = widgets.VBox([page.style(), *rows, self.clicks])
        self.box.add_class("course-panel")
        _close_earlier(self)
        self.update()
        if self.shown is None:  # wrong from the start, so the cell fails
            raise self.problem
        for control in self.controls.values():
            control.connect(self.handle, self.update)
        self._is_ready = True

    def _parts(self, words) -> list:
        """The widgets that the words of a row stand for."""
        named, found = " ".join(self.layout).split(), []
        for word in words.split():
            part = self.controls.get(word) or getattr(self, word)
            if isinstance(part, dict):
                part = [each for name, each in part.items() if name not in named]
            found += part if isinstance(part, list) else [part]
        return [getattr(part, "widget", part) for part in found]

    @property
    def controls(self) -> dict:
        """All settings that have a control."""
        return {**self.work, **self.look}

    @property
    def settings(self) -> dict:
        """All settings, as they are now."""
        return {**self.fixed, **values(self.controls)}

    @property
    def code(self) -> str:
        """One line of Python that makes this panel as it is now, in a notebook."""
        pairs = [f"{name}={_code(value)}" for name, value in self.settings.items()]
        line = f"{self.module}{self.name}({', '.join(pairs)})"
        return f"{line}{FIRST_A_TASK}" if "task=task" in pairs else line

    # Changes

    def handle(self, action):
        """Do what a control asks for. An exception becomes a message.

        Otherwise it would vanish, since JupyterLab doesn't show errors of callbacks.
        """
        with _LOCK:
            before, self.problem = self.problem, None
            message = self.status.value
            try:
                action()
                if before and self.status.value == message:
                    self.show_message(self.shown.line)  # solved, and nothing changed
            except Exception as error:  # noqa: BLE001, put into words
                self.problem = error
                self.show_message(page.in_words(error))
                if isinstance(error, Refused) and (loop := host.event_loop()):
                    loop.call_later(self.reading, self._forget, error)

    def _forget(self, error):
        """Show the numbers again, unless there is another message by now.

        The browser doesn't say when the value that is there already is typed.
        """
        if error is self.problem:
            self.handle(lambda: None)

    def update(self):
        """Bring the data and the picture up to the controls."""
        self.handle(self._update)

    def _update(self):
        settings = values(self.work)
        if settings == self._settings_of_data:
            return self.draw()
        self._settings_of_data = None  # it stays so if the work fails
        self._end_work()  # work still going on is out of date
        with np.errstate(all="ignore"):  # the picture shows what overflows
            result = self.compute(**settings)
        if inspect.isgenerator(result):
            self._work_on(result, self.part_after)
        else:
            self.set_data(result)
        self._settings_of_data = settings

    def set_data(self, data):
        self.data = data
        self.draw()

    def now(self) -> SimpleNamespace:
        """How the data are looked at: the settings in ``look``."""
        return SimpleNamespace(**values(self.look))

    def draw(self):
        self.shown = self.view.show(self.data, self.now())
        self.picture.value = _img(self.shown, *self.view.size)
        self.show_message(self.shown.line)
        self.code_box.value = self.code

    def click(self, x, y):
        """Choose what was clicked on in the picture."""
        if self.view.chooses:
            chosen = self.view.choose(self.data, x, y, self.now())
            for name, value in chosen.items():
                if name in self.look:
                    self.look[name].set(value)

    def show_message(self, message):
        self.status.value = status_html(message, lines=2)

    # Long work

    def _work_on(self, generator, seconds):
        """Continue the work; after ``seconds`` show what it has reached.

        Between two parts the kernel hears the Stop button; where nothing can be sent
        later, it works on to the end. A panel's first picture waits for all of it, so
        that a cell always ends with the same numbers, while the page shows how far the
        cell is.
        """
        data, loop, until = None, host.event_loop(), time.perf_counter() + seconds
        with np.errstate(all="ignore"):
            for data in generator:
                share = getattr(data, "progress", 0)
                if not self._is_ready:
                    waiting.tell(share, f"{share:.0%} of this panel's work")
                elif time.perf_counter() > until:
                    self._generator, self.progress.value = generator, share
                    self.busy.layout.display = None
                    self.set_data(data)
                    if loop:
                        loop.call_later(0.01, self._next_part, generator)
                        return
                    until = time.perf_counter() + seconds
        self._end_work()
        if data is not None:  # else the part before was the last
            self.set_data(data)

    def _next_part(self, generator):
        if generator is self._generator:
            self.handle(lambda: self._work_on(generator, self.part_every))

    def _end_work(self):
        self._generator = None
        self.busy.layout.display = "none"

    def stop(self):
        """Stop long work, and keep what it has reached."""
        if self._generator is not None:
            self._end_work()
            self.show_message(f"Stopped. {self.shown.line}")

    # Copy and save

    def _make_tools(self):
        self.code_box = _text_box("settings", 70, flex="1 1 430px", width="auto")
        self.file_box = _text_box("file", 34, width="190px")
        self.file_box.value = self.name.removesuffix("_panel")
        saving = [self.file_box, button(self, "Save PNG", self.save)]
        self.tools = row([self.code_box, widgets.HBox(saving)])

    def save(self):
        """Write the picture next to the notebook.

        An existing file is replaced only if you press the button again.
        """
        path = f"{self._file_stem()}.png"
        if os.path.exists(path) and self._asked != path:
            self._asked = path
            return self.show_message(
                f"{path} already exists. Press the button again to replace it, "
                "or choose another file name."
            )
        self._asked = None
        try:
            self.view.save(path)
        except OSError as error:
            reason = error.strerror or str(error)
            folder = os.path.dirname(path)
            if isinstance(error, FileNotFoundError) and folder:
                reason = f"there is no folder {folder}"
            return self.show_message(f"Can't save {path}: {reason}.")
        self.show_message(f"Saved {path}.")

    def _file_stem(self):
        """The file name without the ending that is added."""
        name = self.file_box.value.strip()
        stem, ending = os.path.splitext(name)
        return (stem if ending.lower() == ".png" else name) or self.name

    # The panel in a notebook

    def _repr_mimebundle_(self, include=None, exclude=None):
        """The widget; for readers without a kernel the picture and its numbers."""
        data, metadata = host.view(self.box, self.clicks)
        data["image/png"] = base64.b64encode(self.shown.png).decode()
        data["text/plain"] = self.shown.line
        draw = partial(self.view.drawn_for_slide, self.data, self.now())
        slides = on_slides.for_slides(self.view.places, draw)
        alt = self.shown.alt
        if slides:  # where fewer pictures may be shown
            alt = self.view.for_slide("tall").alt(self.data, self.now())
        return data, {**metadata, "image/png": {"alt": alt, **slides}}

    def close(self):
        """Remove the panel from the page and free what it holds."""
        self._generator = None
        page.close(self.box)


def _close_earlier(panel):
    """Close the panels that an earlier run of this cell made, and remember this one.

    A cell may make several panels (in a loop, say), and those of one run stay together.
    """
    cell, run, code = host.running_cell()
    if run is None:
        return
    cell = cell or code  # where the page doesn't tell the id, the text has to do
    older_run, panels = _OPEN.get(cell, (run, []))
    while older_run != run and panels:
        panels.pop().close()
    _OPEN[cell] = run, [*panels, panel]


def values(controls) -> dict:
    """The settings that some controls stand for."""
    return {name: control.value for name, control in controls.items()}


FIRST_A_TASK = "  # first: task = mlp.Task(name, X, Y), with your own X and Y"


def _code(value):
    """A setting as the notebooks would write it: 0.2, or mlp.XOR.

    A task of your own is written out, or only named if it is long.
    """
    if not isinstance(value, mlp.Task):
        return repr(value)
    if known := known_task(value):
        return f"mlp.{known.name}"
    if len(value.X) > 12:
        return "task"
    return f"mlp.Task({value.name!r}, {_rows(value.X)}, {_rows(value.Y)})"


def known_task(task):
    """The task of the course that this is; None if it is another."""
    known = (mlp.SUM, mlp.XOR)
    return next((one for one in known if task.X is one.X and task.Y is one.Y), None)


def _rows(array):
    """An array as lists, with 1 for 1.0."""
    return [[int(x) if x.is_integer() else x for x in row] for row in array.tolist()]


# Parts of the page -------------------------------------------------------------------


def row(items):
    """Widgets in a row, which wraps where the page is narrow."""
    return widgets.HBox(items, layout={"flex_flow": "row wrap"})


def button(panel, label, action, *args):
    room = {"width": f"{34 + 9 * len(label)}px"}
    made = widgets.Button(description=label, layout=room)
    made.on_click(lambda _: panel.handle(lambda: action(*args)))
    return made


def _text_box(label, label_width, **layout):
    style = {"description_width": f"{label_width}px"}
    return widgets.Text(description=label, style=style, layout=layout)


def status_html(message, lines):
    """A message in the style of the panels, with room for some lines."""
    size = "font-size:var(--course-status-size,16px)"
    style = f"{size};line-height:1.35;min-height:{1.375 * lines}em"
    return page.status(html.escape(message), style)


def _img(shown, width, height):
    """The picture as HTML, with its size, so that the page doesn't jump."""
    data = base64.b64encode(shown.png).decode()
    return (
        f'<img alt="{html.escape(shown.alt)}" width="{width}" height="{height}" '
        'decoding="sync" style="display:block;max-width:100%;height:auto" '
        f'src="data:image/png;base64,{data}">'
    )
