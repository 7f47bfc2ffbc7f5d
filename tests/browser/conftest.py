"""What browser tests share: JupyterLab with its notebooks, and the playground as a file."""

import argparse
from functools import partial

import pytest

from course.tools import playground
from tests import live
from tests.browser.playground_on_page import OnPage


@pytest.fixture(scope="session")
def lab(browser, remember_sweeps):
    """A JupyterLab that a learner has started: it looks after their folder too."""
    with live.lab(remember_sweeps, learner=True) as server:
        yield server


@pytest.fixture(scope="session")
def write_notebook(lab):
    """A function: writes a notebook of these code cells, in its saved form."""
    return partial(live.write_notebook, lab.course)


@pytest.fixture(scope="session")
def turn_to(browser, lab):
    """A function: shows a notebook of the course, with a new kernel, on the one page.

    JupyterLab itself takes the browser longer than most notebooks.
    """
    shown = []

    def turned(name, folder="notebooks"):
        if shown:
            shown[0].turn_to(name, folder)
        else:
            shown.append(live.Notebook(browser, lab, name, folder))
        return shown[0]

    yield turned
    for notebook in shown:
        notebook.close()


@pytest.fixture(scope="session")
def playground_file(tmp_path_factory):
    """The file that the command writes."""
    path = tmp_path_factory.mktemp("alone") / "playground.html"
    playground.run(argparse.Namespace(file=path, settings=""))
    return path


def listened(page):
    """What the page complains about: a list that grows."""
    complaints = []
    heard = {"error": complaints.append}
    page.on("console", lambda said: heard.get(said.type, str)(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    return complaints


@pytest.fixture
def open_page(browser, playground_file):
    """A function: opens the file, without a network, with an address behind its #, for
    somebody whose browser has these settings."""
    contexts, complaints = [], []

    def opened(address="", **settings):
        usual = {"viewport": live.SIZE, "offline": True}
        contexts.append(browser.new_context(**usual | settings))
        page = contexts[-1].new_page()
        page.set_default_timeout(1000 * live.PATIENCE)
        complaints.append(listened(page))
        page.on("pageerror", lambda _: page.close())  # which ends all waits for it
        page.goto(f"{playground_file.as_uri()}#{address}")
        return OnPage(page)

    yield opened
    for context in contexts:
        context.close()
    assert not any(complaints)
