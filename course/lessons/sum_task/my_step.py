"""Notebook 5: the update, one step of gradient descent. The solution stands below."""

# ruff: noqa: F706, F811, F821
# fmt: off
import copy
import itertools

import numpy as np

import mlp_core as mlp
from course.lessons.cases import SIZES, layers_form, network

# %% task
# ## Exercise: the update
#
# Write `my_step(params, grads, learning_rate)`. `params` holds a pair `W, b` for each
# layer, `grads` a pair `dW, db` of the same shapes, (n_in, n_out) and (n_out,). Return
# a new list of pairs `(W, b)` after one step, and leave what you are given as it is.

# %% stub
def my_step(params, grads, learning_rate):
    """Return a new list of pairs (W, b), one for each layer."""
    # Your code here.

# %% hint
# `zip(params, grads)` walks through both lists at once. Each item is a pair of pairs,
# and Python takes it apart: `for (W, b), (dW, db) in zip(params, grads):`

# %% hint
# `W -= ...` writes into the array that you were given. `W - ...` makes a new one.

# %% solution
def my_step(params, grads, learning_rate):
    """Return a new list of pairs (W, b), one for each layer."""
    new = []
    for (W, b), (dW, db) in zip(params, grads):
        new.append((W - learning_rate * dW, b - learning_rate * db))
    return new
# The minus sign goes against the slope: downhill. `mlp.sgd_step` is the same step.

# %% cases
form = layers_form()
changed = (
    "it changes {names} in place, and the caller may need what stood there: make new "
    "arrays, in a new list"
)
cases = [
    (network(seed, *sizes), network(seed + 20, *sizes), rate)
    for seed, sizes, rate in zip(
        itertools.count(300), SIZES, itertools.cycle([0.2, 0.5, 1.0, 0.01])
    )
]

def fresh(rng):
    """Narrow and deep networks, large parameters, large gradients; rates of 0, large, small, drawn."""
    far = [mlp.Layer(np.full((2, 1), 25.0), np.full(1, -40.0))]
    steep = [mlp.Layer(np.full((2, 1), 5e3), np.full(1, -5e3))]
    steps = [
        ((1, 1), 0.0),
        ((1, 1, 1), 3.0),
        ((2, 3, 2, 1, 2, 3, 2), 1e-4),
        (rng.integers(1, 6, 3), 0.07),
        ((2, 3, 1), 0.2),  # the shapes and the rate of a fixed case
    ]
    return [
        (far, network(rng, 2, 1), round(rng.uniform(0.02, 0.98), 3)),
        (far, steep, 0.01),
        *((network(rng, *sizes), network(rng, *sizes), rate) for sizes, rate in steps),
    ]

# %% mistake: the parameters move uphill: the gradient points to where the loss grows,
# so which way must they go?
# in place of: new.append((W - learning_rate * dW, b - learning_rate * db))
new.append((W + learning_rate * dW, b + learning_rate * db))

# %% mistake: the step is as long as the gradient, whatever the learning rate is
# in place of: new.append((W - learning_rate * dW, b - learning_rate * db))
new.append((W - dW, b - db))

# %% mistake: every step is that of the learning rate 0.2: which one was handed over?
# in place of: new.append((W - learning_rate * dW, b - learning_rate * db))
new.append((W - 0.2 * dW, b - 0.2 * db))

# %% mistake: these are the steps alone, and uphill: where do the parameters come to by
# a step down?
# in place of: new.append((W - learning_rate * dW, b - learning_rate * db))
new.append((learning_rate * dW, learning_rate * db))

# %% mistake: these are the steps alone: where do they start from?
# in place of: new.append((W - learning_rate * dW, b - learning_rate * db))
new.append((-learning_rate * dW, -learning_rate * db))

# %% mistake: only the weights move: the biases learn, too
# in place of: new.append((W - learning_rate * dW, b - learning_rate * db))
new.append((W - learning_rate * dW, b))

# %% mistake: the learning rate shrinks the old parameters, too: it scales the gradient
# only
# in place of: new.append((W - learning_rate * dW, b - learning_rate * db))
new.append((learning_rate * (W - dW), learning_rate * (b - db)))

# %% mistake: the weights move by the gradient of b: W has one of its own, of the same
# shape
# in place of: new.append((W - learning_rate * dW, b - learning_rate * db))
new.append((W - learning_rate * db, b - learning_rate * db))

# %% mistake: nothing has changed: these are the parameters from before the step
# in place of: new.append((W - learning_rate * dW, b - learning_rate * db))
W_new = W - learning_rate * dW
b_new = b - learning_rate * db
new.append((W, b))

# %% mistake: only the last layer is there: is the pair of every layer kept?
# mend: new = [] before the loop, new.append((W, b)) in it, return new after it
# in place of: new.append((W - learning_rate * dW, b - learning_rate * db))
new = []
new.append((W - learning_rate * dW, b - learning_rate * db))

# %% mistake: only the first layer is there: does the function end before it comes to
# the others?
# mend: new = [] before the loop, new.append((W, b)) in it, return new after it
# in place of: new.append((W - learning_rate * dW, b - learning_rate * db))
new.append((W - learning_rate * dW, b - learning_rate * db))
return new

# %% mistake: the layers come in reverse order: the first is the one next to the input
# in place of: new.append((W - learning_rate * dW, b - learning_rate * db))
new.insert(0, (W - learning_rate * dW, b - learning_rate * db))

# %% mistake: in each pair b comes before W: W is the first
# in place of: new.append((W - learning_rate * dW, b - learning_rate * db))
new.append((b - learning_rate * db, W - learning_rate * dW))

# %% mistake: it returns bare arrays: return a list with a pair (W, b) for each layer,
# also if there is only one
# mend: new = [] before the loop, new.append((W, b)) in it, return new after it
# in place of: return new
return W - learning_rate * dW, b - learning_rate * db

# %% right
def my_step(params, grads, learning_rate):
    new = []
    for i in range(len(params)):
        W, b = params[i][0].copy(), params[i][1].copy()
        W -= learning_rate * grads[i][0]
        b -= learning_rate * grads[i][1]
        new.append([W, b])
    return tuple(new)

# %% right
def my_step(params, grads, learning_rate):
    if not params:
        return []
    (W, b), (dW, db) = params[0], grads[0]
    first = (np.subtract(W, learning_rate * dW), np.subtract(b, learning_rate * db))
    return [first, *my_step(params[1:], grads[1:], learning_rate)]

# %% right
def moved(array, slope, rate):
    return array.astype(np.float32) + np.float32(-rate) * slope.astype(np.float32)

def my_step(params, grads, learning_rate):
    new = []
    for layer, slopes in zip(params, grads):
        new.append(tuple(moved(p, dp, learning_rate) for p, dp in zip(layer, slopes)))
    return new

# %% right
def my_step(params, grads, learning_rate):
    new = copy.deepcopy(params)
    for layer, slopes in zip(new, grads):
        for array, slope in zip(layer, slopes):
            array -= learning_rate * slope
    return new

# %% right: A list stands where an array is asked for
# in place of: new.append((W - learning_rate * dW, b - learning_rate * db))
W, b = W - learning_rate * dW, b - learning_rate * db
new.append((W.tolist(), b.tolist()))

# %% wrong: return one list, with a pair (W, b) for each layer
def my_step(params, grads, learning_rate):
    weights, biases = [], []
    for (W, b), (dW, db) in zip(params, grads):
        weights.append(W - learning_rate * dW)
        biases.append(b - learning_rate * db)
    return weights, biases

# %% wrong: it changes what an earlier call has returned
new = []
def my_step(params, grads, learning_rate):
    for (W, b), (dW, db) in zip(params, grads):
        new.append((W - learning_rate * dW, b - learning_rate * db))
    return new

# %% wrong: in 14 of 15 cases
# in place of: for (W, b), (dW, db) in zip(params, grads):
for (W, b), (dW, db) in zip(params, grads):
    dW, db = np.clip(dW, -100, 100), np.clip(db, -100, 100)

# %% wrong: in 14 of 15 cases
# in place of: new = []
new, learning_rate = [], learning_rate or 0.2

# %% wrong: W[0] is wrong
# in place of: new.append((W - learning_rate * dW, b - learning_rate * db))
W, b = W - learning_rate * dW, b - learning_rate * db
new.append((np.clip(W, -10, 10), np.clip(b, -10, 10)))

# %% wrong: is wrong
# in place of: return new
known = str([learning_rate, *(W.shape for W, b in params)])
return vars(my_step).setdefault(known, new)
