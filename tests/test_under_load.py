"""No verdict hangs on the clock: what `under_load.py` measures, and tests may not do."""

import re
from pathlib import Path

FIXED = re.compile(r"wait_for_timeout\(|\btime\.(?:time|monotonic|perf_counter)\(")
# How a test waits for what shall happen, with its bound.
ALLOWED = {"wait.py"}


def test_no_test_measures_the_clock_or_waits_on_a_page_for_a_fixed_time():
    """Guards: a test that falls, or sees nothing, where the machine is busy."""
    paths = Path(__file__).parent.rglob("*.py")
    texts = {path.name: path.read_text("utf-8") for path in paths}
    assert {name for name, text in texts.items() if FIXED.search(text)} <= ALLOWED
