"""The first-look panel: a small network learns XOR, with as few controls as it takes."""

from functools import partial
from inspect import signature
from typing import ClassVar

import numpy as np
from matplotlib.ticker import NullFormatter

import mlp_core as mlp
from course import pictures
from course.panels import controls
from course.panels.controls import Choice
from course.panels.panel import Panel
from course.panels.run import describe, train_in_parts
from course.panels.stepped import SteppedPanel
from course.panels.training import TrainingPanel, TrainingView, training_panel
from course.panels.view import Cell
from course.pictures import axes
from course.pictures.style import line_look

HIDDEN = 4
# The training panel, as it stands there by itself.
USUAL = {
    name: each.default for name, each in signature(training_panel).parameters.items()
}
USUAL |= {"task": mlp.XOR, "hidden": (HIDDEN,)}
UNITS = {f"unit {unit}": (0, unit) for unit in range(HIDDEN)} | {"output": (1, 0)}
NAMES = {place: name for name, place in UNITS.items()}


class FirstLookView(TrainingView):
    """The network without numbers, the output, a unit's picture, and the loss."""

    size = (1080, 366)  # with its settings, words and code it fits at 1280 x 720
    cells: ClassVar = {
        "network": Cell(0, 158, 500, 208, (2, 2, 2, 2)),
        "loss": Cell(0, 0, 500, 158, (84, 48, 24, 24)),
        "surface": Cell(500, 76, 290, 290, (58, 46, 14, 26)),
        "neuron": Cell(790, 76, 290, 290, (58, 46, 14, 26)),
    }
    floor = 1e-5  # of the loss: what is smaller looks the same in the other pictures
    was_watched = False  # whether the run was drawn at its end

    def draw(self, run, look):
        is_new, was_watched = run is not self.run, self.was_watched
        self._remember(run)
        if is_new and not was_watched:
            self.previous = None
        self.was_watched = look.step == run.done
        params, key = run.at(look.step), (id(run), look.step, look.neuron)
        self.paint("network", key, pictures.draw_wiring, params, look.neuron)
        title = f"{NAMES[look.neuron]}; white is 0"
        self.paint_run(run, params, look, title=title)

    def _draw_surface(self, ax, *network, title=None, **look):
        """Draw a surface whose axes show the inputs that there are, 0 and 1."""
        super()._draw_surface(ax, *network, **look)
        ax.set_xticks([0, 1])
        ax.set_yticks([0, 1])
        if title:
            ax.set_title(title)

    def _draw_loss(self, ax):
        """Leave the line of this run to `_draw_mark`: it grows."""
        super()._draw_loss(ax)
        *before, this = ax.lines
        this.set_data([], [])
        if ax.get_legend():
            ax.get_legend().remove()
        if before:  # below the axes, beside their label: inside there is no room
            below = {"bbox_to_anchor": (1.055, -29 / ax.bbox.height), "borderpad": 0}
            look = {"loc": "upper right", "frameon": False, "handlelength": 1.8}
            ax.legend(before, ["previous run"], **below, **look, borderaxespad=0)
        ax.set_ylabel("loss")
        _set_decades(ax, *self.limits())

    def limits(self):
        """The same axis for all runs whose loss stays below 1: they can be compared."""
        highest = self.curve[np.isfinite(self.curve)].max(initial=0)
        return self.floor, float(np.clip(1.5 * highest, 1, 1e300))

    def _draw_mark(self, ax, step):
        """Draw the curve up to the step, and mark it."""
        look = {"color": line_look(0)["color"], "linewidth": 2}
        ax.plot(range(1, step + 1), self.curve[:step], **look)
        super()._draw_mark(ax, step)

    def line(self, run, look):
        """Say where the run stands, and nothing of what is still to come."""
        is_over = look.step == run.done
        return describe(run if is_over else run._replace(stopped="finished"), look.step)

    def alt(self, run, look):
        return (
            f"Four linked pictures after step {look.step}: the network, its weights as "
            "lines; the output over the square of inputs, with the four samples; the "
            f"same for {NAMES[look.neuron]}; the loss by step, on a logarithmic axis. "
            f"{self.line(run, look)}."
        )


def _set_decades(ax, bottom, top):
    """A mark at each factor of ten; only so many of them named, or drawn, as have room."""
    axes.set_log(ax, bottom, top)
    apart = next(n for n in (2, 5, 10, 20, 50, 100) if 4 * n > np.log10(top / bottom))
    decades = 10.0 ** np.arange(-5, 301)
    decades = decades[(decades > 0.9 * bottom) & (decades < 1.1 * top)]
    is_named = np.round(np.log10(decades)) % apart == 0
    ax.set_yticks(decades[is_named])
    ax.set_yticks(decades[~is_named] if apart == 2 else [], minor=True)
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.tick_params(axis="y", which="both", length=3.5)


class FirstLookPanel(SteppedPanel):
    """See `first_look_panel`."""

    hidden = "speed tools"
    speeds = TrainingPanel.speeds

    def pace(self):
        """Play a run that ends early, since it diverged, slowly enough to be seen."""
        return 80, min(20, max(1, self.data.done // 20))


def first_look_panel(learning_rate=0.2, seed=0, step=0, neuron=(0, 0)) -> Panel:
    """Train a network with four hidden units on XOR, and look at every step of it.

    It is the training panel with all settings but these as they stand there; the menu
    of speeds, and what copies and saves, are not shown. ``neuron`` is the layer and the
    unit whose picture is shown; a click on a unit chooses it.
    """
    work = {"learning_rate": controls.learning_rate(), "seed": controls.seed()}
    unit = Choice("look at", UNITS, 9)
    look = {"step": controls.step(USUAL["steps"]), "neuron": unit}
    train, view = partial(train_in_parts, **USUAL), FirstLookView()
    return FirstLookPanel("first_look_panel", locals(), train, view, work, look)
