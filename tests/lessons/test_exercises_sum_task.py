"""The exercises of notebook 5 against the core, and the smallest network of its quiz."""

import numpy as np

import mlp_core as mlp
from course.fast import sweep
from tests.answers import EXERCISES
from tests.reference import assert_near, draw

my_step, my_train = (EXERCISES[name].right for name in ("my_step", "my_train"))


def test_right_functions_agree_with_the_core():
    """Guards: a reference that is wrong itself."""
    rng = np.random.default_rng(2)
    params = draw((2, 3, 1), bias=1.0)
    X, Y = rng.standard_normal((5, 2)), rng.standard_normal((5, 1))
    samples = rng.integers(0, 5, (7, 2))
    functions = mlp.loss_and_grads, my_step
    trained, losses = my_train(params, X, Y, samples, 0.05, *functions)
    right, history = mlp.train(params, X, Y, learning_rate=0.05, samples=samples)
    np.testing.assert_allclose(losses, history.loss)
    grads = draw((2, 3, 1), seed=1, bias=1.0)
    assert_near(trained, right)
    assert_near(my_step(params, grads, 0.3), mlp.sgd_step(params, grads, 0.3))


def test_the_smallest_network_learns_the_sum():
    """Guards the quiz: one unit with the identity is exact by hand, and always found."""
    by_hand = [mlp.Layer(np.array([[1.0], [1.0]]), np.zeros(1))]
    points = np.array([[2.0, 2.0], [-1.0, -1.0], [0.2, 0.3]])
    Y_hat, _ = mlp.forward(by_hand, points, mlp.identity)
    np.testing.assert_allclose(Y_hat[:, 0], points.sum(axis=1))
    one_unit = {"sizes": (2, 1), "activation": mlp.identity}
    assert sweep(mlp.SUM.X, mlp.SUM.Y, range(1000), **one_unit).success.all()
