"""The exercises of notebook 6 against the core; a network by hand must be exact."""

import numpy as np
import pytest

import mlp_core as mlp
from course.lessons.xor_task.by_hand import for_every_alpha
from tests.answers import EXERCISES, check

my_constant_loss = EXERCISES["my_constant_loss"].right
xor_network = EXERCISES["xor_network"].right


@pytest.mark.parametrize("task", [mlp.SUM, mlp.XOR], ids=lambda task: task.name)
def test_no_constant_answer_has_a_smaller_loss(task):
    """Guards: a reference that is wrong itself; asked of the core, answer by answer."""
    answers = np.linspace(-1, 3, 401)
    losses = [mlp.loss(np.full(task.Y.shape, answer), task.Y) for answer in answers]
    assert my_constant_loss(task.Y) == pytest.approx(min(losses), abs=1e-12)


def test_each_output_has_its_own_constant():
    """Guards: a reference that is right for one output only."""
    both = np.hstack([mlp.SUM.Y, mlp.XOR.Y])
    assert my_constant_loss(both) == pytest.approx(0.25 + 0.125)


def test_right_network_computes_its_table():
    """Guards: a reference that is wrong itself."""
    Y_hat, _ = mlp.forward(xor_network(), mlp.XOR.X, mlp.relu)
    np.testing.assert_array_equal(Y_hat, mlp.XOR.Y)


@pytest.mark.parametrize("alpha", [-3, -1, -0.2, 0, 0.01, 0.5, 2])
def test_one_network_solves_xor_with_every_alpha(alpha):
    """Guards what notebook 6 says of it, and doesn't show."""
    np.testing.assert_allclose(for_every_alpha(alpha), mlp.XOR.Y, atol=1e-12)


@pytest.mark.parametrize("entry", range(9))
def test_a_hand_made_network_must_be_exact(entry):
    """Guards: accepting an output that is off by more than 1e-6."""

    def network(shift):
        (W0, b0), (W1, b1) = xor_network()
        flat = np.concatenate([array.ravel() for array in (W0, b0, W1, b1)])
        flat[entry] += shift
        return [
            (flat[:4].reshape(2, 2), flat[4:6]),
            (flat[6:8].reshape(2, 1), flat[8:]),
        ]

    for shift in (-1e-3, -3e-6, 3e-6, 1e-3):
        layers = [mlp.Layer(*pair) for pair in network(shift)]
        Y_hat, _ = mlp.forward(layers, mlp.XOR.X, mlp.relu)
        off = np.max(abs(Y_hat - mlp.XOR.Y))
        assert check("xor_network", lambda: layers).solved == (off <= 1e-6)  # noqa: B023
