"""The engine behind the exercises: what it says of an answer.

The answers under test are the learner's: many are wrong on purpose, some are hostile.
Most stand in answers.toml; the lessons have tests of their own.
"""

import copy
import functools
import itertools
import pickle
import warnings

import cloudpickle
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mlp_core as mlp
from course import Lesson, checking, record
from course.checking import compare
from course.checking.exercise import Exercise, Mistake
from course.lessons import own
from course.lessons.bug_lab import bugs
from tests.answers import EXERCISES, check, named
from tests.checking import slopes

HERE = slopes.odd_answers("here")
my_slope = EXERCISES["my_slope"].right


@pytest.mark.parametrize(("code", "words"), HERE.values(), ids=HERE)
def test_an_odd_answer_gets_its_words(code, words):
    """Guards: an exception, a wrong verdict or words that mislead; also in the kernel."""
    slopes.assert_said(code, words)


def double(z):
    return 2.0 * z


triple = lambda z: 3.0 * z  # what a mistake gives


def raises(z):
    raise ValueError


def raises_for_two(z):
    if len(z) == 2:
        raise ValueError
    return 3.0 * z


DOUBLE = Exercise(
    double,
    [(np.ones(1),), (np.ones(2),)],
    [Mistake("always raises", raises), Mistake("raises for two", raises_for_two)],
)


def verdict_on(exercise, function, seed=None):
    """The verdict on an answer to an exercise of our own."""
    answer = named(exercise.name, function)
    return checking.check({exercise.name: exercise}, answer, seed=seed)


def words_on(exercise, function):
    return verdict_on(exercise, function).words


def test_a_mistake_is_recognised_by_its_results():
    """Guards: another mistake's words, or of one that only raises; an odd share."""
    assert words_on(DOUBLE, raises_for_two) == "double: not yet: raises for two"
    words = words_on(DOUBLE, triple)
    assert words == (
        "double: not yet: the result is wrong\n  yours: [3.]\n  right: [2.]\n"
        "  for z = [1.]"
    )
    sometimes = lambda z: (1.0 + len(z)) * z
    three = DOUBLE._replace(cases=[*DOUBLE.cases, (np.zeros(3),)])
    end = "  for z = [1., 1.]\n  (right in 2 of 3 cases)"
    assert words_on(three, sometimes).endswith(end)
    measured = three._replace(measure=lambda call, args: {"": call(*args)})
    assert words_on(measured, sometimes).endswith(end.partition("\n")[0])
    words = words_on(DOUBLE, raises)
    assert words.startswith("double: not yet: it stops with ValueError")
    twins = [Mistake("one", triple), Mistake("other", triple)]
    assert "yours: [3.]" in words_on(DOUBLE._replace(mistakes=twins), triple)


def test_solved_checks_count_for_no_hint():
    """Guards: code at the first slip of who solved it twice before."""
    record.close()
    lesson = Lesson("03_forward", keeps_record=False)
    wrong = named("my_loss", lambda P, Y: np.sum((P - Y) ** 2) / len(Y))
    right = named("my_loss", lambda P, Y: 0.5 * wrong(P, Y))
    answers = [right, right, wrong, wrong, wrong]
    told = ["in code" in lesson.check(answer).words for answer in answers]
    assert told == [False] * 4 + [True]
    record.close()


def test_numbers_are_told_as_they_are():
    """Guards: 'right: 6.5511e-12', which nobody finds; a float32 that other tries lack."""

    def tiny(z, layers):
        return z * 1e-12

    case = np.ones(1, "f4"), [mlp.Layer(*np.ones((2, 1, 1), "f4"))]
    words = words_on(Exercise(tiny, [case], []), lambda z, layers: z)
    told = "yours: [1.]\n  right: about 0\n  for z = [1.] (float32)\n  for layers = "
    assert told in words and words.endswith(" (float32)")


def parted(z):
    return z, 2 * z, 3 * z


PARTED = Exercise(
    parted,
    [(np.ones(1),)],
    [],
    lambda answer: dict(zip("abc", answer)),
    order=reversed,
    common="look at z",
)


def test_an_exercise_says_which_part_is_told_first():
    """Guards: the part that follows from a wrong one named before that, and none shared."""
    words = words_on(PARTED, lambda z: (z, z, z))
    assert "c is wrong\n  already right: a\n" in words
    words = words_on(PARTED, lambda z: (0 * z, z, z))
    assert "c is wrong\n  a, b, c are all wrong: look at z\n" in words
    plain = PARTED._replace(order=list, common="")
    assert "a is wrong\n  yours:" in words_on(plain, lambda z: (0 * z, z, z))


def test_a_function_among_the_arguments_has_a_name():
    """Guards: '<lambda>', or a name that only the course knows."""
    words = check("my_entry_error", lambda *args: 7.0).words
    assert "for loss_of = the sum of w ** 2\n  for w = " in words
    words = check("my_forward", lambda params, X, f: ([X], [X])).words
    assert "for params = [([[" in words
    assert "for f = the leaky ReLU with alpha = -0.2" in words


def test_what_a_wrong_case_printed_is_shown(capfd):
    """Guards: a print that the learner can't see, or thousands of lines of it."""

    def prints(z, alpha):
        print("line of", z.shape, "\nx" * 1233)
        return np.where(z > 0, 1.0, alpha)

    words = check("my_slope", prints).words
    assert "\n  printed: line of (3,) " in words  # the first case with a z of 0
    assert words.count("printed: x") == 19
    assert "printed: ... and 1,214 more lines" in words
    assert capfd.readouterr() == ("", "")


def test_no_warning_leaks(capfd):
    """Guards: NumPy's warnings for cases that the learner never saw, as an error, too."""

    def noisy(z, alpha):
        warnings.warn("noise", stacklevel=1)
        np.log(z * 0.0 - 1)
        return 1 / (z * 0.0)

    async def waits(z, alpha):
        return 1

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        verdict = check("my_slope", noisy)
        assert not check("my_slope", waits).solved
    assert "the result is wrong" in verdict.words  # not: it stops with UserWarning
    assert capfd.readouterr() == ("", "")


def test_a_check_tries_cases_that_it_drew_from_its_seed():
    """Guards: cases that are never drawn, or the same at each check; a table of others."""
    drawn = []

    def fresh(rng):
        drawn.append(rng.random())
        return [(np.full(1, drawn[-1]),)]

    exercise = DOUBLE._replace(fresh=fresh)
    for seed in (1, 1, 2, None, None):
        assert verdict_on(exercise, double, seed=seed).solved
    assert drawn[0] == drawn[1] and len(set(drawn)) == 4
    assert not verdict_on(exercise, lambda z: np.full(z.shape, 2.0)).solved


@pytest.mark.parametrize("name", sorted(EXERCISES))
def test_each_check_draws_other_cases(name):
    """Guards: cases that never change, or that a seed doesn't tell."""
    exercise = EXERCISES[name]
    if not exercise.arguments:  # a network by hand has no cases
        return
    drawn = [
        pickle.dumps(cloudpickle.dumps(exercise.fresh(np.random.default_rng(seed))))
        for seed in (1, 1, 2)
    ]
    assert drawn[0] == drawn[1] != drawn[2]


def test_the_courses_function_itself_is_no_answer():
    """Guards: `check(exercises.my_slope)`, also with the name of an exercise around it."""
    for function in (my_slope, mlp.train, bugs.right):
        words = checking.check(EXERCISES, function).words
        assert "this function is part of the course. Check one that you wrote" in words
    wrapped = functools.partial(my_slope)
    wrapped.__name__ = "my_slope"
    assert "which is part of the course" in checking.check(EXERCISES, wrapped).words


@pytest.mark.parametrize("changed", [(np, "allclose"), (compare, "is_right")])
def test_a_notebook_that_changes_the_judge_wins_nothing(changed, monkeypatch):
    """Guards: `np.allclose = lambda ...`, after which every answer is right."""
    monkeypatch.setattr(*changed, lambda *args, **options: True)
    assert not check("my_slope", lambda z, alpha: 7.0 * z).solved
    in_place = lambda z: np.add(z, z, out=z)
    assert "it changes z in place" in words_on(DOUBLE, in_place)


def test_what_is_no_function_gets_friendly_words():
    """Guards: a traceback for my_slope(z), a class, another name; a busy kernel."""
    LOOKS.clear()
    assert "is a Raises" in checking.check(EXERCISES, Raises()).words and not LOOKS
    words = checking.check(EXERCISES, type("my_slope", (), {})).words
    assert "this is a class. Write a function, def my_slope(z, alpha):" in words
    assert checking.check(EXERCISES, np.zeros(2)).words == (
        "pass a function made with `def`, by its name alone, without parentheses: this is an array"
    )
    for other, start in ((len, "there is no exercise 'len'"), (lambda: 0, "a lambda")):
        words = checking.check(EXERCISES, other).words
        assert words.startswith(start) and all(name in words for name in EXERCISES)


class Fake:
    """An object that can be called, and shows attributes of its own."""

    def __init__(self, name, value):
        self.__name__ = "my_slope"
        setattr(self, name, value)

    def __call__(self, z, alpha):
        return 7.0 * z


class Raises(Fake):
    """Every look at it raises something."""

    def __init__(self, kind=ZeroDivisionError):
        object.__setattr__(self, "kind", kind)

    def __getattribute__(self, name):
        LOOKS.append(name)
        raise object.__getattribute__(self, "kind")


class Nameless(Fake):
    """Has another name at each look, or none at all."""

    names = itertools.cycle(["my_slope", "other", "", None])
    __name__ = property(lambda self: next(self.names))

    def __init__(self):
        pass


class Text(str):
    """A name that is as bad as it can be."""

    def __hash__(self):
        raise ZeroDivisionError


ATTRIBUTES = [
    ("__name__", Text("my_slope")),
    ("__name__", 5),
    *((f"__{name}__", 5) for name in ("code", "globals", "signature")),
    *((f"__{name}__", Raises()) for name in ("code", "globals", "wrapped")),
]
LOOKS = []  # at one that raises
BAD = [Raises(), Raises(SystemExit), Nameless(), *(Fake(*pair) for pair in ATTRIBUTES)]


@pytest.mark.parametrize("number", range(len(BAD)))  # pytest would look at them
def test_a_check_never_raises(number):
    """Guards: a traceback for objects that are no functions, but look so."""
    for _ in range(4):
        verdict = checking.check(EXERCISES, BAD[number])
        assert not verdict.solved and type(verdict.words) is str
    assert own.code_of(BAD[number]) == ""  # what is kept of a right answer


SINGLE = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
ARRAYS = st.builds(
    lambda shape, seed: np.random.default_rng(seed).standard_normal(shape),
    st.lists(st.integers(0, 3), max_size=3).map(tuple),
    st.integers(0, 99),
)
GARBAGE = st.recursive(
    SINGLE | ARRAYS | st.complex_numbers() | st.binary(max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner),
    max_leaves=8,
)


@settings(max_examples=80)
@given(st.sampled_from(sorted(EXERCISES)), GARBAGE)
def test_garbage_is_never_accepted(name, garbage):
    """Guards: a result that passes, or that breaks the check; the same as an answer."""
    assert not check(name, lambda *args: copy.deepcopy(garbage)).solved
    verdict = checking.check(EXERCISES, garbage)
    assert not verdict.solved and "pass a function" in verdict.words


TEXTS = [(np.full((2, 1), "W"), np.full(1, "b"))]  # of the shape of the first case


@pytest.mark.parametrize("left", [[], [None, "text"], 5, TEXTS])
def test_an_argument_that_became_something_else_is_told(left):
    """Guards: an exception of the comparison that passes for the learner's."""

    def spoils(params, grads, learning_rate):
        result = [(W - learning_rate * dW, b) for (W, b), (dW, _) in zip(params, grads)]
        params[:] = left if isinstance(left, list) else [left] * len(params)
        return result

    assert "it changes params in place" in check("my_step", spoils).words
