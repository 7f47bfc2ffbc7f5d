"""What you have done: questions answered, exercises solved, and when.

In a learner's copy, a folder with `.course/` in it, it is kept in ``record.json`` there.
So it is in a browser alone, where each visitor has a drive of their own. Elsewhere it is in
memory, until the kernel ends. It is never sent. `open_in` begins, `forget` ends it.
"""

import json
import threading
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from course import host
from course.files import replacing

MARK = ".course"  # what makes a folder a learner's copy
FILE = "record.json"
FORM = "course record 1"
KEPT = (
    "Your answers are kept in record.json in this folder, {} only; nothing is sent. "
    "lesson.forget() erases them."
)
WHERE = KEPT.format("in this browser" if host.IN_BROWSER else "on this computer")


@dataclass
class Answer:
    """What was answered to one question. Times are in UTC, '' for never."""

    first: str = ""  # the option's text, the number as typed, the order; '' before
    first_right: bool = False
    solved: bool = False  # whether the right answer was found, at first or later
    last: str = ""
    when: str = ""  # of the first answer
    reviewed: str = ""  # when it was last asked again
    streak: int = 0  # how often it was then right in a row


@dataclass
class Work:
    """What was done on one exercise."""

    solved: str = ""  # when
    tries: int = 0  # checks of something that was written
    failed: int = 0  # those of them that said no
    # What was recognised -> how often, the last one at the end.
    mistakes: dict = field(default_factory=dict)
    code: str = ""  # of the cell that solved it last


@dataclass
class Record:
    """All that was done: (lesson, name) -> what."""

    answers: dict = field(default_factory=dict)
    works: dict = field(default_factory=dict)


_record = Record()
_path = None  # of record.json; None in memory
_unsaved = []  # changes that are not in the file yet
_lock = threading.RLock()  # answers may come from two threads of the kernel
trouble = ""  # why it can't be kept, in words


# 1. What is asked and told -----------------------------------------------------------


def answer(lesson, question) -> Answer:
    """The answer to a question; an empty one before it is given."""
    return _record.answers.get((lesson, question), Answer())


def work(lesson, exercise) -> Work:
    """What was done on an exercise; empty before the first try."""
    return _record.works.get((lesson, exercise), Work())


def add_answer(lesson, question, given, right):
    """Remember an answer. The first one stays; what was solved stays solved."""
    now = _now()

    def change(record):
        first = Answer(given, right, right, given, now)
        kept = record.answers.setdefault((lesson, question), first)
        if not kept.first:  # it was only asked again so far
            kept.first, kept.first_right, kept.when = given, right, now
        kept.solved, kept.last = kept.solved or right, given

    _make(change)


def add_review(lesson, question, right):
    """Remember that a question was asked again in a later notebook."""
    now = _now()

    def change(record):
        kept = record.answers.setdefault((lesson, question), Answer())
        kept.reviewed, kept.streak = now, kept.streak + 1 if right else 0

    _make(change)


def add_try(lesson, exercise, solved, mistake="", code=""):
    """Remember that an exercise was checked. What was solved stays solved."""
    now = _now()

    def change(record):
        kept = record.works.setdefault((lesson, exercise), Work())
        kept.tries, kept.failed = kept.tries + 1, kept.failed + (not solved)
        kept.solved = kept.solved or (now if solved else "")
        kept.code = code if solved else kept.code
        if mistake:
            kept.mistakes[mistake] = kept.mistakes.pop(mistake, 0) + 1

    _make(change)


def solved(lesson) -> set[str]:
    """The names of the solved exercises of a lesson."""
    works = _record.works.items()
    return {name for (of, name), work in works if of == lesson and work.solved}


def _now():
    return datetime.now(UTC).isoformat(timespec="seconds")


def _make(change):
    """Make a change in memory and, if there is one, in the file.

    The file is read before it is written: another notebook may have written, too. What
    could not be written is written with the next change.
    """
    global _record, trouble
    with _lock:
        change(_record)
        if _path is None:
            return
        _unsaved.append(change)
        trouble = ""
        try:
            try:
                stored = _read(_path)
                for unsaved in _unsaved:
                    unsaved(stored)
            except (
                ValueError
            ):  # damaged since it was read: what we know is written anew
                stored, trouble = _record, _set_aside(_path)
            _write(_path, stored)
        except OSError as error:
            trouble = f"Your answers can't be kept in {FILE}: {error}"
            return
        _record = stored
        _unsaved.clear()


# 2. The file -------------------------------------------------------------------------


def open_in(folder) -> str:
    """Keep the record in a folder, if it is a learner's copy. Returns what to say.

    It never raises: a file that is no record is set aside, and if nothing can be read
    or written there, the record is kept in memory.
    """
    global _record, _path, trouble
    folder = Path(folder)
    with _lock:
        if not (host.IN_BROWSER or (folder / MARK).is_dir()):
            return ""
        path = folder / FILE
        if path != _path:
            _unsaved.clear()
        _path, trouble = path, ""
        try:
            is_new = not path.exists()
            _record = _read(path)
            return WHERE if is_new else ""
        except ValueError:
            _record = Record()
            return _set_aside(path)
        except OSError as error:
            _path = None
            trouble = f"Your answers can't be kept in {FILE}: {error}"
            return trouble


def _set_aside(path):
    """Rename a file that is no record; it may hold something that somebody misses."""
    global _path
    names = (f"record.damaged{n or ''}.json" for n in range(1000))
    aside = next(path.with_name(n) for n in names if not path.with_name(n).exists())
    try:
        path.rename(aside)
    except OSError as error:
        _path = None
        return f"{FILE} is no record of this course, and can't be set aside: {error}"
    return f"{FILE} was no record of this course, or damaged. It is {aside.name} now."


def forget():
    """Forget everything, and remove the file."""
    with _lock:
        if _path is not None:
            _path.unlink(missing_ok=True)
        path = _path
        close()
        if path is not None:
            open_in(path.parent)


def close():
    """Forget what is in memory; the file stays."""
    global _record, _path, trouble
    with _lock:
        _record, _path, trouble = Record(), None, ""
        _unsaved.clear()


def _write(path, record):
    tables = {
        "form": FORM,
        "answers": _nested(record.answers),
        "exercises": _nested(record.works),
    }
    text = json.dumps(tables, ensure_ascii=False, indent=1) + "\n"
    with replacing(path) as file:
        file.write(text.encode())


def _nested(entries):
    lessons = {}
    for (lesson, name), entry in entries.items():
        lessons.setdefault(lesson, {})[name] = asdict(entry)
    return lessons


def _read(path) -> Record:
    """Read a record; a ValueError says that the file is none. No file is an empty one."""
    if not path.exists():
        return Record()
    try:
        tables = json.loads(path.read_text(encoding="utf-8"))
    except RecursionError as error:  # all others are ValueErrors
        raise ValueError(str(error)) from None
    if not isinstance(tables, dict) or tables.get("form") != FORM:
        raise ValueError("it is no record of this course")
    return Record(
        _flat(tables.get("answers"), Answer), _flat(tables.get("exercises"), Work)
    )


def _flat(lessons, kind):
    """The entries of a table of tables, each field of its type."""
    entries = {}
    try:
        for lesson, names in lessons.items():
            for name, fields in names.items():
                entries[lesson, name] = entry = kind(**fields)
                for key, value in asdict(kind()).items():
                    if type(getattr(entry, key)) is not type(value):
                        raise ValueError(f"{key} of {name!r} is no {type(value)}")
                if not all(type(n) is int for n in fields.get("mistakes", {}).values()):
                    raise ValueError(f"the mistakes of {name!r} are not counted")
    except (AttributeError, TypeError) as error:
        raise ValueError(str(error)) from None
    return entries
