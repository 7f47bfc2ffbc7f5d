"""``python -m course links``: where the address is written, and that it is fetched from.

What is published here is a copy of the course in a git repository of this machine.
"""

import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest

from course.__main__ import main
from course.tools import NOTEBOOKS, ROOT, CommandError, handout, links, save, update
from course.tools.grading import judge
from course.tools.links import Addresses
from course.tools.notebooks import as_text, read, without_fetching, write
from tests import live

NOWHERE = Addresses("", "")
FIRST, EXERCISES = "00_first_look.ipynb", "01_activations.ipynb"
GITHUB = Addresses("https://github.com/ada/nets", "https://ada.example/nets")
README = (ROOT / "README.md").read_text(encoding="utf-8")
# What fetched the course in older versions.
OLD = """# @title Fetches the course if it isn't here, as in Colab. Run this, and go on.
ADDRESS = "https://github.com/ada/nets"  # of the course's repository
os.system(f"git clone -q --depth 1 {ADDRESS} neural_networks")"""


def test_all_files_have_the_address_of_pyproject():
    """Guards: run `python -m course links` after a change of the address."""
    assert list(links.changes(links.addresses())) == []


# 1. Links ------------------------------------------------------------------------------


def test_links_are_those_that_the_hosts_document():
    """Guards each form; a wrong one opens nothing, or another notebook."""
    file = "notebooks/03_forward.ipynb"
    assert dict(links.buttons("03_forward", GITHUB)) == {
        "Colab": f"https://colab.research.google.com/github/ada/nets/blob/main/{file}",
        "Binder": "https://mybinder.org/v2/gh/ada/nets/main?urlpath=lab/tree/my_course/"
        "03_forward.ipynb",
        "Codespaces": "https://codespaces.new/ada/nets",
    }


def test_what_is_not_on_github_has_no_links_to_its_hosts():
    """Guards links that lead nowhere."""
    for address in ("", "https://gitlab.com/ada/nets", "file:///srv/nets"):
        assert links.buttons("03_forward", Addresses(address, "")) == []


def test_a_book_without_a_repository_is_linked():
    """Guards: a site elsewhere than on GitHub, which the README doesn't name."""
    found = Addresses("", "https://ada.example")
    start = links.in_readme(README, found).split("## Start")[1]
    assert "Only to read, there is [the book](https://ada.example/)." in start
    assert "Without an install" not in start


def test_the_readme_gets_its_links_and_loses_them():
    """Guards: one paragraph under 'Start', the same at each run, none without address."""
    written = links.in_readme(README, GITHUB)
    assert links.in_readme(written, GITHUB) == written
    start = written.split("## Start")[1].split("You need Python")[0]
    for label, address in links.buttons("00_first_look", GITHUB):
        assert f"[{label}]({address})" in start
    assert "[the book](https://ada.example/nets/)" in start
    bare = links.in_readme(written, NOWHERE)
    assert "](http" not in bare.split("## Start")[1].split("You need Python")[0]
    assert bare == links.in_readme(README, NOWHERE)


BAD = ["https://a.b/c d", "https://a.b/$(ls)", 'a";b', "a`b", "--upload-pack=touch"]
BAD += [
    "ada/nets",
    "git@github.com:ada/nets",
    "https://ada:secret@github.com/ada/nets",
    7,
]


@pytest.mark.parametrize("given", BAD)
def test_an_address_is_an_address(given):
    """Guards: what a shell or git acts on, a password, what only looks like an address."""
    with pytest.raises(CommandError, match="is no address"):
        links.checked(given)
    assert links.checked("https://github.com/ada/nets.git/") == GITHUB.repository


@pytest.mark.parametrize("urls", ["", "Repository = https", 'Repository = ""'])
def test_a_slip_in_pyproject_is_told_in_words(urls, tmp_path):
    """Guards: a traceback for a missing line or missing quotes."""
    text = f"[project]\n[project.urls]\n{urls}\n" if urls else "[project]\n"
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(CommandError, match="pyproject.toml"):
        links.addresses(tmp_path)


def test_a_readme_without_a_place_for_links_is_told():
    """Guards: a command that says nothing and writes nothing."""
    with pytest.raises(CommandError, match="README.md lacks"):
        links.in_readme("# Ours\n", GITHUB)


def test_who_cites_the_course_is_told_where_it_is():
    """Guards: a line that stays without an address, or comes twice."""
    text = links.in_citation((ROOT / "CITATION.cff").read_text(encoding="utf-8"), "")
    written = links.in_citation(text, GITHUB.repository)
    assert written == text + "repository-code: https://github.com/ada/nets\n"
    assert links.in_citation(written, GITHUB.repository) == written
    assert links.in_citation(written, "") == text


# 2. Published --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A repository of the course, whose address the command has written into it."""
    course = tmp_path_factory.mktemp("published") / "course"
    live.copy_course(course)
    shutil.copy(ROOT / "CITATION.cff", course)
    publish(course, course.as_uri())
    said = links.update(course)
    assert links.update(course)[:-1] == []  # the second time all is written
    git = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@ada.example"]
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "1"]):
        subprocess.run([*git, *command], cwd=course, check=True)
    return course, said


def publish(course, address):
    """Write an address into the pyproject.toml of a copy."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    text = re.sub(r'Repository = ".*?"', f'Repository = "{address}"', text)
    text = re.sub(r'Site = ".*?"', 'Site = ""', text)
    (course / "pyproject.toml").write_text(text, encoding="utf-8")


def test_the_command_writes_all_notebooks_in_their_saved_form(published):
    """Guards: an address in some, and a form in which the next save changes more.

    Nothing but the cell comes and goes: the others keep their numbers.
    """
    course, said = published
    paths = sorted(course.glob("notebooks/*.ipynb"))
    assert {f"Wrote notebooks/{path.name}." for path in paths} <= set(said)
    assert f"{course.as_uri()} is not of the form https://github.com" in said[-1]
    for path in paths:
        notebook = read(path)
        fetch, imports = [c for c in notebook.cells if c.cell_type == "code"][:2]
        assert fetch.id == "fetch" and imports.source.startswith("import sys\nsys.path")
        assert len(fetch.source.splitlines()) == 5 and "Colab;" not in fetch.source
        assert fetch.metadata == links.FOLDED
        assert save.is_saved_form(path)
        back = links.in_notebook(notebook, links.addresses().repository)
        assert as_text(back) == as_text(read(NOTEBOOKS / path.name))


def fetching(address):
    """The text of the cell that fetches from an address."""
    notebook = links.in_notebook(read(NOTEBOOKS / FIRST), address)
    return next(cell.source for cell in notebook.cells if cell.id == "fetch")


def run(folder, *sources):
    """Run cells in a kernel that starts in a folder; return their outputs."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    notebook = save.execute(nbformat.v4.new_notebook(cells=cells), folder)
    return [cell.outputs for cell in notebook.cells]


def test_a_notebook_alone_fetches_the_course(published, tmp_path):
    """Guards Colab: the .ipynb alone, then again, then in a kernel that is a new one."""
    course, _ = published
    cells = read(course / "notebooks" / FIRST).cells
    fetch, imports = (cell.source for cell in cells[1:3])
    where = "print(mlp.__file__); print(os.getcwd())"
    *nothing, printed = run(tmp_path, fetch, imports, fetch, where)
    clone = tmp_path / "neural_networks"
    module, folder = printed[0].text.split()
    assert (clone / "notebooks" / module).resolve() == clone / "mlp_core.py"
    assert (clone / "notebooks").samefile(folder)
    assert nothing == [[], [], []]
    fetch = fetch.replace(course.as_uri(), GITHUB.repository)  # it is there already
    assert run(tmp_path, fetch, imports, where) == [[], [], printed]


def test_in_colab_the_other_notebooks_are_linked():
    """Guards: nobody comes from one notebook to the next, where links in texts fail."""
    place = "(https://colab.research.google.com/github/ada/nets/)"
    first = fetching(GITHUB.repository).partition("\n")[0]
    assert first.startswith("# @markdown Fetches the course") and place in first


def run_alone(folder, address):
    """Run the cell that fetches from an address, in a folder; what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "IPython", "--no-banner", "-c", fetching(address)],
        cwd=folder,
        env={**os.environ, "LC_ALL": "C"},  # git speaks English
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1  # what comes after it doesn't run
    return done.stdout + done.stderr


FAILING = {
    "http://127.0.0.1:9/nets": "fatal: unable to access 'http://127.0.0.1:9/nets",
    "file:///nowhere": "fatal: '/nowhere' does not appear to be a git repository",
}


@pytest.mark.parametrize("address, words", FAILING.items())
def test_a_notebook_alone_says_what_it_lacks(address, words, tmp_path):
    """Guards: an error without git's own words, where there is no network or no course."""
    assert words in run_alone(tmp_path, address)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_the_same_name_is_not_taken_for_the_course(published, tmp_path):
    """Guards: somebody's own folder, or a fetch that was cut off; it stays as it is."""
    theirs = tmp_path / "neural_networks" / "notebooks" / "mine.txt"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("mine")
    told = run_alone(tmp_path, published[0].as_uri())
    assert "'neural_networks' already exists and is not an empty directory" in told
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [theirs]


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


# 3. In a class -------------------------------------------------------------------------


def test_a_handout_fetches_from_the_class(published):
    """Guards: a learner's notebook alone brings the class's course, never ours, which
    has the solutions."""
    course, _ = published
    for address in ("", "https://github.com/eve/class"):
        files = handout.contents("without", course, address)
        for name in files:
            if name.endswith(".ipynb"):
                found = re.findall(r"--depth 1 (\S+)", files[name].decode())
                assert found == [address] * bool(address)


def test_an_update_keeps_the_address_of_the_class(tmp_path):
    """Guards: links of a class that fetch nothing any more after an update."""
    folder = str(tmp_path / "class")
    address = "https://github.com/eve/class"
    assert main(["handout", folder, "--repository", address]) == 0
    assert main(["handout", folder, "--update"]) == 0
    assert links.address_in(tmp_path / "class") == address


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


def test_a_handout_has_no_links_to_our_notebooks(published):
    """Guards: the same for its README."""
    course, _ = published
    readme = course / "README.md"
    text = readme.read_text(encoding="utf-8")
    readme.write_text(links.in_readme(text, GITHUB), encoding="utf-8")
    handed = handout.contents("without", course)["README.md"].decode()
    readme.write_text(text, encoding="utf-8")
    assert "ada/nets" not in handed and "\n\n## Start\n\nYou need Python" in handed


def test_what_fetches_is_no_part_of_an_answer(monkeypatch):
    """Guards: grading runs nothing of it, nor tells the teacher that it is odd."""
    judged = []
    monkeypatch.setattr(
        judge,
        "_judged",
        lambda exercises, name, cells, seed: judged.extend(cells) or {"look_at": []},
    )
    for address in ("", GITHUB.repository):
        notebook = links.in_notebook(read(NOTEBOOKS / EXERCISES), address)
        list(judge.judge(as_text(notebook).encode(), seed=1))
    assert judged and not [cell for cell in judged if "git clone" in cell]
