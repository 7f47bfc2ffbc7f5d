"""What Binder and Codespaces read, as far as it can be held to something without them."""

import json

import pytest

from course.__main__ import main
from course.tools import ROOT, start

# No tool complains of a name in it that it doesn't know: so all are asked for below.
PLACE = ROOT / ".devcontainer" / "devcontainer.json"
CODESPACES = json.loads(PLACE.read_text(encoding="utf-8"))
BINDER = ROOT / ".binder"


def test_hosts_have_what_a_learner_has():
    """Guards: Binder's own Python 3.10, which has no tomllib; a second list of packages,
    which is forgotten; an environment of another name than README and teachers know."""
    version = CODESPACES["image"].partition("/python:")[2]
    assert (BINDER / "runtime.txt").read_text() == f"python-{version}\n"
    assert tuple(map(int, version.split("."))) >= (3, 11)
    first, *rest = (BINDER / "requirements.txt").read_text().splitlines()
    assert (BINDER / first.removeprefix("-r ")).samefile(ROOT / "requirements.txt")
    assert all(line.startswith(("#", "notebook>=")) for line in rest)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    line = CODESPACES["updateContentCommand"].removesuffix(" start --only-copy")
    assert f"\n```\n{line}\n```\n" in readme
    editor = CODESPACES["customizations"]["vscode"]
    assert "ms-toolsai.jupyter" in editor["extensions"]
    python = editor["settings"]["python.defaultInterpreterPath"]
    assert python.removeprefix("${containerWorkspaceFolder}/") in line


@pytest.mark.parametrize("host", ["Binder", "Codespaces"])
def test_the_copy_is_made_and_what_opens_is_in_it(host, tmp_path, monkeypatch):
    """Guards: an option that is gone; a first notebook that is called otherwise."""
    script = (BINDER / "postBuild").read_text()
    line = {"Binder": script, "Codespaces": CODESPACES["updateContentCommand"]}[host]
    arguments = line.split("python -m course ")[1].split()
    monkeypatch.setattr(start, "PLACE", tmp_path)
    assert main(arguments) == 0
    opened = CODESPACES["customizations"]["codespaces"]["openFiles"]
    assert opened and all((tmp_path / name).exists() for name in opened)
