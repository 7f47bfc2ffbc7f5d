"""All exercises: right answers pass, wrong ones don't, each mistake gets its message.

Right answers are the functions of the lessons, the solutions that the notebooks publish
(see `mutate_solutions.py`), and the same in other styles. The functions under test are
the learner's: many are wrong on purpose.
"""

import copy
import re

import nbformat
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mlp_core as mlp
from course import checking
from course.checking.calls import unchanged
from tests import mutate_solutions
from tests.answers import EXERCISES, LESSONS, check
from tests.lessons.test_tables import TABLES

LESSON_OF = {
    "my_activation": "activations",
    "my_slope": "activations",
    "my_dead_units": "activations",
    "my_uniform": "initialization",
    "my_he": "initialization",
    "my_forward": "forward",
    "my_loss": "forward",
    "my_loss_slope": "backprop",
    "my_layer_backward": "backprop",
    "my_backprop": "backprop",
    "my_step": "sum_task",
    "my_train": "sum_task",
    "xor_network": "xor_task",
    "my_constant_loss": "xor_task",
    "my_entry_error": "bug_lab",
    "mend_first": "bug_lab",
    "mend_second": "bug_lab",
}
each_exercise = pytest.mark.parametrize("name", LESSON_OF)
MISTAKES = [
    pytest.param(name, mistake, id=f"{name}-{mistake.message[:40]}")
    for name, exercise in EXERCISES.items()
    for mistake in exercise.mistakes
]

# Right answers -----------------------------------------------------------------------


def test_the_exercises_are_those_of_the_course():
    """Guards: an exercise that is lost, or lands in another lesson."""
    found = {name: list(lesson.exercises) for name, lesson in LESSONS.items()}
    assert {name: lesson for lesson in found for name in found[lesson]} == LESSON_OF


@each_exercise
def test_the_right_function_passes(name):
    """Guards: a check that refuses its own solution; and a wrong key in the table."""
    verdict = check(name, EXERCISES[name].right)
    assert verdict == (True, f"{name}: right", True, "")


@each_exercise
def test_the_solution_passes(name):
    """Guards: a published solution that its check refuses."""
    source = mutate_solutions.solutions()[name]
    verdict = checking.check(EXERCISES, mutate_solutions.compiled(name, source))
    assert verdict == (True, f"{name}: right", True, "")


def test_every_solution_is_published_in_a_notebook():
    """Guards: an exercise whose solution stands in no cell tagged 'solution'."""
    assert set(mutate_solutions.solutions()) == set(LESSON_OF)


def test_solutions_are_read_from_tagged_cells_only(tmp_path):
    """Guards: the reader of the notebooks, which the tests above rest on."""
    block = "text\n```python\ndef my_slope(z, alpha):\n    return 1\n```\nmore"
    tagged = nbformat.v4.new_markdown_cell(block, metadata={"tags": ["solution"]})
    plain = nbformat.v4.new_markdown_cell(block.replace("my_slope", "my_loss"))
    other = nbformat.v4.new_markdown_cell("no code", metadata={"tags": ["solution"]})
    notebook = nbformat.v4.new_notebook(cells=[tagged, plain, other])
    nbformat.write(notebook, tmp_path / "one.ipynb")
    found = mutate_solutions.solutions(tmp_path)
    assert found == {"my_slope": "def my_slope(z, alpha):\n    return 1\n"}


# Wrong answers -----------------------------------------------------------------------


@pytest.mark.parametrize(("name", "mistake"), MISTAKES)
def test_each_mistake_gets_its_own_message(name, mistake):
    """Guards: a mistake that passes, or gets the message of another one."""
    verdict = check(name, mistake.wrong)
    words = f"{name}: not yet: {mistake.message}"
    is_tried = mistake.message != EXERCISES[name].planted
    words += (
        ""
        if is_tried
        else "\n  (If you changed it, run its cell, then this one again.)"
    )
    assert verdict == (False, words, is_tried, mistake.message)


@each_exercise
def test_no_two_mistakes_have_the_same_message(name):
    """Guards: two mistakes that can't be told apart in the test above."""
    messages = [mistake.message for mistake in EXERCISES[name].mistakes]
    assert len(messages) == len(set(messages))


@each_exercise
def test_the_stub_is_not_written_yet(name):
    """Guards: the answer to a notebook as it is published."""
    for stub in (lambda *args: None, lambda *args: ..., not_implemented):
        verdict = check(name, stub)
        assert verdict[::2] == (False, False)
        assert verdict.words.startswith(f"{name}: not written yet (")


def not_implemented(*args):
    raise NotImplementedError


def destroy(value):
    """Overwrite all arrays in an argument."""
    if isinstance(value, np.ndarray):
        value[...] = 7
    if isinstance(value, (list, tuple)):
        for item in value:
            destroy(item)
    if isinstance(value, list):
        value.clear()


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


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(EXERCISES)), st.data())
def test_one_wrong_number_is_never_accepted(name, data):
    """Guards: a right answer in which one number of one case is off."""
    exercise = EXERCISES[name]
    case = data.draw(st.integers(0, len(exercise.cases) - 1))
    shift = data.draw(st.sampled_from([1e-3, -0.5, 1.0, np.nan]))
    if name in ("my_uniform", "my_he"):
        return  # judged by measures
    wanted = exercise.cases[case]

    def nearly(*args):
        result = exercise.right(*args)
        first = result
        if all(map(unchanged, wanted, args)) and len(wanted) == len(args):
            while isinstance(first, (list, tuple)):
                first = first[-1]
            if name == "my_train":
                result[1][-1] += shift
            elif np.ndim(first) == 0 or first.dtype.kind == "b":
                return first + shift if np.ndim(first) == 0 else ~first
            elif not args or first is not args[0]:
                first.flat[0] += shift
        return result

    verdict = check(name, nearly)
    assert verdict.solved is (name.endswith("network") and hidden_by_relu(nearly))


def hidden_by_relu(network):
    """Whether a network by hand computes its table in spite of the shift."""
    Y_hat = mlp.forward([mlp.Layer(*each) for each in network()], mlp.XOR.X, mlp.relu)[
        0
    ]
    tables = np.array([[0, 1, 1, 0], [1, 0, 0, 1]])
    return bool(np.any(np.all(abs(Y_hat[:, 0] - tables) <= 1e-6, axis=1)))


def test_every_exercise_with_a_large_case_has_its_loop():
    """Guards: a large case that no loop in the tables was tried on."""
    tried = {
        name
        for name, table in TABLES.items()
        if any("loops in Python" in entry.get("words", "") for entry in table["right"])
    }
    assert {name for name, exercise in EXERCISES.items() if exercise.large} == tried
