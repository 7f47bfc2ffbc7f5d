import numpy as np

import mlp_core as mlp
from course.checking.exercise import to_array
from course.lessons.cases import FUNCTION_NAMES, LEAKY, RELU, TANH, expect_items, normal

# %% task
# ## Exercise: one layer backwards
#
# Now let NumPy do it. Write steps 1 to 4 for one layer. You are given `A` (n, n_in), its
# input; `Z` (n, n_out), its weighted sums; `W` (n_in, n_out); `dA` (n, n_out), the slope
# of the loss with respect to its *output* (`dA[i+1]` above); and `slope`, the function
# $f'$, which accepts an array of z.
#
# Return three arrays: `dW`, `db`, and the slope with respect to the *input*, (n, n_in).

# %% stub
def my_layer_backward(A, Z, W, dA, slope):
    return None  # your code: return dW, db, dA_before

# %% hint
# You need four lines, one for each step. The first makes `dZ`, which the other three
# use. `@` is the matrix product, `*` multiplies entry by entry, and `.T` transposes.

# %% hint
# Compare the shapes: `dW` with `W`, `db` with `b`, which is (n_out,), and the last one
# with `A`. To add up the rows, sum along axis 0.

# %% solution
def my_layer_backward(A, Z, W, dA, slope):
    dZ = dA * slope(Z)
    dW = A.T @ dZ
    db = dZ.sum(axis=0)
    return dW, db, dZ @ W.T
# Each line is one step. `A.T @ dZ` adds up over the samples by itself, since n is the
# inner size of the product; `db` needs its own sum.

# %% cases
def form(answer):
    """``return dW, db, dA_before``."""
    names = "dW", "db", "dA_before"
    expect_items(answer, 3, ", ".join(names))
    return {name: to_array(array, name) for name, array in zip(names, answer)}

def _case(seed, n, n_in, n_out, slope):
    rng = np.random.default_rng(seed)
    shapes = (n, n_in), (n, n_out), (n_in, n_out), (n, n_out)
    return (*(normal(rng, *shape) for shape in shapes), slope)

cases = [
    _case(100, 1, 2, 1, LEAKY.slope),
    _case(110, 1, 2, 2, LEAKY.slope),
    _case(120, 2, 2, 2, TANH.slope),
    _case(130, 3, 2, 1, LEAKY.slope),
    _case(140, 2, 1, 3, LEAKY.slope),
    _case(150, 3, 3, 3, LEAKY.slope),
    _case(160, 4, 3, 2, TANH.slope),
    _case(170, 5, 2, 4, RELU.slope),
    (
        np.array([[1, 0], [2, 1]]),  # whole numbers, and z = 0
        np.array([[0, 1], [-1, 0]]),
        np.array([[1, 2], [-3, 0]]),
        np.array([[1, 1], [2, -1]]),
        LEAKY.slope,
    ),
]
large = _case(180, 30_000, 2, 2, TANH.slope)
function_names = FUNCTION_NAMES
common = "check dZ, which they are all made from"
minutes = 15

def fresh(rng):
    """Wide layers, z at and near 0, equal or many samples, large numbers, float32."""
    n = rng.integers(2, 6)
    steep = mlp.leaky_relu(rng.choice([-1.5, 0.5, 2.5])).slope  # no fixed case has it
    A, _, W, dA, _ = _case(rng, n, 3, 4, steep)
    near_0 = rng.permuted(np.tile([0.0, -1e-9, -1e-3, 1e-3], (n, 1)), axis=1)
    a, z, w, da, _ = _case(rng, 1, 3, 2, steep)
    *whole, slopes = rng.integers(100, 900, (4, 2, 2))
    return [
        _case(rng, n + 4, 11, 12, TANH.slope),
        _case(rng, 7, 1, 1, steep),
        (A, near_0, W, dA, LEAKY.slope),
        (a.repeat(n, axis=0), z.repeat(n, axis=0), w, da.repeat(n, axis=0), steep),
        (*whole, slopes * [1, -1], RELU.slope),  # dW is far above 1e3, and below -1e3
        (*map(np.float32, (A, dA, W, -dA)), TANH.slope),
        _case(190, 200, 2, 3, TANH.slope),  # a large batch, where float32 is near enough
    ]

# %% mistakes in: dZ = dA * ____
# the slope of f is missing: what does step 1 do?
dZ = dA
# the slope is taken at A, the layer's input: what is f applied to?
dZ = dA * slope(A)
# dZ has the wrong sign: the minus comes only later, with the step downhill
dZ = -dA * slope(Z)
# dZ is divided by the number of samples, but dA already includes the 1/n
dZ = dA * slope(Z) / len(A)
# dZ is wrong, or the shapes don't fit: multiply each number of dA by the slope at its own
# z, and add nothing up
dZ = dA @ slope(Z)

# %% mistakes in: dW = ____ @ dZ
# dW is wrong, or the shapes don't fit: dW adds up over the samples, which are the rows of
# A and of dZ; which way round must A be for that?
dW = A @ dZ
# dW is wrong, or the shapes don't fit: `*` multiplies entry by entry and adds nothing up,
# but dW adds up over the samples
dW = A.T * dZ
# dW alone is divided by the number of samples, but dA already includes the 1/n
dW = A.T @ dZ / len(A)
# dW and db are divided by the number of samples, but dA already includes the 1/n
dW = A.T @ dZ / len(A)
# in place of: db = dZ.sum(____)
db = dZ.mean(axis=0)

# %% mistakes in: db = dZ.sum(____)
# db has the right numbers in the shape (1, n_out): it should be (n_out,), like b
db = dZ.sum(axis=0, keepdims=True)
# db is the mean over the samples, but dA already includes the 1/n
db = dZ.mean(axis=0)
# db has one number for each sample, but it needs one for each unit, like b
db = dZ.sum(axis=1)
# db lacks the slope of f: should it come from dA or from dZ?
db = dA.sum(axis=0)

# %% mistakes in: return dW, db, dZ @ ____
# dA_before is wrong, or the shapes don't fit: W is still as in the forward pass, but now
# it must take (n, n_out) to (n, n_in)
return dW, db, dZ @ W
# dA_before lacks the slope of f: should it come from dA or from dZ?
return dW, db, dA @ W.T
# the three are in the wrong order: dW comes first, then db, then dA_before
return dZ @ W.T, dW, db

# %% right in: return dW, db, dZ @ W.T
# sample by sample: 'It loops in Python'
dW = sum(np.outer(a, dz) for a, dz in zip(A, dZ))
return dW, sum(dZ), np.array([W @ dz for dz in dZ])

# %% wrong in: dZ = dA * slope(Z)
# an array of whole numbers for dZ: 'dW holds whole numbers, so it drops'
dZ = np.zeros_like(dA)
for n in range(len(dA)):
    dZ[n] = dA[n] * slope(Z)[n]
# small z count as 0: 'dW is wrong'
dZ = dA * slope(np.round(Z, 6))

# %% wrong in: dW = A.T @ dZ
# only a part of a large batch: 'for A = an array of shape (200, 2)'
dW = A[:100].T @ dZ[:100]

# %% wrong in: return dW, db, dZ @ W.T
# two results: 'it returns 2 things, but should return 3: dW, db, dA_before'
return dW, db
# dW is cut to whole numbers: 'dW holds whole numbers'
return dW.astype(W.dtype), db, dZ @ W.T
# large numbers are cut off: 'dW is wrong'
return np.clip(dW, -1e3, 1e3), db, dZ @ W.T
