"""The diagram of a network: each number where it belongs."""

import re

import numpy as np
import pytest
from matplotlib.collections import EllipseCollection, LineCollection
from matplotlib.colors import to_hex

import mlp_core as mlp
from course import pictures
from course.pictures.style import NEGATIVE, POSITIVE, number
from mlp_core import XOR, Layer
from tests.pictures.drawn import texts


def edges_of(ax):
    """The edges of each layer."""
    return [lines for lines in ax.collections if isinstance(lines, LineCollection)]


def units_of(ax):
    (units,) = [c for c in ax.collections if isinstance(c, EllipseCollection)]
    return units


def test_each_unit_has_its_own_numbers_and_colours(new_axes, params):
    """Guards activation, bias and tint of each unit: in its column, from the top."""
    signs = [(-1) ** np.arange(len(b)) * (i + 0.5) for i, (_, b) in enumerate(params)]
    params = [Layer(W, b) for (W, _), b in zip(params, signs)]
    _, cache = mlp.forward(params, [[0.3, -0.7], [9.0, 9.0]])  # the first is shown
    ax = new_axes((10, 5.6))
    pictures.draw_network(ax, params, cache)
    at = {text.get_position(): text for text in ax.texts}
    units, values = units_of(ax), np.concatenate([a[0] for a in cache.A])
    written = [at[tuple(place)].get_text() for place in units.get_offsets()]
    assert written == [number(value) for value in values]
    red, _, blue, _ = units.get_facecolors().T
    np.testing.assert_array_equal(np.sign(blue - red), np.sign(values))
    below = [place for place in at if at[place].get_text().startswith("b ")]
    biases = [at[place] for place in sorted(below, key=lambda xy: (xy[0], -xy[1]))]
    for text, value in zip(biases, np.concatenate(signs), strict=True):
        assert text.get_text() == f"b {number(value)}"
        color = POSITIVE if value > 0 else NEGATIVE
        assert to_hex(text.get_color()).upper() == color
    heads = {x: at[x, y].get_text() for x, y in at if y == ax.get_ylim()[1]}
    assert sorted(heads) == np.unique(units.get_offsets()[:, 0]).tolist()
    assert [heads[x] for x in sorted(heads)] == [
        "input",
        *(f"layer {i}" for i in range(4)),
    ]


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
    places = {text.get_position(): text for text in ax.texts}
    nodes = units_of(ax).get_offsets()
    first = {0: 0, 1: 2, 2: 5, 3: 8}  # the number of the first unit of each column
    for layer, lines in enumerate(edges_of(ax)):
        W = params[layer].W
        for path, (j, k) in zip(lines.get_paths(), np.ndindex(W.shape), strict=True):
            start, middle, end = path.vertices
            written = places[tuple(middle)]
            color = POSITIVE if W[j, k] > 0 else NEGATIVE
            assert written.get_text() == number(W[j, k])
            assert to_hex(written.get_color()).upper() == color
            np.testing.assert_allclose(start, nodes[first[layer] + j])
            np.testing.assert_allclose(end, nodes[first[layer] + W.shape[0] + k])


@pytest.mark.parametrize("size", [(12.8, 7.2), (10, 4.2), (6.4, 4.0), (6.4, 3.6)])
def test_network_texts_do_not_overlap(new_axes, params, size):
    """Guards the readability of the 2-3-3-2-1 network on a projector and in a panel."""
    params = [Layer(W, b - 0.25) for W, b in params]
    _, cache = mlp.forward(params, XOR.X[[1]])
    ax = new_axes(size)
    pictures.draw_network(ax, params, cache)
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
    fig = pictures.network(params).figure()
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
    lines = [path for lines in edges_of(ax) for path in lines.get_paths()]
    straight = sum(len(line.vertices) == 2 for line in lines)
    assert f"no room for the numbers of {straight} edges" in written
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
    assert number(cache.A[1][0, 0]) in written
    assert "ŷ" in written and written.count("a") == 5
    assert sum(text.startswith("b ") for text in written) == 3
    assert all(number(g) in written for g in grads[2].W.flat)
    assert number(params[0].W[0, 0]) not in written
    grey, _, active, other = edges_of(ax)
    assert to_hex(grey.get_colors()[0]) == "#c0c0c0"
    assert active.get_alpha() == 1.0 and other.get_alpha() < 0.5


def test_network_counts_its_inputs_from_0(new_axes, params):
    """Guards one notation: inputs are counted as units are, rows of W as columns."""
    ax = new_axes((10, 5.6))
    pictures.draw_network(ax, params)
    assert [text for text in texts(ax) if text.startswith("x")] == ["x0", "x1"]


def test_network_with_missing_numbers_says_how_many(new_axes, broken):
    """Guards NaN weights and gradients: drawn dotted and grey, counted in words."""
    right = [Layer(np.ones_like(W), np.ones_like(b)) for W, b in broken]
    for shown in ((broken,), (right, None, broken)):
        ax = new_axes((10, 5.6))
        pictures.draw_network(ax, *shown)
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
    grads = [None, None, None, Layer(np.array([[0.5], [-7.0]]), np.zeros(1))]
    gradient = pictures.describe_network(params, cache, grads)
    assert gradient.endswith("Largest gradient: -7.00, in layer 3.")
    early = pictures.network(params, mlp.Cache(cache.A[:1], [])).alt
    assert "1.00. From layer 0 on nothing is computed yet. Largest" in early


def test_the_larger_of_two_equal_weights_is_the_first():
    """Guards the alt text against rounding noise: 0.1 + 0.2 is not larger than 0.3."""
    W = np.array([[-0.3, 0.1 + 0.2]])
    alt = pictures.network([Layer(W, np.zeros(2))]).alt
    assert alt.endswith("Largest weight: -0.30, in layer 0.")


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
    heads = ["inputs", "units", "output"]
    key = "blue, solid: +    orange, dashed: −    wide: large"
    assert texts(ax) == ["x0", "x1", "0", "1", "2", "out", *heads, key]
    units, ring = (c for c in ax.collections if isinstance(c, EllipseCollection))
    np.testing.assert_array_equal(ring.get_offsets(), units.get_offsets()[[4]])
    columns = units.get_offsets()[[0, 2, 5], 0]
    assert [text.get_position()[0] for text in ax.texts[6:9]] == columns.tolist()
