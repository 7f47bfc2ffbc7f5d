"""The cells of an exercise in a notebook: made of its file, and nothing else is touched."""

import copy

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course.checking import exercise_file
from course.tools import CommandError
from course.tools.exercise_cells import flowing, with_exercises
from tests.answers import DOUBLES

DOUBLE = exercise_file.read(DOUBLES / "my_double.py")
HALF = [
    cell._replace(code=cell.code.replace("double", "half"))
    for cell in DOUBLE.cells
    if cell.kind != "hint"
]
EXERCISES = {"my_double": DOUBLE, "my_half": DOUBLE._replace(cells=HALF)}
CELLS = [
    new_markdown_cell("# Twice", id="title"),
    new_code_cell("lesson.check(my_double)", id="one"),
    new_markdown_cell("Between", id="between"),
    new_code_cell("lesson.check(my_half)", id="two"),
    new_markdown_cell("The end", id="end"),
]


def test_missing_cells_are_added_around_the_check_and_others_get_the_text_alone():
    """Guards: an id that changes, by which learners' copies are updated."""
    made = with_exercises(new_notebook(cells=CELLS), EXERCISES)
    assert [cell.id for cell in made.cells] == [
        *["title", "my-double-exercise", "my-double-stub", "my-double-hint", "one"],
        *["my-double-solution", "between", "my-half-exercise", "my-half-stub", "two"],
        *["my-half-solution", "end"],
    ]
    assert made.cells[2].source == "def my_double(x):\n    return None  # your code"
    assert "```python\ndef my_half(x):" in made.cells[-2].source
    spoiled = copy.deepcopy(made)
    for cell in spoiled.cells:
        if cell.id.startswith("my-"):
            cell.source = "old"
    spoiled.cells.insert(3, new_code_cell("print(1)", id="mine"))
    mended = with_exercises(spoiled, EXERCISES)
    assert mended.cells.pop(3).id == "mine"
    assert mended == made
    with pytest.raises(CommandError, match=r"no cell lesson.check\(my_third\)"):
        with_exercises(made, {"my_third": DOUBLE})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one\ntwo\n\nthree\nfour", "one two\n\nthree four"),
        ("- a\n  b\n- c\n1. d\n   e", "- a b\n- c\n1. d e"),
        ("# Title\ntext\nmore", "# Title\ntext more"),
        ("| a |\n|---|\n| b |", "| a |\n|---|\n| b |"),
        ("so\n$$\nx\n$$\nthen\nso", "so\n$$\nx\n$$\nthen so"),
        ("from 2\n-3 is not a list", "from 2 -3 is not a list"),
    ],
)
def test_paragraphs_become_lines(text, expected):
    """Guards: Markdown whose lines are cut where a file ends them."""
    assert flowing(text) == expected
