"""Plant faults that a slip of the hand makes and a learner would see: a test turns red.

    .venv/bin/python tests/mutate_by_hand.py               all of them
    .venv/bin/python tests/mutate_by_hand.py stale Back    those with such a word, also
                                                           in the path of the module

They stand in faults/*.toml: a picture that stays, a slider bound to another setting,
words of the step before. Each is made in a copy of the course, where tests run until the
first fails: those that it names, else those of its module, then of the module's folder.
That one must pass without the fault. The command ends with 1 if a fault is not noticed.
`mutate.py` does the same to a module by rule.
"""

import contextlib
import importlib
import itertools
import multiprocessing
import os
import re
import shutil
import signal
import sys
import tempfile
import tomllib
from importlib.metadata import entry_points
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import bar

LIMIT = 1800  # seconds for the tests
MISSED = "NOT NOTICED"


class Fault(NamedTuple):
    """A text that stands once in a module, and what a slip would make of it."""

    title: str
    module: str
    old: str
    new: str
    tests: tuple = ()

    def planted(self) -> str:
        """The text of the module with the fault."""
        source = (ROOT / self.module).read_text(encoding="utf-8")
        count = source.count(self.old)
        if count != 1:
            words = f"its text stands {count} times there: write it as it is now"
            raise ValueError(f"{self.title} ({self.module}), in tests/faults: {words}")
        return source.replace(self.old, self.new)

    def has_any(self, words) -> bool:
        return any(word in f"{self.title} {self.module}" for word in words)

    def paths(self) -> list:
        """The tests to run: of course/panels/view.py test_view.py, then tests/panels."""
        *folders, name = self.module.split("/")
        folder = "/".join(["tests", *folders[1:2]])
        own = f"{folder}/test_{name}"
        usual = [own, folder] if (ROOT / own).exists() else [folder]
        return list(self.tests) or (usual if folders[1:] else [own])


def load() -> list[Fault]:
    """All faults: a table for each module, which maps titles to `[old, new]`.

    `tests` names what a module's faults are tried on; a third text, what this one is.
    """
    faults = []
    for path in sorted((ROOT / "tests" / "faults").glob("*.toml")):
        for module, table in tomllib.loads(path.read_text(encoding="utf-8")).items():
            usual = table.pop("tests", [])
            for title, (old, new, *tests) in table.items():
                faults.append(Fault(title, module, old, new, tests or usual))
    return faults


# Running the tests -----------------------------------------------------------------------
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


def first_failure(fault) -> str:
    """Plant the fault in this process's copy; the first test that fails."""
    with planted(fault.module, fault.planted()):
        for tests in fault.paths():
            passed, output = run_tests(tests.split(), LIMIT)
            if not passed:
                break
    if passed:
        return MISSED
    failed = re.search("^(?:FAILED|ERROR) (.+?)(?: - .*)?$", output, re.MULTILINE)
    if not failed:
        return output.strip()[-200:]
    healthy, _ = run_tests([failed[1]], LIMIT)
    return failed[1] if healthy else f"{MISSED}: without it {failed[1]} fails, too"


def main(words) -> int:
    faults = load()
    chosen = [fault for fault in faults if not words or fault.has_any(words)]
    if not chosen:
        titles = "\n".join(fault.title for fault in faults)
        raise SystemExit(f"no fault has such a word; there are:\n{titles}")
    unnoticed = 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        pool = {"start": "fork", "initializer": enter_copy, "initargs": [folder]}
        for fault, failed in bar.results(first_failure, chosen, **pool):
            unnoticed += failed.startswith(MISSED)
            print(f"{fault.title}: {failed}", flush=True)
    print(f"{len(chosen) - unnoticed} of {len(chosen)} faults turn a test red")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
