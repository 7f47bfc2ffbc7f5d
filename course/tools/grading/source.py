"""The code of an answer, out of the cells of a notebook: its function and what it needs.

Cells hold plots, prints and checks, too. So single statements are taken: those that bind
a name which the function needs, or which these need, in the order of the notebook.
"""

import ast
import functools
import linecache
import re
import symtable
import types
from typing import NamedTuple

from course.checking import calls
from course.tools.grading import cage

MAGIC = r"(?m)^(\s*)[%!].*$"  # of IPython; no Python
UNREADABLE = SyntaxError, ValueError, RecursionError, MemoryError  # raised by parsing
# What no exercise needs, and what gets past a check could begin with.
ODD = (
    r"\b(_getframe|setprofile|settrace|sys\.modules|importlib|__import__|ctypes|gc|exec"
    r"|eval|compile|globals|__globals__|__code__|__subclasses__|inspect|open|os|course"
    r"|_thread|threading|subprocess|socket)\b"
)


class Statement(NamedTuple):
    """One at the top level of a cell."""

    code: str
    tree: ast.stmt
    binds: set  # names, and '*' for all of a module
    needs: set  # names, also those that functions in it look up when they are called


class Refused(Exception):
    """There is nothing to judge; the text says why."""


def answer(cells, name):
    """What can be checked in the place of a function; a `Refused` if there is nothing."""
    statements, missing = [], "it is not in the notebook: no cell defines it"
    for cell in cells:
        try:
            statements += _statements(cell)
        except UNREADABLE as error:
            if re.search(rf"(?m)^\s*def\s+{name}\b", cell):
                missing = f"its cell does not run: {_describe(error)}"
    made = [statement for statement in statements if name in statement.binds]
    if not made:
        raise Refused(missing)
    if not _definition(made[-1].tree, name):
        line = made[-1].code.splitlines()[0][:80]
        raise Refused(
            f"`{line}` is no function of yours: write one, `def {name}(...):`"
        )
    needed = _needed(statements, name)
    return Standin(name, "\n".join(statement.code for statement in needed))


def suspicious(code) -> list[str]:
    """Words in an answer that a teacher may want to look at."""
    return sorted(set(re.findall(ODD, code)))


# 1. Statements -------------------------------------------------------------------------


def _statements(cell) -> list[Statement]:
    try:
        tree = ast.parse(cell)
    except SyntaxError:
        cell = re.sub(MAGIC, r"\1pass", cell)
        tree = ast.parse(cell)
    return [_statement(cell, node) for node in tree.body]


def _statement(cell, node):
    if getattr(node, "decorator_list", None):
        node.lineno = node.decorator_list[0].lineno
    code = ast.get_source_segment(cell, node)
    table = symtable.symtable(code, "<cell>", "exec")
    symbols = table.get_symbols()
    binds = {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}
    if code.endswith("*"):  # from module import *
        binds.add("*")
    for part in ast.walk(node):  # table["key"] = 1
        is_stored = isinstance(getattr(part, "ctx", None), ast.Store)
        if is_stored and isinstance(getattr(part, "value", None), ast.Name):
            binds.add(part.value.id)
    return Statement(code, node, binds, _needs(table))


def _needs(table):
    is_module = table.get_type() == "module"
    names = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if (symbol.is_referenced() if is_module else symbol.is_global())
    }
    return names.union(*map(_needs, table.get_children()))


def _needed(statements, name):
    """The statements that make a function, and what it needs, in their order."""
    names, more = set(), {name, "*"}
    while not more <= names:
        names |= more
        more = set().union(*(s.needs for s in statements if s.binds & names))
    return [statement for statement in statements if statement.binds & names]


def _definition(tree, name):
    for node in ast.walk(tree):  # from the outside to the inside
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return node


def _describe(error):
    line = (getattr(error, "text", None) or "").strip()[:80]
    place = f" in the line `{line}`" if line else ""
    return f"{type(error).__name__}{place}: {getattr(error, 'msg', error)}"


# 2. The function -----------------------------------------------------------------------


class Standin:
    """Answers what a check asks of a function. Its code runs elsewhere, see `cage`."""

    def __init__(self, name, code):
        self.code, self.file = code, f"<the cell of {name}>"
        lines = code.splitlines(keepends=True)
        linecache.cache[self.file] = len(code), None, lines, self.file
        functools.update_wrapper(self, _unbound(name, code, self.file))
        self.__code__ = self.__wrapped__.__code__

    def __call__(self, *args):
        raise RuntimeError("no process could be had for it")

    def __reduce__(self):
        return cage.admit, (self.__name__, self.code, self.file)


def _unbound(name, code, file):
    """The last function of this name, made without running a line: no default is true."""
    nodes = ast.parse(code).body
    [*_, definition] = filter(None, (_definition(node, name) for node in nodes))
    # Alone: Python compiles nothing that stands after `while True: pass`.
    parts = calls._codes(compile(ast.Module([definition], []), file, "exec"))
    part = next(part for part in parts if part.co_name == name)
    args, cells = definition.args, tuple(map(types.CellType, part.co_freevars))
    function = types.FunctionType(part, {}, name, (None,) * len(args.defaults), cells)
    defaults = zip(args.kwonlyargs, args.kw_defaults)
    function.__kwdefaults__ = {arg.arg: None for arg, default in defaults if default}
    return function
