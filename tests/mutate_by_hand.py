"""Plant faults that a slip of the hand makes and a learner would see: a test turns red.

    .venv/bin/python tests/mutate_by_hand.py               all of them
    .venv/bin/python tests/mutate_by_hand.py stale Back    those with such a word, also
                                                           in the path of the module

They stand in faults/*.toml: a picture that stays, a slider bound to another setting,
words of the step before. Each is made in a copy of the course, where tests run until the
first fails: those that it names, else those of its module, then of the module's folder.
The command ends with 1 if a fault is not noticed. `mutate.py` does the same to a module
by rule.
"""

import sys
import tempfile
import tomllib
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

from cosmic_ray.testing import run_tests
from cosmic_ray.work_item import TestOutcome

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.mutate import PYTEST, enter_copy, time_without_fault

LIMIT = 3600  # seconds for the tests


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
            raise ValueError(f"{self.title}: its text stands {count} times")
        return source.replace(self.old, self.new)

    def has_any(self, words) -> bool:
        return any(word in f"{self.title} {self.module}" for word in words)

    def paths(self) -> list:
        """The tests to run: of course/panels/view.py test_view.py, then tests/panels."""
        _, *folders, name = self.module.split("/")
        folder = "/".join(["tests", *folders[:1]])
        own = f"{folder}/test_{name}"
        usual = [own, folder] if (ROOT / own).exists() else [folder]
        return list(self.tests) or (usual if folders else [own])


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


def first_failure(fault) -> str:
    """Plant the fault in this process's copy; the first test that fails, or ''."""
    path = Path(fault.module)
    healthy = path.read_text(encoding="utf-8")
    path.write_text(fault.planted(), encoding="utf-8")
    for tests in fault.paths():
        outcome, output = run_tests(f"{PYTEST} {tests}", LIMIT)
        if outcome != TestOutcome.SURVIVED:
            break
    path.write_text(healthy, encoding="utf-8")
    if outcome == TestOutcome.SURVIVED:
        return ""
    failed = [line for line in output.splitlines() if line.startswith("FAILED")]
    return failed[0].split(" - ")[0] if failed else output.strip()[-200:]


def main(words) -> int:
    faults = load()
    chosen = [fault for fault in faults if not words or fault.has_any(words)]
    if not chosen:
        titles = "\n".join(fault.title for fault in faults)
        raise SystemExit(f"no fault has such a word; there are:\n{titles}")
    unnoticed = 0
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        ProcessPoolExecutor(2, initializer=enter_copy, initargs=[folder]) as pool,
    ):
        paths = sorted({path for fault in chosen for path in fault.paths()})
        command = f"{PYTEST} {' '.join(paths)}"
        pool.submit(time_without_fault, command, LIMIT).result()
        jobs = {pool.submit(first_failure, fault): fault for fault in chosen}
        for job in as_completed(jobs):
            failed = job.result()
            unnoticed += not failed
            print(f"{jobs[job].title}: {failed or 'NOT NOTICED'}", flush=True)
    print(f"{len(chosen) - unnoticed} of {len(chosen)} faults turn a test red")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
