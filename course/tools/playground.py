"""Write the playground as one page that needs nothing else: no server and no network."""

import html
import re

from course.files import replacing
from course.page import LOOKS, css
from course.page.modules import together
from course.tools import ROOT, CommandError

EXAMPLE = 'playground circles.html --settings "data=circles&hidden=4,2"'
FOLDER = ROOT / "course" / "playground"
SHEET = css(LOOKS, FOLDER / "playground.css")


def add_arguments(parser):
    parser.add_argument("file", metavar="FILE", help="of the page: circles.html")
    what = "what it starts with, as the page writes it after the # of its address"
    parser.add_argument("--settings", default="", help=what)


def run(options) -> int:
    target, page = ROOT / options.file, whole_page(options.settings)
    if not target.parent.is_dir():
        raise CommandError(f"there is no folder for {options.file}: make it first")
    if target.is_dir():
        raise CommandError(f"{target} is a folder: name a file in it")
    mark = page.partition(b"<html")[0]
    if target.exists() and not target.read_bytes().startswith(mark):
        why = f"{target} already exists and isn't a playground"
        raise CommandError(f"{why}: name another")
    with replacing(target) as file:
        file.write(page)
    print(f"{target} is the whole playground: open it in a browser, or send it.")
    return 0


def whole_page(settings="") -> bytes:
    """The page, which begins with the settings of this address."""
    parts = {
        "STYLE": SHEET,
        "START": html.escape(settings),
        "SCRIPT": together(FOLDER / "mount.js").replace("</", r"<\/"),
    }
    page = (FOLDER / "page.html").read_text(encoding="utf-8")
    return re.sub("|".join(parts), lambda place: parts[place[0]], page).encode()
