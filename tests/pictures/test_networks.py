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
from tests.pictures.drawn import misplaced, texts


def edges_of(ax):
    """The edges of each layer."""
    return [lines for lines in ax.collections if isinstance(lines, LineCollection)]


def units_of(ax):
    """The units, and the ring around the chosen one."""
    return [units for units in ax.collections if isinstance(units, EllipseCollection)]


def color_of(value):
    return (POSITIVE if value > 0 else NEGATIVE).lower()


def test_each_unit_has_its_own_numbers_and_colours(new_axes, params):
    """Guards activation, bias and tint of each unit: in its column, from the top."""
    signs = [(-1) ** np.arange(len(b)) * (i + 0.5) for i, (_, b) in enumerate(params)]
    params = [Layer(W, b) for (W, _), b in zip(params, signs)]
    _, cache = mlp.forward(params, [[0.3, -0.7], [9.0, 9.0]])  # the first is shown
    ax = new_axes((10, 5.6))
    pictures.draw_network(ax, params, cache)
    at = {text.get_position(): text for text in ax.texts}
    (units,), values = units_of(ax), np.concatenate([a[0] for a in cache.A])
    written = [at[tuple(place)].get_text() for place in units.get_offsets()]
    assert written == [number(value) for value in values]
    red, _, blue, _ = units.get_facecolors().T
    np.testing.assert_array_equal(np.sign(blue - red), np.sign(values))
    below = [place for place in at if at[place].get_text().startswith("b ")]
    biases = [at[place] for place in sorted(below, key=lambda xy: (xy[0], -xy[1]))]
    for text, value in zip(biases, np.concatenate(signs), strict=True):
        assert text.get_text() == f"b {number(value)}"
        assert to_hex(text.get_color()) == color_of(value)
    heads = {x: at[x, y].get_text() for x, y in at if y == ax.get_ylim()[1]}
    columns = np.unique(units.get_offsets()[:, 0]).tolist()
    names = ["input", "layer 0", "layer 1", "layer 2", "layer 3"]
    assert [heads[x] for x in columns] == names


def test_each_edge_tells_its_weight_and_runs_through_its_number(new_axes, params):
    """Guards colour, line, width, number, start and end, in the order of the weights."""
    ax = new_axes((6.4, 4.0))
    pictures.draw_network(ax, params)
    assert [text for text in texts(ax) if text.startswith("x")] == ["x0", "x1"]
    places = {text.get_position(): text for text in ax.texts}
    nodes, first = units_of(ax)[0].get_offsets(), 0  # the first unit of a column
    for lines, (W, _) in zip(edges_of(ax), params, strict=True):
        colors = map(to_hex, lines.get_colors())
        dashed = [pattern is not None for _, pattern in lines.get_linestyles()]
        assert dashed == (W.ravel() < 0).tolist()
        edges = zip(lines.get_paths(), colors, np.ndindex(W.shape), strict=True)
        for path, color, (j, k) in edges:
            start, middle, end = path.vertices
            written = places[tuple(middle)]
            assert written.get_text() == number(W[j, k])
            assert to_hex(written.get_color()) == color == color_of(W[j, k])
            np.testing.assert_allclose(start, nodes[first + j])
            np.testing.assert_allclose(end, nodes[first + len(W) + k])
        order = np.argsort(np.minimum(np.abs(W.ravel()), 3))
        assert (np.diff(np.array(lines.get_linewidths())[order]) >= 0).all()
        assert np.ptp(lines.get_linewidths()) > 0.5
        first += len(W)


@pytest.mark.parametrize("size", [(12.8, 7.2), (10, 4.2), (6.4, 4.0), (6.4, 3.6)])
def test_network_texts_do_not_overlap(new_axes, params, size):
    """Guards the readability of the 2-3-3-2-1 network on a projector and in a panel."""
    params = [Layer(W, b - 0.25) for W, b in params]
    _, cache = mlp.forward(params, XOR.X[[1]])
    ax = new_axes(size)
    pictures.draw_network(ax, params, cache)
    assert not misplaced(ax)
    assert sum("−" in text or "." in text for text in texts(ax)) >= 23 + 9 + 11 - 3
    # The plan is in points: circles stay round and texts keep their distance.
    points = np.array([ax.bbox.width, ax.bbox.height]) * 72 / 100
    np.testing.assert_allclose([ax.get_xlim()[1], ax.get_ylim()[1]], points, rtol=0.02)


@pytest.mark.parametrize(
    "sizes", [(2, 3, 3, 2, 1), (2, 4, 1), (2, 4, 4, 1), (2, 9, 9, 1)]
)
@pytest.mark.parametrize("scale", [1, 1e-3, 1e-30, 1e130])
def test_units_are_round_and_hold_their_numbers(new_axes, sizes, scale):
    """Guards: ellipses, and '1e-13' that runs out of its unit or over its neighbour."""
    params = mlp.initialize(sizes, np.random.default_rng(1))
    params = [Layer(W * scale, b - 0.3 * scale) for W, b in params]
    A = [np.full(n, -0.52 * scale) for n in sizes]
    dA = {i: np.full(n, -0.0004 * scale) for i, n in enumerate(sizes) if i}
    grads = [params[0], *[None] * (len(sizes) - 3), params[-1]]
    shapes = [(5.9, 2.62), (6.6, 3.8), (10, 4.2)]  # two panels, and a picture
    for size, shown in zip(shapes, [(), (grads, dA), ()]):
        ax = new_axes(size)
        pictures.draw_network(ax, params, mlp.Cache(A, []), *shown)
        assert not misplaced(ax)
        (units,) = units_of(ax)
        assert units.get_widths() == units.get_heights()
        radius = units.get_widths()[0] / 2 / 72 * ax.figure.dpi
        places = {tuple(place): place for place in units.get_offsets()}
        inside = [text for text in ax.texts if text.get_position() in places]
        assert len(inside) == len(places)
        for text in inside:
            box = text.get_window_extent()
            middle = ax.transData.transform(text.get_position())
            assert np.hypot(*(box.max - middle) - [0, 3]) < radius, text.get_text()


def test_slopes_stand_below_the_activations(new_axes, params):
    """Guards: the dA of another unit, or of a layer that isn't reached."""
    _, cache = mlp.forward(params, [[0.0, 1.0]])
    slopes = {3: np.array([0.25, -1.5]), 4: np.array([-0.75])}
    ax = new_axes((6.6, 3.8))
    pictures.draw_network(ax, params, cache, [*[None] * 3, params[3]], slopes)
    at = {text.get_position(): text.get_text() for text in ax.texts}
    written = [at[tuple(place)] for place in units_of(ax)[0].get_offsets()]
    assert written[:8] == [number(a) for layer in cache.A[:3] for a in layer[0]]
    values = np.concatenate([cache.A[3][0], cache.A[4][0]])
    below = ["0.25", "−1.50", "−0.75"]
    assert written[8:] == [f"{number(a)}\n{d}" for a, d in zip(values, below)]
    words = pictures.describe_network(params, cache, None, slopes)
    assert ", dA 0.25, -1.50. Layer 3: " in words and ", dA -0.75." in words


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
    assert hidden > 0 and len(units_of(ax)[0].get_offsets()) + hidden == 73


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
    assert sum(text.startswith("db ") for text in written) == 3
    assert all(number(g) in written for g in grads[2].W.flat)
    assert number(params[0].W[0, 0]) not in written
    grey, _, active, other = edges_of(ax)
    assert to_hex(grey.get_colors()[0]) == "#c0c0c0"
    assert active.get_alpha() == 1.0 and other.get_alpha() < 0.5


def test_network_with_missing_numbers_says_how_many(new_axes, broken):
    """Guards NaN weights and gradients: drawn dotted and grey, counted in words."""
    right = [Layer(np.ones_like(W), np.ones_like(b)) for W, b in broken]
    for shown, bias in (((broken,), "b inf"), ((right, None, broken), "db inf")):
        ax = new_axes((10, 5.6))
        pictures.draw_network(ax, *shown)
        assert any("12 of 32 numbers are NaN or infinite" in text for text in texts(ax))
        assert {"NaN", bias} <= {*texts(ax)}


def test_network_in_words(params):
    """Guards the alt text of passes that are not finished, forward and backward."""
    _, cache = mlp.forward(params, XOR.X[[1]])
    grads = [None, None, None, Layer(np.array([[0.5], [-7.0]]), np.zeros(1))]
    gradient = pictures.describe_network(params, cache, grads)
    assert gradient.endswith("Largest gradient: -7.00, in layer 3.")
    early = pictures.network(params, mlp.Cache(cache.A[:1], [])).alt
    assert "1.00. Nothing is computed yet from layer 0 on. Largest" in early


def test_numbers_of_another_network_are_refused(params):
    """Guards against a foreign cache, part of which would be drawn."""
    other = mlp.initialize((2, 4, 1), np.random.default_rng(0))
    with pytest.raises(ValueError, match="cache"):
        pictures.network(params, mlp.forward(other, XOR.X)[1])
