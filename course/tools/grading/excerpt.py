"""What of a notebook's cells is the answer to an exercise, and what a teacher looks at."""

import ast
import functools
import linecache
import re

from course.checking import answer_code
from course.tools.grading import cage

# The rest is worth a look: it may reach more than numbers.
USUAL = {"__future__", "abc", "cmath", "collections", "contextlib", "copy"}
USUAL |= {"dataclasses", "functools", "itertools", "math", "matplotlib", "mlp_core"}
USUAL |= {"numbers", "numpy", "operator", "random", "statistics", "string", "time"}
USUAL |= {"typing", "warnings"}
ODD = (
    r"(?:\b|(?=\.))(_getframe|f_back|tb_frame|__\w+__|cell_contents|setprofile|settrace|modules|gc"
    r"|exec|eval|compile|globals|locals|vars|getattr|setattr|delattr|open|fromfile|memmap"
    r"|(?<!self)\._[a-z]\w*)\b"
)
HARMLESS = {"__name__", "__doc__", "__init__", "__call__", "__future__", "__main__"}
OWN = r"\blesson\.own\(([^)]*)\)"
MOST_CHECKS = 5  # of one answer
LONG = 7  # statements: shorter answers are alike without a copy


class Refused(Exception):
    """There is nothing to judge; the text says why."""


class Code:
    """Answers what a check asks of a function: it is made, and runs, in the `cage`."""

    def __init__(self, name, text):
        self.name, self.text, self.file = name, text, f"<the cells of {name}>"
        lines = text.splitlines(keepends=True)
        linecache.cache[self.file] = len(text), None, lines, self.file

    def __call__(self, *args):
        raise RuntimeError("no process could be started for it")

    def __reduce__(self):
        return cage.define, (self.name, self.text, self.file)


def find(cells, ours, name):
    """The answer as each check of it found it in a run from the top, and as all cells leave it.

    ``ours`` are the texts of the course's cells. Unchanged, they bind names of a learner's
    anew, as in a run, or they don't. Each is a `Code`, unlike those before it.
    """
    checks = [i + 1 for i, cell in enumerate(cells) if _checks(cell, name)]
    seen, unread = {""}, []
    for end in [*checks[-MOST_CHECKS:], len(cells)]:
        for may_rebind in (True, False):
            statements, unread = _statements(cells[:end], ours, may_rebind)
            needed = answer_code.needed(statements, name)
            text = "\n".join(statement.code for statement in needed)
            if text not in seen:
                yield Code(name, text)
            seen.add(text)
    if len(seen) == 1:
        raise Refused(_why_not(name, unread))


def _checks(cell, name):
    return re.search(rf"(?m)^[^#\n]*\blesson\s*\.\s*check\s*\(\s*{name}\s*\)", cell)


def _statements(cells, ours, may_rebind):
    """Those that a run of the cells in their order would do; and cells that are no Python."""
    found, theirs, unread = [], set(), []
    for cell in cells:
        statements, failed = _read(cell)
        if cell.strip() in ours:
            kept = (s for s in statements if may_rebind or not s.binds & theirs)
            statements = [s._replace(acts=False) for s in kept]
        else:
            theirs.update(*(s.binds for s in statements))
        found += statements
        unread += failed
    return found, unread


@functools.cache  # the course's own are in each notebook
def _read(cell):
    statements, unread = answer_code.read([cell])
    return [*map(_with_own, statements)], unread


def _with_own(statement):
    """What `lesson.own("my_slope")` brings is needed, and stands in this notebook."""
    names = {
        n for call in re.findall(OWN, statement.code) for n in re.findall(r"\w+", call)
    }
    needs = statement.needs - {"lesson"} | names
    return statement._replace(needs=needs) if names else statement


def count(cells, ours, name) -> int:
    """How many statements of the learner's bind a name."""
    theirs = (_read(cell)[0] for cell in cells if cell.strip() not in ours)
    return sum(name in statement.binds for part in theirs for statement in part)


def _why_not(name, unread):
    defines = rf"(?m)^[ \t]*def[ \t]+{name}\b"
    errors = [error for cell, error in unread if re.search(defines, cell)]
    if not errors:
        return "it is not in the notebook, since no cell defines it"
    line = (getattr(errors[-1], "text", None) or "").strip()[:80]
    place = f" in the line `{line}`" if line else ""
    words = f"{type(errors[-1]).__name__}{place}: {errors[-1].msg}"
    return f"its cell does not run: {words}"


# What a teacher may want to look at ----------------------------------------------------


def odd(code) -> list[str]:
    """What of an answer reaches further than numbers."""
    tree = ast.parse(code)
    imports = {name.partition(".")[0] for name in _imported(tree)} - USUAL
    notes = [f"it imports `{name}`" for name in sorted(imports)]
    words = sorted({*re.findall(ODD, code)} - HARMLESS)
    notes += [f"it uses `{word}`" for word in words]
    return notes + [f"it changes `{part}`" for part in sorted({*_patched(tree)})]


def _imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield node.module or "."


def _patched(tree):
    """Attributes that are given another value, or removed: `np.allclose`."""
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    own = {id(part) for node in classes for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            text = ast.unparse(node)
            if not (text.startswith("self.") and id(node) in own):
                yield text


def shape(code) -> str:
    """The code without its names: copies have the same. '' if it is short."""
    tree, names = ast.parse(code), {}
    body = [
        node for node in tree.body if not isinstance(node, (ast.Import, ast.ImportFrom))
    ]
    tree = ast.Module(body, [])
    if sum(isinstance(node, ast.stmt) for node in ast.walk(tree)) < LONG:
        return ""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value.value = ""  # a docstring
        for field in ("id", "arg", "name"):
            if isinstance(getattr(node, field, None), str):
                name = getattr(node, field)
                setattr(node, field, names.setdefault(name, f"_{len(names)}"))
    return ast.unparse(tree)
