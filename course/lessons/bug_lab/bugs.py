"""Eight wrong backward passes, how they look in a gradient check, and what they cost.

Each bug is a function in the form of `mlp_core.loss_and_grads` that differs from
`right` in one place; a comment marks it. All eight are of the kind that stands in real
code: one stood in the original notebook, one in a well-known tutorial. None of them
makes NumPy complain. Where NumPy would complain, the line is right, as an author would
have mended it there, and only there. So a bug can hide in one layer and be absent in
the next.

1. the right backward pass, and the eight bugs
2. signatures: what a gradient check shows of a bug
3. what a bug costs: many networks trained with it

`UNNAMED` are the two bugs of the exercises, as they stand in the stubs.

The functions take one network or a stack, as those of `mlp_core`. Of a stack ``db`` has
the shape (S, n_out). So they count axes from the end. What a learner sees of a bug is
its ``line``, for one network and in the names of the five `STEPS`.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

import mlp_core as mlp
from course.checks import one_of, whole
from course.experiments import error_range, wrong_names
from course.fast import sweep
from course.lessons import load_exercises
from course.pictures import gradient_check
from mlp_core import ORIGINAL, Layer

# 1. The right backward pass, and the eight bugs ---------------------------------------


def _forward(params, X, activation):
    """What the backward pass needs: A, Z, and the slope of each layer."""
    _, (A, Z) = mlp.forward(params, X, activation)
    return A, Z, [layer.slope for layer in mlp.per_layer(activation, params)]


def right(params, X, Y, activation=ORIGINAL):
    """Do what `mlp_core.loss_and_grads` does: the pattern for the eight bugs."""
    A, Z, slopes = _forward(params, X, activation)
    grads, dA = [], (A[-1] - Y) / Y.shape[-2]
    for i in reversed(range(len(params))):
        dZ = dA * slopes[i](Z[i])
        grads.insert(0, Layer(A[i].mT @ dZ, dZ.sum(axis=-2)))
        dA = dZ @ params[i].W.mT
    return mlp.loss(A[-1], Y), grads


def target_for_input(params, X, Y, activation=ORIGINAL):
    """Layer 0 takes the target in place of the input, as in the original notebook.

    Broadcasting hides it: one target, repeated, fits wherever two inputs fit. It runs
    with one output, or with as many outputs as inputs.
    """
    A, Z, slopes = _forward(params, X, activation)
    Y_hat, A[0] = A[-1], np.broadcast_to(Y, X.shape)  # the bug: A[0] is the input X
    grads, dA = [], (Y_hat - Y) / Y.shape[-2]
    for i in reversed(range(len(params))):
        dZ = dA * slopes[i](Z[i])
        grads.insert(0, Layer(A[i].mT @ dZ, dZ.sum(axis=-2)))
        dA = dZ @ params[i].W.mT
    return mlp.loss(Y_hat, Y), grads


def slope_from_output(params, X, Y, activation=ORIGINAL):
    """The slope is taken at a unit's output ``a`` in place of its ``z``.

    With ReLU that is the question ``a >= 0``, and the answer is always yes: the slope
    is 1 everywhere. So stood it in the NumPy tutorial 'Deep learning on MNIST'. With a
    negative alpha it is the same, since ``alpha * z`` is positive where z is negative.
    With a positive alpha, or the identity, ``a`` has the sign of ``z``, and nothing is
    wrong. With tanh and sigmoid the slope is that of another point of the curve.
    """
    A, _, slopes = _forward(params, X, activation)
    grads, dA = [], (A[-1] - Y) / Y.shape[-2]
    for i in reversed(range(len(params))):
        dZ = dA * slopes[i](A[i + 1])  # the bug: the slope belongs to Z[i]
        grads.insert(0, Layer(A[i].mT @ dZ, dZ.sum(axis=-2)))
        dA = dZ @ params[i].W.mT
    return mlp.loss(A[-1], Y), grads


def no_transpose(params, X, Y, activation=ORIGINAL):
    """Going back through a square W, nobody noticed that ``.T`` is missing.

    In every other layer NumPy raises an error, and there the author mended it.
    """
    A, Z, slopes = _forward(params, X, activation)
    grads, dA = [], (A[-1] - Y) / Y.shape[-2]
    for i in reversed(range(len(params))):
        dZ = dA * slopes[i](Z[i])
        grads.insert(0, Layer(A[i].mT @ dZ, dZ.sum(axis=-2)))
        W = params[i].W
        is_square = W.shape[-2] == W.shape[-1]
        dA = dZ @ (W if is_square else W.mT)  # the bug: W.mT belongs to all layers
    return mlp.loss(A[-1], Y), grads


def last_slope_missing(params, X, Y, activation=ORIGINAL):
    """The last layer starts with ``Y_hat - Y``, without the slope of its activation.

    That formula is right for an output without activation, and for softmax with the
    cross-entropy loss. From there it was taken over.
    """
    A, Z, slopes = _forward(params, X, activation)
    grads, dA = [], (A[-1] - Y) / Y.shape[-2]
    for i in reversed(range(len(params))):
        is_last = i == len(params) - 1
        dZ = dA * (1 if is_last else slopes[i](Z[i]))  # the bug: the last has a slope
        grads.insert(0, Layer(A[i].mT @ dZ, dZ.sum(axis=-2)))
        dA = dZ @ params[i].W.mT
    return mlp.loss(A[-1], Y), grads


def no_batch_mean(params, X, Y, activation=ORIGINAL):
    """The loss is a mean over n samples, its slope is not: it is n times too large.

    With batches of one sample, nothing is wrong.
    """
    A, Z, slopes = _forward(params, X, activation)
    grads, dA = [], A[-1] - Y  # the bug: / n is missing
    for i in reversed(range(len(params))):
        dZ = dA * slopes[i](Z[i])
        grads.insert(0, Layer(A[i].mT @ dZ, dZ.sum(axis=-2)))
        dA = dZ @ params[i].W.mT
    return mlp.loss(A[-1], Y), grads


def wrong_axis(params, X, Y, activation=ORIGINAL):
    """The gradient of b is summed over the units in place of the samples.

    The sum has one entry for each sample. That fits b by accident in a layer with as
    many units as samples, and by broadcasting with a batch of one. In every other layer
    NumPy raises an error, and there the author mended it.
    """
    A, Z, slopes = _forward(params, X, activation)
    grads, dA = [], (A[-1] - Y) / Y.shape[-2]
    for i in reversed(range(len(params))):
        dZ = dA * slopes[i](Z[i])
        samples, units = dZ.shape[-2:]
        axis = -1 if samples in (1, units) else -2  # the bug: -2 belongs to all layers
        grads.insert(0, Layer(A[i].mT @ dZ, dZ.sum(axis=axis)))
        dA = dZ @ params[i].W.mT
    return mlp.loss(A[-1], Y), grads


def stale_cache(learning_rate=None):
    """Make a gradient that reads the cache of the call before, as globals invite to.

    The first call has none before it, and reads its own; so does a batch of another
    shape, which wouldn't fit.
    """
    kept = {}  # shape of X -> A and Z of the last call

    def gradient(params, X, Y, activation=ORIGINAL):
        A, Z, slopes = _forward(params, X, activation)
        Y_hat, before = A[-1], kept.get(X.shape, (A, Z))
        kept[X.shape] = A, Z
        A, Z = before  # the bug: A and Z belong to this call
        grads, dA = [], (Y_hat - Y) / Y.shape[-2]
        for i in reversed(range(len(params))):
            dZ = dA * slopes[i](Z[i])
            grads.insert(0, Layer(A[i].mT @ dZ, dZ.sum(axis=-2)))
            dA = dZ @ params[i].W.mT
        return mlp.loss(Y_hat, Y), grads

    return gradient


def update_on_the_way(learning_rate=0.2):
    """Make a gradient that updates W first, and then goes back through the new W.

    It has to know the learning rate. Each update is computed as it should be; only what
    is passed on to the layer before comes from a W that has moved already.
    """

    def gradient(params, X, Y, activation=ORIGINAL):
        A, Z, slopes = _forward(params, X, activation)
        grads, dA = [], (A[-1] - Y) / Y.shape[-2]
        for i in reversed(range(len(params))):
            dZ = dA * slopes[i](Z[i])
            grads.insert(0, Layer(A[i].mT @ dZ, dZ.sum(axis=-2)))
            W = params[i].W - learning_rate * grads[0].W  # the bug: too early
            dA = dZ @ W.mT
        return mlp.loss(A[-1], Y), grads

    return gradient


# The five steps as the notebook writes them, for one network.
STEPS = {
    "step 0": "dA = (Y_hat - Y) / n",
    "step 1": "dZ = dA * f.slope(Z[i])",
    "step 2": "dW = A[i].T @ dZ",
    "step 3": "db = np.sum(dZ, axis=0)",
    "step 4": "dA = dZ @ W[i].T",
}


class Bug(NamedTuple):
    """One planted bug; a maker makes its gradient for a learning rate."""

    function: Callable
    where: str  # the step that it changes
    line: str  # that step with the bug, in the names of `STEPS`
    mark: str  # how to tell it from the others, in words
    is_maker: bool = False

    def gradient(self, learning_rate=0.2):
        """A fresh gradient function with this bug, called like `loss_and_grads`."""
        return self.function(learning_rate) if self.is_maker else self.function


BUGS = {
    "target for input": Bug(
        target_for_input,
        "step 2",
        "dW = (A[i] if i > 0 else Y).T @ dZ",
        "Its mark: W[0] is wrong and b[0] is right. So the slope that arrives at "
        "layer 0 is right, and what it is multiplied with is not.",
    ),
    "slope from output": Bug(
        slope_from_output,
        "step 1",
        "dZ = dA * f.slope(A[i + 1])",
        "Its mark: errors begin where a z is negative, and differ from unit to "
        "unit. With the activation leaky 0.1 it vanishes, since there the output "
        "has the sign of z.",
    ),
    "no transpose": Bug(
        no_transpose,
        "step 4",
        "dA = dZ @ (W[i] if n_in == n_out else W[i].T)",
        "Its mark: up to a square W, counted from the output, all is right; before "
        "it all is wrong, W and b alike. With sizes that are all different it "
        "vanishes, since NumPy would refuse the product.",
    ),
    "last slope missing": Bug(
        last_slope_missing,
        "step 1",
        "dZ = dA * (f.slope(Z[i]) if i < last else 1)",
        "Its mark: the last b is wrong already. With a batch of 1 every gradient "
        "is wrong by the same factor. With the identity it vanishes, since there "
        "the slope is 1.",
    ),
    "no 1/n": Bug(
        no_batch_mean,
        "step 0",
        "dA = Y_hat - Y",
        "Its mark: every gradient is too large by the same factor, the batch size. "
        "With a batch of 1 it vanishes.",
    ),
    "wrong axis": Bug(
        wrong_axis,
        "step 3",
        "db = np.sum(dZ, axis=1 if n in (1, n_out) else 0)",
        "Its mark: only biases are wrong, in layers with as many units as there "
        "are samples. Another batch size moves it to other layers; a batch of 1 "
        "spreads it over all layers with several units.",
    ),
    "stale cache": Bug(
        stale_cache,
        "before step 0",
        "A, Z = cache_before",
        "Its mark: W is wrong in every layer, in the last one too, by amounts that "
        "follow no rule. It vanishes if the call before had the same batch.",
        is_maker=True,
    ),
    "update on the way": Bug(
        update_on_the_way,
        "step 4",
        "dA = dZ @ (W[i] - learning_rate * dW).T",
        "Its mark: the last layer is right, all before it is wrong. The errors "
        "shrink with the learning rate.",
        is_maker=True,
    ),
}


UNNAMED = {  # for one network, not for a stack
    name.removeprefix("mend_"): exercise.mistakes[0].wrong
    for name, exercise in load_exercises("bug_lab").items()
    if exercise.planted
}


def spoiled(step, layer):
    """A gradient that makes the result of one step in one layer 1.5 times too large."""

    def off(s, i):
        return 1.5 if (s, i) == (step, layer) else 1.0

    def gradient(params, X, Y, activation=ORIGINAL):
        A, Z, slopes = _forward(params, X, activation)
        grads, dA = [], off(0, layer) * (A[-1] - Y) / len(Y)
        for i in reversed(range(len(params))):
            dZ = off(1, i) * dA * slopes[i](Z[i])
            dW, db = off(2, i) * A[i].T @ dZ, off(3, i) * dZ.sum(axis=0)
            grads.insert(0, Layer(dW, db))
            dA = off(4, i) * dZ @ params[i].W.T
        return mlp.loss(A[-1], Y), grads

    return gradient


# 2. Signatures ------------------------------------------------------------------------

ACTIVATIONS = {
    "leaky -0.2": ORIGINAL,
    "leaky 0.1": mlp.leaky_relu(0.1),
    "leaky 0.25": mlp.leaky_relu(0.25),
    "leaky 0.5": mlp.leaky_relu(0.5),
    "ReLU": mlp.relu,
    "tanh": mlp.tanh,
    "identity": mlp.identity,
}
SQUARE = (3, 3, 3, 3)
DIFFERENT = (2, 4, 3, 1)  # no two neighbours alike
SIZES = (mlp.ORIGINAL_SIZES, SQUARE, DIFFERENT)
NETWORKS = {"negative": 464, "positive": 27, "both": 20}  # sign of the last z -> seed
CALLS_BEFORE = ("other batch", "same batch")


class Case(NamedTuple):
    """A network and two batches on which a gradient can be checked."""

    params: list  # with biases that aren't 0, so that no z sits on a kink
    X: np.ndarray
    Y: np.ndarray
    X_before: np.ndarray  # the batch of the call before


def case(
    last_z="negative",
    sizes=mlp.ORIGINAL_SIZES,
    batch_size=3,
    draw=None,
    activation="leaky -0.2",
) -> Case:
    """Make a network whose last z has this sign on all samples, and its batches.

    The target is the sum of the inputs, the same in each output. Where the last z is
    negative, a gradient that leaves out the last slope is seen at once. With 'both' the
    first two samples have different signs, unless dead units make them the same.

    By default it is a network of the notebook's maps. A ``draw`` (a seed) is another
    one, with other batches; its last bias is moved until the sign is right.
    """
    batch_size = whole("batch_size", batch_size, 1, 8)
    one_of("last_z", last_z, list(NETWORKS))
    rng = np.random.default_rng(NETWORKS[last_z] if draw is None else draw)
    params = [
        Layer(W, 0.3 * rng.standard_normal(b.shape))
        for W, b in mlp.initialize(sizes, rng)
    ]
    X, X_before = rng.standard_normal((2, 8, sizes[0]))
    if draw is not None:
        both, f = np.concatenate([X, X_before]), ACTIVATIONS[activation]
        z = mlp.forward(params, both, f)[1].Z[-1]
        W, b = params[-1]
        params[-1] = Layer(W, b + _SHIFTS[last_z](z))
    Y = np.repeat(X.sum(axis=1, keepdims=True), sizes[-1], axis=1)
    return Case(params, *(batch[:batch_size] for batch in (X, Y, X_before)))


_SHIFTS = {  # what to add to the last z, of shape (samples, units)
    "negative": lambda z: -0.1 - z.max(axis=0),
    "positive": lambda z: 0.1 - z.min(axis=0),
    "both": lambda z: 0.1 * (z[0] == z[1]) - (z[0] + z[1]) / 2,  # no z on a kink
}


def signature(bug=None, **settings) -> list[mlp.ParameterCheck]:
    """Check the gradient of a bug (None: the right one) against central differences.

    ``bug`` may be a gradient of your own, too. Of the settings, ``activation`` is a
    name of `ACTIVATIONS`. ``before`` says with which batch the gradient was called
    before the check: it counts for 'stale cache', and the ``learning_rate`` for 'update
    on the way'. The others are those of `case`.
    """
    params, X, Y, f, gradient = _plant(bug, **settings)
    return mlp.gradient_check(params, X, Y, f, gradient)


def _plant(
    bug,
    activation="leaky -0.2",
    batch_size=3,
    sizes=mlp.ORIGINAL_SIZES,
    learning_rate=0.2,
    before="other batch",
    last_z="negative",
    draw=None,
):
    """A case, its activation, and the gradient of a bug after the call before."""
    one_of("before", before, CALLS_BEFORE)
    params, X, Y, X_before = case(last_z, sizes, batch_size, draw, activation)
    f, gradient = ACTIVATIONS[activation], _gradient(bug, learning_rate)
    gradient(params, X_before if before == "other batch" else X, Y, f)
    return params, X, Y, f, gradient


def wrong_arrays(bug=None, **settings) -> list[str]:
    """The names of the arrays that such a check finds wrong."""
    return wrong_names(signature(bug, **settings))


def claimed(bug, **settings):
    """The loss, and what a bug says of its slopes: one flat array."""
    params, X, Y, f, gradient = _plant(bug, **settings)
    loss, grads = gradient(params, X, Y, f)
    return loss, np.concatenate([array.ravel() for layer in grads for array in layer])


def _gradient(bug, learning_rate):
    """The gradient with a bug, as an update takes it; None is the right one."""
    if callable(bug):
        return as_in_an_update(bug)
    one_of("bug", bug, (None, *BUGS))
    return as_in_an_update(BUGS[bug].gradient(learning_rate) if bug else right)


def as_in_an_update(gradient):
    """Broadcast each ``db`` to its ``b``, as ``b - learning_rate * db`` does.

    `mlp_core` refuses a ``db`` of the shape (1,) for three biases. A plain update takes
    it, and that is how 'wrong axis' stays hidden.
    """

    def broadcast(params, X, Y, activation):
        value, grads = gradient(params, X, Y, activation)
        is_stack = params[0].W.ndim == 3
        return value, [
            Layer(dW, np.broadcast_to(db[:, None] if is_stack else db, b.shape))
            for (dW, db), (_, b) in zip(grads, params)
        ]

    return broadcast


def show(bug):
    """What the notebook shows of a bug: the changed line, and the map."""
    where, line = BUGS[bug][1:3]
    if where in STEPS:
        print(f"{where}, right:  {STEPS[where]}")
    print(f"{where}, here:   {line}")
    return gradient_check(signature(bug), digits=2)


def difference(shown, guessed) -> str:
    """Say how a guessed signature of the same network differs from the one shown.

    Empty if they can't be told apart.
    """
    pairs = list(zip(shown, guessed, strict=True))
    would_be = {
        "right": [a.name for a, b in pairs if b.ok and not a.ok],
        "wrong": [a.name for a, b in pairs if a.ok and not b.ok],
    }
    parts = [f"{_list(names)} would be {w}" for w, names in would_be.items() if names]
    if parts:
        return f"With it, {' and '.join(parts)}."
    far = [
        (a.name, error_range(a), error_range(b))
        for a, b in pairs
        if not a.ok and np.max(abs(a.error - b.error)) > 0.01
    ]
    # From the output on: there a bug begins.
    for name, here, there in reversed(far):
        if here != there:
            return (
                "With it, the same arrays would be wrong, but by other amounts: "
                f"{name} by {there}, not {here}."
            )
    return "With it, single entries would have other errors." if far else ""


def _list(names):
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


# 3. What a bug costs ------------------------------------------------------------------


def success(bug, task, seeds, *, learning_rate=0.2, steps=2000, **settings):
    """Train a network for each seed with a bug: which learned the task, (S,) bool.

    ``bug`` is one of `BUGS`, or None for the right gradient; the settings are those of
    `course.fast.sweep`.
    """
    run = sweep(
        task.X,
        task.Y,
        seeds,
        learning_rate=learning_rate,
        epochs=1,
        steps_per_epoch=steps,
        gradient=_gradient(bug, learning_rate),
        block=10**9,  # all in one: a stale cache is that of the same networks
        **settings,
    )
    return run.success


def costs(task, seeds) -> dict:
    """Of how many networks each bug leaves how many a success: {name: (k, trials)}."""
    cases = {"no bug": None, **{name: name for name in BUGS}}
    return {
        name: (int(success(bug, task, seeds).sum()), len(seeds))
        for name, bug in cases.items()
    }
