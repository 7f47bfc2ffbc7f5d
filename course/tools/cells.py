"""Read a cell of a notebook: what kind it is, by its tags and by what its code calls."""

import ast
import re
from importlib import import_module

from course.tools.notebooks import tags

# Tags that say what a cell is. Where the course is published, one fetches it.
TAGGED = {"exercise", "stub", "hint", "solution", "tasks", "fetch"}
OPTIONAL = "optional"  # the tag of a section for who has time
REVEAL = re.compile(r"^lesson\.reveal\(.*\n?", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^#+ +(.*?) *$", re.MULTILINE)


def kind_of(cell) -> str:
    """What a cell is, in one word: 'text' or 'code', if nothing says more.

    That may be a tag, such as 'stub'; the method of the lesson that it calls and does
    nothing else, such as 'predict'; 'panel' of what shows one; 'imports'.
    """
    for tag in tags(cell):
        if tag in TAGGED:
            return tag
    if cell.cell_type != "code":
        return "text"
    call = only_call(cell)
    if call and ast.unparse(call.func).startswith("lesson."):
        return call.func.attr
    called = _called(cell)
    if any(map(_makes_panel, called)):
        return "panel"
    return "imports" if "sys.path.insert" in called else "code"


def only_call(cell):
    """The call which is all that a cell does, as a node; None if it does anything else."""
    match _parsed(cell).body:
        case [ast.Expr(value=ast.Call() as call)]:
            return call


def question_in(cell) -> str:
    """What stands in quotes in the only call of a cell, as the name of a question."""
    match only_call(cell):
        case ast.Call(args=[ast.Constant(value=str(name))]):
            return name
    return ""


def ends_in_definition(cell) -> bool:
    """Whether the last that a cell does is to define something."""
    match _parsed(cell).body:
        case [*_, ast.FunctionDef() | ast.ClassDef() | ast.Assign()]:
            return True
    return False


def without_reveals(source) -> str:
    """Code without the lines that tell how a guess went: where nobody guesses."""
    return REVEAL.sub("", source).rstrip()


def headings(cell) -> list:
    """The headings in a text, not those that stand in code; of other cells none."""
    is_text = cell.cell_type == "markdown"
    return HEADING.findall(FENCED.sub("", cell.source)) if is_text else []


def functions(cell) -> str:
    """The functions that a cell defines, and nothing else of it."""
    defined = [node for node in _parsed(cell).body if isinstance(node, ast.FunctionDef)]
    return "\n\n\n".join(ast.get_source_segment(cell.source, node) for node in defined)


def _makes_panel(name):
    """Whether this is a function of the course that says of itself that it makes one."""
    module, _, function = name.rpartition(".")
    if not module.startswith("course."):
        return False
    from anywidget import AnyWidget  # takes long, and not all readers need it

    from course.panels.panel import Panel
    from course.playground import SideBySide

    try:
        made = getattr(import_module(module), function)
        made = getattr(made, "__annotations__", {}).get("return", made)
    except (ImportError, AttributeError):  # it is nothing, or no function
        return False
    live = Panel, AnyWidget, SideBySide
    return isinstance(made, type) and issubclass(made, live)


def _called(cell):
    """The names of what a cell calls, whole where it imports them from a module."""
    nodes = list(ast.walk(_parsed(cell)))
    # As a cell of each notebook imports them, for all that follow.
    homes = {"panels": "course.panels", "playground": "course.playground"}
    homes["Playground"] = "course.playground.Playground"
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            homes |= {alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    called = (ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call))
    parts = (name.partition(".") for name in called)
    return [homes.get(first, first) + dot + rest for first, dot, rest in parts]


def _parsed(cell):
    try:
        return ast.parse(cell.source)
    except SyntaxError:  # a command of the notebook's, such as %time
        return ast.Module([], [])
