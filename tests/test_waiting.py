"""The bar of a cell that takes long: in JupyterLab and Notebook, and nowhere else."""

import re
import time

import pytest
from jupyter_client.manager import start_new_kernel

import mlp_core as mlp
from course import fast, waiting
from course.tools import NOTEBOOKS
from tests.wait import PATIENCE

pytestmark = pytest.mark.timed

START = """
import signal, sys, time
sys.path.insert(0, "..")
import numpy as np
import mlp_core as mlp
from course import Lesson, fast, waiting
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


class Kernel:
    """A kernel, and what it sends while a cell runs."""

    def __init__(self):
        self.manager, self.client = start_new_kernel(cwd=str(NOTEBOOKS))

    def run(self, code, interrupt_at=None, **metadata):
        """The messages that a cell sends: (type, content).

        ``cellId`` is what JupyterLab and Notebook add to the request.
        """
        content = {"code": code, "silent": False, "store_history": True}
        content |= {"user_expressions": {}, "allow_stdin": False, "stop_on_error": True}
        session, told = self.client.session, []
        request = session.msg("execute_request", content, metadata=metadata)
        self.client.shell_channel.send(request)
        while True:
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") != request["header"]["msg_id"]:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                return told
            if kind not in ("status", "execute_input"):
                told.append((kind, content))
            if interrupt_at and interrupt_at in str(content):
                time.sleep(0.3)  # it goes on with its work, which takes minutes
                self.manager.interrupt_kernel()
                interrupt_at = None

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def kernel():
    kernel = Kernel()
    assert kernel.run(START) == []
    yield kernel
    kernel.close()


def kinds(told):
    return [kind for kind, _ in told]


def bars(told):
    """What the updates of a bar show, the last without data."""
    return [c["data"].get("text/html") for kind, c in told if "update" in kind]


def outputs(told):
    """The outputs as the page has them at the end, with the last data of a display."""
    shown, place = [], {}
    for kind, content in told:
        if kind == "stream" and shown and isinstance(shown[-1], str):
            shown[-1] += content["text"]  # a busy kernel sends two lines in one piece
        elif kind == "stream":
            shown.append(content["text"])
        elif kind == "error":
            shown.append(content["traceback"])
        else:
            name = content["transient"]["display_id"]
            if kind == "display_data":
                place[name] = len(shown)
                shown.append(None)
            shown[place[name]] = content["data"]
    return shown


SLOW = "print('before', flush=True); rest(1.6); print('after', flush=True)"


def test_a_bar_is_shown_after_a_second_moves_and_goes(kernel):
    """Guards: nothing for a second, then a bar that moves; at the end it is gone."""
    told = kernel.run(SLOW, cellId="one")  # 20 parts of 0.08 seconds
    *shown, last = bars(told)
    assert kinds(told).count("display_data") == 1 and last is None
    values = [float(re.search('<progress.* value="(.*?)"', bar)[1]) for bar in shown]
    assert values == [0.65, 0.75, 0.85, 0.95]  # 13 parts are more than a second
    assert outputs(told) == ["before\n", {}, "after\n"]


def test_one_bar_serves_all_the_waits_of_a_cell(kernel):
    """Guards cells with many short sweeps: their time counts together."""
    told = kernel.run("for _ in range(4): rest(0.4)", cellId="one")
    assert kinds(told).count("display_data") == 1 and outputs(told) == [{}]


def test_a_short_wait_shows_nothing_whatever_went_before(kernel):
    """Guards: each run of a cell begins its own second."""
    for _ in range(3):
        assert kernel.run("rest(0.5)", cellId="one") == []


def test_elsewhere_nothing_is_shown(kernel):
    """Guards nbval and nbclient, which name no cell: no trace in their outputs."""
    assert outputs(kernel.run(SLOW)) == ["before\nafter\n"]
    thread = "import threading; t = threading.Thread(target=rest, args=(1.5,))"
    assert kernel.run(f"{thread}; t.start(); t.join()", cellId="one") == []


@pytest.fixture
def quick_clock(kernel):
    """A second passes from one news to the next."""
    kernel.run("clock.tick = 1")
    yield
    kernel.run("clock.tick = 0")


# Hours of work, unless it is stopped.
SWEEP = "run = fast.sweep(mlp.XOR.X, mlp.XOR.Y, range(1_000_000))"


@pytest.mark.usefixtures("quick_clock")
def test_a_sweep_tells_itself_and_can_be_stopped(kernel):
    """Guards: notebooks call ``sweep(...)`` plainly; an interrupt leaves clear words."""
    told = kernel.run(SWEEP, interrupt_at="this sweep over 1,000,000", cellId="one")
    assert outputs(told) == [{}, [waiting.STOPPED]]
    assert outputs(kernel.run("print('run' in dir())")) == ["False\n"]


SENDING = """
bar = waiting._bar

def told_while_sending(share, words):
    Frame()
    return bar(share, words)

waiting._bar = told_while_sending
"""


def test_an_interrupt_while_the_bar_is_sent_is_not_lost(kernel):
    """Guards the page from a traceback of pyzmq, where a busy computer is stopped."""
    assert kernel.run(SENDING) == []
    told = kernel.run("rest(3); print('after')", cellId="one")
    assert kernel.run("waiting._bar = bar") == []
    assert outputs(told) == [{}, [waiting.STOPPED]]


COLLECTING = """
import _thread, collections, gc, operator
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


@pytest.mark.parametrize("collect", ["gc.collect()", COMES_JUST_BEFORE])
def test_an_interrupt_while_garbage_is_collected_is_not_lost(kernel, collect):
    """Guards the page from a traceback of pyzmq, and a learner from pressing again."""
    told = kernel.run(f"rest(3)\n{COLLECTING.format(collect)}", cellId="one")
    assert outputs(told) == [{}, [waiting.STOPPED]]
    assert outputs(kernel.run("print(gc.callbacks)")) == ["[]\n"]


PANEL = """
from course.panels import controls, slice
from course.panels.panel import Panel

def slow(**settings):
    for part in range(15):
        clock.now += 0.1
        yield slice.loss_slice(mlp.SUM, **settings)

given = {"seed": 0, "activation": "tanh", "alpha": 0.0, "learning_rate": 0.2}
work, look = controls.network(), {"learning_rate": controls.learning_rate()}
panel = Panel("slice_panel", given, slow, slice.SliceView(), work, look)
"""


def test_the_first_picture_of_a_panel_tells_how_far_it_is(kernel):
    """Guards: a panel whose cell takes seconds without a word."""
    told = kernel.run(PANEL, cellId="one")
    told = [news for news in told if not news[0].startswith("comm")]  # the widgets'
    first, *_, last = bars(told)
    assert "of this panel" in first and last is None
    assert outputs(told) == [{}]


def test_an_interrupt_between_two_parts_is_told_in_the_same_words(kernel):
    """Guards the lines of the cell itself, and what is printed before."""
    code = "print('kept', flush=True); work_until_stopped()"
    told = kernel.run(code, interrupt_at="<progress", cellId="one")
    assert outputs(told) == ["kept\n", {}, [waiting.STOPPED]]


TRAININGS = """
for number, epochs in enumerate(waiting.with_bar({})):
    clock.tick = int(number == 0)  # the bar is shown once; later news come too soon
    rng = np.random.default_rng(epochs)
    fast.train(mlp.initialize(rng=rng), mlp.XOR.X, mlp.XOR.Y, rng, epochs=epochs)
"""


@pytest.mark.usefixtures("quick_clock")
@pytest.mark.parametrize("row", ["10_000 * [100]", "[1, 50_000]"])
def test_an_interrupt_ends_a_row_of_trainings(kernel, row):
    """Guards: `train` ends at an interrupt and returns; then the cell must end, too."""
    told = kernel.run(TRAININGS.format(row), interrupt_at="1 of", cellId="one")
    assert outputs(told) == [{}, [waiting.STOPPED]]


def test_after_a_bar_the_shell_is_as_before(kernel):
    """Guards interrupts and errors of other cells: they keep their tracebacks."""
    kernel.run(SLOW, cellId="one")
    told = kernel.run("print(signal.getsignal(signal.SIGINT))", cellId="two")
    assert "default_int_handler" in outputs(told)[0]
    ((kind, content),) = kernel.run("raise KeyboardInterrupt", cellId="two")
    assert kind == "error" and len(content["traceback"]) > 1
    ((kind, content),) = kernel.run("1 / 0", cellId="two")
    assert content["ename"] == "ZeroDivisionError"


def test_news_tell_what_is_done_and_not_what_comes(monkeypatch):
    """Guards: words and a bar that are one item ahead, or tell what is left."""
    told = []
    monkeypatch.setattr(waiting, "tell", lambda *news: told.append(news))
    told.extend(waiting.with_bar("ab"))
    assert told == [(0, "0 of 2"), "a", (0.5, "1 of 2"), "b", (1, "all 2")]
    waiting._tell_sweep(500, 2000)
    assert told[-1] == (0.25, "25% of this sweep over 2,000 networks")
    bar = waiting._bar(0.25, "1 of 4")["text/html"]
    assert 'value="0.250"' in bar and "> 1 of 4 (" in bar


def test_plain_python_shows_nothing(capsys, monkeypatch):
    """Guards scripts: a sweep that is watched runs, and nothing is printed."""
    monkeypatch.setattr(waiting, "SHOWN_AFTER", 0)
    assert waiting.watched_sweep() is None
    assert fast.sweep(mlp.XOR.X, mlp.XOR.Y, range(3)).success.shape == (3,)
    assert list(waiting.with_bar("abc")) == ["a", "b", "c"]
    assert capsys.readouterr() == ("", "")
