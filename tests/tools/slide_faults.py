"""Walk through a deck in a browser, and judge each slide.

Text has to be 28 px high, in tables 24, in code 22. Not counted are what is raised or
lowered, formulas, and what stands inside of pictures.
"""

import contextlib
from pathlib import Path
from typing import NamedTuple

from tests import live

MOST = 60  # slides in a deck
SLACK = 2  # pixels that may come from rounding


class Slide(NamedTuple):
    """One slide as the browser shows it, with its fragments, its answers unfolded."""

    number: int
    title: str
    over: dict  # side -> pixels that stand out of the slide there
    others: list  # what else is wrong with it
    notes: str
    index: list  # reveal.js's own two numbers of the slide

    @property
    def problems(self) -> list:
        """What is wrong, in words."""
        found = [] if self.title else ["has no title"]
        found += [f"{px:.0f} px over the {side}" for side, px in self.over.items()]
        return found + self.others


# Without it a picture may catch a fragment while it appears.
STILL = ".reveal .slides section .fragment { transition: none !important }"


@contextlib.contextmanager
def opened(browser, deck):
    """Open a deck at 1280 x 720, and wait until it is laid out."""
    page = live.new_page(browser, viewport=live.SIZE)
    page.goto(deck.as_uri())
    page.add_style_tag(content=STILL)
    page.add_script_tag(path=Path(__file__).with_name("slide_faults.js"))
    page.evaluate("deckIsReady")
    yield page
    page.close()


def walk(page, pictures=None) -> list[Slide]:
    """Go through a deck with the right arrow key; ``pictures`` gets a PNG of each."""
    slides = []
    for _ in range(1000):  # far more keys than a deck needs
        seen = page.evaluate(f"look({SLACK})")
        if not seen["is_waiting"]:
            slides.append(Slide(len(slides) + 1, **seen["slide"]))
            if pictures:
                page.screenshot(path=pictures / f"{len(slides):02}.png")
            if seen["is_last"]:
                break
        page.keyboard.press("ArrowRight")
    return slides


def faults(slides) -> list[str]:
    """What is wrong with a deck, in words."""
    found = [f"{len(slides)} slides, more than {MOST}"] if len(slides) > MOST else []
    return found + [
        f"{slide.number}. {slide.title!r}: {'; '.join(slide.problems)}"
        for slide in slides
        if slide.problems
    ]
