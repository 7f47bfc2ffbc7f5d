"""Where an answer runs: in a process of its own, which can be stopped whatever it does.

Where there are no processes (Pyodide) it runs in the kernel. There a deadline by tracing
stops loops in Python, but neither what waits or computes in C, nor a loop that catches
everything.
"""

import atexit
import contextlib
import functools
import io
import marshal
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
from types import CodeType, FunctionType

from course.checking import about, calls, wire

try:
    import cloudpickle
    import psutil
except ImportError:  # in Pyodide
    psutil = None

COMPUTING = 2.0  # seconds of processor time for all calls of one check
WAITING = 3.0  # seconds without computing, in all calls together
AT_MOST = float("inf")  # seconds of a check by the clock
SHARE = 30  # seconds of waiting for one of computing: many may share a processor
LOADING = 10.0  # seconds of processor time to import what the answer needs
MEMORY = 2 * 2**30  # bytes

TOO_LONG = (
    f"it had not finished after {COMPUTING:.0f} seconds of computing. Look for a loop that "
    "never ends, or for a number or an array that keeps growing"
)
TOO_LAZY = (
    f"it waited for {WAITING:.0f} seconds and computed nothing. Find what it waits for"
)
TOO_LARGE = (
    f"it uses more than {MEMORY / 2**30:.0f} GB of memory. Look for an array or a list "
    "that is far too long"
)
QUIET = {"OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "agg"}
BEGIN = "from course.checking import worker; worker.main()"
GONE = "it ends Python, and your notebook with it"
STAYS = "it can't be sent to the process that checks it"
REPLIES = {"begin": str, "load": str, "count": int}
REPLIES |= {"look": calls.Reply, "call": calls.Reply}
# What no pickle holds: any lock is as good as another; all else stays in the notebook.
LOCKS = {type(lock()): lock for lock in (threading.Lock, threading.RLock)}
CACHED = type(functools.cache(print))
BY_NAME = type, FunctionType  # pickled so, if they can be imported
REDUCING = {"__reduce__", "__reduce_ex__", "__getstate__"}


class Reserve:
    """Keeps the process of the next check, which starts while no one is waiting for it."""

    is_used = psutil is not None  # else answers run in the kernel

    def __init__(self):
        self.process = None

    def prepare(self):
        """The process, or None where there is none; it is started if it isn't running."""
        if not self.is_used:
            return None
        if self.process is None or not self.process.is_alive():
            self.process = None
            with contextlib.suppress(OSError):
                self.process = Process()
        return self.process

    def take(self):
        process, self.process = self.prepare(), None
        return process


RESERVE = Reserve()


@contextlib.contextmanager
def opened(function, allowed):
    """A run of an answer: its ``call(args)`` gives a `calls.Reply`, or raises `calls.Stopped`."""
    process = RESERVE.take()
    try:
        with _without_exits(function):
            if process:
                process.load(function, allowed)
            yield process or InKernel(function, allowed)
    finally:  # nothing of this answer is left to the next
        if process:
            process.stop()
        RESERVE.prepare()


@contextlib.contextmanager
def _without_exits(function):
    """IPython's `exit` and `quit` end the kernel, and can't be sent to a process."""
    names = calls.attribute(function, "__globals__", dict) or {}
    exits = {name: names[name] for name in ("exit", "quit") if name in names}
    names.update(dict.fromkeys(exits, calls.leave))
    try:
        yield
    finally:
        names.update(exits)


# 1. In a process of its own -----------------------------------------------------------


def _pickled(value) -> bytes:
    """With the functions of a notebook, which pickle alone leaves out."""

    class Pickler(cloudpickle.Pickler):
        # Keeps the names of files, by which lines are told, and the course's functions.
        dispatch_table = cloudpickle.Pickler.dispatch_table.new_child(
            {
                CodeType: lambda code: (marshal.loads, (marshal.dumps(code),)),
                io.TextIOWrapper: lambda file: (_left_behind, ("file",)),
            }
        )

        def reducer_override(self, thing):
            made, kind = super().reducer_override(thing), type(thing)
            is_known = kind in self.dispatch_table or issubclass(kind, BY_NAME)
            return made if made is not NotImplemented or is_known else _reduced(thing)

    file = io.BytesIO()
    Pickler(file).dump(value)
    return file.getvalue()


def _reduced(thing):
    """What makes a thing again. None of the notebook's code runs for it here."""
    kind = type(thing)
    if kind in LOCKS:
        return LOCKS[kind], ()
    if kind is CACHED:  # else it would be looked up there by name
        return _cached, (thing.__wrapped__, thing.cache_parameters())
    own = (vars(base) for base in kind.__mro__ if base.__module__ == "__main__")
    with contextlib.suppress(Exception):
        if not any(REDUCING & set(names) for names in own):
            return thing.__reduce_ex__(pickle.HIGHEST_PROTOCOL)
    return _left_behind, (kind.__name__,)


def _cached(function, options):
    return functools.lru_cache(**options)(function)


def _because(function) -> str:
    """The name of what can't be pickled, among those that a function looks up."""
    code = calls.attribute(function, "__code__", CodeType)
    names = calls.attribute(function, "__globals__", dict) or {}
    for name in code.co_names if code else ():
        if (
            name in names
            and calls.attempt(functools.partial(_pickled, names[name])) is None
        ):
            return f". Make `{name}` inside it, or do without"
    return ""


def _left_behind(name):
    """Takes the place of what can't be sent, and tells its name when it is used."""
    return type(f"{name} (which the notebook can't send)", (), {})()


class Process:
    """The kernel's side of a `worker.Worker`."""

    before = ()  # the command that starts it, with its arguments

    def __init__(self):
        code = f"import sys; sys.path[:] = {[*map(str, sys.path)]}; {BEGIN}"
        self.child = subprocess.Popen(
            [*self.before, sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows
            env={**os.environ, **QUIET},
        )
        self.computing = psutil.Process(self.child.pid)
        self.replies = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()
        atexit.register(self.stop)

    def _listen(self):
        """Put replies into the queue, and None at the end of the process."""
        with contextlib.suppress(Exception), self.child.stdout as replies:
            # Until it ends, maybe in the middle of a reply, or what it says is none.
            while line := replies.readline(wire.LONGEST):
                self.replies.put(wire.unpack(line))
        self.replies.put(None)

    def _send(self, method, data):
        with contextlib.suppress(OSError, ValueError):  # it has ended, or was stopped
            pickle.dump((method, data), self.child.stdin)
            self.child.stdin.flush()

    def is_alive(self):
        return self.child.poll() is None

    def stop(self):
        atexit.unregister(self.stop)
        with contextlib.suppress(AttributeError, OSError):  # on Windows; it has ended
            os.killpg(self.child.pid, signal.SIGKILL)  # and what was forked there
        for process in (self.computing, self.child):
            with contextlib.suppress(psutil.Error):
                process.kill()
        self.child.wait()
        with contextlib.suppress(OSError):
            self.child.stdin.close()

    def load(self, function, allowed):
        """Send an answer."""
        self.meter = _Meter(self)  # of the whole check
        answer = calls.attempt(lambda: _pickled((function, allowed)))
        if answer is None:
            raise calls.Stopped(STAYS + _because(function))
        self._ask("begin", b"", LOADING)
        # What started it may wait for it: a sandbox, on Windows a virtual environment.
        family = [self.computing, *self.computing.children(recursive=True)]
        # There it has a console as well, which is one more child, and computes nothing.
        self.computing = [one for one in family if one.name() != "conhost.exe"][-1]
        self.meter.used = 0.0
        self.answer = pickle.dumps(([*map(str, sys.path)], os.getcwd(), answer))
        if (told := self._ask("load", self.answer, LOADING)) != "loaded":
            raise calls.Stopped(f"{STAYS} ({told})")
        self.meter.allow(COMPUTING)  # for all calls

    def look_at(self, asked) -> about.About:
        return about.About(*map(str, self._ask("look", pickle.dumps(asked)).value))

    def call_afresh(self, args) -> calls.Reply:
        """A call for which nothing is left of earlier ones."""
        self._ask("load", self.answer)
        return self.call(args)

    def call(self, args) -> calls.Reply:
        return self._ask("call", _pickled(args))

    def count_lines(self, args, most, seconds) -> int:
        return self._ask("count", _pickled((args, most)), seconds)

    def _ask(self, method, data, seconds=None):
        """The reply to a request. What takes too much is stopped along with its process.

        With ``seconds`` it may compute that long, else as long as is left of the last ones.
        """
        if seconds:
            self.meter.allow(seconds)
        # In a thread: a thread that an answer left may keep the process from reading.
        threading.Thread(target=self._send, args=(method, data), daemon=True).start()
        self.meter.looked = time.monotonic()  # before it it had nothing to do
        reason, borrowed = "", ""
        while not reason:
            try:  # short waits: on Windows Ctrl-C gets through only between them
                reply = self.replies.get(timeout=0.05)
            except queue.Empty:
                reason = self.meter.excess()
                continue
            if isinstance(reply, REPLIES[method]):
                return reply._replace(borrowed=borrowed) if borrowed else reply
            if method == "call" and isinstance(reply, str) and not borrowed:
                borrowed = reply  # told once, before the end
                continue
            reason = GONE
        self.stop()
        raise calls.Stopped(reason)

    def seconds(self):
        """What it has computed, in seconds of processor time."""
        try:
            times = self.computing.cpu_times()
        except psutil.Error:  # it has ended
            return 0.0
        return times.user + times.system

    def is_ready(self) -> bool:
        """Whether it only waits for a processor or a disk; only Linux tells."""
        with contextlib.suppress(psutil.Error):
            status = self.computing.status() if sys.platform == "linux" else ""
            return status in ("running", "disk-sleep")
        return False


class _Meter:
    """Measures what requests take of the computer, all together."""

    def __init__(self, process):
        self.process, self.used, self.waited = process, 0.0, 0.0
        self.most, self.end = float("inf"), time.monotonic() + AT_MOST

    def allow(self, seconds):
        """Let it compute so long from now on."""
        self.most = self.process.seconds() + seconds

    def excess(self) -> str:
        """Why the request must end now, or ''."""
        now, used = time.monotonic(), self.process.seconds()
        passed = 0.0 if self.process.is_ready() else now - self.looked
        waited = self.waited + passed - SHARE * (used - self.used)
        self.looked, self.used, self.waited = now, used, max(0.0, waited)
        with contextlib.suppress(psutil.Error):  # first, as filling it takes time, too
            if self.process.computing.memory_info().rss > MEMORY:
                return TOO_LARGE
        if used > self.most:
            return TOO_LONG
        return TOO_LAZY if waited > WAITING or now > self.end else ""


# 2. In the kernel ---------------------------------------------------------------------


class InKernel:
    """The same, where the answer can't be had in a process."""

    def __init__(self, function, allowed):
        self.function, self.allowed = function, allowed
        self.last, self.earlier = time.process_time() + COMPUTING, []

    def look_at(self, asked) -> about.About:
        return about.look_at(self.function, asked)

    def call(self, args) -> calls.Reply:
        def trace(frame, event, argument):
            # Python 3.11 tells no line of `while True: pass`.
            frame.f_trace_opcodes = True
            if time.process_time() > self.last:
                raise calls.Stop
            return trace

        watched = {"trace": trace, "earlier": self.earlier}
        try:
            return calls.call(self.function, args, self.allowed, **watched)
        except calls.Stop:
            raise calls.Stopped(TOO_LONG) from None

    call_afresh = call  # here nothing is cleared

    def count_lines(self, args, most, seconds) -> int:
        return calls.count_lines(self.function, args, most)
