"""Where an answer runs: in a process of its own, which can be stopped whatever it does.

Where there are no processes (Pyodide) it runs in the kernel. There a deadline by tracing
stops loops in Python, but neither what waits or computes in C, nor a loop that catches
everything.
"""

import atexit
import builtins
import contextlib
import copyreg
import functools
import io
import linecache
import marshal
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
from glob import glob
from types import CodeType, FunctionType

from course.checking import about, calls, wire

try:
    import cloudpickle
    import psutil
except ImportError:  # in Pyodide
    psutil = None

COMPUTING = 2.0  # seconds of processor time for all calls of one check
WAITING = 3.0  # seconds without computing, in all calls together
SHARE = 1 if sys.platform == "linux" else 30  # seconds of waiting for one of computing
LOADING = 5.0  # seconds of processor time to import what the answer needs
MOMENT = 0.1  # seconds between looks; what is more, the kernel itself waited
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
EXITS = "exit", "quit"
MARK = "COURSE_CHECK"  # a variable of all processes of a check
REPLIES = {"begin": str, "load": str, "count": int}
REPLIES |= {"look": calls.Reply, "call": calls.Reply}
# What no pickle holds: any lock is as good as another; all else stays in the notebook.
LOCKS = {type(lock()): lock for lock in (threading.Lock, threading.RLock)}
CACHED = type(functools.cache(print))
BY_PYTHON = 1 << 9  # in a class's flags: made while Python runs
OF_C = type(int.real), type(FunctionType.__globals__), type(str.join), type(int.__add__)
OF_C += str, type(None)
BY_NAME = type, FunctionType  # pickled so, if they can be imported
# What pickle, copyreg and cloudpickle ask a thing for, if only to see what it is.
HOOKS = "reduce reduce_ex getstate getnewargs getnewargs_ex getattribute getattr class"
HOOKS = {"items", "__dict__", "__iter__", *(f"__{it}__" for it in HOOKS.split())}


class Reserve:
    """Keeps the process of the next check, which starts while no one is waiting for it.

    ``before`` stands before its command; a check ends after ``at_most`` seconds by the clock.
    """

    is_used = psutil is not None  # else answers run in the kernel

    def __init__(self, before=(), at_most=float("inf")):
        self.before, self.at_most, self.process = before, at_most, None

    def prepare(self):
        """The process, or None where there is none; it is started if it isn't running."""
        if not self.is_used:
            return None
        if self.process is None or not self.process.is_alive():
            self.process = None
            with contextlib.suppress(OSError):
                self.process = Process(self.before, self.at_most)
        return self.process

    def take(self):
        process, self.process = self.prepare(), None
        return process


RESERVE = Reserve()


@contextlib.contextmanager
def opened(function, allowed, reserve):
    """A run of an answer: its ``call(args)`` gives a `calls.Reply`, or raises `calls.Stopped`."""
    process = reserve.take()
    try:
        with _without_exits(function):
            if process:
                process.load(function, allowed)
            yield process or InKernel(function, allowed)
    finally:  # nothing of this answer is left to the next
        if process:
            process.stop()
        reserve.prepare()


@contextlib.contextmanager
def _without_exits(function):
    """IPython's `exit` and `quit` end the kernel, and can't be sent; nor what runs there."""
    names = calls.attribute(function, "__globals__", dict) or {}
    kept = {name: it for name, it in names.items() if name in EXITS or _hooks(it)}
    for name, it in kept.items():
        names[name] = calls.leave if name in EXITS else _left_behind(type(it).__name__)
    try:
        yield
    finally:
        names.update(kept)


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
            if _hooks(thing):
                return _left_behind, (type(thing).__name__,)
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
    with contextlib.suppress(Exception):
        return thing.__reduce_ex__(pickle.HIGHEST_PROTOCOL)
    return _left_behind, (kind.__name__,)


def _hooks(thing) -> bool:
    """Whether the notebook's code would run if a thing were pickled."""
    kind = type(thing)
    of_classes = kind.__mro__ if issubclass(kind, type) else type(kind).__mro__
    if any(_is_learners(it) for base in of_classes for it in _own_parts(base).values()):
        return True
    found = [copyreg.dispatch_table.get(kind)]
    for base in kind.__mro__:
        found += [made for name, made in _own_parts(base).items() if name in HOOKS]
    return any(map(_is_learners, found))


def _own_parts(kind) -> dict:
    """What a class holds, if it is written in Python and no module has it."""
    name = kind.__module__ if type(kind.__module__) is str else "__main__"
    module = vars(sys.modules[name]) if name in sys.modules else {}
    is_there = name != "__main__" and module.get(kind.__name__) is kind
    return vars(kind) if kind.__flags__ & BY_PYTHON and not is_there else {}


def _is_learners(made) -> bool:
    """Whether what a class has by a name is neither C code nor a module's."""
    if type(made) is not FunctionType:
        return type(made) not in OF_C
    module = sys.modules.get(made.__module__, builtins)
    return made.__module__ == "__main__" or made.__globals__ is not vars(module)


def _cached(function, options):
    return functools.lru_cache(**options)(function)


def _request(function, allowed):
    """What a worker loads; `calls.Stopped` if an answer can't be sent."""
    answer = calls.attempt(lambda: _pickled((function, allowed)))
    if answer is None:
        raise calls.Stopped(STAYS + _because(function))
    place = [*map(str, sys.path)], os.getcwd(), about.file_of(function)
    return pickle.dumps((answer, *place, linecache.getlines(place[2])))


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

    def __init__(self, before=(), at_most=float("inf")):
        self.at_most = at_most
        self.mark = f"{os.getpid()} {time.monotonic_ns()}"
        code = f"import sys; sys.path[:] = {[*map(str, sys.path)]}; {BEGIN}"
        self.child = subprocess.Popen(
            [*before, sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows
            env={**os.environ, **QUIET, MARK: self.mark},
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
        """End it and what it started, but what hides its variables in another session."""
        atexit.unregister(self.stop)
        with contextlib.suppress(AttributeError, OSError):  # on Windows; it has ended
            os.killpg(self.child.pid, signal.SIGKILL)  # and what was forked there
        for one in {self.computing, *psutil.process_iter()}:
            with contextlib.suppress(psutil.Error, OSError):
                if self.computing == one or one.environ().get(MARK) == self.mark:
                    one.kill()
        self.child.kill()
        self.child.wait()
        with contextlib.suppress(OSError):
            self.child.stdin.close()

    def load(self, function, allowed):
        """Send an answer."""
        self.meter = _Meter(self)  # of the whole check
        request = _request(function, allowed)
        self._ask("begin", b"", LOADING)
        # What started it may wait for it: a sandbox, on Windows a virtual environment.
        family = [self.computing, *self.computing.children(recursive=True)]
        # There it has a console as well, which is one more child, and computes nothing.
        self.computing = [one for one in family if one.name() != "conhost.exe"][-1]
        self.meter.used = 0.0
        if (told := self._ask("load", request, LOADING)) != "loaded":
            missing = told.partition("ModuleNotFoundError: ")[2]
            raise calls.Stopped(missing[:-1] or STAYS + told)
        self.meter.allow(COMPUTING)  # for all calls

    def look_at(self, asked) -> about.About:
        return about.About(*map(str, self._ask("look", pickle.dumps(asked)).value))

    def call_afresh(self, args) -> calls.Reply:
        """A call for which nothing is left of earlier ones."""
        self._ask("load", b"")
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
        with contextlib.suppress(psutil.Error):
            return sum(self.computing.cpu_times()[:2])  # user, system
        return 0.0  # it has ended

    def is_ready(self) -> bool:
        """Whether a thread only waits for a processor or a disk; only Linux tells."""
        for path in glob(f"/proc/{self.computing.pid}/task/*/stat"):
            with contextlib.suppress(OSError), open(path) as file:
                if file.read().rpartition(")")[2].split()[0] in ("R", "D"):
                    return True
        return False


class _Meter:
    """Measures what requests take of the computer, all together."""

    def __init__(self, process):
        self.process, self.used, self.waited = process, 0.0, 0.0
        self.most, self.end = float("inf"), time.monotonic() + process.at_most

    def allow(self, seconds):
        """Let it compute so long from now on."""
        self.most = self.process.seconds() + seconds

    def excess(self) -> str:
        """Why the request must end now, or ''."""
        now, used = time.monotonic(), self.process.seconds()
        passed = 0.0 if self.process.is_ready() else min(now - self.looked, MOMENT)
        waited = self.waited + passed - SHARE * max(0.0, used - self.used)
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
