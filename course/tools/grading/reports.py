"""What a grading tells: the table and its summary, files for a spreadsheet, for Moodle,
and a page for each learner."""

import csv
import html
import re
from collections import Counter
from pathlib import Path

import jinja2  # comes with JupyterLab

from course.files import replacing

COLUMNS = "learner,notebook,exercise,solved,words,attempts,file,look at"
# Of Moodle's 'offline grading worksheet'. It finds a learner by the first, and reads the
# grade and the comments; it asks for the time, too, which may be empty.
MOODLE = (
    "Identifier,Full name,Grade,Maximum Grade,Last modified (grade),Feedback comments"
)
PAGE = Path(__file__).with_name("feedback.html")


def told(rows, learners, most) -> str:
    """All that a terminal shows, without what it would obey."""
    totals = [f"{learner.name}: {learner.solved} of {most}" for learner in learners]
    parts = table(rows), totals, summary(rows), odd(rows)
    return "\n\n".join("\n".join(map(_printable, part)) for part in parts if part)


def table(rows) -> list[str]:
    """A line for each row, with the first line of its words."""
    lines = [("learner", "exercise", "solved", "attempts", "words")]
    for row in rows:
        work, words = row.exercise or row.file, _first_line(row)
        lines.append((row.learner, work, row.solved_words, str(row.attempts), words))
    widths = [max(map(len, column)) for column in zip(*lines)]
    return ["  ".join(map(str.ljust, line, widths)).rstrip() for line in lines]


def summary(rows) -> list[str]:
    """For each exercise how many solved it, and the three commonest misconceptions."""
    lines = []
    for exercise in dict.fromkeys(row.exercise for row in rows if row.exercise):
        answers = [row for row in rows if row.exercise == exercise]
        solved = sum(row.solved for row in answers)
        lines.append(f"{exercise}: {solved} of {len(answers)} solved it")
        wrong = (row for row in answers if row.tried and not row.solved)
        mistakes = Counter(row.mistake or _first_line(row) for row in wrong)
        lines += [f"  {count} x {words}" for words, count in mistakes.most_common(3)]
    return lines


def odd(rows) -> list[str]:
    """What a teacher may want to look at."""
    notes = [(row, note) for row in rows for note in row.look_at]
    lines = [f"  {row.learner}, {row.exercise}: {note}" for row, note in notes]
    return lines and ["Look at:", *lines]


def _first_line(row):
    return row.words.partition("\n")[0]


def _printable(text):
    return "".join(c if c.isprintable() else " " for c in text)


# 1. Spreadsheets -----------------------------------------------------------------------


def write_csv(path, rows):
    lines = []
    for row in rows:
        what = row.learner, row.notebook, row.exercise, row.solved_words, row.words
        lines.append((*what, row.attempts, row.file, "; ".join(row.look_at)))
    _write_table(path, COLUMNS, lines)


def write_moodle(path, learners, most):
    """A row for each learner; ``most`` is the number of exercises."""
    lines = []
    for learner in learners:
        comments = [f"{learner.solved} of {most} exercises solved"]
        comments += [f"{row.exercise or row.file}: {row.words}" for row in learner.rows]
        comments = [html.escape(c, quote=False) for c in comments]
        comment = "<br>".join(comments).replace("\n", "<br>")
        was_judged = any(row.exercise for row in learner.rows)  # else no mark, not 0
        grade = learner.solved if was_judged else ""
        identifier = f"Participant {learner.number}" if learner.number else ""
        lines.append((identifier, learner.name, grade, most, "", comment))
    _write_table(path, MOODLE, lines)


def _write_table(path, columns, lines):
    # With its mark, so that Excel reads UTF-8; the csv writer ends lines as on Windows.
    with open(path, "w", encoding="utf-8-sig", errors="replace", newline="") as file:
        csv.writer(file).writerows(
            [columns.split(","), *(map(_harmless, line) for line in lines)]
        )


def _harmless(cell):
    """A text that no spreadsheet takes for a formula."""
    is_formula = isinstance(cell, str) and cell.startswith(tuple("=+-@\t\r"))
    return f"'{cell}" if is_formula else cell


# 2. Pages ------------------------------------------------------------------------------


def write_pages(folder, learners, most):
    """A page for each learner, replacing that of an earlier grading."""
    folder.mkdir(parents=True, exist_ok=True)
    page = jinja2.Template(PAGE.read_text("utf-8"), autoescape=True)
    taken = set()
    for learner in learners:
        name = _file_name(learner)
        while name.lower() in taken:
            name = f"_{name}"
        taken.add(name.lower())
        text = page.render(learner=learner, most=most)
        with replacing(folder / name) as file:
            file.write(text.encode("utf-8", "replace"))


def _file_name(learner):
    """Moodle takes a zip of files that are named as those it gave."""
    name = re.sub(r"[^\w .-]", " ", learner.name).strip(" .") or "learner"
    if learner.number:
        return f"{name}_{learner.number}_assignsubmission_file_feedback.html"
    return f"{name}.html"
