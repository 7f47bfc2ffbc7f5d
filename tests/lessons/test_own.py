"""`Lesson.own`: the learner's own functions, in another notebook and on another day."""

import linecache
import sys

import numpy as np
import pytest

from course import Lesson, record
from tests.answers import EXERCISES, SOLUTIONS

COURSE = "my_loss: the course's, until you solve it in notebook 3\n"
RIGHT = "def my_loss(Y_hat, Y):\n    return np.mean(np.sum((Y_hat - Y) ** 2, -1)) / 2\n"


@pytest.fixture(autouse=True)
def copy(tmp_path):
    """A learner's copy in which nothing was done."""
    record.close()
    (tmp_path / record.MARK).mkdir()
    record.open_in(tmp_path)
    yield tmp_path
    record.close()


def run_cells(*cells):
    """What a notebook does with cells: their names, and their lines for who asks."""
    space = {"np": np, "__name__": "__main__"}
    for code in cells:
        file = f"<cell {hash(code)}>"
        linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
        exec(compile(code, file, "exec"), space)  # noqa: S102
    return space


def solve(*cells, name="my_loss", lesson="forward"):
    """Run cells, check the function, and start another kernel."""
    verdict = Lesson(lesson, keeps_record=False).check(run_cells(*cells)[name])
    folder = record._path.parent
    record.close()
    record.open_in(folder)
    return verdict.solved


def bring(*names):
    return Lesson("backprop", keeps_record=False).own(*names)


def test_without_a_solution_the_courses_takes_its_place(capsys):
    """Guards: a notebook that stops where an exercise was left out."""
    assert bring("my_loss") == [EXERCISES["my_loss"].right]
    assert capsys.readouterr().out == COURSE


def test_a_solved_one_is_the_learners_own_in_another_kernel(capsys):
    """Guards: the course's function passed off as the learner's."""
    assert solve(RIGHT)
    [function] = bring("my_loss")
    assert capsys.readouterr().out == "my_loss: yours\n"
    assert function.__code__.co_filename == "<your my_loss>"
    assert function(np.array([[3.0]]), np.array([[1.0]])) == 2.0


def test_a_function_that_prints_is_the_learners_too(capsys):
    """Guards: what keeps a print silent, taken for a function of the course."""
    assert solve(RIGHT.replace("return", "print(Y, end='!')\n    return"))
    capsys.readouterr()
    [function] = bring("my_loss")
    assert function(np.array([[3.0]]), np.array([[1.0]])) == 2.0
    assert capsys.readouterr().out == "my_loss: yours\n"


def test_the_order_is_that_of_the_names(capsys):
    """Guards: functions that change places."""
    assert solve(RIGHT)
    step, loss = bring("my_step", "my_loss")
    assert (step.__name__, loss.__name__) == ("my_step", "my_loss")
    said = "my_step: the course's, until you solve it in notebook 5\nmy_loss: yours\n"
    assert capsys.readouterr().out == said


def test_a_wrong_try_after_it_changes_nothing(capsys):
    """Guards: a later slip that replaces what was right."""
    assert solve(RIGHT)
    assert not solve(RIGHT.replace("/ 2", "/ 3"))
    bring("my_loss")
    assert capsys.readouterr().out == "my_loss: yours\n"


def test_of_the_cell_only_what_defines_names_runs(capsys):
    """Guards: a print, a check or a loop of the cell that runs again elsewhere."""
    cell = (
        "import math\nHALF = 1 / math.sqrt(4)\n"
        "def half(x):\n    return HALF * x\n"
        "print('here')\n"
        "def my_loss(Y_hat, Y):\n"
        "    return half(np.mean(np.sum((Y_hat - Y) ** 2, -1)))\n"
        "for _ in range(3):\n    print('again')\n"
    )
    assert solve(cell)
    assert capsys.readouterr().out.count("again") == 3
    bring("my_loss")
    assert capsys.readouterr().out == "my_loss: yours\n"


def test_what_it_needs_of_other_cells_comes_along(capsys):
    """Guards: a solved function refused since its helper stood in another cell."""
    helpers = (
        "import math as m\nfrom functools import partial\nTWO = 2\n",
        "odd = [np.mean]; part = partial(max, 1); f = lambda x: x\n",
        "def square(x):\n    return f(x) ** (TWO if m and odd and part else 0)\n",
        "def squares(a, b):\n    return [square(x) for x in a - b]\n",
    )
    cell = "def my_loss(a, b):\n    return np.mean(np.sum(squares(a, b), -1)) / TWO\n"
    assert solve(*helpers, cell)
    [function] = bring("my_loss")
    assert capsys.readouterr().out == "my_loss: yours\n"
    assert function(np.array([[3.0]]), np.array([[1.0]])) == 2.0


def test_a_class_of_the_cell_is_not_imported_from_the_old_kernel(capsys, monkeypatch):
    """Guards: `from __main__ import Error`, by which the code stops in another kernel."""
    cell = (
        "class Error:\n"
        "    def __init__(self, a, b):\n        self.squares = (a - b) ** 2\n"
        "def my_loss(a, b):\n    return 0.5 * np.sum(Error(a, b).squares) / len(a)\n"
    )
    space = run_cells(cell)
    with monkeypatch.context() as kernel:  # whose names are those of __main__
        kernel.setattr(sys.modules["__main__"], "Error", space["Error"], raising=False)
        assert Lesson("forward", keeps_record=False).check(space["my_loss"]).solved
    work = record.work("forward", "my_loss")
    assert "from __main__" not in work.code
    for before in ("", "from __main__ import Error as Error\n"):  # as records had it
        work.code = before + work.code
        bring("my_loss")
        assert capsys.readouterr().out == "my_loss: yours\n"


def test_the_courses_solution_of_he_is_yours(capsys):
    """Guards: notebook 2 imports `pairwise` in one stub, and the next one uses it."""
    both = SOLUTIONS["my_uniform"], SOLUTIONS["my_he"]
    assert solve(*both, name="my_he", lesson="initialization")
    bring("my_he")
    assert capsys.readouterr().out == "my_he: yours\n"


def test_a_function_that_calls_another_answer_is_yours(capsys):
    """Guards: the most natural `my_backprop`, a loop over `my_layer_backward`."""
    one = SOLUTIONS["my_layer_backward"]
    all_layers = (
        "def my_backprop(params, A, Z, dA, slope):\n"
        "    grads = []\n"
        "    for i in reversed(range(len(params))):\n"
        "        W = params[i][0]\n"
        "        dW, db, dA = my_layer_backward(A[i], Z[i], W, dA, slope)\n"
        "        grads.insert(0, (dW, db))\n"
        "    return grads\n"
    )
    assert solve(one, all_layers, name="my_backprop", lesson="backprop")
    bring("my_backprop")
    assert capsys.readouterr().out == "my_backprop: yours\n"


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


def test_what_is_forgotten_is_no_longer_brought(capsys):
    """Guards: code of a learner that outlives 'forget'."""
    assert solve(RIGHT)
    record.forget()
    bring("my_loss")
    assert capsys.readouterr().out == COURSE


def test_an_unknown_name_is_told():
    """Guards: a KeyError for a misspelt name."""
    with pytest.raises(ValueError, match="no exercise 'my_los'; there are: my_activ"):
        bring("my_los")
