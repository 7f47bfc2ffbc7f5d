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
from course.tools import ROOT, CommandError, find_notebooks

MARK = b"course hand-in 1"  # in the zip: it is ours, and may be replaced


def add_arguments(parser):
    parser.add_argument("--folder", default="my_course", help="your copy (%(default)s)")
    parser.add_argument("--name", help="yours, for the name of the file")
    parser.add_argument(
        "--with-record",
        action="store_true",
        help="with record.json: your answers, tries",
    )


def run(options) -> int:
    folder = ROOT / options.folder
    if not (folder / record.MARK).is_dir():
        raise CommandError(f"{folder} is no learner's copy: python -m course makes one")
    paths = [folder / path.name for path in find_notebooks([])]
    paths = [path for path in paths if path.is_file()]
    if not paths:
        raise CommandError(f"there is no notebook of the course in {folder}")
    name = re.sub(r"[^\w.-]+", "-", options.name or _ask_for_name()).strip("-.")
    if not name:
        raise CommandError("a name has letters: python -m course handin --name NAME")
    target = ROOT / f"handin-{name}.zip"
    replaced = _replaced(target)
    extra = folder / record.FILE
    extras = [extra] if options.with_record and extra.is_file() else []
    pack(target, paths, extras)
    also = "and your record" if extras else "without your record"
    print(f"{target} holds {len(paths)} notebooks, without their outputs, {also}.")
    print(*replaced, *_not_solved(folder), sep="\n")
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
    try:
        with zipfile.ZipFile(target) as archive:
            is_ours = archive.comment == MARK
    except (OSError, zipfile.BadZipFile):
        is_ours = False
    if not is_ours:
        raise CommandError(
            f"{target} is there already, and this command did not make it. Move it "
            "away, or choose another --name"
        )
    when = datetime.fromtimestamp(target.stat().st_mtime)
    return [f"It replaces the one that you made on {when:%Y-%m-%d at %H:%M}."]


def pack(target, notebooks, others):
    """One zip of notebooks, without outputs, and of other files as they are."""
    with replacing(target) as file, zipfile.ZipFile(file, "w", 8) as archive:
        archive.comment = MARK
        for path in notebooks:
            archive.writestr(path.name, _without_outputs(path))
        for path in others:
            archive.write(path, path.name)


def _without_outputs(path):
    from course.tools import notebooks, update

    notebook = update.read_if_whole(path)
    if notebook is None:  # the teacher's command will say so, too
        print(f"{path.name} can't be read as a notebook; it is in the file as it is.")
        return path.read_bytes()
    return notebooks.as_text(notebooks.cleared(notebook)).encode()


def _not_solved(folder):
    """A line that says which exercises are not solved yet, by the record."""
    record.open_in(folder)
    solved, missing = 0, []
    for number, lesson in enumerate(lessons.NAMES):
        names = lessons.load_exercises(lesson)
        done = record.solved(lesson) & set(names)
        solved += len(done)
        missing += [f"{name} ({number})" for name in names if name not in done]
    record.close()
    yield f"By your record {solved} of {solved + len(missing)} exercises are solved" + (
        f"; not yet, with its notebook: {', '.join(missing)}." if missing else "."
    )
