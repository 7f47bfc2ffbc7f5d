"""The README and TEACHING.md: their commands, their links, and that CI runs the command
that the README names. What TEACHING.md plans is tested in test_teaching."""

import re

import pytest

from course.__main__ import COMMANDS, main
from course.tools import ROOT, find_notebooks

README = (ROOT / "README.md").read_text(encoding="utf-8")
TEACHING = (ROOT / "TEACHING.md").read_text(encoding="utf-8")
NOTEBOOKS = find_notebooks([])
both_texts = pytest.mark.parametrize(
    "text", [README, TEACHING], ids=["README", "TEACHING"]
)


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


def test_first_command_opens_the_course():
    """Guards: the learner's line ends at the learner's door, in both forms."""
    start = [
        block for block in blocks() if "-m pip install -r requirements.txt" in block
    ]
    assert len(start) == 2
    for block in start:
        assert block.endswith("python -m course\n")


def test_no_place_is_left_to_fill():
    """Guards: a word in capitals, or 'to be measured', where a figure was to come."""
    speed = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    for text in (README, TEACHING, speed):
        prose = re.sub(r"`[^`]*`", "", text)
        words = set(re.findall(r"\b[A-Z]{8,}\b|TODO|TBD|[Tt]o be measured", prose))
        assert words <= {"TEACHING", "GLOSSARY"}


def test_ci_finds_exactly_one_test_command():
    """.ci/run takes the block after this mark; without it CI would test nothing."""
    mark = "<!-- test command: Linux and macOS -->\n```\n"
    assert README.count(mark) == 1
    command = README.split(mark)[1].split("```")[0]
    assert command.strip().endswith("-m pytest") and command.count("\n") == 1
    assert mark.splitlines()[0] in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@both_texts
def test_every_local_link_exists(text):
    """Guards: a link to a file or a section that is gone."""
    targets = re.findall(r"\]\((?!http)([^)]+)\)", text)
    assert targets
    for target in targets:
        file, _, anchor = target.partition("#")
        assert (ROOT / file).exists(), target
        if anchor and not file.endswith(".ipynb"):
            linked = (ROOT / file).read_text("utf-8") if file else text
            found = re.findall(r"^#+ (.*)", linked, re.MULTILINE)
            anchors = [re.sub(r"[^\w -]", "", title) for title in found]
            assert anchor in [t.lower().replace(" ", "-") for t in anchors], target


def test_every_notebook_is_listed_in_order():
    listed = re.findall(r"\(notebooks/(\w+\.ipynb)\)", README)
    assert listed == [path.name for path in NOTEBOOKS]


def test_every_module_and_folder_is_explained():
    """Guards: who looks for something finds its place in the layout."""
    layout = README.split("## What is where")[1]
    paths = [*ROOT.iterdir(), *(ROOT / "course").iterdir()]
    names = [path.name for path in paths if path.suffix == ".py"]
    names += [f"{path.name}/" for path in paths if path.is_dir()]
    names = [name for name in names if not name.startswith((".", "__"))]
    assert len(names) > 15
    assert not [name for name in names if name not in layout]


@both_texts
def test_every_script_that_a_text_names_is_there(text):
    """Guards: no command and no hint leads to a file that has moved."""
    found = [*ROOT.glob("*.py"), *ROOT.glob("[!.]*/**/*.py")]
    named = set(re.findall(r"[\w/]+\.py\b", text))
    ends = {name: "*/" + name.lstrip("/").replace("NAME", "*") for name in named}
    gone = [n for n in ends if not any(path.match(ends[n]) for path in found)]
    assert gone == []


@both_texts
def test_every_command_that_a_text_names_is_there(text, capsys):
    """Guards: `python -m course ...` knows the command and its options."""
    called = re.findall(r"python -m course (\w+)([^`\n]*)", text)
    assert called
    for name, rest in called:
        assert name in COMMANDS
        with pytest.raises(SystemExit):
            main([name, "--help"])
        known = capsys.readouterr().out
        assert not [word for word in re.findall(r"--[\w-]+", rest) if word not in known]
