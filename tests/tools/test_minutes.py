"""``python -m course minutes``: the count, what notebooks and chapters state, the limits."""

import re

import nbformat
import pytest

from course.__main__ import main
from course.lessons import name_of
from course.tools import find_notebooks, minutes, plan, save

NOTEBOOKS = find_notebooks([])
CELLS = [  # worked by hand
    ("text", "Two words <b>and</b> $a + b$ `code` ```no word``` | - |"),  # 6: a, b, too
    ("hint", "<details><summary>Hint</summary>\n\nnot these\n</details>"),
    ("solution", "not these\n\n1. nor this"),
    ("tasks", "1. Move it.\n2. Look."),  # 2, 1, 1, 1: 5 words, 2 tasks
    ("text", "1. no task"),  # 3 words
    ("text", "$$\nz = a\n$$"),  # 2 words, 1 formula
    ("text", "## Read it (7 minutes)\n\nnot these"),  # 7 minutes
    ("text", "It takes (7 minutes)"),  # 4 words, and no heading
    ("optional", "not these"),
    ("optional", "## Not this (7 minutes)"),
    ("fetch", "not_this = 1"),
    ("code", "x = 1\n\nprint(x)\nlesson.reveal('x')"),  # 2: the last is no code to read
    ("code", "%time lesson.quiz()"),
    ("code", "step = lesson.own('my_step')\nlesson.check(f)"),
    ("stub", "panels.slice_panel()"),
    ("code", 'lesson.predict("x")\n'),
    ("code", "lesson.review()"),
    ("code", "lesson.reveal('x')  # when it has come to its end"),
    ("code", "lesson.quiz(\n)"),
    ("code", "lesson.check(my_step)"),
]


def test_it_counts_what_a_learner_reads_and_does():
    """Guards: a part that isn't counted, or twice."""
    make = dict.fromkeys(["fetch", "code", "stub"], nbformat.v4.new_code_cell)
    cells = [
        make.get(kind, nbformat.v4.new_markdown_cell)(text, metadata={"tags": [kind]})
        for kind, text in CELLS
    ]
    count = minutes.count(nbformat.v4.new_notebook(cells=cells), 5, [8, 15])
    assert count == (6 + 5 + 3 + 2 + 4, 1, 5, 1 + 3 + 5, 2, 2, 8 + 15, 7)
    by_hand = 20 / 180 + 0.5 + 5 / 4 + 9 + 2 * 3 + 8 + 15 + 7
    assert count.minutes == pytest.approx(by_hand)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_and_its_chapter_state_its_minutes(path):
    """Guards: a time that is a wish, or another for the lone learner in the chapter."""
    count = minutes.of_notebook(path)
    source = "\n".join(cell.source for cell in save.read(path).cells)
    chapter = plan.path_of(name_of(path.stem)).read_text("utf-8")
    said = re.findall(r"\*\*Time:\*\* about (\d+) minutes", source)
    said_there = re.findall(r"\babout (\d+) minutes alone\b", chapter)
    assert said == said_there == [str(count.stated)]
    assert count.stated <= (100 if path.stem == "04_backprop" else 80)


def test_the_command_prints_a_row_for_each(capsys):
    """Guards: a notebook that is left out of the table, or of its sum."""
    assert main(["minutes"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert [row.split()[0] for row in rows[1:-1]] == [path.stem for path in NOTEBOOKS]
    hours = sum(int(row.split()[-1]) for row in rows[1:-1]) / 60
    assert rows[-1] == f"{hours:.1f} hours in all"
