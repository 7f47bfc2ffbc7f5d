"""The playground and Python, in JupyterLab: each moves the other, and nothing is lost."""

import json
import re

import numpy as np
import pytest

import mlp_core as mlp
from course.fast import join, split
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
def hangs(params):
    yield params
    while True:
        params = my_step(params)
""",
    "play": f"play = Playground(**{SETTINGS}); play",
    "again": "play",
    "other": "other = Playground(data='circles', seed=1); other",
    "tell": """
told = join(play.params).tolist(), join(play.replay()).tolist(), repr(play)
print(json.dumps([*told, play.now.get('playing')]))""",
    "set": "play.params = [mlp.Layer(2 * W, b + 1) for W, b in play.params]",
    "follow": "play.follow(training(play.params))",
    "begin": "play.follow(training)",
    "short": "play.follow(lambda params: training(params, 3))",
    "pair": """
from course.playground import SideBySide
pair = [Playground(data='sum', show=['loss', 'step']) for _ in range(2)]
def slowly(params):
    for params in training(params):
        time.sleep(0.02)
        yield params
pair[0].follow(slowly)
pair[1].follow(training)
SideBySide(*pair)""",
    "hangs": "play.follow(hangs(play.params))",
    "follow other": "other.follow(training(other.params))",
    "busy": "while not os.path.exists('../go'): time.sleep(0.05)",
}
NAMES = list(CELLS)
BANNER = "Python runs: your training, my_step."


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
        """The parameters on the page, once Python tells the same; by replay; the line;
        whether it plays.

        Steps that were on their way at a Pause have come when the cell has told.
        """
        found = []

        def same():
            found[:] = self.told("tell")
            return found[0] == on.parameters()

        wait_until(same, lambda: f"Python has {found}, the page {on.parameters()}")
        return found


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
    hand, in a second view too; a network that Python judges while it is trained."""
    on = talk.on("play")
    assert talk.python_knows(on)[2].startswith("Playground(data='xor', hidden=[3]")
    on.button("Play").click()
    wait_until(lambda: talk.told("tell")[3], "Python is not told of Play")
    on = talk.on("play")
    on.wait_past(60)
    on.button("Pause").click()
    wait_until(lambda: not talk.told("tell")[3], "Python is not told of Pause")
    params, replayed, line, _ = talk.python_knows(on)
    np.testing.assert_allclose(replayed, params, rtol=0, atol=1e-9)
    assert f"step={on.step()}" in line
    again = talk.on("again")
    again.type("W[0][0, 1]", 1.5)
    again.type("learning rate", 0.25)
    assert again.settings()["learning_rate"] == 0.25  # JupyterLab doesn't keep Enter
    again.button("One step").click()
    params, replayed, line, _ = talk.python_knows(again)
    np.testing.assert_allclose(replayed, params, rtol=0, atol=1e-9)
    assert on.parameters() == params
    assert "learning_rate=0.5" in line and "replay()" in line  # the start
    again.set_step(0)
    params, replayed, *_ = talk.python_knows(again)
    assert params == pytest.approx(replayed, abs=1e-15)


def test_layers_that_python_sets_move_the_page(talk):
    """Guards: both views, and a way on from there."""
    on = talk.on("play")
    start = split(np.array(on.parameters()), [(2, 3), (3, 1)])
    talk.run("set")
    expected = join([mlp.Layer(2 * W, b + 1) for W, b in start]).tolist()
    wait_until(lambda: on.parameters() == expected, "the page did not move")
    talk.on("again").button("One step").click()
    params, replayed, *_ = talk.python_knows(on)
    assert params != expected
    np.testing.assert_allclose(replayed, params, rtol=0, atol=1e-12)


def test_the_learners_functions_train_it_until_pause(talk):
    """Guards: a cell that waits, functions that are not named, a Pause that comes late, a
    step that is made but not shown."""
    on = talk.on("play")
    start = np.array(on.parameters())
    talk.run("follow")  # ends at once
    banner(on, BANNER)
    on.wait_past(40)
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
    on.play_past(step + 1)  # goes on where Python is


def test_a_function_is_called_anew_after_a_change(talk):
    """Guards: steps from what the page showed before, as it plays and as it stands still,
    and a change by hand or by Python that is lost."""
    on = talk.on("play")
    start = on.parameters()
    talk.run("begin")
    on.wait_past(0)
    on.button("Reset: the very same start").click()
    assert on.parameters() == start
    on.button("One step").click()
    wait_until(lambda: on.step() == 1, "it makes no step")
    on.button("Play").click()
    on.type("W[0][0, 0]", 7.5)
    on.wait_past(on.step())
    assert 7.5 < on.parameters()[0] < 7.5 + 0.001 * on.step()
    talk.run("set")
    wait_until(lambda: on.parameters()[0] > 15, "Python's own change is lost")
    on.wait_past(on.step())
    on.button("units in layer 0 +").click()
    on.wait_past(on.step())
    banner(on, BANNER)
    on.button("Pause").click()
    params, replayed, *_ = talk.python_knows(on)
    assert len(params) == 17 and params == replayed


def test_a_function_that_has_ended_can_train_again(talk):
    """Guards: a Play that goes on by the page's own functions, or not at all, and words
    that stay when they are no more true."""
    on = talk.on("play")
    talk.run("short")
    ended = "steps: 3. The functions were your training, my_step. Play calls them"
    for steps in (3, 6):
        wait_until(lambda steps=steps: on.step() == steps, "it makes other steps")
        banner(on, ended)
        if steps == 3:
            on.button("Play").click()
    on.button("Reset: the very same start").click()
    banner(on, BANNER)
    on.button("Play").click()
    wait_until(lambda: on.step() == 3, "it does not begin")
    banner(on, ended)


STEPS = "roots => roots.map(({ view }) => view.session.run.step)"


def test_two_side_by_side_stand_at_one_height_and_at_one_step(talk):
    """Guards: words above one of them that push it down, two Plays, a side that runs ahead,
    also of one that starts anew, and a Pause between two steps."""
    talk.run("pair")
    cell = talk.notebook.show_cell(NAMES.index("pair"))
    squares = cell.locator(".playground .square canvas:first-child")
    expect(squares).to_have_count(2)
    steps = lambda: cell.locator(".playground").evaluate_all(STEPS)
    cell.get_by_role("button", name="Play").click()  # the only one
    expect(cell.locator(".python").last).to_have_text(BANNER)
    wait_until(lambda: min(steps()) > 10, "it does not train")
    assert all(abs(np.diff(steps())) <= 5 for _ in range(50))
    left, right = (squares.nth(i).bounding_box() for i in range(2))
    assert left["y"] == right["y"] and left["x"] + left["width"] < right["x"]
    cell.get_by_role("button", name="Pause").click()
    wait_until(lambda: len({tuple(steps()) for _ in range(50)}) == 1, "it goes on")
    left, right = steps()
    assert left == right
    cell.locator(".playground").last.evaluate("n => n.view.session.do(r => r.begin())")
    cell.get_by_role("button", name="Play").click()
    wait_until(lambda: min(steps()) > left, "the first waits for ever")
    cell.get_by_role("button", name="One step").click()
    wait_until(lambda: all(np.ptp(steps()) == 0 for _ in range(50)), "they differ")


def test_a_step_that_hangs_is_stopped_and_told_of_on_the_page(talk):
    """Guards: an error in a log, and a kernel that hangs; the cell itself shows nothing."""
    on = talk.on("play")
    talk.run("hangs")
    banner(on, "Python's step 2 took more than 2 seconds, in the line `")
    assert on.step() == 1 and on.button("Play").is_visible()
    assert talk.notebook.cells()[NAMES.index("hangs")]["outputs"] == []
    assert talk.python_knows(on)[1] == on.parameters()


def test_while_the_kernel_is_busy_the_page_goes_on(talk, lab):
    """Guards: what is done meanwhile that doesn't reach Python."""
    on = talk.on("play")
    talk.run("follow")
    on.wait_past(10)
    talk.notebook.start(NAMES.index("busy"))
    on = talk.on("play")
    on.button("Pause").click()
    on.button("Reset: the very same start").click()
    on.button("One step").click()
    assert on.step() == 1
    (lab.course / "go").touch()
    assert talk.python_knows(on)
    (lab.course / "go").unlink()


def test_what_nobody_sees_any_more_stops(talk):
    """Guards: a cell that is run again, whose former playground trains on for ever."""
    talk.on("other")
    talk.run("follow other")
    on = talk.on("other")
    on.wait_past(10)
    on.root.evaluate("root => (window.former = root.view.session)")
    talk.run("other")
    page = talk.notebook.page
    page.wait_for_function("() => !window.former.playing && !window.former.views")


def test_a_page_that_is_loaded_again_shows_the_same(talk):
    """Guards: the network, what led to it, its past, and who trains it."""
    on = talk.on("play")
    on.button("One step").click()
    on.type("W[0][0, 0]", 0.75)
    talk.run("follow")
    on.wait_past(10)
    on.button("Pause").click()
    params, replayed, *_ = talk.python_knows(on)
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
    on.wait_past(10)
    talk.notebook.restart()
    banner(on, "Python is gone, with its kernel, so the page trains on its own.")
    params, step = on.parameters(), on.step()
    on.button("One step").click()  # from where Python led
    assert on.step() == step + 1 and on.parameters() != params
    on.set_step(0)
    on.button("One step").click()
    assert on.step() == 1
