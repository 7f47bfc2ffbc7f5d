"""Run the tests beside eight busy processes: none may fall for the time that it takes.

    .venv/bin/python tests/under_load.py               what is marked `timed` three times,
                                                       then the whole suite once
    .venv/bin/python tests/under_load.py PATH...       these tests three times

Each run says at its end what fell, and the command ends with 1 if anything did; two cores
take an hour and a quarter.
Where the machine shares its cores by session, switch that off, or kernels and browsers
hardly notice the load: `sysctl kernel.sched_autogroup_enabled=0`.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUSY = 8  # processes
WORKERS = 4  # of pytest: they are in each other's way, too
TIMES = 3
# It ends with the command, which holds the other end of its input, however that ends.
BURN = """import sys, threading
def burn():
    while True: pass
threading.Thread(target=burn, daemon=True).start()
sys.stdin.read()"""


def main(paths) -> int:
    chosen = paths or ["-m", "timed"]
    rounds = [chosen] * TIMES + ([] if paths else [[]])
    command = [sys.executable, "-m", "pytest", "-q", f"--numprocesses={WORKERS}"]
    burn = [sys.executable, "-c", BURN]
    busy = [subprocess.Popen(burn, stdin=subprocess.PIPE) for _ in range(BUSY)]
    ends = [subprocess.call([*command, *each], cwd=ROOT) for each in rounds]
    return max(ends) or any(process.poll() is not None for process in busy)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
