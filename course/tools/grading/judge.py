"""The verdicts on one notebook, in one of the processes that do this at the same time.

It holds the cases and the right functions. Here the answers are text; they run in processes
of their own, see `cage`.
"""

import contextlib
import functools
import multiprocessing
import os
import re
import signal
import sys
import threading
import warnings

import cloudpickle

from course import checking, lessons
from course.checking import runs
from course.tools import NOTEBOOKS, ROOT
from course.tools.grading import excerpt, handins
from course.tools.notebooks import fetches

MOST_MEMORY, LARGEST_FILE = 4 * 2**30, 10 * 2**20  # bytes
ANSWERS = runs.Reserve(at_most=120.0)  # their processes
ADVICE = r"\s*\([^)]*run its cell, then this one again\.?\)"  # for who has the notebook


def prepare(folder, before):
    """Have the answers of this process run in a folder, ``before`` as in `cage.command`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command is told
    threading.Thread(target=_end_with_the_command, daemon=True).start()
    # By value: the process of an answer can't read the lessons, where the solutions are.
    cloudpickle.register_pickle_by_value(lessons)
    os.chdir(folder)
    sys.path.insert(0, str(ROOT))  # what led to it may be `..`
    ANSWERS.before = before
    warnings.simplefilter("ignore")  # of learners' code
    with contextlib.suppress(ImportError, ValueError):  # on Windows, on macOS
        import resource

        # For the answers' processes, too. macOS refuses the second.
        resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def _end_with_the_command():
    multiprocessing.parent_process().join()  # also if it is killed
    os._exit(1)


def judge(notebook, cells, seed) -> list[dict]:
    """The fields of a row of the table for each exercise of a notebook, by its name."""
    texts = [text for kind, _, text in cells if kind == "code" and not fetches(text)]
    rows, ours = unjudged(notebook), _texts(notebook)
    exercises = lessons.load_exercises(lessons.name_of(notebook))
    return [
        row | _judged(exercises[row["exercise"]], texts, ours, seed) for row in rows
    ]


def unjudged(notebook) -> list[dict]:
    """The same, before anything is known."""
    exercises = lessons.load_exercises(lessons.name_of(notebook))
    return [{"notebook": notebook, "exercise": name} for name in exercises]


@functools.cache
def _texts(notebook):
    cells = handins.read_cells((NOTEBOOKS / f"{notebook}.ipynb").read_bytes())
    return {text.strip() for _, _, text in cells}


def _judged(exercise, texts, ours, seed):
    """The verdict on one exercise, and the code that it is about."""
    name, code = exercise.name, ""
    notes = [*_odd_cells(name, texts, ours)]
    try:
        for answer in excerpt.find(texts, ours, name):
            verdict = checking.judge(
                exercise, answer, answer.file, seed, reserve=ANSWERS
            )
            code = answer.text
            if verdict.solved:
                break
        notes += excerpt.odd(code)
    except excerpt.Refused as why:
        verdict = checking.Verdict(False, str(why))
    except Exception as error:  # noqa: BLE001, of an answer that no check has met
        words = f"it could not be judged ({type(error).__name__})"
        verdict = checking.Verdict(False, words)
    return verdict._asdict() | {
        "words": re.sub(ADVICE, "", verdict.words.removeprefix("not yet: ")),
        "code": code,
        "look_at": notes,
        # By which copies are found; not where a stub gives the most.
        "shape": "" if exercise.planted else excerpt.shape(code),
    }


def _odd_cells(name, texts, ours):
    """What is odd about the cells, whatever the verdict is."""
    if f"lesson.check({name})" not in map(str.strip, texts):
        yield "the check cell was changed or deleted"
    if (count := excerpt.count(texts, ours, name)) > 1:
        yield f"it is defined {count} times"
