"""The drawing pad in JupyterLab: by mouse, by finger, by keys, and when Python is busy."""

import re

import numpy as np
import pytest

from tests import live
from tests.live import expect

pytestmark = [pytest.mark.timed, pytest.mark.once]

# What reads here is no network: it says how many columns have ink, with 82 %.
CELLS = [
    """import sys; sys.path.insert(0, ".."); import json, os, time, numpy as np
from course.lessons.your_network.pad import DigitPad
seen = []
def columns(X):
    seen.append(X)
    P = np.full((1, 10), 0.02)
    P[0, (X.reshape(8, 8) > 0.5).any(axis=0).sum()] = 0.82
    return P
def waits(X):
    while not os.path.exists("free"):
        time.sleep(0.01)
    return columns(X)""",
    "pad = DigitPad(columns); pad",
    "print(json.dumps((16 * pad.X[0]).tolist()), pad)",
    "pad",
    "pad.read = lambda X: X @ np.ones((3, 3))",
    "pad.read = waits; seen.clear()",
    "print(len(seen))",
]
PAD, TELL, AGAIN, BREAK, HOLD, COUNT = range(1, 7)
UPRIGHT = [(0.5, 0.1), (0.5, 0.9)]  # 3 dots in columns 3 and 4: more than half of each
LYING = [(0.1, 0.5), (0.9, 0.5)]  # columns 2 to 5
GREYS = """canvas => { const { data } = canvas.getContext("2d").getImageData(0, 0, 8, 8);
    return [...data].filter((_, i) => i % 4 === 0) }"""


@pytest.fixture(scope="module")
def notebook(browser, lab, write_notebook):
    write_notebook("pad", CELLS)
    notebook = live.Notebook(browser, lab, "pad")
    yield notebook
    notebook.close()


class OnPad:
    """The pad in a cell, as one sees it."""

    def __init__(self, notebook, cell=PAD):
        self.notebook, self.page = notebook, notebook.page
        self.root = notebook.show_cell(cell).locator(".pad")
        self.area = self.root.get_by_role("application", name="drawing area")
        self.says = self.root.locator(".says")
        self.strokes = self.root.locator(".area path")

    def button(self, name):
        return self.root.get_by_role("button", name=name, exact=True)

    def places(self, points):
        """These parts of the width and the height, in pixels of the page."""
        box = self.area.bounding_box()
        x, y, w, h = (box[name] for name in ("x", "y", "width", "height"))
        return [(x + across * w, y + down * h) for across, down in points]

    def draw(self, points):
        first, *others = self.places(points)
        self.page.mouse.move(*first)
        self.page.mouse.down()
        for place in others:
            self.page.mouse.move(*place, steps=8)
        self.page.mouse.up()

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def expect_says(self, digit):
        expect(self.says).to_have_text(re.compile(rf"^It says {digit}, with 82 %"))


@pytest.fixture
def pad(notebook):
    """A new pad, whose page must not have complained when the test ends."""
    notebook.page.set_viewport_size(live.SIZE)
    for cell in (0, PAD, AGAIN):
        notebook.run(cell)
    on = OnPad(notebook)
    on.area.wait_for()
    yield on
    told, notebook.complaints = notebook.complaints, []
    assert not told, "\n".join(told)


def printed(notebook, cell):
    """What a cell prints when it runs."""
    notebook.run(cell)
    return "".join(out["text"] for out in notebook.cells()[cell]["outputs"])


def test_a_mouse_draws_and_python_has_what_the_page_shows(pad):
    """Guards: the stored drawing under one's own; a grid, bars and words of different
    drawings; the largest that only colour tells; Undo and Clear."""
    expect(pad.root.locator(".hint")).to_contain_text("A stored drawing")
    expect(pad.strokes).to_have_count(1)
    pad.draw(UPRIGHT)
    pad.expect_says(2)
    expect(pad.strokes).to_have_count(1)
    row = pad.root.get_by_role("listitem").nth(2)
    expect(row).to_have_text("282 %")
    weights = [row, pad.root.get_by_role("listitem").nth(3)]
    heavy, light = (
        one.evaluate("e => getComputedStyle(e).fontWeight") for one in weights
    )
    assert int(heavy) > int(light)
    ratio = row.evaluate(
        "e => e.querySelector('i').offsetWidth / e.querySelector('.track').offsetWidth"
    )
    assert abs(ratio - 0.82) < 0.02
    told = printed(pad.notebook, TELL)
    counts = np.array(re.findall(r"\d+\.\d+", told.split("]")[0]), float)
    assert told.strip().endswith(pad.says.text_content())
    greys = OnPad(pad.notebook).root.locator("canvas").evaluate(GREYS)
    np.testing.assert_allclose(greys, 255 * (1 - counts / 16), atol=1)
    assert counts[3] == counts[4] == 10 and counts.sum() == 4 * 10 + 12 * 12
    pad.draw(LYING)
    expect(pad.strokes).to_have_count(2)
    pad.button("Undo").click()
    pad.expect_says(2)
    pad.button("Clear").click()
    expect(pad.says).to_have_text("Nothing is drawn.")
    expect(pad.strokes).to_have_count(0)
    expect(row).to_have_text("2")
    pad.button("Undo").click()
    pad.expect_says(2)


def test_a_finger_draws_and_the_page_stays(pad):
    """Guards: a finger that scrolls the notebook in place of drawing, and a pad that draws
    no more after the system took a finger away."""
    live.touch(pad.page, pad.places(UPRIGHT), end="touchCancel")
    pad.expect_says(2)
    before = pad.area.bounding_box()
    pad.button("Clear").click()
    live.touch(pad.page, pad.places([(0.2, 0.5), (0.5, 0.5), (0.8, 0.5)]))
    pad.expect_says(4)
    assert pad.area.bounding_box() == before


def test_keys_draw(pad):
    """Guards: whoever has no mouse; Space that scrolls, an Escape that leaves the pad; a pen
    that nobody sees. For letters see test_keys.py."""
    pad.area.focus()
    pad.press("ArrowUp")
    expect(pad.strokes).to_have_count(1)  # a pen that is up draws nothing
    expect(pad.root.locator(".hint")).to_contain_text(
        "Pen up: 10 from the left, 9 from"
    )
    pad.press(" ", *["ArrowDown"] * 8)
    expect(pad.root.locator("circle.down")).to_be_visible()
    expect(pad.root.locator(".hint")).to_contain_text("Pen down: 10 from the left, 17")
    pad.expect_says(2)
    pad.press(" ", "ArrowRight")
    expect(pad.strokes).to_have_count(1)
    pad.press("Escape")
    expect(pad.says).to_have_text("Nothing is drawn.")
    assert pad.area.evaluate("e => e === document.activeElement")
    outline = pad.area.evaluate("e => getComputedStyle(e).outlineStyle")
    assert outline == "solid"


def test_an_error_is_told_on_the_page_and_the_pad_goes_on(pad):
    """Guards: bars of the drawing before, and a pad that stops at the first error."""
    pad.draw(UPRIGHT)
    pad.expect_says(2)
    pad.notebook.run(BREAK)
    pad = OnPad(pad.notebook)
    pad.draw(LYING)
    expect(pad.says).to_contain_text("Your functions can't read it. matmul")
    expect(pad.root.get_by_role("listitem").nth(2)).to_have_text("2")
    expect(pad.root.locator(".largest")).to_have_count(0)
    pad.notebook.run(PAD)
    OnPad(pad.notebook).draw(UPRIGHT)
    OnPad(pad.notebook).expect_says(2)


def test_one_question_is_under_way_and_the_last_is_sent(pad):
    """Guards: a queue of a hundred drawings before the kernel; a last move that is lost; a
    page that says nothing while Python is busy."""
    pad.notebook.run(HOLD)
    pad = OnPad(pad.notebook)
    pad.draw(UPRIGHT)
    expect(pad.says).to_have_text("Python is busy. It will answer when it is free.")
    pad.draw([(0.3, 0.1), (0.7, 0.1), (0.3, 0.1)])
    (pad.notebook.lab.course / "notebooks" / "free").touch()
    pad.expect_says(4)  # with a line on top
    assert printed(pad.notebook, COUNT) == "2\n"


def test_two_views_and_a_page_loaded_again_show_one_drawing(pad):
    """Guards: a drawing that is lost with the page, or by a second cell."""
    pad.draw(UPRIGHT)
    pad.draw(LYING)
    pad.expect_says(4)
    other = OnPad(pad.notebook, AGAIN)
    expect(other.strokes).to_have_count(2)
    other.expect_says(4)
    other.button("Undo").click()
    other.expect_says(2)
    OnPad(pad.notebook).expect_says(2)
    OnPad(pad.notebook).draw(LYING)
    other.expect_says(4)
    pad.notebook.save()
    pad.notebook.load()
    again = OnPad(pad.notebook)
    expect(again.strokes).to_have_count(2)
    again.expect_says(4)


@pytest.mark.parametrize("width", [None, 640, 360])
def test_nothing_is_cut(pad, width):
    """Guards: a projector of 1280x720, a narrow window and a phone; letters too small."""
    pad.draw(UPRIGHT)
    pad.expect_says(2)
    if width:
        pad.root.evaluate("(root, width) => (root.style.width = width + 'px')", width)
    box = pad.root.bounding_box()
    assert width == 360 or box["height"] <= 420
    for found in (live.OVERFLOWS, live.SMALL_LETTERS):
        assert pad.root.evaluate(found) == []
    assert width or box["y"] + box["height"] < live.SIZE["height"] - 30


def test_a_kernel_that_has_gone(pad):
    """Guards: a pad that waits for a kernel that was restarted."""
    pad.draw(UPRIGHT)
    pad.expect_says(2)
    pad.notebook.restart()
    expect(pad.says).to_have_text(re.compile("^Asleep. Choose Run, Run All Above"))
    pad.draw(LYING)
    expect(pad.strokes).to_have_count(2)
    expect(pad.says).to_have_text(re.compile("^Asleep. "))
