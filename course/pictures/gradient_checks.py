"""The map of a gradient check, and its findings in words."""

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from course.experiments import common_factor, error_range, is_wrong, wrong_names
from course.pictures import axes
from course.pictures.style import NEGATIVE, NEUTRAL, SMALL, Picture, guessed, number

_CMAP = LinearSegmentedColormap.from_list("error", ["#FFFFFF", NEGATIVE])


def gradient_check(checks, digits=1, size=(10, 3.8), guess=()) -> Picture:
    """The errors that `mlp.gradient_check` found; a ``guess`` names the wrong arrays."""
    alt = describe_gradient_check(checks) + guessed(guess)
    return Picture(lambda ax: draw_gradient_check(ax, checks, digits, guess), alt, size)


def draw_gradient_check(ax, checks, digits=1, guess=()):
    """Draw the error of each entry as a cell: white is right, orange is wrong.

    A wrong cell is also hatched, and a cell at a kink is dotted; the word below each block
    says what `gradient_check` found for it. ``digits`` are the decimals in the cells. A
    dashed frame marks what a ``guess`` names.
    """
    across, up = axes.size_in_points(ax)
    places = _places(checks, up)
    width = max(x + c.error.shape[-1] for c, (x, _) in zip(checks, places))
    depth = max(y + len(np.atleast_2d(c.error)) for c, (_, y) in zip(checks, places))
    # Below the last row: the word under its block, and the line at the bottom.
    words = 4.4 * SMALL
    below = max(1.3, words * (depth + 0.4) / max(up - words, words))
    ax.set_axis_off()
    # Row 0 is on top, as a matrix is written.
    ax.set(xlim=(-0.4, width + 0.4), ylim=(depth + below, -0.4))
    has_room = across / (width + 0.8) > (2.1 + 0.5 * digits) * SMALL
    for check, place in zip(checks, places):
        _draw_cells(ax, check, place, digits if has_room else None)
        _write_verdict(ax, check, place)
        if check.name in guess:
            _draw_frame(ax, check, place)
    wrong = wrong_names(checks)
    ax.set_title(f"wrong: {', '.join(wrong)}" if wrong else _all_right(checks))
    key = "relative error; hatched: wrong, dotted: at a kink"
    key += "; dashed frame: your guess" * bool(guess)
    axes.write(ax, 0.5, 0, key, va="bottom", transform=ax.transAxes)


def _places(checks, up):
    """The corner of each parameter: a column for each layer, weights above biases.

    There is room for two lines between them, in Axes of so many points.
    """
    errors = [check.error for check in checks]
    deepest = max((len(error) for error in errors if error.ndim == 2), default=0)
    lines, below = 3.2 * SMALL, 4.4 * SMALL
    gap = max(1.5, lines * (deepest + 1.4) / max(up - lines - below, lines))
    places, x, right = [], 0.0, 0.0
    for error in errors:
        is_bias = error.ndim == 1
        x = x if is_bias else right
        right = max(right, x + max(error.shape[-1], 2) + 0.6)
        places.append((x, deepest + gap if is_bias else 0.0))
    return places


def _draw_cells(ax, check, place, digits):
    """Draw a cell for each entry; with ``digits``, write its error in it."""
    shape = np.atleast_2d(check.error).shape
    corners = np.array([(j, i) for i, j in np.ndindex(shape)]) + place
    squares = axes.SQUARE[:4] + corners[:, None]  # (cells, 4, 2)
    # By powers of ten, from 1e-7 (white; differences have that much) to 1 (orange).
    shade = np.log10(np.clip(np.nan_to_num(check.error, nan=1.0), 1e-7, 1.0))
    cells = PolyCollection(squares, cmap=_CMAP, edgecolors=NEUTRAL, linewidths=1)
    cells.set_array(np.where(check.kink, -7, shade).ravel())
    cells.set_clim(-7, 0.0)
    ax.add_collection(cells, autolim=False)
    for where, hatch in ((is_wrong(check), "//"), (check.kink, "..")):
        if where.any():
            look = {"facecolors": "none", "edgecolors": "#7A3600", "hatch": hatch}
            marked = PolyCollection(squares[where.ravel()], **look)
            ax.add_collection(marked, autolim=False)
    if digits is None:
        return
    for corner, error in zip(corners, check.error.ravel()):
        text = "0" if error < 1e-7 else number(error, digits)  # 0: it is rounding
        axes.write(ax, *(corner + 0.5), text, pad=0.8)


def _write_verdict(ax, check, place):
    rows, columns = np.atleast_2d(check.error).shape
    word = "not counted" if check.kink.all() else "right" if check.ok else "wrong"
    look = {"va": "top", "fontweight": "normal" if check.ok else "bold"}
    below = place[0] + columns / 2, place[1] + rows + 0.12
    axes.write(ax, *below, f"{check.name}\n{word}", **look)


def _draw_frame(ax, check, place):
    rows, columns = np.atleast_2d(check.error).shape
    corner = place[0] - 0.15, place[1] - 0.15
    look = {"fill": False, "linestyle": "--", "linewidth": 2.5, "clip_on": False}
    ax.add_patch(Rectangle(corner, columns + 0.3, rows + 0.2, **look))


def describe_gradient_check(checks):
    """What a check found, in one line: the alt text of `draw_gradient_check`."""
    wrong = [f"{c.name} by {error_range(c)}" for c in checks if not c.ok]
    if not wrong and not any(check.numeric.any() for check in checks):
        words = "nothing passes the last slopes on these samples, so a bug can't show"
        return f"Every gradient is 0 and right: {words}."
    kinks = _kinks_in_words(checks)
    if not wrong:
        return f"{_all_right(checks).capitalize()} here.{kinks}"
    right = [check.name for check in checks if check.ok and not check.kink.all()]
    text = f"Wrong: {', '.join(wrong)}. Right: {', '.join(right) or 'none'}.{kinks}"
    if (factor := common_factor(checks)) is not None:
        text += f" Each wrong entry is {factor:.2f} times the right one."
    return text + _floor_in_words(checks)


def _floor_in_words(checks):
    """What tiny wrong slopes are compared with, if there are any: it makes errors small."""
    for check in checks:
        difference = abs(check.analytic - check.numeric)
        larger = np.maximum(abs(check.analytic), abs(check.numeric))
        tiny = is_wrong(check) & (difference > check.error * larger * (1 + 1e-9))
        if tiny.any():
            floor = f"{np.max(difference[tiny] / check.error[tiny]):.2g}"
            return (
                f" Some slopes are tiny. Below {floor} they count as {floor} in an error, "
                "so that rounding does not look like a bug."
            )
    return ""


def _all_right(checks):
    at_kink = any(check.kink.any() for check in checks)
    return f"every gradient {'that counts ' * at_kink}is right"


def _kinks_in_words(checks):
    """What isn't counted: ' At a kink, not counted: b[0], 2 of 6 entries of W[0].'"""
    kinks = {check.name: check.kink for check in checks if check.kink.any()}
    parts = [
        name if kink.all() else f"{kink.sum()} of {kink.size} entries of {name}"
        for name, kink in kinks.items()
    ]
    return f" At a kink, not counted: {', '.join(parts)}." if parts else ""
