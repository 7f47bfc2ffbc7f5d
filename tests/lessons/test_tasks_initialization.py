"""Notebook 2: the tasks of its panel show what the text says, and what it claims holds."""

import math
from pathlib import Path

import numpy as np
import pytest

import mlp_core as mlp
from course import panels
from course.panels.initialization import signal
from course.tools import save
from tests.panels.parts import message

NOTEBOOK = Path(__file__).parents[2] / "notebooks/02_initialization.ipynb"
SEED = 41  # of the seeds that the slider reaches, the most typical one: see below


@pytest.fixture
def panel():
    """The panel as the notebook makes it."""
    return panels.initialization_panel(scheme="normal", width=100, depth=10, seed=SEED)


def last_spreads(panel, control, values):
    """The last spread for each value of a control, as the line below the picture says."""
    found = []
    for value in values:
        panel.work[control].set(value)
        words = message(panel).removesuffix("</div>")
        found.append(
            float(words.split("that of z is ")[1].split(" after 10 layers")[0])
        )
    return np.array(found)


def test_task_309cc69f_1(panel):
    """Guards: the narrower the network, the smaller the last spread, by powers of ten."""
    spreads = last_spreads(panel, "width", (100, 30, 10))
    assert (spreads[:-1] / spreads[1:] > 100).all()


def test_task_309cc69f_2(panel):
    """Guards: by the seed the last spread changes by less than a power of ten with 100
    units, by several with 3.
    """
    panel.work["scheme"].set("he")
    wide = last_spreads(panel, "seed", range(8))
    panel.work["width"].set(3)
    narrow = last_spreads(panel, "seed", range(8))
    assert wide.max() / wide.min() < 10
    assert narrow.max() / narrow.min() > 100
    assert np.median(narrow) < 0.1 * np.median(wide), "mostly the signal fades"


def spreads_of_seeds(seeds, width):
    """The last spread of each seed with `he` and ten layers."""
    settings = "leaky_relu", -0.2
    signals = [list(signal("he", width, 10, seed, *settings)) for seed in seeds]
    return np.array([layers[-1].spread[-1] for layers in signals])


def test_the_panel_begins_with_a_typical_seed():
    """Guards the first picture: a lucky or unlucky seed would speak against the text."""
    spreads = spreads_of_seeds(range(200), 100)
    off = abs(spreads - np.median(spreads))
    assert off[SEED] < off[:101].min() + 1e-3
    made = next(
        cell.source
        for cell in save.read(NOTEBOOK).cells
        if cell.source.startswith("panels.initialization_panel(")
    )
    assert f"seed={SEED})" in made


# What the notebook and its questions claim in words -----------------------------------


def test_two_weights_of_the_original_notebook_are_larger_than_2():
    """Guards the claim; the numbers are those that it printed, to two digits."""
    first = [0.03, 0.11, -1.86, 0.49, -0.28, 0.83, -1.05, 0.59, -1.31, 1.01, -0.06]
    later = [-1.16, 0.08, -1.10, -1.01, 0.39, 0.50, 1.13, 1.19, -1.09, 2.46, 2.16, 0.08]
    weights = np.array(first + later)
    assert weights.size == 23 and (weights > 2).sum() == 2 and weights.min() > -2


def test_the_share_outside_is_that_of_the_bell_curve():
    """Guards the question 'outside': 4.55 % of all normal draws lie outside of -2 and 2."""
    assert math.erfc(2 / math.sqrt(2)) == pytest.approx(0.0455, abs=5e-5)


def test_zeros_with_the_sigmoid_stay_equal():
    """Guards the reply to 'constant': weights move, columns stay equal."""
    zeros = mlp.initialize((2, 3, 3, 2, 1), scheme="zeros")
    activations = [mlp.sigmoid] * 3 + [mlp.identity]
    rng = np.random.default_rng(0)
    trained, _ = mlp.train(zeros, mlp.XOR.X, mlp.XOR.Y, rng, activation=activations)
    assert all(np.ptp(W, axis=1).max() == 0 for W, _ in trained[:3])
    assert all(abs(W).max() > 0.01 for W, _ in trained[1:])
