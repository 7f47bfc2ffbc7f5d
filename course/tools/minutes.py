"""Count how long each notebook takes somebody who works through it alone.

It gave 110 to 180 minutes for notebooks that took people 95 to 170. Hints and solutions
belong to their exercises.
"""

import re
from typing import NamedTuple

from course.lessons import load_questions, name_of
from course.tools import find_notebooks
from course.tools.notebooks import fetches, read, tags

WORDS_A_MINUTE = 180
LINES_A_MINUTE = 4
A_QUESTION = 1
A_TASK = 2  # a numbered line of a cell tagged `tasks`: something to do with a panel
AN_EXERCISE = 8
A_LONG_EXERCISE = 15
LONG = ("my_layer_backward", "my_backprop", "my_train")


class Count(NamedTuple):
    """What a notebook holds."""

    words: int
    lines: int  # of code to read
    questions: int
    tasks: int
    exercises: list  # their names

    @property
    def minutes(self) -> float:
        exercises = sum(
            A_LONG_EXERCISE if name in LONG else AN_EXERCISE for name in self.exercises
        )
        return (
            self.words / WORDS_A_MINUTE
            + self.lines / LINES_A_MINUTE
            + self.questions * A_QUESTION
            + self.tasks * A_TASK
            + exercises
        )

    @property
    def stated(self) -> int:
        """The minutes as a notebook and the README state them."""
        return round(self.minutes / 5) * 5


def add_arguments(parser):
    parser.add_argument("notebooks", nargs="*", metavar="NAME", help="default: all")


def run(options) -> int:
    paths = find_notebooks(options.notebooks)
    print(_row("", *Count._fields, "minutes", "stated"))
    total = 0
    for path in paths:
        count = of_notebook(path)
        total += count.stated
        cells = *count[:-1], len(count.exercises), round(count.minutes), count.stated
        print(_row(path.stem, *cells))
    print(f"{total / 60:.1f} hours in all")
    return 0


def _row(name, *cells):
    return f"{name:<20}" + "".join(f"{cell:>11}" for cell in cells)


def of_notebook(path) -> Count:
    """The count of a notebook of the course, with the quiz of its lesson."""
    quiz = load_questions(name_of(path.stem)).quiz
    return count(read(path), len(quiz))


def count(notebook, quiz_questions=0) -> Count:
    """The count of a notebook whose quiz has so many questions."""
    texts = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    codes = [
        c for c in notebook.cells if c.cell_type == "code" and not fetches(c.source)
    ]
    stubs = [cell.source for cell in codes if "stub" in tags(cell)]
    tasks = [cell.source for cell in texts if "tasks" in tags(cell)]
    lines = [
        line
        for cell in codes
        if "stub" not in tags(cell)
        for line in cell.source.splitlines()
    ]
    asked = {"lesson.predict(": 1, "lesson.review(": 3, "lesson.quiz(": quiz_questions}
    return Count(
        words=sum(_words(cell) for cell in texts),
        lines=sum(bool(line.strip()) for line in lines if line[:7] != "lesson."),
        questions=sum(asked.get(line.partition("(")[0] + "(", 0) for line in lines),
        tasks=len(re.findall(r"^\d+\. ", "\n".join(tasks), re.MULTILINE)),
        exercises=re.findall(r"^def (\w+)", "\n".join(stubs), re.MULTILINE),
    )


def _words(cell) -> int:
    """The words of a text, each with a letter or a digit; formulas count as they stand."""
    if "solution" in tags(cell) or "<summary>Hint" in cell.source:
        return 0
    text = re.sub(r"```.*?```|<[^>]*>", " ", cell.source, flags=re.DOTALL)
    return sum(bool(re.search(r"\w", word)) for word in text.split())
