import numpy as np

import mlp_core as mlp
from course.lessons.cases import normal

# %% task
# ## Exercise: a loss to beat
#
# Is a loss of 0.1 good? Compare it with a network that gives the same answer for all
# samples. Its best answer is the mean of the targets (separately for each output). A loss
# that isn't clearly below this *baseline* is no evidence that anything was learned about
# the inputs.
#
# `Y` (n, n_out) holds the targets. Return the loss of the best constant answer: as
# always, half the squared error, summed over the outputs, averaged over the samples.

# %% stub
def my_constant_loss(Y):
    """Y (n, n_out) -> the loss of the best answer that is the same for all samples."""
    loss = None  # your code
    return loss

# %% hint
# `Y.mean(axis=0)` has the shape (n_out,), one mean for each output. `Y` minus these
# means is the error, (n, n_out).

# %% hint
# `mlp.loss(Y_hat, Y)` can do the rest. It needs a row of `Y_hat` for each sample, and
# `np.zeros(Y.shape) + answer` repeats the answer in every row.

# %% solution
def my_constant_loss(Y):
    """Y (n, n_out) -> the loss of the best answer that is the same for all samples."""
    error = Y - Y.mean(axis=0)  # (n, n_out)
    return 0.5 * np.sum(error**2) / len(Y)
# For XOR the best constant is 0.5, and its loss is 0.125.

# %% cases
_SHAPES = [(3, 1), (5, 1), (1, 3), (4, 2), (3, 3), (2, 5)]
cases = [
    (mlp.XOR.Y,),
    (mlp.SUM.Y,),
    (np.array([[3.0]]),),
    (np.array([[0.0], [0.0], [3.0]]),),
    (np.array([[2], [5]]),),  # whole numbers
    *((normal(500 + i, *shape),) for i, shape in enumerate(_SHAPES)),
]
allowed = (mlp.loss,)

def fresh(rng):
    """One sample, equal rows, whole and large numbers, a constant output, float32."""
    n, outputs = rng.integers(2, 7, 2)
    drawn = normal(rng, n, outputs)
    return [
        (normal(rng, 1, 2),),
        (np.repeat(normal(rng, 1, 3), 4, axis=0),),
        (np.append(rng.integers(-9, 10, n), [60, -60])[:, None],),
        (drawn,),
        (np.hstack([drawn, np.full((n, 1), 2.0)]) + 5.0,),
        ((rng.random((7, 2)) < 0.3) * 1.0,),
        (normal(rng, 40, 3).astype(np.float32),),
        (normal(rng, 200, 12),),  # many samples and outputs
    ]

# %% mistakes in: error = Y - ____  # (n, n_out)
# all outputs get the same answer, the mean of all targets: each output has its own best
# answer
error = Y - np.mean(Y)
# it measures from the answer 0.5, which is best only for XOR: which answer is best for
# these targets?
error = Y - 0.5
# all outputs share one mean, and you average over them: take a mean for each, and add up
return 0.5 * np.mean((Y - np.mean(Y)) ** 2)
# 0.5 is best only for XOR, and the losses of several outputs are added up, not averaged
return 0.5 * np.mean((Y - 0.5) ** 2)
# this is the mean of all targets: each output has its own mean, and a loss is asked for
return np.mean(Y)
# this is the best answer for XOR alone: return a loss, for any targets
return 0.5

# %% mistakes in: return ____ * np.sum(error**2) / ____
# the answer is the best one, but the half is missing
return np.sum(error**2) / len(Y)
# the answer is the best one, but its loss grows with the number of samples: average over
# them
return 0.5 * np.sum(error**2)
# the answer is the best one, but its loss shrinks with the number of outputs: sum over
# them, don't average
return np.sum(error * error) / (2 * Y.size)
# it is 0 whatever the targets are: errors of opposite sign cancel if they are added up
# before they are squared
return 0.5 * np.sum(error) ** 2 / len(Y)
# it returns one loss for each output: add them up
return 0.5 * np.sum(error**2, axis=0) / len(Y)

# %% mistakes in: return 0.5 * np.sum(error**2) / len(Y)
# fix: error = Y - ____; return ____ * np.sum(error**2) / ____
# this is the best answer itself: return its loss
return Y.mean(axis=0)
# it returns one number for each output, twice its loss: halve them and add them up
return np.var(Y, axis=0)

# %% right in: return 0.5 * np.sum(error**2) / len(Y)
# the course's loss, which is allowed
return mlp.loss(0 * Y + Y.mean(axis=0), Y)
# NumPy's variance
return 0.5 * np.var(Y, axis=0).sum()
# squares first, with their rounding
return (np.mean(Y * 1.0 * Y, axis=0) - Y.mean(axis=0) ** 2).sum() / 2

# %% wrong in: error = Y - Y.mean(axis=0)  # (n, n_out)
# the first of many outputs: 'for Y = an array of shape (200, 12)'
error = (Y - Y.mean(axis=0))[:, :6]

# %% wrong in: return 0.5 * np.sum(error**2) / len(Y)
# the two that the notebook shows: 'the result is wrong'
return 0.25 if Y.max() == 2 else 0.125

# %% equal
# the sign of a difference does not count in a square
#     error = Y.mean(axis=0) - Y
