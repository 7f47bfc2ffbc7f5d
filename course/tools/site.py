"""Build the site of the course: a book to read.

It goes into a folder that is new, or empty but for hidden files, such as a ``.git``, or
that holds a site already, which is brought up to date.
"""

import shlex
import sys
from importlib.util import find_spec

from course.tools import ROOT, CommandError, manifest
from course.tools.book import build

EXAMPLE = "site ../site"
KIND = "site"
PACKAGES = ["jupyter_book", "sphinx-mathjax-offline"]


def add_arguments(parser):
    parser.add_argument(
        "folder",
        metavar="FOLDER",
        help="new, or empty but for hidden files (.git), or a site made before",
    )


def run(options) -> int:
    folder = (ROOT / options.folder).resolve()
    before = manifest.read_or_refuse(folder, also=", or a site made before")
    if before and before.kind != KIND:
        raise CommandError(f"{folder} holds a hand-out; name another folder")
    if missing():
        raise CommandError(missing())
    files = build.build()
    size = sum(map(len, files.values())) / 1e6
    print(f"The book: {len(files)} files, {size:.0f} MB", flush=True)
    for name in manifest.write(folder, files, KIND).left:
        print(f"{name} stays as it is there: you wrote or changed it.")
    place = shlex.quote(str(folder))
    python = shlex.quote(sys.executable)
    print(f"To look at it: {python} -m http.server --bind 127.0.0.1 -d {place}")
    print("Then open http://127.0.0.1:8000 in a browser.")
    return 0


def missing() -> str:
    """Say which packages a book needs that aren't here; empty if all are."""
    absent = [name for name in PACKAGES if not find_spec(name)]
    how = "is missing: pip install -r requirements-site.txt"
    return f"{', '.join(absent)} {how}" if absent else ""
