"""Questions on the page: a widget for each, the quiz, and what the run reveals.

The browser's part is in question.js, which sends us each answer, and the looks are in
question.css. anywidget brings both to JupyterLab, Notebook, Voila and Colab.
"""

import contextlib
import html
import re
from pathlib import Path

import anywidget
import ipywidgets as widgets
import traitlets

from course import host, page, record
from course.questions.kinds import as_html, code

FOLDER = Path(__file__).parent
# By whether a reply is right: the class of its box, and its usual word.
LOOKS = {True: ("right", "Right."), False: ("wrong", "No."), None: ("note", "")}
RAN = "<p>The cell has already run, so here is the result:</p>\n"

ON_PAGE = {}  # (lesson, title) -> the box of a question, or of a quiz
RUNS = {}  # (lesson, name) -> what its run in this kernel has told


class Answers(anywidget.AnyWidget):
    """The buttons or boxes to answer with; a message ``{"answer": text}`` comes back.

    ``told`` is heard with each reply: its number, the answer that it is to ('' before the
    first), and whether that is locked. ``options`` are for a page that is loaded again.
    """

    _esm = page.script(FOLDER / "question.js")
    _css = page.css(FOLDER / "question.css")
    kind = traitlets.Unicode().tag(sync=True)
    options = traitlets.List().tag(sync=True)  # [what it answers, its HTML]
    told = traitlets.Dict({"number": 0, "answer": "", "locked": False}).tag(sync=True)


class _OnPage:
    """What a notebook shows: the widget ``box``, or for readers without it a text.

    ``answers`` is an anywidget in the box.
    """

    def _come_to(self, lesson, title):
        """Take the place of an earlier one with this title.

        The earlier one is closed at the next run. Until then it listens, because JupyterLab
        runs this cell and sends an answer just given with Shift+Enter by two ways (a
        subshell).
        """
        self.place = lesson, title
        earlier, ON_PAGE[self.place] = ON_PAGE.get(self.place), self
        if earlier:
            host.at_next_run(earlier.close)

    def _repr_mimebundle_(self, include=None, exclude=None):
        data, metadata = host.view(self.box, self.answers)
        data |= {"text/html": self.static(), "text/plain": self.plain()}
        return data, metadata

    def close(self):
        """Remove it from the page and free what it holds."""
        page.close(self.box)


class QuestionBox(_OnPage):
    """One question, its answers and its reply.

    ``title`` stands before the question. ``next_step`` tells readers of the plain text
    what to do after the answer. ``on_answer()`` is called after each answer.
    """

    def __init__(
        self, question, title="Predict", next_step="go on", on_answer=lambda: None
    ):
        self.question, self.title = question, title
        self.next_step, self.on_answer = next_step, on_answer
        self.head = f"<strong>{html.escape(title)}:</strong> {code(question.text)}"
        self.reply = widgets.HTML()
        self.answers = Answers(kind=question.kind, options=question.choices(""))
        self.answers.on_msg(lambda _, message, __: self.submit(message.get("answer")))
        self.box = widgets.VBox([widgets.HTML(self.head), self.answers, self.reply])
        self.box.add_class("course-question")
        self._come_to(question.lesson, f"{title} {question.name}")
        if question.recorded.last:
            with contextlib.suppress(ValueError):  # the question has changed since
                self.show()

    def submit(self, answer):
        """Take an answer and show the reply.

        An exception becomes words: JupyterLab doesn't show the errors of callbacks.
        """
        try:
            self.question.submit(str(answer).strip())
            shown = ON_PAGE[self.place]  # its cell may have run again
            shown.show()
            shown.on_answer()
        except Exception as error:  # noqa: BLE001, shown
            ON_PAGE[self.place]._say(None, html.escape(page.in_words(error)))

    def show(self):
        """Show the answer that was given, and the reply to it: its own, or its run's."""
        question, kept = self.question, self.question.recorded
        self.answers.options = question.choices(kept.last)
        reply = question.repeat()
        ran = not reply and question.locks and question.key in RUNS
        if ran:
            reply = question.reveal_kept(RUNS[question.key])
        said = code(question.said(kept.last))
        then = code(question.then or "The run shows the answer.")
        words = f"<p><strong>Noted: {said}.</strong> {then}</p>"
        if reply:
            words = RAN * ran + _told(question, reply)
        if question.kind != "order" and kept.first != kept.last:
            words += f"<p>Your first answer was: {code(kept.first)}</p>\n"
        if record.KEEPER.trouble:
            words += f"<p>{html.escape(record.KEEPER.trouble)}</p>"
        self._say(reply and reply.right, words, answer=question.now(kept.last))

    def _say(self, right, words, **answer):
        """Fill the line below, and tell the page; without ``answer`` its last one stays."""
        for verdict, *_ in LOOKS.values():
            self.box.remove_class(verdict)
        self.box.add_class(LOOKS[right][0])  # for the colours
        number = self.answers.told["number"] + 1  # the same words are news by it
        head = f'class="reply" data-number="{number}" role="status"'
        self.reply.value = f"<div {head}>{words}</div>"
        locked = bool(self.question.locks and self.question.first)
        news = {"number": number, "locked": locked} | answer
        self.answers.told = self.answers.told | news

    def plain(self) -> str:
        """The question as text; the same before and after the answer."""
        return (
            f"{self.title}: {self.question.plain()}\n{self.question.prompt}, then "
            f"{self.next_step}."
        )

    def static(self) -> str:
        """The question as HTML, with the answer folded away."""
        is_order = self.question.kind == "order"  # whose answer says nothing in words
        place = "" if is_order else html.escape(" ".join(self.question.key))
        return (
            f'<div data-question="{place}"><p>{self.head}</p>{self.question.static()}'
            "<details><summary>Answer, with the reasons</summary>"
            f"{self.question.solution()}</details></div>"
        )


def reveal(question, result=None):
    """Show the guess beside what came out, at the end of the cell that runs.

    Without a guess nothing is shown, or one line where the cell does nothing else.
    """
    RUNS[question.key] = result
    if question.first:
        host.show_after(Revealed(question, question.reveal_kept(result)))
    elif question.then:
        print("Answer the question above first. The reply then appears below it.")


class Revealed:
    """What the run says to a guess, as an output."""

    def __init__(self, question, reply):
        self.told, self.right = _told(question, reply), reply.right

    def _repr_html_(self):
        return page.reply(self.right, self.told)

    def __repr__(self):
        return html.unescape(re.sub("<[^>]*>", "", self.told)).strip()


def _told(question, reply):
    """A reply with its reasons, as HTML."""
    sign, (_, usual) = page.SIGNS[reply.right], LOOKS[reply.right]
    head = f"<p><strong>{sign} {code(reply.head or usual)}</strong></p>"
    return "\n".join([head, as_html(reply.words), as_html(question.explanation)])


class Quiz(_OnPage):
    """Several questions below one another, and a line that counts the right ones."""

    def __init__(self, questions, title="Question"):
        if not questions:
            raise ValueError("this quiz has no questions")
        self.questions = list(questions)
        self.score = widgets.HTML()
        count, then = len(self.questions), ("read the reply", self.show_score)
        self.boxes = [
            QuestionBox(question, f"{title} {number} of {count}", *then)
            for number, question in enumerate(self.questions, start=1)
        ]
        self.box = widgets.VBox([*(box.box for box in self.boxes), self.score])
        self.box.add_class("course-quiz")
        self.answers = self.boxes[0].answers
        self.show_score()
        self._come_to(self.questions[0].lesson, title)

    @property
    def line(self) -> str:
        """How many are right, in words."""
        answers = [question.recorded for question in self.questions]
        right = sum(answer.solved for answer in answers)
        first = sum(answer.first_right for answer in answers)
        return f"{right} of {len(self.questions)} right, {first} at the first try."

    def show_score(self):
        """Bring the line below up to date."""
        self.score.value = page.status(self.line, "font-size:14px")

    def plain(self) -> str:
        """All questions as text."""
        return "\n\n".join(box.plain() for box in self.boxes)

    def static(self) -> str:
        """All questions as HTML."""
        return "".join(box.static() for box in self.boxes)
