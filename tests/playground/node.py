"""Node, which runs the modules of the playground without a page."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from course.page.modules import together
from course.playground import twin

FOLDER = Path(twin.__file__).parent
ANSWERS = Path(__file__).with_name("answers.js")
MEDIA = "globalThis.matchMedia = (media) => ({ media, matches: false });\n"
TELL = """
import { readFileSync } from "node:fs";
const given = JSON.parse(readFileSync(0, "utf8"));
const flat = (_, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
process.stdout.write(JSON.stringify(given.map(ANSWERS[%r]), flat));
"""


def node(*arguments, given="") -> str:
    """What Node writes; without Node the test is skipped."""
    if not shutil.which("node"):
        pytest.skip(
            "The playground's modules did not run: there is no Node. Install it "
            "(Debian, Ubuntu: apt install nodejs)."
        )
    command = ["node", *map(str, arguments)]
    options = {"input": given, "capture_output": True, "encoding": "utf-8"}
    done = subprocess.run(command, check=False, **options)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def ask(name, cases) -> list:
    """What answers.js answers to each of the cases, all in one process."""
    modules = together(FOLDER / "view.js")
    script = MEDIA + modules + ANSWERS.read_text(encoding="utf-8") + TELL % name
    with tempfile.TemporaryDirectory() as folder:  # too long for a line on Windows
        path = Path(folder, "ask.mjs")
        path.write_text(script, encoding="utf-8")
        return json.loads(node(path, given=json.dumps(cases)))
