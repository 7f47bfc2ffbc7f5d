"""Questions that are read from a text, and nothing answered yet."""

import pytest

from course import host, questions, record
from course.questions import box
from tests.questions.texts import CHOICE, NUMBER, ORDER


@pytest.fixture(autouse=True)
def nothing_answered(monkeypatch):
    """Nor has a run, and there is no notebook, whatever another test has left."""
    record.close()
    monkeypatch.setattr(box, "RUNS", {})
    monkeypatch.setattr(host, "get_ipython", lambda: None)


@pytest.fixture
def read(tmp_path):
    """Reads questions from a text."""

    def read(text):
        (tmp_path / "test.toml").write_text(text, encoding="utf-8")
        return questions.load(tmp_path / "test.toml", "test")

    return read


@pytest.fixture
def choice(read):
    return read(CHOICE).predictions["minus two"]


@pytest.fixture
def number(read):
    return read(NUMBER).predictions["slope"]


@pytest.fixture
def order(read):
    return read(ORDER).predictions["in order"]
