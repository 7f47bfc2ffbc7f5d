"""The book in a browser, built once, from a server on this machine.

Some of its pages are looked at; `pytest -m slow` looks at all.
"""

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

import pytest

from course.__main__ import main
from course.tools import find_notebooks, notebooks, site
from course.tools.book import build
from tests import live

DOCUMENTS = [name.removesuffix(".md") for name in build.DOCUMENTS]
PHONE = {"width": 390, "height": 844}
STEMS = [path.stem for path in find_notebooks([])]
PAGES = ["index", *STEMS, *DOCUMENTS, "mlp_core", "search"]
FEW = ["01_activations", "glossary"]
LOOK = Path(__file__).with_name("book.js").read_text(encoding="utf-8")
WIDTHS = """() => [document.documentElement.scrollWidth, ...[...document.querySelectorAll(
    'article img')].map(image => image.getBoundingClientRect().right)]"""
GROUND = "node => getComputedStyle(node).backgroundColor"
READY = "() => window.MathJax?.startup?.promise?.then(() => true)"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Where the book is served; it ends with a slash."""
    if absent := [name for name in site.PACKAGES if not find_spec(name)]:
        pytest.skip(
            f"The book's tests did not run: {', '.join(absent)} is missing: pip install "
            "-r requirements-site.txt."
        )
    folder = tmp_path_factory.mktemp("book")
    assert main(["site", str(folder)]) == 0
    handler = functools.partial(Quiet, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(
    scope="module", params=[FEW, pytest.param(PAGES, marks=pytest.mark.slow)]
)
def book(request, browser, address):
    """What a look at each page finds, by its name, with the requests and complaints."""
    page, found, log = live.new_page(browser, viewport=live.SIZE), {}, []
    page.on("request", lambda request: log.append(request.url))
    page.on("requestfailed", lambda request: log.append(f"failed: {request.url}"))
    page.on("console", lambda text: text.type == "error" and log.append(text.text))
    page.on("pageerror", lambda error: log.append(str(error)))
    page.on("response", lambda got: got.status < 400 or log.append(f"none: {got.url}"))
    for name in request.param:
        page.set_viewport_size(live.SIZE)
        page.goto(f"{address}{name}.html", wait_until="networkidle")
        page.evaluate(READY)
        found[name] = page.evaluate(LOOK)
        page.set_viewport_size(PHONE)
        found[name] |= {"widths": page.evaluate(WIDTHS), "log": log[:]}
        log.clear()
    page.close()
    return found


def saved(book):
    """The notebooks as they are saved, each with its page."""
    for name in book.keys() & set(STEMS):
        [path] = find_notebooks([name])
        yield notebooks.read(path), book[name]


@pytest.fixture
def open_page(browser, address):
    """A function: opens a page of the book, which is closed with the browser."""

    def opened(name, **settings):
        page = live.new_page(browser, **settings)
        page.goto(f"{address}{name}")
        return page

    return opened


def test_each_page_is_whole_and_fits_on_a_phone(book, address):
    """Guards: files from elsewhere or missing, alt texts, widths over 390 pixels."""
    for name, look in book.items():
        assert len(look["log"]) > 5
        assert [line for line in look["log"] if not line.startswith(address)] == []
        for image in look["images"]:
            assert image["width"] > 0, image
            assert " " in image["alt"] and ".png" not in image["alt"], image
        assert max(look["widths"]) <= PHONE["width"], (name, look["widths"])


def test_no_link_is_broken(book, address):
    """Guards: links between notebooks, into a notebook, and from the glossary."""
    for name, look in book.items():
        assert look["links"]
        for link in look["links"]:
            page, anchor = urldefrag(urljoin(f"{address}{name}.html", link))
            if page.startswith(address):
                page = page.removeprefix(address).removesuffix(".html")
                assert page in PAGES, link
                if page in book:
                    assert unquote(anchor) in {"", *book[page]["ids"]}, link


def test_pictures_formulas_and_questions_of_a_notebook_are_there(book):
    """Guards: what is lost, not typeset, or told before it is asked for."""
    for notebook, look in saved(book):
        outputs = [out for cell in notebook.cells for out in cell.get("outputs", ())]
        stored = [
            output.metadata["image/png"]["alt"]
            for output in outputs
            if "image/png" in output.get("data", ())
        ]
        assert stored and set(stored) <= {image["alt"] for image in look["images"]}
        assert look["folds"] > look["questions"] > 3 and look["told"] == 0
        has_formulas = any("$" in cell.source for cell in notebook.cells)
        assert (look["formulas"] > 0) == has_formulas
        assert look["typeset"] == look["formulas"] and look["errors"] == 0


def test_what_is_folded_opens_without_scripts(open_page):
    """Guards: a reader who can't unfold an answer, or what the run gives."""
    page = open_page("01_activations.html", java_script_enabled=False)
    answer = page.locator(".tag_question", has_text="What does this relu make of -2?")
    reason = answer.get_by_text("Right. The else branch appends")
    run = page.locator(".tag_hide-output").first
    output = run.get_by_text("a: [0.4 0.1 0.5 3. ]")
    assert not reason.is_visible() and not output.is_visible()
    answer.get_by_text("Answer, with the reasons").click()
    run.get_by_text("Show the result").click()
    assert reason.is_visible() and output.is_visible()


def test_the_search_finds_a_term(open_page):
    """Guards: an index that is missing or empty."""
    page = open_page("search.html?q=kink")
    live.expect(page.locator("#search-results")).to_contain_text("Search finished")
    titles = page.locator("#search-results li > a").all_inner_texts()
    assert any("4. Backprop" in title for title in titles)
    assert not any("First look" in title for title in titles)


def test_pictures_stay_white_on_a_dark_page(open_page):
    """Guards: dark letters on a dark ground, and colours that mean something else."""
    page = open_page("01_activations.html", color_scheme="dark")
    assert page.locator("body").evaluate(GROUND) == "rgb(18, 18, 18)"
    for image in page.locator("article img").all():
        assert image.evaluate(GROUND) == "rgb(255, 255, 255)"
        assert image.evaluate("node => getComputedStyle(node).filter") == "none"
