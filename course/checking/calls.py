"""One call of an answer, wherever it runs: in a process of its own, or in the kernel.

It returns plain values: numbers, arrays, lists and tuples, and words for everything else.
"""

import builtins
import contextlib
import copy
import functools
import inspect
import io
import os
import sys
import sysconfig
import threading
import traceback
import warnings
from collections.abc import Coroutine
from dataclasses import dataclass
from types import CodeType, GetSetDescriptorType, MemberDescriptorType, MethodType
from typing import NamedTuple

import numpy as np
from numpy import allclose  # bound here, because an answer may change what `np` holds

import mlp_core as mlp

PATHS = sysconfig.get_paths()
PACKAGES = "<frozen", PATHS["stdlib"], PATHS["purelib"], PATHS["platlib"]
COURSE = os.path.dirname(os.path.dirname(__file__)) + os.sep
CORE = mlp.__file__  # bound here as well
TOOLS = COURSE + "tools" + os.sep
LARGEST = 10**6  # numbers in an array of an answer
SHOWN, WIDEST = 20, 200  # printed lines, and characters in one of them
MOST = 2 * LARGEST  # numbers and lists in a list of an answer
DEEPEST = 9  # lists in lists
YOURSELF = "Compute it yourself, with NumPy"
OVERWRITTEN = "Overwritten"  # in the place of an exception
HIDDEN = f"sys.setprofile, which hides what else it calls. {YOURSELF}"


class Reply(NamedTuple):
    """What a call returned."""

    value: object = None  # plain; None also for `...`, of a stub
    changed: tuple = ()  # which of the arguments were changed in place, by number
    printed: tuple = ()  # lines
    borrowed: str = ""  # a function of the course that the answer called, in words
    error: str = ""  # the name of the exception
    text: str = ""  # what it says
    frames: tuple = ()  # the files and lines that it passed, outermost first


@dataclass(frozen=True)
class Odd:
    """Words in the place of a value that is not plain, 'a generator'."""

    words: str


class Stop(BaseException):
    """Raised inside an answer that is to end. No `except Exception` catches it."""


class Stopped(Exception):
    """An answer had to be stopped; the text says why."""


def call(
    function, args, allowed=(), *, trusted=False, trace=None, earlier=None, tell=None
):
    """The `Reply` of an answer to copies of the arguments; what it raises is in it.

    Functions of the course are borrowed if they are neither ``allowed`` nor among the
    arguments, and if the answer isn't ``trusted``. ``trace`` sees the lines of the answer
    alone. ``earlier`` is a list that keeps what the call before returned: if this one
    changes it, the error is `OVERWRITTEN`. What is borrowed is also told at once by
    ``tell(words)``, before the answer can take it back. A `Stop` and a KeyboardInterrupt get out.
    """
    given, before = copy.deepcopy(args), sys.gettrace()
    screen, watch = io.StringIO(), Watch(allowed, given, tell)
    try:
        with _quiet(screen), contextlib.nullcontext() if trusted else watch:
            try:
                sys.settrace(trace or before)
                answer = function(*given)
            finally:
                sys.settrace(before)
        reply = Reply(None if answer is ... else _plain(answer, [MOST]))
        if earlier and not unchanged(earlier[1], _plain(earlier[0], [MOST])):
            reply = Reply(error=OVERWRITTEN)
        elif earlier is not None:
            earlier[:] = answer, reply.value
    except (Stop, KeyboardInterrupt):
        raise
    except BaseException as error:  # noqa: BLE001, also sys.exit() becomes a message
        reply = describe(error)
    changed = (i for i, pair in enumerate(zip(args, given)) if not unchanged(*pair))
    seen = {"printed": _lines(screen), "borrowed": watch.borrowed}
    return reply._replace(changed=tuple(changed), **seen)


def describe(error) -> Reply:
    """An exception as a reply; its text may raise another one."""
    text = attempt(lambda: " ".join(str(error).split())) or ""
    frames = [*traceback.walk_tb(error.__traceback__)][-200:]  # of maybe 100,000
    places = tuple((frame.f_code.co_filename, line) for frame, line in frames)
    return Reply(error=type(error).__name__, text=text, frames=places)


def unchanged(before, after) -> bool:
    """Whether an argument is unchanged, except for rounding."""
    if isinstance(before, np.ndarray):
        return (
            isinstance(after, np.ndarray)
            and before.shape == after.shape
            and after.dtype.kind in "biuf"  # else another array, in its place
            and allclose(before, after, 0, 1e-12, equal_nan=True)
        )
    if isinstance(before, (list, tuple)):
        is_as_long = isinstance(after, (list, tuple)) and len(before) == len(after)
        return is_as_long and all(map(unchanged, before, after))
    return True


def count_lines(function, args, most=10**6) -> int:
    """How many lines of Python a call runs, up to ``most``; not those of packages.

    A loop that NumPy makes, as in `np.vectorize`, runs lines of what it calls. If the
    call raises something, the lines before it.
    """
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        if frame.f_code.co_filename.startswith(PACKAGES):  # such as those of `print`
            return None
        count += 1
        if count > most:
            raise Stop
        return trace

    with contextlib.suppress(Stop):
        call(function, args, trusted=True, trace=trace)
    return count


@contextlib.contextmanager
def _quiet(screen):
    """No warning; what is printed goes to a screen; nothing can be typed."""
    typed, builtins.input = builtins.input, _refuse_to_type
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            np.errstate(all="ignore"),
            contextlib.redirect_stdout(screen),
            contextlib.redirect_stderr(screen),
        ):
            yield
    finally:
        builtins.input = typed


def _lines(screen):
    lines = [line[:WIDEST] for line in screen.getvalue().splitlines()]
    more = len(lines) - SHOWN
    return (*lines[:SHOWN], *([f"... and {more:,} more lines"] if more > 0 else []))


def _refuse_to_type(prompt=""):
    raise EOFError("nothing can be typed during a check; use the arguments instead")


def leave(*_, **__):
    """In the place of IPython's `exit` and `quit`, which end the kernel."""
    raise SystemExit


# 1. The course's own functions --------------------------------------------------------


class Watch:
    """Notes the first function of the course that an answer calls, by profiling it."""

    def __init__(self, allowed, args, tell=None):
        harmless = _refuse_to_type, leave, Watch.__exit__
        self.free, self.borrowed = {*codes([allowed, args, harmless])}, ""
        self.tell = tell

    def __enter__(self):
        self.before = sys.getprofile()
        threading.setprofile(self._note)
        sys.setprofile(self._note)

    def __exit__(self, *_):
        if sys.getprofile() != self._note:
            self.borrowed = self.borrowed or HIDDEN
        threading.setprofile(None)
        sys.setprofile(self.before)

    def _note(self, frame, event, called):
        code, words = frame.f_code, ""
        is_ours = event == "call" and is_of_course(code.co_filename)
        if is_ours and self._is_borrowed(code, frame.f_back and frame.f_back.f_code):
            module = os.path.basename(code.co_filename).partition(".py")[0]
            name = code.co_qualname.split(".<locals>")[0].replace("<lambda>", "f")
            words = f"{module}.{name}, which is part of the course. {YOURSELF}"
        elif called is sys.setprofile:
            words = "" if code.co_filename.startswith(COURSE) else HIDDEN
        if words and not self.borrowed:
            self.borrowed = words
            if self.tell:
                self.tell(words)

    def _is_borrowed(self, code, caller) -> bool:
        """Whether the answer's own code calls code of the course.

        The answer itself may be the course's, such as behind a `functools.partial`.
        """
        if caller not in (None, call.__code__) and is_of_course(caller.co_filename):
            return False
        of_import = "<module>", "__getattr__", "_import"  # of `worker`, too
        return code not in self.free and code.co_name not in of_import


@functools.cache  # it is asked at each call of an answer
def is_of_course(file) -> bool:
    """Whether it is one to borrow from: no command is, and `grading.cage` hands over."""
    of_course = file == CORE or file.startswith(COURSE)
    return of_course and not file.startswith(TOOLS)


def codes(value):
    """The code of all functions in lists and tuples, and of those that they define."""
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from codes(item)
    elif isinstance(value, CodeType):
        yield value
        yield from codes(value.co_consts)
    elif hasattr(value, "__code__"):
        yield from codes(value.__code__)


def attempt(question):
    """``question()``, or None: objects of a learner may raise at any question."""
    try:
        return question()
    except KeyboardInterrupt:  # the stop button
        raise
    except BaseException:  # noqa: BLE001, also a SystemExit
        return None


def attribute(thing, name, kind):
    """An attribute of just this type, else None. No code of a learner's runs for it."""
    thing = thing.__func__ if type(thing) is MethodType else thing
    value = attempt(lambda: inspect.getattr_static(thing, name))
    if type(value) in (GetSetDescriptorType, MemberDescriptorType):  # of C code
        value = attempt(lambda: value.__get__(thing))
    return value if type(value) is kind else None


# 2. Plain values ----------------------------------------------------------------------


def describe_type(value):
    """'a list', 'an int', 'None'."""
    if type(value) is Odd:
        return value.words
    if value is None:
        return "None"
    name = type.__dict__["__name__"].__get__(type(value))  # whatever its class says
    noun = {"ndarray": "array", "str": "string"}.get(name, name)
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def _plain(value, room, depth=0):
    """The value without anything that could do harm; ``room`` counts what has place."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (np.ndarray, np.generic)):
        room[0] -= value.size
        if value.size > LARGEST or room[0] < 0:
            return Odd(f"an array of shape {value.shape}, which is far too large")
        if value.dtype.kind not in "biuf":
            return Odd(f"an array of {value.dtype} values")
        return np.array(value)[()]  # [()] makes a number of an array without axes
    if isinstance(value, int):
        return (
            int(value) if abs(value) < 2**64 else Odd("a number with very many digits")
        )
    if isinstance(value, float):
        return float(value)
    if isinstance(value, (list, tuple)):
        room[0] -= len(value)
        if room[0] < 0 or depth > DEEPEST:
            return Odd(
                f"{describe_type(value)} with far too many items, or with itself in it"
            )
        kind = tuple if isinstance(value, tuple) else list
        return kind(_plain(item, room, depth + 1) for item in value)
    if isinstance(value, Coroutine):
        value.close()  # else Python warns that it was never awaited
    return Odd(describe_type(value))
