"""The checks behind the exercises: they say what is wrong, not only that it is.

`check` calls your function with many inputs and compares what it returns with what a
right function returns. If the results are those of a usual mistake, it names the line
of thought that mends it. Else it shows the first case that fails.

1. what an exercise is      2. the form of an answer     3. running your code, safely
4. comparing                5. the messages              6. `check`

The exercises themselves stand with their lessons, in ``lessons/*/exercises.py``.
"""

import ast
import contextlib
import copy
import ctypes
import inspect
import io
import itertools
import linecache
import sys
import textwrap
import threading
import time
import traceback
import warnings
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

import mlp_core as mlp

TIME_LIMIT = 2.0  # seconds for all cases of one check

# 1. What an exercise is --------------------------------------------------------------


class Verdict(NamedTuple):
    """What `check` found. A notebook shows it as its words."""

    solved: bool
    words: str  # 'my_slope: not written yet', 'my_slope: not yet: ...', ': right ...'
    tried: bool = True  # whether there was something to judge
    mistake: str = ""  # the message of the usual mistake that was recognised

    def __repr__(self):
        return self.words


class Mistake(NamedTuple):
    """A usual mistake: a message that helps, and a wrong function that makes it.

    The message says what is wrong with the result, then what thought leads on. It quotes
    no code: who computes the same may have written something else. The function returns
    something for one case at least: one that always raises is told by its exception.
    """

    message: str
    wrong: Callable
    code: str = ""  # an expression or line that mends it, told from the third try on


def call_once(form):
    """Measure by one call, whose answer has the given form (see section 2)."""
    return lambda call, args: form(call(*args))


def array_form(answer):
    """One array, or one number."""
    return {"": to_array(answer)}


def precise(part):
    """Wide enough for float32 where the numbers of a case are about 1."""
    return 1e-5, 2e-6


class Exercise(NamedTuple):
    """An exercise: a right function, cases to try, and the usual mistakes."""

    right: Callable  # its name is the name of the exercise
    cases: list  # the arguments to try, each a tuple, small ones first
    mistakes: list
    # measure(call, args) calls the learner's function through ``call`` and returns what
    # is compared: a dict from the name of a part ('dW') to an array.
    measure: Callable = call_once(array_form)
    tolerance: Callable = precise  # part -> the relative and the absolute tolerance
    changed: str = (
        "it changes its argument {names} in place, so the caller's numbers are lost: "
        "make a new array (`2 * z` makes one, `z *= 2` does not)"
    )
    explain: Callable | None = None  # explain(parts), where numbers would not help
    large: tuple | None = None  # arguments with many numbers, to notice a Python loop
    function_names: dict | None = None  # what to call functions among the arguments
    planted: str | None = None  # the message of a mistake that stands in the stub
    # fresh(rng) draws more cases, others at each check, with all corner cases in them.
    fresh: Callable = lambda rng: []
    allowed: tuple = ()  # functions of the course that an answer may call

    @property
    def name(self) -> str:
        return self.right.__name__

    @property
    def arguments(self) -> list[str]:
        return list(inspect.signature(self.right).parameters)


# 2. The form of an answer ------------------------------------------------------------
#
# A form turns an answer into a dict from parts to arrays, or says what is odd. Others
# stand in ``lessons/cases.py``.


class FormError(Exception):
    """The answer does not have the form that was asked for; the text says why."""


class Listed(np.ndarray):
    """An array that the answer gave as a list; that is told, and no mistake."""


def to_array(value, what="the result"):
    """A fresh array of numbers, or a `FormError`."""
    if isinstance(value, (list, tuple)):
        array = _attempt(lambda: np.array(value), None)  # rows of several lengths raise
        if array is None or array.dtype.kind not in "biuf":
            raise FormError(
                f"{what} is {describe_type(value)} that makes no array: each row must "
                "have as many numbers as the others"
            )
        return array.view(Listed)
    if not isinstance(value, (np.ndarray, np.generic, bool, int, float)):
        raise FormError(f"{what} is {describe_type(value)}, and numbers are asked for")
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise FormError(f"{what} holds {array.dtype} values, and numbers are asked for")
    if array.size > 10**6:
        raise FormError(f"{what} has the shape {array.shape}, which is far too large")
    return np.array(array)


def describe_type(value):
    """'a list', 'an int', 'None'."""
    if value is None:
        return "None"
    name = type(value).__name__
    noun = {"ndarray": "array", "str": "text"}.get(name, name)
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


# 3. Running your code, safely --------------------------------------------------------
#
# Your function runs in a thread of its own, so that it can be stopped. It gets copies,
# so that no case spoils the next. Whatever it raises becomes a message.


class CaseResult(NamedTuple):
    """What one case gave."""

    kind: str  # 'value', 'nothing', 'malformed' or 'raised'
    changed: set  # the arguments that were changed in place
    error: str = ""  # the text of a FormError, or the name of another exception
    message: str = ""  # the same as the learner is told it
    parts: dict | None = None  # of a 'value': the arrays by name


class _NoAnswer(Exception):
    """The answer is None, or `...`: the stub."""


class _Stop(SystemExit):
    """Raised inside a learner's code whose time is up.

    A SystemExit, since a thread that ends with one prints no traceback.
    """


def _run_cases(exercise, function, cases) -> list[CaseResult]:
    return [_run_case(exercise, function, args) for args in cases]


def _run_case(exercise, function, args) -> CaseResult:
    """Try one case; nothing that the function raises gets out, but `_Stop`."""
    changed = set()

    def call(*args):
        given = copy.deepcopy(args)
        answer = function(*given)
        for name, before, after in zip(exercise.arguments, args, given):
            if not _unchanged(before, after):
                changed.add(name)
        if answer is None or answer is Ellipsis:
            raise _NoAnswer
        return answer

    try:
        with np.errstate(all="ignore"):  # NumPy keeps it for each thread
            parts = exercise.measure(call, args)
        return CaseResult("value", changed, parts=parts)
    except _Stop:
        raise
    except (_NoAnswer, NotImplementedError):
        return CaseResult("nothing", changed)
    except FormError as error:
        return CaseResult("malformed", changed, str(error), str(error))
    except BaseException as error:  # noqa: BLE001, also sys.exit() becomes a message
        message = _describe_error(error, function)
        return CaseResult("raised", changed, type(error).__name__, message)


def _unchanged(before, after):
    """Whether an argument is what it was, but for rounding."""
    if isinstance(before, np.ndarray):
        if not isinstance(after, np.ndarray) or before.shape != after.shape:
            return False
        return np.allclose(before, after, rtol=0, atol=1e-12, equal_nan=True)
    if isinstance(before, (list, tuple)):
        if not isinstance(after, (list, tuple)) or len(before) != len(after):
            return False
        return all(map(_unchanged, before, after))
    return True


@contextlib.contextmanager
def _quiet():
    """Show no warning, and nothing that is printed."""
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        yield


def _run_in_time(seconds, work) -> bool:
    """Run ``work()`` in a thread of its own; False if it had to be stopped."""
    # Not `thread.join`: Python before 3.13 takes a thread for ended if the stop button
    # is pressed in the middle of it.
    ended = threading.Event()

    def body():
        try:
            with contextlib.suppress(_Stop):
                work()
        finally:
            ended.set()

    thread = threading.Thread(target=body, daemon=True)
    with _quiet():
        end = time.monotonic() + seconds
        try:
            thread.start()
            # Short waits: on Windows Ctrl-C gets through only between them.
            while not ended.wait(0.05) and time.monotonic() < end:
                pass
            return ended.is_set()
        finally:
            _stop(thread, ended)


def _stop(thread, ended):
    """Raise `_Stop` in a thread, again and again: a bare `except` may swallow it.

    If it waits outside Python (in `time.sleep`), it ends when that returns.
    """
    for _ in range(100):
        if ended.is_set():
            return
        with contextlib.suppress(KeyboardInterrupt):  # pressing again says the same
            if thread.ident is not None:  # else it is not quite started
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(thread.ident), ctypes.py_object(_Stop)
                )
            ended.wait(0.005)


class _TooManyLines(BaseException):
    """Raised inside a function that has run more lines than an expression does."""


def _loops(exercise, function) -> bool:
    """Whether a right function goes through many numbers by a loop in Python.

    It counts the lines that Python runs, not the time: a loop runs a line for each
    number, an expression one line for all. What takes a second counts as a loop.
    """
    if exercise.large is None:
        return False
    most = _count_lines(exercise.right, exercise.large) + 1000
    counts = []

    def count():
        with np.errstate(all="ignore"):
            counts.append(_count_lines(function, exercise.large, most))

    _run_in_time(1.0, count)
    return not counts or counts[0] > most


def _count_lines(function, args, most=10**6):
    """How many lines of Python a call runs, those of NumPy included, up to ``most``."""
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        count += 1
        if count > most:
            raise _TooManyLines
        return trace

    before = sys.gettrace()
    given = copy.deepcopy(args)
    try:
        sys.settrace(trace)
        function(*given)
    except _TooManyLines:
        pass
    finally:
        sys.settrace(before)
    return count


# 4. Comparing ------------------------------------------------------------------------


def _is_right(exercise, result, right) -> bool:
    return (
        result.kind == "value"
        and not result.changed
        and result.parts.keys() == right.parts.keys()
        and not _wrong_parts(exercise, result.parts, right.parts)
    )


def _wrong_parts(exercise, parts, right, equal_nan=False) -> list[str]:
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


def _recognise(exercise, cases, results) -> Mistake | None:
    """The mistake that gives just these results; None if there is none, or several."""
    if all(result.kind == "raised" for result in results):
        return None  # many mistakes raise a ValueError
    found = []
    for mistake in exercise.mistakes:
        wrong = (_run_case(exercise, mistake.wrong, args) for args in cases)
        if all(_is_alike(exercise, *pair) for pair in zip(results, wrong)):
            found.append(mistake)
    return found[0] if len(found) == 1 else None


def _is_alike(exercise, result, wrong) -> bool:
    """Whether two results of the same case are the same, NaN and mask included."""
    if (result.kind, result.changed, result.error) != wrong[:3]:
        return False
    return result.kind != "value" or (
        _masks(result.parts) == _masks(wrong.parts)
        and not _wrong_parts(exercise, result.parts, wrong.parts, equal_nan=True)
    )


def _masks(parts):
    """The names of the parts, and which of them hold True and False."""
    return {name: array.dtype == bool for name, array in parts.items()}


# 5. The messages ---------------------------------------------------------------------

FEW = 12  # so many numbers are shown one by one


def _diagnose(exercise, tried) -> str:
    """What is wrong in the cases that were tried, each (args, result, right)."""
    changed = set().union(*(result.changed for _, result, _ in tried))
    if changed:
        return exercise.changed.format(names=" and ".join(sorted(changed)))
    wrong = [case for case in tried if not _is_right(exercise, *case[1:])]
    args, result, right = wrong[0]
    good = len(tried) - len(wrong)
    share = f"\n  (right in {good} of {len(tried)} cases)" if good else ""
    failure = _describe_failure(exercise, result, right)
    return failure + _describe_case(exercise, args) + share


def _describe_failure(exercise, result, right) -> str:
    """What came out, and what should have."""
    if result.kind == "nothing":
        return "here it returns None; does every path end with a return?"
    if result.kind != "value":
        return result.message
    if exercise.explain:
        return exercise.explain(result.parts)
    return _describe_difference(exercise, result.parts, right.parts)


def _describe_difference(exercise, parts, right) -> str:
    """How the parts differ from the right ones: the shape first."""
    if parts.keys() != right.keys():
        return f"it returns {_list(parts)}; it should return {_list(right)}"
    wrong = _wrong_parts(exercise, parts, right)
    misshaped = [name for name in wrong if parts[name].shape != right[name].shape]
    name = (misshaped or wrong)[0]
    what = name or "the result"
    if misshaped:
        return (
            f"{what} has {describe_shape(parts[name])}, it should have "
            f"{describe_shape(right[name])}"
        )
    if right[name].dtype == bool and parts[name].dtype != bool:
        return (
            f"{what} holds numbers ({parts[name].dtype}), and True and False are asked "
            "for: as an index, 1 and 0 would pick other entries than True and False do"
        )
    fine = [part for part in right if part not in wrong]
    also = f"\n  right already: {', '.join(fine)}" if 0 < len(fine) <= FEW else ""
    yours, theirs = _show(parts[name]), _show(right[name])
    if yours == theirs:  # too many numbers to show, or too small a difference
        gap = np.max(abs(parts[name] * 1.0 - right[name]))
        yours += f", off by up to {gap:.2g}"
    return f"{what} is wrong{also}\n  yours: {yours}\n  right: {theirs}"


def describe_shape(array):
    """'the shape (2, 3)', 'one number, the shape ()'."""
    return f"the shape {array.shape}" if array.shape else "one number, the shape ()"


def _list(parts):
    return ", ".join(parts) or "an empty list"


def _describe_case(exercise, args) -> str:
    """What went in, one argument a line."""
    return "".join(
        f"\n  for {name} = {_show(value, exercise.function_names)}"
        for name, value in zip(exercise.arguments, args)
        if value is not None  # the place of a generator
    )


def _show(value, function_names=None) -> str:
    """A value in a message: its numbers, or its shape if there are many."""
    if isinstance(value, np.ndarray):
        if value.size > FEW:
            return f"an array of the shape {value.shape}"
        text = np.array2string(value, precision=4, separator=", ", max_line_width=70)
        return text.replace("\n", "\n" + " " * 9)
    if isinstance(value, mlp.Activation):
        return value.label
    if callable(value):
        return (function_names or {}).get(value, "a function")
    if isinstance(value, list) and value and isinstance(value[0], tuple):
        return _show_layers(value)
    if isinstance(value, list):
        return "a list of arrays: " + ", ".join(str(array.shape) for array in value)
    return str(value)


def _show_layers(layers):
    """A network or its gradients: the sizes, and the numbers if they are few."""
    sizes = "-".join(map(str, [len(layers[0][0]), *(len(b) for _, b in layers)]))
    if sum(W.size + b.size for W, b in layers) > FEW:
        return f"layers of the sizes {sizes}"
    pairs = ", ".join(f"({W.tolist()}, {b.tolist()})" for W, b in layers)
    return f"[{pairs}]"


def _attempt(question, default):
    """``question()``, or the default: objects of a learner may raise at any question."""
    try:
        return question()
    except Exception:  # noqa: BLE001, whatever it is
        return default


def _describe_error(error, function):
    """'it stops with ValueError in the line `...`: ...'"""
    if isinstance(error, RecursionError):
        text = "the function calls itself and never comes to an end"
        return f"it stops with RecursionError: {text}"
    line = _line_of(error, function)
    place = f" in the line `{line}`" if line else ""
    text = _attempt(lambda: " ".join(str(error).split()), "")
    text = text if len(text) <= 200 else text[:200] + " ..."
    if isinstance(error, TypeError) and ("bitwise_xor" in text or "for ^" in text):
        text = "`^` is no power in Python; write `**`"
    reason = f": {text}" if text else ""
    return f"it stops with {type(error).__name__}{place}{reason}"


def _line_of(error, function):
    """The last line of the learner's cell that the exception passed, or ''."""
    code = getattr(function, "__code__", None)
    line = ""
    for frame, number in traceback.walk_tb(error.__traceback__):
        if code and frame.f_code.co_filename == code.co_filename:
            line = linecache.getline(code.co_filename, number).strip()
    return line


# 6. check ----------------------------------------------------------------------------


def check(exercises, function, tries=0, seed=None) -> Verdict:
    """Check an answer: ``exercises`` has an `Exercise` by the name of the function.

    ``tries`` are those before this one. Cases are drawn from the ``seed``, else from
    another at each call. It never raises, and stops your code after two seconds, and one
    more for a loop.
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
    return verdict._replace(words=f"{exercise.name}: {verdict.words}")


def _refuse(exercises, function) -> str:
    """Why this is no answer to any exercise, or ''."""
    name = _attempt(lambda: function.__name__, None)
    if not callable(function) or not isinstance(name, str):
        return (
            f"give me the function itself, not {describe_type(function)}: "
            "check(my_slope), with no parentheses after the name"
        )
    if name not in exercises:
        names = ", ".join(exercises)
        return f"there is no exercise {name!r}; the exercises are: {names}"
    return ""


def _judge(exercise, function, cases, tries) -> Verdict:
    """The verdict, its words without the name."""
    message = _describe_wrong_arguments(exercise, function)
    if message:
        return Verdict(False, message)
    results = []
    in_time = _run_in_time(
        TIME_LIMIT, lambda: results.extend(_run_cases(exercise, function, cases))
    )
    if not in_time:
        return Verdict(
            False,
            f"not yet: your function did not finish in {TIME_LIMIT:.0f} seconds: look "
            "for a loop that never ends",
        )
    if all(result.kind == "nothing" for result in results):
        if _is_stub(function):
            return Verdict(False, "not written yet", tried=False)
        return Verdict(
            False,
            "not yet: it returns None: did you print the result, or forget `return`?",
        )
    right = _run_cases(exercise, exercise.right, cases)
    if not all(_is_right(exercise, *pair) for pair in zip(results, right)):
        return _describe_wrong(exercise, cases, results, right, tries)
    hint = _hint(exercise, function, results)
    return Verdict(True, f"right. {hint}" if hint else "right")


def _describe_wrong(exercise, cases, results, right, tries) -> Verdict:
    with _quiet():
        mistake = _recognise(exercise, cases, results)
    if mistake is None:
        fixed = len(exercise.cases)  # they give the same words each time
        tried = list(zip(cases, results, right))
        some = tried[:fixed]
        if all(_is_right(exercise, *case[1:]) for case in some):
            some = tried
        return Verdict(False, f"not yet: {_diagnose(exercise, some)}")
    words = f"not yet: {mistake.message}"
    if mistake.code and tries >= 2:
        words += f"\n  in code: {mistake.code}"
    is_tried = mistake.message != exercise.planted
    return Verdict(False, words, is_tried, mistake.message)


def _hint(exercise, function, results) -> str:
    """What could be better in a right answer, or ''."""
    parts = itertools.chain.from_iterable(result.parts.values() for result in results)
    if any(isinstance(array, Listed) for array in parts):
        return (
            "It returns a list where an array is asked for, so that one can go on "
            "computing with it: wrap it, np.array(...)"
        )
    if _loops(exercise, function):
        return (
            "It loops in Python, which takes long for many numbers: one NumPy "
            "expression would be faster"
        )
    return ""


def _describe_wrong_arguments(exercise, function) -> str:
    """A message about a function that can't be called as the exercise says, or ''."""
    asked = ", ".join(exercise.arguments)
    if isinstance(function, type):
        heading = f"def {exercise.name}({asked}):"
        return f"not yet: this is a class; write a function, {heading}"
    signature = _attempt(lambda: inspect.signature(function), None)
    if signature is None:  # calling it will tell
        return ""
    try:
        for args in exercise.cases:
            signature.bind(*args)
    except TypeError:
        return f"not yet: it takes {signature}; it should take ({asked})"
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
