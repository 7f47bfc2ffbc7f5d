"""Answers to the exercises of all lessons, handed in as a learner does."""

import functools
import linecache
from pathlib import Path

import numpy as np

import mlp_core as mlp
from course import checking
from course.lessons import NAMES, Lesson

DOUBLES = Path(__file__).parent / "doubles"  # the lesson of test_new_lesson.py
LESSONS = {name: Lesson(name) for name in NAMES}
EXERCISES = {
    name: exercise
    for lesson in LESSONS.values()
    for name, exercise in lesson.exercises.items()
}
STUBS, SOLUTIONS = (
    {
        name: part.code
        for name, exercise in EXERCISES.items()
        for part in exercise.cells
        if part.kind == kind
    }
    for kind in ("stub", "solution")
)
# The same, where an answer may call what the course wrote.
COURSE = *vars(mlp).values(), *(exercise.right for exercise in EXERCISES.values())
OPEN = {name: exercise._replace(allowed=COURSE) for name, exercise in EXERCISES.items()}


def named(name, function):
    """The function under the name of an exercise, as a learner would define it."""

    @functools.wraps(function)
    def learner(*args, **kwargs):
        return function(*args, **kwargs)

    learner.__name__ = name
    return learner


def cell(name, code, space=None):
    """The function that the code of a cell defines, where a notebook has run it."""
    file, code = f"<cell of {name}>", code.strip("\n")
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
    space = {"np": np, "mlp": mlp, **(space or {}), "__name__": "__main__"}
    exec(compile(code, file, "exec"), space)  # noqa: S102, our own source
    return space[name]


def check(name, function):
    """The verdict on a function as the answer to an exercise of any lesson."""
    return checking.check(OPEN, named(name, function), seed=0)  # the same each time
