"""Notebook 0 as a beginner goes through it: Shift+Enter, and Play.

What its playgrounds learn is seen in lessons/test_tasks.py.
"""

import pytest

from tests import live
from tests.browser.panel_on_page import CLEAR
from tests.browser.playground_on_page import OnPage
from tests.live import expect
from tests.wait import wait_until

pytestmark = pytest.mark.timed

SIZES = [live.SIZE, {"width": 1440, "height": 900}]
IN_SIGHT = """root => {
    const window = root.closest('.jp-WindowedPanel-outer').getBoundingClientRect();
    const all = root.getBoundingClientRect();
    return all.top >= window.top - 1 && all.bottom <= window.bottom + 1 }"""

# The cell is the active one, and no cell above it runs.
IS_AT = f"""index => {{ {live.PRELUDE}
    return it.content.activeCellIndex === index
        && cells.slice(0, index).every(cell => cell.model.executionState !== 'running') }}"""
TO_THE_TOP = f"""() => {{ {live.PRELUDE}
    it.content.activeCellIndex = 0;
    return it.content.scrollToItem(0) }}"""


@pytest.fixture(scope="module")
def notebook(turn_to):
    notebook = turn_to("00_first_look")
    notebook.page.evaluate(CLEAR)
    return notebook


def index_of(notebook, source):
    return [cell["source"].endswith(source) for cell in notebook.cells()].index(True)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size['width']}")
@pytest.mark.parametrize("alone", [False, True], ids=["file browser", "alone"])
def test_the_first_playground_comes_into_sight(notebook, size, alone):
    """Guards: a first picture below the window, or of which a part is cut off."""
    notebook.page.set_viewport_size(size)
    notebook.give_room(alone)
    notebook.page.evaluate(CLEAR)
    notebook.page.evaluate(TO_THE_TOP)
    notebook.page.locator(".jp-MarkdownCell").first.click(position={"x": 300, "y": 60})
    for done in range(index_of(notebook, "playground.first_look()") + 1):
        notebook.page.keyboard.press("Shift+Enter")
        notebook.page.wait_for_function(IS_AT, arg=done + 1)
    root = notebook.page.locator(".playground")
    wait_until(lambda: root.evaluate(IN_SIGHT), "a part is out of sight")


def test_one_more_unit_heals_a_seed(notebook):
    """Guards: a + that is hidden, a first Play after which nothing is learned."""
    index = index_of(notebook, "playground.first_look(seed=5)")
    notebook.run(index)
    on = OnPage(notebook.show_cell(index))
    on.button("units in layer 0 +").click()
    on.button("Play").click()
    told = on.root.locator(".status")  # after 260 pictures, which may come late
    expect(told).to_contain_text("Within 0.1 of its target: 4 of 4", timeout=60_000)
    on.button("Pause").click()
