"""Keys in what stands in an output: none is JupyterLab's, but Shift+Enter, which goes on."""

import pytest

from tests import live
from tests.live import expect
from tests.wait import wait_until

pytestmark = [pytest.mark.timed, pytest.mark.once]

NEXT = "1 + 1"
CELLS = [
    """import sys; sys.path.insert(0, "..")
import numpy as np
from course import Lesson, panels, playground
from course.lessons.your_network.pad import DigitPad
lesson = Lesson("00_first_look")""",
    *("panels.training_panel(steps=50)", NEXT),
    *("playground.Playground()", NEXT),
    *("DigitPad(lambda X: np.full((1, 10), 0.1))", NEXT),
    *('lesson.predict("another seed")', NEXT),
    *('lesson.predict("of a thousand")', "playground.Playground(step=3)"),
]
PANEL, PLAYGROUND, PAD, QUESTION, NUMBER = range(1, len(CELLS), 2)
LAST = len(CELLS) - 1
# Of each widget: what is pressed, and what it then shows.
USES = {
    PANEL: ("Back", "[role=status]:has-text('step 49 of 50')"),
    PLAYGROUND: ("One step", ".at:has-text('step 1')"),
    PAD: ("Clear", ".pad:not(:has(.area path))"),
    QUESTION: ("It fails, and ends with some outputs wrong.", "text=Noted"),
}
COUNTS = f"() => {{ {live.PRELUDE} return cells.map(c => c.model.executionCount) }}"
ACTIVE = f"() => {{ {live.PRELUDE} return it.content.activeCellIndex }}"
# Keys that do something to the selected cell in JupyterLab's command mode.
KEYS = [*"abcdfhijklmnoprsvxyz01", "ArrowUp", "ArrowDown", "Escape", "Delete", "Home"]


@pytest.fixture
def notebook(turn_to, write_notebook):
    """A notebook with one widget of each kind and a cell below each; all cells run."""
    write_notebook("going_on", CELLS)
    notebook = turn_to("going_on")
    notebook.run_all()
    notebook.show_cell(LAST).locator(".playground").wait_for()
    yield notebook
    assert notebook.complaints == []


def by_touch(control):
    control.scroll_into_view_if_needed()
    x, y, width, height = control.bounding_box().values()
    live.touch(control.page, [(x + width / 2, y + height / 2)])


WAYS = {
    "mouse": lambda control: control.click(),
    "keys": lambda control: control.press("Enter"),
    "touch": by_touch,
}


def use(notebook, index, way="mouse"):
    """Use the widget of a cell; what then must stay."""
    button, shown = USES[index]
    cell = notebook.show_cell(index)
    WAYS[way](cell.get_by_role("button", name=button, exact=True))
    cell.locator(shown).wait_for()
    return cell.locator(shown).element_handle()


def expect_to_run(notebook, cell, button=None):
    """By the button, or by Shift+Enter, only this cell runs, and the next becomes active."""
    before = notebook.page.evaluate(COUNTS)
    button.click() if button else notebook.page.keyboard.press("Shift+Enter")

    def ran():
        after = notebook.page.evaluate(COUNTS)
        return [i for i, count in enumerate(before) if after[i] not in (count, None)]

    wait_until(lambda: ran() == [cell], lambda: f"{ran()} ran, not {cell}")
    active = lambda: notebook.page.evaluate(ACTIVE)
    wait_until(lambda: active() == cell + 1, lambda: f"{active()} is active")


def test_no_key_of_jupyterlab_is_hit(notebook):
    """Guards: letters that insert, cut or delete cells, and arrows that go to another one, while
    a widget has the focus."""
    before = [cell["source"] for cell in notebook.cells()]
    for index in USES:
        output = notebook.show_cell(index).locator(".jp-OutputArea-output")
        roles = "slider", "combobox", "button", "application"
        parts = [output.get_by_role(role) for role in roles]
        for part in [part.first for part in parts if part.count()]:
            for key in KEYS:
                part.focus()
                notebook.page.keyboard.press(key)
                notebook.page.keyboard.press(key)  # d, d deletes
        assert notebook.page.evaluate(ACTIVE) == index
    assert [cell["source"] for cell in notebook.cells()] == before
    assert notebook.page.locator(".jp-Dialog").count() == 0


@pytest.mark.parametrize("way", WAYS)
def test_the_next_cell_runs_and_what_was_trained_stays(notebook, way):
    """Guards: a network that begins anew, whatever it was used with and has the focus."""
    for index in USES:
        trained = use(notebook, index, way)
        if way == "touch":  # the focus is nowhere
            notebook.page.evaluate("document.activeElement.blur()")
        expect_to_run(notebook, index + 1)
        assert trained.evaluate("e => e.isConnected"), CELLS[index]
    trained = use(notebook, PAD, way)
    button = notebook.page.get_by_role("button", name="Run this cell and advance")
    expect_to_run(notebook, PAD + 1, button)
    assert trained.evaluate("e => e.isConnected")


def test_what_was_typed_into_a_box_counts(notebook):
    """Guards: a number that is lost on the way to the next cell; 0,5 that becomes 5; a
    mouse wheel that changes it; and who is asked back, while the run tells the answer."""
    for index in (PANEL, PLAYGROUND):
        rates = notebook.show_cell(index).get_by_label("learning rate", exact=True)
        rate = rates.first
        rate.fill("")
        rate.press_sequentially("0,3")
        expect_to_run(notebook, index + 1)
        expect(rate).to_have_value("0.3")
        rate.click()
        before = rate.bounding_box()
        notebook.page.mouse.wheel(0, 40)
        scrolled = lambda rate=rate, before=before: rate.bounding_box() != before
        wait_until(scrolled, "the page does not scroll")
        expect(rate).to_have_value("0.3")
    asked = notebook.show_cell(NUMBER)
    box, reply = asked.get_by_label("your number"), asked.get_by_role("status")
    box.fill("0.8")
    box.press("Shift+Enter")
    expect(reply).to_contain_text("Do you mean 80 % or 0.8 %?")
    expect(box).to_be_focused()
    box.fill("80")
    notebook.show_cell(PAD + 1).locator(".cm-content").click()
    expect_to_run(notebook, PAD + 1)
    expect(reply).to_contain_text("Noted: 80 %.")
    expect(box).not_to_be_editable()


def test_it_goes_on_by_text_and_edited_cells_and_adds_one_at_the_end(notebook):
    """Guards: a text that is passed over, old code that runs, a last cell that runs again."""
    as_text = "notebook:change-cell-to-markdown"
    notebook.page.evaluate(live.RUN, [as_text, PLAYGROUND + 1])
    notebook.fill(PAD, "edited = 3")
    trained = use(notebook, PLAYGROUND)
    notebook.page.keyboard.press("Shift+Enter")  # the text
    expect_to_run(notebook, PAD)
    assert notebook.cells()[PAD]["outputs"] == []
    assert trained.evaluate("e => e.isConnected")
    last = notebook.show_cell(LAST)
    last.get_by_role("button", name="One step").click()
    notebook.page.keyboard.press("Shift+Enter")
    wait_until(lambda: len(notebook.cells()) == LAST + 2, "no cell was added")
    assert notebook.page.evaluate(ACTIVE) == LAST + 1
    expect(last.locator(".at")).to_have_text("step 4")


def test_all_else_is_as_jupyterlab_has_it(notebook):
    """Guards: a cell that can't be run again by Ctrl+Enter, or from its code."""
    for index in (PANEL, PLAYGROUND):
        cell, trained = notebook.show_cell(index), use(notebook, index)
        notebook.page.keyboard.press("Control+Enter")
        trained.wait_for_element_state("hidden")
        use(notebook, index)
        cell.locator(".cm-content").click()
        expect_to_run(notebook, index)
