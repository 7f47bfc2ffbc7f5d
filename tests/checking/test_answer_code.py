"""What an answer needs, of the cells of a notebook."""

import tomllib
from pathlib import Path

import pytest

from course.checking import answer_code

TABLE = Path(__file__).with_name("answer_code.toml").read_text(encoding="utf-8")
CELLS = tomllib.loads(TABLE)


@pytest.mark.parametrize(("cells", "needed"), CELLS.values(), ids=CELLS)
def test_what_is_needed_is_what_a_run_would_have_bound(cells, needed):
    """Guards: a statement too few, or one that computes what nobody needs."""
    statements, _ = answer_code.read(cells)
    found = [statement.code for statement in answer_code.needed(statements, "f")]
    assert " | ".join(found) == needed


def test_cells_that_cannot_be_read_are_named():
    """Guards: a learner who isn't told why their function isn't there."""
    _, unread = answer_code.read(["x = 1", "f = (", "def f(:"])
    assert [cell for cell, _ in unread] == ["f = (", "def f(:"]
