"""The initialization panel: weights, and how far the signal spreads layer by layer."""

from typing import ClassVar, NamedTuple

import numpy as np

import mlp_core as mlp
from course import pictures
from course.panels import controls
from course.panels.controls import Choice, Number
from course.panels.panel import Panel
from course.panels.view import Cell, View


class Signal(NamedTuple):
    """A fresh network, and how far 200 random inputs spread in each of its layers."""

    params: list
    spread: np.ndarray  # (depth + 1,), the standard deviation; entry 0 is the input
    scheme: str
    activation: mlp.Activation


def signal(scheme, width, depth, seed, activation, alpha) -> Signal:
    """Settings -> the weights and the spread of the signal, layer by layer."""
    rng = np.random.default_rng(seed)
    params = mlp.initialize([2] + [width] * depth, rng, scheme, alpha)
    X = rng.uniform(-1, 1, (200, 2))
    activation = mlp.make_activation(activation, alpha)
    with np.errstate(all="ignore"):
        _, cache = mlp.forward(params, X, activation)
        spread = np.array([a.std() for a in cache.A])
    return Signal(params, spread, scheme, activation)


class InitializationView(View):
    """Histograms of the weights; the spread of the signal by layer."""

    cells: ClassVar = {
        "weights": Cell(0, 0, 480, 380, (100, 54, 12, 28)),
        "spread": Cell(480, 0, 520, 380, (100, 54, 24, 28)),
    }

    def draw(self, signal):
        spreads = {signal.scheme: signal.spread}
        self.paint("weights", id(signal), pictures.draw_histogram, _ends(signal.params))
        self.paint("spread", id(signal), pictures.draw_spread, spreads)

    def line(self, signal):
        before, after = signal.spread[0], signal.spread[-1]
        return (
            f"{signal.scheme}: the spread of the signal is {before:.3g} at the input "
            f"and {after:.3g} after {len(signal.params)} layers"
        )

    def alt(self, signal):
        weights = pictures.describe_histogram(_ends(signal.params))
        spread = pictures.describe_spread({signal.scheme: signal.spread})
        return f"Left: {weights} Right: {spread}"

    def table(self, signal):
        return ("layers passed", "spread"), enumerate(signal.spread)


def _ends(params):
    """The weights of the first and last layer; more outlines can't be told apart."""
    return {f"layer {i}": params[i].W for i in sorted({0, len(params) - 1})}


def initialization_panel(
    scheme="normal", width=10, depth=8, seed=0, activation="leaky_relu", alpha=-0.2
) -> Panel:
    """Show the weights of a scheme, and what it does to the signal, layer by layer.

    ``width`` units stand in each of ``depth`` layers.
    """
    work = {
        "scheme": Choice("scheme", mlp.SCHEMES, scheme, 10),
        "width": Number("width", width, 1, 100, whole=True, least=1, most=1000),
        "depth": Number("depth", depth, 1, 30, whole=True, least=1, most=100),
        **controls.network(seed, activation, alpha),
    }
    return Panel("initialization_panel", signal, InitializationView(), work, {})
