"""The forward panel: the network with its numbers, live for two inputs."""

from typing import ClassVar

import numpy as np

import mlp_core as mlp
from course import pictures
from course.panels import controls
from course.panels.controls import Number
from course.panels.panel import Panel
from course.panels.view import Cell, View


def fresh_network(seed, activation, alpha):
    """Settings -> an untrained network of the original sizes, and its activation."""
    params = mlp.initialize(rng=np.random.default_rng(seed))
    return params, mlp.make_activation(activation, alpha)


class ForwardView(View):
    """The network diagram, with the numbers for one input."""

    size = (1000, 470)
    cells: ClassVar = {"network": Cell(0, 0, 1000, 470, (10, 10, 10, 34))}

    def draw(self, network, x0, x1):
        params, activation = network
        shown = params, self._cache(network, x0, x1), None, activation.label
        self.paint("network", (id(network), x0, x1), pictures.draw_network, *shown)

    def _cache(self, network, x0, x1):
        params, activation = network
        return mlp.forward(params, [[x0, x1]], activation)[1]

    def line(self, network, x0, x1):
        output = self._cache(network, x0, x1).A[-1][0, 0]
        return f"input ({x0:g}, {x1:g}): output {output:z.4f}"

    def alt(self, network, x0, x1):
        return pictures.describe_network(network[0], self._cache(network, x0, x1))

    def table(self, network, x0, x1):
        cache = self._cache(network, x0, x1)
        return ("layer", "unit", "z", "a"), [
            (layer, unit, z, a)
            for layer, (Z, A) in enumerate(zip(cache.Z, cache.A[1:]))
            for unit, (z, a) in enumerate(zip(Z[0], A[0]))
        ]

    def network(self, network, x0, x1):
        return network


def forward_panel(x0=0.0, x1=1.0, seed=0, activation="leaky_relu", alpha=-0.2) -> Panel:
    """Show the 2-3-3-2-1 network with its numbers, live for two inputs."""
    work = controls.network(seed, activation, alpha)
    look = {
        "x0": Number("x0", x0, -2, 2, 0.1, width="220px"),
        "x1": Number("x1", x1, -2, 2, 0.1, width="220px"),
    }
    return Panel("forward_panel", fresh_network, ForwardView(), work, look)
