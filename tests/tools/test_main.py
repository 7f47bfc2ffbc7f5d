"""``python -m course``: its commands, its errors, and where it may be called."""

import os
import re
import shlex
import subprocess
import sys
from importlib import import_module

import pytest

from course.__main__ import COMMANDS, main
from course.tools import ROOT, find_notebooks, start

SAID = """
import contextlib, sys
from course.__main__ import main

with contextlib.suppress(SystemExit):
    main(["--help"])
heavy = {"numpy", "matplotlib", "ipywidgets", "nbformat", "nbconvert", "jupyterlab"}
print("Imported:", {*heavy, "playwright"} & set(sys.modules))
"""


def test_every_command_is_listed_at_once_below_whom_it_is_for(tmp_path, monkeypatch):
    """Guards: `--help` that is slow, or tells too little; a command called elsewhere."""
    monkeypatch.chdir(tmp_path)
    assert main(["save", "--check", "03_forward"]) == 0
    command, own = [sys.executable, "-c", SAID], {"PYTHONPATH": str(ROOT)}
    said = subprocess.check_output(command, env=os.environ | own, text=True)
    blocks = re.findall(r"^(for \w+):\n((?:  .+\n)+)", said, re.MULTILINE)
    groups = {
        title: dict(line.split(maxsplit=1) for line in lines.splitlines())
        for title, lines in blocks
    }
    assert {title: " ".join(group) for title, group in groups.items()} == {
        "for learners": "start progress glossary handin",
        "for teachers": "slides handout playground grade minutes",
        "for maintainers": "save links site",
    }
    told = {name: line for group in groups.values() for name, line in group.items()}
    assert told == COMMANDS
    assert max(map(len, said.splitlines())) < 80
    assert said.endswith("\nImported: set()\n")


def test_without_a_command_the_course_is_opened(monkeypatch):
    """Guards: the shortest line is the learner's, with the defaults of `start`."""
    called = []
    monkeypatch.setattr(start, "run", lambda options: called.append(vars(options)) or 0)
    assert main([]) == main(["start"]) == main(["--no-open"]) == 0
    assert called.pop()["no_open"]
    options = {"folder": "my_course", "no_open": False, "only_copy": False}
    assert called == [options, options]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_by_an_example_that_works(
    name, capsys, monkeypatch
):
    """Guards: an example that calls another command, an option or a notebook gone."""
    with pytest.raises(SystemExit) as end:
        main([name, "-h"])
    assert end.value.code == 0
    said = capsys.readouterr().out
    assert said.startswith(f"usage: python -m course {name} [-h]")
    tool, called = import_module(f"course.tools.{name}"), []
    assert said.endswith(f"\n\nexample:\n  python -m course {tool.EXAMPLE}\n")
    monkeypatch.setattr(tool, "run", lambda options: called.append(options) or 0)
    example = shlex.split(tool.EXAMPLE)
    assert example[0] == name and main(example) == 0 and len(called) == 1
    notebooks = [word for word in example if re.match(r"\d\d_", word)]
    assert find_notebooks(notebooks)  # or it says which one is missing


def test_what_is_not_there_is_told_without_a_traceback(tmp_path, capsys):
    """Guards: words for a notebook, a command or a folder by a slip of the hand."""
    for name in ("save", "slides"):
        assert main([name, "5"]) == 1
        said = capsys.readouterr().err
        assert said.startswith("there is no notebook '5'; the course has 00_first")
    with pytest.raises(SystemExit) as end:
        main(["slide"])
    assert end.value.code == 2
    assert "slides" in capsys.readouterr().err.split("choose from")[1]
    (tmp_path / "file").write_text("")
    assert main(["handout", str(tmp_path / "file" / "inside")]) == 1
    assert str(tmp_path / "file") in capsys.readouterr().err
