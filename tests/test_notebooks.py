"""The notebooks: their saved form, their skeleton, their links, their pictures.

That each cell prints what is stored is tested by nbval, which pytest runs on
notebooks/*.ipynb itself; test_reruns.py runs each cell again.
"""

import itertools
import re
import statistics

import nbformat
import pytest

from course import lessons
from course.tools import NOTEBOOKS as FOLDER
from course.tools import find_notebooks, save
from course.tools.notebooks import without_fetching
from tests.test_reruns import code_cells, text_of, texts

NOTEBOOKS = find_notebooks([])
IMPORTS = """import sys
sys.path.insert(0, "..")  # so that Python finds the course
import numpy as np
import mlp_core as mlp
from course import Lesson, panels, pictures
lesson = Lesson("{name}")"""
# What every notebook has, in this order; the first look has fewer, and what the checks of
# 1 and 2 have verified needs no more.
SKELETON = [
    *["What you will do", "What you will learn", "What you need", "Time", "Predict"],
    *["## Exercise", "## Verify against", "## Break it", "## Quiz", "## Recap"],
    *["## Common errors", "Next"],
]
LEFT_OUT = dict.fromkeys(
    ["01_activations", "02_initialization", "06_xor_task"], SKELETON[6:7]
)
LEFT_OUT["04_backprop"] = SKELETON[7:8]
LEFT_OUT["00_first_look"] = [*SKELETON[5:8], *SKELETON[9:-1]]
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def markdown(path):
    cells = save.read(path).cells
    return "\n\n".join(c.source for c in cells if c.cell_type == "markdown")


def test_each_notebook_has_its_folder_and_leads_to_the_next():
    """Guards: a notebook without a lesson, a lesson that no notebook opens; and a reader who
    is led to another one. The end of the course names none."""
    folders = {path.parent.name for path in lessons.FOLDER.glob("*/__init__.py")}
    assert NOTEBOOKS and set(lessons.NAMES) == folders
    assert list(lessons.NOTEBOOKS.values()) == NOTEBOOKS
    led = []
    for before, after in itertools.pairwise(NOTEBOOKS):
        links = re.findall(r"\((\d\d_\w+\.ipynb)\)", markdown(before))
        later = {name for name in links if name > before.name}
        led.append(after.name in later)
        assert led[-1] or not later, before.stem
    assert any(led)


@each_notebook
def test_notebook_is_as_it_would_be_saved(path):
    """Guards: another form, exercises that are no more those of their files, a cell's id
    that stands twice."""
    assert save.is_up_to_date(path), f"run: python -m course save {path.stem}"
    notebook = save.read(path)
    nbformat.validate(notebook)
    ids = [cell.id for cell in notebook.cells]
    assert len(ids) == len(set(ids))


@each_notebook
def test_outputs_hold_no_error_and_pictures_are_told_in_words(path):
    """Guards: an error or a warning on the page; and who can't see a picture reads what it
    shows. None stands in the text: where only the notebook is, as in Colab, it would be
    missing."""
    assert not re.search(r"!\[|<img", markdown(path))
    for cell in code_cells(save.read(path)):
        for output in cell.outputs:
            assert output.output_type != "error", cell.source
            assert output.get("name") != "stderr", cell.source
            assert "Warning" not in text_of(output), cell.source
            if "image/png" in output.get("data", {}):
                alt = output.metadata.get("image/png", {}).get("alt", "")
                assert len(alt) > 20, f"a picture without an alt text: {cell.source}"


@each_notebook
def test_skeleton_stands_in_order(path):
    """Guards: a part that is missing, and a title with another number than its file's."""
    text = markdown(path)
    [title] = re.findall(r"^# (.+)$", text, re.MULTILINE)
    assert title.startswith(f"{int(path.stem[:2])}. ")
    parts = [part for part in SKELETON if part not in LEFT_OUT.get(path.stem, [])]
    places = {part: text.find(part) for part in parts}
    assert -1 not in places.values(), [part for part in places if places[part] < 0]
    assert list(places.values()) == sorted(places.values())


@each_notebook
def test_code_begins_with_the_same_cell_is_short_and_ends_with_the_progress(path):
    """Guards: what else a notebook needs at its begin, code that no reader takes in at a
    glance, and an end that doesn't say what was solved.

    Before the first cell stands what fetches the course, where it has an address.
    """
    cells = code_cells(without_fetching(save.read(path)))
    assert cells[0].source == IMPORTS.format(name=path.stem)
    lengths = [len(cell.source.splitlines()) for cell in code_cells(save.read(path))]
    assert statistics.median(lengths) <= 8
    assert max(lengths) <= 14
    assert cells[-1].source == "lesson.progress()"
    assert "## Check your progress" in markdown(path)


@each_notebook
def test_each_exercise_is_checked_once(path):
    """Guards: one that no cell checks, or that somebody has solved in the notebook.

    That the cells around the check are there is what `save.is_up_to_date` tells.
    """
    said = {
        cell.source: texts(cell)
        for cell in code_cells(save.read(path))
        if cell.source.startswith("lesson.check(")
    }
    exercises = lessons.load_exercises(lessons.name_of(path.stem))
    assert list(said) == [f"lesson.check({name})" for name in exercises]
    for exercise, words in zip(exercises.values(), said.values()):
        assert (exercise.planted or "not written yet") in words


@each_notebook
def test_a_guess_that_its_run_does_not_reveal_says_what_does(path):
    """Guards: 'The run shows the answer' where a cell of its own does, and that this cell
    shows nothing where the question was skipped."""
    alone = r'\Alesson\.reveal\("([^"]+)"[^\n]*\Z'
    sources = [cell.source for cell in code_cells(save.read(path))]
    revealed = {found[1] for source in sources if (found := re.match(alone, source))}
    predictions = lessons.load_questions(lessons.name_of(path.stem)).predictions
    assert revealed == {name for name in predictions if predictions[name].then}


@each_notebook
def test_local_links_resolve(path):
    """Guards: a link to a file or a heading that is gone."""
    links = re.findall(r"\]\((?!https?:)([^)#\s]*)(#[^)\s]*)?\)", markdown(path))
    for target, anchor in links:
        place = (FOLDER / target).resolve() if target else path
        assert place.exists(), f"{target} does not exist"
        if anchor and place.suffix == ".ipynb":
            headings = re.findall(r"^#+ (.+)$", markdown(place), re.MULTILINE)
            slugs = [heading.strip().replace(" ", "-") for heading in headings]
            assert anchor[1:] in slugs, f"{target}{anchor}"


@each_notebook
def test_decimal_numbers_in_the_text_are_printed_by_a_cell(path):
    """Guards: a number of two decimals or more that stands in no output and in no code."""
    cells = code_cells(save.read(path))
    printed = " ".join(cell.source + texts(cell) for cell in cells)
    # Formulas and code in the text are worked by hand; a cell beside them shows the same.
    left_out = r"```.*?```|\$\$.*?\$\$|\$[^$]*\$"
    text = re.sub(left_out, "", markdown(path), flags=re.DOTALL)
    numbers = set(re.findall(r"(?<![\d.])\d+\.\d{2,}(?!\.?\d)", text))
    missing = {number for number in numbers if number not in printed}
    assert not missing, "print them in a cell, or say them in words"
