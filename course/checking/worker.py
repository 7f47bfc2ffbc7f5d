"""The process in which answers run: it serves the kernel that started it, until it ends."""

import contextlib
import os
import pickle
import signal
import sys
import time

from course.checking import calls, wire

PATIENCE = (
    60  # seconds of processor time, if the kernel is gone and can't stop an answer
)


ENDED = 64  # the exit code of a copy whose answer did not end it
FORKS = sys.platform == "linux"  # elsewhere a fork may break NumPy, or there is none


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
        return "loaded"

    def call(self, data):
        args = pickle.loads(data)
        try:
            return calls.call(self.function, args, self.allowed)
        except KeyboardInterrupt as error:  # its own: the button does not reach us
            return calls.describe(error)

    def count(self, data):
        args, most = pickle.loads(data)
        return calls.count_lines(self.function, args, most)

    def end(self, _):
        return "ended"


def main():
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for channel in (0, 1, 2):  # what C code reads and writes
        os.dup2(nothing, channel)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the stop button is for the kernel
    worker = Worker()
    with contextlib.suppress(EOFError):  # the kernel has ended
        while True:
            method, data = pickle.load(requests)
            if method == "begin" and FORKS and _is_done_by_a_child():
                continue
            if method == "begin" and hasattr(os, "register_at_fork"):
                # What an answer forks must not reply.
                os.register_at_fork(
                    after_in_child=lambda: (requests.close(), replies.close())
                )
            _limit_time()
            try:
                reply = getattr(worker, method)(data)
            except Exception as error:  # noqa: BLE001, whatever unpickling raises
                reply = type(error).__name__
            replies.write(wire.pack(reply))
            replies.flush()
            if method == "end":
                os._exit(ENDED)


def _is_done_by_a_child() -> bool:
    """Have a copy of this process take one answer: what that leaves behind ends with it.

    The copy gets False and goes on with the requests.
    """
    child = os.fork()
    if not child:
        return False
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) != ENDED:  # its answer or the kernel ended it
        os._exit(1)
    return True


def _limit_time():
    """Have the system end this process if nobody else does; Windows can't."""
    with contextlib.suppress(ImportError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        seconds = int(time.process_time()) + PATIENCE
        if most == resource.RLIM_INFINITY or seconds < most:
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, most))
