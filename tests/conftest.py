"""What several test files need: the order of the files, and the place of live.py."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))  # for live.py
SLOW = ["test_kernel.py", "test_notebooks.py", ".ipynb", "test_browser.py"]


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
        report.longrepr[2] for report in skipped if "test_browser" in report.nodeid
    ]
    for reason in sorted(set(reasons)):
        words = reason.removeprefix("Skipped: ")
        terminalreporter.write_line(
            f"{len(reasons)} tests skipped. {words}", yellow=True
        )
