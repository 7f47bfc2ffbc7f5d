"""The samples as a hidden layer sees them: as points in its activations."""

import itertools

import numpy as np

import mlp_core as mlp
from course import checks
from course.pictures import axes
from course.pictures.style import SMALL, Picture, plain
from course.pictures.surfaces import (
    activations_at,
    draw_classes,
    draw_contours,
    grid,
    halfway,
)


def hidden(params, task, activation=mlp.ORIGINAL, layer=0, size=(6, 4.2)) -> Picture:
    """The samples in the space of one layer; see `draw_hidden`."""
    task = checks.task("task", task)
    params = checks.params("params", params, inputs=task.X.shape[1])
    layer = checks.layer(params, layer)
    shown = params, task, activation, layer
    return Picture(lambda ax: draw_hidden(ax, *shown), describe_hidden(*shown), size)


def draw_hidden(ax, params, task, activation=mlp.ORIGINAL, layer=0):
    """Draw the samples as points in the activations of a layer.

    Two units make a plane. There the grey lines are the square of the inputs, folded by
    the layers, and the dashed line is where the rest of the network says 0.5 (halfway
    between the targets). Of three units or more, the two directions that keep most of
    the spread are drawn, and the title says how much they keep: points that fall
    together there may be apart in the layer.
    """
    A = activations_at(task.X, params, activation, layer)
    kept = (np.abs(A) < axes.HUGE).all(axis=1)  # NaN and what is huge stand nowhere
    points = A[kept]
    if A.shape[1] > 2:
        places = _draw_directions(ax, points, layer)
    else:
        places = _draw_plane(ax, points, params, task, activation, layer)
    targets = task.Y[kept, 0]
    draw_classes(ax, places, targets, of_task=task.Y[:, 0])
    if 0 < len(places) <= 12:
        _name_points(ax, places, task.X[kept], targets)
    axes.note_missing(ax, [A], most=axes.HUGE)


def _draw_plane(ax, points, params, task, activation, layer):
    """Frame the plane of one or two units, with its lines; return the points in it."""
    width = points.shape[1]
    to_plane = np.eye(width, 2)  # a single unit lies along the first axis
    places = framed = points @ to_plane
    if task.X.shape[1] == 2:
        border = activations_at(_border(task.X), params, activation, layer)
        if np.isfinite(border).all():
            outline = border @ to_plane
            ax.plot(*outline.T, color="#A0A0A0", linewidth=1.5, zorder=1)
            framed = np.concatenate([places, outline])
    _frame(ax, framed)
    if width == 2 and layer < len(params) - 1:
        _draw_cut(ax, params, task, activation, layer)
    ax.set_xlabel("a of unit 0")
    ax.set_ylabel("a of unit 1" if width == 2 else "")
    ax.set_title(f"layer {layer}: its {'two units' if width == 2 else 'one unit'}")
    return places


def _draw_directions(ax, A, layer):
    """Frame the two directions along which the points spread most: principal components.

    Returns the points in them: (n, 2).
    """
    apart = A - (A.mean(axis=0) if len(A) else 0)
    sizes, directions = np.linalg.eigh(apart.T @ apart)  # (units, units), ascending
    directions = directions[:, [-1, -2]]
    # A direction and its opposite are the same: have its largest part positive.
    largest = np.abs(directions).argmax(axis=0)
    directions = directions * np.sign(directions[largest, [0, 1]])
    places = apart @ directions
    _frame(ax, places)
    spread = sizes.sum()
    if spread <= 1e-24 * np.sum(A**2):  # but for rounding
        ax.set_xlabel("direction 1")
        ax.set_ylabel("direction 2")
        ax.set_title(f"layer {layer}: all on one point" if len(A) else f"layer {layer}")
        return places
    shares = 100 * sizes[[-1, -2]] / spread
    ax.set_xlabel(f"direction 1: {shares[0]:.0f} %")
    ax.set_ylabel(f"direction 2: {shares[1]:.0f} %")
    ax.set_title(f"layer {layer}: {shares.sum():.0f} % of its spread")
    return places


def _border(X):
    """Points along the border of the square of inputs: (n, 2)."""
    low, high = X.min(axis=0), X.max(axis=0)
    t = np.linspace(0, 1, 21)[:, None]
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]], float)
    sides = [a + (b - a) * t for a, b in itertools.pairwise(corners)]
    return low + (high - low) * np.concatenate(sides)


def _frame(ax, places):
    """Set limits with room for the names of the points."""
    ax.set_xlim(axes.finite_limits(places[:, 0], pad=0.22, least=0.05))
    ax.set_ylim(axes.finite_limits(places[:, 1], pad=0.22, least=0.05))
    axes.set_short_ticks(ax.xaxis)
    axes.set_short_ticks(ax.yaxis)


def _draw_cut(ax, params, task, activation, layer):
    """Draw where the rest of the network says halfway between the targets."""
    rest = params[layer + 1 :]
    activations = mlp.per_layer(activation, params)[layer + 1 :]
    xs, ys = (np.linspace(*limits, 61) for limits in (ax.get_xlim(), ax.get_ylim()))
    output = activations_at(grid(xs, ys), rest, activations, -1)[:, 0]
    heights = np.ma.masked_invalid(np.clip(output, -1e6, 1e6)).reshape(61, 61)
    draw_contours(ax, xs, ys, heights, halfway(task.Y[:, 0]), styles=["--"])


def describe_hidden(params, task, activation=mlp.ORIGINAL, layer=0):
    """The alt text of `draw_hidden`."""
    A = activations_at(task.X, params, activation, layer)
    parts = []
    for x, a, y in list(zip(task.X, A, task.Y))[:12]:
        place = ", ".join(plain(value) for value in a[:8])
        sample = ", ".join(f"{value:g}" for value in x)
        parts.append(f"({sample}) with target {y[0]:g} at ({place})")
    return f"The samples in the space of layer {layer}: {', '.join(parts)}."


# Names beside the points -------------------------------------------------------------


def _name_points(ax, places, X, targets):
    """Write '(0, 1) → 1' beside each point; points in one place share a name."""
    low = np.array([ax.get_xlim()[0], ax.get_ylim()[0]])
    size = np.array([ax.get_xlim()[1], ax.get_ylim()[1]]) - low
    scale = axes.size_in_points(ax)
    points = (places - low) / size * scale  # in points of text size
    groups = _group_near(points, near=20)
    names = [
        "\n".join(
            f"({', '.join(f'{x:g}' for x in X[i])}) → {targets[i]:g}" for i in group
        )
        for group in groups
    ]
    centres = np.array([points[group].mean(axis=0) for group in groups])
    boxes = np.array([_size_of_text(name) for name in names])
    spots = _best_spots(centres, points, boxes, scale)
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.75}
    look = {"ha": "center", "va": "center", "linespacing": 1.1, "zorder": 5}
    for spot, name in zip(spots, names):
        place = low + spot / scale * size
        ax.text(*place, name, fontsize=SMALL, bbox=box, in_layout=False, **look)


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


def _size_of_text(text):
    """About as wide and high as these lines are, in points."""
    lines = text.split("\n")
    return 0.6 * max(map(len, lines)) * SMALL, 1.2 * len(lines) * SMALL


def _best_spots(centres, points, boxes, scale):
    """Places for names beside points: inside the Axes, off points and other names.

    Each name chooses in turn, and once more when it knows where the others went.
    """
    angles = np.arange(16) * np.pi / 8 + np.pi / 2
    ways = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    ways = np.concatenate([ways, 1.5 * ways, 2.2 * ways])  # the near ones first
    spots = centres.copy()
    for i in 2 * list(range(len(centres))):
        options = centres[i] + ways * (boxes[i] / 2 + 12)
        outside = np.abs(options - scale / 2) + (boxes[i] - scale) / 2
        cost = np.clip(outside, 0, None).sum(axis=1)
        cost += np.linspace(0, 0.2, len(options))
        cost += 10 * _overlaps(options, points, boxes[i] / 2 + 8).sum(axis=1)
        others = np.arange(len(spots)) != i
        room = (boxes[i] + boxes[others]) / 2
        cost += 20 * _overlaps(options, spots[others], room).sum(axis=1)
        spots[i] = options[cost.argmin()]
    return spots


def _overlaps(options, others, box):
    """How much boxes around two sets of centres overlap, as shares of a box."""
    apart = np.abs(options[:, None] - others[None]) / box
    return np.clip(1 - apart, 0, None).prod(axis=-1)
