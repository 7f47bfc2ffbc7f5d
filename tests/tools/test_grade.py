"""`python -m course grade`: one grading of a class of good, wrong and hostile hand-ins.

What an answer must get is known from what it computes: right ones are the solutions that
the notebooks publish, wrong ones are usual mistakes. The files are in grade.toml, too.
"""

import copy
import csv
import functools
import json
import signal
import socket
import sys
import zipfile
from types import SimpleNamespace

import psutil
import pytest

from course.__main__ import main
from course.checking import runs
from course.tools import NOTEBOOKS, ROOT, grade, handin, notebooks
from course.tools.grading import cage, handins, judge, reports
from tests import tables
from tests.answers import SOLUTIONS
from tests.wait import wait_until

TABLES = tables.beside(__file__, "grade.toml")
LAYER = "my_loss_slope", "my_layer_backward", "my_backprop"  # of 04_backprop
HOSTILE = """
import ctypes, importlib, os, pathlib, shutil, socket, sqlite3, subprocess
from multiprocessing import util
SECRET, PORT = {!r}, {}
COURSE = os.path.dirname(mlp.__file__) + "/course"
def got_through():
    told = []
    for attempt in [{}]:
        try:
            told += [done] if (done := attempt()) else []
        except Exception:
            pass
    return told"""
FLOOD = """import os
    for channel in range(3, 20):
        try: os.write(channel, {} * 1000)
        except OSError: pass"""


@functools.cache
def empty(name):
    return notebooks.cleared(notebooks.read(NOTEBOOKS / f"{name}.ipynb"))


def notebook(name, answers=(), before=()):
    """A notebook of the course without outputs, with the code of some stubs replaced."""
    content = copy.deepcopy(empty(name))
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


def answered(learner, place, port):
    """The notebook of a learner in the table."""
    table, secret, code = TABLES["answers"][learner], place / "class" / "essay.pdf", {}
    # Only where they are refused.
    tried = TABLES["refused"]["tried"] if cage.command(str(place)) else []
    tried = ", ".join(f"lambda: {do}" for do in tried)
    hostile = HOSTILE.format(str(secret), port, tried)
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


def fill(folder, port):
    """The hand-ins of a class."""
    html = {name: code.rstrip() + "\n    '<b>'" for name, code in SOLUTIONS.items()}
    wrong = {"my_step": SOLUTIONS["my_step"].replace("return", "return None and")}
    for path, answers in {
        "=HYPERLINK(1)/a": wrong,
        "=HYPERLINK(1)/b": html,
        "=HYPERLINK(1)/c": wrong,
        "=HYPERLINK(1)/.ipynb_checkpoints/05_sum_task": (),
        "../mine/stub": (),
        "../mine/05_sum_task": SOLUTIONS,
    }.items():
        write(folder / f"{path}.ipynb", notebook("05_sum_task", answers))
    mine = folder.parent / "mine"
    works = {"sum_task": {"my_step": {"tries": 7}}}
    record = {"form": "course record 1", "answers": {}, "exercises": works}
    kept = write(mine / "record.json", record)
    handin.pack(mine / "2.zip", [mine / "05_sum_task.ipynb"], [kept])
    files = {"1_assignsubmission_file_/a.ipynb": mine / "stub.ipynb"}
    files["2_assignsubmission_file_/handin-x.zip"] = mine / "2.zip"
    files = {f"Bo Öst_{name}": path.read_bytes() for name, path in files.items()}
    zipped(folder / "moodle.zip", files)
    for learner in TABLES["answers"]:
        content = answered(learner, folder.parent, port)
        write(folder / learner / "04_backprop.ipynb", content)
    write(folder / "forger.ipynb", forged())
    (folder / "broken.ipynb").write_text(json.dumps(notebook("05_sum_task"))[:5000])
    large, old = notebook("05_sum_task", SOLUTIONS), {"worksheets": [], "nbformat": 3}
    large["cells"][5]["outputs"] = [{"text": "x" * 2**21}]
    colab = copy.deepcopy(large)
    for cell in colab["cells"]:
        del cell["id"]
    write(folder / "colab.ipynb", colab)
    large["cells"][5].update(outputs=[], source="#" * 2**20)
    write(folder / "huge.ipynb", large)
    write(folder / "old.ipynb", old)
    write(folder / "half" / "05_sum_task.ipynb", notebook("05_sum_task", SOLUTIONS))
    write(folder / "half" / "04_backprop.ipynb", b"{")
    write(folder / "half" / "essay.pdf", b"%PDF")
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
    place, told, folders = tmp_path_factory.mktemp("grading"), [], []
    with pytest.MonkeyPatch.context() as patch, socket.create_server(("", 0)) as server:
        patch.setenv("TEACHERS_TOKEN", "secret")
        fill(place / "class", server.getsockname()[1])
        command = cage.command
        patch.setattr(cage, "command", lambda f: folders.append(f) or command(f))
        patch.setattr(handins, "LARGEST", 2**20)
        patch.setattr(handins, "MOST", 3 * 2**20)
        files = handins.collect(place / "class")
        learners = grade.grade(files, seed=5, told=told.append)
    marks = reports.Marks(learners)
    marks.write_csv(place / "marks.csv", False)
    marks.write_csv(place / "long.csv", True)
    marks.write_moodle(place / "moodle.csv")
    marks.write_pages(place / "pages")
    by_name = {learner.name: learner for learner in learners}
    return SimpleNamespace(**locals(), moodle=read_csv(place / "moodle.csv"))


def rows_of(graded, name):
    """The rows of a learner by their exercises."""
    return {row.exercise: row for row in graded.by_name[name].rows}


def read_csv(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("path", TABLES["who"])
def test_who_handed_in(path):
    """Guards: the rules in docs/teaching.md, and the number by which Moodle gives marks."""
    found = handins._file(tuple(path.split("/")))
    assert [*found.who] == TABLES["who"][path]


def test_two_of_one_name_are_two_each_with_their_own_record(graded):
    """Guards: marks and tries of another of that name; Moodle's zip as it comes."""
    found = [row for row in graded.moodle if row["Full name"] == "Bo Öst"]
    numbers = [(row["Identifier"], row["Grade"]) for row in found]
    assert numbers == [("Participant 1", "0"), ("Participant 2", "2")]
    both = [learner for learner in graded.learners if learner.name == "Bo Öst"]
    assert [[r.tries for r in one.rows] for one in both] == [["", ""], [7, 0]]


@pytest.mark.parametrize("learner", TABLES["unread"])
def test_what_cannot_be_read_is_named_and_is_no_mark_of_0(graded, learner):
    """Guards: a file that stops the grading, is read where it lies, or is passed over."""
    if learner == "link" and sys.platform == "win32":
        pytest.skip("links need rights on Windows")
    [words, *_] = graded.by_name[learner].unread
    assert "can't be read: " in words and TABLES["unread"][learner] in words
    [mark] = [row["Grade"] for row in graded.moodle if row["Full name"] == learner]
    assert mark == ""


def test_outputs_and_other_files_cost_nobody_a_mark(graded):
    """Guards: outputs that count as size; notebooks of Colab, which drops the ids."""
    colab, half = (graded.by_name[learner] for learner in ("colab", "half"))
    assert colab.mark == 2 and not any(row.look_at for row in colab.rows)
    assert len(half.unread) == 2 and half.solved == 2


@pytest.mark.parametrize(
    "data",
    [b"", b"[" * 100_000, b'{"cells": [{"source": 1}, 3]}', b"\x89PNG\xff\xfe", b"3"],
    ids=["empty", "deep", "odd", "image", "number"],
)
def test_what_is_no_notebook_is_refused(data):
    """Guards: whatever an odd file makes of the reader, told to the learner as words."""
    words = "incomplete" if data else "it is empty"
    with pytest.raises(handins.Unread, match=words):
        handins.read_cells(data)


def test_a_solved_exercise_is_solved_and_the_best_attempt_counts(graded):
    """Guards: a right answer; one that a later file, or a hidden one, takes away."""
    rows = rows_of(graded, "=HYPERLINK(1)")
    assert rows.keys() == {"my_step", "my_train"}
    for row in rows.values():
        found = row.solved, row.words[:5], row.notebook
        assert found == (True, "right", "05_sum_task")
        assert row.file.endswith("/b.ipynb")


def test_forged_outputs_tags_and_checks_count_for_nothing(graded):
    """Guards: a verdict from the file; a right answer in another cell is found."""
    step, train = rows_of(graded, "forger").values()
    assert step.solved and step.look_at == ["the check cell was changed or deleted"]
    assert train.words == "not written yet" and train.look_at == step.look_at


@pytest.mark.parametrize("learner", TABLES["answers"])
def test_an_answer_harms_only_itself_and_runs_only_what_it_needs(graded, learner):
    """Guards: the closed process, thing by thing, and what may run in it."""
    rows = rows_of(graded, learner)
    for name in LAYER:
        _, solved, words, *look_at = TABLES["answers"][learner][name]
        assert rows[name].solved == (solved == "yes"), rows[name]
        assert rows[name].words.startswith(words)
        assert rows[name].look_at == look_at


def test_what_is_shut_in_reaches_nothing(graded):
    """Guards: that a hostile answer tried all that it is right without."""
    if graded.told != [grade.SHUT_IN]:
        pytest.skip("nothing shuts answers in here; on Linux: apt install bubblewrap")
    row = rows_of(graded, "hostile")["my_loss_slope"]
    assert row.solved and "lambda: open(SECRET).read()" in row.code


def test_nothing_is_left(graded):
    """Guards: files of others, a reply that an answer forged, processes that go on."""
    assert (graded.place / "class" / "essay.pdf").read_bytes() == b"%PDF"
    assert not (graded.place / "run by the judge").exists()
    assert not list(ROOT.glob("mine.*"))
    [folder] = graded.folders
    wait_until(lambda: not [*running_in(folder)], "an answer goes on")


def test_a_sandbox_is_stopped_at_any_moment(tmp_path):
    """Guards: processes that stay when one is stopped while it starts."""
    before = cage.command(str(tmp_path))
    for _ in range(8):
        runs.Process(before).stop()
    wait_until(lambda: not [*running_in(str(tmp_path))], "one goes on")


def running_in(folder):
    """The processes that run in a folder, or are told of it."""
    for process in psutil.process_iter(["cwd", "cmdline"]):
        if process.info["cwd"] == folder or folder in (process.info["cmdline"] or ()):
            yield process


def test_the_first_line_says_what_answers_could_reach(graded, monkeypatch):
    """Guards: marks that are trusted more than the machine allows."""
    shut_in = bool(cage.command(str(graded.place)))
    assert graded.told == [grade.SHUT_IN if shut_in else grade.NOT_SHUT_IN]
    monkeypatch.setattr(cage.shutil, "which", lambda name: None)
    assert cage.command(str(graded.place)) == ()


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on Windows")
def test_who_ends_the_judge_costs_nobody_else_a_mark(monkeypatch):
    """Guards: a class without marks, where the system shuts nobody in."""
    [row, _] = judge.unjudged("05_sum_task")
    assert grade.Row("a", "a.ipynb", **row).words == grade.ENDED
    # In the place of a verdict: 9 ends the process, 0 does nothing.
    fake = {"judge": signal.raise_signal, "prepare": print, "unjudged": hex}
    monkeypatch.setattr(grade, "judge", SimpleNamespace(**fake))
    monkeypatch.setattr(cage, "command", lambda folder: ())
    told = []
    assert grade._judge([(0,), (9,), (0,)], told.append) == [None, "0x9", None]
    assert told == [grade.NOT_SHUT_IN]


def test_the_terminal_tells_the_table_the_sums_and_what_to_look_at(graded, monkeypatch):
    """Guards: what a teacher reads first; whom to look at, and nobody else."""
    monkeypatch.setenv("COLUMNS", "200")
    lines = graded.marks.told(is_long=False).splitlines()
    starts = "learner", "=HYPER"
    head, row = (next(s for s in lines if s.startswith(start)) for start in starts)
    assert head.split() == ["learner", *LAYER, "my_step", "my_train", "solved"]
    assert row.split() == ["=HYPERLINK(1)", "yes", "yes", "2", "of", "5"]
    assert row.index("yes") == head.index("my_step")
    [half] = [line for line in lines if line.startswith("half  ")]
    assert half.split() == ["half", "yes", "yes"]  # no sum: a file can't be read
    assert "my_step: 5 of 6 solved it" in lines
    look_at = "\n".join(lines).partition("\nLook at:\n")[2]
    assert "): it uses `__file__`, `open`, `._exit`\n" in look_at
    changed = "the check cell was changed or deleted"
    assert f"  forger, 2 x (my_step, my_train): {changed}\n" in look_at
    assert look_at.count("  hostile, ") == 2 and "  =HYPERLINK(1)" not in look_at
    monkeypatch.setenv("COLUMNS", "60")
    narrow = graded.marks.told(is_long=False).splitlines()
    heads = "1 my_loss_slope, 2 my_layer_backward, 3 my_backprop, 4 my_step"
    assert heads in "".join(narrow)
    long = graded.marks.told(is_long=True).splitlines()
    [row] = [line for line in long if line.startswith("forger  ") and "train" in line]
    assert row.split() == ["forger", "my_train", "no", "not", "written", "yet"]


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
    fields = [dict(zip(keys, row)) for row in values]
    rows = [grade.Row("a\x1b[2J", "b", "c", "f", **row) for row in fields]
    learner = grade.Learner("a\x1b[2J", "", rows=rows)
    lines = reports.Marks([learner]).told(is_long=True).splitlines()
    assert " ".join(lines[5].split()) == "a [2J f no it loops"
    assert lines[8:] == ["f: 1 of 5 solved it", "  2 x too large", "  1 x it  loops"]


def test_copies_are_named_whatever_their_names():
    """Guards: two of one hand; answers that are alike because they are short."""
    code = SOLUTIONS["my_train"]
    other = code.replace("losses", "errors").replace("params", "net")
    shapes = [grade.judge.excerpt.shape(text) for text in (code, other, code + "\n1")]
    assert shapes[0] == shapes[1] != shapes[2]
    assert grade.judge.excerpt.shape(SOLUTIONS["my_loss"]) == ""
    rows = [grade.Row(n, "", "", "my_train", shape=s) for n, s in zip("abc", shapes)]
    marks = reports.Marks([grade.Learner(r.learner, "", rows=[r]) for r in rows])
    told = marks.told(is_long=False).partition("\nLook at:\n")[2]
    assert told == "  a, b, 1 x (my_train): the same except for names"


def test_the_tables_for_a_spreadsheet_and_for_moodle(graded):
    """Guards: names that are formulas or have odd letters; Moodle's columns."""
    rows = read_csv(graded.place / "marks.csv")
    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(tuple("=+-@"))]
    [row] = [row for row in rows if row["learner"] == "'=HYPERLINK(1)"]
    assert (row["my_step"], row["my_backprop"], row["solved"]) == ("yes", "", "2")
    [half] = [row for row in rows if row["learner"] == "half"]
    assert half["solved"] == "" and "04_backprop.ipynb can't be read" in half["look at"]
    data = (graded.place / "marks.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and "Öst".encode() in data
    long = read_csv(graded.place / "long.csv")
    assert {row["solved"] for row in long} == {"yes", "no", ""}
    assert {row["exercise"] for row in long} == {*LAYER, "my_step", "my_train", ""}
    assert {row["learner"] for row in long} == {row["learner"] for row in rows}
    [row] = [r for r in graded.moodle if r["Identifier"] == "Participant 2"]
    assert {"Grade", "Last modified (grade)", "Maximum Grade"} <= set(row)
    assert row["Maximum Grade"] == "5" and "my_step: right" in row["Feedback comments"]


def test_the_pages_are_readable_and_escaped(graded):
    """Guards: a page for each learner, under the name that Moodle takes back."""
    paths = (graded.place / "pages").iterdir()
    pages = {path.name: path.read_text(encoding="utf-8") for path in paths}
    assert len(pages) == len(graded.learners)
    page = pages["Bo Öst_2_assignsubmission_file_feedback.html"]
    assert "2 of 5 exercises solved" in page
    assert "this function is part of the course" in pages["borrower.html"]
    assert "&lt;" not in pages["borrower.html"].split("<h1>")[0]
    assert "while True: LOOP = 1" in pages["hostile.html"]
    assert "bomb.zip" in pages["bomb.html"] and "hand it in again" in pages["bomb.html"]
    assert "No mark yet; 2 of 5 exercises solved so far." in pages["half.html"]
    formula = pages["HYPERLINK 1.html"]
    assert "&lt;b&gt;" in formula and "<b>" not in formula


@pytest.fixture
def solved(monkeypatch):
    """In place of a judge: both exercises of each notebook are solved, in no time."""
    rows = [{"notebook": "05_sum_task", "exercise": n, "solved": True} for n in "ab"]
    judged = lambda tasks, told: told(grade.SHUT_IN) or [rows] * len(tasks)
    monkeypatch.setattr(grade, "_judge", judged)


def test_the_command_grades_and_says_where_nothing_counts(solved, tmp_path, capsys):
    """Guards: --only, a folder that isn't there, and the exit codes."""
    content = json.dumps(notebook("05_sum_task", SOLUTIONS))
    folder = str(tmp_path / "in.zip")
    zipped(tmp_path / "in.zip", {"eva_05_sum_task.ipynb": content})
    files = {"--csv": "marks.csv", "--moodle": "moodle.csv", "--feedback": "pages"}
    options = [word for key in files for word in (key, str(tmp_path / files[key]))]
    assert main(["grade", folder, *options]) == 0
    assert capsys.readouterr().out.startswith("Learners' code runs ")
    [row] = read_csv(tmp_path / "marks.csv")
    assert row["solved"] == "2" and (tmp_path / "pages" / "eva.html").exists()
    assert main(["grade", folder, "--only", "04_backprop"]) == 1
    told = capsys.readouterr()
    assert "nothing that counts was handed in" in told.out
    assert "nothing to grade" in told.err
    for options in ([str(tmp_path / "none")], [folder, "--csv", "none/a.csv"]):
        assert main(["grade", *options]) == 1
        assert "there is no" in capsys.readouterr().err


def test_a_broken_file_costs_a_mark_only_where_it_may_hold_more(solved, tmp_path):
    """Guards: no mark for a notebook that doesn't count, or that was handed in whole, too;
    who is asked for more because of a PDF, or of a notebook of their own."""
    content = notebook("05_sum_task")
    for who, broken in (("ada", "04_backprop"), ("ben", "05_sum_task (1)")):
        write(tmp_path / who / "05_sum_task.ipynb", content)
        write(tmp_path / who / f"{broken}.ipynb", b"{")
    write(tmp_path / "emmy" / "05_sum_task.ipynb.txt", content)
    write(tmp_path / "ben" / "report.pdf", b"%PDF")
    write(tmp_path / "ben" / "scratch.ipynb", {"cells": [cell_of("1")]})
    learners = grade.grade(handins.collect(tmp_path))
    assert [one.mark for one in learners] == ["", 2, ""]
    again = ["hand it in again" in " ".join(one.unread) for one in learners]
    assert again == [True, False, True] and len(learners[1].unread) == 3
    assert "report.pdf was left out: " in learners[1].unread[1]
    reports.Marks(learners).write_pages(tmp_path / ".pages")
    pages = [path.read_text() for path in sorted((tmp_path / ".pages").iterdir())]
    assert ["handin</code> packs" in page for page in pages] == again
    files = handins.collect(tmp_path)
    marks = [one.mark for one in grade.grade(files, ["05_sum_task"])]
    assert marks == [2, 2, ""]
