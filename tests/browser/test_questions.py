"""Questions on the page: in JupyterLab, by mouse, by keyboard, in both themes."""

import re

import pytest

from tests import live
from tests.questions.texts import CHOICE, GUESSES, NUMBER, ORDER, QUIZ
from tests.wait import wait_until

pytestmark = pytest.mark.timed

CELLS = [
    """import sys; sys.path.insert(0, ".."); from course import questions, record
ask = questions.load("test.toml", "test")
guess = questions.load("guess.toml", "test").predictions""",
    'questions.QuestionBox(ask.predictions["minus two"])',
    'questions.QuestionBox(ask.predictions["slope"])',
    'questions.QuestionBox(ask.predictions["in order"])',
    "questions.Quiz(ask.quiz)",
    'questions.QuestionBox(guess["option"])',
    'questions.reveal(guess["option"])\n-0.2 * -2',
    'from course.lessons import votes; votes.ask(guess["of a class"])',
    'votes.reveal(guess["of a class"], None)',
    '"the end"',
]
CHOOSE, TYPE, SORT, QUIZ_CELL, GUESS, RUN, VOTE, DRAW = range(1, 9)
FORGET = "record.close(); questions.box.RUNS.clear(); votes.VOTES.clear()"
EXECUTE = """code => jupyterapp.shell.currentWidget.context.sessionContext.session
    .kernel.requestExecute({code}).done"""
LONG = "and it is long enough to be wrapped more than once in a narrow window, " * 3
THEME = "theme => jupyterapp.commands.execute('apputils:change-theme', {theme})"
OUTLINE = "e => getComputedStyle(e).outlineStyle + getComputedStyle(e).outlineWidth"
BEFORE = "e => getComputedStyle(e, '::before').content[1]"
COLOUR = "e => getComputedStyle(e).borderLeftColor"
AFTER = "e => getComputedStyle(e, '::after').content"
SEEN_AFTER = "e => getComputedStyle(e, '::after').visibility"


@pytest.fixture(scope="module")
def page(browser, lab, write_notebook):
    """A notebook with questions, all cells run."""
    folder = lab.course / "notebooks"
    text = (CHOICE + NUMBER + ORDER + QUIZ).replace("itself.", f"itself, {LONG}")
    (folder / "test.toml").write_text(text, encoding="utf-8")
    (folder / "guess.toml").write_text(GUESSES, encoding="utf-8")
    write_notebook("test", CELLS)
    notebook = live.Notebook(browser, lab, "test")
    notebook.run_all()
    yield notebook
    notebook.close()


@pytest.fixture
def question(page):
    """A function: the questions of a cell, which has run again; none is answered before.

    The page must not have complained when the test ends.
    """
    page.page.evaluate(EXECUTE, FORGET)

    def asked(cell):
        page.run(cell)
        root = page.show_cell(cell).locator(".course-question")
        root.first.wait_for()
        return root

    yield asked
    told, page.complaints = page.complaints, []
    assert not told, "\n".join(told)


def button(root, name):
    return root.get_by_role("button", name=name, exact=True)


def expect_words(root, text):
    """Wait until the first reply holds a text, or any text that a pattern meets."""
    root.get_by_role("status").first.filter(has_text=text).wait_for()


def enter(box, typed):
    """Type into a box, and press Enter."""
    box.fill(typed)
    box.press("Enter")


def test_the_whole_text_of_an_option_answers(page, question):
    """Guards: a target of one letter; right, wrong and chosen told by words and sign."""
    root = question(CHOOSE)
    option, right, _ = root.locator(".option").all()
    assert option.bounding_box()["width"] > 600
    option.click(position={"x": 500, "y": 10})
    expect_words(root, "\N{BALLOT X} No. Look at the line for negative z.")
    assert option.evaluate(BEFORE) == "✗"
    colour = option.evaluate(COLOUR)
    root.get_by_text("Look at both sides.").wait_for()
    option.click()  # nothing new is sent
    right.click()
    expect_words(root, "\N{CHECK MARK} Right. -0.2 times -2 is 0.4.")
    expect_words(root, "Your first answer was: 0")
    assert root.locator(".reply[data-number='2']").count() == 1, "it is not the second"
    assert right.evaluate(BEFORE) == "✓" and option.evaluate(BEFORE) == "o"  # none
    assert option.evaluate(COLOUR) != colour != right.evaluate(COLOUR)
    root = question(CHOOSE)  # the cell runs again
    expect_words(root, "Right. -0.2 times")
    assert root.count() == 1
    assert root.locator("[aria-pressed=true]").all_text_contents() == ["0.4"]


def test_number_box_commits_on_enter_and_by_its_button(page, question):
    """Guards: the label of the box, Enter, after which one types anew, and the button."""
    root = question(TYPE)
    box = root.get_by_role("textbox", name="your number")
    enter(box, "a half")
    expect_words(root, "'a half' is not a number.")
    for typed in ("7", "8"):  # the same reply to both
        enter(box, typed)
        expect_words(root, "No. Divide rise by run.")
        answers = root.locator(".answers:not(.waiting)")
        wait_until(lambda answers=answers: answers.count() == 1, "it waits for ever")
    page.page.keyboard.type("-0.4")  # in place of what was answered
    assert box.input_value() == "-0.4"
    button(root, "Answer").click()
    expect_words(root, "No. Mind the sign.")
    enter(box, "0.4")
    expect_words(root, re.compile(r"Right\.\s+It rises\.\s+Your first answer was: 7"))


def test_lines_are_put_in_order_by_buttons_and_by_keys(page, question):
    """Guards: up and down, the arrow keys, and the name of the first wrong line; a reply
    that stands beside another order than its own."""
    root = question(SORT)
    right = ["A = X", "for W, b in params:", "Z = A @ W + b", "A = f(Z)"]

    def lines(root):
        return [text.strip() for text in root.locator("li pre").all_text_contents()]

    assert sorted(lines(root)) == sorted(right)
    for place, line in enumerate(right[:3]):  # by the mouse; then by keys, focused
        for _ in range(lines(root).index(line) - place):
            button(root, f"Move up: {line}").click()
        assert lines(root).index(line) == place
    button(root, f"Move down: {right[1]}").click()
    assert lines(root) == [right[number] for number in (0, 2, 1, 3)]
    button(root, "Check the order").click()
    words = f"No. Line 2, {right[2]}, is the first out of place. The loop begins."
    expect_words(root, words)
    button(root, f"Move down: {right[1]}").focus()
    page.page.keyboard.press("ArrowUp")
    assert root.locator("button:focus").get_attribute("aria-label").endswith(right[1])
    assert lines(root) == right
    live.expect(root.locator(".reply")).to_be_hidden()
    button(root, "Check the order").click()
    live.expect(root.locator(".reply")).to_be_visible()
    expect_words(root, "Right. First the sum, then the activation.")
    assert lines(question(SORT)) == right  # as they were put, when the cell runs again


def test_a_busy_machine_is_told(page, question):
    """Guards: an answer without a word while another cell runs."""
    root = question(CHOOSE)
    answers = root.locator(".answers")
    answers.evaluate("e => e.classList.add('waiting')")
    wait_until(lambda: answers.evaluate(SEEN_AFTER) == "visible", "no word of waiting")
    assert "busy" in answers.evaluate(AFTER)
    button(root, "0").click()
    expect_words(root, "No.")
    wait_until(lambda: "busy" not in answers.evaluate(AFTER), "the word stays")


def test_a_slow_browser_loses_no_reply(page, question):
    """Guards: anywidget, which stops to listen if a widget isn't there after 2 seconds."""
    page.page.evaluate(live.SLOW)
    with page.page.expect_event(
        "pageerror", lambda error: "[anywidget] Failed to initialize" in str(error)
    ):
        root = question(CHOOSE)
    button(root, "0").click()
    expect_words(root, "No.")
    page.page.keyboard.press("b")
    assert len(page.cells()) == len(CELLS)
    page.load()
    page.run_all()


LOCKED = "e => e.getAttribute('aria-disabled')"


def told_below(page, cell):
    """What the run of a cell tells of the guess."""
    return page.show_cell(cell).get_by_role("status")


def test_by_keys_alone_a_guess_locks_and_shift_enter_reveals(page, question):
    """Guards: a verdict before the run, one that needs a click, a guess that is changed by a
    second click, and a focus that is not seen, or lost, so that Shift+Enter goes nowhere."""
    root = question(GUESS)
    button(root, "0").focus()
    page.page.keyboard.press("ArrowDown")
    page.page.keyboard.press("ArrowDown")
    focused = root.locator("button:focus")
    assert focused.text_content() == "-2" and focused.evaluate(OUTLINE) == "solid3px"
    page.page.keyboard.press("Enter")
    expect_words(root, 'Noted: "-2".')
    words = root.get_by_role("status").text_content().strip()
    assert words == 'Noted: "-2". The run shows the answer.'
    assert root.locator(".option").first.evaluate(BEFORE) == "o"  # none: no sign
    chosen = root.locator("[aria-pressed=true]")
    assert chosen.text_content() == "-2" and chosen.evaluate(LOCKED) == "true"
    assert chosen.evaluate(BEFORE) == "o"
    button(root, "0").evaluate("e => e.click()")
    page.page.keyboard.press("ArrowUp")
    page.page.keyboard.press(" ")
    assert chosen.text_content() == "-2"
    page.page.keyboard.press("Shift+Enter")
    told = told_below(page, RUN)
    head = '\N{BALLOT X} You said "-2"; the answer is "0.4".'
    told.filter(has_text=f"{head} That is <b>z</b> itself. -0.2 times").wait_for()
    outputs = page.cells()[RUN]["outputs"]
    assert [output["output_type"] for output in outputs] == [
        "execute_result",
        "display_data",
    ]
    assert "Look at both sides." in told.text_content()


def test_of_two_quick_clicks_the_first_counts_and_stays(page, question):
    """Guards: a busy machine, where the page shows another guess than the one noted; one
    that is shown anew as unanswered."""
    root = question(GUESS)
    root.evaluate(
        "root => root.querySelectorAll('.option').forEach(option => option.click())"
    )
    expect_words(root, 'Noted: "0".')
    chosen = root.locator("[aria-pressed=true]")
    wait_until(lambda: chosen.all_text_contents() == ["0"], "another one is marked")
    root = question(GUESS)
    expect_words(root, 'Noted: "0".')
    chosen = root.locator("[aria-pressed=true]")
    assert chosen.text_content() == "0" and chosen.evaluate(LOCKED) == "true"


def test_a_class_guesses_by_keys_alone_and_is_drawn(page, question):
    """Guards: counts that need a mouse; Enter, which JupyterLab keeps; a round that is lost."""
    root = question(VOTE)
    first = root.get_by_role("textbox", name="the class")
    assert "B. 0.4" in root.inner_text()
    first.focus()
    page.page.keyboard.type("12 A")
    page.page.keyboard.press("Enter")
    expect_words(root, "Noted: 12 A")
    page.page.keyboard.type(", 9 b")
    page.page.keyboard.press("Tab")  # which sends, too
    expect_words(root, "Noted: 12 A, 9 B (21 in all). The run shows the answer.")
    page.page.keyboard.type("20 B")
    page.page.keyboard.press("Shift+Enter")  # it is sent first
    root = page.show_cell(VOTE).locator(".course-question")
    expect_words(
        root, "Noted: 12 A, 9 B (21 in all); after a discussion 20 B (20 in all)."
    )
    box = root.get_by_role("textbox", name="after a discussion")
    wait_until(lambda: box.input_value() == "20 B", "the box is empty")
    told_below(page, DRAW).filter(has_text="The class said 12 A, 9 B (21 in").wait_for()
    wait_until(lambda: len(page.cells()[DRAW]["outputs"]) == 2, "no picture")
    _, picture = page.cells()[DRAW]["outputs"]  # last, so that it stays in sight
    alt = picture["metadata"]["image/png"]["alt"]
    assert alt.startswith(
        "The class: 12 said A, 9 said B; after a discussion: 20 said B."
    )


def test_an_answer_that_comes_when_its_cell_has_run_again_is_in_the_box(page, question):
    """Guards: an empty box above 'Noted': JupyterLab sends answer and run by two ways."""
    question(VOTE)
    earlier = "questions.box.ON_PAGE['test', 'Predict of a class']"
    page.page.evaluate(EXECUTE, f"earlier = {earlier}")
    page.run(VOTE)
    box = page.show_cell(VOTE).get_by_role("textbox", name="the class")
    page.page.evaluate(EXECUTE, "earlier.submit('first 3 A')")
    wait_until(lambda: box.input_value() == "3 A", "the box is empty")


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_texts_stand_out_in_each_theme(page, question, theme):
    """Guards: no black on black. 4.5 is what WCAG 2.2 asks for (1.4.3)."""
    page.page.evaluate(THEME, theme)
    is_light = str(theme.endswith("Light")).lower()
    page.page.locator(f"body[data-jp-theme-light={is_light}]").wait_for(
        state="attached"
    )
    root = question(CHOOSE)
    button(root, "0").click()
    expect_words(root, "No.")
    for part in ("strong", "code", "button", "[aria-pressed=true]", "[role=status]"):
        assert root.locator(part).first.evaluate(live.CONTRAST) > 4.5, part


def test_nothing_overflows_at_800_pixels(page, question):
    """Guards: a long text is wrapped, on a narrow window too."""
    page.page.set_viewport_size({"width": 800, "height": 720})
    for cell in (CHOOSE, TYPE, SORT, QUIZ_CELL):
        root = question(cell).last
        root.get_by_role("button").last.click()
        expect_words(root, re.compile("No\\.|number first"))
        for shown in page.show_cell(cell).locator(".jp-OutputArea-output").all():
            assert shown.evaluate(live.OVERFLOWS) == []
    page.page.set_viewport_size(live.SIZE)


def test_after_a_restart_questions_say_that_they_are_asleep(page, question):
    """Guards: dead buttons that look alive, and the red icons of ipywidgets."""
    for cell in (CHOOSE, QUIZ_CELL):
        question(cell)
    page.restart()
    told = "Asleep. Run the imports at the top, then this cell"
    for cell in (QUIZ_CELL, CHOOSE):
        asked = page.show_cell(cell).locator(".course-question").first
        wait_until(lambda asked=asked: told in asked.evaluate(AFTER), "it seems awake")
        still = "e => getComputedStyle(e).pointerEvents"
        assert asked.get_by_role("button").first.evaluate(still) == "none"
    icons = """() => [...document.querySelectorAll('.jupyter-widgets-disconnected')]
        .map(e => getComputedStyle(e, '::before').content)"""
    assert set(page.page.evaluate(icons)) <= {"none"}
    live.wait_until_ready(page.page)
    page.run(0)
    root = question(CHOOSE)
    button(root, "0.4").click()
    expect_words(root, "Right.")
