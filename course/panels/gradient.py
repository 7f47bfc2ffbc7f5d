"""The gradient panel: how the error of a gradient check depends on its step size."""

from typing import ClassVar, NamedTuple

import numpy as np

import mlp_core as mlp
from course.panels import controls
from course.panels.controls import Number
from course.panels.panel import Panel
from course.panels.view import Cell, View
from course.pictures.style import NEGATIVE, POSITIVE


class Differences(NamedTuple):
    """The error of difference quotients for one weight, over many step sizes."""

    h: np.ndarray  # (n,)
    central: np.ndarray  # (n,), |difference - slope| with the loss at p + h and p - h
    forward: np.ndarray  # (n,), the same with the loss at p + h and p
    slope: float  # from backprop
    function: object  # the loss as a function of the shift of the weight
    activation: mlp.Activation

    def quotient(self, h):
        """The central difference with the step h."""
        return (self.function(h) - self.function(-h)) / (2 * h)

    def error(self, h):
        """How far it is from the slope."""
        return abs(self.quotient(h) - self.slope)


def differences(seed, activation, alpha) -> Differences:
    """Settings -> the error curve for W[1][0, 0] of an untrained network, on SUM."""
    params, activation = controls.fresh_network(seed, activation, alpha)
    X, Y = mlp.SUM.X, mlp.SUM.Y
    loss, grads = mlp.loss_and_grads(params, X, Y, activation)
    slope = float(grads[1].W[0, 0])

    def function(shift):
        W = params[1].W.copy()
        W[0, 0] += shift
        moved = [params[0], mlp.Layer(W, params[1].b), *params[2:]]
        return mlp.loss(mlp.forward(moved, X, activation)[0], Y)

    h = np.logspace(-14, 0, 57)
    plus = np.array([function(step) for step in h])
    minus = np.array([function(-step) for step in h])
    central = abs((plus - minus) / (2 * h) - slope)
    forward = abs((plus - loss) / h - slope)
    return Differences(h, central, forward, slope, function, activation)


class GradientView(View):
    """The U-shaped error curve, with the chosen h marked."""

    size = (1000, 420)
    cells: ClassVar = {"error": Cell(0, 0, 1000, 420, (90, 56, 20, 36))}
    smallest = 1e-17  # an error of 0 is drawn here, since a log axis has no 0

    def draw(self, data, look):
        self.paint("error", (id(data), look.h), self._draw_error, data, look.h)

    def _draw_error(self, ax, data, h):
        central = {"color": POSITIVE, "label": "central difference"}
        one_sided = {"color": NEGATIVE, "label": "one-sided difference"}
        height = np.maximum([data.central, data.forward], self.smallest)
        ax.loglog(data.h, height[0], "-o", markersize=4, **central)
        ax.loglog(data.h, height[1], "--s", markersize=4, **one_sided)
        # Room for errors between the points, so that the axes stay still while h moves.
        low, high = height.min() / 30, 10 * height.max()
        error = max(data.error(h), self.smallest, 3 * low)  # a lower one goes there
        ax.set_ylim(low, max(high, 2 * error))
        ax.plot([h], [error], "D", markersize=13, color="k", label=f"h = {h:.2g}")
        ax.set_xlim(min(1e-14, h) / 2, 2 * max(1, h))
        ax.set_xlabel("step size h")
        ax.set_ylabel("error of the slope")
        ax.set_title("Rounding on the left, truncation on the right")
        ax.legend(loc="upper center")

    def line(self, data, look):
        h, error = look.h, data.error(look.h)
        # Below 1e-9 the error is rounding noise, which differs between processors.
        size = "below 1e-9" if error < 1e-9 else f"about {error:.0e}"
        return (
            f"h = {h:.2g}: slope by central difference {data.quotient(h):z.4f}, by "
            f"backprop {data.slope:z.4f}, error {size}; "
            f"{_cause(h, error, data.activation)}"
        )

    def alt(self, data, look):
        return (
            "The error of the difference quotient against its step size h, both axes "
            "logarithmic: a U, falling from the left where rounding dominates and "
            f"rising to the right where truncation does. Marked: {self.line(data, look)}."
        )


def _cause(h, error, activation):
    """What causes the error. Both kinds are equal at about eps^(1/3) = 6e-6."""
    if error < 1e-9:
        return "h is about right"
    if h < 6e-7:
        return "h is too small, so rounding dominates"
    if h > 6e-5:
        kink = "" if activation.alpha is None else ", or a kink within h,"
        return f"h is too large, so truncation{kink} dominates"
    return "a kink lies within h"


def gradient_panel(h=1e-5, seed=0, activation="tanh", alpha=-0.2) -> Panel:
    """Show how the error of a gradient check depends on its step size h.

    With 'tanh' the curve is a clear U. With a piecewise linear activation the loss is a
    parabola between two kinks, and central differences have no truncation.
    """
    limits = {"above": 0, "most": 100}
    h_box = Number("step size h", 1e-14, 1, 1e-6, 300, digits=11, log=True, **limits)
    work, look = controls.network(seed, activation, alpha), {"h": h_box.at(h)}
    return Panel("gradient_panel", differences, GradientView(), work, look)
