"""`python -m course grade`: one grading of a class of good, wrong and hostile hand-ins.

What an answer must get is known from what it computes: right ones are the solutions that
the notebooks publish, wrong ones are usual mistakes. The files are in grade.toml, too.
"""

import csv
import json
import subprocess
import sys
import zipfile
from contextlib import redirect_stdout
from io import StringIO
from types import SimpleNamespace

import psutil
import pytest

from course.__main__ import main
from course.tools import NOTEBOOKS, ROOT, grade, handin, notebooks
from course.tools.grading import handins, judge, reports, standin
from tests import tables
from tests.answers import SOLUTIONS
from tests.wait import PATIENCE, wait_until

TABLES = tables.beside(__file__, "grade.toml")
LAYER = "my_loss_slope", "my_layer_backward", "my_backprop"  # of 04_backprop
HOSTILE = """
import importlib, io, os, pathlib, shutil, socket, subprocess, sys, threading
SECRET = {}
def got_through():
    told = []
    for words, attempt in [{}]:
        try:
            told.append((words, attempt()))
        except Exception as error:
            if words not in str(error):
                told.append((words, error))
    return told"""
FLOOD = """import os
    for channel in range(3, 20):
        try: os.write(channel, {} * 1000)
        except OSError: pass"""


def notebook(name, answers=(), before=()):
    """A notebook of the course without outputs, with the code of some stubs replaced."""
    content = notebooks.cleared(notebooks.read(NOTEBOOKS / f"{name}.ipynb"))
    for cell in content.cells:
        if "stub" in notebooks.tags(cell):
            name = cell.source.partition("(")[0].removeprefix("def ")
            cell.source = dict(answers).get(name, cell.source)
    content["cells"][4:4] = [cell_of(code) for code in before]
    return content


def cell_of(code):
    return {"cell_type": "code", "id": "mine", "metadata": {}, "source": code}


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.write_bytes(text)
    return path


def zipped(path, files):
    """A zip of these files: name -> bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path.read_bytes()


def answered(learner, place):
    """The notebook of a learner in the table."""
    table, secret, code = TABLES["answers"][learner], place / "class" / "essay.pdf", {}
    tried = (f"({words!r}, lambda: {do})" for do, words in TABLES["refused"].items())
    hostile = HOSTILE.format(repr(str(secret)), ", ".join(tried))
    # What pickle would obey, if the judge read it so.
    pickled = f"cbuiltins\nopen\n(V{place / 'run by the judge'}\nVw\ntR.\n".encode()
    for name in LAYER:
        first = table[name][0].strip().replace("FLOOD", FLOOD.format(repr(pickled)))
        code[name] = SOLUTIONS[name].replace(":\n", f":\n    {first}\n", 1)
        if name in first:
            code[name] = first
        elif first.startswith("@"):
            code[name] = f"{first}\n{SOLUTIONS[name]}"
    return notebook("04_backprop", code, [*table["cells"], hostile])


def fill(folder):
    """The hand-ins of a class."""
    html = {name: code.rstrip() + "\n    '<b>'" for name, code in SOLUTIONS.items()}
    wrong = {"my_step": SOLUTIONS["my_step"].replace("return", "return None and")}
    for path, answers in {
        "=HYPERLINK(1)/<b>": html,
        "=HYPERLINK(1)/.ipynb_checkpoints/05_sum_task": (),
        "ben/a": wrong,
        "ben/b": SOLUTIONS,
        "ben/c": wrong,
        "../mine/stub": (),
        "../mine/05_sum_task": SOLUTIONS,
    }.items():
        write(folder / f"{path}.ipynb", notebook("05_sum_task", answers))
    mine = folder.parent / "mine"
    record = {"exercises": {"sum_task": {"my_step": {"tries": 7}}}}
    kept = write(mine / "record.json", record)
    handin.pack(mine / "2.zip", [mine / "05_sum_task.ipynb"], [kept])
    files = {"1_assignsubmission_file_/a.ipynb": mine / "stub.ipynb"}
    files["2_assignsubmission_file_/handin-x.zip"] = mine / "2.zip"
    files = {f"Bo Öst_{name}": path.read_bytes() for name, path in files.items()}
    zipped(folder / "moodle.zip", files)
    for learner in TABLES["answers"]:
        content = answered(learner, folder.parent)
        write(folder / learner / "04_backprop.ipynb", content)
    write(folder / "forger.ipynb", forged())
    (folder / "broken.ipynb").write_text(json.dumps(notebook("05_sum_task"))[:5000])
    write(folder / "huge.ipynb", b" " * (2**20 + 1))
    write(folder / "essay.pdf", b"%PDF")
    write(folder / "other.ipynb", {"nbformat": 4, "cells": [cell_of("print(1)")]})
    write(folder / "nozip.zip", b"PK")
    zipped(folder / "bomb.zip", {f"{n}.ipynb": b" " * 2**20 for n in range(4)})
    inner = zipped(folder / "nested.zip", {"a.ipynb": b""})
    for _ in range(2):
        inner = zipped(folder / "nested.zip", {"inner.zip": inner})
    if sys.platform != "win32":  # there links need rights
        (folder / "link.ipynb").symlink_to(folder / "broken.ipynb")


def forged():
    """Check cells that were touched, tags of no use, an answer that was moved down."""
    content = notebook("05_sum_task", {"my_step": "# moved down"})
    for cell in content["cells"]:
        cell["metadata"] = {"tags": "stub" if cell["id"] == "c05a0006" else None}
        if cell["id"] == "c05a0006":
            cell["source"] = "print('my_step: right')"
    content["cells"] = [c for c in content["cells"] if c["id"] != "c05a000d"]
    content["cells"].append(cell_of(SOLUTIONS["my_step"].splitlines(True)))
    return content


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """One grading of all of it: what was told, and the files that it made."""
    place = tmp_path_factory.mktemp("grading")
    fill(place / "class")
    before, told = set(psutil.pids()), StringIO()
    files = {"--csv": "marks.csv", "--moodle": "moodle.csv", "--feedback": "pages"}
    options = [word for key in files for word in (key, str(place / files[key]))]
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(told):
        patch.setattr(grade, "SECONDS", PATIENCE)
        patch.setattr(grade.secrets, "randbits", lambda bits: 5)
        patch.setattr(handins, "LARGEST", 2**20)
        patch.setattr(handins, "MOST", 3 * 2**20)
        assert main(["grade", str(place / "class"), *options]) == 0
    rows, moodle = (read_csv(place / files[key]) for key in ("--csv", "--moodle"))
    found = {"rows": rows, "moodle": moodle, "told": told.getvalue()}
    return SimpleNamespace(place=place, before=before, **found)


def rows_of(graded, learner):
    """The rows of a learner by their exercises; of what couldn't be read, by ''."""
    return {row["exercise"]: row for row in graded.rows if row["learner"] == learner}


def read_csv(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("path", TABLES["who"])
def test_who_handed_in(path):
    """Guards: the rules in docs/teaching.md, and the number by which Moodle gives marks."""
    found = handins._file(tuple(path.split("/")))
    assert [found.learner, found.number] == TABLES["who"][path]


def test_two_of_one_name_are_two_each_with_their_own_record(graded):
    """Guards: marks and attempts of another of that name; Moodle's zip as it comes."""
    found = [row for row in graded.moodle if row["Full name"] == "Bo Öst"]
    numbers = [(row["Identifier"], row["Grade"]) for row in found]
    assert numbers == [("Participant 1", "0"), ("Participant 2", "2")]
    rows = sorted((r["file"], r["exercise"], r["attempts"]) for r in graded.rows)
    attempts = [tries for file, _, tries in rows if file.startswith("moodle.zip")]
    assert attempts == ["", "", "7", "0"]


@pytest.mark.parametrize("learner", TABLES["unread"])
def test_what_cannot_be_read_is_named(graded, learner):
    """Guards: a file that stops the grading, is read where it lies, or is passed over."""
    if learner == "link" and sys.platform == "win32":
        pytest.skip("links need rights on Windows")
    words = rows_of(graded, learner)[""]["words"]
    assert words.startswith("couldn't be read: ") and TABLES["unread"][learner] in words
    [mark] = [row["Grade"] for row in graded.moodle if row["Full name"] == learner]
    assert mark == ""  # a broken file is no mark of 0


@pytest.mark.parametrize(
    "data",
    [b"", b"[" * 100_000, b'{"cells": [{"source": 1}, 3]}', b"\x89PNG\xff\xfe", b"3"],
    ids=["empty", "deep", "odd", "image", "number"],
)
def test_what_is_no_notebook_is_refused(data):
    """Guards: whatever an odd file makes of the reader, told to the learner as words."""
    with pytest.raises(standin.Refused, match="it is empty" if not data else "part of"):
        judge.read(data)


@pytest.mark.parametrize("learner", ["'=HYPERLINK(1)", "ben"])
def test_a_solved_exercise_is_solved_and_the_best_attempt_counts(graded, learner):
    """Guards: a right answer; one that a later file, or a hidden one, takes away."""
    rows = rows_of(graded, learner)
    assert rows.keys() == {"my_step", "my_train"}
    for row in rows.values():
        assert (row["solved"], row["words"][:5]) == ("yes", "right")
        assert row["notebook"] == "05_sum_task"
        assert row["file"].endswith(("/<b>.ipynb", "ben/b.ipynb"))


def test_forged_outputs_tags_and_checks_count_for_nothing(graded):
    """Guards: a verdict from the file; a right answer in another cell is found."""
    step, train = rows_of(graded, "forger").values()
    assert (step["solved"], step["look at"]) == ("yes", "the check cell was changed")
    assert train["words"] == "not written yet"
    assert train["look at"] == "the check cell was deleted"


@pytest.mark.parametrize("learner", TABLES["answers"])
def test_an_answer_harms_only_itself_and_runs_only_what_it_needs(graded, learner):
    """Guards: the closed process, thing by thing, and what may run in it."""
    rows = rows_of(graded, learner)
    for name in LAYER:
        _, solved, words, *look_at = TABLES["answers"][learner][name]
        assert rows[name]["solved"] == solved, rows[name]
        assert rows[name]["words"].startswith(words)
        assert rows[name]["look at"].startswith("".join(look_at))


def test_nothing_is_left(graded):
    """Guards: files of others, a reply that an answer forged, processes that go on."""
    assert (graded.place / "class" / "essay.pdf").read_bytes() == b"%PDF"
    assert not (graded.place / "run by the judge").exists()
    assert not list(ROOT.glob("mine.*"))
    assert not started_since(graded.before)


def started_since(before):
    """Processes of a grading that run and are not among those before."""
    ours = {"PYTHONSAFEPATH": "1", "PYTHONPATH": str(ROOT)}.items()
    others = (p for p in psutil.process_iter(["environ"]) if p.pid not in before)
    return [p for p in others if ours <= (p.info["environ"] or {}).items()]


class Late(subprocess.Popen):
    """A judge whose time is up when it has begun with an answer."""

    def communicate(self, request=None, timeout=None):
        if timeout:  # else it was ended
            self.stdin.write(request)
            self.stdin.close()
            self.stdin = None
            running = psutil.Process(self.pid).children
            wait_until(running, "no answer runs")
            raise subprocess.TimeoutExpired("judge", timeout)
        return super().communicate()


@pytest.mark.timed
def test_a_judge_that_takes_too_long_is_ended(monkeypatch, tmp_path):
    """Guards: an answer that waits and waits, and what was known until then."""
    monkeypatch.setattr(grade.subprocess, "Popen", Late)
    sleepy = "def my_step(*a):\n    import threading; threading.Event().wait(2.5)"
    write(tmp_path / "a.ipynb", notebook("05_sum_task", {"my_step": sleepy}))
    before = set(psutil.pids())
    [learner] = grade.grade(handins.collect(tmp_path))
    assert [r.words[:23] for r in learner.rows] == 2 * ["it could not be judged:"]
    wait_until(lambda: not started_since(before), "the judge or its answer goes on")


def test_an_unwritten_default_runs_nothing_in_the_judge():
    """Guards: default values and decorators, which Python runs where `def` stands."""
    code = "@1 / 0\ndef f(a: 1 / 0, b=1 / 0, *, c=1 / 0) -> 1 / 0: pass"
    answer = standin.answer([code], "f")
    assert answer.__name__ == "f" and answer.__wrapped__(1) is None
    with pytest.raises(RuntimeError):
        answer(1)


def test_the_terminal_tells_the_table_the_sums_and_what_to_look_at(graded):
    """Guards: what a teacher reads first; whom to look at, and nobody else."""
    lines = graded.told.splitlines()
    [row] = [line for line in lines if line.startswith("forger  ") and "train" in line]
    assert row.split() == ["forger", "my_train", "no", "not", "written", "yet"]
    assert "ben: 2 of 5" in lines and "my_step: 4 of 5 solved it" in lines
    look_at = graded.told.partition("\nLook at:\n")[2]
    assert "  hostile, my_loss_slope: it uses `setprofile`\n" in look_at
    assert "  forger, my_step: the check cell was changed\n" in look_at
    assert "ben" not in look_at


def test_the_summary_counts_and_a_terminal_obeys_nobody():
    """Guards: the commonest misconceptions; colours and cursors from a learner's text."""
    keys, large = ["solved", "words", "tried", "mistake"], "too large"
    values = [
        (True, "right", True, ""),
        (False, "too large\n in code", True, large),
        (False, "too large", True, large),
        (False, "it \x07loops\nlong", True, ""),
        (False, "not written yet", False, ""),
    ]
    fields = [{"exercise": "f", **dict(zip(keys, row))} for row in values]
    rows = [grade.Row("a\x1b[2J", "b", **row) for row in fields]
    lines = reports.told(rows, [], 1).splitlines()
    assert " ".join(lines[4].split()) == "a [2J f no it loops"
    assert lines[7:] == ["f: 1 of 5 solved it", "  2 x too large", "  1 x it  loops"]


def test_the_tables_for_a_spreadsheet_and_for_moodle(graded):
    """Guards: names that are formulas or have odd letters; Moodle's columns."""
    assert {r["solved"] for r in graded.rows} == {"yes", "no", ""}
    cells = [cell for r in graded.rows for cell in r.values()]
    assert "'=HYPERLINK(1)" in cells
    assert not [cell for cell in cells if cell.startswith(tuple("=+-@"))]
    data = (graded.place / "marks.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and "Öst".encode() in data
    [row] = [r for r in graded.moodle if r["Identifier"] == "Participant 2"]
    assert {"Grade", "Last modified (grade)", "Maximum Grade"} <= set(row)
    assert row["Maximum Grade"] == "5" and "my_step: right" in row["Feedback comments"]


def test_the_pages_are_readable_and_escaped(graded):
    """Guards: a page for each learner, under the name that Moodle takes back."""
    paths = (graded.place / "pages").iterdir()
    pages = {path.name: path.read_text(encoding="utf-8") for path in paths}
    assert len(pages) == len(graded.moodle)
    page = pages["Bo Öst_2_assignsubmission_file_feedback.html"]
    assert "2 of 5 exercises solved" in page
    assert "is no function of yours" in pages["borrower.html"]
    assert "&lt;" not in pages["borrower.html"].split("<h1>")[0]
    assert "while True: LOOP = 1" in pages["hostile.html"]
    assert "bomb.zip" in pages["bomb.html"] and "once more" in pages["bomb.html"]
    formula = pages["HYPERLINK 1.html"]
    assert "&lt;b&gt;" in formula and "<b>" not in formula


def test_where_nothing_counts_the_command_says_so(tmp_path, capsys):
    """Guards: --only, a folder that isn't there, and the exit codes."""
    content = json.dumps(notebook("05_sum_task"))
    zipped(tmp_path / "in.zip", {"eva_05_sum_task.ipynb": content})
    assert main(["grade", str(tmp_path / "in.zip"), "--only", "04_backprop"]) == 1
    told = capsys.readouterr()
    assert "has no exercise that counts" in told.out
    assert "nothing to grade" in told.err
    assert main(["grade", str(tmp_path / "none")]) == 1
    assert "there is no" in capsys.readouterr().err
