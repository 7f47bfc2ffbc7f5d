"""What kind a cell is: for the book, slides, demos, minutes and the glossary."""

import pytest
from nbformat import v4

from course.tools import cells


@pytest.mark.parametrize(
    "code, kind",
    [
        ("lesson.predict('by hand')\n", "predict"),
        ("lesson.quiz(\n)", "quiz"),
        ("lesson.check(f)\nprint(f(1))", "code"),
        ("step = lesson.own('my_step')", "code"),
        ("# A comment.\nshown = panels.slice_panel()", "panel"),
        ("from course.panels import slice_panel\n\nslice_panel(seed=1)", "panel"),
        ("panels.nothing(), panels.panel.checks.x()", "code"),
        ("from course.lessons.bug_lab import bugs\n\nbugs.show()", "code"),
        ("from course.fast import sweep\n\nsweep(), my_panel(2)", "code"),
        ('import sys; sys.path.insert(0, "..")', "imports"),
        ("%time lesson.quiz()", "code"),
    ],
)
def test_a_cell_is_of_the_kind_that_its_code_tells(code, kind):
    """Guards: a panel that no demo shows, a question that a book answers."""
    assert cells.kind_of(v4.new_code_cell(code)) == kind


def test_a_tag_tells_more_and_headings_stand_outside_of_code():
    """Guards: minutes for a stub; a comment taken for a heading."""
    stub = v4.new_code_cell("panels.f()", metadata={"tags": ["nbval-skip", "stub"]})
    assert cells.kind_of(stub) == "stub"
    assert cells.kind_of(v4.new_markdown_cell("lesson.quiz()")) == "text"
    text = v4.new_markdown_cell("# A  \n```\n# no\n```\n#no\n### B: `c`")
    assert cells.headings(text) == ["A", "B: `c`"]
    assert cells.headings(v4.new_code_cell("# no")) == []
