"""What notebook 5 tells: each task of its panels is done, and numbers that no cell prints.

Its cells print the others, and nbval compares those.
"""

import math

import numpy as np
import pytest

import mlp_core as mlp
from course import panels
from course.experiments import difference_interval, fates, wilson_interval
from course.fast import sweep, train
from course.lessons import load_questions
from tests.panels.parts import message, press

QUESTIONS = load_questions("sum_task").predictions
SQUARE = np.array(
    [[x, y] for x in np.linspace(0, 1, 21) for y in np.linspace(0, 1, 21)]
)


@pytest.fixture(scope="module")
def run():
    """The sweep of the notebook."""
    return sweep(mlp.SUM.X, mlp.SUM.Y, range(1000))


def open_panel(**settings):
    """The training panel as a cell of the notebook makes it, with its task."""
    return panels.training_panel(task=mlp.SUM, **settings)


# The tasks of the panels -------------------------------------------------------------


def test_task_4eb69f95_1():
    """Guards: show z, and the line z = 0 of unit 0: at a corner, then through the square."""
    panel = open_panel(learning_rate=0.2, seed=0)
    panel.look["show_z"].box.value = True
    for seed, touches in ((0, True), (5, False)):
        panel.work["seed"].set(seed)
        title = panel.view.axes["neuron"].get_title()
        assert title == "layer 0, unit 0: z; line at 0"
        _, cache = mlp.forward(panel.data.params, SQUARE)
        z = cache.Z[0][:, 0]
        is_right = -0.05 < z.max() < 0 if touches else 0.3 < np.mean(z > 0) < 0.7
        assert is_right


def test_task_c05a0029_1():
    """Guards: seed 441 is stuck at 2,000 steps, and leaves the plateau before 3,000."""
    panel = open_panel(seed=441, seeds={"flat": [404, 441, 535]})
    assert "outputs 0.95, 0.95, 0.98, 0.98" in message(panel)
    panel.work["steps"].set(7000)
    losses = {}
    for step in (500, 1000, 2000, 2500, 3000):
        panel.look["step"].set(step)
        losses[step] = panel.data.curve()[step // panel.data.every - 1]
    assert min(losses[500], losses[1000], losses[2000]) > 0.24
    assert losses[2500] > 0.15 and losses[3000] < 0.01
    panel.look["step"].set(3200)
    assert "4 of 4 within 0.1" in message(panel)


def test_task_c05a0029_2():
    """Guards: after which step, and on which sample, all of layer 1 is dead."""
    panel = open_panel(seed=441, seeds={"flat": [404, 441, 535]})
    panel.work["alpha"].set(0)
    panel.work["seed"].set(0)
    press(panel, "Reset")
    dead = "3 of 3 units in layer 1"
    for step in (1, 2, 3):
        press(panel, "Step")
        assert panel.look["step"].value == step
        assert (dead in message(panel)) == (step == 3)
    ring = panel.view.axes["surface"].lines[-1].get_xydata()
    np.testing.assert_array_equal(ring, [[0, 1]])
    for step in (500, 2000):  # one answer to every question
        panel.look["step"].set(step)
        assert "stuck: 3 of 3 units in layer 1" in message(panel)
        assert np.ptp(panel.data.outputs(step)) < 1e-9


def test_the_seeds_of_the_menu_are_flat(run):
    """Guards: the seeds that are written into the cell of the second panel."""
    words = fates(run, mlp.SUM.X, mlp.SUM.Y)
    assert set(words[[404, 441, 535]]) == {"flat"}


# Numbers that no cell prints ---------------------------------------------------------


UPDATES = [
    ([0.5, 0.2], 0.1, [1, 1], 2, 0.2, [0.74, 0.44], 0.34, 1.52),
    ([1, 0], 0, [1, 2], 3, 0.1, [1.2, 0.4], 0.2, 2.2),
    ([1, -1], 0.5, [2, 1], 3, 0.1, [1.3, -0.85], 0.65, 2.4),
]


@pytest.mark.parametrize(
    ("weights", "bias", "x", "y", "rate", "new_weights", "new_bias", "new"), UPDATES
)
def test_the_updates_by_hand(weights, bias, x, y, rate, new_weights, new_bias, new):
    """Guards: all numbers of the three updates, in the text and in the replies."""
    unit = [mlp.Layer(np.array([weights], dtype=float).T, np.array([float(bias)]))]
    X, Y = np.array([x], dtype=float), np.array([[float(y)]])
    _, grads = mlp.loss_and_grads(unit, X, Y, mlp.identity)
    ((W, b),) = moved = mlp.sgd_step(unit, grads, rate)
    np.testing.assert_allclose([*W[:, 0], *b], [*new_weights, new_bias])
    np.testing.assert_allclose(mlp.forward(moved, X, mlp.identity)[0], new)


def test_the_answers_of_the_updates_by_hand():
    """Guards: questions that ask for another number than the updates give."""
    assert QUESTIONS["second update"].answer == UPDATES[1][5][1]
    assert QUESTIONS["third update"].answer == UPDATES[2][7]


def test_groups_of_ten():
    """Guards 'about 3 and 8', and 'less than one group in a hundred': by chances."""
    chances = [math.comb(10, k) * 0.6**k * 0.4 ** (10 - k) for k in range(11)]
    assert chances[0] + chances[1] + chances[10] < 0.01
    rng = np.random.default_rng(0)
    groups = rng.binomial(10, 0.6, size=(10_000, 10))
    assert np.median(groups.min(axis=1)) in (3, 4)
    assert np.median(groups.max(axis=1)) == 8
    assert np.mean((groups.min(axis=1) >= 5) & (groups.max(axis=1) <= 7)) < 0.05


def test_the_widths_of_intervals():
    """Guards: about 50 points for ten seeds, 7 to each side for 200, 6 for 1,000."""
    width = {n: 100 * np.ptp(wilson_interval(n // 2, n)) for n in (10, 200, 1000)}
    assert 48 < width[10] < 55 and 6.5 < width[200] / 2 < 7 and 6 < width[1000] < 6.4
    hundreds = difference_interval((90, 100), (60, 100))
    np.testing.assert_allclose(hundreds, (0.18, 0.41), atol=0.005)
    tens = difference_interval((9, 10), (6, 10))
    np.testing.assert_allclose(tens, (-0.08, 0.60), atol=0.005)


def test_the_flat_network_hears_hardly_anything(run):
    """Guards: in seed 441 every z of layers 1, 2 and 3 is negative on all samples."""
    _, cache = mlp.forward(run.network(441), mlp.SUM.X)
    assert [bool(np.all(Z < 0)) for Z in cache.Z] == [False, True, True, True]


def test_tanh_in_the_last_layer_never_says_2():
    """Guards: 'so in the last layer it could never say 2'."""
    run = sweep(mlp.SUM.X, mlp.SUM.Y, range(100), activation=mlp.tanh)
    assert not run.success.any()


def test_the_lazy_step_has_four_losses():
    """Guards: 'only four values', 'two of them nearly the same'."""
    rng = np.random.default_rng(0)
    params = mlp.initialize(rng=rng, scheme="he")
    samples = mlp.draw_samples(rng, 4, 2000)
    rows = [mlp.loss_and_grads(params, mlp.SUM.X[i], mlp.SUM.Y[i])[0] for i in samples]
    assert len(set(rows)) == 4
    assert np.diff(sorted(set(rows))).min() < 0.01


def test_the_first_runs_of_the_learning_rate():
    """Guards the reply: 0.002 is on its way, 0.2 has arrived, 2 breaks off early."""
    ends = {}
    for rate in (0.002, 0.2, 2):
        rng = np.random.default_rng(4)
        params = mlp.initialize(rng=rng)
        look = {"learning_rate": rate}
        _, ends[rate] = train(params, mlp.SUM.X, mlp.SUM.Y, rng, **look)
    assert 0.02 < ends[0.002].epoch_loss[-1] < ends[0.002].epoch_loss[9]
    assert ends[0.2].epoch_loss[-1] < 1e-5
    assert ends[2].diverged_at < 20
