"""What is checked in the place of a function that was handed in as text."""

import ast
import functools
import linecache
import re
import types

from course.checking import answer_code
from course.tools.grading import cage


class Refused(Exception):
    """There is nothing to judge; the text says why."""


def answer(cells, name):
    """What can be checked in the place of a function; a `Refused` if there is nothing."""
    statements, unread = answer_code.read(cells)
    made = [statement for statement in statements if name in statement.binds]
    if not made:
        defines = rf"(?m)^\s*def\s+{name}\b"
        why = [_describe(error) for cell, error in unread if re.search(defines, cell)]
        raise Refused(
            why[-1] if why else "it is not in the notebook: no cell defines it"
        )
    if not _definition(made[-1].node, name):
        line = made[-1].code.splitlines()[0][:80]
        heading = f"def {name}(...):"
        raise Refused(f"`{line}` is no function of yours: write one, `{heading}`")
    needed = answer_code.needed(statements, name)
    return Standin(name, "\n".join(statement.code for statement in needed))


def _definition(tree, name):
    for node in ast.walk(tree):  # from the outside to the inside
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return node


def _describe(error):
    line = (getattr(error, "text", None) or "").strip()[:80]
    place = f" in the line `{line}`" if line else ""
    words = f"{type(error).__name__}{place}: {getattr(error, 'msg', error)}"
    return f"its cell does not run: {words}"


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
    definitions = (_definition(node, name) for node in ast.parse(code).body)
    [*_, definition] = filter(None, definitions)
    definition.type_params = []  # of Python 3.12: a scope around the function
    # Alone: Python compiles nothing that stands after `while True: pass`.
    made = compile(ast.Module([definition], []), file, "exec").co_consts
    [part] = [part for part in made if getattr(part, "co_name", "") == name]
    arguments = definition.args
    function = types.FunctionType(part, {}, name, (None,) * len(arguments.defaults))
    defaults = zip(arguments.kwonlyargs, arguments.kw_defaults)
    function.__kwdefaults__ = {arg.arg: None for arg, default in defaults if default}
    return function
