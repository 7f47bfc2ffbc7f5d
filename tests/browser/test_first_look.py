"""Notebook 0 as a beginner goes through it: Shift+Enter, and Play."""

import pytest

from tests import live
from tests.browser.panel_on_page import CLEAR, STOOD_STILL, Panel
from tests.live import expect

pytestmark = pytest.mark.timed

IN_SIGHT = """root => {
    const window = root.closest('.jp-WindowedPanel-outer').getBoundingClientRect();
    const panel = root.getBoundingClientRect();
    return panel.top >= window.top - 1 && panel.bottom <= window.bottom + 1 }"""

# The cell is the active one, and no cell above it runs.
IS_AT = f"""index => {{ {live.PRELUDE}
    return it.content.activeCellIndex === index
        && cells.slice(0, index).every(cell => cell.model.executionState !== 'running') }}"""


def run_to(notebook, index):
    """Press Shift+Enter from the top until this cell was run."""
    notebook.page.locator(".jp-MarkdownCell").first.click(position={"x": 300, "y": 60})
    for done in range(index + 1):
        notebook.page.keyboard.press("Shift+Enter")
        notebook.page.wait_for_function(IS_AT, arg=done + 1)


def test_the_first_panel_is_in_sight_and_learns(turn_to):
    """Guards: on a projector Shift+Enter shows a whole panel, and Play makes it learn.

    It is whole with the file browser, and without it, when the picture is larger.
    """
    notebook = turn_to("00_first_look")
    notebook.page.evaluate(CLEAR)
    sources = ["".join(cell["source"]) for cell in notebook.cells()]
    index = sources.index("panels.first_look_panel()")
    run_to(notebook, index)
    root = notebook.page.locator(f'[data-windowed-list-index="{index}"] .course-panel')
    for all_of_it in (False, True):
        notebook.give_room(all_of_it)
        run_to(notebook, index)
        root.get_by_role("img").wait_for()
        root.evaluate(STOOD_STILL)
        assert root.evaluate(IN_SIGHT), all_of_it
    notebook.give_room(False)
    panel = Panel(notebook, index)
    panel.button("Play").click()
    expect(panel.status).to_contain_text("4 of 4 within 0.1")
    expect(panel.button("Play")).to_be_visible()
    expect(panel.status).to_contain_text("step 2000 of 2000")
    assert notebook.complaints == []
