"""What the page does, with `mlp_core`: settings, data, first network, training.

settings.json is the one home of the settings. Random numbers and data match the page's
bit for bit; what is computed from them is the same except for rounding.
"""

import itertools
import json
import math
import re
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

import mlp_core as mlp
from course import checks, fast
from course.original import original_loss_and_grads

SPEC = json.loads(Path(__file__).with_name("settings.json").read_text(encoding="utf-8"))
SPEC["hide"]["options"] |= {name: "" for name in SPEC if "control" in SPEC[name]}
N = 200  # points are drawn


def whole(settings) -> dict:
    """All settings: the given ones, and the usual ones for their data."""
    kind, spec = settings.get("data"), SPEC.items()
    usual = {name: s.get("for", {}).get(kind, s["default"]) for name, s in spec}
    return usual | settings


DEFAULTS = whole({})


def check(name, value):
    """The value of a setting, as JSON has it; an error if it is not allowed."""
    if name not in SPEC:
        raise TypeError(f"there is no setting {name}")
    spec, one = SPEC[name], checks.number
    if "options" in spec:
        one = partial(checks.one_of, options=spec["options"])
    elif "least" in spec:
        one = checks.whole if "whole" in spec else checks.number
        one = partial(one, least=spec["least"], most=spec["most"])
    elif name == "points":
        one = partial(_list_of, checks.number, least=3, most=3)
    if "of" in spec or ("each" in spec and not isinstance(value, str)):
        least, most = "some" in spec or "each" in spec, spec.get("count")
        return _list_of(one, name, value, least, most)
    return one(name, value)


def _list_of(one, name, value, least=0, most=None):
    if isinstance(value, str) or not np.iterable(value):
        raise TypeError(f"{name} must be a list, not {value!r}")
    checks.whole(f"the length of {name}", len(value), least, most)
    return [one(f"each of {name}", part) for part in value]


def others(name, shown) -> list[str]:
    """What ``hide`` must hold so that just these parts are shown."""
    options = SPEC["hide"]["options"]
    shown = _list_of(partial(checks.one_of, options=options), name, shown)
    return [part for part in options if part not in shown]


def make_data(settings) -> list[mlp.Task]:
    """The training data and the test data, if any: two inputs and a target."""
    kind, parts = settings["data"], [np.reshape(settings["points"], (-1, 3))]
    if kind in ("xor", "sum"):
        parts = [np.hstack({"xor": mlp.XOR, "sum": mlp.SUM}[kind][1:])]
    elif kind != "own":
        cut = N - math.floor(N * settings["test"] + 0.5)
        drawn = _draw(kind, settings["noise"], settings["data_seed"])
        parts = np.split(drawn, [cut])
    named = zip(("training", "test"), parts)
    return [mlp.Task(name, p[:, :2], p[:, 2:]) for name, p in named if len(p)]


@lru_cache
def _draw(kind, noise, seed):
    """Points (N, 3), each x0, x1 and a target, with three decimals."""
    rng, i, y = np.random.default_rng(seed), np.arange(N), np.arange(N) % 2
    draw = {  # what a point draws, before its noise
        "spirals": lambda: (0, 0, 0),
        "gaussians": lambda: (*rng.standard_normal(2), 0),
        "xor_clouds": lambda: (*rng.random(2), rng.integers(2)),
    }.get(kind, lambda: (*rng.random(2), 0))
    drawn = np.array([(*draw(), *rng.standard_normal(2)) for _ in i]).T
    (u, v), side, moves = drawn[:2], drawn[2], drawn[3:]
    r, turn = np.where(y, 0.45 * u, 0.68 + 0.3 * u), 2 * np.pi * v
    way = (i - y) / (N - 2)  # along the arm of a spiral
    arm, twist = 0.06 + 0.92 * way, np.pi * (2.88 * way + y)
    sides = (2 * side - 1) * [np.ones(N), 1 - 2 * y]
    x0, x1 = x = {  # within 1 of 0
        "xor_clouds": sides * (0.08 + 0.92 * drawn[:2]),
        "circles": r * [np.cos(turn), np.sin(turn)],
        "spirals": arm * [np.sin(twist), np.cos(twist)],
        "gaussians": 0.9 * y - 0.45 + 0.2 * drawn[:2],
    }.get(kind, 2 * drawn[:2] - 1)
    i, j = np.repeat([-1, 0, 1], 2), np.tile([-1, 1], 3)  # six hills and hollows
    far = (x0[:, None] - 0.65 * i) ** 2 + (x1[:, None] - 0.45 * j) ** 2
    hills = np.exp(-far / 0.06) @ np.where(i, j, -j)
    target = {"plane": (x0 + x1) / 2, "hills": hills}.get(kind, y)
    points = np.stack([*(3 * (x + noise * 0.5 * moves)), target], axis=-1)
    points = np.floor(1000 * points + 0.5) / 1000
    for i in range(N - 1, 0, -1):  # NumPy's own shuffle draws other numbers
        j = rng.integers(i + 1)
        points[[i, j]] = points[[j, i]]
    points.flags.writeable = False
    return points


def training_of(data) -> mlp.Task:
    """The training data from `make_data`."""
    if not data:
        raise ValueError("there are no points yet: click in the picture to add some")
    return data[0]


def features_of(names, X) -> np.ndarray:
    """The inputs of the network (n, features) for points (n, 2)."""
    x0, x1 = X.T
    made = {"x0": x0, "x1": x1, "x0^2": x0 * x0, "x1^2": x1 * x1, "x0*x1": x0 * x1}
    made |= {"sin(x0)": np.sin(x0), "sin(x1)": np.sin(x1)}
    return np.stack([made[name] for name in names], axis=-1)


def sizes_of(settings) -> list[int]:
    return [len(settings["features"]), *settings["hidden"], 1]


def shapes(settings) -> list[tuple]:
    """The shapes of each W."""
    return list(itertools.pairwise(sizes_of(settings)))


def activations_of(settings) -> list[mlp.Activation]:
    """One for each layer, the output last; the last hidden one serves the rest."""
    hidden, names = settings["hidden"], [*np.ravel(settings["activation"])]
    names = (names + names[-1:] * len(hidden))[: len(hidden)]
    return [mlp.make_activation(name) for name in [*names, settings["output"]]]


def numbers_of(name, layers, right) -> list[float]:
    """The numbers of these layers, whose W must have the shapes ``right``."""
    layers = checks.params(name, layers)
    found = [W.shape for W, _ in layers]
    if found != right:
        raise ValueError(f"{name}: the W are {found}, but the page has {right}")
    numbers = fast.join(layers)
    if not np.isfinite(numbers).all():
        raise ValueError("numbers exploded, so lower the learning rate, then Reset")
    return numbers.tolist()


class Run:
    """A run as in run.js: at ``step``, or before the step that broke its network."""

    def __init__(self, settings):
        self.settings = now = whole(settings)
        self.data, self.rng = make_data(now), np.random.default_rng(now["seed"])
        alpha = self.activations[0].alpha or 0.0
        self.params = mlp.initialize(sizes_of(now), self.rng, now["scheme"], alpha)
        self.step, self.diverged_at = 0, None  # as in `mlp_core.History`
        self.train(now["step"])

    def go_on(self, events, step):
        """Train up to a step, with the changes by hand: `events` as run.js tells them."""
        for event in [*events, {"step": step}]:
            begun, end = event["step"], event.get("to", 0)
            if begun < step < end:
                raise ValueError(f"of Python's steps to {end}, only the last is known")
            self.train(min(begun, step) - self.step)
            if max(begun, end) <= step:
                self._change(**event)

    def _change(self, step, to=None, values=None, parameter=None, value=None, **more):
        if values is not None:
            self.place(values, to)
        elif parameter is not None:
            flat = fast.join(self.params)
            flat[parameter] = value
            self.place(flat, self.step)
        self.settings |= more

    def place(self, values, step):
        """Stand at a step with these parameters, layer by layer as in `fast.join`."""
        self.params = fast.split(np.array(values, float), shapes(self.settings))
        self.step = step

    @property
    def activations(self) -> list[mlp.Activation]:
        return activations_of(self.settings)

    @property
    def X(self) -> np.ndarray:
        """The training data as the network gets them, (n, inputs)."""
        return features_of(self.settings["features"], training_of(self.data).X)

    @property
    def Y(self) -> np.ndarray:
        """The targets of the training data, (n, 1)."""
        return training_of(self.data).Y

    @property
    def loss(self) -> dict:
        """On 'training', and on 'test' if there are test data; without penalties."""
        params, activation = self.with_features()
        with np.errstate(all="ignore"):  # the numbers may explode
            return {
                name: mlp.loss(mlp.forward(params, X, activation)[0], Y)
                for name, X, Y in self.data
            }

    def train(self, steps):
        """So many more steps, as `mlp_core.train` makes them, with the current settings."""
        if not self.data or not steps:
            return
        start = self.params, self.X, self.Y, self.rng
        length = {"epochs": 1, "steps_per_epoch": steps}
        self.params, history = fast.train(*start, **length, **self._usual)
        self.step += len(history.loss)
        self.diverged_at = history.diverged_at and self.step + 1

    def sweep(self, seeds, steps=2000) -> fast.Sweep:
        """Train these settings from other seeds, as '100 random starts' on the page does."""
        first = {"sizes": sizes_of(self.settings), "scheme": self.settings["scheme"]}
        length = {"epochs": steps, "steps_per_epoch": 1}
        return fast.sweep(self.X, self.Y, seeds, **length, **first, **self._usual)

    @property
    def _usual(self) -> dict:
        """How steps are made with the current settings, in training and in sweeps."""
        now = self.settings
        more = {"activation": self.activations, "learning_rate": now["learning_rate"]}
        more["batch_size"] = min(now["batch"], len(self.Y)) or None  # None: all
        if now["l1"] or now["l2"] or now["gradient"] == "original":
            more["gradient"] = self.gradient
        return more

    def gradient(self, params, X, Y, activation):
        """The gradient of loss + l1 * sum of abs(W) + l2 / 2 * sum of W**2."""
        has_bug = self.settings["gradient"] == "original"
        gradient = original_loss_and_grads if has_bug else mlp.loss_and_grads
        value, grads = gradient(params, X, Y, activation)
        l1, l2 = self.settings["l1"], self.settings["l2"]
        more = [l1 * np.sign(W) + l2 * W for W, _ in params]
        return value, [mlp.Layer(dW + m, db) for (dW, db), m in zip(grads, more)]

    def with_features(self):
        """The network from x0 and x1 on: a layer that makes features, then its own."""
        names, first = self.settings["features"], mlp.Layer(np.eye(2), np.zeros(2))
        make = mlp.Activation("features", lambda X: features_of(names, X), None)
        return [first, *self.params], [make, *self.activations]

    def line(self) -> str:
        """Its numbers, as the page tells them."""
        losses = [
            f"{digits(loss)} on the {name} data" for name, loss in self.loss.items()
        ]
        told = f"loss {', '.join(losses)}" if losses else "no data"
        return f"step {self.step}: {told}"


def trained(step=2000, **settings) -> Run:
    """The run of a `Playground` with these settings, at this step, without a page."""
    settings |= {"step": step}
    return Run({name: check(name, value) for name, value in settings.items()})


def digits(loss):
    """In the words of the page: 0.0123, 1.2e-5, below 1e-10."""
    if not math.isfinite(loss):
        return "not finite"
    if loss < 1e-10:
        return "below 1e-10"
    short = re.sub(r"e\+?(-?)0*", r"e\1", f"{loss:.1e}")
    return f"{loss:.4f}" if 1e-3 <= loss < 1e3 else short
