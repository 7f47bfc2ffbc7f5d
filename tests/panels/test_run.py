"""The training run as data: the numbers of `train`, however it is cut."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mlp_core as mlp
from course import fast
from course.original import original_loss_and_grads
from course.panels import run as runs
from tests.panels.parts import assert_same, training_run


@pytest.mark.parametrize(
    "task, bug, batch_size",
    [(mlp.SUM, False, 1), (mlp.XOR, True, 3), (mlp.XOR, False, None)],
    ids=["one", "three with the bug", "all"],
)
def test_the_run_is_the_one_of_train(task, bug, batch_size):
    """Guards: other numbers than those of a cell that trains, at any step."""
    how = {"learning_rate": 0.1, "batch_size": batch_size}
    run = training_run(task=task, seed=5, bug=bug, steps=250, **how)
    rng = np.random.default_rng(5)
    params = mlp.initialize(mlp.ORIGINAL_SIZES, rng)
    how |= {"epochs": 25, "steps_per_epoch": 10, "snapshots": True}
    how |= {"gradient": original_loss_and_grads if bug else mlp.loss_and_grads}
    params, history = fast.train(params, task.X, task.Y, rng, **how)
    np.testing.assert_array_equal(run.loss, history.loss)
    np.testing.assert_array_equal(run.samples, history.samples)
    for step in (0, 1, 99, 100, 101, 250):
        assert_same(run.at(step), history.snapshots[step])


@given(
    learning_rate=st.floats(0.3, 50), seed=st.integers(0, 500), piece=st.integers(1, 40)
)
@settings(max_examples=60, deadline=None)
def test_a_run_cut_into_pieces_diverges_as_train_does(learning_rate, seed, piece):
    """Guards: a divergence that is told a step early or late."""
    rate = {"learning_rate": learning_rate}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "PIECE", piece)
        run = training_run(task=mlp.XOR, seed=seed, steps=80, **rate)
    rng = np.random.default_rng(seed)
    params = mlp.initialize(mlp.ORIGINAL_SIZES, rng)
    how = {"epochs": 80, "steps_per_epoch": 1, **rate}
    params, history = fast.train(params, mlp.XOR.X, mlp.XOR.Y, rng, **how)
    assert run.stopped == history.stopped
    assert run.diverged_at == history.diverged_at
    np.testing.assert_array_equal(run.loss, history.loss)
    assert_same(run.at(run.done), params)


def test_a_long_run_keeps_few_networks_and_still_knows_every_step(monkeypatch):
    """Guards the memory of the kernel, and the networks that are not kept."""
    every = training_run(steps=450, seed=2)
    monkeypatch.setattr(runs, "MOST_NUMBERS", 1000)
    few = training_run(steps=450, seed=2)
    assert len(few.kept) < 10 < len(every.kept)
    for step in (0, 1, 99, 100, 333, 450):
        assert_same(few.at(step), every.at(step))


def test_an_interrupt_keeps_what_was_learned(monkeypatch):
    """Guards: a run that was interrupted ends, and tells after how many steps."""

    def interrupted(*args, samples, **kwargs):
        params, history = fast.train(*args, samples=samples[:70], **kwargs)
        return params, history._replace(stopped="interrupted")

    whole = training_run(steps=100)
    monkeypatch.setattr(runs, "train", interrupted)
    run = training_run(steps=100)
    assert run.ended and run.stopped == "interrupted" and run.done == 70
    assert "interrupted after 70 steps" in runs.describe(run, 70)
    assert_same(run.at(70), whole.at(70))


def test_many_samples_are_told_in_a_summary():
    """Guards: 200 outputs in the status line."""
    X = np.random.default_rng(0).uniform(-1, 1, (200, 2))
    task = mlp.Task("own", X, X[:, :1] ** 2)
    run = training_run(task=task, learning_rate=0.01, steps=300)
    errors = abs(mlp.forward(run.at(300), X)[0] - task.Y)[:, 0]
    words = runs.describe(run, 300)
    assert f"; largest error {max(errors):.2f}; " in words
    assert f"; {sum(errors < 0.1)} of 200 within 0.1" in words
    assert "outputs" not in words and len(words) < 100


def test_a_dead_layer_is_told_as_stuck_and_a_dead_unit_is_not():
    """Guards: the second run learns with its dead unit, and solves the task later."""
    run = training_run(activation="relu", seed=0)
    dead = "stuck: 3 of 3 units in layer 1 and 1 of 2 units in layer 2 are dead"
    assert dead in runs.describe(run, run.done)
    run = training_run(alpha=0.0, seed=1)
    words = runs.describe(run, 400)
    assert "; 1 of 2 units in layer 2 is dead" in words and "stuck" not in words
    assert mlp.solved(run.outputs(2000), mlp.SUM.Y)


def words_of(task, activation, W, b):
    """What is said of a network with one hidden layer of two units."""
    run = training_run(task=task, activation=activation, hidden=(2,), steps=1)
    last = mlp.Layer(np.ones((2, 1)), np.zeros(1))
    hidden = mlp.Layer(np.array(W, float), np.array(b, float))
    return runs.describe(run._replace(kept=[[hidden, last]]), 0)


def test_a_layer_whose_units_are_all_dead_is_stuck_where_it_can_not_learn():
    """Guards: a saturated tanh passes no slope, but the layer after it still learns.

    So does the last bias behind a dead layer: one answer may fit all targets.
    """
    told = "; {}2 of 2 units in layer 0 are dead"
    dead = "relu", [[0, 0], [0, 0]], [-1, -1]
    assert told.format("stuck: ") in words_of(mlp.XOR, *dead)
    near = mlp.Task("near", mlp.XOR.X, np.array([[0.5], [0.55], [0.5], [0.6]]))
    assert told.format("") in words_of(near, *dead)
    apart = words_of(mlp.XOR, "tanh", [[99, 99], [99, 99]], [-40, -140])
    assert told.format("") in apart


@pytest.mark.parametrize("task", [mlp.SUM, mlp.XOR], ids=lambda task: task.name)
@pytest.mark.parametrize("bug", [False, True])
@pytest.mark.slow
def test_who_is_called_stuck_never_solves_the_task(task, bug):
    """Guards: the word is a promise, for every seed."""
    seeds, stuck = [*range(20), *range(10_000, 10_020)], 0
    for seed in seeds:
        run = training_run(task=task, activation="relu", seed=seed, bug=bug, steps=1500)
        told = [
            step
            for step in (0, 1, 20, 100, 400, 1000)
            if step <= run.done and "stuck" in runs.describe(run, step)
        ]
        later = mlp.forward(run.kept.stack(), task.X, run.activation)[0]
        solved = mlp.solved(later, task.Y)
        stuck += bool(told)
        assert not told or not solved[told[0] :].any(), (seed, told)
    assert 3 < stuck < len(seeds)


@pytest.mark.parametrize(
    "settings",
    [
        {"hidden": (8, 8)},
        {"hidden": (12, 12, 12), "seed": 2},
        {"hidden": (8, 8), "learning_rate": 5.0},  # no weights are small enough
        {"hidden": (30, 30), "scheme": "he", "learning_rate": 5.0},
        {"hidden": (3, 3, 2), "learning_rate": 5.0, "seed": 3},
        {"hidden": (30,), "activation": "identity"},  # he is no better there
    ],
    ids=str,
)
def test_he_is_advised_where_it_helps(settings):
    """Guards: advice that leads to the next explosion, or none; numbers of 100 digits."""
    run = training_run(**{"steps": 150, **settings})
    he = training_run(**{"steps": 150, **settings, "scheme": "he"})
    words = "lower the learning rate"
    words += ", or choose initialization he" * (he.stopped == "finished")
    told = runs.describe(run, run.done)
    assert f"diverged at step {run.done + 1}: {words}; outputs" in told
    assert len(told) < 500
