"""Pictures of what a class guessed, beside what came out."""

import textwrap

import numpy as np

from course.pictures.style import NEUTRAL, STYLE, Picture, bar_look, line_look


def guessed_options(rounds, options, right) -> Picture:
    """Bars of what was chosen: {round: {letter: count}}, {letter: text}, the right letter."""

    def draw(ax):
        height = 0.8 / len(rounds)
        for i, (name, votes) in enumerate(rounds.items()):
            places = np.arange(len(options)) + (i - (len(rounds) - 1) / 2) * height
            color, hatch = bar_look(i)
            look = {"color": color, "hatch": hatch, "edgecolor": "white", "label": name}
            bars = ax.barh(places, [votes.get(k, 0) for k in options], height, **look)
            ax.bar_label(bars, padding=4, fontsize=STYLE["xtick.labelsize"])
        marks = {k: f"✓ {k}" if k == right else k for k in options}
        texts = [f"{marks[k]}. {text}".replace("`", "") for k, text in options.items()]
        ax.set_yticks(range(len(texts)), [textwrap.fill(text, 40) for text in texts])
        ax.get_yticklabels()[list(options).index(right)].set_fontweight("bold")
        ax.set(ylim=(len(texts) - 0.5, -0.5), xticks=[], xlabel="how many said so")
        ax.margins(x=0.1)
        if len(rounds) > 1:
            ax.legend(ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1))

    return Picture(draw, f"{_in_words(rounds)}. Right is {right}.", (10, 4))


def guessed_numbers(rounds, result, unit="") -> Picture:
    """Dots for what was said: {round: {number: count}}; a dashed line at what came out."""

    def draw(ax):
        highest = max([8, *(max(votes.values()) for votes in rounds.values())])
        bases = range(len(rounds) - 1, -1, -1)  # the first round on top
        for i, (base, votes) in enumerate(zip(bases, rounds.values())):
            xs = [number for number, count in votes.items() for _ in range(count)]
            ups = [up for count in votes.values() for up in range(count)]
            look = {**line_look(i), "linestyle": "", "markersize": 9, "alpha": 0.8}
            ax.plot(xs, base + 0.8 * np.array(ups) / highest, **look)
            ax.axhline(base - 0.07, color=NEUTRAL, linewidth=1)
        ax.axvline(result, color="black", linestyle="--")
        ax.set_title(f"dashed: it is {result:.3g}{unit}")
        ax.set_yticks([base + 0.3 for base in bases], list(rounds))
        ax.tick_params(axis="y", length=0)
        ax.set(
            ylim=(-0.15, len(rounds)), xlabel=f"what was said{unit and ', in' + unit}"
        )

    words = f"{_in_words(rounds, unit)}. It is {result:.3g}{unit}."
    return Picture(draw, words, (10, 1.8 + 1.2 * len(rounds)))


def _in_words(rounds, unit=""):
    """'The class: 3 said 80, 1 said 90; after a discussion: ...'."""
    parts = []
    for name, votes in rounds.items():
        pairs = (
            answer if isinstance(answer, str) else f"{answer:g}" for answer in votes
        )
        said = (f"{n} said {answer}{unit}" for answer, n in zip(pairs, votes.values()))
        parts.append(f"{name}: {', '.join(said)}")
    words = "; ".join(parts)
    return words[0].upper() + words[1:]
