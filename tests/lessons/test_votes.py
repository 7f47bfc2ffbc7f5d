"""A class guesses: counts as a teacher types them, both rounds, and no learner's record."""

from collections import Counter

import numpy as np
import pytest

from course import Lesson, host, record
from course.lessons import votes
from course.questions import box
from tests.questions.test_box import answer, heard, reply, verdict

NUMBER, CHOICE = "of a thousand", "another seed"


@pytest.fixture
def lesson(monkeypatch):
    """Notebook 0, in which nobody has said anything; what a run shows is in `shown`."""
    monkeypatch.setattr(votes, "VOTES", {})
    monkeypatch.setattr(box, "RUNS", {})
    opened = Lesson("00_first_look", keeps_record=False)
    opened.shown = []
    monkeypatch.setattr(host, "show_after", opened.shown.append)
    return opened


@pytest.mark.parametrize(
    "name, typed, votes_of",
    [
        (CHOICE, "12 A, 9 B, 4 C", {"A": 12, "B": 9, "C": 4}),
        (CHOICE, "12a 9b", {"A": 12, "B": 9}),
        (CHOICE, "A 12, B 9", {"A": 12, "B": 9}),
        (CHOICE, "A: 12; b=9", {"A": 12, "B": 9}),
        (CHOICE, "12x A and 9 x b", {"A": 12, "B": 9}),
        (CHOICE, "12 A + 9 B/4C", {"A": 12, "B": 9, "C": 4}),
        (CHOICE, "3A 2A", {"A": 5}),
        (NUMBER, "80, 85, 3x 90", {80: 1, 85: 1, 90: 3}),
        (NUMBER, "80 80 2 x 12.5%", {80: 2, 12.5: 2}),
        (NUMBER, "80;85; 1/2 per cent", {80: 1, 85: 1, 0.5: 1}),
        (NUMBER, "80 %, 3*90 %", {80: 1, 90: 3}),
    ],
)
def test_counts_are_read_in_all_the_ways_in_which_teachers_write_them(
    lesson, name, typed, votes_of
):
    """Guards: each option or number once, or as often as it was said."""
    question = lesson.questions.predictions[name]
    assert votes.read(question, typed) == Counter(votes_of)


@pytest.mark.parametrize(
    "name, typed, words",
    [
        (CHOICE, ", ,", "Enter the answers of 1 to 999 learners"),
        (CHOICE, "12 A, nine B", "Type counts and letters"),
        (CHOICE, "12 A, 3 F", "There is no answer F here."),
        (CHOICE, "1000 A", "Enter the answers of 1 to 999 learners"),
        (NUMBER, ", ,", "Type a number first."),
        (NUMBER, "80,85,90", "Put a comma and a space between numbers."),
        (NUMBER, "80, many", "'many' is not a number"),
        (NUMBER, "0,5", "with a point, as in 0.5. Put a comma"),
        (NUMBER, "0x 80", "Enter the answers of 1 to 999 learners"),
        (NUMBER, "80, 0.9", "Do you mean 90 % or 0.9 %? Type that, with the % sign."),
        (NUMBER, "101", "Type a percentage from 0 to 100."),
        (NUMBER, "1000x 80", "Enter the answers of 1 to 999 learners"),
    ],
)
def test_what_are_no_counts_is_told(lesson, name, typed, words):
    """Guards: a slip of the fingers that the picture would show as a guess."""
    shown = lesson.vote(name)
    answer(shown, f"first {typed}")
    assert words in reply(shown) and verdict(shown) == "note"
    assert votes.VOTES == {}


def test_a_number_too_large_to_draw_is_told():
    """Guards: one slip of the fingers that squeezes all other guesses into a point."""
    asked = Lesson("activations", keeps_record=False).questions.predictions
    with pytest.raises(ValueError, match="^-1e10 is too large to draw.$"):
        votes.read(asked["by hand"], "3x 2, -1e10")


def test_a_class_guesses_twice_and_the_run_draws_both(lesson):
    """Guards: one round that takes the place of the other; a slip that can't be mended; an
    answer that is told before the run; and a record of what a class said."""
    asked = lesson.vote(CHOICE)
    assert "A. " in asked.box.children[0].value  # the letters to count by
    assert [box[-1] for box in asked.answers.options] == 2 * ["12 A, 9 B, 4 C"]
    assert heard(asked) == ("", False)
    answer(asked, "first 12 A, 9 B, 4 B")
    answer(asked, "first 12 A, 9 B, 4 C")
    assert reply(asked).startswith("Noted: 12 A, 9 B, 4 C (25 in all). Run the next")
    answer(asked, "second 2 A, 23 C")
    told = "12 A, 9 B, 4 C (25 in all); after a discussion 2 A, 23 C (25 in all)"
    assert told in reply(asked) and not heard(asked)[1]
    lesson.reveal(CHOICE)
    words, picture = lesson.shown  # by Shift+Enter the last one stays in sight
    first = "The class: 12 said A, 9 said B, 4 said C; after a discussion: "
    assert first in picture.alt
    assert picture.alt.endswith("C is right.")
    right = lesson.questions.predictions[CHOICE].right
    assert str(words).splitlines()[:2] == [
        f'The class said {told}; the answer is "{right.text.rstrip(".")}".',
        right.feedback,
    ]
    assert record.answer("first_look", CHOICE) == record.Answer()
    assert lesson.guess(CHOICE) == []


def test_numbers_of_a_class_are_drawn_beside_the_one_that_came_out(lesson):
    """Guards: the unit, the number of the run, and that the class alone is told."""
    answer(lesson.vote(NUMBER), "second 80, 3x 90")
    lesson.reveal(NUMBER, 85.4)
    words, picture = lesson.shown  # by Shift+Enter the last one stays in sight
    alt = "After a discussion: 1 said 80 %, 3 said 90 %. It is 85.4 %."
    assert picture.alt == alt
    head = "The class said after a discussion 80, 90 (3 times) (4 in all); the answer is 85.4 %."
    assert str(words).splitlines()[0] == head


def test_the_boxes_keep_what_was_typed_until_they_are_emptied(lesson):
    """Guards: votes that seem lost when the cell runs again; what another class has said,
    drawn beside this one; and a round that was typed first, drawn as the first."""
    asked = lesson.vote(NUMBER)
    answer(asked, "second 90")
    answer(asked, "first 80")
    again = lesson.vote(NUMBER)
    assert heard(again) == ('["80", "90"]', False)
    told = "Noted: 80 (1 in all); after a discussion 90 (1 in all)."
    assert told in reply(asked) and told in reply(again)
    lesson.reveal(NUMBER, 85.4)
    alt = lesson.shown[-1].alt
    assert alt.startswith("The class: 1 said 80 %; after a discussion: 1 said 90 %.")
    answer(again, "second ")
    assert "Noted: 80 (1 in all). The run" in reply(again)
    answer(again, "first ")
    assert "Noted: nothing." in reply(again)


def test_where_all_has_run_a_class_is_told_nothing_before_its_discussion(lesson):
    """Guards: the answer after the first round, where 'Run All' or another class was first;
    what the teacher has answered alone, in place of the class or in its picture."""
    lesson.predict(NUMBER).submit("50")
    lesson.reveal(NUMBER, 85.4)
    asked = lesson.vote(NUMBER)
    answer(asked, "first 80")
    assert reply(asked) == "Noted: 80 (1 in all). The run shows the answer."
    assert lesson.guess(NUMBER) == []
    lesson.shown.clear()
    lesson.reveal(NUMBER, 85.4)
    told = [str(shown)[:14] for shown in lesson.shown]
    assert told == ["The class said", "The class: 1 s"]
    answer(asked, "first ")
    assert lesson.guess(NUMBER) == [50]


def test_after_forgetting_a_guess_is_locked_again(lesson):
    """Guards: runs of before that tell at once, to who begins anew."""
    lesson.reveal(NUMBER, 85.4)
    lesson.forget()
    asked = lesson.predict(NUMBER)
    answer(asked, "80")
    assert "Noted: 80 %." in reply(asked)


@pytest.mark.parametrize("result", [None, np.array([1.0, 2.0]), "many"])
def test_a_result_that_is_no_number_is_told(lesson, result, capsys):
    """Guards: an error in a learner's cell, which they have changed."""
    lesson.predict(NUMBER).submit("80")
    lesson.reveal(NUMBER, result)
    assert "Your answer can't be compared with this: " in capsys.readouterr().out


def test_a_question_without_a_run_asks_no_class():
    """Guards: guesses that nothing would ever answer."""
    with pytest.raises(ValueError, match="no run tells the answer to 'what 0.9 is'"):
        Lesson("04_backprop", keeps_record=False).vote("what 0.9 is")
