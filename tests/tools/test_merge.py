"""A learner's notebook meets a newer one of the course: course.tools.merge.

What is expected is written out as texts of cells; the random tests hold the promises
that the README makes.
"""

import copy

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.tools import find_notebooks, save
from course.tools.handout import cleared, tags
from course.tools.merge import is_renamed, merge, with_ids

STUB = "def my_slope(z):\n    # Your code here.\n    return None"
SOLVED = "def my_slope(z):\n    return np.where(z < 0, -0.2, 1)"


def code(id, source, **metadata):
    cell = nbformat.v4.new_code_cell(source, metadata=metadata)
    cell.id = id
    return cell


def notebook(*cells, **metadata):
    return nbformat.v4.new_notebook(cells=list(cells), metadata=metadata)


def plain(text):
    """A notebook of cells whose texts are their ids: 'a b c'."""
    return notebook(*(code(name, name) for name in text.split()))


def given_notebook():
    return notebook(code("a", "import"), code("stub", STUB), code("check", "check()"))


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


# 1. Texts, outputs, settings -------------------------------------------------------------


def test_improved_stub_leaves_a_solution_alone():
    """Guards: what the learner wrote is never touched, and that ours is newer is told."""
    base = given_notebook()
    mine = run(edited(base, stub=SOLVED))
    theirs = edited(base, stub=STUB.replace("Your", "Write your"))
    merged, newer = merge(base, mine, theirs)
    assert merged == mine
    assert newer == ["def my_slope(z):"]


def test_newer_text_is_told_once():
    """Guards: the next start, with the new base, is silent."""
    base, theirs = given_notebook(), edited(given_notebook(), stub="new")
    mine = edited(base, stub=SOLVED)
    assert merge(base, mine, theirs).newer
    assert merge(theirs, mine, theirs) == (mine, [])


def test_what_he_left_alone_becomes_ours_and_loses_its_output():
    """Guards: no output stands below a text that it doesn't belong to."""
    base, theirs = given_notebook(), edited(given_notebook(), check="check(again)")
    mine = run(edited(base, stub=SOLVED))
    merged, newer = merge(base, mine, theirs)
    assert texts(merged) == ["import", SOLVED, "check(again)"]
    assert merged.cells[:2] == mine.cells[:2] and newer == []
    assert (merged.cells[2].outputs, merged.cells[2].execution_count) == ([], None)


def test_same_change_of_both_is_no_news():
    """Guards: a learner who mended what we mended hears nothing and keeps the output."""
    base, theirs = given_notebook(), edited(given_notebook(), check="check(again)")
    mine = run(theirs)
    assert merge(base, mine, theirs) == (mine, [])


def test_a_cell_of_another_kind_is_a_change():
    """Guards: code that they made Markdown stays Markdown."""
    base, theirs = given_notebook(), edited(given_notebook(), check="check(again)")
    mine = copy.deepcopy(base)
    mine.cells[2] = nbformat.v4.new_markdown_cell("check()", id="check")
    assert merge(base, mine, theirs).notebook.cells[2].cell_type == "markdown"


def test_settings_of_both_come_together():
    """Guards: their name and their folded cells stay, our new tags come."""
    base = notebook(code("a", "1"), authors=["we"], ours="old")
    mine = notebook(code("a", "1", collapsed=True), authors=["you"], ours="old", toc=1)
    theirs = notebook(code("a", "1", tags=["stub"]), authors=["all"], ours="new")
    merged = merge(base, mine, theirs).notebook
    assert merged.metadata == {"authors": ["you"], "ours": "new", "toc": 1}
    assert merged.cells[0].metadata == {"tags": ["stub"], "collapsed": True}


def test_given_notebooks_stay_as_they_are():
    """Guards: merging changes none of the three."""
    three = [given_notebook(), run(edited(given_notebook(), stub=SOLVED)), plain("x a")]
    before = copy.deepcopy(three)
    merge(*three)
    assert three == before


# 2. Which cells, and where ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "expected"),
    [
        ("a b c", "a b c", "a b n c", "a b n c"),  # we added
        ("a b c", "a b c", "n a b c", "n a b c"),
        ("a b c", "a b c", "a c", "a c"),  # we removed
        ("a b c", "a b c", "c a b", "c a b"),  # we moved
        ("a b c", "a b own c", "a b c n", "a b own c n"),  # they added
        ("a b c", "own a b c", "a b c", "own a b c"),
        ("a b c", "a b x y c", "b a c", "b x y a c"),  # theirs follow the predecessor
        ("a b c", "a b own c", "a c", "a own c"),  # which we removed
        ("a b c", "a c", "a b c n", "a c n"),  # they deleted
        ("a b c", "a c", "a b n c", "a n c"),  # the predecessor of ours
        ("a b c", "c b a", "a b n c", "c b n a"),  # they moved
        ("a b c", "c b a", "b a c", "c b a"),  # both moved: their order
        ("a b c", "a b own c", "a b n c", "a b own n c"),  # both added at one place
        ("a b c", "", "a b c n", "n"),
        ("", "own", "n", "own n"),
    ],
)
def test_cells_come_go_and_move(base, mine, theirs, expected):
    """Guards: our changes come in at their place; the learner's cells stay at theirs."""
    merged, newer = merge(plain(base), plain(mine), plain(theirs))
    assert (ids(merged), newer) == (expected, [])


def test_removed_cell_stays_if_they_wrote_in_it():
    """Guards: their text is kept although the course gave the cell up."""
    mine = edited(plain("a b c"), b="own")
    merged, newer = merge(plain("a b c"), mine, plain("c a"))
    assert texts(merged) == ["c", "a", "own"] and newer == []


def test_interrupted_update_goes_on():
    """Guards: a notebook that is new already, beside an old base, stays as it is."""
    base, theirs = plain("a b c"), edited(plain("n c a"), a="new")
    done = run(merge(base, edited(base, c="own"), theirs).notebook)
    assert merge(base, done, theirs).notebook == done


# 3. Files of old programs ----------------------------------------------------------------


def without_ids(book):
    book = copy.deepcopy(book)
    for cell in book.cells:
        del cell["id"]
    book.nbformat_minor = 4
    return book


def test_cells_without_ids_get_them_back_by_their_text():
    """Guards: a notebook saved by an old program is still brought up to date."""
    base, theirs = plain("a b c"), edited(plain("a b n c"), c="new")
    mine = without_ids(edited(base, b="own"))
    merged, _ = merge(base, mine, theirs)
    assert texts(merged) == ["a", "own", "n", "new"]
    assert merged.nbformat_minor == 5
    nbformat.validate(merged)


def test_two_cells_of_one_id_both_stay():
    """Guards: a copy of a cell made by hand in the file is not swallowed."""
    mine = edited(plain("a b c"))
    mine.cells.append(code("b", "own"))
    merged, _ = merge(plain("a b c"), mine, plain("a b c n"))
    assert texts(merged) == ["a", "b", "c", "own", "n"]


def test_equal_texts_get_each_its_own_id():
    """Guards: two empty cells are two."""
    base = notebook(code("a", ""), code("b", ""))
    assert ids(with_ids(without_ids(base), base)) == "a b"


# 4. Renamed notebooks --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [("a b c", "b c", True), ("a b", "b x", False), ("a b c", "x y z", False)],
)
def test_renamed_is_what_has_most_of_the_cells(old, new, expected):
    """Guards: half of the cells is not enough, so that only one notebook can be it."""
    assert is_renamed(plain(old), plain(new)) is expected


# 5. Random changes by both ---------------------------------------------------------------

NAMES = st.sampled_from("abcdefgh")


@st.composite
def versions(draw, minimum=0):
    """A notebook of some of eight cells, in any order, some with a text of its own."""
    names = draw(st.lists(NAMES, unique=True, min_size=minimum))
    who = draw(st.sampled_from(["old", "own", "ours"]))
    cells = [
        code(id, draw(st.sampled_from([f"{id} old", f"{id} {who}"]))) for id in names
    ]
    return notebook(*cells)


def with_own_cells(book, places):
    """The notebook with the learner's own cells at these places."""
    for number, place in enumerate(places):
        book.cells.insert(place, code(f"own {number}", f"own {number}"))
    return book


own_versions = st.builds(with_own_cells, versions(), st.lists(st.integers(0, 8)))


@given(versions(), own_versions, versions())
def test_no_text_of_theirs_is_ever_lost(base, mine, theirs):
    """Guards the promise: each text that isn't the given one is still there."""
    merged = merge(base, run(mine), theirs).notebook
    old = {cell.id: cell.source for cell in base.cells}
    own = [cell for cell in run(mine).cells if old.get(cell.id) != cell.source]
    assert [cell for cell in own if cell not in merged.cells] == []


@given(versions(), own_versions, versions())
def test_merging_twice_changes_nothing(base, mine, theirs):
    """Guards: the next start, and one after an interruption, leave the file alone."""
    merged = merge(base, mine, theirs).notebook
    assert merge(theirs, merged, theirs) == (merged, [])
    assert merge(base, merged, theirs).notebook == merged


@given(versions(), versions())
def test_without_his_changes_the_result_is_ours(base, theirs):
    """Guards: who only reads has the newest course."""
    merged = merge(base, run(base), theirs).notebook
    assert cleared(merged) == theirs


@given(versions(), own_versions)
def test_without_our_changes_the_result_is_his(base, mine):
    """Guards: no start touches a notebook that the course did not change."""
    assert merge(base, run(mine), base) == (run(mine), [])


@given(versions(), own_versions, versions())
def test_each_cell_of_the_result_has_a_reason(base, mine, theirs):
    """Guards: nothing is there twice, nothing comes back, what is new to both is there."""
    b, m, t = (set(ids(book).split()) for book in (base, mine, theirs))
    found = [cell.id for cell in merge(base, mine, theirs).notebook.cells]
    assert len(found) == len(set(found))
    assert {c.id for c in mine.cells} | (t - b) >= set(found)
    assert set(found) >= (t & m) | (t - b)


# 6. The notebooks of the course ----------------------------------------------------------

each_notebook = pytest.mark.parametrize(
    "path", find_notebooks([]), ids=lambda path: path.stem
)


@each_notebook
def test_real_notebook_with_a_learners_work_and_our_changes(path):
    """Guards: a solved exercise, a note of theirs and a run survive all kinds of changes."""
    base = cleared(save.read(path))
    if path.stem == "00_first_look":  # without an exercise: one is put in
        exercise = nbformat.v4.new_code_cell(
            "def my_stub():", metadata={"tags": ["stub"]}
        )
        base.cells.insert(-2, exercise)
    stub = next(i for i, cell in enumerate(base.cells) if "stub" in tags(cell))
    mine = copy.deepcopy(base)
    mine.cells[stub].source = SOLVED
    mine.cells.insert(stub + 1, nbformat.v4.new_markdown_cell("A note."))
    theirs = copy.deepcopy(base)
    theirs.cells[stub].source += "  # a better hint"
    theirs.cells[0].source += "\n\nA new sentence."
    theirs.cells.insert(stub, nbformat.v4.new_markdown_cell("## A new heading"))
    theirs.cells.pop(2)
    theirs.cells.append(theirs.cells.pop(3))

    merged, newer = merge(base, mine, theirs)
    nbformat.validate(merged)
    expected = texts(theirs)
    at = next(i for i, text in enumerate(expected) if text.endswith("a better hint"))
    expected[at : at + 1] = [SOLVED, "A note."]
    assert texts(merged) == expected
    assert newer == ["def my_slope(z):"]
