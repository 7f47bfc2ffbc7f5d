"""The tasks below the panel of notebook 6: each shows what its text says."""

import re

import numpy as np
import pytest

import mlp_core as mlp
from course import panels
from tests.panels.parts import assert_sound, message

CIRCLES, SQUARES = [0, 3], [1, 2]  # the rows of XOR with target 0 and with target 1


@pytest.fixture
def panel():
    return panels.training_panel(task=mlp.XOR, seed=1)


def outputs(panel):
    """The four outputs, as the line of words tells them."""
    (text,) = re.findall(r"outputs ([-0-9., ]+) for targets", message(panel))
    return [float(number) for number in text.split(", ")]


def drawn(panel):
    """The two circles and the two squares of the picture of the hidden space."""
    lines = panel.view.axes["hidden"].lines
    return [
        next(line.get_xydata() for line in lines if line.get_marker() == marker)
        for marker in "os"
    ]


def distance_of_segments(one, other):
    """The smallest distance between two segments, each given by its two ends."""
    t = np.linspace(0, 1, 201)[:, None]
    points, others = (ends[0] + t * (ends[1] - ends[0]) for ends in (one, other))
    return np.linalg.norm(points[:, None] - others, axis=-1).min()


def test_task_13fb8f13_1(panel):
    """Guards: in which layers a straight line parts the points that are drawn.

    It parts two pairs of points where the segments between the pairs don't meet.
    """
    gaps = []
    for layer in (0, 1, 2):
        panel.look["hidden_layer"].set(layer)
        assert_sound(panel)
        gaps.append(distance_of_segments(*drawn(panel)))
    assert gaps[0] < 0.01 and gaps[1] > 0.5 and gaps[2] > 0.4
    panel.look["hidden_layer"].set(0)
    assert panel.view.axes["hidden"].get_title() == "layer 0: 89 % of its spread"
    (circle, other), squares = drawn(panel)
    assert circle[0] < squares[:, 0].min() and other[0] > squares[:, 0].max()
    _, cache = mlp.forward(panel.data.params, mlp.XOR.X)
    A = cache.A[1]  # in all three directions
    assert distance_of_segments(A[CIRCLES], A[SQUARES]) > 0.5


def test_task_13fb8f13_2(panel):
    """Guards: (1, 0) leaves the place of the four first, (0, 1) follows."""
    assert panel.look["hidden_layer"].value == 2
    places, told = {}, {}
    for step in (0, 100, 200, 400):
        panel.look["step"].set(step)
        places[step], told[step] = np.concatenate(drawn(panel)), outputs(panel)
    assert np.ptp(places[0], axis=0).max() < 0.05
    origin = places[0].mean(axis=0)
    for step in (100, 200):  # the rows: (0, 0), (1, 1), (0, 1), (1, 0)
        away = np.linalg.norm(places[step] - origin, axis=1)
        assert away.argmax() == 3 and away[3] > 2 * np.delete(away, 3).max()
    assert away.argsort()[2] == 2  # (0, 1) comes next
    assert told[200][2] == 0.99 and told[200][1] < 0.6
    assert np.linalg.norm(places[400][2] - places[400][3]) < 0.01
    assert "4 of 4 within 0.1" in message(panel)


def test_task_13fb8f13_3(panel):
    """Guards: a linear network ends at 0.5 four times, however long it trains."""
    panel.work["activation"].set("identity")
    panel.work["batch_size"].set(None)
    for steps in (2000, 10_000):
        panel.work["steps"].set(steps)
        assert f"step {steps} of {steps}" in message(panel)
        assert outputs(panel) == [0.5, 0.5, 0.5, 0.5]


def test_the_task_of_ones_own_works_as_the_notebook_writes_it():
    """Guards: the invitation at the end, AND; and the homework in the plan."""
    task = mlp.Task("AND", mlp.XOR.X, np.array([[0.0], [0], [0], [1]]))
    panel = panels.training_panel(task=task)
    assert_sound(panel)
    assert "for targets 0, 0, 0, 1" in message(panel)
    panel.work["seed"].set(1)
    panel.work["activation"].set("identity")
    panel.work["batch_size"].set(None)
    assert outputs(panel) == [-0.25, 0.25, 0.25, 0.75]


def test_the_plateau_of_teaching(panel):
    """Guards: the story of seed 19 in the plan: thrown back at 902, free by 7,000."""
    panel.work["seed"].set(19)
    panel.work["steps"].set(10_000)
    losses = [
        mlp.loss(panel.data.outputs(step), mlp.XOR.Y) for step in (901, 902, 2000)
    ]
    np.testing.assert_allclose(losses, [0.033, 0.175, 0.126], atol=5e-4)
    assert "4 of 4 within 0.1" in message(panel)


def test_the_dead_layer_of_teaching(panel):
    """Guards: the story of seed 7 with ReLU in the plan: dead after three steps."""
    panel.work["seed"].set(7)
    panel.work["alpha"].set(0)
    panel.look["step"].set(2)
    assert "dead" not in message(panel)
    for step in (3, 2000):
        panel.look["step"].set(step)
        assert "2 of 2 units in layer 2 are dead" in message(panel)
