"""Notebook 2: write He's scheme. The solution stands below."""

# ruff: noqa: F706, F811, F821
# fmt: off
from itertools import pairwise

import numpy as np

from course.lessons.initialization.cases import (
    SIZES,
    fresh_sizes,
    measuring,
    tolerance_of,
)

# %% task
# ## Exercise: write He's scheme
#
# Write `my_he(sizes, rng, alpha)`. It returns a list of pairs `(W, b)`, as `my_uniform`
# does. But now the weights are normal, with the mean 0 and the variance of He's scheme.
# It differs from layer to layer, as `n_in` does.
#
# In notebook 5 a network of yours starts from it.

# %% stub
def my_he(sizes, rng, alpha):
    # Your code here. Return a list of pairs (W, b).
    return None

# %% hint
# `rng.standard_normal((n_in, n_out))` has the variance 1. If you multiply it by a
# number $s$, the variance becomes $s^2$. So $s$ is a square root.

# %% solution
def my_he(sizes, rng, alpha):
    layers = []
    for n_in, n_out in pairwise(sizes):
        spread = np.sqrt(2 / ((1 + alpha**2) * n_in))
        W = spread * rng.standard_normal((n_in, n_out))
        layers.append((W, np.zeros(n_out)))
    return layers
# The formula is the variance; draws are multiplied by a standard deviation, its square
# root. The spread belongs inside of the loop, since each layer has its own `n_in`.

# %% cases
_ALPHAS = -0.2, 0.0, -0.2, 1.0, -0.8, 1.0, 0.0
cases = [(sizes, None, alpha) for sizes, alpha in zip(SIZES, _ALPHAS)]
measure = measuring(lambda n_in, alpha: np.sqrt(2 / ((1 + alpha**2) * n_in)))
tolerance = tolerance_of

def fresh(rng):
    """The place of the generator stays empty: the measure hands one in."""
    small, narrow, wide = fresh_sizes(rng)
    negative, large = rng.uniform([-0.95, 2], [-0.6, 3]).round(2)
    return [(small, None, negative), (narrow, None, negative), (wide, None, large)]

# %% mistake: the spread follows n_out: how many numbers does a unit add up?
# in place of: spread = np.sqrt(2 / ((1 + alpha**2) * n_in))
spread = np.sqrt(2 / ((1 + alpha**2) * n_out))

# %% mistake: the spread follows n_in + n_out: how many numbers does a unit add up?
# in place of: spread = np.sqrt(2 / ((1 + alpha**2) * n_in))
spread = np.sqrt(2 / ((1 + alpha**2) * (n_in + n_out)))

# %% mistake: the spread is what the variance should be: numbers multiplied by s get the
# variance s squared
# in place of: spread = np.sqrt(2 / ((1 + alpha**2) * n_in))
spread = 2 / ((1 + alpha**2) * n_in)

# %% mistake: the spread is the same for every alpha: the more an activation lets
# through, the smaller the weights
# in place of: spread = np.sqrt(2 / ((1 + alpha**2) * n_in))
spread = np.sqrt(2 / n_in)

# %% mistake: a negative alpha counts as one that lets less through: what happens to its
# sign in the formula?
# in place of: spread = np.sqrt(2 / ((1 + alpha**2) * n_in))
spread = np.sqrt(2 / ((1 + alpha) * n_in))

# %% mistake: the 1 is squared together with alpha: in the formula alpha alone is
# squared
# in place of: spread = np.sqrt(2 / ((1 + alpha**2) * n_in))
spread = np.sqrt(2 / ((1 + alpha)**2 * n_in))

# %% mistake: the variance is half of what it should be: what makes up for the
# activation?
# in place of: spread = np.sqrt(2 / ((1 + alpha**2) * n_in))
spread = np.sqrt(1 / ((1 + alpha**2) * n_in))

# %% mistake: the variance is twice what it should be: what belongs under the root?
# in place of: spread = np.sqrt(2 / ((1 + alpha**2) * n_in))
spread = 2 / np.sqrt((1 + alpha**2) * n_in)

# %% mistake: the spread is the same in every layer: which number in the formula differs
# from layer to layer?
# mend: spread = np.sqrt(2 / ((1 + alpha**2) * n_in))
# in place of: W = spread * rng.standard_normal((n_in, n_out))
W = rng.standard_normal((n_in, n_out))

# %% mistake: the spread grows with n_in: the more numbers a unit adds up, the smaller
# they must be
# in place of: spread = np.sqrt(2 / ((1 + alpha**2) * n_in))
spread = np.sqrt(2 / (1 + alpha**2) * n_in)

# %% mistake: the spread follows n_in + n_out, and is the same for every alpha: that is
# another scheme, Glorot's
# in place of: spread = np.sqrt(2 / ((1 + alpha**2) * n_in))
spread = np.sqrt(2 / (n_in + n_out))

# %% mistake: these are uniform numbers that follow n_in + n_out: that is another
# scheme, Glorot's; He's weights are normal
# in place of: W = spread * rng.standard_normal((n_in, n_out))
W = rng.uniform(-1, 1, (n_in, n_out)) * np.sqrt(6 / (n_in + n_out))

# %% mistake: the spread is right, but the numbers are uniform: He's weights are normal
# in place of: W = spread * rng.standard_normal((n_in, n_out))
W = rng.uniform(-1, 1, (n_in, n_out)) * np.sqrt(6 / ((1 + alpha**2) * n_in))

# %% mistake: these are uniform numbers, and the spread that is asked for is their
# bound: He's weights are normal
# in place of: W = spread * rng.standard_normal((n_in, n_out))
W = rng.uniform(-spread, spread, (n_in, n_out))

# %% mistake: the mean is what the spread should be, and the spread is 1: which of the
# two comes first in a call?
# in place of: W = spread * rng.standard_normal((n_in, n_out))
W = rng.normal(spread, size=(n_in, n_out))

# %% mistake: generators with different seeds give the same weights: every number must
# come from the rng that is handed in, without a generator of your own for each layer
# in place of: W = spread * rng.standard_normal((n_in, n_out))
W = spread * np.random.default_rng(42).standard_normal((n_in, n_out))

# %% mistake: two generators with the same seed give different weights: every number
# must come from the rng that is handed in
# in place of: W = spread * rng.standard_normal((n_in, n_out))
W = spread * np.random.randn(n_in, n_out)

# %% mistake: W has a row for each unit: in this course a row belongs to an input, and a
# column to a unit
# in place of: W = spread * rng.standard_normal((n_in, n_out))
W = spread * rng.standard_normal((n_out, n_in))

# %% mistake: only the first layer is returned: does the function end before its loop?
# mend: return layers (below the loop, not in it)
# in place of: layers.append((W, np.zeros(n_out)))
layers.append((W, np.zeros(n_out)))
return layers

# %% right
# in place of: W = spread * rng.standard_normal((n_in, n_out))
W = rng.normal(0, spread, (n_out, n_in)).T

# %% right
# in place of: W = spread * rng.standard_normal((n_in, n_out))
W = np.zeros((n_in, n_out))
for i in range(n_in):
    for j in range(n_out):
        W[i, j] = rng.normal(0, np.sqrt(2 / ((1 + alpha**2) * n_in)))

# %% right: A list stands
# in place of: W = spread * rng.standard_normal((n_in, n_out))
W = [[rng.normal() * spread for _ in range(n_out)] for _ in range(n_in)]

# %% right
# in place of: W = spread * rng.standard_normal((n_in, n_out))
W = rng.standard_normal((n_in, n_out), dtype=np.float32) * np.float32(spread)

# %% right
# in place of: W = spread * rng.standard_normal((n_in, n_out))
r = np.sqrt(-2 * np.log(1 - rng.random((n_in, n_out))))
W = spread * r * np.cos(2 * np.pi * rng.random((n_in, n_out)))

# %% right
# in place of: W = spread * rng.standard_normal((n_in, n_out))
columns = [rng.standard_normal(n_in) for _ in range(n_out)]
W = np.column_stack(columns) / np.sqrt((1 + alpha**2) / 2 * n_in)

# %% wrong: lie more than 2.5 spreads from 0, and of normal numbers 1.2% do
# in place of: W = spread * rng.standard_normal((n_in, n_out))
W = np.sqrt(6) * spread * rng.triangular(-1, 0, 1, (n_in, n_out))

# %% wrong: of 29600 weights 0.0% lie more than 2.5 spreads from 0
# in place of: W = spread * rng.standard_normal((n_in, n_out))
W = rng.standard_normal((n_in, n_out))
while (abs(W) > 2).any():
    W = np.where(abs(W) > 2, rng.standard_normal((n_in, n_out)), W)
W *= spread / 0.88

# %% wrong: times what it should be
# in place of: W = spread * rng.standard_normal((n_in, n_out))
W = 1.05 * spread * rng.standard_normal((n_in, n_out))

# %% wrong: the mean of W[0] is wrong
# in place of: W = spread * rng.standard_normal((n_in, n_out))
W = 0.3 + rng.standard_normal((n_in, n_out))

# %% wrong: for sizes = (1, 3600, 1)
# in place of: spread = np.sqrt(2 / ((1 + alpha**2) * n_in))
spread = np.sqrt(2 / ((1 + alpha**2) * (n_in + 1)))

# %% wrong: the 20000 weights of W[0] take only
# in place of: W = spread * rng.standard_normal((n_in, n_out))
W = np.round(spread * rng.standard_normal((n_in, n_out)), 2)

# %% wrong: are sorted: leave them as drawn
# in place of: W = spread * rng.standard_normal((n_in, n_out))
W = -np.sort(-spread * rng.standard_normal((n_in, n_out)))

# %% wrong: the share within one spread of the mean of W[0] is wrong
# in place of: W = spread * rng.standard_normal((n_in, n_out))
W = spread * rng.laplace(0, 0.5 ** 0.5, (n_in, n_out))
