"""The panel tasks of notebook 1: doing what they say shows what they ask for."""

import numpy as np
import pytest

from course import panels
from tests.panels.parts import assert_sound, message


@pytest.fixture
def panel():
    return panels.activation_panel(alpha=-0.2)  # as the notebook makes it


def function(panel):
    """The curve of the function, as it is drawn on the left: z and f(z)."""
    lines = {line.get_label(): line for line in panel.view.axes["function"].lines}
    return lines["f(z)"].get_data()


def bends(x, y):
    """Where a curve of straight pieces bends."""
    changes = np.diff(np.diff(y) / np.diff(x))
    places = x[1:-1][abs(changes) > 1e-6]
    return [] if places.size == 0 else [places.min(), places.max()]


def output(panel):
    """The curve of the unit's output, as it is drawn on the right: x and a."""
    curves = [line for line in panel.view.axes["unit"].lines if line.get_ls() == "-"]
    return max(curves, key=lambda line: len(line.get_xdata())).get_data()


def test_task_14c89b60_1(panel):
    """Guards: from -1 to 1 the right half stays, and only alpha = 1 has no bend."""
    for alpha in (-1.0, -0.5, 0.0, 0.5, 1.0):
        panel.work["alpha"].slider.value = alpha
        z, a = function(panel)
        np.testing.assert_allclose(a[z > 0], z[z > 0])
        np.testing.assert_allclose(a[z < 0], alpha * z[z < 0])
        assert bool(bends(z, a)) is (alpha != 1)
        assert f"slope {alpha:.3f}" in message(panel)
        assert_sound(panel)


def test_task_14c89b60_2(panel):
    """Guards: bias -1 bends at x = 1, and the weight -1 turns the picture round."""
    panel.work["alpha"].slider.value = 0.0
    panel.work["bias"].slider.value = -1.0
    x, a = output(panel)
    assert bends(x, a) == pytest.approx([1, 1], abs=0.05)
    assert a[x < 1].max() == 0 and a[x > 1].min() > 0
    panel.work["weight"].slider.value = -1.0
    x, a = output(panel)
    assert bends(x, a) == pytest.approx([-1, -1], abs=0.05)
    assert a[x < -1].min() > 0 and a[x > -1].max() == 0
    assert_sound(panel)
