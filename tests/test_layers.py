"""The house: what imports what, and what lies where."""

import re
import sys
from collections import Counter

from importlinter.cli import lint_imports

from course.tools import NOTEBOOKS, ROOT


def test_imports_run_one_way(capsys):
    """Guards the contracts in pyproject.toml: each layer knows only those below it."""
    status = lint_imports(str(ROOT / "pyproject.toml"), no_cache=True)
    assert status == 0, capsys.readouterr().out


def test_the_core_imports_numpy_only():
    """Guards: the network can be read and used alone."""
    text = (ROOT / "mlp_core.py").read_text(encoding="utf-8")
    imported = re.findall(
        r"^ *(?:import|from (?=.* import)) *(\w+)", text, re.MULTILINE
    )
    assert set(imported) - sys.stdlib_module_names == {"numpy"}


def test_no_module_lies_outside_the_package():
    """Guards: only the core lies at the top, and no tool among the notebooks."""
    modules = [*ROOT.glob("*.py"), *NOTEBOOKS.rglob("*.py")]
    assert [path.name for path in modules] == ["mlp_core.py"]


def test_a_name_of_a_file_tells_which_one_it_is():
    """Guards: three `page.py` with three duties. In tests/browser, the same in a page."""
    folders = [ROOT / name for name in ("course", "hub", "tests", "benchmarks")]
    paths = [path for folder in folders for path in folder.rglob("*.py")]
    names = Counter(path.name for path in paths if path.parent.name != "browser")
    twice = {name for name, count in names.items() if count > 1}
    assert twice <= {"__init__.py", "conftest.py", "cases.py"}
