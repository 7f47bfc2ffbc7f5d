"""What the page does, by `mlp_core`: settings, data, first network, training.

settings.json is the one home of the settings. Random numbers and data are those of the
page bit for bit; what is computed from them is the same but for rounding.
"""

import json
import math
import re
from pathlib import Path
from typing import NamedTuple

import numpy as np

import mlp_core as mlp
from course import fast

SPEC = json.loads(Path(__file__).with_name("settings.json").read_text(encoding="utf-8"))
DEFAULTS = {name: spec["default"] for name, spec in SPEC.items()}
REACH, N, TURN = 3, 200, 2 * math.pi  # as in data.js


def check(settings) -> dict:
    """The settings as JSON has them, 4.0 as 4; an error if they are not admitted."""
    text = json.dumps(settings, default=lambda array: array.tolist())
    short = {"parse_float": lambda x: float(x) if float(x) % 1 else int(float(x))}
    settings = json.loads(text, **short)
    for name, value in settings.items():
        if wrong := complaint(name, value):
            raise (ValueError if name in SPEC else TypeError)(wrong)
    return settings


def complaint(name, value) -> str:
    """What is wrong with a value, in the words of settings.js; empty if nothing is."""
    if name not in SPEC:
        return f"there is no setting {name}"
    spec, is_list = SPEC[name], isinstance(value, list)
    least, most, options = map(spec.get, ("least", "most", "options"))
    if is_list != ("of" in spec) and not (is_list and value and "each" in spec):
        return f"{name} must be {'a list' if 'of' in spec else 'one value'}"
    if is_list and len(value) > (count := spec.get("count", most or math.inf)):
        return f"{name} may have {count} at most"
    if "some" in spec and not value:
        return f"{name} needs one at least"
    for one in value if is_list else [value]:
        told = f"not {one if isinstance(one, str) else json.dumps(one)}"
        if spec.get("of") == "points":
            if not (isinstance(one, list) and [*map(_is_number, one)] == [True] * 3):
                return f"each of {name} must be x0, x1 and a target"
        elif options:
            if one not in options:
                return f"{name} must be one of {', '.join(options)}, {told}"
        elif not _is_number(one):
            return f"{name} must be a number, {told}"
        elif not least <= one <= most:
            least = np.format_float_positional(least, trim="-")  # not 1e-05
            return f"{name} must be from {least} to {most}, {told}"
        elif "whole" in spec and one % 1:
            return f"{name} must be whole"
    return ""


def defaults_for(settings) -> dict:
    """What holds where the settings say nothing: also an output that reaches the targets."""
    beyond = settings.get("data") in ("sum", "plane", "hills")
    return DEFAULTS | ({"output": "identity"} if beyond else {})


def _is_number(value):
    return type(value) in (int, float) and math.isfinite(value)  # True is none


def make_data(settings) -> tuple[mlp.Task, mlp.Task | None]:
    """The training data and the test data (or None): two inputs and a target."""
    kind, share = settings["data"], settings["test"]
    if kind in ("xor", "sum"):
        return {"xor": mlp.XOR, "sum": mlp.SUM}[kind], None
    if kind == "own":
        table, share = np.reshape(settings["points"], (-1, 3)).astype(float), 0
    else:
        table = _draw(kind, settings["noise"], settings["data_seed"])
    cut = len(table) - math.floor(len(table) * share + 0.5)
    train, test = (mlp.Task(kind, p[:, :2], p[:, 2:]) for p in np.split(table, [cut]))
    return train, test if len(test.X) else None


def _draw(kind, noise, seed):
    rng, points = np.random.default_rng(seed), []
    for i in range(N):
        y = i % 2
        x = _point(kind, y, (i - y) / (N - 2), rng)
        if kind == "plane":
            y = sum(x) / 2
        elif kind == "hills":
            y = sum(
                (j if i else -j)
                * math.exp(-(math.dist(x, (0.65 * i, 0.45 * j)) ** 2) / 0.06)
                for i in (-1, 0, 1)
                for j in (-1, 1)
            )
        x = [REACH * (c + noise * 0.5 * rng.standard_normal()) for c in x]
        points.append([*x, y])
    for i in range(N - 1, 0, -1):  # shuffle
        j = rng.integers(i + 1)
        points[i], points[j] = points[j], points[i]
    return np.floor(1000 * np.array(points) + 0.5) / 1000


def _point(kind, y, share, rng):
    """A point within 1 of 0, of class ``y``; ``share`` tells how far along its arm."""
    if kind == "xor_clouds":
        x0, x1 = rng.uniform(0.08, 1), rng.uniform(0.08, 1)
        side = 1 if rng.integers(2) else -1
        return side * x0, (-side if y else side) * x1
    if kind == "circles":
        r = rng.uniform(0, 0.45) if y else rng.uniform(0.68, 0.98)
        turn = TURN * rng.random()
        return r * math.cos(turn), r * math.sin(turn)
    if kind == "spirals":
        r, turn = 0.06 + 0.92 * share, 1.44 * TURN * share + y * math.pi
        return r * math.sin(turn), r * math.cos(turn)
    if kind == "gaussians":
        return [(0.45 if y else -0.45) + 0.2 * rng.standard_normal() for _ in range(2)]
    return rng.uniform(-1, 1), rng.uniform(-1, 1)


def features_of(names, X) -> np.ndarray:
    """The inputs of the network (n, features) for points (n, 2)."""
    x0, x1 = X.T
    made = {"x0": x0, "x1": x1, "x0^2": x0 * x0, "x1^2": x1 * x1, "x0*x1": x0 * x1}
    made |= {"sin(x0)": np.sin(x0), "sin(x1)": np.sin(x1)}
    return np.stack([made[name] for name in names], axis=-1)


class Run(NamedTuple):
    """Where a run stands: at ``step``, or before the step that broke its network."""

    settings: dict  # all of them
    train: mlp.Task
    test: mlp.Task | None
    params: list
    step: int
    diverged_at: int | None  # as in `mlp_core.History`

    @property
    def parts(self) -> dict:
        """The data that there are."""
        parts = {"training": self.train, "test": self.test}
        return {name: task for name, task in parts.items() if task and len(task.X)}


def run(settings) -> Run:
    """The run of these settings, from its start to their ``step``."""
    given = check(settings)
    now = defaults_for(given) | given
    rng, (train, test) = np.random.default_rng(now["seed"]), make_data(now)
    sizes = [len(now["features"]), *now["hidden"], 1]
    alpha = activations(now)[0].alpha or 0.0
    params = mlp.initialize(sizes, rng, now["scheme"], alpha)
    if not len(train.X):
        return Run(now, train, test, params, 0, None)
    params, history = go_on(now, train, params, rng, now["step"])
    return Run(now, train, test, params, len(history.loss), history.diverged_at)


def activations(settings) -> list[mlp.Activation]:
    """One for each layer, the output last; the last hidden one serves those after it."""
    named, count = settings["activation"], len(settings["hidden"])
    names = named if isinstance(named, list) else [named]
    names = [*names, *names[-1:] * count][:count]
    return [mlp.make_activation(name) for name in [*names, settings["output"]]]


def go_on(settings, task, params, rng, steps) -> tuple[list[mlp.Layer], mlp.History]:
    """So many steps more, as `mlp_core.train` makes them."""
    X, n = features_of(settings["features"], task.X), len(task.X)
    samples = mlp.draw_samples(rng, n, steps, min(settings["batch"], n) or None)
    more = {"samples": samples, "learning_rate": settings["learning_rate"]}
    more["gradient"] = with_penalties(settings["l1"], settings["l2"])
    return fast.train(params, X, task.Y, activation=activations(settings), **more)


def with_penalties(l1, l2):
    """The gradient of the loss + l1 * sum of abs(W) + l2 / 2 * sum of W**2."""

    def gradient(params, X, Y, activation):
        value, grads = mlp.loss_and_grads(params, X, Y, activation)
        more = [l1 * np.sign(W) + l2 * W for W, _ in params]
        return value, [mlp.Layer(dW + m, db) for (dW, db), m in zip(grads, more)]

    return gradient if l1 or l2 else mlp.loss_and_grads  # which `fast` knows


def with_features(run):
    """The network from the two inputs on: a layer that makes features, then its own."""
    names, first = run.settings["features"], mlp.Layer(np.eye(2), np.zeros(2))
    make = mlp.Activation("features", lambda X: features_of(names, X), None)
    return [first, *run.params], [make, *activations(run.settings)]


def line(run) -> str:
    """The numbers of a run in one line."""
    params, activation = with_features(run)
    losses = []
    for name, task in run.parts.items():
        with np.errstate(all="ignore"):  # they may explode
            Y_hat, _ = mlp.forward(params, task.X, activation)
            loss = mlp.loss(Y_hat, task.Y)
        losses.append(f"{_digits(loss)} on the {name} data")
    return f"step {run.step}: " + (f"loss {', '.join(losses)}" if losses else "no data")


def _digits(value):
    if not math.isfinite(value):
        return "not finite"
    if value == 0:
        return "0"
    is_plain = 0.001 <= value < 1000
    short = re.sub(r"e\+?(-?)0*", r"e\1", f"{value:.1e}")  # 5e-4, as the page
    return f"{value:.4f}" if is_plain else short
