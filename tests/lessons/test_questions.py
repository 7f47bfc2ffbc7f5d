"""The questions of all lessons: they are asked, have one answer, and give none away.

That nothing on the screen tells an answer is tested in the browser.
"""

import ast
import html
import re
from collections import Counter

import pytest

from course.lessons import NAMES, NOTEBOOKS, load_exercises, load_questions
from course.questions import ChoiceQuestion, NumberQuestion, OrderQuestion
from course.tools import notebooks
from tests.telltales import found

PREDICTIONS = {name: load_questions(name).predictions for name in NAMES}
ALL = [question for asked in PREDICTIONS.values() for question in asked.values()]
ORDERED = [question for question in ALL if isinstance(question, OrderQuestion)]


@pytest.mark.parametrize("lesson", NAMES)
def test_notebook_and_lesson_ask_the_same(lesson):
    """Guards: a question that is forgotten, or asked for in vain; a guess that no run
    answers, that one answers before it is asked, or that a panel answers before it has run."""
    cells = notebooks.read(NOTEBOOKS[lesson]).cells
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    calls = re.findall(r"(?m)^lesson\.(predict|reveal)\([\"'](.+?)[\"']", code)
    asked = [name for method, name in calls if method == "predict"]
    told = [name for method, name in calls if method == "reveal"]
    assert asked == list(PREDICTIONS[lesson])
    waiting = [name for name, q in PREDICTIONS[lesson].items() if not q.at_once]
    assert told == waiting
    for name in waiting:
        assert calls.index(("predict", name)) < calls.index(("reveal", name))
    assert code.count(".quiz()") == 1
    panels = [cell.source for cell in cells if "panels." in cell.source]
    assert ".reveal" not in "".join(panels)


@pytest.mark.parametrize("lesson", NAMES)
def test_what_would_answer_the_quiz_is_folded(lesson):
    """Guards: a recap or errors beside the quiz. The first look has neither."""
    sources = [cell.source for cell in notebooks.read(NOTEBOOKS[lesson]).cells]
    below = sources[sources.index("lesson.quiz()") :]
    fold = re.compile(r"(.*)\n\n<details>(?s:.*)</details>")
    folded = [found[1] for found in map(fold.fullmatch, below) if found]
    assert folded == ["## Recap", "## Common errors"] * (lesson != "first_look")


CHOICES = [
    (lesson, question)
    for lesson in NAMES
    for question in load_questions(lesson).all
    if isinstance(question, ChoiceQuestion)
]
REASON = re.compile(r": |, (since|for|so) |\bbecause\b|\bso that\b")


@pytest.mark.parametrize(
    "lesson, question", CHOICES, ids=lambda one: getattr(one, "name", one)
)
def test_the_shape_of_no_option_tells_the_answer(lesson, question):
    """Guards: a right option that stands bare among reasons, or alone has one; one that is
    far longer or shorter than another, or ends otherwise."""
    texts = list(question.options)
    reasons = {text: bool(REASON.search(text)) for text in texts}
    assert len(set(reasons.values())) == 1, reasons
    lengths = [len(text) for text in texts]
    assert max(lengths) <= max(12, 1.6 * min(lengths)) or is_code(texts), lengths
    assert is_code(texts) or len({text.endswith(".") for text in texts}) == 1, texts


def is_code(texts):
    return any("`" in text for text in texts)


def test_the_right_option_is_neither_the_longest_nor_the_shortest_more_often_than_by_chance():
    """Guards: a course that one passes by a ruler."""
    longest, shortest = Counter(), Counter()
    chance = sum(1 / len(question.options) for _, question in CHOICES)
    for lesson, question in CHOICES:
        right = question.right.text
        others = [len(text) for text in question.options if text != right]
        longest[lesson] += len(right) > max(others)
        shortest[lesson] += len(right) < min(others)
    for counts in (longest, shortest):
        assert counts.total() <= chance
        for lesson in NAMES:
            there = sum(asked == lesson for asked, _ in CHOICES)
            assert counts[lesson] <= max(1, there / 3), lesson


def test_no_question_says_what_a_learners_own_function_does():
    """Guards: 'your xor_network has the weights 1 and -2', told to who wrote another."""
    exercises = {name for lesson in NAMES for name in load_exercises(lesson)}
    for lesson in NAMES:
        for question in load_questions(lesson).all:
            texts = [question.text, *getattr(question, "options", ())]
            named = set(re.findall(r"`(\w+)`", " ".join(texts))) & exercises
            assert not named and "our `" not in question.text, question.name


@pytest.mark.parametrize("lesson", NAMES)
def test_a_review_asks_otherwise_than_the_quiz(lesson):
    """Guards: an answer by its place, or a number that is still known."""
    for question in load_questions(lesson).quiz:
        again = question.again()
        assert again.plain() != question.plain(), question.name
        if isinstance(question, ChoiceQuestion):
            assert set(again.options) == set(question.options)
            assert again.reply(question.right.text).right
        else:
            assert not again.reply(str(question.answer)).right
            assert again.reply(str(again.answer)).right
            assert len(again.misses) == len(question.misses), question.name
        assert again.plain() == question.again().plain()  # for nbval


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
    if isinstance(question, NumberQuestion) and question.at_once:
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
