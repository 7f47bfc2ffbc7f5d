"""Clicks on the picture of a panel: another way to choose what its menus offer."""

from pathlib import Path

import anywidget
import traitlets

from course import page


class Clicks(anywidget.AnyWidget):
    """An invisible widget that tells its panel pixels from the top left.

    ``chooses``: whether a click does anything, which the pointer then shows.
    """

    _esm = page.script(Path(__file__).with_suffix(".js"))
    chooses = traitlets.Bool().tag(sync=True)

    def __init__(self, panel):
        super().__init__(chooses=panel.view.chooses)
        self.layout.display = "none"
        self.on_msg(
            lambda _, message, __: panel.handle(lambda: panel.click(*message["at"]))
        )
