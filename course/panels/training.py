"""The training panel: train a network and look at every step of it."""

from functools import partial
from types import SimpleNamespace
from typing import ClassVar

import numpy as np

import mlp_core as mlp
from course import checks, pictures
from course.fast import Snapshots
from course.panels import controls
from course.panels.controls import Choice, Sizes, Tick, Whole
from course.panels.panel import SHOWN, Panel, known_task
from course.panels.run import describe, train_in_parts
from course.panels.stepped import SteppedPanel
from course.panels.view import Cell, View
from course.pictures import axes
from course.pictures.hidden_space import frame_of
from course.pictures.losses import mark_loss


class TrainingView(View):
    """Network, loss, decision surface, a neuron's surface and a hidden space."""

    size = (1080, 426)  # with all settings and two lines of words it fits at 1280 x 720
    cells: ClassVar = {
        "network": Cell(0, 164, 590, 262, (2, 2, 2, 2)),
        "loss": Cell(0, 0, 590, 164, (96, 31, 72, 26)),
        "hidden": Cell(590, 180, 490, 246, (100, 48, 20, 24)),
        "surface": Cell(590, 0, 245, 180, (76, 31, 38, 26)),
        "neuron": Cell(835, 0, 245, 180, (76, 31, 38, 26)),
    }
    places = ("tall",)
    cells_on_slide: ClassVar = {  # those that can be read from the last row
        "network": Cell(0, 0, 534, 367, (2, 2, 2, 2)),
        "surface": Cell(534, 180, 225, 187, (58, 31, 34, 24)),
        "loss": Cell(534, 0, 225, 180, (94, 48, 24, 42)),
    }
    chooses = True
    floor = 1e-10  # smaller losses are drawn here, so that the larger ones have room
    run, curve, previous = None, None, None
    _framed, _frame = None, None  # a run and a layer, and the frame of its hidden space

    def draw(self, run, look):
        self._remember(run)
        params, now = run.at(look.step), (id(run), look.step)
        x = self.chosen_input(run, look)
        _, cache = mlp.forward(params, [x], run.activation)
        self.paint("network", (now, tuple(x)), pictures.draw_network, params, cache)
        self._paint_run(run, params, look)
        space = run.task, run.activation, look.hidden_layer
        frame = self._frame_of(run, *space)
        key = now, look.hidden_layer
        self.paint("hidden", key, pictures.draw_hidden, params, *space, frame)

    def _frame_of(self, run, *space):
        """The frame of the hidden space, for all of a run."""
        key = id(run), space[-1]
        if self._framed != key:
            apart = max(1, len(run.kept) // 200)  # this many steps are enough
            rows = np.concatenate([run.kept.rows[::apart], run.kept.rows[-1:]])
            networks = Snapshots(rows, run.kept.shapes).stack()
            self._framed, self._frame = key, frame_of(networks, *space)
        return self._frame

    def _paint_run(self, run, params, look):
        """Paint the loss, the output, and what a unit makes of the inputs."""
        now, curves = (id(run), look.step), (id(run), id(self.previous))
        curve = {"ground": curves, "lay": self._draw_loss}
        self.paint("loss", now, self._draw_mark, look.step, **curve)
        network = params, run.task, run.activation
        square = {"resolution": 41, "colorbar": False, "values": True}
        square["ground"] = "square"
        draw, rows = pictures.draw_surface, run.rows(look.step)
        self.paint("surface", now, draw, *network, **square, mark=rows)
        layer, unit = look.neuron
        chosen = {"layer": layer, "unit": unit, "show_z": look.show_z, "as_unit": True}
        key = now, look.neuron, look.show_z
        self.paint("neuron", key, draw, *network, **square, **chosen)

    def _remember(self, run):
        """Keep the curve of the run before this one; parts of one run are the same."""
        if run is self.run:
            return
        if self.run is not None and self.run.samples is not run.samples:
            self.previous = self.curve if self.run.every == run.every else None
        self.run, self.curve = run, np.maximum(run.curve(), self.floor)

    def chosen_input(self, run, look):
        """The input whose activations are shown: (n_in,)."""
        sample = look.sample
        if sample is None:  # the one that was trained on
            rows = run.rows(look.step)
            sample = rows[0] if len(rows) else 0
        return run.task.X[sample]

    def _draw_loss(self, ax):
        losses = {"this run": self.curve}
        if self.previous is not None and self.previous.size:
            losses = {"previous run": self.previous, **losses}
        look = {"x_label": "step", "faint": ("previous run",), "unnamed": "this run"}
        pictures.draw_loss(ax, losses, steps_per_point=self.run.every, **look)

    def _draw_mark(self, ax, step):
        limits = axes.log_limits(self.curve, least=self.floor)
        mark_loss(ax, self.curve, step, self.run.every, limits)

    def choose(self, run, x, y, look):
        """A unit, a sample, or a step of the curve."""
        name, place = self.cell_at(x, y)
        if name in (None, "hidden"):
            return {}
        ax = self.axes[name]
        at = ax.transData.inverted().transform(place)
        if name == "network":
            unit = pictures.unit_at(ax, at)
            return {"neuron": unit} if unit else {}
        if name == "loss":
            return {"step": int(np.clip(round(at[0]), 0, run.done))}
        samples = ax.transData.transform(run.task.X)
        away = np.hypot(*(samples - place).T)
        return {"sample": int(away.argmin())} if away.min() < 15 else {}

    def line(self, run, look):
        return describe(run, look.step)

    def alt(self, run, look):
        x, (layer, unit) = self.chosen_input(run, look), look.neuron
        which = f"{'z of ' if look.show_z else ''}unit {unit} of layer {layer}"
        parts = {
            "network": f"the network with its numbers for the input ({x[0]:g}, {x[1]:g})",
            "loss": "the loss by step, on a logarithmic axis",
            "surface": "the output over the square of inputs, with the data",
            "neuron": f"the same for {which}",
            "hidden": f"the data in the space of layer {look.hidden_layer}",
        }
        shown = "; ".join(parts[name] for name in parts if name in self.cells)
        count = "Five" if len(self.cells) == 5 else "Three"
        pictures = f"{count} linked pictures of the network after step {look.step}"
        return f"{pictures}: {shown}. {self.line(run, look)}."


class TrainingPanel(SteppedPanel):
    """See `training_panel`."""

    # What is below the picture is out of sight on a projector.
    layout = ("work", "step buttons speed", "look seed_menu", *SHOWN)
    speeds: ClassVar = {
        "1 step": (300, 1),
        "5 steps": (80, 5),
        "20 steps": (80, 20),
        "100 steps": (80, 100),
    }

    def __init__(self, seeds, *args):
        self.seed_menu = _seed_menu(seeds or {})
        self.has_menu = bool(seeds)
        if not seeds:
            self.seed_menu.widget.layout.display = "none"
        super().__init__("training_panel", *args)
        self.seed_menu.connect(self.handle, self._choose_seed)

    def _choose_seed(self):
        if self.seed_menu.value is not None:
            self.work["seed"].set(self.seed_menu.value)

    def _repr_mimebundle_(self, include=None, exclude=None):
        """With the picture's alt text, also what a page without Python trains again."""
        data, metadata = super()._repr_mimebundle_(include, exclude)
        if run := self._as_played():
            metadata["image/png"]["run"] = run
        return data, metadata

    def _as_played(self):
        """The run, in the words of the playground; empty where that can't do it: another
        task, an alpha, a menu of seeds."""
        now = SimpleNamespace(**self.settings)
        task = known_task(now.task)
        is_other = now.activation == "leaky_relu" and now.alpha != mlp.ORIGINAL.alpha
        if not task or is_other or self.has_menu:
            return {}
        run = {"data": task.name.lower(), "hidden": list(now.hidden)}
        run["batch"] = now.batch_size or 0
        run |= dict.fromkeys(["activation", "output"], now.activation)
        run["gradient"] = "original" if now.bug else "right"
        same = ["learning_rate", "scheme", "seed", "step"]
        return run | {name: getattr(now, name) for name in same}

    def set_data(self, data):
        if self.seed_menu.value != self.work["seed"].value:
            self.seed_menu.set(None, notify=False)  # the slider went to another seed
        sizes = [W.shape[1] for W, _ in data.params]
        self.look["neuron"].offer(_units(sizes))
        self.look["hidden_layer"].offer(_layers(sizes))
        super().set_data(data)


def _seed_menu(groups):
    """A menu of seeds, each with the words that it is listed under."""
    options = {"choose a seed": None}
    for name, seeds in groups.items():
        for seed in checks.seeds("seeds", seeds):
            options[f"{name}: seed {seed}"] = seed
    return Choice("look at", options, 22)


def _layers(sizes):
    return {f"layer {layer}": layer for layer in range(len(sizes))}


def _units(sizes):
    return {
        f"layer {layer}, unit {unit}": (layer, unit)
        for layer, size in enumerate(sizes)
        for unit in range(size)
    }


def training_panel(
    task=mlp.SUM,
    learning_rate=0.2,
    seed=0,
    activation="leaky_relu",
    alpha=-0.2,
    scheme="normal",
    hidden=(3, 3, 2),
    batch_size=1,
    steps=2000,
    bug=False,
    step=None,
    neuron=(0, 0),
    show_z=False,
    hidden_layer=None,
    sample=None,
    seeds=None,
) -> Panel:
    """Train a network and look at every step of it.

    The defaults train as the original notebook does, and show the last step. A click on
    a unit, on a sample or on the loss curve chooses it, as the menus do. The task
    has two inputs and one output. ``batch_size`` None is the full batch. ``bug`` trains
    with the bug of the original notebook. ``neuron`` is the layer and the unit whose
    surface is shown: its activation, or with ``show_z`` its weighted sum z.
    ``hidden_layer`` is the layer in whose space the data are shown (the last hidden
    one). ``sample`` is the row of the data whose activations the diagram shows, by
    default the one that was trained on. ``seeds`` makes a menu of seeds under headings:
    ``{"dead layer": [3, 9]}``.
    """
    task = checks.task("task", task, inputs=2, outputs=1)
    batches = {"1": 1, "2": 2, "4": 4, "8": 8, "all": None}
    work = {
        "learning_rate": controls.learning_rate().at(learning_rate),
        **controls.network(seed, activation, alpha),
        "scheme": Choice("initialization", list(mlp.SCHEMES), 11).at(scheme),
        "hidden": Sizes("hidden layers").at(hidden),
        "batch_size": Choice("batch", batches, 7).at(batch_size),
        "steps": Whole("steps", 1, 10_000, 120, least=1, most=10**6).at(steps),
        "bug": Tick("with the original's bug").at(bug),
    }
    sizes, last = [*work["hidden"].value, 1], work["steps"].value
    step = last if step is None else step
    hidden_layer = max(0, len(sizes) - 2) if hidden_layer is None else hidden_layer
    look = {
        "step": controls.step(last).at(step),
        "neuron": Choice("unit", _units(sizes), 16).at(neuron),
        "show_z": Tick("show z").at(show_z),
        "hidden_layer": Choice("hidden space", _layers(sizes), 10).at(hidden_layer),
        "sample": controls.sample(task, 13, {"as trained": None}).at(sample),
    }
    train, view, fixed = partial(train_in_parts, task), TrainingView(), {"task": task}
    return TrainingPanel(seeds, train, view, work, look, fixed)
