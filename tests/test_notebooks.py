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

NOTEBOOKS = find_notebooks([])
IMPORTS = """import sys
sys.path.insert(0, "..")  # so that Python finds the course
import numpy as np
import mlp_core as mlp
from course import Lesson, panels, pictures
lesson = Lesson("{name}")"""
# Headings that every notebook has, in this order; the first look has fewer.
SKELETON = [
    "What you will do",
    "What you will learn",
    "What you need",
    "Time",
    "Predict",
    "## Exercise",
    "## Verify against",
    "## Break it",
    "## Recap",
    "## Common errors",
    "Next",
]
OF_FIRST_LOOK = [heading for heading in SKELETON if not heading.startswith("##")]


def markdown(notebook):
    return "\n\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def text_of(output):
    """What nbval compares of an output: printed text, or a value's text/plain."""
    if output.output_type == "stream":
        return output.text
    return output.get("data", {}).get("text/plain", output.get("ename", ""))


def texts(outputs):
    return "".join(text_of(output) for output in outputs)


each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def test_each_notebook_has_its_folder():
    """Guards: a notebook without a lesson, or a lesson that no notebook opens."""
    folders = {path.parent.name for path in lessons.FOLDER.glob("*/__init__.py")}
    assert NOTEBOOKS and set(lessons.NAMES) == folders
    assert list(lessons.NOTEBOOKS.values()) == NOTEBOOKS


@each_notebook
def test_notebook_is_as_it_would_be_saved(path):
    """Guards: another form, and exercises that are no more those of their files."""
    assert save.is_up_to_date(path), f"run: python -m course save {path.stem}"


@each_notebook
def test_notebook_is_valid_and_its_ids_are_unique(path):
    notebook = save.read(path)
    nbformat.validate(notebook)
    ids = [cell.id for cell in notebook.cells]
    assert len(ids) == len(set(ids))


@each_notebook
def test_outputs_hold_no_error_and_no_stderr(path):
    for cell in code_cells(save.read(path)):
        for output in cell.outputs:
            assert output.output_type != "error", cell.source
            assert output.get("name") != "stderr", cell.source
            assert "Warning" not in texts([output]), cell.source


@each_notebook
def test_skeleton_stands_in_order(path):
    text = markdown(save.read(path))
    headings = OF_FIRST_LOOK if path.stem == "00_first_look" else SKELETON
    places = [text.find(heading) for heading in headings]
    missing = [h for h, place in zip(headings, places) if place < 0]
    assert not missing
    assert places == sorted(places)


@each_notebook
def test_first_cells_are_the_same_in_all(path):
    """Guards: a notebook begins in five lines, and what else it needs comes later.

    Before them stands what fetches the course, in a course that has an address.
    """
    imports = code_cells(without_fetching(save.read(path)))[0]
    assert imports.source == IMPORTS.format(name=path.stem)


@each_notebook
def test_titles_are_numbered_and_single(path):
    titles = re.findall(r"^# (.+)$", markdown(save.read(path)), re.MULTILINE)
    assert len(titles) == 1
    assert titles[0].startswith(f"{int(path.stem[:2])}. ")


@each_notebook
def test_code_cells_are_short(path):
    """Guards: code that a reader takes in at a glance."""
    lengths = [len(cell.source.splitlines()) for cell in code_cells(save.read(path))]
    assert statistics.median(lengths) <= 8
    assert max(lengths) <= 14


@each_notebook
def test_each_exercise_is_checked_once(path):
    """Guards: one that no cell checks, or that somebody has solved in the notebook.

    That the cells around the check are there is what `save.is_up_to_date` tells.
    """
    said = {
        cell.source: texts(cell.outputs)
        for cell in code_cells(save.read(path))
        if cell.source.startswith("lesson.check(")
    }
    exercises = lessons.load_exercises(lessons.name_of(path.stem))
    assert list(said) == [f"lesson.check({name})" for name in exercises]
    for exercise, words in zip(exercises.values(), said.values()):
        assert (exercise.planted or "not written yet") in words


@each_notebook
def test_progress_is_the_last_thing_to_run(path):
    """Guards: each notebook ends with its quiz and with what was solved."""
    text = markdown(save.read(path))
    assert "## Quiz" in text and "## Check your progress" in text
    assert code_cells(save.read(path))[-1].source == "lesson.progress()"


@each_notebook
def test_every_picture_has_an_alt_text(path):
    """Guards: who can't see a picture reads what it shows.

    None stands in the text: where only the notebook is, as in Colab, it would be missing.
    """
    notebook = save.read(path)
    assert not re.search(r"!\[|<img", markdown(notebook))
    for cell in code_cells(notebook):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                alt = output.metadata.get("image/png", {}).get("alt", "")
                assert len(alt) > 20, f"a picture without an alt text: {cell.source}"


def slug(heading):
    """The anchor that JupyterLab gives a heading."""
    return heading.strip().replace(" ", "-")


@each_notebook
def test_local_links_and_images_resolve(path):
    text = markdown(save.read(path))
    links = re.findall(r"\]\(([^)#\s]*)(#[^)\s]*)?\)", text)
    for target, anchor in links:
        if target.startswith(("http:", "https:")):
            continue
        place = (FOLDER / target).resolve() if target else path
        assert place.exists(), f"{target} does not exist"
        if anchor and place.suffix == ".ipynb":
            headings = re.findall(
                r"^#+ (.+)$", markdown(save.read(place)), re.MULTILINE
            )
            assert anchor[1:] in map(slug, headings), f"{target}{anchor}"


def test_each_notebook_leads_to_the_next():
    """Guards: a reader who is led to another one. The end of the course names none."""
    led = []
    for before, after in itertools.pairwise(NOTEBOOKS):
        links = re.findall(r"\((\d\d_\w+\.ipynb)\)", markdown(save.read(before)))
        later = {name for name in links if name > before.name}
        led.append(after.name in later)
        assert led[-1] or not later, before.stem
    assert any(led)


@each_notebook
def test_decimal_numbers_in_the_text_are_printed_by_a_cell(path):
    """A number with two decimals or more must stand in an output or in the code."""
    notebook = save.read(path)
    printed = " ".join(c.source + texts(c.outputs) for c in code_cells(notebook))
    # Formulas and code in the text are worked by hand; a cell beside them shows the same.
    left_out = r"```.*?```|\$\$.*?\$\$|\$[^$]*\$"
    text = re.sub(left_out, "", markdown(notebook), flags=re.DOTALL)
    numbers = set(re.findall(r"(?<![\d.])\d+\.\d{2,}(?![\d.])", text))
    assert not {number for number in numbers if number not in printed}
