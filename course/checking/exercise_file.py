"""Read an exercise's file: Python in cells, with a line ``# %% KIND`` above each.

- task: the text above the stub, in comments
- stub: what a learner begins with; words above it make it a mistake to be fixed
- hint: a text that is folded in the notebook, in comments
- solution: as the notebook shows it, with its reasons in comments below it
- cases: ``cases``, and whatever else of an `Exercise` isn't the default: ``fresh`` draws
  more; ``form`` tells the parts of an answer, else it is one array; ``large`` finds loops
- mistakes: what learners write; the words above each are what the check says of it
- right: right answers in odd ways, named above each; in quotes what is also said
- wrong: wrong answers that aren't usual mistakes; in quotes part of what is said
- equal: why solutions with other lines are still right; the lines, as `ast.unparse`
  writes them, are below each reason, indented

An answer is a whole function, or lines that take the place of one in the solution, which
may be quoted with gaps, `____`::

    # %% mistakes in: mean = sum(numbers) / ____
    # it is the sum of all numbers: divide by how many there are
    mean = sum(numbers)
    # it is the mean of the squares
    mean = sum(squares) / len(numbers)
    # in place of: squares = []
    squares = [x**2 for x in numbers]

From the third try on a learner is told, 'in code', the quoted lines that have gaps, or what
``# fix: CODE`` has, below the words of a mistake or above those of all in a cell. It needs
a gap as well, because it leads on and isn't the answer. A comment at the left margin begins an
answer. Answers see what the file imports. All of it must be Python: below an answer that
ends in a colon, the solution's next line stands again. In a hand-out the file is sealed.
"""

import ast
import linecache
import re
from textwrap import indent
from typing import NamedTuple

from course import sealed
from course.checking.exercise import Exercise, Mistake

HEADER = re.compile(r"^#\s*%%(.*)\n?", re.MULTILINE)
ANSWERS = "mistakes", "right", "wrong"
KINDS = "task", "stub", "hint", "solution", "cases", *ANSWERS, "equal"
FIX, PLACE = "# fix: ", "# in place of: "
GAP = "____"  # no name that IPython has, as it has `___`
WHOLE = r"((?:#.*\n)*)((?:.*\n)*?)((?:#.*\n)*)"
WORDS = rf"#(?!{FIX[1:]}|{PLACE[1:]}).*\n"
ANSWER = rf"(?m)^((?:{WORDS})+)((?:(?!{WORDS}).*\n)+)"


class Cell(NamedTuple):
    """A cell of an exercise's file, or one of the answers in it."""

    kind: str
    comment: str  # above its code
    code: str = ""
    fix: str = ""  # of a mistake: what fixes it
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
    space = {"__name__": f"course.lessons.{path.parent.name}.{path.stem}"}
    space = _run(path, "its head", head, space)

    def function(cell):
        defined = _run(path, f"a cell '{cell.kind}'", cell.code, space)
        if path.stem not in defined:
            raise ValueError(f"a cell '{cell.kind}' defines no {path.stem}")
        return defined[path.stem]

    kinds = "stub", "solution", "cases"
    stub, solution, cases = (_only(kind, cells) for kind in kinds)
    defined = _run(path, "its cases", cases.code, space)
    fields = {field: defined[field] for field in Exercise._fields if field in defined}
    mistakes = [
        Mistake(cell.words, function(cell), cell.fix)
        for cell in cells
        if cell.kind == "mistakes" or (cell is stub and cell.comment)
    ]
    fields |= {"mistakes": mistakes, "planted": stub.words}
    return Exercise(function(solution), cells=cells, space=space, **fields)


def _only(kind, cells):
    found = [cell for cell in cells if cell.kind == kind]
    if len(found) != 1:
        raise ValueError(f"it has {len(found)} cells '{kind}', but needs one")
    return found[0]


def _run(path, place, code, space) -> dict:
    """What some code defines, and what it found in ``space``."""
    file, space = f"{path}, {place}", dict(space)
    lines = code.splitlines(keepends=True)
    linecache.cache[file] = len(code), None, lines, file  # for tracebacks
    exec(compile(code, file, "exec"), space)  # noqa: S102, our own code
    return space


# From a text to cells ------------------------------------------------------------------


def split(text) -> tuple[str, list[Cell]]:
    """What is above the first cell, and the cells; each answer is a cell of its own."""
    head, *parts = HEADER.split(text)
    cells, solution = [], ""
    for header, rest in zip(parts[::2], parts[1::2]):
        kind, _, place = header.strip().partition(" in: ")
        text = rest.strip("\n") + "\n"
        if kind not in KINDS or (place and kind not in ANSWERS):
            known = ", ".join(KINDS)
            raise ValueError(f"there is no cell '{header.strip()}'; there are {known}")
        if kind in ANSWERS:
            cells += _answers(kind, place, text, solution)
        else:
            cells.append(_cell(kind, text))
        if kind == "solution":
            solution = cells[-1].code
    return head, cells


def _cell(kind, text):
    """Comments above some code, and below it."""
    above, code, below = re.fullmatch(WHOLE, text).groups()
    return Cell(kind, _text(above), code.strip("\n"), below=_text(below))


def _answers(kind, place, text, solution):
    """The answers in a cell, which may all take the place of one line."""
    common = text.partition("\n")[0].removeprefix(FIX) if text.startswith(FIX) else ""
    rest = re.sub(ANSWER, "", text.removeprefix(f"{FIX}{common}")).strip()
    if rest:
        raise ValueError(f"no words are above `{rest.partition(chr(10))[0]}`")
    for words, code in re.findall(ANSWER, text):
        _expect_one(words, code)
        fix = common
        if code.startswith(FIX):
            fix, _, code = code.removeprefix(FIX).partition("\n")
        if place:
            code = f"{PLACE}{place}\n{code}"
        if code.startswith(PLACE):
            code, places = _in_place(code, solution)
            fix = fix or "; ".join(place for place in places if GAP in place)
        if fix and GAP not in fix:
            raise ValueError(f"`{fix}` needs a gap, {GAP}, or else it is the answer")
        yield Cell(kind, _text(words), code.strip("\n"), fix)


def _expect_one(words, code):
    """Refuse a second answer below the words of one, since it would never run."""
    for part in re.split(f"^{PLACE}.*", code, flags=re.MULTILINE):
        try:
            body = ast.parse(part).body
        except SyntaxError:  # a line that ends in a colon
            continue
        names = [node.name for node in body if isinstance(node, ast.FunctionDef)]
        if len(set(names)) < len(names) or any(
            isinstance(node, ast.Return) for node in body[:-1]
        ):
            raise ValueError(f"two answers are below '{_text(words)}'")


def _text(comments):
    return re.sub("^# ?", "", comments, flags=re.MULTILINE).strip("\n")


def _in_place(code, solution):
    """The solution with other lines in it, and as quoted those whose place they took."""
    _, *parts = re.split(f"^{PLACE}(.*)\n", code, flags=re.MULTILINE)
    lines, places = solution.split("\n"), {}
    for place, others in zip(parts[::2], parts[1::2]):
        found = [i for i, line in enumerate(lines) if quotes(place, line.strip())]
        if len(found) != 1:
            what = f"is {len(found)} lines of the solution, not one"
            raise ValueError(f"`{place}`, quoted above answers, {what}")
        [i] = found
        places[i] = place
        margin = re.match(" *", lines[i])[0]
        lines[i] = indent(others.strip("\n"), margin)
    return "\n".join(filter(None, lines)), [places[i] for i in sorted(places)]


def quotes(place, line):
    """A match if this is the line, where each gap matches something."""
    return re.fullmatch(re.escape(place).replace(GAP, "(.+)"), line)
