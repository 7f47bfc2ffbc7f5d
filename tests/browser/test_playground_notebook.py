"""The playground in JupyterLab and Notebook 7, with a kernel and after it has gone."""

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
    "Playground(noise=7)",
]
FIRST, AGAIN, WRONG = 1, 2, 3
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


def test_keys_are_its_own(notebook):
    """Guards: a digit that cuts a cell, an arrow that goes to another one."""
    on = on_page(notebook, FIRST)
    box = on.box("W[0][0, 0]")
    box.click()
    before, cells = notebook.page.evaluate(ACTIVE), len(notebook.cells())
    for key in ("d", "d", "x", "Control+a", "Delete", "1", "Enter"):
        box.press(key)
    assert on.parameters()[0] == 1
    box.press("ArrowUp")
    assert on.parameters()[0] == pytest.approx(1.1)
    on.square.focus()
    for key in ("ArrowDown", "ArrowLeft", "x"):
        on.square.press(key)
    assert on.root.evaluate("root => root.view.session.probe !== null")
    on.square.press("Escape")
    assert (notebook.page.evaluate(ACTIVE), len(notebook.cells())) == (before, cells)


def test_a_wrong_setting_ends_the_cell_in_words(notebook):
    """Guards: a trace of a hundred lines, or a playground with another noise."""
    error = notebook.cells()[WRONG]["outputs"][0]
    assert error["evalue"] == "noise must be at most 0.5, not 7"


def test_without_its_kernel_it_goes_on(notebook):
    """Guards: a page that trains only as long as Python lives; last, for it is gone then."""
    on = on_page(notebook, FIRST)
    notebook.page.evaluate(live.SHUT_DOWN)
    before = on.step()
    on.button("Play").click()
    wait_until(lambda: on.step() > before, "it does not train")
    on.button("Pause").click()
    assert notebook.complaints == []


def test_opened_again_it_is_asleep(notebook, turn_to):
    """Guards: 'model not found' in place of its picture."""
    notebook.run(0)
    notebook.run(FIRST)
    on_page(notebook, FIRST)
    notebook.save()
    reopened = turn_to("play", "my_course")
    cell = reopened.show_cell(FIRST)
    expect(cell.get_by_text(ASLEEP)).to_be_visible()
    line = twin.Run(SETTINGS).line()
    alt = cell.get_by_role("img").get_attribute("alt")
    assert alt.endswith(f"{line}.")


def test_notebook_7_shows_it(browser, tmp_path):
    """Guards: the other page of Jupyter, which has its own frame and its own style."""
    live.copy_course(tmp_path / "course")
    live.write_notebook(tmp_path / "course", "play", CELLS[:2])
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
        assert on.step() == SETTINGS["step"] + 1
        page.close()
