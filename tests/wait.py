"""How tests wait: for what shall happen, however long a busy machine takes for it."""

import contextlib
import time

import psutil

PATIENCE = 300  # seconds: only what hangs takes so long, however busy the machine is


def wait_until(condition, otherwise, patience=PATIENCE):
    """Ask again and again until the condition holds; ``otherwise`` tells what is wrong."""
    end = time.monotonic() + patience
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(otherwise if isinstance(otherwise, str) else otherwise())
        time.sleep(0.05)


def goes_on(process) -> bool:
    """Whether a process, a `psutil.Process`, has not ended."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False
