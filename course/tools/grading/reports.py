"""What a grading tells: the table and its summary, files for a spreadsheet, for Moodle,
and a page for each learner."""

import csv
import html
import re
import shutil
from collections import Counter
from pathlib import Path
from textwrap import shorten

import jinja2  # comes with JupyterLab

from course.files import replacing

# Of Moodle's 'offline grading worksheet'. It finds a learner by the first, and reads the
# grade and the comments; it asks for the time, too, which may be empty.
MOODLE = "Identifier,Full name,Grade,Maximum Grade,Last modified (grade)"
MOODLE += ",Feedback comments"
PAGE = Path(__file__).with_name("feedback.html")
YES_OR_NO = {True: "yes", False: "no"}


class Marks:
    """The learners of a grading, each with what is known of their exercises."""

    def __init__(self, learners):
        self.learners = learners
        self.rows = [row for learner in learners for row in learner.rows]
        order = sorted(self.rows, key=lambda row: row.notebook)
        self.exercises = {row.exercise: row.notebook for row in order}  # -> notebook

    # 1. The screen ---------------------------------------------------------------------

    def told(self, is_long) -> str:
        """All that a terminal shows, without what it would obey."""
        table = self._long_table() if is_long else self._table()
        parts = table, self._unread(), self._summary(), self._odd()
        lines = ("\n".join(map(_printable, part)) for part in parts if part)
        return "\n" + "\n\n".join(lines)

    def _table(self) -> list[str]:
        """A line for each learner; numbers for names of exercises that take more room."""
        of = f" of {len(self.exercises)}"
        rows = [(*row[:-1], f"{row[-1]}{of}".removeprefix(of)) for row in self._wide()]
        names = [*self.exercises]
        numbers = [str(n) for n in range(1, len(names) + 1)]
        table = _in_columns([("learner", *names, "solved"), *rows])
        if len(table[0]) <= shutil.get_terminal_size().columns:
            return table
        legend = ", ".join(map(" ".join, zip(numbers, names)))
        return [*_in_columns([("learner", *numbers, "solved"), *rows]), "", legend]

    def _long_table(self) -> list[str]:
        """A line for each exercise of each learner, with the first line of its words."""
        lines = [("learner", "exercise", "solved", "tries", "words")]
        for row in self.rows:
            solved, words = YES_OR_NO[row.solved], _first_line(row)
            lines.append((row.learner, row.exercise, solved, str(row.tries), words))
        return _in_columns(lines)

    def _wide(self):
        """For each learner the name, yes or no for each exercise, and the mark."""
        for learner in self.learners:
            solved = {row.exercise: YES_OR_NO[row.solved] for row in learner.rows}
            cells = [solved.get(name, "") for name in self.exercises]
            yield learner.name, *cells, learner.mark

    def _unread(self) -> list[str]:
        lines = [f"  {l.name}: {words}" for l in self.learners for words in l.unread]
        return lines and ["Not judged:", *lines]

    def _summary(self) -> list[str]:
        """For each exercise how many solved it, and the three commonest misconceptions."""
        lines = []
        for exercise in self.exercises:
            answers = [row for row in self.rows if row.exercise == exercise]
            solved = sum(row.solved for row in answers)
            lines.append(f"{exercise}: {solved} of {len(answers)} solved it")
            wrong = (row for row in answers if row.tried and not row.solved)
            mistakes = Counter(row.mistake or _first_line(row) for row in wrong)
            lines += [
                f"  {count} x {words}" for words, count in mistakes.most_common(3)
            ]
        return lines

    def _odd(self) -> list[str]:
        """What a teacher may want to look at: a line for each learner and kind."""
        notes = [
            ((learner.name, learner.number), row.exercise, note)
            for learner in self.learners
            for row in learner.rows
            for note in row.look_at
        ]
        kinds = {}
        for who, exercise, note in [*notes, *self._copies()]:
            kind, *things = re.split(" (?=[`0-9])", note, maxsplit=1)
            exercises, found = kinds.setdefault((who, kind), ({}, {}))
            exercises[exercise] = True
            found |= dict.fromkeys(things)
        lines = []
        for ((name, _), kind), (exercises, found) in kinds.items():
            some = shorten(", ".join(exercises), 45, placeholder=" ...")
            what = f"{kind} {', '.join(found)}".rstrip()
            lines.append(f"  {name}, {len(exercises)} x ({some}): {what}")
        return lines and ["Look at:", *lines]

    def _copies(self):
        """The longer answers that are the same, but for the names in them."""
        alike = {}
        for row in (row for row in self.rows if row.shape):
            alike.setdefault((row.exercise, row.shape), []).append(row.learner)
        for (exercise, _), names in alike.items():
            if len(names) > 1:
                yield (", ".join(names), ""), exercise, "the same except for names"

    # 2. Spreadsheets -------------------------------------------------------------------

    def write_csv(self, path, is_long):
        if is_long:
            columns = "learner,exercise,solved,words,notebook,tries,file,look at"
            unread = [
                (l.name, "", "", words) for l in self.learners for words in l.unread
            ]
            lines = sorted([*map(_long, self.rows), *unread], key=lambda line: line[0])
            return _write_table(path, columns.split(","), lines)
        notes = [
            "; ".join(
                l.unread + [f"{r.exercise}: {n}" for r in l.rows for n in r.look_at]
            )
            for l in self.learners
        ]
        lines = [(*row, note) for row, note in zip(self._wide(), notes)]
        _write_table(path, ["learner", *self.exercises, "solved", "look at"], lines)

    def sum_of(self, learner) -> str:
        """As a learner reads it."""
        words = f"{learner.solved} of {len(self.exercises)} exercises solved"
        so_far = f"; {words} so far" if learner.rows else ""
        return words if learner.mark != "" else f"no mark yet{so_far}"

    def write_moodle(self, path):
        lines, most = [], len(self.exercises)
        for learner in self.learners:
            comments = [self.sum_of(learner), *learner.unread]
            comments += [f"{row.exercise}: {row.words}" for row in learner.rows]
            comments = [html.escape(c, quote=False) for c in comments]
            comment = "<br>".join(comments).replace("\n", "<br>")
            number = f"Participant {learner.number}" if learner.number else ""
            lines.append((number, learner.name, learner.mark, most, "", comment))
        _write_table(path, MOODLE.split(","), lines)

    # 3. Pages --------------------------------------------------------------------------

    def write_pages(self, folder):
        """A page for each learner, replacing that of an earlier grading."""
        folder.mkdir(parents=True, exist_ok=True)
        page = jinja2.Template(PAGE.read_text("utf-8"), autoescape=True)
        taken = set()
        for learner in self.learners:
            name = _file_name(learner)
            while name.lower() in taken:
                name = f"_{name}"
            taken.add(name.lower())
            text = page.render(learner=learner, sum=self.sum_of(learner))
            with replacing(folder / name) as file:
                file.write(text.encode("utf-8", "replace"))


def _in_columns(lines) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*lines)]
    return ["  ".join(map(str.ljust, line, widths)).rstrip() for line in lines]


def _first_line(row):
    return row.words.partition("\n")[0]


def _printable(text):
    return "".join(c if c.isprintable() else " " for c in text)


def _long(row):
    what = row.learner, row.exercise, YES_OR_NO[row.solved], row.words
    return *what, row.notebook, row.tries, row.file, "; ".join(row.look_at)


def _write_table(path, columns, lines):
    # With its mark, so that Excel reads UTF-8; the csv writer ends lines as on Windows.
    with open(path, "w", encoding="utf-8-sig", errors="replace", newline="") as file:
        csv.writer(file).writerows([columns, *(map(_harmless, line) for line in lines)])


def _harmless(cell):
    """A text that no spreadsheet takes for a formula."""
    is_formula = isinstance(cell, str) and cell.startswith(tuple("=+-@\t\r"))
    return f"'{cell}" if is_formula else cell


def _file_name(learner):
    """Moodle takes a zip of files that are named as those it gave."""
    name = re.sub(r"[^\w .-]", " ", learner.name[:99]).strip(" .") or "learner"
    if learner.number:
        return f"{name}_{learner.number}_assignsubmission_file_feedback.html"
    return f"{name}.html"
