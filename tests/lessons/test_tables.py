"""Answers as learners write them: ``tests/tables/LESSON.toml``, wrong ones and right ones.

Each entry is the code of a cell (``np`` and ``mlp`` are there, as in the notebooks), and
``words`` that the verdict must hold; ``third`` are those of the third try on. The name of
the table is that of the exercise.
"""

import tomllib
from pathlib import Path

import pytest

from course import checking
from tests.answers import EXERCISES, cell

pytestmark = pytest.mark.usefixtures("answers_run_apart")

TABLES = {
    name: table
    for path in sorted((Path(__file__).parent.parent / "tables").glob("*.toml"))
    for name, table in tomllib.loads(path.read_text(encoding="utf-8")).items()
}


def entries(kind):
    """A parameter for each answer of this kind: the name of the exercise, and the entry."""
    return pytest.mark.parametrize(
        ("name", "entry"),
        [
            pytest.param(name, entry, id=f"{name}-{number}")
            for name, table in TABLES.items()
            for number, entry in enumerate(table[kind])
        ],
    )


def check(name, entry, tries=0):
    """The verdict on the function that a cell defines: for the same tries the same."""
    return checking.check(EXERCISES, cell(name, entry["code"]), tries, seed=tries)


def test_every_exercise_has_its_table():
    """Guards: an exercise without answers to try, or with too few."""
    assert set(TABLES) == set(EXERCISES)
    for name, table in TABLES.items():
        assert len(table["wrong"]) >= 12, name
        assert len(table["right"]) >= 5, name


@entries("wrong")
def test_a_wrong_answer_is_refused_with_its_words(name, entry):
    """Guards: a wrong answer that passes, or whose message misleads."""
    first = check(name, entry)
    assert not first.solved
    assert entry["words"] in first.words, first.words
    if "third" in entry:
        third = check(name, entry, tries=2)
        assert not third.solved
        assert entry["third"] in third.words, third.words


@entries("right")
def test_a_right_answer_is_accepted(name, entry):
    """Guards: a check that asks for one way of writing."""
    verdict = check(name, entry)
    assert verdict.solved, verdict.words
    assert entry.get("words", "right") in verdict.words
