"""What the core's objects and numbers are called on the screen, and numbers as typed."""

import math
import re

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


def percent(share, over="more than ", under="less than ") -> str:
    """A share in whole percent; a share only near 0 or 1 isn't written as that.

    >>> percent(0.25), percent(0.992), percent(0.0004), percent(1)
    ('25 %', 'more than 99 %', 'less than 1 %', '100 %')
    """
    if 0.99 < share < 1:
        return f"{over}99 %"
    return f"{under}1 %" if 0 < share < 0.01 else f"{round(100 * float(share))} %"


def counted(count, one, many="") -> str:
    """'1 step' or '2 steps'; ``many`` where it isn't one with an s."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def are(count) -> str:
    """'is' after one thing, else 'are'."""
    return "is" if count == 1 else "are"


SIGNS = str.maketrans(dict(zip("−–×·½¼¾", ["-", "-", "*", "*", ".5", ".25", ".75"])))
POWER = r"(?<![\d.])10 *(?:\^|\*\*) *([+-]?\d+)"  # of ten


def read_number(typed, percent=False) -> float:
    """Read a number as a learner types it: 0.125, 1/8, 3 * 0.5, 5% or 5 percent, 10^-3.

    ``percent``: the answer is in percent, so that 5% is 5. A ValueError says what would
    be right.
    """
    text = str(typed).strip()
    if not text:
        raise ValueError("Type a number first.")
    number = re.sub(r"(?i)\s*per ?cent$", "%", text.translate(SIGNS).replace("- ", "-"))
    number = re.sub(POWER, r"1e\1", number)
    decimal = re.fullmatch(r"[+-]?\d+,\d+\s*%?", number)
    thousands = re.fullmatch(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?\s*%?", number)
    if decimal or thousands:
        how, sign = ("without a comma", "") if thousands else ("with a point", ".")
        right = number.replace(",", sign)
        raise ValueError(f"Write {text} {how}, as in {right}.")
    part = 0.01 if number.endswith("%") and not percent else 1
    number = number.removesuffix("%")
    try:
        value = part * math.prod(map(_read_quotient, number.split("*")))
    except (ValueError, ZeroDivisionError):
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(
            f"{text!r} is not a number. Type one such as 12.5, -70 or 2/3."
        )
    return value


def _read_quotient(text):
    above, slash, below = text.partition("/")
    return float(above) / float(below) if slash else float(text)
