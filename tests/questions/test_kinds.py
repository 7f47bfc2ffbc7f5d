"""The kinds of questions: replies, numbers as they are typed, files, the course's own."""

import functools
import math
import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course import questions, record
from course.lessons import FOLDER, NAMES
from course.words import read_number
from tests import tables
from tests.lessons.test_terms import strings
from tests.questions import texts

TABLE = tables.beside(__file__, "kinds.toml")
TYPED, SLIPS = TABLE.pop("typed"), TABLE.pop("slips")
COMMON = {"lesson": "", "name": "", "question": "", "at_once": True}
asked = functools.partial(questions.NumberQuestion, **COMMON)


@pytest.mark.parametrize("kind", TABLE)
def test_each_answer_gets_its_reply(kind, request):
    """Guards: the words of another one; a slip of the fingers taken for an answer."""
    question = request.getfixturevalue(kind)
    for answer, words in TABLE[kind]["refused"].items():
        with pytest.raises(ValueError, match=re.escape(words)):
            question.submit(answer)
    assert question.recorded == record.Answer()
    for verdict in ("right", "wrong"):
        for answer, words in TABLE[kind][verdict].items():
            question.submit(answer)
            assert question.repeat() == (verdict == "right", words, ""), answer


def test_the_first_answer_stays_and_the_last_is_repeated(choice):
    """Guards: a second try is welcome, and the reply is there again after a restart."""
    assert choice.recorded == record.Answer()
    choice.submit("-2")
    assert choice.repeat() == choice.reply("-2")
    choice.submit("`0.4`")
    choice.submit("0")  # looking at another option takes nothing away
    kept = choice.recorded
    assert (kept.first, kept.first_right, kept.solved) == ("-2", False, True)
    assert choice.repeat() == choice.reply("0")
    record.add_answer("test", "minus two", "an option of an older lesson", right=True)
    with pytest.raises(ValueError, match="not among the answers"):
        choice.repeat()


def test_the_nearest_miss_answers():
    """Guards: two usual wrong numbers that meet; 8 percent is not the fraction 0.8."""
    misses = [{"value": 1.0, "feedback": "one"}, {"value": 1.5, "feedback": "more"}]
    number = asked(0.4, "right", "no", 0, misses)
    assert number.reply("1.2").words == "one"
    assert number.reply("1.3").words == "more"
    misses = [{"value": 0.8, "feedback": "share"}, {"value": 0, "feedback": "none"}]
    number = asked(10, "right", "no", 80, misses)
    assert number.reply("0.7").words == number.reply("0.9").words == "share"
    assert number.reply("0.69").words == number.reply("8").words == "no"
    assert number.reply("0").words == "none"


def test_lines_are_shuffled_the_same_each_time_and_never_right(read):
    """Guards: another text for nbval, or a question that is solved as it stands."""
    orders = set()
    for name in map(str, range(50)):
        text = texts.ORDER.replace("in order", name)
        shuffled = read(text).predictions[name].shuffled
        assert shuffled == read(text).predictions[name].shuffled
        assert sorted(shuffled) == [0, 1, 2, 3] != shuffled
        orders.add(tuple(shuffled))
    assert len(orders) > 10


def test_numbers_as_people_type_them():
    """Guards: products, percent, powers of ten, signs of a text processor."""
    read = {typed: read_number(typed) for typed in TYPED}
    assert read == pytest.approx(TYPED, rel=1e-15)


@given(typed=st.text(max_size=5) | st.floats().map(str) | st.integers().map(str))
def test_what_is_typed_is_a_number_or_told(typed):
    """Guards: a finite number comes out, or words for the reply."""
    try:
        assert math.isfinite(read_number(typed))
    except ValueError as error:
        assert re.search("number|point", str(error))


def test_solutions_tell_all_reasons(choice, number, order):
    """Guards: an answer that isn't in the fold; markup; detours by numbers of lines."""
    told = choice.solution()
    assert "<strong>B.</strong> Right. -0.2 times -2 is 0.4." in told
    assert "Look at the line for negative <code>z</code>." in told
    assert "<p>Look at both sides.</p>" in told
    assert "&lt;b&gt;z&lt;/b&gt;" in told and "<b>" not in told and "`" not in told
    assert "<strong>0.4</strong> It rises." in number.solution()
    assert "Mind the sign." in number.solution()
    right = "A = X\nfor W, b in params:\n    Z = A @ W + b\n    A = f(Z)"
    assert right in order.solution() and right not in order.static()
    assert order.tell("1 0 2 3") == "your first order was wrong"


@pytest.mark.parametrize(
    ("kind", "old", "new", "said"),
    [(kind, *slip) for kind, slips in SLIPS.items() for slip in slips],
)
def test_a_slip_in_a_file_is_told(read, kind, old, new, said):
    """Guards: it is named with the file and the question."""
    text = getattr(texts, kind.upper())
    assert old in text
    with pytest.raises(ValueError, match=re.escape(said)) as error:
        read(text.replace(old, new))
    assert "test.toml: " in str(error.value)


def test_a_file_of_another_kind_is_told(read, tmp_path):
    """Guards: a file that is half written, or names a question twice; one for none."""
    (tmp_path / "bytes.toml").write_bytes(b"\xff\x00")
    with pytest.raises(ValueError, match="bytes.toml: "):
        questions.load(tmp_path / "bytes.toml", "test")
    with pytest.raises(ValueError, match="two questions are named 'slope'"):
        read(texts.NUMBER + texts.NUMBER)
    assert read("").all == []


@pytest.mark.parametrize("lesson", NAMES)
def test_questions_of_the_course(lesson):
    """Guards: the texts are whole, and not to be solved by always saying A."""
    path = FOLDER / lesson / "questions.toml"
    for text in strings(tomllib.loads(path.read_text("utf-8"))):
        assert text.strip() and text.count("`") % 2 == 0, text
    loaded = questions.load(path, lesson)
    assert loaded.predictions and 1 <= len(loaded.quiz) <= 6
    right = []
    for question in loaded.all:
        if isinstance(question, questions.ChoiceQuestion):
            options = question.lettered
            assert len(options) > 1
            right += [letter for letter, option in options.items() if option.right]
        elif isinstance(question, questions.OrderQuestion):
            assert len(question.lines) >= 4
        elif question.at_once:  # what its run tells is held to that, see test_reruns.py
            assert question.reply(str(question.answer)).words == question.feedback
            for miss in question.misses:
                assert question.reply(str(miss.value)).words == miss.feedback
    assert len(right) < 3 or len(set(right)) > 1, "all right answers stand at one place"
