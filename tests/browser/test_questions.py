"""Questions on the page: in JupyterLab, by mouse, by keyboard, in both themes."""

import re

import pytest

from course.tools import live, save
from tests.test_questions import CHOICE, NUMBER, QUIZ

CELLS = """import sys; sys.path.insert(0, ".."); from course import questions
questions.QuestionBox(questions.load("test.toml", "test").predictions["minus two"])
questions.QuestionBox(questions.load("test.toml", "test").predictions["slope"])
questions.Quiz(questions.load("test.toml", "test").quiz)""".splitlines()
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


@pytest.fixture(scope="module")
def page(browser, lab, write_notebook, open_notebook):
    """A notebook with questions in JupyterLab, all cells run, and its saved form."""
    folder = lab.course / "notebooks"
    text = (CHOICE + NUMBER + QUIZ).replace("itself.", f"itself, {LONG}")
    (folder / "test.toml").write_text(text, encoding="utf-8")
    notebook = write_notebook("test", CELLS)
    saved = save.normalize(save.execute(notebook, folder))
    save.write(saved, folder / "saved.ipynb")
    with open_notebook("test") as page:
        page.saved = lambda: live.Notebook(browser, lab, "saved")
        yield page


def expect_words(root, text, index=0):
    """Wait until a status line holds a text, or any text that a pattern meets."""
    root.get_by_role("status").nth(index).filter(has_text=text).wait_for()


def test_letters_are_buttons_that_answer(page):
    """Guards: name and role of the buttons, the mouse and the keyboard."""
    page.run(1)
    root = page.show(1)
    root.get_by_role("button", name="A", exact=True).click()
    expect_words(root, "A: Not yet. Look at the line for negative z.")
    root.get_by_role("button", name="B", exact=True).focus()
    page.page.keyboard.press("Enter")
    expect_words(root, "B: Right. -0.2 times -2 is 0.4. Your first answer was A.")


def test_number_box_commits_on_enter_and_by_its_button(page):
    """Guards: the label of the box, Enter, and the button, which commits once."""
    page.run(2)
    root = page.show(2)
    box = root.get_by_label("your number", exact=True)
    box.fill("a half")
    box.press("Enter")
    expect_words(root, "'a half' is not a number.")
    box.fill("-0.4")
    root.get_by_role("button", name="Commit", exact=True).click()
    expect_words(root, "-0.4: Not yet. Mind the sign.")
    box.fill("0.4")
    box.press("Enter")
    expect_words(root, "0.4: Right. It rises. Your first answer was -0.4.")


def test_running_the_cell_again_replaces_the_question(page):
    """Guards: one question stands under the cell, and it knows the first answer."""
    page.run(1)
    root = page.show(1)
    root.get_by_role("button", name="C", exact=True).click()
    expect_words(root, "C: Not yet.")
    page.run(1)
    expect_words(root, "Your first answer was")
    assert root.count() == 1


def test_quiz_counts_on_the_page(page):
    """Guards: the line below the quiz follows the answers."""
    page.run(3)
    root = page.show(3)
    expect_words(root, "0 of 5 right", 5)
    root.get_by_role("button", name="B", exact=True).nth(3).click()
    expect_words(root, "1 of 5 right, 1 at the first try.", 5)


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_texts_stand_out_in_each_theme(page, theme):
    """Guards: no black on black. 4.5 is what WCAG 2.2 asks for (1.4.3)."""
    page.page.evaluate(THEME, theme)
    is_light = str(theme.endswith("Light")).lower()
    page.page.locator(f"body[data-jp-theme-light={is_light}]").wait_for(
        state="attached"
    )
    root = page.show(1)
    root.get_by_role("button", name="A", exact=True).click()
    expect_words(root, "A: Not yet.")
    for part in ("strong", "code", "button", "[role=status]"):
        assert root.locator(part).first.evaluate(CONTRAST) > 4.5, part


def test_nothing_overflows_at_800_pixels(page):
    """Guards: a long text is wrapped, on a narrow window too."""
    page.page.set_viewport_size({"width": 800, "height": 720})
    for index in (1, 2, 3):
        page.run(index)
        root = page.show(index)
        root.get_by_role("button").last.click()
        last = 4 if index == 3 else 0  # of the quiz, the last question answers
        expect_words(root, re.compile("Not yet|first"), last)
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
    """Guards: the page works without a complaint (this test runs last)."""
    assert page.complaints == []
