"""The training panel in a real browser: what every panel does alike.

It stands in a notebook of its own, since those of the course take their time to run.
"""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

import mlp_core as mlp
from tests import live
from tests.browser.panel_on_page import Panel, assert_agrees, rebuild
from tests.live import expect
from tests.wait import wait_until

pytestmark = pytest.mark.timed

CELLS = [
    "import sys; sys.path.insert(0, '..'); import mlp_core as mlp; from course import panels",
    "panels.training_panel(task=mlp.XOR, seed=8, seeds={'look at these': [8, 12]})",
]


@pytest.fixture(scope="module")
def notebook(write_notebook, open_notebook):
    """A notebook with the panel, in which all cells were run."""
    write_notebook("panel", CELLS)
    with open_notebook("panel") as notebook:
        yield notebook


@pytest.fixture
def panel(notebook):
    """The panel, made anew by its cell."""
    (cell,) = notebook.panels()
    notebook.run(cell)
    return Panel(notebook, cell)


def test_a_click_on_the_picture_chooses(notebook, panel):
    """Guards: where the click lands, also if a narrow page shrinks the picture."""
    twin = rebuild(panel.code.input_value())
    for width in (1280, 900):
        panel.page.set_viewport_size({"width": width, "height": 720})
        shown = panel.picture.bounding_box()
        scale = shown["width"] / twin.view.size[0]
        for row in (1, 2):
            x, y = twin.view.axes["surface"].transData.transform(mlp.XOR.X[row])
            at = {"x": x * scale, "y": (twin.view.size[1] - y) * scale}
            panel.picture.click(position=at)
            panel.set(sample=row)
    panel.page.set_viewport_size(live.SIZE)


def test_no_key_of_jupyterlab_is_hit(notebook, panel):
    """Guards: d, d after a drag or a click, which deletes the panel with its cell."""
    cells = len(notebook.cells())
    for part in (panel.slider("seed"), panel.button("Step"), panel.box("activation")):
        part.focus()
        for key in "ddxabcy":
            panel.page.keyboard.press(key)
    assert len(notebook.cells()) == cells
    before = panel.setting("seed")
    panel.slider("seed").press("ArrowRight")  # its own keys stay
    wait_until(lambda: panel.setting("seed") != before, "the slider did not move")


def test_a_slider_at_its_end_moves_nothing(panel):
    """Guards: a scrollbar below it, which pushes the picture down."""
    before = panel.picture.bounding_box()
    panel.type("alpha", 23)
    panel.set(alpha=23.0)
    assert panel.picture.bounding_box() == before


# 1. Its settings and buttons ----------------------------------------------------------


@pytest.mark.parametrize("label", ["learning rate", "seed", "step"])
@pytest.mark.parametrize("way", ["keyboard", "mouse"])
def test_slider_changes_picture_words_and_numbers(panel, label, way):
    """Guards: a slider reaches the kernel, and its answer reaches all of the panel."""
    name = label.replace(" ", "_")
    before = panel.setting(name)
    if way == "keyboard":
        key = {"learning rate": "Home", "seed": "ArrowRight", "step": "ArrowLeft"}
        panel.new_picture(lambda: panel.slider(label).press(key[label]))
    else:
        panel.new_picture(lambda: panel.drag(label, 0.3))
    wait_until(lambda: panel.setting(name) != before, f"{label} did not change")
    assert_agrees(panel)


def test_typed_numbers_count_outside_the_slider_too(panel):
    """Guards: the boxes take each valid number, and the slider waits at its end."""
    panel.new_picture(lambda: panel.type("learning rate", "0.0375"))
    assert_agrees(panel, learning_rate=0.0375, seed=int(panel.setting("seed")))
    panel.new_picture(lambda: panel.type("seed", 12345))
    assert_agrees(panel, learning_rate=0.0375, seed=12345)
    panel.new_picture(lambda: panel.type("step", 17))
    assert_agrees(panel, seed=12345, step=17)


def test_the_mouse_wheel_scrolls_and_changes_no_number(panel):
    """Guards: who scrolls on from a box that was clicked trained another network."""
    box, seed = panel.box("seed"), panel.setting("seed")
    box.click()
    before = box.bounding_box()
    panel.page.mouse.wheel(0, 40)
    wait_until(
        lambda: box.bounding_box() != before or box.input_value() != f"{seed:.0f}",
        "the page did not scroll",
    )
    expect(box).to_have_value(f"{seed:.0f}")
    box.press("ArrowUp")  # arrow keys work as before
    assert_agrees(panel, seed=int(seed) + 1)


def test_wrong_number_is_refused_in_words(panel):
    """Guards: a mistake is told, and the last good number comes back."""
    panel.type("learning rate", -1)
    expect(panel.status).to_contain_text("must be above 0")
    expect(panel.box("learning rate")).to_have_value("0.2")
    panel.type("seed", 3)
    assert_agrees(panel, learning_rate=0.2, seed=3)


def test_divergence_is_told_and_left_again(panel):
    """Guards: numbers that explode are told in words, and don't harm what follows."""
    panel.type("learning rate", 50)
    expect(panel.status).to_contain_text(re.compile(r"diverged at step \d+: lower the"))
    assert_agrees(panel, learning_rate=50.0)
    panel.type("learning rate", 0.1)
    expect(panel.status).not_to_contain_text("diverged")
    assert_agrees(panel, learning_rate=0.1)


def test_step_back_and_reset(panel):
    """Guards: the buttons go to the steps that they name, and Reset to the same start."""
    panel.new_picture(panel.button("Reset").click)
    assert_agrees(panel, step=0)
    start = panel.picture.get_attribute("src")
    for name, step in [("Step", 1), ("Step", 2), ("Back", 1)]:
        panel.new_picture(panel.button(name).click)
        assert_agrees(panel, step=step)
    panel.new_picture(panel.button("Reset").click)
    assert_agrees(panel, step=0)
    assert panel.picture.get_attribute("src") == start, "not the same start"


# What Play has when the page has heard that it ended; it is hidden behind our button.
STANDS = ".widget-play .fa-play"


def test_play_and_pause(panel):
    """Guards: Play goes forwards, tells each picture's step, and Pause holds it there."""
    panel.button("Reset").click()
    panel.set(step=0)
    panel.box("speed").select_option("1 step")  # ten minutes to the end
    panel.button("Play").click()
    expect(panel.button("Pause")).to_be_visible()
    seen = [0.0]
    while len(seen) < 4:
        wait_until(lambda: panel.setting("step") > seen[-1], f"Play stays at {seen}")
        seen.append(panel.setting("step"))
    panel.button("Pause").click()
    expect(panel.button("Play")).to_be_visible()
    expect(panel.root.locator(STANDS)).to_be_attached()
    assert_agrees(panel)
    step = int(panel.setting("step"))
    assert step < 2000
    panel.assert_stands(step)


def test_reset_while_it_plays_stays_at_the_start(panel):
    """Guards: values that the player sends after Reset was pressed."""
    panel.type("steps", 20_000)
    panel.set(steps=20_000)
    panel.box("speed").select_option("5 steps")  # five minutes to the end
    for _ in range(5):
        panel.button("Reset").click()
        panel.set(step=0)
        panel.button("Play").click()
        wait_until(lambda: 20 < panel.setting("step") < 20_000, "Play does not play")
        panel.button("Reset").click()
        panel.set(step=0)
        expect(panel.button("Play")).to_be_visible()
        expect(panel.root.locator(STANDS)).to_be_attached()
        panel.assert_stands(0)
    assert_agrees(panel, step=2)


def test_long_training_can_be_stopped(panel):
    """Guards: long work shows how far it is, and Stop keeps what was learned."""
    panel.type("steps", 1_000_000)
    expect(panel.root.locator(".progress")).to_be_visible()
    panel.button("Stop").click()
    expect(panel.status).to_have_text(re.compile(r"Stopped\. step \d+ of 1000000"))
    expect(panel.button("Stop")).to_be_hidden()
    expect(panel.picture).to_have_attribute("alt", re.compile(r"after step [1-9]\d*:"))
    panel.type("steps", 2000)
    assert_agrees(panel, steps=2000)


def test_menu_tick_and_text_by_keyboard(panel):
    """Guards: keys alone reach the settings that have no slider."""
    panel.box("activation").focus()
    for key in ("Space", "ArrowDown", "Enter"):
        panel.page.keyboard.press(key)
    assert_agrees(panel, activation="relu")
    panel.box("with the original's bug").press("Space")
    assert_agrees(panel, activation="relu", bug=True)
    panel.type("hidden layers", "4 2")
    assert_agrees(panel, bug=True, hidden=(4, 2))
    panel.button("Reset").press("Enter")
    assert_agrees(panel, hidden=(4, 2), step=0)
    panel.button("Step").press("Space")
    assert_agrees(panel, hidden=(4, 2), step=1)


def test_run_is_saved_beside_the_notebook(lab, panel):
    """Guards: the buttons write the files that they name."""
    for ending in ("png", "svg", "csv", "npz"):
        panel.button(f"Save {ending.upper()}").click()
        expect(panel.status).to_have_text(f"Saved training.{ending}.")
        assert (lab.course / "notebooks" / f"training.{ending}").stat().st_size > 1000


FOCUSED = """root => {
    const here = document.activeElement;
    if (!root.contains(here)) return null;
    return here.labels?.[0]?.textContent ?? (here.textContent || here.role) }"""


def test_tab_reaches_every_control_in_turn(panel):
    """Guards: nobody is caught in a control, or can't get to one."""
    twin = rebuild(panel.code.input_value())
    wanted = [control.box.description for control in twin.controls.values()]
    wanted += ["Play", "Back", "Step", "Reset", "speed", "settings", "file", "Save PNG"]
    panel.box("learning rate").focus()
    reached = []
    while (name := panel.root.evaluate(FOCUSED)) is not None and len(reached) < 99:
        reached.append(name)
        panel.page.keyboard.press("Tab")
    assert set(wanted) <= set(reached)
    assert len(reached) < 99, f"caught at {name}"


def test_running_the_cell_again_replaces_the_panel(notebook, panel):
    """Guards: one panel stands under a cell, in the state that the cell tells."""
    before = int(panel.setting("seed"))
    panel.type("seed", before + 5)
    panel.set(seed=before + 5)
    notebook.run(panel.cell)
    expect(panel.root).to_have_count(1)
    assert_agrees(panel, seed=before)


# Heights: of all settings with the words, of the part of the page that is seen; then the
# sizes of labels.
SEEN_AT_ONCE = """root => {
    const top = root.getBoundingClientRect().top;
    const below = each => each.getBoundingClientRect().bottom - top;
    const words = root.querySelector('[role=status]');
    const fields = [...root.querySelectorAll('input, select, .widget-slider')];
    const is_tool = each => ['settings', 'file'].includes(each.labels?.[0]?.textContent);
    const labels = [...root.querySelectorAll('label, button')];
    const fonts = labels.map(each => parseFloat(getComputedStyle(each).fontSize));
    return {
        settings: Math.max(...fields.filter(each => !is_tool(each)).map(below)),
        words: below(words),
        room: root.closest('.jp-WindowedPanel-outer').clientHeight,
        fonts: [...new Set(fonts)]} }"""


def test_all_settings_picture_and_words_are_seen_at_once(notebook, panel):
    """Guards: on a projector no setting is out of sight, and labels can be read."""
    notebook.give_room(True)
    seen = panel.root.evaluate(SEEN_AT_ONCE)
    assert seen["settings"] < seen["words"] <= min(seen["room"], 640)
    assert min(seen["fonts"]) >= 15


RESTART = f"""() => {{ {live.PRELUDE}
    return it.context.sessionContext.session.kernel.restart() }}"""
ASLEEP = """root => {
    const before = each => getComputedStyle(each, '::before').content;
    const widgets = [...root.querySelectorAll('.jupyter-widgets')];
    const parts = [...root.children].filter(each => !each.matches('.widget-html'));
    return {
        words: before(root),
        icons: widgets.map(before).filter(each => each !== 'none'),
        opacity: Math.max(...parts.map(each => getComputedStyle(each).opacity)),
        pointer: getComputedStyle(root.querySelector('button')).pointerEvents} }"""


def test_after_a_restart_the_panel_says_that_it_sleeps(write_notebook, open_notebook):
    """Guards: a broken chain at each widget, and sliders that look alive."""
    write_notebook("asleep", CELLS)
    with open_notebook("asleep") as notebook:
        (cell,) = notebook.panels()
        panel = Panel(notebook, cell)
        awake = panel.root.evaluate(ASLEEP)
        assert (awake["words"], awake["opacity"]) == ("none", 1)
        notebook.page.evaluate(RESTART)
        asleep = panel.page.locator(".course-panel.jupyter-widgets-disconnected")
        expect(asleep).to_be_visible()
        told = asleep.evaluate(ASLEEP)
        assert "Asleep. Run the imports at the top, then this cell; or" in told["words"]
        assert told["icons"] == [] and told["pointer"] == "none"
        assert told["opacity"] < 0.5
        expect(panel.picture).to_be_visible()
        notebook.run_all()
        expect(asleep).to_have_count(0)
        Panel(notebook, cell).type("step", 12)
        assert_agrees(Panel(notebook, cell), step=12)


# 2. While a slider is dragged -----------------------------------------------------------

# Looks at the picture before each frame that the browser paints.
RECORD = """root => {
    const seen = window.seen = {frames: 0, blank: [], pictures: 0, src: ''};
    const look = () => {
        if (seen !== window.seen) return;
        const img = root.querySelector('img');
        const box = img?.getBoundingClientRect();
        const is_there = img?.complete && img.naturalWidth && box.height > 100;
        if (!is_there) seen.blank.push(img ? `${img.complete} ${box.height}` : 'no img');
        if (is_there && img.src !== seen.src) {
            seen.src = img.src;
            seen.pictures++;
        }
        seen.frames++;
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look) }"""
SEEN = "() => ({...window.seen, src: ''})"


@pytest.mark.parametrize("label", ["learning rate", "step"])
def test_no_blank_frame_while_dragging(panel, label):
    """Guards: the old picture stands until the new one does. Each frame is looked at."""
    panel.root.evaluate(RECORD)
    for count, part in enumerate((0.9, 0.1, 0.6), 1):
        panel.drag(label, part)
        wait_until(
            lambda count=count: panel.page.evaluate(SEEN)["pictures"] > count,
            "no new picture",
        )
    assert_agrees(panel)
    assert panel.page.evaluate(SEEN)["blank"] == []


def test_no_blank_picture_in_a_screencast_while_dragging(panel):
    """Guards: what the browser really painted never lacked the picture."""
    place = panel.picture.bounding_box()
    with Screencast(panel.page) as cast:
        for part in 20 * (0.2, 0.6):  # on a busy machine few of the frames are sent
            panel.drag("step", part)
            assert_agrees(panel)
            if len(cast.frames) >= 5:
                break
    assert len(cast.frames) >= 5
    shares = [ink(frame, place) for frame in cast.frames]
    assert min(shares) > 0.5 * max(shares)


class Screencast:
    """The frames that the browser paints, as JPEG."""

    def __init__(self, page):
        self.client, self.frames = page.context.new_cdp_session(page), []
        self.client.on("Page.screencastFrame", self._keep)

    def _keep(self, frame):
        self.frames.append(base64.b64decode(frame["data"]))
        self.client.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})

    def __enter__(self):
        self.client.send("Page.startScreencast", {"format": "jpeg", "quality": 60})
        return self

    def __exit__(self, *_):
        self.client.send("Page.stopScreencast")
        self.client.detach()


def ink(frame, place):
    """The share of pixels in a place that aren't white."""
    left, top = place["x"], place["y"]
    corners = left, top, left + place["width"], top + place["height"]
    grey = np.asarray(Image.open(io.BytesIO(frame)).convert("L").crop(corners))
    return (grey < 235).mean()


@pytest.mark.parametrize("label", ["seed", "step"])
def test_after_a_drag_the_last_value_wins_at_once(panel, label):
    """Guards: no queue of old values is worked off after the mouse was let go."""
    for part in (0.9, 0.15, 0.7):
        panel.drag(label, part, moves=30)
    panel.root.evaluate(RECORD)
    assert_agrees(panel)
    # The picture before, what was at work when the mouse let go, and the last value;
    # two more because a slider and its box are two. A queue would bring dozens.
    assert panel.page.evaluate(SEEN)["pictures"] <= 10
    handle = panel.slider(label)
    now, first, last = (
        float(handle.get_attribute(f"aria-value{end}")) for end in ("now", "min", "max")
    )
    assert abs((now - first) / (last - first) - 0.7) < 0.1


def test_console_has_no_error(notebook):
    """Guards: the page works without a complaint (this test runs last)."""
    assert notebook.complaints == []
