"""Show what a learner has done in all notebooks, or forget it.

It reads ``record.json`` in the learner's copy, on this computer.
"""

from course import lessons, record
from course.tools import PLACE, CommandError

EXAMPLE = "progress"


def add_arguments(parser):
    what = "the learner's copy (%(default)s)"
    parser.add_argument("--folder", default="my_course", help=what)
    parser.add_argument("--forget", action="store_true", help="forget all of it")


def run(options) -> int:
    folder = PLACE / options.folder
    if not (folder / record.MARK).is_dir():
        raise CommandError(
            f"{folder} isn't a learner's copy: python -m course makes one"
        )
    notice = record.open_in(folder)
    if notice and notice != record.WHERE:
        print(notice)
    if options.forget:
        record.forget()
        print("All answers have been erased.")
        return 0
    print(table())
    return 0


def table() -> str:
    """All lessons, and below them what went wrong along the way."""
    opened = [lessons.Lesson(name, keeps_record=False) for name in lessons.NAMES]
    columns = max((lesson.done for lesson in opened), key=len)
    lines, detours = [_row("", columns)], []
    for number, lesson in enumerate(opened):
        name, done = lesson.name, lesson.done
        counts = [
            "{} of {}".format(*done[what]) if what in done else "" for what in columns
        ]
        lines.append(_row(f"{number} {name}", counts).rstrip())
        if lesson.detours:
            detours += ["", f"{number} {name}", *lesson.detours]
    if detours:
        detours[:0] = ["", "What went wrong along the way:"]
    return "\n".join([*lines, *detours])


def _row(name, cells):
    return f"{name:<18}" + "".join(f"{cell:>22}" for cell in cells)
