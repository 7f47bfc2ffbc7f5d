"""The record: what is kept, where, and what no file can do to a lesson."""

import json
import os
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def restart(folder):
    """What a new kernel does."""
    record.close()
    return record.open_in(folder)


def answer(lesson, name):
    """An answer without its times."""
    kept = record.answer(lesson, name)
    return kept.first, kept.first_right, kept.solved, kept.last


# 1. What is kept -----------------------------------------------------------------------


def test_the_first_answer_stays_and_a_right_one_counts_for_good():
    """Guards: a later answer that overwrites the first, or takes a success away."""
    assert record.answer("forward", "a") == Answer()
    record.add_answer("forward", "a", "B", right=False)
    assert answer("forward", "a") == ("B", False, False, "B")
    record.add_answer("forward", "a", "C", right=True)
    record.add_answer("forward", "a", "A", right=False)
    assert answer("forward", "a") == ("B", False, True, "A")
    record.add_answer("forward", "b", "0.4", right=True)
    assert answer("forward", "b") == ("0.4", True, True, "0.4")


def test_lessons_are_kept_apart():
    """Guards: an answer, or an exercise, that counts in another lesson."""
    record.add_answer("forward", "a", "B", right=True)
    record.add_try("forward", "my_loss", solved=True)
    assert record.answer("backprop", "a") == Answer()
    assert (record.solved("forward"), record.solved("backprop")) == ({"my_loss"}, set())


def test_tries_and_mistakes_are_counted_and_solved_stays_solved():
    """Guards: a success that a later try takes away; a mistake counted once only."""
    for solved, mistake in [(False, "sign"), (True, ""), (False, "sign")]:
        record.add_try("forward", "my_loss", solved, mistake)
    work = record.work("forward", "my_loss")
    assert (work.tries, work.mistakes, bool(work.solved)) == (3, {"sign": 2}, True)


def test_the_last_mistake_stands_last(copy):
    """Guards: 'the last slip', which is the first one made again, also after a restart."""
    record.open_in(copy)
    for mistake in ("sign", "half", "", "sign"):
        record.add_try("forward", "my_loss", solved=False, mistake=mistake)
    for _ in range(2):
        kept = record.work("forward", "my_loss").mistakes
        assert list(kept.items()) == [("half", 1), ("sign", 2)]
        restart(copy)


def test_a_review_leaves_the_first_answer_alone():
    """Guards: a question that is asked again, counted as answered in its notebook."""
    record.add_review("forward", "a", right=True)
    assert answer("forward", "a") == ("", False, False, "")
    record.add_answer("forward", "a", "B", right=False)
    record.add_review("forward", "a", right=True)
    assert answer("forward", "a") == ("B", False, False, "B")
    assert record.answer("forward", "a").streak == 2
    record.add_review("forward", "a", right=False)
    assert record.answer("forward", "a").streak == 0


def test_each_time_and_code_is_kept_in_its_place(monkeypatch):
    """Guards: a review taken for the answer, and the code of a wrong or an older try."""
    times = iter("1234567")
    monkeypatch.setattr(record, "_now", lambda: next(times))
    record.add_answer("forward", "a", "B", right=False)
    record.add_answer("forward", "a", "C", right=True)
    record.add_review("forward", "a", right=True)
    kept = record.answer("forward", "a")
    assert (kept.when, kept.reviewed) == ("1", "3")
    for solved, code in [(False, "no"), (True, "old"), (True, "new"), (False, "no")]:
        record.add_try("forward", "my_loss", solved, code=code)
    work = record.work("forward", "my_loss")
    assert (work.solved, work.code, work.tries) == ("5", "new", 4)


# 2. Where ------------------------------------------------------------------------------


def test_nothing_is_written_outside_of_a_learners_copy(tmp_path):
    """Guards: nbval and `save` that write a record into notebooks/."""
    assert record.open_in(tmp_path) == ""
    record.add_answer("forward", "a", "B", right=True)
    assert list(tmp_path.iterdir()) == []


def test_it_is_there_again_after_a_restart(copy):
    """Guards: progress that is lost; it is told once where it is kept."""
    assert "on this computer only" in record.open_in(copy)
    record.add_answer("forward", "a", "häßlich", right=False)
    record.add_try("forward", "my_loss", solved=True, mistake="sign")
    kept = record.answer("forward", "a"), record.work("forward", "my_loss")
    assert restart(copy) == ""
    assert kept == (record.answer("forward", "a"), record.work("forward", "my_loss"))
    assert record.solved("forward") == {"my_loss"}


def test_two_notebooks_keep_each_others_answers(copy):
    """Guards: a kernel that writes what it read an hour ago over what another wrote."""
    record.open_in(copy)
    record.add_answer("forward", "a", "B", right=True)
    other = json.loads((copy / record.FILE).read_text())
    other["answers"]["backprop"] = {"b": other["answers"]["forward"]["a"]}
    (copy / record.FILE).write_text(json.dumps(other))
    record.add_answer("forward", "c", "C", right=True)
    restart(copy)
    for lesson, name in [("forward", "a"), ("backprop", "b"), ("forward", "c")]:
        assert record.answer(lesson, name).solved, name


def test_forgetting_removes_the_file_and_goes_on(copy):
    """Guards: one call that forgets all, after which answers are kept again."""
    record.open_in(copy)
    record.add_answer("forward", "a", "B", right=True)
    record.forget()
    assert not (copy / record.FILE).exists()
    assert record.answer("forward", "a") == Answer()
    record.add_answer("forward", "b", "B", right=True)
    restart(copy)
    assert record.answer("forward", "b").solved


# 3. What can go wrong ------------------------------------------------------------------

GOOD = {"first": "B", "first_right": True, "solved": True, "last": "B", "when": ""}


def tables(answers, works):
    """The text of a file with these entries for one lesson."""
    lessons = {"answers": {"forward": answers}, "exercises": {"forward": works}}
    return json.dumps({"form": record.FORM, **lessons})


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "null", '{"form": "another course"}', "[" * 100_000),
        '{"form": "course record 1"}',
        '{"form": "course record 1", "answers": 1}',
        tables([], {}),
        *(
            tables({"a": {**GOOD, **odd}}, {})
            for odd in ({"first": 1}, {"solved": "yes"}, {"streak": 1.5}, {"x": 1})
        ),
        tables({}, {"a": {"mistakes": {"sign": "often"}}}),
    ],
)
def test_a_damaged_file_is_set_aside_with_a_word(copy, text):
    """Guards: a file that stops a lesson, or that is overwritten."""
    (copy / record.FILE).write_text(text)
    said = record.open_in(copy)
    assert "record.damaged.json" in said
    assert (copy / "record.damaged.json").read_text() == text
    record.add_answer("forward", "a", "B", right=True)
    restart(copy)
    assert record.answer("forward", "a").solved


def test_a_file_damaged_while_a_notebook_runs_is_written_anew(copy):
    """Guards: the words of a JSON parser, and answers that are kept no longer."""
    record.open_in(copy)
    record.add_answer("forward", "a", "A", right=True)
    (copy / record.FILE).write_text("{")
    record.add_answer("forward", "b", "B", right=True)
    assert "record.damaged.json now" in record.KEEPER.trouble
    record.add_answer("forward", "c", "C", right=True)
    assert record.KEEPER.trouble == ""
    restart(copy)
    for name in "abc":
        assert record.answer("forward", name).solved, name


def test_a_second_damaged_file_does_not_replace_the_first(copy):
    """Guards: the one that was set aside before."""
    for text in ("one", "two"):
        (copy / record.FILE).write_text(text)
        restart(copy)
    texts = {path.read_text() for path in copy.glob("record.damaged*.json")}
    assert texts == {"one", "two"}


@given(
    st.binary(max_size=60)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=3),
        lambda inner: st.dictionaries(
            st.sampled_from(["form", "answers", "exercises", "forward", "a", "first"]),
            inner,
        ),
    ).map(
        lambda lessons: json.dumps(
            {"form": record.FORM, **lessons} if isinstance(lessons, dict) else lessons
        ).encode()
    )
)
def test_no_file_stops_a_lesson(tmp_path_factory, content):
    """Guards: any file at all under that name."""
    folder = tmp_path_factory.mktemp("copy")
    (folder / record.MARK).mkdir()
    (folder / record.FILE).write_bytes(content)
    record.close()
    record.open_in(folder)
    record.add_answer("forward", "new", "B", right=True)
    restart(folder)
    assert record.answer("forward", "new").solved


def test_what_can_not_be_written_is_told_and_written_later(copy, monkeypatch):
    """Guards: a full disk: the answer counts, it is told, nothing of the file is lost."""
    record.open_in(copy)
    record.add_answer("forward", "a", "A", right=True)

    def full(*paths):
        raise OSError("no room")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full)
        record.add_answer("forward", "b", "B", right=True)
    assert record.KEEPER.trouble == "Your answers can't be kept in record.json: no room"
    assert record.answer("forward", "b").solved
    assert [path.name for path in copy.glob("record*")] == [record.FILE]
    record.add_answer("forward", "c", "C", right=True)
    assert record.KEEPER.trouble == ""
    restart(copy)
    for name in "abc":
        assert record.answer("forward", name).solved, name


def test_a_file_that_can_not_be_read_leaves_the_record_in_memory(copy):
    """Guards: a folder in the place of the file, as an example of what a system does."""
    (copy / record.FILE).mkdir()
    assert "can't be kept" in record.open_in(copy)
    record.add_answer("forward", "a", "A", right=True)
    assert record.answer("forward", "a").solved


def test_the_file_is_whole_at_every_moment(copy, monkeypatch):
    """Guards: a kernel that is killed while it writes."""
    record.open_in(copy)
    replace, sizes = os.replace, random.Random(0)

    def watched(beside, path):
        json.loads(Path(beside).read_text())
        if path.exists():
            json.loads(path.read_text())
        replace(beside, path)

    monkeypatch.setattr(os, "replace", watched)
    for number in range(20):
        text = "x" * sizes.randrange(2000)
        record.add_answer("forward", str(number), text, right=True)
    restart(copy)
    assert all(record.answer("forward", str(number)).solved for number in range(20))


def test_a_work_without_fields_is_an_empty_one(copy):
    """Guards: a record of an older course, which kept less."""
    (copy / record.FILE).write_text(tables({}, {"a": {}}))
    record.open_in(copy)
    assert record.work("forward", "a") == Work()
