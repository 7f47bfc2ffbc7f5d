"""The map of a gradient check, and what it says in words."""

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex

import mlp_core as mlp
from course import pictures
from course.experiments import common_factor, error_range, wrong_names
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
    return [cells for cells in ax.collections if isinstance(cells, PolyCollection)]


def test_gradient_check_marks_exactly_what_is_wrong(new_axes, check):
    """Guards the verdicts in words, the colours, and the hatch on wrong cells."""
    checks = check(original_loss_and_grads)
    ax = new_axes((10, 4.5))
    maps.draw_gradient_check(ax, checks)
    assert wrong_names(checks) == ["W[0]"] and ax.get_title() == "wrong: W[0]"
    assert {"W[0]\nwrong", "b[0]\nright", "W[3]\nright"} <= set(texts(ax))
    blocks = [cells for cells in cells_of(ax) if cells.get_array() is not None]
    for block, found in zip(blocks, checks, strict=True):
        expected = np.log10(np.clip(found.error, 1e-7, 1)).ravel()
        np.testing.assert_allclose(block.get_array(), expected)
        ends = [to_hex(color).upper() for color in block.to_rgba([-7.0, 0.0])]
        assert ends == ["#FFFFFF", NEGATIVE]
    (hatched,) = [cells for cells in cells_of(ax) if cells.get_hatch() == "//"]
    assert len(hatched.get_paths()) == (checks[0].error > 1e-5).sum() == 3


def test_each_block_of_a_gradient_check_stands_in_its_layer(new_axes, check):
    """Guards places: biases below their weights, and below each block its own words."""
    checks = check(original_loss_and_grads)
    ax = new_axes((10, 4.5))
    maps.draw_gradient_check(ax, checks)
    blocks = [cells for cells in cells_of(ax) if cells.get_array() is not None]
    corners = [np.concatenate([p.vertices for p in b.get_paths()]) for b in blocks]
    low = np.array([places.min(axis=0) for places in corners])
    high = np.array([places.max(axis=0) for places in corners])
    np.testing.assert_array_equal(low[::2, 0], low[1::2, 0])  # W[i] and b[i]
    assert (low[2::2, 0] > high[:-2:2, 0]).all()  # W[i + 1] is right of W[i]
    assert high[::2, 1].max() < low[1::2, 1].min()  # row 0 is on top: y grows downwards
    words = [text for text in ax.texts if "\n" in text.get_text()]
    for text, found, start, end in zip(words, checks, low, high, strict=True):
        x, y = text.get_position()
        assert text.get_text().startswith(found.name)
        assert x == (start[0] + end[0]) / 2 and 0 < y - end[1] < 0.5
        assert (text.get_fontweight() == "bold") == (not found.ok)


def test_gradient_check_puts_each_error_in_its_cell(new_axes, check):
    """Guards rows and columns: number, colour and hatch of one entry stand together."""
    error = np.array([[0, 0, 0.7], [0, 0, 0]])
    found = check(mlp.loss_and_grads)[0]._replace(error=error, ok=False)
    ax = new_axes((10, 4.5))
    maps.draw_gradient_check(ax, [found])
    colored, hatched = cells_of(ax)
    orange = colored.get_paths()[int(np.argmax(colored.get_array()))].vertices
    np.testing.assert_array_equal(orange, hatched.get_paths()[0].vertices)
    np.testing.assert_array_equal(orange.min(axis=0), [2, 0])  # column 2, row 0 on top
    (number,) = [text for text in ax.texts if text.get_text() == "0.7"]
    assert number.get_position() == (2.5, 0.5) and ax.yaxis_inverted()


def test_gradient_check_tells_kinks_apart(ax, check):
    """Guards the dotted cells: a kink is neither right nor wrong."""
    kink = np.array([[True, False, True], [False, False, False]])
    found = check(mlp.loss_and_grads)[0]._replace(kink=kink, error=1.0 * kink)
    maps.draw_gradient_check(ax, [found])
    colored, dotted = cells_of(ax)
    assert dotted.get_hatch() == ".." and (colored.get_array() == -7).all()
    places = [path.vertices.min(axis=0).tolist() for path in dotted.get_paths()]
    assert places == [[0, 0], [2, 0]]
    assert texts(ax)[-1].endswith("hatched: wrong, dotted: at a kink")
    assert ax.get_title() == "every gradient that counts is right"


def test_what_stands_at_a_kink_is_not_called_right(ax, params):
    """Guards: 'right' under an array of which no entry was counted.

    With zero biases the sample (0, 0) has z = 0 in every unit, so every bias is at a kink.
    """
    flat = [Layer(W, 0 * b) for W, b in params]
    checks = mlp.gradient_check(flat, XOR.X[:1], XOR.Y[:1])
    maps.draw_gradient_check(ax, checks)
    assert {"W[0]\nright", "b[0]\nnot counted"} <= set(texts(ax))
    words = (
        "Every gradient that counts is right here. At a kink, not counted: b[0], b[1]"
    )
    assert maps.describe_gradient_check(checks).startswith(words)
    part = checks[0]._replace(kink=np.array([[True, True, False], [False] * 3]))
    words = maps.describe_gradient_check([part, *checks[1:]])
    assert "not counted: 2 of 6 entries of W[0], b[0]," in words
    wrong = checks[1]._replace(ok=False, kink=np.array([False, True, True]))
    words = maps.describe_gradient_check([wrong, *checks[2:4]])
    assert "Right: W[1]. At a kink, not counted: 2 of 3 entries of b[0], b[1]." in words


@pytest.mark.parametrize(
    "digits, written",
    [
        (1, ["0.7", "4e−3", "0", "1.0", "NaN", "2e−2"]),
        (2, ["0.67", "4e−3", "0", "1.00", "NaN", "0.02"]),
    ],
)
def test_gradient_check_writes_as_many_digits_as_asked_for(check, digits, written):
    """Guards the numbers in the cells: 2/3 is 0.7, or 0.67; rounding noise is 0."""
    error = np.array([[2 / 3, 0.004, 1e-9], [1, np.nan, 0.02]])
    found = check(mlp.loss_and_grads)[0]._replace(error=error)
    (ax,) = pictures.gradient_check([found], digits=digits).figure().axes
    assert texts(ax)[:6] == written


def test_gradient_check_keeps_its_words_apart(new_axes, check):
    """Guards the line at the bottom: in a low picture too, no block's word is in it."""
    ax = new_axes((10, 2.6))
    maps.draw_gradient_check(ax, check(mlp.loss_and_grads))
    ax.figure.draw_without_rendering()
    *words, bottom = [text.get_window_extent() for text in ax.texts]
    assert not any(box.overlaps(bottom) for box in words)


def times(factor):
    """The right gradient, too large by a factor."""

    def gradient(*args):
        value, grads = mlp.loss_and_grads(*args)
        return value, [Layer(factor * W, factor * b) for W, b in grads]

    return gradient


def test_a_check_in_words(check):
    """Guards the alt text: what is wrong, by how much, and by which common factor."""
    right, wrong = check(mlp.loss_and_grads), check(times(3))
    assert maps.describe_gradient_check(right) == "Every gradient is right here."
    assert common_factor(right) is None and common_factor(wrong) == pytest.approx(3)
    assert error_range(wrong[0]) == "0.67"  # |3 - 1| / 3
    assert pictures.gradient_check(wrong).alt == (
        "Wrong: W[0] by 0.67, b[0] by 0.67, W[1] by 0.67, b[1] by 0.67, W[2] by 0.67, "
        "b[2] by 0.67, W[3] by 0.67, b[3] by 0.67. Right: none. Each wrong entry is "
        "3.00 times the right one."
    )
    two = [wrong[0], check(times(2))[1]]
    text = maps.describe_gradient_check(two)
    assert text == "Wrong: W[0] by 0.67, b[0] by 0.50. Right: none."
    text = maps.describe_gradient_check(check(original_loss_and_grads))
    assert text.startswith("Wrong: W[0] by ") and "times" not in text
    assert text.endswith("Right: b[0], W[1], b[1], W[2], b[2], W[3], b[3].")


@pytest.mark.parametrize("noise", [-1e-9, 0, 1e-9])
def test_noise_of_the_differences_changes_no_word(check, noise):
    """Guards: 0.375 is told alike on every machine, however its sums are rounded."""
    found = check(mlp.loss_and_grads)[0]
    half = np.full((2, 3), 0.375 + noise)
    assert error_range(found._replace(error=half, kink=half > 1, ok=False)) == "0.38"


def test_a_check_of_a_dead_network_says_that_it_shows_nothing(params):
    """Guards: all gradients 0 and right is no proof."""
    dead = [Layer(-abs(W), b - 1) for W, b in params]
    checks = mlp.gradient_check(dead, XOR.X, XOR.Y, mlp.relu)
    assert maps.describe_gradient_check(checks).startswith("Every gradient is 0")


def test_entries_at_a_kink_are_not_counted(check):
    """Guards the words: a kink is no error, and NaN is one."""
    error = np.array([[np.nan, 0.5, 9.0], [0, 0, 0]])
    kink = error == 9
    found = check(mlp.loss_and_grads)[0]._replace(error=error, kink=kink, ok=False)
    assert error_range(found._replace(error=np.where(kink, 9, 0.5))) == "0.50"
    assert "nan" not in maps.describe_gradient_check([found])
