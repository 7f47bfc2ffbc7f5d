"""An exercise's file: what its cells become."""

import traceback

import pytest

from course import sealed
from course.checking import exercise_file
from tests.answers import DOUBLES

TEXT = (DOUBLES / "my_double.py").read_text(encoding="utf-8")
SOLUTION = "# %% solution\ndef f(x):\n    a = x\n    b = a\n    return b\n"


def read(folder, text, name="my_double.py"):
    (folder / name).write_text(text, encoding="utf-8")
    return exercise_file.read(folder / name)


def cells_of(*texts):
    """Of cells without their '# %%', below a solution of three lines."""
    text = "".join(f"# %% {text}" for text in texts)
    return exercise_file.split(SOLUTION + text)[1][1:]


def test_a_file_is_an_exercise(tmp_path):
    """Guards: its name, functions, cases and reasons, sealed too; that nothing else runs."""
    for text in (TEXT, sealed.seal(TEXT)):
        exercise = read(tmp_path, text)
        assert exercise_file.is_exercise(tmp_path / "my_double.py")
        assert exercise.name == "my_double" and exercise.right(4) == 8
        assert [mistake.wrong(5) for mistake in exercise.mistakes[:4]] == [5, 15, 25, 6]
        assert len(exercise.cases) == 4 and exercise.planted == ""
        assert "normal" in exercise.space and "fresh" not in exercise.space
        [solution] = [cell for cell in exercise.cells if cell.kind == "solution"]
        assert solution.code.endswith("return twice")
        assert solution.below == "A number and itself."
    (tmp_path / "cases.py").write_text("cases = []\n")
    assert not exercise_file.is_exercise(tmp_path / "cases.py")


def test_words_go_on_in_comments():
    """Guards: words that end with their first line, or go on in those of the next answer."""
    one, other = cells_of(
        "mistakes\n\n# too much,\n# by far\n\ndef f(x):\n    # why\n    return 9\n"
        "# too little\ndef f(x):\n    return 0  # so\n"
    )
    assert one.words == "too much, by far" and one.fix == ""
    assert one.code == "def f(x):\n    # why\n    return 9"
    assert other.words == "too little"
    assert other.code == "def f(x):\n    return 0  # so"


def test_lines_take_the_place_of_others():
    """Guards: the margin, a second place, several lines in one, none, and what is told:
    the lines with gaps, in their order."""
    [cell, other] = cells_of(
        "mistakes in: b = ____\n# so\nif a:\n    b = 1\n# in place of: ____ = x\n"
        "# and so\nb = 2\n# in place of: return b\nreturn"
    )
    assert cell.code == "def f(x):\n    if a:\n        b = 1\n    return b"
    assert (cell.fix, other.fix) == ("____ = x; b = ____", "b = ____")
    assert other.code == "def f(x):\n    a = x\n    b = 2\n    return"


def test_what_fixes_a_mistake_may_be_told():
    """Guards: another line for it, for one mistake or all in a cell; and none."""
    text = "mistakes in: b = a\n# fix: b____\n# so\nb = 1\n"
    text += "# and so\n# fix: ____c\nb = 2\n"
    cells = cells_of(text, text.replace("# fix: b____\n", ""))
    assert [cell.fix for cell in cells] == ["b____", "____c", "", "____c"]
    assert {cell.words for cell in cells} == {"so", "and so"}


WRONG = "# %% wrong in: return twice\n# a\nreturn 1\n"
SQUARE = "def my_double(x):\n    return x**2\n"
SLIPS = [
    ("# %% hint", "# %% hints", "there is no cell 'hints'; there are task, stub"),
    ("# %% hint", "#%%hint\n#  %% hint in: x", "there is no cell 'hint in: x'"),
    (SQUARE, "x = 1\n", "a cell 'mistakes' defines no my_double"),
    ("____ + x", "____ - x", "`twice = ____ - x`, quoted above answers, is 0 lines"),
    ("# fix: x + ____", "# fix: x + x", "`x [+] x` needs a gap, ____"),
    ("# %% stub\n", "# %% hint\n", "it has 0 cells 'stub', but needs one"),
    ("# it is the square: asked for is the double\n", "", "no words are above"),
    (SQUARE, SQUARE + SQUARE, "two answers are below 'it is the square"),
    ("# %% equal", f"{WRONG}return 3\n# %% equal", "two answers are below 'a'"),
]


@pytest.mark.parametrize(("old", "new", "said"), SLIPS)
def test_what_is_wrong_in_a_file_is_told(tmp_path, old, new, said):
    """Guards: a typing slip that drops a mistake in silence, while all tests pass."""
    assert old in TEXT
    with pytest.raises(ValueError, match=f"my_double.py: {said}"):
        read(tmp_path, TEXT.replace(old, new))


def test_a_traceback_shows_the_line_of_the_cell(tmp_path):
    """Guards: an author who looks for a fault in another line."""
    text = TEXT.replace("    return [(normal", "    1 / 0\n    return [(normal")
    with pytest.raises(ZeroDivisionError) as caught:
        read(tmp_path, text).fresh(None)
    last = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert last.line == "1 / 0" and "my_double.py, its cases" in last.filename
