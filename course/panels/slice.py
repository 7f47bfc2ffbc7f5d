"""The slice panel: what one step of gradient descent does to the loss."""

from typing import ClassVar, NamedTuple

import numpy as np

import mlp_core as mlp
from course import checks
from course.panels import controls
from course.panels.controls import Choice
from course.panels.panel import Panel
from course.panels.view import Cell, View
from course.pictures.style import NEGATIVE, NEUTRAL, POSITIVE


class Slice(NamedTuple):
    """The loss along the line params - t * gradient."""

    function: object  # t -> loss
    steepness: float  # |gradient|^2: the loss falls by this per unit of t at t = 0
    t: np.ndarray
    loss: np.ndarray


def loss_slice(task, seed, activation, alpha) -> Slice:
    """Settings -> the loss on a line down the gradient of an untrained network."""
    params, activation = controls.fresh_network(seed, activation, alpha)
    start, grads = mlp.loss_and_grads(params, task.X, task.Y, activation)
    steepness = float(sum(np.sum(array**2) for layer in grads for array in layer))

    def function(t):
        moved = mlp.sgd_step(params, grads, t)
        return mlp.loss(mlp.forward(moved, task.X, activation)[0], task.Y)

    longest = 1e-3  # go on until the loss has risen to twice the start
    while function(longest) < 2 * start and longest < 100:
        longest *= 1.5
    t = np.linspace(0, longest, 121)
    loss = np.array([function(length) for length in t])
    return Slice(function, steepness, t, loss)


class SliceView(View):
    """The loss slice, its tangent, and the step that the learning rate makes."""

    size = (1000, 420)
    cells: ClassVar = {"slice": Cell(0, 0, 1000, 420, (84, 56, 20, 36))}

    def draw(self, data, look):
        key = id(data), look.learning_rate
        self.paint("slice", key, self._draw_slice, data, look.learning_rate)

    def _draw_slice(self, ax, data, learning_rate):
        start, after = data.loss[0], data.function(learning_rate)
        ax.plot(data.t, data.loss, color=POSITIVE, label="loss")
        promised = {"color": NEUTRAL, "label": "what the slope promises"}
        ax.plot(data.t, start - data.steepness * data.t, "--", **promised)
        ax.plot([0], [start], "o", markersize=11, color="k", label="before the step")
        if learning_rate <= data.t[-1]:
            reached = {"color": NEGATIVE, "label": "after the step"}
            ax.plot([learning_rate], [after], "D", markersize=13, **reached)
        else:
            ax.set_title(f"The step ends outside, at a loss of {after:.3g}")
        ax.set_xlim(0, data.t[-1])
        ax.set_ylim(0, 1.05 * max(data.loss.max(), start))
        ax.set_xlabel("learning rate of the step down the gradient")
        ax.set_ylabel("loss")
        ax.legend(loc="upper center")

    def line(self, data, look):
        start, after = data.loss[0], data.function(look.learning_rate)
        verdict = "down" if after < start else "up, so the step is too long"
        return (
            f"learning rate {look.learning_rate:g}: one step takes the loss from "
            f"{start:.4f} to {after:.4g}, {verdict}; the curve is lowest at "
            f"{data.t[data.loss.argmin()]:.3g}, where the loss is {data.loss.min():.4f}"
        )

    def alt(self, data, look):
        return (
            "The loss along the line down the gradient: it falls, reaches a lowest "
            f"point and rises again. Marked: {self.line(data, look)}."
        )


def slice_panel(
    learning_rate=0.2, seed=0, task=mlp.SUM, activation="leaky_relu", alpha=-0.2
) -> Panel:
    """Show what one step of gradient descent does at a learning rate.

    The loss is over all samples of the task, which has two inputs and one output.
    """
    task = checks.task("task", task, inputs=2, outputs=1)
    tasks = {"SUM": mlp.SUM, "XOR": mlp.XOR, task.name: task}
    work = {"task": Choice("task", tasks, 8).at(task)}
    work |= controls.network(seed, activation, alpha)
    look = {"learning_rate": controls.learning_rate().at(learning_rate)}
    return Panel("slice_panel", loss_slice, SliceView(), work, look)
