"""The panels without a browser: data, views, controls, words. One guard a test."""

import asyncio
import base64
import csv
import functools
import io
import itertools
import threading

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell
from ipywidgets.widgets.widget import _instances
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.text import Text
from PIL import Image

import mlp_core as core
import mlp_panels as panels

MAKERS = {
    name: getattr(panels, name)
    for name in (
        "activation_panel", "initialization_panel", "forward_panel", "gradient_panel",
        "slice_panel", "training_panel", "pass_panel",
    )
}  # fmt: skip
SHORT = {"steps": 30}


def make(name, **settings):
    """A panel of each kind; the training panel with few steps."""
    short = SHORT if name == "training_panel" else {}
    return MAKERS[name](**{**short, **settings})


@pytest.fixture(params=MAKERS)
def panel(request):
    panel = make(request.param)
    yield panel
    panel.close()


def words_of(panel):
    return panel.status.value


def pixels(panel):
    return np.asarray(Image.open(io.BytesIO(panel.shown.png)))


def assert_sound(panel):
    """The panel shows a picture, finite axes, and words."""
    assert panel.shown.png.startswith(b"\x89PNG") and len(panel.shown.alt) > 40
    assert 'role="status"' in words_of(panel) and "Error" not in words_of(panel)
    for ax in panel.view.figure.axes:
        assert np.isfinite([*ax.get_xlim(), *ax.get_ylim()]).all()


# 1. Settings -> data


@pytest.mark.parametrize("task", [core.SUM, core.XOR], ids=lambda task: task.name)
@pytest.mark.parametrize("bug", [False, True])
@pytest.mark.parametrize("batch_size", [1, 3, None])
def test_the_run_is_the_one_of_train(task, bug, batch_size):
    run = panels.training_run(
        task=task, learning_rate=0.1, seed=5, bug=bug, batch_size=batch_size, steps=250
    )
    rng = np.random.default_rng(5)
    params = core.initialize(core.ORIGINAL_SIZES, rng)
    params, history = core.train(
        params, task.X, task.Y, rng, learning_rate=0.1, epochs=25, steps_per_epoch=10,
        batch_size=batch_size, snapshots=True,
        gradient=core.original_loss_and_grads if bug else core.loss_and_grads,
    )  # fmt: skip
    np.testing.assert_array_equal(run.loss, history.loss)
    np.testing.assert_array_equal(run.samples, history.samples)
    for step in (0, 1, 99, 100, 101, 250):
        assert_same(run.at(step), history.snapshots[step])


def assert_same(params, others):
    for (W, b), (W2, b2) in zip(params, others, strict=True):
        np.testing.assert_array_equal(W, W2)
        np.testing.assert_array_equal(b, b2)


@given(
    learning_rate=st.floats(0.3, 50), seed=st.integers(0, 500), piece=st.integers(1, 40)
)
@settings(max_examples=60, deadline=None)
def test_a_run_cut_into_pieces_diverges_as_train_does(learning_rate, seed, piece):
    wanted = {
        "task": core.XOR,
        "learning_rate": learning_rate,
        "seed": seed,
        "steps": 80,
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(panels, "PIECE", piece)
        run = panels.training_run(**wanted)
    rng = np.random.default_rng(seed)
    params = core.initialize(core.ORIGINAL_SIZES, rng)
    params, history = core.train(
        params, core.XOR.X, core.XOR.Y, rng, learning_rate=learning_rate, epochs=80,
        steps_per_epoch=1,
    )  # fmt: skip
    assert run.stopped == history.stopped
    assert run.diverged_at == history.diverged_at
    np.testing.assert_array_equal(run.loss, history.loss)
    assert_same(run.at(run.done), params)


def test_a_long_run_keeps_few_networks_and_still_knows_every_step(monkeypatch):
    every = panels.training_run(steps=450, seed=2)
    monkeypatch.setattr(panels, "MOST_NUMBERS", 1000)
    few = panels.training_run(steps=450, seed=2)
    assert len(few.kept) < 10 < len(every.kept)
    for step in (0, 1, 99, 100, 333, 450):
        assert_same(few.at(step), every.at(step))


def test_an_interrupt_keeps_what_was_learned():
    calls = []

    def interrupted(*arguments):
        calls.append(arguments)
        if len(calls) > 70:
            raise KeyboardInterrupt
        return core.loss_and_grads(*arguments)

    whole = panels.training_run(steps=100)
    start = whole._replace(loss=whole.loss[:0], kept=whole.kept[:1], params=whole.at(0))
    run = start._replace(gradient=interrupted).go_on()
    assert run.ended and run.stopped == "interrupted" and run.done == 70
    assert "interrupted after 70 steps" in panels.describe(run, 70)
    for (W, _), (W2, _) in zip(run.at(70), whole.at(70)):
        np.testing.assert_allclose(W, W2)


def test_the_error_curve_is_a_u():
    data = panels.differences(seed=0, activation="tanh", alpha=0.0)
    error = dict(zip(np.round(np.log10(data.h), 2), data.central))
    assert error[-13.0] > 100 * error[-5.0] and error[0.0] > 100 * error[-5.0]
    assert 50 < error[-1.0] / error[-2.0] < 200  # truncation goes with h squared
    assert abs(data.quotient(1e-5) - data.slope) < 1e-8


def test_the_slice_starts_along_the_gradient():
    data = panels.loss_slice(core.SUM, seed=3, activation="tanh", alpha=0.0)
    slope = (data.function(1e-6) - data.function(-1e-6)) / 2e-6
    assert slope == pytest.approx(-data.steepness, rel=1e-6)


# 2. Words


def test_dead_units_are_told_as_stuck():
    run = panels.training_run(activation="relu", seed=0)
    dead = "stuck: 3 of 3 units in layer 1 and 1 of 2 units in layer 2 are dead"
    assert dead in panels.describe(run, run.done)


def test_divergence_is_told_with_its_step():
    panel = make("training_panel", learning_rate=5.0, seed=3)
    at = panel.data.diverged_at
    assert f"diverged at step {at}: lower the learning rate" in words_of(panel)
    assert panel.look["step"].value == at - 1
    assert "e+" in words_of(panel) and len(words_of(panel)) < 500  # no 100 digits
    panel.close()


def test_the_words_hold_the_numbers_of_the_network():
    run = panels.training_run(task=core.XOR, seed=3)
    Y_hat = core.forward(run.at(60), core.XOR.X)[0]
    words = panels.describe(run, 60)
    assert ", ".join(f"{y:z.2f}" for y in Y_hat[:, 0]) in words
    assert f"loss {core.loss(Y_hat, core.XOR.Y):.4f}" in words
    assert "loss below 0.0001" in panels.describe(run, 2000)


# 3. Views: what their artists hold


def lines_of(ax):
    return {line.get_label(): line.get_xydata() for line in ax.lines}


def test_the_error_view_draws_the_curve_and_marks_h():
    panel = make("gradient_panel", h=1e-3)
    lines = lines_of(panel.view.axes["error"])
    np.testing.assert_array_equal(
        lines["central difference"][:, 1], np.maximum(panel.data.central, 1e-17)
    )
    assert lines["h = 0.001"][0, 0] == 1e-3
    panel.close()


def test_the_slice_view_marks_the_loss_after_the_step():
    panel = make("slice_panel", learning_rate=0.05)
    point = lines_of(panel.view.axes["slice"])["after the step"][0]
    np.testing.assert_allclose(point, [0.05, panel.data.function(0.05)])
    panel.close()


def test_the_unit_view_draws_the_outputs_of_the_unit():
    panel = make("activation_panel", alpha=0.5, weight=2.0, bias=-1.0)
    x, a = panel.view.axes["unit"].lines[-1].get_data()
    z = 2 * x - 1
    np.testing.assert_allclose(a, np.where(z > 0, z, 0.5 * z))
    panel.close()


def test_the_training_view_circles_the_point_of_the_step():
    panel = make("training_panel", step=7)
    circle = panel.view.axes["surface"].lines[-1].get_xydata()
    np.testing.assert_array_equal(circle, core.SUM.X[panel.data.samples[6]])
    panel.close()


def test_the_loss_curve_is_the_loss_over_all_samples():
    run = panels.training_run(task=core.XOR, seed=2, steps=40)
    for step in (1, 2, 40):
        Y_hat = core.forward(run.at(step), core.XOR.X)[0]
        assert run.curve()[step - 1] == pytest.approx(core.loss(Y_hat, core.XOR.Y))


def test_the_previous_run_stays_for_comparison():
    panel = make("training_panel", seed=1)
    before = panel.data.curve()
    panel.work["seed"].set(2)
    drawn = [line.get_ydata() for line in panel.view.axes["loss"].lines]
    for wanted in (before, panel.data.curve()):
        assert any(len(y) == 30 and np.allclose(y, wanted) for y in drawn)
    panel.close()


def test_a_cell_drawn_alone_looks_as_in_the_whole_figure(panel):
    """Guards the drawing cell by cell: nothing is lost."""
    control = numbers(panel)[0]
    control.set(control.high)
    control.set(control.low)
    alone = pixels(panel)
    panel.view.canvas.draw()
    whole = panel.view.pixels()
    assert np.mean(np.any(alone != whole, axis=2)) < 0.002


def test_the_gradient_panel_says_what_the_error_is_made_of():
    """Guards the words: a large h isn't blamed where no error comes from it."""
    panel = make("gradient_panel", activation="tanh")
    causes = {1e-12: "rounding prevails", 1e-5: "h is about right", 0.5: "truncation"}
    for h, cause in causes.items():
        panel.look["h"].set(h)
        assert cause in words_of(panel)
    panel.work["activation"].set("leaky_relu")
    panel.look["h"].set(1e-3)  # piecewise linear: the loss is a parabola
    assert "error below 1e-9; h is about right" in words_of(panel)
    panel.close()


def test_the_quick_texts_look_as_matplotlib_draws_them(panel):
    """Guards place and colour of texts: the pictures may differ in soft edges only."""
    figure, size = panel.view.figure, panel.view.size
    renderer = RendererAgg(*size, figure.dpi)
    figure.draw(renderer)
    slow = np.asarray(renderer.buffer_rgba())[:, :, :3].astype(float)
    panel.view.canvas.draw()
    difference = abs(slow - panel.view.pixels())
    assert difference.mean() < 2.5
    # In squares of 10 pixels the ink is the same: no text is moved, none is missing.
    height, width = size[1] // 10 * 10, size[0]
    squares = (slow - panel.view.pixels())[:height].reshape(-1, 10, width // 10, 10, 3)
    assert abs(squares.mean(axis=(1, 3))).max() < 40


def test_the_quick_texts_are_as_high_as_matplotlib_measures_them(panel):
    """Guards the kept heights of the fonts: texts stand where Matplotlib puts them."""
    renderer = RendererAgg(*panel.view.size, panel.view.figure.dpi)
    texts = panel.view.figure.findobj(lambda artist: isinstance(artist, Text))
    for text in texts:
        slow = text.get_window_extent(renderer).bounds
        quick = text.get_window_extent(panel.view.canvas.get_renderer()).bounds
        assert quick == pytest.approx(slow, abs=1e-6), text


def test_nothing_is_left_of_the_picture_before(panel):
    control = numbers(panel)[-1]
    control.set(control.high)
    first = pixels(panel)
    control.set(control.low)
    assert np.any(pixels(panel) != first)
    control.set(control.high)
    np.testing.assert_array_equal(pixels(panel), first)


def test_nothing_is_drawn_outside_of_its_cell(panel):
    """Guards the layout: nothing is cut, no text runs into its neighbour."""
    view = panel.view
    renderer = view.canvas.get_renderer()
    for name, cell in view.cells.items():
        for ax in view._axes_in(name):
            box = ax.get_tightbbox(renderer)
            assert box.x0 >= cell.left - 1 and box.x1 <= cell.left + cell.width + 1, (
                name
            )
            assert box.y0 >= cell.bottom - 1, name
            assert box.y1 <= cell.bottom + cell.height + 1, name


# 4. Controls


def numbers(panel):
    return [each for each in panel.controls.values() if isinstance(each, panels.Number)]


def test_every_slider_works_at_both_ends(panel):
    for control in numbers(panel):
        for end in (control.slider.max, control.slider.min):
            control.slider.value = 10**end if control.log else end
            assert_sound(panel)


def test_every_choice_works(panel):
    for control in panel.controls.values():
        if isinstance(control, panels.Choice):
            for value in list(dict(_pairs(control.box)).values()):
                control.box.value = value
                assert_sound(panel)


def _pairs(box):
    return [
        pair if isinstance(pair, tuple) else (str(pair), pair) for pair in box.options
    ]


def test_a_menu_always_shows_a_choice(panel):
    """Guards: an ipywidgets menu whose value is None is blank on the page."""
    menus = [c for c in panel.controls.values() if isinstance(c, panels.Choice)]
    for control in menus:
        for value in control.values:
            control.set(value)
            assert control.box.index == control.values.index(value)
            assert control.value == value
            assert_sound(panel)


@pytest.mark.parametrize("name", MAKERS)
def test_random_settings(name):
    panel = make(name)
    controls = numbers(panel)

    @given(st.data())
    @settings(max_examples=25, deadline=None)
    def check(data):
        control, share = (
            data.draw(st.sampled_from(controls)),
            data.draw(st.floats(0, 1)),
        )
        value = control.low + share * (control.high - control.low)
        control.box.value = round(value) if control.whole else value
        assert panel.problem is None
        assert_sound(panel)

    check()
    panel.close()


@pytest.mark.parametrize("name", MAKERS)
def test_a_panel_that_was_moved_looks_like_a_new_one(name):
    """Guards: a part of the picture that stays as it was under other settings."""
    panel = make(name)
    # The training panel keeps the loss of the run before: its work settings stay.
    kept = panel.work if name == "training_panel" else {}
    for setting, control in panel.controls.items():
        if setting in kept:
            continue
        if isinstance(control, panels.Number):
            middle = (control.low + 2 * control.high) / 3
            values = [control.low, round(middle) if control.whole else middle]
        else:
            values = getattr(control, "values", [control.value])[::-1][:2]
        for value in values:
            control.set(value)
            new = make(name, **panel.settings)
            assert panel.shown.alt == new.shown.alt, (setting, value)
            np.testing.assert_array_equal(pixels(panel), pixels(new), f"{setting}")
            new.close()
    panel.close()


@pytest.mark.parametrize("name", MAKERS)
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
    assert words in words_of(panel).replace("&#x27;", "'")
    assert control.value == value and panel.picture.value == picture
    assert control.box.value == control.write(value)
    assert capsys.readouterr().err == ""
    panel.close()


def test_an_error_while_drawing_is_told_and_the_panel_goes_on(panel, capsys):
    control = numbers(panel)[0]
    show, panel.view.show = panel.view.show, None
    control.set(control.high)
    assert "TypeError" in words_of(panel) and isinstance(panel.problem, TypeError)
    panel.view.show = show
    control.set(control.low)
    assert_sound(panel)
    assert capsys.readouterr().err == ""


def test_words_are_escaped(panel):
    panel.say("<script>alert('x')</script>")
    assert "<script>" not in words_of(panel)


def test_an_error_in_the_call_is_an_error_of_the_cell():
    with pytest.raises(ValueError, match="learning_rate must be a positive number"):
        make("training_panel", learning_rate=-1.0)


def test_every_setting_has_a_named_control(panel):
    """Screen readers say the description; sliders have none that they could say."""
    for control in panel.controls.values():
        assert control.box.description
    for button in buttons(panel.box):
        assert button.description


def buttons(widget):
    if isinstance(widget, widgets.Button):
        return [widget]
    return [
        found for each in getattr(widget, "children", ()) for found in buttons(each)
    ]


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


# 5. Steps


@pytest.fixture
def training():
    panel = make("training_panel")
    yield panel
    panel.close()


def press(panel, label):
    next(each for each in buttons(panel.box) if each.description == label).click()


def test_step_back_and_reset(training):
    step = training.look["step"]
    assert step.value == 30
    press(training, "Back")
    assert step.value == 29 and "step 29 of 30" in words_of(training)
    press(training, "Step")
    press(training, "Step")  # the end is the end
    assert step.value == 30
    press(training, "Reset")
    assert step.value == 0 and "step 0 of 30" in words_of(training)


def test_the_same_seed_gives_exactly_the_same_picture(training):
    before, words = pixels(training), words_of(training)
    training.work["seed"].set(9)
    assert words_of(training) != words
    training.work["seed"].set(0)
    assert words_of(training) == words
    again = make("training_panel")
    np.testing.assert_array_equal(before, pixels(again))
    again.close()


def test_play_goes_to_the_players_value(training):
    press(training, "Reset")
    press(training, "Play")
    assert training.player.playing and training.play_button.description == "Pause"
    training.player.value = 17  # the values in between were skipped
    assert training.look["step"].value == 17
    press(training, "Pause")
    assert not training.player.playing


def test_the_speed_can_be_changed_while_it_plays(training):
    press(training, "Play")
    training.speed.box.value = "5 steps"
    assert training.player.step == 5


def test_play_at_the_end_starts_again(training):
    press(training, "Play")
    assert training.look["step"].value == 0


def test_who_stands_at_the_end_stays_at_the_end(training):
    training.work["steps"].set(50)
    assert training.look["step"].value == 50
    training.look["step"].set(20)
    training.work["seed"].set(1)
    assert training.look["step"].value == 20


def test_fewer_units_offer_fewer_neurons(training):
    training.look["neuron"].set((2, 1))
    training.work["hidden"].box.value = "4"
    assert training.look["neuron"].value == (0, 0)
    assert training.look["hidden_layer"].value in (0, 1)
    assert_sound(training)


def test_play_changes_its_name_when_the_player_ends(training):
    press(training, "Play")
    assert training.play_button.description == "Pause"
    training.player.playing = False  # the browser says so at the last value
    assert training.play_button.description == "Play"


def test_scrubbing_does_not_grow_the_kernel(training, monkeypatch):
    """Guards: widgets, axes and pictures of texts that pile up while it plays."""
    monkeypatch.setattr(panels.QuickRenderer, "most", 50)
    training.work["steps"].set(60)
    before = len(_instances)
    for step in range(60):
        training.look["step"].set(step)
    assert len(_instances) == before
    assert len(panels.QuickRenderer.shapes) <= panels.QuickRenderer.most
    assert len(training.view.figure.axes) == len(training.view.cells)


# 6. Long work


async def wait_for(condition):
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


def is_busy(panel):
    return panel.busy.layout.display != "none"


@pytest.fixture
def slow(training, monkeypatch):
    """A panel whose work goes on in the background from the first part on."""
    short_parts = functools.partial(panels.train_in_parts, core.SUM, seconds=0.001)
    training.compute, training.patience = short_parts, 0
    return training


def test_long_work_shows_its_progress_and_ends(slow):
    async def main():
        slow.work["steps"].set(900)
        assert is_busy(slow) and 0 < slow.progress.value < 1
        await wait_for(lambda: not is_busy(slow))

    asyncio.run(main())
    assert slow.data.done == 900 and "step 900 of 900" in words_of(slow)
    np.testing.assert_array_equal(slow.data.loss, panels.training_run(steps=900).loss)


def test_stop_keeps_what_was_learned(slow):
    async def main():
        slow.work["steps"].set(9000)
        await wait_for(lambda: slow.data.done >= 200)
        press(slow, "Stop")
        await asyncio.sleep(0.1)

    asyncio.run(main())
    assert not is_busy(slow) and 200 <= slow.data.done < 9000
    assert f"Stopped. step {slow.data.done} of 9000" in words_of(slow)
    slow.look["step"].set(100)
    assert_sound(slow)


def test_a_newer_setting_ends_older_work(slow):
    async def main():
        slow.work["steps"].set(9000)
        slow.work["seed"].set(4)
        slow.work["steps"].set(500)
        await wait_for(lambda: not is_busy(slow))

    asyncio.run(main())
    assert slow.data.done == 500
    expected = panels.training_run(seed=4, steps=500)
    np.testing.assert_array_equal(slow.data.loss, expected.loss)


def test_a_setting_that_fails_ends_older_work(slow):
    """Guards: a picture of older settings doesn't come back over the words."""

    def fails(**settings):
        raise ValueError("no such run")

    async def main():
        slow.work["steps"].set(9000)
        done, slow.compute = slow.data.done, fails
        slow.work["seed"].set(4)
        await asyncio.sleep(0.1)
        return done

    assert asyncio.run(main()) == slow.data.done and not is_busy(slow)
    assert "no such run" in words_of(slow)


# 7. One sample forward and back


def test_the_stages_end_with_the_gradients_of_backprop():
    data = panels.one_pass(core.XOR, 2, 7, 0.2, "tanh", 0.0)
    params, activation = panels.fresh_network(7, "tanh", 0.0)
    _, grads = core.loss_and_grads(params, core.XOR.X[[2]], core.XOR.Y[[2]], activation)
    for (dW, db), (dW2, db2) in zip(data.stages[-1].grads, grads, strict=True):
        np.testing.assert_allclose(dW, dW2, atol=1e-15)
        np.testing.assert_allclose(db, db2, atol=1e-15)


def test_each_stage_shows_only_what_is_computed():
    data = panels.one_pass(core.SUM, 1, 0, 0.2, "leaky_relu", -0.2)
    titles = [stage.title for stage in data.stages]
    assert titles[1:3] == ["Forward, layer 0", "Forward, layer 1"]
    assert titles[5:7] == ["Loss", "Backward, layer 3"]
    assert [len(stage.cache.A) for stage in data.stages[:6]] == [1, 2, 3, 4, 5, 5]
    reached = [sum(g is not None for g in stage.grads) for stage in data.stages[6:]]
    assert reached == [1, 2, 3, 4, 4]


def test_the_formulas_show_the_numbers_of_the_stage():
    panel = make("pass_panel", step=2)
    texts = [text.get_text() for text in panel.view.axes["formulas"].texts]
    numbers = panels.pictures.number
    a = ", ".join(numbers(value) for value in panel.data.stages[2].cache.A[2][0])
    assert "a[2] = f(z[1])" in texts and f"  = [{a}]" in texts
    panel.close()


# 8. The panel in a notebook


def test_the_bundle_holds_widget_picture_and_numbers(panel):
    data, metadata = panel._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == (
        panel.box.model_id
    )
    assert base64.b64decode(data["image/png"]) == panel.shown.png
    assert data["text/plain"] == panel.shown.line and "\n" not in panel.shown.line
    assert metadata == {"image/png": {"alt": panel.shown.alt}}


def test_the_picture_has_its_alt_text(panel):
    assert f'<img alt="{panel.shown.alt[:20]}' in panel.picture.value


def test_no_pyplot_figure_is_left_open(panel):
    assert plt.get_fignums() == []


def test_the_line_of_settings_makes_the_panel_again(panel):
    for control in numbers(panel):
        control.set(control.low)
    again = eval(panel.code, {"panels": panels, "mlp": core})
    assert again.code == panel.code and again.shown.line == panel.shown.line
    assert again.shown.alt == panel.shown.alt
    again.close()


def run_cell(monkeypatch, code, run, cell=None):
    """Make a panel as in a run of a notebook cell."""
    parent = {
        "msg_type": "execute_request", "header": {"msg_id": run},
        "content": {"code": code}, "metadata": {"cellId": cell} if cell else {},
    }  # fmt: skip
    shell = InteractiveShell.instance()
    monkeypatch.setattr(shell, "get_parent", lambda: parent, raising=False)
    monkeypatch.setattr(panels, "get_ipython", lambda: shell)
    return eval(code, vars(panels))


def test_running_a_cell_again_closes_its_older_panels(monkeypatch):
    code = "[activation_panel(), slice_panel()]"
    first = run_cell(monkeypatch, code, "run 1", cell="a")
    other = run_cell(monkeypatch, code, "run 2", cell="b")
    edited = run_cell(monkeypatch, "slice_panel()", "run 3", cell="a")
    assert [is_open(panel) for panel in first + other] == [False, False, True, True]
    for panel in [*other, edited]:
        panel.close()


def test_without_cell_ids_the_text_of_the_cell_tells_it(monkeypatch):
    first = run_cell(monkeypatch, "slice_panel()", "run 4")
    again = run_cell(monkeypatch, "slice_panel()", "run 5")
    assert not is_open(first) and is_open(again)
    again.close()


def is_open(panel):
    return panel.box.comm is not None


def test_closing_leaves_no_widget_behind():
    """Guards against a kernel that grows with every run of a cell."""
    before = len(_instances)
    make("training_panel").close()
    assert len(_instances) == before


# 8b. Seeds to choose from


def test_a_seed_from_the_menu_is_trained():
    """Guards: who chooses a failed seed sees that seed, and other seeds stay at hand."""
    panel = make("training_panel", seeds={"dead layer": [3, 9], "flat": np.array([5])})
    menu = panel.seed_menu.box
    assert [words for words, _ in menu.options] == [
        "choose a seed", "dead layer: seed 3", "dead layer: seed 9", "flat: seed 5",
    ]  # fmt: skip
    menu.value = 5
    assert panel.work["seed"].value == 5 and "seed=5" in panel.code
    wanted = panels.training_run(seed=5, steps=30)
    np.testing.assert_array_equal(panel.data.loss, wanted.loss)
    panel.work["seed"].set(4)
    assert menu.index == 0 and panel.work["seed"].value == 4
    menu.value = 5
    assert panel.work["seed"].value == 5
    panel.close()


# 9. Files


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_saving_writes_figure_history_and_weights(training, folder):
    training.look["step"].set(12)
    for ending in ("png", "svg", "csv", "npz"):
        press(training, f"Save {ending.upper()}")
        assert f"Saved training.{ending}" in words_of(training)
    assert Image.open(folder / "training.png").size[0] == 2000
    assert "<svg" in (folder / "training.svg").read_text(encoding="utf-8")
    table = np.genfromtxt(folder / "training.csv", delimiter=",", names=True)
    np.testing.assert_array_equal(table["loss"], training.data.loss)
    assert_same(core.load("training.npz")[0], training.data.at(12))


def test_every_panel_saves_its_numbers(panel, folder):
    """Guards: the table has a name above each column, and no number is cut."""
    press(panel, "Save CSV")
    with open(f"{panel.file_box.value}.csv", newline="", encoding="utf-8") as file:
        names, *rows = csv.reader(file)
    assert len(rows) > 3 and {len(row) for row in rows} == {len(names)}


def numbers_saved(name, *columns):
    table = np.genfromtxt(f"{name}.csv", delimiter=",", names=True)
    return [table[column] for column in columns]


def test_saved_numbers_are_those_of_the_picture(folder):
    makers = ("activation_panel", "initialization_panel", "forward_panel",
              "gradient_panel", "slice_panel")  # fmt: skip
    made = {name: make(name, seed=3) if "act" not in name else make(name)
            for name in makers}  # fmt: skip
    for panel in made.values():
        press(panel, "Save CSV")
    z, slope = numbers_saved("activation", "z_or_x", "slope_at_z")
    np.testing.assert_array_equal(slope, np.where(z >= 0, 1, -0.2))
    (spread,) = numbers_saved("initialization", "spread")
    np.testing.assert_array_equal(spread, made["initialization_panel"].data.spread)
    params, activation = panels.fresh_network(3, "leaky_relu", -0.2)
    _, cache = core.forward(params, [[0.0, 1.0]], activation)
    (a,) = numbers_saved("forward", "a")
    np.testing.assert_array_equal(a, np.concatenate([A[0] for A in cache.A[1:]]))
    h, error = numbers_saved("gradient", "h", "central_error")
    assert 1e-7 < h[error.argmin()] < 1e-3
    (loss,) = numbers_saved("slice", "loss")
    assert loss[0] == core.loss_and_grads(params, core.SUM.X, core.SUM.Y)[0]
    for panel in made.values():
        panel.close()


def test_every_panel_with_a_network_saves_it(panel, folder):
    if "npz" not in panel.savers:
        assert panel.name == "activation_panel"
        return
    press(panel, "Save NPZ")
    params, _ = core.load(f"{panel.file_box.value}.npz")
    data = panel.data
    shown = data.at(data.done) if panel.name == "training_panel" else (
        data[0] if panel.name == "forward_panel" else data.params)  # fmt: skip
    assert_same(params, shown)


def test_saving_leaves_the_picture_as_it_is(training, folder):
    press(training, "Save PNG")
    training.draw()
    np.testing.assert_array_equal(pixels(training), training.view.pixels())


def test_saving_asks_before_it_overwrites(panel, folder):
    path = folder / f"{panel.file_box.value}.png"
    path.write_bytes(b"mine")
    press(panel, "Save PNG")
    assert "is there already. Press the button again" in words_of(panel)
    assert path.read_bytes() == b"mine"
    press(panel, "Save PNG")
    assert path.read_bytes() != b"mine"


def test_a_folder_that_is_not_there_is_told_in_words(panel, folder):
    panel.file_box.value = "nowhere/picture"
    press(panel, "Save PNG")
    assert "No such file" in words_of(panel)


@pytest.mark.parametrize("task", [core.SUM, core.XOR], ids=["SUM", "XOR"])
def test_names_in_the_hidden_space_stand_apart(task):
    """Guards: two names over one another, in the smallest picture that has them."""
    panel = panels.training_panel(task=task, steps=500)
    for seed in range(6):
        panel.work["seed"].set(seed)
        for layer in (0, 1, 2):
            panel.look["hidden_layer"].set(layer)
            ax = panel.view.axes["hidden"]
            boxes = [
                text.get_window_extent()
                for text in ax.texts
                if "→" in text.get_text()
            ]  # fmt: skip
            for one, other in itertools.combinations(boxes, 2):
                wide = min(one.x1, other.x1) - max(one.x0, other.x0)
                high = min(one.y1, other.y1) - max(one.y0, other.y0)
                assert wide < 3 or high < 3, (seed, layer)
    panel.close()
