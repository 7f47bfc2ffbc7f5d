"""How tests wait: not for ever, and not less because the machine is busy."""

import itertools
import subprocess
import sys

import pytest

from tests import live, wait

BUSY = "while True: pass"


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(wait, "REST", 2)


def test_a_wait_ends_once_all_rests():
    """Guards: minutes for each wait that is broken; and a wait that ends while its process
    is at work."""
    asked = itertools.count()
    with subprocess.Popen([sys.executable, "-c", BUSY]) as process:
        wait.wait_until(lambda: next(asked) == 200, "it took longer than a rest")
        process.kill()
    with pytest.raises(TimeoutError, match="at rest"):
        wait.wait_until(lambda: False, "all is at rest", patience=10_000)


def test_a_call_of_the_browser_ends_once_all_rests(browser):
    """Guards: the same for what Playwright waits for, and a page that is of no use then."""
    page = live.new_page(browser)
    for call in (
        lambda: page.get_by_role("button").click(),
        lambda: page.evaluate("() => new Promise(() => 0)"),
        lambda: live.expect(page.locator("body")).to_have_text("more"),
    ):
        with pytest.raises(TimeoutError, match="all rests for 2 s"):
            call()
    assert page.evaluate("1 + 1") == 2
    page.close()
