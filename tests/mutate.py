"""Plant small faults in a module of the course, and list those that nothing notices.

    .venv/bin/python tests/mutate.py                          all in mlp_core.py
    .venv/bin/python tests/mutate.py --sample 8 --tests notebooks   by the notebooks
    .venv/bin/python tests/mutate.py --module course/checking --sample 3
    .venv/bin/python tests/mutate.py --only sgd_step          those of one function
    .venv/bin/python tests/mutate.py --module 'course/**/*.js' --sample 120   in the page

cosmic-ray makes the faults, and runs the tests of the module on each in a copy of the
course. ``--sample 3`` takes each third. Here are three kinds of fault more; and none in
type hints, imports and the words of errors. StrykerJS, which npx fetches, makes those of
the page. It can't try them: a variable of the environment chooses among all of them, but
no page sees it; and joined scripts can't hold what it adds to each module. Survivors that
are equal to the original, or accepted, stand in mutate_accepted.toml with the reason. The
command ends with 1 if there are others.
"""

import argparse
import ast
import difflib
import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import cosmic_ray.plugins
from cosmic_ray.commands import init
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.testing import run_tests
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import TestOutcome
from parso.python.tree import Name

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import bar
from tests.copies import LEFT_OUT

TRAINING = "tests/test_training.py tests/test_fast.py tests/test_experiments.py"
# Those of another module lie in the folder of its name. A conftest.py takes its time.
TESTS = {
    "mlp_core.py": f"--noconftest tests/test_core.py {TRAINING}",
    "course/fast.py": f"--noconftest {TRAINING}",
}
# A loop that a fault makes endless is ended by the limit, in seconds, of each test.
PYTEST = f"{sys.executable} -m pytest -x -q -n 0 -p no:cacheprovider --timeout=300 "
PYTEST += "--hypothesis-seed=0 "

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
    """A module as it is with one fault, and which tests may notice."""

    path: Path
    function: str | None  # where the fault is, if it is told
    text: str
    tests: str  # arguments of pytest


def hands_off(source):
    """Where no fault is planted: type hints, imports, and the words of errors."""
    for node in ast.walk(ast.parse(source)):
        skipped = getattr(node, "annotation", None) or getattr(node, "returns", None)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            skipped = node
        elif isinstance(node, ast.Raise):
            skipped = node.exc
        if skipped is not None:
            start = skipped.lineno, skipped.col_offset
            yield start, (skipped.end_lineno, skipped.end_col_offset)


def find_mutations(path) -> list:
    """Those of cosmic-ray, and ours, in a file, in the order of their places."""
    skipped = list(hands_off(path.read_text(encoding="utf-8")))
    with use_db(":memory:", WorkDB.Mode.create) as session:
        init([path], session, {})
        mutations = [item.mutations[0] for item in session.work_items]
    chosen = [
        mutation
        for mutation in mutations
        if not any(start <= mutation.start_pos < end for start, end in skipped)
        and not NO_FAULTS.match(mutation.operator_name)
    ]
    return sorted(chosen, key=lambda one: (one.start_pos, one.operator_name))


def python_faults(options):
    """Those of a file, or of all in a folder; its tests lie in the folder of its name."""
    module = Path(options.module)
    tests = options.tests or TESTS.get(options.module, f"tests/{module.stem}")
    paths = sorted(module.rglob("*.py") if module.is_dir() else [module])
    mutations = [
        mutation
        for path in paths
        for mutation in find_mutations(path)
        if not options.only or mutation.definition_name in options.only
    ]
    for one in mutations[:: options.sample]:
        if text := text_of(one):
            yield Fault(one.module_path, one.definition_name, text, tests)


def page_faults(modules):
    """StrykerJS's: it tells them after a run in which it tests nothing."""
    settings = {"mutate": [modules, "!course/tools/**"], "reporters": ["json"]}
    settings |= {"commandRunner": {"command": "true"}}
    Path("stryker.json").write_text(json.dumps(settings), encoding="utf-8")
    command = "npx --yes -p @stryker-mutator/core@9 stryker run stryker.json"
    subprocess.run(command.split(), check=True, stdout=subprocess.DEVNULL)
    report = Path("reports/mutation/mutation.json").read_text(encoding="utf-8")
    for name, file in sorted(json.loads(report)["files"].items()):
        lines = file["source"].splitlines(keepends=True)
        for fault in sorted(file["mutants"], key=lambda one: int(one["id"])):
            start, end = (
                sum(map(len, lines[: at["line"] - 1])) + at["column"] - 1
                for at in (fault["location"]["start"], fault["location"]["end"])
            )
            text = file["source"][:start] + fault["replacement"] + file["source"][end:]
            # What waits in vain would wait 300 seconds. A starved test counts as failed.
            tests = f"--timeout=100 {page_tests(Path(name))}"
            yield Fault(Path(name), None, text, tests)


@functools.cache
def page_tests(module) -> str:
    """Those of its name, and in a browser those of its folder, which come last."""
    name, folder = module.stem, module.parts[1]
    own = rf"{folder}/test_(\w+_)?({name}|twin)"
    # A kernel's tests are slow: only for the modules that speak to one.
    speaks = name in ("following", "kernel", "session", "widget")
    no = "_notebook" if speaks else "_notebook|_python"
    seen = rf"browser/test_(\w+_)?({name}|{folder.rstrip('s')})(?!{no})"
    paths = [path.as_posix() for path in Path("tests").rglob("test_*.py")]
    wanted = re.compile(rf"tests/({own}|{seen})(s|_|\.)")
    found = filter(wanted.match, paths)
    return " ".join(sorted(found, key=lambda path: ("browser" in path, path)))


def text_of(mutation) -> str:
    """The module with it; empty if that is no Python, or no change."""
    operator = cosmic_ray.plugins.get_operator(mutation.operator_name)()
    source = mutation.module_path.read_text(encoding="utf-8")
    mutant = mutate_code(source, operator, mutation.occurrence)
    try:
        is_same = ast.dump(ast.parse(mutant)) == ast.dump(ast.parse(source))
    except SyntaxError:
        return ""
    return "" if is_same else mutant


def key_of(fault) -> str:
    """'function: old line -> new line', wherever the lines have moved."""
    before, after = fault.path.read_text(encoding="utf-8"), fault.text
    diff = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0)
    lines = [*diff][2:]
    old, new = (
        " ".join(line[1:].strip() for line in lines if line[0] == sign) for sign in "-+"
    )
    return f"{fault.function or 'module'}: {old} -> {new}"


def enter_copy(folder):
    """Work in a copy of the course: one for each process."""
    copy = Path(tempfile.mkdtemp(dir=folder)) / "course"
    os.chdir(shutil.copytree(ROOT, copy, ignore=LEFT_OUT))


def is_noticed(fault) -> bool:
    healthy = fault.path.read_text(encoding="utf-8")
    fault.path.write_text(fault.text, encoding="utf-8")
    outcome, _ = run_tests(PYTEST + fault.tests, None)
    fault.path.write_text(healthy, encoding="utf-8")
    return outcome == TestOutcome.KILLED


# 3. The command --------------------------------------------------------------------------


def main() -> int:
    parser = argparse.ArgumentParser(description="Mutation tests of a module.")
    parser.add_argument("--module", default="mlp_core.py", help="a file, or a folder")
    parser.add_argument("--sample", type=int, default=1, help="each third, for 3")
    parser.add_argument("--only", nargs="+", help="names of functions")
    parser.add_argument("--tests", help="in place of the module's own")
    options = parser.parse_args()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        enter_copy(folder)
        if options.module.endswith(".js"):
            faults = [*page_faults(options.module)][:: options.sample]
        else:
            faults = [*python_faults(options)]
        tests = " ".join({fault.tests for fault in faults})
        outcome, output = run_tests(PYTEST + tests, None)
        if outcome != TestOutcome.SURVIVED:
            raise SystemExit(f"without a fault something fails:\n{output[-2000:]}")
        pool = {"initializer": enter_copy, "initargs": [folder]}
        results = bar.results(is_noticed, faults, **pool)
        left = [(key_of(fault), fault) for fault, noticed in results if not noticed]
    missed = Counter(fault.path for _, fault in left)
    for path, count in Counter(fault.path for fault in faults).items():
        print(f"{path}: {count - missed[path]} of {count} noticed")
    accepted = ROOT / "tests" / "mutate_accepted.toml"
    tables, known = tomllib.loads(accepted.read_text(encoding="utf-8")), 0
    for key, fault in sorted(left):
        table = tables.get(fault.path.as_posix(), {})
        reasons = [reason for reason, keys in table.items() if key in keys]
        known += len(reasons)
        words = reasons or ["NOT KNOWN TO BE EQUAL"]
        print(f"{fault.path}: {key}", *words, sep="\n    ")
    noticed, count = len(faults) - len(left), len(faults) - known
    print(f"{noticed} of {len(faults)} faults noticed: {noticed / len(faults):.1%}")
    print(f"without the {known} equal or accepted ones: {noticed / count:.1%}")
    return 0 if len(left) == known else 1


if __name__ == "__main__":
    sys.exit(main())
