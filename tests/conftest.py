"""What all tests share: settings of hypothesis, a browser, sweeps, order and marks."""

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings
from nbval.plugin import IPyNbCell

from course.checking import runs
from course.tools import slides
from tests import live, sweeps

# A busy machine is no fault of the code: no test fails for the time that it takes. And
# the same code gets the same examples, so that a change alone turns a test red.
settings.register_profile(
    "course",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("course")


@pytest.fixture(scope="module")
def browser():
    """Chromium; without it, a skip here and a failure where browser tests must run."""
    missing = slides.missing() or live.missing()
    if missing and os.environ.get("REQUIRE_BROWSER_TESTS"):
        pytest.fail(f"REQUIRE_BROWSER_TESTS is set, but {missing}.", pytrace=False)
    if missing:
        pytest.skip(
            f"The browser tests did not run: {missing}. Then run the test command of "
            "the README again."
        )
    live.expect.set_options(timeout=1000 * live.PATIENCE)
    with live.browser() as chromium:
        yield chromium


# Answers run in the process of the tests, which is quicker; but see `answers_run_apart`.
runs.RESERVE.is_used = False


@pytest.fixture
def answers_run_apart(monkeypatch):
    """Answers run in a process of their own, as in a learner's kernel."""
    monkeypatch.setattr(runs.RESERVE, "is_used", True)


@pytest.fixture(scope="session")
def remember_sweeps(tmp_path_factory):
    """Code that makes a kernel take its sweeps from those of the whole test run."""
    folder = tmp_path_factory.getbasetemp()
    is_worker = "PYTEST_XDIST_WORKER" in os.environ  # its folder lies in that of all
    return sweeps.code(folder.parent if is_worker else folder)


# A worker that is free gets the next file. So these stand last, the longest first: then
# both workers end at about the same time. The reruns compute the sweeps that the kernels
# of the browser tests remember.
SLOW = [
    "test_grade",
    "test_reruns",
    ".ipynb",
    "browser/test_notebooks",
    "colab/",
    "hub/test_hub",
    "browser/",
    "test_site",
    "test_slides",
]


# What hangs on no package's version, or little, and takes long. `.ci/run` leaves it out with
# the oldest packages. There the core, pictures, questions and checks stay, how panels are
# made, look and follow their controls, all notebooks by nbval, and some of them in the
# browser (browser/test_notebooks.py).
ONCE = [
    "browser/test_book",
    "browser/test_demo",
    "browser/test_first_look",
    "browser/test_questions",
    "browser/test_reopened",
    "browser/test_telltales",
    "browser/test_training_panel",
    "browser/test_voila",
    "browser/test_waiting",
    "checking/test_check",
    "colab/",
    "hub/",
    "lessons/",
    "panels/test_first_look_panel",
    "panels/test_panel_data",
    "panels/test_run",
    "panels/test_settings",
    "panels/test_training_panel",
    "test_claims",
    "test_docs",
    "test_faults",
    "test_hosts",
    "test_images",
    "test_reruns",
    "test_safety",
    "test_teaching",
    "tools/",
]


@pytest.hookimpl(tryfirst=True)  # before '-m "not once"' looks for the mark
def pytest_collection_modifyitems(items):
    """Fast files first: what is wrong there is told at once."""
    items.sort(key=_place)
    for item in items:
        if isinstance(item, IPyNbCell):
            item.output_timeout = live.PATIENCE  # 5 seconds, for which it has no option
        if any(part in _path(item) for part in ONCE):
            item.add_marker("once")


def _place(item):
    return next((i for i, part in enumerate(SLOW) if part in _path(item)), -1)


def _path(item):
    return item.path.relative_to(item.config.rootpath).as_posix()


def pytest_terminal_summary(terminalreporter):
    """Say once, in words, which tests did not run, and how they would."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = [
        report.longrepr[2]
        for report in skipped
        if "did not run" in str(report.longrepr)
    ]
    for reason, count in sorted(Counter(reasons).items()):
        reason = reason.removeprefix("Skipped: ")
        terminalreporter.write_line(f"{count} tests skipped. {reason}", yellow=True)
