"""The process in which an answer runs: it serves the kernel that started it, until it ends."""

import contextlib
import os
import pickle
import signal
import sys

from course.checking import about, calls, wire

PROCESSOR_SECONDS = 60  # then the system ends what no kernel stops


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
        sys.path[:], folder, answer = pickle.loads(data)
        os.chdir(folder)
        self.function, self.allowed = pickle.loads(answer)
        self.earlier = []
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
                reply = f"{type(error).__name__}: {error}"
            tell(reply)


def _end_nobody(event, args):
    """An audit hook: the kernel is the parent of this process."""
    if event in ("os.kill", "os.killpg"):
        raise PermissionError("an answer may not end a process")


def _limit_time():
    """Have the system end this process if nothing else does; Windows can't."""
    with contextlib.suppress(ImportError, ValueError):  # or it has a smaller limit
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
