"""What learners do to the course: wrong input, huge numbers, the stop button, bad files.

Each function gets what it should refuse, and the same numbers in every form in which
they may come. A result must be that of clean float64 arrays, or there must be an error
that names the argument. A warning is an error in this whole file.

The order: 1. the same numbers in other forms, 2. bad input, 3. anything at all, 4.
pictures and panels, 5. numbers that explode, 6. the stop button, 7. files, 8. safe by
default.
"""

import ast
import copy
import inspect
import itertools
import json
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import types
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

import mlp_bugs as bugs
import mlp_core as m
import mlp_exercises as exercises
import mlp_panels as panels
import mlp_pictures as pictures
import mlp_questions as questions
from mlp_core import ORIGINAL, SUM, XOR, Layer

# Of Matplotlib's oldest version the newest pyparsing says that it uses old names.
OLD_NAMES = "ignore:'.*deprecated, use|'.*deprecated - use:DeprecationWarning"
pytestmark = pytest.mark.filterwarnings("error", OLD_NAMES)
ROOT = Path(__file__).parent.parent
SIZES = (2, 3, 3, 2, 1)


def whole_params(sizes=SIZES, seed=0):
    """Weights that are small whole numbers: every type of number can hold them."""
    rng = np.random.default_rng(seed)
    return [
        Layer(
            rng.integers(-2, 3, pair).astype(float),
            rng.integers(-2, 3, pair[1]).astype(float),
        )
        for pair in itertools.pairwise(sizes)
    ]


P = whole_params()
CACHE = m.forward(P, XOR.X)[1]
GRADS = whole_params(seed=1)
RUN = m.sweep(XOR.X, XOR.Y, [1, 2], epochs=1, steps_per_epoch=5)
SHORT = {"epochs": 2, "steps_per_epoch": 5}


def rng():
    return np.random.default_rng(0)


# Every public function with good arguments. Functions, so that each call gets its own.
GOOD = {
    "leaky_relu": lambda: {"alpha": 0.5},
    "make_activation": lambda: {"name": "leaky_relu", "alpha": 0.5},
    "per_layer": lambda: {"activation": [m.tanh] * 4, "params": P},
    "initialize": lambda: {"sizes": SIZES, "rng": rng(), "scheme": "he", "alpha": 0.5},
    "forward": lambda: {"params": P, "X": XOR.X, "activation": ORIGINAL},
    "loss": lambda: {"Y_hat": SUM.Y, "Y": XOR.Y},
    "loss_slope": lambda: {"Y_hat": SUM.Y, "Y": XOR.Y},
    "backprop": lambda: {
        "params": P, "cache": CACHE, "dY": SUM.Y, "activation": ORIGINAL
    },
    "loss_and_grads": lambda: {
        "params": P, "X": XOR.X, "Y": XOR.Y, "activation": ORIGINAL
    },
    "original_loss_and_grads": lambda: {
        "params": P, "X": XOR.X, "Y": XOR.Y, "activation": ORIGINAL
    },
    "sgd_step": lambda: {"params": P, "grads": GRADS, "learning_rate": 0.5},
    "gradient_check": lambda: {
        "params": P[3:], "X": XOR.X + 1, "Y": XOR.Y, "activation": m.tanh,
        "gradient": m.loss_and_grads, "h": 1e-5, "tolerance": 1e-5,
    },
    "draw_samples": lambda: {"rng": rng(), "n": 4, "steps": 3, "batch_size": 2},
    "train": lambda: {
        "params": P, "X": XOR.X, "Y": XOR.Y, "rng": rng(), "activation": m.tanh,
        "learning_rate": 0.5, "epochs": 2, "steps_per_epoch": 3, "batch_size": 2,
        "samples": [[0, 1]] * 6, "snapshots": True, "gradient": m.loss_and_grads,
        "progress": print_nothing,
    },
    "solved": lambda: {"Y_hat": SUM.Y, "Y": XOR.Y, "tolerance": 0.5},
    "dead_units": lambda: {"params": P, "X": XOR.X, "activation": m.relu},
    "sweep": lambda: {
        "X": XOR.X, "Y": XOR.Y, "seeds": [1, 2], "sizes": SIZES, "scheme": "he",
        "activation": m.tanh, "learning_rate": 0.5, "epochs": 2, "steps_per_epoch": 3,
        "batch_size": 2, "bug": False, "progress": print_nothing, "block": 2,
    },
    "fates": lambda: {"run": RUN, "X": XOR.X, "Y": XOR.Y, "activation": ORIGINAL},
    "wilson_interval": lambda: {"successes": 1, "trials": 2, "z": 1.5},
    "save": lambda: {"path": "a.npz", "params": P, "activation": m.tanh},
    "Task": lambda: {"name": "mine", "X": XOR.X, "Y": XOR.Y},
}  # fmt: skip


def print_nothing(*_):
    pass


def call(function, **changed):
    return getattr(m, function)(**{**GOOD[function](), **changed})


def leaves(value):
    """All numbers and arrays in a result, in order, whatever holds them."""
    if isinstance(value, m.Snapshots):
        return [value.rows]
    if isinstance(value, m.Activation):
        z = np.linspace(-3, 3, 13)[:, None]
        with np.errstate(over="ignore"):  # alpha may be 1e308
            return [value.f(z), value.slope(z)]
    if isinstance(value, (list, tuple)):
        return [leaf for one in value for leaf in leaves(one)]
    return [value]


def same(result, other):
    """Equal to the last bit, types included."""
    one, two = leaves(result), leaves(other)
    return len(one) == len(two) and all(
        np.asarray(a).dtype == np.asarray(b).dtype
        and np.shape(a) == np.shape(b)
        and np.asarray(a).tobytes() == np.asarray(b).tobytes()
        if not isinstance(a, (str, type(None)))
        else a == b
        for a, b in zip(one, two)
    )


def test_every_public_function_is_in_the_table():
    """Guards: a new function, or a new argument, gets its bad input too."""
    public = {
        name
        for name, one in vars(m).items()
        if inspect.isfunction(one) and one.__module__ == m.__name__ and name[0] != "_"
    }
    assert set(GOOD) == public - {"checked", "load"} | {"Task"}
    for name, arguments in GOOD.items():
        parameters = set(inspect.signature(getattr(m, name)).parameters)
        if name != "Task" and name != "original_loss_and_grads":
            assert set(arguments()) == parameters, name


# 1. The same numbers in other forms --------------------------------------------------


def tuples(array):
    return tuple(map(tuples, array)) if array.ndim else array.item()


def spaced(array):
    return np.repeat(array, 2, axis=-1)[..., ::2]


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


class LikeAnArray:
    """An object of another library that NumPy can turn into an array."""

    def __init__(self, array):
        self.array = array

    def __array__(self, dtype=None, copy=None):
        return self.array.astype(dtype or float)


FORMS = {
    "lists": np.ndarray.tolist,
    "tuples": tuples,
    "list of arrays": list,
    "lists of whole numbers": lambda a: a.astype(int).tolist(),
    "int8": lambda a: a.astype(np.int8),
    "int64": lambda a: a.astype(np.int64),
    "float16": lambda a: a.astype(np.float16),
    "float32": lambda a: a.astype(np.float32),
    "longdouble": lambda a: a.astype(np.longdouble),
    "other byte order": lambda a: a.astype(a.dtype.newbyteorder()),
    "Fortran order": np.asfortranarray,
    "every second number": spaced,
    "backwards": lambda a: a[..., ::-1].copy()[..., ::-1],
    "read-only": read_only,
    "subclass": lambda a: a.view(Sub),
    "like an array": LikeAnArray,
}


class Sub(np.ndarray):
    """A subclass of arrays, as np.matrix is one."""

    def __mul__(self, other):
        raise AssertionError("the subclass's own arithmetic is used")

    __rmul__ = __matmul__ = __rmatmul__ = __add__ = __sub__ = __mul__


DATA = ("X", "Y", "Y_hat", "dY")
ARRAYS = [
    (function, name)
    for function in GOOD
    for name in GOOD[function]()
    if name in (*DATA, "params", "grads")
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("function, name", ARRAYS)
def test_numbers_in_any_form_give_the_same_result(
    function, name, form, tmp_path, monkeypatch
):
    """Guards: float32, lists, views, ... are computed as float64, to the last bit."""
    monkeypatch.chdir(tmp_path)
    good, change = GOOD[function]()[name], FORMS[form]
    if name in ("params", "grads"):
        changed = [(change(W), change(b)) for W, b in good]
    else:
        changed = change(good)
    expected = call(function)
    result = call(function, **{name: changed})
    if function == "per_layer":
        assert result == expected
    elif function == "save":
        assert same(m.load("a.npz")[0], P)
    else:
        assert same(result, expected)


@pytest.mark.parametrize("form", ["bool", "uint8", "uint64"])
@pytest.mark.parametrize("function, name", [a for a in ARRAYS if a[1] in ("X", "Y")])
def test_truth_values_and_unsigned_numbers_are_numbers(function, name, form):
    """Guards: 0 - 1 is -1, not 255, and True - True is 0, not an error."""
    data = {"X": XOR.X, "Y": XOR.Y}[name]
    result = call(function, **{name: data.astype(form)})
    assert same(result, call(function, **{name: data}))


@pytest.mark.parametrize("name", m.ACTIVATION_NAMES)
@pytest.mark.parametrize(
    "form", [*(form for form in FORMS if form != "subclass"), "bool"]
)
def test_activations_take_numbers_in_any_form(name, form):
    """Guards: tanh of int8 is not NumPy's rough one in float16; lists are welcome."""
    z = np.array([[0.0, 1.0, 1.0], [1.0, 0.0, 1.0]])
    if form != "bool":
        z = z * 2 - 1
    changed = z.astype(bool) if form == "bool" else FORMS[form](z)
    one = m.make_activation(name)
    assert np.array_equal(one.f(changed), one.f(z))
    assert np.array_equal(one.slope(changed), one.slope(z))
    assert np.asarray(one.f(changed)).dtype == np.asarray(one.slope(changed)).dtype
    assert one.f(2) == one.f(np.array(2.0))


def test_activations_keep_a_mask():
    """Guards: what is masked stays masked; its number is not computed with."""
    z = np.ma.masked_array([-1.0, 2.0], mask=[False, True])
    for name in m.ACTIVATION_NAMES:
        one = m.make_activation(name)
        assert np.ma.getmaskarray(one.f(z)).tolist() == [False, True]


COUNTS = [
    (function, name)
    for function in GOOD
    for name in GOOD[function]()
    if name in ("n", "steps", "batch_size", "epochs", "steps_per_epoch", "block")
    or name in ("successes", "trials")
]


@pytest.mark.parametrize("kind", [np.int8, np.uint64, np.int64, np.array])
@pytest.mark.parametrize("function, name", COUNTS)
def test_whole_numbers_of_any_type_are_counts(function, name, kind):
    """Guards: a count from a NumPy array, such as len or argmax give it, is one."""
    good = GOOD[function]()[name]
    assert same(call(function, **{name: kind(good)}), call(function))


@pytest.mark.parametrize("function", [f for f in GOOD if f != "save"])
def test_inputs_are_left_as_they_are(function):
    """Guards: nothing that is passed in is changed, down to the lists."""
    given_ = {
        name: value if callable(value) or name == "rng" else copy.deepcopy(value)
        for name, value in GOOD[function]().items()
    }
    before = {name: repr(value) for name, value in given_.items()}
    getattr(m, function)(**given_)
    assert {name: repr(v) for name, v in given_.items()} == {
        name: text if name != "rng" else repr(given_["rng"])
        for name, text in before.items()
    }


def test_a_task_of_lists_is_a_task():
    """Guards: lists work wherever a task is taken, and it keeps copies of its own."""
    X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], np.array([[0], [1], [1], [0]])
    task = m.Task("XOR", X, Y)
    Y[:] = 9
    X[0][0] = 9
    assert same(list(task[1:]), list(XOR[1:]))
    assert not task.X.flags.writeable and not task.Y.flags.writeable
    name, X, Y = task  # it unpacks
    assert (name, task.name, X is task.X) == ("XOR", "XOR", True)
    assert same(list(copy.deepcopy(task)[1:]), list(XOR[1:]))
    assert repr(task).startswith("Task(name='XOR', X=array(")


# 2. Bad input ------------------------------------------------------------------------


def with_one(number):
    def change(array):
        array = array.copy()
        array.flat[-1] = number
        return array

    return change


def masked(array):
    return np.ma.masked_array(array, mask=np.eye(*array.shape))


ONLY_NUMBERS = {
    "None": lambda a: None,
    "a word": lambda a: "abc",
    "bytes": lambda a: b"abc",
    "texts": lambda a: a.astype(str),
    "texts as objects": lambda a: a.astype(str).astype(object),
    "None among them": lambda a: [[None] * a.shape[1]] * len(a),
    "complex": lambda a: a + 1j,
    "dates": lambda a: a.astype("datetime64[s]"),
    "rows of different lengths": lambda a: [*a.tolist()[1:], [0.0] * 7],
    "a dict": lambda a: dict(enumerate(a)),
    "a set": lambda a: {0, 1},
    "a generator": lambda a: (row for row in a),
    "a function": lambda a: print,
    "a class": lambda a: np.ndarray,
    "masked": masked,
    "masked nowhere": lambda a: np.ma.masked_array(a),
    "no axis": lambda a: 5.0,
    "one axis": lambda a: a[:, 0],
    "four axes": lambda a: a[None, None],
    "empty": lambda a: a[:0],
    "no columns": lambda a: a[:, :0],
    "four columns more": lambda a: np.hstack([a, np.ones((len(a), 4))]),
}
NOT_FINITE = {
    "NaN": with_one(np.nan), "inf": with_one(np.inf), "-inf": with_one(-np.inf),
}  # fmt: skip
FEWER_ROWS = {"a row less": lambda a: a[:-1], "a row more": lambda a: np.vstack([a, a])}


def bad_arrays():
    for function, name in ARRAYS:
        if name not in DATA:
            continue
        kinds = dict(ONLY_NUMBERS)
        if name != "Y_hat":  # a prediction may be NaN, after a divergence
            kinds |= NOT_FINITE
        if set(GOOD[function]()) & {"Y", "cache"} and function != "sweep":
            kinds |= FEWER_ROWS
        if function == "Task":  # it doesn't know the network
            del kinds["four columns more"]
        for kind, change in kinds.items():
            yield pytest.param(function, name, change, id=f"{function}-{name}-{kind}")


@pytest.mark.parametrize("function, name, change", list(bad_arrays()))
def test_bad_arrays_are_refused_by_name(function, name, change):
    """Guards: no array of the wrong kind or shape gives a number."""
    with pytest.raises((ValueError, TypeError), match=rf"\b{name}\b"):
        call(function, **{name: change(GOOD[function]()[name])})


BAD_W = {kind: change for kind, change in ONLY_NUMBERS.items() if "masked" not in kind}


@pytest.mark.parametrize("kind", [*BAD_W, "masked"])
@pytest.mark.parametrize("function, name", [a for a in ARRAYS if a[1] == "params"])
def test_bad_weights_are_refused_by_name(function, name, kind):
    """Guards: one bad array among the parameters is found, and its layer is named."""
    if function == "per_layer":  # it counts the layers only
        return
    params = GOOD[function]()["params"]
    change = ONLY_NUMBERS[kind]
    for layer in {0, len(params) - 1}:
        W, b = params[layer]
        bad = [*params[:layer], Layer(change(W), b), *params[layer + 1 :]]
        with pytest.raises((ValueError, TypeError), match=r"\bparams\b"):
            call(function, params=bad)
        bad_b = change(b[None])
        if np.shape(bad_b) == b.shape:
            continue
        bad = [*params[:layer], Layer(W, bad_b), *params[layer + 1 :]]
        with pytest.raises((ValueError, TypeError), match=r"\bparams\b"):
            call(function, params=bad)


BAD_COUNTS = {
    "0": 0, "-1": -1, "1.5": 1.5, "2.0": 2.0, "NaN": math.nan, "inf": math.inf,
    "text": "3", "True": True, "list": [3], "array": np.array([3]), "float": np.float64(3),
    "complex": 3j, "masked": np.ma.masked, "10**30": 10**30,
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD_COUNTS)
@pytest.mark.parametrize("function, name", COUNTS)
def test_bad_counts_are_refused_by_name(function, name, kind):
    """Guards: counts are whole, at least 1, and not so large that memory ends."""
    if (name, kind) in {("successes", "0"), ("trials", "10**30"), ("block", "10**30")}:
        call(function, **{name: BAD_COUNTS[kind]})  # these are right
        return
    with pytest.raises((ValueError, TypeError), match=rf"\b{name}\b"):
        call(function, **{name: BAD_COUNTS[kind]})


POSITIVE = [
    (function, name)
    for function in GOOD
    for name in GOOD[function]()
    if name in ("learning_rate", "h", "tolerance", "z")
]
BAD_POSITIVE = {
    "0": 0, "-1": -1, "NaN": math.nan, "inf": math.inf, "None": None, "text": "0.2",
    "True": True, "list": [0.1, 0.2, 0.3], "complex": 1j, "masked": np.ma.masked,
    "10**400": 10**400, "object": object(),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD_POSITIVE)
@pytest.mark.parametrize("function, name", POSITIVE)
def test_bad_positive_numbers_are_refused_by_name(function, name, kind):
    """Guards: learning rates, step sizes and tolerances are positive numbers."""
    if (function, kind) == ("sweep", "True"):
        kind = "0"
    with pytest.raises((ValueError, TypeError), match=rf"\b{name}\b"):
        call(function, **{name: BAD_POSITIVE[kind]})


@pytest.mark.parametrize(
    "value", [0, 1, None, "no", "False", [], 0.0, np.array([True])]
)
@pytest.mark.parametrize("function, name", [("train", "snapshots"), ("sweep", "bug")])
def test_switches_are_true_or_false(function, name, value):
    """Guards: bug="no" doesn't mean yes."""
    with pytest.raises(TypeError, match=name):
        call(function, **{name: value})


# Swapped, these are as good as before: two arrays of one shape can't be told apart.
ALIKE = {("Y_hat", "Y"), ("params", "grads"), ("h", "tolerance"), ("n", "steps"),
         ("n", "batch_size"), ("steps", "batch_size"), ("epochs", "steps_per_epoch"),
         ("epochs", "batch_size"), ("steps_per_epoch", "batch_size"),
         ("epochs", "block"), ("steps_per_epoch", "block"), ("batch_size", "block"),
         ("gradient", "progress"),
         ("learning_rate", "epochs"), ("learning_rate", "steps_per_epoch"),
         ("learning_rate", "batch_size"), ("learning_rate", "block")}  # fmt: skip
SWAPS = [
    (function, *pair)
    for function in GOOD
    for pair in itertools.combinations(GOOD[function](), 2)
    if pair not in ALIKE and (function, pair) != ("Task", ("X", "Y"))
]


@pytest.mark.parametrize("function, one, two", SWAPS)
def test_swapped_arguments_are_noticed(function, one, two, tmp_path, monkeypatch):
    """Guards: arguments in the wrong order don't give a number."""
    monkeypatch.chdir(tmp_path)
    arguments = GOOD[function]()
    arguments[one], arguments[two] = arguments[two], arguments[one]
    with pytest.raises((ValueError, TypeError), match=rf"\b({one}|{two})\b"):
        getattr(m, function)(**arguments)
    assert os.listdir(tmp_path) == []


def test_one_number_for_each_sample_is_told_how_to_be_a_column():
    """Guards the advice for the most common slip: Y of shape (n,)."""
    flat = [0.0, 1.0, 1.0, 0.0]
    for function, name in ARRAYS:
        if name in ("Y", "dY", "Y_hat"):
            with pytest.raises(ValueError) as caught:
                call(function, **{name: flat})
            assert f"{name}.reshape(-1, 1)" in str(caught.value)
            assert "[[x1, x2]]" not in str(caught.value)
    with pytest.raises(ValueError, match=r"\[\[x1, x2\]\]"):
        call("forward", X=[0.0, 1.0])
    with pytest.raises(ValueError, match=r"\[\[x1, x2\]\]"):  # no reshape mends this
        call("loss", Y=np.ones((2, 2, 2)))


@pytest.mark.parametrize("sizes", ["2 3 1", "231", 3, None])
def test_sizes_that_are_no_list_are_told_what_a_list_looks_like(sizes):
    with pytest.raises(TypeError, match=r"sizes must list .* as \(2, 3, 3, 2, 1\)"):
        m.initialize(sizes, rng())


def test_what_no_memory_holds_is_refused_before_it_is_asked_for():
    """Guards: an extra zero too many ends in words, not in a machine that swaps."""
    for sizes in (2, 10**6, 10**6, 1), (10**30, 1):
        with pytest.raises(ValueError, match="sizes"):
            m.initialize(sizes, rng())
    with pytest.raises(ValueError, match="epochs, steps_per_epoch and batch_size"):
        m.train(P, XOR.X, XOR.Y, rng(), epochs=10**7)
    with pytest.raises(ValueError, match="epochs, steps_per_epoch and batch_size"):
        m.sweep(XOR.X, XOR.Y, range(2000), epochs=10**4)
    m.sweep(XOR.X, XOR.Y, range(3), epochs=1, steps_per_epoch=1, block=10**30)


@pytest.mark.parametrize(
    "answer",
    [None, 5, (1.0,), (1.0, None), ("a", GRADS), (1.0, GRADS[:3]), (1.0, GRADS[::-1]),
     (1.0, [(W.T, b) for W, b in GRADS]), (1.0, [(W, b[None]) for W, b in GRADS]),
     (1.0, [(W, 0.0) for W, _ in GRADS]), ([1.0, 2.0], GRADS), (1.0, "abcd")],
)  # fmt: skip
def test_what_a_gradient_of_your_own_returns_is_looked_at(answer):
    """Guards: broadcasting doesn't hide a gradient of the wrong shape in training."""
    with pytest.raises((ValueError, TypeError), match="^gradient"):
        call("train", gradient=lambda *_: answer)


@pytest.mark.parametrize("answer", [None, 5, (1.0, None), (1.0, GRADS[:3]), (1.0, P)])
def test_gradient_check_says_what_a_gradient_must_return(answer):
    """Guards: a first attempt at a gradient gets words, not an AttributeError."""
    with pytest.raises((ValueError, TypeError), match="gradient"):
        call("gradient_check", gradient=lambda *_: answer)


def test_activations_of_your_own_need_two_functions():
    """Guards: an Activation without a slope is told when it is used."""
    for mine in m.Activation("mine", None, np.cos), m.Activation("mine", np.sin, None):
        with pytest.raises(TypeError, match="activation 'mine'"):
            call("forward", activation=mine)


def test_a_network_of_a_sweep_has_a_number():
    """Guards: s counts as in a list; True or a list of numbers is no network."""
    assert same(RUN.network(-1), RUN.network(1))
    assert [W.shape for W, _ in RUN.network(True)] == [W.shape for W, _ in P]
    for s in 2, -3:
        with pytest.raises(IndexError):
            RUN.network(s)
    for s in 1.0, [0, 1], None, "0", slice(1):
        with pytest.raises(TypeError):
            RUN.network(s)


def test_huge_alphas_and_confidence_do_not_overflow():
    """Guards: Python's own 1e200**2 is an OverflowError; here it is the limit."""
    params = m.initialize(SIZES, rng(), "he", alpha=1e200)
    assert all(not W.any() for W, _ in params)
    with pytest.raises(ValueError, match=r"\bz\b"):
        m.wilson_interval(1, 2, 1e200)


# 3. Anything at all ------------------------------------------------------------------

SOME = [-3, -1, 0, 1, 2, 3, 4, 10**9, 2**63, -(2**64), 10**30]
SINGLE = st.one_of(
    st.none(), st.booleans(), st.sampled_from(SOME), st.text(max_size=3),
    st.floats(), st.complex_numbers(), st.binary(max_size=3),
    st.sampled_from([np.nan, np.inf, -0.0, 1e308, 5e-324, print, ...]),
)  # fmt: skip
SMALL = st.one_of(st.sampled_from(SOME[:7]), st.floats(-5, 5), st.booleans())
ARRAY = arrays_of.arrays(
    st.sampled_from(["f8", "f4", "f2", "i1", "u2", "?", ">f8", "c8", "U2", "M8[s]"]),
    arrays_of.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
)
FITTING = st.sampled_from([(4, 2), (4, 1)]).flatmap(  # often of the right shape
    lambda shape: arrays_of.arrays(st.sampled_from(["f8", "f4", "i1", "?"]), shape)
)
ANYTHING = st.one_of(
    SINGLE, ARRAY, FITTING, FITTING.map(np.ndarray.tolist),
    st.lists(SINGLE, max_size=4), st.lists(st.lists(SMALL, max_size=3), max_size=4),
    st.dictionaries(st.text(max_size=2), SINGLE, max_size=2),
)  # fmt: skip
ALL_ARGUMENTS = [
    (function, name)
    for function in GOOD
    for name in GOOD[function]()
    # These take any name, or any list of layers; 'save' has a test of its own.
    if function != "save"
    and (function, name) not in {("Task", "name"), ("per_layer", "params")}
]
# Where a value that is not refused ends: as what clean number or array.
CLEAN = {
    **dict.fromkeys(DATA, lambda value: np.array(value, dtype=float)),
    "alpha": lambda value: np.array(value, dtype=float)[()],
    **dict.fromkeys(["h", "tolerance", "z"], float),
    "learning_rate": lambda value: np.array(value, dtype=float)[()],
    "samples": lambda value: np.array(value, dtype=int),
}


def described(value):
    if isinstance(value, np.ndarray):
        return value.dtype, value.shape, value.tobytes()
    return repr(value)


@settings(max_examples=1200, deadline=None, derandomize=True, database=None)
@given(where=st.sampled_from(ALL_ARGUMENTS), value=ANYTHING)
def test_anything_is_handled_right_or_refused_by_name(where, value):
    """Guards all arguments at once: hypothesis passes whatever it can think of."""
    function, name = where
    before = described(value)
    try:
        result = call(function, **{name: value})
    except (ValueError, TypeError) as error:
        assert re.search(rf"\b{name}\b", str(error)), error
    else:
        if name in CLEAN and value is not None:
            assert same(result, call(function, **{name: CLEAN[name](value)}))
    assert described(value) == before


# 4. Pictures and panels --------------------------------------------------------------

with np.errstate(all="ignore"):
    CHECKS = m.gradient_check(P[3:], XOR.X + 1, XOR.Y, m.tanh)
RUN_OF_STEPS = panels.training_run(steps=4)


def axes():
    return pictures.new_figure()[1]


def surface():
    return {"params": P, "task": XOR, "activation": m.tanh, "layer": 1, "unit": 0}


def panel_settings(**others):
    return {"seed": 1, "activation": "tanh", "alpha": -0.2, **others}


def training_settings():
    return panel_settings(
        task=XOR, learning_rate=0.5, scheme="he", hidden=(3, 2), batch_size=2, steps=5,
        bug=False,
    )  # fmt: skip


# As GOOD, for the other modules: module -> function -> good arguments.
OTHERS = {
    pictures: {
        "new_figure": lambda: {
            "nrows": 1,
            "ncols": 2,
            "size": (8.0, 4.0),
            "layout": "constrained",
            "width_ratios": [1, 2],
        },
        "number": lambda: {"value": 0.5, "digits": 2},
        "show": lambda: {"fig": axes().figure, "alt": "words"},
        "draw_activation": lambda: {
            "ax": axes(),
            "activation": m.tanh,
            "z": [-1.0, 0.0, 1.0],
            "mark": 0.5,
        },
        "describe_activation": lambda: {"activation": m.tanh, "mark": 0.5},
        "draw_histogram": lambda: {"ax": axes(), "groups": {"a": [1, 2]}, "bins": 5},
        "describe_histogram": lambda: {"groups": {"a": [1.0, 2.0]}},
        "draw_spread": lambda: {"ax": axes(), "spreads": {"a": [1.0, 2.0]}},
        "describe_spread": lambda: {"spreads": {"a": [1.0, 2.0]}},
        "draw_network": lambda: {
            "ax": axes(),
            "params": P,
            "cache": CACHE,
            "grads": GRADS,
            "digits": 2,
            "activation_label": "tanh",
            "row": 1,
            "active": 1,
        },
        "describe_network": lambda: {
            "params": P,
            "cache": CACHE,
            "grads": GRADS,
            "digits": 2,
            "row": 1,
        },
        "draw_gradient_check": lambda: {
            "ax": axes(),
            "checks": CHECKS,
            "tolerance": 1e-5,
            "digits": 1,
        },
        "describe_gradient_check": lambda: {"checks": CHECKS},
        "draw_loss": lambda: {
            "ax": axes(),
            "losses": {"a": [1.0, 0.5]},
            "step": 1,
            "log": True,
            "steps_per_point": 1,
            "x_label": "step",
            "smooth": 2,
            "faint": ["a"],
        },
        "describe_loss": lambda: {
            "losses": {"a": [1.0, 0.5]},
            "step": 1,
            "steps_per_point": 1,
        },
        "draw_surface": lambda: {
            "ax": axes(),
            **surface(),
            "limits": (-0.5, 1.5),
            "levels": [0.5],
            "resolution": 5,
            "mark": [1],
            "colorbar": True,
        },
        "describe_surface": surface,
        "draw_success": lambda: {"ax": axes(), "rates": {"a": (1, 2)}},
        "describe_success": lambda: {"rates": {"a": (1, 2)}},
        "draw_hidden": lambda: {
            "ax": axes(),
            **{k: v for k, v in surface().items() if k != "unit"},
            "units": (0, 1),
        },
        "describe_hidden": lambda: {k: v for k, v in surface().items() if k != "unit"},
    },
    panels: {
        "png": lambda: {"pixels": np.zeros((2, 3, 3), dtype=np.uint8)},
        "unit": lambda: {
            "activation": "tanh",
            "alpha": 0.5,
            "weight": 1.0,
            "bias": 0.0,
        },
        "activation_panel": lambda: {
            "alpha": 0.5,
            "z": 1.0,
            "activation": "tanh",
            "weight": 1.0,
            "bias": 0.0,
        },
        "signal": lambda: panel_settings(scheme="he", width=3, depth=2),
        "initialization_panel": lambda: panel_settings(scheme="he", width=3, depth=2),
        "fresh_network": panel_settings,
        "forward_panel": lambda: panel_settings(x1=0.0, x2=1.0),
        "differences": panel_settings,
        "gradient_panel": lambda: panel_settings(h=1e-5),
        "loss_slice": lambda: panel_settings(task=XOR),
        "slice_panel": lambda: panel_settings(task=XOR, learning_rate=0.5),
        "train_in_parts": lambda: {**training_settings(), "seconds": 0.1},
        "training_run": training_settings,
        "training_panel": lambda: {
            **training_settings(),
            "step": 2,
            "neuron": (0, 1),
            "hidden_layer": 0,
            "sample": 1,
            "seeds": {"dead": [3]},
        },
        "outputs": lambda: {"run": RUN_OF_STEPS, "step": 2},
        "describe": lambda: {"run": RUN_OF_STEPS, "step": 2},
        "one_pass": lambda: panel_settings(task=XOR, sample=1, learning_rate=0.5),
        "pass_panel": lambda: panel_settings(
            task=XOR, sample=1, learning_rate=0.5, step=2
        ),
    },
    bugs: {
        **dict.fromkeys(
            [
                "right",
                "target_for_input",
                "slope_from_output",
                "no_transpose",
                "last_slope_missing",
                "no_batch_mean",
                "wrong_axis",
            ],
            lambda: {"params": P, "X": XOR.X, "Y": XOR.Y, "activation": m.tanh},
        ),
        "update_on_the_way": lambda: {"learning_rate": 0.5},
        "case": lambda: {"network": "B", "sizes": SIZES, "batch_size": 2, "draw": 3},
        "signature": lambda: {
            "bug": "no 1/n",
            "activation": "tanh",
            "batch_size": 2,
            "sizes": SIZES,
            "learning_rate": 0.5,
            "before": "same batch",
            "network": "B",
        },
        "as_in_an_update": lambda: {"gradient": bugs.right},
        "wrong_names": lambda: {"checks": CHECKS},
        "common_factor": lambda: {"checks": CHECKS},
        "summary": lambda: {"checks": CHECKS},
        "error_range": lambda: {"check": bugs.signature("no 1/n")[0]},
        "difference": lambda: {"shown": CHECKS, "other": CHECKS},
        "train_many": lambda: {
            "gradient": bugs.right,
            "task": XOR,
            "seeds": [1, 2],
            "sizes": SIZES,
            "activation": m.tanh,
            "learning_rate": 0.5,
            "steps": 3,
            "batch_size": 2,
        },
        "success": lambda: {
            "bug": "no 1/n",
            "task": XOR,
            "seeds": [1, 2],
            "learning_rate": 0.5,
            "steps": 3,
        },
        "bug_lab": lambda: {
            "seed": 1,
            "activation": "tanh",
            "batch_size": 2,
            "sizes": SIZES,
            "learning_rate": 0.2,
            "before": "same batch",
            "network": "B",
        },
    },
}


NOT_FOR_LEARNERS = {
    # They take a text that `load` has checked, or whatever was typed: see below.
    (questions, "as_html"), (questions, "read_number"), (questions, "load"),
    # They take anything at all and never raise: see below.
    (exercises, "check"),
    (bugs, "stale_cache"), (pictures, "use_style"),  # without arguments
}  # fmt: skip


def test_every_public_function_of_the_other_modules_is_in_a_table():
    """Guards: what is new gets its bad input too."""
    for module in pictures, panels, bugs, questions, exercises:
        public = {
            name
            for name, one in vars(module).items()
            if inspect.isfunction(one) and one.__module__ == module.__name__
            and name[0] != "_"
        }  # fmt: skip
        if module is exercises:  # the right answers, and how results are compared
            inner = ("my_", "xor_", "xnor_", "mend_", "smallest_")
            public = {each for each in public if not each.startswith(inner)}
            public = {each for each in public if not each.endswith("_form")}
        apart = {name for owner, name in NOT_FOR_LEARNERS if owner is module}
        assert set(OTHERS.get(module, {})) == public - apart, module.__name__


def ask(module, function, **changed):
    """Call a function of another module; close what it put on the page."""
    result = getattr(module, function)(**{**OTHERS[module][function](), **changed})
    if inspect.isgenerator(result):
        result = list(result)
    if hasattr(result, "close"):
        assert np.isfinite(result.view.figure.axes[0].get_xlim()).all()
        result.close()
    return result


ALL_OTHERS = [
    (module, function, name)
    for module in OTHERS
    for function in OTHERS[module]
    for name in OTHERS[module][function]()
]
# The planted bugs are short, to be read; `train_many` and `signature` check for them.
# What they are given may fail anywhere, but no number comes out.
SPECIMENS = ("right", "target_for_input", "slope_from_output", "no_transpose",
             "last_slope_missing", "no_batch_mean", "wrong_axis")  # fmt: skip
# By the label on the page; or what doesn't fit the task is named.
ALSO_CALLED = {"sample": "input", "task": "params|sizes"}


def is_real(value):
    if isinstance(value, np.ma.MaskedArray) or value is np.ma.masked:
        return False
    if isinstance(value, int):  # of any size
        return True
    return np.ndim(value) == 0 and np.asarray(value).dtype.kind in "biuf"


def is_finite(value):
    return is_real(value) and bool(np.isfinite(float(value)))


def is_positive(value):
    return is_finite(value) and value > 0


def is_whole(least):
    return lambda value: (
        is_real(value) and np.asarray(value).dtype.kind in "iuO" and value >= least
    )


def is_yes_or_no(value):
    return isinstance(value, (bool, np.bool_))


def is_text(value):
    return isinstance(value, str)


# What may be accepted at most. Names that aren't here are told apart by their type.
PLAUSIBLE = {
    **dict.fromkeys(["alpha", "weight", "bias", "x1", "x2"], is_finite),
    **dict.fromkeys(["tolerance", "learning_rate", "h", "seconds"], is_positive),
    **dict.fromkeys(["bins", "nrows", "ncols", "smooth", "steps_per_point", "width",
                     "depth", "steps", "batch_size"], is_whole(1)),
    **dict.fromkeys(["digits", "step", "unit", "seed", "sample", "hidden_layer",
                     "active"], is_whole(0)),
    **dict.fromkeys(["row", "layer"], is_whole(-9)), "resolution": is_whole(2),
    **dict.fromkeys(["log", "colorbar", "bug"], is_yes_or_no),
    **dict.fromkeys(["alt", "x_label", "activation_label", "scheme", "before",
                     "network"], is_text),
    **dict.fromkeys(["groups", "spreads", "losses", "rates", "seeds"],
                    lambda value: isinstance(value, (dict, list, tuple, range))),
    **dict.fromkeys(["ax", "fig", "cache", "grads", "checks", "check", "shown", "other",
                     "run", "task", "params", "pixels"], lambda _: False),
    "gradient": callable,
}  # fmt: skip
NONE_IS_A_CHOICE = {  # besides those whose default it is
    "batch_size", "cache", "grads", "activation_label", "active", "step", "x_label",
    "mark", "levels", "units", "z", "bug", "layout", "width_ratios", "sample",
    "hidden_layer", "seeds", "neuron",
}  # fmt: skip
JUNK = {
    "None": None, "-1": -1, "1.5": 1.5, "NaN": math.nan, "inf": math.inf, "True": True,
    "a word": "abc", "no word": "", "bytes": b"abc", "complex": 1j, "object": object(),
    "list": [1, 2, 3], "list of words": ["a", "b"], "empty": [], "dict": {"a": 1},
    "function": print, "class": int, "array": np.ones((2, 2)), "objects": np.array([None]),
    "NaN in an array": np.full((4, 2), np.nan), "masked": np.ma.masked_array([1.0], [1]),
    "task of three": m.Task("three", np.ones((2, 3)), np.ones((2, 1))),
    "network turned": P[::-1], "one layer": P[0], "10**30": 10**30, "set": {1.5},
    "texts": np.array(["1.0", "2.0"]), "pairs": {"a": (3, 2)}, "words": {"a": ["x"]},
}  # fmt: skip


def is_plausible(module, function, name, value):
    if value is None and name in NONE_IS_A_CHOICE:
        return True
    if function in ("signature", "success") and name == "bug":
        return value in (None, *bugs.BUGS) if is_text(value) else value is None
    if function == "training_panel" and name == "seeds":
        return isinstance(value, dict)
    if function in ("train_many", "success") and name == "seeds":
        return np.iterable(value) or is_whole(0)(value)
    return PLAUSIBLE.get(name, lambda _: True)(value)


def asked_with(module, function, name, value):
    """Either refused by name, or plausible; and what was passed in is unchanged."""
    before, alias = described(value), ALSO_CALLED.get(name, name)
    words = "|".join({name, name.replace("_", " "), alias})
    try:
        with np.errstate(all="warn" if function not in SPECIMENS else "ignore"):
            result = ask(module, function, **{name: value})
    except (ValueError, TypeError) as error:
        # A gradient of your own may fail in its own words.
        if function not in SPECIMENS and not (name == "gradient" and callable(value)):
            assert re.search(rf"\b({words})\b", str(error)), error
    except (AttributeError, IndexError, Warning):
        assert function in SPECIMENS
    else:
        if function in SPECIMENS:
            assert np.isnan(result[0]) or np.ndim(value) == 2 or name == "activation"
        else:
            assert is_plausible(module, function, name, value), value
    assert described(value) == before


def is_quick(case):
    return not case[1].startswith("draw") and not case[1].endswith(("_panel", "_lab"))


def cases(wanted):
    """The arguments, in the form of pytest's parameters."""
    return [
        pytest.param(*case, id=f"{case[0].__name__}-{case[1]}-{case[2]}")
        for case in ALL_OTHERS
        if wanted(case)
    ]


@pytest.mark.parametrize("module, function, name", cases(is_quick))
def test_junk_is_refused_by_name_or_right(module, function, name):
    """Guards each argument of each function outside of the core."""
    for value in JUNK.values():
        asked_with(module, function, name, value)


@pytest.mark.parametrize("module, function, name", cases(lambda c: not is_quick(c)))
def test_junk_draws_nothing_wrong(module, function, name):
    """Guards pictures and panels: each argument against a third of the junk, by turns."""
    start = ALL_OTHERS.index((module, function, name)) % 3
    for value in list(JUNK.values())[start::3]:
        asked_with(module, function, name, value)


QUICK = [case for case in ALL_OTHERS if is_quick(case)]
SLOW = [case for case in ALL_OTHERS if not is_quick(case)]


@settings(max_examples=500, deadline=None, derandomize=True, database=None)
@given(where=st.sampled_from(QUICK), value=ANYTHING)
def test_anything_elsewhere_is_refused_by_name_or_right(where, value):
    """Guards the same with what hypothesis can think of."""
    asked_with(*where, value)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(where=st.sampled_from(SLOW), value=ANYTHING)
def test_anything_draws_nothing_wrong(where, value):
    """Guards pictures and panels against it."""
    asked_with(*where, value)


@pytest.mark.parametrize(
    "module, function",
    [(module, name) for module in OTHERS for name in OTHERS[module]],
    ids=lambda one: getattr(one, "__name__", one),
)
def test_the_other_modules_leave_their_inputs_as_they_are(module, function):
    """Guards: drawing a network, or planting a bug in it, changes nothing of it."""
    arguments = OTHERS[module][function]()
    before = {
        name: repr(value)
        for name, value in arguments.items()
        if name not in ("ax", "fig")
    }
    ask(module, function, **arguments)
    assert {name: repr(arguments[name]) for name in before} == before


def test_broadcasting_makes_no_loss_of_a_flat_target():
    """Guards the planted bugs: Y of shape (n,) would give (n, n) differences."""
    flat, wide = XOR.Y[:, 0], np.ones((4, 3))
    for function in SPECIMENS:
        for Y in flat, wide, XOR.Y[:1]:
            with pytest.raises((ValueError, IndexError)):
                getattr(bugs, function)(P, XOR.X, Y, m.tanh)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(value=ANYTHING)
def test_what_is_typed_is_a_number_or_told(value):
    """Guards the number box: a finite number comes out, or words for the status line."""
    try:
        number = questions.read_number(value)
    except ValueError as error:
        assert re.search("number|point", str(error))
    else:
        assert math.isfinite(number) and number == float(str(value).replace("−", "-"))


@pytest.mark.parametrize(
    "name", [None, 5, "", "no such", "../01_activations", "a\0b", [], "x" * 5000]
)
def test_questions_of_nobody_are_told(name, tmp_path):
    """Guards Lesson("...") with a slip of the keyboard."""
    for load in (
        lambda: questions.load(name, tmp_path),
        lambda: exercises.Lesson(name),
    ):
        with pytest.raises(ValueError, match="there are no questions for"):
            load()


@pytest.mark.parametrize(
    "text", ["", "[[predict]]", "predict = 3", "[[predict]]\nname = 3", "\x00", "[[["]
)
def test_broken_question_files_are_told_or_empty(text, tmp_path):
    """Guards: a file that is half written never asks half a question."""
    (tmp_path / "a.toml").write_text(text)
    if text == "":
        assert questions.load("a", tmp_path) == ({}, [])
    else:
        with pytest.raises(ValueError, match="a.toml"):
            questions.load("a", tmp_path)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(value=ANYTHING)
def test_the_check_of_an_exercise_never_raises(value):
    """Guards `check` against whatever is handed to it in place of a function."""
    verdict = exercises.check(value)
    assert not verdict.solved and len(verdict.words) > 20


def test_no_junk_solves_an_exercise():
    """Guards: a function that returns junk is told, in words, and is never right."""
    for name in "my_slope", "my_step", "smallest_sizes":
        arguments = ", ".join(exercises.EXERCISES[name].arguments)
        for junk in JUNK.values():
            space = {"junk": junk}
            function = types.FunctionType(
                compile(f"def {name}({arguments}): return junk", "<test>", "exec").co_consts[0],
                space,
            )  # fmt: skip
            verdict = exercises.check(function)
            assert not verdict.solved and verdict.words.startswith(f"{name}: ")


# 5. Numbers that explode -------------------------------------------------------------


def as_plain(gradient):
    """The same gradient, in a form that `train` doesn't know: the plain way."""
    return lambda *args: gradient(*args)


BOTH_WAYS = pytest.mark.parametrize(
    "way", [lambda g: g, as_plain], ids=["fast", "plain"]
)
EXPLOSIVE = [m.leaky_relu(-10.0), m.leaky_relu(10.0), m.leaky_relu(1e200), m.tanh,
             m.sigmoid, m.relu, m.identity, [m.tanh, m.leaky_relu(-10.0), m.relu, m.sigmoid]]  # fmt: skip


def scaled(factor):
    return [Layer(W * factor, b * factor) for W, b in m.initialize(SIZES, rng())]


@BOTH_WAYS
@pytest.mark.parametrize("factor", [1.0, 1e150, 1e300])
@pytest.mark.parametrize("learning_rate", [10.0, 1e3, 1e6, 1e308])
@pytest.mark.parametrize("number", range(len(EXPLOSIVE)))
def test_training_that_explodes_says_so(number, learning_rate, factor, way):
    """Guards: a stated reason and step, finite parameters, and not one warning."""
    for gradient in m.loss_and_grads, m.original_loss_and_grads:
        params, history = m.train(
            scaled(factor), XOR.X, XOR.Y, rng(), learning_rate=learning_rate,
            activation=EXPLOSIVE[number], gradient=way(gradient), snapshots=True,
            epochs=2, steps_per_epoch=10, batch_size=2,
        )  # fmt: skip
        done = len(history.loss)
        assert history.stopped in ("finished", "diverged")
        if history.stopped == "diverged":
            assert history.diverged_at == done + 1 <= 20
            assert f"diverged at step {done + 1}" in history.words
        else:
            assert done == 20 and history.diverged_at is None
        assert np.isfinite(history.loss).all() and np.isfinite(history.epoch_loss).all()
        assert all(np.isfinite(leaf).all() for leaf in leaves(params))
        assert len(history.snapshots) == done + 1
        assert same(params, history.snapshots[-1])


@pytest.mark.parametrize("learning_rate", [10.0, 1e3, 1e6, 1e308])
@pytest.mark.parametrize("number", range(len(EXPLOSIVE)))
def test_a_sweep_that_explodes_says_so(number, learning_rate):
    """Guards: each network that broke has its step, and counts as a failure."""
    activation = EXPLOSIVE[number]
    run = m.sweep(
        XOR.X, XOR.Y, range(10), learning_rate=learning_rate, activation=activation,
        epochs=2, steps_per_epoch=20,
    )  # fmt: skip
    broken = run.diverged_at > 0
    assert np.all(run.diverged_at <= 40)
    assert not (run.success & broken).any()
    words = m.fates(run, XOR.X, XOR.Y, activation)
    assert np.array_equal(words == "diverged", broken)
    assert np.isfinite(run.Y_hat[~broken]).all()


@pytest.mark.parametrize("factor", [1e150, 1e308, np.inf, np.nan])
def test_no_function_warns_of_huge_numbers(factor, tmp_path):
    """Guards: what overflows is infinite or NaN in the result, and that is all."""
    params = scaled(1.0)
    with np.errstate(all="ignore"):
        params = [Layer(W * factor, b + factor) for W, b in params]
    for activation in EXPLOSIVE:
        Y_hat, cache = m.forward(params, XOR.X * 1e10, activation)
        m.loss(Y_hat, XOR.Y), m.loss_slope(Y_hat, XOR.Y), m.solved(Y_hat, XOR.Y)
        m.backprop(params, cache, XOR.Y, activation)
        _, grads = m.loss_and_grads(params, XOR.X, XOR.Y, activation)
        m.original_loss_and_grads(params, XOR.X, XOR.Y, activation)
        m.sgd_step(params, grads, 1e308), m.dead_units(params, XOR.X, activation)
        try:
            m.gradient_check(params, XOR.X, XOR.Y, activation)
        except ValueError as error:
            assert "not finite" in str(error)
    m.save(tmp_path / "a.npz", params, m.leaky_relu(-1e300))
    assert same(m.load(tmp_path / "a.npz")[0], params)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(z=st.floats(allow_nan=False))
def test_sigmoid_and_tanh_stay_finite(z):
    """Guards: no z, not even an infinite one, overflows them or their slopes."""
    for one, low in (m.sigmoid, 0), (m.tanh, -1):
        assert low <= one.f(z) <= 1 and 0 <= one.slope(z) <= 1
        assert one.f(np.array([z]))[0] == one.f(z)


# 6. The stop button ------------------------------------------------------------------


class StopAt:
    """Raises KeyboardInterrupt at the k-th line that a function of the core runs.

    The moments of a timer would be others in each run, and most of them would fall into
    the same few lines. With a trace function every line of the function, and of all that
    it calls in the core, can be chosen, and a failure comes again with the same k.
    Python delivers a real interrupt only between two of its instructions, too; that real
    ones do the same is looked at below.
    """

    def __init__(self, function, k=None):
        self.code, self.k = function.unchecked.__code__, k
        self.lines = []  # (function, line) of each line so far
        self.inside = 0

    def __enter__(self):
        self.before = sys.gettrace()  # coverage.py traces, too
        sys.settrace(self.called)
        return self

    def __exit__(self, *_):
        sys.settrace(self.before)

    def called(self, frame, event, _):
        if frame.f_code is self.code:
            self.inside += 1
        if self.inside and frame.f_code.co_filename == self.code.co_filename:
            return self.traced
        return None

    def traced(self, frame, event, _):
        if event == "return" and frame.f_code is self.code:
            self.inside -= 1
        if event == "line":
            self.lines.append((frame.f_code, frame.f_lineno))
            if len(self.lines) == self.k:
                raise KeyboardInterrupt
        return self.traced


def first(lines, function, text):
    """The number, from 1, of the first line of a function that reads as ``text``."""
    source, start = inspect.getsourcelines(function.unchecked)
    place = start + [line.strip() for line in source].index(text)
    return 1 + lines.index((function.unchecked.__code__, place))


def moments(count, seed, low, high):
    """Moments without a pattern, the first and the last one among them."""
    inner = np.random.default_rng(seed).integers(low, high + 1, count - 2)
    return [low, *inner.tolist(), high]


def plainly(params, X, Y, activation):
    return m.loss_and_grads(params, X, Y, activation)


START = m.initialize(SIZES, np.random.default_rng(5))
STEPS = 24
LONG = {"epochs": 4, "steps_per_epoch": STEPS // 4, "snapshots": True}


def trained(k=None, seed=7, **settings):
    """Train, stopped at the k-th line: what comes back, the generator, the lines."""
    generator = np.random.default_rng(seed)
    with StopAt(m.train, k) as stop:
        try:
            result = m.train(START, XOR.X, XOR.Y, generator, **LONG, **settings)
        except KeyboardInterrupt:
            result = None
    return result, generator.bit_generator.state, stop.lines


def assert_consistent(params, history, whole):
    """Parameters of one step, and everything else of the same length."""
    done = len(history.loss)
    assert len(history.snapshots) == done + 1
    assert same(params, history.snapshots[done])
    assert same(params, whole.snapshots[done])
    assert same(history.loss, whole.loss[:done])
    assert len(history.epoch_loss) == math.ceil(done / LONG["steps_per_epoch"])
    assert same(history.samples, whole.samples)


@pytest.mark.parametrize("batch_size", [1, 3, None])
@pytest.mark.parametrize("gradient", [m.loss_and_grads, plainly])
def test_training_stopped_anywhere_goes_on_as_if_nothing_had_happened(
    gradient, batch_size
):
    """Guards: at 200 moments, what was learned is there, whole, and can be continued."""
    how = {"gradient": gradient, "batch_size": batch_size}
    (last, whole), state, lines = trained(**how)
    assert whole.stopped == "finished" and len(whole.loss) == STEPS
    begin = first(lines, m.train, "try:") + 1
    for k in moments(200 // 5, 1, begin, len(lines)):
        result, state_then, _ = trained(k, **how)
        assert result is not None, lines[k - 1]
        params, history = result
        assert history.stopped == "interrupted" and history.diverged_at is None
        assert_consistent(params, history, whole)
        assert state_then == state
        rest = history.samples[len(history.loss) :]
        resumed, more = m.train(params, XOR.X, XOR.Y, samples=rest, gradient=gradient)
        assert same(resumed, last)
        assert same(np.concatenate([history.loss, more.loss]), whole.loss)


def test_stopped_before_the_first_step_nothing_has_happened():
    """Guards: an interrupt that comes too early goes through, and the start is whole."""
    before, (_, _, lines) = copy.deepcopy(START), trained()
    for k in moments(25, 2, 1, first(lines, m.train, "try:")):
        result, _, _ = trained(k)
        assert result is None and same(START, before)


@pytest.mark.parametrize("gradient", [m.loss_and_grads, plainly])
def test_stopped_while_it_diverges_it_keeps_finite_numbers(gradient):
    """Guards: an interrupt in the very step that explodes hands out no NaN."""
    how = {"gradient": gradient, "learning_rate": 1e4}
    (_, whole), _, lines = trained(**how)
    assert whole.stopped == "diverged"
    begin = first(lines, m.train, "try:") + 1
    for k in moments(60, 3, begin, len(lines)):
        (params, history), _, _ = trained(k, **how)
        done = len(history.loss)
        assert history.stopped in ("interrupted", "diverged")
        assert done <= len(whole.loss) + (history.stopped == "interrupted")
        assert same(history.loss, whole.loss[:done]) or done > len(whole.loss)
        assert len(history.snapshots) == done + 1
        assert same(params, history.snapshots[-1])
        assert all(np.isfinite(leaf).all() for leaf in leaves(params))


def swept(seeds, k=None):
    settings_ = {"epochs": 2, "steps_per_epoch": 3, "block": 3, "batch_size": 2}
    with StopAt(m.sweep, k) as stop:
        try:
            run = m.sweep(XOR.X, XOR.Y, seeds, **settings_)
        except KeyboardInterrupt:
            run = None
    return run, stop.lines


def test_a_sweep_stopped_anywhere_keeps_whole_blocks_and_goes_on():
    """Guards: at 200 moments, each network is a finished one; the rest can follow."""
    seeds = list(range(10, 20))
    whole, lines = swept(seeds)
    kept = first(lines, m.sweep, "if progress:")  # here the first block is stored
    for k in moments(200, 4, 1, len(lines)):
        run, _ = swept(seeds, k)
        if run is None:
            assert k < kept
            done = 0
        else:
            assert k >= kept
            done = len(run.seeds)
            assert done in (3, 6, 9, 10)
            lengths = [*map(len, run.params[0]), len(run.Y_hat), len(run.success)]
            lengths += [run.epoch_loss.shape[1], len(run.diverged_at)]
            assert set(lengths) == {done}
        parts = [run] if done else []
        parts += [swept(seeds[done:])[0]] if done < len(seeds) else []
        assert np.concatenate([one.seeds for one in parts]).tolist() == seeds
        for s, part, at in [
            (s, one, i) for one in parts for i, s in enumerate(one.seeds)
        ]:
            again, first_time = part.network(at), whole.network(s - seeds[0])
            for one, other in zip(leaves(again), leaves(first_time), strict=True):
                # Blocks of another length are summed in another order.
                np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-12)


SIGNALS = """
import signal, sys
import numpy as np
import mlp_bugs as bugs
import mlp_core as m
import mlp_exercises as exercises
import mlp_panels as panels
import mlp_pictures as pictures
import mlp_questions as questions
from mlp_core import XOR, SUM

signal.signal(signal.SIGALRM, signal.default_int_handler)  # as the stop button does
start, samples = m.initialize(rng=np.random.default_rng(0)), np.zeros((2000, 1), int)
samples[:, 0] = np.random.default_rng(1).integers(0, 4, 2000)
whole = m.train(start, SUM.X, SUM.Y, samples=samples, snapshots=True)[1]
rng, ended = np.random.default_rng(2), []
for number in range(40):
    gradient = [m.loss_and_grads, lambda *args: m.loss_and_grads(*args)][number % 2]
    try:
        signal.setitimer(signal.ITIMER_REAL, rng.uniform(0.002, 0.03))
        params, history = m.train(
            start, SUM.X, SUM.Y, samples=samples, snapshots=True, gradient=gradient)
        signal.setitimer(signal.ITIMER_REAL, 0)
    except KeyboardInterrupt:
        ended.append("before or after")
        continue
    done = len(history.loss)
    assert len(history.snapshots) == done + 1
    for one, other in zip(params, whole.snapshots[done]):
        np.testing.assert_allclose(one.W, other.W, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(one.b, other.b, rtol=1e-9, atol=1e-12)
    rest = m.train(params, SUM.X, SUM.Y, samples=samples[done:])[1].loss
    np.testing.assert_allclose(np.r_[history.loss, rest], whole.loss, atol=1e-9)
    ended.append(history.stopped)
print(*(ended.count(word) for word in ("interrupted", "finished")), len(ended))
"""


def python(code, *arguments, **kwargs):
    """Run a piece of Python in a process of its own, where the modules are found."""
    path = os.pathsep.join([*kwargs.pop("path", ()), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"}
    command = [kwargs.pop("executable", sys.executable), "-c", code]
    return subprocess.run(
        [*command, *map(str, arguments)], env=environment, text=True, timeout=180,
        capture_output=True, check=False, **kwargs,
    )  # fmt: skip


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timer signals here")
def test_real_interrupts_leave_the_same():
    """Guards: signals that come at any time, also while NumPy works."""
    done = python(SIGNALS)
    assert done.returncode == 0, done.stderr
    interrupted, finished, count = map(int, done.stdout.split())
    assert count == 40 and interrupted + finished >= 36 and interrupted >= 10


# 7. Files ----------------------------------------------------------------------------

KILLED = """
import os, signal, sys
import numpy as np
import mlp_core as m

path, moment = sys.argv[1], sys.argv[2]
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

class Dying:
    def __init__(self, file, left):
        self.file, self.left = file, left
    def write(self, data):
        data = bytes(data)
        if len(data) > self.left:
            self.file.write(data[:self.left])
            self.file.flush()
            die()
        self.left -= len(data)
        return self.file.write(data)
    def __getattr__(self, name):
        return getattr(self.file, name)
    def __enter__(self):
        return self
    def __exit__(self, *_):
        self.file.close()

if moment.isdigit():
    m.open = lambda *args: Dying(open(*args), int(moment))
elif moment == "fsync":
    os.fsync = die
elif moment == "replace":
    os.replace = die
else:
    replace = os.replace
    os.replace = lambda *args: (replace(*args), die())
m.save(path, [m.Layer(np.full((40, 50), 2.0), np.full(50, 2.0))], m.tanh)
"""
OLD = [Layer(np.full((40, 50), 1.0), np.full(50, 1.0))]
KILLS = ["0", "1", "200", "5000", "16000", "17000", "fsync", "replace", "after"]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
@pytest.mark.parametrize("moment", KILLS)
def test_a_kill_while_saving_leaves_a_whole_file(moment, tmp_path):
    """Guards: the process is gone in the middle; the file is the old or the new one."""
    path = tmp_path / "network.npz"
    m.save(path, OLD, m.relu)
    before = path.read_bytes()
    done = python(KILLED, path, moment)
    assert done.returncode == -signal.SIGKILL, done.stderr
    if moment == "after":
        assert m.load(path)[1] == m.tanh and np.all(m.load(path)[0][0].W == 2)
    else:
        assert path.read_bytes() == before
        m.save(path, OLD, m.sigmoid)  # what lies about doesn't stand in the way
        assert m.load(path)[1] == m.sigmoid


SAVING = """
import sys, itertools
import numpy as np
import mlp_core as m
for number in itertools.count():
    layer = m.Layer(np.full((200, 50), float(number)), np.full(50, float(number)))
    m.save(sys.argv[1], [layer])
    print("saved", flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
def test_a_kill_at_any_time_leaves_a_whole_file(tmp_path):
    """Guards the same without knowing the steps of `save`, at times by chance."""
    path, seen = tmp_path / "network.npz", set()
    m.save(path, OLD)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for wait in np.random.default_rng(0).uniform(0.002, 0.05, 6):
        command = [sys.executable, "-c", SAVING, str(path)]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as busy:
            assert busy.stdout.readline() == b"saved\n"
            time.sleep(wait)
            busy.kill()
        (layer,), _ = m.load(path)
        assert np.ptp(layer.W) == np.ptp(layer.b) == 0 and layer.W[0, 0] == layer.b[0]
        assert layer.W.shape == (200, 50)
        seen.add(layer.W[0, 0])
    assert len(seen) > 1


def small_network():
    params = m.initialize((2, 3, 1), np.random.default_rng(3))
    return [Layer(W, b + 0.25) for W, b in params], [m.tanh, m.leaky_relu(0.1)]


def description(params, activation):
    """All that a file says, in a form that can be compared."""
    each = m.per_layer(activation, params)
    numbers = [(array.shape, array.tobytes()) for layer in params for array in layer]
    return numbers, [(one.name, one.alpha) for one in each]


def flip_bits(content, rng, _):
    content = bytearray(content)
    for place in rng.integers(0, len(content), rng.integers(1, 9)):
        content[place] ^= 1 << rng.integers(8)
    return content


def cut_short(content, rng, _):
    return content[: rng.integers(len(content))]


def cut_out(content, rng, _):
    start, length = rng.integers(len(content)), rng.integers(1, 40)
    return content[:start] + content[start + length :]


def put_in(content, rng, _):
    start = rng.integers(len(content))
    return content[:start] + rng.bytes(rng.integers(1, 40)) + content[start:]


def write_over(content, rng, _):
    start, length = rng.integers(len(content)), int(rng.integers(1, 200))
    new = rng.bytes(length) if rng.integers(2) else bytes(length)
    return (content[:start] + new + content[start + length :])[: len(content)]


def move_part(content, rng, _):
    a, b, c = sorted(rng.integers(0, len(content), 3))
    return content[:a] + content[b:c] + content[a:b] + content[c:]


def repeat_part(content, rng, _):
    start, length = rng.integers(len(content)), rng.integers(1, 400)
    return content[: start + length] + content[start:]


def another_digit(content, rng, _):
    """In the header of an array a digit may be its shape, or the size of its numbers."""
    headers = re.finditer(rb"{'descr'[^}]*}", content)
    spans = itertools.chain(*(range(*header.span()) for header in headers))
    digits = [place for place in spans if content[place] in b"0123456789"]
    place, digit = digits[rng.integers(len(digits))], b"%d" % rng.integers(10)
    return content[:place] + digit + content[place + 1 :]


def part_of_another(content, rng, other):
    """Another network's file has the same length: parts of it fit in."""
    start, length = rng.integers(len(content)), rng.integers(1, 600)
    return content[:start] + other[start : start + length] + content[start + length :]


DAMAGES = (flip_bits, cut_short, cut_out, put_in, write_over, move_part, repeat_part,
           part_of_another, another_digit)  # fmt: skip


def test_no_damaged_file_is_taken_for_another_network(tmp_path):
    """Guards: of 1,000 files damaged by chance, each is refused or reads as before."""
    path, (params, activation) = tmp_path / "network.npz", small_network()
    m.save(path, [Layer(W + 1, b) for W, b in params], [m.sigmoid, m.leaky_relu(0.2)])
    other = path.read_bytes()
    m.save(path, params, activation)
    content, right = path.read_bytes(), description(params, activation)
    assert description(*m.load(path)) == right and len(other) == len(content)
    random, counts = np.random.default_rng(11), {"refused": 0, "harmless": 0}
    for number in range(1000):
        damage = DAMAGES[number % len(DAMAGES)]
        damaged = bytes(damage(content, random, other))
        path.write_bytes(damaged)
        try:
            loaded = m.load(path)
        except ValueError as error:
            assert "network.npz can't be read as a network" in str(error)
            counts["refused"] += 1
        else:
            assert description(*loaded) == right, (number, damage.__name__)
            counts["harmless"] += 1
    assert counts["refused"] > 700, counts


@pytest.mark.parametrize(
    "old, new",
    [(b"(3, 400)", b"(2, 400)"), (b"(3, 400)", b"(0, 400)"), (b"<f8", b"<f4")],
)
def test_a_damaged_shape_of_a_large_array_is_refused(old, new, tmp_path):
    """Guards: fewer numbers than there are would end the reading before the checksum."""
    path = tmp_path / "network.npz"
    m.save(path, m.initialize((3, 400, 1), rng()))
    content = path.read_bytes()
    place = content.index(old, content.index(b"W0.npy"))
    path.write_bytes(content[:place] + new + content[place + len(old) :])
    with pytest.raises(ValueError, match="network.npz can't be read as a network"):
        m.load(path)


FOREIGN_ARRAYS = {
    "somebody else's": {"arr_0": np.ones(3)},
    "a sparse matrix": {"format": np.array("csr"), "shape": np.array([2, 2]),
                        "data": np.ones(2)},
    "weights turned round": {"W0": np.ones((3, 2))},
    "weights of three axes": {"W0": np.ones((1, 2, 3))},
    "objects": {"b1": np.array([None], dtype=object)},
    "dates": {"W1": np.zeros((3, 1), dtype="M8[s]")},
    "fields": {"b0": np.zeros(3, dtype=[("x", float)])},
    "nothing in it": {"W0": np.ones((0, 3))},
}  # fmt: skip


@pytest.mark.parametrize("kind", FOREIGN_ARRAYS)
def test_foreign_files_and_wrong_shapes_are_refused(kind, tmp_path):
    """Guards: an .npz file that holds no network of ours is no network."""
    path = tmp_path / "network.npz"
    m.save(path, *small_network())
    with np.load(path) as file:
        arrays = dict(file)
    whole = kind in ("somebody else's", "a sparse matrix")
    np.savez(path, **({} if whole else arrays) | FOREIGN_ARRAYS[kind])
    with pytest.raises(ValueError, match="network.npz can't be read as a network"):
        m.load(path)


def test_a_file_loads_after_a_rename(tmp_path):
    """Guards: the name and the place of a file mean nothing."""
    right = description(*small_network())
    m.save(tmp_path / "network.npz", *small_network())
    (tmp_path / "elsewhere").mkdir()
    for name in "other.npz", "no ending", "elsewhere/Netz für Ä.zip", ".hidden":
        next(p for p in tmp_path.rglob("*") if p.is_file()).rename(tmp_path / name)
        assert description(*m.load(tmp_path / name)) == right


# Written by `save` in CPython 3.13.0 with NumPy 2.5.5: the network below.
FROM_3_13 = ROOT / "tests" / "saved_by_python_3_13.npz"
KNOWN = [Layer(np.arange(i * o).reshape(i, o) / 7 - 1, np.arange(o) / 3)
         for i, o in [(2, 3), (3, 3), (3, 1)]]  # fmt: skip
KNOWN_ACTIVATION = [m.leaky_relu(-0.2), m.tanh, m.sigmoid]


def other_pythons():
    """Other Pythons of this machine that have NumPy: {version: path}."""
    tell = "import sys, numpy; assert numpy.__version__ >= '2'; print(sys.version)"
    found = {}
    for name in [f"python3.{minor}" for minor in range(11, 16)] + ["/usr/bin/python3"]:
        path = shutil.which(name)
        done = path and python(tell, executable=path)
        if done and done.returncode == 0 and done.stdout.strip() != sys.version:
            found[done.stdout.split()[0]] = path
    return found


def test_files_of_another_python_load():
    """Guards: a saved file is the same thing everywhere."""
    assert description(*m.load(FROM_3_13)) == description(KNOWN, KNOWN_ACTIVATION)
    params, activation = m.load(ROOT / "notebooks" / "original_xor.npz")
    assert activation.alpha == -0.2
    Y_hat, _ = m.forward(params, [[1, 0], [0, 1], [0, 0], [1, 1]], activation)
    recorded = [0.68057903, 1.35146889, 0.2796302, 0.37055562]
    assert Y_hat[:, 0] == pytest.approx(recorded, abs=1e-6)


def test_another_python_loads_what_this_one_saves(tmp_path):
    """Guards the way back, where another Python with NumPy is installed."""
    path = tmp_path / "network.npz"
    m.save(path, KNOWN, KNOWN_ACTIVATION)
    for executable in other_pythons().values():
        code = "import sys, mlp_core as m; m.save(sys.argv[2], *m.load(sys.argv[1]))"
        done = python(code, path, tmp_path / "back.npz", executable=executable)
        assert done.returncode == 0, done.stderr
        again = m.load(tmp_path / "back.npz")
        assert description(*again) == description(KNOWN, KNOWN_ACTIVATION)


# 8. Safe by default ------------------------------------------------------------------

MODULES = sorted(ROOT.glob("mlp_*.py"))
CALLS = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "system",
    "popen",
    "loads",
    "fromfile",
}
IMPORTS = {"pickle", "marshal", "shelve", "dill", "joblib", "cloudpickle", "subprocess",
           "socket", "urllib", "http", "requests", "ftplib", "smtplib", "runpy", "code",
           "importlib", "socketserver", "telnetlib", "webbrowser"}  # fmt: skip


def code_of(path):
    """The Python of a module, or of all cells of a notebook."""
    if path.suffix != ".ipynb":
        return path.read_text(encoding="utf-8")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")


def dangers(source):
    """What runs code that came from elsewhere, or talks to other machines."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", None))
            owner = getattr(getattr(node.func, "value", None), "id", "")
            if name in CALLS and owner != "tomllib":
                yield f"line {node.lineno}: {name}()"
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            if isinstance(node.func, ast.Attribute) and name == "load":
                pickles = ast.unparse(given.get("allow_pickle", ast.Constant(None)))
                if owner in ("np", "numpy") and pickles != "False":
                    yield f"line {node.lineno}: np.load without allow_pickle=False"
            if ast.unparse(given.get("allow_pickle", ast.Constant(False))) != "False":
                yield f"line {node.lineno}: allow_pickle"
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            if name.partition(".")[0] in IMPORTS:
                yield f"line {node.lineno}: import {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_modules_run_no_code_from_elsewhere(path):
    """Guards: no eval, no pickle, no other program, no network in what learners use."""
    assert list(dangers(code_of(path))) == []


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("notebooks/*.ipynb")), ids=lambda path: path.stem
)
def test_notebooks_run_no_code_from_elsewhere(path):
    """Guards: the cells are plain Python, and none of them downloads or installs."""
    assert list(dangers(code_of(path))) == []  # '!' and '%' would be syntax errors


@pytest.mark.parametrize(
    "source",
    ["eval('1')", "import pickle", "from urllib import request", "np.load(p)",
     "np.load(p, allow_pickle=True)", "os.system('ls')", "import a, http.client",
     "pickle.loads(b'')", "np.save(p, a, allow_pickle=x)", "numpy.load(p, 'r')"],
)  # fmt: skip
def test_the_search_for_dangers_finds_them(source):
    """Guards the two tests above."""
    assert list(dangers(source))


FOLDERS = ("notebooks", "tests", "benchmarks", "images", ".ci")


def test_no_setting_opens_a_server_to_others():
    """Guards: Jupyter's token and its loopback address stay as they are."""
    opening = r"0\.0\.0\.0|--ip[= ](?!127)|token\s*=\s*['\"]{2}|password\s*=\s*['\"]{2}"
    opening += (
        r"|allow_origin|disable_check_xsrf|allow_remote|Server.*ip=(?!127\.0\.0\.1)"
    )
    folders = [ROOT, *(ROOT / name for name in FOLDERS)]
    kinds = (".py", ".md", ".toml", ".txt", ".yml", ".json", "", ".ipynb")
    ours = [p for folder in folders for p in folder.glob("*") if p.suffix in kinds]
    ours = [p for p in ours if p.is_file() and p != Path(__file__)]
    assert len(ours) > 30
    found = [p.name for p in ours if re.search(opening, p.read_text(encoding="utf-8"))]
    assert found == []


GUARD = """
import ipaddress, os, sys

def local(host):
    if isinstance(host, bytes):
        host = host.decode()
    if host in ("localhost", None):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

def watch(event, args):
    if event in ("socket.connect", "socket.bind", "socket.sendto"):
        address = args[1]
        bad = isinstance(address, tuple) and not local(address[0])
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        bad = not local(args[0])
    else:
        return
    if bad:
        with open(os.environ["NETWORK_LOG"], "a") as log:
            log.write(f"{event} {args}\\n")
        raise OSError(f"the network is cut: {event} {args[1:]}")

sys.addaudithook(watch)
"""
OFFLINE = """
import os, socket, sys
from pathlib import Path

root = Path(sys.argv[1])
for attempt in (
    lambda: socket.create_connection(("192.0.2.1", 80), timeout=1),
    lambda: socket.socket().bind(("", 0)),
    lambda: socket.getaddrinfo("example.org", 80),
):
    try:
        attempt()
    except OSError as error:
        assert "the network is cut" in str(error), error
    else:
        raise AssertionError("the network is not cut")
os.remove(os.environ["NETWORK_LOG"])

import mlp_core as m, mlp_bugs, mlp_exercises, mlp_panels, mlp_pictures, mlp_questions
m.fates(m.sweep(m.XOR.X, m.XOR.Y, range(20), epochs=2), m.XOR.X, m.XOR.Y)
for name in [each for each in vars(mlp_panels) if each.endswith("_panel")]:
    getattr(mlp_panels, name)()._repr_mimebundle_()
mlp_bugs.bug_lab()._repr_mimebundle_()

import nbformat
from nbclient import NotebookClient
notebook = nbformat.read(root / "notebooks" / "01_activations.ipynb", as_version=4)
check = "import socket\\ntry: socket.create_connection(('192.0.2.1', 80), timeout=1)\\n"
check += "except OSError as error: print(error)"
notebook.cells.append(nbformat.v4.new_code_cell(check))
place = {"metadata": {"path": str(root / "notebooks")}}
client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources=place)
with client.setup_kernel():
    assert client.km.ip == "127.0.0.1", client.km.ip
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            client.execute_cell(cell, number)
print(notebook.cells[-1].outputs[0].text)
"""


def test_everything_runs_with_the_network_cut(tmp_path):
    """Guards: modules, panels and a notebook in its kernel reach no other machine.

    An audit hook in each process refuses every address that is not loopback, and writes
    it down, in case somebody swallows the error.
    """
    (tmp_path / "sitecustomize.py").write_text(GUARD)
    log = tmp_path / "log.txt"
    environment = {"NETWORK_LOG": str(log)}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        done = python(OFFLINE, ROOT, path=[str(tmp_path)], cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "the network is cut" in done.stdout  # in the kernel, too
    lines = log.read_text().splitlines()
    assert len(lines) == 1 and "192.0.2.1" in lines[0], lines


PANELS = ("activation_panel", "initialization_panel", "forward_panel", "gradient_panel",
          "slice_panel", "training_panel", "pass_panel")  # fmt: skip


@pytest.mark.parametrize("name", [*PANELS, "bug_lab"])
def test_exports_never_overwrite_without_asking(name, tmp_path, monkeypatch):
    """Guards: no button replaces a file that is there, unless it is pressed again."""
    monkeypatch.chdir(tmp_path)
    panel = bugs.bug_lab() if name == "bug_lab" else getattr(panels, name)()
    stem = panel.file_box.value
    for ending, button in panel.save_buttons.items():
        for path in tmp_path / f"{stem}.{ending}", tmp_path / f"other.{ending}":
            path.write_bytes(b"mine")
        button.click()
        assert "is there already" in panel.status.value
        panel.file_box.value = "other"
        button.click()  # a yes to one file is no yes to another
        panel.file_box.value = stem
        button.click()
        assert {path.read_bytes() for path in tmp_path.glob(f"*.{ending}")} == {b"mine"}
        button.click()
        assert "Saved" in panel.status.value
        assert (tmp_path / f"other.{ending}").read_bytes() == b"mine"
        (tmp_path / f"{stem}.{ending}").write_bytes(b"mine, again")
        button.click()
        assert (tmp_path / f"{stem}.{ending}").read_bytes() == b"mine, again"
    panel.close()
