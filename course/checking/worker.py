"""The process in which an answer runs: it serves the kernel that started it, until it ends."""

import contextlib
import os
import pickle
import signal
import sys

from course.checking import calls, wire

PROCESSOR_SECONDS = 60  # then the system ends what no kernel stops


class Worker:
    """Answers requests (method, bytes): all that the kernel hands over is pickled.

    What it replies isn't: see `wire`.
    """

    def begin(self, _):
        return os.getpid()

    def load(self, data):
        """Take an answer, and what it may call, where the kernel finds its modules."""
        sys.path[:], folder, answer = pickle.loads(data)
        os.chdir(folder)
        self.function, self.allowed = pickle.loads(answer)
        self.earlier = []
        return "loaded"

    def call(self, data):
        try:
            args, watched = pickle.loads(data), {"earlier": self.earlier}
            return calls.call(self.function, args, self.allowed, **watched)
        except KeyboardInterrupt as error:  # its own: the button does not reach us
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
        os.register_at_fork(after_in_child=lambda: (requests.close(), replies.close()))
    _limit_time()
    worker = Worker()
    with contextlib.suppress(EOFError):  # the kernel has ended
        while True:
            method, data = pickle.load(requests)
            try:
                reply = getattr(worker, method)(data)
            except Exception as error:  # noqa: BLE001, whatever unpickling raises
                reply = type(error).__name__
            replies.write(wire.pack(reply))
            replies.flush()


def _limit_time():
    """Have the system end this process if nobody else does; Windows can't."""
    with contextlib.suppress(ImportError, ValueError):  # or it has a smaller limit
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
