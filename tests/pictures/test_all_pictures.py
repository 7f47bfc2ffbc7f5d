"""What holds for every picture: it can be read, and is the same when it is drawn again."""

import copy
import io
import itertools
from functools import partial

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

import mlp_core as mlp
from course import pictures
from course.original import original_loss_and_grads
from course.pictures import on_slides
from course.pictures.style import Picture
from mlp_core import ORIGINAL, XOR, Layer
from tests import tables
from tests.pictures.drawn import (
    LONG_NAMES,
    LONG_TAPE,
    arcs,
    arrows,
    forms,
    legend,
    misplaced,
    tape_of,
    texts,
)


def network(sizes=mlp.ORIGINAL_SIZES):
    return mlp.initialize(sizes, np.random.default_rng(3))


def check():
    params = [Layer(W, b + 0.3) for W, b in PARAMS]
    X, Y = XOR.X[1:2], XOR.Y[1:2]
    return mlp.gradient_check(params, X, Y, gradient=original_loss_and_grads)


PARAMS = network()
CACHE = mlp.forward(PARAMS, [[0, 1]])[1]
GRADS = mlp.loss_and_grads(PARAMS, [[0.0, 1.0]], [[1.0]])[1]
BROKEN = [PARAMS[0], Layer(PARAMS[1].W * np.nan, PARAMS[1].b + np.inf), *PARAMS[2:]]
BANDS = {"a": np.random.default_rng(0).random((9, 5)), "b": np.full((2, 3), np.nan)}
IMAGES = np.random.default_rng(0).normal(size=(30, 64))
ACTIVATIONS = 9 * np.eye(10)[np.arange(60) % 10] + np.random.default_rng(1).random(
    (60, 10)
)
# What pictures, and the drawings of panels, are called with, beside the rows of words.toml.
EXAMPLES = {
    "guessed_numbers": [
        ({"a class": {80.0: 2, 90.5: 1}, "again": {85.0: 9}}, 85.4, 10, " %")
    ],
    "activations": [([mlp.tanh, ORIGINAL],)],
    "bands": [(BANDS,)],
    "draw_activation": [(ORIGINAL,)],
    "draw_hidden": [(PARAMS, XOR, ORIGINAL, layer) for layer in (0, 2, 3)],
    "draw_histogram": [({"a": PARAMS[0].W, "b": PARAMS[1].W},)],
    "draw_loss": [({"a": np.array([1, 0.1]), "b": np.array([2.0, 3.0])},)],
    "draw_network": [(PARAMS, CACHE, GRADS), (network((2, 40, 9, 1)),), (BROKEN,)],
    "draw_spread": [({"he": np.array([1, 2, 3.0]), "zeros": np.array([1, 0, 0.0])},)],
    "draw_surface": [(PARAMS, XOR, ORIGINAL, 0, 2), (BROKEN, XOR)],
    "error_map": [({"a": PARAMS},)],
    "gradient_check": [(check(),), (check(), 1, (10, 2.6))],
    "groups": [(np.arange(1000) % 3 > 0,)],
    "digits": [(IMAGES, np.arange(30) % 10)],
    "digit_space": [(ACTIVATIONS, np.arange(60) % 10, (3, 8))],
    "hidden": [(PARAMS, XOR), (BROKEN, XOR, ORIGINAL, 1)],
    "network": [(PARAMS, CACHE)],
    "samples": [(XOR,)],
    "tape": [(LONG_TAPE, LONG_NAMES), (LONG_TAPE[:2], ["A", "A @ A"])],
}


WORDS = tables.beside(__file__, "words.toml")
READ = {"legend": legend, "texts": texts, "arrows": arrows, "title": Axes.get_title}
READ |= {"arcs": arcs, "forms": forms}
READ |= {"xlabel": Axes.get_xlabel, "ylabel": Axes.get_ylabel}
# How the table writes what is neither a number nor a list of numbers.
MADE = {
    "tape": tape_of,
    "params": lambda layers: [Layer(*map(np.array, layer)) for layer in layers],
    **dict.fromkeys(["task", "activation"], lambda name: getattr(mlp, name)),
}


def of_row(name, row):
    """The picture of a row of words.toml."""
    given = {key: row[key] for key in row.keys() - {"alt", *READ}}
    given |= {key: MADE[key](given[key]) for key in given.keys() & MADE}
    return getattr(pictures, name)(**given)


@pytest.mark.parametrize(
    "name, title", [(name, title) for name, rows in WORDS.items() for title in rows]
)
def test_a_picture_says_what_it_shows(name, title):
    """Guards the rows of words.toml: alt texts, labels, legends and texts inside."""
    row = WORDS[name][title]
    picture = of_row(name, row)
    (ax, *_) = picture.figure().axes
    said = {"alt": picture.alt} | {key: READ[key](ax) for key in READ.keys() & row}
    assert said == {key: row.get(key, picture.alt) for key in said}


def drawn(name, arguments):
    """The picture of an example; that of a drawing has no words of its own."""
    function = getattr(pictures, name)
    if not name.startswith("draw_"):
        return function(*arguments)
    words = "It is drawn for a panel, which has its own words for it."
    return Picture(lambda ax: function(ax, *arguments), words)


# What `course.pictures` exports for panels and tests besides.
NO_PICTURES = {"describe_activation", "describe_network", "describe_histogram"}
NO_PICTURES |= {"describe_spread", "unit_at"}


def is_picture(name):
    returned = getattr(vars(pictures)[name], "__annotations__", {}).get("return")
    return returned is Picture or name.startswith("draw_")


@pytest.fixture(params=filter(is_picture, vars(pictures)))
def examples(request):
    """What a function of `course.pictures` makes of its examples."""
    name = request.param
    found = [of_row(name, row) for row in [*WORDS.get(name, {}).values()][:1]]
    found += [drawn(name, arguments) for arguments in EXAMPLES.get(name, [])]
    assert found, (
        f"pictures.{name} has no example: add to tests/pictures/words.toml a row "
        f"[{name}.TITLE] with its arguments and its alt text; or, if they can't stand "
        f'there, add "{name}": [(ARGUMENTS)] to EXAMPLES in test_all_pictures.py.'
    )
    return found


def test_each_function_says_whether_it_makes_a_picture():
    """Guards: one without `-> Picture`, which the tests below would pass over."""
    words = [name for name, v in vars(pictures).items() if callable(v)]
    others = {name for name in words if not is_picture(name)}
    assert others <= NO_PICTURES, "annotate what makes a picture: `-> Picture`"


def assert_sound(picture):
    """No exception, finite axes of some width, and no 'nan' in words; returns the figure."""
    assert "nan" not in repr(picture) and " inf" not in repr(picture)
    fig = picture.figure()
    for ax in fig.axes:
        limits = np.array([ax.get_xlim(), ax.get_ylim()])
        assert np.isfinite(limits).all() and (limits[:, 0] != limits[:, 1]).all()
    return fig


def tick_labels(axis):
    """Where the labels stand that can be seen."""
    low, high = sorted(axis.get_view_interval())
    return [
        label.get_window_extent()
        for label, place in zip(axis.get_ticklabels(), axis.get_ticklocs())
        if label.get_text() and low <= place <= high and axis.axes.axison
    ]


def test_a_picture_can_be_read(examples):
    """Guards small text, also with the defaults of others, and texts on one another."""
    for picture in examples:
        with matplotlib.rc_context({"font.size": 6, "xtick.labelsize": 5}):
            fig = assert_sound(picture)
        fig.draw_without_rendering()
        assert 40 < len(repr(picture)) < 700 and repr(picture).endswith(".")
        shown = [text for text in fig.findobj(Text) if text.get_text()]
        assert min(text.get_fontsize() for text in shown) >= 11
        for ax in fig.axes:
            assert not misplaced(ax)
        for draw in picture.draws:  # and the ticks in a small picture
            small = Figure(figsize=(3.0, 2.2))
            draw(ax := small.add_axes((0.3, 0.25, 0.6, 0.6)))
            small.draw_without_rendering()
            for axis in (ax.xaxis, ax.yaxis):
                for box, other in itertools.combinations(tick_labels(axis), 2):
                    assert not box.overlaps(other)


def test_a_picture_can_be_read_from_the_last_row(examples):
    """Guards: each place on a slide; texts of 24 pixels, none cut or on another one."""
    picture = examples[0]
    shown = on_slides.figures(picture.places, picture.on_slide)
    assert shown
    for place, fig in shown.items():
        fig.draw_without_rendering()
        assert (fig.bbox.size <= np.add(on_slides.PLACES[place], 0.5)).all()
        for ax in fig.axes:
            numbers = [*tick_labels(ax.xaxis), *tick_labels(ax.yaxis)]
            legend = ax.get_legend()
            named = legend.get_texts() if legend else []
            texts = [text for text in [ax.title, *named, *ax.texts] if text.get_text()]
            texts += [axis.label for axis in (ax.xaxis, ax.yaxis) if ax.axison]
            for box in [*numbers, *(text.get_window_extent() for text in texts)]:
                assert fig.bbox.padded(1).contains(*box.min), (place, texts)
                assert fig.bbox.padded(1).contains(*box.max), (place, texts)
            texts += ax.get_xticklabels() + ax.get_yticklabels() if ax.axison else []
            sizes = [text.get_fontsize() * fig.dpi / 72 for text in texts]
            assert min(sizes, default=24) >= 24, place
            assert not misplaced(ax), place


@pytest.mark.parametrize(
    "plant, fault",
    [
        (lambda ax: ax.text(2, 0.5, "outside", in_layout=False), "cut"),
        (lambda ax: ax.set_title("broken " * 20), None),
        (lambda ax: ax.text(0.5, 0.5, "small", fontsize=10), "small"),
        (lambda ax: ax.set_xticks([0.5, 0.51]), "touches"),
        (lambda ax: [ax.text(0.5, 0.5, word) for word in "AB"], "A touches B"),
        (lambda ax: ax.plot([0, 1], [0, 1]) and ax.legend(["it"], loc=1), "below"),
        (lambda ax: None, None),
    ],
)
def test_what_could_not_be_read_on_a_slide_is_left_out(plant, fault):
    """Guards: a place in which something is small, cut or covered."""
    picture = Picture(plant, "It has a fault in each place.")
    found = on_slides.faults(picture.on_slide("low"))
    assert any(fault in words for words in found) if fault else found == []
    shown = on_slides.figures(picture.places, picture.on_slide)
    assert list(shown) == (["tall"] if fault else [*on_slides.PLACES])


def rendered(fig):
    stream = io.BytesIO()
    fig.savefig(stream, format="raw")
    return stream.getvalue()


def test_a_picture_drawn_again_is_the_same_and_leaves_nothing_behind(examples):
    """Guards panels, which draw into one figure again, and pyplot, defaults and data."""
    data = copy.deepcopy(EXAMPLES)
    settings, figures = dict(matplotlib.rcParams), pyplot.get_fignums()
    for draw in [draw for picture in examples for draw in picture.draws]:
        draw(ax := Figure().subplots())
        first = rendered(ax.figure)
        if len(ax.figure.axes) == 1:  # a map has a scale beside it; no panel draws one
            ax.clear()
            draw(ax)
            assert rendered(ax.figure) == first
    assert dict(matplotlib.rcParams) == settings
    assert pyplot.get_fignums() == figures
    np.testing.assert_equal(EXAMPLES, data)


@pytest.mark.parametrize(
    "values",
    [[0.3], [0.0, 0.0], [1.0, np.nan], [np.inf], [1e100, 1e-100], [np.nan, np.inf]],
)
def test_numbers_of_any_kind_are_drawn_and_told(values):
    """Guards one number, a constant, divergence, and huge numbers: nothing fails."""
    for picture in (pictures.loss, pictures.spread, pictures.draws):
        assert_sound(picture({"a": values})).draw_without_rendering()
    weights = {"a": np.array(values)}
    draw = partial(pictures.draw_histogram, groups=weights)
    assert_sound(Picture(draw, pictures.describe_histogram(weights)))


def exploded(factor):
    with np.errstate(all="ignore"):
        return [Layer(W * factor, b + factor) for W, b in PARAMS]


@pytest.mark.parametrize("activation", [ORIGINAL, mlp.tanh])
@pytest.mark.parametrize(
    "params",
    [
        *map(exploded, [1e150, 1e308, np.inf, np.nan]),
        *map(network, [(2, 1, 1), (2, 300, 1)]),
    ],
)
def test_networks_of_any_kind_are_drawn_and_told(params, activation):
    """Guards pictures after divergence, of one unit, and of hundreds: nothing fails."""
    with np.errstate(all="ignore"):
        _, cache = mlp.forward(params, XOR.X, activation)
    made = [pictures.network(params, cache), pictures.surface(params, XOR, activation)]
    made.append(pictures.error_map({"a": params}, activation))
    for layer in range(len(params)):
        hidden = pictures.hidden(params, XOR, activation, layer)
        unit = {"task": XOR, "activation": activation, "layer": layer}
        draw = partial(pictures.draw_surface, params=params, **unit)
        made += [hidden, Picture(draw, hidden.alt)]
    for picture in made:
        assert_sound(picture)
