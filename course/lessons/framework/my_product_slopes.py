import numpy as np

from course.checking.exercise import to_array
from course.lessons.cases import expect_items, normal

# %% task
# ## Exercise: the slopes of a product
#
# The forward pass computed `Z = A @ W`, with `A` (n, n_in) and `W` (n_in, n_out), and
# `dZ` (n, n_out) is the slope of the loss with respect to `Z`. Write
# `my_product_slopes(A, W, dZ)`. Return the slopes with respect to the two factors, in
# order: `dA` (n, n_in) and `dW` (n_in, n_out).
#
# You wrote both in `my_layer_backward` ([notebook 4](04_backprop.ipynb)), as two of its
# four lines.

# %% stub
def my_product_slopes(A, W, dZ):
    return None  # your code: return dA, dW

# %% hint
# Each slope is a product of `dZ` and the *other* factor, because what a number of `A` does
# to `Z` depends on `W`. `@` is the matrix product, `.T` transposes.

# %% hint
# Write down the shapes: (n, n_out) and (n_in, n_out) must become (n, n_in). Which inner
# size disappears, which way round must `W` be, and on which side of `dZ`? Then do the same
# for (n_in, n_out).

# %% solution
def my_product_slopes(A, W, dZ):
    return dZ @ W.T, A.T @ dZ
# For `dA` the units, n_out, disappear, because a number of `A` acts through every unit. For
# `dW` the samples, n, disappear, because each uses the same weight. No other product of the
# two has the right shape for all n, n_in and n_out.

# %% cases
minutes = 5

def form(answer):
    """``return dA, dW``."""
    names = "dA", "dW"
    expect_items(answer, 2, ", ".join(names))
    return {name: to_array(array, name) for name, array in zip(names, answer)}

def _case(seed, n, n_in, n_out):
    rng = np.random.default_rng(seed)
    shapes = (n, n_in), (n_in, n_out), (n, n_out)
    return tuple(normal(rng, *shape) for shape in shapes)

# Squares, where a transposition keeps the shape, and sizes that agree in pairs.
_SIZES = [
    *((1, 2, 1), (1, 2, 2), (2, 2, 2), (2, 1, 3)),
    *((3, 3, 1), (3, 2, 3), (2, 3, 3), (3, 3, 3)),
]
cases = [
    *(_case(1000 + i, *sizes) for i, sizes in enumerate(_SIZES)),
    (
        np.array([[1, 0], [2, -1], [0, 3]]),  # whole numbers
        np.array([[1, 2, 0, -2], [-3, 0, 1, 1]]),
        np.array([[1, 1, 0, 2], [2, -1, 3, 0], [0, 1, -1, 1]]) / 4,
    ),
]
large = _case(1010, 30_000, 2, 2)

def fresh(rng):
    """Wide and narrow factors, large numbers, equal samples, float32, a large batch."""
    n = rng.integers(4, 9)
    a, w, dz = _case(rng, 1, 3, 2)
    *many, slopes = _case(rng, 200, 3, 2)
    return [
        _case(rng, n, 1, 1),
        tuple(map(np.asfortranarray, _case(rng, 2, 3, 12))),  # as if transposed
        _case(rng, 3, 3, 3),  # the sizes of a fixed case, other numbers
        tuple(rng.integers(-900, 900, (3, 2, 2))),
        (a.repeat(n, axis=0), w, dz.repeat(n, axis=0)),
        tuple(map(np.float32, _case(rng, n, 12, 3))),
        (*many, slopes / 200),  # a large batch, small enough for float32
    ]

# %% mistakes in: return dZ @ ____, ____ @ dZ
# dA is wrong, or the shapes don't fit: W is still as in the forward pass, but now it must
# take (n, n_out) to (n, n_in)
return dZ @ W, A.T @ dZ
# dW is wrong, or the shapes don't fit: dW adds up over the samples, which are the rows of A
# and of dZ; which way round must A be for that?
return dZ @ W.T, A @ dZ
# both are wrong, or the shapes don't fit: A and W are still as in the forward pass, but dZ
# goes back; compare the shapes
return dZ @ W, A @ dZ
# dA is wrong, or the shapes don't fit: `*` adds nothing up, but each number of A moves the
# loss through all units
return dZ * W.T, A.T @ dZ
# dW is wrong, or the shapes don't fit: `*` adds nothing up, but dW adds up over the samples
return dZ @ W.T, A.T * dZ
# both are wrong, or the shapes don't fit: `*` adds nothing up, but a number of A or W moves
# many numbers of Z
return dZ * W.T, A.T * dZ
# dA is wrong, or the shapes don't fit: a matrix product depends on the order of its factors, and
# each row of dZ is a sample, as in A
return W.T @ dZ, A.T @ dZ
# dW is wrong, or the shapes don't fit: a matrix product depends on the order of its factors; which
# size must be the inner one, so that dW adds up over the samples?
return dZ @ W.T, dZ @ A.T
# both are wrong, or the shapes don't fit: a matrix product depends on the order of its
# factors; which size must be the inner one, and disappear?
return W.T @ dZ, dZ @ A.T
# dA is transposed: it should have the shape of A, with a row for each sample
return W @ dZ.T, A.T @ dZ
# dW is transposed: it should have the shape of W, with a row for each input
return dZ @ W.T, dZ.T @ A
# both are transposed: dA should have the shape of A, and dW that of W
return W @ dZ.T, dZ.T @ A
# the two are swapped: return them in the order of the factors, A before W
return A.T @ dZ, dZ @ W.T
# dZ is missing, as if all its numbers were 1: the slopes of the loss are in dZ
return np.ones(dZ.shape) @ W.T, A.T @ np.ones(dZ.shape)
# these are only the transposed factors: the slopes of the loss are in dZ, and go back
# through them
return W.T, A.T
# Z itself is used instead of its slope: it is dZ that goes back to the factors
return A @ W @ W.T, A.T @ A @ W
# both have the wrong sign: return the slopes, because the minus comes later, with the step
# downhill
return -dZ @ W.T, -A.T @ dZ
# dW is divided by the number of samples: if the loss is a mean, dZ already includes the 1/n
return dZ @ W.T, A.T @ dZ / len(A)
# both are divided by the number of samples: if the loss is a mean, dZ already includes the
# 1/n
return dZ @ W.T / len(A), A.T @ dZ / len(A)

# %% right in: return dZ @ W.T, A.T @ dZ
# transposed, and back
return (W @ dZ.T).T, (dZ.T @ A).T
# by indices, in a list
return [np.einsum("no,io->ni", dZ, W), np.einsum("ni,no->io", A, dZ)]
# sample by sample: 'It loops in Python'
return np.array([W @ dz for dz in dZ]), sum(np.outer(a, dz) for a, dz in zip(A, dZ))

# %% wrong in: return dZ @ W.T, A.T @ dZ
# one result: 'it returns an array, but should return 2 things: dA, dW'
return dZ @ W.T
# one more: 'it returns 3 things, but should return 2: dA, dW'
return A.T @ dZ, dZ.sum(axis=0), dZ @ W.T
# dW is cut to whole numbers: 'dW holds whole numbers'
return dZ @ W.T, (A.T @ dZ).astype(W.dtype)
# only a part of a large batch: 'for A = an array of shape (200, 3)'
return dZ @ W.T, A[:100].T @ dZ[:100]
# large numbers are cut off: 'dA is wrong'
return np.clip(dZ @ W.T, -1e3, 1e3), A.T @ dZ
# what was handed in is changed: 'it changes dZ in place'
dZ *= 2
return dZ @ W.T / 2, A.T @ dZ / 2
