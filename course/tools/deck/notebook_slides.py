"""What the slides show: a notebook becomes another one, for nbconvert.

Cells marked 'skip', solutions, and the code that draws pictures are left out. A question has
its answer folded, and what comes after it is on the next slide. What a teacher needs goes
into notes: the minutes of the chapter, and the answers to each question.
"""

import copy
import html
import re

from nbformat.v4 import new_markdown_cell

from course.questions.kinds import as_html
from course.tools.cells import (
    functions,
    headings,
    kind_of,
    question_in,
    without_reveals,
)
from course.tools.markdown import with_links
from course.tools.notebooks import with_cells

KEYS = (
    "Keys: right arrow: next. A: unfold the next answer on a slide, or fold them all. F: full "
    "screen. O: overview. B: black screen. S: these notes. ?: all keys."
)
HANDS = (
    "<p>Count the hands and type the counts into the demo notebook ({}), whose run draws "
    "them.</p>"
)
PREDICT = r"(?s)\*\*Predict\b.*"  # the question below says so itself
SHORT = 42  # characters of an option that takes half a slide at most
# Whose function it is: only a learner's own copy has something to say.
WHOSE = r"(?m)^\w+: the course's, until you solve it.*\n?"


def slide_type(cell) -> str:
    """What the metadata say of a cell: 'slide', 'subslide', ..., '-' if nothing."""
    return cell.metadata.get("slideshow", {}).get("slide_type", "-")


def as_slides(notebook, questions, chapter):
    """A copy of a notebook with what its deck shows.

    ``questions`` are those of its lesson by name, ``chapter`` is what `plan.read` gives.
    """
    cells, asked, told = [], None, []
    for cell in notebook.cells:
        kind, slide = kind_of(cell), slide_type(cell)
        if slide == "skip" or kind == "solution":
            continue
        question = questions.get(question_in(cell)) if kind == "predict" else None
        words = chapter.questions.get(question.name, "") if question else ""
        shown = new_markdown_cell(_asked(question, words)) if question else _shown(cell)
        if not shown.source and not shown.get("outputs"):
            continue
        if asked and not question and slide in ("-", "fragment"):
            slide = "subslide"  # else the run would answer before the class
        asked = question
        notes = [] if cells else [KEYS]
        if question:
            notes.append(_answers(question, words))
        if kind == "panel":
            notes.append("Live in the demo notebook.")
        notes += _plan(headings(cell), chapter, told)
        cells.append(_marked(shown, slide))
        cells += [_marked(new_markdown_cell(note), "notes") for note in notes]
    return with_cells(notebook, cells)


def _shown(cell):
    """A cell as its slide has it; an empty one if nothing is left of it."""
    cell = copy.deepcopy(cell)
    if cell.cell_type == "markdown":
        cell.source = with_links(cell.source, _off_the_slide)
        cell.source = re.sub(PREDICT, "", cell.source).strip()
        return cell
    cell.source = without_reveals(cell.source).replace("\n\n\n", "\n\n")
    for output in cell.outputs:
        if output.output_type == "stream":
            output.text = re.sub(WHOSE, "", output.text)
    cell.outputs = [output for output in cell.outputs if output.get("text", True)]
    if any("image/png" in output.get("data", ()) for output in cell.outputs):
        cell.source = functions(cell)  # they are there to be read
    return cell


def _marked(cell, slide):
    cell.metadata["slideshow"] = {"slide_type": slide}
    return cell


def _off_the_slide(file, anchor):
    """Where a link leads; not to notebooks and into them: a click would leave the slide."""
    return "" if anchor or file.endswith(".ipynb") else file


# 1. Questions ------------------------------------------------------------------------


def _asked(question, words):
    """A question with its answer folded; ``words`` are its chapter's."""
    text = as_html(question.text).replace("<p>", "<p><strong>Predict:</strong> ", 1)
    right = _right(question, _replies(question, words, in_full=False))
    return (
        f'<div class="{_look(question)}"><div>{text}</div>{question.static()}'
        f'<details class="answer"><summary>Answer</summary>{right}</details></div>'
    )


def _look(question) -> str:
    """How a question stands: an answer has room beside short options."""
    options = getattr(question, "options", ())
    is_short = options and max(map(len, options)) <= SHORT
    return f"question{' is-short' * bool(is_short)}"


def _replies(question, words, in_full):
    """A number that only a run tells stands in the ``words`` of the chapter."""
    [number] = re.findall(r"\ARight: (.+?)\. ", words) or [""]
    return question.replies(in_full, number)


def _right(question, replies):
    if replies:
        return f"<p>✓ Right: {replies[0]}</p>"
    return f"<p>✓ Right:</p>{question.solution()}"


# 2. Notes ----------------------------------------------------------------------------


def _answers(question, words):
    """The right answer, what the chapter says of the question, the wrong answers."""
    replies = _replies(question, words, in_full=True)
    name = f"<p>Question '{html.escape(question.name)}'</p>{_right(question, replies)}"
    wrong = "".join(f"<p>Wrong: {reply}</p>" for reply in replies[1:])
    count = "" if question.at_once else HANDS.format(question.counts)
    return f"{count}{name}\n\n{words}\n\n{wrong}{as_html(question.explanation)}"


def _plan(titles, chapter, told):
    """The steps of the plan that begin or go on at these headings."""
    for title in titles:
        if title in chapter.home:
            yield f"*{title}*: at home. Skip it."
    for step in chapter.steps:
        if not set(titles) & set(step.titles):
            continue
        words = f"{step.minutes} min: {step.words}"
        if step in told:
            words = f"still the {step.minutes} min of *{step.titles[0]}*"
        told.append(step)
        yield f"{step.lesson}\n\n{words}"
