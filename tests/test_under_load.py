"""No verdict hangs on the clock: what tests may not do, and `under_load.py` itself."""

import re
import subprocess
import sys

import psutil
import pytest

from tests import under_load
from tests.wait import goes_on, wait_until

TESTS = under_load.ROOT / "tests"
FIXED = re.compile(r"wait_for_timeout\(|\btime\.(?:time|monotonic|perf_counter)\(")


# How a test waits for what shall happen, with its bound.
ALLOWED = {"wait.py"}


def test_no_test_measures_the_clock_or_waits_on_a_page_for_a_fixed_time():
    """Guards: a test that falls, or sees nothing, where the machine is busy."""
    texts = {path.name: path.read_text("utf-8") for path in TESTS.rglob("*.py")}
    assert {name for name, text in texts.items() if FIXED.search(text)} <= ALLOWED


KILLED = """import os
from tests import under_load
with under_load.busy(1) as (process,):
    print(process.pid)
    os._exit(1)"""


def test_busy_processes_end_with_the_block_and_with_the_command():
    """Guards: a machine that stays busy where a run was stopped, or killed itself."""
    with pytest.raises(KeyboardInterrupt), under_load.busy(2) as processes:
        assert [process.poll() for process in processes] == [None, None]
        raise KeyboardInterrupt
    assert None not in [process.poll() for process in processes]
    command = [sys.executable, "-uc", KILLED]
    options = {"cwd": under_load.ROOT, "capture_output": True, "text": True}
    done = subprocess.run(command, check=False, **options)
    process = psutil.Process(int(done.stdout))
    wait_until(lambda: not goes_on(process), "it goes on without its command")
