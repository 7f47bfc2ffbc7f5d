import numpy as np

from course.checking.exercise import FormError, to_array

# %% task
# ## Exercise: cross-entropy
#
# Write `my_cross_entropy(P, Y)`, one number for how wrong the certainties `P` are. `Y` has
# the targets, in the same shape (n, n_out). They are one-hot: each row has a 1 for the
# right class and 0 for all others. If $p$ is the certainty of its right class, a sample
# costs $-\log p$, with the natural logarithm, `np.log`. The loss is the mean over the
# samples.
#
# Being certain and right costs $-\log 1 = 0$. A certainty of 50 % costs $\log 2 = 0.69$,
# and one of 1 % costs 4.6; the nearer $p$ comes to 0, the more it costs.
#
# The certainty of a wrong class may be exactly 0, because $e^{-800}$ is too small for a
# float. Its logarithm is `-inf`, and `0 * -inf` is `nan`. So take the certainty of the
# right class first, which is above 0 in the check, then its logarithm alone.

# %% stub
def my_cross_entropy(P, Y):
    return None  # your code: one number

# %% hint
# Multiply `P` by `Y`, entry by entry, and only the certainty of the right class is left in
# each row; all others become 0. How do you get it out of its row?

# %% hint
# `np.sum(P * Y, axis=-1)` adds up each row, which leaves one number for each sample, the
# certainty of its right class. You still need a logarithm, a mean and a minus.

# %% solution
def my_cross_entropy(P, Y):
    right = np.sum(P * Y, axis=-1)
    return -np.mean(np.log(right))
# Any certainty times 0 is 0; only its logarithm could be infinite. `P[Y == 1]` picks the
# same numbers.

# %% cases
minutes = 5

def _samples(seed, n, n_out):
    """Certainties in whole percent, none 0, and targets that don't depend on them."""
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.ones(n_out), n)
    P = (1 + rng.multinomial(100 - n_out, shares)) / 100
    return P, np.eye(n_out)[rng.integers(n_out, size=n)]

_SHAPES = [(2, 2), (3, 3), (2, 4), (5, 2)]
_TINY = np.array([[0.5, 0.5, 1e-20], [0.25, 0.75, 0.0]]), np.eye(3)[[2, 1]]
cases = [
    (np.array([[0.7, 0.2, 0.1]]), np.array([[0.0, 1.0, 0.0]])),
    *(_samples(920 + i, *shape) for i, shape in enumerate(_SHAPES)),
    (np.array([[0.5, 0.5], [0.999, 0.001]]), np.array([[1, 0], [0, 1]])),  # whole numbers
    (np.array([[1.0, 0.0], [0.25, 0.75]]), np.array([[1.0, 0.0], [0.0, 1.0]])),
    _TINY,
    _samples(925, 300, 30),
]
large = _samples(930, 5000, 3)

def measure(call, args):
    """What textbooks add to P has its own words, however much it is."""
    loss = to_array(call(*args))
    if args is _TINY and loss.shape == () and 0 < loss < 22:  # not 23
        raise FormError(
            "a certainty of 1e-20 costs too little: is something added to P, or P limited?"
        )
    return {"": loss}

def fresh(rng):
    n = rng.integers(5, 9)
    shapes = [(1, n), (n, 3), (n, n), (3, 3)]
    (P, Y), same = _samples(rng, n, 2), np.eye(2, dtype=int)[[1] * n]
    return [
        *(_samples(rng, *shape) for shape in shapes),
        tuple(array.astype(np.float32) for array in _samples(rng, n, 4)),
        (P, same),  # all of one class
        (Y, Y),  # all certain and right: it costs nothing
    ]

# %% mistakes in: return ____(np.log(____))
# it grows with the number of samples, but the loss is their mean
return -np.sum(np.log(right))
# it divides by the number of certainties, but the mean is over the samples, the rows
return -np.sum(np.log(right)) / P.size
# it divides by the number of classes, but the mean is over the samples, the rows
return -np.sum(np.log(right)) / P.shape[1]
# the sign is wrong: the logarithm of a number below 1 is negative, but a loss isn't
return np.mean(np.log(right))
# it returns a loss for each sample: return one number for all, their mean
return -np.log(right)

# %% mistakes in: return -np.mean(____(____))
# the mean is taken before the logarithm: first take what each sample costs, then
# the mean
return -np.log(np.mean(right))
# it is the logarithm to the base 2: use the natural one
return -np.mean(np.log2(right))
# it is the logarithm to the base 10: use the natural one
return -np.mean(np.log10(right))
# it is how far the certainty is from 1, so being certain and wrong costs 1 at most, while
# -log p grows without end
return np.mean(1 - right)

# %% mistakes in: right = np.sum(P * ____, axis=____)
# it takes the largest certainty of each row, right or wrong: Y tells the right class
right = np.max(P, axis=-1)
# it takes the certainties of the wrong classes: the right class is where Y has its 1
right = np.sum(P * (1 - Y), axis=-1)
# certainties of several samples are added up before the logarithm, but each row has its own
right = np.sum(P * Y, axis=0)
# each sample is paired with the classes of all samples, but only its own is right for it
right = P[:, np.argmax(Y, axis=1)]

# %% mistakes in: return -np.mean(np.log(right))
# fix: np.log(np.sum(____, axis=____))
# where a wrong class has the certainty 0, its logarithm is -inf, and 0 times -inf is nan:
# take the certainty of the right class first, then the logarithm
return -np.sum(Y * np.log(P)) / len(P)
# the sign is wrong; and where a wrong class has the certainty 0, its logarithm is -inf, and
# 0 times -inf is nan: take the certainty of the right class before the logarithm
return np.sum(Y * np.log(P)) / len(P)
# the mean is over the samples, not over all numbers; and where a wrong class has the
# certainty 0, 0 times -inf is nan: take that of the right class before the logarithm
return -np.mean(Y * np.log(P))
# it is a sum, but the loss is the mean over the samples; and where a wrong class has the
# certainty 0, 0 times -inf is nan: take that of the right class before the logarithm
return -np.sum(Y * np.log(P))
# it takes the logarithm of zeros, since P times Y has one for each wrong class: add up each
# row first
return -np.sum(np.log(P * Y)) / len(P)
# it takes the logarithm of zeros, since P times Y has one for each wrong class, and adds
# nothing up: first take the sum of each row, then its logarithm, then the mean
return -np.log(P * Y)
# P and Y are swapped: take the logarithm of a certainty, since Y has zeros
return -np.sum(P * np.log(Y)) / len(P)
# each wrong class costs something as well, as with two classes in one output, but softmax
# makes them small if the right one is large
return -np.sum(Y * np.log(P) + (1 - Y) * np.log(1 - P)) / len(P)
# this is binary cross-entropy: here a sample costs only -log p of its right class
return -np.mean(Y * np.log(P) + (1 - Y) * np.log(1 - P))
# the wrong classes cost something, too, and something is added to P: only the right one costs
return -np.sum(Y * np.log(P + 1e-9) + (1 - Y) * np.log(1 - P + 1e-9)) / len(P)
# this is binary cross-entropy, with something added to P: here only the right class costs
return -np.mean(Y * np.log(P + 1e-9) + (1 - Y) * np.log(1 - P + 1e-9))
# it is the loss of the earlier notebooks, half the squares: here a sample costs -log p
return 0.5 * np.sum((P - Y) ** 2) / len(P)

# %% right in: right = np.sum(P * Y, axis=-1)
# a mask
right = P[Y == 1]
# the column of each row
right = P[np.arange(len(P)), np.argmax(Y, axis=1)]
# a sum of products
right = np.einsum("nk,nk->n", P, Y)
# row by row: 'It loops in Python'
right = [p[list(y).index(1)] for p, y in zip(P, Y)]

# %% right in: return -np.mean(np.log(right))
# all logarithms, without those of the wrong classes
return -np.sum(np.where(Y == 1, np.log(P), 0)) / len(P)
# one over the certainty
return np.log(1 / right).sum() / P.shape[0]
# with a number too small to count
return -np.mean(np.sum(Y * np.log(P + 1e-300), axis=1))

# %% wrong in: right = np.sum(P * Y, axis=-1)
# the certainty of the class with the number 1: 'the result is wrong'
right = P[:, 1]
# only the first samples: 'the result is wrong'
right = np.sum(P * Y, axis=-1)[:100]

# %% wrong in: return -np.mean(np.log(right))
# without the logarithm: 'the result is wrong'
return -np.mean(right)
# the certainties' own entropy: 'the result is wrong'
return -np.sum(P * np.log(P)) / len(P)

# %% equal
# the last of two axes has the number 1, too
#     right = np.sum(P * Y, axis=1)
#     right = np.sum(P * Y, axis=--1)
