"""A cell that takes long, in a real browser: its bar, the stop, and what is left."""

import pytest

from course import waiting
from tests import live

pytestmark = pytest.mark.timed

FIRST = """import sys, time; sys.path.insert(0, ".."); import mlp_core as mlp
from course import Lesson; from course.fast import sweep
from course.waiting import with_bar; lesson = Lesson("06_xor_task")
from pathlib import Path"""
FOR_MINUTES = """print("before")
run = sweep(mlp.XOR.X, mlp.XOR.Y, range(12_000), epochs=500)
print("after")"""
UNTIL_SEEN = """print("before")
for _ in with_bar(range(10_000)):
    time.sleep(0.1)
    if Path("seen").exists(): break
print("after")"""
START = f"([index]) => {{ ({live.RUN})(['notebook:run-cell', index]) }}"
# After a stop a kernel refuses for a moment what comes.
TAKES_CODE = f"""async () => {{ {live.PRELUDE}
    const kernel = it.context.sessionContext.session.kernel;
    let reply;
    do reply = await kernel.requestExecute({{code: '', silent: true}}).done;
    while (reply.content.status !== 'ok') }}"""
INTERRUPT = "() => jupyterapp.commands.execute('notebook:interrupt-kernel')"


@pytest.fixture(scope="module")
def notebook(write_notebook, turn_to):
    write_notebook("waiting", [FIRST, FOR_MINUTES, UNTIL_SEEN])
    notebook = turn_to("waiting")
    notebook.run(0)
    return notebook


def bar_of(notebook, index):
    """Start a cell; return its bar, which comes after a second."""
    notebook.page.evaluate(TAKES_CODE)
    notebook.page.evaluate(START, [index])
    bar = notebook.show_cell(index).get_by_role("progressbar", name="working")
    live.expect(bar).to_be_visible()
    return bar


def outputs(notebook, index):
    """What the cell would save: texts, data and the lines of an error."""
    return [
        output.get("text") or output.get("traceback") or output["data"]
        for output in notebook.cells()[index]["outputs"]
    ]


def test_a_long_sweep_shows_a_bar_and_can_be_stopped(notebook):
    """Guards: the bar, clear words after the square button, and nothing else left."""
    bar = bar_of(notebook, 1)
    before = bar.get_attribute("value")
    live.expect(bar).not_to_have_attribute("value", before)  # it moves
    cell = notebook.show_cell(1)
    live.expect(cell).to_contain_text("of this sweep over 12,000 networks")
    notebook.page.evaluate(INTERRUPT)
    live.expect(cell).to_contain_text(waiting.STOPPED)
    live.expect(bar).to_have_count(0)
    assert outputs(notebook, 1) == ["before\n", {}, [waiting.STOPPED]]


def test_the_bar_of_a_cell_that_ends_is_gone(notebook, lab):
    """Guards the saved cell: what was printed stays, an output without data shows nothing."""
    bar = bar_of(notebook, 2)
    (lab.course / "notebooks" / "seen").touch()
    cell = notebook.show_cell(2)
    live.expect(cell).to_contain_text("after")
    live.expect(bar).to_have_count(0)
    assert outputs(notebook, 2) == ["before\n", {}, "after\n"]
    assert not notebook.complaints
