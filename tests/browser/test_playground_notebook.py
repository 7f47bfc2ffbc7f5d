"""The playground in Notebook 7."""

import sys

import pytest

from course.playground import twin
from tests import live
from tests.browser.playground_on_page import OnPage
from tests.wait import wait_until

pytestmark = pytest.mark.timed

SETTINGS = {"data": "circles", "seed": 3, "step": 40}
CELLS = [
    "import sys; sys.path.insert(0, '..'); from course.playground import Playground",
    f"play = Playground(**{SETTINGS}); play",
    "play",
]
ACTIVE = "() => jupyterapp.shell.currentWidget.content.activeCellIndex"


def test_notebook_7_shows_it(browser, tmp_path):
    """Guards: the other page of Jupyter, which has its own frame and its own style; its
    Shift+Enter, too, goes on from a playground."""
    live.copy_course(tmp_path / "course")
    live.write_notebook(tmp_path / "course", "play", CELLS)
    live.write_settings(tmp_path / "config")
    command = [sys.executable, "-m", "notebook", "--allow-root", "--no-browser"]
    command += ["--JupyterNotebookApp.expose_app_in_browser=True"]
    with live.serve(command, tmp_path / "course", tmp_path) as process:
        url, token = live.wait_for(process, tmp_path)
        page = live.new_page(browser, viewport=live.SIZE)
        page.goto(f"{url}notebooks/notebooks/play.ipynb?token={token}")
        live.wait_until_ready(page)
        page.evaluate(live.RUN, ["notebook:run-all-cells", None])
        on = OnPage(page)
        assert on.line() == twin.Run(SETTINGS).line()
        on.button("One step").click()
        page.keyboard.press("Shift+Enter")
        wait_until(lambda: page.evaluate(ACTIVE) == len(CELLS), "it doesn't go on")
        assert on.step() == SETTINGS["step"] + 1
        page.close()
