"""What you have done in this session: questions answered, exercises solved.

It stands in memory until the kernel ends; nothing is stored or sent.
"""

from dataclasses import dataclass


@dataclass
class Answer:
    """What was answered to one question."""

    first: str = ""  # a letter, or the number as it was typed; '' before
    first_right: bool = False
    solved: bool = False  # whether the right answer was found, at first or later


_answers = {}  # (lesson, question) -> Answer
_solved = {}  # lesson -> the names of its solved exercises


def answer(lesson, question) -> Answer:
    """The answer to a question; an empty one before it is given."""
    return _answers.get((lesson, question), Answer())


def add_answer(lesson, question, given, right):
    """Remember an answer. The first one stays; what was solved stays solved."""
    kept = _answers.setdefault((lesson, question), Answer(given, right, right))
    kept.solved = kept.solved or right


def solved(lesson) -> set[str]:
    """The names of the solved exercises of a lesson."""
    return _solved.setdefault(lesson, set())


def add_solved(lesson, exercise):
    solved(lesson).add(exercise)


def clear():
    """Forget everything."""
    _answers.clear()
    _solved.clear()
