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

# %% mistakes in: dA = (____ - ____) / ____
# all gradients have the wrong sign: the loss grows with a prediction that is above its
# target
dA = (Y - Y_hat) / len(Y)
# with n samples all gradients are n times too large: the loss is a mean over the
# samples
dA = Y_hat - Y

# %% mistakes in: dZ = dA * ____
# the slope of the activation is missing: what goes back must pass each activation
dZ = dA
# the slope of each activation is taken at its output: where does it belong to?
dZ = dA * activation.slope(A[i + 1])

# %% mistakes in: grads[i] = mlp.Layer(A[i].T @ ____, np.____)
# dW has not passed the activation: W makes z, so which slope does it need?
grads[i] = mlp.Layer(A[i].T @ dA, np.sum(dZ, axis=0))
# db has not passed the activation: b is a part of z, so which slope does it need?
grads[i] = mlp.Layer(A[i].T @ dZ, np.sum(dA, axis=0))
# with n samples db is n times too small: the mean over them is taken at the start
# already
grads[i] = mlp.Layer(A[i].T @ dZ, dZ.mean(axis=0))

# %% mistakes in: dA = dZ @ ____
# what goes back goes through W the wrong way round: where W isn't square it doesn't
# even fit
dA = dZ @ params[i].W

# %% mistakes in: return mlp.loss(Y_hat, Y), grads
# the two results are swapped: the loss comes first
return grads, mlp.loss(Y_hat, Y)

# %% right in: dA = (Y_hat - Y) / len(Y)
# in float32
dA = np.float32((Y_hat - Y) / len(Y))
# in place of: return mlp.loss(Y_hat, Y), grads
return np.float32(mlp.loss(Y_hat, Y)), grads

# %% right in: grads[i] = mlp.Layer(A[i].T @ dZ, np.sum(dZ, axis=0))
# as lists: 'A list stands where an array is asked for'
grads[i] = (A[i].T @ dZ).tolist(), [*np.sum(dZ, axis=0)]

# %% right in: dA = dZ @ params[i].W.T
# the slope is taken again
dA = dA * activation.slope(Z[i]) @ params[i].W.T

# %% wrong in: dA = dZ @ params[i].W.T
# the slope is taken twice: 'dW[0] is wrong'
dA = dZ * activation.slope(Z[i]) @ params[i].W.T
# large numbers are cut off: 'dW[0] is wrong'
dA = np.clip(dZ, -1000, 1000) @ params[i].W.T

# %% equal
# the square of a difference is the same both ways
#     return (mlp.loss(Y, Y_hat), grads)
# X and Y have one row for each sample
#     dA = (Y_hat - Y) / len(X)
# one gradient for each layer
#     for i in reversed(range(len(grads))):
