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

import psutil

from course import lessons
from course.tools import ROOT, CommandError, find_notebooks
from course.tools.grading import handins, reports

EXAMPLE = "grade handins --csv marks.csv"
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
    only = [path.stem for path in find_notebooks(options.only)]
    folder = ROOT / options.folder
    if not folder.exists():
        raise CommandError(f"there is no {folder}")
    with suppress(AttributeError):  # names may have letters that a terminal has not
        sys.stdout.reconfigure(errors="replace")
    learners = grade(handins.collect(folder), only)
    rows = [row for learner in learners for row in learner.rows]
    most = len({row.exercise for row in rows} - {""})
    if rows:
        print(reports.told(rows, learners, most))
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
    """Who handed in, and the rows: of several attempts at an exercise the best."""

    name: str
    number: str
    files: list = field(default_factory=list)
    rows: list = field(default_factory=list)

    @property
    def solved(self):
        return sum(row.solved for row in self.rows)


# 1. All files --------------------------------------------------------------------------


def grade(files, only=(), seed=None) -> list[Learner]:
    """The learners, sorted, each with what is told of their files."""
    settings = {"seed": seed or secrets.randbits(64), "only": list(only)}
    judged = iter(_judge([file for file in files if file.is_notebook], settings))
    learners = {}
    for file in files:
        who = file.learner, file.number
        learner = learners.setdefault(who, Learner(*who))
        learner.files.append(file)
        if file.problem:
            learner.rows.append(_problem(file, file.problem))
        elif file.is_notebook:
            learner.rows += next(judged)
    for learner in learners.values():
        _settle(learner)
    return [learners[who] for who in sorted(learners, key=lambda w: (w[0].lower(), w))]


def _judge(notebooks, settings) -> list[list[Row]]:
    """The rows for each notebook, as many at a time as there are processors."""
    judged, most = [], len(notebooks)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            for job in [pool.submit(_rows, file, settings) for file in notebooks]:
                judged.append(job.result())
                if sys.stderr.isatty():
                    end = "\n" if len(judged) == most else ""
                    text = f"\r{len(judged)} of {most} notebooks"
                    print(text, end=end, file=sys.stderr)
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            raise CommandError("\nStopped; nothing is graded.") from None
    return judged


def _settle(learner):
    """Count the attempts by the record, and keep one row for each exercise."""
    for file in learner.files:
        if file.is_record and not file.problem:
            learner.rows += _add_attempts(file, learner.rows)
    words = "has no exercise that counts"
    rows = learner.rows or [_row(file, words=words) for file in learner.files]
    best = {}  # a solved one, else the last
    for row in sorted(rows, key=lambda row: row.notebook or "~"):
        key = row.exercise or row.file
        if key not in best or row.solved or row.tried and not best[key].solved:
            best[key] = row
    learner.rows = list(best.values())


def _add_attempts(file, rows):
    """Put the attempts of a record into its learner's rows; a row if it is none."""
    try:
        works = json.loads(file.data)["exercises"]
        for row in (row for row in rows if row.exercise):
            work = works.get(lessons.name_of(row.notebook), {})
            row.attempts = int(work.get(row.exercise, {"tries": 0})["tries"])
    except Exception:  # noqa: BLE001, whatever a forged one raises
        return [_problem(file, "it is no record of this course")]
    return []


def _row(file, **fields):
    return Row(file.learner, file.name, **fields)


def _problem(file, problem):
    return _row(file, words=f"couldn't be read: {problem}. Please hand it in once more")


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
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for part in [process, *process.children(recursive=True)]:
            with suppress(psutil.Error):
                part.kill()
