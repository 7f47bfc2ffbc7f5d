"""What the notebook calls right, the mark calls right."""

import io
import re
from contextlib import redirect_stdout

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from course import checking, lessons
from course.tools import notebooks
from course.tools.grading import excerpt, judge
from tests import tables
from tests.answers import EXERCISES, SOLUTIONS, STUBS

WAYS = tables.beside(__file__, "ways.toml")
HOMES = {
    name: lesson for lesson in lessons.NAMES for name in lessons.load_exercises(lesson)
}
# Names that cells of the course bind, above an exercise or below it.
TAKEN = "error", "square", "loss_slope", "backprop", "step", "forward", "f", "X", "Y"
IMPORTS = "import numpy as np\nimport mlp_core as mlp\nfrom itertools import pairwise"
QUIET = Config({"HistoryManager": {"enabled": False}})


def in_a_notebook(cells, name):
    """What a check in a notebook says of a function, where these cells have run."""
    shell = InteractiveShell(config=QUIET)
    shell.system = print  # for `!`: no process in a process with threads
    with redirect_stdout(io.StringIO()):
        for cell in [IMPORTS, *cells]:
            shell.run_cell(cell)
        return checking.check(EXERCISES, shell.user_ns[name], seed=1)


def handed_in(name, cells, below):
    """The code cells of its notebook with others in the place of the stub, and at the end."""
    notebook, texts = notebooks.read(lessons.NOTEBOOKS[HOMES[name]]), []
    for cell in (c for c in notebook.cells if c.cell_type == "code"):
        is_stub = "stub" in notebooks.tags(cell) and f"def {name}(" in cell.source
        texts += cells if is_stub else [cell.source]
    return [*texts, *below]


def marked(name, texts):
    return judge._judged(EXERCISES[name], texts, ours(name), seed=1)


def ours(name):
    return judge._texts(lessons.NOTEBOOKS[HOMES[name]].stem)


def with_helper(way, helper, name):
    """Cells with a right answer that needs a helper."""
    first = f":\n    assert {helper}(3) == 3\n"
    solution = SOLUTIONS[name].replace(":\n", first, 1)
    return [cell.replace("NAME", helper) for cell in WAYS[way]], solution


@pytest.mark.parametrize(("number", "way"), [*enumerate(WAYS)], ids=WAYS)
def test_what_the_notebook_calls_right_the_mark_calls_right(number, way):
    """Guards: a helper that stays behind; names that our own cells bind, too; what stands
    below the check."""
    name = sorted(EXERCISES)[number % len(EXERCISES)]
    for helper in (*TAKEN[number % len(TAKEN) :], "helper"):
        helpers, solution = with_helper(way, helper, name)
        cells = [*helpers, solution]
        if number % 2 and not re.search("(?m)^%%|half[(]", "\n".join(helpers)):
            cells = ["\n".join(cells)]
        if in_a_notebook(cells, name).solved:
            break
    again, scratch = f"def {name}(*args):\n    return {helper}", f"{helper} = None"
    more = [STUBS[name], scratch, again, "while True: pass", again]
    below = [more[(number + i) % len(more)] for i in range(number % 4)]
    row = marked(name, handed_in(name, cells, below))
    assert row["solved"], row
    if again in below:
        assert f"it is defined {1 + below.count(again)} times" in row["look_at"]


def test_our_cells_take_no_name_of_a_learners():
    """Guards: a helper called `errors`, of which a cell of ours below it makes an array."""
    helpers, solution = with_helper("a function", "errors", "my_loss")
    texts = handed_in("my_loss", [solution], [])
    assert any(text in ours("my_loss") and "errors = " in text for text in texts)
    row = marked("my_loss", [*helpers, *texts])
    assert row["solved"], row


def test_an_own_function_is_brought_as_in_the_notebook():
    """Guards: `lesson.own`, which the notebooks teach, in an answer."""
    texts = handed_in("my_slope", [SOLUTIONS["my_slope"]], [])
    line = "(mine,) = lesson.own('my_slope')\n"
    dead = "return np.all(mine(Z, alpha) == 0, axis=0)"
    texts[texts.index(STUBS["my_dead_units"])] = (
        f"{line}def my_dead_units(Z, alpha):\n    {dead}"
    )
    row = marked("my_dead_units", texts)
    assert row["solved"], row


def test_a_helper_below_the_check_counts_if_all_cells_make_it_right():
    """Guards: who ran a cell below before the check."""
    helpers, solution = with_helper("a lambda", "half", "my_loss")
    row = marked("my_loss", handed_in("my_loss", [solution], helpers))
    assert row["solved"], row


def test_what_failed_in_a_cell_is_told_by_its_own_line():
    """Guards: lines of the grading in a learner's feedback."""
    code = "@nothing\ndef my_loss(Y_hat, Y):\n    return 1"
    assert "in the line `@nothing`: name" in marked("my_loss", [code])["words"]


@pytest.mark.parametrize("use", ["tqdm(1)", "tqdm.x", "1\n@tqdm\ndef my_loss(): 1"])
def test_a_package_that_the_grader_lacks_is_named(use):
    """Guards: a NameError about what such an import would have brought."""
    code = f"from tqdm import tqdm\ndef my_loss(Y_hat, Y):\n    return {use}"
    words = "in the line `from tqdm import tqdm`: it uses tqdm, which isn't there when"
    assert words in marked("my_loss", [code])["words"]


def test_a_name_of_ours_that_a_learner_had_is_ours_again():
    """Guards: `X, Y = ...` of a cell of ours, dropped because of an X in a scratch cell."""
    solution = SOLUTIONS["my_loss"].replace(":\n", ":\n    assert len(Y_) == 4\n", 1)
    texts = handed_in("my_loss", [solution.replace("Y_)", "A_)")], [])
    at = next(i for i, text in enumerate(texts) if text.startswith("import sys"))
    both = "before, A_ = 1, [0] * 4"  # as one of ours
    known = ours("my_loss") | {both}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judge, "_texts", lambda notebook: known)
        texts[at + 1 : at + 1] = ["before = 0", both]
        row = marked("my_loss", texts)
    assert row["solved"], row


def test_what_the_check_cell_holds_besides_is_taken():
    """Guards: a helper above `lesson.check` in its cell, a comment that names the check."""
    helpers, solution = with_helper("a lambda", "half", "my_loss")
    check = "lesson.check(my_loss)"
    texts = handed_in("my_loss", [solution], [f"half = None  # {check}"])
    texts[texts.index(check)] = f"{helpers[0]}\n{check}"
    row = marked("my_loss", texts)
    assert row["solved"], row


def test_a_wrong_answer_above_the_check_counts_if_it_is_right_below():
    """Guards: who mended an answer in a new cell, and went back up to check it."""
    wrong = SOLUTIONS["my_loss"].replace("return", "return 2 *")
    row = marked("my_loss", handed_in("my_loss", [wrong], [SOLUTIONS["my_loss"]]))
    assert row["solved"] and row["look_at"] == ["it is defined 2 times"]
    row = marked("my_loss", handed_in("my_loss", [wrong], [wrong + "\n"]))
    assert not row["solved"] and row["mistake"]


@pytest.mark.parametrize(
    ("code", "notes"),
    [
        ("import numpy, math, os.path", ["it imports `os`"]),
        ("from multiprocessing import util", ["it imports `multiprocessing`"]),
        ("x = f.__code__; open('a')", ["it uses `__code__`", "it uses `open`"]),
        (
            "np.allclose = 1; del mlp.loss",
            ["it changes `mlp.loss`", "it changes `np.allclose`"],
        ),
        ("class A:\n    def __init__(self): self.x = 1", []),
    ],
)
def test_what_reaches_further_than_numbers_is_named(code, notes):
    """Guards: two cheats and an escape that nobody was told of."""
    assert excerpt.odd(code) == notes
