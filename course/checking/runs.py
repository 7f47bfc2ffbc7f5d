"""Where an answer runs: in a process of its own, which can be stopped whatever it does.

Where there are no processes (Pyodide), or where the answer can't be sent to one, it runs
in the kernel. There a deadline by tracing stops loops in Python, but neither what waits
or computes in C, nor a loop that catches everything.
"""

import atexit
import contextlib
import io
import marshal
import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from types import CodeType

from course.checking import calls, wire

COMPUTING = 2.0  # seconds of processor time for all calls of one check
WAITING = 3.0  # seconds without computing
LOADING = 30.0  # seconds of processor time to import what the answer needs
ALTOGETHER = 60.0  # seconds: a busy computer shares its processors among many
MEMORY = 2 * 2**30  # bytes

TOO_LONG = (
    f"it had not finished after {COMPUTING:.0f} seconds of computing: look for a loop that "
    "never ends, or for a number that grows without end"
)
TOO_SLOW = (
    f"it had not finished after {ALTOGETHER:.0f} seconds: look for a loop that never ends, "
    "or for what it waits for"
)
TOO_LAZY = f"it waited for {WAITING:.0f} seconds and computed nothing: look for what it waits for"
TOO_LARGE = (
    f"it takes more than {MEMORY / 2**30:.0f} GB of memory: look for an array or a list "
    "that is far too long"
)
BEGIN = "from course.checking import worker; worker.main()"
GONE = "it ends Python, and with it your notebook"
REPLIES = {"begin": int, "load": str, "call": calls.Reply, "count": int, "end": str}


@contextlib.contextmanager
def opened(function, allowed):
    """A run of an answer: its ``call(args)`` gives a `calls.Reply`, or raises `calls.Stopped`."""
    with _without_exits(function):
        run = _load(function, allowed) or InKernel(function, allowed)
        try:
            yield run
        except BaseException:  # it may still compute
            run.stop()
            prepare()
            raise
        run.end()


@contextlib.contextmanager
def _without_exits(function):
    """IPython's `exit` and `quit` end the kernel, and can't be sent to a process."""
    names = getattr(function, "__globals__", {})
    exits = {name: names[name] for name in ("exit", "quit") if name in names}
    names.update(dict.fromkeys(exits, calls.leave))
    try:
        yield
    finally:
        names.update(exits)


# 1. In a process of its own -----------------------------------------------------------

_process = None  # the next check's


def prepare():
    """The process, or None; it is started here if it doesn't stand yet."""
    global _process
    if _process is None or _process.is_busy or not _process.is_alive():
        if _process:
            _process.stop()
        _process = Process.start()
    return _process


def _load(function, allowed):
    """The process with an answer in it, or None."""
    process = prepare()
    with contextlib.suppress(Exception):  # whatever an object raises that can't be sent
        if process and process.load(_pickled((function, allowed))):
            return process
    return None


def _pickled(value) -> bytes:
    """With the functions of a notebook, which pickle alone leaves out."""
    import cloudpickle  # where there are no processes, it may be missing

    class Pickler(cloudpickle.Pickler):
        # Keeps the names of files, by which lines are told, and the course's functions.
        dispatch_table = cloudpickle.Pickler.dispatch_table.new_child(
            {CodeType: lambda code: (marshal.loads, (marshal.dumps(code),))}
        )

    file = io.BytesIO()
    Pickler(file).dump(value)
    return file.getvalue()


class Process:
    """The kernel's side of a `worker.Worker`."""

    @classmethod
    def start(cls):
        """A new one, or None where there are no processes."""
        code = f"import sys; sys.path[:] = {[*map(str, sys.path)]}; {BEGIN}"
        quiet = {"OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "agg"}
        try:
            import psutil  # Pyodide has none

            child = subprocess.Popen(
                [sys.executable, "-c", code],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows
                env={**os.environ, **quiet},
            )
            return cls(child, psutil.Process(child.pid))
        except (ImportError, OSError):
            return None

    def __init__(self, child, meter):
        self.child, self.meter = child, meter
        self.is_busy = False  # with a request whose reply nobody has waited for
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
        import psutil

        atexit.unregister(self.stop)
        for process in (self.meter, self.child):
            with contextlib.suppress(psutil.Error):
                process.kill()
        self.child.wait()
        with contextlib.suppress(OSError):
            self.child.stdin.close()

    def load(self, data) -> bool:
        """Hand over an answer; False if it can't be had there."""
        import psutil

        try:
            self.meter = self._find(self._ask("begin", b"", LOADING))
            place = [*map(str, sys.path)], os.getcwd()
            reply = self._ask("load", pickle.dumps((*place, data)), LOADING)
        except (calls.Stopped, psutil.Error):
            return False
        self.began_at = self._seconds()
        return reply == "loaded"

    def _find(self, pid):
        """The process that will run the answer: the child, or a copy of it."""
        import psutil

        process = psutil.Process(pid)
        if self.child.pid not in (pid, process.ppid()):  # it will be measured, stopped
            raise calls.Stopped(GONE)
        return process

    def end(self):
        """Leave nothing of this answer to the next."""
        if self.is_alive() and self.meter.pid != self.child.pid:
            self._ask("end", b"", LOADING)  # a copy, for this answer only
        else:
            self.stop()
            prepare()

    def call(self, args) -> calls.Reply:
        left = COMPUTING - (self._seconds() - self.began_at)
        return self._ask("call", _pickled(args), left)

    def count_lines(self, args, most, seconds) -> int:
        return self._ask("count", _pickled((args, most)), seconds)

    def _ask(self, method, data, seconds):
        """The reply to a request. What takes too much is stopped, with its process."""
        self.is_busy = True
        # In a thread: a thread that an answer left may keep the process from reading.
        threading.Thread(target=self._send, args=(method, data), daemon=True).start()
        meter = _Meter(self, seconds)
        while True:
            try:  # short waits: on Windows Ctrl-C gets through only between them
                reply = self.replies.get(timeout=0.05)
            except queue.Empty:
                reason = meter.excess()
            else:
                if isinstance(reply, REPLIES[method]):
                    self.is_busy = False
                    return reply
                reason = GONE
            if reason:
                self.stop()
                raise calls.Stopped(reason)

    def _seconds(self):
        import psutil

        try:
            times = self.meter.cpu_times()
        except psutil.Error:  # it has ended
            return 0.0
        return times.user + times.system


class _Meter:
    """Measures what one request takes of the computer."""

    def __init__(self, process, seconds):
        self.process, self.seconds = process, seconds
        self.began = self.active = time.monotonic()
        self.first = self.last = process._seconds()

    def excess(self) -> str:
        """Why the request must end now, or ''."""
        import psutil

        now, used = time.monotonic(), self.process._seconds()
        if used > self.last + 0.015:  # some systems count in steps of 1/64 s
            self.last, self.active = used, now
        if used - self.first > self.seconds:
            return TOO_LONG
        if now - self.began > ALTOGETHER:
            return TOO_SLOW
        if now - self.active > WAITING:
            return TOO_LAZY
        with contextlib.suppress(psutil.Error):
            if self.process.meter.memory_info().rss > MEMORY:
                return TOO_LARGE
        return ""


# 2. In the kernel ---------------------------------------------------------------------


class InKernel:
    """The same, where the answer can't be had in a process."""

    def __init__(self, function, allowed):
        self.function, self.allowed = function, allowed
        self.last = time.process_time() + COMPUTING

    def stop(self):
        pass

    end = stop

    def call(self, args) -> calls.Reply:
        def trace(frame, event, argument):
            # Python 3.11 tells no line of `while True: pass`.
            frame.f_trace_opcodes = True
            if time.process_time() > self.last:
                raise calls.Stop
            return trace

        try:
            return calls.call(self.function, args, self.allowed, trace)
        except calls.Stop:
            raise calls.Stopped(TOO_LONG) from None

    def count_lines(self, args, most, seconds) -> int:
        return calls.count_lines(self.function, args, most)
