"""What a grading tells: the table and its summary, files for a spreadsheet, for Moodle,
and a page for each learner."""

import csv
import html
import re
from collections import Counter

import jinja2  # comes with JupyterLab

from course.files import replacing

COLUMNS = [
    "learner",
    "notebook",
    "exercise",
    "solved",
    "words",
    "attempts",
    "file",
    "look at",
]
# Of Moodle's 'offline grading worksheet'. It finds a learner by the first, and reads the
# grade and the comments; it asks for the time, too, which may be empty.
MOODLE = (
    "Identifier,Full name,Grade,Maximum Grade,Last modified (grade),Feedback comments"
)


def table(rows) -> str:
    """The rows as a terminal shows them: the words up to the end of their first line."""
    lines = [("learner", "exercise", "solved", "attempts", "words")]
    for row in rows:
        work, words = row.exercise or row.file, _first_line(row)
        lines.append((row.learner, work, row.solved_words, str(row.attempts), words))
    lines = [[_printable(cell) for cell in line] for line in lines]
    widths = [max(map(len, column)) for column in zip(*lines)]
    padded = [map(str.ljust, line, widths) for line in lines]
    return "\n".join("  ".join(line).rstrip() for line in padded)


def _first_line(row):
    return row.words.partition("\n")[0]


def _printable(text):
    """Without what a terminal would obey."""
    return "".join(c if c.isprintable() else " " for c in text)


def totals(learners, most) -> str:
    """How many exercises each learner solved."""
    lines = [f"{learner.name}: {learner.solved} of {most}" for learner in learners]
    return "\n".join(map(_printable, lines))


def summary(rows) -> str:
    """For each exercise how many solved it, and the three commonest misconceptions."""
    lines = []
    for exercise in dict.fromkeys(row.exercise for row in rows if row.exercise):
        answers = [row for row in rows if row.exercise == exercise]
        solved = sum(row.solved for row in answers)
        lines.append(f"{exercise}: {solved} of {len(answers)} solved it")
        wrong = (row for row in answers if row.tried and not row.solved)
        common = Counter(row.mistake or _first_line(row) for row in wrong).most_common(
            3
        )
        lines += [f"  {count} x {_printable(words)}" for words, count in common]
    return "\n".join(lines)


def odd(rows) -> str:
    """What a teacher may want to look at."""
    notes = [(row, note) for row in rows for note in row.look_at]
    lines = [f"  {row.learner}, {row.exercise}: {note}" for row, note in notes]
    return "\n".join(map(_printable, ["Look at:", *lines])) if lines else ""


# 1. Spreadsheets -----------------------------------------------------------------------


def write_csv(path, rows):
    lines = [
        (row.learner, row.notebook, row.exercise, row.solved_words, row.words)
        + (row.attempts, row.file, "; ".join(row.look_at))
        for row in rows
    ]
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
    _write_table(path, MOODLE.split(","), lines)


def _write_table(path, columns, lines):
    # With its mark, so that Excel reads UTF-8; the csv writer ends lines as on Windows.
    with open(path, "w", encoding="utf-8-sig", errors="replace", newline="") as file:
        csv.writer(file).writerows([columns, *(map(_harmless, line) for line in lines)])


def _harmless(cell):
    """A text that no spreadsheet takes for a formula."""
    is_formula = isinstance(cell, str) and cell.startswith(tuple("=+-@\t\r"))
    return f"'{cell}" if is_formula else cell


# 2. Pages ------------------------------------------------------------------------------

PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Feedback for {{ learner.name }}</title>
<style>
body { font: 18px/1.5 sans-serif; max-width: 46em; margin: 2em auto; padding: 0 1em; }
h2 { font-size: 1.15em; }
section { border-left: .4em solid; padding-left: 1em; margin: 1.6em 0; }
pre { font-size: .85em; white-space: pre-wrap; }
details pre { background: #f4f4f4; padding: .7em; }
</style>
<h1>Feedback for {{ learner.name }}</h1>
<p>{{ learner.solved }} of {{ most }} exercises solved.</p>
{% for row in learner.rows %}
<section style="border-color: {{ '#2166ac' if row.solved else '#b35806' }}">
{% if row.exercise %}
<h2>{{ row.exercise }} ({{ row.notebook }}): {{ "solved" if row.solved else "not yet" }}</h2>
{% set first, _, more = row.words.partition("\n") %}
<p>{{ first }}</p>
<pre>{{ more }}</pre>
<details><summary>The code that was judged</summary><pre>{{ row.code }}</pre></details>
{% else %}
<h2>{{ row.file }}</h2>
<p>This file {{ row.words }}.</p>
<p><code>python -m course handin</code> packs the right files. If that doesn't help, ask
your teacher.</p>
{% endif %}
</section>
{% endfor %}
</html>
"""


def write_pages(folder, learners, most):
    """A page for each learner, replacing that of an earlier grading."""
    folder.mkdir(parents=True, exist_ok=True)
    page = jinja2.Template(PAGE, autoescape=True)
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
