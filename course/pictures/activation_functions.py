"""Pictures of activation functions and their slopes."""

import numpy as np

import mlp_core as mlp
from course.pictures import axes, style
from course.pictures.style import Picture, in_row, number, plain
from course.words import label

FAMILY = {1.0: "identity", 0.0: "ReLU", -0.2: "original", -1.0: "absolute value"}


def activation(activation, mark=None, size=(6.5, 3.8)) -> Picture:
    """An activation function (solid) and its slope (dashed), with one z marked."""
    alt = describe_activation(activation, mark)
    return Picture(lambda ax: draw_activation(ax, activation, mark), alt, size)


def activations(functions) -> Picture:
    """Two activation functions, side by side."""
    left, right = map(describe_activation, functions)
    named = {label(function): function for function in functions}
    return in_row(draw_activation, named, f"Left: {left} Right: {right}", (12.4, 3.7))


def activation_family() -> Picture:
    """Four members of the leaky ReLU family, by their alpha, and their slopes."""
    names = ", ".join(f"{alpha:g} ({name})" for alpha, name in FAMILY.items())
    alt = (
        "Left: four functions that equal z for positive z and alpha times z for "
        f"negative z, for alpha = {names}. Right: their slopes, which are alpha for "
        "negative z and 1 for positive z; at z = 0 the slope is taken as 1."
    )
    return Picture([_draw_family, _draw_family_slopes], alt, size=(11, 4.6))


def _draw_family(ax):
    z = np.linspace(-3, 3, 241)
    for i, (alpha, name) in enumerate(FAMILY.items()):
        words = f"alpha = {alpha:g}: {name}".replace("-", "−")
        look = style.line_look(i) | {"marker": ""}
        ax.plot(z, mlp.leaky_relu(alpha).f(z), label=words, **look)
    axes.draw_zeros(ax)
    top = -3.3 + 6.5 / (1 - axes.legend_share(ax, len(FAMILY)))
    ax.set(xlabel="z", title="f(z)", ylim=(-3.3, top))
    ax.legend(loc="upper center", ncols=1)


def _draw_family_slopes(ax):
    below, above = np.array([-3.0, 0.0]), np.array([0.0, 3.0])
    for i, alpha in enumerate(FAMILY):
        look = style.line_look(i) | {"marker": ""}
        slope = mlp.leaky_relu(alpha).slope
        ax.plot(below, slope(below - 1e-9), **look)  # two lines: it jumps at 0
        ax.plot(above, slope(above), **look)
    ax.plot([0], [1], "o", color="black", markersize=9)
    axes.draw_zeros(ax)
    ax.set(xlabel="z", title="slope f'(z)", ylim=(-1.3, 1.3))


def draw_activation(ax, activation, mark=None):
    """Draw a function and its slope from -3 to 3, or as far as the marked z.

    It gets a dot on the function, a square on the slope, and the tangent.
    """
    first, last = min(-3.0, mark or 0.0), max(3.0, mark or 0.0)
    z = np.linspace(first, last, 601)
    a, slope = activation.f(z), activation.slope(z)
    axes.draw_zeros(ax)
    ax.plot(z, a, color=style.POSITIVE, label="f(z)")
    ax.plot(z, slope, "--", color=style.NEGATIVE, label="slope f'(z)")
    ax.set_title(label(activation))
    if mark is not None:
        _draw_mark(ax, activation, mark)
    low, high = axes.finite_limits([*a, *slope])
    high += (high - low) * axes.legend_share(ax, 2)
    ax.set(xlabel="z", ylabel="f(z), f'(z)", xlim=(first, last), ylim=(low, high))
    axes.note_missing(ax, [a, slope])
    ax.legend(loc="upper left")


def _draw_mark(ax, activation, z):
    """Mark one z with its value, slope and tangent."""
    a, slope = _value_and_slope(activation, z)
    reach = np.array([-0.7, 0.7])
    ax.plot(z + reach, a + slope * reach, color="black", linewidth=4, alpha=0.45)
    look = {"color": "black", "clip_on": False}  # whole, also at the edge
    ax.plot([z], [a], "o", markersize=10, **look)
    ax.plot([z], [slope], "s", markersize=9, markerfacecolor="white", **look)
    numbers = f"z = {number(z)}:  f(z) = {number(a)},  slope = {number(slope)}"
    ax.set_title(f"{label(activation)}\n{numbers}")


def _value_and_slope(activation, z):
    return float(activation.f(np.array(z))), float(activation.slope(np.array(z)))


def describe_activation(activation, mark=None):
    """The alt text of `draw_activation`."""
    text = f"Graph of {label(activation)}, solid, with its slope, dashed."
    if mark is not None:
        a, slope = _value_and_slope(activation, mark)
        numbers = f"f(z) = {plain(a)}, slope = {plain(slope)}"
        return f"{text} Marked: at z = {plain(mark)}, {numbers}."
    pairs = [_value_and_slope(activation, z) for z in (-2.0, 0.0, 2.0)]
    values, slopes = (", ".join(map(plain, numbers)) for numbers in zip(*pairs))
    return f"{text} At z = -2, 0 and 2: f(z) = {values}; slope = {slopes}."
