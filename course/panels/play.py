"""What a panel and the player of its steps tell each other, without any widget.

The browser's player keeps the time. Under load it skips values, so we go *to* a value
that it tells. What it tells until it has heard that it must stop comes too late, and is
answered with our value. On its own it ends only after one more wait at the last step, so
we stop it.
"""

import math
from typing import NamedTuple


class Clock(NamedTuple):
    """Where a run is. Each event makes a new clock, and the player is then told to
    continue at ``cue``, and whether it ``runs``."""

    step: int  # the one that is shown
    last: int  # there are no more so far
    runs: bool = False
    wanted: float = math.inf  # the step that was chosen, infinity for the last

    @property
    def cue(self) -> int:
        """Where the player continues: after the last step, at the start."""
        return 0 if self.step == self.last else self.step

    def chosen(self, step) -> "Clock":
        """A step was chosen, or the player reached it."""
        if step == self.last:
            return Clock(step, self.last)
        return Clock(step, self.last, self.runs, wanted=step)

    def moved(self, step) -> "Clock":
        """A button goes to a step, or as near as there is, and ends Play."""
        return self._replace(runs=False).chosen(min(max(step, 0), self.last))

    def pressed(self) -> "Clock":
        """The button: play (at the end, from the start again), or pause."""
        if self.runs:
            return self._replace(runs=False)
        return self.chosen(self.cue)._replace(runs=self.last > 0)

    def told(self, value, playing) -> "Clock":
        """The player tells its value, and whether it plays; its last value counts."""
        if not (self.runs or playing):
            return self  # too late
        return self._replace(runs=playing).chosen(min(value, self.last))

    def ends(self, last) -> "Clock":
        """The data have another end; a panel at the last step stays at the last.

        Long work comes in parts, so the chosen step may come later.
        """
        step = min(self.wanted, last)
        return Clock(step, last, self.runs and step < last, self.wanted)
