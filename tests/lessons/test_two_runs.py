"""The words about two training runs side by side, for each way in which they differ."""

import numpy as np
import pytest

import mlp_core as mlp
from course.lessons.sum_task.two_runs import compare_losses
from tests.answers import EXERCISES

LOSSES = np.geomspace(1, 1e-3, 1200)


def test_own_functions_train_as_the_course():
    """Guards the end of the notebook: two real runs, one start, one choice of samples."""
    rng = np.random.default_rng(0)
    start = mlp.initialize(rng=rng, scheme="he")
    samples = mlp.draw_samples(rng, 4, 2000)
    functions = mlp.loss_and_grads, EXERCISES["my_step"].right
    train = EXERCISES["my_train"].right
    own = train(start, mlp.SUM.X, mlp.SUM.Y, samples, 0.2, *functions)[1]
    theirs = mlp.train(start, mlp.SUM.X, mlp.SUM.Y, samples=samples)[1].loss
    assert compare_losses(own, theirs) == "the same in all 2,000 steps"


def test_rounding_counts_as_the_same():
    """Guards: a right function that adds in another order, taken for a wrong one."""
    assert compare_losses(LOSSES * (1 + 1e-12), LOSSES) == "the same in all 1,200 steps"
    assert compare_losses([1e-25, 0], [3e-20, 0]) == "the same in all 2 steps"


@pytest.mark.parametrize("step", [2, 1000, 1200])
def test_the_step_at_which_they_part_is_named(step):
    """Guards: a step too early or too late, counted from 1, and the two losses there."""
    own = LOSSES.copy()
    own[step - 1 :] *= 2
    first, second = f"{own[step - 1]:.4g}", f"{LOSSES[step - 1]:.4g}"
    assert compare_losses(own, LOSSES) == (
        f"the same until step {step - 1:,}; they part at step {step:,}: loss {first} "
        f"against {second}"
    )
    own[step - 1] = np.nan
    assert f"part at step {step:,}: loss nan" in compare_losses(own, LOSSES)


def test_another_start_is_told_from_another_update():
    """Guards: no update has been made before the first loss."""
    words = "they differ before the first update: another start, sample or loss"
    assert compare_losses(2 * LOSSES, LOSSES) == words


def test_who_stops_first_is_named():
    """Guards: which of the two ended early, also before its first step."""
    stops = "the same, but yours stops after 7 of 1,200 steps"
    assert compare_losses(list(LOSSES[:7]), LOSSES) == stops
    goes_on = "the same until step 7, where mlp.train stops"
    assert compare_losses(LOSSES, LOSSES[:7]) == goes_on
    assert "yours stops after 0 of 1,200" in compare_losses([], LOSSES)
