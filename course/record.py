"""What you have done: questions answered, exercises solved, and when; your best at a goal.

In a learner's copy, a folder with `.course/` in it, the record is kept in
``record.json``. Elsewhere it stays in memory until the kernel ends. It is never sent.
`open_in` begins it and `forget` ends it. The one `KEEPER` of this kernel does all that.
"""

import json
import threading
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from course.files import replacing

MARK = ".course"  # what makes a folder a learner's copy
FILE = "record.json"
FORM = "course record 1"
WHERE = (
    "Your answers are kept in record.json in this folder, on this computer only; nothing "
    "is sent. lesson.forget() erases them."
)
LOST = f"Your answers can't be kept in {FILE}: {{}}"
ASIDE = f"{FILE} was damaged, or not a record of this course. It is now {{}}."
NOTED, REVEALED = "noted", "revealed"
STUCK = f"{FILE} is not a record of this course, and can't be set aside: {{}}"


@dataclass
class Answer:
    """What was answered to one question. Times are in UTC, '' for never."""

    first: str = ""  # the option's text, the number as typed, the order; '' before
    first_right: bool = False
    solved: bool = False  # whether the right answer was found, at once or later
    last: str = ""
    when: str = ""  # of the last answer
    reviewed: str = ""  # when it was last asked again
    streak: int = 0  # how often in a row it was then right
    stage: str = ""  # of a guess: NOTED, until the run has REVEALED whether it is right

    def give(self, now, given, right):
        if not self.first:  # it was only asked again so far, if at all
            self.first, self.first_right = given, right
        self.solved, self.last, self.when = self.solved or right, given, now

    def note(self, now, given, known):
        if self.first == known:  # else another notebook has locked a guess meanwhile
            self.first, self.last, self.when, self.stage = given, given, now, NOTED

    def reveal(self, _, right):
        if self.stage == NOTED:
            self.first_right = self.solved = bool(right)  # which JSON can keep
            self.stage = REVEALED

    def review(self, now, right):
        self.reviewed, self.streak = now, self.streak + 1 if right else 0


@dataclass
class Work:
    """What was done on one exercise."""

    solved: str = ""  # when
    tries: int = 0  # checks of what was written; only the first that said yes counts
    # What was wrong before it was solved -> how often, the last one at the end.
    mistakes: dict = field(default_factory=dict)
    code: str = ""  # of the cell that solved it last

    @property
    def failed(self) -> int:
        """The tries that said no."""
        return self.tries - bool(self.solved)

    def add(self, now, solved, mistake, code):
        self.tries += not (solved and self.solved)
        self.solved = self.solved or (now if solved else "")
        self.code = code if solved else self.code
        if mistake and not self.solved:
            self.mistakes[mistake] = self.mistakes.pop(mistake, 0) + 1


ROW = {"weights": int, "loss": float, "hidden": str, "inputs": str}
ROW |= {"steps": int, "seed": int, "line": str}
MOST = 5  # rows


@dataclass
class Best:
    """The best networks for a goal: one of each size, that with the fewest weights first."""

    rows: list = field(default_factory=list)  # each has the keys of `ROW`

    def enter(self, _, row):
        known = {other["weights"]: other for other in self.rows}
        before = known.setdefault(row["weights"], row)
        if row["loss"] <= before["loss"]:
            known[row["weights"]] = row
        self.rows = [known[weights] for weights in sorted(known)][:MOST]


# Each: lesson -> name -> what.
TABLES = {"answers": Answer, "exercises": Work, "best": Best}
LATER = {"best": {}}  # tables that older records don't have
EMPTY = json.dumps({"form": FORM, "answers": {}, "exercises": {}})


def _now():
    return datetime.now(UTC).isoformat(timespec="seconds")


def read(path) -> dict:
    """Read a record; a ValueError says that the file isn't one. No file means an empty one."""
    return parse(path.read_text(encoding="utf-8") if path.exists() else EMPTY)


def parse(text) -> dict:
    """The tables of a record; a ValueError says that it isn't one."""
    try:
        tables = LATER | json.loads(text)
        if tables["form"] != FORM:
            raise ValueError(f"its form is not {FORM!r}")
        return {
            table: {
                lesson: {name: _entry(fields, kind) for name, fields in names.items()}
                for lesson, names in tables[table].items()
            }
            for table, kind in TABLES.items()
        }
    except (AttributeError, LookupError, RecursionError, TypeError) as error:
        raise ValueError(str(error)) from None


def _entry(fields, kind):
    """One entry, each field of its type."""
    if "failed" in fields:  # of a record in which each check of a solved one was a try
        failed = fields.pop("failed")
        fields["tries"] = failed + bool(fields["solved"])
    entry, empty = kind(**fields), vars(kind())
    typed = all(type(getattr(entry, name)) is type(empty[name]) for name in empty)
    counted = all(type(n) is int for n in fields.get("mistakes", {}).values())
    rows = [{k: type(v) for k, v in row.items()} for row in fields.get("rows", [])]
    if not (typed and counted and all(found == ROW for found in rows)):
        raise ValueError(f"no fields of {kind}")
    return entry


class Keeper:
    """Keeps the record in memory, and in the file of a learner's copy once one is opened."""

    def __init__(self):
        self._lock = threading.RLock()  # two threads of a kernel may answer
        self.close()

    def close(self):
        """Forget what is in memory; the file stays."""
        with self._lock:
            self.trouble = ""  # why it can't be kept, in words
            self.path = None  # of record.json; None in memory
            self._record = {table: {} for table in TABLES}
            self._unsaved = []  # changes that are not in the file yet

    def answer(self, lesson, question) -> Answer:
        """The answer to a question; an empty one before it is given."""
        return self._record["answers"].get(lesson, {}).get(question, Answer())

    def work(self, lesson, exercise) -> Work:
        """What was done on an exercise; empty before the first try."""
        return self._record["exercises"].get(lesson, {}).get(exercise, Work())

    def best(self, lesson) -> dict[str, list]:
        """The rows of `Best` for each goal of a lesson that was reached."""
        entries = self._record["best"].get(lesson, {})
        return {goal: entry.rows for goal, entry in entries.items() if entry.rows}

    def solved(self, lesson) -> set[str]:
        """The names of the solved exercises of a lesson."""
        works = self._record["exercises"].get(lesson, {})
        return {name for name, work in works.items() if work.solved}

    def add_answer(self, lesson, question, given, right):
        """Remember an answer. The first one stays; what was solved stays solved."""
        self._change("answers", lesson, question, Answer.give, given, right)

    def add_guess(self, lesson, question, given, known=""):
        """Remember a guess, if what was answered before is still ``known``."""
        self._change("answers", lesson, question, Answer.note, given, known)

    def add_reveal(self, lesson, question, right):
        """Remember that the run has said whether a guess is right."""
        if self.answer(lesson, question).stage == NOTED:
            self._change("answers", lesson, question, Answer.reveal, right)

    def add_review(self, lesson, question, right):
        """Remember that a question was asked again in a later notebook."""
        self._change("answers", lesson, question, Answer.review, right)

    def add_try(self, lesson, exercise, solved, mistake="", code=""):
        """Remember that an exercise was checked. What was solved stays solved."""
        self._change("exercises", lesson, exercise, Work.add, solved, mistake, code)

    def add_best(self, lesson, goal, row):
        """Remember a network that reaches a goal, if it is among the best."""
        self._change("best", lesson, goal, Best.enter, row)

    def open_in(self, folder) -> str:
        """Keep the record in a folder, if it is a learner's copy. Returns what to say.

        It never raises: a file that isn't a record is set aside, and if nothing can be
        read or written there, the record is kept in memory.
        """
        path = Path(folder) / FILE
        with self._lock:
            if not path.with_name(MARK).is_dir():
                return ""
            if path != self.path:
                self._unsaved = []
            self.path, self.trouble = path, ""
            try:
                is_new = not path.exists()
                self._record = read(path)
                return WHERE if is_new else ""
            except ValueError:
                self._record = {table: {} for table in TABLES}
                return self._set_aside()
            except OSError as error:
                self.path, self.trouble = None, LOST.format(error)
                return self.trouble

    def forget(self):
        """Forget everything, and remove the file."""
        with self._lock:
            path = self.path
            if path is not None:
                path.unlink(missing_ok=True)
            self.close()
            if path is not None:
                self.open_in(path.parent)

    def _change(self, table, lesson, name, how, *what):
        """Change an entry in memory and, if there is one, in the file.

        What could not be written is written with the next change.
        """
        now = _now()

        def change(record):
            entries = record[table].setdefault(lesson, {})
            how(entries.setdefault(name, TABLES[table]()), now, *what)

        with self._lock:
            change(self._record)
            if self.path is None:
                return
            self._unsaved.append(change)
            try:
                self.trouble = self._save()
                self._unsaved.clear()
            except OSError as error:
                self.trouble = LOST.format(error)

    def _save(self) -> str:
        """Read the file, which another notebook may have written, and write it again."""
        trouble = ""
        try:
            stored = read(self.path)
            for change in self._unsaved:
                change(stored)
        except ValueError:  # damaged since it was read: what we know is written
            stored, trouble = self._record, self._set_aside()
        if self.path is not None:
            tables = {"form": FORM, **stored}
            text = json.dumps(tables, default=asdict, ensure_ascii=False, indent=1)
            with replacing(self.path) as file:
                file.write(f"{text}\n".encode())
        self._record = stored
        return trouble

    def _set_aside(self) -> str:
        """Rename a file that isn't a record, since somebody may miss what it holds."""
        names = (f"record.damaged{n or ''}.json" for n in range(1000))
        paths = (self.path.with_name(name) for name in names)
        aside = next(path for path in paths if not path.exists())
        try:
            self.path.rename(aside)
        except OSError as error:
            self.path = None
            return STUCK.format(error)
        return ASIDE.format(aside.name)


KEEPER = Keeper()
answer, work, solved = KEEPER.answer, KEEPER.work, KEEPER.solved
best, add_best = KEEPER.best, KEEPER.add_best
add_answer, add_review, add_try = KEEPER.add_answer, KEEPER.add_review, KEEPER.add_try
add_guess, add_reveal = KEEPER.add_guess, KEEPER.add_reveal
open_in, forget, close = KEEPER.open_in, KEEPER.forget, KEEPER.close
