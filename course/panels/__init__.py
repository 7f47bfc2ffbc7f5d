"""Sliders around the pictures: panels for JupyterLab, Notebook and Voila.

Every panel has three parts, each of which works without the next:

1. a plain function turns settings into data, for example into a training run;
2. a view draws the data on one Figure that it keeps, and puts it into words;
3. a `Panel` shows the view and has a control for each setting: its function names the
   settings and their defaults, and dicts hold their controls.

A change goes one way: control -> `Panel.update` -> compute, if a work setting changed ->
draw -> picture and status line.
"""
# ruff: noqa: F401

from course.panels.activation import activation_panel
from course.panels.gradient import gradient_panel
from course.panels.initialization import initialization_panel
from course.panels.passing import pass_panel
from course.panels.slice import slice_panel
from course.panels.training import training_panel


def first_look_panel(learning_rate=0.2, seed=0, step=0, neuron=None):
    """What replaces today a panel that a learner's older cell asks for."""
    from course.playground import first_look  # nobody else needs it here

    return first_look(learning_rate=learning_rate, seed=seed, step=step)
