"""The code of an answer, out of the cells of a notebook: its function and what it needs.

Cells also hold plots, prints and checks, so only single statements are kept: those that
bind what a name needs, as running the cells in order would have bound it.
"""

import ast
import io
import symtable
from typing import NamedTuple

UNREADABLE = SyntaxError, ValueError, RuntimeError, MemoryError  # raised by parsing
# What binds a name whatever it was before, where a loop or `if` may leave it.
WHOLE = ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ImportFrom, ast.Assign
FIXED = ast.FunctionDef, ast.AsyncFunctionDef, ast.Import, ast.ImportFrom
NUMBERS = ast.Constant, ast.UnaryOp, ast.BinOp, ast.Tuple, ast.operator, ast.unaryop
NUMBERS += (ast.expr_context,)
RUN_AT_ONCE = "listcomp", "setcomp", "dictcomp", "genexpr"  # scopes, as classes are


class Statement(NamedTuple):
    """One at the top level of a cell."""

    code: str
    node: ast.stmt
    binds: set  # names, and '*' for all of a module
    replaces: set  # those of them that are others from here on
    needs: set  # names that it looks up when it runs,
    later: set  # and those that functions in it look up when they are called
    loose: set  # names of what may change without being bound: lists, `global` ones
    acts: bool = True  # whether it may change such things


def read(cells) -> tuple[list[Statement], list]:
    """The statements of cells in order, and the cells that aren't Python, each with why."""
    statements, unread = [], []
    for cell in cells:
        try:
            statements += _statements(cell)
        except UNREADABLE as error:
            unread.append((cell, error))
    return statements, unread


def needed(statements, name) -> list[Statement]:
    """Those that make what a name means after all of them, in order."""
    called = {}  # name -> what functions that it may mean look up
    linked = {}  # and what else it may be part of
    for statement in statements:
        for bound in statement.binds:
            called.setdefault(bound, set()).update(statement.later)
            linked.setdefault(bound, set()).update(statement.later, statement.needs)
    loose = set().union(*(statement.loose for statement in statements))
    at_end, more = set(), {name}
    while not more <= at_end:  # what a function looks up is what it finds at the end
        at_end |= more
        kept, names = [], at_end | {"*"}
        for statement in reversed(statements):
            changes = statement.binds
            if statement.acts:  # on what it needs, and what that leads to
                changes = changes | (_reached(statement.needs, linked) & loose)
            if changes & names:
                kept.append(statement)
                names -= statement.replaces
                names |= _reached(statement.needs, called)
        more = set().union(*(statement.later for statement in kept))
    return kept[::-1]


def _reached(more, called):
    """Names, and those that a call of what they mean may look up."""
    names = set()
    while not more <= names:
        names |= more
        more = set().union(*(called.get(name, ()) for name in names))
    return names


def _statements(cell):
    try:
        tree = ast.parse(cell)
    except SyntaxError:  # maybe IPython's: %, ! or ?
        from IPython.core.inputtransformer2 import TransformerManager

        cell = TransformerManager().transform_cell(cell)
        tree = ast.parse(cell)
    lines = [*io.StringIO(cell, newline=None)]
    for node in tree.body:
        inner = _run_by_magic(node)
        yield from _statements(inner) if inner else [_statement(lines, node)]


def _run_by_magic(node) -> str:
    """The code that `%time` or the like runs in the notebook; else ''."""
    match node:
        case ast.Expr(
            ast.Call(
                ast.Attribute(attr="run_cell_magic" | "run_line_magic"),
                [
                    ast.Constant("time" | "capture" | "prun"),
                    *_,
                    ast.Constant(str(code)),
                ],
            )
        ):
            return code
    return ""


def _statement(lines, node):
    code = _text_of(lines, node)
    table = symtable.symtable(code, "<cell>", "exec")
    symbols = table.get_symbols()
    bound = {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}
    replaces = bound if isinstance(node, WHOLE) else set()
    if isinstance(node, ast.Import):  # `import a.b` leaves what `import a.c` brought
        replaces = {alias.asname or alias.name for alias in node.names}
    binds = {"*"} | bound if code.endswith("*") else bound  # from module import *
    for part in ast.walk(node):  # table["key"] = 1
        is_stored = isinstance(getattr(part, "ctx", None), ast.Store)
        if is_stored and isinstance(getattr(part, "value", None), ast.Name):
            binds = binds | {part.value.id}
    loose = set() if _is_fixed(node) else binds
    loose = loose.union(*map(_set_in, table.get_children()))
    return Statement(code, node, binds, replaces, *_lookups(table), loose)


def _text_of(lines, node):
    """Its lines, with those of its decorators; `ast.get_source_segment` reads all anew."""
    first, last = node.lineno - 1, node.end_lineno - 1
    for decorator in getattr(node, "decorator_list", ())[:1]:
        first = decorator.lineno - 1
        while not lines[first].lstrip().startswith("@"):
            first -= 1
    part = [line.encode() for line in lines[first : last + 1]]
    part[-1] = part[-1][: node.end_col_offset]
    part[0] = part[0][node.col_offset :]
    return b"".join(part).decode()


def _is_fixed(node):
    """Whether what it binds stays as it is, until it is bound again."""
    if isinstance(node, FIXED):
        return not getattr(node, "decorator_list", None)
    value = getattr(node, "value", None)
    is_assigned = isinstance(node, (ast.Assign, ast.AnnAssign)) and value
    return is_assigned and all(isinstance(part, NUMBERS) for part in ast.walk(value))


def _set_in(table):
    """The names that a function binds for the whole notebook, with `global`."""
    symbols = (s for s in table.get_symbols() if s.is_declared_global())
    found = {symbol.get_name() for symbol in symbols if symbol.is_assigned()}
    return found.union(*map(_set_in, table.get_children()))


def _lookups(table):
    """The names that a scope looks up when it runs, and when functions in it are called."""
    is_module, later = table.get_type() == "module", set()
    now = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if (symbol.is_referenced() if is_module else symbol.is_global())
    }
    for child in table.get_children():
        soon, then = _lookups(child)
        is_run = child.get_type() == "class" or child.get_name() in RUN_AT_ONCE
        (now if is_run else later).update(soon)
        later |= then
    return now, later
