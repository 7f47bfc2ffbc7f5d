from itertools import pairwise

import numpy as np

from course.lessons.initialization.cases import (
    NORMAL, SIZES, fresh_sizes, measuring, tolerance_of,
)

# %% task
# ## Exercise: write He's scheme
#
# Write `my_he(sizes, rng, alpha)`. It returns a list of pairs `(W, b)`, as `my_uniform`
# does, but now the weights are normal, with mean 0 and the variance of He's scheme, which
# differs from layer to layer because `n_in` does.
#
# In notebook 5 you start a network of your own with it.

# %% stub
def my_he(sizes, rng, alpha):
    # Your code here. Return a list of pairs (W, b).
    return None

# %% hint
# `rng.standard_normal((n_in, n_out))` draws numbers with variance 1. If you multiply
# them by a number $s$, the variance becomes $s^2$, so $s$ is a square root.

# %% solution
def my_he(sizes, rng, alpha):
    layers = []
    for n_in, n_out in pairwise(sizes):
        spread = np.sqrt(2 / ((1 + alpha**2) * n_in))
        W = spread * rng.standard_normal((n_in, n_out))
        layers.append((W, np.zeros(n_out)))
    return layers
# The formula gives the variance, but draws are multiplied by a standard deviation, its
# square root. The spread belongs inside the loop, since each layer has its own `n_in`.

# %% cases
_ALPHAS = -0.2, 0.0, -0.2, 1.0, -0.8, 1.0, 0.0
cases = [(sizes, None, alpha) for sizes, alpha in zip(SIZES, _ALPHAS)]
measure = measuring(NORMAL, lambda n_in, alpha: np.sqrt(2 / ((1 + alpha**2) * n_in)))
tolerance = tolerance_of

def fresh(rng):
    """None is where the generator goes: the measure passes one in."""
    small, narrow, wide = fresh_sizes(rng)
    negative, large = rng.uniform([-0.95, 2], [-0.6, 3]).round(2)
    return [(small, None, negative), (narrow, None, negative), (wide, None, large)]

# %% mistakes in: spread = np.sqrt(2 / ____)
# the spread depends on n_out: how many numbers does a unit add up?
spread = np.sqrt(2 / ((1 + alpha**2) * n_out))
# the spread is what the variance should be: numbers multiplied by s have the variance
# s squared
spread = 2 / ((1 + alpha**2) * n_in)
# the spread is the same for every alpha: the more an activation lets through, the
# smaller the weights must be
spread = np.sqrt(2 / n_in)
# a negative alpha counts as if it let less through: what happens to its sign in the
# formula?
spread = np.sqrt(2 / ((1 + alpha) * n_in))
# the variance is half of what it should be: what makes up for the activation?
spread = np.sqrt(1 / ((1 + alpha**2) * n_in))
# the spread grows with n_in: the more numbers a unit adds up, the smaller the weights
# must be
spread = np.sqrt(2 / (1 + alpha**2) * n_in)
# the spread depends on n_in + n_out, and is the same for every alpha: that is Glorot's
# scheme
spread = np.sqrt(2 / (n_in + n_out))

# %% mistakes in: W = spread * rng.standard_normal(____)
# the spread is the same in every layer: which number in the formula differs from layer
# to layer?
# fix: spread = np.sqrt(2 / ____), in the loop
W = rng.standard_normal((n_in, n_out))
# the spread is right, but the numbers are uniform: He's weights are normal
W = rng.uniform(-1, 1, (n_in, n_out)) * np.sqrt(6 / ((1 + alpha**2) * n_in))
# the numbers are divided by the spread: to give them the spread s, multiply them by s
# fix: W = ____ * rng.standard_normal(____)
W = rng.standard_normal((n_in, n_out)) / spread
# W has a row for each unit: here a row belongs to an input, and a column to a unit
W = spread * rng.standard_normal((n_out, n_in))

# %% mistakes in: layers.append((W, np.zeros(n_out)))
# only the first layer is returned: does the function return before its loop ends?
# fix: return ____ (below the loop, not in it)
layers.append((W, np.zeros(n_out)))
return layers

# %% right in: W = spread * rng.standard_normal((n_in, n_out))
# drawn on its side
W = rng.normal(0, spread, (n_out, n_in)).T
# in float32
W = rng.standard_normal((n_in, n_out), dtype=np.float32) * np.float32(spread)

# %% wrong in: W = spread * rng.standard_normal((n_in, n_out))
# triangular numbers: 'weights lies between'
W = np.sqrt(6) * spread * rng.triangular(-1, 0, 1, (n_in, n_out))
# 5 % too large: 'times what it should be'
W = 1.05 * spread * rng.standard_normal((n_in, n_out))
# a mean that is not 0: 'the mean of W[0] is wrong'
W = spread * (0.3 + rng.standard_normal((n_in, n_out)))
# another distribution: 'the share within one spread of the mean of W[0] is wrong'
W = spread * rng.laplace(0, 0.5 ** 0.5, (n_in, n_out))
# as if there were one more input: 'the spread of W[0] is wrong'
W = spread * (n_in / (n_in + 1)) ** 0.5 * rng.standard_normal((n_in, n_out))
# uniform and far too small: 'already right: the shapes and the biases, the mean of W[0], the
# mean of W[1]'
W = rng.uniform(-1, 1, (n_in, n_out)) / n_in
