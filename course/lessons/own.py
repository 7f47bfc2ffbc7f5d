"""The functions that you wrote, brought together: `Lesson.own`, and `Lesson.written`.

When you solve an exercise, the record keeps its code. Here it runs again, in another
notebook or on another day, and is checked again. Where you have nothing that is right, the
course's function takes its place, and you are told so.
"""

import ast
import linecache
from datetime import datetime
from types import CodeType, FunctionType

import numpy as np
from IPython import get_ipython

import mlp_core as mlp
from course import checking, record
from course.checking import answer_code, calls
from course.words import are

YOURS = "<your "  # with its name: the file of an answer that was brought


def code_of(function) -> str:
    """The code that makes a function again from the cells that ran: it and what it needs.

    A plain constant is kept by its value, so nothing is computed again for it.
    """
    code = calls.attribute(function, "__code__", CodeType)
    names = calls.attribute(function, "__globals__", dict)
    name = checking.name_of(function)
    if not code or names is None:
        return ""
    parts = _ran(name, linecache.getlines(code.co_filename))
    needed = answer_code.needed(parts, name)
    looked_up = sorted(set().union(*(part.needs | part.later for part in needed)))
    parts += answer_code.read(_at_hand(key, names.get(key)) for key in looked_up)[0]
    return "\n".join(part.code for part in answer_code.needed(parts, name))


def _ran(name, cell):
    """The statements that ran; the last that binds the name is in its function's cell."""
    shell = get_ipython()
    history = shell.history_manager.input_hist_parsed if shell else []
    ran, own = (answer_code.read(cells)[0] for cells in (history, ["".join(cell)]))
    last, made = (
        [part.code for part in parts if name in part.binds][-1:] for parts in (ran, own)
    )
    return ran if last == made else ran + own  # a later cell failed, or none is known


def _at_hand(name, value) -> str:
    """What binds a name to a plain value, or to an answer that was brought; else ''."""
    kind = type(value)  # which `isinstance` would ask the value itself
    if issubclass(kind, float):  # by its text: `inf` and `nan` are no names
        return f"{name} = float('{float(value)!r}')"
    if issubclass(kind, (bool, int, str)):
        return f"{name} = {value!r}"
    file = value.__code__.co_filename if kind is FunctionType else ""
    if file.startswith(YOURS):
        return "".join([*linecache.getlines(file), f"\n{name} = {value.__name__}"])
    return ""


def bring(name, lesson, exercises, number):
    """A function of this name, and whose it is in words.

    ``lesson`` is the name of the exercise's lesson, ``exercises`` are all of it, and
    ``number`` is that of its notebook.
    """
    right, work = exercises[name].right, record.work(lesson, name)
    if not work.solved:
        return right, f"{name}: the course's, until you solve it in notebook {number}"
    function, why = _try(name, work.code, exercises)
    if not why:
        return function, f"{name}: yours"
    return right, (
        f"{name}: the course's. You solved yours, but it {why}, and check it again in "
        f"notebook {number}"
    )


ALONE = "doesn't work by itself: {}. Put everything it needs into its cell"


def _try(name, code, exercises):
    """The function that was kept, and why it can't be used, or ''."""
    if not code:
        return None, ALONE.format("its code was not kept")
    try:
        function = run(name, code)
    except Exception as error:  # noqa: BLE001, whatever a learner's cell may raise
        words = f"its code stops with {type(error).__name__}: {error}"
        return None, ALONE.format(words)
    verdict = checking.check(exercises, function)
    if checking.LIST in verdict.words:
        return (
            None,
            "returns a list, and the others need an array. Wrap it in np.array(...)",
        )
    words = verdict.words.removeprefix(f"{name}: ").removeprefix("not yet: ")
    return function, "" if verdict.solved else ALONE.format(words.splitlines()[0])


# No print, no check, no loop: only what defines a name runs again.
DEFINES = ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign

# Of the learner's file, because a function of the course is no part of an answer.
SILENT = "def print(*values, **options): pass"


def run(name, code, yours=YOURS, defines=DEFINES, space=None):
    """The function of this name that some code defines, with ``np`` and ``mlp`` at hand.

    Or with what else there is in a ``space``.
    """
    file = f"{yours}{name}>"
    lines = code.splitlines(keepends=True)
    linecache.cache[file] = (len(code), None, lines, file)  # for messages with a line
    tree, silent = ast.parse(code, file), ast.parse(SILENT)
    defining = [part for part in tree.body if isinstance(part, defines)]
    # Silent, else it prints at each step; old records import from `__main__`.
    tree.body = silent.body + [
        part for part in defining if getattr(part, "module", "") != "__main__"
    ]
    space = {"np": np, "mlp": mlp, **(space or {}), "__name__": file}
    exec(compile(tree, file, "exec"), space)  # noqa: S102, the learner's own code
    return space[name]


def written(homes) -> list[str]:
    """A line for each exercise, and above them how many you solved.

    ``homes`` has, for each lesson, the number of its notebook and its exercises.
    """
    lines, count = [], 0
    for lesson, (number, exercises) in homes.items():
        place = f"notebook {number}"
        for name in exercises:
            solved = record.work(lesson, name).solved
            when = _day(solved) if solved else "not solved yet"
            lines.append(f"{place:<12} {name:<18} {when}")
            place, count = "", count + bool(solved)
    share = f"{count} of" if count < len(lines) else "All"
    head = f"{share} {len(lines)} functions {are(count)} yours."
    return [head, *lines, *filter(None, [record.KEEPER.trouble])]


def _day(text):
    """The day of a time in the record, where the learner is: '29 November 2026'."""
    try:
        time = datetime.fromisoformat(text).astimezone()
    except ValueError:  # of a record that was changed by hand
        return "solved"
    return f"{time.day} {time:%B %Y}"
