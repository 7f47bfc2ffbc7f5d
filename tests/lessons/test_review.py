"""Spaced review: which questions come back, and when."""

from datetime import UTC, datetime, timedelta

import pytest

from course import questions, record
from course.lessons import Lesson, load_questions, review

DAY = timedelta(days=1)
NOW = datetime(2030, 1, 31, 12, tzinfo=UTC)


def number(name):
    fields = {"answer": 1, "tolerance": 0, "feedback": "yes", "otherwise": "no"}
    again = {"question": f"{name}, in other words", **fields}
    return {"name": name, "question": name, "at_once": True, "again": again, **fields}


@pytest.fixture
def lessons():
    """Two lessons of three quiz questions each, and a prediction in the first."""
    first, second = ([number(f"{lesson}{n}") for n in (1, 2, 3)] for lesson in "ab")
    return [
        questions.Questions("a", [number("in its notebook only")], first),
        questions.Questions("b", [], second),
    ]


def answered(monkeypatch, name, right, ago, streak=0):
    """Have a question answered some time ago."""
    monkeypatch.setattr(record, "_now", lambda: (NOW - ago).isoformat())
    record.add_answer(name[0], name, "1" if right else "2", right)
    for _ in range(streak):
        record.add_review(name[0], name, right=True)


def chosen(lessons):
    return [question.name for question in review.choose(lessons, NOW)]


def test_without_a_record_they_are_always_the_same(lessons):
    """Guards: another text for nbval; the nearest lesson comes first, in turns."""
    assert chosen(lessons) == ["b1", "a1", "b2"]
    assert chosen(lessons[:1]) == ["a1", "a2", "a3"]
    assert chosen([]) == []


@pytest.mark.parametrize(
    "answers, first",
    [
        ([("b1", True, 2), ("a3", False, 1 / 24), ("a2", True, 5)], ["a3", "a2", "b1"]),
        ([("b1", True, 1 / 24), ("a1", True, 1 / 24)], ["b2", "a2", "b3"]),
        ([("b1", False, 1 / 25), ("a1", True, 1 / 25)], ["b2", "a2", "b3"]),
    ],
)
def test_missed_ones_come_first_then_those_that_waited_longest(
    lessons, monkeypatch, answers, first
):
    """Guards: the order in which questions are due, those last that were right just now;
    and one that comes back within the hour, right or wrong."""
    for name, right, days in answers:
        answered(monkeypatch, name, right, days * DAY)
    assert chosen(lessons) == first


def test_what_was_answered_again_just_now_waits(lessons, monkeypatch):
    """Guards: a question that was first answered long ago, or reviewed since."""
    for ago in (9 * DAY, DAY / 25):
        answered(monkeypatch, "b1", True, ago)
    answered(monkeypatch, "a1", True, DAY / 25)
    record.answer("a", "a1").reviewed = (NOW - 2 * DAY).isoformat()
    assert chosen(lessons) == ["b2", "a2", "b3"]


@pytest.mark.parametrize(("streak", "days"), [(0, 1), (1, 2), (2, 4), (3, 8), (9, 64)])
def test_the_pauses_double(lessons, monkeypatch, streak, days):
    """Guards: one day, two, four, eight, at most 64."""
    for ago, is_due in [(days * DAY, True), (days * DAY - DAY / 24, False)]:
        record.close()
        answered(monkeypatch, "a3", True, ago, streak)
        assert (chosen(lessons)[0] == "a3") is is_due


def test_a_review_wrong_is_due_again_after_an_hour(lessons, monkeypatch):
    """Guards: what was once right and is forgotten."""
    answered(monkeypatch, "a3", True, 9 * DAY, streak=3)
    monkeypatch.setattr(record, "_now", (NOW - DAY / 24).isoformat)
    record.add_review("a", "a3", right=False)
    assert chosen(lessons)[0] == "a3"
    record.add_review("a", "a3", right=True)
    assert "a3" not in chosen(lessons)


def test_a_question_asked_again_does_not_tell_its_answer(lessons, monkeypatch):
    """Guards: the reply of its own notebook, and its very words; that the first answer there
    stays; and that a second answer in the same review changes nothing."""
    answered(monkeypatch, "a1", False, DAY)
    asked = review.choose(lessons, NOW)[0]
    assert asked.recorded == record.Answer() and asked.text == "a1, in other words"
    assert asked.submit("1").right and asked.recorded.first_right
    assert asked.repeat().words == "yes"
    kept = record.answer("a", "a1")
    assert (kept.first, kept.solved, kept.streak) == ("2", False, 1)
    asked.submit("2")
    assert record.answer("a", "a1").streak == 1
    kept = asked.recorded  # what was solved stays solved
    found = kept.first, kept.first_right, kept.solved, kept.last
    assert found == ("1", True, True, "2")


def test_times_that_can_not_be_read_are_long_ago(lessons):
    """Guards: a record that somebody edited."""
    record.add_answer("a", "a2", "1", right=True)
    for when in ("", "yesterday", "2029-12-24T10:00:00"):
        record.answer("a", "a2").when = when
        assert chosen(lessons)[0] == "a2"


def test_where_all_was_answered_within_the_hour_a_review_says_so():
    """Guards: a quiz of no questions, which is an error, right after the first notebook."""
    for question in load_questions("first_look").quiz:
        question.submit(question.right.text)
    assert repr(Lesson("01_activations", keeps_record=False).review()) == (
        "All were asked within the last hour. They will come back later."
    )
