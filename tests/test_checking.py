"""The engine behind the exercises: what it says of an answer, and what it survives.

The answers under test are the learner's: many are wrong on purpose, some are hostile.
They are answers to exercises of the course, whose lessons have tests of their own.
"""

import _thread
import signal
import threading
import time
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course import checking
from course.checking import Exercise, Mistake, Verdict
from course.lessons.activations.exercises import my_dead_units, my_slope
from course.lessons.backprop.exercises import my_layer_backward
from tests.answers import EXERCISES, check, named

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
        assert check("my_slope", stub).words == "my_slope: not written yet"
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

    def wrong(A, Z, W, dA, slope):
        dW, db, before = my_layer_backward(A, Z, W, dA, slope)
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
    assert "it changes its argument z in place" in verdict.words


# 2. Hostile answers ------------------------------------------------------------------


def never_ends(*args):
    while True:
        pass


def swallows_everything(*args):
    while True:
        try:
            len(args)
        except:  # noqa: E722, S110, that is the point
            pass


def sleeps(*args):
    time.sleep(3)


def assert_no_more_threads(than):
    """No thread is left over; it may take a moment: a sleeper ends when its sleep does."""
    end = time.monotonic() + 4
    while threading.active_count() > than and time.monotonic() < end:
        time.sleep(0.05)
    assert threading.active_count() <= than


@pytest.mark.parametrize("function", [never_ends, swallows_everything, sleeps])
def test_code_that_never_ends_is_stopped(function):
    """Guards: a check that hangs, and a thread that goes on for ever."""
    before = threading.active_count()
    verdict = check("my_slope", function)
    assert not verdict.solved
    assert (
        "did not finish in 2 seconds: look for a loop that never ends" in verdict.words
    )
    assert_no_more_threads(before)


def bad_text(*args):
    class Bad(Exception):
        def __str__(self):
            raise ValueError

    raise Bad


def leaves(*args):
    raise SystemExit


def interrupts(*args):
    raise KeyboardInterrupt


def calls_itself(*args):
    return calls_itself(*args)


def generates(*args):
    yield 1


async def waits(*args):
    return 1


class NoArray:
    def __array__(self, *args, **kwargs):
        raise RuntimeError("no")


HOSTILE = {
    "an exception": (lambda *args: 1 / 0, "it stops with ZeroDivisionError"),
    "an exception without a text": (bad_text, "it stops with Bad"),
    "sys.exit": (leaves, "it stops with SystemExit"),
    "its own interrupt": (interrupts, "it stops with KeyboardInterrupt"),
    "recursion": (calls_itself, "calls itself and never comes to an end"),
    "a generator": (generates, "is a generator"),
    "a coroutine": (waits, "is a coroutine"),
    "a text": (lambda *args: "1", "is a text"),
    "rows of several lengths": (lambda z, alpha: [[1.0], [1.0, 2.0]], "makes no array"),
    "texts": (lambda *args: np.array(["1"]), "numbers are asked for"),
    "objects": (lambda *args: np.array([None]), "numbers are asked for"),
    "complex numbers": (
        lambda z, alpha: my_slope(z, alpha) + 0j,
        "numbers are asked",
    ),
    "no array": (lambda *args: NoArray(), "is a NoArray"),
    "a function": (lambda *args: len, "numbers are asked for"),
    "NaN": (lambda z, alpha: my_slope(z, alpha) * np.nan, "yours: [nan]"),
    "infinity": (lambda z, alpha: my_slope(z, alpha) / 0.0, "yours: [-inf]"),
    "a huge array": (lambda *args: np.broadcast_to(0.0, (10**9, 10)), "far too large"),
    "None at times": (lambda z, a: None if z.size > 5 else my_slope(z, a), "None"),
    "too few arguments": (lambda z: z, "it takes (z); it should take (z, alpha)"),
    "too many arguments": (lambda z, alpha, h: z, "it should take (z, alpha)"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_nothing_gets_into_the_learners_face(case):
    """Guards: an exception or a wrong verdict for an answer of an unusual kind."""
    function, words = HOSTILE[case]
    if case == "too few arguments":
        verdict = checking.check(EXERCISES, named("my_slope", function))
    else:
        verdict = check("my_slope", function)
    assert not verdict.solved
    assert verdict.words.startswith("my_slope: not yet: ")
    assert words in verdict.words


def test_the_line_that_raises_is_named():
    """Guards: an exception without its place."""

    def my_slope(z, alpha):
        return z @ z.reshape(7, 7)

    words = checking.check(EXERCISES, my_slope).words
    assert "in the line `return z @ z.reshape(7, 7)`" in words

    def my_slope(z, alpha):
        return np.linalg.inv(z)  # NumPy raises

    words = checking.check(EXERCISES, my_slope).words
    assert "in the line `return np.linalg.inv(z)  # NumPy raises`" in words


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


def test_nothing_is_printed_and_no_warning_leaks(capfd):
    """Guards: the learner's prints for cases they never saw, and NumPy's warnings."""

    def noisy(z, alpha):
        print("noise")
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


@pytest.fixture
def stop_button():
    """An interrupt raises KeyboardInterrupt, also in what a shell started with '&'."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("stop_button")
@pytest.mark.parametrize("presses", [1, 20])
@pytest.mark.parametrize("after", [0.0, 0.01])
def test_an_interrupt_stops_the_check(after, presses):
    """Guards: the stop button while a check runs; a loop that goes on after it."""

    def interrupted(*args):
        nonlocal presses
        time.sleep(after)  # at once, the thread is not quite started
        while True:
            if presses:
                presses -= 1
                _thread.interrupt_main()

    before = threading.active_count()
    verdict = check("my_slope", interrupted)
    words = "my_slope: the check was interrupted; run the cell again"
    assert verdict == (False, words, False, "")
    assert_no_more_threads(before)


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
    assert not check(name, lambda *args: result).solved


@pytest.mark.parametrize("left", [[], [5], [None, "text"], 5])
def test_an_argument_that_became_something_else_is_told(left):
    """Guards: an exception of the comparison that passes for the learner's."""

    def spoils(params, grads, learning_rate):
        result = [(W - learning_rate * dW, b) for (W, b), (dW, _) in zip(params, grads)]
        params[:] = left if isinstance(left, list) else [left] * len(params)
        return result

    assert "it changes params in place" in check("my_step", spoils).words
