"""JupyterLab for the learner: started with our words, and found again if it is running.

It runs in this process, so that the user's own Jupyter settings apply, and Ctrl+C ends it
with its kernels.
"""

import json
import os
import signal
import urllib.request
import warnings
import webbrowser
from pathlib import Path
from urllib.parse import quote

import zmq
from jupyter_core.paths import jupyter_runtime_dir
from jupyter_server.serverapp import list_running_servers
from jupyterlab.labapp import LabApp

from course.record import MARK
from course.tools import CommandError
from course.tools.asleep import attach_to

HERE = Path(__file__).parent


def serve(root, notebook, open_browser=True):
    """Run JupyterLab until it is ended; it opens the notebook."""
    # Where labconfig/ lies: a question about news would cover the first panel.
    more = os.environ.get("JUPYTER_CONFIG_PATH", "").split(os.pathsep)
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(
        [str(HERE), *filter(None, more)]
    )
    runtime = jupyter_runtime_dir()
    try:
        Path(runtime).mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(
            f"Jupyter can't keep its files in {runtime}: {error.strerror}. Create "
            "that folder, or set JUPYTER_RUNTIME_DIR to one where you can write."
        ) from error
    # Voila, where it is installed, turns on warnings that are for developers.
    with warnings.catch_warnings(record=True):
        app = LabApp.initialize_server(
            [
                f"--ServerApp.root_dir={root}",
                "--ServerApp.ip=localhost",
                "--ServerApp.log_level=ERROR",
                "--LabApp.log_level=ERROR",
                # This copy's own: a file that another server is writing makes an error.
                f"--LabApp.workspaces_dir={notebook.parent / MARK / 'workspaces'}",
                # Without it each kernel warns; older versions of Jupyter don't know it.
                *["--KernelManager.transport_encryption=auto"] * zmq.has("curve"),
                *([] if open_browser else ["--ServerApp.open_browser=False"]),
                "--allow-root",  # as in a container; `start` has said what it means
                str(notebook),
            ]
        )
    attach_to(app.contents_manager)
    app.identity_provider.token_generated = False  # or Jupyter tells its address itself
    app.open_browser = app.open_browser and _has_browser(app.browser)

    def end(*_):
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a second Ctrl+C ends it at once
        app.stop(from_signal=True)

    def tell():
        url = address(app.server_info(), root, notebook)
        if app.open_browser:
            print(f"The course is open in your browser at {url}")
        else:
            print(f"Open this address: {url}")
        print("Keep this window open; Ctrl+C stops the course.", flush=True)

    signal.signal(signal.SIGINT, end)
    app.io_loop.add_callback(tell)  # by then the port is known to be ours
    app.start()


def find_running(root):
    """What is known of a server that is running in this folder; None if there is none."""
    for info in list_running_servers():
        if Path(info["root_dir"]).resolve() == root.resolve() and _answers(info):
            return info
    return None


def open_again(info, root, notebook, open_browser=True):
    """Open a server that is already running."""
    url = address(info, root, notebook)
    if open_browser and _has_browser():
        # Jupyter's own page leads there: a token in a command could be read by others.
        runtime = Path(jupyter_runtime_dir())
        names = ("file-to-run-{pid}-open.html", "{pid}-open.html")
        pages = [runtime / f"jpserver-{name.format(**info)}" for name in names]
        webbrowser.open(next((p.as_uri() for p in pages if p.exists()), url))
        print(f"The course is already running; it is open in your browser at {url}")
    else:
        print(f"The course is already running. Open this address: {url}")


def address(info, root, notebook) -> str:
    """The address of a notebook, with the token."""
    token = f"?token={info['token']}" if info["token"] else ""
    path = quote(notebook.relative_to(root).as_posix())
    return f"{info['url']}lab/tree/{path}{token}"


def _answers(info):
    """Whether a server answers there: after a crash another process may have its id."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        # One that is gone refuses at once; one on a busy machine takes its time.
        with direct.open(f"{info['url']}api", timeout=30) as reply:
            return "version" in json.load(reply)
    except (OSError, ValueError):
        return False


def _has_browser(name=""):
    try:
        return bool(webbrowser.get(name or None))
    except webbrowser.Error:
        return False
