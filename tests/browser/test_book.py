"""The book in a browser, built once, from a server on this machine.

Sphinx builds nothing where a link leads nowhere. Some of its pages are looked at;
`pytest -m slow` looks at all.
"""

import functools
import json
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path

import pytest
from nbformat import v4

from course.__main__ import main
from course.playground import Playground, SideBySide, small
from course.tools import find_notebooks, links, notebooks, site
from course.tools.book import build
from tests import live
from tests.browser.conftest import listened
from tests.browser.playground_on_page import OnPage
from tests.wait import wait_until

CHAPTERS = build.CHAPTERS.values()
DOCUMENTS = [name.removesuffix(".md") for name in (*build.DOCUMENTS, *CHAPTERS)]
PHONE = {"width": 390, "height": 844}
STEMS = [path.stem for path in find_notebooks([])]
PAGES = ["index", *STEMS, *DOCUMENTS, "mlp_core", "search"]
FEW = ["index", "01_activations", "glossary", "teaching"]
LOOK = Path(__file__).with_name("book.js").read_text(encoding="utf-8")
WIDTHS = """() => [document.documentElement.scrollWidth, ...[...document.querySelectorAll(
    'article img')].map(image => image.getBoundingClientRect().right)]"""
GROUND = "node => getComputedStyle(node).backgroundColor"
SCRUB = """(slider, step) => { slider.value = step;
    slider.dispatchEvent(new Event('input', { bubbles: true })) }"""
INK = "node => getComputedStyle(node).color"
READY = "() => window.MathJax?.startup?.promise?.then(() => true)"


LARGE = ["tex-svg-full.js", "fontawesome.js"]
FIRST_BYTES = 250_000  # of a page with its script: half a second at 4 Mbit/s
ADDED = "04_backprop"  # which has none of its own
PUBLISHED = links.Addresses("https://github.com/ada/nets", "")
LAUNCHES = ["Colab", "Binder", "Codespaces"]
WAYS = ["Begin: 0. First look", "For teachers", "The repository"]
PANELS = ["05_sum_task", "06_xor_task"]


def read_with_playgrounds(path, read=notebooks.read):
    """A notebook; one gets playgrounds: alone, and a pair that is folded, and one that
    only Python trains."""
    notebook = read(path)
    if path.stem == ADDED:
        trained = small("xor", seed=8)
        trained.follow(lambda params: iter([params]))
        pair = SideBySide(*(small("xor", seed=seed) for seed in (1, 2)))
        asked = v4.new_output("display_data", {"text/html": "<p>What comes?</p>"})
        question = v4.new_code_cell('lesson.predict("x")', outputs=[asked])
        alone = Playground(data="gaussians", seed=7, step=5)
        heading = v4.new_markdown_cell("## Playgrounds")
        notebook.cells += [heading, shown(alone), shown(trained), question, shown(pair)]
    return notebook


def shown(one):
    data, metadata = one._repr_mimebundle_()
    del data[notebooks.WIDGET_VIEW]
    output = v4.new_output("display_data", data, metadata=metadata)
    return v4.new_code_cell("play", outputs=[output])


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
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build.notebooks, "read", read_with_playgrounds)
        patch.setattr(links, "addresses", lambda: PUBLISHED)
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
def new_page(browser, address):
    """A function: a page that is to go to the book; after the test it plays no more."""
    pages = []

    def new(**settings):
        pages.append(live.new_page(browser, base_url=address, **settings))
        return pages[-1]

    yield new
    for page in pages:
        page.close()


@pytest.fixture
def open_page(new_page):
    """A function: opens a page of the book."""

    def opened(name, **settings):
        page = new_page(**settings)
        page.goto(name)
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
    answer = page.locator(
        ".tag_question", has_text="What does this relu return for -2?"
    )
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


def link(page, name):
    return page.locator("article").get_by_role("link", name=name, exact=True)


@pytest.mark.parametrize("size", [live.SIZE, PHONE], ids=["wide", "phone"])
def test_the_first_screen_says_what_this_is_and_leads_on(open_page, size):
    """Guards: a way on, or a network that learns, for those alone who scroll."""
    page = open_page("index.html", viewport=size)
    on, text = OnPage(page), page.locator("article h1 + p")
    live.expect(text).to_contain_text("you build a small neural network")
    seen = [page.locator("article h1"), text, *(link(page, name) for name in WAYS)]
    seen += [on.button("Pause"), on.square]
    if size != PHONE:
        seen += [on.root, *(link(page, name) for name in LAUNCHES)]
    for part in seen:
        box = part.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= size["width"], part
        assert box["y"] > 40 and box["y"] + box["height"] <= size["height"], part
    link(page, WAYS[0]).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/00_first_look.html")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_ways_on_can_be_read(open_page, scheme):
    """Guards: letters that are pale on their ground."""
    page = open_page("index.html", color_scheme=scheme)
    for name in WAYS + LAUNCHES:
        assert link(page, name).evaluate(live.CONTRAST) > 4.5, name


@pytest.mark.parametrize("width", [1440, 1280, 768])
def test_the_first_page_does_not_jump_when_the_playground_comes(new_page, width):
    """Guards: a reader who loses the line, or hits another link than the one they see."""
    page, places = new_page(viewport={"width": width, "height": 720}), []
    page.route("**/playground.js", lambda route: route.abort())
    for is_late in (True, False):
        page.goto("index.html", wait_until="load")
        if not is_late:
            OnPage(page).button("Pause").wait_for()
        places.append(page.locator("#how-to-read-it").bounding_box()["y"])
        page.unroute_all()
    assert abs(places[0] - places[1]) <= 1


def test_at_a_middle_width_the_first_page_still_leads_to_all_others(open_page):
    """Guards: a screen with neither search nor menu."""
    page = open_page("index.html", viewport={"width": 1024, "height": 768})
    live.expect(page.locator(".search-button:visible")).to_have_count(1)


def test_without_a_script_the_first_page_leads_on(open_page):
    """Guards: launch links below the picture that then stands there."""
    page = open_page("index.html", viewport=PHONE, java_script_enabled=False)
    image = page.locator(".hero img").bounding_box()
    for name in (*WAYS, *LAUNCHES):
        box = link(page, name).bounding_box()
        end, begin = box["y"] + box["height"], image["y"] + image["height"]
        assert end <= image["y"] or box["y"] >= begin, name


def test_the_first_page_learns_while_what_is_large_never_comes(new_page, address):
    """Guards: a script behind MathJax or the icons, much that is loaded before it, and a
    page that shows no network before you scroll."""
    page, log = new_page(viewport=PHONE), []
    page.on("request", lambda request: log.append(request.url))
    for name in LARGE:
        page.route(f"**/{name}*", lambda route: None)  # no answer, ever
    script, held = f"{address}_static/playground.js", []
    # The page is read when this has come, and the script is there before.
    page.route("**/searchindex.js", lambda route: held.append(route))
    page.goto("index.html", wait_until="commit")
    page.evaluate("script => import(script)", script)
    wait_until(lambda: held, "the page does not ask for it")
    held[0].continue_()
    on = OnPage(page)
    loss = "root => root.view.session.run.losses().train"
    wait_until(lambda: on.root.evaluate(loss) < 0.06, "it does not learn")  # from 0.128
    assert on.square.bounding_box()["y"] < 0.75 * PHONE["height"]
    assert not page.get_by_role("img", name="Surface of the output").is_visible()
    count = log.index(script) + 1
    assert sum(len(page.request.get(url).body()) for url in log[:count]) < FIRST_BYTES


def test_it_pauses_out_of_sight_and_waits_for_who_wants_less_motion(open_page):
    """Guards: work that nobody sees, a pause that is undone, and motion unasked for."""
    on = OnPage(open_page("index.html", viewport=PHONE))
    foot = on.page.locator("footer").last
    on.button("Pause").wait_for()
    foot.scroll_into_view_if_needed()
    on.button("Play").wait_for(state="attached")
    on.root.scroll_into_view_if_needed()
    on.button("Pause").click()
    foot.scroll_into_view_if_needed()
    on.root.scroll_into_view_if_needed()
    on.button("Play").wait_for()
    still = OnPage(open_page("index.html", reduced_motion="reduce"))
    assert still.step() == 0
    still.button("Play").click()
    wait_until(lambda: still.step() > 5, "it does not play")
    assert on.step() == on.step() > 0


def test_playgrounds_of_a_notebook_are_alive_where_the_page_can_train(open_page):
    """Guards: settings that are lost, a run before its question is answered, one of a
    pair, and the network of Python's steps in the page's hands."""
    page = open_page(f"{ADDED}.html")
    complaints = listened(page)
    assert page.locator("[data-playgrounds]").count() == 2
    page.locator("#playgrounds").scroll_into_view_if_needed()
    on = OnPage(page)
    settings = on.settings()
    assert (settings["data"], settings["seed"], on.step()) == ("gaussians", 7, 5)
    folded = page.get_by_text("Show the playground")
    folded.scroll_into_view_if_needed()
    assert page.locator(".playground").count() == 1
    folded.click()
    live.expect(page.locator(".playground")).to_have_count(3)
    left, right = OnPage(page, 1), OnPage(page, 2)
    assert [on.settings()["seed"] for on in (left, right)] == [1, 2]
    assert left.root.bounding_box()["y"] == right.root.bounding_box()["y"]
    left.button("Play").click()  # the only one
    wait_until(lambda: right.step() > 5, "it does not play")
    assert on.step() == 5 and complaints == []
    page.set_viewport_size(PHONE)
    for one in (on, left, right):
        box = one.root.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]


@pytest.fixture(params=PANELS)
def panel(open_page, request):
    """The playground in place of a panel; the page doesn't complain."""
    page = open_page(f"{request.param}.html")
    complaints = listened(page)
    page.get_by_text("Show the playground").click()
    page.locator("p.instead").scroll_into_view_if_needed()
    yield OnPage(page)
    assert complaints == []


def test_what_the_tasks_of_a_panel_use_is_in_reach(panel):
    """Guards: another step than the panel's; a unit, a seed, a step, an activation, a batch,
    a pace or a hidden space that is out of reach."""
    assert panel.step() == 2000
    panel.button("show layer 0, unit 0").click()
    for layer in (0, 1, 2):
        panel.box("the large picture shows").select_option(f"space of layer {layer}")
    panel.box("step").evaluate(SCRUB, 200)
    assert panel.step() == 200
    for layer in range(4):
        panel.root.locator(".heading select").nth(layer).select_option("identity")
    panel.box("batch").select_option("all")
    panel.button("Reset: the very same start").click()
    panel.box("seed").first.fill("5")
    panel.page.keyboard.press("Enter")
    panel.box("pace").select_option("as fast as it can")
    panel.play_past(2000)
    settings = panel.settings()
    assert (settings["batch"], settings["seed"]) == (0, 5)


def test_a_panel_that_is_alive_fits(panel):
    """Guards: controls that a page cuts off, and a network that leaves no room."""
    for size in (live.SIZE, PHONE):
        panel.page.set_viewport_size(size)
        panel.shown()
        box = panel.root.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= size["width"]
        room = size["height"] - 56  # for the theme's own bar
        assert size == PHONE or box["height"] < room
        width = panel.page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"]


@pytest.mark.slow
@pytest.mark.parametrize("name", STEMS)
def test_each_playground_of_the_book_is_alive(open_page, name):
    """Guards: a page whose settings no playground takes, which leaves a picture."""
    page = open_page(f"{name}.html")
    complaints = listened(page)
    page.evaluate(
        "document.querySelectorAll('details').forEach(one => (one.open = true))"
    )
    for place in page.locator("[data-playgrounds]").all():
        place.scroll_into_view_if_needed()
        count = len(json.loads(place.get_attribute("data-playgrounds")))
        live.expect(place.locator(".playground")).to_have_count(count)
    assert complaints == []


def test_nothing_of_the_theme_hides_a_part_of_a_playground(open_page):
    """Guards: an output unit without size, since the theme has a class of the same name,
    and a button of the theme over the units."""
    page = open_page("index.html", viewport=PHONE)
    on = OnPage(page)
    for name in ("show layer 0, unit 0", "show output ŷ"):
        on.button(name).click(timeout=10_000)
        live.expect(on.button(name)).to_have_attribute("aria-pressed", "true")
    assert page.get_by_text("Back to top").count() == 0


def test_on_a_wide_page_a_playground_grows_over_the_margin(open_page):
    """Guards: one that is as narrow as the text, and one that the page cuts off."""
    page = open_page(f"{ADDED}.html")
    page.locator("[data-playgrounds]").first.scroll_into_view_if_needed()
    on, text = OnPage(page), page.locator("article > section > p").first
    for width, grows in [(1280, True), (1199, False), (1000, False)]:
        page.set_viewport_size({"width": width, "height": 720})
        box, column = on.root.bounding_box(), text.bounding_box()
        assert (box["width"] > 1.3 * column["width"]) == grows
        assert box["x"] + box["width"] <= width
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", ["index", ADDED])
@pytest.mark.parametrize("has_script", [True, False])
def test_without_the_script_there_is_the_picture(new_page, name, has_script):
    """Guards: an empty place where JavaScript is off, or the script doesn't come."""
    page = new_page(java_script_enabled=has_script)
    page.route("**/playground.js", lambda route: route.abort())
    page.goto(f"{name}.html")
    picture = page.get_by_role("img", name="Surface of the output").first
    picture.scroll_into_view_if_needed()
    assert picture.is_visible() and page.locator(".playground").count() == 0


def test_a_playground_is_dark_on_a_dark_page(open_page):
    """Guards: white on a dark page, and dark letters on dark ground."""
    on = OnPage(open_page("index.html"))
    on.button("Pause").wait_for()
    reset = on.button("Reset: the very same start")
    look = lambda: [
        reset.evaluate(INK),
        on.root.evaluate(GROUND),
        on.root.evaluate("root => root.view.chart.paper"),
    ]
    on.page.emulate_media(color_scheme="dark")
    dark = ["rgb(232, 236, 241)", *["rgb(20, 25, 31)"] * 2]
    wait_until(lambda: look() == dark, look)
    on.page.emulate_media(color_scheme="light")
    light = ["rgb(27, 36, 48)", *["rgb(255, 255, 255)"] * 2]
    wait_until(lambda: look() == light, look)


def test_the_playground_has_a_page_of_its_own(open_page):
    """Guards: a link to a page that is empty, also without JavaScript, or that lacks
    controls."""
    page = open_page("index.html")
    page.get_by_role("link", name="The playground on a page of its own").click()
    page.wait_for_url("**/playground.html*")
    on = OnPage(page)
    assert on.step() == 0 and on.box("batch").is_visible()
    still = open_page("playground.html", java_script_enabled=False)
    assert still.locator("noscript p").is_visible()
