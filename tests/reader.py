"""The network of notebook 9, trained on the digits as its cells do, to be measured."""

import numpy as np

import mlp_core as mlp
from course.lessons.your_network import digits
from tests.reference import SOFTMAX

PIXELS, LABELS, FORM = digits.load()
X, Y = PIXELS / digits.MOST, np.eye(digits.CLASSES)[LABELS]
FUNCTIONS = [mlp.tanh, SOFTMAX]
SETTINGS = {"learning_rate": 0.5, "epochs": 20, "steps_per_epoch": 34, "batch_size": 32}


def start(seed):
    """A generator, and what it draws: rows to test on, to train on, and a network."""
    rng = np.random.default_rng(seed)
    test, _, training = np.split(rng.permutation(len(X)), [360, 720])
    return rng, test, training, mlp.initialize((64, 32, 10), rng, "glorot")


def trained(seed, X=X, rows=None, **changed):
    """The network of a seed after training on these rows, else on those it draws."""
    rng, test, training, params = start(seed)
    rows = training if rows is None else rows
    settings = {"activation": FUNCTIONS, **SETTINGS, **changed}
    return mlp.train(params, X[rows], Y[rows], rng, **settings)[0], test


def read(params, X, labels):
    """Which images it reads right (n,), and how certain it is of what it reads (n,)."""
    Y_hat, _ = mlp.forward(params, X, FUNCTIONS)
    return Y_hat.argmax(axis=1) == labels, Y_hat.max(axis=1)
