"""The pictures of the course.

In a notebook one call makes a picture with its alt text: `pictures.surface(params, XOR)`.
For panels, which draw into one figure again and again, ``draw_`` functions draw on Axes
that they hand over, and ``describe_`` functions say what the picture then shows.
"""
# ruff: noqa: F401

import matplotlib

from course.pictures.activation_functions import (
    activation,
    activation_family,
    activations,
    describe_activation,
    draw_activation,
)
from course.pictures.diagrams import chain_rule, matrix_product, one_path, tape
from course.pictures.gradient_checks import gradient_check
from course.pictures.guesses import guessed_numbers, guessed_options
from course.pictures.handwriting import certainties, confusion, digits
from course.pictures.hidden_space import draw_hidden, hidden
from course.pictures.losses import bands, draw_loss, loss
from course.pictures.networks import describe_network, draw_network, network, unit_at
from course.pictures.projection import digit_space
from course.pictures.rates import fates, groups, success, success_map
from course.pictures.signals import (
    describe_histogram,
    describe_spread,
    draw_histogram,
    draw_spread,
    draws,
    spread,
)
from course.pictures.style import STYLE
from course.pictures.surfaces import draw_surface, error_map, samples, surface

matplotlib.rcParams.update(STYLE)  # the default, also for figures of your own
