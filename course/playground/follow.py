"""Steps of training that Python makes for the page, a picture's worth at a time."""

import contextlib
import ctypes
import dis
import linecache
import os
import sysconfig
import threading
import time
import traceback
from collections.abc import Iterator
from numbers import Real
from pathlib import Path
from types import CodeType, FunctionType

import numpy as np

import mlp_core as mlp
from course import page
from course.playground import twin

LONGEST = 2  # seconds for a step
AGAIN = 0.5  # seconds until it is stopped once more
PICTURE = 0.03  # seconds of steps before a picture is sent
COURSE = Path(__file__).parents[1]
PYTHON = sysconfig.get_paths()
OTHERS = f"{COURSE}{os.sep}", mlp.__file__, PYTHON["stdlib"], PYTHON["purelib"]


class Follower:
    """Goes through ``steps``, which yield layers, or as `mlp_core.steps` loss and layers.

    ``shapes`` are those that the W must have, ``begun`` is the step of the first.
    """

    def __init__(self, steps, shapes, begun=0):
        if not isinstance(steps, Iterator):
            found = type(steps).__name__
            raise TypeError(
                f"steps must come from a function with `yield`, not a {found}"
            )
        self.steps, self.shapes = steps, shapes
        self.begun = self.made = begun

    @property
    def by(self) -> str:
        return functions_of(self.steps)

    def take(self, most) -> dict:
        """The next steps: how many, where they led, and in words why no more come."""
        before, self.values, end = self.made, None, ""
        try:
            with at_most(LONGEST), np.errstate(all="ignore"):
                self._make(before + most)
        except StopIteration:
            end = f"Python has made all its steps: {self.made - self.begun:,}."
        except BaseException as error:  # noqa: BLE001, the page tells all of it
            end = f"Python's step {self.made + 1:,} {_ending(error)}."
        return {"count": self.made - before, "values": self.values, "end": end}

    def _make(self, most):
        until = time.perf_counter() + PICTURE
        while self.made < most:
            self.values = self._numbers(next(self.steps))
            self.made += 1
            if time.perf_counter() > until:
                break

    def _numbers(self, given):
        if given is None:
            raise ValueError("it yields nothing, so write `yield params`")
        has_loss = isinstance(given, tuple) and isinstance(given[0], Real)
        return twin.numbers_of("layers", given[1] if has_loss else given, self.shapes)


class TooSlow(BaseException):
    """Raised in a step that takes too long; no ``except Exception`` there catches it."""


@contextlib.contextmanager
def at_most(seconds):
    """Stop the block with `TooSlow`, in whichever thread it runs.

    A kernel may hear widgets in a thread of their own, which no interrupt reaches. The
    block must call functions: Python 3.13 looks for no ``except`` around a bare loop.
    """
    lock, thread, over = threading.Lock(), threading.get_ident(), threading.Event()

    def throw():  # never taken back with NULL: Python 3.11 then hangs when traced
        target, error = ctypes.c_ulong(thread), ctypes.py_object(TooSlow)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(target, error)

    def watch():
        for wait in (seconds, *[AGAIN] * 20):  # a bare `except` may have swallowed it
            if over.wait(wait):
                return
            with lock:
                if not over.is_set():
                    throw()

    threading.Thread(target=watch, daemon=True).start()
    try:
        try:
            yield
        finally:
            over.set()
    finally:  # twice: it may have been thrown into the first one
        over.set()
        with contextlib.suppress(TooSlow), lock:
            _pause()  # one that was thrown just now comes here


def _pause():
    for _ in range(100):
        pass


def _ending(error) -> str:
    """How a step ended, with the last line of the learner's code, and the first."""
    lines = []
    for frame, number in traceback.walk_tb(error.__traceback__):
        code = frame.f_code
        line = linecache.getline(code.co_filename, number).strip()
        if line and not code.co_filename.startswith(OTHERS):
            lines.append(f"in the line `{line}` of {code.co_name}")
    place = f", {lines[-1]}" if lines else ""
    if len(lines) > 1:
        place += f", called {lines[0]}"
    if isinstance(error, TooSlow):
        return f"took more than {LONGEST} seconds{place}"
    if isinstance(error, KeyboardInterrupt):
        return f"was stopped{place}"
    try:
        words = page.in_words(error)
    except Exception:  # noqa: BLE001
        words = type(error).__name__  # its own words fail
    return f"stopped{place}: {words}"


def functions_of(steps) -> str:
    """Whose functions make the steps: the generator's, what it is given, what those call."""
    seen, found = [], {}

    def visit(code, names, handed=()):
        if code in seen:
            return
        seen.append(code)
        if not code.co_name.startswith(("<", "__")):  # a lambda, what `@` calls
            found.setdefault(_owner(code), []).append(code.co_name)
        if code is not steps.gi_code and _owner(code) != "your":
            return
        for one in (*handed, *_looked_up(code, names)):
            for function in _functions(one):
                visit(function.__code__, function.__globals__)

    frame = getattr(steps, "gi_frame", None)
    if frame is not None:
        visit(steps.gi_code, frame.f_globals, frame.f_locals.values())
    names = [f"{owner} {', '.join(names)}" for owner, names in found.items()]
    return "; ".join(names) or "your steps"


def _functions(one):
    """A function itself; of a class, or of what it made, the learner's own methods."""
    kind = one if isinstance(one, type) else type(one)
    if kind is FunctionType:
        return [one]
    methods = [each for each in vars(kind).values() if type(each) is FunctionType]
    return [each for each in methods if _owner(each.__code__) == "your"]


def _looked_up(code, names):
    """What a code and the codes in it look up among the globals, and in `mlp_core`.

    From its instructions, since the source of a generator expression or a lambda is a piece
    of a line, which can't be parsed, and the names of a code alone mix globals with attributes.
    """
    found = None
    for step in dis.get_instructions(code):
        if found is mlp:
            yield getattr(mlp, str(step.argval), None)
        found = None
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield (found := names.get(step.argval))
        elif isinstance(step.argval, CodeType):
            yield from _looked_up(step.argval, names)


def _owner(code) -> str:
    if code.co_filename == mlp.__file__:
        return "mlp_core's"
    return "the course's" if code.co_filename.startswith(OTHERS) else "your"
