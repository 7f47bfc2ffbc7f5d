"""The right functions of notebook 1 against the core, and what its text says."""

import numpy as np
import pytest

import mlp_core as mlp
from tests.answers import EXERCISES

NAMES = ("my_activation", "my_slope", "my_dead_units")
my_activation, my_slope, my_dead_units = (EXERCISES[name].right for name in NAMES)


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


def test_tanh_and_sigmoid_do_what_the_text_says():
    """Guards: flat at z = 10, never above 1, slopes from a, the overflow."""
    z = np.linspace(-20, 20, 401)
    for activation in (mlp.tanh, mlp.sigmoid):
        assert activation.slope(10.0) < 1e-4
        assert activation.f(z).max() <= 1
    a = np.tanh(z)
    np.testing.assert_allclose(1 - a**2, mlp.tanh.slope(z))
    a = 1 / (1 + np.exp(-z))
    np.testing.assert_allclose(a * (1 - a), mlp.sigmoid.slope(z), atol=1e-15)
    with pytest.warns(RuntimeWarning, match="overflow encountered in exp"):
        1 / (1 + np.exp(np.float64(1000)))
    with np.errstate(all="raise"):
        np.testing.assert_allclose(mlp.sigmoid.f(-1000.0), 0)


def test_the_dead_unit_of_the_text_is_dead():
    """Guards: its four weighted sums, and that only ReLU kills it."""
    unit = [mlp.Layer(np.array([[-1.0], [-3.0]]), np.array([-0.5]))]
    _, cache = mlp.forward(unit, mlp.XOR.X, mlp.relu)
    assert cache.Z[0].ravel().tolist() == [-0.5, -3.5, -1.5, -4.5]
    assert mlp.dead_units(unit, mlp.XOR.X, mlp.relu)[0].all()
    assert not mlp.dead_units(unit, mlp.XOR.X, mlp.ORIGINAL)[0].any()
