"""`Lesson.own`: one's own functions elsewhere; and `Lesson.written`, their list."""

import linecache
import re
import time
from contextlib import suppress
from types import SimpleNamespace

import numpy as np
import pytest

from course import Lesson, record
from course.lessons import own
from tests import tables
from tests.answers import EXERCISES, LESSONS, SOLUTIONS

pytestmark = pytest.mark.usefixtures("copy")
# What learners run, cell by cell.
CELLS = tables.beside(__file__, "own.toml")
RIGHT = "def my_loss(Y_hat, Y):\n    return np.mean(np.sum((Y_hat - Y) ** 2, -1)) / 2\n"


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
    code = ["from __main__ import Error as Error", *CELLS["my_loss"]["a class"]]
    record.work("forward", "my_loss").code = "\n".join(code)
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
        (lambda code: code.replace("/ 2", ""), "it is twice as large as it should be"),
    ],
)
def test_one_that_works_no_more_is_told(change, why, capsys):
    """Guards: a silent fall back to the course's, or a cell that stops with an error."""
    assert solve(RIGHT)
    work = record.work("forward", "my_loss")
    work.code = change(work.code)
    assert bring("my_loss") == [EXERCISES["my_loss"].right]
    said = capsys.readouterr().out
    told = "my_loss: the course's. You solved yours, but it doesn't work"
    assert said.startswith(told)
    assert why in said and "check it again in notebook 3" in said
    assert said.count("\n") == 1


SOLVED = {
    "my_slope": "2026-03-08T12:00:00+00:00",
    "my_dead_units": "2026-11-29T10:59:59+00:00",
    "my_step": "2026-11-29T11:00:00+00:00",
    "my_l2_grads": "2026-12-31T23:00:00+00:00",
    "my_loss": "long ago",
}


def test_one_that_returns_a_list_is_not_computed_with(capsys):
    """Guards: a list that passes its check and stops the notebook which goes on with it."""
    softmax = re.sub("return (.*)", r"return (\1).tolist()", SOLUTIONS["my_softmax"])
    assert solve(softmax, name="my_softmax")
    capsys.readouterr()
    assert bring("my_softmax") == [EXERCISES["my_softmax"].right]
    said = capsys.readouterr().out
    assert "You solved yours, but it returns a list" in said and "notebook 9\n" in said


def solve_on(days):
    """Let exercises be solved at these times, as a record tells them."""
    home = {name: lesson for lesson in LESSONS for name in LESSONS[lesson].exercises}
    for name in days:
        record.add_try(home[name], name, solved=True)
    for name, text in days.items():
        record.work(home[name], name).solved = text


def written():
    return str(Lesson("forward", keeps_record=False).written()).splitlines()


@pytest.fixture
def eastern(monkeypatch):
    """The clock is 13 hours ahead of that in Greenwich."""
    if not hasattr(time, "tzset"):
        pytest.skip("The local day is not tested: Windows sets no time zone here.")
    with monkeypatch.context() as zone:
        zone.setenv("TZ", "EAST-13")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("eastern")
def test_what_you_wrote_stands_with_its_day_where_you_are():
    """Guards: the day in Greenwich, that of another function, one that is missing or counted
    though it isn't solved, another order than that of the notebooks, and a time that stops
    the list."""
    record.add_try("backprop", "my_backprop", solved=False)
    solve_on(SOLVED)
    head, *lines = written()
    assert head == f"5 of {len(EXERCISES)} functions are yours."
    assert [line[13:].split()[0] for line in lines] == list(EXERCISES)
    assert lines[:4] == [
        "notebook 1   my_activation      not solved yet",
        "             my_slope           9 March 2026",
        "             my_dead_units      29 November 2026",
        "notebook 2   my_uniform         not solved yet",
    ]
    told = {line[13:31].strip(): line[32:] for line in lines}
    assert told["my_step"] == "30 November 2026"
    assert told["my_l2_grads"] == "1 January 2027"
    assert told["my_loss"] == "solved" and told["my_backprop"] == "not solved yet"


def test_the_list_begins_with_how_many_are_yours():
    """Guards: an empty record whose list hangs on the day; '1 functions are'; an end of the
    course that reads as if one were missing; and a record that can't be kept, untold."""
    empty = written()
    assert empty[0] == f"0 of {len(EXERCISES)} functions are yours."
    assert all(line.endswith("not solved yet") for line in empty[1:])
    solve_on({"my_loss": "2026-11-29T12:00:00+00:00"})
    assert written()[0] == f"1 of {len(EXERCISES)} functions is yours."
    solve_on(dict.fromkeys(EXERCISES, "2026-11-29T12:00:00+00:00"))
    assert written()[0] == f"All {len(EXERCISES)} functions are yours."
    assert len(written()) == len(EXERCISES) + 1
    record.KEEPER.trouble = record.LOST.format("the disk is full")
    assert written()[-1] == record.KEEPER.trouble
