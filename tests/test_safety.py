"""Safe by default: no code from elsewhere, no server opened, and no network needed."""

import ast
import re
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell

from course.tools import ROOT, find_notebooks, save
from course.tools.notebooks import without_fetching
from tests import tables
from tests.test_reruns import texts

CALLS, IMPORTS, DANGERS, ALLOWED = tables.beside(__file__, "safety.toml").values()


def code_of(path):
    """The Python of a module, or of all cells of a notebook."""
    if path.suffix != ".ipynb":
        return path.read_text(encoding="utf-8")
    cells = without_fetching(save.read(path)).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "code")


def dangers(source):
    """What runs code that came from elsewhere, or talks to other machines."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", None))
            owner = getattr(getattr(node.func, "value", None), "id", "")
            if name in CALLS and owner not in ("tomllib", "json"):
                yield f"{name}()"
            is_numpy = owner in ("np", "numpy") and name == "load"
            given = {word.arg: ast.unparse(word.value) for word in node.keywords}
            if given.get("allow_pickle", str(None if is_numpy else False)) != "False":
                yield "allow_pickle"
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        yield from (f"import {n}" for n in names if n.partition(".")[0] in IMPORTS)


def test_modules_and_notebooks_run_no_code_from_elsewhere():
    """Guards: no eval, no pickle, no other program, no network in what learners use; the
    commands start programs, as commands do. And the cells are plain Python ('!' and '%' would
    be syntax errors), and none of them downloads or installs.

    But one, in a course that has an address: where the course is missing, it fetches it.
    """
    modules = [ROOT / "mlp_core.py", *sorted((ROOT / "course").rglob("*.py"))]
    paths = [path for path in modules if path.parent.name != "tools"]
    found = {
        path.relative_to(ROOT).as_posix(): list(dangers(code_of(path)))
        for path in [*paths, *find_notebooks([])]
    }
    assert {name: what for name, what in found.items() if what} == ALLOWED


@pytest.mark.parametrize("source", DANGERS)
def test_the_search_for_dangers_finds_them(source):
    """Guards the test above."""
    assert list(dangers(source))


def test_no_setting_opens_a_server_to_others():
    """Guards: Jupyter's token and its loopback address stay as they are."""
    opening = r"0\.0\.0\.0|--ip[= ](?!127)|token\s*=\s*['\"]{2}|password\s*=\s*['\"]{2}"
    opening += r"|allow_origin|disable_check_xsrf|allow_remote|Server.*ip=(?!127\.0\.0\.1|localhost)"
    kinds = r"(\.(py|md|toml|txt|ya?ml|json|js|j2|ipynb))?"
    folders = ("course", "notebooks", "tests", "benchmarks", "images", "hub", ".ci")
    paths = [p for name in folders for p in (ROOT / name).rglob("*")]
    paths += ROOT.glob("*")
    ours = [p for p in paths if re.fullmatch(kinds, p.suffix) and p.is_file()]
    ours.remove(Path(__file__))
    assert len(ours) > 80
    found = [p.name for p in ours if re.search(opening, p.read_text("latin-1"))]
    assert found == []


GUARD = """
import os, sys

def watch(event, args):
    if event in ("socket.connect", "socket.bind", "socket.sendto"):
        host = args[1][0] if isinstance(args[1], tuple) else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = args[0]
    else:
        return
    if host not in (None, "localhost", "127.0.0.1", "::1"):
        with open(os.environ["NETWORK_LOG"], "a") as log:
            log.write(f"{event} {args}\\n")
        raise OSError(f"the network is cut: {event} {args[1:]}")

sys.addaudithook(watch)
"""
OFFLINE = """
import socket
from course.experiments import fates
from course.fast import sweep
from course.lessons.bug_lab.game import bug_lab

fates(sweep(mlp.XOR.X, mlp.XOR.Y, range(20), epochs=2), mlp.XOR.X, mlp.XOR.Y)
makers = [getattr(panels, name) for name in dir(panels) if name.endswith("_panel")]
assert len(makers) >= 6
for make in [*makers, bug_lab]:
    make()._repr_mimebundle_()
for host in ("192.0.2.1", "example.org"):
    try:
        socket.create_connection((host, 80), timeout=1)
    except OSError as error:
        print(error)
"""


def test_everything_runs_with_the_network_cut(tmp_path, monkeypatch):
    """Guards: modules, panels and a notebook in its kernel reach no other machine.

    An audit hook in each process refuses every address that is not loopback, and writes
    it down, in case somebody swallows the error.
    """
    (tmp_path / "sitecustomize.py").write_text(GUARD)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("NETWORK_LOG", str(tmp_path / "log.txt"))
    [path] = find_notebooks(["03_forward"])
    notebook = save.read(path)
    notebook.cells.append(new_code_cell(OFFLINE))
    done = save.execute(notebook, path.parent)
    assert texts(done.cells[-1]).count("the network is cut") == 2
    lines = (tmp_path / "log.txt").read_text().splitlines()
    assert len(lines) == 2, lines
    assert "192.0.2.1" in lines[0] and "example.org" in lines[1]
