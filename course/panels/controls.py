"""Controls: one setting each, the widgets that show it, and its last good value."""

import contextlib
import threading

import ipywidgets as widgets
import numpy as np

import mlp_core as mlp
from course import checks


class Refused(ValueError):
    """A typed value that isn't allowed; the one before it stays."""


class Control:
    """A setting with a labelled box; the label is what a screen reader says.

    It starts without a value, or `at` one. Each value that is set or typed goes through
    ``check``, which returns it, or raises a TypeError or ValueError that names the
    label. A wrong entry is answered in words, and the last good value comes back.
    """

    value = None

    def __init__(self, label, box):
        self.label, self.box = label, box
        self.widget = box  # what the panel shows
        self.connect(lambda action: action(), lambda: None)  # no panel yet
        self._moving = None  # the thread in which we move the widgets
        box.observe(self._typed, "value")

    def at(self, value):
        """This control, with its first value."""
        self.set(value)
        return self

    def connect(self, handle, changed):
        """Have ``changed()`` called after a change; ``handle(action)`` reports errors."""
        self._handle, self._changed = handle, changed

    def words(self):
        """The value, as messages put it."""
        return str(self.value)

    def show(self, value):
        """Write the value into the widgets."""
        self.box.value = value

    def read(self, shown):
        """The value behind what the box shows."""
        return shown

    def set(self, value, notify=True):
        """Show and keep a value; notify the panel if it is a new one."""
        value = self.check(value)
        is_new = value != self.value
        self.value = value
        with self._moved():
            self.show(value)
        if is_new and notify:
            self._changed()

    @contextlib.contextmanager
    def _moved(self):
        """Don't report our own moves of the widgets."""
        self._moving = threading.get_ident()
        try:
            yield
        finally:
            self._moving = None

    def _typed(self, change):
        if self._moving != threading.get_ident():
            self._handle(lambda: self._accept(self.read(change["new"])))

    def _accept(self, value):
        try:
            value = self.check(value)
        except (TypeError, ValueError) as error:
            self.set(self.value)
            raise Refused(f"{error}. It stays {self.words()}.") from None
        self.set(value)


class Number(Control):
    """A slider, and a labelled number box beside it that accepts numbers outside.

    The slider goes from ``low`` to ``high``, in equal ratios if ``log``, and stays at
    its end if the number is outside. An arrow key in the box makes one
    ``step``; the box has room for ``digits``. ``limits`` are those of `checks.number`.
    """

    whole = False

    def __init__(self, label, low, high, step, width, digits=8, log=False, **limits):
        self.low, self.high, self.log, self.limits = low, high, log, limits
        # Not IntText for whole numbers: in the browser it silently turns 2.7 into 27.
        box = widgets.FloatText(step=step, **_room(label, digits))
        kind = widgets.IntSlider if self.whole else widgets.FloatSlider
        if log:
            kind, step = widgets.FloatLogSlider, 0.02
            low, high = np.log10([low, high])
        look = {"readout": False, "layout": {"width": f"{width}px"}}
        self.slider = kind(min=low, max=high, step=step, **look)
        super().__init__(label, box)
        self.widget = widgets.HBox([box, self.slider])
        self.slider.observe(self._slid, "value")

    def check(self, value):
        return checks.number(self.label, value, **self.limits)

    def show(self, value):
        self.box.value = value
        # What it shows already is not written back: the page, on which it may have gone on
        # since, would send the older value after the newest.
        if not self._is_echo(self.slider.value):
            self.slider.value = self._inside(value)

    def end_at(self, high):
        """Let the slider and the allowed values end at another number."""
        self.high = self.limits["most"] = high
        with self._moved():
            self.slider.max = high

    def _slid(self, change):
        value = change["new"]
        if self._moving != threading.get_ident() and not self._is_echo(value):
            # The slider's own 0.19952623 is hard to read, and 3 digits are enough.
            value = value if self.whole else float(f"{value:.3g}")
            self._handle(lambda: self._accept(value))

    def _is_echo(self, shown):
        """Whether the slider only rounded our value to its own steps.

        The browser does so when it draws a slider, and reports it like a move. A real
        move goes further than half a step.
        """
        ours = self._inside(self.value)
        if self.log:
            shown, ours = np.log10([shown, ours])
        return abs(shown - ours) <= 0.501 * self.slider.step

    def _inside(self, value):
        return min(max(value, self.low), self.high)


class Whole(Number):
    """The same for whole numbers; ``limits`` are those of `checks.whole`."""

    whole = True

    def __init__(self, label, low, high, width, **limits):
        super().__init__(label, low, high, 1, width, **limits)

    def check(self, value):
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # the box sends 3.0 for 3
        return checks.whole(self.label, value, **self.limits)


class Choice(Control):
    """A labelled drop-down menu of values, or of ``{what the menu shows: value}``."""

    def __init__(self, label, options, digits=12):
        self.options = _named(options)
        # Half a digit to spare: browsers don't agree on the width of a menu's arrow.
        room = _room(label, digits + 0.5)
        super().__init__(label, widgets.Dropdown(options=list(self.options), **room))

    @property
    def values(self) -> list:
        return list(self.options.values())

    def check(self, value):
        return checks.one_of(self.label, value, self.values)

    def show(self, value):
        self.box.index = self.values.index(value)

    def read(self, shown):
        return self.options[shown]

    def offer(self, options):
        """Offer other options; the value stays if it is among them."""
        options = _named(options)
        if list(options) == list(self.options):
            return
        self.options = options
        if self.value not in self.values:
            self.value = self.values[0]
        with self._moved():
            self.box.options = list(options)
            self.show(self.value)


def _named(options):
    return options if isinstance(options, dict) else {str(o): o for o in options}


class Tick(Control):
    def __init__(self, label):
        room = {"width": f"{30 + 8 * len(label)}px"}
        box = widgets.Checkbox(description=label, indent=False, layout=room)
        super().__init__(label, box)

    def check(self, value):
        return checks.switch(self.label, value)


class Sizes(Control):
    """A text box for the sizes of the hidden layers, as in 3, 3, 2."""

    def __init__(self, label):
        room = _room(label, 11)
        super().__init__(label, widgets.Text(continuous_update=False, **room))

    def check(self, value):
        sizes = value.replace(",", " ").split() if isinstance(value, str) else value
        try:
            sizes = [int(size) if isinstance(size, str) else size for size in sizes]
            return tuple(checks.whole("size", size, 1, 512) for size in sizes)
        except (TypeError, ValueError):
            raise ValueError(
                f"{self.label} must be whole numbers from 1 to 512, such as 3, 3, 2, "
                f"not {value!r}"
            ) from None

    def words(self):
        return self.box.value or "without a hidden layer"

    def show(self, value):
        self.box.value = ", ".join(map(str, value))


def _room(label, digits):
    """A label, and room for it and a number, so that no label is cut."""
    name = round(8.5 * len(label)) + 8
    layout = {"width": f"{round(name + 9.5 * digits)}px"}
    style = {"description_width": f"{name}px"}
    return {"description": label, "style": style, "layout": layout}


# Settings that several panels have ---------------------------------------------------


def learning_rate(width=140):
    return Number("learning rate", 0.001, 10, 0.01, width, log=True, above=0)


def seed():
    return Whole("seed", 0, 100, 100)


def activation(name, alpha):
    """The settings of an activation: its name, and the alpha of the leaky ReLU."""
    return {
        "activation": Choice("activation", list(mlp.ACTIVATIONS)).at(name),
        "alpha": Number("alpha", -1, 1, 0.05, 110).at(alpha),
    }


def network(number, name, alpha):
    """The settings of an untrained network."""
    return {"seed": seed().at(number), **activation(name, alpha)}


def fresh_network(seed, activation, alpha):
    """These settings -> an untrained network of the original sizes, its activation."""
    params = mlp.initialize(rng=np.random.default_rng(seed))
    return params, mlp.make_activation(activation, alpha)


def step(last):
    """The step that a `SteppedPanel` shows."""
    return Whole("step", 0, last, 300, most=last)


def sample(task, digits, others=()):
    """A menu of the inputs of a task; the value is the number of the row."""
    options = dict(others)
    for i, x in enumerate(task.X):
        name = f"({', '.join(f'{number:.3g}' for number in x)})"
        options[f"{name}, row {i}" if name in options else name] = i
    return Choice("input", options, digits)
