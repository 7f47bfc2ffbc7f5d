"""The checks behind the exercises: they say what is wrong, not only that it is.

`check` calls your function with many inputs and compares what it returns with what a
right function returns. If the results are those of a usual mistake, it names the thought
that mends it. Else it shows the first case that fails.

The exercises themselves stand with their lessons, each in a file. Here:

- `exercise`: what an exercise is, and the form of an answer
- `exercise_file`: reading one from its file
- `runs`: running your function, safely, in a process of its own
  (`worker` is that process, `calls` a single call)
- `compare`: the results with the right ones, and with those of usual mistakes
- `messages`: what is wrong, in words
- `version`: which version of your cell this is about
"""

import ast
import inspect
import itertools
import textwrap

import numpy as np

from course.checking import calls, compare, runs
from course.checking.calls import describe_type
from course.checking.exercise import (
    Exercise,
    FormError,
    Listed,
    Mistake,
    Verdict,
    call_once,
    precise,
    to_array,
)
from course.checking.messages import describe_printed, describe_shape, diagnose
from course.checking.version import add_version

__all__ = [
    "Exercise",
    "FormError",
    "Mistake",
    "Verdict",
    "call_once",
    "check",
    "describe_shape",
    "describe_type",
    "name_of",
    "precise",
    "to_array",
]

TRIES = 2  # failed ones, before code is told


def check(exercises, function, tries=0, seed=None) -> Verdict:
    """Check an answer: ``exercises`` has an `Exercise` by the name of the function.

    ``tries`` are those before this one. Cases are drawn from the ``seed``, else from
    another at each call. It never raises, and stops your code after two seconds of
    computing, and one more to look for a loop.
    """
    refusal = _refuse(exercises, function)
    if refusal:
        return Verdict(False, refusal, tried=False)
    exercise = exercises[function.__name__]
    try:
        fresh = exercise.fresh(np.random.default_rng(seed))
        verdict = _judge(exercise, function, [*exercise.cases, *fresh], tries)
    except KeyboardInterrupt:
        words = "the check was interrupted; run the cell again"
        verdict = Verdict(False, words, tried=False)
    verdict = verdict._replace(words=f"{exercise.name}: {verdict.words}")
    return add_version(function, verdict) if verdict.tried else verdict


def _refuse(exercises, function) -> str:
    """Why this is no answer to any exercise, or ''."""
    name = name_of(function)
    if not callable(function) or not name:
        return (
            f"give me the function itself, not {describe_type(function)}: "
            f"check({next(iter(exercises))}), with no parentheses after the name"
        )
    code = getattr(function, "__code__", None)
    if code and calls.is_of_course(code.co_filename):
        return f"{name}: this function is the course's: hand over one that you wrote"
    if name not in exercises:
        names = ", ".join(exercises)
        if name == "<lambda>":
            return f"a lambda has no name: write `def`; the exercises are: {names}"
        return f"there is no exercise {name!r}; the exercises are: {names}"
    return ""


def _judge(exercise, function, cases, tries) -> Verdict:
    """The verdict, its words without the name."""
    message = _describe_wrong_arguments(exercise, function)
    if message:
        return Verdict(False, message)
    try:
        with runs.opened(function, exercise.allowed) as run:
            results = compare.run_cases(exercise, run.call, cases)
            verdict = _verdict(exercise, function, cases, results, tries)
            if verdict.solved:
                hint = _hint(exercise, run, results) + _printed(results[0])
                verdict = verdict._replace(words=f"right{hint}")
            return verdict
    except calls.Stopped as reason:
        return Verdict(False, f"not yet: {reason}")


def _verdict(exercise, function, cases, results, tries) -> Verdict:
    if all(result.kind == "nothing" for result in results):
        if _is_stub(function):
            words = "not written yet (once it is, run its cell, then this one again)"
            return Verdict(False, words, tried=False)
        words = "it returns None: did you print the result, or forget `return`?"
        return Verdict(False, f"not yet: {words}{_printed(results[0])}")
    right = compare.run_trusted(exercise, exercise.right, cases)
    tried = list(zip(cases, results, right))
    wrong = [case for case in tried if not compare.is_right(exercise, *case[1:])]
    borrowed = next((result.borrowed for result in results if result.borrowed), "")
    if not wrong and borrowed:
        words = (
            f"not yet: the result is right, but it calls {borrowed}, which the course "
            "wrote. The exercise is to compute it yourself, with NumPy"
        )
        return Verdict(False, words)
    if not wrong:
        return Verdict(True, "right")
    verdict = _describe_wrong(exercise, function, tried, tries)
    return verdict._replace(words=f"{verdict.words}{_printed(wrong[0][1])}")


def _describe_wrong(exercise, function, tried, tries) -> Verdict:
    cases, results, _ = zip(*tried)
    mistake = compare.recognise(exercise, cases, results)
    if mistake is None:
        some = tried[: len(exercise.cases)]  # the fixed ones: the same words each time
        if all(compare.is_right(exercise, *case[1:]) for case in some):
            some = tried
        return Verdict(False, f"not yet: {diagnose(exercise, some, function)}")
    words = f"not yet: {mistake.message}"
    if mistake.code and tries >= TRIES:
        words += f"\n  in code: {mistake.code}"
    if mistake.message == exercise.planted:
        words += "\n  (If you changed it, run its cell, then this one again.)"
        return Verdict(False, words, False, mistake.message)
    return Verdict(False, words, mistake=mistake.message)


def _printed(result):
    return describe_printed(result.printed)


def _hint(exercise, run, results) -> str:
    """What could be better in a right answer, or ''."""
    parts = itertools.chain.from_iterable(result.parts.values() for result in results)
    if any(isinstance(array, Listed) for array in parts):
        return (
            ". A list stands where an array is asked for, so that one can go on "
            "computing with it: wrap it, np.array(...)"
        )
    if _loops(exercise, run):
        return (
            ". It loops in Python, which takes long for many numbers: one NumPy "
            "expression would be faster"
        )
    return ""


def _loops(exercise, run) -> bool:
    """Whether a right function goes through many numbers by a loop in Python.

    It counts the lines that Python runs, not the time: a loop runs a line for each
    number, an expression one line for all. What takes a second counts as a loop.
    """
    if exercise.large is None:
        return False
    most = calls.count_lines(exercise.right, exercise.large) + 1000
    try:
        return run.count_lines(exercise.large, most + 1, seconds=1.0) > most
    except calls.Stopped:
        return True


def name_of(function) -> str:
    """The name of a function; '' if it has none."""
    name = _attempt(lambda: function.__name__, "")
    return name if isinstance(name, str) else ""


def _attempt(question, default):
    """``question()``, or the default: objects of a learner may raise at any question."""
    try:
        return question()
    except Exception:  # noqa: BLE001, whatever it is
        return default


def _describe_wrong_arguments(exercise, function) -> str:
    """A message about a function that can't be called as the exercise says, or ''."""
    asked = str(inspect.signature(exercise.right))[1:-1]
    if isinstance(function, type):
        heading = f"def {exercise.name}({asked}):"
        return f"not yet: this is a class; write a function, {heading}"
    signature = _attempt(lambda: inspect.signature(function), None)
    if signature is None:  # calling it will tell
        return ""
    wrong = f"not yet: it takes {signature}; it should take ({asked})"
    names, right = list(signature.parameters), exercise.arguments
    if names != right and sorted(names) == sorted(right):
        return wrong
    try:
        for args in exercise.cases:
            signature.bind(*args)
    except TypeError:
        return wrong
    return ""


def _is_stub(function) -> bool:
    """Whether nothing is written in a function yet; also if there is no source."""
    source = _attempt(lambda: textwrap.dedent(inspect.getsource(function)), "")
    definition = _attempt(lambda: ast.parse(source).body[0], None)
    if not isinstance(definition, ast.FunctionDef):  # a lambda, or no function at all
        return True
    unfinished = any(isinstance(node, ast.Raise) for node in ast.walk(definition))
    return unfinished or all(map(_does_nothing, definition.body))


def _does_nothing(statement) -> bool:
    """Whether it is a docstring, `pass`, `...`, `x = None`, or a return of such."""
    if isinstance(statement, ast.Pass):
        return True
    if isinstance(statement, (ast.Expr, ast.Return, ast.Assign)):
        plain = ast.Constant, ast.Name, type(None)
        return isinstance(statement.value, plain)
    return False
