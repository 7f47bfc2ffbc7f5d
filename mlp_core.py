"""A multilayer perceptron in plain NumPy, to read alongside the notebooks.

A network is a list of layers, and a layer is a weight matrix ``W`` and a bias vector
``b``. Functions hide nothing in globals, change no argument, and take their random
numbers from a generator that you pass in. Sections 1 to 5 follow the notebooks.

Letters: ``n`` samples, ``n_in`` and ``n_out`` units before and after a layer, ``z`` the
weighted sum of a unit, ``a`` its activation, ``Y_hat`` the prediction, ``Y`` the target.
A name that starts with ``d`` is a slope of the loss: ``dW`` with respect to ``W``.

Axes are counted from the end: -2 is the samples, -1 the units, and ``.mT`` transposes
these two. So most functions also accept a stack of S networks at once, with one more
axis in front: W (S, n_in, n_out), b (S, 1, n_out), X (n, n_in) or (S, n, n_in).
"""

import itertools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

# 1. Activations ----------------------------------------------------------------------


class Activation(NamedTuple):
    """A function of ``z`` and its slope, which ``a`` alone does not always tell."""

    name: str
    f: Callable  # a = f(z), element by element; with a loss of its own, row by row
    slope: Callable  # the derivative of f at z
    alpha: float | None = None  # the slope for negative z, if f is two straight lines
    loss: Callable | None = None  # a last layer's own; loss_slope * slope is dloss/dz


def leaky_relu(alpha=-0.2) -> Activation:
    """The generalised ReLU: ``z`` where ``z > 0``, else ``alpha * z``.

    An alpha of 0 gives a ReLU, 0.01 the usual leaky ReLU, -1 the absolute value, and
    -0.2 the original notebook's 'relu'. At z = 0 the slope is set to 1, as it is there.
    Source: Goodfellow, Bengio, Courville, *Deep Learning* (2016), section 6.3.1.

    >>> leaky_relu(-0.2).f(np.array([-1.0, 2.0]))
    array([0.2, 2. ])
    """
    return Activation(
        "leaky_relu",
        lambda z: np.where(np.asarray(z) > 0, z, np.multiply(alpha, z)),
        lambda z: np.where(np.asarray(z) >= 0, 1.0, alpha),
        alpha,
    )


def _sigmoid(z):
    # The textbook form 1 / (1 + exp(-z)) overflows for z below -709; tanh never does.
    return 0.5 * (1 + np.tanh(np.multiply(0.5, z)))


# Not leaky_relu(0), because 0 times an infinite z is not a number.
relu = Activation(
    "relu", lambda z: np.maximum(z, 0.0), lambda z: 1.0 * (np.asarray(z) >= 0), 0.0
)
tanh = Activation("tanh", np.tanh, lambda z: 1 - np.tanh(z) ** 2)
sigmoid = Activation("sigmoid", _sigmoid, lambda z: _sigmoid(z) * (1 - _sigmoid(z)))
identity = Activation(
    "identity", lambda z: np.multiply(1.0, z), lambda z: np.ones(np.shape(z))
)

ORIGINAL = leaky_relu(-0.2)  # what the original notebook calls relu
ACTIVATIONS = {act.name: act for act in (ORIGINAL, relu, tanh, sigmoid, identity)}


def make_activation(name, alpha=-0.2) -> Activation:
    """The activation called ``name``; only 'leaky_relu' uses ``alpha``."""
    return leaky_relu(alpha) if name == "leaky_relu" else ACTIVATIONS[name]


def per_layer(activation, params) -> list[Activation]:
    """One activation for each layer; a single one is used for them all."""
    if isinstance(activation, Activation):
        return [activation] * len(params)
    if len(activation) != len(params):
        raise ValueError(f"{len(activation)} activations for {len(params)} layers")
    return list(activation)


# 2. Initialization -------------------------------------------------------------------


class Layer(NamedTuple):
    """The parameters of one layer, or their gradients."""

    W: np.ndarray  # (n_in, n_out): W[i, j] goes from input i to unit j
    b: np.ndarray  # (n_out,)


def _he(rng, shape, alpha):
    return rng.normal(0, np.sqrt(2 / ((1 + alpha * alpha) * shape[0])), shape)


def _glorot(rng, shape, alpha):
    r = np.sqrt(6 / sum(shape))
    return rng.uniform(-r, r, shape)


SCHEMES = {  # how W of this shape, (n_in, n_out), is drawn
    "normal": lambda rng, shape, alpha: rng.standard_normal(shape),
    "uniform": lambda rng, shape, alpha: rng.uniform(-2, 2, shape),
    "he": _he,
    "glorot": _glorot,
    "zeros": lambda rng, shape, alpha: np.zeros(shape),
}
ORIGINAL_SIZES = (2, 3, 3, 2, 1)


def initialize(sizes=ORIGINAL_SIZES, rng=None, scheme="normal", alpha=-0.2):
    """Draw the first weights of a network as a list of Layer; all biases start at 0.

    ``sizes`` counts the units of each layer, inputs first. The random numbers come from
    ``rng``, a ``np.random.default_rng(seed)``. Only 'he' uses ``alpha``. The schemes:

    - 'normal': standard normal, as the original notebook's code draws
    - 'uniform': uniform on [-2, 2), as the original notebook's text says
    - 'he': normal, variance 2 / ((1 + alpha^2) n_in): He et al. (2015), eq. 15
    - 'glorot': uniform on [-r, r), r^2 = 6 / (n_in + n_out): Glorot, Bengio (2010), eq. 16
    - 'zeros': every weight 0, nothing drawn
    """
    if scheme not in SCHEMES:
        raise ValueError(f"scheme must be one of {tuple(SCHEMES)}, not {scheme!r}")
    if scheme != "zeros":
        check_rng(rng)
    shapes, draw = itertools.pairwise(sizes), SCHEMES[scheme]
    return [Layer(draw(rng, shape, alpha), np.zeros(shape[1])) for shape in shapes]


# 3. Forward --------------------------------------------------------------------------


class Cache(NamedTuple):
    """What the forward pass computed on the way, for the backward pass to use."""

    A: list  # activations: A[0] is X, A[-1] is Y_hat; each (n, units)
    Z: list  # weighted sums: Z[i] = A[i] @ W + b of layer i; each (n, n_out)


def forward(params, X, activation=ORIGINAL) -> tuple[np.ndarray, Cache]:
    """Run the samples, the rows of ``X`` (n, n_in), through the network.

    Returns the prediction (n, n_out), and every z and a on the way. ``activation`` is
    one for all layers, or a list with one for each.
    """
    X = as_inputs(X, params)
    A, Z = [X], []
    for (W, b), act in zip(params, per_layer(activation, params)):
        Z.append(A[-1] @ W + b)  # (n, n_in) @ (n_in, n_out) + (n_out,) -> (n, n_out)
        A.append(act.f(Z[-1]))
    return A[-1], Cache(A, Z)


# 4. Backprop -------------------------------------------------------------------------


def loss(Y_hat, Y):
    """Half the squared error, summed over outputs, averaged over samples: float or (S,).

    >>> loss([[3.0]], [[1.0]])
    2.0
    """
    error = errors(Y_hat, Y)
    value = 0.5 * np.sum(error**2, axis=(-2, -1)) / error.shape[-2]
    return float(value) if value.ndim == 0 else value


def loss_slope(Y_hat, Y) -> np.ndarray:
    """The slope of `loss` with respect to ``Y_hat``, of the same shape (n, n_out)."""
    return errors(Y_hat, Y) / np.shape(Y)[-2]


def loss_of(activation, params) -> Callable:
    """The loss of a network: that of its last activation, or `loss` if it has none."""
    return per_layer(activation, params)[-1].loss or loss


def backprop(params, cache, dY, activation=ORIGINAL) -> list[Layer]:
    """Send ``dY``, the slope of the loss (n, n_out), backwards through the network.

    ``cache`` is the second value of `forward`. The gradients have the form of ``params``.
    Source: Rumelhart, Hinton, Williams (1986), *Learning representations by
    back-propagating errors*, equations 4 to 7.
    """
    check_cache(cache, params, dY)
    (A, Z), activations = cache, per_layer(activation, params)
    grads, dA = [None] * len(params), dY
    for i in reversed(range(len(params))):
        W, b = params[i]
        dZ = dA * activations[i].slope(Z[i])  # (n, n_out), element by element
        dW = A[i].mT @ dZ  # (n_in, n) @ (n, n_out) -> (n_in, n_out)
        db = dZ.sum(axis=-2).reshape(b.shape)  # over the n samples -> (n_out,)
        grads[i] = Layer(dW, db)
        if i > 0:  # the slope with respect to the input isn't needed
            dA = dZ @ W.mT  # (n, n_out) @ (n_out, n_in) -> (n, n_in)
    return grads


def loss_and_grads(params, X, Y, activation=ORIGINAL) -> tuple:
    """Forward, loss and backward in one go; returns the loss and the gradients."""
    Y_hat, cache = forward(params, X, activation)
    value = loss_of(activation, params)(Y_hat, Y)
    return value, backprop(params, cache, loss_slope(Y_hat, Y), activation)


def sgd_step(params, grads, learning_rate) -> list[Layer]:
    """One step downhill: each parameter minus learning rate times gradient."""
    check_grads(grads, params)
    return [
        Layer(W - learning_rate * dW, b - learning_rate * db)
        for (W, b), (dW, db) in zip(params, grads)
    ]


class ParameterCheck(NamedTuple):
    """What `gradient_check` found for one parameter array; all arrays have its shape."""

    name: str  # 'W[0]', 'b[0]', 'W[1]', ...
    analytic: np.ndarray  # the gradient under test
    numeric: np.ndarray  # the one from central differences
    error: np.ndarray  # |analytic - numeric| / max(|analytic|, |numeric|, floor)
    kink: np.ndarray  # a z crossed a corner of f, so the difference says nothing
    ok: bool  # every error that is not at a kink is within the tolerance


def gradient_check(
    params, X, Y, activation=ORIGINAL, gradient=loss_and_grads, h=1e-5, tolerance=1e-5
) -> list[ParameterCheck]:
    """Compare a gradient of one network with central differences, entry by entry.

    The slope is (loss(p + h) - loss(p - h)) / 2h. Its error shrinks with h squared, but
    its rounding error grows with 1 / h. ``gradient`` is called like `loss_and_grads`.
    Errors are relative to the larger slope, or to 1e-4 * max(1, loss) if that is larger.
    """
    value, grads = gradient(params, X, Y, activation)
    if not np.isfinite(value):
        raise ValueError("params, X and Y give a loss that is not finite")
    floor, checks = 1e-4 * max(1.0, value), []

    def loss_and_slopes(i, place, index, step):
        """The loss with one number moved, and all slopes, which jump at a kink."""
        moved = [[W.copy(), b.copy()] for W, b in params]
        moved[i][place][index] += step
        Y_hat, cache = forward(moved, X, activation)
        pairs = zip(per_layer(activation, params), cache.Z)
        jumps = [act.slope(Z) for act, Z in pairs if act.alpha is not None]
        return loss_of(activation, params)(Y_hat, Y), jumps

    for i, place in itertools.product(range(len(params)), (0, 1)):  # W[0], b[0], ...
        shape = params[i][place].shape
        analytic = np.reshape(grads[i][place], shape)
        numeric, kink = np.zeros(shape), np.zeros(shape, bool)
        for index in np.ndindex(shape):
            up, slopes_up = loss_and_slopes(i, place, index, +h)
            down, slopes_down = loss_and_slopes(i, place, index, -h)
            numeric[index] = (up - down) / (2 * h)
            kink[index] = any(np.any(p != q) for p, q in zip(slopes_up, slopes_down))
        scale = np.maximum(np.maximum(abs(analytic), abs(numeric)), floor)
        error = abs(analytic - numeric) / scale
        ok = bool(np.all((error <= tolerance) | kink))
        name = f"{'Wb'[place]}[{i}]"
        checks.append(ParameterCheck(name, analytic, numeric, error, kink, ok))
    return checks


# 5. Training -------------------------------------------------------------------------


class History(NamedTuple):
    """What happened in a training run."""

    loss: np.ndarray  # (steps,) on the samples of each step, before its update
    epoch_loss: np.ndarray  # (epochs,) its average over each epoch
    samples: np.ndarray  # (all steps, batch) the rows of X that each step uses
    snapshots: list  # the network before step 1, after step 1, ...; or empty
    stopped: str  # 'finished', 'diverged' or 'interrupted'
    diverged_at: int | None  # the step, from 1, whose update broke it and was undone


def draw_samples(rng, n, steps, batch_size=1) -> np.ndarray:
    """Draw each step's rows, with replacement: (steps, batch). None means all rows."""
    if batch_size is None:
        return np.tile(np.arange(n), (steps, 1))
    check_rng(rng)
    return rng.integers(0, n, size=(steps, batch_size))


def steps(params, X, Y, samples, activation, learning_rate, gradient=loss_and_grads):
    """Yield the loss of each step, before its update, and the network after it."""
    for rows in samples:
        value, grads = gradient(params, X[rows], Y[rows], activation)
        params = sgd_step(params, grads, learning_rate)
        yield value, params


def train(
    params,
    X,
    Y,
    rng=None,
    *,
    activation=ORIGINAL,
    learning_rate=0.2,
    epochs=20,
    steps_per_epoch=100,
    batch_size=1,
    samples=None,
    snapshots=False,
    gradient=loss_and_grads,
) -> tuple[list[Layer], History]:
    """Run `steps` as the original notebook does, and keep what happened.

    Each step draws ``batch_size`` rows and makes one update. If the numbers explode, or
    you press the stop button, you get what was learned until then. To continue after
    an interrupt, pass ``samples=history.samples[len(history.loss):]``.
    """
    X, Y = as_samples("X", X, finite=True), as_samples("Y", Y, finite=True)
    if len(X) != len(Y):
        raise ValueError(f"X has {len(X)} rows but Y has {len(Y)}")
    if samples is None:
        samples = draw_samples(rng, len(X), epochs * steps_per_epoch, batch_size)
    losses, networks, stopped = np.zeros(len(samples)), {0: params}, "finished"
    run = steps(params, X, Y, samples, activation, learning_rate, gradient)
    with np.errstate(all="ignore"):  # overflow is checked below
        try:
            for step, (value, after) in enumerate(run):
                if not (np.isfinite(value) and _is_finite(networks[step])):
                    stopped = "diverged"
                    break
                losses[step], networks[step + 1] = value, after
                if not snapshots:
                    networks.pop(step - 1, None)  # the last two are enough
        except KeyboardInterrupt:
            stopped = "interrupted"
    done = max(networks)  # the updates made: an interrupt can't cut one in two
    if stopped == "diverged" or not _is_finite(networks[done]):
        done, stopped = max(done - 1, 0), "diverged"  # the last update broke it
    diverged_at = done + 1 if stopped == "diverged" else None
    losses, kept = losses[:done], [networks[i] for i in range(done + 1) if snapshots]
    means = epoch_means(losses, steps_per_epoch)
    return networks[done], History(losses, means, samples, kept, stopped, diverged_at)


def _is_finite(params):  # the loss alone does not tell, since tanh(inf) is 1
    return all(np.isfinite(array).all() for layer in params for array in layer)


def epoch_means(losses, steps_per_epoch) -> np.ndarray:
    """The mean of the losses (steps, ...) over each epoch; the last may be shorter."""
    starts = range(0, len(losses), steps_per_epoch)
    return np.array([losses[i : i + steps_per_epoch].mean(axis=0) for i in starts])


# 6. Tasks and measures ---------------------------------------------------------------


class Task(NamedTuple):
    """A set of samples to learn. Make your own with ``Task("AND", X, Y)``."""

    name: str
    X: np.ndarray  # (n, n_in)
    Y: np.ndarray  # (n, n_out)


_CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
SUM = Task("SUM", _CORNERS, np.array([[0.0], [1.0], [1.0], [2.0]]))
XOR = Task("XOR", _CORNERS, np.array([[0.0], [1.0], [1.0], [0.0]]))
for _array in (_CORNERS, SUM.Y, XOR.Y):
    _array.flags.writeable = False

TOLERANCE = 0.1  # how near to its target an output must be to count as learned


def solved(Y_hat, Y, tolerance=TOLERANCE):
    """Whether every output is near its target: a bool, or (S,) of them for a stack."""
    near = np.all(abs(errors(Y_hat, Y)) < tolerance, axis=(-2, -1))
    return bool(near) if near.ndim == 0 else near


def dead_units(params, X, activation=ORIGINAL) -> list[np.ndarray]:
    """For each layer, (n_out,) bool: which units have the slope 0 on every sample."""
    _, cache = forward(params, X, activation)
    pairs = zip(per_layer(activation, params), cache.Z)
    return [np.all(act.slope(Z) == 0, axis=-2) for act, Z in pairs]


# 7. What NumPy would let pass --------------------------------------------------------


def check_rng(rng):
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be np.random.default_rng(seed), not {rng!r}")


def as_samples(name, value, finite=False) -> np.ndarray:
    """``value`` as floats, a sample in each row; NumPy would broadcast a flat list."""
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} must hold numbers, not {array.dtype}")
    if array.ndim < 2 or array.size == 0:
        rows = f"a sample in each row, as in [[x0, x1]] or {name}.reshape(-1, 1)"
        raise ValueError(f"{name} has the shape {array.shape}, but needs {rows}")
    if finite and not np.isfinite(array).all():
        raise ValueError(f"{name} must hold finite numbers")
    return array.astype(float, copy=False)


def as_inputs(X, params) -> np.ndarray:
    """``X`` as samples that fit the network, whose layers must fit together."""
    X = as_samples("X", X)
    if len(params) == 0:
        raise ValueError("params is empty: a network needs at least one layer")
    *stack, n_in, _ = params[0][0].shape  # stack: [], or [S]
    for i, (W, b) in enumerate(params):
        *here, _, n_out = W.shape
        if here != stack:
            raise ValueError(f"params[{i}].W is {W.shape}, not a stack {tuple(stack)}")
        right = (*stack, 1, n_out) if stack else (n_out,)
        if b.shape != right:
            raise ValueError(f"params[{i}].b is {b.shape}, not {right}: W is {W.shape}")
    if X.shape[-1] != n_in:
        raise ValueError(f"X is {X.shape}, but the first layer takes {n_in} inputs")
    return X


def errors(Y_hat, Y) -> np.ndarray:
    """Prediction minus target. NumPy would also subtract (n,) from (n, 1)."""
    Y_hat, Y = as_samples("Y_hat", Y_hat), as_samples("Y", Y)
    if Y_hat.shape[-2:] != Y.shape[-2:]:
        raise ValueError(f"Y_hat is {Y_hat.shape} but Y is {Y.shape}")
    return Y_hat - Y


def check_cache(cache, params, dY):
    A, Z = cache
    if len(Z) != len(params) or dY.shape != A[-1].shape:
        held = f"{len(Z)} layers and a prediction {A[-1].shape}"
        raise ValueError(f"cache has {held}; params has {len(params)}, dY {dY.shape}")


def check_grads(grads, params):
    for i, pair in enumerate(zip(grads, params, strict=True)):
        found, right = ([np.shape(array) for array in layer] for layer in pair)
        if found != right:
            raise ValueError(f"grads[{i}] has shapes {found}, params[{i}] has {right}")
