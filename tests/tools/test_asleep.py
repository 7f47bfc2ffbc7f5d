"""What a save leaves of the widgets in a learner's notebook: course.tools.asleep.

That JupyterLab shows it is seen in tests/browser/test_reopened.py.
"""

import asyncio
import copy
import html
import json
import logging
import re
from types import SimpleNamespace

import nbformat
import pytest
from jupyter_core.utils import ensure_async
from jupyter_server.services.contents import largefilemanager as jupyters

from course import page, record
from course.lessons import Lesson
from course.lessons.your_network import pad
from course.panels import pass_panel
from course.questions.box import Answers
from course.tools import asleep
from course.tools.asleep import without_widgets
from course.tools.notebooks import WIDGET_VIEW
from course.tools.update import LAST, MARK

ASLEEP = (
    "Asleep. Run the imports at the top, then this cell; or choose Run, Run All Cells."
)


def text_of(page):
    return html.unescape(re.sub("<[^>]*>", "", page))


def output(**data):
    """An output with a widget; 'text_html' stands for text/html."""
    data = {name.replace("_", "/"): value for name, value in data.items()}
    data[WIDGET_VIEW] = {"model_id": "1", "version_major": 2, "version_minor": 0}
    return nbformat.v4.new_output("display_data", data)


def notebook(*outputs):
    """A notebook with a panel, as JupyterLab sends it, which may store widgets, too."""
    cell = nbformat.v4.new_code_cell("panel", outputs=list(outputs))
    metadata = {"widgets": {"state": {}}, "toc": 1}
    cells = [cell, nbformat.v4.new_markdown_cell("words")]
    return dict(nbformat.v4.new_notebook(cells=cells, metadata=metadata))


def saved(*outputs):
    """What is saved of the outputs of a cell."""
    done = without_widgets(notebook(*outputs))
    nbformat.validate(nbformat.from_dict(done))
    assert done["metadata"] == {"toc": 1}  # nothing would answer a stored state
    assert without_widgets(done) == done  # saving twice says it once
    return done["cells"][0]["outputs"]


def test_panel_becomes_its_picture_with_alt_text():
    """Guards: seen and read aloud without a kernel; quotes don't end the alt text."""
    panel = pass_panel()
    data, metadata = panel._repr_mimebundle_()
    panel.close()
    metadata["image/png"]["alt"] += ' & f(z) < 0 & "so" on'
    png = "".join(data["image/png"].split())
    (done,) = saved(nbformat.v4.new_output("display_data", data, metadata=metadata))
    assert set(done["data"]) == {"text/html", "text/plain"} and done["metadata"] == {}
    shown = done["data"]["text/html"]
    assert text_of(shown) == ASLEEP
    alt, src = re.search('<img alt="([^"]*)" src="([^"]*)"', shown).groups()
    assert html.unescape(alt) == panel.shown.alt + ' & f(z) < 0 & "so" on'
    assert src == f"data:image/png;base64,{png}"
    assert done["data"]["text/plain"] == data["text/plain"]


def test_all_that_sleeps_says_the_same():
    """Guards: other words on a live page than in a saved notebook, and none for a name."""
    for css in (page.STYLE, Answers._css):
        assert f'content: "{ASLEEP}"' in css and not re.search("[A-Z]{5}", css)
    data, metadata = pad.DigitPad(len)._repr_mimebundle_()
    (done,) = saved(nbformat.v4.new_output("display_data", data, metadata=metadata))
    assert f">{pad.ASLEEP}<" in done["data"]["text/html"] and not done["metadata"]


def test_question_and_bare_widget_stay_with_the_line_above():
    """Guards: HTML is kept as it is, a text as a text; in one piece or in lines."""
    stored, plain = "<p>What?</p><details>A</details>", "VBox(a<b)"
    for form in (lambda text: text, lambda text: [text[:5], text[5:]]):
        question, widget = saved(
            output(text_html=form(stored), text_plain="What?"),
            output(text_plain=form(plain)),
        )
        assert question["data"]["text/html"].endswith(stored)
        assert text_of(question["data"]["text/html"]) == f"{ASLEEP}What?A"
        assert text_of(widget["data"]["text/html"]) == ASLEEP + plain


ANSWERS = {"activations": {"minus two": record.Answer(first="-2", last="`0.4` & on")}}


def opened(content, answers=ANSWERS):
    """A notebook as it is opened beside these answers."""
    content = copy.deepcopy(content)
    asleep.tell_answers(content, answers)
    return content


def test_a_question_that_sleeps_has_the_answer_given():
    """Guards: a page loaded again with no answer, a forgotten one, or another's."""
    lesson = Lesson("01_activations", keeps_record=False)
    asked, other = lesson.predict("minus two"), lesson.predict("from a")
    data = [output(text_html=box.static()) for box in (asked, other)]
    saved_once = without_widgets(notebook(*data))
    shown = opened(saved_once)["cells"][0]["outputs"]
    told = "You answered: 0.4 &amp; on"
    first, second = (text_of(one["data"]["text/html"]) for one in shown)
    assert html.unescape(told) in first and "You answered" not in second
    assert first.index("You answered") < first.index("Predict:")
    again = opened(opened(saved_once))  # saved with the answer in it, and opened again
    assert again["cells"][0]["outputs"] == shown
    assert "You answered" not in str(opened(again, {}))
    review = Lesson("02_initialization", keeps_record=False).review()
    assert "activations" not in review.static()  # what it asks again tells no answer


def test_each_question_of_a_quiz_has_its_own_answer():
    """Guards: one that takes the place of those after it, at the second opening; and the
    order of lines, which is no answer in words."""
    lesson = Lesson("01_activations", keeps_record=False)
    names = [question.name for question in lesson.questions.quiz]
    answers = {"activations": {name: record.Answer(last=f"<{name}>") for name in names}}
    saved_once = without_widgets(notebook(output(text_html=lesson.quiz().static())))
    once = opened(saved_once, answers)
    assert opened(once, answers) == once
    shown = text_of(str(once))
    told = [f"You answered: <{name}>" for name in names]
    assert all(words in shown for words in told)
    assert shown.count("Question ") == len(names)
    ordered = Lesson("03_forward", keeps_record=False).predict("two layers in order")
    answers = {"forward": {"two layers in order": record.Answer(last="0 1")}}
    book = without_widgets(notebook(output(text_html=ordered.static())))
    assert "You answered" not in str(opened(book, answers))


def test_a_widget_that_lives_is_left_alone():
    """Guards: another form of a notebook in which nothing sleeps."""
    lesson = Lesson("01_activations", keeps_record=False)
    book = notebook(output(text_html=lesson.predict("minus two").static()))
    assert opened(book) == book


def test_opening_never_fails_and_is_for_learners_alone(tmp_path, caplog):
    """Guards: a notebook that can't be opened beside a damaged record, or without one; the
    course's own notebooks; a folder's listing, and a copy, by any manager of contents."""
    (tmp_path / "my_course" / MARK).mkdir(parents=True)
    lesson = Lesson("01_activations", keeps_record=False)
    asked = lesson.predict("minus two").static()
    book = without_widgets(notebook(output(text_html=asked)))
    (tmp_path / "notebooks").mkdir()
    for folder in ("my_course", "notebooks"):
        (tmp_path / folder / "01.ipynb").write_text(json.dumps(book))
    kinds = jupyters.LargeFileManager, jupyters.AsyncLargeFileManager
    kinds += (asleep.LearnersContents,)
    managers = [kind(root_dir=str(tmp_path)) for kind in kinds]
    for manager in managers[:2]:
        asleep.attach_to(manager)

    async def get(manager, path):
        return await ensure_async(manager.get(path))

    def shown(path="my_course/01.ipynb"):
        models = [asyncio.run(get(manager, path)) for manager in managers]
        (told,) = {"You answered" in str(model["content"]) for model in models}
        return told

    assert not shown()
    keeper = record.Keeper()
    keeper.open_in(tmp_path / "my_course")
    keeper.add_guess("activations", "minus two", "0")
    assert shown() and not shown("notebooks/01.ipynb")
    assert not shown("my_course") and not shown("my_course/record.json")
    assert "opens as it is" not in caplog.text
    (tmp_path / "my_course" / record.FILE).write_text("{")
    assert not shown() and "my_course/01.ipynb opens as it is" in caplog.text
    # It asks for what it copies and lists by its own `get`.
    assert managers[0].copy("my_course/01.ipynb")["name"] == "01-Copy1.ipynb"


def test_other_outputs_stay_as_they_are():
    """Guards: pictures, prints and errors; the empty output of a long cell's bar goes."""
    others = [
        nbformat.v4.new_output("display_data", {"image/png": "iVBORw0KGgo="}),
        nbformat.v4.new_output("stream", text="a"),
        nbformat.v4.new_output("error", ename="E", evalue="", traceback=[]),
    ]
    empty = nbformat.v4.new_output("display_data")
    assert saved(empty, *copy.deepcopy(others), empty) == others


@pytest.fixture
def save(tmp_path, caplog):
    """A function: has the hook look at what Jupyter saves; returns what is saved."""
    manager = SimpleNamespace(root_dir=str(tmp_path), log=logging.getLogger("test"))
    (tmp_path / "my_course" / MARK).mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()

    def call(path, content, type="notebook"):
        model = {"type": type, "content": content}
        asleep.before_save(model=model, path=path, contents_manager=manager)
        return model["content"]

    return call


def test_learners_notebook_is_put_to_sleep_and_remembered(save, tmp_path, caplog):
    """Guards: the next start opens this notebook; a name that can't be kept is no harm."""
    book = notebook(output(text_plain="a"))
    assert save("/my_course/01 a.ipynb", book) == without_widgets(book)
    assert (tmp_path / "my_course" / LAST).read_text() == "01 a.ipynb"
    (tmp_path / "my_course" / LAST).unlink()
    (tmp_path / "my_course" / LAST).mkdir()
    assert not caplog.text
    assert save("my_course/01.ipynb", book) == without_widgets(book)
    assert "01.ipynb" in caplog.text


def test_other_files_are_none_of_its_business(save, tmp_path):
    """Guards: the course's own notebooks are saved as ever."""
    book = notebook(output(text_plain="a"))
    for path in ("notebooks/01.ipynb", "01.ipynb", "my_course/sub/01.ipynb"):
        assert save(path, copy.deepcopy(book)) == book
    assert save("my_course/notes.txt", copy.deepcopy(book), "file") == book
    assert not (tmp_path / "my_course" / LAST).exists()


def test_a_save_never_fails(save, caplog):
    """Guards: what it can't understand is saved as it is, none half done, and logged."""
    half = output(image_png="iVBORw0KGgo=")
    del half["metadata"]
    for outputs in [{"data": None}], [output(text_plain="a"), half], None:
        content = outputs and {"metadata": {}, "cells": [{"outputs": outputs}]}
        caplog.clear()
        assert save("my_course/01.ipynb", copy.deepcopy(content)) == content
        assert "my_course/01.ipynb is saved as it is" in caplog.text
