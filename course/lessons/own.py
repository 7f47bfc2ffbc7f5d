"""The functions that you wrote, brought together: `Lesson.own`.

When an exercise is solved, the record keeps the code of its cell. Here it runs again, in
another notebook or on another day, and is checked once more. Where there is nothing of
yours that is right, the course's function takes the place, and that is said.
"""

import ast
import linecache

import numpy as np

import mlp_core as mlp
from course import checking, record


def code_of(function) -> str:
    """The code of the cell, or file, that defines a function; '' if it can't be found."""
    code = getattr(function, "__code__", None)
    return "".join(linecache.getlines(code.co_filename)) if code else ""


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
        why = f"its cell stops with {type(error).__name__}: {error}"
        return right, _refusal(name, why, number)
    verdict = checking.check(exercises, function)
    if not verdict.solved:
        why = verdict.words.removeprefix(f"{name}: ").splitlines()[0]
        return right, _refusal(name, why, number)
    return function, f"{name}: yours"


def _refusal(name, why, number):
    return (
        f"{name}: the course's. Yours was solved, but can't be used here: {why}. Check it "
        f"again in notebook {number}; its cell must hold all that it needs"
    )


# No print, no check, no loop: only what defines a name runs again.
DEFINES = ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign


def run(name, code):
    """The function of this name that a cell defines, with ``np`` and ``mlp`` at hand."""
    file = f"<your {name}>"
    lines = code.splitlines(keepends=True)
    linecache.cache[file] = (len(code), None, lines, file)  # for messages with a line
    tree = ast.parse(code, file)
    tree.body = [part for part in tree.body if isinstance(part, DEFINES)]
    space = {"np": np, "mlp": mlp, "__name__": file}
    exec(compile(tree, file, "exec"), space)  # noqa: S102, the learner's own code
    return space[name]
