"""What a grading tells: the table and its summary, files for a spreadsheet, for Moodle,
and a page for each learner."""

import csv
import html
import io
import re
from collections import Counter

from course.files import replacing

COLUMNS = (
    *("learner", "notebook", "exercise", "solved", "words", "attempts"),
    *("file", "look at"),
)
# Of Moodle's 'offline grading worksheet'. It finds a learner by the first, and reads the
# grade and the comments; it asks for the time, too, which may be empty.
MOODLE = (
    *("Identifier", "Full name", "Grade", "Maximum Grade"),
    *("Last modified (grade)", "Feedback comments"),
)


def table(rows) -> str:
    """The rows as a terminal shows them: the words up to the end of their first line."""
    cells = [(*COLUMNS[:1], *COLUMNS[2:6])]
    cells += [
        (
            row.learner,
            row.exercise or row.file,
            row.solved_words,
            _short(row),
            row.attempts,
        )
        for row in rows
    ]
    cells = [[_printable(str(cell)) for cell in line] for line in cells]
    widths = [max(map(len, column)) for column in zip(*cells)]
    return "\n".join(
        "  ".join(c.ljust(w) for c, w in zip(line, widths)).rstrip() for line in cells
    )


def _short(row):
    words = row.words.partition("\n")[0]
    return words if len(words) <= 72 else words[:70] + " …"


def _printable(text):
    """Without what a terminal would obey."""
    return "".join(c if c.isprintable() else " " for c in text)


def summary(rows) -> str:
    """For each exercise how many solved it, and the three commonest misconceptions."""
    lines = []
    for exercise in dict.fromkeys(row.exercise for row in rows if row.exercise):
        its = [row for row in rows if row.exercise == exercise]
        solved = sum(row.solved for row in its)
        lines.append(f"{exercise}: {solved} of {len(its)} solved it")
        wrong = (row for row in its if row.tried and not row.solved)
        common = Counter(row.mistake or _short(row) for row in wrong).most_common(3)
        lines += [f"  {count} x {_printable(words)}" for words, count in common]
    return "\n".join(lines)


def odd(rows) -> str:
    """What a teacher may want to look at."""
    lines = [
        f"  {row.learner}, {row.exercise}: {note}"
        for row in rows
        for note in row.look_at
    ]
    return "\n".join(map(_printable, ["Look at:", *lines])) if lines else ""


# 1. Spreadsheets -----------------------------------------------------------------------


def write_csv(path, rows):
    cells = [
        (row.learner, row.notebook, row.exercise, row.solved_words, row.words)
        + (row.attempts, row.file, "; ".join(row.look_at))
        for row in rows
    ]
    _write_table(path, COLUMNS, cells)


def write_moodle(path, learners, most):
    """A row for each learner; ``most`` is the number of exercises."""
    cells = []
    for learner in learners:
        identifier = f"Participant {learner.number}" if learner.number else ""
        comments = "<br>".join(map(html.escape, _comments(learner, most)))
        cells.append((identifier, learner.name, learner.solved, most, "", comments))
    _write_table(path, MOODLE, cells)


def _comments(learner, most):
    yield f"{learner.solved} of {most} exercises solved"
    for row in learner.rows:
        yield f"{row.exercise or row.file}: {row.words.partition(chr(10))[0]}"


def _write_table(path, columns, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([columns, *([_harmless(cell) for cell in row] for row in rows)])
    with replacing(path) as file:
        file.write(text.getvalue().encode("utf-8-sig", "replace"))  # so Excel reads it


def _harmless(cell):
    """A text that no spreadsheet takes for a formula."""
    is_formula = isinstance(cell, str) and cell.startswith(tuple("=+-@\t\r"))
    return f"'{cell}" if is_formula else cell


# 2. Pages ------------------------------------------------------------------------------

PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 18px/1.5 sans-serif; max-width: 46em; margin: 2em auto; padding: 0 1em; }}
h2 {{ margin: 1.6em 0 .3em; font-size: 1.15em; }}
h2 span {{ font-weight: normal; color: #444; }}
section {{ border-left: .4em solid #b35806; padding-left: 1em; }}
section.solved {{ border-color: #2166ac; }}
pre {{ font-size: .85em; white-space: pre-wrap; margin: .4em 0; }}
details pre {{ background: #f4f4f4; padding: .7em; }}
p {{ margin: .4em 0; }}
</style>
<h1>{title}</h1>
<p>{count} of {most} exercises solved.</p>
{parts}
</html>
"""
PART = """<section class="{kind}">
<h2>{title} <span>{state}</span></h2>
<p>{words}</p>
<pre>{more}</pre>
{code}
</section>
"""
CODE = "<details><summary>The code that was judged</summary><pre>{}</pre></details>"


def write_pages(folder, learners, most):
    """A page for each learner, replacing that of an earlier grading."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = set()
    for learner in learners:
        name = _file_name(learner)
        while name.lower() in taken:
            name = f"_{name}"
        taken.add(name.lower())
        with replacing(folder / name) as file:
            file.write(_page(learner, most).encode("utf-8", "replace"))


def _file_name(learner):
    """Moodle takes a zip of files that are named as those it gave."""
    name = re.sub(r"[^\w .-]", " ", learner.name).strip(" .") or "learner"
    if learner.number:
        return f"{name}_{learner.number}_assignsubmission_file_feedback.html"
    return f"{name}.html"


def _page(learner, most):
    parts = "".join(map(_part, learner.rows))
    title = f"Feedback for {html.escape(learner.name)}"
    return PAGE.format(title=title, count=learner.solved, most=most, parts=parts)


def _part(row):
    words, _, more = html.escape(row.words).partition("\n")
    state = "solved" if row.solved else "not yet"
    return PART.format(
        kind="solved" if row.solved else "open",
        title=html.escape(row.exercise or row.file),
        state=f"{row.notebook} &middot; {state}" if row.exercise else "",
        words=words,
        more=more,
        code=CODE.format(html.escape(row.code)) if row.code else "",
    )
