"""What all tests share: settings of hypothesis, a browser, sweeps, order and marks."""

import os
import re
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings
from jupyter_client.manager import run_kernel
from nbval.plugin import IPyNbCell

from course.checking import runs
from course.tools import NOTEBOOKS, slides
from tests import live, sweeps
from tests.crash import pytest_runtest_protocol  # noqa: F401

# Of the machine's variables, those by which programs print otherwise, or more.
for name in ("FORCE_COLOR", "PIP_QUIET", "PIP_VERBOSE", "PYTHONWARNINGS"):
    os.environ.pop(name, None)
os.environ["COLUMNS"] = "80"

# A busy machine is no fault of the code: no test fails for the time that it takes. And
# the same code gets the same examples, so that a change alone turns a test red.
settings.register_profile(
    "course",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("course")


@pytest.fixture(scope="session")
def browser():
    """Chromium, started once for a worker."""
    if missing := slides.missing() or live.missing():
        pytest.skip(f"The browser tests did not run: {missing}.")
    live.expect.set_options(timeout=1000 * live.PATIENCE)
    with live.browser() as chromium:
        yield chromium


# Answers run in the process of the tests, which is quicker; but see `answers_run_apart`.
runs.RESERVE.is_used = False


@pytest.fixture
def answers_run_apart(monkeypatch):
    """Answers run in a process of their own, as in a learner's kernel."""
    monkeypatch.setattr(runs.RESERVE, "is_used", True)


@pytest.fixture(scope="module")
def run(request):
    """Run a cell in a kernel; returns the messages that it sends: (type, content).

    A module's `START` is its first cell. ``hear`` is told each content as it comes. What
    else is given is added to the request, as JupyterLab and Notebook add `cellId`.
    """

    def run(code, hear=lambda content: None, **metadata):
        told = []

        def keep(message):
            kind, content = message["msg_type"], message["content"]
            if kind not in ("status", "execute_input"):
                told.append((kind, content))
                hear(content)

        client.session.metadata = metadata
        client.execute_interactive(code, output_hook=keep, timeout=live.PATIENCE)
        return told

    with run_kernel(cwd=str(NOTEBOOKS)) as client:
        run.interrupt = client.parent.interrupt_kernel
        assert run(request.module.START) == []
        yield run


@pytest.fixture(scope="session")
def remember_sweeps(tmp_path_factory):
    """Code that makes a kernel take its sweeps from those of the whole test run."""
    folder = tmp_path_factory.getbasetemp()
    is_worker = "PYTEST_XDIST_WORKER" in os.environ  # its folder lies in that of all
    return sweeps.code(folder.parent if is_worker else folder)


# A worker that is free gets the next file. So these stand last, the longest first: then
# all workers end at about the same time. Those in the browser come after all others, since
# it stays open once it was started. They remember sweeps which the reruns compute.
LAST = [
    "test_grade",
    "test_reruns",
    ".ipynb",
    "hub/test_hub",
    "browser/test_notebooks",
    "browser/",
    "colab/",
    "test_site",
    "test_slides",
]


# What hangs on no package's version, or little, and takes long. `.ci/run` leaves it out with
# the oldest packages. There the core, pictures, questions and checks stay, how panels are
# made, look and follow their controls, all notebooks by nbval, and some of them in the
# browser (browser/test_notebooks.py).
ONCE = [
    "browser/test_book",
    "browser/test_crash",
    "browser/test_demo",
    "browser/test_first_look",
    r"browser/test_playground(|_panes|_seen)\.py",
    "browser/test_questions",
    "browser/test_reopened",
    "browser/test_training_panel",
    "browser/test_voila",
    r"browser/test_wait(|ing)\.py",
    "checking/test_check",
    "colab/",
    "hub/",
    "lessons/",
    "panels/test_panel_data",
    "panels/test_run",
    "panels/test_settings",
    "panels/test_training_panel",
    "playground/test_page_",
    "test_agreement",
    "test_citation",
    "test_claims",
    "test_docs",
    "test_files",
    "test_hosts",
    "test_images",
    "test_layers",
    "test_new_lesson",
    "test_reruns",
    "test_safety",
    "test_teaching",
    "test_under_load",
    "test_words",
    "test_workflows",
    "tools/(?!test_links)",  # which meets the oldest pip there
]


@pytest.hookimpl(tryfirst=True)  # before '-m "not once"' looks for the mark
def pytest_collection_modifyitems(items):
    """Fast files first: what is wrong there is told at once."""
    items.sort(key=_place)
    for item in items:
        if isinstance(item, IPyNbCell):
            item.output_timeout = live.PATIENCE  # 5 seconds, for which it has no option
        if re.search("|".join(ONCE), _path(item)):
            item.add_marker("once")


def _place(item):
    return next((i for i, part in enumerate(LAST) if part in _path(item)), -1)


def _path(item):
    return item.path.relative_to(item.config.rootpath).as_posix()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """Where SKIP_NONE is set, as in `.ci/run`, a test that is skipped has failed."""
    report = yield
    if report.skipped and os.environ.get("SKIP_NONE"):
        report.outcome, report.longrepr = "failed", f"SKIP_NONE: {report.longrepr[2]}"
    return report


def pytest_terminal_summary(terminalreporter):
    """Say in a line each why tests were skipped, and what would make them run."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(report.longrepr[2] for report in skipped)
    for reason, count in sorted(reasons.items()):
        reason = reason.removeprefix("Skipped: ")
        terminalreporter.write_line(f"{count} tests skipped. {reason}", yellow=True)
