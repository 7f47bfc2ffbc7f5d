"""The graph of an activation function."""

import numpy as np
import pytest

import mlp_core as mlp
from course import pictures
from course.words import label
from mlp_core import ORIGINAL


@pytest.mark.parametrize(
    "activation, mark",
    [(ORIGINAL, 0.0), (mlp.tanh, 15.0), (mlp.relu, -40.0), (mlp.relu, 1e6)],
)
def test_activation_curves_are_the_function_and_its_slope(ax, activation, mark):
    """Guards both curves: they differ by more than colour, and go as far as the mark."""
    pictures.draw_activation(ax, activation, mark)
    curves = {line.get_label(): line for line in ax.lines}
    f, slope = curves["f(z)"], curves["slope f'(z)"]
    np.testing.assert_allclose(f.get_ydata(), activation.f(f.get_xdata()))
    np.testing.assert_allclose(slope.get_ydata(), activation.slope(slope.get_xdata()))
    assert f.get_linestyle() != slope.get_linestyle()
    for z in (f.get_xdata(), slope.get_xdata()):
        assert z.min() <= min(-3, mark) and z.max() >= max(3, mark)
    low, high = ax.get_ylim()
    assert low < activation.f(np.array(mark)) < high
    assert ax.get_title().startswith(f"{label(activation)}\n")


def test_activation_marks_point_slope_and_tangent(ax):
    """Guards the mark, also outside the usual range."""
    pictures.draw_activation(ax, ORIGINAL, mark=-5.0)
    marks = {line.get_marker(): line.get_xydata().tolist() for line in ax.lines}
    assert marks["o"] == [[-5.0, 1.0]] and marks["s"] == [[-5.0, -0.2]]
    tangent = [line for line in ax.lines if len(line.get_xdata()) == 2][-1].get_xydata()
    (across, up) = tangent[1] - tangent[0]
    assert up / across == pytest.approx(-0.2)
    np.testing.assert_allclose(tangent.mean(axis=0), [-5, 1])


def test_a_function_with_holes_says_so(ax):
    """Guards a learner's own activation: what isn't finite is counted."""
    root = mlp.Activation("root", lambda z: np.where(z < 0, np.nan, z), np.ones_like)
    pictures.draw_activation(ax, root)
    assert "300 of 1202 numbers" in ax.texts[0].get_text()


def test_the_family_differs_below_zero_only():
    """Guards the four functions and slopes: alpha is the slope of the negative side."""
    functions, slopes = pictures.activation_family().figure().axes
    curves = [
        line.get_xydata() for line in functions.lines if line.get_label()[0] != "_"
    ]
    for curve, alpha in zip(curves, [1, 0, -0.2, -1], strict=True):
        z, a = curve.T
        np.testing.assert_allclose(a, np.where(z > 0, z, alpha * z))
    heights = [line.get_ydata()[0] for line in slopes.lines[:8]]
    assert heights == [1, 1, 0, 1, -0.2, 1, -1, 1]
