"""Break mlp_core.py in many small ways, and see which faults the tests don't notice.

    .venv/bin/python tests/mutate_core.py --sample 100          a hundred faults by chance
    .venv/bin/python tests/mutate_core.py                       all of them: hours
    .venv/bin/python tests/mutate_core.py --nbval --sample 100  the notebooks as the tests
    .venv/bin/python tests/mutate_core.py --only sgd_step       the faults of one function
    .venv/bin/python tests/mutate_core.py --list                only list them

Each fault changes one place: another operator, number, name or condition, a statement
left out, an argument left out. It is made in a copy of the course, where test_core.py
runs until the first test fails; if none does, what test_robust.py asks of the core runs
too. A fault that takes longer than ``--limit`` seconds, and thrice as long as no fault, counts
as noticed: it made a loop endless. ``--processes`` copies work side by side.

With ``--nbval`` the notebooks run in place of the tests, each in its kernel, until a
cell prints something else than is stored. What counts is what nbval compares: printed
text and ``text/plain``. Section 7, the checks behind the error messages, is left out
then, since notebooks don't call functions wrongly; ``--sections`` chooses others.

Texts of error messages, docstrings and type hints are not changed. Survivors that behave
like the original, or are accepted, stand in `EQUAL` with the reason; `NOT_IN_NOTEBOOKS`
adds what the notebooks can't notice. Others are listed, and the command ends with 1.
"""

import argparse
import ast
import collections
import contextlib
import copy
import itertools
import os
import queue
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
MODULE = "mlp_core.py"
# What of test_robust.py is about other modules, or about the machine.
ELSEWHERE = "junk or elsewhere or draws or other_modules or network or exports"
PYTEST = ["-m", "pytest", "-x", "-q", "-p", "no:nbval", "-p", "no:cacheprovider",
          "-o", "addopts=", "--hypothesis-seed=0", "--no-header"]  # fmt: skip

# 1. Faults ---------------------------------------------------------------------------


class Fault(NamedTuple):
    """One change of the module."""

    where: str  # the function, as in 'Sweep.network'
    change: str  # 'a + b -> a - b'; with a number if the function has it twice
    line: int
    section: int  # of the module, 1 to 7
    begin: int  # the part of the module that is replaced, and by what
    end: int
    new: str

    @property
    def key(self):
        """By which `EQUAL` knows it, wherever the lines have moved."""
        return self.where, self.change

    def put_into(self, source) -> str:
        """The module with this fault."""
        return source[: self.begin] + self.new + source[self.end :]


_OPERATORS = {
    ast.Add: [ast.Sub], ast.Sub: [ast.Add], ast.Mult: [ast.Div], ast.Div: [ast.Mult],
    ast.FloorDiv: [ast.Mult], ast.Mod: [ast.Mult], ast.MatMult: [ast.Mult],
    ast.Pow: [ast.Mult], ast.BitAnd: [ast.BitOr], ast.BitOr: [ast.BitAnd],
    ast.Lt: [ast.LtE, ast.GtE], ast.LtE: [ast.Lt, ast.Gt],
    ast.Gt: [ast.GtE, ast.LtE], ast.GtE: [ast.Gt, ast.Lt],
    ast.Eq: [ast.NotEq], ast.NotEq: [ast.Eq], ast.Is: [ast.IsNot], ast.IsNot: [ast.Is],
    ast.In: [ast.NotIn], ast.NotIn: [ast.In], ast.And: [ast.Or], ast.Or: [ast.And],
}  # fmt: skip
_NAMES = {
    "W": "b", "b": "W", "dW": "db", "db": "dW", "A": "Z", "Z": "A", "X": "Y", "Y": "X",
    "n_in": "n_out", "n_out": "n_in", "maximum": "minimum", "minimum": "maximum",
    "max": "min", "min": "max", "all": "any", "any": "all", "zeros": "ones",
    "ones": "zeros", "f": "slope", "slope": "f", "up": "down", "down": "up",
    "true": "false", "before": "after", "after": "before",
}  # fmt: skip


def faults(source) -> list[Fault]:
    """Every fault of the module, in the order of its lines."""
    tree = ast.parse(source)
    starts = list(itertools.accumulate(map(len, source.splitlines(True)), initial=0))
    sections = [
        (source[: found.start()].count("\n") + 1, int(found[1]))
        for found in re.finditer(r"^# (\d)\. ", source, re.MULTILINE)
    ]
    seen, found = collections.Counter(), []
    for where, node in _nodes(tree, []):
        begin = starts[node.lineno - 1] + _column(source, starts, node, "")
        end = starts[node.end_lineno - 1] + _column(source, starts, node, "end_")
        section = max((s for line, s in sections if line <= node.lineno), default=0)
        old, same = source[begin:end], {ast.unparse(node)}
        for new in _replacements(node):
            if new not in same and f"({new})" not in same and new[1:-1] not in same:
                same.add(new)
                words = f"{_one_line(old)} -> {_one_line(new)}"
                seen[where, words] += 1
                if seen[where, words] > 1:
                    words += f" ({seen[where, words]})"
                found.append(Fault(where, words, node.lineno, section, begin, end, new))
    return sorted(found, key=lambda fault: fault.line)


def _column(source, starts, node, end):
    """The column in characters; ast counts bytes."""
    start = starts[getattr(node, f"{end}lineno") - 1]
    line = source[start : source.find("\n", start)].encode()
    return len(line[: getattr(node, f"{end}col_offset")].decode())


def _one_line(text):
    text = " ".join(text.split())
    return text if len(text) <= 90 else f"{text[:60]} ... {text[-25:]}"


def _nodes(node, path):
    """All nodes that may be changed, each with the name of its function."""
    for field, child in ast.iter_fields(node):
        if field in ("annotation", "returns", "type_comment"):
            continue
        for each in child if isinstance(child, list) else [child]:
            if not isinstance(each, ast.AST) or isinstance(each, ast.JoinedStr):
                continue  # a text with numbers in it is for people
            if isinstance(each, (ast.Import, ast.ImportFrom)) or _is_docstring(each):
                continue
            below = path
            if isinstance(each, (ast.FunctionDef, ast.ClassDef)):
                below = [*path, each.name]
            if hasattr(each, "lineno"):
                yield ".".join(below) or "module", each
            if not isinstance(each, ast.Raise):  # no other words of an error
                yield from _nodes(each, below)


def _is_docstring(node):
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_text and isinstance(node.value.value, str)


def _replacements(node):
    """Texts that may stand in place of a node."""
    for change in _changes(node):
        twin = copy.deepcopy(node)
        change(twin)
        text = ast.unparse(ast.fix_missing_locations(twin))
        yield f"({text})" if isinstance(node, (ast.BinOp, ast.BoolOp)) else text
    is_many = isinstance(node, ast.Compare) and len(node.ops) > 1
    if isinstance(node, ast.BoolOp) or is_many:  # else another operator does the same
        yield f"(not ({ast.unparse(node)}))"
    if isinstance(node, ast.BinOp):
        yield f"({ast.unparse(node.left)})"
        yield f"({ast.unparse(node.right)})"
    if isinstance(node, ast.UnaryOp):
        yield f"({ast.unparse(node.operand)})"
    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
        yield f"({ast.unparse(node.args[0])})"
    simple = (ast.Expr, ast.Assign, ast.AugAssign, ast.Raise, ast.Continue)
    if isinstance(node, simple):
        yield "pass"
    if isinstance(node, ast.Break):
        yield "continue"
    if isinstance(node, ast.Return) and node.value is not None:
        yield "return None"


def _changes(node):
    """Functions that change a copy of one node in place."""
    op = getattr(node, "op", None)
    for new in _OPERATORS.get(type(op), []):
        yield lambda n, new=new: setattr(n, "op", new())
    for number, old in enumerate(getattr(node, "ops", [])):
        for new in _OPERATORS.get(type(old), []):
            yield lambda n, i=number, new=new: n.ops.__setitem__(i, new())
    if isinstance(node, ast.BoolOp):
        for number in range(len(node.values)):
            yield lambda n, i=number: n.values.pop(i)
    if isinstance(node, ast.Constant):
        for value in _other_values(node.value):
            yield lambda n, value=value: setattr(n, "value", value)
    if isinstance(node, ast.Name) and node.id in _NAMES:
        yield lambda n: setattr(n, "id", _NAMES[n.id])
    if isinstance(node, ast.Attribute) and node.attr in _NAMES:
        yield lambda n: setattr(n, "attr", _NAMES[n.attr])
    if isinstance(node, ast.IfExp):
        yield lambda n: setattr(n, "test", ast.Constant(True))
        yield lambda n: setattr(n, "test", ast.Constant(False))
    if isinstance(node, ast.Call):
        for number in range(len(node.keywords)):
            yield lambda n, i=number: n.keywords.pop(i)
        if len(node.args) > 1:
            yield lambda n: n.args.pop()
            yield lambda n: n.args.reverse()
    is_list = isinstance(node, (ast.Tuple, ast.List)) and len(node.elts) > 1
    if is_list and isinstance(node.ctx, ast.Load):
        yield lambda n: n.elts.pop()
        yield lambda n: n.elts.reverse()
    if isinstance(node, ast.Slice):
        if node.lower is not None:
            yield lambda n: setattr(n, "lower", None)
        if node.upper is not None:
            yield lambda n: setattr(n, "upper", None)


def _other_values(value):
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1]
    if isinstance(value, float):
        return [value + 1.0, value * 0.5] if value else [1.0]
    if isinstance(value, str):
        return [f"x{value}"]
    return []


# 2. Survivors that are equal, or accepted ----------------------------------------------

# Why they behave like the original, and which they are: function and change.
_REASONS = {
    "the networks before a step and after it take turns: two steps on is the same one": [
        ("train", "step + 1 -> (step - 1)"),
        ("train", "step + 1 -> (step - 1) (4)"),
        ("train", "0 -> -1 (2)"),  # and at first both are the start
        ("_FastSteps.backward", "step + 1 -> (step - 1)"),
    ],
    "0 or NaN is added, or subtracted: the loss is as it was, or NaN": [
        (
            "_train_block",
            (
                'losses[step] += np.einsum("p,ps->s", zeros, flat) -> '
                "losses[step] -= np.einsum('p,ps->s', zeros, flat)"
            ),
        ),
    ],
    "the same number: multiplied by 1, or divided by 1": [
        ("module", "_floats(z) * 1.0 -> (_floats(z) / 1.0)"),
    ],
    "each entry that is read was written before": [
        ("train", "np.zeros -> np.ones"),
        ("train", ":1 -> :"),
        ("_differences", "np.zeros -> np.ones"),
        ("_differences", "np.zeros -> np.ones (2)"),
    ],
    "X and Y have as many rows, W and b of a stack as many networks": [
        ("_FastSteps.__init__", "X -> Y (2)"),
        ("_check_together", "params[0].W -> params[0].b (4)"),
        ("_check_together", "0 -> -1 (4)"),  # all layers of a stack, too
    ],
    "NumPy takes each negative number in reshape for the rest": [
        ("_FastSteps.__init__", "1 -> 2 (13)"),
    ],
    "the distance between two outputs is the same from either side": [
        ("_collect", "solved.unchecked(Y_hat, Y) -> solved.unchecked(Y, Y_hat)"),
    ],
    "an axis of one entry: the first is the last": [
        ("Sweep.network", "0 -> -1"),
    ],
    "the other axis of outputs, then the maximum over the one that is left": [
        ("fates", "-1 -> (1)"),
    ],
    "NumPy makes an array, or a float64, of it all the same": [
        ("_start_block", "float(alpha) -> (alpha)"),
        ("_FastSteps.forward", "float(squares) -> (squares)"),
        (
            "save",
            "np.array([one.name for one in each]) -> ([one.name for one in each])",
        ),
        ("_check_sweep", 'given["learning_rate"] = rates -> pass'),
    ],
    "the order doesn't matter to `in` and `except`": [
        ("_check_layer", "(2, 3) -> (3, 2)"),
        (
            "load",
            (
                "( ValueError, TypeError, KeyError, AttributeError, OSError,  ... le, "
                "zipfile.zlib.error, ) -> (zipfile.zlib.error, zipfile.BadZipFile, "
                "MemoryError, Runtim ... r, TypeError, ValueError)"
            ),
        ),
    ],
    "the text of the path, and os.replace, refuse what is no path, too": [
        ("save", "os.fspath(path) -> (path)"),
    ],
    "the check returns what it was given": [
        ("_check_together", "\"activation\" -> 'xactivation' (2)"),
    ],
    "accepted: a word more in an error that says the shape": [
        ("_check_layer", "\"(n_out,)\" -> 'x(n_out,)'"),
    ],
    "accepted: the same numbers, by a slower way": [
        ("_numbers", "array.astype(float, copy=False) -> array.astype(float)"),
        (
            "_in_place",
            (
                "itertools.groupby(range(len(Z)), lambda i: id(activations[i])) -> "
                "itertools.groupby(range(len(Z)))"
            ),
        ),
    ],
}
# What the notebooks never do, so that with --nbval it is accepted. The tests notice each.
_NOT_IN_NOTEBOOKS = {
    "accepted: snapshots that nobody asked for cost memory, and change no number": [
        (
            "train",
            "len(samples) + 1 if snapshots else 0 -> len(samples) + 1 if True else 0",
        ),
    ],
    "accepted: no notebook draws a run that diverges in its last update": [
        (
            "train.result",
            (
                'stopped == "diverged" or not np.isfinite(steps.flat(done)).all() -> '
                "(stopped == 'diverged')"
            ),
        ),
    ],
    "accepted: no notebook trains with alpha above 1": [
        ("leaky_relu", "np.minimum -> np.maximum"),
        ("_writing", "1 -> 2 (6)"),
    ],
    "accepted: the same numbers, by a slower way": [
        ("_writing", "1 -> 0"),
        ("_writing", "1:3 -> 1: (3)"),
    ],
    "accepted: what is on the disk after a crash": [
        ("save", "os.fsync(file.fileno()) -> pass"),
    ],
}


def _by_fault(reasons):
    return {fault: reason for reason, group in reasons.items() for fault in group}


EQUAL = _by_fault(_REASONS)
NOT_IN_NOTEBOOKS = _by_fault(_NOT_IN_NOTEBOOKS)

# 3. The tests --------------------------------------------------------------------------


def copy_course(folder) -> Path:
    """Copy what the tests and the notebooks need."""
    skip = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", ".hypothesis")
    for kind in ("*.py", "*.toml", "*.txt", "*.md"):
        for path in ROOT.glob(kind):
            shutil.copy(path, folder)
    for name in ("tests", "notebooks", "images", "benchmarks"):
        shutil.copytree(ROOT / name, folder / name, ignore=skip)
    return folder


def run(command, folder, limit) -> tuple[bool, str]:
    """Whether the command notices the fault, and its last words."""
    environment = {
        **os.environ, "PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1",
        "PYTHONPATH": str(folder),
    }  # fmt: skip
    with tempfile.TemporaryFile("w+") as words:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=folder, env=environment, stdout=words,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            code = process.wait(limit)
        except subprocess.TimeoutExpired:
            return True, f"longer than {limit:.0f} s"
        finally:  # with the kernels that it started
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        words.seek(0)
        lines = [line.strip() for line in words if line.strip()]
    named = [line for line in lines if line.startswith(("FAILED", "ERROR", "DIFFERS"))]
    return code != 0, (named or lines or ["no words"])[-1 if not named else 0]


def commands(options) -> list:
    """What to run, one after the other, until something notices."""
    if options.nbval:
        return [[str(ROOT / "tests" / MODULE.replace("mlp", "mutate")), "--here",
                 *(options.notebooks or [])]]  # fmt: skip
    return [
        [*PYTEST, "tests/test_core.py"],
        [*PYTEST, "tests/test_robust.py", "-k", f"not ({ELSEWHERE})"],
    ]


def notices(fault, folder, options) -> tuple[bool, str]:
    """Whether the tests notice a fault in this copy."""
    (folder / MODULE).write_text(fault.put_into(options.source), encoding="utf-8")
    words = ""
    for command in commands(options):
        noticed, words = run(command, folder, options.limit)
        if noticed:
            return True, words
    return False, words


def differs_here(names) -> int:
    """Run the notebooks of this folder until a cell prints something else."""
    import nbformat
    from nbclient import NotebookClient

    for path in sorted(Path("notebooks").glob("*.ipynb")):
        if names and path.stem not in names:
            continue
        notebook = nbformat.read(path, as_version=4)
        client = NotebookClient(
            notebook, timeout=300, kernel_name="python3", allow_errors=True,
            store_widget_state=False, resources={"metadata": {"path": str(path.parent)}},
        )  # fmt: skip
        with client.setup_kernel():
            for number, cell in enumerate(notebook.cells):
                if cell.cell_type != "code":
                    continue
                stored = _texts(cell.outputs)
                client.execute_cell(cell, number)
                if _texts(cell.outputs) != stored:
                    print(f"DIFFERS {path.stem}, cell {number}: {cell.source[:60]!r}")
                    return 1
    print("all as it is stored")
    return 0


def _texts(outputs):
    """What nbval compares, as in test_notebooks.py."""
    return "".join(
        output.text
        if output.output_type == "stream"
        else output.get("data", {}).get("text/plain", output.get("ename", ""))
        for output in outputs
    )


# 4. The command ------------------------------------------------------------------------


def chosen(options) -> list[Fault]:
    """The faults that were asked for."""
    found = faults(options.source)
    sections = options.sections or (range(7) if options.nbval else range(8))
    found = [fault for fault in found if fault.section in sections]
    if options.only:
        found = [f for f in found if set(options.only) & set(f.where.split("."))]
    if options.sample and options.sample < len(found):
        picked = random.Random(options.seed).sample(range(len(found)), options.sample)
        found = [found[number] for number in sorted(picked)]
    return found


def _is_python(fault, source):
    try:
        ast.parse(fault.put_into(source))
    except SyntaxError:
        return False
    return True


def survivors(found, options) -> list[Fault]:
    """Run the tests on each fault; print those that are not noticed as they come."""
    left, folders = [], queue.Queue()
    count, start = itertools.count(1), time.monotonic()

    def one(fault):
        folder = folders.get()
        try:
            noticed, words = notices(fault, folder, options)
        finally:
            folders.put(folder)
        number = next(count)
        if options.verbose or not noticed:
            state = "noticed" if noticed else "SURVIVES"
            print(
                f"{MODULE}:{fault.line} {fault.where}: {fault.change}: {state}", end=""
            )
            print(f" ({words[:100]})" if noticed else "", flush=True)
        if number % 20 == 0:
            minutes = (time.monotonic() - start) / 60
            print(f"  {number} of {len(found)}, {minutes:.0f} minutes", flush=True)
        if not noticed:
            left.append(fault)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        for number in range(options.processes):
            folder = Path(place) / str(number)
            folder.mkdir()
            folders.put(copy_course(folder))
        healthy = Fault("", "", 0, 0, 0, 0, "")
        folder = folders.get()
        wanted, options.limit = options.limit, 3600
        before = time.monotonic()
        failed, words = notices(healthy, folder, options)
        # A busy machine is slow, too: leave each fault thrice the time without one.
        options.limit = max(wanted, 3 * (time.monotonic() - before))
        folders.put(folder)
        if failed:
            raise SystemExit(f"without a fault something fails already: {words}")
        with ThreadPoolExecutor(options.processes) as pool:
            for done in [pool.submit(one, fault) for fault in found]:
                done.result()
    return sorted(left, key=lambda fault: fault.line)


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(description="Mutation tests of mlp_core.py.")
    parser.add_argument("--sample", type=int, help="so many faults, by chance")
    parser.add_argument("--seed", type=int, default=0, help="of the choice")
    parser.add_argument("--only", nargs="+", help="names of functions")
    parser.add_argument("--sections", nargs="+", type=int, help="of the module, 1 to 7")
    parser.add_argument("--nbval", action="store_true", help="run the notebooks")
    parser.add_argument("--notebooks", nargs="+", help="with --nbval: only these")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument(
        "--limit", type=float, default=600, help="seconds for one fault"
    )
    parser.add_argument("--list", action="store_true", help="run nothing")
    parser.add_argument("--verbose", action="store_true", help="say who noticed what")
    parser.add_argument("--here", nargs="*", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.here is not None:
        return differs_here(options.here)
    options.source = (ROOT / MODULE).read_text(encoding="utf-8")
    found = [fault for fault in chosen(options) if _is_python(fault, options.source)]
    if options.list:
        for fault in found:
            print(
                f"{fault.section} {MODULE}:{fault.line} {fault.where}: {fault.change}"
            )
        print(f"{len(found)} faults")
        return 0
    left = survivors(found, options)
    return report(found, left, options.nbval)


def report(found, left, nbval=False) -> int:
    """Print the survivors with their reasons, and the counts by section."""
    print()
    reasons = EQUAL | NOT_IN_NOTEBOOKS if nbval else EQUAL
    everything = {fault.key for fault in faults((ROOT / MODULE).read_text("utf-8"))}
    for where, change in sorted({*EQUAL, *NOT_IN_NOTEBOOKS} - everything):
        print(f"no longer in the module, take it out of the reasons: {where}, {change}")
    for fault in left:
        reason = reasons.get(fault.key, "NOT KNOWN TO BE EQUAL")
        print(f"{fault.key},  # line {fault.line}\n    {reason}")
    known = [fault for fault in left if fault.key in reasons]
    for section in sorted({fault.section for fault in found}):
        here = [fault for fault in found if fault.section == section]
        alive = [fault for fault in left if fault.section == section]
        print(f"section {section}: {len(here) - len(alive)} of {len(here)} noticed")
    noticed, real = len(found) - len(left), len(found) - len(known)
    for text, count in (
        (f"{noticed} of {len(found)} faults noticed", len(found)),
        (f"without the {len(known)} equal or accepted ones", real),
    ):
        print(f"{text}: {noticed / count:.1%}" if count else f"{text}: none is left")
    return 0 if len(left) == len(known) else 1


if __name__ == "__main__":
    sys.exit(main())
