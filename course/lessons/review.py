"""Spaced review: which questions of earlier notebooks to ask again.

A question answered right comes back after one day, then after two, four and eight; one
answered wrong is due after an hour. Whatever was asked within the hour is left out, and
what comes back has its options in another order, or other numbers.
"""

from datetime import UTC, datetime, timedelta
from itertools import zip_longest

from course import record
from course.questions import Reply

COUNT = 3
JUST_NOW = timedelta(hours=1)
LONGEST = 6  # 2 ** 6 days


class ReviewQuestion:
    """A question that is asked again: its earlier reply is kept, but not shown."""

    key = ()  # not the one under which its earlier answer is known

    def __init__(self, question):
        self._question = question.again()
        self.recorded = record.Answer()  # since it is asked again, in this session

    def __getattr__(self, name):
        return getattr(self._question, name)

    def submit(self, answer) -> Reply:
        """Reply to an answer; the first one says when the question is due again."""
        reply = self.reply(answer)
        if not self.recorded.first:
            record.add_review(self.lesson, self.name, reply.right)
            self.recorded = record.Answer(answer, reply.right)
        self.recorded.solved |= reply.right
        self.recorded.last = answer
        return reply

    def repeat(self) -> Reply:
        """The reply to the last answer of this session."""
        return self.reply(self.recorded.last)


def choose(lessons, now=None) -> list[ReviewQuestion]:
    """Up to three questions of these lessons (the nearest last) to be asked again.

    Those that are due come first: the missed ones, then those that have waited longest.
    Without a record they are always the same: one from each lesson in turn.
    """
    now = now or datetime.now(UTC)
    lists = [lesson.quiz for lesson in reversed(lessons)]
    in_turns = [q for turn in zip_longest(*lists) for q in turn if q is not None]
    ripe = [q for q in in_turns if now - _asked(q.recorded) >= JUST_NOW]
    chosen = sorted(ripe, key=lambda question: _rank(question.recorded, now))
    return [ReviewQuestion(question) for question in chosen[:COUNT]]


def _asked(answer):
    """When it was answered last; what was never answered was long ago."""
    return max(_time(answer.reviewed), _time(answer.when))


def _rank(answer, now):
    """The smallest comes first: missed, due, never asked, not due yet."""
    if not (answer.first or answer.reviewed):
        return 2, 0.0
    asked = _asked(answer)
    if answer.streak == 0 and (answer.reviewed or not answer.first_right):
        return 0, asked.timestamp()
    is_due = asked + timedelta(days=2 ** min(answer.streak, LONGEST)) <= now
    return (1 if is_due else 3), asked.timestamp()


def _time(text):
    """A time of the record; what can't be read is long ago."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return datetime(2000, 1, 1, tzinfo=UTC)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
