"""Every claim of the course about seeds in general, measured on seeds nobody looked at.

    .venv/bin/python tests/claims.py                    all, on the seeds 10,000 to 19,999
    .venv/bin/python tests/claims.py dead 02_init       those with such a word
    .venv/bin/python tests/claims.py --seeds 1000 2999  on other seeds

A claim is a rate, or the difference of two. It holds if the 95 % interval of that lies
within the bounds that its words allow. A text that says 'of these 1,000', or names its
seeds, claims nothing of others: nbval and the tests of its lesson hold it to its numbers.
The command ends with 1 if a claim does not hold. `test_claims.py` finds the words of each
claim in its place.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import mlp_core as mlp
from course.experiments import difference_interval, fates, wilson_interval
from course.fast import sweep
from course.original import original_loss_and_grads
from tests.sweeps import text_of

# 1. Claims ---------------------------------------------------------------------------


class Claim(NamedTuple):
    """Words that stand in a file, and the numbers that they stand for."""

    place: str  # a file, from the root of the course
    words: str  # a part of its text
    low: float
    high: float
    # Of seeds (S,) tells True or False for each: (S,). Two of these are a comparison.
    measure: Callable


class Result(NamedTuple):
    rate: float  # or the difference of two
    interval: tuple[float, float]
    holds: bool


def result(claim, seeds) -> Result:
    """Measure a claim."""
    measured = claim.measure(seeds)
    if isinstance(measured, tuple):
        pairs = [(int(part.sum()), len(part)) for part in measured]
        rate = float(measured[0].mean() - measured[1].mean())
        interval = difference_interval(*pairs)
    else:
        rate = float(measured.mean())
        interval = wilson_interval(int(measured.sum()), len(measured))
    holds = claim.low <= interval[0] and interval[1] <= claim.high
    return Result(rate, interval, holds)


# 2. Measures -------------------------------------------------------------------------

_RUNS = {}


def run(task, seeds, **settings):
    """The `sweep` of these settings, which is computed once."""
    key = text_of([task.name, seeds, sorted(settings.items())])
    if key not in _RUNS:
        _RUNS[key] = sweep(task.X, task.Y, seeds, **settings)
    return _RUNS[key]


def solved(task, seeds, **settings):
    return run(task, seeds, **settings).success


def ended(fate, task, seeds, activation=mlp.ORIGINAL, **settings):
    """Which networks ended with this fate: see `fates`."""
    trained = run(task, seeds, activation=activation, **settings)
    return fates(trained, task.X, task.Y, activation) == fate


def first_look(seeds, rate=0.2):
    """Which networks of notebook 0 learn."""
    return solved(mlp.XOR, seeds, sizes=(2, 4, 1), learning_rate=rate)


# 3. What the course claims, notebook by notebook -------------------------------------

BUG = {"gradient": original_loss_and_grads}

FIRST_LOOK = [
    Claim(
        "course/lessons/first_look/questions.toml",
        "About 85 of 100.",
        0.84,
        0.86,
        first_look,
    ),
    Claim(
        "TEACHING.md",
        "0.5 does better than 0.2",
        0,
        1,
        lambda seeds: (first_look(seeds, 0.5), first_look(seeds, 0.2)),
    ),
]

ACTIVATIONS = [
    Claim(
        "course/lessons/activations/questions.toml",
        "About half",
        0.45,
        0.55,
        lambda seeds: ended("dead layer", mlp.XOR, seeds, activation=mlp.relu),
    ),
]

INITIALIZATION = []

FORWARD = []

BACKPROP = []

SUM_TASK = []

XOR_TASK = []

BUG_LAB = []

CLAIMS = [
    *FIRST_LOOK,
    *ACTIVATIONS,
    *INITIALIZATION,
    *FORWARD,
    *BACKPROP,
    *SUM_TASK,
    *XOR_TASK,
    *BUG_LAB,
]

# 4. The command ----------------------------------------------------------------------


def line(claim, found) -> str:
    """What was measured, and whether the words hold."""
    low, high = found.interval
    return (
        f"{100 * found.rate:.1f} % ({100 * low:.1f} to {100 * high:.1f} %), "
        f"said to be {100 * claim.low:g} to {100 * claim.high:g} %: "
        f"{'holds' if found.holds else 'DOES NOT HOLD'}"
    )


def main(arguments=None, claims=CLAIMS) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("word", nargs="*", help="measure the claims with such a word")
    parser.add_argument(
        "--seeds",
        nargs=2,
        type=int,
        default=(10_000, 19_999),
        metavar=("FIRST", "LAST"),
    )
    chosen = parser.parse_args(arguments)
    seeds = range(chosen.seeds[0], chosen.seeds[1] + 1)
    claims = [
        claim
        for claim in claims
        if not chosen.word
        or any(word in f"{claim.place} {claim.words}" for word in chosen.word)
    ]
    false, start = 0, time.perf_counter()
    for number, claim in enumerate(claims, 1):
        print(f"{number}/{len(claims)} {claim.place}: '{claim.words}'", flush=True)
        found = result(claim, seeds)
        false += not found.holds
        print(f"    {line(claim, found)}", flush=True)
    seconds = time.perf_counter() - start
    print(f"{len(claims)} claims, {false} don't hold, {seconds:.0f} s")
    return 1 if false or not claims else 0


if __name__ == "__main__":
    sys.exit(main())
