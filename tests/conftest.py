"""What several test files need: the order of the files, and the place of lab.py."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))  # for lab.py
SLOW = ["test_kernel.py", "test_notebooks.py", ".ipynb", "test_browser.py"]


def pytest_collection_modifyitems(items):
    """Fast files first, the browser last, and there one notebook after the other."""
    items.sort(key=_place)


def _place(item):
    late = [number for number, end in enumerate(SLOW) if item.path.name.endswith(end)]
    notebook = getattr(item, "callspec", None)
    is_browser = item.path.name == "test_browser.py"
    name = notebook.params.get("notebook", "") if notebook and is_browser else ""
    return late[0] if late else -1, name
