"""`python -m course handin`: what the file holds, and what is never replaced."""

import json
import os
import zipfile

import pytest

from course import record
from course.__main__ import main
from course.lessons import NAMES, load_exercises
from course.tools import NOTEBOOKS, find_notebooks, handin, notebooks
from course.tools.grading import handins

FIRST, BROKEN, *_, LAST = find_notebooks([])


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A learner's copy with two notebooks, a file of their own, and a record."""
    monkeypatch.setattr(handin, "PLACE", tmp_path)
    folder = tmp_path / "my_course"
    (folder / record.MARK / "given").mkdir(parents=True)
    for path in (FIRST, LAST):
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "diary.ipynb").write_text("{}")
    record.open_in(folder)
    record.add_try("activations", "my_slope", True)
    record.close()
    return folder


def packed(path):
    """The files of a hand-in by name, in their order."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_notebooks_without_outputs(copy, tmp_path, capsys):
    """Guards: all code and texts, no output, nothing besides; others beside a broken one."""
    (copy / BROKEN.name).write_text("{broken")
    assert main(["handin", "--name", "Anna Ek"]) == 0
    files = packed(tmp_path / "handin-Anna-Ek.zip")
    assert list(files) == [FIRST.name, BROKEN.name, LAST.name]
    [alone] = handins.collect(copy / FIRST.name)
    assert alone.notebook == FIRST.stem
    assert files[BROKEN.name] == b"{broken"
    for path in (FIRST, LAST):
        cleared = notebooks.as_text(notebooks.cleared(notebooks.read(path)))
        assert files[path.name].decode() == cleared and '"image/png"' not in cleared
    told = capsys.readouterr().out
    assert "3 notebooks, without their outputs, without your record" in told
    assert f"{BROKEN.name} can't be read as a notebook" in told
    count = sum(len(load_exercises(name)) for name in NAMES)
    assert f"1 of {count} exercises is solved; not solved yet (" in told
    assert "my_he (2)" in told and "my_slope" not in told
    assert "no notebook of that name: diary.ipynb.\n" in told


def test_with_the_record_it_replaces_the_first_and_says_so(copy, tmp_path, capsys):
    """Guards: what is replaced or left out in silence; a record of nobody."""
    path = tmp_path / "handin-anna.zip"
    assert main(["handin", "--name", "anna"]) == 0
    os.utime(path, (0, 86400 * 365))
    assert main(["handin", "--name", "anna", "--with-record"]) == 0
    told = capsys.readouterr().out
    assert "It replaces the one you made on 1971-01-01" in told
    assert "and your record" in told and list(packed(path))[-1] == "record.json"
    files = handins.collect(path)
    assert {file.who[0] for file in files} == {"anna"} and len(files) == 3
    [kept] = [file for file in files if file.record]
    assert json.loads(kept.record)["exercises"]["activations"]["my_slope"]["tries"] == 1
    (copy / "record.json").unlink()
    assert main(["handin", "--name", "anna", "--with-record"]) == 0
    assert "without your record: there is none in" in capsys.readouterr().out
    assert "record.json" not in packed(path)


@pytest.mark.parametrize("kind", ["text", "zip"])
def test_what_another_made_is_never_replaced(copy, tmp_path, capsys, kind):
    """Guards: a file of the same name that isn't a hand-in; a zip of another folder."""
    path = tmp_path / "handin-anna.zip"
    path.write_text("mine")
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a", "b")
    before = path.read_bytes()
    assert main(["handin", "--name", "anna"]) == 1
    assert path.read_bytes() == before
    assert main(["handin", "--folder", str(NOTEBOOKS)]) == 1
    told = capsys.readouterr().err
    assert "this command didn't make it" in told
    assert "isn't a copy of the course" in told


def test_without_a_name_it_is_asked_for(copy, tmp_path, monkeypatch):
    """Guards: a question where somebody is there, and the login name where not."""
    monkeypatch.setattr(handin.getpass, "getuser", lambda: "login")
    assert main(["handin"]) == 0
    monkeypatch.setattr(handin.sys.stdin, "isatty", lambda: True, raising=False)
    for answer in (" Åke/../x ", ""):
        monkeypatch.setattr("builtins.input", lambda prompt, answer=answer: answer)
        assert main(["handin"]) == 0
    made = sorted(path.name for path in tmp_path.glob("*.zip"))
    assert made == ["handin-login.zip", "handin-Åke-..-x.zip"]
    assert main(["handin", "--name", "//"]) == 1
