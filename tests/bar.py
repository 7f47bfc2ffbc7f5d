"""How far a command is that takes minutes, and its work in two processes."""

import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed


def results(function, items, start="spawn", **pool):
    """Pairs (item, what the function makes of it), as they come from two processes.

    Those of a command may be forks of it; one that has threads, as a test, must not fork.
    """
    pool |= {"max_workers": 2, "mp_context": multiprocessing.get_context(start)}
    with ProcessPoolExecutor(**pool) as processes:
        jobs = {processes.submit(function, item): item for item in items}
        for done, job in enumerate(as_completed(jobs), 1):
            yield jobs[job], job.result()
            if done % 20 == 0:
                print(f"  {done} of {len(jobs)}", file=sys.stderr, flush=True)
