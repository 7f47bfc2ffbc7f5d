"""The process in which an answer runs: it serves the kernel that started it, until it ends."""

import builtins
import contextlib
import dis
import itertools
import linecache
import os
import pickle
import signal
import sys
from types import FunctionType

from course.checking import about, calls, wire

PROCESSOR_SECONDS = 60  # then the system ends what no kernel stops
# What an answer may import, for its mark as well. Of the packages some only show things.
ALLOWED = {*sys.stdlib_module_names, "numpy", "matplotlib", "mpl_toolkits", "IPython"}
ALLOWED |= {"mlp_core", "course", "cloudpickle"}  # the last one brings an answer
OTHER = "it uses {}, which isn't there when work is marked. Use NumPy or the standard library"


class Worker:
    """Answers requests (method, bytes): all that the kernel hands over is pickled.

    What it replies isn't: see `wire`. Of a call it may first ``tell`` something.
    """

    def __init__(self, tell):
        self.tell = tell

    def begin(self, _):
        return "begun"

    def load(self, data):
        """Take an answer, and what it may call, where the kernel finds its modules."""
        self.data = data or self.data  # without any, the last answer afresh
        answer, sys.path[:], folder, file, lines = pickle.loads(self.data)
        os.chdir(folder)
        linecache.cache[file] = len(lines), None, lines, file
        self.function, self.allowed = pickle.loads(answer)
        self.earlier = []
        _import_for(self.function)
        return "loaded"

    def look(self, data):
        return calls.Reply(tuple(about.look_at(self.function, pickle.loads(data))))

    def call(self, data):
        watched = {"earlier": self.earlier, "tell": self.tell}
        try:
            return calls.call(
                self.function, pickle.loads(data), self.allowed, **watched
            )
        except BaseException as error:  # noqa: BLE001, also its own KeyboardInterrupt
            return calls.describe(error)

    def count(self, data):
        return calls.count_lines(self.function, *pickle.loads(data))


def _import_for(function):
    """Import what an answer's functions will, as that is no time of a call."""
    space = calls.attribute(function, "__globals__", dict) or {}
    own = [made for made in space.values() if type(made) is FunctionType]
    for code in calls.codes([function, *own]):
        for before, step in itertools.pairwise(dis.get_instructions(code)):
            if step.opname == "IMPORT_NAME":
                with contextlib.suppress(Exception):
                    __import__(step.argval, fromlist=before.argval or ())


def _import(name, space=None, *others, plain=builtins.__import__, **options):
    """As `__import__`, but what an answer imports itself must be allowed."""
    package, user = name.partition(".")[0], (space or {}).get("__name__")
    is_package = user in sys.modules and user not in ("__main__", __name__)
    if package not in ALLOWED and not is_package:
        raise ModuleNotFoundError(OTHER.format(package))
    return plain(name, space, *others, **options)


def main():
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for channel in (0, 1, 2):  # what C code reads and writes
        os.dup2(nothing, channel)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the stop button is for the kernel
    if hasattr(os, "register_at_fork"):  # what an answer forks must not reply
        for channel in (requests, replies):
            os.register_at_fork(after_in_child=channel.close)
    _limit_time()
    sys.addaudithook(_end_nobody)
    builtins.__import__ = _import

    def tell(reply):
        replies.write(wire.pack(reply))
        replies.flush()

    worker = Worker(tell)
    with contextlib.suppress(EOFError):  # the kernel has ended
        while True:
            method, data = pickle.load(requests)
            try:
                reply = getattr(worker, method)(data)
            except Exception as error:  # noqa: BLE001, whatever unpickling raises
                reply = f" ({type(error).__name__}: {error})"
            tell(reply)


def _end_nobody(event, args):
    """An audit hook: the kernel is the parent. Who ends it by `kill` loses their own."""
    if event in ("os.kill", "os.killpg"):
        raise PermissionError("an answer may not end a process")


def _limit_time():
    """Have the system end this process if nothing else does; Windows can't."""
    with contextlib.suppress(ImportError, ValueError):  # or it has a smaller limit
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
