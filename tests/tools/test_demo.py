"""Demo notebooks: what is in them. They run in tests/browser/test_demo.py."""

import re
import subprocess
import sys

import nbformat
import pytest
from nbformat import v4

from course.lessons import load_questions, name_of
from course.tools import demo, find_notebooks, plan, save
from course.tools.cells import headings

NOTEBOOKS = find_notebooks([])
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
PANEL = "# A comment.\nshown = panels.slice_panel()"
LAB = "from course.lessons.bug_lab.game import bug_lab\n\nbug_lab(seed=1)"
ASKS = 'lesson.predict("how many")'
DEFINES = "def count(n):\n    m = n + first\n    return m"
SHOWS = 'n += count(2)\nprint(n)\nlesson.reveal("how many", n)'
# What stands in a notebook, with its tag ('shows': code with an output), and what its
# demo has of it.
IMPORTS = 'import sys; sys.path.insert(0, "..")\nfrom course import panels'
SOURCE = [
    ("text", "# 9. A lesson\n\nWhat you will do.", "# 9. A lesson"),
    ("text", "You need nothing.", None),
    ("code", IMPORTS, IMPORTS),
    ("text", "## First part\n\nText.", "## First part"),
    ("code", "bug_lab(1), panels.nothing(), panels.panel.checks.x()", None),
    ("code", "from course.fast import sweep\n\nsweep(), my_panel(2)", None),
    ("code", PANEL, PANEL),
    ("tasks", "1. Move [it](#First).\n\nA # stays.", "1. Move it.\n\nA # stays."),
    ("solution", "The answer.\n\n```python\n# no heading\n```", None),
    ("code", "first = 0", None),  # given anew below
    ("code", "first, n = 1, 2", "first, n = 1, 2"),
    ("code", "n = first", "n = first"),
    ("code", "m = first", None),  # of no use to the run
    ("code", DEFINES, DEFINES),
    ("text", "## A question\n\nSee [it](#First).", "## A question\n\nSee it."),
    ("text", "How many?", "How many?"),
    ("code", ASKS, ASKS.replace("predict", "vote")),
    ("hint", "No hint.", None),
    ("text", "Now run it.", "Now run it."),
    ("code", SHOWS, SHOWS),
    ("code", 'lesson.predict("what now")', None),  # no run tells
    ("tasks", "### Second part\n\n1. Press **Step**.", "## Second part"),
    ("code", LAB, LAB),
    ("text", "The answer.", "1. Press **Step**."),
    ("text", "## Third part\n\nIt has no question.", "## Third part"),
    ("shows", "print(first)", "print(first)"),
    ("code", "print(n)", None),  # never run
    ("shows", "[f] = lesson.own('my_f')\n\n\ndef g():\n    return f()", None),
]


def test_it_has_what_shows_something_with_headings_and_tasks(tmp_path):
    """Guards: nothing else, whether the tasks stand above their panel or below it."""
    cells = []
    for kind, text, _ in SOURCE:
        cells.append(v4.new_markdown_cell(text, metadata={"tags": [kind]}))
        if kind in ("code", "shows"):
            answer = v4.new_output("stream", text="The answer.")
            cells[-1] = v4.new_code_cell(text, outputs=[answer] * (kind == "shows"))
    save.write(v4.new_notebook(cells=cells), tmp_path / "09_lesson.ipynb")
    path = demo.make(tmp_path / "09_lesson.ipynb", tmp_path / "demo")
    assert path == tmp_path / "demo" / "09_lesson.ipynb"
    made = save.read(path)
    nbformat.validate(made)
    assert [cell.source for cell in made.cells] == [new for _, _, new in SOURCE if new]
    for cell in made.cells:
        if cell.cell_type == "code":
            hidden = cell.source not in (DEFINES, "first, n = 1, 2", "n = first")
            assert cell.outputs == [] and ("jupyter" in cell.metadata) == hidden


def panel_words(cell):
    """What is stored of a panel in a cell; '' of any other cell."""
    for output in cell.get("outputs", ()):
        alt = output.get("metadata", {}).get("image/png", {}).get("alt")
        if alt and output.data.get("text/plain", alt) != alt:
            return output.data["text/plain"]
    return ""


@each_notebook
def test_all_panels_tasks_and_runs_of_a_notebook_are_in_it(path, tmp_path):
    """Guards: a panel that is left out; tasks that don't stand beside their panel; a
    question to one learner, or without its run."""
    made = {cell.id: cell for cell in save.read(demo.make(path, tmp_path)).cells}
    for cell in save.read(path).cells:
        if "tasks" in cell.metadata.get("tags", []) or panel_words(cell):
            assert cell.id in made, cell.source
    told = "\n".join(cell.source for cell in made.values())
    asked = re.findall(r'lesson\.vote\("(.+?)"\)', told)
    assert asked == re.findall(r'^lesson\.reveal\("(.+?)"', told, re.MULTILINE)
    questions = load_questions(name_of(path.stem)).predictions
    assert asked == [name for name, q in questions.items() if not q.at_once]
    assert "lesson.predict" not in told


@each_notebook
def test_what_a_planned_section_shows_is_in_it(path, tmp_path):
    """Guards: a picture or numbers that a chapter gives minutes to, and that only the
    notebook has; a run that stands before its question; a picture without its heading."""
    made, cells = save.read(demo.make(path, tmp_path)).cells, save.read(path).cells
    runs, told = [cell.id for cell in made if cell.cell_type == "code"], ""
    assert runs == [cell.id for cell in cells if cell.id in runs]
    under = {cell.id: (told := [told, *headings(cell)][-1]) for cell in made}
    steps = plan.read(name_of(path.stem)).steps
    planned, heading = {title for step in steps for title in step.titles}, ""
    for cell in cells:
        heading = [heading, *headings(cell)][-1]
        shown = [
            output.output_type == "stream" or "image/png" in output.get("data", ())
            for output in cell.get("outputs", ())
        ]
        if heading in planned and any(shown):
            assert under.get(cell.id) == heading, cell.source


@each_notebook
def test_each_name_that_is_taken_is_given(path, tmp_path):
    """Guards: a run that stops, because the cell that defines a name was left out."""
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--select=F821"]
    command = [*ruff, "--no-cache", demo.make(path, tmp_path)]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
