"""``python -m course progress``: the whole course, and forgetting it."""

import re

import pytest

from course import lessons, record
from course.__main__ import main
from course.lessons import Lesson


@pytest.fixture(autouse=True)
def copy(tmp_path):
    """A learner's copy with a few answers."""
    record.close()
    (tmp_path / record.MARK).mkdir()
    question = next(iter(Lesson("forward").questions.predictions.values()))
    record.open_in(tmp_path)
    question.submit("3.14")
    question.reveal_kept(1.5)  # what its run tells
    record.add_try("forward", "my_forward", solved=False, mistake="no bias")
    record.add_try("forward", "my_forward", solved=True)
    record.close()
    yield tmp_path
    record.close()


def test_it_counts_what_was_done_in_each_lesson(copy, capsys):
    """Guards: a lesson that is left out, or another one's numbers."""
    assert main(["progress", "--folder", str(copy)]) == 0
    shown = capsys.readouterr().out
    head, first, *rows = shown.split("\n\n")[0].splitlines()
    for number, (name, row) in enumerate(zip(lessons.NAMES[1:], rows, strict=True), 1):
        done = int(name == "forward")
        counts = rf" +{done} of [1-9]\d* +{done} of [1-9]\d* +0 of [1-9]\d*"
        assert re.fullmatch(f"{number} {name}{counts}", row)
        assert len(row) == len(head)
    # It has no exercises; each number in its column.
    assert re.fullmatch(r"0 first_look +0 of [1-9] {20,}0 of [1-9]\d*", first)
    assert len(first) == len(head)
    assert "  my_forward, 2 tries, last mistake: no bias" in shown
    assert "your first answer was: 3.14" in shown


def test_a_damaged_record_is_told_and_forgetting_removes_it(copy, tmp_path, capsys):
    """Guards: a traceback in the terminal, a call that forgets it, a folder misspelt."""
    assert main(["progress", "--folder", str(copy), "--forget"]) == 0
    assert not (copy / record.FILE).exists()
    assert "erased" in capsys.readouterr().out
    (copy / record.FILE).write_text("{")
    assert main(["progress", "--folder", str(copy)]) == 0
    assert "record.damaged.json" in capsys.readouterr().out
    assert main(["progress", "--folder", str(tmp_path / "other")]) == 1
    assert "isn't a learner's copy" in capsys.readouterr().err
