"""Which version of a cell a check tells that it has judged, in a kernel."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
FIRST = """
import sys
sys.path.insert(0, "..")
import numpy as np
from course import Lesson
lesson = Lesson("01_activations", keeps_record=False)
"""
STUB = "def my_slope(z, alpha):\n    ..."
WRONG = "def my_slope(z, alpha):\n    return np.where(z > 0, 1.0, alpha)"
RIGHT = WRONG.replace(">", ">=")
CHECK = "lesson.check(my_slope)"


@pytest.fixture(scope="module")
def session():
    """Run cells in one kernel; gives the text of what they show."""
    client = NotebookClient(
        nbformat.v4.new_notebook(),
        resources={"metadata": {"path": NOTEBOOKS}},
        allow_errors=True,
    )
    with client.setup_kernel():

        def run(source):
            cell = nbformat.v4.new_code_cell(source)
            client.nb.cells.append(cell)
            client.execute_cell(cell, len(client.nb.cells) - 1)
            return "".join(
                output.get("data", {}).get("text/plain", "") for output in cell.outputs
            )

        yield run


def test_a_check_says_which_run_of_the_cell_it_judged(session):
    """Guards: an old version judged without a word, after an edit or a failed run."""
    session(FIRST)  # [1]
    session(STUB)
    assert "not written yet (once it is, run its cell, then this one" in session(CHECK)
    session(WRONG)  # [4]
    assert "This is about cell [4], as it ran." in session(CHECK)
    again = session(CHECK)  # the cell was edited, and not run
    assert "about cell [4] once more" in again and "run it first" in again
    session("def my_slope(z, alpha):\n    return np.where(z >= 0, 1.0 alpha)")  # [7]
    failed = session(CHECK)
    assert "about cell [4]. Cell [7] ran since, but it failed" in failed
    session(WRONG)  # [9]: the same text, run anew
    assert "This is about cell [9], as it ran." in session(CHECK)
    session(RIGHT)
    assert session(CHECK) == "my_slope: right"


def test_a_stub_that_ran_after_the_answer_is_told_as_it_is(session):
    """Guards: the words of an earlier version for a cell that ran again."""
    session(STUB)
    assert "not written yet" in session(CHECK)
