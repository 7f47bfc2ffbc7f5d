"""Estimate how long each notebook takes a learner who works through it alone.

Compared with new learners' times, it was within a fifth for each notebook. Hints and
solutions belong to their exercises; what is tagged `optional` is left out.
"""

import re
from typing import NamedTuple

from course.lessons import load_exercises, load_questions, name_of
from course.tools import find_notebooks
from course.tools.cells import OPTIONAL, kind_of
from course.tools.notebooks import read, tags

EXAMPLE = "minutes 04_backprop"
WORDS_A_MINUTE = 180
LINES_A_MINUTE = 4
A_QUESTION = 1
A_FORMULA = 0.5  # one on a line of its own
A_TASK = 3  # a numbered line of a cell tagged `tasks`: something to do with a panel
READ = {"text", "exercise", "tasks"}  # kinds of cells whose words count
CODE = {"code", "imports", "panel"}  # those whose lines of code count
TOLD = r"#+ .*\((\d+) minutes\)$"  # a heading that says how long its cell takes
# In the head of a notebook, and in its chapter.
STATED = (
    r"(?<=\*\*Time:\*\* about )\d+(?= minutes)|(?<=\babout )\d+(?= minutes alone\b)"
)
LINE = r"^ *(?! |lesson\.reveal)\S.*"  # what reveals a guess is no code to read


class Count(NamedTuple):
    """What a notebook holds."""

    words: int
    formulas: int  # on lines of their own
    lines: int  # of code to read
    questions: int
    tasks: int
    exercises: int
    writing: int  # minutes for the exercises, as the file of each says
    told: int  # minutes that headings say

    @property
    def minutes(self) -> float:
        return (
            self.words / WORDS_A_MINUTE
            + self.formulas * A_FORMULA
            + self.lines / LINES_A_MINUTE
            + self.questions * A_QUESTION
            + self.tasks * A_TASK
            + self.writing
            + self.told
        )

    @property
    def stated(self) -> int:
        """The minutes as a notebook and the README state them."""
        return round(self.minutes / 5) * 5

    def stated_in(self, text) -> str:
        """A text that states the minutes, with these."""
        return re.sub(STATED, str(self.stated), text)


def add_arguments(parser):
    parser.add_argument("notebooks", nargs="*", metavar="NAME", help="default: all")


def run(options) -> int:
    paths = find_notebooks(options.notebooks)
    print(_row("", *Count._fields, "minutes", "stated"))
    total = 0
    for path in paths:
        count = of_notebook(path)
        total += count.stated
        print(_row(path.stem, *count, round(count.minutes), count.stated))
    print(f"{total / 60:.1f} hours in all")
    return 0


def _row(name, *cells):
    return f"{name:<20}" + "".join(f"{cell:>11}" for cell in cells)


def of_notebook(path, notebook=None) -> Count:
    """The count of a notebook of the course, or of what it becomes, with its quiz."""
    lesson = name_of(path.stem)
    quiz = load_questions(lesson).quiz
    exercises = load_exercises(lesson).values()
    notebook = notebook or read(path)
    return count(notebook, len(quiz), [exercise.minutes for exercise in exercises])


def count(notebook, quiz_questions=0, writing=()) -> Count:
    """The count of a notebook whose quiz and exercises are told."""
    needed = [cell for cell in notebook.cells if OPTIONAL not in tags(cell)]
    cells = [(kind_of(cell), cell.source) for cell in needed]
    asked = {"predict": 1, "review": 3, "quiz": quiz_questions}
    told = [re.match(TOLD, text, re.MULTILINE) for _, text in cells]
    counted = [cell for cell, minutes in zip(cells, told) if not minutes]
    return Count(
        words=sum(_words(text) for kind, text in counted if kind in READ),
        formulas=sum(text.count("$$") // 2 for kind, text in cells if kind in READ),
        lines=sum(_count(LINE, text) for kind, text in cells if kind in CODE),
        questions=sum(asked.get(kind, 0) for kind, _ in cells),
        tasks=sum(_count(r"^\d+\. ", text) for kind, text in cells if kind == "tasks"),
        exercises=len(writing),
        writing=sum(writing),
        told=sum(int(minutes[1]) for minutes in told if minutes),
    )


def _words(text) -> int:
    """The words of a text, each with a letter or a digit; formulas count as they stand."""
    text = re.sub(r"```.*?```|<[^>]*>", " ", text, flags=re.DOTALL)
    return _count(r"\S*\w\S*", text)


def _count(pattern, text) -> int:
    return len(re.findall(pattern, text, re.MULTILINE))
