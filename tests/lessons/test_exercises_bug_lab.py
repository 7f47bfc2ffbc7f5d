"""The right functions of notebook 7 against a known derivative, and against the core."""

import numpy as np
import pytest

import mlp_core as mlp
from tests.answers import EXERCISES


@pytest.mark.parametrize("index", [(0, 0), (0, 1), (1, 1)])
def test_the_right_entry_error_is_taken_from_the_derivative(index):
    """Guards: a reference that is wrong itself; the slope of w^3 is 3 w^2."""
    w = np.array([[1.0, -2.0], [0.0, 0.5]])
    slope = 3 * w[index] ** 2
    my_entry_error = EXERCISES["my_entry_error"].right
    for claimed, error in ((slope, 0.0), (2 * slope, 0.5), (-slope, 2.0)):
        found = my_entry_error(lambda w: float(np.sum(w**3)), w, index, claimed)
        assert found == pytest.approx(error, abs=1e-8)


@pytest.mark.parametrize("name", ["mend_first", "mend_second"])
def test_the_mended_gradient_is_that_of_the_core(name):
    """Guards: a mended pass that is still wrong."""
    exercise = EXERCISES[name]
    for args in exercise.cases:
        loss, grads = exercise.right(*args)
        wanted, layers = mlp.loss_and_grads(*args)
        assert loss == pytest.approx(wanted)
        for (dW, db), (W, b) in zip(grads, layers, strict=True):
            np.testing.assert_allclose(dW, W)
            np.testing.assert_allclose(db, b)
