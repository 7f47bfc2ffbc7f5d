"""The exercises of notebook 6, the XOR task.

Stop reading here if you want to solve them yourself.
"""

import numpy as np

import mlp_core as mlp
from course.checking import Exercise, FormError, Mistake, call_once, to_array


def my_success_rate(Y_hats, Y):
    near = abs(Y_hats - Y) < 0.1
    return near.all(axis=(1, 2)).mean()


def _outputs(seed, S, n, n_out, far):
    """Outputs of S networks, most near their targets, a share of them far off."""
    rng = np.random.default_rng(seed)
    Y = rng.integers(0, 2, (n, n_out)).astype(float)
    signs = rng.choice([-1.0, 1.0], (S, n, n_out))
    off = rng.choice([0.01, 0.04, 0.07, 0.09], (S, n, n_out))
    rare = rng.random((S, n, n_out)) < far
    off[rare] = rng.choice([0.12, 0.18, 0.3, 0.4, 1.5], rare.sum())
    return Y + signs * off, Y


def _with_nan(outputs):
    Y_hats, Y = outputs
    Y_hats[0], Y_hats[1] = np.nan, np.inf
    return Y_hats, Y


_success_rate = Exercise(
    my_success_rate,
    [
        (np.array([[[0.05]]]), np.array([[0.0]])),
        (np.array([[[-0.5]], [[0.05]]]), np.array([[0.0]])),
        (
            np.array([[[0.01], [0.98]], [[0.01], [0.3]], [[0.02], [1.05]]]),
            np.array([[0.0], [1.0]]),
        ),
        *(
            _outputs(500 + i, S, n, n_out, far)
            for i, (S, n, n_out, far) in enumerate(
                [
                    (4, 4, 1, 0.1),
                    (50, 4, 1, 0.1),
                    (50, 4, 2, 0.1),
                    (7, 1, 3, 0.2),
                    (20, 3, 1, 0.0),
                    (20, 4, 1, 1.0),
                    (3, 3, 1, 0.2),
                ]
            )
        ),
        _with_nan(_outputs(520, 10, 4, 1, 0.05)),  # diverged networks
        (np.array([[[0], [1]], [[0], [0]]]), np.array([[0], [1]])),  # whole numbers
    ],
    [
        Mistake(
            "this is the share of the outputs: a network counts only if all its outputs "
            "are near; ask .all over its outputs first, then take the mean",
            lambda Y_hats, Y: (abs(Y_hats - Y) < 0.1).mean(),
        ),
        Mistake(
            "one near output is enough for it: all outputs of a network must be near",
            lambda Y_hats, Y: (abs(Y_hats - Y) < 0.1).any(axis=(1, 2)).mean(),
        ),
        Mistake(
            "it asks whether the mean error is small: errors of one output may hide "
            "behind the others; ask each output",
            lambda Y_hats, Y: (abs(Y_hats - Y).mean(axis=(1, 2)) < 0.1).mean(),
        ),
        Mistake(
            "it asks whether the loss is below 0.1: ask each output's distance",
            lambda Y_hats, Y: (
                0.5 * ((Y_hats - Y) ** 2).sum(axis=2).mean(axis=1) < 0.1
            ).mean(),
        ),
        Mistake(
            "the distance is squared before it is compared with 0.1: then 0.3 passes; "
            "take abs",
            lambda Y_hats, Y: ((Y_hats - Y) ** 2 < 0.1).all(axis=(1, 2)).mean(),
        ),
        Mistake(
            "outputs that are far too low count as near: take the absolute value of the "
            "difference",
            lambda Y_hats, Y: (Y_hats - Y < 0.1).all(axis=(1, 2)).mean(),
        ),
        Mistake(
            "the tolerance is 0.1 to each side; here it is half of that",
            lambda Y_hats, Y: (abs(Y_hats - Y) < 0.05).all(axis=(1, 2)).mean(),
        ),
        Mistake(
            "the tolerance is 0.1 to each side; here it is twice that",
            lambda Y_hats, Y: (abs(Y_hats - Y) < 0.2).all(axis=(1, 2)).mean(),
        ),
        Mistake(
            "it rounds the outputs, so that 0.3 passes for 0: the limit is 0.1",
            lambda Y_hats, Y: (np.round(Y_hats) == np.round(Y)).all(axis=(1, 2)).mean(),
        ),
        Mistake(
            "this is a number of networks: divide it by how many there are",
            lambda Y_hats, Y: (abs(Y_hats - Y) < 0.1).all(axis=(1, 2)).sum(),
        ),
        Mistake(
            "this is in percent: a share lies between 0 and 1",
            lambda Y_hats, Y: 100 * my_success_rate(Y_hats, Y),
        ),
        Mistake(
            "this is the share that failed: turn it round",
            lambda Y_hats, Y: 1 - my_success_rate(Y_hats, Y),
        ),
        Mistake(
            "it gives an answer for each network: take the mean over them",
            lambda Y_hats, Y: (abs(Y_hats - Y) < 0.1).all(axis=(1, 2)),
        ),
        Mistake(
            "it asks for all networks at once: .all() needs axis=(1, 2) to answer for "
            "each network",
            lambda Y_hats, Y: float((abs(Y_hats - Y) < 0.1).all()),
        ),
        Mistake(
            "it goes along the wrong axis: axis 0 counts the networks, and each of them "
            "is to be judged over the axes 1 and 2",
            lambda Y_hats, Y: (abs(Y_hats - Y) < 0.1).all(axis=0).mean(),
        ),
        Mistake(
            "it judges each output on its own when there are several: use axis=(1, 2)",
            lambda Y_hats, Y: (abs(Y_hats - Y) < 0.1).all(axis=1).mean(),
        ),
        Mistake(
            "a network whose outputs are not numbers (NaN) counts as solved: NaN is "
            "neither near nor far, so ask whether all are near, not whether any is far",
            lambda Y_hats, Y: 1 - (abs(Y_hats - Y) >= 0.1).any(axis=(1, 2)).mean(),
        ),
    ],
    large=_outputs(530, 20_000, 4, 1, 0.05),
)


def xor_network():
    hidden = mlp.Layer(np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([0.0, -1.0]))
    output = mlp.Layer(np.array([[1.0], [-2.0]]), np.array([0.0]))
    return [hidden, output]


def xnor_network():
    # Unit 0: 1 - x1 - x2, positive at (0, 0) only. Unit 1: x1 + x2 - 1, at (1, 1) only.
    hidden = mlp.Layer(np.array([[-1.0, 1.0], [-1.0, 1.0]]), np.array([1.0, -1.0]))
    output = mlp.Layer(np.array([[1.0], [1.0]]), np.array([0.0]))
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


def _hand_made(right, opposite, message):
    """The exercise of a network by hand."""
    return Exercise(
        right,
        [()],
        [
            _SILENT,
            Mistake(message, opposite),
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


_xor = _hand_made(
    xor_network,
    xnor_network,
    "this is XNOR, the opposite: the output should be 1 where the inputs differ",
)
_xnor = _hand_made(
    xnor_network,
    xor_network,
    "this is XOR, the opposite: the output should be 1 where the inputs are equal",
)


EXERCISES = {exercise.name: exercise for exercise in (_success_rate, _xor, _xnor)}
