"""The chapters for teachers: their plans, questions and quotes are those of the notebooks."""

import re
from itertools import groupby, pairwise
from typing import NamedTuple

import nbformat
import numpy as np
import pytest

import mlp_core as mlp
from course.fast import sweep
from course.lessons import (
    NAMES,
    NOTEBOOKS,
    load_exercises,
    load_questions,
    name_of,
    number_of,
)
from course.questions import ChoiceQuestion, NumberQuestion
from course.tools import ROOT, pages, plan


class Part(NamedTuple):
    """What the chapter of a lesson says."""

    lines: list
    lessons: list  # of each 'N of M', and a pair (minutes, titles) for each step
    home: list  # titles
    questions: list  # pairs of a name and what stands behind the question
    quotes: list  # of the checks
    homework: list


TITLES = r"(\*[^*]+\*(?:, \*[^*]+\*)*)"


def read(name) -> Part:
    """The chapter of a lesson."""
    chapter = plan.read(name)
    lines = plan.lines(plan.path_of(name).read_text(encoding="utf-8"))
    part = Part(lines, [], chapter.home, list(chapter.questions.items()), [], [])
    heading = ""
    for line in lines:
        heading = line if line.startswith("#") else heading
        if "checks recognise" in heading and line.startswith("- "):
            part.quotes.extend(plan.titles(re.match(rf"- {TITLES}: ", line)[1]))
        elif heading == "## Homework" and line[:1].isdigit():
            part.homework.append(line)
    for lesson, steps in groupby(chapter.steps, key=lambda step: step.lesson):
        number = re.match(r"Lesson (\d of \d): ", lesson)[1]
        part.lessons.append((number, [(s.minutes, s.titles) for s in steps]))
    return part


PARTS = {name: read(name) for name in NAMES}
of_each = pytest.mark.parametrize(
    "path, part", [(NOTEBOOKS[name], PARTS[name]) for name in NAMES], ids=NAMES
)

# 1. The plans ------------------------------------------------------------------------

# They end each notebook: at home, where no plan names them.
ENDS = {"Quiz", "Recap", "Common errors", "Check your progress"}


def headings(path):
    cells = nbformat.read(path, as_version=4).cells
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    return re.findall(r"^#+ (.*)", "\n".join(texts), re.MULTILINE)


@of_each
def test_a_chapter_has_its_form(path, part):
    """Guards: a teacher finds the same in each chapter, in the same order."""
    assert part.lines[0] == "# " + ". ".join(pages.title_of(name_of(path.stem)))
    order = ["**Aim:**", "## Lesson 1", "## What to ask", "## Misconcept"]
    order += ["**Short of time:**", "## Homework"]
    found = [word for line in part.lines for word in order if line.startswith(word)]
    assert found == order


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
    """Guards: a double lesson that is forgotten, or ends with another's exercise.

    Lessons at the end may be missing: who adds a notebook need not pair it at once.
    """
    text = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| (\d+\.\d+), (\d+\.\d+).*\|(.*)\|$", text)
    named = [lesson for *pair, _ in rows for lesson in pair]
    planned = [
        f"{number_of(name)}.{lesson}"
        for name in NAMES
        for lesson, _ in enumerate(PARTS[name].lessons, 1)
    ]
    assert rows and named == planned[: len(named)]
    exercises = {str(number_of(name)): set(load_exercises(name)) for name in NAMES}
    for *pair, left in rows:
        known = set().union(*(exercises[lesson.partition(".")[0]] for lesson in pair))
        assert set(re.findall(r"`(\w+)`", left)) <= known


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
    predictions = load_questions(name_of(path.stem)).predictions
    for name, words in part.questions:
        right = f"Right: {right_answer(predictions[name])}"
        assert words.startswith(right), name
        assert re.match(r"\.? ", words[len(right) :]) and " Expect " in words, name


@of_each
def test_each_quote_is_what_a_check_says(path, part):
    """Guards: words of a check that it says no more."""
    exercises = load_exercises(name_of(path.stem)).values()
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
    assert len(exercises) == len(load_exercises(name_of(path.stem)))
    left = {name for heading, name in exercises.items() if heading in part.home}
    assert left <= named <= set(exercises.values())


def homework(name):
    return " ".join(PARTS[name].homework)


def test_the_checks_of_the_homework_accept_a_right_answer():
    """Guards: a result that a teacher is told to expect."""
    z = np.linspace(-3, 3, 61)
    measured = ((z + 1e-6) ** 3 - (z - 1e-6) ** 3) / 2e-6
    assert np.allclose(3 * np.cbrt(z**3) ** 2, measured)

    rng = np.random.default_rng(0)
    said = float(re.search(r"twice about (\d\.\d+)", homework("initialization"))[1])
    for n_in, n_out in pairwise((150, 50, 75)):
        bound = np.sqrt(3 * 2 / (1.04 * n_in))
        spread = rng.uniform(-bound, bound, (n_in, n_out)).std()
        assert spread * np.sqrt(n_in) == pytest.approx(said, abs=0.01)

    counts = [
        (2 + 1) * 3 + (3 + 1) * 3 + (3 + 1) * 2 + (2 + 1),
        (4 + 1) * 5 + (5 + 1) * 2,
    ]
    assert [
        int(n) for n in re.findall(r"\b(\d+) for (?:the|`mlp)", homework("forward"))
    ] == counts

    params = [([[1, 0.5], [3, -1]], [0, 0]), ([[2], [1]], [0])]
    params = [mlp.Layer(*(np.array(part, float) for part in layer)) for layer in params]
    _, grads = mlp.loss_and_grads(params, [[2, -1]], [[1]])
    rows = " and ".join(f"({a:g}, {b:g})" for a, b in grads[0].W.round(9))
    assert f"has the rows {rows}" in homework("backprop")

    X = np.array(list(np.ndindex(2, 2, 2)), float)
    hidden = mlp.Layer(np.ones((3, 3)), np.array([0.0, -1, -2]))
    output = mlp.Layer(np.array([[1.0], [-2], [2]]), np.zeros(1))
    odd, _ = mlp.forward([hidden, output], X, mlp.relu)
    assert f"is {', '.join(f'{y:g}' for y in odd[:, 0])}." in homework("xor_task")


def test_the_seeds_of_the_homework():
    """Guards: counts of these seeds; another processor may shift them a little."""
    X, Y = mlp.SUM.X, mlp.SUM.Y
    run, full = sweep(X, Y, range(1000)), sweep(X, Y, range(1000), batch_size=None)
    close = sum(mlp.solved(Y_hat, Y, 0.01) for Y_hat in run.Y_hat)
    said = [int(count) for count in re.findall(r"[Aa]bout (\d+)", homework("sum_task"))]
    assert said == pytest.approx([full.success.sum(), run.success.sum(), close], abs=3)
    seeds = re.search(r"success\[\[(.+?)\]\]", homework("first_look"))[1].split(", ")
    failed = sweep(mlp.XOR.X, mlp.XOR.Y, [int(seed) for seed in seeds], sizes=(2, 4, 1))
    assert not failed.success.any()
