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
    flat,
    frozen,
    stack,
)

pytestmark = pytest.mark.filterwarnings("error")


def test_by_hand_the_target_stands_in_place_of_the_input():
    """Guards the bug, in the network that test_core.py works by hand.

    There dW of the first layer is (1, 2) outer (9.7, 0.97); here (10, 10) outer them.
    """
    params = [
        Layer(np.array([[1.0, -2.0], [3.0, 0.5]]), np.array([0.5, -1.0])),
        Layer(np.array([[2.0], [-1.0]]), np.array([0.25])),
    ]
    value, grads = original_loss_and_grads(params, [[1.0, 2.0]], [[10.0]])
    assert value == pytest.approx(11.76125, rel=1e-14)
    expected = [
        Layer([[97.0, 9.7], [97.0, 9.7]], [9.7, 0.97]),
        Layer([[36.375], [1.94]], [4.85]),
    ]
    assert_near(grads, expected, rtol=1e-13)


def test_one_sample_gives_the_original_notebooks_step():
    """Guards the step that the notebook made, for each sample of both tasks."""
    for seed, task, row in itertools.product(range(5), (SUM, XOR), range(4)):
        params, rows = draw(SIZES, seed, bias=0.3), [row]
        original = OriginalNotebook(params)
        (expected,) = original.train(task, [rows])
        value, grads = original_loss_and_grads(params, task.X[rows], task.Y[rows])
        assert value == pytest.approx(expected, rel=1e-12, abs=1e-15)
        assert_near(mlp.sgd_step(params, grads, 0.2), original.params)


def test_a_batch_is_the_mean_of_its_samples():
    """Guards what the bug is in a batch, which the notebook had not."""
    params = draw(seed=2, bias=0.3)
    value, grads = original_loss_and_grads(params, SUM.X, SUM.Y)
    singles = [
        original_loss_and_grads(params, SUM.X[[row]], SUM.Y[[row]]) for row in range(4)
    ]
    assert value == pytest.approx(np.mean([single[0] for single in singles]))
    mean = np.mean([flat(single[1]) for single in singles], axis=0)
    np.testing.assert_allclose(flat(grads), mean, rtol=1e-12, atol=1e-14)


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


def test_inputs_are_never_changed():
    """Guards: the wrong input is the bug's own; X stays as it is."""
    X = frozen(XOR.X + 0.5)
    original_loss_and_grads(frozen(draw(bias=0.5)), X, frozen(XOR.Y))
    assert np.array_equal(X, XOR.X + 0.5)


@pytest.mark.parametrize("sizes", [(2, 3, 2), (3, 4, 2)])
def test_more_outputs_than_one_are_refused(sizes):
    """Guards: two targets fit two inputs, and would train nonsense without a word."""
    X, Y = draw_data(sizes, 4)
    with pytest.raises(ValueError, match=re.escape("Y is (4, 2)")):
        original_loss_and_grads(draw(sizes), X, Y)
