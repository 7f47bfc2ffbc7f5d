"""The diagram of a network: each number where it belongs."""

import re

import numpy as np
import pytest
from matplotlib.collections import EllipseCollection, LineCollection
from matplotlib.colors import to_hex

import mlp_core as mlp
from course import pictures
from course.pictures.style import NEGATIVE, POSITIVE
from mlp_core import XOR, Layer


def texts(ax):
    return [text.get_text() for text in ax.texts]


def edges_of(ax):
    """The edges of each layer."""
    return [lines for lines in ax.collections if isinstance(lines, LineCollection)]


def units_of(ax):
    (units,) = [c for c in ax.collections if isinstance(c, EllipseCollection)]
    return units


def test_network_shows_every_number(new_axes, params):
    """Guards the numbers: all weights, all biases, all activations of the sample."""
    params = [Layer(W, b + 0.1 * np.arange(1, len(b) + 1)) for W, b in params]
    _, cache = mlp.forward(params, XOR.X[[2]])
    ax = new_axes((10, 5.6))
    pictures.draw_network(ax, params, cache)
    written = texts(ax)
    for W, b in params:
        for weight in W.flat:
            assert pictures.number(weight) in written
        for bias in b:
            assert f"b {pictures.number(bias)}" in written
    for a in cache.A:
        for value in a[0]:
            assert pictures.number(value) in written
    assert sum(text.startswith("b ") for text in written) == 9
    assert {"input", "layer 0", "layer 3"} <= set(written)


def test_network_biases_stand_below_their_units(new_axes, params):
    """Guards which bias belongs to which unit: each in its column, from the top."""
    params = [Layer(W, np.arange(len(b)) + i + 0.5) for i, (W, b) in enumerate(params)]
    ax = new_axes((10, 5.6))
    pictures.draw_network(ax, params)
    places = [(text.get_position(), text.get_text()) for text in ax.texts]
    biases = sorted((x, -y, text) for (x, y), text in places if text.startswith("b "))
    expected = [f"b {pictures.number(value)}" for _, b in params for value in b]
    assert [text for _, _, text in biases] == expected


def test_network_edges_tell_the_sign_by_colour_and_line_and_size_by_width(
    new_axes, params
):
    """Guards colour, line style and width of each edge, in the order of the weights."""
    ax = new_axes((10, 5.6))
    pictures.draw_network(ax, params)
    for lines, (W, _) in zip(edges_of(ax), params, strict=True):
        weights = W.ravel()
        colors = [to_hex(color).upper() for color in lines.get_colors()]
        assert colors == [POSITIVE if w > 0 else NEGATIVE for w in weights]
        dashed = [pattern is not None for _, pattern in lines.get_linestyles()]
        assert dashed == [w < 0 for w in weights]
        order = np.argsort(np.minimum(np.abs(weights), 3))
        assert (np.diff(np.array(lines.get_linewidths())[order]) >= 0).all()
        assert np.ptp(lines.get_linewidths()) > 0.5


def test_network_edges_run_through_their_numbers(new_axes, params):
    """Guards which number belongs to which edge: start, number, end."""
    ax = new_axes((6.4, 4.0))
    pictures.draw_network(ax, params)
    places = {text.get_position(): text.get_text() for text in ax.texts}
    nodes = units_of(ax).get_offsets()
    first = {0: 0, 1: 2, 2: 5, 3: 8}  # the number of the first unit of each column
    for layer, lines in enumerate(edges_of(ax)):
        W = params[layer].W
        for path, (j, k) in zip(lines.get_paths(), np.ndindex(W.shape), strict=True):
            start, number, end = path.vertices
            assert places[tuple(number)] == pictures.number(W[j, k])
            np.testing.assert_allclose(start, nodes[first[layer] + j])
            np.testing.assert_allclose(end, nodes[first[layer] + W.shape[0] + k])


@pytest.mark.parametrize("size", [(12.8, 7.2), (10, 4.2), (6.4, 4.0), (6.4, 3.6)])
def test_network_texts_do_not_overlap(new_axes, params, size):
    """Guards the readability of the 2-3-3-2-1 network on a projector and in a panel."""
    params = [Layer(W, b - 0.25) for W, b in params]
    _, cache = mlp.forward(params, XOR.X[[1]])
    ax = new_axes(size)
    pictures.draw_network(ax, params, cache, label="tanh")
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts]
    inside = ax.figure.bbox.padded(1)
    assert all(inside.contains(*box.min) and inside.contains(*box.max) for box in boxes)
    assert sum("−" in text or "." in text for text in texts(ax)) >= 23 + 9 + 11 - 3
    for i, box in enumerate(boxes):
        for j, other in enumerate(boxes[:i]):
            wide = min(box.x1, other.x1) - max(box.x0, other.x0)
            high = min(box.y1, other.y1) - max(box.y0, other.y0)
            # Line boxes are higher than digits: a third of a line is no overlap yet.
            if wide > 1 and high > 0.3 * min(box.height, other.height):
                raise AssertionError(f"{texts(ax)[i]} is on {texts(ax)[j]}")


def test_network_fills_the_axes_that_the_layout_gives(params):
    """Guards the plan in points: circles stay round and texts keep their distance."""
    fig = pictures.network(params, label="tanh").figure()
    fig.draw_without_rendering()
    (ax,) = fig.axes
    size = np.array([ax.bbox.width, ax.bbox.height]) * 72 / 100
    np.testing.assert_allclose([ax.get_xlim()[1], ax.get_ylim()[1]], size, rtol=0.02)


def test_network_without_room_says_so(new_axes):
    """Guards the notes: units and numbers that are left out are counted."""
    ax = new_axes((6.4, 4.0))
    wide = mlp.initialize((2, 40, 30, 1), np.random.default_rng(3))
    pictures.draw_network(ax, wide)
    written = " ".join(texts(ax))
    assert re.search(r"no room for the numbers of \d+ edges", written)
    hidden = sum(int(count) for count in re.findall(r"\+ (\d+) more", written))
    assert hidden > 0 and len(units_of(ax).get_offsets()) + hidden == 73


def test_network_shows_only_what_the_passes_have_reached(new_axes, params):
    """Guards the forward-and-backward mode: a cache that stops early, None in grads."""
    _, cache = mlp.forward(params, [[0.0, 1.0]])
    _, grads = mlp.loss_and_grads(params, [[0.0, 1.0]], [[1.0]])
    early = mlp.Cache(cache.A[:2], cache.Z[:1])
    ax = new_axes((10, 5.6))
    pictures.draw_network(ax, params, early, [None, None, grads[2], grads[3]], active=2)
    written = texts(ax)
    assert pictures.number(cache.A[1][0, 0]) in written
    assert "ŷ" in written and written.count("a") == 5
    assert sum(text.startswith("b ") for text in written) == 3
    assert all(pictures.number(g) in written for g in grads[2].W.flat)
    assert pictures.number(params[0].W[0, 0]) not in written
    grey, _, active, other = edges_of(ax)
    assert to_hex(grey.get_colors()[0]) == "#c0c0c0"
    assert active.get_alpha() == 1.0 and other.get_alpha() < 0.5
    assert "gradients" in ax.get_title()


def test_network_counts_its_inputs_from_0(new_axes, params):
    """Guards one notation: inputs are counted as units are, rows of W as columns."""
    ax = new_axes((10, 5.6))
    pictures.draw_network(ax, params)
    assert [text for text in texts(ax) if text.startswith("x")] == ["x0", "x1"]


def test_network_with_missing_numbers_says_how_many(new_axes, broken):
    """Guards NaN weights: drawn dotted and grey, counted in words."""
    ax = new_axes((10, 5.6))
    pictures.draw_network(ax, broken)
    assert any("12 of 32 numbers are NaN or infinite" in text for text in texts(ax))
    assert "NaN" in texts(ax) and "b inf" in texts(ax)


def test_network_in_words(params):
    """Guards the alt text: shape, activations of the sample, and the largest number."""
    Y_hat, cache = mlp.forward(params, XOR.X[[1]])
    text = pictures.network(params, cache).alt
    assert text.startswith(
        "Diagram of a 2-3-3-2-1 network. Input: 0.00, 1.00. Layer 0:"
    )
    assert f"Layer 3: {Y_hat[0, 0]:.2f}." in text
    largest = max((abs(W).max(), i) for i, (W, _) in enumerate(params))
    assert re.search(
        rf"Largest weight: -?{largest[0]:.2f}, in layer {largest[1]}", text
    )
    gradient = pictures.describe_network(params, cache, params)
    assert "Largest gradient" in gradient
    early = pictures.network(params, mlp.Cache(cache.A[:1], [])).alt
    assert "1.00. From layer 0 on nothing is computed yet. Largest" in early


def test_the_larger_of_two_equal_weights_is_the_first():
    """Guards the alt text against rounding noise: 0.1 + 0.2 is not larger than 0.3."""
    W = np.array([[0.3, -(0.1 + 0.2)]])
    alt = pictures.network([Layer(W, np.zeros(2))]).alt
    assert alt.endswith("Largest weight: 0.30, in layer 0.")


def test_numbers_of_another_network_are_refused(params):
    """Guards against a foreign cache, part of which would be drawn."""
    other = mlp.initialize((2, 4, 1), np.random.default_rng(0))
    with pytest.raises(ValueError, match="cache"):
        pictures.network(params, mlp.forward(other, XOR.X)[1])
    with pytest.raises(TypeError, match="params"):
        pictures.network("params")


def test_wiring_shows_weights_as_lines_and_no_number(new_axes):
    """Guards a first look: sign and size of each weight, names, and the chosen unit."""
    W = np.array([[1.5, -3.0, 0.0], [0.3, 6.0, -0.1]])
    params = [Layer(W, np.ones(3)), Layer(W[:1].T, np.zeros(1))]
    ax = new_axes((6, 3))
    pictures.draw_wiring(ax, params, chosen=(0, 2))
    first = edges_of(ax)[0]
    assert [to_hex(c).upper() for c in first.get_colors()][:2] == [POSITIVE, NEGATIVE]
    np.testing.assert_allclose(first.get_linewidths()[:2], [3, 5])
    assert [len(path.vertices) for path in first.get_paths()] == [2] * 6  # straight
    named = ["x0", "x1", "0", "1", "2", "out", "inputs", "units", "output"]
    assert texts(ax)[:-1] == named
    units, ring = (c for c in ax.collections if isinstance(c, EllipseCollection))
    np.testing.assert_array_equal(ring.get_offsets(), units.get_offsets()[[4]])
