"""The exercises of notebook 5 against the core, and the smallest network of its quiz."""

import numpy as np

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
    functions = mlp.loss_and_grads, my_step
    trained, losses = my_train(params, X, Y, samples, 0.05, *functions)
    right, history = mlp.train(params, X, Y, learning_rate=0.05, samples=samples)
    np.testing.assert_allclose(losses, history.loss)
    grads = draw((2, 3, 1), seed=1, bias=1.0)
    stepped = my_step(params, grads, 0.3)
    pairs = [*zip(trained, right, strict=True)]
    pairs += zip(stepped, mlp.sgd_step(params, grads, 0.3), strict=True)
    for (W, b), (right_W, right_b) in pairs:
        np.testing.assert_allclose(W, right_W, atol=1e-12)
        np.testing.assert_allclose(b, right_b, atol=1e-12)


def test_a_loop_that_works_with_mlp_only_is_told():
    """Guards: a loop in which one's own functions never meet, written as one would."""

    def train(params, X, Y, samples, learning_rate, loss_and_grads, step):
        losses = []
        for rows in samples:
            loss, grads = mlp.loss_and_grads(params, X[rows], Y[rows])
            losses.append(loss)
            params = mlp.sgd_step(params, grads, learning_rate)
        return params, losses

    verdict = check("my_train", train)
    assert not verdict.solved
    assert "mlp's functions in place of those that are handed over" in verdict.words


def test_a_return_inside_the_loop_of_the_layers_is_told():
    """Guards: 'it returns W[0], b[0]', which doesn't say where to look."""

    def step(params, grads, learning_rate):
        new = []
        for (W, b), (dW, db) in zip(params, grads):
            new.append((W - learning_rate * dW, b - learning_rate * db))
            return new

    words = check("my_step", step).words
    assert "the return stands inside the loop" in words


def test_a_loop_that_starts_from_the_first_parameters_is_told():
    """Guards: a dump of all arguments for `new = step(...)` and `return new, losses`."""

    def train(params, X, Y, samples, learning_rate, loss_and_grads, step):
        losses = []
        for rows in samples:
            loss, grads = loss_and_grads(params, X[rows], Y[rows])
            losses.append(loss)
            new = step(params, grads, learning_rate)
        return new, losses

    words = check("my_train", train).words
    assert "each step starts from the first parameters again" in words


def test_one_result_is_one_thing():
    """Guards: 'it returns 1 things'."""
    only_losses = lambda *args: my_train(*args)[1]
    words = check("my_train", only_losses).words
    assert "it returns 1 thing; return 2: params and losses" in words


def test_a_loop_without_the_two_functions_is_told_the_arguments():
    """Guards: who knows the loop of an older notebook."""
    old = lambda params, X, Y, samples, learning_rate: (params, [])
    words = check("my_train", old).words
    assert "should take (params, X, Y, samples, learning_rate, loss_and_grads" in words


def test_the_smallest_network_learns_the_sum():
    """Guards the quiz: one unit with the identity is exact by hand, and always found."""
    by_hand = [mlp.Layer(np.array([[1.0], [1.0]]), np.zeros(1))]
    points = np.array([[2.0, 2.0], [-1.0, -1.0], [0.2, 0.3]])
    Y_hat, _ = mlp.forward(by_hand, points, mlp.identity)
    np.testing.assert_allclose(Y_hat[:, 0], points.sum(axis=1))
    one_unit = {"sizes": (2, 1), "activation": mlp.identity}
    assert sweep(mlp.SUM.X, mlp.SUM.Y, range(1000), **one_unit).success.all()
