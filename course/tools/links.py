"""Write the address of the course, as pyproject.toml has it, wherever it is needed.

In each notebook that is a cell which fetches the course, in the README the links that open
it without an install, and in CITATION.cff how to cite it. Without an address there are none.
"""

import re
import tomllib
from typing import NamedTuple

from nbformat import v4

from course.tools import ROOT, CommandError
from course.tools.notebooks import as_text, read, without_fetching

EXAMPLE = "links"

FIRST = "00_first_look"
# In the README, around the paragraph of links.
BEGIN, END = "<!-- links: python -m course links -->\n", "<!-- end of links -->\n\n"
BLOCK = re.compile(f"{BEGIN}.*?{END}", re.DOTALL)
FORM = r"(?:https?://[\w.-]+(?::\d+)?|file://)(?:/[\w.~%+:-]+)*/?"
GITHUB = r"https://github\.com/([\w.-]+/[\w.-]+)"
COLAB = "https://colab.research.google.com/github"
FETCH = """\
# @markdown Fetches the course if it isn't here, as in Colab: run this, and go on.{}
import os, sys
if not os.path.exists("../mlp_core.py"):
    os.path.exists("neural_networks/mlp_core.py") or get_ipython().system(f'git clone -q \
--depth 1 {} neural_networks && "{{sys.executable}}" -m pip install -qq anywidget \
cloudpickle psutil')
    assert os.path.exists("neural_networks/mlp_core.py"), "The course isn't here: git says why, above."
    os.chdir("neural_networks/notebooks")"""
OTHERS = f" In Colab, open the other notebooks [from this list]({COLAB}/{{}}/)."
FOLDED = {"cellView": "form", "jupyter": {"source_hidden": True}}
FOLDED |= {"slideshow": {"slide_type": "skip"}, "tags": ["nbval-ignore-output"]}
# In a notebook's file; a cell of an older version has a line for the address.
FETCHED = re.compile(rf'(?:--depth 1 |ADDRESS = \\")({FORM})')


class Addresses(NamedTuple):
    """Where the course is published; empty texts until it is."""

    repository: str
    site: str


def add_arguments(parser):
    pass


def run(options) -> int:
    print(*update(), sep="\n")
    return 0


def update(course=ROOT) -> list[str]:
    """Write what has another address; say in sentences what was done."""
    found, said = addresses(course), []
    for path, text in changes(found, course).items():
        path.write_text(text, encoding="utf-8", newline="\n")
        said.append(f"Wrote {path.relative_to(course).as_posix()}.")
    if found.repository and not _on_github(found.repository):
        said.append(
            f"{found.repository} is not of the form https://github.com/OWNER/NAME, so "
            "there are no links to Colab, Binder and Codespaces."
        )
    return said or ["Nothing has changed."]


def addresses(course=ROOT) -> Addresses:
    """The addresses in pyproject.toml."""
    try:
        urls = tomllib.loads(_text(course / "pyproject.toml"))["project"]["urls"]
        return Addresses(checked(urls["Repository"]), checked(urls["Site"]))
    except (KeyError, tomllib.TOMLDecodeError) as error:
        raise CommandError(f"pyproject.toml, [project.urls]: {error}") from None


def checked(address) -> str:
    """An address in its shortest form; the cell that fetches hands it to a shell."""
    if address and not re.fullmatch(FORM, str(address)):
        raise CommandError(
            f"{address!r} is not an address, which begins with https://, without a user's name"
        )
    address = address.rstrip("/").removesuffix(".git")
    if re.match(r"https?://github\.com(/|$)", address) and not _on_github(address):
        raise CommandError(
            f"{address} is not of the form https://github.com/OWNER/NAME"
        )
    return address


def buttons(stem, found) -> list:
    """Where a notebook opens by a link: (label, address), none without an address."""
    name = _on_github(found.repository)
    if not name:
        return []
    copy = f"lab/tree/my_course/{stem}.ipynb"
    return [
        ("Colab", f"{COLAB}/{name}/blob/main/notebooks/{stem}.ipynb"),
        ("Binder", f"https://mybinder.org/v2/gh/{name}/main?urlpath={copy}"),
        ("Codespaces", f"https://codespaces.new/{name}"),
    ]


def _on_github(address):
    """The OWNER/NAME of a repository there; empty if it is elsewhere."""
    found = re.fullmatch(GITHUB, address)
    return found[1] if found else ""


def changes(found, course=ROOT) -> dict:
    """The files that have another address: path -> the text that they should have."""
    readme, citation = course / "README.md", course / "CITATION.cff"
    texts = {readme: in_readme(_text(readme), found)}
    texts[citation] = in_citation(_text(citation), found.repository)
    for path in course.glob("notebooks/*.ipynb"):
        texts[path] = as_text(in_notebook(read(path), found.repository))
    return {path: texts[path] for path in sorted(texts) if texts[path] != _text(path)}


def _text(path):
    return path.read_text(encoding="utf-8")


def in_notebook(notebook, address):
    """The notebook, changed: with a cell that fetches, if there is an address."""
    notebook = without_fetching(notebook)
    if address:
        name = _on_github(address)
        source = FETCH.format(OTHERS.format(name) * bool(name), address)
        fetch = v4.new_code_cell(source, id="fetch", metadata=FOLDED, execution_count=0)
        kinds = [cell.cell_type for cell in notebook.cells]
        notebook.cells.insert(kinds.index("code"), fetch)
    return notebook


def address_in(folder) -> str:
    """The address from which the notebooks in a folder fetch the course."""
    path = folder / "notebooks" / f"{FIRST}.ipynb"
    found = FETCHED.search(_text(path)) if path.exists() else None
    return found[1] if found else ""


def in_readme(text, found) -> str:
    """The README with its links, or without, if there is no address."""
    if not BLOCK.search(text):
        raise CommandError("README.md lacks the line '<!-- links: ... -->' of links")
    return BLOCK.sub(BEGIN + paragraph(found) + END, text)


def paragraph(found) -> str:
    """The links of a README, with an empty line below; nothing without an address."""
    links = [f"[{label}]({url})" for label, url in buttons(FIRST, found)]
    said = []  # in words: pictures would come from other machines
    if links:
        said.append(
            f"Without an install, you can open the first notebook in {', '.join(links[:-1])} "
            f"or {links[-1]}; [Where it runs](docs/where.md) says what works there."
        )
    if found.site:
        said.append(f"Just to read, there is [the book]({found.site}/).")
    return f"{' '.join(said)}\n\n" if said else ""


def in_citation(text, repository) -> str:
    """How to cite the course, with the address of its repository."""
    text = re.sub(r"(?m)^repository-code: .*\n", "", text)
    return text + f"repository-code: {repository}\n" * bool(repository)
