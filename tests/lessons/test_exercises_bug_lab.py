"""The right function of notebook 7 against a derivative that is known."""

import numpy as np
import pytest

from course.lessons.bug_lab.exercises import my_entry_error


@pytest.mark.parametrize("index", [(0, 0), (0, 1), (1, 1)])
def test_the_right_entry_error_is_taken_from_the_derivative(index):
    """Guards: a reference that is wrong itself; the slope of w^3 is 3 w^2."""
    w = np.array([[1.0, -2.0], [0.0, 0.5]])
    slope = 3 * w[index] ** 2
    for claimed, error in ((slope, 0.0), (2 * slope, 0.5), (-slope, 2.0)):
        found = my_entry_error(lambda w: float(np.sum(w**3)), w, index, claimed)
        assert found == pytest.approx(error, abs=1e-8)
