"""A class on a hub: thirty learners run notebook 5 at once, leave, and come back.

    python benchmarks/hub.py                  thirty learners
    python benchmarks/hub.py --learners 3     a first try

JupyterHub runs as in ``hub/``, on two cores (``--cores``) of this machine. All learners
log in at the same moment, then all run notebook 5, answer a question, write into a cell,
save and log out. The hub is restarted, all come back at once and look for what they left.

Printed are the times, and what the memory was when it was most. What processes share
counts once in the sum (Linux's 'proportional set size'). It ends with 1 if anything was
lost. Let the machine do nothing else meanwhile.
"""

import argparse
import contextlib
import os
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measured import real
from tests.hub import trial

PATIENCE = 1800  # seconds; thirty at once are slow
EVERY = 5.0  # seconds between two looks at the memory
MB = 1e6
KINDS = {  # what stands in the command line
    "configurable-http-proxy": "proxy",
    "jupyterhub.singleuser": "servers",
    "ipykernel_launcher": "kernels",
    "trial_config.py": "hub",
}


def memory(hub) -> Counter:
    """The bytes that each kind of process holds now."""
    held = Counter()
    for process in hub.processes():
        with contextlib.suppress(psutil.Error):  # it may have ended
            command = " ".join(process.cmdline())
            kinds = (kind for mark, kind in KINDS.items() if mark in command)
            kind = next(kinds, "others")
            held[kind] += process.memory_full_info().pss
    return held


class Watch:
    """Measures the time of a block, and the most memory in it."""

    def __init__(self, hub, title):
        self.hub, self.title, self.most = hub, title, Counter()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._look)

    def _look(self):
        is_over = False
        while not is_over:
            self.most = max(self.most, memory(self.hub), key=Counter.total)
            is_over = self.over.wait(EVERY)

    def __enter__(self):
        self.start = time.perf_counter()
        self.thread.start()

    def __exit__(self, *_):
        seconds = time.perf_counter() - self.start
        self.over.set()
        self.thread.join()
        total, _ = real(self.title, [self.most.total() / MB, seconds])
        most = ", ".join(f"{kind} {n / MB:.0f}" for kind, n in self.most.items())
        print(
            f"{self.title}: {seconds:.0f} s; memory {total:.0f} MB ({most})", flush=True
        )


def keep_to(cores) -> str:
    """Use these many cores only, and so the hub; say what is used."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
    return f"{len(os.sched_getaffinity(0))} cores"


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(description="A class on a hub.")
    parser.add_argument("--learners", type=int, default=30)
    parser.add_argument("--cores", type=int, default=2)
    options = parser.parse_args(arguments)
    if missing := trial.missing():
        sys.exit(f"Can't measure: {missing}.")
    print(f"{options.learners} learners, {keep_to(options.cores)}", flush=True)
    with trial.running(PATIENCE) as hub:
        names = [f"learner{n + 1}" for n in range(options.learners)]
        learners = [trial.Learner(hub, name) for name in names]
        with Watch(hub, "all log in and their servers start"):
            trial.at_once(trial.enter, learners)
        with Watch(hub, "all run notebook 5"):
            left = trial.at_once(trial.run_notebook, learners)
        with Watch(hub, "all log out, and the hub is restarted"):
            trial.at_once(trial.Learner.log_out, learners)
            hub.stop()
            hub.start()
        with Watch(hub, "all come back"):
            trial.at_once(trial.enter, learners)
        gone = {
            learner.name: lost
            for learner, sources in zip(learners, left)
            if (lost := trial.lost(learner, sources))
        }
    print(f"lost: {gone or 'nothing'}")
    return 1 if gone else 0


if __name__ == "__main__":
    sys.exit(main())
