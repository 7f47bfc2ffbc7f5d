"""Play without a page: what each event makes of a clock, and what the player is told."""

import pytest

from course.panels.play import Clock
from tests import tables

TABLE = tables.beside(__file__, "play.toml")


@pytest.mark.parametrize("name", TABLE)
def test_each_event_makes_the_next_clock(name):
    """Guards: values that come too late, an end that is passed, a place that is lost."""
    before, (event, *news), after, cue = TABLE[name]
    clock = getattr(Clock(*before), event)(*news)
    assert (clock, clock.cue) == (Clock(*after), cue)
