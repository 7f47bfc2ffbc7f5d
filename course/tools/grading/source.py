"""The code of an answer, out of the cells of a notebook: its function and what it needs.

Cells hold plots, prints and checks, too. So single statements are taken: those that bind
a name which the function needs, or which these need, in the order of the notebook.
"""

import ast
import builtins
import copy
import functools
import linecache
import re
import symtable
import types
from typing import NamedTuple

from course.tools.grading import cage

MAGIC = r"(?m)^(\s*)[%!].*$"  # of IPython; no Python


class Statement(NamedTuple):
    """One at the top level of a cell."""

    code: str
    tree: ast.stmt
    binds: set  # names
    needs: set  # names, also those that functions in it look up when they are called


class Refused(Exception):
    """There is nothing to judge; the text says why."""


def statements(cells) -> list[Statement]:
    """Those of all cells, each a text; a cell that is no Python has none."""
    return [statement for source in cells for statement in _statements(source)]


def _statements(source):
    try:
        source, tree = _parsed(source)
        return [_statement(source, node) for node in tree.body]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _parsed(source):
    try:
        return source, ast.parse(source)
    except SyntaxError:
        source = re.sub(MAGIC, r"\1pass", source)
        return source, ast.parse(source)


def _statement(source, node):
    code = ast.get_source_segment(source, node)
    if getattr(node, "decorator_list", None):
        lines = source.splitlines(keepends=True)
        code = "".join(lines[node.decorator_list[0].lineno - 1 : node.end_lineno])
    table = symtable.symtable(code, "<cell>", "exec")
    binds = {s.get_name() for s in table.get_symbols() if s.is_assigned()}
    binds |= {s.get_name() for s in table.get_symbols() if s.is_imported()}
    binds |= {  # table["key"] = 1
        part.value.id
        for part in ast.walk(node)
        if isinstance(part, (ast.Subscript, ast.Attribute))
        and isinstance(part.ctx, ast.Store)
        and isinstance(part.value, ast.Name)
    }
    return Statement(code, node, binds, _needs(table))


def _needs(table):
    is_module = table.get_type() == "module"
    found = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if (symbol.is_referenced() if is_module else symbol.is_global())
    }
    return found.union(*map(_needs, table.get_children()))


def needed(statements, name) -> list[Statement]:
    """The statements that make a function, and what it needs, in their order."""
    names, before = {name}, set()
    while names != before:
        before = set(names)
        for statement in statements:
            if statement.binds & names:
                names |= statement.needs
    bound = {name for statement in statements for name in statement.binds}
    stars = bool(names - bound - {*vars(builtins), "np", "mlp", "display"})
    return [
        statement
        for statement in statements
        if statement.binds & names or stars and _is_star(statement.tree)
    ]


def _is_star(tree):
    return isinstance(tree, ast.ImportFrom) and tree.names[0].name == "*"


def answer(cells, name):
    """What can be checked in the place of a function; a `Refused` if there is nothing."""
    found = statements(cells)
    last = next((s for s in reversed(found) if name in s.binds), None)
    if last is None:
        raise Refused(_why_missing(cells, name))
    definition = _definition(last.tree, name)
    if definition is None:
        line = last.code.strip().splitlines()[0][:80]
        raise Refused(
            f"`{line}` is no function of yours: write one, `def {name}(...):`"
        )
    return Standin(name, definition, needed(found, name))


def _definition(tree, name):
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == name
    ]
    return found[-1] if found else None


def _why_missing(cells, name):
    for source in reversed(cells):
        if re.search(rf"^\s*def\s+{name}\b", source, re.MULTILINE):
            try:
                _parsed(source)
            except (SyntaxError, ValueError) as error:
                line = (getattr(error, "text", "") or "").strip()[:80]
                place = f" in the line `{line}`" if line else ""
                reason = getattr(error, "msg", str(error))
                return f"its cell does not run: {type(error).__name__}{place}: {reason}"
            except (RecursionError, MemoryError):
                return "its cell is nested too deeply to be read"
    return "it is not in the notebook: no cell defines it"


class Standin:
    """Answers what a check asks of a function. Its code runs elsewhere, see `cage`."""

    def __init__(self, name, definition, needed):
        self.code = "\n".join(statement.code for statement in needed)
        self.file = f"<the cell of {name}>"
        lines = self.code.splitlines(keepends=True)
        linecache.cache[self.file] = len(self.code), None, lines, self.file
        self.definition = definition
        placed = _definition(ast.parse(self.code), name)  # the last one
        functools.update_wrapper(self, _shell(placed, self.file))
        self.__code__ = self.__wrapped__.__code__
        self.imports = [name for s in needed for name in _modules(s.tree)]

    def __call__(self, *args):
        raise RuntimeError("no process could be had for it")

    def __reduce__(self):
        return cage.admit, (self.__name__, self.code, self.imports, self.file)


def _modules(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def _shell(definition, file):
    """A function with the same arguments, at the same line, that does nothing."""
    bare = copy.deepcopy(definition)
    bare.body, bare.decorator_list, bare.returns = [ast.Pass()], [], None
    args = bare.args
    for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs):
        arg.annotation = None
    for arg in filter(None, (args.vararg, args.kwarg)):
        arg.annotation = None
    args.defaults = [ast.Constant(None) for _ in args.defaults]
    args.kw_defaults = [default and ast.Constant(None) for default in args.kw_defaults]
    if hasattr(bare, "type_params"):
        bare.type_params = []
    module = ast.fix_missing_locations(ast.Module([bare], []))
    code = compile(module, file, "exec")
    [code] = [part for part in code.co_consts if isinstance(part, types.CodeType)]
    shell = types.FunctionType(code, {}, bare.name, (None,) * len(args.defaults))
    optional = [a.arg for a, d in zip(args.kwonlyargs, args.kw_defaults) if d]
    shell.__kwdefaults__ = dict.fromkeys(optional)
    return shell


# What no exercise needs, and what gets past a check could begin with.
ODD = (
    r"\b(_getframe|setprofile|settrace|sys\.modules|importlib|__import__|ctypes|gc|exec"
    r"|eval|compile|globals|__globals__|__code__|__subclasses__|inspect|open|os|course"
    r"|_thread|threading|subprocess|socket)\b"
)


def suspicious(code) -> list[str]:
    """Words in an answer that a teacher may want to look at."""
    return sorted(set(re.findall(ODD, code)))
