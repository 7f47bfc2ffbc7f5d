"""Build a site of the course: a book to read, and notebooks that run in a browser alone.

A folder gets the book, and in its ``lite/`` JupyterLite. It is new, or empty but for
hidden files, such as a ``.git``, or holds a site already, which is brought up to date.
"""

from course.tools import ROOT, CommandError, manifest

KIND = "site"


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
    if options.check:
        from course.tools import lite

        return lite.check(options.check)
    if options.folder is None:
        raise CommandError("name a folder: python -m course site ../site")
    folder = (ROOT / options.folder).resolve()
    refuse(folder)
    if options.only != "lite":
        make_book(folder)
    if options.only != "book":
        make_lite(folder)
    print(f"To look at it: python -m http.server --bind 127.0.0.1 -d {folder}")
    print("Then open http://127.0.0.1:8000 in a browser.")
    return 0


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


def make_book(folder):
    from course.tools.book import build

    files = build.build()
    changes = manifest.write(folder, files, KIND)
    size = sum(map(len, files.values())) / 1e6
    pages = sum(name.endswith(".html") for name in files)
    print(f"The book: {pages} pages, {size:.0f} MB, in {folder}", flush=True)
    for name in changes.left:
        print(f"{name} stays as it is there: you wrote or changed it.", flush=True)


def make_lite(folder):
    from course.tools import lite

    if manifest.read(folder) is None:
        manifest.write(folder, {}, KIND)  # so that the book can come later
    lite.build(folder / "lite")
