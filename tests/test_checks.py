"""course.checks: what each check returns, and what it refuses by the argument's name."""

import math

import numpy as np
import pytest

import mlp_core as mlp
from course import checks
from mlp_core import XOR, Layer, Task
from tests.reference import draw, same, stack

pytestmark = pytest.mark.filterwarnings("error")

P = draw(bias=0.5)
MASKED = np.ma.masked_array(XOR.X, mask=np.eye(4, 2))
RAGGED = [[1.0, 2.0], [3.0]]
NO_NUMBERS = [None, "5", b"5", 1j, [None], {"a": 1}, print, object(), MASKED, RAGGED]
NO_NUMBERS += [np.array(["a"]), np.array([1], "M8[s]"), np.ma.masked, 10**400, ...]
NO_INTS = [True, np.True_, 2.0, np.float64(2), "2", None, [2], np.array([2]), 2j]
NOT_FINITE = [math.nan, math.inf, -math.inf]
BAD_PARAMS = [
    *(None, 5, [], "P", [(1, 2)], [Layer("W", "b")]),
    P[0],  # a layer
    Layer(np.ones((2, 2)), np.ones(2)),
    [W for W, _ in P],
    [P[0], P[3]],  # which don't fit
    [Layer(P[0].W, np.ones(1))],  # a bias for all
    [Layer(P[0].W, P[0].b[None])],
    [Layer(np.ones(3), np.ones(3))],
    [Layer(np.ones((2, 0)), np.ones(0))],
    [Layer(P[0].W * 1j, P[0].b)],
    [Layer(np.ma.masked_array(P[0].W), P[0].b)],
    stack([P, P]),
]
BAD_TASKS = [
    *(None, "XOR", ("XOR", XOR.X, XOR.Y), Task(5, XOR.X, XOR.Y)),
    Task("a", XOR.X, XOR.Y[:, 0]),
    Task("a", XOR.X[:, 0], XOR.Y),
    Task("a", XOR.X, XOR.Y[:3]),
    Task("a", XOR.X[:0], XOR.Y[:0]),
    Task("a", XOR.X[:, :0], XOR.Y),
    Task("a", [["a", "b"]], [[1]]),
    Task("a", XOR.X, XOR.Y * np.nan),
    Task("a", XOR.X + np.inf, XOR.Y),
    Task("a", MASKED, XOR.Y),
    Task("a", RAGGED, [[1], [2]]),
    Task("a", np.ones((4, 3)), XOR.Y),  # three inputs
    Task("a", XOR.X, np.ones((4, 2))),  # two outputs
]
NO_SIZES = [None, 3, "231", (), (2,), (2, 0), (2, -1), (2, 1.5), (2, True), [[2, 3]]]
NO_SIZES += [np.array(2)]
NO_SEEDS = [None, 1.5, [], "12", [1.5], [-1], [True], [[1, 2]], ["a"], {"a": 1}]
NO_SCHEMES = ["He", None, 1, ["he"], np.array(["he", "zeros"])]

REFUSED = {
    "array": (checks.array, {}, NO_NUMBERS),
    "number": (checks.number, {}, [*NO_NUMBERS, *NOT_FINITE, [1.0], np.ones(1), True]),
    "least": (checks.number, {"least": 2}, [1.9]),
    "most": (checks.number, {"most": 2}, [2.1]),
    # Learning rates, step sizes, tolerances.
    "above 0": (checks.number, {"above": 0}, [0, -1, -0.0, *NOT_FINITE, np.True_]),
    "whole": (checks.whole, {}, [*NO_INTS, -1, 10**9 + 1, -(10**30)]),
    "whole limits": (checks.whole, {"least": 0, "most": 3}, [-1, 4]),
    "switch": (checks.switch, {}, [0, 1, None, "no", [], 0.0, np.array([True])]),
    "text": (checks.text, {}, [None, 3, b"a", ["a"]]),
    "one of texts": (checks.one_of, {"options": mlp.SCHEMES}, NO_SCHEMES),
    "one of ints": (checks.one_of, {"options": [1]}, [True, 1.0, np.array([1]), "1"]),
    "sizes": (checks.sizes, {}, NO_SIZES),
    "seeds": (checks.seeds, {}, NO_SEEDS),
    "params": (checks.params, {}, BAD_PARAMS),
    "inputs": (checks.params, {"inputs": 3}, [P]),
    "task": (checks.task, {"inputs": 2, "outputs": 1}, BAD_TASKS),
}


@pytest.mark.parametrize(("check", "options", "values"), REFUSED.values(), ids=REFUSED)
def test_what_is_of_another_kind_is_refused_by_name(check, options, values):
    """Guards: a text for a number, True for 1, a stack for a network; each in words."""
    for value in values:
        with pytest.raises((ValueError, TypeError), match=r"^thing\b"):
            check("thing", value, **options)


@pytest.mark.parametrize(
    ("check", "value", "options", "words"),
    [
        (checks.array, MASKED, {}, r"thing is a masked array. .* thing\.filled\(0\)"),
        (checks.array, RAGGED, {}, "thing has rows of different lengths"),
        (checks.number, 1, {"least": 2}, "thing must be at least 2, not 1$"),
        (checks.number, 3, {"most": 2}, "thing must be at most 2, not 3$"),
        (checks.number, 0, {"above": 0}, "thing must be above 0, not 0$"),
        (checks.one_of, "c", {"options": [1, "b"]}, "thing .* one of 1, 'b', not 'c'"),
        (checks.sizes, "231", {}, r"thing must list the units .* \(2, 3, 3, 2, 1\)"),
    ],
)
def test_a_refusal_says_what_is_right(check, value, options, words):
    """Guards: words by which a learner finds the slip: masks, rows, limits, choices."""
    with pytest.raises((ValueError, TypeError), match=f"^{words}"):
        check("thing", value, **options)


FORMS = [
    [[0, 1], [1, 0]],
    ((0, 1), (1, 0)),
    [np.array([0, 1]), np.array([1, 0])],
    [[False, True], [True, False]],
    *(np.eye(2)[::-1].astype(kind) for kind in ("i1", "u8", "f2", "f4", ">f8", "?")),
]


def test_array_is_floats_whatever_the_form():
    """Guards: the course computes in float64; any shape, infinite numbers too."""
    for value in FORMS:
        found = checks.array("thing", value)
        assert found.dtype == np.float64 and found.tolist() == [[0.0, 1.0], [1.0, 0.0]]
    assert checks.array("thing", 5).shape == ()
    assert checks.array("thing", np.inf) == np.inf


def test_numbers_come_out_as_pythons_within_their_limits():
    """Guards: least and most are allowed; NumPy's are welcome; counts are ints."""
    for value in 2, 2.0, np.float32(2), np.int8(2), np.array(2):
        found = checks.number("thing", value, least=2, most=2)
        assert found == 2 and type(found) is float
    assert checks.number("thing", 5e-324, above=0) == 5e-324
    for value in 2, np.int8(2), np.uint64(2), np.array(2):
        found = checks.whole("thing", value)
        assert found == 2 and type(found) is int
    assert checks.whole("thing", 0) == 0 and checks.whole("thing", 10**9) == 10**9
    assert checks.whole("thing", -3, least=-3) == -3
    assert checks.whole("thing", 10**30, most=None) == 10**30


def test_choices_come_out_as_they_are():
    """Guards: NumPy's True for True, an empty text, None among options."""
    for value in True, False, np.True_, np.False_:
        assert checks.switch("thing", value) is bool(value)
    assert checks.text("thing", "") == ""
    assert checks.one_of("thing", "he", mlp.SCHEMES) == "he"
    assert checks.one_of("thing", None, [None, 1]) is None


def test_sizes_and_seeds_come_in_any_sequence():
    """Guards the shape of a network, and seeds of any size; a single one is welcome."""
    assert checks.sizes("thing", [2, np.int64(3), 1]) == (2, 3, 1)
    assert checks.seeds("thing", range(3)) == [0, 1, 2]
    assert checks.seeds("thing", np.arange(2)) == [0, 1]
    assert checks.seeds("thing", 7) == [7]
    assert checks.seeds("thing", [2**100]) == [2**100]


def test_networks_and_tasks_of_lists_are_welcome():
    """Guards what is handed to panels, pictures and files; known ones come as they are."""
    for value in P, tuple(P), [(W.tolist(), b.tolist()) for W, b in P]:
        found = checks.params("thing", value, inputs=2)
        assert same(found, P) and all(isinstance(layer, Layer) for layer in found)
    mine = Task("AND", [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [0], [0], [1]])
    found = checks.task("thing", mine, inputs=2, outputs=1)
    assert found.name == "AND" and found.X.dtype == found.Y.dtype == float
    assert found.X.tolist() == XOR.X.tolist() and found.Y.shape == (4, 1)
    assert checks.task("thing", XOR).X is XOR.X


def test_layer_counts_from_either_end():
    """Guards the layer whose space a picture shows."""
    assert checks.layer(P, 0) == 0 and checks.layer(P, np.int8(2)) == 2
    assert checks.layer(P, -1) == 3 and checks.layer(P, -4) == 0
    for index, words in (
        (4, "layer must be at most 3, not 4"),
        (-5, "layer must be at least -4, not -5"),
        ("0", "layer must be a whole number"),
    ):
        with pytest.raises((ValueError, TypeError), match=f"^{words}"):
            checks.layer(P, index)
