"""What an answer needs, of the cells of a notebook."""

import pytest

from course.checking import answer_code
from tests import tables

CELLS = tables.beside(__file__, "answer_code.toml")


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
