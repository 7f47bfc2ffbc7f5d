"""What several test files need: a browser, the order of the files, where live.py is."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))  # for live.py
sys.path.insert(0, str(ROOT / "notebooks"))

import live
import slides

# A busy machine is no fault of the code: no test fails for the time that it takes. And
# the same code gets the same examples, so that a change alone turns a test red.
settings.register_profile(
    "course",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("course")
SLOW = [
    "test_robust.py", "test_exercises.py", "test_kernel.py", "test_notebooks.py",
    "test_copies.py", ".ipynb", "test_slides.py", "test_browser.py",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser():
    """Chromium; without it, a skip here and a failure where browser tests must run."""
    missing = slides.missing()
    if missing and os.environ.get("REQUIRE_BROWSER_TESTS"):
        pytest.fail(f"REQUIRE_BROWSER_TESTS is set, but {missing}.", pytrace=False)
    if missing:
        pytest.skip(
            f"The browser tests did not run: {missing}. Then run the test command of "
            "the README again."
        )
    live.expect.set_options(timeout=1000 * live.PATIENCE)
    with live.browser() as chromium:
        yield chromium


def pytest_collection_modifyitems(items):
    """Fast files first, the browser last, and there one notebook after the other."""
    items.sort(key=_place)


def _place(item):
    late = [number for number, end in enumerate(SLOW) if item.path.name.endswith(end)]
    if item.path.name != "test_browser.py" or not hasattr(item, "callspec"):
        return (late or [-1])[0], ""
    return late[0], item.callspec.params.get("notebook", "")


def pytest_terminal_summary(terminalreporter):
    """Say in words, and once, that the browser tests did not run, and how they would."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = [
        report.longrepr[2] for report in skipped if "browser" in str(report.longrepr)
    ]
    for reason in sorted(set(reasons)):
        words = reason.removeprefix("Skipped: ")
        terminalreporter.write_line(
            f"{len(reasons)} tests skipped. {words}", yellow=True
        )
