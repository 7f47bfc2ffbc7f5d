"""The toy of notebook 10 and what it is compared by, held against HIPS autograd."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

import mlp_core as mlp
from course.lessons.framework import gradients
from tests import toy
from tests.reference import SOFTMAX, draw, draw_classes, same

SHARED = (4, 3, 3, 2)


def data_and_network(sizes):
    return *draw_classes(sizes, 6), [*map(tuple, draw(sizes, 3, bias=0.5))]


def loss_by_autograd(params, X, Y):
    """Of tanh layers before softmax with cross-entropy."""
    for W, b in params[:-1]:
        X = anp.tanh(X @ W + b)
    Z = X @ params[-1][0] + params[-1][1]
    return anp.mean(anp.log(anp.sum(anp.exp(Z), axis=1)) - anp.sum(Y * Z, axis=1))


def shared_by_autograd(params, X, Y):
    return loss_by_autograd([params[i] for i in toy.TWICE], X, Y)


@pytest.mark.parametrize("rule", ["hand_back", "overwrite"])
def test_without_a_shared_value_both_rules_give_the_gradient_to_the_last_bit(rule):
    """Guards: the difference of 0.0 that the notebook prints, and its trap: whoever
    overwrites slopes isn't noticed by this network."""
    X, Y, params = data_and_network((4, 5, 3))
    cells = toy.names()
    loss, grads = cells.gradient(params, X, Y, getattr(cells, rule))
    right, right_grads = mlp.loss_and_grads(params, X, Y, [mlp.tanh, SOFTMAX])
    assert loss == right and same(grads, right_grads)
    assert gradients.apart(grads, cells.by_hand(params, X, Y)) == 0
    assert gradients.apart(grads, grad(loss_by_autograd)(params, X, Y)) < 1e-15


def test_a_shared_matrix_tells_the_rules_apart():
    """Guards: slopes of a matrix used twice that don't add up, in the toy itself."""
    X, Y, params = data_and_network(SHARED)
    cells = toy.names()
    right = grad(shared_by_autograd)(params, X, Y)
    _, grads = cells.gradient(params, X, Y, path=toy.TWICE)
    assert gradients.apart(grads, right) < 1e-15
    _, wrong = cells.gradient(params, X, Y, cells.overwrite, path=toy.TWICE)
    assert gradients.apart(wrong, right) > 0.01


def test_the_last_slope_is_kept():
    """Guards: a trap that isn't the one which the notebook tells of."""
    found = toy.names().overwrite([1.0, 2.0, 3.0], (0, 2, 0), (10.0, 20.0, 30.0))
    assert found == [30.0, 2.0, 20.0]


@pytest.mark.parametrize("loss", ["softmax_loss", "square_loss"])
def test_a_loss_hands_on_the_slope_that_it_is_given(loss):
    """Guards: a rule that is right only at the end of the tape, where the slope is 1."""
    cells, tape = toy.names(), []
    node = getattr(cells, loss)(cells.Node(tape, np.eye(3)), np.eye(3)[[1, 0, 2]])
    [once], [twice] = node.back(1.0), node.back(2.0)
    assert np.array_equal(twice, 2 * once) and np.any(once)


PLACES = [(layer, part) for layer in range(3) for part in (0, 1)]


@pytest.mark.parametrize("place", [None, *PLACES], ids=str)
def test_the_check_compares_all_slopes_with_differences(place):
    """Guards: a check that says True of whatever it is given, or leaves out an array."""
    X, Y, params = data_and_network(SHARED)

    def gradient(params, X, Y):
        grads = [[*layer] for layer in grad(shared_by_autograd)(params, X, Y)]
        if place:
            layer, part = place
            fault = 1e-4 * (np.arange(grads[layer][part].size) == 1)
            grads[layer][part] = grads[layer][part] + fault.reshape(
                grads[layer][part].shape
            )
        return shared_by_autograd(params, X, Y), grads

    assert gradients.agrees(gradient, params, X, Y) == (place is None)


def test_the_largest_distance_is_told_and_rounding_only_roughly():
    """Guards: a bias or a later layer not compared; digits of rounding errors."""
    one = [(np.zeros((2, 3)), np.zeros(3)), (np.zeros((3, 1)), np.zeros(1))]
    other = [(np.zeros((2, 3)), np.zeros(3)), (np.zeros((3, 1)), np.full(1, -0.5))]
    assert gradients.apart(one, one) == 0
    assert gradients.apart(one, other) == gradients.apart(other, one) == 0.5
    assert gradients.roughly(3e-15) == "less than 1e-12"
    assert gradients.roughly(2e-12) == "2.0e-12"
