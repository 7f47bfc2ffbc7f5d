"""Notebook 0 as a beginner goes through it: Shift+Enter, and Play."""

import pytest

from tests import live
from tests.browser.panel_on_page import CLEAR
from tests.browser.playground_on_page import OnPage
from tests.live import expect
from tests.wait import wait_until

pytestmark = pytest.mark.timed

SIZES = [live.SIZE, {"width": 1440, "height": 900}]
LEARNED = "Within 0.1 of its target: 4 of 4"
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


def run_to(notebook, index):
    """From the top press Shift+Enter until this cell was run."""
    notebook.page.evaluate(TO_THE_TOP)
    notebook.page.locator(".jp-MarkdownCell").first.click(position={"x": 300, "y": 60})
    for done in range(index + 1):
        notebook.page.keyboard.press("Shift+Enter")
        notebook.page.wait_for_function(IS_AT, arg=done + 1)


def run(notebook, source):
    """Run this cell alone; its playground."""
    index = index_of(notebook, source)
    notebook.run(index)
    return OnPage(notebook.show_cell(index))


def play(on, words):
    """Play until the page says so: 260 pictures, which a busy machine draws late."""
    on.button("Play").click()
    expect(on.root.locator(".status")).to_contain_text(words, timeout=60_000)
    if on.button("Pause").is_visible():
        on.button("Pause").click()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size['width']}")
@pytest.mark.parametrize("alone", [False, True], ids=["file browser", "alone"])
def test_the_first_playground_comes_into_sight(notebook, size, alone):
    """Guards: a first picture below the window, or of which a part is cut off."""
    notebook.page.set_viewport_size(size)
    notebook.give_room(alone)
    notebook.page.evaluate(CLEAR)
    run_to(notebook, index_of(notebook, "playground.first_look()"))
    root = notebook.page.locator(".playground")
    wait_until(lambda: root.evaluate(IN_SIGHT), "a part is out of sight")


def test_it_learns_and_shows_what_its_units_do(notebook):
    """Guards: a first Play after which nothing is learned, a click that shows nothing."""
    on = run(notebook, "playground.first_look()")
    play(on, LEARNED)
    assert on.step() >= 250
    on.button("show layer 0, unit 2").click()
    expect(on.box("the large picture shows")).to_have_value("unit")
    assert on.root.locator(".dead").count() == 2
    assert notebook.complaints == []


def test_one_more_unit_heals_a_seed(notebook):
    """Guards: a + that is hidden, or begins nothing anew."""
    on = run(notebook, "playground.first_look(seed=5)")
    on.button("Play").click()
    wait_until(lambda: on.step() > 100, "it does not play")
    expect(on.root.locator(".status")).to_contain_text("of its target: 1 of 4")
    on.button("Pause").click()
    on.button("units in layer 0 +").click()
    play(on, LEARNED)


def test_a_large_rate_breaks_down(notebook):
    """Guards: an end that no words tell."""
    play(run(notebook, "first_look(learning_rate=5)"), "Diverged at step 255")
    assert notebook.complaints == []
