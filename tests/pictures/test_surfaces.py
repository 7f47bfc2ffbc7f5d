"""Pictures over the square of inputs: x0 to the right, x1 up, in all that is drawn."""

import numpy as np
import pytest
from matplotlib.figure import Figure

import mlp_core as mlp
from course import pictures
from mlp_core import XOR, Layer
from tests.pictures.drawn import boxes, legend, points, texts

# 3 x0 + x1 - 1: nothing of it stays the same when x0 and x1 change places.
TILTED = [Layer(np.array([[3.0], [1.0]]), np.array([-1.0]))]
LINEAR = [Layer(np.ones((2, 1)), np.zeros(1))]


def test_everything_on_a_surface_stands_where_its_inputs_are(ax):
    """Guards image, line, samples, labels and ring of a surface with no symmetry."""
    X = np.array([[0.0, 0.0], [1.0, 0.0], [0.25, 1.0]])
    task = mlp.Task("tilted", X, np.array([[0.0], [1.0], [2.0]]))
    pictures.draw_surface(ax, TILTED, task, mlp.identity, mark=[2])
    # The image: row i is x1 = axis[i], column j is x0 = axis[j]; row 0 is at the bottom.
    axis = np.linspace(-0.5, 1.5, 61)
    (image,) = ax.images
    expected = 3 * axis[None, :] + axis[:, None] - 1
    np.testing.assert_allclose(image.get_array(), expected, atol=1e-12)
    assert image.origin == "lower" and image.get_extent() == [-0.5, 1.5, -0.5, 1.5]
    np.testing.assert_allclose([*ax.get_xlim(), *ax.get_ylim()], [-0.5, 1.5] * 2)
    # The lines halfway between the targets.
    for line, level in zip(ax.collections[0].get_paths(), (0.5, 1.5), strict=True):
        x0, x1 = line.vertices.T
        np.testing.assert_allclose(3 * x0 + x1 - 1, level, atol=1e-9)
        assert np.ptp(x1) > 1.9  # it crosses the square
    solid, dashed = ax.collections[0].get_linestyles()
    assert solid != dashed
    # The samples with their markers, and the text beside each.
    classes = {"o": [[0.0, 0.0]], "s": [[1.0, 0.0]], "^": [[0.25, 1.0]]}
    assert points(ax) == classes
    assert points(ax, size=19) == {"o": [[0.25, 1.0]]}
    labels = [(tuple(text.xy), text.get_text()) for text in ax.texts]
    said = ["target 0\n−1.00", "target 1\n2.00", "target 2\n0.75"]
    assert labels == list(zip(map(tuple, X), said))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x0", "x1")
    assert ax.get_title() == "output; line at 0.5, 1.5"


@pytest.mark.parametrize(
    "layer, unit, show_z", [(1, 2, False), (1, 2, True), (3, 0, True)]
)
def test_surface_of_a_unit_is_its_own(ax, params, layer, unit, show_z):
    """Guards layer, unit, and z or a, also of the last layer, with white at 0."""
    options = {"layer": layer, "unit": unit, "resolution": 11, "show_z": show_z}
    pictures.draw_surface(ax, params, XOR, mlp.tanh, **options)
    axis = np.linspace(-0.5, 1.5, 11)
    X = np.array([[x0, x1] for x1 in axis for x0 in axis])
    _, cache = mlp.forward(params, X, mlp.tanh)
    expected = (cache.Z if show_z else cache.A[1:])[layer][:, unit].reshape(11, 11)
    np.testing.assert_allclose(ax.images[0].get_array(), expected)
    low, high = ax.images[0].get_clim()
    assert low == -high and high == pytest.approx(np.abs(expected).max())
    letter = "z" if show_z else "a"
    assert ax.get_title().startswith(f"layer {layer}, unit {unit}: {letter}")
    assert set(texts(ax)) == {"target 0", "target 1"}  # a unit has no prediction


def test_the_output_can_be_drawn_as_any_unit_with_its_line_at_0(ax):
    """Guards two pictures of the output with one name, and where a unit has its kink."""
    pictures.draw_surface(ax, TILTED, XOR, mlp.identity, as_unit=True)
    assert ax.get_title() == "layer 0, unit 0: a; line at 0"
    assert set(texts(ax)) == {"target 0", "target 1"}
    x0, x1 = ax.collections[0].get_paths()[0].vertices.T
    np.testing.assert_allclose(3 * x0 + x1 - 1, 0, atol=1e-12)


def test_on_a_small_surface_each_text_stands_outside_by_its_own_point(params):
    """Guards: texts that stack between two points, so that none knows whose they are.

    A square of 178 pixels, as in the training panel: there is room for two lines.
    """
    figure = Figure(figsize=(2.5, 2.5), dpi=100)
    ax = figure.add_axes((0.2, 0.2, 178 / 250, 178 / 250))
    pictures.draw_surface(ax, params, XOR, colorbar=False)
    for (_, x1), (text, box) in zip(XOR.X, boxes(ax).items(), strict=True):
        _, height = ax.transData.transform(text.xy)
        assert text.get_text().count("\n") == 1  # the target and the output
        assert box.y0 > height if x1 == 1 else box.y1 < height
        assert ax.bbox.y0 - 3 < box.y0 and box.y1 < ax.bbox.y1 + 3


def test_surface_of_a_broken_network_says_so(ax, broken):
    """Guards the note, and that nothing is drawn where nothing is known."""
    pictures.draw_surface(ax, broken, XOR)
    assert ax.images[0].get_array().mask.all()
    assert texts(ax)[-1].startswith("3721 of 3721 numbers")


@pytest.mark.parametrize("count", [6, 200])
def test_the_square_fits_the_data_and_clips_them(ax, count):
    """Guards data of one's own: they stood outside, and over other pictures."""
    X = np.random.default_rng(0).uniform([-1, 20], [1, 500], (count, 2))
    task = mlp.Task("own", X, np.round(X[:, :1]))
    pictures.draw_surface(ax, TILTED, task, mlp.identity, mark=[0])
    for (start, end), a, b in zip((ax.get_xlim(), ax.get_ylim()), X.min(0), X.max(0)):
        assert start < a - 0.1 * (b - a) and end > b + 0.1 * (b - a)
        assert end - start < 2.1 * (b - a)
    (image,) = ax.images
    assert image.get_extent() == [*ax.get_xlim(), *ax.get_ylim()]
    height = image.get_array()[-1, 0]  # top left
    assert height == pytest.approx(3 * ax.get_xlim()[0] + ax.get_ylim()[1] - 1)
    ax.figure.draw_without_rendering()
    assert ax.bbox.width == pytest.approx(ax.bbox.height)  # a square in the picture
    assert all(line.get_clip_on() for line in ax.lines)


def test_many_targets_that_are_all_different_are_parted_in_two(ax):
    """Guards data of a regression: 199 lines, 199 numbers in the title, 200 labels."""
    X = np.random.default_rng(0).random((200, 2))
    task = mlp.Task("slope", X, 3 * X[:, :1] + 1)
    pictures.draw_surface(ax, TILTED, task, mlp.identity, colorbar=False)
    middle = (task.Y.min() + task.Y.max()) / 2
    assert list(ax.collections[0].levels) == [middle]
    assert ax.get_title() == f"output; line at {middle:.3g}"
    is_low = task.Y[:, 0] < middle
    assert points(ax, size=5) == {"o": X[is_low].tolist(), "s": X[~is_low].tolist()}
    assert not ax.texts and not ax.child_axes


def test_the_scale_beside_a_surface_is_that_of_its_colours(ax):
    """Guards what the colours stand for."""
    pictures.draw_surface(ax, LINEAR, mlp.SUM, mlp.identity)
    (strip,) = ax.child_axes
    labels = [label.get_text() for label in strip.get_yticklabels()]
    assert labels == ["−1.0", "1.0", "3.0"]  # white at 1, halfway between 0 and 2
    assert ax.images[0].get_clim() == (-1, 3)
    low, high = ax.images[0].to_rgba(np.array([[-1.0, 3.0]]))[0]
    assert low[0] > low[2] and high[2] > high[0]  # orange, as low targets; blue
    np.testing.assert_allclose(strip.images[0].get_array()[[0, -1], 0], [-1, 3])
    assert strip.images[0].origin == "lower"


# The samples alone, and the errors ----------------------------------------------------


def test_samples_keep_their_places_and_have_a_legend_outside_of_them():
    """Guards which samples are of which class, and markers that look like two more."""
    task = mlp.Task("AND", XOR.X, np.array([[0.0], [0.0], [0.0], [1.0]]))
    (ax,) = pictures.samples(task).figure().axes
    assert points(ax, size=14) == {"o": [[0, 0], [0, 1], [1, 0]], "s": [[1, 1]]}
    assert legend(ax) == ["target 0", "target 1"]
    np.testing.assert_allclose([*ax.get_xlim(), *ax.get_ylim()], [-0.5, 1.5] * 2)
    ax.figure.draw_without_rendering()
    assert ax.get_legend().get_window_extent().y0 >= ax.bbox.y1


def test_error_map_is_how_far_the_output_is_from_the_sum():
    """Guards the map and its words, on a network that is wrong along x0 alone."""
    picture = pictures.error_map({"good": LINEAR, "tilted": TILTED}, mlp.identity)
    good, tilted, *_ = picture.figure().axes
    assert [ax.get_title() for ax in (good, tilted)] == ["good", "tilted"]
    np.testing.assert_allclose(good.images[0].get_array(), 0, atol=1e-12)
    axis = np.linspace(-1, 2, 61)
    expected = np.tile(abs(2 * axis - 1), (61, 1))  # 3 x0 + x1 - 1 less x0 + x1
    np.testing.assert_allclose(tilted.images[0].get_array(), expected, atol=1e-12)
    assert tilted.images[0].origin == "lower"
    assert (
        good.images[0].get_clim()
        == tilted.images[0].get_clim()
        == pytest.approx((0, 3))
    )
    square = tilted.lines[0].get_xydata().tolist()
    assert square == [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]
    assert picture.alt == (
        "Maps of the error of the sum, on one grey scale. good: at most 0.00 in the "
        "square, 0.0 on the map; tilted: at most 1.00 in the square, 3.0 on the map."
    )


def test_where_z_is_shown_the_numbers_at_the_samples_are_those_of_z(ax):
    """Guards: a positive number on the colour of what is negative, also of another unit."""
    look = {"layer": 0, "unit": 1, "show_z": True, "values": True}
    [(W, b)] = TILTED
    both = [mlp.Layer(np.hstack([-W, W]), np.hstack([-b, b]))]
    pictures.draw_surface(ax, both, XOR, mlp.ORIGINAL, **look)
    shown = [text.get_text() for text in ax.texts]
    assert shown == ["−1.00", "0.00", "2.00", "3.00"]  # 3 x0 + x1 - 1
