"""Make demo notebooks: the panels of a lesson and their tasks, for a projector.

A demo notebook has no outputs, so nothing is on the screen before it is asked for, and
its code is folded. It must lie in a folder beside ``notebooks/``, to find the course.
"""

import re

from nbformat import v4

from course.tools import notebooks
from course.tools.cells import headings, kind_of

HEADING = re.compile(r"\A#+ .*\n*")  # where a cell begins with one
LINK = re.compile(r"\[([^]]*)\]\(#[^)]*\)")  # to a place that isn't in the demo


def make(notebook, folder):
    """Write the demo of a notebook into a folder; return its path."""
    source = notebooks.read(notebook)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / notebook.name
    cells = list(_cells(source.cells))
    notebooks.write(notebooks.with_cells(source, cells), path)
    return path


def _cells(cells):
    """The title, the imports, then each panel between its heading and tasks."""
    yield _title(cells[0], "#")
    yield from (_folded(cell) for cell in cells if kind_of(cell) == "imports")
    heading = None
    for before, cell, after in zip(cells, cells[1:], cells[2:], strict=False):
        if headings(before):
            heading = before
        if kind_of(cell) == "panel":
            yield _title(heading, "##")
            yield _folded(cell)
            for tasks in (before, after):
                if kind_of(tasks) == "tasks":
                    text = LINK.sub(r"\1", HEADING.sub("", tasks.source, count=1))
                    yield v4.new_markdown_cell(text, id=tasks.id)


def _title(cell, level):
    """The heading alone. Its cell may also hold tasks, so it has an id of its own."""
    words = headings(cell)[-1]
    return v4.new_markdown_cell(f"{level} {words}", id=f"{cell.id}-title")


def _folded(cell):
    metadata = {"jupyter": {"source_hidden": True}}
    return v4.new_code_cell(cell.source, id=cell.id, metadata=metadata)
