"""A lesson: what a notebook's first cell opens, and its progress."""

import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter

from course import Lesson, lessons, page, questions, record
from course.questions.kinds import Reply
from tests.answers import DOUBLES, SOLUTIONS, STUBS, cell, named

SOLVED = named("xor_network", lambda: [([[1, 1], [1, 1]], [0, -1]), ([[1], [-2]], [0])])
SLOPE = named("my_slope", lambda z, alpha: np.where(z >= 0, 1.0, alpha))
HALF_VARIANCE = named("my_constant_loss", lambda Y: 0.5 * np.var(Y, axis=0).sum())
FRESH = """0 of 1 predictions made
0 of 2 exercises solved
  xor_network: not solved yet
  my_constant_loss: not solved yet
0 of 1 quiz questions right"""


@pytest.fixture
def lesson(monkeypatch):
    """A lesson with two questions, and a session in which nothing was answered."""
    own = {"xor_task": questions.load(DOUBLES / "questions.toml", "xor_task")}
    load = lessons.load_questions
    with_own = lambda name: own.get(name) or load(name)
    monkeypatch.setattr(lessons, "load_questions", with_own)
    return lambda: Lesson("06_xor_task")


def test_a_lesson_without_exercises_does_not_speak_of_them():
    """Guards: '0 of 0 exercises solved', and a first notebook that is never done."""
    lesson = Lesson("00_first_look")
    assert "exercise" not in lesson.progress()
    assert not lesson.check(SLOPE).solved
    for question in lesson.questions.all:
        for answer in getattr(question, "options", ["85"]):
            question.submit(answer)
    assert "All done in this notebook." in lesson.progress()


def test_progress_counts_and_survives_the_first_cell(lesson):
    """Guards: losing what was solved when the first cell runs again; counting what was
    wrong, or not counting a prediction that was; and quotes around what is shown."""
    first = lesson()
    assert repr(first.progress()) == FRESH
    first.check(SOLVED)
    first.check(named("my_constant_loss", np.var))
    first.predict("twice three").question.submit("3")
    text = lesson().progress()
    assert "1 of 1 predictions made\n1 of 2 exercises solved" in text
    assert "xor_network: solved\n  my_constant_loss: not solved yet" in text
    first.check(HALF_VARIANCE)
    first.quiz().questions[0].submit("1")
    assert "\n0 of 1 quiz questions right" in lesson().progress()
    assert "All done" not in lesson().progress()
    first.quiz().questions[0].submit("0")
    end = "1 of 1 quiz questions right\nAll done in this notebook."
    assert end in lesson().progress()
    assert lesson().progress().endswith("your first answer was: 1")  # not the last


def test_progress_tells_the_detours_and_code_comes_with_the_third_try(lesson):
    """Guards: a list of one's wrong first guesses, under names that nobody has seen; a line
    for all tries together, with a mistake that isn't the last, or came when it was solved;
    and code that is told at once, or never."""
    opened = lesson()
    opened.predict("twice three").submit("3")
    assert "went wrong" not in opened.progress()  # nobody knows yet
    opened.reveal("twice three", 6)
    opened.quiz().boxes[0].submit("0")
    variance = named("my_constant_loss", lambda Y: np.var(Y, axis=0))
    double = named("my_constant_loss", lambda Y: 2 * HALF_VARIANCE(Y))
    said = [opened.check(wrong) for wrong in (double, variance, variance)]
    assert len({verdict.mistake for verdict in said} - {""}) == 2
    assert ["in code: " in verdict.words for verdict in said] == [False, False, True]
    told = "along the way:\n  my_constant_loss, {} tries, last mistake: {}\n  "
    told += (
        '"What is the double of 3, as you learn it at ...": your first answer was: 3'
    )
    assert opened.progress().endswith(told.format(3, said[-1].mistake))
    tenfold = named("my_constant_loss", lambda Y: 10 * HALF_VARIANCE(Y))
    opened.check(SOLVED)
    opened.check(named("xor_network", list))
    for count, function in ((4, tenfold), (5, HALF_VARIANCE), (6, variance)):
        opened.check(function)
        assert opened.progress().endswith(told.format(count, "the result is wrong"))


def test_what_is_solved_looks_like_a_right_answer(lesson):
    """Guards: a success as grey as a refusal; a green that stands without its sign or
    comes before; markup that a learner printed; and what stands in saved notebooks."""

    def chatty(Y):
        print("<b>", Y.shape)
        return HALF_VARIANCE(Y)

    def shown(function):
        return DisplayFormatter().format(lesson().check(function))[0]

    for function in (lambda Y: None, lambda Y: 2 * HALF_VARIANCE(Y)):
        assert shown(named("my_constant_loss", function)).keys() == {"text/plain"}
    green = shown(named("my_constant_loss", chatty))
    assert green["text/plain"].startswith("my_constant_loss: right\n  printed: <b> (")
    quiz = lesson().questions.quiz
    right = questions.Revealed(quiz[0], Reply(True, ""))._repr_html_()
    bar, sign, head = page.COLOURS[True], page.SIGNS[True], "my_constant_loss: right."
    for html in (green["text/html"], right):
        assert f"6px solid {bar}" in html and f"<strong>{sign} " in html
    assert f"<strong>{sign} {head}</strong>" in green["text/html"]
    assert "printed: &lt;b&gt; (" in green["text/html"]


def test_a_stub_counts_as_no_try(lesson):
    """Guards: 'Run all' that counts as an attempt, or takes away what is solved; and a bug
    that stands in a stub, listed among the misconceptions."""
    opened, stub = lesson(), named("xor_network", lambda: None)
    for function in (stub, SOLVED, stub):
        opened.check(function)
    assert record.work("xor_task", "xor_network").tries == 1
    assert "  xor_network: solved" in opened.progress()
    lab = Lesson("07_bug_lab")
    stub = STUBS["mend_first"]
    # A usual mistake, which stood in the stub of copies made earlier.
    mean = SOLUTIONS["mend_first"].replace(".sum(", ".mean(")
    for name, code in ("mend_first", stub), ("mend_second", mean):
        verdict = lab.check(cell(name, code.replace("mend_first", name)))
        assert verdict.mistake and verdict.tried == (name != "mend_first")
    assert record.work("bug_lab", "mend_first").tries == 0
    assert record.work("bug_lab", "mend_second").tries == 1


def test_a_learners_copy_is_told_where_its_record_is(
    lesson, tmp_path, monkeypatch, capsys
):
    """Guards: the one place where it begins; and that forgetting forgets all lessons."""
    (tmp_path / record.MARK).mkdir()
    monkeypatch.chdir(tmp_path)
    opened = lesson()
    assert "on this computer only" in capsys.readouterr().out
    opened.predict("twice three").submit("6")
    Lesson("01_activations").check(SLOPE)
    record.close()
    assert "1 of 1 predictions made" in lesson().progress()
    assert record.solved("activations") == {"my_slope"}
    assert capsys.readouterr().out == ""
    assert repr(opened.forget()) == "All answers have been erased."
    assert lesson().progress() == FRESH and not record.solved("activations")


def test_a_review_stays_until_the_first_cell_runs_again(lesson):
    """Guards: a reply that vanishes, and other questions, when its cell runs again."""
    opened = lesson()
    quiz = opened.review()
    assert len(quiz.boxes) == 3
    place = [box.question.kind for box in quiz.boxes].index("choice")
    box = quiz.boxes[place]
    shown = [text for text, _ in box.answers.options]
    assert shown == list(box.question.options) != []
    box.submit(shown[0])
    again = opened.review()
    assert again.questions == quiz.questions
    assert again.boxes[place].reply.value == box.reply.value != ""


def test_what_is_not_here_is_named(lesson):
    """Guards: an exercise of another notebook that counts here; a KeyError for a misspelt
    question; and a lesson by another number, which a notebook gets that moves."""
    verdict = lesson().check(SLOPE)
    assert not verdict.solved and "there is no exercise 'my_slope'" in verdict.words
    assert lesson().progress() == FRESH
    words = "no question 'on' here; there are: 'twice three'"
    with pytest.raises(ValueError, match=words):
        lesson().predict("on")
    assert Lesson("4_forward").name == Lesson("forward").name == "forward"


@pytest.mark.parametrize("name", [None, "", "no_such", "../forward", "a\0b", "x" * 999])
def test_a_lesson_of_nobody_is_told(name):
    """Guards: Lesson("...") with a slip of the keyboard, or with a path."""
    with pytest.raises(ValueError, match="there is no lesson .* activations, init"):
        Lesson(name)
