"""All exercises: what stands in the file of each is what its check says."""

import ast
import re

import numpy as np
import pytest

import mlp_core as mlp
from course import checking
from course.checking.exercise import Exercise
from course.checking.exercise_file import GAP, KINDS, quotes
from course.lessons import FOLDER
from tests import mutate_solutions
from tests.answers import EXERCISES, SOLUTIONS, cell, check

each_exercise = pytest.mark.parametrize("name", EXERCISES)


def each(*kinds):
    """A parameter for each cell of these kinds: the name of the exercise, and the cell."""
    cells = {
        f"{name}-{answer.kind}-{number}": (name, answer)
        for name, exercise in EXERCISES.items()
        for number, answer in enumerate(exercise.cells)
        if answer.kind in kinds
    }
    return pytest.mark.parametrize(("name", "answer"), cells.values(), ids=cells)


def verdict_on(name, code, tries=0):
    """The verdict on the function that a cell defines: for the same tries the same."""
    function = cell(name, code, EXERCISES[name].space)
    return checking.check(EXERCISES, function, tries, seed=tries)


def said(answer):
    """What stands in quotes behind the kind of an answer, or ''."""
    return answer.words.partition(": '")[2].removesuffix("'")


@each_exercise
def test_an_exercise_has_all_that_it_needs(name):
    """Guards: a part that is missing or misspelt, a text that is no Python, two mistakes
    with the same words, and a large case that no loop was tried on."""
    cells, mistakes = EXERCISES[name].cells, EXERCISES[name].mistakes
    [path] = FOLDER.glob(f"*/{name}.py")
    ast.parse(path.read_text(encoding="utf-8"), path)
    kinds = [answer.kind for answer in cells]
    assert kinds == sorted(kinds, key=KINDS.index), "the order of the cells"
    for kind, least, most in (
        ("task", 1, 1), ("hint", 1, 3), ("mistakes", 8, 25), ("right", 1, 12)
    ):  # fmt: skip
        assert least <= kinds.count(kind) <= most, kind
    [code] = [answer.code for answer in cells if answer.kind == "cases"]
    exec(code, names := dict(EXERCISES[name].space))  # noqa: S102, our own cases
    made = names.keys() - EXERCISES[name].space.keys() - {*Exercise._fields}
    assert all(name.startswith("_") for name in made), made
    assert len({mistake.message for mistake in mistakes}) == len(mistakes)
    loops = [answer for answer in cells if "It loops" in said(answer)]
    assert bool(loops) == bool(EXERCISES[name].large)


@each("mistakes")
def test_a_mistake_gets_its_own_words(name, answer):
    """Guards: a mistake that passes, or gets the words of another one."""
    first, third = (verdict_on(name, answer.code, tries) for tries in (0, 2))
    assert first[0] is False and first.mistake == answer.words, (
        "another mistake gives the same results: add a case to '# %% cases' of "
        f"{name}.py on which they differ, or make one mistake of both"
    )
    assert first.words.startswith(f"{name}: not yet: {answer.words}")
    if answer.fix:
        assert f"\n  in code: {answer.fix}" in third.words


@each_exercise
def test_what_is_told_in_code_is_not_the_answer(name):
    """Guards: lines to paste as they are, or that fill each other's gaps."""
    told = {answer.fix for answer in EXERCISES[name].cells} - {""}
    lines = [line for fix in told for line in fix.split("; ")]
    assert all(GAP in line for line in lines), lines
    pasted = ""
    for right in SOLUTIONS[name].splitlines():
        found = {line: quotes(line, right.strip()) for line in lines}
        hidden = {line: hidden_by(match) for line, match in found.items() if match}
        assert not hidden or set.intersection(*hidden.values()), (
            f"put together: {right}"
        )
        pasted += right.replace(right.strip(), next(iter(hidden), right.strip())) + "\n"
    assert (GAP in pasted) == bool(told) == (not verdict_on(name, pasted).solved)


def hidden_by(match):
    """The places of a line that its gaps hide."""
    spans = [range(*match.span(group)) for group in range(1, match.re.groups + 1)]
    return set().union(*spans)


@each("wrong")
def test_a_wrong_answer_is_refused_with_its_words(name, answer):
    """Guards: a wrong answer that passes, or whose message misleads."""
    verdict = verdict_on(name, answer.code)
    assert not verdict.solved
    assert said(answer) and said(answer) in verdict.words, verdict.words


# What only one case refuses, or an exception: part of a solution, what it becomes, what is said.
SLY = """
my_cross_entropy: np.log(right) -> np.log(right + 1e-8): 1e-20 costs too little
my_cross_entropy: P * Y -> np.clip(P, 1e-15, 1 - 1e-15) * Y: 1e-20 costs too little
my_cross_entropy: P * Y -> P[:, :10] * Y[:, :10]: the result is wrong
my_softmax: return -> E[:, 10:] = 0; return: the result is wrong
my_split: round(share * len(X)) -> max(1, round(share * len(X))): so there should be no test data
my_split: round(share * len(X)) -> len(X) - round((1 - share) * len(X)): should be 3 and 4
my_split: (len(X)) -> (min(len(X), 50)); order = np.r_[50:len(X), order]: got into the training
my_split: permutation(len(X)) -> permutation(2); order = np.r_[order[:1], 2 + \
    rng.permutation(len(X) - 2), order[1:]]: samples 0, 1 never got into the test data together
my_l2_grads: return new -> return new[:6] + [*grads[6:]]: dW[6] is wrong
my_l2_grads: l2 * W -> round(l2, 3) * W: for l2 = 0.0733333
my_l2_grads: db)) -> np.where(np.arange(len(db)) < 5, db, 0))): db[8] is wrong
my_hand_back: return slopes -> return [*slopes[:8], *(0 * s for s in slopes[8:])]: [9] is wrong
my_softmax: np.exp( -> __import__("math").exp(: such as np.exp and np.log, take arrays
my_step: return new -> return params - learning_rate * grads: A list of layers, such as params, has
my_step: return new -> return params - grads: A list of layers, such as params, has
my_constant_loss: return 0.5 -> return mlp.loss(Y.mean(axis=0), Y) + 0.5: a row each for the same samples
"""


@pytest.mark.parametrize("row", SLY.strip().split("\n"))
def test_a_sly_answer_is_refused_with_its_words(row):
    """Guards: the one case that tells, which a random draw may lack; raw words of NumPy."""
    name, change, words = re.fullmatch(r"(\w+): (.+): (.+)", row).groups()
    verdict = verdict_on(name, SOLUTIONS[name].replace(*change.split(" -> ")))
    assert not verdict.solved and words in verdict.words, verdict.words


@each("right", "solution")
def test_a_right_answer_is_accepted(name, answer):
    """Guards: a check that asks for one way of writing, or refuses its own solution."""
    verdict = verdict_on(name, answer.code)
    assert verdict.solved, f"the solution disagrees with mlp_core: {verdict.words}"
    words = verdict.words.removeprefix(f"{name}: right")
    assert words[:2] in ("", ". ") and said(answer) in words


# Not told of lists: what returns a number, or is told by what comes out of its network.
WITHOUT_ARRAYS = "my_loss my_constant_loss my_cross_entropy my_entry_error xor_network"
# Of no two cases alike: one whose numbers are not in arrays, one without arguments.
ALL_DIFFERENT = "my_entry_error", "xor_network"
# Of whole numbers, or of none.
WHOLE = "xor_network", "my_split", "my_dead_units"


def single(value):
    """A value in which all floats are float32."""
    if isinstance(value, (np.ndarray, np.floating)):
        return value.astype(np.float32) if value.dtype.kind == "f" else value
    return of_items(single, value)


def listed(value):
    """A value in which all arrays are lists."""
    return value.tolist() if isinstance(value, np.ndarray) else of_items(listed, value)


def rounded(value):
    """A value in which all floats have three digits, as float16 has."""
    is_number = isinstance(value, (np.ndarray, float))
    return np.float64(np.float16(value)) if is_number else of_items(rounded, value)


def of_items(form, value):
    """A list, a tuple or a layer with each item in another form; else the value."""
    if not isinstance(value, (list, tuple)):
        return value
    made = map(form, value)
    return value._make(made) if hasattr(value, "_make") else type(value)(made)


def outline(value):
    """What a value is, but for the numbers in its arrays."""
    if isinstance(value, (list, tuple)):
        return tuple(map(outline, value))
    if isinstance(value, np.ndarray):
        return value.shape
    return value if isinstance(value, (int, float)) else type(value)


@each_exercise
def test_a_right_answer_may_be_in_float32(name):
    """Guards: a tolerance that only the numbers of the solution meet."""
    right = EXERCISES[name].right
    verdict = check(name, lambda *args: single(right(*map(single, args))))
    assert verdict.solved, verdict.words


@each_exercise
def test_a_right_answer_in_lists_is_told_so(name):
    """Guards: a check that refuses lists, or says nothing of what later steps need."""
    right = EXERCISES[name].right
    verdict = check(name, lambda *args: listed(right(*args)))
    told = "" if name in WITHOUT_ARRAYS.split() else checking.LIST
    assert verdict.words == f"{name}: right{told}"


@pytest.mark.parametrize("name", [n for n in EXERCISES if n not in ALL_DIFFERENT])
def test_a_result_that_is_kept_is_refused(name):
    """Guards: cases of which no two differ only by the numbers in their arrays."""
    right, kept = EXERCISES[name].right, {}
    verdict = check(name, lambda *args: kept.setdefault(outline(args), right(*args)))
    assert re.search(" is wrong|different seeds give the same", verdict.words)


@pytest.mark.parametrize("name", [n for n in EXERCISES if n not in WHOLE])
def test_a_rounded_result_is_refused(name):
    """Guards: a tolerance so wide that three digits pass."""
    right = EXERCISES[name].right
    verdict = check(name, lambda *args: rounded(right(*args)))
    assert re.search(" is wrong| values, but for the sign: draw each", verdict.words)


@each("stub")
def test_the_stub_is_not_solved(name, answer):
    """Guards: the answer to a notebook as it is published."""
    verdict = verdict_on(name, answer.code)
    assert verdict[::2] == (False, False) and verdict.mistake == answer.words
    end = "run its cell, then this one again.)" if answer.words else ""
    assert verdict.words.endswith(end)
    assert answer.words or verdict.words.startswith(f"{name}: not written yet (")


def entry_error(loss_of, w, index, claimed, h=1e-5):
    step = h * (np.arange(w.size) == np.ravel_multi_index(index, w.shape))
    up, down = (loss_of(w + shift.reshape(w.shape)) for shift in (step, -step))
    slope = (up - down) / (2 * h)
    return abs(claimed - slope) / (max(abs(claimed), abs(slope)) or 1.0)


def layer_backward(A, Z, W, dA, slope):
    layer, cache = mlp.Layer(W, W[0]), mlp.Cache([A, Z], [Z])
    [(dW, db)] = mlp.backprop([layer], cache, dA, of(slope))
    return dW, db, np.einsum("no,io->ni", dA * slope(Z), W)


def hand_back(slopes, parents, given):
    """Each node gathers what is its own, instead of each parent getting it in turn."""
    pairs = [*zip(parents, given)]
    return [
        np.sum([slope, *(more for parent, more in pairs if parent == i)], axis=0)
        for i, slope in enumerate(slopes)
    ]


def by_differences(params, grads, l2, h=0.01):
    """The gradients of loss and penalty, that of the penalty by central differences."""

    def penalty(W):
        return l2 / 2 * np.sum(W**2)

    layers = []
    for (W, _), (dW, db) in zip(params, grads):
        moves = h * np.eye(W.size).reshape(-1, *W.shape)
        slopes = [(penalty(W + m) - penalty(W - m)) / (2 * h) for m in moves]
        layers.append((dW + np.reshape(slopes, W.shape), db))
    return layers


def of(f):
    return mlp.Activation("its own", f, slope=f)  # of which an exercise takes one


CORE = {  # the same by the core, or by another formula
    "my_activation": lambda z, alpha: mlp.leaky_relu(alpha).f(z),
    "my_slope": lambda z, alpha: mlp.leaky_relu(alpha).slope(z),
    "my_dead_units": lambda Z, alpha: ~mlp.leaky_relu(alpha).slope(Z).any(axis=0),
    "my_uniform": lambda sizes, rng: mlp.initialize(sizes, rng, "uniform"),
    "my_he": lambda sizes, rng, alpha: mlp.initialize(sizes, rng, "he", alpha),
    "my_forward": lambda params, X, f: mlp.forward(params, X, of(f))[1],
    "my_loss": mlp.loss,
    "my_loss_slope": mlp.loss_slope,
    "my_layer_backward": layer_backward,
    "my_backprop": lambda params, A, Z, dA, slope: mlp.backprop(
        params, mlp.Cache(A, Z), dA, of(slope)
    ),
    "my_step": mlp.sgd_step,
    "my_constant_loss": lambda Y: np.var(Y, axis=0).sum() / 2,
    "my_entry_error": entry_error,
    "my_l2_grads": by_differences,
    "my_softmax": lambda Z: np.exp(Z - np.logaddexp.reduce(Z, -1, keepdims=True)),
    "my_cross_entropy": lambda P, Y: -np.log(P[Y == 1]).mean(),
    "my_product_slopes": lambda A, W, dZ: layer_backward(
        A, dZ, W, dZ, lambda Z: np.ones(Z.shape)
    )[::-2],
    "my_hand_back": hand_back,
    "mend_first": mlp.loss_and_grads,
    "mend_second": mlp.loss_and_grads,
}


@pytest.mark.parametrize("name", CORE)
def test_the_core_passes_the_check(name):
    """Guards: a solution that is wrong itself, against which all answers are judged."""
    verdict = check(name, CORE[name])
    assert verdict.solved, verdict.words


@pytest.mark.slow
def test_the_mutants_that_pass_are_equal_to_the_solution():
    """Guards: any small wrong change to a solution that a check accepts."""
    assert mutate_solutions.main() == 0
