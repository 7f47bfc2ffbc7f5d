"""Questions and quiz on the page, as far as Python tells the browser what to show."""

import html
import re

import pytest

from course import questions, record
from tests.questions.texts import CHOICE, QUIZ


def answer(box, text):
    """What the browser sends when somebody answers."""
    box.answers._handle_custom_msg({"answer": text}, [])


def reply(box):
    """The reply as a reader sees it."""
    assert 'role="status"' in box.reply.value or not box.reply.value
    return html.unescape(re.sub("<[^>]*>", " ", box.reply.value)).split()


def verdict(box):
    """The class of the box, which the colours go by."""
    (found,) = {"right", "wrong", "note"} & set(box.box._dom_classes) or {""}
    return found


def said(box, words):
    return words in " ".join(reply(box))


def test_an_answer_gets_its_reply_and_its_mark(choice):
    """Guards: the message from the browser, the words, and what is right and wrong."""
    box = questions.QuestionBox(choice)
    assert (verdict(box), reply(box), box.answers.answer) == ("", [], "")
    assert box.answers.options[1] == ["`0.4`", "<code>0.4</code>"]
    answer(box, "-2")
    assert verdict(box) == "wrong" and said(box, "Not yet.")
    assert said(box, "That is <b>z</b> itself.") and not said(box, "first answer")
    answer(box, "`0.4`")
    assert verdict(box) == "right" and said(box, "Right.")
    assert said(box, "Your first answer was: -2")


def test_the_explanation_comes_with_the_reply(choice):
    """Guards: it is open after the right answer, folded after a wrong one."""
    box = questions.QuestionBox(choice)
    assert "kink" not in box.box.children[0].value + str(box.answers.options)
    answer(box, "0")
    assert "<details>" in box.reply.value.split("kink")[0]
    answer(box, "`0.4`")
    assert "<p>Look at both sides.</p>" in box.reply.value
    assert "<details>" not in box.reply.value


def test_what_is_no_answer_is_told_and_not_remembered(number):
    """Guards: a slip of the fingers, which no callback of JupyterLab would show."""
    box = questions.QuestionBox(number)
    answer(box, "<i>")
    assert verdict(box) == "note" and said(box, "'<i>' is not a number.")
    assert "<i>" not in box.reply.value
    assert number.recorded == record.Answer()
    answer(box, "2/5")
    assert verdict(box) == "right" and number.recorded.first == "2/5"


def test_the_same_reply_is_news_again(number):
    """Guards: two numbers with the same words: question.js waits for a change."""
    box = questions.QuestionBox(number)
    replies = []
    for typed in ("7", "8", "9"):
        answer(box, typed)
        assert said(box, "Divide rise by run.")
        replies.append(box.reply.value)
    assert replies[0] != replies[1] != replies[2]


def test_errors_are_told(choice, monkeypatch):
    """Guards: JupyterLab shows no exception of a callback; the reply must."""
    box = questions.QuestionBox(choice)
    monkeypatch.setattr(choice, "reply", lambda letter: 1 / 0)
    answer(box, "0")
    assert said(box, "ZeroDivisionError: division by zero")
    assert choice.recorded == record.Answer()


def test_running_the_cell_again_keeps_the_reply(choice, read):
    """Guards: one box under the cell, and the reply that was given last."""
    old = questions.QuestionBox(choice)
    answer(old, "0")
    answer(old, "-2")
    again = read(CHOICE).predictions["minus two"]  # as the first cell run again does
    new = questions.QuestionBox(again)
    assert old.box.comm is None and new.box.comm is not None
    assert reply(new) == reply(old) and said(new, "Your first answer was: 0")
    assert (verdict(new), new.answers.answer) == ("wrong", "-2")
    assert again.recorded.first == "0"


def test_lines_stand_as_they_were_put(order):
    """Guards: a run of the cell that shuffles what was put in order."""
    box = questions.QuestionBox(order)
    assert [int(number) for number, _ in box.answers.options] == order.shuffled
    answer(box, "0 1 3 2")
    assert verdict(box) == "wrong" and said(box, "Line 3")
    again = questions.QuestionBox(order)
    assert [number for number, _ in again.answers.options] == ["0", "1", "3", "2"]
    answer(again, "0 1 2 3")
    assert verdict(again) == "right" and not said(again, "first answer")


def test_trouble_with_the_record_is_told(choice, monkeypatch):
    """Guards: a full disk that nobody hears of."""
    monkeypatch.setattr(record.KEEPER, "trouble", "It can't be kept: no room.")
    box = questions.QuestionBox(choice)
    answer(box, "0")
    assert said(box, "It can't be kept: no room.")


def test_the_text_is_the_same_before_and_after_an_answer(choice):
    """Guards: what nbval compares."""
    text = (
        "Predict: What is `relu(-2)`, if `a < b & c`?\n"
        "  A. 0\n  B. `0.4`\n  C. -2\nChoose an answer, then go on."
    )
    box = questions.QuestionBox(choice)
    assert box._repr_mimebundle_()[0]["text/plain"] == text
    answer(box, "-2")
    assert questions.QuestionBox(choice)._repr_mimebundle_()[0]["text/plain"] == text


def test_static_html_folds_the_answer(choice):
    """Guards: GitHub and nbconvert show no buttons, and must not tell at once."""
    shown = questions.QuestionBox(choice)._repr_mimebundle_()[0]["text/html"]
    before, folded = shown.split("<details>")
    assert "A. 0<br>B. <code>0.4</code><br>C. -2" in before
    assert "Right" not in before and "kink" not in before
    assert "Right. -0.2 times -2 is 0.4." in folded and "kink" in folded
    assert "a &lt; b &amp; c" in before and "<b>" not in shown and "`" not in shown


def test_quiz_counts_what_is_right(read):
    """Guards: the line below the quiz, and what counts as right at the first try."""
    quiz = questions.Quiz(read(QUIZ).quiz)
    assert quiz.line == "0 of 5 right, 0 at the first try."
    answer(quiz.boxes[0], "`0.4`")
    answer(quiz.boxes[1], "0")
    assert quiz.line == "1 of 5 right, 1 at the first try."
    answer(quiz.boxes[1], "`0.4`")
    assert quiz.line == "2 of 5 right, 1 at the first try."
    assert quiz.line in quiz.score.value


def test_quiz_made_again_closes_the_old_one(read):
    """Guards: running the cell again leaves no old buttons."""
    loaded = read(QUIZ).quiz
    old = questions.Quiz(loaded)
    answer(old.boxes[0], "`0.4`")
    new = questions.Quiz(loaded)
    assert old.box.comm is None and old.boxes[0].box.comm is None
    assert new.boxes[4].box.comm is not None
    assert new.line == "1 of 5 right, 1 at the first try."


def test_a_quiz_without_questions_is_told():
    """Guards: an empty box on the page."""
    with pytest.raises(ValueError, match="this quiz has no questions"):
        questions.Quiz([])


def test_quiz_as_text(read):
    """Guards: nbval holds all questions of the quiz to their file."""
    text = questions.Quiz(read(QUIZ).quiz)._repr_mimebundle_()[0]["text/plain"]
    parts = text.split("\n\n")
    assert len(parts) == 5
    assert parts[4].startswith("Question 5 of 5: What is `relu(-2)`")
