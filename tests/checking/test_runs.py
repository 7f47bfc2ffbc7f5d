"""Where answers run: what they can't do to the kernel, and what is said of it.

The answers under test are the learner's, as the code of a cell; many are hostile.
"""

import _thread
import builtins
import functools
import itertools
import os
import signal
import subprocess
import sys
import threading
import types

import numpy as np
import psutil
import pytest

from course.checking import calls, runs
from course.lessons import own
from tests.answers import cell
from tests.checking.slopes import RIGHT, assert_said, check, odd_answers
from tests.wait import PATIENCE, goes_on, wait_until

pytestmark = pytest.mark.timed

APART = odd_answers("apart")


@pytest.mark.usefixtures("answers_run_apart")
@pytest.mark.parametrize(("code", "words"), APART.values(), ids=APART)
def test_an_answer_in_a_process_gets_its_words(code, words):
    """Guards: a kernel that hangs, ends or runs out of memory; words that are not true."""
    assert_said(code, words)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system can't fork")
@pytest.mark.usefixtures("answers_run_apart")
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("if copy: os._exit(1)\n    os.setsid(); time.sleep(300)", "it ends Python"),
        ("if not copy: os.setsid(); time.sleep(300)\n    " + RIGHT, "right"),
        (RIGHT, "right"),
    ],
)
def test_what_an_answer_forks_neither_replies_nor_delays(line, words, tmp_path):
    """Guards: a kernel that waits for a copy, replies twice, copies that stay."""
    code = f"""
import os, time
def my_slope(z, alpha):
    copy = os.fork()
    if copy: open(os.path.join({str(tmp_path)!r}, str(copy)), "w").close()
    {line}
"""
    assert words in check(code).words
    copies = [int(path.name) for path in tmp_path.iterdir()]
    assert copies
    wait_until(lambda: not any(map(_goes_on, copies)), "a copy goes on")


def _goes_on(number):
    return psutil.pid_exists(number) and goes_on(psutil.Process(number))


SEEN = """
import os
def seen(*_):
    with open({!r}, "a") as file: file.write(f"{{os.getpid()}} ")
{}
THING = Thing(a=1)
def my_slope(z, alpha): THING; RIGHT"""


@pytest.mark.usefixtures("answers_run_apart")
@pytest.mark.parametrize(
    "thing",
    [
        "class Thing(dict): __getnewargs__ = seen",
        "class Thing(dict): items = seen",
        "Thing = type('Thing', (dict,), {})\nimport copyreg; copyreg.pickle(Thing, seen)",
        "class Thing(dict): __class__ = property(seen)",
        "class Thing(dict): __module__ = 'numpy'; __reduce__ = __getstate__ = seen",
        "class Meta(type): __module__ = property(seen)\nclass Thing(dict, metaclass=Meta): 1",
    ],
)
def test_pickling_runs_nothing_of_the_learners_in_the_kernel(thing, tmp_path):
    """Guards: a kernel that is ended, or kept busy, while an answer is sent."""
    (tmp_path / "seen").touch()
    code = SEEN.format(str(tmp_path / "seen"), thing)
    assert check(code).solved and own.code_of(cell("my_slope", code))
    assert str(os.getpid()) not in (tmp_path / "seen").read_text().split()


USE = "return np.where(z >= 0, one(), alpha)"
LATER = "if not z.size: from matplotlib import pyplot"
LACKS = "it uses tqdm, which isn't there when work is marked. Use NumPy or the standard library"


@pytest.mark.usefixtures("answers_run_apart")
@pytest.mark.parametrize(
    ("code", "words"),
    [
        (f"from tqdm import one\ndef my_slope(z, alpha): {USE}", f"not yet: {LACKS}"),
        (f"from tqdm import one; {USE}", f"{USE}`: {LACKS}"),
        (f"from tqdm import one\ndef my_slope(z, alpha): {RIGHT}", "right"),
        (f"try: import tqdm\nexcept ImportError: {RIGHT}", "right"),
        (f"{LATER}\nimport sys; sys.modules['matplotlib.pyplot']; {RIGHT}", "right"),
    ],
)
def test_no_answer_uses_what_its_mark_lacks(code, words, tmp_path, monkeypatch):
    """Guards: 'right' where the mark is not; an import that isn't used, or that a package
    needs, refused; imports that take the time of a call."""
    (tmp_path / "tqdm.py").write_text("def one(): return 1.0")
    monkeypatch.syspath_prepend(tmp_path)
    assert words in check(code).words


def test_a_process_that_does_not_read_is_stopped(monkeypatch):
    """Guards: a kernel that waits in a write; seconds by the clock for computed ones."""
    process = runs.Process()
    process.load(print, ())
    monkeypatch.setattr(runs, "WAITING", 0.5)
    process.computing.suspend()
    with pytest.raises(calls.Stopped, match="computed nothing"):
        process.call((np.zeros(10**6),))
    assert not process.is_alive()


def test_a_console_is_not_taken_for_what_computes(monkeypatch):
    """Guards: on Windows a loop that 'computed nothing', for there is a child beside it."""
    console = types.SimpleNamespace(name=lambda: "conhost.exe")
    monkeypatch.setattr(psutil.Process, "children", lambda *_, **__: [console])
    process = runs.Process()
    process.load(print, ())
    assert process.computing.pid == process.child.pid
    monkeypatch.undo()
    process.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_who_sleeps_waits_for_no_processor():
    """Guards: an answer that sleeps, taken for one that is ready; and the reverse, also
    where another thread of it computes."""
    start = "t = threading.Thread(target=sum, args=[range(10**12)]); t.start()"
    process = runs.Process()
    process.load(cell("f", f"def f(): import threading; {start}; t.join()"), ())
    wait_until(lambda: not process.is_ready(), "it waits for a request")
    process._send("call", runs._pickled(()))
    waits = lambda: process.computing.status() == "sleeping"  # its first thread
    computes = lambda: all(waits() and process.is_ready() for _ in range(20))
    wait_until(computes, "it computes")
    process.stop()


@pytest.mark.usefixtures("answers_run_apart")
def test_an_answer_leaves_nothing_to_the_next():
    """Guards: a right answer that is refused for what an earlier one did; processes."""
    before = len(psutil.Process().children())
    np_changed = "np.where = None; np.set_printoptions(precision=1); return z"
    for code in (np_changed, "import os; os._exit(1)", np_changed):
        assert not check(code).solved
        assert check(RIGHT).words == "my_slope: right"
    assert len(psutil.Process().children()) <= before + 1
    assert threading.active_count() < 20


KERNEL = """
import time
from course.checking import calls, runs
print(runs.RESERVE.prepare().child.pid, flush=True)
time.sleep(1000)
"""


def test_the_process_ends_with_its_kernel():
    """Guards: a process that is left, or computes for ever, when a kernel is killed."""
    command = [sys.executable, "-c", KERNEL]
    kernel = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    process = psutil.Process(int(kernel.stdout.readline()))
    kernel.kill()
    kernel.wait()
    assert process.wait(timeout=PATIENCE) is None or not process.is_running()


@pytest.fixture
def stop_button():
    """An interrupt raises KeyboardInterrupt, also in what a shell started with '&'."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("stop_button", "answers_run_apart")
@pytest.mark.parametrize("moment", ["load", "call"])
def test_an_interrupt_stops_the_check(moment, monkeypatch, tmp_path):
    """Guards: the stop button while a check runs; an answer that goes on after it."""
    process, began = runs.RESERVE.prepare().child, tmp_path / "began"
    ask, look = runs.Process._ask, runs._Meter.excess

    def interrupted_ask(self, method, *rest):
        if method == moment == "load":
            _thread.interrupt_main()
        return ask(self, method, *rest)

    def interrupted_look(self):
        if began.exists():  # the answer computes
            _thread.interrupt_main()
        return look(self)

    with monkeypatch.context() as patch:
        patch.setattr(runs.Process, "_ask", interrupted_ask)
        patch.setattr(runs._Meter, "excess", interrupted_look)
        verdict = check(f"open({str(began)!r}, 'w')\nwhile True: pass")
    assert began.exists() is (moment == "call")
    words = "my_slope: the check was interrupted; run the cell again"
    assert verdict == (False, words, False, "")
    assert process.poll() is not None  # it computes no more
    assert check(RIGHT).words == "my_slope: right"


class Busy:
    """A process that a busy machine gives a share of a processor, up to some seconds.

    The clock, which stands in for the module `time`, goes on by a tenth of a second with
    each look of the meter.
    """

    at_most = np.inf

    def __init__(self, share, seconds=np.inf, memory=0, is_ready=False, late=0.0):
        self.share, self.most, self.computing, self.used = share, seconds, self, 0.0
        self.is_ready = lambda: is_ready
        self.memory_info = lambda: types.SimpleNamespace(rss=memory)
        self.now, self.late = 0.0, late
        self.monotonic = lambda: self.now

    def seconds(self):
        self.now += 0.1 + self.late
        self.used = min(self.used + 0.1 * self.share, self.most)
        return self.used


@pytest.mark.parametrize(
    ("given", "words", "after"),
    [
        # In a call of a second `time.sleep(1)`, and a little beside it.
        ({"share": 0.005}, runs.TOO_LAZY, 4),
        ({"share": 0.02}, runs.TOO_LAZY, 10),
        # Thirty learners share two processors.
        ({"share": 1 / 15}, runs.TOO_LONG, 15 * runs.COMPUTING),
        ({"share": 0.1}, runs.TOO_LONG, 10 * runs.COMPUTING),
        # It computes for 5 seconds, then it waits.
        ({"share": 0.1, "seconds": 0.5}, runs.TOO_LAZY, 5 + 3),
        ({"share": 0.1, "memory": 3 * 2**30}, runs.TOO_LARGE, 0),
        # The system tells that it naps. The kernel has no processor to look sooner.
        ({"share": 0.02, "told": 1}, runs.TOO_LAZY, 3),
        ({"share": 0.0, "late": 9.0}, runs.TOO_LAZY, 3),
        # It waits for a processor, alone: 15 minutes are too short.
        ({"share": 0.001, "seconds": 1.0, "is_ready": True}, "", 900),
    ],
)
def test_all_calls_together_have_their_limits(given, words, after, monkeypatch):
    """Guards: limits by the clock, anew in each call, or while the kernel works."""
    monkeypatch.setattr(runs, "SHARE", given.pop("told", 30))
    process = Busy(**given)
    monkeypatch.setattr(runs, "time", process)
    meter, why, looks = runs._Meter(process), "", 0
    meter.allow(runs.COMPUTING)
    while not why and looks < 9000:
        if looks % 10 == 0:  # each call takes a second, 7 seconds after the one before
            process.now += 7
            meter.looked = process.now
        why, looks = meter.excess(), looks + 1
    assert why == words
    assert looks / 10 == pytest.approx(after, abs=1)


def test_a_grading_has_an_end_by_the_clock(monkeypatch):
    """Guards: a child for which an answer waits as for a disk, and with it the teacher."""
    process = Busy(0.0, is_ready=True)
    process.at_most = 2.0
    monkeypatch.setattr(runs, "time", process)
    meter = runs._Meter(process)
    meter.looked = 0.0
    told = [meter.excess() for _ in range(30)]
    assert told[0] == "" and told[-1] == runs.TOO_LAZY


def test_a_deadline_in_the_kernel_leaves_it_as_it_was(monkeypatch):
    """Guards: prints that are lost for good after a check, wherever the time is up."""

    def state():
        traced = sys.getprofile(), sys.gettrace()
        return sys.stdout, sys.stderr, builtins.input, *traced

    def late(looks, last):
        return 100 * (next(looks) > last)

    before = state()
    for last in range(200):
        now = functools.partial(late, itertools.count(), last)
        with monkeypatch.context() as patch:
            patch.setattr(runs.time, "process_time", now)
            assert "2 seconds of computing" in check(RIGHT).words
        assert state() == before
