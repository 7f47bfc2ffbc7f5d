"""The samples as a hidden layer sees them."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

import mlp_core as mlp
from course import pictures
from course.pictures.hidden_space import Frame, frame_of
from mlp_core import XOR, Layer
from tests.panels import parts
from tests.pictures.drawn import boxes, misplaced, points, texts


def test_everything_in_the_plane_stands_where_its_activations_are():
    """Guards points, outline and dashed line of a plane with no symmetry.

    Unit 0 is x0 + 4, unit 1 is 2 x1 - 1; the output is 3 a0 + a1 - 11. It is 2, halfway
    between the targets, where 3 a0 + a1 is 13.
    """
    task = mlp.Task("1 or 3", XOR.X, 2 * XOR.Y + 1)
    first = Layer(np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([4.0, -1.0]))
    last = Layer(np.array([[3.0], [1.0]]), np.array([-11.0]))
    picture = pictures.hidden([first, last], task, mlp.identity, layer=0)
    (ax,) = picture.figure().axes
    places = [[4, -1], [4, 1], [5, -1], [5, 1]]
    np.testing.assert_allclose(points(ax)["o"], [places[0], places[3]])
    np.testing.assert_allclose(points(ax)["s"], [places[1], places[2]])
    outline = ax.lines[0].get_xydata()
    corners = [outline[20 * k + k] for k in range(4)]  # 21 points a side
    np.testing.assert_allclose(corners, [[4, -1], [5, -1], [5, 1], [4, 1]])
    np.testing.assert_allclose([outline.min(axis=0), outline.max(axis=0)], places[::3])
    cut = ax.collections[0].get_paths()[0].vertices
    np.testing.assert_allclose(3 * cut[:, 0] + cut[:, 1], 13)
    assert len(cut) > 10 and np.ptp(cut[:, 1]) > 2  # it crosses the picture
    assert ax.collections[0].get_linestyles()[0][1] is not None  # dashed
    names = {}
    for text in ax.texts:  # each name stands nearest to its own point
        distances = np.linalg.norm(np.array(places) - text.get_position(), axis=1)
        names[int(distances.argmin())] = text.get_text()
    expected = ["(0, 0) → 1", "(0, 1) → 3", "(1, 0) → 3", "(1, 1) → 1"]
    assert [names[i] for i in range(4)] == expected
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("a of unit 0", "a of unit 1")
    assert "(0, 1) with target 3 at (4.00, 1.00)" in picture.alt


def test_the_cut_uses_the_activations_of_the_later_layers(ax):
    """Guards a list of activations: the rest of the network has the rest of them."""
    first = Layer(np.eye(2), np.zeros(2))
    last = Layer(np.array([[1.0], [3.0]]), np.zeros(1))
    activations = [mlp.identity, mlp.sigmoid]
    pictures.draw_hidden(ax, [first, last], XOR, activations, layer=0)
    cut = ax.collections[0].get_paths()[0].vertices
    np.testing.assert_allclose(cut[:, 0] + 3 * cut[:, 1], 0, atol=1e-4)


def test_hidden_space_of_one_unit_lies_on_a_line(ax, params):
    """Guards the output layer: its values along x, at height 0."""
    pictures.draw_hidden(ax, params, XOR, layer=3)
    Y_hat, _ = mlp.forward(params, XOR.X)
    np.testing.assert_allclose(points(ax)["o"], np.pad(Y_hat[[0, 3]], [(0, 0), (0, 1)]))
    assert ax.get_title() == "layer 3: its one unit"


def test_hidden_space_of_three_units_says_how_much_it_keeps(ax, params):
    """Guards the honesty of the projection: places in it, and the shares in words."""
    pictures.draw_hidden(ax, params, XOR, layer=0)
    A = mlp.forward(params, XOR.X)[1].A[1]
    A = A - A.mean(axis=0)
    _, sizes, directions = np.linalg.svd(A)
    shares = 100 * sizes**2 / np.sum(sizes**2)
    assert ax.get_title() == f"layer 0: {shares[:2].sum():.0f} % of its variance"
    assert ax.get_xlabel() == f"direction 1: {shares[0]:.0f} %"
    assert ax.get_ylabel() == f"direction 2: {shares[1]:.0f} %"
    places = [A @ row * np.sign(row[abs(row).argmax()]) for row in directions[:2]]
    for marker, samples in (("o", [0, 3]), ("s", [1, 2])):
        expected = np.transpose(places)[samples]
        np.testing.assert_allclose(points(ax)[marker], expected, atol=1e-12)
    assert not ax.collections  # no cut in a projection


@pytest.mark.parametrize("layer", range(4))
def test_samples_on_one_point_share_a_name_and_are_told(ax, params, layer):
    """Guards dead layers: four names on one spot, or '0 % of its variance'."""
    dead = [Layer(W * 0, b) for W, b in params]
    pictures.draw_hidden(ax, dead, XOR, mlp.relu, layer=layer)
    assert len(ax.texts) == 1 and texts(ax)[0].count("→") == 4
    words = ax.get_title() + ax.get_xlabel() + ax.get_ylabel()
    assert "%" not in words and ("all on one point" in words) == (layer < 2)


@pytest.mark.parametrize("seed", range(6))
def test_names_lie_on_no_point_and_on_no_other_name(new_axes, seed):
    """Guards the readability of the panel's small picture."""
    params = mlp.initialize(rng=np.random.default_rng(seed))
    for layer in (0, 2):
        ax = new_axes((3.6, 3.0))
        pictures.draw_hidden(ax, params, XOR, layer=layer)
        assert not misplaced(ax) and "".join(texts(ax)).count("→") == 4
        for box in boxes(ax).values():
            for places in map(ax.transData.transform, points(ax).values()):
                assert not any(box.contains(*place) for place in places)


@pytest.mark.parametrize("size", [1e-9, 5e-4, 0.07, 1.0, 300, 15_000.0, 1e25])
def test_ticks_tell_their_numbers_in_few_characters(ax, params, size):
    """Guards: a power of ten beside the axis over the title, labels over that of the axis."""
    params = [Layer(size * W, size * b) for W, b in params[:1]]
    pictures.draw_hidden(ax, params, XOR, mlp.identity, layer=0)
    ax.figure.draw_without_rendering()
    for axis in (ax.xaxis, ax.yaxis):
        assert axis.get_offset_text().get_text() == ""
        low, high = axis.get_view_interval()
        words = [text.get_text().replace("−", "-") for text in axis.get_ticklabels()]
        told, places = list(map(float, words)), axis.get_ticklocs()
        np.testing.assert_allclose(told, places, atol=1e-9 * (high - low))
        assert max(map(len, words)) <= 6 and len(set(words)) == len(words) > 1


def test_numbers_that_can_not_be_drawn_are_told_and_stand_nowhere(new_axes, broken):
    """Guards: a diverged layer, whose samples all stood on one point at the edge."""
    pictures.draw_hidden(ax := new_axes(), broken, XOR, layer=1)
    assert not points(ax)
    assert texts(ax) == ["12 of 12 numbers\nare NaN or infinite"]
    huge = Layer(np.full((2, 3), 1e40), np.full(3, -1e40))
    last = Layer(np.ones((3, 1)), np.zeros(1))
    pictures.draw_hidden(ax := new_axes(), [huge, last], XOR, mlp.identity, layer=0)
    (left,) = [line for line in ax.lines if line.get_markersize() == 10]
    # The class keeps its look, though all of the other one are left out.
    assert (left.get_marker(), to_hex(left.get_markerfacecolor())) == ("s", "#0072b2")
    assert len(left.get_xdata()) == 2
    assert "(0, 1) → 1\n(1, 0) → 1" in texts(ax)  # those alone stay at 0
    assert "6 of 12 numbers\nare too large to draw" in texts(ax)


def test_a_frame_holds_a_run_still(new_axes):
    """Guards: axes that follow each step; directions that turn while it is trained."""
    run = parts.training_run(task=XOR, seed=1)
    for layer, size in ((0, 3), (2, 2)):
        frame = frame_of(run.kept.stack(), XOR, run.activation, layer)
        for step in (0, 500, 2000):
            ax = new_axes((4.9, 2.5))
            shown = run.at(step), XOR, run.activation, layer
            pictures.draw_hidden(ax, *shown, frame)
            np.testing.assert_array_equal([ax.get_xlim(), ax.get_ylim()], frame.limits)
            drawn = np.concatenate([*points(ax).values()])
            A = mlp.forward(run.at(step), XOR.X[[0, 3, 1, 2]], run.activation)[1].A
            A = A[layer + 1] - (A[layer + 1].mean(axis=0) if size > 2 else 0)
            np.testing.assert_allclose(drawn, A @ frame.directions)
            assert "outside" not in " ".join(texts(ax))
        own = new_axes((4.9, 2.5))
        pictures.draw_hidden(own, *shown)  # the last step: its own directions
        np.testing.assert_allclose(np.concatenate([*points(own).values()]), drawn)


def test_what_stands_outside_of_the_frame_is_told(new_axes, params):
    """Guards a point of a wild step that is missing in silence."""
    limits = np.array([[50.0, 60.0], [50.0, 60.0]])
    ax = new_axes((4.9, 2.5))
    pictures.draw_hidden(ax, params, XOR, layer=2, frame=Frame(np.eye(2), limits))
    assert texts(ax) == ["4 of 4 points\nare outside"]


def test_a_run_that_diverges_leaves_its_start_in_sight(params):
    """Guards: a frame as large as the last numbers, with all points on one spot."""
    wild = [Layer(np.stack([W, 1e4 * W]), np.stack([b, b])[:, None]) for W, b in params]
    for layer in range(4):
        frame = frame_of(wild, XOR, mlp.ORIGINAL, layer)
        alone = [Layer(W[:1], b[:1]) for W, b in wild]
        start = frame_of(alone, XOR, mlp.ORIGINAL, layer)
        np.testing.assert_array_equal(frame.limits, start.limits)
        for size in (1e200, np.nan):  # the start itself can't be drawn
            lost = [Layer(size * W, size * b) for W, b in alone]
            frame = frame_of(lost, XOR, mlp.ORIGINAL, layer)
            assert np.isfinite(frame.limits).all()
