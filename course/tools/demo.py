"""Make demo notebooks: the panels of a lesson with their tasks, and what a class guesses.

For a projector: no outputs, so nothing is on the screen before it is asked for, and the
code of panels is folded. Each prediction with a run asks a class, whose teacher types how
many said what. A demo must lie in a folder beside ``notebooks/``, to find the course.
"""

import re

from nbformat import v4

from course.tools import notebooks
from course.tools.cells import headings, kind_of, names, question_in

HEADING = re.compile(r"\A#+ .*\n*")  # where a cell begins with one
LINK = re.compile(r"\[([^]]*)\]\(#[^)]*\)")  # to a place that isn't in the demo
CODE = {"code", "panel", "imports", "reveal"}


def make(notebook, folder):
    """Write the demo of a notebook into a folder; return its path."""
    source = notebooks.read(notebook)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / notebook.name
    cells = [_title(source.cells[0], "#"), *_cells(source.cells)]
    notebooks.write(notebooks.with_cells(source, cells), path)
    return path


def _cells(cells):
    """The imports, then each question and each panel, with what belongs to it."""
    kinds = [kind_of(cell) for cell in cells]
    questions = {i: _run(cells, i) for i in range(len(cells)) if kinds[i] == "predict"}
    questions = {i: run for i, run in questions.items() if run}
    needed = _needed(
        cells, kinds, [place for run in questions.values() for place in run]
    )
    texts = {place for i in questions for place in _texts_before(kinds, i)}
    heading = told = None
    for i, (cell, kind) in enumerate(zip(cells, kinds)):
        if headings(cell):
            heading = cell
        if i in texts:
            yield v4.new_markdown_cell(LINK.sub(r"\1", cell.source), id=cell.id)
            told = heading
        elif kind in ("panel", "imports"):
            if kind == "panel" and told is not heading:
                yield _title(heading, "##")
                told = heading
            yield _code(cell, cell.source, folded=True)
        elif i in questions:
            yield _code(cell, cell.source.replace(".predict(", ".vote("), folded=True)
        elif i in needed:
            yield _code(cell, cell.source, folded=False)
        if kind == "panel":
            yield from _tasks(cells[i - 1 : i + 2 : 2])


def _tasks(cells):
    for cell in cells:
        if kind_of(cell) == "tasks":
            text = LINK.sub(r"\1", HEADING.sub("", cell.source, count=1))
            yield v4.new_markdown_cell(text, id=cell.id)


def _run(cells, i):
    """The places of the code from a question to what tells how the guess went."""
    told, places = f'lesson.reveal("{question_in(cells[i])}"', []
    for place in range(i + 1, len(cells)):
        if kind_of(cells[place]) in CODE:
            places.append(place)
            if told in cells[place].source:
                return places
    return []


def _needed(cells, kinds, places):
    """These places, and those of the code before them that gives the names in it."""
    needed = set()
    while places:
        place = places.pop()
        if place in needed:
            continue
        needed.add(place)
        _, missing = names(cells[place])
        for before in reversed(range(place)):
            given = names(cells[before])[0] if kinds[before] in CODE else set()
            if given & missing:
                missing -= given
                places.append(before)
    return needed


def _texts_before(kinds, i):
    """The places of the texts right above a cell."""
    place = i - 1
    while kinds[place] == "text":
        yield place
        place -= 1


def _title(cell, level):
    """The heading alone. Its cell may also hold tasks, so it has an id of its own."""
    words = headings(cell)[-1]
    return v4.new_markdown_cell(f"{level} {words}", id=f"{cell.id}-title")


def _code(cell, source, folded):
    metadata = {"jupyter": {"source_hidden": True}} if folded else {}
    return v4.new_code_cell(source, id=cell.id, metadata=metadata)
