"""Notebook 8 as a learner goes through it: guess, play, and hold the run against both."""

import re

import pytest

from tests.browser.panel_on_page import CLEAR
from tests.browser.playground_on_page import OnPage
from tests.live import expect
from tests.wait import wait_until

pytestmark = [pytest.mark.timed, pytest.mark.once]


def run(notebook, id):
    """Run the cell with this id; return it as the page shows it."""
    index = [cell["id"] for cell in notebook.cells()].index(id)
    notebook.run(index)
    return notebook.show_cell(index)


def test_the_test_loss_rises_on_the_page_as_in_python(turn_to):
    """Guards: a guess that the run doesn't answer; an overfitting that can't be seen."""
    notebook = turn_to("08_playground")
    notebook.page.evaluate(CLEAR)
    run(notebook, "playground-imports")
    cell = run(notebook, "long-predict")
    cell.get_by_text("it falls to almost 0 as well").click()
    run(notebook, "long-play")
    on = OnPage(notebook.page)
    ends = []
    for pace, step in ("25 steps a frame", 300), ("as fast as it goes", 20_000):
        on.box("pace").select_option(pace)
        on.button("Play").click()
        wait_until(lambda: on.step() >= step, "it does not train")  # noqa: B023
        on.button("Pause").click()
        on.box("step").fill(str(step))  # a slow machine hears of Pause much later
        assert on.step() == step
        ends += map(float, re.findall(r"([\d.e-]+) on the", on.line()))
    _, early, training, late = (
        ends  # each time on the training data, then on the test's
    )
    assert late > 1.2 * early and training < early / 5
    cell = run(notebook, "long-run")
    expect(cell).to_contain_text('the answer is "it rises to about twice as much"')
    assert notebook.complaints == []
