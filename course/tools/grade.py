"""Grade notebooks that were handed in: a table, and a page of feedback for each learner.

FOLDER, or a zip, holds them under any names, also as Moodle packs them; who is who, see
docs/teaching.md. Only the functions of the exercises and what they need are run, each notebook's
in a process of its own. The cases are those of the notebook's checks, and others that are
drawn anew at each grading, for all learners the same.
"""

import json
import os
import secrets
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field

from course import lessons
from course.tools import ROOT, CommandError, find_notebooks
from course.tools.grading import handins, reports

SECONDS = 90  # for one notebook, by the clock


def add_arguments(parser):
    parser.add_argument("folder", metavar="FOLDER", help="a folder or a zip")
    parser.add_argument("--csv", metavar="FILE", help="the table, for a spreadsheet")
    parser.add_argument("--moodle", metavar="FILE", help="the marks, for Moodle")
    parser.add_argument("--feedback", metavar="FOLDER", help="a page for each learner")
    parser.add_argument(
        "--only", metavar="NAME", nargs="+", default=[], help="notebooks that count"
    )


def run(options) -> int:
    only = [path.stem for path in find_notebooks(options.only)] if options.only else []
    folder = ROOT / options.folder
    if not folder.exists():
        raise CommandError(f"there is no {folder}")
    with suppress(AttributeError):  # names may have letters that a terminal has not
        sys.stdout.reconfigure(errors="replace")
    rows = grade(handins.collect(folder), only)
    learners, most = by_learner(rows), len({row.exercise for row in rows} - {""})
    if rows:
        parts = [reports.table(rows), reports.totals(learners, most)]
        parts += [reports.summary(rows), reports.odd(rows)]
        print("\n\n".join(filter(None, parts)))
    if options.csv:
        reports.write_csv(ROOT / options.csv, rows)
    if options.moodle:
        reports.write_moodle(ROOT / options.moodle, learners, most)
    if options.feedback:
        reports.write_pages(ROOT / options.feedback, learners, most)
    if not most:
        print(f"There is nothing to grade in {folder}.", file=sys.stderr)
    return 0 if most else 1


@dataclass
class Row:
    """A line of the table: an exercise, or a file without one."""

    learner: str
    number: str
    file: str
    notebook: str = ""
    exercise: str = ""
    solved: bool = False
    words: str = f"it could not be judged: that took {SECONDS} seconds, or crashed"
    mistake: str = ""
    tried: bool = False
    code: str = ""
    attempts: object = ""
    look_at: list = field(default_factory=list)

    @property
    def solved_words(self):
        return ("yes" if self.solved else "no") if self.exercise else ""


@dataclass
class Learner:
    name: str
    number: str
    rows: list

    @property
    def solved(self):
        return sum(row.solved for row in self.rows)


def by_learner(rows) -> list[Learner]:
    learners = {}
    for row in rows:
        who = row.learner, row.number
        learners.setdefault(who, Learner(*who, [])).rows.append(row)
    return list(learners.values())


# 1. All files --------------------------------------------------------------------------


def grade(files, only=(), seed=None) -> list[Row]:
    """The rows for files, sorted: of several attempts at an exercise the best."""
    settings = {"seed": seed or secrets.randbits(64), "only": list(only)}
    rows = [_problem(file, file.problem) for file in files if file.problem]
    records = [file for file in files if file.is_record and not file.problem]
    notebooks = [file for file in files if not file.is_record and not file.problem]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            jobs = [pool.submit(_rows, file, settings) for file in notebooks]
            for count, job in enumerate(jobs, 1):
                rows += job.result()
                if sys.stderr.isatty():
                    end = "\n" if count == len(jobs) else ""
                    text = f"\r{count} of {len(jobs)} notebooks"
                    print(text, end=end, file=sys.stderr)
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            raise CommandError("\nStopped; nothing is graded.") from None
    for file in records:
        rows += _add_attempts(file, rows)
    known = {(row.learner, row.number) for row in rows}
    for file in files:
        if (file.learner, file.number) not in known:
            rows.append(_row(file, words="has no exercise that counts"))
    rows.sort(key=lambda row: (row.learner.lower(), row.number, row.notebook or "~"))
    return list(_best(rows))


def _row(file, **fields):
    return Row(file.learner, file.number, file.name, **fields)


def _problem(file, problem):
    words = f"couldn't be read: {problem}. Please hand it in once more"
    return _row(file, words=words)


def _best(rows):
    """Of several rows of a learner on an exercise one that is solved, else the last."""
    best = {}
    for row in rows:
        key = row.learner, row.number, row.exercise or row.file
        if key not in best or row.solved or row.tried and not best[key].solved:
            best[key] = row
    return best.values()


def _add_attempts(file, rows):
    """Put the attempts of a record into its learner's rows; a row if it is none."""
    try:
        works = json.loads(file.data)["exercises"]
        for row in rows:
            whose = row.learner, row.number
            if row.exercise and whose == (file.learner, file.number):
                work = works.get(lessons.name_of(row.notebook), {})
                row.attempts = int(work.get(row.exercise, {"tries": 0})["tries"])
    except Exception:  # noqa: BLE001, whatever a forged one raises
        return [_problem(file, "it is no record of this course")]
    return []


# 2. One notebook -----------------------------------------------------------------------


def _rows(file, settings):
    """The rows that the process of `judge` writes; after too long, those until then."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            process = subprocess.Popen(
                [sys.executable, "-m", "course.tools.grading.judge"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=folder,
                env=_environment(folder),
            )
        except OSError as error:
            return [_problem(file, f"no process could be had for it: {error}")]
        request = json.dumps(settings).encode() + b"\n" + file.data
        try:
            lines, _ = process.communicate(request, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            _stop(process.pid)
            lines, _ = process.communicate()
    rows = {}
    with suppress(ValueError):  # the last may be a part of one
        for line in map(json.loads, lines.splitlines()):
            if "problem" in line:
                return [_problem(file, line["problem"])]
            rows[line["exercise"]] = _row(file, **line)
    if process.returncode and not rows:
        return [_problem(file, "its process ended")]
    return list(rows.values())


def _environment(folder):
    """What a process needs, and nothing of what is set for the teacher."""
    kept = "PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG", "LD_LIBRARY_PATH"
    names = {name: os.environ[name] for name in kept if name in os.environ}
    ours = {"PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}
    ours |= {"HOME": folder, "USERPROFILE": folder}  # the second on Windows
    return {**names, **ours, "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1"}


def _stop(pid):
    """End a process, and all that it started."""
    import psutil

    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for part in [process, *process.children(recursive=True)]:
            with suppress(psutil.Error):
                part.kill()
