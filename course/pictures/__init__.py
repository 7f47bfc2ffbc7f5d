"""The pictures of the course.

In a notebook one call makes a picture with its alt text: `pictures.surface(params, XOR)`.
Behind it a ``draw_`` function draws on Axes that you hand over, so that a panel can draw
into one figure again and again, and a ``describe_`` function says in words what the
picture with these data shows.
"""
# ruff: noqa: F401

from course.pictures.activation_functions import (
    activation,
    activation_family,
    activations,
    describe_activation,
    draw_activation,
)
from course.pictures.diagrams import chain_rule, forward_backward, matrix_product
from course.pictures.gradient_checks import (
    describe_gradient_check,
    draw_gradient_check,
    gradient_check,
)
from course.pictures.hidden_space import describe_hidden, draw_hidden, hidden
from course.pictures.losses import bands, describe_loss, draw_loss, loss
from course.pictures.networks import (
    describe_network,
    draw_network,
    draw_wiring,
    network,
    unit_at,
)
from course.pictures.rates import (
    describe_success,
    draw_success,
    fates,
    groups,
    success,
    success_map,
)
from course.pictures.signals import (
    describe_histogram,
    describe_spread,
    draw_histogram,
    draw_spread,
    draws,
    spread,
)
from course.pictures.style import beside, new_figure, number, use_style
from course.pictures.surfaces import (
    describe_surface,
    draw_surface,
    error_map,
    samples,
    surface,
)

use_style()
