"""Questions on the page: in JupyterLab, by mouse, by keyboard, in both themes."""

import re

import pytest

from course.tools import save
from tests import live
from tests.questions.texts import CHOICE, NUMBER, ORDER, QUIZ
from tests.wait import wait_until

pytestmark = pytest.mark.timed

CELLS = """import sys; sys.path.insert(0, ".."); from course import questions
ask = questions.load("test.toml", "test").predictions
questions.QuestionBox(ask["minus two"])
questions.QuestionBox(ask["slope"])
questions.QuestionBox(ask["in order"])
questions.Quiz(questions.load("test.toml", "test").quiz)
"the end" """
CELLS = [CELLS[: CELLS.index("questions.Q")], *CELLS.splitlines()[2:]]
CHOOSE, TYPE, SORT, QUIZ_CELL = range(1, 5)
LONG = "and it is long enough to be wrapped more than once in a narrow window, " * 3
# How much lighter the text is than what lies behind it; 21 is white on black.
CONTRAST = """e => {
    const light = colour => {
        const [r, g, b] = colour.match(/[\\d.]+/g).map(each => (each / 255) ** 2.2);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05 };
    const text = light(getComputedStyle(e).color);
    while (getComputedStyle(e).backgroundColor === 'rgba(0, 0, 0, 0)')
        e = e.parentElement;
    const back = light(getComputedStyle(e).backgroundColor);
    return Math.max(text, back) / Math.min(text, back) }"""
THEME = "theme => jupyterapp.commands.execute('apputils:change-theme', {theme})"
WIDTHS = """() => [...document.querySelectorAll(
    '.jp-OutputArea-output, .jp-OutputArea-output *')].filter(
    e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth).map(e => e.outerHTML)"""


ACTIVE = "() => jupyterapp.shell.currentWidget.content.activeCellIndex"
OUTLINE = "e => getComputedStyle(e).outlineStyle + getComputedStyle(e).outlineWidth"
BEFORE = "e => getComputedStyle(e, '::before').content[1]"
COLOUR = "e => getComputedStyle(e).borderLeftColor"
AFTER = "e => getComputedStyle(e, '::after').content"
SEEN_AFTER = "e => getComputedStyle(e, '::after').visibility"
# Keys that do something to the selected cell in JupyterLab's command mode.
KEYS = [*"abcdfhijklmnoprsvxyz01", "ArrowUp", "ArrowDown", "Escape", "Delete", "Home"]


@pytest.fixture(scope="module")
def page(browser, lab, write_notebook, open_notebook):
    """A notebook with questions in JupyterLab, all cells run, and its saved form."""
    folder = lab.course / "notebooks"
    text = (CHOICE + NUMBER + ORDER + QUIZ).replace("itself.", f"itself, {LONG}")
    (folder / "test.toml").write_text(text, encoding="utf-8")
    notebook = write_notebook("test", CELLS)
    saved = save.normalize(save.execute(notebook, folder))
    save.write(saved, folder / "saved.ipynb")
    with open_notebook("test") as page:
        page.saved = lambda: live.Notebook(browser, lab, "saved")
        yield page


@pytest.fixture
def question(page):
    """A function: the questions of a cell, which has run again; scrolled to."""

    def asked(cell):
        page.run(cell)
        root = page.show_cell(cell).locator(".course-question")
        root.first.wait_for()
        return root

    return asked


@pytest.fixture(autouse=True)
def forgotten(page):
    """No question is answered yet."""
    page.page.evaluate(
        """code => jupyterapp.shell.currentWidget.context.sessionContext.session
        .kernel.requestExecute({code}).done""",
        "from course import record; record.close()",
    )


def button(root, name):
    return root.get_by_role("button", name=name, exact=True)


def expect_words(root, text, index=0):
    """Wait until a reply holds a text, or any text that a pattern meets."""
    root.get_by_role("status").nth(index).filter(has_text=text).wait_for()


# 1. Answers ----------------------------------------------------------------------------


def test_the_whole_text_of_an_option_answers(page, question):
    """Guards: a target of one letter; right and wrong are told by words and sign."""
    root = question(CHOOSE)
    option, right, _ = root.locator(".option").all()
    assert option.bounding_box()["width"] > 600
    option.click(position={"x": 500, "y": 10})
    expect_words(root, "\N{BALLOT X} Not yet. Look at the line for negative z.")
    assert option.evaluate(BEFORE) == "✗"
    colour = option.evaluate(COLOUR)
    root.get_by_text("Show the explanation").click()
    root.get_by_text("Look at both sides.").wait_for()
    right.click()
    expect_words(root, "\N{CHECK MARK} Right. -0.2 times -2 is 0.4.")
    expect_words(root, "Your first answer was: 0")
    assert right.evaluate(BEFORE) == "✓" and option.evaluate(BEFORE) == "o"  # none
    assert option.evaluate(COLOUR) != colour != right.evaluate(COLOUR)


def test_options_are_chosen_by_keyboard_and_the_focus_is_seen(page, question):
    """Guards: Tab, arrow keys, Enter and Space, and an outline."""
    root = question(CHOOSE)
    button(root, "0").focus()
    page.page.keyboard.press("ArrowDown")
    page.page.keyboard.press("ArrowDown")
    focused = root.locator("button:focus")
    assert focused.text_content() == "-2"
    assert focused.evaluate(OUTLINE) == "solid3px"
    page.page.keyboard.press("Shift+Tab")
    page.page.keyboard.press("Enter")
    expect_words(root, "Right.")
    page.page.keyboard.press("ArrowUp")
    page.page.keyboard.press(" ")
    expect_words(root, "Not yet.")


@pytest.mark.parametrize("cell", [CHOOSE, SORT])
def test_no_key_of_jupyterlab_is_hit(page, question, cell):
    """Guards: letters that insert, cut or delete cells while a question has the focus."""
    root = question(cell)
    before = [cell["source"] for cell in page.cells()]
    for key in KEYS:
        root.get_by_role("button").first.focus()
        page.page.keyboard.press(key)
        page.page.keyboard.press(key)  # d, d deletes
    assert [cell["source"] for cell in page.cells()] == before
    assert page.page.evaluate(ACTIVE) == cell
    assert page.page.locator(".jp-Dialog").count() == 0


def test_after_an_answer_shift_enter_goes_on(page, question):
    """Guards: the run of the question's cell that erased the reply."""
    root = question(CHOOSE)
    button(root, "-2").click()
    expect_words(root, "Not yet.")
    page.page.keyboard.press("Shift+Enter")
    wait_until(lambda: page.page.evaluate(ACTIVE) == TYPE, "the next cell isn't active")
    expect_words(page.show_cell(CHOOSE).locator(".course-question"), "Not yet. That is")
    root = question(TYPE)
    root.get_by_role("textbox", name="your number").fill("2/5")
    page.page.keyboard.press("Enter")
    expect_words(root, "Right. It rises.")
    page.page.keyboard.press("Shift+Enter")
    wait_until(lambda: page.page.evaluate(ACTIVE) == SORT, "the next cell isn't active")
    expect_words(page.show_cell(TYPE).locator(".course-question"), "Right. It rises.")


def test_number_box_commits_on_enter_and_by_its_button(page, question):
    """Guards: the label of the box, Enter, and the button."""
    root = question(TYPE)
    box = root.get_by_role("textbox", name="your number")
    box.fill("a half")
    box.press("Enter")
    expect_words(root, "'a half' is not a number.")
    for typed in ("7", "8"):  # the same reply to both
        box.fill(typed)
        box.press("Enter")
        expect_words(root, "Not yet. Divide rise by run.")
        answers = root.locator(".answers:not(.waiting)")
        wait_until(lambda answers=answers: answers.count() == 1, "it waits for ever")
    box.fill("-0.4")
    button(root, "Answer").click()
    expect_words(root, "Not yet. Mind the sign.")
    box.fill("0.4")
    box.press("Enter")
    expect_words(root, re.compile(r"Right\.\s+It rises\.\s+Your first answer was: 7"))


def test_lines_are_put_in_order_by_buttons_and_by_keys(page, question):
    """Guards: up and down, the arrow keys, and the name of the first wrong line."""
    root = question(SORT)
    right = ["A = X", "for W, b in params:", "Z = A @ W + b", "A = f(Z)"]
    lines = root.locator("li pre")
    assert sorted(map(str.strip, lines.all_text_contents())) == sorted(right)
    for place, line in enumerate(right[:2]):  # by the mouse
        while [t.strip() for t in lines.all_text_contents()].index(line) > place:
            button(root, f"Move up: {line}").click()
    button(root, f"Move down: {right[1]}").click()
    button(root, "Check the order").click()
    first = lines.nth(1).text_content().strip()
    expect_words(root, f"Not yet. Line 2, {first}, is the first out of place. The loop")
    button(root, f"Move down: {right[1]}").focus()
    page.page.keyboard.press("ArrowUp")
    assert root.locator("button:focus").get_attribute("aria-label").endswith(right[1])
    if lines.nth(2).text_content().strip() != right[2]:
        button(root, f"Move up: {right[2]}").focus()
        page.page.keyboard.press("ArrowUp")
    button(root, "Check the order").click()
    expect_words(root, "Right. First the sum, then the activation.")
    texts = [
        text.strip() for text in question(SORT).locator("li pre").all_text_contents()
    ]
    assert texts == right  # as they were put, when the cell runs again


def test_running_the_cell_again_replaces_the_question(page, question):
    """Guards: one question stands under the cell, and it keeps its reply."""
    root = question(CHOOSE)
    button(root, "-2").click()
    expect_words(root, "Not yet.")
    root = question(CHOOSE)
    expect_words(root, "Not yet. That is")
    assert root.count() == 1


def test_quiz_counts_on_the_page(page, question):
    """Guards: the line below the quiz follows the answers."""
    root = question(QUIZ_CELL)
    score = page.show_cell(QUIZ_CELL).get_by_role("status").last
    score.filter(has_text="0 of 5 right").wait_for()
    button(root.nth(3), "0.4").click()
    score.filter(has_text="1 of 5 right, 1 at the first try.").wait_for()


def test_a_busy_machine_is_told(page, question):
    """Guards: an answer without a word while another cell runs."""
    root = question(CHOOSE)
    answers = root.locator(".answers")
    answers.evaluate("e => e.classList.add('waiting')")
    wait_until(
        lambda: answers.evaluate(SEEN_AFTER) == "visible", "no word of the waiting"
    )
    assert "busy" in answers.evaluate(AFTER)
    button(root, "0").click()
    expect_words(root, "Not yet.")
    wait_until(lambda: "busy" not in answers.evaluate(AFTER), "the word stays")


def test_a_slow_browser_loses_no_reply(page, question):
    """Guards: anywidget, which stops to listen if a widget isn't there after 2 seconds."""
    page.page.evaluate(
        """() => { const wait = AbortSignal.timeout.bind(AbortSignal);
        AbortSignal.timeout = () => wait(0) }"""
    )
    with page.page.expect_event(
        "pageerror", lambda error: "[anywidget] Failed to initialize" in str(error)
    ):
        root = question(CHOOSE)
    button(root, "0").click()
    expect_words(root, "Not yet.")
    page.page.keyboard.press("b")
    assert len(page.cells()) == len(CELLS)
    page.page.reload()
    page.page.wait_for_function(live.KERNEL_IS_READY)
    page.run_all()


# 2. How it looks -----------------------------------------------------------------------


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
    expect_words(root, "Not yet.")
    for part in ("strong", "code", "button", "[aria-pressed=true]", "[role=status]"):
        assert root.locator(part).first.evaluate(CONTRAST) > 4.5, part


def test_nothing_overflows_at_800_pixels(page, question):
    """Guards: a long text is wrapped, on a narrow window too."""
    page.page.set_viewport_size({"width": 800, "height": 720})
    for cell in (CHOOSE, TYPE, SORT, QUIZ_CELL):
        root = question(cell).last
        root.get_by_role("button").last.click()
        expect_words(root, re.compile("Not yet|number first"))
        assert page.page.evaluate(WIDTHS) == []
    page.page.set_viewport_size(live.SIZE)


def test_saved_notebook_shows_the_question_and_folds_the_answer(page):
    """Guards: before any cell is run JupyterLab shows the static form."""
    saved = page.saved()
    first = saved.page.locator(".jp-OutputArea-output").first
    first.get_by_text("Answer, with the reasons").wait_for()
    assert "B. 0.4" in first.inner_text()
    assert "Not yet" not in first.inner_text() and "Right." not in first.inner_text()
    first.get_by_text("Answer, with the reasons").click()
    first.get_by_text("Right. -0.2 times -2 is 0.4.").wait_for()
    saved.close()


def test_console_is_silent(page):
    """Guards: the page works without a complaint (all above has run)."""
    assert page.complaints == []


def test_after_a_restart_questions_say_that_they_are_asleep(page, question):
    """Guards: dead buttons that look alive, and the red icons of ipywidgets."""
    for cell in (CHOOSE, QUIZ_CELL):
        question(cell)
    page.page.evaluate(
        "() => { jupyterapp.shell.currentWidget.context.sessionContext.session"
        ".kernel.restart() }"
    )
    for cell in (QUIZ_CELL, CHOOSE):
        asked = page.show_cell(cell).locator(".course-question").first
        wait_until(
            lambda asked=asked: (
                "Asleep. Run the imports at the top, then this cell"
                in asked.evaluate(AFTER)
            ),
            "it doesn't say that it is asleep",
        )
        still = "e => getComputedStyle(e).pointerEvents"
        assert asked.get_by_role("button").first.evaluate(still) == "none"
    icons = """() => [...document.querySelectorAll('.jupyter-widgets-disconnected')]
        .map(e => getComputedStyle(e, '::before').content)"""
    assert set(page.page.evaluate(icons)) <= {"none"}
    page.page.wait_for_function(live.KERNEL_IS_READY)
    page.run(0)
    root = question(CHOOSE)
    button(root, "0.4").click()
    expect_words(root, "Right.")
