"""What the tests of the panels share: how to make one, press it and read it."""

import io

import ipywidgets as widgets
import numpy as np
from PIL import Image

from course import panels
from course.panels.controls import Number

NAMES = [name for name in dir(panels) if name.endswith("_panel")]


def make(name, **settings):
    """A panel of each kind; the training panel with few steps."""
    short = {"steps": 30} if name == "training_panel" else {}
    return getattr(panels, name)(**{**short, **settings})


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
