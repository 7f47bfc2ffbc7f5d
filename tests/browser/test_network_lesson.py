"""Notebook 9 as a learner goes through it: solve, guess, train, draw, and look back."""

import re

import pytest

from tests.answers import SOLUTIONS
from tests.browser.panel_on_page import CLEAR
from tests.browser.test_digit_pad import UPRIGHT, OnPad
from tests.browser.test_playground_lesson import printed, run
from tests.live import expect

pytestmark = [pytest.mark.timed, pytest.mark.once]

SOLVED = {"my_softmax": "softmax-check", "my_cross_entropy": "cross-entropy-check"}


@pytest.fixture(scope="module")
def notebook(turn_to):
    """The notebook, with its two exercises solved, up to its gradient."""
    notebook = turn_to("09_your_network")
    notebook.page.evaluate(CLEAR)
    for id in ("network-imports", "data-load", "split"):
        run(notebook, id)
    solve(notebook, SOLVED)
    for id in ("slope-run", "own", "own-gradient", "own-check", "train"):
        run(notebook, id)
    yield notebook
    assert notebook.complaints == []


def index_of(notebook, id):
    return [cell["id"] for cell in notebook.cells()].index(id)


def solve(notebook, exercises):
    """Write the solution of each into its stub, and run the cell that checks it."""
    for name, check in exercises.items():
        stub = f"{name.replace('_', '-')}-stub"
        notebook.fill(index_of(notebook, stub), SOLUTIONS[name])
        run(notebook, stub)
        run(notebook, check)


def guess(notebook, id, number):
    box = run(notebook, id).get_by_label("your number")
    box.fill(number)
    box.press("Enter")


def test_solved_exercises_run_in_the_network_and_are_told_at_the_end(notebook):
    """Guards: a network of the course's functions where there are the learner's own."""
    for name in SOLVED:
        assert f"{name}: yours" in printed(notebook, "slope-run")
    assert "slopes of cross-entropy: True" in printed(notebook, "own-check")
    assert "slopes of the square loss: False" in printed(notebook, "own-check")
    count = f"2 of {len(SOLUTIONS)} functions are yours"
    expect(run(notebook, "written")).to_contain_text(count)


def test_the_guesses_are_held_against_the_runs(notebook):
    """Guards: a guess that no run answers; two guesses of which a run answers one."""
    guess(notebook, "train-predict", "80")
    expect(run(notebook, "train-run")).to_contain_text(
        re.compile("You said 80.*the answer is 9")
    )
    guess(notebook, "moved-predict", "97")
    guess(notebook, "turned-predict", "10")
    cell = run(notebook, "certain-run")
    for number in ("97", "10"):
        expect(cell).to_contain_text(re.compile(f"You said {number}.*the answer is "))


def test_what_is_drawn_is_read_by_the_network_of_the_notebook(notebook):
    """Guards: a pad that answers from elsewhere. An upright stroke is a 1."""
    run(notebook, "train-run")
    run(notebook, "draw")
    pad = OnPad(notebook, index_of(notebook, "draw"))
    expect(pad.says).to_contain_text("It says 3")
    pad.draw(UPRIGHT)
    expect(pad.says).to_contain_text("It says 1")
    pad.button("Clear").click()
    expect(pad.says).to_contain_text("Nothing is drawn")
