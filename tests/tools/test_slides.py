"""The decks: each is made, and walked through in a browser at 1280 x 720.

Needs Chromium, as tests/browser does, and no network. Decks with planted faults show
that the look at a slide finds them.
"""

import os
import re
from pathlib import Path

import nbformat
import pytest

from course.lessons import load_questions, name_of
from course.tools import CommandError, find_notebooks, plan, save, slides
from course.tools.deck import notebook_slides
from tests import live
from tests.tools import slide_faults

NOTEBOOKS = find_notebooks([])
KINDS = {"slide", "subslide", "fragment", "skip", "notes", "-"}
PICTURES = os.environ.get("SLIDE_PICTURES")  # a folder that gets a PNG of each slide
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAA"
    "BJRU5ErkJggg=="
)
PLAN = """# 1. Activations
## Lesson 1 of 1: All
- 10 min, *Begin*, *Go on*: draw a unit.
- At home: *Go on*.
## What to ask
- **'minus two': what?** Right: '0.4'. Expect '0' from the quick ones.
"""


def markdown(text, kind="slide"):
    metadata = {"slideshow": {"slide_type": kind}}
    return nbformat.v4.new_markdown_cell(text, metadata=metadata)


def code(source, kind="-", *outputs):
    metadata = {"slideshow": {"slide_type": kind}}
    return nbformat.v4.new_code_cell(source, metadata=metadata, outputs=list(outputs))


def picture(source, kind="-"):
    """A cell that has drawn a square."""
    data, alt = {"image/png": PIXEL, "text/plain": "words"}, {"alt": "A square"}
    output = nbformat.v4.new_output(
        "execute_result", data, metadata={"image/png": alt}, execution_count=1
    )
    return code(source, kind, output)


def make_deck(cells, folder, name="small"):
    path = folder / "notebooks" / f"{name}.ipynb"
    path.parent.mkdir()
    save.write(nbformat.v4.new_notebook(cells=cells), path)
    [deck] = slides.make([path], folder / "decks")
    return deck


def walk(browser, cells, folder):
    """Make a deck of cells and walk through it."""
    with slide_faults.opened(browser, make_deck(cells, folder)) as page:
        return slide_faults.walk(page)


# 1. Planted faults -----------------------------------------------------------------------

# A slide each, and what must be said of it.
TALL = "<div style='height:{}px'></div>\n\nThe end."
PLANTED = [
    (markdown("Words without a heading."), ["has no title"]),
    (markdown("# Good\n\nA formula $z = \\frac{1}{2}$ and `code`.\n\n`"), []),
    (markdown(TALL.format(800)), ["px over the bottom"]),
    (
        markdown("<p style='white-space:nowrap'>" + "wide " * 200),
        ["px over the right"],
    ),
    (markdown("<p style='position:relative;top:-400px'>Up."), ["px over the top"]),
    (markdown("$$" + "x + " * 80 + "x$$"), ["px over the right"]),
    (
        markdown(f"<details><summary>A</summary>{TALL.format(800)}</details>"),
        ["px over the bottom"],
    ),
    (markdown("A <span style='font-size:27px'>note</span>."), ["27 px, less than 28"]),
    (markdown("The first x<sub>0</sub>, and `x`."), []),
    (markdown("<pre style='font-size:21px'>a = 1</pre>"), ["21 px, less than 22"]),
    (
        markdown("<table style='font-size:23px'><tr><td>1</td></tr></table>"),
        ["23 px, less than 24"],
    ),
    (
        markdown("<div style='height:50px;overflow:auto'>" + "line<br>" * 9 + "</div>"),
        ["needs scrolling: div 'linelineline"],
    ),
    (markdown("&nbsp;"), ["is empty"]),
    (
        markdown("<img src='none.png' alt='A picture of nothing'>"),
        ["the picture 'A picture of nothing' doesn't load"],
    ),
    (
        markdown(
            f"<img style='max-height:470px' src='data:image/png;base64,{PIXEL}' alt=''>"
        ),
        ["a picture 470 px high, less than 480"],
    ),
    (
        markdown(
            "<p>A word beside it.</p>"
            f"<img style='max-height:350px' src='data:image/png;base64,{PIXEL}' alt=''>"
        ),
        ["a picture 350 px high, less than 360"],
    ),
    (code("pictures.loss(run)", "slide"), ["shows the line 'pictures.loss(run)'"]),
    (code('lesson.predict("x")', "slide"), ["shows the line 'lesson.predict"]),
    (code("lesson.check(my_loss)", "slide"), ["shows the line 'lesson.check"]),
    (code("step = lesson.own('my_step')", "slide"), []),
]


@pytest.fixture(scope="module")
def planted(browser, tmp_path_factory):
    """What is seen of a deck with planted faults, of a notebook that is no lesson."""
    folder = tmp_path_factory.mktemp("planted")
    return walk(browser, [cell for cell, _ in PLANTED], folder)


@pytest.mark.parametrize("number", range(len(PLANTED)))
def test_planted_fault_is_found(planted, number):
    """Guards: each way in which a slide can be bad is seen, and a good one is good."""
    problems, expected = planted[number].problems, PLANTED[number][1]
    assert len(problems) == len(expected), problems
    for said, part in zip(problems, expected):
        assert part in said


def test_a_long_deck_is_a_fault(planted):
    """Guards: a deck of 60 slides is none, and each bad slide has its line."""
    good = planted[1]
    assert slide_faults.faults([good] * 60) == []
    assert slide_faults.faults([good] * 61) == ["61 slides, more than 60"]
    assert slide_faults.faults(planted[:2]) == ["1. '': has no title"]


def test_overflow_is_measured_in_pixels_of_the_slide(browser, tmp_path):
    """Guards: an author can trust the number: 100 px more are 100 px more over."""
    cells = [markdown("# Tall\n\n" + TALL.format(height)) for height in (800, 900)]
    first, second = walk(browser, cells, tmp_path)
    assert second.over["bottom"] - first.over["bottom"] == pytest.approx(100, abs=0.5)


# 2. The layout ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def laid_out(browser, tmp_path_factory):
    """The title and the texts of each slide of a deck, in order, and how it looks."""
    items = "\n".join(f"{n}. Item {n}." for n in range(1, 21))
    cells = [
        markdown("# Long\n\nBefore it.\n\nThese are the items:\n\n" + items),
        markdown("## Short\n\nFirst."),
        markdown("Second.", "subslide"),
        markdown("### Own\n\nThird.", "subslide"),
        markdown("## Pictures"),
        picture("pictures.square()"),
        markdown("Words.\n\n" * 6, "subslide"),
        picture("x = 1\n\n\ndef f():\n    return 1\n\n\npictures.square(f)"),
        markdown("## Fragments"),
        markdown("It appears.", "fragment"),
        markdown(TALL.format(800), "notes"),
        markdown("# Last"),
        markdown(TALL.format(800), "skip"),
        markdown("The end.", "fragment"),
    ]
    deck = make_deck(cells, tmp_path_factory.mktemp("layout"))
    with slide_faults.opened(browser, deck) as page:
        seen = slide_faults.walk(page)
        texts = page.evaluate(
            """[...document.querySelectorAll('section section')].map(slide =>
                [...slide.querySelectorAll('p, li, pre, img')].filter(
                    e => !e.closest('aside')).map(e => e.alt ?? e.textContent.trim()))"""
        )
        starts = page.evaluate("[...document.querySelectorAll('ol')].map(e => e.start)")
    return seen, texts, starts


def test_what_is_too_much_flows_on(laid_out):
    """Guards: nothing is lost or stands twice, and a list goes on with its numbers."""
    seen, texts, starts = laid_out
    long = [n for n, slide in enumerate(seen) if slide.title.startswith("Long")]
    assert len(long) == 2 and [seen[n].problems for n in long] == [[], []]
    items = [f"Item {n}." for n in range(1, 21)]
    assert texts[0] + texts[1] == ["Before it.", "These are the items:", *items]
    assert starts == [1, len(texts[0]) - 1]


def test_each_slide_has_a_title(laid_out):
    """Guards: who looks up in the middle knows where the lesson is."""
    assert [slide.title for slide in laid_out[0]] == [
        *("Long", "Long (2)", "Short", "Own"),
        *("Pictures", "Pictures (2)", "Pictures (3)"),
        *("Fragments", "Last"),
    ]


def test_short_sub_slides_are_joined(laid_out):
    """Guards: few slides that are nearly empty; a heading begins one all the same."""
    assert laid_out[1][2:4] == [["First.", "Second."], ["Third."]]


def test_a_picture_has_half_of_a_slide_and_no_code_but_functions(laid_out):
    """Guards: large pictures; of the code of such a cell only what is to be read."""
    seen, texts, _ = laid_out
    words = ["Words."] * 6
    assert texts[4:7] == [
        ["A square"],
        [*words, "def f():\n    return 1"],
        ["A square"],
    ]
    assert [slide.problems for slide in seen[4:7]] == [[], [], []]


def test_the_right_arrow_goes_through_all(laid_out):
    """Guards: one key is enough, also for slides below others and for fragments."""
    seen, texts, _ = laid_out
    assert len(seen) == len(texts)
    assert [slide.index for slide in seen[:4]] == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert all(slide.problems == [] for slide in seen)


# 3. Questions, notes, and what is loaded ---------------------------------------------------


@pytest.fixture(scope="module")
def show(browser, tmp_path_factory):
    """The page of a deck with a question of notebook 1, and its requests."""
    cells = [
        markdown("# Begin\n\nSee [notebook 4](04_backprop.ipynb#Begin) and $w$."),
        code('lesson.predict("minus two")', "subslide"),
        code("print(relu(z))"),
        markdown("## Go on\n\n$$L = \\tfrac{1}{2} \\quad \\text{(n, n\\_out)}$$"),
    ]
    folder, requests = tmp_path_factory.mktemp("show"), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "path_of", lambda name: folder / f"{name}.md")
        plan.path_of("activations").write_text(PLAN, "utf-8")
        deck = make_deck(cells, folder, "01_activations")
    with slide_faults.opened(browser, deck) as page:
        page.on("request", lambda request: requests.append(request.url))
        page.reload()
        page.evaluate("deckIsReady")
        yield page, requests


def test_nothing_is_asked_of_the_network(show):
    """Guards: a deck works in a room without network, with formulas set."""
    page, requests = show
    kinds = {url.partition(":")[0] for url in requests}
    assert kinds == {"file"} and any(url.endswith("reveal.js") for url in requests)
    formulas = page.locator("section section mjx-container")
    assert formulas.count() == 2 and page.locator("mjx-merror").count() == 0
    # In the readable form of the formula the underscore has lost its backslash.
    assert "(n, n_out)" in formulas.last.text_content()


def test_a_question_hides_its_answer_until_a_key_is_pressed(show):
    """Guards: the answer is neither on the slide nor in the run that stands below."""
    page, _ = show
    page.evaluate("Reveal.slide(0, 0)")
    slide = page.locator("section.present section.present")
    expected = slide.inner_text().split("\n")
    assert "What does this relu make of -2?" in expected and "C. 0.4" in expected
    assert "print(relu(z))" not in slide.inner_text()
    answer = slide.locator("details p")
    assert not answer.is_visible()
    page.keyboard.press("a")
    assert answer.is_visible() and answer.inner_text().startswith("✓ Right: C. ")
    page.keyboard.press("a")
    assert not answer.is_visible()


def test_the_key_unfolds_one_answer_after_the_other(show):
    """Guards: with the reasons for one answer, the next is not told."""
    page, _ = show
    page.evaluate("Reveal.slide(0, 0)")
    folds = page.locator("section.present section.present details")
    folds.evaluate("fold => fold.after(fold.cloneNode(true))")
    opened = []
    for _ in range(3):
        page.keyboard.press("a")
        opened.append(folds.evaluate_all("all => all.map(fold => fold.open)"))
    folds.last.evaluate("fold => fold.remove()")
    assert opened == [[True, False], [True, True], [False, False]]


@pytest.mark.timed
def test_the_key_works_in_the_window_of_notes(show):
    """Guards: a teacher sits at that window, and the class sees the other."""
    page, _ = show
    page.evaluate("Reveal.slide(0, 0)")
    answer = page.locator("section.present section.present details p")
    with page.expect_popup() as popup:
        page.keyboard.press("s")
    popup.value.wait_for_load_state()
    live.expect(popup.value.locator("iframe")).to_have_count(2)  # this slide, the next
    for deck in popup.value.frames[1:]:
        deck.wait_for_function("() => window.Reveal?.isReady()")
    popup.value.keyboard.press("a")
    live.expect(answer).to_be_visible()
    popup.value.close()


def test_the_list_of_keys_has_that_of_answers(show):
    """Guards: who forgot the key finds it."""
    page, _ = show
    page.keyboard.press("Shift+?")
    live.expect(
        page.get_by_text("Unfold the next answer, or fold them")
    ).to_be_visible()
    page.keyboard.press("Escape")


def test_notes_say_what_to_do_and_to_expect(show):
    """Guards: minutes and words of the plan, and the answers with the right one."""
    page, _ = show
    first, last = (
        page.locator(f".slides > section >> nth={n}")
        .locator("aside")
        .all_text_contents()
        for n in (0, 1)
    )
    first, last = "\n".join(first), "\n".join(last)
    for words in (
        "10 min: draw a unit.",
        "✓ Right: C. 0.4",
        "Wrong: B. 0 ",
        "A: unfold",
    ):
        assert words in first
    assert "Right: '0.4'. Expect '0' from the quick ones." in first
    assert "still the 10 min of Begin" in last and "✓" not in last
    assert "Go on: at home." in last and "at home" not in first


def test_links_into_notebooks_are_no_links(show):
    """Guards: no click leads out of the show, to a page that isn't there."""
    page, _ = show
    assert page.locator(".slides a").count() == 0
    assert "See notebook 4 and" in page.locator("section section").first.text_content()


def test_what_is_missing_is_named(monkeypatch, tmp_path):
    """Guards: who has only the learner's packages reads what to install."""
    monkeypatch.setattr(slides, "find_spec", lambda name: None)
    packages = "pip install sphinx_revealjs sphinx-mathjax-offline"
    with pytest.raises(CommandError, match=packages):
        slides.make([], tmp_path)


# 4. The notebooks --------------------------------------------------------------------------

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def decks(tmp_path_factory):
    """The decks of all notebooks, by name."""
    made = slides.make(NOTEBOOKS, tmp_path_factory.mktemp("decks"))
    return {path.stem: path for path in made}


@each_notebook
def test_slide_types_are_known(path):
    """Guards: nbconvert and RISE take an unknown type in silence for '-'."""
    assert {notebook_slides.slide_type(cell) for cell in save.read(path).cells} <= KINDS


@each_notebook
def test_each_slide_is_good_and_each_question_asked(browser, decks, path):
    """Guards: a class sees all of each slide, in readable size, with one key."""
    with slide_faults.opened(browser, decks[path.stem]) as page:
        seen = slide_faults.walk(page, PICTURES and Path(PICTURES, path.stem))
        assert page.evaluate("Reveal.getTotalSlides()") == len(seen)
        assert page.locator("mjx-merror").count() == 0
    assert slide_faults.faults(seen) == []
    notes = "\n".join(slide.notes for slide in seen)
    for name in load_questions(name_of(path.stem)).predictions:
        assert f"Question '{name}'" in notes


@each_notebook
def test_notes_have_all_that_is_planned(path):
    """Guards: no step of the plan is lost because its slide is left out."""
    chapter = plan.read(name_of(path.stem))
    asked = load_questions(name_of(path.stem)).predictions
    cells = notebook_slides.on_slides(save.read(path), asked, chapter).cells
    notes = [
        cell.source for cell in cells if notebook_slides.slide_type(cell) == "notes"
    ]
    planned = [f"{step.minutes} min: {step.words}" for step in chapter.steps]
    assert len(planned) > 5 and chapter.questions.keys() == asked.keys()
    for words in [*planned, *chapter.questions.values()]:
        assert sum(words in note for note in notes) == 1, words


@each_notebook
def test_no_solution_is_in_a_deck(decks, path):
    """Guards: who goes on with the arrow key doesn't show what a class shall find."""
    text = re.sub(r"<[^>]+>|\s", "", decks[path.stem].read_text("utf-8"))
    for cell in save.read(path).cells:
        if "solution" in cell.metadata.get("tags", ()):
            [block] = re.findall(r"```python\n(.*?)```", cell.source, re.DOTALL)
            body = re.sub(r"\s", "", block.partition("\n")[2])
            assert body not in text
