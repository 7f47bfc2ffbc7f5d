"""tests/agreement.py, where it needs no library that the tests have not: autograd."""

import functools

import numpy as np
import pytest

import mlp_core as mlp
from course import fast
from tests import agreement
from tests.reference import SOFTMAX

RUNS = list(agreement.all_runs())
CLASSES = [run for run in RUNS if run.activations[-1] is SOFTMAX]
SOME = [*RUNS[1::180], CLASSES[1]]  # batches of 3: on one sample a mean is a sum
LIBRARIES = {"autograd": agreement.autograd}


def change_db(change):
    """The core's loop, with another slope for the biases."""

    def gradient(params, X, Y, activation):
        loss, grads = mlp.loss_and_grads(params, X, Y, activation)
        return loss, [mlp.Layer(dW, change(db, len(X))) for dW, db in grads]

    return functools.partial(mlp.train, gradient=gradient)


def change_loss(*arguments, **settings):
    params, history = fast.train(*arguments, **settings)
    return params, history._replace(loss=history.loss * 2)


def square_loss(*arguments, activation, **settings):
    *hidden, last = activation
    activation = [*hidden, last._replace(loss=None)]
    return mlp.train(*arguments, activation=activation, **settings)


FAULTY = {
    "a mean over the samples": change_db(lambda db, n: db / n),
    "diverged": change_db(lambda db, n: db * np.nan),
    "only the losses": change_loss,
    "of a softmax, the square loss": square_loss,
}


def test_what_agrees_is_told(capsys):
    """Guards: the right loops pass, and a line for each says how well."""
    assert agreement.main(LIBRARIES, runs=SOME) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:-1]] == list(agreement.LOOPS)
    for line in lines[1:-1]:
        *_, runs, weights, losses = line.split()
        assert int(runs) == len(SOME)
        assert 0 < float(weights) < 1e-13 and 0 < float(losses) < 1e-13


@pytest.mark.parametrize("name", FAULTY)
def test_what_differs_is_told(name, capsys):
    """Guards: the comparison would notice."""
    loops = {"right": mlp.train, "faulty": FAULTY[name]}
    assert agreement.main(LIBRARIES, loops, SOME[-1:]) == 1
    assert "DON'T" in capsys.readouterr().out


def test_the_runs_hold_all_activations_and_batches():
    """Guards: what CONTRIBUTING says of them."""
    names = {f.name for run in RUNS for f in run.activations}
    assert names == {*mlp.ACTIVATIONS, "softmax"}
    before = {f.name for run in CLASSES for f in run.activations[:-1]}
    assert before == set(mlp.ACTIVATIONS)
    assert {run.samples.shape for run in RUNS} == {(100, n) for n in (1, 3, 4, 7)}
