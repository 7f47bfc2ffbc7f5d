"""The tasks of the panel in notebook 4, done as its text says."""

import re

import numpy as np
import pytest

import mlp_core as mlp
from course import panels
from tests.panels.parts import press


@pytest.fixture
def panel():
    return panels.pass_panel(task=mlp.SUM, sample=1, seed=28, step=6)


def rows(line, formula):
    """The numbers that follow a formula in the line of words: a list for each row."""
    after = line.split(f"{formula} = ")[1].split(";")[0].replace("\u2212", "-")
    return [
        [float(number) for number in row.split(",")]
        for row in re.findall(r"\[([-\d., ]+)\]", after)
    ]


def test_task_9fc00f70_1(panel):
    """Each dA is made by the stage before it, the first one by the loss."""
    press(panel, "Back")
    assert panel.shown.line.startswith("step 5 of 10, Loss")
    ((error,),) = rows(panel.shown.line, "dA = Y_hat - Y")
    press(panel, "Step")
    assert panel.shown.line.startswith("step 6 of 10, Backward, layer 3")
    ((slope,),) = rows(panel.shown.line, "f'(Z[3])")
    ((dZ,),) = rows(panel.shown.line, "dZ[3] = dA * f'(Z[3])")
    assert dZ == pytest.approx(error * slope, abs=0.01)
    (dA,) = rows(panel.shown.line, "dA = dZ[3] W[3]ᵀ")
    press(panel, "Step")
    assert panel.shown.line.startswith("step 7 of 10, Backward, layer 2")
    (slopes,) = rows(panel.shown.line, "f'(Z[2])")
    (dZ,) = rows(panel.shown.line, "dZ[2] = dA * f'(Z[2])")
    np.testing.assert_allclose(dZ, np.multiply(dA, slopes), atol=0.01)


def test_task_9fc00f70_2(panel):
    """Each row of dW[0] is dZ[0] times one input."""
    panel.look["step"].set(9)
    for choice, inputs in (("(1, 0)", [1, 0]), ("(1, 1)", [1, 1])):
        panel.work["sample"].box.label = choice
        assert panel.shown.line.startswith("step 9 of 10, Backward, layer 0")
        (dZ,) = rows(panel.shown.line, "dZ[0] = dA * f'(Z[0])")
        assert any(dZ)
        dW = rows(panel.shown.line, "dW[0] = A[0]ᵀ dZ[0]")
        np.testing.assert_allclose(dW, np.outer(inputs, dZ), atol=0.01)
