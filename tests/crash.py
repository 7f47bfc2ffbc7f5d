"""What is done where Chromium itself crashes: the page is gone, and tells nothing of us."""

import contextlib
import re

import pytest
from _pytest.runner import runtestprotocol

# Playwright's words. Each test that meets a crash has one of them in its report.
CRASHED = re.compile("(Target|Page) crashed")


def pytest_runtest_protocol(item, nextitem):
    """Run a test of a page once more where its page has crashed, and say so.

    All fixtures are made anew, the browser and JupyterLab too: what was on the page before
    the crash is lost for the tests that follow as well. A second crash fails the test.
    """
    if "browser" not in getattr(item, "fixturenames", ()):
        return None  # as usual
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = runtestprotocol(item, log=False, nextitem=nextitem)
    if any(CRASHED.search(report.longreprtext) for report in reports):
        item.warn(pytest.PytestWarning("Chromium crashed: the test was run once more"))
        with contextlib.suppress(Exception):  # of what looks at the page when it ends
            item.session._setupstate.teardown_exact(None)
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True
