"""Plant small faults in a module of the course, and list those that nothing notices.

    .venv/bin/python tests/mutate.py --sample 400           mlp_core.py, by the unit tests
    .venv/bin/python tests/mutate.py --sample 100 --nbval   the same, by the notebooks
    .venv/bin/python tests/mutate.py --module course/fast.py
    .venv/bin/python tests/mutate.py --only sgd_step        the faults of one function

cosmic-ray finds the places, plants the faults and runs the tests with a time limit: a
fault that makes a loop endless counts as noticed. This script adds three kinds of fault,
leaves type hints and the words of errors alone, draws a sample (with ``--seed``) that
takes each place once before it takes one twice, and works in copies of the course: the
files here stay as they are. Survivors that are equal to the original, or accepted, stand
in mutate_accepted.toml with the reason. The command ends with 1 if there are others.
"""

import argparse
import ast
import difflib
import itertools
import os
import random
import re
import shutil
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

import cosmic_ray.plugins
from cosmic_ray.commands import init
from cosmic_ray.mutating import mutate_and_test, mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.testing import run_tests
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import TestOutcome
from parso.python.tree import Name

ROOT = Path(__file__).resolve().parent.parent
ACCEPTED = ROOT / "tests" / "mutate_accepted.toml"
PYTEST = f"{sys.executable} -m pytest -x -q -p no:cacheprovider"
PYTEST += " -o addopts=--import-mode=importlib --hypothesis-seed=0"
FAST = "tests/test_training.py tests/test_fast.py tests/test_experiments.py"
UNIT_TESTS = {
    "mlp_core.py": f"tests/test_core.py tests/test_original.py {FAST}",
    "course/fast.py": FAST,
}
NOTEBOOKS = f"{PYTEST} --nbval --nbval-current-env --nbval-cell-timeout=300 notebooks"

# 1. Kinds of fault that cosmic-ray does not have -----------------------------------------

PAIRS = """W b, dW db, A Z, X Y, n_in n_out, maximum minimum, max min, all any, zeros ones,
           f slope, up down, before after, params grads, loss loss_slope"""
TWINS = dict(pair.split() for pair in PAIRS.split(","))
TWINS |= {twin: name for name, twin in TWINS.items()}


def _named(text, node):
    """A name in place of a node, with the spaces and comments before it."""
    return Name(text, node.start_pos, node.get_first_leaf().prefix)


class SwapName(Operator):
    """Another name of the same kind: W for b, all for any."""

    def mutation_positions(self, node):
        if node.type == "name" and node.value in TWINS and node.parent.type != "param":
            yield node.start_pos, node.end_pos

    def mutate(self, node, index):
        return _named(TWINS[node.value], node)

    @classmethod
    def examples(cls):
        return ()


class DropStatement(SwapName):
    """A statement left out."""

    def mutation_positions(self, node):
        is_statement = node.parent is not None and node.parent.type == "simple_stmt"
        if is_statement and node.type in ("expr_stmt", "atom_expr", "raise_stmt"):
            yield node.start_pos, node.end_pos

    def mutate(self, node, index):
        return _named("pass", node)


class DropArgument(SwapName):
    """The last of several arguments left out, or the last item of a tuple or list."""

    def mutation_positions(self, node):
        several = node.type in ("arglist", "testlist_comp") and len(node.children) > 2
        if several and node.children[1].type == "operator":
            yield node.children[-1].start_pos, node.children[-1].end_pos

    def mutate(self, node, index):
        del node.children[-2 if node.children[-1].get_code().strip() != "," else -3 :]
        return node


# `is` does what `==` does, since Python keeps one copy of small numbers and texts; and
# bit operators in place of arithmetic fail on any float, which is too easily noticed.
NO_FAULTS = re.compile(r".*(_Eq_Is|_NotEq_IsNot|_(?!Bit)\w+_([LR]Shift|Bit\w+))$")
cosmic_ray.plugins.OPERATOR_PROVIDERS["course"] = {
    operator.__name__: operator for operator in (SwapName, DropStatement, DropArgument)
}

# 2. The faults of a module ---------------------------------------------------------------


class Fault(NamedTuple):
    """One change of the module."""

    mutation: object  # cosmic-ray's MutationSpec
    key: str  # 'function: old line -> new line', wherever the lines have moved

    @property
    def place(self):
        return self.mutation.start_pos


def hands_off(source):
    """Where no fault is planted: type hints, imports, and the words of errors."""
    for node in ast.walk(ast.parse(source)):
        hint = getattr(node, "annotation", None) or getattr(node, "returns", None)
        is_import = isinstance(node, (ast.Import, ast.ImportFrom))
        skipped = node.exc if isinstance(node, ast.Raise) else hint
        skipped = node if is_import else skipped
        if skipped is not None:
            start = skipped.lineno, skipped.col_offset
            yield start, (skipped.end_lineno, skipped.end_col_offset)


def find_faults(module) -> list[Fault]:
    """Every fault of the module that is Python and a change, in the order of its places."""
    source = (ROOT / module).read_text(encoding="utf-8")
    skipped = list(hands_off(source))
    with use_db(":memory:", WorkDB.Mode.create) as session:
        init([ROOT / module], session, {})
        mutations = [item.mutations[0] for item in session.work_items]
    faults = []
    for mutation in mutations:
        is_skipped = any(start <= mutation.start_pos < end for start, end in skipped)
        if not (is_skipped or NO_FAULTS.match(mutation.operator_name)):
            faults.append(Fault(mutation, mutation.definition_name or "module"))
    return sorted(faults, key=lambda fault: fault.place)


def with_key(fault, source):
    """The fault with the lines that it changes; None if it is no Python, or no change."""
    operator = cosmic_ray.plugins.get_operator(fault.mutation.operator_name)()
    mutant = mutate_code(source, operator, fault.mutation.occurrence)
    try:
        if ast.dump(ast.parse(mutant)) == ast.dump(ast.parse(source)):
            return None
    except SyntaxError:
        return None
    diff = difflib.unified_diff(
        source.splitlines(), mutant.splitlines(), n=0, lineterm=""
    )
    lines = list(diff)[2:]  # without the names of the files
    old, new = (
        " ".join(line[1:].strip() for line in lines if line[0] == sign) for sign in "-+"
    )
    return fault._replace(key=f"{fault.key}: {old} -> {new}")


def draw_sample(faults, count, seed) -> list[Fault]:
    """So many faults by chance: one of each place, then a second one of each, ..."""
    chance = random.Random(seed)
    places = [
        list(group) for _, group in itertools.groupby(faults, lambda fault: fault.place)
    ]
    chance.shuffle(places)
    for group in places:
        chance.shuffle(group)
    rounds = itertools.chain(*itertools.zip_longest(*places))
    return list(itertools.islice(filter(None, rounds), count))


# 3. Running the tests --------------------------------------------------------------------


def enter_copy(folder):
    """Copy what tests and notebooks need, and work there: once for each process."""
    copy = Path(tempfile.mkdtemp(dir=folder)) / "course"
    skip = shutil.ignore_patterns(".*", "__pycache__", "my_course")
    shutil.copytree(ROOT, copy, ignore=skip)
    os.chdir(copy)
    os.environ.update(OPENBLAS_NUM_THREADS="1", PYTHONPATH=str(copy))


def is_noticed(fault, module, command, limit) -> bool:
    """Plant the fault in this process's copy, and run the tests."""
    mutation = fault.mutation.__class__(
        module_path=module,
        operator_name=fault.mutation.operator_name,
        occurrence=fault.mutation.occurrence,
        start_pos=fault.mutation.start_pos,
        end_pos=fault.mutation.end_pos,
    )
    return mutate_and_test([mutation], command, limit).is_killed


def time_without_fault(command, limit) -> float:
    """How long the tests take; they must pass."""
    start = time.monotonic()
    outcome, output = run_tests(command, limit)
    if outcome != TestOutcome.SURVIVED:
        raise SystemExit(f"without a fault something fails already:\n{output[-2000:]}")
    return time.monotonic() - start


def survivors(faults, module, command, processes) -> list[Fault]:
    """Run the tests on each fault; those that no test notices."""
    left, start = [], time.monotonic()
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        ProcessPoolExecutor(
            processes, initializer=enter_copy, initargs=[folder]
        ) as pool,
    ):
        limit = 60 + 3 * pool.submit(time_without_fault, command, 3600).result()
        jobs = {
            pool.submit(is_noticed, fault, module, command, limit): fault
            for fault in faults
        }
        for number, job in enumerate(as_completed(jobs), 1):
            if not job.result():
                left.append(jobs[job])
                print(f"survives: {jobs[job].key}", flush=True)
            if number % 20 == 0:
                minutes = (time.monotonic() - start) / 60
                print(f"  {number} of {len(jobs)}, {minutes:.0f} minutes", flush=True)
    return sorted(left, key=lambda fault: fault.place)


# 4. The command --------------------------------------------------------------------------


def accepted(module, nbval) -> dict:
    """The faults that may survive: key -> reason."""
    entries = tomllib.loads(ACCEPTED.read_text(encoding="utf-8"))["accepted"]
    return {
        key: entry["why"]
        for entry in entries
        if entry["module"] == module and (nbval or not entry.get("nbval"))
        for key in entry["faults"]
    }


def main() -> int:
    parser = argparse.ArgumentParser(description="Mutation tests of a module.")
    parser.add_argument("--module", default="mlp_core.py", help="which module")
    parser.add_argument("--sample", type=int, help="so many faults, by chance")
    parser.add_argument("--seed", type=int, default=0, help="of the choice")
    parser.add_argument("--only", nargs="+", help="names of functions")
    parser.add_argument("--nbval", action="store_true", help="run the notebooks")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--list", action="store_true", help="run nothing")
    options = parser.parse_args()
    module, faults = options.module, find_faults(options.module)
    if options.only:
        faults = [fault for fault in faults if fault.key in options.only]
    faults = draw_sample(faults, options.sample, options.seed)
    source = (ROOT / module).read_text(encoding="utf-8")
    faults = list(filter(None, (with_key(fault, source) for fault in faults)))
    if options.list:
        print(*(fault.key for fault in faults), f"{len(faults)} faults", sep="\n")
        return 0
    unit_tests = f"{PYTEST} --noconftest {UNIT_TESTS[module]}"  # that has the browser
    command = NOTEBOOKS if options.nbval else unit_tests
    left = survivors(faults, module, command, options.processes)
    reasons = accepted(module, options.nbval)
    print("\nSurvivors:")
    for fault in left:
        print(f"{fault.key}\n    {reasons.get(fault.key, 'NOT KNOWN TO BE EQUAL')}")
    known = sum(fault.key in reasons for fault in left)
    noticed, count = len(faults) - len(left), len(faults) - known
    print(f"{noticed} of {len(faults)} faults noticed: {noticed / len(faults):.1%}")
    print(f"without the {known} equal or accepted ones: {noticed / count:.1%}")
    return 0 if len(left) == known else 1


if __name__ == "__main__":
    sys.exit(main())
