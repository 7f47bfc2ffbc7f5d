"""Diagrams that go with the text: boxes, arrows and numbers on an empty canvas."""

import itertools
from collections import Counter

import numpy as np
from matplotlib.patches import FancyBboxPatch
from matplotlib.textpath import TextPath

import mlp_core as mlp
from course.pictures.axes import SQUARE
from course.pictures.style import NEGATIVE, NEUTRAL, POSITIVE, SMALL, Picture
from course.words import counted

HIGH = 0.72  # a row of a matrix; a column is 1 wide
TOP, TALL = 2.55, 1.2  # of the boxes of a tape
# Sizes of texts, in points, which a slide of 1200 pixels shows as 24 pixels: in a picture
# of 10 inches, and in one of 12.8.
TEXT, LARGE = 14.5, 18.5


def matrix_product() -> Picture:
    """The original notebook's example of a matrix product, completed."""
    h = np.array([[1.3, 0.1, 1.2]])
    w = np.array([[1.3, 0.2], [0.1, 1.4], [1.2, 0.0]])
    z = h @ w
    sums = [
        " + ".join(f"{a:g}·{b:g}" for a, b in zip(h[0], column)) + f" = {total:.2f}"
        for column, total in zip(w.T, z[0])
    ]

    def draw(ax):
        _clear(ax)
        _matrix(ax, 0.4, 2.6, h, "h (1, 3)")
        _frame(ax, 0.4, 2.6, 3, 1, "black")
        _matrix(ax, 4.4, 1.6, w, "w (3, 2)")
        _matrix(ax, 7.4, 2.6, z, "h @ w (1, 2)", form="{:.2f}")
        _text(ax, 3.9, 2.95, "@", size=18)
        _text(ax, 6.9, 2.95, "=", size=18)
        for k, (color, line) in enumerate(((POSITIVE, "solid"), (NEGATIVE, "dashed"))):
            _frame(ax, 4.4 + k, 1.6, 1, 3, color, line)
            _frame(ax, 7.4 + k, 2.6, 1, 1, color, line)
            words = f"unit {k} ({line} column):  {sums[k]}"
            _text(ax, 5.0, 0.85 - 0.55 * k, words, color=color)

    units = "; ".join(f"unit {k}: {text}" for k, text in enumerate(sums))
    alt = (
        "Matrix product: the row h of shape (1, 3) times the matrix w of shape (3, 2) "
        f"gives one number for each column of w. {units}."
    )
    return Picture(draw, alt, size=(10, 4.4), is_diagram=True)


def one_path() -> Picture:
    """The path of one sample through one weight, forward and back, entry by entry."""
    alt = (
        "The path of sample s from input j to unit k, and back. Forward, solid: the input "
        "A_in[s, j] times W[j, k], plus b[k], is part of Z[s, k], and f makes A_out[s, k] "
        "of it. Dotted: other inputs reach the same unit, and input j reaches other units. "
        "Backward, dashed: dA_out[s, k] becomes dZ[s, k] = dA_out[s, k] f'(Z[s, k]). Of it "
        "dW[j, k] gets A_in[s, j] dZ[s, k] and db[k] gets dZ[s, k], from each sample; "
        "dA_in[s, j] gets dZ[s, k] W[j, k], from each unit."
    )
    return Picture(_draw_one_path, alt, size=(10, 4.83), is_diagram=True)


def _draw_one_path(ax):
    _clear(ax)
    top, low = 3.7, 1.05
    into, out = r"A^\mathrm{in}_{sj}", r"A^\mathrm{out}_{sk}"
    boxes = {
        (1.1, top): f"input j\n${into}$",
        (4.9, top): "unit k\n$Z_{sk}$",
        (8.8, top): f"its output\n${out}$",
        (9.1, low): f"$d{out}$",
        (5.3, low): rf"$dZ_{{sk}} = d{out}\,f'(Z_{{sk}})$",
        (1.2, low): f"$d{into}$ gets\n" + r"$dZ_{sk}\,W_{jk}$",
        (8.1, 2.35): rf"$dW_{{jk}}$ gets ${into}\,dZ_{{sk}}$"
        + "\n$db_k$ gets $dZ_{sk}$",
    }
    for place, text in boxes.items():
        _box(ax, *place, text, size=17)
    for start, end in (((2.0, 4.6), (3.9, top + 0.2)), ((1.9, top - 0.2), (3.4, 2.8))):
        _arrow(ax, start, end, NEUTRAL, "dotted")
    _text(ax, 1.1, 4.6, "other inputs", color=NEUTRAL)
    _text(ax, 4.2, 2.65, "other units", color=NEUTRAL)
    for start, end, name in ((1.95, 3.95, r"$\cdot\,W_{jk}$"), (5.85, 7.75, "f")):
        _arrow(ax, (start, top), (end, top), POSITIVE)
        _text(ax, (start + end) / 2, top + 0.3, name, color=POSITIVE, size=17)
    _text(ax, 5.0, top - 0.65, r"$+\,b_k$", color=POSITIVE, size=17)
    _text(ax, 8.8, 4.6, "forward, solid", color=POSITIVE)
    for start, end in (
        ((8.3, low), (7.1, low)),
        ((3.5, low), (2.4, low)),
        ((5.4, 1.6), (6.0, 2.1)),
    ):
        _arrow(ax, start, end, NEGATIVE, "dashed")
    _text(ax, 1.2, 0.25, "from each unit k", color=NEGATIVE)
    _text(ax, 5.3, 0.25, "backward, dashed", color=NEGATIVE)
    _text(ax, 8.1, 1.6, "from each sample s", color=NEGATIVE)


def chain_rule() -> Picture:
    """The chain rule with numbers: one input, one hidden unit, one output."""
    x, y, f = 1.0, 3.0, mlp.ORIGINAL
    params = [mlp.Layer(np.array([[w]]), np.array([b])) for w, b in ((2, -3), (5, 1))]
    y_hat, cache = mlp.forward(params, [[x]])
    loss, grads = mlp.loss_and_grads(params, [[x]], [[y]])
    (z0, z1), a1 = (z.item() for z in cache.Z), cache.A[1].item()
    slopes = {
        "dz0/dw0 = x": x,
        "da1/dz0 = f'(z0)": f.slope(z0).item(),
        "dz1/da1 = w1": params[1].W.item(),
        "dŷ/dz1 = f'(z1)": f.slope(z1).item(),
        "dL/dŷ = ŷ − y": y_hat.item() - y,
    }
    numbers = {
        "w0": params[0].W.item(),
        "z0 = x w0 + b0": z0,
        "a1 = f(z0)": a1,
        "z1 = a1 w1 + b1": z1,
        "ŷ = f(z1)": y_hat.item(),
        "L": loss,
    }
    product = " · ".join(f"({_short(slope)})" for slope in slopes.values())
    result = f"dL/dw0 = {product} = {_short(grads[0].W.item())}"
    given = f"x = {x:g},  b0 = −3,  w1 = 5,  b1 = 1,  y = {y:g}"
    boxes = "; ".join(f"{name}: {_short(value)}" for name, value in numbers.items())
    ways = ", ".join(f"{name} gives {_short(value)}" for name, value in slopes.items())
    alt = (
        "The chain rule from a weight to the loss in a network with one hidden unit. "
        f"{boxes}. Slopes on the way: {ways}. Their product: {result}."
    ).replace("−", "-")

    def draw(ax):
        _clear(ax)
        places = np.array([0.4, 2.15, 4.1, 6.1, 8.1, 9.65])
        halves = np.array([0.3, 0.67, 0.43, 0.75, 0.43, 0.25])  # of the boxes' widths
        for place, (name, number) in zip(places, numbers.items()):
            lines = name.replace(" = ", " =\n")
            _box(ax, place, 2.95, f"{lines}\n{_short(number)}")
        starts, ends = (places + halves)[:-1], (places - halves)[1:]
        middles = (starts + ends) / 2
        for start, end, place, name in zip(starts, ends, middles, slopes):
            _arrow(ax, (start, 2.95), (end, 2.95), POSITIVE)
            lines = name.replace(" = ", "\n= ")
            _text(ax, place, 1.8, f"{lines}\n{_short(slopes[name])}", color=NEGATIVE)
        _arrow(ax, (9.8, 1.1), (0.3, 1.1), NEGATIVE, "dashed")
        _text(ax, 5, 0.5, result, size=16)
        _text(ax, 5, 4.0, given)

    return Picture(draw, alt, size=(10, 4.4), is_diagram=True)


def tape(tape, names) -> Picture:
    """A tape: what each node is made of, which are used more than once, the way back."""
    if len(names) != len(tape):
        nodes, given = counted(len(tape), "node"), counted(len(names), "name")
        words = "give each node one name, in the order of the tape"
        raise ValueError(f"The tape has {nodes}, but names has {given}: {words}.")
    parents = [tuple(node.parents) for node in tape]
    held = [_held(node.value) for node in tape]
    rows = list(zip(map(str, range(len(tape))), names, held))
    counts = Counter(itertools.chain(*parents))
    used = {i: _times(n) for i, n in sorted(counts.items()) if n > 1}
    below = {i: f"used {times}" for i, times in used.items()}
    wide = max(_width(text) for row in rows for text in row)
    low = max((_width(text, weight="bold") for text in below.values()), default=0.1)
    asked = (wide, 0.35), (low, 0.1)  # widths, and inches from the text beside it
    # As wide as the other diagrams, or wider where the smallest text needs it.
    inches = max(12.8, *(0.2 + len(tape) * (w * SMALL / 72 + pad) for w, pad in asked))

    def draw(ax):
        _clear(ax)
        pitch = (inches - 0.2) / len(tape)
        size = max(SMALL, min(LARGE, *((pitch - pad) * 72 / w for w, pad in asked)))
        half = max(wide * size / 72 + 0.2, 0.68 * pitch) / 2  # of a box's width
        places = 0.1 + (np.arange(len(tape)) + 0.5) * pitch
        for i, x in enumerate(places):
            _node(ax, x, half, "\n".join(rows[i]), size, given=not parents[i])
            word, y = below.get(i, ""), TOP - TALL - 0.25
            _text(ax, x, y, word, size=size, fontweight="bold")
        for parent, start, end in _arcs(parents, places, half):
            _arc(ax, start, end, width=4 if parent in used else 1.8)
        words = "square: given     round: made of its parents"
        _text(ax, inches / 2, 4.4, words, size=LARGE)
        _arrow(ax, (places[-1], 0.7), (places[0], 0.7), NEGATIVE, "dashed")
        words = "the way back, from the end"
        _text(ax, inches / 2, 0.3, words, color=NEGATIVE, size=LARGE)

    told = _tell_tape(rows, parents, used)
    return Picture(draw, told, size=(inches, 4.7), is_diagram=True)


def _held(value):
    """A number as it is, and an array by its shape."""
    return str(np.shape(value)) if np.ndim(value) else f"{value:.3g}"


def _tell_tape(rows, parents, used):
    hows = [f"made of {' and '.join(map(str, p))}" if p else "given" for p in parents]
    nodes = "; ".join(f"{' '.join(row)}, {how}" for row, how in zip(rows, hows))
    again = ", ".join(f"{i} {rows[i][1]} ({times})" for i, times in used.items())
    return (
        f"A tape of {counted(len(rows), 'node')}. {nodes}. Used more than once: "
        f"{again or 'none'}. The way back goes from {len(rows) - 1} to 0."
    )


def _times(count):
    return "twice" if count == 2 else f"{count} times"


def _width(text, **font):
    """The width of a text, in sizes of its font."""
    return float(TextPath((0, 0), text, size=1, prop=font).get_extents().width)


def _node(ax, x, half, text, size, given):
    """A box of a tape: with square corners if it is given, else with round ones."""
    style = "square,pad=0" if given else "round,pad=0,rounding_size=0.22"
    look = {"facecolor": "#F4F7FA", "edgecolor": "black", "linewidth": 1.5}
    place = (x - half, TOP - TALL), 2 * half, TALL
    ax.add_patch(FancyBboxPatch(*place, boxstyle=style, **look))
    _text(ax, x, TOP - TALL / 2, text, size=size, linespacing=1.3)


def _arcs(parents, places, half):
    """Each arc's parent, and the x where it leaves and where it arrives.

    Arcs leave on the right half of a box and arrive on the left half, the longest
    outermost, so none crosses another of the same box, and `A @ A` has two.
    """
    pairs = [(p, i, k) for i, pair in enumerate(parents) for k, p in enumerate(pair)]
    starts, ends = {}, {}
    for i, x in enumerate(places):
        leave = sorted((a for a in pairs if a[0] == i), key=lambda a: (-a[1], -a[2]))
        arrive = sorted((a for a in pairs if a[1] == i), key=lambda a: (-a[0], a[2]))
        starts |= zip(leave, x + half * _middles(len(leave)))
        ends |= zip(arrive, x - half + half * _middles(len(arrive)))
    return [(arc[0], starts[arc], ends[arc]) for arc in pairs]


def _middles(count):
    """The middles of equal parts of what lies between 0 and 1."""
    return (np.arange(count) + 0.5) / max(count, 1)


def _arc(ax, start, end, width):
    """Half an ellipse with an arrow's head, above the boxes; a longer one is higher."""
    high = 0.45 * (end - start) ** 0.5
    angles = np.linspace(np.pi, np.arcsin(0.16 / high), 100)  # up to the head
    x = (start + end) / 2 + (end - start) / 2 * np.cos(angles)
    y = TOP + high * np.sin(angles)
    ax.plot(x, y, color=POSITIVE, linewidth=width, solid_capstyle="butt")
    _head(ax, (x[-1], y[-1]), (end, TOP), POSITIVE, width)


def _clear(ax):
    """Make the Axes an empty canvas as large as the figure, in inches."""
    ax.figure.set_layout_engine(None)
    ax.set_position([0, 0, 1, 1])
    width, height = ax.figure.get_size_inches()
    ax.set(xlim=(0, width), ylim=(0, height))
    ax.set_axis_off()


def _text(ax, x, y, text, color="black", size=TEXT, **look):
    look = {"ha": "center", "va": "center", "color": color, "fontsize": size, **look}
    ax.text(x, y, text, **look)


def _box(ax, x, y, text, size=TEXT):
    box = {"boxstyle": "round,pad=0.45", "facecolor": "#F4F7FA", "linewidth": 1.5}
    _text(ax, x, y, text, size=size, linespacing=1.4, bbox=box)


def _arrow(ax, start, end, color, style="solid"):
    start, end = np.array(start), np.array(end)
    neck = end - 0.25 * (end - start) / np.linalg.norm(end - start)
    ax.plot(*zip(start, neck), color=color, linestyle=style, linewidth=2.4)
    # The head is an arrow of its own: a dotted line would make it ragged.
    _head(ax, neck, end, color)


def _head(ax, neck, end, color, width=2.4):
    head = {"arrowstyle": "-|>,head_width=0.3,head_length=0.6", "color": color}
    head |= {"linewidth": width, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", end, neck, arrowprops=head)


def _matrix(ax, left, bottom, values, name, form="{:g}"):
    """A matrix as a grid of numbers below its name."""
    rows, columns = values.shape
    for (i, j), value in np.ndenumerate(values):
        y = bottom + (rows - i - 0.5) * HIGH
        _text(ax, left + j + 0.5, y, form.format(value), size=16)
    _text(ax, left + columns / 2, bottom + rows * HIGH + 0.3, name)


def _frame(ax, left, bottom, columns, rows, color, style="solid"):
    """A frame around a part of a matrix."""
    size = np.array([columns, rows * HIGH]) - 0.1
    corners = np.array([left, bottom]) + 0.05 + SQUARE * size
    ax.plot(*corners.T, color=color, linestyle=style, linewidth=2.4)


def _short(value):
    return f"{value:.2f}".rstrip("0").rstrip(".").replace("-", "−")
