"""A network for XOR by hand, which notebook 6 runs but doesn't show."""

import numpy as np

import mlp_core as mlp


def for_every_alpha(alpha):
    """The outputs of a network for XOR: |x0 - x1|, from two units with any alpha but 1."""
    hidden = mlp.Layer(np.array([[1.0, -1.0], [-1.0, 1.0]]), np.zeros(2))
    output = mlp.Layer(np.full((2, 1), 1 / (1 - alpha)), np.zeros(1))
    return mlp.forward([hidden, output], mlp.XOR.X, mlp.leaky_relu(alpha))[0]
