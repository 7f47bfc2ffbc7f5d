import numpy as np

import mlp_core as mlp
from course.lessons.cases import FUNCTION_NAMES, LEAKY, RELU, TANH, batch, layers_form

# %% task
# ## Exercise: all layers backwards
#
# Now write the loop. `params` is a list of pairs `(W, b)`, one for each layer. `A` and
# `Z` are the lists from the cache: `A[i]` went into layer `i`, so `A[0]` is the input,
# and `A` is one longer than `Z`. `dA` is the slope of the loss at the prediction,
# (n, n_out), and `slope` is $f'$.
#
# Return the gradients as a list of pairs `(dW, db)`, in the order of `params`. Don't
# change the arguments.

# %% stub
def my_backprop(params, A, Z, dA, slope):
    return None  # your code: return a list of pairs (dW, db)

# %% hint
# `for i in reversed(range(len(params))):` goes from the last layer to the first. Put the
# four lines for one layer inside it, and use the new `dA` in the next round.

# %% hint
# The last layer's pair is made first, but it belongs at the end of the list, so
# `grads.insert(0, ...)` puts each new pair in front. Write `dA = dA * ...`, not `dA *= ...`,
# which would change the caller's array.

# %% solution
def my_backprop(params, A, Z, dA, slope):
    grads = []
    for i in reversed(range(len(params))):
        W, b = params[i]
        dZ = dA * slope(Z[i])
        grads.insert(0, (A[i].T @ dZ, dZ.sum(axis=0)))
        dA = dZ @ W.T
    return grads
# That is all of backprop. The slope goes back through the same `W` that the forward pass
# used, because the weights change later, when all gradients are known. `mlp.backprop`
# does the same, but skips the last `dA`, which isn't needed.

# %% cases
form = layers_form("dW", "db")
function_names = FUNCTION_NAMES
minutes = 15

def order(names):
    """The last layer first, where the way back begins."""
    return sorted(names, key=lambda name: -int(name[3:-1]))

def _case(*drawn):
    """All arguments fit together, as a forward pass makes them."""
    params, X, dA, activation = batch(*drawn)
    _, (A, Z) = mlp.forward(params, X, activation)
    return params, A, Z, dA, activation.slope

cases = [
    _case(200, 1, (2, 1), LEAKY),
    _case(210, 3, (2, 1), LEAKY),
    _case(220, 1, (2, 2, 2), LEAKY),
    _case(225, 2, (2, 2, 2), TANH),
    _case(230, 2, (3, 2, 1), LEAKY),
    _case(240, 3, (3, 3, 3, 3), TANH),
    _case(250, 4, (2, 3, 3, 2, 1), LEAKY),
    _case(260, 4, (4, 2, 5, 3), TANH),
    _case(270, 6, (2, 3, 1), RELU),
]

def fresh(rng):
    """Deep, wide and narrow networks, whole numbers, large gradients, a large batch."""
    n, deep = rng.integers(2, 6), (*rng.integers(2, 5, 8), 1)
    steep = mlp.leaky_relu(rng.choice([-1.5, 0.5, 2.5]))  # no fixed case has it
    odd = 2 * rng.integers(-5, 5, (8, 2, 2)) + 1  # with slopes 1 and x.5 not all whole
    odd[5:7] = [[0, 0], [-1, -2]]  # Z, where both slopes occur
    whole = [mlp.Layer(W, W[0]) for W in odd[:2]]
    *single, _, slope = _case(rng, 1, (2, 3, 1), LEAKY)
    return [
        _case(rng, n, deep, LEAKY),
        _case(rng, 1, (1, 1, 1, 1, 1), steep),
        _case(rng, n, (11, 12, 2), LEAKY),
        (whole, [*odd[2:5]], [*odd[5:7]], odd[7], steep.slope),  # shapes as in `cases`
        (*single, np.array([[1e6]]), slope),  # db[1] is 1e6 or -2e5
        _case(rng, 200, (2, 3), TANH),  # a large batch
    ]

# %% mistakes in: for i in ____(range(len(params))):
# only networks of one layer come out right, and layer 0 comes last: dA belongs to the
# output, so at which end must it begin?
for i in range(len(params)):
    W, b = params[i]
# only networks of one layer come out right, and dA goes into layer 0 first: it belongs
# to the output, so at which end must it begin?
for i in range(len(params)):
    W, b = params[i]
# in place of: grads.insert(0, (____ @ dZ, dZ.sum(____)))
grads.append((A[i].T @ dZ, dZ.sum(axis=0)))

# %% mistakes in: W, b = params[i]
# layer 0 is missing, but it learns as well
# fix: for i in ____(range(len(params))):
if i == 0:
    break
W, b = params[i]

# %% mistakes in: dZ = dA * ____
# the slope of f is missing: what does step 1 do?
dZ = dA
# the slope is taken at the layer's output, but it is a function of z
dZ = dA * slope(A[i + 1])
# the slope is taken at A, the layer's input: what is f applied to?
dZ = dA * slope(A[i])

# %% mistakes in: grads.insert(0, (____ @ dZ, dZ.sum(____)))
# the last layer comes first: use the order of params
# fix: grads.insert(____, (dW, db))
grads.append((A[i].T @ dZ, dZ.sum(axis=0)))
# dW and db are divided by the number of samples, but dA already includes the 1/n
grads.insert(0, (A[i].T @ dZ / len(dZ), dZ.mean(axis=0)))
# dW is wrong, or the shapes don't fit: dW adds up over the samples, which are the rows of
# A and of dZ; which way round must A be for that?
grads.insert(0, (A[i] @ dZ, dZ.sum(axis=0)))
# dW is made from the layer's output: which A went into the layer?
grads.insert(0, (A[i + 1].T @ dZ, dZ.sum(axis=0)))

# %% mistakes in: dA = dZ @ ____
# every layer gets the dA of the output: what does step 4 make?
dA_before = dZ @ W.T
# only the last layer is there: continue to layer 0
# fix: return ____ (below the loop, not in it)
return grads
# the new dA is wrong, or the shapes don't fit: W is still as in the forward pass, but now
# it must take (n, n_out) to (n, n_in)
dA = dZ @ W
# the new dA lacks the slope of f: should it come from dA or from dZ?
dA = dA @ W.T

# %% right in: grads.insert(0, (A[i].T @ dZ, dZ.sum(axis=0)))
# a list filled by number, with layers
grads[i] = mlp.Layer(np.einsum("ni,no->io", A[i], dZ), np.sum(dZ, axis=0))
# in place of: grads = []
grads = [None] * len(params)

# %% wrong in: grads.insert(0, (A[i].T @ dZ, dZ.sum(axis=0)))
# dW is cut to whole numbers: 'holds whole numbers'
grads.insert(0, ((A[i].T @ dZ).astype(W.dtype), dZ.sum(axis=0)))
# only a part of a large batch: 'for params = [('
grads.insert(0, (A[i][:100].T @ dZ[:100], dZ.sum(axis=0)))

# %% wrong in: dA = dZ @ W.T
# at most five layers: 'it returns dW[0]'
dA = dZ @ W.T
if len(grads) == 4:
    break

# %% wrong in: return grads
# large numbers are cut off: 'for params = layers of sizes 2-3-1'
return [(np.clip(dW, -1e5, 1e5), np.clip(db, -1e5, 1e5)) for dW, db in grads]
