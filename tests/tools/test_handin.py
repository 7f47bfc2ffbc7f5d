"""`python -m course handin`: what the file holds, and what is never replaced."""

import json
import os
import zipfile

import nbformat
import pytest

from course import record
from course.__main__ import main
from course.lessons import NAMES, load_exercises
from course.tools import NOTEBOOKS, find_notebooks, handin, save
from course.tools.grading import handins

FIRST = find_notebooks([])[1]


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A learner's copy with two notebooks, a file of their own, and a record."""
    monkeypatch.setattr(handin, "ROOT", tmp_path)
    folder = tmp_path / "my_course"
    (folder / record.MARK / "given").mkdir(parents=True)
    for path in find_notebooks([])[1:3]:
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "diary.ipynb").write_text("{}")
    record.open_in(folder)
    record.add_try("activations", "my_slope", True)
    record.close()
    return folder


def names(path):
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def test_the_notebooks_without_outputs(copy, tmp_path, capsys):
    """Guards: all code and texts in the file, no output, and nothing of theirs besides."""
    assert main(["handin", "--name", "Anna Ek"]) == 0
    path = tmp_path / "handin-Anna-Ek.zip"
    assert names(path) == [path.name for path in find_notebooks([])[1:3]]
    with zipfile.ZipFile(path) as archive:
        packed = nbformat.reads(archive.read(FIRST.name).decode(), as_version=4)
    given = save.read(FIRST)
    assert [c.source for c in packed.cells] == [c.source for c in given.cells]
    assert [c.id for c in packed.cells] == [c.id for c in given.cells]
    assert not [c for c in packed.cells if c.get("outputs")]
    told = capsys.readouterr().out
    assert "2 notebooks, without their outputs, without your record" in told
    count = sum(len(load_exercises(name)) for name in NAMES)
    assert f"1 of {count} exercises are solved; not yet" in told
    assert "my_he (2)" in told and "my_slope" not in told
    assert "no notebook of that name: diary.ipynb.\n" in told


def test_the_record_goes_along_if_it_is_wanted(copy, tmp_path, capsys):
    """Guards: --with-record; and that `grade` finds whose it is."""
    assert main(["handin", "--name", "anna", "--with-record"]) == 0
    path = tmp_path / "handin-anna.zip"
    assert names(path)[-1] == "record.json"
    found = handins.collect(path.parent)
    files = [file for file in found if file.name.startswith(path.name)]
    assert {file.learner for file in files} == {"anna"} and len(files) == 3
    [kept] = [file for file in files if file.is_record]
    assert json.loads(kept.data)["exercises"]["activations"]["my_slope"]["tries"] == 1
    assert "and your record" in capsys.readouterr().out


def test_the_second_replaces_the_first_and_says_so(copy, tmp_path, capsys):
    """Guards: a file that is replaced in silence."""
    assert main(["handin", "--name", "anna"]) == 0
    os.utime(tmp_path / "handin-anna.zip", (0, 86400 * 365))
    capsys.readouterr()
    assert main(["handin", "--name", "anna", "--with-record"]) == 0
    assert "It replaces the one that you made on 1971-01-01" in capsys.readouterr().out
    assert len(names(tmp_path / "handin-anna.zip")) == 3


def test_without_a_record_it_says_why(copy, tmp_path, capsys):
    """Guards: a hand-in that lacks the record which was asked for, in silence."""
    (copy / "record.json").unlink()
    assert main(["handin", "--name", "anna", "--with-record"]) == 0
    assert "without your record: there is none in" in capsys.readouterr().out
    assert "record.json" not in names(tmp_path / "handin-anna.zip")


@pytest.mark.parametrize("kind", ["text", "zip"])
def test_what_another_made_is_never_replaced(copy, tmp_path, capsys, kind):
    """Guards: a file of the same name that isn't a hand-in."""
    path = tmp_path / "handin-anna.zip"
    path.write_text("mine")
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a", "b")
    before = path.read_bytes()
    assert main(["handin", "--name", "anna"]) == 1
    assert path.read_bytes() == before
    assert "this command did not make it" in capsys.readouterr().err


def test_without_a_name_it_is_asked_for(copy, tmp_path, monkeypatch):
    """Guards: a question where somebody is there, and the login name where not."""
    monkeypatch.setattr(handin.getpass, "getuser", lambda: "login")
    assert main(["handin"]) == 0
    monkeypatch.setattr(handin.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda prompt: " Åke/../x ")
    assert main(["handin"]) == 0
    monkeypatch.setattr("builtins.input", lambda prompt: "")
    assert main(["handin", "--with-record"]) == 0
    made = sorted(path.name for path in tmp_path.glob("*.zip"))
    assert made == ["handin-login.zip", "handin-Åke-..-x.zip"]
    assert main(["handin", "--name", "//"]) == 1


def test_a_damaged_notebook_goes_along_as_it_is(copy, tmp_path, capsys):
    """Guards: a learner who can't hand in the others because one is broken."""
    (copy / FIRST.name).write_text("{broken")
    assert main(["handin", "--name", "anna"]) == 0
    with zipfile.ZipFile(tmp_path / "handin-anna.zip") as archive:
        assert archive.read(FIRST.name) == b"{broken"
    assert "can't be read as a notebook" in capsys.readouterr().out


def test_a_folder_that_is_no_copy_is_refused(tmp_path, monkeypatch, capsys):
    """Guards: a zip of another folder."""
    monkeypatch.setattr(handin, "ROOT", tmp_path)
    assert main(["handin", "--folder", str(NOTEBOOKS)]) == 1
    assert "is no copy of the course" in capsys.readouterr().err
