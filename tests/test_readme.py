"""The README and TEACHING.md: their commands, their links, and that CI runs the command
that the README names."""

import re
from pathlib import Path

import mutate_panels
import pytest

import mlp_exercises as exercises
import mlp_questions as questions

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
TEACHING = (ROOT / "TEACHING.md").read_text(encoding="utf-8")
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


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


def test_jupyterlab_starts_in_the_folder_of_the_course():
    """Guards: given a notebook alone, its folder would be the root, without images/."""
    start = [block for block in blocks() if "jupyter lab" in block]
    assert start
    for block in start:
        assert "jupyter lab --ServerApp.root_dir=. notebooks" in block


def test_no_place_is_left_to_fill():
    """Guards: a word in capitals, where a figure was to come."""
    for text in (README, TEACHING):
        prose = re.sub(r"`[^`]*`", "", text)
        words = set(re.findall(r"\b[A-Z]{8,}\b", prose))
        assert words <= {"TEACHING"}


def test_ci_finds_exactly_one_test_command():
    """.ci/run takes the block after this mark; without it CI would test nothing."""
    mark = "<!-- test command: Linux and macOS -->\n```\n"
    assert README.count(mark) == 1
    command = README.split(mark)[1].split("```")[0]
    assert command.strip().endswith("-m pytest") and command.count("\n") == 1
    assert mark.splitlines()[0] in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", [README, TEACHING], ids=["README", "TEACHING"])
def test_every_local_link_exists(text):
    targets = re.findall(r"\]\(([^)#]+)\)", text)
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


@pytest.mark.parametrize("text", [README, TEACHING], ids=["README", "TEACHING"])
def test_every_script_that_a_text_names_is_there(text):
    scripts = set(re.findall(r"[\w/]+\.py\b", text))
    found = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("*/*.py")}
    found |= {path.name for path in ROOT.glob("**/*.py") if ".venv" not in path.parts}
    assert scripts and scripts <= found


def sections():
    """Title and text of each notebook's part of TEACHING.md."""
    parts = re.split(r"^## (\d\. .*)\n", TEACHING, flags=re.MULTILINE)
    return list(zip(parts[1::2], parts[2::2]))


def test_teaching_has_a_section_for_each_notebook():
    """Guards: a teacher finds the plan, the time and the homework of every notebook."""
    titles = [f"{int(path.stem[:2])}. " for path in NOTEBOOKS]
    assert [title[:3] for title, _ in sections()] == titles
    for title, text in sections():
        for word in ("Aim", "Minutes", "Plan", "Ask|ask", "isconceptions", "Homework"):
            assert re.search(word, text), f"{title}: {word}"


def test_teaching_names_questions_and_exercises_that_exist():
    """Guards: what a plan tells the teacher to ask stands in the notebook."""
    named = 0
    for path, (_, text) in zip(NOTEBOOKS, sections()):
        loaded = questions.load(path.stem)
        known = {*loaded.predictions, *(each.name for each in loaded.quiz)}
        asked = re.findall(r"^- \*\*'([^']+)'[:.*]", text, re.MULTILINE)
        assert set(asked) <= known
        named += len(asked)
    assert named > 10
    checked = re.findall(r"lesson\.check\((\w+)\)", TEACHING)
    assert checked and set(checked) <= set(exercises.EXERCISES)


def test_each_fault_of_mutate_panels_still_fits():
    """Guards: a fault whose place in the code has moved would no longer be tried."""
    assert len(mutate_panels.FAULTS) >= 10
    for fault in mutate_panels.FAULTS:
        compile(mutate_panels.planted(fault), fault.module, "exec")
