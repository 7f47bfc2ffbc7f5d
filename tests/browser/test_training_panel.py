"""The training panel in a real browser: what every panel does alike.

It stands in a notebook of its own, since those of the course take their time to run.
"""

import re

import pytest

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
def notebook(write_notebook, turn_to):
    """A notebook with the panel, in which all cells were run."""
    write_notebook("panel", CELLS)
    notebook = turn_to("panel")
    notebook.run_all()
    return notebook


@pytest.fixture
def panel(notebook):
    """The panel, made anew by its cell."""
    notebook.run(1)
    return Panel(notebook.show(1))


def test_a_drag_ends_where_the_mouse_let_go(write_notebook, turn_to):
    """Guards: a kernel that answers the first move when the last has been made, and so
    moves the slider back. It stands first, since the others share a notebook."""
    slow = """panel = panels.training_panel(task=mlp.XOR)
check = panel.work["learning_rate"].check
panel.work["learning_rate"].check = lambda value: [time.sleep(1.5), check(value)][1]
panel"""
    write_notebook("slow", [f"{CELLS[0]}; import time", slow])
    notebook = turn_to("slow")
    notebook.run_all()
    panel = Panel(notebook.show(1))
    panel.drag("learning rate", 0.5)
    near = pytest.approx(0.1, rel=0.1)
    wait_until(lambda: panel.setting("learning_rate") == near, panel.code.input_value)


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


def test_a_slider_at_its_end_moves_nothing(panel):
    """Guards: a scrollbar below it, which pushes the picture down."""
    before = panel.picture.bounding_box()
    panel.type("alpha", 23)
    panel.set(alpha=23.0)
    assert panel.picture.bounding_box() == before


def test_typed_numbers_count_or_are_refused_in_words(panel):
    """Guards: numbers outside the slider, and the last good one, which comes back."""
    panel.new_picture(lambda: panel.type("learning rate", "0.0375"))
    panel.new_picture(lambda: panel.type("seed", 12345))
    assert_agrees(panel, learning_rate=0.0375, seed=12345)
    panel.type("learning rate", -1)
    expect(panel.status).to_contain_text("must be above 0")
    expect(panel.box("learning rate")).to_have_value("0.0375")
    panel.type("learning rate", 50)
    assert_agrees(panel, learning_rate=50.0)


# What Play has when the page has heard that it ended; it is hidden behind our button.
STANDS = ".widget-play .fa-play"


@pytest.mark.parametrize("button, speed", [("Pause", "1 step"), ("Reset", "5 steps")])
def test_play_ends_where_a_button_ends_it(panel, button, speed):
    """Guards: pictures left out, and values that the player sends after it must stop."""
    panel.type("steps", 20_000)
    panel.set(steps=20_000)
    panel.box("speed").select_option(speed)  # five minutes to the end, or more
    for _ in range(2):
        panel.button("Reset").click()
        panel.set(step=0)
        panel.button("Play").click()
        expect(panel.button("Pause")).to_be_visible()
        for _ in range(3):
            step = panel.setting("step")
            wait_until(lambda step=step: panel.setting("step") > step, "it stands")
        assert panel.setting("step") < 20_000
        panel.button(button).click()
        expect(panel.button("Play")).to_be_visible()
        expect(panel.root.locator(STANDS)).to_be_attached()
        assert_agrees(panel)
        step = int(panel.setting("step"))
        assert (step == 0) == (button == "Reset")
        panel.assert_stands(step)


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


# Looks at the picture before each frame that the browser paints.
RECORD = """root => {
    const seen = window.seen = {blank: [], pictures: 0, src: ''};
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
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look) }"""
SEEN = "() => ({...window.seen, src: ''})"


@pytest.mark.parametrize("label", ["learning rate", "step"])
def test_the_picture_follows_a_drag_without_a_blank_frame(panel, label):
    """Guards: a flash, and a queue of old values after the mouse was let go."""
    panel.root.evaluate(RECORD)
    for part in (0.9, 0.15, 0.7):
        panel.drag(label, part, moves=30)
    let_go = panel.page.evaluate(SEEN)["pictures"]
    assert_agrees(panel)
    seen = panel.page.evaluate(SEEN)
    assert seen["blank"] == [] and seen["pictures"] > 1
    # What was at work when the mouse let go, and the last value; two more because a
    # slider and its box are two. A queue would bring dozens.
    assert seen["pictures"] - let_go <= 9
    handle = panel.slider(label)
    now, first, last = (
        float(handle.get_attribute(f"aria-value{end}")) for end in ("now", "min", "max")
    )
    assert abs((now - first) / (last - first) - 0.7) < 0.1


ASLEEP = """root => {
    const before = each => getComputedStyle(each, '::before').content;
    const parts = [...root.children].filter(each => !each.matches('.widget-html'));
    const widgets = [...root.querySelectorAll('.jupyter-widgets')];
    return {
        words: before(root),
        icons: widgets.map(before).filter(each => each !== 'none'),
        opacity: Math.max(...parts.map(each => getComputedStyle(each).opacity)),
        pointer: getComputedStyle(root.querySelector('button')).pointerEvents} }"""


def test_after_a_restart_the_panel_says_that_it_sleeps(notebook, panel):
    """Guards: a broken chain at each widget, and sliders that look alive.

    Until then the page had no complaint: so this test stands last.
    """
    assert notebook.complaints == []
    assert panel.root.evaluate(ASLEEP)["words"] == "none"
    notebook.restart()
    asleep = panel.page.locator(".course-panel.jupyter-widgets-disconnected")
    expect(asleep).to_be_visible()
    told = asleep.evaluate(ASLEEP)
    assert "Asleep. Run the imports at the top, then this cell; or" in told["words"]
    assert told["icons"] == [] and told["pointer"] == "none"
    assert told["opacity"] < 0.5
    expect(panel.picture).to_be_visible()
    notebook.run_all()
    expect(asleep).to_have_count(0)
    again = Panel(notebook.show(1))
    again.type("step", 12)
    assert_agrees(again, step=12)
