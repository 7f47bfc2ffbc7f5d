"""The slides: each deck is made, and walked through in a browser at 1280 x 720.

Needs Chromium, as tests/browser does, and no network: reveal.js and MathJax come from
packages. Decks with planted faults show that the look at a slide finds them.
"""

import nbformat
import pytest

from course.tools import find_notebooks, save, slides

NOTEBOOKS = find_notebooks([])
KINDS = {"slide", "subslide", "fragment", "skip", "notes", "-"}


def kind_of(cell):
    return cell.metadata.get("slideshow", {}).get("slide_type", "-")


# 1. Planted faults -----------------------------------------------------------------------

# A slide each: its kind, its text, and what must be said of it.
PLANTED = [
    ("slide", "# Good\n\nA formula $z = \\frac{1}{2}$ and words.", []),
    ("subslide", "Line.\n\n" * 30, ["px over the bottom"]),
    ("slide", "<p style='white-space:nowrap'>" + "wide " * 200, ["px over the right"]),
    (
        "subslide",
        "A <span style='font-size:10px'>footnote</span>.",
        ["text of 10 px, less than 16"],
    ),
    (
        "slide",
        "<div style='height:50px;overflow:auto'>" + "line<br>" * 9 + "</div>",
        ["needs scrolling: div 'linelineline"],
    ),
    ("slide", "&nbsp;", ["is empty"]),
    (
        "slide",
        "![A picture of nothing](../images/none.png)",
        ["the picture 'A picture of nothing' doesn't load"],
    ),
    (
        "slide",
        "<p style='position:relative;top:-400px'>Too high.</p>",
        ["px over the top"],
    ),
    ("slide", "$$" + "x + " * 80 + "x$$", ["px over the right"]),
    (
        "slide",
        "<details><summary>Answer</summary>\n\n" + "Line.\n\n" * 30 + "</details>",
        ["px over the bottom"],
    ),
]


@pytest.fixture(scope="module")
def planted(browser, tmp_path_factory):
    """What is seen of a deck with planted faults."""
    cells = [markdown(text, kind) for kind, text, _ in PLANTED]
    return walk(browser, cells, tmp_path_factory.mktemp("planted"))


def markdown(text, kind):
    metadata = {"slideshow": {"slide_type": kind}}
    return nbformat.v4.new_markdown_cell(text, metadata=metadata)


def make_deck(cells, folder):
    (folder / "notebooks").mkdir()
    path = folder / "notebooks" / "small.ipynb"
    save.write(nbformat.v4.new_notebook(cells=cells), path)
    return slides.make_with_pictures(path, folder / "decks")


def walk(browser, cells, folder):
    """Make a deck of cells and walk through it."""
    with slides.opened(browser, make_deck(cells, folder)) as page:
        return slides.walk(page)


@pytest.mark.parametrize("number", range(len(PLANTED)))
def test_planted_fault_is_found(planted, number):
    """Guards: each way in which a slide can be bad is seen, and a good one is good."""
    problems, expected = planted[number].problems, PLANTED[number][2]
    assert len(problems) == len(expected), problems
    for said, part in zip(problems, expected):
        assert part in said


def test_right_arrow_goes_through_slides_that_stand_below_others(planted):
    """Guards: one key is enough; no slide is passed by. (Across, down) of each slide."""
    kinds = [kind for kind, _, _ in PLANTED]
    assert kinds[:4] == ["slide", "subslide", "slide", "subslide"]
    indices = [slide.index for slide in planted[:5]]
    assert indices == [[0, 0], [0, 1], [1, 0], [1, 1], [2, 0]]
    assert len(planted) == len(PLANTED)


def test_overflow_is_measured_in_pixels_of_the_slide(browser, tmp_path):
    """Guards: an author can trust the number: 100 px more are 100 px more over."""
    text = "<div style='height:{}px'></div>\n\nThe end."
    cells = [markdown(text.format(height), "slide") for height in (800, 900)]
    first, second = walk(browser, cells, tmp_path)
    assert second.over["bottom"] - first.over["bottom"] == pytest.approx(100, abs=0.5)


def test_fragments_skipped_cells_and_notes(browser, tmp_path):
    """Guards: a slide is judged with all of its fragments, without what isn't shown."""
    tall = "Line.\n\n" * 30
    cells = [
        markdown(tall, "skip"),
        markdown("# One", "slide"),
        markdown("appears", "fragment"),
        markdown(tall, "notes"),
        markdown("# Two", "slide"),
        markdown(tall, "fragment"),
    ]
    one, two = walk(browser, cells, tmp_path)
    assert (one.title, one.problems) == ("One", [])
    assert two.title == "Two" and list(two.over) == ["bottom"]


def test_formulas_are_set_and_nothing_is_asked_of_the_network(browser, tmp_path):
    """Guards: the deck asks only for what `answer` has; else a class sees dollars."""
    text = "$w$ and\n\n$$L = \\tfrac{1}{2}(\\hat y - y)^2 \\quad \\text{(n, n\\_out)}$$"
    failed = []
    with slides.opened(browser, make_deck([markdown(text, "slide")], tmp_path)) as page:
        page.on("requestfailed", lambda request: failed.append(request.url))
        page.reload()
        page.evaluate("async () => { await MathJax.startup.promise }")
        formulas = page.locator("section section mjx-container")
        assert formulas.count() == 2
        assert page.locator("mjx-merror").count() == 0
        # In the readable form of the formula the underscore has lost its backslash.
        assert "(n, n_out)" in formulas.last.text_content()
    assert failed == []


# 2. The notebooks --------------------------------------------------------------------------

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@each_notebook
def test_slide_types_are_known(path):
    """Guards: nbconvert and RISE take an unknown type in silence for '-'."""
    assert {kind_of(cell) for cell in save.read(path).cells} <= KINDS


@each_notebook
def test_each_slide_fits_and_the_arrow_key_reaches_it(browser, path, tmp_path):
    """Guards: a class sees all of each slide, in readable size, with one key."""
    shown = [kind_of(cell) for cell in save.read(path).cells]
    shown = [kind for kind in shown if kind not in ("skip", "notes")]
    count = 1 + sum(kind in ("slide", "subslide") for kind in shown[1:])
    deck = slides.make_with_pictures(path, tmp_path)
    with slides.opened(browser, deck) as page:
        seen = slides.walk(page)
    bad = [(slide.number, slide.title, slide.problems) for slide in seen]
    assert [slide for slide in bad if slide[-1]] == []
    assert len(seen) == count
