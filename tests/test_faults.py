"""The faults that are planted by hand: each still fits the code. And what is told then."""

import io
import itertools
import re

from rich.console import Console

from tests import bar, mutate_by_hand

FAULTS = mutate_by_hand.load()


def test_no_two_faults_have_the_same_title():
    """Guards: a title on the screen tells which fault was not noticed."""
    titles = [fault.title for fault in FAULTS]
    assert len(titles) >= 30 and len(set(titles)) == len(titles)


def test_each_fault_still_fits():
    """Guards: a fault whose place in the code has moved, or whose tests have."""
    for fault in FAULTS:
        planted = fault.planted()
        if fault.module.endswith(".py"):
            compile(planted, fault.module, "exec")
        for path in fault.paths():
            assert (mutate_by_hand.ROOT / path.split("::")[0]).exists(), fault.title


def test_a_command_tells_how_far_it_is():
    """Guards: no terminal, so a line a minute at most, with what remains."""
    now, file = itertools.count(0, 25), io.StringIO()  # the clock: 25 seconds a look
    with bar.counting(
        8, console=Console(file=file), get_time=lambda: next(now)
    ) as told:
        for _ in range(8):
            told()
    lines = file.getvalue().splitlines()
    assert 2 <= len(lines) <= 7 and len(set(lines)) == len(lines)
    assert re.fullmatch(r"  \d of 8, \d+ minutes, some \d+ more", lines[0])
