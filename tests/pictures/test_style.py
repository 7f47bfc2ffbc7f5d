"""Colours and text sizes, numbers in words, and what a picture gives to Jupyter."""

import base64
import doctest
import io

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_hex
from PIL import Image

import mlp_core as mlp
from course import pictures
from course.pictures import style
from course.pictures.style import NEGATIVE, POSITIVE, Picture


def test_the_style_is_the_default_and_its_colours_tell_signs():
    """Guards the one style: large text, orange and blue at the ends, white between."""
    assert matplotlib.rcParams["font.size"] >= 13
    ends = [to_hex(style.SIGNED_CMAP(x)).upper() for x in (0.0, 1.0)]
    assert ends == [NEGATIVE, POSITIVE]
    assert min(style.SIGNED_CMAP(0.5)[:3]) > 0.98


@pytest.mark.parametrize(
    "targets, shares",
    [
        ([1.0, 0.0, 0.0], {0: 0.0, 1: 1.0}),
        ([2.0, 0.0, 1.0], {0: 0.0, 1: 0.5, 2: 1.0}),
        ([-1.0, 1.0], {-1: 0.0, 1: 1.0}),
        ([3.0], {3: 0.5}),
    ],
)
def test_a_class_has_its_own_marker_and_the_colour_of_its_target(targets, shares):
    """Guards the looks of points: from orange, the lowest target, to blue."""
    looks = style.class_looks(np.array(targets))
    faces = {target: look["markerfacecolor"] for target, look in looks.items()}
    assert faces == {target: style.SIGNED_CMAP(at) for target, at in shares.items()}
    assert len({look["marker"] for look in looks.values()}) == len(shares)


def test_lines_and_bars_differ_by_more_than_colour():
    """Guards the looks: six line styles with six markers, and six hatches."""
    looks = [style.line_look(i) for i in range(6)]
    assert len({str(look["linestyle"]) for look in looks}) == 6
    assert len({look["marker"] for look in looks}) == 6
    assert len({style.bar_look(i)["hatch"] for i in range(6)}) == 6
    assert style.line_look(6) == style.line_look(0)


def test_numbers_are_short_and_never_falsely_zero():
    """Guards the width of the numbers in the network, and the sign in words."""
    assert doctest.testmod(style).failed == 0
    values = [0, -0.0, 31.42, -314.2, 123456, np.nan, -np.inf]
    texts = ["0.00", "0.00", "31.4", "−314", "1e5", "NaN", "−inf"]
    assert [style.number(value) for value in values] == texts
    assert style.plain(np.nan) == style.small(np.inf) == "not finite"


@pytest.mark.parametrize("value", [0.125, -2.5e-3, 0.0, 7.0, 0.995, 1e4 / 3])
def test_rounding_noise_changes_no_alt_text(value):
    """Guards nbval on other processors: the last bits of a number decide nothing."""
    noisy = [value + noise for noise in (0, 1e-15, -1e-15)]
    assert len({style.plain(number) for number in noisy}) == 1


def test_a_picture_gives_png_alt_and_plain_text():
    """Guards nbval (text/plain is the alt text) and screen readers (alt metadata)."""
    picture = pictures.activation(mlp.tanh)
    data, metadata = picture._repr_mimebundle_()
    assert picture.png.startswith(b"\x89PNG")
    assert data["text/plain"] == repr(picture) == picture.alt
    assert metadata == {"image/png": {"alt": picture.alt}}
    assert b"Software" not in picture.png  # the version of matplotlib would stand there


def test_a_picture_for_slides_comes_in_the_size_of_each_place(monkeypatch):
    """Guards decks, whose slides have a place for it; learners, who would wait for it."""
    monkeypatch.setenv("COURSE_PICTURES", "slides")
    loss = pictures.loss({"seed 0": [1.0, 0.1, 0.01]})
    places = {"tall": (1200, 580), "low": (1200, 410), "beside": (600, 580)}
    shown = loss._repr_mimebundle_()[1]["image/png"]["slides"]
    assert shown.keys() == places.keys()
    for place, (width, height) in places.items():
        image = Image.open(io.BytesIO(base64.b64decode(shown[place])))
        assert 0.8 * width < image.width <= width
        assert 0.8 * height < image.height <= height
        # Nothing but white around it would be lost.
        assert image.convert("L").getextrema()[0] < 50
    monkeypatch.setenv("COURSE_PICTURES", "")
    assert "slides" not in loss._repr_mimebundle_()[1]["image/png"]


def test_a_picture_is_drawn_once_and_not_before_it_is_shown():
    """Guards the time that a notebook's cell takes."""
    drawn = []
    picture = Picture(drawn.append, "some words.")
    assert drawn == []
    assert picture.png is picture.png and len(drawn) == 1
