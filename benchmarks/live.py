"""A JupyterLab of its own on a copy of the course, and a browser to look at it.

The browser tests and panels.py use it. The user's settings don't matter to it, and it
leaves nothing behind.
"""

import contextlib
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

try:
    from playwright.sync_api import expect, sync_playwright
except ImportError:  # `missing` says so
    expect = sync_playwright = None

ROOT = Path(__file__).resolve().parent.parent
SIZE = {"width": 1280, "height": 720}  # a projector
PATIENCE = 20  # seconds that a page may take; the machine may be busy
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
]

# 1. The browser ----------------------------------------------------------------------


def chromium_path():
    """The Chromium or Chrome of this machine, or None; CHROMIUM names another one."""
    names = (os.environ.get("CHROMIUM"), *CHROMIUMS)
    return next(filter(None, (shutil.which(name) for name in names if name)), None)


def missing() -> str:
    """Say in words what a browser needs that isn't here; empty if all is here."""
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
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=chromium_path(), args=ARGUMENTS
        )
        yield chromium
        chromium.close()


# 2. The server -----------------------------------------------------------------------


class Lab(NamedTuple):
    """A running JupyterLab."""

    process: subprocess.Popen
    url: str  # ends with a slash
    token: str
    course: Path  # the copy of the course


@contextlib.contextmanager
def lab():
    """Start JupyterLab on a copy of the course; both are gone after the block."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        folder = Path(folder)
        copy_course(folder / "course")
        silence_questions(folder / "settings")
        with open(folder / "log.txt", "w") as log:
            process = subprocess.Popen(
                command(folder / "course"), env=environment(folder), stdout=log,
                stderr=log, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        try:
            yield wait_for(process, folder)
        finally:
            stop(process)


def copy_course(target):
    """Copy the modules, the notebooks and their pictures."""
    skip = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for name in ("notebooks", "images"):
        if (ROOT / name).exists():
            shutil.copytree(ROOT / name, target / name, ignore=skip)
    for module in ROOT.glob("mlp_*.py"):
        shutil.copy(module, target)


def silence_questions(folder):
    """No dialog about news and updates: it would lie over the notebook."""
    folder = folder / "@jupyterlab" / "apputils-extension"
    folder.mkdir(parents=True)
    answers = {"fetchNews": "false", "checkForUpdates": False}
    (folder / "notification.jupyterlab-settings").write_text(json.dumps(answers))


def command(course):
    root = getattr(os, "geteuid", lambda: 1)() == 0
    return [
        sys.executable, "-m", "jupyterlab", "--no-browser",
        "--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={course}",
        "--LabApp.expose_app_in_browser=True",  # window.jupyterapp, see Notebook
        *(["--allow-root"] if root else []),
    ]  # fmt: skip


def environment(folder):
    """This environment, but with folders of its own for all that Jupyter keeps."""
    jupyter = re.compile("JUPYTER|IPYTHON")
    kept = {name: os.environ[name] for name in os.environ if not jupyter.match(name)}
    own = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    own = {name: str(folder / place) for name, place in own.items()}
    # Here, not in the command, which every user of the machine can read.
    return {**kept, **own, "JUPYTER_TOKEN": secrets.token_hex(16)}


def wait_for(process, folder, seconds=60) -> Lab:
    """Wait for the file in which the server tells its port."""
    end = time.monotonic() + seconds
    place = folder / "runtime" / f"jpserver-{process.pid}.json"
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
            server = json.loads(place.read_text())
            return Lab(process, server["url"], server["token"], folder / "course")
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab didn't start:\n{(folder / 'log.txt').read_text()}")


def stop(process):
    """Ask the server to end; it ends its kernels."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


# 3. A notebook in JupyterLab -----------------------------------------------------------

WIDGET = "application/vnd.jupyter.widget-view+json"
# `it` is the widget of the open notebook, `cells` its cells.
PRELUDE = """const it = window.jupyterapp?.shell.currentWidget;
    const cells = it?.content?.widgets;"""
KERNEL_IS_READY = f"""() => {{ {PRELUDE}
    return it?.context?.sessionContext?.session?.kernel?.status === 'idle' }}"""
RUN = f"""([command, index, limit]) => {{ {PRELUDE}
    if (index !== null) it.content.activeCellIndex = index;
    const late = new Promise((_, fail) => setTimeout(
        () => fail(`not ready after ${{limit}} seconds`), 1000 * limit));
    return Promise.race([jupyterapp.commands.execute(command), late]) }}"""
CELLS = f"""() => {{ {PRELUDE} return cells.map(cell => cell.model.toJSON()) }}"""
SHOW = f"""index => {{ {PRELUDE} return it.content.scrollToItem(index, 'start') }}"""
IS_WIDE = "() => jupyterapp.shell.leftCollapsed"
SHUT_DOWN = f"""() => {{ {PRELUDE} return it.context.sessionContext.shutdown() }}"""


class Notebook:
    """A notebook of the course, open in JupyterLab.

    Parameters
    ----------
    browser : Browser
    lab : Lab
    name : str
        The file name, without its ending, of a notebook in ``notebooks/``.
    """

    def __init__(self, browser, lab, name):
        self.name, self.complaints = name, []
        self.page = browser.new_page(viewport=SIZE)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        path = f"lab/tree/notebooks/{name}.ipynb?token={lab.token}&reset"
        self.page.goto(lab.url + path)
        self.page.wait_for_function(KERNEL_IS_READY, timeout=60_000)

    def _hear(self, message):
        if message.type == "error":
            self.complaints.append(f"{message.text} ({message.location})")

    def run_all(self, limit=200):
        """Run all cells; JupyterLab stops at the first that fails."""
        self.page.evaluate(RUN, ["notebook:run-all-cells", None, limit])

    def run(self, index, limit=60):
        """Run one cell."""
        self.page.evaluate(RUN, ["notebook:run-cell", index, limit])

    def cells(self) -> list:
        """All cells as they are now, in the form of a notebook file."""
        return self.page.evaluate(CELLS)

    def panels(self) -> list:
        """The indices of the cells that show a panel: a widget with a picture."""
        return self._showing({WIDGET, "image/png"})

    def _showing(self, kinds):
        """The indices of the cells with an output of all these kinds."""
        return [
            index
            for index, cell in enumerate(self.cells())
            if any(
                kinds <= set(output.get("data", ()))
                for output in cell.get("outputs", ())
            )
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
            self.page.evaluate(RUN, ["application:toggle-left-area", None, 10])
        self.page.wait_for_function(f"wide => ({IS_WIDE})() === wide", arg=all_of_it)

    def close(self):
        """Close the page and end the kernel."""
        self.page.evaluate(SHUT_DOWN)
        self.page.close()
