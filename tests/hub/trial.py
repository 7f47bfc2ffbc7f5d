"""A hub of its own on this machine, and learners who use it as a browser does.

``tests/hub`` and ``benchmarks/hub.py`` use it. All that it makes lies in one folder.
"""

import compileall
import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import nbformat
import psutil
import requests
import websocket
from jupyter_client.jsonutil import json_default
from jupyter_client.session import Session
from requests.cookies import get_cookie_header

from course.__main__ import main as course
from course.lessons import NOTEBOOKS, load_questions
from course.tools import ROOT, handout
from course.tools.notebooks import read
from tests.live import free_port
from tests.wait import PATIENCE, wait_until

CONFIG = Path(__file__).with_name("trial_config.py")


def missing() -> str:
    """Say what a hub needs that isn't here; empty if all is."""
    if not sys.platform.startswith("linux"):
        return "a hub runs on Linux"
    if find_spec("jupyterhub") is None:
        return "the package jupyterhub is missing: pip install -r requirements-dev.txt"
    if shutil.which("configurable-http-proxy") is None:
        how = "npm install -g configurable-http-proxy"
        return f"there is no configurable-http-proxy on the PATH. Install it: {how}"
    return ""


class Hub:
    """JupyterHub on a hand-out of the course; see ``running``."""

    def __init__(self, folder, patience):
        self.patience = patience  # seconds, for whatever is waited for
        self.folder, self.course = folder, folder / "course"
        self.ports = [free_port() for _ in range(3)]
        self.url = f"http://127.0.0.1:{self.ports[0]}"
        self.process, self.started = None, set()
        self.password = secrets.token_hex(16)
        folder.chmod(0o711)
        course(["handout", str(self.course)])
        compileall.compile_dir(self.course, quiet=1)  # learners can't write there
        self.own_users = os.geteuid() == 0 and _others_can_run_this()

    def start(self):
        environment = {
            "COURSE": str(self.course),
            "TRIAL_PASSWORD": self.password,
            "TRIAL_PORTS": " ".join(map(str, self.ports)),
            "TRIAL_OWN_USERS": "yes" if self.own_users else "",
        }
        command = [sys.executable, "-m", "jupyterhub", "-f", str(CONFIG)]
        with open(self.folder / "log.txt", "a") as log:
            options = {"env": os.environ | environment, "stdout": log, "stderr": log}
            self.process = psutil.Popen(command, cwd=self.folder, **options)
        wait_until(self._answers, "the hub did not come", self.patience)

    def _answers(self):
        assert self.process.poll() is None, f"The hub ended:\n{self.log()}"
        with contextlib.suppress(requests.ConnectionError):
            return requests.get(f"{self.url}/hub/api", timeout=self.patience).ok

    def stop(self):
        """End the hub and its proxy; learners' servers go on."""
        self.processes()
        self.process.terminate()
        self.process.wait(self.patience)

    def processes(self) -> list:
        """The hub and all that it started and that still runs."""
        with contextlib.suppress(psutil.Error):
            self.started |= {self.process, *self.process.children(recursive=True)}
        return [process for process in self.started if process.is_running()]

    def log(self):
        return (self.folder / "log.txt").read_text()

    def home(self, name):
        return self.folder / "homes" / name / "neural_networks"


@contextlib.contextmanager
def running(patience=PATIENCE):
    """A started hub; it and all that it started are gone after the block."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        hub = Hub(Path(folder), patience)
        try:
            hub.start()
            yield hub
        finally:
            for process in (left := hub.processes()):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            psutil.wait_procs(left, 10)


def _others_can_run_this():
    """Whether another user can run this Python with the packages."""
    command = [sys.executable, "-c", "import jupyterhub, course"]
    options = {"user": 60001, "cwd": ROOT, "stderr": subprocess.DEVNULL}
    with contextlib.suppress(OSError):
        return subprocess.call(command, **options) == 0


class Learner:
    """Who has a browser's cookies, and nothing else."""

    def __init__(self, hub, name, step=None):
        self.hub, self.name, self.session = hub, name, requests.Session()
        self.step = step or STEP  # what they write for `my_step`
        self.session.trust_env = False  # no proxy on the way to this machine
        self.base = f"/user/{name}/"

    def log_in(self):
        self.call("GET", "/hub/login")
        form = {"username": self.name, "password": self.hub.password}
        form["_xsrf"] = self._xsrf("/hub/")
        self.call("POST", "/hub/login", data=form, allow_redirects=False)

    def open(self) -> str:
        """Start the server, unless it runs; return the path of the page it opens."""
        self.call("GET", "/hub/spawn", allow_redirects=False)
        told = self.call("GET", f"/hub/api/users/{self.name}/server/progress").text
        assert '"ready": true' in told, f"no server for {self.name}: {told}"
        page = self.call("GET", self.base)
        return page.url.partition("/lab/tree/")[2].partition("?")[0]

    def log_out(self):
        """Log out, and wait for the end of the server."""
        self.call("GET", "/hub/logout")
        self.session.cookies.clear()
        api = f"{self.hub.url}{self.base}api"
        options = {"timeout": self.hub.patience, "allow_redirects": False}

        def has_ended():
            return requests.get(api, **options).status_code != 200

        wait_until(has_ended, "the server did not end", self.hub.patience)

    def call(self, method, path, expected=(200, 201, 204, 302), **options):
        """Ask for a path; of the own server if it doesn't begin with '/'."""
        url = self.hub.url + (path if path.startswith("/") else self.base + path)
        own = "/hub/" if path.startswith("/hub/") else self.base
        options["headers"] = {"X-XSRFToken": self._xsrf(own), "Referer": url}
        options["timeout"] = self.hub.patience
        reply = self.session.request(method, url, **options)
        told = f"{method} {path}: {reply.status_code} {reply.text[:300]}"
        assert reply.status_code in expected, told
        return reply

    def _xsrf(self, path):
        return self.session.cookies.get("_xsrf", default="", path=path)

    def load(self, path):
        """The content of a file, as the server hands it out."""
        return self.call("GET", f"api/contents/{path}").json()["content"]

    def save(self, path, notebook):
        model = {"type": "notebook", "format": "json", "content": notebook}
        self.call("PUT", f"api/contents/{path}", json=model)

    @contextlib.contextmanager
    def kernel(self, path):
        """A connection to the kernel of a notebook, which starts unless it runs."""
        model = {"path": path, "name": path, "type": "notebook"}
        model["kernel"] = {"name": "python3"}
        number = self.call("POST", "api/sessions", json=model).json()["kernel"]["id"]
        with self._connected(f"api/kernels/{number}/channels") as connection:
            yield Kernel(connection)

    def shown(self, lines) -> str:
        """What a terminal shows in which these lines are typed."""
        where = {"cwd": "my_course"}  # as JupyterLab's launcher asks for it
        name = self.call("POST", "api/terminals", json=where).json()["name"]
        shown = ""
        with self._connected(f"terminals/websocket/{name}") as terminal:
            terminal.send(json.dumps(["stdin", "\n".join([*lines, "exit", ""])]))
            while (message := json.loads(terminal.recv()))[0] != "disconnect":
                shown += message[1] if message[0] == "stdout" else ""
        return shown

    def _connected(self, path):
        url = f"{self.hub.url}{self.base}{path}"
        request = requests.Request("GET", url).prepare()
        options = {"cookie": get_cookie_header(self.session.cookies, request)}
        options["timeout"] = self.hub.patience
        connection = websocket.create_connection(f"ws{url[4:]}", **options)
        return contextlib.closing(connection)


class Kernel:
    """A kernel, by the messages that JupyterLab sends."""

    def __init__(self, connection):
        self.connection, self.session = connection, Session()
        self.widgets = {}  # id -> state

    def run(self, source) -> list:
        """Run code; return its outputs."""
        return self._send("execute_request", {"code": source, "stop_on_error": True})

    def answer(self, widget, answer):
        """Answer a question on the page."""
        message = {"method": "custom", "content": {"answer": answer}}
        self._send("comm_msg", {"comm_id": widget, "data": message})

    def _send(self, kind, content) -> list:
        message, outputs = self.session.msg(kind, content), []
        text = json.dumps({"channel": "shell", **message}, default=json_default)
        self.connection.send(text)
        while True:
            text = self.connection.recv()
            if isinstance(text, bytes):  # with a picture's bytes
                continue
            reply = json.loads(text)
            told, content = reply["msg_type"], reply["content"]
            if reply["parent_header"].get("msg_id") != message["msg_id"]:
                continue
            if told == "comm_open":
                self.widgets[content["comm_id"]] = content["data"]["state"]
            elif told in ("stream", "display_data", "execute_result", "error"):
                outputs.append(nbformat.v4.output_from_msg(reply))
            elif told == "status" and content["execution_state"] == "idle":
                return outputs


NOTEBOOK = "my_course/05_sum_task.ipynb"
LESSON, QUESTION = "sum_task", "rule of a step"
OPTIONS = list(load_questions(LESSON).predictions[QUESTION].options)


def first_stub(notebook) -> dict:
    """The cell of `my_step`."""
    cells = notebook["cells"]
    return next(c for c in cells if "stub" in c["metadata"].get("tags", ()))


STEP = first_stub(handout.with_solutions(read(NOTEBOOKS[LESSON])))["source"]


def at_once(do, learners) -> list:
    """Call ``do(learner)`` for all at the same time; return what each returned."""
    with ThreadPoolExecutor(len(learners)) as pool:
        return list(pool.map(do, learners))


def enter(learner) -> str:
    learner.log_in()
    return learner.open()


def run_notebook(learner):
    """Write a step into notebook 5, run all of it, answer a question, and save."""
    notebook = learner.load(NOTEBOOK)
    first_stub(notebook)["source"] = f"{learner.step}\n# Written by {learner.name}."
    with learner.kernel(NOTEBOOK) as kernel:
        for cell in (c for c in notebook["cells"] if c["cell_type"] == "code"):
            cell["outputs"] = kernel.run(cell["source"])
            assert not [out for out in cell["outputs"] if "ename" in out], cell
        for number, state in kernel.widgets.items():
            if [option[0] for option in state.get("options", ())] == OPTIONS:
                kernel.answer(number, answer_of(learner))
    learner.save(NOTEBOOK, notebook)
    return sources(notebook)


def answer_of(learner) -> str:
    """Neighbours answer differently."""
    return OPTIONS[sum(learner.name.encode()) % len(OPTIONS)]


def sources(notebook) -> dict:
    return {cell["id"]: cell["source"] for cell in notebook["cells"]}


def lost(learner, left) -> list[str]:
    """What a learner doesn't find again of the sources they left, and of their answer."""
    found = sources(learner.load(NOTEBOOK))
    gone = [f"cell {number}" for number in left if found.get(number) != left[number]]
    record = json.loads(learner.load("my_course/record.json"))
    answer = record["answers"].get(LESSON, {}).get(QUESTION, {}).get("last")
    return gone + ["the answer"] * (answer != answer_of(learner))
