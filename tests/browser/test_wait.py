"""How tests wait: not for ever, and not less because the machine is busy."""

import itertools
import subprocess
import sys

import pytest

from tests import live, wait

BUSY = "while True: pass"
# Ipywidgets looks every 100 ms for 2 s: here at once, and then too late.
SLOW = """const soon = window.setTimeout;
    window.setTimeout = (done, ms, ...more) => soon(done, ms === 100 ? 2100 : ms, ...more)"""


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


def test_a_widget_that_a_slow_page_found_too_late_is_shown(
    browser, lab, write_notebook
):
    """Guards: verdicts that hang on how fast a loaded page finds its widgets."""
    write_notebook("late", ["import ipywidgets; ipywidgets.Label('here')"])
    notebook = live.Notebook(browser, lab, "late")
    notebook.run_all()
    notebook.save()
    notebook.page.add_init_script(SLOW)
    notebook.load()
    notebook.page.get_by_text("here", exact=True).wait_for()
    assert notebook.complaints == []
    notebook.close()
