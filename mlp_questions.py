"""Questions that ask before the run, and a quiz: widgets that answer back.

The texts stand in ``notebooks/questions/``, one TOML file for each notebook. `load`
reads and checks such a file; `QuestionBox` shows one question, `Quiz` shows several.
Nothing is stored on disk or sent: what you answered lives in `ANSWERS` until the kernel
ends.

A file holds predictions and quiz questions. Backticks mark code in all texts::

    [[predict]]                    # or [[quiz]]: the same fields
    name = "minus two"             # no other question of this notebook has it
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
    [[predict.miss]]               # a usual wrong number, with its own words
    value = 0.2
    feedback = "The size is right. Does the line rise or fall?"
"""

import html
import math
import re
import tomllib
from pathlib import Path
from typing import NamedTuple

import ipywidgets as widgets

FOLDER = Path(__file__).parent / "notebooks" / "questions"
LETTERS = "ABCDEFGH"
ANSWERS = {}  # (notebook, name of a question) -> Record

# 1. A question, its reply, and what was answered -------------------------------------


class Record:
    """What was answered to one question in this session."""

    def __init__(self, first, first_right):
        self.first, self.first_right = first, first_right
        self.solved = first_right


class Reply(NamedTuple):
    """What a question says to an answer."""

    answer: str  # the answer, as it is told: a letter, or the number as it was typed
    right: bool
    words: str


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
    """What all questions share.

    Parameters
    ----------
    notebook, name : str
        Together they are the key of `ANSWERS`.
    text : str
        The question.
    """

    def __init__(self, notebook, name, text):
        self.notebook, self.name, self.text = notebook, name, text

    @property
    def record(self):
        """The `Record` of this question, or None before the first answer."""
        return ANSWERS.get((self.notebook, self.name))

    @property
    def answered(self) -> bool:
        """Whether an answer was given in this session, right or wrong."""
        return self.record is not None

    @property
    def solved(self) -> bool:
        """Whether the right answer was found in this session."""
        return self.answered and self.record.solved

    def answer(self, given) -> str:
        """Take an answer, remember it, and return the feedback in words.

        Raises
        ------
        ValueError
            If ``given`` is no answer at all; then nothing is remembered.
        """
        reply = self.reply(given)
        key = self.notebook, self.name
        earlier = self.record
        if earlier is None:
            ANSWERS[key] = Record(reply.answer, reply.right)
        else:
            earlier.solved = earlier.solved or reply.right
        verdict = "Right." if reply.right else "Not yet."
        words = f"{reply.answer}: {verdict} {reply.words}"
        if earlier is not None and earlier.first != reply.answer:
            words += f" {self.memory}"
        return words

    @property
    def memory(self) -> str:
        """One sentence about the first answer; empty before it."""
        return f"Your first answer was {self.record.first}." if self.answered else ""


class ChoiceQuestion(Question):
    """A question with options, lettered A, B, C."""

    todo = "Choose a letter"

    def __init__(self, notebook, name, text, options):
        super().__init__(notebook, name, text)
        self.options = options

    @property
    def lettered(self) -> list:
        """Pairs of a letter and its `Option`."""
        return list(zip(LETTERS, self.options))

    def reply(self, letter) -> Reply:
        """Say what the option with this letter deserves."""
        options = dict(self.lettered)
        if letter not in options:
            raise ValueError(f"choose one of {', '.join(options)}, not {letter!r}")
        return Reply(letter, options[letter].right, options[letter].feedback)

    def plain(self) -> str:
        """The question and its options as text."""
        rows = [f"  {letter}. {option.text}" for letter, option in self.lettered]
        return "\n".join([self.text, *rows])

    def static(self) -> str:
        """The options as HTML, for readers without a kernel."""
        # Written letters: JupyterLab turns a list of type A into 1, 2, 3.
        rows = [f"{letter}. {as_html(option.text)}" for letter, option in self.lettered]
        return f"<p>{'<br>'.join(rows)}</p>"

    def solution(self) -> str:
        """The answer with all explanations, as HTML."""
        rows = [
            f"<p><strong>{letter}.</strong> {'Right.' if option.right else 'No.'} "
            f"{as_html(option.feedback)}</p>"
            for letter, option in self.lettered
        ]
        return "".join(rows)


class NumberQuestion(Question):
    """A question for a number, right within a tolerance."""

    todo = "Type a number"

    def __init__(
        self, notebook, name, text, answer, tolerance, feedback, otherwise, misses=()
    ):
        super().__init__(notebook, name, text)
        self.right, self.tolerance, self.feedback = answer, tolerance, feedback
        self.otherwise, self.misses = otherwise, list(misses)

    def reply(self, typed) -> Reply:
        """Say what this number, as it was typed, deserves."""
        value = read_number(typed)
        shown = str(typed).strip()
        if self.meets(value, self.right):
            return Reply(shown, True, self.feedback)
        for miss in sorted(self.misses, key=lambda miss: abs(miss.value - value)):
            if self.meets(value, miss.value):
                return Reply(shown, False, miss.feedback)
        return Reply(shown, False, self.otherwise)

    def meets(self, value, target) -> bool:
        """Whether two numbers agree within the tolerance, both ends included."""
        # 0.45 - 0.4 is a little more than 0.05 in the computer's numbers.
        rounding = 1e-9 * (abs(target) + self.tolerance)
        return abs(value - target) <= self.tolerance + rounding

    def plain(self) -> str:
        """The question as text."""
        return self.text

    def static(self) -> str:
        """There are no options to show."""
        return ""

    def solution(self) -> str:
        """The answer with all explanations, as HTML."""
        rows = [f"<p><strong>{self.right:g}</strong> {as_html(self.feedback)}</p>"]
        rows += [
            f"<p>{miss.value:g}: No. {as_html(miss.feedback)}</p>"
            for miss in self.misses
        ]
        return "".join(rows)


def read_number(typed) -> float:
    """Read a number as a learner types it.

    Raises
    ------
    ValueError
        In words that say what would be right.
    """
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


# 2. Reading the texts ----------------------------------------------------------------


class Questions(NamedTuple):
    """All questions of one notebook."""

    predictions: dict  # name -> Question, in the order of the file
    quiz: list


def load(notebook, folder=FOLDER) -> Questions:
    """Read and check the questions of one notebook.

    Parameters
    ----------
    notebook : str
        Its file name without the ending, as in ``"01_activations"``.
    folder : path, optional

    Raises
    ------
    ValueError
        If the file isn't there or something in it is wrong. The message names the file
        and the question.
    """
    path = Path(folder) / f"{notebook}.toml"
    try:
        content = path.read_bytes()
    except (OSError, ValueError):  # also a name that no file can have
        raise ValueError(
            f"there are no questions for {notebook!r}: no {path}"
        ) from None
    try:
        tables = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name}: {error}") from None
    _only(tables, {"predict", "quiz"}, path.name)
    lists = {
        kind: [
            _question(notebook, table, f"{path.name}, {kind} {number}")
            for number, table in enumerate(_tables(tables, kind, path.name), start=1)
        ]
        for kind in ("predict", "quiz")
    }
    names = [question.name for each in lists.values() for question in each]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{path.name}: two questions are named {name!r}")
    return Questions({each.name: each for each in lists["predict"]}, lists["quiz"])


def _question(notebook, table, where):
    """Make one question from its table; ``where`` says in errors which one it is."""
    name = _text(table, "name", where)
    where = f"{where} {name!r}"
    text = _text(table, "question", where)
    if "option" in table:
        _only(table, {"name", "question", "option"}, where)
        return ChoiceQuestion(notebook, name, text, _options(table, where))
    if "answer" not in table:
        raise ValueError(f"{where}: give options, or an answer that is a number")
    fields = {"answer", "tolerance", "feedback", "otherwise", "miss"}
    _only(table, {"name", "question"} | fields, where)
    question = NumberQuestion(
        notebook, name, text, _number(table, "answer", where),
        _number(table, "tolerance", where), _text(table, "feedback", where),
        _text(table, "otherwise", where), _misses(table, where),
    )  # fmt: skip
    _check_numbers(question, where)
    return question


def _options(table, where):
    """Read the options, of which exactly one is right."""
    options = []
    for letter, option in zip(LETTERS, _tables(table, "option", where)):
        at = f"{where}, option {letter}"
        _only(option, {"text", "feedback", "right"}, at)
        right = option.get("right", False)
        if right not in (True, False):
            raise ValueError(f"{at}: right must be true or false, not {right!r}")
        options.append(
            Option(_text(option, "text", at), _text(option, "feedback", at), right)
        )
    if not 2 <= len(table["option"]) <= len(LETTERS):
        raise ValueError(f"{where}: give 2 to {len(LETTERS)} options")
    count = sum(option.right for option in options)
    if count != 1:
        raise ValueError(f"{where}: {count} options are right; it must be exactly one")
    if len({option.text for option in options}) < len(options):
        raise ValueError(f"{where}: two options have the same text")
    return options


def _misses(table, where):
    """Read the usual wrong numbers."""
    misses = []
    for number, miss in enumerate(_tables(table, "miss", where), start=1):
        at = f"{where}, miss {number}"
        _only(miss, {"value", "feedback"}, at)
        misses.append(Miss(_number(miss, "value", at), _text(miss, "feedback", at)))
    return misses


def _check_numbers(question, where):
    """Every miss must be reachable: neither right, nor the same as another one."""
    if question.tolerance < 0:
        raise ValueError(f"{where}: the tolerance must be 0 or more")
    values = [miss.value for miss in question.misses]
    for value in values:
        if question.meets(value, question.right):
            raise ValueError(f"{where}: the miss {value:g} would be taken as right")
        if values.count(value) > 1:
            raise ValueError(f"{where}: two misses are {value:g}")


def _tables(table, name, where):
    """Return the list of tables ``[[name]]``; empty if there is none."""
    found = table.get(name, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise ValueError(
            f"{where}: write {name} as tables, each begun with [[...{name}]]"
        )
    return found


def _only(table, known, where):
    """No other fields: a misspelt one would be left out in silence."""
    unknown = sorted(set(table) - known)
    if unknown:
        raise ValueError(
            f"{where}: unknown field {', '.join(unknown)}; known are "
            f"{', '.join(sorted(known))}"
        )


def _text(table, field, where) -> str:
    """A text, in one line, that isn't empty and closes its backticks."""
    text = table.get(field)
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"{where}: {field} is missing, or no text")
    if text.count("`") % 2:
        raise ValueError(f"{where}: a backtick of {field} is not closed: {text}")
    return " ".join(text.split())


def _number(table, field, where) -> float:
    """A finite number."""
    value = table.get(field)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value):
        raise ValueError(f"{where}: {field} is missing, or no finite number")
    return float(value)


# 3. Widgets --------------------------------------------------------------------------

# JupyterLab's own colours and fonts, so that its dark theme stays readable.
_TEXT = (
    "color:var(--jp-content-font-color1,inherit);white-space:normal;line-height:1.45;"
    "font-size:var(--jp-content-font-size1,14px);overflow-wrap:anywhere"
)
_CODE = (
    "font-family:var(--jp-code-font-family,monospace);padding:0 3px;"
    "background:var(--jp-layout-color2,transparent)"
)
_open = {}  # (notebook, name) -> the box that shows the question now


class QuestionBox:
    """One question with its buttons, or its number box, and a status line.

    Parameters
    ----------
    question : Question
    title : str
        Stands before the question.
    then : str
        What to do after the answer; for readers of the plain text.
    changed : callable, optional
        Called after each answer.
    """

    def __init__(
        self, question, title="Predict", then="run the next cell", changed=None
    ):
        self.question, self.title, self.then = question, title, then
        self.changed = changed or (lambda: None)
        self.status = widgets.HTML()
        self.buttons = {}  # letter, or 'Commit' -> Button
        self.number = None  # the text box of a number question
        head = _html(f"<strong>{html.escape(title)}:</strong> {as_html(question.text)}")
        is_choice = isinstance(question, ChoiceQuestion)
        answers = self._options() if is_choice else [self._number_row()]
        self.box = widgets.VBox([head, *answers, self.status])
        self.say(question.memory)
        _replace((question.notebook, question.name), self)

    answered = property(lambda self: self.question.answered)
    solved = property(lambda self: self.question.solved)

    def _options(self):
        """One row for each option: its button, its text."""
        rows = []
        for letter, option in self.question.lettered:
            button = self._button(letter, option.text, lambda at=letter: self.take(at))
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
            description="your number", continuous_update=False,
            style={"description_width": "90px"}, layout=widgets.Layout(width="220px"),
        )  # fmt: skip
        self.number.observe(lambda _: self.react(self.commit), "value")
        return widgets.HBox([self.number, self._button("Commit", "", self.commit)])

    def _button(self, label, tooltip, action):
        width = f"{28 + 8 * len(label)}px"
        layout = widgets.Layout(width=width, flex="0 0 auto")
        button = widgets.Button(
            description=label,
            tooltip=tooltip.replace("`", "") or label,
            layout=layout,
        )
        button.on_click(lambda _: self.react(action))
        self.buttons[label] = button
        return button

    def commit(self):
        """Take the number in the box as the answer."""
        self.take(self.number.value)

    def take(self, given):
        """Take an answer and show its feedback."""
        self.say(self.question.answer(given))
        self.changed()

    def react(self, action):
        """Do what a button asks for. An exception is told in the status line.

        Without this it would vanish: JupyterLab doesn't show the errors of callbacks.
        """
        try:
            action()
        except ValueError as error:
            self.say(str(error))
        except Exception as error:  # noqa: BLE001, told in words
            self.say(f"{type(error).__name__}: {error}")

    def say(self, words):
        """Put words into the status line, which screen readers read aloud."""
        self.status.value = _status(words)

    def plain(self) -> str:
        """The question as text; the same before and after the answer."""
        return (
            f"{self.title}: {self.question.plain()}\n{self.question.todo}, then "
            f"{self.then}."
        )

    def static(self) -> str:
        """The question as HTML, with the answer folded away."""
        return (
            f"<div><p><strong>{html.escape(self.title)}:</strong> "
            f"{as_html(self.question.text)}</p>{self.question.static()}"
            f"<details><summary>Answer, with the reasons</summary>"
            f"{self.question.solution()}</details></div>"
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        return _bundle(self)

    def close(self):
        """Remove the question from the page and free what it holds."""
        _close(self.box)


class Quiz:
    """Several questions below one another, and a line that counts the right ones.

    Parameters
    ----------
    questions : list of Question
    """

    def __init__(self, questions):
        if not questions:
            raise ValueError("this quiz has no questions")
        self.questions = list(questions)
        self.score = widgets.HTML()
        self.boxes = [
            QuestionBox(
                question, f"Question {number} of {len(self.questions)}",
                "read what it says", self.count,
            )
            for number, question in enumerate(self.questions, start=1)
        ]  # fmt: skip
        for each in self.boxes:
            each.box.layout.margin = "0 0 12px 0"
        self.box = widgets.VBox([*(each.box for each in self.boxes), self.score])
        self.count()
        _replace((self.questions[0].notebook, None), self)

    @property
    def answered(self) -> bool:
        """Whether each question has an answer, right or wrong."""
        return all(question.answered for question in self.questions)

    @property
    def solved(self) -> bool:
        """Whether each right answer was found."""
        return all(question.solved for question in self.questions)

    @property
    def line(self) -> str:
        """How many are right, in words."""
        right = sum(question.solved for question in self.questions)
        first = sum(
            each.answered and each.record.first_right for each in self.questions
        )
        return f"{right} of {len(self.questions)} right, {first} at the first try."

    def count(self):
        """Bring the line below up to date."""
        self.score.value = _status(self.line)

    def plain(self) -> str:
        """All questions as text."""
        return "\n\n".join(box.plain() for box in self.boxes)

    def static(self) -> str:
        """All questions as HTML."""
        return "".join(box.static() for box in self.boxes)

    def _repr_mimebundle_(self, include=None, exclude=None):
        return _bundle(self)

    def close(self):
        """Remove the quiz from the page and free what it holds."""
        _close(self.box)


def _bundle(shown):
    """The widget; for readers without a kernel the same as HTML and as text."""
    return {
        **shown.box._repr_mimebundle_(),
        "text/html": shown.static(),
        "text/plain": shown.plain(),
    }


def _html(content, **layout):
    content = content.replace("<code>", f'<code style="{_CODE}">')
    return widgets.HTML(
        f'<div style="{_TEXT}">{content}</div>', layout=widgets.Layout(**layout)
    )


def _status(words):
    content = as_html(words).replace("<code>", f'<code style="{_CODE}">')
    return (
        f'<div role="status" aria-live="polite" style="{_TEXT};min-height:1.5em">'
        f"{content}</div>"
    )


def _replace(key, box):
    """Close what showed the same question before: its buttons would do nothing good."""
    if key in _open:
        _open[key].close()
    _open[key] = box


def _close(widget):
    """Close a widget and all that belongs to it."""
    for child in getattr(widget, "children", ()):
        _close(child)
    for part in ("style", "layout"):
        if hasattr(widget, part):
            getattr(widget, part).close()
    widget.close()
