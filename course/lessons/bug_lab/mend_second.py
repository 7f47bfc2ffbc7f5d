"""Notebook 7: mend a backward pass whose way back is wrong. The solution stands below."""

# ruff: noqa: F706, F811, F821
# fmt: off
import numpy as np

import mlp_core as mlp
from course.lessons.bug_lab.cases import MENDED_CASES, fresh_mended, mended_form

# %% task
# ### Mend the second

# %% stub
# the bug is still in it. In the map the last layer is right and all before it is wrong:
# which line is used only on the way to the layer before?
def mend_second(params, X, Y, activation):
    Y_hat, (A, Z) = mlp.forward(params, X, activation)
    dA = (Y_hat - Y) / len(Y)
    grads = [None] * len(params)
    for i in reversed(range(len(params))):
        dZ = dA * activation.slope(Z[i])
        grads[i] = mlp.Layer(A[i].T @ dZ, np.sum(dZ, axis=0))
        dA = dA @ params[i].W.T
    return mlp.loss(Y_hat, Y), grads

# %% hint
# Layer 3 is right, `W` and `b`. So its `dZ` is right, and what layer 2 gets from it is
# not. Compare step 4 with the one at the top, letter by letter.

# %% solution
def mend_second(params, X, Y, activation):
    Y_hat, (A, Z) = mlp.forward(params, X, activation)
    dA = (Y_hat - Y) / len(Y)
    grads = [None] * len(params)
    for i in reversed(range(len(params))):
        dZ = dA * activation.slope(Z[i])
        grads[i] = mlp.Layer(A[i].T @ dZ, np.sum(dZ, axis=0))
        dA = dZ @ params[i].W.T
    return mlp.loss(Y_hat, Y), grads
# `dA` goes back past the activation, without its slope. The last layer doesn't notice:
# it passes the mistake on.

# %% cases
cases, fresh, form = MENDED_CASES, fresh_mended, mended_form
allowed = mlp.forward, mlp.loss

# %% mistake: what goes back goes through W the wrong way round: where W isn't square it
# doesn't even fit
# in place of: dA = dZ @ params[i].W.T
dA = dZ @ params[i].W

# %% mistake: the slope of the activation is missing: what goes back must pass each
# activation
# in place of: dZ = dA * activation.slope(Z[i])
dZ = dA

# %% mistake: the slope of each activation is taken at its output: where does it belong
# to?
# in place of: dZ = dA * activation.slope(Z[i])
dZ = dA * activation.slope(A[i + 1])

# %% mistake: dW has not passed the activation: W makes z, so which slope does it need?
# in place of: grads[i] = mlp.Layer(A[i].T @ dZ, np.sum(dZ, axis=0))
grads[i] = mlp.Layer(A[i].T @ dA, np.sum(dZ, axis=0))

# %% mistake: db has not passed the activation: b is a part of z, so which slope does it
# need?
# in place of: grads[i] = mlp.Layer(A[i].T @ dZ, np.sum(dZ, axis=0))
grads[i] = mlp.Layer(A[i].T @ dZ, np.sum(dA, axis=0))

# %% mistake: neither dW nor db has passed the activation: W and b make z, so which
# slope do they need?
# in place of: grads[i] = mlp.Layer(A[i].T @ dZ, np.sum(dZ, axis=0))
grads[i] = mlp.Layer(A[i].T @ dA, np.sum(dA, axis=0))

# %% mistake: all gradients have the wrong sign: the loss grows with a prediction that
# is above its target
# in place of: dA = (Y_hat - Y) / len(Y)
dA = (Y - Y_hat) / len(Y)

# %% mistake: with n samples all gradients are n times too large: the loss is a mean
# over the samples
# in place of: dA = (Y_hat - Y) / len(Y)
dA = Y_hat - Y

# %% mistake: with n samples all gradients are n times too small: the mean is taken once
# in place of: dA = (Y_hat - Y) / len(Y)
dA = (Y_hat - Y) / len(Y) ** 2

# %% mistake: with n samples db is n times too small: the mean over them is taken at the
# start already
# in place of: grads[i] = mlp.Layer(A[i].T @ dZ, np.sum(dZ, axis=0))
grads[i] = mlp.Layer(A[i].T @ dZ, dZ.mean(axis=0))

# %% mistake: with n samples dW is n times too small: the mean over them is taken at the
# start already
# in place of: grads[i] = mlp.Layer(A[i].T @ dZ, np.sum(dZ, axis=0))
grads[i] = mlp.Layer(A[i].T @ dZ / len(Y), np.sum(dZ, axis=0))

# %% mistake: the two results are swapped: the loss comes first
# in place of: return mlp.loss(Y_hat, Y), grads
return grads, mlp.loss(Y_hat, Y)

# %% right
def mend_second(params, X, Y, activation):
    Y_hat, (A, Z) = mlp.forward(params, X, activation)
    grads, dZ = [], activation.slope(Z[-1]) * (Y_hat - Y)
    for i in range(len(params) - 1, -1, -1):
        if i < len(params) - 1:
            dZ = np.einsum("no,io->ni", dZ, params[i + 1].W) * activation.slope(Z[i])
        dW, db = np.einsum("ni,no->io", A[i], dZ), np.ones(len(X)) @ dZ
        grads.append([dW / len(X), db / len(X)])
    return mlp.loss(Y_hat, Y), grads[::-1]

# %% right
def through(params, A, Z, dA, activation):
    if not params:
        return []
    dZ = dA * activation.slope(Z[-1])
    before = through(params[:-1], A[:-1], Z[:-1], dZ @ params[-1][0].T, activation)
    return before + [(A[-1].T @ dZ, np.sum(dZ, axis=0))]

def mend_second(params, X, Y, activation):
    Y_hat, (A, Z) = mlp.forward(params, X, activation)
    grads = through(params, A[:-1], Z, (Y_hat - Y) / len(Y), activation)
    return mlp.loss(Y_hat, Y), grads

# %% right
# in place of: dA = dZ @ params[i].W.T
dA = dA * activation.slope(Z[i]) @ params[i].W.T

# %% right
# in place of: dA = dZ @ params[i].W.T
dA = (params[i].W @ dZ.T).T

# %% right
# in place of: dA = (Y_hat - Y) / len(Y)
dA = np.float32((Y_hat - Y) / len(Y))
# in place of: return mlp.loss(Y_hat, Y), grads
return np.float32(mlp.loss(Y_hat, Y)), grads

# %% right: A list stands where an array is asked for
# in place of: grads[i] = mlp.Layer(A[i].T @ dZ, np.sum(dZ, axis=0))
grads[i] = (A[i].T @ dZ).tolist(), [*np.sum(dZ, axis=0)]

# %% wrong: it stops with ValueError in the line `dA = params[i].W @ dZ`
# in place of: dA = dZ @ params[i].W.T
dA = params[i].W @ dZ

# %% wrong: dW[0] is wrong
# in place of: dA = dZ @ params[i].W.T
dA = dZ * activation.slope(Z[i]) @ params[i].W.T

# %% wrong: loss is wrong
# in place of: return mlp.loss(Y_hat, Y), grads
shapes = str([X.shape, *(W.shape for W, b in params)])
return globals().setdefault(shapes, (mlp.loss(Y_hat, Y), grads))  # kept between calls

# %% wrong: dW[0] is wrong
# in place of: dA = dZ @ params[i].W.T
dA = dZ @ params[i].W.T
dA[100:] = 0

# %% wrong: dW[0] is wrong
# in place of: dA = dZ @ params[i].W.T
dA = np.clip(dZ, -1000, 1000) @ params[i].W.T

# %% equal: the square of a difference is the same both ways
#     return (mlp.loss(Y, Y_hat), grads)

# %% equal: X and Y have one row for each sample
#     dA = (Y_hat - Y) / len(X)

# %% equal: one gradient for each layer
#     for i in reversed(range(len(grads))):
