"""Read docs/plan.md: what a lesson takes, and what to ask in it.

A chapter for each notebook, ``## 1. Activations``. In it lessons, ``### Lesson 1 of 2:
TITLE``, whose steps name slides by their titles, and what to ask, by the names of
questions. Lines that go on are indented by two spaces::

    - 10 min, *What a unit does*, *Layers*: what to do.
    - At home: *Units that die*.
    - **'minus two': what does this `relu` make of -2?** Right: '0.4'. Expect ...
"""

import re
from typing import NamedTuple

CHAPTER = re.compile(r"^## (\d+)\. .*$", re.MULTILINE)
HEADING = re.compile(r"^###? +(.*)$")
STEP = re.compile(r"^- (\d+) min, ((?:\*[^*]+\*(?:, )?)*):? *(.*)$", re.DOTALL)
ASKED = re.compile(r"^- \*\*'(.+?)':? *(.*?)\*\* *(.*)$", re.DOTALL)


class Step(NamedTuple):
    """One line of a plan."""

    lesson: str  # its heading
    minutes: int
    titles: list  # of the slides
    words: str


class Chapter(NamedTuple):
    """What is said of a notebook."""

    steps: list
    home: list  # titles of what no lesson has time for
    questions: dict  # name -> the words after the question's own


def read(text) -> dict[int, Chapter]:
    """The chapters by their notebooks' numbers."""
    _, *parts = CHAPTER.split(text)
    return {
        int(number): _chapter(part) for number, part in zip(parts[::2], parts[1::2])
    }


def _chapter(text):
    chapter, heading = Chapter([], [], {}), ""
    for line in re.sub(r"\n +", " ", text).splitlines():  # a bullet in one line
        if found := HEADING.match(line):
            heading = found[1]
        elif found := STEP.match(line):
            step = Step(heading, int(found[1]), _titles(found[2]), found[3])
            chapter.steps.append(step)
        elif line.startswith("- At home: "):
            chapter.home.extend(_titles(line))
        elif found := ASKED.match(line):
            chapter.questions[found[1]] = found[3]
    return chapter


def _titles(words):
    return re.findall(r"\*([^*]+)\*", words)
