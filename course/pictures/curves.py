"""Plain curves: lines over one axis, with marked points."""

import numpy as np

from course import checks
from course.pictures.style import Picture, line_look, plain


def curve(
    x, lines, points=None, *, x_label, y_label, y_limits=None, log=False, size=(8, 3.6)
) -> Picture:
    """Lines {name: y} over x, and marked points {name: (x, y)}.

    ``log`` makes both axes logarithmic, for errors that differ by many powers of ten.
    """
    x, points = checks.array("x", x), points or {}
    lines = {name: checks.array(name, y).ravel() for name, y in lines.items()}
    parts = _compare_on_log(x, lines) if log else _describe_lines(x, lines)
    parts += [f"marked, {name}: {_pairs(*place)}" for name, place in points.items()]

    def draw(ax):
        draw_curve(ax, x, lines, points, log)
        ax.set(xlabel=x_label, ylabel=y_label, ylim=y_limits)

    axes = f"{y_label} against {x_label}{', both axes logarithmic' if log else ''}"
    alt = f"Curve: {axes}. {'; '.join(parts)}."
    return Picture(draw, alt, size)


def draw_curve(ax, x, lines, points, log=False):
    """Draw the lines; on log axes with a marker at each point, so that noise shows."""
    if log:
        ax.set_xscale("log")
        ax.set_yscale("log")
    for i, (name, y) in enumerate(lines.items()):
        look = line_look(i) if log else {**line_look(i), "marker": ""}
        ax.plot(x, np.maximum(y, 1e-17) if log else y, label=name, **look)
    for i, (name, place) in enumerate(points.items()):
        ax.plot(*place, "oDs^"[i % 4], color="black", markersize=9, label=name)
    if len(lines) + len(points) > 1:
        ax.legend()


def _describe_lines(x, lines):
    """The ends of each line, and its lowest and highest points between them."""
    parts = []
    for name, y in lines.items():
        part = f"{name}: from {_pairs(x[0], y[0])} to {_pairs(x[-1], y[-1])}"
        height = np.round(y, 10)
        for i, word in ((height.argmin(), "lowest"), (height.argmax(), "highest")):
            if min(y[0], y[-1]) > y[i] or max(y[0], y[-1]) < y[i]:
                part += f", {word} at {_pairs(x[i], y[i])}"
        parts.append(part)
    return parts


def _compare_on_log(x, lines):
    """Where the lines are lowest, without numbers: small errors are noise."""
    lowest = {name: y.argmin() for name, y in lines.items()}
    parts = [
        f"{name} falls and rises again" if 0 < i < len(x) - 1 else f"{name} only rises"
        for name, i in lowest.items()
    ]
    name = min(lines, key=lambda name: lines[name].min())
    further = x[lowest[name]] == max(x[i] for i in lowest.values())
    parts.append(f"lowest{' and furthest right' if further else ''} comes {name}")
    return parts


def _pairs(across, up):
    """Points in words: '(1.50, 0.125)'."""
    pairs = zip(np.ravel(across), np.ravel(up))
    return ", ".join(f"({plain(x)}, {plain(y, 3)})" for x, y in pairs)
