"""A learner's notebook meets a newer one of the course: course.tools.merge.

What is expected is written out as texts of cells; the random tests hold the promises
that the README makes. Real notebooks meet in test_old_copy.py.
"""

import copy

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.tools.merge import is_renamed, merge, with_ids
from course.tools.notebooks import cleared
from tests import tables

STUB = "def my_slope(z):\n    # Your code here.\n    return None"
SOLVED = "def my_slope(z):\n    return np.where(z < 0, -0.2, 1)"


def code(id, source, **metadata):
    return nbformat.v4.new_code_cell(source, id=id, metadata=metadata)


def notebook(*cells, **metadata):
    return nbformat.v4.new_notebook(cells=list(cells), metadata=metadata)


def plain(text):
    """A notebook of cells whose texts are their ids: 'a b c'."""
    return notebook(*(code(name, name) for name in text.split()))


BASE = notebook(code("a", "import"), code("stub", STUB), code("check", "check()"))


def edited(book, **texts):
    """A copy of a notebook with other texts in some cells."""
    book = copy.deepcopy(book)
    for cell in book.cells:
        cell.source = texts.get(cell.id, cell.source)
    return book


def run(book):
    """A copy of a notebook in which each cell has been run."""
    book = copy.deepcopy(book)
    for count, cell in enumerate(book.cells, 1):
        cell.execution_count = count
        cell.outputs = [nbformat.v4.new_output("stream", text=f"out {cell.source}")]
    return book


def ids(book):
    return " ".join(cell.id for cell in book.cells)


def texts(book):
    return [cell.source for cell in book.cells]


def test_improved_stub_leaves_a_solution_alone():
    """Guards: what the learner wrote is never touched; that ours is newer is told once."""
    mine = run(edited(BASE, stub=SOLVED))
    theirs = edited(BASE, stub=STUB.replace("Your", "Write your"))
    before = copy.deepcopy([BASE, mine, theirs])
    merged, newer = merge(BASE, mine, theirs)
    assert [BASE, mine, theirs] == before
    assert merged == mine
    assert newer == ["def my_slope(z):"]
    assert merge(theirs, mine, theirs) == (mine, [])


def test_what_they_left_alone_becomes_ours_and_loses_its_output():
    """Guards: no output stands below a text that it doesn't belong to."""
    theirs = edited(BASE, check="check(again)")
    mine = run(edited(BASE, stub=SOLVED))
    merged, newer = merge(BASE, mine, theirs)
    assert texts(merged) == ["import", SOLVED, "check(again)"]
    assert merged.cells[:2] == mine.cells[:2] and newer == []
    assert (merged.cells[2].outputs, merged.cells[2].execution_count) == ([], None)
    mine = run(theirs)  # who mended what we mended keeps the output
    assert merge(BASE, mine, theirs) == (mine, [])


def test_a_cell_of_another_kind_is_a_change():
    """Guards: code that they made Markdown stays Markdown."""
    mine = copy.deepcopy(BASE)
    mine.cells[2] = nbformat.v4.new_markdown_cell("check()", id="check")
    merged, _ = merge(BASE, mine, edited(BASE, check="check(again)"))
    assert merged.cells[2].cell_type == "markdown"


def test_settings_of_both_come_together():
    """Guards: their name and their folded cells stay, our new tags come."""
    base = notebook(code("a", "1"), authors=["we"], ours="old")
    mine = notebook(code("a", "1", collapsed=True), authors=["you"], ours="old", toc=1)
    theirs = notebook(code("a", "1", tags=["stub"]), authors=["all"], ours="new")
    merged, _ = merge(base, mine, theirs)
    assert merged.metadata == {"authors": ["you"], "ours": "new", "toc": 1}
    assert merged.cells[0].metadata == {"tags": ["stub"], "collapsed": True}


ROWS = tables.beside(__file__, "merge.toml")["rows"]


@pytest.mark.parametrize(("base", "mine", "theirs", "expected"), ROWS)
def test_cells_come_go_and_move(base, mine, theirs, expected):
    """Guards: our changes come in at their place; the learner's cells stay at theirs."""
    merged, newer = merge(plain(base), plain(mine), plain(theirs))
    assert (ids(merged), newer) == (expected, [])


def without_ids(book):
    book = copy.deepcopy(book)
    for cell in book.cells:
        del cell["id"]
    book.nbformat_minor = 4
    return book


def test_cells_without_ids_get_them_back_by_their_text():
    """Guards: a notebook saved by an old program; of two equal texts each its own id."""
    base, theirs = plain("a b c"), edited(plain("a b n c"), c="new")
    merged, _ = merge(base, without_ids(edited(base, b="own")), theirs)
    assert texts(merged) == ["a", "own", "n", "new"]
    assert merged.nbformat_minor == 5
    nbformat.validate(merged)
    equal = notebook(code("a", ""), code("b", ""))
    assert ids(with_ids(without_ids(equal), equal)) == "a b"
    mine = plain("a b c")
    mine.cells.append(code("b", "own"))  # a copy of a cell, made by hand in the file
    merged, _ = merge(base, mine, plain("a b c n"))
    assert texts(merged) == ["a", "b", "c", "own", "n"]


def test_renamed_is_what_has_most_of_the_cells():
    """Guards: half of the cells is not enough, so that only one notebook can be it."""
    assert is_renamed(plain("a b c"), plain("b c"))
    assert not is_renamed(plain("a b"), plain("b x"))


@st.composite
def versions(draw):
    """A notebook of some of eight cells, in any order, some with a text of its own."""
    names = draw(st.lists(st.sampled_from("abcdefgh"), unique=True))
    who = draw(st.sampled_from(["old", "own", "ours"]))
    ends = [draw(st.sampled_from(["old", who])) for _ in names]
    return notebook(*(code(id, f"{id} {end}") for id, end in zip(names, ends)))


def with_own_cells(book, places):
    """The notebook with the learner's own cells at these places."""
    for number, place in enumerate(places):
        book.cells.insert(place, code(f"own-{number}", f"own {number}"))
    return book


own_versions = st.builds(with_own_cells, versions(), st.lists(st.integers(0, 8)))


@given(versions(), own_versions, versions())
def test_nothing_is_lost_twice_there_or_changed_again(base, mine, theirs):
    """Guards: each text that isn't the given one is there; each cell has a reason.

    The next start, also one after an interruption, leaves the file alone.
    """
    mine = run(mine)
    merged, _ = merge(base, mine, theirs)
    old = {cell.id: cell.source for cell in base.cells}
    own = [cell for cell in mine.cells if old.get(cell.id) != cell.source]
    assert [cell for cell in own if cell not in merged.cells] == []
    b, m, t = ({cell.id for cell in book.cells} for book in (base, mine, theirs))
    found = [cell.id for cell in merged.cells]
    assert len(found) == len(set(found))
    assert m | (t - b) >= set(found) >= (t & m) | (t - b)
    assert merge(theirs, merged, theirs) == (merged, [])
    assert merge(base, merged, theirs)[0] == merged


@given(versions(), own_versions, versions())
def test_who_changed_nothing_has_the_others_version(base, mine, theirs):
    """Guards: who only reads has the newest course; no start changes all the same."""
    assert cleared(merge(base, run(base), theirs)[0]) == theirs
    assert merge(base, run(mine), base) == (run(mine), [])
