"""Questions and quiz on the page, as far as Python tells the browser what to show."""

import html
import re

import pytest
from IPython.core.interactiveshell import InteractiveShell

from course import host, questions, record
from tests.questions.texts import CHOICE, QUIZ


def answer(box, text):
    """What the browser sends when somebody answers."""
    box.answers._handle_custom_msg({"answer": text}, [])


def reply(box):
    """The reply as a reader sees it."""
    assert 'role="status"' in box.reply.value or not box.reply.value
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", box.reply.value)).split())


def heard(box):
    """What the page hears with the reply: the answer that it is to, and whether it is locked."""
    state = box.answers.get_state()["told"]
    return state["answer"], state["locked"]


def verdict(box):
    """The class of the box, which the colours go by."""
    (found,) = {"right", "wrong", "note"} & set(box.box._dom_classes) or {""}
    return found


def test_an_answer_gets_its_reply_and_its_mark(choice):
    """Guards: the message from the browser, right and wrong, the explanation; the same
    reply again, which a screen reader wouldn't read; and a box that is locked where a
    second try is welcome."""
    box = questions.QuestionBox(choice)
    assert (verdict(box), reply(box), heard(box)) == ("", "", ("", False))
    assert box.answers.options[1] == ["`0.4`", "<code>0.4</code>"]
    assert "kink" not in box.box.children[0].value + str(box.answers.options)
    answer(box, "-2")
    assert verdict(box) == "wrong" and "\N{BALLOT X} No." in reply(box)
    assert "That is <b>z</b> itself." in reply(box) and "first" not in reply(box)
    before = box.reply.value
    answer(box, "-2")
    assert box.reply.value != before
    answer(box, "`0.4`")
    assert verdict(box) == "right" and "Right." in reply(box)
    assert "Your first answer was: -2" in reply(box)
    assert "<p>Look at both sides.</p>" in box.reply.value
    assert heard(box) == ("`0.4`", False)


def test_the_page_hears_of_each_reply_when_it_is_there(number):
    """Guards: a page that waits for ever where the same is told again; one that goes on to
    the next cell before the reply has come, or from an answer that is refused."""
    box, news = questions.QuestionBox(number), []
    box.answers.observe(lambda _: news.append((reply(box), *heard(box))), "told")
    for typed in ("7", "8", "a half"):
        answer(box, typed)
    same = "\N{BALLOT X} No. Divide rise by run."
    assert [words[: len(same)] for words, *_ in news[:2]] == [same, same]
    assert "'a half' is not a number" in news[2][0]
    assert [answer for _, answer, _ in news] == ["7", "8", "8"]


def test_what_is_no_answer_is_told_and_not_remembered(number):
    """Guards: a slip of the fingers, which no callback of JupyterLab would show."""
    box = questions.QuestionBox(number)
    answer(box, "<i>")
    assert verdict(box) == "note" and "'<i>' is not a number." in reply(box)
    assert "<i>" not in box.reply.value
    assert number.recorded == record.Answer()
    answer(box, "2/5")
    assert verdict(box) == "right" and number.recorded.first == "2/5"


def test_trouble_is_told(choice, monkeypatch):
    """Guards: a full disk, or an exception, which JupyterLab doesn't show of a callback."""
    box = questions.QuestionBox(choice)
    with monkeypatch.context() as patch:
        patch.setattr(choice, "reply", lambda letter: 1 / 0)
        answer(box, "0")
    assert "ZeroDivisionError: division by zero" in reply(box)
    assert choice.recorded == record.Answer()
    monkeypatch.setattr(record.KEEPER, "trouble", "It can't be kept: no room.")
    answer(box, "0")
    assert "It can't be kept: no room." in reply(box)


def test_running_the_cell_again_keeps_the_reply(choice, read):
    """Guards: one box under the cell, and the reply that was given last."""
    old = questions.QuestionBox(choice)
    answer(old, "0")
    answer(old, "-2")
    again = read(CHOICE).predictions["minus two"]  # as the first cell run again does
    new = questions.QuestionBox(again)
    assert old.box.comm is None and new.box.comm is not None
    assert reply(new) == reply(old) and "Your first answer was: 0" in reply(new)
    assert (verdict(new), heard(new)) == ("wrong", ("-2", False))
    assert again.recorded.first == "0"


def test_an_answer_that_comes_while_its_cell_runs_again_is_shown(number, monkeypatch):
    """Guards: Shift+Enter in a box: the cell runs, and its answer comes by another way."""
    shell = InteractiveShell()
    monkeypatch.setattr(host, "get_ipython", lambda: shell)
    shown = []
    shell.push({"ask": lambda: shown.append(questions.QuestionBox(number))})
    shell.run_cell("ask()")
    shell.run_cell("ask()")
    old, new = shown
    answer(old, "0.4")
    assert (verdict(new), heard(new)) == ("right", ("0.4", False))
    assert old.box.comm is not None
    shell.run_cell("'a later run'")
    assert old.box.comm is None and new.box.comm is not None


def test_lines_stand_as_they_were_put(order):
    """Guards: a run of the cell that shuffles what was put in order."""
    box = questions.QuestionBox(order)
    assert [int(number) for number, _ in box.answers.options] == order.shuffled
    answer(box, "0 1 3 2")
    assert verdict(box) == "wrong" and "Line 3" in reply(box)
    again = questions.QuestionBox(order)
    assert [number for number, _ in again.answers.options] == ["0", "1", "3", "2"]
    answer(again, "0 1 2 3")
    assert verdict(again) == "right" and "first answer" not in reply(again)


def test_static_html_folds_the_answer(choice):
    """Guards: GitHub and nbconvert show no buttons, and must not tell at once."""
    shown = questions.QuestionBox(choice)._repr_mimebundle_()[0]["text/html"]
    before, folded = shown.split("<details>")
    assert "A. 0<br>B. <code>0.4</code><br>C. -2" in before
    assert "Right" not in before and "kink" not in before
    assert "Right. -0.2 times -2 is 0.4." in folded and "kink" in folded
    assert "a &lt; b &amp; c" in before and "<b>" not in shown and "`" not in shown


def test_a_quiz_counts_what_is_right(read):
    """Guards: the line below it, right at the first try; no old buttons."""
    loaded = read(QUIZ).quiz
    old = questions.Quiz(loaded)
    assert old.line == "0 of 5 right, 0 at the first try."
    answer(old.boxes[0], "`0.4`")
    answer(old.boxes[1], "0")
    assert old.line == "1 of 5 right, 1 at the first try."
    answer(old.boxes[1], "`0.4`")
    assert old.line == "2 of 5 right, 1 at the first try."
    assert old.line in old.score.value
    new = questions.Quiz(loaded)
    assert old.box.comm is None and old.boxes[0].box.comm is None
    assert new.boxes[4].box.comm is not None
    assert new.line == "2 of 5 right, 1 at the first try."
    text = new._repr_mimebundle_()[0]["text/plain"]
    assert "\n\nQuestion 5 of 5: What is `relu(-2)`" in text


def test_a_quiz_without_questions_is_told():
    """Guards: an empty box on the page."""
    with pytest.raises(ValueError, match="this quiz has no questions"):
        questions.Quiz([])
