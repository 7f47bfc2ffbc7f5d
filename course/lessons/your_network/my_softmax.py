import numpy as np

from course.lessons.cases import normal

# %% task
# ## Exercise: softmax
#
# Write `my_softmax(Z)`. `Z` (n, n_out) has one row for each sample, with the weighted sums
# of the last layer. Return the certainties, an array of the same shape. Each is $e^z$
# divided by the sum of all $e^z$ in its row, so that a row adds up to 1:
#
# $$p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}$$
#
# Above $z = 709$, $e^z$ is too large for a float. It becomes `inf`, and `inf / inf` is
# `nan`, not a number. So first subtract from each row its largest number $m$. Above and
# below the line, each $e^z$ becomes $e^{z - m} = e^z / e^m$, and $e^m$ cancels. The
# certainties don't change, and no exponent is above 0.

# %% stub
def my_softmax(Z):
    return None  # your code: an array of the shape of Z

# %% hint
# `np.max(Z, axis=-1)` has one number for each row, and the shape (n,). With
# `keepdims=True` it is a column, (n, 1), so it can be subtracted from `Z` row by row.

# %% hint
# Give `E = np.exp(...)` a name, because you need it above and below the line. As with
# the largest number, there is one sum for each row.

# %% solution
def my_softmax(Z):
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    return E / np.sum(E, axis=-1, keepdims=True)
# The largest number in each row of `E` is $e^0 = 1$, so the sum is at least 1, and nothing
# is divided by 0. What lies far below the largest becomes 0, which is as near as a float
# gets.

# %% cases
minutes = 6
_SHAPES = [(2, 2), (3, 3), (3, 2), (2, 5)]
cases = [
    (np.array([[2.0, 1.0, 0.0]]),),
    *((normal(900 + i, *shape),) for i, shape in enumerate(_SHAPES)),
    (np.array([[3, -1, 0], [1, 1, 1]]),),  # whole numbers
    (np.array([[1000.0, 0.0]]),),
    (np.array([[1000.0, 999.0], [0.0, 2.0]]),),  # rows that lie far apart
    (np.array([[-1000.0, -1001.0], [-3.0, -2.0]]),),
    (np.array([[18000.0, 20000.0, 22000.0]]),),  # far above the mean, too
    (normal(904, 300, 30),),
]
large = (normal(910, 100_000, 3),)

def fresh(rng):
    n = rng.integers(5, 9)
    shapes = [(1, n), (n, 3), (n, n), (3, 3)]
    far = rng.integers(-900, 900, (n, 1))
    return [
        *((normal(rng, *shape),) for shape in shapes),
        (normal(rng, n, 4).astype(np.float32),),
        (rng.integers(-4, 5, (n, 3)) + far,),  # whole numbers, far apart
        (3 * normal(rng, n, 10),),
    ]

# %% mistakes in: E = np.exp(Z - ____)
# it overflows: above 709 the power is infinite, and inf / inf is nan; what can be subtracted
# from each row first?
E = np.exp(Z)
# the largest number of all is subtracted, so a row far below it becomes 0 / 0: subtract
# each row's own
E = np.exp(Z - np.max(Z))
# the largest number of each column is subtracted, but only what is the same for a whole
# row cancels
E = np.exp(Z - np.max(Z, axis=0))
# the largest numbers end up in the wrong places: there is one for each row, so they must
# form a column, not a row
E = np.exp(Z - np.max(Z, axis=-1))
# the mean is subtracted, but the largest may lie so far above it that it still overflows
E = np.exp(Z - np.mean(Z, axis=-1, keepdims=True))
# the smallest is subtracted, so no exponent is below 0, and the large ones overflow
E = np.exp(Z - np.min(Z, axis=-1, keepdims=True))

# %% mistakes in: E = np.exp(____)
# each z itself, which may be negative, is divided by the sum: use e to the power of z
E = Z

# %% mistakes in: return E / np.sum(E, ____)
# the sum runs over the samples, but each sample, a row, has its own sum
return E / np.sum(E, axis=0)
# it divides by the sum over all samples, but each sample, a row, has its own sum
return E / np.sum(E)
# the sums end up in the wrong places: there is one for each row, so they must form a
# column, not a row
return E / np.sum(E, axis=-1)
# below the line nothing is subtracted: subtract the largest number there as well, or it
# doesn't cancel
return E / np.sum(np.exp(Z), axis=-1, keepdims=True)
# the largest of each row is 1, but the whole row should add up to 1
return E
# the sum runs over the samples, but each row needs its own; and nothing is subtracted, so
# it overflows as well
E = np.exp(Z)
return E / np.sum(E, axis=0)
# it divides by the sum over all samples, but each row needs its own; and nothing is
# subtracted, so it overflows as well
E = np.exp(Z)
return E / np.sum(E)
# the sums form a row, but they must form a column, one for each row; and nothing is
# subtracted, so it overflows as well
E = np.exp(Z)
return E / np.sum(E, axis=-1)
# softmax runs along the columns, over the samples, but one sample is a row
E = np.exp(Z - np.max(Z, axis=0))
return E / np.sum(E, axis=0)
# the largest numbers and the sums end up in the wrong places: there is one for each row, so
# they must form a column, not a row
E = np.exp(Z - np.max(Z, axis=-1))
return E / np.sum(E, axis=-1)

# %% mistakes in: return E / np.sum(E, axis=-1, keepdims=True)
# these are the logarithms of the certainties: leave them to the loss
return np.log(E / np.sum(E, axis=-1, keepdims=True))
# softmax is applied twice, which draws the certainties together: once is enough
P = np.exp(E / np.sum(E, axis=-1, keepdims=True))
return P / np.sum(P, axis=-1, keepdims=True)
# the largest gets 1 and all others 0: that is the decision, but how near the others came is
# lost
return np.eye(Z.shape[1])[np.argmax(Z, axis=1)]
# the largest gets 1, each of them in a tie, and all others 0: how near the others came is lost
return np.where(E == 1, 1.0, 0.0)

# %% mistakes
# this is the sigmoid of each number by itself: the numbers of a row should add up to 1
# fix: return ____ / np.sum(____)
def my_softmax(Z):
    return 0.5 * (1 + np.tanh(0.5 * Z))

# %% right in: return E / np.sum(E, axis=-1, keepdims=True)
# on its side
return (E.T / E.sum(axis=1)).T
# with a matrix of ones
return E / (E @ np.ones((E.shape[1], E.shape[1])))
# row by row: 'It loops in Python'
P = np.zeros(Z.shape)
for i in range(len(Z)):
    P[i] = E[i] / E[i].sum()
return P

# %% right
# with logarithms
def my_softmax(Z):
    return np.exp(Z - np.logaddexp.reduce(Z, axis=-1, keepdims=True))
# one by the sum of all ratios
def my_softmax(Z):
    return 1 / np.exp(Z[:, None, :] - Z[:, :, None]).sum(axis=2)

# %% wrong in: E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
# the wrong sign: 'the result is wrong'
E = np.exp(np.min(Z, axis=-1, keepdims=True) - Z)
# the largest without its sign: 'the result is wrong'
E = np.exp(Z - np.max(abs(Z), axis=-1, keepdims=True))
# powers of two: 'the result is wrong'
E = 2.0 ** (Z - np.max(Z, axis=-1, keepdims=True))
# what was handed in is changed: 'it changes Z in place'
Z -= np.max(Z, axis=-1, keepdims=True).astype(Z.dtype)
E = np.exp(Z)

# %% wrong in: return E / np.sum(E, axis=-1, keepdims=True)
# one certainty for each sample: 'should have the shape (1, 3)'
return np.max(E / np.sum(E, axis=-1, keepdims=True), axis=-1)
# what is no number is 0: 'the result is wrong'
return np.nan_to_num(np.exp(Z) / np.sum(np.exp(Z), axis=-1, keepdims=True))

# %% equal
# the last of two axes has the number 1, too
#     E = np.exp(Z - np.max(Z, axis=1, keepdims=True))
#     E = np.exp(Z - np.max(Z, axis=--1, keepdims=True))
#     return E / np.sum(E, axis=1, keepdims=True)
#     return E / np.sum(E, axis=--1, keepdims=True)
# for keepdims each number but 0 counts as True
#     E = np.exp(Z - np.max(Z, axis=-1, keepdims=2))
#     E = np.exp(Z - np.max(Z, axis=-1, keepdims=-1))
#     return E / np.sum(E, axis=-1, keepdims=2)
#     return E / np.sum(E, axis=-1, keepdims=-1)
