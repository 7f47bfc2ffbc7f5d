"""The diagram of a network with its numbers."""

import numpy as np
from matplotlib.collections import EllipseCollection, LineCollection

from course import checks
from course.pictures import axes, style
from course.pictures.style import NEUTRAL, SMALL, Picture, number, plain
from course.words import counted


def network(params, cache=None, size=(10, 4.2)) -> Picture:
    """A network with its numbers; with a cache, the activations of its first row."""
    params = checks.params("params", params)
    sizes = _sizes(params)
    if cache is not None and any(a.shape[-1] != n for a, n in zip(cache.A, sizes)):
        raise ValueError(f"cache is from a different network than params, {sizes}")
    alt = describe_network(params, cache)
    return Picture(lambda ax: draw_network(ax, params, cache), alt, size)


def _sizes(params):
    return [len(params[0].W), *(len(b) for _, b in params)]


def draw_network(ax, params, cache=None, grads=None, slopes=None, *, active=None):
    """Draw a network with its numbers: with ``grads``, those in place of the weights.

    Blue solid edges are positive, orange dashed ones negative, and wide ones are large.
    Where there is no room, numbers or units are left out, and a line at the bottom says
    so. Half-done passes can be drawn: ``cache.A`` may stop early, and a layer of ``grads``
    may be None, which makes its edges grey. ``slopes`` are {place in cache.A: dA}, to
    write below the activations. ``active`` is a layer to highlight.
    """
    shown = params if grads is None else grads
    node = NODE if slopes is None else TALL
    plan = _clear(ax, params, node if cache else SLIM)
    left_out = 0
    for i, layer in enumerate(shown):
        left_out += _draw_edges(ax, plan, i, layer, active in (None, i))
    _draw_nodes(ax, plan, _node_values(cache), slopes)
    if plan.has_biases:
        _draw_biases(ax, plan, shown, "b" if grads is None else "db")
    word = "layer " if plan.x[1] - plan.x[0] > 4.6 * plan.font else ""
    for i, x in enumerate(plan.x):
        name = f"{word}{i - 1}" if i else "input"
        plan.write(ax, x, plan.height, name, va="top")
    missing = axes.missing([array for layer in shown if layer for array in layer])
    names = [f"the numbers of {counted(left_out, 'edge')}"] * bool(left_out)
    names += ["biases"] * (not plan.has_biases)
    no_room = f"no room for {' and '.join(names)}" if names else ""
    _write_notes(ax, plan, missing, no_room)


def _clear(ax, params, node):
    """Make the Axes an empty canvas in points, and plan it."""
    ax.set_axis_off()
    ax.plan = plan = _Plan(ax, params, node)
    ax.set(xlim=(0, plan.width), ylim=(0, plan.height))
    return plan


def unit_at(ax, place):
    """The (layer, unit) that is drawn at a place of the Axes; None if none is."""
    plan = ax.plan
    for i in range(1, len(plan.x)):
        for unit in plan.drawn(i):
            off = np.array(place) - (plan.x[i], plan.y[i][unit])
            if np.hypot(*off) < plan.node / 2:
                return i - 1, int(unit)
    return None


def _node_values(cache):
    """The activations to show, one array for each layer that the cache has reached."""
    return [] if cache is None else [np.atleast_2d(a)[0] for a in cache.A]


def _short(value, room=5):
    """A number in at most five characters, and a power of ten in ``room``.

    >>> _short(-0.512), _short(-4e-4), _short(-4e-4, 4), _short(-3e120)
    ('−0.51', '−4e−4', '≈0', '−big')
    """
    text = number(value)
    if len(text) <= (room if "e" in text else 5):
        return text
    return "≈0" if abs(value) < 1 else "−big" if value < 0 else "big"


# The diameter of a unit, in sizes of its text: for a number, for two, and for a name.
NODE, TALL, SLIM = 3.4, 4.5, 2.3


class _Plan:
    """Where the units of a network go, in points like text sizes, so that it fits."""

    def __init__(self, ax, params, node):
        engine = ax.figure.get_layout_engine()
        if engine is not None:  # it gives the Axes their place
            engine.execute(ax.figure)
        self.sizes = sizes = _sizes(params)
        self.width, self.height = np.maximum(axes.size_in_points(ax), 60)
        column = self.width / len(sizes)
        self.font = 13 if column > 130 and self.height > 300 else SMALL
        self.text_width, self.text_height = 3.1 * self.font, 1.13 * self.font
        edge = node * self.font / 2 + 5  # the bias is a little wider than the unit
        edge = max(edge, 2.2 * self.font)
        self.x = np.linspace(edge, self.width - edge, len(sizes))
        # Above are the names of the layers, below two lines of words, or one.
        self.lines = 2 if self.height > 200 else 1
        self.top, self.bottom = self.height - 1.5 * self.font, 1.35 * self.lines * SMALL
        room = self.top - self.bottom
        self.most = int(np.clip(room / ((node + 0.05) * self.font), 2, 8))
        step = self.step(max(sizes))
        self.node = min(node * self.font, 0.97 * step)
        across = self.x[1] - self.x[0]
        fits = step >= self.node + 1.1 * self.font and across > 7 * self.font
        self.has_biases = bool(fits)
        middle = (self.top + self.bottom + self.has_biases * 1.2 * self.font) / 2
        rows = [np.arange(min(size, self.most)) for size in sizes]  # from the top
        self.y = [middle + self.step(len(r)) * (r[-1] / 2 - r) for r in rows]

    def step(self, size):
        """How far apart the units of a layer are."""
        return (self.top - self.bottom) / min(size, self.most)

    def drawn(self, layer):
        """The numbers of the drawn units; the last place may say '+ 9 more' instead."""
        size = self.sizes[layer]
        return np.arange(size if size <= self.most else self.most - 1)

    def write(self, ax, x, y, text, **look):
        axes.write(ax, x, y, text, fontsize=self.font, **look)


def _draw_edges(ax, plan, i, layer, is_stressed):
    """Draw the edges of layer i; return how many numbers have no room."""
    pairs = [(j, k) for j in plan.drawn(i) for k in plan.drawn(i + 1)]
    starts = [(plan.x[i], plan.y[i][j]) for j, _ in pairs]
    ends = [(plan.x[i + 1], plan.y[i + 1][k]) for _, k in pairs]
    if layer is None:
        look = {"colors": "#C0C0C0", "linewidths": 1, "zorder": 1}
        ax.add_collection(LineCollection(list(zip(starts, ends)), **look))
        return 0
    weights = np.array([layer.W[j, k] for j, k in pairs])
    places = _number_places(plan, i)
    # An edge runs through its number, so that it is clear whose number it is.
    stops = [starts, ends] if places is None else [starts, places, ends]
    colors, linestyles = map(list, zip(*map(_look_of, weights)))
    widths = 1 + 4 * np.clip(np.nan_to_num(np.abs(weights)) / 3, 0, 1)
    look = {"colors": colors, "linestyles": linestyles, "linewidths": widths}
    look |= {"alpha": 1.0 if is_stressed else 0.3, "zorder": 1}
    ax.add_collection(LineCollection(np.stack(stops, axis=1), **look))
    if places is None:
        return len(pairs)
    for (x, y), weight, color in zip(places, weights, colors):
        color = color if is_stressed else NEUTRAL
        plan.write(ax, x, y, _short(weight), pad=0.6, color=color, zorder=3)
    return 0


def _number_places(plan, i):
    """Where the numbers of the edges of layer i go, or None if there is no room.

    The numbers go beside the unit where the edges start, one below the other in the
    order of their ends. The places depend on the shape of the network and not on its
    weights, so the numbers stay still while a network is trained.
    """
    left, right = plan.y[i][plan.drawn(i)], plan.y[i + 1][plan.drawn(i + 1)]
    across = plan.x[i + 1] - plan.x[i]
    free = across - plan.node - plan.text_width
    # Past the bias as well; where there is little room, halfway to the bias of the next unit.
    beside = (plan.node + plan.text_width) / 2 + min(11, free / 2)
    band = plan.step(plan.sizes[i]) if len(left) > 1 else plan.top - plan.bottom
    if plan.text_height * len(right) > band or free < 6:
        return None
    order = (len(right) - 1) / 2 - np.arange(len(right))
    toward = beside / across  # where a straight edge would pass
    natural = (right[0] - right[-1]) / max(len(right) - 1, 1) * toward
    most = max(0.8 * band / len(right), plan.text_height)
    gap = np.clip(natural, plan.text_height, most)
    slack = (band - gap * len(right)) / 2  # each unit keeps to its own strip
    middles = left + np.clip((right.mean() - left) * toward, -slack, slack)
    heights = middles[:, None] + gap * order
    places = np.full(heights.size, plan.x[i] + beside)
    return np.column_stack([places, heights.ravel()])


def _look_of(value):
    """Colour and line, by the sign; NaN looks like 0."""
    looks = (style.POSITIVE, "-"), (style.NEGATIVE, "--"), (NEUTRAL, ":")
    return looks[0 if value > 0 else 1 if value < 0 else 2]


def _draw_nodes(ax, plan, values, slopes):
    """Draw the units with what is in them: a value or a name, and a slope."""
    names = ["x{}", *["a"] * (len(plan.x) - 2), "ŷ"]
    places, faces = [], []
    room, slopes = 4 if slopes is None else 5, slopes or {}  # digits; what is known
    for i, name in enumerate(names):
        if i in slopes:  # the two numbers are written like a fraction
            ends = plan.x[i] + np.array([-0.36, 0.36]) * plan.node
            line = {"colors": NEUTRAL, "linewidth": 1, "zorder": 5}
            ax.hlines(plan.y[i][plan.drawn(i)], *ends, **line)
        for j in plan.drawn(i):
            place = plan.x[i], plan.y[i][j]
            value = values[i][j] if i < len(values) else None
            text = name.format(j) if value is None else _short(value, room)
            if i in slopes:
                text += f"\n{_short(slopes[i][j])}"
            plan.write(ax, *place, text, va="center_baseline", zorder=5)
            places.append(place)
            faces.append(np.nan_to_num(value or 0.0))
        more = plan.sizes[i] - len(plan.drawn(i))
        if more:
            place = plan.x[i], plan.y[i][-1]
            plan.write(ax, *place, f"⋮\n+ {more} more", linespacing=1.0, zorder=5)
    # Pale blue or orange: black text stays readable on it.
    tints = style.SIGNED_CMAP(0.5 + 0.11 * np.clip(faces, -2, 2))
    look = {"facecolors": tints, "edgecolors": "black", "linewidths": 1.5, "zorder": 4}
    where = {"units": "points", "offsets": places, "offset_transform": ax.transData}
    ax.add_collection(EllipseCollection([plan.node], [plan.node], [0], **where, **look))


def _draw_biases(ax, plan, shown, name):
    """Write the bias, or its gradient, below each unit that has one."""
    for i, layer in enumerate(shown, 1):
        for j in plan.drawn(i) if layer else ():
            look = {"color": _look_of(layer.b[j])[0], "va": "top", "zorder": 3}
            below = plan.y[i][j] - plan.node / 2 - 2
            text = f"{name} {_short(layer.b[j])}"
            plan.write(ax, plan.x[i], below, text, pad=0.4, **look)


def _write_notes(ax, plan, *notes):
    """Write the key and what is missing into the lines at the bottom."""
    key = "blue, solid: +   orange, dashed: −   wide: large"
    lines = [*(note.replace("\n", " ") for note in notes if note), key]
    if plan.lines == 1:
        lines.insert(0, "   ".join(lines))
    lines = [line for line in lines if plan.width > 5.9 * len(line)]
    for i, line in enumerate(lines[: plan.lines]):
        is_wide = 7.2 * len(line) > plan.width  # in bold it would be cut
        weight = "normal" if key in line or is_wide else "bold"
        place = plan.width / 2, 1 + 1.3 * SMALL * i
        axes.write(ax, *place, line, va="bottom", fontweight=weight)


def describe_network(params, cache=None, grads=None, slopes=None):
    """The alt text of `draw_network`."""
    text = f"Diagram of a {'-'.join(map(str, _sizes(params)))} network."
    node_values = _node_values(cache)
    for i, values in enumerate(node_values):
        text += f" {f'Layer {i - 1}' if i else 'Input'}: {_listed(values)}"
        text += f", dA {_listed(slopes[i])}." if slopes and i in slopes else "."
    if 0 < len(node_values) <= len(params):
        text += f" Nothing is computed yet from layer {len(node_values) - 1} on."
    what, layers = ("weight", params) if grads is None else ("gradient", grads)
    reached = [(i, layer.W) for i, layer in enumerate(layers) if layer]
    i, W = max(reached, key=lambda pair: _magnitudes(pair[1]).max())
    largest = plain(W.flat[_magnitudes(W).argmax()])
    return f"{text} Largest {what}: {largest}, in layer {i}."


def _listed(values):
    return ", ".join(map(plain, values[:8])) + " and more" * (len(values) > 8)


def _magnitudes(W):
    """Rounded, so that the first of two equal ones is the largest everywhere."""
    return np.clip(np.nan_to_num(np.abs(W)), 0, 1e9).round(10)
