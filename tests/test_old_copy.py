"""Learners' copies that older versions made, brought up to date by today's course.

`old_copy_COMMIT.zip` is the folder `my_course` that `python -m course start` made at this
commit, after a learner worked in it: all was answered, run and checked there, for b8526ae by
a script that sent messages to the kernels, on six days of a clock that it had set back.
They never change. What they hold must last, whatever the course becomes.
"""

import json
import re
import shutil
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest

import mlp_core as mlp
from course import Lesson, files, lessons, panels, record
from course.tools import NOTEBOOKS, notebooks, update


class Old(NamedTuple):
    """An old copy, and what its learner did in it."""

    commit: str
    own: list  # how many cells of each notebook
    moved: set  # cells
    solved: str
    missed: set  # (lesson, question)
    gone: set = frozenset()  # questions that the course asks no more

    @property
    def zip(self):
        return zipfile.ZipFile(Path(__file__).with_name(f"old_copy_{self.commit}.zip"))

    def cells(self, folder=""):
        """The cells of each notebook in a folder of it."""
        names = {path.name for path in NOTEBOOKS.iterdir()} & {*self.zip.namelist()}
        read = {name: self.zip.read(folder + name) for name in sorted(names)}
        return {name: cells(nbformat.reads(read[name], as_version=4)) for name in read}

    def theirs(self):
        """Those of the cells that the learner wrote or changed."""
        given, mine = self.cells(".course/given/"), self.cells()
        return {name: dict(mine[name].items() - given[name].items()) for name in mine}


C56E8DD = Old(
    "c56e8dd",
    own=[0, 7, 2, 5, 6, 0, 6, 0],
    moved={"three-axes"},
    # In an odd way; plainly; with other cells; with a class, and prints; ...
    solved="my_activation my_uniform my_forward my_loss my_loss_slope my_layer_backward "
    "my_backprop my_constant_loss",
    missed={("initialization", "scale for ReLU"), ("backprop", "loss falls")},
    gone={("backprop", "third"), ("first_look", "seed 4"), ("first_look", "of 1,000")},
)
B8526AE = Old(
    "b8526ae",
    own=[0, 7, 0, 8, 6, 6, 0, 5, 9, 6, 6],
    moved={"pic-activation-family", "pic-chain-rule", "draw-found"},
    # With a name that the notebook has as well; plainly; with a class; ...
    solved="my_activation my_slope my_forward my_loss_slope my_layer_backward my_step "
    "my_train mend_first my_split my_l2_grads my_softmax my_product_slopes my_hand_back",
    missed={("sum_task", "smallest network"), ("your_network", "a house")},
    gone={("forward", "which rule"), ("backprop", "which rule")}
    | {("backprop", "second: a weight"), ("backprop", "what came in")}
    | {("your_network", "raw"), ("framework", "twice by hand")},
)


def cells(notebook):
    """The cells by their ids: what kind, and the text."""
    return {cell.id: (cell.cell_type, cell.source) for cell in notebook.cells}


@pytest.fixture(scope="module", params=[C56E8DD, B8526AE], ids=lambda old: old.commit)
def old(request):
    return request.param


@pytest.fixture(scope="module")
def today(old, tmp_path_factory):
    """The old copy with today's course."""
    folder = tmp_path_factory.mktemp("today")
    old.zip.extractall(folder)
    said = update.bring_up_to_date(folder)
    assert not [sentence for sentence in said if "can't" in sentence]
    return folder


@pytest.fixture
def copy(old, tmp_path):
    """The old copy, and its record opened."""
    record.close()
    old.zip.extractall(tmp_path)
    assert record.open_in(tmp_path) == ""  # it isn't new, and isn't set aside
    yield tmp_path
    record.close()


# 1. Notebooks and files ------------------------------------------------------------------


def test_what_the_learner_did_is_kept(old, today, tmp_path):
    """Guards: own cells overwritten or elsewhere, a deleted one back, one moved back."""
    given, mine, theirs = old.cells(".course/given/"), old.cells(), old.theirs()
    # After today's course, one in which each cell is another, and a new one follows.
    (later := tmp_path / "later").mkdir()
    for name in mine:
        notebook = notebooks.cleared(notebooks.read(NOTEBOOKS / name))
        for number, cell in enumerate([*notebook.cells]):
            cell.source += "\n# later"
            new = nbformat.v4.new_code_cell("new", id=f"later-{number}")
            notebook.cells.insert(2 * number + 1, new)
        notebooks.write(notebook, later / name)
    folder = shutil.copytree(today, tmp_path / "copy")
    update.bring_up_to_date(folder, later)
    for name in mine:
        now = cells(notebooks.read(folder / name))
        assert theirs[name].items() <= now.items()
        before = [id for id in mine[name] if id in now]  # new ones don't count
        after = [id for id in now if id in mine[name]]
        above = {id: other for other, id in pairwise(["", *after])}
        for other, id in pairwise(["", *before]):
            if id in old.moved or id not in given[name]:
                assert above[id] == other
        assert not (given[name].keys() - mine[name]) & now.keys()  # those are deleted
    assert [len(theirs[name]) for name in mine] == old.own


def test_where_nothing_was_written_all_is_as_in_the_course(old, today):
    """Guards: no news, or news at each start; files of their own, and the record."""
    for name in [name for name, own in old.theirs().items() if not own]:
        new = cells(notebooks.without_fetching(notebooks.read(NOTEBOOKS / name)))
        assert [*cells(notebooks.read(today / name)).items()] == [*new.items()]
    for name in {*old.zip.namelist()} - old.cells().keys():
        if not name.startswith(".course"):
            assert (today / name).read_bytes() == old.zip.read(name)
    assert update.last_notebook(today).name.encode() == old.zip.read(".course/last")
    assert update.bring_up_to_date(today) == []


def test_what_their_cells_load_and_import_is_there(old, today):
    """Guards: a cell that stops since a file or a module of the course has gone."""
    now = [cells(notebooks.read(today / name)) for name in old.cells()]
    books = [*old.cells().values(), *now]
    texts = "\n".join(text for book in books for _, text in book.values())
    loaded = set(re.findall(r'\bload\("([^"]+)"\)', texts))
    assert loaded >= {path.name for path in today.glob("*.npz")}
    for name in loaded:
        params, _ = files.load(today / name)
        assert params
    lines = set(re.findall("^from course[.].*", texts, re.MULTILINE))
    assert len(lines) > 8
    for line in sorted(lines):
        exec(line, {})  # noqa: S102, as the course once wrote it


def test_cells_in_which_they_changed_what_the_page_shows_still_run(old):
    """Guards: a setting of a panel, a playground or the pad that gets another name."""
    own = [cell for book in old.theirs().values() for cell in book.values()]
    shows = "panels[.]|[Pp]layground|bug_lab|DigitPad"
    shown = [text for kind, text in own if kind == "code" and re.search(shows, text)]
    assert shown
    for text in shown:
        exec(text, {"mlp": mlp, "panels": panels, "training": iter})  # noqa: S102


def test_a_changed_cell_with_the_first_panel_shows_what_teaches_it_today():
    """Guards: a traceback where a learner had other settings, or a seed that is lost."""
    cell = C56E8DD.cells()["00_first_look.ipynb"]["first-rate-panel"][1]
    assert "panels.first_look_panel(learning_rate=5)" in cell
    play = eval(cell.replace("=5", "=0.5, seed=3, neuron=(0, 1)"), {"panels": panels})
    assert (play.learning_rate, play.seed, play.hidden) == (0.5, 3, [4])
    assert panels.first_look_panel(1, 2).seed == 2


# 2. The record ---------------------------------------------------------------------------


def assert_all_is_kept(old):
    """The record says of each answer and each exercise what it said when it was made."""
    recorded = json.loads(old.zip.read("record.json"))
    for table, ask in (("answers", record.answer), ("exercises", record.work)):
        for lesson, entries in recorded[table].items():
            for name, fields in entries.items():
                now = {field: getattr(ask(lesson, name), field) for field in fields}
                assert repr(now) == repr(fields)  # with the last mistake at the end
    for lesson, goals in recorded.get("best", {}).items():
        assert record.best(lesson) == {goal: goals[goal]["rows"] for goal in goals}


def test_the_record_says_what_it_said(old, copy):
    """Guards: answers, reviews, tries and solutions that get lost, also by the next one."""
    assert_all_is_kept(old)
    solved = [name for lesson in lessons.NAMES for name in record.solved(lesson)]
    assert sorted(solved) == sorted(old.solved.split())
    record.add_answer("bug_lab", "all white", "anything", right=False)
    record.add_try("bug_lab", "a new one", solved=False)
    record.close()
    assert record.open_in(copy) == ""
    assert record.answer("bug_lab", "all white").first == "anything"
    assert_all_is_kept(old)


@pytest.mark.usefixtures("copy")
def test_each_answer_is_to_a_question_that_is_still_asked(old):
    """Guards: a question or an option that gets other words, by which its answers are lost.

    A question that is dropped for good belongs to `gone`. What was missed is asked again.
    """
    questions = [q for name in lessons.NAMES for q in lessons.load_questions(name).all]
    answers = json.loads(old.zip.read("record.json"))["answers"]
    answered = {(lesson, name) for lesson in answers for name in answers[lesson]}
    assert answered - {question.key for question in questions} == old.gone
    assert [q.key for q in questions if q.first != q.recorded.first] == []
    boxes = Lesson(lessons.NAMES[-1], keeps_record=False).review().boxes
    assert old.missed <= {(box.question.lesson, box.question.name) for box in boxes}


@pytest.mark.usefixtures("copy", "answers_run_apart")
def test_each_solved_function_is_theirs_and_passes_its_check(old, capsys):
    """Guards: code of an old record that runs no more, or that a new check refuses."""
    names = old.solved.split()
    functions = Lesson("bug_lab", keeps_record=False).own(*names)
    told = capsys.readouterr().out
    assert told == "".join(f"{name}: yours\n" for name in names)
    for name, function in zip(names, functions):
        assert function.__code__.co_filename == f"<your {name}>"
