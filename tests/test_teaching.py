"""docs/plan.md: its plans, questions and quotes are those of the notebooks."""

import re
from itertools import groupby, pairwise
from typing import NamedTuple

import nbformat
import numpy as np
import pytest

import mlp_core as mlp
from course import Lesson
from course.fast import sweep
from course.questions import ChoiceQuestion, NumberQuestion
from course.tools import ROOT, find_notebooks, plan

PLAN = (ROOT / "docs" / "plan.md").read_text(encoding="utf-8")
NOTEBOOKS = find_notebooks([])


class Part(NamedTuple):
    """What the plan says of one notebook."""

    title: str
    lines: list
    lessons: list  # of each 'N of M', and a pair (minutes, titles) for each step
    home: list  # titles
    questions: list  # pairs of a name and what stands behind the question
    quotes: list  # of the checks
    homework: list


TITLES = r"(\*[^*]+\*(?:, \*[^*]+\*)*)"


def titles(words):
    return re.findall(r"\*([^*]+)\*", words)


def read(text) -> list[Part]:
    """The part of each notebook."""
    parts = []
    heading = ""
    for line in re.sub(r"\n {2,}(?=\S)", " ", text).splitlines():
        heading = line if line.startswith("#") else heading
        if re.match(r"## \d\. ", line):
            parts.append(Part(line[3:], *([] for _ in Part._fields[1:])))
        if not parts:
            continue
        part = parts[-1]
        part.lines.append(line)
        if "checks recognise" in heading and line.startswith("- "):
            part.quotes.extend(titles(re.match(rf"- {TITLES}: ", line)[1]))
        elif heading == "### Homework" and line[:1].isdigit():
            part.homework.append(line)
    for part, chapter in zip(parts, plan.read(text).values(), strict=True):
        part.home.extend(chapter.home)
        part.questions.extend(chapter.questions.items())
        for lesson, steps in groupby(chapter.steps, key=lambda step: step.lesson):
            number = re.match(r"Lesson (\d of \d): ", lesson)[1]
            part.lessons.append((number, [(s.minutes, s.titles) for s in steps]))
    return parts


PARTS = read(PLAN)
of_each = pytest.mark.parametrize(
    "path, part", list(zip(NOTEBOOKS, PARTS)), ids=[path.stem for path in NOTEBOOKS]
)

# 1. The plans ------------------------------------------------------------------------

# They end each notebook: at home, where no plan names them.
ENDS = {"Quiz", "Recap", "Common errors", "Check your progress"}


def headings(path):
    cells = nbformat.read(path, as_version=4).cells
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    return re.findall(r"^#+ (.*)", "\n".join(texts), re.MULTILINE)


def test_each_notebook_has_its_part():
    """Guards: a teacher finds the plan of every notebook, all in one form."""
    assert [part.title[:2] for part in PARTS] == [f"{n}." for n in range(8)]
    for part, path in zip(PARTS, NOTEBOOKS, strict=True):
        order = ("**Aim:**", "### Lesson 1", "### What to ask", "### Misconcept")
        order += ("**Short of time:**", "### Homework")
        found = [word for line in part.lines for word in order if line.startswith(word)]
        assert found == list(order), path.stem


@of_each
def test_a_plan_names_all_headings_in_order(path, part):
    """Guards: a slide that no plan names, or one that is not there."""
    known = headings(path)
    planned = [
        name for _, steps in part.lessons for _, names in steps for name in names
    ]
    assert set(planned + part.home) <= set(known)
    places = [known.index(name) for name in planned]
    assert places == sorted(places) and planned[0] == known[0]
    named = sorted(planned + part.home)
    assert len(named) == len(set(named))
    assert set(known) - set(named) <= ENDS


@of_each
def test_lessons_fit(path, part):
    """Guards: a lesson of more than 45 minutes, or one with hardly a plan."""
    assert [number for number, _ in part.lessons] == [
        f"{n} of {len(part.lessons)}" for n in range(1, len(part.lessons) + 1)
    ]
    for number, steps in part.lessons:
        assert 40 <= sum(minutes for minutes, _ in steps) <= 45, number


def test_lessons_pair_up():
    """Guards: a double lesson that is forgotten, or ends with another's exercise."""
    text = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| (\d\.\d), (\d\.\d).*\|(.*)\|$", text)
    planned = [
        f"{n}.{lesson}"
        for n, part in enumerate(PARTS)
        for lesson in range(1, 1 + len(part.lessons))
    ]
    assert [
        lesson for first, second, _ in rows for lesson in (first, second)
    ] == planned
    for first, second, left in rows:
        known = [*_exercises(int(first[0])), *_exercises(int(second[0]))]
        assert set(re.findall(r"`(\w+)`", left)) <= set(known)


def _exercises(number):
    return Lesson(NOTEBOOKS[number].stem).exercises


# 2. The questions and the quotes -----------------------------------------------------


def right_answer(question):
    """The right answer as it stands in the file of the questions."""
    if isinstance(question, ChoiceQuestion):
        texts = [text for text, option in question.options.items() if option.right]
        return f"'{texts[0]}'"
    if isinstance(question, NumberQuestion):
        return f"{question.answer:g}" + " %" * question.percent
    return "; ".join(f"`{line.text}`" for line in question.lines)


@of_each
def test_each_question_has_its_right_answer(path, part):
    """Guards: a question without a line, and an answer that has changed since."""
    code = path.read_text(encoding="utf-8")
    asked = re.findall(r'lesson\.predict\(\\"([^"\\]+)\\"', code)
    assert asked and [name for name, _ in part.questions] == asked
    predictions = Lesson(path.stem).questions.predictions
    for name, words in part.questions:
        right = f"Right: {right_answer(predictions[name])}"
        assert words.startswith(right), name
        assert re.match(r"\.? ", words[len(right) :]) and " Expect " in words, name


@of_each
def test_each_quote_is_what_a_check_says(path, part):
    """Guards: words of a check that it says no more."""
    exercises = Lesson(path.stem).exercises.values()
    messages = [mistake.message for one in exercises for mistake in one.mistakes]
    messages += [exercise.changed for exercise in exercises]
    assert len(part.quotes) > 5 or not exercises
    for quote in part.quotes:
        assert any(quote in message for message in messages), quote


# 3. The homework ---------------------------------------------------------------------


def exercises_by_heading(path):
    """The heading under which each exercise is checked, and its name."""
    found, heading = {}, ""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            heading = (re.findall(r"^#+ (.*)", cell.source, re.MULTILINE) or [heading])[
                -1
            ]
        elif check := re.match(r"lesson\.check\((\w+)\)", cell.source):
            found[heading] = check[1]
    return found


@of_each
def test_homework_has_its_check(path, part):
    """Guards: homework that nobody can look through; an exercise that is left out."""
    assert part.homework
    for item in part.homework:
        assert "Check: " in item or "Hand in, and grade" in item, item
    handed_in = [item for item in part.homework if "Hand in, and grade" in item]
    named = set(re.findall(r"`(\w+)`", " ".join(handed_in)))
    exercises = exercises_by_heading(path)
    assert len(exercises) == len(Lesson(path.stem).exercises)
    left = {name for heading, name in exercises.items() if heading in part.home}
    assert left <= named <= set(exercises.values())


def homework(number):
    return " ".join(PARTS[number].homework)


def test_the_checks_of_the_homework_accept_a_right_answer():
    """Guards: a result that a teacher is told to expect."""
    z = np.linspace(-3, 3, 61)
    measured = ((z + 1e-6) ** 3 - (z - 1e-6) ** 3) / 2e-6
    assert np.allclose(3 * np.cbrt(z**3) ** 2, measured)

    rng = np.random.default_rng(0)
    said = float(re.search(r"twice about (\d\.\d+)", homework(2))[1])
    for n_in, n_out in pairwise((150, 50, 75)):
        bound = np.sqrt(3 * 2 / (1.04 * n_in))
        spread = rng.uniform(-bound, bound, (n_in, n_out)).std()
        assert spread * np.sqrt(n_in) == pytest.approx(said, abs=0.01)

    counts = [
        (2 + 1) * 3 + (3 + 1) * 3 + (3 + 1) * 2 + (2 + 1),
        (4 + 1) * 5 + (5 + 1) * 2,
    ]
    assert [
        int(n) for n in re.findall(r"\b(\d+) for (?:the|`mlp)", homework(3))
    ] == counts

    params = [([[1, 0.5], [3, -1]], [0, 0]), ([[2], [1]], [0])]
    params = [mlp.Layer(*(np.array(part, float) for part in layer)) for layer in params]
    _, grads = mlp.loss_and_grads(params, [[2, -1]], [[1]])
    rows = " and ".join(f"({a:g}, {b:g})" for a, b in grads[0].W.round(9))
    assert f"has the rows {rows}" in homework(4)

    X = np.array(list(np.ndindex(2, 2, 2)), float)
    hidden = mlp.Layer(np.ones((3, 3)), np.array([0.0, -1, -2]))
    output = mlp.Layer(np.array([[1.0], [-2], [2]]), np.zeros(1))
    odd, _ = mlp.forward([hidden, output], X, mlp.relu)
    assert f"is {', '.join(f'{y:g}' for y in odd[:, 0])}." in homework(6)


def test_the_seeds_of_the_homework():
    """Guards: counts of these seeds; another processor may shift them a little."""
    X, Y = mlp.SUM.X, mlp.SUM.Y
    run, full = sweep(X, Y, range(1000)), sweep(X, Y, range(1000), batch_size=None)
    close = sum(mlp.solved(Y_hat, Y, 0.01) for Y_hat in run.Y_hat)
    said = [int(count) for count in re.findall(r"[Aa]bout (\d+)", homework(5))]
    assert said == pytest.approx([full.success.sum(), run.success.sum(), close], abs=3)
    seeds = re.search(r"success\[\[(.+?)\]\]", homework(0))[1].split(", ")
    failed = sweep(mlp.XOR.X, mlp.XOR.Y, [int(seed) for seed in seeds], sizes=(2, 4, 1))
    assert not failed.success.any()
