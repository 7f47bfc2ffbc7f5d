"""Where code that was handed in runs: what it can't read, write, start or reach.

`admit` shuts the door of this process for good, before the code is run. Python then
refuses files but those of its packages and of the process's own folder, sockets, other
programs, threads, signals, and the removal of the watch for functions of the course. On
Linux with Python 3.12 the process also leaves the network, if the system lets it.

This is no prison. Python's audit hooks see what Python code does, not what C code of a
package does, and who digs in the interpreter gets past them. It runs as the user who
grades: for code that you don't trust at all, grade in a container or as a guest user.
"""

import _thread
import ast
import contextlib
import os
import sys
import sysconfig
import threading
import time

import numpy as np

import mlp_core as mlp
from course.checking import calls, runs

LARGEST_FILE = 10 * 2**20  # bytes
MOST_FILES = 100  # opened for writing
SECONDS = 90  # of processor time, module level and all calls of an answer
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
REFUSED = (
    *("socket.", "ctypes.", "subprocess.", "pty.", "winreg.", "_winapi."),
    *("os.system", "os.exec", "os.spawn", "os.posix_spawn", "os.startfile"),
    *("os.fork", "os.kill", "signal.pthread_kill", "os.symlink", "os.link"),
    "sys.addaudithook",
)
STARTS = {"start_new_thread", "start_new", "start_joinable_thread"}
STARTS |= {f"_{name}" for name in STARTS}
CHANGES = "os.", "shutil.", "pathlib.", "tempfile."
LOOKS = "os.listdir", "os.scandir", "os.walk", "os.fwalk", "os.putenv", "os.unsetenv"
# It takes all that comes. No function of ours: who calls one is told that he borrows it.
NOTHING = "".format


def admit(name, code, file):
    """The answer, in this process, which is closed from now on."""
    with contextlib.suppress(OSError, AttributeError):  # leave the network
        os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET)
    _limit()
    sys.dont_write_bytecode = True
    sys.addaudithook(_guard(os.getcwd()))
    for module in (_thread, threading):  # before Python 3.13 no hook hears of threads
        for start in STARTS & set(vars(module)):
            setattr(module, start, _start_nothing)
    time.sleep = NOTHING  # it changes no result, and would take the teacher's time
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            # Now, as it may take longer than an answer may.
            with contextlib.suppress(Exception):
                exec(ast.unparse(node), {"__name__": "__main__"})  # noqa: S102
    return Answer(name, code, file)


class Answer:
    """Takes the place of the function: its code runs at the first call."""

    def __init__(self, name, code, file):
        self.name, self.code, self.file, self.function = name, code, file, None

    def __call__(self, *args):
        if self.function is None:
            self.function = self._load()
        return self.function(*args)

    def _load(self):
        watch = sys.getprofile()
        sys.setprofile(None)  # it watches the answer, not the cells before it
        try:
            space = {"np": np, "mlp": mlp, "display": NOTHING}
            space["__name__"] = "__main__"
            exec(compile(self.code, self.file, "exec"), space)  # noqa: S102
            # From a frame that isn't the course's: else a function of the course that
            # takes the answer's place would be called by the course, which may do so.
            call = compile("lambda *args: answer(*args)", "<call>", "eval")
            return eval(call, {"answer": space[self.name]})
        finally:
            sys.setprofile(watch)


def _start_nothing(*args, **kwargs):
    raise PermissionError("an answer may not start a thread")


def _limit():
    """Limits of the system, where it has them; `runs` measures time and memory, too."""
    with contextlib.suppress(ImportError):
        import resource

        for what, most in (
            (resource.RLIMIT_CPU, SECONDS),
            (resource.RLIMIT_AS, 2 * runs.MEMORY),
            (resource.RLIMIT_FSIZE, LARGEST_FILE),
        ):
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(what, (most, most))


def _guard(folder):
    """An audit hook: it raises where something is refused."""
    real = _real  # as it is now: an answer may change what a module holds
    inside = real(folder)
    packages = {sys.prefix, sys.base_prefix, *sysconfig.get_paths().values()}
    packages.add(os.path.dirname(os.path.dirname(np.__file__)))
    readable = inside, *map(real, packages)
    # They watch the answer, and let it run before they begin.
    watchers = {
        f.__code__ for f in vars(calls._Watch).values() if hasattr(f, "__code__")
    }
    watchers |= {f.__code__ for f in (calls.call, calls.count_lines, Answer._load)}
    frame_of, left = sys._getframe, [MOST_FILES]

    def is_refused(event, args):
        if event == "open":
            path, flags = args[0], args[2]
            if not isinstance(path, (str, bytes)) or os.fsdecode(path) == os.devnull:
                return False
            if flags & WRITES:
                left[0] -= 1
                return left[0] < 0 or not real(path).startswith(inside)
            return not real(path).startswith(readable)
        if event in ("sys.setprofile", "sys.settrace"):
            return frame_of(2).f_code not in watchers
        if event == "object.__setattr__":
            return args[1] == "__code__"
        if event.startswith(CHANGES) and event not in LOOKS:
            paths = [real(path) for path in args if isinstance(path, (str, bytes))]
            if not all(path.startswith(inside) for path in paths):
                return True
        return event.startswith(REFUSED)

    def guard(event, args):
        if is_refused(event, args):
            raise PermissionError(f"an answer may not do this: {event}")

    return guard


def _real(path):
    """The path without links, with a separator at its end."""
    path = os.path.realpath(os.fsdecode(path))
    return os.path.join(os.path.normcase(path), "")
