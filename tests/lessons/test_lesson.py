"""A lesson: what a notebook's first cell opens, its progress, and its notebook."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

from course import Lesson, checking, lessons, questions, record
from tests.answers import STUBS, cell, named

SOLVED = named("xor_network", lambda: [([[1, 1], [1, 1]], [0, -1]), ([[1], [-2]], [0])])


def my_slope(z, alpha):
    return np.where(z >= 0, 1.0, alpha)


def my_constant_loss(Y):
    return 0.5 * np.var(Y, axis=0).sum()


NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
QUESTIONS = """
[[predict]]
name = "one"
question = "What is 1 + 1?"
answer = 2
tolerance = 0.1
feedback = "Yes."
otherwise = "Count."

[[quiz]]
name = "two"
question = "Which?"
[[quiz.option]]
text = "this"
feedback = "no"
[[quiz.option]]
text = "that"
right = true
feedback = "yes"
"""


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """A lesson with two questions, and a session in which nothing was answered."""
    folder = tmp_path / "xor_task"
    folder.mkdir()
    (folder / "questions.toml").write_text(QUESTIONS, encoding="utf-8")
    load = lessons.load_questions
    own = questions.load(folder / "questions.toml", "xor_task")
    monkeypatch.setattr(
        lessons,
        "load_questions",
        lambda name: own if name == "xor_task" else load(name),
    )
    return lambda: Lesson("06_xor_task")


FRESH = """0 of 1 predictions made
0 of 2 exercises solved
  xor_network: not solved yet
  my_constant_loss: not solved yet
0 of 1 quiz questions right"""


def test_a_lesson_without_exercises_does_not_speak_of_them():
    """Guards: '0 of 0 exercises solved', and a first notebook that is never done."""
    lesson = Lesson("00_first_look")
    assert lesson.exercises == {}
    assert repr(lesson.progress()) == (
        f"0 of {len(lesson.questions.predictions)} predictions made\n"
        f"0 of {len(lesson.questions.quiz)} quiz questions right"
    )
    assert not lesson.check(my_slope).solved
    for question in lesson.questions.all:
        for option in getattr(question, "options", {}):
            question.submit(option)
        if question.kind == "number":
            question.submit("85")
    assert "All done in this notebook." in lesson.progress()


def test_progress_counts_and_survives_the_first_cell(lesson):
    """Guards: losing what was solved when the first cell runs again."""
    first = lesson()
    first.check(SOLVED)
    first.check(named("my_constant_loss", np.var))  # wrong: it does not count
    first.predict("one").question.submit("3")  # wrong: it was made all the same
    text = repr(lesson().progress())
    assert "1 of 1 predictions made\n1 of 2 exercises solved" in text
    assert "xor_network: solved\n  my_constant_loss: not solved yet" in text
    first.check(my_constant_loss)
    assert "All done" not in repr(lesson().progress())
    first.quiz().questions[0].submit("this")  # wrong: a quiz counts what is right
    assert "\n0 of 1 quiz questions right" in repr(lesson().progress())
    first.quiz().questions[0].submit("that")
    assert "1 of 1 quiz questions right\nAll done in this notebook." in repr(
        lesson().progress()
    )


def test_progress_tells_the_detours(lesson):
    """Guards: a list of one's wrong first guesses, and a line for all slips together."""
    opened = lesson()
    opened.predict("one").submit("3")
    opened.predict("one").submit("2")
    opened.quiz().boxes[0].submit("that")
    variance = named("my_constant_loss", lambda Y: np.var(Y, axis=0))
    double = named("my_constant_loss", lambda Y: 2 * my_constant_loss(Y))
    said = {wrong: opened.check(wrong).mistake for wrong in (variance, double)}
    assert all(said.values()) and said[variance] != said[double]
    opened.check(variance)
    words = f"3 slips, the last: {said[variance]}"  # one line, however often
    assert repr(opened.progress()).endswith(
        "What went wrong on the way:\n"
        f"  my_constant_loss, {words}\n"
        "  'one': your first answer was: 3"
    )


def test_a_stub_counts_as_no_try(lesson):
    """Guards: 'Run all' that counts as an attempt, or takes away what is solved."""
    opened, stub = lesson(), named("xor_network", lambda: None)
    opened.check(stub)
    assert record.work("xor_task", "xor_network").tries == 0
    opened.check(SOLVED)
    opened.check(stub)
    assert record.work("xor_task", "xor_network").tries == 1
    assert "  xor_network: solved" in opened.progress()


def test_a_planted_bug_is_no_mistake_of_the_learner():
    """Guards: what stands in a stub, listed among the misconceptions."""
    opened = Lesson("07_bug_lab")
    for name in ("mend_first", "mend_second"):
        planted = STUBS["mend_first"].replace("mend_first", name)
        verdict = opened.check(cell(name, planted))
        assert verdict.mistake and verdict.tried == (name != "mend_first")
    assert record.work("bug_lab", "mend_first").tries == 0
    assert record.work("bug_lab", "mend_second").tries == 1


def test_a_learners_copy_is_told_where_its_record_is(
    lesson, tmp_path, monkeypatch, capsys
):
    """Guards: the one place where it begins; and that forgetting forgets."""
    copy = tmp_path / "my_course"
    (copy / record.MARK).mkdir(parents=True)
    monkeypatch.chdir(copy)
    opened = lesson()
    assert "on this computer only" in capsys.readouterr().out
    opened.predict("one").submit("2")
    record.close()
    assert "1 of 1 predictions made" in lesson().progress()
    assert capsys.readouterr().out == ""
    assert repr(opened.forget()) == "All answers are forgotten."
    assert repr(lesson().progress()) == FRESH


def test_a_review_stays_until_the_first_cell_runs_again(lesson):
    """Guards: a reply that vanishes, and other questions, when its cell runs again."""
    opened = lesson()
    quiz = opened.review()
    assert len(quiz.boxes) == 3
    choices = [box for box in quiz.boxes if box.question.kind == "choice"]
    for box in choices:  # something to choose from stands there
        shown = [text for text, _ in box.answers.options]
        assert shown == list(box.question.options) != []
    choices[0].submit(next(iter(choices[0].question.options)))
    again = opened.review()
    assert again.questions == quiz.questions
    place = quiz.boxes.index(choices[0])
    assert again.boxes[place].reply.value == choices[0].reply.value != ""


def test_a_check_is_told_how_many_tries_there_were(lesson, monkeypatch):
    """Guards: code that is told at once, or never: it comes with the third try."""
    told = []

    def check(exercises, function, tries):
        told.append(tries)
        return checking.Verdict(False, "not yet")

    monkeypatch.setattr(checking, "check", check)
    for _ in range(3):
        lesson().check(my_constant_loss)
    assert told == [0, 1, 2]


def test_an_exercise_of_another_notebook_is_not_known_here(lesson):
    """Guards: counting it here; and the words of a fresh notebook, for nbval."""
    verdict = lesson().check(my_slope)
    assert not verdict.solved and "there is no exercise 'my_slope'" in verdict.words
    assert repr(lesson().progress()) == FRESH


def test_an_unknown_question_is_named(lesson):
    """Guards: a KeyError for a misspelt name."""
    with pytest.raises(ValueError, match="no question 'on' here; there are: 'one'"):
        lesson().predict("on")


@pytest.mark.parametrize(
    "name", [None, 5, "", "no_such", "../forward", "a\0b", "x" * 999]
)
def test_a_lesson_of_nobody_is_told(name):
    """Guards: Lesson("...") with a slip of the keyboard, or with a path."""
    with pytest.raises(ValueError, match="there is no lesson .* activations, init"):
        Lesson(name)


def test_the_number_of_the_notebook_does_not_count():
    """Guards: a notebook that moves to another place in the course."""
    assert {Lesson(name).name for name in ("03_forward", "4_forward", "forward")} == {
        "forward"
    }


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_and_lesson_ask_the_same(path):
    """Guards: no question is forgotten, or asked for in vain."""
    notebook = nbformat.read(path, as_version=4)
    code = "\n".join(c.source for c in notebook.cells if c.cell_type == "code")
    asked = re.findall(r"\.predict\(\s*[\"'](.+?)[\"']", code)
    assert asked == list(Lesson(path.stem).questions.predictions)
    assert len(re.findall(r"\.quiz\(\)", code)) == 1
