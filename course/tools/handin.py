"""Pack the notebooks of your copy into one file, for your teacher.

They go without outputs, and without the record of your answers unless you ask for it.
Nothing is sent: you hand in the file yourself.
"""

import getpass
import re
import sys
import zipfile
from datetime import datetime

from course import lessons, record
from course.files import replacing
from course.tools import PLACE, CommandError, find_notebooks
from course.tools.notebooks import as_text, cleared, read_if_whole
from course.words import are, counted

EXAMPLE = 'handin --name "Ada Lovelace"'
MARK = b"course hand-in 1"  # in the zip: it is ours, and may be replaced


def add_arguments(parser):
    parser.add_argument("--folder", default="my_course", help="your copy (%(default)s)")
    parser.add_argument("--name", help="your name, for the file")
    what = "add record.json, with your answers and tries"
    parser.add_argument("--with-record", action="store_true", help=what)


def run(options) -> int:
    folder = PLACE / options.folder
    if not (folder / record.MARK).is_dir():
        raise CommandError(
            f"{folder} isn't a copy of the course. If yours is elsewhere, name it: "
            "python -m course handin --folder FOLDER. For a new one: python -m course"
        )
    paths = [folder / path.name for path in find_notebooks([])]
    paths = [path for path in paths if path.is_file()]
    if not paths:
        raise CommandError(
            f"there is no notebook of the course in {folder}; if you renamed yours, "
            "give them their own names again, such as 04_backprop.ipynb"
        )
    name = re.sub(r"[^\w.-]+", "-", options.name or _ask_for_name()).strip("-.")
    if not name:
        raise CommandError("a name needs letters: python -m course handin --name NAME")
    target = folder.parent / f"handin-{name}.zip"
    replaced = _replaced(target)
    extras, also = [], "without your record"
    if options.with_record and (folder / record.FILE).is_file():
        extras, also = [folder / record.FILE], "and your record"
    elif options.with_record:
        also += (
            f": there is none in {folder}, as you haven't answered anything there yet"
        )
    pack(target, paths, extras)
    holds = f"{counted(len(paths), 'notebook')}, without their outputs, {also}"
    print(f"{target} holds {holds}.")
    if others := sorted(p.name for p in set(folder.glob("*.ipynb")) - set(paths)):
        why = "Not packed, because the course has no notebook of that name"
        print(f"{why}: {', '.join(others)}.")
    print(*replaced, _solved(folder), sep="\n")
    print("Nothing was sent: hand in this file.")
    return 0


def _ask_for_name():
    login = getpass.getuser()
    if not sys.stdin.isatty():
        return login
    return input(f"Your name, for the file (Enter: {login}): ").strip() or login


def _replaced(target):
    """A sentence about the file that will be replaced; another one is never touched."""
    if not target.exists():
        return []
    if not is_ours(target):
        raise CommandError(
            f"{target} already exists, and this command didn't make it. Move it "
            "away, or choose another --name"
        )
    when = datetime.fromtimestamp(target.stat().st_mtime)
    return [f"It replaces the one you made on {when:%Y-%m-%d at %H:%M}."]


def is_ours(path) -> bool:
    """Whether this command made the file."""
    return zipfile.is_zipfile(path) and zipfile.ZipFile(path).comment == MARK


def pack(target, notebooks, others):
    """One zip of notebooks, without outputs, and of other files as they are."""
    with replacing(target) as file, zipfile.ZipFile(file, "w", 8) as archive:
        archive.comment = MARK
        for path in notebooks:
            archive.writestr(path.name, _without_outputs(path))
        for path in others:
            archive.write(path, path.name)


def _without_outputs(path):
    notebook = read_if_whole(path)
    if notebook is None:  # the teacher's command will also say so
        print(f"{path.name} can't be read as a notebook; it was packed as it is.")
        return path.read_bytes()
    return as_text(cleared(notebook)).encode()


def _solved(folder):
    """A line that says which exercises are not solved yet, according to the record."""
    record.open_in(folder)
    states = {
        f"{name} ({number})": name in record.solved(lesson)
        for number, lesson in enumerate(lessons.NAMES)
        for name in lessons.load_exercises(lesson)
    }
    record.close()
    missing = [name for name, is_solved in states.items() if not is_solved]
    solved = sum(states.values())
    count = f"{solved} of {len(states)} exercises {are(solved)} solved"
    rest = (
        f"; not solved yet (notebook in brackets): {', '.join(missing)}"
        if missing
        else ""
    )
    return f"According to your record, {count}{rest}."
