"""Sliders around the pictures: panels for JupyterLab, Notebook and Voila.

Every panel is made of three parts, and each of them works without the next:

1. a plain function turns settings into data, for example into a training run;
2. a view draws the data on one Figure that it keeps, and says it in words;
3. a `Panel` shows the view and has a control for each setting: its function names the
   settings and their defaults, and tables have the control of each.

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
