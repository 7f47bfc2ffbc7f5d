"""Measure the course's training beside other libraries that do the same work.

    python benchmarks/speed.py                     all of it; README.md gets the goals
    python benchmarks/speed.py --quick             a short run each; judges and writes nothing
    python benchmarks/speed.py --against FOLDER    beside another checkout of the course

Each library works in a process of its own, and only one works at a time. The entries of
a table take turns, one run each, so that a slow minute of the machine hits them all. A
time is the median of an entry's runs, and a ratio one of medians. Before the clock
starts, the weights after 100 steps are compared: all must compute the same. A library
that is missing is named and passed over; README.md then stays as it is.
"""

import argparse
import datetime
import functools
import math
import multiprocessing
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import libraries
import numpy as np
from libraries import COURSE, large, many, small
from measured import is_installed, real

CHECK_STEPS = 100
AGREE = 1e-9  # how far weights may lie apart, relative to those above 1
NETWORKS = (10, 100, 1000, 10_000)  # that train at once
README = Path(__file__).resolve().parent / "README.md"
BEGIN, END = "<!-- results begin -->\n", "<!-- results end -->\n"

# 1. A process for each library --------------------------------------------------------


class Entry(NamedTuple):
    """One line of a table."""

    label: str
    prepare: Callable
    problem: Callable
    arguments: tuple = ()  # of the problem
    course: Path = COURSE  # the checkout that it imports


@functools.lru_cache(maxsize=1)  # a table asks a process for one entry only
def prepared(entry):
    problem = entry.problem(*entry.arguments)
    return entry.prepare(problem), len(problem.samples)


def weights(entry) -> list[tuple]:
    run, _ = prepared(entry)
    return [tuple(map(np.array, layer)) for layer in run(CHECK_STEPS)]


def seconds(entry, quick) -> tuple[float, float]:
    """By the clock, and of processor time, which a busy machine disturbs less."""
    run, steps = prepared(entry)
    steps = CHECK_STEPS if quick else steps
    start, processor_start = time.perf_counter(), time.process_time()
    run(steps)
    return time.perf_counter() - start, time.process_time() - processor_start


PROCESSES = {}


def ask(entry, function, *arguments):
    """Call `weights` or `seconds` in the entry's own process."""
    key = entry.prepare, entry.course
    if key not in PROCESSES:
        os.environ["SPEED_COURSE"] = str(entry.course)
        context = multiprocessing.get_context("spawn")
        PROCESSES[key] = ProcessPoolExecutor(1, context)
    return PROCESSES[key].submit(function, entry, *arguments).result()


def end_processes():
    for process in PROCESSES.values():
        process.shutdown()
    PROCESSES.clear()


# 2. Measuring ------------------------------------------------------------------------


def measure(entries, quick) -> dict[str, list]:
    """The `seconds` of each entry's runs, after a look whether their weights agree."""
    runs = {entry.label: [] for entry in entries}
    right = ask(entries[0], weights)
    for entry in entries[1:]:
        comparable = entry.problem is entries[0].problem  # not one beside many
        if comparable and entry.prepare is not libraries.products:
            check(entry.label, ask(entry, weights), right)
    for turn in range(2 if quick else 10):
        for entry in entries if turn % 2 == 0 else reversed(entries):
            time.sleep(0.01)  # the threads of the one before fall asleep
            taken = ask(entry, seconds, quick)
            if turn > 0:  # the first run warms caches, and compiles
                runs[entry.label].append(real(entry.label, taken))
    return runs


def check(label, params, right):
    """Refuse weights that lie too far from the right ones."""
    for layer, right_layer in zip(params, right):
        for array, correct in zip(layer, right_layer):
            gap = abs(np.reshape(array, correct.shape) - correct)
            gap /= np.maximum(1, abs(correct))
            gap[~np.isfinite(correct)] = 0  # a network that diverged has no weights
            if not gap.max() <= AGREE:
                raise SystemExit(f"{label}: the weights differ by {gap.max():.0e}")


def import_time(module) -> float:
    """The seconds in a fresh Python, after NumPy."""
    code = f"""if True:
        import numpy, time
        start = time.perf_counter()
        import {module}
        print(time.perf_counter() - start)"""
    # Compiled by the first run, as at a learner's first start.
    settings = os.environ | {"PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, "-c", code]
    return float(subprocess.check_output(command, cwd=COURSE, env=settings))


# 3. Beside other libraries -----------------------------------------------------------


def tables(installed) -> dict[str, list[Entry]]:
    """The entries that take turns. The first is the 1 of the ratios."""
    train, plain = libraries.fast_train, libraries.plain_train
    sweep, original = libraries.fast_sweep, libraries.original
    jax, jax_first = libraries.jax, libraries.jax_first_call
    found = {}
    found["A"] = [
        Entry("fast.train", train, small),
        Entry("mlp_core.train", plain, small),
        Entry("original notebook", original, small),
        Entry("micrograd", libraries.micrograd, small),
        Entry("torch", libraries.torch, small),
        Entry("jax, first call", jax_first, small),
        Entry("jax, later calls", jax, small),
    ]
    found["A with ReLU"] = [
        Entry("fast.train", train, small, ("relu",)),
        Entry("scikit-learn", libraries.scikit_learn, small, ("relu",)),
    ]
    for S in NETWORKS:
        found[f"B, {S:,} networks"] = [
            Entry("fast.sweep", sweep, many, (S,)),
            Entry("original notebook, one network", original, small),
            Entry("jax, first call", jax_first, many, (S,)),
            Entry("jax, later calls", jax, many, (S,)),
        ]
    found["C"] = [
        Entry("fast.train", train, large),
        Entry("mlp_core.train", plain, large),
        Entry("matrix products alone", libraries.products, large),
        Entry("torch", libraries.torch, large),
        Entry("jax, later calls", jax, large),
    ]
    return {
        title: [entry for entry in entries if package_of(entry) in installed]
        for title, entries in found.items()
    }


def package_of(entry) -> str:
    return libraries.PACKAGES.get(entry.prepare, "numpy")


class Medians(dict):
    """The medians of a table, by label; NaN for a library that is missing."""

    def __missing__(self, label):
        return math.nan


def goals(median) -> list[tuple]:
    """What the course promises: (text, measured, '≤' or '≥', bound)."""
    a, relu, c, imports = (median[key] for key in ("A", "A with ReLU", "C", "D"))
    b, b_more = median["B, 1,000 networks"], median["B, 10,000 networks"]
    train, plain, one = a["fast.train"], a["mlp_core.train"], a["original notebook"]
    scikit = relu["scikit-learn"] / relu["fast.train"]
    sweep, more = b["fast.sweep"], b_more["fast.sweep"] / 10
    networks = 1000 * b["original notebook, one network"] / sweep
    large, fastest = c["fast.train"], np.minimum(c["torch"], c["jax, later calls"])
    products = c["matrix products alone"]
    return [
        ("A: fast.train/original notebook", train / one, "≤", 0.5),
        ("A: fast.train/mlp_core.train", train / plain, "≤", 0.4),
        ("A: mlp_core.train/original notebook", plain / one, "≤", 3),
        ("A: micrograd/fast.train", a["micrograd"] / train, "≥", 5),
        ("A: torch/fast.train", a["torch"] / train, "≥", 8),
        ("A: scikit-learn/fast.train", scikit, "≥", 15),
        ("B: networks in the time of the original's one", networks, "≥", 350),
        ("B: fast.sweep/jax's first call", sweep / b["jax, first call"], "≤", 1),
        ("B: one of 10,000 networks/one of 1,000", more / sweep, "≤", 1),
        ("C: fast.train/matrix products", large / products, "≤", 1.8),
        ("C: fast.train/the faster of torch and jax", large / fastest, "≤", 1.5),
        ("D: milliseconds for mlp_core", 1000 * imports["mlp_core"], "≤", 10),
    ]


def report(results, quick) -> tuple[str, str]:
    """The goals and the tables, as Markdown."""
    median = {
        title: Medians(
            (label, statistics.median(runs)) for label, runs in table.items()
        )
        for title, table in results.items()
    }
    lines = ["| Goal | Bound | Measured |", "|---|---|---|"]
    for text, value, sign, bound in goals(median):
        if math.isnan(value):
            continue
        met = value <= bound if sign == "≤" else value >= bound
        verdict = "" if met or quick else ", **missed**"
        lines.append(f"| {text} | {sign} {bound:g} | {value:.3g}{verdict} |")
    many = many_runs([median[f"B, {S:,} networks"] for S in NETWORKS])
    tables = one_run("A", median["A"]), many, one_run("C", median["C"])
    return "\n".join(lines), "\n\n".join(map("\n".join, tables))


def one_run(title, medians):
    yield f"| {title} | Median | Ratio |"
    yield "|---|---|---|"
    first = next(iter(medians.values()))
    for label, middle in medians.items():
        yield f"| {label} | {duration(middle)} | {middle / first:.2f} |"


def many_runs(medians):
    """The same line for each number of networks."""
    yield f"| B, networks | {' | '.join(f'{S:,}' for S in NETWORKS)} |"
    yield "|---" * (1 + len(medians)) + "|"
    for label in medians[0]:
        yield f"| {label} | {' | '.join(duration(times[label]) for times in medians)} |"


def duration(seconds) -> str:
    """In milliseconds or seconds, with a space that no line breaks at."""
    if seconds < 0.9995:
        return f"{1000 * seconds:.3g}\N{NO-BREAK SPACE}ms"
    return f"{seconds:.3g}\N{NO-BREAK SPACE}s"


def machine(packages) -> str:
    """What the numbers were measured on."""
    info = Path("/proc/cpuinfo")  # Linux
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    models = [line.split(":")[1].strip() for line in lines if "model name" in line]
    model = models[0] if models else platform.processor()
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in packages)
    return f"""\
- date: {datetime.date.today()}
- processor: {model}, {os.cpu_count()} cores
- system: {platform.system()}, Python {platform.python_version()}
- versions: {versions}
"""


def beside_others(quick):
    packages = dict.fromkeys(["numpy", *libraries.PACKAGES.values()])
    installed = list(filter(is_installed, packages))
    results = {}
    for title, entries in tables(installed).items():
        print(title, flush=True)
        runs = measure(entries, quick)
        results[title] = {label: [wall for wall, _ in runs[label]] for label in runs}
    times = [import_time("mlp_core") for _ in range(6 if quick else 22)]
    results["D"] = {"mlp_core": real("import mlp_core", times[1:])}
    reached, tables_told = report(results, quick)
    text = f"{machine(installed)}\n{reached}\n"
    print(text, tables_told, sep="\n")
    if not quick and len(installed) == len(packages):
        before, rest = README.read_text(encoding="utf-8").split(BEGIN)
        after = rest.split(END)[1]
        README.write_text(before + BEGIN + text + END + after, encoding="utf-8")


# 4. Beside another checkout ----------------------------------------------------------


def cases() -> dict[str, tuple]:
    train, sweep = libraries.fast_train, libraries.fast_sweep
    found = {
        "A": (train, small),
        "A, snapshots": (libraries.fast_train_snapshots, small),
        "A, batch of 4": (train, small, ("leaky_relu", 4)),
        "A, full batch": (train, small, ("leaky_relu", None)),
        "A, tanh": (train, small, ("tanh",)),
        "A, ReLU": (train, small, ("relu",)),
    }
    for S in NETWORKS:
        found[f"B, {S:,} networks"] = (sweep, many, (S,))
    found["B, 1,000 with the bug"] = (libraries.fast_sweep_bug, many, (1000,))
    found["C"] = (train, large)
    return found


def against(folder, quick):
    """Print how this checkout's times compare with those of another.

    A process can be a few percent slower all its life, so each round has new ones.
    """
    pairs = {label: [] for label in cases()}  # neighbouring runs of this and the other
    for number in range(1 if quick else 8):
        for label, work in cases().items():
            this = Entry("this", *work)
            other = Entry("other", *work)._replace(course=folder)
            # Who starts first is the slower one where threads share the cores.
            pair = [this, other] if number % 2 == 0 else [other, this]
            runs = measure(pair, quick)
            pairs[label] += zip(runs["this"], runs["other"])
        end_processes()
        print(f"round {number + 1} done", flush=True)
    print(f"{'':24}{'this':>10}{'other':>10}{'ratio':>8}{'of processor time':>20}")
    for label, times in pairs.items():
        this, other = np.moveaxis(times, 1, 0)  # each (runs, 2), see `seconds`
        wall, processor = np.median(this / other, axis=0)
        print(
            f"{label:24}{duration(np.median(this[:, 0])):>10}"
            f"{duration(np.median(other[:, 0])):>10}{wall:8.3f}{processor:20.3f}"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a short run each")
    parser.add_argument("--against", metavar="FOLDER", type=Path, help="a checkout")
    options = parser.parse_args()
    if options.against:
        against(options.against.resolve(), options.quick)
    else:
        beside_others(options.quick)
    end_processes()


if __name__ == "__main__":
    main()
