"""The map of a gradient check, and its findings in words."""

from typing import NamedTuple

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.colors import LinearSegmentedColormap

import mlp_core as mlp
from course.experiments import common_factor, error_range, is_wrong, wrong_names
from course.pictures import axes
from course.pictures.style import NEGATIVE, NEUTRAL, SMALL, Picture, number

_CMAP = LinearSegmentedColormap.from_list("error", ["#FFFFFF", NEGATIVE])


def gradient_check(checks, digits=1, size=(10, 3.8)) -> Picture:
    """The errors that ``mlp.gradient_check`` found, entry by entry."""
    alt = describe_gradient_check(checks)
    return Picture(lambda ax: draw_gradient_check(ax, checks, digits), alt, size)


def draw_gradient_check(ax, checks, digits=1):
    """Draw the error of each entry as a cell: white is right, orange is wrong.

    A wrong cell is hatched too, a cell at a kink is dotted; the word below each block
    says what `gradient_check` found for it. ``digits`` are the decimals in the cells.
    """
    blocks = _place_blocks(checks)
    width = max(block.x + block.error.shape[1] for block in blocks)
    depth = max(block.y + block.error.shape[0] for block in blocks)
    across, up = axes.size_in_points(ax)
    ax.set_axis_off()
    ax.set_xlim(-0.4, width + 0.4)
    # Below the last row: the word under its block, and the line at the bottom.
    words = 4.4 * SMALL
    below = words * (depth + 0.4) / max(up - words, words)
    ax.set_ylim(depth + max(1.3, below), -0.4)  # row 0 on top, as a matrix is written
    has_room = across / (width + 0.8) > (2.1 + 0.5 * digits) * SMALL
    for block in blocks:
        _draw_cells(ax, block)
        _write_words(ax, block, digits if has_room else None)
    wrong = wrong_names(checks)
    ax.set_title(f"wrong: {', '.join(wrong)}" if wrong else _all_right(checks))
    key = "relative error; hatched: wrong, dotted: at a kink"
    axes.write(ax, 0.5, 0, key, va="bottom", transform=ax.transAxes)


class _Block(NamedTuple):
    """One parameter array on the map: its errors and its place."""

    check: mlp.ParameterCheck
    error: np.ndarray  # (rows, columns)
    kink: np.ndarray  # (rows, columns)
    x: float
    y: float


def _place_blocks(checks):
    """Give each parameter a place: a column for each layer, weights above biases."""
    weights = [check.error for check in checks if check.error.ndim == 2]
    deepest = max(map(len, weights), default=0)
    blocks, x, right = [], 0.0, 0.0
    for check in checks:
        error, kink = np.atleast_2d(check.error), np.atleast_2d(check.kink)
        is_bias = check.error.ndim == 1
        x = x if is_bias else right
        right = max(right, x + max(error.shape[1], 2) + 0.6)
        blocks.append(_Block(check, error, kink, x, deepest + 1.5 if is_bias else 0.0))
    return blocks


def _draw_cells(ax, block):
    places = [(block.x + j, block.y + i) for i, j in np.ndindex(block.error.shape)]
    squares = axes.SQUARE[:4] + np.array(places)[:, None]  # (cells, 4, 2)
    # By powers of ten, from 1e-7 (white; differences have as much) to 1 (orange).
    shade = np.log10(np.clip(np.nan_to_num(block.error, nan=1.0), 1e-7, 1.0))
    cells = PolyCollection(squares, cmap=_CMAP, edgecolors=NEUTRAL, linewidths=1)
    cells.set_array(np.where(block.kink, -7, shade).ravel())
    cells.set_clim(-7, 0.0)
    ax.add_collection(cells, autolim=False)
    for where, hatch in ((is_wrong(block), "//"), (block.kink, "..")):
        if where.any():
            look = {"facecolors": "none", "edgecolors": "#7A3600", "hatch": hatch}
            marked = PolyCollection(squares[where.ravel()], **look)
            ax.add_collection(marked, autolim=False)


def _write_words(ax, block, digits):
    """Write the error into each cell, if there is room, and the verdict below them."""
    if digits is not None:
        for (i, j), error in np.ndenumerate(block.error):
            text = "0" if error < 1e-7 else number(error, digits)  # 0: it is rounding
            axes.write(ax, block.x + j + 0.5, block.y + i + 0.5, text, pad=0.8)
    (rows, columns), ok = block.error.shape, block.check.ok
    word = "not counted" if block.kink.all() else "right" if ok else "wrong"
    place = block.x + columns / 2, block.y + rows + 0.12
    look = {"va": "top", "fontweight": "normal" if ok else "bold"}
    axes.write(ax, *place, f"{block.check.name}\n{word}", **look)


# In words ----------------------------------------------------------------------------


def describe_gradient_check(checks):
    """What a check found, in one line: the alt text of `draw_gradient_check`."""
    wrong = [f"{c.name} by {error_range(c)}" for c in checks if not c.ok]
    if not wrong and all(np.all(check.numeric == 0) for check in checks):
        return (
            "Every gradient is 0 and right: on these samples nothing passes the last "
            "slopes, and a bug can't show."
        )
    kinks = _kinks_in_words(checks)
    if not wrong:
        return f"{_all_right(checks).capitalize()} here.{kinks}"
    right = [check.name for check in checks if check.ok and not check.kink.all()]
    text = f"Wrong: {', '.join(wrong)}. Right: {', '.join(right) or 'none'}.{kinks}"
    factor = common_factor(checks)
    if factor is not None:
        text += f" Each wrong entry is {factor:.2f} times the right one."
    return text


def _all_right(checks):
    at_kink = any(check.kink.any() for check in checks)
    return f"every gradient {'that counts ' * at_kink}is right"


def _kinks_in_words(checks):
    """What isn't counted: ' At a kink, not counted: b[0], 2 of 6 entries of W[0].'"""
    parts = []
    for name, kink in [
        (check.name, check.kink) for check in checks if check.kink.any()
    ]:
        some = f"{kink.sum()} of {kink.size} entries of {name}"
        parts.append(name if kink.all() else some)
    return f" At a kink, not counted: {', '.join(parts)}." if parts else ""
