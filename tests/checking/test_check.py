"""The engine behind the exercises: what it says of an answer.

The answers under test are the learner's: many are wrong on purpose, some are hostile.
They are answers to exercises of the course, whose lessons have tests of their own.
"""

import copy
import pickle
import warnings

import cloudpickle
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mlp_core as mlp
from course import checking
from course.checking import Exercise, Mistake, Verdict
from course.lessons.bug_lab import bugs
from tests.answers import EXERCISES, OPEN, cell, check, named

my_dead_units, my_slope = (
    EXERCISES[name].right for name in ("my_dead_units", "my_slope")
)

# 1. What it says ---------------------------------------------------------------------


def docstring_only(*args):
    """Not written yet."""


def names_none(*args):
    x = None
    return x


def prints(z, alpha):
    print(np.where(z >= 0, 1.0, alpha))


def forgets_return(z, alpha):
    slopes = np.where(z >= 0, 1.0, alpha)  # noqa: F841, the slip that is meant


def test_a_forgotten_return_is_told_from_a_stub():
    """Guards: 'not written yet' for who printed the result, and only for a stub."""
    for stub in (docstring_only, names_none):
        assert "my_slope: not written yet (" in check("my_slope", stub).words
    for function in (prints, forgets_return):
        assert "did you print the result" in check("my_slope", function).words


def test_the_caret_is_no_power():
    """Guards: a message about bitwise_xor, which tells a learner nothing."""
    words = check("my_loss", lambda P, Y: 0.5 * np.sum((P - Y) ^ 2) / len(Y)).words
    assert "`^` is no power in Python" in words
    words = check("my_he", lambda sizes, rng, alpha: 1 + alpha ^ 2).words
    assert "`^` is no power in Python" in words


def test_general_words_show_the_smallest_failing_case():
    """Guards: what went in, what came out and what is right, all in numbers."""
    words = check("my_slope", lambda z, alpha: np.where(z >= 0, 1.0, 0.5)).words
    cases = EXERCISES["my_slope"].cases
    right = sum(alpha == 0.5 or bool(np.all(z >= 0)) for z, alpha in cases)
    assert words == (
        "my_slope: not yet: the result is wrong\n  yours: [0.5]\n  right: [-0.2]\n"
        f"  for z = [-1.]\n  for alpha = -0.2\n  (right in {right} of {len(cases)} cases)"
    )


def test_shapes_are_compared_before_numbers():
    """Guards: a table of numbers where one word about the shape would do."""
    words = check("my_loss_slope", lambda P, Y: np.zeros((7, 7))).words
    assert "the result has the shape (7, 7), it should have the shape (1, 1)" in words


def test_a_single_wrong_part_is_named():
    """Guards: 'something is wrong' for a function with three results."""
    right = EXERCISES["my_layer_backward"].right

    def wrong(A, Z, W, dA, slope):
        dW, db, before = right(A, Z, W, dA, slope)
        return dW, db, 3 * before

    words = check("my_layer_backward", wrong).words
    assert "dA_before is wrong\n  right already: dW, db\n" in words


def test_a_mask_of_numbers_is_refused():
    """Guards: 1 and 0 for True and False, which pick other entries as an index."""
    words = check("my_dead_units", lambda Z, a: 1 * my_dead_units(Z, a)).words
    assert "True and False are asked for" in words


def test_a_small_difference_is_told_in_numbers():
    """Guards: 'yours' and 'right' that look the same."""
    words = check(
        "my_loss", lambda P, Y: 4e-5 + 0.5 * np.sum((P - Y) ** 2) / len(Y)
    ).words
    assert "yours: 2., off by up to 4e-05" in words.replace("2.0,", "2.,")


def test_a_function_among_the_arguments_has_a_name():
    """Guards: '<lambda>', or a name that only the course knows."""
    words = check("my_entry_error", lambda *args: 7.0).words
    assert "for loss_of = the sum of w ** 2\n  for w = " in words
    words = check("my_forward", lambda params, X, f: ([X], [X])).words
    assert "for params = [([[" in words
    assert "for f = the leaky ReLU with alpha = -0.2" in words


def test_a_notebook_shows_a_verdict_as_its_words():
    """Guards: the line that nbval compares."""
    assert repr(Verdict(True, "my_slope: right")) == "my_slope: right"


def double(z):
    return 2.0 * z


def adds_in_place(z):
    z += z
    return z


def raises(z):
    raise ValueError


def raises_for_two(z):
    if len(z) == 2:
        raise ValueError
    return 3.0 * z


OWN = {
    "double": Exercise(
        double,
        [(np.ones(1),), (np.ones(2),)],
        [Mistake("always raises", raises), Mistake("raises for two", raises_for_two)],
    )
}


def test_a_mistake_is_recognised_by_its_results():
    """Guards: the message of a mistake that gives other results, or that only raises."""
    words = checking.check(OWN, named("double", raises_for_two)).words
    assert words == "double: not yet: raises for two"
    words = checking.check(OWN, named("double", lambda z: 3.0 * z)).words
    assert "yours: [3.]\n  right: [2.]" in words
    words = checking.check(OWN, named("double", raises)).words
    assert words.startswith("double: not yet: it stops with ValueError")


def test_a_right_result_is_not_enough_if_the_argument_is_changed():
    """Guards: a function that works once, and spoils its caller's numbers."""
    verdict = checking.check(OWN, named("double", adds_in_place))
    assert not verdict.solved
    assert "it changes z in place" in verdict.words


# 2. Answers of an unusual kind -------------------------------------------------------


def bad_text(*args):
    class Bad(Exception):
        def __str__(self):
            raise ValueError

    raise Bad


def calls_itself(*args):
    return calls_itself(*args)


def generates(*args):
    yield 1


async def waits(*args):
    return 1


def holds_itself(*args):
    things = []
    things.append(things)
    return things


class NoArray:
    def __array__(self, *args, **kwargs):
        raise RuntimeError("no")


ODD = {
    "an exception": (lambda *args: 1 / 0, "it stops with ZeroDivisionError"),
    "an exception without a text": (bad_text, "it stops with Bad"),
    "recursion": (calls_itself, "calls itself and never comes to an end"),
    "a generator": (generates, "is a generator"),
    "a coroutine": (waits, "is a coroutine"),
    "a text": (lambda *args: "1", "is a text"),
    "rows of several lengths": (lambda z, alpha: [[1.0], [1.0, 2.0]], "makes no array"),
    "a list that holds itself": (holds_itself, "makes no array"),
    "a very long list": (lambda *args: [1.0] * 10**7, "far too many things"),
    "texts": (lambda *args: np.array(["1"]), "numbers are asked for"),
    "objects": (lambda *args: np.array([None]), "numbers are asked for"),
    "complex numbers": (lambda z, a: my_slope(z, a) + 0j, "numbers are asked for"),
    "no array": (lambda *args: NoArray(), "is a NoArray"),
    "a function": (lambda *args: len, "numbers are asked for"),
    "many digits": (lambda *args: 7**1000, "a number of many digits"),
    "NaN": (lambda z, alpha: my_slope(z, alpha) * np.nan, "yours: [nan]"),
    "infinity": (lambda z, alpha: my_slope(z, alpha) / 0.0, "yours: [-inf]"),
    "a huge array": (lambda *args: np.broadcast_to(0.0, (10**9, 10)), "far too large"),
    "None at times": (lambda z, a: None if z.size > 5 else my_slope(z, a), "None"),
    "too few arguments": (lambda z: z, "it takes (z); it should take (z, alpha)"),
    "too many arguments": (lambda z, alpha, h: z, "it should take (z, alpha)"),
}


@pytest.mark.parametrize("case", ODD)
def test_nothing_gets_into_the_learners_face(case):
    """Guards: an exception or a wrong verdict for an answer of an unusual kind."""
    function, words = ODD[case]
    if case == "too few arguments":
        verdict = checking.check(EXERCISES, named("my_slope", function))
    else:
        verdict = check("my_slope", function)
    assert not verdict.solved
    assert verdict.words.startswith("my_slope: not yet: ")
    assert words in verdict.words


@pytest.fixture(params=["here", "apart"])
def place(request):
    """Both places in which an answer may run."""
    if request.param == "apart":
        request.getfixturevalue("answers_run_apart")


@pytest.mark.parametrize("line", ["return z @ z.reshape(7, 7)", "np.linalg.inv(z)"])
def test_the_line_that_raises_is_named(line, place):
    """Guards: an exception without its place, or in a line of NumPy or of the course."""
    answer = cell("my_slope", f"def my_slope(z, alpha):\n    {line}")
    assert f"in the line `{line}`" in checking.check(EXERCISES, answer).words


def test_what_is_no_function_gets_friendly_words():
    """Guards: a traceback for check(my_slope(z)), a class, or another name."""

    class my_slope:
        pass

    class Nasty:
        def __getattr__(self, name):
            raise RuntimeError

    assert "this is a class; write a function, def my_slope(z, alpha):" in str(
        checking.check(EXERCISES, my_slope)
    )
    for thing in (None, 3, "my_slope", np.zeros(3), Nasty()):
        assert "give me the function itself" in checking.check(EXERCISES, thing).words
    words = checking.check(EXERCISES, len).words
    assert "there is no exercise 'len'" in words
    assert all(name in words for name in EXERCISES)


def test_no_warning_leaks(capfd):
    """Guards: NumPy's warnings for cases that the learner never saw, as an error, too."""

    def noisy(z, alpha):
        warnings.warn("noise", stacklevel=1)
        np.log(z * 0.0 - 1)
        return 1 / (z * 0.0)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        verdict = check("my_slope", noisy)
        stub = check("my_slope", waits)
    assert "the result is wrong" in verdict.words  # not: it stops with UserWarning
    assert not stub.solved
    assert capfd.readouterr() == ("", "")


def prints_much(z, alpha):
    for i in range(15):
        print("line", i, "of", z.shape)
    return np.where(z > 0, 1.0, alpha)


def test_what_a_wrong_case_printed_is_shown(capfd):
    """Guards: a print that the learner can't see; one of a case that is right."""
    words = check("my_slope", prints_much).words
    assert words.count("\n  printed: line") == 15
    assert "printed: line 0 of (3,)" in words  # the first case with a z of 0
    assert capfd.readouterr() == ("", "")
    right = check("my_slope", lambda z, a: print(z.size) or my_slope(z, a)).words
    assert right == "my_slope: right\n  printed: 1"


def test_a_long_print_is_cut():
    """Guards: thousands of lines below a cell."""

    def prints_more(z, alpha):
        print("x\n" * 1234)
        return z

    words = check("my_slope", prints_more).words
    assert words.count("printed: x") == 20
    assert "printed: ... and 1,215 more lines" in words


# 3. The same answer is not always the same -------------------------------------------


def test_an_answer_that_knows_the_fixed_cases_is_refused():
    """Guards: a table of all cases; one verdict for all times."""
    cases = EXERCISES["my_slope"].cases

    def table(z, alpha):
        known = [args for args in cases if np.array_equal(args[0], z)]
        is_known = any(args[1] == alpha for args in known)
        return my_slope(z, alpha) if is_known else np.zeros(z.shape)

    for seed in range(20):
        verdict = checking.check(OPEN, named("my_slope", table), seed=seed)
        assert not verdict.solved


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


def test_code_is_told_from_the_third_try_on():
    """Guards: a hint that hands over the line at once; one that never comes."""

    def wrong(z):
        return 3.0 * z

    own = {"double": OWN["double"]._replace(mistakes=[Mistake("m", wrong, "`2 * z`")])}
    told = [
        checking.check(own, named("double", wrong), tries).words for tries in (0, 1)
    ]
    assert told == ["double: not yet: m"] * 2
    words = checking.check(own, named("double", wrong), 2).words
    assert words == "double: not yet: m\n  in code: `2 * z`"


def test_two_mistakes_with_the_same_results_are_not_told_apart():
    """Guards: a thought that the learner never had."""

    def wrong(z):
        return 3.0 * z

    twins = [Mistake("one", wrong), Mistake("other", wrong)]
    own = {"double": OWN["double"]._replace(mistakes=twins)}
    assert "yours: [3.]" in checking.check(own, named("double", wrong)).words


# 4. The course's own functions -------------------------------------------------------

BORROWED = [
    "return mlp.leaky_relu(alpha).slope(z)",
    "return np.vectorize(mlp.leaky_relu(alpha).slope)(z)",
    "from course.lessons import load_exercises as e; return e('activations')['my_slope'].right(z, alpha)",
    "from course import record; record.work('a', 'b').code; return alpha + (1 - alpha) * (z >= 0)",
    "try: return mlp.leaky_relu(alpha).slope(z)\n    except: return 0",
    "return np.array([mlp.leaky_relu(alpha).slope(v) for v in z])",
]


@pytest.mark.parametrize("body", BORROWED)
def test_a_function_of_the_course_is_no_answer(body, place):
    """Guards: the core's own slope, or the check's, as one's own."""
    answer = cell("my_slope", f"def my_slope(z, alpha):\n    {body}")
    verdict = checking.check(EXERCISES, answer)
    assert not verdict.solved
    assert "which the course wrote" in verdict.words


def test_the_courses_function_itself_is_no_answer():
    """Guards: `lesson.check(exercises.my_slope)`, and 'there is no exercise right'."""
    for function in (my_slope, mlp.train, bugs.right):
        words = checking.check(EXERCISES, function).words
        assert "this function is the course's: hand over one that you wrote" in words


def test_functions_that_are_arguments_or_allowed_may_be_called():
    """Guards: refusing `slope(Z)` in backprop, or what the task says to use."""
    backward = """
def my_layer_backward(A, Z, W, dA, slope):
    dZ = dA * slope(Z)
    return A.T @ dZ, dZ.sum(axis=0), dZ @ W.T
"""
    assert checking.check(EXERCISES, cell("my_layer_backward", backward)).solved
    loss = "def my_loss(P, Y):\n    return mlp.loss(P, Y)"
    assert not checking.check(EXERCISES, cell("my_loss", loss)).solved
    own = {"my_loss": EXERCISES["my_loss"]._replace(allowed=(mlp.loss,))}
    assert checking.check(own, cell("my_loss", loss)).solved


# 5. Whatever comes -------------------------------------------------------------------


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


@given(value=GARBAGE)
def test_whatever_is_no_function_is_told(value):
    """Guards: an exception in the learner's face."""
    verdict = checking.check(EXERCISES, value)
    assert not verdict.solved and "give me the function itself" in verdict.words


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(sorted(EXERCISES)), GARBAGE)
def test_garbage_is_never_accepted(name, result):
    """Guards: a wrong answer that passes, or that breaks the check."""
    if name == "smallest_sizes" and str(result) in ("[2, 1]", "(2, 1)"):
        return
    assert not check(name, lambda *args: copy.deepcopy(result)).solved


@pytest.mark.parametrize("ending", ["raise MemoryError", "exit()"])
def test_a_right_answer_that_fails_for_many_numbers_is_right(ending, place):
    """Guards: an exception of the search for a loop, which gets out of the check."""
    body = f"if z.size > 5000: {ending}\n    return np.where(z >= 0, 1.0, alpha)"
    answer = cell("my_slope", f"def my_slope(z, alpha):\n    {body}")
    assert checking.check(EXERCISES, answer).solved


TEXTS = [(np.full((2, 1), "W"), np.full(1, "b"))]  # of the shape of the first case


@pytest.mark.parametrize("left", [[], [5], [None, "text"], 5, TEXTS])
def test_an_argument_that_became_something_else_is_told(left):
    """Guards: an exception of the comparison that passes for the learner's."""

    def spoils(params, grads, learning_rate):
        result = [(W - learning_rate * dW, b) for (W, b), (dW, _) in zip(params, grads)]
        params[:] = left if isinstance(left, list) else [left] * len(params)
        return result

    assert "it changes params in place" in check("my_step", spoils).words
