"""Notebook 10 as a learner goes through it: two rules, then whatever is built on them."""

import re

import pytest

from tests.browser.panel_on_page import CLEAR
from tests.browser.playground_on_page import OnPage
from tests.browser.test_network_lesson import guess, index_of, solve
from tests.browser.test_playground_lesson import printed, run
from tests.live import expect
from tests.wait import wait_until

pytestmark = [pytest.mark.timed, pytest.mark.once]

SOLVED = {"my_product_slopes": "product-check", "my_hand_back": "hand-check"}
TO_THE_PLAYGROUND = [
    *["node", "operations", "tape-run", "backward", "toy", "data", "by-hand"],
    *["apart-run", "overwrite", "overwrite-run", "square-loss", "alive"],
]


@pytest.fixture(scope="module")
def notebook(turn_to):
    """The notebook, with its two exercises solved, up to the playground."""
    notebook = turn_to("10_framework")
    notebook.page.evaluate(CLEAR)
    run(notebook, "framework-imports")
    solve(notebook, SOLVED)
    run(notebook, "apart-predict").get_by_text("about 1e-16").click()
    run(notebook, "overwrite-predict").get_by_text("both checks").click()
    for id in TO_THE_PLAYGROUND:
        run(notebook, id)
    yield notebook
    assert notebook.complaints == []


def test_the_rules_of_the_learner_make_the_gradients(notebook):
    """Guards: a toy of the course's functions where there are the learner's own, and a run
    that doesn't answer what was guessed."""
    assert "my_product_slopes: yours" in printed(notebook, "backward")
    assert "my_hand_back: yours" in printed(notebook, "backward")
    said = 'You said "about 1e-16: rounding errors"; the answer is "0.0: there'
    expect(run(notebook, "apart-run")).to_contain_text(said)
    assert printed(notebook, "apart-run").startswith("largest difference: 0.0")
    said = 'You said "both checks: each of these gradients is wrong"; the answer is "only that'
    expect(run(notebook, "overwrite-run")).to_contain_text(said)


def test_the_playground_draws_one_matrix_in_two_places(notebook):
    """Guards: a playground that trains by itself, and weights that part."""
    run(notebook, "alive-play")
    on = OnPage(notebook.page)
    by = on.root.get_by_text("Python runs: ")
    expect(by).to_contain_text(re.compile("your .*my_hand_back"))
    on.button("Play").click()
    wait_until(lambda: on.step() >= 50, "it does not train")
    on.button("Pause").click()
    question = (
        "print(np.array_equal(play.params[1].W, play.params[2].W), play.step >= 50)"
    )
    notebook.fill(index_of(notebook, "torch-here"), question)
    expect(run(notebook, "torch-here")).to_contain_text("True True")


def test_training_agrees_with_pytorch_and_no_mistake_is_reported(notebook):
    """Guards: a file that is missing in a learner's copy, and a number it doesn't answer."""
    run(notebook, "torch-run")
    assert printed(notebook, "torch-run").count("less than 1e-12") == 2
    guess(notebook, "reported-predict", "3")
    cell = run(notebook, "reported-run")
    expect(cell).to_contain_text(re.compile("You said 3.*the answer is 0"))
