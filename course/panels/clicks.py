"""Clicks on the picture of a panel: another way to choose what its menus offer."""

from pathlib import Path

import anywidget


class Clicks(anywidget.AnyWidget):
    """A widget that nobody sees; ``on_click(x, y)`` gets pixels from the top left."""

    _esm = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")

    def __init__(self, on_click):
        super().__init__()
        self.layout.display = "none"
        self.on_msg(lambda _, message, __: on_click(*message["at"]))
