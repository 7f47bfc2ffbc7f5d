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


# Wrong ways from the errors to the loss, and wrong answers to measure from: who goes
# wrong in both is told of both.
_OUTPUTS = "divides by the outputs, too: sum over the outputs, average over the samples"
_LOSSES = {
    "the half is missing": lambda e: np.sum(e**2) / len(e),
    "1/n is missing: the loss is averaged over the samples": lambda e: (
        0.5 * np.sum(e**2)
    ),
    "the half and 1/n are both missing": lambda e: np.sum(e**2),
    f".mean() {_OUTPUTS}": lambda e: 0.5 * np.mean(e**2),
    f"the half is missing, and .mean() {_OUTPUTS}": lambda e: np.mean(e**2),
    "these are the errors: square and halve them, then make one number of them": (
        lambda e: e
    ),
}
_ANSWERS = {
    "it takes one mean of all targets (so does np.var): each output has a best answer "
    "of its own, Y.mean(axis=0)": lambda Y: Y.mean(),
    "it takes the mean of each sample, so that each sample gets another answer: one "
    "answer for all is asked for, Y.mean(axis=0)": lambda Y: Y.mean(
        axis=1, keepdims=True
    ),
    "it takes the mean of each sample, and (n, 1) minus (n,) is (n, n): one answer for "
    "all samples is asked for, Y.mean(axis=0)": lambda Y: Y.mean(axis=1),
    "it measures from the answer 0.5, which is the best for XOR only: take the mean of "
    "the targets": lambda Y: 0.5,
    "it measures from the answer 0: subtract the mean of the targets first": lambda Y: (
        0.0
    ),
    "it measures from the median, which has the smallest absolute error; for squared "
    "errors it is the mean": lambda Y: np.median(Y, axis=0),
    "it measures from the middle between the smallest and the largest target: the mean "
    "counts all of them": lambda Y: (Y.min(axis=0) + Y.max(axis=0)) / 2,
}

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
        *(
            Mistake(
                f"the answer is the best one, but {what}",
                lambda Y, loss=loss: loss(Y - Y.mean(axis=0)),
            )
            for what, loss in _LOSSES.items()
        ),
        *(
            Mistake(message, lambda Y, answer=answer: _half_squared(Y - answer(Y)))
            for message, answer in _ANSWERS.items()
        ),
        *(
            Mistake(
                f"{message}; besides, {what}",
                lambda Y, answer=answer, loss=loss: loss(Y - answer(Y)),
            )
            for message, answer in _ANSWERS.items()
            for what, loss in _LOSSES.items()
        ),
        Mistake(
            "this is the best answer itself: return the loss that it has",
            lambda Y: Y.mean(axis=0),
        ),
        Mistake(
            "this is the mean of all targets: each output has a best answer of its own, "
            "Y.mean(axis=0), and its loss is asked for",
            lambda Y: Y.mean(),
        ),
        Mistake(
            "this is the mean of each sample: the best answer is one for all samples, "
            "Y.mean(axis=0), and its loss is asked for",
            lambda Y: Y.mean(axis=1),
        ),
        Mistake(
            "the errors are added up before they are squared, so that they cancel: "
            "square first",
            lambda Y: 0.5 * np.sum(Y - Y.mean(axis=0)) ** 2 / len(Y),
        ),
        Mistake(
            "the square is missing: it takes half of the absolute error",
            lambda Y: 0.5 * np.sum(abs(Y - Y.mean(axis=0))) / len(Y),
        ),
        Mistake(
            "the square and the half are missing: it takes the absolute error",
            lambda Y: np.sum(abs(Y - Y.mean(axis=0))) / len(Y),
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
            "it gives one number for each output, and the half is missing: add them up "
            "into one number, and halve it",
            lambda Y: np.var(Y, axis=0),
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
    A = np.maximum(mlp.XOR.X @ W0 + b0, 0)
    Y_hat = np.maximum(A @ W1 + b1, 0)
    parts = {
        f"the output for ({x0:.0f}, {x1:.0f})": y
        for (x0, x1), y in zip(mlp.XOR.X, Y_hat[:, 0])
    }
    if not Y_hat.any():
        parts[_why_silent(A[1:3], W1)] = np.array(True)
    return parts


def _why_silent(A, W):
    """Why the output is 0 at (0, 1) and (1, 0), from the hidden activations there."""
    if not A.any():
        return "no unit is on"
    if not (A @ np.maximum(W, 0)).any():
        return "nothing is added"
    return "too much is taken away" if (A @ np.minimum(W, 0)).any() else "silent"


def _two_units(weights, biases, output, bias=0.0):
    """A 2-2-1 network; both inputs of a hidden unit get the same weight."""
    return lambda: [
        (np.array([weights, weights], dtype=float), np.array(biases, dtype=float)),
        (np.array([[weight] for weight in output], dtype=float), np.array([bias])),
    ]


_SILENT = {
    "both hidden units are 0 at (0, 1) and at (1, 0), so nothing reaches the output; "
    "look at their weights and biases": _two_units([0, 0], [0, 0], [0, 0]),
    "what is positive in the hidden layer at (0, 1) and (1, 0) is not added to the "
    "output: look at the signs of the output weights": _two_units(
        [1, 1], [0, -1], [-1, 2]
    ),
    "at (0, 1) and (1, 0) as much is taken away as is added, or more, and ReLU makes 0 "
    "of that; is the unit that takes away positive at (1, 1) only? look at its "
    "bias": _two_units([1, 1], [0, 0], [1, -2]),
}
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
        *(
            Mistake(f"all four outputs are 0: {reason}", network)
            for reason, network in _SILENT.items()
        ),
        *(
            Mistake(f"its outputs are {table}", network)
            for table, network in _OTHER_TABLES.items()
        ),
    ],
    call_once(_hand_made_form),
    tolerance=lambda name: (0.0, 1e-6),
    explain=lambda parts: (
        "it gives "
        + ", ".join(
            f"{y:.4g} ({name[4:]})" for name, y in parts.items() if "for" in name
        )
        + "; work out the two hidden units for that corner by hand"
    ),
)


EXERCISES = {exercise.name: exercise for exercise in (_xor, _constant_loss)}
