"""Digits in the directions of most spread; `test_hidden_space.py` tests these too."""

import numpy as np
import pytest

from course import pictures

RNG = np.random.default_rng(5)
LABELS = np.repeat([3, 8, 1], [6, 5, 4])
A = RNG.normal(size=(15, 7)) * np.arange(1, 8) + 10


def places():
    """Where the samples stand, by a singular value decomposition."""
    centred = A - A.mean(axis=0)
    _, _, rows = np.linalg.svd(centred)
    ways = [row * np.sign(row[abs(row).argmax()]) for row in rows[:2]]
    return centred @ np.transpose(ways)


def test_each_sample_stands_as_its_digit_and_means_are_large():
    """Guards: a digit at the place of another class, and a mean of another one."""
    (ax,) = pictures.digit_space(A, LABELS).figure().axes
    found = {line.get_marker(): line for line in ax.lines}
    assert found.keys() == {"$1$", "$3$", "$8$"}
    for k in (1, 3, 8):
        own = places()[LABELS == k]
        np.testing.assert_allclose(found[f"${k}$"].get_xydata(), own, atol=1e-9)
        (mean,) = [text for text in ax.texts if text.get_text() == str(k)]
        np.testing.assert_allclose(mean.get_position(), own.mean(axis=0), atol=1e-9)
        assert mean.get_color() == found[f"${k}$"].get_color()
        assert mean.get_fontsize() >= 20
    assert len({line.get_color() for line in found.values()}) == 3
    assert {line.get_linestyle() for line in found.values()} == {"None"}


def test_digits_that_are_stressed_lie_on_pale_ones():
    """Guards: the others in colour, on top, or with a mean."""
    (ax,) = pictures.digit_space(A, LABELS, [8, 5]).figure().axes
    assert [line.get_marker() for line in ax.lines] == ["$1$", "$3$", "$8$"]
    one, three, eight = (line.get_color() for line in ax.lines)
    assert one == three != eight
    assert [text.get_text() for text in ax.texts] == ["8"]


def test_a_layer_of_two_units_keeps_all_of_its_variance():
    """Guards shares of more than all, where samples lie far from 0."""
    (ax,) = pictures.digit_space(A[:, :2], LABELS, name="input").figure().axes
    assert ax.get_title() == "input: 100 % of its variance"
    (ax,) = pictures.digit_space(A[:, :1], LABELS).figure().axes
    assert ax.get_title() == "hidden layer: 100 % of its variance"


@pytest.mark.parametrize(
    "samples, labels, words",
    [
        (A, LABELS[1:], r"A and labels are \(15, 7\) and \(14,\), .* one label for"),
        (A, np.eye(10)[LABELS], "one label for each"),
        (A[0], LABELS, "one label for each"),
        (np.nan * A, LABELS, "A must hold finite numbers"),
        (A, LABELS + 2, "label must be at most 9, not 10"),
    ],
)
def test_a_slip_is_told_in_words(samples, labels, words):
    """Guards: an error from deep inside, or digits at the wrong samples."""
    with pytest.raises(ValueError, match=words):
        pictures.digit_space(samples, labels)
