from itertools import pairwise

import numpy as np

from course.lessons.initialization.cases import (
    SIZES, UNIFORM, fresh_sizes, measuring, tolerance_of,
)

# %% task
# ## Exercise: draw a network
#
# Write `my_uniform(sizes, rng)`. It draws a whole network with uniform weights.
#
# - `sizes` counts the inputs, then the units of each layer, so `(2, 3, 3, 2, 1)` has four
#   layers. Two neighbours make a layer: `n_in` numbers go into `n_out` units.
# - Return a list with one pair `(W, b)` for each layer, in order.
# - `W` has `n_in` rows and `n_out` columns of numbers drawn from `rng`, uniform on
#   [-2, 2).
# - `b` holds `n_out` zeros.

# %% stub
from itertools import pairwise

def my_uniform(sizes, rng):
    # Your code here. Return a list of pairs (W, b).
    return None

# %% hint
# `pairwise` returns the neighbours: `list(pairwise((2, 3, 1)))` is `[(2, 3), (3, 1)]`.

# %% hint
# `rng.uniform(0, 1, (4, 5))` has 4 rows and 5 columns, with each number drawn separately.

# %% solution
from itertools import pairwise

def my_uniform(sizes, rng):
    layers = []
    for n_in, n_out in pairwise(sizes):
        W = rng.uniform(-2, 2, (n_in, n_out))
        layers.append((W, np.zeros(n_out)))
    return layers
# Each layer goes on drawing from the same `rng`, so its numbers are new. The function makes no
# generator itself, because its caller chooses the seed.

# %% cases
cases = [(sizes, None) for sizes in SIZES]
measure = measuring(UNIFORM)
tolerance = tolerance_of

def fresh(rng):
    """None is where the generator goes: the measure passes one in."""
    return [(sizes, None) for sizes in fresh_sizes(rng)]

# %% mistakes in: W = rng.uniform(____, (n_in, n_out))
# the numbers lie between 0 and 1: which bounds does the task ask for?
W = rng.uniform(0, 1, (n_in, n_out))
# the numbers lie between -1 and 1: which bounds does the task ask for?
W = 2 * rng.random((n_in, n_out)) - 1
# the numbers lie between -2 and 0: which bounds does the task ask for?
W = rng.uniform(-2, 0, (n_in, n_out))
# these are normal numbers: the task asks for uniform ones
W = rng.standard_normal((n_in, n_out))
# generators with different seeds give the same weights: every number must come from the
# rng that is passed in, not from a generator of your own for each layer
W = np.random.default_rng(42).uniform(-2, 2, (n_in, n_out))
# each layer begins with the same random numbers: it must go on drawing from the rng
# where the layer before it stopped
W = np.random.default_rng(seed).uniform(-2, 2, (n_in, n_out))
# in place of: layers = []
layers, seed = [], rng.integers(1000000)
# W has a row for each unit: here a row belongs to an input, and a column to a unit
# fix: W = rng.uniform(____, (____, n_out))
W = rng.uniform(-2, 2, (n_out, n_in))

# %% mistakes in: layers.append((W, np.____(n_out)))
# the biases are not 0: only the weights are random
layers.append((W, rng.uniform(-2, 2, n_out)))
# only the first layer is returned: does the function return before its loop ends?
# fix: return ____ (below the loop, not in it)
layers.append((W, np.zeros(n_out)))
return layers

# %% right
# the last layer is drawn first
def my_uniform(sizes, rng):
    generator = np.random.default_rng(rng)
    return tuple(
        (generator.uniform(low=-2, high=2, size=shape), np.zeros(shape[1]))
        for shape in reversed(list(pairwise(sizes)))
    )[::-1]

# %% wrong in: W = rng.uniform(-2, 2, (n_in, n_out))
# bounds a little too narrow: 'none of 29600 weights lies between'
W = rng.uniform(-1.98, 1.98, (n_in, n_out))
# bounds a little too wide: 'is among the weights, but lies outside the range'
W = rng.uniform(-2.01, 2.01, (n_in, n_out))
# a gap at 0: 'weights lies between'
W = rng.choice([-1, 1], (n_in, n_out)) * rng.uniform(0.01, 2, (n_in, n_out))
# sorted by size: 'are sorted: leave them as drawn'
W = np.array(sorted(rng.uniform(-2, 2, n_in * n_out), key=abs)).reshape(n_in, n_out)
# right for some networks: 'the spread of W[0] is wrong'
W = rng.uniform(-2, 2, (n_in, n_out))
if sizes[0] not in (1, 2, 3, 250):
    W = rng.standard_normal((n_in, n_out))

# %% wrong
# one large matrix for all layers: '29600 weights have only'
def my_uniform(sizes, rng):
    W = rng.uniform(-2, 2, (max(sizes), max(sizes)))
    return [(W[:n_in, :n_out], np.zeros(n_out)) for n_in, n_out in pairwise(sizes)]
