"""The terms: each is explained once, where terms.toml says, and used only after it."""

import functools
import re
import tomllib

import pytest

from course.__main__ import main
from course.lessons import FOLDER, NAMES, NOTEBOOKS, terms
from course.tools import notebooks

TERMS = terms.load_all()
# Code, formulas, pictures' texts, links to other notebooks and titles are no prose.
NO_PROSE = re.compile(
    r"^# .*?$|```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|<[^>]*>|\[[^]]*\]\([^)]*\.ipynb[^)]*\)",
    re.DOTALL | re.MULTILINE,
)


def strings(value):
    """All texts of a question, but its name and its telltales."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = [value[key] for key in value if key not in ("name", "telltales")]
    parts = value if isinstance(value, list) else []
    return [text for part in parts for text in strings(part)]


@functools.cache
def passages():
    """What a learner reads, in order: (lesson, id of the cell, prose)."""
    found = []
    for lesson in NAMES:
        tables = tomllib.loads((FOLDER / lesson / "questions.toml").read_text("utf-8"))
        asked = {f'lesson.predict("{q["name"]}")': q for q in tables.get("predict", [])}
        asked["lesson.quiz()"] = tables.get("quiz", [])
        for cell in notebooks.read(NOTEBOOKS[lesson]).cells:
            is_text = cell.cell_type == "markdown"
            texts = [cell.source] if is_text else strings(asked.get(cell.source))
            found.append((lesson, cell.id, NO_PROSE.sub(" ", "\n".join(texts))))
    return found


def words_for(term):
    """A pattern of a term: names with a capital are told apart from other words by it."""
    patterns = [
        f"(?{'i' * (form == form.lower())}:{re.escape(form)}s?)"
        for form in (term.name, *term.forms)
    ]
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)")


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_a_term_is_used_after_it_is_explained(term):
    """Guards: a word that a beginner meets before it is explained, in all the course; and
    more than one line of words for it."""
    pattern = words_for(term)
    for lesson, cell, text in passages():
        if (lesson, cell) == (term.lesson, term.cell):
            break
        found = pattern.search(text)
        assert not found, f"{found[0]!r} in {lesson}, cell {cell}: {text.strip()[:200]}"
    else:
        pytest.fail(f"{term.lesson} has no cell {term.cell}")
    assert pattern.search(text), f"the cell {cell} doesn't name it"
    assert term.text and "\n" not in term.text and term.text[-1] != "."


def test_each_lesson_explains_terms_and_none_twice():
    """Guards: two homes of one term, and a test above that runs on nothing."""
    names = [form for term in TERMS for form in (term.name, *term.forms)]
    assert sorted(names) == sorted(set(names))
    assert {term.lesson for term in TERMS} == set(NAMES)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Backpropagation", ["backprop"]),  # another word for it
        ("dying", ["dead unit"]),
        ("uniform draw", ["uniform"]),
        ("diverging", ["diverged", "fate"]),  # another form, then in what a term is
        ("grows bent", []),
        ("lass", []),  # a part of words in texts
    ],
)
def test_the_glossary_is_searched_by_any_word(words, found, capsys):
    """Guards: who looks for a word that a term explains, or for one in another form; names
    that stand below what only mentions the word; and that nothing found is told."""
    assert main(["glossary", *words.split()]) == (not found)
    said = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in said if ": " in line] == found
    nothing = f"No term has {words!r} in its name or its explanation."
    assert found or said == [nothing + " Leave it out to see all."]
