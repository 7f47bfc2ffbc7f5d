"""The tasks of the panels: each is done by a test, in test_tasks_*.py."""

import ast
import re
from pathlib import Path

import pytest

from course.tools import find_notebooks, save

FILES = sorted(Path(__file__).parent.glob("test_tasks_*.py"))
TESTS = {
    node.name
    for path in FILES
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    if isinstance(node, ast.FunctionDef)
}


def tasks_of(path):
    """The tasks of a notebook, named as their tests are."""
    for cell in save.read(path).cells:
        if "tasks" in cell.metadata.get("tags", []):
            for number in re.findall(r"^(\d+)\. ", cell.source, re.MULTILINE):
                yield f"test_task_{cell.id.replace('-', '_')}_{number}"


@pytest.mark.parametrize("path", find_notebooks([]), ids=lambda path: path.stem)
def test_each_task_of_a_panel_is_done_by_a_test(path):
    """Guards: a task that can't be seen, since nobody has done it."""
    tasks = list(tasks_of(path))
    assert tasks and not set(tasks) - TESTS
