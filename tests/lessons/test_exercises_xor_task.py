"""The exercises of notebook 6 against the core; networks by hand must be exact."""

import numpy as np
import pytest

import mlp_core as mlp
from course.fast import sweep
from course.lessons.xor_task.exercises import my_success_rate
from tests.answers import EXERCISES, check


def test_right_success_rate_agrees_with_the_core():
    """Guards: a reference that is wrong itself."""
    run = sweep(mlp.XOR.X, mlp.XOR.Y, range(20))
    assert 0 < my_success_rate(run.Y_hat, mlp.XOR.Y) == run.success.mean() < 1


@pytest.mark.parametrize(
    ("name", "table"), [("xor_network", [0, 1, 1, 0]), ("xnor_network", [1, 0, 0, 1])]
)
def test_right_networks_compute_their_tables(name, table):
    """Guards: a reference that is wrong itself."""
    Y_hat, _ = mlp.forward(EXERCISES[name].right(), mlp.XOR.X, mlp.relu)
    np.testing.assert_array_equal(Y_hat[:, 0], table)


@pytest.mark.parametrize("name", ["xor_network", "xnor_network"])
@pytest.mark.parametrize("entry", range(9))
def test_a_hand_made_network_must_be_exact(name, entry):
    """Guards: accepting an output that is off by more than 1e-6."""
    rights = {"xor_network": [0, 1, 1, 0], "xnor_network": [1, 0, 0, 1]}

    def network(shift):
        (W0, b0), (W1, b1) = EXERCISES[name].right()
        flat = np.concatenate([array.ravel() for array in (W0, b0, W1, b1)])
        flat[entry] += shift
        return [
            (flat[:4].reshape(2, 2), flat[4:6]),
            (flat[6:8].reshape(2, 1), flat[8:]),
        ]

    for shift in (-1e-3, -3e-6, 3e-6, 1e-3):
        layers = [mlp.Layer(*pair) for pair in network(shift)]
        Y_hat, _ = mlp.forward(layers, mlp.XOR.X, mlp.relu)
        off = np.max(abs(Y_hat[:, 0] - rights[name]))
        assert check(name, lambda: layers).solved == (off <= 1e-6)  # noqa: B023
