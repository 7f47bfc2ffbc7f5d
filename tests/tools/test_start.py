"""The learner's door, ``python -m course``: its words, and the server behind it."""

import contextlib
import json
import os
import signal
import socket
import sys
from http.client import HTTPConnection
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock
from urllib.parse import urlsplit

import psutil
import pytest

from course.__main__ import main
from course.lessons import NAMES
from course.tools import CommandError, start, update
from tests import live
from tests.wait import wait_until

pytestmark = pytest.mark.timed

MADE = f"Made my_course, your own copy of the {len(NAMES)} notebooks."


@pytest.fixture
def course(tmp_path, monkeypatch):
    """An empty folder in place of the course's."""
    monkeypatch.setattr(start, "ROOT", tmp_path)
    monkeypatch.setattr(start, "PLACE", tmp_path)
    return tmp_path


def test_folder_is_new_or_empty_or_a_copy(course):
    """Guards: three folders that are welcome; nobody's own is filled with notebooks."""
    folder = course / "my_course"
    assert start.find_folder("my_course", update.MARK) == folder
    folder.mkdir()
    assert start.find_folder("my_course", update.MARK) == folder
    (folder / "notes.txt").write_text("")
    (course / "file").write_text("own")
    for name in ("my_course", "file"):
        with pytest.raises(CommandError, match="already exists and isn't a copy of"):
            start.find_folder(name, update.MARK)
    (folder / update.MARK).mkdir()
    assert start.find_folder("my_course", update.MARK) == folder


@pytest.mark.parametrize("name", ["..", ".", "a/b", "/tmp/a", ".hidden", "linked"])
def test_folder_elsewhere_is_refused(course, name):
    """Guards: notebooks find the course by '..'; JupyterLab shows no hidden folder."""
    (course / "elsewhere" / "mine").mkdir(parents=True)
    if name == "linked" and os.name == "nt":
        pytest.skip("links need rights on Windows")
    if name == "linked":
        (course / name).symlink_to(course / "elsewhere" / "mine")
    with pytest.raises(CommandError, match="it must be next to notebooks/"):
        start.find_folder(name, update.MARK)


def test_folder_that_cannot_be_written_is_told(course, monkeypatch, capsys):
    """Guards: words and exit code 1, no traceback."""
    refuse = Mock(side_effect=PermissionError(13, "Permission denied"))
    monkeypatch.setattr(Path, "touch", refuse)
    assert main(["start"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"The course can't write in {course / 'my_course'}: Perm")


def test_python_without_the_packages_is_told(course, monkeypatch):
    """Guards: who calls another Python is led to the course's own, or to install it."""
    assert start.missing() == ""
    monkeypatch.setattr(start, "find_spec", lambda name: None)
    assert "lacks numpy, matplotlib, jupyterlab, ipywidgets, any" in start.missing()
    assert "nbval" not in start.missing()  # which only tests need
    monkeypatch.setattr(start, "find_spec", lambda name: name != "jupyterlab" or None)
    assert f"{sys.executable}, lacks jupyterlab. The line" in start.missing()
    (course / ".venv").mkdir()
    assert f"The course has one of its own: {course / '.venv'}" in start.missing()
    assert start.missing(version=(3, 10)).startswith("The course needs Python 3.11")


def test_on_a_hub_the_learner_is_told_what_to_open(course, monkeypatch, capsys):
    """Guards: no second JupyterLab there, at an address that no browser reaches."""
    monkeypatch.setenv("JUPYTERHUB_USER", "ada")
    monkeypatch.setattr("course.tools.server.serve", pytest.fail)
    assert main(["start"]) == 0
    made, told = capsys.readouterr().out.splitlines()
    assert made == MADE and "open my_course/00_first_look.ipynb in it" in told


def test_interrupt_before_the_server_runs_is_no_traceback(monkeypatch, capsys):
    """Guards: Ctrl+C while packages are loaded, or files are brought up to date."""
    monkeypatch.setattr(start, "open_course", Mock(side_effect=KeyboardInterrupt))
    assert main(["start"]) == 0
    assert capsys.readouterr().out == "\nStopped.\n"


AS_USER = """
import os, course.__main__ as of_course
os.environ["BROWSER"], os.geteuid = {!r}, lambda: {}
del os.environ["JUPYTER_TOKEN"]
raise SystemExit(of_course.main())"""
READY = "Keep this window open; Ctrl+C stops the course."


@contextlib.contextmanager
def opened(folder, *options, user):
    """`python -m course start` in a copy of the course, once it is open.

    It takes itself for that of the user with this number.
    """
    code, log = AS_USER.format(str(folder / "browser"), user), folder / "log.txt"
    command = [sys.executable, "-c", code, "start", *options]
    with live.serve(command, folder / "course", folder) as process:
        is_told = lambda: READY in log.read_text() or process.poll() is not None
        wait_until(is_told, "it doesn't open")
        *said, last = log.read_text().splitlines()
        assert last == READY, said
        url = said[-1].split()[-1]
        yield SimpleNamespace(process=process, said=said, url=url, log=log)


def interrupted(door):
    """Exit code and all that was printed after Ctrl+C."""
    door.process.send_signal(signal.SIGINT)
    return door.process.wait(live.PATIENCE), door.log.read_text()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    if os.name == "nt":
        pytest.skip("Windows has no SIGINT for a child")
    folder = tmp_path_factory.mktemp("door")
    live.copy_course(folder / "course")
    whole = 'echo "$@" > "$0.part" && mv "$0.part" "$0.opened"'  # none reads half of it
    (folder / "browser").write_text(f"#!/bin/sh\n{whole}\n")
    (folder / "browser").chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def door(folder):
    """The door, open, though the port that the user's settings name is taken."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        (folder / "config").mkdir()
        port = other.getsockname()[1]
        settings = json.dumps({"ServerApp": {"port": port}})
        (folder / "config" / "jupyter_server_config.json").write_text(settings)
        with opened(folder, user=1000) as door:
            door.taken = port
            yield door


def get(url, method="GET", **more):
    """The status of a page, which is not followed, whatever proxy there is for others."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=live.PATIENCE)
    connection.request(method, f"{parts.path}?{parts.query}", **more)
    return connection.getresponse().status


def test_it_says_where_the_course_is_open(door):
    """Guards: three lines, no log; the printed port is the one that Jupyter took."""
    made, told = door.said
    assert made == MADE
    assert told.startswith("The course is open in your browser at http://localhost:")
    assert "/lab/tree/my_course/00_first_look.ipynb?token=" in door.url
    assert f":{door.taken}/" not in door.url
    assert get(door.url) == 200


def test_nobody_else_reaches_it(folder, door):
    """Guards: other machines, and users of this one, who see the commands of all."""
    assert len(door.url.partition("token=")[2]) >= 40
    assert get(door.url.partition("?")[0]) == 302  # to the login
    assert get(door.url.partition("lab")[0] + "api/kernels") == 403
    connections = psutil.Process(door.process.pid).net_connections("inet")
    listening = [c.laddr.ip for c in connections if c.status == psutil.CONN_LISTEN]
    assert listening and set(listening) <= {"127.0.0.1", "::1"}
    opened = folder / "browser.opened"
    wait_until(opened.exists, "no browser was opened")
    said = opened.read_text()  # Jupyter's own page
    assert said.startswith("file://") and "token" not in said


@pytest.fixture
def server(folder, monkeypatch):
    """The module, as if this process were a door, too; it opens no browser."""
    from course.tools import server  # with Jupyter: not needed to collect the tests

    monkeypatch.setattr(start, "PLACE", folder / "course")
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    monkeypatch.delenv("JUPYTER_RUNTIME_DIR", raising=False)
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(folder / "data"))
    monkeypatch.setattr(server.webbrowser, "get", lambda name: "a browser")
    monkeypatch.setattr(server.webbrowser, "open", Mock())
    return server


def test_a_second_start_opens_the_first_server(door, server, capsys, monkeypatch):
    """Guards: no second server, and no file changes below an open notebook."""
    monkeypatch.setattr(update, "bring_up_to_date", pytest.fail)
    assert main(["start", "--no-open"]) == 0
    told = f"The course is already running. Open this address: {door.url}\n"
    assert capsys.readouterr().out == told
    server.webbrowser.open.assert_not_called()
    assert main(["start"]) == 0
    told = f"The course is already running; it is open in your browser at {door.url}\n"
    assert capsys.readouterr().out == told
    [opened] = server.webbrowser.open.call_args.args
    assert opened.startswith("file://") and "token" not in opened


def test_another_server_is_not_taken_for_ours(folder, door, server):
    """Guards: one of another folder, and what a crashed one left behind; ours is found by
    another path, too."""
    (folder / "linked").symlink_to(folder / "course")
    assert server.find_running(folder / "linked")["pid"] == door.process.pid
    assert server.find_running(folder) is None
    info = {"root_dir": str(folder), "pid": os.getpid()}
    info["url"] = f"http://localhost:{live.free_port()}/"
    (folder / "data" / "runtime" / "jpserver-1.json").write_text(json.dumps(info))
    assert server.find_running(folder) is None


def test_interrupt_ends_it_at_once_with_its_kernels(door):
    """Guards: one Ctrl+C, our words, exit code 0, and nothing that runs on."""
    server, token = door.url.partition("lab")[0], door.url.partition("=")[2]
    headers = {"Authorization": f"token {token}"}
    assert get(f"{server}api/kernels", "POST", body="{}", headers=headers) == 201
    kernels = psutil.Process(door.process.pid).children(recursive=True)
    assert kernels
    code, said = interrupted(door)
    assert code == 0 and said.endswith("\nStopped. Your work is in my_course.\n")
    assert not [kernel for kernel in kernels if kernel.is_running()]


def test_root_is_told_in_a_line_and_served_without_a_browser(folder):
    """Guards: a container, where all are root; a later start is silent of no news."""
    with opened(folder, "--no-open", user=0) as again:
        told, said = again.said
        assert told.startswith("You are root, so ") and get(again.url) == 200
        assert said.startswith("Open this address: http://localhost:")
        assert interrupted(again)[0] == 0


@pytest.mark.usefixtures("server")
def test_jupyter_without_a_place_for_its_files_is_told(capsys, monkeypatch):
    """Guards: no traceback where the home folder can't be written."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", __file__)
    assert main(["start", "--no-open"]) == 1
    assert capsys.readouterr().err.startswith("Jupyter can't keep its files in ")
