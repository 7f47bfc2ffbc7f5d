"""The playground in a notebook: what the page brings, and a picture where there is none."""

import copy
import itertools
from functools import partial
from pathlib import Path

import anywidget
import ipywidgets as widgets
import numpy as np
import traitlets

import mlp_core as mlp
from course import checks, host, page
from course.pictures import on_slides
from course.pictures.networks import describe_network, draw_network
from course.pictures.style import Picture
from course.pictures.surfaces import draw_surface
from course.playground import twin
from course.playground.follow import Follower

FOLDER = Path(__file__).parent
STEPS_ON_SLIDE = 1000
REACH = 3.45  # of the square that the page shows


class Playground(anywidget.AnyWidget):
    """A network to play with, starting from these settings.

    - ``data``: xor, sum, xor_clouds, circles, spirals, gaussians, plane, hills, or own with
      its ``points`` [x0, x1, target]; ``noise`` and ``test``, the share of test data, from
      0 to 0.5; ``data_seed``
    - ``features``: some of x0, x1, x0^2, x1^2, x0*x1, sin(x0), sin(x1)
    - ``hidden``: the units of up to 6 layers, 1 to 8 each; ``activation``, one for all or a
      list, and ``output``: tanh, sigmoid, relu, leaky_relu (alpha -0.2), identity
    - ``scheme``: normal, uniform, he, glorot, zeros; ``seed``
    - ``learning_rate``: from 0.00001 to 100; ``batch``: samples of a step, 0 for all;
      ``l1``, ``l2``: from 0 to 1; ``step``: from 0 to 20000
    - ``pace``, that of Play at first: 1 step a second, 5 steps a second, 1 step a frame,
      5 steps a frame, 25 steps a frame, 100 steps a frame, as fast as it can
    - ``gradient``: right, or original, with the bug of the original notebook
    - ``hide``: some of data, noise, test, batch, data_seed, features, layers, units, activation,
      learning_rate, l1, l2, scheme, seed, step, pace, compare, discrete, formula, loss,
      numbers, gradient, seeds; or ``show``: these and no others
    - or ``X`` (n, 2), from -3 to 3, and ``Y`` (n, 1), from 0 to 1: your own points

    Python reads what the page shows: ``play.seed``, ``play.learning_rate``; ``print`` writes
    its settings, as a line that makes it again.
    """

    _esm = page.script(FOLDER / "widget.js")
    _css = page.css(page.LOOKS, FOLDER / "playground.css")
    settings = traitlets.Dict().tag(sync=True)  # those that were given
    now = traitlets.Dict().tag(sync=True)  # what the page told last: see widget.js
    given = traitlets.Dict({"number": 0}).tag(sync=True)  # parameters, from Python
    # Whose steps the page follows.
    follows = traitlets.Dict({"number": 0}).tag(sync=True)
    _ipython_display_ = None  # that of ipywidgets 7 shows no picture

    def __init__(self, *, X=None, Y=None, show=None, **settings):
        if show is not None:
            if "hide" in settings:
                raise TypeError("give show or hide, not both")
            settings["hide"] = twin.others("show", show)
        if X is not None or Y is not None:
            if "data" in settings or "points" in settings:
                raise TypeError("X and Y are the data, so leave out data and points")
            settings |= {"data": "own", "points": _points(X, Y)}
        super().__init__(settings={k: twin.check(k, v) for k, v in settings.items()})
        self.add_class("course-playground")
        self._numbers = itertools.count(1)  # of what Python does
        self.on_msg(self._take)

    def __getattr__(self, name):
        if name not in twin.SPEC:  # also a property that fails: its own error
            return object.__getattribute__(self, name)
        return self._step if name == "step" else copy.deepcopy(self._settings[name])

    def __setattr__(self, name, value):
        if name in twin.SPEC:
            raise AttributeError(
                f"change {name} on the page, or make Playground({name}=...)"
            )
        super().__setattr__(name, value)

    @property
    def X(self) -> np.ndarray:
        """The training data as the network gets them, (n, inputs)."""
        return twin.features_of(self._settings["features"], self._training.X)

    @property
    def Y(self) -> np.ndarray:
        """The targets of the training data, (n, 1)."""
        return self._training.Y

    @property
    def activation(self) -> list[mlp.Activation]:
        """One for each layer, the output last."""
        return twin.activations_of(self._settings)

    @property
    def params(self) -> list[mlp.Layer]:
        """The layers that the page shows, as in `mlp_core`. Set them, and it shows yours."""
        return self._run.params

    @params.setter
    def params(self, params):
        values = twin.numbers_of("params", params, twin.shapes(self._settings))
        self.given = {"number": next(self._numbers), "values": values}

    def replay(self, step=None) -> list[mlp.Layer]:
        """Train the page's run with `mlp_core`, changes by hand included; return the layers.

        ``step`` may be earlier than the one that the page shows. Up to 1,000 steps and a
        learning rate of 0.1 the layers match the page's to 1e-9. JavaScript and NumPy
        round the last digit differently, and each step can enlarge a difference, more so
        at a larger rate, so two correct runs may drift apart. What `follow` trained is
        taken over.
        """
        here, events = self._step, list(self.now.get("events", []))
        if self._is_waiting:
            events += [{"step": here, "to": here, "values": self.given["values"]}]
        run = twin.Run(self.now.get("first", self.settings) | {"step": 0})
        last = here if step is None else checks.whole("step", step, most=here)
        run.go_on(events, last)
        return run.params

    def follow(self, training):
        """Let Python train what the page shows; the cell ends at once, and the page asks.

        ``training(params)`` yields the layers after each step, from ``params`` on. At the
        start, and after a change on the page, it is called with what the page shows. It may
        also be a generator, such as ``mlp.steps(play.params, ...)``, which such a change
        ends. The page draws with its own activations, ``play.activation``.
        """
        begins = callable(training)
        steps = training(self.params) if begins else training
        self._follower = Follower(steps, twin.shapes(self._settings))
        self._trains = training
        told = {"by": self._follower.by, "begins": begins}
        self.follows = {"number": next(self._numbers), **told}

    def _take(self, _, asked, buffers):
        number = asked["number"]
        if number != self.follows["number"]:
            return
        if "now" in asked:  # it begins, from what the page shows
            self.set_state({"now": asked["now"]})
            shapes = twin.shapes(self._settings)
            self._follower = Follower(self._anew(), shapes, self._step)
        self.send({"number": number, **self._follower.take(asked["count"])})

    def _anew(self):
        yield from self._trains(self.params)  # may fail: `take` tells of it

    @property
    def _run(self):
        told = self.given if self._is_waiting else self.now
        if "values" not in told:  # no page has told anything
            return twin.Run(self.settings)
        run = twin.Run(self._settings | {"step": 0})
        run.place(told["values"], self._step)
        return run

    @property
    def _settings(self):
        return twin.whole(self.now.get("settings", self.settings))

    @property
    def _step(self):
        return self.now.get("step", self._settings["step"])

    @property
    def _training(self):
        return twin.training_of(twin.make_data(self._settings))

    @property
    def _is_waiting(self):
        """Whether the page has not yet taken the parameters that Python gave."""
        return self.given["number"] > self.now.get("seen", 0)

    @property
    def _is_kept(self):
        """Whether its settings, with the step, reproduce what it shows."""
        is_changed = self.now.get("events") or self._is_waiting
        return not is_changed and self._step <= twin.SPEC["step"]["most"]

    @property
    def _again(self):
        """Settings from which another page can go on; None if it can't."""
        given = self.now.get("settings", self.settings) | {"step": self._step}
        return given if self._is_kept and not self.follows["number"] else None

    def __repr__(self):
        is_kept, start = self._is_kept, {**self.now.get("first", {}), "step": 0}
        now = self._settings | ({"step": self._step} if is_kept else start)
        usual = twin.whole({"data": now["data"]}) | {"data": twin.DEFAULTS["data"]}
        said = [f"{k}={v!r}" for k, v in now.items() if v != usual[k]]
        more = "" if is_kept else "  # its start; replay() leads on from there"
        return f"Playground({', '.join(said)}){more}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return _bundle(host.view(self, super()), self)


def small(data, **settings) -> Playground:
    """A playground with few controls, and the network that the notebooks train: 2-3-3-2-1."""
    network = {"hidden": [3, 3, 2], "scheme": "normal", "learning_rate": 0.2}
    bends = dict.fromkeys(["activation", "output"], "leaky_relu")
    shown = ["learning_rate", "seed", "step", "loss"]
    return Playground(**{"data": data, "show": shown, **network, **bends, **settings})


def first_look(**settings) -> Playground:
    """XOR with four units: each adds up its inputs and passes on what is above 0."""
    usual = {"data": "xor", "hidden": [4], "activation": "relu", "output": "identity"}
    usual |= {"scheme": "he", "learning_rate": 0.2, "batch": 0}
    usual["pace"] = "1 step a frame"  # else it has learned before you have looked
    usual["show"] = ["learning_rate", "seed", "units", "step", "loss"]
    return Playground(**usual | settings)


class SideBySide(widgets.HBox):
    """Two or more playgrounds, to compare by eye."""

    _ipython_display_ = None  # as above

    def __init__(self, first, *others):
        super().__init__([first, *others])
        self.add_class("course-side-by-side")

    def _repr_mimebundle_(self, include=None, exclude=None):
        shown = host.view(self, super(Playground, self.children[0]))
        return _bundle(shown, *self.children)


def _bundle(view, *playgrounds):
    """A mime bundle, with a picture and a line for readers without a page.

    With the picture's alt text comes what a page without Python, such as one of the
    book, needs to make the playgrounds again.
    """
    data, metadata = view
    runs = [one._run for one in playgrounds]
    if all(run.data for run in runs):
        shown, alt = picture(*map(_as_shown, playgrounds))._repr_mimebundle_()
        data, metadata = data | shown, metadata | alt
        settings = [one._again for one in playgrounds]
        if None not in settings:
            metadata["image/png"]["playground"] = settings
    line = "; beside it ".join(run.line() for run in runs)
    return data | {"text/plain": line}, metadata


def _as_shown(playground):
    """Its run; on a slide, where Play can't be pressed, it has already trained."""
    run = playground._run
    if run.step or not on_slides.are_drawn():
        return run
    if not playground.follows["number"]:
        return twin.Run(run.settings | {"step": STEPS_ON_SLIDE})
    follower, told = playground._follower, {"end": ""}
    while follower.made < STEPS_ON_SLIDE and not told["end"]:
        told = follower.take(STEPS_ON_SLIDE - follower.made)
        if told["count"]:
            run.place(told["values"], follower.made)
    return run


def picture(*runs) -> Picture:
    """The output of each over x0 and x1, with its training data; of a single one the network.

    A network with other inputs is left out, since the diagram calls them x0, x1, ...
    """
    draws, alts, ratios = [], [], None
    if len(runs) == 1 and runs[0].settings["features"] == ["x0", "x1"]:
        # With more layers it is wider, so that there is room for its numbers.
        ratios = min(0.6 * len(runs[0].params), 3.0), 1
        draws.append(partial(draw_network, params=runs[0].params))
        alts.append(describe_network(runs[0].params))
    for run in runs:
        shown = dict(zip(("params", "activation"), run.with_features()))
        draws.append(partial(draw_surface, task=run.data[0], **shown))
        counts = " and ".join(f"{len(task.X)} {task.name}" for task in run.data)
        square = "Surface of the output over the square of inputs"
        alts.append(f"{square}, with {counts} samples; {run.line()}.")
    size = 6 * len(draws), 4.2
    return Picture(draws, " Beside it: ".join(alts), size, ratios=ratios)


def _points(X, Y):
    """Samples as rows [x0, x1, target]."""
    if X is None or Y is None:
        raise TypeError("own points need both X and Y")
    _, X, Y = checks.task("your data", mlp.Task("own", X, Y), inputs=2, outputs=1)
    if abs(X).max() > REACH:
        raise ValueError(f"X goes to {abs(X).max():.4g}, but the picture ends at 3")
    if Y.min() < 0 or Y.max() > 1:
        raise ValueError(f"Y goes from {Y.min():.4g} to {Y.max():.4g}, outside 0 to 1")
    return np.hstack([X, Y]).tolist()
