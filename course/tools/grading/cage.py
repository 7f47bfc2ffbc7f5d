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
import itertools
import os
import sys
import sysconfig
import threading
import time
from types import SimpleNamespace

import numpy as np

import mlp_core as mlp
from course import checking
from course.checking import calls, runs

LARGEST_FILE = 10 * 2**20  # bytes
MOST_FILES = 100  # opened for writing
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
REFUSED = (
    *("os.", "shutil.", "tempfile.", "socket.", "ctypes.", "subprocess.", "pty."),
    *("winreg.", "_winapi.", "signal.pthread_kill", "sys.addaudithook"),
)
# What begins so and yet harms nothing: imports need it, on one system or another.
HARMLESS = {"os.listdir", "os.scandir", "os.walk", "os.putenv", "os.unsetenv"}
HARMLESS |= {"os.add_dll_directory"}
# It takes all that comes. No function of ours: who calls one is told that they borrow it.
NOTHING = "".format
# What IPython makes of %, ! and ? calls this: `get_ipython().run_line_magic("time", "")`.
MAGIC = "run_line_magic", "run_cell_magic", "system", "getoutput"
GET_IPYTHON = itertools.repeat(
    SimpleNamespace(**dict.fromkeys(MAGIC, NOTHING))
).__next__


def admit(name, code, file):
    """The answer, in this process, which is closed from now on."""
    with contextlib.suppress(OSError, AttributeError):  # leave the network
        os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET)
    with contextlib.suppress(ImportError, OSError, ValueError):  # `runs` measures, too
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
        resource.setrlimit(resource.RLIMIT_AS, (2 * runs.MEMORY, 2 * runs.MEMORY))
    if "matplotlib" in code:  # the first import of a new home starts a thread
        with contextlib.suppress(Exception):
            import matplotlib.pyplot  # noqa: F401
    sys.dont_write_bytecode = True
    sys.addaudithook(_guard(os.getcwd()))
    for module in (_thread, threading):  # before Python 3.13 no hook hears of threads
        for start in [start for start in vars(module) if "start_" in start]:
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
            space = {"np": np, "mlp": mlp, "__name__": "__main__"}
            space |= {"display": NOTHING, "get_ipython": GET_IPYTHON}
            exec(compile(self.code, self.file, "exec"), space)  # noqa: S102
            return space[self.name]
        finally:
            sys.setprofile(watch)


def _start_nothing(*args, **kwargs):
    raise PermissionError("an answer may not start a thread")


def _guard(folder):
    """An audit hook: it raises where something is refused.

    What it calls is bound here: an answer may change what a module holds.
    """
    realpath, normal, text = os.path.realpath, os.path.normcase, os.fsdecode
    separator, nowhere, frame_of = os.sep, os.devnull, sys._getframe
    left = [MOST_FILES]

    def real(path):
        """The path without links, with a separator at its end."""
        return normal(realpath(text(path)).rstrip(separator) + separator)

    inside, course = real(folder), real(os.path.dirname(checking.__path__[0]))
    packages = {sys.prefix, sys.base_prefix, *sysconfig.get_paths().values()}
    packages.add(os.path.dirname(os.path.dirname(np.__file__)))
    readable = inside, *map(real, packages)
    # They watch the answer, and let it run before they begin.
    parts = *vars(calls.Watch).values(), calls.call, Answer._load
    watchers = {part.__code__ for part in parts if hasattr(part, "__code__")}

    def is_refused(event, args):
        if event == "open":
            path, _, flags = args
            if type(path) not in (str, bytes):  # others may be another at each look
                return type(path) is not int
            if path == nowhere:
                return False
            if flags & WRITES:
                left[0] -= 1
                return left[0] < 0 or not real(path).startswith(inside)
            if real(path).startswith(course):
                raise PermissionError(
                    "it takes from the course. The exercise is to compute it yourself"
                )
            return not real(path).startswith(readable)
        if event == "os.mkdir":
            return not real(args[0]).startswith(inside)
        if event in ("sys.setprofile", "sys.settrace"):
            return frame_of(2).f_code not in watchers
        if event == "object.__setattr__":
            return args[1] == "__code__"
        return event.startswith(REFUSED) and event not in HARMLESS

    def guard(event, args):
        if is_refused(event, args):
            raise PermissionError(f"an answer may not do this: {event}")

    return guard
