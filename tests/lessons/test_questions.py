"""The questions of all lessons: they are asked, have one answer, and give none away.

That nothing on the screen tells an answer is tested in the browser.
"""

import ast
import html
import re

import pytest

from course.lessons import NAMES, NOTEBOOKS, load_questions
from course.questions import ChoiceQuestion, NumberQuestion, OrderQuestion
from course.tools import notebooks
from tests.telltales import found

PREDICTIONS = {name: load_questions(name).predictions for name in NAMES}
ALL = [question for asked in PREDICTIONS.values() for question in asked.values()]
ORDERED = [question for question in ALL if isinstance(question, OrderQuestion)]


@pytest.mark.parametrize("lesson", NAMES)
def test_notebook_and_lesson_ask_the_same(lesson):
    """Guards: no question is forgotten, or asked for in vain."""
    cells = notebooks.read(NOTEBOOKS[lesson]).cells
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    asked = re.findall(r"\.predict\(\s*[\"'](.+?)[\"']", code)
    assert asked == list(PREDICTIONS[lesson])
    assert code.count(".quiz()") == 1


def names(line, kind):
    """The names that a line of code reads (ast.Load) or gives (ast.Store)."""
    nodes = [node for node in ast.walk(ast.parse(line)) if isinstance(node, ast.Name)]
    return {node.id for node in nodes if isinstance(node.ctx, kind)}


@pytest.mark.parametrize("question", ORDERED, ids=lambda question: question.name)
def test_the_right_order_is_the_only_one_that_works(question):
    """Guards: 'not yet' to an order that is as good: each line needs a name that only the
    line before it gives."""
    lines = [line.text for line in question.lines]
    given = [names(line, ast.Store) for line in lines]
    for before, line in enumerate(lines[1:]):
        needed = given[before] & names(line, ast.Load)
        elsewhere = set().union(*given[:before], *given[before + 1 :])
        assert needed - elsewhere, line


def plain(text):
    """HTML as text, without marks of code."""
    return html.unescape(re.sub(r"<[^>]*>", "", text)).replace("`", "")


def own_answer(question):
    """How a question tells its own answer."""
    texts = [question.solution()]
    if isinstance(question, ChoiceQuestion):
        texts += [option.text for option in question.options.values() if option.right]
    if isinstance(question, NumberQuestion):
        texts.append(f"{question.answer:g}")
    return plain("\n".join(texts))


@pytest.mark.parametrize("lesson", NAMES)
def test_no_earlier_reply_tells_a_later_answer(lesson):
    """Guards: a reply that makes the next question one of memory; and telltales that are
    missing, or could never match."""
    earlier = {}
    for name, question in PREDICTIONS[lesson].items():
        assert found(question, own_answer(question)), name
        told = {before: found(question, words) for before, words in earlier.items()}
        assert not any(told.values()), f"{name!r} is told by the replies {told}"
        earlier[name] = plain(question.solution())
