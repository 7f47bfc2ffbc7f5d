"""docs/plan.md as the speaker notes read it."""

from course.tools import plan

SAMPLE = """# Teaching

- 5 min, *Not in a chapter*: nothing.

## 1. Activations

**Aim.** None.

### Lesson 1 of 2: One unit
- 10 min, *What a unit does*, *The original notebook's `relu`*: draw a unit. Then:
  let the class compute.
- 5 min, *One unit by hand*: pencils.

### Lesson 2 of 2: Many

- 7 min, *Recap*: read it.
- At home: *Units that die*,
  *Quiz*.

### What to ask

- **'minus two': what does this `relu` make of -2?** Right: '0.4'. Expect '0'. Say:
  read on.
- A bullet of another kind.

## 2. Initialization

- 3 min, *Seeds*: none.
"""


def test_steps_have_minutes_titles_and_words():
    """Guards: the notes of a slide tell the teacher how long, and what to do."""
    first, second, last = plan.read(SAMPLE)[1].steps
    assert first == (
        "Lesson 1 of 2: One unit",
        10,
        ["What a unit does", "The original notebook's `relu`"],
        "draw a unit. Then: let the class compute.",
    )
    assert (second.minutes, second.titles) == (5, ["One unit by hand"])
    assert (last.lesson, last.minutes) == ("Lesson 2 of 2: Many", 7)


def test_what_is_at_home_is_told():
    """Guards: a teacher passes by a slide that no lesson has time for."""
    chapters = plan.read(SAMPLE)
    assert chapters[1].home == ["Units that die", "Quiz"] and chapters[2].home == []


def test_questions_are_found_by_name():
    """Guards: what to expect stands with its question, and with no other."""
    words = "Right: '0.4'. Expect '0'. Say: read on."
    assert plan.read(SAMPLE)[1].questions == {"minus two": words}


def test_chapters_are_kept_apart():
    """Guards: a notebook's notes hold nothing of another notebook."""
    chapters = plan.read(SAMPLE)
    assert list(chapters) == [1, 2]
    assert [step.titles for step in chapters[2].steps] == [["Seeds"]]
