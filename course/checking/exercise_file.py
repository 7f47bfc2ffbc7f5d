"""Read an exercise's file: Python in cells, with a line ``# %% KIND: words`` above each.

- task: the text above the stub, in comments
- stub: what a learner begins with; words make it a mistake that is to be mended
- hint: a text that is folded in the notebook, in comments
- solution: as the notebook shows it, with its reasons in comments below it
- cases: ``cases``, and whatever else of an `Exercise` isn't the default: ``fresh`` draws
  more; ``form`` tells the parts of an answer, else it is one array; ``large`` finds loops
- mistake: what the check says of it, and the code that learners write
- right: a right answer in an odd way; its words are said besides 'right'
- wrong: a wrong answer that is no usual mistake; its words are a part of what is said
- equal: why a solution with other lines is still right; these lines, as `ast.unparse`
  writes them, stand below, indented

Words go on in comments. An answer is a whole function, or the lines that differ::

    # %% mistake: it is the sum of all numbers: divide by how many there are
    # in place of: mean = sum(numbers) / len(numbers)
    mean = sum(numbers)

From the third try on a learner is told, 'in code', the lines of the solution whose place
is taken, or what a line ``# mend: CODE`` has. The answers see what the file imports at its
top. All of it must be Python: where a line ends in a colon, the next one goes with it. In
a hand-out the file is sealed.
"""

import linecache
import re
from itertools import takewhile
from textwrap import indent
from typing import NamedTuple

from course import sealed
from course.checking.exercise import Exercise, Mistake, call_once

HEADER = re.compile(r"^#\s*%%(.*)\n?", re.MULTILINE)
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
    """Whether a file holds an exercise: it has cells."""
    return path.suffix == ".py" and bool(HEADER.search(sealed.read(path)))


def read(path) -> Exercise:
    """The exercise in a file, whose name is that of the function."""
    try:
        return _exercise(path, *split(sealed.read(path)))
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None


def _exercise(path, head, cells):
    name = path.stem
    space = {"__name__": f"course.lessons.{path.parent.name}.{name}"}
    space = _run(path, "its head", head, space)

    def function(cell):
        defined = _run(path, f"a cell '{cell.kind}'", cell.code, space)
        if name not in defined:
            raise ValueError(f"a cell '{cell.kind}' defines no {name}")
        return defined[name]

    stub, solution, cases = (
        _only(kind, cells) for kind in ("stub", "solution", "cases")
    )
    defined = _run(path, "its cases", cases.code, space)
    fields = {field: defined[field] for field in Exercise._fields if field in defined}
    if "form" in defined:
        fields["measure"] = call_once(defined["form"])
    if stub.comment:
        fields["planted"] = stub.words
    fields["mistakes"] = [
        Mistake(cell.words, function(cell), cell.mend)
        for cell in cells
        if cell.kind == "mistake" or (cell is stub and cell.comment)
    ]
    return Exercise(function(solution), cells=cells, space=space, **fields)


def _only(kind, cells):
    found = [cell for cell in cells if cell.kind == kind]
    if len(found) != 1:
        raise ValueError(f"it has {len(found)} cells '{kind}', and needs one")
    return found[0]


def _run(path, place, code, space) -> dict:
    """What some code defines, and what it found in ``space``."""
    file, space = f"{path}, {place}", dict(space)
    linecache.cache[file] = (
        len(code),
        None,
        code.splitlines(True),
        file,
    )  # in tracebacks
    exec(compile(code, file, "exec"), space)  # noqa: S102, our own code
    return space


# From a text to cells ------------------------------------------------------------------


def split(text) -> tuple[str, list[Cell]]:
    """What stands above the first cell, and the cells."""
    head, *parts = HEADER.split(text)
    cells, solution = [], ""
    for header, rest in zip(parts[::2], parts[1::2]):
        kind, _, words = header.strip().partition(": ")
        if kind not in KINDS:
            raise ValueError(f"there is no cell '{kind}'; there are {', '.join(KINDS)}")
        cells.append(_cell(kind, words, rest.strip("\n").split("\n"), solution))
        if kind == "solution":
            solution = cells[-1].code
    return head, cells


def _cell(kind, words, lines, solution):
    more = list(takewhile(_is_words, lines))
    code = lines[len(more) :]
    mend = code.pop(0).removeprefix(MEND) if code and code[0].startswith(MEND) else ""
    below = list(takewhile(_is_words, reversed(code)))[::-1]
    code = "\n".join(code[: len(code) - len(below)]).strip("\n")
    if code.startswith(PLACE):
        code, places = _in_place(code, solution)
        mend = mend or "; ".join(places)
    return Cell(kind, _text([f"# {words}", *more]), code, mend, _text(below))


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
