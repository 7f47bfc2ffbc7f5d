"""How tests wait: for what shall happen, however long a busy machine takes for it."""

import time

import pytest

from course.tools.live import PATIENCE


def wait_until(condition, otherwise):
    """Ask again and again until the condition holds; ``otherwise`` tells what is wrong."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            pytest.fail(otherwise if isinstance(otherwise, str) else otherwise())
        time.sleep(0.05)
