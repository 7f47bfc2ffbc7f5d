"""Demo notebooks: what is in them, and that each runs by itself."""

import nbformat
import pytest
from nbformat import v4

from course.tools import demo, find_notebooks, save
from tests import live

NOTEBOOKS = find_notebooks([])
LAB = "e45ba1c3"  # the only panel that isn't of `panels`
# What stands in a notebook, with its tag, and what its demo has of it.
IMPORTS = 'import sys; sys.path.insert(0, "..")\nfrom course import panels'
SOURCE = [
    ("text", "# 9. A lesson\n\nWhat you will do.", "# 9. A lesson"),
    ("text", "You need nothing.", None),
    ("code", IMPORTS, IMPORTS),
    ("text", "## First part\n\nText.", "## First part"),
    ("code", "bug_lab(1), my_panel(2)", None),
    ("code", "panels.slice_panel()", "panels.slice_panel()"),
    ("tasks", "1. Move [it](#First).\n\nA # stays.", "1. Move it.\n\nA # stays."),
    ("solution", "The answer.\n\n```python\n# no heading\n```", None),
    ("tasks", "### Second part\n\n1. Press **Step**.", "## Second part"),
    ("code", "LAB", "LAB"),
    ("text", "The answer.", "1. Press **Step**."),
]


def test_it_has_the_panels_their_headings_and_their_tasks(tmp_path):
    """Guards: nothing else, whether the tasks stand above their panel or below it."""
    [lab] = [
        cell.source
        for path in NOTEBOOKS
        for cell in save.read(path).cells
        if cell.id == LAB
    ]
    cells = []
    for kind, text, _ in SOURCE:
        text = lab if text == "LAB" else text
        cells.append(v4.new_markdown_cell(text, metadata={"tags": [kind]}))
        if kind == "code":
            output = v4.new_output("stream", text="The answer.")
            cells[-1] = v4.new_code_cell(text, outputs=[output], execution_count=1)
    save.write(v4.new_notebook(cells=cells), tmp_path / "09_lesson.ipynb")
    path = demo.make(tmp_path / "09_lesson.ipynb", tmp_path / "demo")
    assert path == tmp_path / "demo" / "09_lesson.ipynb"
    made = save.read(path)
    nbformat.validate(made)
    expected = [lab if text == "LAB" else text for _, _, text in SOURCE if text]
    assert [cell.source for cell in made.cells] == expected
    for cell in made.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.metadata.jupyter.source_hidden


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
def test_it_runs_by_itself_and_shows_the_same_panels_and_tasks(notebook, demos):
    """Guards: a panel that is left out, or needs another cell, or makes noise; tasks that
    don't stand beside their panel; a record of what the teacher tried, or a copy's mark."""
    ran, folder = demos
    tasks, stored, shown = set(), {}, {}
    for cell in save.read(notebook).cells:
        if "tasks" in cell.metadata.get("tags", []):
            tasks.add(cell.id)
        elif cell.cell_type == "code" and ("panels." in cell.source or cell.id == LAB):
            stored[cell.id] = cell.outputs[0].data["text/plain"]
    for cell in ran[notebook.stem]:
        for output in cell.get("outputs", []):
            assert save.WIDGET_VIEW in output.data and "image/png" in output.data
            shown[cell.id] = output.data["text/plain"]
    assert shown == stored
    assert tasks <= {cell.id for cell in ran[notebook.stem]}
    names = {path.name for path in (folder / "demo").iterdir()}
    assert names == {path.name for path in NOTEBOOKS}
