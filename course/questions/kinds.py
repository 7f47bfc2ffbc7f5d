"""The kinds of questions: what is asked, and the reply to each answer."""

import copy
import html
import re
import tomllib
from pathlib import Path
from string import ascii_uppercase
from typing import NamedTuple

import numpy as np

from course import record, sealed
from course.words import read_number

# 1. Questions and their answers ------------------------------------------------------


class Reply(NamedTuple):
    """What a question says to an answer, or the run to a guess."""

    right: bool | None  # None: it is nobody's guess
    words: str  # the reasons, in paragraphs
    head: str = ""  # beside the sign of right or wrong; '' for the usual word


class Question:
    """What all questions share. A subclass takes the fields of the file by name.

    It has ``reply(answer) -> Reply`` and, if the run replies, ``reveal(answer, result)``
    with what came out. ``read(answer)`` raises a ValueError if it is no answer at all.
    """

    kind = ""  # as question.js calls it
    prompt = ""  # what readers of the plain text are to do

    def __init__(
        self,
        lesson,
        name,
        question,
        explanation="",
        at_once=False,
        optional=False,
        telltales=(),
        then="",
    ):
        self.lesson, self.name, self.text = lesson, name, question
        self.explanation, self.telltales = explanation, telltales
        self.optional = optional  # for those who have time
        self.then = then  # what to do after a guess, if its run doesn't reveal it
        self.key = lesson, name
        # It replies, or locks a guess until its run replies, by `course.questions.reveal`.
        self.at_once, self.locks = at_once, not at_once

    @property
    def recorded(self) -> record.Answer:
        """What was answered; empty before the first answer."""
        return record.answer(*self.key)

    @property
    def first(self) -> str:
        """The first answer; '' before it, or if a change of the question made it invalid."""
        try:
            self.read(self.recorded.first)
        except ValueError:
            return ""
        return self.recorded.first

    def submit(self, answer):
        """Remember an answer, or only the first one if it is a guess, which is locked."""
        self.take(answer)
        if self.at_once:
            record.add_answer(*self.key, answer, self.reply(answer).right)
        elif not self.first:
            record.add_guess(*self.key, answer, self.recorded.first)

    def take(self, answer):
        """`read` an answer just given; a ValueError may also ask back."""
        return self.read(answer)

    def repeat(self) -> Reply | None:
        """The reply to the last answer; None where the run gives it."""
        return None if self.recorded.stage else self.reply(self.recorded.last)

    def reveal_kept(self, result) -> Reply:
        """What the run says to the guess; this is remembered as well."""
        reply = self.reveal(self.recorded.first, result)
        record.add_reveal(*self.key, reply.right)
        return reply

    def said(self, answer) -> str:
        """An answer as a sentence quotes it."""
        return answer

    def comparison(self, answer, came_out) -> str:
        """A guess and what came out, in a sentence; '' if they are the same."""
        said = self.said(answer)
        if said.strip('"`') == came_out.strip('"`'):
            return ""
        return f"You said {said}; the answer is {came_out}."

    def now(self, answer) -> str:
        """An answer of any version, in today's words."""
        return answer

    def guess(self) -> list:
        """What pictures draw of the guess: numbers, or names; nothing before it."""
        return []

    def again(self):
        """The question as a later review asks it, which is not word for word the same."""
        return self

    def choices(self, answer) -> list:
        """What there is to choose or to order after ``answer``: its text, its HTML."""
        return []

    def tell(self, answer) -> str:
        """An answer in words."""
        return f"your first answer was: {answer.replace('`', '')}"

    def rows(self) -> list[str]:
        """What there is to choose from or to order, for readers without a kernel."""
        return []

    def plain(self) -> str:
        """The question as text."""
        return "\n".join([self.text, *(f"  {row}" for row in self.rows())])

    def static(self) -> str:
        """The rows as HTML."""
        return ""

    def replies(self, in_full=True, number="") -> list[str]:
        """Each answer with its reply as HTML, the right one first; none to an order.

        An option is its letter, ``in_full`` with its words; ``number`` is what came out of
        a run.
        """
        return []

    def solution(self) -> str:
        """The answer with all explanations, as HTML."""
        return as_html(self.explanation)


class Option(NamedTuple):
    """One of the answers to choose from."""

    text: str
    feedback: str
    right: bool = False
    formerly: tuple = ()  # its texts in older versions of the course
    drawn: tuple = ()  # what a picture draws it with


class ChoiceQuestion(Question):
    """A question with options; the answer is the text of one."""

    kind, prompt = "choice", "Choose an answer"
    counts = "12 A, 9 B"  # how a teacher types what a class guesses

    def __init__(self, option, **common):
        super().__init__(**common)
        options = [Option(**table) for table in option]
        self.options = {option.text: option for option in options}
        if len(self.options) < len(options):
            raise ValueError("two options have the same text")
        count = sum(option.right is True for option in options)
        if count != 1:
            raise ValueError(f"{count} options are right; there must be exactly one")
        self.right = next(option for option in options if option.right)

    @property
    def lettered(self) -> dict:
        """The options by letters, which paper and slides need."""
        return dict(zip(ascii_uppercase, self.options.values()))

    def read(self, answer) -> Option:
        """The option that was chosen."""
        for option in self.options.values():
            if answer and answer in (option.text, *option.formerly):
                return option
        raise ValueError(f"{answer!r} is not among the answers")

    def reply(self, answer) -> Reply:
        option = self.read(answer)
        return Reply(option.right, option.feedback)

    def reveal(self, answer, result=None) -> Reply:
        """``result``: what the run has shown, in words, if that says more."""
        option = self.read(answer)
        reasons = [option.feedback, *([] if option.right else [self.right.feedback])]
        head = self.comparison(answer, self.came_out(result))
        return Reply(option.right, "\n\n".join(reasons), head)

    def came_out(self, result) -> str:
        """What came out, in words: of the run, or else of the right option."""
        return result or self.said(self.right.text)

    def said(self, answer) -> str:
        return f'"{self.now(answer).rstrip(".")}"'

    def now(self, answer) -> str:
        return self.read(answer).text

    def guess(self) -> list:
        return list(self.read(self.first).drawn) if self.first else []

    def again(self):
        """With its options in another order."""
        turned, order = copy.copy(self), _another_order(len(self.options), self.name)
        texts = list(self.options)
        turned.options = {texts[i]: self.options[texts[i]] for i in order}
        return turned

    def choices(self, answer) -> list:
        return [[text, code(text)] for text in self.options]

    def rows(self) -> list[str]:
        # Written letters: JupyterLab turns a list of type A into 1, 2, 3.
        return [f"{letter}. {o.text}" for letter, o in self.lettered.items()]

    def static(self) -> str:
        return f"<p>{'<br>'.join(map(code, self.rows()))}</p>"

    def replies(self, in_full=True, number="") -> list[str]:
        return [
            f"<strong>{letter}.{f' {code(o.text)}' * in_full}</strong> {code(o.feedback)}"
            for letter, o in sorted(
                self.lettered.items(), key=lambda it: not it[1].right
            )
        ]

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
    """A question for a number, right within a tolerance. The run may tell ``answer``."""

    kind, prompt, counts = "number", "Type a number", "80, 3x 90"

    def __init__(
        self,
        tolerance,
        feedback,
        otherwise,
        answer=None,
        miss=(),
        percent=False,
        again=None,
        **common,
    ):
        super().__init__(**common)
        self.answer, self.tolerance, self.percent = answer, tolerance, percent
        self.feedback, self.otherwise = feedback, otherwise
        self.misses = [Miss(**table) for table in miss]
        if (answer is None) is self.at_once:
            raise ValueError("it has an answer if, and only if, it replies at once")
        if self.at_once:
            self.check(answer)
        fields = {"tolerance": tolerance, "percent": percent, **common, **(again or {})}
        self.other = NumberQuestion(**fields) if again else self

    def check(self, answer):
        """A ValueError says why the misses don't go with this right answer."""
        if not self.agree(answer, answer):  # a NaN, or a tolerance below 0
            raise ValueError("no number would count as right")
        values = [miss.value for miss in self.misses]
        for value in values:
            if self.agree(value, answer):
                raise ValueError(f"the miss {value:g} would count as right")
            if values.count(value) > 1:
                raise ValueError(f"two misses are {value:g}")

    def read(self, answer) -> float:
        value = read_number(answer, self.percent)
        if self.percent and not 0 <= value <= 100:
            raise ValueError("Type a percentage from 0 to 100.")
        return value

    def take(self, answer) -> float:
        value = self.read(answer)
        if self.percent and 0 < value < 1 and read_number(answer) == value:  # without %
            either = f"{100 * value:.3g} % or {value:.3g} %"
            raise ValueError(f"Do you mean {either}? Type that, with the % sign.")
        return value

    def choices(self, answer) -> list:
        return [["", "%"]] if self.percent else []

    def reply(self, answer) -> Reply:
        value, kept = self.read(answer), self.recorded
        near = sorted(self.misses, key=lambda miss: abs(miss.value - value))
        said = [miss.feedback for miss in near if self.agree(value, miss.value)]
        if self.answer is not None:
            right = self.agree(value, self.answer)
        else:  # it was given to a version of the course that still knew the number
            is_first = answer == kept.first
            right = kept.first_right if is_first else kept.solved and not said
        return Reply(right, self.feedback if right else [*said, self.otherwise][0])

    def reveal(self, answer, result) -> Reply:
        """``result``: the number that came out."""
        told = copy.copy(self)
        told.answer = result
        head = self.comparison(answer, self.came_out(result))
        return told.reply(answer)._replace(head=head)

    def came_out(self, result) -> str:
        """The number that came out, in words."""
        return f"{result:.3g}" + " %" * self.percent

    def said(self, answer) -> str:
        return f"{self.read(answer):g} %" if self.percent else answer

    def guess(self) -> list:
        return [self.read(self.first)] if self.first else []

    def again(self):
        """With other numbers, where the file has some."""
        return self.other

    def agree(self, value, target) -> bool:
        """Whether two numbers agree within the tolerance, both ends included.

        For a smaller target it shrinks in proportion, so that 8 (percent) isn't 0.85.
        """
        share = min(1, abs(target / self.answer)) if self.answer else 1
        # 0.45 - 0.4 is a little more than 0.05 in the computer's numbers.
        rounding = 1e-9 * (abs(target) + self.tolerance)
        return bool(abs(value - target) <= self.tolerance * share + rounding)

    def replies(self, in_full=True, number="") -> list[str]:
        number = number or ("" if self.answer is None else self.answer)
        right = f"<strong>{number}</strong>. " * (number != "")
        misses = [f"{value:g}. {code(words)}" for value, words in self.misses]
        return [right + code(self.feedback), *misses]

    def solution(self) -> str:
        number = "" if self.answer is None else f"<strong>{self.answer:g}</strong> "
        right = f"<p>{number}{code(self.feedback)}</p>"
        misses = [
            f"<p>{value:g}: No. {code(words)}</p>" for value, words in self.misses
        ]
        return right + "".join(misses) + super().solution()


class Line(NamedTuple):
    """A line of code, and a hint for when another takes its place."""

    text: str
    hint: str


class OrderQuestion(Question):
    """Lines of code to be put in order (a Parsons problem). It replies at once.

    The answer is the order, by the numbers of the lines in the right one: '0 2 1'.
    """

    kind, prompt = "order", "Put the lines in order"

    def __init__(self, line, feedback, **common):
        super().__init__(**{**common, "at_once": True})
        self.lines, self.feedback = [Line(**table) for table in line], feedback
        if len({line.text for line in self.lines}) < max(len(self.lines), 2):
            raise ValueError("it needs two lines or more, all different")

    @property
    def shuffled(self) -> list[int]:
        """The order that is shown first: always the same for a name, and never right."""
        return _another_order(len(self.lines), self.name)

    def read(self, answer) -> list[int]:
        """The order that an answer stands for."""
        order = [int(number) for number in answer.split() if number.isdecimal()]
        if sorted(order) != list(range(len(self.lines))):
            raise ValueError("each line must appear exactly once")
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
        return "your first order was wrong"

    def rows(self) -> list[str]:
        return [self.lines[number].text for number in self.shuffled]

    def static(self) -> str:
        return _listing(self.rows())

    def solution(self) -> str:
        lines = _listing(line.text for line in self.lines)
        return f"{lines}<p>{code(self.feedback)}</p>{super().solution()}"


def _another_order(count, name):
    """The numbers up to ``count`` in another order, always the same for a name."""
    right = order = list(range(count))
    rng = np.random.default_rng(list(name.encode()))
    while order == right:
        order = rng.permutation(right).tolist()
    return order


def _listing(lines):
    return f"<pre>{html.escape(chr(10).join(lines))}</pre>"


def code(text) -> str:
    """Escape a text for HTML; what is in backticks becomes code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


def as_html(text) -> str:
    """A text of paragraphs as HTML."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "\n".join(f"<p>{code(part)}</p>" for part in paragraphs if part)


# 2. The questions of a lesson --------------------------------------------------------

# The field that only one kind of question has tells which it is.
KINDS = {"option": ChoiceQuestion, "line": OrderQuestion}


class Questions:
    """All questions of one lesson, made of the tables of its file."""

    def __init__(self, lesson, predict=(), quiz=()):
        predictions = [_make_question(lesson, **table) for table in predict]
        self.quiz = [
            _make_question(lesson, **{"at_once": True, **table}) for table in quiz
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
