"""Write the playground as one page that needs nothing else: no server and no network."""

import html
import re
from urllib.parse import parse_qsl

from course.files import replacing
from course.playground import twin
from course.playground.joined import joined
from course.tools import ROOT, CommandError

EXAMPLE = 'playground circles.html --settings "data=circles&hidden=4,2"'
FOLDER = ROOT / "course" / "playground"


def add_arguments(parser):
    parser.add_argument("file", metavar="FILE", help="of the page: circles.html")
    what = "what it begins with, as the page writes it behind the # of its address"
    parser.add_argument("--settings", metavar="SETTINGS", default="", help=what)


def run(options) -> int:
    target = ROOT / options.file
    page = (FOLDER / "page.html").read_text(encoding="utf-8")
    mark = page.partition("<html")[0].encode()
    if target.exists() and not target.read_bytes().startswith(mark):
        raise CommandError(
            f"{target} is there already, and this command didn't make it"
        )
    try:
        twin.check(settings_of(options.settings))
    except (TypeError, ValueError) as error:
        raise CommandError(f"--settings: {error}") from None
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


def settings_of(address) -> dict:
    """The settings that an address tells, as in settings.js."""
    settings = {}
    for name, word in parse_qsl(address, keep_blank_values=True):
        spec, parts = twin.SPEC.get(name, {}), word.split(",") if word else []
        values = [float(x) for x in parts] if "least" in spec else parts
        if spec.get("of") == "points":
            values = [[float(x) for x in row.split()] for row in parts]
        is_list = "of" in spec or len(values) != 1
        settings[name] = values if is_list else values[0]
    settings.pop("v", None)
    return settings
