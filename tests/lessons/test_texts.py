"""What notebooks and questions say in words and print in no cell, held to the code."""

import ast
import functools
import inspect
import math
import re
import textwrap

import numpy as np
import pytest

import mlp_core as mlp
from course import pictures
from course.experiments import wilson_interval
from course.fast import sweep
from course.lessons import load_questions
from course.lessons.backprop.hunt import back_prop, gradient_of
from course.original import original_loss_and_grads
from course.tools import NOTEBOOKS, notebooks
from tests.answers import cell
from tests.claims import FIRST_LOOK
from tests.reference import SIZES, assert_near, by_autograd, draw


@functools.cache
def source(id, name="04_backprop"):
    """The text of a cell."""
    cells = notebooks.read(NOTEBOOKS / f"{name}.ipynb").cells
    return next(cell.source for cell in cells if cell.id == id)


def example(number):
    """The network and the samples of an example by hand, from the cell that runs it."""
    call = ast.parse(source(f"faded-{number}-run")).body[0].value
    return {word.arg: ast.literal_eval(word.value) for word in call.keywords}


def matrices(text) -> list:
    """All that a text shows, in its order, as lists of rows."""
    found = re.findall(r"begin\{pmatrix\}(.*?)\\end", text, re.DOTALL)
    return [[[*map(float, row.split("&"))] for row in M.split(r"\\")] for M in found]


@pytest.mark.parametrize("number", [1, 3])
def test_an_example_runs_the_numbers_of_its_text(number):
    """Guards: a cell that checks another network than the text shows."""
    text, numbers = source(f"faded-{number}"), example(number)
    names = ("X", "W0", "W1", "Y") if number == 3 else ("W0", "W1")
    assert matrices(text)[: len(names)] == [numbers[name] for name in names]
    if number == 1:
        [x], [[y]] = numbers["X"], numbers["Y"]
        assert rf"x = ({x[0]},\ {x[1]})" in text and f"y = {y}" in text


def test_the_second_example_shows_its_way_to_the_first_slopes():
    """Guards: another network's matrix; an output below 0, whose slope isn't 1."""
    numbers = example(3)
    layers = [mlp.Layer(np.array(numbers[W]), np.zeros(2)) for W in ("W0", "W1")]
    Y_hat, (A, Z) = mlp.forward(layers, numbers["X"])
    dZ = mlp.loss_slope(Y_hat, np.array(numbers["Y"]))
    shown = matrices(source("faded-3"))[4:]
    assert shown == [array.tolist() for array in (Z[0], A[1], Z[1], dZ)]
    assert np.all(Z[1] > 0) and np.all(Z[0] != 0)
    back = re.search(r"array\((.*?)\) @", source("faded-3-back"))[1]
    assert ast.literal_eval(back) == dZ.tolist()


def slopes(W0, W1, X, Y):
    """The gradients by a formula of their own: automatic differentiation."""
    params = [mlp.Layer(np.array(W, float), np.zeros(len(W[0]))) for W in (W0, W1)]
    _, grads = by_autograd(params, np.array(X, float), np.array(Y, float))
    return grads


def slope_at_a_hidden_unit(W0, W1, X, Y, h=1e-5):
    """Of the loss, for hidden unit 0 in the first sample: by a central difference."""
    f, (W0, W1, X, Y) = mlp.ORIGINAL.f, map(np.array, (W0, W1, X, Y))
    move = h * np.eye(2) * [1, 0]
    up, down = (mlp.loss(f((f(X @ W0) + by) @ W1), Y) for by in (move, -move))
    return (up - down) / (2 * h)


def updated(W, b, x, y, rate):
    """A unit without an activation after one update, and its new output."""
    unit, X = [mlp.Layer(np.array([W], float).T, np.array([b]))], np.array([x], float)
    _, grads = mlp.loss_and_grads(unit, X, np.array([[y]]), mlp.identity)
    [moved] = mlp.sgd_step(unit, grads, rate)
    return moved.W[1, 0], mlp.forward([moved], X, mlp.identity)[0].item()


def learned(change=0.0, units=4, rate=0.2):
    """Of 1,000 networks of notebook 0, which learn."""
    X, settings = mlp.XOR.X * (1 + change), {"sizes": (2, units, 1), **FIRST_LOOK}
    return sweep(X, mlp.XOR.Y, range(1000), learning_rate=rate, **settings).success


BY_HAND = {
    ("backprop", "sum over samples"): lambda: slopes(**example(3))[1].W[0, 0],
    ("backprop", "sum over units"): lambda: slope_at_a_hidden_unit(**example(3)),
    ("backprop", "to the first layer"): lambda: slopes(**example(3))[0].W[0, 1],
    ("sum_task", "second update"): lambda: updated([1, 0], 0.0, [1, 2], 3.0, 0.1)[0],
    ("sum_task", "third update"): lambda: updated([1, -1], 0.5, [2, 1], 3.0, 0.1)[1],
}


@pytest.mark.parametrize("lesson, name", BY_HAND)
def test_an_answer_by_hand_is_that_of_its_network(lesson, name):
    """Guards: a question that refuses the right number, or takes 1.51 for 1.5."""
    question, right = load_questions(lesson).predictions[name], BY_HAND[lesson, name]()
    question.check(right)
    assert question.answer in (None, pytest.approx(right))
    assert question.tolerance == 0.005


def test_the_shares_that_are_asked_for_are_taken_with_their_tolerance():
    """Guards: the share outside of -2 and 2; of 1,000 seeds a guess that is off by 10."""
    outside = load_questions("initialization").predictions["outside"]
    outside.check(100 * math.erfc(2 / math.sqrt(2)))
    question = load_questions("first_look").predictions["of a thousand"]
    tell = functools.partial(question.reveal, result=100 * learned().mean())
    right = [tell(guess).right for guess in (67.8, 67.9, 87.9, 88)]
    assert right == [False, True, True, False]


@pytest.mark.slow
def test_the_counts_of_seeds_hang_on_no_processor():
    """Guards: the numbers of seeds in replies, where another processor rounds otherwise."""
    asked = load_questions("first_look").predictions
    rates = asked["learning rate 5"].solution()
    units = asked["of a thousand"].solution()
    by_rate = {0.001: 4, 0.1: 782, 0.2: 779, 0.5: 565, 1: 295, 5: 0}
    for change in (0, 1e-14, -1e-12, 1e-10):
        for rate, count in by_rate.items():
            assert learned(change, rate=rate).sum() == count
            assert f"{rate:g}" in rates and str(count or "none") in rates
        for more, count in {5: 874, 8: 983}.items():
            assert learned(change, more).sum() == count and str(count) in units


@pytest.mark.parametrize("n", [10, 100, 1000])
def test_luck_seldom_separates_the_intervals_of_equal_rates(n):
    """Guards: 'in fewer than 1 of 100 comparisons', whatever the rate."""
    counts = range(n + 1)
    low, high = np.transpose([wilson_interval(k, n) for k in counts])
    is_above = low[:, None] > high
    for rate in np.linspace(0.01, 0.99, 99):
        chances = [math.comb(n, k) * rate**k * (1 - rate) ** (n - k) for k in counts]
        assert 0 < 2 * (chances @ is_above @ chances) < 0.01


def test_the_intervals_of_the_quiz_are_those_of_its_counts():
    """Guards numbers that no cell prints."""
    [asked] = [
        each for each in load_questions("sum_task").quiz if each.name == "overlap"
    ]
    said = f"{asked.text} {asked.solution()}"
    for count, n in ((9, 10), (6, 10), (90, 100), (60, 100)):
        low, high = (100 * end for end in wilson_interval(count, n))
        assert f"{low:.0f} to {high:.0f} %" in said


@pytest.mark.parametrize("seed", range(3))
def test_the_hunted_bug_is_that_of_the_original_notebook(seed):
    """Guards the old code, and how it is made a gradient; test_core.py has the bug."""
    params = draw(SIZES, seed, bias=0.3)
    for task in (mlp.SUM, mlp.XOR):
        for row in range(4):
            sample = task.X[[row]], task.Y[[row]]
            value, grads = gradient_of(back_prop)(params, *sample)
            expected = original_loss_and_grads(params, *sample)
            assert value == pytest.approx(expected[0])
            assert_near([(dW, db.ravel()) for dW, db in grads], expected[1])


def test_mended_as_the_text_says_it_passes():
    """Guards: a repair that does not repair."""
    (line,) = re.findall(r"`(w_der = .*?)`", source("5302a079"))
    special = re.compile(r" {8}if i - 1 < 0:.*?(?= {8}n_weights)", re.DOTALL)
    code, count = special.subn(f"        {line}\n", inspect.getsource(back_prop))
    assert count == 1
    mended = cell("back_prop", code)
    params = draw(SIZES, 5, bias=0.3)
    X, Y = np.array([[0.3, 0.5]]), np.array([[0.8]])

    def with_the_input(y_hat, y, w, b, a, z, learning_rate):
        return mended(y_hat, y, w, b, [X[0], *a], z, learning_rate)

    for function, wrong in ((with_the_input, []), (back_prop, ["W[0]"])):
        checks = mlp.gradient_check(params, X, Y, gradient=gradient_of(function))
        assert [check.name for check in checks if not check.ok] == wrong


# What may be written in place of the A**2 in the slope of tanh.
WRONG = ["A", "0 * A", "np.tanh(A) ** 2", "(X @ W + b) ** 2"]


@pytest.mark.parametrize("wrong", ["A**2", *WRONG, None])
def test_the_map_for_home_is_white_only_for_right_slopes(wrong):
    """Guards: a wrong answer, a map that is white before anything is written, and a seed
    where mistakes make errors so small that they look like rounding."""
    code, scope = source("home-gradient"), {"np": np, "mlp": mlp, "pictures": pictures}
    names = ["W[0]", "b[0]", "W[1]", "b[1]"]
    if wrong:
        (lines,) = re.findall(r"```python\n(.*?)```", source("home-answer"), re.DOTALL)
        assert "(1 - A**2)" in lines
        lines = textwrap.indent(lines.replace("A**2", wrong), " " * 4)
        code, count = re.subn(r" {4}dW, db, dV, dc = .*\n", lines, code)
        assert count == 1
        names = names[:2] if wrong in WRONG else []
    exec(code + "\n" + source("home-check"), scope)  # noqa: S102, our own notebook
    bad = [check for check in scope["found"] if not check.ok]
    assert [check.name for check in bad] == names
    assert all(check.error.min() > 0.1 for check in bad)


def test_the_table_of_factors_is_that_of_the_tasks():
    """Guards 'half of the factors are right', for both tasks."""
    row = r"\| \((\d), (\d)\) \| (\d) and (\d) \| (\d) and (\d) \| (\d) and (\d)"
    found = np.array(re.findall(row, source("9241fa67")), float)
    np.testing.assert_array_equal(found[:, :4], np.hstack([mlp.SUM.X, mlp.SUM.X]))
    for task, bug in ((mlp.SUM, found[:, 4:6]), (mlp.XOR, found[:, 6:])):
        np.testing.assert_array_equal(bug, np.repeat(task.Y, 2, axis=1))
        assert np.sum(bug == task.X) == 4


def test_the_lines_in_order_compute_what_the_next_run_prints(capsys):
    """Guards: 'the rows of layers 0 and 1 are these numbers', in the reply."""
    params = mlp.initialize(mlp.ORIGINAL_SIZES, np.random.default_rng(28))
    x = np.array([[0.0, 1.0]])
    _, (A, Z) = mlp.forward(params, x)
    names = {"params": params, "x": x, "f": mlp.ORIGINAL.f}
    for line in load_questions("forward").predictions["two layers in order"].lines:
        exec(line.text, names)  # noqa: S102, lines of our own
    assert "out of layer 1:" in capsys.readouterr().out
    made = [names[name] for name in "truv"]
    np.testing.assert_equal(made, [Z[0], A[1], Z[1], A[2]])


def test_the_code_for_own_data_runs_and_learns():
    """Guards the last words of the course: a learner pastes these lines."""
    text = source("b2a54faa", "07_bug_lab")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    scope = {"np": np, "mlp": mlp}
    exec(code, scope)  # noqa: S102, our own notebook
    losses = [
        mlp.loss(mlp.forward(scope[name], scope["X"])[0], scope["Y"])
        for name in ("params", "start")
    ]
    assert losses[0] < losses[1] / 10 and scope["history"].stopped == "finished"
