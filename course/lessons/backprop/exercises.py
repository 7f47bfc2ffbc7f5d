"""The exercises of notebook 4, backpropagation.

Stop reading here if you want to solve them yourself.
"""

import itertools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

import mlp_core as mlp
from course.checking import Exercise, Mistake, call_once, to_array
from course.lessons.cases import (
    FUNCTION_NAMES,
    LEAKY,
    LOSS_CASES,
    LOSS_MANY,
    RELU,
    TANH,
    expect_items,
    fresh_losses,
    layers_form,
    network,
    normal,
    swapped,
)


def my_loss_slope(Y_hat, Y):
    return (Y_hat - Y) / len(Y)


def _by_numbers(combine):
    """A slope of the errors, the samples and the outputs: ``combine(E, n, n_out)``."""
    return lambda Y_hat, Y: combine(1.0 * (Y_hat - Y), *Y.shape)


_MEAN, _ERROR = "... / len(Y)", "(Y_hat - Y) / len(Y)"
_loss_slope = Exercise(
    my_loss_slope,
    LOSS_CASES,
    [
        Mistake(
            "with several samples it is too large: the loss is an average over them",
            _by_numbers(lambda E, n, n_out: E),
            _MEAN,
        ),
        Mistake(
            "with several samples it is too small: it is divided by their number twice",
            _by_numbers(lambda E, n, n_out: E / n**2),
            _MEAN,
        ),
        Mistake(
            "the sign is wrong: where a prediction is too large, the slope is positive",
            _by_numbers(lambda E, n, n_out: -E / n),
            _ERROR,
        ),
        Mistake(
            "the sign is wrong, and with several samples it is too large",
            _by_numbers(lambda E, n, n_out: -E),
            _ERROR,
        ),
        Mistake(
            "with several outputs it is too small: only the samples are averaged",
            _by_numbers(lambda E, n, n_out: E / (n * n_out)),
            _MEAN,
        ),
        Mistake(
            "it is divided by the number of outputs: it is the samples that are averaged",
            _by_numbers(lambda E, n, n_out: E / n_out),
            _MEAN,
        ),
        Mistake(
            "it is twice too large: a square brings a 2, and what does the half do?",
            _by_numbers(lambda E, n, n_out: 2 * E / n),
            _ERROR,
        ),
        Mistake(
            "it is the slope of the sum of all squares: what does the loss do with it?",
            _by_numbers(lambda E, n, n_out: 2 * E),
            _ERROR,
        ),
        Mistake(
            "it is the slope of the mean of all squares: the loss takes half of each, "
            "and averages over the samples, not over the outputs",
            _by_numbers(lambda E, n, n_out: 2 * E / (n * n_out)),
            _ERROR,
        ),
        Mistake(
            "it is half of what it should be: what does the slope of a square bring?",
            _by_numbers(lambda E, n, n_out: 0.5 * E / n),
            _ERROR,
        ),
        Mistake(
            "it holds squares: the slope of a square is no square",
            _by_numbers(lambda E, n, n_out: 0.5 * E**2 / n),
            _ERROR,
        ),
        Mistake(
            "it gives one number: each number of Y_hat has its own slope",
            _by_numbers(lambda E, n, n_out: E.sum() / n),
        ),
        Mistake(
            "for whole numbers the fractions are cut off: an array of integers was "
            "filled, and it can't hold any",
            lambda Y_hat, Y: my_loss_slope(Y_hat, Y).astype(Y.dtype),
            "np.zeros(Y.shape)",
        ),
    ],
    large=LOSS_MANY,
    fresh=fresh_losses,
)


def my_layer_backward(A, Z, W, dA, slope):
    dZ = dA * slope(Z)
    return A.T @ dZ, dZ.sum(axis=0), dZ @ W.T


class _Layer(NamedTuple):
    """Backprop through one layer, in steps: each can be replaced by a wrong one.

    Every step is a function of a dict with A, Z, W, dA, slope, and what came before.
    """

    dZ: Callable = lambda v: v["dA"] * v["slope"](v["Z"])
    dW: Callable = lambda v: v["A"].T @ v["dZ"]
    db: Callable = lambda v: v["dZ"].sum(axis=0)
    before: Callable = lambda v: v["dZ"] @ v["W"].T

    def backward(self, A, Z, W, dA, slope):
        """As `my_layer_backward`."""
        v = {"A": A, "Z": Z, "W": W, "dA": dA, "slope": slope}
        v["dZ"] = self.dZ(v)
        return self.dW(v), self.db(v), self.before(v)

    def backprop(self, params, A, Z, dA, slope):
        """As `my_backprop`."""
        grads = []
        for i in reversed(range(len(params))):
            dW, db, dA = self.backward(A[i], Z[i], params[i][0], dA, slope)
            grads.insert(0, (dW, db))
        return grads


# A message, and a layer with that mistake: they serve one layer and all.
_DZ, _BEFORE = "dZ = dA * slope(Z)", "dZ @ W.T"
_DW, _DB = "A.T @ dZ", "dZ.sum(axis=0)"
_WRONG_LAYERS = [
    Mistake(
        "the slope of f is missing: what does step 1 do?",
        _Layer(dZ=lambda v: 1.0 * v["dA"]),
        _DZ,
    ),
    Mistake(
        "whatever slope is, f is taken for the leaky ReLU with alpha = -0.2",
        _Layer(dZ=lambda v: v["dA"] * LEAKY.slope(v["Z"])),
        _DZ,
    ),
    Mistake(
        "the slope is taken at A, which went into the layer: what is f applied to?",
        _Layer(dZ=lambda v: v["dA"] * v["slope"](v["A"])),
        _DZ,
    ),
    Mistake(
        "dA is multiplied by Z itself: the slope of f there is asked for",
        _Layer(dZ=lambda v: v["dA"] * v["Z"]),
        _DZ,
    ),
    Mistake(
        "dZ is wrong, or nothing fits: step 1 multiplies number by number",
        _Layer(dZ=lambda v: v["dA"] @ v["slope"](v["Z"])),
        _DZ,
    ),
    Mistake(
        "dZ has the wrong sign: the minus comes later, with the step downhill",
        _Layer(dZ=lambda v: -v["dA"] * v["slope"](v["Z"])),
        _DZ,
    ),
    Mistake(
        "dZ is twice too large: no factor stands in step 1",
        _Layer(dZ=lambda v: 2 * v["dA"] * v["slope"](v["Z"])),
        _DZ,
    ),
    Mistake(
        "dZ is divided by the number of samples: dA has the 1/n already",
        _Layer(dZ=lambda v: v["dA"] * v["slope"](v["Z"]) / len(v["A"])),
        _DZ,
    ),
    Mistake(
        "what goes back is wrong, or nothing fits: W lies as on the way forward, and now "
        "it must take (n, n_out) to (n, n_in)",
        _Layer(before=lambda v: v["dZ"] @ v["W"]),
        _BEFORE,
    ),
    Mistake(
        "what goes back has the right shape only: W reshaped is not W transposed",
        _Layer(before=lambda v: v["dZ"] @ v["W"].reshape(v["W"].shape[::-1])),
        _BEFORE,
    ),
    Mistake(
        "what goes back lies on its side: it has the shape of A, a sample in each row",
        _Layer(before=lambda v: v["W"] @ v["dZ"].T),
        _BEFORE,
    ),
    Mistake(
        "what goes back lacks the slope of f: is it made of dA, or of dZ?",
        _Layer(before=lambda v: v["dA"] @ v["W"].T),
        _BEFORE,
    ),
    Mistake(
        "dW lacks the slope of f: is it made of dA, or of dZ?",
        _Layer(dW=lambda v: v["A"].T @ v["dA"]),
        _DW,
    ),
    Mistake(
        "dW lies on its side: it has the shape of W, (n_in, n_out)",
        _Layer(dW=lambda v: v["dZ"].T @ v["A"]),
        _DW,
    ),
    Mistake(
        "dW is wrong, or nothing fits: the samples are the rows of A and of dZ, and dW "
        "adds up over them; how must A lie for that?",
        _Layer(dW=lambda v: v["A"] @ v["dZ"]),
        _DW,
    ),
    Mistake(
        "dW and db are divided by the number of samples: dA has the 1/n already",
        _Layer(
            dW=lambda v: v["A"].T @ v["dZ"] / len(v["A"]),
            db=lambda v: v["dZ"].mean(axis=0),
        ),
        f"{_DW} and {_DB}",
    ),
    Mistake(
        "dW is divided by the number of samples: dA has the 1/n already",
        _Layer(dW=lambda v: v["A"].T @ v["dZ"] / len(v["A"])),
        _DW,
    ),
    Mistake(
        "db is the mean over the samples: dA has the 1/n already",
        _Layer(db=lambda v: v["dZ"].mean(axis=0)),
        _DB,
    ),
    Mistake(
        "db has one number for each sample: b has one for each unit, and so has db",
        _Layer(db=lambda v: v["dZ"].sum(axis=1)),
        _DB,
    ),
    Mistake(
        "db has a row for each sample: b has one number for each unit, and so has db; "
        "what happens to the samples?",
        _Layer(db=lambda v: 1.0 * v["dZ"]),
        _DB,
    ),
    Mistake(
        "db has the right numbers in the shape (1, n_out): b is (n_out,), and so is db",
        _Layer(db=lambda v: v["dZ"].sum(axis=0, keepdims=True)),
        _DB,
    ),
    Mistake(
        "db is one number for all units: each unit has its own",
        _Layer(db=lambda v: v["dZ"].sum()),
        _DB,
    ),
    Mistake(
        "db lacks the slope of f: is it made of dA, or of dZ?",
        _Layer(db=lambda v: v["dA"].sum(axis=0)),
        _DB,
    ),
]

_NAMES = "dW", "db", "dA_before"


def _reordered(order):
    """The message of a tuple in a wrong order, and a function that returns it."""
    return Mistake(
        f"the order is {', '.join(_NAMES[i] for i in order)}: it should be "
        f"{', '.join(_NAMES)}",
        lambda *args: tuple(my_layer_backward(*args)[i] for i in order),
    )


def _layer_form(answer):
    """``return dW, db, dA_before``."""
    expect_items(answer, 3, ", ".join(_NAMES))
    return {name: to_array(array, name) for name, array in zip(_NAMES, answer)}


def _draw_steep(rng):
    """A leaky ReLU that no fixed case has."""
    return mlp.leaky_relu(rng.choice([-1.5, 0.5, 2.5]))


def _layer_case(seed, n, n_in, n_out, slope):
    return (
        normal(seed, n, n_in),
        normal(seed + 1, n, n_out),
        normal(seed + 2, n_in, n_out),
        normal(seed + 3, n, n_out),
        slope,
    )


def _fresh_layers(rng):
    """Wide layers, z at and beside 0, equal samples, float32, large whole numbers."""
    n, units = rng.integers(2, 6, 2)
    seeds = rng.integers(10**9, size=4)
    A, _, W, dA, steep = _layer_case(seeds[0], n, 3, 4, _draw_steep(rng).slope)
    near_0 = rng.permuted(np.tile([0.0, -1e-9, -1e-3, 1e-3], (n, 1)), axis=1)
    a, z, w, da, _ = _layer_case(seeds[1], 1, 3, 2, steep)
    whole = rng.integers(100, 900, (4, 2, 2)) * rng.choice([-1, 1], (4, 2, 2))
    return [
        _layer_case(seeds[2], n + 4, units, 8, TANH.slope),
        _layer_case(seeds[3], 7, 1, 1, steep),
        (A, near_0, W, dA, LEAKY.slope),
        (a.repeat(n, axis=0), z.repeat(n, axis=0), w, da.repeat(n, axis=0), steep),
        (*whole, RELU.slope),
        (*map(np.float32, (A, dA, W, -dA)), TANH.slope),
    ]


_layer_backward = Exercise(
    my_layer_backward,
    [
        _layer_case(100, 1, 2, 1, LEAKY.slope),
        _layer_case(110, 1, 2, 2, LEAKY.slope),
        _layer_case(120, 2, 2, 2, TANH.slope),
        _layer_case(130, 3, 2, 1, LEAKY.slope),
        _layer_case(140, 2, 1, 3, LEAKY.slope),
        _layer_case(150, 3, 3, 3, LEAKY.slope),
        _layer_case(160, 4, 3, 2, TANH.slope),
        _layer_case(170, 5, 2, 4, RELU.slope),
        (
            np.array([[1, 0], [2, 1]]),  # whole numbers, and z = 0
            np.array([[0, 1], [-1, 0]]),
            np.array([[1, 2], [-3, 0]]),
            np.array([[1, 1], [2, -1]]),
            LEAKY.slope,
        ),
    ],
    [
        *(slip._replace(wrong=slip.wrong.backward) for slip in _WRONG_LAYERS),
        *map(_reordered, list(itertools.permutations(range(3)))[1:]),
    ],
    call_once(_layer_form),
    function_names=FUNCTION_NAMES,
    large=_layer_case(180, 30_000, 2, 2, TANH.slope),
    fresh=_fresh_layers,
)


def my_backprop(params, A, Z, dA, slope):
    grads = []
    for i in reversed(range(len(params))):
        W, _ = params[i]
        dZ = dA * slope(Z[i])
        grads.insert(0, (A[i].T @ dZ, dZ.sum(axis=0)))
        dA = dZ @ W.T
    return grads


def _backprop_case(seed, n, sizes, activation):
    """All arguments fit together, as a forward pass makes them."""
    params = network(seed, *sizes)
    _, (A, Z) = mlp.forward(params, normal(seed + 1, n, sizes[0]), activation)
    return params, A, Z, normal(seed + 2, n, sizes[-1]), activation.slope


def _fresh_backprops(rng):
    """Deep, wide and narrow networks, and whole numbers."""
    n, seeds = rng.integers(2, 6), rng.integers(10**9, size=3)
    deep, steep = (*rng.integers(2, 5, 5), 1), _draw_steep(rng)
    odd = 2 * rng.integers(-5, 5, (8, 2, 2)) + 1  # with slopes 1 and x.5 not all whole
    odd[5:7] = [[0, 0], [-1, -2]]  # Z, where both slopes occur
    params, A, Z = [mlp.Layer(W, W[0]) for W in odd[:2]], odd[2:5], odd[5:7]
    return [
        _backprop_case(seeds[0], n, deep, TANH),
        _backprop_case(seeds[1], 1, (1, 1, 1, 1, 1), steep),
        _backprop_case(seeds[2], n, (3, 8, 2), LEAKY),
        (params, list(A), list(Z), odd[7], steep.slope),
    ]


def _forwards(params, A, Z, *rest):
    """From layer 0 on, with the slope of the loss at the output."""
    return swapped(my_backprop)(params[::-1], A[-2::-1], Z[::-1], *rest)


def _last_layer_without_slope(params, A, Z, dA, slope):
    last = A[-2].T @ dA, dA.sum(axis=0)
    return [*my_backprop(params[:-1], A, Z, dA @ params[-1][0].T, slope), last]


_WALK = "for i in reversed(range(len(params))):"
_WRONG_BACKPROPS = [
    Mistake(
        "the last layer comes first: the order is that of params",
        swapped(my_backprop),
        "grads.insert(0, (dW, db))",
    ),
    Mistake(
        "in each pair db comes first: as in params, the weights do",
        lambda *args: [pair[::-1] for pair in my_backprop(*args)],
        "(dW, db)",
    ),
    Mistake(
        "every layer gets the dA of the output: what does step 4 make?",
        lambda params, A, Z, *rest: [
            my_layer_backward(a, z, W, *rest)[:2] for a, z, (W, _) in zip(A, Z, params)
        ],
        "dA = dZ @ W.T",
    ),
    Mistake(
        "only networks of one layer come out right: dA belongs to the output; at which "
        "end does the way back begin?",
        _forwards,
        _WALK,
    ),
    Mistake(
        "only networks of one layer come out right, and layer 0 comes last: dA belongs "
        "to the output; at which end does the way back begin?",
        swapped(_forwards),
        _WALK,
    ),
    Mistake(
        "dW is made of what came out of the layer, not of what went in: A begins with X",
        lambda params, A, *rest: my_backprop(params, A[1:], *rest),
        "A[i].T @ dZ",
    ),
    Mistake(
        "the slope is taken at what came out of the layer: it is a function of z",
        lambda params, A, Z, dA, slope: my_backprop(params, A, A[1:], dA, slope),
        "dA * slope(Z[i])",
    ),
    Mistake(
        "the slope of a layer is taken at the Z of the layer before it",
        lambda params, A, Z, *rest: my_backprop(params, A, [Z[-1], *Z], *rest),
        "dA * slope(Z[i])",
    ),
    Mistake(
        "the slope of a layer is taken at the Z of the layer behind it",
        lambda params, A, Z, *rest: my_backprop(params, A, [*Z, Z[-1]][1:], *rest),
        "dA * slope(Z[i])",
    ),
    Mistake(
        "the last layer lacks the slope of f: it has an activation, too",
        _last_layer_without_slope,
        "dA * slope(Z[i])",
    ),
    Mistake(
        "only the last layer has the slope of f: each has an activation",
        lambda params, A, Z, dA, slope: my_backprop(
            params, A, Z, dA * slope(Z[-1]), np.ones_like
        ),
        "dA * slope(Z[i])",
    ),
    Mistake(
        "all gradients are twice too large: dA is the slope of the loss already",
        lambda params, A, Z, dA, slope: my_backprop(params, A, Z, 2 * dA, slope),
    ),
    Mistake(
        "all gradients have the wrong sign: the minus comes later, with the step",
        lambda params, A, Z, dA, slope: my_backprop(params, A, Z, -dA, slope),
    ),
    Mistake(
        "only the last layer is there: go on to layer 0",
        lambda *args: my_backprop(*args)[-1:],
        _WALK,
    ),
    Mistake(
        "layer 0 is missing: it learns, too",
        lambda *args: my_backprop(*args)[1:],
        _WALK,
    ),
]


def _in_all_layers(slip):
    """A mistake of one layer, made in each; there A and Z are lists."""
    code = slip.code.replace("(Z)", "(Z[i])").replace("A.T", "A[i].T")
    return slip._replace(wrong=slip.wrong.backprop, code=code)


_backprop = Exercise(
    my_backprop,
    [
        _backprop_case(200, 1, (2, 1), LEAKY),
        _backprop_case(210, 3, (2, 1), LEAKY),
        _backprop_case(220, 1, (2, 2, 2), LEAKY),
        _backprop_case(225, 2, (2, 2, 2), TANH),
        _backprop_case(230, 2, (3, 2, 1), LEAKY),
        _backprop_case(240, 3, (3, 3, 3, 3), TANH),
        _backprop_case(250, 4, (2, 3, 3, 2, 1), LEAKY),
        _backprop_case(260, 4, (4, 2, 5, 3), TANH),
        _backprop_case(270, 6, (2, 3, 1), RELU),
    ],
    [
        *map(_in_all_layers, _WRONG_LAYERS),
        *_WRONG_BACKPROPS,
    ],
    call_once(layers_form("dW", "db")),
    function_names=FUNCTION_NAMES,
    fresh=_fresh_backprops,
)


EXERCISES = {
    exercise.name: exercise for exercise in (_loss_slope, _layer_backward, _backprop)
}
