"""The bug of the original notebook, in the form of the course's gradients."""

import numpy as np

import mlp_core as mlp


def original_loss_and_grads(params, X, Y, activation=mlp.ORIGINAL):
    """`mlp_core.loss_and_grads`, but the first layer uses the target as its input.

    Broadcasting hides it, since one target, repeated, fits wherever two inputs fit. So
    it needs a network with one output.
    """
    check_one_output(Y)
    Y_hat, (A, Z) = mlp.forward(params, X, activation)
    dY = mlp.loss_slope(Y_hat, Y)
    A[0] = np.broadcast_to(Y, A[0].shape)  # (n, 1) repeated to (n, n_in)
    value = mlp.loss_of(activation, params)(Y_hat, Y)
    return value, mlp.backprop(params, mlp.Cache(A, Z), dY, activation)


def check_one_output(Y):
    """Refuse more, since as many as inputs would fit, but mean something else."""
    if np.shape(Y)[-1:] != (1,):
        raise ValueError(f"Y is {np.shape(Y)}, but the bug needs one output, (n, 1)")
