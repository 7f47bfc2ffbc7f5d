"""course.original: the bug of the original notebook, against the notebook itself."""

import itertools
import re

import numpy as np
import pytest

import mlp_core as mlp
from course.original import original_loss_and_grads
from mlp_core import SUM, XOR, Layer
from tests.reference import (
    SIZES,
    OriginalNotebook,
    assert_near,
    by_autograd,
    draw,
    draw_data,
    stack,
)

pytestmark = pytest.mark.filterwarnings("error")


@pytest.mark.parametrize(
    "gradient, mended",
    [(original_loss_and_grads, False), (mlp.loss_and_grads, True)],
    ids=["bug", "mended"],
)
def test_one_sample_gives_the_original_notebooks_step(gradient, mended):
    """Guards the step that the notebook made, with its bug and without, for each sample."""
    for seed, task, row in itertools.product(range(5), (SUM, XOR), range(4)):
        params, rows = draw(SIZES, seed, bias=0.3), [row]
        original = OriginalNotebook(params, mended)
        (expected,) = original.train(task, [rows])
        value, grads = gradient(params, task.X[rows], task.Y[rows])
        assert value == pytest.approx(expected, rel=1e-12, abs=1e-15)
        assert_near(mlp.sgd_step(params, grads, 0.2), original.params)


def test_nothing_but_the_first_weights_is_wrong():
    """Guards: the gradient check finds the bug in W[0] only, as notebook 4 shows."""
    for seed in range(5):
        params, (X, Y) = draw(SIZES, seed, bias=0.7), draw_data(SIZES, 4, seed)
        for data in (X, Y), ([[0, 1]], [[1]]):  # the second is the notebook's own case
            checks = mlp.gradient_check(params, *data, gradient=original_loss_and_grads)
            assert [check.name for check in checks if not check.ok] == ["W[0]"]
        mixed = [mlp.tanh, mlp.relu, mlp.sigmoid, mlp.identity]
        _, grads = original_loss_and_grads(params, X, Y, mixed)
        assert_near(grads[1:], by_autograd(params, X, Y, mixed)[1][1:])


@pytest.mark.parametrize("own_data", [False, True], ids=["X shared", "X of each"])
def test_a_stack_is_each_of_its_networks(own_data):
    """Guards the bug in a stack, for a sweep in plain steps."""
    networks = [draw(seed=seed, bias=0.5) for seed in range(3)]
    data = [draw_data(SIZES, 6, seed if own_data else 0) for seed in range(3)]
    X, Y = map(np.stack, zip(*data)) if own_data else data[0]
    value, grads = original_loss_and_grads(stack(networks), X, Y)
    for s, network in enumerate(networks):
        expected, expected_grads = original_loss_and_grads(network, *data[s])
        assert value[s] == pytest.approx(expected, rel=1e-12)
        assert_near([Layer(W[s], b[s, 0]) for W, b in grads], expected_grads)


@pytest.mark.parametrize("sizes", [(2, 3, 2), (3, 4, 2)])
def test_more_outputs_than_one_are_refused(sizes):
    """Guards: two targets fit two inputs, and would train nonsense without a word."""
    X, Y = draw_data(sizes, 4)
    with pytest.raises(ValueError, match=re.escape("Y is (4, 2)")):
        original_loss_and_grads(draw(sizes), X, Y)
