"""Demo notebooks: what is in them, and that each runs by itself."""

import nbformat
import pytest
from nbformat import v4

from course.tools import demo, find_notebooks, save
from tests import live

NOTEBOOKS = find_notebooks([])

IMPORTS = 'import sys; sys.path.insert(0, "..")\nfrom course import panels'
LAB = "e45ba1c3"  # the only panel that isn't of `panels`
[LAB_OPENS] = [
    cell.source
    for path in NOTEBOOKS
    for cell in save.read(path).cells
    if cell.id == LAB
]
SOURCE = [
    ("markdown", "# 9. A lesson\n\nWhat you will do.", []),
    ("markdown", "You need nothing.", []),
    ("code", IMPORTS, []),
    ("markdown", "## First part\n\nText.", []),
    ("code", "bug_lab(1), my_panel(2)", []),
    ("code", "panels.slice_panel()", []),
    ("markdown", "1. Move [it](#First-part).\n\nThis # stays.", ["tasks"]),
    ("markdown", "The answer.\n\n```python\n# no heading\n```", ["solution"]),
    ("markdown", "### Second part\n\n1. Press **Step**.", ["tasks"]),
    ("code", LAB_OPENS, []),
    ("markdown", "The answer.", []),
]
DEMO = [
    ("markdown", "# 9. A lesson"),
    ("code", IMPORTS),
    ("markdown", "## First part"),
    ("code", "panels.slice_panel()"),
    ("markdown", "1. Move it.\n\nThis # stays."),
    ("markdown", "## Second part"),
    ("code", LAB_OPENS),
    ("markdown", "1. Press **Step**."),
]


def test_it_has_the_panels_their_headings_and_their_tasks(tmp_path):
    """Guards: nothing else, whether the tasks stand above their panel or below it."""
    cells = []
    for kind, text, tags in SOURCE:
        cell = v4.new_markdown_cell(text) if kind == "markdown" else ran(text)
        cell.metadata.tags = tags
        cells.append(cell)
    save.write(v4.new_notebook(cells=cells), tmp_path / "09_lesson.ipynb")
    path = demo.make(tmp_path / "09_lesson.ipynb", tmp_path / "demo")
    assert path == tmp_path / "demo" / "09_lesson.ipynb"
    made = save.read(path)
    nbformat.validate(made)
    assert [(cell.cell_type, cell.source) for cell in made.cells] == DEMO
    for cell in made.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.metadata.jupyter.source_hidden


def ran(code):
    output = v4.new_output("stream", text="The answer.")
    return v4.new_code_cell(code, outputs=[output], execution_count=1)


@pytest.fixture(scope="module")
def demos(tmp_path_factory):
    """All demos after a run, by name, and the folder of the course with them.

    They share a kernel, for speed, but before each one it forgets all names.
    """
    folder = tmp_path_factory.mktemp("course")
    live.copy_course(folder)
    made = [save.read(demo.make(path, folder / "demo")) for path in NOTEBOOKS]
    forget = v4.new_code_cell("%reset -f")
    together = v4.new_notebook(metadata=made[0].metadata)
    together.cells = [cell for one in made for cell in [forget, *one.cells]]
    cells = iter(save.execute(together, folder / "demo").cells)
    ran = {}
    for path, notebook in zip(NOTEBOOKS, made, strict=True):
        assert next(cells).source == forget.source
        ran[path.stem] = [next(cells) for _ in notebook.cells]
    return ran, folder


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_by_itself_and_shows_the_same_panels(notebook, demos):
    """Guards: a panel that is left out, that needs another cell, or a cell with noise."""
    stored = {
        cell.id: cell.outputs[0].data["text/plain"]
        for cell in save.read(notebook).cells
        if cell.cell_type == "code" and ("panels." in cell.source or cell.id == LAB)
    }
    shown = {}
    for cell in demos[0][notebook.stem]:
        for output in cell.get("outputs", []):
            assert save.WIDGET_VIEW in output.data and "image/png" in output.data
            shown[cell.id] = output.data["text/plain"]
    assert shown == stored


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_all_tasks_of_panels_are_in_it(notebook, demos):
    """Guards: tasks that don't stand beside their panel would be left out."""
    tasks = {
        c.id for c in save.read(notebook).cells if "tasks" in c.metadata.get("tags", [])
    }
    assert tasks <= {cell.id for cell in demos[0][notebook.stem]}


def test_it_leaves_nothing_behind(demos):
    """Guards: a record of what the teacher tried, or a copy's mark."""
    names = {path.name for path in (demos[1] / "demo").iterdir()}
    assert names == {path.name for path in NOTEBOOKS}
