"""No reply tells the answer to a later question of its notebook.

That nothing on the screen does is tested in the browser.
"""

import html
import re

import pytest

from course.lessons import NAMES, load_questions
from course.questions import ChoiceQuestion, NumberQuestion
from tests.telltales import found


def plain(text):
    """HTML as text, without marks of code."""
    return html.unescape(re.sub(r"<[^>]*>", "", text)).replace("`", "")


def own_answer(question):
    """How a question tells its own answer."""
    texts = [plain(question.solution())]
    if isinstance(question, ChoiceQuestion):
        texts += [plain(o.text) for o in question.options.values() if o.right]
    if isinstance(question, NumberQuestion):
        texts.append(f"{question.answer:g}")
    return "\n".join(texts)


@pytest.mark.parametrize("lesson", NAMES)
def test_every_prediction_has_telltales_that_tell(lesson):
    """Guards: a list that could never match, or a question without one."""
    for name, question in load_questions(lesson).predictions.items():
        assert found(question, own_answer(question)), name


@pytest.mark.parametrize("lesson", NAMES)
def test_no_earlier_reply_tells_a_later_answer(lesson):
    """Guards: a reply that makes the next question one of memory."""
    told, earlier = [], []
    for name, question in load_questions(lesson).predictions.items():
        told += [
            f"{name!r}: {telltale!r} in the reply of {before!r}"
            for before, replies in earlier
            for telltale in found(question, replies)
        ]
        earlier.append((name, plain(question.solution())))
    assert not told, "\n".join(told)
