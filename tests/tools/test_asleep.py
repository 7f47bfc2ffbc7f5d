"""What a save leaves of the widgets in a learner's notebook: course.tools.asleep.

That JupyterLab shows it is seen in tests/browser/test_reopened.py.
"""

import copy
import logging
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from course import page
from course.panels import pass_panel
from course.tools.asleep import before_save, without_widgets
from course.tools.save import WIDGET_VIEW
from course.tools.update import LAST, MARK

ASLEEP = (
    "Asleep. Run the imports at the top, then this cell; or choose Run, Run All Cells."
)
VIEW = {"model_id": "1", "version_major": 2, "version_minor": 0}
PNG = "iVBORw0KGgo="


class Reader(HTMLParser):
    """The text of an HTML page, and its tags with their attributes."""

    def __init__(self, page):
        super().__init__()
        self.text, self.tags = "", {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags[tag] = dict(attrs)

    def handle_data(self, data):
        self.text += data


def output(metadata=None, **data):
    """An output with a widget; 'text_html' stands for text/html."""
    data = {name.replace("_", "/"): value for name, value in data.items()}
    return {
        "output_type": "display_data",
        "data": {WIDGET_VIEW: VIEW, **data},
        "metadata": metadata or {},
    }


def notebook(*outputs):
    """A notebook of one cell, as JupyterLab sends it."""
    cell = nbformat.v4.new_code_cell("panel", outputs=list(outputs))
    markdown = nbformat.v4.new_markdown_cell("words")
    return dict(nbformat.v4.new_notebook(cells=[markdown, cell]))


def saved(*outputs):
    """What is saved of the outputs of a cell."""
    return without_widgets(notebook(*outputs))["cells"][1]["outputs"]


# 1. Outputs ------------------------------------------------------------------------------


def test_panel_becomes_its_picture_with_alt_text():
    """Guards: seen and read aloud without a kernel; quotes don't end the alt text."""
    alt = 'f(z) < 0 & "so" on'
    panel = output({"image/png": {"alt": alt}}, image_png=PNG, text_plain="line")
    (done,) = saved(panel)
    assert set(done["data"]) == {"text/html", "text/plain"} and done["metadata"] == {}
    shown = Reader(done["data"]["text/html"])
    assert shown.text == ASLEEP
    assert shown.tags["img"]["alt"] == alt
    assert shown.tags["img"]["src"] == f"data:image/png;base64,{PNG}"
    assert done["data"]["text/plain"] == "line"


def test_all_that_sleeps_says_the_same():
    """Guards: other words on a live page than in a saved notebook."""
    css = (Path(page.__file__).parent / "questions" / "question.css").read_text()
    assert f'content: "{ASLEEP}"' in css
    assert f"content: '{ASLEEP}'" in page.STYLE


def test_real_panel_is_such_an_output():
    """Guards: what panels store is what the save looks for."""
    panel = pass_panel()
    data, metadata = panel._repr_mimebundle_()
    (done,) = saved({"output_type": "display_data", "data": data, "metadata": metadata})
    assert Reader(done["data"]["text/html"]).tags["img"]["alt"] == panel.shown.alt
    panel.close()


def test_question_stays_with_the_line_above():
    """Guards: its HTML is kept as it is, written in one piece or in lines."""
    stored = "<p>What?</p><details>A</details>"
    for html in (stored, [stored[:12], stored[12:]]):
        (done,) = saved(output(text_html=html, text_plain="What?"))
        assert done["data"]["text/html"].endswith(stored)
        assert Reader(done["data"]["text/html"]).text == f"{ASLEEP}What?A"


@pytest.mark.parametrize("plain", ["VBox(a<b)", ["VBox(", "a<b)"]])
def test_bare_widget_is_its_text_and_the_line(plain):
    """Guards: a widget without a stored form says how it comes back."""
    (done,) = saved(output(text_plain=plain))
    assert Reader(done["data"]["text/html"]).text == f"{ASLEEP}VBox(a<b)"


def test_other_outputs_stay_as_they_are():
    """Guards: pictures, prints and errors are none of its business."""
    picture = output(image_png=PNG)
    del picture["data"][WIDGET_VIEW]
    others = [
        picture,
        {"output_type": "stream", "name": "stdout", "text": "a"},
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": []},
    ]
    assert saved(*copy.deepcopy(others)) == others


def test_saving_twice_says_it_once():
    """Guards: a notebook that was not run again is not changed again."""
    once = without_widgets(notebook(output(text_html="<p>What?</p>")))
    assert without_widgets(once) == once


def test_state_of_widgets_is_not_stored():
    """Guards: JupyterLab would show the stored state, which nothing answers."""
    book = notebook()
    book["metadata"] = {"widgets": {"state": {}}, "kernelspec": {"name": "own"}}
    assert without_widgets(book)["metadata"] == {"kernelspec": {"name": "own"}}


def test_saved_notebook_is_valid():
    """Guards: what is written can be opened."""
    panel = output({"image/png": {"alt": "a"}}, image_png=PNG, text_plain="line")
    nbformat.validate(nbformat.from_dict(without_widgets(notebook(panel))))


# 2. The hook -----------------------------------------------------------------------------


@pytest.fixture
def save(tmp_path, caplog):
    """A function: has the hook look at a model that Jupyter saves; returns the model."""
    manager = SimpleNamespace(root_dir=str(tmp_path), log=logging.getLogger("test"))
    (tmp_path / "my_course" / MARK).mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()

    def call(path, content, type="notebook"):
        model = {"type": type, "content": content}
        before_save(model=model, path=path, contents_manager=manager)
        return model

    return call


def test_learners_notebook_is_put_to_sleep_and_remembered(save, tmp_path):
    """Guards: the hook does it, and the next start opens this notebook."""
    model = save("/my_course/01 a.ipynb", notebook(output(text_plain="a")))
    assert WIDGET_VIEW not in model["content"]["cells"][1]["outputs"][0]["data"]
    assert (tmp_path / "my_course" / LAST).read_text() == "01 a.ipynb"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("notebooks/01.ipynb", "notebook"),
        ("01.ipynb", "notebook"),
        ("my_course/sub/01.ipynb", "notebook"),
        ("my_course/notes.txt", "file"),
        ("my_course", "directory"),
    ],
)
def test_other_files_are_none_of_its_business(save, tmp_path, path, kind):
    """Guards: the course's own notebooks are saved as ever."""
    book = notebook(output(text_plain="a"))
    assert save(path, copy.deepcopy(book), kind)["content"] == book
    assert not (tmp_path / "my_course" / LAST).exists()


HALF = output(image_png=PNG)
del HALF["metadata"]


@pytest.mark.parametrize(
    "content",
    [
        None,
        {},
        {"metadata": {}, "cells": [{"outputs": [{"data": None}]}]},
        # Nothing is half done either.
        {"metadata": {}, "cells": [{"outputs": [output(text_plain="a"), HALF]}]},
    ],
)
def test_a_save_never_fails(save, caplog, content):
    """Guards: what it can't understand is saved as it is, and logged."""
    assert save("my_course/01.ipynb", copy.deepcopy(content))["content"] == content
    assert "my_course/01.ipynb is saved as it is" in caplog.text


def test_a_name_that_cannot_be_kept_is_no_harm(save, tmp_path, caplog):
    """Guards: the notebook is put to sleep although the folder can't be written."""
    (tmp_path / "my_course" / LAST).mkdir()
    model = save("my_course/01.ipynb", notebook(output(text_plain="a")))
    assert WIDGET_VIEW not in model["content"]["cells"][1]["outputs"][0]["data"]
    assert "01.ipynb" in caplog.text


def test_what_the_bar_of_a_long_cell_leaves_is_not_saved():
    """Guards: an output without data, which other programs warn of."""
    empty = {"output_type": "display_data", "data": {}, "metadata": {}}
    printed = {"output_type": "stream", "name": "stdout", "text": "done"}
    assert saved(empty, printed, empty) == [printed]
