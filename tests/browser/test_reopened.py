"""A notebook of the learner's copy, saved and opened again: what JupyterLab shows."""

import shutil

import nbformat
import pytest

from course import panels
from course.tools import save
from tests import live
from tests.live import expect

ASLEEP = (
    "Asleep. Run the imports at the top, then this cell; or choose Run, Run All Cells."
)
PANEL, QUESTION, BARE = 1, 2, 3  # cells
CELLS = [
    "import sys; sys.path.insert(0, '..'); from course import Lesson, panels",
    "panels.pass_panel()",
    'Lesson("01_activations").predict("minus two")',
    "import ipywidgets; ipywidgets.VBox([ipywidgets.IntSlider(3)])",
]
ERROR = "Error displaying widget"


@pytest.fixture(scope="module")
def lab(browser):
    with live.lab(learner=True) as server:
        yield server


def opened(browser, lab, name):
    notebook = live.Notebook(browser, lab, name, "my_course")
    return notebook


def save_and_reopen(browser, lab, name, use=lambda notebook: None):
    """Run a notebook, use it, save it, end its kernel, and open it in a new page."""
    notebook = opened(browser, lab, name)
    notebook.run_all()
    use(notebook)
    notebook.save()
    assert notebook.complaints == []
    notebook.close()
    return opened(browser, lab, name)


@pytest.fixture(scope="module")
def notebook(browser, lab):
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    small = save.normalize(nbformat.v4.new_notebook(cells=cells))
    save.write(small, lab.course / "my_course" / "small.ipynb")
    notebook = save_and_reopen(browser, lab, "small", answer)
    yield notebook
    notebook.close()


def answer(notebook):
    """Answer the question, wrongly."""
    cell = notebook.show_cell(QUESTION)
    expect(cell.get_by_text("kept in record.json in this folder")).to_be_visible()
    cell.locator(".option").last.click()
    expect(cell.get_by_text("Not yet.")).to_be_visible()


def test_panel_is_a_picture_with_its_words(notebook):
    """Guards: it is seen, and read aloud, until the panel is live again."""
    cell = notebook.show_cell(PANEL)
    expect(cell.get_by_text(ASLEEP)).to_be_visible()
    picture = cell.get_by_role("img")
    expect(picture).to_have_attribute("alt", panels.pass_panel().shown.alt)
    assert picture.evaluate("img => img.complete && img.naturalWidth") > 300


def test_question_can_be_read(notebook):
    """Guards: the question is there, with the answer folded."""
    cell = notebook.show_cell(QUESTION)
    expect(cell.get_by_text(ASLEEP)).to_be_visible()
    expect(cell.get_by_text("Predict:")).to_be_visible()
    expect(cell.get_by_text("Answer, with the reasons")).to_be_visible()


def test_bare_widget_is_its_text(notebook):
    """Guards: a widget with nothing stored beside it says how it comes back."""
    cell = notebook.show_cell(BARE)
    expect(cell.get_by_text(ASLEEP)).to_be_visible()
    expect(cell.get_by_text("VBox(children=(IntSlider(value=3),))")).to_be_visible()


def test_no_widget_is_missed(notebook):
    """Guards: JupyterLab finds nothing that it can't show."""
    for index in range(len(CELLS)):
        expect(notebook.show_cell(index)).not_to_contain_text(ERROR)
    assert notebook.complaints == []


def test_run_again_it_is_live(notebook):
    """Guards: the line goes with the sleep. (This test runs after those that look.)"""
    notebook.run_all()
    for index in (PANEL, QUESTION, BARE):
        expect(notebook.show(index)).to_be_visible()
        expect(notebook.show_cell(index)).not_to_contain_text(ASLEEP)
    assert notebook.complaints == []


def test_the_answer_is_there_again(notebook, lab):
    """Guards: progress that is lost with the kernel. (This runs after the cells.)"""
    cell = notebook.show_cell(QUESTION)
    expect(cell.get_by_text("Not yet.")).to_be_visible()
    expect(cell.get_by_text("kept in record.json")).to_have_count(0)  # told once
    record = (lab.course / "my_course" / "record.json").read_text(encoding="utf-8")
    assert '"minus two"' in record


def test_notebook_of_the_course(browser, lab):
    """Guards: the same in a real notebook, up to its first panel."""
    folder = lab.course / "my_course"
    given = save.read(folder / "01_activations.ipynb")
    sources = [cell.source for cell in given.cells]
    end = next(i for i, source in enumerate(sources) if source.startswith("panels."))
    given.cells = given.cells[: end + 1]
    save.write(given, folder / "start.ipynb")
    notebook = save_and_reopen(browser, lab, "start")
    expect(notebook.show_cell(end).get_by_text(ASLEEP)).to_be_visible()
    assert notebook.show_cell(end).get_by_role("img").get_attribute("alt")
    expect(notebook.page.locator("body")).not_to_contain_text(ERROR)
    assert notebook.complaints == []
    notebook.close()


def test_notebooks_of_the_course_are_saved_as_they_are(browser, lab, notebook):
    """Guards: the hook looks after the learner's folder only."""
    shutil.copy(lab.course / "my_course" / "small.ipynb", lab.course / "notebooks")
    other = live.Notebook(browser, lab, "small")
    other.run_all()
    other.save()
    other.close()
    text = (lab.course / "notebooks" / "small.ipynb").read_text(encoding="utf-8")
    assert live.WIDGET_VIEW in text and ASLEEP not in text
