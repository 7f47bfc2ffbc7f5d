"""What a published site prints, beside what is stored; and its wheel of the course."""

import zipfile

import nbformat
import pytest

from course.tools import lite
from course.tools.lite import look

new = nbformat.v4


def cell(name, *outputs, tags=()):
    metadata = {"tags": list(tags)}
    return new.new_code_cell("pass", id=name, outputs=list(outputs), metadata=metadata)


def stream(text):
    return new.new_output("stream", text=text)


def result(text, **data):
    return new.new_output("execute_result", {"text/plain": text, **data})


ERROR = new.new_output("error", ename="NameError", evalue="x", traceback=[])


def test_the_same_text_is_no_difference():
    """Guards: pictures, widgets, and how the text was cut tell nothing."""
    stored = [cell("a", stream("one\ntwo\n"), result("2", **{"image/png": "here"}))]
    there = [cell("a", stream("one\n"), stream("two\n"), result("2"))]
    assert look.differences(stored, there) == []


@pytest.mark.parametrize(
    ("there", "told"),
    [
        ([cell("a", stream("one\n2\n"))], ["a: 'two' is '2' there"]),
        ([cell("a", stream("one\n"))], ["a: 'two' is '' there"]),
        ([cell("a", stream("one\ntwo\n"), result("3"))], ["a: '' is '3' there"]),
        ([cell("b")], ["a: it isn't there"]),
        ([cell("a", ERROR)], ["a: it stopped: NameError: x"]),
    ],
)
def test_each_difference_is_told(there, told):
    """Guards: other, missing and further text, missing cells, and errors."""
    assert look.differences([cell("a", stream("one\ntwo\n"))], there) == told


def test_nothing_is_told_after_an_error():
    """Guards: cells that did not run are not listed one by one."""
    stored = [cell("a"), cell("b", stream("one\n"))]
    assert len(look.differences(stored, [cell("a", ERROR), cell("b")])) == 1


def test_what_need_not_be_the_same_is_passed_over():
    """Guards: nbval's tags, texts and solutions; an error is told all the same."""
    stored = [
        cell("a", stream("one\n"), tags=["nbval-ignore-output"]),
        new.new_markdown_cell("text", id="b"),
        cell("c", stream("one\n"), tags=["solution"]),
    ]
    assert look.differences(stored, [cell("a", stream("two\n"))]) == []
    assert len(look.differences(stored, [cell("a", ERROR)])) == 1


def test_the_notice_of_a_first_visit_is_passed_over():
    """Guards: the line about the record, which no stored output has."""
    assert look.printed([stream(f"{look.NOTICE}one\n")]) == ["one"]


def test_the_wheel_has_the_course_and_no_command(tmp_path):
    """Guards: what the kernel imports; each course is a version of its own."""
    files = {
        "course/__init__.py": b"",
        "course/tools/start.py": b"",
        "mlp_core.py": b"",
    }
    first = lite.pack(files, tmp_path)
    with zipfile.ZipFile(first) as wheel:
        names = wheel.namelist()
    assert [name for name in names if "dist-info" not in name] == ["course/__init__.py"]
    again = lite.pack({**files, "course/__init__.py": b"pass"}, tmp_path)
    assert again.name != first.name
