"""Where answers run: what they can't do to the kernel, and what is said of it.

The answers under test are the learner's, as the code of a cell; many are hostile.
"""

import _thread
import builtins
import contextlib
import functools
import itertools
import os
import re
import signal
import subprocess
import sys
import threading
import time
import types

import numpy as np
import psutil
import pytest

from course import checking
from course.checking import calls, runs
from tests.answers import EXERCISES, cell
from tests.wait import PATIENCE, goes_on, wait_until

pytestmark = pytest.mark.timed

RIGHT = "return np.where(z >= 0, 1.0, alpha)"


def check(body):
    """The verdict on `my_slope` with this body."""
    code = f"def my_slope(z, alpha):\n    {body}"
    return checking.check(EXERCISES, cell("my_slope", code))


HOSTILE = {
    "while True: pass": "2 seconds of computing",
    "while True:\n        try: len('')\n        except: pass": "2 seconds of computing",
    "import itertools; sum(itertools.count())": "2 seconds of computing",
    "return 7**10**8": "2 seconds of computing",
    "import re; re.match('(a+)+$', 'a' * 50 + 'b')": "2 seconds of computing",
    f"import time; time.sleep(1000); {RIGHT}": "waited for 3 seconds and computed nothing",
    f"import time; time.sleep(1); {RIGHT}": "waited for 3 seconds and computed nothing",
    f"import threading; threading.Event().wait(); {RIGHT}": "computed nothing",
    "things = []\n    while True: things.append(np.ones(10**7))": "more than 2 GB",
    "return np.ones(50 * 2**27)": "Unable to allocate|more than 2 GB",
    "exit()": "it ends Python, and with it your notebook",
    "import sys; sys.exit(1)": "it ends Python, and with it your notebook",
    "import os; os._exit(1)": "it ends Python, and with it your notebook",
    "import os; os._exit(0)": "it ends Python, and with it your notebook",
    "import ctypes; ctypes.string_at(0)": "it ends Python, and with it your notebook",
    "breakpoint(); return z": "it stops for a debugger, and nobody is there to type",
    "raise KeyboardInterrupt": "it stops with KeyboardInterrupt",
    "return float(input('alpha?'))": "EOFError.*nobody is there to type",
}


@pytest.mark.usefixtures("answers_run_apart")
@pytest.mark.parametrize("body", HOSTILE)
def test_a_hostile_answer_is_stopped_and_the_next_check_works(body, monkeypatch):
    """Guards: a kernel that hangs, ends or runs out of memory; words that are not true."""
    monkeypatch.setattr(runs, "MEMORY", 300 * 2**20)
    if "computing" in HOSTILE[body]:
        monkeypatch.setattr(runs, "COMPUTING", 0.5)  # sooner; the words stay
    verdict = check(body)
    assert not verdict.solved
    assert re.search(HOSTILE[body], verdict.words), verdict.words
    assert check(RIGHT).words == "my_slope: right"


# In an answer: it tells the number of the copy.
FORK = """import os, time
    def fork():
        copy = os.fork()
        if copy:
            open(os.path.join(FOLDER, str(copy)), "w").close()
        return copy"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system can't fork")
@pytest.mark.usefixtures("answers_run_apart")
@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("if fork(): os._exit(1)\n    time.sleep(300)", "it ends Python"),
        (
            "if not fork(): time.sleep(300); os._exit(0)\n    while True: pass",
            "2 seconds",
        ),
        (f"fork(); {RIGHT}", "right"),
    ],
)
def test_what_an_answer_forks_neither_replies_nor_delays(body, words, tmp_path):
    """Guards: a kernel that waits for a copy of the process; replies that come twice."""
    body = f"FOLDER = {str(tmp_path)!r}\n    {FORK}\n    {body}"
    try:
        assert words in check(body).words
        assert check(RIGHT).words == "my_slope: right"
        copies = [int(path.name) for path in tmp_path.iterdir()]
        assert copies
        if "sleep" in body:  # they would have ended if anybody had waited for them
            assert all(goes_on(psutil.Process(copy)) for copy in copies)
    finally:  # the copies, which nobody else ends
        for path in tmp_path.iterdir():
            with contextlib.suppress(psutil.NoSuchProcess):
                psutil.Process(int(path.name)).kill()


@pytest.mark.usefixtures("answers_run_apart")
def test_a_process_that_does_not_read_is_stopped():
    """Guards: a kernel that waits in a write, where no limit holds."""
    process = runs.Process()
    assert process.load(print, ())
    process.computing.suspend()
    with pytest.raises(calls.Stopped, match="computed nothing"):
        process.call((np.zeros(10**6),))
    assert not process.is_alive()


@pytest.mark.usefixtures("answers_run_apart")
def test_a_picture_in_an_answer_opens_no_window():
    """Guards: `plt.show()` that waits for somebody to close a window."""
    body = f"import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show(); {RIGHT}"
    assert check(body).solved


class Busy:
    """A process that a busy machine gives a part of a processor, once it has begun.

    Its clock goes on by a tenth of a second with each look of the meter.
    """

    waits_for_a_processor = False

    def __init__(self, clock, share=0.1, seconds=np.inf, memory=0):
        self.clock, self.share, self.most, self.memory = clock, share, seconds, memory
        self.computing, self.used = self, 0.0

    def seconds(self):
        self.clock.now += 0.1
        self.used = min(self.used + 0.1 * self.share, self.most)
        return self.used

    def is_ready(self):
        return self.waits_for_a_processor

    def memory_info(self):
        return types.SimpleNamespace(rss=self.memory)


@pytest.fixture
def clock(monkeypatch):
    """The clock of the meters, which the test moves."""
    clock = types.SimpleNamespace(now=0.0)
    clock.monotonic = lambda: clock.now
    monkeypatch.setattr(runs, "time", clock)
    return clock


def measured(clock, process):
    """When a request is stopped, by the clock, and why."""
    meter = runs._Meter(process, runs.COMPUTING)
    meter.looked = clock.now
    return next((clock.now, why) for _ in range(10**4) if (why := meter.excess()))


def test_on_a_busy_machine_only_processor_time_counts(clock):
    """Guards: a limit by the clock for an answer that gets a small part of a processor."""
    when, why = measured(clock, Busy(clock))
    assert why == runs.TOO_LONG
    assert when == pytest.approx(10 * runs.COMPUTING, abs=0.3)


@pytest.mark.parametrize(
    ("used", "memory", "words", "after"),
    [
        (0.5, 0, runs.TOO_LAZY, 5 + 3),  # it computed for 5 s, then it waits
        (np.inf, 3 * 2**30, runs.TOO_LARGE, 0),
    ],
)
def test_what_else_a_request_may_not_take(clock, used, memory, words, after):
    """Guards: an answer that waits, or that takes all memory."""
    when, why = measured(clock, Busy(clock, 0.1, used, memory))
    assert why == words
    assert when == pytest.approx(after, abs=0.5)


@pytest.mark.parametrize(
    ("share", "words", "last"),
    [
        (0.005, runs.TOO_LAZY, 4),  # `time.sleep(1)`, and a little beside it
        (0.02, runs.TOO_LAZY, 10),
        (1 / 15, runs.TOO_LONG, 30),  # thirty learners share two processors
    ],
)
def test_all_calls_together_may_wait_for_three_seconds(clock, share, words, last):
    """Guards: waiting that is counted anew in each call, or while the kernel works."""
    meter = runs._Meter(Busy(clock, share), runs.COMPUTING)
    for call in itertools.count(1):
        meter.looked = clock.now
        reasons = [meter.excess() for _ in range(10)]  # each call takes a second
        if any(reasons):
            break
        clock.now += 7
    assert words in reasons
    assert call == pytest.approx(last, abs=1)


def test_who_waits_for_a_processor_alone_is_given_time(clock):
    """Guards: 'it waited' where a machine is so busy that a process hardly gets any."""
    process = Busy(clock, 0.001)
    process.waits_for_a_processor = True
    meter, process.most = runs._Meter(process, runs.COMPUTING), 1.0
    meter.looked = clock.now
    assert not any(meter.excess() for _ in range(10**4))  # more than 15 minutes


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
@pytest.mark.usefixtures("answers_run_apart")
def test_who_sleeps_waits_for_no_processor():
    """Guards: an answer that sleeps, taken for one that is ready; and the reverse."""
    process = runs.Process()
    assert process.load(sum, ())
    wait_until(lambda: not process.is_ready(), "it waits for a request")
    process._send("call", runs._pickled((range(10**12),)))
    wait_until(process.is_ready, "it computes")
    process.stop()


@pytest.mark.usefixtures("answers_run_apart")
def test_a_process_that_gets_no_processor_has_used_none():
    """Guards: seconds by the clock where those of the processor are meant."""
    process = runs.Process()
    assert process.load(print, ())  # it waits for more
    process.computing.suspend()
    before = process.seconds()
    time.sleep(0.5)
    assert process.seconds() - before < 0.1
    process.stop()


@pytest.mark.usefixtures("answers_run_apart")
def test_a_right_answer_that_takes_long_for_many_numbers_is_right():
    """Guards: an answer that is refused since its process was stopped to save time."""
    slow = f"if z.size > 1000: sum(range(10**9))\n    {RIGHT}"
    assert check(slow).words.startswith("my_slope: right. It loops in Python")
    assert check(RIGHT).words == "my_slope: right"


@pytest.mark.usefixtures("answers_run_apart")
def test_what_the_answer_needs_goes_with_it():
    """Guards: an answer that calls another cell's function, or uses its array."""
    other = "SHIFT = np.array([1.0])\ndef helper(z):\n    return z >= 0"
    code = "def my_slope(z, alpha):\n    return alpha + (SHIFT[0] - alpha) * helper(z)"
    assert checking.check(EXERCISES, cell("my_slope", f"{other}\n{code}")).solved


@pytest.mark.usefixtures("answers_run_apart")
def test_an_answer_that_cannot_be_sent_runs_in_the_kernel():
    """Guards: no verdict for an answer that uses a lock, or a generator."""
    code = f"LOCK = _thread.allocate_lock()\ndef my_slope(z, alpha):\n    LOCK; {RIGHT}"
    verdict = checking.check(EXERCISES, cell("my_slope", f"import _thread\n{code}"))
    assert verdict.words == "my_slope: right"


LOADS = """
class Loads:
    def __call__(self):
        pass
    def __reduce__(self):
        return exec, ({body!r},)
LOADS = Loads()
def my_slope(z, alpha):
    LOADS(); {right}
"""


@pytest.mark.usefixtures("answers_run_apart")
@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("import time; time.sleep(1000)", "computed nothing"),
        ("import os; os._exit(0)", "it ends Python"),
    ],
)
def test_what_harms_its_process_does_not_run_in_the_kernel_then(body, words):
    """Guards: an answer that waits, or ends Python, while it is handed over."""
    answer = cell("my_slope", LOADS.format(body=body, right=RIGHT))
    assert words in checking.check(EXERCISES, answer).words


def test_in_the_kernel_a_loop_in_python_is_stopped():
    """Guards: a host without processes, where an endless loop would be the end."""
    assert "2 seconds of computing" in check("while True: pass").words
    assert "with it your notebook" in check("exit()").words
    assert "nobody is there to type" in check("input()").words
    assert check(RIGHT).words == "my_slope: right"


LEAVES = "np.where = None; np.set_printoptions(precision=1); return z"


@pytest.mark.usefixtures("answers_run_apart")
def test_an_answer_leaves_nothing_to_the_next():
    """Guards: a right answer that is refused for what an earlier one did to NumPy."""
    for _ in range(2):
        assert not check(LEAVES).solved
        assert check(RIGHT).words == "my_slope: right"


def test_a_deadline_in_the_kernel_leaves_it_as_it_was(monkeypatch):
    """Guards: prints that are lost for good after a check, wherever the time is up."""
    before = sys.stdout, sys.stderr, builtins.input, sys.getprofile(), sys.gettrace()
    stopped = 0
    for last in range(200):
        times = itertools.count()
        now = functools.partial(
            lambda times, last: 100 * (next(times) > last), times, last
        )
        with monkeypatch.context() as patch:
            patch.setattr(runs.time, "process_time", now)
            stopped += "2 seconds of computing" in check(RIGHT).words
        after = sys.stdout, sys.stderr, builtins.input, sys.getprofile(), sys.gettrace()
        assert after == before
    assert stopped == 200


@pytest.mark.usefixtures("answers_run_apart")
def test_no_process_is_left_behind():
    """Guards: processes that pile up, check by check."""
    before = len(psutil.Process().children())
    for body in (RIGHT, "while True: pass", RIGHT, "import os; os._exit(1)", RIGHT):
        check(body)
    assert len(psutil.Process().children()) <= before + 1
    assert threading.active_count() < 20


def test_the_process_ends_with_its_kernel():
    """Guards: a process that is left, or computes for ever, when a kernel is killed."""
    kernel = subprocess.Popen(
        [sys.executable, "-c", KERNEL], stdout=subprocess.PIPE, text=True
    )
    process = psutil.Process(int(kernel.stdout.readline()))
    kernel.kill()
    kernel.wait()
    assert process.wait(timeout=PATIENCE) is None or not process.is_running()


KERNEL = """
import time
from course.checking import calls, runs
print(runs.RESERVE.prepare().child.pid, flush=True)
time.sleep(1000)
"""


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
    check(RIGHT)
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
        verdict = check(f"open({str(began)!r}, 'w')\n    while True: pass")
    assert began.exists() is (moment == "call")
    words = "my_slope: the check was interrupted; run the cell again"
    assert verdict == (False, words, False, "")
    if moment == "call":
        assert process.poll() is not None  # it computes no more
    assert check(RIGHT).words == "my_slope: right"


@pytest.mark.usefixtures("answers_run_apart")
def test_exits_are_given_back():
    """Guards: `exit` of the notebook, which a check replaces while an answer runs."""
    answer = cell("my_slope", f"exit = print\ndef my_slope(z, alpha):\n    {RIGHT}")
    assert checking.check(EXERCISES, answer).solved
    assert answer.__globals__["exit"] is print
    assert np.all(answer(np.ones(3), 0.5) == 1)
