"""The training panel, and what goes by steps: Play, long work, clicks, its pictures."""

import asyncio
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.collections import EllipseCollection

import mlp_core as mlp
from course import host
from course.fast import join
from course.panels.quick_text import QuickRenderer
from course.playground import trained
from tests.panels import parts
from tests.wait import PATIENCE


@pytest.fixture(
    params=[name for name in parts.NAMES if "step" in parts.parameters(name)]
)
def stepped(request):
    panel = parts.make(request.param)
    parts.press(panel, "Reset")
    return panel


def test_play_reaches_the_end_at_each_speed(stepped):
    """Guards: Play that stops before the end, or never, where its steps don't divide it.

    The browser's player goes no further than its ``max``; a player that can go nowhere
    ends at once, and the kernel never hears of it.
    """
    for speed in stepped.speed.values:
        stepped.speed.box.value = speed
        stepped.look["step"].set(max(0, stepped.data.done - 27))
        parts.press(stepped, "Play")
        assert stepped.play_button.description == "Pause"
        while parts.plays(stepped):
            following = stepped.player.value + stepped.player.step
            assert following <= stepped.player.max
            stepped.player.value = following
        assert stepped.look["step"].value == stepped.data.done
        assert stepped.play_button.description == "Play"


def test_step_back_and_reset(stepped):
    """Guards: a button that goes another way; and past an end: see play.toml."""
    for label, step in [("Step", 1), ("Step", 2), ("Back", 1), ("Reset", 0)]:
        parts.press(stepped, label)
        assert stepped.look["step"].value == step
        assert f"step {step} of {stepped.data.done}" in parts.message(stepped)


def test_play_goes_to_the_players_value(training):
    """Guards: steps that the browser left out, a typed step, another speed, and what it
    still sends until it has heard that Play has ended."""
    parts.press(training, "Reset")
    parts.press(training, "Play")
    training.player.value = 17  # the values in between were skipped
    assert training.look["step"].value == 17
    training.look["step"].box.value = 5.0  # it goes on from here
    assert parts.plays(training)
    assert training.player.value == training.look["step"].value == 5
    training.speed.box.value = "5 steps"
    assert parts.plays(training) and training.player.step == 5
    parts.press(training, "Pause")
    training.player.value = 25
    assert not parts.plays(training) and training.look["step"].value == 5
    parts.press(training, "Play")  # from where it stands, whatever the player thinks
    assert training.player.value == training.look["step"].value == 5
    training.player.set_trait(host.PLAYING, False)  # as the browser says at its end
    assert training.play_button.description == "Play"


@pytest.mark.parametrize("names", [["value", host.PLAYING], [host.PLAYING, "value"]])
def test_the_last_value_counts_that_comes_with_the_end(training, names):
    """Guards: the browser puts both into one message when the kernel is busy."""
    parts.press(training, "Reset")
    parts.press(training, "Play")
    last = {"value": 30, host.PLAYING: False}
    training.player.set_state({name: last[name] for name in names})
    assert training.look["step"].value == 30 and "step 30 of 30" in parts.message(
        training
    )
    training.player.value = 12
    assert training.look["step"].value == 30


def test_fewer_units_offer_fewer_neurons(training):
    """Guards: a unit or a layer that the network no longer has."""
    training.look["neuron"].set((2, 1))
    training.work["hidden"].box.value = "4"
    assert training.look["neuron"].value == (0, 0)
    assert training.look["hidden_layer"].value in (0, 1)
    parts.assert_sound(training)


def test_a_seed_from_the_menu_is_trained():
    """Guards: who chooses a failed seed sees that seed, and other seeds stay at hand."""
    panel = parts.make(
        "training_panel", seeds={"dead layer": [3, 9], "flat": np.array([5])}
    )
    menu = panel.seed_menu.box
    first, *names = menu.options
    assert names == ["dead layer: seed 3", "dead layer: seed 9", "flat: seed 5"]
    menu.value = "flat: seed 5"
    assert panel.work["seed"].value == 5 and "seed=5" in panel.code
    np.testing.assert_array_equal(
        panel.data.loss, parts.training_run(seed=5, steps=30).loss
    )
    panel.work["seed"].set(4)
    assert menu.value == first and panel.work["seed"].value == 4
    menu.value = "flat: seed 5"
    assert panel.work["seed"].value == 5


def test_a_click_chooses_what_is_there(training):
    """Guards: another unit, sample or step; a click on an input, or beside, that does.

    The units are where their ellipses are drawn.
    """
    view, now = training.view, SimpleNamespace(step=30)

    def chosen(cell, at, right=0, up=0):
        x, y = view.axes[cell].transData.transform(at)
        return view.choose(training.data, x + right, view.size[1] - y - up, now)

    drawn = view.axes["network"].collections
    (nodes,) = [c for c in drawn if isinstance(c, EllipseCollection)]
    sizes = enumerate((2, 3, 3, 2, 1), -1)
    units = [(layer, unit) for layer, size in sizes for unit in range(size)]
    for at, unit in zip(nodes.get_offsets(), units, strict=True):
        for right in (0, 9):
            wanted = {"neuron": unit} if unit[0] >= 0 else {}
            assert chosen("network", at, right) == wanted
        assert chosen("network", at, -45) == {}
    for row, x in enumerate(mlp.SUM.X):
        for cell in ("surface", "neuron"):
            assert chosen(cell, x, 5, 5) == {"sample": row}
            assert chosen(cell, x, 22, 22) == {}
    for step in (0, 7, 30):
        assert chosen("loss", (step, 1)) == {"step": step}
    assert view.choose(training.data, 1, 400, now) == {"step": 0}
    assert view.choose(training.data, 600, 300, now) == {}  # the hidden space


def test_a_click_moves_the_controls(training):
    """Guards: the message of the browser, the menus, and the picture."""
    before, height = training.shown.png, training.view.size[1]
    x, y = training.view.axes["neuron"].transData.transform((1, 0))
    training.clicks._handle_custom_msg({"at": [x, height - y]}, [])
    assert training.look["sample"].value == 2 and "sample=2" in training.code
    assert training.shown.png != before
    training.clicks._handle_custom_msg({"at": [1e9, 1]}, [])
    assert "IndexError" not in parts.message(training)


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
    parts.tell_each_part(training)
    return training


@pytest.mark.timed
def test_long_work_shows_its_progress_and_can_be_stopped(slow):
    """Guards: a kernel that is held, and a chosen step that a part has not reached.

    On a slow machine a new setting led from the middle of a run to its end. After Stop
    nothing is trained, and nothing lost.
    """

    async def main():
        slow.work["steps"].set(900)
        assert is_busy(slow) and 0 < slow.progress.value < 1
        await come(lambda: not is_busy(slow))
        assert slow.data.done == 900 and "step 900 of 900" in parts.message(slow)
        np.testing.assert_array_equal(
            slow.data.loss, parts.training_run(steps=900).loss
        )
        slow.look["step"].set(850)
        slow.work["seed"].set(4)
        assert slow.look["step"].value == slow.data.done < 850
        await come(lambda: not is_busy(slow))
        assert slow.data.done == 900 and slow.look["step"].value == 850
        assert "step 850 of 900" in parts.message(slow)
        slow.work["steps"].set(9000)
        await come(lambda: slow.data.done >= 200)
        parts.press(slow, "Stop")
        await parts.let_parts_come()

    asyncio.run(main())
    assert not is_busy(slow) and 200 <= slow.data.done < 9000
    assert f"Stopped. step {slow.look['step'].value} of 9000" in parts.message(slow)


@pytest.mark.timed
def test_a_newer_setting_ends_older_work(slow):
    """Guards: parts of two runs, and a picture that comes back over the words of an
    error."""

    def fails(**settings):
        raise ValueError("no such run")

    async def main():
        slow.work["steps"].set(9000)
        slow.work["seed"].set(4)
        slow.work["steps"].set(500)
        await come(lambda: not is_busy(slow))
        wanted = parts.training_run(seed=4, steps=500)
        np.testing.assert_array_equal(slow.data.loss, wanted.loss)
        slow.work["steps"].set(9000)
        done, slow.compute = slow.data.done, fails
        slow.work["seed"].set(5)
        await parts.let_parts_come()
        return done

    assert asyncio.run(main()) == slow.data.done and not is_busy(slow)
    assert "no such run" in parts.message(slow)


def test_scrubbing_does_not_grow_the_kernel(training, monkeypatch):
    """Guards: widgets, axes and pictures of texts that pile up while it plays."""
    monkeypatch.setattr(QuickRenderer, "most", 50)
    monkeypatch.setattr(QuickRenderer, "shapes", {})
    before = len(parts.OPEN)
    for step in range(12):
        training.look["step"].set(step)
    assert len(parts.OPEN) == before
    assert len(QuickRenderer.shapes) <= QuickRenderer.most
    assert len(training.view.figure.axes) == len(training.view.cells)


def test_as_trained_shows_the_sample_of_the_step():
    """Guards: the numbers in the units, and the ring, are those of another sample."""
    panel = parts.make("training_panel", seed=5)
    rng = np.random.default_rng(5)
    mlp.initialize(rng=rng)
    rows = mlp.draw_samples(rng, 4, 30)[:, 0]
    for step in range(1, 31, 4):
        panel.look["step"].set(step)
        x0, x1 = mlp.SUM.X[rows[step - 1]]
        assert f"its numbers for the input ({x0:g}, {x1:g});" in panel.shown.alt
        ring = panel.view.axes["surface"].lines[-1].get_xydata()
        np.testing.assert_array_equal(ring, [[x0, x1]])


def test_the_previous_run_stays_for_comparison(training):
    """Guards: a curve that is not there, or that of a run before."""
    for seed in (1, 2):
        before = training.data.curve()
        training.work["seed"].set(seed)
        lines = training.view.axes["loss"].lines
        drawn = {line.get_label(): line.get_ydata() for line in lines}
        np.testing.assert_allclose(drawn["previous run"], before)
        np.testing.assert_allclose(drawn["this run"], training.data.curve())


X = np.random.default_rng(0).uniform(-1, 1, (200, 2))
OWN = mlp.Task("own", X, (X**2).sum(axis=1, keepdims=True))
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
def test_nothing_runs_out_of_its_cell_or_over_its_neighbour(name):
    """Guards titles that were cut, points over other pictures, 'direction 2' over the
    numbers of its ticks, and a mark above the end of the curve."""
    panel = parts.make("training_panel", **{"steps": 300, **FULL[name]})
    renderer = panel.view.canvas.get_renderer()
    for step in (0, panel.data.done // 2, panel.data.done):
        panel.look["step"].set(step)
        for layer in panel.look["hidden_layer"].values:
            panel.look["hidden_layer"].set(layer)
            parts.assert_all_inside(panel.view)
            for cell in ("hidden", "loss", "surface", "neuron"):
                axis = panel.view.axes[cell].yaxis
                label = axis.label.get_window_extent(renderer)
                low, high = sorted(axis.get_view_interval())
                for tick in axis.get_major_ticks():
                    if low <= tick.get_loc() <= high:
                        left = tick.label1.get_window_extent(renderer).x0
                        assert left > label.x1, cell
    ax = panel.view.axes["loss"]
    curve, _, mark = ax.lines[-3:]
    np.testing.assert_array_equal(mark.get_xydata()[0], curve.get_xydata()[-1])
    ax.set_title("step 1000000: loss below 0.0001")  # the longest that there is
    parts.assert_all_inside(panel.view)


@pytest.mark.parametrize(
    "given",
    [
        {"task": mlp.XOR, "seed": 1},
        {"learning_rate": 0.5, "batch_size": 4, "activation": "tanh", "alpha": 0.3},
        {"scheme": "he", "hidden": (2,), "batch_size": None, "bug": True, "step": 7},
    ],
)
def test_a_page_is_told_the_very_run(given):
    """Guards: in the book other first weights, other samples, or another step."""
    panel = parts.make("training_panel", **given)
    run = panel._repr_mimebundle_()[1]["image/png"]["run"]
    shown = panel.data.at(panel.look["step"].value)
    there = trained(**run)
    assert there.step == panel.look["step"].value
    np.testing.assert_allclose(join(there.params), join(shown), rtol=0, atol=1e-9)


def test_no_page_is_told_of_what_it_lacks():
    """Guards: a playground without the task, the alpha or the menu that is asked for."""
    own = mlp.Task("AND", mlp.XOR.X, mlp.XOR.Y.copy())
    for given in ({"task": own}, {"alpha": 0.0}, {"seeds": {"flat": [441]}}):
        _, metadata = parts.make("training_panel", **given)._repr_mimebundle_()
        assert {*metadata["image/png"]} == {"alt"}
