"""Make slides of the notebooks, and look in a browser whether each slide fits.

    python notebooks/slides.py                       a deck of each notebook, beside it
    python notebooks/slides.py 05_sum_task.ipynb     only of this one
    python notebooks/slides.py --report              make nothing, list what doesn't fit

A deck is an HTML file, NAME.slides.html: open it in a browser and press the right arrow
key. It needs ``images/``, and the network for reveal.js and MathJax. ``--report`` needs
no network: it takes them from the packages in requirements-dev.txt.

What a slide is, the notebook's metadata say. In JupyterLab: the gears at the right,
Common Tools, Slide Type. 'Slide' and 'Sub-Slide' begin a new one, '-' goes on with it,
'Fragment' appears at the next key, 'Skip' is left out, and 'Notes' are for the speaker
(key S).
"""

import argparse
import contextlib
import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "benchmarks"))

import live

SMALLEST = 16  # pixels on a screen of 1280 x 720: no text of a slide is smaller
SLACK = 2  # pixels that may come from rounding

# 1. Making decks ---------------------------------------------------------------------


def make(paths, folder=None):
    """Turn notebooks into decks, with the settings in ``deck/``.

    Parameters
    ----------
    paths : list of path
        Notebooks.
    folder : path, optional
        Where the decks go; beside the notebooks if None.

    Raises
    ------
    RuntimeError
        With nbconvert's words, if it fails.
    """
    command = [sys.executable, "-m", "nbconvert", "--to", "slides"]
    command += ["--config", str(HERE / "deck" / "settings.py")]
    command += ["--output-dir", str(folder)] if folder else []
    command += [str(Path(path).resolve()) for path in paths]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"nbconvert failed:\n{done.stderr}")


# 2. reveal.js and MathJax without the network ----------------------------------------

# A part of an address -> the package that has the file, and its place there.
PLACES = [
    (r"/reveal\.js@[^/]*/(.*)", "sphinx_revealjs", r"_static/revealjs/\1"),
    (r"/mathjax@[^/]*/es5/(.*)", "sphinx-mathjax-offline", r"static/mathjax/\1"),
]


def missing() -> str:
    """Say in words what a look at slides needs that isn't here; empty if all is."""
    packages = {package for _, package, _ in PLACES}
    absent = sorted(each for each in packages if importlib.util.find_spec(each) is None)
    if absent:
        return (
            f"the packages {', '.join(absent)} are missing: "
            "pip install -r requirements-dev.txt"
        )
    return live.missing()


def answer(route):
    """Answer the browser's request from the installed packages; refuse all others."""
    address = route.request.url.partition("?")[0]
    if address.startswith("file:"):
        return route.continue_()
    for pattern, package, place in PLACES:
        found = re.search(pattern, address)
        if found:
            folder = importlib.util.find_spec(package).submodule_search_locations[0]
            path = Path(folder) / found.expand(place)
            if path.is_file():
                return route.fulfill(path=path)
    return route.abort()


# 3. Looking at slides ----------------------------------------------------------------


def make_to_look_at(paths, folder) -> list:
    """Make decks in a folder, beside the pictures they link to; return their paths."""
    target = Path(folder) / "notebooks"
    make(paths, target)
    for images in {Path(path).resolve().parent.parent / "images" for path in paths}:
        if images.is_dir():
            shutil.copytree(images, Path(folder) / "images", dirs_exist_ok=True)
    return [target / f"{Path(path).stem}.slides.html" for path in paths]


class Slide(NamedTuple):
    """One slide as the browser shows it, with its fragments, its answers unfolded."""

    number: int
    title: str  # its first words
    over: dict  # side -> pixels that stand out of the slide there
    scrolling: list  # what has more in it than it shows
    broken: list  # pictures that don't load
    smallest: float  # the smallest text, in pixels of the screen; inf without text
    is_empty: bool
    index: tuple  # reveal.js's own numbers of the slide

    @property
    def problems(self) -> list:
        """What is wrong, in words."""
        words = [
            f"{pixels:.0f} px over the {side}" for side, pixels in self.over.items()
        ]
        words += [f"needs scrolling: {each}" for each in self.scrolling]
        words += [f"the picture {each!r} doesn't load" for each in self.broken]
        if self.smallest < SMALLEST:
            words.append(f"text of {self.smallest:.0f} px, less than {SMALLEST}")
        return words + (["is empty"] if self.is_empty else [])


# Without it a picture may catch a fragment while it appears.
STILL = ".reveal .slides section .fragment { transition: none !important }"
READY = """async () => {
    await MathJax.startup.promise;
    await document.fonts.ready;
    await Promise.allSettled([...document.images].map(image => image.decode())) }"""
SETTLED = """() => new Promise(done => {
    const slide = Reveal.getCurrentSlide();
    for (const each of slide.querySelectorAll('details')) each.open = true;
    requestAnimationFrame(() => {
        Reveal.layout(); requestAnimationFrame(() => done(true)) }) })"""
LOOK = """slack => {
    const slide = Reveal.getCurrentSlide(), scale = Reveal.getScale();
    const frame = document.querySelector('.reveal .slides').getBoundingClientRect();
    const over = {top: 0, right: 0, bottom: 0, left: 0};
    const scrolling = [], broken = [], sizes = [];
    let isEmpty = true;

    // What is drawn in this rectangle must lie in the slide.
    const draw = r => {
        isEmpty = false;
        over.top = Math.max(over.top, (frame.top - r.top) / scale);
        over.left = Math.max(over.left, (frame.left - r.left) / scale);
        over.bottom = Math.max(over.bottom, (r.bottom - frame.bottom) / scale);
        over.right = Math.max(over.right, (r.right - frame.right) / scale) };
    const needsScrolling = (e, style) => e.clientWidth && (
        style.overflowY !== 'visible' && e.scrollHeight > e.clientHeight + slack ||
        style.overflowX !== 'visible' && e.scrollWidth > e.clientWidth + slack);
    const words = (e, length) =>
        e.textContent.trim().replace(/\\s+/g, ' ').slice(0, length);

    for (const e of slide.querySelectorAll('*')) {
        if (e.closest('aside.notes') || !e.checkVisibility()) continue;
        if (e.matches('img, mjx-container, mjx-math')) draw(e.getBoundingClientRect());
        if (e.matches('img') && !e.naturalWidth) broken.push(e.alt.slice(0, 30));
        // MathJax draws its letters without texts, and hides a second form of them.
        if (e.closest('mjx-container')) continue;
        const style = getComputedStyle(e);
        if (needsScrolling(e, style))
            scrolling.push(`${e.tagName.toLowerCase()} '${words(e, 30)}'`);
        for (const text of e.childNodes) {
            if (text.nodeType !== Node.TEXT_NODE || !text.textContent.trim()) continue;
            const range = document.createRange();
            range.selectNodeContents(text);
            for (const r of range.getClientRects()) if (r.width) draw(r);
            if (!e.closest('sub, sup')) sizes.push(parseFloat(style.fontSize) * scale) }
    }
    const at = Reveal.getIndices(), heading = slide.querySelector('h1, h2, h3');
    return {
        title: words(heading ?? slide, 50).replace('¶', ''),
        over: Object.fromEntries(Object.entries(over).filter(([_, px]) => px > slack)),
        scrolling, broken, isEmpty,
        smallest: sizes.length ? Math.min(...sizes) : null,
        index: [at.h, at.v ?? 0],
        isLast: Reveal.isLastSlide(),
        isWaiting: Boolean(slide.querySelector('.fragment:not(.visible)')) } }"""


@contextlib.contextmanager
def opened(browser, deck):
    """Open a deck at 1280 x 720, and wait until its formulas are set."""
    page = browser.new_page(viewport=live.SIZE)
    page.route("**/*", answer)
    page.goto(Path(deck).resolve().as_uri())
    page.add_style_tag(content=STILL)
    page.evaluate(READY)
    yield page
    page.close()


def look(page, pictures=None) -> list:
    """Walk through a deck with the right arrow key; return each `Slide`.

    Parameters
    ----------
    page : Page
        See `opened`.
    pictures : path, optional
        A folder that gets a PNG of each slide.
    """
    slides = []
    for _ in range(1000):  # far more keys than a deck needs
        page.evaluate(SETTLED)
        seen = page.evaluate(LOOK, SLACK)
        if not seen["isWaiting"]:
            slides.append(_slide(len(slides) + 1, seen))
            if pictures:
                page.screenshot(path=Path(pictures) / f"{len(slides):02}.png")
            if seen["isLast"]:
                break
        page.keyboard.press("ArrowRight")
    return slides


def _slide(number, seen):
    smallest = float("inf") if seen["smallest"] is None else seen["smallest"]
    return Slide(
        number, seen["title"], seen["over"], seen["scrolling"], seen["broken"],
        smallest, seen["isEmpty"], tuple(seen["index"]),
    )  # fmt: skip


def report(paths, pictures=None) -> bool:
    """Print what is wrong with each slide; return whether all are good."""
    good = True
    with tempfile.TemporaryDirectory() as folder, live.browser() as browser:
        for path, deck in zip(paths, make_to_look_at(paths, folder)):
            with opened(browser, deck) as page:
                slides = look(page, pictures and Path(pictures) / path.stem)
            bad = [slide for slide in slides if slide.problems]
            good = good and not bad
            print(
                f"{path.stem}: {len(slides)} slides, {len(bad)} don't fit", flush=True
            )
            for slide in bad:
                print(f"  {slide.number}. {slide.title!r}: {'; '.join(slide.problems)}")
    return good


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(description="Make slides of the notebooks.")
    parser.add_argument("names", nargs="*", help="file names; all notebooks if none")
    parser.add_argument(
        "--report", action="store_true", help="list the slides that don't fit"
    )
    parser.add_argument(
        "--pictures", metavar="FOLDER", help="with --report: a PNG of each slide"
    )
    options = parser.parse_args(arguments)
    paths = [Path(name) for name in options.names] or sorted(HERE.glob("*.ipynb"))
    paths = [path if path.exists() else HERE / path.name for path in paths]
    if not options.report:
        make(paths)
        print("\n".join(str(path.with_suffix(".slides.html")) for path in paths))
        return 0
    if missing():
        print(missing(), file=sys.stderr)
        return 2
    return 0 if report(paths, options.pictures) else 1


if __name__ == "__main__":
    sys.exit(main())
