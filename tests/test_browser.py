"""The course in a real browser: JupyterLab, its kernel, Chromium, keys and a mouse.

Needs Chromium. Without it these tests are skipped, unless REQUIRE_BROWSER_TESTS is set,
as in .ci/run. Each notebook is opened once, in a copy that holds what a hand-out holds,
and all of its tests run on that page. What every panel does alike is tested with the
training panel of notebook 6.
"""

import base64
import io
import itertools
import math
import re
import time

import numpy as np
import pytest
from PIL import Image

import mlp_core as mlp
from course import panels
from course.lessons.bug_lab.panel import bug_lab
from course.panels.controls import Choice, Number
from course.tools import find_notebooks, live
from course.tools.live import PATIENCE, expect

NAMES = [path.stem for path in find_notebooks([])]
# The same object as in NAMES: by that, older versions of pytest know that a fixture's
# parameter is still the same, and don't open the notebook anew.
TRAINING = [name for name in NAMES if name == "06_xor_task"]

each_notebook = pytest.mark.parametrize("notebook", NAMES, indirect=True)
in_notebook_6 = pytest.mark.parametrize("notebook", TRAINING, indirect=True)


# 1. Browser, server, notebook, panel ----------------------------------------------------


@pytest.fixture(scope="module")
def lab(browser, remember_sweeps):
    with live.lab(remember_sweeps) as server:
        yield server


@pytest.fixture(scope="module")
def notebook(request, browser, lab):
    """A notebook in which all cells were run."""
    notebook = live.Notebook(browser, lab, request.param)
    notebook.page.set_default_timeout(1000 * PATIENCE)
    notebook.run_all()
    yield notebook
    notebook.close()


@pytest.fixture
def all_panels(notebook):
    found = [Panel(notebook, cell) for cell in notebook.panels()]
    assert found, "no panel in this notebook"
    return found


@pytest.fixture
def panel(notebook):
    """The first panel of the notebook, made anew by its cell."""
    cell = notebook.panels()[0]
    notebook.run(cell)
    return Panel(notebook, cell)


class Panel:
    """A panel on the page, seen as a user sees it: by labels, roles and texts."""

    def __init__(self, notebook, cell):
        self.cell, self.page = cell, notebook.page
        self.root = notebook.show(cell)
        self.picture = self.root.get_by_role("img")
        self.status = self.root.get_by_role("status").first  # the lab has two
        self.code = self.box("settings")
        self.picture.wait_for()

    def box(self, label):
        """A control, by its name."""
        return self.root.get_by_label(label, exact=True)

    def button(self, name):
        return self.root.get_by_role("button", name=name, exact=True)

    def slider(self, label):
        """The slider beside the number box of that name."""
        pair = self.root.locator(".widget-hbox:has(> .widget-slider)")
        label = self.page.get_by_label(label, exact=True)
        return pair.filter(has=label).get_by_role("slider")

    def type(self, label, words):
        self.box(label).fill(str(words))
        self.box(label).press("Enter")

    def drag(self, label, part, moves=25):
        """Drag a slider with the mouse to a part of its way, 0 to 1."""
        mouse, handle = self.page.mouse, self.slider(label)
        handle.scroll_into_view_if_needed()
        start, way = handle.bounding_box(), self._way(handle)
        y = start["y"] + start["height"] / 2
        mouse.move(start["x"] + start["width"] / 2, y)
        mouse.down()
        mouse.move(way["x"] + part * way["width"], y, steps=moves)
        mouse.up()

    def _way(self, handle):
        return handle.locator("xpath=ancestor::*[@class='noUi-base']").bounding_box()

    def set(self, **settings):
        """Wait until the panel names these settings."""
        for name, value in settings.items():
            part = re.compile(rf"\b{name}={re.escape(repr(value))}[,)]")
            expect(self.code).to_have_value(part)

    def setting(self, name):
        """A setting as it stands in the line of code that the panel offers."""
        value = re.search(rf"\b{name}=([^,)]*)", self.code.input_value())
        return float(value[1])

    def new_picture(self, action):
        """Do something and wait for another picture and another alt text."""
        before = self.picture.evaluate("img => [window.before = img.src, img.alt][1]")
        action()
        new = "img => img.isConnected && img.src !== window.before"
        wait_until(lambda: self.picture.evaluate(new), "the picture stayed the same")
        expect(self.picture).not_to_have_attribute("alt", before)


def wait_until(condition, otherwise):
    """Ask again and again until the condition holds; ``otherwise`` tells what is wrong."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            pytest.fail(otherwise if isinstance(otherwise, str) else otherwise())
        time.sleep(0.05)


_twins = {}  # a line of code -> the panel that it makes; only the last one is kept


def rebuild(code):
    """Run the line of Python that a panel offers; return such a panel, made here."""
    if code not in _twins:
        while _twins:
            _twins.popitem()[1].close()
        _twins[code] = eval(code, {"panels": panels, "bug_lab": bug_lab, "mlp": mlp})
    return _twins[code]


# What the page shows: texts, and for each label the value, choice or tick beside it.
READ = """root => {
    const label = field => field.labels?.[0]?.textContent;
    const fields = [...root.querySelectorAll('input, select')].filter(label);
    const pairs = [...root.querySelectorAll('.widget-hbox:has(> .widget-slider)')];
    const slider = pair =>  // aria-valuenow has one decimal only
        +pair.querySelector('[role=slider]').getAttribute('aria-valuetext');
    const shown = field => field.matches('[type=checkbox]') ? field.checked
        : field.selectedOptions ? field.selectedOptions[0]?.text.replace(/\\s/g, ' ')
        : field.value;
    return {
        line: root.querySelector('[role=status]')?.textContent.trim(),
        alt: root.querySelector('img')?.alt,
        fields: Object.fromEntries(fields.map(field => [label(field), shown(field)])),
        sliders: Object.fromEntries(
            pairs.map(pair => [label(pair.querySelector('input')), slider(pair)])),
    } }"""


def assert_agrees(panel, **settings):
    """All parts of the panel come to show these settings, and what belongs to them.

    A slider shows a move at once, the rest follows when the kernel has answered. So all
    has arrived when all agrees.
    """
    panel.set(**settings)
    wait_until(lambda: not differences(panel), lambda: "; ".join(differences(panel)))


def differences(panel) -> list:
    """What differs between a panel and one that its own line of Python makes here."""
    page = panel.root.evaluate(READ)
    twin = rebuild(page["fields"]["settings"])
    pairs = [
        ("line", page["line"], twin.shown.line),
        ("alt", page["alt"], twin.shown.alt),
    ]
    for control in twin.controls.values():
        label = control.box.description
        shown, wanted = page["fields"][label], control.value
        if isinstance(control, Number):
            pairs.append((f"slider {label}", page["sliders"][label], place(control)))
            shown = float(shown)
        elif isinstance(control, Choice):
            wanted = control.box.options[control.box.index]
        elif isinstance(wanted, tuple):
            wanted = ", ".join(map(str, wanted))
        pairs.append((label, shown, wanted))
    return [f"{name}: {a}, not {b}" for name, a, b in pairs if not is_same(a, b)]


def place(number):
    """Where a slider stands for a number: at its end if the number is outside."""
    inside = min(max(number.value, number.low), number.high)
    return math.log10(inside) if number.log else inside


def is_same(a, b):
    """Equal; numbers may differ by half a step of a slider (0.02 where logarithmic)."""
    return abs(a - b) <= 0.0101 if isinstance(b, float) else a == b


# 2. All notebooks ---------------------------------------------------------------------


@each_notebook
def test_every_cell_runs_without_an_error(notebook):
    """Guards: the notebook works in JupyterLab as it is handed out."""
    for cell in notebook.cells():
        if cell["cell_type"] == "code" and cell["source"].strip():
            assert cell["execution_count"], f"was not run: {cell['source']}"
            for output in cell["outputs"]:
                assert output["output_type"] != "error", output
                assert output.get("name") != "stderr", output


@each_notebook
def test_every_picture_loads(notebook):
    """Guards: pictures of images/ are found from the notebook's folder."""
    for index, cell in enumerate(notebook.cells()):
        if cell["cell_type"] == "markdown" and "<img " in "".join(cell["source"]):
            picture = notebook.show_cell(index).locator("img").first
            wait_until(
                lambda picture=picture: picture.evaluate("img => img.naturalWidth") > 0,
                f"a picture of cell {index} didn't load",
            )


@each_notebook
def test_every_setting_has_a_named_control(notebook, all_panels):
    """Guards: who can't see the page can find and name every control."""
    for panel in all_panels:
        tree = accessible(panel)
        fields = [(role, name) for role, name in tree if role in FIELDS]
        names = [name for _, name in fields]
        assert not [name for name in names if not re.search(r"[a-zA-Z]", name)]
        assert len(names) == len(set(names)), "two controls have the same name"
        twin = rebuild(panel.code.input_value())
        for control in twin.controls.values():
            assert control.box.description in names


@each_notebook
def test_a_slider_without_a_name_follows_a_number_box_with_one(notebook, all_panels):
    """Guards: ipywidgets gives sliders no name, so the box before it must tell it."""
    for panel in all_panels:
        tree = [node for node in accessible(panel) if node[0] in (*FIELDS, "slider")]
        for before, (role, name) in itertools.pairwise(tree):
            if role == "slider" and not name:
                assert before[0] == "spinbutton" and before[1]


@each_notebook
def test_picture_and_status_speak(notebook, all_panels):
    """Guards: the picture has its words; a change of the status is announced."""
    for panel in all_panels:
        expect(panel.picture).to_have_attribute("alt", re.compile(".{60}", re.DOTALL))
        expect(panel.status).to_have_attribute("aria-live", "polite")
        expect(panel.status).to_have_text(re.compile(r"\d"))


FIELDS = ("spinbutton", "combobox", "textbox", "checkbox", "button", "radio")


def accessible(panel):
    """The (role, name) of all nodes in the browser's accessibility tree of a panel."""
    panel.root.scroll_into_view_if_needed()
    client = panel.page.context.new_cdp_session(panel.page)
    # In a long notebook a cell out of sight has no nodes, until it was drawn again.
    panel.root.evaluate(
        """async root => {
            for (const frame of [1, 2, 3]) await new Promise(requestAnimationFrame);
            window.panelRoot = root }"""
    )
    root = client.send("Runtime.evaluate", {"expression": "window.panelRoot"})
    place = {"objectId": root["result"]["objectId"]}
    nodes = client.send("Accessibility.queryAXTree", place)["nodes"]
    client.detach()
    nodes = [node for node in nodes if not node["ignored"]]
    assert nodes, "the panel has no accessible nodes: is it on the page?"
    return [(node["role"]["value"], node["name"]["value"].strip()) for node in nodes]


CUT = """async root => {
    for (const frame of [1, 2]) await new Promise(requestAnimationFrame);
    const cut = root.clientWidth ? [] : ['not on the page'];
    const right = root.parentElement.getBoundingClientRect().right + 1;
    for (const each of [root, ...root.querySelectorAll('*')]) {
        const box = each.getBoundingClientRect();
        const name = each.labels?.[0]?.textContent ?? (each.className || each.tagName);
        if (!box.width || each.closest('.slider, option')) continue;
        if (box.right > right) cut.push(name + ' is beyond the edge');
        const clips = getComputedStyle(each).overflow !== 'visible';
        const holds = each.matches('label, button, input:not([type=checkbox])');
        if (name === 'settings' || !(clips || holds)) continue;
        if (each.scrollWidth > each.clientWidth + 1) cut.push(name + ' is too narrow');
        if (each.scrollHeight > each.clientHeight + 1) cut.push(name + ' is too low');
    }
    for (const menu of root.querySelectorAll('select')) {
        const copy = menu.cloneNode(true);  // as wide as its longest option
        copy.style.cssText = 'position:absolute; width:auto; flex:none; min-width:0';
        menu.after(copy);
        if (copy.offsetWidth > menu.offsetWidth) cut.push(menu.value + ': menu too narrow');
        copy.remove();
    }
    return cut }"""


@each_notebook
@pytest.mark.parametrize("alone", [False, True], ids=["file browser", "alone"])
def test_nothing_is_cut_on_a_projector(notebook, all_panels, alone):
    """Guards: at 1280x720 all of a panel is there, beside the file browser too."""
    notebook.give_room(alone)
    for panel in all_panels:
        panel.root.scroll_into_view_if_needed()
        assert panel.root.evaluate(CUT) == []


# From the controls above the picture down to the words of the status line.
SPAN = """root => {
    const words = document.createRange();
    words.selectNodeContents(root.querySelector('[role=status]'));
    const notebook = root.closest('.jp-WindowedPanel-outer').clientHeight;
    const top = root.getBoundingClientRect().top;
    return [words.getBoundingClientRect().bottom - top, notebook] }"""


@each_notebook
def test_controls_picture_and_status_are_seen_at_once(notebook, all_panels):
    """Guards: who moves a slider on a projector sees picture and words, unscrolled."""
    notebook.give_room(True)
    for panel in all_panels:
        span, room = panel.root.evaluate(SPAN)
        assert span <= room


@each_notebook
def test_every_slider_by_keyboard(notebook, all_panels):
    """Guards: an arrow key moves each slider, and all of the panel follows."""
    for panel in all_panels:
        for name, label in numbers_of(panel):
            before = panel.setting(name)
            handle = panel.slider(label)
            handle.press("ArrowLeft" if is_at_end(handle) else "ArrowRight")
            wait_until(
                lambda panel=panel, name=name, before=before: (
                    panel.setting(name) != before
                ),
                f"{label} did not move",
            )
        assert_agrees(panel)


def numbers_of(panel):
    """The (name, label) of each setting with a slider."""
    twin = rebuild(panel.code.input_value())
    return [
        (name, control.label)
        for name, control in twin.controls.items()
        if isinstance(control, Number)
    ]


def is_at_end(handle):
    now, last = (handle.get_attribute(f"aria-value{end}") for end in ("now", "max"))
    return float(now) >= float(last)


# 3. The training panels -----------------------------------------------------------------


@in_notebook_6
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


@in_notebook_6
def test_typed_numbers_count_outside_the_slider_too(panel):
    """Guards: the boxes take each valid number, and the slider waits at its end."""
    panel.new_picture(lambda: panel.type("learning rate", "0.0375"))
    assert_agrees(panel, learning_rate=0.0375, seed=int(panel.setting("seed")))
    panel.new_picture(lambda: panel.type("seed", 12345))
    assert_agrees(panel, learning_rate=0.0375, seed=12345)
    panel.new_picture(lambda: panel.type("step", 17))
    assert_agrees(panel, seed=12345, step=17)


@in_notebook_6
def test_wrong_number_is_refused_in_words(panel):
    """Guards: a mistake is told, and the last good number comes back."""
    panel.type("learning rate", -1)
    expect(panel.status).to_contain_text("must be above 0")
    expect(panel.box("learning rate")).to_have_value("0.2")
    panel.type("seed", 3)
    assert_agrees(panel, learning_rate=0.2, seed=3)


@in_notebook_6
def test_divergence_is_told_and_left_again(panel):
    """Guards: numbers that explode are told in words, and don't harm what follows."""
    panel.type("learning rate", 50)
    expect(panel.status).to_contain_text(re.compile(r"diverged at step \d+: lower the"))
    assert_agrees(panel, learning_rate=50.0)
    panel.type("learning rate", 0.1)
    expect(panel.status).not_to_contain_text("diverged")
    assert_agrees(panel, learning_rate=0.1)


@in_notebook_6
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


@in_notebook_6
def test_play_and_pause(panel):
    """Guards: Play goes forwards, tells each picture's step, and Pause holds it there."""
    panel.button("Reset").click()
    panel.set(step=0)
    panel.button("Play").click()
    expect(panel.button("Pause")).to_be_visible()
    seen = [0.0]
    while len(seen) < 4:
        wait_until(lambda: panel.setting("step") > seen[-1], f"Play stays at {seen}")
        seen.append(panel.setting("step"))
    panel.button("Pause").click()
    expect(panel.button("Play")).to_be_visible()
    assert_agrees(panel)
    assert panel.setting("step") < 2000


@in_notebook_6
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


@in_notebook_6
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


@in_notebook_6
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


@in_notebook_6
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


@in_notebook_6
def test_running_the_cell_again_replaces_the_panel(notebook, panel):
    """Guards: one panel stands under a cell, in the state that the cell tells."""
    before = int(panel.setting("seed"))
    panel.type("seed", before + 5)
    panel.set(seed=before + 5)
    notebook.run(panel.cell)
    expect(panel.root).to_have_count(1)
    assert_agrees(panel, seed=before)


# 4. While a slider is dragged -----------------------------------------------------------

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


@in_notebook_6
@pytest.mark.parametrize("label", ["learning rate", "step"])
def test_no_blank_frame_while_dragging(panel, label):
    """Guards: the old picture stands until the new one does. Each frame is looked at."""
    panel.root.evaluate(RECORD)
    for part in (0.9, 0.1, 0.6):
        panel.drag(label, part)
    assert_agrees(panel)
    seen = panel.page.evaluate(SEEN)
    assert seen["blank"] == []
    assert seen["pictures"] >= 4 and seen["frames"] > seen["pictures"]


@in_notebook_6
def test_no_blank_picture_in_a_screencast_while_dragging(panel):
    """Guards: what the browser really painted never lacked the picture."""
    place = panel.picture.bounding_box()
    with Screencast(panel.page) as cast:
        for part in (0.2, 0.6):
            panel.drag("step", part)
        assert_agrees(panel)
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


@in_notebook_6
@pytest.mark.parametrize("label", ["seed", "step"])
def test_after_a_drag_the_last_value_wins_at_once(panel, label):
    """Guards: no queue of old values is worked off after the mouse was let go."""
    for part in (0.9, 0.15, 0.7):
        panel.drag(label, part, moves=30)
    panel.root.evaluate(RECORD)
    assert_agrees(panel)
    # The picture before, what was at work when the mouse let go, and the last value;
    # two more because a slider and its box are two.
    assert panel.page.evaluate(SEEN)["pictures"] <= 5
    handle = panel.slider(label)
    now, first, last = (
        float(handle.get_attribute(f"aria-value{end}")) for end in ("now", "min", "max")
    )
    assert abs((now - first) / (last - first) - 0.7) < 0.1


@each_notebook
def test_console_has_no_error(notebook):
    """Guards: the page works without a complaint (this test runs last of a notebook)."""
    assert notebook.complaints == []
