"""Lines to put in order: each needs a name that only the line before it gives."""

import ast

import pytest

from course.lessons import NAMES, load_questions
from course.questions import OrderQuestion

QUESTIONS = [
    question
    for lesson in NAMES
    for question in load_questions(lesson).predictions.values()
    if isinstance(question, OrderQuestion)
]


def names(line, kind):
    """The names that a line of code reads (ast.Load) or gives (ast.Store)."""
    nodes = [node for node in ast.walk(ast.parse(line)) if isinstance(node, ast.Name)]
    return {node.id for node in nodes if isinstance(node.ctx, kind)}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_the_right_order_is_the_only_one_that_works(question):
    """Guards: 'not yet' to an order that is as good."""
    lines = [line.text for line in question.lines]
    given = [names(line, ast.Store) for line in lines]
    for before, line in enumerate(lines[1:]):
        needed = given[before] & names(line, ast.Load)
        elsewhere = set().union(*given[:before], *given[before + 1 :])
        assert needed - elsewhere, line


def test_there_are_lines_to_order():
    """Guards: a test above that runs on nothing."""
    assert QUESTIONS
