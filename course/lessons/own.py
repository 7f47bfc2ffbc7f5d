"""The functions that you wrote, brought together: `Lesson.own`.

When an exercise is solved, the record keeps its code. Here it runs again, in another
notebook or on another day, and is checked once more. Where there is nothing of yours that
is right, the course's function takes the place, and that is said.
"""

import ast
import linecache
import sys
from types import CodeType, FunctionType, ModuleType

import numpy as np

import mlp_core as mlp
from course import checking, record
from course.checking import calls

# 1. Keeping ----------------------------------------------------------------------------


def code_of(function) -> str:
    """The code that makes a function anew: its cell, and before it what it needs.

    That are imports, plain constants, and the cells of the functions that it calls.
    """
    code = calls.attribute(function, "__code__", CodeType)
    names = calls.attribute(function, "__globals__", dict)
    parts = {}  # in the order in which they are to run; no part comes twice
    if code and names is not None:
        _collect(code.co_filename, names, parts, set())
    return "\n".join(parts)


def _collect(file, names, parts, done):
    """Add a cell to the parts, after what it needs of ``names``, those of its notebook."""
    if file in done:
        return
    done.add(file)
    source = "".join(linecache.getlines(file))
    code = compile(source, file, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    for name in sorted(_used(code)):
        value = names.get(name)
        if isinstance(value, ModuleType):
            parts[f"import {value.__name__} as {name}"] = None
        elif isinstance(value, float):  # by its text: `inf` and `nan` are no names
            parts[f"{name} = float('{float(value)!r}')"] = None
        elif isinstance(value, (bool, int, str)):
            parts[f"{name} = {value!r}"] = None
        elif isinstance(value, FunctionType) and _is_of_a_notebook(value):
            _collect(value.__code__.co_filename, value.__globals__, parts, done)
        else:
            module, known_as = _home(value)
            if module:
                parts[f"from {module} import {known_as} as {name}"] = None
    parts.setdefault(source)


def _used(code) -> set[str]:
    """The names that some code looks up, and the functions in it."""
    inner = [part for part in code.co_consts if isinstance(part, CodeType)]
    return set(code.co_names).union(*map(_used, inner))


def _home(value):
    """The module that has a function or class, and its name there; or None and ''."""
    module, name = getattr(value, "__module__", None), getattr(value, "__name__", "")
    is_there = getattr(sys.modules.get(module), name, None) is value
    return (module, name) if is_there and module != "__main__" else (None, "")


def _is_of_a_notebook(function):
    module = function.__module__
    return module == "__main__" or module not in sys.modules


# 2. Bringing ---------------------------------------------------------------------------


def bring(name, lesson, exercises, number):
    """A function of this name, and whose it is in words.

    ``lesson`` is the name of the exercise's lesson, ``exercises`` are all of it, and
    ``number`` is that of its notebook.
    """
    right = exercises[name].right
    work = record.work(lesson, name)
    if not work.solved:
        return right, f"{name}: the course's, until you solve it in notebook {number}"
    if not work.code:
        return right, _refusal(name, "its code was not kept", number)
    try:
        function = run(name, work.code)
    except Exception as error:  # noqa: BLE001, whatever a learner's cell may raise
        why = f"its code stops with {type(error).__name__}: {error}"
        return right, _refusal(name, why, number)
    verdict = checking.check(exercises, function)
    if not verdict.solved:
        why = verdict.words.removeprefix(f"{name}: ").removeprefix("not yet: ")
        return right, _refusal(name, why.splitlines()[0], number)
    return function, f"{name}: yours"


def _refusal(name, why, number):
    return (
        f"{name}: the course's. Yours was solved, but doesn't work by itself: {why}. Put "
        f"all that it needs into its cell, and check it again in notebook {number}"
    )


# No print, no check, no loop: only what defines a name runs again.
DEFINES = ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign

# Of the learner's file: a function of the course would be no part of an answer.
SILENT = "def print(*values, **options): pass"


def run(name, code):
    """The function of this name that some code defines, with ``np`` and ``mlp`` at hand."""
    file = f"<your {name}>"
    lines = code.splitlines(keepends=True)
    linecache.cache[file] = (len(code), None, lines, file)  # for messages with a line
    tree = ast.parse(code, file)
    tree.body = [
        part
        for part in tree.body
        if isinstance(part, DEFINES)
        and getattr(part, "module", "") != "__main__"  # as old records have it
    ]
    tree.body[:0] = ast.parse(SILENT).body  # it would print at each step
    space = {"np": np, "mlp": mlp, "__name__": file}
    exec(compile(tree, file, "exec"), space)  # noqa: S102, the learner's own code
    return space[name]
