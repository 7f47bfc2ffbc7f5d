
import mlp_core as mlp
from course.lessons.bug_lab.cases import MENDED_CASES, fresh_mended, mended_form

# %% task
# ### Fix the first
#
# The network is 3-3-3-3, and there are 4 samples.

# %% stub
# the bug is still there. In the map all arrays are wrong by one factor. Which step
# reaches all of them, and what is there 3 of?
def mend_first(params, X, Y, activation):
    Y_hat, (A, Z) = mlp.forward(params, X, activation)
    n, grads = Y.size, [None] * len(params)
    dA = (Y_hat - Y) / n
    for i in reversed(range(len(params))):
        dZ = dA * activation.slope(Z[i])
        grads[i] = mlp.Layer(A[i].T @ dZ, dZ.sum(axis=0))
        dA = dZ @ params[i].W.T
    return mlp.loss(Y_hat, Y), grads

# %% hint
# All arrays have the same factor, so it comes in at the start. Each slope is a third of
# the right one. With 4 samples, where does the 3 come from?

# %% solution
def mend_first(params, X, Y, activation):
    Y_hat, (A, Z) = mlp.forward(params, X, activation)
    n, grads = len(Y), [None] * len(params)
    dA = (Y_hat - Y) / n
    for i in reversed(range(len(params))):
        dZ = dA * activation.slope(Z[i])
        grads[i] = mlp.Layer(A[i].T @ dZ, dZ.sum(axis=0))
        dA = dZ @ params[i].W.T
    return mlp.loss(Y_hat, Y), grads
# `Y.size` counts every number in `Y`, samples times outputs, but the loss is a mean over
# the samples only. With one output the two are the same, so no check can see the bug.

# %% cases
minutes = 12
cases, fresh, form = MENDED_CASES, fresh_mended, mended_form
allowed = mlp.forward, mlp.loss

# %% mistakes in: n, grads = ____, [None] * len(params)
# it is right only for 4 samples. The map shows a batch of 4, but there are others
n, grads = 4, [None] * len(params)
# n counts the outputs, but the loss is a mean over the samples, the rows of Y
n, grads = Y.shape[1], [None] * len(params)

# %% mistakes in: dA = (____ - ____) / n
# with n samples all gradients are n times too large, because the loss is a mean over the
# samples
dA = Y_hat - Y
# with n samples all gradients are n times too small: take the mean only once
dA = (Y_hat - Y) / n**2
# it is right only for 3 outputs. The map shows a network with 3, but there are others
dA = 3 * (Y_hat - Y) / Y.size
# all gradients have the wrong sign. If a prediction is above its target, raising it
# raises the loss
dA = (Y - Y_hat) / n

# %% mistakes in: grads[i] = mlp.Layer(____ @ dZ, dZ.____)
# with n samples db is n times too small, because the mean is already taken at the start
grads[i] = mlp.Layer(A[i].T @ dZ, dZ.mean(axis=0))
# db is right, but with n samples dW is n times too large. Both need the same 1 / n
grads[i] = mlp.Layer(A[i].T @ dZ, dZ.mean(axis=0))
# in place of: dA = (Y_hat - Y) / n
dA = Y_hat - Y
# db has one number for each sample, but b has one for each unit
grads[i] = mlp.Layer(A[i].T @ dZ, dZ.sum(axis=1))
# with n samples dW is n times too small, because the mean is already taken at the start
grads[i] = mlp.Layer(A[i].T @ dZ / len(Y), dZ.sum(axis=0))

# %% mistakes in: dA = dZ @ ____
# what is passed to the layer before has not gone through the activation
dA = dA @ params[i].W.T

# %% mistakes in: return mlp.loss(Y_hat, Y), grads
# the two results are swapped. Return the loss first
return grads, mlp.loss(Y_hat, Y)

# %% right in: grads[i] = mlp.Layer(A[i].T @ dZ, dZ.sum(axis=0))
# the factor is made up for
grads[i] = mlp.Layer(A[i].T @ dZ, dZ.mean(axis=0) * len(Y))
# both means are taken at the end
grads[i] = mlp.Layer(A[i].T @ dZ / len(Y), dZ.mean(axis=0))
# in place of: dA = (Y_hat - Y) / n
dA = Y_hat - Y

# %% wrong in: grads[i] = mlp.Layer(A[i].T @ dZ, dZ.sum(axis=0))
# only part of a large batch: 'db[0] is wrong'
grads[i] = mlp.Layer(A[i].T @ dZ, dZ[:100].sum(axis=0))

# %% wrong in: return mlp.loss(Y_hat, Y), grads
# the loss is a different one: 'loss is wrong'
return 2 * mlp.loss(Y_hat, Y), grads

# %% equal
# the square of a difference is the same both ways
#     return (mlp.loss(Y, Y_hat), grads)
# X and Y have one row for each sample
#     n, grads = (len(X), [None] * len(params))
# one gradient for each layer
#     for i in reversed(range(len(grads))):
