"""The chapter of a lesson, as the speaker notes read it."""

from course.tools import plan

SAMPLE = """**Aim.** None.

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


def test_a_chapter_is_read(tmp_path, monkeypatch):
    """Guards: other minutes, words or questions in the notes of a slide; a traceback."""
    monkeypatch.setattr(plan, "FOLDER", tmp_path)
    plan.path_of("activations").parent.mkdir()
    plan.path_of("activations").write_text(SAMPLE, encoding="utf-8")
    chapter = plan.read("activations")
    one, many = "Lesson 1 of 2: One unit", "Lesson 2 of 2: Many"
    words = "draw a unit. Then: let the class compute."
    assert chapter.steps == [
        (one, 10, ["What a unit does", "The original notebook's `relu`"], words),
        (one, 5, ["One unit by hand"], "pencils."),
        (many, 7, ["Recap"], "read it."),
    ]
    assert chapter.lessons == [one, many]
    assert chapter.home == ["Units that die", "Quiz"]
    said = "Right: '0.4'. Expect '0'. Say: read on."
    assert chapter.questions == {"minus two": said}
    assert plan.read("initialization") == ([], [], {})  # as in a hand-out
