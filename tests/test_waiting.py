"""The bar of a cell that takes long: in JupyterLab and Notebook, and nowhere else."""

import re
import time

import pytest

from course import waiting

pytestmark = pytest.mark.timed

START = """
import gc, signal, sys, time
sys.path.insert(0, "..")
import numpy as np
import mlp_core as mlp
from course import Lesson, fast, host, waiting
lesson = Lesson("06_xor_task")

class Clock:  # in place of Python's: it goes when it is told to, or at each look
    now = tick = 0

    def perf_counter(self):
        self.now += self.tick
        return self.now

clock = waiting.time = Clock()

class Frame:  # as pyzmq's: what is raised in its end is lost, and its traceback shown
    def __del__(self):
        signal.raise_signal(signal.SIGINT)

def rest(seconds, parts=20):
    for _ in waiting.with_bar(range(parts)):
        clock.now += seconds / parts

def work_until_stopped():
    for _ in waiting.with_bar(range(100_000)):
        clock.now += 1
        time.sleep(0.01)
"""


def bars(told):
    """What the updates of a bar show, the last without data."""
    return [c["data"].get("text/html") for kind, c in told if "update" in kind]


def outputs(told):
    """The outputs as the page has them at the end, with the last data of a display."""
    shown = {}
    for kind, content in told:
        if kind == "stream":  # a busy kernel sends one text in two pieces
            last = next(reversed(shown), "")
            place = last if isinstance(last, int) else len(shown)
            shown[place] = shown.get(place, "") + content["text"]
        elif kind == "error":
            shown["error"] = content["traceback"]
        else:
            shown[content["transient"].get("display_id")] = content["data"]
    return [*shown.values()]


SLOW = "print('before', flush=True); rest(1.6); print('after', flush=True)"


def test_a_bar_is_shown_after_a_second_moves_and_goes(run):
    """Guards: nothing for a second, then a bar that moves; at the end it is gone."""
    told = run(SLOW, cellId="one")  # 20 parts of 0.08 seconds
    *shown, last = bars(told)
    assert last is None
    values = [float(re.search('<progress.* value="(.*?)"', bar)[1]) for bar in shown]
    assert values == [0.65, 0.75, 0.85, 0.95]  # 13 parts are more than a second
    assert outputs(told) == ["before\n", {}, "after\n"]


def test_the_waits_of_a_cell_count_together_and_those_of_two_do_not(run):
    """Guards cells with many short sweeps, and that each run begins its own second."""
    told = run("for _ in range(4): rest(0.4)", cellId="one")
    assert outputs(told) == [{}]
    for _ in range(3):
        assert run("rest(0.5)", cellId="one") == []


def test_a_message_of_a_widget_ends_no_cell(run):
    """Guards a page that plays meanwhile: a bar that stays, a reply that is lost."""
    message = "get_ipython().events.trigger('post_execute')"  # as a comm does
    code = f"host.show_after('reply'); rest(1.6); {message}; {SLOW}"
    reply = {"text/plain": "'reply'"}
    assert outputs(run(code, cellId="one")) == [{}, "before\nafter\n", reply]


def test_elsewhere_nothing_is_shown(run):
    """Guards nbval and nbclient, which name no cell: no trace in their outputs."""
    assert outputs(run(SLOW)) == ["before\nafter\n"]
    thread = "import threading; t = threading.Thread(target=rest, args=(1.5,))"
    assert run(f"{thread}; t.start(); t.join()", cellId="one") == []


# Hours of work, unless it is stopped.
SWEEP = "run = fast.sweep(mlp.XOR.X, mlp.XOR.Y, range(1_000_000))"
# `train` ends at an interrupt and returns; then the cell must end, too.
TRAININGS = """
for number, epochs in enumerate(waiting.with_bar({})):
    clock.tick = int(number == 0)  # the bar is shown once; later news come too soon
    rng = np.random.default_rng(epochs)
    fast.train(mlp.initialize(rng=rng), mlp.XOR.X, mlp.XOR.Y, rng, epochs=epochs)
"""
SENDING = """
def told_while_sending(share, words):
    waiting._bar = bar
    Frame()
    return bar(share, words)

bar, waiting._bar = waiting._bar, told_while_sending
rest(3)
print("after")
"""
COLLECTING = """
import _thread, collections, operator
rest(3)
frame = Frame()
frame.cycle = frame
del frame
clock.now += 3
for _ in waiting.with_bar("ab"):
    {}
    while True:
        time.sleep(0.01)
"""
# Both are called from C: no line of Python comes between them.
COMES_JUST_BEFORE = """calls = [_thread.interrupt_main, gc.collect]
    collections.deque(map(operator.call, calls), maxlen=0)"""


@pytest.mark.parametrize(
    "code, interrupt_at",
    [
        (SWEEP, "this sweep over 1,000,000"),
        ("work_until_stopped()", "<progress"),
        (TRAININGS.format("10_000 * [100]"), "1 of"),
        (TRAININGS.format("[1, 50_000]"), "1 of"),
        (SENDING, None),
        (COLLECTING.format("gc.collect()"), None),
        (COLLECTING.format(COMES_JUST_BEFORE), None),
    ],
)
def test_a_cell_that_is_stopped_says_so_in_one_sentence(run, code, interrupt_at):
    """Guards: a traceback, also of pyzmq, an interrupt that is lost, a bar that stays."""
    to_come = [interrupt_at] if interrupt_at else []

    def hear(content):
        if to_come and to_come[0] in str(content):
            time.sleep(0.3)  # it goes on with its work, which takes minutes
            run.interrupt()
            to_come.clear()

    run("clock.tick = 1")  # a second passes from one news to the next
    told = run(f"print('kept', flush=True)\n{code}", hear, cellId="one")
    assert outputs(told) == ["kept\n", {}, [waiting.STOPPED]]
    told = run("clock.tick = 0; print('run' in dir(), gc.callbacks)")
    assert outputs(told) == ["False []\n"]


def test_the_first_picture_of_a_panel_tells_how_far_it_is(run):
    """Guards: a panel whose cell takes seconds without a word."""
    panel = "from course import panels; panel = panels.initialization_panel()"
    told = run(f"clock.tick = 1; {panel}; clock.tick = 0", cellId="one")
    told = [news for news in told if not news[0].startswith("comm")]  # the widgets'
    first, *_, last = bars(told)
    assert "of this panel" in first and last is None
    assert outputs(told) == [{}]


def test_after_a_bar_the_shell_is_as_before(run):
    """Guards interrupts and errors of other cells: they keep their tracebacks."""
    run(SLOW, cellId="one")
    told = run("print(signal.getsignal(signal.SIGINT))", cellId="two")
    assert "default_int_handler" in outputs(told)[0]
    for error in ("KeyboardInterrupt", "ZeroDivisionError"):
        ((kind, content),) = run(f"raise {error}", cellId="two")
        assert kind == "error" and content["ename"] == error
        assert len(content["traceback"]) > 1


def test_news_tell_what_is_done_and_not_what_comes(monkeypatch):
    """Guards: words and a bar that are one item ahead, or tell what is left."""
    assert waiting.watched_sweep() is None  # in plain Python, where nothing is shown
    told = []
    monkeypatch.setattr(waiting, "tell", lambda *news: told.append(news))
    told.extend(waiting.with_bar("ab"))
    assert told == [(0, "0 of 2"), "a", (0.5, "1 of 2"), "b", (1, "all 2")]
    waiting._tell_sweep(500, 2000)
    assert told[-1] == (0.25, "25% of this sweep over 2,000 networks")
    bar = waiting._bar(0.25, "1 of 4")["text/html"]
    assert 'value="0.250"' in bar and "> 1 of 4 (" in bar
