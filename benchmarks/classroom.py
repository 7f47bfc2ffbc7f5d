"""A class at once: many kernels run a notebook at the same time on one machine.

    python benchmarks/classroom.py                          thirty kernels, notebook 5
    python benchmarks/classroom.py --kernels 3              a first try
    python benchmarks/classroom.py --notebook 06_xor_task   another notebook

As when thirty learners press 'Run All' in the same moment, on a machine of two cores
(``--cores``). First one kernel runs alone, for comparison. Printed are the time until
the last kernel was done, the longest wait for a single cell, and the memory: the most
that a kernel held at any time, and the most that all of them held together. What
kernels share, such as NumPy's code, counts once in the sum (Linux's 'proportional set
size'). JupyterLab's server comes on top, and each learner's browser runs elsewhere.

It ends with 1 if a kernel did not finish, or printed something else than is stored.
Let the machine do nothing else meanwhile.
"""

import argparse
import asyncio
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import nbformat
import psutil
from nbclient import NotebookClient

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests import live

PATIENCE = 1800  # seconds, for one cell
EVERY = 2.0  # seconds between two looks at the memory
MB = 1e6


class Seat(NamedTuple):
    """What one learner saw."""

    seconds: float  # from the start of the class until all cells were done
    slowest: float  # the longest wait for one cell
    trouble: str  # empty, if all went well


# 1. One learner ----------------------------------------------------------------------


async def run(notebook, folder, pids) -> Seat:
    """Run a notebook in a kernel of its own, whose number is put into ``pids``."""
    start, slowest, trouble = time.perf_counter(), 0.0, ""
    stored = [texts(cell) for cell in notebook.cells]
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=PATIENCE,
        startup_timeout=PATIENCE,
        iopub_timeout=PATIENCE,
        store_widget_state=False,
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        async with client.async_setup_kernel(**quiet):
            pids.append(client.km.provisioner.pid)
            for number, cell in enumerate(notebook.cells):
                before = time.perf_counter()
                if cell.cell_type == "code":
                    await client.async_execute_cell(cell, number)
                slowest = max(slowest, time.perf_counter() - before)
                if texts(cell) != stored[number]:
                    trouble = f"another output in cell {number}: {cell.source[:60]!r}"
            seconds = time.perf_counter() - start
    except Exception as error:  # noqa: BLE001, the others go on
        lines = str(error).strip().splitlines() or [type(error).__name__]
        return Seat(time.perf_counter() - start, slowest, lines[-1])
    return Seat(seconds, slowest, trouble)


def texts(cell) -> str:
    """What a cell printed, as nbval compares it."""
    shown = [
        output.get("text", output.get("data", {}).get("text/plain", ""))
        for output in cell.get("outputs", [])
    ]
    return "".join(shown)


# 2. The class ------------------------------------------------------------------------


class Memory:
    """The most that the kernels held, each and together, in bytes."""

    def __init__(self):
        self.of_kernel, self.together = {}, 0

    async def watch(self, pids):
        """Look at the kernels until this is cancelled."""
        while True:
            self.look(pids)
            await asyncio.sleep(EVERY)

    def look(self, pids):
        total = 0
        for pid in list(pids):
            with contextlib.suppress(psutil.Error):  # it may have ended
                process = psutil.Process(pid)
                held = process.memory_info().rss
                self.of_kernel[pid] = max(self.of_kernel.get(pid, 0), held)
                shares = process.memory_full_info()
                total += getattr(shares, "pss", shares.uss)
        self.together = max(self.together, total)


async def hold_class(name, kernels, folder) -> tuple[list[Seat], Memory]:
    """Let all kernels begin at once."""
    memory, pids = Memory(), []
    watch = asyncio.create_task(memory.watch(pids))
    notebooks = folder / "notebooks"
    path = notebooks / f"{name}.ipynb"
    copies = [nbformat.read(path, as_version=4) for _ in range(kernels)]
    seats = await asyncio.gather(*(run(copy, notebooks, pids) for copy in copies))
    watch.cancel()
    return seats, memory


def report(seats, memory):
    """Print what came out."""
    times = [seat.seconds for seat in seats]
    held = [most / MB for most in memory.of_kernel.values()] or [0]
    good = [seat for seat in seats if not seat.trouble]
    kernels = "1 kernel" if len(seats) == 1 else f"{len(seats)} kernels"
    print(f"{kernels}: {len(good)} finished with the stored output")
    print(f"  time: first {min(times):.0f} s, last {max(times):.0f} s")
    print(f"  longest wait for one cell: {max(seat.slowest for seat in seats):.0f} s")
    median, most = statistics.median(held), max(held)
    print(f"  memory of a kernel: {median:.0f} MB, at most {most:.0f} MB")
    print(
        f"  memory of all kernels together: {memory.together / MB:.0f} MB", flush=True
    )
    for seat in seats:
        if seat.trouble:
            print(f"  {seat.trouble}")


def keep_to(cores) -> str:
    """Use these many cores only, kernels included; say what is used."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
        return f"{len(os.sched_getaffinity(0))} cores"
    return f"all {os.cpu_count()} cores: this system can't be kept to {cores}"


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(description="Many kernels at once.")
    parser.add_argument("--kernels", type=int, default=30)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--notebook", default="05_sum_task")
    options = parser.parse_args(arguments)
    print(f"notebook {options.notebook}, {keep_to(options.cores)}", flush=True)
    good = True
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        live.copy_course(Path(folder))
        for kernels in sorted({1, options.kernels}):
            seats, memory = asyncio.run(
                hold_class(options.notebook, kernels, Path(folder))
            )
            report(seats, memory)
            good = good and not any(seat.trouble for seat in seats)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
