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
- `answer_code`: what an answer needs, out of the cells of a notebook
"""

import ast
import inspect
import itertools
import textwrap
from contextlib import suppress
from types import CodeType

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
from course.checking.messages import (
    describe_printed,
    describe_shape,
    diagnose,
    why_none,
)
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

    ``tries`` are the failed ones before this one. Cases are drawn from the ``seed``, else
    from another at each call. It never raises, and stops your code after two seconds of
    computing, and one more to look for a loop.
    """
    name = name_of(function)  # once: it may be another one at the next look
    if refusal := _refuse(exercises, function, name):
        return Verdict(False, refusal, tried=False)
    exercise = exercises[name]
    try:
        fresh = exercise.fresh(np.random.default_rng(seed))
        verdict = _judge(exercise, function, [*exercise.cases, *fresh], tries)
    except KeyboardInterrupt:
        words = "the check was interrupted; run the cell again"
        verdict = Verdict(False, words, tried=False)
    verdict = verdict._replace(words=f"{name}: {verdict.words}")
    return add_version(name, function, verdict) if verdict.tried else verdict


def _refuse(exercises, function, name) -> str:
    """Why this is no answer to any exercise, or ''."""
    if not callable(function) or not name:
        return (
            f"give me the function itself, not {describe_type(function)}: its name "
            "alone, with no parentheses after it"
        )
    code = calls.attribute(function, "__code__", CodeType)
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
    if message := _describe_wrong_arguments(exercise, function):
        return Verdict(False, message)
    try:
        with runs.opened(function, exercise.allowed) as run:
            results = [compare.run_case(exercise, run.call, args) for args in cases]
            right = compare.run_trusted(exercise, exercise.right, cases)
            tried = list(zip(cases, results, right))
            verdict = _verdict(exercise, function, run, tried, tries)
            if verdict.solved:
                hint = _hint(exercise, run, results) + describe_printed(results[0])
                verdict = verdict._replace(words=f"right{hint}")
            return verdict
    except calls.Stopped as reason:
        return Verdict(False, f"not yet: {reason}")


def _verdict(exercise, function, run, tried, tries) -> Verdict:
    results = [result for _, result, _ in tried]
    nothing = [result.kind == "nothing" for result in results]
    raised = [result.reply.error == "NotImplementedError" for result in results]
    source = calls.attempt(lambda: textwrap.dedent(inspect.getsource(function))) or ""
    if (all(nothing) or all(raised)) and _is_stub(source):
        words = "not written yet (once it is, run its cell, then this one again)"
        return Verdict(False, words, tried=False)
    if all(nothing):
        words = f"it returns None: {why_none(source)}{describe_printed(results[0])}"
        return Verdict(False, f"not yet: {words}")
    wrong = compare.first_wrong(exercise, tried)
    borrowed = next(filter(None, (result.reply.borrowed for result in results)), "")
    if not wrong and borrowed:
        return Verdict(False, f"not yet: the result is right, but it calls {borrowed}")
    if not wrong:
        return Verdict(True, "right")
    verdict = _describe_wrong(exercise, function, run, tried, tries)
    return verdict._replace(words=f"{verdict.words}{describe_printed(wrong[1])}")


def _describe_wrong(exercise, function, run, tried, tries) -> Verdict:
    some = tried[: len(exercise.cases)]  # the fixed ones: the same words each time
    if not compare.first_wrong(exercise, some):
        some = tried
    is_kept = _is_right_alone(exercise, run, some)
    mistake = None if is_kept else compare.recognise(exercise, tried)
    if mistake is None:
        words = diagnose(exercise, some, function, is_kept)
        return Verdict(False, f"not yet: {words}")
    words = f"not yet: {mistake.message}"
    if mistake.code and tries >= TRIES:
        words += f"\n  in code: {mistake.code}"
    is_planted = mistake.message == exercise.planted
    if is_planted:
        words += "\n  (If you changed it, run its cell, then this one again.)"
    return Verdict(False, words, not is_planted, mistake.message)


def _is_right_alone(exercise, run, tried) -> bool:
    """Whether the first wrong case is right if no other one was tried before it."""
    args, _, right = compare.first_wrong(exercise, tried)
    if args is tried[0][0]:
        return False
    with suppress(calls.Stopped):
        result = compare.run_case(exercise, run.call_afresh, args)
        return compare.is_right(exercise, result, right)
    return False


def _hint(exercise, run, results) -> str:
    """What could be better in a right answer, or ''."""
    parts = itertools.chain.from_iterable(result.parts.values() for result in results)
    if any(isinstance(array, Listed) for array in parts):
        return (
            ". A list stands where an array is asked for, so that one can go on "
            "computing with it: wrap it, np.array(...)"
        )
    slow = (
        ". It loops in Python, which takes long for many numbers: one NumPy expression "
        "would be faster"
    )
    return slow if _loops(exercise, run) else ""


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
    return calls.attribute(function, "__name__", str) or ""


def _describe_wrong_arguments(exercise, function) -> str:
    """A message about a function that can't be called as the exercise says, or ''."""
    asked = str(inspect.signature(exercise.right))[1:-1]
    if issubclass(type(function), type):
        heading = f"def {exercise.name}({asked}):"
        return f"not yet: this is a class; write a function, {heading}"
    signature = calls.attempt(lambda: inspect.signature(function))
    if signature is None:  # calling it will tell
        return ""
    wrong = f"not yet: it takes {signature}; it should take ({asked})"
    names, right = list(signature.parameters), exercise.arguments
    try:
        for args in exercise.cases:
            signature.bind(*args)
    except TypeError:
        return wrong
    return wrong if names != right and sorted(names) == sorted(right) else ""


def _is_stub(source) -> bool:
    """Whether nothing is written in a function yet; also if there is no source."""
    definition = calls.attempt(lambda: ast.parse(source).body[0])
    if not isinstance(definition, ast.FunctionDef):  # a lambda, or no function at all
        return True
    return all(map(_does_nothing, definition.body))


def _does_nothing(statement) -> bool:
    """Whether it is a docstring, `pass`, `raise`, `x = None`, or a return of such."""
    kinds = ast.Pass, ast.Raise, ast.Expr, ast.Return, ast.Assign
    plain = ast.Constant, ast.Name, type(None)
    value = getattr(statement, "value", None)
    return isinstance(statement, kinds) and isinstance(value, plain)
