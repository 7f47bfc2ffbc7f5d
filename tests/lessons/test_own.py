"""`Lesson.own`: the learner's own functions, in another notebook and on another day."""

import linecache
from contextlib import suppress
from types import SimpleNamespace

import numpy as np
import pytest

from course import Lesson, record
from course.lessons import own
from tests import tables
from tests.answers import EXERCISES, LESSONS, SOLUTIONS

# What learners run, cell by cell.
CELLS = tables.beside(__file__, "own.toml")
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


@pytest.mark.parametrize("cells", CELLS["my_loss"].values(), ids=CELLS["my_loss"])
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
    assert solve(*CELLS["my_loss"]["a class"])
    record.work("forward", "my_loss").code = (
        "from __main__ import Error as Error\n" + "\n".join(CELLS["my_loss"]["a class"])
    )
    bring("my_loss")
    assert capsys.readouterr().out == "my_loss: yours\n"


LAYER = SOLUTIONS["my_layer_backward"].replace("    return", "    print(1)\n    return")


@pytest.mark.parametrize(
    ("before", "name", "cells"),
    [
        ([], "my_he", [SOLUTIONS["my_uniform"], SOLUTIONS["my_he"]]),
        ([], "my_backprop", [LAYER, CELLS["all layers"]]),
        ([LAYER], "my_backprop", CELLS["all layers by lesson.own"]),
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
