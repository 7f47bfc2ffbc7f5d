"""Build the book: pages from notebooks and documents, made by Jupyter Book."""

import re
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

from course.tools import ROOT, CommandError, find_notebooks, links, notebooks
from course.tools.book import notebook_page

FOLDER = Path(__file__).parent
MATHJAX = "tex-svg-full.js"  # with its letters: one file for all formulas
# What Jupyter Book adds by itself and no page needs is left out: it would load code from
# other sites (thebe), or take a name like README.md for an address (linkify).
SETTINGS = {
    "extensions": ["myst_nb", "jupyter_book", "sphinx_comments", "sphinx_book_theme"],
    "myst_enable_extensions": ["colon_fence", "dollarmath"],
    "myst_heading_anchors": 3,
    "nb_execution_mode": "off",
    "mathjax_path": MATHJAX,
    "highlight_language": "none",  # of a command
    "html_title": "Neural networks from scratch",
    "html_favicon": "icon.svg",
    "html_copy_source": False,
    "html_show_search_summary": False,  # it would show what is folded
    "html_use_index": False,
    "html_show_copyright": False,
    "author": "",
    "html_theme_options": {
        "home_page_in_toc": False,
        "use_download_button": False,
        "use_fullscreen_button": False,
        "repository_url": "",
        "navbar_persistent": [],
        "footer_content_items": [],
    },
    "html_context": {"default_mode": "auto"},  # light or dark, as the reader's system
    "latex_individualpages": False,  # Jupyter Book wants to know
}
DOCUMENTS = ["learning.md", "where.md", "teaching.md", "glossary.md"]  # in docs/
LOCAL_LINK = r"(?<!!)\[([^]]*)\]\((?!https?:)([^)#]+)(#[^)]*|)\)"
# Files that no page loads.
UNUSED = ("*.map", "*.ttf", "locales/*/*/*", "objects.inv", ".buildinfo")
# Its words in place of the ones that are seen would be read aloud.
SILENT = b' aria-label="Toggle hidden content"'
HOME = """\
[Begin: 0. First look](00_first_look.ipynb)

## How to read it

Before each run that matters a question asks what you expect. Make up your mind; then
unfold the answer, and what the run gives. Hints and solutions are folded, too.

{note}

{notebooks}
```{{toctree}}
:hidden:
{pages}
```
"""
CORE = """\
# The code: mlp_core.py

The network alone, in the order of the notebooks.

```{literalinclude} mlp_core.py
:language: python
```
"""


def build() -> dict:
    """The files of the book, path -> bytes."""
    with tempfile.TemporaryDirectory() as folder:
        pages, book = Path(folder, "pages"), Path(folder, "book")
        write_pages(pages)
        run_jupyter_book(pages, book)
        [mathjax] = find_spec("sphinx-mathjax-offline").submodule_search_locations
        shutil.copy(Path(mathjax, "static", "mathjax", MATHJAX), book / "_static")
        return dict(_files(book))


def write_pages(folder):
    """Write the sources of all pages, and what they show."""
    shutil.copytree(ROOT / "images", folder / "images")
    (folder / "_static").mkdir()  # each style sheet in it is loaded
    shutil.copy(FOLDER / "book.css", folder / "_static")
    shutil.copy(FOLDER / "icon.svg", folder)
    shutil.copy(ROOT / "mlp_core.py", folder)
    texts, paths, titles = {"mlp_core.md": CORE}, find_notebooks([]), []
    for path in paths:
        page = notebook_page.as_page(notebooks.read(path), links.buttons(path.stem))
        texts[path.name] = notebooks.as_text(page)
        titles.append(page.cells[0].source.partition("\n")[0].removeprefix("# "))
    for name in DOCUMENTS:
        texts[name] = document(ROOT / "docs" / name)
    texts["glossary.md"] = with_sections(texts["glossary.md"], titles)
    names = [path.name for path in paths] + DOCUMENTS + ["mlp_core.md"]
    texts["index.md"] = home(links.buttons(paths[0].stem), names)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def home(buttons, names) -> str:
    """The first page: the README's first words, its picture and its list."""
    readme = document(ROOT / "README.md")
    first = readme.partition("\n## ")[0]
    listed = re.search(r"(?ms)^## The notebooks\n.*?(?=^## )", readme)[0]
    more = HOME.format(
        note=notebook_page.note(buttons), notebooks=listed, pages="\n".join(names)
    )
    return f"{first}\n{more}"


def document(path) -> str:
    """A document of the repository as a page of the book."""
    return with_links(path.read_text(encoding="utf-8"), path.parent)


def with_links(text, folder) -> str:
    """The text of a document in a folder, its links leading to pages of the book.

    What is no page is linked to where the course is published, if that is known.
    """
    pages = {file: file.name for file in find_notebooks([])}
    pages |= {ROOT / "docs" / name: name for name in DOCUMENTS}
    pages[ROOT / "mlp_core.py"] = "mlp_core.md"
    published = links.addresses().repository

    def lead(found):
        label, name, anchor = found.groups()
        file = (folder / name).resolve()
        if file in pages:
            return f"[{label}]({pages[file]}{anchor})"
        if re.fullmatch(links.GITHUB, published):
            place = f"{published}/blob/main/{file.relative_to(ROOT).as_posix()}"
            return f"[{label}]({place}{anchor})"
        return label

    return re.sub(LOCAL_LINK, lead, text)


def with_sections(glossary, titles) -> str:
    """The glossary, its links leading to the section that explains a term."""

    def to_section(found):
        number, section, page = found.groups()
        if number + section in titles:
            return found[0]
        return f"[{number}{section}]({page}#{notebook_page.slug(section)})"

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
        raise CommandError("the book is not built: mend what is told above")


def _files(book):
    for path in sorted(book.rglob("*")):
        name = path.relative_to(book)
        if path.is_file() and not any(name.match(pattern) for pattern in UNUSED):
            yield name.as_posix(), path.read_bytes().replace(SILENT, b"")
    yield ".nojekyll", b""  # else GitHub Pages leaves out names that begin with '_'
