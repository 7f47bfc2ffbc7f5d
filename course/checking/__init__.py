"""The checks behind the exercises: they say what is wrong, not only that it is.

`check` calls your function with many inputs and compares what it returns with what a
right function returns. If the results are those of a usual mistake, it says what to think
about. Otherwise it shows the first case that fails.
"""

import ast
from contextlib import suppress

import numpy as np

from course.checking import about, calls, compare, messages, runs, version
from course.checking.about import OURS, file_of
from course.checking.exercise import Listed, Verdict
from course.checking.messages import describe_printed, diagnose, why_none
from course.checking.version import with_version

TRIES = 2  # failed ones, before code is told
WRITTEN = [(m, {**vars(m)}) for m in (about, calls, compare, messages, runs, version)]
LIST = ". It returns a list where later steps need an array. Wrap it in np.array(...)"


def check(exercises, function, tries=0, seed=None) -> Verdict:
    """Check an answer: ``exercises`` has an `Exercise` by the name of the function.

    ``tries`` are the failed ones before this one. Cases are drawn from the ``seed``, or
    from another one at each call. It never raises, and stops your code after two seconds of
    computing, and one more to look for a loop.
    """
    for module, parts in WRITTEN:  # by the course; cells and answers can change it
        vars(module).update((name, it) for name, it in parts.items() if callable(it))
    name = name_of(function)
    if refusal := _refuse(exercises, function, name):
        return Verdict(False, refusal, tried=False)
    verdict = judge(exercises[name], function, file_of(function), seed, tries)
    verdict = verdict._replace(words=f"{name}: {verdict.words}")
    return with_version(name, function, verdict) if verdict.tried else verdict


def judge(exercise, function, file, seed=None, tries=0, reserve=None) -> Verdict:
    """As `check`, but without the name; ``file`` is the answer's, whatever it says.

    It runs in a process of the ``reserve``, by default of the kernel's own.
    """
    try:
        fresh = exercise.fresh(np.random.default_rng(seed))
        with runs.opened(function, exercise.allowed, reserve or runs.RESERVE) as run:
            seen = run.look_at(exercise.asked)._replace(file=file)
            if seen.refusal:
                return _not_yet(seen.refusal)
            tried = compare.try_cases(exercise, run.call, [*exercise.cases, *fresh])
            return _verdict(exercise, seen, run, tried, tries)
    except calls.Stopped as reason:
        return _not_yet(reason)
    except KeyboardInterrupt:
        words = "the check was interrupted; run the cell again"
        return Verdict(False, words, tried=False)


def _refuse(exercises, function, name) -> str:
    """Why this is no answer to any exercise, or ''."""
    if not callable(function) or not name:
        return (
            "pass a function made with `def`, by its name alone, without parentheses: this "
            f"is {calls.describe_type(function)}"
        )
    if calls.is_of_course(file_of(function)):
        return f"{name}: {OURS}"
    if name in exercises:
        return ""
    names = f"the exercises are: {', '.join(exercises)}"
    if name == "<lambda>":
        return f"a lambda has no name, so write `def`; {names}"
    return f"there is no exercise {name!r}, the name behind `def`; {names}"


def _not_yet(words, *others) -> Verdict:
    return Verdict(False, f"not yet: {words}", *others)


def _verdict(exercise, seen, run, tried, tries) -> Verdict:
    results = [result for _, result, _ in tried]
    nothing = all(result.kind == "nothing" for result in results)
    raised = all(result.reply.error == "NotImplementedError" for result in results)
    if (nothing or raised) and _is_stub(seen.source):
        words = "not written yet (once it is, run its cell, then this one again)"
        return Verdict(False, words, tried=False)
    wrong = compare.first_wrong(exercise, tried)
    printed = describe_printed(wrong[1] if wrong else results[0])
    if nothing:
        return _not_yet(f"it returns None: {why_none(seen.source)}{printed}")
    if wrong:
        verdict = _describe_wrong(exercise, seen.file, run, tried, tries)
        return verdict._replace(words=f"{verdict.words}{printed}")
    borrowed = next(filter(None, (result.reply.borrowed for result in results)), "")
    if borrowed:
        return _not_yet(f"the result is right, but it calls {borrowed}")
    return Verdict(True, f"right{_hint(exercise, run, results)}{printed}")


def _describe_wrong(exercise, file, run, tried, tries) -> Verdict:
    some = tried[: len(exercise.cases)]  # the fixed ones: the same words each time
    if not compare.first_wrong(exercise, some):
        some = tried
    is_kept = _is_right_alone(exercise, run, some)
    mistake = None if is_kept else compare.recognise(exercise, tried)
    if mistake is None:
        return _not_yet(diagnose(exercise, some, file, is_kept))
    words = mistake.message
    if mistake.code and tries >= TRIES:
        words += f"\n  in code: {mistake.code}"
    is_planted = mistake.message == exercise.planted
    if is_planted:
        words += "\n  (If you changed it, run its cell, then this one again.)"
    return _not_yet(words, not is_planted, mistake.message)


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
    if any(isinstance(part, Listed) for r in results for part in r.parts.values()):
        return LIST
    if _loops(exercise, run):
        return (
            ". It loops in Python, which is slow for many numbers. One NumPy expression "
            "would be faster"
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
    return calls.attribute(function, "__name__", str) or ""


def _is_stub(source) -> bool:
    """Whether a function is still empty; also if there is no source."""
    definition = calls.attempt(lambda: ast.parse(source).body[0])
    is_function = isinstance(definition, ast.FunctionDef)  # no lambda, and not nothing
    return not is_function or all(map(_does_nothing, definition.body))


def _does_nothing(statement) -> bool:
    """Whether it is a docstring, `pass`, `raise`, `x = None`, or a return of such."""
    kinds = ast.Pass, ast.Raise, ast.Expr, ast.Return, ast.Assign
    plain = ast.Constant, ast.Name, type(None)
    value = getattr(statement, "value", None)
    return isinstance(statement, kinds) and isinstance(value, plain)
