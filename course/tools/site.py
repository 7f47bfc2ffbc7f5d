"""Build a site of the course: a book to read, and notebooks that run in a browser alone.

A folder gets the book, and in its ``lite/`` JupyterLite. It is new, or empty but for
hidden files, such as a ``.git``, or holds a site already, which is brought up to date.
"""

import shlex
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from course.tools import ROOT, CommandError, manifest

KIND = "site"
PACKAGES = {
    "book": ["jupyter_book", "sphinx-mathjax-offline"],
    "lite": ["jupyterlite_core", "jupyterlite_pyodide_kernel"],
}


def add_arguments(parser):
    parser.add_argument(
        "folder",
        metavar="FOLDER",
        nargs="?",
        help="new, or empty but for hidden files (.git), or a site made before",
    )
    parser.add_argument("--only", choices=["book", "lite"], help="build this part only")
    parser.add_argument(
        "--check",
        metavar="ADDRESS",
        help="build nothing: run all notebooks of a published site",
    )


def run(options) -> int:
    if options.check is not None:
        from course.tools import lite

        return lite.check(options.check)
    if options.folder is None:
        raise CommandError("name a folder: python -m course site ../site")
    folder = (ROOT / options.folder).resolve()
    refuse(folder)
    parts = [options.only] if options.only else [*PACKAGES]
    need(parts)
    files = other_part(folder, options.only) if options.only else {}
    for part in parts:
        made = {"book": make_book, "lite": make_lite}[part]()
        size = sum(map(len, made.values())) / 1e6
        print(f"The {part}: {len(made)} files, {size:.0f} MB", flush=True)
        files |= made
    for name in manifest.write(folder, files, KIND).left:
        print(f"{name} stays as it is there: you wrote or changed it.")
    place = shlex.quote(str(folder))
    python = shlex.quote(sys.executable)
    print(f"To look at it: {python} -m http.server --bind 127.0.0.1 -d {place}")
    print("Then open http://127.0.0.1:8000 in a browser.")
    return 0


def need(parts):
    """A `CommandError` where a package is missing that these parts are built with."""
    names = [name for part in parts for name in PACKAGES[part]]
    if missing := [name for name in names if not find_spec(name)]:
        raise CommandError(
            f"{', '.join(missing)} is missing: pip install -r requirements-site.txt"
        )


def refuse(folder):
    """A `CommandError` where no site can be written."""
    before = manifest.read(folder) if folder.is_dir() else None
    if before is None:
        if folder.exists() and (not folder.is_dir() or any(folder.glob("[!.]*"))):
            raise CommandError(
                f"{folder} is there already; name a folder that is new, or empty but "
                "for hidden files, or a site made before"
            )
    elif before.kind != KIND:
        raise CommandError(f"{folder} holds a hand-out; name another folder")


def other_part(folder, part) -> dict:
    """What an earlier run made of the other part, as it wrote it: path -> bytes."""
    before = manifest.read(folder)
    found = {}
    for name, hashes in before.files.items() if before else ():
        path = folder / name
        if name.startswith("lite/") != (part == "lite") and path.is_file():
            data = path.read_bytes()
            if manifest.hash_of(data) in hashes:
                found[name] = data
    return found


def make_book() -> dict:
    from course.tools.book import build

    return build.build()


def make_lite() -> dict:
    from course.tools import lite

    with tempfile.TemporaryDirectory() as work:
        folder = Path(work, "lite")
        lite.build(folder)
        paths = (path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(work).as_posix(): path.read_bytes() for path in paths}
