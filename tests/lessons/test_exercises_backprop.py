"""The right functions of notebook 4 against the core."""

import numpy as np

import mlp_core as mlp
from tests.answers import EXERCISES
from tests.reference import assert_near, draw


def test_right_functions_agree_with_the_core():
    """Guards: a reference that is wrong itself."""
    names = "my_loss_slope", "my_layer_backward", "my_backprop"
    loss_slope, layer_backward, backprop = (EXERCISES[name].right for name in names)
    rng = np.random.default_rng(1)
    params = draw(bias=1.0)
    X, Y = rng.standard_normal((5, 2)), rng.standard_normal((5, 1))
    Y_hat, cache = mlp.forward(params, X)
    dY = loss_slope(Y_hat, Y)
    np.testing.assert_allclose(dY, mlp.loss_slope(Y_hat, Y))
    grads = mlp.backprop(params, cache, dY)
    slope = mlp.ORIGINAL.slope
    assert_near(backprop(params, *cache, dY, slope), grads)
    dW, db, dA = layer_backward(cache.A[3], cache.Z[3], params[3].W, dY, slope)
    assert_near([(dW, db)], grads[3:])
    dZ = dY * slope(cache.Z[3])
    np.testing.assert_allclose(dA, np.einsum("no,io->ni", dZ, params[3].W), atol=1e-12)
