"""A JupyterLab of its own on a copy of the course, and a browser to look at it.

The browser tests and the benchmarks use it. The user's settings don't matter to it, and
it leaves nothing behind.
"""

import asyncio
import contextlib
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import nbformat

from course.tools import NOTEBOOKS, ROOT, save
from course.tools.handout import needed
from course.tools.save import WIDGET_VIEW
from tests.wait import PATIENCE, give_up_in, wait_until

try:
    from playwright.sync_api import expect, sync_playwright
except ImportError:  # `missing` says so
    expect = sync_playwright = None

SIZE = {"width": 1280, "height": 720}  # a projector

# 1. The browser ----------------------------------------------------------------------


def chromium_path():
    """The Chromium or Chrome of this machine, or None; CHROMIUM names another one."""
    known = ["chromium", "chromium-browser", "google-chrome"]
    paths = map(shutil.which, [os.environ.get("CHROMIUM", ""), *known])
    return next(filter(None, paths), None)


def missing() -> str:
    """Say what a browser needs that isn't here; empty if all is."""
    if sync_playwright is None:
        return "the package playwright is missing: pip install -r requirements-dev.txt"
    if chromium_path() is None:
        return (
            "there is no Chromium. Install it (Debian, Ubuntu: apt install chromium), "
            "or set CHROMIUM to the path of a Chromium or Chrome"
        )
    return ""


@contextlib.contextmanager
def browser():
    """Start Chromium; it ends with the block."""
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        give_up_in(asyncio.get_running_loop())
        chromium = playwright.chromium.launch(
            executable_path=chromium_path(), args=[*quiet, "--no-first-run"]
        )
        yield chromium
        chromium.close()


def new_page(browser, **settings):
    """A page of its own, which waits as long as it takes."""
    page = browser.new_page(**settings)
    page.set_default_timeout(1000 * PATIENCE)
    return page


def touch(page, places, end="touchEnd"):
    """Draw a line with a finger: from the first of these places (x, y) to the last."""
    screen = page.context.new_cdp_session(page)
    kinds = ["touchStart", *["touchMove"] * (len(places) - 1)]
    for kind, (x, y) in zip(kinds, places):
        event = {"type": kind, "touchPoints": [{"x": x, "y": y}]}
        screen.send("Input.dispatchTouchEvent", event)
    screen.send("Input.dispatchTouchEvent", {"type": end, "touchPoints": []})


# What in an element is wider than its place, and letters that a projector can't show.
OVERFLOWS = """root => [root, ...root.querySelectorAll('*')].filter(
    e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth).map(e => e.outerHTML)"""
SMALL_LETTERS = """root => [...root.querySelectorAll('*')].filter(node =>
    node.checkVisibility() && [...node.childNodes].some(
        part => part.nodeType === 3 && part.data.trim())
    && parseFloat(getComputedStyle(node).fontSize) < 15).map(node => node.outerHTML)"""
# How much lighter the text is than what lies behind it; 21 is white on black.
CONTRAST = """e => {
    const light = colour => {
        const [r, g, b] = colour.match(/[\\d.]+/g).map(each => each / 255).map(
            c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05 };
    const text = light(getComputedStyle(e).color);
    while (getComputedStyle(e).backgroundColor === 'rgba(0, 0, 0, 0)')
        e = e.parentElement;
    const back = light(getComputedStyle(e).backgroundColor);
    return Math.max(text, back) / Math.min(text, back) }"""


# 2. The server -----------------------------------------------------------------------


class Lab(NamedTuple):
    """A running JupyterLab."""

    process: subprocess.Popen
    url: str  # ends with a slash
    token: str
    course: Path  # the copy of the course


@contextlib.contextmanager
def lab(startup="", learner=False):
    """Start JupyterLab on a copy of the course; both are gone after the block.

    ``startup`` is code that every kernel runs first. ``learner``: by the learner's
    command, which makes a copy of their own in it.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        folder = Path(folder)
        copy_course(folder / "course")
        # See hub/jupyter_server_config.py; the folder has a short path on Linux.
        kernels = "ipc" if sys.platform == "linux" else "tcp"
        write_settings(folder / "config", {} if learner else NO_NEWS, kernels)
        scripts = folder / "ipython" / "profile_default" / "startup"
        scripts.mkdir(parents=True)
        (scripts / "first.py").write_text(startup, encoding="utf-8")
        jupyter = ["jupyterlab", "--ServerApp.root_dir=.", "--allow-root"]
        command = [sys.executable, "-m", *(["course", "start"] if learner else jupyter)]
        with serve(command, folder / "course", folder) as process:
            yield Lab(process, *wait_for(process, folder), folder / "course")


@contextlib.contextmanager
def serve(command, place, folder):
    """Run a server in a place; all that it keeps, and log.txt, are in the folder."""
    with open(folder / "log.txt", "w") as log:
        options = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
        options |= {"cwd": place, "env": environment(folder)}
        process = subprocess.Popen(command, **options)
    try:
        yield process
    finally:
        process.terminate()  # it ends its kernels
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def copy_course(folder):
    """Copy the course as it is, outputs and all."""
    for path in [*needed(), *NOTEBOOKS.glob("*.ipynb")]:
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)


# No question about news and updates over the notebook; the learner's command sees to it.
NO_NEWS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False}
}
SETTINGS = {
    # Who opens a notebook again finds it as it was, however long the first look took.
    "docmanager-extension/plugin": {"autosave": False},
}


def write_notebook(course, name, cells, folder="notebooks"):
    """Write a notebook of these code cells into a copy of the course, in its saved form."""
    cells = [nbformat.v4.new_code_cell(source) for source in cells]
    notebook = save.normalize(nbformat.v4.new_notebook(cells=cells))
    save.write(notebook, course / folder / f"{name}.ipynb")


def write_settings(config, more=NO_NEWS, kernels="tcp"):
    """Write our settings into Jupyter's configuration folder, and into JupyterLab's."""
    for name, values in {**SETTINGS, **more}.items():
        place = config / "lab" / "user-settings" / "@jupyterlab" / name
        place.parent.mkdir(parents=True)
        place.with_suffix(".jupyterlab-settings").write_text(json.dumps(values))
    server = {
        "ServerApp": {"ip": "127.0.0.1", "port": free_port(), "open_browser": False},
        "KernelManager": {"transport": kernels},
        "LabApp": {"expose_app_in_browser": True},  # window.jupyterapp, see Notebook
    }
    (config / "jupyter_server_config.json").write_text(json.dumps(server))


def free_port() -> int:
    """A port of our own: two servers that start at once would both take 8888."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(folder):
    """This environment, but with folders of its own for all that Jupyter keeps."""
    jupyter = re.compile("JUPYTER|IPYTHON")
    kept = {name: os.environ[name] for name in os.environ if not jupyter.match(name)}
    return {
        **kept,
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "IPYTHONDIR": str(folder / "ipython"),
        # Here, not in the command, which every user of the machine can read.
        "JUPYTER_TOKEN": secrets.token_hex(16),
    }


def wait_for(process, folder, kind="jpserver"):
    """Wait for the file in which the server tells its address and its token."""
    runtime = folder / "data" / "runtime"
    told = {}

    def has_told():
        with contextlib.suppress(FileNotFoundError, ValueError):  # of none, of half
            [place] = runtime.glob(f"{kind}-*.json")  # of a child, on Windows
            told.update(json.loads(place.read_text()))
        return told or process.poll() is not None

    wait_until(has_told, "the server didn't start")
    assert told, f"The server didn't start:\n{(folder / 'log.txt').read_text()}"
    return told["url"], told["token"]


# 3. A notebook in JupyterLab -----------------------------------------------------------

# `it` is the widget of the open notebook, `cells` its cells.
PRELUDE = """const it = window.jupyterapp?.shell.currentWidget;
    const cells = it?.content?.widgets;"""
# Its kernel is idle, and the widgets that live in it have come back to the page: one that a
# run closes meanwhile would be missed.
READY = f"""async () => {{ {PRELUDE}
    if (it?.context?.sessionContext?.session?.kernel?.status !== 'idle') return false;
    const mimeType = '{WIDGET_VIEW}';
    const renderer = it.content.rendermime.getFactory(mimeType)?.createRenderer({{ mimeType }});
    const manager = renderer?._manager.promise;  // which may never come
    return (await Promise.race([manager, new Promise(setTimeout)]))?.restoredStatus }}"""
RUN = f"""([command, index]) => {{ {PRELUDE}
    if (index !== null) it.content.activeCellIndex = index;
    return jupyterapp.commands.execute(command) }}"""
CELLS = f"""() => {{ {PRELUDE} return cells.map(cell => cell.model.toJSON()) }}"""
FILL = f"""([index, source]) => {{ {PRELUDE} cells[index].model.sharedModel.setSource(source) }}"""
SHOW = f"""index => {{ {PRELUDE} return it.content.scrollToItem(index, 'start') }}"""
IS_WIDE = "() => jupyterapp.shell.leftCollapsed"
TURN_TO = f"""async path => {{ {PRELUDE}
    await it.context.sessionContext.shutdown();
    it.dispose();  // which asks nobody whether to save
    await jupyterapp.commands.execute('docmanager:open', {{path}}) }}"""
RESTART = f"""() => {{ {PRELUDE}
    return it.context.sessionContext.session.kernel.restart() }}"""
SHUT_DOWN = f"""() => {{ {PRELUDE} return it.context.sessionContext.shutdown() }}"""


# A widget that comes later than 2 seconds after its output is told "model not found", for
# good if the page knows it by then; JupyterLab has this from ipywidgets. Shown anew, it is
# there.
LATE = "widget model not found"
IS_LOADING = """() => [...document.querySelectorAll('.jp-OutputArea-output')].some(
    output => output.textContent === 'Loading widget...')"""
SHOW_LATE = f"""() => {{ {PRELUDE}
    for (const {{outputArea}} of cells)
        if (outputArea?.node.textContent.includes('widget: model not found'))
            outputArea.model.fromJSON(outputArea.model.toJSON()) }}"""

# The two seconds are over at once in which anywidget must find what hears Python.
SLOW = """() => { const wait = AbortSignal.timeout.bind(AbortSignal);
    AbortSignal.timeout = (time) => wait(time === 2000 ? 0 : time) }"""

HARMLESS = [
    # anywidget says so if the machine is busy for 2 seconds. Questions work all the same,
    # see test_a_slow_browser_loses_no_reply.
    "[anywidget] Failed to initialize model.",
]


def wait_until_ready(page):
    """Wait for the kernel of the notebook that is open, and for the widgets in it."""
    wait_until(lambda: page.evaluate(READY), "the kernel or its widgets don't come")


class Notebook:
    """A notebook of the course, open in JupyterLab; its name is without '.ipynb'."""

    def __init__(self, browser, lab, name, folder="notebooks"):
        self.name, self.folder, self.complaints = name, folder, []
        self.page = new_page(browser, viewport=SIZE)
        self.page.on("console", self._hear)
        self.page.on("pageerror", self._hear_error)
        self.lab = lab
        self.load()

    def load(self):
        """Load the page, once more too: this notebook, as it is saved, and its kernel.

        A mere reload shows what the other pages of this JupyterLab showed last.
        """
        path = f"lab/tree/{self.folder}/{self.name}.ipynb?token={self.lab.token}&reset"
        self.page.goto(self.lab.url + path)
        wait_until_ready(self.page)
        wait_until(lambda: not self.page.evaluate(IS_LOADING), "a widget doesn't come")
        self.complaints = [told for told in self.complaints if LATE not in told]
        self.page.evaluate(SHOW_LATE)

    def _hear(self, message):
        if message.type == "error":
            self._hear_error(f"{message.text} ({message.location})")

    def _hear_error(self, error):
        if not any(words in str(error) for words in HARMLESS):
            self.complaints.append(str(error))

    def turn_to(self, name, folder="notebooks"):
        """Show a notebook on this page in place of this one, as it is saved."""
        self.page.set_viewport_size(SIZE)
        self.page.evaluate(TURN_TO, f"{folder}/{name}.ipynb")
        wait_until_ready(self.page)
        self.name, self.folder = name, folder
        self.complaints.clear()

    def run_all(self):
        """Run all cells; JupyterLab stops at the first that fails."""
        self.page.evaluate(RUN, ["notebook:run-all-cells", None])

    def run(self, index):
        """Run one cell."""
        self.page.evaluate(RUN, ["notebook:run-cell", index])

    def start(self, index):
        """Run one cell, and don't wait for its end."""
        self.page.evaluate(
            f"given => {{ ({RUN})(given) }}", ["notebook:run-cell", index]
        )

    def fill(self, index, source):
        """Write this code into a cell."""
        self.page.evaluate(FILL, [index, source])

    def restart(self):
        """Restart the kernel."""
        self.page.evaluate(RESTART)

    def save(self):
        self.page.evaluate(RUN, ["docmanager:save", None])

    def cells(self) -> list:
        """All cells as they are now, in the form of a notebook file."""
        return self.page.evaluate(CELLS)

    def panels(self, playgrounds=False) -> list:
        """The indices of the cells that show a panel of ipywidgets, or what the page itself
        draws, a playground or a pad: a widget with a picture."""
        panel = {WIDGET_VIEW, "image/png"}
        return [
            index
            for index, cell in enumerate(self.cells())
            if any(panel <= set(out.get("data", ())) for out in cell.get("outputs", ()))
            and bool(re.search("[Pp]layground|DigitPad", cell["source"])) == playgrounds
        ]

    def show_cell(self, index):
        """Scroll to a cell; return its locator."""
        self.page.evaluate(SHOW, index)
        return self.page.locator(f'[data-windowed-list-index="{index}"]')

    def show(self, index):
        """Scroll to a cell; return the locator of the widgets in its output."""
        return self.show_cell(index).locator(".jp-OutputArea-output > .widget-vbox")

    def give_room(self, all_of_it):
        """Hide the file browser beside the notebook, or show it."""
        if self.page.evaluate(IS_WIDE) != all_of_it:
            self.page.evaluate(RUN, ["application:toggle-left-area", None])
        self.page.wait_for_function(f"wide => ({IS_WIDE})() === wide", arg=all_of_it)

    def close(self):
        """Close the page and end the kernel."""
        self.page.evaluate(SHUT_DOWN)
        self.page.close()
