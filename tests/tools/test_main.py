"""``python -m course``: its list of commands, its errors, and where it may be called.

What it does without a command is tested in test_start.py.
"""

import os
import subprocess
import sys

import pytest

from course.__main__ import COMMANDS, main
from course.tools import ROOT, start
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


def test_every_command_is_listed_with_a_line():
    """Guards: `python -m course --help` tells what it can do."""
    done = run("-m", "course", "--help")
    assert done.returncode == 0
    for name, summary in COMMANDS.items():
        assert name in done.stdout and summary[:40] in done.stdout


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
    """Guards: -h, and that each command's module has what __main__ asks of it."""
    with pytest.raises(SystemExit) as end:
        main([name, "-h"])
    assert end.value.code == 0
    assert f"python -m course {name}" in capsys.readouterr().out


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
