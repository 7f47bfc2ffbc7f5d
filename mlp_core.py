"""A multilayer perceptron in plain NumPy, to be read beside the notebooks.

A network is a list of layers, and a layer is a weight matrix ``W`` and a bias
vector ``b``. Every function here takes what it needs and returns what it made:
nothing is hidden in globals, nothing that you pass in is changed, and every random
number comes from a generator that you hand over.

The sections stand in the order of the notebooks:

1. activations       2. initialization       3. forward       4. backprop
5. training: one network, then many at once  6. tasks, saving and loading

Two parts you can skip at first. The last section holds the checks behind the error
messages: a function marked ``@checked`` has its arguments looked at there, so that its
own lines can be about the network only. And what section 5 has from `_FastSteps` to
`_copying`, and in `_train_block`, is there for speed alone: `_PlainSteps` does the same.

Letters: ``n`` samples, ``n_in`` and ``n_out`` units before and after a layer, ``z``
the weighted sum of a unit, ``a`` its activation, ``Y_hat`` the network's prediction,
``Y`` the target. A name that starts with ``d`` is a slope of the loss: ``dW`` is
the slope with respect to ``W``.
"""

import functools
import inspect
import itertools
import math
import operator
import os
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np


def checked(function):
    """Have the arguments of a function checked and converted, see the last section.

    Numbers that overflow become infinite or NaN without a warning: the result shows it.
    ``function.unchecked`` is the bare function: the training loop checks once, then
    calls that thousands of times.
    """
    signature = inspect.signature(function)

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        bound.arguments.update(_check(bound.arguments))
        with np.errstate(all="ignore"):
            return function(*bound.args, **bound.kwargs)

    wrapper.unchecked = function
    return wrapper


# 1. Activations ----------------------------------------------------------------------


class Activation(NamedTuple):
    """An activation function and its slope, both functions of ``z``.

    Attributes
    ----------
    name : str
        One of `ACTIVATION_NAMES`, or a name of your own.
    f : callable
        ``a = f(z)``, element by element.
    slope : callable
        The derivative of ``f`` at ``z``. It takes ``z``, not ``a``: where ``f`` is
        not monotonic, ``a`` does not tell which ``z`` it came from.
    alpha : float or ndarray, optional
        The slope for negative ``z``, for the piecewise linear family only.
    """

    name: str
    f: Callable
    slope: Callable
    alpha: float | np.ndarray | None = None

    @property
    def label(self) -> str:
        """The name as a picture shows it."""
        if self.name == "leaky_relu":
            return f"leaky ReLU, alpha = {self.alpha}"
        return {"relu": "ReLU"}.get(self.name, self.name)


@checked
def leaky_relu(alpha=-0.2) -> Activation:
    """Return the generalised ReLU: ``z`` where ``z > 0``, else ``alpha * z``.

    ``alpha = 0`` is ReLU, 0.01 the usual leaky ReLU, -1 the absolute value, and -0.2
    the 'relu' of the original notebook. At ``z = 0`` the slope is taken as 1, as the
    original notebook does.

    Parameters
    ----------
    alpha : float, or ndarray of shape (S,) for a sweep over S networks
        The slope for negative ``z``. All of them at most 1, or all at least 1.

    Source: Goodfellow, Bengio, Courville, *Deep Learning* (2016), section 6.3.1.

    >>> leaky_relu(-0.2).f(np.array([-1.0, 2.0]))
    array([0.2, 2. ])
    """
    # The lines z and alpha * z cross at 0. Up to alpha = 1 the function is the upper
    # one of the two, beyond it the lower one. One call, and no branch for each z.
    upper_or_lower = np.maximum if np.all(alpha <= 1) else np.minimum

    def f(z):
        z = _floats(z)
        return upper_or_lower(z, alpha * z)

    def slope(z):
        return alpha + (1 - alpha) * (_floats(z) >= 0)

    return Activation("leaky_relu", f, slope, alpha)


def _floats(z):
    """``z`` as an array of floats: of small whole numbers NumPy's tanh is a rough one."""
    return np.asanyarray(z, dtype=float)


def _tanh(z):
    return np.tanh(_floats(z))


def _sigmoid(z):
    # The textbook form 1 / (1 + exp(-z)) overflows for z below -709; tanh never does.
    return 0.5 * (1 + np.tanh(0.5 * _floats(z)))


relu = Activation(
    "relu",
    lambda z: np.maximum(_floats(z), 0.0),
    lambda z: (_floats(z) >= 0) * 1.0,
    0.0,
)
tanh = Activation("tanh", _tanh, lambda z: 1 - _tanh(z) ** 2)
sigmoid = Activation("sigmoid", _sigmoid, lambda z: _sigmoid(z) * (1 - _sigmoid(z)))
identity = Activation(
    "identity", lambda z: _floats(z) * 1.0, lambda z: np.ones_like(_floats(z))
)

ORIGINAL = leaky_relu.unchecked(-0.2)  # what the original notebook calls relu
ACTIVATION_NAMES = ("leaky_relu", "relu", "tanh", "sigmoid", "identity")


def make_activation(name: str, alpha=-0.2) -> Activation:
    """Return the activation called ``name``; ``alpha`` counts for 'leaky_relu' only.

    >>> make_activation("tanh").name
    'tanh'
    """
    if not isinstance(name, str) or name not in ACTIVATION_NAMES:
        raise ValueError(f"name must be one of {ACTIVATION_NAMES}, not {name!r}")
    if name == "leaky_relu":
        return leaky_relu(alpha)
    return {"relu": relu, "tanh": tanh, "sigmoid": sigmoid, "identity": identity}[name]


def per_layer(activation, params) -> list[Activation]:
    """Return one activation for each layer: a single one serves them all."""
    if isinstance(activation, Activation):
        return [activation] * len(params)
    return list(_check_activation(activation, params))


# 2. Initialization -------------------------------------------------------------------


class Layer(NamedTuple):
    """The parameters of one layer, or their gradients.

    Attributes
    ----------
    W : ndarray of shape (n_in, n_out)
        Weights. ``W[i, j]`` goes from input ``i`` to unit ``j``. In a stack of S
        networks, as `sweep` returns it, the shape is (S, n_in, n_out).
    b : ndarray of shape (n_out,)
        Biases; (S, 1, n_out) in a stack.
    """

    W: np.ndarray
    b: np.ndarray


ORIGINAL_SIZES = (2, 3, 3, 2, 1)
SCHEMES = ("normal", "uniform", "he", "glorot", "zeros")


@checked
def initialize(
    sizes=ORIGINAL_SIZES,
    rng: "np.random.Generator | None" = None,
    scheme: str = "normal",
    alpha: float = -0.2,
) -> list[Layer]:
    """Draw the first weights of a network; all biases start at 0.

    Parameters
    ----------
    sizes : sequence of int
        Units in each layer, inputs first: (2, 3, 3, 2, 1).
    rng : numpy.random.Generator
        Where the random numbers come from: ``np.random.default_rng(seed)``.
    scheme : {'normal', 'uniform', 'he', 'glorot', 'zeros'}
        'normal': standard normal, as the original notebook's code draws.
        'uniform': uniform on [-2, 2), as the original notebook's text says.
        'he': normal with variance 2 / ((1 + alpha^2) n_in)
        (He et al. 2015, *Delving Deep into Rectifiers*, equation 15).
        'glorot': uniform on [-r, r) with r = sqrt(6 / (n_in + n_out))
        (Glorot and Bengio 2010, *Understanding the difficulty of training deep
        feedforward neural networks*, equation 16).
        'zeros': every weight 0; draws nothing.
    alpha : float
        The slope for negative ``z`` of the activation; counts for 'he' only.

    Returns
    -------
    list of Layer
        ``W`` (n_in, n_out) and ``b`` (n_out,) for each pair of neighbouring sizes.
    """
    if np.ndim(alpha) > 0:
        raise ValueError(f"alpha must be one number, not {alpha}")
    if rng is None and scheme != "zeros":
        raise TypeError("rng is missing: pass np.random.default_rng(seed)")
    pairs = itertools.pairwise(sizes)
    return [
        Layer(_draw_weights(n_in, n_out, rng, scheme, alpha), np.zeros(n_out))
        for n_in, n_out in pairs
    ]


def _draw_weights(n_in, n_out, rng, scheme, alpha):
    shape = n_in, n_out
    if scheme == "normal":
        return rng.standard_normal(shape)
    if scheme == "uniform":
        return rng.uniform(-2, 2, shape)
    if scheme == "he":
        return rng.standard_normal(shape) * np.sqrt(2 / ((1 + alpha * alpha) * n_in))
    if scheme == "glorot":
        limit = np.sqrt(6 / (n_in + n_out))
        return rng.uniform(-limit, limit, shape)
    return np.zeros(shape)


# 3. Forward --------------------------------------------------------------------------


class Cache(NamedTuple):
    """What the forward pass computed on its way, for the backward pass to use.

    Attributes
    ----------
    A : list of ndarray
        Activations: ``A[0]`` is ``X``, ``A[-1]`` is ``Y_hat``; each (n, units).
    Z : list of ndarray
        Weighted sums: ``Z[i] = A[i] @ W + b`` of layer ``i``; each (n, n_out).
    """

    A: list
    Z: list


@checked
def forward(params, X, activation=ORIGINAL) -> tuple[np.ndarray, Cache]:
    """Run the samples through the network.

    Parameters
    ----------
    params : list of Layer
        The network. A stack of S networks works too.
    X : array of shape (n, n_in)
        One sample in each row.
    activation : Activation, or a sequence of one for each layer

    Returns
    -------
    Y_hat : ndarray of shape (n, n_out)
        The predictions; (S, n, n_out) for a stack.
    cache : Cache
        Every ``z`` and ``a`` on the way.

    >>> Y_hat, cache = forward([Layer(np.array([[2.0], [1.0]]), np.zeros(1))], [[1, 3]])
    >>> Y_hat
    array([[5.]])
    """
    A, Z = [X], []
    for (W, b), (_, f, _, _) in zip(params, per_layer(activation, params)):
        Z.append(A[-1] @ W + b)  # (n, n_in) @ (n_in, n_out) + (n_out,) -> (n, n_out)
        A.append(_apply(f, Z[-1]))
    return A[-1], Cache(A, Z)


def _apply(function, z):
    """An activation or its slope at ``z``, also for a stack (S, n, n_out).

    Where each network has its own alpha, these lie along the last axis.
    """
    if z.ndim == 2:
        return function(z)
    return np.moveaxis(function(np.moveaxis(z, 0, -1)), -1, 0)


# 4. Backprop -------------------------------------------------------------------------


@checked
def loss(Y_hat, Y) -> float:
    """Half the squared error: summed over the outputs, averaged over the samples.

    Parameters
    ----------
    Y_hat, Y : array of shape (n, n_out)
        Prediction and target.

    >>> loss([[3.0]], [[1.0]])
    2.0
    """
    return float(0.5 * np.sum((Y_hat - Y) ** 2) / len(Y))


@checked
def loss_slope(Y_hat, Y) -> np.ndarray:
    """The slope of `loss` with respect to ``Y_hat``, of the same shape (n, n_out).

    >>> loss_slope([[3.0]], [[1.0]])
    array([[2.]])
    """
    return (Y_hat - Y) / len(Y)


@checked
def backprop(params, cache, dY, activation=ORIGINAL) -> list[Layer]:
    """Send the slope of the loss backwards through the network.

    Parameters
    ----------
    params : list of Layer
        The network, one (not a stack).
    cache : Cache
        What `forward` returned for these parameters.
    dY : array of shape (n, n_out)
        The slope of the loss with respect to the prediction, from `loss_slope`.
    activation : Activation, or a sequence of one for each layer
        The same as in the forward pass.

    Returns
    -------
    list of Layer
        The gradients, in the form of ``params``.

    Source: Rumelhart, Hinton, Williams (1986), *Learning representations by
    back-propagating errors*, equations 4 to 7.
    """
    A, Z = cache
    slopes = [each.slope for each in per_layer(activation, params)]
    grads = [None] * len(params)
    dA = dY
    for i in reversed(range(len(params))):
        dZ = dA * slopes[i](Z[i])  # (n, n_out), element by element
        # (n_in, n) @ (n, n_out) -> (n_in, n_out), and the sum over the n samples
        grads[i] = Layer(A[i].T @ dZ, dZ.sum(axis=0))
        if i > 0:  # nobody asks for the slope with respect to the input
            dA = dZ @ params[i].W.T  # (n, n_out) @ (n_out, n_in) -> (n, n_in)
    return grads


@checked
def loss_and_grads(params, X, Y, activation=ORIGINAL) -> tuple[float, list[Layer]]:
    """Forward, loss and backward in one go: the loss and its gradients.

    Parameters
    ----------
    params : list of Layer
    X : array of shape (n, n_in)
    Y : array of shape (n, n_out)
    activation : Activation, or a sequence of one for each layer

    Returns
    -------
    loss : float
    grads : list of Layer
    """
    Y_hat, cache = forward.unchecked(params, X, activation)
    dY = loss_slope.unchecked(Y_hat, Y)
    grads = backprop.unchecked(params, cache, dY, activation)
    return loss.unchecked(Y_hat, Y), grads


@checked
def original_loss_and_grads(params, X, Y, activation=ORIGINAL):
    """`loss_and_grads` with the bug of the original notebook.

    In the first layer it takes the target in place of the network's input. Broadcasting
    hides it: one target, repeated, fits wherever two inputs fit. Notebook 4 hunts this
    bug down, notebook 6 shows what it costs. It needs a network with one output.
    """
    _check_one_output(Y)
    Y_hat, cache = forward.unchecked(params, X, activation)
    dY = loss_slope.unchecked(Y_hat, Y)
    wrong_input = np.broadcast_to(Y, X.shape)  # (n, 1) repeated to (n, n_in)
    wrong_cache = Cache([wrong_input] + cache.A[1:], cache.Z)
    grads = backprop.unchecked(params, wrong_cache, dY, activation)
    return loss.unchecked(Y_hat, Y), grads


def _check_one_output(Y):
    if Y.shape[1] != 1:
        raise ValueError(
            f"Y is {Y.shape}, but the original notebook's bug needs one output, (n, 1)"
        )


@checked
def sgd_step(params, grads, learning_rate: float) -> list[Layer]:
    """One step downhill: each parameter less the learning rate times its gradient.

    Returns new arrays; ``params`` stays as it is.
    """
    return [
        Layer(W - learning_rate * dW, b - learning_rate * db)
        for (W, b), (dW, db) in zip(params, grads)
    ]


class ParameterCheck(NamedTuple):
    """What `gradient_check` found for one parameter array.

    Attributes
    ----------
    name : str
        'W[0]', 'b[0]', 'W[1]', ...
    analytic, numeric : ndarray
        The gradient under test, and the one from central differences.
    error : ndarray
        |analytic - numeric| / max(|analytic|, |numeric|, floor): 0 is perfect, and 1
        or 2 means unrelated or of opposite sign. The floor, 1e-4 * max(1, loss), is the
        smallest slope that rounding lets one measure well.
    kink : ndarray of bool
        Where a unit's ``z`` crossed a kink of the activation between the two points
        of the difference. The difference says nothing there.
    ok : bool
        Every error that is not at a kink is within the tolerance.
    """

    name: str
    analytic: np.ndarray
    numeric: np.ndarray
    error: np.ndarray
    kink: np.ndarray
    ok: bool


@checked
def gradient_check(
    params,
    X,
    Y,
    activation=ORIGINAL,
    *,
    gradient=loss_and_grads,
    h=1e-5,
    tolerance=1e-5,
) -> list[ParameterCheck]:
    """Compare a gradient with central differences, parameter by parameter.

    For each single parameter ``p`` the loss is computed at ``p + h`` and ``p - h``; the
    slope is (loss(p + h) - loss(p - h)) / 2h, with an error that shrinks with h squared
    and a rounding error that grows with 1 / h.

    Parameters
    ----------
    params, X, Y, activation
        As for `loss_and_grads`.
    gradient : callable
        The gradient under test, called like `loss_and_grads`. A gradient of another
        shape but the right number of entries, such as (1, 3) for a bias (3,), is
        compared entry by entry.
    h : float
        The step of the difference, in units of the parameter.
    tolerance : float
        The largest relative error that passes.

    Returns
    -------
    list of ParameterCheck
        One for each array: W[0], b[0], W[1], b[1], ...
    """
    value, grads = _check_gradient(gradient(params, X, Y, activation), params)
    if not np.isfinite(value):
        raise ValueError(
            "params, X and Y give a loss that is not finite: nothing to check"
        )
    # Rounding leaves about 1e-16 * loss / h in the difference. Slopes far below the
    # loss's own scale can't be measured, so they are compared with this floor.
    floor = 1e-4 * max(1.0, value)
    checks = []
    for i, layer in enumerate(params):
        for kind, array in zip("Wb", layer):
            analytic = np.reshape(getattr(grads[i], kind), array.shape)
            numeric, kink = _differences(params, i, kind, X, Y, activation, h)
            scale = np.maximum(np.maximum(abs(analytic), abs(numeric)), floor)
            error = abs(analytic - numeric) / scale
            ok = bool(np.all((error <= tolerance) | kink))
            checks.append(
                ParameterCheck(f"{kind}[{i}]", analytic, numeric, error, kink, ok)
            )
    return checks


def _differences(params, i, kind, X, Y, activation, h):
    """Central difference and kink mask for each entry of one parameter array."""
    array = getattr(params[i], kind)
    numeric, kink = np.zeros(array.shape), np.zeros(array.shape, dtype=bool)
    # Only the piecewise linear family has kinks; the slopes of the others move smoothly.
    each = per_layer(activation, params)
    kinked = [(at, one.slope) for at, one in enumerate(each) if one.alpha is not None]
    for index in np.ndindex(array.shape):
        losses, slopes_there = [], []
        for step in (h, -h):
            moved = array.copy()
            moved[index] += step
            shifted = list(params)
            shifted[i] = params[i]._replace(**{kind: moved})
            Y_hat, cache = forward.unchecked(shifted, X, activation)
            losses.append(loss.unchecked(Y_hat, Y))
            slopes_there.append([slope(cache.Z[at]) for at, slope in kinked])
        numeric[index] = (losses[0] - losses[1]) / (2 * h)
        kink[index] = any(
            np.any(after != before) for after, before in zip(*slopes_there)
        )
    return numeric, kink


# 5. Training: one network ------------------------------------------------------------


class History(NamedTuple):
    """What happened in a training run.

    Attributes
    ----------
    loss : ndarray of shape (steps,)
        The loss on the samples of each step, before its update.
    epoch_loss : ndarray of shape (epochs,)
        Its average over each epoch, as the original notebook prints it.
    samples : ndarray of shape (all steps, batch)
        The rows of ``X`` that each step used or, after an early stop, would have used.
    snapshots : Snapshots, a sequence of params
        The network before step 1, after step 1, ...: steps + 1 of them. Empty unless
        asked for.
    stopped : {'finished', 'diverged', 'interrupted'}
        Why the training ended.
    diverged_at : int or None
        The step, counted from 1, whose update made the loss infinite or not a number.
        That update is not in the returned parameters.
    """

    loss: np.ndarray
    epoch_loss: np.ndarray
    samples: np.ndarray
    snapshots: Sequence
    stopped: str
    diverged_at: int | None

    @property
    def words(self) -> str:
        """One sentence that says how the run ended."""
        if self.stopped == "diverged":
            return f"diverged at step {self.diverged_at}: lower the learning rate"
        return f"{self.stopped} after {len(self.loss)} steps"


def draw_samples(rng, n, steps, batch_size=1) -> np.ndarray:
    """Draw the rows that each training step uses, with replacement: (steps, batch).

    ``batch_size=None`` is the full batch: every row at each step, nothing drawn.
    """
    if not isinstance(rng, np.random.Generator) and batch_size is not None:
        raise TypeError(_RNG_MESSAGE)
    n, steps = _check_count("n", n), _check_count("steps", steps)
    batch = n if batch_size is None else _check_count("batch_size", batch_size)
    _check_size("n", n)
    _check_size("steps and batch_size", steps, batch)
    if batch_size is None:
        return np.tile(np.arange(n), (steps, 1))
    return rng.integers(0, n, size=(steps, batch))


@checked
def train(
    params,
    X,
    Y,
    rng: "np.random.Generator | None" = None,
    *,
    activation=ORIGINAL,
    learning_rate: float = 0.2,
    epochs: int = 20,
    steps_per_epoch: int = 100,
    batch_size: int | None = 1,
    samples=None,
    snapshots: bool = False,
    gradient=loss_and_grads,
    progress=None,
) -> tuple[list[Layer], History]:
    """Train by stochastic gradient descent, by default as the original notebook does.

    Each step draws ``batch_size`` rows of the data, with replacement, and makes one
    update. It never raises because the numbers explode: it stops, and the history says
    at which step. An interrupt (the stop button) stops it too. In both cases you get
    what was learned until then.

    Parameters
    ----------
    params : list of Layer
        Where to start from; it stays as it is.
    X : array of shape (n, n_in)
    Y : array of shape (n, n_out)
    rng : numpy.random.Generator
        Draws the samples. Not needed with ``samples`` or the full batch.
    activation : Activation, or a sequence of one for each layer
    learning_rate : float
        Larger than 0.
    epochs, steps_per_epoch : int
        The number of steps is their product. An epoch is only a unit for the report.
    batch_size : int or None
        Samples in each step; None is the full batch.
    samples : int array of shape (steps, batch), optional
        The rows to use at each step, in place of drawing them. To go on after an
        interrupt as if nothing had happened, pass
        ``history.samples[len(history.loss):]``.
    snapshots : bool
        Keep the parameters of every step.
    gradient : callable
        Called like `loss_and_grads`; pass `original_loss_and_grads` for the bug.
    progress : callable, optional
        Called after each epoch as ``progress(steps_done, steps)``.

    Returns
    -------
    params : list of Layer
        The trained network: new arrays.
    history : History

    >>> rng = np.random.default_rng(1)
    >>> params, history = train(initialize((2, 3, 3, 2, 1), rng), SUM.X, SUM.Y, rng)
    >>> history.stopped
    'finished'
    """
    if samples is None:
        samples = draw_samples(rng, len(X), epochs * steps_per_epoch, batch_size)
    if gradient is original_loss_and_grads:
        _check_one_output(Y)
    steps = _choose_steps(gradient)(
        params, X, Y, samples, activation, learning_rate, gradient
    )
    losses = np.zeros(len(samples))
    kept = np.empty((len(samples) + 1 if snapshots else 0, steps.size))
    kept[:1] = steps.flat(0)
    zeros = np.zeros(steps.size)
    done, stopped = 0, "finished"  # done: steps that are complete

    def result(stopped):
        last = done
        if stopped == "diverged" or not np.isfinite(steps.flat(done)).all():
            stopped, last = "diverged", max(done - 1, 0)  # take the last update back
        shapes = [W.shape for W, _ in params]
        history = History(
            loss=losses[:last],
            epoch_loss=_epoch_means(losses[:last], steps_per_epoch),
            samples=samples,
            snapshots=Snapshots(kept[: last + 1], shapes),
            stopped=stopped,
            diverged_at=last + 1 if stopped == "diverged" else None,
        )
        return _split(steps.flat(last).copy(), shapes), history

    try:
        for step in range(len(samples)):
            losses[step] = steps.forward(step)
            if not math.isfinite(losses[step]):
                stopped = "diverged"
                break
            steps.backward(step)
            # 0 * inf is NaN: one product tells whether a parameter is infinite.
            if steps.hidden and np.dot(steps.flat(step + 1), zeros) != 0:
                done, stopped = step + 1, "diverged"
                break
            if snapshots:
                kept[step + 1] = steps.flat(step + 1)
            done = step + 1
            if progress and done % steps_per_epoch == 0:
                progress(done, len(samples))
        return result(stopped)
    except KeyboardInterrupt:  # also one that comes while the result is made
        return result("interrupted" if stopped == "finished" else stopped)


class Snapshots(Sequence):
    """The network after each step: ``snapshots[0]`` is the start.

    All parameters of a step are kept as one row of the array ``rows``, of the shape
    (steps + 1, number of parameters), and put in the form of ``params`` when asked for.
    """

    def __init__(self, rows, shapes):
        self.rows, self.shapes = rows, shapes

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return Snapshots(self.rows[index], self.shapes)
        return _split(self.rows[index].copy(), self.shapes)


def _join(params):
    """All parameters in one flat array: W[0], b[0], W[1], ..."""
    return np.concatenate([array.ravel() for layer in params for array in layer])


def _matrices(flat, shapes):
    """Cut a flat array into one matrix for each layer: views into it, not copies.

    Each is ``W`` with ``b`` as one more row: (n_in + 1, n_out). For S networks at once
    flat is (P, S), and each matrix (n_in + 1, n_out, S).
    """
    ends = list(itertools.accumulate((n_in + 1) * n_out for n_in, n_out in shapes))
    return [
        flat[start:end].reshape(n_in + 1, n_out, *flat.shape[1:])
        for start, end, (n_in, n_out) in zip([0, *ends], ends, shapes)
    ]


def _split(flat, shapes):
    """Cut a flat array into layers: views into it, not copies."""
    return [Layer(matrix[:-1], matrix[-1]) for matrix in _matrices(flat, shapes)]


class _PlainSteps:
    """Training steps by any ``gradient``: `train` asks for a forward, then a backward.

    The network before a step and the one after it take turns: step 0 reads ``turns[0]``
    and writes ``turns[1]``, step 1 reads that and writes ``turns[0]``. So the network
    before the last update is always there, for a divergence or an interrupt.
    """

    def __init__(self, params, X, Y, samples, activation, learning_rate, gradient):
        self.X, self.Y, self.samples = X, Y, samples
        self.activation, self.learning_rate = activation, learning_rate
        self.gradient = gradient
        self.turns = [params, params]
        self.size = len(_join(params))
        self.hidden = True  # who knows what a gradient of your own does

    def flat(self, step):
        """The parameters before ``step`` (counted from 0), in one flat array."""
        return _join(self.turns[step % 2])

    def forward(self, step):
        rows, params = self.samples[step], self.turns[step % 2]
        answer = self.gradient(params, self.X[rows], self.Y[rows], self.activation)
        if step == 0:  # broadcasting would hide a wrong shape
            _check_grads(_check_gradient(answer, params)[1], params, "gradient: grads")
        value, self.grads = answer
        return value

    def backward(self, step):
        before = self.turns[step % 2]
        self.turns[(step + 1) % 2] = sgd_step.unchecked(
            before, self.grads, self.learning_rate
        )


class _FastSteps:
    """The same steps as `loss_and_grads` and `sgd_step` make, in arrays made once.

    In a small network NumPy spends more time on making arrays than on arithmetic. This
    class and `_train_block` are the only places in the module that avoid it. It takes a
    third of the time:

    - Every result is written into an array that is there already (``out=``).
    - The parameters of a network lie in one flat array. The updates are written to the
      place of the next network; there one subtraction turns them into it.
    - In the flat array ``b`` follows ``W``: together they are one matrix ``M`` of shape
      (n_in + 1, n_out). Below the activations stands a row of ones. So one product
      gives ``z`` with the bias in it, and one product gives ``dW`` with ``db`` below.
    - The units come first, then the samples: A (units + 1, k), Z (units, k). Without
      the row of ones A is still in one piece.
    - All z lie in one array, so that one call finds all slopes. They are written over
      the z, which nobody needs any more.
    - Backprop is linear in the error: multiplied by the learning rate there, once, it
      gives the updates themselves.

    The two networks take turns as in `_PlainSteps`. The one before the last update is
    there until the next loss is known. A test compares the two classes.
    """

    def __init__(self, params, X, Y, samples, activation, learning_rate, gradient):
        batch, shapes = samples.shape[1], [W.shape for W, _ in params]
        # X and Y with a column of ones between them: one pick of rows serves all.
        self.table, self.rows = np.hstack([X, np.ones((len(X), 1)), Y]), samples
        if batch == 1:  # a slice is a view: it costs less than picking rows
            self.rows = [slice(row, row + 1) for row in samples[:, 0].tolist()]
        self.picked = np.empty((batch, self.table.shape[1]))
        n_in, columns = X.shape[1], self.picked.T
        self.x, self.y = columns[:n_in], columns[n_in + 1 :]
        A, z, Z, self.dZ = _step_arrays(columns[: n_in + 1], shapes)
        a = [each[:-1] for each in A[1:]]  # without the row of ones
        self.Y_hat, self.error = a[-1], np.empty(a[-1].shape)
        self.flat_error = self.error.reshape(-1)
        activations = per_layer(activation, params)
        f, self.slopes = _in_place(activations, z, Z)
        self.hidden = _hide_infinity(activations)
        self.batch, self.scale = batch, np.array(learning_rate / batch)
        self.bug = gradient is original_loss_and_grads
        self.both = np.stack([_join(params)] * 2)
        self.size = len(self.both[0])
        # What each layer needs on the way down and on the way up, ready to be unpacked:
        # for even steps, then for odd ones.
        both = [_matrices(flat, shapes) for flat in self.both]
        dZ, dZ_T = self.dZ, [each.T for each in self.dZ]
        self.down, self.up = [], []
        for M, dM in (both, both[::-1]):
            M_T, W = [each.T for each in M], [each[:-1] for each in M]
            self.down.append(list(zip(M_T, A, Z, f, a)))
            self.up.append(list(zip(dZ, Z, A, dZ_T, dM, W, [None, *dZ]))[::-1])

    def flat(self, step):
        return self.both[step % 2]

    def forward(self, step):
        if self.batch == 1:
            self.picked[...] = self.table[self.rows[step]]
        else:  # 'clip': no look at the row numbers, they have been checked
            self.table.take(self.rows[step], axis=0, out=self.picked, mode="clip")
        for M_T, A, z, f, a in self.down[step % 2]:
            np.dot(M_T, A, out=z)  # (n_out, n_in + 1) @ (n_in + 1, k) -> (n_out, k)
            f(z, a)
        np.subtract(self.Y_hat, self.y, out=self.error)
        squares = np.dot(self.flat_error, self.flat_error)
        return 0.5 * float(squares) / self.batch

    def backward(self, step):
        if self.bug:
            self.x[...] = self.y  # one target repeated over the inputs
        for slope, z in self.slopes:
            slope(z, z)
        np.multiply(self.error, self.scale, out=self.dZ[-1])
        for dZ, slopes, A, dZ_T, dM, W, dA_before in self.up[step % 2]:
            dZ *= slopes  # what lies in dZ until here is dA: (n_out, k)
            np.dot(A, dZ_T, out=dM)  # (n_in + 1, k) @ (k, n_out) -> (n_in + 1, n_out)
            if dA_before is not None:
                np.dot(W, dZ, out=dA_before)  # (n_in, n_out) @ (n_out, k)
        network, updates = self.flat(step), self.flat(step + 1)
        np.subtract(network, updates, out=updates)


def _step_arrays(first, shapes):
    """The arrays of a step: A, with ``first`` as A[0]; all z, and their parts Z; dZ.

    ``first`` is (n_in + 1, k), or (n_in + 1, k, S) for S networks at once.
    """
    units, rest = [n_out for _, n_out in shapes], first.shape[1:]
    A = [first, *(np.ones((n + 1, *rest)) for n in units)]
    z, dz = np.empty((2, sum(units), *rest))
    Z, dZ = (np.split(each, np.cumsum(units)[:-1]) for each in (z, dz))
    return A, z, Z, dZ


def _is_leaky(activation):
    """Whether the functions are those that `leaky_relu` makes, whatever the name."""
    code = [getattr(each, "__code__", None) for each in activation[1:3]]
    return code == [ORIGINAL.f.__code__, ORIGINAL.slope.__code__]


def _hide_infinity(activations):
    """Whether the loss may stay finite while a parameter is infinite: tanh(inf) is 1.

    Through a leaky ReLU it can't: the loss tells, and the parameters need no look.
    """
    return not all(_is_leaky(each) and np.all(each.alpha) for each in activations)


def _in_place(activations, z, Z):
    """The functions of each layer, in the form ``f(z, out)``: they write into ``out``.

    ``Z`` are the parts of ``z`` that belong to the layers. Returns ``f`` of each layer,
    and the slopes as pairs of a function and the part of ``z`` that it is for. Layers
    that follow one another and share an activation have one pair.
    """
    f, slopes = zip(*[_writing(each) for each in activations])
    pairs, end = [], 0
    for _, same in itertools.groupby(range(len(Z)), lambda i: id(activations[i])):
        same = list(same)
        start, end = end, end + sum(len(Z[i]) for i in same)
        pairs.append((slopes[same[0]], z[start:end]))
    return f, pairs


def _writing(activation):
    """``f`` and ``slope`` of one activation in the form ``f(z, out)``.

    For `leaky_relu`, `relu` and `identity` without a new array. Any other function
    makes its own, and that is copied.
    """
    if activation[1:3] == identity[1:3]:
        return lambda z, out: np.copyto(out, z), lambda z, out: out.fill(1.0)
    is_relu = activation[1:3] == relu[1:3]
    if not is_relu and not _is_leaky(activation):
        return _copying(activation.f), _copying(activation.slope)
    # As arrays: of plain numbers NumPy would make arrays at each call.
    alpha, zero = np.array(activation.alpha), np.array(0.0)
    jump = np.array(1 - alpha)
    upper_or_lower = np.maximum if np.all(alpha <= 1) else np.minimum

    def f(z, out):
        if is_relu:  # not by way of alpha: 0 * inf is NaN
            np.maximum(z, zero, out=out)
        else:
            np.multiply(alpha, z, out=out)
            upper_or_lower(z, out, out=out)

    def slope(z, out):
        out[...] = z >= zero  # 1 or 0
        out *= jump
        out += alpha

    return f, slope


def _copying(function):
    def write(z, out):
        out[...] = function(z)

    return write


def _choose_steps(gradient):
    known = gradient in (loss_and_grads, original_loss_and_grads)
    return _FastSteps if known else _PlainSteps


def _epoch_means(losses, steps_per_epoch):
    """The mean over each epoch, along the first axis; the last may be shorter."""
    starts = range(0, len(losses), steps_per_epoch)
    means = [losses[start : start + steps_per_epoch].mean(axis=0) for start in starts]
    return np.array(means).reshape(len(means), *losses.shape[1:])


TOLERANCE = 0.1  # how near to its target an output must be to count as learned


@checked
def solved(Y_hat, Y, tolerance: float = TOLERANCE):
    """Tell whether every output is within ``tolerance`` of its target.

    This is the definition of success in the whole course.

    Parameters
    ----------
    Y_hat : array of shape (n, n_out), or (S, n, n_out) for a stack
    Y : array of shape (n, n_out)

    Returns
    -------
    bool, or ndarray of bool of shape (S,) for a stack
    """
    near = np.all(abs(Y_hat - Y) < tolerance, axis=(-2, -1))
    return bool(near) if near.ndim == 0 else near


@checked
def dead_units(params, X, activation=ORIGINAL) -> list[np.ndarray]:
    """Tell which units are dead on these samples: their slope is 0 on every row.

    No gradient passes through such a unit, so nothing before it learns from these
    samples.

    Returns
    -------
    list of ndarray of bool, each of shape (n_out,)
    """
    _, cache = forward.unchecked(params, X, activation)
    slopes = [each.slope for each in per_layer(activation, params)]
    return [np.all(_apply(slope, z) == 0, axis=-2) for slope, z in zip(slopes, cache.Z)]


# 5. Training: many networks at once --------------------------------------------------


class Sweep(NamedTuple):
    """S networks after training, see `sweep`.

    Attributes
    ----------
    seeds : ndarray of shape (S,)
    params : list of Layer
        A stack: ``W`` (S, n_in, n_out), ``b`` (S, 1, n_out). `forward` takes it.
    Y_hat : ndarray of shape (S, n, n_out)
        The predictions for ``X`` after training.
    success : ndarray of bool of shape (S,)
        `solved`, network by network.
    epoch_loss : ndarray of shape (epochs, S)
    diverged_at : ndarray of int of shape (S,)
        The step whose update broke the network, as in `History`; 0 if none did.
    """

    seeds: np.ndarray
    params: list
    Y_hat: np.ndarray
    success: np.ndarray
    epoch_loss: np.ndarray
    diverged_at: np.ndarray

    def network(self, s: int) -> list[Layer]:
        """The parameters of network ``s`` alone."""
        s = range(len(self.seeds))[operator.index(s)]
        return [Layer(W[s].copy(), b[s, 0].copy()) for W, b in self.params]


@checked
def sweep(
    X,
    Y,
    seeds,
    *,
    sizes=ORIGINAL_SIZES,
    scheme: str = "normal",
    activation=ORIGINAL,
    learning_rate=0.2,
    epochs: int = 20,
    steps_per_epoch: int = 100,
    batch_size: int | None = 1,
    bug: bool = False,
    progress=None,
    block: int = 2000,
) -> Sweep:
    """Train one network for each seed, many at once.

    Network ``s`` is the one that you get alone with ``rng = default_rng(seeds[s])``,
    then ``initialize(sizes, rng, scheme, alpha)`` with the alpha of the first layer (0 if
    it has none), then ``train(params, X, Y, rng)``.

    Parameters
    ----------
    X : array of shape (n, n_in)
    Y : array of shape (n, n_out)
    seeds : sequence of S int
    sizes, scheme, epochs, steps_per_epoch, batch_size
        As for `initialize` and `train`.
    activation : Activation, or a sequence of one for each layer
        `leaky_relu` of an array of shape (S,) gives each network its own alpha.
    learning_rate : float, or array of shape (S,)
    bug : bool
        Train with the bug of the original notebook, see `original_loss_and_grads`.
    progress : callable, optional
        Called after each block as ``progress(networks_done, S)``.
    block : int
        How many networks are trained together; it bounds the memory.

    Returns
    -------
    Sweep
        After an interrupt: the blocks that were finished, so fewer than S networks. To
        go on, pass the rest of the seeds. An interrupt in the first block goes through.
    """
    if bug:
        _check_one_output(Y)
    S = len(seeds)
    learning_rate = np.broadcast_to(learning_rate, S)
    activations = per_layer(activation, sizes[1:])
    first = activations[0].alpha
    alphas = np.broadcast_to(0.0 if first is None else first, S)  # for 'he'
    parts, shapes = [], list(itertools.pairwise(sizes))
    try:
        for start in range(0, S, block):
            some = slice(start, min(start + block, S))
            steps = epochs * steps_per_epoch
            flat, samples = _start_block(
                seeds[some], len(X), sizes, scheme, alphas[some], steps, batch_size
            )
            losses, broken = _train_block(
                flat,
                shapes,
                X,
                Y,
                samples,
                _some_alphas(activations, some),
                learning_rate[some],
                bug,
            )
            epoch_loss = _epoch_means(losses, steps_per_epoch)
            parts.append((flat, epoch_loss, broken))
            if progress:
                progress(some.stop, S)
        return _collect(parts, shapes, X, Y, seeds, activations)
    except KeyboardInterrupt:  # also one that comes while the blocks are put together
        if not parts:
            raise
        return _collect(parts, shapes, X, Y, seeds, activations)


def _start_block(seeds, n, sizes, scheme, alphas, steps, batch_size):
    """Draw parameters and samples, each network from its own generator.

    The networks lie along the last axis, see `_train_block`: parameters (P, S), samples
    (steps, batch, S). Row numbers below 256 fit into one byte each: they are most of
    what a block holds.
    """
    flat, batch = [], n if batch_size is None else batch_size
    samples = np.empty((steps, batch, len(seeds)), dtype=np.min_scalar_type(n - 1))
    for s, (seed, alpha) in enumerate(zip(seeds, alphas)):
        rng = np.random.default_rng(seed)
        flat.append(_join(initialize.unchecked(sizes, rng, scheme, float(alpha))))
        samples[..., s] = draw_samples(rng, n, steps, batch_size)
    return np.stack(flat, axis=-1), samples


def _train_block(flat, shapes, X, Y, samples, activations, learning_rate, bug):
    """The training loop of `train`, with the S networks along the last axis.

    It trains ``flat`` (P, S) in place, and returns the losses (steps, S) and the steps
    at which networks broke (S,). The arrays are those of `_FastSteps`, where they are
    explained, with one more axis: M (n_in + 1, n_out, S), A (units + 1, k, S). The
    letters in einsum: i inputs, o outputs, k samples, s networks. With the networks
    last, the innermost loop runs over them and is long; `@` on S tiny matrices is three
    times slower.
    """
    steps, batch, S = samples.shape
    n_in, layers = X.shape[1], range(len(shapes))
    table = np.vstack([X.T, np.ones(len(X)), Y.T])
    picked = np.empty((len(table), batch, S))
    x, y = picked[:n_in], picked[n_in + 1 :]
    A, z, Z, dZ = _step_arrays(picked[: n_in + 1], shapes)
    a = [each[:-1] for each in A[1:]]  # without the row of ones
    updates = np.empty(flat.shape)
    M, dM = _matrices(flat, shapes), _matrices(updates, shapes)
    f, slopes = _in_place(activations, z, Z)
    error, scale = np.empty(y.shape), learning_rate / batch
    losses, zeros = np.empty((steps + 1, S)), np.zeros(len(flat))
    hidden = _hide_infinity(activations)
    with np.errstate(all="ignore"):
        for step, rows in enumerate(samples):
            table.take(rows, axis=1, out=picked, mode="clip")
            for i in layers:
                np.einsum("iks,ios->oks", A[i], M[i], out=Z[i])
                f[i](Z[i], a[i])
            np.subtract(a[-1], y, out=error)
            np.einsum("oks,oks->s", error, error, out=losses[step])
            if hidden:  # 0 * inf is NaN: an infinite parameter makes the loss NaN
                losses[step] += np.einsum("p,ps->s", zeros, flat)
            if bug:
                x[...] = y
            for slope, part in slopes:
                slope(part, part)
            np.multiply(error, scale, out=dZ[-1])
            for i in reversed(layers):
                dZ[i] *= Z[i]
                np.einsum("iks,oks->ios", A[i], dZ[i], out=dM[i])
                if i > 0:
                    np.einsum("oks,ios->iks", dZ[i], M[i][:-1], out=dZ[i - 1])
            flat -= updates
        np.einsum("p,ps->s", zeros, flat, out=losses[steps])
    losses *= 0.5 / batch
    bad = ~np.isfinite(losses)
    broken = np.where(bad.any(axis=0), np.maximum(bad.argmax(axis=0), 1), 0)
    return losses[:-1], broken


def _some_alphas(activations, some):
    """The activations for a block of the networks, where each has its own alpha."""
    return [
        each if np.ndim(each.alpha) == 0 else leaky_relu(each.alpha[some])
        for each in activations
    ]


def _collect(parts, shapes, X, Y, seeds, activations):
    """Put the blocks together, with the network axis in front."""
    flats, epoch_losses, diverged = zip(*parts)
    params = [
        Layer(np.moveaxis(W, -1, 0).copy(), b.T[:, None, :].copy())
        for W, b in _split(np.concatenate(flats, axis=-1), shapes)
    ]
    diverged_at = np.concatenate(diverged)
    done = slice(0, len(diverged_at))  # fewer than S after an interrupt
    activations = _some_alphas(activations, done)
    Y_hat, _ = forward.unchecked(params, X, activations)
    return Sweep(
        seeds=_seed_array(seeds[: len(diverged_at)]),
        params=params,
        Y_hat=Y_hat,
        success=solved.unchecked(Y_hat, Y) & (diverged_at == 0),
        epoch_loss=np.concatenate(epoch_losses, axis=-1),
        diverged_at=diverged_at,
    )


def _seed_array(seeds):
    """Whole numbers of any size: NumPy alone would make floats of large ones."""
    return np.array(seeds, dtype=int if max(seeds) < 2**63 else object)


FATES = ("solved", "diverged", "dead layer", "flat", "close", "partly")


@checked
def fates(run, X, Y, activation=ORIGINAL) -> np.ndarray:
    """Say for each network of a sweep, in a word of `FATES`, how its training ended.

    The words, checked in this order:

    - 'solved': every output is within `TOLERANCE` of its target
    - 'diverged': the numbers overflowed
    - 'dead layer': all units of one layer have the slope 0 on all samples
    - 'flat': the outputs for all samples lie within `TOLERANCE` of one another
    - 'close': every output is within twice the `TOLERANCE` of its target
    - 'partly': none of these; some samples are told apart, not all

    Parameters
    ----------
    run : Sweep
    X : array of shape (n, n_in)
    Y : array of shape (n, n_out)
    activation : Activation, or a sequence of one for each layer
        The same as in the sweep.

    Returns
    -------
    ndarray of str of shape (S,)
    """
    diverged = run.diverged_at > 0
    dead = dead_units.unchecked(run.params, X, activation)
    spread = np.ptp(run.Y_hat, axis=1).max(axis=-1)  # (S, n, n_out) -> (S,)
    close = solved.unchecked(run.Y_hat, Y, 2 * TOLERANCE)
    dead_layer = np.any([units.all(axis=1) for units in dead], axis=0)
    cases = [run.success, diverged, dead_layer, spread < TOLERANCE, close]
    return np.select(cases, FATES[:-1], FATES[-1])


def wilson_interval(
    successes: int, trials: int, z: float = 1.96
) -> tuple[float, float]:
    """The interval in which the true success rate lies, with 95 % confidence.

    Parameters
    ----------
    successes, trials : int
        0 <= successes <= trials, and at least one trial.
    z : float
        How many standard deviations: 1.96 stands for 95 %.

    Source: Wilson (1927), *Probable inference, the law of succession, and statistical
    inference*, Journal of the American Statistical Association 22.

    >>> low, high = wilson_interval(8, 10)
    >>> print(f"{low:.2f} to {high:.2f}")
    0.49 to 0.94
    """
    trials = _check_count("trials", trials)
    successes = _check_count("successes", successes, least=0)
    z = _check_positive("z", z)
    if successes > trials:
        raise ValueError(f"successes is {successes}, more than the {trials} trials")
    if z > 100:
        raise ValueError(f"z must be at most 100 standard deviations, not {z}")
    rate = successes / trials
    denominator = 1 + z**2 / trials
    middle = (rate + z**2 / (2 * trials)) / denominator
    half = (
        z / denominator * np.sqrt(rate * (1 - rate) / trials + z**2 / (4 * trials**2))
    )
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


# 6. Tasks, saving and loading --------------------------------------------------------


class Task(NamedTuple("Task", [("name", str), ("X", np.ndarray), ("Y", np.ndarray)])):
    """A set of samples to learn: ``X`` (n, n_in) and ``Y`` (n, n_out), read-only.

    It keeps copies of its own: lists will do, and what you pass in stays as it is.

    >>> Task("AND", [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [0], [0], [1]]).Y.shape
    (4, 1)
    """

    __slots__ = ()

    @checked
    def __new__(cls, name: str, X, Y):
        X, Y = np.array(X, dtype=float), np.array(Y, dtype=float)
        X.flags.writeable = Y.flags.writeable = False
        return super().__new__(cls, name, X, Y)


def _task(name, Y):
    corners = [[0, 0], [0, 1], [1, 0], [1, 1]]
    return Task.__new__.unchecked(Task, name, corners, Y)


SUM = _task("SUM", [[0], [1], [1], [2]])
XOR = _task("XOR", [[0], [1], [1], [0]])
TASKS = {task.name: task for task in (SUM, XOR)}

_FORMAT = "mlp_core 1"


@checked
def save(path, params, activation=ORIGINAL) -> None:
    """Write a network to an .npz file: arrays and names, nothing that could run code.

    The file is written beside its place and then moved there, so that a crash leaves
    the old file whole.

    Parameters
    ----------
    path : str or os.PathLike
        Where to; used as it is, so give it the ending .npz.
    params : list of Layer
    activation : Activation, or a sequence of one for each layer
        By name: an activation of your own can't be saved.
    """
    each = per_layer(activation, params)
    for one in each:
        if one.name not in ACTIVATION_NAMES or np.ndim(one.alpha) > 0:
            raise ValueError(f"activation {one.name!r} can't be saved: it has no name")
    arrays = {
        "format": np.array(_FORMAT),
        "activation": np.array([one.name for one in each]),
        "alpha": np.array([0.0 if one.alpha is None else one.alpha for one in each]),
    }
    for i, (W, b) in enumerate(params):
        arrays[f"W{i}"], arrays[f"b{i}"] = W, b
    path = os.fspath(path)
    temporary = f"{path}.{os.getpid()}.tmp"
    try:
        with open(temporary, "wb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())  # on the disk, before it takes the old one's place
        os.replace(temporary, path)
    except BaseException:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise


def load(path) -> tuple[list[Layer], Activation | list[Activation]]:
    """Read a network that `save` wrote.

    Returns
    -------
    params : list of Layer
    activation : Activation, or a list if the layers differ

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        The file is damaged, or `save` didn't write it.
    """
    import zipfile  # here, because it takes long and only this needs it

    try:
        with (
            open(os.fspath(path), "rb") as opened,
            np.load(opened, allow_pickle=False) as file,
        ):
            # NumPy reads as many numbers as a shape asks for. If that is damaged, it may
            # stop before the end of the array, where its checksum would be looked at.
            if file.zip.testzip() is not None:
                raise ValueError("it is damaged")
            arrays = {name: file[name] for name in file.files}
        if str(arrays.pop("format")) != _FORMAT:
            raise ValueError("it has another format")
        names, alphas = arrays.pop("activation"), arrays.pop("alpha")
        params = [
            Layer(arrays.pop(f"W{i}"), arrays.pop(f"b{i}")) for i in range(len(names))
        ]
        if arrays:
            raise ValueError(f"it holds more than a network: {sorted(arrays)}")
        params = _check_params(params)
        each = [make_activation(*pair) for pair in zip(names.tolist(), alphas.tolist())]
        _check_activation(each, params)
    except FileNotFoundError:
        raise
    except (
        ValueError, TypeError, KeyError, AttributeError, OSError, EOFError,
        IndexError, RuntimeError, MemoryError, zipfile.BadZipFile, zipfile.zlib.error,
    ) as error:  # fmt: skip
        raise ValueError(f"{path} can't be read as a network: {error}") from error
    same = all((one.name, one.alpha) == (each[0].name, each[0].alpha) for one in each)
    return params, each[0] if same else each


# 7. Checks: what stands behind the error messages ------------------------------------

_RNG_MESSAGE = "rng must be a NumPy Generator: np.random.default_rng(seed)"


def _check(arguments):
    """Check and convert the arguments of a function, each by its name."""
    given = dict(arguments)
    for name, value in given.items():
        if name in _CHECKS:
            given[name] = _CHECKS[name](name, value)
    if "params" in given:
        given["params"] = _check_params(given["params"])
    _check_together(given)
    return given


def _check_together(given):
    """Check that the arguments fit one another."""
    params, X, Y = given.get("params"), given.get("X"), given.get("Y")
    if "run" in given:
        params = given["run"].params
    if params and X is not None and X.shape[1] != params[0].W.shape[-2]:
        shape = params[0].W.shape
        raise ValueError(
            f"X has {X.shape[1]} columns but the first layer takes {shape[-2]} inputs: "
            f"X is {X.shape}, W[0] is {shape}"
        )
    if X is not None and Y is not None and len(X) != len(Y):
        raise ValueError(
            f"X has {len(X)} rows but Y has {len(Y)}: each sample needs one target row"
        )
    if params and Y is not None and Y.shape[1] != params[-1].W.shape[-1]:
        raise ValueError(
            f"Y has {Y.shape[1]} columns but the network has "
            f"{params[-1].W.shape[-1]} outputs: Y is {Y.shape}"
        )
    if "params" in given and Y is not None and params[0].W.ndim != 2:
        raise ValueError(
            f"params is a stack of {len(params[0].W)} networks, but one is needed: "
            "a sweep gives it by network(s)"
        )
    if "Y_hat" in given and "tolerance" not in given and given["Y_hat"].ndim != 2:
        raise ValueError(f"Y_hat is {given['Y_hat'].shape}, but must be (n, n_out)")
    if "Y_hat" in given and given["Y_hat"].shape[-2:] != Y.shape:
        raise ValueError(f"Y_hat is {given['Y_hat'].shape} but Y is {Y.shape}")
    if "activation" in given:
        layers = params if params else given["sizes"][1:]
        given["activation"] = _check_activation(given["activation"], layers)
        S = len(params[0].W) if params and params[0].W.ndim == 3 else None
        S = len(given["seeds"]) if "seeds" in given else S
        for one in per_layer(given["activation"], layers):
            if np.ndim(one.alpha) > 0 and len(one.alpha) != S:
                raise ValueError(
                    f"activation has {len(one.alpha)} alphas, but there is "
                    f"{'one network' if S is None else f'a stack of {S}'}"
                )
    if "cache" in given:
        _check_cache(given["cache"], params, given["dY"])
    if "grads" in given:
        given["grads"] = _check_grads(given["grads"], params)
    if "learning_rate" in given and "seeds" not in given:
        rate = _check_positive("learning_rate", given["learning_rate"])
        given["learning_rate"] = rate
    if "epochs" in given:
        batch = given["batch_size"] or len(X)
        at_once = min(len(given["seeds"]), given["block"]) if "seeds" in given else 1
        _check_size(
            "epochs, steps_per_epoch and batch_size",
            given["epochs"], given["steps_per_epoch"], batch, at_once,
        )  # fmt: skip
    if "samples" in given:
        _check_samples(given, len(X))
    if "seeds" in given:
        _check_sweep(given)


def _numbers(name, value, what):
    """Return a float array, or say what is wrong with the value."""
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array: fill it first, {name}.filled(0)")
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} has rows of different lengths: {what}") from None
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} must hold numbers, not {array.dtype}: {what}")
    return array.astype(float, copy=False)


def _check_matrix(name, value):
    what = "one sample in each row"
    array = _numbers(name, value, what)
    if array.ndim != 2:
        right = "a single sample is [[x1, x2]]"
        if array.ndim == 1 and name != "X":
            right = f"one number for each sample is {name}.reshape(-1, 1)"
        raise ValueError(
            f"{name} has the shape {array.shape} but must have two axes, {what}: {right}"
        )
    if array.size == 0:
        raise ValueError(f"{name} is empty, its shape is {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds NaN or infinite numbers")
    return array


def _check_prediction(name, value):
    """A prediction may be that of a stack, and may be NaN after a divergence."""
    array = _numbers(name, value, "one prediction in each row")
    if array.ndim not in (2, 3) or array.size == 0:
        raise ValueError(
            f"{name} has the shape {array.shape} but must be (n, n_out), "
            "or (S, n, n_out) for a stack; one number for each sample is "
            f"{name}.reshape(-1, 1)"
        )
    return array


def _check_params(params):
    if isinstance(params, Layer) or not isinstance(params, (list, tuple)):
        raise TypeError(
            f"params must be a list of Layer, not {type(params).__name__}: "
            "initialize() makes one"
        )
    if not params:
        raise ValueError("params is empty: a network needs at least one layer")
    checked_params = [_check_layer(i, layer) for i, layer in enumerate(params)]
    for i, (before, after) in enumerate(itertools.pairwise(checked_params)):
        if before.W.shape[-1] != after.W.shape[-2]:
            raise ValueError(
                f"params do not fit together: W[{i}] {before.W.shape} has "
                f"{before.W.shape[-1]} outputs but W[{i + 1}] {after.W.shape} takes "
                f"{after.W.shape[-2]} inputs"
            )
        if before.W.shape[:-2] != after.W.shape[:-2]:
            raise ValueError(f"params stack different numbers of networks: layer {i}")
    return checked_params


def _check_layer(i, layer):
    if not isinstance(layer, (tuple, list)) or len(layer) != 2:
        raise TypeError(f"params[{i}] must be a Layer: a pair of W and b")
    W = _numbers(f"params[{i}].W", layer[0], "(n_in, n_out)")
    b = _numbers(f"params[{i}].b", layer[1], "(n_out,)")
    if W.ndim not in (2, 3) or W.size == 0:
        raise ValueError(f"params[{i}].W has the shape {W.shape}, not (n_in, n_out)")
    right = W.shape[-1:] if W.ndim == 2 else (len(W), 1, W.shape[-1])
    if b.shape != right:
        raise ValueError(
            f"params[{i}].b has the shape {b.shape}, but with W {W.shape} it must be "
            f"{right}"
        )
    return Layer(W, b)


def _check_activation(activation, layers):
    each = [activation] if isinstance(activation, Activation) else activation
    if not isinstance(each, (list, tuple)) or not all(
        isinstance(one, Activation) for one in each
    ):
        raise TypeError(
            "activation must be an Activation such as tanh or leaky_relu(0.01), "
            f"or a list of one for each layer, not {activation!r}"
        )
    for one in each:
        if not (callable(one.f) and callable(one.slope)):
            raise TypeError(f"activation {one.name!r} needs two functions, f and slope")
    if not isinstance(activation, Activation) and len(each) != len(layers):
        raise ValueError(
            f"activation lists {len(each)} but the network has {len(layers)} layers"
        )
    return activation


def _check_cache(cache, params, dY):
    if not isinstance(cache, Cache):
        raise TypeError("cache must be the Cache that forward() returned")
    shapes = [np.shape(z) for z in cache.Z]
    right = [(len(dY), W.shape[-1]) for W, _ in params]
    A_right = [(len(dY), params[0].W.shape[-2]), *right]
    if [np.shape(a) for a in cache.A] != A_right:
        raise ValueError(
            f"cache, params and dY do not fit together: the a in the cache are "
            f"{[np.shape(a) for a in cache.A]}, but {A_right} are needed"
        )
    if shapes != right or params[0].W.ndim != 2:
        raise ValueError(
            f"cache, params and dY do not fit together: the z in the cache are {shapes}, "
            f"but params (one network) and dY {dY.shape} need {right}"
        )
    if dY.shape != right[-1]:
        raise ValueError(f"dY is {dY.shape} but the prediction is {right[-1]}")


def _check_grads(grads, params, name="grads"):
    try:
        layers = [Layer(*layer) for layer in grads]
    except TypeError:
        raise TypeError(
            f"{name} must be a list of Layer, as backprop() returns"
        ) from None
    if len(layers) != len(params):
        raise ValueError(
            f"{name} has {len(layers)} layers but params has {len(params)}"
        )
    layers = [
        Layer(*(_numbers(f"{name}[{i}]", array, "slopes") for array in layer))
        for i, layer in enumerate(layers)
    ]
    for i, (gradient, layer) in enumerate(zip(layers, params)):
        for kind, slope, array in zip("Wb", gradient, layer):
            if slope.shape != array.shape:
                raise ValueError(
                    f"{name}[{i}].{kind} has the shape {slope.shape} but "
                    f"params[{i}].{kind} is {array.shape}: each gradient must have the "
                    "shape of its parameter"
                )
    return layers


def _check_gradient(answer, params):
    """Check what a ``gradient`` of your own returned; its shapes may be others."""
    try:
        value, grads = answer
        value, layers = float(value), [Layer(*layer) for layer in grads]
    except (TypeError, ValueError):
        raise TypeError(
            "gradient must return a loss and a list of Layer, as loss_and_grads() does"
        ) from None
    sizes = [[np.size(array) for array in layer] for layer in layers]
    right = [[array.size for array in layer] for layer in params]
    if sizes != right:
        raise ValueError(
            f"gradient returned grads with {sizes} entries, but params have {right}"
        )
    return value, layers


MOST = 10**8  # numbers in one array: 0.8 GB. More is a slip of the keyboard


def _check_size(words, *counts):
    """Refuse what no memory can hold, before the machine tries."""
    if math.prod(counts) > MOST:
        raise ValueError(
            f"too large: {words} stand for more than {MOST:.0e} numbers at once"
        )


def _check_samples(given, n):
    """`train` needs either samples, or a generator that draws them."""
    samples, full_batch = given["samples"], given["batch_size"] is None
    if samples is None:
        if given["rng"] is None and not full_batch:
            raise TypeError("rng is missing: pass np.random.default_rng(seed)")
        return
    if isinstance(samples, np.ma.MaskedArray):
        raise TypeError("samples is a masked array, but each step needs its rows")
    try:
        array = np.asarray(samples)
    except ValueError:
        raise ValueError("samples has rows of different lengths") from None
    if array.dtype.kind not in "iu" or array.ndim != 2 or array.shape[1] == 0:
        raise ValueError(
            "samples must be whole numbers of shape (steps, batch), as draw_samples "
            f"makes them, not {array.dtype} of shape {array.shape}"
        )
    if array.size and (array.min() < 0 or array.max() >= n):
        raise ValueError(
            f"samples names rows from {array.min()} to {array.max()}, but X has the "
            f"rows 0 to {n - 1}"
        )
    given["samples"] = array.astype(int, copy=False)


def _check_sweep(given):
    X, Y, sizes, S = given["X"], given["Y"], given["sizes"], len(given["seeds"])
    if (sizes[0], sizes[-1]) != (X.shape[1], Y.shape[1]):
        raise ValueError(
            f"sizes is {sizes}, but X {X.shape} and Y {Y.shape} need a network from "
            f"{X.shape[1]} to {Y.shape[1]}"
        )
    rates = _numbers("learning_rate", given["learning_rate"], "larger than 0")
    if rates.shape not in ((), (S,)) or not np.all((rates > 0) & np.isfinite(rates)):
        raise ValueError(
            "learning_rate must be a positive number, or one for each seed "
            f"(shape ({S},)), not {given['learning_rate']!r}"
        )
    given["learning_rate"] = rates


def _check_sizes(name, value):
    if isinstance(value, str) or not np.iterable(value):
        raise TypeError(f"{name} must list the units of each layer, as (2, 3, 3, 2, 1)")
    sizes = tuple(_check_count(name, size) for size in value)
    if len(sizes) < 2:
        raise ValueError(f"{name} needs at least inputs and outputs, as (2, 1)")
    for pair in itertools.pairwise(sizes):
        _check_size(f"the {name} {pair}", *pair)
    return sizes


def _check_seeds(name, value):
    values = value if np.iterable(value) else [value]
    seeds = [_check_count(name, seed, least=0) for seed in values]
    if not seeds:
        raise ValueError(f"{name} is empty: name at least one seed")
    return seeds


def _check_rng(name, value):
    if value is not None and not isinstance(value, np.random.Generator):
        raise TypeError(f"{_RNG_MESSAGE}, not {value!r}")
    return value


def _check_scheme(name, value):
    if not isinstance(value, str) or value not in SCHEMES:
        raise ValueError(f"{name} must be one of {SCHEMES}, not {value!r}")
    return value


def _check_alpha(alpha):
    alpha = _numbers("alpha", alpha, "the slope for negative z")
    if alpha.ndim > 1 or alpha.size == 0 or not np.isfinite(alpha).all():
        raise ValueError(f"alpha must be a finite number, not {alpha}")
    if np.any(alpha > 1) and np.any(alpha < 1):
        raise ValueError("alpha must be at most 1 for all networks, or at least 1")
    return float(alpha) if alpha.ndim == 0 else alpha


def _check_positive(name, value):
    no_number = bool, np.bool_, str, bytes, np.ma.MaskedArray
    try:
        if isinstance(value, no_number) or np.ndim(value) != 0:
            raise TypeError
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"{name} must be a positive number, not {value!r}") from None
    if not (np.isfinite(number) and number > 0):
        raise ValueError(f"{name} must be a positive number, not {value!r}")
    return number


def _check_count(name, value, least=1):
    try:
        if isinstance(value, (bool, np.bool_)):
            raise TypeError
        count = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be a whole number, not {value!r}") from None
    if count < least:
        raise ValueError(f"{name} must be at least {least}, not {count}")
    return count


def _check_batch_size(name, value):
    return None if value is None else _check_count(name, value)


def _check_callable(name, value, optional=True):
    if not callable(value) and not (optional and value is None):
        raise TypeError(f"{name} must be a function, not {value!r}")
    return value


def _check_switch(name, value):
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, not {value!r}")
    return bool(value)


def _check_path(name, value):
    if not isinstance(value, (str, os.PathLike)) or not os.fspath(value):
        raise TypeError(f"{name} must be a file name, not {value!r}")
    return value


def _check_run(name, value):
    if not isinstance(value, Sweep):
        raise TypeError(f"{name} must be what sweep() returned, not {value!r}")
    return value


_CHECKS = {
    "run": _check_run,
    "X": _check_matrix,
    "Y": _check_matrix,
    "dY": _check_matrix,
    "Y_hat": _check_prediction,
    "sizes": _check_sizes,
    "seeds": _check_seeds,
    "rng": _check_rng,
    "scheme": _check_scheme,
    "alpha": lambda name, value: _check_alpha(value),
    "h": _check_positive,
    "tolerance": _check_positive,
    "epochs": _check_count,
    "steps_per_epoch": _check_count,
    "batch_size": _check_batch_size,
    "block": _check_count,
    "gradient": lambda name, value: _check_callable(name, value, False),
    "progress": _check_callable,
    "snapshots": _check_switch,
    "bug": _check_switch,
    "path": _check_path,
}
