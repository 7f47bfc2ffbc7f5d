"""What the Axes of many pictures share: text inside, limits, log axes."""

import textwrap

import numpy as np
from matplotlib import ticker

from course.pictures.style import NEUTRAL, SMALL, STYLE, number
from course.words import are

HUGE = 1e30  # larger values aren't drawn
SQUARE = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])  # its corners, all around


def write(ax, x, y, text, pad=None, **look):
    """Write small centred text, with ``pad`` in a white box."""
    look = {"fontsize": SMALL, "ha": "center", "va": "center", **look}
    if pad is not None:
        look["bbox"] = {"facecolor": "white", "edgecolor": "none", "pad": pad}
    ax.text(x, y, text, in_layout=False, **look)  # inside: the layout doesn't count it


def missing(arrays, most=np.inf):
    """Say how many numbers can't be drawn; an empty text if there are none."""
    numbers = np.concatenate([np.abs(np.ravel(array), dtype=float) for array in arrays])
    bad, infinite = ~(numbers < most), ~np.isfinite(numbers)
    why = "NaN or infinite" if bad.sum() == infinite.sum() else "too large to draw"
    words = f"{bad.sum()} of {bad.size} numbers\n{are(bad.sum())} {why}"
    return words if bad.any() else ""


def note_missing(ax, arrays, most=np.inf):
    """Write into the picture how many numbers it leaves out, if there are any."""
    text = missing(arrays, most)
    if text:
        box = {"facecolor": "white", "edgecolor": "black", "pad": 2, "alpha": 0.9}
        look = {"fontweight": "bold", "zorder": 6, "bbox": box}
        write(ax, 0.5, 0.5, text, transform=ax.transAxes, **look)


def size_in_points(ax):
    """Width and height of the Axes in points, the unit of text sizes: 1/72 inch."""
    return np.array([ax.bbox.width, ax.bbox.height]) * 72 / ax.figure.dpi


def legend_share(ax, rows):
    """The share of the height of the Axes that a legend with this many rows takes."""
    height = max(size_in_points(ax)[1], 1)
    return float(min(0.6, (1.45 * STYLE["legend.fontsize"] * rows + 14) / height))


def fitted(ax, label) -> str:
    """The label of a legend, broken where it is wider than the Axes."""
    size = STYLE["legend.fontsize"]
    room = (size_in_points(ax)[0] - 4 * size) / (0.6 * size)
    lines = label.replace(" = ", "\xa0=\xa0").split("\n")  # 'n = 200' stays whole
    broken = (textwrap.fill(line, max(12, int(room))) for line in lines)
    return "\n".join(broken).replace("\xa0", " ")


def finite_limits(values, pad=0.05, least=1e-9):
    """Finite limits around the finite values, even if all are the same, or none are."""
    values = np.asarray(values, float)
    values = np.clip(values[np.isfinite(values)], -HUGE, HUGE)
    if values.size == 0:
        return -1.0, 1.0
    low, high = float(values.min()), float(values.max())
    size = max(abs(low), abs(high))
    if high - low < least + 1e-9 * size:
        middle, half = (low + high) / 2, max(0.5 * size, 0.5)
        return middle - half, middle + half
    return low - pad * (high - low), high + pad * (high - low)


def log_limits(values, least=1e-100):
    """Limits of a log axis, not below ``least``; lower values go to the bottom."""
    positive = values[np.isfinite(values) & (values > 0)]
    low, high = (positive.min(), positive.max()) if positive.size else (1e-3, 1.0)
    high = float(np.clip(1.5 * high, 10 * least, 1e100))
    low = low / (10 if np.any(values == 0) else 1.5)
    return float(np.clip(low, least, high / 2)), high


def within(values, low, high):
    """Values for a log axis: 0 goes to the bottom, and what isn't finite is left out."""
    return np.clip(np.where(np.isfinite(values), values, np.nan), low, high)


def draw_zeros(ax):
    """Draw where x and y are 0, below everything else."""
    for line in ax.axhline, ax.axvline:
        line(0, color=NEUTRAL, linewidth=1, zorder=0)


def set_log(ax, bottom, top, legend_rows=0):
    """Make the y axis logarithmic, with plain numbers and room for a legend."""
    share = legend_share(ax, legend_rows) if legend_rows else 0
    decades = np.log10(top / bottom)
    ax.set_yscale("log")
    ax.set_ylim(bottom, 10 ** (np.log10(bottom) + decades / (1 - share)))
    steps = (1,) if decades > 1.5 else (1, 2, 5)  # two ticks at least
    ax.yaxis.set_major_locator(ticker.LogLocator(subs=steps, numticks=6))
    ax.yaxis.set_major_formatter(_log_tick)
    ax.yaxis.set_minor_locator(ticker.NullLocator())


def _log_tick(value, _):
    return f"{value:g}" if 1e-3 < value < 1e4 else number(value, 0)


class ShortFormatter(ticker.ScalarFormatter):
    """Writes 5e−4 or 1.5e25 at the tick itself, and no power of ten beside the axis."""

    def __init__(self):
        super().__init__(useOffset=False)
        self.set_scientific(False)

    def __call__(self, x, pos=None):
        text = super().__call__(x, pos)
        if len(text) <= 5:
            return text
        mantissa, exponent = f"{x:.9e}".split("e")
        power = f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
        power = "0" if float(text.replace("−", "-")) == 0 else self.fix_minus(power)
        return min(text, power, key=len)


def set_short_ticks(ax, most=4):
    """Few ticks on both axes, with short labels."""
    for axis in ax.xaxis, ax.yaxis:
        axis.set_major_locator(ticker.MaxNLocator(most, steps=[1, 2, 5, 10]))
        axis.set_major_formatter(ShortFormatter())
