"""Write what pages say about all lessons: their tables, and the terms of the glossary.

It is between two marks, and comes from the lessons themselves: the titles of the notebooks,
the first words of each lesson's package, its chapter, its terms. And each chapter says how
many minutes its notebook takes.
"""

import re
from importlib import import_module

from course.lessons import NAMES, NOTEBOOKS, number_of
from course.tools import ROOT, CommandError, glossary, minutes, plan
from course.tools.cells import headings
from course.tools.notebooks import read

BLOCK = re.compile(r"(<!-- written by save -->\n).*?(<!-- end -->\n)", re.DOTALL)


def changes() -> dict:
    """The pages that lag behind: path -> the text that they should have."""
    tables = {
        "README.md": notebooks_table,
        "docs/teaching.md": chapters_table,
        "docs/glossary.md": terms_table,
    }
    new = {}
    for name, table in tables.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        if not BLOCK.search(text):
            raise CommandError(f"{name} lacks the marks around what save writes")
        new[ROOT / name] = with_table(text, table())
    for name, path in NOTEBOOKS.items():
        place = plan.path_of(name)
        chapter = place.read_text(encoding="utf-8")
        new[place] = minutes.of_notebook(path).stated_in(chapter)
    return {
        path: text
        for path, text in new.items()
        if path.read_text(encoding="utf-8") != text
    }


def notebooks_table():
    """The notebooks, what is learned in each, and its minutes."""
    yield "#", "Notebook", "What happens in it", "Minutes alone, about"
    for name, path in NOTEBOOKS.items():
        number, title = title_of(name)
        words = import_module(f"course.lessons.{name}").__doc__
        link = f"[{title}](notebooks/{path.name})"
        yield number, link, words, minutes.of_notebook(path).stated


def chapters_table():
    """The chapters, and for how many lessons of 45 minutes each is."""
    yield "Chapter", "Lessons"
    counts = {name: len(plan.read(name).lessons) for name in NAMES}
    for name, count in counts.items():
        place = plan.path_of(name).relative_to(ROOT).as_posix()
        yield f"[{'. '.join(title_of(name))}](../{place})", count
    yield "all", sum(counts.values())


def terms_table():
    """The terms by the alphabet, and where each is explained."""
    yield "Term", "What it is", "Explained in"
    for term, path, section in glossary.entries():
        link = f"[{number_of(term.lesson)}. {section}](../notebooks/{path.name})"
        yield term.name, term.text, link


def title_of(name) -> tuple:
    """The number and the title of a lesson, from the first words of its notebook."""
    [first, *_] = headings(read(NOTEBOOKS[name]).cells[0])
    return re.match(r"(\d+)\. ([^:]+)", first).groups()


def with_table(text, rows) -> str:
    """The text of a page with this table, whose first row is its head."""
    head, *rows = rows
    lines = [f"| {' | '.join(map(str, row))} |\n" for row in [head, *rows]]
    lines.insert(1, "|" + "---|" * len(head) + "\n")
    return BLOCK.sub(lambda found: "".join([found[1], *lines, found[2]]), text)
