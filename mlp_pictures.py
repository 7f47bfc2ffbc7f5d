"""The pictures of the course, each drawn on Axes that you hand over.

A ``draw_`` function takes a matplotlib Axes and numbers, adds its artists, and sets the
limits. It never opens or shows a figure, so that a notebook can lay out a figure as it
likes and a panel can draw into the same one again and again. A ``describe_`` function
says in words what the picture with the same data shows: that is its alt text.

One rule holds in all of them: colour never carries a meaning alone. Orange is negative
and blue is positive, and the sign also stands in the number or in the line style; each
class of points has its own marker; each run has its own line style.

Numbers that are NaN or infinite are left out, and the picture says so.

The order is that of the notebooks: style, 1 activations, 2 initialization, 3 network,
4 gradient check, 5 training, 6 hidden space; the helpers stand at the end.
"""

import base64
import functools
import io
import itertools

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import EllipseCollection, LineCollection, PolyCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

import mlp_core
from mlp_core import ORIGINAL

# The style ---------------------------------------------------------------------------

NEGATIVE = "#D55E00"  # orange and blue of Okabe and Ito (2008), told apart by everyone
POSITIVE = "#0072B2"
NEUTRAL = "#5F5F5F"
SIGNED_CMAP = LinearSegmentedColormap.from_list(
    "signed", [NEGATIVE, "#FFFFFF", POSITIVE]
).with_extremes(bad="#C8C8C8")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")  # one for each class of points

SMALL = 11  # points: the smallest text anywhere
STYLE = {
    "font.family": ["DejaVu Sans"],  # comes with matplotlib: the same everywhere
    "font.size": 13,
    "axes.titlesize": 13,
    "axes.labelsize": 13,
    "xtick.labelsize": 12,
    "ytick.labelsize": 12,
    "legend.fontsize": 12,
    "legend.framealpha": 0.9,
    "legend.handlelength": 2.6,  # long enough to tell the line styles apart
    "lines.linewidth": 2.2,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "axes.prop_cycle": matplotlib.cycler(
        color=[POSITIVE, NEGATIVE, "#007A5A", "#8A3A7E", "#000000"]
    ),
    "hatch.linewidth": 1.2,
    "figure.figsize": (8.0, 4.5),
    "figure.dpi": 100,
    "savefig.dpi": 100,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}

# How the first, second, ... line of a picture looks: colour, line style, marker.
_LINES = (
    (POSITIVE, "-", "o"),
    (NEGATIVE, "--", "s"),
    ("#007A5A", "-.", "^"),
    ("#8A3A7E", ":", "D"),
    ("#000000", (0, (6, 1, 1, 1, 1, 1)), "v"),
)
_HATCHES = ("", "//", "..", "\\\\", "xx")


def use_style():
    """Make the course's style the default of pyplot, for figures of your own."""
    matplotlib.rcParams.update(STYLE)


def new_figure(
    nrows=1, ncols=1, size=(8.0, 4.5), *, layout="constrained", width_ratios=None
):
    """Make a figure in the course's style that pyplot doesn't know.

    Parameters
    ----------
    nrows, ncols : int
        How many pictures stand below and beside one another.
    size : (float, float)
        Width and height in inches, of 100 pixels each.
    layout : {'constrained', None}
        'constrained' makes room for every label; None leaves the margins to you and
        draws faster.
    width_ratios : sequence of float, optional
        How wide the columns are, compared with one another.

    Returns
    -------
    fig : matplotlib.figure.Figure
    axes : Axes, or ndarray of Axes
        A single one for one row and one column, else as ``Figure.subplots`` gives them.
    """
    try:
        width, height = (_number("size", length) for length in size)
    except (TypeError, ValueError):
        raise ValueError(
            f"size must be (width, height) in inches, not {size!r}"
        ) from None
    nrows, ncols = _whole("nrows", nrows, 1, 100), _whole("ncols", ncols, 1, 100)
    if layout is not None and str(layout) != "constrained":
        raise ValueError(f"layout must be 'constrained' or None, not {layout!r}")
    if width_ratios is not None:
        width_ratios = _check_ratios(width_ratios, ncols)
    if not (0 < width < 100 and 0 < height < 100):
        raise ValueError(f"size must be between 0 and 100 inches, not {size!r}")
    with matplotlib.rc_context(STYLE):
        fig = Figure(figsize=(width, height), dpi=100, layout=layout)
        if layout == "constrained":
            fig.get_layout_engine().set(w_pad=0.08, h_pad=0.08)
        return fig, fig.subplots(nrows, ncols, width_ratios=width_ratios)


def _picture(draw):
    """Let a drawing function run in the course's style, whatever the defaults are."""

    @functools.wraps(draw)
    def drawn(ax, *args, **kwargs):
        if not isinstance(ax, Axes):
            raise TypeError(f"ax must be a matplotlib Axes, not {type(ax).__name__}")
        with matplotlib.rc_context(STYLE), np.errstate(all="ignore"):
            ax.set_aspect("auto")
            ax.tick_params(labelsize=STYLE["xtick.labelsize"])
            for axis in (ax.xaxis, ax.yaxis):  # they were made before, in any style
                axis.label.set_fontsize(STYLE["axes.labelsize"])
                axis.get_offset_text().set_fontsize(STYLE["xtick.labelsize"])
            draw(ax, *args, **kwargs)
        for text in ax.texts:  # they stand inside: the layout need not measure them
            text.set_in_layout(False)

    return drawn


def number(value, digits=2):
    """Write a number so that it fits in about five characters.

    A value that isn't 0 is never written as 0: 0.0004 becomes 4e-4. The minus is the
    long one that can be seen from the back row.

    >>> number(-1.054), number(1234.0), number(0.0004)
    ('−1.05', '1e3', '4e−4')
    """
    value = float(value) if isinstance(value, float) else _real("value", value)
    digits = _whole("digits", digits, 0, 15)
    if not np.isfinite(value):
        return {"nan": "NaN", "inf": "inf", "-inf": "−inf"}[str(value)]
    text = f"{value:.{digits}f}"
    if abs(value) >= 1000 or (value != 0 and float(text) == 0):
        mantissa, exponent = f"{value:.0e}".split("e")
        text = f"{mantissa}e{int(exponent)}"
    elif abs(value) >= 10:
        text = f"{value:.{min(digits, 1 if abs(value) < 100 else 0)}f}"
    return "0.00"[: len(text)] if value == 0 else text.replace("-", "−")


class Picture:
    """A picture with its text alternative, as `show` returns it.

    Jupyter shows the PNG. Where only text counts (a screen reader, nbval's comparison
    of outputs) the alt text stands for it.

    Attributes
    ----------
    png : bytes
    alt : str
    """

    def __init__(self, png, alt):
        self.png, self.alt = png, alt

    def __repr__(self):
        return self.alt

    def _repr_mimebundle_(self, include=None, exclude=None):
        image = base64.b64encode(self.png).decode("ascii")
        data = {"image/png": image, "text/plain": self.alt}
        return data, {"image/png": {"alt": self.alt}}


def show(fig, alt):
    """Return the picture of a figure, to stand last in a notebook cell.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
    alt : str
        What the picture shows, in words, with the numbers that matter, rounded.

    Returns
    -------
    Picture
    """
    if not isinstance(fig, Figure):
        raise TypeError(f"fig must be a matplotlib Figure, not {type(fig).__name__}")
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError("alt must say in words what the picture shows")
    stream = io.BytesIO()
    with matplotlib.rc_context(STYLE):
        fig.savefig(stream, format="png", metadata={"Software": None})
    return Picture(stream.getvalue(), alt)


# 1. Activations ----------------------------------------------------------------------


@_picture
def draw_activation(ax, activation, z=None, mark=None):
    """Draw an activation function (solid) and its slope (dashed).

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    activation : mlp_core.Activation
    z : array of shape (n,), optional
        Where to compute both; from -3 to 3 if left out.
    mark : float, optional
        A ``z`` to mark: a dot on ``f``, a square on the slope, and the tangent.
    """
    _check_activation(activation)
    z = np.linspace(-3, 3, 601) if z is None else _finite_line("z", z)
    a, slope = activation.f(z), activation.slope(z)
    ax.axhline(0, color=NEUTRAL, linewidth=1)
    ax.axvline(0, color=NEUTRAL, linewidth=1)
    ax.plot(z, a, color=POSITIVE, label="f(z)")
    ax.plot(z, slope, "--", color=NEGATIVE, label="slope f'(z)")
    marked = [] if mark is None else _mark_activation(ax, activation, mark)
    ax.set_xlim(_limits([*z[[0, -1]], *marked[:1]], pad=0))
    low, high = _limits([*a, *slope, *marked[1:]])
    ax.set_ylim(low, high + (high - low) * _legend_share(ax, 2))
    ax.set_xlabel("z")
    ax.set_ylabel("f(z), f'(z)")
    ax.set_title(_activation_title(activation, mark))
    _note_if(ax, _missing([a, slope]))
    ax.legend(loc="upper left")


def _mark_activation(ax, activation, mark):
    """Mark one z with its value, slope and tangent; return z, value and slope."""
    z = _number("mark", mark)
    a, slope = _at(activation, z)
    reach = np.array([-0.7, 0.7])
    ax.plot(z + reach, a + slope * reach, color="black", linewidth=4, alpha=0.45)
    ax.plot([z], [a], "o", color="black", markersize=10)
    ax.plot([z], [slope], "s", color="black", markersize=9, markerfacecolor="white")
    return z, a, slope


def _at(activation, z):
    """The value and the slope at one z, as floats."""
    return float(activation.f(np.array(z))), float(activation.slope(np.array(z)))


def _activation_title(activation, mark):
    if mark is None:
        return activation.label
    a, slope = _at(activation, float(mark))
    return (
        f"{activation.label}\n"
        f"z = {number(mark)}:  f(z) = {number(a)},  slope = {number(slope)}"
    )


def describe_activation(activation, mark=None):
    """Return the alt text of `draw_activation`."""
    _check_activation(activation)
    text = f"Graph of {activation.label}, solid, with its slope, dashed."
    if mark is None:
        return text
    mark = _number("mark", mark)
    a, slope = _at(activation, float(mark))
    numbers = f"f(z) = {_plain(a)}, slope = {_plain(slope)}"
    return f"{text} Marked: at z = {_plain(mark)}, {numbers}."


# 2. Initialization -------------------------------------------------------------------


@_picture
def draw_histogram(ax, groups, bins=20):
    """Draw histograms of weights over one another, with shared bins.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    groups : dict of str to array
        Name to weights, in any shape.
    bins : int
        How many bins.
    """
    groups = {
        name: values.ravel() for name, values in _series("groups", groups).items()
    }
    bins = _whole("bins", bins, 1, 10_000)
    finite = {name: values[np.isfinite(values)] for name, values in groups.items()}
    edges = np.linspace(*_limits(np.concatenate(list(finite.values())), 0.02), bins + 1)
    tallest = 1
    for i, (name, values) in enumerate(finite.items()):
        counts, _ = np.histogram(values, edges)
        tallest = max(tallest, counts.max())
        _draw_stairs(ax, i, counts, edges, _histogram_label(name, values))
    ax.axvline(0, color=NEUTRAL, linewidth=1, zorder=0)
    ax.set_xlim(edges[0], edges[-1])
    ax.set_ylim(0, tallest * 1.05 / (1 - _legend_share(ax, len(groups))))
    ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    ax.set_xlabel("weight")
    ax.set_ylabel("how many")
    _note_if(ax, _missing(groups.values()))
    ax.legend(loc="upper right")


def _draw_stairs(ax, i, counts, edges, label):
    color = _LINES[i % len(_LINES)][0]
    ax.stairs(
        counts, edges, fill=True, hatch=_HATCHES[i % len(_HATCHES)], label=label,
        facecolor=matplotlib.colors.to_rgba(color, 0.3), edgecolor=color, linewidth=2,
    )  # fmt: skip


def _histogram_label(name, values):
    spread = f", std {number(values.std())}" if values.size else ""
    return f"{name} (n = {values.size}{spread})"


def describe_histogram(groups):
    """Return the alt text of `draw_histogram`."""
    parts = []
    for name, values in _series("groups", groups).items():
        finite = values[np.isfinite(values)]
        part = f"{name}, {values.size} weights"
        if finite.size:
            part += (
                f" from {_plain(finite.min())} to {_plain(finite.max())}, "
                f"standard deviation {_plain(finite.std())}"
            )
        parts.append(part)
    return "Histograms of weights. " + "; ".join(parts) + "."


@_picture
def draw_spread(ax, spreads):
    """Draw how wide the signal spreads, layer by layer, on a log axis.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    spreads : dict of str to array of shape (layers + 1,)
        Name to the standard deviation of the activations; the first is the input's.
    """
    spreads = _series("spreads", spreads, least=1)
    bottom, top = _log_limits(np.concatenate(list(spreads.values())))
    for i, (name, values) in enumerate(spreads.items()):
        color, style, marker = _LINES[i % len(_LINES)]
        # A log axis has no place for 0: such a point stands at the bottom.
        ax.plot(
            np.arange(len(values)), _raised(values, bottom), linestyle=style,
            color=color, marker=marker, markersize=8, clip_on=False,
            label=_spread_label(name, values),
        )  # fmt: skip
    longest = max(len(values) for values in spreads.values())
    ax.set_xlim(-0.3, max(longest - 1, 1) + 0.3)
    ax.xaxis.set_major_locator(MaxNLocator(min(longest, 8), integer=True))
    ax.xaxis.set_major_formatter(
        FuncFormatter(lambda place, _: "input" if place == 0 else f"{place - 1:.0f}")
    )
    ax.set_xlabel("layer")
    ax.set_ylabel("standard deviation of a")
    _set_log(ax, bottom, top, len(spreads))
    _note_if(ax, _missing(spreads.values()))
    ax.legend(loc="upper right")


def _spread_label(name, values):
    return f"{name} (0: at the bottom)" if np.any(values == 0) else name


def describe_spread(spreads):
    """Return the alt text of `draw_spread`."""
    parts = [
        f"{name}: {_plain(values[0])} at the input, {_plain(values[-1])} after "
        f"{len(values) - 1} layers"
        for name, values in _series("spreads", spreads, least=1).items()
    ]
    return (
        "Standard deviation of the signal by layer, log axis. " + "; ".join(parts) + "."
    )


# 3. The network ----------------------------------------------------------------------


@_picture
def draw_network(
    ax,
    params,
    cache=None,
    grads=None,
    activation_label=None,
    digits=2,
    *,
    row=0,
    active=None,
):
    """Draw a network with its numbers.

    Blue solid edges are positive, orange dashed ones negative, and wide ones are large.
    Each edge shows its weight and each unit its bias; with a cache, each unit shows its
    activation for one sample. With gradients, the edges and biases show those in place
    of the parameters. Where there is no room, numbers or units are left out, and a line
    at the bottom says so.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    params : list of Layer
        One network.
    cache : mlp_core.Cache, optional
        From `forward`. Its list ``A`` may stop early: later units stay without values.
    grads : list, optional
        In the form of ``params``. A layer may be None (not reached yet): it is drawn
        thin and grey, without numbers.
    activation_label : str, optional
        Stands in the title.
    digits : int
        Decimals of the numbers.
    row : int
        Which sample of the cache to show.
    active : int, optional
        A layer to stress: the edges of the others are pale.
    """
    params, digits = _check_params(params), _whole("digits", digits, 0, 15)
    _check_active(active, len(params))
    _check_words("activation_label", activation_label)
    shown = params if grads is None else _check_grads(grads, params)
    values = _node_values(params, cache, row)
    plan = _Plan(ax, params, digits)
    ax.set_xlim(0, plan.width)
    ax.set_ylim(0, plan.height)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_axis_off()
    left_out = 0
    for i, layer in enumerate(shown):
        left_out += _draw_edges(ax, plan, i, layer, active in (None, i))
    _draw_nodes(ax, plan, values, shown)
    _write_layer_names(ax, plan, activation_label, grads is not None)
    notes = [_missing([array for layer in shown if layer for array in layer])]
    if left_out:
        notes.append(f"no room for the numbers of {left_out} edges")
    _write_notes(ax, plan, notes)


class _Plan:
    """Where the units of a network stand, in points on the Axes.

    A point is 1/72 inch, the unit of text sizes: so the plan knows what fits.
    """

    def __init__(self, ax, params, digits):
        self.digits = digits
        self.sizes = [params[0].W.shape[0]] + [layer.W.shape[1] for layer in params]
        self.width, self.height = _size_in_points(ax)
        column = self.width / len(self.sizes)
        self.font = 13 if column > 130 and self.height > 300 else SMALL
        self.text_width = (2.0 + 0.55 * digits) * self.font  # of a number: −1.05
        self.text_height = 1.13 * self.font
        self.node_width = self.text_width + 7
        edge = self.node_width / 2 + 5  # the bias is a little wider than the unit
        self.x = np.linspace(edge, self.width - edge, len(self.sizes))
        # Above stand the names of the layers, below two lines of words.
        self.top, self.bottom = self.height - 1.5 * self.font, 2.7 * SMALL
        self._place_nodes()

    def _place_nodes(self):
        room = self.top - self.bottom
        least = 2.6 * self.font  # a flat node and its bias below
        self.cap = int(np.clip(room / least, 1, 8))
        rows = min(max(self.sizes), self.cap)
        self.step = room / rows
        flat = self.step - 1.2 * self.font
        self.node_height = float(np.clip(flat, 1.4 * self.font, self.node_width))
        self.y = [self._column(size) for size in self.sizes]

    def _column(self, size):
        """The heights of the units that are drawn in one layer, from the top."""
        rows = min(size, self.cap)
        middle = (self.top + self.bottom) / 2 + 0.6 * self.font
        return middle + self.steps(size) * ((rows - 1) / 2 - np.arange(rows))

    def steps(self, size):
        """How far apart the units of a layer stand."""
        return (self.top - self.bottom) / min(size, self.cap)

    def drawn(self, layer):
        """The numbers of the drawn units; the last place may say '+ 9 more' instead."""
        size = self.sizes[layer]
        return np.arange(size if size <= self.cap else self.cap - 1)


def _size_in_points(ax):
    """Width and height of the Axes, in points."""
    size = np.array([ax.bbox.width, ax.bbox.height])
    spec = ax.get_subplotspec()
    if ax.figure.get_layout_engine() is not None and spec is not None:
        # The layout runs when the figure is drawn; the Axes will fill their cell.
        grid = spec.get_gridspec()
        columns, rows = grid.get_width_ratios(), grid.get_height_ratios()
        width = sum(columns[i] for i in spec.colspan) / sum(columns)
        height = sum(rows[i] for i in spec.rowspan) / sum(rows)
        size = np.array(ax.figure.bbox.size) * [width, height]
        size *= [0.96 if width == 1 else 0.82, 0.96 if height == 1 else 0.86]
        size[1] -= 24  # pixels of a title
    return np.maximum(size * 72 / ax.figure.dpi, 60)


def _node_values(params, cache, row):
    """The activations to show, one array for each layer that the cache has reached."""
    if cache is None:
        return []
    row = _whole("row", row, -(10**9))
    try:
        values = [np.atleast_2d(_numbers("cache", a))[row] for a in cache.A]
    except (AttributeError, IndexError, TypeError):
        raise ValueError(
            f"cache must be a Cache from forward() that has a row {row!r}"
        ) from None
    sizes = [params[0].W.shape[0]] + [layer.W.shape[1] for layer in params]
    if [a.shape for a in values] != [(size,) for size in sizes[: len(values)]]:
        raise ValueError("cache doesn't fit params: it comes from another network")
    return values


def _draw_edges(ax, plan, i, layer, is_stressed):
    """Draw the edges of layer i; return how many numbers have no room."""
    pairs = [(j, k) for j in plan.drawn(i) for k in plan.drawn(i + 1)]
    if not pairs:
        return 0
    starts = np.array([(plan.x[i], plan.y[i][j]) for j, _ in pairs])
    ends = np.array([(plan.x[i + 1], plan.y[i + 1][k]) for _, k in pairs])
    if layer is None:
        lines = np.stack([starts, ends], axis=1)
        grey = LineCollection(lines, colors="#C0C0C0", linewidths=1, zorder=1)
        ax.add_collection(grey)
        return 0
    weights = np.array([layer.W[j, k] for j, k in pairs])
    places = _number_places(plan, i)
    # An edge runs through its number, so that it is clear whose number it is.
    stops = [starts, ends] if places is None else [starts, places, ends]
    look = {
        "colors": _sign_colors(weights),
        "linestyles": _sign_styles(weights),
        "linewidths": _widths(weights),
        "alpha": 1.0 if is_stressed else 0.3,
    }
    ax.add_collection(LineCollection(np.stack(stops, axis=1), zorder=1, **look))
    if places is None:
        return len(pairs)
    for (x, y), weight in zip(places, weights):
        _write_weight(ax, x, y, weight, plan, is_stressed)
    return 0


def _number_places(plan, i):
    """Where the numbers of the edges of layer i stand, or None if there is no room.

    The numbers stand beside the unit where the edges start, one below the other in the
    order of their ends. The places depend on the shape of the network and not on its
    weights: so the numbers stand still while a network is trained.
    """
    left, right = plan.y[i][plan.drawn(i)], plan.y[i + 1][plan.drawn(i + 1)]
    across = plan.x[i + 1] - plan.x[i]
    beside = (plan.node_width + plan.text_width) / 2 + 8  # past the bias, too
    band = plan.steps(plan.sizes[i]) if len(left) > 1 else plan.top - plan.bottom
    needed = plan.text_height * len(right)
    if needed > band or across < beside + 0.8 * plan.node_width:
        return None
    order = (len(right) - 1) / 2 - np.arange(len(right))
    toward = beside / across  # where a straight edge would pass
    natural = (right[0] - right[-1]) / max(len(right) - 1, 1) * toward
    gap = max(plan.text_height, min(natural, 0.8 * band / len(right)))
    slack = (band - gap * len(right)) / 2  # each unit keeps to its own strip
    places = []
    for y in left:
        middle = y + np.clip((right.mean() - y) * toward, -slack, slack)
        places += [(plan.x[i] + beside, each) for each in middle + gap * order]
    return np.array(places)


def _write_weight(ax, x, y, weight, plan, is_stressed):
    ax.text(
        x, y, number(weight, plan.digits), fontsize=plan.font, ha="center", va="center",
        color=_sign_colors([weight])[0] if is_stressed else NEUTRAL, zorder=3,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
    )  # fmt: skip


def _sign_colors(values):
    """Blue for positive, orange for negative, grey for 0 and for what isn't finite."""
    values = np.asarray(values, float)
    return [POSITIVE if v > 0 else NEGATIVE if v < 0 else NEUTRAL for v in values]


def _sign_styles(values):
    """Solid for positive, dashed for negative, dotted for the rest."""
    return ["-" if v > 0 else "--" if v < 0 else ":" for v in np.asarray(values, float)]


def _widths(values):
    """Line widths that grow with the size of the weight, from 1 to 5 points."""
    size = np.abs(np.nan_to_num(values, nan=0.0, posinf=1e9, neginf=-1e9))
    return 1 + 4 * np.clip(size / 3, 0, 1)


def _draw_nodes(ax, plan, values, shown):
    """Draw the units with what stands in and below them."""
    places, faces = [], []
    for layer in range(len(plan.sizes)):
        for j in plan.drawn(layer):
            x, y = plan.x[layer], plan.y[layer][j]
            has_value = layer < len(values)
            value = values[layer][j] if has_value else 0.0
            places.append((x, y))
            faces.append(_tint(value))
            text = (
                number(value, plan.digits) if has_value else _node_name(plan, layer, j)
            )
            ax.text(
                x,
                y,
                text,
                fontsize=plan.font,
                ha="center",
                va="center_baseline",
                zorder=5,
            )
            if layer > 0 and shown[layer - 1] is not None:
                _write_bias(ax, plan, x, y, shown[layer - 1].b[j])
        _write_more(ax, plan, layer)
    sizes = [plan.node_width], [plan.node_height], [0]
    nodes = EllipseCollection(
        *sizes, units="points", offsets=places, offset_transform=ax.transData,
        facecolors=faces, edgecolors="black", linewidths=1.5, zorder=4,
    )  # fmt: skip
    ax.add_collection(nodes)


def _tint(value):
    """A pale orange or blue for a node: black text stays readable on it."""
    size = np.clip(np.nan_to_num(value, nan=0.0), -2, 2) / 2
    return SIGNED_CMAP(0.5 + 0.22 * float(size))


def _node_name(plan, layer, j):
    if layer == 0:
        return f"x{j + 1}"
    return "ŷ" if layer == len(plan.sizes) - 1 else "a"


def _write_bias(ax, plan, x, y, bias):
    ax.text(
        x, y - plan.node_height / 2 - 2, f"b {number(bias, plan.digits)}", zorder=3,
        fontsize=plan.font, ha="center", va="top", color=_sign_colors([bias])[0],
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4},
    )  # fmt: skip


def _write_more(ax, plan, layer):
    hidden = plan.sizes[layer] - len(plan.drawn(layer))
    if hidden:
        ax.text(
            plan.x[layer], plan.y[layer][-1], f"⋮\n+ {hidden} more", zorder=5,
            fontsize=plan.font, ha="center", va="center", linespacing=1.0,
        )  # fmt: skip


def _write_layer_names(ax, plan, activation_label, shows_grads):
    names = ["input"] + [f"layer {i}" for i in range(len(plan.sizes) - 1)]
    for x, name in zip(plan.x, names):
        ax.text(
            x,
            plan.height,
            name,
            fontsize=plan.font,
            ha="center",
            va="top",
            color="black",
        )
    if activation_label is not None or shows_grads:
        what = "gradients on the edges" if shows_grads else None
        ax.set_title(", ".join(filter(None, [activation_label, what])), pad=10)


def _write_notes(ax, plan, notes):
    """Write the key and what is missing into the two lines at the bottom."""
    key = "blue, solid: +    orange, dashed: −    wide: large"
    lines = [note.replace("\n", " ") for note in notes if note] + [key]
    for i, line in enumerate(lines[:2]):
        if plan.width > 5.9 * len(line):
            ax.text(
                plan.width / 2, 1 + 1.3 * SMALL * i, line, fontsize=SMALL, ha="center",
                va="bottom", fontweight="normal" if line == key else "bold",
            )  # fmt: skip


def describe_network(params, cache=None, grads=None, digits=2, *, row=0):
    """Return the alt text of `draw_network`."""
    params, digits = _check_params(params), _whole("digits", digits, 0, 15)
    grads = None if grads is None else _check_grads(grads, params)
    sizes = [params[0].W.shape[0]] + [layer.W.shape[1] for layer in params]
    text = f"Diagram of a {'-'.join(map(str, sizes))} network."
    for i, values in enumerate(_node_values(params, cache, row)):
        name = "Input" if i == 0 else f"Layer {i - 1}"
        listed = ", ".join(_plain(value, digits) for value in values[:8])
        text += f" {name}: {listed}{' and more' if len(values) > 8 else ''}."
    what, layers = ("weight", params) if grads is None else ("gradient", grads)
    reached = [(i, layer.W) for i, layer in enumerate(layers) if layer is not None]
    if reached:
        i, W = max(reached, key=lambda pair: np.nan_to_num(np.abs(pair[1])).max())
        largest = W.flat[np.nan_to_num(np.abs(W)).argmax()]
        text += f" Largest {what}: {_plain(largest, digits)}, in layer {i}."
    return text


# 4. The gradient check ---------------------------------------------------------------

_CHECK_CMAP = LinearSegmentedColormap.from_list("error", ["#FFFFFF", NEGATIVE])


@_picture
def draw_gradient_check(ax, checks, tolerance=1e-5, digits=1):
    """Draw the error of each gradient as a cell: white is right, orange is wrong.

    A wrong cell is hatched too, a cell at a kink is dotted; the word below each block
    says what `gradient_check` found for it.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    checks : list of mlp_core.ParameterCheck
    tolerance : float
        The error from which on a single cell counts as wrong.
    digits : int
        Decimals of the errors in the cells.
    """
    blocks, digits = _check_blocks(checks), _whole("digits", digits, 0, 15)
    tolerance = _positive("tolerance", tolerance)
    width = max(block["x"] + block["error"].shape[1] for block in blocks)
    depth = max(block["y"] + block["error"].shape[0] for block in blocks)
    ax.set_xlim(-0.4, width + 0.4)
    # Below the last row: the word under its block, and the line at the bottom.
    words = 4.4 * SMALL * ax.figure.dpi / 72
    below = words * (depth + 0.4) / max(ax.bbox.height - words, words)
    ax.set_ylim(depth + max(1.3, below), -0.4)  # row 0 on top, as a matrix is written
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_axis_off()
    cell = ax.bbox.width * 72 / ax.figure.dpi / (width + 0.8)
    for block in blocks:
        has_room = cell > (2.1 + 0.5 * digits) * SMALL
        _draw_block(ax, block, tolerance, digits if has_room else None)
    wrong = [check.name for check in checks if not check.ok]
    ax.set_title(f"wrong: {', '.join(wrong)}" if wrong else "every gradient is right")
    ax.text(
        0.5, 0, "relative error; hatched: wrong, dotted: at a kink", ha="center",
        va="bottom", fontsize=SMALL, transform=ax.transAxes,
    )  # fmt: skip


def _check_blocks(checks):
    """Give each parameter a place: a column for each layer, weights above biases."""
    checks = _check_checks(checks)
    weights = [c for c in checks if np.ndim(c.error) == 2]
    biases_y = max((len(c.error) for c in weights), default=0) + 1.5
    blocks, x, right = [], 0.0, 0.0
    for check in checks:
        error = np.atleast_2d(np.asarray(check.error, float))
        if np.ndim(check.error) == 2:
            x = right
        right = max(right, x + max(error.shape[1], 2) + 0.6)
        y = 0.0 if np.ndim(check.error) == 2 else biases_y
        kink = np.atleast_2d(np.asarray(check.kink, bool))
        blocks.append({"check": check, "error": error, "kink": kink, "x": x, "y": y})
    return blocks


def _draw_block(ax, block, tolerance, digits):
    error, kink, check = block["error"], block["kink"], block["check"]
    rows, columns = error.shape
    wrong = ~kink & ~(error <= tolerance)  # NaN is wrong too
    squares = [
        _square(block["x"] + j, block["y"] + i)
        for i in range(rows)
        for j in range(columns)
    ]
    # From an error of 1e-7 (white; differences have as much) to 1 (orange), by powers
    # of ten.
    shade = np.log10(np.clip(np.nan_to_num(error, nan=1.0), 1e-7, 1.0)).ravel()
    cells = PolyCollection(squares, cmap=_CHECK_CMAP, edgecolors=NEUTRAL, linewidths=1)
    cells.set_array(np.where(kink.ravel(), -7, shade))
    cells.set_clim(-7, 0.0)
    ax.add_collection(cells, autolim=False)
    for where, hatch in ((wrong, "//"), (kink, "..")):
        some = [square for square, hit in zip(squares, where.ravel()) if hit]
        if some:
            ax.add_collection(
                PolyCollection(
                    some, facecolors="none", edgecolors="#7A3600", hatch=hatch
                ),
                autolim=False,
            )
    if digits is not None:
        _write_errors(ax, block, digits)
    ax.text(
        block["x"] + columns / 2, block["y"] + rows + 0.12, _verdict(check),
        ha="center", va="top", fontsize=SMALL,
        fontweight="normal" if check.ok else "bold",
    )  # fmt: skip


def _square(x, y):
    return [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]


def _verdict(check):
    return f"{check.name}\n{'right' if check.ok else 'wrong'}"


def _write_errors(ax, block, digits):
    for (i, j), error in np.ndenumerate(block["error"]):
        ax.text(
            block["x"] + j + 0.5, block["y"] + i + 0.5, _short_error(error, digits),
            ha="center", va="center", fontsize=SMALL,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )  # fmt: skip


def _short_error(error, digits):
    """Few characters: an error of rounding is written as 0."""
    if not np.isfinite(error):
        return "NaN"
    is_plain = error >= 0.5 * 10.0**-digits
    return (
        "0" if error < 1e-7 else f"{error:.{digits}f}" if is_plain else number(error, 0)
    )


def describe_gradient_check(checks):
    """Return the alt text of `draw_gradient_check`."""
    parts = []
    for check in _check_checks(checks):
        error = np.where(check.kink, 0.0, check.error)
        words = f"wrong, largest error {_plain(np.max(error))}"
        parts.append(f"{check.name} {'right' if check.ok else words}")
    return "Gradient check, parameter by parameter: " + "; ".join(parts) + "."


# 5. Training -------------------------------------------------------------------------


@_picture
def draw_loss(
    ax,
    losses,
    step=None,
    log=True,
    *,
    steps_per_point=1,
    x_label=None,
    smooth=1,
    faint=(),
):
    """Draw the loss of one or several runs.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    losses : dict of str to array of shape (points,)
        Name to loss. The first point is step (or epoch) 1.
    step : int, optional
        Mark this step, on the last run that isn't faint. 0 is before the first step.
    log : bool
        A logarithmic axis. A loss of 0 stands at its bottom, and a note says so.
    steps_per_point : int
        How many training steps one point stands for: 100 for the loss by epoch of a
        run with 100 steps an epoch, if you want the axis in steps.
    x_label : str, optional
        'epoch', or 'training step' if ``steps_per_point`` or ``step`` is given.
    smooth : int
        Draw the average of the last ``smooth`` points over the points, which stay
        visible as a thin line.
    faint : collection of str
        Names of runs drawn in grey, for comparison.
    """
    runs = _series("losses", losses, least=0)
    log, faint = _check_switch("log", log), _check_names("faint", faint)
    _check_words("x_label", x_label)
    per_point = _whole("steps_per_point", steps_per_point, 1)
    smooth = _whole("smooth", smooth, 1)
    everything = np.concatenate(list(runs.values()))
    bottom, top = _limits([0, *everything])
    if log:
        bottom, top = _log_limits(everything, least=1e-10)
    bright = [name for name in runs if name not in faint]
    for name, values in runs.items():
        x = per_point * np.arange(1, len(values) + 1)
        heights = _raised(values, bottom) if log else _finite_or_nan(values)
        shown = name if smooth == 1 else f"{name}, mean of {smooth}"
        label = _run_label(shown, values, per_point, bottom if log else -np.inf)
        place = bright.index(name) if name in bright else None
        _draw_run(ax, x, heights, smooth, label, _loss_look(place, len(values)))
    last = per_point * max(1, *(len(values) for values in runs.values()))
    ax.set_xlim(0, last * 1.02)
    ax.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]))
    ax.set_xlabel(x_label or _step_words(per_point, step))
    ax.set_ylabel("loss")
    if step is not None:
        main = runs[bright[-1] if bright else list(runs)[-1]]
        _mark_step(ax, main, _whole("step", step, 0), per_point, last, (bottom, top))
    legend = ax.legend(loc="upper right")
    rows = sum(text.get_text().count("\n") + 1 for text in legend.get_texts())
    if log:
        _set_log(ax, bottom, top, rows)
    else:
        ax.set_ylim(0, top / (1 - _legend_share(ax, rows)))


def _step_words(per_point, step):
    return "epoch" if per_point == 1 and step is None else "training step"


def _loss_look(place, points):
    """Line properties of the run at this place; None is a faint one."""
    color, style, marker = "#8C8C8C", (0, (3, 1.5)), "x"
    if place is not None:
        color, style, marker = _LINES[place % len(_LINES)]
    return {
        "color": color,
        "linestyle": style,
        "marker": marker,
        "markersize": 7,
        "markevery": max(1, points // 8),  # a marker on each point would hide the line
        "zorder": 1.5 if place is None else 2,
    }


def _draw_run(ax, x, heights, smooth, label, look):
    if smooth == 1:
        # Thousands of single points are a band: a thin line shows more of it.
        width = 2.2 if len(x) <= 400 else 1.0
        ax.plot(x, heights, label=label, linewidth=width, **look)
        return
    ax.plot(
        x, heights, color=look["color"], linewidth=0.8, alpha=0.4, zorder=look["zorder"]
    )
    ax.plot(x, _trailing_mean(heights, smooth), label=label, linewidth=2.2, **look)


def _trailing_mean(values, window):
    """The mean of each value and those before it, at most ``window`` of them."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    end = np.arange(1, len(values) + 1)
    start = np.maximum(end - window, 0)
    return (sums[end] - sums[start]) / (end - start)


def _run_label(name, values, per_point, bottom):
    """The name of a run and, below it, what its line can't show."""
    if len(values) == 0:
        return f"{name}\nended before its first point"
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        name += f"\nnot finite from {per_point * (bad[0] + 1)}"
    if np.any(values < bottom):
        which = "0" if values[values < bottom].max() == 0 else f"below {bottom:.0e}"
        name += f"\n{which}: at the bottom"
    return name


def _mark_step(ax, values, step, per_point, last, limits):
    """Draw a line at the step, and a dot on the point that the step belongs to."""
    ax.axvline(step, color="black", linewidth=1.2, linestyle=":")
    index = -(-step // per_point) - 1  # the epoch that the step lies in
    title = f"step {step} of {last}" if step else "before the first step"
    if 0 <= index < len(values) and np.isfinite(values[index]):
        ax.plot(
            [per_point * (index + 1)], [np.clip(values[index], *limits)], "o",
            color="black", markersize=10, markerfacecolor="white",
            markeredgewidth=2.5, zorder=5, clip_on=False,
        )  # fmt: skip
        title += f": loss {number(values[index], 3)}"
    ax.set_title(title)


def describe_loss(losses, step=None, *, steps_per_point=1):
    """Return the alt text of `draw_loss`."""
    per_point = _whole("steps_per_point", steps_per_point, 1)
    step = 0 if step is None else _whole("step", step, 0)
    parts = []
    for name, values in _series("losses", losses, least=0).items():
        unit = "point" if per_point == 1 else "epoch"
        part = f"{name}: no {unit}"
        if values.size:
            part = (
                f"{name}: {_plain(values[0])} at first, {_plain(values[-1])} at the end"
            )
            part += f" of {values.size} {unit}s"
        if 0 < step <= per_point * values.size:
            part += f", {_plain(values[-(-step // per_point) - 1])} at step {step}"
        parts.append(part)
    return "Loss curve. " + "; ".join(parts) + "."


@_picture
def draw_surface(
    ax,
    params,
    task,
    activation=ORIGINAL,
    limits=(-0.5, 1.5),
    layer=-1,
    unit=0,
    levels=None,
    *,
    resolution=61,
    mark=None,
    colorbar=True,
):
    """Draw the output, or one unit's activation, over a square of inputs.

    Each sample stands as a point with the marker of its class, its target and, for the
    last layer, the prediction.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    params : list of Layer
        A network with two inputs.
    task : mlp_core.Task
    activation : Activation, or a sequence of one for each layer
    limits : (float, float)
        From where to where both inputs go.
    layer, unit : int
        Whose activation; the last layer's first unit is the output.
    levels : sequence of float, optional
        Where to draw contour lines. If left out: halfway between the targets (0.5 for
        XOR) for the output, 0 for a unit of another layer.
    resolution : int
        Points along each side of the grid.
    mark : int or sequence of int, optional
        Rows of the task to ring: those that the present training step uses.
    colorbar : bool
        Draw the scale of the colours beside the picture.
    """
    task, (low, high) = _check_task(task, inputs=2), _check_range(limits)
    params = _check_params(params, inputs=2)
    layer, unit = _check_unit(params, layer, unit)
    colorbar = _check_switch("colorbar", colorbar)
    axis = np.linspace(low, high, _whole("resolution", resolution, 2, 2000))
    heights = _heights(params, activation, axis, layer, unit)
    is_output = layer == len(params) - 1
    targets = np.unique(task.Y[:, min(unit, task.Y.shape[1] - 1)])
    levels = _check_levels(levels, targets if is_output else None)
    middle, reach = _color_scale(heights, targets if is_output else None)
    bad = ~np.isfinite(heights)
    drawn = np.clip(np.where(bad, middle, heights), middle - 1e6, middle + 1e6)
    ax.imshow(
        np.ma.masked_array(drawn, bad), origin="lower", extent=(low, high, low, high),
        cmap=SIGNED_CMAP, vmin=middle - reach, vmax=middle + reach,
        interpolation="bilinear", aspect="equal",
    )  # fmt: skip
    crossed = _draw_contours(ax, axis, np.ma.masked_array(drawn, bad), levels)
    _draw_samples(ax, params, task, activation, (low, high), is_output, unit, mark)
    if colorbar:
        _draw_scale(ax, middle, reach)
    _frame_square(ax, low, high)
    name = "output" if is_output else f"layer {layer}, unit {unit}: a"
    lines = ", ".join(f"{level:g}" for level in crossed)
    ax.set_title(f"{name}; line at {lines}" if lines else name)
    _note_if(ax, _missing([heights]), 0.5, 0.5)


def _heights(params, activation, axis, layer, unit):
    """The activation of one unit at each point of a grid: (points, points)."""
    x1, x2 = np.meshgrid(axis, axis)
    X = np.stack([x1.ravel(), x2.ravel()], axis=1)
    _, cache = mlp_core.forward(params, X, activation)
    return cache.A[layer + 1][:, unit].reshape(x1.shape)


def _color_scale(heights, targets):
    """Where white stands, and how far it is from there to full blue.

    The scale of the output depends on the targets only, so that it stands still while a
    network is trained.
    """
    if targets is not None:
        return (targets[0] + targets[-1]) / 2, max(targets[-1] - targets[0], 1.0)
    finite = np.abs(heights[np.isfinite(heights)])
    largest = min(float(finite.max(initial=0.0)), 1e6)
    return 0.0, largest if largest > 1e-6 else 1.0


def _draw_contours(ax, axis, heights, levels):
    """Draw the levels that the surface crosses, and return them."""
    crossed = [level for level in levels if heights.min() < level < heights.max()]
    if crossed:
        styles = [("-", "--", "-.", ":")[i % 4] for i in range(len(crossed))]
        ax.contour(
            axis, axis, heights, levels=crossed, colors="black", linewidths=2,
            linestyles=styles,
        )  # fmt: skip
    return crossed


def _draw_samples(ax, params, task, activation, limits, is_output, unit, mark):
    """Draw the samples with their markers and, if they are few, their numbers."""
    column = task.Y[:, min(unit if is_output else 0, task.Y.shape[1] - 1)]
    _draw_classes(ax, task.X, column)
    if mark is not None:
        rows = _check_rows(mark, len(task.X))
        ax.plot(
            *task.X[rows].T, "o", color="black", markersize=19, markerfacecolor="none",
            markeredgecolor="black", markeredgewidth=2, clip_on=False,
        )  # fmt: skip
    if len(task.X) > 12:
        return
    Y_hat, _ = mlp_core.forward(params, task.X, activation)
    for x, target, output in zip(task.X, column, Y_hat[:, unit if is_output else 0]):
        text = f"target {target:g}"
        if is_output:
            text += f"\n{number(np.round(output, 2))}"
        _write_beside(ax, x, text, limits)


def _draw_classes(ax, places, targets):
    """Draw points with one marker for each target value, filled black or white."""
    for i, target in enumerate(np.unique(targets)):
        some = places[targets == target]
        ax.plot(
            some[:, 0], some[:, 1], linestyle="none", marker=MARKERS[i % len(MARKERS)],
            markersize=10, color="black", markerfacecolor="white" if i % 2 else "black",
            markeredgewidth=1.8, clip_on=False, zorder=4, label=f"target {target:g}",
        )  # fmt: skip


def _write_beside(ax, x, text, limits):
    """Write above a point in the upper half and below one in the lower half."""
    low, high = limits
    side = min(ax.bbox.width, ax.bbox.height) * 72 / ax.figure.dpi
    up = 1 if x[1] > (low + high) / 2 else -1
    edge = high - x[1] if up > 0 else x[1] - low
    needed = 9 + 1.25 * SMALL * (text.count("\n") + 1)
    if edge / (high - low) * side < needed:  # no room on that side of the point
        up = -up
    ax.annotate(
        text, x, xytext=(0, 9 * up), textcoords="offset points", ha="center",
        va="bottom" if up > 0 else "top", fontsize=SMALL, linespacing=1.0, zorder=5,
        annotation_clip=False,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.8},
    )  # fmt: skip


def _draw_scale(ax, middle, reach):
    """Draw the scale of the colours as a narrow strip on the right."""
    strip = ax.inset_axes([1.04, 0.0, 0.05, 1.0])
    bottom, top = middle - reach, middle + reach
    strip.imshow(
        np.linspace(bottom, top, 64)[:, None], origin="lower", aspect="auto",
        extent=(0, 1, bottom, top), cmap=SIGNED_CMAP,
    )  # fmt: skip
    strip.set_xticks([])
    places = [bottom, middle, top]
    strip.set_yticks(places, [number(place, 1) for place in places])
    strip.yaxis.tick_right()
    strip.tick_params(labelsize=SMALL)


def _frame_square(ax, low, high):
    ax.set_xlim(low, high)
    ax.set_ylim(low, high)
    is_small = min(ax.bbox.width, ax.bbox.height) * 72 / ax.figure.dpi < 130
    count = 2 if is_small else 4
    ticks = MaxNLocator(count, steps=[1, 2, 5, 10]).tick_values(low, high)
    inside = [tick for tick in ticks if low - 1e-9 <= tick <= high + 1e-9]
    ax.set_xticks(inside)
    ax.set_yticks(inside)
    ax.set_xlabel("x1")
    ax.set_ylabel("x2")


def describe_surface(params, task, activation=ORIGINAL, layer=-1, unit=0):
    """Return the alt text of `draw_surface`."""
    task, params = _check_task(task, inputs=2), _check_params(params, inputs=2)
    layer, unit = _check_unit(params, layer, unit)
    with np.errstate(all="ignore"):
        _, cache = mlp_core.forward(params, task.X, activation)
    is_output = layer == len(params) - 1
    name = (
        "the output" if is_output else f"the activation of unit {unit} of layer {layer}"
    )
    parts = []
    for x, y, a in zip(task.X[:12], task.Y, cache.A[layer + 1][:, unit]):
        target = f" (target {y[min(unit, len(y) - 1)]:g})" if is_output else ""
        parts.append(f"{_plain(a)} at ({x[0]:g}, {x[1]:g}){target}")
    return f"Surface of {name} over the square of inputs: " + ", ".join(parts) + "."


@_picture
def draw_success(ax, rates):
    """Draw success rates with the interval in which the true rate lies.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    rates : dict of str to (int, int)
        Name to successes and trials. The bar is the 95 % interval of Wilson.
    """
    rates = _check_rates(rates)
    for i, (name, (successes, trials)) in enumerate(rates.items()):
        text = "no trials"
        if trials:
            low, high = mlp_core.wilson_interval(successes, trials)
            ax.plot(
                [100 * low, 100 * high], [i, i], color=POSITIVE, linewidth=5, alpha=0.6,
                solid_capstyle="butt",
            )  # fmt: skip
            ax.plot([100 * successes / trials], [i], "D", color="black", markersize=9)
            text = _rate_words(successes, trials)
        ax.annotate(
            text, (0, i), xytext=(5, 9), textcoords="offset points", ha="left",
            va="bottom", fontsize=STYLE["xtick.labelsize"],
        )  # fmt: skip
        ax.axhline(i, color="#D9D9D9", linewidth=1, zorder=0)
    ax.set_xlim(-2, 102)  # room for the diamonds at both ends
    ax.set_ylim(len(rates) - 0.5, -0.75)
    ax.set_yticks(range(len(rates)), list(rates))
    ax.set_xticks([0, 20, 40, 60, 80, 100])
    ax.set_xlabel("success rate in %, with its 95 % interval")


def _rate_words(successes, trials):
    low, high = mlp_core.wilson_interval(successes, trials)
    digits = 1 if successes in (0, trials) else 0  # '0 to 0 %' would hide the end
    return (
        f"{successes} of {trials}: {100 * successes / trials:.0f} % "
        f"({100 * low:.{digits}f} to {100 * high:.{digits}f} %)"
    )


def describe_success(rates):
    """Return the alt text of `draw_success`."""
    rates = _check_rates(rates)
    parts = [
        f"{name}: {_rate_words(*pair) if pair[1] else 'no trials'}"
        for name, pair in rates.items()
    ]
    return "Success rates with 95 % intervals. " + "; ".join(parts) + "."


# 6. The hidden space -----------------------------------------------------------------


@_picture
def draw_hidden(ax, params, task, activation=ORIGINAL, layer=0, *, units=None):
    """Draw the samples as a hidden layer sees them: as points in its activations.

    Two units make a plane. There the grey lines are the square of the inputs, folded by
    the layers, and the dashed line is where the rest of the network says 0.5 (halfway
    between the targets). Of three units or more, the two directions that keep most of
    the spread are drawn, and the title says how much they keep: points that fall
    together there may be apart in the layer.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    params : list of Layer
    task : mlp_core.Task
    activation : Activation, or a sequence of one for each layer
    layer : int
        Which layer; 0 is the first after the input.
    units : (int, int), optional
        Show these two units of a wide layer as they are, and leave the others out.
    """
    task = _check_task(task)
    params = _check_params(params, inputs=task.X.shape[1])
    layer, _ = _check_unit(params, layer, 0)
    _, cache = mlp_core.forward(params, task.X, activation)
    A = np.where(  # what is huge stands at the edge, what isn't finite nowhere
        np.isfinite(cache.A[layer + 1]),
        np.clip(cache.A[layer + 1], -1e30, 1e30),
        np.nan,
    )
    kept = np.isfinite(A).all(axis=1)
    view = _hidden_view(A[kept], units)
    places = view.project(A[kept])
    outline = _outline(params, task, activation, layer)
    if view.is_plane and outline is not None:
        outline = view.project(outline)
        ax.plot(outline[:, 0], outline[:, 1], color="#A0A0A0", linewidth=1.5, zorder=1)
    _frame_plane(ax, places if outline is None or not view.is_plane else
                 np.concatenate([places, outline]))  # fmt: skip
    if view.is_plane and A.shape[1] == 2 and layer < len(params) - 1:
        _draw_cut(ax, params[layer + 1 :], task, activation, layer)
    column = task.Y[kept, 0]
    _draw_classes(ax, places, column)
    if len(places) <= 12:
        _name_points(ax, places, task.X[kept], column)
    ax.set_xlabel(view.x_label)
    ax.set_ylabel(view.y_label)
    ax.set_title(f"layer {layer}: {view.title}")
    _note_if(ax, _missing([A]), 0.5, 0.5)


class _View:
    """How the activations of a layer become points on paper."""

    def __init__(self, directions, middle, labels, title, is_plane):
        self.directions, self.middle = directions, middle
        self.x_label, self.y_label = labels
        self.title, self.is_plane = title, is_plane

    def project(self, A):
        """(n, units) -> (n, 2)"""
        return (A - self.middle) @ self.directions


def _hidden_view(A, units):
    width = A.shape[1]
    if units is None and width > 2:
        return _widest_view(A)
    if width == 1 and units is None:
        flat = np.array([[1.0, 0.0]])
        return _View(flat, np.zeros(1), ("a of unit 0", ""), "its one unit", True)
    pair = _check_pair(units, width)
    names = tuple(f"a of unit {unit}" for unit in pair)
    title = "its two units" if width == 2 else f"2 of {width} units"
    return _View(np.eye(width)[:, pair], np.zeros(width), names, title, True)


def _widest_view(A):
    """Principal components: the two directions along which the points spread most."""
    width = A.shape[1]
    middle = A.mean(axis=0) if len(A) else np.zeros(width)
    scaled = (A - middle) / max(np.abs(A - middle).max(initial=0.0), 1e-300)
    spread = scaled.T @ scaled  # (units, units); huge numbers would overflow
    sizes, directions = np.linalg.eigh(spread)
    directions = directions[:, [-1, -2]]
    # A direction and its opposite are the same: have its largest part positive.
    largest = np.abs(directions).argmax(axis=0)
    directions = directions * np.sign(directions[largest, [0, 1]])
    total = sizes.sum()
    share = 100 * sizes[[-1, -2]] / total if total > 1e-12 else np.zeros(2)
    labels = tuple(f"direction {i + 1}: {s:.0f} %" for i, s in enumerate(share))
    title = f"{share.sum():.0f} % of the spread of {width} units"
    return _View(directions, middle, labels, title, False)


def _outline(params, task, activation, layer):
    """The border of the square of inputs, carried to the layer: (n, units)."""
    if task.X.shape[1] != 2:
        return None
    low, high = task.X.min(axis=0), task.X.max(axis=0)
    t = np.linspace(0, 1, 21)[:, None]
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]], float)
    sides = [a + (b - a) * t for a, b in itertools.pairwise(corners)]
    X = low + (high - low) * np.concatenate(sides)
    _, cache = mlp_core.forward(params, X, activation)
    A = cache.A[layer + 1]
    return A if np.isfinite(A).all() else None


def _frame_plane(ax, places):
    """Set limits with room for the names of the points."""
    for axis, set_limits in ((0, ax.set_xlim), (1, ax.set_ylim)):
        set_limits(_limits(places[:, axis], pad=0.22, least=0.05))
    ax.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))


def _draw_cut(ax, rest, task, activation, layer):
    """Draw where the rest of the network says halfway between the targets."""
    if not isinstance(activation, mlp_core.Activation):
        activation = list(activation)[layer + 1 :]
    xs, ys = (np.linspace(*limits, 61) for limits in (ax.get_xlim(), ax.get_ylim()))
    grid = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    Y_hat, _ = mlp_core.forward(rest, grid, activation)
    heights = np.ma.masked_invalid(np.clip(Y_hat[:, 0].reshape(61, 61), -1e6, 1e6))
    for level in _check_levels(None, np.unique(task.Y[:, 0])):
        if heights.min() < level < heights.max():
            ax.contour(
                xs, ys, heights, levels=[level], colors="black", linestyles="--",
                linewidths=1.8,
            )  # fmt: skip


def _name_points(ax, places, X, targets):
    """Write '(0, 1) → 1' beside each point; points in one place share a name."""
    scale = np.array([ax.bbox.width, ax.bbox.height]) * 72 / ax.figure.dpi
    low = np.array([ax.get_xlim()[0], ax.get_ylim()[0]])
    size = np.array([ax.get_xlim()[1], ax.get_ylim()[1]]) - low
    points = (places - low) / size * scale  # in points of text size
    groups = _group_near(points, near=20)
    names = [
        "\n".join(
            f"({', '.join(f'{x:g}' for x in X[i])}) → {targets[i]:g}" for i in group
        )
        for group in groups
    ]
    if not names:
        return
    centres = np.array([points[group].mean(axis=0) for group in groups])
    boxes = np.array([_size_of_text(name) for name in names])
    spots = _best_spots(centres, points, boxes, scale)
    for spot, name in zip(spots, names):
        ax.text(
            *(low + spot / scale * size), name, fontsize=SMALL, ha="center",
            va="center", linespacing=1.1, zorder=5,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.75},
        )  # fmt: skip


def _size_of_text(name):
    """About as wide and high as these lines are, in points."""
    lines = name.split("\n")
    return 0.6 * max(map(len, lines)) * SMALL, 1.2 * len(lines) * SMALL


def _best_spots(centres, points, boxes, scale):
    """Places for names beside points: inside the Axes, off points and other names.

    Which name chooses first may decide whether the last one finds room. So other orders
    are tried while something overlaps.
    """
    best, least = None, np.inf
    for order in itertools.islice(itertools.permutations(range(len(centres))), 24):
        spots, cost = _spots_in_order(order, centres, points, boxes, scale)
        if cost < least:
            best, least = spots, cost
        if least < 1:  # no overlap, only the wish to stand near
            break
    return best


def _spots_in_order(order, centres, points, boxes, scale):
    """The best place for each name in turn, and what is bad about them all."""
    angles = np.arange(16) * np.pi / 8 + np.pi / 2
    ways = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    spots, total = np.empty(centres.shape), 0.0
    for turn, i in enumerate(order):
        near = ways * (boxes[i] / 2 + 12)
        options = centres[i] + np.concatenate([near, 1.5 * near, 2.2 * near])
        outside = np.abs(options - scale / 2) + (boxes[i] - scale) / 2
        cost = np.clip(outside, 0, None).sum(axis=1)
        cost += np.linspace(0, 0.9 / len(order), len(options))
        cost += 10 * _overlaps(options, points, boxes[i] / 2 + 8).sum(axis=1)
        taken = list(order[:turn])
        room = (boxes[i] + boxes[taken]) / 2
        cost += 20 * _overlaps(options, spots[taken], room).sum(axis=1)
        spots[i] = options[cost.argmin()]
        total += cost.min()
    return spots, total


def _overlaps(one, other, box):
    """How much boxes around two sets of centres overlap, as shares of a box."""
    apart = np.abs(one[:, None] - other[None]) / box
    return np.clip(1 - apart, 0, None).prod(axis=-1)


def _group_near(points, near):
    """Group the row numbers of points that are nearer than ``near`` to one another."""
    groups = []
    for i, point in enumerate(points):
        for group in groups:
            if np.linalg.norm(points[group[0]] - point) < near:
                group.append(i)
                break
        else:
            groups.append([i])
    return groups


def describe_hidden(params, task, activation=ORIGINAL, layer=0):
    """Return the alt text of `draw_hidden`."""
    task = _check_task(task)
    params = _check_params(params, inputs=task.X.shape[1])
    layer, _ = _check_unit(params, layer, 0)
    with np.errstate(all="ignore"):
        _, cache = mlp_core.forward(params, task.X, activation)
    parts = []
    for x, a, y in list(zip(task.X, cache.A[layer + 1], task.Y))[:12]:
        place = ", ".join(_plain(value) for value in a[:8])
        sample = ", ".join(f"{value:g}" for value in x)
        parts.append(f"({sample}) with target {y[0]:g} at ({place})")
    return f"The samples in the space of layer {layer}: " + ", ".join(parts) + "."


# Helpers: limits, notes, words -------------------------------------------------------


def _limits(values, pad=0.05, least=1e-9):
    """Finite limits around the finite values, also if all are the same, or none."""
    values = np.asarray(values, float)
    values = np.clip(values[np.isfinite(values)], -1e30, 1e30)
    if values.size == 0:
        return -1.0, 1.0
    low, high = float(values.min()), float(values.max())
    if high - low < least + 1e-9 * max(abs(low), abs(high)):
        half = max(0.5 * max(abs(low), abs(high)), 0.5)
        middle = (low + high) / 2
        return middle - half, middle + half
    return low - pad * (high - low), high + pad * (high - low)


def _log_limits(values, least=1e-100):
    """Limits of a log axis, not below ``least``; what is lower stands at the bottom."""
    values = np.asarray(values, float)
    positive = values[np.isfinite(values) & (values > 0)]
    low, high = (positive.min(), positive.max()) if positive.size else (1e-3, 1.0)
    high = float(np.clip(1.5 * high, 10 * least, 1e100))
    low = low / (10 if np.any(values == 0) else 1.5)
    return float(np.clip(low, least, high / 2)), high


def _raised(values, bottom):
    """Values for a log axis: 0 is put at the bottom, what isn't finite left out."""
    return np.maximum(_finite_or_nan(values), bottom)


def _finite_or_nan(values):
    return np.where(np.isfinite(values), values, np.nan)


def _legend_share(ax, rows):
    """The share of the height of the Axes that a legend with this many rows takes."""
    height = max(ax.bbox.height * 72 / ax.figure.dpi, 1)
    return float(min(0.6, (1.45 * STYLE["legend.fontsize"] * rows + 14) / height))


def _set_log(ax, bottom, top, legend_rows):
    """Make the y axis logarithmic, with plain numbers and room for a legend."""
    share = _legend_share(ax, legend_rows)
    decades = np.log10(top / bottom)
    ax.set_yscale("log")
    ax.set_ylim(bottom, 10 ** (np.log10(bottom) + decades / (1 - share)))
    ax.yaxis.set_major_locator(LogLocator(numticks=6))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _log_tick(value)))
    ax.yaxis.set_minor_locator(NullLocator())


def _log_tick(value):
    return f"{value:g}" if 1e-3 < value < 1e4 else number(value, 0)


def _missing(arrays):
    """Say how many numbers can't be drawn, or None."""
    arrays = [np.asarray(array, float) for array in arrays]
    bad = sum(int(np.sum(~np.isfinite(array))) for array in arrays)
    total = sum(array.size for array in arrays)
    return f"{bad} of {total} numbers\nare NaN or infinite" if bad else None


def _note_if(ax, words, x=0.02, y=0.03):
    """Write words into the Axes, if there are any: in the lower left or the middle."""
    if words:
        ax.text(
            x, y, words, transform=ax.transAxes, fontsize=SMALL, zorder=6,
            ha="center" if x == 0.5 else "left", va="center" if y == 0.5 else "bottom",
            fontweight="bold",
            bbox={"facecolor": "white", "edgecolor": "black", "pad": 2, "alpha": 0.9},
        )  # fmt: skip


def _plain(value, digits=2):
    """A rounded number for an alt text: with a plain minus, and never '-0.00'."""
    value = float(value)
    if not np.isfinite(value):
        return "not finite"
    if abs(value) >= 1e4 or 0 < abs(value) < 0.5 * 10**-digits:
        return f"{value:.1e}"
    return f"{value:.{digits}f}"


# Helpers: checks ---------------------------------------------------------------------


def _numbers(name, value):
    """A float array of any shape; masked, complex and written numbers are refused."""
    return mlp_core._numbers(name, value, "an array of numbers")


def _real(name, value):
    """A single number; it may be NaN or infinite."""
    number = _numbers(name, value)
    if number.ndim != 0:
        raise ValueError(f"{name} must be a single number, not {value!r}")
    return float(number)


def _number(name, value):
    """A single finite number."""
    value = _real(name, value)
    if not np.isfinite(value):
        raise ValueError(f"{name} must be finite, not {value}")
    return value


def _positive(name, value):
    value = _number(name, value)
    if value <= 0:
        raise ValueError(f"{name} must be larger than 0, not {value}")
    return value


def _whole(name, value, least, most=10**9):
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name} must be a whole number, not {value!r}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}, not {value}")
    if value > most:
        raise ValueError(f"{name} must be at most {most}, not {value}")
    return int(value)


def _finite_line(name, values):
    values = _numbers(name, values)
    if values.ndim != 1 or len(values) < 2 or not np.isfinite(values).all():
        raise ValueError(f"{name} must be at least two finite numbers in a row")
    return values


def _series(name, series, least=None):
    """Check a dict of names and arrays; ``least`` numbers in a row, if it is given."""
    if not isinstance(series, dict) or not series:
        raise ValueError(f"{name} must be a dict of names and arrays, and not empty")
    arrays = {str(key): _numbers(name, value) for key, value in series.items()}
    for key, array in arrays.items():
        if least is not None and (array.ndim != 1 or len(array) < least):
            raise ValueError(
                f"{name}[{key!r}] must be at least {least} numbers in a row, but its "
                f"shape is {array.shape}"
            )
    return arrays


def _check_switch(name, value):
    return mlp_core._check_switch(name, value)


def _check_words(name, value):
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{name} must be a text, not {value!r}")


def _check_names(name, value):
    """Names in a list or a set; a single text would be taken letter by letter."""
    names = list(value) if np.iterable(value) else [None]
    if isinstance(value, str) or not all(isinstance(each, str) for each in names):
        raise TypeError(f"{name} must be a collection of names, not {value!r}")
    return names


def _check_ratios(ratios, ncols):
    ratios = _numbers("width_ratios", ratios)
    if ratios.shape != (ncols,) or not np.all((ratios > 0) & np.isfinite(ratios)):
        raise ValueError(
            f"width_ratios must be {ncols} positive numbers, one for each column"
        )
    return list(ratios)


def _check_checks(checks):
    checks = list(checks) if np.iterable(checks) else []
    if not checks or not all(isinstance(c, mlp_core.ParameterCheck) for c in checks):
        raise ValueError("checks must be what gradient_check() returned, and not empty")
    return checks


def _check_activation(activation):
    if not isinstance(activation, mlp_core.Activation):
        raise TypeError(
            f"activation must be an Activation such as tanh, not {activation!r}"
        )


def _check_params(params, inputs=None):
    try:
        layers = [_as_layer("params", layer) for layer in params]
    except (TypeError, ValueError):
        raise ValueError(
            "params must be a list of Layer, as initialize() makes"
        ) from None
    right = all(W.ndim == 2 and W.size and b.shape == W.shape[1:] for W, b in layers)
    if not layers or not right:
        raise ValueError("params must be one network: W (n_in, n_out) and b (n_out,)")
    if any(one.W.shape[1] != two.W.shape[0] for one, two in itertools.pairwise(layers)):
        raise ValueError("params do not fit together: see the shapes of their W")
    if inputs is not None and layers[0].W.shape[0] != inputs:
        raise ValueError(
            f"params must take {inputs} inputs here, but W[0] is {layers[0].W.shape}"
        )
    return layers


def _as_layer(name, layer):
    return mlp_core.Layer(*(_numbers(name, array) for array in layer))


def _check_grads(grads, params):
    """Check gradients; a layer may be None."""
    try:
        layers = [
            None if layer is None else _as_layer("grads", layer) for layer in grads
        ]
        shapes = [None if g is None else (g.W.shape, g.b.shape) for g in layers]
    except (TypeError, ValueError):
        raise ValueError("grads must be a list of Layer or None") from None
    right = [(W.shape, b.shape) for W, b in params]
    if len(shapes) != len(right) or any(
        shape not in (None, wanted) for shape, wanted in zip(shapes, right)
    ):
        raise ValueError(
            "grads must have the form of params: a Layer (or None) for each"
        )
    return layers


def _check_active(active, layers):
    if active is not None and not 0 <= _whole("active", active, 0) < layers:
        raise ValueError(f"active must be a layer from 0 to {layers - 1}, not {active}")


def _check_task(task, inputs=None):
    if not isinstance(task, mlp_core.Task):
        raise TypeError(f"task must be a Task such as XOR, not {type(task).__name__}")
    try:
        task = mlp_core.Task(*task)  # its arrays may have been replaced
    except (TypeError, ValueError) as error:
        raise ValueError(f"task: {error}") from None
    if inputs is not None and task.X.shape[1] != inputs:
        raise ValueError(f"task must have {inputs} inputs here: X is {task.X.shape}")
    return task


def _check_range(limits):
    try:
        low, high = (_number("limits", limit) for limit in limits)
    except (TypeError, ValueError):
        raise ValueError(f"limits must be (low, high), not {limits!r}") from None
    if not low < high:
        raise ValueError(f"limits must be finite and rise, not {limits!r}")
    return low, high


def _check_unit(params, layer, unit):
    """Check a layer (negative counts from the end) and a unit of it."""
    count = len(params)
    layer = _whole("layer", layer, -count)
    if layer >= count:
        raise ValueError(
            f"layer must be below {count}, the number of layers, not {layer}"
        )
    layer %= count
    width = params[layer].W.shape[1]
    if not 0 <= _whole("unit", unit, 0) < width:
        raise ValueError(f"unit must be below {width}, the width of layer {layer}")
    return layer, unit


def _check_levels(levels, targets):
    """The levels that were asked for, or halfway between targets, or 0."""
    if levels is None:
        return [0.0] if targets is None else list((targets[1:] + targets[:-1]) / 2)
    try:
        return sorted(_number("levels", level) for level in levels)
    except TypeError:
        raise ValueError("levels must be a sequence of numbers") from None


def _check_rows(mark, count):
    try:
        rows = mark if np.iterable(mark) else [mark]
        rows = sorted({_whole("mark", row, 0, count - 1) for row in rows})
    except (TypeError, ValueError):
        raise ValueError(
            f"mark must name rows of the task, 0 to {count - 1}, not {mark!r}"
        ) from None
    return np.array(rows, dtype=int)


def _check_pair(units, width):
    pair = [0, 1] if units is None else list(units) if np.iterable(units) else []
    if len(pair) != 2 or any(
        not 0 <= _whole("units", unit, 0) < width for unit in pair
    ):
        raise ValueError(
            f"units must be two units of the layer, which has {width}, not {units!r}"
        )
    return pair


def _check_rates(rates):
    if not isinstance(rates, dict) or not rates:
        raise ValueError("rates must be a dict of names and (successes, trials)")
    for name, pair in rates.items():
        try:
            successes, trials = (_whole("rates", value, 0) for value in pair)
        except (TypeError, ValueError):
            raise ValueError(f"rates[{name!r}] must be (successes, trials)") from None
        if successes > trials:
            raise ValueError(
                f"rates[{name!r}] has more successes than trials: {pair!r}"
            )
    return {str(name): (int(pair[0]), int(pair[1])) for name, pair in rates.items()}
