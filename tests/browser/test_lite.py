"""The course in a browser alone: its site, and its Python there, as far as it comes
without Pyodide's network. NumPy and Matplotlib would come from that; `tests/lite` has
what stands in for them."""

import contextlib
import functools
import hashlib
import http.server
import io
import json
import os
import shutil
import threading
from pathlib import Path
from typing import ClassVar

import pytest

from course.checking import runs
from course.tools import NOTEBOOKS, lite, live
from course.tools.lite import look
from course.tools.notebooks import read

pytestmark = pytest.mark.timed

MISSING = (
    "The tests of the course in a browser alone did not run: the variable "
    "PYODIDE_FOLDER names no folder with Pyodide. 'npm install pyodide@314.0.6' makes "
    "one, node_modules/pyodide."
)
# What the kernel asks for, and what that needs.
KERNEL = ["micropip", "ipython", "jedi", "typing-extensions"]
STAND_IN = Path(__file__).parents[1] / "lite" / "stand_in.py"
NAME = "00_first_look"
# Puts code into the last code cell of the notebook.
SET_CODE = f"""code => {{ {live.PRELUDE}
    const last = cells.findLastIndex(cell => cell.model.type === 'code');
    cells[last].model.sharedModel.setSource(code);
    return last }}"""
READ = """async path => {
    const { contents } = window.jupyterapp.serviceManager;
    return (await contents.get(path, { content: true, format: "text" })).content }"""


@pytest.fixture(scope="module")
def pyodide(tmp_path_factory):
    """A folder with Pyodide's core from npm, and the pure wheels that a kernel asks for.

    Its own network has other builds of these wheels: the list of their sums follows.
    """
    core = Path(os.environ.get("PYODIDE_FOLDER", "missing"))
    if not (core / "pyodide.mjs").is_file():
        if os.environ.get("REQUIRE_LITE_TESTS"):
            pytest.fail(f"REQUIRE_LITE_TESTS is set. {MISSING}", pytrace=False)
        pytest.skip(MISSING)
    work = tmp_path_factory.mktemp("pyodide")
    lock = json.loads((core / "pyodide-lock.json").read_text("utf-8"))
    needed = [lock["packages"][name] for name in closure(lock["packages"])]
    pins = "\n".join(f"{package['name']}=={package['version']}" for package in needed)
    (work / "pins.txt").write_text(pins)
    wheels = {wheel.name: wheel for wheel in lite.fetch(work / "pins.txt", work / "w")}
    folder = work / "pyodide"
    folder.mkdir()
    for pattern in ("pyodide*.mjs", "*.wasm", "*.zip"):
        for path in core.glob(pattern):
            shutil.copy(path, folder)
    for package in needed:
        wheel = wheels[package["file_name"]]
        package["sha256"] = hashlib.sha256(wheel.read_bytes()).hexdigest()
        shutil.copy(wheel, folder)
    (folder / "pyodide-lock.json").write_text(json.dumps(lock))
    return folder


def closure(packages):
    """The names of the packages that a kernel needs."""
    names, new = [], list(KERNEL)
    while new:
        name = new.pop().replace("_", "-")
        if name not in names:
            names.append(name)
            new += packages[name]["depends"]
    return names


class Handler(http.server.SimpleHTTPRequestHandler):
    extensions_map: ClassVar = {  # what a server of static files says of them
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def folder(pyodide, tmp_path_factory):
    """The site, with what there is of Pyodide in it."""
    place = tmp_path_factory.mktemp("site") / "lite"
    lite.build(place, pyodide)
    return place


class Site(look.Site):
    """Waits as long as it takes."""

    def ask(self, script, argument=None, seconds=None):
        return super().ask(script, argument, live.PATIENCE)


@pytest.fixture(scope="module")
def site(browser, folder):
    """The first notebook in a browser, its kernel ready; no network but the site."""
    handler = functools.partial(Handler, directory=folder.parent)
    with (
        pytest.MonkeyPatch.context() as patch,
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server,
    ):
        patch.setattr(look, "OPENING", live.PATIENCE)
        patch.setattr(look, "STARTING", live.PATIENCE)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        context = browser.new_context(viewport=live.SIZE)
        site = Site(context, address, NAME)
        site.asked = []
        context.on("request", lambda request: site.asked.append(request.url))
        context.route(
            lambda url: not url.startswith(site.here),
            lambda route: route.abort(),
        )
        site.page.set_default_timeout(1000 * live.PATIENCE)
        site.start()
        yield site
        context.close()
        server.shutdown()


@pytest.fixture(scope="module")
def stand_in(site):
    """The kernel has what stands in for NumPy and Matplotlib."""
    site.run_all()
    site.stopped = look.differences(
        read(NOTEBOOKS / f"{NAME}.ipynb").cells, site.cells()
    )
    assert site.run_code(STAND_IN.read_text(encoding="utf-8")) == ""
    return site


@pytest.fixture(scope="module")
def ask(stand_in):
    """A function: runs the cell of this id, and gives the question that it shows."""

    def run(name):
        index = [cell["id"] for cell in stand_in.cells()].index(name)
        stand_in.page.evaluate(live.RUN, ["notebook:run-cell", index])
        stand_in.page.evaluate(live.SHOW, index)
        cell = stand_in.page.locator(f'[data-windowed-list-index="{index}"]')
        return cell.locator(".course-question")

    run("first-import")
    return run


# 1. The site ---------------------------------------------------------------------------


def test_the_site_has_what_a_learner_has_and_no_answer(folder):
    """Guards: the notebooks, without outputs and solutions; nothing of this machine."""
    names = {path.name for path in NOTEBOOKS.glob("*.ipynb")}
    drive = folder / "files" / "notebooks"
    assert {path.name for path in drive.glob("*.ipynb")} == names
    for name in names:
        cells = read(drive / name).cells
        assert not any(cell.get("outputs") for cell in cells)
        assert not any("solution" in cell.metadata.get("tags", []) for cell in cells)
    assert (folder / "files" / "mlp_core.py").is_file()
    page = json.loads((folder / "jupyter-lite.json").read_text("utf-8"))
    extensions = page["jupyter-config-data"]["federated_extensions"]
    assert {extension["name"] for extension in extensions} == {
        "@jupyter-widgets/jupyterlab-manager",
        "@jupyterlite/pyodide-kernel-extension",
        "anywidget",
    }


def test_all_runs_up_to_numpy(stand_in):
    """Guards: the kernel starts and finds the course; what stops a cell is told."""
    (told,) = stand_in.stopped
    assert told.startswith("first-import: it stopped:")
    assert "No module named 'numpy'" in told


# 2. The course's Python ----------------------------------------------------------------


def test_all_modules_can_be_imported(stand_in):
    """Guards: no module needs what Pyodide lacks. An exercise's file is no module."""
    told = stand_in.run_code(
        """
import importlib, pathlib, pkgutil, course
from course.checking.exercise_file import is_exercise
for module in pkgutil.walk_packages(course.__path__, "course."):
    name = module.name.rpartition(".")[2]
    file = pathlib.Path(module.module_finder.path, f"{name}.py")
    if module.ispkg or not is_exercise(file):
        importlib.import_module(module.name)
print(sum(name.startswith("course.") for name in __import__("sys").modules) > 50)
"""
    )
    assert told == "True\n"


def test_there_is_no_process(stand_in):
    """Guards: where no process can be had an answer runs in the kernel."""
    told = stand_in.run_code(
        """
from course.checking import runs
print(runs.Process.start())
def double(x):
    print("here")
    return 2 * x
with runs.opened(double, None) as run:
    reply = run.call((21,))
print(type(run).__name__, reply.value, reply.printed)
"""
    )
    assert told == "None\nInKernel 42 ('here',)\n"


# Every reply to every option, to each number and its usual misses, and to each order, as a sum.
REPLIES = """
import hashlib
from course import lessons
replies = []
for name in lessons.NAMES:
    for question in lessons.load_questions(name).all:
        if question.kind == "choice":
            answers = list(question.options)
        elif question.kind == "number":
            answers = ["1/3", "-2", "0.5", "1e-3", "5%", str(question.answer)]
        else:
            lines = range(len(question.lines))
            answers = [" ".join(map(str, order)) for order in (lines, lines[::-1])]
        replies += [repr(question.reply(answer)) for answer in answers]
print(len(replies) > 300, hashlib.sha256("".join(replies).encode()).hexdigest())
"""


def test_all_questions_reply_as_here(stand_in):
    """Guards: the questions, unsealed, and what reads numbers and judges orders."""
    here = io.StringIO()
    with contextlib.redirect_stdout(here):
        exec(REPLIES, {})  # noqa: S102
    assert here.getvalue().startswith("True ")
    assert stand_in.run_code(REPLIES) == here.getvalue()


STOPPED = f"Stopped {runs.TOO_LONG}\n"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("while True: pass", STOPPED),
        ("try:\n  while True: pass\n except Exception: pass", STOPPED),
        ("return answer()", "RecursionError\n"),
    ],
)
def test_an_endless_loop_is_stopped_in_the_kernel(stand_in, body, told):
    """Guards: the deadline by tracing, which needs no process, thread or signal."""
    code = f"""
from course.checking import runs
def answer():
 {body}
try:
    with runs.opened(answer, None) as run:
        print(run.call(()).error)
except Exception as error:
    print(type(error).__name__, error)
"""
    assert stand_in.run_code(code) == told


# 3. The page ---------------------------------------------------------------------------


def test_a_question_answers(stand_in, ask):
    """Guards: the first cell's lesson, a live question and its reply on the page."""
    box = ask("first-seed-question")
    box.locator(".option").first.click()
    live.expect(box.get_by_role("status")).to_contain_text("Not yet.")
    box.locator(".option").nth(2).click()
    live.expect(box.get_by_role("status")).to_contain_text("Right.")
    live.expect(box).to_contain_text("Your first answer was: It learns as before")


def test_what_a_click_starts_goes_on_later(stand_in, ask):
    """Guards: the event loop while a message is handled, by which panels work in parts."""
    box = ask("first-rate-question")
    stand_in.run_code(
        """
import asyncio
from course.questions import page
later, box = [], list(page._open.values())[-1]
box.answers.on_msg(
    lambda *_: asyncio.get_running_loop().call_later(0.01, later.append, "later")
)
"""
    )
    box.locator(".option").first.click()
    live.expect(box.get_by_role("status")).to_contain_text("Not yet.")
    assert stand_in.run_code(
        "import asyncio; await asyncio.sleep(0.1); print(later)"
    ) == ("['later']\n")


def test_a_long_cell_says_how_it_can_be_stopped(stand_in):
    """Guards: the bar below a cell; no square, which does nothing there."""
    bar = stand_in.page.get_by_text("to stop it, restart the kernel")
    index = stand_in.page.evaluate(
        SET_CODE,
        """
import time
from course import waiting
for step in waiting.with_bar(range(25)):
    time.sleep(0.1)
print("done")
""",
    )
    stand_in.page.evaluate(
        f"index => {{ ({live.RUN})(['notebook:run-cell', index]) }}", index
    )
    live.expect(bar).to_be_visible()
    live.expect(bar).to_have_count(0)
    outputs = stand_in.cells()[index]["outputs"]
    assert look.printed(outputs) == ["done"]


def test_answers_are_kept_in_the_browser(stand_in):
    """Guards: the record outlives the page and its kernel, on the drive of the browser."""
    cells = {cell["id"]: cell for cell in stand_in.cells()}
    assert cells["first-import"]["outputs"][0]["text"] == look.NOTICE
    stand_in.page.reload()
    stand_in.page.wait_for_function("window.jupyterapp")
    text = stand_in.page.evaluate(READ, "notebooks/record.json")
    kept = json.loads(text)["answers"]["first_look"]["seed 4"]
    assert kept["solved"] and not kept["first_right"]


def test_nothing_is_asked_of_another_site(stand_in):
    """Guards: no request leaves the site, also none of the kernel's worker."""
    assert len(stand_in.asked) > 100
    assert [url for url in stand_in.asked if not url.startswith(stand_in.here)] == []
