"""What stands on the slides: a notebook becomes another one, for nbconvert.

Left out are cells marked 'skip', solutions, and what draws pictures. A question stands
there with its answer folded, and what comes after it on the next slide. What a teacher
says goes into notes: the minutes of its chapter, and of each question the answers.
"""

import copy
import html
import re

from nbformat.v4 import new_markdown_cell

from course.questions import ChoiceQuestion, NumberQuestion
from course.questions.kinds import as_html, code
from course.tools.cells import (
    functions,
    headings,
    kind_of,
    question_in,
    without_reveals,
)
from course.tools.notebooks import with_cells

KEYS = (
    "Keys: right arrow: on. A: unfold the next answer of a slide, or fold them. F: full "
    "screen. O: overview. B: black. S: these notes. ?: all keys."
)


COUNT = (
    "<p>Count the hands: type them in the demo notebook (12 A, 9 B), whose run draws them."
    "</p>"
)
# What waits for the quiz in a notebook is open on a slide.
FOLDED = r"(?s)<details><summary>After the quiz</summary>\s*(.*?)\s*</details>"


def slide_type(cell) -> str:
    """What the metadata say of a cell: 'slide', 'subslide', ..., '-' if nothing."""
    return cell.metadata.get("slideshow", {}).get("slide_type", "-")


def on_slides(notebook, questions, chapter):
    """A copy of a notebook with what its deck shows.

    ``questions`` are those of its lesson by name, ``chapter`` is what `plan.read` gives.
    """
    cells, asked, told = [], None, []
    for cell in notebook.cells:
        kind, slide = kind_of(cell), slide_type(cell)
        if slide == "skip" or kind in ("solution", "reveal"):
            continue
        question = questions.get(question_in(cell)) if kind == "predict" else None
        if asked and not question and slide in ("-", "fragment"):
            slide = "subslide"  # else the run would answer before the class
        asked = question
        notes = [] if cells else [KEYS]
        if question:
            notes.append(_answers(question, chapter.questions.get(question.name, "")))
        notes += _plan(headings(cell), chapter, told)
        cells.append(_marked(_shown(cell, question), slide))
        cells += [_marked(new_markdown_cell(note), "notes") for note in notes]
    return with_cells(notebook, cells)


def _shown(cell, question):
    """A cell as its slide has it."""
    if question:
        return new_markdown_cell(_asked(question))
    cell = copy.deepcopy(cell)
    cell.source = without_reveals(cell.source)
    if cell.cell_type == "markdown":
        cell.source = re.sub(FOLDED, r"\1", _without_links(cell.source))
    elif any("image/png" in output.get("data", ()) for output in cell.outputs):
        cell.source = functions(cell)  # they are there to be read
    return cell


def _marked(cell, slide):
    cell.metadata["slideshow"] = {"slide_type": slide}
    return cell


def _without_links(text):
    """A text without links to notebooks and into them: a click would leave the slide."""
    return re.sub(r"\[([^]]*)\]\([^):]*(?:\.ipynb|#)[^)]*\)", r"\1", text)


# 1. Questions ------------------------------------------------------------------------


def _asked(question):
    right = _right(question, [*_replies(question, in_full=False)])
    return (
        f"{as_html(question.text)}{question.static()}"
        f'<details class="answer"><summary>Answer</summary>{right}</details>'
    )


def _replies(question, in_full):
    """Each answer with its reply, the right one first; none where lines are ordered.

    An option is its letter, ``in_full`` with its words.
    """
    if isinstance(question, ChoiceQuestion):
        options = question.lettered.items()
        for letter, option in sorted(options, key=lambda item: not item[1].right):
            words = f" {code(option.text)}" if in_full else ""
            yield f"<strong>{letter}.{words}</strong> {code(option.feedback)}"
    elif isinstance(question, NumberQuestion):
        # Where a run tells the number, the chapter has it for the notes.
        number = (
            "" if question.answer is None else f"<strong>{question.answer:g}</strong>. "
        )
        yield f"{number}{code(question.feedback)}"
        for miss in question.misses:
            yield f"{miss.value:g}. {code(miss.feedback)}"


def _right(question, replies):
    if replies:
        return f"<p>✓ Right: {replies[0]}</p>"
    return f"<p>✓ Right:</p>{question.solution()}"


# 2. Notes ----------------------------------------------------------------------------


def _answers(question, words):
    """The right answer, what the chapter says of the question, the wrong answers."""
    replies = [*_replies(question, in_full=True)]
    name = f"<p>Question '{html.escape(question.name)}'</p>{_right(question, replies)}"
    wrong = "".join(f"<p>Wrong: {reply}</p>" for reply in replies[1:])
    count = "" if question.at_once else COUNT
    return f"{count}{name}\n\n{words}\n\n{wrong}{as_html(question.explanation)}"


def _plan(titles, chapter, told):
    """The steps of the plan that begin or go on at these headings."""
    for title in titles:
        if title in chapter.home:
            yield f"*{title}*: at home. Pass by."
    for step in chapter.steps:
        if not set(titles) & set(step.titles):
            continue
        words = f"{step.minutes} min: {step.words}"
        if step in told:
            words = f"still the {step.minutes} min of *{step.titles[0]}*"
        told.append(step)
        yield f"{step.lesson}\n\n{words}"
