"""Grade notebooks that were handed in: a table, and a page of feedback for each learner.

FOLDER, or a zip, holds them under any names, also as Moodle packs them; who is who, see
the README. Only the functions of the exercises and what they need are run, each notebook's
in a process of its own. The cases are those of the notebook's checks, and others that are
drawn anew at each grading, for all learners the same.
"""

import json
import os
import secrets
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
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
        parts = reports.table(rows), reports.summary(rows), reports.odd(rows)
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
    """A line of the table: an exercise, or something that can't be read."""

    learner: str
    number: str
    file: str
    notebook: str = ""
    exercise: str = ""
    solved: bool = False
    words: str = f"nothing was known of it after {SECONDS} seconds"
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
    names = dict.fromkeys((row.learner, row.number) for row in rows)
    return [
        Learner(*who, [row for row in rows if (row.learner, row.number) == who])
        for who in names
    ]


# 1. All files --------------------------------------------------------------------------


def grade(files, only=(), seed=None) -> list[Row]:
    """The rows for files, sorted: of several attempts at an exercise the best."""
    settings = {"seed": seed or secrets.randbits(64), "only": list(only)}
    notebooks = [file for file in files if not file.is_record and not file.problem]
    rows = [_problem(file, file.problem) for file in files if file.problem]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [pool.submit(_rows, file, settings) for file in notebooks]
        _show_progress(pool, jobs)
    rows += [row for job in jobs for row in job.result()]
    for file in files:
        if file.is_record and not file.problem:
            rows += _add_attempts(file, rows)
    known = {(row.learner, row.number) for row in rows}
    for file in files:
        if (file.learner, file.number) not in known:
            words = "it has no exercise that counts"
            rows.append(Row(file.learner, file.number, file.name, words=words))
    return sorted(_best(rows), key=_place)


def _show_progress(pool, jobs):
    """Wait for all, with a line on the terminal."""
    is_shown = sys.stderr.isatty()
    try:
        for count, _ in enumerate(as_completed(jobs), 1):
            end = "\n" if count == len(jobs) else ""
            if is_shown:
                text = f"\r{count} of {len(jobs)} notebooks"
                print(text, end=end, file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        pool.shutdown(cancel_futures=True)
        raise CommandError("\nStopped; nothing is graded.") from None


def _place(row):
    names = [path.stem for path in find_notebooks([])]
    notebook = names.index(row.notebook) if row.notebook else len(names)
    return row.learner.lower(), row.number, notebook


def _problem(file, problem):
    words = f"couldn't be read: {problem}"
    return Row(file.learner, file.number, file.name, words=words)


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
        tries = {
            (lesson, name): int(work["tries"])
            for lesson, names in works.items()
            for name, work in names.items()
        }
    except Exception:  # noqa: BLE001, whatever a forged one raises
        return [_problem(file, "it is no record of this course")]
    for row in rows:
        if (row.learner, row.number) == (file.learner, file.number) and row.exercise:
            row.attempts = tries.get((lessons.name_of(row.notebook), row.exercise), 0)
    return []


# 2. One notebook -----------------------------------------------------------------------


def _rows(file, settings):
    try:
        lines = _judge(file.data, settings)
    except OSError as error:
        lines = [{"problem": f"no process could be had for it: {error}"}]
    head, *lines = lines or [{"problem": "its process ended"}]
    if "problem" in head:
        return [_problem(file, head["problem"])]
    told = {line["exercise"]: line for line in lines}
    return [
        _row(file, head, told.get(name, {"exercise": name}))
        for name in head["exercises"]
    ]


def _row(file, head, line):
    row = Row(file.learner, file.number, file.name, head["notebook"], **line)
    if row.exercise in head["notes"]:
        row.look_at.insert(0, head["notes"][row.exercise])
    return row


def _judge(data, settings) -> list[dict]:
    """What the process of `judge` tells; after too long, what it told until then."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "course.tools.grading.judge"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=_environment(folder),
        )
        given = json.dumps(settings).encode() + b"\n" + data
        try:
            told, _ = process.communicate(given, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            _stop(process.pid)
            told, _ = process.communicate()
    lines = []
    with suppress(ValueError):  # the last may be a part of one
        for line in told.splitlines():
            lines.append(json.loads(line))
    return lines


def _environment(folder):
    """What a process needs, and nothing of what is set for the teacher."""
    kept = "PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG", "LD_LIBRARY_PATH"
    names = {name: os.environ[name] for name in kept if name in os.environ}
    ours = {"PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1", "HOME": folder}
    return {**names, **ours, "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1"}


def _stop(pid):
    """End a process, and all that it started."""
    import psutil

    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for child in [*process.children(recursive=True), process]:
            with suppress(psutil.Error):
                child.kill()
