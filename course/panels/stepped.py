"""Panels over data with steps, and the buttons and player that go through them."""

from typing import ClassVar

import ipywidgets as widgets

from course.host import PLAYING, STARTS_PLAY
from course.panels.controls import Choice
from course.panels.panel import SHOWN, Panel, button
from course.panels.play import Clock


class SteppedPanel(Panel):
    """A panel with a ``step`` among its settings; its data give the last as ``done``."""

    layout = ("work look", "step buttons speed", *SHOWN)
    speeds: ClassVar = {}  # what the menu shows -> milliseconds for a picture, steps

    def __init__(self, name, compute, view, work, look, fixed=None):
        self.clock = Clock(0, look["step"].high).chosen(look["step"].value)
        # Play does the timing. Its icons have no names, so our button stands in for it.
        self.player = widgets.Play(show_repeat=False)
        self.play_button = button(self, "Pause", self.play)
        self.buttons = [
            self.play_button,
            self.player,
            button(self, "Back", self.move, -1),
            button(self, "Step", self.move, 1),
            button(self, "Reset", self.reset),
        ]
        hidden = self.player if STARTS_PLAY else self.play_button
        hidden.layout.display = "none"
        speeds = list(self.speeds)
        self.speed = Choice("speed", speeds, 12).at(speeds[-2])
        super().__init__(name, compute, view, work, look, fixed)
        self.speed.connect(self.handle, self._tell_player)
        look["step"].connect(self.handle, self._chosen)
        self.player.observe(lambda _: self.handle(self._heard), ["value", PLAYING])

    def set_data(self, data):
        """Keep new data, and the place."""
        self.clock = self.clock.ends(data.done)
        self.look["step"].end_at(data.done)
        self.look["step"].set(self.clock.step, notify=False)
        self._tell_player()
        super().set_data(data)

    def move(self, steps):
        self._follow(self.clock.moved(self.clock.step + steps))

    def reset(self):
        self._follow(self.clock.moved(0))

    def play(self):
        self.player.send_state("value")  # it may have gone on after we heard of it
        self._follow(self.clock.pressed())

    def _chosen(self):
        self._follow(self.clock.chosen(self.look["step"].value))
        self.update()

    def _heard(self):
        """The player reports news, or only what it was told."""
        news = self.player.value, getattr(self.player, PLAYING)
        if news != (self.clock.cue, self.clock.runs):
            self._follow(self.clock.told(*news))

    def _follow(self, clock):
        """Go where the clock is; the player hears of it before the picture is drawn."""
        self.clock = clock
        self._tell_player()
        self.look["step"].set(clock.step)

    def _tell_player(self):
        clock, player = self.clock, self.player
        with player.hold_trait_notifications():
            # Past the end, since it takes no step that leads there; we stop it.
            player.max = clock.last + max(by for _, by in self.speeds.values())
            player.interval, player.step = self.speeds[self.speed.value]
            player.value = clock.cue
            player.set_trait(PLAYING, clock.runs)
        self.play_button.description = "Pause" if clock.runs else "Play"
