"""Guesses: locked until their run, which reveals; as far as Python tells the browser."""

import copy
import re

import pytest
from IPython import InteractiveShell

from course import questions, record
from course.questions import box as boxes
from tests.questions.test_box import answer, heard, reply, verdict
from tests.questions.texts import GUESSES

RESULT = 0.41


@pytest.fixture
def run(monkeypatch):
    """A function: the run of a question, which returns what it shows below all else."""
    shown = []
    monkeypatch.setattr(boxes.host, "show_after", shown.append)

    def run(question, result=None):
        shown.clear()
        questions.reveal(question, result)
        return "\n".join(map(str, shown))

    return run


@pytest.fixture
def which(read):
    """A choice that its run answers; of one option the text was another once."""
    text = 'text = "-2"'
    before = f'{text}\nformerly = ["minus two", "-2: unchanged"]'
    return read(GUESSES.replace(text, before)).predictions["option"]


@pytest.fixture
def share(read):
    """A number that its run tells."""
    return read(GUESSES).predictions["number"]


def test_a_guess_is_noted_and_locked_and_nothing_tells_whether_it_is_right(
    which, share
):
    """Guards: a sign, a colour or a reason before the run; and a second answer that
    counts, as of a second click; and a page loaded again that has lost the answer."""
    for question, guess, noted in (
        (which, "0", 'Noted: "0". The run shows the answer.'),
        (share, "2/5", "Noted: 2/5. The run shows the answer."),
    ):
        shown = questions.QuestionBox(question)
        answer(shown, guess)
        assert (reply(shown), verdict(shown)) == (noted, "note")
        answer(shown, "-2")
        assert (reply(shown), heard(shown)) == (noted, (guess, True))
        kept = question.recorded
        assert (kept.first, kept.last, kept.stage) == (guess, guess, record.NOTED)
        assert not kept.first_right and not kept.solved
        again = questions.QuestionBox(question)  # after a restart
        assert (reply(again), verdict(again)) == (noted, "note")
    refused = questions.QuestionBox(share)
    answer(refused, "a half")
    assert heard(refused) == ("2/5", True)  # the guess stays


def test_what_is_no_answer_or_may_be_a_fraction_of_1_locks_nothing(read):
    """Guards: a slip of the fingers that can't be mended; 0.97 locked as 0.97 %, a percent
    sign that is asked back, too, and an old record's 0.97."""
    text = GUESSES.replace("tolerance = 0.05", "tolerance = 5\npercent = true")
    share = read(text).predictions["number"]
    shown = questions.QuestionBox(share)
    asked = "Do you mean 97 % or 0.97 %? Type that, with the % sign."
    for typed in ("a half", "0.97", "97/100"):
        answer(shown, typed)
        assert asked in reply(shown) or "'a half' is not a number" in reply(shown)
        assert heard(shown) == ("", False) and share.recorded == record.Answer()
    for taken in ("97", "0.97 %", "0.97 percent", "1"):
        answer(shown, taken)
        assert share.first == taken and "Noted: " in reply(shown)
        record.close()
    record.add_guess("test", "number", "0.97")
    assert share.first == "0.97" and "0.97 %." in reply(questions.QuestionBox(share))


def test_the_run_reveals(which, share, run):
    """Guards: the number of the run, also if it is none, beside the guess, then the reasons,
    for a wrong option its own and those of the right one; and what the record then knows."""
    which.submit("-2")
    head, *reasons = run(which).splitlines()
    assert head == '\N{BALLOT X} You said "-2"; the answer is "0.4".'
    assert reasons[:2] == ["That is <b>z</b> itself.", "-0.2 times -2 is 0.4."]
    assert reasons[2:] == ["The line has a kink at 0.", "Look at both sides."]
    share.submit("-0.4")
    told = "\N{BALLOT X} You said -0.4; the answer is 0.41.\nMind the sign."
    assert run(share, RESULT) == told
    assert "the answer is nan." in run(share, float("nan"))
    for question in (which, share):
        kept = question.recorded
        assert (kept.stage, kept.first_right, kept.solved) == ("revealed", False, False)


def test_a_right_guess(which, share, run):
    """Guards: what was said told twice, or its reasons; a tolerance around another number
    than the run's."""
    which.submit("`0.4`")
    assert run(which).splitlines() == [
        "\N{CHECK MARK} Right.",
        "-0.2 times -2 is 0.4.",
        "The line has a kink at 0.",
        "Look at both sides.",
    ]
    assert run(which, "0.4").startswith("\N{CHECK MARK} Right.")
    assert 'You said "0.4"; the answer is 41 of 100.' in run(which, "41 of 100")
    assert which.recorded.first_right and which.recorded.solved
    share.submit("0.455")
    right = "\N{CHECK MARK} You said 0.455; the answer is 0.41."
    assert run(share, RESULT).startswith(right)
    assert run(share, 0.39).startswith("\N{BALLOT X} ")


def test_a_run_tells_nothing_to_who_said_nothing(which, share, run, capsys):
    """Guards: 'Run All', and what nbval compares; a cell that only reveals, and is silent; an
    answer that is none any more, since its question has changed, and that would keep it
    from being answered for ever."""
    assert run(which) == run(share, RESULT) == ""
    assert which.recorded == share.recorded == record.Answer()
    record.add_guess("test", "option", "an option of an older lesson")
    assert run(which) == ""  # and no error in the learner's cell
    assert capsys.readouterr().out == ""
    which.then = "Press Play."
    run(which)
    assert capsys.readouterr().out.startswith("Answer the question above first.")
    boxes.RUNS.clear()
    shown = questions.QuestionBox(which)
    assert shown.reply.value == ""
    answer(shown, "-2")  # it is asked anew
    assert reply(shown) == 'Noted: "-2". Press Play.'
    assert 'You said "-2"' in run(which)


def test_where_all_has_run_an_answer_reveals_at_once_and_says_so(which, share, run):
    """Guards: Voila, and a second pass: a guess that no run would ever answer."""
    run(which), run(share, RESULT)
    for question, guess, words in (
        (which, "`0.4`", "Right. -0.2 times"),
        (share, "2", "0.41"),
    ):
        shown = questions.QuestionBox(question)
        answer(shown, guess)
        start = "The cell has already run, so here is the result: "
        assert reply(shown).startswith(start)
        assert words in reply(shown) and heard(shown) == (guess, True)
        assert verdict(shown) == ("right" if question is which else "wrong")
        assert question.recorded.stage == record.REVEALED
        assert reply(questions.QuestionBox(question)) == reply(shown)


def test_answers_of_an_older_course_show_what_they_showed(which, share, run):
    """Guards: replies that an update takes away; a record that this run rewrites."""
    record.add_answer("test", "option", "-2: unchanged", right=False)
    record.add_answer("test", "number", "0.1", right=False)
    record.add_answer("test", "number", "0.38", right=True)
    shown = questions.QuestionBox(which)
    assert reply(shown).startswith("\N{BALLOT X} No. That is <b>z</b> itself.")
    assert heard(shown) == ("-2", True)  # the option as it is called today
    shown = questions.QuestionBox(share)
    assert reply(shown).startswith("\N{CHECK MARK} Right. It rises.")
    assert "Your first answer was: 0.1" in reply(shown)
    answer(shown, "0.1")  # nothing is noted, and the reply stays
    assert reply(shown).startswith("\N{CHECK MARK} Right. It rises.")
    # A miss, after it was solved.
    record.add_answer("test", "number", "-0.4", right=False)
    assert "\N{BALLOT X} No. Mind the sign." in reply(questions.QuestionBox(share))
    kept = copy.copy(share.recorded)
    assert "You said 0.1; the answer is 0.41." in run(share, RESULT)
    assert share.recorded == kept and 'You said "-2"' in run(which)


def test_in_a_notebook_it_stands_below_all_else(monkeypatch, capsys):
    """Guards: a reveal above its picture, in a later cell, or after an error none."""
    shell = InteractiveShell()
    monkeypatch.setattr(boxes.host, "get_ipython", lambda: shell)
    monkeypatch.setattr(boxes.host, "display", lambda shown: print(f"below: {shown}"))
    shell.push({"show": boxes.host.show_after})
    shell.run_cell("show('first'); show('second')\n'the value'")
    shell.run_cell("show('third'); 1 / 0")
    shell.run_cell("'the end'")
    words = "the value|below: first|below: second|below: third|the end"
    assert re.findall(words, capsys.readouterr().out) == words.split("|")


def test_what_is_shown_is_markup_for_the_page_and_text_elsewhere(which):
    """Guards: a script in an option; a colour that carries the meaning alone."""
    told = questions.Revealed(which, which.reveal("-2"))
    page = told._repr_html_()
    assert 'role="status"' in page and "#c62828" in page and "\N{BALLOT X}" in page
    assert "&lt;b&gt;" in page and "<b>" not in page
    assert not re.search("<(?!b>|/b>)", repr(told))
