"""``python -m course``: its list of commands, its errors, and where it may be called.

What it does without a command is tested in test_start.py.
"""

import os
import re
import shlex
import subprocess
import sys
from importlib import import_module

import pytest

from course.__main__ import COMMANDS, main
from course.tools import ROOT, find_notebooks, start
from tests.wait import PATIENCE


def run(*arguments, folder=ROOT):
    """Call a command as a user does, in a folder."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def listed(text):
    """The commands below each heading of `--help`, with what is said of them."""
    blocks = re.findall(r"^(for \w+):\n((?:  .+\n)+)", text, re.MULTILINE)
    return {
        title: dict(line.split(maxsplit=1) for line in lines.splitlines())
        for title, lines in blocks
    }


def test_every_command_is_listed_below_whom_it_is_for():
    """Guards: `python -m course --help` tells what it can do, a line for each."""
    done = run("-m", "course", "--help")
    assert done.returncode == 0
    groups = listed(done.stdout)
    assert {title: " ".join(group) for title, group in groups.items()} == {
        "for learners": "start progress glossary handin",
        "for teachers": "slides handout grade minutes",
        "for maintainers": "save links site",
    }
    said = {name: line for group in groups.values() for name, line in group.items()}
    assert said == COMMANDS
    assert max(map(len, done.stdout.splitlines())) < 80


def test_a_heading_without_commands_is_left_out(monkeypatch, capsys):
    """Guards: a copy for a class has only what is for learners."""
    for name in COMMANDS.keys() - {"start", "handin"}:
        monkeypatch.delitem(COMMANDS, name)
    with pytest.raises(SystemExit):
        main(["--help"])
    said = capsys.readouterr().out
    groups = listed(said)
    assert list(groups) == ["for learners"] and "for teachers" not in said
    assert list(groups["for learners"]) == ["start", "handin"]


def test_without_a_command_the_course_is_opened(monkeypatch):
    """Guards: the shortest line is the learner's, with the defaults of `start`."""
    called = []
    monkeypatch.setattr(start, "run", lambda options: called.append(vars(options)) or 0)
    assert main([]) == main(["start"]) == main(["--no-open"]) == 0
    assert called.pop()["no_open"]
    options = {"folder": "my_course", "no_open": False, "only_copy": False}
    assert called == [options, options]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_its_arguments(name, capsys):
    """Guards: -h with an example, and that a module has what __main__ asks of it."""
    with pytest.raises(SystemExit) as end:
        main([name, "-h"])
    assert end.value.code == 0
    said = capsys.readouterr().out
    assert said.startswith(f"usage: python -m course {name} [-h]")
    example = import_module(f"course.tools.{name}").EXAMPLE
    assert said.endswith(f"\n\nexample:\n  python -m course {example}\n")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_works(name, monkeypatch):
    """Guards: an example that calls another command, an option or a notebook gone."""
    called = []
    tool = import_module(f"course.tools.{name}")
    monkeypatch.setattr(tool, "run", lambda options: called.append(options) or 0)
    example = shlex.split(tool.EXAMPLE)
    assert example[0] == name and main(example) == 0 and len(called) == 1
    notebooks = [word for word in example if re.match(r"\d\d_", word)]
    assert find_notebooks(notebooks)  # or it says which one is missing


def test_the_list_imports_nothing_heavy():
    """Guards: a list of commands is there at once."""
    code = (
        "import atexit, sys; from course.__main__ import main; "
        "atexit.register(lambda: print({'numpy', 'matplotlib', 'ipywidgets', "
        "'nbformat', 'nbconvert', 'jupyterlab', 'playwright'} & set(sys.modules))); "
        "main(['--help'])"
    )
    assert run("-c", code).stdout.endswith("set()\n")


@pytest.mark.parametrize("name", ["save", "slides"])
def test_a_missing_notebook_is_told_without_a_traceback(name):
    """Guards: words and an exit code, not a wall of code."""
    done = run("-m", "course", name, "08_nothing")
    assert done.returncode == 1
    assert done.stderr.startswith("there is no notebook '08_nothing'; the course has")
    assert "Traceback" not in done.stderr


def test_an_unknown_command_is_refused():
    """Guards: a slip of the hand names the commands that there are."""
    done = run("-m", "course", "slide")
    assert done.returncode == 2 and "slides" in done.stderr.split("choose from")[1]


def test_commands_work_from_another_folder(tmp_path):
    """Guards: notebooks are looked for in the course, not where the shell stands."""
    done = run("-m", "course", "save", "--check", "03_forward", folder=tmp_path)
    assert done.stdout.startswith("03_forward.ipynb: "), done.stderr


def test_what_a_system_refuses_is_told(tmp_path, capsys):
    """Guards: a folder that can't be written is no traceback."""
    (tmp_path / "file").write_text("")
    assert main(["handout", str(tmp_path / "file" / "inside")]) == 1
    assert str(tmp_path / "file") in capsys.readouterr().err
