"""Spaced review: which questions of earlier notebooks to ask again.

A question that is answered right comes back after one day, then after two, four, eight;
one that is answered wrong is due at once.
"""

from datetime import UTC, datetime, timedelta

from course import record
from course.questions import Reply

COUNT = 3
LONGEST = 6  # 2 ** 6 days


class ReviewQuestion:
    """A question that is asked again: its earlier reply is not shown, and stays kept."""

    def __init__(self, question):
        self._question, self._last = question, None

    def __getattr__(self, name):
        return getattr(self._question, name)

    @property
    def recorded(self) -> record.Answer:
        """What was answered since it is asked again, in this session."""
        if self._last is None:
            return record.Answer()
        first, solved, last = self._last
        is_right = self._question.reply(first).right
        return record.Answer(first, is_right, solved, last)

    def submit(self, answer) -> Reply:
        """Reply to an answer; the first one says when the question is due again."""
        answer = str(answer).strip()
        reply = self._question.reply(answer)
        if self._last is None:
            record.add_review(self._question.lesson, self._question.name, reply.right)
        first, solved, _ = self._last or (answer, False, answer)
        self._last = first, solved or reply.right, answer
        return reply

    def repeat(self) -> Reply | None:
        """The reply to the last answer of this session."""
        return self._question.reply(self._last[2]) if self._last else None


def choose(lessons, now=None) -> list[ReviewQuestion]:
    """Three questions, or fewer, of these lessons (the nearest last) to be asked again.

    Those that are due come first: of them the missed ones, then those that have waited
    longest. Without a record they are always the same.
    """
    now = now or datetime.now(UTC)
    candidates = [q for turn in _in_turns(lessons) for q in turn]
    chosen = sorted(candidates, key=lambda question: _rank(question.recorded, now))
    return [ReviewQuestion(question) for question in chosen[:COUNT]]


def _in_turns(lessons):
    """The questions that stand by themselves: one of each lesson, then the next."""
    lists = [[q for q in lesson.all if q.stands_alone] for lesson in reversed(lessons)]
    for place in range(max(map(len, lists), default=0)):
        yield [questions[place] for questions in lists if place < len(questions)]


def _rank(answer, now):
    """What comes first has the smallest: missed, due, never asked, not due yet."""
    if not (answer.first or answer.reviewed):
        return 2, 0.0
    asked = _time(answer.reviewed or answer.when)
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
