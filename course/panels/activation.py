"""The activation panel: a function, its slope, and a unit that uses it."""

from typing import ClassVar, NamedTuple

import numpy as np

import mlp_core as mlp
from course import pictures
from course.panels import controls
from course.panels.controls import Number
from course.panels.panel import Panel
from course.panels.view import Cell, View
from course.pictures import axes
from course.pictures.style import NEUTRAL, POSITIVE, plain
from course.words import label


class Unit(NamedTuple):
    """One unit with one input: a = f(weight * x + bias)."""

    activation: mlp.Activation
    weight: float
    bias: float

    def output(self, x):
        return self.activation.f(self.weight * x + self.bias)


def unit(activation, alpha, weight, bias) -> Unit:
    """Settings -> the unit that is shown."""
    return Unit(mlp.make_activation(activation, alpha), weight, bias)


class ActivationView(View):
    """The function and its slope with a point on them; the output of a unit."""

    cells: ClassVar = {
        "function": Cell(0, 0, 500, 380, (76, 54, 12, 56)),
        "unit": Cell(500, 0, 500, 380, (76, 54, 12, 56)),
    }

    def draw(self, unit, look):
        function = unit.activation
        key = label(function), look.z
        self.paint("function", key, self._draw_function, function, look.z)
        self.paint("unit", unit, self._draw_unit, unit)

    def _draw_function(self, ax, function, z):
        """Draw it on axes that stay still, so that the eye sees what alpha does."""
        pictures.draw_activation(ax, function, mark=z)
        end = np.clip(_highest(function, max(3, abs(z))), 1, axes.HUGE)
        ax.set_ylim(-1.1 * end, 1.1 * end * (1 + 2 * axes.legend_share(ax, 2)))

    def _draw_unit(self, ax, unit):
        x = np.linspace(-3.2, 3.2, 161)
        ax.axhline(0, color=NEUTRAL, linewidth=1)
        a = np.clip(unit.output(x), -1e6, 1e6)  # Agg can't draw longer lines
        ax.plot(x, a, color=POSITIVE, linewidth=2.5)
        ax.set_xlabel("input x")
        ax.set_ylabel(f"a = f(z), z = {_written_sum(unit.weight, unit.bias)}")
        ax.set_title("What the unit passes on")
        end = 1.1 * min(5, _highest(unit.activation, 99))
        ax.set_ylim(-end, end)  # also fixed; steep functions leave it

    def line(self, unit, look):
        function, z = unit.activation, look.z
        a, slope = plain(function.f(z), 3), plain(function.slope(z), 3)
        return f"{label(function)}: f({plain(z)}) = {a}, slope {slope}"

    def alt(self, unit, look):
        function = pictures.describe_activation(unit.activation, mark=look.z)
        outputs = ", ".join(map(plain, unit.output(np.linspace(-3, 3, 5))))
        return (
            f"Left: {function} Right: the output of a unit with weight {unit.weight:g} "
            f"and bias {unit.bias:g}; for x = -3, -1.5, 0, 1.5, 3 it is {outputs}."
        )


def _highest(function, z):
    """How far from 0 the function gets between -z and z."""
    return np.abs(function.f(np.array([-z, z]))).max()


def _written_sum(weight, bias):
    """Write weight * x + bias as you would by hand, with neither 1 x nor + 0."""
    text = {1: "x", -1: "-x"}.get(weight, f"{weight:g} x")
    if bias:
        text += f" {'+' if bias > 0 else '-'} {abs(bias):g}"
    return text.replace("-", "−")


class ActivationPanel(Panel):
    """See `activation_panel`."""

    def draw(self):
        alpha, is_used = self.work["alpha"], self.data.activation.name == "leaky_relu"
        alpha.box.disabled = alpha.slider.disabled = not is_used
        super().draw()


def activation_panel(
    alpha=-0.2, z=-1.0, activation="leaky_relu", weight=1.0, bias=0.0
) -> Panel:
    """Show an activation function, its slope at ``z``, and what a unit makes of them."""
    work = {
        **controls.activation(activation, alpha),
        "weight": Number("weight", -3, 3, 0.1, 100).at(weight),
        "bias": Number("bias", -3, 3, 0.1, 100).at(bias),
    }
    look = {"z": Number("point z", -3, 3, 0.1, 200).at(z)}
    return ActivationPanel("activation_panel", unit, ActivationView(), work, look)
