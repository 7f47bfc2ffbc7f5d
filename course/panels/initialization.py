"""The initialization panel: weights, and how far the signal spreads layer by layer."""

from typing import ClassVar, NamedTuple

import numpy as np

import mlp_core as mlp
from course import pictures
from course.panels import controls
from course.panels.controls import Choice, Whole
from course.panels.panel import Panel
from course.panels.view import Cell, View
from course.words import counted


class Signal(NamedTuple):
    """A fresh network, and how far its weighted sums spread for 200 random samples."""

    params: list  # the layers that are drawn so far
    spread: np.ndarray  # the standard deviation of the inputs, of z in layer 0, ...
    scheme: str
    depth: int  # how many layers there will be

    @property
    def progress(self) -> float:
        """The part of the layers that is done, 0 to 1."""
        return len(self.params) / self.depth


def signal(scheme, width, depth, seed, activation, alpha):
    """Settings -> the weights and the spread of the signal, yielded layer by layer.

    The weights are those of ``initialize(sizes, default_rng(seed), scheme, alpha)``, with
    the activation's alpha, or 0 if it has none.
    """
    rng = np.random.default_rng(seed)
    a = rng.spawn(1)[0].standard_normal((200, 2))  # spawn takes no number from rng
    function = mlp.make_activation(activation, alpha)
    alpha, params, spread = function.alpha or 0.0, [], np.array([a.std()])
    for n_in in [2] + [width] * (depth - 1):
        params = params + mlp.initialize([n_in, width], rng, scheme, alpha)
        with np.errstate(all="ignore"):
            a, cache = mlp.forward(params[-1:], a, function)
            spread = np.append(spread, cache.Z[0].std())
        yield Signal(params, spread, scheme, depth)


class InitializationView(View):
    """Histograms of the weights; the spread of the signal by layer."""

    cells: ClassVar = {
        "weights": Cell(0, 0, 480, 380, (100, 54, 12, 28)),
        "spread": Cell(480, 0, 520, 380, (100, 54, 24, 28)),
    }

    bins = np.arange(-20, 21) / 4  # the same for all, so that small weights look small
    signal, before = None, None

    def draw(self, signal, look):
        self._remember(signal)
        weights = _ends(signal.params)
        self.paint("weights", id(signal), pictures.draw_histogram, weights, self.bins)
        spreads, faint = {_name(signal): signal.spread}, []
        if self.before:
            faint = [f"before: {_name(self.before)}"]
            spreads[faint[0]] = self.before.spread
        self.paint("spread", id(signal), pictures.draw_spread, spreads, "z", faint)

    def _remember(self, signal):
        """Keep the network before this one; the parts of one network are the same."""
        is_other = self.signal and self.signal.params[0] is not signal.params[0]
        if is_other and self.signal.progress == 1:
            self.before = self.signal
        self.signal = signal

    def line(self, signal, look):
        before, after = signal.spread[0], signal.spread[-1]
        count = f"{len(signal.params)} of " * (signal.progress < 1)
        return (
            f"{signal.scheme}: the spread of the inputs is {before:.3g}, that of z is "
            f"{after:.3g} after {count}{counted(signal.depth, 'layer')}"
        )

    def alt(self, signal, look):
        weights = pictures.describe_histogram(_ends(signal.params))
        spread = pictures.describe_spread({_name(signal): signal.spread})
        return f"Left: {weights} Right: {spread}"


def _name(signal):
    return f"{signal.scheme}, width {signal.params[0].W.shape[1]}"


def _ends(params):
    """The weights of the first and last layer; more outlines can't be told apart."""
    return {f"layer {i}": params[i].W for i in sorted({0, len(params) - 1})}


def initialization_panel(
    scheme="normal", width=10, depth=8, seed=0, activation="leaky_relu", alpha=-0.2
) -> Panel:
    """Show the weights of a scheme, and what it does to the signal, layer by layer.

    Each of the ``depth`` layers has ``width`` units.
    """
    work = {
        "scheme": Choice("scheme", list(mlp.SCHEMES), 10).at(scheme),
        "width": Whole("width", 1, 100, 150, least=1, most=1000).at(width),
        "depth": Whole("depth", 1, 30, 150, least=1, most=100).at(depth),
        **controls.network(seed, activation, alpha),
    }
    return Panel("initialization_panel", signal, InitializationView(), work, {})
