"""The controls: sliders, boxes, menus, and what is answered to nonsense."""

import itertools
import math
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import mlp_core as mlp
from course.panels.controls import Choice, Number, sample
from tests import tables
from tests.panels import parts


def test_every_control_has_a_name_and_stands_above_the_picture(panel):
    """Guards: what a screen reader says; a setting out of sight on a projector."""
    rows = iter(panel.box.children)
    above = itertools.takewhile(lambda row: row is not panel.picture, rows)
    seen = [part for row in above for part in parts.within(row)]
    for control in panel.controls.values():
        assert control.box.description and control.box in seen
    assert all(button.description for button in parts.buttons(panel.box))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # an older ipywidgets' own
@pytest.mark.filterwarnings("error")
def test_every_control_goes_all_its_way(panel, capsys):
    """Guards: an end that is refused or an exponent, a step that is none, a blank menu."""
    for control in panel.controls.values():
        if isinstance(control, Number):
            for end in ("high", "low"):
                place = getattr(control.slider, {"high": "max", "low": "min"}[end])
                control.slider.value = 10**place if control.log else place
                assert control.value == pytest.approx(getattr(control, end), rel=0.005)
                assert panel.problem is None
                parts.assert_sound(panel)
            up = place + control.slider.step  # one press of an arrow key
            control.slider.value = 10**up if control.log else up
            assert control.value > control.low
        for value in control.values if isinstance(control, Choice) else ():
            control.set(value)
            assert control.box.index == control.values.index(value)
            assert control.value == value and panel.problem is None
            parts.assert_sound(panel)
    assert capsys.readouterr().err == ""


def test_slider_and_box_show_the_same_number(training):
    """Guards: a slider left behind, or sent its own move, which may have gone on; and the
    browser's rounding taken for a move."""
    rate = training.work["learning_rate"]
    rate.slider.value = 10**-1.3  # 0.0501187..., of which 3 digits are shown
    assert rate.box.value == rate.value == 0.0501
    assert rate.slider.value == 10**-1.3
    rate.box.value = 37.5  # above the slider's range
    assert rate.value == 37.5 and rate.slider.value == rate.slider.base**rate.slider.max
    rate.box.value = 0.1234
    rate.slider.value = 10**-0.9  # the slider's step next to 0.1234
    assert rate.value == 0.1234


def test_nonsense_is_answered_in_words(panel, capsys):
    """Guards: a number that is none, an error that vanishes, a value that is lost."""
    for control in parts.numbers(panel):
        value, picture = control.value, panel.picture.value
        control.box.value = math.nan
        assert f">{control.label} must be a " in parts.message(panel)
        assert f"number, not nan. It stays {value}." in parts.message(panel)
        assert control.value == control.box.value == value
        assert panel.picture.value == picture
    assert capsys.readouterr().err == ""


LIMITS = tables.beside(__file__, "limits.toml")


@pytest.mark.parametrize("words", LIMITS)
def test_limits_are_those_of_the_box_and_of_the_call(words):
    """Guards: a value that the panel can't show, typed or given."""
    name, setting, wrong = LIMITS[words]
    panel = parts.make(name)
    control = panel.controls[setting]
    before = control.value, control.box.value
    control.box.value = wrong
    assert f">{words}" in parts.message(panel)
    assert (control.value, control.box.value) == before
    with pytest.raises(ValueError, match=f"^{words}"):
        parts.make(name, **{setting: wrong})


@pytest.mark.parametrize("name", parts.NAMES)
def test_a_wrong_argument_is_refused_by_its_name(name):
    """Guards: what is wrong in a call is an error of the cell, before a number comes."""
    panel = parts.make(name)
    for setting, control in panel.controls.items():
        with pytest.raises((TypeError, ValueError)) as told:
            parts.make(name, **{setting: object()})
        assert str(told.value).startswith(f"{control.label} must ")


@pytest.mark.parametrize(
    ("name", "wrong", "label"),
    [
        ("training_panel", {"seeds": {"flat": [-1]}}, "seeds"),
        ("training_panel", {"task": "XOR"}, "task"),
        ("slice_panel", {"task": mlp.Task("three", np.eye(3), np.eye(3))}, "task"),
        ("pass_panel", {"back": 0}, "back"),
        ("pass_panel", {"back": False, "seed": 1.5}, "seed"),
        ("pass_panel", {"back": False, "step": 6}, "step"),
    ],
)
def test_a_wrong_argument_without_a_control_is_refused(name, wrong, label):
    """Guards: a setting that stands fixed is checked, too."""
    with pytest.raises((TypeError, ValueError), match=rf"^{re.escape(label)}\b"):
        parts.make(name, **wrong)


def test_an_input_of_the_menu_is_its_row():
    """Guards: a menu whose words stand beside other rows."""
    menu = sample(mlp.XOR, 8)
    menu.set(3)
    assert menu.box.value == "(1, 1)"
    for row, name in enumerate(["(0, 0)", "(0, 1)", "(1, 0)", "(1, 1)"]):
        menu.box.value = name
        assert menu.value == row


def test_two_threads_at_once_do_what_one_does():
    """Guards: two stages in one picture, and a move that is taken for our own and is lost.

    A kernel of JupyterLab hears the first moves in its main thread, later ones in another.
    """
    panel = parts.make("pass_panel", seed=28, step=1)
    start = threading.Barrier(2)

    def move(name, values):
        start.wait()
        for value in values:
            panel.controls[name].box.value = value

    with ThreadPoolExecutor(2) as pool:
        pool.submit(move, "step", [4, 1, 7, 2] * 5)
        pool.submit(move, "alpha", [0.0, 0.3, -0.2, 0.1] * 5)
    assert panel.problem is None
    assert (panel.settings["step"], panel.settings["alpha"]) == (2, 0.1)
    twin = parts.make("pass_panel", **panel.settings)
    assert panel.shown == twin.shown
    alpha = panel.controls["alpha"]
    with alpha._moved(), ThreadPoolExecutor() as pool:  # by us, in this thread alone
        pool.submit(setattr, alpha.box, "value", 0.5)
    assert alpha.value == 0.5
