"""The bug lab: eight wrong backward passes, how they look in a gradient check, a game.

Each bug is a function in the form of `mlp_core.loss_and_grads` that differs from
`right` in one place; a comment marks it. All eight are of the kind that stands in
real code: one stood in the original notebook, one in a well-known tutorial. None of them
makes NumPy complain. Where NumPy would complain, the line is right, as an author would
have mended it there, and only there. So a bug can hide in one layer and be absent in the
next.

1. the right backward pass, and the eight bugs
2. signatures: what a gradient check shows of a bug
3. what a bug costs: many networks trained with it
4. the lab: a panel with an unnamed bug

Section 1 ends with three unnamed bugs, for the exercises of the notebook: don't read
`UNNAMED` before you have solved them.

The functions take one network, or a stack of S networks with the network axis in front,
as `mlp_core.sweep` returns it. Therefore they count axes from the end: ``axis=-2`` are
the samples, ``axis=-1`` the units, and ``.mT`` transposes the last two axes. For one
network that is the same as ``axis=0``, ``axis=1`` and ``.T``.
"""

import functools
import html
import inspect
from collections.abc import Callable
from typing import ClassVar, NamedTuple

import ipywidgets as widgets
import numpy as np

import mlp_core as mlp
import mlp_panels as panels
import mlp_pictures as pictures
from mlp_core import ORIGINAL, Layer

# 1. The right backward pass, and the eight bugs ---------------------------------------


def _forward(params, X, activation):
    """Return what the backward pass needs: A, Z, and the slope of each layer."""
    if not params:  # else a loss would come out, that of X itself
        raise ValueError("params is empty: a network needs at least one layer")
    A, Z, each = [X], [], mlp.per_layer(activation, params)
    for (W, b), one in zip(params, each):
        Z.append(A[-1] @ W + b)
        A.append(one.f(Z[-1]))
    return A, Z, [one.slope for one in each]


def _loss(Y_hat, Y):
    """Half the squared error, averaged over the samples; one for each network."""
    if Y_hat.shape != Y.shape:  # broadcasting would make a number of them
        raise ValueError(f"Y is {Y.shape} but the prediction is {Y_hat.shape}")
    return 0.5 * np.sum((Y_hat - Y) ** 2, axis=(-2, -1)) / Y.shape[-2]


def right(params, X, Y, activation=ORIGINAL):
    """Do what `mlp_core.loss_and_grads` does: the pattern for the eight bugs.

    Parameters
    ----------
    params : list of Layer
        One network; or a stack, with W (S, n_in, n_out) and b (S, 1, n_out).
    X : ndarray of shape (n, n_in), or (S, n, n_in)
    Y : ndarray of shape (n, n_out), or (S, n, n_out)
    activation : Activation, or a sequence of one for each layer

    Returns
    -------
    loss : float, or ndarray of shape (S,)
    grads : list of Layer
        dW of the shape of W, and db (n_out,), or (S, n_out).
    """
    A, Z, slopes = _forward(params, X, activation)
    grads, dA = [], (A[-1] - Y) / Y.shape[-2]
    for i in reversed(range(len(params))):
        dZ = dA * slopes[i](Z[i])
        grads.insert(0, Layer(A[i].mT @ dZ, dZ.sum(axis=-2)))
        dA = dZ @ params[i].W.mT
    return _loss(A[-1], Y), grads


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
    return _loss(Y_hat, Y), grads


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
    return _loss(A[-1], Y), grads


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
    return _loss(A[-1], Y), grads


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
    return _loss(A[-1], Y), grads


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
    return _loss(A[-1], Y), grads


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
    return _loss(A[-1], Y), grads


def stale_cache():
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
        return _loss(Y_hat, Y), grads

    return gradient


def update_on_the_way(learning_rate=0.2):
    """Make a gradient that updates W first, and then goes back through the new W.

    It has to know the learning rate. Each update is computed as it should be; only what
    is passed on to the layer before comes from a W that has moved already.
    """
    learning_rate = mlp._check_positive("learning_rate", learning_rate)

    def gradient(params, X, Y, activation=ORIGINAL):
        A, Z, slopes = _forward(params, X, activation)
        grads, dA = [], (A[-1] - Y) / Y.shape[-2]
        for i in reversed(range(len(params))):
            dZ = dA * slopes[i](Z[i])
            grads.insert(0, Layer(A[i].mT @ dZ, dZ.sum(axis=-2)))
            W = params[i].W - learning_rate * grads[0].W  # the bug: too early
            dA = dZ @ W.mT
        return _loss(A[-1], Y), grads

    return gradient


class Bug(NamedTuple):
    """One planted bug.

    Attributes
    ----------
    name : str
        As the menu of the lab offers it.
    function : callable
        The gradient function, or what makes it.
    mark : str
        How to tell it from the others, in words.
    """

    name: str
    function: Callable
    mark: str

    def gradient(self, learning_rate=0.2):
        """A fresh gradient function with this bug, called like `loss_and_grads`."""
        if self.function is stale_cache:
            return stale_cache()
        if self.function is update_on_the_way:
            return update_on_the_way(learning_rate)
        return self.function

    @property
    def line(self) -> str:
        """The marked line of its code."""
        lines = inspect.getsource(self.function).splitlines()
        return next(line.strip() for line in lines if "# the bug" in line)


BUGS = {
    bug.name: bug
    for bug in (
        Bug(
            "target for input", target_for_input,
            "Its mark: W[0] is wrong and b[0] is right. So the slope that arrives at "
            "layer 0 is right, and what it is multiplied with is not.",
        ),
        Bug(
            "slope from output", slope_from_output,
            "Its mark: errors begin where a z is negative, and differ from unit to "
            "unit. With the activation leaky 0.1 it vanishes, since there the output "
            "has the sign of z.",
        ),
        Bug(
            "no transpose", no_transpose,
            "Its mark: up to a square W, counted from the output, all is right; before "
            "it all is wrong, W and b alike. With sizes that are all different it "
            "vanishes, since NumPy would refuse the product.",
        ),
        Bug(
            "last slope missing", last_slope_missing,
            "Its mark: the last b is wrong already. With a batch of 1 every gradient "
            "is wrong by the same factor. With the identity it vanishes, since there "
            "the slope is 1.",
        ),
        Bug(
            "no 1/n", no_batch_mean,
            "Its mark: every gradient is too large by the same factor, the batch size. "
            "With a batch of 1 it vanishes.",
        ),
        Bug(
            "wrong axis", wrong_axis,
            "Its mark: only biases are wrong, in layers with as many units as there "
            "are samples. Another batch size moves it to other layers; a batch of 1 "
            "spreads it over all layers with several units.",
        ),
        Bug(
            "stale cache", stale_cache,
            "Its mark: W is wrong in every layer, in the last one too, by amounts that "
            "follow no rule. It vanishes if the call before had the same batch.",
        ),
        Bug(
            "update on the way", update_on_the_way,
            "Its mark: the last layer is right, all before it is wrong. The errors "
            "shrink with the learning rate.",
        ),
    )
}  # fmt: skip


def _unnamed(dW=False, db=False, back=False):
    """A bug of the exercises; what is true is wrong."""

    def gradient(params, X, Y, activation=ORIGINAL):
        A, Z, slopes = _forward(params, X, activation)
        grads, dA = [], (A[-1] - Y) / Y.shape[-2]
        for i in reversed(range(len(params))):
            dZ = dA * slopes[i](Z[i])
            to_W, to_b = dA if dW else dZ, dZ / Y.shape[-2] if db else dZ
            grads.insert(0, Layer(A[i].mT @ to_W, to_b.sum(axis=-2)))
            dA = (dA if back else dZ) @ params[i].W.mT
        return _loss(A[-1], Y), grads

    return gradient


# The stubs of the exercises `mend_first`, `mend_second`, `mend_third`, for their maps.
UNNAMED = {
    "first": _unnamed(dW=True),
    "second": _unnamed(db=True),
    "third": _unnamed(back=True),
}


# 2. Signatures ------------------------------------------------------------------------

ACTIVATIONS = {
    "leaky -0.2": ORIGINAL,
    "leaky 0.1": mlp.leaky_relu(0.1),
    "ReLU": mlp.relu,
    "tanh": mlp.tanh,
    "identity": mlp.identity,
}
SQUARE = (3, 3, 3, 3)
DIFFERENT = (2, 4, 3, 1)  # no two neighbours alike
SIZES = (mlp.ORIGINAL_SIZES, SQUARE, DIFFERENT)
NETWORKS = {"A": 464, "B": 27, "C": 20}  # name -> seed
CALLS_BEFORE = ("other batch", "same batch")


class Case(NamedTuple):
    """A network and two batches on which a gradient can be checked.

    Attributes
    ----------
    params : list of Layer
        With biases that aren't 0, so that no z sits on a kink.
    X, Y : ndarray
        The batch of the check.
    X_before : ndarray
        The batch of the call before.
    """

    params: list
    X: np.ndarray
    Y: np.ndarray
    X_before: np.ndarray


def _one_of(known):
    """Make a check, for `mlp_panels._checked`: the value must be one of these."""

    def check(name, value):
        if not isinstance(value, (str, type(None))) or value not in known:
            words = ", ".join(map(repr, known))
            raise ValueError(f"{name} must be one of {words}, not {value!r}")
        return value

    return check


_CHECKS = {
    "bug": _one_of((None, *BUGS)),
    "activation": _one_of(ACTIVATIONS),
    "before": _one_of(CALLS_BEFORE),
    "network": _one_of(NETWORKS),
    "batch_size": lambda name, value: pictures._whole(name, value, 1, 8),
    "draw": lambda name, value: pictures._whole(name, value, 0),
    "sizes": mlp._check_sizes,
    "learning_rate": mlp._check_positive,
    "gradient": lambda name, value: mlp._check_callable(name, value, optional=False),
    "seed": lambda name, value: pictures._whole(name, value, 0),
}
_checked = functools.partial(panels._checked, checks=_CHECKS)


@_checked
def case(network="A", sizes=mlp.ORIGINAL_SIZES, batch_size=3, draw=None) -> Case:
    """Make a network and its batches from its name.

    The target is the sum of the inputs, the same in each output. With 'A', the default,
    the last z is negative on all samples: a gradient that leaves out the last slope is
    seen at once. With 'B' it is positive, with 'C' it is now this, now that.

    By default each name is one network, that of the maps in the notebook. Another
    `draw` (a seed) is another network of the same name, with other batches.
    """
    if draw is None:
        return _draw_case(np.random.default_rng(NETWORKS[network]), sizes, batch_size)
    rng = np.random.default_rng([draw, NETWORKS[network]])
    for _ in range(1000):  # with many outputs there may be none: then take the last
        drawn = _draw_case(rng, sizes, 8)
        z, before = (mlp.forward(drawn.params, X)[1].Z[-1] for X in drawn[1::2])
        if _SIGNS[network](z, before):
            break
    params, *batches = drawn
    return Case(params, *(batch[:batch_size] for batch in batches))


def _draw_case(rng, sizes, batch_size):
    params = [
        Layer(W, 0.3 * rng.standard_normal(b.shape))
        for W, b in mlp.initialize(sizes, rng)
    ]
    X, X_before = rng.standard_normal((2, 8, sizes[0]))[:, :batch_size]
    Y = np.repeat(X.sum(axis=1, keepdims=True), sizes[-1], axis=1)
    return Case(params, X, Y, X_before)


_SIGNS = {  # what the name of a network says of its last z, on the batch and the other
    "A": lambda z, before: np.all(z < 0) and np.all(before < 0),
    "B": lambda z, before: np.all(z > 0) and np.all(before > 0),
    "C": lambda z, before: np.any(z[0] * z[1] < 0),
}


@_checked
def signature(
    bug=None,
    *,
    activation="leaky -0.2",
    batch_size=3,
    sizes=mlp.ORIGINAL_SIZES,
    learning_rate=0.2,
    before="other batch",
    network="A",
    draw=None,
) -> list[mlp.ParameterCheck]:
    """Check the gradient of a bug against central differences.

    Parameters
    ----------
    bug : str or None
        One of `BUGS`; None is the right gradient.
    activation : str
        One of `ACTIVATIONS`.
    batch_size : int
        1 to 8 samples.
    sizes : sequence of int
    learning_rate : float
        Counts for 'update on the way' only.
    before : {'other batch', 'same batch'}
        What the gradient was called with before the check; counts for 'stale cache'.
    network : {'A', 'B', 'C'}
    draw : int, optional
        See `case`.

    Returns
    -------
    list of mlp_core.ParameterCheck
    """
    params, X, Y, X_before = case(network, sizes, batch_size, draw)
    f = ACTIVATIONS[activation]
    gradient = BUGS[bug].gradient(learning_rate) if bug else right
    gradient(params, X_before if before == "other batch" else X, Y, f)
    return mlp.gradient_check(params, X, Y, f, gradient=as_in_an_update(gradient))


@_checked
def as_in_an_update(gradient):
    """Broadcast each gradient to its parameter, as ``b - learning_rate * db`` does.

    `mlp_core.train` and `mlp_core.gradient_check` refuse a ``db`` of the shape (1,) for
    three biases. A plain update takes it, and that is how 'wrong axis' stays hidden.
    """

    def broadcast(params, X, Y, activation):
        value, grads = gradient(params, X, Y, activation)
        return value, [
            Layer(*(np.broadcast_to(slope, p.shape) for slope, p in zip(*pair)))
            for pair in zip(grads, params)
        ]

    return broadcast


def _mark(bug, draw=None):
    """Which arrays are wrong, which of them clearly, and whether by one factor."""
    checks = signature(bug, draw=draw)
    clear = [check.name for check in checks if check.error.max() > 0.05]
    return wrong_names(checks), clear, common_factor(checks) is None


def wrong_names(checks) -> list[str]:
    """The names of the arrays that a check found wrong."""
    return [check.name for check in pictures._check_checks(checks) if not check.ok]


def error_range(check) -> str:
    """The smallest and the largest error of the wrong entries, as '0.32 to 0.68'."""
    if not isinstance(check, mlp.ParameterCheck):
        raise TypeError(
            f"check must be one of what signature() returned, not {check!r}"
        )
    errors = check.error[_is_wrong(check)]
    if not errors.size:
        raise ValueError(f"check: no entry of {check.name} is wrong")
    low, high = f"{errors.min():.2f}", f"{errors.max():.2f}"
    return low if low == high else f"{low} to {high}"


def _is_wrong(check):
    return ~check.kink & ~(check.error <= 1e-5)


def common_factor(checks):
    """How many times too large all wrong entries are; None if they don't agree."""
    parts = [c for c in pictures._check_checks(checks) if not c.ok]
    pairs = [(c.analytic[_is_wrong(c)], c.numeric[_is_wrong(c)]) for c in parts]
    if not pairs:
        return None
    analytic, numeric = (np.concatenate(each) for each in zip(*pairs))
    if np.any(numeric == 0):
        return None
    ratio = analytic / numeric
    return float(ratio.mean()) if np.ptp(ratio) < 1e-4 * abs(ratio.mean()) else None


def summary(checks) -> str:
    """Say in one line what a check found."""
    checks = pictures._check_checks(checks)
    wrong = [f"{c.name} by {error_range(c)}" for c in checks if not c.ok]
    if not wrong and all(np.all(c.numeric == 0) for c in checks):
        return (
            "Every gradient is 0 and right: on these samples nothing passes the last "
            "slopes, and a bug can't show."
        )
    if not wrong:
        return "Every gradient is right here."
    good = [c.name for c in checks if c.ok]
    words = f"Wrong: {', '.join(wrong)}. Right: {', '.join(good) or 'none'}."
    factor = common_factor(checks)
    if factor is not None:
        words += f" Each wrong entry is {factor:.2f} times the right one."
    return words


def difference(shown, other) -> str:
    """Say how another signature differs from the one that is shown.

    Returns
    -------
    str
        Empty if they can't be told apart.
    """
    shown, other = (
        _check_like(name, checks, shown)
        for name, checks in (("shown", shown), ("other", other))
    )
    would_be_right = [a.name for a, b in zip(shown, other) if b.ok and not a.ok]
    would_be_wrong = [a.name for a, b in zip(shown, other) if a.ok and not b.ok]
    parts = []
    if would_be_right:
        parts.append(f"{_list(would_be_right)} would be right")
    if would_be_wrong:
        parts.append(f"{_list(would_be_wrong)} would be wrong")
    if parts:
        return f"With it, {' and '.join(parts)}."
    pairs = [(a, b) for a, b in zip(shown, other) if not a.ok]
    far = [
        (a.name, error_range(a), error_range(b))
        for a, b in pairs
        if np.max(abs(a.error - b.error)) > 0.01
    ]
    # From the output on: there a bug begins.
    for name, here, there in reversed(far):
        if here != there:
            return (
                "With it, the same arrays would be wrong, but by other amounts: "
                f"{name} by {there}, not {here}."
            )
    return "With it, single entries would have other errors." if far else ""


def _check_like(name, checks, shown):
    """Both must be signatures of the same network: else arrays would be left out."""
    try:
        checks, shown = map(pictures._check_checks, (checks, shown))
    except ValueError:
        raise ValueError(f"{name} must be what signature() returned") from None
    if [(c.name, c.error.shape) for c in checks] != [
        (c.name, c.error.shape) for c in shown
    ]:
        raise ValueError(f"{name} is the signature of another network")
    return checks


def _list(names):
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


# 3. What a bug costs ------------------------------------------------------------------


def train_many(
    gradient,
    task,
    seeds,
    *,
    sizes=mlp.ORIGINAL_SIZES,
    activation=ORIGINAL,
    learning_rate=0.2,
    steps=2000,
    batch_size=1,
) -> list[Layer]:
    """Train a stack of networks with any gradient of this module.

    Network ``s`` is the one that `mlp_core.sweep` trains for ``seeds[s]``: the same
    first weights, the same samples.

    Parameters
    ----------
    gradient : callable
        `right`, or what ``BUGS[name].gradient()`` gives.
    task : mlp_core.Task
    seeds : sequence of S int
    sizes, activation, learning_rate, steps, batch_size
        As in `mlp_core.train`.

    Returns
    -------
    list of Layer
        W (S, n_in, n_out), b (S, 1, n_out). A network that diverged holds NaN.
    """
    task, seeds = pictures._check_task(task), mlp._check_seeds("seeds", seeds)
    sizes = mlp._check_sizes("sizes", sizes)
    mlp._check_callable("gradient", gradient, optional=False)
    mlp._check_activation(activation, sizes[1:])
    learning_rate = mlp._check_positive("learning_rate", learning_rate)
    mlp._check_sweep({
        "X": task.X, "Y": task.Y, "sizes": sizes, "seeds": seeds,
        "learning_rate": learning_rate,
    })  # fmt: skip
    networks, samples = [], []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        networks.append(mlp.initialize(sizes, rng))
        samples.append(mlp.draw_samples(rng, len(task.X), steps, batch_size))
    params = [
        Layer(
            np.stack([W for W, _ in layers]), np.stack([b for _, b in layers])[:, None]
        )
        for layers in zip(*networks)
    ]
    with np.errstate(all="ignore"):  # networks that diverge are counted, not warned of
        for rows in np.stack(samples, axis=1):  # (S, batch)
            answer = gradient(params, task.X[rows], task.Y[rows], activation)
            if not isinstance(answer, tuple) or len(answer) != 2:
                raise TypeError("gradient must return a loss and a list of Layer")
            _, grads = answer
            params = [
                Layer(W - learning_rate * dW, b - learning_rate * db[:, None])
                for (W, b), (dW, db) in zip(params, grads)
            ]
    return params


def success(bug, task, seeds, *, learning_rate=0.2, **settings) -> np.ndarray:
    """Train with a bug, and tell which networks learned the task.

    Parameters
    ----------
    bug : str or None
        One of `BUGS`; None is the right gradient.
    task, seeds, learning_rate, **settings
        As for `train_many`.

    Returns
    -------
    ndarray of bool of shape (S,)
        `mlp_core.solved`, network by network.
    """
    bug = _CHECKS["bug"]("bug", bug)
    learning_rate = mlp._check_positive("learning_rate", learning_rate)
    gradient = BUGS[bug].gradient(learning_rate) if bug else right
    params = train_many(gradient, task, seeds, learning_rate=learning_rate, **settings)
    activation = settings.get("activation", ORIGINAL)
    with np.errstate(all="ignore"):
        A, _, _ = _forward(params, task.X, activation)
        return mlp.solved(A[-1], task.Y)


# 4. The lab ---------------------------------------------------------------------------


class SignatureView(panels.View):
    """The heat map of one gradient check."""

    size = (1000, 390)
    cells: ClassVar = {"check": panels.Cell(0, 0, 1000, 390, (10, 8, 10, 34))}

    def draw(self, checks):
        self.paint(
            "check", id(checks), pictures.draw_gradient_check, checks, digits=2
        )  # fmt: skip

    def line(self, checks):
        return summary(checks)

    def alt(self, checks):
        return pictures.describe_gradient_check(checks)

    def table(self, checks):
        rows = []
        for name, *parts, _ in checks:
            parts = [np.atleast_2d(part) for part in parts]  # b as one row
            for index in np.ndindex(parts[0].shape):
                rows.append((name, *index, *(part[index] for part in parts)))
        names = "array", "row", "column", "analytic", "numeric", "error", "kink"
        return names, rows


class BugLab(panels.Panel):
    """A panel that shows the signature of an unnamed bug and takes guesses.

    Attributes
    ----------
    bug : str
        The name of the planted bug.
    drawn : int
        The network and the batches that it is shown on, as `draw` of `signature`. Each new
        bug gets its own, so that its map must be read and can't be remembered.
    found : set of str
        Which of the eight have been named right.
    """

    home = "bugs"
    savers = ("png", "svg", "csv")  # the networks are those of `case`

    def __init__(self, seed, work):
        self._rng = np.random.default_rng(seed)
        self.bug, self.found, self._to_come = None, set(), []
        self._draw_bug()
        self.guess = panels.Choice("the bug is", self._offers(), None, 19)
        self.feedback = widgets.HTML()
        super().__init__(
            "bug_lab",
            self._compute_signature,
            SignatureView(),
            work,
            {},
            {"seed": seed},
        )
        self._first = {name: control.value for name, control in work.items()}
        self.tell("Which bug is it? Read the map, change a setting, then name it.")

    def _offers(self):
        return [("choose", None), *((name, name) for name in BUGS)]

    def _draw_bug(self):
        """Take the next of the eight, in an order that is shuffled again at its end."""
        if not self._to_come:
            self._to_come = list(self._rng.permutation(list(BUGS)))
            if self._to_come[0] == self.bug:  # not the same bug twice in a row
                self._to_come.reverse()
        self.bug = str(self._to_come.pop(0))
        self.drawn = int(self._rng.integers(10**6))
        while _mark(self.bug, self.drawn) != _mark(self.bug):  # not all draws show it
            self.drawn = int(self._rng.integers(10**6))

    def _compute_signature(self, **settings):
        return signature(self.bug, draw=self.drawn, **settings)

    def rows(self):
        buttons = [
            self._button("That is it", self.judge),
            self._button("New bug", self.new_bug),
        ]
        return [
            panels._row(control.widget for control in self.controls.values()),
            self.picture, self.status, self.busy,
            panels._row([self.guess.widget, *buttons]), self.feedback, self.tools,
        ]  # fmt: skip

    def tell(self, words):
        """Put words into the line below the buttons."""
        self.feedback.value = (
            '<div role="status" aria-live="polite" style="font-size:16px;'
            f'line-height:1.35;min-height:66px">{html.escape(words)}</div>'
        )

    def judge(self):
        """Say whether the chosen bug is the planted one, and if not, why."""
        name = self.guess.value
        if name is None:
            return self.tell("Choose one of the eight bugs in the menu first.")
        if name == self.bug:
            self.found.add(name)
            return self.tell(
                f"Yes: '{name}'. {BUGS[name].mark} Found so far: {len(self.found)} of "
                f"{len(BUGS)}. In its code: {BUGS[name].line}"
            )
        settings = {key: control.value for key, control in self.work.items()}
        words = difference(self.data, signature(name, draw=self.drawn, **settings))
        words = words or (
            "At these settings it would look just the same: change one of them."
        )
        self.tell(f"Not '{name}'. {words} {BUGS[name].mark}")

    def new_bug(self):
        """Plant another bug, and go back to the first settings."""
        self._draw_bug()
        self.guess.set(None)
        for name, control in self.work.items():
            control.set(self._first[name], tell=False)
        self._settings_of_data = None  # the settings are as before, the bug is not
        self.update()
        self.tell(
            "Another bug, on another network, at the first settings. Which one is it?"
        )


@_checked
def bug_lab(
    seed=0,
    activation="leaky -0.2",
    batch_size=3,
    sizes=mlp.ORIGINAL_SIZES,
    learning_rate=0.2,
    before="other batch",
    network="A",
) -> BugLab:
    """Show the signature of an unnamed bug, and let the reader name it.

    Parameters
    ----------
    seed : int
        In which order the eight bugs come, and on which networks.
    activation, batch_size, sizes, learning_rate, before, network
        As for `signature`: experiments that tell bugs apart.
    """
    shapes = [("-".join(map(str, each)), each) for each in SIZES]
    rates = sorted({0.02, 0.2, 1.0, learning_rate})
    return BugLab(
        seed,
        {
            "activation": panels.Choice("activation", list(ACTIVATIONS), activation, 13),
            "batch_size": panels.Choice("batch size", [1, 2, 3, 4, 5], batch_size, 6),
            "sizes": panels.Choice("sizes", shapes, tuple(sizes), 13),
            "learning_rate": panels.Choice("learning rate", rates, learning_rate, 9),
            "before": panels.Choice(
                "call before", list(CALLS_BEFORE), before, 13
            ),
            "network": panels.Choice("network", list(NETWORKS), network, 6),
        },
    )  # fmt: skip
