"""Make decks of slides from the notebooks.

A folder holds NAME.html for each notebook; whatever they load is in its ``parts/``, so that
no network is needed. Open one in a browser and press the right arrow key. The demo notebooks
of ``demo.py`` are made as well.

The notebook's metadata say where a slide begins. In JupyterLab: the gears at the right,
Common Tools, Slide Type. 'Slide' and 'Sub-Slide' begin a new one, '-' continues it,
'Fragment' appears at the next key, 'Skip' is left out. What is too much for a slide flows on
to another one, see ``deck/layout.js``.
"""

import re
import shutil
from importlib.util import find_spec
from pathlib import Path

from nbclient.exceptions import CellControlSignal, CellExecutionError, DeadKernelError
from nbconvert import SlidesExporter

from course.lessons import NAMES, load_questions, name_of
from course.pictures import on_slides
from course.tools import ROOT, CommandError, demo, find_notebooks, notebooks, plan, save
from course.tools.deck import notebook_slides

EXAMPLE = "slides 03_forward"
DECK = Path(notebook_slides.__file__).parent


def add_arguments(parser):
    parser.add_argument("names", nargs="*", help="notebooks; without a name, all")
    what = "where the slides go (%(default)s); demos go to demo"
    parser.add_argument("--folder", default="decks", help=what)


def run(options) -> int:
    paths = find_notebooks(options.names)
    for path in paths:  # first, since they need no further packages
        print(demo.make(path, ROOT / "demo"))
    for path in make(paths, ROOT / options.folder):
        print(path)
    return 0


# A package -> the files of it that decks load.
PACKAGES = {
    "sphinx_revealjs": [
        "_static/revealjs/dist/reveal.js",
        "_static/revealjs/dist/reveal.css",
        "_static/revealjs/plugin/notes/notes.js",
    ],
    "sphinx-mathjax-offline": ["static/mathjax/tex-svg-full.js"],
}


def make(paths, folder) -> list[Path]:
    """Run notebooks and turn them into decks in a folder; return their paths."""
    copy_parts(folder / "parts")
    decks = []
    for path in paths:
        print(f"{path.stem} is running, to draw its pictures for slides", flush=True)
        decks.append(write_deck(ran(path), path.stem, folder))
    return decks


def ran(path):
    """A notebook as it is when it has run, its pictures drawn for slides, too."""
    try:
        done = save.execute(notebooks.read(path), path.parent, **on_slides.SWITCH)
    except (CellControlSignal, DeadKernelError) as error:
        words = re.sub(r"\x1b\[[\d;]*m", "", str(error)).strip().splitlines()
        why = words[-1] if isinstance(error, CellExecutionError) else words[0]
        raise CommandError(f"{path.stem} fails: {why}") from None
    return save.normalize(done)


def write_deck(notebook, name, folder) -> Path:
    """Write the deck of a notebook that has run, beside its ``parts/``; return its path."""
    exporter = SlidesExporter(
        extra_template_basedirs=[str(DECK)],
        template_name="template",
        exclude_anchor_links=True,
    )
    lesson = name_of(name)
    asked = load_questions(lesson).predictions if lesson in NAMES else {}
    shown = notebook_slides.as_slides(notebook, asked, plan.read(lesson))
    resources = {"metadata": {"name": name}}
    text, _ = exporter.from_notebook_node(shown, resources=resources)
    deck = folder / f"{name}.html"
    deck.write_text(text, encoding="utf-8", newline="\n")
    return deck


def missing() -> str:
    """Say what decks need that isn't here; empty if nothing is missing."""
    absent = [package for package in PACKAGES if find_spec(package) is None]
    return f"decks need more packages: pip install {' '.join(absent)}" if absent else ""


def copy_parts(folder):
    """Copy what all decks load, from packages and from here."""
    if missing():
        raise CommandError(missing())
    folder.mkdir(parents=True, exist_ok=True)
    for package, files in PACKAGES.items():
        [place] = find_spec(package).submodule_search_locations
        for file in files:
            shutil.copy(Path(place) / file, folder)
    for name in ("layout.js", "deck.js", "deck.css"):
        shutil.copy(DECK / name, folder)
