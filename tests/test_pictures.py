"""The pictures, from the data of their artists: nobody compares pixels here."""

import html
import io
import itertools
import re
from pathlib import Path

import make
import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.collections import EllipseCollection, LineCollection, PolyCollection
from matplotlib.colors import to_hex

import mlp_core as mlp
import mlp_pictures as pictures
from mlp_core import ORIGINAL, ORIGINAL_SIZES, XOR, Layer
from mlp_pictures import NEGATIVE, POSITIVE

# Of Matplotlib's oldest version the newest pyparsing says that it uses old names.
OLD_NAMES = "ignore:'.*deprecated, use|'.*deprecated - use:DeprecationWarning"
pytestmark = pytest.mark.filterwarnings("error", OLD_NAMES)
ROOT = Path(__file__).parent.parent


def network(sizes=ORIGINAL_SIZES, seed=3):
    return mlp.initialize(sizes, np.random.default_rng(seed))


def new_axes(size=(8.0, 4.5)):
    return pictures.new_figure(size=size)[1]


def texts(ax):
    return [text.get_text() for text in ax.texts]


def of_kind(ax, kind):
    return [artist for artist in ax.collections if isinstance(artist, kind)]


def rendered(ax):
    """Have ticks and positions made, as saving does."""
    ax.figure.savefig(io.BytesIO(), format="png")
    return ax


def broken_network():
    """As a network looks after training diverged."""
    params = network()
    params[1] = Layer(params[1].W * np.nan, params[1].b + np.inf)
    return params


def checks(gradient=mlp.loss_and_grads):
    params = [Layer(W, b + 0.3) for W, b in network()]
    return mlp.gradient_check(params, XOR.X[1:2], XOR.Y[1:2], gradient=gradient)


def all_pictures():
    """Each drawing function with ordinary arguments."""
    params = network()
    _, cache = mlp.forward(params, [[0, 1]])
    _, grads = mlp.loss_and_grads(params, [[0.0, 1.0]], [[1.0]])
    p = pictures
    return {
        "activation": lambda ax: p.draw_activation(ax, ORIGINAL, mark=-1.0),
        "histogram": lambda ax: p.draw_histogram(
            ax, {"a": params[0].W, "b": params[1].W}
        ),
        "spread": lambda ax: p.draw_spread(ax, {"he": [1, 2, 3], "zeros": [1, 0, 0]}),
        "network": lambda ax: p.draw_network(
            ax, params, cache, activation_label="tanh"
        ),
        "gradients": lambda ax: p.draw_network(ax, params, cache, grads),
        "wide": lambda ax: p.draw_network(ax, network((2, 40, 9, 1))),
        "checks": lambda ax: p.draw_gradient_check(ax, checks()),
        "loss": lambda ax: p.draw_loss(ax, {"a": [1, 0.1], "b": [2.0, 3.0]}, step=1),
        "surface": lambda ax: p.draw_surface(ax, params, XOR, mark=[1, 2]),
        "neuron": lambda ax: p.draw_surface(ax, params, XOR, layer=0, unit=2),
        "hidden 2": lambda ax: p.draw_hidden(ax, params, XOR, layer=2),
        "hidden 3": lambda ax: p.draw_hidden(ax, params, XOR, layer=0),
        "output": lambda ax: p.draw_hidden(ax, params, XOR, layer=3),
        "success": lambda ax: p.draw_success(ax, {"a": (3, 10), "none": (0, 0)}),
        "broken network": lambda ax: p.draw_network(ax, broken_network()),
        "broken surface": lambda ax: p.draw_surface(ax, broken_network(), XOR),
        "broken hidden": lambda ax: p.draw_hidden(ax, broken_network(), XOR, layer=1),
    }


each_picture = pytest.mark.parametrize("name", list(all_pictures()))


# All of them --------------------------------------------------------------------------


@each_picture
def test_every_text_is_large_enough_for_the_back_row(name):
    """Guards the smallest text size: 11 points, tick labels and legends included."""
    ax = new_axes()
    all_pictures()[name](ax)
    rendered(ax)
    found = ax.findobj(matplotlib.text.Text)
    assert min(text.get_fontsize() for text in found if text.get_text()) >= 11


@each_picture
def test_tick_labels_do_not_overlap(name):
    """Guards the number of ticks, also in a small picture."""
    _fig, ax = pictures.new_figure(size=(3.0, 2.2), layout=None)
    ax.set_position([0.3, 0.25, 0.6, 0.6])
    all_pictures()[name](ax)
    rendered(ax)
    for axis, end, start in ((ax.xaxis, "x1", "x0"), (ax.yaxis, "y1", "y0")):
        labels = [label for label in axis.get_ticklabels() if label.get_text()]
        low, high = sorted(axis.get_view_interval())
        shown = [
            label.get_window_extent()
            for label, place in zip(labels, axis.get_ticklocs())
            if low <= place <= high
        ]
        if not ax.axison:
            continue
        shown.sort(key=lambda box: getattr(box, start))
        for one, two in itertools.pairwise(shown):
            assert getattr(one, end) <= getattr(two, start)


@each_picture
def test_limits_are_finite_and_not_empty(name):
    """Guards the axes against NaN, infinite and constant data."""
    ax = new_axes()
    all_pictures()[name](ax)
    limits = np.array([ax.get_xlim(), ax.get_ylim()])
    assert np.isfinite(limits).all() and (limits[:, 0] != limits[:, 1]).all()


@each_picture
def test_drawing_again_after_clear_gives_the_same_picture(name):
    """Guards the panels, which draw into one figure again and again."""
    ax = new_axes()
    all_pictures()[name](ax)
    before = make.record(ax.figure, "")
    ax.clear()
    pictures.draw_surface(
        ax, network(), XOR
    )  # another one between, with its own aspect
    ax.clear()
    all_pictures()[name](ax)
    assert make.differences(before, make.record(ax.figure, "")) == []


@each_picture
def test_nothing_is_left_behind(name):
    """Guards pyplot and the defaults of others: no figure, no changed setting."""
    with matplotlib.rc_context({"font.size": 7.5}):
        before, figures = dict(matplotlib.rcParams), pyplot.get_fignums()
        all_pictures()[name](new_axes())
        assert dict(matplotlib.rcParams) == before
    assert pyplot.get_fignums() == figures


@each_picture
def test_the_style_holds_on_figures_of_your_own(name):
    """Guards text sizes where somebody else's defaults are small."""
    with matplotlib.rc_context(
        {"font.size": 6, "xtick.labelsize": 5, "ytick.labelsize": 5}
    ):
        figure = matplotlib.figure.Figure()
        ax = figure.subplots()
        all_pictures()[name](ax)
        rendered(ax)
        found = [text for text in ax.findobj(matplotlib.text.Text) if text.get_text()]
    assert min(text.get_fontsize() for text in found) >= 11


BAD = {
    "ax": lambda ax: pictures.draw_activation("ax", ORIGINAL),
    "activation": lambda ax: pictures.draw_activation(ax, np.tanh),
    "z": lambda ax: pictures.draw_activation(ax, ORIGINAL, z=[[1.0]]),
    "mark": lambda ax: pictures.draw_activation(ax, ORIGINAL, mark=np.nan),
    "groups": lambda ax: pictures.draw_histogram(ax, {}),
    "bins": lambda ax: pictures.draw_histogram(ax, {"a": [1.0]}, bins=0),
    "spreads": lambda ax: pictures.draw_spread(ax, {"a": ["x"]}),
    "params": lambda ax: pictures.draw_network(ax, []),
    "cache": lambda ax: pictures.draw_network(ax, network(), 3),
    "grads": lambda ax: pictures.draw_network(ax, network(), grads=network((2, 1))),
    "active": lambda ax: pictures.draw_network(ax, network(), active=4),
    "checks": lambda ax: pictures.draw_gradient_check(ax, []),
    "tolerance": lambda ax: pictures.draw_gradient_check(ax, checks(), tolerance=0),
    "losses": lambda ax: pictures.draw_loss(ax, [1.0]),
    "step": lambda ax: pictures.draw_loss(ax, {"a": [1.0]}, step=-1),
    "smooth": lambda ax: pictures.draw_loss(ax, {"a": [1.0]}, smooth=0),
    "steps_per_point": lambda ax: pictures.draw_loss(
        ax, {"a": [1]}, steps_per_point=0.5
    ),
    "task": lambda ax: pictures.draw_surface(ax, network(), (XOR.X, XOR.Y)),
    "limits": lambda ax: pictures.draw_surface(ax, network(), XOR, limits=(1, 0)),
    "layer": lambda ax: pictures.draw_surface(ax, network(), XOR, layer=4),
    "unit": lambda ax: pictures.draw_surface(ax, network(), XOR, layer=2, unit=2),
    "levels": lambda ax: pictures.draw_surface(ax, network(), XOR, levels=[np.inf]),
    "resolution": lambda ax: pictures.draw_surface(ax, network(), XOR, resolution=1),
    "units": lambda ax: pictures.draw_hidden(ax, network(), XOR, units=(0, 3)),
    "rates": lambda ax: pictures.draw_success(ax, {"a": (3, 2)}),
    "size": lambda ax: pictures.new_figure(size=(0, 4)),
    "fig": lambda ax: pictures.show(ax, "words"),
    "alt": lambda ax: pictures.show(ax.figure, " "),
}


@pytest.mark.parametrize("name", list(BAD))
def test_a_bad_argument_is_named(name):
    """Guards the error messages: ValueError, and the argument by its name."""
    with pytest.raises((TypeError, ValueError), match=rf"\b{name}\b"):
        BAD[name](new_axes())


def test_other_networks_are_refused():
    """Guards the surface against a network with three inputs, and a foreign cache."""
    with pytest.raises((TypeError, ValueError), match="params must take 2 inputs"):
        pictures.draw_surface(new_axes(), network((3, 1)), XOR)
    _, cache = mlp.forward(network((2, 4, 1)), XOR.X)
    with pytest.raises((TypeError, ValueError), match="cache doesn't fit params"):
        pictures.draw_network(new_axes(), network(), cache)
    with pytest.raises((TypeError, ValueError), match="mark must name rows"):
        pictures.draw_surface(new_axes(), network(), XOR, mark=4)


def test_use_style_and_colours():
    """Guards the one style: large text, orange and blue at the ends, white between."""
    with matplotlib.rc_context():
        pictures.use_style()
        assert matplotlib.rcParams["font.size"] >= 13
    ends = [to_hex(pictures.SIGNED_CMAP(x)).upper() for x in (0.0, 1.0)]
    assert ends == [NEGATIVE, POSITIVE]
    assert min(pictures.SIGNED_CMAP(0.5)[:3]) > 0.98
    assert len(set(pictures.MARKERS)) == len(pictures.MARKERS) >= 4


@pytest.mark.parametrize(
    "value, text",
    [(-1.054, "−1.05"), (0, "0.00"), (-0.0, "0.00"), (4e-4, "4e−4"), (31.42, "31.4"),
     (-314.2, "−314"), (123456, "1e5"), (np.nan, "NaN"), (-np.inf, "−inf")],
)  # fmt: skip
def test_numbers_are_short_and_never_falsely_zero(value, text):
    """Guards the width of the numbers in the network, and the sign in words."""
    assert pictures.number(value) == text


def test_show_gives_png_alt_and_plain_text():
    """Guards nbval (text/plain is the alt text) and screen readers (alt metadata)."""
    fig, ax = pictures.new_figure()
    pictures.draw_activation(ax, mlp.tanh)
    picture = pictures.show(fig, "tanh and its slope")
    data, metadata = picture._repr_mimebundle_()
    assert picture.png.startswith(b"\x89PNG")
    assert data["text/plain"] == repr(picture) == "tanh and its slope"
    assert metadata == {"image/png": {"alt": "tanh and its slope"}}
    assert b"Software" not in picture.png  # the version of matplotlib would stand there


# 1. Activations -----------------------------------------------------------------------


@pytest.mark.parametrize("activation", [ORIGINAL, mlp.relu, mlp.tanh, mlp.sigmoid])
def test_activation_curves_are_the_function_and_its_slope(activation):
    """Guards the two curves, and that they differ by more than colour."""
    ax = new_axes()
    pictures.draw_activation(ax, activation)
    curves = {line.get_label(): line for line in ax.lines}
    f, slope = curves["f(z)"], curves["slope f'(z)"]
    np.testing.assert_allclose(f.get_ydata(), activation.f(f.get_xdata()))
    np.testing.assert_allclose(slope.get_ydata(), activation.slope(slope.get_xdata()))
    assert f.get_linestyle() != slope.get_linestyle()
    assert f.get_xdata().min() < 0 < f.get_xdata().max()


def test_activation_marks_point_slope_and_tangent():
    """Guards the mark, also outside the usual range, and its numbers in the title."""
    ax = new_axes()
    pictures.draw_activation(ax, ORIGINAL, mark=-5.0)
    marks = {line.get_marker(): line.get_xydata().tolist() for line in ax.lines}
    assert marks["o"] == [[-5.0, 1.0]] and marks["s"] == [[-5.0, -0.2]]
    tangent = [line for line in ax.lines if len(line.get_xdata()) == 2][-1].get_xydata()
    rise = (tangent[1] - tangent[0])[1] / (tangent[1] - tangent[0])[0]
    assert rise == pytest.approx(-0.2)
    assert ax.get_xlim()[0] <= -5
    assert "z = −5.00:  f(z) = 1.00,  slope = −0.20" in ax.get_title()


# 2. Initialization --------------------------------------------------------------------


def test_histogram_counts_every_weight_in_shared_bins():
    """Guards the counts (each sums to n), the shared bins, and the hatches."""
    groups = {"a": np.random.default_rng(0).normal(size=(20, 30)), "b": np.arange(5.0)}
    ax = new_axes()
    pictures.draw_histogram(ax, groups)
    stairs = [patch.get_data() for patch in ax.patches]
    assert [data.values.sum() for data in stairs] == [600, 5]
    np.testing.assert_array_equal(stairs[0].edges, stairs[1].edges)
    assert len({patch.get_hatch() for patch in ax.patches}) == 2
    assert max(data.values.max() for data in stairs) < ax.get_ylim()[1]


def test_histogram_of_equal_and_of_missing_weights():
    """Guards the scheme 'zeros' and weights that are NaN: said, not drawn."""
    ax = new_axes()
    pictures.draw_histogram(ax, {"zeros": np.zeros(9), "broken": [np.nan, 1.0, np.inf]})
    assert [patch.get_data().values.sum() for patch in ax.patches] == [9, 1]
    assert any("2 of 12 numbers" in text for text in texts(ax))


def test_spread_shows_each_layer_on_a_log_axis():
    """Guards the heights, the markers, and the word 'input' at layer 0's left."""
    spreads = {"normal": [1.0, 4.0, 20.0], "he": [1.0, 1.1, 0.9]}
    ax = new_axes()
    pictures.draw_spread(ax, spreads)
    for line, values in zip(ax.lines, spreads.values()):
        np.testing.assert_array_equal(line.get_ydata(), values)
    assert ax.get_yscale() == "log"
    assert len({(line.get_marker(), line.get_linestyle()) for line in ax.lines}) == 2
    rendered(ax)
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels[labels.index("input") :][:3] == ["input", "0", "1"]


def test_spread_of_zero_stands_at_the_bottom_and_says_so():
    """Guards zeros on a log axis, also if there is nothing else."""
    for values in ([1.0, 0.0], [0.0, 0.0]):
        ax = new_axes()
        pictures.draw_spread(ax, {"zeros": values})
        assert ax.lines[0].get_ydata()[1] == ax.get_ylim()[0] > 0
        assert "0: at the bottom" in ax.get_legend().get_texts()[0].get_text()


# 3. The network -----------------------------------------------------------------------


def test_network_shows_every_number():
    """Guards the numbers: all weights, all biases, all activations of the sample."""
    params = [Layer(W, b + 0.25) for W, b in network()]
    _, cache = mlp.forward(params, XOR.X)
    ax = new_axes((10, 5.6))
    pictures.draw_network(ax, params, cache, row=2)
    written = texts(ax)
    for W, b in params:
        for weight in W.flat:
            assert pictures.number(weight) in written
        for bias in b:
            assert f"b {pictures.number(bias)}" in written
    for a in cache.A:
        for value in a[2]:
            assert pictures.number(value) in written
    assert sum(text.startswith("b ") for text in written) == 9
    assert {"input", "layer 0", "layer 3"} <= set(written)


def test_network_edges_tell_the_sign_by_colour_and_line_and_size_by_width():
    """Guards colour, line style and width of each edge, in the order of the weights."""
    params = network()
    ax = new_axes((10, 5.6))
    pictures.draw_network(ax, params)
    for lines, (W, _) in zip(of_kind(ax, LineCollection), params):
        weights = W.ravel()
        colors = [to_hex(color).upper() for color in lines.get_colors()]
        assert colors == [POSITIVE if w > 0 else NEGATIVE for w in weights]
        dashed = [pattern is not None for _, pattern in lines.get_linestyles()]
        assert dashed == [w < 0 for w in weights]
        order = np.argsort(np.minimum(np.abs(weights), 3))
        assert (np.diff(np.array(lines.get_linewidths())[order]) >= 0).all()
        assert np.ptp(lines.get_linewidths()) > 0.5


def test_network_edges_run_through_their_numbers():
    """Guards which number belongs to which edge: start, number, end."""
    params = network()
    ax = new_axes((6.4, 4.0))
    pictures.draw_network(ax, params)
    places = {text.get_position(): text.get_text() for text in ax.texts}
    nodes = of_kind(ax, EllipseCollection)[0].get_offsets()
    first = {0: 0, 1: 2, 2: 5, 3: 8}  # the number of the first node of each column
    for layer, lines in enumerate(of_kind(ax, LineCollection)):
        W = params[layer].W
        for path, (j, k) in zip(lines.get_paths(), np.ndindex(W.shape)):
            start, number, end = path.vertices
            assert places[tuple(number)] == pictures.number(W[j, k])
            np.testing.assert_allclose(start, nodes[first[layer] + j])
            np.testing.assert_allclose(end, nodes[first[layer] + W.shape[0] + k])


@pytest.mark.parametrize("size", [(12.8, 7.2), (6.4, 4.0), (6.4, 3.6)])
def test_network_texts_do_not_overlap(size):
    """Guards the readability of the 2-3-3-2-1 network on a projector and in a panel."""
    params = [Layer(W, b - 0.25) for W, b in network()]
    _, cache = mlp.forward(params, XOR.X)
    ax = new_axes(size)
    pictures.draw_network(ax, params, cache, row=1, activation_label="tanh")
    rendered(ax)
    boxes = [text.get_window_extent() for text in ax.texts]
    inside = ax.figure.bbox.padded(1)
    assert all(inside.contains(*box.min) and inside.contains(*box.max) for box in boxes)
    assert sum("−" in text or "." in text for text in texts(ax)) >= 23 + 9 + 11 - 3
    for i, one in enumerate(boxes):
        for j, two in enumerate(boxes[:i]):
            wide = min(one.x1, two.x1) - max(one.x0, two.x0)
            high = min(one.y1, two.y1) - max(one.y0, two.y0)
            # Line boxes are higher than digits: a third of a line is no overlap yet.
            if wide > 1 and high > 0.3 * min(one.height, two.height):
                raise AssertionError(f"{texts(ax)[i]} is on {texts(ax)[j]}")


def test_network_without_room_says_so():
    """Guards the notes: units and numbers that are left out are counted."""
    ax = new_axes((6.4, 4.0))
    pictures.draw_network(ax, network((2, 40, 30, 1)))
    written = " ".join(texts(ax))
    assert re.search(r"\+ (\d+) more", written)
    assert re.search(r"no room for the numbers of \d+ edges", written)
    shown = len(of_kind(ax, EllipseCollection)[0].get_offsets())
    hidden = sum(int(count) for count in re.findall(r"\+ (\d+) more", written))
    assert shown + hidden == 73


def test_network_shows_only_what_the_passes_have_reached():
    """Guards the forward-and-backward mode: a cache that stops early, None in grads."""
    params = network()
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
    grey, _, active, other = of_kind(ax, LineCollection)
    assert to_hex(grey.get_colors()[0]) == "#c0c0c0"
    assert active.get_alpha() == 1.0 and other.get_alpha() < 0.5
    assert "gradients" in ax.get_title()


def test_network_with_missing_numbers_says_how_many():
    """Guards NaN weights: drawn dotted and grey, counted in words."""
    ax = new_axes((10, 5.6))
    pictures.draw_network(ax, broken_network())
    assert any("12 of 32 numbers are NaN or infinite" in text for text in texts(ax))
    assert "NaN" in texts(ax) and "b inf" in texts(ax)


# 4. The gradient check ----------------------------------------------------------------


def test_gradient_check_marks_exactly_what_is_wrong():
    """Guards the verdicts in words, the colours, and the hatch on wrong cells."""
    found = checks(mlp.original_loss_and_grads)
    ax = new_axes((10, 4.5))
    pictures.draw_gradient_check(ax, found)
    wrong = [check.name for check in found if not check.ok]
    assert wrong == ["W[0]"] and ax.get_title() == "wrong: W[0]"
    assert {"W[0]\nwrong", "b[0]\nright", "W[3]\nright"} <= set(texts(ax))
    cells = [c for c in of_kind(ax, PolyCollection) if c.get_array() is not None]
    for block, check in zip(cells, found):
        expected = np.log10(np.clip(check.error, 1e-7, 1)).ravel()
        np.testing.assert_allclose(block.get_array(), expected)
    hatched = [c for c in of_kind(ax, PolyCollection) if c.get_hatch() == "//"]
    assert len(hatched) == 1
    assert len(hatched[0].get_paths()) == (found[0].error > 1e-5).sum() == 3


def test_gradient_check_tells_kinks_apart():
    """Guards the dotted cells: a kink is neither right nor wrong."""
    check = checks()[0]
    kink = np.array([[True, False, False], [False, False, True]])
    check = check._replace(kink=kink, error=np.where(kink, 1.0, 0.0))
    ax = new_axes()
    pictures.draw_gradient_check(ax, [check])
    hatches = {c.get_hatch(): len(c.get_paths()) for c in of_kind(ax, PolyCollection)}
    assert hatches[".."] == 2 and "//" not in hatches
    assert ax.get_title() == "every gradient is right"


def test_gradient_check_writes_as_many_digits_as_asked_for():
    """Guards the numbers in the cells: 2/3 is 0.7, or 0.67; rounding noise is 0."""
    check = checks()[0]._replace(error=np.array([[2 / 3, 0.004, 1e-9], [1, 2, 0.02]]))
    for digits, written in ((1, ["0.7", "4e−3", "0", "1.0", "2.0", "2e−2"]),
                            (2, ["0.67", "4e−3", "0", "1.00", "2.00", "0.02"])):  # fmt: skip
        ax = new_axes((10, 4.5))
        pictures.draw_gradient_check(ax, [check], digits=digits)
        assert texts(ax)[:6] == written


def test_gradient_check_keeps_its_words_apart():
    """Guards the line at the bottom: in a low picture too, no block's word is in it."""
    ax = new_axes((10, 2.6))
    pictures.draw_gradient_check(ax, checks())
    rendered(ax)
    *words, bottom = [text.get_window_extent() for text in ax.texts]
    assert not any(box.overlaps(bottom) for box in words)


# 5. Training --------------------------------------------------------------------------


def test_loss_curves_are_the_data():
    """Guards the points: none moved, none hidden, each run with its own line style."""
    rng = np.random.default_rng(0)
    losses = {name: rng.uniform(0.01, 1, 50) for name in "abc"}
    ax = new_axes()
    pictures.draw_loss(ax, losses)
    for line, values in zip(ax.lines, losses.values()):
        np.testing.assert_array_equal(line.get_ydata(), values)
        np.testing.assert_array_equal(line.get_xdata(), np.arange(1, 51))
    assert len({(line.get_linestyle(), line.get_marker()) for line in ax.lines}) == 3
    assert (ax.get_yscale(), ax.get_xlabel()) == ("log", "epoch")


def test_loss_marks_the_step_on_the_last_run_that_is_not_faint():
    """Guards the marker of the scrubbing panel, its number, and the run in grey."""
    ax = new_axes()
    losses = {"now": np.linspace(1, 0.1, 10), "before": np.full(20, 0.5)}
    pictures.draw_loss(ax, losses, step=4, faint=["before"])
    marker = next(line for line in ax.lines if line.get_markersize() == 10)
    assert marker.get_xydata().tolist() == [[4.0, pytest.approx(0.7)]]
    assert ax.get_title() == "step 4 of 20: loss 0.700"
    colors = {line.get_label(): line.get_color() for line in ax.lines}
    assert colors["before"] == "#8C8C8C" and colors["now"] == POSITIVE


@pytest.mark.parametrize("step, point", [(1, 0), (100, 0), (101, 1), (300, 2)])
def test_loss_by_epoch_on_an_axis_of_steps(step, point):
    """Guards which epoch a step belongs to."""
    values = [0.5, 0.4, 0.3]
    ax = new_axes()
    pictures.draw_loss(ax, {"a": values}, step=step, steps_per_point=100)
    assert ax.lines[0].get_xdata().tolist() == [100, 200, 300]
    marker = next(line for line in ax.lines if line.get_markersize() == 10)
    assert marker.get_xydata().tolist() == [[100 * (point + 1), values[point]]]


def test_loss_before_the_first_step_and_after_the_last():
    """Guards the ends of the step slider: a line and words, no marker off the data."""
    for step, words in ((0, "before the first step"), (3, "step 3 of 2")):
        ax = new_axes()
        pictures.draw_loss(ax, {"a": [1.0, 0.5]}, step=step)
        assert ax.get_title() == words
        assert not [line for line in ax.lines if line.get_markersize() == 10]


def test_smoothing_never_hides_the_data():
    """Guards the raw points under the average, and the average itself."""
    values = np.random.default_rng(0).uniform(0.1, 1, 40)
    ax = new_axes()
    pictures.draw_loss(ax, {"a": values}, smooth=5)
    raw, mean = ax.lines
    np.testing.assert_array_equal(raw.get_ydata(), values)
    expected = [values[max(0, i - 4) : i + 1].mean() for i in range(40)]
    np.testing.assert_allclose(mean.get_ydata(), expected)
    assert "mean of 5" in ax.get_legend().get_texts()[0].get_text()


@pytest.mark.parametrize("log", [True, False])
@pytest.mark.parametrize(
    "values", [[0.3], [0.0], [0.0, 0.0], [1.0, np.nan], [np.inf], [], [1e300, 1e-300]]
)
def test_loss_of_odd_runs(values, log):
    """Guards one epoch, all zeros, divergence, an empty run, and huge values."""
    ax = new_axes()
    pictures.draw_loss(ax, {"a": values}, log=log, step=1)
    rendered(ax)
    assert np.isfinite([*ax.get_xlim(), *ax.get_ylim()]).all()


def test_loss_says_what_it_cannot_show():
    """Guards the words in the legend for zeros, divergence and empty runs."""
    ax = new_axes()
    losses = {
        "zero": [1.0, 0.0],
        "far": [1, np.inf, np.nan],
        "no": [],
        "low": [1, 1e-30],
    }
    pictures.draw_loss(ax, losses)
    words = [text.get_text() for text in ax.get_legend().get_texts()]
    assert "at the bottom" in words[0] and "not finite from 2" in words[1]
    assert "ended before its first point" in words[2]
    assert "below 1e-10: at the bottom" in words[3]
    assert ax.lines[0].get_ydata()[1] == ax.get_ylim()[0]


def test_surface_is_the_output_over_the_square():
    """Guards the array: the output at each point of the grid, x1 to the right."""
    params = network()
    ax = new_axes()
    pictures.draw_surface(ax, params, XOR, limits=(-1, 2), resolution=31)
    axis = np.linspace(-1, 2, 31)
    expected = [
        [mlp.forward(params, [[x1, x2]])[0].item() for x1 in axis] for x2 in axis
    ]
    np.testing.assert_allclose(ax.images[0].get_array(), expected)
    assert (
        ax.images[0].get_extent() == [-1, 2, -1, 2] and ax.images[0].origin == "lower"
    )
    assert ax.images[0].get_clim() == (-0.5, 1.5)  # white where the output is 0.5
    np.testing.assert_allclose([*ax.get_xlim(), *ax.get_ylim()], [-1, 2, -1, 2])


def test_surface_of_a_unit_is_its_own_activation():
    """Guards layer and unit, and the colour scale that is white at 0."""
    params = network()
    ax = new_axes()
    pictures.draw_surface(ax, params, XOR, mlp.tanh, layer=1, unit=2, resolution=11)
    axis = np.linspace(-0.5, 1.5, 11)
    X = np.array([[x1, x2] for x2 in axis for x1 in axis])
    expected = mlp.forward(params, X, mlp.tanh)[1].A[2][:, 2].reshape(11, 11)
    np.testing.assert_allclose(ax.images[0].get_array(), expected)
    low, high = ax.images[0].get_clim()
    assert low == -high and high == pytest.approx(np.abs(expected).max())
    assert "layer 1, unit 2" in ax.get_title()


def test_surface_shows_samples_targets_and_predictions():
    """Guards the points: a marker for each class, target and prediction in words."""
    params = network()
    ax = new_axes()
    pictures.draw_surface(ax, params, XOR, mark=3)
    classes = {
        line.get_marker(): line for line in ax.lines if line.get_markersize() == 10
    }
    assert classes["o"].get_xydata().tolist() == [[0, 0], [1, 1]]
    assert classes["s"].get_xydata().tolist() == [[0, 1], [1, 0]]
    Y_hat, _ = mlp.forward(params, XOR.X)
    expected = [
        f"target {y:g}\n{pictures.number(round(a, 2))}"
        for y, a in zip(XOR.Y[:, 0], Y_hat[:, 0])
    ]
    assert texts(ax)[:4] == expected
    ring = [line for line in ax.lines if line.get_markersize() == 19]
    assert ring[0].get_xydata().tolist() == [[1, 1]]


def test_surface_draws_the_line_between_the_targets():
    """Guards the contour levels: 0.5 for XOR, 0.5 and 1.5 for the sum, or as asked."""
    linear = [Layer(np.ones((2, 1)), np.zeros(1))]
    for task, levels, expected in (
        (XOR, None, [0.5]),
        (mlp.SUM, None, [0.5, 1.5]),
        (XOR, [0.25, 9.0], [0.25]),
    ):
        ax = new_axes()
        pictures.draw_surface(ax, linear, task, mlp.identity, levels=levels)
        assert list(ax.collections[0].levels) == expected
        x = ax.collections[0].get_paths()[0].vertices
        np.testing.assert_allclose(x.sum(axis=1), expected[0])
        assert f"line at {expected[0]:g}" in ax.get_title()


def test_surface_that_is_constant_or_dead():
    """Guards contours without a line: matplotlib would warn."""
    dead = [Layer(W * 0, b) for W, b in network()]
    for layer in (-1, 0):
        ax = new_axes()
        pictures.draw_surface(ax, dead, XOR, mlp.relu, layer=layer)
        rendered(ax)
        assert not ax.collections and "line" not in ax.get_title()


@pytest.mark.parametrize("scale", [np.nan, np.inf, 1e200])
def test_surface_and_hidden_space_of_a_diverged_network(scale):
    """Guards the panels after divergence: words, no crash, no warning."""
    params = [Layer(W * scale, b) for W, b in network()]
    for draw in (pictures.draw_surface, pictures.draw_hidden):
        ax = new_axes()
        draw(ax, params, XOR)
        rendered(ax)
        assert np.isfinite([*ax.get_xlim(), *ax.get_ylim()]).all()
        if not np.isfinite(scale):
            assert any("NaN or infinite" in text for text in texts(ax))


def test_success_shows_rate_and_interval():
    """Guards the points, the Wilson intervals and the numbers in words."""
    ax = new_axes()
    pictures.draw_success(ax, {"bug": (23, 100), "right": (89, 100), "none": (0, 0)})
    bars = [line for line in ax.lines if line.get_linewidth() == 5]
    low, high = mlp.wilson_interval(23, 100)
    np.testing.assert_allclose(bars[0].get_xdata(), [100 * low, 100 * high])
    points = [line.get_xydata()[0] for line in ax.lines if line.get_marker() == "D"]
    np.testing.assert_allclose(points, [[23, 0], [89, 1]])
    assert texts(ax) == [
        f"23 of 100: 23 % ({100 * low:.0f} to {100 * high:.0f} %)",
        texts(ax)[1],
        "no trials",
    ]
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["bug", "right", "none"]


# 6. The hidden space ------------------------------------------------------------------


def test_hidden_plane_holds_the_activations():
    """Guards the points of a two-unit layer: its activations, marked by class."""
    params = network()
    ax = new_axes()
    pictures.draw_hidden(ax, params, XOR, layer=2)
    A = mlp.forward(params, XOR.X)[1].A[3]
    classes = {
        line.get_marker(): line for line in ax.lines if line.get_markersize() == 10
    }
    np.testing.assert_allclose(classes["o"].get_xydata(), A[[0, 3]])
    np.testing.assert_allclose(classes["s"].get_xydata(), A[[1, 2]])
    for name in ("(0, 0) → 0", "(0, 1) → 1", "(1, 0) → 1", "(1, 1) → 0"):
        assert name in "\n".join(texts(ax))


def test_hidden_cut_is_where_the_rest_of_the_network_says_half():
    """Guards the dashed line: there the output is 0.5."""
    rest = Layer(np.array([[1.0], [1.0]]), np.zeros(1))
    params = [Layer(np.eye(2), np.zeros(2)), rest]
    ax = new_axes()
    pictures.draw_hidden(ax, params, XOR, [mlp.identity, mlp.identity], layer=0)
    cut = ax.collections[0].get_paths()[0].vertices
    np.testing.assert_allclose(cut.sum(axis=1), 0.5)


def test_hidden_space_of_three_units_says_how_much_it_keeps():
    """Guards the honesty of the projection: distances in it, and the share in words."""
    params = network()
    ax = new_axes()
    pictures.draw_hidden(ax, params, XOR, layer=0)
    A = mlp.forward(params, XOR.X)[1].A[1]
    A = A - A.mean(axis=0)
    sizes = np.linalg.svd(A, compute_uv=False) ** 2
    share = 100 * sizes[:2].sum() / sizes.sum()
    assert ax.get_title() == f"layer 0: {share:.0f} % of the spread of 3 units"
    drawn = [line.get_xydata() for line in ax.lines if line.get_markersize() == 10]
    assert np.sum(np.concatenate(drawn) ** 2) == pytest.approx(sizes[:2].sum())
    assert not of_kind(ax, LineCollection)


def test_hidden_space_of_two_chosen_units():
    """Guards ``units``: the plane of just these two."""
    params = network()
    ax = new_axes()
    pictures.draw_hidden(ax, params, XOR, layer=1, units=(2, 0))
    A = mlp.forward(params, XOR.X)[1].A[2]
    drawn = [line.get_xydata() for line in ax.lines if line.get_markersize() == 10]
    np.testing.assert_allclose(drawn[0], A[[0, 3]][:, [2, 0]])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("a of unit 2", "a of unit 0")


def test_hidden_points_in_one_place_share_a_name():
    """Guards dead layers: four names on one spot would be unreadable."""
    dead = [Layer(W * 0, b) for W, b in network()]
    for layer in range(4):
        ax = new_axes()
        pictures.draw_hidden(ax, dead, XOR, mlp.relu, layer=layer)
        rendered(ax)
        assert len(ax.texts) == 1 and texts(ax)[0].count("→") == 4


# Alt texts and stored pictures --------------------------------------------------------


def test_descriptions_hold_the_numbers_of_their_pictures():
    """Guards the alt texts: whoever doesn't see the picture gets its numbers."""
    params = network()
    Y_hat, cache = mlp.forward(params, XOR.X)
    p = pictures
    expected = {
        p.describe_activation(ORIGINAL, -1.0): ["alpha = -0.2", "= 0.20", "= -0.20"],
        p.describe_histogram({"a": [1.0, 3.0]}): ["2 weights", "1.00 to 3.00", "1.00."],
        p.describe_spread({"he": [1.0, 0.5, 0.25]}): ["1.00", "0.25", "2 layers"],
        p.describe_network(params, cache, row=1): ["2-3-3-2-1", f"{Y_hat[1, 0]:.2f}"],
        p.describe_loss({"a": [1.0, 0.5, 0.25]}, 2): ["1.00", "0.25", "0.50 at step 2"],
        p.describe_surface(params, XOR): [f"{y:.2f} at" for y in Y_hat[:, 0]],
        p.describe_hidden(params, XOR, layer=2): [f"{a:.2f}" for a in cache.A[3].flat],
        p.describe_success({"a": (23, 100)}): ["23 of 100", "23 %"],
        p.describe_gradient_check(checks()): ["W[0] right", "b[3] right"],
    }
    for text, parts in expected.items():
        for part in parts:
            assert part.replace("-0.00", "0.00") in text, text
        assert text.endswith(".") and "nan" not in text


def test_descriptions_of_broken_networks():
    """Guards the alt texts after divergence."""
    for text in (
        pictures.describe_surface(broken_network(), XOR),
        pictures.describe_hidden(broken_network(), XOR, layer=1),
        pictures.describe_network(broken_network()),
        pictures.describe_loss({"a": [1.0, np.nan]}, 2),
    ):
        assert "nan" not in text and text.endswith(".")


def test_stored_pictures_match_the_code():
    """Guards images/: run `python images/make.py` after a change of the drawing."""
    assert make.check() == []


def test_the_check_notices_changes(tmp_path, monkeypatch):
    """Guards the check itself: other numbers, other colours, lost or strange files."""
    make.make(tmp_path)
    assert make.check(tmp_path) == []
    with monkeypatch.context() as patch:
        patch.setattr(make, "SEED", make.SEED + 1)
        changed = {problem.split(":")[0] for problem in make.check(tmp_path)}
        assert changed == {"xor_surface.png", "overview.png"}
    with monkeypatch.context() as patch:
        patch.setattr(pictures, "NEGATIVE", "#FF0000")
        assert any("overview.png" in problem for problem in make.check(tmp_path))
    (tmp_path / "chain.png").rename(tmp_path / "old.png")
    assert make.check(tmp_path) == [
        "old.png: no code draws it",
        "chain.png: it is missing",
    ]


def test_the_check_sees_moved_points_but_not_rounding():
    """Guards the comparison of numbers: 1 % is a change, 1e-7 is another processor."""
    ax = new_axes()
    (line,) = ax.plot([1.0, 2.0], [3.0, 4.0])
    ax.set_xlim(0, 5)
    ax.set_ylim(0, 5)
    before = make.record(ax.figure, "")
    line.set_ydata([3.0, 4.0 + 1e-7])
    assert make.differences(before, make.record(ax.figure, "")) == []
    line.set_ydata([3.0, 4.04])
    assert "Line2D" in make.differences(before, make.record(ax.figure, ""))[0]


def test_the_check_refuses_pictures_of_another_origin(tmp_path):
    """Guards against a picture that was pasted in."""
    make.make(tmp_path)
    fig, _ax = pictures.new_figure()
    fig.savefig(tmp_path / "chain.png")
    assert make.check(tmp_path) == [
        "chain.png: it carries no record: images/make.py didn't draw it"
    ]


def test_make_tells_what_it_does(capsys, monkeypatch):
    """Guards the command: exit codes and words."""
    assert make.main(["--check"]) == 0
    assert "match the code" in capsys.readouterr().out
    monkeypatch.setattr(make, "check", lambda: ["a.png: it is missing"])
    assert make.main(["--check"]) == 1 and make.main(["--nonsense"]) == 2


def links():
    """Each picture link of the README and the notebooks: (file, alt, picture)."""
    files = [ROOT / "README.md", *sorted((ROOT / "notebooks").glob("*.ipynb"))]
    for path in files:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            import nbformat

            cells = nbformat.reads(text, 4).cells
            text = "\n".join(c.source for c in cells if c.cell_type == "markdown")
        for alt, name in re.findall(r"!\[(.*?)\]\(images/(.*?)\)", text, re.DOTALL):
            yield path.name, " ".join(alt.split()), name
        for name, alt in re.findall(r'<img src="../images/(.*?)" alt="(.*?)">', text):
            yield path.name, html.unescape(alt), name


def test_linked_pictures_carry_their_alt_text():
    """Guards README and notebooks: the alt text is the one that the code gives."""
    alt_texts, found = make.alt_texts(), list(links())
    assert {name for _, _, name in found} == set(make.PICTURES)
    for file, alt, name in found:
        assert alt == alt_texts[name], f"{file}: {name} needs the alt text of make.py"


@pytest.mark.parametrize("name", list(make.PICTURES))
def test_alt_texts_say_something_in_numbers(name):
    """Guards the alt texts of the stored pictures: long enough, whole, with numbers."""
    alt = make.alt_texts()[name]
    assert 60 < len(alt) < 700 and alt.endswith(".")
    assert re.search(r"\d", alt) or name == "forward_backward.png"
    assert "](" not in alt and "\n" not in alt  # it must fit into a Markdown link


@pytest.mark.parametrize("name", list(make.PICTURES))
def test_stored_pictures_have_large_text(name):
    """Guards the diagrams that are drawn in make.py itself."""
    fig, _, _ = make.draw(name)
    found = [text for text in fig.findobj(matplotlib.text.Text) if text.get_text()]
    assert min(text.get_fontsize() for text in found) >= 11
