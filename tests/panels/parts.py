"""What the tests of the panels share: how to make one, press it and read it."""

import asyncio
import html
import inspect
import io

import ipywidgets as widgets
import numpy as np
from ipywidgets.widgets import widget as module
from PIL import Image

import mlp_core as mlp
from course import host, panels
from course.panels.controls import Number
from course.panels.panel import Panel
from course.panels.run import train_in_parts
from tests import tables

# All widgets that are open; ipywidgets 7, as in Colab, has them elsewhere.
OPEN = module._instances if hasattr(module, "_instances") else widgets.Widget.widgets
# The panels of the course: each function of `course.panels` that returns one.
NAMES = [
    name
    for name, made in inspect.getmembers(panels, inspect.isfunction)
    if inspect.signature(made).return_annotation is Panel
]
# Panel -> setting -> two values. Tasks have their names there, and tuples are lists.
PAIRS = tables.beside(__file__, "settings.toml")
EVERY = PAIRS.pop("every")


def make(name, **settings):
    """A panel of each kind; the training panel with few steps."""
    short = {"steps": 30} if name == "training_panel" else {}
    return getattr(panels, name)(**{**short, **settings})


def parameters(name) -> dict:
    return inspect.signature(getattr(panels, name)).parameters


for name, pairs in PAIRS.items():
    pairs |= {one: pair for one, pair in EVERY.items() if one in parameters(name)}


def settings_of(name, which=0) -> dict:
    """The first or the second value of each setting in the table; none of a new panel."""
    values = {setting: pair[which] for setting, pair in PAIRS.get(name, {}).items()}
    if "task" in values:
        values["task"] = getattr(mlp, values["task"])
    return {
        setting: tuple(value) if isinstance(value, list) else value
        for setting, value in values.items()
    }


def training_run(**settings):
    """The whole training run, by default that of the training panel."""
    usual = parameters("training_panel").items()
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
    """The status line, as HTML that is read."""
    return html.unescape(panel.status.value)


def pixels(panel):
    return np.asarray(Image.open(io.BytesIO(panel.shown.png)))


def differ(one, other) -> float:
    """The share of the pixels in which two pictures differ."""
    return np.mean(np.any(one != other, axis=2))


def texts(panel, cell) -> list:
    """What is written in a cell of the picture."""
    return [text.get_text() for text in panel.view.axes[cell].texts]


def numbers(panel):
    return [c for c in panel.controls.values() if isinstance(c, Number)]


def within(widget) -> list:
    """A widget and all that stands in it."""
    children = getattr(widget, "children", ())
    return [widget, *(part for child in children for part in within(child))]


def buttons(widget):
    return [part for part in within(widget) if isinstance(part, widgets.Button)]


def press(panel, label):
    next(b for b in buttons(panel.box) if b.description == label).click()


def assert_same(params, others, atol=0):
    for layer, other in zip(params, others, strict=True):
        for array, wanted in zip(layer, other, strict=True):
            np.testing.assert_allclose(array, wanted, rtol=0, atol=atol)


def assert_sound(panel):
    """The panel shows a picture, finite axes, and words."""
    assert panel.shown.png.startswith(b"\x89PNG") and len(panel.shown.alt) > 40
    status = panel.status.value
    assert 'role="status" aria-live="polite"' in status and "Error" not in status
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
