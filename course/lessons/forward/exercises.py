"""The exercises of notebook 3, the forward pass.

Stop reading here if you want to solve them yourself.
"""

import itertools

import numpy as np

from course.checking import (
    Exercise,
    FormError,
    Mistake,
    call_once,
    describe_type,
    to_array,
)
from course.lessons.cases import (
    FUNCTION_NAMES,
    LEAKY,
    LOSS_CASES,
    LOSS_MANY,
    RELU,
    SIZES,
    TANH,
    expect_items,
    network,
    normal,
    swapped,
)


def my_forward(params, X, f):
    A, Z = [X], []
    for W, b in params:
        Z.append(A[-1] @ W + b)
        A.append(f(Z[-1]))
    return A, Z


def _lists(params, X, f, layer):
    """A forward pass with ``layer(a, W, b) -> z, a``; its a goes on."""
    A, Z = [X], []
    for W, b in params:
        z, a = layer(A[-1], W, b)
        Z.append(z)
        A.append(a)
    return A, Z


def _without_last_f(params, X, f):
    A, Z = my_forward(params, X, f)
    return [*A[:-1], Z[-1]], Z


def _with_last_f_only(params, X, f):
    A, Z = my_forward(params, X, lambda z: z)
    return [*A[:-1], f(Z[-1])], Z


def _with_bias_for_f_only(params, X, f):
    return _lists(params, X, f, lambda a, W, b: (a @ W, f(a @ W + b)))


def _with_sums(params, X, f, sums):
    """A forward pass with other weighted sums: ``sums(a, W, b) -> z``."""

    def layer(a, W, b):
        z = sums(a, W, b)
        return z, f(z)

    return _lists(params, X, f, layer)


_WRONG_FORWARDS = [
    Mistake(
        "W is transposed: a row of W belongs to an input, a column to a unit, so `a @ W` "
        "fits as it is; with layers that aren't square, W.T does not fit at all",
        lambda params, X, f: my_forward([(W.T, b) for W, b in params], X, f),
    ),
    Mistake(
        "each layer starts again from the input: use what the layer before gave",
        lambda params, X, f: _with_sums(params, X, f, lambda a, W, b: X @ W + b),
    ),
    Mistake(
        "it takes 4 layers, and networks have other numbers of layers, too: "
        "`for W, b in params` walks through all of them",
        lambda params, X, f: my_forward([params[i] for i in range(4)], X, f),
    ),
    Mistake(
        "f is applied at the end only: each layer has its own, and its result goes into "
        "the next layer",
        _with_last_f_only,
    ),
    Mistake(
        "in the products W stands first, W @ a: a sample is a row of a, so a stands "
        "first, a @ W; the other order fails, or mixes up the samples",
        lambda params, X, f: _with_sums(params, X, f, lambda a, W, b: W @ a + b),
    ),
    Mistake(
        "Z lacks the biases, and A is right: z is the whole sum that goes into f, "
        "a @ W + b",
        _with_bias_for_f_only,
    ),
    Mistake(
        "the bias is missing: z is a @ W + b",
        lambda params, X, f: my_forward([(W, 0 * b) for W, b in params], X, f),
    ),
    Mistake(
        "the bias is added after the activation: it belongs inside, f(a @ W + b)",
        lambda params, X, f: _lists(
            params, X, f, lambda a, W, b: (a @ W, f(a @ W) + b)
        ),
    ),
    Mistake(
        "the bias is subtracted: look at the sign",
        lambda params, X, f: my_forward([(W, -b) for W, b in params], X, f),
    ),
    Mistake(
        "the last layer has no activation: in this course every layer has one, the last "
        "too",
        _without_last_f,
    ),
    Mistake(
        "the activation is missing: without f all layers together are one straight line",
        lambda params, X, f: my_forward(params, X, lambda z: z),
    ),
    Mistake(
        "f is not used: it takes the leaky ReLU of the original notebook, whatever f is",
        lambda params, X, f: my_forward(params, X, LEAKY.f),
    ),
    Mistake(
        "f is applied twice in each layer: once is enough",
        lambda params, X, f: my_forward(params, X, lambda z: f(f(z))),
    ),
]


def _lists_form(answer):
    """``return A, Z``: two lists of arrays."""
    expect_items(answer, 2, "the lists A and Z")
    parts = {}
    for name, arrays in zip("AZ", answer):
        if not isinstance(arrays, (list, tuple)):
            raise FormError(
                f"{name} is {describe_type(arrays)}, and a list of arrays is asked"
            )
        for i, array in enumerate(arrays):
            parts[f"{name}[{i}]"] = to_array(array, f"{name}[{i}]")
    return parts


def _forward_cases(n):
    """Networks of several sizes, with a batch of n samples."""
    activations = itertools.cycle([LEAKY.f, TANH.f, RELU.f])
    return [
        (
            network(seed, *sizes),
            normal(seed + 50, n, sizes[0]),
            next(activations),
        )
        for seed, sizes in enumerate(SIZES)
    ]


_forward = Exercise(
    my_forward,
    [
        *_forward_cases(1)[:4],
        *_forward_cases(4),
        *_forward_cases(3)[4:6],
        (network(8, 2, 3, 1), np.array([[0, 1]]), LEAKY.f),  # whole numbers
    ],
    [
        *_WRONG_FORWARDS,
        Mistake(
            "it stops after the first layer: a `return` inside a loop ends it in its first "
            "round; return when all layers are done",
            lambda params, X, f: my_forward(params[:1], X, f),
        ),
        Mistake("A and Z are swapped: return A, Z", swapped(my_forward)),
        Mistake(
            "Z has an entry too many, the input: X has no z, so Z starts empty",
            lambda params, X, f: (
                my_forward(params, X, f)[0],
                [X, *my_forward(params, X, f)[1]],
            ),
        ),
        Mistake(
            "A lacks the input: it starts with X, since training needs what went into "
            "the first layer",
            lambda params, X, f: (
                my_forward(params, X, f)[0][1:],
                *my_forward(params, X, f)[1:],
            ),
        ),
        Mistake(
            "Z holds the activations: what belongs there is z, as it was before f, and "
            "a changes nothing in it",
            lambda params, X, f: (
                my_forward(params, X, f)[0],
                my_forward(params, X, f)[0][1:],
            ),
        ),
        Mistake(
            "z goes on to the next layer in place of a: what goes into a layer is the "
            "activation of the layer before, f(z)",
            lambda params, X, f: (
                [X, *map(f, my_forward(params, X, lambda z: z)[1])],
                my_forward(params, X, lambda z: z)[1],
            ),
        ),
        Mistake(
            "the batch is summed or averaged: each sample keeps its own row",
            lambda params, X, f: my_forward(params, X.mean(axis=0, keepdims=True), f),
        ),
    ],
    call_once(_lists_form),
    function_names=FUNCTION_NAMES,
    large=(network(30, 2, 2, 1), normal(31, 40_000, 2), TANH.f),
)


def my_loss(Y_hat, Y):
    return 0.5 * np.sum((Y_hat - Y) ** 2) / len(Y)


_loss = Exercise(
    my_loss,
    LOSS_CASES,
    [
        Mistake(
            "it is twice too large: the half is missing",
            lambda Y_hat, Y: np.sum((Y_hat - Y) ** 2) / len(Y),
        ),
        Mistake(
            "1/n is missing: the loss is averaged over the samples",
            lambda Y_hat, Y: 0.5 * np.sum((Y_hat - Y) ** 2),
        ),
        Mistake(
            "it divides by 4, however many samples there are: their number is len(Y)",
            lambda Y_hat, Y: 0.5 * np.sum((Y_hat - Y) ** 2) / 4,
        ),
        Mistake(
            "the half and 1/n are both missing",
            lambda Y_hat, Y: np.sum((Y_hat - Y) ** 2),
        ),
        Mistake(
            "1/n is there twice: divide by n once only (a mean has done it already)",
            lambda Y_hat, Y: 0.5 * np.sum((Y_hat - Y) ** 2) / len(Y) ** 2,
        ),
        Mistake(
            "with several outputs it is too small: it divides by the outputs, too, as a "
            "mean of all numbers does; sum over the outputs, average over the samples",
            lambda Y_hat, Y: 0.5 * np.mean((Y_hat - Y) ** 2),
        ),
        Mistake(
            "this is the mean of all squares: the half is missing, and it divides by the "
            "outputs, too; sum over the outputs, average over the samples",
            lambda Y_hat, Y: np.mean((Y_hat - Y) ** 2),
        ),
        Mistake(
            "it divides by the number of outputs: the samples are the rows, len(Y)",
            lambda Y_hat, Y: 0.5 * np.sum((Y_hat - Y) ** 2) / Y.shape[1],
        ),
        Mistake(
            "it adds up before it squares, so that errors of opposite sign cancel: "
            "square first",
            lambda Y_hat, Y: 0.5 * np.sum(Y_hat - Y) ** 2 / len(Y),
        ),
        Mistake(
            "the square is missing: it takes the absolute error",
            lambda Y_hat, Y: 0.5 * np.sum(abs(Y_hat - Y)) / len(Y),
        ),
        Mistake(
            "the square is missing: errors of opposite sign cancel",
            lambda Y_hat, Y: 0.5 * np.sum(Y_hat - Y) / len(Y),
        ),
        Mistake(
            "there is a square root too many",
            lambda Y_hat, Y: np.sqrt(0.5 * np.sum((Y_hat - Y) ** 2) / len(Y)),
        ),
        Mistake(
            "it gives one loss for each sample: average them into one number",
            lambda Y_hat, Y: 0.5 * np.sum((Y_hat - Y) ** 2, axis=1),
        ),
        Mistake(
            "it gives one loss for each output: add them up into one number",
            lambda Y_hat, Y: 0.5 * np.mean((Y_hat - Y) ** 2, axis=0),
        ),
        Mistake(
            "look at the sign: a sum of squares is never negative",
            lambda Y_hat, Y: -0.5 * np.sum((Y_hat - Y) ** 2) / len(Y),
        ),
        Mistake(
            "look at the sign between prediction and target: the error is their "
            "difference",
            lambda Y_hat, Y: 0.5 * np.sum((Y_hat + Y) ** 2) / len(Y),
        ),
    ],
    large=LOSS_MANY,
)


EXERCISES = {exercise.name: exercise for exercise in (_forward, _loss)}
