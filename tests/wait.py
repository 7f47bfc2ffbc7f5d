"""How tests wait: for what shall happen, however long a busy machine takes for it.

A wait that can't be met any more ends soon: once all that the test has started has been at
rest for a while, or only asked whether it is time yet. On a busy machine what waits for a
processor is not at rest. Where the system doesn't tell (it is Linux that does), and for
what works on and on, there is `PATIENCE`, and above all the limit of pytest-timeout.
"""

import asyncio
import contextlib
import math
import time
from pathlib import Path

import psutil

PATIENCE = 300  # seconds: only what hangs takes so long, however busy the machine is
REST = 40  # seconds
ASKING = 0.6  # of a processor: what those who ask may take


def wait_until(condition, otherwise, patience=PATIENCE):
    """Ask again and again until the condition holds; ``otherwise`` tells what is wrong."""
    wait = Wait(patience)
    while not condition():
        if wait.is_over():
            raise TimeoutError(otherwise if isinstance(otherwise, str) else otherwise())
        time.sleep(0.05)


class Wait:
    """A wait that begins now."""

    def __init__(self, patience=PATIENCE):
        self.since = time.monotonic()
        self.end, self.before = self.since + patience, None

    def is_over(self) -> bool:
        """Whether there is nothing to wait for any more."""
        passed = time.monotonic() - self.since
        if passed < REST:
            return time.monotonic() > self.end
        before, self.before, self.since = self.before, worked(), time.monotonic()
        return self.since > self.end or rested(before, self.before, ASKING * passed)


def worked() -> dict:
    """For how many seconds our threads have worked, or waited for a processor."""
    us, found = psutil.Process(), {}
    for process in [us, *us.children(recursive=True)]:
        for file in Path(f"/proc/{process.pid}/task").glob("*/schedstat"):
            with contextlib.suppress(OSError, ValueError):  # it may have ended
                times = map(int, file.read_text().split()[:2])
                found[process.pid, file.parent.name] = sum(times) / 1e9
    return found


def rested(before, now, most) -> bool:
    """Whether no process came or went, and all worked for so many seconds at most."""
    if not before or {pid for pid, _ in before} != {pid for pid, _ in now}:
        return False
    return sum(now[each] - before.get(each, 0) for each in now) < most


def give_up_in(loop):
    """Have each call of Playwright, whose loop this is, end when all rests.

    For a promise of the page it has no limit: running all cells may take any time.
    """
    always, waits = asyncio.all_tasks(loop), {}

    def look():
        for task in asyncio.all_tasks(loop) - always:
            wait, waiter = waits.setdefault(task, Wait(math.inf)), task._fut_waiter
            if wait.is_over() and waiter and not waiter.done():
                # No cancel: that is no Exception, and fixtures don't keep it.
                waiter.set_exception(TimeoutError(f"all rests for {REST} s"))
        for task in [*waits]:
            if task.done():
                del waits[task]
        loop.call_later(1, look)

    look()


def goes_on(process) -> bool:
    """Whether a process, a `psutil.Process`, has not ended."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False
