"""A test whose page crashes is run once more, and only then: see tests/crash.py."""

import re

import pytest

from course.tools import ROOT

pytest_plugins = ["pytester"]

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
def test_a_test_is_run_once_more_only_where_its_page_has_crashed(pytester, monkeypatch):
    """Guards: a run that fails by a crash of the browser, a crash that none hears of, and a
    fault of our own that is given a second chance."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(TESTS)
    told = pytester.runpytest_subprocess("-vp", "no:cacheprovider").stdout.str()
    assert dict(re.findall(r"::(\S+) ([A-Z]+) ", told)) == {
        "test_crashes[1]": "PASSED",
        "test_crashes[0]": "PASSED",
        "test_crashes[2]": "FAILED",
        "test_after_it": "PASSED",
        "test_fails_by_itself": "FAILED",
        "test_runs_so_often": "PASSED",
    }, told
    assert "Chromium crashed: the test was run once more" in told
