"""The playground and Python, in JupyterLab: each moves the other, and nothing is lost."""

import json
import re

import numpy as np
import pytest

from tests import live
from tests.browser.playground_on_page import OnPage
from tests.live import expect
from tests.wait import wait_until

pytestmark = pytest.mark.timed

SETTINGS = {"data": "xor", "hidden": [3], "seed": 4, "learning_rate": 0.5, "batch": 1}
CELLS = {
    "start": """
import json, os, sys, time
sys.path.insert(0, '..')
import numpy as np, mlp_core as mlp
from course.fast import join
from course.playground import Playground
def my_step(params):
    return [mlp.Layer(W + 0.001, b) for W, b in params]
def training(params, steps=10**9):
    for _ in range(steps):
        params = my_step(params)
        yield params
def by_rate(params):
    while True:
        params = [mlp.Layer(W * 1e200 ** (play.learning_rate > 0.4), b) for W, b in my_step(params)]
        yield params
def fails(params):
    yield params
    params[0].W / [1, 2, 3, 4]
def hangs(params):
    yield params
    while True:
        params = my_step(params)
""",
    "play": f"play = Playground(**{SETTINGS}); play",
    "again": "play",
    "other": "other = Playground(data='circles', seed=1); other",
    "tell": "print(json.dumps([join(play.params).tolist(), join(play.replay()).tolist(), repr(play)]))",
    "set": "play.params = [mlp.Layer(2 * W, b + 1) for W, b in play.params]",
    "follow": "play.follow(training(play.params))",
    "begin": "play.follow(training)",
    "short": "play.follow(lambda params: training(params, 3))",
    "wild": "play.follow(by_rate)",
    "pair": """
from course.playground import SideBySide
pair = [Playground(data='sum', show=['loss', 'step']) for _ in range(2)]
pair[0].follow(lambda params: mlp.steps(params, pair[0].X, pair[0].Y, [[0]], mlp.ORIGINAL, 0.1))
pair[1].follow(training)
SideBySide(*pair)""",
    "few": "play.follow(training(play.params, 3))",
    "fails": "play.follow(fails(play.params))",
    "hangs": "play.follow(hangs(play.params))",
    "both": "play.follow(training(play.params)); other.follow(training(other.params))",
    "busy": "while not os.path.exists('../go'): time.sleep(0.05)",
}
NAMES = list(CELLS)
BANNER = "Python runs: your training, my_step."
# anywidget's two seconds are over at once.
SLOW = """() => { const wait = AbortSignal.timeout.bind(AbortSignal);
    AbortSignal.timeout = (time) => wait(time === 2000 ? 0 : time) }"""


class Talk:
    """The notebook, and the playgrounds in it."""

    def __init__(self, notebook):
        self.notebook = notebook

    def run(self, name):
        self.notebook.run(NAMES.index(name))

    def on(self, name):
        """The playground that this cell shows, once the page is there."""
        cell = self.notebook.show_cell(NAMES.index(name))
        expect(cell.locator(".playground")).to_be_visible()
        shown = ["play", "again", "other"]
        return OnPage(self.notebook.page, shown.index(name))

    def told(self, name):
        """What a cell prints, as JSON."""
        self.run(name)
        [output] = self.notebook.cells()[NAMES.index(name)]["outputs"]
        return json.loads("".join(output["text"]))

    def python_knows(self, on):
        """The parameters on the page, once Python tells the same; by replay; the line.

        Steps that were on their way at a Pause have come when the cell has told.
        """
        found = []

        def same():
            found[:] = self.told("tell")
            return found[0] == on.parameters()

        wait_until(same, lambda: f"Python has {found}, the page {on.parameters()}")
        return found


# Starts a cell, and does not wait for its end.
START_CELL = f"""index => {{ {live.PRELUDE}
    it.content.activeCellIndex = index;
    jupyterapp.commands.execute('notebook:run-cell') }}"""


def banner(on, words):
    expect(on.root.locator(".python")).to_have_text(re.compile(re.escape(words)))


@pytest.fixture(scope="module")
def opened(turn_to, write_notebook):
    write_notebook("talks", CELLS.values(), "my_course")
    notebook = turn_to("talks", "my_course")
    notebook.give_room(True)
    yield notebook
    notebook.give_room(False)


@pytest.fixture
def talk(opened):
    """Three playgrounds at their start, two of them the same."""
    for cell in range(4):
        opened.run(cell)
    yield Talk(opened)
    assert opened.complaints == []


def test_python_knows_what_the_page_shows(talk):
    """Guards: parameters, a replay and settings that lag behind, also after changes by
    hand, in a second view too."""
    on = talk.on("play")
    assert talk.python_knows(on)[2].startswith("Playground(data='xor', hidden=[3]")
    on.button("Play").click()
    wait_until(lambda: on.step() > 60, "it stands still")
    on.button("Pause").click()
    params, replayed, line = talk.python_knows(on)
    np.testing.assert_allclose(replayed, params, rtol=0, atol=1e-9)
    assert f"step={on.step()}" in line
    again = talk.on("again")
    again.box("W[0][0, 1]").fill("1.5")
    again.box("W[0][0, 1]").press("Enter")
    again.box("learning rate").fill("0.25")
    again.box("learning rate").press("Enter")
    again.button("One step").click()
    params, replayed, line = talk.python_knows(again)
    np.testing.assert_allclose(replayed, params, rtol=0, atol=1e-9)
    assert on.parameters() == params
    assert "learning_rate=0.5" in line and "replay()" in line  # the start
    again.set_step(0)
    params, replayed, _ = talk.python_knows(again)
    assert params == pytest.approx(replayed, abs=1e-15)


def test_layers_that_python_sets_move_the_page(talk):
    """Guards: both views, and a way on from there."""
    on = talk.on("play")
    start = np.array(on.parameters())
    talk.run("set")
    expected = start.copy()
    for first, last, factor, more in [
        (0, 6, 2, 0),
        (6, 9, 1, 1),
        (9, 12, 2, 0),
        (12, 13, 1, 1),
    ]:
        expected[first:last] = factor * start[first:last] + more
    wait_until(lambda: on.parameters() == expected.tolist(), "the page did not move")
    talk.on("again").button("One step").click()
    params, replayed, _ = talk.python_knows(on)
    assert params != expected.tolist()
    np.testing.assert_allclose(replayed, params, rtol=0, atol=1e-12)


def test_the_learners_functions_train_it_until_pause(talk):
    """Guards: a cell that waits, functions that are not named, a Pause that comes late, a
    step that is made but not shown."""
    on = talk.on("play")
    start = np.array(on.parameters())
    talk.run("follow")  # ends at once
    banner(on, BANNER)
    wait_until(lambda: on.step() > 40, "it stands still")
    on.button("Pause").click()
    step = on.step()
    talk.told("tell")  # by now the last answer is there
    assert on.step() <= step + 10  # the two pictures that were on their way
    moved = np.array(on.parameters()) - start
    np.testing.assert_allclose(moved[[0, 5, 9]], 0.001 * on.step(), atol=1e-9)
    assert not moved[6:9].any()
    step = on.step()
    talk.on("again").button("One step").click()
    wait_until(lambda: on.step() == step + 1, "one step is another number")
    on.set_step(0)
    assert on.parameters() == start.tolist()
    on.button("Play").click()  # goes on where Python is
    wait_until(lambda: on.step() > step + 1, "it does not go on")
    on.button("Pause").click()


def test_a_change_on_the_page_ends_it(talk):
    """Guards: a rate that Python does not know of, and steps that come after Reset."""
    for change in ("Reset: the very same start", "units in layer 0 +"):
        on = talk.on("play")
        talk.run("follow")
        wait_until(lambda on=on: on.step() > 5, "it stands still")
        on.button(change).click()
        banner(on, "know nothing of this change, so the page trains on its own")
        talk.told("tell")
        assert on.step() == 0 and on.button("Play").is_visible()
        on.button("One step").click()
        assert on.step() == 1
        on.root.locator(".python").wait_for(state="hidden")
        talk.run("play")
        talk.run("again")


def test_a_function_is_called_anew_after_a_change(talk):
    """Guards: steps from what the page showed before, as it plays and as it stands still,
    and a change by hand or by Python that is lost."""

    def goes_on(on):
        step = on.step()
        wait_until(lambda: on.step() > step, "it stands still")

    on = talk.on("play")
    start = np.array(on.parameters())
    talk.run("begin")
    goes_on(on)
    on.button("Reset: the very same start").click()
    assert on.parameters() == start.tolist()
    on.button("One step").click()
    wait_until(lambda: on.step() == 1, "it makes no step")
    on.button("Play").click()
    on.box("W[0][0, 0]").fill("7.5")
    on.box("W[0][0, 0]").press("Enter")
    goes_on(on)
    assert 7.5 < on.parameters()[0] < 7.5 + 0.001 * on.step()
    talk.run("set")
    wait_until(lambda: on.parameters()[0] > 15, "Python's own change is lost")
    goes_on(on)
    on.button("units in layer 0 +").click()
    goes_on(on)
    banner(on, BANNER)
    on.button("Pause").click()
    params, replayed, _ = talk.python_knows(on)
    assert len(params) == 17 and params == replayed


def test_a_function_that_has_ended_can_train_again(talk):
    """Guards: a Play that goes on by the page's own functions, or not at all."""
    on = talk.on("play")
    talk.run("short")
    for steps in (3, 6):
        wait_until(lambda steps=steps: on.step() == steps, "it makes other steps")
        banner(
            on,
            "Python has made all its steps: 3. The functions were your training, my_step. Play",
        )
        if steps == 3:
            on.button("Play").click()
    talk.run("wild")
    wait_until(lambda: on.step() == 7, "it did not diverge")
    banner(
        on,
        "Python's step 8 stopped: numbers exploded, so lower the learning rate, then Reset.",
    )
    on.box("learning rate").fill("0.25")
    on.box("learning rate").press("Enter")
    on.button("Reset: the very same start").click()
    banner(on, "Python runs: your by_rate, my_step.")
    on.button("Play").click()
    wait_until(lambda: on.step() > 5, "it does not begin")
    banner(on, "Python runs: your by_rate, my_step.")
    on.button("Pause").click()


def test_two_side_by_side_stand_at_one_height(talk):
    """Guards: words above one of them that push it down."""
    talk.run("pair")
    cell = talk.notebook.show_cell(NAMES.index("pair"))
    squares = cell.locator(".playground .square canvas:first-child")
    expect(squares).to_have_count(2)
    for i in range(2):  # what appears with its function waits
        playground = cell.locator(".playground").nth(i)
        playground.get_by_role("button", name="Play").click()
    banners = cell.locator(".python")
    expect(banners.first).to_contain_text("Python has made all its steps: 1.")
    expect(banners.last).to_have_text(BANNER)
    left, right = (squares.nth(i).bounding_box() for i in range(2))
    assert left["y"] == right["y"] and left["x"] + left["width"] < right["x"]
    cell.locator(".playground").last.get_by_role("button", name="Pause").click()


ENDS = {
    "few": (3, "Python has made all its steps: 3."),
    "fails": (
        1,
        "stopped, in the line `params[0].W / [1, 2, 3, 4]` of fails: operands",
    ),
    "hangs": (1, "Python's step 2 took more than 2 seconds, in the line `"),
}


@pytest.mark.parametrize("name", ENDS)
def test_how_it_ends_is_told_on_the_page(talk, name):
    """Guards: an error in a log, and a kernel that hangs; the cell itself shows nothing."""
    on = talk.on("play")
    steps, words = ENDS[name]
    talk.run(name)
    banner(on, words)
    assert on.step() == steps and on.button("Play").is_visible()
    assert talk.notebook.cells()[NAMES.index(name)]["outputs"] == []
    assert talk.python_knows(on)[1] == on.parameters()


def test_two_playgrounds_are_trained_at_once(talk):
    """Guards: answers that reach the other one."""
    talk.run("both")
    for name in ("other", "play", "other"):  # JupyterLab shows one of them at a time
        on = talk.on(name)
        step = on.step()
        wait_until(
            lambda on=on, step=step: on.step() > step + 20, f"{name} stands still"
        )
    on.button("Pause").click()
    on = talk.on("play")
    step = on.step()
    wait_until(lambda: on.step() > step + 20, "the other one's Pause reached it")
    on.button("Pause").click()
    assert len(on.parameters()) == 13 and len(talk.on("other").parameters()) == 25


def test_while_the_kernel_is_busy_the_page_goes_on(talk, lab):
    """Guards: what is done meanwhile reaches Python, and what Python trains goes on."""
    on = talk.on("play")
    talk.run("follow")
    wait_until(lambda: on.step() > 10, "it stands still")
    talk.notebook.page.evaluate(START_CELL, NAMES.index("busy"))
    on = talk.on("play")
    on.button("Pause").click()
    on.button("Reset: the very same start").click()
    on.button("One step").click()
    assert on.step() == 1
    (lab.course / "go").touch()
    assert talk.python_knows(on)
    (lab.course / "go").unlink()
    talk.run("follow")
    wait_until(lambda: on.step() > 10, "it does not go on")
    on.button("Pause").click()


def test_what_nobody_sees_any_more_stops(talk):
    """Guards: a cell that is run again, whose former playground trains on for ever."""
    on = talk.on("other")
    talk.run("both")
    on = talk.on("other")
    wait_until(lambda: on.step() > 10, "it stands still")
    on.root.evaluate("root => (window.former = root.view.session)")
    talk.run("other")
    page = talk.notebook.page
    page.wait_for_function("() => !window.former.playing && !window.former.views")


def test_enter_sets_a_number(talk):
    """Guards: JupyterLab, which keeps Enter for itself; and a setting that is set twice."""
    on = talk.on("play")
    start = on.parameters()
    on.box("seed").click()
    on.page.keyboard.press("Control+a")
    on.page.keyboard.type("9")
    on.page.keyboard.press("Enter")
    wait_until(lambda: on.parameters() != start, "the seed was not taken")
    on.button("One step").click()
    on.box("learning rate").fill("0.125")
    on.box("learning rate").press("Enter")
    assert on.settings()["learning_rate"] == 0.125
    on.page.keyboard.press("Tab")
    assert len(on.root.evaluate("root => root.view.session.run.events")) == 1


def test_a_slow_page_hears_python(talk):
    """Guards: anywidget, which stops to listen where a script takes two seconds to load."""
    page = talk.notebook.page
    page.evaluate(SLOW)
    talk.run("play")
    on = OnPage(page)
    start = on.parameters()
    talk.run("set")
    wait_until(lambda: on.parameters() != start, "it does not hear")
    talk.run("few")
    banner(on, "Python has made all its steps: 3.")
    assert talk.python_knows(on)


def test_a_page_that_is_loaded_again_shows_the_same(talk):
    """Guards: the network, what led to it, its past, and who trains it."""
    on = talk.on("play")
    on.button("One step").click()
    on.box("W[0][0, 0]").fill("0.75")
    on.box("W[0][0, 0]").press("Enter")
    talk.run("follow")
    wait_until(lambda: on.step() > 10, "it stands still")
    on.button("Pause").click()
    params, replayed, _ = talk.python_knows(on)
    assert params == replayed
    talk.notebook.save()
    talk.notebook.load()
    talk.run("again")  # the same playground
    on = OnPage(talk.notebook.page)
    assert on.parameters() == params
    banner(on, BANNER)
    step = on.step()
    on.set_step(0)
    assert on.parameters()[0] != 0.75
    on.button("One step").click()  # goes on where Python is
    wait_until(lambda: on.step() == step + 1, "Python trains it no longer")


def test_a_kernel_that_restarts_takes_nothing_from_the_page(talk):
    """Guards: a page that waits for ever for a Python that is gone; last."""
    on = talk.on("play")
    talk.run("follow")
    wait_until(lambda: on.step() > 10, "it stands still")
    talk.notebook.page.evaluate(RESTART)
    banner(on, "Python is gone, with its kernel, so the page trains on its own.")
    params, step = on.parameters(), on.step()
    on.button("One step").click()  # from where Python led
    assert on.step() == step + 1 and on.parameters() != params
    on.set_step(0)
    on.button("One step").click()
    assert on.step() == 1


RESTART = f"""async () => {{ {live.PRELUDE}
    await it.context.sessionContext.session.kernel.restart() }}"""
