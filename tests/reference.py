"""Where expected values come from, if not from the course: references for its tests.

- `OriginalNotebook`: the original notebook's algorithm, written anew with its loops,
  its state and its bug
- `by_autograd`: HIPS autograd, which knows derivatives and nothing of this course
- `draw`, `draw_rows`, `draw_data`: networks and data that the course did not draw
- `StopAt`: the stop button, pressed at a line of one's choice
"""

import functools
import itertools
import sys

import autograd.numpy as anp
import numpy as np
from autograd import value_and_grad

import mlp_core as mlp
from mlp_core import ORIGINAL, SUM, XOR, Activation, Layer

SIZES = (2, 3, 3, 2, 1)
ACTIVATIONS = {
    "original": ORIGINAL,
    "leaky 0.01": mlp.leaky_relu(0.01),
    "leaky 1.5": mlp.leaky_relu(1.5),
    "relu": mlp.relu,
    "tanh": mlp.tanh,
    "sigmoid": mlp.sigmoid,
    "identity": mlp.identity,
}
TASKS = {"SUM": SUM, "XOR": XOR}


def _softmax(z):
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def cross_entropy(Y_hat, Y):
    """Of targets that are 1 for one class: a float, or (S,) for a stack."""
    return np.mean(-np.log(np.sum(Y * Y_hat, axis=-1)), axis=-1)


# A last layer as notebook 9 makes it: the slope of its loss at z is `loss_slope`.
SOFTMAX = Activation("softmax", _softmax, np.ones_like, loss=cross_entropy)

# Networks and data -------------------------------------------------------------------


def draw(sizes=SIZES, seed=0, bias=0.0):
    """Standard normal weights, drawn here and not by `initialize`."""
    rng = np.random.default_rng(seed)
    return [
        Layer(rng.standard_normal(pair), bias * rng.standard_normal(pair[1]))
        for pair in itertools.pairwise(sizes)
    ]


def draw_rows(seed, steps, batch=1, n=4):
    """The samples of each step."""
    return np.random.default_rng([seed, 77]).integers(0, n, (steps, batch))


def draw_data(sizes, n, seed=0):
    """X and Y for a network of these sizes."""
    rng = np.random.default_rng([seed, 5])
    return rng.standard_normal((n, sizes[0])), rng.standard_normal((n, sizes[-1]))


def draw_classes(sizes, n, seed=0):
    """X, and Y with a 1 in each row, at the class of the sample."""
    X, Y = draw_data(sizes, n, seed)
    return X, np.eye(sizes[-1])[Y.argmax(axis=1)]


def stack(networks):
    """Several networks as one stack: W (S, n_in, n_out), b (S, 1, n_out)."""
    return [
        Layer(np.stack([W for W, _ in layers]), np.stack([b[None] for _, b in layers]))
        for layers in zip(*networks)
    ]


def flat(params):
    return np.concatenate([np.ravel(array) for layer in params for array in layer])


def distance(params, others):
    """The largest difference between two networks (or two gradients)."""
    return np.max(np.abs(flat(params) - flat(others)))


def same(params, others):
    """The same to the last bit."""
    return all(
        np.array_equal(array, other)
        for layer, other_layer in zip(params, others, strict=True)
        for array, other in zip(layer, other_layer, strict=True)
    )


def assert_near(params, others, rtol=1e-10, atol=1e-12):
    """The same shapes, and almost the same numbers."""
    for layer, other_layer in zip(params, others, strict=True):
        for array, other in zip(layer, other_layer, strict=True):
            assert np.shape(array) == np.shape(other)
            np.testing.assert_allclose(array, other, rtol=rtol, atol=atol)


def frozen(value):
    """A copy of arrays in lists and tuples that can't be written to."""
    if isinstance(value, np.ndarray):
        value = value.copy()
        value.flags.writeable = False
    elif isinstance(value, list):
        value = [frozen(item) for item in value]
    elif isinstance(value, tuple):
        value = type(value)(*map(frozen, value))
    return value


def own(gradient):
    """The same as a function of one's own, which `fast` can't know: it runs in plain steps."""
    return lambda *arguments: gradient(*arguments)


# The original notebook, written anew -------------------------------------------------


def loop_relu(z, deriv=False):
    """What the original notebook calls relu: a loop, with 1 or -0.2 as the slope."""
    out = []
    for value in z.flatten():
        if deriv:
            out.append(1 if value >= 0 else -0.2)
        else:
            out.append(value if value > 0 else -0.2 * value)
    return np.array(out).reshape(z.shape)


class OriginalNotebook:
    """Its algorithm. The attributes w, b, a, z stand for its globals.

    ``mended=True`` mends its bug and nothing else.
    """

    def __init__(self, params, mended=False, learning_rate=0.2):
        self.w = [W.copy() for W, _ in params]
        self.b = [b.copy() for _, b in params]
        self.mended, self.learning_rate = mended, learning_rate

    def forward_prop(self, x):
        self.a, self.z, self.x = [], [], x
        h = x
        for w, b in zip(self.w, self.b):
            h = h @ w + b
            self.z.append(h)
            h = loop_relu(h)
            self.a.append(h)
        return h

    def back_prop(self, y_hat, y):
        g = (y_hat - y).reshape(1, -1).T
        new_w, new_b = [], []
        for i in reversed(range(len(self.w))):
            g = g * loop_relu(self.z[i], True)
            if i > 0:
                w_der = self.a[i - 1]
            else:  # the bug: the target, where the input should be
                w_der = self.x if self.mended else y
            new_w.insert(0, self.w[i] - self.learning_rate * (w_der.reshape(-1, 1) @ g))
            new_b.insert(0, self.b[i] - self.learning_rate * g)
            g = g @ self.w[i].T
        self.w, self.b = new_w, new_b
        return (0.5 * (y - y_hat) ** 2).item()

    def train(self, task, rows):
        with np.errstate(all="ignore"):
            return [
                self.back_prop(self.forward_prop(task.X[row]), task.Y[row])
                for (row,) in rows
            ]

    @property
    def params(self):
        return [Layer(w, b.ravel()) for w, b in zip(self.w, self.b)]


# What the original notebook records for (1, 0), (0, 1), (0, 0) and (1, 1)
PUBLISHED_X = [[1, 0], [0, 1], [0, 0], [1, 1]]
PUBLISHED_Y = [0.68057903, 1.35146889, 0.2796302, 0.37055562]


@functools.cache
def steady_run(task, mended):
    """(start, rows, losses, params) of a steady start, after 2,000 steps.

    Moving each weight of this start to the next floating-point number moves no parameter by
    more than 1e-11. Others are chaotic: two programs that round differently part ways.
    """
    start, rows = draw(SIZES, 0), draw_rows(0, 2000)
    run = OriginalNotebook(start, mended)
    return start, rows, run.train(TASKS[task], rows), run.params


# An independent implementation: HIPS autograd ----------------------------------------

IN_AUTOGRAD = {
    "leaky_relu": lambda z, alpha: anp.where(z >= 0, z, alpha * z),
    "relu": lambda z, _: anp.where(z >= 0, z, 0 * z),
    "tanh": lambda z, _: anp.tanh(z),
    "sigmoid": lambda z, _: 1 / (1 + anp.exp(-z)),
    "identity": lambda z, _: z,
    "softmax": lambda z, _: anp.exp(z) / anp.sum(anp.exp(z), axis=1, keepdims=True),
}


@value_and_grad
def autograd_loss_and_grads(pairs, X, Y, activations):
    a = X
    for (W, b), (name, alpha) in zip(pairs, activations):
        a = IN_AUTOGRAD[name](anp.dot(a, W) + b, alpha)
    if name == "softmax":
        return -anp.sum(Y * anp.log(a)) / len(Y)
    return 0.5 * anp.sum((a - Y) ** 2) / len(Y)


def by_autograd(params, X, Y, activation=ORIGINAL):
    """Loss and gradients: what `loss_and_grads` should return."""
    if isinstance(activation, Activation):
        activation = [activation] * len(params)
    names = [(layer.name, layer.alpha) for layer in activation]
    pairs = [(W, b) for W, b in params]
    value, grads = autograd_loss_and_grads(pairs, np.asarray(X), np.asarray(Y), names)
    return value, [Layer(*pair) for pair in grads]


def train_by_autograd(params, X, Y, samples, learning_rate=0.2, activation=ORIGINAL):
    """What `train` should return: the network, and the loss of each step."""
    losses = []
    for rows in samples:
        value, grads = by_autograd(params, X[rows], Y[rows], activation)
        losses.append(value)
        params = [
            Layer(W - learning_rate * dW, b - learning_rate * db)
            for (W, b), (dW, db) in zip(params, grads)
        ]
    return params, losses


# The stop button ---------------------------------------------------------------------


class StopAt:
    """Raises KeyboardInterrupt at the k-th line that a function runs; None: nowhere.

    The lines are those of the function and of all that it calls in its own module and
    in the core: a failure comes again with the same k, as it would not with a timer.
    """

    def __init__(self, function, k=None):
        self.code, self.k = function.__code__, k
        self.files = {self.code.co_filename, mlp.__file__}
        self.lines = []  # (function, line) of each line so far
        self.depth = 0  # how many calls of the function are open

    def __enter__(self):
        self.before = sys.gettrace()  # coverage.py traces, too
        sys.settrace(self.on_call)
        return self

    def __exit__(self, *_):
        sys.settrace(self.before)

    def on_call(self, frame, event, _):
        if frame.f_code is self.code:
            self.depth += 1
        if self.depth and frame.f_code.co_filename in self.files:
            return self.on_line
        return None

    def on_line(self, frame, event, _):
        if event == "return" and frame.f_code is self.code:
            self.depth -= 1
        if event == "line":
            self.lines.append((frame.f_code.co_name, frame.f_lineno))
            if len(self.lines) == self.k:
                raise KeyboardInterrupt
        return self.on_line
