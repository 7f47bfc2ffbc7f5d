"""The chapters for teachers: their plans, questions and quotes are those of the notebooks."""

import re
from itertools import pairwise

import numpy as np
import pytest

import mlp_core as mlp
from course import playground
from course.fast import sweep
from course.lessons import NAMES, NOTEBOOKS, load_exercises, load_questions, number_of
from course.playground import twin
from course.questions import ChoiceQuestion, NumberQuestion
from course.tools import ROOT, notebooks, pages, plan
from tests.test_reruns import NUMBER

TITLES = r"(\*[^*]+\*(?:, \*[^*]+\*)*)"
each_lesson = pytest.mark.parametrize("name", NAMES)


def lines_of(name):
    return plan.lines(plan.path_of(name).read_text(encoding="utf-8"))


def items(name, part):
    """The items of the list below the heading that has these words."""
    heading, found = "", []
    for line in lines_of(name):
        heading = line if line.startswith("#") else heading
        if part in heading and re.match(r"- |\d", line):
            found.append(line)
    return found


# 1. The plans ------------------------------------------------------------------------

# They end each notebook: at home, where no plan names them.
ENDS = {"Quiz", "Recap", "Common errors", "Check your progress"}


def headings_and_code(name):
    """The headings of a notebook: of each the code below it."""
    found, heading = {}, ""
    for cell in notebooks.read(NOTEBOOKS[name]).cells:
        if cell.cell_type == "code":
            found[heading] += f"{cell.source}\n"
            continue
        for heading in re.findall(r"^#+ (.*)", cell.source, re.MULTILINE):
            found[heading] = ""
    return found


@each_lesson
def test_a_chapter_has_its_form(name):
    """Guards: a teacher finds the same in each chapter, in the same order."""
    lines = lines_of(name)
    assert lines[0] == "# " + ". ".join(pages.title_of(name))
    order = ["**Aim:**", "## Lesson 1", "## What to ask", "## Misconcept"]
    order += ["**Short of time:**", "## Homework"]
    found = [word for line in lines for word in order if line.startswith(word)]
    assert found == order


@each_lesson
def test_a_plan_names_all_headings_in_order(name):
    """Guards: a slide that no plan names, or one that is not there; a lesson of more than
    45 minutes, or one with hardly a plan."""
    known, chapter = list(headings_and_code(name)), plan.read(name)
    planned = [title for step in chapter.steps for title in step.titles]
    places = [known.index(title) for title in planned]
    assert places == sorted(places) and places[0] == 0
    named = planned + chapter.home
    assert len(named) == len(set(named)) and set(named) <= set(known)
    assert set(known) - set(named) <= ENDS
    for n, lesson in enumerate(chapter.lessons, 1):
        assert lesson.startswith(f"Lesson {n} of {len(chapter.lessons)}: ")
        minutes = [step.minutes for step in chapter.steps if step.lesson == lesson]
        assert 40 <= sum(minutes) <= 45, lesson


def double_lessons(heading):
    """The rows of a table in the page for teachers: two lessons, and what is at home."""
    text = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
    part = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"(?m)^\| (\d+\.\d+), (\d+\.\d+).*\|(.*)\|$", part)
    return [(pair, set(re.findall(r"`(\w+)`", left))) for *pair, left in rows]


ALL = double_lessons("Lessons of 90 minutes")
TEN = ALL[:5] + double_lessons("Ten lessons, up to handwriting")
LESSONS = {  # "4.2" -> the lesson of the course, and the steps of this lesson of 45 minutes
    f"{number_of(name)}.{n}": (name, [s for s in chapter.steps if s.lesson == lesson])
    for name in NAMES
    for chapter in [plan.read(name)]
    for n, lesson in enumerate(chapter.lessons, 1)
}


def test_lessons_pair_up():
    """Guards: a double lesson that is forgotten, or out of order; ten lessons that don't
    end with handwriting.

    Lessons at the end may be missing: who adds a notebook need not pair it at once.
    """
    named, ten = ([one for pair, _ in rows for one in pair] for rows in (ALL, TEN))
    assert named and named == list(LESSONS)[: len(named)]
    assert len(TEN) == 10 and ten == [one for one in LESSONS if one in ten]
    assert ten[-1] == [one for one in LESSONS if LESSONS[one][0] == "your_network"][-1]


@pytest.mark.parametrize("rows", [ALL, TEN], ids=["all", "ten"])
def test_a_double_lesson_has_its_time_and_what_it_needs(rows):
    """Guards: more than 90 minutes; a learner's function that a lesson takes, and for which
    no lesson and no homework before it had a place."""
    written = set()
    for pair, left in rows:
        parts = [LESSONS[one] for one in pair]
        assert sum(step.minutes for _, steps in parts for step in steps) <= 90, pair
        assert left <= {
            exercise for name, _ in parts for exercise in load_exercises(name)
        }
        for name, steps in parts:
            titles = [title for step in steps for title in step.titles]
            code = headings_and_code(name)
            source = "".join(code[title] for title in titles)
            written |= set(re.findall(r"(?m)^lesson\.check\((\w+)\)", source))
            taken = " ".join(re.findall(r"lesson\.own\(([^)]*)\)", source))
            assert set(re.findall(r'"(\w+)"', taken)) <= written, pair
        written |= left


# 2. The questions and the quotes -----------------------------------------------------


def right_answer(question, words):
    """The right answer as it stands in the file of the questions, or else in the words."""
    if isinstance(question, ChoiceQuestion):
        texts = [text for text, option in question.options.items() if option.right]
        return f"'{texts[0]}'"
    if isinstance(question, NumberQuestion):
        told = f"{question.answer:g}" if question.at_once else NUMBER.match(words)[1]
        return told + " %" * question.percent
    return "; ".join(f"`{line.text}`" for line in question.lines)


@each_lesson
def test_each_question_has_its_right_answer(name):
    """Guards: a question without a line, and an answer that has changed since."""
    asked, told = load_questions(name).predictions, plan.read(name).questions
    assert asked and list(told) == list(asked)
    for question, words in told.items():
        right = f"Right: {right_answer(asked[question], words)}"
        assert words.startswith(right), question
        assert re.match(r"\.? ", words[len(right) :]) and " Expect " in words, question
        # A slide shows a number without the words that follow.
        alone = re.match(r"Right: [^ (]+( %)?( \([^()]+\))?\. Expect ", words)
        assert alone or not isinstance(asked[question], NumberQuestion), question


@each_lesson
def test_each_quote_is_what_a_check_says(name):
    """Guards: words of a check that it says no more."""
    exercises = load_exercises(name).values()
    messages = [mistake.message for one in exercises for mistake in one.mistakes]
    messages += [exercise.changed for exercise in exercises]
    told = [re.match(f"- {TITLES}: ", item)[1] for item in items(name, "checks recog")]
    quotes = [quote for part in told for quote in plan.titles(part)]
    assert quotes or not exercises
    for quote in quotes:
        assert any(quote in message for message in messages), quote


# 3. The homework ---------------------------------------------------------------------


@each_lesson
def test_homework_has_its_check(name):
    """Guards: homework that nobody can look through; an exercise that is left out."""
    given, home = items(name, "Homework"), plan.read(name).home
    assert given
    for item in given:
        assert re.search("Check: |Hand in, and grade", item), item
    handed_in = [item for item in given if "Hand in, and grade" in item]
    named = set(re.findall(r"`(\w+)`", " ".join(handed_in)))
    left = "".join(
        code for title, code in headings_and_code(name).items() if title in home
    )
    left = set(re.findall(r"^lesson\.check\((\w+)\)", left, re.MULTILINE))
    assert left <= named <= set(load_exercises(name))


def homework(name, pattern):
    """What the homework of a lesson says in this place."""
    return re.findall(pattern, " ".join(items(name, "Homework")))


def test_the_checks_of_the_homework_accept_a_right_answer():
    """Guards: a result that a teacher is told to expect."""
    rng = np.random.default_rng(0)
    [said] = homework("initialization", r"about (\d\.\d+) twice")
    for n_in, n_out in pairwise((150, 50, 75)):
        bound = np.sqrt(3 * 2 / (1.04 * n_in))
        spread = rng.uniform(-bound, bound, (n_in, n_out)).std()
        assert spread * np.sqrt(n_in) == pytest.approx(float(said), abs=0.01)

    counts = [
        sum((n_in + 1) * n_out for n_in, n_out in pairwise(sizes))
        for sizes in ((2, 3, 3, 2, 1), (4, 5, 2))
    ]
    said = homework("forward", r"\b(\d+) for (?:the|`mlp)")
    assert [int(count) for count in said] == counts

    params = [([[1, 0.5], [3, -1]], [0, 0]), ([[2], [1]], [0])]
    params = [mlp.Layer(*(np.array(part, float) for part in layer)) for layer in params]
    _, grads = mlp.loss_and_grads(params, [[2, -1]], [[1]])
    rows = " and ".join(f"({a:g}, {b:g})" for a, b in grads[0].W.round(9))
    assert homework("backprop", re.escape(f"has the rows {rows}"))

    X = np.array(list(np.ndindex(2, 2, 2)), float)
    hidden = mlp.Layer(np.ones((3, 3)), np.array([0.0, -1, -2]))
    output = mlp.Layer(np.array([[1.0], [-2], [2]]), np.zeros(1))
    odd, _ = mlp.forward([hidden, output], X, mlp.relu)
    said = f"is {', '.join(f'{y:g}' for y in odd[:, 0])}."
    assert homework("xor_task", re.escape(said))


def test_the_seeds_of_the_homework():
    """Guards: counts of these seeds; another processor may shift them a little."""
    X, Y = mlp.SUM.X, mlp.SUM.Y
    run, full = sweep(X, Y, range(1000)), sweep(X, Y, range(1000), batch_size=None)
    close = sum(mlp.solved(Y_hat, Y, 0.01) for Y_hat in run.Y_hat)
    said = [int(count) for count in homework("sum_task", r"[Aa]bout (\d+)")]
    assert said == pytest.approx([full.success.sum(), run.success.sum(), close], abs=3)
    [seeds] = homework("first_look", r"success\[\[(.+?)\]\]")
    assert not any(solved_by(2000, seed=int(seed)) for seed in seeds.split(", "))


def solved_by(steps, **settings):
    """Whether the playground of notebook 0 has learned by then."""
    run = twin.Run(playground.first_look(**settings).settings)
    run.train(steps)
    Y_hat, _ = mlp.forward(run.params, mlp.XOR.X, run.activations)
    return mlp.solved(Y_hat, mlp.XOR.Y)


def test_the_game_of_the_first_look():
    """Guards: the best rate, as the plan tells it."""
    assert solved_by(160, learning_rate=0.35) and not solved_by(145, learning_rate=0.35)
    assert not solved_by(1000, learning_rate=0.4) and solved_by(1100, learning_rate=0.4)
    assert not solved_by(2000, learning_rate=0.5)
