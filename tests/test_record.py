"""The record: what is kept, where, and what no file can do to a lesson."""

import json
import os

import numpy as np
import pytest

from course import record
from course.record import Answer, Work


@pytest.fixture(autouse=True)
def nothing_done():
    record.close()
    yield
    record.close()


@pytest.fixture
def copy(tmp_path):
    """A learner's copy."""
    (tmp_path / record.MARK).mkdir()
    return tmp_path


@pytest.fixture
def _numbered_times(monkeypatch):
    """It is 1, 2, 3 and so on, in place of the time."""
    times = iter("123456789")
    monkeypatch.setattr(record, "_now", lambda: next(times))


def restart(folder):
    """What a new kernel does."""
    record.close()
    return record.open_in(folder)


def are_right(names, lesson="forward"):
    """Whether each of these questions has a right answer."""
    return all(record.answer(lesson, name).solved for name in names)


# 1. What is kept -----------------------------------------------------------------------


@pytest.mark.usefixtures("_numbered_times")
def test_answers_and_reviews_are_kept_in_their_places():
    """Guards: a first answer that is overwritten or was none, a success taken away."""
    record.add_review("forward", "a", right=True)
    assert record.answer("forward", "a") == Answer(reviewed="1", streak=1)
    record.add_answer("forward", "a", "B", right=False)
    assert record.answer("forward", "a") == Answer("B", False, False, "B", "2", "1", 1)
    record.add_answer("forward", "a", "C", right=True)
    record.add_answer("forward", "a", "A", right=False)
    record.add_review("forward", "a", right=True)
    assert record.answer("forward", "a") == Answer("B", False, True, "A", "4", "5", 2)
    record.add_review("forward", "a", right=False)
    assert record.answer("forward", "a").streak == 0
    record.add_answer("forward", "b", "0.4", right=True)
    assert record.answer("forward", "b") == Answer("0.4", True, True, "0.4", "7")
    assert record.answer("backprop", "a") == Answer()  # of another lesson


@pytest.mark.usefixtures("_numbered_times")
def test_a_guess_is_right_or_wrong_once_its_run_has_told(copy):
    """Guards: a second guess that counts; a verdict before the run, or none after it; and
    an answer that was given before there were guesses, in a record without their field."""
    record.open_in(copy)
    record.add_guess("forward", "a", "B")
    record.add_guess("forward", "a", "C")
    noted = Answer("B", last="B", when="1", stage=record.NOTED)
    assert record.answer("forward", "a") == noted
    record.add_reveal("forward", "a", right=np.True_)  # as a run's numbers compare
    record.add_answer("forward", "old", "0", right=False)
    for _ in range(2):
        told = Answer("B", True, True, "B", "1", stage=record.REVEALED)
        assert record.answer("forward", "a") == told
        assert record.answer("forward", "old") == Answer("0", last="0", when="4")
        record.close()
        path = copy / record.FILE
        path.write_text(path.read_text().replace(',\n    "stage": ""', ""))
        assert path.read_text().count('"stage"') == 1
        assert record.open_in(copy) == ""


@pytest.mark.usefixtures("_numbered_times")
def test_tries_are_counted_and_the_last_mistake_stands_last(copy):
    """Guards: a success taken away, the code of a wrong or an older try, the last slip
    before it was solved; tries of an older record, which counted each check of a solved exercise.

    They are there again after a restart; it is told once where they are kept.
    """
    assert "on this computer only" in record.open_in(copy)
    for solved, mistake, code in [
        (False, "sign", "no"),
        (False, "half", "no"),
        (False, "sign", "no"),
        (True, "", "old"),
        (True, "", "Δ new"),
        (False, "later", "no"),
    ]:
        record.add_try("forward", "my_loss", solved, mistake, code)
    for _ in range(2):
        work = record.work("forward", "my_loss")
        assert (
            work == Work("4", 5, {"half": 1, "sign": 2}, "Δ new") and work.failed == 4
        )
        assert [*work.mistakes] == ["half", "sign"]
        assert (record.solved("forward"), record.solved("xor")) == ({"my_loss"}, set())
        text = (copy / record.FILE).read_text(encoding="utf-8")
        older = text.replace('"tries": 5', '"tries": 6, "failed": 4')
        (copy / record.FILE).write_text(older, encoding="utf-8")
        assert restart(copy) == ""


def row(weights, loss, line="Playground()"):
    about = {"hidden": "4", "inputs": "x0, x1", "steps": 5, "seed": 0, "line": line}
    return {"weights": weights, "loss": loss, **about}


def sizes():
    """The weights and the loss of each of the best."""
    rows = record.best("forward")["few"]
    return [(row["weights"], row["loss"]) for row in rows]


def test_the_best_of_each_size_stays_the_fewest_weights_first(copy):
    """Guards: a worse one in the place of a better, the same twice, a sixth row; and a
    record from before there were goals, which counts as damaged."""
    record.open_in(copy)
    record.add_answer("forward", "a", "B", right=True)
    path = copy / record.FILE
    older = json.loads(path.read_text())
    assert older.pop("best") == {}
    path.write_text(json.dumps(older))
    assert restart(copy) == "" and are_right("a") and record.best("forward") == {}
    for weights, loss in [(20, 0.04), (15, 0.03), (20, 0.03), (15, 0.04), (20, 0.03)]:
        record.add_best("forward", "few", row(weights, loss))
    assert sizes() == [(15, 0.03), (20, 0.03)]
    record.add_best("forward", "few", row(15, 0.03, "again"))  # by another line
    assert record.best("forward")["few"][0]["line"] == "again"
    for weights in (18, 40, 30, 60, 12):
        record.add_best("forward", "few", row(weights, 0.01, "Δ"))
    best = [(12, 0.01), (15, 0.03), (18, 0.01), (20, 0.03), (30, 0.01)]
    for _ in range(2):
        assert sizes() == best and record.best("backprop") == {}
        assert record.best("forward")["few"][0]["line"] == "Δ"
        assert restart(copy) == ""
    record.forget()
    assert record.best("forward") == {}


# 2. Where ------------------------------------------------------------------------------


def test_nothing_is_written_outside_of_a_learners_copy(tmp_path):
    """Guards: nbval and `save` that write a record into notebooks/."""
    assert record.open_in(tmp_path) == ""
    record.add_answer("forward", "a", "B", right=True)
    assert list(tmp_path.iterdir()) == []


def test_two_notebooks_keep_each_others_answers(copy):
    """Guards: a kernel that writes what it read an hour ago over what another wrote."""
    record.open_in(copy)
    record.add_answer("forward", "a", "B", right=True)
    other = json.loads((copy / record.FILE).read_text())
    other["answers"]["backprop"] = {"b": other["answers"]["forward"]["a"]}
    other["best"]["forward"] = {"few": {"rows": [row(20, 0.04)]}}
    (copy / record.FILE).write_text(json.dumps(other))
    record.add_answer("forward", "c", "C", right=True)
    record.add_best("forward", "few", row(15, 0.03))
    restart(copy)
    assert are_right("ac") and are_right("b", "backprop")
    assert sizes() == [(15, 0.03), (20, 0.04)]


def test_forgetting_removes_the_file_and_goes_on(copy):
    """Guards: one call that forgets all, after which answers are kept again."""
    record.open_in(copy)
    record.add_answer("forward", "a", "B", right=True)
    record.forget()
    assert not (copy / record.FILE).exists()
    assert record.answer("forward", "a") == Answer()
    record.add_answer("forward", "b", "B", right=True)
    restart(copy)
    assert are_right("b")


# 3. What can go wrong ------------------------------------------------------------------

GOOD = {"first": "B", "first_right": True, "solved": True, "last": "B", "when": ""}


def tables(answers, works, best=None):
    """The text of a file with these entries for one lesson."""
    found = {"answers": answers, "exercises": works, "best": best or {}}
    lessons = {table: {"forward": entries} for table, entries in found.items()}
    return json.dumps({"form": record.FORM, **lessons})


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "null", '{"form": "another course"}', "[" * 100_000),
        *('{"form": "course record 1"}', '{"form": "course record 1", "answers": 1}'),
        *(tables(odd, {}) for odd in ([], None, {"a": None}, {"a": "B"})),
        *(
            tables({"a": {**GOOD, **odd}}, {})
            for odd in ({"first": 1}, {"solved": "yes"}, {"streak": 1.5}, {"x": 1})
        ),
        *(tables({}, {"a": {"mistakes": odd}}) for odd in ([], {"sign": "often"})),
        *(
            tables({}, {}, {"few": {"rows": odd}})
            for odd in ({}, [None], [{}], [row("20", 0.04)], [row(20, 0.04, None)])
        ),
        "\udcff",  # no UTF-8
    ],
)
def test_a_damaged_file_is_set_aside_with_a_word(copy, text):
    """Guards: a file that stops a lesson, or that is overwritten, also one aside."""
    (copy / "record.damaged.json").write_text("before")
    content = text.encode(errors="surrogateescape")
    (copy / record.FILE).write_bytes(content)
    assert "record.damaged1.json" in record.open_in(copy)
    assert (copy / "record.damaged.json").read_text() == "before"
    assert (copy / "record.damaged1.json").read_bytes() == content
    record.add_answer("forward", "a", "B", right=True)
    restart(copy)
    assert are_right("a")


def test_what_can_not_be_written_is_told_and_written_later(copy, monkeypatch):
    """Guards a full disk, and a file that is damaged while a notebook runs."""
    record.open_in(copy)
    record.add_answer("forward", "a", "A", right=True)

    def full(*paths):
        raise OSError("no room")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full)
        record.add_answer("forward", "b", "B", right=True)
    assert record.KEEPER.trouble == "Your answers can't be kept in record.json: no room"
    assert are_right("ab")
    assert [path.name for path in copy.glob("record*")] == [record.FILE]
    (copy / record.FILE).write_text("{")
    record.add_answer("forward", "c", "C", right=True)
    assert "now record.damaged.json" in record.KEEPER.trouble
    record.add_answer("forward", "d", "D", right=True)
    assert record.KEEPER.trouble == ""
    restart(copy)
    assert are_right("abcd")


def test_a_file_that_can_not_be_read_leaves_the_record_in_memory(copy):
    """Guards: a folder in the place of the file, as an example of what a system does."""
    (copy / record.FILE).mkdir()
    assert "can't be kept" in record.open_in(copy)
    record.add_answer("forward", "a", "A", right=True)
    assert are_right("a")
