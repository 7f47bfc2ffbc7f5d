"""The functions that you wrote, brought together: `Lesson.own`.

When an exercise is solved, the record keeps its code. Here it runs again, in another
notebook or on another day, and is checked once more. Where there is nothing of yours that
is right, the course's function takes the place, and that is said.
"""

import ast
import linecache
import sys
from types import CodeType

import numpy as np

import mlp_core as mlp
from course import checking, record
from course.checking import answer_code, calls

# 1. Keeping ----------------------------------------------------------------------------


def code_of(function) -> str:
    """The code that makes a function anew, out of the cells that ran: it, and what it needs.

    A plain constant is kept by its value. So nothing is computed again for it.
    """
    code = calls.attribute(function, "__code__", CodeType)
    names = calls.attribute(function, "__globals__", dict)
    name = checking.name_of(function)
    if not code or names is None:
        return ""
    ran = _statements_that_ran(name, "".join(linecache.getlines(code.co_filename)))
    needs = answer_code.needed(ran, name)
    looked_up = set().union(*(part.needs | part.later for part in needs))
    values = [_constant(key, names.get(key)) for key in sorted(looked_up)]
    constants, _ = answer_code.read(filter(None, values))
    return "\n".join(p.code for p in answer_code.needed([*ran, *constants], name))


def _statements_that_ran(name, cell):
    """Those of this kernel; the last that binds a name is the one in its function's cell."""
    module = sys.modules.get("IPython")
    shell = module.get_ipython() if module else None
    cells = shell.history_manager.input_hist_parsed if shell else []
    (ran, _), (own, _) = answer_code.read(cells), answer_code.read([cell])
    last, made = (
        [part.code for part in parts if name in part.binds][-1:] for parts in (ran, own)
    )
    return (
        ran if last == made else [*ran, *own]
    )  # a later cell has failed, or none is known


def _constant(name, value) -> str:
    """A statement that binds a name to a plain value, else ''."""
    if isinstance(value, float):  # by its text: `inf` and `nan` are no names
        return f"{name} = float('{float(value)!r}')"
    return f"{name} = {value!r}" if isinstance(value, (bool, int, str)) else ""


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
