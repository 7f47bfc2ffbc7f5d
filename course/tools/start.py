"""Open the course: a copy of the notebooks that is yours, in JupyterLab.

The copy is next to ``notebooks/``, because the notebooks find the course through ``..``.
Each start brings it up to date; what you wrote in it stays.
"""

import os
import sys
from importlib.util import find_spec

from course.tools import NOTEBOOKS, PLACE, ROOT, CommandError

EXAMPLE = "start --folder my_copy"
REQUIREMENTS = ROOT / "requirements.txt"


def add_arguments(parser):
    what = "your copy, a folder next to notebooks/ (%(default)s)"
    parser.add_argument("--folder", default="my_course", help=what)
    what = "print the address and open no browser"
    parser.add_argument("--no-open", action="store_true", help=what)
    what = "make your copy without starting anything"
    parser.add_argument("--only-copy", action="store_true", help=what)


def run(options) -> int:
    if problem := missing():
        raise CommandError(problem)
    try:
        open_course(options)
    except KeyboardInterrupt:  # before the server listens to Ctrl+C
        print("\nStopped.")
    return 0


def open_course(options):
    """Bring the copy up to date and open it; return when the server has ended."""
    from course.tools import server, update  # they need what `missing` looks for

    folder = find_folder(options.folder, update.MARK)
    running = server.find_running(PLACE)
    if running is None or not (folder / update.MARK).exists():
        prepare(folder, update)
    if options.only_copy:
        return
    notebook = update.last_notebook(folder)
    if "JUPYTERHUB_USER" in os.environ:  # only the hub knows the address for a browser
        path = notebook.relative_to(PLACE).as_posix()
        print(f"JupyterLab is already running, as this is a hub: open {path} in it.")
        return
    if running is not None:
        server.open_again(running, PLACE, notebook, not options.no_open)
        return
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        print(
            "You are root, so code in a notebook can change everything on this machine."
        )
    server.serve(PLACE, notebook, not options.no_open)
    print(f"\nStopped. Your work is in {folder.name}.")


def missing(version=sys.version_info) -> str:
    """Say what this Python lacks; empty if it lacks nothing."""
    if version < (3, 11):
        return f"The course needs Python 3.11 or newer; this one is {sys.version}"
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    names = [line.partition(">=")[0] for line in lines if not line.startswith("#")]
    needed = [name for name in names if name != "nbval"]  # that is for tests
    absent = [name for name in needed if find_spec(name) is None]
    if not absent:
        return ""
    ours = ROOT / ".venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    return f"This Python, {sys.executable}, lacks {', '.join(absent)}. " + (
        f"The course has one of its own: {ours} -m course"
        if (ROOT / ".venv").is_dir()
        else "The line under 'Start' in README.md installs what the course needs."
    )


def find_folder(name, mark):
    """The learner's folder, which may still be new."""
    folder = PLACE / name
    if folder.resolve().parent != PLACE.resolve() or folder.name.startswith("."):
        raise CommandError(
            f"{name} can't be your folder: it must be next to {NOTEBOOKS.name}/, in "
            f"{PLACE}, and its name must not begin with a dot."
        )
    is_free = not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))
    if not is_free and not (folder / mark).is_dir():
        raise CommandError(
            f"{name} already exists and isn't a copy of the course. Move it away, or "
            "choose another folder: python -m course start --folder my_copy"
        )
    return folder


def prepare(folder, update):
    """Make the copy or bring it up to date, and say what was done."""
    try:
        folder.mkdir(exist_ok=True)
        (folder / ".probe").touch()
        (folder / ".probe").unlink()
        for sentence in update.bring_up_to_date(folder):
            print(sentence)
    except OSError as error:
        raise CommandError(
            f"The course can't write in {folder}: {error.strerror}. Move the "
            "course's folder to where you can write."
        ) from error
