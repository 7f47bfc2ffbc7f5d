"""Pictures of what a class guessed, beside what came out."""

import textwrap

import numpy as np

from course.pictures import axes
from course.pictures.style import NEUTRAL, STYLE, Picture, bar_look, line_look


def guessed_options(rounds, options, right) -> Picture:
    """Bars of what was chosen: {round: {letter: count}}, {letter: text}, the right letter."""

    def draw(ax):
        height = 0.8 / len(rounds)
        for i, (name, votes) in enumerate(rounds.items()):
            places = np.arange(len(options)) + (i - (len(rounds) - 1) / 2) * height
            counts = [votes.get(letter, 0) for letter in options]
            bars = ax.barh(places, counts, height, label=name, **bar_look(i))
            ax.bar_label(bars, padding=4, fontsize=STYLE["xtick.labelsize"])
        marks = {k: f"✓ {k}" if k == right else k for k in options}
        texts = [f"{marks[k]}. {text}".replace("`", "") for k, text in options.items()]
        ax.set_yticks(range(len(texts)), [textwrap.fill(text, 40) for text in texts])
        ax.get_yticklabels()[list(options).index(right)].set_fontweight("bold")
        ax.set(ylim=(len(texts) - 0.5, -0.5), xticks=[], xlabel="how many said so")
        ax.margins(x=0.1)
        if len(rounds) > 1:
            ax.legend(ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1))

    return Picture(draw, f"{_in_words(rounds)}. {right} is right.", (10, 3.3))


def guessed_numbers(rounds, result, tolerance, unit="") -> Picture:
    """Dots for what was said: {round: {number: count}}; a dashed line at what came out.

    A grey band covers the guesses that count as right. Those far off are drawn at the
    edge.
    """
    every = np.concatenate([_each(votes) for votes in rounds.values()])
    away = np.abs(every - result)
    reach = max(3 * np.quantile(away, 0.75), 1.5 * tolerance, 1e-9)
    off, is_seen = int(np.sum(away > reach)), bool(tolerance > reach / 50)
    beside = "; grey: near enough" * is_seen
    beside += f"; {off} at the edge: farther off" * (off > 0)

    def draw(ax):
        bases = range(len(rounds) - 1, -1, -1)  # the first round on top
        for i, (base, votes) in enumerate(zip(bases, rounds.values())):
            xs = np.clip([*votes], result - reach, result + reach)
            _draw_stacks(ax, base, list(zip(xs, votes.values())), line_look(i))
            ax.axhline(base - 0.07, color=NEUTRAL, linewidth=1)
        ax.axvspan(result - tolerance, result + tolerance, color="#E4E4E4", zorder=0)
        ax.axvline(result, color="black", linestyle="--")
        ax.set_title(f"dashed: it is {result:.3g}{unit}{beside}")
        ax.set_yticks([base + 0.3 for base in bases], list(rounds))
        ax.tick_params(axis="y", length=0)
        label = f"what was said{unit and ', in' + unit}"
        edges = result - 1.1 * reach, result + 1.1 * reach
        ax.set(xlim=edges, ylim=(-0.15, len(rounds)), xlabel=label)

    words = f"{_in_words(rounds, unit)}. It is {result:.3g}{unit}."
    return Picture(draw, words, (10, 1.6 + 0.9 * len(rounds)))


def _each(votes):
    """A number for each person who said it: {number: count} -> (n,)."""
    return np.repeat([*votes], [*votes.values()])


def _draw_stacks(ax, base, stacks, look):
    """A column of dots for each (number, count), and the count above more than one."""
    step = 0.7 / max([8, *(count for _, count in stacks)])
    xs = [number for number, count in stacks for _ in range(count)]
    ups = [step * up for _, count in stacks for up in range(count)]
    look = {**look, "linestyle": "", "markersize": 8, "alpha": 0.8}
    ax.plot(xs, base + np.array(ups), **look)
    for number, count in stacks:
        if count > 1:
            axes.write(ax, number, base + step * count + 0.02, str(count), va="bottom")


def _in_words(rounds, unit=""):
    """'The class: 3 said 80, 1 said 90; after a discussion: ...'."""
    parts = []
    for name, votes in rounds.items():
        written = [a if isinstance(a, str) else f"{a:g}" for a in votes]
        said = [f"{n} said {a}{unit}" for a, n in zip(written, votes.values())]
        parts.append(f"{name}: {', '.join(said)}")
    words = "; ".join(parts)
    return words[0].upper() + words[1:]
