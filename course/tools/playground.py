"""Write the playground as one page that needs nothing else: no server and no network."""

import html
import re

from course.files import replacing
from course.playground.joined import joined
from course.tools import ROOT, CommandError

EXAMPLE = 'playground circles.html --settings "data=circles&hidden=4,2"'
FOLDER = ROOT / "course" / "playground"


def add_arguments(parser):
    parser.add_argument("file", metavar="FILE", help="of the page: circles.html")
    what = "what it begins with, as the page writes it behind the # of its address"
    parser.add_argument("--settings", default="", help=what)


def run(options) -> int:
    target = ROOT / options.file
    page = (FOLDER / "page.html").read_text(encoding="utf-8")
    mark = page.partition("<html")[0].encode()
    if target.exists() and not target.read_bytes().startswith(mark):
        raise CommandError(f"{target} is there already, and is no playground")
    parts = {
        "STYLE": (FOLDER / "playground.css").read_text(encoding="utf-8"),
        "START": html.escape(options.settings),
        "SCRIPT": joined(FOLDER / "mount.js").replace("</", r"<\/"),
    }
    page = re.sub("|".join(parts), lambda place: parts[place[0]], page)
    with replacing(target) as file:
        file.write(page.encode())
    print(f"{target} is the whole playground: open it in a browser, or send it.")
    return 0
