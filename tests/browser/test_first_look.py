"""Notebook 0 as a beginner goes through it, by Shift+Enter.

What its playgrounds learn is seen in lessons/test_tasks.py.
"""

import pytest

from tests import live
from tests.browser.panel_on_page import CLEAR
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


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size['width']}")
@pytest.mark.parametrize("alone", [False, True], ids=["file browser", "alone"])
def test_the_first_playground_comes_into_sight(notebook, size, alone):
    """Guards: a first picture below the window, or of which a part is cut off."""
    notebook.page.set_viewport_size(size)
    notebook.give_room(alone)
    notebook.page.evaluate(CLEAR)
    notebook.page.evaluate(TO_THE_TOP)
    notebook.page.locator(".jp-MarkdownCell").first.click(position={"x": 300, "y": 60})
    sources = (cell["source"] for cell in notebook.cells())
    first = [code.endswith("playground.first_look()") for code in sources].index(True)
    for done in range(first + 1):
        notebook.page.keyboard.press("Shift+Enter")
        notebook.page.wait_for_function(IS_AT, arg=done + 1)
    root = notebook.page.locator(".playground")
    wait_until(lambda: root.evaluate(IN_SIGHT), "a part is out of sight")
