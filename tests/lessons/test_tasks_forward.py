"""The tasks of notebook 3: each panel shows what its task says."""

import re

import numpy as np

from tests.panels.parts import make


def row(panel, name):
    """The numbers that the status line gives for a name such as Z[0]."""
    start = panel.shown.line.index(f"{name} = ")
    numbers = re.search(r"= \[(.+?)\]", panel.shown.line[start:])[1]
    return [float(text.replace("−", "-")) for text in numbers.split(", ")]


def test_task_bb031dc1_1():
    """Guards: f changes the sign in one unit each of layers 0, 1 and 2, in none of 3."""
    panel = make("pass_panel", sample=1, seed=28, step=1, back=False)
    changed = []
    for step in (1, 2, 3, 4):
        panel.look["step"].set(step)
        assert panel.shown.line.startswith(
            f"step {step} of 5, Forward, layer {step - 1}"
        )
        Z, A = row(panel, f"Z[{step - 1}]"), row(panel, f"A[{step}]")
        changed.append(sum(z * a < 0 for z, a in zip(Z, A, strict=True)))
    assert changed == [1, 1, 1, 0]
    panel.look["step"].set(5)
    assert "Loss" in panel.shown.line


def test_task_bb031dc1_2():
    """Guards: on the input (1, 0), Z[0] is row 0 of W[0], whose numbers are on the edges."""
    panel = make("pass_panel", sample=1, seed=28, step=1, back=False)
    panel.work["sample"].set(2)
    panel.look["step"].set(1)
    W, b = panel.data.stages[1].params[0]
    assert row(panel, "Z[0]") == np.round(W[0], 2).tolist() and not b.any()
    written = [text.get_text() for text in panel.view.axes["network"].texts]
    assert {f"{abs(weight):.2f}" for weight in W[0]} <= {t.lstrip("−") for t in written}
