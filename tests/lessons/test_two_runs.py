"""The words about two training runs side by side, for each way in which they differ."""

import numpy as np
import pytest

from course.lessons.sum_task.two_runs import compare_losses

LOSSES = np.geomspace(1, 1e-3, 1200)


@pytest.mark.parametrize(
    "own, theirs, words",
    [
        (LOSSES * (1 + 1e-12), LOSSES, "the same in all 1,200 steps"),
        ([1e-25, 0], [3e-20, 0], "the same in all 2 steps"),  # rounding, too
        (
            2 * LOSSES,  # no update has been made before the first loss
            LOSSES,
            "they differ before the first update: a different start, sample or loss",
        ),
        (LOSSES[:7], LOSSES, "the same, but yours stops after 7 of 1,200 steps"),
        ([], LOSSES, "the same, but yours stops after 0 of 1,200 steps"),
        (LOSSES, LOSSES[:7], "the same until step 7, where mlp.train stops"),
    ],
)
def test_what_is_said_of_two_runs(own, theirs, words):
    """Guards: rounding taken for a difference, and who of the two stops first."""
    assert compare_losses(own, theirs) == words


@pytest.mark.parametrize("step", [2, 1000, 1200])
def test_the_step_at_which_they_part_is_named(step):
    """Guards: a step too early or too late, counted from 1, and the two losses there."""
    own = LOSSES.copy()
    own[step - 1 :] *= 2
    first, second = f"{own[step - 1]:.4g}", f"{LOSSES[step - 1]:.4g}"
    assert compare_losses(own, LOSSES) == (
        f"the same until step {step - 1:,}; they differ from step {step:,} on: loss "
        f"{first} against {second}"
    )
    own[step - 1] = np.nan
    assert f"differ from step {step:,} on: loss nan" in compare_losses(own, LOSSES)
