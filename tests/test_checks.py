"""course.checks: what each check returns, and what it refuses by the argument's name."""

import decimal
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

import mlp_core as mlp
from course import checks
from mlp_core import XOR, Layer, Task
from tests.reference import draw, same, stack

pytestmark = pytest.mark.filterwarnings("error")

P = draw(bias=0.5)
MASKED = np.ma.masked_array(XOR.X, mask=np.eye(4, 2))
RAGGED = [[1.0, 2.0], [3.0]]
NO_NUMBERS = [None, "5", b"5", 1j, [None], {"a": 1}, print, object(), MASKED, RAGGED]
NO_NUMBERS += [np.array(["a"]), np.array([1], "M8[s]"), np.ma.masked, 10**400]


def refused(check, value, *limits, **options):
    """The check refuses the value, and its words begin with the name."""
    with pytest.raises((ValueError, TypeError), match=r"^thing\b"):
        check("thing", value, *limits, **options)


# Arrays and numbers ------------------------------------------------------------------

FORMS = [
    [[0, 1], [1, 0]],
    ((0, 1), (1, 0)),
    [np.array([0, 1]), np.array([1, 0])],
    [[False, True], [True, False]],
    *(
        np.array([[0, 1], [1, 0]], kind)
        for kind in ("i1", "u8", "f2", "f4", ">f8", "?")
    ),
]


@pytest.mark.parametrize("value", FORMS, ids=lambda value: type(value).__name__)
def test_array_is_floats_whatever_the_form(value):
    """Guards: the course computes in float64."""
    found = checks.array("thing", value)
    assert found.dtype == np.float64 and found.tolist() == [[0.0, 1.0], [1.0, 0.0]]


@pytest.mark.parametrize("number", range(len(NO_NUMBERS)))
def test_what_is_no_number_is_refused_by_name(number):
    """Guards array and number against texts, objects, masks, ragged rows."""
    value = NO_NUMBERS[number]
    refused(checks.array, value)
    refused(checks.number, value)


def test_array_keeps_shapes_and_says_how_to_fill_a_mask():
    """Guards: any shape, infinite numbers too; the words for masks and ragged rows."""
    assert checks.array("thing", 5).shape == ()
    assert checks.array("thing", np.inf) == np.inf
    with pytest.raises(TypeError, match=r"thing\.filled\(0\)"):
        checks.array("thing", MASKED)
    with pytest.raises(ValueError, match="rows of different lengths"):
        checks.array("thing", RAGGED)


def test_number_is_one_finite_float_within_limits():
    """Guards the limits: least and most are allowed, above is not."""
    for value in 2, 2.0, np.float32(2), np.int8(2), np.array(2):
        found = checks.number("thing", value, least=2, most=2)
        assert found == 2 and type(found) is float
    for value in math.nan, math.inf, -math.inf, [1.0], np.ones(1), True, np.True_:
        refused(checks.number, value)
    refused(checks.number, 1.9, least=2)
    refused(checks.number, 2.1, most=2)
    refused(checks.number, 2, above=2)
    assert checks.number("thing", 2.1, above=2) == 2.1
    with pytest.raises(ValueError, match="^thing must be at least 2, not 1$"):
        checks.number("thing", 1, least=2)
    with pytest.raises(ValueError, match="^thing must be at most 2, not 3$"):
        checks.number("thing", 3, most=2)
    with pytest.raises(ValueError, match="^thing must be above 0, not 0$"):
        checks.number("thing", 0, above=0)


def test_above_0_is_any_positive_number():
    """Guards learning rates, step sizes, tolerances."""
    assert checks.number("thing", 5e-324, above=0) == 5e-324
    for value in 0, -1, -0.0, math.nan, math.inf:
        refused(checks.number, value, above=0)


def test_whole_is_an_int_within_limits():
    """Guards counts: NumPy's ints are welcome; True, 2.0 and '2' are not."""
    for value in 2, np.int8(2), np.uint64(2), np.array(2):
        found = checks.whole("thing", value)
        assert found == 2 and type(found) is int
    assert checks.whole("thing", 0) == 0 and checks.whole("thing", 10**9) == 10**9
    assert checks.whole("thing", -3, least=-3) == -3
    assert checks.whole("thing", 10**30, most=None) == 10**30
    for value in True, np.True_, 2.0, np.float64(2), "2", None, [2], np.array([2]), 2j:
        refused(checks.whole, value)
    for value in -1, 10**9 + 1, -(10**30):
        refused(checks.whole, value)
    refused(checks.whole, 4, 0, 3)


# Choices -----------------------------------------------------------------------------


def test_switch_is_true_or_false():
    """Guards: bug="no" doesn't mean yes."""
    for value in True, False, np.True_, np.False_:
        assert checks.switch("thing", value) is bool(value)
    for value in 0, 1, None, "no", [], 0.0, np.array([True]):
        refused(checks.switch, value)


def test_text_is_a_str():
    """Guards names."""
    assert checks.text("thing", "") == ""
    for value in None, 3, b"a", ["a"]:
        refused(checks.text, value)


def test_one_of_is_one_of_its_options():
    """Guards lists of choices: True is not 1, and an array is no option."""
    assert checks.one_of("thing", "he", mlp.SCHEMES) == "he"
    assert checks.one_of("thing", None, [None, 1]) is None
    for value in "He", None, 1, ["he"], np.array(["he", "zeros"]):
        refused(checks.one_of, value, mlp.SCHEMES)
    for value in True, 1.0, np.array([1]), "1":
        refused(checks.one_of, value, [1, 2])
    with pytest.raises(ValueError, match="one of 1, 'b', not 'c'"):
        checks.one_of("thing", "c", [1, "b"])


# Networks and tasks ------------------------------------------------------------------


def test_sizes_are_at_least_two_counts():
    """Guards the shape of a network."""
    assert checks.sizes("thing", [2, np.int64(3), 1]) == (2, 3, 1)
    for value in (
        None,
        3,
        "231",
        (),
        (2,),
        (2, 0),
        (2, -1),
        (2, 1.5),
        (2, True),
        [[2, 3]],
    ):
        refused(checks.sizes, value)
    with pytest.raises(TypeError, match=r"list the units .* as \(2, 3, 3, 2, 1\)"):
        checks.sizes("thing", "231")


def test_seeds_are_whole_numbers_and_a_single_one_is_welcome():
    """Guards seeds of any size, in any sequence."""
    assert checks.seeds("thing", range(3)) == [0, 1, 2]
    assert checks.seeds("thing", np.arange(2)) == [0, 1]
    assert checks.seeds("thing", 7) == [7]
    assert checks.seeds("thing", [2**100]) == [2**100]
    for value in None, [], "12", [1.5], [-1], [True], [[1, 2]], ["a"], {"a": 1}:
        refused(checks.seeds, value)


def test_params_are_layers_that_fit_together():
    """Guards networks that are handed to panels, pictures and files."""
    as_lists = [(W.tolist(), b.tolist()) for W, b in P]
    for value in P, tuple(P), as_lists:
        found = checks.params("thing", value)
        assert same(found, P) and all(isinstance(layer, Layer) for layer in found)
    assert same(checks.params("thing", P, inputs=2), P)
    refused(checks.params, P, inputs=3)


BAD_PARAMS = {
    "nothing": None,
    "a number": 5,
    "no layers": [],
    "a layer": P[0],
    "a square layer": Layer(np.ones((2, 2)), np.ones(2)),
    "a text": "P",
    "weights alone": [W for W, _ in P],
    "numbers": [(1, 2)],
    "layers that don't fit": [P[0], P[3]],
    "a bias for all": [Layer(P[0].W, np.ones(1))],
    "biases in a row": [Layer(P[0].W, P[0].b[None])],
    "flat weights": [Layer(np.ones(3), np.ones(3))],
    "no weights": [Layer(np.ones((2, 0)), np.ones(0))],
    "texts": [Layer("W", "b")],
    "complex": [Layer(P[0].W * 1j, P[0].b)],
    "masked": [Layer(np.ma.masked_array(P[0].W), P[0].b)],
    "a stack": stack([P, P]),
}


@pytest.mark.parametrize("name", BAD_PARAMS)
def test_params_of_another_kind_are_refused(name):
    """Guards: one network, with arrays of numbers in the right shapes."""
    refused(checks.params, BAD_PARAMS[name])


def test_a_task_of_lists_is_a_task():
    """Guards tasks of one's own, and that the known ones come back as they are."""
    mine = Task("AND", [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [0], [0], [1]])
    found = checks.task("thing", mine, inputs=2, outputs=1)
    assert found.name == "AND" and found.X.dtype == found.Y.dtype == float
    assert found.X.tolist() == XOR.X.tolist() and found.Y.shape == (4, 1)
    assert checks.task("thing", XOR).X is XOR.X


BAD_TASKS = {
    "nothing": None,
    "a name": "XOR",
    "a tuple": ("XOR", XOR.X, XOR.Y),
    "no name": Task(5, XOR.X, XOR.Y),
    "flat Y": Task("a", XOR.X, XOR.Y[:, 0]),
    "flat X": Task("a", XOR.X[:, 0], XOR.Y),
    "rows without targets": Task("a", XOR.X, XOR.Y[:3]),
    "no rows": Task("a", XOR.X[:0], XOR.Y[:0]),
    "no columns": Task("a", XOR.X[:, :0], XOR.Y),
    "texts": Task("a", [["a", "b"]], [[1]]),
    "NaN": Task("a", XOR.X, XOR.Y * np.nan),
    "infinite": Task("a", XOR.X + np.inf, XOR.Y),
    "masked": Task("a", MASKED, XOR.Y),
    "ragged": Task("a", RAGGED, [[1], [2]]),
    "three inputs": Task("a", np.ones((4, 3)), XOR.Y),
    "two outputs": Task("a", XOR.X, np.ones((4, 2))),
}


@pytest.mark.parametrize("name", BAD_TASKS)
def test_tasks_of_another_kind_are_refused(name):
    """Guards: finite samples in rows, as many as targets, for this network."""
    refused(checks.task, BAD_TASKS[name], inputs=2, outputs=1)


def test_layer_counts_from_either_end():
    """Guards the layer whose space a picture shows."""
    assert checks.layer(P, 0) == 0 and checks.layer(P, np.int8(2)) == 2
    assert checks.layer(P, -1) == 3 and checks.layer(P, -4) == 0
    for index, words in (
        (4, "layer must be at most 3, not 4"),
        (-5, "layer must be at least -4, not -5"),
        ("0", "layer must be a whole number"),
        (True, "layer must be a whole number"),
    ):
        with pytest.raises((ValueError, TypeError), match=f"^{words}"):
            checks.layer(P, index)


# Anything at all ---------------------------------------------------------------------

SOME = [-3, 0, 1, 2, 10**9, 2**63, 10**30, np.nan, np.inf, -0.0, 1e308, print, ...]
SOME += [decimal.Decimal(1), P, XOR, P[0], np.array([None, "a"])]
SINGLE = st.one_of(
    st.none(), st.booleans(), st.sampled_from(SOME), st.text(max_size=3), st.floats()
)
KINDS = ["f8", "f2", "i1", "u2", "?", ">f8", "c8", "U2", "M8[s]"]
ARRAYS = arrays_of.arrays(
    st.sampled_from(KINDS), arrays_of.array_shapes(min_dims=0, max_dims=3, min_side=0)
)
ANYTHING = st.one_of(
    SINGLE,
    ARRAYS,
    st.lists(SINGLE, max_size=4),
    st.lists(st.tuples(ARRAYS, ARRAYS), max_size=3),
    st.lists(st.lists(SINGLE, max_size=3), max_size=4),
    st.dictionaries(st.text(max_size=2), SINGLE, max_size=2),
)
EVERY_CHECK = [checks.array, checks.number, checks.whole, checks.text]
EVERY_CHECK += [checks.switch, checks.sizes, checks.seeds, checks.params, checks.task]


@settings(max_examples=500, deadline=None)
@given(check=st.sampled_from(EVERY_CHECK), value=ANYTHING)
def test_anything_is_taken_or_refused_by_name(check, value):
    """Guards all checks at once: hypothesis passes whatever it can think of."""
    try:
        found = check("thing", value)
    except (ValueError, TypeError) as error:
        assert str(error).startswith("thing")
    else:
        again = check("thing", found)  # what was accepted is in its final form
        assert repr(again) == repr(found)
