"""Checks in a kernel: which run of a cell they judge, and what they keep from it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.wait import PATIENCE, wait_until

pytestmark = pytest.mark.timed

START = """
import sys
sys.path.insert(0, "..")
import numpy as np
from course import Lesson, record
lesson = Lesson("01_activations", keeps_record=False)
"""
STUB = "def my_slope(z, alpha):\n    ..."
WRONG = "def my_slope(z, alpha):\n    return np.where(z > 0, 1.0, alpha)"
RIGHT = WRONG.replace(">", ">=")
CHECK = "lesson.check(my_slope)"


@pytest.fixture
def session(run):
    """Run cells in one kernel; gives the text of what they show."""

    def text(content):
        return content.get("data", {}).get("text/plain", content.get("text", ""))

    return lambda source: "".join(text(content) for _, content in run(source))


def test_a_check_says_which_run_of_the_cell_it_judged(session):
    """Guards: an old version judged without a word, after an edit or a failed run."""
    session(WRONG)  # [2]
    assert "This is about cell [2], as it ran." in session(CHECK)
    again = session(CHECK)  # the cell was edited, and not run
    assert "still about cell [2]" in again and "run it first" in again
    session("def my_slope(z, alpha):\n    return np.where(z >= 0, 1.0 alpha)")  # [5]
    failed = session(CHECK)
    assert "about cell [2]. Cell [5] has run since, but it failed" in failed
    session(WRONG)  # [7]: the same text, run anew
    assert "This is about cell [7], as it ran." in session(CHECK)
    session(RIGHT)
    assert session(CHECK) == "my_slope: right"
    session(STUB)
    assert "not written yet (once it is, run its cell, then this one" in session(CHECK)


def test_a_cell_is_said_to_have_failed_only_where_that_is_known(session):
    """Guards: a method, a nested function or a text of that name, and a cell that works;
    one that failed above the definition, and is not told; a decorator's cell."""
    session(WRONG)
    inner = "    def my_slope(*args): return f(*args)"
    for cell in (
        f"class Other:\n{inner}",
        f"1 / 0\ndef other():\n{inner}",
        f"1 / 0\ntext = '''\n{inner}'''",
        f"kept = my_slope\n{RIGHT}\nmy_slope = kept",
    ):
        session(cell)
        assert "failed" not in session(CHECK)
    session(f"1 / 0\n{RIGHT}")
    assert "has run since, but it failed" in session(CHECK)
    session(f"def decorate(f):\n{inner}\n    return my_slope")
    session(f"@decorate\n{WRONG}")
    assert "about cell" not in session(CHECK)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("exit()", "it ends Python, and your notebook with it"),
        ("quit(keep_kernel=True)", "it ends Python, and your notebook with it"),
        ("input('alpha? ')", "nothing can be typed during a check"),
    ],
)
def test_no_answer_ends_its_kernel(session, body, words):
    """Guards: a kernel that ends, or waits for input, because an answer says so."""
    session(f"kept = 7\ndef my_slope(z, alpha):\n    {body}")
    assert words in session(CHECK)
    assert session("kept, type(exit).__name__") == "(7, 'ZMQExitAutocall')"


def test_the_stop_button_ends_the_check_and_not_the_kernel(run, session, tmp_path):
    """Guards: an endless answer that goes on, or a kernel that is lost with it."""
    session(f"from course.checking import runs; runs.COMPUTING = {PATIENCE}")
    began = tmp_path / "began"

    def interrupt():
        wait_until(began.exists, "the answer never ran")
        run.interrupt()

    loop = f"open({str(began)!r}, 'w')\n    while True: pass"
    session(f"def my_slope(z, alpha):\n    {loop}")
    with ThreadPoolExecutor() as pool:
        pool.submit(interrupt)
        words = session(CHECK)
    assert words == "my_slope: the check was interrupted; run the cell again"
    session(f"runs.COMPUTING = 2.0\n{RIGHT}")
    assert session(CHECK) == "my_slope: right"


def test_what_an_answer_needs_is_kept_from_the_cells_that_ran(session):
    """Guards: a helper that comes along in an older version, or from a cell that failed."""
    step = "def step(z):\n    return z >= 0"
    slope = "def my_slope(z, alpha):\n    return np.where(step(z), 1.0, alpha)"
    failing = "1 / 0\ndef my_slope(z, alpha):\n    return None"
    for cell in (step.replace(">=", ">"), failing, step, slope, failing):
        session(cell)
    assert session(CHECK).startswith("my_slope: right")
    kept = session("print(record.work('activations', 'my_slope').code)")
    assert kept == f"import numpy as np\n{step}\n{slope}\n"
