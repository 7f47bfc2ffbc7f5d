"""Write the address of the course, as pyproject.toml has it, wherever it is needed.

That is the cell of each notebook which fetches the course, the links in the README by
which it opens without an install, and how to cite it. Without an address all are empty.
"""

import re
import tomllib
from typing import NamedTuple

from course.tools import ROOT, CommandError
from course.tools.notebooks import as_text, fetches, read

FIRST = "00_first_look"
ADDRESS = re.compile(r'^ADDRESS = "(.*?)"', re.MULTILINE)  # in the cell that fetches
# In the README, around the paragraph of links.
BLOCK = re.compile(
    r"(<!-- links: python -m course links -->\n).*?(<!-- end of links -->\n\n)",
    re.DOTALL,
)
FORM = r"(https?://[\w.-]+(:\d+)?|file://)(/[\w.~%+:-]+)*/?"
GITHUB = r"https://github\.com/([\w.-]+/[\w.-]+)"


class Addresses(NamedTuple):
    """Where the course is published; empty texts until it is."""

    repository: str
    site: str


def add_arguments(parser):
    pass


def run(options) -> int:
    for sentence in update():
        print(sentence)
    return 0


def update(course=ROOT) -> list[str]:
    """Write what has another address; say in sentences what was done."""
    found = addresses(course)
    changed = changes(found, course)
    for path, text in changed.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    said = [f"Wrote {path.relative_to(course).as_posix()}." for path in changed]
    if found.repository and not re.fullmatch(GITHUB, found.repository):
        said.append(
            f"{found.repository} is not of the form https://github.com/OWNER/NAME: so "
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
            f"{address!r} is no address: it begins with https://, without a user's name"
        )
    return address.rstrip("/").removesuffix(".git")


def buttons(stem=FIRST, found=None) -> list:
    """Where a notebook opens by a link: (label, address), none without an address."""
    repository, _ = found or addresses()
    github = re.fullmatch(GITHUB, repository)
    if not github:
        return []
    name, copy = github[1], f"lab/tree/my_course/{stem}.ipynb"
    file = f"{name}/blob/main/notebooks/{stem}.ipynb"
    return [
        ("Colab", f"https://colab.research.google.com/github/{file}"),
        ("Binder", f"https://mybinder.org/v2/gh/{name}/main?urlpath={copy}"),
        ("Codespaces", f"https://codespaces.new/{name}"),
    ]


def changes(found, course=ROOT) -> dict:
    """The files that have another address: path -> the text that they should have."""
    readme, citation = course / "README.md", course / "CITATION.cff"
    texts = {readme: in_readme(_text(readme), found)}
    texts[citation] = in_citation(_text(citation), found.repository)
    for path in sorted(course.glob("notebooks/*.ipynb")):
        texts[path] = as_text(in_notebook(read(path), found.repository))
    return {path: text for path, text in texts.items() if text != _text(path)}


def _text(path):
    return path.read_text(encoding="utf-8")


def in_notebook(notebook, address):
    """The notebook, changed: its cell that fetches does so from an address."""
    for cell in notebook.cells:
        if fetches(cell.source):
            cell.source = ADDRESS.sub(f'ADDRESS = "{address}"', cell.source)
    return notebook


def address_in(folder) -> str:
    """The address from which the notebooks in a folder fetch the course."""
    path = folder / "notebooks" / f"{FIRST}.ipynb"
    sources = [cell.source for cell in read(path).cells] if path.exists() else []
    [found] = [ADDRESS.search(text) for text in sources if fetches(text)] or [None]
    return found[1] if found else ""


def in_readme(text, found) -> str:
    """The README with its links, or without, if there is no address."""
    if not BLOCK.search(text):
        raise CommandError(
            "README.md lacks the line '<!-- links: ... -->' of its links"
        )
    return BLOCK.sub(lambda block: block[1] + _links(found) + block[2], text)


def in_citation(text, repository) -> str:
    """How to cite the course, with the address of its repository."""
    text = re.sub(r"(?m)^repository-code: .*\n", "", text)
    return text + f"repository-code: {repository}\n" * bool(repository)


def _links(found):
    """The paragraph of links: words, because pictures would come from other machines."""
    links = [f"[{label}]({url})" for label, url in buttons(FIRST, found)]
    sentences = []
    if links:
        sentences.append(
            f"Without an install, the first notebook opens in {', '.join(links[:-1])} or "
            f"{links[-1]}: [Where it runs](docs/where.md) says what works there."
        )
    if found.site:
        sentences.append(f"Only to read, there is [the book]({found.site}/).")
    return "\n" + " ".join(sentences) + "\n\n" if sentences else ""
