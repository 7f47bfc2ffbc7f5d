"""A wait of more than a second: JupyterLab and Notebook show how far the cell is.

Elsewhere (in plain Python, and where notebooks are run by nbclient, nbval or Voila)
none of this happens.
"""

import _thread
import gc
import signal
import sys
import threading
import time

SHOWN_AFTER = 1.0  # seconds
PAUSE = 0.1  # seconds between two pictures of the bar
STOPPED = (
    "Stopped. What this cell makes is missing or old, so run it again before going on."
)


def with_bar(items):
    """Go through the items, as in ``for seed in with_bar(range(50))``."""
    items = list(items)
    for done, item in enumerate(items):
        tell(done / len(items), f"{done} of {len(items)}")
        yield item
    tell(1, f"all {len(items)}")  # so an interrupt of the last one is seen


def watched_sweep():
    """What a sweep calls with the networks done, and all; None where nothing is shown."""
    return _tell_sweep if _running_cell() else None


def _tell_sweep(done, total):
    tell(done / total, f"{done / total:.0%} of this sweep over {total:,} networks")


def tell(share, words):
    """Say that a share of the work is done, 0 to 1; shown if the cell takes long."""
    run = _running_cell()
    if run is not None:
        _Wait.of(run).tell(share, words)


def _running_cell():
    """Name the run of the cell that runs; None where no page could show a bar."""
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or "IPython" not in sys.modules:
        return None
    from course import host  # not above: numbers need no package for notebooks

    # JupyterLab, Notebook and Colab tell the id of the cell, nbclient and nbval don't.
    cell, run, _ = host.running_cell()
    return run if cell else None


class _Wait:
    """The wait for one run of a cell, from its first news to its end."""

    latest = None  # that of the cell that runs, or ran last

    @classmethod
    def of(cls, run):
        if cls.latest is None or cls.latest.run != run:
            cls.latest = cls(run)
        return cls.latest

    def __init__(self, run):
        self.run, self.start, self.told = run, time.perf_counter(), 0
        self.output, self.stopped = None, False
        self.again = threading.Timer(PAUSE, _thread.interrupt_main)
        self.is_sending, self.is_collecting = False, False

    def tell(self, share, words):
        if self.stopped:  # a training took the interrupt for its own, and ended
            raise KeyboardInterrupt
        now = time.perf_counter()
        if now - self.start < SHOWN_AFTER or now - self.told < PAUSE:
            return
        self.told = now
        if self.output is None:
            self._open()
        self.is_sending = True
        self.output.update(_bar(share, words), raw=True)
        self.is_sending = False
        if self.stopped:
            raise KeyboardInterrupt

    def _open(self):
        from IPython import display, get_ipython

        self.output = display.display({}, raw=True, display_id=True)
        self.shell = shell = get_ipython()
        shell.events.register("post_run_cell", self._close)
        gc.callbacks.append(self._collect)
        shell.set_custom_exc((KeyboardInterrupt,), _show_stopped)
        # For the rest of this cell: the kernel gives the next one Python's own again.
        signal.signal(signal.SIGINT, self._stop)

    def _stop(self, _, frame):
        """Stop the cell, though not here if it would be swallowed, with a traceback."""
        self.stopped = True
        self.again.cancel()
        begins_to_collect = frame.f_code is _Wait._collect.__code__
        if self.is_collecting or begins_to_collect:  # pyzmq's messages are freed then
            self.again = threading.Timer(PAUSE, _thread.interrupt_main)
            self.again.start()
        elif not self.is_sending:
            raise KeyboardInterrupt

    def _collect(self, phase, _):
        self.is_collecting = phase == "start"

    def _close(self, _):
        """Take the bar off the page: an output without data shows nothing."""
        self.again.cancel()
        gc.callbacks.remove(self._collect)
        self.output.update({}, raw=True)
        self.shell.set_custom_exc((), None)
        self.shell.events.unregister("post_run_cell", self._close)


def _bar(share, words):
    html = (
        '<div style="padding-left:8px"><progress aria-label="working" '
        f'style="vertical-align:middle" value="{share:.3f}"></progress> '
        f"{words} (to stop it, press ■ above)</div>"
    )
    return {"text/html": html, "text/plain": words}


def _show_stopped(shell, kind, error, traceback, tb_offset=None):
    """An interrupt in one sentence; its traceback would say where, which is no use."""
    error._render_traceback_ = lambda: [STOPPED]
    shell.showtraceback((kind, error, traceback))
