"""Pictures of experiments with many seeds: success rates, fates, and maps."""

import numpy as np

from course import checks
from course.experiments import FATES, wilson_interval
from course.pictures import axes
from course.pictures.style import POSITIVE, STYLE, Picture, bar_look, guessed, in_row


def success(rates, size=(8, 4), rough=0, guess=()) -> Picture:
    """Success rates with their 95 % intervals: {name: (successes, trials)}.

    Where rounding errors decide how some runs end, words round to ``rough`` points. A
    ``guess`` is a row's name, or the name and both ends in percent.
    """
    words = [_in_words(*pair, rough) for pair in rates.values()]

    def draw(ax):
        _draw_rates(ax, list(rates.values()))
        for i, (successes, trials) in enumerate(rates.values()):
            text = words[i] if rough else f"{successes} of {trials}: {words[i]}"
            _write_beside(ax, i, wilson_interval(successes, trials), text)
            ax.axhline(i, color="#D9D9D9", linewidth=1, zorder=0)
        names = [f"your guess: {row}" if [row] == [*guess] else row for row in rates]
        ax.set_yticks(range(len(rates)), names)
        if guess[1:]:
            _draw_guess(ax, list(rates).index(guess[0]), guess[1:])
        ax.set_xlabel("success rate in %, with its 95 % interval")

    parts = "; ".join(f"{name}: {text}" for name, text in zip(rates, words))
    alt = f"Success rates with 95 % intervals. {parts}.{guessed(guess)}"
    return Picture(draw, alt, size)


def _write_beside(ax, i, interval, text):
    """Write into row ``i``, on the side of the interval where there is room."""
    low, high = 100 * np.array(interval)
    x, way, side = (high, 1, "left") if low + high < 100 else (low, -1, "right")
    place = {"xytext": (12 * way, 0), "textcoords": "offset points", "ha": side}
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    size = STYLE["xtick.labelsize"]
    ax.annotate(text, (x, i), va="center", fontsize=size, bbox=box, **place)


def _draw_guess(ax, i, percent):
    """A dotted line below row ``i`` from end to end, and the words beside it."""
    ends = [min(percent), max(percent)]
    ax.plot(ends, [i + 0.3] * 2, "k|:", markersize=12, markeredgewidth=2)
    x, side = (ends[1] + 2, "left") if ends[1] < 75 else (ends[0] - 2, "right")
    ax.text(x, i + 0.3, "your guess", ha=side, va="center", fontweight="bold")


def _draw_rates(ax, rates):
    """A row for each (successes, trials): its interval, and a diamond at the rate."""
    for i, (successes, trials) in enumerate(rates):
        low, high = wilson_interval(successes, trials)
        look = {"linewidth": 5, "alpha": 0.6, "solid_capstyle": "butt"}
        ax.plot([100 * low, 100 * high], [i, i], color=POSITIVE, **look)
        ax.plot([100 * successes / trials], [i], "D", color="black", markersize=9)
    ax.set(xticks=range(0, 101, 20), ylim=(len(rates) - 0.5, -0.75))
    ax.set_xlim(-2, 102)  # room for the diamonds at both ends


def _in_words(successes, trials, rough):
    low, high = wilson_interval(successes, trials)
    if rough:
        return f"about {rough * round(100 * successes / trials / rough)} %"
    digits = 1 if successes in (0, trials) else 0  # '0 to 0 %' would hide the end
    interval = f"{100 * low:.{digits}f} to {100 * high:.{digits}f} %"
    return f"{100 * successes / trials:.0f} % ({interval})"


def groups(success, guess=()) -> Picture:
    """Ten groups of 10 and of 100 seeds, with rates and intervals: success (S,).

    A ``guess`` for the groups of 10: the lowest and the highest rate in percent.
    """
    truth, shown, parts = 100 * np.mean(success), {}, []
    for size in (10, 100):
        counts = np.reshape(success[: 10 * size], (10, size)).sum(axis=1)
        title = f"10 groups of {size} seeds"
        shown[title] = counts, size
        # To 5 points: rounding errors decide how some runs end.
        low, high = (5 * round(20 * k / size) for k in (counts.min(), counts.max()))
        width = np.mean([np.ptp(wilson_interval(count, size)) for count in counts])
        parts.append(
            f"{title} have rates from about {low} to {high} % and intervals about "
            f"{10 * width:.0f}0 points wide"
        )
    bars = [(int(count), size) for counts, size in shown.values() for count in counts]
    misses = sum(_misses(truth, *bar) for bar in bars)
    line = f"The rate of all is {truth:.0f} %; bars that miss it: {misses}"
    alt = f"{'; '.join(parts)}. {line} of {len(bars)}.{guessed(guess)}"

    def draw(ax, pair):
        _draw_groups(ax, *pair, truth, guess if pair[1] == 10 else ())

    return in_row(draw, shown, alt, (11, 4))


def _misses(truth, successes, trials):
    low, high = wilson_interval(successes, trials)
    return not 100 * low <= truth <= 100 * high


def _draw_groups(ax, counts, size, truth, guess):
    """The rates of groups of seeds, and that of all seeds as a dashed line."""
    _draw_rates(ax, [(count, size) for count in counts])
    ax.axvline(truth, color="black", linestyle="--", linewidth=1.2)
    for i, count in enumerate(counts):
        if _misses(truth, count, size):  # said, since half a point can't be seen
            low, high = 100 * np.array(wilson_interval(count, size))
            place = {"ha": "right", "x": low - 1} if high > 85 else {"x": high + 1}
            ax.text(y=i, s="misses", va="center", fontweight="bold", **place)
    for place in guess:  # broad, so that it is seen beside the dashed line
        ax.axvline(place, color="#BDBDBD", linewidth=9, zorder=0)
    if guess:
        look = {"ha": "right" if max(guess) > 85 else "left", "fontweight": "bold"}
        ax.text(max(guess) + 1, -0.72, " your \n guess ", va="top", **look)
    ax.set(yticks=[], xlabel="success rate in %")


def fates(shares, size=(10, 3.1)) -> Picture:
    """How the networks of several sweeps ended: {name: share of each of `FATES`}."""

    def draw(ax):
        left = np.zeros(len(shares))
        for i, fate in enumerate(FATES):
            widths = np.array([100 * share[i] for share in shares.values()])
            ax.barh(list(shares), widths, left=left, label=fate, **bar_look(i))
            left += widths
        ax.set(xlim=(0, 100), xlabel="networks, in %")
        ax.invert_yaxis()
        wide = axes.size_in_points(ax)[0] > 600  # else they take two rows
        columns = len(FATES) if wide else -(-len(FATES) // 2)
        ax.legend(ncols=columns, loc="lower center", bbox_to_anchor=(0.5, 1))

    parts = []
    for name, (solved, *others) in shares.items():
        failure = FATES[1 + int(np.argmax(others))]
        most = f", most frequent failure: {failure}" if any(others) else ""
        parts.append(f"{name}: solved {100 * solved:.0f} %{most}")
    return Picture(draw, f"How the networks ended. {'; '.join(parts)}.", size)


def success_map(share, alphas, rates, size=(8, 4.4)) -> Picture:
    """The share of solved networks (alphas, rates) as a map: alphas up, rates across."""
    share = checks.array("share", share)
    if share.shape != (len(alphas), len(rates)):
        raise ValueError(f"share is {share.shape}, not {(len(alphas), len(rates))}")

    def draw(ax):
        look = {"cmap": "Blues", "vmin": 0, "vmax": 100, "aspect": "auto"}
        image = ax.imshow(100 * share, origin="lower", **look)
        for (i, j), value in np.ndenumerate(share):
            look = {"color": "white" if value > 0.72 else "black", "fontsize": 12}
            axes.write(ax, j, i, f"{100 * value:.0f}", **look)
        ax.set_xticks(range(len(rates)), rates)
        ax.set_yticks(range(len(alphas)), alphas)
        ax.set(xlabel="learning rate", ylabel="alpha")
        ax.figure.colorbar(image, ax=ax, label="solved, in %")

    parts = []
    for alpha, row in zip(alphas, share):
        good = [rate for rate, value in zip(rates, row) if value >= 0.8]
        parts.append(f"alpha {alpha}: {f'{good[0]} to {good[-1]}' if good else 'none'}")
    where = "Learning rates at which at least 80 % are solved"
    alt = f"Map of success by alpha and learning rate. {where}: {'; '.join(parts)}."
    return Picture(draw, alt, size)
