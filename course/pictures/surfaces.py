"""Pictures over the square of inputs: a unit's surface, samples, and a map of errors."""

from functools import partial

import numpy as np
from matplotlib.patheffects import withStroke

import mlp_core as mlp
from course import checks
from course.pictures import axes, style
from course.pictures.style import SIGNED_CMAP, SMALL, Picture, in_row, number, plain

FEW = 12  # this many samples have room for a large point and its numbers
NOISE = 1e-9  # a difference this small is rounding, not height
AROUND = (-1, 2)  # the range of both inputs on the maps of the error


def surface(params, task, activation=mlp.ORIGINAL, size=(6, 4.2)) -> Picture:
    """The output over a square of inputs, with the samples."""
    task = checks.task("task", task, inputs=2)
    params = checks.params("params", params, inputs=2)
    A = activations_at(task.X, params, activation)
    parts = [
        f"{plain(a[0])} at {point(x)} (target {y[0]:g})"
        for x, a, y in zip(task.X, A, task.Y)
    ]
    alt = f"Surface of the output over the square of inputs: {', '.join(parts[:FEW])}."
    return Picture(lambda ax: draw_surface(ax, params, task, activation), alt, size)


def point(x):
    """An input in words, as (0, 1)."""
    return f"({', '.join(f'{value:g}' for value in x)})"


def draw_surface(
    ax,
    params,
    task,
    activation=mlp.ORIGINAL,
    layer=-1,
    unit=0,
    *,
    resolution=61,
    mark=None,
    colorbar=True,
    show_z=False,
    as_unit=False,
    values=False,
):
    """Draw the output, or one unit's activation, over a square of inputs.

    The square reaches beyond the data on each side: by half of their range if the
    samples are few, so that their texts have room. Each is a point with the marker
    of its class, its target and, for the last layer, the prediction. Lines are drawn
    halfway between the targets of an output (0.5 for XOR), and at 0 for another unit.
    ``resolution`` are the points along each side of the grid, ``mark`` the rows of the
    task to ring. ``show_z`` shows the unit's weighted sum z in place of its activation,
    ``as_unit`` the last layer as any other; ``values`` writes what the unit passes on at
    each sample, in place of the target.
    """
    layer %= len(params)
    is_output = layer == len(params) - 1 and not (show_z or as_unit)
    targets = task.Y[:, unit if is_output else 0]
    limits = _around(task.X)
    xs, ys = (np.linspace(*ends, resolution) for ends in limits)
    heights = over_square(xs, ys, params, activation, layer, show_z)[:, :, unit]
    middle, reach = _color_scale(heights, targets if is_output else None)
    drawn = np.clip(np.nan_to_num(heights, nan=middle), middle - 1e6, middle + 1e6)
    drawn = np.ma.masked_array(drawn, ~np.isfinite(heights))
    colors = {"cmap": SIGNED_CMAP, "vmin": middle - reach, "vmax": middle + reach}
    _show_square(ax, drawn, limits, **colors)
    levels = halfway(targets) if is_output else [0]
    crossed = draw_contours(ax, xs, ys, drawn, levels)
    if colorbar:
        _draw_scale(ax, middle, reach)
    outputs = activations_at(task.X, params, activation, layer, show_z)[:, unit]
    texts = [f"target {target:g}" for target in targets]
    if is_output or values:
        numbers = [number(output) for output in np.round(outputs, 2)]
        texts = numbers if values else list(map("\n".join, zip(texts, numbers)))
    _draw_samples(ax, task.X, targets, texts)
    if mark is not None:
        ring = {"markerfacecolor": "none", "markeredgewidth": 2}
        ring["path_effects"] = [withStroke(linewidth=5, foreground="white")]
        ax.plot(*task.X[mark].T, "o", color="black", markersize=19, **ring)
    name = f"layer {layer}, unit {unit}: {'z' if show_z else 'a'}"
    if axes.size_in_points(ax)[0] < 130 and not is_output:
        crossed = []  # no room for words
    lines = ", ".join(f"{level:.3g}" for level in crossed)
    ax.set_title(("output" if is_output else name) + f"; line at {lines}" * bool(lines))
    axes.note_missing(ax, [heights])


def activations_at(X, params, activation, layer=-1, show_z=False):
    """The activations of a layer for any inputs, or its z: (n, units)."""
    with np.errstate(all="ignore"):  # they may explode
        _, cache = mlp.forward(params, X, activation)
    return (cache.Z if show_z else cache.A[1:])[layer]


def _around(X):
    """The limits of both inputs, with room for the texts of few samples: two pairs."""
    low, high = X.min(axis=0), X.max(axis=0)
    room = np.where(high > low, (high - low) / (2 if len(X) <= FEW else 6), 1)
    return list(zip(low - room, high + room))


def over_square(xs, ys, params, activation, layer=-1, show_z=False):
    """What `activations_at` returns on a grid: [i, j] at x0 = xs[j], x1 = ys[i]."""
    X = np.stack(np.meshgrid(xs, ys), axis=-1)  # (len(ys), len(xs), 2)
    A = activations_at(X.reshape(-1, 2), params, activation, layer, show_z)
    return A.reshape(len(ys), len(xs), -1)


def _color_scale(heights, targets):
    """Where white stands, and how far it is from there to full blue."""
    if targets is not None:  # of the output: it stays still while a network is trained
        low, high = targets.min(), targets.max()
        return (low + high) / 2, max(high - low, 1.0)
    finite = np.abs(heights[np.isfinite(heights)])
    largest = min(float(finite.max(initial=0.0)), 1e6)
    return 0.0, largest if largest > 1e-6 else 1.0


def _show_square(ax, heights, limits, **colors):
    """Show heights [i, j] at x0 and x1 between limits, two pairs, as colours."""
    shape = np.ptp(limits[0]) / np.ptp(limits[1])  # a square, whatever the units
    look = {"origin": "lower", "aspect": shape, "interpolation": "bilinear"}
    image = ax.imshow(heights, extent=(*limits[0], *limits[1]), **look, **colors)
    _frame_square(ax, limits)
    return image


def _frame_square(ax, limits):
    ax.set(xlim=limits[0], ylim=limits[1], xlabel="x0", ylabel="x1")
    axes.set_short_ticks(ax, 2 if min(axes.size_in_points(ax)) < 130 else 4)


def halfway(targets):
    """The levels between the targets, or the middle one if these are many."""
    values = np.unique(targets)
    if len(values) > len(style.MARKERS):
        values = values[[0, -1]]
    return list((values[1:] + values[:-1]) / 2)


def draw_contours(ax, xs, ys, heights, levels, styles=("-", "--", "-.", ":")):
    """Draw the levels that heights (len(ys), len(xs)) cross, and return them."""
    low, high = heights.min() + NOISE, heights.max() - NOISE
    crossed = [level for level in levels if low < level < high]
    if crossed:  # matplotlib would warn of levels that aren't crossed
        look = {"colors": "black", "linewidths": 2, "linestyles": styles}
        ax.contour(xs, ys, heights, levels=crossed, **look)
    return crossed


def draw_classes(ax, places, targets, of_task=None, size=10):
    """Draw points with the marker and the colour of their classes.

    ``of_task`` are all targets of the task, if some of its points are left out. More
    values than there are markers are split at the middle of their range.
    """
    values = np.unique(targets if of_task is None else of_task)
    names = {value: f"target {value:g}" for value in values}
    if len(values) > len(style.MARKERS):
        (middle,) = halfway(values)
        values = values[[0, -1]]
        targets = np.where(targets < middle, *values)
        names = dict(zip(values, (f"below {middle:.3g}", f"above {middle:.3g}")))
    looks = style.class_looks(values)
    size, edge = (size, 1.8) if len(targets) <= FEW else (size / 2, 1)
    # A white edge around it, since it may lie on its own colour.
    around = [withStroke(linewidth=3 * edge, foreground="white")]
    look = {"linestyle": "none", "zorder": 4, "path_effects": around}
    look |= {"markersize": size, "markeredgewidth": edge, "markeredgecolor": "black"}
    for target in np.unique(targets):
        points = places[targets == target].T
        ax.plot(*points, label=names[target], **look, **looks[target])


def _draw_samples(ax, X, targets, texts):
    """Draw the samples with their markers and, if they are few, their texts."""
    draw_classes(ax, X, targets)
    if len(X) > FEW:
        return
    low, high = ax.get_ylim()
    lines = texts[0].count("\n") + 1
    room = (9 + SMALL * lines) / min(axes.size_in_points(ax)) * (high - low)
    for x, text in zip(X, texts):
        # Above a point in the upper half, below one in the lower half, where there is room.
        is_up = x[1] > (low + high) / 2
        if (high - x[1] if is_up else x[1] - low) < room:
            is_up = not is_up
        place = {"xytext": (0, 9 if is_up else -9), "textcoords": "offset points"}
        align = {"ha": "center", "va": "bottom" if is_up else "top", "linespacing": 1.0}
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.8}
        look = {"fontsize": SMALL, "zorder": 5, "in_layout": False, "bbox": box}
        ax.annotate(text, x, **place, **align, **look, annotation_clip=False)


def _draw_scale(ax, middle, reach):
    """Draw the scale of the colours as a narrow strip on the right."""
    strip = ax.inset_axes([1.04, 0.0, 0.05, 1.0])
    bottom, top = middle - reach, middle + reach
    colors, extent = np.linspace(bottom, top, 64)[:, None], (0, 1, bottom, top)
    look = {"cmap": SIGNED_CMAP, "origin": "lower", "aspect": "auto"}
    strip.imshow(colors, extent=extent, **look)
    strip.set_xticks([])
    places = [bottom, middle, top]
    strip.set_yticks(places, [number(place, 1) for place in places])
    strip.yaxis.tick_right()
    strip.tick_params(labelsize=SMALL)


def samples(task, size=(5, 4.2)) -> Picture:
    """The samples of a task with two inputs, with the markers of the surfaces."""
    task = checks.task("task", task, inputs=2)
    targets = task.Y[:, 0]

    def draw(ax):
        draw_classes(ax, task.X, targets, size=14)
        _frame_square(ax, _around(task.X))
        # Above the square, since the markers would look like samples inside.
        above = {"loc": "lower center", "bbox_to_anchor": (0.5, 1.0)}
        ax.legend(**above, ncols=2, frameon=False)

    points = list(zip(task.X, targets))[:FEW]
    parts = ", ".join(f"target {y:g} at {point(x)}" for x, y in points)
    return Picture(draw, f"The samples of {task.name} as points: {parts}.", size)


def error_map(networks, activation=mlp.ORIGINAL) -> Picture:
    """How far networks that learn the sum are from x0 + x1: {name: params}, a map each."""
    axis, errors, parts = np.linspace(*AROUND, 61), {}, []
    inside = (axis > -1e-9) & (axis < 1 + 1e-9)
    for name, params in networks.items():
        params = checks.params(name, params, inputs=2)
        output = over_square(axis, axis, params, activation)[:, :, 0]
        error = errors[name] = abs(output - (axis + axis[:, None]))
        near, far = plain(error[inside][:, inside].max()), plain(error.max(), 1)
        parts.append(f"{name}: at most {near} in the square, {far} on the map")
    alt = f"Maps of the error of the sum, on one grey scale. {'; '.join(parts)}."
    finite = [error[np.isfinite(error)] for error in errors.values()]
    draw = partial(_draw_error_map, most=np.concatenate(finite).max(initial=1e-9))
    return in_row(draw, errors, alt, size=(5.5 * len(errors), 3.7))


def _draw_error_map(ax, error, most):
    """Errors on a grid, [i, j] at x0 = axis[j], x1 = axis[i]; black is the ``most``."""
    limits, look = (AROUND, AROUND), {"cmap": "Greys", "vmin": 0, "vmax": most}
    image = _show_square(ax, np.ma.masked_invalid(error), limits, **look)
    ax.plot(*axes.SQUARE.T, "o--", clip_on=False)  # that of the training data
    ax.figure.colorbar(image, ax=ax, label="error")
    axes.note_missing(ax, [error])
