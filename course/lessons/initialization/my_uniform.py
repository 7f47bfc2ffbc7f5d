"""Notebook 2: draw what the text promises. The solution stands below."""

# ruff: noqa: F706, F811, F821, I001, RUF007
# fmt: off
from itertools import pairwise

import numpy as np

import mlp_core as mlp
from course.lessons.initialization.cases import (
    SIZES,
    fresh_sizes,
    measuring,
    tolerance_of,
)

# %% task
# ## Exercise: draw what the text promises
#
# Write `my_uniform(sizes, rng)`. It draws a whole network, as the original notebook's
# *text* has it.
#
# - `sizes` counts the inputs, then the units of each layer: `(2, 3, 3, 2, 1)` has four
#   layers. Each lies between two neighbours: `n_in` numbers go into `n_out` units.
# - Return a list with one pair `(W, b)` for each layer, in order.
# - `W` has `n_in` rows and `n_out` columns, each number uniform on [-2, 2), drawn from
#   `rng`.
# - `b` holds `n_out` zeros.

# %% stub
from itertools import pairwise

def my_uniform(sizes, rng):
    # Your code here. Return a list of pairs (W, b).
    return None

# %% hint
# `pairwise` gives them: `list(pairwise((2, 3, 1)))` is `[(2, 3), (3, 1)]`.

# %% hint
# `rng.uniform(0, 1, (4, 5))` has 4 rows and 5 columns, each number drawn on its own.

# %% solution
from itertools import pairwise

def my_uniform(sizes, rng):
    layers = []
    for n_in, n_out in pairwise(sizes):
        W = rng.uniform(-2, 2, (n_in, n_out))
        layers.append((W, np.zeros(n_out)))
    return layers
# Each layer goes on with the same `rng`, so its draws are new. No generator is made
# inside of the function: who calls it decides the seed.

# %% cases
cases = [(sizes, None) for sizes in SIZES]
measure = measuring(lambda n_in: 2 / np.sqrt(3), uniform=True)
tolerance = tolerance_of

def fresh(rng):
    """The place of the generator stays empty: the measure hands one in."""
    return [(sizes, None) for sizes in fresh_sizes(rng)]

# %% mistake: the numbers lie between 0 and 1: which bounds are asked for?
# in place of: W = rng.uniform(-2, 2, (n_in, n_out))
W = rng.uniform(0, 1, (n_in, n_out))

# %% mistake: the numbers lie between 0 and 2, all on one side: what is the lower bound?
# in place of: W = rng.uniform(-2, 2, (n_in, n_out))
W = 2 * rng.random((n_in, n_out))

# %% mistake: the numbers lie between -2 and 0, all on one side: what is the upper
# bound?
# in place of: W = rng.uniform(-2, 2, (n_in, n_out))
W = 2 * rng.random((n_in, n_out)) - 2

# %% mistake: the numbers lie between -1 and 1: which bounds are asked for?
# in place of: W = rng.uniform(-2, 2, (n_in, n_out))
W = 2 * rng.random((n_in, n_out)) - 1

# %% mistake: these are normal numbers, as the original notebook's code draws them: its
# text asks for uniform ones
# in place of: W = rng.uniform(-2, 2, (n_in, n_out))
W = rng.standard_normal((n_in, n_out))

# %% mistake: these are normal numbers with the spread 2: they have no bounds
# in place of: W = rng.uniform(-2, 2, (n_in, n_out))
W = rng.normal(0, 2, (n_in, n_out))

# %% mistake: generators with different seeds give the same weights: every number must
# come from the rng that is handed in, without a generator of your own for each layer
# in place of: W = rng.uniform(-2, 2, (n_in, n_out))
W = np.random.default_rng(42).uniform(-2, 2, (n_in, n_out))

# %% mistake: generators with different seeds give the same weights: every number must
# come from the rng that is handed in
# mend: W = rng.uniform(-2, 2, (n_in, n_out))
# in place of: layers = []
layers, rng = [], np.random.default_rng(0)

# %% mistake: two generators with the same seed give different weights: every number
# must come from the rng that is handed in
# in place of: W = rng.uniform(-2, 2, (n_in, n_out))
W = np.random.uniform(-2, 2, (n_in, n_out))

# %% mistake: each layer begins with the same random numbers: it must go on drawing from
# the rng where the layer before it has stopped
# mend: W = rng.uniform(-2, 2, (n_in, n_out))
# in place of: layers = []
layers, seed = [], rng.integers(1000000)
# in place of: W = rng.uniform(-2, 2, (n_in, n_out))
W = np.random.default_rng(seed).uniform(-2, 2, (n_in, n_out))

# %% mistake: W has a row for each unit: in this course a row belongs to an input, and a
# column to a unit
# in place of: W = rng.uniform(-2, 2, (n_in, n_out))
W = rng.uniform(-2, 2, (n_out, n_in))

# %% mistake: the biases are not 0: only the weights are random
# mend: np.zeros(n_out)
# in place of: layers.append((W, np.zeros(n_out)))
layers.append((W, rng.uniform(-2, 2, n_out)))

# %% mistake: all weights are 0: so the units of a layer would stay alike for ever
# in place of: W = rng.uniform(-2, 2, (n_in, n_out))
W = np.zeros((n_in, n_out))

# %% mistake: only the first layer is returned: does the function end before its loop?
# mend: return layers (below the loop, not in it)
# in place of: layers.append((W, np.zeros(n_out)))
layers.append((W, np.zeros(n_out)))
return layers

# %% mistake: only the last layer is returned: does the list begin anew in each round?
# mend: layers = [] (above the loop, not in it)
# in place of: layers.append((W, np.zeros(n_out)))
layers = [(W, np.zeros(n_out))]

# %% mistake: the first layer is missing: it lies between the inputs, which come first
# in sizes, and the first units
# mend: pairwise(sizes)
# in place of: layers = []
layers, sizes = [], sizes[1:]

# %% right
def my_uniform(sizes, rng):
    layers = []
    for i in range(1, len(sizes)):
        W = np.zeros((sizes[i - 1], sizes[i]))
        for row in range(sizes[i - 1]):
            for column in range(sizes[i]):
                W[row, column] = rng.uniform(-2, 2)
        layers.append((W, np.zeros(sizes[i])))
    return layers

# %% right
def my_uniform(sizes, rng):
    if len(sizes) < 2:
        return []
    n_in, n_out = sizes[:2]
    first = mlp.Layer(4 * rng.random((n_in, n_out)) - 2, np.zeros(n_out))
    return [first] + my_uniform(sizes[1:], rng)

# %% right: A list stands
def my_uniform(sizes, rng):
    layers = []
    for n_in, n_out in zip(sizes, sizes[1:]):
        W = [[rng.uniform(-2, 2) for _ in range(n_out)] for _ in range(n_in)]
        b = [0] * n_out
        layers.append([W, b])
    return layers

# %% right
def my_uniform(sizes, rng):
    shapes = list(zip(sizes[:-1], sizes[1:]))
    weights = [rng.uniform(-2, 2, shape).astype(np.float32) for shape in shapes]
    biases = [np.zeros(n_out, dtype=np.float32) for _, n_out in shapes]
    return list(zip(weights, biases))

# %% right
# in place of: W = rng.uniform(-2, 2, (n_in, n_out))
signs = rng.choice([-1, 1], (n_in, n_out))
W = 2 * signs * rng.random((n_in, n_out))

# %% right
def my_uniform(sizes, rng):
    generator = np.random.default_rng(rng)
    return tuple(
        (generator.uniform(low=-2, high=2, size=shape), np.zeros(shape[1]))
        for shape in reversed(list(pairwise(sizes)))
    )[::-1]

# %% wrong: none of 29600 weights lies between -0.
# in place of: W = rng.uniform(-2, 2, (n_in, n_out))
W = rng.choice([-1, 1], (n_in, n_out)) * rng.uniform(0.02, 2, (n_in, n_out))

# %% wrong: none of 29600 weights lies between
# in place of: W = rng.uniform(-2, 2, (n_in, n_out))
W = rng.uniform(-1.98, 1.98, (n_in, n_out))

# %% wrong: is among the weights: it lies out of the range
# in place of: W = rng.uniform(-2, 2, (n_in, n_out))
W = rng.uniform(-2.01, 2.01, (n_in, n_out))

# %% wrong: are sorted: leave them as drawn
# in place of: W = rng.uniform(-2, 2, (n_in, n_out))
W = np.array(sorted(rng.uniform(-2, 2, n_in * n_out), key=abs)).reshape(n_in, n_out)

# %% wrong: are sorted: leave them as drawn
# in place of: W = rng.uniform(-2, 2, (n_in, n_out))
W = -np.sort(rng.uniform(-2, 2, (n_in, n_out)))

# %% wrong: take only 41 values
# in place of: W = rng.uniform(-2, 2, (n_in, n_out))
W = np.round(rng.uniform(-2, 2, (n_in, n_out)), 1)

# %% wrong: some weights come again
def my_uniform(sizes, rng):
    W = rng.uniform(-2, 2, (max(sizes), max(sizes)))
    return [(W[:n_in, :n_out], np.zeros(n_out)) for n_in, n_out in pairwise(sizes)]

# %% wrong: the spread of W[0] is wrong
# in place of: W = rng.uniform(-2, 2, (n_in, n_out))
W = rng.uniform(-2, 2, (n_in, n_out))
if sizes[0] not in (1, 2, 3, 250):
    W = rng.standard_normal((n_in, n_out))
