"""The bugs in the learner's own code: where a place is found, and where none is."""

import numpy as np
import pytest

from course import record
from course.lessons.bug_lab import bugs, planting, puzzles
from course.lessons.bug_lab.game import bug_lab
from tests.answers import SOLUTIONS
from tests.lessons.test_bug_lab_game import choose
from tests.panels.parts import press

SLOPE, SOLUTION = SOLUTIONS["my_loss_slope"], SOLUTIONS["my_backprop"]
PAIR = "grads.insert(0, (A[i].T @ dZ, dZ.sum(axis=0)))"
GIVEN = "params, A, Z, dA, slope):"
HEAD = f"def my_backprop({GIVEN}\n"
LINES = "dW = np.dot(A[i].T, dZ)\n        db = np.sum(dZ, 0)\n        grads.insert(0, (dW, db))"
LOOP = "for i in reversed(range(len(params))):\n        W, b = params[i]"
WHILE = "i = len(Z)\n    while i != 0:\n        i = i - 1\n        W, b = params[i]"
RENAMED = SOLUTION.replace("dZ", "δ").replace("A", "acts").replace("Z", "zs")
WRITTEN = {  # as learners write it
    "solution": SOLUTION,
    "a line each": SOLUTION.replace(PAIR, LINES).replace("W.T", "np.transpose(W)"),
    "other names, tabs": RENAMED.replace("    ", "\t"),
    "while, Windows": SOLUTION.replace(LOOP, WHILE).replace("\n", "\r\n"),
    "zip": f"""{HEAD}    grads = []
    for (W, b), a, z in zip(reversed(params), reversed(A[:-1]), reversed(Z)):
        dZ = dA * slope(z)
        grads = [(a.mT @ dZ, dZ.sum(axis=-2, keepdims=True)[0]), *grads]
        dA = dZ @ W.mT
    return grads""",
    "from the end": f"""{HEAD}    grads = []
    for k in range(1, len(params) + 1):
        dZ = dA * slope(Z[-k])
        grads.append((np.einsum("ni,no->io", A[-k - 1], dZ), dZ.sum(0)))
        dA = dZ @ params[-k][0].T
    return grads[::-1]""",
    "a layer each": f"""{SOLUTIONS["my_layer_backward"]}
{HEAD}    grads = []
    for i in reversed(range(len(params))):
        dW, db, dA = my_layer_backward(A[i], Z[i], params[i][0], dA, slope)
        grads.insert(0, (dW, db))
    return grads""",
}
ODD = {  # name -> code, and how many bugs find a place
    "no arguments": (SOLUTION.replace(GIVEN, f"*all):\n    {GIVEN[:-2]} = all"), 1),
    "another name": (
        f"{SOLUTION.replace('my_', 'own_')}\nmy_backprop = own_backprop",
        1,
    ),
    "a class": ("class my_backprop:\n    __globals__ = 3", 0),
    "one line": (f"{HEAD[:-1]} return []", 0),
    "recursive": (
        f"""{HEAD}    if not Z: return []
    dZ = dA * slope(Z[-1])
    before = my_backprop(params[:-1], A[:-1], Z[:-1], dZ @ params[-1][0].T, slope)
    return [*before, (A[-2].T @ dZ, dZ.sum(axis=0))]""",
        5,
    ),
}


def own(code, slope=SLOPE):
    return planting.Own({"my_loss_slope": slope, "my_backprop": code})


def solve(name, code):
    record.add_try("backprop", name, True, code=code)


@pytest.mark.parametrize("code", WRITTEN.values(), ids=WRITTEN)
def test_each_bug_is_planted_however_the_code_is_written(code):
    """Guards: a place that isn't found; gradients that aren't those of the bug, on networks
    that no planting was tried on, and with one layer alone; more than one changed line."""
    mine = own(code)
    for bug, layer in puzzles.SUSPECTS[2 if code == SOLUTION else 1]:
        planted = mine.plant(bug, layer)
        lines = "".join(line[0] for line in mine.lines(planted)).strip()
        assert lines == ("+" if bug == "stale cache" else "-+")
        differ = 0
        for draw, sizes in enumerate(bugs.SIZES, start=70):
            case = {"draw": draw, "sizes": sizes, "learning_rate": 0.3, "batch_size": 3}
            found = bugs.signature(planted.gradient(0.3), **case)
            expected = bugs.signature(bug, layer=layer, **case)
            for ours, theirs in zip(found, expected, strict=True):
                np.testing.assert_allclose(ours.analytic, theirs.analytic, 1e-7, 1e-9)
            differ += bool(bugs.wrong_names(found))
        assert differ


@pytest.mark.parametrize("code, places", ODD.values(), ids=ODD)
def test_code_in_which_no_place_is_found_stops_nothing(code, places, recwarn):
    """Guards the lab: a name that isn't known, code that isn't a function, warnings."""
    mine = own(
        code, SLOPE.replace("(Y_hat - Y) / len(Y)", "np.divide(Y_hat - Y, len(Y))")
    )
    assert sum(mine.plant(name) is not None for name in bugs.BUGS) == places
    assert mine.plant("no transpose", 1) is None
    assert not recwarn


def test_the_changed_line_stands_beside_the_map_once_the_bug_is_named():
    """Guards: a line that gives the bug away; one that is not shown, or is another's; the
    map of the course's code in place of the learner's; and where the course's stands in."""
    assert "until you solve it in notebook 4" in bug_lab(seed=3).feedback.value
    solve("my_backprop", SOLUTION)  # but not my_loss_slope
    lab, course = bug_lab(seed=3), []
    for _ in bugs.BUGS:
        assert (
            "'no 1/n'" in lab.code_beside.value and "<b>" not in lab.code_beside.value
        )
        words = choose(lab, lab.bug)
        course += [lab.bug] * ("In the course's code" in words)
        assert lab.code_beside.value.count("<b>+ ") == (lab.bug != "no 1/n")
        press(lab, "New bug")
    assert course == ["no 1/n"] and lab.problem is None
    lab.planted = planting.Planted("", "", (), lambda rate: bugs.right)
    press(lab, "First map")
    assert lab.shown.line == "Every gradient is right here."
    record.forget()
    solve("my_backprop", "my_backprop = {}['<b>']")
    assert "KeyError: &#x27;&lt;b&gt;" in bug_lab(seed=3).feedback.value
