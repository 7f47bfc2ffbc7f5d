"""The questions: their words, their memory, their texts on disk, and the page."""

import html
import re
import tomllib
from pathlib import Path

import live
import nbformat
import pytest
import save

import mlp_questions as questions

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FILES = sorted(questions.FOLDER.glob("*.toml"))
CHOICE = """
[[predict]]
name = "minus two"
question = "What is `relu(-2)`,   if `a < b & c`?"
[[predict.option]]
text = "0"
feedback = "Look at the line for negative `z`."
[[predict.option]]
text = "0.4"
right = true
feedback = "-0.2 times -2 is 0.4."
[[predict.option]]
text = "-2"
feedback = "That is <b>z</b> itself."
"""
NUMBER = """
[[predict]]
name = "slope"
question = "What is the slope?"
answer = 0.4
tolerance = 0.05
feedback = "It rises."
otherwise = "Divide rise by run."
[[predict.miss]]
value = -0.4
feedback = "Mind the sign."
[[predict.miss]]
value = 0.52
feedback = "You divided run by rise."
"""
QUIZ = "".join(
    CHOICE.replace("predict", "quiz").replace("minus two", f"quiz {number}")
    for number in range(5)
)


@pytest.fixture(autouse=True)
def nothing_answered():
    questions.ANSWERS.clear()


@pytest.fixture
def read(tmp_path):
    """Reads questions from a text."""

    def read(text):
        (tmp_path / "test.toml").write_text(text, encoding="utf-8")
        return questions.load("test", tmp_path)

    return read


@pytest.fixture
def choice(read):
    return read(CHOICE).predictions["minus two"]


@pytest.fixture
def number(read):
    return read(NUMBER).predictions["slope"]


def words(box):
    """The status line as a reader sees it."""
    assert 'role="status" aria-live="polite"' in box.status.value
    return html.unescape(re.sub("<[^>]*>", "", box.status.value))


# 1. Choices ----------------------------------------------------------------------------


def test_choice_as_text(choice):
    """Guards: the line that nbval compares, the same before and after an answer."""
    text = (
        "Predict: What is `relu(-2)`, if `a < b & c`?\n"
        "  A. 0\n  B. 0.4\n  C. -2\nChoose a letter, then run the next cell."
    )
    box = questions.QuestionBox(choice)
    assert box._repr_mimebundle_()["text/plain"] == text
    box.take("A")
    assert questions.QuestionBox(choice)._repr_mimebundle_()["text/plain"] == text


def test_each_option_has_its_own_feedback(choice):
    """Guards: a button answers with the words of its own option, in words."""
    box = questions.QuestionBox(choice)
    assert list(box.buttons) == ["A", "B", "C"]
    assert [button.description for button in box.buttons.values()] == ["A", "B", "C"]
    said = []
    for button in box.buttons.values():
        button.click()
        said.append(words(box))
    assert said[0] == "A: Not yet. Look at the line for negative z."
    assert said[1].startswith("B: Right. -0.2 times -2 is 0.4.")
    assert said[2].startswith("C: Not yet. That is <b>z</b> itself.")


def test_first_answer_is_remembered(choice):
    """Guards: a second try is welcome, and the first stays known."""
    box = questions.QuestionBox(choice)
    assert (box.answered, box.solved, words(box)) == (False, False, "")
    box.take("C")
    assert (box.answered, box.solved) == (True, False)
    assert "first answer" not in words(box)
    box.take("B")
    assert words(box).endswith("Your first answer was C.")
    assert (box.solved, box.question.record.first_right) == (True, False)
    box.take("A")  # looking at another option takes nothing away
    assert box.solved and box.question.record.first == "C"


def test_box_made_again_closes_the_old_one_and_keeps_the_answer(choice, read):
    """Guards: running a cell again shows one box, and the answer isn't lost."""
    old = questions.QuestionBox(choice)
    old.take("C")
    again = read(CHOICE).predictions["minus two"]  # as the first cell run again does
    new = questions.QuestionBox(again)
    assert old.box.comm is None and new.box.comm is not None
    assert words(new) == "Your first answer was C."
    assert again.answered and not again.solved


def test_errors_of_a_button_are_told(choice, monkeypatch):
    """Guards: JupyterLab shows no exception of a callback; the status line must."""
    box = questions.QuestionBox(choice)
    monkeypatch.setattr(choice, "reply", lambda letter: 1 / 0)
    box.buttons["A"].click()
    assert words(box) == "ZeroDivisionError: division by zero"
    assert not box.answered


# 2. Numbers ----------------------------------------------------------------------------


def test_number_as_text(number):
    """Guards: the line that nbval compares."""
    text = "Predict: What is the slope?\nType a number, then run the next cell."
    assert questions.QuestionBox(number)._repr_mimebundle_()["text/plain"] == text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0.4", "0.4: Right. It rises."),
        ("0.35", "0.35: Right. It rises."),  # both ends of the tolerance
        ("0.45", "0.45: Right. It rises."),
        (" .4 ", ".4: Right. It rises."),
        ("4e-1", "4e-1: Right. It rises."),
        ("0.4501", "0.4501: Not yet. Divide rise by run."),
        ("0.47", "0.47: Not yet. You divided run by rise."),
        ("-0.4", "-0.4: Not yet. Mind the sign."),
        ("\N{MINUS SIGN}0.36", "\N{MINUS SIGN}0.36: Not yet. Mind the sign."),
        ("7", "7: Not yet. Divide rise by run."),
    ],
)
def test_number_gets_its_words(number, typed, said):
    """Guards: the tolerance, the usual wrong numbers, and all others."""
    box = questions.QuestionBox(number)
    box.number.value = typed
    assert words(box) == said
    assert box.solved == ("Right" in said)


def test_nearest_miss_answers():
    """Guards: where two usual wrong numbers meet, the nearer one has the word."""
    misses = [questions.Miss(1.0, "one"), questions.Miss(1.5, "one and a half")]
    number = questions.NumberQuestion("", "", "", 0, 0.4, "right", "no", misses)
    assert number.reply("1.2").words == "one"
    assert number.reply("1.3").words == "one and a half"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("a half", "'a half' is not a number. Type one such as 12.5 or -70."),
        ("nan", "'nan' is not a number. Type one such as 12.5 or -70."),
        ("-inf", "'-inf' is not a number. Type one such as 12.5 or -70."),
        ("1,25", "Write 1,25 with a point, as in 1.25."),
        ("-0,7", "Write -0,7 with a point, as in -0.7."),
        ("1,2,3", "'1,2,3' is not a number. Type one such as 12.5 or -70."),
        ("<i>", "'<i>' is not a number. Type one such as 12.5 or -70."),
        (" ", "Type a number first."),
    ],
)
def test_nonsense_is_refused_in_words_and_not_remembered(number, typed, said):
    """Guards: a slip of the fingers is no answer."""
    box = questions.QuestionBox(number)
    box.number.value = typed
    assert words(box) == said
    assert not box.answered


def test_commit_button_takes_the_number_in_the_box(number):
    """Guards: the button commits, also without a number in the box."""
    box = questions.QuestionBox(number)
    box.buttons["Commit"].click()
    assert words(box) == "Type a number first."
    box.number.value = "0.5"
    box.buttons["Commit"].click()
    assert words(box) == "0.5: Not yet. You divided run by rise."
    box.number.value = "0.4"
    assert words(box) == "0.4: Right. It rises. Your first answer was 0.5."


# 3. Quiz, and readers without a kernel --------------------------------------------------


def test_quiz_counts_what_is_right(read):
    """Guards: the line below the quiz, and what counts as right at the first try."""
    quiz = questions.Quiz(read(QUIZ).quiz)
    assert quiz.line == "0 of 5 right, 0 at the first try."
    quiz.boxes[0].buttons["B"].click()
    quiz.boxes[1].buttons["A"].click()
    assert quiz.line == "1 of 5 right, 1 at the first try."
    quiz.boxes[1].buttons["B"].click()
    assert quiz.line == "2 of 5 right, 1 at the first try."
    assert quiz.line in quiz.score.value
    assert not quiz.answered
    for box in quiz.boxes:
        box.take("B")
    assert quiz.answered and quiz.solved


def test_quiz_made_again_closes_the_old_one(read):
    """Guards: running the cell again leaves no old buttons."""
    loaded = read(QUIZ).quiz
    old = questions.Quiz(loaded)
    old.boxes[0].take("B")
    new = questions.Quiz(loaded)
    assert old.box.comm is None and old.boxes[0].box.comm is None
    assert new.boxes[4].box.comm is not None
    assert new.line == "1 of 5 right, 1 at the first try."


def test_quiz_as_text(read):
    """Guards: nbval holds all questions of the quiz to their file."""
    text = questions.Quiz(read(QUIZ).quiz)._repr_mimebundle_()["text/plain"]
    parts = text.split("\n\n")
    assert len(parts) == 5
    assert parts[4].startswith("Question 5 of 5: What is `relu(-2)`")


def test_static_html_folds_the_answer_and_all_reasons(choice, number):
    """Guards: GitHub and nbconvert show no buttons, so the answer must stand there."""
    page = questions.QuestionBox(choice)._repr_mimebundle_()["text/html"]
    before, folded = page.split("<details>")
    assert "A. 0<br>B. 0.4<br>C. -2" in before
    assert "Right" not in before and "times" not in before
    assert "<strong>B.</strong> Right. -0.2 times -2 is 0.4." in folded
    assert "Look at the line for negative <code>z</code>." in folded
    folded = questions.QuestionBox(number)._repr_mimebundle_()["text/html"]
    folded = folded.split("<details>")[1]
    assert "<strong>0.4</strong> It rises." in folded and "Mind the sign." in folded


def test_html_is_escaped(choice):
    """Guards: a text with < or & shows these characters, and is never markup."""
    box = questions.QuestionBox(choice)
    page = box._repr_mimebundle_()["text/html"] + box.box.children[0].value
    assert page.count("a &lt; b &amp; c") == 2
    assert "&lt;b&gt;z&lt;/b&gt;" in page
    assert "<b>" not in page and "`" not in page


# 4. Texts on disk ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("right = true", "", "predict 1 'minus two': 0 options are right"),
        ('text = "0"', 'text = "0"\nright = true', "2 options are right"),
        ("right = true", 'right = "yes"', "option B: right must be true or false"),
        (
            'feedback = "That is <b>z</b> itself."',
            "",
            "option C: feedback is missing",
        ),
        ('text = "-2"', 'text = "0"', "two options have the same text"),
        ('text = "-2"', 'text = " "', "option C: text is missing"),
        ('name = "minus two"', "", "test.toml, predict 1: name is missing"),
        ('question = "What', 'Question = "What', "question is missing"),
        ("[[predict]]", "[[predicts]]", "unknown field predicts"),
        ('text = "0"', 'text = "0"\nnote = ""', "option A: unknown field note"),
        ("`relu(-2)`", "`relu(-2)", "a backtick of question is not closed"),
        ("[[predict.option]]", "[[predict.options]]", "give options, or an answer"),
        ("[[predict]]", NUMBER + NUMBER + "[[predict]]", "two questions are named"),
        (
            "[[predict]]",
            QUIZ + '[[quiz]]\nname = "x"\n[[predict]]',
            "quiz 6 'x': question is",
        ),
        ("[[predict]]", "[[predict]", "test.toml: "),
        ("[[predict]]", "quiz = 1\n[[predict]]", "test.toml: write quiz as tables"),
        ("name =", "answer = 3\nname =", "unknown field answer"),
    ],
)
def test_wrong_choice_is_told(read, old, new, said):
    """Guards: a slip in a file is named with the file and the question."""
    assert old in CHOICE
    with pytest.raises(ValueError, match=re.escape(said)) as error:
        read(CHOICE.replace(old, new))
    assert str(error.value).startswith("test.toml")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("answer = 0.4", 'answer = "0.4"', "answer is missing, or no finite number"),
        ("answer = 0.4", "answer = nan", "answer is missing, or no finite number"),
        ("answer = 0.4", "answer = true", "answer is missing, or no finite number"),
        ("tolerance = 0.05", "", "tolerance is missing"),
        ("tolerance = 0.05", "tolerance = -1", "the tolerance must be 0 or more"),
        ("value = -0.4", "value = 0.45", "the miss 0.45 would be taken as right"),
        ("value = -0.4", "value = 0.52", "two misses are 0.52"),
        ('feedback = "Mind the sign."', "", "miss 1: feedback is missing"),
        ('otherwise = "Divide rise by run."', "", "otherwise is missing"),
        (
            'otherwise = "Divide',
            'other = ""\notherwise = "Divide',
            "unknown field other",
        ),
    ],
)
def test_wrong_number_is_told(read, old, new, said):
    """Guards: the same for questions with a number."""
    assert old in NUMBER
    with pytest.raises(ValueError, match=re.escape(said)):
        read(NUMBER.replace(old, new))


def test_missing_file_is_told(tmp_path):
    """Guards: a misspelt notebook is named."""
    with pytest.raises(ValueError, match="no questions for '01_activation'"):
        questions.load("01_activation", tmp_path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_questions_of_the_course(path):
    """Guards: the texts are whole, enough, and not to be solved by always saying A."""
    loaded = questions.load(path.stem)
    assert len(loaded.predictions) >= 3
    assert 4 <= len(loaded.quiz) <= 6
    right = [
        [option.right for option in question.options].index(True)
        for question in [*loaded.predictions.values(), *loaded.quiz]
        if isinstance(question, questions.ChoiceQuestion)
    ]
    assert len(right) < 3 or len(set(right)) > 1, "all right answers have one letter"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_and_file_name_the_same_questions(path):
    """Guards: no question of a file is forgotten, and none is asked that isn't there."""
    notebook = nbformat.read(path, as_version=4)
    code = "\n".join(c.source for c in notebook.cells if c.cell_type == "code")
    asked = re.findall(r"\.predict\(\s*[\"'](.+?)[\"']", code)
    file = questions.FOLDER / f"{path.stem}.toml"
    if "Lesson(" in code or file.exists():
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
        assert asked == [table["name"] for table in tables["predict"]]
        assert len(re.findall(r"\.quiz\(\)", code)) == 1


# 5. On the page --------------------------------------------------------------------------

CELLS = """import sys; sys.path.insert(0, ".."); import mlp_questions as questions
questions.QuestionBox(questions.load("test").predictions["minus two"])
questions.QuestionBox(questions.load("test").predictions["slope"])
questions.Quiz(questions.load("test").quiz)""".splitlines()
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
def page(browser):
    """A notebook with questions in JupyterLab, all cells run, and its saved form."""
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    notebook = save.normalize(nbformat.v4.new_notebook(cells=cells))
    with live.lab() as lab:
        folder = lab.course / "notebooks"
        (folder / "questions").mkdir(exist_ok=True)
        text = (CHOICE + NUMBER + QUIZ).replace("itself.", f"itself, {LONG}")
        (folder / "questions" / "test.toml").write_text(text, encoding="utf-8")
        nbformat.write(notebook, folder / "test.ipynb")
        saved = save.normalize(save.execute(notebook, folder))
        nbformat.write(saved, folder / "saved.ipynb")
        page = live.Notebook(browser, lab, "test")
        page.page.set_default_timeout(20_000)
        page.run_all()
        page.saved = lambda: live.Notebook(browser, lab, "saved")
        yield page
        page.close()


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
