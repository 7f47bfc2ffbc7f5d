"""A notebook of the learner's copy, saved and opened again: what JupyterLab shows.

What the save leaves of an output, and in which folder, is seen in tools/test_asleep.py.
"""

import pytest

from tests.live import expect
from tests.tools.test_asleep import ASLEEP

PANEL, QUESTION, BARE, PLAYGROUND = range(1, 5)  # cells
CELLS = [
    "import sys; sys.path.insert(0, '..'); from course import Lesson, panels, playground",
    "panels.pass_panel()",
    'Lesson("01_activations").predict("minus two")',
    "import ipywidgets; ipywidgets.VBox([ipywidgets.IntSlider(3)])",
    "playground.Playground()",
]


@pytest.fixture(scope="module")
def notebook(turn_to, write_notebook, lab):
    """A notebook in which all was run and a question answered, saved and opened again."""
    (lab.course / "my_course" / "record.json").unlink(missing_ok=True)
    write_notebook("small", CELLS, "my_course")
    notebook = turn_to("small", "my_course")
    notebook.run_all()
    cell = notebook.show_cell(QUESTION)
    expect(cell.get_by_text("kept in record.json in this folder")).to_be_visible()
    cell.locator(".option").last.click()
    expect(cell.get_by_text('Noted: "-0.4".')).to_be_visible()
    notebook.save()
    assert notebook.complaints == []
    return turn_to("small", "my_course")


def test_all_is_there_asleep(notebook):
    """Guards: panel, question, playground and bare widget are seen, and say how they come
    back; and a question without the answer that was given."""
    for index, words in (
        (PANEL, ASLEEP),
        (PLAYGROUND, ASLEEP),
        (QUESTION, "You answered: -0.4"),
        (BARE, "VBox(children=(IntSlider(value=3),))"),
    ):
        cell = notebook.show_cell(index)
        expect(cell.get_by_text(ASLEEP)).to_be_visible()
        expect(cell.get_by_text(words)).to_be_visible()
        expect(cell).not_to_contain_text("Error displaying widget")
    for index, alt in ((PANEL, "Diagram of a"), (PLAYGROUND, "; step 0: loss")):
        picture = notebook.show_cell(index).get_by_role("img", name=alt)
        assert picture.evaluate("img => img.complete && img.naturalWidth") > 300
    reason = notebook.show_cell(QUESTION).get_by_text("Right. The else branch")
    expect(reason).to_be_hidden()
    notebook.show_cell(QUESTION).get_by_text("Answer, with the reasons").click()
    expect(reason).to_be_visible()
    assert notebook.complaints == []


def test_run_again_it_is_live_and_the_answer_is_there(notebook, lab):
    """Guards: the line goes with the sleep; progress that is lost with the kernel."""
    notebook.run_all()
    for index in (PANEL, QUESTION, BARE):
        expect(notebook.show(index)).to_be_visible()
        expect(notebook.show_cell(index)).not_to_contain_text(ASLEEP)
    cell = notebook.show_cell(QUESTION)
    expect(cell.get_by_text('Noted: "-0.4".')).to_be_visible()
    expect(cell.get_by_text("kept in record.json")).to_have_count(0)  # told once
    record = (lab.course / "my_course" / "record.json").read_text(encoding="utf-8")
    assert '"minus two"' in record
    assert notebook.complaints == []
