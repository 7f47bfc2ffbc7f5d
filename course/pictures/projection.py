"""Samples in many dimensions, drawn in two: those in which they are spread most."""

import numpy as np

from course.pictures import axes


def directions_of(A):
    """The two directions of most spread, as columns; of one or two units, the units."""
    if A.shape[1] <= 2:
        return np.eye(A.shape[1], 2)  # a single unit lies along the first axis
    apart = _centred(A)
    _, directions = np.linalg.eigh(apart.T @ apart)  # (units, units), ascending
    directions = directions[:, [-1, -2]]
    # A direction and its opposite are the same: have its largest part positive.
    largest = np.abs(directions).argmax(axis=0)
    return directions * np.sign(directions[largest, [0, 1]])


def places_of(A, directions):
    """Where the samples stand; in more than two units, seen from their middle."""
    return (_centred(A) if A.shape[-1] > 2 else A) @ directions


def _centred(A):
    """Activations seen from the middle of the samples; of none there is no middle."""
    return A - A.mean(axis=-2, keepdims=True) if A.size else A


def tell_spread(ax, A, places, name):
    """Write how much of the spread of the samples can be seen."""
    apart = _centred(A)
    labels, words = ["direction 1", "direction 2"], ": all on one point" * (len(A) > 0)
    if np.sum(apart**2) > 1e-24 * np.sum(A**2):  # but for rounding
        shares = 100 * np.sum(places**2, axis=0) / np.sum(apart**2)
        labels = [f"{label}: {share:.0f} %" for label, share in zip(labels, shares)]
        words = f": {shares.sum():.0f} % of its spread"
    ax.set(xlabel=labels[0], ylabel=labels[1], title=f"{name}{words}")


def limits_of(places):
    """Limits with room for the names of the points: two pairs.

    The shorter side is a third of the longer at least: so what is near looks near.
    """
    limits = [axes.finite_limits(along, pad=0.22, least=0.05) for along in places.T]
    least = np.ptp(limits, axis=1).max() / 3
    widths = np.maximum(np.ptp(limits, axis=1), least)
    return np.mean(limits, axis=1)[:, None] + np.outer(widths / 2, [-1, 1])
