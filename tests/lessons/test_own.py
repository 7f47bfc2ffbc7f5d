"""`Lesson.own`: the learner's own functions, in another notebook and on another day."""

import linecache
from contextlib import suppress
from types import SimpleNamespace

import numpy as np
import pytest

from course import Lesson, record
from course.lessons import own
from tests.answers import EXERCISES, LESSONS, SOLUTIONS

RIGHT = "def my_loss(Y_hat, Y):\n    return np.mean(np.sum((Y_hat - Y) ** 2, -1)) / 2\n"


@pytest.fixture(autouse=True)
def copy(tmp_path):
    """A learner's copy in which nothing was done."""
    (tmp_path / record.MARK).mkdir()
    record.open_in(tmp_path)


def solve(*cells, name="my_loss"):
    """Run cells as a notebook does, check the function, and start another kernel."""
    space = {"np": np, "__name__": "__main__"}
    for code in cells:
        file = f"<cell {hash(code)}>"
        linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
        with suppress(ZeroDivisionError):  # it leaves what was there
            exec(compile(code, file, "exec"), space)  # noqa: S102
    history = SimpleNamespace(input_hist_parsed=["", *cells])
    shell = SimpleNamespace(history_manager=history)
    with pytest.MonkeyPatch.context() as kernel:
        kernel.setattr(own, "get_ipython", lambda: shell)
        [lesson] = [key for key in LESSONS if name in LESSONS[key].exercises]
        verdict = Lesson(lesson, keeps_record=False).check(space[name])
    folder = record.KEEPER.path.parent
    record.close()
    record.open_in(folder)
    return verdict.solved


def bring(*names):
    return Lesson("backprop", keeps_record=False).own(*names)


def test_each_is_yours_or_the_courses_in_the_order_of_the_names(capsys):
    """Guards: a notebook that stops where an exercise was left out, functions that change
    places, a later slip that replaces what was right, and code that outlives 'forget'."""
    assert solve(RIGHT) and not solve(RIGHT.replace("/ 2", "/ 3"))
    step, loss = bring("my_step", "my_loss")
    assert step == EXERCISES["my_step"].right and loss.__name__ == "my_loss"
    said = "my_step: the course's, until you solve it in notebook 5\nmy_loss: yours\n"
    assert capsys.readouterr().out == said
    record.forget()
    assert bring("my_loss") == [EXERCISES["my_loss"].right]
    with pytest.raises(ValueError, match="no exercise 'my_los'; there are: my_activ"):
        bring("my_los")


LOOPS = """
import math, sys
HALF = 1 / math.sqrt(4)
def half(x):
    return HALF * x
def my_loss(Y_hat, Y):
    return half(np.mean(np.sum((Y_hat - Y) ** 2, -1)))
for _ in range(3):
    sys.stdout.write('again')
"""
HALVED = RIGHT.replace("/ 2", "* HALF")
CLASS = (
    "class Error:\n    def __init__(self, a, b):\n        self.squares = (a - b) ** 2"
)
CELLS = {
    "one cell": [RIGHT],
    "it prints": [RIGHT.replace("return", "print(Y, end='!')\n    return")],
    "other things in its cell": [LOOPS],
    "other cells": [
        "import math as m\nfrom functools import partial\nTWO = 2\n",
        "odd = [np.mean]; part = partial(max, 1); f = lambda x: x\n",
        "def square(x):\n    return f(x) ** (TWO if m and odd and part else 0)\n",
        "def squares(a, b):\n    return [square(x) for x in a - b]\n",
        "def my_loss(a, b):\n    return np.mean(np.sum(squares(a, b), -1)) / TWO\n",
    ],
    "a class": [
        CLASS,
        "def my_loss(a, b):\n    return 0.5 * np.sum(Error(a, b).squares) / len(a)\n",
    ],
    "a value that took long": ["for HALF in 1, print(1) or 0.5:\n    pass", HALVED],
    "defined again": [f"HALF = np.array(2)\n{HALVED}", "HALF = np.array(HALF / 4)"],
    "a later cell failed": [RIGHT, f"1 / 0\n{RIGHT}".replace("/ 2", "/ 3")],
    "what it once needed": [RIGHT.replace("2\n", "OLD"), "OLD = print(1) or 2", RIGHT],
}


@pytest.mark.parametrize("cells", CELLS.values(), ids=CELLS)
def test_a_solved_one_is_the_learners_own_in_another_kernel(cells, capsys):
    """Guards: the course's function passed off as the learner's; a print or a loop that
    runs again elsewhere; and a helper in another cell that doesn't come along."""
    assert solve(*cells)
    assert "OLD" not in record.work("forward", "my_loss").code
    capsys.readouterr()
    [function] = bring("my_loss")
    assert function.__code__.co_filename == "<your my_loss>"
    assert function(np.array([[3.0]]), np.array([[1.0]])) == 2.0
    assert capsys.readouterr().out == "my_loss: yours\n"


def test_old_records_import_a_class_from_their_kernel(capsys):
    """Guards: `from __main__ import Error`, which stands in them, and stops elsewhere."""
    assert solve(*CELLS["a class"])
    record.work("forward", "my_loss").code = (
        "from __main__ import Error as Error\n" + "\n".join(CELLS["a class"])
    )
    bring("my_loss")
    assert capsys.readouterr().out == "my_loss: yours\n"


ALL_LAYERS = """
def my_backprop(params, A, Z, dA, slope):
    grads = []
    for i in reversed(range(len(params))):
        dW, db, dA = my_layer_backward(A[i], Z[i], params[i][0], dA, slope)
        grads.insert(0, (dW, db))
    return grads
"""
LAYER = SOLUTIONS["my_layer_backward"].replace(
    "    return", "    print(db)\n    return"
)
BROUGHT = [
    "from course import Lesson",
    "(one,) = Lesson('backprop', keeps_record=False).own('my_layer_backward')",
    ALL_LAYERS.replace("my_layer_backward", "one"),
]


@pytest.mark.parametrize(
    ("before", "name", "cells"),
    [
        ([], "my_he", [SOLUTIONS["my_uniform"], SOLUTIONS["my_he"]]),
        ([], "my_backprop", [LAYER, ALL_LAYERS]),
        ([LAYER], "my_backprop", BROUGHT),
    ],
)
def test_what_it_needs_of_another_answer_comes_along(before, name, cells, capsys):
    """Guards: `pairwise`, imported in one stub and used in the next; the most natural
    `my_backprop`, a loop over `my_layer_backward`, which prints; and `lesson.own` within
    what is kept, which prints, too, and looks for a record."""
    assert not before or solve(*before, name="my_layer_backward")
    assert solve(*cells, name=name)
    capsys.readouterr()
    [function] = bring(name)
    rng, args = np.random.default_rng(0), EXERCISES[name].cases[0]
    function(*(rng if arg is None else arg for arg in args))
    assert capsys.readouterr().out == f"{name}: yours\n"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda code: "", "its code was not kept"),
        (lambda code: "def my_los", "its code stops with SyntaxError"),
        (lambda code: "x = 1 / 0\n" + code, "its code stops with ZeroDivisionError"),
        (lambda code: "x = 1", "its code stops with KeyError: 'my_loss'"),
        (lambda code: code.replace("np.sum", "my_sum"), "it stops with NameError"),
        (lambda code: code.replace("/ 2", ""), "it is twice too large"),
    ],
)
def test_one_that_works_no_more_is_told(change, why, capsys):
    """Guards: a silent fall back to the course's, or a cell that stops with an error."""
    assert solve(RIGHT)
    work = record.work("forward", "my_loss")
    work.code = change(work.code)
    assert bring("my_loss") == [EXERCISES["my_loss"].right]
    said = capsys.readouterr().out
    assert said.startswith("my_loss: the course's. Yours was solved, but doesn't work")
    assert why in said and "check it again in notebook 3" in said
    assert said.count("\n") == 1
