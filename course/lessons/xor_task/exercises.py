"""The exercises of notebook 6, the XOR task.

Stop reading here if you want to solve them yourself.
"""

import numpy as np

import mlp_core as mlp
from course.checking import Exercise, FormError, Mistake, call_once, to_array
from course.lessons.cases import normal


def my_constant_loss(Y):
    error = Y - Y.mean(axis=0)
    return 0.5 * np.sum(error**2) / len(Y)


def _half_squared(error):
    return 0.5 * np.sum(error**2) / len(error)


_constant_loss = Exercise(
    my_constant_loss,
    [
        (mlp.XOR.Y,),
        (mlp.SUM.Y,),
        (np.array([[3.0]]),),
        (np.array([[0.0], [0.0], [3.0]]),),
        (np.array([[2], [5]]),),  # whole numbers
        *(
            (normal(500 + i, *shape),)
            for i, shape in enumerate([(3, 1), (5, 1), (1, 3), (4, 2), (3, 3), (2, 5)])
        ),
    ],
    [
        Mistake(
            "it is twice too large: the half is missing",
            lambda Y: 2 * my_constant_loss(Y),
        ),
        Mistake(
            "1/n is missing: the loss is averaged over the samples",
            lambda Y: len(Y) * my_constant_loss(Y),
        ),
        Mistake(
            "the half and 1/n are both missing",
            lambda Y: 2 * len(Y) * my_constant_loss(Y),
        ),
        Mistake(
            "with several outputs it is too small: .mean() divides by the outputs, too; "
            "sum over the outputs, average over the samples",
            lambda Y: 0.5 * np.mean((Y - Y.mean(axis=0)) ** 2),
        ),
        Mistake(
            "this is the variance of all targets: the half is missing, and each output "
            "has a mean of its own",
            lambda Y: np.var(Y),
        ),
        Mistake(
            "it takes one mean of all targets: each output has a best answer of its own, "
            "Y.mean(axis=0)",
            lambda Y: _half_squared(Y - Y.mean()),
        ),
        Mistake(
            "it takes the mean of each sample, so that each sample gets another answer: "
            "one answer for all is asked for, Y.mean(axis=0)",
            lambda Y: _half_squared(Y - Y.mean(axis=1, keepdims=True)),
        ),
        Mistake(
            "this is the loss of the answer 0.5, which is the best for XOR only: take "
            "the mean of the targets",
            lambda Y: _half_squared(Y - 0.5),
        ),
        Mistake(
            "this is the loss of the answer 0: subtract the mean of the targets first",
            _half_squared,
        ),
        Mistake(
            "the median has the smallest absolute error; for squared errors it is the "
            "mean",
            lambda Y: _half_squared(Y - np.median(Y, axis=0)),
        ),
        Mistake(
            "it takes the middle between the smallest and the largest target: the mean "
            "counts all of them",
            lambda Y: _half_squared(Y - (Y.min(axis=0) + Y.max(axis=0)) / 2),
        ),
        Mistake(
            "this is the best answer itself: return the loss that it has",
            lambda Y: Y.mean(axis=0),
        ),
        Mistake(
            "the errors are added up before they are squared, so that they cancel: "
            "square first",
            lambda Y: 0.5 * np.sum(Y - Y.mean(axis=0)) ** 2 / len(Y),
        ),
        Mistake(
            "the square is missing: it takes the absolute error",
            lambda Y: 0.5 * np.sum(abs(Y - Y.mean(axis=0))) / len(Y),
        ),
        Mistake(
            "there is a square root too many",
            lambda Y: np.sqrt(my_constant_loss(Y)),
        ),
        Mistake(
            "it gives one loss for each output: add them up into one number",
            lambda Y: 0.5 * np.var(Y, axis=0),
        ),
        Mistake(
            "it gives one loss for each sample: average them into one number",
            lambda Y: 0.5 * np.sum((Y - Y.mean(axis=0)) ** 2, axis=1),
        ),
    ],
)


def xor_network():
    hidden = mlp.Layer(np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([0.0, -1.0]))
    output = mlp.Layer(np.array([[1.0], [-2.0]]), np.array([0.0]))
    return [hidden, output]


def _hand_made_form(result):
    """The outputs of a hand-made 2-2-1 network for the four corners, through ReLU."""
    if not isinstance(result, (list, tuple)) or len(result) != 2:
        raise FormError("return a list of two layers, [hidden, output]")
    layers = []
    for name, pair, (n_in, n_out) in zip(
        ("hidden", "output"), result, [(2, 2), (2, 1)]
    ):
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise FormError(f"the {name} layer is not a pair: mlp.Layer(W, b)")
        for letter, array, shape in zip("Wb", pair, [(n_in, n_out), (n_out,)]):
            array = np.array(array) if isinstance(array, list) else array
            array = to_array(array, letter)
            if array.shape != shape:
                raise FormError(
                    f"{letter} of the {name} layer has the shape {array.shape}, it "
                    f"should be {shape}"
                )
            layers.append(array.astype(float))
    W0, b0, W1, b1 = layers
    Y_hat = np.maximum(np.maximum(mlp.XOR.X @ W0 + b0, 0) @ W1 + b1, 0)
    return {
        f"the output for ({x1:.0f}, {x2:.0f})": y
        for (x1, x2), y in zip(mlp.XOR.X, Y_hat[:, 0])
    }


def _two_units(weights, biases, output, bias=0.0):
    """A 2-2-1 network; both inputs of a hidden unit get the same weight."""
    return lambda: [
        (np.array([weights, weights], dtype=float), np.array(biases, dtype=float)),
        (np.array([[weight] for weight in output], dtype=float), np.array([bias])),
    ]


_SILENT = Mistake(
    "all four outputs are 0: the last layer has ReLU, too, so a sum that is negative "
    "everywhere is cut to 0; look at the signs of the output weights",
    _two_units([0, 0], [0, 0], [0, 0]),
)
_OTHER_TABLES = {
    "XNOR (1, 0, 0, 1), the opposite: 1 where the inputs differ": _two_units(
        [-1, 1], [1, -1], [1, 1]
    ),
    "OR (0, 1, 1, 1): at (1, 1) something must be taken away": _two_units(
        [1, 1], [0, -1], [1, -1]
    ),
    "AND (0, 0, 0, 1): only (1, 1) is on": _two_units([1, 1], [-1, -1], [1, 0]),
    "the sum (0, 1, 1, 2): the hidden units do not bend it": _two_units(
        [1, 1], [0, 0], [0.5, 0.5]
    ),
    "NAND (1, 1, 1, 0): look at (0, 0)": _two_units([1, 1], [-1, 0], [-1, 0], 1.0),
    "NOR (1, 0, 0, 0): only (0, 0) is on": _two_units([-1, -1], [1, 0], [1, 0]),
    "constant 1": _two_units([0, 0], [0, 0], [0, 0], 1.0),
    "constant 0.5, the average of the targets": _two_units([0, 0], [0, 0], [0, 0], 0.5),
}


_xor = Exercise(
    xor_network,
    [()],
    [
        _SILENT,
        *(
            Mistake(f"its outputs are {table}", network)
            for table, network in _OTHER_TABLES.items()
        ),
    ],
    call_once(_hand_made_form),
    tolerance=lambda name: (0.0, 1e-6),
    explain=lambda parts: (
        "it gives "
        + ", ".join(f"{y:.4g} ({name[4:]})" for name, y in parts.items())
        + "; work out the two hidden units for that corner by hand"
    ),
)


EXERCISES = {exercise.name: exercise for exercise in (_xor, _constant_loss)}
