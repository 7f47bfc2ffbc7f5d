"""Run the tests beside eight busy processes: none may fall for the time that it takes.

    .venv/bin/python tests/under_load.py               what is marked `timed` three times,
                                                       then the whole suite once
    .venv/bin/python tests/under_load.py PATH...       these tests three times

Each run says at its end what fell, and the command ends with 1 if anything did; two cores
take an hour and a quarter.
Where the machine shares its cores by session, switch that off, or kernels and browsers
hardly notice the load: `sysctl kernel.sched_autogroup_enabled=0`.
"""

import contextlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUSY = 8  # processes
WORKERS = 4  # of pytest: they are in each other's way, too
TIMES = 3
# A busy process ends with the command, which holds the other end of its input.
BURN = """import sys, threading
def burn():
    while True: pass
threading.Thread(target=burn, daemon=True).start()
sys.stdin.read()"""


@contextlib.contextmanager
def busy(count):
    """Processes that compute all the time; they end with the block."""
    command = [sys.executable, "-c", BURN]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE) for _ in range(count)]
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


def main(paths) -> int:
    chosen = paths or ["-m", "timed"]
    rounds = [chosen] * TIMES + ([] if paths else [[]])
    command = [sys.executable, "-m", "pytest", "-q", f"--numprocesses={WORKERS}"]
    with busy(BUSY):
        return max(subprocess.call([*command, *each], cwd=ROOT) for each in rounds)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
