"""The tasks of notebook 7, done as the notebook says, and what its text promises."""

import re

import nbformat
import numpy as np
import pytest

import mlp_core as mlp
from course.lessons.bug_lab import bugs
from course.lessons.bug_lab.game import bug_lab
from course.tools import NOTEBOOKS
from tests.lessons.test_bug_lab_game import choose
from tests.lessons.test_bug_lab_game import signature_in as map_of

NOTEBOOK = nbformat.read(NOTEBOOKS / "07_bug_lab.ipynb", as_version=4)


def source(cell_id):
    return next(cell.source for cell in NOTEBOOK.cells if cell.id == cell_id)


@pytest.fixture
def lab():
    """The lab as the notebook makes it."""
    (call,) = re.findall(r"^bug_lab\(.*\)$", source("e45ba1c3"), re.MULTILINE)
    return eval(call, {"bug_lab": bug_lab})


def set_menu(lab, label, shown):
    menus = [*lab.work.values(), lab.guess, lab.level]
    next(menu for menu in menus if menu.label == label).box.value = shown


def test_task_8f38ce26_1(lab):
    """'The last layer is right, and all else is wrong. Two of the eight look like that.
    Change the learning rate. Does the map change? Name the bug.'"""
    wrong = ["W[0]", "b[0]", "W[1]", "b[1]"]
    assert bugs.wrong_names(lab.data) == wrong
    alike = [name for name in bugs.BUGS if bugs.wrong_names(map_of(lab, name)) == wrong]
    assert alike == ["no transpose", "update on the way"]
    line, other = lab.shown.line, map_of(lab, "update on the way")
    set_menu(lab, "learning rate", "0.02")
    assert lab.shown.line == line
    assert bugs.difference(other, map_of(lab, "update on the way"))  # its map changes
    assert "Yes: 'no transpose'." in choose(lab, "no transpose")
    assert set(lab.work["sizes"].value) == {3}, "each W is square"


def test_task_8f38ce26_2(lab):
    """'Set activation to ReLU and last z to negative. What does the line say?'"""
    set_menu(lab, "activation", "ReLU")
    set_menu(lab, "last z", "negative")
    assert lab.status.value.count("Every gradient is 0 and right")
    assert all(np.all(check.analytic == 0) for check in lab.data)


def test_task_8f38ce26_3(lab):
    """'Set level to 2. Two bugs have this pattern. Name one of them: what do you read?
    Then set batch size to 3, and name the bug.'"""
    set_menu(lab, "activation", "ReLU")  # whatever was tried before
    set_menu(lab, "level", "2: a shared pattern")
    assert "one other bug has the same pattern" in lab.feedback.value
    assert "Each wrong entry is 4.00 times the right one" in lab.status.value
    assert "'last slope missing'" not in choose(lab, "no transpose")
    assert "it would look just the same" in choose(lab, "last slope missing")
    assert "one other bug has the same pattern: did" in choose(lab, "no 1/n")
    set_menu(lab, "batch size", "3")
    assert "Each wrong entry is 3.00 times the right one" in lab.status.value
    assert "would be wrong, but by other" in choose(lab, "last slope missing")
    assert "Yes: 'no 1/n'. Its mark" in choose(lab, "no 1/n")


def test_the_code_for_own_data_runs_and_learns():
    """Guards the last words of the course: a learner pastes these lines."""
    (code,) = re.findall(r"```python\n(.*?)```", source("b2a54faa"), re.DOTALL)
    scope = {"np": np, "mlp": mlp}
    exec(code, scope)  # noqa: S102, our own notebook
    Y_hat, _ = mlp.forward(scope["params"], scope["X"])
    before, _ = mlp.forward(scope["start"], scope["X"])
    now, then = mlp.loss(Y_hat, scope["Y"]), mlp.loss(before, scope["Y"])
    assert now < then / 10 and scope["history"].stopped == "finished"
