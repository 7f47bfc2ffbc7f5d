"""Make demo notebooks: all that a lesson shows when it runs, and what a class guesses.

It is for a projector, so it has no outputs that show something before it is asked for, and
the code behind whatever is shown is folded. A panel has its tasks. Each prediction with a
run is there with its section as far as the run, and asks a class, whose teacher types how
many said what. A demo must be in a folder next to ``notebooks/``, to find the course.
"""

import re

from nbformat import v4

from course.checking import answer_code
from course.tools import notebooks
from course.tools.cells import ends_in_definition, headings, kind_of, question_in
from course.tools.markdown import with_links

HEADING = re.compile(r"\A#+ .*\n*")  # where a cell begins with one
CODE = {"code", "panel", "imports", "reveal"}


def make(notebook, folder):
    """Write the demo of a notebook into a folder; return its path."""
    source = notebooks.read(notebook)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / notebook.name
    cells = [_title(source.cells[0], "#"), *_cells(source.cells)]
    notebooks.write(notebooks.with_cells(source, cells), path)
    return path


def _places(cells, kinds):
    """The places of what stands there: question -> the code up to what tells how the guess
    went, the sections as far as these runs, what shows something, all code."""
    asked = [i for i, kind in enumerate(kinds) if kind == "predict"]
    runs = {i: run for i in asked if (run := _run(cells, kinds, i))}
    sections = set()
    for i, run in runs.items():
        sections |= {*range(_start(cells, i), run[-1] + 1)}
    shows = {i for i, kind in enumerate(kinds) if _shows(cells[i], kind)}
    return runs, sections, shows, _needed(cells, kinds, sections | shows)


def _shows(cell, kind):
    """Whether there is something to see: more than whose function a definition takes."""
    return kind == "panel" or bool(
        kind == "code" and cell.outputs and not ends_in_definition(cell)
    )


def _cells(cells):
    """The imports, then each question and all that shows something, with its heading."""
    kinds = [kind_of(cell) for cell in cells]
    runs, sections, shows, code = _places(cells, kinds)
    folded = shows.union(*runs.values())
    heading, told = cells[0], {cells[0].id}  # headings that stand there
    for i, (cell, kind) in enumerate(zip(cells, kinds)):
        heading = cell if headings(cell) else heading
        if i in code and heading.id not in told:
            yield _title(heading, "##")
            told.add(heading.id)
        if i in sections and kind == "text":
            yield _text(cell, cell.source)
            told.add(heading.id)
        elif i in runs:
            yield _code(cell, cell.source.replace(".predict(", ".vote("), folded=True)
        elif i in code or kind == "imports":
            yield _code(cell, cell.source, kind == "imports" or i in folded)
        if kind == "panel":
            yield from _tasks(cells[i - 1 : i + 2 : 2])


def _start(cells, i):
    """The place where the section of a cell begins."""
    while i and not cells[i].source.startswith("## "):
        i -= 1
    return i


def _tasks(cells):
    for cell in cells:
        if kind_of(cell) == "tasks":
            yield _text(cell, HEADING.sub("", cell.source, count=1))


def _run(cells, kinds, i):
    """The places of the code from a question to what tells how the guess went."""
    told, places = f'lesson.reveal("{question_in(cells[i])}"', []
    for place in range(i + 1, len(cells)):
        if kinds[place] in CODE:
            places.append(place)
            if told in cells[place].source:
                return places
    return []


def _needed(cells, kinds, shown):
    """The places of the code that is shown, and of what gives the names in it."""
    needed, missing = set(), set()
    for place in reversed([i for i, kind in enumerate(kinds) if kind in CODE]):
        given, taken = _names(cells[place])
        if place in shown or given & missing:
            needed.add(place)
            missing = missing - given | taken
    return needed


def _names(cell):
    """The names that the code of a cell gives, and those that it takes from cells before."""
    given, taken = set(), set()
    for statement in answer_code.read([cell.source])[0]:
        changed = statement.binds - statement.replaces
        taken |= (statement.needs | statement.later | changed) - given
        given |= statement.binds | statement.loose
    return given, taken


def _text(cell, source):
    """Without the links to places of its notebook, which may not be in the demo."""
    text = with_links(source, lambda file, anchor: file and file + anchor)
    return v4.new_markdown_cell(text, id=cell.id)


def _title(cell, level):
    """The heading alone. Its cell may also hold tasks, so it has an id of its own."""
    words = headings(cell)[-1]
    return v4.new_markdown_cell(f"{level} {words}", id=f"{cell.id}-title")


def _code(cell, source, folded):
    metadata = {"jupyter": {"source_hidden": True}} if folded else {}
    return v4.new_code_cell(source, id=cell.id, metadata=metadata)
