"""The chart of the loss: the numbers of its axis."""

import itertools

import numpy as np

from tests.playground.node import ask


def test_the_numbers_of_the_axis_never_touch_and_are_some():
    """Guards numbers over one another where the chart is low, and an axis without any."""
    lows, spans, rooms = (
        [-9.3, -2.6, -0.95, 3.2],
        [0.5, 1.7, 4, 30],
        [0.02, 0.3, 1.2, 5],
    )
    cases = [
        [low, low + span, min(room, span / 2)]
        for low, span, room in itertools.product(lows, spans, rooms)
    ]
    for (low, high, room), ticks in zip(cases, ask("ticks", cases)):
        at = np.log10(ticks)
        assert low <= at.min() and at.max() <= high, (low, high, ticks)
        assert (np.diff(at) >= room - 1e-12).all(), (low, high, room, ticks)
        if high - low > 1:
            assert 1 <= len(ticks) < 6
    assert ask("ticks", [[-2.1, -0.9, 0.01]]) == [[0.01, 0.02, 0.05, 0.1]]
