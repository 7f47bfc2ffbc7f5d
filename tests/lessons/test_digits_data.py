"""The digits of notebook 9, and what is done to them."""

import numpy as np
import pytest

from course.lessons import FOLDER
from course.lessons.your_network import digits

PIXELS, LABELS, FORM = digits.load()
# How many of each class, as optdigits.names of the UCI repository counts its test set.
UCI = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_they_are_the_digits_of_the_source():
    """Guards: digits that are missing or turned, labels that belong to other images."""
    assert PIXELS.shape == (1797, 64) and set(np.unique(PIXELS)) == {*range(17)}
    assert np.bincount(LABELS).tolist() == UCI
    assert len(np.unique(PIXELS, axis=0)) == 1797
    images = PIXELS.reshape(-1, 8, 8)
    six, seven = (images[LABELS == digit].sum(axis=0) for digit in (6, 7))
    middle = images[:, 3:5, 3:5].mean(axis=(1, 2))
    assert six[:, :4].sum() > six[:, 4:].sum() and seven[:4].sum() > seven[4:].sum()
    assert middle[LABELS == 8].mean() > 10 and middle[LABELS == 0].mean() < 4


def test_a_form_begins_with_all_digits_in_order():
    """Guards: people who are cut in two, or thrown together."""
    assert np.all(np.diff(FORM) >= 0) and set(FORM) == {*range(14)}
    lacks = {7: [0], 12: [17, 18]}  # places in the order
    for form in range(14):
        order = np.delete([*range(10)] * 3, lacks.get(form, []))
        assert LABELS[FORM == form][: len(order)].tolist() == order.tolist(), form


def test_the_file_tells_its_source_and_licence():
    """Guards: data of somebody who is not named."""
    text = (FOLDER / "your_network" / "digits.txt").read_text(encoding="utf-8")
    for words in ("Alpaydin", "10.24432/C50P49", "Unipen", "10.5281/zenodo.1195803"):
        assert words in text
    assert text.count("CC BY") == text.count("Changed:") == 2


def test_the_drawings_are_digits_of_the_pad():
    """Guards: drawings that are turned, or have labels of others; one in both parts."""
    pixels, labels, is_new = digits.drawings()
    assert [np.sum(~is_new), np.sum(is_new)] == [1017, 1043]
    assert len(np.unique(pixels, axis=0)) == len(pixels)
    assert set(np.unique(pixels)) == {*range(17)}
    means = [PIXELS[LABELS == k].mean(axis=0) for k in range(10)]
    far = np.linalg.norm(pixels[:, None] - means, axis=-1)
    for part in (~is_new, is_new):
        assert np.bincount(labels[part]).min() > 95
        assert np.mean(far[part].argmin(axis=1) == labels[part]) > 0.5


@pytest.mark.parametrize(
    "down, right", [(0, 0), (1, 0), (-2, 0), (0, 3), (2, -1), (8, 0)]
)
def test_shift_moves_each_pixel_so_far(down, right):
    """Guards: another direction, ink that comes in again at the other side."""
    X = PIXELS[:2]
    moved = digits.shift(X, down, right).reshape(2, 8, 8)
    for (i, y, x), ink in np.ndenumerate(moved):
        inside = 0 <= y - down < 8 and 0 <= x - right < 8
        assert ink == (X.reshape(2, 8, 8)[i, y - down, x - right] if inside else 0)


def test_turn_goes_a_quarter_to_the_left():
    """Guards: the other way round, or a mirror: the top right corner becomes the top left."""
    X = np.zeros((1, 64))
    X[0, 7], X[0, 6] = 1, 2  # the top right corner, and what is left of it
    turned = digits.turn(X).reshape(8, 8)
    assert turned[0, 0] == 1 and turned[1, 0] == 2 and turned.sum() == 3
