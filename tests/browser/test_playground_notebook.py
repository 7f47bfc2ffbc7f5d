"""The playground in JupyterLab and Notebook 7, with a kernel and asleep."""

import sys

import pytest

from course.playground import twin
from tests import live
from tests.browser.playground_on_page import OnPage
from tests.live import expect
from tests.tools.test_asleep import ASLEEP
from tests.wait import wait_until

pytestmark = pytest.mark.timed

SETTINGS = {"data": "circles", "seed": 3, "step": 40}
CELLS = [
    "import sys; sys.path.insert(0, '..'); from course.playground import Playground",
    f"play = Playground(**{SETTINGS}); play",
    "play",
]
FIRST, AGAIN = 1, 2
ACTIVE = "() => jupyterapp.shell.currentWidget.content.activeCellIndex"


@pytest.fixture(scope="module")
def notebook(turn_to, write_notebook):
    """A notebook of the learner's with a playground, shown twice; all cells run."""
    write_notebook("play", CELLS, "my_course")
    notebook = turn_to("play", "my_course")
    notebook.run_all()
    notebook.give_room(True)
    yield notebook
    notebook.give_room(False)


def on_page(notebook, cell):
    notebook.show_cell(cell)
    number = [FIRST, AGAIN].index(cell)
    return OnPage(notebook.page, number)


def test_the_page_and_the_cell_tell_the_same(notebook):
    """Guards: a picture for readers that shows another network than the page."""
    on = on_page(notebook, FIRST)
    data = notebook.cells()[FIRST]["outputs"][0]["data"]
    line = "".join(data["text/plain"])
    assert on.line() == line == twin.Run(SETTINGS).line()
    assert "image/png" in data


def test_it_trains_and_both_views_show_it(notebook):
    """Guards: a button that does nothing in JupyterLab, a second view that lags."""
    on, again = on_page(notebook, FIRST), on_page(notebook, AGAIN)
    on.button("Play").click()
    wait_until(lambda: again.step() > 60, "the second view stands still")
    again.button("Pause").click()
    on.button("Play").wait_for()
    assert on.parameters() == again.parameters() and on.line() == again.line()


def test_arrows_move_the_point_and_no_cell(notebook):
    """Guards: an arrow that goes to another cell; for other keys see test_keys.py."""
    on = on_page(notebook, FIRST)
    on.square.focus()
    for key in ("ArrowDown", "ArrowLeft"):
        on.square.press(key)
    assert on.root.evaluate("root => root.view.session.probe !== null")
    on.square.press("Escape")
    assert notebook.page.evaluate(ACTIVE) == FIRST


def test_opened_again_it_is_asleep(notebook, turn_to):
    """Guards: 'model not found' in place of its picture."""
    notebook.run(FIRST)
    on_page(notebook, FIRST)
    notebook.save()
    assert notebook.complaints == []
    reopened = turn_to("play", "my_course")
    cell = reopened.show_cell(FIRST)
    expect(cell.get_by_text(ASLEEP)).to_be_visible()
    line = twin.Run(SETTINGS).line()
    alt = cell.get_by_role("img").get_attribute("alt")
    assert alt.endswith(f"{line}.")


def test_notebook_7_shows_it(browser, tmp_path):
    """Guards: the other page of Jupyter, which has its own frame and its own style; its
    Shift+Enter, too, goes on from a playground."""
    live.copy_course(tmp_path / "course")
    live.write_notebook(tmp_path / "course", "play", CELLS[:3])
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
        wait_until(lambda: page.evaluate(ACTIVE) == AGAIN + 1, "it doesn't go on")
        assert on.step() == SETTINGS["step"] + 1
        page.close()
