"""Pictures of weights before training, and of the signal's way through the layers."""

import numpy as np
from matplotlib import ticker
from matplotlib.colors import to_rgba

from course import checks
from course.pictures import axes, style
from course.pictures.style import Picture, number, plain, small
from course.words import counted


def draws(groups, marks=(-2, 2), size=(7.5, 3.4)) -> Picture:
    """Histograms of many draws from -5 to 5, {name: values}; a line at each mark."""
    groups = {name: checks.array(name, values) for name, values in groups.items()}
    shown = groups, np.arange(-50, 51) / 10, marks  # bars of the width 0.1
    alt = describe_histogram(groups, marks)
    return Picture(lambda ax: draw_histogram(ax, *shown), alt, size)


def draw_histogram(ax, groups, bins=20, marks=()):
    """Draw histograms of weights over one another, with shared bins.

    The area of each is 1, so that 200 weights can be seen beside 10,000. ``bins`` is how many
    there are, or their edges.
    """
    finite = {name: values[np.isfinite(values)] for name, values in groups.items()}
    everything = np.concatenate(list(finite.values()))
    limits = axes.finite_limits(everything, 0.02)
    edges = np.histogram_bin_edges(everything, bins, limits)
    tallest, rows = 0, 0
    for i, (name, values) in enumerate(finite.items()):
        counts, _ = np.histogram(values, edges)
        density = counts / (max(values.size, 1) * np.diff(edges))
        tallest = max(tallest, density.max())
        spread = f", std {number(values.std())}" if values.size else ""
        label = axes.fitted(ax, f"{name} (n = {values.size}{spread})")
        rows += label.count("\n") + 1
        look = style.bar_look(i)
        color = look.pop("color")
        look |= {"facecolor": to_rgba(color, 0.3), "edgecolor": color, "linewidth": 2}
        ax.stairs(density, edges, fill=True, label=label, **look)
    ax.axvline(0, color=style.NEUTRAL, linewidth=1, zorder=0)
    for mark in marks:
        ax.axvline(mark, color="black", linewidth=1)
    tallest = tallest or 1.0  # nothing finite
    ax.set_ylim(0, tallest * 1.05 / (1 - axes.legend_share(ax, rows)))
    ax.set(xlim=edges[[0, -1]], xlabel="weight", ylabel="density: each area is 1")
    ax.yaxis.set_major_locator(ticker.MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.note_missing(ax, groups.values())
    ax.legend(loc="upper right")


def describe_histogram(groups, marks=()):
    """The alt text of `draw_histogram`."""
    parts = []
    for name, values in groups.items():
        finite = values[np.isfinite(values)]
        part = f"{name}, {values.size:,} {'draws' if marks else 'weights'}"
        if finite.size:
            part += f" from {plain(finite.min())} to {plain(finite.max())}, "
            part += f"standard deviation {plain(finite.std())}"
        if marks:
            outside = np.mean((values < min(marks)) | (values >= max(marks)))
            part += f", {100 * outside:.1f} % outside the lines"
        parts.append(part)
    lines = f"Lines at {' and '.join(f'{mark:g}' for mark in marks)}. " if marks else ""
    return f"Histograms of weights, each with the area 1. {lines}{'; '.join(parts)}."


def spread(spreads, of="a", size=(8.0, 4.4)) -> Picture:
    """How wide the signal spreads: {name: standard deviation at the input, layer 0, ...}.

    ``of`` says of which letter: the activations 'a' or the weighted sums 'z'.
    """
    spreads = {name: checks.array(name, values) for name, values in spreads.items()}
    alt = describe_spread(spreads)
    return Picture(lambda ax: draw_spread(ax, spreads, of), alt, size)


def draw_spread(ax, spreads, of="a", faint=()):
    """Draw the spread of the signal layer by layer on a log axis; some in grey."""
    everything = np.concatenate(list(spreads.values()))
    bottom, top = axes.log_limits(everything)
    # At least two decades, so that a small change looks small.
    stretch, rows = max(1.0, np.sqrt(100 * bottom / top)), 0
    bottom, top = bottom / stretch, top * stretch
    for i, (name, values) in enumerate(spreads.items()):
        # A log axis has no place for 0, so such a point goes to the bottom.
        label = f"{name} (0: at the bottom)" if np.any(values == 0) else name
        label = axes.fitted(ax, label)
        rows += label.count("\n") + 1
        look = style.FAINT if name in faint else style.line_look(i)
        look = {**look, "markersize": 8, "clip_on": False}
        ax.plot(axes.within(values, bottom, top), label=label, **look)
    longest = max(map(len, spreads.values()))
    cut = f", cut at {number(top, 0)}" if np.any(everything > top) else ""
    ax.set_xlim(-0.3, max(longest - 1, 1) + 0.3)
    ax.set(xlabel="layer", ylabel=f"standard deviation of {of}{cut}")
    ax.xaxis.set_major_locator(ticker.MaxNLocator(min(longest, 8), integer=True))
    ax.xaxis.set_major_formatter(lambda x, _: "input" if x == 0 else f"{x - 1:.0f}")
    axes.set_log(ax, bottom, top, rows)
    if top < 1000 * bottom:  # else there would be a tick or two to read by
        ax.yaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    axes.note_missing(ax, spreads.values())
    ax.legend(loc="upper right")


def describe_spread(spreads):
    """The alt text of `draw_spread`."""
    parts = []
    for name, values in spreads.items():
        layers = counted(len(values) - 1, "layer")
        ends = f"{small(values[0])} at the input, {small(values[-1])} after {layers}"
        parts.append(f"{name}: {ends}")
    words = "; ".join(parts)
    return f"Standard deviation of the signal by layer, log axis. {words}."
