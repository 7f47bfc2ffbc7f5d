"""Notebook 0 as a beginner goes through it: Shift+Enter, Play, and clicks on units."""

import pytest

from tests import live
from tests.browser.panel_on_page import STOOD_STILL, Panel
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


@pytest.fixture(scope="module")
def notebook(turn_to):
    notebook = turn_to("00_first_look")
    notebook.page.evaluate(
        "jupyterapp.commands.execute('notebook:clear-all-cell-outputs')"
    )
    return notebook


def run_to(notebook, source):
    """Press Shift+Enter from the top until this cell was run; return its panel."""
    sources = ["".join(cell["source"]) for cell in notebook.cells()]
    index = sources.index(source)
    notebook.page.locator(".jp-MarkdownCell").first.click(position={"x": 300, "y": 60})
    for done in range(index + 1):
        notebook.page.keyboard.press("Shift+Enter")
        notebook.page.wait_for_function(IS_AT, arg=done + 1)
    shown = f'[data-windowed-list-index="{index}"] .course-panel'
    notebook.page.locator(shown).get_by_role("img").wait_for()
    return index


def test_the_first_panel_is_in_sight_and_learns(notebook):
    """Guards: on a projector Shift+Enter shows a whole panel, and Play makes it learn.

    It is whole with the file browser, and without it, when the picture is larger.
    """
    index = run_to(notebook, "panels.first_look_panel()")
    root = notebook.page.locator(f'[data-windowed-list-index="{index}"] .course-panel')
    for all_of_it in (False, True):
        notebook.give_room(all_of_it)
        run_to(notebook, "panels.first_look_panel()")
        root.evaluate(STOOD_STILL)
        assert root.evaluate(IN_SIGHT), all_of_it
    notebook.give_room(False)
    panel = Panel(notebook, index)
    panel.button("Play").click()
    expect(panel.status).to_contain_text("4 of 4 within 0.1")
    expect(panel.button("Play")).to_be_visible()
    expect(panel.status).to_contain_text("step 2000 of 2000")
    place = panel.picture.bounding_box()
    scale = place["width"] / 1080
    x, y = place["x"] + 250 * scale, place["y"] + 117 * scale
    notebook.page.mouse.click(x, y)  # the third unit from the top
    expect(panel.box("look at")).to_have_value("unit 2")


def test_play_ends_where_a_run_is_short(notebook):
    """Guards: a button that says 'Pause' for ever, since the player could not move."""
    sources = ["".join(cell["source"]) for cell in notebook.cells()]
    index = sources.index("panels.first_look_panel(learning_rate=5)")
    notebook.run(index)
    panel = Panel(notebook, index)
    panel.button("Play").click()
    expect(panel.status).to_contain_text("diverged at step 7")
    expect(panel.button("Play")).to_be_visible()
    assert notebook.complaints == []
