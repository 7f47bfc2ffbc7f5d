"""The engine behind the exercises: what it says of an answer.

The answers under test are the learner's: many are wrong on purpose, some are hostile.
They are answers to exercises of the course, whose lessons have tests of their own.
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
from course.checking.exercise import Exercise, Mistake, Verdict
from course.lessons import own
from course.lessons.bug_lab import bugs
from tests.answers import EXERCISES, OPEN, cell, check, named

my_dead_units, my_slope = (
    EXERCISES[name].right for name in ("my_dead_units", "my_slope")
)

# 1. What it says ---------------------------------------------------------------------


def docstring_only(*args):
    """Not written yet."""


def dots(*args):
    return ...


def names_none(*args):
    x = None
    return x


def prints(z, alpha):
    print(np.where(z >= 0, 1.0, alpha))


def forgets_return(z, alpha):
    slopes = np.where(z >= 0, 1.0, alpha)  # noqa: F841, the slip that is meant


def test_a_forgotten_return_is_told_from_a_stub():
    """Guards: 'not written yet' for who printed the result, and only for a stub."""
    for stub in (docstring_only, dots, names_none):
        assert "my_slope: not written yet (" in check("my_slope", stub).words
    for function in (prints, forgets_return):
        assert "did you print the result" in check("my_slope", function).words


LEFT = """
def my_slope(z, alpha):
    {}
    slopes = np.where(z >= 0, 1.0, alpha)
    {}
    return slopes
"""


@pytest.mark.parametrize("number", [0, 1])
def test_what_is_left_of_the_stub_is_named(number):
    """Guards: 'not written yet' for who wrote it all, and left the stub's last line."""
    lines = ["", ""]
    lines[number] = "raise NotImplementedError"
    verdict = checking.check(EXERCISES, cell("my_slope", LEFT.format(*lines)))
    assert verdict.tried
    words = "in the line `raise NotImplementedError`: that line still stands there"
    assert words in verdict.words
    stub = "def my_slope(z, alpha):\n    raise NotImplementedError('yours')"
    verdict = checking.check(EXERCISES, cell("my_slope", stub))
    assert "not written yet" in verdict.words and not verdict.tried


@pytest.mark.parametrize(
    ("end", "method"),
    [("return slopes.sort()", "sort"), ("z = z.fill(1)\n    return z", "fill")],
)
def test_what_gives_none_is_named(end, method):
    """Guards: 'forget `return`?' for who returned what a list's method gives."""
    code = f"def my_slope(z, alpha):\n    slopes = [*z.tolist()]\n    {end}"
    words = checking.check(EXERCISES, cell("my_slope", code)).words
    assert f".{method}(...)` changes " in words and "gives None" in words
    code = f"def my_slope(z, alpha):\n    slopes = np.{method}([z])\n    print(slopes)"
    if method == "sort":  # NumPy's gives an array
        words = checking.check(EXERCISES, cell("my_slope", code)).words
        assert "did you print the result" in words


def test_several_things_are_told_from_rows():
    """Guards: 'each row must have as many' for `return loss, slope`, or for words."""
    both = check("my_loss", lambda P, Y: (0.5, P - Y)).words
    assert "the result is 2 things (a float, an array), and one is asked for" in both
    texts = check("my_slope", lambda z, alpha: [["a"], ["b"]]).words
    assert "a list that holds a list that holds a text, and numbers are" in texts


def test_a_function_handed_in_is_not_mistaken_for_another():
    """Guards: `check(my_loss(P, Y))` answered by the name of another exercise."""
    words = checking.check(EXERCISES, np.zeros(2)).words
    assert words == (
        "give me the function itself, not an array: its name alone, with no parentheses "
        "after it"
    )


def test_a_number_that_is_0_but_for_rounding_is_called_so():
    """Guards: 'right: 6.5511e-12', which nobody would find."""

    def tiny(z):
        return z * 1e-12

    own = {"tiny": Exercise(tiny, [(np.ones(1),)], [])}
    words = checking.check(own, named("tiny", lambda z: z)).words
    assert "yours: [1.]\n  right: about 0\n" in words


def test_float32_is_told_where_a_case_has_it():
    """Guards: a case that comes out right when the learner tries it with other numbers."""
    ones = [mlp.Layer(*np.ones((2, 1, 1), "f4"))]

    def doubled(z, layers):
        return 2 * z

    own = {"doubled": Exercise(doubled, [(np.ones(1, "f4"), ones)], [])}
    words = checking.check(own, named("doubled", lambda z, layers: z)).words
    assert "for z = [1.] (float32)\n" in words and words.endswith(" (float32)")
    words = checking.check(OWN, named("double", lambda z: z)).words
    assert words.endswith("for z = [1.]")


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
    own = {"parted": PARTED}
    words = checking.check(own, named("parted", lambda z: (z, z, z))).words
    assert "c is wrong\n  right already: a\n" in words
    words = checking.check(own, named("parted", lambda z: (0 * z, z, z))).words
    assert "c is wrong\n  a, b, c are all wrong: look at z\n" in words
    plain = {"parted": PARTED._replace(order=list, common="")}
    words = checking.check(plain, named("parted", lambda z: (0 * z, z, z))).words
    assert "a is wrong\n  yours:" in words


KEEPS = """
FIRST = []
def my_slope(z, alpha):
    FIRST.append(alpha)
    return np.where(z >= 0, 1.0, FIRST[0])
"""


@pytest.mark.usefixtures("answers_run_apart")
def test_what_stays_of_an_earlier_call_is_told():
    """Guards: 'the result is wrong' for a case that is right whenever it is tried."""
    words = checking.check(EXERCISES, cell("my_slope", KEEPS)).words
    assert "alone this case is right, after others it isn't" in words
    assert "\n  for alpha = " in words and "(right in " in words
    always = KEEPS.replace("FIRST[0]", "0.3")
    assert "the result is wrong" in checking.check(
        EXERCISES, cell("my_slope", always)
    ).words  # fmt: skip


OVERWRITES = """
SLOPES = {}
def my_slope(z, alpha):
    slopes = SLOPES.setdefault(z.shape, np.zeros(z.shape))
    slopes[:] = np.where(z >= 0, 1.0, alpha)
    return slopes
"""


@pytest.mark.usefixtures("answers_run_apart")
def test_a_result_that_a_later_call_overwrites_is_refused():
    """Guards: a right result that the caller finds changed; also in a process."""
    verdict = checking.check(EXERCISES, cell("my_slope", OVERWRITES))
    assert not verdict.solved
    assert "alone this case is right, after others it isn't" in verdict.words
    own = OVERWRITES.replace("return slopes", "return slopes.copy()")
    assert checking.check(EXERCISES, cell("my_slope", own)).solved


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
    "a list that holds itself": (holds_itself, "or of itself"),
    "a very long list": (lambda *args: [1.0] * (2 * 10**6 + 1), "far too many things"),
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


def test_a_check_tries_cases_that_it_drew_from_its_seed():
    """Guards: cases that are never drawn, or the same at each check."""
    drawn = []

    def fresh(rng):
        drawn.append(rng.random())
        return [(np.full(1, drawn[-1]),)]

    own = {"double": OWN["double"]._replace(fresh=fresh)}
    for seed in (1, 1, 2, None, None):
        assert checking.check(own, named("double", lambda z: 2 * z), seed=seed).solved
    assert drawn[0] == drawn[1] and len(set(drawn)) == 4


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
HIDES = [
    "import sys; sys.setprofile(None); return mlp.leaky_relu(alpha).slope(z)",
    "import sys; list(map(sys.setprofile, [None])); return my_own(z, alpha)",
    """import sys; watch = sys.getprofile(); sys.setprofile(None)
    slopes = mlp.leaky_relu(alpha).slope(z); sys.setprofile(watch); return slopes""",
]


@pytest.mark.parametrize("body", BORROWED)
def test_a_function_of_the_course_is_no_answer(body, place):
    """Guards: the core's own slope, or the check's, as one's own."""
    answer = cell("my_slope", f"def my_slope(z, alpha):\n    {body}")
    verdict = checking.check(EXERCISES, answer)
    assert not verdict.solved
    assert "which the course wrote" in verdict.words


@pytest.mark.parametrize("body", HIDES)
def test_who_hides_what_it_calls_is_refused(body, place):
    """Guards: the core's own slope, behind a watch that is switched off."""
    own = "def my_own(z, alpha):\n    return np.where(z >= 0, 1.0, alpha)\n"
    answer = cell("my_slope", f"{own}def my_slope(z, alpha):\n    {body}")
    words = checking.check(EXERCISES, answer).words
    assert "it calls sys.setprofile, which hides what else it calls" in words


class Reduced:
    """Becomes the course's function on its way to the process."""

    def __call__(self, z, alpha):
        return np.where(z >= 0, 1.0, alpha)

    def __reduce__(self):
        return functools.partial, (my_slope,)


@pytest.mark.parametrize("thing", [functools.partial(my_slope), Reduced()])
@pytest.mark.usefixtures("answers_run_apart")
def test_the_courses_function_in_a_wrapping_is_no_answer(thing):
    """Guards: `functools.partial(mlp.loss)` with the name of an exercise."""
    thing.__name__ = "my_slope"
    verdict = checking.check(EXERCISES, thing)
    assert not verdict.solved and "which the course wrote" in verdict.words


@pytest.mark.parametrize(
    "line",
    [
        "print(mlp.ORIGINAL.name)",
        "from course import pictures, Lesson",
        "import course",
    ],
)
def test_who_only_looks_borrows_nothing(line, place):
    """Guards: 'it calls' for a print of a name, or an import."""
    body = f"{line}\n    return np.where(z >= 0, 1.0, alpha)"
    answer = cell("my_slope", f"def my_slope(z, alpha):\n    {body}")
    assert checking.check(EXERCISES, answer).solved


def test_a_notebook_that_changes_numpy_gets_no_wrong_answer_accepted(monkeypatch):
    """Guards: `np.allclose = lambda ...`, after which every answer is right."""
    monkeypatch.setattr(np, "allclose", lambda *args, **options: True)
    assert not check("my_slope", lambda z, alpha: 7.0 * z).solved
    verdict = checking.check(OWN, named("double", adds_in_place))
    assert "it changes z in place" in verdict.words


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


class Fake:
    """An object that can be called, and shows attributes of its own."""

    def __init__(self, name, value):
        self.__name__ = "my_slope"
        setattr(self, name, value)

    def __call__(self, z, alpha):
        return 7.0 * z


class Raises(Fake):
    """Every look at it raises something, but for its name."""

    def __init__(self):
        pass

    def __getattribute__(self, name):
        if name == "__name__":
            return "my_slope"
        raise ZeroDivisionError


class RaisesAll(Raises):
    """Every look at it raises something."""

    def __getattribute__(self, name):
        raise ZeroDivisionError


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


BAD = {
    "code is a number": lambda: Fake("__code__", 5),
    "code is nothing": lambda: Fake("__code__", None),
    "code raises": lambda: Fake("__code__", Raises()),
    "globals are a number": lambda: Fake("__globals__", 5),
    "globals raise": lambda: Fake("__globals__", Raises()),
    "the name is odd": lambda: Fake("__name__", Text("my_slope")),
    "the name is a number": lambda: Fake("__name__", 5),
    "the signature is a number": lambda: Fake("__signature__", 5),
    "what it wraps raises": lambda: Fake("__wrapped__", Raises()),
    "all but the name raises": Raises,
    "all raises": RaisesAll,
    "the name is another each time": Nameless,
}


@pytest.mark.parametrize("kind", BAD)
def test_a_check_never_raises(kind, place):
    """Guards: a traceback for objects that are no functions, but look so."""
    for _ in range(4):
        verdict = checking.check(EXERCISES, BAD[kind]())
        assert not verdict.solved and type(verdict.words) is str


@pytest.mark.parametrize("kind", BAD)
def test_the_code_of_what_is_no_function_is_none(kind):
    """Guards: a traceback once such an object is a right answer."""
    assert own.code_of(BAD[kind]()) == ""


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
