"""The map of a gradient check, and what it says in words."""

from functools import partial

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex

import mlp_core as mlp
from course import pictures
from course.experiments import error_range
from course.original import original_loss_and_grads
from course.pictures import gradient_checks as maps
from course.pictures.style import NEGATIVE
from mlp_core import XOR, Layer
from tests.pictures.drawn import texts


@pytest.fixture
def check(params):
    """A function that checks a gradient on one sample."""
    params = [Layer(W, b + 0.3) for W, b in params]
    X, Y = XOR.X[1:2], XOR.Y[1:2]
    return lambda gradient: mlp.gradient_check(params, X, Y, gradient=gradient)


def cells_of(ax):
    """The coloured cells of each block, and those that are marked, by their hatch."""
    cells = [cells for cells in ax.collections if isinstance(cells, PolyCollection)]
    marked = {block.get_hatch(): block for block in cells if block.get_hatch()}
    return [block for block in cells if not block.get_hatch()], marked


def corners(block):
    """The left top corner of each cell."""
    return [path.vertices.min(axis=0).tolist() for path in block.get_paths()]


def test_each_block_of_a_gradient_check_stands_in_its_layer(new_axes, check):
    """Guards places: biases below their weights, and below each block its own words."""
    checks = check(original_loss_and_grads)
    ax = new_axes((10, 4.5))
    maps.draw_gradient_check(ax, checks)
    places = [np.array(corners(block)) for block in cells_of(ax)[0]]
    low = np.array([cells.min(axis=0) for cells in places])
    high = np.array([cells.max(axis=0) + 1 for cells in places])
    np.testing.assert_array_equal(low[::2, 0], low[1::2, 0])  # W[i] and b[i]
    assert (low[2::2, 0] > high[:-2:2, 0]).all()  # W[i + 1] is right of W[i]
    assert high[::2, 1].max() < low[1::2, 1].min()  # row 0 is on top: y grows downwards
    words = [text for text in ax.texts if "\n" in text.get_text()]
    for text, found, start, end in zip(words, checks, low, high, strict=True):
        x, y = text.get_position()
        assert text.get_text() == f"{found.name}\n{'right' if found.ok else 'wrong'}"
        assert x == (start[0] + end[0]) / 2 and 0 < y - end[1] < 0.5
        assert (text.get_fontweight() == "bold") == (not found.ok)
    assert ax.get_title() == "wrong: W[0]"
    assert len(corners(cells_of(ax)[1]["//"])) == (checks[0].error > 1e-5).sum() == 3


@pytest.mark.parametrize(
    "digits, written",
    [
        (1, ["0.7", "4e−3", "0", "1.0", "NaN", "2e−2"]),
        (2, ["0.67", "4e−3", "0", "1.00", "NaN", "0.02"]),
    ],
)
def test_gradient_check_puts_each_error_in_its_cell(check, digits, written):
    """Guards number, colour, hatch and dots of each entry; rounding noise is 0."""
    error = np.array([[2 / 3, 0.004, 1e-9], [1, np.nan, 0.02]])
    kink = np.array([[False] * 3, [True, False, False]])
    found = check(mlp.loss_and_grads)[0]._replace(error=error, kink=kink, ok=False)
    (ax,) = pictures.gradient_check([found], digits=digits).figure().axes
    (colored,), marked = cells_of(ax)
    places = [[0, 0], [1, 0], [2, 0], [0, 1], [1, 1], [2, 1]]
    assert corners(colored) == places and ax.yaxis_inverted()
    shades = [*np.log10([2 / 3, 0.004]), -7, -7, 0, np.log10(0.02)]
    np.testing.assert_allclose(colored.get_array(), shades)
    ends = [to_hex(color).upper() for color in colored.to_rgba([-7.0, 0.0])]
    assert ends == ["#FFFFFF", NEGATIVE]
    assert corners(marked["//"]) == [[0, 0], [1, 0], [1, 1], [2, 1]]
    assert corners(marked[".."]) == [[0, 1]]
    numbers = {text.get_position(): text.get_text() for text in ax.texts[:6]}
    assert numbers == {(x + 0.5, y + 0.5): t for (x, y), t in zip(places, written)}
    assert texts(ax)[-1].endswith("hatched: wrong, dotted: at a kink")


def test_what_stands_at_a_kink_is_not_called_right(ax, params):
    """Guards: 'right' under an array of which no entry was counted.

    With zero biases the sample (0, 0) has z = 0 in every unit, so every bias is at a kink.
    """
    flat = [Layer(W, 0 * b) for W, b in params]
    checks = mlp.gradient_check(flat, XOR.X[:1], XOR.Y[:1])
    maps.draw_gradient_check(ax, checks)
    assert ax.get_title() == "every gradient that counts is right"
    assert {"W[0]\nright", "b[0]\nnot counted"} <= set(texts(ax))
    wrong = checks[1]._replace(ok=False, kink=np.array([False, True, True]))
    words = maps.describe_gradient_check([wrong, *checks[2:4]])
    assert "Right: W[1]. At a kink, not counted: 2 of 3 entries of b[0], b[1]." in words


def times(factor, *args):
    """The right gradient, too large by a factor."""
    value, grads = mlp.loss_and_grads(*args)
    return value, [Layer(factor * W, factor * b) for W, b in grads]


def test_a_check_in_words(check):
    """Guards the alt text: what is wrong, by how much, and by which common factor."""
    right = check(mlp.loss_and_grads)
    assert maps.describe_gradient_check(right) == "Every gradient is right here."
    twice, thrice = (check(partial(times, factor)) for factor in (2, 3))
    assert pictures.gradient_check([thrice[0], right[1], thrice[2]]).alt == (
        "Wrong: W[0] by 0.67, W[1] by 0.67. Right: b[0]. Each wrong entry is 3.00 times "
        "the right one."
    )
    text = maps.describe_gradient_check([thrice[0], twice[1]])
    assert text == "Wrong: W[0] by 0.67, b[0] by 0.50. Right: none."


@pytest.mark.parametrize(
    "x, y, floor", [(1e-3, 1, None), (1e-5, 1, "0.0001"), (1e-4, 20, "0.02")]
)
def test_the_words_tell_why_the_error_of_a_tiny_slope_is_small(x, y, floor):
    """Guards: 'each is 3.00 times the right one' beside a cell that shows less than 0.67,
    and no word why."""
    params = [Layer(np.zeros((1, 1)), np.zeros(1))]  # the slope is -x * y
    batch = np.array([[x]]), np.array([[y]])
    checks = mlp.gradient_check(params, *batch, mlp.identity, partial(times, 3))
    words = maps.describe_gradient_check(checks[:1])
    assert words.endswith("3.00 times the right one.") == (floor is None)
    assert floor is None or f"Below {floor} they count as {floor} in an error" in words


@pytest.mark.parametrize("noise", [-1e-9, 0, 1e-9])
def test_the_words_leave_out_noise_and_what_stands_at_a_kink(check, noise):
    """Guards: 0.375 is told alike on every machine; a kink is no error, and NaN is one."""
    error = np.full((2, 3), 0.375 + noise)
    error[0] = np.nan, 9, 0.375
    found = check(mlp.loss_and_grads)[0]._replace(kink=error == 9, ok=False)
    assert error_range(found._replace(error=np.nan_to_num(error, nan=0.375))) == "0.38"
    assert "nan" not in maps.describe_gradient_check([found._replace(error=error)])
