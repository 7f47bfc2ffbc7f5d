"""What notebook 4 says in words and prints in no cell, held to the code."""

import ast
import re
from itertools import product

import numpy as np
import pytest

import mlp_core as mlp
from course.lessons import load_questions
from course.lessons.backprop.hunt import gradient_of
from course.original import original_loss_and_grads
from course.panels.gradient import differences
from course.panels.slice import loss_slice
from course.tools import NOTEBOOKS, save
from tests.answers import cell
from tests.reference import SIZES, assert_near, by_autograd, draw

CELLS = {
    cell.id: cell.source for cell in save.read(NOTEBOOKS / "04_backprop.ipynb").cells
}
QUESTIONS = load_questions("backprop").predictions


# By hand -----------------------------------------------------------------------------


def example(number):
    """The network and the sample of an example by hand, from the cell that runs it."""
    call = ast.parse(CELLS[f"faded-{number}-run"]).body[0].value
    return {word.arg: ast.literal_eval(word.value) for word in call.keywords}


def slopes(W0, W1, x, y):
    """The gradients by a formula of their own: automatic differentiation."""
    params = [mlp.Layer(np.array(W, float), np.zeros(len(W[0]))) for W in (W0, W1)]
    _, grads = by_autograd(params, np.array([x], float), np.array([[y]], float))
    return grads


@pytest.mark.parametrize("number", [1, 2, 3])
def test_an_example_runs_the_numbers_of_its_text(number):
    """Guards: a cell that checks another network than the text shows."""
    text, numbers = CELLS[f"faded-{number}"], example(number)
    W0, W1 = re.findall(r"begin\{pmatrix\}(.*?)\\end", text, re.DOTALL)
    shown = [[float(w) for w in row.split("&")] for row in W0.split(r"\\")]
    assert shown == numbers["W0"]
    assert [[float(w)] for w in W1.split(r"\\")] == numbers["W1"]
    assert re.search(r"x = \((.*?),\\ (.*?)\)", text).groups() == (
        *map(str, numbers["x"]),
    )
    assert f"y = {numbers['y']}" in text


def test_the_answers_by_hand_are_those_of_their_networks():
    """Guards: a question that refuses the right number."""
    hidden, last = slopes(**example(2))
    assert QUESTIONS["second: a weight"].answer == pytest.approx(last.W[1, 0])
    assert QUESTIONS["second: a slope"].answer == pytest.approx(hidden.b[0])
    assert QUESTIONS["third"].answer == pytest.approx(slopes(**example(3))[0].W[1, 0])


def test_what_is_computed_by_hand_is_taken_as_exactly_everywhere():
    """Guards: 1.51 taken for 1.5, and -0.594 refused for -0.6."""
    names = "chain", "second: a weight", "second: a slope", "third"
    assert {QUESTIONS[name].tolerance for name in names} == {0.005}


def test_the_steps_of_the_first_example_are_right():
    """Guards the table in which every step is shown."""
    hidden, last = slopes(**example(1))
    assert (last.W.ravel().tolist(), last.b.tolist()) == ([2 * -1, 0.4 * -1], [-1])
    assert hidden.b.tolist() == [-0.5, 1]
    assert hidden.W.tolist() == [[-0.5, 1], [2 * -0.5, 2 * 1]]


# The bug hunt ------------------------------------------------------------------------


def back_prop(source=CELLS["7763b09c"]):
    return cell("back_prop", source)


@pytest.mark.parametrize("seed", range(3))
def test_the_hunted_bug_is_that_of_the_original_notebook(seed):
    """Guards the old code, and how it is made a gradient; test_original.py has the bug."""
    params = draw(SIZES, seed, bias=0.3)
    for task, row in product((mlp.SUM, mlp.XOR), range(4)):
        sample = task.X[[row]], task.Y[[row]]
        value, grads = gradient_of(back_prop())(params, *sample)
        expected = original_loss_and_grads(params, *sample)
        assert value == pytest.approx(expected[0])
        assert_near([(dW, db.ravel()) for dW, db in grads], expected[1])


def test_mended_as_the_text_says_it_passes():
    """Guards: a repair that does not repair."""
    (line,) = re.findall(r"`(w_der = .*?)`", CELLS["5302a079"])
    special = re.compile(r" {8}if i - 1 < 0:.*?(?= {8}n_weights)", re.DOTALL)
    source, count = special.subn(f"        {line}\n", CELLS["7763b09c"])
    assert count == 1
    mended, params = back_prop(source), draw(SIZES, 5, bias=0.3)
    X, Y = np.array([[0.3, 0.5]]), np.array([[0.8]])

    def with_the_input(y_hat, y, w, b, a, z, learning_rate):
        return mended(y_hat, y, w, b, [X[0], *a], z, learning_rate)

    checks = mlp.gradient_check(params, X, Y, gradient=gradient_of(with_the_input))
    assert all(check.ok for check in checks)
    checks = mlp.gradient_check(params, X, Y, gradient=gradient_of(back_prop()))
    assert [check.name for check in checks if not check.ok] == ["W[0]"]


def test_the_table_of_factors_is_that_of_the_tasks():
    """Guards 'half of the factors are right', for both tasks."""
    rows = re.findall(
        r"\| \((\d), (\d)\) \| (\d) and (\d) \| (\d) and (\d) \| (\d) and (\d)",
        CELLS["9241fa67"],
    )
    found = np.array(rows, float)
    assert found.shape == (4, 8)
    np.testing.assert_array_equal(found[:, :2], mlp.SUM.X)
    np.testing.assert_array_equal(found[:, 2:4], mlp.SUM.X)
    for task, bug in ((mlp.SUM, found[:, 4:6]), (mlp.XOR, found[:, 6:])):
        np.testing.assert_array_equal(bug, np.repeat(task.Y, 2, axis=1))
        assert np.sum(bug == task.X) == 4


@pytest.mark.parametrize(
    ("Y", "uphill"), [(mlp.SUM.Y, []), (mlp.XOR.Y, []), (2 * mlp.XOR.Y - 1, [3])]
)
def test_the_bug_goes_uphill_for_a_negative_target_only(Y, uphill):
    """Guards why training seemed to work, and where it would not."""
    for seed, row in product(range(50), range(4)):
        params, sample = draw(SIZES, seed, bias=0.3), (mlp.SUM.X[[row]], Y[[row]])
        right = mlp.loss_and_grads(params, *sample)[1][0].W
        bug = original_loss_and_grads(params, *sample)[1][0].W
        assert (np.sum(right * bug) < 0) == (row in uphill)


def test_at_zero_biases_every_bias_stands_at_a_kink_and_shows_an_error():
    """Guards what 'Kinks' says of its map, of which a cell prints the names only."""
    params = mlp.initialize(rng=np.random.default_rng(28))
    checks = mlp.gradient_check(params, mlp.SUM.X, mlp.SUM.Y + 1)
    assert [check.name for check in checks if check.kink.any()] == [
        *(f"b[{i}]" for i in range(4)),
    ]
    assert all(check.error.min() > 0.01 for check in checks if check.kink.any())
    f, h = mlp.ORIGINAL, 1e-5
    assert ((f.f(h) - f.f(-h)) / (2 * h), f.slope(0)) == (pytest.approx(0.4), 1)


# The panels, as the questions before them tell ------------------------------------------


def test_a_tiny_h_is_much_worse_and_a_factor_of_ten_does_no_harm():
    """Guards the replies of 'smaller h'."""
    data = differences(28, "tanh", -0.2)
    assert data.error(1e-5) < 1e-9 and data.error(1e-13) > 1e4 * 1e-9
    assert data.quotient(1e-13) == pytest.approx(data.slope, abs=1e-3)  # looks right
    assert all(data.error(h) < 1e-8 for h in (1e-6, 1e-5, 1e-4))


def test_one_step_makes_the_loss_larger_from_054_on():
    """Guards the replies of 'one step'."""
    data = loss_slice(mlp.SUM, 28, "leaky_relu", -0.2)
    before = data.function(0)
    rates = np.round(np.arange(0.01, 1.01, 0.01), 2)
    up = [rate for rate in rates if data.function(rate) > before]
    assert up == rates[rates >= 0.54].tolist()
    (right,) = [o for o in QUESTIONS["one step"].options.values() if o.right]
    assert right.text == "Those below some limit."
    assert data.function(0.001) < before
