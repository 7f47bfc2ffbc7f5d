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

import re
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import bar
from tests.mutate import enter_copy, planted, run_tests

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
