"""Spaced review: which questions come back, and when."""

from datetime import UTC, datetime, timedelta

import pytest

from course import questions, record
from course.lessons import NAMES, Lesson, load_questions, review

DAY = timedelta(days=1)
NOW = datetime(2030, 1, 31, 12, tzinfo=UTC)


def number(name):
    fields = {"answer": 1, "tolerance": 0, "feedback": "yes", "otherwise": "no"}
    return {"name": name, "question": name, **fields}


@pytest.fixture
def lessons():
    """Two lessons of three quiz questions each, and a prediction in the first."""
    first = [number(name) for name in ("a1", "a2", "a3")]
    second = [number(name) for name in ("b1", "b2", "b3")]
    return [
        questions.Questions("first", [number("in its notebook only")], first),
        questions.Questions("second", [], second),
    ]


def answered(monkeypatch, lesson, name, right, ago, streak=None):
    """Have a question answered some time ago."""
    monkeypatch.setattr(record, "_now", lambda: (NOW - ago).isoformat())
    record.add_answer(lesson, name, "1" if right else "2", right)
    for _ in range(streak or 0):
        record.add_review(lesson, name, right=True)


def chosen(lessons):
    return [question.name for question in review.choose(lessons, NOW)]


def test_without_a_record_they_are_always_the_same(lessons):
    """Guards: another text for nbval; the nearest lesson comes first, in turns."""
    assert chosen(lessons) == ["b1", "a1", "b2"]
    assert chosen(lessons[:1]) == ["a1", "a2", "a3"]
    assert chosen([]) == []


def test_missed_ones_come_first_then_those_that_waited_longest(lessons, monkeypatch):
    """Guards: the order in which questions are due."""
    answered(monkeypatch, "second", "b1", True, 2 * DAY)
    answered(monkeypatch, "first", "a3", False, 0 * DAY)
    answered(monkeypatch, "first", "a2", True, 5 * DAY)
    assert chosen(lessons) == ["a3", "a2", "b1"]


def test_what_is_not_due_yet_comes_last(lessons, monkeypatch):
    """Guards: a question that was right an hour ago, asked again at once."""
    for lesson, name in [("second", "b1"), ("first", "a1")]:
        answered(monkeypatch, lesson, name, True, DAY / 24)
    assert chosen(lessons) == ["b2", "a2", "b3"]


@pytest.mark.parametrize(("streak", "days"), [(0, 1), (1, 2), (2, 4), (3, 8), (9, 64)])
def test_the_pauses_double(lessons, monkeypatch, streak, days):
    """Guards: one day, two, four, eight, at most 64."""
    for ago, is_due in [(days * DAY, True), (days * DAY - DAY / 24, False)]:
        record.close()
        answered(monkeypatch, "first", "a3", True, ago, streak)
        assert (chosen(lessons)[0] == "a3") is is_due


def test_a_review_wrong_is_due_again_at_once(lessons, monkeypatch):
    """Guards: what was once right and is forgotten."""
    answered(monkeypatch, "first", "a3", True, 9 * DAY, streak=3)
    monkeypatch.setattr(record, "_now", NOW.isoformat)
    record.add_review("first", "a3", right=False)
    assert chosen(lessons)[0] == "a3"
    record.add_review("first", "a3", right=True)
    assert "a3" not in chosen(lessons)


def test_a_question_asked_again_does_not_tell_its_answer(lessons, monkeypatch):
    """Guards: the reply of its own notebook; and that the first answer there stays."""
    answered(monkeypatch, "first", "a1", False, DAY)
    asked = review.choose(lessons, NOW)[0]
    assert asked.repeat() is None and asked.recorded == record.Answer()
    assert asked.submit("1").right and asked.recorded.first_right
    assert asked.repeat() == (True, "yes")
    kept = record.answer("first", "a1")
    assert (kept.first, kept.solved, kept.streak) == ("2", False, 1)
    asked.submit("2")  # a second answer in the same review changes nothing
    assert record.answer("first", "a1").streak == 1
    kept = asked.recorded  # what was solved stays solved
    found = kept.first, kept.first_right, kept.solved, kept.last
    assert found == ("1", True, True, "2")


def test_times_that_can_not_be_read_are_long_ago(lessons):
    """Guards: a record that somebody edited."""
    record.add_answer("first", "a2", "1", right=True)
    for when in ("", "yesterday", "2029-12-24T10:00:00"):
        record.answer("first", "a2").when = when
        assert chosen(lessons)[0] == "a2"


def test_notebook_1_asks_what_there_is():
    """Guards: a review that fails, or asks twice, where there are fewer than three."""
    asked = review.choose([load_questions("first_look")])
    assert [question.name for question in asked] == [
        question.name for question in load_questions("first_look").quiz
    ]
    assert 1 <= len(Lesson("01_activations").review().boxes) == len(asked) <= 3


@pytest.mark.parametrize("name", NAMES[2:])
def test_each_notebook_has_three_to_ask(name):
    """Guards: a review with nothing in it."""
    earlier = [load_questions(lesson) for lesson in NAMES[: NAMES.index(name)]]
    asked = review.choose(earlier)
    assert len({question.name for question in asked}) == 3
    assert len({question.lesson for question in asked}) == min(3, len(earlier))
