"""Read a lesson's ``teaching.md``: how long it takes, and what to ask in it.

It has lessons of 45 minutes, ``## Lesson 1 of 2: TITLE``, whose steps name slides by their
titles, and what to ask, by the names of questions. Lines that go on are indented::

    - 10 min, *What a unit does*, *Layers*: what to do.
    - At home: *Units that die*.
    - **'minus two': what does this `relu` return for -2?** Right: '0.4'. Expect ...

The minutes follow a rule: 5 to begin a lesson; 3 for a question with its run; 11 to 15 for
an exercise at the learners' own machines, 15 to 20 for a long one; for the rest a third
more than alone (`course.tools.minutes`).
"""

import re
from typing import NamedTuple

from course.lessons import FOLDER

HEADING = re.compile(r"^## +(.*)$")
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

    @property
    def lessons(self) -> list:
        """The headings of its lessons of 45 minutes."""
        return list(dict.fromkeys(step.lesson for step in self.steps))


def path_of(name):
    return FOLDER / name / "teaching.md"


def read(name) -> Chapter:
    """The chapter of a lesson; without any words if there is none, as in a hand-out."""
    path = path_of(name)
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    chapter, heading = Chapter([], [], {}), ""
    for line in lines(text):
        if found := HEADING.match(line):
            heading = found[1]
        elif found := STEP.match(line):
            step = Step(heading, int(found[1]), titles(found[2]), found[3])
            chapter.steps.append(step)
        elif line.startswith("- At home: "):
            chapter.home.extend(titles(line))
        elif found := ASKED.match(line):
            chapter.questions[found[1]] = found[3]
    return chapter


def lines(text) -> list:
    """The lines of a chapter, each item of a list in one."""
    return re.sub(r"\n +", " ", text).splitlines()


def titles(words) -> list:
    return re.findall(r"\*([^*]+)\*", words)
