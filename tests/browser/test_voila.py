"""``voila .`` in the folder of the course: no code, and all that moves."""

import sys
import urllib.error
import urllib.request

import pytest

from tests import live
from tests.browser.panel_on_page import Panel, assert_agrees
from tests.browser.playground_on_page import PLAY, OnPage, assert_python_trained
from tests.live import expect
from tests.wait import wait_until

pytestmark = pytest.mark.timed

BROKEN = """[...document.images].filter(image => !image.complete || !image.naturalWidth)
    .map(image => image.src)"""


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    """Notebook 0 on a page of Voila."""
    folder = tmp_path_factory.mktemp("voila")
    live.copy_course(folder / "course")
    live.write_notebook(folder / "course", "play", [f"{IMPORTS}\n{PLAY}"])
    port = live.free_port()
    command = [sys.executable, "-m", "voila", ".", "--no-browser", f"--port={port}"]
    with live.serve(command, folder / "course", folder):
        url = f"http://127.0.0.1:{port}/voila"
        wait_until(lambda: answers(f"{url}/tree"), (folder / "log.txt").read_text)
        page = live.new_page(browser, viewport=live.SIZE)
        page.goto(f"{url}/render/notebooks/00_first_look.ipynb")
        yield page
        page.close()


IMPORTS = """import sys; sys.path.insert(0, "..")
from course.playground import Playground"""


def answers(url):
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        return direct.open(url)
    except urllib.error.URLError:
        return False


def test_the_first_playground_learns_and_questions_answer(page):
    """Guards: a playground without its script; questions reach the kernel and come back;
    where all has run before, a guess is told at once."""
    on = OnPage(page)
    on.button("Play").click()
    expect(on.root.locator(".losses")).to_contain_text("4 of 4 right since")
    on.button("Pause").click()
    question = page.locator(".course-question").first
    question.locator(".option").nth(1).click()
    told = "The cell has already run, so here is the result: \N{BALLOT X} You said"
    question.get_by_role("status").filter(has_text=told).wait_for()


def test_links_lead_on_and_no_picture_is_missing(page):
    """Guards: the way to the next notebook, its pictures and formulas; numbers and keys of
    its panel reach the kernel."""
    page.get_by_role("link", name="notebook 1").last.click()
    page.get_by_role("heading", name="1. Activations").wait_for()
    panel = Panel(page.locator(".course-panel").first)
    panel.type("alpha", 0.5)
    assert_agrees(panel, alpha=0.5)
    panel.new_picture(lambda: panel.slider("alpha").press("ArrowRight"))
    assert page.locator("img").count() > 2
    assert page.evaluate(BROKEN) == []
    assert page.locator("mjx-container").count() > 10  # formulas


def test_a_playground_trains(page):
    """Guards: the widget in Voila's page, and Python's steps there; last, since it leaves
    the page of the others."""
    page.goto(page.url.rpartition("/")[0] + "/play.ipynb")
    assert_python_trained(OnPage(page))
