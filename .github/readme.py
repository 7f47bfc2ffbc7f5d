"""Runs the README's command of a section as it stands there for this system.

python .github/readme.py Start        until the course is open; then Ctrl+C stops it
python .github/readme.py "The tests"
"""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ON_WINDOWS = sys.platform == "win32"
SHELL = ["powershell", "-NoProfile", "-Command"] if ON_WINDOWS else ["bash", "-c"]
READY = "Keep this window open; Ctrl+C stops the course."
STOPPED = "Stopped. Your work is in my_course."
# Windows has Ctrl+C only for all processes of a console: so it is pressed in theirs.
PRESS = """
import ctypes, sys
kernel = ctypes.windll.kernel32
kernel.FreeConsole()
assert kernel.AttachConsole(int(sys.argv[1])), "it has no console"
kernel.SetConsoleCtrlHandler(None, True)  # this process goes on
assert kernel.GenerateConsoleCtrlEvent(0, 0), "Ctrl+C was not sent"
"""


def command(section, on_windows=ON_WINDOWS) -> str:
    """The section's command for this system: its first block, on Windows its second."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    part = text.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    unix, windows = re.findall(r"(?ms)^```\n(.*?)^```", part)
    return windows if on_windows else unix


def open_and_stop(line):
    """Open the course as a learner does, load the page that it names, press Ctrl+C."""
    console = getattr(subprocess, "CREATE_NEW_CONSOLE", 0)
    child = subprocess.Popen(
        [*SHELL, line],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        creationflags=console,
        start_new_session=True,
    )
    said = ""
    while READY not in said:
        new = child.stdout.readline()
        assert new, f"it ended with {child.wait()} before the course was open"
        print(new, end="", flush=True)
        said += new
    [address] = re.findall(r"http://localhost\S+", said)
    with urllib.request.urlopen(address) as page:
        assert b"JupyterLab" in page.read(), f"no JupyterLab at {address}"
    if ON_WINDOWS:
        subprocess.run([sys.executable, "-c", PRESS, str(child.pid)], check=True)
    else:
        os.killpg(child.pid, signal.SIGINT)
    rest = child.stdout.read()  # until nothing that was started still runs
    print(rest)
    assert STOPPED in rest, f"it ended with {child.wait()} and without its last words"


if __name__ == "__main__":
    [section] = sys.argv[1:]
    line = command(section)
    print(line, flush=True)
    if section == "Start":
        open_and_stop(line)
    else:
        sys.exit(subprocess.call([*SHELL, line], cwd=ROOT))
