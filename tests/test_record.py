"""The record of a session: the first answer stays, what is solved stays solved."""

import pytest

from course import record
from course.record import Answer


@pytest.fixture(autouse=True)
def nothing_done():
    record.clear()


def test_the_first_answer_stays_and_a_right_one_counts_for_good():
    """Guards: a later answer that overwrites the first, or takes a success away."""
    assert record.answer("forward", "a") == Answer("", first_right=False, solved=False)
    record.add_answer("forward", "a", "B", right=False)
    assert record.answer("forward", "a") == Answer("B", False, False)
    record.add_answer("forward", "a", "C", right=True)
    record.add_answer("forward", "a", "A", right=False)
    assert record.answer("forward", "a") == Answer("B", False, True)
    record.add_answer("forward", "b", "0.4", right=True)
    assert record.answer("forward", "b") == Answer("0.4", True, True)


def test_lessons_are_kept_apart_and_clear_forgets_all():
    """Guards: an answer, or an exercise, that counts in another lesson."""
    record.add_answer("forward", "a", "B", right=True)
    record.add_solved("forward", "my_loss")
    assert record.answer("backprop", "a") == Answer()
    assert (record.solved("forward"), record.solved("backprop")) == ({"my_loss"}, set())
    record.clear()
    assert record.answer("forward", "a") == Answer()
    assert record.solved("forward") == set()
