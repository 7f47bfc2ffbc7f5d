"""A cell that takes long, in a real browser: its bar, the stop, and what is left.

How the bar of a cell goes that comes to its end is seen in test_waiting.py, in a kernel.
"""

import pytest

from course import waiting
from tests import live

pytestmark = pytest.mark.timed

FIRST = """import sys; sys.path.insert(0, ".."); import mlp_core as mlp
from course import Lesson; from course.fast import sweep
lesson = Lesson("06_xor_task")"""
FOR_MINUTES = """print("before")
run = sweep(mlp.XOR.X, mlp.XOR.Y, range(12_000), epochs=500)
print("after")"""
INTERRUPT = "() => jupyterapp.commands.execute('notebook:interrupt-kernel')"


def test_a_long_sweep_shows_a_bar_and_can_be_stopped(write_notebook, turn_to):
    """Guards: the bar, clear words after the square button, and nothing else left."""
    write_notebook("waiting", [FIRST, FOR_MINUTES])
    notebook = turn_to("waiting")
    notebook.run(0)
    notebook.start(1)
    cell = notebook.show_cell(1)
    bar = cell.get_by_role("progressbar", name="working")
    live.expect(bar).to_be_visible()  # after a second
    before = bar.get_attribute("value")
    live.expect(bar).not_to_have_attribute("value", before)  # it moves
    live.expect(cell).to_contain_text("of this sweep over 12,000 networks")
    notebook.page.evaluate(INTERRUPT)
    live.expect(cell).to_contain_text(waiting.STOPPED)
    live.expect(bar).to_have_count(0)
    outputs = [
        output.get("text") or output.get("traceback") or output["data"]
        for output in notebook.cells()[1]["outputs"]
    ]
    assert outputs == ["before\n", {}, [waiting.STOPPED]]
    assert not notebook.complaints
