"""The README: its commands, its links, and that CI runs the command that it names."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks():
    return re.findall(r"^```\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_each_command_has_a_windows_form():
    """Both commands, to open and to test, stand in a form for each system."""
    unix = [block for block in blocks() if block.startswith("python3 -m venv")]
    windows = [block for block in blocks() if block.startswith("py -m venv")]
    assert len(unix) == len(windows) == 2
    for a, b in zip(unix, windows):
        same = b.replace("py -m", "python3 -m", 1).replace("; ", " && ")
        same = same.replace("Scripts", "bin").replace("\\", "/")
        assert a == same


def test_ci_finds_exactly_one_test_command():
    """.ci/run takes the block after this mark; without it CI would test nothing."""
    mark = "<!-- test command: Linux and macOS -->\n```\n"
    assert README.count(mark) == 1
    command = README.split(mark)[1].split("```")[0]
    assert command.strip().endswith("-m pytest") and command.count("\n") == 1
    assert mark.splitlines()[0] in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_local_link_exists():
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    local = [target for target in targets if not target.startswith("http")]
    assert local
    assert not [target for target in local if not (ROOT / target).exists()]


def test_every_notebook_is_listed_in_order():
    listed = re.findall(r"\(notebooks/(\w+\.ipynb)\)", README)
    assert listed == sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))


def test_every_module_and_folder_is_explained():
    layout = README.split("## What is where")[1]
    modules = [path.name for path in ROOT.glob("*.py")]
    folders = [f"{path.name}/" for path in ROOT.iterdir() if path.is_dir()]
    hidden = [name for name in folders if name.startswith((".", "__"))]
    for name in modules + [name for name in folders if name not in hidden]:
        assert name in layout, f"{name} is not in the README's layout"
