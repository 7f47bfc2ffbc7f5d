"""What holds for every picture: text sizes, ticks, limits, and broken numbers."""

import copy
import importlib
import inspect
import io
import itertools
import pkgutil

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure
from matplotlib.text import Text

import mlp_core as mlp
from course import pictures
from course.original import original_loss_and_grads
from course.pictures.gradient_checks import draw_gradient_check
from course.pictures.style import Picture, new_figure
from mlp_core import ORIGINAL, XOR, Layer


def network(sizes=mlp.ORIGINAL_SIZES, seed=3):
    return mlp.initialize(sizes, np.random.default_rng(seed))


def checked(gradient=original_loss_and_grads):
    params = [Layer(W, b + 0.3) for W, b in network()]
    return mlp.gradient_check(params, XOR.X[1:2], XOR.Y[1:2], gradient=gradient)


def broken():
    params = network()
    params[1] = Layer(params[1].W * np.nan, params[1].b + np.inf)
    return params


PARAMS = network()
CACHE = mlp.forward(PARAMS, [[0, 1]])[1]
GRADS = mlp.loss_and_grads(PARAMS, [[0.0, 1.0]], [[1.0]])[1]
LOSSES = {"a": np.array([1, 0.1]), "b": np.array([2.0, 3.0])}
SPREADS = {"he": np.array([1, 2, 3.0]), "zeros": np.array([1, 0, 0.0])}
WEIGHTS = {"a": PARAMS[0].W, "b": PARAMS[1].W}
RATES = {"a": (3, 10)}
SHARES = {"a": [0.5, 0.1, 0.1, 0.1, 0.1, 0.1]}
SOLVED = np.arange(1000) % 3 > 0
BANDS = {"a": np.random.default_rng(0).random((9, 5))}
MAP = np.arange(9.0).reshape(3, 3) / 9, [0, 1, 2], [0.1, 0.2, 1]
CHECKED = checked()
BROKEN = broken()
DATA = [PARAMS, CACHE, GRADS, LOSSES, SPREADS, WEIGHTS, RATES, SHARES, SOLVED, BANDS]
DATA += [MAP, CHECKED, BROKEN, XOR]
P = pictures
DRAWINGS = {
    "activation": (P.draw_activation, ORIGINAL, -1.0),
    "histogram": (P.draw_histogram, WEIGHTS),
    "spread": (P.draw_spread, SPREADS),
    "network": (P.draw_network, PARAMS, CACHE),
    "gradients": (P.draw_network, PARAMS, CACHE, GRADS),
    "wiring": (P.draw_wiring, PARAMS, (1, 1)),
    "wide network": (P.draw_network, network((2, 40, 9, 1))),
    "check": (draw_gradient_check, CHECKED),
    "loss": (P.draw_loss, LOSSES),
    "bands": P.bands(BANDS).draws,
    "surface": (P.draw_surface, PARAMS, XOR),
    "neuron": (P.draw_surface, PARAMS, XOR, ORIGINAL, 0, 2),
    "samples": P.samples(XOR).draws,
    "error map": P.error_map({"a": PARAMS}).draws,
    "hidden 3": (P.draw_hidden, PARAMS, XOR, ORIGINAL, 0),
    "hidden 2": (P.draw_hidden, PARAMS, XOR, ORIGINAL, 2),
    "hidden 1": (P.draw_hidden, PARAMS, XOR, ORIGINAL, 3),
    "success": P.success(RATES).draws,
    "groups": P.groups(SOLVED).draws[:1],
    "fates": P.fates(SHARES).draws,
    "map": P.success_map(*MAP).draws,
    "broken network": (P.draw_network, BROKEN),
    "broken surface": (P.draw_surface, BROKEN, XOR),
    "broken hidden": (P.draw_hidden, BROKEN, XOR, ORIGINAL, 1),
}
each_drawing = pytest.mark.parametrize("name", DRAWINGS)


def draw(ax, name):
    drawing, *data = DRAWINGS[name]
    drawing(ax, *data)


def rendered(fig) -> bytes:
    """Have ticks and positions made, as saving does."""
    stream = io.BytesIO()
    fig.savefig(stream, format="png")
    return stream.getvalue()


def visible_texts(fig):
    return [text for text in fig.findobj(Text) if text.get_text()]


@each_drawing
def test_every_text_is_large_enough_for_the_back_row(ax, name):
    """Guards the smallest text size: 11 points, tick labels and legends included."""
    draw(ax, name)
    rendered(ax.figure)
    assert min(text.get_fontsize() for text in visible_texts(ax.figure)) >= 11


@each_drawing
def test_tick_labels_do_not_overlap(name):
    """Guards the number of ticks, also in a small picture."""
    fig = Figure(figsize=(3.0, 2.2))
    ax = fig.add_axes((0.3, 0.25, 0.6, 0.6))
    draw(ax, name)
    rendered(fig)
    for axis, end, start in ((ax.xaxis, "x1", "x0"), (ax.yaxis, "y1", "y0")):
        low, high = sorted(axis.get_view_interval())
        shown = [
            label.get_window_extent()
            for label, place in zip(axis.get_ticklabels(), axis.get_ticklocs())
            if label.get_text() and low <= place <= high and ax.axison
        ]
        shown.sort(key=lambda box: getattr(box, start))
        for before, after in itertools.pairwise(shown):
            assert getattr(before, end) <= getattr(after, start)


@each_drawing
def test_limits_are_finite_and_not_empty(ax, name):
    """Guards the axes against NaN, infinite and constant data."""
    draw(ax, name)
    limits = np.array([ax.get_xlim(), ax.get_ylim()])
    assert np.isfinite(limits).all() and (limits[:, 0] != limits[:, 1]).all()


# A map has its scale in Axes of its own, which no panel draws.
@pytest.mark.parametrize("name", [name for name in DRAWINGS if "map" not in name])
def test_drawing_again_after_clear_gives_the_same_picture(name):
    """Guards the panels, which draw into one figure again and again."""
    fig = Figure()
    draw(ax := fig.subplots(), name)
    first = rendered(fig)
    ax.clear()
    draw(ax, name)
    assert rendered(fig) == first


@each_drawing
def test_nothing_is_left_behind(ax, name):
    """Guards pyplot, the defaults of others, and the data: none of them is changed."""
    data = copy.deepcopy(DATA)
    settings, figures = dict(matplotlib.rcParams), pyplot.get_fignums()
    draw(ax, name)
    assert dict(matplotlib.rcParams) == settings
    assert pyplot.get_fignums() == figures
    np.testing.assert_equal(DATA, data)


PICTURES = {
    "activation": lambda: P.activation(ORIGINAL, mark=1.0),
    "activation_family": P.activation_family,
    "matrix_product": P.matrix_product,
    "chain_rule": P.chain_rule,
    "forward_backward": P.forward_backward,
    "activations": lambda: P.activations([mlp.tanh, ORIGINAL]),
    "draws": lambda: P.draws({"a": [0.0, 1.0]}),
    "spread": lambda: P.spread(SPREADS, of="z"),
    "network": lambda: P.network(PARAMS, CACHE),
    "gradient_check": lambda: P.gradient_check(CHECKED),
    "loss": lambda: P.loss(LOSSES),
    "bands": lambda: P.bands({"a": np.ones((3, 4)), "b": np.ones((3, 4))}),
    "surface": lambda: P.surface(PARAMS, XOR),
    "samples": lambda: P.samples(XOR),
    "error_map": lambda: P.error_map({"a": PARAMS}),
    "hidden": lambda: P.hidden(PARAMS, XOR),
    "success": lambda: P.success(RATES),
    "groups": lambda: P.groups(SOLVED),
    "fates": lambda: P.fates(SHARES),
    "success_map": lambda: P.success_map(*MAP),
}


def of_pictures(is_wanted):
    """The functions of the modules of `course.pictures` that are wanted, by name."""
    modules = [
        importlib.import_module(f"{P.__name__}.{module.name}")
        for module in pkgutil.iter_modules(P.__path__)
    ]
    functions = [f for m in modules for f in vars(m).values() if inspect.isfunction(f)]
    return {f.__name__ for f in functions if is_wanted(f)}


def test_every_picture_is_tested_here():
    """Guards: a new picture that no test of this file draws, or nobody can call."""
    made = of_pictures(lambda f: f.__annotations__.get("return") is Picture)
    assert made == set(PICTURES)
    assert made <= vars(P).keys()
    drawn = {drawing.__name__ for drawing, *data in DRAWINGS.values() if data}
    assert drawn >= {name for name in vars(P) if name.startswith("draw_")}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_in_one_call_has_the_style_and_an_alt_text(name):
    """Guards notebooks whose defaults somebody changed: text stays large."""
    with matplotlib.rc_context({"font.size": 6, "xtick.labelsize": 5}):
        picture = PICTURES[name]()
        fig = picture.figure()
    assert isinstance(fig, Figure) and picture.png.startswith(b"\x89PNG")
    rendered(fig)
    assert min(text.get_fontsize() for text in visible_texts(fig)) >= 11
    assert 40 < len(repr(picture)) < 700 and repr(picture).endswith(".")


def surface(params, layer, activation=ORIGINAL):
    """Unit 0 of a layer, as the training panel draws it."""
    shown = params, XOR, activation, layer
    return Picture(lambda ax: P.draw_surface(ax, *shown), f"layer {layer}")


def exploded(factor):
    with np.errstate(all="ignore"):
        return [Layer(W * factor, b + factor) for W, b in network()]


@pytest.mark.parametrize("activation", [ORIGINAL, mlp.tanh])
@pytest.mark.parametrize("factor", [1e150, 1e308, np.inf, np.nan])
def test_exploded_networks_are_drawn_and_told(factor, activation):
    """Guards pictures after divergence: no exception, no warning, no 'nan' in words."""
    params = exploded(factor)
    with np.errstate(all="ignore"):
        _, cache = mlp.forward(params, XOR.X, activation)
    made = [P.network(params, cache), P.error_map({"a": params}, activation)]
    made.append(P.surface(params, XOR, activation))
    for layer in range(4):
        made.append(surface(params, layer, activation))
        made.append(P.hidden(params, XOR, activation, layer))
    for picture in made:
        assert "nan" not in repr(picture) and "inf" not in repr(picture)
        for ax in picture.figure().axes:
            assert np.isfinite([*ax.get_xlim(), *ax.get_ylim()]).all()


@pytest.mark.parametrize("sizes", [(2, 1), (2, 1, 1), (2, 300, 1), (2, 2, 500, 2, 1)])
def test_networks_of_any_width_are_drawn(sizes):
    """Guards one unit, and hundreds: nothing fails, and limits are of some width."""
    params = network(sizes)
    _, cache = mlp.forward(params, XOR.X)
    made = [P.network(params, cache)]
    for layer in range(len(sizes) - 1):
        made += [
            surface(params, layer),
            P.hidden(params, XOR, layer=layer),
        ]
    for picture in made:
        assert picture.png.startswith(b"\x89PNG")


@pytest.mark.parametrize("values", [[np.nan, np.inf], [0.0, 0.0], [1e100, -1e100], [5]])
def test_weights_and_signals_of_any_kind_are_drawn(values):
    """Guards NaN, constant, huge and single numbers; what is left out is said."""
    values = np.array(values, float)
    for drawing, describe, data in (
        (P.draw_histogram, P.describe_histogram, {"a": values}),
        (P.draw_spread, P.describe_spread, {"a": np.abs(values)}),
    ):
        _, ax = new_figure()
        drawing(ax, data)
        written = " ".join(text.get_text() for text in ax.texts)
        assert ("2 of 2 numbers" in written) == (not np.isfinite(values).all())
        assert "nan" not in describe(data)
