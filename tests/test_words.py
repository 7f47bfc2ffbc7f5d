"""course/words.py: what activations and numbers are called on the screen."""

import doctest

import numpy as np

import mlp_core as mlp
from course import words
from course.words import label


def test_labels_read_well():
    """Guards the names on pictures."""
    mine = mlp.Activation("mine", np.sin, np.cos)
    labels = [label(a) for a in (mlp.leaky_relu(-0.2), mlp.relu, mlp.tanh, mine)]
    assert labels == ["leaky ReLU, alpha = -0.2", "ReLU", "tanh", "mine"]


def test_examples_of_numbers_are_true():
    """Guards: a docstring that promises other words (see pictures/test_style.py)."""
    assert doctest.testmod(words).failed == 0
