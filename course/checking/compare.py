"""Trying the cases of an exercise, and comparing what comes out."""

from functools import partial
from typing import NamedTuple

import numpy as np
from numpy import allclose  # bound here: a notebook may change what `np` holds

from course.checking import calls
from course.checking.exercise import FormError, Mistake


class Result(NamedTuple):
    """What one case gave."""

    kind: str  # 'value', 'nothing', 'malformed' or 'raised'
    words: str  # of a FormError
    parts: dict | None  # of a 'value': the arrays by name
    reply: calls.Reply  # of the last call, with what all of them changed and printed


class _Ended(Exception):
    """There is nothing to measure; the text is the kind of result."""


def run_trusted(exercise, function, cases) -> list[Result]:
    """Try cases with a function of the course."""
    run = partial(calls.call, function, allowed=None)
    return [run_case(exercise, run, args) for args in cases]


def run_case(exercise, run, args) -> Result:
    """Try a case by ``run(args)``, which gives a `calls.Reply`."""
    replies = []

    def call(*args):
        reply = run(args)
        replies.append(reply)
        if reply.error:
            raise _Ended("raised")
        if reply.value is None:
            raise _Ended("nothing")
        return reply.value

    kind, words, parts = "value", "", None
    try:
        with np.errstate(all="ignore"):
            parts = exercise.measure(call, args)
    except _Ended as end:
        kind = str(end)
    except FormError as problem:
        kind, words = "malformed", str(problem)
    except calls.Stopped:
        raise
    except Exception:  # noqa: BLE001, of a measure that such an answer never met
        kind, words = "malformed", "what it returns has not the form that is asked for"
    return Result(kind, words, parts, _joined(replies))


def _joined(replies) -> calls.Reply:
    """The last of several, with what happened in all."""
    return replies[-1]._replace(
        changed=tuple(sorted({i for reply in replies for i in reply.changed})),
        printed=tuple(line for reply in replies for line in reply.printed),
        borrowed=next(filter(None, (reply.borrowed for reply in replies)), ""),
    )


def is_right(exercise, result, right) -> bool:
    return (
        result.kind == "value"
        and not result.reply.changed
        and result.parts.keys() == right.parts.keys()
        and not wrong_parts(exercise, result.parts, right.parts)
    )


def first_wrong(exercise, tried):
    """The first of (args, result, right) that is wrong; None if all are right."""
    return next((case for case in tried if not is_right(exercise, *case[1:])), None)


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
        return bool(allclose(*pair, rtol, atol, equal_nan))


def recognise(exercise, tried) -> Mistake | None:
    """The mistake that gives just these results; None if there is none, or several."""
    if all(result.kind == "raised" for _, result, _ in tried):
        return None  # many mistakes raise a ValueError
    found = [
        mistake
        for mistake in exercise.mistakes
        if all(
            _is_alike(exercise, result, wrong)
            for args, result, _ in tried
            for wrong in run_trusted(exercise, mistake.wrong, [args])
        )
    ]
    return found[0] if len(found) == 1 else None


def _is_alike(exercise, result, wrong) -> bool:
    """Whether two results of the same case are the same, NaN and mask included."""
    pair = result, wrong
    if len({(r.kind, r.words, r.reply.error, r.reply.changed) for r in pair}) > 1:
        return False
    return result.kind != "value" or (
        _masks(result.parts) == _masks(wrong.parts)
        and not wrong_parts(exercise, result.parts, wrong.parts, equal_nan=True)
    )


def _masks(parts):
    """The names of the parts, and which of them hold True and False."""
    return {name: array.dtype == bool for name, array in parts.items()}
