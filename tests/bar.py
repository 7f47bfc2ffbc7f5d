"""The work of a command that takes minutes: in two processes, beside a progress bar."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, as_completed

from rich.console import Console
from rich.progress import track


def results(function, items, **pool):
    """Pairs (item, what the function makes of it), as they come from the processes."""
    pool |= {"max_workers": 2, "mp_context": multiprocessing.get_context("spawn")}
    with ProcessPoolExecutor(**pool) as processes:
        jobs = {processes.submit(function, item): item for item in items}
        bar = {"total": len(jobs), "console": Console(stderr=True)}
        for job in track(as_completed(jobs), "", **bar):
            yield jobs[job], job.result()
