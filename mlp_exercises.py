"""The checks behind the exercises: they say what is wrong, not only that it is.

In a notebook::

    import mlp_exercises as exercises

    lesson = exercises.Lesson("01_activations")
    lesson.check(my_slope)

`check` calls your function with many inputs and compares what it returns with what a
right function returns. If the answers are those of a usual mistake, it names the line
of thought that mends it. Else it shows the smallest case that fails.

How the module is laid out:

1. what an exercise is        2. the form of an answer     3. running your code, safely
4. comparing, and the words   5. `check` and `Lesson`
6. the exercises, in the order of the notebooks

An exercise is described in one way, see `Exercise`: a right function, the cases to try,
and the usual mistakes, each as a wrong function with the words that it gets. If you are
about to solve the exercises, don't read section 6 yet: it holds the solutions.
"""

import ast
import contextlib
import ctypes
import inspect
import itertools
import linecache
import sys
import textwrap
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

import mlp_core as mlp
import mlp_questions as questions

TIME_LIMIT = 2.0  # seconds for all cases of one check

# 1. What an exercise is --------------------------------------------------------------


class Verdict(NamedTuple):
    """What `check` found. A notebook shows it as its words.

    Attributes
    ----------
    solved : bool
    words : str
        'my_slope: not written yet', 'my_slope: not yet: ...', 'my_slope: right ...'
    """

    solved: bool
    words: str

    def __repr__(self):
        return self.words


class Mistake(NamedTuple):
    """A usual mistake: the words that help, and a wrong function that makes it."""

    words: str
    wrong: Callable


def _one_call(form):
    """Measure by one call, whose answer has the given form (see section 2)."""
    return lambda call, args: form(call(*args))


def _precise(name):
    return 1e-7, 1e-10


class Exercise(NamedTuple):
    """One exercise.

    Attributes
    ----------
    notebook : str
        '01_activations': where it stands.
    right : callable
        A right function. Its name is the name of the exercise.
    cases : list of tuple
        The arguments to try, the smallest first.
    mistakes : list of Mistake
    measure : callable
        ``measure(call, args)`` calls the learner's function through ``call`` and
        returns what is compared: a dict from a name ('dW') to an array.
    tolerance : callable
        From such a name to the relative and the absolute tolerance.
    changed : str
        What to say when the function changes its arguments. '{names}' is replaced.
    explain : callable, optional
        ``explain(parts)`` says what is wrong, where showing numbers would not help.
    large : tuple, optional
        Arguments with many numbers, to tell a Python loop by the lines that it runs.
    """

    notebook: str
    right: Callable
    cases: list
    mistakes: list
    measure: Callable
    tolerance: Callable = _precise
    changed: str = (
        "it changes its argument {names} in place, so the caller's numbers are lost: "
        "make a new array (`2 * z` makes one, `z *= 2` does not)"
    )
    explain: Callable | None = None
    large: tuple | None = None

    @property
    def name(self) -> str:
        return self.right.__name__

    @property
    def arguments(self) -> list[str]:
        return list(inspect.signature(self.right).parameters)


# 2. The form of an answer ------------------------------------------------------------
#
# Each form turns an answer into a dict from names to arrays, or says what is odd.


class Odd(Exception):
    """The answer does not have the form that was asked for; the text says why."""


class _Nothing(Exception):
    """The answer is None: the stub."""


def _kind(value):
    """'a list', 'an int', 'None': what a value is, for a message."""
    if value is None:
        return "None"
    word = {"ndarray": "array", "str": "text"}.get(
        type(value).__name__, type(value).__name__
    )
    return f"{'an' if word[:1] in 'aeiou' else 'a'} {word}"


def _to_array(value, what="the result"):
    """A fresh array of numbers, or `Odd`."""
    if isinstance(value, (list, tuple)):
        raise Odd(
            f"{what} is {_kind(value)}, and an array is asked for, so that one can go "
            "on computing with it: wrap it, np.array(...)"
        )
    if not isinstance(value, (np.ndarray, np.generic, bool, int, float)):
        raise Odd(f"{what} is {_kind(value)}, and numbers are asked for")
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise Odd(f"{what} holds {array.dtype} values, and numbers are asked for")
    if array.size > 10**6:
        raise Odd(f"{what} has the shape {array.shape}, which is far too large")
    return np.array(array)


def array_form(result):
    """One array, or one number."""
    return {"": _to_array(result)}


def tuple_form(*names):
    """Several arrays: ``return dW, db``."""

    def form(result):
        _expect_items(result, len(names), " and ".join(names))
        return {name: _to_array(each, name) for name, each in zip(names, result)}

    return form


def _expect_items(result, count, what):
    if not isinstance(result, (list, tuple)):
        raise Odd(f"it returns {_kind(result)}; return {count} things: {what}")
    if len(result) != count:
        raise Odd(f"it returns {len(result)} things; return {count}: {what}")


def lists_form(*names):
    """Several lists of arrays: ``return A, Z``."""

    def form(result):
        _expect_items(result, len(names), "the lists " + " and ".join(names))
        parts = {}
        for name, arrays in zip(names, result):
            if not isinstance(arrays, (list, tuple)):
                raise Odd(f"{name} is {_kind(arrays)}, and a list of arrays is asked")
            for i, each in enumerate(arrays):
                parts[f"{name}[{i}]"] = _to_array(each, f"{name}[{i}]")
        return parts

    return form


def layers_form(W="W", b="b"):
    """One pair of arrays for each layer: ``[(W, b), (W, b)]``."""

    def form(result):
        if not isinstance(result, (list, tuple)):
            raise Odd(f"it returns {_kind(result)}; return a list of pairs ({W}, {b})")
        parts = {}
        for i, pair in enumerate(result):
            if not isinstance(pair, (list, tuple)) or len(pair) != 2:
                raise Odd(f"entry {i} of the list is not a pair ({W}, {b})")
            for name, array in zip((W, b), pair):
                parts[f"{name}[{i}]"] = _to_array(array, f"{name}[{i}]")
        return parts

    return form


def training_form(result):
    """``return params, losses``."""
    _expect_items(result, 2, "params and losses")
    params, losses = result
    if isinstance(losses, (list, tuple)):
        losses = np.array([_to_array(each, "an entry of losses") for each in losses])
    return {**layers_form()(params), "losses": _to_array(losses, "losses")}


# 3. Running your code, safely --------------------------------------------------------
#
# Your function runs in a thread of its own, so that it can be stopped. It gets copies,
# so that no case spoils the next. Whatever it raises becomes words.


class Outcome(NamedTuple):
    """What one case gave.

    Attributes
    ----------
    kind : {'value', 'nothing', 'odd', 'raised'}
    parts : dict
        For 'value': the arrays by name.
    words : str
        For 'odd' and 'raised': what happened.
    changed : tuple of str
        The arguments that were changed in place.
    error : str
        For 'raised': the name of the exception.
    """

    kind: str
    parts: dict
    words: str
    changed: tuple
    error: str = ""


class _Stop(SystemExit):
    """Raised inside a learner's code whose time is up.

    A SystemExit, since a thread that ends with one prints no traceback.
    """


def _copy(value):
    """A copy of arrays, and of lists and tuples of them; anything else as it is."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, list):
        return [_copy(each) for each in value]
    if isinstance(value, tuple):
        copies = [_copy(each) for each in value]
        return type(value)(*copies) if hasattr(value, "_fields") else tuple(copies)
    return value


def _same(before, now):
    """Whether an argument is what it was, but for rounding."""
    if isinstance(before, np.ndarray):
        if not isinstance(now, np.ndarray) or before.shape != now.shape:
            return False
        return np.allclose(before, now, rtol=0, atol=1e-12, equal_nan=True)
    if isinstance(before, (list, tuple)):
        return len(before) == len(now) and all(map(_same, before, now))
    return True


def _outcome(exercise, function, args) -> Outcome:
    """Try one case; nothing that the function raises gets out, but `_Stop`."""
    changed = []

    def call(*args):
        given = _copy(args)
        result = function(*given)
        changed.extend(
            name
            for name, before, now in zip(exercise.arguments, args, given)
            if not _same(before, now) and name not in changed
        )
        if result is None or result is Ellipsis:
            raise _Nothing
        return result

    try:
        parts = exercise.measure(call, args)
        return Outcome("value", parts, "", tuple(changed))
    except _Stop:
        raise
    except (_Nothing, NotImplementedError):
        return Outcome("nothing", {}, "", tuple(changed))
    except Odd as odd:
        return Outcome("odd", {}, str(odd), tuple(changed))
    except BaseException as error:  # noqa: BLE001, also sys.exit() becomes words
        name = type(error).__name__
        return Outcome("raised", {}, _tell(error, function), tuple(changed), name)


def _tell(error, function):
    """'ValueError in the line `...`: ...' for an exception of the learner's code."""
    if isinstance(error, RecursionError):
        return "RecursionError: the function calls itself and never comes to an end"
    code = getattr(function, "__code__", None)
    line, frame = "", error.__traceback__
    while frame is not None:
        if code and frame.tb_frame.f_code.co_filename == code.co_filename:
            line = linecache.getline(code.co_filename, frame.tb_lineno).strip()
        frame = frame.tb_next
    place = f" in the line `{line}`" if line else ""
    try:
        text = " ".join(str(error).split())
    except Exception:  # noqa: BLE001, an exception whose own text raises
        text = ""
    text = text if len(text) <= 200 else text[:200] + " ..."
    if isinstance(error, TypeError) and ("bitwise_xor" in text or "for ^" in text):
        text = "`^` is no power in Python; write `**`"
    return f"{type(error).__name__}{place}" + (f": {text}" if text else "")


class _Muted:
    """A stream that drops what one thread writes, and passes on all else."""

    def __init__(self, stream, thread):
        self._stream, self._thread = stream, thread

    def write(self, text):
        if threading.current_thread() is not self._thread:
            return self._stream.write(text)
        return len(text)

    def __getattr__(self, name):
        return getattr(self._stream, name)


@contextlib.contextmanager
def _quiet(thread):
    """Show nothing of what the thread prints, and no warning."""
    streams = sys.stdout, sys.stderr
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sys.stdout, sys.stderr = (_Muted(each, thread) for each in streams)
        try:
            yield
        finally:
            sys.stdout, sys.stderr = streams


def _within(seconds, work) -> bool:
    """Run ``work()`` in a thread of its own; False if it had to be stopped."""
    # Not `thread.join`: Python before 3.13 takes a thread for ended if the stop button
    # is pressed in the middle of it.
    ended = threading.Event()

    def body():
        try:
            # NumPy keeps its error state for each thread, so it is set here.
            with contextlib.suppress(_Stop), np.errstate(all="ignore"):
                work()
        finally:
            ended.set()

    thread = threading.Thread(target=body, daemon=True)
    with _quiet(thread):
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


def _outcomes(exercise, function):
    """The outcomes of all cases, or None if the time was up."""
    outcomes = []

    def work():
        for args in exercise.cases:
            outcomes.append(_outcome(exercise, function, args))

    return outcomes if _within(TIME_LIMIT, work) else None


def _trusted_outcomes(exercise, function):
    """The same for a function of this module: no thread, no limit."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [_outcome(exercise, function, args) for args in exercise.cases]


class _Enough(BaseException):
    """Raised inside a function that has run more lines than an expression does."""


def _loops(exercise, function) -> bool:
    """Whether a right function goes through many numbers by a loop in Python.

    It counts the lines that Python runs, so the answer is the same on every machine: a
    loop runs a line for each number, an expression one line for all.
    """
    if exercise.large is None:
        return False
    most = _count_lines(exercise.right, exercise.large) + 1000
    counts = []
    finished = _within(
        1.0, lambda: counts.append(_count_lines(function, exercise.large, most))
    )
    return not finished or not counts or counts[0] > most


def _count_lines(function, args, most=10**6):
    """How many lines of Python a call runs, those of NumPy included, up to ``most``."""
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        count += 1
        if count > most:
            raise _Enough
        return trace

    before = sys.gettrace()
    given = _copy(args)
    try:
        sys.settrace(trace)
        function(*given)
    except _Enough:
        pass
    finally:
        sys.settrace(before)
    return count


# 4. Comparing, and the words ---------------------------------------------------------


def _is_mask(array):
    return array.dtype.kind == "b"


def _agree(mine, right, tolerance, equal_nan=False) -> bool:
    """Whether two arrays have the same shape and nearly the same numbers."""
    if mine.shape != right.shape or (_is_mask(right) and not _is_mask(mine)):
        return False
    rtol, atol = tolerance
    mine, right = mine.astype(float), right.astype(float)
    with np.errstate(all="ignore"):
        return bool(np.allclose(mine, right, rtol, atol, equal_nan))


def _wrong_parts(exercise, mine, right) -> list[str]:
    """The names of the parts that are missing, too many, or wrong."""
    names = list(right) + [name for name in mine if name not in right]
    return [
        name
        for name in names
        if name not in mine
        or name not in right
        or not _agree(mine[name], right[name], exercise.tolerance(name))
    ]


def _is_right(exercise, outcome, right) -> bool:
    return (
        outcome.kind == "value"
        and not outcome.changed
        and not _wrong_parts(exercise, outcome.parts, right.parts)
    )


def _alike(exercise, one, other) -> bool:
    """Whether two outcomes of the same case are the same, also when both are wrong."""
    if (one.kind, one.error, one.changed) != (other.kind, other.error, other.changed):
        return False
    if one.kind == "odd":
        return one.words == other.words
    return one.parts.keys() == other.parts.keys() and all(
        _is_mask(one.parts[name]) == _is_mask(other.parts[name])
        and _agree(one.parts[name], other.parts[name], exercise.tolerance(name), True)
        for name in one.parts
    )


def _recognise(exercise, outcomes):
    """The words of the mistake that gives just these outcomes, or None."""
    for mistake in exercise.mistakes:
        theirs = _trusted_outcomes(exercise, mistake.wrong)
        both = list(zip(outcomes, theirs))
        # Not all cases may raise: many mistakes raise a ValueError.
        if any(one.kind != "raised" for one, _ in both) and all(
            _alike(exercise, one, other) for one, other in both
        ):
            return mistake.words
    return None


def _diagnose(exercise, outcomes, rights) -> str:
    """What is wrong: at least one of the outcomes is."""
    words = _recognise(exercise, outcomes)
    if words:
        return words
    changed = sorted({name for outcome in outcomes for name in outcome.changed})
    if changed:
        return exercise.changed.format(names=" and ".join(changed))
    bad = [
        i
        for i, (outcome, right) in enumerate(zip(outcomes, rights))
        if not _is_right(exercise, outcome, right)
    ]
    i = bad[0]
    good = len(outcomes) - len(bad)
    share = f"\n  (right in {good} of {len(outcomes)} cases)" if good else ""
    return (
        _describe_failure(exercise, outcomes[i], rights[i])
        + _describe_case(exercise, exercise.cases[i])
        + share
    )


def _describe_failure(exercise, outcome, right) -> str:
    """What came out, and what should have: the shape first."""
    if outcome.kind == "nothing":
        return "here it returns None; does every path end with a return?"
    if outcome.kind == "raised":
        return f"it stops with {outcome.words}"
    if outcome.kind == "odd":
        return outcome.words
    if exercise.explain:
        return exercise.explain(outcome.parts)
    mine, right = outcome.parts, right.parts
    if mine.keys() != right.keys():
        return f"it returns {_list(mine)}; it should return {_list(right)}"
    wrong = _wrong_parts(exercise, mine, right)
    shapes = [name for name in wrong if mine[name].shape != right[name].shape]
    name = (shapes or wrong)[0]
    what = name or "the result"
    if shapes:
        return (
            f"{what} has {_show_shape(mine[name])}, it should have "
            f"{_show_shape(right[name])}"
        )
    if _is_mask(right[name]) and not _is_mask(mine[name]):
        return (
            f"{what} holds numbers ({mine[name].dtype}), and True and False are asked "
            "for: as an index, 1 and 0 would pick other entries than True and False do"
        )
    fine = [each for each in right if each not in wrong]
    also = f"\n  right already: {', '.join(fine)}" if 0 < len(fine) <= _FEW else ""
    yours, theirs = _show(mine[name]), _show(right[name])
    if yours == theirs:  # too many numbers to show, or too small a difference
        gap = np.max(abs(mine[name] * 1.0 - right[name]))
        yours += f", off by up to {gap:.2g}"
    return f"{what} is wrong{also}\n  yours: {yours}\n  right: {theirs}"


def _show_shape(array):
    return f"the shape {array.shape}" if array.shape else "one number, the shape ()"


def _list(parts):
    return ", ".join(parts) or "an empty list"


def _describe_case(exercise, args) -> str:
    """What went in, one argument a line."""
    return "".join(
        f"\n  for {name} = {_show(value)}"
        for name, value in zip(exercise.arguments, args)
        if value is not None  # the place of a generator
    )


_FEW = 12  # so many numbers are shown one by one


def _show(value) -> str:
    """A value in a message: its numbers, or its shape if there are many."""
    if isinstance(value, np.ndarray):
        if value.size > _FEW:
            return f"an array of the shape {value.shape}"
        text = np.array2string(value, precision=4, separator=", ", max_line_width=70)
        return text.replace("\n", "\n" + " " * 9)
    if isinstance(value, mlp.Activation):
        return value.label
    if callable(value):
        return _FUNCTION_NAMES.get(value, "a function")
    if isinstance(value, list) and value and isinstance(value[0], tuple):
        return _show_layers(value)
    if isinstance(value, list):
        return "a list of arrays: " + ", ".join(str(each.shape) for each in value)
    return str(value)


def _show_layers(layers):
    """A network or its gradients: the sizes, and the numbers if they are few."""
    sizes = "-".join(map(str, [len(layers[0][0]), *(len(b) for _, b in layers)]))
    if sum(W.size + b.size for W, b in layers) > _FEW:
        return f"layers of the sizes {sizes}"
    pairs = ", ".join(f"({W.tolist()}, {b.tolist()})" for W, b in layers)
    return f"[{pairs}]"


# 5. check and Lesson -----------------------------------------------------------------


def check(function) -> Verdict:
    """Check your answer to the exercise that has the name of your function.

    It never raises, and stops your code after two seconds.

    Parameters
    ----------
    function : callable
        The function itself: ``check(my_slope)``, without parentheses after its name.

    Returns
    -------
    Verdict
    """
    exercise, words = _find(function)
    if exercise is None:
        return Verdict(False, words)
    try:
        solved, words = _judge(exercise, function)
    except KeyboardInterrupt:
        solved, words = False, "the check was interrupted; run the cell again"
    return Verdict(solved, f"{exercise.name}: {words}")


def _find(function):
    """The exercise for a function; or None and the words that say why not."""
    try:
        name = getattr(function, "__name__", None)
    except Exception:  # noqa: BLE001, an object that raises even here
        name = None
    if not callable(function) or not isinstance(name, str):
        return None, (
            f"give me the function itself, not {_kind(function)}: check(my_slope), "
            "with no parentheses after the name"
        )
    if name not in EXERCISES:
        names = ", ".join(EXERCISES)
        return None, f"there is no exercise {name!r}; the exercises are: {names}"
    if isinstance(function, type):
        heading = f"def {name}({', '.join(EXERCISES[name].arguments)}):"
        return None, f"{name}: not yet: this is a class; write a function, {heading}"
    return EXERCISES[name], ""


def _judge(exercise, function) -> tuple[bool, str]:
    """Solved or not, and the words without the name."""
    words = _wrong_arguments(exercise, function)
    if words:
        return False, words
    outcomes = _outcomes(exercise, function)
    if outcomes is None:
        return False, (
            f"not yet: your function did not finish in {TIME_LIMIT:.0f} seconds: look "
            "for a loop that never ends"
        )
    if all(outcome.kind == "nothing" for outcome in outcomes):
        if _is_stub(function):
            return False, "not written yet"
        return False, (
            "not yet: it returns None: did you print the result, or forget `return`?"
        )
    rights = _trusted_outcomes(exercise, exercise.right)
    if not all(map(_is_right, itertools.repeat(exercise), outcomes, rights)):
        return False, f"not yet: {_diagnose(exercise, outcomes, rights)}"
    if _loops(exercise, function):
        return True, (
            "right. It loops in Python, which takes long for many numbers: one NumPy "
            "expression would be faster"
        )
    return True, "right"


def _is_stub(function) -> bool:
    """Whether nothing is written in a function yet; also if there is no source."""
    try:
        source = textwrap.dedent(inspect.getsource(function))
        (definition,) = ast.parse(source).body
        body = definition.body
    except Exception:  # noqa: BLE001, no source, a lambda, or not a function at all
        return True
    unfinished = any(isinstance(node, ast.Raise) for node in ast.walk(definition))
    return unfinished or all(map(_does_nothing, body))


def _does_nothing(statement) -> bool:
    """Whether it is a docstring, `pass`, `...`, `x = None`, or a return of such."""
    if isinstance(statement, ast.Pass):
        return True
    if isinstance(statement, (ast.Expr, ast.Return, ast.Assign)):
        plain = ast.Constant, ast.Name, type(None)
        return isinstance(statement.value, plain)
    return False


def _wrong_arguments(exercise, function) -> str:
    """Words about a function that can't be called as the exercise says, or ''."""
    try:
        signature = inspect.signature(function)
    except Exception:  # noqa: BLE001, none to show; calling it will tell
        return ""
    try:
        for args in exercise.cases:
            signature.bind(*args)
    except TypeError:
        asked = ", ".join(exercise.arguments)
        return f"not yet: it takes {signature}; it should take ({asked})"
    return ""


class _Words(str):
    """A text that a notebook shows as it is, without quotes."""

    __repr__ = str.__str__


SOLVED = {}  # notebook -> the names of the exercises that were solved in this session


class Lesson:
    """The questions and exercises of one notebook.

    What you answer lives in this session only: nothing is stored or sent.

    Parameters
    ----------
    notebook : str
        The name of the notebook's file without its ending: '01_activations'.
    """

    def __init__(self, notebook: str):
        self.notebook = notebook
        self._questions = questions.load(notebook)

    def predict(self, name: str):
        """Ask one question before the run, by its name."""
        predictions = self._questions.predictions
        if name not in predictions:
            known = ", ".join(map(repr, predictions))
            raise ValueError(f"there is no question {name!r} here; there are: {known}")
        return questions.QuestionBox(predictions[name])

    def check(self, function) -> Verdict:
        """Check an exercise, see `check`, and remember whether it is solved."""
        verdict = check(function)
        if verdict.solved:
            exercise = EXERCISES[function.__name__]
            SOLVED.setdefault(exercise.notebook, set()).add(exercise.name)
        return verdict

    def quiz(self):
        """Ask the questions at the end of the notebook."""
        return questions.Quiz(self._questions.quiz)

    def progress(self) -> str:
        """Say what was answered and solved in this session."""
        predictions, quiz = self._questions.predictions.values(), self._questions.quiz
        names = [each.name for each in EXERCISES.values() if self._holds(each)]
        done = SOLVED.get(self.notebook, set())
        made = sum(question.answered for question in predictions)
        right = sum(question.solved for question in quiz)
        lines = [
            f"{made} of {len(predictions)} predictions made",
            f"{len(done)} of {len(names)} exercises solved",
            *(f"  {n}: {'solved' if n in done else 'not solved yet'}" for n in names),
            f"{right} of {len(quiz)} quiz questions right",
        ]
        totals = len(predictions), len(names), len(quiz)
        if (made, len(done), right) == totals:
            lines.append("All done in this notebook.")
        return _Words("\n".join(lines))

    def _holds(self, exercise):
        return exercise.notebook == self.notebook


# 6. The exercises: stop reading here if you want to solve them yourself ---------------
#
# What the cases are made of.

_LEAKY, _RELU, _TANH = mlp.leaky_relu(-0.2), mlp.relu, mlp.tanh
_FUNCTION_NAMES = {
    _LEAKY.f: "the leaky ReLU with alpha = -0.2",
    _RELU.f: "ReLU",
    _TANH.f: "tanh",
    _LEAKY.slope: "the slope of the leaky ReLU with alpha = -0.2",
    _RELU.slope: "the slope of ReLU",
    _TANH.slope: "the slope of tanh",
}


def _normal(seed, *shape):
    """Standard normal numbers, rounded, so that a message can show them."""
    return np.random.default_rng(seed).standard_normal(shape).round(2)


def _network(seed, *sizes):
    """A network whose biases are not 0, so that a missing bias shows."""
    rng = np.random.default_rng(seed)
    return [
        mlp.Layer(
            rng.standard_normal((n_in, n_out)).round(2),
            rng.standard_normal(n_out).round(2),
        )
        for n_in, n_out in itertools.pairwise(sizes)
    ]


# Layers that are square, where a transposition keeps the shape, and layers that are not.
_SIZES = [
    (2, 1),
    (1, 3),
    (3, 2),
    (2, 2),
    (2, 3, 1),
    (3, 3, 3),
    (2, 3, 3, 2, 1),
    (4, 2, 5),
]


# 1. Activations


def my_activation(z, alpha):
    return np.where(z > 0, z, alpha * z)


def _write_into(array, mask, numbers):
    """Write numbers to the places of a mask, in place; returns the array."""
    array[mask] = numbers[mask]
    return array


_Z = np.array([-1.0, 0.0, 2.0])
_ACTIVATION_CASES = [
    (np.array([-1.0]), -0.2),
    (_Z, -0.2),
    (_Z, 0.0),
    (_Z, 0.01),
    (_Z, 0.5),
    (_Z, -1.0),
    (_Z, 1.0),
    (_Z, 2.0),
    (np.array([-3, 0, 2]), -0.2),  # whole numbers
    (np.array([[-0.5]]), 0.1),
    (np.array([[-2.0, 0.0, 1.0], [0.5, -0.5, -3.0]]), -0.2),
    (_normal(1, 4, 3, 2), 0.3),  # a stack
]
_MASK_MANY = _normal(2, 300_000), -0.2

_activation = Exercise(
    "01_activations",
    my_activation,
    _ACTIVATION_CASES,
    [
        Mistake(
            "this is the slope, 1 or alpha, not the value: on the left the value is "
            "alpha times z",
            lambda z, alpha: np.where(z > 0, 1.0, alpha),
        ),
        Mistake(
            "for negative z it gives alpha itself: look at the left part of the line, "
            "its height must grow with the distance from 0",
            lambda z, alpha: np.where(z > 0, z, alpha),
        ),
        Mistake(
            "it gives 0 for negative z, whatever alpha is: that is ReLU; look for the "
            "place where alpha should come in",
            lambda z, alpha: np.maximum(z, 0),
        ),
        Mistake(
            "it is right for alpha = -0.2 only: use the argument alpha in place of the "
            "number",
            lambda z, alpha: np.where(z > 0, z, -0.2 * z),
        ),
        Mistake(
            "the sides are swapped: positive z must come through unchanged",
            lambda z, alpha: np.where(z > 0, alpha * z, z),
        ),
        Mistake(
            "look at the sign on the left: alpha * z, with no minus of your own; a "
            "negative alpha already turns the line up",
            lambda z, alpha: np.where(z > 0, z, -alpha * z),
        ),
        Mistake(
            "look at positive z: alpha * z is added there too; it belongs to the "
            "negative z alone",
            lambda z, alpha: np.maximum(z, 0) + alpha * z,
        ),
        Mistake(
            "the larger of z and alpha * z is right up to alpha = 1; beyond it the "
            "lines change places: ask for the sign of z",
            lambda z, alpha: np.maximum(z, alpha * z),
        ),
        Mistake(
            "it is right for floats, but for an array of whole numbers the decimals "
            "are cut off: z.copy() and np.zeros_like(z) hold whole numbers then; let "
            "np.where make the array, or start from z.astype(float)",
            lambda z, alpha: _write_into(z.copy(), z < 0, alpha * z),
        ),
        Mistake(
            "the numbers are right, but flat: return them in the shape of z, "
            ".reshape(z.shape)",
            lambda z, alpha: my_activation(z, alpha).ravel(),
        ),
        Mistake(
            "it decides once for the whole array: each number must be asked on its own; "
            "look at np.where",
            lambda z, alpha: z * 1.0 if (z > 0).all() else alpha * z,
        ),
        Mistake(
            "`if z > 0` asks one question, and an array has many answers: NumPy can't "
            "choose; np.where asks for each number",
            lambda z, alpha: z if z > 0 else alpha * z,
        ),
        Mistake(
            "it writes into z itself, so the caller's z is lost: work on a new array",
            lambda z, alpha: _write_into(z, z < 0, alpha * z),
        ),
    ],
    _one_call(array_form),
    changed="it writes into z itself, so the caller's z is lost: work on a new array",
    large=_MASK_MANY,
)


def my_slope(z, alpha):
    return alpha + (1 - alpha) * (z >= 0)


_slope = Exercise(
    "01_activations",
    my_slope,
    _ACTIVATION_CASES,
    [
        Mistake(
            "look at z = 0: there the slope is taken as 1, so ask for z >= 0",
            lambda z, alpha: np.where(z > 0, 1.0, alpha),
        ),
        Mistake(
            "the slope is taken from the activation: ask for the sign of z, not of a; "
            "with a negative alpha the activation is never negative, and a no longer "
            "tells on which side z was",
            lambda z, alpha: np.where(my_activation(z, alpha) >= 0, 1.0, alpha),
        ),
        Mistake(
            "this is the value of the activation, not its slope: how much does the "
            "value change when z grows by 1?",
            my_activation,
        ),
        Mistake(
            "it gives 0 for negative z, whatever alpha is: the slope there is alpha",
            lambda z, alpha: (z >= 0) * 1.0,
        ),
        Mistake(
            "`z >= 0` alone is the question, True or False: True counts as 1, which is "
            "right on the right; on the left alpha is asked for",
            lambda z, alpha: z >= 0,
        ),
        Mistake(
            "it is right for alpha = -0.2 only: use the argument alpha in place of the "
            "number",
            lambda z, alpha: np.where(z >= 0, 1.0, -0.2),
        ),
        Mistake(
            "the sides are swapped: the slope is 1 on the right and alpha on the left",
            lambda z, alpha: np.where(z >= 0, alpha, 1.0),
        ),
        Mistake(
            "look at the sign on the left: the slope there is alpha as it comes",
            lambda z, alpha: np.where(z >= 0, 1.0, -alpha),
        ),
        Mistake(
            "on the left it gives alpha * z: that is the height of the line, the slope "
            "is the same for all negative z",
            lambda z, alpha: np.where(z >= 0, 1.0, alpha * z),
        ),
        Mistake(
            "the left is right, but on the right alpha is still in the sum: what must "
            "be added to alpha to make 1?",
            lambda z, alpha: alpha + (z >= 0),
        ),
        Mistake(
            "the right is right, but on the left there is a 1 too many: what must be "
            "added to 1 to make alpha?",
            lambda z, alpha: 1 + alpha * (z < 0),
        ),
        Mistake(
            "it is right for floats, but for an array of whole numbers alpha is cut "
            "off: np.ones_like(z) holds whole numbers then; compute the array from "
            "alpha, or use np.ones(z.shape)",
            lambda z, alpha: _write_into(
                np.ones_like(z), z < 0, np.full(z.shape, alpha)
            ),
        ),
        Mistake(
            "`if z >= 0` asks one question, and an array has many answers: NumPy can't "
            "choose; `z >= 0` alone asks for each number",
            lambda z, alpha: 1.0 if z >= 0 else alpha,
        ),
        Mistake(
            "the numbers are right, but flat: return them in the shape of z, "
            ".reshape(z.shape)",
            lambda z, alpha: my_slope(z, alpha).ravel(),
        ),
    ],
    _one_call(array_form),
    changed="it writes into z itself, so the caller's z is lost: work on a new array",
    large=_MASK_MANY,
)


def _slopes(Z, alpha):
    return mlp.leaky_relu(alpha).slope(Z)


def my_dead_units(Z, alpha):
    return (_slopes(Z, alpha) == 0).all(axis=0)


_dead_units = Exercise(
    "01_activations",
    my_dead_units,
    [
        (np.array([[-1.0, 2.0]]), 0.0),  # one sample
        (np.array([[-1.0, 2.0], [-3.0, -1.0]]), 0.0),
        (np.array([[-1.0, 0.0, -2.0], [-1.0, -2.0, 0.5]]), 0.0),  # a z of 0
        (np.array([[-1.0, -2.0, -3.0], [1.0, -1.0, -2.0], [2.0, 1.0, -1.0]]), 0.0),
        (np.array([[-1.0, -2.0], [-3.0, -4.0]]), -0.2),
        (np.array([[-1.0, -2.0], [-3.0, -4.0]]), 0.01),
        (np.array([[-1.0, -2.0], [-3.0, -4.0]]), 1.0),
        (np.array([[-1.0], [1.0]]), -1.0),  # the slopes -1 and 1 cancel in a sum
        (np.array([[-1.0], [-2.0], [-1.0], [-0.5], [-3.0], [1.0]]), -0.2),
        (np.array([[-1, 0, 4], [-2, -3, -1]]), 0.0),  # whole numbers
        (_normal(3, 4, 6) - 1.0, 0.0),
    ],
    [
        Mistake(
            "it looks along the wrong axis: samples are rows, so to ask about one unit "
            "go down its column, axis=0",
            lambda Z, alpha: (Z < 0).all(axis=1) & (alpha == 0),
        ),
        Mistake(
            "one sample with slope 0 is enough for it: a unit is dead when the slope is "
            "0 on every sample; look at any and all",
            lambda Z, alpha: (Z < 0).any(axis=0) & (alpha == 0),
        ),
        Mistake(
            "look at z = 0: the slope is 1 there, so such a unit lives; if you asked "
            "for the activation being 0, ask for the slope",
            lambda Z, alpha: (Z <= 0).all(axis=0) & (alpha == 0),
        ),
        Mistake(
            "look at alpha: where it is not 0, a negative z has the slope alpha, and "
            "the unit lives",
            lambda Z, alpha: (Z < 0).all(axis=0),
        ),
        Mistake(
            "look at alpha, and at z = 0: a unit is dead only if its slope is 0; for "
            "negative z the slope is alpha, and at z = 0 it is 1",
            lambda Z, alpha: (Z <= 0).all(axis=0),
        ),
        Mistake(
            "a sum or a mean of the slopes can be 0 although none of them is: slopes of "
            "opposite sign cancel; ask whether each slope is 0, then .all(axis=0)",
            lambda Z, alpha: abs(_slopes(Z, alpha).sum(axis=0)) < 1e-12,
        ),
        Mistake(
            "it says True for the units that live: turn it round",
            lambda Z, alpha: ~my_dead_units(Z, alpha),
        ),
        Mistake(
            "it gives one answer for each number: ask for each unit over all samples, "
            ".all(axis=0)",
            lambda Z, alpha: (Z < 0) & (alpha == 0),
        ),
        Mistake(
            "it gives one answer for all units together: .all() needs axis=0 to answer "
            "for each unit",
            lambda Z, alpha: np.bool_((Z < 0).all() & (alpha == 0)),
        ),
        Mistake(
            "it gives the share or the number of samples, not True or False",
            lambda Z, alpha: ((Z < 0) & (alpha == 0)).mean(axis=0),
        ),
    ],
    _one_call(array_form),
    large=(-abs(_normal(4, 40_000, 5)), 0.0),  # else a loop may stop at the first unit
)


# 2. Initialization
#
# Random numbers can't be compared one by one: another right way to draw gives others. So
# the measures of large layers are compared, with bounds so wide that a right answer
# stays within. The smallest layer has k = 60 * 60 numbers. For normal numbers the
# standard deviation is off by 1 / sqrt(2 k) = 1.2 %, the mean by 1 / sqrt(k) = 1.7 % of
# the spread, the share within one spread by sqrt(0.22 / k) = 0.8 %. The bounds are about
# seven times as wide: a right answer fails once in 10^11 draws. A uniform draw of k
# numbers leaves the outer 1 % at one end empty once in 10^15 draws.

_WIDE = 120, 60, 60, 60
_TOLERANCES = {
    "the standard deviation": (0.08, 0.0),
    "the mean": (0.0, 0.12),
    "the share": (0.0, 0.055),
    "the smallest": (0.02, 0.0),
    "the largest": (0.02, 0.0),
}


def _start_tolerance(name):
    for beginning, tolerance in _TOLERANCES.items():
        if name.startswith(beginning):
            return tolerance
    return _precise(name)


def _start_measure(uniform):
    """Measure a function that draws first weights; ``uniform``: its range, too."""

    def measure(call, args):
        sizes, _, *rest = args
        first, again, other = (
            _layers_of(sizes, call(sizes, np.random.default_rng(seed), *rest))
            for seed in (5, 5, 6)
        )
        parts = {}
        for name, array in first.items():
            if name.startswith("W"):
                parts[f"the shape of {name}"] = np.array(array.shape)
            else:
                parts[name] = array
        parts["the same numbers from the same seed"] = _equal_weights(first, again)
        parts["the same numbers from another seed"] = _equal_weights(first, other)
        if sizes == _WIDE:
            parts.update(_statistics(first, uniform))
        return parts

    return measure


def _layers_of(sizes, result):
    """The layers by name; `Odd` if they are too many, or of too few or many axes."""
    parts = layers_form()(result)
    count, right = len(parts) // 2, len(sizes) - 1
    if count > right:
        many = "one layer" if count == right + 1 else f"{count - right} layers"
        raise Odd(
            f"{many} too many: {len(sizes)} sizes are {right} "
            f"layer{'s' if right > 1 else ''}, one between each two neighbours; it "
            f"returns {count} for sizes = {sizes}"
        )
    for i, shape in zip(range(count), itertools.pairwise(sizes)):
        W, b = parts[f"W[{i}]"], parts[f"b[{i}]"]
        if W.ndim != 2:
            raise Odd(
                f"W[{i}] has {_show_shape(W)}, it should have the shape (n_in, n_out), "
                f"here {shape}: hand this shape to the method of rng"
            )
        if not b.ndim:
            raise Odd(
                f"b[{i}] is one number; it should hold one for each unit, "
                "np.zeros(n_out)"
            )
    return parts


def _weights(parts):
    return {name: array for name, array in parts.items() if name.startswith("W")}


def _equal_weights(one, other):
    pairs = zip(_weights(one).values(), _weights(other).values())
    return np.array(all(np.array_equal(a, b) for a, b in pairs))


def _statistics(parts, uniform):
    """What describes the distribution of the weights, layer by layer."""
    measures = {}
    for name, W in _weights(parts).items():
        spread = W.std()
        measures[f"the standard deviation of {name}"] = spread
        measures[f"the mean of {name}, in standard deviations"] = W.mean() / spread
        within = np.mean(abs(W - W.mean()) < spread)  # normal 0.68, uniform 0.58
        measures[f"the share of {name} within one standard deviation"] = within
        if uniform:
            measures[f"the smallest number of {name}"] = W.min()
            measures[f"the largest number of {name}"] = W.max()
    numbers = np.concatenate([W.ravel() for W in _weights(parts).values()])
    repeated = 1 - len(np.unique(numbers)) / numbers.size
    measures["each number drawn anew"] = repeated <= 0.01
    return {name: np.array(value) for name, value in measures.items()}


def _start(scale, draw=np.random.Generator.uniform, arguments=(-1, 1), bias=np.zeros):
    """A function that draws ``scale(n_in, n_out, alpha)`` times a random matrix."""

    def start(sizes, rng, alpha=0.0):
        return [
            (
                scale(n_in, n_out, alpha) * draw(rng, *arguments, (n_in, n_out)),
                bias(n_out),
            )
            for n_in, n_out in itertools.pairwise(sizes)
        ]

    return start


def _start_mistakes(right):
    """The mistakes that all three schemes share, made out of the right function."""

    def redo(change):
        return lambda sizes, rng, *alpha: [
            change(W, b) for W, b in right(sizes, rng, *alpha)
        ]

    def one_seed_for_all_layers(sizes, rng, *alpha):
        seed = rng.integers(1 << 30)
        return [
            right(pair, np.random.default_rng(seed), *alpha)[0]
            for pair in itertools.pairwise(sizes)
        ]

    return [
        Mistake(
            "another rng gives the same numbers, and each layer starts from the same "
            "ones: a generator with a fixed seed is made in the loop; draw all layers "
            "from the rng that is handed in",
            lambda sizes, rng, *alpha: [
                right(pair, np.random.default_rng(0), *alpha)[0]
                for pair in itertools.pairwise(sizes)
            ],
        ),
        Mistake(
            "another generator gives the same numbers: every number must come from the "
            "rng that is handed in, not from one that you make",
            lambda sizes, rng, *alpha: right(sizes, np.random.default_rng(0), *alpha),
        ),
        Mistake(
            "the same generator gives other numbers the second time: draw from rng, "
            "not from np.random, or the run can't be repeated",
            lambda sizes, rng, *alpha: right(sizes, np.random.default_rng(), *alpha),
        ),
        Mistake(
            "each layer starts from the same random numbers: make no generator in the "
            "loop; draw all layers from rng, one after the other",
            one_seed_for_all_layers,
        ),
        Mistake(
            "W is (n_out, n_in): in this course a row belongs to an input and a column "
            "to a unit, so the shape is (n_in, n_out)",
            redo(lambda W, b: (W.T, b)),
        ),
        Mistake(
            "the biases are not 0: np.zeros(n_out)",
            redo(lambda W, b: (W, b + 1.0)),
        ),
        Mistake(
            "the bias has one number for each unit: its shape is (n_out,), not "
            "(1, n_out)",
            redo(lambda W, b: (W, b[None, :])),
        ),
        Mistake(
            "the bias has the wrong length: it belongs to the units after the weights, "
            "so it has n_out numbers, not n_in",
            redo(lambda W, b: (W, np.zeros(len(W)))),
        ),
        Mistake(
            "all weights are 0: then all units of a layer stay alike for ever; draw "
            "them from rng",
            redo(lambda W, b: (0 * W, b)),
        ),
        Mistake(
            "one number fills a whole matrix: hand the shape to the generator, so that "
            "each weight is drawn on its own",
            redo(lambda W, b: (W * 0 + W.flat[0], b)),
        ),
        Mistake(
            "only the first layer is returned: `return` stands in the loop; move it "
            "to the left, so that the loop comes to its end first",
            lambda sizes, rng, *alpha: right(sizes[:2], rng, *alpha),
        ),
    ]


_START_SIZES = [(2, 1), (1, 3), (2, 3, 1), (2, 3, 3, 2, 1), _WIDE]


def my_uniform(sizes, rng):
    layers = []
    for n_in, n_out in itertools.pairwise(sizes):
        layers.append((rng.uniform(-2, 2, (n_in, n_out)), np.zeros(n_out)))
    return layers


_normal_draw = np.random.Generator.normal


def _constant(number):
    return lambda n_in, n_out, alpha: number


_uniform = Exercise(
    "02_initialization",
    my_uniform,
    [(sizes, None) for sizes in _START_SIZES],
    [
        *_start_mistakes(my_uniform),
        Mistake(
            "the numbers lie between 0 and 1: rng.random and rng.uniform without bounds "
            "do that; give both bounds",
            _start(_constant(1), arguments=(0, 1)),
        ),
        Mistake(
            "the numbers lie between 0 and 2, all on one side: the lower bound is -2",
            _start(_constant(1), arguments=(0, 2)),
        ),
        Mistake(
            "the numbers lie between -1 and 1: the bounds are -2 and 2",
            _start(_constant(1)),
        ),
        Mistake(
            "these are normal numbers, as the code of the original notebook draws; its "
            "text asks for uniform ones: rng.uniform",
            _start(_constant(1), _normal_draw, (0, 1)),
        ),
        Mistake(
            "these are normal numbers with the standard deviation 2: they have no "
            "bounds; take rng.uniform",
            _start(_constant(2), _normal_draw, (0, 1)),
        ),
        Mistake(
            "only whole numbers are drawn: rng.integers does that; take rng.uniform",
            _start(_constant(1), np.random.Generator.integers, (-2, 2)),
        ),
    ],
    _start_measure(uniform=True),
    _start_tolerance,
)


def my_he(sizes, rng, alpha):
    layers = []
    for n_in, n_out in itertools.pairwise(sizes):
        spread = np.sqrt(2 / ((1 + alpha**2) * n_in))
        layers.append((spread * rng.standard_normal((n_in, n_out)), np.zeros(n_out)))
    return layers


def _he(scale, draw=_normal_draw):
    return _start(scale, draw, (0, 1))


_he_exercise = Exercise(
    "02_initialization",
    my_he,
    [
        ((2, 1), None, -0.2),
        ((1, 3), None, 0.0),
        ((2, 3, 1), None, -0.2),
        ((2, 3, 3, 2, 1), None, 1.0),
        *((_WIDE, None, alpha) for alpha in (-0.2, 0.0, -0.5, 1.0)),
    ],
    [
        *_start_mistakes(my_he),
        Mistake(
            "it divides by n_out: what counts is how many numbers are added up in a "
            "unit, and that is n_in",
            _he(lambda n_in, n_out, alpha: np.sqrt(2 / ((1 + alpha**2) * n_out))),
        ),
        Mistake(
            "it divides by n_in + n_out: that is Glorot's way; He counts n_in only",
            _he(
                lambda n_in, n_out, alpha: np.sqrt(
                    2 / ((1 + alpha**2) * (n_in + n_out))
                )
            ),
        ),
        Mistake(
            "the variance is used as if it were the standard deviation: numbers "
            "multiplied by s get the variance s squared, so take the square root",
            _he(lambda n_in, n_out, alpha: 2 / ((1 + alpha**2) * n_in)),
        ),
        Mistake(
            "alpha is left out: 1 + alpha^2 belongs under the 2",
            _he(lambda n_in, n_out, alpha: np.sqrt(2 / n_in)),
        ),
        Mistake(
            "alpha must be squared: its sign does not count",
            _he(lambda n_in, n_out, alpha: np.sqrt(2 / ((1 + alpha) * n_in))),
        ),
        Mistake(
            "the 2 is missing: the variance is 2 / ((1 + alpha^2) n_in)",
            _he(lambda n_in, n_out, alpha: np.sqrt(1 / ((1 + alpha**2) * n_in))),
        ),
        Mistake(
            "the weights are not scaled: their standard deviation is 1 in every layer",
            _he(lambda n_in, n_out, alpha: 1.0),
        ),
        Mistake(
            "it multiplies by n_in where it should divide: the brackets around "
            "(1 + alpha^2) n_in are missing",
            _he(lambda n_in, n_out, alpha: np.sqrt(2 / (1 + alpha**2) * n_in)),
        ),
        Mistake(
            "the standard deviation is right, but these are uniform numbers: take "
            "rng.standard_normal or rng.normal",
            _start(lambda n_in, n_out, alpha: np.sqrt(6 / ((1 + alpha**2) * n_in))),
        ),
        Mistake(
            "these are uniform numbers, and the standard deviation stands as their "
            "bound: take rng.standard_normal or rng.normal",
            _start(lambda n_in, n_out, alpha: np.sqrt(2 / ((1 + alpha**2) * n_in))),
        ),
        Mistake(
            "the square stands around 1 + alpha: alpha alone is squared, 1 + alpha**2",
            _he(lambda n_in, n_out, alpha: np.sqrt(2 / ((1 + alpha) ** 2 * n_in))),
        ),
        Mistake(
            "all layers have the scale of the first: n_in differs from layer to layer, "
            "so compute the scale inside the loop",
            lambda sizes, rng, alpha: [
                (W * np.sqrt(len(W) / sizes[0]), b) for W, b in my_he(sizes, rng, alpha)
            ],
        ),
    ],
    _start_measure(uniform=False),
    _start_tolerance,
)


def my_glorot(sizes, rng):
    layers = []
    for n_in, n_out in itertools.pairwise(sizes):
        r = np.sqrt(6 / (n_in + n_out))
        layers.append((rng.uniform(-r, r, (n_in, n_out)), np.zeros(n_out)))
    return layers


_glorot = Exercise(
    "02_initialization",
    my_glorot,
    [(sizes, None) for sizes in _START_SIZES],
    [
        *_start_mistakes(my_glorot),
        Mistake(
            "r counts n_in only: Glorot takes the sum n_in + n_out",
            _start(lambda n_in, n_out, alpha: np.sqrt(6 / n_in)),
        ),
        Mistake(
            "r counts n_out only: Glorot takes the sum n_in + n_out",
            _start(lambda n_in, n_out, alpha: np.sqrt(6 / n_out)),
        ),
        Mistake(
            "the square root of r is missing",
            _start(lambda n_in, n_out, alpha: 6 / (n_in + n_out)),
        ),
        Mistake(
            "this has the variance 2 / (n_in + n_out) as the bound: the bound is "
            "sqrt(6 / (n_in + n_out))",
            _start(lambda n_in, n_out, alpha: 2 / (n_in + n_out)),
        ),
        Mistake(
            "the bound is too small by the square root of 3: sqrt(2 / (n_in + n_out)) "
            "is the standard deviation, the bound has a 6",
            _start(lambda n_in, n_out, alpha: np.sqrt(2 / (n_in + n_out))),
        ),
        Mistake(
            "the numbers lie between 0 and r, all on one side: the lower bound is -r",
            _start(
                lambda n_in, n_out, alpha: np.sqrt(6 / (n_in + n_out)),
                arguments=(0, 1),
            ),
        ),
        Mistake(
            "the standard deviation is right, but these are normal numbers: take "
            "rng.uniform with the bounds -r and r",
            _start(
                lambda n_in, n_out, alpha: np.sqrt(2 / (n_in + n_out)),
                _normal_draw,
                (0, 1),
            ),
        ),
        Mistake(
            "these are normal numbers with r as their standard deviation: r is a bound; "
            "take rng.uniform",
            _start(
                lambda n_in, n_out, alpha: np.sqrt(6 / (n_in + n_out)),
                _normal_draw,
                (0, 1),
            ),
        ),
        Mistake(
            "brackets: `6 / n_in + n_out` divides by n_in and then adds n_out; write "
            "6 / (n_in + n_out)",
            _start(lambda n_in, n_out, alpha: np.sqrt(6 / n_in + n_out)),
        ),
        Mistake(
            "r is a product where it should be a sum: n_in + n_out",
            _start(lambda n_in, n_out, alpha: np.sqrt(6 / (n_in * n_out))),
        ),
        Mistake(
            "all layers have the bound of the first: n_in and n_out differ from layer "
            "to layer, so compute r inside the loop",
            lambda sizes, rng: [
                (W * np.sqrt(sum(W.shape) / sum(sizes[:2])), b)
                for W, b in my_glorot(sizes, rng)
            ],
        ),
    ],
    _start_measure(uniform=True),
    _start_tolerance,
)


# 3. Forward


def my_forward_one(params, x, f):
    a = x
    for W, b in params:
        a = f(a @ W + b)
    return a


def my_forward(params, X, f):
    A, Z = [X], []
    for W, b in params:
        Z.append(A[-1] @ W + b)
        A.append(f(Z[-1]))
    return A, Z


def _lists(params, X, f, layer):
    """A forward pass with ``layer(a, W, b) -> z, a``; its a goes on."""
    A, Z = [X], []
    for W, b in params:
        z, a = layer(A[-1], W, b)
        Z.append(z)
        A.append(a)
    return A, Z


def _without_last_f(params, X, f):
    A, Z = my_forward(params, X, f)
    return [*A[:-1], Z[-1]], Z


def _with_last_f_only(params, X, f):
    A, Z = my_forward(params, X, lambda z: z)
    return [*A[:-1], f(Z[-1])], Z


# Each takes params, the input and f, and returns A and Z.
_WRONG_FORWARDS = [
    Mistake(
        "W is transposed: a row of W belongs to an input, a column to a unit, so `a @ W` "
        "fits as it is; with layers that aren't square, W.T does not fit at all",
        lambda params, X, f: my_forward([(W.T, b) for W, b in params], X, f),
    ),
    Mistake(
        "each layer starts again from the input: use what the layer before gave",
        lambda params, X, f: _lists(
            params, X, f, lambda a, W, b: (X @ W + b, f(X @ W + b))
        ),
    ),
    Mistake(
        "it takes 4 layers, and networks have other numbers of layers, too: "
        "`for W, b in params` walks through all of them",
        lambda params, X, f: my_forward([params[i] for i in range(4)], X, f),
    ),
    Mistake(
        "f is applied at the end only: each layer has its own, and its result goes into "
        "the next layer",
        _with_last_f_only,
    ),
    Mistake(
        "the bias is missing: z is a @ W + b",
        lambda params, X, f: my_forward([(W, 0 * b) for W, b in params], X, f),
    ),
    Mistake(
        "the bias is added after the activation: it belongs inside, f(a @ W + b)",
        lambda params, X, f: _lists(
            params, X, f, lambda a, W, b: (a @ W, f(a @ W) + b)
        ),
    ),
    Mistake(
        "the bias is subtracted: look at the sign",
        lambda params, X, f: my_forward([(W, -b) for W, b in params], X, f),
    ),
    Mistake(
        "the last layer has no activation: in this course every layer has one, the last "
        "too",
        _without_last_f,
    ),
    Mistake(
        "the activation is missing: without f all layers together are one straight line",
        lambda params, X, f: my_forward(params, X, lambda z: z),
    ),
    Mistake(
        "f is not used: it takes the leaky ReLU of the original notebook, whatever f is",
        lambda params, X, f: my_forward(params, X, _LEAKY.f),
    ),
    Mistake(
        "f is applied twice in each layer: once is enough",
        lambda params, X, f: my_forward(params, X, lambda z: f(f(z))),
    ),
]


def _forward_cases(*shape):
    """Networks of several sizes, with inputs of the shape (*shape, n_in)."""
    activations = itertools.cycle([_LEAKY.f, _TANH.f, _RELU.f])
    return [
        (
            _network(seed, *sizes),
            _normal(seed + 50, *shape, sizes[0]),
            next(activations),
        )
        for seed, sizes in enumerate(_SIZES)
    ]


_forward_one = Exercise(
    "03_forward",
    my_forward_one,
    [
        *_forward_cases(),
        (_network(8, 2, 3, 1), np.array([0, 1]), _LEAKY.f),  # whole numbers
        (_network(9, 3, 3, 3), np.zeros(3), _TANH.f),
    ],
    [
        *(
            Mistake(
                words,
                lambda params, x, f, forward=forward: forward(params, x, f)[0][-1],
            )
            for words, forward in _WRONG_FORWARDS
        ),
        Mistake(
            "the numbers are right, but in a matrix of one row: one sample goes in as "
            "(n_in,) and comes out as (n_out,)",
            lambda params, x, f: my_forward_one(params, x, f)[None, :],
        ),
        Mistake(
            "it stops after the first layer: is the return inside the loop?",
            lambda params, x, f: my_forward_one(params[:1], x, f),
        ),
        Mistake(
            "it adds up all outputs into one number: a @ W gives one for each unit",
            lambda params, x, f: my_forward_one(params, x, f).sum(),
        ),
    ],
    _one_call(array_form),
)


def _swapped(function):
    return lambda *args: function(*args)[::-1]


_forward = Exercise(
    "03_forward",
    my_forward,
    [*_forward_cases(1)[:4], *_forward_cases(4), *_forward_cases(3)[4:6]],
    [
        *_WRONG_FORWARDS,
        Mistake("A and Z are swapped: return A, Z", _swapped(my_forward)),
        Mistake(
            "A lacks the input: it starts with X, since backprop needs what went into "
            "the first layer",
            lambda params, X, f: (
                my_forward(params, X, f)[0][1:],
                *my_forward(params, X, f)[1:],
            ),
        ),
        Mistake(
            "Z holds the activations: append z before f is applied, or before it "
            "changes z in place",
            lambda params, X, f: (
                my_forward(params, X, f)[0],
                my_forward(params, X, f)[0][1:],
            ),
        ),
        Mistake(
            "z goes on to the next layer in place of a: what goes into a layer is A[-1], "
            "after the activation",
            lambda params, X, f: (
                [X, *map(f, my_forward(params, X, lambda z: z)[1])],
                my_forward(params, X, lambda z: z)[1],
            ),
        ),
        Mistake(
            "the batch is summed or averaged: each sample keeps its own row",
            lambda params, X, f: my_forward(params, X.mean(axis=0, keepdims=True), f),
        ),
    ],
    _one_call(lists_form("A", "Z")),
    large=(_network(30, 2, 2, 1), _normal(31, 40_000, 2), _TANH.f),
)


def my_loss(Y_hat, Y):
    return 0.5 * np.sum((Y_hat - Y) ** 2) / len(Y)


_SHAPES = [(1, 1), (3, 1), (1, 3), (2, 2), (4, 2), (3, 3), (2, 5)]
_LOSS_CASES = [
    (np.array([[3.0]]), np.array([[1.0]])),
    *((_normal(60 + i, *s), _normal(70 + i, *s)) for i, s in enumerate(_SHAPES)),
    (np.array([[1], [4]]), np.array([[2], [0]])),  # whole numbers
    (np.array([[1.0], [2.0]]), np.array([[1.0], [2.0]])),  # no error at all
]
_LOSS_MANY = _normal(80, 100_000, 2), _normal(81, 100_000, 2)

_loss = Exercise(
    "03_forward",
    my_loss,
    _LOSS_CASES,
    [
        Mistake(
            "it is twice too large: the half is missing",
            lambda Y_hat, Y: np.sum((Y_hat - Y) ** 2) / len(Y),
        ),
        Mistake(
            "1/n is missing: the loss is averaged over the samples",
            lambda Y_hat, Y: 0.5 * np.sum((Y_hat - Y) ** 2),
        ),
        Mistake(
            "it divides by 4, however many samples there are: their number is len(Y)",
            lambda Y_hat, Y: 0.5 * np.sum((Y_hat - Y) ** 2) / 4,
        ),
        Mistake(
            "the half and 1/n are both missing",
            lambda Y_hat, Y: np.sum((Y_hat - Y) ** 2),
        ),
        Mistake(
            "1/n is there twice: .mean() has divided by n already, or the sum was "
            "divided two times",
            lambda Y_hat, Y: 0.5 * np.sum((Y_hat - Y) ** 2) / len(Y) ** 2,
        ),
        Mistake(
            "with several outputs it is too small: .mean() divides by the outputs, too; "
            "sum over the outputs, average over the samples",
            lambda Y_hat, Y: 0.5 * np.mean((Y_hat - Y) ** 2),
        ),
        Mistake(
            "this is the mean of all squares: the half is missing, and .mean() divides "
            "by the outputs, too",
            lambda Y_hat, Y: np.mean((Y_hat - Y) ** 2),
        ),
        Mistake(
            "it divides by the number of outputs: the samples are the rows, len(Y)",
            lambda Y_hat, Y: 0.5 * np.sum((Y_hat - Y) ** 2) / Y.shape[1],
        ),
        Mistake(
            "it adds up before it squares, so that errors of opposite sign cancel: "
            "square first",
            lambda Y_hat, Y: 0.5 * np.sum(Y_hat - Y) ** 2 / len(Y),
        ),
        Mistake(
            "the square is missing: it takes the absolute error",
            lambda Y_hat, Y: 0.5 * np.sum(abs(Y_hat - Y)) / len(Y),
        ),
        Mistake(
            "the square is missing: errors of opposite sign cancel",
            lambda Y_hat, Y: 0.5 * np.sum(Y_hat - Y) / len(Y),
        ),
        Mistake(
            "there is a square root too many",
            lambda Y_hat, Y: np.sqrt(0.5 * np.sum((Y_hat - Y) ** 2) / len(Y)),
        ),
        Mistake(
            "it gives one loss for each sample: average them into one number",
            lambda Y_hat, Y: 0.5 * np.sum((Y_hat - Y) ** 2, axis=1),
        ),
        Mistake(
            "it gives one loss for each output: add them up into one number",
            lambda Y_hat, Y: 0.5 * np.mean((Y_hat - Y) ** 2, axis=0),
        ),
        Mistake(
            "look at the sign: a sum of squares is never negative",
            lambda Y_hat, Y: -0.5 * np.sum((Y_hat - Y) ** 2) / len(Y),
        ),
        Mistake(
            "look at the sign between prediction and target: the error is their "
            "difference",
            lambda Y_hat, Y: 0.5 * np.sum((Y_hat + Y) ** 2) / len(Y),
        ),
    ],
    _one_call(array_form),
    large=_LOSS_MANY,
)


# 4. Backprop


def my_loss_slope(Y_hat, Y):
    return (Y_hat - Y) / len(Y)


_loss_slope = Exercise(
    "04_backprop",
    my_loss_slope,
    _LOSS_CASES,
    [
        Mistake(
            "1/n is missing: the loss is averaged over the samples, so its slope is, too",
            lambda Y_hat, Y: (Y_hat - Y) * 1.0,
        ),
        Mistake(
            "1/n is there twice: divide by len(Y) once",
            lambda Y_hat, Y: (Y_hat - Y) / len(Y) ** 2,
        ),
        Mistake(
            "look at the sign: where the prediction is too large, the loss grows with "
            "it, and the slope is positive: Y_hat - Y",
            lambda Y_hat, Y: (Y - Y_hat) / len(Y),
        ),
        Mistake(
            "look at the sign, and at 1/n: the slope is positive where the prediction "
            "is too large, and the loss is an average over the samples",
            lambda Y_hat, Y: (Y - Y_hat) * 1.0,
        ),
        Mistake(
            "it divides by the outputs, too: len(Y) counts the samples, Y.size counts "
            "all numbers",
            lambda Y_hat, Y: (Y_hat - Y) / Y.size,
        ),
        Mistake(
            "it divides by the number of outputs: the samples are the rows, len(Y)",
            lambda Y_hat, Y: (Y_hat - Y) / Y.shape[1],
        ),
        Mistake(
            "it is twice too large: the 2 of the square and the half cancel",
            lambda Y_hat, Y: 2 * (Y_hat - Y) / len(Y),
        ),
        Mistake(
            "it is half too small: the half and the 2 of the square cancel",
            lambda Y_hat, Y: 0.5 * (Y_hat - Y) / len(Y),
        ),
        Mistake(
            "this is the loss of each output, not its slope: the slope of a square is "
            "not a square",
            lambda Y_hat, Y: 0.5 * (Y_hat - Y) ** 2 / len(Y),
        ),
        Mistake(
            "the sign of the error is lost: no absolute value here",
            lambda Y_hat, Y: abs(Y_hat - Y) / len(Y),
        ),
        Mistake(
            "the samples are added up: each keeps its own row, in the shape of Y_hat",
            lambda Y_hat, Y: (Y_hat - Y).mean(axis=0),
        ),
        Mistake(
            "it gives one number: each output of each sample has its own slope, in the "
            "shape of Y_hat",
            lambda Y_hat, Y: (Y_hat - Y).sum() / len(Y),
        ),
    ],
    _one_call(array_form),
    large=_LOSS_MANY,
)


def my_layer_backward(A, Z, W, dA, slope):
    dZ = dA * slope(Z)
    return A.T @ dZ, dZ.sum(axis=0), dZ @ W.T


class _Layer(NamedTuple):
    """Backprop through one layer, in steps, so that each can be replaced by a wrong one.

    Every step is a function of a dict with A, Z, W, dA, slope, and what was made before.
    """

    dZ: Callable = lambda v: v["dA"] * v["slope"](v["Z"])
    dW: Callable = lambda v: v["A"].T @ v["dZ"]
    db: Callable = lambda v: v["dZ"].sum(axis=0)
    before: Callable = lambda v: v["dZ"] @ v["W"].T

    def one(self, A, Z, W, dA, slope):
        """As `my_layer_backward`."""
        v = {"A": A, "Z": Z, "W": W, "dA": dA, "slope": slope}
        v["dZ"] = self.dZ(v)
        return self.dW(v), self.db(v), self.before(v)

    def all(self, params, A, Z, dA, slope):
        """As `my_backprop`."""
        grads = []
        for i in reversed(range(len(params))):
            dW, db, dA = self.one(A[i], Z[i], params[i][0], dA, slope)
            grads.insert(0, (dW, db))
        return grads


# Words, and a layer with that mistake: they serve one layer and all.
_WRONG_LAYERS = [
    Mistake(
        "the slope is missing: step 1 is dZ = dA * slope(Z)",
        _Layer(dZ=lambda v: v["dA"] * 1.0),
    ),
    Mistake(
        "the slope is taken from the activation: slope takes z, so it is slope(Z); an "
        "activation that falls and rises again does not tell which z it came from",
        _Layer(dZ=lambda v: v["dA"] * v["slope"](_LEAKY.f(v["Z"]))),
    ),
    Mistake(
        "the slope is taken at A, which went into the layer: it is slope(Z)",
        _Layer(dZ=lambda v: v["dA"] * v["slope"](v["A"])),
    ),
    Mistake(
        "dA is multiplied by Z, not by the slope at Z",
        _Layer(dZ=lambda v: v["dA"] * v["Z"]),
    ),
    Mistake(
        "slope(Z) is applied twice: once, in dZ, is enough",
        _Layer(dZ=lambda v: v["dA"] * v["slope"](v["Z"]) ** 2),
    ),
    Mistake(
        "look at the sign of dZ: no minus stands in backprop; the minus comes with the "
        "step downhill",
        _Layer(dZ=lambda v: -v["dA"] * v["slope"](v["Z"])),
    ),
    Mistake(
        "W must be transposed on the way back: dZ @ W.T, (n, n_out) @ (n_out, n_in); "
        "with layers that aren't square, W does not fit at all",
        _Layer(before=lambda v: v["dZ"] @ v["W"]),
    ),
    Mistake(
        "W.reshape is not W.T: it has the right shape, but the numbers stand elsewhere",
        _Layer(before=lambda v: v["dZ"] @ v["W"].reshape(v["W"].shape[::-1])),
    ),
    Mistake(
        "what goes back lacks the slope: pass on dZ @ W.T, not dA @ W.T",
        _Layer(before=lambda v: v["dA"] @ v["W"].T),
    ),
    Mistake(
        "W was updated before its gradient was passed on: the slope must go back through "
        "the W that the forward pass used",
        _Layer(before=lambda v: v["dZ"] @ (v["W"] - 0.2 * v["A"].T @ v["dZ"]).T),
    ),
    Mistake(
        "dW lacks the slope: use dZ, not dA",
        _Layer(dW=lambda v: v["A"].T @ v["dA"]),
    ),
    Mistake(
        "dW is transposed: it must have the shape of W, A.T @ dZ",
        _Layer(dW=lambda v: v["dZ"].T @ v["A"]),
    ),
    Mistake(
        "1/n is there twice: the slope of the loss has it already, so the sums here are "
        "not divided again",
        _Layer(
            dW=lambda v: v["A"].T @ v["dZ"] / len(v["A"]),
            db=lambda v: v["dZ"].mean(axis=0),
        ),
    ),
    Mistake(
        "dW is divided by n once more: the slope of the loss has the 1/n already",
        _Layer(dW=lambda v: v["A"].T @ v["dZ"] / len(v["A"])),
    ),
    Mistake(
        "db is the mean over the samples: it is their sum, as in A.T @ dZ; the 1/n is "
        "already in the slope of the loss",
        _Layer(db=lambda v: v["dZ"].mean(axis=0)),
    ),
    Mistake(
        "db is summed over the wrong axis: samples are rows, so sum down the columns, "
        "axis=0, and one number is left for each unit",
        _Layer(db=lambda v: v["dZ"].sum(axis=1)),
    ),
    Mistake(
        "db is not summed over the samples: b has one number for each unit, and so has "
        "db: dZ.sum(axis=0)",
        _Layer(db=lambda v: v["dZ"] * 1.0),
    ),
    Mistake(
        "db has the shape (1, n_out), and b is (n_out,): leave out keepdims",
        _Layer(db=lambda v: v["dZ"].sum(axis=0, keepdims=True)),
    ),
    Mistake(
        "db is one number for all units: .sum() needs axis=0",
        _Layer(db=lambda v: v["dZ"].sum()),
    ),
    Mistake(
        "db lacks the slope: sum dZ, not dA",
        _Layer(db=lambda v: v["dA"].sum(axis=0)),
    ),
]


def _layer_case(seed, n, n_in, n_out, slope):
    return (
        _normal(seed, n, n_in),
        _normal(seed + 1, n, n_out),
        _normal(seed + 2, n_in, n_out),
        _normal(seed + 3, n, n_out),
        slope,
    )


_layer_backward = Exercise(
    "04_backprop",
    my_layer_backward,
    [
        _layer_case(100, 1, 2, 1, _LEAKY.slope),
        _layer_case(110, 1, 2, 2, _LEAKY.slope),
        _layer_case(120, 2, 2, 2, _TANH.slope),
        _layer_case(130, 3, 2, 1, _LEAKY.slope),
        _layer_case(140, 2, 1, 3, _LEAKY.slope),
        _layer_case(150, 3, 3, 3, _LEAKY.slope),
        _layer_case(160, 4, 3, 2, _TANH.slope),
        _layer_case(170, 5, 2, 4, _RELU.slope),
        (
            np.array([[1, 0], [2, 1]]),  # whole numbers, and z = 0
            np.array([[0, 1], [-1, 0]]),
            np.array([[1, 2], [-3, 0]]),
            np.array([[1, 1], [2, -1]]),
            _LEAKY.slope,
        ),
    ],
    [
        *(Mistake(words, layer.one) for words, layer in _WRONG_LAYERS),
        Mistake(
            "the three results are in another order: return dW, db, dA_before",
            lambda A, Z, W, dA, slope: tuple(
                my_layer_backward(A, Z, W, dA, slope)[i] for i in (1, 0, 2)
            ),
        ),
        Mistake(
            "the three results are in another order: dA_before is the last",
            lambda A, Z, W, dA, slope: tuple(
                my_layer_backward(A, Z, W, dA, slope)[i] for i in (2, 0, 1)
            ),
        ),
    ],
    _one_call(tuple_form("dW", "db", "dA_before")),
    changed=(
        "it changes {names} in place: `dA *= ...` and `W -= ...` write into the caller's "
        "array, and the layer before still needs it; make a new one"
    ),
    large=_layer_case(180, 30_000, 2, 2, _TANH.slope),
)


def my_backprop(params, A, Z, dA, slope):
    grads = []
    for i in reversed(range(len(params))):
        W, _ = params[i]
        dZ = dA * slope(Z[i])
        grads.insert(0, (A[i].T @ dZ, dZ.sum(axis=0)))
        dA = dZ @ W.T
    return grads


def _backprop_case(seed, n, sizes, activation):
    """All arguments fit together, as a forward pass makes them."""
    params = _network(seed, *sizes)
    A, Z = my_forward(params, _normal(seed + 1, n, sizes[0]), activation.f)
    return params, A, Z, _normal(seed + 2, n, sizes[-1]), activation.slope


def _same_slope_for_all(params, A, Z, dA, slope):
    return [
        my_layer_backward(A[i], Z[i], params[i][0], dA, slope)[:2]
        for i in range(len(params))
    ]


def _wrong_index(params, A, Z, dA, slope, activation=0, weights=0, sums=0):
    """Backprop that takes A, W or Z of the layer so many places further on."""
    grads, last = [], len(params) - 1
    for i in reversed(range(len(params))):
        j, k = max(i + weights, 0), min(max(i + sums, 0), last)
        dZ = dA * slope(Z[k])
        grads.insert(0, (A[i + activation].T @ dZ, dZ.sum(axis=0)))
        dA = dZ @ params[j][0].T
    return grads


def _last_layer_without_slope(params, A, Z, dA, slope):
    grads, last = [], len(params) - 1
    for i in reversed(range(len(params))):
        dZ = dA * (1.0 if i == last else slope(Z[i]))
        grads.insert(0, (A[i].T @ dZ, dZ.sum(axis=0)))
        dA = dZ @ params[i][0].T
    return grads


_backprop = Exercise(
    "04_backprop",
    my_backprop,
    [
        _backprop_case(200, 1, (2, 1), _LEAKY),
        _backprop_case(210, 3, (2, 1), _LEAKY),
        _backprop_case(220, 1, (2, 2, 2), _LEAKY),
        _backprop_case(225, 2, (2, 2, 2), _TANH),
        _backprop_case(230, 2, (3, 2, 1), _LEAKY),
        _backprop_case(240, 3, (3, 3, 3, 3), _TANH),
        _backprop_case(250, 4, (2, 3, 3, 2, 1), _LEAKY),
        _backprop_case(260, 4, (4, 2, 5, 3), _TANH),
        _backprop_case(270, 6, (2, 3, 1), _RELU),
    ],
    [
        *(Mistake(words, layer.all) for words, layer in _WRONG_LAYERS),
        Mistake(
            "the gradients come in the order in which they were made, the last layer "
            "first: return them in the order of params",
            _swapped(my_backprop),
        ),
        Mistake(
            "every layer gets the slope of the loss at the output: hand what comes out "
            "of one layer's step to the layer before, dA = dZ @ W.T",
            _same_slope_for_all,
        ),
        Mistake(
            "dW is made with what came out of the layer: it needs what went in, A[i]; A "
            "starts with X, so A[i + 1] is the output of layer i",
            lambda *args: _wrong_index(*args, activation=1),
        ),
        Mistake(
            "the slope goes back through the W of the layer before: use this layer's "
            "own W",
            lambda *args: _wrong_index(*args, weights=-1),
        ),
        Mistake(
            "the slope of each layer is taken at the Z of the layer before: Z[i] belongs "
            "to layer i",
            lambda *args: _wrong_index(*args, sums=-1),
        ),
        Mistake(
            "the last layer's slope is missing: it has an activation, too",
            _last_layer_without_slope,
        ),
        Mistake(
            "only the last layer is there: go on to layer 0",
            lambda *args: my_backprop(*args)[-1:],
        ),
    ],
    _one_call(layers_form("dW", "db")),
    changed=(
        "it changes {names} in place: backprop only computes gradients; a W that is "
        "updated before its gradient was passed on sends a wrong slope back, and "
        "`dA *= ...` writes into the caller's array"
    ),
)


def my_numeric_gradient(loss_of, w, h=1e-5):
    gradient = np.zeros(w.shape)
    for index in np.ndindex(w.shape):
        up, down = w.astype(float), w.astype(float)  # two copies
        up[index] += h
        down[index] -= h
        gradient[index] = (loss_of(up) - loss_of(down)) / (2 * h)
    return gradient


def _square(w):
    return float(np.sum(w**2))


def _cubes(w):
    """Every entry has its own slope, and the slope bends: then h counts."""
    return float(np.sum(np.arange(1, w.size + 1) * w.ravel() ** 3))


def _mixed(w):
    """An entry's slope depends on the others, too."""
    return float(np.sum(np.sin(w)) + np.prod(w))


def _steep(w):
    return float(1000 * np.sum(w**3))


_FUNCTION_NAMES.update(
    {
        _square: "the sum of w ** 2",
        _cubes: "1 * w0 ** 3 + 2 * w1 ** 3 + ...",
        _mixed: "the sum of sin(w), plus the product of all w",
        _steep: "1000 times the sum of w ** 3",
    }
)


def _differences(one, gap=lambda h: 2 * h, copy=lambda w: w.astype(float)):
    """A numeric gradient out of ``one(loss_of, w, index, h)``, a difference of losses."""

    def gradient(loss_of, w, h=1e-5):
        result = np.zeros(w.shape)
        for index in np.ndindex(w.shape):
            result[index] = one(loss_of, copy(w), index, h) / gap(h)
        return result

    return gradient


def _moved(w, index, h):
    w = w.copy()
    w[index] += h
    return w


def _central(loss_of, w, index, h):
    return loss_of(_moved(w, index, h)) - loss_of(_moved(w, index, -h))


def _forward_difference(loss_of, w, index, h):
    return loss_of(_moved(w, index, h)) - loss_of(w)


def _backward_difference(loss_of, w, index, h):
    return loss_of(w) - loss_of(_moved(w, index, -h))


def _leaves_w_changed(loss_of, w, index, h):
    w[index] += h
    above = loss_of(w)
    w[index] -= 2 * h
    return above - loss_of(w)


_numeric_gradient = Exercise(
    "04_backprop",
    my_numeric_gradient,
    [
        (_square, np.array([3.0])),
        (_cubes, np.array([1.0, -2.0])),
        (_cubes, np.array([1.0, -2.0, 0.5]), 0.1),
        (_mixed, np.array([[0.5, -1.0], [2.0, 1.5]])),
        (_mixed, np.array([[0.5, -1.0, 1.0], [2.0, 1.5, -0.5]]), 1e-4),
        (_square, np.array([[0.0], [1.0], [-2.0]])),
        (_mixed, np.array([[1, -2], [0, 3]])),  # whole numbers
        (_steep, np.array([0.0, 1.0])),
        (_cubes, np.array([[[1.0, 2.0]], [[-1.0, 0.0]]])),
    ],
    [
        Mistake(
            "the difference is one-sided, loss(w + h) - loss(w): its error shrinks with "
            "h only; take loss(w + h) - loss(w - h), over 2 h",
            _differences(_forward_difference, lambda h: h),
        ),
        Mistake(
            "the difference is one-sided, loss(w) - loss(w - h): its error shrinks with "
            "h only; take loss(w + h) - loss(w - h), over 2 h",
            _differences(_backward_difference, lambda h: h),
        ),
        Mistake(
            "it is twice too large: from w - h to w + h it is 2 h, so divide by 2 h",
            _differences(_central, lambda h: h),
        ),
        Mistake(
            "it is half too small: the difference is one-sided, but divided by 2 h",
            _differences(_forward_difference),
        ),
        Mistake(
            "brackets: `/ 2 * h` divides by 2 and multiplies by h; write / (2 * h)",
            _differences(_central, lambda h: 2 / h),
        ),
        Mistake(
            "it is not divided by the distance 2 h",
            _differences(_central, lambda h: 1),
        ),
        Mistake(
            "look at the sign: loss(w + h) comes first, then loss(w - h) is subtracted",
            _differences(_central, lambda h: -2 * h),
        ),
        Mistake(
            "h is not used: it takes 1e-5, whatever h is",
            lambda loss_of, w, h=1e-5: my_numeric_gradient(loss_of, w),
        ),
        Mistake(
            "all entries are moved at once: move one entry, and put the slope in its "
            "place; the others stay",
            lambda loss_of, w, h=1e-5: np.full(
                w.shape, (loss_of(w + h) - loss_of(w - h)) / (2 * h)
            ),
        ),
        Mistake(
            "it is right for floats, but an array of whole numbers drops the h when you "
            "add it: start from w.astype(float), which is a copy, too",
            _differences(_central, copy=lambda w: w.copy()),
        ),
        Mistake(
            "the slopes lose their decimals: np.zeros_like(w) holds whole numbers if w "
            "does; take np.zeros(w.shape)",
            lambda loss_of, w, h=1e-5: my_numeric_gradient(loss_of, w, h).astype(
                w.dtype
            ),
        ),
        Mistake(
            "the numbers are right, but flat: give them the shape of w",
            lambda loss_of, w, h=1e-5: my_numeric_gradient(loss_of, w, h).ravel(),
        ),
        Mistake(
            "each entry is left moved when the next one's turn comes: start every time "
            "from a fresh copy of w",
            lambda loss_of, w, h=1e-5: _differences(
                _leaves_w_changed, copy=lambda same: same
            )(loss_of, w.astype(float), h),
        ),
        Mistake(
            "w is left changed: move a copy of it, or put each entry back before you go "
            "on",
            lambda loss_of, w, h=1e-5: _differences(
                _leaves_w_changed, copy=lambda same: same
            )(loss_of, w, h),
        ),
    ],
    _one_call(array_form),
    tolerance=lambda name: (0.0, 1e-6),
    changed=(
        "{names} is left changed: move a copy of it, or put each entry back before you "
        "go on"
    ),
)


# 5. The sum task


def my_step(params, grads, learning_rate):
    new = []
    for (W, b), (dW, db) in zip(params, grads):
        new.append((W - learning_rate * dW, b - learning_rate * db))
    return new


def _steps(change_W, change_b=None):
    """A step out of ``change(array, gradient, learning_rate)`` for W and for b."""
    change_b = change_b or change_W
    return lambda params, grads, learning_rate: [
        (change_W(W, dW, learning_rate), change_b(b, db, learning_rate))
        for (W, b), (dW, db) in zip(params, grads)
    ]


def _downhill(array, gradient, learning_rate):
    return array - learning_rate * gradient


def _stay(array, gradient, learning_rate):
    return array * 1.0


_step = Exercise(
    "05_sum_task",
    my_step,
    [
        (_network(seed, *sizes), _network(seed + 20, *sizes), rate)
        for seed, (sizes, rate) in enumerate(
            zip(_SIZES, itertools.cycle([0.2, 0.5, 1.0, 0.01])), start=300
        )
    ],
    [
        Mistake(
            "look at the sign: the gradient points uphill, so the step subtracts it",
            _steps(lambda p, dp, rate: p + rate * dp),
        ),
        Mistake(
            "the learning rate is left out: the step is the learning rate times the "
            "gradient",
            _steps(lambda p, dp, rate: p - dp),
        ),
        Mistake(
            "it divides by the learning rate: multiply",
            _steps(lambda p, dp, rate: p - dp / rate),
        ),
        Mistake(
            "the learning rate is fixed at 0.2: use the argument",
            _steps(lambda p, dp, rate: p - 0.2 * dp),
        ),
        Mistake(
            "the biases stay as they are: they learn, too", _steps(_downhill, _stay)
        ),
        Mistake(
            "the weights stay as they are: only b learns", _steps(_stay, _downhill)
        ),
        Mistake(
            "this is the step alone: subtract it from the old parameters",
            _steps(lambda p, dp, rate: rate * dp),
        ),
        Mistake(
            "this is the step alone: add it to the old parameters",
            _steps(lambda p, dp, rate: -rate * dp),
        ),
        Mistake(
            "nothing has changed: return the new arrays, not the old ones",
            _steps(_stay),
        ),
        Mistake(
            "brackets: the learning rate multiplies the gradient only, not W - dW",
            _steps(lambda p, dp, rate: rate * (p - dp)),
        ),
        Mistake(
            "only the last layer is there: append inside the loop, return after it",
            lambda *args: my_step(*args)[-1:],
        ),
    ],
    _one_call(layers_form()),
    changed=(
        "it changes {names} in place: `W -= ...` writes into the caller's array, and the "
        "network before the step is lost; `W - ...` makes a new one"
    ),
)


def my_train(params, X, Y, samples, learning_rate):
    losses = []
    for rows in samples:
        loss, grads = mlp.loss_and_grads(params, X[rows], Y[rows])
        losses.append(loss)
        params = mlp.sgd_step(params, grads, learning_rate)
    return params, losses


def _training(pick=lambda X, Y, rows: (X[rows], Y[rows]), factor=1.0, keep=True):
    """A training loop with another choice of rows, another step, or no memory."""

    def train(params, X, Y, samples, learning_rate):
        losses = []
        for rows in samples:
            loss, grads = mlp.loss_and_grads(params, *pick(X, Y, rows))
            losses.append(loss)
            new = mlp.sgd_step.unchecked(params, grads, factor * learning_rate)
            params = new if keep else params
        return params, losses

    return train


def _loss_after(params, X, Y, samples, learning_rate):
    losses = []
    for rows in samples:
        _, grads = mlp.loss_and_grads(params, X[rows], Y[rows])
        params = mlp.sgd_step(params, grads, learning_rate)
        losses.append(mlp.loss_and_grads(params, X[rows], Y[rows])[0])
    return params, losses


def _train_case(seed, sizes, steps, batch, rate):
    X = mlp.SUM.X.copy() if sizes[0] == 2 else _normal(seed + 1, 6, sizes[0])
    Y = mlp.SUM.Y.copy() if sizes[:: len(sizes) - 1] == (2, 1) else None
    if Y is None:
        Y = _normal(seed + 2, len(X), sizes[-1])
    rng = np.random.default_rng(seed + 3)
    samples = rng.integers(0, len(X), (steps, batch))
    return _network(seed, *sizes), X, Y, samples, rate


_train = Exercise(
    "05_sum_task",
    my_train,
    [
        _train_case(400, (2, 1), 1, 1, 0.2),
        _train_case(410, (2, 1), 3, 1, 0.1),
        _train_case(420, (2, 3, 1), 5, 1, 0.05),
        _train_case(430, (2, 3, 3, 2, 1), 20, 1, 0.02),
        _train_case(440, (2, 2, 1), 6, 3, 0.05),
        _train_case(450, (3, 4, 2), 8, 2, 0.01),
        _train_case(460, (2, 3, 1), 1, 4, 0.3),
    ],
    [
        Mistake(
            "it goes uphill: look at the sign of the step",
            _training(factor=-1.0),
        ),
        Mistake(
            "the samples are not used: each step takes X[rows] and Y[rows] only, with "
            "its own rows",
            _training(lambda X, Y, rows: (X, Y)),
        ),
        Mistake(
            "each step uses only the first of its rows: X[rows] takes them all",
            _training(lambda X, Y, rows: (X[rows[:1]], Y[rows[:1]])),
        ),
        Mistake(
            "the new parameters are thrown away, so nothing is learned: write "
            "params = mlp.sgd_step(...)",
            _training(keep=False),
        ),
        Mistake(
            "the losses are those after the update: take each before its step",
            _loss_after,
        ),
        Mistake(
            "the learning rate is fixed at 0.2: use the argument",
            lambda params, X, Y, samples, rate: my_train(params, X, Y, samples, 0.2),
        ),
        Mistake(
            "it stops after the first step: is the return inside the loop?",
            lambda params, X, Y, samples, rate: my_train(
                params, X, Y, samples[:1], rate
            ),
        ),
        Mistake(
            "losses is the last loss only: append each to a list",
            lambda *args: (my_train(*args)[0], my_train(*args)[1][-1]),
        ),
        Mistake(
            "the two results are swapped: return params, losses",
            _swapped(my_train),
        ),
        Mistake(
            "losses is one average: keep the loss of each step",
            lambda *args: (my_train(*args)[0], np.mean(my_train(*args)[1])),
        ),
        Mistake(
            "the samples are taken in the order of the data: the rows of a step stand "
            "in samples",
            lambda params, X, Y, samples, rate: my_train(
                params,
                X,
                Y,
                np.arange(samples.size).reshape(samples.shape) % len(X),
                rate,
            ),
        ),
    ],
    _one_call(training_form),
    changed=(
        "it changes {names} in place, so that you can't start again from the same place: "
        "`W -= ...` writes into the caller's array; mlp.sgd_step makes new ones"
    ),
)


def smallest_sizes():
    return (2, 1)


def _sizes_form(result):
    if isinstance(result, np.ndarray):
        result = result.tolist()
    if not isinstance(result, (list, tuple)):
        raise Odd(
            f"it returns {_kind(result)}; return the sizes, such as (2, 3, 3, 2, 1)"
        )
    if not all(isinstance(n, (int, np.integer)) and n is not True for n in result):
        raise Odd(f"sizes are whole numbers, not {result}")
    if len(result) < 2 or min(result) < 1:
        raise Odd(
            "give at least two sizes, inputs and outputs, each of 1 or more units"
        )
    return {"sizes": np.array(result)}


def _explain_sizes(parts):
    """Measure how often a larger network learns the sum."""
    sizes = tuple(parts["sizes"].tolist())
    if sizes[0] != 2:
        return "the sum has two inputs, a and b, so the first size is 2"
    if sizes[-1] != 1:
        return "the sum is one number, so the last size is 1"
    if sum((n_in + 1) * n_out for n_in, n_out in itertools.pairwise(sizes)) > 100:
        return f"{sizes} is larger than the network of the original notebook"
    run = mlp.sweep(mlp.SUM.X, mlp.SUM.Y, range(100), sizes=sizes)
    return (
        f"{sizes} learns it with {run.success.sum()} of 100 seeds, but there is a "
        "smaller one: what does a unit compute from two inputs, with no hidden layer "
        "before it?"
    )


_smallest = Exercise(
    "05_sum_task",
    smallest_sizes,
    [()],
    [],
    _one_call(_sizes_form),
    explain=_explain_sizes,
)


# 6. The XOR task


def my_success_rate(Y_hats, Y):
    near = abs(Y_hats - Y) < 0.1
    return near.all(axis=(1, 2)).mean()


def _outputs(seed, S, n, n_out, far):
    """Outputs of S networks, most near their targets, a share of them far off."""
    rng = np.random.default_rng(seed)
    Y = rng.integers(0, 2, (n, n_out)).astype(float)
    signs = rng.choice([-1.0, 1.0], (S, n, n_out))
    off = rng.choice([0.01, 0.04, 0.07, 0.09], (S, n, n_out))
    rare = rng.random((S, n, n_out)) < far
    off[rare] = rng.choice([0.12, 0.18, 0.3, 0.4, 1.5], rare.sum())
    return Y + signs * off, Y


def _with_nan(outputs):
    Y_hats, Y = outputs
    Y_hats[0], Y_hats[1] = np.nan, np.inf
    return Y_hats, Y


_success_rate = Exercise(
    "06_xor_task",
    my_success_rate,
    [
        (np.array([[[0.05]]]), np.array([[0.0]])),
        (np.array([[[-0.5]], [[0.05]]]), np.array([[0.0]])),
        (
            np.array([[[0.01], [0.98]], [[0.01], [0.3]], [[0.02], [1.05]]]),
            np.array([[0.0], [1.0]]),
        ),
        *(
            _outputs(500 + i, S, n, n_out, far)
            for i, (S, n, n_out, far) in enumerate(
                [
                    (4, 4, 1, 0.1),
                    (50, 4, 1, 0.1),
                    (50, 4, 2, 0.1),
                    (7, 1, 3, 0.2),
                    (20, 3, 1, 0.0),
                    (20, 4, 1, 1.0),
                    (3, 3, 1, 0.2),
                ]
            )
        ),
        _with_nan(_outputs(520, 10, 4, 1, 0.05)),  # diverged networks
        (np.array([[[0], [1]], [[0], [0]]]), np.array([[0], [1]])),  # whole numbers
    ],
    [
        Mistake(
            "this is the share of the outputs: a network counts only if all its outputs "
            "are near; ask .all over its outputs first, then take the mean",
            lambda Y_hats, Y: (abs(Y_hats - Y) < 0.1).mean(),
        ),
        Mistake(
            "one near output is enough for it: all outputs of a network must be near",
            lambda Y_hats, Y: (abs(Y_hats - Y) < 0.1).any(axis=(1, 2)).mean(),
        ),
        Mistake(
            "it asks whether the mean error is small: errors of one output may hide "
            "behind the others; ask each output",
            lambda Y_hats, Y: (abs(Y_hats - Y).mean(axis=(1, 2)) < 0.1).mean(),
        ),
        Mistake(
            "it asks whether the loss is below 0.1: ask each output's distance",
            lambda Y_hats, Y: (
                0.5 * ((Y_hats - Y) ** 2).sum(axis=2).mean(axis=1) < 0.1
            ).mean(),
        ),
        Mistake(
            "the distance is squared before it is compared with 0.1: then 0.3 passes; "
            "take abs",
            lambda Y_hats, Y: ((Y_hats - Y) ** 2 < 0.1).all(axis=(1, 2)).mean(),
        ),
        Mistake(
            "outputs that are far too low count as near: take the absolute value of the "
            "difference",
            lambda Y_hats, Y: (Y_hats - Y < 0.1).all(axis=(1, 2)).mean(),
        ),
        Mistake(
            "the tolerance is 0.1 to each side; here it is half of that",
            lambda Y_hats, Y: (abs(Y_hats - Y) < 0.05).all(axis=(1, 2)).mean(),
        ),
        Mistake(
            "the tolerance is 0.1 to each side; here it is twice that",
            lambda Y_hats, Y: (abs(Y_hats - Y) < 0.2).all(axis=(1, 2)).mean(),
        ),
        Mistake(
            "it rounds the outputs, so that 0.3 passes for 0: the limit is 0.1",
            lambda Y_hats, Y: (np.round(Y_hats) == np.round(Y)).all(axis=(1, 2)).mean(),
        ),
        Mistake(
            "this is a number of networks: divide it by how many there are",
            lambda Y_hats, Y: (abs(Y_hats - Y) < 0.1).all(axis=(1, 2)).sum(),
        ),
        Mistake(
            "this is in percent: a share lies between 0 and 1",
            lambda Y_hats, Y: 100 * my_success_rate(Y_hats, Y),
        ),
        Mistake(
            "this is the share that failed: turn it round",
            lambda Y_hats, Y: 1 - my_success_rate(Y_hats, Y),
        ),
        Mistake(
            "it gives an answer for each network: take the mean over them",
            lambda Y_hats, Y: (abs(Y_hats - Y) < 0.1).all(axis=(1, 2)),
        ),
        Mistake(
            "it asks for all networks at once: .all() needs axis=(1, 2) to answer for "
            "each network",
            lambda Y_hats, Y: float((abs(Y_hats - Y) < 0.1).all()),
        ),
        Mistake(
            "it goes along the wrong axis: axis 0 counts the networks, and each of them "
            "is to be judged over the axes 1 and 2",
            lambda Y_hats, Y: (abs(Y_hats - Y) < 0.1).all(axis=0).mean(),
        ),
        Mistake(
            "it judges each output on its own when there are several: use axis=(1, 2)",
            lambda Y_hats, Y: (abs(Y_hats - Y) < 0.1).all(axis=1).mean(),
        ),
        Mistake(
            "a network whose outputs are not numbers (NaN) counts as solved: NaN is "
            "neither near nor far, so ask whether all are near, not whether any is far",
            lambda Y_hats, Y: 1 - (abs(Y_hats - Y) >= 0.1).any(axis=(1, 2)).mean(),
        ),
    ],
    _one_call(array_form),
    large=_outputs(530, 20_000, 4, 1, 0.05),
)


def xor_network():
    hidden = mlp.Layer(np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([0.0, -1.0]))
    output = mlp.Layer(np.array([[1.0], [-2.0]]), np.array([0.0]))
    return [hidden, output]


def xnor_network():
    # Unit 0: 1 - x1 - x2, positive at (0, 0) only. Unit 1: x1 + x2 - 1, at (1, 1) only.
    hidden = mlp.Layer(np.array([[-1.0, 1.0], [-1.0, 1.0]]), np.array([1.0, -1.0]))
    output = mlp.Layer(np.array([[1.0], [1.0]]), np.array([0.0]))
    return [hidden, output]


def _hand_made_form(result):
    """The outputs of a hand-made 2-2-1 network for the four corners, through ReLU."""
    if not isinstance(result, (list, tuple)) or len(result) != 2:
        raise Odd("return a list of two layers, [hidden, output]")
    layers = []
    for name, pair, (n_in, n_out) in zip(
        ("hidden", "output"), result, [(2, 2), (2, 1)]
    ):
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise Odd(f"the {name} layer is not a pair: mlp.Layer(W, b)")
        for letter, each, shape in zip("Wb", pair, [(n_in, n_out), (n_out,)]):
            array = _to_array(
                np.array(each) if isinstance(each, list) else each, letter
            )
            if array.shape != shape:
                raise Odd(
                    f"{letter} of the {name} layer has the shape {array.shape}, it "
                    f"should be {shape}"
                )
            layers.append(array.astype(float))
    W0, b0, W1, b1 = layers
    Y_hat = np.maximum(np.maximum(mlp.XOR.X @ W0 + b0, 0) @ W1 + b1, 0)
    return {
        f"the output for ({x1:.0f}, {x2:.0f})": y
        for (x1, x2), y in zip(mlp.XOR.X, Y_hat[:, 0])
    }


def _two_units(weights, biases, output, bias=0.0):
    """A 2-2-1 network; both inputs of a hidden unit get the same weight."""
    return lambda: [
        (np.array([weights, weights], dtype=float), np.array(biases, dtype=float)),
        (np.array([[each] for each in output], dtype=float), np.array([bias])),
    ]


_SILENT = Mistake(
    "all four outputs are 0: the last layer has ReLU, too, so a sum that is negative "
    "everywhere is cut to 0; look at the signs of the output weights",
    _two_units([0, 0], [0, 0], [0, 0]),
)
_OTHER_TABLES = {
    "OR (0, 1, 1, 1): at (1, 1) something must be taken away": _two_units(
        [1, 1], [0, -1], [1, -1]
    ),
    "AND (0, 0, 0, 1): only (1, 1) is on": _two_units([1, 1], [-1, -1], [1, 0]),
    "the sum (0, 1, 1, 2): the hidden units do not bend it": _two_units(
        [1, 1], [0, 0], [0.5, 0.5]
    ),
    "NAND (1, 1, 1, 0): look at (0, 0)": _two_units([1, 1], [-1, 0], [-1, 0], 1.0),
    "NOR (1, 0, 0, 0): only (0, 0) is on": _two_units([-1, -1], [1, 0], [1, 0]),
    "constant 1": _two_units([0, 0], [0, 0], [0, 0], 1.0),
    "constant 0.5, the average of the targets": _two_units([0, 0], [0, 0], [0, 0], 0.5),
}


def _hand_made(right, other, words):
    """The exercise of a network by hand; ``other`` is its opposite."""
    return Exercise(
        "06_xor_task",
        right,
        [()],
        [
            _SILENT,
            Mistake(words, other),
            *(
                Mistake(f"its outputs are {table}", network)
                for table, network in _OTHER_TABLES.items()
            ),
        ],
        _one_call(_hand_made_form),
        tolerance=lambda name: (0.0, 1e-6),
        explain=lambda parts: (
            "it gives "
            + ", ".join(f"{y:.4g} ({name[4:]})" for name, y in parts.items())
            + "; work out the two hidden units for that corner by hand"
        ),
    )


_xor = _hand_made(
    xor_network,
    xnor_network,
    "this is XNOR, the opposite: the output should be 1 where the inputs differ",
)
_xnor = _hand_made(
    xnor_network,
    xor_network,
    "this is XOR, the opposite: the output should be 1 where the inputs are equal",
)


# 7. The bug lab


def my_entry_error(loss_of, w, index, claimed, h=1e-5):
    numeric = _central(loss_of, w.astype(float), index, h) / (2 * h)
    larger = max(abs(claimed), abs(numeric))
    return abs(claimed - numeric) / larger if larger > 0 else 0.0


def _entry_error(numeric=my_numeric_gradient, size=max, gap=abs):
    """The error of one entry, made of exchangeable parts."""

    def error(loss_of, w, index, claimed, h=1e-5):
        slope = float(numeric(loss_of, w, h)[index])
        larger = size(abs(claimed), abs(slope))
        return gap(claimed - slope) / larger if larger > 0 else 0.0

    return error


def _entry_error_in_place(loss_of, w, index, claimed, h=1e-5):
    slope = _leaves_w_changed(loss_of, w, index, h) / (2 * h)
    larger = max(abs(claimed), abs(slope))
    return abs(claimed - slope) / larger if larger > 0 else 0.0


def _entry_error_without_absolute_sizes(loss_of, w, index, claimed, h=1e-5):
    slope = float(my_numeric_gradient(loss_of, w, h)[index])
    larger = max(claimed, slope)
    return abs(claimed - slope) / larger if larger != 0 else 0.0


def _entry_error_with_nan(loss_of, w, index, claimed, h=1e-5):
    slope = np.float64(my_numeric_gradient(loss_of, w, h)[index])
    return abs(claimed - slope) / max(abs(claimed), abs(slope))


def _all_moved(loss_of, w, h):
    return np.full(w.shape, (loss_of(w + h) - loss_of(w - h)) / (2 * h))


_entry_error_exercise = Exercise(
    "07_bug_lab",
    my_entry_error,
    [
        (_square, np.array([3.0]), (0,), 6.0),
        (_square, np.array([3.0]), (0,), 3.0),
        (_square, np.array([3.0]), (0,), 24.0),
        (_square, np.array([3.0]), (0,), -6.0),
        (_square, np.array([-3.0]), (0,), -4.0),
        (_square, np.array([3.0]), (0,), -24.0),  # the larger one is negative
        (_square, np.array([0.25]), (0,), 0.125),  # both are below 1
        (_square, np.array([3.0, 0.0]), (1,), 0.0),
        (_square, np.array([3.0, 0.0]), (1,), 2.0),
        (_cubes, np.array([1.0, -2.0]), (1,), 20.0),
        (_cubes, np.array([1.0, -2.0]), (1,), 20.0, 0.1),
        (_mixed, np.array([[0.5, -1.0], [2.0, 1.5]]), (0, 1), 1.0),
        (_square, np.array([[1, -2], [0, 3]]), (0, 1), 1.0),  # whole numbers
    ],
    [
        Mistake(
            "that is the difference of the two slopes, not yet the relative error: "
            "divide it by the larger of their sizes",
            _entry_error(size=lambda one, other: 1.0),
        ),
        Mistake(
            "it divides by the size of the numeric slope; take the larger of the two "
            "sizes, so that the error stays below 2",
            _entry_error(size=lambda claimed, numeric: numeric),
        ),
        Mistake(
            "it divides by the size of the claimed slope; take the larger of the two "
            "sizes, so that the error stays below 2",
            _entry_error(size=lambda claimed, numeric: claimed),
        ),
        Mistake(
            "it divides by the sum of the two sizes; take the larger of them",
            _entry_error(size=lambda claimed, numeric: claimed + numeric),
        ),
        Mistake(
            "it divides by the smaller of the two sizes; take the larger one",
            _entry_error(size=min),
        ),
        Mistake(
            "an error has no sign: take the abs() of the difference",
            _entry_error(gap=lambda difference: difference),
        ),
        Mistake(
            "it takes the larger of the two slopes with their signs: of -6 and 3, that "
            "is 3; take abs() of each first",
            _entry_error_without_absolute_sizes,
        ),
        Mistake(
            "all is right but one corner: where both slopes are 0, nothing is wrong, and "
            "0 / 0 is no number; return 0.0 there",
            _entry_error_with_nan,
        ),
        Mistake(
            "the difference is one-sided, loss(w + h) - loss(w); take loss(w + h) - "
            "loss(w - h), over 2 h",
            _entry_error(_differences(_forward_difference, lambda h: h)),
        ),
        Mistake(
            "the numeric slope is twice too large: from w - h to w + h it is 2 h, so "
            "divide by 2 h",
            _entry_error(_differences(_central, lambda h: h)),
        ),
        Mistake(
            "brackets: `/ 2 * h` divides by 2 and multiplies by h; write / (2 * h)",
            _entry_error(_differences(_central, lambda h: 2 / h)),
        ),
        Mistake(
            "look at the sign of the numeric slope: loss(w + h) comes first, then "
            "loss(w - h) is subtracted",
            _entry_error(_differences(_central, lambda h: -2 * h)),
        ),
        Mistake(
            "h is not used: it takes 1e-5, whatever h is",
            lambda loss_of, w, index, claimed, h=1e-5: my_entry_error(
                loss_of, w, index, claimed
            ),
        ),
        Mistake(
            "all entries of w are moved at once: move only the one at index",
            _entry_error(_all_moved),
        ),
        Mistake(
            "it is right for floats, but an array of whole numbers drops the h when you "
            "add it: start from w.astype(float), which is a copy, too",
            _entry_error(_differences(_central, copy=lambda w: w.copy())),
        ),
        Mistake(
            "w is left changed: move a copy of it, w.astype(float)",
            _entry_error_in_place,
        ),
    ],
    _one_call(array_form),
    tolerance=lambda name: (0.0, 1e-6),
    changed="{names} is left changed: move a copy of it, w.astype(float)",
)


def _gradient(
    start=lambda Y_hat, Y: (Y_hat - Y) / len(Y),
    dW=lambda A, dA, dZ: A.T @ dZ,
    db=lambda dA, dZ: dZ.sum(axis=0),
    back=lambda dA, dZ, W: dZ @ W.T,
):
    """A gradient in the form of `mlp_core.loss_and_grads`, out of exchangeable lines."""

    def gradient(params, X, Y, activation):
        Y_hat, (A, Z) = mlp.forward(params, X, activation)
        dA, grads = start(Y_hat, Y), []
        for i in reversed(range(len(params))):
            dZ = dA * activation.slope(Z[i])
            grads.insert(0, mlp.Layer(dW(A[i], dA, dZ), db(dA, dZ)))
            dA = back(dA, dZ, params[i].W)
        return mlp.loss(Y_hat, Y), grads

    return gradient


def mend_first(params, X, Y, activation):
    return _gradient()(params, X, Y, activation)


def mend_second(params, X, Y, activation):
    return _gradient()(params, X, Y, activation)


def mend_third(params, X, Y, activation):
    return _gradient()(params, X, Y, activation)


def _gradient_form(result):
    """``return loss, grads``."""
    _expect_items(result, 2, "the loss and grads")
    value, grads = result
    return {"loss": _to_array(value, "the loss"), **layers_form("dW", "db")(grads)}


def _gradient_case(seed, n, sizes, activation):
    params = _network(seed, *sizes)
    return params, _normal(seed + 1, n, sizes[0]), _normal(seed + 2, n, sizes[-1]), (
        activation
    )  # fmt: skip


_GRADIENT_CASES = [
    _gradient_case(700, 1, (2, 1), _LEAKY),
    _gradient_case(710, 3, (2, 3, 1), _LEAKY),
    _gradient_case(720, 3, (3, 3, 3), _TANH),
    _gradient_case(730, 4, (2, 3, 3, 2, 1), _LEAKY),
    _gradient_case(740, 5, (4, 2, 5, 2), _TANH),
    _gradient_case(750, 6, (2, 3, 1), mlp.sigmoid),
]
# What a learner may do to the wrong line, or to a right one.
_WRONG_MENDS = [
    Mistake(
        "the sign: the slope of the loss is prediction minus target, Y_hat - Y",
        _gradient(start=lambda Y_hat, Y: (Y - Y_hat) / len(Y)),
    ),
    Mistake(
        "1 / n is missing at the start: the loss is a mean over the samples",
        _gradient(start=lambda Y_hat, Y: Y_hat - Y),
    ),
    Mistake(
        "1 / n is there twice: divide by the number of samples once, at the start",
        _gradient(start=lambda Y_hat, Y: (Y_hat - Y) / len(Y) ** 2),
    ),
    Mistake(
        "the slope of the activation is missing: dZ is dA times the slope at Z[i]",
        _gradient(
            dW=lambda A, dA, dZ: A.T @ dA,
            db=lambda dA, dZ: dA.sum(axis=0),
            back=lambda dA, dZ, W: dA @ W.T,
        ),
    ),
    Mistake(
        "W and b both get dA now, which has not passed the activation: it is dZ that "
        "both need",
        _gradient(dW=lambda A, dA, dZ: A.T @ dA, db=lambda dA, dZ: dA.sum(axis=0)),
    ),
    Mistake(
        "db is made of dA, which has not passed the activation: the biases need dZ",
        _gradient(db=lambda dA, dZ: dA.sum(axis=0)),
    ),
    Mistake(
        "db is not added up over the samples: sum over axis 0",
        _gradient(db=lambda dA, dZ: dZ),
    ),
    Mistake(
        "db is summed over the units: axis 0 are the samples, axis 1 the units",
        _gradient(db=lambda dA, dZ: dZ.sum(axis=1)),
    ),
    Mistake(
        "db is one number: without an axis, sum() adds up everything; the samples are "
        "axis 0",
        _gradient(db=lambda dA, dZ: dZ.sum()),
    ),
    Mistake(
        "db has the shape (1, units): leave out keepdims",
        _gradient(db=lambda dA, dZ: dZ.sum(axis=0, keepdims=True)),
    ),
    Mistake(
        "dW is divided by n once more: the mean is taken at the start already",
        _gradient(dW=lambda A, dA, dZ: A.T @ dZ / len(A)),
    ),
    Mistake(
        "what goes back passes the W of the layer without .T: where W isn't square it "
        "doesn't even fit",
        _gradient(back=lambda dA, dZ, W: dZ @ W),
    ),
]


class _Planted(NamedTuple):
    """A planted bug."""

    hint: str  # while it is still there
    words: str  # for who puts it into one of the other two exercises
    wrong: Callable


_PLANTED = {
    mend_first: _Planted(
        hint="the bug is still in it. In the map all W are wrong and all b are right: "
        "which line makes a W and no b?",
        words="dW is made of dA, which has not passed the activation: W needs dZ",
        wrong=_gradient(dW=lambda A, dA, dZ: A.T @ dA),
    ),
    mend_second: _Planted(
        hint="the bug is still in it. In the map all b are wrong, by one factor, and all "
        "W are right: which line makes a b and no W, and what is that factor?",
        words="db is a mean over the samples, which divides by n once more: add them up",
        wrong=_gradient(db=lambda dA, dZ: dZ.mean(axis=0)),
    ),
    mend_third: _Planted(
        hint="the bug is still in it. In the map the last layer is right and all before "
        "it is wrong: which line is used only on the way to the layer before?",
        words="what is passed on is dA, which has not passed the activation: dZ goes "
        "through W.T",
        wrong=_gradient(back=lambda dA, dZ, W: dA @ W.T),
    ),
}


def _mend(right):
    """The exercise to mend a planted bug."""
    planted = [
        Mistake(each.hint if function is right else each.words, each.wrong)
        for function, each in _PLANTED.items()
    ]
    return Exercise(
        "07_bug_lab",
        right,
        _GRADIENT_CASES,
        [*planted, *_WRONG_MENDS],
        _one_call(_gradient_form),
    )


_ALL: Sequence[Exercise] = (
    _activation,
    _slope,
    _dead_units,
    _uniform,
    _he_exercise,
    _glorot,
    _forward_one,
    _forward,
    _loss,
    _loss_slope,
    _layer_backward,
    _backprop,
    _numeric_gradient,
    _step,
    _train,
    _smallest,
    _success_rate,
    _xor,
    _xnor,
    _entry_error_exercise,
    _mend(mend_first),
    _mend(mend_second),
    _mend(mend_third),
)
EXERCISES = {exercise.name: exercise for exercise in _ALL}
