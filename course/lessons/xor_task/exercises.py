"""The exercises of notebook 6, the XOR task.

Stop reading here if you want to solve them yourself.
"""

import numpy as np

import mlp_core as mlp
from course.checking import Exercise, FormError, Mistake, call_once, to_array
from course.lessons.cases import mended_by, normal


def my_constant_loss(Y):
    error = Y - Y.mean(axis=0)
    return 0.5 * np.sum(error**2) / len(Y)


def _half_squared(error):
    return 0.5 * np.sum(error**2) / len(error)


# Wrong ways from the errors to the loss, and wrong answers to measure from: who goes
# wrong in both is told of both.
_PER_OUTPUT = "the more outputs, the smaller it gets: they are summed, not averaged"
_LOSSES = {
    "the half is missing": lambda e: np.sum(e**2) / len(e),
    "it grows with the number of samples: the loss is averaged over them": lambda e: (
        0.5 * np.sum(e**2)
    ),
    "it grows with the number of samples, and the half is missing": lambda e: np.sum(
        e**2
    ),
    _PER_OUTPUT: lambda e: 0.5 * np.mean(e**2),
    f"{_PER_OUTPUT}; and the half is missing": lambda e: np.mean(e**2),
    "these are errors, one for each target: square and halve them, and make one number "
    "of them": lambda e: e,
    "the errors are not squared, only their signs are gone": lambda e: (
        0.5 * np.sum(abs(e)) / len(e)
    ),
    "the errors are neither squared nor halved, only their signs are gone": lambda e: (
        np.sum(abs(e)) / len(e)
    ),
    "the errors are not squared, only their signs are gone, and the outputs are "
    "averaged, not summed": lambda e: 0.5 * np.mean(abs(e)),
    "the errors are neither squared nor halved, only their signs are gone, and the "
    "outputs are averaged, not summed": lambda e: np.mean(abs(e)),
}
_ANSWERS = {
    "all outputs get the same answer, the mean of all targets: each output has a best "
    "answer of its own": lambda Y: Y.mean(),
    "each sample gets an answer of its own, the mean of its targets: one answer for all "
    "samples is asked for": lambda Y: Y.mean(axis=1, keepdims=True),
    "every target is compared with the mean of every sample: n targets (n, 1) minus n "
    "means (n,) make (n, n) errors, and one answer for all samples is asked "
    "for": lambda Y: Y.mean(axis=1),
    "it measures from the answer 0.5, which is the best for XOR only: which one is it "
    "for these targets?": lambda Y: 0.5,
    "it measures from the answer 0: which constant answer is the best?": lambda Y: 0.0,
    "it measures from the median, which has the smallest absolute error: which answer "
    "has the smallest squared one?": lambda Y: np.median(Y, axis=0),
    "it measures from the middle between the smallest and the largest target: the best "
    "answer counts all of them": lambda Y: (Y.min(axis=0) + Y.max(axis=0)) / 2,
}
_SQUARES = "0.5 * np.sum(error**2) / len(Y)"
_ERROR = "error = Y - Y.mean(axis=0)"


def _fresh_targets(rng):
    """One sample, equal rows, whole and large numbers, a constant output, float32."""
    n, outputs = rng.integers(2, 7, 2)
    drawn = normal(rng, n, outputs)
    return [
        (normal(rng, 1, 2),),
        (np.repeat(normal(rng, 1, 3), 4, axis=0),),
        (np.append(rng.integers(-9, 10, n), [60, -60])[:, None],),
        (drawn,),
        (np.hstack([drawn, np.full((n, 1), 2.0)]) + 5.0,),
        ((rng.random((7, 2)) < 0.3) * 1.0,),
        (normal(rng, 40, 3).astype(np.float32),),
    ]


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
                _SQUARES,
            )
            for what, loss in _LOSSES.items()
        ),
        *(
            Mistake(
                message, lambda Y, answer=answer: _half_squared(Y - answer(Y)), _ERROR
            )
            for message, answer in _ANSWERS.items()
        ),
        *(
            Mistake(
                f"{message}; besides, {what}",
                lambda Y, answer=answer, loss=loss: loss(Y - answer(Y)),
                f"{_ERROR}, then {_SQUARES}",
            )
            for message, answer in _ANSWERS.items()
            for what, loss in _LOSSES.items()
        ),
        *mended_by(
            f"{_ERROR}, then {_SQUARES}",
            {
                "this is the best answer itself: return the loss that it "
                "has": lambda Y: Y.mean(axis=0),
                "this is the mean of all targets: each output has a best answer of its "
                "own, and the loss of these is asked for": lambda Y: Y.mean(),
                "this is the mean of each sample: the best answer is one for all "
                "samples, and its loss is asked for": lambda Y: Y.mean(axis=1),
                "it is 0 whatever the targets are: errors of opposite sign cancel if they "
                "are added up before they are squared": lambda Y: (
                    0.5 * np.sum(Y - Y.mean(axis=0)) ** 2 / len(Y)
                ),
                "this is the square root of the loss": lambda Y: np.sqrt(
                    my_constant_loss(Y)
                ),
                "it gives one loss for each output: add them up": lambda Y: (
                    0.5 * np.var(Y, axis=0)
                ),
                "it gives one number for each output, twice its loss: halve them, and "
                "add them up": lambda Y: np.var(Y, axis=0),
                "it gives one loss for each sample: average them": lambda Y: (
                    0.5 * np.sum((Y - Y.mean(axis=0)) ** 2, axis=1)
                ),
                "it gives one number for each target: sum them over the outputs, and "
                "average over the samples": lambda Y: 0.5 * (Y - Y.mean(axis=0)) ** 2,
                "with n samples it divides by n - 1, as a statistician does for a sample "
                "of many: divide by n": lambda Y: (
                    my_constant_loss(Y) * len(Y) / np.float64(len(Y) - 1)
                ),
            },
        ),
    ],
    allowed=(mlp.loss,),
    fresh=_fresh_targets,
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
            what = f"{letter} of the {name} layer"
            array = np.asarray(to_array(array, what), dtype=float)
            if array.shape != shape:
                raise FormError(
                    f"{what} has the shape {array.shape}, it should be {shape}"
                )
            layers.append(array)
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
    "at (0, 1) and at (1, 0) both hidden units are 0, so nothing reaches the output: "
    "which of them should be on there?": _two_units([0, 0], [0, 0], [0, 0]),
    "at (0, 1) and at (1, 0) no unit that is on has a positive output weight, so nothing "
    "is added: which unit should be on there, and which sign should its output weight "
    "have?": _two_units([1, 1], [0, -1], [-1, 2]),
    "at (0, 1) and at (1, 0) as much is taken away as is added, or more, and ReLU makes "
    "0 of that: at which corners should the unit that takes away be "
    "on?": _two_units([1, 1], [0, 0], [1, -2]),
}
_OTHER_TABLES = {
    "XNOR (1, 0, 0, 1), the opposite: 1 where the inputs differ": _two_units(
        [-1, 1], [1, -1], [1, 1]
    ),
    "OR (0, 1, 1, 1): at (1, 1) the 1 must be taken away": _two_units(
        [1, 1], [0, -1], [1, -1]
    ),
    "AND (0, 0, 0, 1): one input alone should be enough, and both too many": _two_units(
        [1, 1], [-1, -1], [1, 0]
    ),
    "the sum (0, 1, 1, 2): at (1, 1) these are 2 too many, so what must be on there, and "
    "only there?": _two_units([1, 1], [0, 0], [0.5, 0.5]),
    "NAND (1, 1, 1, 0): only (0, 0) is wrong": _two_units([-1, 0], [2, 0], [1, 0], 0.0),
    "NOR (1, 0, 0, 0): it should be on where (0, 0) is off": _two_units(
        [-1, -1], [1, 0], [1, 0]
    ),
    "right for one order of the inputs only, (0, 0, 1, 0): what happens at "
    "(0, 1)?": lambda: _one_sided([[1, 0], [-1, 0]]),
    "right for one order of the inputs only, (0, 1, 0, 0): what happens at "
    "(1, 0)?": lambda: _one_sided([[-1, 0], [1, 0]]),
    "1 for all: the output should depend on the inputs": _two_units(
        [0, 0], [0, 0], [0, 0], 1.0
    ),
    "0.5 for all, the average of the targets: the output should depend on the "
    "inputs": _two_units([0, 0], [0, 0], [0, 0], 0.5),
}


def _one_sided(W):
    return [(W, [0, 0]), ([[1], [0]], [0])]


def _explain(parts):
    """The four outputs, and the first corner to look at."""
    outputs = {name[4:]: y for name, y in parts.items() if "for" in name}
    given = ", ".join(f"{y:.4g}" for y in outputs.values())
    values = np.array(list(outputs.values()))
    if 0 < values[1] < np.inf and np.allclose(values, values[1] * mlp.XOR.Y[:, 0]):
        thought = "only the size is wrong"
    else:
        off = abs(values - mlp.XOR.Y[:, 0])
        corner = list(outputs)[int(np.argmax(~(off <= 1e-6)))]
        thought = f"work out both hidden units and the {corner} by hand"
    return f"for the four corners it gives {given}, and not 0, 1, 1, 0: {thought}"


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
    explain=_explain,
    allowed=(mlp.forward, mlp.loss),
)


def for_every_alpha(alpha):
    """The outputs of a network for XOR: |x0 - x1|, of two units with any alpha but 1."""
    hidden = mlp.Layer(np.array([[1.0, -1.0], [-1.0, 1.0]]), np.zeros(2))
    output = mlp.Layer(np.full((2, 1), 1 / (1 - alpha)), np.zeros(1))
    return mlp.forward([hidden, output], mlp.XOR.X, mlp.leaky_relu(alpha))[0]


EXERCISES = {exercise.name: exercise for exercise in (_xor, _constant_loss)}
