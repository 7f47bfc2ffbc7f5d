"""List the terms of the course, with what each is and where it is explained."""

import os
import re

from course.lessons import NOTEBOOKS, terms
from course.tools import CommandError
from course.tools.cells import headings
from course.tools.notebooks import read

EXAMPLE = "glossary gradient"


def add_arguments(parser):
    parser.add_argument(
        "term", nargs="*", help="only those with these words, in any form"
    )


def run(options) -> int:
    wanted = " ".join(options.term).lower()
    named, told = [], []
    for term, path, section in entries():
        line = f"{term.name}: {term.text} ({path.stem}, '{section}')"
        names = " ".join([term.name, *term.forms])
        if wanted in names.lower() or _holds(names, wanted):
            named.append(line)
        elif _holds(f"{names} {term.text}", wanted):
            told.append(line)
    found = [*named, *told]
    nothing = f"No term has {wanted!r} in its name or its explanation. Leave it out to see all."
    print("\n".join(found) or nothing)
    return 0 if found else 1


def _holds(text, wanted):
    """Whether a text has each of these words, in any form."""
    others = re.findall(r"\w+", text.lower())
    return all(any(_alike(word, other) for other in others) for word in wanted.split())


def _alike(word, other):
    """Whether two words differ in their ends only: 'diverged' and 'diverging'."""
    stem = os.path.commonprefix([word, other])
    return len(stem) >= max(4, min(len(word), len(other)) - 2)


def entries(notebook_in=read) -> list:
    """Each term with the notebook and the section that explain it, by the alphabet."""
    sections = {name: sections_of(notebook_in(at)) for name, at in NOTEBOOKS.items()}
    found = []
    for term in sorted(terms.load_all(), key=lambda term: term.name.lower()):
        path, known = NOTEBOOKS[term.lesson], sections[term.lesson]
        if term.cell not in known:
            raise CommandError(
                f"{term.lesson}/terms.toml: {term.name!r} is explained in the cell "
                f"{term.cell!r}, but {path.name} has no text with this id"
            )
        found.append((term, path, known[term.cell]))
    return found


def sections_of(notebook) -> dict:
    """The section in which each text of a notebook stands: cell id -> heading."""
    sections, heading = {}, ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            found = [re.sub(r"^\d+\. ", "", words) for words in headings(cell)]
            sections[cell.id] = found[0] if found else heading
            heading = found[-1] if found else heading
    return sections
