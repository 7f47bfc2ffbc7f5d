"""Answers to the exercise `my_slope`, each as the code of a cell; see answers.toml."""

import textwrap

import pytest

from course import checking
from course.checking import runs
from tests import tables
from tests.answers import EXERCISES, cell

RIGHT = "return np.where(z >= 0, 1.0, alpha)"


def odd_answers(place) -> dict:
    """Those to be tried in a place, 'here' or 'apart': the code, and what is said of it."""
    table = tables.beside(__file__, "answers.toml")
    return table[place] | table["in both places"]


def check(code):
    """The verdict on a cell's function, whose body alone may stand for the cell."""
    code = code.strip("\n").replace("RIGHT", RIGHT)
    if "def my_slope(" not in code:
        code = f"def my_slope(z, alpha):\n{textwrap.indent(code, '    ')}"
    return checking.check(EXERCISES, cell("my_slope", code))


def assert_said(code, words):
    """The words begin with 'right' for a right answer; they are all that is said then."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "MEMORY", 300 * 2**20)
        # Sooner, the words stay; else so long that a slow memory can be filled first.
        patch.setattr(runs, "COMPUTING", 0.5 if "computing" in words else 50.0)
        if "waited" in words:
            patch.setattr(runs, "WAITING", 1.0)
        verdict = check(code)
    is_right, is_stub = words.startswith("right"), words.startswith("not written yet")
    assert verdict.solved is is_right and verdict.tried is not is_stub
    start = "" if is_right or is_stub else "not yet: "
    assert verdict.words.startswith(f"my_slope: {start}")
    assert words in verdict.words
    if is_right:
        assert verdict.words == f"my_slope: {words}"
