"""Read an exercise's file: Python in cells, with a line ``# %% KIND: words`` above each.

- task: the text above the stub, in comments
- stub: what a learner begins with; its words are for who hands it in as it is
- hint: a text that is folded in the notebook, in comments
- solution: as the notebook shows it, with its reasons below it
- cases: ``cases``, ``fresh``, ``form`` and whatever else an `Exercise` has
- mistake: what is said of it, what mends it, and the code that learners write
- right: a right answer in an odd way, with what is said besides 'right'
- wrong: a wrong answer that is no usual mistake, with a part of what is said
- equal: why a solution with other lines is still right, and these lines

A mistake gives the whole function, or, if that is long, the lines that differ::

    # %% mistake: it is the sum of all numbers: divide by how many there are
    # in place of: mean = sum(numbers) / len(numbers)
    mean = sum(numbers)

Words go on in comments; a line ``# mend: CODE`` may follow. The answers see what the file
imports at its top, and nothing else. In a hand-out the file is sealed.
"""

import linecache
import re
from itertools import takewhile
from textwrap import indent
from typing import NamedTuple

from course import sealed
from course.checking.exercise import Exercise, Mistake, call_once

HEADER = re.compile(r"^# %% (\w+)(?:: )?(.*)\n?", re.MULTILINE)
KINDS = (
    "task",
    "stub",
    "hint",
    "solution",
    "cases",
    "mistake",
    "right",
    "wrong",
    "equal",
)
MEND, PLACE = "# mend: ", "# in place of: "


class Cell(NamedTuple):
    """A cell of an exercise's file."""

    kind: str
    comment: str  # above its code
    code: str
    mend: str = ""  # of a mistake: what mends it
    below: str = ""  # the comment below its code

    @property
    def words(self) -> str:
        """The comment in one line, as a check says it."""
        return " ".join(self.comment.split())


def is_exercise(path) -> bool:
    """Whether a file holds an exercise: it has a cell with a solution."""
    return path.suffix == ".py" and "\n# %% solution\n" in sealed.read(path)


def read(path) -> Exercise:
    """The exercise in a file, whose name is that of the function."""
    text = sealed.read(path)
    linecache.cache[str(path)] = len(text), None, text.splitlines(True), str(path)
    try:
        return _exercise(path, *split(text))
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None


def run(code, file, space) -> dict:
    """What some code defines, and what it found in ``space``."""
    space = dict(space)
    exec(compile(code, file, "exec"), space)  # noqa: S102, our own code
    return space


def _exercise(path, head, cells):
    name, file = path.stem, str(path)
    space = run(head, file, {"__name__": f"course.lessons.{path.parent.name}.{name}"})
    defined = run(_only("cases", cells).code, file, space)
    fields = {field: defined[field] for field in Exercise._fields if field in defined}
    if "form" in defined:
        fields["measure"] = call_once(defined["form"])
    stub = _only("stub", cells)
    if stub.comment:
        fields["planted"] = stub.words
    fields["mistakes"] = [
        Mistake(cell.words, run(cell.code, file, space)[name], cell.mend)
        for cell in cells
        if cell.kind == "mistake" or (cell is stub and cell.comment)
    ]
    right = run(_only("solution", cells).code, file, space)[name]
    return Exercise(right, cells=cells, space=space, **fields)


def _only(kind, cells):
    found = [cell for cell in cells if cell.kind == kind]
    if len(found) != 1:
        raise ValueError(f"it has {len(found)} cells '{kind}', and needs one")
    return found[0]


# From a text to cells ------------------------------------------------------------------


def split(text) -> tuple[str, list[Cell]]:
    """What stands above the first cell, and the cells."""
    head, *parts = HEADER.split(text)
    cells, solution = [], ""
    for kind, first, rest in zip(parts[::3], parts[1::3], parts[2::3]):
        if kind not in KINDS:
            raise ValueError(f"there is no cell '{kind}'; there are {', '.join(KINDS)}")
        cells.append(_cell(kind, first, rest.strip("\n").split("\n"), solution))
        if kind == "solution":
            solution = cells[-1].code
    return head, cells


def _cell(kind, first, lines, solution):
    above = [f"# {first}", *takewhile(_is_words, lines)]
    code = lines[len(above) - 1 :]
    mend = code.pop(0).removeprefix(MEND) if code and code[0].startswith(MEND) else ""
    below = [*takewhile(_is_words, reversed(code))][::-1]
    code = "\n".join(code[: len(code) - len(below)]).strip("\n")
    if code.startswith(PLACE):
        code, places = _in_place(code, solution)
        mend = mend or "; ".join(places)
    return Cell(kind, _text(above), code, mend, _text(below))


def _is_words(line):
    return line.startswith("#") and not line.startswith((MEND, PLACE))


def _text(comments):
    return "\n".join(re.sub("^# ?", "", line) for line in comments).strip("\n")


def _in_place(code, solution):
    """The solution with other lines in it, and those that they took the place of."""
    _, *parts = re.split(f"^{PLACE}(.*)\n?", code, flags=re.MULTILINE)
    places, lines = parts[::2], solution.split("\n")
    for place, others in zip(places, parts[1::2]):
        found = [line for line in lines if line.strip() == place]
        if len(found) != 1:
            raise ValueError(
                f"`{place}` is {len(found)} lines of the solution, not one"
            )
        margin = found[0].partition(place)[0]
        lines[lines.index(found[0])] = indent(others.strip("\n"), margin)
    return "\n".join(line for line in lines if line), places
