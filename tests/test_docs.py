"""The README and the pages for each reader: true as far as a test can tell.

Links lead somewhere, commands run, and what is named is there, also in the chapters for
teachers. What these say of the notebooks is tested in test_teaching.
"""

import doctest
import os
import re
import shutil
import subprocess
import sys

import pytest

from benchmarks.measured import MISSED
from course.__main__ import COMMANDS, main
from course.lessons import NAMES
from course.tools import ROOT, links, pages, plan, update
from course.tools.book import notebook_page
from tests.copies import LEFT_OUT

PAGES = sorted(path.name for path in (ROOT / "docs").glob("*.md"))
FILES = ["README.md", "CONTRIBUTING.md", "benchmarks/README.md"]
FILES += [f"docs/{name}" for name in PAGES]
CHAPTERS = [path.relative_to(ROOT).as_posix() for path in map(plan.path_of, NAMES)]
TEXTS = {name: (ROOT / name).read_text("utf-8") for name in FILES + CHAPTERS}
README = TEXTS["README.md"]
each_text = pytest.mark.parametrize("name", TEXTS)

# 1. The form ---------------------------------------------------------------------------


def test_the_readme_is_short():
    """Guards: a front door that frightens, published or not."""
    published = links.Addresses("https://github.com/ada/nets", "https://ada.example")
    text = pages.BLOCK.sub("", links.in_readme(README, published))
    assert len(text.split()) <= 705


def test_the_readme_leads_to_all_and_what_save_writes_is_up_to_date():
    """Guards: a table or a glossary that lags behind the lessons, a page that nobody finds,
    and one that doesn't say first whom it is for."""
    assert not pages.changes(), "run: python -m course save"
    assert [name for name in FILES[1:] if f"]({name})" not in README] == []
    for name in FILES:
        title, first, *_ = TEXTS[name].split("\n\n")
        assert title.startswith("# ")
        assert first.startswith("For ") or name == "README.md"


@each_text
def test_no_place_is_left_to_fill_and_a_learner_is_they(name):
    """Guards: a word in capitals, or 'to be measured', where more was to come; and 'he' for
    whoever it may be."""
    prose = re.sub(r"(?ms)^```.*?^```|`[^`]*`", "", TEXTS[name])
    left = re.findall(r"\b[A-Z]{5,}\b|TODO|TBD|[Tt]o be measured", prose)
    assert set(left) <= {"LICENSE", "README", "CONTRIBUTING", "CITATION"}
    assert re.findall(r"\b([Hh]im|[Hh]is|he)\b", prose) == []


def test_every_module_and_folder_is_explained():
    """Guards: who looks for something finds its place in the layout."""
    layout = TEXTS["docs/architecture.md"].split("## What is where")[1]
    paths = [*ROOT.iterdir(), *(ROOT / "course").iterdir()]
    names = [path.name for path in paths if path.suffix == ".py"]
    names += [f"{path.name}/" for path in paths if path.is_dir()]
    names = [name for name in names if not name.startswith((".", "__"))]
    assert len(names) > 15
    assert not [name for name in names if name not in layout]


@each_text
def test_every_link_leads_somewhere(name):
    """Guards: a link to a file or a section that is gone, and an address that a browser
    would look for beside the page."""
    assert not re.search(r"(?m)^\[[^]]+\]:", TEXTS[name]), "write the address in place"
    for target in re.findall(r"\]\(([^)]+)\)", TEXTS[name]):
        if target.startswith("http"):
            assert re.match(r"https://[\w-]+\.", target)
            continue
        file, _, anchor = target.partition("#")
        linked = ((ROOT / name).parent / file) if file else ROOT / name
        assert linked.exists(), target
        if anchor and linked.suffix == ".md":
            found = re.findall(r"^#+ (.*)", linked.read_text("utf-8"), re.MULTILINE)
            assert anchor in map(notebook_page.slug, found), target


def test_every_file_and_option_that_a_text_names_is_there():
    """Guards: a hint to a file that has moved, or to an option that no command has."""
    found = [path for path in ROOT.rglob("*") if ".venv" not in str(path)]
    folders = ("course/tools", "tests", "benchmarks")
    paths = [path for folder in folders for path in (ROOT / folder).glob("*.py")]
    code = "".join(path.read_text(encoding="utf-8") for path in paths)
    for name, text in TEXTS.items():
        for file in set(re.findall(r"(?<![\w<])[\w/*.]+\.(?:py|toml|js|yml)\b", text)):
            end = re.sub(r"^(\.\./)+", "", file).replace("NAME", "*")
            assert any(path.match(f"*/{end}") for path in found), (name, file)
        options = re.findall(rf"`(?:(?:{'|'.join(COMMANDS)}) )?(--[\w-]+)", text)
        options += re.findall(r"(?:tests|benchmarks)/\w+\.py (--[\w-]+)", text)
        assert [word for word in options if f'"{word}"' not in code] == [], name


# 2. The README's commands and its code ----------------------------------------------------


BLOCK = re.compile(
    r"^ *```.*?^ *```$|^(?! *```)[^\n].*?(?=\n\n|^ *```|\Z)", re.DOTALL | re.MULTILINE
)


def test_each_command_has_a_windows_form():
    """Guards: of both commands, to open and to test, a form that another system lacks; and
    that the learner's line ends at the learner's door."""
    fenced = [block[4:-3] for block in BLOCK.findall(README) if block[:4] == "```\n"]
    unix = [block for block in fenced if block.startswith("python3 -m venv")]
    windows = [block for block in fenced if block.startswith("py -m venv")]
    assert len(unix) == len(windows) == 2
    for a, b in zip(unix, windows):
        same = b.replace("py -m", "python3 -m", 1).replace("; ", " && ")
        assert a == same.replace("Scripts", "bin").replace("\\", "/")
    start = [block for block in unix if "-m pip install -r requirements.txt" in block]
    assert [block.endswith("python -m course\n") for block in start] == [True]


def test_ci_finds_exactly_one_test_command():
    """.ci/run takes the block after this mark; without it CI would test nothing."""
    mark = "<!-- test command: Linux and macOS -->\n```\n"
    assert README.count(mark) == 1
    assert sum(len(list(commands(text))) for text in TEXTS.values()) > 50
    command = README.split(mark)[1].split("```")[0]
    assert command.strip().endswith("-m pytest") and command.count("\n") == 1
    assert mark.splitlines()[0] in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_lines_of_python_do_what_they_say():
    """Guards: the first code that anybody sees of the course."""
    found = re.findall(r"(?ms)^```python\n(.*?)^```", README)
    assert len(found) == 1 and found[0].count(">>>") <= 8
    test = doctest.DocTestParser().get_doctest(found[0], {}, "README.md", None, 0)
    said = []
    assert doctest.DocTestRunner().run(test, out=said.append).failed == 0, said


# 3. The commands of all documents --------------------------------------------------------

MARK = re.compile(r"<!-- (needs more: [\w ,]+|test command: Linux and macOS) -->")
FENCE = re.compile(r" *```(?:sh|bash|console)?\n(.*?)\n *```", re.DOTALL)
COMMAND = re.compile(
    r"(\.venv/|python|pip|bash|sh\b|np[mx]|git\b|sudo|grep|helm|\.ci|[A-Z_]+=)\S* \S"
)


def commands(text):
    """Each command in a text, and the mark that says what it needs more than a test has.

    The mark stands beside the command, or alone before the block that holds it.
    """
    mark = ""
    for block in BLOCK.findall(text):
        if alone := MARK.fullmatch(block.strip()):
            mark = alone[1]
            continue
        if fence := FENCE.fullmatch(block):
            yield fence[1], mark
        elif "```" not in block:
            for item in re.split(r"\n(?=- |\d\. |\|)", block):
                for span in re.findall(r"`([^`]+)`", item):
                    if COMMAND.match(span):
                        yield span, (MARK.findall(item) or [mark])[0]
        mark = ""


# What other tests do: run the tests, open the course (tools/test_start.py), build the book
# (browser/test_book.py); what takes an hour; and git's.
ELSEWHERE = re.compile(
    r"\.venv/bin/python (-m (pytest .*|course|course site \S*)|tests/under_load.py)"
    "|git worktree .*"
)
# What stays out: it needs another system, rights or a server, pushes, or only installs what
# the tests have; `npm` and the test command are for `.ci/run`.
OUT = re.compile(
    "needs more: (Windows|Docker|root|systemd|a hub|TLJH|a cluster|a repository|npm"
    "|the network|a browser|the network, and a browser)|test command.*"
)
# Of what needs minutes, the smallest form that does its work: a piece, and its replacement.
SMALL = {
    "course save": "course save 00_first_look",
    "pytest tests": "pytest tests/test_citation.py",
    "--sample 5": "--sample 40 --only sgd_step",
    "claims.py": "claims.py 'A shift of one' --seeds 10000 10049",
    "pytest notebooks": "pytest notebooks/00_first_look.ipynb",
    "agreement.py": "agreement.py --quick",
    "torch_run.py": "torch_run.py",
    "panels.py": "panels.py --keys 1",
    "frames.py": "frames.py --runs 1 --tensorflow nowhere",
    "book.py": "book.py '' index --runs 1",
    "hub.py": "hub.py --learners 1",
    "--against FOLDER": "--against . --quick",
    "-speed/bin/python benchmarks/speed.py": "/bin/python benchmarks/speed.py --quick",
}
COURSE = re.compile(r"\.venv/bin/python -m course ([^\n&|>;$]*)")
# All that a document says of the course's commands, in one process.
CALL = "import shlex, sys; from course.__main__ import main; "
CALL += "sys.exit(any(main(shlex.split(line)) for line in sys.argv[1:]))"
HERE = [
    (name, line, mark)
    for name, text in TEXTS.items()
    for line, mark in commands(text)
    if not ELSEWHERE.fullmatch(line)
]
SLOW = [line for _, line, mark in HERE if "minutes" in mark]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course, whose `.venv` is this Python, with what commands need."""
    if os.name == "nt":
        pytest.skip("The documents' commands did not run: they take a Unix shell.")
    tmp = tmp_path_factory.mktemp("documents")
    folder = shutil.copytree(ROOT, tmp / "course", ignore=LEFT_OUT)
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    (folder / "my_course").mkdir()
    update.bring_up_to_date(folder / "my_course", folder / "notebooks")
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)  # for its .gitignore
    others = shutil.ignore_patterns("0[!1]*")  # that don't count
    shutil.copytree(folder / "my_course", tmp / "handins" / "ada", ignore=others)
    return folder


@pytest.mark.parametrize("name", dict.fromkeys(name for name, *_ in HERE))
def test_the_commands_of_a_document_run(course, name):
    """Guards: a line to paste that fails."""
    lines = [line for place, line, mark in HERE if place == name and not mark]
    ours = [found[1] for found in map(COURSE.fullmatch, lines) if found]
    others = [command for command in lines if not COURSE.fullmatch(command)]
    known = {".venv/bin/python", "python3", "grep", "git"}
    assert {command.split()[0] for command in others} <= known, "mark what others need"
    runs = [[sys.executable, "-c", CALL, *ours]]
    runs += [["bash", "-euo", "pipefail", "-c", command] for command in others]
    for command in runs:
        succeeds(command, course)


def succeeds(command, folder, *others):
    """Run a command, which ends with 0 or one of the others."""
    options = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True}
    done = subprocess.run(command, check=False, cwd=folder, **options)
    said = done.stdout[-2000:] + done.stderr[-2000:]
    if "Can't measure: " in said:
        pytest.skip(said)
    assert done.returncode in (0, *others), f"{command}: {said}"


def test_a_marked_command_has_a_small_form_or_stays_out():
    """Guards: a command that is only documented, so that nobody sees it break."""
    for _, line, mark in HERE:
        forms = [piece for piece in SMALL if piece in line and "minutes" in mark]
        assert not mark or len(forms) == 1 or OUT.fullmatch(mark), line
    assert len(SMALL) == len(SLOW)


@pytest.mark.slow
@pytest.mark.parametrize("command", SLOW)
def test_a_command_that_takes_minutes_runs_in_its_small_form(course, command):
    """Guards: an import that is gone, and a benchmark that measures nothing. A bound that a
    busy machine misses is no fault of it."""
    command = re.sub(r"\S+ -m (venv|pip) .*?&& ", "", command)
    for piece, small in SMALL.items():
        command = command.replace(piece, small)
    succeeds(["bash", "-euo", "pipefail", "-c", command], course, MISSED)


def test_each_command_is_known(capsys):
    """Guards: `python -m course` without the command or the option that a text names, and
    a command that none names; `start` is what it does without one."""
    told = "\n".join(line for text in TEXTS.values() for line, _ in commands(text))
    found = re.findall(r"python -m course (\w+)([^\n&]*)", told)
    assert {called for called, _ in found} == {*COMMANDS} - {"start"}
    for called, rest in found:
        with pytest.raises(SystemExit):
            main([called, "--help"])
        known = capsys.readouterr().out
        assert not [word for word in re.findall(r"--[\w-]+", rest) if word not in known]
