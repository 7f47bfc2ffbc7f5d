"""Build the site of the course, a book to read, or bring one up to date."""

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
    if absent := ", ".join(name for name in PACKAGES if not find_spec(name)):
        how = "pip install -r requirements-site.txt"
        raise CommandError(f"{absent} is missing: {how}")
    files = build.build()
    size = sum(map(len, files.values())) / 1e6
    print(f"The book: {len(files)} files, {size:.0f} MB", flush=True)
    for name in manifest.write(folder, files, KIND).left:
        print(f"{name} stays as it is there: you wrote or changed it.")
    server = ["-m", "http.server", "--bind", "127.0.0.1", "-d", str(folder)]
    print(f"To look at it: {shlex.join([sys.executable, *server])}")
    print("Then open http://127.0.0.1:8000 in a browser.")
    return 0
