"""List the terms of the course, with what each is and where it is explained."""

import re

from course.lessons import NOTEBOOKS, terms
from course.tools.cells import headings
from course.tools.notebooks import read

EXAMPLE = "glossary gradient"


def add_arguments(parser):
    parser.add_argument("term", nargs="*", help="only terms that hold these words")


def run(options) -> int:
    wanted = " ".join(options.term).lower()
    found = [entry for entry in entries() if wanted in entry[0].name.lower()]
    for term, path, section in found:
        print(f"{term.name}: {term.text} ({path.stem}, '{section}')")
    if not found:
        print(f"There is no term with {wanted!r} in it.")
    return 0 if found else 1


def entries() -> list:
    """Each term with the notebook and the section that explain it, by the alphabet."""
    sections = {name: sections_of(read(path)) for name, path in NOTEBOOKS.items()}
    return [
        (term, NOTEBOOKS[term.lesson], sections[term.lesson][term.cell])
        for term in sorted(terms.load_all(), key=lambda term: term.name.lower())
    ]


def sections_of(notebook) -> dict:
    """The section in which each text of a notebook stands: cell id -> heading."""
    sections, heading = {}, ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            found = [re.sub(r"^\d+\. ", "", words) for words in headings(cell)]
            sections[cell.id] = found[0] if found else heading
            heading = found[-1] if found else heading
    return sections
