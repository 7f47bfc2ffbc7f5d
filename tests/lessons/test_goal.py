"""The free goal of notebook 8: what counts, what is said, and what is kept."""

import re

import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter

import mlp_core as mlp
from course import Lesson, record
from course.lessons.playground import goal
from course.playground import Playground, twin
from course.tools import NOTEBOOKS

pytestmark = pytest.mark.usefixtures("copy")
NOTEBOOK = NOTEBOOKS / "08_playground.ipynb"
ODD = ["x0", "x1", "sin(x0)", "sin(x1)"]  # as the spirals: -x goes to the other one
SMALL = {"features": ODD, "hidden": [3], "learning_rate": 2, "seed": 5, "step": 2000}
SMALLEST = {"features": ["x0^2", "x1^2", "x0*x1", "sin(x0)", "sin(x1)"]}
SMALLEST |= {"hidden": [1, 1], "activation": "leaky_relu", "learning_rate": 0.5}
SMALLEST |= {"seed": 2, "step": 4000}
LARGE = {"features": ODD, "hidden": [8], "learning_rate": 1, "step": 5000}


def entered(**settings):
    """What the cell says of a playground with the goal's data, but for these settings."""
    play = Playground(**{**goal.DATA, **settings})
    said = goal.enter(play)
    play.close()
    return said


def test_a_network_below_the_goal_is_kept_once(copy):
    """Guards: biases that count as weights, a test loss of other data or of the page, a
    row more at each run of the cell, a worse network that stops it, and a table that is
    gone with the kernel."""
    said = entered(**SMALL)
    run = twin.Run(goal.DATA | SMALL)
    assert [len(task.X) for task in run.data] == [140, 60]
    told = float(re.search(r"(0\.\d+) on the test data", run.line())[1])
    [row] = goal.best()
    assert row["weights"] == 4 * 3 + 3 * 1
    assert row["loss"] == pytest.approx(told, abs=6e-5)
    assert said.words == f"Test loss {told} with 15 weights: row 1 of your best."
    assert row["line"] == (
        "Playground(data='spirals', noise=0.0, "
        f"features={ODD}, hidden=[3], learning_rate=2.0, seed=5, step=2000)"
    )
    play = eval(row["line"])
    assert goal.row_of(play) == row
    record.close()
    record.open_in(copy)
    worse = entered(**SMALL | {"step": 2010}).words
    assert worse.endswith(" with 15 weights: below 0.05, but you have had better.")
    assert entered(**SMALL).words == said.words and goal.best() == [row]
    progress = str(Lesson("08_playground", keeps_record=False).progress())
    assert f"\nyour best at 'spirals': 15 weights, test loss {told}" in progress


def test_the_table_stands_below_whatever_is_said():
    """Guards: a head without rows, or over others than its own; rows out of order, and a
    table that a line of Python breaks; the same words for a screen and for nbval."""
    assert str(entered()) == "Test loss 0.1149 with 18 weights: not below 0.05 yet."
    assert "<table" not in entered()._repr_html_()
    entered(**LARGE)
    said = entered(**SMALL, noise=0.1)
    told = "These aren't the data of this goal. On the page, set noise to 0 (now 0.1)."
    assert said.words == told
    entered(**SMALL)
    said = entered(step=3)
    first, head, *rows = str(said).splitlines()
    assert first == said.words and first.endswith("not below 0.05 yet.")
    small, large = (re.split("  +", row) for row in rows)
    told = dict(zip(re.split("  +", head), small, strict=True))
    assert (told["weights"], told["steps"], told["seed"]) == ("15", "2000", "5")
    assert (told["hidden layers"], told["inputs"]) == ("3", ", ".join(ODD))
    assert large[0] == "40"
    shown = DisplayFormatter().format(said)[0]
    assert shown["text/plain"] == str(said)
    html = shown["text/html"]
    assert html.count("<tr>") == 3 and html.count("<th>") == len(goal.HEAD)
    assert "features=[&#x27;x0&#x27;, " in html


def test_what_is_not_the_goals_data_is_named_as_on_the_page():
    """Guards: an easier task that counts, and a message that leaves one control out."""
    said = entered(data="circles", noise=0.1, test=0.5, data_seed=2, step=2000).words
    asked = "data to spirals (now circles), noise to 0 (now 0.1), test share to 0.3 (now 0.5), data seed to 1 (now 2)"
    assert said == f"These aren't the data of this goal. On the page, set {asked}."
    assert goal.best() == []


def test_a_network_that_is_still_trained_is_not_judged():
    """Guards: another network in the table than was seen, or with other steps."""
    play = Playground(**goal.DATA | SMALL)
    play.now = {"playing": True}
    assert goal.enter(play).words == goal.PLAYS and goal.best() == []
    play.now = {"playing": False}
    assert "row 1 of your best" in goal.enter(play).words
    play.now = {"step": 2400}  # so many on the page
    goal.enter(play)
    assert goal.best()[0]["steps"] == 2400
    play.close()


def test_numbers_that_explode_are_no_network():
    """Guards: a loss that is no number, which is not above 0.05 either."""
    linear = {"hidden": [1, 2], "activation": "identity", "output": "identity"}
    play = Playground(**goal.DATA, **linear)
    sizes = np.full((2, 1), 1e200), np.full((1, 2), 1e200), np.array([[1.0], [-1.0]])
    # The output is infinity less infinity.
    play.params = [mlp.Layer(W, np.zeros(W.shape[1])) for W in sizes]
    words = goal.enter(play).words
    assert words == "Test loss not finite with 6 weights: not below 0.05 yet."
    assert goal.best() == []
    play.close()


@pytest.mark.parametrize("found", [SMALL, SMALLEST])
def test_so_few_weights_have_been_enough(found):
    """Guards what the notebook says has been found."""
    words = entered(**found).words
    weights = re.search(r"with (\d+ weights): row 1 of your best", words)[1]
    text = NOTEBOOK.read_text(encoding="utf-8")
    run = "{learning_rate}, seed {seed}, {step:,} steps".format(**found)
    assert re.search(rf"- {weights}: .*\(rate {run}\)", text)
