"""Questions that ask before the run, and a quiz: widgets that answer back.

`load` reads the questions of a lesson from a TOML file, `QuestionBox` shows one, `Quiz`
shows several. What was answered is kept by `course.record`.

A file holds predictions and quiz questions. Backticks mark code in all texts::

    [[predict]]                    # or [[quiz]]: the same fields
    name = "minus two"             # no other question of this lesson has it
    question = "What does this `relu` make of -2?"
    [[predict.option]]             # two or more; one of them is right
    text = "0"
    feedback = "That is what ReLU would do. Look at the line for negative z."
    [[predict.option]]
    text = "0.4"
    right = true
    feedback = "-0.2 times -2 is 0.4."

    [[predict]]
    name = "slope"
    question = "What is the slope at -2?"
    answer = -0.2
    tolerance = 0.01               # this far from the answer is still right
    feedback = "The line falls by 0.2 for each step to the right."
    otherwise = "Take two points on the line and divide rise by run."
    [[predict.miss]]               # a usual wrong number, with its own feedback
    value = 0.2
    feedback = "The size is right. Does the line rise or fall?"
"""

import html
import math
import re
import tomllib
from pathlib import Path
from string import ascii_uppercase
from typing import NamedTuple

import ipywidgets as widgets

from course import page, record

# 1. Questions and their answers ------------------------------------------------------


class Option(NamedTuple):
    """One of the answers to choose from."""

    text: str
    feedback: str
    right: bool = False


class Miss(NamedTuple):
    """A usual wrong number."""

    value: float
    feedback: str


class Question:
    """What all questions share. A subclass takes the fields of the file by name."""

    def __init__(self, lesson, name, question):
        self.lesson, self.name, self.text = lesson, name, question

    @property
    def recorded(self) -> record.Answer:
        """What was answered; empty before the first answer."""
        return record.answer(self.lesson, self.name)

    @property
    def reminder(self) -> str:
        """One sentence about the first answer; empty before it."""
        first = self.recorded.first
        return f"Your first answer was {first}." if first else ""

    def submit(self, answer) -> str:
        """Remember an answer and return the feedback.

        A ValueError says that it is no answer at all; then nothing is remembered.
        """
        right, reply = self.reply(answer)
        given = str(answer).strip()  # a letter, or the number as it was typed
        record.add_answer(self.lesson, self.name, given, right)
        feedback = f"{given}: {'Right.' if right else 'Not yet.'} {reply}"
        is_first = given == self.recorded.first
        return feedback if is_first else f"{feedback} {self.reminder}"

    def plain(self) -> str:
        """The question as text."""
        return self.text

    def static(self) -> str:
        """What there is to choose from as HTML, for readers without a kernel."""
        return ""


class ChoiceQuestion(Question):
    """A question with options, lettered A, B, C."""

    prompt = "Choose a letter"

    def __init__(self, lesson, name, question, option):
        super().__init__(lesson, name, question)
        options = [Option(**table) for table in option]
        self.options = dict(zip(ascii_uppercase, options))  # letter -> Option
        count = sum(option.right is True for option in options)
        if count != 1:
            raise ValueError(f"{count} options are right; it must be exactly one")

    def reply(self, letter) -> tuple[bool, str]:
        """Whether the option with this letter is right, and its feedback."""
        if letter not in self.options:
            letters = ", ".join(self.options)
            raise ValueError(f"choose one of {letters}, not {letter!r}")
        option = self.options[letter]
        return option.right, option.feedback

    def plain(self) -> str:
        rows = [f"  {letter}. {option.text}" for letter, option in self.options.items()]
        return "\n".join([self.text, *rows])

    def static(self) -> str:
        # Written letters: JupyterLab turns a list of type A into 1, 2, 3.
        rows = [
            f"{letter}. {as_html(option.text)}"
            for letter, option in self.options.items()
        ]
        return f"<p>{'<br>'.join(rows)}</p>"

    def solution(self) -> str:
        """The answer with all explanations, as HTML."""
        return "".join(
            f"<p><strong>{letter}.</strong> {'Right.' if option.right else 'No.'} "
            f"{as_html(option.feedback)}</p>"
            for letter, option in self.options.items()
        )


class NumberQuestion(Question):
    """A question for a number, right within a tolerance."""

    prompt = "Type a number"

    def __init__(
        self, lesson, name, question, answer, tolerance, feedback, otherwise, miss=()
    ):
        super().__init__(lesson, name, question)
        self.answer, self.tolerance = answer, tolerance
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

    def reply(self, typed) -> tuple[bool, str]:
        """Whether the number, as it was typed, is right, and the feedback."""
        value = read_number(typed)
        if self.agree(value, self.answer):
            return True, self.feedback
        for miss in sorted(self.misses, key=lambda miss: abs(miss.value - value)):
            if self.agree(value, miss.value):
                return False, miss.feedback
        return False, self.otherwise

    def agree(self, value, target) -> bool:
        """Whether two numbers agree within the tolerance, both ends included."""
        # 0.45 - 0.4 is a little more than 0.05 in the computer's numbers.
        rounding = 1e-9 * (abs(target) + self.tolerance)
        return abs(value - target) <= self.tolerance + rounding

    def solution(self) -> str:
        """The answer with all explanations, as HTML."""
        right = f"<p><strong>{self.answer:g}</strong> {as_html(self.feedback)}</p>"
        return right + "".join(
            f"<p>{miss.value:g}: No. {as_html(miss.feedback)}</p>"
            for miss in self.misses
        )


def read_number(typed) -> float:
    """Read a number as a learner types it; a ValueError says what would be right."""
    text = str(typed).strip()
    if not text:
        raise ValueError("Type a number first.")
    comma = re.fullmatch(r"([^\d,]?\d+),(\d+)", text)
    if comma:
        raise ValueError(
            f"Write {text} with a point, as in {'.'.join(comma.groups())}."
        )
    try:
        value = float(text.replace("\N{MINUS SIGN}", "-"))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"{text!r} is not a number. Type one such as 12.5 or -70.")
    return value


def as_html(text) -> str:
    """Escape a text for HTML; what stands in backticks becomes code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


# 2. The questions of a lesson --------------------------------------------------------


class Questions:
    """All questions of one lesson, made of the tables of its file."""

    def __init__(self, lesson, predict=(), quiz=()):
        predictions = [_make_question(lesson, **table) for table in predict]
        self.predictions = {question.name: question for question in predictions}
        self.quiz = [_make_question(lesson, **table) for table in quiz]
        names = [question.name for question in [*predictions, *self.quiz]]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two questions are named {name!r}")


def _make_question(lesson, name, **fields):
    kind = ChoiceQuestion if "option" in fields else NumberQuestion
    try:
        return kind(lesson, name, **fields)
    except (TypeError, ValueError) as error:
        raise ValueError(f"question {name!r}: {error}") from error


def load(path, lesson) -> Questions:
    """Read the questions of a lesson; a ValueError names the file and the question."""
    try:
        tables = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        return Questions(lesson, **tables)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from error


# 3. Widgets --------------------------------------------------------------------------

# JupyterLab's own colours and fonts, so that its dark theme stays readable.
TEXT_STYLE = (
    "color:var(--jp-content-font-color1,inherit);white-space:normal;line-height:1.45;"
    "font-size:var(--jp-content-font-size1,14px);overflow-wrap:anywhere"
)
CODE_STYLE = (
    "font-family:var(--jp-code-font-family,monospace);padding:0 3px;"
    "background:var(--jp-layout-color2,transparent)"
)
_open = {}  # (lesson, question), or (lesson, None) for the quiz -> what is on the page


class _OnPage:
    """What a notebook shows: the widget ``box``, or for readers without it a text."""

    def _replace_earlier(self, key):
        """Close what showed the same before: its buttons would do nothing good."""
        if key in _open:
            _open[key].close()
        _open[key] = self

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {
            **self.box._repr_mimebundle_(),
            "text/html": self.static(),
            "text/plain": self.plain(),
        }

    def close(self):
        """Remove it from the page and free what it holds."""
        page.close(self.box)


class QuestionBox(_OnPage):
    """One question with its buttons, or its number box, and a status line.

    ``title`` stands before the question. ``next_step`` tells readers of the plain text
    what to do after the answer. ``on_answer()`` is called after each answer.
    """

    def __init__(
        self,
        question,
        title="Predict",
        next_step="run the next cell",
        on_answer=lambda: None,
    ):
        self.question, self.title = question, title
        self.next_step, self.on_answer = next_step, on_answer
        self.status = widgets.HTML()
        self.buttons = {}  # letter, or 'Commit' -> Button
        self.number = None  # the text box of a number question
        head = _html(f"<strong>{html.escape(title)}:</strong> {as_html(question.text)}")
        is_choice = isinstance(question, ChoiceQuestion)
        rows = self._option_rows() if is_choice else [self._number_row()]
        self.box = widgets.VBox([head, *rows, self.status])
        self.show_status(question.reminder)
        self._replace_earlier((question.lesson, question.name))

    def _option_rows(self):
        """One row for each option: its button, its text."""
        rows = []
        for letter, option in self.question.options.items():
            button = self._button(
                letter, option.text, lambda letter=letter: self.submit(letter)
            )
            # The text takes the width that is left, and no more.
            room = {"flex": "1 1 0%", "min_width": "0", "padding": "4px 0 0 8px"}
            text = _html(as_html(option.text), **room)
            rows.append(widgets.HBox([button, text]))
        return rows

    def _number_row(self):
        """A text box, since a number box can't say what is wrong with 'a half'.

        Its value changes on Enter and when the focus leaves it: both commit.
        """
        self.number = widgets.Text(
            description="your number",
            continuous_update=False,
            style={"description_width": "90px"},
            layout=widgets.Layout(width="220px"),
        )

        def commit():
            self.submit(self.number.value)

        self.number.observe(lambda _: self._handle(commit), "value")
        return widgets.HBox([self.number, self._button("Commit", "", commit)])

    def _button(self, label, tooltip, action):
        width = f"{28 + 8 * len(label)}px"
        button = widgets.Button(
            description=label,
            tooltip=tooltip.replace("`", "") or label,
            layout=widgets.Layout(width=width, flex="0 0 auto"),
        )
        button.on_click(lambda _: self._handle(action))
        self.buttons[label] = button
        return button

    def submit(self, answer):
        """Submit an answer and show its feedback."""
        self.show_status(self.question.submit(answer))
        self.on_answer()

    def _handle(self, action):
        """Do what a button asks for; show an exception in the status line.

        Without this it would vanish: JupyterLab doesn't show the errors of callbacks.
        """
        try:
            action()
        except ValueError as error:
            self.show_status(str(error))
        except Exception as error:  # noqa: BLE001, shown
            self.show_status(f"{type(error).__name__}: {error}")

    def show_status(self, message):
        """Fill the status line, which screen readers read aloud."""
        self.status.value = _status(message)

    def plain(self) -> str:
        """The question as text; the same before and after the answer."""
        return (
            f"{self.title}: {self.question.plain()}\n{self.question.prompt}, then "
            f"{self.next_step}."
        )

    def static(self) -> str:
        """The question as HTML, with the answer folded away."""
        return (
            f"<div><p><strong>{html.escape(self.title)}:</strong> "
            f"{as_html(self.question.text)}</p>{self.question.static()}"
            f"<details><summary>Answer, with the reasons</summary>"
            f"{self.question.solution()}</details></div>"
        )


class Quiz(_OnPage):
    """Several questions below one another, and a line that counts the right ones."""

    def __init__(self, questions):
        if not questions:
            raise ValueError("this quiz has no questions")
        self.questions = list(questions)
        self.score = widgets.HTML()
        self.boxes = [
            QuestionBox(
                question,
                f"Question {number} of {len(self.questions)}",
                "read what it says",
                self.show_score,
            )
            for number, question in enumerate(self.questions, start=1)
        ]
        rows = [question_box.box for question_box in self.boxes]
        for row in rows:
            row.layout.margin = "0 0 12px 0"
        self.box = widgets.VBox([*rows, self.score])
        self.show_score()
        self._replace_earlier((self.questions[0].lesson, None))

    @property
    def line(self) -> str:
        """How many are right, in words."""
        answers = [question.recorded for question in self.questions]
        right = sum(answer.solved for answer in answers)
        first = sum(answer.first_right for answer in answers)
        return f"{right} of {len(self.questions)} right, {first} at the first try."

    def show_score(self):
        """Bring the line below up to date."""
        self.score.value = _status(self.line)

    def plain(self) -> str:
        """All questions as text."""
        return "\n\n".join(box.plain() for box in self.boxes)

    def static(self) -> str:
        """All questions as HTML."""
        return "".join(box.static() for box in self.boxes)


def _html(content, **layout):
    content = content.replace("<code>", f'<code style="{CODE_STYLE}">')
    return widgets.HTML(
        f'<div style="{TEXT_STYLE}">{content}</div>', layout=widgets.Layout(**layout)
    )


def _status(message):
    content = as_html(message).replace("<code>", f'<code style="{CODE_STYLE}">')
    return page.status(content, f"{TEXT_STYLE};min-height:1.5em")
