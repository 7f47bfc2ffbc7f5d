"""The toy of notebook 10, by the notebook's own cells and the exercises' solutions."""

import contextlib
import functools
import io
from itertools import islice
from types import ModuleType, SimpleNamespace

import numpy as np

import mlp_core as mlp
from course import playground
from course.tools import NOTEBOOKS, notebooks
from tests.answers import EXERCISES

CELLS = ["node", "products", "operations", "backward", "toy", "by-hand", "overwrite"]
CELLS += ["square-loss", "alive", "alive-play"]
TWICE = 0, 1, 1, 2  # the layers that the samples go through


@functools.cache
def names() -> ModuleType:
    """What the cells define: `gradient`, `by_hand`, `overwrite`, `training` and more."""
    notebook = notebooks.read(NOTEBOOKS / "10_framework.ipynb")
    sources = {cell.id: cell.source for cell in notebook.cells}
    cells = ModuleType("cells of notebook 10")
    own = SimpleNamespace(own=lambda *asked: [EXERCISES[name].right for name in asked])
    vars(cells).update(np=np, mlp=mlp, lesson=own)
    with contextlib.redirect_stdout(io.StringIO()):
        for id in CELLS:
            exec(sources[id], vars(cells))  # noqa: S102, cells of our own notebook
    return cells


def loss_after(seed, rule, steps) -> float:
    """Of the network with a matrix in two layers, as the playground's cells train it."""
    cells = names()
    cells.chosen = rule
    cells.play = playground.Playground(**{**cells.play.settings, "seed": int(seed)})
    *_, params = islice(cells.training(cells.play.params), steps)
    return mlp.loss(
        mlp.forward(params, cells.play.X, cells.play.activation)[0], cells.play.Y
    )
