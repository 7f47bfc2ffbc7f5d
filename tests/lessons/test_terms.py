"""The terms: each is explained once, where terms.toml says, and used only after it."""

import re
import tomllib

import pytest

from course.lessons import FOLDER, NAMES, terms
from course.tools import find_notebooks, save

TERMS = terms.load_all()
NOTEBOOKS = {re.sub(r"^\d+_", "", path.stem): path for path in find_notebooks([])}
# Code, formulas, pictures' texts, links to other notebooks and titles are no prose.
NO_PROSE = re.compile(
    r"^# .*?$|```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|<[^>]*>|\[[^]]*\]\([^)]*\.ipynb[^)]*\)",
    re.DOTALL | re.MULTILINE,
)


def prose(text):
    return NO_PROSE.sub(" ", text)


def strings(value):
    """All texts of a question, but its name."""
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else ():
        yield from strings(part)
    for part in value if isinstance(value, list) else ():
        yield from strings(part)


def questions_of(lesson):
    """The texts of a lesson's questions: the line that asks -> text."""
    tables = tomllib.loads((FOLDER / lesson / "questions.toml").read_text("utf-8"))
    texts = {"lesson.quiz()": "\n".join(strings(tables.get("quiz", [])))}
    for table in tables.get("predict", []):
        name = table.pop("name")
        table.pop("telltales", None)
        texts[f'lesson.predict("{name}")'] = "\n".join(strings(table))
    return texts


def passages():
    """What a learner reads, in order: (lesson, id of the cell, prose)."""
    for lesson in NAMES:
        questions = questions_of(lesson)
        for cell in save.read(NOTEBOOKS[lesson]).cells:
            is_text = cell.cell_type == "markdown"
            text = cell.source if is_text else questions.get(cell.source, "")
            yield lesson, cell.id, prose(text)


PASSAGES = list(passages())


def words_for(term):
    """A pattern of a term: names with a capital are told apart from other words by it."""
    forms = [term.name, *term.forms]
    patterns = [
        f"(?:{re.escape(form)}s?)"
        if form != form.lower()
        else f"(?i:{re.escape(form)}s?)"
        for form in forms
    ]
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)")


each_term = pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)


@each_term
def test_a_term_is_used_after_it_is_explained(term):
    """Guards: a word that a beginner meets before it is explained, in all the course."""
    pattern = words_for(term)
    for lesson, cell, text in PASSAGES:
        if (lesson, cell) == (term.lesson, term.cell):
            break
        found = pattern.search(text)
        assert not found, f"{found[0]!r} in {lesson}, cell {cell}: {text.strip()[:200]}"
    else:
        pytest.fail(f"{term.lesson} has no cell {term.cell}")
    assert pattern.search(text), f"the cell {cell} doesn't name it"


def test_no_term_is_explained_twice():
    """Guards: two homes of one term."""
    names = [form for term in TERMS for form in (term.name, *term.forms)]
    assert sorted(names) == sorted(set(names))


def test_each_lesson_explains_terms():
    """Guards: a test above that runs on nothing."""
    assert {term.lesson for term in TERMS} == set(NAMES)


def test_a_term_is_told_in_one_line():
    for term in TERMS:
        assert term.text and "\n" not in term.text and term.text[-1] != ".", term.name


def test_the_command_finds_a_term(capsys):
    from course.__main__ import main

    assert main(["glossary", "learning", "rate"]) == 0
    assert capsys.readouterr().out.startswith("learning rate: ")
    assert main(["glossary", "no such"]) == 1
