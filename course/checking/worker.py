"""The process in which answers run: it serves the kernel that started it, until it ends."""

import contextlib
import os
import pickle
import signal
import sys
import time

import numpy as np  # noqa: F401, here for speed: each answer needs it

from course.checking import calls

PATIENCE = (
    60  # seconds of processor time, if the kernel is gone and can't stop an answer
)


class Worker:
    """Answers requests (method, bytes): all that the kernel hands over is pickled."""

    def __init__(self):
        self.known = set(sys.modules)

    def load(self, data):
        """Take an answer, and what it may call; a module of the learner is read anew."""
        for name in set(sys.modules) - self.known:
            file = getattr(sys.modules[name], "__file__", None) or ""
            if os.path.dirname(os.path.abspath(file)) == os.getcwd():
                del sys.modules[name]
        self.function, self.allowed = pickle.loads(data)
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
            _limit_time()
            try:
                reply = getattr(worker, method)(data)
            except Exception as error:  # noqa: BLE001, of unpickling: an answer's is in the reply
                reply = error.__class__.__name__
            pickle.dump(reply, replies)
            replies.flush()


def _limit_time():
    """Have the system end this process if nobody else does; Windows can't."""
    with contextlib.suppress(ImportError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        seconds = int(time.process_time()) + PATIENCE
        if most == resource.RLIM_INFINITY or seconds < most:
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, most))
