"""The playground in a notebook: what the page brings, and a picture where there is none."""

from functools import partial
from pathlib import Path

import anywidget
import traitlets

from course import host, page
from course.pictures.style import Picture
from course.pictures.surfaces import draw_surface
from course.playground import twin
from course.playground.joined import joined

FOLDER = Path(__file__).parent


class Playground(anywidget.AnyWidget):
    """A network to play with, from these settings on.

    - ``data``: xor, sum, xor_clouds, circles, spirals, gaussians, plane, hills, or own with
      its ``points`` [x0, x1, target]; ``noise`` and ``test``, the share of test data, from
      0 to 0.5; ``data_seed``
    - ``features``: some of x0, x1, x0^2, x1^2, x0*x1, sin(x0), sin(x1)
    - ``hidden``: the units of up to 6 layers, 1 to 8 each; ``activation``, one for all or a
      list, and ``output``: tanh, sigmoid, relu, leaky_relu (alpha -0.2), identity
    - ``scheme``: normal, uniform, he, glorot, zeros; ``seed``
    - ``learning_rate``: from 0.00001 to 100; ``batch``: samples of a step, 0 for all;
      ``l1``, ``l2``: from 0 to 1; ``step``: from 0 to 20000
    - ``hide``: some of data, noise, test, batch, data_seed, features, layers, units, activation,
      learning_rate, l1, l2, scheme, seed, step, pace, compare, discrete, formula, loss,
      numbers
    """

    _esm = page.KEYS + joined(FOLDER / "widget.js")
    _css = (FOLDER / "playground.css").read_text(encoding="utf-8")
    settings = traitlets.Dict().tag(sync=True)  # those that were given
    _ipython_display_ = None  # that of ipywidgets 7 shows no picture

    def __init__(self, **settings):
        super().__init__(settings={k: twin.check(k, v) for k, v in settings.items()})
        self.add_class("course-playground")

    def _repr_mimebundle_(self, include=None, exclude=None):
        data, metadata = host.view(self, super())
        run = twin.Run(self.settings)
        if run.data:
            shown, alt = picture(run)._repr_mimebundle_()
            data, metadata = data | shown, metadata | alt
        return data | {"text/plain": run.line()}, metadata


def picture(run) -> Picture:
    """The output over x0 and x1, with the training data."""
    params, activation = run.with_features()
    counts = " and ".join(f"{len(task.X)} {task.name}" for task in run.data)
    alt = f"Surface of the output over the square of inputs, with {counts} samples; "
    draw = partial(draw_surface, params=params, task=run.data[0], activation=activation)
    return Picture(draw, f"{alt}{run.line()}.", (6, 4.2))
