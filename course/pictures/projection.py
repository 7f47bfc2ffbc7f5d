"""Samples in many dimensions, drawn in the two in which they spread most."""

import itertools

import numpy as np
from matplotlib import patheffects

from course import checks
from course.pictures import axes
from course.pictures.style import Picture
from course.words import counted, plain

# Dark enough to be read on white; a digit tells its class by itself.
COLORS = ["#000000", "#0072B2", "#D55E00", "#007A5A", "#8A3A7E"]
COLORS += ["#8C5A00", "#C2185B", "#4A4FC4", "#5F5F5F", "#2B7F93"]


def directions_of(A):
    """The two directions of most spread, as columns; of one or two units, the units."""
    if A.shape[1] <= 2:
        return np.eye(A.shape[1], 2)  # a single unit lies along the first axis
    apart = _centred(A)
    _, directions = np.linalg.eigh(apart.T @ apart)  # (units, units), ascending
    directions = directions[:, [-1, -2]]
    # A direction and its opposite are the same, so make its largest part positive.
    largest = np.abs(directions).argmax(axis=0)
    return directions * np.sign(directions[largest, [0, 1]])


def places_of(A, directions):
    """Where the samples are; with more than two units, seen from their middle."""
    return (_centred(A) if A.shape[-1] > 2 else A) @ directions


def _centred(A):
    """Activations seen from the middle of the samples; none have no middle."""
    return A - A.mean(axis=-2, keepdims=True) if A.size else A


def tell_variance(A, places, name) -> dict:
    """How much of the variance of the samples can be seen: a title, and labels."""
    apart = _centred(A)
    labels, words = ["direction 1", "direction 2"], ": all on one point" * (len(A) > 0)
    if np.sum(apart**2) > 1e-24 * np.sum(A**2):  # except for rounding
        shares = 100 * np.sum(places**2, axis=0) / np.sum(apart**2)
        labels = [f"{label}: {share:.0f} %" for label, share in zip(labels, shares)]
        words = f": {shares.sum():.0f} % of its variance"
    return {"title": f"{name}{words}", "xlabel": labels[0], "ylabel": labels[1]}


def digit_space(A, labels, classes=None, name="hidden layer") -> Picture:
    """Activations A (n, units) in the directions of most spread, each as its digit.

    The large digits are the means. ``classes`` are the digits to highlight, such as (3, 8);
    the others are pale. A may also be the images themselves: ``name`` them 'input'.
    """
    A, labels = checks.array("A", A), np.asarray(labels)
    if A.ndim != 2 or not A.size or labels.shape != A.shape[:1]:
        words = "(n, units) and (n,), one label for each sample"
        raise ValueError(f"A and labels are {A.shape} and {labels.shape}, not {words}")
    if not np.isfinite(A).all():
        raise ValueError("A must hold finite numbers: did the training diverge?")
    found = [checks.whole("label", k, most=9) for k in np.unique(labels)]
    bright = [k for k in found if classes is None or k in classes]
    places = places_of(A - A.mean(axis=0), directions_of(A))
    told = tell_variance(A, places, name)
    means = {k: places[labels == k].mean(axis=0) for k in found}

    def draw(ax):
        for k in sorted(found, key=bright.__contains__):  # the pale ones below
            color = COLORS[k] if k in bright else "#BDBDBD"
            look = {"marker": f"${k}$", "linestyle": "", "color": color}
            ax.plot(*places[labels == k].T, markersize=8, markeredgewidth=0, **look)
        halo = [patheffects.withStroke(linewidth=4, foreground="white")]
        for k in bright:
            look = {"fontsize": 24, "color": COLORS[k], "path_effects": halo}
            axes.write(ax, *means[k], str(k), fontweight="bold", zorder=4, **look)
        axes.set_short_ticks(ax)
        ax.set(**told)

    def apart(pair):
        return np.linalg.norm(means[pair[0]] - means[pair[1]])

    parts = [f"{k} ({plain(x, 1)}, {plain(y, 1)})" for k, (x, y) in means.items()]
    nearest = sorted(itertools.combinations(found, 2), key=apart)[:3]
    near = ", ".join(f"{j} and {k}" for j, k in nearest)
    where = f"in two directions of {told['title']}"
    seen = f"{counted(len(A), 'sample')} as digits, {where}"
    alt = f"{seen}. Means: {', '.join(parts)}." + f" Nearest: {near}." * bool(near)
    return Picture(draw, alt, (7.5, 5))
