"""Plain curves from their data."""

import numpy as np

from course import pictures

LABELS = {"x_label": "rate", "y_label": "loss"}


def test_curve_draws_lines_and_points():
    """Guards the data, the looks of the lines, the labels and the limits."""
    x = np.linspace(0, 1, 5)
    lines, points = {"a": x**2, "b": -x}, {"dot": (0.5, 0.25), "two": ([0, 1], [0, 1])}
    picture = pictures.curve(x, lines, points, y_limits=(-2, 2), **LABELS)
    (ax,) = picture.figure().axes
    first, second, dot, two = ax.lines
    np.testing.assert_array_equal(first.get_xydata(), np.column_stack([x, x**2]))
    np.testing.assert_array_equal(second.get_ydata(), -x)
    assert first.get_linestyle() != second.get_linestyle()
    assert dot.get_xydata().tolist() == [[0.5, 0.25]] and dot.get_linestyle() == "None"
    assert two.get_xydata().tolist() == [[0, 0], [1, 1]]
    assert dot.get_marker() != two.get_marker()
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_ylim()) == (
        "rate",
        "loss",
        (-2, 2),
    )
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["a", "b", "dot", "two"]
    assert picture.alt == (
        "Curve: loss against rate. a: from (0.00, 0.000) to (1.00, 1.000); b: from "
        "(0.00, 0.000) to (1.00, -1.000); marked, dot: (0.50, 0.250); marked, two: "
        "(0.00, 0.000), (1.00, 1.000)."
    )


def test_curve_tells_its_lowest_point_if_that_lies_between():
    """Guards the words: where the best learning rate is."""
    picture = pictures.curve([0, 1, 2, 3], {"a": [[1], [0.2], [0.1], [4]]}, **LABELS)
    (ax,) = picture.figure().axes
    assert ax.get_legend() is None  # one line needs no name
    assert picture.alt == (
        "Curve: loss against rate. a: from (0.00, 1.000) to (3.00, 4.000), lowest at "
        "(2.00, 0.100)."
    )


def test_curve_tells_a_highest_point_between_the_ends():
    """Guards the corner of a curve, whose numbers are the lesson."""
    picture = pictures.curve([-1, 0, 1], {"a": [0.4, 0.5, 0.0]}, **LABELS)
    assert picture.alt.endswith("to (1.00, 0.000), highest at (0.00, 0.500).")


def test_log_curves_show_noise_and_tell_no_number_of_it():
    """Guards the picture of the error against h: markers, and words that compare."""
    h = 10.0 ** np.arange(-8, 1)
    central, one_sided = 1e-16 / h + h**2, 1e-16 / h + h
    central[3] = 0  # by chance; a log axis has no place for it
    lines = {"central": central, "one-sided": one_sided}
    picture = pictures.curve(h, lines, x_label="h", y_label="error", log=True)
    (ax,) = picture.figure().axes
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert ax.lines[0].get_ydata()[3] == 1e-17
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), one_sided)
    assert {line.get_marker() for line in ax.lines} == {"o", "s"}
    assert picture.alt == (
        "Curve: error against h, both axes logarithmic. central falls and rises again; "
        "one-sided only rises; lowest and furthest right comes central."
    )
