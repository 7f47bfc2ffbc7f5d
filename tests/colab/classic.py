"""A classic Notebook, the nearest to Colab's page that runs here, and a page of it."""

import contextlib
import subprocess

from tests import live
from tests.wait import wait_until

# With a kernel that has answered, and the widgets' extension: what a cell shows before
# that stays empty.
READY = """() => {
    const kernel = window.Jupyter?.notebook?.kernel;
    return kernel?.info_reply?.status && !Jupyter.notebook.kernel_busy
        && kernel.comm_manager.targets['jupyter.widget'] }"""
RUN_ALL = "() => Jupyter.notebook.execute_all_cells()"
# Those that don't have their number yet.
RUNNING = """() => Jupyter.notebook.get_cells().filter(
    cell => cell.cell_type === 'code' && !(cell.input_prompt_number > 0)).length"""


@contextlib.contextmanager
def server(python, folder, home):
    """Start Notebook with that Python in a folder; yield its address for a notebook.

    What it keeps lies in the folder ``home``.
    """
    port, environment = live.free_port(), live.environment(home)
    command = [python, "-m", "notebook", "--no-browser", "--allow-root"]
    command += ["--ip=127.0.0.1", f"--port={port}"]
    with open(home / "log.txt", "w") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
        )
    runtime = home / "data" / "runtime" / f"nbserver-{process.pid}.json"
    try:
        wait_until(
            lambda: runtime.exists() or process.poll() is not None, "no server started"
        )
        assert process.poll() is None, (home / "log.txt").read_text()
        token = environment["JUPYTER_TOKEN"]
        yield lambda path: f"http://127.0.0.1:{port}/notebooks/{path}?token={token}"
    finally:
        live.stop(process)


class Notebook:
    """A notebook, open there."""

    def __init__(self, browser, url):
        self.page, self.complaints = live.new_page(browser, viewport=live.SIZE), []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(url)
        self.page.wait_for_function(READY)

    def run_all(self):
        self.page.evaluate(RUN_ALL)
        self.page.wait_for_function(f"() => !({RUNNING})()")

    def show(self, cell):
        """The widgets in the output of a cell."""
        root = self.page.locator(".cell").nth(cell)
        widgets = root.locator(".output_subarea > .widget-vbox")
        widgets.scroll_into_view_if_needed()
        return widgets
