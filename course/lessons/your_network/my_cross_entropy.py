import numpy as np

# %% task
# ## Exercise: cross-entropy
#
# Write `my_cross_entropy(P, Y)`: one number for how wrong the certainties `P` are. `Y` has
# the targets in the same shape, (n, n_out). They are one-hot: in each row a 1 for the right
# class, and 0 for all others. With $p$ for the certainty that a sample's right class has,
# the sample costs $-\log p$, by the natural logarithm, `np.log`. The loss is the mean over
# the samples.
#
# To be certain and right costs $-\log 1 = 0$. A certainty of 50 % costs $\log 2 = 0.69$, one
# of 1 % costs 4.6; the nearer $p$ comes to 0, the more it costs.
#
# The certainty of a wrong class may be exactly 0: $e^{-800}$ is too small for a float. Its
# logarithm is `-inf`, and `0 * -inf` is `nan`. So take the certainty of the right class
# first, then the logarithm of it alone. In what the check hands you it is above 0.

# %% stub
def my_cross_entropy(P, Y):
    return None  # your code: one number

# %% hint
# Multiplied by `Y`, number by number, only the certainty of the right class is left in a
# row; all others become 0. How do you get it out of its row?

# %% hint
# `np.sum(P * Y, axis=-1)` adds up each row: one number for each sample, the certainty of its
# right class. What is still to come are a logarithm, a mean and a minus.

# %% solution
def my_cross_entropy(P, Y):
    right = np.sum(P * Y, axis=-1)
    return -np.mean(np.log(right))
# A certainty times 0 is 0, whatever it is; only its logarithm would be infinite. `P[Y == 1]`
# picks the same numbers.

# %% cases
minutes = 5

def _samples(seed, n, n_out):
    """Certainties in whole percent, none 0, and targets that don't look at them."""
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.ones(n_out), n)
    P = (1 + rng.multinomial(100 - n_out, shares)) / 100
    return P, np.eye(n_out)[rng.integers(n_out, size=n)]

_SHAPES = [(2, 2), (3, 3), (2, 4), (5, 2)]
cases = [
    (np.array([[0.7, 0.2, 0.1]]), np.array([[0.0, 1.0, 0.0]])),
    *(_samples(920 + i, *shape) for i, shape in enumerate(_SHAPES)),
    (np.array([[0.5, 0.5], [0.999, 0.001]]), np.array([[1, 0], [0, 1]])),  # whole numbers
    (np.array([[1.0, 0.0], [0.25, 0.75]]), np.array([[1.0, 0.0], [0.0, 1.0]])),
]
large = _samples(930, 5000, 3)

def fresh(rng):
    n = rng.integers(5, 9)
    shapes = [(1, n), (n, 3), (n, n), (3, 3), (300, 10)]
    (P, Y), same = _samples(rng, n, 2), np.eye(2, dtype=int)[[1] * n]
    return [
        *(_samples(rng, *shape) for shape in shapes),
        tuple(array.astype(np.float32) for array in _samples(rng, n, 4)),
        (P, same),  # all of one class
        (Y, Y),  # all certain and right: it costs nothing
    ]

# %% mistakes in: return ____(np.log(right))
# it grows with the number of samples: the loss is their mean
return -np.sum(np.log(right))
# it is divided by the number of certainties: the mean is that over the samples, the rows
return -np.sum(np.log(right)) / P.size
# the sign is wrong: the logarithm of a number below 1 is negative, and a loss isn't
return np.mean(np.log(right))
# it gives a loss for each sample: one number for all is asked for, their mean
return -np.log(right)

# %% mistakes in: return ____(____(right))
# the mean is taken before the logarithm: first what each sample costs, then the mean
return -np.log(np.mean(right))
# it is the logarithm to the base 2: the natural one is asked for
return -np.mean(np.log2(right))
# it is the logarithm to the base 10: the natural one is asked for
return -np.mean(np.log10(right))
# it is what the certainty lacks to 1: then certain and wrong costs 1 at most, and -log p
# grows without end
return np.mean(1 - right)

# %% mistakes in: right = ____
# it takes the largest certainty of each row, whatever is right: Y tells the right class
right = np.max(P, axis=-1)
# it takes the certainties of the wrong classes: the right one is where Y has its 1
right = np.sum(P * (1 - Y), axis=-1)
# certainties of several samples are added up before the logarithm: each row has its own
right = np.sum(P * Y, axis=0)

# %% mistakes in: return -np.mean(np.log(right))
# mend: right = ____
# where a wrong class has the certainty 0 its logarithm is -inf, and 0 times -inf is nan: take
# the certainty of the right class first, then the logarithm
return -np.sum(Y * np.log(P)) / len(P)
# the sign is wrong, and where a wrong class has the certainty 0 its logarithm is -inf: 0 times
# that is nan, so take the certainty of the right class before the logarithm
return np.sum(Y * np.log(P)) / len(P)
# the mean is that over the samples, not over all numbers; and where a wrong class has the
# certainty 0, 0 times -inf is nan: take that of the right class before the logarithm
return -np.mean(Y * np.log(P))
# it is a sum, and the mean over the samples is asked for; and where a wrong class has the
# certainty 0, 0 times -inf is nan: take that of the right class before the logarithm
return -np.sum(Y * np.log(P))
# the logarithm is taken of zeros: P times Y holds one for each wrong class, so add up each row
# first
return -np.sum(np.log(P * Y)) / len(P)
# the logarithm is taken of zeros, since P times Y holds one for each wrong class, and nothing
# is added up: first the sum of each row, then its logarithm, then the mean
return -np.log(P * Y)
# P and Y have changed places: the logarithm is that of a certainty, and Y holds zeros
return -np.sum(P * np.log(Y)) / len(P)
# each wrong class costs something, too, as with two classes in one output: softmax has made
# them small if the right one is large
return -np.sum(Y * np.log(P) + (1 - Y) * np.log(1 - P)) / len(P)
# it is the loss of the notebooks before, half the squares: here a sample costs -log p
return 0.5 * np.sum((P - Y) ** 2) / len(P)

# %% right in: right = np.sum(P * Y, axis=-1)
# a mask
right = P[Y == 1]
# the column of each row
right = P[np.arange(len(P)), np.argmax(Y, axis=1)]
# a sum of products
right = np.einsum("nk,nk->n", P, Y)
# in float32
right = np.float32(P * Y).sum(1)
# row by row: 'It loops in Python'
right = [p[list(y).index(1)] for p, y in zip(P, Y)]

# %% right in: return -np.mean(np.log(right))
# all logarithms, without those of the wrong classes
return -np.sum(np.where(Y == 1, np.log(P), 0)) / len(P)
# one by the certainty
return np.log(1 / right).sum() / P.shape[0]
# with a number too small to count
return -np.mean(np.sum(Y * np.log(P + 1e-9), axis=1))

# %% wrong in: right = np.sum(P * Y, axis=-1)
# what is small is cut off: 'the result is wrong'
right = np.maximum(np.sum(P * Y, axis=-1), 0.005)
# the certainty of the class with the number 1: 'the result is wrong'
right = P[:, 1]
# only the first samples: 'the result is wrong'
right = np.sum(P * Y, axis=-1)[:100]
# whole numbers as an index: 'the result has the shape'
return -np.log(P[:, Y.argmax(axis=1)])

# %% wrong in: return -np.mean(np.log(right))
# without the logarithm: 'the result is wrong'
return -np.mean(right)
# the certainties' own entropy: 'the result is wrong'
return -np.sum(P * np.log(P)) / len(P)
# a result kept between calls: 'the result is wrong'
return vars(my_cross_entropy).setdefault(P.shape, -np.mean(np.log(right)))

# %% equal
# the last of two axes has the number 1, too
#     right = np.sum(P * Y, axis=1)
#     right = np.sum(P * Y, axis=--1)
