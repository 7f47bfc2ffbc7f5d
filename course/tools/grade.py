"""Grade notebooks that were handed in: a table, and a page of feedback for each learner.

FOLDER, or a zip, holds them under any names, also as Moodle packs them; docs/teaching.md
says who is who. Only the functions of a notebook's exercises, and what they need, are run.
The cases are those of the notebook's checks and others, drawn anew at each grading but the
same for all learners.
"""

import secrets
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context

from course import lessons, record
from course.tools import ROOT, CommandError, find_notebooks
from course.tools.grading import cage, handins, judge, reports

EXAMPLE = "grade handins --csv marks.csv"
ENDED = "it could not be judged, because the process judging it ended"
SHUT_IN = (
    "Learners' code runs in a sandbox, with no network, no other files, no programs."
)
NOT_SHUT_IN = (
    "Learners' code runs with your rights, since there is no working bwrap: see 'What a "
    "mark is worth' in docs/teaching.md."
)
WIDE = 40  # characters of the bar


def add_arguments(parser):
    parser.add_argument("folder", metavar="FOLDER", help="a folder or a zip")
    parser.add_argument("--csv", metavar="FILE", help="the table, for a spreadsheet")
    what = "a row for each exercise, with the words of its check"
    parser.add_argument("--long", action="store_true", help=what)
    parser.add_argument("--moodle", metavar="FILE", help="the marks, for Moodle")
    parser.add_argument("--feedback", metavar="FOLDER", help="a page for each learner")
    only = {"metavar": "NAME", "nargs": "+", "default": []}
    parser.add_argument("--only", **only, help="notebooks that count")


def run(options) -> int:
    only = [path.stem for path in find_notebooks(options.only)]
    folder = ROOT / options.folder
    if not folder.exists():
        raise CommandError(f"there is no {folder}")
    with suppress(AttributeError):  # names may have letters that a terminal has not
        sys.stdout.reconfigure(errors="replace")
    for path in filter(None, (options.csv, options.moodle)):
        if not (ROOT / path).parent.is_dir():
            raise CommandError(f"there is no folder for {path}: make it first")
    learners = grade(handins.collect(folder), only, told=print)
    marks = reports.Marks(learners)
    if learners:
        print(marks.told(options.long))
    if options.csv:
        marks.write_csv(ROOT / options.csv, options.long)
    if options.moodle:
        marks.write_moodle(ROOT / options.moodle)
    if options.feedback:
        marks.write_pages(ROOT / options.feedback)
    if not marks.exercises:
        print(f"There is nothing to grade in {folder}.", file=sys.stderr)
    return 0 if marks.exercises else 1


@dataclass
class Row:
    """What is told of an exercise in a file."""

    learner: str
    file: str
    notebook: str
    exercise: str
    solved: bool = False
    words: str = ENDED
    mistake: str = ""
    tried: bool = False
    code: str = ""
    tries: object = ""
    look_at: list = field(default_factory=list)
    shape: str = ""  # alike in copies, see `excerpt.shape`


@dataclass
class Learner:
    """Who handed in, and the rows: of several answers to an exercise the best."""

    name: str
    number: str
    files: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    unread: list = field(default_factory=list)  # a sentence for each file

    @property
    def solved(self):
        return sum(row.solved for row in self.rows)

    @property
    def mark(self):
        """The number of solved ones; '' if there may be more in what can't be read."""
        is_open = any(map(self.may_hold_more, self.files))
        return "" if is_open or not self.rows else self.solved

    def may_hold_more(self, file):
        known = [row.solved for row in self.rows if row.notebook == file.notebook]
        return file.problem and file.is_work and not (known and all(known))


# 1. All files --------------------------------------------------------------------------


def grade(files, only=(), seed=None, told=lambda words: None) -> list[Learner]:
    """The learners, sorted, each with what is known of their files.

    ``told`` is called with a sentence that says what the answers could reach.
    """
    learners = {}
    for file in files:
        learners.setdefault(file.who, Learner(*file.who)).files.append(file)
        counts = not only or not file.notebook or file.notebook in only
        file.is_work = file.is_work and counts
    counted = [file for file in files if file.cells and file.is_work]
    seed = seed or secrets.randbits(64)
    tasks = [(file.notebook, file.cells, seed) for file in counted]
    for file, rows in zip(counted, _judge(tasks, told)):
        learners[file.who].rows += [Row(file.who[0], file.name, **row) for row in rows]
    for learner in learners.values():
        _settle(learner, {file.notebook for file in counted})
    return [learners[who] for who in sorted(learners, key=lambda w: (w[0].lower(), w))]


def _judge(tasks, told) -> list:
    """What `judge.judge` gives for each task, as many at a time as there are processors."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        before = cage.command(folder)
        told(SHUT_IN if before else NOT_SHUT_IN)
        settings = {"mp_context": get_context("spawn"), "initializer": judge.prepare}
        settings["initargs"] = folder, before
        done = _at_once(tasks, None, settings)
        for number, task in enumerate(tasks):
            if number not in done:  # an answer may have ended all: so these one by one
                [*rows] = _at_once([task], 1, settings).values()
                done[number] = rows[0] if rows else judge.unjudged(task[0])
    return [done[number] for number in range(len(tasks))]


def _at_once(tasks, processes, settings) -> dict:
    """By the number of the task what it gave; without those whose process was ended."""
    done = {}
    with ProcessPoolExecutor(processes, **settings) as pool:
        jobs = {pool.submit(judge.judge, *task): i for i, task in enumerate(tasks)}
        try:
            for job in as_completed(jobs):
                with suppress(BrokenProcessPool):
                    done[jobs[job]] = job.result()
                _tell_progress(len(done), len(jobs))
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise CommandError("\nStopped; nothing was graded.") from None
    return done


def _tell_progress(done, most):
    if sys.stderr.isatty() and most > 1:
        bar = ("#" * (WIDE * done // most)).ljust(WIDE, ".")
        end = "\n" if done == most else ""
        print(f"\r{bar} {done} of {most} notebooks", end=end, file=sys.stderr)


# 2. One learner ------------------------------------------------------------------------


def _settle(learner, notebooks):
    """Keep one row for each exercise, say what can't be read, and count the tries."""
    best = {}  # a solved one, else the last
    for row in sorted(learner.rows, key=lambda row: row.notebook):
        before = best.get(row.exercise)
        if before is None or row.solved or row.tried and not before.solved:
            best[row.exercise] = row
    learner.rows = list(best.values())
    is_whole = learner.rows and notebooks <= {row.notebook for row in learner.rows}
    for file in learner.files:
        if file.record and not _add_tries(file, learner.rows):
            file.problem, file.is_work = "it isn't a record of this course", False
        file.is_work &= not (is_whole and file.problem == handins.FOREIGN)
        if file.problem:
            words = f"{file.name} was left out: {file.problem}"
            if learner.may_hold_more(file) or not is_whole:
                words = f"{file.name} can't be read: {file.problem}. Please hand it in again"
            learner.unread.append(words)
    if not learner.rows and not learner.unread:
        learner.unread.append("nothing that counts was handed in")


def _add_tries(file, rows) -> bool:
    """Put the tries of a record into its learner's rows; False if it is none."""
    try:
        works = record.parse(file.record)["exercises"]
    except ValueError:
        return False
    for row in rows:
        work = works.get(lessons.name_of(row.notebook), {}).get(row.exercise)
        row.tries = work.tries if work else 0
    return True
