"""The learner's folder, made and brought up to date: course.tools.update.

That the real course makes a copy is seen in test_handout.py and test_old_copy.py.
"""

import os
import shutil

import nbformat
import pytest

from course.tools import notebooks, update
from course.tools.update import bring_up_to_date, last_notebook
from tests import power, tables
from tests.copies import files_in

SOLVED = "def my_slope(z):\n    return 1"


def cell(id, source):
    made = nbformat.v4.new_code_cell(source, id=id, execution_count=1)
    made.outputs = [nbformat.v4.new_output("stream", text="out")]
    return made


def book(**cells):
    """A notebook of the course: cells that were run, by their ids."""
    return nbformat.v4.new_notebook(cells=[cell(*pair) for pair in cells.items()])


@pytest.fixture
def course(tmp_path):
    """The notebooks of a small course."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    slopes = book(a="import", stub="def my_slope(z): ...", c="check()")
    notebooks.write(slopes, folder / "01_slopes.ipynb")
    notebooks.write(book(x="first", y="second", z="third"), folder / "02_sums.ipynb")
    return folder


@pytest.fixture
def mine(course):
    """The copy of a learner who solved an exercise and wrote files of their own."""
    folder = course.parent / "my_course"
    folder.mkdir()
    bring_up_to_date(folder, course)
    change(folder / "01_slopes.ipynb", stub=SOLVED)
    (folder / "sub").mkdir()
    for name in ("notes.txt", "own.ipynb", "sub/01_slopes.ipynb", "run.npz"):
        (folder / name).write_text("their own")
    return folder


def change(path, **cells):
    """Change and add cells of a notebook's file; None removes a cell."""
    notebook = notebooks.read(path)
    known = {cell.id: cell for cell in notebook.cells}
    for id, source in cells.items():
        if source is None:
            notebook.cells.remove(known[id])
        elif id in known:
            known[id].source = source
        else:
            notebook.cells.append(cell(id, source))
    notebooks.write(notebook, path)


def texts(path):
    return [cell.source for cell in notebooks.read(path).cells]


def shown(folder):
    """Name and content of each file that the learner sees."""
    return {name: data for name, data in files_in(folder).items() if name[0] != "."}


def test_first_start_makes_the_copy(course, tmp_path):
    """Guards: all cells, no outputs, and nothing else; the next one writes nothing."""
    folder = tmp_path / "my_course"
    folder.mkdir()
    (course / "mine.txt").write_text("")
    said = bring_up_to_date(folder, course)
    assert said == ["Made my_course, your own copy of the 2 notebooks."]
    assert set(shown(folder)) == {"01_slopes.ipynb", "02_sums.ipynb"}
    for path in folder.glob("*.ipynb"):
        assert texts(path) == texts(course / path.name)
        for made in notebooks.read(path).cells:
            assert (made.outputs, made.execution_count) == ([], None)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert bring_up_to_date(folder, course) == []
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_news_come_in_and_work_stays(course, mine):
    """Guards: what was brought is said once, in words, and the old file is put aside."""
    old = shown(mine)  # of a cell that both changed theirs stays
    change(course / "01_slopes.ipynb", stub="def my_slope(z): return None")
    (said,) = bring_up_to_date(mine, course)
    assert said == (
        "01_slopes: you changed the cell 'def my_slope(z):', and so did we. Yours stays; "
        "our newer one is in notebooks/01_slopes.ipynb."
    )
    assert shown(mine) == old
    assert bring_up_to_date(mine, course) == []
    change(course / "01_slopes.ipynb", c="check(again)", d="more")
    said = bring_up_to_date(mine, course)
    assert said == ["Brought 1 notebook up to date: 01_slopes."]
    assert texts(mine / "01_slopes.ipynb") == ["import", SOLVED, "check(again)", "more"]
    before = (mine / ".course/before/01_slopes.ipynb").read_bytes()
    assert before == old.pop("01_slopes.ipynb")
    assert {name: shown(mine)[name] for name in old} == old
    assert bring_up_to_date(mine, course) == []


def test_new_removed_and_deleted_notebooks(course, mine):
    """Guards: new ones come, removed ones stay, one they deleted is fresh again."""
    notebooks.write(book(n="new"), course / "03_new.ipynb")
    change(mine / "02_sums.ipynb", y="own")
    (course / "02_sums.ipynb").unlink()
    (mine / "01_slopes.ipynb").unlink()
    assert bring_up_to_date(mine, course) == [
        "New: 03_new.",
        "Missing from your copy, so fresh again: 01_slopes.",
    ]
    assert texts(mine / "01_slopes.ipynb")[1] == "def my_slope(z): ..."
    assert texts(mine / "02_sums.ipynb") == ["first", "own", "third"]
    assert bring_up_to_date(mine, course) == []


def test_renamed_notebook_keeps_their_work(course, mine):
    """Guards: their file gets the new name and the news; it is still the last one."""
    (mine / update.LAST).write_text("01_slopes.ipynb")
    change(course / "01_slopes.ipynb", d="more")
    os.replace(course / "01_slopes.ipynb", course / "05_lines.ipynb")
    assert bring_up_to_date(mine, course) == [
        "Brought 1 notebook up to date: 05_lines.",
        "01_slopes.ipynb is now called 05_lines.ipynb, with your work in it.",
    ]
    assert texts(mine / "05_lines.ipynb") == ["import", SOLVED, "check()", "more"]
    assert not (mine / "01_slopes.ipynb").exists()
    assert last_notebook(mine) == mine / "05_lines.ipynb"
    assert bring_up_to_date(mine, course) == []


@pytest.mark.parametrize("is_renamed", [True, False])
def test_file_of_theirs_with_the_name_of_a_new_notebook(course, mine, is_renamed):
    """Guards: files of their own are never touched; they are told, and can give way."""
    notebooks.write(book(own="own"), mine / "03_new.ipynb")
    if is_renamed:
        os.replace(course / "01_slopes.ipynb", course / "03_new.ipynb")
    else:
        notebooks.write(book(n="new"), course / "03_new.ipynb")
    before = shown(mine)
    (said,) = bring_up_to_date(mine, course)
    told = "The course has a new notebook 03_new.ipynb, but one of your"
    assert said.startswith(told)
    assert shown(mine) == before
    os.replace(mine / "03_new.ipynb", mine / "other.ipynb")
    bring_up_to_date(mine, course)
    work = SOLVED if is_renamed else "new"
    assert work in texts(mine / "03_new.ipynb")


TABLE = tables.beside(__file__, "update.toml")


@pytest.mark.parametrize("broken", TABLE["broken"])
def test_file_that_is_no_notebook_is_left_and_told(course, mine, broken):
    """Guards: no start fails on it, the others get their news, it can come back."""
    path = mine / "01_slopes.ipynb"
    path.write_text(broken, encoding="latin-1")
    change(course / "01_slopes.ipynb", d="more")
    change(course / "02_sums.ipynb", x="new first")
    brought, said = bring_up_to_date(mine, course)
    assert brought == "Brought 1 notebook up to date: 02_sums."
    assert said.startswith("01_slopes.ipynb can't be read as a notebook and was left")
    assert path.read_text(encoding="latin-1") == broken
    path.unlink()
    bring_up_to_date(mine, course)
    assert texts(path) == texts(course / "01_slopes.ipynb")


def test_last_notebook_is_the_one_saved_last_if_it_is_there(course, mine):
    """Guards: the door opens where they stopped; and nothing outside of their folder."""
    assert last_notebook(mine).name == "01_slopes.ipynb"
    (mine / "00_own.ipynb").write_text("")
    assert last_notebook(mine).name == "01_slopes.ipynb"
    for name in ("02_sums.ipynb", "00_own.ipynb"):
        (mine / update.LAST).write_text(name)
        assert last_notebook(mine) == mine / name
    for name in ("gone.ipynb", "notes.txt", "../notebooks/02_sums.ipynb", "\0", ""):
        (mine / update.LAST).write_text(name)
        assert last_notebook(mine) == mine / "01_slopes.ipynb"


@pytest.mark.parametrize("is_first", [False, True], ids=["update", "first start"])
def test_interrupted_run_loses_nothing_and_goes_on(course, mine, is_first):
    """Guards: at each step each file is the old or the new one; the next start ends it."""
    if is_first:
        shutil.rmtree(mine)
        mine.mkdir()
    else:  # all kinds of changes
        change(course / "01_slopes.ipynb", a="import more", d="more")
        os.replace(course / "01_slopes.ipynb", course / "04_lines.ipynb")
        change(course / "02_sums.ipynb", x=None, w="new")
        notebooks.write(book(n="new"), course / "03_new.ipynb")
        (mine / ".course" / "01_slopes.ipynb.1.new").write_text("half")  # once killed
    start, fresh = mine.parent / "start", mine.parent / "fresh"
    for place in start, fresh:
        shutil.copytree(mine, place)
    bring_up_to_date(fresh, course)
    new = shown(fresh)
    whole = {*shown(mine).values(), *new.values()}
    for count in power.cuts(lambda: bring_up_to_date(mine, course)):
        assert set(shown(mine).values()) <= whole
        name = "01_slopes" if (mine / "01_slopes.ipynb").exists() else "04_lines"
        assert is_first or SOLVED in texts(mine / f"{name}.ipynb")
        bring_up_to_date(mine, course)
        assert shown(mine) == new
        assert not list((mine / ".course").glob("*.new"))
        assert bring_up_to_date(mine, course) == []
        shutil.rmtree(mine)
        shutil.copytree(start, mine)
    assert count > 10
