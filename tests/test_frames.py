"""What benchmarks/frames.py makes of its measurements; it needs no browser for that."""

from benchmarks.frames import DRAG, PICTURES, STEPS, is_missed, row, summary


def test_a_limit_counts_for_the_median_or_for_the_slowest():
    """Guards: many good answers that hide one in ten that is late, and a limit that is met
    from the wrong side."""
    assert summary([1, 2, 3]) == (2, 2.9)
    assert not is_missed(DRAG, [12] * 96 + [90] * 4)
    assert is_missed(DRAG, [12] * 90 + [90] * 10)
    assert is_missed(DRAG, [21] * 100)
    assert is_missed(PICTURES, [60, 58, 58]) and not is_missed(PICTURES, [60, 60, 30])
    assert not is_missed(STEPS, [1, 1])


def test_a_line_of_the_table_tells_what_is_missed():
    """Guards: a mark on what has no limit, or is the other playground's."""
    assert row(DRAG, [21, 21], True).endswith("at most 20, 95 % 34, MISSED")
    assert row(PICTURES, [60, 60], True).endswith(" 60.00               at least 59")
    assert row(DRAG, [21, 21], False).endswith(" 21.0 ms     21.0 ms")
