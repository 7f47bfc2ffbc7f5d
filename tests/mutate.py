"""Plant small faults in a module of the course, and list those that nothing notices.

    .venv/bin/python tests/mutate.py --sample 400           mlp_core.py, by the unit tests
    .venv/bin/python tests/mutate.py --sample 100 --nbval   the same, by the notebooks
    .venv/bin/python tests/mutate.py --module course/fast.py
    .venv/bin/python tests/mutate.py --only sgd_step        the faults of one function

cosmic-ray finds the places and makes the faults. This script adds three kinds, leaves type
hints and the words of errors alone, draws a sample (with ``--seed``) that takes each place
once before it takes one twice, and runs the tests in copies of the course, with a time
limit: a fault that makes a loop endless counts as noticed. Survivors that are equal to the
original, or accepted, stand in mutate_accepted.toml with the reason. The command ends with
1 if there are others.
"""

import argparse
import ast
import contextlib
import difflib
import functools
import importlib
import itertools
import multiprocessing
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from importlib.metadata import entry_points
from pathlib import Path
from typing import NamedTuple

import cosmic_ray.plugins
import pytest
from cosmic_ray.commands import init
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.work_db import WorkDB, use_db
from parso.python.tree import Name

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import bar

ACCEPTED = ROOT / "tests" / "mutate_accepted.toml"
TRAINING = "tests/test_training.py tests/test_fast.py tests/test_experiments.py"
UNIT_TESTS = {
    "mlp_core.py": f"tests/test_core.py {TRAINING}",
    "course/fast.py": TRAINING,
}
FIRST = "04 03 01 02 00"  # the notebooks that notice much in a short time

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

    key: str  # 'function: old line -> new line', wherever the lines have moved
    text: str  # the module with the fault


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


def find_places(module, functions=None) -> list[list]:
    """Cosmic-ray's mutations of the module, or of some functions, place by place."""
    skipped = list(hands_off((ROOT / module).read_text(encoding="utf-8")))
    with use_db(":memory:", WorkDB.Mode.create) as session:
        init([ROOT / module], session, {})
        mutations = [item.mutations[0] for item in session.work_items]
    chosen = [
        mutation
        for mutation in mutations
        if not any(start <= mutation.start_pos < end for start, end in skipped)
        and not NO_FAULTS.match(mutation.operator_name)
        and (functions is None or mutation.definition_name in functions)
    ]
    place = lambda mutation: mutation.start_pos
    groups = itertools.groupby(sorted(chosen, key=place), place)
    return [list(group) for _, group in groups]


def fault_of(mutation, source):
    """What a mutation makes of the module; None if it is no Python, or no change."""
    operator = cosmic_ray.plugins.get_operator(mutation.operator_name)()
    mutant = mutate_code(source, operator, mutation.occurrence)
    try:
        if ast.dump(ast.parse(mutant)) == ast.dump(ast.parse(source)):
            return None
    except SyntaxError:
        return None
    before, after = source.splitlines(), mutant.splitlines()
    lines = list(difflib.unified_diff(before, after, n=0, lineterm=""))[2:]
    old, new = (
        " ".join(line[1:].strip() for line in lines if line[0] == sign) for sign in "-+"
    )
    name = mutation.definition_name or "module"
    return Fault(f"{name}: {old} -> {new}", mutant)


def draw_sample(places, count, seed) -> list:
    """So many mutations by chance: one of each place, then a second one of each, ..."""
    chance = random.Random(seed)
    chance.shuffle(places)
    for group in places:
        chance.shuffle(group)
    rounds = itertools.chain(*itertools.zip_longest(*places))
    return list(itertools.islice(filter(None, rounds), count))


# 3. Running the tests --------------------------------------------------------------------
# What tests import takes longer than most tests. So a process imports what is not of the
# course once, and runs the tests of each fault in a fork of itself.

OURS = "tests", "course", "mlp_core"
HEAVY = """autograd.numpy IPython ipywidgets matplotlib.figure nbclient nbformat numpy
           playwright.sync_api psutil"""
_SECONDS = itertools.count(10**9)


def enter_copy(folder, source=ROOT):
    """Copy what tests and notebooks need, and work there: once for each process."""
    copy = Path(tempfile.mkdtemp(dir=folder)) / "course"
    skip = shutil.ignore_patterns(".*", "__pycache__", "my_course")
    shutil.copytree(source, copy, ignore=skip)
    os.chdir(copy)
    os.environ.update(OPENBLAS_NUM_THREADS="1", PYTHONPATH=str(copy))
    for plugin in entry_points(group="pytest11"):
        plugin.load()
    for name in HEAVY.split():
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


@contextlib.contextmanager
def planted(module, text):
    """The module in this process's copy, with this text for a while."""
    path = Path(module)
    healthy = path.read_text(encoding="utf-8")
    try:
        write(path, text)
        yield
    finally:
        write(path, healthy)


def write(path, text):
    path.write_text(text, encoding="utf-8")
    second = next(_SECONDS)  # another one each time, so that Python compiles it anew
    os.utime(path, (second, second))


def run_tests(tests, limit) -> tuple[bool, str]:
    """Whether they pass within the limit, in seconds; what pytest prints."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as file:
        fork = multiprocessing.get_context("fork")
        process = fork.Process(target=run_pytest, args=(tests, file.fileno()))
        process.start()
        try:
            process.join(limit)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.join()
        file.seek(0)
        return process.exitcode == 0, file.read()


def run_pytest(tests, output):
    os.setsid()
    os.dup2(output, 1)
    os.dup2(output, 2)
    for name in [*sys.modules]:
        if name.partition(".")[0] in OURS:
            del sys.modules[name]
    here, ours = Path.cwd(), (ROOT, ROOT / "tests", Path.cwd())
    # By its name: for '' a process that is spawned takes the folder of the start.
    others = [path for path in sys.path if Path(path).resolve() not in ours]
    sys.path[:] = [str(here), *others]
    sys.modules["__main__"].__file__ = None  # it would run that, too, and find ROOT
    options = "-x -q -p no:cacheprovider -o addopts=--import-mode=importlib"
    options += " --hypothesis-seed=0"
    sys.exit(int(pytest.main([*options.split(), *tests])))


def is_noticed(fault, module, tests, limit) -> bool:
    with planted(module, fault.text):
        return not run_tests(tests.split(), limit)[0]


def survivors(faults, module, tests) -> list[Fault]:
    """Run the tests on each fault; those that no test notices."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        enter_copy(folder)  # what this process imports, those of the pool have
        start = time.monotonic()
        passed, output = run_tests(tests.split(), 3600)
        if not passed:
            raise SystemExit(f"without a fault something fails:\n{output[-2000:]}")
        limit = 60 + 3 * (time.monotonic() - start)
        pool = {"initializer": enter_copy, "initargs": [folder, Path.cwd()]}
        pool["start"] = "fork"
        work = functools.partial(is_noticed, module=module, tests=tests, limit=limit)
        left = []
        for fault, noticed in bar.results(work, faults, **pool):
            if not noticed:
                left.append(fault)
                print(f"survives: {fault.key}", flush=True)
    return sorted(left)


# 4. The command --------------------------------------------------------------------------


def main() -> int:
    parser = argparse.ArgumentParser(description="Mutation tests of a module.")
    parser.add_argument("--module", default="mlp_core.py", help="which module")
    parser.add_argument("--sample", type=int, help="so many faults, by chance")
    parser.add_argument("--seed", type=int, default=0, help="of the choice")
    parser.add_argument("--only", nargs="+", help="names of functions")
    parser.add_argument("--nbval", action="store_true", help="run the notebooks")
    options = parser.parse_args()
    module = options.module
    source = (ROOT / module).read_text(encoding="utf-8")
    places = find_places(module, options.only)
    mutations = draw_sample(places, options.sample, options.seed)
    faults = list(filter(None, (fault_of(mutation, source) for mutation in mutations)))
    tests = f"--noconftest {UNIT_TESTS.get(module)}"  # that has the browser
    if options.nbval:
        names = [path.name for path in (ROOT / "notebooks").glob("*.ipynb")]
        names.sort(key=lambda name: (FIRST + name).index(name[:2]))
        tests = "--nbval --nbval-current-env --nbval-cell-timeout=300 notebooks/"
        tests += " notebooks/".join(names)
    left = survivors(faults, module, tests)
    table = tomllib.loads(ACCEPTED.read_text(encoding="utf-8")).get(module, {})
    reasons = {key: reason for reason, keys in table.items() for key in keys}
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
