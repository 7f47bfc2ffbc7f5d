"""The free goal: spirals below 0.05 with the fewest weights, and the learner's own best."""

import html

import numpy as np

import mlp_core as mlp
from course import record
from course.playground import twin
from course.words import counted

LESSON, NAME = "playground", "spirals"
DATA = {"data": "spirals", "noise": 0, "test": 0.3, "data_seed": 1}  # all else is free
BELOW = 0.05
PLAYS = "It is still playing. Press Pause, then run this cell again."
HEAD = (
    "weights",
    "test loss",
    "hidden layers",
    "inputs",
    "steps",
    "seed",
    "line that makes it again",
)


class Entered:
    """What was entered, in words, and the table of the best."""

    def __init__(self, words, rows):
        self.words = words
        self.table = [HEAD, *([*map(_cell, row.values())] for row in rows)]

    def __repr__(self):
        widths = [max(map(len, column)) for column in zip(*self.table)]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in self.table]
        return "\n".join([self.words, *(lines if lines[1:] else [])])

    def _repr_html_(self):
        words = f"<p>{html.escape(self.words)}</p>"
        head, *rows = (map(html.escape, row) for row in self.table)
        if not rows:
            return words
        lines = [f"<tr><th>{'</th><th>'.join(head)}</th></tr>"]
        for *cells, code in rows:
            cells.append(f'<code style="display:block;text-align:left">{code}</code>')
            lines.append(f"<tr><td>{'</td><td>'.join(cells)}</td></tr>")
        return f"{words}<table><caption>Your best</caption>{''.join(lines)}</table>"


def _cell(value):
    return twin.digits(value) if isinstance(value, float) else str(value)


def enter(play) -> Entered:
    """Enter the network that a playground shows now; the best of each size is kept.

    The loss is computed here, from its layers and the goal's test data.
    """
    odd = [
        f"{twin.SPEC[name].get('label', name)} to {value} (now {getattr(play, name)})"
        for name, value in DATA.items()
        if getattr(play, name) != value
    ]
    if odd:
        words = (
            f"These aren't the data of this goal. On the page, set {', '.join(odd)}."
        )
    elif play.now.get("playing"):  # the page tells late: another network than is seen
        words = PLAYS
    else:
        words = _judge(play)
    return Entered(words, best())


def best() -> list:
    """The rows of the learner's own best."""
    return record.best(LESSON).get(NAME, [])


def _judge(play) -> str:
    row = row_of(play)
    weights, loss = row["weights"], row["loss"]
    said = f"Test loss {_cell(loss)} with {counted(weights, 'weight')}"
    if not loss < BELOW:  # also if it is no number
        return f"{said}: not below {BELOW} yet."
    record.add_best(LESSON, NAME, row)
    if row in best():
        return f"{said}: row {best().index(row) + 1} of your best."
    return f"{said}: below {BELOW}, but you have had better."


def row_of(play) -> dict:
    """What the table says of the network that a playground shows."""
    [_, (_, X, Y)] = twin.make_data(twin.whole(DATA))
    params, inputs = play.params, play.features
    with np.errstate(all="ignore"):  # its numbers may be about to explode
        X = twin.features_of(inputs, X)
        loss = mlp.loss(mlp.forward(params, X, play.activation)[0], Y)
    return {
        "weights": sum(W.size for W, _ in params),
        "loss": loss,
        "hidden": ", ".join(map(str, play.hidden)) or "none",
        "inputs": ", ".join(inputs),
        "steps": play.step,
        "seed": play.seed,
        "line": repr(play),
    }
