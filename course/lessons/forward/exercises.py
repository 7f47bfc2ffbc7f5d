"""The exercises of notebook 3, the forward pass.

Stop reading here if you want to solve them yourself.
"""

import itertools

import numpy as np

import mlp_core as mlp
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
    fresh_losses,
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


def _by_layers(layer):
    """A forward pass with ``layer(a, W, b, f) -> z, a``; its a goes on."""

    def forward(params, X, f):
        A, Z = [X], []
        for W, b in params:
            z, a = layer(A[-1], W, b, f)
            Z.append(z)
            A.append(a)
        return A, Z

    return forward


def _by_sums(sums):
    """A forward pass with other weighted sums, ``sums(a, W, b) -> z``."""
    return _by_layers(lambda a, W, b, f: ((z := sums(a, W, b)), f(z)))


def _change(change):
    """The right lists, changed: ``change(A, Z, f) -> A, Z``."""
    return lambda params, X, f: change(*my_forward(params, X, f), f)


def _linear(change):
    """The lists that come without f, changed."""
    return lambda params, X, f: change(*my_forward(params, X, lambda z: z), f)


_SUM = "Z.append(A[-1] @ W + b)"
_BEND = "A.append(f(Z[-1]))"
_WRONG_FORWARDS = [
    Mistake(
        "the weighted sums are wrong, or nothing fits: W is turned on its side; its rows "
        "belong to what goes in, its columns to the units",
        _by_sums(lambda a, W, b: a @ W.T + b),
        _SUM,
    ),
    Mistake(
        "the samples are mixed, or nothing fits: W stands first in the product; a sample "
        "is a row, and keeps to itself only on the left",
        _by_sums(lambda a, W, b: W @ a + b),
        _SUM,
    ),
    Mistake(
        "the shapes are wrong, or nothing fits: in this product samples are columns, and "
        "here they are rows, which belong on the left",
        _by_sums(lambda a, W, b: W.T @ a + b),
        _SUM,
    ),
    Mistake(
        "numbers are multiplied one by one and not added up: a unit needs one sum of all "
        "that goes in; which product gives that?",
        _by_sums(lambda a, W, b: a * W + b),
        _SUM,
    ),
    Mistake(
        "every layer gets the input X: from layer 1 on it is the result of the layer "
        "before that goes in",
        lambda params, X, f: _by_sums(lambda a, W, b: X @ W + b)(params, X, f),
        _SUM,
    ),
    Mistake("the biases are missing", _by_sums(lambda a, W, b: a @ W), _SUM),
    Mistake(
        "the biases have the wrong sign", _by_sums(lambda a, W, b: a @ W - b), _SUM
    ),
    Mistake(
        "A is right, but Z lacks the biases: Z holds the whole sum that f is applied to",
        _by_layers(lambda a, W, b, f: (a @ W, f(a @ W + b))),
        _SUM,
    ),
    Mistake(
        "the biases are added after f: they belong to the sum that f is applied to",
        _by_layers(lambda a, W, b, f: (a @ W, f(a @ W) + b)),
        _SUM,
    ),
    Mistake(
        "the activations lack f: A holds the same numbers as Z",
        _by_layers(lambda a, W, b, f: (a @ W + b, a @ W + b)),
        _BEND,
    ),
    Mistake(
        "f comes in at the end only: each layer has its own, and its result goes into "
        "the next layer",
        _linear(lambda A, Z, f: ([*A[:-1], f(Z[-1])], Z)),
        _BEND,
    ),
    Mistake(
        "the last layer lacks f: in this course every layer has one, the last too",
        _change(lambda A, Z, f: ([*A[:-1], Z[-1]], Z)),
        _BEND,
    ),
    Mistake(
        "A and Z go apart after layer 0: what goes on to the next layer is z, and it "
        "should be its activation",
        _linear(lambda A, Z, f: ([A[0], *map(f, Z)], Z)),
        _SUM,
    ),
    Mistake(
        "the activations have f applied twice: once is enough",
        _by_layers(lambda a, W, b, f: (a @ W + b, f(f(a @ W + b)))),
        _BEND,
    ),
    Mistake(
        "Z holds numbers to which f is applied already, and A has f applied twice: Z is "
        "kept as it was before f",
        _by_layers(lambda a, W, b, f: (f(a @ W + b), f(f(a @ W + b)))),
        f"{_SUM}; {_BEND}",
    ),
    *(
        Mistake(
            f"whatever f is, the activations are those of {FUNCTION_NAMES[fixed]}: the "
            "function comes in as the argument f",
            lambda params, X, f, fixed=fixed: my_forward(params, X, fixed),
            _BEND,
        )
        for fixed in (LEAKY.f, RELU.f, TANH.f)
    ),
    Mistake(
        "Z holds the activations: it keeps each sum as it was before f",
        _change(lambda A, Z, f: (A, A[1:])),
        _SUM,
    ),
    Mistake(
        "Z has an entry too many, the input, which has no z: Z is one shorter than A",
        _change(lambda A, Z, f: (A, [A[0], *Z])),
        "A, Z = [X], []",
    ),
    Mistake(
        "A lacks the input: training needs what went into the first layer, too",
        _change(lambda A, Z, f: (A[1:], Z)),
        "A, Z = [X], []",
    ),
    Mistake("A and Z come in the other order", swapped(my_forward), "return A, Z"),
    Mistake(
        "only the first layer is there: is the end reached in the first round already?",
        lambda params, X, f: my_forward(params[:1], X, f),
        "return A, Z (below the loop, not in it)",
    ),
    Mistake(
        "only networks of 4 layers get through: others have less or more",
        lambda params, X, f: my_forward([params[i] for i in range(4)], X, f),
        "for W, b in params:",
    ),
]


def _lists_form(answer):
    """``return A, Z``: two lists of arrays."""
    expect_items(answer, 2, "the lists A and Z")
    if not any(isinstance(arrays, (list, tuple)) for arrays in answer):
        raise FormError(
            "two lists of arrays are asked for, A and Z, each with an array for each "
            "layer; here arrays come without such lists"
        )
    parts = {}
    for name, arrays in zip("AZ", answer):
        if not isinstance(arrays, (list, tuple)):
            raise FormError(
                f"{name} is {describe_type(arrays)}, and a list of arrays is asked for"
            )
        for i, array in enumerate(arrays):
            parts[f"{name}[{i}]"] = to_array(array, f"{name}[{i}]")
    return parts


def _forward_cases(n):
    """Networks of several sizes, with a batch of n samples."""
    activations = itertools.cycle([LEAKY.f, TANH.f, RELU.f])
    return [
        (network(seed, *sizes), normal(seed + 50, n, sizes[0]), next(activations))
        for seed, sizes in enumerate(SIZES)
    ]


def _fresh_forwards(rng):
    """Deep and wide networks, equal samples, whole numbers, float32, another f."""
    n = rng.integers(2, 6)
    deep = rng.integers(1, 4, 6)
    narrow = network(rng, 1, 1, 1, 1, 1)  # as many layers as the original notebook
    W = np.array([[1, 2], [3, 1]])
    large, tiny = rng.integers(100, 900, (3, 2)), np.array([[0.004, 0], [0, -0.004]])
    small = [mlp.Layer(*map(np.float32, layer)) for layer in network(rng, 2, 3, 2)]
    return [
        (network(rng, *deep), normal(rng, n, deep[0]), TANH.f),
        (network(rng, 3, 8, 2), normal(rng, 1, 3), RELU.f),
        (network(rng, 2, 4, 1), normal(rng, 1, 2).repeat(n, axis=0), LEAKY.f),
        (narrow, normal(rng, n, 1), mlp.leaky_relu(rng.choice([-1.5, 0.3, 2])).f),
        ([mlp.Layer(W, W[0])], large, RELU.f),
        ([mlp.Layer(W, 0 * W[0])], tiny, LEAKY.f),  # z beside 0
        (small, np.float32(normal(rng, n, 2)), LEAKY.f),
    ]


_forward = Exercise(
    my_forward,
    [
        *_forward_cases(1)[:4],
        *_forward_cases(4),
        *_forward_cases(3)[4:6],
        (network(8, 2, 3, 1), np.array([[0, 1]]), LEAKY.f),  # whole numbers
    ],
    _WRONG_FORWARDS,
    call_once(_lists_form),
    function_names=FUNCTION_NAMES,
    large=(network(30, 2, 2, 1), normal(31, 40_000, 2), TANH.f),
    fresh=_fresh_forwards,
)


def my_loss(Y_hat, Y):
    return 0.5 * np.sum((Y_hat - Y) ** 2) / len(Y)


def _by_numbers(combine):
    """A loss of the errors, the samples and the outputs: ``combine(E, n, n_out)``."""
    return lambda Y_hat, Y: combine(Y_hat - Y, *Y.shape)


_HALF, _MEAN, _SQUARE = "0.5 * ...", "... / len(Y)", "(Y_hat - Y) ** 2"
_WRONG_LOSSES = [
    Mistake(
        "it is twice too large: look at the formula, what is done with each square?",
        _by_numbers(lambda E, n, n_out: np.sum(E**2) / n),
        _HALF,
    ),
    Mistake(
        "it grows with the number of samples: the loss is their average",
        _by_numbers(lambda E, n, n_out: 0.5 * np.sum(E**2)),
        _MEAN,
    ),
    Mistake(
        "it is the sum of all squares: half of each is asked for, and the average over "
        "the samples",
        _by_numbers(lambda E, n, n_out: np.sum(E**2)),
        f"{_HALF} and {_MEAN}",
    ),
    Mistake(
        "it is divided by 4, however many samples there are",
        _by_numbers(lambda E, n, n_out: 0.5 * np.sum(E**2) / 4),
        _MEAN,
    ),
    Mistake(
        "with several samples it is too small: it is divided by their number twice",
        _by_numbers(lambda E, n, n_out: 0.5 * np.sum(E**2) / n**2),
        _MEAN,
    ),
    Mistake(
        "with several samples it is too large: it is multiplied by their number, not "
        "divided; without parentheses / and * are done from left to right",
        _by_numbers(lambda E, n, n_out: 0.5 * np.sum(E**2) * n),
        _MEAN,
    ),
    Mistake(
        "with several outputs it is too small: it is divided by their number, too; "
        "outputs are added up, only samples averaged",
        _by_numbers(lambda E, n, n_out: 0.5 * np.mean(E**2)),
        _MEAN,
    ),
    Mistake(
        "it is the mean of all squares: half of each is asked for, added up over the "
        "outputs, averaged over the samples",
        _by_numbers(lambda E, n, n_out: np.mean(E**2)),
        f"{_HALF} and {_MEAN}",
    ),
    Mistake(
        "it is divided by the number of outputs: the average is over the samples, the "
        "rows",
        _by_numbers(lambda E, n, n_out: 0.5 * np.sum(E**2) / n_out),
        _MEAN,
    ),
    Mistake(
        "errors of opposite sign cancel: each is squared by itself, before they are "
        "added up",
        _by_numbers(lambda E, n, n_out: 0.5 * np.sum(E) ** 2 / n),
        _SQUARE,
    ),
    Mistake(
        "the errors are not squared, so those of opposite sign cancel",
        _by_numbers(lambda E, n, n_out: 0.5 * np.sum(E) / n),
        _SQUARE,
    ),
    Mistake(
        "it adds up the sizes of the errors: their squares are asked for",
        _by_numbers(lambda E, n, n_out: 0.5 * np.sum(abs(E)) / n),
        _SQUARE,
    ),
    Mistake(
        "it is the square root of the loss: no root here",
        _by_numbers(lambda E, n, n_out: np.sqrt(0.5 * np.sum(E**2) / n)),
    ),
    Mistake(
        "the sum of the squares goes through a square root: no root here",
        _by_numbers(lambda E, n, n_out: 0.5 * np.sqrt(np.sum(E**2)) / n),
    ),
    Mistake(
        "it gives a loss for each sample: one number for all is asked for, their average",
        _by_numbers(lambda E, n, n_out: 0.5 * np.sum(E**2, axis=1)),
    ),
    Mistake(
        "it gives a loss for each output: one number for all is asked for, their sum",
        _by_numbers(lambda E, n, n_out: 0.5 * np.sum(E**2, axis=0) / n),
    ),
    Mistake(
        "with several outputs only the first counts: all are added up",
        _by_numbers(lambda E, n, n_out: 0.5 * np.sum(E[:, 0] ** 2) / n),
    ),
    Mistake(
        "the sign is wrong: a sum of squares is never negative",
        _by_numbers(lambda E, n, n_out: -0.5 * np.sum(E**2) / n),
    ),
    Mistake(
        "prediction and target are added: the error is their difference",
        lambda Y_hat, Y: 0.5 * np.sum((Y_hat + Y) ** 2) / len(Y),
        _SQUARE,
    ),
    Mistake(
        "predictions and targets are squared by themselves: their difference is",
        lambda Y_hat, Y: 0.5 * np.sum(Y_hat**2 - Y**2) / len(Y),
        _SQUARE,
    ),
]

_loss = Exercise(
    my_loss,
    LOSS_CASES,
    _WRONG_LOSSES,
    large=LOSS_MANY,
    fresh=fresh_losses,
)


EXERCISES = {exercise.name: exercise for exercise in (_forward, _loss)}
