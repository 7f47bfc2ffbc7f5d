"""Run the tests beside eight busy processes: none may fall for the time that it takes.

    .venv/bin/python tests/under_load.py               what is marked `timed` three times,
                                                       then the whole suite once
    .venv/bin/python tests/under_load.py PATH...       these tests three times

It says what fell, and ends with 1 if anything did. On two cores all of it takes about two
hours.
"""

import contextlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUSY = 8  # processes
TIMES = 3
LONGEST = 4 * 3600  # seconds after which a busy process ends by itself
BURN = f"import time\nend = time.monotonic() + {LONGEST}\nwhile time.monotonic() < end: pass"


@contextlib.contextmanager
def busy(count):
    """Processes that compute all the time; they end with the block."""
    processes = [subprocess.Popen([sys.executable, "-c", BURN]) for _ in range(count)]
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


def run(*arguments) -> list[str]:
    """Run pytest, and show what it prints; the lines that say what fell."""
    command = [sys.executable, "-m", "pytest", "-q", "-rfE", *arguments]
    print(f"== beside {BUSY} busy processes: pytest {' '.join(arguments)}", flush=True)
    fell = []
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as pytest:
        for line in pytest.stdout:
            print(line, end="", flush=True)
            fell += [line.rstrip()] * line.startswith(("FAILED ", "ERROR "))
    return fell or [f"pytest ended with {pytest.returncode}"] * bool(pytest.returncode)


def main(paths) -> int:
    chosen = paths or ["-m", "timed"]
    rounds = [chosen] * TIMES + ([] if paths else [[]])
    with busy(BUSY):
        fell = [line for arguments in rounds for line in run(*arguments)]
    print("\n".join(["What fell:", *fell]) if fell else "Nothing fell.")
    return 1 if fell else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
