"""The right functions of notebook 3 against the core."""

import numpy as np
import pytest

import mlp_core as mlp
from course.lessons.forward.exercises import my_forward, my_loss
from tests.reference import draw


def test_right_functions_agree_with_the_core():
    """Guards: a reference that is wrong itself."""
    rng = np.random.default_rng(1)
    params = draw(bias=1.0)
    X, Y = rng.standard_normal((5, 2)), rng.standard_normal((5, 1))
    Y_hat, cache = mlp.forward(params, X)
    A, Z = my_forward(params, X, mlp.ORIGINAL.f)
    for mine, right in zip([*A, *Z], [*cache.A, *cache.Z], strict=True):
        np.testing.assert_array_equal(mine, right)
    assert my_loss(Y_hat, Y) == pytest.approx(mlp.loss(Y_hat, Y))
