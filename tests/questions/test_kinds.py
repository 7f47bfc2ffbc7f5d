"""The kinds of questions: replies, numbers as they are typed, files, the course's own."""

import functools
import math
import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course import questions, record
from course.lessons import FOLDER, NAMES
from course.questions.kinds import read_number
from tests.questions.texts import CHOICE, NUMBER, ORDER, QUIZ

asked = functools.partial(questions.NumberQuestion, lesson="", name="", question="")

# 1. Replies ----------------------------------------------------------------------------


def test_each_option_has_its_own_feedback(choice):
    """Guards: the words of another option."""
    replies = {text: choice.reply(text) for text in choice.options}
    assert replies == {
        "0": (False, "Look at the line for negative `z`."),
        "`0.4`": (True, "-0.2 times -2 is 0.4."),
        "-2": (False, "That is <b>z</b> itself."),
    }
    with pytest.raises(ValueError, match="'0.4' is not among the answers"):
        choice.reply("0.4")


def test_the_first_answer_stays_and_the_last_is_repeated(choice):
    """Guards: a second try is welcome, and the reply is there again after a restart."""
    assert (choice.recorded, choice.repeat()) == (record.Answer(), None)
    choice.submit("-2")
    assert choice.repeat() == choice.reply("-2")
    choice.submit("`0.4`")
    choice.submit("0")  # looking at another option takes nothing away
    kept = choice.recorded
    assert (kept.first, kept.first_right, kept.solved) == ("-2", False, True)
    assert choice.repeat() == choice.reply("0")


def test_an_answer_that_is_none_any_more_is_not_repeated(choice):
    """Guards: a lesson whose options changed since they were answered."""
    record.add_answer("test", "minus two", "an older option", right=True)
    assert choice.repeat() is None


def test_no_answer_is_not_remembered(choice, number, order):
    """Guards: a slip of the fingers counted as the first answer."""
    for question, answer in [(choice, "A"), (number, "a half"), (order, "0 1 1 2")]:
        with pytest.raises(ValueError, match="."):
            question.submit(answer)
        assert question.recorded == record.Answer()


@pytest.mark.parametrize(
    ("typed", "right", "said"),
    [
        ("0.4", True, "It rises."),
        ("0.35", True, "It rises."),  # both ends of the tolerance
        ("0.45", True, "It rises."),
        (" .4 ", True, "It rises."),
        ("2/5", True, "It rises."),
        ("0.4501", False, "Divide rise by run."),
        ("0.47", False, "You divided run by rise."),
        ("-0.4", False, "Mind the sign."),
        ("\N{MINUS SIGN}0.36", False, "Mind the sign."),
        ("7", False, "Divide rise by run."),
    ],
)
def test_number_gets_its_words(number, typed, right, said):
    """Guards: the tolerance, the usual wrong numbers, and all others."""
    assert number.reply(typed) == (right, said)


def test_nearest_miss_answers():
    """Guards: where two usual wrong numbers meet, the nearer one has the word."""
    misses = [{"value": 1.0, "feedback": "one"}, {"value": 1.5, "feedback": "more"}]
    number = asked(0, 0.4, "right", "no", misses)
    assert number.reply("1.2") == (False, "one")
    assert number.reply("1.3") == (False, "more")


def test_a_small_miss_is_met_as_closely_as_the_answer():
    """Guards estimates: 8 percent is not the fraction 0.8, though 10 off is right."""
    misses = [{"value": 0.8, "feedback": "share"}, {"value": 0, "feedback": "none"}]
    number = asked(80, 10, "right", "no", misses)
    assert number.reply("0.7").words == number.reply("0.9").words == "share"
    assert number.reply("0.69").words == number.reply("8").words == "no"
    assert number.reply("0").words == "none"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("0 1 2 3", "First the sum, then the activation."),
        (
            "0 1 3 2",
            "Line 3, `A = f(Z)`, is the first out of place. Nothing is activated",
        ),
        ("1 0 2 3", "Line 1, `for W, b in params:`, is the first out of place. The in"),
        ("0 2 1 3", "Line 2, `Z = A @ W + b`, is the first out of place. The loop beg"),
    ],
)
def test_an_order_names_the_first_line_out_of_place(order, answer, said):
    """Guards: the place, the line that stands there, the hint of the one that should."""
    reply = order.reply(answer)
    assert reply.words.startswith(said)
    assert reply.right == (answer == "0 1 2 3")


def test_lines_are_shuffled_the_same_each_time_and_never_right(read):
    """Guards: another text for nbval, or a question that is solved as it stands."""
    orders = set()
    for name in map(str, range(50)):
        text = ORDER.replace("in order", name)
        shuffled = read(text).predictions[name].shuffled
        assert shuffled == read(text).predictions[name].shuffled
        assert sorted(shuffled) == [0, 1, 2, 3] != shuffled
        orders.add(tuple(shuffled))
    assert len(orders) > 10


# 2. Numbers as they are typed ----------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("2/3", 2 / 3),
        ("1/8", 0.125),
        ("3 * 0.5", 1.5),
        ("1/2*3/4*-2", -0.75),
        (" -1 / 8 ", -0.125),
        ("5%", 0.05),
        ("4.55 %", 0.0455),
        ("1e-3", 0.001),
        ("1E3", 1000),
        ("+.5", 0.5),
        ("\N{MINUS SIGN}70", -70),
    ],
)
def test_numbers_as_people_type_them(typed, value):
    """Guards: fractions, percent, powers of ten, a sign from a text."""
    assert read_number(typed) == pytest.approx(value, rel=1e-15)


def test_percent_where_percent_are_asked_for():
    """Guards: 5 % taken for 0.05 by a question for a percentage."""
    assert read_number("5%", percent=True) == 5
    assert read_number("5", percent=True) == 5
    share = asked(5, 0.1, "yes", "no", percent=True)
    assert share.reply("5%").right and not share.reply("0.05").right


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("a half", "'a half' is not a number. Type one such as 12.5, -70 or 2/3."),
        ("nan", "'nan' is not a number."),
        ("-inf", "'-inf' is not a number."),
        ("1/0", "'1/0' is not a number."),
        ("1/2/3", "'1/2/3' is not a number."),
        ("2*", "'2*' is not a number."),
        ("/", "'/' is not a number."),
        ("%", "'%' is not a number."),
        ("5%%", "'5%%' is not a number."),
        ("1,25", "Write 1,25 with a point, as in 1.25."),
        ("-0,7", "Write -0,7 with a point, as in -0.7."),
        ("4,5%", "Write 4,5% with a point, as in 4.5%."),
        ("1,2,3", "'1,2,3' is not a number."),
        (" ", "Type a number first."),
    ],
)
def test_nonsense_is_refused_in_words(typed, said):
    """Guards: a slip of the fingers is told, not judged."""
    with pytest.raises(ValueError, match=re.escape(said)):
        read_number(typed)


@given(typed=st.text(max_size=5) | st.floats().map(str) | st.integers().map(str))
def test_what_is_typed_is_a_number_or_told(typed):
    """Guards: a finite number comes out, or words for the reply."""
    try:
        assert math.isfinite(read_number(typed))
    except ValueError as error:
        assert re.search("number|point", str(error))


@given(st.integers(-999, 999), st.integers(1, 999))
def test_fractions_are_exact(above, below):
    """Guards: a fraction read as another, held to Python's own."""
    assert read_number(f"{above}/{below}") == float(Fraction(above, below))


# 3. Readers without a kernel -------------------------------------------------------------


def test_plain_texts(choice, order):
    """Guards: the text that nbval compares."""
    assert choice.plain() == (
        "What is `relu(-2)`, if `a < b & c`?\n  A. 0\n  B. `0.4`\n  C. -2"
    )
    lines = order.plain().splitlines()
    assert lines[0] == "Put the lines of a forward pass in order."
    assert [line[2:] for line in lines[1:]] == [
        order.lines[number].text for number in order.shuffled
    ]


def test_solutions_tell_all_reasons(choice, number, order):
    """Guards: without buttons, the answer must stand in the fold."""
    told = choice.solution()
    assert "<strong>B.</strong> Right. -0.2 times -2 is 0.4." in told
    assert "Look at the line for negative <code>z</code>." in told
    assert "<p>Look at both sides.</p>" in told
    assert "<strong>0.4</strong> It rises." in number.solution()
    assert "Mind the sign." in number.solution()
    right = "A = X\nfor W, b in params:\n    Z = A @ W + b\n    A = f(Z)"
    assert right in order.solution() and right not in order.static()


def test_html_is_escaped(choice):
    """Guards: a text with < or & shows these characters, and is never markup."""
    told = choice.static() + choice.solution()
    assert "&lt;b&gt;z&lt;/b&gt;" in told and "<b>" not in told and "`" not in told


# 4. Files ------------------------------------------------------------------------


# What a file says, what a slip makes of it, and what is told.
SLIPS = {
    CHOICE: [
        ("right = true", "", "question 'minus two': 0 options are right"),
        ('text = "0"', 'text = "0"\nright = true', "2 options are right"),
        ("right = true", 'right = "yes"', "0 options are right"),
        ('feedback = "That is <b>z</b> itself."', "", "'minus two': Option.__new__() "),
        ('text = "-2"', 'text = "0"', "two options have the same text"),
        ('text = "0"', 'text = "0"\nnote = ""', "unexpected keyword argument 'note'"),
        ('name = "minus two"', "", "missing 1 required positional argument: 'name'"),
        (
            'question = "What',
            'Question = "What',
            "unexpected keyword argument 'Question'",
        ),
        ("[[predict]]", "[[predicts]]", "keyword argument 'predicts'"),
        ("[[predict.option]]", "[[predict.options]]", "missing 4 required"),
        ("name =", "answer = 3\nname =", "keyword argument 'answer'"),
        ("[[predict]]", NUMBER + NUMBER + "[[predict]]", "two questions are named"),
        ("[[predict]]", f"{QUIZ}[[quiz]]\nname = 'x'\n[[predict]]", "question 'x': "),
        ("[[predict]]", "[[predict]", "Expected ']]'"),
        ("[[predict]]", "quiz = 1\n[[predict]]", "'int' object is not iterable"),
        ("[[predict]]", "quiz = [1]\n[[predict]]", "'int' object is not a mapping"),
    ],
    NUMBER: [
        ("answer = 0.4", 'answer = "0.4"', "question 'slope': unsupported operand"),
        ("answer = 0.4", "answer = nan", "no number would be taken as right"),
        ("tolerance = 0.05", "", "missing 1 required positional argument: 'tolerance'"),
        ("tolerance = 0.05", "tolerance = -1", "no number would be taken as right"),
        ("value = -0.4", "value = 0.45", "the miss 0.45 would be taken as right"),
        ("value = -0.4", "value = 0.52", "two misses are 0.52"),
        ('feedback = "Mind the sign."', "", "question 'slope': Miss.__new__() missing"),
        ('otherwise = "Divide rise by run."', "", "argument: 'otherwise'"),
        ("otherwise =", 'other = ""\notherwise =', "keyword argument 'other'"),
    ],
    ORDER: [
        (
            'hint = "The loop begins."',
            "",
            "question 'in order': Line.__new__() missing",
        ),
        ('text = "A = X"', 'text = "    A = f(Z)"', "two lines or more, all different"),
        ("feedback =", "tolerance = 1\nfeedback =", "keyword argument 'tolerance'"),
    ],
}


@pytest.mark.parametrize(
    ("text", "old", "new", "said"),
    [(text, *slip) for text, slips in SLIPS.items() for slip in slips],
)
def test_a_slip_in_a_file_is_told(read, text, old, new, said):
    """Guards: it is named with the file and the question."""
    assert old in text
    with pytest.raises(ValueError, match=re.escape(said)) as error:
        read(text.replace(old, new))
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
    elif isinstance(question, questions.OrderQuestion):
        own = [text for line in question.lines for text in line]
    else:
        own = [question.feedback, question.otherwise]
        own += [miss.feedback for miss in question.misses]
    return [question.name, question.text, *own]


@pytest.mark.parametrize("lesson", NAMES)
def test_questions_of_the_course(lesson):
    """Guards: the texts are whole, and not to be solved by always saying A."""
    loaded = questions.load(FOLDER / lesson / "questions.toml", lesson)
    assert loaded.predictions and 1 <= len(loaded.quiz) <= 6
    right = []
    for question in loaded.all:
        for text in texts(question):
            assert text.strip() and text.count("`") % 2 == 0, (question.name, text)
        if isinstance(question, questions.ChoiceQuestion):
            options = question.lettered
            assert len(options) > 1
            right += [letter for letter, option in options.items() if option.right]
        elif isinstance(question, questions.OrderQuestion):
            assert len(question.lines) >= 4
        else:
            assert question.reply(str(question.answer)) == (True, question.feedback)
            for miss in question.misses:
                assert question.reply(str(miss.value)) == (False, miss.feedback)
    assert len(right) < 3 or len(set(right)) > 1, "all right answers stand at one place"
