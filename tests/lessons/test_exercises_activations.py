"""The right functions of notebook 1 against the core."""

import numpy as np
import pytest

import mlp_core as mlp
from course.lessons.activations.exercises import my_activation, my_dead_units, my_slope


@pytest.mark.parametrize("alpha", [-1.0, -0.2, 0.0, 0.01, 1.0, 2.0])
def test_right_activation_and_slope_agree_with_the_core(alpha):
    """Guards: a reference that is wrong itself, at z = 0 too."""
    z = np.array([-2.0, -0.5, 0.0, 0.5, 2.0])
    activation = mlp.leaky_relu(alpha)
    np.testing.assert_allclose(my_activation(z, alpha), activation.f(z))
    np.testing.assert_allclose(my_slope(z, alpha), activation.slope(z))


def test_right_dead_units_agree_with_the_core():
    """Guards: a reference that is wrong itself."""
    rng = np.random.default_rng(3)
    params, X = mlp.initialize((2, 9), rng), rng.standard_normal((3, 2))
    _, cache = mlp.forward(params, X, mlp.relu)
    (dead,) = mlp.dead_units(params, X, mlp.relu)
    assert 0 < dead.sum() < 9
    np.testing.assert_array_equal(my_dead_units(cache.Z[0], 0.0), dead)
