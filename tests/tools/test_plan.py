"""The chapter of a lesson, as the speaker notes read it."""

import pytest

from course.tools import plan

SAMPLE = """# 1. Activations

**Aim.** None.

## Lesson 1 of 2: One unit
- 10 min, *What a unit does*, *The original notebook's `relu`*: draw a unit. Then:
  let the class compute.
- 5 min, *One unit by hand*: pencils.

## Lesson 2 of 2: Many

- 7 min, *Recap*: read it.
- At home: *Units that die*,
  *Quiz*.

## What to ask

- **'minus two': what does this `relu` make of -2?** Right: '0.4'. Expect '0'. Say:
  read on.
- A bullet of another kind.
"""


@pytest.fixture
def chapter(tmp_path, monkeypatch):
    monkeypatch.setattr(plan, "FOLDER", tmp_path)
    plan.path_of("activations").parent.mkdir()
    plan.path_of("activations").write_text(SAMPLE, encoding="utf-8")
    return plan.read("activations")


def test_steps_have_minutes_titles_and_words(chapter):
    """Guards: the notes of a slide tell the teacher how long, and what to do."""
    first, second, last = chapter.steps
    assert first == (
        "Lesson 1 of 2: One unit",
        10,
        ["What a unit does", "The original notebook's `relu`"],
        "draw a unit. Then: let the class compute.",
    )
    assert (second.minutes, second.titles) == (5, ["One unit by hand"])
    assert (last.lesson, last.minutes) == ("Lesson 2 of 2: Many", 7)
    assert chapter.lessons == [first.lesson, last.lesson]


def test_what_is_at_home_is_told(chapter):
    """Guards: a teacher passes by a slide that no lesson has time for."""
    assert chapter.home == ["Units that die", "Quiz"]


def test_questions_are_found_by_name(chapter):
    """Guards: what to expect stands with its question, and with no other."""
    words = "Right: '0.4'. Expect '0'. Say: read on."
    assert chapter.questions == {"minus two": words}


def test_a_lesson_without_a_chapter_has_no_words(chapter):
    """Guards: a traceback where a hand-out makes slides; words of another lesson."""
    assert plan.read("initialization") == ([], [], {})
