"""The Python of the course, its notebooks and its documents, as ruff wants it."""

import subprocess
import sys

import pytest

from course.tools import ROOT


@pytest.mark.once  # older versions of ruff know other rules
@pytest.mark.parametrize("command", [["check"], ["format", "--diff"]], ids=" ".join)
def test_ruff_finds_nothing(command):
    """Guards: what CI refuses is told first, with all other tests, and not after them."""
    ruff = [sys.executable, "-m", "ruff", *command, "--no-cache", "."]
    done = subprocess.run(
        ruff, cwd=ROOT, capture_output=True, check=False, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr
