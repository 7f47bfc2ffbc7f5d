"""The kinds of questions: what is asked, and the reply to each answer."""

import html
import math
import re
import tomllib
from pathlib import Path
from string import ascii_uppercase
from typing import NamedTuple

import numpy as np

from course import record, sealed

# 1. Questions and their answers ------------------------------------------------------


class Reply(NamedTuple):
    """What a question says to an answer."""

    right: bool
    words: str


class Question:
    """What all questions share. A subclass takes the fields of the file by name.

    It has ``reply(answer) -> Reply``; a ValueError says that it is no answer at all.
    """

    kind = ""  # as question.js calls it
    prompt = ""  # what readers of the plain text are to do

    def __init__(
        self, lesson, name, question, explanation="", stands_alone=False, telltales=()
    ):
        self.lesson, self.name, self.text = lesson, name, question
        self.explanation, self.telltales = explanation, telltales
        self.stands_alone = stands_alone  # can be asked again in another notebook

    @property
    def recorded(self) -> record.Answer:
        """What was answered; empty before the first answer."""
        return record.answer(self.lesson, self.name)

    def submit(self, answer) -> Reply:
        """Remember an answer, and reply to it."""
        answer = str(answer).strip()
        reply = self.reply(answer)
        record.add_answer(self.lesson, self.name, answer, reply.right)
        return reply

    def repeat(self) -> Reply | None:
        """The reply to the last answer; None before it, or if it is none any more."""
        try:
            return self.reply(self.recorded.last) if self.recorded.last else None
        except ValueError:  # the question has changed since
            return None

    def choices(self, answer) -> list:
        """What there is to choose or to order after ``answer``: its text, its HTML."""
        return []

    def tell(self, answer) -> str:
        """An answer in words."""
        return f"your first answer was: {answer}"

    def rows(self) -> list[str]:
        """What there is to choose from or to order, for readers without a kernel."""
        return []

    def plain(self) -> str:
        """The question as text."""
        return "\n".join([self.text, *(f"  {row}" for row in self.rows())])

    def static(self) -> str:
        """The rows as HTML."""
        return ""

    def solution(self) -> str:
        """The answer with all explanations, as HTML."""
        return as_html(self.explanation)


class Option(NamedTuple):
    """One of the answers to choose from."""

    text: str
    feedback: str
    right: bool = False


class ChoiceQuestion(Question):
    """A question with options; the answer is the text of one."""

    kind, prompt = "choice", "Choose an answer"

    def __init__(self, option, **common):
        super().__init__(**common)
        options = [Option(**table) for table in option]
        self.options = {option.text: option for option in options}
        if len(self.options) < len(options):
            raise ValueError("two options have the same text")
        count = sum(option.right is True for option in options)
        if count != 1:
            raise ValueError(f"{count} options are right; it must be exactly one")

    @property
    def lettered(self) -> dict:
        """The options by letters, which paper and slides need."""
        return dict(zip(ascii_uppercase, self.options.values()))

    def reply(self, answer) -> Reply:
        if answer not in self.options:
            raise ValueError(f"{answer!r} is not among the answers")
        option = self.options[answer]
        return Reply(option.right, option.feedback)

    def choices(self, answer) -> list:
        return [[text, code(text)] for text in self.options]

    def rows(self) -> list[str]:
        # Written letters: JupyterLab turns a list of type A into 1, 2, 3.
        return [f"{letter}. {o.text}" for letter, o in self.lettered.items()]

    def static(self) -> str:
        return f"<p>{'<br>'.join(map(code, self.rows()))}</p>"

    def solution(self) -> str:
        rows = [
            f"<p><strong>{letter}.</strong> {'Right.' if o.right else 'No.'} "
            f"{code(o.feedback)}</p>"
            for letter, o in self.lettered.items()
        ]
        return "".join(rows) + super().solution()


class Miss(NamedTuple):
    """A usual wrong number."""

    value: float
    feedback: str


class NumberQuestion(Question):
    """A question for a number, right within a tolerance."""

    kind, prompt = "number", "Type a number"

    def __init__(
        self, answer, tolerance, feedback, otherwise, miss=(), percent=False, **common
    ):
        super().__init__(**common)
        self.answer, self.tolerance, self.percent = answer, tolerance, percent
        self.feedback, self.otherwise = feedback, otherwise
        self.misses = [Miss(**table) for table in miss]
        if not self.agree(answer, answer):  # a NaN, or a tolerance below 0
            raise ValueError("no number would be taken as right")
        values = [miss.value for miss in self.misses]
        for value in values:
            if self.agree(value, answer):
                raise ValueError(f"the miss {value:g} would be taken as right")
            if values.count(value) > 1:
                raise ValueError(f"two misses are {value:g}")

    def reply(self, answer) -> Reply:
        value = read_number(answer, self.percent)
        if self.agree(value, self.answer):
            return Reply(True, self.feedback)
        for miss in sorted(self.misses, key=lambda miss: abs(miss.value - value)):
            if self.agree(value, miss.value):
                return Reply(False, miss.feedback)
        return Reply(False, self.otherwise)

    def agree(self, value, target) -> bool:
        """Whether two numbers agree within the tolerance, both ends included.

        For a smaller target it is smaller in proportion: 8 (percent) is no 0.85.
        """
        share = min(1, abs(target / self.answer)) if self.answer else 1
        # 0.45 - 0.4 is a little more than 0.05 in the computer's numbers.
        rounding = 1e-9 * (abs(target) + self.tolerance)
        return abs(value - target) <= self.tolerance * share + rounding

    def solution(self) -> str:
        right = f"<p><strong>{self.answer:g}</strong> {code(self.feedback)}</p>"
        misses = [
            f"<p>{value:g}: No. {code(words)}</p>" for value, words in self.misses
        ]
        return right + "".join(misses) + super().solution()


class Line(NamedTuple):
    """A line of code, and what to think of if another stands in its place."""

    text: str
    hint: str


class OrderQuestion(Question):
    """Lines of code to be put in order (a Parsons problem).

    The answer is the order, by the numbers of the lines in the right one: '0 2 1'.
    """

    kind, prompt = "order", "Put the lines in order"

    def __init__(self, line, feedback, **common):
        super().__init__(**common)
        self.lines, self.feedback = [Line(**table) for table in line], feedback
        if len({line.text for line in self.lines}) < max(len(self.lines), 2):
            raise ValueError("it needs two lines or more, all different")

    @property
    def shuffled(self) -> list[int]:
        """The order that is shown first: for a name always the same, and never right."""
        right = list(range(len(self.lines)))
        rng = np.random.default_rng(list(self.name.encode()))
        order = right
        while order == right:
            order = rng.permutation(right).tolist()
        return order

    def read(self, answer) -> list[int]:
        """The order that an answer stands for."""
        order = [int(number) for number in answer.split() if number.isdecimal()]
        if sorted(order) != list(range(len(self.lines))):
            raise ValueError("each line must stand there once")
        return order

    def reply(self, answer) -> Reply:
        order = self.read(answer)
        for place, number in enumerate(order):
            if number != place:
                wrong, hint = self.lines[number].text.strip(), self.lines[place].hint
                words = f"Line {place + 1}, `{wrong}`, is the first out of place."
                return Reply(False, f"{words} {hint}")
        return Reply(True, self.feedback)

    def choices(self, answer) -> list:
        order = self.read(answer) if answer else self.shuffled
        return [[str(n), html.escape(self.lines[n].text)] for n in order]

    def tell(self, answer) -> str:
        return "your first order was not the right one"

    def rows(self) -> list[str]:
        return [self.lines[number].text for number in self.shuffled]

    def static(self) -> str:
        return _listing(self.rows())

    def solution(self) -> str:
        lines = _listing(line.text for line in self.lines)
        return f"{lines}<p>{code(self.feedback)}</p>{super().solution()}"


def _listing(lines):
    return f"<pre>{html.escape(chr(10).join(lines))}</pre>"


def read_number(typed, percent=False) -> float:
    """Read a number as a learner types it: 0.125, 1/8, 3 * 0.5, 5%, 1e-3.

    ``percent``: percent are asked for, so that 5% is 5. A ValueError says what would
    be right.
    """
    text = str(typed).strip()
    if not text:
        raise ValueError("Type a number first.")
    comma = re.fullmatch(r"([^\d,]?\d+),(\d+)(%?)", text)
    if comma:
        whole, decimals, sign = comma.groups()
        raise ValueError(f"Write {text} with a point, as in {whole}.{decimals}{sign}.")
    number = text.replace("\N{MINUS SIGN}", "-")
    part = 0.01 if number.endswith("%") and not percent else 1
    number = number.removesuffix("%").strip()
    try:
        value = part * math.prod(map(_read_quotient, number.split("*")))
    except (ValueError, ZeroDivisionError):
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(
            f"{text!r} is not a number. Type one such as 12.5, -70 or 2/3."
        )
    return value


def _read_quotient(text):
    above, slash, below = text.partition("/")
    return float(above) / float(below) if slash else float(text)


def code(text) -> str:
    """Escape a text for HTML; what stands in backticks becomes code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


def as_html(text) -> str:
    """A text of paragraphs as HTML."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "".join(f"<p>{code(part)}</p>" for part in paragraphs if part)


# 2. The questions of a lesson --------------------------------------------------------

# The field that only one kind of question has tells which it is.
KINDS = {"option": ChoiceQuestion, "line": OrderQuestion}


class Questions:
    """All questions of one lesson, made of the tables of its file."""

    def __init__(self, lesson, predict=(), quiz=()):
        predictions = [_make_question(lesson, **table) for table in predict]
        self.quiz = [
            _make_question(lesson, **{"stands_alone": True, **table}) for table in quiz
        ]
        names = [question.name for question in [*predictions, *self.quiz]]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two questions are named {name!r}")
        self.predictions = {question.name: question for question in predictions}

    @property
    def all(self) -> list[Question]:
        """In the order in which they are asked."""
        return [*self.predictions.values(), *self.quiz]


def _make_question(lesson, name, **fields):
    kind = next((KINDS[field] for field in KINDS if field in fields), NumberQuestion)
    try:
        return kind(lesson=lesson, name=name, **fields)
    except (TypeError, ValueError) as error:
        raise ValueError(f"question {name!r}: {error}") from error


def load(path, lesson) -> Questions:
    """Read the questions of a lesson; a ValueError names the file and the question."""
    try:
        return Questions(lesson, **tomllib.loads(sealed.read(Path(path))))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from error
