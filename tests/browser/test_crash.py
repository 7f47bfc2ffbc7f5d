"""A test whose page crashes is run once more, and only then: see tests/crash.py."""

import os
import re
import subprocess
import sys

import pytest

from course.tools import ROOT

CONFTEST = """from tests.conftest import browser
from tests.crash import pytest_runtest_protocol"""
# Chromium crashes so often in a test; the fixture looks at the page once more at its end.
TESTS = """import contextlib
import pytest
from playwright.sync_api import Error, expect

tries = []

@pytest.fixture(scope="module")
def page(browser):
    page = browser.new_page()
    yield page
    page.title()

@pytest.mark.parametrize("crashes", [1, 0, 2])
def test_crashes(page, crashes):
    tries.append(crashes)
    if tries.count(crashes) <= crashes:
        with contextlib.suppress(Error):
            page.goto("chrome://crash")
    expect(page.locator("html")).to_have_count(1)

def test_after_it(page):
    assert page.title() == ""

def test_fails_by_itself(page):
    tries.append("fault")
    assert tries.count("fault") > 1

def test_runs_so_often(browser):
    assert tries == [1, 1, 0, 2, 2, "fault"]
"""


@pytest.mark.usefixtures("browser")  # skipped where there is none
def test_a_test_is_run_once_more_only_where_its_page_has_crashed(tmp_path):
    """Guards: a run that fails by a crash of the browser, a crash that none hears of, and a
    fault of our own that is given a second chance."""
    (tmp_path / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (tmp_path / "test_page.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-vp", "no:cacheprovider"]
    own = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": ""}
    options = {"cwd": tmp_path, "env": own, "capture_output": True, "text": True}
    told = subprocess.run(command, check=False, **options).stdout
    assert dict(re.findall(r"::(\S+) ([A-Z]+) ", told)) == {
        "test_crashes[1]": "PASSED",
        "test_crashes[0]": "PASSED",
        "test_crashes[2]": "FAILED",
        "test_after_it": "PASSED",
        "test_fails_by_itself": "FAILED",
        "test_runs_so_often": "PASSED",
    }, told
    assert "Chromium crashed: the test was run once more" in told
