"""Play without a page: what each event makes of a clock, and what the player is told."""

import math

import pytest

from course.panels.play import Clock

STANDS, PLAYS = (17, 30, False, 17), (17, 30, True, 17)
START, END = (0, 30, False, 0), (30, 30, False, math.inf)

# Step, last step, runs, chosen step; an event; the same after it; where Play goes on.
TABLE = {
    "Play": (STANDS, ("pressed",), PLAYS, 17),
    "Pause": (PLAYS, ("pressed",), STANDS, 17),
    "Play at the end begins again": (END, ("pressed",), (0, 30, True, 0), 0),
    "Play of a run without a step": ((0, 0), ("pressed",), (0, 0), 0),
    "it goes to a value, not by one": (
        PLAYS,
        ("told", 24, True),
        (24, 30, True, 24),
        24,
    ),
    "a value past the end": (PLAYS, ("told", 37, True), END, 0),
    "the last value": (PLAYS, ("told", 30, True), END, 0),
    "its end, with the last value": (PLAYS, ("told", 30, False), END, 0),
    "its end before": (PLAYS, ("told", 24, False), (24, 30, False, 24), 24),
    "a late value": (STANDS, ("told", 24, False), STANDS, 17),
    "a late value at the end": (END, ("told", 24, False), END, 0),
    "its own button": (STANDS, ("told", 17, True), PLAYS, 17),
    "its own button at the end": (END, ("told", 0, True), (0, 30, True, 0), 0),
    "a typed step while it plays": (PLAYS, ("chosen", 5), (5, 30, True, 5), 5),
    "a typed step": (STANDS, ("chosen", 5), (5, 30, False, 5), 5),
    "the last step, typed": (PLAYS, ("chosen", 30), END, 0),
    "Step while it plays": (PLAYS, ("moved", 18), (18, 30, False, 18), 18),
    "Step at the end": (END, ("moved", 31), END, 0),
    "Back at the start": (START, ("moved", -1), START, 0),
    "Reset": (PLAYS, ("moved", 0), START, 0),
    "a longer run": (STANDS, ("ends", 60), (17, 60, False, 17), 17),
    "a longer run while it plays": (PLAYS, ("ends", 60), (17, 60, True, 17), 17),
    "a longer run from its end": (END, ("ends", 60), (60, 60, False, math.inf), 0),
    "a part of a run": (PLAYS, ("ends", 9), (9, 9, False, 17), 0),
    "its next part": ((9, 9, False, 17), ("ends", 60), (17, 60, False, 17), 17),
}


@pytest.mark.parametrize("name", TABLE)
def test_each_event_makes_the_next_clock(name):
    """Guards: values that come too late, an end that is passed, a place that is lost."""
    before, (event, *news), after, cue = TABLE[name]
    clock = getattr(Clock(*before), event)(*news)
    assert (clock, clock.cue) == (Clock(*after), cue)
