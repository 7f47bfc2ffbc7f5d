"""course/words.py: what activations and numbers are called on the screen."""

import doctest

import numpy as np

import mlp_core as mlp
from course import words


def test_labels_and_numbers_read_well():
    """Guards the names on pictures, and a docstring that promises other words."""
    mine = mlp.Activation("mine", np.sin, np.cos)
    labels = [words.label(f) for f in (mlp.leaky_relu(-0.2), mlp.relu, mlp.tanh, mine)]
    assert labels == ["leaky ReLU, alpha = -0.2", "ReLU", "tanh", "mine"]
    assert [words.counted(n, "step") for n in (0, 1, 2)] == [
        "0 steps",
        "1 step",
        "2 steps",
    ]
    assert [words.are(n) for n in (0, 1, 2)] == ["are", "is", "are"]
    assert doctest.testmod(words).failed == 0
