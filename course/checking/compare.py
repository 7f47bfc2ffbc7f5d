"""Trying the cases of an exercise, and comparing what comes out."""

from functools import partial
from typing import NamedTuple

import numpy as np
from numpy import allclose  # bound here, because a notebook may change what `np` holds

from course.checking import calls
from course.checking.exercise import FormError, Mistake


class Result(NamedTuple):
    """What one case returned."""

    reply: calls.Reply  # of the last call, with what all of them changed and printed
    parts: dict | None = None  # the arrays by name, where a right answer may have them
    words: str = ""  # of a FormError

    @property
    def kind(self) -> str:
        if self.parts is not None:
            return "value"
        other = "malformed" if self.words else "nothing"
        return "raised" if self.reply.error else other


def try_cases(exercise, run, cases) -> list[tuple]:
    """Each case, its result by ``run(args)``, which gives a `calls.Reply`, and the right one.

    If the answer must be stopped, those before, where one of them is wrong.
    """
    results, stopped = [], None
    try:
        for args in cases:
            results.append(run_case(exercise, run, args))
    except calls.Stopped as reason:
        stopped = reason
    tried = [*zip(cases, results, _run_trusted(exercise, exercise.right, cases))]
    if stopped and not first_wrong(exercise, tried):
        raise stopped
    return tried


def _run_trusted(exercise, function, cases):
    """Try cases with a function of the course."""
    run = partial(calls.call, function, trusted=True)
    return (run_case(exercise, run, args) for args in cases)


def run_case(exercise, run, args) -> Result:
    replies, parts, words = [], None, ""

    def call(*args):
        replies.append(run(args))
        if replies[-1].error or replies[-1].value is None:
            raise FormError  # without words: there is nothing to measure
        return replies[-1].value

    try:
        with np.errstate(all="ignore"):
            if exercise.measure:
                parts = exercise.measure(call, args)
            else:
                parts = exercise.form(call(*args))
    except FormError as problem:
        words = str(problem)
    except calls.Stopped:
        raise
    except Exception:  # noqa: BLE001, of a measure that such an answer never met
        words = "what it returns doesn't have the expected form"
    reply = replies[-1]._replace(
        changed=tuple(sorted({i for reply in replies for i in reply.changed})),
        printed=tuple(line for reply in replies for line in reply.printed),
        borrowed=next(filter(None, (reply.borrowed for reply in replies)), ""),
    )
    return Result(reply, parts, words)


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
    cases, results, _ = zip(*tried)
    if all(result.kind == "raised" for result in results):
        return None  # many mistakes raise a ValueError
    found = [
        mistake
        for mistake in exercise.mistakes
        if all(
            _is_alike(exercise, *pair)
            for pair in zip(results, _run_trusted(exercise, mistake.wrong, cases))
        )
    ]
    return found[0] if len(found) == 1 else None


def _is_alike(exercise, result, wrong) -> bool:
    """Whether two results of the same case are the same, NaN and mask included."""
    if _form(result) != _form(wrong):
        return False
    parts = result.parts or {}
    return not wrong_parts(exercise, parts, wrong.parts or {}, equal_nan=True)


def _form(result):
    """What a result is, without its numbers; a mask is no array of numbers."""
    masks = {name: array.dtype == bool for name, array in (result.parts or {}).items()}
    return result.kind, result.words, masks, result.reply.error, result.reply.changed
