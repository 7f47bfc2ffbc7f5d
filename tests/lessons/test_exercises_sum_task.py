"""The exercises of notebook 5 against the core, and what is said of other sizes."""

import numpy as np
import pytest

import mlp_core as mlp
from course.fast import sweep
from course.lessons.sum_task.exercises import my_step, my_train
from tests.answers import check
from tests.reference import draw


def test_right_functions_agree_with_the_core():
    """Guards: a reference that is wrong itself."""
    rng = np.random.default_rng(2)
    params = draw((2, 3, 1), bias=1.0)
    X, Y = rng.standard_normal((5, 2)), rng.standard_normal((5, 1))
    samples = rng.integers(0, 5, (7, 2))
    trained, losses = my_train(params, X, Y, samples, 0.05)
    right, history = mlp.train(params, X, Y, learning_rate=0.05, samples=samples)
    np.testing.assert_allclose(losses, history.loss)
    grads = draw((2, 3, 1), seed=1, bias=1.0)
    stepped = my_step(params, grads, 0.3)
    pairs = [*zip(trained, right, strict=True)]
    pairs += zip(stepped, mlp.sgd_step(params, grads, 0.3), strict=True)
    for (W, b), (right_W, right_b) in pairs:
        np.testing.assert_allclose(W, right_W, atol=1e-12)
        np.testing.assert_allclose(b, right_b, atol=1e-12)


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ((2, 1, 1), "(2, 1, 1) learns it with 91 of 100 seeds"),
        ((2, 2, 1), "(2, 2, 1) learns it with 98 of 100 seeds"),
        ((2, 3, 3, 2, 1), "with 98 of 100 seeds, but there is a smaller one"),
        ((2, 50, 1), "larger than the network of the original notebook"),
        ((1, 1), "two inputs"),
        ((2, 2), "one number"),
        ((2,), "at least two sizes"),
        ((2, 0, 1), "each of 1 or more units"),
        ((2.0, 1.0), "whole numbers"),
        ("21", "it returns a text"),
    ],
)
def test_other_sizes_are_told_why_not(sizes, words):
    """Guards: the words about sizes; the rates are those of the sweep, seeds 0 to 99."""
    verdict = check("smallest_sizes", lambda: sizes)
    assert not verdict.solved
    assert words in verdict.words


def test_the_smallest_network_learns_the_sum():
    """Guards: the claim that (2, 1) is right: exact by hand, and found by training."""
    by_hand = [mlp.Layer(np.array([[1.0], [1.0]]), np.zeros(1))]
    np.testing.assert_array_equal(mlp.forward(by_hand, mlp.SUM.X)[0], mlp.SUM.Y)
    assert sweep(mlp.SUM.X, mlp.SUM.Y, range(100), sizes=(2, 1)).success.sum() == 90
