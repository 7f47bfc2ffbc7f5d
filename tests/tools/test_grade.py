"""`python -m course grade`: one grading of a class of good, wrong and hostile hand-ins.

What an answer must get is known from what it computes: right ones are the solutions that
the notebooks publish, wrong ones are usual mistakes.
"""

import csv
import json
import os
import subprocess
import sys
import zipfile
from contextlib import suppress
from types import SimpleNamespace

import psutil
import pytest

from course.__main__ import main
from course.tools import NOTEBOOKS, ROOT, grade, handin
from course.tools.grading import handins, reports, standin
from tests.answers import SOLUTIONS
from tests.wait import PATIENCE, wait_until

LAYER = "my_loss_slope", "my_layer_backward", "my_backprop"  # of 04_backprop
# What the body of a function does, the words on it, and a cell before it.
REFUSED = "an answer may not do this"
ANSWERS = [
    ("import os; os._exit(0)", "it ends Python"),
    ("exit()", "it ends Python"),
    ("while True: pass", "2 seconds of computing"),
    ("import socket; socket.socket()", f"{REFUSED}: socket"),
    ("import subprocess; subprocess.run(['true'])", REFUSED),
    ("import os; os.system('true')", f"{REFUSED}: os.system"),
    ("import os; os.kill(os.getppid(), 9)", f"{REFUSED}: os.kill"),
    ("import threading; threading.Thread(target=print).start()", "start a thread"),
    ("import ctypes; ctypes.string_at(0)", REFUSED),
    ("open('SECRET').read()", f"{REFUSED}: open"),
    ("open('SECRET', 'w')", f"{REFUSED}: open"),
    ("import io, pathlib; io.FileIO(pathlib.Path('SECRET'))", f"{REFUSED}: open"),
    ("import os; os.path.realpath = lambda p: '.'; open('SECRET')", f"{REFUSED}: open"),
    ("import os, pathlib; os.remove(pathlib.Path('SECRET'))", f"{REFUSED}: os.remove"),
    ("import os; os.remove('SECRET')", f"{REFUSED}: os.remove"),
    ("import shutil; shutil.rmtree('SECRET')", REFUSED),
    ("open(mlp.__file__).read()", f"{REFUSED}: open"),
    ("import sys; sys.setprofile(None)", f"{REFUSED}: sys.setprofile"),
    ("from course.lessons.backprop import hunt", "it takes from the course."),
    ("import importlib as i; i.import_module('course.lessons.own')", "it takes from"),
    ("mlp.loss(np.ones((1, 1)), np.ones((1, 1)))", "it calls mlp_core.loss"),
    ("np.save('mine.npy', np.ones(3)); open('mine.txt', 'w').write('x')", "right"),
    ("print('x' * 999); import sys; sys.stdout.flush()", "right"),
    ("globals()['x'] = 1; display(1); import time; time.sleep(1000)", "right"),
    ("LOOP", "2 seconds of computing", "while True: LOOP = 1"),
    ("THREE", "right", "1 / 0\nTHREE = 3; print(THREE)"),
    ("HELP()", "right", "%matplotlib inline\n!ls\nN = 2\ndef HELP(): return N"),
    ("", "right", "while True: pass"),
    ("NOTHING", "it stops with AttributeError", "NOTHING = None.x"),
    ("P.plot; cos(0)", "right", "from math import *\nimport matplotlib.pyplot as P"),
    ("TIMED()", "right", "%%time\ndef TIMED(): return LATER\nLATER = 1"),
    ("SHOWN?\n    %matplotlib inline", "right"),
    ("NEWER()", "right", "def NEWER(): return NO\nNO = None.x\ndef NEWER(): pass"),
]
FLOOD = """import os
    for channel in range(3, 20):
        try: os.write(channel, DATA)
        except OSError: pass"""


# 1. A class ---------------------------------------------------------------------------


def notebook(name, answers=(), before=()):
    """A notebook of the course without outputs, with the code of some stubs replaced."""
    content = json.loads(texts(name))
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = []
        if "stub" in cell["metadata"].get("tags", []):
            name = "".join(cell["source"]).partition("(")[0].removeprefix("def ")
            cell["source"] = dict(answers).get(name, cell["source"])
    for code in before:
        cell = {"cell_type": "code", "id": "mine", "metadata": {}, "source": code}
        content["cells"].insert(4, cell)
    return content


def solved(name="05_sum_task"):
    return notebook(name, SOLUTIONS)


def texts(name):
    return (NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8")


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def defined(name, body):
    """The solution, which first does something else."""
    return SOLUTIONS[name].replace(":\n", f":\n    {body}\n", 1)


def answered(secret):
    """Three of the answers a notebook."""
    for number in range(0, len(ANSWERS), 3):
        some = ANSWERS[number:][:3]
        before = [cell for _, _, *cells in some for cell in cells]
        bodies = zip(LAYER, (body.replace("SECRET", secret) for body, *_ in some))
        code = {name: defined(name, body) for name, body in bodies}
        yield f"answers {number}", notebook("04_backprop", code, before)


def fill(folder):
    """The hand-ins of a class."""
    write(folder / "anna_05_sum_task.ipynb", solved())
    wrong = "def my_loss_slope(Y_hat, Y):\n    return Y_hat - Y"
    write(folder / "ben" / "first.ipynb", solved("04_backprop"))
    for name in ("before", "second"):  # and so after it
        content = notebook("04_backprop", {"my_loss_slope": wrong})
        write(folder / "ben" / f"{name}.ipynb", content)
    record = {"exercises": {"sum_task": {"my_step": {"tries": 7}}}}
    mine = write(folder.parent / "mine" / "05_sum_task.ipynb", solved())
    kept = write(mine.with_name("record.json"), record)
    handin.pack(folder / "handin-cleo.zip", [mine], [kept])
    moodle = "Dora Ek_1234567_assignsubmission_file_"
    write(folder / moodle / "05_sum_task (1).ipynb", solved())
    write(folder / "Emil Öst_7654321_assignsubmission_file_x.ipynb", solved())
    for name, content in answered(str(folder / "secret.csv")):
        write(folder / name / "04_backprop.ipynb", content)
    fill_with_odd_files(folder)
    fill_with_forgeries(folder)


def fill_with_odd_files(folder):
    (folder / "secret.csv").write_text("kept")
    for name, data in {
        "empty": b"",
        "broken": texts("05_sum_task")[:5000].encode(),
        "deep": b"[" * 100_000,
        "odd": b'{"cells": [{"cell_type": "code", "source": 1}, 3]}',
        "image": b"\x89PNG\xff\xfe",
        "number": b"3",
        "huge": b" " * (handins.LARGEST + 1),
    }.items():
        (folder / f"{name}.ipynb").write_bytes(data)
    (folder / "essay.pdf").write_bytes(b"%PDF")
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": "print(1)"}
    write(folder / "other.ipynb", {"nbformat": 4, "cells": [cell]})
    with zipfile.ZipFile(folder / "outside.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../outside.ipynb", "{}")
        archive.writestr("05_sum_task.ipynb", json.dumps(solved()))
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(12):
            archive.writestr(f"{number}.ipynb", b" " * handins.LARGEST)
    (folder / "broken.zip").write_bytes(b"PK")
    if hasattr(os, "symlink") and sys.platform != "win32":
        (folder / "link.ipynb").symlink_to(folder / "anna_05_sum_task.ipynb")
    hidden = folder / "anna" / ".ipynb_checkpoints" / "05_sum_task.ipynb"
    write(hidden, notebook("05_sum_task"))


def fill_with_forgeries(folder):
    content = solved()
    for cell in content["cells"]:
        cell["metadata"] = {"tags": "stub" if cell["id"] == "c05a0006" else None}
        if cell["id"] == "c05a0006":
            cell["source"] = "print('my_step: right')"
    content["cells"] = [c for c in content["cells"] if c["id"] != "c05a000d"]
    write(folder / "forger.ipynb", content)
    moved = notebook("05_sum_task", {"my_step": "# moved down"})
    lines = SOLUTIONS["my_step"].splitlines(True)
    moved["cells"].append({"cell_type": "code", "id": "new", "source": lines})
    write(folder / "mover.ipynb", moved)
    handed = {
        "my_loss_slope": "from mlp_core import loss_slope as my_loss_slope",
        "my_layer_backward": "my_layer_backward = lambda *args: mlp.loss(*args)",
        "my_backprop": "def my_backprop(:",
    }
    write(folder / "borrower.ipynb", notebook("04_backprop", handed))
    swap = "def swap(f):\n    return mlp.loss_slope\n@swap\n"
    code = {"my_loss_slope": swap + SOLUTIONS["my_loss_slope"]}
    write(folder / "swapper.ipynb", notebook("04_backprop", code))
    marker = str(folder.parent / "run by the judge")
    pickled = b"cbuiltins\nopen\n(V%s\nVw\ntR.\n" % marker.encode()
    flood = FLOOD.replace("DATA", f"{pickled!r} * 1000")
    code = {"my_loss_slope": defined("my_loss_slope", flood)}
    write(folder / "flooder.ipynb", notebook("04_backprop", code))
    code = {n: SOLUTIONS[n].rstrip() + "\n    '<b>'" for n in ("my_step", "my_train")}
    write(folder / "=HYPERLINK(1)" / "<b>.ipynb", notebook("05_sum_task", code))


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """One grading of all of it: what was told, and the files that it made."""
    place = tmp_path_factory.mktemp("grading")
    fill(place / "class")
    before = set(psutil.pids())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grade, "SECONDS", PATIENCE)
        graded = grade.grade(handins.collect(place / "class"), seed=5)
    learners = {learner.name: learner for learner in graded}
    rows = [row for learner in graded for row in learner.rows]
    found = SimpleNamespace(place=place, rows=rows, learners=learners, before=before)
    reports.write_csv(place / "marks.csv", rows)
    reports.write_moodle(place / "moodle.csv", learners.values(), 5)
    reports.write_pages(place / "pages", learners.values(), 5)
    return found


def row(graded, learner, exercise=""):
    [found] = [r for r in graded.learners[learner].rows if r.exercise == exercise]
    return found


def read_csv(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# 2. Who, and which notebook -------------------------------------------------------------


@pytest.mark.parametrize(
    "learner", ["anna", "cleo", "Dora Ek", "Emil Öst", "=HYPERLINK(1)", "outside"]
)
def test_a_solved_notebook_is_solved_whatever_its_name(graded, learner):
    """Guards: a learner who isn't found, or whose notebook isn't; and a right answer."""
    for exercise in ("my_step", "my_train"):
        found = row(graded, learner, exercise)
        assert found.solved and found.words.startswith("right"), found
        assert found.notebook == "05_sum_task"


@pytest.mark.parametrize(
    ("path", "learner"),
    [
        ("anna_05_sum_task.ipynb", "anna"),
        ("05_sum_task-Åke Ö (2).ipynb", "Åke Ö"),
        ("05_sum_task (1).ipynb", "(no name) 05_sum_task (1).ipynb"),
        ("05_sum_task (finn).ipynb", "finn"),
        ("bo/any/05_sum_task.ipynb", "bo"),
        ("handin-bo.zip", "bo"),
        ("handin-bo (1).zip/05_sum_task.ipynb", "bo"),
        ("moodle.zip/Bo Ek_12_assignsubmission_file_/handin-x.zip/a.ipynb", "Bo Ek"),
        ("Bo Ek_12_assignsubmission_file/a.ipynb", "Bo Ek"),
        ("Bo Ek_12_assignsubmission_file_05_sum_task.ipynb", "Bo Ek"),
    ],
)
def test_who_handed_in(path, learner):
    """Guards: the rules in docs/teaching.md."""
    assert handins._file(tuple(path.split("/"))).learner == learner


def test_the_number_of_moodle_is_kept(graded):
    """Guards: marks that Moodle gives to nobody."""
    assert graded.learners["Dora Ek"].number == "1234567"
    assert graded.learners["Emil Öst"].number == "7654321"
    assert graded.learners["anna"].number == ""


def test_who_has_another_number_is_another_learner():
    """Guards: two of one name who become one."""
    files = [handins.File("Bo", n, f"{n}.ipynb", problem="odd") for n in "21"]
    assert [learner.number for learner in grade.grade(files)] == ["1", "2"]


def test_of_several_attempts_the_best_counts(graded):
    """Guards: a solved exercise that a later file takes away."""
    found = row(graded, "ben", "my_loss_slope")
    assert found.solved and found.file == "ben/first.ipynb"
    assert graded.learners["ben"].solved == 3


def test_attempts_come_from_the_record(graded):
    """Guards: the record that was handed in; and none where there is none."""
    assert row(graded, "cleo", "my_step").attempts == 7
    assert row(graded, "cleo", "my_train").attempts == 0
    assert row(graded, "anna", "my_step").attempts == ""


# 3. What can't be read ------------------------------------------------------------------


UNREAD = {
    "empty": "it is empty",
    **dict.fromkeys(
        ["broken", "deep", "odd", "image", "number", "essay", "outside"],
        "it is no notebook",
    ),
    "huge": "more than 20 MB",
    "other": "not those of a notebook of this course",
    "bomb": "unpacks to more than 200 MB",
    "link": "a link to another place",
}


@pytest.mark.parametrize("learner", UNREAD)
def test_what_cannot_be_read_is_named(graded, learner):
    """Guards: a file that stops the grading, is read where it lies, or is passed over."""
    if learner == "link" and sys.platform == "win32":
        pytest.skip("links need rights on Windows")
    words = [r.words for r in graded.learners[learner].rows if not r.exercise]
    assert any(
        w.startswith("couldn't be read: ") and UNREAD[learner] in w for w in words
    ), words


def test_hidden_files_are_passed_over(graded):
    """Guards: a stub from a checkpoint in the place of what was handed in."""
    assert {r.file for r in graded.learners["anna"].rows} == {"anna_05_sum_task.ipynb"}


# 4. What counts -------------------------------------------------------------------------


def test_forged_outputs_tags_and_checks_count_for_nothing(graded):
    """Guards: a verdict from the file; and check cells that were touched are named."""
    notes = {r.exercise: r.look_at for r in graded.learners["forger"].rows}
    assert notes == {
        "my_step": ["the check cell was changed"],
        "my_train": ["the check cell was deleted"],
    }
    assert graded.learners["forger"].solved == 2  # its code is right


def test_a_cell_that_was_moved_counts(graded):
    """Guards: an answer that stands in another cell than the stub."""
    assert row(graded, "mover", "my_step").solved
    assert row(graded, "mover", "my_train").words == "not written yet"


def test_what_others_wrote_is_no_answer(graded):
    """Guards: the course's functions under the name of an exercise."""
    loss, layer, backprop = graded.learners["borrower"].rows
    assert "is no function of yours" in loss.words
    assert "is no function of yours" in layer.words
    assert "SyntaxError in the line `def my_backprop(:`" in backprop.words
    swapped = row(graded, "swapper", "my_loss_slope")
    assert not swapped.solved and "it calls mlp_core.loss_slope" in swapped.words


@pytest.mark.parametrize("number", range(len(ANSWERS)))
def test_an_answer_harms_only_itself_and_runs_only_what_it_needs(graded, number):
    """Guards: the closed process, thing by thing, and the exercises beside it; plots and
    loops that run, and helpers, constants and imports that don't."""
    found = graded.learners[f"answers {number - number % 3}"].rows[number % 3]
    words = ANSWERS[number][1]
    assert words in found.words
    assert found.solved is (words == "right")


def test_nothing_in_the_pipe_runs_in_the_judge(graded):
    """Guards: a reply that an answer forged, as pickle would obey it."""
    assert not row(graded, "flooder", "my_loss_slope").solved
    assert not (graded.place / "run by the judge").exists()


def test_nothing_is_left(graded):
    """Guards: files of others, and processes that go on."""
    assert (graded.place / "class" / "secret.csv").read_text() == "kept"
    assert not list(ROOT.glob("mine.*"))
    assert not started_since(graded.before)


def started_since(before):
    """Processes of a grading that run and are not among those before."""
    ours = {"PYTHONSAFEPATH": "1", "PYTHONPATH": str(ROOT)}.items()
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.pid not in before and ours <= process.environ().items():
                found.append(process)
    return found


def test_what_gets_past_a_check_is_shown_to_the_teacher(graded):
    """Guards: the list of what to look at."""
    told = reports.odd(graded.rows)
    assert "  answers 15, my_backprop: it uses `setprofile`" in told
    assert "  forger, my_step: the check cell was changed" in told
    assert "anna" not in str(told)


# 5. What is made of it ------------------------------------------------------------------


def test_the_summary_counts(graded):
    """Guards: how many solved an exercise, and the commonest misconceptions."""
    keys, large = ["solved", "words", "tried", "mistake"], "too large"
    values = [
        (True, "right", True, ""),
        (False, "too large\n in code", True, large),
        (False, "too large", True, large),
        (False, "it loops\nlong", True, ""),
        (False, "not written yet", False, ""),
    ]
    rows = [grade.Row("a", "b", exercise="f", **dict(zip(keys, v))) for v in values]
    lines = ["f: 1 of 5 solved it", "  2 x too large", "  1 x it loops"]
    assert reports.summary(rows) == lines
    told = "\n".join(reports.summary(graded.rows))
    assert "my_step: 8 of 8 solved it\nmy_train: 7 of 8 solved it\nmy_" in told


def test_the_table_for_a_spreadsheet(graded):
    """Guards: a row for each exercise, with all words; and names that are formulas."""
    rows = read_csv(graded.place / "marks.csv")
    assert len(rows) == len(graded.rows)
    assert {r["solved"] for r in rows} == {"yes", "no", ""}
    assert "'=HYPERLINK(1)" in {r["learner"] for r in rows}
    cells = [cell for r in rows for cell in r.values()]
    assert not [cell for cell in cells if cell.startswith(tuple("=+-@"))]
    data = (graded.place / "marks.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and "Öst".encode() in data


def test_the_marks_for_moodle(graded):
    """Guards: the columns that Moodle's importer looks for, and its participants."""
    rows = {r["Full name"]: r for r in read_csv(graded.place / "moodle.csv")}
    assert {"Identifier", "Grade", "Last modified (grade)"} <= set(rows["Dora Ek"])
    assert rows["Dora Ek"]["Identifier"] == "Participant 1234567"
    assert rows["Dora Ek"]["Grade"] == "2" and rows["ben"]["Grade"] == "3"
    assert rows["Dora Ek"]["Maximum Grade"] == "5"
    unread = [rows[name]["Grade"] for name in ("empty", "broken", "image")]
    assert unread == ["", "", ""]  # a broken file is no mark of 0
    assert "my_step: right" in rows["Dora Ek"]["Feedback comments"]


def test_the_pages_are_readable_and_escaped(graded):
    """Guards: a page for each learner, under the name that Moodle takes back."""
    pages = graded.place / "pages"
    assert len(list(pages.iterdir())) == len(graded.learners)
    moodle = pages / "Dora Ek_1234567_assignsubmission_file_feedback.html"
    assert "2 of 5 exercises solved" in moodle.read_text(encoding="utf-8")
    page = (pages / "borrower.html").read_text(encoding="utf-8")
    assert "is no function of yours" in page and "&lt;" not in page.split("<h1>")[0]
    code = (pages / "answers 24.html").read_text(encoding="utf-8")
    assert "while True: LOOP = 1" in code
    bomb = (pages / "bomb.html").read_text(encoding="utf-8")
    assert "bomb.zip" in bomb and "hand it in once more" in bomb
    formula = (pages / "HYPERLINK 1.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;" in formula and "<b>" not in formula


def test_the_table_on_a_terminal_obeys_nobody(graded):
    """Guards: colours and cursors from a learner's text."""
    evil = grade.Row("a\x1b[2J", "f", "n", "my_step", words="x\x07y\nsecond")
    lines = reports.told([evil], [], 1).splitlines()
    assert " ".join(lines[1].split()) == "a [2J my_step no x y"
    assert lines[2:] == ["", "my_step: 0 of 1 solved it"]


# 6. The command -------------------------------------------------------------------------


def test_the_command(tmp_path, capsys):
    """Guards: options, the printed table, notebooks that count, and the exit codes."""
    write(tmp_path / "in" / "eva_05_sum_task.ipynb", notebook("05_sum_task"))
    csv_file, page = tmp_path / "a.csv", tmp_path / "pages"
    arguments = ["grade", str(tmp_path / "in"), "--csv", str(csv_file)]
    assert main([*arguments, "--feedback", str(page)]) == 0
    told = capsys.readouterr().out
    first = " ".join(told.splitlines()[1].split())
    assert first == "eva my_step no not written yet"
    assert "\neva: 0 of 2\n" in told and "my_train: 0 of 1 solved it" in told
    assert csv_file.exists() and (page / "eva.html").exists()
    assert main([*arguments, "--only", "04_backprop"]) == 1
    told = capsys.readouterr()
    assert "has no exercise that counts" in told.out
    assert "nothing to grade" in told.err
    assert main(["grade", str(tmp_path / "none")]) == 1
    assert "there is no" in capsys.readouterr().err


def test_a_zip_of_the_whole_class(tmp_path):
    """Guards: Moodle's download as it comes, with zips of `handin` in it."""
    mine = write(tmp_path / "05_sum_task.ipynb", notebook("05_sum_task"))
    handin.pack(tmp_path / "handin-x.zip", [mine], [])
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for number in (1, 2):
            place = f"Bo {number}_{number}_assignsubmission_file_"
            archive.write(tmp_path / "handin-x.zip", f"{place}/handin-x.zip")
    found = handins.collect(tmp_path / "all.zip")
    assert [(f.learner, f.number) for f in found] == [("Bo 1", "1"), ("Bo 2", "2")]
    assert not any(file.problem for file in found)


class Late(subprocess.Popen):
    """A judge whose time is up when it has begun with an answer."""

    def communicate(self, request=None, timeout=None):
        if timeout is None:  # it was ended
            return super().communicate(request)
        assert timeout == grade.SECONDS
        while True:
            try:
                return super().communicate(request, 0.1)
            except subprocess.TimeoutExpired:
                request = None  # it has been sent
                if psutil.Process(self.pid).children():  # there the answer runs
                    raise


@pytest.mark.timed
def test_a_judge_that_takes_too_long_is_ended(monkeypatch, tmp_path):
    """Guards: an answer that waits and waits, and what was known until then."""
    monkeypatch.setattr(grade.subprocess, "Popen", Late)
    sleepy = "import threading; threading.Event().wait(2.5)"
    code = {"my_loss_slope": defined("my_loss_slope", sleepy)}
    write(tmp_path / "a.ipynb", notebook("04_backprop", code))
    before = set(psutil.pids())
    [learner] = grade.grade(handins.collect(tmp_path))
    assert [r.words[:23] for r in learner.rows] == 3 * ["it could not be judged:"]
    wait_until(lambda: not started_since(before), "the judge or its answer goes on")


def test_an_unwritten_default_runs_nothing_in_the_judge():
    """Guards: default values and decorators, which Python runs where `def` stands."""
    code = "@1 / 0\ndef f(a: 1 / 0, b=1 / 0, *, c=1 / 0) -> 1 / 0: pass"
    answer = standin.answer([code], "f")
    assert answer.__name__ == "f" and answer.__wrapped__(1) is None
    with pytest.raises(RuntimeError):
        answer(1)
