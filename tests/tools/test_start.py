"""The learner's door, ``python -m course``: its words, and the server behind it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import ClassVar

import psutil
import pytest

from course.__main__ import main
from course.lessons import NAMES
from course.tools import CommandError, start, update
from tests import live
from tests.wait import wait_until

pytestmark = pytest.mark.timed

MADE = f"Made my_course, your own copy of the {len(NAMES)} notebooks."

# 1. Before anything is started -----------------------------------------------------------


@pytest.fixture
def course(tmp_path, monkeypatch):
    """An empty folder in place of the course's."""
    monkeypatch.setattr(start, "ROOT", tmp_path)
    return tmp_path


def test_folder_is_new_or_empty_or_a_copy(course):
    """Guards: three folders that are welcome."""
    folder = course / "my_course"
    assert start.find_folder("my_course", update.MARK) == folder
    folder.mkdir()
    assert start.find_folder("my_course", update.MARK) == folder
    (folder / update.MARK).mkdir()
    (folder / "notes.txt").write_text("")
    assert start.find_folder("my_course", update.MARK) == folder


@pytest.mark.parametrize("name", ["..", ".", "a/b", "/tmp/a", "notebooks/a", ".hidden"])
def test_folder_elsewhere_is_refused(course, name):
    """Guards: notebooks find the course by '..'; JupyterLab shows no hidden folder."""
    with pytest.raises(CommandError, match="it must lie beside notebooks/"):
        start.find_folder(name, update.MARK)


def test_link_to_a_folder_elsewhere_is_refused(course):
    """Guards: '..' of a linked folder is not the course."""
    (course / "elsewhere").mkdir()
    (course / "elsewhere" / "mine").mkdir()
    (course / "my_course").symlink_to(course / "elsewhere" / "mine")
    with pytest.raises(CommandError, match="it must lie beside notebooks/"):
        start.find_folder("my_course", update.MARK)


@pytest.mark.parametrize("is_folder", [True, False])
def test_what_is_not_ours_is_refused(course, is_folder):
    """Guards: nobody's folder is filled with notebooks."""
    place = course / "my_course"
    if is_folder:
        place.mkdir()
        place /= "file"
    place.write_text("own")
    with pytest.raises(CommandError, match="is there already, and is no copy of the"):
        start.find_folder("my_course", update.MARK)
    assert place.read_text() == "own"


def test_folder_that_cannot_be_written_is_told(monkeypatch, capsys, tmp_path):
    """Guards: words and exit code 1, no traceback."""

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(start, "ROOT", tmp_path)
    monkeypatch.setattr(Path, "touch", refuse)
    assert main(["start"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"The course can't write in {tmp_path / 'my_course'}: Perm")


def test_python_without_the_packages_is_told(course, monkeypatch):
    """Guards: who calls another Python is led to the course's own, or to install it."""
    assert start.missing() == ""
    monkeypatch.setattr(start, "find_spec", lambda name: None)
    assert "lacks numpy, matplotlib, jupyterlab, ipywidgets, any" in start.missing()
    assert "nbval" not in start.missing()  # which only tests need
    monkeypatch.setattr(start, "find_spec", lambda name: name != "jupyterlab" or None)
    assert f"{sys.executable}, lacks jupyterlab. The line" in start.missing()
    (course / ".venv").mkdir()
    place = course / ".venv"
    assert f"The course has one of its own: {place}" in start.missing()
    assert start.missing(version=(3, 10)).startswith("The course needs Python 3.11")


def test_interrupt_before_the_server_runs_is_no_traceback(monkeypatch, capsys):
    """Guards: Ctrl+C while packages are loaded, or files are brought up to date."""

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(start, "open_course", interrupt)
    assert main(["start"]) == 0
    assert capsys.readouterr().out == "\nStopped.\n"


def test_only_the_copy_is_made_where_asked(monkeypatch, capsys, tmp_path):
    """Guards: Binder, Codespaces and VS Code, which bring a server of their own."""
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)  # of whom none is told
    monkeypatch.setattr(start, "ROOT", tmp_path)
    assert main(["start", "--only-copy"]) == 0
    assert capsys.readouterr().out == f"{MADE}\n"
    assert (tmp_path / "my_course" / "00_first_look.ipynb").exists()
    assert main(["start", "--only-copy"]) == 0
    assert capsys.readouterr().out == ""


# 2. The server ---------------------------------------------------------------------------


AS_USER = """
import os
os.geteuid = lambda: {}
from course.__main__ import main
from course.lessons import NAMES
raise SystemExit(main())
"""
ROOT_MAY = "You are root: code in a notebook may change everything on this machine."


class Door:
    """`python -m course start` in a copy of the course, with its own Jupyter folders.

    It takes itself for an ordinary user's, or for that of the user with this number.
    """

    opened: ClassVar = []  # all processes

    def __init__(self, folder, *options, browser="", user=1000):
        env = live.environment(folder) | {"BROWSER": browser}
        del env["JUPYTER_TOKEN"]
        self.process = subprocess.Popen(
            [sys.executable, "-c", AS_USER.format(user), "start", *options],
            cwd=folder / "course",
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

        Door.opened.append(self.process)

    def lines_until(self, end):
        lines = []
        for line in self.process.stdout:
            lines.append(line.rstrip())
            if line.startswith(end):
                return lines
        raise AssertionError(f"it ended with {self.process.wait()}: {lines}")

    def rest(self):
        """Exit code and all that is still printed."""
        out, _ = self.process.communicate(timeout=live.PATIENCE)
        return self.process.returncode, out

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("door")
    live.copy_course(folder / "course")
    script = folder / "browser"
    whole = 'echo "$@" > "$0.part" && mv "$0.part" "$0.opened"'  # none reads half of it
    script.write_text(f"#!/bin/sh\n{whole}\n")
    script.chmod(0o755)
    yield folder
    for process in Door.opened:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def door(folder):
    """The door, open, though the port that the user's settings name is taken."""
    if os.name == "nt":
        pytest.skip("Windows has no SIGINT for a child")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        (folder / "config").mkdir()
        port = other.getsockname()[1]
        settings = json.dumps({"ServerApp": {"port": port}})
        (folder / "config" / "jupyter_server_config.json").write_text(settings)
        door = Door(folder, browser=str(folder / "browser"))
        door.taken = port
        door.said = door.lines_until("Keep this window open; Ctrl+C ends it.")
        yield door


def url_of(line):
    return line.split()[-1]


class Stay(urllib.request.HTTPRedirectHandler):
    """Goes where it is sent, and no further."""

    def redirect_request(self, *_):
        return None


def get(url, data=None, headers=()):
    """The status of a page of this computer, whatever proxy there is for others."""
    request = urllib.request.Request(url, data, dict(headers))
    opener = urllib.request.build_opener(Stay, urllib.request.ProxyHandler({}))
    try:
        return opener.open(request, timeout=live.PATIENCE).status
    except urllib.error.HTTPError as error:
        return error.code


def test_it_says_where_the_course_is_open(door):
    """Guards: three lines, no log; the printed port is the one that Jupyter took."""
    made, opened, _ = door.said
    assert made == MADE
    assert opened.startswith("The course is open in your browser at http://localhost:")
    url = url_of(opened)
    assert "/lab/tree/my_course/00_first_look.ipynb?token=" in url
    assert f":{door.taken}/" not in url
    assert get(url) == 200


def test_the_token_is_asked_for(door):
    """Guards: nobody else on this machine can run code in the kernel."""
    assert len(url_of(door.said[1]).partition("token=")[2]) >= 40
    assert get(url_of(door.said[1]).partition("?")[0]) == 302  # to the login
    assert get(url_of(door.said[1]).partition("lab")[0] + "api/kernels") == 403


def test_it_listens_on_this_computer_only(door):
    """Guards: no other machine reaches it."""
    connections = psutil.Process(door.process.pid).net_connections("inet")
    listening = [c.laddr.ip for c in connections if c.status == psutil.CONN_LISTEN]
    assert listening and set(listening) <= {"127.0.0.1", "::1"}


def test_it_opens_the_browser_without_the_token_in_the_command(folder, door):
    """Guards: other users see the commands of all; Jupyter's own page is opened."""
    opened = folder / "browser.opened"
    wait_until(opened.exists, "no browser was opened")
    assert (
        opened.read_text().startswith("file://") and "token" not in opened.read_text()
    )


@pytest.mark.parametrize("options", [[], ["--no-open"]])
def test_a_second_start_opens_the_first_server(folder, door, options):
    """Guards: no second server, and no file changes below an open notebook."""
    opened = folder / "browser.opened"
    opened.unlink(missing_ok=True)
    notebook = folder / "course" / "notebooks" / "01_activations.ipynb"
    before = notebook.read_bytes()
    notebook.write_bytes(before.replace(b"What you will do", b"What is to be done"))
    code, said = Door(folder, *options, browser=str(folder / "browser")).rest()
    notebook.write_bytes(before)
    assert code == 0 and url_of(door.said[1]) == url_of(said)
    way = "Open this address" if options else "it is open in your browser"
    assert said.startswith("The course runs already") and way in said
    assert opened.exists() is not bool(options)
    assert options or "token" not in opened.read_text()
    copy = (folder / "course" / "my_course" / "01_activations.ipynb").read_bytes()
    assert b"What you will do" in copy


def test_interrupt_ends_it_at_once_with_its_kernels(door):
    """Guards: one Ctrl+C, our words, exit code 0, and nothing that runs on."""
    url = url_of(door.said[1])
    server, token = url.partition("lab")[0], url.partition("=")[2]
    headers = {"Authorization": f"token {token}"}
    assert get(f"{server}api/kernels", b"{}", headers) == 201
    kernels = psutil.Process(door.process.pid).children(recursive=True)
    assert kernels
    door.interrupt()
    code, said = door.rest()
    assert code == 0 and said.endswith("\nStopped. Your work is in my_course.\n")
    assert not [kernel for kernel in kernels if kernel.is_running()]


def test_without_a_browser_the_address_is_to_be_opened(folder, door):
    """Guards: --no-open; and a later start is silent about what did not change."""
    again = Door(folder, "--no-open")
    said, _ = again.lines_until("Keep this window open")
    again.interrupt()
    assert again.rest()[0] == 0
    assert said.startswith("Open this address: http://localhost:")


def test_root_is_told_in_a_line_and_served(folder, door):
    """Guards: a container, where everybody is root: Jupyter alone would refuse."""
    again = Door(folder, "--no-open", user=0)
    told, said, _ = again.lines_until("Keep this window open")
    assert told == ROOT_MAY and get(url_of(said)) == 200
    again.interrupt()
    assert again.rest()[0] == 0


def test_a_crashed_server_does_not_close_the_door(folder, door):
    """Guards: what a dead server left behind is not taken for a running one."""
    info = {
        "root_dir": str(folder / "course"),
        "url": f"http://localhost:{door.taken}/",
    }
    left = folder / "data" / "runtime" / "jpserver-1.json"
    left.write_text(json.dumps({**info, "pid": os.getpid(), "token": "old"}))
    again = Door(folder, "--no-open")
    said = again.lines_until("Keep this window open")
    again.interrupt()
    assert again.rest()[0] == 0
    assert "token=old" not in said[0]


def test_jupyter_without_a_place_for_its_files_is_told(folder, door):
    """Guards: no traceback where the home folder can't be written."""
    shutil.rmtree(folder / "data")
    (folder / "data").write_text("")
    code, said = Door(folder, "--no-open").rest()
    assert code == 1 and said.startswith("Jupyter can't keep its files in ")
    assert "Traceback" not in said
