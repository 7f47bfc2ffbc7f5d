"""The training panel: steps, Play, long work, what its pictures show."""

import asyncio
import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.collections import EllipseCollection

import mlp_core as mlp
from course import host, panels
from course.panels.quick_text import QuickRenderer
from tests.panels.parts import (
    OPEN,
    assert_all_inside,
    assert_sound,
    let_parts_come,
    make,
    message,
    pixels,
    plays,
    press,
    tell_each_part,
    training_run,
)
from tests.wait import PATIENCE


def test_the_training_view_circles_the_point_of_the_step():
    panel = make("training_panel", step=7)
    circle = panel.view.axes["surface"].lines[-1].get_xydata()
    np.testing.assert_array_equal(circle, mlp.SUM.X[panel.data.samples[6]])
    panel.close()


def test_as_trained_shows_the_sample_of_the_step():
    """Guards: the numbers in the units are those of another sample."""
    panel = make("training_panel", seed=5)
    rng = np.random.default_rng(5)
    mlp.initialize(rng=rng)
    rows = mlp.draw_samples(rng, 4, 30)[:, 0]
    for step in range(1, 31):
        panel.look["step"].set(step)
        x0, x1 = mlp.SUM.X[rows[step - 1]]
        assert f"its numbers for the input ({x0:g}, {x1:g});" in panel.shown.alt
    panel.close()


def test_the_previous_run_stays_for_comparison():
    panel = make("training_panel", seed=1)
    before = panel.data.curve()
    panel.work["seed"].set(2)
    drawn = [line.get_ydata() for line in panel.view.axes["loss"].lines]
    for wanted in (before, panel.data.curve()):
        assert any(len(y) == 30 and np.allclose(y, wanted) for y in drawn)
    panel.close()


def test_a_tick_shows_z_in_place_of_a(training):
    """Guards: the picture of the unit, its title and the words follow the tick."""
    training.look["neuron"].set((2, 1))
    before = training.view.axes["neuron"].images[0].get_array()
    training.look["show_z"].box.value = True
    ax = training.view.axes["neuron"]
    assert ax.get_title().startswith("layer 2, unit 1: z")
    assert np.any(ax.images[0].get_array() != before)
    assert "the same for z of unit 1 of layer 2" in training.shown.alt
    assert "show_z=True" in training.code


def places(view, name, points):
    """Points of the data of an Axes, in pixels from the top left of the picture."""
    x, y = view.axes[name].transData.transform(np.asarray(points, dtype=float)).T
    return list(zip(x, view.size[1] - y))


AT_30 = SimpleNamespace(step=30)


def test_a_click_on_a_unit_chooses_it(training):
    """Guards: another unit, or an input; the units are where their ellipses are drawn."""
    drawn = training.view.axes["network"].collections
    (nodes,) = [c for c in drawn if isinstance(c, EllipseCollection)]
    centers = places(training.view, "network", nodes.get_offsets())
    sizes = enumerate((2, 3, 3, 2, 1))
    units = [(layer - 1, unit) for layer, size in sizes for unit in range(size)]
    assert len(centers) == len(units) == 11
    for (x, y), unit in zip(centers, units):
        for off in (0, 9):
            chosen = training.view.choose(training.data, x + off, y, AT_30)
            assert chosen == ({"neuron": unit} if unit[0] >= 0 else {})
        assert training.view.choose(training.data, x - 45, y, AT_30) == {}  # beside it


def test_a_click_on_a_sample_or_on_the_curve_chooses_it(training):
    """Guards: another row or step, and a click beside that chooses something."""
    view, data = training.view, training.data
    for name in ("surface", "neuron"):
        for row, (x, y) in enumerate(places(view, name, mlp.SUM.X)):
            assert view.choose(data, x + 5, y - 5, AT_30) == {"sample": row}
            assert view.choose(data, x + 22, y - 22, AT_30) == {}
    marks = places(view, "loss", [(0, 1), (7, 1), (30, 1)])
    for step, (x, y) in zip((0, 7, 30), marks):
        assert view.choose(data, x, y, AT_30) == {"step": step}
    assert view.choose(data, 1, 400, AT_30) == {"step": 0}
    assert view.choose(data, 600, 300, AT_30) == {}  # the hidden space


def test_a_click_moves_the_controls(training):
    """Guards: the message of the browser, the menus, and the picture."""
    before = training.shown.png
    ((x, y),) = places(training.view, "neuron", [(1, 0)])
    training.clicks._handle_custom_msg({"at": [x, y]}, [])
    assert training.look["sample"].value == 2 and "sample=2" in training.code
    assert training.shown.png != before
    training.clicks._handle_custom_msg({"at": [1e9, 1]}, [])
    assert "IndexError" not in message(training)


def test_step_back_and_reset(training):
    step = training.look["step"]
    assert step.value == 30
    press(training, "Back")
    assert step.value == 29 and "step 29 of 30" in message(training)
    press(training, "Step")
    press(training, "Step")  # the end is the end
    assert step.value == 30
    press(training, "Reset")
    assert step.value == 0 and "step 0 of 30" in message(training)


def test_the_same_seed_gives_exactly_the_same_picture(training):
    before, words = pixels(training), message(training)
    training.work["seed"].set(9)
    assert message(training) != words
    training.work["seed"].set(0)
    assert message(training) == words
    again = make("training_panel")
    np.testing.assert_array_equal(before, pixels(again))
    again.close()


def test_play_goes_to_the_players_value(training):
    press(training, "Reset")
    press(training, "Play")
    assert plays(training) and training.play_button.description == "Pause"
    training.player.value = 17  # the values in between were skipped
    assert training.look["step"].value == 17
    training.look[
        "step"
    ].box.value = 5.0  # it goes on from here, not from its own place
    assert plays(training)
    assert training.player.value == training.look["step"].value == 5
    press(training, "Pause")
    assert not plays(training)
    press(training, "Play")
    assert training.play_button.description == "Pause"
    training.player.set_trait(
        host.PLAYING, False
    )  # the browser says so at the last value
    assert training.play_button.description == "Play"


@pytest.mark.parametrize(
    "label, step", [("Reset", 0), ("Step", 18), ("Back", 16), ("Pause", 17)]
)
def test_a_late_value_of_the_player_moves_no_step(training, label, step):
    """Guards: what the browser still sends until it has heard that Play has ended."""
    press(training, "Reset")
    press(training, "Play")
    training.player.value = 17
    press(training, label)
    training.player.value = 25
    assert training.look["step"].value == step
    assert training.play_button.description == "Play"
    press(training, "Play")  # from where it stands, whatever the player thinks
    assert training.player.value == training.look["step"].value == step


@pytest.mark.parametrize("names", [["value", host.PLAYING], [host.PLAYING, "value"]])
def test_the_last_value_counts_that_comes_with_the_end(training, names):
    """Guards: the browser puts both into one message when the kernel is busy."""
    press(training, "Reset")
    press(training, "Play")
    last = {"value": 30, host.PLAYING: False}
    training.player.set_state({name: last[name] for name in names})
    assert training.look["step"].value == 30 and "step 30 of 30" in message(training)
    training.player.value = 12
    assert training.look["step"].value == 30


def test_the_speed_can_be_changed_while_it_plays(training):
    press(training, "Play")
    training.speed.box.value = "5 steps"
    assert training.player.step == 5


@pytest.mark.parametrize("steps", [7, 30, 107])
def test_play_reaches_the_end_of_every_run(steps):
    """Guards: Play that stopped before the end, or never, where 20 doesn't divide it.

    The browser's player goes no further than its ``max``; a player that can go nowhere
    ends at once, and the kernel never hears of it.
    """
    panel = make("training_panel", steps=steps, step=0)
    press(panel, "Play")
    for _ in range(10):
        following = panel.player.value + panel.player.step
        if plays(panel):
            assert following <= panel.player.max
            panel.player.value = following
    assert panel.look["step"].value == steps and not plays(panel)
    panel.close()


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


def test_scrubbing_does_not_grow_the_kernel(training, monkeypatch):
    """Guards: widgets, axes and pictures of texts that pile up while it plays."""
    monkeypatch.setattr(QuickRenderer, "most", 50)
    training.work["steps"].set(60)
    before = len(OPEN)
    for step in range(60):
        training.look["step"].set(step)
    assert len(OPEN) == before
    assert len(QuickRenderer.shapes) <= QuickRenderer.most
    assert len(training.view.figure.axes) == len(training.view.cells)


async def come(condition):
    """Let the loop work until the condition holds."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.005)


def is_busy(panel):
    return panel.busy.layout.display != "none"


@pytest.fixture
def slow(training):
    """A panel whose work goes on in the background from the first part on."""
    tell_each_part(training)
    return training


@pytest.mark.timed
def test_long_work_shows_its_progress_and_ends(slow):
    async def main():
        slow.work["steps"].set(900)
        assert is_busy(slow) and 0 < slow.progress.value < 1
        await come(lambda: not is_busy(slow))

    asyncio.run(main())
    assert slow.data.done == 900 and "step 900 of 900" in message(slow)
    np.testing.assert_array_equal(slow.data.loss, training_run(steps=900).loss)


@pytest.mark.timed
def test_a_step_is_kept_that_the_first_part_has_not_reached(slow):
    """Guards: on a slow machine a new setting led from the middle of a run to its end."""

    async def main():
        slow.work["steps"].set(900)
        await come(lambda: not is_busy(slow))
        slow.look["step"].set(850)
        slow.work["seed"].set(4)
        assert slow.look["step"].value == slow.data.done < 850
        await come(lambda: not is_busy(slow))

    asyncio.run(main())
    assert slow.data.done == 900 and slow.look["step"].value == 850
    assert "step 850 of 900" in message(slow)


@pytest.mark.timed
def test_stop_keeps_what_was_learned(slow):
    async def main():
        slow.work["steps"].set(9000)
        await come(lambda: slow.data.done >= 200)
        press(slow, "Stop")
        await let_parts_come()

    asyncio.run(main())
    assert not is_busy(slow) and 200 <= slow.data.done < 9000
    assert f"Stopped. step {slow.data.done} of 9000" in message(slow)
    slow.look["step"].set(100)
    assert_sound(slow)


@pytest.mark.timed
def test_a_newer_setting_ends_older_work(slow):
    async def main():
        slow.work["steps"].set(9000)
        slow.work["seed"].set(4)
        slow.work["steps"].set(500)
        await come(lambda: not is_busy(slow))

    asyncio.run(main())
    assert slow.data.done == 500
    expected = training_run(seed=4, steps=500)
    np.testing.assert_array_equal(slow.data.loss, expected.loss)


@pytest.mark.timed
def test_a_setting_that_fails_ends_older_work(slow):
    """Guards: a picture of older settings doesn't come back over the words."""

    def fails(**settings):
        raise ValueError("no such run")

    async def main():
        slow.work["steps"].set(9000)
        done, slow.compute = slow.data.done, fails
        slow.work["seed"].set(4)
        await let_parts_come()
        return done

    assert asyncio.run(main()) == slow.data.done and not is_busy(slow)
    assert "no such run" in message(slow)


def test_a_seed_from_the_menu_is_trained():
    """Guards: who chooses a failed seed sees that seed, and other seeds stay at hand."""
    panel = make("training_panel", seeds={"dead layer": [3, 9], "flat": np.array([5])})
    menu = panel.seed_menu.box
    assert list(menu.options) == [
        "choose a seed",
        "dead layer: seed 3",
        "dead layer: seed 9",
        "flat: seed 5",
    ]
    menu.value = "flat: seed 5"
    assert panel.work["seed"].value == 5 and "seed=5" in panel.code
    wanted = training_run(seed=5, steps=30)
    np.testing.assert_array_equal(panel.data.loss, wanted.loss)
    panel.work["seed"].set(4)
    assert menu.index == 0 and panel.work["seed"].value == 4
    menu.value = "flat: seed 5"
    assert panel.work["seed"].value == 5
    panel.close()


@pytest.mark.parametrize("task", [mlp.SUM, mlp.XOR], ids=["SUM", "XOR"])
def test_names_in_the_hidden_space_stand_apart(task):
    """Guards: two names over one another, in the smallest picture that has them."""
    panel = panels.training_panel(task=task, steps=500)
    for seed in range(6):
        panel.work["seed"].set(seed)
        for layer in (0, 1, 2):
            panel.look["hidden_layer"].set(layer)
            ax = panel.view.axes["hidden"]
            boxes = [
                text.get_window_extent() for text in ax.texts if "→" in text.get_text()
            ]
            for one, other in itertools.combinations(boxes, 2):
                wide = min(one.x1, other.x1) - max(one.x0, other.x0)
                high = min(one.y1, other.y1) - max(one.y0, other.y0)
                assert wide < 3 or high < 3, (seed, layer)
    panel.close()


_X = np.random.default_rng(0).uniform(-1, 1, (200, 2))
OWN = mlp.Task("own", _X, (_X**2).sum(axis=1, keepdims=True))
FULL = {
    "solved": {"steps": 2000},
    "nearly flat": {"learning_rate": 1e-3},
    "exploded": {"hidden": (8, 8), "learning_rate": 5.0, "seed": 3},
    "about to explode": {"hidden": (3, 3), "learning_rate": 1.7, "activation": "relu"},
    "wide": {"hidden": (12, 12, 12), "learning_rate": 0.001},
    "wide, one layer": {"hidden": (100,), "learning_rate": 0.001},
    "own data": {"task": OWN, "learning_rate": 0.01},
}


@pytest.mark.parametrize("name", FULL)
def test_nothing_runs_out_of_its_cell(name):
    """Guards titles that were cut, points and numbers over other pictures."""
    panel = make("training_panel", **{"steps": 300, **FULL[name]})
    for step in (0, panel.data.done // 2, panel.data.done):
        panel.look["step"].set(step)
        for layer in panel.look["hidden_layer"].values:
            panel.look["hidden_layer"].set(layer)
            assert_all_inside(panel.view)
    panel.close()


@pytest.mark.parametrize("name", FULL)
def test_labels_of_axes_stand_beside_their_ticks(name):
    """Guards: 'direction 2' lay over the numbers of its ticks."""
    panel = make("training_panel", **{"steps": 300, **FULL[name]})
    renderer = panel.view.canvas.get_renderer()
    for layer in panel.look["hidden_layer"].values:
        panel.look["hidden_layer"].set(layer)
        for cell in ("hidden", "loss", "surface", "neuron"):
            axis = panel.view.axes[cell].yaxis
            label = axis.label.get_window_extent(renderer)
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                if low <= tick.get_loc() <= high:
                    assert tick.label1.get_window_extent(renderer).x0 > label.x1, cell
    panel.close()


def test_the_title_has_room_for_a_million_steps(training):
    ax = training.view.axes["loss"]
    ax.set_title("step 1000000: loss below 1e−10")  # the longest that there is
    assert_all_inside(training.view)


def test_the_mark_stands_on_the_curve(training):
    """Guards: the mark that moves over a curve which is not drawn again."""
    for step in (3, 17, 30):
        training.look["step"].set(step)
        line, dot = training.view.axes["loss"].lines[-2:]
        assert list(line.get_xdata()) == [step, step]
        height = training.data.curve()[step - 1]
        np.testing.assert_allclose(dot.get_xydata(), [[step, height]])
        assert f"step {step}: loss" in training.view.axes["loss"].get_title()
    training.look["step"].set(0)
    assert training.view.axes["loss"].get_title() == "before the first step"


def test_the_mark_of_a_loss_that_is_off_the_scale_stands_on_the_curve():
    """Guards: the curve is cut at 1e100, the dot stood above it."""
    panel = make("training_panel", **FULL["exploded"])
    curve, _, dot = panel.view.axes["loss"].lines
    np.testing.assert_array_equal(dot.get_xydata()[0], curve.get_xydata()[-1])
    panel.close()
