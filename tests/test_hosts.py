"""What Binder and Codespaces read, as far as it can be held to something without them."""

import json

import pytest

from course.__main__ import main
from course.tools import ROOT, start

CODESPACES = json.loads(
    (ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8")
)
BINDER = ROOT / ".binder"
# The names that the file uses, with their types, from the published schemas:
# schemas/devContainer.base.schema.json of devcontainers/spec at commit
# 08c3f97f71385c52a01c026d145c510294847332, and below `customizations`
# extensions/configuration-editing/schemas/devContainer.{codespaces,vscode}.schema.json
# of microsoft/vscode.
SCHEMA = {
    "name": str,
    "image": str,
    "updateContentCommand": str,
    "customizations": dict,
    "customizations.codespaces": dict,
    "customizations.codespaces.openFiles": list,
    "customizations.vscode": dict,
    "customizations.vscode.extensions": list,
    "customizations.vscode.settings": dict,  # by their own names
}


def settings(values, place=""):
    """Each setting by its whole name, and the settings in it."""
    for name, value in values.items():
        yield place + name, value
        if isinstance(value, dict) and name != "settings":
            yield from settings(value, f"{place}{name}.")


def test_the_schema_knows_each_name():
    """Guards: a name that no tool reads, which no tool would complain of."""
    found = dict(settings(CODESPACES))
    assert found.keys() == SCHEMA.keys()
    wrong = [name for name in SCHEMA if not isinstance(found[name], SCHEMA[name])]
    assert wrong == []
    lists = [value for value in found.values() if isinstance(value, list)]
    assert all(isinstance(item, str) for value in lists for item in value)


def test_hosts_have_one_python_that_the_course_admits():
    """Guards: Binder's own 3.10, which has no tomllib; two hosts that drift apart."""
    version = CODESPACES["image"].partition("/python:")[2]
    assert (BINDER / "runtime.txt").read_text() == f"python-{version}\n"
    assert tuple(map(int, version.split("."))) >= (3, 11)


def test_binder_installs_what_a_learner_installs():
    """Guards: a second list of packages, which is forgotten."""
    first, *rest = (BINDER / "requirements.txt").read_text().splitlines()
    assert (BINDER / first.removeprefix("-r ")).samefile(ROOT / "requirements.txt")
    assert all(line.startswith(("#", "notebook>=")) for line in rest)


def test_codespaces_starts_as_a_learner_does():
    """Guards: an environment of another name, which README and teachers don't know."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    line = CODESPACES["updateContentCommand"].removesuffix(" start --only-copy")
    assert f"\n```\n{line}\n```\n" in readme
    python = CODESPACES["customizations"]["vscode"]["settings"][
        "python.defaultInterpreterPath"
    ]
    assert python.removeprefix("${containerWorkspaceFolder}/") in line


@pytest.mark.parametrize("host", ["Binder", "Codespaces"])
def test_the_copy_is_made_and_what_opens_is_in_it(host, tmp_path, monkeypatch):
    """Guards: an option that is gone; a first notebook that is called otherwise."""
    script = (BINDER / "postBuild").read_text()
    line = {"Binder": script, "Codespaces": CODESPACES["updateContentCommand"]}[host]
    arguments = line.split("python -m course ")[1].split()
    monkeypatch.setattr(start, "ROOT", tmp_path)
    assert main(arguments) == 0
    opened = CODESPACES["customizations"]["codespaces"]["openFiles"]
    assert opened and all((tmp_path / name).exists() for name in opened)
