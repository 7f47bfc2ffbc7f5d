"""What an answer needs, of the cells of a notebook."""

import pytest

from course.checking import answer_code

# Cells, and the statements of them that `f` needs, each as it stands in a line.
CELLS = {
    "the last definition": (["def f(): a", "a = 1", "def f(): 2"], "def f(): 2"),
    "a name given anew": (["x = a", "f = x", "x = 2"], "x = a | f = x"),
    "from itself": (["f = 1", "f = f + 1", "f += 1"], "f = 1 | f = f + 1 | f += 1"),
    "at the end": (["n = 1", "def f(): n", "n = 2"], "def f(): n | n = 2"),
    "at once": (["n = 1", "def f(a=n): 0", "n = 2"], "n = 1 | def f(a=n): 0"),
    "a call in between": (
        ["def g(): n", "n = 1", "f = g()", "n = 2", "f = f, n"],
        "def g(): n | n = 1 | f = g() | n = 2 | f = f, n",
    ),
    "scopes": (
        ["n = 1", "class f: m = [n for _ in z]; k = lambda: y", "n = 2; y = 1"],
        "n = 1 | class f: m = [n for _ in z]; k = lambda: y | y = 1",
    ),
    "what may not run": (["f = 1", "if a: f = 2"], "f = 1 | if a: f = 2"),
    "parts": (["f = {}", "f[0] = 1", "f.a = 2"], "f = {} | f[0] = 1 | f.a = 2"),
    "submodules": (
        ["import a.b", "import a.c", "import n", "import n", "f = a, n"],
        "import a.b | import a.c | import n | f = a, n",
    ),
    "all of a module": (["from math import *", "f = 1"], "from math import * | f = 1"),
    "magics": (
        ["%time x = 1", "%%time\ny = 2", "!ls\n%matplotlib inline\nf = x, y\nf?"],
        "x = 1 | y = 2 | f = x, y",
    ),
    "no Python": (["f = (", "f = 1", "%%bash\nf = 2"], "f = 1"),
    "a decorator": (["g = 1", "@g\ndef f(): 0"], "g = 1 | @g\ndef f(): 0"),
}


@pytest.mark.parametrize("cells", CELLS.values(), ids=CELLS)
def test_what_is_needed_is_what_a_run_would_have_bound(cells):
    """Guards: a statement too few, or one that computes what nobody needs."""
    statements, _ = answer_code.read(cells[0])
    found = [statement.code for statement in answer_code.needed(statements, "f")]
    assert " | ".join(found) == cells[1]


def test_cells_that_cannot_be_read_are_named():
    """Guards: a learner who isn't told why their function isn't there."""
    _, unread = answer_code.read(["x = 1", "f = (", "def f(:"])
    assert [cell for cell, _ in unread] == ["f = (", "def f(:"]
