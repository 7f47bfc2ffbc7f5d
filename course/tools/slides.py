"""Make slides of the notebooks, and look in a browser whether each slide fits.

A deck is an HTML file beside its notebook, NAME.slides.html: open it in a browser and
press the right arrow key. It needs ``images/``, and the network for reveal.js and
MathJax. The look at the slides needs no network: it takes them from the packages in
requirements-dev.txt.

What a slide is, the notebook's metadata say. In JupyterLab: the gears at the right,
Common Tools, Slide Type. 'Slide' and 'Sub-Slide' begin a new one, '-' goes on with it,
'Fragment' appears at the next key, 'Skip' is left out, and 'Notes' are for the speaker
(key S).
"""

import contextlib
import re
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from nbconvert import SlidesExporter

from course.tools import ROOT, CommandError, demo, find_notebooks, live

DECK = Path(__file__).with_name("deck")  # the template
SMALLEST = 16  # pixels on a screen of 1280 x 720: no text of a slide is smaller
SLACK = 2  # pixels that may come from rounding


def add_arguments(parser):
    parser.add_argument("names", nargs="*", help="notebooks; all if none is named")
    parser.add_argument(
        "--report", action="store_true", help="make nothing, list what doesn't fit"
    )
    parser.add_argument(
        "--pictures", metavar="FOLDER", help="with --report: a PNG of each slide"
    )


def run(options) -> int:
    paths = find_notebooks(options.names)
    if options.report:
        return 0 if report(paths, options.pictures and ROOT / options.pictures) else 1
    for path in paths:
        print(make(path, path.parent))
        print(demo.make(path, ROOT / "demo"))
    return 0


# 1. Making decks ---------------------------------------------------------------------


def make(notebook, folder):
    """Turn a notebook into a deck in a folder; return its path."""
    exporter = SlidesExporter(
        extra_template_basedirs=[str(DECK.parent)],
        template_name=DECK.name,
        reveal_width="1280",
        reveal_height="720",
        reveal_theme="white",  # asks for no fonts of other sites
        reveal_transition="none",
        reveal_number="c/t",
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
    text, _ = exporter.from_filename(str(notebook))
    deck = folder / f"{notebook.stem}.slides.html"
    deck.write_text(text, encoding="utf-8", newline="\n")
    return deck


def make_with_pictures(notebook, folder):
    """Make a deck in ``folder/notebooks``, beside the pictures that it links to."""
    (folder / "notebooks").mkdir(parents=True, exist_ok=True)
    images = notebook.parent.parent / "images"
    if images.is_dir():
        shutil.copytree(images, folder / "images", dirs_exist_ok=True)
    return make(notebook, folder / "notebooks")


# 2. reveal.js and MathJax without the network ----------------------------------------

# A part of an address -> the package that has the file, and its place there.
PLACES = [
    (r"/reveal\.js@[^/]*/(.*)", "sphinx_revealjs", r"_static/revealjs/\1"),
    (r"/mathjax@[^/]*/es5/(.*)", "sphinx-mathjax-offline", r"static/mathjax/\1"),
]


def missing() -> str:
    """Say what a look at slides needs that isn't here; empty if all is."""
    absent = [package for _, package, _ in PLACES if find_spec(package) is None]
    if absent:
        return f"packages are missing, {', '.join(absent)}: {live.INSTALL}"
    return live.missing()


def answer(route):
    """Answer the browser's request from the installed packages; refuse all others."""
    address = route.request.url.partition("?")[0]
    if address.startswith("file:"):
        return route.continue_()
    for pattern, package, place in PLACES:
        found = re.search(pattern, address)
        if found:
            folder = find_spec(package).submodule_search_locations[0]
            path = Path(folder) / found.expand(place)
            if path.is_file():
                return route.fulfill(path=path)
    return route.abort()


# 3. Looking at slides ----------------------------------------------------------------


class Slide(NamedTuple):
    """One slide as the browser shows it, with its fragments, its answers unfolded."""

    number: int
    title: str  # its first words
    over: dict  # side -> pixels that stand out of the slide there
    scrolling: list  # what has more in it than it shows
    broken: list  # pictures that don't load
    smallest: float  # the smallest text, in pixels of the screen; inf without text
    is_empty: bool
    index: list  # reveal.js's own two numbers of the slide

    @property
    def problems(self) -> list:
        """What is wrong, in words."""
        found = [f"{px:.0f} px over the {side}" for side, px in self.over.items()]
        found += [f"needs scrolling: {element}" for element in self.scrolling]
        found += [f"the picture {alt!r} doesn't load" for alt in self.broken]
        if self.smallest < SMALLEST:
            found.append(f"text of {self.smallest:.0f} px, less than {SMALLEST}")
        return found + (["is empty"] if self.is_empty else [])


# Without it a picture may catch a fragment while it appears.
STILL = ".reveal .slides section .fragment { transition: none !important }"


@contextlib.contextmanager
def opened(browser, deck):
    """Open a deck at 1280 x 720, and wait until its formulas are set."""
    page = browser.new_page(viewport=live.SIZE)
    page.route("**/*", answer)
    page.goto(deck.as_uri())
    page.add_style_tag(content=STILL)
    page.add_script_tag(path=DECK / "look.js")
    page.evaluate("isReady()")
    yield page
    page.close()


def walk(page, pictures=None) -> list[Slide]:
    """Go through a deck with the right arrow key; ``pictures`` gets a PNG of each."""
    slides = []
    for _ in range(1000):  # far more keys than a deck needs
        page.evaluate("unfold()")
        seen = page.evaluate(f"look({SLACK})")
        if not seen["is_waiting"]:
            slides.append(Slide(len(slides) + 1, **seen["slide"]))
            if pictures:
                page.screenshot(path=pictures / f"{len(slides):02}.png")
            if seen["is_last"]:
                break
        page.keyboard.press("ArrowRight")
    return slides


def report(paths, pictures=None) -> bool:
    """Print what is wrong with each slide; return whether all are good."""
    if missing():
        raise CommandError(missing())
    all_good = True
    with tempfile.TemporaryDirectory() as folder, live.browser() as browser:
        for path in paths:
            with opened(browser, make_with_pictures(path, Path(folder))) as page:
                slides = walk(page, pictures and pictures / path.stem)
            bad = [slide for slide in slides if slide.problems]
            all_good = all_good and not bad
            print(
                f"{path.stem}: {len(slides)} slides, {len(bad)} don't fit", flush=True
            )
            for slide in bad:
                print(f"  {slide.number}. {slide.title!r}: {'; '.join(slide.problems)}")
    return all_good
