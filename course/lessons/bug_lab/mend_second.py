import numpy as np

import mlp_core as mlp
from course.lessons.bug_lab.cases import MENDED_CASES, fresh_mended, mended_form

# %% task
# ### Fix the second
#
# The network is 2-3-3-2-1 again. The last $z$ is positive on some samples and negative on
# others.

# %% stub
# the bug is still there. In the map layer 3 is right and layer 2 isn't. Which lines lie
# between the two?
def mend_second(params, X, Y, activation):
    A, Z = [X], []
    for W, b in params:
        Z.append(A[-1] @ W)
        A.append(activation.f(Z[-1] + b))
    dA = (A[-1] - Y) / len(Y)
    grads = [None] * len(params)
    for i in reversed(range(len(params))):
        dZ = dA * activation.slope(Z[i])
        grads[i] = mlp.Layer(A[i].T @ dZ, np.sum(dZ, axis=0))
        dA = dZ @ params[i].W.T
    return mlp.loss(A[-1], Y), grads

# %% hint
# Two lines lie between the right `dZ` of layer 3 and the wrong one of layer 2: step 4 of
# layer 3 and step 1 of layer 2. Draw the map of
# `bugs.signature(second, last_z="both", activation="identity")`.

# %% hint
# It is white, so a slope must be missing or taken at the wrong place. Step 1 reads `Z[i]`.
# Is that the number that went into `f`?

# %% solution
def mend_second(params, X, Y, activation):
    A, Z = [X], []
    for W, b in params:
        Z.append(A[-1] @ W + b)
        A.append(activation.f(Z[-1]))
    dA = (A[-1] - Y) / len(Y)
    grads = [None] * len(params)
    for i in reversed(range(len(params))):
        dZ = dA * activation.slope(Z[i])
        grads[i] = mlp.Layer(A[i].T @ dZ, np.sum(dZ, axis=0))
        dA = dZ @ params[i].W.T
    return mlp.loss(A[-1], Y), grads
# Step 1 was right, but it read a wrong `Z`, kept without `b`. The slope changes only
# where `b` changes the sign of a $z$, and in layer 3 it never did.

# %% cases
minutes = 12
cases, fresh, form = MENDED_CASES, fresh_mended, mended_form
allowed = mlp.forward, mlp.loss

# %% mistakes in: Z.append(A[-1] @ W + ____)
# b is missing from z, so the prediction is wrong too. Only the slopes were wrong before
Z.append(A[-1] @ W)

# %% mistakes in: A.append(activation.f(____))
# b is added twice, so the prediction is wrong too. Only the slopes were wrong before
A.append(activation.f(Z[-1] + b))

# %% mistakes in: dA = (____ - ____) / ____
# all gradients have the wrong sign. If a prediction is above its target, raising it
# raises the loss
dA = (Y - A[-1]) / len(Y)
# with n samples all gradients are n times too large, because the loss is a mean over the
# samples
dA = A[-1] - Y

# %% mistakes in: dZ = dA * ____
# the slope of the activation is missing. What goes back must go through each activation
dZ = dA
# the slope of each activation is taken at its output. Where should it be taken?
dZ = dA * activation.slope(A[i + 1])

# %% mistakes in: grads[i] = mlp.Layer(A[i].T @ ____, np.____)
# dW has not gone through the activation. W makes z, so which slope does it need?
grads[i] = mlp.Layer(A[i].T @ dA, np.sum(dZ, axis=0))
# db has not gone through the activation. b is part of z, so which slope does it need?
grads[i] = mlp.Layer(A[i].T @ dZ, np.sum(dA, axis=0))
# with n samples db is n times too small, because the mean is already taken at the start
grads[i] = mlp.Layer(A[i].T @ dZ, dZ.mean(axis=0))

# %% mistakes in: dA = dZ @ ____
# what goes back goes through W the wrong way round. If W isn't square, it doesn't even
# fit
dA = dZ @ params[i].W
# what is passed to the layer before has not gone through the activation
dA = dA @ params[i].W.T

# %% mistakes in: return mlp.loss(A[-1], Y), grads
# the two results are swapped. Return the loss first
return grads, mlp.loss(A[-1], Y)

# %% right in: dA = dZ @ params[i].W.T
# the slope is taken again
dA = dA * activation.slope(Z[i]) @ params[i].W.T

# %% right in: dZ = dA * activation.slope(Z[i])
# b is added where the slope is taken
dZ = dA * activation.slope(Z[i] + params[i].b)
# in place of: Z.append(A[-1] @ W + b)
Z.append(A[-1] @ W)
# in place of: A.append(activation.f(Z[-1]))
A.append(activation.f(Z[-1] + b))

# %% right
# with the core's function
def mend_second(params, X, Y, activation):
    Y_hat, (A, Z) = mlp.forward(params, X, activation)
    dA = (Y_hat - Y) / len(Y)
    grads = [None] * len(params)
    for i in reversed(range(len(params))):
        dZ = dA * activation.slope(Z[i])
        grads[i] = mlp.Layer(A[i].T @ dZ, np.sum(dZ, axis=0))
        dA = dZ @ params[i].W.T
    return mlp.loss(Y_hat, Y), grads

# %% wrong in: dA = dZ @ params[i].W.T
# the slope is taken twice: 'dW[0] is wrong'
dA = dZ * activation.slope(Z[i]) @ params[i].W.T
# large numbers are cut off: 'dW[0] is wrong'
dA = np.clip(dZ, -1000, 1000) @ params[i].W.T

# %% equal
# the square of a difference is the same both ways
#     return (mlp.loss(Y, A[-1]), grads)
# X and Y have one row for each sample
#     dA = (A[-1] - Y) / len(X)
# one gradient for each layer
#     for i in reversed(range(len(grads))):
