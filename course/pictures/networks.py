"""The diagram of a network with its numbers."""

import numpy as np
from matplotlib.collections import EllipseCollection, LineCollection

from course import checks
from course.pictures import axes
from course.pictures.style import (
    NEGATIVE,
    NEUTRAL,
    POSITIVE,
    SIGNED_CMAP,
    SMALL,
    Picture,
    number,
    plain,
)


def network(params, cache=None, *, label=None, size=(10, 4.2)) -> Picture:
    """A network with its weights and biases.

    With a cache the units show their activations for its first row. ``label`` stands in
    the title.
    """
    params = checks.params("params", params)
    sizes = _sizes(params)
    if cache is not None and any(a.shape[-1] != n for a, n in zip(cache.A, sizes)):
        raise ValueError(f"cache comes from another network than params, {sizes}")
    alt = describe_network(params, cache)
    return Picture(lambda ax: draw_network(ax, params, cache, None, label), alt, size)


def _sizes(params):
    return [params[0].W.shape[0]] + [W.shape[1] for W, _ in params]


def draw_network(ax, params, cache=None, grads=None, label=None, *, active=None):
    """Draw a network with its numbers.

    Blue solid edges are positive, orange dashed ones negative, and wide ones are large.
    Where there is no room, numbers or units are left out, and a line at the bottom says
    so. The passes are drawn half done, too: ``cache.A`` may stop early, and a layer of
    ``grads`` may be None, which makes its edges grey. ``active`` is a layer to stress.
    """
    shown = params if grads is None else grads
    values = _node_values(cache)
    ax.set_axis_off()
    title = [label, None if grads is None else "gradients on the edges"]
    ax.set_title(", ".join(filter(None, title)), pad=10)
    plan = _Plan(ax, _sizes(params))
    ax.set_xlim(0, plan.width)
    ax.set_ylim(0, plan.height)
    left_out = 0
    for i, layer in enumerate(shown):
        left_out += _draw_edges(ax, plan, i, layer, active in (None, i))
    _draw_nodes(ax, plan, values, shown)
    for i, x in enumerate(plan.x):
        plan.write(ax, x, plan.height, f"layer {i - 1}" if i else "input", va="top")
    notes = [axes.missing([array for layer in shown if layer for array in layer])]
    if left_out:
        notes.append(f"no room for the numbers of {left_out} edges")
    _write_notes(ax, plan, notes)


def draw_wiring(ax, params, chosen=None):
    """Draw a network as in `draw_network`, but without numbers, for a first look.

    Hidden units are named by their numbers. ``chosen`` is the (layer, unit) to ring.
    """
    ax.set_axis_off()
    plan = _Plan(ax, _sizes(params))
    ax.set_xlim(0, plan.width)
    ax.set_ylim(0, plan.height)
    for i, layer in enumerate(params):
        _draw_edges(ax, plan, i, layer, is_stressed=True, numbers=False)
    _draw_nodes(ax, plan, [], [None] * len(params), _plain_name)
    if chosen is not None:
        layer, unit = chosen
        _ring(ax, plan, plan.x[layer + 1], plan.y[layer + 1][unit])
    for x, head in zip(plan.x[[0, 1, -1]], ("inputs", "units", "output")):
        plan.write(ax, x, plan.height, head, va="top")
    _write_notes(ax, plan, [axes.missing([W for W, _ in params])])


def _plain_name(plan, layer, j):
    if layer == len(plan.sizes) - 1:
        return "out"
    return str(j) if layer else _node_name(plan, layer, j)


def _ring(ax, plan, x, y):
    """Draw a second ellipse around a unit."""
    sizes = [plan.node_width + 10], [plan.node_height + 10], [0]
    look = {"facecolors": "none", "edgecolors": "black", "linewidths": 2.5, "zorder": 4}
    where = {"offsets": [(x, y)], "offset_transform": ax.transData}
    ax.add_collection(EllipseCollection(*sizes, units="points", **where, **look))


def unit_at(ax, params, place):
    """The (layer, unit) that is drawn at a place of the Axes; None if none is."""
    plan = _Plan(ax, _sizes(params))
    for i, x in enumerate(plan.x[1:], start=1):
        for unit in plan.drawn(i):
            off = (place[0] - x) / plan.node_width, place[1] - plan.y[i][unit]
            if np.hypot(off[0], off[1] / plan.node_height) < 0.5:
                return i - 1, int(unit)
    return None


def _node_values(cache):
    """The activations to show, one array for each layer that the cache has reached."""
    return [] if cache is None else [np.atleast_2d(a)[0] for a in cache.A]


class _Plan:
    """Where the units of a network stand, in points on the Axes.

    A point is 1/72 inch, the unit of text sizes: so the plan knows what fits.
    """

    def __init__(self, ax, sizes):
        engine = ax.figure.get_layout_engine()
        if engine is not None:  # it gives the Axes their place
            engine.execute(ax.figure)
        self.sizes = sizes
        self.width, self.height = np.maximum(axes.size_in_points(ax), 60)
        column = self.width / len(sizes)
        self.font = 13 if column > 130 and self.height > 300 else SMALL
        self.text_width, self.text_height = 3.1 * self.font, 1.13 * self.font
        self.node_width = self.text_width + 7
        edge = self.node_width / 2 + 5  # the bias is a little wider than the unit
        self.x = np.linspace(edge, self.width - edge, len(sizes))
        # Above stand the names of the layers, below two lines of words, or one.
        self.lines = 2 if self.height > 170 else 1
        self.top, self.bottom = self.height - 1.5 * self.font, 1.35 * self.lines * SMALL
        least = 2.6 * self.font  # a flat node and its bias below
        self.most = int(np.clip((self.top - self.bottom) / least, 2, 8))
        flat = self.step(max(sizes)) - 1.2 * self.font
        self.node_height = float(np.clip(flat, 1.4 * self.font, self.node_width))
        self.y = [self._column(size) for size in sizes]

    def step(self, size):
        """How far apart the units of a layer stand."""
        return (self.top - self.bottom) / min(size, self.most)

    def _column(self, size):
        """The heights of the units that are drawn in one layer, from the top."""
        rows = min(size, self.most)
        middle = (self.top + self.bottom) / 2 + 0.6 * self.font
        return middle + self.step(size) * ((rows - 1) / 2 - np.arange(rows))

    def drawn(self, layer):
        """The numbers of the drawn units; the last place may say '+ 9 more' instead."""
        size = self.sizes[layer]
        return np.arange(size if size <= self.most else self.most - 1)

    def write(self, ax, x, y, text, **look):
        axes.write(ax, x, y, text, fontsize=self.font, **look)


# Edges -------------------------------------------------------------------------------


def _draw_edges(ax, plan, i, layer, is_stressed, numbers=True):
    """Draw the edges of layer i; return how many numbers have no room."""
    pairs = [(j, k) for j in plan.drawn(i) for k in plan.drawn(i + 1)]
    starts = np.array([(plan.x[i], plan.y[i][j]) for j, _ in pairs])
    ends = np.array([(plan.x[i + 1], plan.y[i + 1][k]) for _, k in pairs])
    if layer is None:
        lines = np.stack([starts, ends], axis=1)
        grey = LineCollection(lines, colors="#C0C0C0", linewidths=1, zorder=1)
        ax.add_collection(grey)
        return 0
    weights = np.array([layer.W[j, k] for j, k in pairs])
    places = _number_places(plan, i) if numbers else None
    # An edge runs through its number, so that it is clear whose number it is.
    stops = [starts, ends] if places is None else [starts, places, ends]
    look = {
        "colors": [_sign_color(weight) for weight in weights],
        "linestyles": [_sign_style(weight) for weight in weights],
        "linewidths": 1 + 4 * np.clip(np.nan_to_num(np.abs(weights)) / 3, 0, 1),
        "alpha": 1.0 if is_stressed else 0.3,
    }
    ax.add_collection(LineCollection(np.stack(stops, axis=1), zorder=1, **look))
    if places is None:
        return len(pairs)
    for (x, y), weight in zip(places, weights):
        color = _sign_color(weight) if is_stressed else NEUTRAL
        plan.write(ax, x, y, number(weight), pad=0.6, color=color, zorder=3)
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
    beside = np.full(len(left), beside)
    band = plan.step(plan.sizes[i]) if len(left) > 1 else plan.top - plan.bottom
    needed = plan.text_height * len(right)
    second = beside[0] + 1.2 * plan.text_width
    if needed > 0.8 * band and across >= second + 0.8 * plan.node_width:
        beside[1::2], band = second, 2 * band  # two columns: each has twice the room
    if needed > band or across < beside.max() + 0.8 * plan.node_width:
        return None
    order = (len(right) - 1) / 2 - np.arange(len(right))
    toward = beside / across  # where a straight edge would pass
    natural = (right[0] - right[-1]) / max(len(right) - 1, 1) * toward
    gap = np.clip(
        natural, plan.text_height, max(0.8 * band / len(right), plan.text_height)
    )
    slack = (band - gap * len(right)) / 2  # each unit keeps to its own strip
    middles = left + np.clip((right.mean() - left) * toward, -slack, slack)
    heights = middles[:, None] + gap[:, None] * order
    places = np.repeat(plan.x[i] + beside, len(right))
    return np.column_stack([places, heights.ravel()])


def _sign_color(value):
    """Blue for positive, orange for negative, grey for 0 and for NaN."""
    return POSITIVE if value > 0 else NEGATIVE if value < 0 else NEUTRAL


def _sign_style(value):
    """Solid for positive, dashed for negative, dotted for the rest."""
    return "-" if value > 0 else "--" if value < 0 else ":"


# Units -------------------------------------------------------------------------------


def _draw_nodes(ax, plan, values, shown, name_of=None):
    """Draw the units with what stands in and below them."""
    name_of = name_of or _node_name
    places, faces = [], []
    for layer in range(len(plan.sizes)):
        biases = shown[layer - 1].b if layer > 0 and shown[layer - 1] else None
        for j in plan.drawn(layer):
            x, y = plan.x[layer], plan.y[layer][j]
            value = values[layer][j] if layer < len(values) else None
            text = name_of(plan, layer, j) if value is None else number(value)
            plan.write(ax, x, y, text, va="center_baseline", zorder=5)
            places.append((x, y))
            faces.append(_tint(value or 0.0))
            if biases is not None:
                look = {"color": _sign_color(biases[j]), "va": "top", "zorder": 3}
                below = y - plan.node_height / 2 - 2
                plan.write(ax, x, below, f"b {number(biases[j])}", pad=0.4, **look)
        more = plan.sizes[layer] - len(plan.drawn(layer))
        if more:
            x, y = plan.x[layer], plan.y[layer][-1]
            plan.write(ax, x, y, f"⋮\n+ {more} more", linespacing=1.0, zorder=5)
    sizes = [plan.node_width], [plan.node_height], [0]
    look = {"facecolors": faces, "edgecolors": "black", "linewidths": 1.5, "zorder": 4}
    where = {"offsets": places, "offset_transform": ax.transData}
    ax.add_collection(EllipseCollection(*sizes, units="points", **where, **look))


def _tint(value):
    """A pale orange or blue for a node: black text stays readable on it."""
    size = np.clip(np.nan_to_num(value), -2, 2) / 2
    return SIGNED_CMAP(0.5 + 0.22 * float(size))


def _node_name(plan, layer, j):
    if layer == 0:
        return f"x{j}"
    return "ŷ" if layer == len(plan.sizes) - 1 else "a"


def _write_notes(ax, plan, notes):
    """Write the key and what is missing into the lines at the bottom."""
    key = "blue, solid: +    orange, dashed: −    wide: large"
    lines = [note.replace("\n", " ") for note in notes if note] + [key]
    if plan.lines == 1:
        lines = ["    ".join(lines)] + lines
    lines = [line for line in lines if plan.width > 5.9 * len(line)]
    for i, line in enumerate(lines[: plan.lines]):
        weight = "normal" if key in line else "bold"
        place = plan.width / 2, 1 + 1.3 * SMALL * i
        axes.write(ax, *place, line, va="bottom", fontweight=weight)


def describe_network(params, cache=None, grads=None):
    """The alt text of `draw_network`."""
    text = f"Diagram of a {'-'.join(map(str, _sizes(params)))} network."
    node_values = _node_values(cache)
    for i, values in enumerate(node_values):
        name = f"Layer {i - 1}" if i else "Input"
        listed = ", ".join(plain(value) for value in values[:8])
        text += f" {name}: {listed}{' and more' if len(values) > 8 else ''}."
    if 0 < len(node_values) <= len(params):
        text += f" From layer {len(node_values) - 1} on nothing is computed yet."
    what, layers = ("weight", params) if grads is None else ("gradient", grads)
    reached = [(i, layer.W) for i, layer in enumerate(layers) if layer is not None]
    if reached:
        i, W = max(reached, key=lambda pair: _magnitudes(pair[1]).max())
        largest = plain(W.flat[_magnitudes(W).argmax()])
        text += f" Largest {what}: {largest}, in layer {i}."
    return text


def _magnitudes(W):
    """Rounded, so that of two equal ones the first is the largest everywhere."""
    return np.clip(np.nan_to_num(np.abs(W)), 0, 1e9).round(10)
