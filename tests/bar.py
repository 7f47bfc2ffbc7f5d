"""How far a command is that takes minutes: a bar, or lines where nobody watches."""

import contextlib
import itertools
import multiprocessing
from concurrent.futures import ProcessPoolExecutor, as_completed

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

APART = 60  # seconds between two lines


@contextlib.contextmanager
def counting(total, **options):
    """A function to be called after each of ``total`` things."""
    columns = BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    left = TimeRemainingColumn(), "left"
    bar = Progress(*columns, *left, speed_estimate_period=3600, **options)
    bar.disable = not bar.console.is_terminal
    bar.add_task("", total=total)
    (task,), due = bar.tasks, itertools.count(APART, APART)
    next_line = next(due)

    def advance():
        nonlocal next_line
        bar.advance(task.id)
        if bar.disable and next_line <= task.elapsed and not task.finished:
            next_line = next(line for line in due if line > task.elapsed)
            left = task.elapsed * (total - task.completed) / task.completed
            minutes = f"{task.elapsed / 60:.0f} minutes, some {left / 60:.0f} more"
            bar.console.file.write(f"  {task.completed:.0f} of {total}, {minutes}\n")
            bar.console.file.flush()

    with bar:
        yield advance


def results(function, items, start="spawn", **pool):
    """Pairs (item, what the function makes of it), as they come from two processes.

    Those of a command may be forks of it; one that has threads, as a test, must not fork.
    """
    pool |= {"max_workers": 2, "mp_context": multiprocessing.get_context(start)}
    with ProcessPoolExecutor(**pool) as processes:
        jobs = {processes.submit(function, item): item for item in items}
        with counting(len(jobs)) as advance:
            for job in as_completed(jobs):
                yield jobs[job], job.result()
                advance()
