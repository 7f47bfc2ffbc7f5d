"""Loss curves: of single runs, and of a thousand at once."""

import numpy as np
from matplotlib import ticker

from course import checks
from course.pictures import axes, style
from course.pictures.style import Picture, in_row, number, plain, small


def loss(
    losses, *, x_label="epoch", smooth=1, limits=None, lowest=None, size=(8, 3.6)
) -> Picture:
    """The loss of one or several runs on a log axis: {name: losses}.

    ``limits`` are the lowest and the highest loss to draw; ``smooth`` is that of
    `draw_loss`; ``lowest`` names a run whose lowest point is marked.
    """
    losses = {name: checks.array(name, values) for name, values in losses.items()}
    look = {"x_label": x_label, "smooth": smooth, "limits": limits}
    unit = "epoch" if x_label.startswith("epoch") else "step"
    # Losses of single samples jump, and one may be small before anything is learned, so
    # means describe a long run.
    told = 100 if smooth == 1 and unit == "step" else smooth, unit, limits
    parts = [f"{name}: {_ends(values, *told)}" for name, values in losses.items()]
    alt = f"Loss curve. {'; '.join(parts)}."
    values = [] if lowest is None else losses[checks.one_of("lowest", lowest, losses)]
    if not np.isfinite(values).any():
        return Picture(lambda ax: draw_loss(ax, losses, **look), alt, size)
    best = int(np.where(np.isfinite(values), values, np.inf).argmin())
    words = f"{lowest} is lowest at {unit} {best + 1}: {number(values[best], 3)}"

    def draw(ax):
        draw_loss(ax, losses, **look)
        mark_loss(ax, values, best + 1, 1, ax.get_ylim())
        ax.set_title(f"dotted: {words}")

    return Picture(draw, f"{alt} {words[0].upper()}{words[1:]}.", size)


def _ends(values, window, unit, limits):
    """How a curve begins and ends: means of ``window`` points if it has that many."""
    lowest, highest = limits or (1e-10, np.inf)

    def words(value):
        beyond = highest < value < np.inf
        return f"above {number(highest, 0)}" if beyond else small(value, lowest)

    count = len(values)
    if count == 0:
        return f"no {unit}"
    if 1 < window <= count:
        first, last = values[:window].mean(), values[-window:].mean()
        return (
            f"mean of the first {window} {unit}s {words(first)}, of the last {window} "
            f"of {count} {words(last)}"
        )
    # The first that isn't as good as 0, or else the first of all.
    start = int(np.argmax(~(values < lowest))) if unit == "step" else 0
    when = f"at step {start + 1}" if start else "at first"
    end = f"at the end of {count} {unit}s"
    return f"{words(values[start])} {when}, {words(values[-1])} {end}"


def draw_loss(
    ax,
    losses,
    *,
    steps_per_point=1,
    x_label="epoch",
    smooth=1,
    faint=(),
    limits=None,
    unnamed="",
):
    """Draw the loss of one or several runs on a log axis.

    The first point is step (or epoch) 1. One point stands for ``steps_per_point`` steps:
    100 puts the loss by epoch on an axis of steps. ``smooth`` draws the average of as
    many points as a line, over pale dots for the points. ``faint`` names runs to draw
    in grey, for comparison; the axes fit the others. A legend takes up much of a low
    picture, so ``unnamed`` is a run that needs no name beside the others. The legend says
    what a line can't show (0 on a log axis, numbers that aren't finite).
    """
    bright = [name for name in losses if name not in faint]
    framed = [losses[name] for name in bright]  # a faint run may leave the axes
    bottom, top = limits or axes.log_limits(np.concatenate(framed), least=1e-10)
    for name, values in losses.items():
        is_faint = name in faint
        x = steps_per_point * np.arange(1, len(values) + 1)
        heights = axes.within(values, *((0, np.inf) if is_faint else (bottom, top)))
        label = name if smooth == 1 else f"{name}, mean of {smooth}"
        cut = 0 if limits or is_faint else bottom
        label = axes.fitted(ax, label + _what_is_hidden(values, steps_per_point, cut))
        look = style.FAINT if is_faint else style.line_look(bright.index(name))
        _draw_run(ax, x, heights, smooth, label, look)
    last = steps_per_point * max(1, *map(len, framed))
    cut = _where_it_is_cut(framed, bottom, top, limits)
    ax.set(xlim=(0, last * 1.02), xlabel=x_label, ylabel=f"loss{cut}")
    steps = [1, 2, 5, 10]
    most = int(np.clip(axes.size_in_points(ax)[0] / 40, 2, 5))  # so many have room
    ax.xaxis.set_major_locator(ticker.MaxNLocator(most, integer=True, steps=steps))
    handles, labels = ax.get_legend_handles_labels()
    named = [each for each in zip(handles, labels) if each[1] != unnamed]
    if named:
        ax.legend(*zip(*named), loc="upper right")
    rows = sum(label.count("\n") + 1 for _, label in named)
    axes.set_log(ax, bottom, top, rows if limits is None else 0)


def _where_it_is_cut(losses, bottom, top, limits):
    if limits:
        return f", cut at {number(bottom, 0)} and {number(top, 0)}"
    is_above = any(np.any(np.isfinite(run) & (run > top)) for run in losses)
    return f", cut at {number(top, 0)}" if is_above else ""


def _draw_run(ax, x, heights, smooth, label, look):
    every = max(1, len(x) // 8)  # a marker on each point would hide the line
    look = {"zorder": 2, "markersize": 7, "markevery": every, "label": label, **look}
    if smooth == 1:
        # Thousands of single points are a band, of which a thin line shows more.
        ax.plot(x, heights, linewidth=2.2 if len(x) <= 400 else 1.0, **look)
    else:
        # Dots, since a line that jumps between samples would fill the picture.
        dots = {"linestyle": "", "marker": ".", "markersize": 3, "alpha": 0.4}
        ax.plot(x, heights, color=look["color"], markeredgewidth=0, **dots)
        ax.plot(x, _trailing_mean(heights, smooth), linewidth=2.2, **look)


def _trailing_mean(values, window):
    """The mean of each value and those before it, at most ``window`` of them."""
    sums = np.cumsum([0.0, *values])
    end = np.arange(1, len(values) + 1)
    return (sums[end] - sums[np.maximum(end - window, 0)]) / np.minimum(end, window)


def _what_is_hidden(values, steps_per_point, bottom):
    """What the line of a run can't show, for a line below its name."""
    if len(values) == 0:
        return "\nended before its first point"
    text, low = "", values[values < bottom]
    if (bad := np.flatnonzero(~np.isfinite(values))).size:
        text += f"\nnot finite from {steps_per_point * (bad[0] + 1)}"
    if low.size:
        what = f"losses below {bottom:.0e} are" if low.any() else "a loss of 0 is"
        text += f"\n({what} at the bottom)"
    return text


def rounded(loss) -> str:
    """A loss for words, so that every NumPy and processor says the same."""
    if loss < 1e-4:
        return "below 0.0001"
    return f"{loss:.4f}" if loss < 1e4 else f"{loss:.2e}"


def mark_loss(ax, values, step, steps_per_point, limits):
    """Draw a line at the step, and a dot on the point that the step belongs to.

    Step 0 is before the first point.
    """
    ax.axvline(step, color="black", linewidth=1.2, linestyle=":")
    title = f"step {step}" if step else "before the first step"
    index = -(-step // steps_per_point) - 1
    if 0 <= index < len(values) and np.isfinite(values[index]):
        x, height = steps_per_point * (index + 1), np.clip(values[index], *limits)
        look = {"markerfacecolor": "white", "markeredgewidth": 2.5, "clip_on": False}
        ax.plot([x], [height], "o", color="black", markersize=10, zorder=5, **look)
        title += f": loss {rounded(values[index])}"
    ax.set_title(title)


def bands(losses) -> Picture:
    """The loss by epoch of many networks, as bands: {name: (epochs, S)}, a plot each."""
    quantiles = {name: loss_quantiles(values) for name, values in losses.items()}
    size = (8, 4) if len(losses) == 1 else (12.4, 4)
    return in_row(_draw_bands, quantiles, _describe_bands(quantiles), size)


def loss_quantiles(losses):
    """The quantiles 5, 25, 50, 75, 95 % of losses (epochs, S) by epoch: (5, epochs)."""
    losses = np.where(np.isfinite(losses), losses, np.inf)  # those that diverged
    levels = (0.05, 0.25, 0.5, 0.75, 0.95)
    return np.quantile(losses, levels, axis=1, method="higher")


def _draw_bands(ax, quantiles):
    """The median, the middle half and the middle 90 %."""
    epochs = np.arange(1, quantiles.shape[1] + 1)
    q = np.clip(quantiles, 1e-12, 1e6)  # lower is rounding; higher is out of sight
    for low, high, alpha, label in ((0, 4, 0.2, "90 %"), (1, 3, 0.5, "half")):
        look = {"color": style.POSITIVE, "alpha": alpha, "label": f"middle {label}"}
        ax.fill_between(epochs, q[low], q[high], **look)
    ax.plot(epochs, q[2], color="black", label="median")
    axes.set_log(ax, 1e-12, 10)
    ax.xaxis.set_major_locator(ticker.MaxNLocator(5, integer=True))
    ax.set(xlabel="epoch of 100 steps", ylabel="loss")
    ax.legend(loc="lower left")


def _describe_bands(quantiles):
    """The quantiles of the first and the last epoch, {name: (5, epochs)}, in words."""
    parts = []
    for name, q in quantiles.items():
        part = f"{name}: {_in_hundredths(q[:, 0])}; then {_in_hundredths(q[:, -1])}"
        for i, word in ((2, "median"), (4, "95 %")):
            high = np.flatnonzero(q[i] >= 0.001)  # the epochs before it is low
            start = high[-1] + 2 if high.size else 1
            if start <= q.shape[1]:
                part += f"; {word} below 0.001 from epoch {start} on"
        parts.append(part)
    levels = "the quantiles 5, 25, 50, 75 and 95 % of the first and the last epoch"
    return f"Loss by epoch as bands; {levels}. {'. '.join(parts)}."


def _in_hundredths(values):
    """Even ones, as on another computer a few of a thousand networks end differently."""
    return ", ".join(
        "below 0.001" if value < 0.001 else plain(np.round(50 * value) / 50)
        for value in values
    )
