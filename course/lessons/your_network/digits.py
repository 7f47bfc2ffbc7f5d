"""Handwritten digits of 8x8, and what can be done to them. Their sources: digits.txt."""

from pathlib import Path

import numpy as np

SIDE, CLASSES, MOST = 8, 10, 16  # a pixel counts up to 16 inked dots of a finer grid

# Each person copied the same form, one after the other in the file. A form begins with 0
# to 9, three times; in the form from 906 on the first 0 is missing.
FORMS = (0, 130, 256, 386, 516, 646, 776, 906, 1029, 1157, 1287, 1415, 1545, 1667)
TO_LEARN_FROM = 1017  # of the drawings; the others come after them


def load():
    """Pixels (1797, 64) from 0 to 16, labels (1797,), and the form (1797,), 0 to 13."""
    pixels, labels = _read("digits")
    return pixels, labels, np.searchsorted(FORMS, np.arange(len(labels)), "right") - 1


def drawings():
    """Drawn on tablets: pixels (2060, 64) from 0 to 16, labels (2060,), and which (2060,)
    are by the people of other places, for a test."""
    pixels, labels = _read("drawings")
    return pixels, labels, np.arange(len(labels)) >= TO_LEARN_FROM


def _read(name):
    """The pixels and the labels of a file beside this one."""
    path = Path(__file__).with_name(f"{name}.npz")
    with np.load(path, allow_pickle=False) as file:
        return file["pixels"].astype(float), file["labels"].astype(int)


def shift(X, down=0, right=0):
    """The images, moved by so many pixels; what leaves is lost, and what enters is 0."""
    images = np.reshape(X, (-1, SIDE, SIDE))
    wide = np.pad(images, ((0, 0), (SIDE, SIDE), (SIDE, SIDE)))  # 0 on all sides
    top, left = SIDE - np.clip([down, right], -SIDE, SIDE)
    return wide[:, top : top + SIDE, left : left + SIDE].reshape(np.shape(X))


def turn(X):
    """The images, given a quarter turn to the left."""
    images = np.reshape(X, (-1, SIDE, SIDE))
    return np.rot90(images, axes=(1, 2)).reshape(np.shape(X))
