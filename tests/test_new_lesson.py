"""A new lesson is a folder and a notebook: both are put into a copy of the course.

The folder is `tests/doubles`: an exercise, questions, a term, a chapter for teachers, data.
No other file of the copy is touched, and each command finds the lesson.
"""

import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest

from course.lessons import NAMES
from course.tools import NOTEBOOKS, ROOT, links, notebooks
from tests import tables
from tests.copies import LEFT_OUT, files_in

NUMBER = len(NAMES)
NAME, LAST = f"{NUMBER:02d}_doubles", f"{NUMBER - 1:02d}_{NAMES[-1]}"
CELLS = tables.beside(__file__, "test_new_lesson.toml")
# Stands in the name of a test that is given the lesson, or a part of it.
GIVEN = "doubles or my_double or doublet"
BROWSER = "tests/browser"  # where a test takes long


def new_notebook():
    """The notebook as its author begins: an exercise is named, and not more."""
    before = notebooks.without_fetching(notebooks.read(NOTEBOOKS / f"{LAST}.ipynb"))
    imports = next(cell for cell in before.cells if cell.cell_type == "code")
    imports.source = imports.source.replace(LAST, NAME)
    cells = [
        getattr(nbformat.v4, f"new_{kind}_cell")(text.replace("{}", str(NUMBER)), id=id)
        for id, table in CELLS.items()
        for kind, text in table.items()
    ]
    for cell in cells[[*CELLS].index("quiz") :]:
        cell.metadata["slideshow"] = {"slide_type": "skip"}
    cells.insert(1, imports)
    notebook = nbformat.v4.new_notebook(cells=cells)
    return links.in_notebook(notebook, links.addresses().repository)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the course with the lesson in it, saved by its command."""
    folder = tmp_path_factory.mktemp("new") / "course"
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
    lesson = folder / "course" / "lessons" / "doubles"
    shutil.copytree(folder / "tests" / "doubles", lesson)
    chapter = lesson / "teaching.md"
    chapter.write_text(chapter.read_text().replace("{}", str(NUMBER)))
    before = files_in(folder)
    notebooks.write(new_notebook(), folder / "notebooks" / f"{NAME}.ipynb")
    assert f"{NAME}.ipynb: ok" in course(folder, f"save {NAME}")
    after = files_in(folder)
    pages = {"README.md", "docs/glossary.md", "docs/teaching.md"}
    assert {name for name in before if after[name] != before[name]} == pages
    return folder


def course(folder, *lines):
    """What commands of the copy say, called in one process."""
    calls = "; ".join(f"assert main({line.split()}) == 0" for line in lines)
    return python(folder, "-c", f"from course.__main__ import main; {calls}")


def python(folder, *arguments):
    options = {"env": {**os.environ, "PYTHONPATH": ""}, "encoding": "utf-8"}
    options |= {"cwd": folder, "capture_output": True}
    done = subprocess.run([sys.executable, *arguments], check=False, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_save_writes_the_cells_of_the_exercise_and_the_pages(copy):
    """Guards: who adds an exercise names it in a cell, and types nothing twice; and
    commands that know only the lessons of today."""
    made = notebooks.read(copy / "notebooks" / f"{NAME}.ipynb").cells
    assert "def my_double(x):\n    return None  # your code" in [c.source for c in made]
    readme = (copy / "README.md").read_text("utf-8")
    assert "Twice as much, by a function of your own." in readme
    assert "| doublet |" in (copy / "docs" / "glossary.md").read_text("utf-8")
    said = course(copy, f"save --check {NAME}", f"minutes {NAME}", f"slides {NAME}")
    assert said.startswith(f"{NAME}.ipynb: ok") and "15\n0.2 hours" in said
    deck = (copy / "decks" / f"{NAME}.html").read_text("utf-8")
    assert "wice as much" in deck and "Let the class guess." in deck


SOLVE = f"""
import os, sys
os.chdir("my_course")
sys.path.insert(0, "..")
from course import Lesson
from tests.answers import cell
lesson = Lesson("{NAME}")
print(lesson.check(cell("my_double", "def my_double(x):\\n    return 2 * x")))
[mine] = lesson.own("my_double")
assert mine(4) == 8

from course.__main__ import main
for line in ("progress", "handin --name Ada", "grade handin-Ada.zip --only {NAME}"):
    assert main(line.split()) == 0
"""


def test_learners_get_it_and_hand_it_in(copy):
    """Guards: start, own functions, progress, handin and grade find the lesson."""
    assert f"{NUMBER + 1} notebooks" in course(copy, "start --only-copy")
    for path in (copy / "my_course").glob("*.ipynb"):
        if path.stem != NAME:
            path.unlink()
    mine = copy / "my_course" / f"{NAME}.ipynb"
    notebook = notebooks.read(mine)
    for cell in notebook.cells:
        if "stub" in notebooks.tags(cell):
            cell.source = "def my_double(x):\n    return 2 * x"
    notebooks.write(notebook, mine)
    said = python(copy, "-c", SOLVE)
    assert "my_double: right\nmy_double: yours\n" in said
    assert f"{NUMBER} doubles" in said and "According to your record, 1 of" in said
    assert "my_double: 1 of 1 solved it" in said


LEARNER = f"""
import numpy as np
from course import Lesson
lesson = Lesson("{NAME}")
print(np.loadtxt(lesson.file("doubles.csv"), delimiter=",").ravel())
def my_double(x):
    return x**2
print(lesson.check(my_double))
"""


def test_no_answer_of_it_can_be_read_in_a_hand_out(copy):
    """Guards: a solution in clear, because its file has another name than ours."""
    course(copy, "handout ../class")
    place = copy.parent / "class"
    names = "__init__.py doubles.csv my_double.py questions.toml terms.toml"
    found = files_in(place / "course" / "lessons" / "doubles")
    assert sorted(found) == names.split()
    for name, data in files_in(place).items():
        for answer in (b"twice = x + x", b"3 + 3 is 6", b"it is the square"):
            assert answer not in data, name
    assert "doublet: a number with its double" in course(place, "glossary doublet")
    said = "my_double: not yet: it is the square: asked for is the double\n"
    assert python(place, "-c", LEARNER) == f"[1. 2. 3. 6.]\n{said}"


@pytest.mark.slow
def test_it_is_in_the_book(copy):
    """Guards: a page that the book leaves out."""
    course(copy, "site ../site")
    assert (copy.parent / "site" / f"{NAME}.html").is_file()


def pytest_in(folder, tests, *arguments):
    """What pytest says in the copy of the tests that these words choose, and which pass."""
    options = ["-n", "0", "-v", "-p", "no:cacheprovider", "-k", tests]
    return python(folder, "-m", "pytest", *options, *arguments)


def test_the_common_tests_pass_with_it(copy):
    """Guards: a test with a list of its own, and a rule that no document tells.

    Common are those that are given the lesson, and those in their files that are given
    nothing, unless they are marked as `apart`.
    """
    places = ["tests", f"--ignore={BROWSER}", f"notebooks/{NAME}.ipynb"]
    said = pytest_in(copy, GIVEN, *places)
    files = set(re.findall(r"^(tests/\S+?\.py)::", said, re.MULTILINE))
    pytest_in(copy, "not [", "-m", "not slow and not apart", *files)


@pytest.mark.slow
def test_the_slow_common_tests_pass_with_it(copy):
    """Guards: the same for its slides and its cells on the page."""
    pytest_in(copy, GIVEN, "-m", "slow", "tests", f"--ignore={BROWSER}")
    pytest_in(copy, GIVEN, BROWSER)
