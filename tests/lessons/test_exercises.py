"""All exercises, found by looking: what stands in the file of each is what its check says.

An answer is handed in as a learner does: from a cell of its own.
"""

import copy
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course import checking
from course.checking.calls import unchanged
from course.checking.exercise import Exercise
from course.checking.exercise_file import KINDS
from tests.answers import EXERCISES, SOLUTIONS, cell, check

each_exercise = pytest.mark.parametrize("name", EXERCISES)


def each(*kinds):
    """A parameter for each cell of these kinds: the name of the exercise, and the cell."""
    return pytest.mark.parametrize(
        ("name", "answer"),
        [
            pytest.param(name, answer, id=f"{name}-{answer.kind}-{number}")
            for name, exercise in EXERCISES.items()
            for number, answer in enumerate(exercise.cells)
            if answer.kind in kinds
        ],
    )


def verdict_on(name, code, tries=0):
    """The verdict on the function that a cell defines: for the same tries the same."""
    function = cell(name, code, EXERCISES[name].space)
    return checking.check(EXERCISES, function, tries, seed=tries)


# 1. The file ---------------------------------------------------------------------------


@each_exercise
def test_an_exercise_has_all_that_it_needs(name):
    """Guards: a file that lacks a part, or has parts in another order."""
    kinds = [answer.kind for answer in EXERCISES[name].cells]
    assert kinds == sorted(kinds, key=KINDS.index), "the order of the cells"
    for kind, least, most in (
        ("task", 1, 1), ("hint", 1, 3), ("mistakes", 8, 20), ("right", 3, 12)
    ):  # fmt: skip
        assert least <= kinds.count(kind) <= most, kind


@each("cases")
def test_every_name_of_the_cases_is_one_of_an_exercise(name, answer):
    """Guards: a field with a slip in its name, which would be passed over in silence."""
    code = compile(answer.code, name, "exec")
    names = {found for found in code.co_names if f"\n{found} = " in f"\n{answer.code}"}
    names |= set(re.findall(r"^def (\w+)", answer.code, re.MULTILINE))
    assert not {found for found in names - {*Exercise._fields} if found[0] != "_"}


@each_exercise
def test_no_two_mistakes_have_the_same_message(name):
    """Guards: two mistakes that can't be told apart in the tests below."""
    messages = [mistake.message for mistake in EXERCISES[name].mistakes]
    assert len(messages) == len(set(messages))


# 2. Answers ----------------------------------------------------------------------------


@each("mistakes")
def test_a_mistake_gets_its_own_words(name, answer):
    """Guards: a mistake that passes, or gets the words of another one."""
    first, third = (verdict_on(name, answer.code, tries) for tries in (0, 2))
    assert first[0] is False and first.mistake == answer.words
    assert first.words.startswith(f"{name}: not yet: {answer.words}")
    if answer.mend:
        assert f"\n  in code: {answer.mend}" in third.words


def said(answer):
    """What stands in quotes behind the kind of an answer, or ''."""
    return answer.words.partition(": '")[2].removesuffix("'")


@each("wrong")
def test_a_wrong_answer_is_refused_with_its_words(name, answer):
    """Guards: a wrong answer that passes, or whose message misleads."""
    verdict = verdict_on(name, answer.code)
    assert not verdict.solved
    assert said(answer) and said(answer) in verdict.words, verdict.words


@each("right", "solution")
def test_a_right_answer_is_accepted(name, answer):
    """Guards: a check that asks for one way of writing, or refuses its own solution."""
    verdict = verdict_on(name, answer.code)
    assert verdict.solved, verdict.words
    words = verdict.words.removeprefix(f"{name}: right")
    assert words[:2] in ("", ". ") and said(answer) in words


@each_exercise
@pytest.mark.usefixtures("answers_run_apart")
def test_the_solution_passes_in_a_process_of_its_own(name):
    """Guards: an answer whose cases, or what it calls, can't be sent to a process."""
    assert verdict_on(name, SOLUTIONS[name]) == (True, f"{name}: right", True, "")


@each_exercise
def test_the_stub_is_not_solved(name):
    """Guards: the answer to a notebook as it is published."""
    [stub] = [cell for cell in EXERCISES[name].cells if cell.kind == "stub"]
    verdict = verdict_on(name, stub.code)
    assert verdict[::2] == (False, False)
    if stub.words:
        assert verdict.mistake == stub.words
        assert verdict.words.endswith("run its cell, then this one again.)")
    else:
        assert verdict.words.startswith(f"{name}: not written yet (")


@each_exercise
def test_a_large_case_is_there_for_a_loop(name):
    """Guards: a large case that no loop was tried on."""
    loops = [answer for answer in EXERCISES[name].cells if "It loops" in said(answer)]
    assert bool(loops) == bool(EXERCISES[name].large)


@each_exercise
def test_arguments_are_copies(name):
    """Guards: a function that spoils the cases for the next check; and it is told."""
    exercise = EXERCISES[name]
    before = copy.deepcopy(exercise.cases)

    def spoils(*args):
        result = copy.deepcopy(exercise.right(*args))
        destroy(list(args))
        return result

    verdict = check(name, spoils)
    assert all(map(unchanged, before, exercise.cases))
    if any(isinstance(value, (np.ndarray, list)) for value in exercise.cases[-1]):
        assert not verdict.solved
        assert re.search("in place|changed|writes into", verdict.words)
    else:
        assert verdict.solved


def destroy(value):
    """Overwrite all arrays in an argument."""
    if isinstance(value, np.ndarray):
        value[...] = 7
    if isinstance(value, (list, tuple)):
        for item in value:
            destroy(item)
    if isinstance(value, list):
        value.clear()


# What is drawn is judged by its distribution, in which one number hardly counts.
COMPARED = [name for name in EXERCISES if "rng" not in EXERCISES[name].arguments]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(COMPARED), st.data())
def test_one_wrong_number_is_never_accepted(name, data):
    """Guards: a right answer in which one number of one case is off."""
    exercise = EXERCISES[name]
    case = data.draw(st.integers(0, len(exercise.cases) - 1))
    shift = data.draw(st.sampled_from([1e-3, -0.5, 1.0, np.nan]))
    wanted = exercise.cases[case]

    def nearly(*args):
        result = exercise.right(*args)
        is_wanted = len(wanted) == len(args) and all(map(unchanged, wanted, args))
        return shifted(result, shift) if is_wanted else result

    assert not check(name, nearly).solved


def shifted(result, shift):
    """A result whose last number is another one."""
    if isinstance(result, (list, tuple)):
        kind = tuple if isinstance(result, tuple) else list
        return kind([*result[:-1], shifted(result[-1], shift)])
    if np.asarray(result).dtype.kind == "b":
        return ~result
    flat = np.array(result, float).ravel()
    flat[-1] += shift
    return flat.reshape(np.shape(result))
