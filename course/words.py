"""What the core's objects and numbers are called on the screen."""

import numpy as np


def label(activation) -> str:
    """The name of an activation, as a picture or a message shows it."""
    leaky = f"leaky ReLU, alpha = {activation.alpha}"
    names = {"relu": "ReLU", "leaky_relu": leaky}
    return names.get(activation.name, activation.name)


def plain(value, digits=2):
    """A number for an alt text, without digits that rounding noise could change.

    So 1e-17 is '0.00', as 0 is; and what lies at half of the last digit is rounded to
    ten digits first. The minus is the plain one.

    >>> plain(-1.054), plain(-1e-17), plain(0.125), plain(0.125 + 1e-16)
    ('-1.05', '0.00', '0.12', '0.12')
    """
    value = round(float(value), 10)
    if not np.isfinite(value):
        return "not finite"
    return f"{value:.1e}" if abs(value) >= 1e4 else f"{value:z.{digits}f}"
