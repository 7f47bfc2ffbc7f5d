"""The panel: controls, a picture and a status line, for JupyterLab, Notebook and Voila."""

import base64
import csv
import html
import inspect
import math
import os
import threading
import time
from typing import ClassVar

import ipywidgets as widgets
import numpy as np

import mlp_core as mlp
from course import files, host, page, waiting
from course.panels.clicks import Clicks
from course.panels.controls import Choice, Refused
from course.panels.view import View

# JupyterLab sends what widgets say to a thread of the kernel that is theirs, but the
# first messages still come in the main thread. Only one at a time may change a panel.
_lock = threading.RLock()

# Panels of a notebook's cell ---------------------------------------------------------

_open = {}  # cell -> (the run of that cell, its open panels)


def _close_older(panel):
    """Close the panels that an earlier run of this cell made, and remember this one.

    A cell may make several panels (in a loop, say): those of one run live together.
    """
    cell, run, code = host.running_cell()
    if run is None:
        return
    cell = cell or code  # where the page doesn't tell the id, the text has to do
    older_run, panels = _open.get(cell, (run, []))
    if older_run != run:
        for older in panels:
            older.close()
        panels = []
    _open[cell] = run, [*panels, panel]


# The panel ---------------------------------------------------------------------------


class Panel:
    """Controls, a picture, and a status line.

    ``name`` is the function that makes such a panel, and the settings are named as its
    arguments. Those in ``work`` need a new computation: ``compute(**work)`` returns the
    data, or it is a generator of better and better data, and then long work can be
    watched and stopped. Those in ``look`` only choose what ``view.show(data, **look)``
    makes of the data. Those in ``fixed`` have no control.
    """

    reading = 15  # seconds for which a refused value is told
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
        self.progress = widgets.FloatProgress(max=1, description="working")
        self.stop_button = button(self, "Stop", self.stop)
        self.busy = widgets.HBox([self.progress, self.stop_button])
        if not host.event_loop():
            self.stop_button.layout.display = "none"  # it would be heard too late
        self.busy.layout.display = "none"
        self._make_tools()
        chooses = type(view).choose is not View.choose
        self.clicks = Clicks(lambda *at: self.handle(lambda: self.click(*at)), chooses)
        self.box = widgets.VBox([page.style(), *self.rows(), self.clicks])
        self.box.add_class("course-panel")
        _close_older(self)
        self.update()
        if self.shown is None:  # wrong from the start: that is an error of the cell
            raise self.problem
        for control in self.controls.values():
            control.connect(self.handle, self.update)
        self._ready = True

    @property
    def controls(self) -> dict:
        """All settings that have a control."""
        return {**self.work, **self.look}

    @property
    def settings(self) -> dict:
        """All settings, as the panel stands."""
        return {**self.fixed, **values(self.controls)}

    @property
    def code(self) -> str:
        """One line of Python that makes this panel as it stands, in a notebook."""
        pairs = [f"{name}={_code(value)}" for name, value in self.settings.items()]
        line = f"{self.home}.{self.name}({', '.join(pairs)})"
        return f"{line}{FIRST_A_TASK}" if "task=task" in pairs else line

    def rows(self) -> list:
        """The panel from top to bottom."""
        controls = row(control.widget for control in self.controls.values())
        return [controls, self.picture, self.status, self.busy, self.tools]

    # Changes

    def handle(self, action):
        """Do what a control asks for. An exception becomes a message.

        Without this it would vanish: JupyterLab doesn't show the errors of callbacks.
        """
        with _lock:
            before, self.problem = self.problem, None
            message = self.status.value
            try:
                action()
                if before and self.status.value == message:
                    self.show_message(self.shown.line)  # solved, and nothing changed
            except Exception as error:  # noqa: BLE001, told in words
                self.problem = error
                self.show_message(_message(error))
                if isinstance(error, Refused) and (loop := host.event_loop()):
                    loop.call_later(self.reading, self._forget, error)

    def _forget(self, error):
        """Tell the numbers again, unless something else is told by now.

        The browser doesn't say when somebody types the value that is there already.
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
        self._end_work()  # what was still at work is out of date
        with np.errstate(all="ignore"):  # what overflows is seen in the picture
            result = self.compute(**settings)
        if inspect.isgenerator(result):
            self._work_on(result, until=time.perf_counter() + self.patience)
        else:
            self.set_data(result)
        self._settings_of_data = settings

    def recompute(self):
        """Compute anew, although no setting changed."""
        self._settings_of_data = None
        self.update()

    def set_data(self, data):
        """Keep new data and draw them."""
        self.data = data
        self.draw()

    def draw(self):
        """Draw the data as they are."""
        self.shown = self.view.show(self.data, **values(self.look))
        self.picture.value = _img(self.shown, self.view.size)
        self.show_message(self.shown.line)
        self.code_box.value = self.code

    def click(self, x, y):
        """Choose what was clicked on in the picture."""
        chosen = self.view.choose(self.data, x, y, **values(self.look))
        for name, value in chosen.items():
            self.look[name].set(value)

    def show_message(self, message):
        """Write into the status line."""
        self.status.value = status_html(message, lines=2)

    # Long work

    def _work_on(self, generator, until):
        """Go on with the work; after ``until`` show what it has reached, again and again.

        Between two parts the kernel hears the Stop button; where nothing can be told
        later, it stays with its work. The first picture of a panel waits for all of it,
        so that a cell always ends with the same numbers; the page then shows how far
        the cell is.
        """
        data, loop = None, host.event_loop()
        with np.errstate(all="ignore"):
            for data in generator:
                share = getattr(data, "progress", 0)
                if not self._ready:
                    waiting.tell(share, f"{share:.0%} of this panel's work")
                elif time.perf_counter() > until:
                    self._show_work(generator, data, share)
                    if loop:
                        loop.call_later(0.01, self._next_part, generator)
                        return
                    until = time.perf_counter() + self.patience
        self._end_work()
        if data is not None:  # else the part before was the last
            self.set_data(data)

    def _show_work(self, generator, data, share):
        """Show what the work has reached."""
        self._generator = generator
        self.busy.layout.display = None
        self.progress.value = share
        self.set_data(data)

    def _next_part(self, generator):
        if generator is self._generator:
            self.handle(lambda: self._work_on(generator, until=0))

    def _end_work(self):
        self._generator = None
        self.busy.layout.display = "none"

    def stop(self):
        """Stop long work. What it has reached stays."""
        if self._generator is not None:
            self._end_work()
            self.show_message(f"Stopped. {self.shown.line}")

    # Copy and save

    def _make_tools(self):
        self.code_box = _text_box("settings", "", 70, 430)
        self.file_box = _text_box("file", self.name.removesuffix("_panel"), 34, 190)
        self.save_buttons = {
            ending: button(self, f"Save {ending.upper()}", self.save, ending)
            for ending in self.savers
        }
        self.tools = row([self.code_box, self.file_box, *self.save_buttons.values()])

    def save(self, ending):
        """Write the figure, its numbers or the network beside the notebook.

        A file that is there already is replaced only if you press the button again.
        """
        path = f"{self._file_stem()}.{ending}"
        if os.path.exists(path) and self._asked != path:
            self._asked = path
            return self.show_message(
                f"{path} is there already. Press the button again to replace it, "
                "or choose another file name."
            )
        self._asked = None
        try:
            self.write(path, ending)
        except OSError as error:
            return self.show_message(f"Can't save {path}: {_reason(error, path)}.")
        self.show_message(f"Saved {path}.")

    def _file_stem(self):
        """The file name without an ending: the button says which."""
        name = self.file_box.value.strip()
        stem, ending = os.path.splitext(name)
        return (stem if ending[1:].lower() in self.savers else name) or self.name

    def write(self, path, ending):
        """Write one file: .png and .svg, .csv (the numbers), .npz (the network)."""
        look = values(self.look)
        if ending == "csv":
            _write_table(path, *self.view.table(self.data, **look))
        elif ending == "npz":
            files.save(path, *self.view.network(self.data, **look))
        else:
            self.view.save(path)

    # The panel in a notebook

    def _repr_mimebundle_(self, include=None, exclude=None):
        """The widget; for readers without a kernel the picture and its numbers."""
        data, metadata = host.view(self.box, self.clicks)
        data["image/png"] = base64.b64encode(self.shown.png).decode()
        data["text/plain"] = self.shown.line
        return data, {**metadata, "image/png": {"alt": self.shown.alt}}

    def close(self):
        """Remove the panel from the page and free what it holds."""
        self._generator = None
        page.close(self.box)


def values(controls) -> dict:
    """The settings that some controls stand for."""
    return {name: control.value for name, control in controls.items()}


FIRST_A_TASK = "  # before it: task = mlp.Task(name, X, Y), with your own X and Y"


def _code(value):
    """A setting as the notebooks would write it: 0.2, or mlp.XOR.

    A task of one's own is written out, or named if it is long.
    """
    if not isinstance(value, mlp.Task):
        return repr(value)
    for known in (mlp.SUM, mlp.XOR):
        if value.X is known.X and value.Y is known.Y:
            return f"mlp.{known.name}"
    if len(value.X) > 12:
        return "task"
    return f"mlp.Task({value.name!r}, {_rows(value.X)}, {_rows(value.Y)})"


def _rows(array):
    """An array as lists, with 1 for 1.0."""
    return [[int(x) if x.is_integer() else x for x in row] for row in array.tolist()]


def _message(error):
    message = str(error) or type(error).__name__
    is_ours = isinstance(error, ValueError)
    return message if is_ours else f"{type(error).__name__}: {message}"


def _reason(error, path):
    """Why a file can't be written, in words."""
    folder = os.path.dirname(path)
    if isinstance(error, FileNotFoundError) and folder:
        return f"there is no folder {folder}"
    return error.strerror or str(error)


def _write_table(path, names, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(names)
        for values in rows:
            table.writerow(
                [float(x) if isinstance(x, np.floating) else x for x in values]
            )


# Parts of the page -------------------------------------------------------------------


def row(items):
    """Widgets in a row, which goes on below where the page is narrow."""
    return widgets.HBox(list(items), layout=widgets.Layout(flex_flow="row wrap"))


def button(panel, label, action, *args):
    """A button that has the panel do something."""
    layout = widgets.Layout(width=f"{34 + 9 * len(label)}px")
    made = widgets.Button(description=label, layout=layout)
    made.on_click(lambda _: panel.handle(lambda: action(*args)))
    return made


def _text_box(label, value, label_width, width):
    style = {"description_width": f"{label_width}px"}
    layout = widgets.Layout(width=f"{width}px")
    return widgets.Text(value=value, description=label, style=style, layout=layout)


def status_html(message, lines):
    """A message in the style of the panels, with room for some lines."""
    size = "font-size:var(--course-status-size,16px)"
    style = f"{size};line-height:1.35;min-height:{1.375 * lines}em"
    return page.status(html.escape(message), style)


def _img(shown, size):
    """The picture as HTML, with its size, so that the page doesn't jump."""
    data = base64.b64encode(shown.png).decode()
    return (
        f'<img alt="{html.escape(shown.alt)}" width="{size[0]}" height="{size[1]}" '
        'decoding="sync" style="display:block;max-width:100%;height:auto" '
        f'src="data:image/png;base64,{data}">'
    )


# Panels with steps -------------------------------------------------------------------


class SteppedPanel(Panel):
    """A panel over data with steps: a ``step`` among its settings, and its buttons.

    The data tell their last step as ``data.done``.
    """

    below = ()  # settings whose controls stand below the picture
    speeds: ClassVar = {}  # what the menu shows -> milliseconds for a picture, steps
    _place = None  # the step that was chosen, infinity for the last

    def __init__(self, *args, **kwargs):
        # Play does the timing. Its icons have no names, so our button stands for it.
        self.player = host.Play(show_repeat=False)
        self._plays = False  # whether we want it to; it hears of that a little later
        super().__init__(*args, **kwargs)
        self._keep_place()
        hidden = self.player if host.STARTS_PLAY else self.play_button
        hidden.layout.display = "none"
        self.speed.connect(self.handle, self._set_speed)
        self.look["step"].connect(self.handle, self._stepped)
        self.player.observe(lambda change: self.handle(self._played), "value")
        self.player.observe(lambda change: self.handle(self._turned), "playing")

    def rows(self):
        widget = {name: control.widget for name, control in self.controls.items()}
        self.play_button = button(self, "Pause", self.play)
        self._name_play()
        self.speed = Choice("speed", list(self.speeds), list(self.speeds)[-2], 12)
        buttons = [
            self.play_button,
            self.player,
            button(self, "Back", self.move, -1),
            button(self, "Step", self.move, 1),
            button(self, "Reset", self.reset),
        ]
        steps = row([widget.pop("step"), *buttons, self.speed.widget])
        below = row(widget.pop(name) for name in self.below)
        middle = [self.picture, self.status, self.busy]
        return [row(widget.values()), steps, *middle, below, self.tools]

    def set_data(self, data):
        """Keep new data, and the place: who stood at the last step stays at the last.

        Long work comes in parts: the place may be further than the first of them.
        """
        step = self.look["step"]
        place = step.value if self._place is None else self._place
        self.data = data
        step.end_at(data.done)
        step.set(min(place, data.done), notify=False)
        # Past the end, since it takes no step that would lead there: we stop it.
        self.player.max = data.done + max(by for _, by in self.speeds.values())
        self._set_speed()
        self._cue()
        self.draw()

    def move(self, steps):
        """Go some steps forwards, or back."""
        self._pause()
        step = self.look["step"]
        step.set(min(max(step.value + steps, 0), self.data.done))

    def reset(self):
        """Go back to the start."""
        self._pause()
        self.look["step"].set(0)

    def play(self):
        """Play, or pause."""
        if self._plays:
            return self._pause()
        self._cue()
        self.player.send_state("value")  # it may have gone on after we heard of it
        self.player.playing = True

    def _pause(self):
        self._plays = False
        self.player.playing = False

    def _cue(self):
        """Have Play go on from the step, however it was chosen, or end with the last."""
        step = self.look["step"].value
        if step == self.data.done:
            self._pause()  # by itself Play ends only after one more wait
        self.player.value = 0 if step == self.data.done else step

    def _keep_place(self):
        step = self.look["step"].value
        self._place = math.inf if step == self.data.done else step

    def _stepped(self):
        self._keep_place()
        self._cue()
        self.update()

    def _set_speed(self):
        self.player.interval, self.player.step = self.speeds[self.speed.value]

    def _played(self):
        # Go to the player's value: under load it leaves values out. What it sends until
        # it has heard that it must stop comes too late.
        if self._plays:
            self.look["step"].set(min(self.player.value, self.data.done))
        elif not self.player.playing:
            self._cue()  # the browser prefers such a value to ours: tell it again

    def _turned(self):
        """The player plays, or it ended: with its last value, which may come with that."""
        self._name_play()
        self._plays |= self.player.playing
        self._played()
        self._plays = self.player.playing

    def _name_play(self):
        self.play_button.description = "Pause" if self.player.playing else "Play"
