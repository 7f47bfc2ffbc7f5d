"""The terms of the course: a lesson's ``terms.toml`` has those that it explains first."""

import tomllib
from typing import NamedTuple

from course import sealed
from course.lessons import FOLDER, NAMES


class Term(NamedTuple):
    """A term, and where it is explained."""

    name: str
    lesson: str
    cell: str  # the id of the text that explains it
    text: str  # what it is, in one line
    forms: tuple = ()  # other words for it


def load_all() -> list[Term]:
    """The terms of all lessons, in the order of the course."""
    terms = []
    for lesson in NAMES:
        tables = tomllib.loads(sealed.read(FOLDER / lesson / "terms.toml"))
        terms += [Term(lesson=lesson, **fields) for fields in tables.get("term", [])]
    return terms
