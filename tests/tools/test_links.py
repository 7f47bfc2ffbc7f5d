"""``python -m course links``: where the address is written, and that it is fetched from.

What is published here is a copy of the course in a git repository of this machine.
"""

import os
import re
import shutil
import subprocess
import sys
from unittest.mock import Mock

import nbformat
import pytest

from course.__main__ import main
from course.tools import NOTEBOOKS, ROOT, CommandError, handout, links, save, update
from course.tools.grading import handins, judge
from course.tools.links import Addresses
from course.tools.notebooks import as_text, read, without_fetching, write
from tests import live

FIRST, EXERCISES = "00_first_look.ipynb", "01_activations.ipynb"
GITHUB = Addresses("https://github.com/ada/nets", "https://ada.example/nets")
CLASS = "https://github.com/eve/class"
# What fetched the course in older versions.
OLD = """# @title Fetches the course if it isn't here, as in Colab. Run this, and go on.
ADDRESS = "https://github.com/ada/nets"  # of the course's repository
os.system(f"git clone -q --depth 1 {ADDRESS} neural_networks")"""


def test_all_files_have_the_address_of_pyproject():
    """Guards: run `python -m course links` after a change of the address."""
    assert list(links.changes(links.addresses())) == []


def test_links_are_those_that_the_hosts_document():
    """Guards each form; a wrong one opens nothing, or another notebook."""
    file = "notebooks/03_forward.ipynb"
    assert dict(links.buttons("03_forward", GITHUB)) == {
        "Colab": f"https://colab.research.google.com/github/ada/nets/blob/main/{file}",
        "Binder": "https://mybinder.org/v2/gh/ada/nets/main?urlpath=lab/tree/my_course/"
        "03_forward.ipynb",
        "Codespaces": "https://codespaces.new/ada/nets",
    }
    for address in ("", "https://gitlab.com/ada/nets", "file:///srv/nets"):
        assert links.buttons("03_forward", Addresses(address, "")) == []
    # In Colab links in texts fail: the cell that fetches leads to the others.
    words = fetching(GITHUB.repository).partition("\n")[0]
    assert words.startswith("# @markdown Fetches the course")
    assert "(https://colab.research.google.com/github/ada/nets/)" in words


def test_the_readme_gets_its_links_and_loses_them():
    """Guards: one paragraph under 'Start', the same at each run, none without address."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    bare = links.in_readme(text, Addresses("", ""))
    written = links.in_readme(bare, GITHUB)
    assert links.in_readme(written, GITHUB) == written
    only_book = links.in_readme(text, Addresses("", "https://ada.example"))
    start, of_bare, of_book = (
        text.split("## Start")[1].split("You need Python")[0]
        for text in (written, bare, only_book)
    )
    for label, address in links.buttons("00_first_look", GITHUB):
        assert f"[{label}]({address})" in start
    assert "[the book](https://ada.example/nets/)" in start
    assert "](http" not in of_bare and "Without an install" not in of_book
    assert "Just to read, there is [the book](https://ada.example/)." in of_book
    with pytest.raises(CommandError, match="README.md lacks"):
        links.in_readme("# Ours\n", GITHUB)


def test_an_address_is_an_address():
    """Guards: what a shell or git acts on, a password, what only looks like an address."""
    bad = ["https://a.b/c d", "https://a.b/$(ls)", 'a";b', "a`b", "--upload-pack=touch"]
    bad += ["ada/nets", "git@github.com:ada/nets", "https://ada:secret@a.b/nets", 7]
    for given in bad:
        with pytest.raises(CommandError, match="is not an address"):
            links.checked(given)
    for path in ("", "/ada", "/ada/", "/ada/nets/tree/main"):
        with pytest.raises(CommandError, match="github.com/OWNER/NAME"):
            links.checked(f"https://github.com{path}")
    for given in ("https://gitlab.com/ada", "https://github.community/ada"):
        assert links.checked(given) == given
    assert links.checked("https://github.com/ada/nets.git/") == GITHUB.repository


def test_a_slip_in_pyproject_is_told_in_words(tmp_path):
    """Guards: a traceback for a missing line or missing quotes."""
    for urls in "", "[project.urls]\nRepository = a", '[project.urls]\nRepository = ""':
        (tmp_path / "pyproject.toml").write_text(f"[project]\n{urls}\n")
        with pytest.raises(CommandError, match="pyproject.toml"):
            links.addresses(tmp_path)


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A repository of the course; what the command said that wrote its address into it."""
    course = tmp_path_factory.mktemp("published") / "course"
    live.copy_course(course)
    shutil.copy(ROOT / "CITATION.cff", course)
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    text = re.sub(r'Repository = ".*?"', f'Repository = "{course.as_uri()}"', text)
    text = re.sub(r'Site = ".*?"', f'Site = "{GITHUB.site}"', text)
    (course / "pyproject.toml").write_text(text, encoding="utf-8")
    said = links.update(course)
    assert links.update(course)[:-1] == []  # the second time all is written
    git = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@ada.example"]
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "1"]):
        subprocess.run([*git, *command], cwd=course, check=True)
    return course, said


def test_the_command_writes_all_notebooks_in_their_saved_form(published):
    """Guards: an address in some; a form in which the next save or change changes more."""
    course, said = published
    paths = sorted(course.glob("notebooks/*.ipynb"))
    assert {f"Wrote notebooks/{path.name}." for path in paths} <= set(said)
    assert f"{course.as_uri()} is not of the form https://github.com" in said[-1]
    for path in paths:
        notebook = read(path)
        fetch, imports = [c for c in notebook.cells if c.cell_type == "code"][:2]
        assert fetch.id == "fetch" and imports.source.startswith("import sys\nsys.path")
        assert len(fetch.source.splitlines()) == 6 and "Colab;" not in fetch.source
        assert fetch.metadata == links.FOLDED
        assert save.is_saved_form(path)
    cited = (course / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nrepository-code: {course.as_uri()}\n" in cited
    back = links.changes(links.addresses(), course)
    assert len(back) == len(paths) + 2  # the README, too
    for path, text in back.items():
        assert text == (ROOT / path.relative_to(course)).read_text(encoding="utf-8")


def fetching(address):
    """The text of the cell that fetches from an address."""
    notebook = links.in_notebook(read(NOTEBOOKS / FIRST), address)
    return next(cell.source for cell in notebook.cells if cell.id == "fetch")


def test_a_notebook_alone_fetches_the_course(published, tmp_path):
    """Guards Colab: the .ipynb alone, then again, then from the start, as a new kernel."""
    course, _ = published
    cells = read(course / "notebooks" / FIRST).cells
    fetch, imports = (cell.source for cell in cells[1:3])
    where = "print(mlp.__file__); print(os.getcwd())"
    again = fetch.replace(course.as_uri(), GITHUB.repository)  # it is there already
    sources = fetch, imports, fetch, where, f"os.chdir({str(tmp_path)!r})", again, where
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    done = save.execute(nbformat.v4.new_notebook(cells=cells), tmp_path).cells
    *nothing, printed = (cell.outputs for cell in done)
    assert nothing == [[], [], [], printed, [], []]
    clone = tmp_path / "neural_networks"
    module, folder = printed[0].text.split()
    assert (clone / "notebooks" / module).resolve() == clone / "mlp_core.py"
    assert (clone / "notebooks").samefile(folder)


@pytest.mark.parametrize(
    "folders, words",
    [
        ("", "fatal: '/nowhere' does not appear to be a git"),
        ("neural_networks/mine", "'neural_networks' already exists and is not"),
    ],
)
def test_a_notebook_alone_says_what_it_lacks(folders, words, tmp_path):
    """Guards: git's words where no course or network is, or somebody's folder: it stays."""
    (tmp_path / folders).mkdir(parents=True, exist_ok=True)
    before = [*tmp_path.rglob("*")]
    command = [sys.executable, "-m", "IPython", "-c", fetching("file:///nowhere")]
    options = {"env": {**os.environ, "LC_ALL": "C"}, "cwd": tmp_path}  # English
    options |= {"capture_output": True, "text": True}
    done = subprocess.run(command, check=False, **options)
    assert done.returncode == 1  # what comes after it doesn't run
    assert done.stdout.rstrip().endswith("git says why, above.")
    assert words in done.stdout + done.stderr
    assert [*tmp_path.rglob("*")] == before


def test_a_learners_copy_has_no_cell_that_fetches(published, tmp_path):
    """Guards: one that gets it from a course with an address, or keeps an older one."""
    notebooks, given = published[0] / "notebooks", tmp_path / update.GIVEN
    given.mkdir(parents=True)
    for folder in (tmp_path, given):  # as an older version made it
        shutil.copy(notebooks / FIRST, folder)
    update.bring_up_to_date(tmp_path, notebooks)
    for path in NOTEBOOKS.glob("*.ipynb"):
        ours = without_fetching(read(path)).cells
        copied = read(tmp_path / path.name).cells
        assert [(c.id, c.source) for c in copied] == [(c.id, c.source) for c in ours]


def test_a_handout_fetches_from_the_class(published):
    """Guards: a learner's notebook or README that leads to our course, with solutions; a
    link to what needs files that the class has not."""
    course, _ = published
    assert "ada.example" in (course / "README.md").read_text(encoding="utf-8")
    for address, words in [("", "You need Pyth"), (CLASS, "Without an install, ")]:
        files = handout.contents("without", course, address)
        readme = files["README.md"].decode()
        assert "ada.example" not in readme and f"\n\n## Start\n\n{words}" in readme
        leads = links.buttons(links.FIRST, Addresses(address, ""))
        assert all(f"[{label}]({url})" in readme for label, url in leads)
        assert {".binder/postBuild", ".devcontainer/devcontainer.json"} <= files.keys()
        for name in files:
            if name.endswith(".ipynb"):
                found = re.findall(r"--depth 1 (\S+)", files[name].decode())
                assert found == [address] * bool(address)


def test_an_update_keeps_the_address_of_the_class(tmp_path):
    """Guards: links of a class that fetch nothing any more after an update."""
    folder = str(tmp_path / "class")
    assert main(["handout", folder, "--repository", CLASS]) == 0
    assert main(["handout", folder, "--update"]) == 0
    assert links.address_in(tmp_path / "class") == CLASS


def test_the_cell_of_an_older_version_is_known(tmp_path):
    """Guards: an old hand-out that loses its address, or fetches by two cells."""
    path = tmp_path / "notebooks" / FIRST
    path.parent.mkdir()
    notebook = links.in_notebook(read(NOTEBOOKS / FIRST), GITHUB.repository)
    new = as_text(notebook)
    notebook.cells[1].source = OLD
    write(notebook, path)
    assert links.address_in(tmp_path) == GITHUB.repository
    assert as_text(links.in_notebook(read(path), GITHUB.repository)) == new


def test_what_fetches_is_no_part_of_an_answer(monkeypatch):
    """Guards: grading runs nothing of it, nor tells the teacher that it is odd."""
    judged = Mock(return_value={})
    monkeypatch.setattr(judge, "_judged", judged)
    notebook = links.in_notebook(read(NOTEBOOKS / EXERCISES), GITHUB.repository)
    cells = handins.read_cells(as_text(notebook))
    judge.judge(EXERCISES.removesuffix(".ipynb"), cells, seed=1)
    assert judged.called and "git clone" not in str(judged.mock_calls)
