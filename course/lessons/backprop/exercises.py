"""The exercises of notebook 4, backpropagation.

Stop reading here if you want to solve them yourself.
"""

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
    layers_form,
    network,
    normal,
    swapped,
)


def my_loss_slope(Y_hat, Y):
    return (Y_hat - Y) / len(Y)


_loss_slope = Exercise(
    my_loss_slope,
    LOSS_CASES,
    [
        Mistake(
            "1/n is missing: the loss is averaged over the samples, so its slope is, too",
            lambda Y_hat, Y: (Y_hat - Y) * 1.0,
        ),
        Mistake(
            "1/n is there twice: divide by len(Y) once",
            lambda Y_hat, Y: (Y_hat - Y) / len(Y) ** 2,
        ),
        Mistake(
            "look at the sign: where the prediction is too large, the loss grows with "
            "it, and the slope is positive: Y_hat - Y",
            lambda Y_hat, Y: (Y - Y_hat) / len(Y),
        ),
        Mistake(
            "look at the sign, and at 1/n: the slope is positive where the prediction "
            "is too large, and the loss is an average over the samples",
            lambda Y_hat, Y: (Y - Y_hat) * 1.0,
        ),
        Mistake(
            "it divides by the outputs, too: len(Y) counts the samples, Y.size counts "
            "all numbers",
            lambda Y_hat, Y: (Y_hat - Y) / Y.size,
        ),
        Mistake(
            "it divides by the number of outputs: the samples are the rows, len(Y)",
            lambda Y_hat, Y: (Y_hat - Y) / Y.shape[1],
        ),
        Mistake(
            "it is twice too large: the 2 of the square and the half cancel",
            lambda Y_hat, Y: 2 * (Y_hat - Y) / len(Y),
        ),
        Mistake(
            "it is half too small: the half and the 2 of the square cancel",
            lambda Y_hat, Y: 0.5 * (Y_hat - Y) / len(Y),
        ),
        Mistake(
            "this is the loss of each output, not its slope: the slope of a square is "
            "not a square",
            lambda Y_hat, Y: 0.5 * (Y_hat - Y) ** 2 / len(Y),
        ),
        Mistake(
            "the sign of the error is lost: no absolute value here",
            lambda Y_hat, Y: abs(Y_hat - Y) / len(Y),
        ),
        Mistake(
            "the samples are added up: each keeps its own row, in the shape of Y_hat",
            lambda Y_hat, Y: (Y_hat - Y).mean(axis=0),
        ),
        Mistake(
            "it gives one number: each output of each sample has its own slope, in the "
            "shape of Y_hat",
            lambda Y_hat, Y: (Y_hat - Y).sum() / len(Y),
        ),
    ],
    large=LOSS_MANY,
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
_WRONG_LAYERS = [
    Mistake(
        "the slope is missing: step 1 is dZ = dA * slope(Z)",
        _Layer(dZ=lambda v: v["dA"] * 1.0),
    ),
    Mistake(
        "the slope is taken from the activation: slope takes z, so it is slope(Z); an "
        "activation that falls and rises again does not tell which z it came from",
        _Layer(dZ=lambda v: v["dA"] * v["slope"](LEAKY.f(v["Z"]))),
    ),
    Mistake(
        "the slope is taken at A, which went into the layer: it is slope(Z)",
        _Layer(dZ=lambda v: v["dA"] * v["slope"](v["A"])),
    ),
    Mistake(
        "dA is multiplied by Z, not by the slope at Z",
        _Layer(dZ=lambda v: v["dA"] * v["Z"]),
    ),
    Mistake(
        "slope(Z) is applied twice: once, in dZ, is enough",
        _Layer(dZ=lambda v: v["dA"] * v["slope"](v["Z"]) ** 2),
    ),
    Mistake(
        "look at the sign of dZ: no minus stands in backprop; the minus comes with the "
        "step downhill",
        _Layer(dZ=lambda v: -v["dA"] * v["slope"](v["Z"])),
    ),
    Mistake(
        "W must be transposed on the way back: dZ @ W.T, (n, n_out) @ (n_out, n_in); "
        "with layers that aren't square, W does not fit at all",
        _Layer(before=lambda v: v["dZ"] @ v["W"]),
    ),
    Mistake(
        "W.reshape is not W.T: it has the right shape, but the numbers stand elsewhere",
        _Layer(before=lambda v: v["dZ"] @ v["W"].reshape(v["W"].shape[::-1])),
    ),
    Mistake(
        "what goes back lacks the slope: pass on dZ @ W.T, not dA @ W.T",
        _Layer(before=lambda v: v["dA"] @ v["W"].T),
    ),
    Mistake(
        "W was updated before its gradient was passed on: the slope must go back through "
        "the W that the forward pass used",
        _Layer(before=lambda v: v["dZ"] @ (v["W"] - 0.2 * v["A"].T @ v["dZ"]).T),
    ),
    Mistake(
        "dW lacks the slope: use dZ, not dA",
        _Layer(dW=lambda v: v["A"].T @ v["dA"]),
    ),
    Mistake(
        "dW is transposed: it must have the shape of W, A.T @ dZ",
        _Layer(dW=lambda v: v["dZ"].T @ v["A"]),
    ),
    Mistake(
        "1/n is there twice: the slope of the loss has it already, so the sums here are "
        "not divided again",
        _Layer(
            dW=lambda v: v["A"].T @ v["dZ"] / len(v["A"]),
            db=lambda v: v["dZ"].mean(axis=0),
        ),
    ),
    Mistake(
        "dW is divided by n once more: the slope of the loss has the 1/n already",
        _Layer(dW=lambda v: v["A"].T @ v["dZ"] / len(v["A"])),
    ),
    Mistake(
        "db is the mean over the samples: it is their sum, as in A.T @ dZ; the 1/n is "
        "already in the slope of the loss",
        _Layer(db=lambda v: v["dZ"].mean(axis=0)),
    ),
    Mistake(
        "db is summed over the wrong axis: samples are rows, so sum down the columns, "
        "axis=0, and one number is left for each unit",
        _Layer(db=lambda v: v["dZ"].sum(axis=1)),
    ),
    Mistake(
        "db is not summed over the samples: b has one number for each unit, and so has "
        "db: dZ.sum(axis=0)",
        _Layer(db=lambda v: v["dZ"] * 1.0),
    ),
    Mistake(
        "db has the shape (1, n_out), and b is (n_out,): leave out keepdims",
        _Layer(db=lambda v: v["dZ"].sum(axis=0, keepdims=True)),
    ),
    Mistake(
        "db is one number for all units: .sum() needs axis=0",
        _Layer(db=lambda v: v["dZ"].sum()),
    ),
    Mistake(
        "db lacks the slope: sum dZ, not dA",
        _Layer(db=lambda v: v["dA"].sum(axis=0)),
    ),
]


def _layer_form(answer):
    """``return dW, db, dA_before``."""
    names = "dW", "db", "dA_before"
    expect_items(answer, 3, " and ".join(names))
    return {name: to_array(array, name) for name, array in zip(names, answer)}


def _layer_case(seed, n, n_in, n_out, slope):
    return (
        normal(seed, n, n_in),
        normal(seed + 1, n, n_out),
        normal(seed + 2, n_in, n_out),
        normal(seed + 3, n, n_out),
        slope,
    )


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
        Mistake(
            "the three results are in another order: return dW, db, dA_before",
            lambda A, Z, W, dA, slope: tuple(
                my_layer_backward(A, Z, W, dA, slope)[i] for i in (1, 0, 2)
            ),
        ),
        Mistake(
            "the three results are in another order: dA_before is the last",
            lambda A, Z, W, dA, slope: tuple(
                my_layer_backward(A, Z, W, dA, slope)[i] for i in (2, 0, 1)
            ),
        ),
    ],
    call_once(_layer_form),
    function_names=FUNCTION_NAMES,
    changed=(
        "it changes {names} in place: `dA *= ...` and `W -= ...` write into the caller's "
        "array, and the layer before still needs it; make a new one"
    ),
    large=_layer_case(180, 30_000, 2, 2, TANH.slope),
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


def _forwards(params, A, Z, dA, slope):
    """The loop runs from layer 0 on, with the slope of the loss at the output."""
    grads = []
    for i in range(len(params)):
        dZ = dA * slope(Z[i])
        grads.append((A[i].T @ dZ, dZ.sum(axis=0)))
        dA = dZ @ params[i][0].T
    return grads


def _same_slope_for_all(params, A, Z, dA, slope):
    return [
        my_layer_backward(A[i], Z[i], params[i][0], dA, slope)[:2]
        for i in range(len(params))
    ]


def _wrong_index(params, A, Z, dA, slope, activation=0, weights=0, sums=0):
    """Backprop that takes A, W or Z of the layer so many places further on."""
    grads, last = [], len(params) - 1
    for i in reversed(range(len(params))):
        j, k = max(i + weights, 0), min(max(i + sums, 0), last)
        dZ = dA * slope(Z[k])
        grads.insert(0, (A[i + activation].T @ dZ, dZ.sum(axis=0)))
        dA = dZ @ params[j][0].T
    return grads


def _last_layer_without_slope(params, A, Z, dA, slope):
    grads, last = [], len(params) - 1
    for i in reversed(range(len(params))):
        dZ = dA * (1.0 if i == last else slope(Z[i]))
        grads.insert(0, (A[i].T @ dZ, dZ.sum(axis=0)))
        dA = dZ @ params[i][0].T
    return grads


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
        *(slip._replace(wrong=slip.wrong.backprop) for slip in _WRONG_LAYERS),
        Mistake(
            "the gradients come in the order in which they were made, the last layer "
            "first: return them in the order of params",
            swapped(my_backprop),
        ),
        Mistake(
            "every layer gets the slope of the loss at the output: hand what comes out "
            "of one layer's step to the layer before, dA = dZ @ W.T",
            _same_slope_for_all,
        ),
        Mistake(
            "with one layer the gradients are right, with more all are wrong: the loop "
            "begins at layer 0, and dA is the slope at the output; go from the last layer "
            "to the first, reversed(range(len(params)))",
            _forwards,
        ),
        Mistake(
            "with more than one layer the gradients are wrong, and the last layer's come "
            "first: the loop begins at layer 0, and dA is the slope at the output; go "
            "from the last layer to the first, reversed(range(len(params)))",
            swapped(_forwards),
        ),
        Mistake(
            "dW is made with what came out of the layer: it needs what went in, A[i]; A "
            "starts with X, so A[i + 1] is the output of layer i",
            lambda *args: _wrong_index(*args, activation=1),
        ),
        Mistake(
            "the slope goes back through the W of the layer before: use this layer's "
            "own W",
            lambda *args: _wrong_index(*args, weights=-1),
        ),
        Mistake(
            "the slope of each layer is taken at the Z of the layer before: Z[i] belongs "
            "to layer i",
            lambda *args: _wrong_index(*args, sums=-1),
        ),
        Mistake(
            "the last layer's slope is missing: it has an activation, too",
            _last_layer_without_slope,
        ),
        Mistake(
            "only the last layer is there: go on to layer 0",
            lambda *args: my_backprop(*args)[-1:],
        ),
    ],
    call_once(layers_form("dW", "db")),
    function_names=FUNCTION_NAMES,
    changed=(
        "it changes {names} in place: backprop only computes gradients; a W that is "
        "updated before its gradient was passed on sends a wrong slope back, and "
        "`dA *= ...` writes into the caller's array"
    ),
)


EXERCISES = {
    exercise.name: exercise for exercise in (_loss_slope, _layer_backward, _backprop)
}
