"""Trying the cases of an exercise, and comparing what comes out."""

from typing import NamedTuple

import numpy as np

from course.checking import calls
from course.checking.exercise import FormError, Mistake


class Result(NamedTuple):
    """What one case gave."""

    kind: str  # 'value', 'nothing', 'malformed' or 'raised'
    changed: set  # the arguments that were changed in place
    error: str = ""  # the text of a FormError, or the name of another exception
    parts: dict | None = None  # of a 'value': the arrays by name
    reply: calls.Reply = calls.Reply()  # of the last call
    printed: tuple = ()  # lines, of all calls
    borrowed: str = ""  # a function of the course that was called


class _NoAnswer(Exception):
    """The answer is None, or `...`: the stub."""


class _Raised(Exception):
    """The answer raised something; the last reply tells what."""


def run_cases(exercise, run, cases) -> list[Result]:
    """Try cases by ``run(args)``, which gives a `calls.Reply`."""
    return [_run_case(exercise, run, args) for args in cases]


def run_trusted(exercise, function, cases) -> list[Result]:
    """Try cases with a function of the course."""
    return run_cases(exercise, lambda args: calls.call(function, args, None), cases)


def _run_case(exercise, run, args) -> Result:
    replies = []

    def call(*args):
        reply = run(args)
        replies.append(reply)
        if reply.error:
            raise _Raised
        if reply.value is None or reply.value is Ellipsis:
            raise _NoAnswer
        return reply.value

    kind, error, parts = "value", "", None
    try:
        with np.errstate(all="ignore"):
            parts = exercise.measure(call, args)
    except _Raised:
        kind, error = "raised", replies[-1].error
    except _NoAnswer:
        kind = "nothing"
    except FormError as problem:
        kind, error = "malformed", str(problem)
    except calls.Stopped:
        raise
    except Exception:  # noqa: BLE001, of a measure that such an answer never met
        kind, error = "malformed", "what it returns has not the form that is asked for"
    names = exercise.arguments
    changed = {names[i] for reply in replies for i in reply.changed}
    printed = tuple(line for reply in replies for line in reply.printed)
    borrowed = next((reply.borrowed for reply in replies if reply.borrowed), "")
    return Result(kind, changed, error, parts, replies[-1], printed, borrowed)


def is_right(exercise, result, right) -> bool:
    return (
        result.kind == "value"
        and not result.changed
        and result.parts.keys() == right.parts.keys()
        and not wrong_parts(exercise, result.parts, right.parts)
    )


def wrong_parts(exercise, parts, right, equal_nan=False) -> list[str]:
    """The names of the parts that are wrong, where none is missing or too many."""
    return [
        name
        for name, array in right.items()
        if not _agree(parts[name], array, exercise.tolerance(name), equal_nan)
    ]


def _agree(array, right, tolerance, equal_nan) -> bool:
    """Whether two arrays have the same shape and nearly the same numbers."""
    if array.shape != right.shape or (right.dtype == bool and array.dtype != bool):
        return False
    rtol, atol = tolerance
    with np.errstate(all="ignore"):
        pair = array.astype(float), right.astype(float)
        return bool(np.allclose(*pair, rtol, atol, equal_nan))


def recognise(exercise, cases, results) -> Mistake | None:
    """The mistake that gives just these results; None if there is none, or several."""
    if all(result.kind == "raised" for result in results):
        return None  # many mistakes raise a ValueError
    found = [
        mistake
        for mistake in exercise.mistakes
        if all(
            _is_alike(exercise, result, wrong)
            for args, result in zip(cases, results)
            for wrong in run_trusted(exercise, mistake.wrong, [args])
        )
    ]
    return found[0] if len(found) == 1 else None


def _is_alike(exercise, result, wrong) -> bool:
    """Whether two results of the same case are the same, NaN and mask included."""
    if (result.kind, result.changed, result.error) != wrong[:3]:
        return False
    return result.kind != "value" or (
        _masks(result.parts) == _masks(wrong.parts)
        and not wrong_parts(exercise, result.parts, wrong.parts, equal_nan=True)
    )


def _masks(parts):
    """The names of the parts, and which of them hold True and False."""
    return {name: array.dtype == bool for name, array in parts.items()}
