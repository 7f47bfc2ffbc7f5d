"""How every picture of the course looks, and what a cell of a notebook shows of it.

One rule holds in all pictures: colour never carries a meaning alone. Orange is negative
and blue is positive, and the sign also shows in the number or in the line style; the
classes of points go from orange (the lowest target) to blue (the highest), as the output
does, and each has its own marker; each run has its own line style.
"""

import base64
import functools
import io

import matplotlib
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from course.pictures import on_slides
from course.words import plain

NEGATIVE = "#D55E00"  # orange and blue of Okabe and Ito (2008), told apart by everyone
POSITIVE = "#0072B2"
NEUTRAL = "#5F5F5F"
SIGNED_CMAP = LinearSegmentedColormap.from_list(
    "signed", [NEGATIVE, "#FFFFFF", POSITIVE]
).with_extremes(bad="#C8C8C8")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")  # one for each class of points

# The first, second, ... line or bar of a picture: colour, line style, marker, hatch.
_LOOKS = (
    (POSITIVE, "-", "o", ""),
    (NEGATIVE, "--", "s", "//"),
    ("#007A5A", "-.", "^", ".."),
    ("#8A3A7E", ":", "D", "\\\\"),
    ("#000000", (0, (6, 1, 1, 1, 1, 1)), "v", "xx"),
    ("#999999", (0, (1, 3)), "P", "O"),
)

# An earlier line, for comparison.
FAINT = {"color": "#8C8C8C", "linestyle": (0, (3, 1.5)), "marker": "x", "zorder": 1.5}

SMALL = 11  # points: the smallest text anywhere
STYLE = {
    "font.family": ["DejaVu Sans"],  # comes with matplotlib: the same everywhere
    **dict.fromkeys(["font.size", "axes.titlesize", "axes.labelsize"], 13),
    **dict.fromkeys(["xtick.labelsize", "ytick.labelsize", "legend.fontsize"], 12),
    "legend.framealpha": 0.9,
    "legend.handlelength": 2.6,  # long enough to tell the line styles apart
    "lines.linewidth": 2.2,
    **dict.fromkeys(["axes.spines.top", "axes.spines.right", "axes.grid"], False),
    "axes.prop_cycle": matplotlib.cycler(color=[color for color, *_ in _LOOKS]),
    "hatch.linewidth": 1.2,
    "figure.figsize": (8.0, 4.5),
    **dict.fromkeys(["figure.dpi", "savefig.dpi"], 100),
    **dict.fromkeys(["figure.facecolor", "savefig.facecolor"], "white"),
}


def line_look(i):
    """Line properties of line number ``i`` of a picture."""
    color, style, marker, _ = _LOOKS[i % len(_LOOKS)]
    return {"color": color, "linestyle": style, "marker": marker}


def bar_look(i):
    """Properties of bars number ``i`` of a picture."""
    color, _, _, hatch = _LOOKS[i % len(_LOOKS)]
    return {"color": color, "hatch": hatch, "edgecolor": "white"}


def class_looks(targets):
    """The marker and the colour of each class of a task: {target: line properties}.

    On the surface of an output the ground has the same colours, but paler, so a point
    that is learned lies on its own colour.
    """
    classes = np.unique(targets)
    middle, reach = (classes[0] + classes[-1]) / 2, np.ptp(classes) or 1.0
    looks = {}
    for target, marker in zip(classes, MARKERS):
        face = SIGNED_CMAP(float(0.5 + (target - middle) / reach))
        looks[target] = {"marker": marker, "markerfacecolor": face}
    return looks


class Picture:
    """A picture with its alt text, for where only text counts: a screen reader, nbval.

    ``draw`` draws on the Axes that it gets; it may be a list of one for each Axes in a
    row. The PNG that Jupyter shows is made once, when it is first asked for. ``size`` is
    in inches of 100 pixels. A diagram has places in these, so on a slide it is only
    smaller or larger. ``ratios`` are the widths of the Axes of a row.
    """

    def __init__(self, draw, alt, size=(8.0, 4.5), is_diagram=False, ratios=None):
        self.draws = [draw] if callable(draw) else draw
        self.alt, self.size, self.is_diagram = alt, size, is_diagram
        self.ratios = ratios

    def figure(self, size=None) -> Figure:
        """The picture as a new figure, of its own size or another; not pyplot's."""
        with matplotlib.rc_context(STYLE), np.errstate(all="ignore"):
            fig = Figure(size or self.size, dpi=100, layout="constrained")
            fig.get_layout_engine().set(w_pad=0.08, h_pad=0.08)
            fig.subplots(1, len(self.draws), width_ratios=self.ratios)
            for draw, ax in zip(self.draws, fig.axes):
                draw(ax)
        return fig

    @functools.cached_property
    def png(self) -> bytes:
        stream, fig = io.BytesIO(), self.figure()
        with matplotlib.rc_context(STYLE):
            fig.savefig(stream, format="png", metadata={"Software": None})
        return stream.getvalue()

    @property
    def places(self) -> list:
        """Where on a slide it may go; a wide one doesn't fit a column."""
        is_wide = len(self.draws) > 1 or self.size[0] > 2.3 * self.size[1]
        return ["tall", "low"] if is_wide or self.is_diagram else [*on_slides.PLACES]

    @functools.cached_property
    def _keeps_shape(self):
        shown = self.figure().axes[: len(self.draws)]
        return all(ax.get_aspect() != "auto" for ax in shown)

    def on_slide(self, place) -> Figure:
        """The picture as a figure for a place on a slide."""
        if self.is_diagram:
            figure = self.figure()
            figure.set_dpi(min(np.divide(on_slides.PLACES[place], self.size)))
            return figure
        figure = self.figure(on_slides.inches(place, self.size, self._keeps_shape))
        figure.set_dpi(on_slides.DPI)
        on_slides.wrap(figure, len(self.draws))
        return figure

    def __repr__(self):
        return self.alt

    def _repr_mimebundle_(self, include=None, exclude=None):
        image = base64.b64encode(self.png).decode("ascii")
        data = {"image/png": image, "text/plain": self.alt}
        with matplotlib.rc_context(STYLE):
            slides = on_slides.for_slides(self.places, self.on_slide)
        return data, {"image/png": {"alt": self.alt, **slides}}


def in_row(draw, data, alt, size):
    """A Picture of Axes in a row: ``draw(ax, ...)`` draws {title: what is on it}."""

    def draw_with_title(title, ax):
        draw(ax, data[title])
        ax.set_title(title)

    return Picture([functools.partial(draw_with_title, t) for t in data], alt, size)


def guessed(guess) -> str:
    """The end of the alt text of a picture in which a guess is drawn; '' without one."""
    return f" Your guess: {', '.join(map(str, guess))}." if guess else ""


def number(value, digits=2):
    """A number for a picture, in about five characters.

    A value that isn't 0 is never written as 0: 0.0004 becomes 4e-4. The minus is the
    long one that can be seen from the back row.

    >>> number(-1.054), number(1234.0), number(0.0004)
    ('−1.05', '1e3', '4e−4')
    """
    value = float(value)
    if not np.isfinite(value):
        return {"nan": "NaN", "inf": "inf", "-inf": "−inf"}[str(value)]
    text = f"{value:.{digits}f}"
    if abs(value) >= 1000 or (value != 0 and float(text) == 0):
        mantissa, exponent = f"{value:.0e}".split("e")
        text = f"{mantissa}e{int(exponent)}"
    elif abs(value) >= 10:
        text = f"{value:.{min(digits, 1 if abs(value) < 100 else 0)}f}"
    return "0.00"[: len(text)] if value == 0 else text.replace("-", "−")


def small(value, least=1e-10):
    """A positive number for an alt text that may be many powers of ten below 1.

    >>> small(0.25), small(3.2e-7), small(4e-31)
    ('0.25', '3e-07', 'below 1e-10')
    """
    if value < least:
        return f"below {least:.0e}"
    return f"{value:.0e}" if value < 0.01 else plain(value)
