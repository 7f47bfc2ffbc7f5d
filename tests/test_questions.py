"""The questions: their words, their memory, and the files that they are read from."""

import html
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course import questions, record
from course.lessons import FOLDER, NAMES

CHOICE = """
[[predict]]
name = "minus two"
question = "What is `relu(-2)`, if `a < b & c`?"
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
    record.clear()


@pytest.fixture
def read(tmp_path):
    """Reads questions from a text."""

    def read(text):
        (tmp_path / "test.toml").write_text(text, encoding="utf-8")
        return questions.load(tmp_path / "test.toml", "test")

    return read


@pytest.fixture
def choice(read):
    return read(CHOICE).predictions["minus two"]


@pytest.fixture
def number(read):
    return read(NUMBER).predictions["slope"]


def status(box):
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
    box.submit("A")
    assert questions.QuestionBox(choice)._repr_mimebundle_()["text/plain"] == text


def test_each_option_has_its_own_feedback(choice):
    """Guards: a button answers with the words of its own option, in words."""
    box = questions.QuestionBox(choice)
    assert list(box.buttons) == ["A", "B", "C"]
    assert [button.description for button in box.buttons.values()] == ["A", "B", "C"]
    said = []
    for button in box.buttons.values():
        button.click()
        said.append(status(box))
    assert said[0] == "A: Not yet. Look at the line for negative z."
    assert said[1].startswith("B: Right. -0.2 times -2 is 0.4.")
    assert said[2].startswith("C: Not yet. That is <b>z</b> itself.")


def test_first_answer_is_remembered(choice):
    """Guards: a second try is welcome, and the first stays known."""
    box = questions.QuestionBox(choice)
    assert (choice.recorded, status(box)) == (record.Answer(), "")
    box.submit("C")
    assert choice.recorded == record.Answer("C", first_right=False, solved=False)
    assert "first answer" not in status(box)
    box.submit("B")
    assert status(box).endswith("Your first answer was C.")
    assert choice.recorded == record.Answer("C", first_right=False, solved=True)
    box.submit("A")  # looking at another option takes nothing away
    assert choice.recorded == record.Answer("C", first_right=False, solved=True)


def test_box_made_again_closes_the_old_one_and_keeps_the_answer(choice, read):
    """Guards: running a cell again shows one box, and the answer isn't lost."""
    old = questions.QuestionBox(choice)
    old.submit("C")
    again = read(CHOICE).predictions["minus two"]  # as the first cell run again does
    new = questions.QuestionBox(again)
    assert old.box.comm is None and new.box.comm is not None
    assert status(new) == "Your first answer was C."
    assert (again.recorded.first, again.recorded.solved) == ("C", False)


def test_errors_of_a_button_are_told(choice, monkeypatch):
    """Guards: JupyterLab shows no exception of a callback; the status line must."""
    box = questions.QuestionBox(choice)
    monkeypatch.setattr(choice, "reply", lambda letter: 1 / 0)
    box.buttons["A"].click()
    assert status(box) == "ZeroDivisionError: division by zero"
    assert choice.recorded == record.Answer()


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
    assert status(box) == said
    assert number.recorded.solved == ("Right" in said)


def test_nearest_miss_answers():
    """Guards: where two usual wrong numbers meet, the nearer one has the word."""
    misses = [{"value": 1.0, "feedback": "one"}, {"value": 1.5, "feedback": "more"}]
    number = questions.NumberQuestion("", "", "", 0, 0.4, "right", "no", misses)
    assert number.reply("1.2") == (False, "one")
    assert number.reply("1.3") == (False, "more")


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
    assert status(box) == said
    assert number.recorded == record.Answer()


@given(typed=st.text(max_size=5) | st.floats().map(str) | st.integers().map(str))
def test_what_is_typed_is_a_number_or_told(typed):
    """Guards: a finite number comes out, or words for the status line."""
    try:
        number = questions.read_number(typed)
    except ValueError as error:
        assert re.search("number|point", str(error))
    else:
        assert math.isfinite(number)
        assert number == float(typed.replace("\N{MINUS SIGN}", "-"))


def test_commit_button_takes_the_number_in_the_box(number):
    """Guards: the button commits, also without a number in the box."""
    box = questions.QuestionBox(number)
    box.buttons["Commit"].click()
    assert status(box) == "Type a number first."
    box.number.value = "0.5"
    box.buttons["Commit"].click()
    assert status(box) == "0.5: Not yet. You divided run by rise."
    box.number.value = "0.4"
    assert status(box) == "0.4: Right. It rises. Your first answer was 0.5."


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
    for box in quiz.boxes:
        box.submit("B")
    assert quiz.line == "5 of 5 right, 4 at the first try."


def test_quiz_made_again_closes_the_old_one(read):
    """Guards: running the cell again leaves no old buttons."""
    loaded = read(QUIZ).quiz
    old = questions.Quiz(loaded)
    old.boxes[0].submit("B")
    new = questions.Quiz(loaded)
    assert old.box.comm is None and old.boxes[0].box.comm is None
    assert new.boxes[4].box.comm is not None
    assert new.line == "1 of 5 right, 1 at the first try."


def test_a_quiz_without_questions_is_told():
    """Guards: an empty box on the page."""
    with pytest.raises(ValueError, match="this quiz has no questions"):
        questions.Quiz([])


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


# 4. Files ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("right = true", "", "question 'minus two': 0 options are right"),
        ('text = "0"', 'text = "0"\nright = true', "2 options are right"),
        ("right = true", 'right = "yes"', "0 options are right"),
        ('feedback = "That is <b>z</b> itself."', "", "'minus two': Option.__new__() "),
        ('text = "0"', 'text = "0"\nnote = ""', "unexpected keyword argument 'note'"),
        ('name = "minus two"', "", "missing 1 required positional argument: 'name'"),
        ('question = "What', 'Question = "What', "keyword argument 'Question'"),
        ("[[predict]]", "[[predicts]]", "keyword argument 'predicts'"),
        ("[[predict.option]]", "[[predict.options]]", "keyword argument 'options'"),
        ("name =", "answer = 3\nname =", "keyword argument 'answer'"),
        ("[[predict]]", NUMBER + NUMBER + "[[predict]]", "two questions are named"),
        ("[[predict]]", f"{QUIZ}[[quiz]]\nname = 'x'\n[[predict]]", "question 'x': "),
        ("[[predict]]", "[[predict]", "Expected ']]'"),
        ("[[predict]]", "quiz = 1\n[[predict]]", "'int' object is not iterable"),
        ("[[predict]]", "quiz = [1]\n[[predict]]", "must be a mapping, not int"),
    ],
)
def test_wrong_choice_is_told(read, old, new, said):
    """Guards: a slip in a file is named with the file and the question."""
    assert old in CHOICE
    with pytest.raises(ValueError, match=re.escape(said)) as error:
        read(CHOICE.replace(old, new))
    assert "test.toml: " in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("answer = 0.4", 'answer = "0.4"', "question 'slope': bad operand type"),
        ("answer = 0.4", "answer = nan", "no number would be taken as right"),
        ("tolerance = 0.05", "", "missing 1 required positional argument: 'tolerance'"),
        ("tolerance = 0.05", "tolerance = -1", "no number would be taken as right"),
        ("value = -0.4", "value = 0.45", "the miss 0.45 would be taken as right"),
        ("value = -0.4", "value = 0.52", "two misses are 0.52"),
        ('feedback = "Mind the sign."', "", "question 'slope': Miss.__new__() missing"),
        ('otherwise = "Divide rise by run."', "", "argument: 'otherwise'"),
        ("otherwise =", 'other = ""\notherwise =', "keyword argument 'other'"),
    ],
)
def test_wrong_number_is_told(read, old, new, said):
    """Guards: the same for questions with a number."""
    assert old in NUMBER
    with pytest.raises(ValueError, match=re.escape(said)) as error:
        read(NUMBER.replace(old, new))
    assert "test.toml: " in str(error.value)


def test_a_file_that_is_no_text_is_told(tmp_path):
    """Guards: a file that is half written, or of another kind."""
    (tmp_path / "bytes.toml").write_bytes(b"\xff\x00")
    with pytest.raises(ValueError, match="bytes.toml: "):
        questions.load(tmp_path / "bytes.toml", "test")
    (tmp_path / "empty.toml").write_text("")
    empty = questions.load(tmp_path / "empty.toml", "test")
    assert (empty.predictions, empty.quiz) == ({}, [])


# 5. The texts of the course ----------------------------------------------------------


def texts(question):
    """All that a question says."""
    if isinstance(question, questions.ChoiceQuestion):
        parts = question.options.values()
        own = [text for option in parts for text in (option.text, option.feedback)]
    else:
        own = [question.feedback, question.otherwise]
        own += [miss.feedback for miss in question.misses]
    return [question.name, question.text, *own]


@pytest.mark.parametrize("lesson", NAMES)
def test_questions_of_the_course(lesson):
    """Guards: the texts are whole, enough, and not to be solved by always saying A."""
    loaded = questions.load(FOLDER / lesson / "questions.toml", lesson)
    assert len(loaded.predictions) >= 3
    assert 4 <= len(loaded.quiz) <= 6
    right = []
    for question in [*loaded.predictions.values(), *loaded.quiz]:
        for text in texts(question):
            assert text.strip() and text.count("`") % 2 == 0, (question.name, text)
        if isinstance(question, questions.ChoiceQuestion):
            options = question.options
            assert len({option.text for option in options.values()}) == len(options) > 1
            right += [letter for letter, option in options.items() if option.right]
        else:
            assert question.reply(str(question.answer)) == (True, question.feedback)
            for miss in question.misses:
                assert question.reply(str(miss.value)) == (False, miss.feedback)
    assert len(right) < 3 or len(set(right)) > 1, "all right answers have one letter"
