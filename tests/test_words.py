"""course/words.py: what activations are called on the screen."""

import numpy as np

import mlp_core as mlp
from course.words import label


def test_labels_read_well():
    """Guards the names on pictures."""
    mine = mlp.Activation("mine", np.sin, np.cos)
    labels = [label(a) for a in (mlp.leaky_relu(-0.2), mlp.relu, mlp.tanh, mine)]
    assert labels == ["leaky ReLU, alpha = -0.2", "ReLU", "tanh", "mine"]
