"""The controls: sliders, boxes, menus, and what is answered to nonsense."""

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mlp_core as mlp
from course.panels.controls import Choice, sample
from tests.panels.parts import (
    NAMES,
    assert_sound,
    buttons,
    make,
    message,
    numbers,
    pixels,
)


def test_every_slider_works_at_both_ends(panel):
    for control in numbers(panel):
        for end in (control.slider.max, control.slider.min):
            control.slider.value = 10**end if control.log else end
            assert_sound(panel)


def test_a_menu_always_shows_a_choice(panel):
    """Guards: an ipywidgets menu whose value is None is blank on the page."""
    menus = [c for c in panel.controls.values() if isinstance(c, Choice)]
    for control in menus:
        for value in control.values:
            control.set(value)
            assert control.box.index == control.values.index(value)
            assert control.value == value
            assert_sound(panel)


@pytest.mark.parametrize("name", NAMES)
def test_random_settings(name):
    panel = make(name)
    controls = numbers(panel)

    @given(st.data())
    @settings(max_examples=25, deadline=None)
    def check(data):
        control = data.draw(st.sampled_from(controls))
        share = data.draw(st.floats(0, 1))
        value = control.low + share * (control.high - control.low)
        control.box.value = round(value) if control.whole else value
        assert panel.problem is None
        assert_sound(panel)

    check()
    panel.close()


@pytest.mark.parametrize("name", NAMES)
def test_each_slider_goes_from_its_lowest_number_to_its_highest(name):
    """Guards: the ends of a logarithmic slider are exponents."""
    panel = make(name)
    for control in numbers(panel):
        ends = control.slider.min, control.slider.max
        ends = [10.0**end for end in ends] if control.log else ends
        assert ends == pytest.approx((control.low, control.high)), control.label
    panel.close()


def test_slider_and_box_show_the_same_number():
    panel = make("training_panel")
    rate = panel.work["learning_rate"]
    rate.slider.value = 10**-1.3  # 0.0501187..., of which 3 digits are shown
    assert rate.box.value == rate.value == 0.0501
    rate.box.value = 37.5  # above the slider's range
    assert rate.value == 37.5 and rate.slider.value == rate.slider.base**rate.slider.max
    panel.close()


def test_the_browser_rounding_a_slider_is_no_move():
    """The browser rounds a slider's value to its steps and sends that back."""
    panel = make("training_panel", learning_rate=0.1234)
    rate = panel.work["learning_rate"]
    rate.slider.value = 10**-0.9  # the slider's step next to 0.1234
    assert rate.value == 0.1234
    panel.close()


@pytest.mark.parametrize(
    "name, typed, words",
    [
        ("learning_rate", 0.0, "learning rate must be above 0, not 0.0. It stays 0.2."),
        ("learning_rate", -1.0, "learning rate must be above 0, not -1.0"),
        ("learning_rate", float("nan"), "learning rate must be a finite number"),
        ("seed", -3, "seed must be at least 0, not -3. It stays 0."),
        ("alpha", float("inf"), "alpha must be a finite number"),
        ("hidden", "3, x", "hidden layers must be whole numbers from 1 to"),
        ("hidden", "0", "hidden layers must be whole numbers from 1 to"),
        ("step", 99, "step must be at most 30, not 99"),
    ],
)
def test_nonsense_is_answered_in_words(name, typed, words, capsys):
    panel = make("training_panel")
    control, picture = panel.controls[name], panel.picture.value
    value = control.value
    control.box.value = typed
    assert words in message(panel).replace("&#x27;", "'")
    assert control.value == value and panel.picture.value == picture
    assert str(control.box.value).strip("()") == (
        "3, 3, 2" if name == "hidden" else str(float(value))
    )
    assert capsys.readouterr().err == ""
    panel.close()


@pytest.mark.parametrize(
    "hidden, words",
    [((), "It stays without a hidden layer."), ((4, 2), "It stays 4, 2.")],
)
def test_hidden_layers_stay_in_words(hidden, words):
    """Guards: 'It stays ()'."""
    panel = make("training_panel", hidden=hidden)
    panel.work["hidden"].box.value = "x"
    assert words in message(panel)
    panel.close()


def test_every_setting_has_a_named_control(panel):
    """Screen readers say the description; sliders have none that they could say."""
    for control in panel.controls.values():
        assert control.box.description
    for button in buttons(panel.box):
        assert button.description


def test_an_input_of_the_menu_is_its_row():
    """Guards: a menu whose words stand beside other rows."""
    menu = sample(mlp.XOR, 8)
    menu.set(3)
    assert menu.box.value == "(1, 1)"
    for row, name in enumerate(["(0, 0)", "(0, 1)", "(1, 0)", "(1, 1)"]):
        menu.box.value = name
        assert menu.value == row


def test_two_threads_at_once_do_what_one_does():
    """Guards: two stages in one picture, and a move that is taken for our own.

    A kernel of JupyterLab hears the first moves in its main thread, later ones in another.
    """
    panel = make("pass_panel", seed=28, step=1)
    start = threading.Barrier(2)

    def move(name, values):
        start.wait()
        for value in values:
            panel.controls[name].box.value = value

    moves = {"step": [4, 1, 7, 2] * 5, "alpha": [0.0, 0.3, -0.2, 0.1] * 5}
    threads = [threading.Thread(target=move, args=each) for each in moves.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert panel.problem is None
    assert (panel.settings["step"], panel.settings["alpha"]) == (2, 0.1)
    twin = make("pass_panel", **panel.settings)
    assert panel.shown.line == twin.shown.line
    assert np.array_equal(pixels(panel), pixels(twin))
    panel.close()
    twin.close()


@pytest.mark.parametrize(
    "name, wrong, label",
    [
        ("training_panel", {"learning_rate": -1.0}, "learning rate"),
        ("training_panel", {"seed": 1.5}, "seed"),
        ("training_panel", {"batch_size": 3}, "batch"),
        ("training_panel", {"bug": 1}, "with the original's bug"),
        ("training_panel", {"hidden": (3, 0)}, "hidden layers"),
        ("training_panel", {"neuron": (9, 0)}, "neuron"),
        ("training_panel", {"seeds": {"flat": [-1]}}, "seeds"),
        ("training_panel", {"task": "XOR"}, "task"),
        ("activation_panel", {"alpha": float("nan")}, "alpha"),
        ("activation_panel", {"activation": "ReLU"}, "activation"),
        ("initialization_panel", {"width": 0}, "width"),
        ("initialization_panel", {"scheme": None}, "initialization|scheme"),
        ("gradient_panel", {"h": "1"}, "step size h"),
        ("gradient_panel", {"h": 0}, "step size h"),
        ("slice_panel", {"task": mlp.Task("three", np.eye(3), np.eye(3))}, "task"),
        ("pass_panel", {"sample": 4}, "input"),
        ("pass_panel", {"step": 99}, "step"),
        ("pass_panel", {"back": 0}, "back"),
        ("pass_panel", {"back": False, "seed": 1.5}, "seed"),
    ],
)
def test_a_wrong_argument_is_refused_by_its_name(name, wrong, label):
    """Guards: what is wrong in a call is an error of the cell, before a number comes."""
    with pytest.raises((TypeError, ValueError), match=f"^({label})\\b"):
        make(name, **wrong)
