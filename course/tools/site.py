"""Build the site of the course, a book to read, or bring one up to date."""

import os
import shlex
import sys
from importlib.util import find_spec

from course.tools import ROOT, CommandError, links, manifest
from course.tools.book import build

EXAMPLE = "site ../site"
WITH, WITHOUT = KINDS = "site", "site without solutions"
OPTIONS = "--with-solutions", "--without-solutions"
PACKAGES = ["jupyter_book", "sphinx-mathjax-offline"]


def add_arguments(parser):
    what = "new, or empty except for hidden files (.git), or a site made earlier"
    parser.add_argument("folder", metavar="FOLDER", help=what)
    what = (
        "of the class's public repository: links lead there, and no solution is shown"
    )
    parser.add_argument("--repository", metavar="ADDRESS", default="", help=what)
    choice = parser.add_mutually_exclusive_group()
    for option, kind in zip(OPTIONS, KINDS):
        choice.add_argument(option, dest="kind", action="store_const", const=kind)


def run(options) -> int:
    folder = (ROOT / options.folder).resolve()
    address = links.checked(options.repository)
    kind = options.kind or (WITHOUT if address else WITH)
    refuse(folder, is_told=bool(options.kind or address))
    if absent := ", ".join(name for name in PACKAGES if not find_spec(name)):
        raise CommandError(f"{absent} is missing: pip install -r requirements-site.txt")
    files = build.build(address, kind == WITH)
    look = " Does it show a solution?" if kind == WITHOUT else ""
    size = sum(map(len, files.values())) / 1e6
    what = "a site with solutions" if kind == WITH else f"a {kind}"
    print(f"{folder} is {what}: {len(files)} files, {size:.0f} MB", flush=True)
    for name in manifest.write(folder, files, kind).left:
        print(f"{name} stays as it is, because you wrote or changed it.{look}")
    python, place = shlex.quote(sys.executable), shlex.quote(str(folder))
    if os.name == "nt":  # PowerShell
        python, place = f'& "{sys.executable}"', f'"{folder}"'
    print(f"To view it: {python} -m http.server --bind 127.0.0.1 -d {place}")
    print("Then open http://127.0.0.1:8000 in a browser.")
    return 0


def refuse(folder, is_told):
    """A `CommandError` where a site can't be written, or would get solutions by a slip."""
    before = manifest.read_or_refuse(folder, also=", or a site made earlier")
    if before and before.kind not in KINDS:
        raise CommandError(f"{folder} holds a hand-out; name another folder")
    if before and before.kind == WITHOUT and not is_told:
        raise CommandError(
            f"{folder} holds a {WITHOUT}: give --repository again, or "
            "--without-solutions; --with-solutions adds them"
        )
