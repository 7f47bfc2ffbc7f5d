"""Backup and restore of a hub's learners, with accounts that only this test sees."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from course.tools import ROOT

DAYS = Path(__file__).with_name("days.sh")
PAGE = (ROOT / "docs" / "hub.md").read_text(encoding="utf-8")
COLLECT = re.search(r"(?ms)^## Hand-ins.*?^```\n(.*?)^```", PAGE)[1]


def test_what_was_kept_comes_back_to_whom_it_belongs(tmp_path):
    """Guards: work that is lost; another's home, unpacked to a learner's number; a hand-in
    that isn't collected, or not by its learner's account."""

    def run(*arguments):
        options = {"capture_output": True, "text": True, "cwd": ROOT}
        options["env"] = os.environ | {"COLLECT": COLLECT}
        return subprocess.run(["sh", DAYS, *arguments], check=False, **options)

    for folder in ("try", "days"):
        (tmp_path / folder).mkdir()
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if not is_root or run(tmp_path / "try", "only to try").returncode:
        pytest.skip(
            "Backup and restore did not run: run the tests as root, on a Linux where root "
            "may mount."
        )
    done = run(tmp_path / "days")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        *[f"./{name}/neural_networks/handin-a.zip" for name in ("ada", "emmy")],
        *["ada", "emmy", "zoe"],
        *["of ada", "not for zoe", "of emmy", "not for zoe"],
        "ada,emmy",
        "the same password",
        "600",
    ]
