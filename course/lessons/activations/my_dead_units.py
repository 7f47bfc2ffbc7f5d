import numpy as np

import mlp_core as mlp
from course.checking.exercise import FormError, to_array
from course.lessons.cases import normal

# %% task
# ### Exercise: find the dead units
#
# Write `my_dead_units(Z, alpha)`: which units of a layer are dead on these samples?
#
# - `Z` holds weighted sums: a row for each sample, a column for each unit;
# - return an array with one answer for each unit: `True` if it is dead, else `False`;
# - `mlp.leaky_relu(alpha).slope(Z)` returns the slopes, in the rows and columns of `Z`.
#   No loop.
#
# Think of z = 0, and of alpha, since with some alphas no unit is ever dead.

# %% stub
def my_dead_units(Z, alpha):
    # Your code here. Return an array of True and False, one for each unit.
    return None

# %% hint
# Start from the definition: where is the slope 0? That gives `True` or `False` for each sample
# and each unit.

# %% hint
# Dead means dead on *every* sample. Samples are rows, so go down each column.
# `.all(axis=0)` does that.

# %% solution
def my_dead_units(Z, alpha):
    slopes = mlp.leaky_relu(alpha).slope(Z)
    return (slopes == 0).all(axis=0)
# It uses the slope, as the definition does, so z = 0 and every alpha come out right by
# themselves.

# %% cases
def measure(call, args):
    """A row is a sample, not a unit."""
    array, (n, units) = to_array(call(*args)), args[0].shape
    if array.shape == (n,) != (units,):
        raise FormError("it answers for each sample: a row is a sample, a unit is a column")
    return {"": array}

_NEGATIVE = np.array([[-1.0, -2.0], [-3.0, -4.0]])
cases = [
    (np.array([[-1.0, 2.0]]), 0.0),  # one sample
    (np.array([[-1.0, 2.0], [-3.0, -1.0]]), 0.0),
    (np.array([[-1.0, 0.0, -2.0], [-1.0, -2.0, 0.5]]), 0.0),  # a z of 0
    (np.array([[-1.0, -2.0, -3.0], [1.0, -1.0, -2.0], [2.0, 1.0, -1.0]]), 0.0),
    *((_NEGATIVE, alpha) for alpha in (-0.2, 0.01, 1.0)),
    (np.array([[-1.0], [1.0]]), -1.0),  # the slopes -1 and 1 cancel in a sum
    (np.array([[-1.0], [-2.0], [-1.0], [-0.5], [-3.0], [1.0]]), -0.2),
    (np.array([[-1, 0, 4], [-2, -3, -1]]), 0.0),  # whole numbers
    (normal(3, 4, 6) - 1.0, 0.0),
]
large = -abs(normal(4, 40_000, 5)), 0.0  # else a loop may stop at the first unit
allowed = (mlp.leaky_relu,)

def fresh(rng):
    """Units that are dead, or nearly so, in any order; alphas of every kind."""
    Z = -rng.uniform(0.01, 3, (5, 6)).round(2)
    row = rng.integers(5)
    Z[row, :4] = 0.0, -1e-12, 1e-12, 2.0  # only the second of them stays dead
    Z[:, 5] *= -1
    Z = Z[:, rng.permutation(6)]
    last = -np.ones((200, 7))
    last[-1, rng.permutation(7)[:3]] = 1.0, 0.0, 1e-3  # the last sample decides
    whole = rng.permuted([[-3, -1, 2], [-2, 0, 1], [-1, -5, 4]], axis=0)
    cancels = rng.permutation([[-1.0, -2.0], [-0.5, -1.0], [1.0, -3.0]])
    negative, positive = rng.uniform([-3, 0.05], [-0.3, 3]).round(2)
    return [
        *((Z, alpha) for alpha in (0.0, negative, positive, 1e-9)),
        (Z[[row]], 0.0),
        (-abs(Z[:, :1]) - 0.01, 0.0),
        (Z.astype(np.float32), 0.0),
        (whole, 0),
        (cancels, -0.5),
        (last, 0.0),
    ]

# %% mistakes in: return (slopes == 0).all(____)
# it answers for each sample: a row is a sample, a unit is a column
return (slopes == 0).all(axis=1)
# one sample with slope 0 is enough here: a dead unit has slope 0 on every sample
return (slopes == 0).any(axis=0)
# it returns one answer for all units together: each unit needs its own
return (mlp.leaky_relu(alpha).slope(Z) == 0).all()
# these are the numbers of the dead units: say True or False for each unit
return np.flatnonzero((slopes == 0).all(axis=0))

# %% mistakes in: return (____ == 0).all(____)
# units with z = 0 on a sample count as dead: what is the slope at z = 0?
return (mlp.leaky_relu(alpha).f(Z) == 0).all(axis=0)
# it finds the same units for every alpha: what is the slope at a negative z?
return (Z < 0).all(axis=0)
# it returns True for the units whose slope is never 0, because `all` counts any number
# except 0 as True: where is the slope 0?
return slopes.all(axis=0)
# a unit counts as dead when its slopes cancel, as -1 and 1 do: each slope must be 0
return slopes.sum(axis=0) == 0
# it returns True for the units that are alive: swap True and False
return slopes.any(axis=0)

# %% right in: return (slopes == 0).all(axis=0)
# the ones that are alive, inverted
return ~(np.where(Z >= 0, 1, alpha) != 0).any(axis=0)
# sample by sample: 'It loops in Python'
dead = slopes[0] == 0
for row in slopes[1:]:
    dead = dead & (row == 0)
return dead

# %% wrong in: slopes = mlp.leaky_relu(alpha).slope(Z)
# small z count as 0: 'the result is wrong'
slopes = mlp.leaky_relu(alpha).slope(np.round(Z, 6))

# %% wrong in: return (slopes == 0).all(axis=0)
# by rows, and not by the slope: 'it answers for each sample: a row is a sample'
return (Z < 0).all(axis=1)
# whole numbers for a mask: 'should hold True and False'
return np.where((slopes == 0).all(axis=0), 1, 0)
# slopes below 0 count as none: 'right: [False, False]'
return slopes.max(axis=0) <= 0
# small slopes count as 0: 'for alpha = 1e-09'
return np.isclose(slopes, 0).all(axis=0)
# only a part of a large batch: 'shape (200, 7)'
return (slopes[:100] == 0).all(axis=0)
