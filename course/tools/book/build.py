"""Build the book: pages from notebooks and documents, made by Jupyter Book."""

import html
import re
import shutil
import tempfile
import tomllib
from importlib.util import find_spec
from pathlib import Path
from string import Template

from course.lessons import NAMES
from course.page.modules import together
from course.playground import twin, widget
from course.tools import (
    ROOT,
    CommandError,
    find_notebooks,
    links,
    markdown,
    notebooks,
    plan,
    playground,
)
from course.tools.book.notebook_page import alive, as_page, slug
from course.tools.cells import headings

FOLDER = Path(__file__).parent
SETTINGS = tomllib.loads((FOLDER / "settings.toml").read_text(encoding="utf-8"))
DOCUMENTS = ["learning.md", "where.md", "teaching.md", "glossary.md"]  # in docs/
CHAPTERS = {plan.path_of(name): f"teaching_{name}.md" for name in NAMES}
# The playground of the first page; it learns within seconds, also on a slow phone.
FIRST = {"data": "circles", "hidden": [4], "learning_rate": 1, "seed": 0}
SHOWN = ["data", "learning_rate", "seed", "step", "loss"]
STILL = {"step": 300}  # of its picture
CONTENTS = "\n```{{toctree}}\n:hidden:\n{}\n```\n"
# Files that no page loads.
UNUSED = ("*.map", "*.ttf", "locales/*/*/*", "objects.inv", ".buildinfo")
# Its words in place of the ones that are seen would be read aloud.
SILENT = b' aria-label="Toggle hidden content"'


def build(address="", has_solutions=True) -> dict:
    """The files of the book, path -> bytes; with an address it is for that class."""
    with tempfile.TemporaryDirectory() as folder:
        pages, book = Path(folder, "pages"), Path(folder, "book")
        write_pages(pages, address, has_solutions)
        run_jupyter_book(pages, book)
        [package] = find_spec("sphinx-mathjax-offline").submodule_search_locations
        mathjax = Path(package, "static", "mathjax", SETTINGS["mathjax_path"])
        shutil.copy(mathjax, book / "_static")
        return dict(_files(book)) | playground_files()


def write_pages(folder, address="", has_solutions=True):
    """Write the sources of all pages, and what they show."""
    shutil.copytree(FOLDER / "pages", folder)
    shutil.copy(ROOT / "mlp_core.py", folder)
    is_for_class = address or not has_solutions  # no link to ours, which has them
    published = links.Addresses(address, "") if is_for_class else links.addresses()
    texts, titles = {}, []
    for path in find_notebooks([]):
        buttons = links.buttons(path.stem, published)
        page = as_page(notebooks.read(path), buttons, has_solutions)
        refuse_strays(path.name, page)
        texts[path.name] = notebooks.as_text(page)
        titles.append(headings(page.cells[0])[0])
    names = [name for name in DOCUMENTS if name != "teaching.md" or not is_for_class]
    texts |= {name: document(ROOT / "docs" / name, published) for name in names}
    texts["glossary.md"] = with_sections(texts["glossary.md"], titles)
    texts["index.md"] = home(published, [*texts, "mlp_core.md"])
    if not is_for_class:
        texts["teaching.md"] += CONTENTS.format("\n".join(CHAPTERS.values()))
        texts |= {name: chapter(at, published) for at, name in CHAPTERS.items()}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def refuse_strays(name, page):
    """A `CommandError` where a notebook links to what is no page of the book."""
    known = {"", "mlp_core.md", "where.md", *(path.name for path in find_notebooks([]))}
    texts = (cell.source for cell in page.cells if cell.cell_type == "markdown")
    for _, file, _ in markdown.LINK.findall("\n".join(texts)):
        if file not in known:
            raise CommandError(
                f"{name} links to {file}, which isn't a page of the book: link to a "
                "notebook, or name the file without a link"
            )


def playground_files() -> dict:
    """What pages with a playground load, and the page of its own."""
    return {
        "_static/playground.css": playground.SHEET.encode(),
        "_static/playground.js": together(playground.FOLDER / "book.js").encode(),
        "_static/playground.png": still().png,
        "playground.html": playground.whole_page(),
    }


def home(published, names) -> str:
    """The first page: the README's first words, the ways on, and its list of notebooks."""
    readme = document(ROOT / "README.md", published)
    page = Template((FOLDER / "pages" / "index.md").read_text(encoding="utf-8"))
    return page.substitute(
        words=re.split(r"(?m)^!\[", readme, maxsplit=1)[0],
        ways=ways(published, "teaching.md" in names),
        launch=launch(published),
        alt=html.escape(still().alt),
        playground=alive([FIRST | {"hide": twin.others("show", SHOWN)}], " data-plays"),
        more=re.search(r"(?ms)^\[Learning\].*?(?=\n\n)", readme)[0],
        notebooks=re.search(r"(?ms)^## The notebooks\n.*?(?=^## )", readme)[0],
        contents=CONTENTS.format("\n".join(names)),
    )


def ways(published, is_taught) -> str:
    """Where a reader can go next, as links, only to what is there."""
    known = [("Begin: 0. First look", f"{links.FIRST}.ipynb")]
    known += [("For teachers", "teaching.md")] * is_taught
    known += [("The repository", published.repository)] * bool(published.repository)
    return in_a_row(known)


def launch(published) -> str:
    """Where the first notebook opens by a link, as a paragraph; none without an address."""
    known = links.buttons(links.FIRST, published)
    return "{.launch}\nRun it without an install: " * bool(known) + in_a_row(known)


def in_a_row(known) -> str:
    """Links in Markdown, from (label, address)."""
    return " ".join(f"[{label}]({address})" for label, address in known)


def still():
    """The picture of the first page where no script runs."""
    return widget.picture(twin.Run(FIRST | STILL))


def document(path, published) -> str:
    """A document of the repository as a page of the book."""
    return with_links(path.read_text(encoding="utf-8"), path.parent, published)


def chapter(path, published) -> str:
    """A chapter for teachers; the search tells it from the notebook by its title."""
    return document(path, published).replace("# ", "# Teaching ", 1)


def with_links(text, folder, published) -> str:
    """The text of a document in a folder, its links leading to pages of the book.

    What is no page is linked to where the course is published, if that is known.
    """
    pages = {file: file.name for file in find_notebooks([])}
    pages |= {ROOT / "docs" / name: name for name in DOCUMENTS}
    pages |= CHAPTERS | {ROOT / "mlp_core.py": "mlp_core.md"}
    repository = published.repository

    def lead(name, anchor):
        file = (folder / name).resolve()
        if not name or file in pages:
            return f"{pages.get(file, '')}{anchor}"
        if re.fullmatch(links.GITHUB, repository):
            place = file.relative_to(ROOT).as_posix()
            return f"{repository}/blob/main/{place}{anchor}"
        return ""

    return markdown.with_links(text, lead)


def with_sections(glossary, titles) -> str:
    """The glossary, its links leading to the section that explains a term."""

    def to_section(found):
        number, section, page = found.groups()
        if number + section in titles:
            return found[0]
        return f"[{number}{section}]({page}#{slug(section)})"

    return re.sub(r"\[(\d+\. )([^]]+)\]\(([^)]+\.ipynb)\)", to_section, glossary)


def run_jupyter_book(pages, book):
    """Build the pages; each warning, such as a link that leads nowhere, is an error."""
    from jupyter_book.sphinx import build_sphinx

    failed = build_sphinx(
        pages,
        book,
        noconfig=True,
        use_external_toc=False,
        confoverrides=SETTINGS,
        doctreedir=pages.parent / "trees",
        quiet=True,
        warningiserror=True,
        keep_going=True,
    )
    if failed:
        raise CommandError("the book was not built: fix what is reported above")


def _files(book):
    for path in sorted(book.rglob("*")):
        name = path.relative_to(book)
        if path.is_file() and not any(name.match(pattern) for pattern in UNUSED):
            yield name.as_posix(), path.read_bytes().replace(SILENT, b"")
    yield ".nojekyll", b""  # else GitHub Pages leaves out names that begin with '_'
