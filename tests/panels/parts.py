"""What the tests of the panels share: how to make one, press it and read it."""

import asyncio
import inspect
import io
import re
from pathlib import Path

import ipywidgets as widgets
import numpy as np
from ipywidgets.widgets import widget as module
from PIL import Image

from course import host, panels
from course.panels.controls import Number
from course.panels.run import train_in_parts

# All widgets that are open; ipywidgets 7, as in Colab, has them elsewhere.
OPEN = module._instances if hasattr(module, "_instances") else widgets.Widget.widgets
# All that stand in a module of `course.panels`.
NAMES = sorted(
    name
    for path in Path(panels.__file__).parent.glob("*.py")
    for name in re.findall(r"^def (\w+_panel)\(", path.read_text("utf-8"), re.MULTILINE)
)


def make(name, **settings):
    """A panel of each kind; the training panel with few steps."""
    short = {"steps": 30} if name == "training_panel" else {}
    return getattr(panels, name)(**{**short, **settings})


def training_run(**settings):
    """The whole training run, by default that of the training panel."""
    usual = inspect.signature(panels.training_panel).parameters.items()
    usual = {name: setting.default for name, setting in usual}
    *_, run = train_in_parts(**{**usual, **settings})
    return run


def tell_each_part(panel):
    """Have a training panel show each part of its work, however quick it is."""
    panel.part_after = panel.part_every = 0


async def let_parts_come():
    """Let the loop call what is due: it does so in order of time, however late it is."""
    await asyncio.sleep(0.1)


def plays(panel):
    """Whether the player goes on; ipywidgets 7, as in Colab, has another name for it."""
    return getattr(panel.player, host.PLAYING)


def message(panel):
    return panel.status.value


def pixels(panel):
    return np.asarray(Image.open(io.BytesIO(panel.shown.png)))


def numbers(panel):
    return [c for c in panel.controls.values() if isinstance(c, Number)]


def buttons(widget):
    if isinstance(widget, widgets.Button):
        return [widget]
    children = getattr(widget, "children", ())
    return [found for child in children for found in buttons(child)]


def press(panel, label):
    next(b for b in buttons(panel.box) if b.description == label).click()


def assert_same(params, others):
    for (W, b), (W2, b2) in zip(params, others, strict=True):
        np.testing.assert_array_equal(W, W2)
        np.testing.assert_array_equal(b, b2)


def assert_sound(panel):
    """The panel shows a picture, finite axes, and words."""
    assert panel.shown.png.startswith(b"\x89PNG") and len(panel.shown.alt) > 40
    assert 'role="status"' in message(panel) and "Error" not in message(panel)
    for ax in panel.view.figure.axes:
        assert np.isfinite([*ax.get_xlim(), *ax.get_ylim()]).all()


def assert_all_inside(view):
    """Nothing that is drawn runs out of its cell of the picture."""
    renderer = view.canvas.get_renderer()
    for name, cell in view.cells.items():
        box = view.axes[name].get_tightbbox(renderer)
        assert box.x0 >= cell.left - 1 and box.x1 <= cell.left + cell.width + 1, name
        assert box.y0 >= cell.bottom - 1, name
        assert box.y1 <= cell.bottom + cell.height + 1, name
