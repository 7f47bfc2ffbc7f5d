"""The decks: each is made, and walked through in a browser at 1280 x 720.

Needs Chromium, as tests/browser does, and no network. Slides with planted faults, of
slides.toml, show that the look at a slide finds them.
"""

import base64
import contextlib
import io
import os
import re
from pathlib import Path

import pytest
from nbformat import v4
from PIL import Image

from course.lessons import load_questions, name_of
from course.tools import CommandError, find_notebooks, plan, save, slides
from course.tools.deck import notebook_slides
from tests import live, tables

NOTEBOOKS = find_notebooks([])
FAULTS = tables.beside(__file__, "slides.toml")
# The slides are planted, unless a test is given a notebook.
pytestmark = pytest.mark.apart
KINDS = {"slide", "subslide", "fragment", "skip", "notes", "-"}
PICTURES = os.environ.get("SLIDE_PICTURES")  # a folder that gets a PNG of each slide
PIXEL = FAULTS.pop("pixel")  # a picture
TALL = "<div style='height:{}px'></div>\n\nThe end."
LONG = {
    "TALL800": TALL.format(800),
    "TALL900": TALL.format(900),
    "PIXEL": f"data:image/png;base64,{PIXEL}",
    "DRAWN": "data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 "
    "width=%22500%22 height=%22500%22/%3E",
    "WIDE": "wide " * 200,
    "SUM": "x + " * 80,
    "LINES": "line<br>" * 9,
}
PLANTED = [*FAULTS["text"].values(), *FAULTS["code"].values()]
# Without it a picture may catch a fragment while it appears.
STILL = ".reveal .slides section .fragment { transition: none !important }"
PLAN = """# 1. Activations
## Lesson 1 of 1: All
- 10 min, *Begin*, *Go on*: draw a unit. Then:
  let the class compute.
- At home: *End*,
  *Go on*.
## What to ask
- **'minus two': what?** Right: '0.4'. Expect '0' from the quick ones.
"""


def markdown(text, kind="slide", make=v4.new_markdown_cell, **fields):
    return make(text, metadata={"slideshow": {"slide_type": kind}}, **fields)


def code(source, kind="-", **fields):
    return markdown(source, kind, v4.new_code_cell, **fields)


def picture(source):
    """A cell that has drawn a square."""
    data, alt = {"image/png": PIXEL, "text/plain": "words"}, {"alt": "A square"}
    output = v4.new_output("display_data", data, metadata={"image/png": alt})
    return code(source, outputs=[output])


def drawn(**places):
    """A cell whose picture was drawn for places on a slide, as {place: (width, height)}."""
    slides = {}
    for place, size in places.items():
        stream = io.BytesIO()
        Image.new("RGB", size).save(stream, "png")
        slides[place] = base64.b64encode(stream.getvalue()).decode()
    cell = picture("pictures.square()")
    cell.outputs[0].metadata["image/png"]["slides"] = slides
    return cell


def planted():
    """The slides of slides.toml."""
    for text in FAULTS["text"]:
        yield markdown(re.sub("|".join(LONG), lambda word: LONG[word[0]], text))
    for source in FAULTS["code"]:
        yield code(source, "slide")


@contextlib.contextmanager
def opened(browser, deck):
    """Open a deck at 1280 x 720, and wait until it is laid out."""
    page = live.new_page(browser, viewport=live.SIZE)
    page.goto(deck.as_uri())
    page.add_style_tag(content=STILL)
    page.add_script_tag(path=Path(__file__).with_name("slide_faults.js"))
    page.evaluate("deckIsReady")
    yield page
    page.close()


def walk(page, pictures=None) -> list:
    """What the browser shows of each slide, with its fragments, its answers unfolded, as a
    dict; the right arrow key goes on. ``pictures`` gets a PNG of each."""
    slides, is_last = [], False
    while not is_last:
        seen = page.evaluate("look()")
        if not seen["is_waiting"]:
            slides.append(seen["slide"])
            if pictures:
                page.screenshot(path=pictures / f"{len(slides):02}.png")
        is_last = seen["is_last"] and not seen["is_waiting"]
        page.keyboard.press("ArrowRight")
        assert len(slides) <= 60, "a deck of more than 60 slides"
    return slides


def make_deck(cells, folder, name="small"):
    """The deck of a notebook that has run."""
    slides.copy_parts(folder / "parts")
    return slides.write_deck(v4.new_notebook(cells=cells), name, folder)


@pytest.fixture(scope="module")
def laid_out(browser, tmp_path_factory):
    """How each slide of a deck looks, its texts, and the first numbers of its lists."""
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
        markdown(LONG["TALL800"], "notes"),
        markdown("# Last"),
        markdown(LONG["TALL800"], "skip"),
        markdown("The end.", "fragment"),
    ]
    deck = make_deck([*planted(), *cells], tmp_path_factory.mktemp("layout"))
    with opened(browser, deck) as page:
        seen, texts, starts = walk(page), *page.evaluate("[texts(), starts()]")
    assert len(seen) == len(texts)  # one key goes through all
    return seen, texts, starts


def test_each_planted_fault_is_found(laid_out):
    """Guards: each way in which a slide can be bad is seen, in its own pixels."""
    seen = laid_out[0][: len(PLANTED)]
    for slide, expected in zip(seen, PLANTED, strict=True):
        pairs = zip(slide["problems"], expected, strict=True)
        assert all(part in said for said, part in pairs), slide["problems"]
    first, second = seen[2:4]
    more = second["over"]["bottom"] - first["over"]["bottom"]
    assert more == pytest.approx(100, abs=0.5)


def test_the_layout_of_slides(laid_out):
    """Guards: what is lost, stands twice or has no title; slides nearly empty; code to skip."""
    seen, texts, starts = laid_out
    seen, texts = seen[len(PLANTED) :], texts[len(PLANTED) :]
    titles = ["Long", "Long (2)", "Short", "Own", "Pictures", "Pictures (2)"]
    titles += ["Pictures (3)", "Fragments", "Last"]
    assert [slide["title"] for slide in seen] == titles
    assert [slide["down"] for slide in seen[:4]] == [0, 1, 0, 1]
    assert [slide["problems"] for slide in seen] == [[]] * len(seen)
    items = [f"Item {n}." for n in range(1, 21)]
    assert texts[0] + texts[1] == ["Before it.", "These are the items:", *items]
    assert starts == [1, len(texts[0]) - 1]
    words = [*["Words."] * 6, "def f():\n    return 1"]
    assert texts[2:4] == [["First.", "Second."], ["Third."]]
    assert texts[4:7] == [["A square"], words, ["A square"]]


PLACES = {"beside": (600, 500), "low": (1200, 400), "tall": (1200, 580)}
WIDE = {"low": (1200, 400), "tall": (1200, 580)}
ASKED = "This one:\n\n<div class='question'>\n\n" + "Asked.\n\n" * 8 + "</div>"
TOLD = "<details><summary>After your run: why</summary>\n\nSo it is.\n\n</details>"


@pytest.fixture(scope="module")
def composed(browser, tmp_path_factory):
    """How the parts of some slides stand, as {title: what ``composed`` tells}."""
    cells = [
        markdown("# Both fit\n\nWords."),
        drawn(**PLACES),
        markdown("## A wide one\n\nWords."),
        drawn(**WIDE),
        markdown("## Long lines of code\n\nWords."),
        code("x = 1  # " + "much " * 14),
        drawn(**PLACES),
        markdown("## Too many words\n\n" + "Words.\n\n" * 9),
        drawn(**WIDE),
        markdown("## Three columns\n\n" + "| 1 | 2 | 3 |\n|---|---|---|\n\nWords."),
        drawn(**PLACES),
        markdown("## " + "A title of two lines " * 4),
        drawn(tall=(1200, 580)),
        markdown("## It leads on\n\n" + "Words.\n\n" * 8 + "This one:"),
        drawn(**WIDE),
        markdown("## It leads to code\n\n" + "Words.\n\n" * 10 + "This one:"),
        code("x = 1\n" * 8),
        markdown("## It leads to a question\n\n" + "Words.\n\n" * 10 + ASKED),
        markdown("## Code alone"),
        code("x = 1"),
        markdown("## Cut, with notes\n\n" + "Words.\n\n" * 20),
        markdown("Look at the first word.", "notes"),
        markdown("## Explained\n\nWords."),
        markdown(TOLD, "subslide"),
        markdown("## Explained later\n\n" + "Words.\n\n" * 11),
        markdown(TOLD, "subslide"),
        markdown("More.", "subslide"),
    ]
    deck = make_deck(cells, tmp_path_factory.mktemp("composed"))
    with opened(browser, deck) as page:
        return {slide["title"]: slide for slide in page.evaluate("composed()")}


def test_a_picture_stands_where_it_fits_in_the_form_that_was_drawn_for_it(composed):
    """Guards: text and its picture parted; a picture squeezed, its numbers too small."""
    places = {t: (slide["place"], slide["where"]) for t, slide in composed.items()}
    assert places["Both fit"] == ("beside", "right")
    assert places["A wide one"] == places["Long lines of code"] == ("low", "below")
    assert places["Three columns"] == ("low", "below")
    assert places["It leads on (2)"] == ("low", "below")
    assert composed["It leads to code (2)"]["text"] == "This one:"
    assert composed["It leads to a question (2)"]["text"].startswith("Asked.")
    assert places["Too many words"] == ("", "")
    assert places["Too many words (2)"] == ("tall", "")
    long = composed["A title of two lines " * 3 + "A title of two lines"]
    assert long["place"] == "tall"
    assert max(slide["bottom"] for slide in composed.values()) <= 720


def test_an_explanation_is_folded_only_beside_what_it_explains(composed):
    """Guards: a slide that is white until a key is pressed; text that could be larger."""
    assert composed["Explained"]["folded"] == 1
    later = composed["Explained later (2)"]
    assert composed["Explained later (3)"]["text"] == "More."
    assert later["folded"] == 0 and later["text"] == "After your run: why So it is."
    assert composed["Explained later"]["text"] == " ".join(["Words."] * 11)
    assert later["size"] > composed["Explained later"]["size"] >= 28
    assert composed["Code alone"]["code"] > 22 * 1.35


def test_notes_go_with_each_part_of_a_slide(composed):
    """Guards: a teacher without a word on the second part; the same words twice."""
    parts = [composed[f"Cut, with notes{number}"] for number in ("", " (2)")]
    assert [part["notes"] for part in parts] == [1, 1]
    # The first slide's title is the page's own heading.
    assert composed["Both fit"]["heading"] == "H1"


@pytest.fixture(scope="module")
def show(browser, tmp_path_factory):
    """The page of a deck with a question of notebook 1, and its requests."""
    cells = [
        markdown("# Begin\n\nSee [notebook 4](04_backprop.ipynb#Begin) and $w$."),
        code('lesson.predict("minus two")', "subslide"),
        code("print(relu(z))\nlesson.reveal('minus two')".replace("'", '"')),
        markdown("## Go on\n\n$$L = \\tfrac{1}{2} \\quad \\text{(n, n\\_out)}$$"),
    ]
    folder, requests = tmp_path_factory.mktemp("show"), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "path_of", lambda name: folder / f"{name}.md")
        plan.path_of("activations").write_text(PLAN, "utf-8")
        deck = make_deck(cells, folder, "01_activations")
    with opened(browser, deck) as page:
        page.on("request", lambda request: requests.append(request.url))
        page.reload()
        page.evaluate("deckIsReady")
        yield page, requests


@pytest.fixture
def question(show):
    """The slide of the question, with its answers folded."""
    show[0].evaluate("Reveal.slide(0, 0)")
    return show[0].locator("section.present section.present")


def test_nothing_is_asked_of_the_network_and_no_link_leads_out(show):
    """Guards: a deck works without network, and no click leads away."""
    page, requests = show
    kinds = {url.partition(":")[0] for url in requests}
    assert kinds == {"file"} and any(url.endswith("reveal.js") for url in requests)
    formulas = page.locator("section section mjx-container")
    assert formulas.count() == 2 and page.locator("mjx-merror").count() == 0
    # In the readable form of the formula the underscore has lost its backslash.
    assert "(n, n_out)" in formulas.last.text_content()
    assert page.locator(".slides a").count() == 0
    assert "See notebook 4 and" in page.locator("section section").first.text_content()


def test_a_question_hides_its_answers_until_a_key_is_pressed(show, question):
    """Guards: an answer that is told too early, or with another one."""
    shown = question.inner_text()
    assert "What does this relu return for -2?" in shown and "C. 0.4" in shown
    assert "print(relu(z))" not in shown
    answer, folds = question.locator("details p"), question.locator("details")
    assert not answer.is_visible()
    show[0].keyboard.press("a")
    assert answer.is_visible() and answer.inner_text().startswith("✓ Right: C. ")
    show[0].keyboard.press("a")
    folds.evaluate("fold => fold.after(fold.cloneNode(true))")
    opened = []
    for _ in range(3):
        show[0].keyboard.press("a")
        opened.append(folds.evaluate_all("all => all.map(fold => fold.open)"))
    folds.last.evaluate("fold => fold.remove()")
    assert opened == [[True, False], [True, True], [False, False]]


@pytest.mark.timed
def test_the_key_is_listed_and_works_in_the_window_of_notes(show, question):
    """Guards: who forgot the key finds it; the teacher's own window."""
    page, _ = show
    with page.expect_popup() as popup:
        page.keyboard.press("s")
    popup.value.wait_for_load_state()
    live.expect(popup.value.locator("iframe")).to_have_count(2)  # this slide, the next
    for deck in popup.value.frames[1:]:
        deck.wait_for_function("() => window.Reveal?.isReady()")
    popup.value.keyboard.press("a")
    live.expect(question.locator("details p")).to_be_visible()
    popup.value.close()
    page.keyboard.press("Shift+?")
    words = page.get_by_text("Unfold the next answer, or fold them all")
    live.expect(words).to_be_visible()
    page.keyboard.press("Escape")


def test_notes_say_what_to_do_and_to_expect(show):
    """Guards: minutes and words of the plan, and the answers with the right one."""
    first, last = (
        "\n".join(slide.locator("aside").all_text_contents())
        for slide in show[0].locator(".slides > section").all()
    )
    step = "10 min: draw a unit. Then: let the class compute."
    for words in (step, "✓ Right: C. 0.4", "Wrong: B. 0 "):
        assert words in first
    assert "A: unfold" in first
    assert -1 < first.find("Count the hands") < first.index("✓ Right")
    assert "Right: '0.4'. Expect '0' from the quick ones." in first
    assert "still the 10 min of Begin" in last and "✓" not in last
    assert "Go on: at home." in last and "at home" not in first


def test_what_only_a_learner_has_use_for_is_left_out():
    """Guards: 'Predict:' twice, or far from its question; whose function runs; an empty cell."""
    told = "my_step: the course's, until you solve it in 5\n"
    said = v4.new_output("stream", text=told)
    kept = v4.new_output("stream", text=f"{said.text}loss 0.1\n")
    cells = [
        markdown("## A\n\nWords. **Predict** before\nyou run.", "slide"),
        markdown("**Predict**, for all:", "-"),
        code("[step] = lesson.own('my_step')", outputs=[said]),
        code("print(loss)", outputs=[kept]),
    ]
    notebook, chapter = v4.new_notebook(cells=cells), plan.Chapter([], [], {})
    made = notebook_slides.as_slides(notebook, {}, chapter)
    shown = [c for c in made.cells if notebook_slides.slide_type(c) != "notes"]
    sources = ["## A\n\nWords.", "[step] = lesson.own('my_step')", "print(loss)"]
    assert [cell.source for cell in shown] == sources
    assert [cell.outputs for cell in shown[1:]] == [[], [kept | {"text": "loss 0.1\n"}]]


def test_the_answer_of_a_number_is_the_number_that_came_out():
    """Guards: an answer without its number; votes in a form that the demo refuses."""
    asked = load_questions("your_network").predictions["new people"]
    words = plan.read("your_network").questions["new people"]
    notebook = v4.new_notebook(cells=[code('lesson.predict("new people")')])
    chapter = plan.Chapter([], [], {asked.name: words})
    made = notebook_slides.as_slides(notebook, {asked.name: asked}, chapter)
    question, *notes = [cell.source for cell in made.cells]
    assert "✓ Right: <strong>91 %</strong>" in question
    assert "80, 3x 90" in "".join(notes) and "12 A" not in "".join(notes)


def test_what_is_missing_is_named(monkeypatch, tmp_path):
    """Guards: who has only the learner's packages reads what to install."""
    monkeypatch.setattr(slides, "find_spec", lambda name: None)
    packages = "pip install sphinx_revealjs sphinx-mathjax-offline"
    with pytest.raises(CommandError, match=packages):
        slides.make([], tmp_path)


def test_a_notebook_runs_for_its_deck_or_is_told(tmp_path):
    """Guards: pictures that are not drawn for slides; a traceback for who makes decks."""
    seen = "import os\nprint(os.environ['COURSE_PICTURES'], 'PATH' in os.environ)"
    path = tmp_path / "tiny.ipynb"
    save.write(v4.new_notebook(cells=[v4.new_code_cell(seen)]), path)
    assert slides.ran(path).cells[0].outputs[0].text == "slides True\n"
    save.write(v4.new_notebook(cells=[v4.new_code_cell("1 / 0")]), path)
    with pytest.raises(CommandError, match="^tiny fails: .*division by zero$"):
        slides.ran(path)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_deck_holds_all_that_is_planned_and_no_solution(path):
    """Guards: a step of the plan that is lost; what a class shall find."""
    notebook, chapter = save.read(path), plan.read(name_of(path.stem))
    asked = load_questions(name_of(path.stem)).predictions
    made = notebook_slides.as_slides(notebook, asked, chapter).cells
    notes = [c.source for c in made if notebook_slides.slide_type(c) == "notes"]
    planned = [f"{step.minutes} min: {step.words}" for step in chapter.steps]
    assert planned and chapter.questions.keys() == asked.keys()
    for words in [*planned, *chapter.questions.values()]:
        assert sum(words in note for note in notes) == 1, words
    text = re.sub(r"<[^>]+>|\s", "", "".join(cell.source for cell in made))
    assert "lesson.reveal" not in text
    has_recap = any("Recap" in step.titles for step in chapter.steps)
    assert ("Afterthequiz" in text) is has_recap
    for cell in notebook.cells:
        assert notebook_slides.slide_type(cell) in KINDS
        if "solution" in cell.metadata.get("tags", ()):
            [block] = re.findall(r"```python\n(.*?)```", cell.source, re.DOTALL)
            assert re.sub(r"\s", "", block.partition("\n")[2]) not in text


SLOW = [pytest.param(path.stem, marks=pytest.mark.slow) for path in NOTEBOOKS[1:]]


@pytest.mark.parametrize("name", [NOTEBOOKS[0].stem, *SLOW])
def test_each_slide_is_good_and_each_question_asked(browser, tmp_path, name):
    """Guards: a class sees all of each slide, in readable size, with one key."""
    [deck] = slides.make(find_notebooks([name]), tmp_path)
    with opened(browser, deck) as page:
        seen = walk(page, PICTURES and Path(PICTURES, name))
        assert page.evaluate("Reveal.getTotalSlides()") == len(seen)
        assert page.locator("mjx-merror").count() == 0
    assert [slide for slide in seen if slide["problems"]] == []
    notes = "\n".join(slide["notes"] for slide in seen)
    for question in load_questions(name_of(name)).predictions:
        assert f"Question '{question}'" in notes
