"""The samples as a hidden layer sees them: as points in its activations."""

import itertools
from typing import NamedTuple

import numpy as np

import mlp_core as mlp
from course import checks
from course.pictures import axes, surfaces
from course.pictures.projection import directions_of, places_of, tell_variance
from course.pictures.style import SMALL, Picture, plain
from course.pictures.surfaces import FEW, activations_at, point


def hidden(params, task, activation=mlp.ORIGINAL, layer=0, size=(6, 4.2)) -> Picture:
    """The samples in the space of one layer; see `draw_hidden`."""
    task = checks.task("task", task)
    params = checks.params("params", params, inputs=task.X.shape[1])
    layer = checks.layer(params, layer)
    A = activations_at(task.X, params, activation, layer)
    parts = [
        f"{point(x)} with target {y:g} at ({', '.join(map(plain, a[:8]))})"
        for x, a, y in list(zip(task.X, A, task.Y[:, 0]))[:FEW]
    ]
    alt = f"The samples in the space of layer {layer}: {', '.join(parts)}."
    shown = params, task, activation, layer
    return Picture(lambda ax: draw_hidden(ax, *shown), alt, size)


WILD = 20  # this many times as large as at the start


class Frame(NamedTuple):
    """What stays still in the pictures of a layer while the network is trained."""

    directions: np.ndarray  # (units, 2)
    limits: np.ndarray  # of x and of y, two pairs


def frame_of(networks, task, activation, layer) -> Frame:
    """A frame for a run, given as a stack of its networks, from the first to the last.

    Its directions are those of the end. The start and the end fit in, and nearly all
    between, because a single wild step, or the last ones of a run that diverges, would
    leave no room for the others.
    """
    A = activations_at(task.X, networks, activation, layer)  # (steps, n, units)
    most = min(axes.HUGE, WILD * max(1, np.abs(A[0]).max()))
    A = A[(np.abs(A) < most).all(axis=(1, 2))]
    if not len(A):
        A = np.zeros((1, *task.X.shape[:1], networks[layer].b.shape[-1]))
    directions = directions_of(A[-1])
    places = places_of(A, directions)
    most = np.quantile(places, [0.01, 0.99], axis=(0, 1))
    framed = np.concatenate([places[0], places[-1], most])
    return Frame(directions, _limits(framed))


def draw_hidden(ax, params, task, activation=mlp.ORIGINAL, layer=0, frame=None):
    """Draw the samples as points in the activations of a layer.

    Two units make a plane. There the grey lines are the square of the inputs, folded by
    the layers, and the dashed line is where the rest of the network says 0.5 (halfway
    between the targets). With more units, the two directions of most spread are drawn,
    and the title says how much they keep, since points that coincide there may be apart.
    """
    A = activations_at(task.X, params, activation, layer)
    kept = (np.abs(A) < axes.HUGE).all(axis=1)  # NaN and huge values aren't drawn
    points, targets = A[kept], task.Y[kept, 0]
    directions = frame.directions if frame else directions_of(points)
    places = places_of(points, directions)
    outline = _outline(params, task, activation, layer)
    limits = frame.limits if frame else _limits(np.concatenate([places, outline]))
    ax.set(xlim=limits[0], ylim=limits[1])
    axes.set_short_ticks(ax)
    if A.shape[1] > 2:
        ax.set(**tell_variance(points, places, f"layer {layer}"))
    else:
        ax.plot(*outline.T, color="#A0A0A0", linewidth=1.5, zorder=1)
        _tell_units(ax, A.shape[1], layer)
    if A.shape[1] == 2 and layer < len(params) - 1:
        _draw_cut(ax, params, task, activation, layer)
    surfaces.draw_classes(ax, places, targets, of_task=task.Y[:, 0])
    low, high = np.transpose(limits)
    inside = ((low < places) & (places < high)).all(axis=1)
    if 0 < inside.sum() and len(places) <= FEW:
        _name_points(ax, places[inside], task.X[kept][inside], targets[inside])
    if not inside.all():
        words = f"{np.sum(~inside)} of {len(inside)} points\nare outside"
        corner = {"ha": "right", "va": "bottom", "transform": ax.transAxes}
        axes.write(ax, 0.99, 0.03, words, pad=2, zorder=6, **corner)
    axes.note_missing(ax, [A], most=axes.HUGE)


def _tell_units(ax, width, layer):
    units, second = ("two units", "a of unit 1") if width == 2 else ("one unit", "")
    ax.set(xlabel="a of unit 0", ylabel=second, title=f"layer {layer}: its {units}")


def _outline(params, task, activation, layer):
    """The border of the square of inputs in the plane of two units, if it is one."""
    if task.X.shape[1] == 2 and params[layer].W.shape[1] <= 2:
        border = activations_at(_border(task.X), params, activation, layer)
        if np.isfinite(border).all():
            return border @ directions_of(border)
    return np.empty((0, 2))


def _border(X):
    """Points along the border of the square of inputs: (n, 2)."""
    low, high = X.min(axis=0), X.max(axis=0)
    t = np.linspace(0, 1, 21)[:, None]
    sides = [a + (b - a) * t for a, b in itertools.pairwise(axes.SQUARE)]
    return low + (high - low) * np.concatenate(sides)


def _limits(places):
    """Limits with room for the names of the points: two pairs.

    The shorter side is at least a third of the longer, so that what is near looks near.
    """
    limits = [axes.finite_limits(along, pad=0.22, least=1e-3) for along in places.T]
    least = np.ptp(limits, axis=1).max() / 3
    widths = np.maximum(np.ptp(limits, axis=1), least)
    return np.mean(limits, axis=1)[:, None] + np.outer(widths / 2, [-1, 1])


def _draw_cut(ax, params, task, activation, layer):
    """Draw where the rest of the network says halfway between the targets."""
    activations = mlp.per_layer(activation, params)[layer + 1 :]
    xs, ys = (np.linspace(*limits, 61) for limits in (ax.get_xlim(), ax.get_ylim()))
    output = surfaces.over_square(xs, ys, params[layer + 1 :], activations)[:, :, 0]
    heights = np.ma.masked_invalid(np.clip(output, -1e6, 1e6))
    levels = surfaces.halfway(task.Y[:, 0])
    surfaces.draw_contours(ax, xs, ys, heights, levels, styles=["--"])


def _name_points(ax, places, X, targets):
    """Write '(0, 1) → 1' beside each point; points in one place share a name."""
    low, high = np.transpose([ax.get_xlim(), ax.get_ylim()])
    scale = axes.size_in_points(ax)
    points = (places - low) / (high - low) * scale  # in points of text size
    groups = _group_near(points, near=20)
    names = [[f"{point(X[i])} → {targets[i]:g}" for i in group] for group in groups]
    centres = np.array([points[group].mean(axis=0) for group in groups])
    # About as wide and high as these lines, in points.
    boxes = SMALL * np.array([(0.6 * max(map(len, n)), 1.2 * len(n)) for n in names])
    spots = _best_spots(centres, points, boxes, scale)
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.75}
    for place, name in zip(low + spots / scale * (high - low), map("\n".join, names)):
        axes.write(ax, *place, name, bbox=box, linespacing=1.1, zorder=5)


def _group_near(points, near):
    """Group the row numbers of points that are nearer than ``near`` to one another."""
    groups = {}
    for i, place in enumerate(points):
        close = [j for j in groups if np.linalg.norm(points[j] - place) < near]
        groups.setdefault(close[0] if close else i, []).append(i)
    return list(groups.values())


def _best_spots(centres, points, boxes, scale):
    """Places for names beside points: inside the Axes, off points and other names.

    Each name chooses in turn, and again once it knows where the others went.
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
