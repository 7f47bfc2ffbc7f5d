"""The bug lab: a panel that shows the map of an unnamed bug and takes guesses."""

from typing import ClassVar

import ipywidgets as widgets
import numpy as np

import mlp_core as mlp
from course import checks
from course.lessons.bug_lab.bugs import (
    ACTIVATIONS,
    BUGS,
    CALLS_BEFORE,
    NETWORKS,
    SIZES,
    difference,
    fingerprint,
    signature,
)
from course.panels.controls import Choice
from course.panels.panel import Panel, button, row, status_html
from course.panels.view import Cell, View
from course.pictures.gradient_checks import describe_gradient_check, draw_gradient_check


class SignatureView(View):
    """The map of one gradient check."""

    size = (1000, 320)  # with the row of the guess it still fits at 1280 x 720
    cells: ClassVar = {"check": Cell(0, 0, 1000, 320, (10, 8, 10, 34))}

    def draw(self, found):
        self.paint("check", id(found), draw_gradient_check, found, digits=2)

    def line(self, found):
        return describe_gradient_check(found)

    def alt(self, found):
        return f"Gradient check. {describe_gradient_check(found)}"

    def table(self, found):
        rows = []
        for name, *columns, _ in found:
            columns = [np.atleast_2d(column) for column in columns]  # b as one row
            for index in np.ndindex(columns[0].shape):
                rows.append((name, *index, *(column[index] for column in columns)))
        names = "array", "row", "column", "analytic", "numeric", "error", "kink"
        return names, rows


class BugLab(Panel):
    """A panel that plants a bug, shows its signature and takes guesses.

    Each new bug is shown on another network and other batches (``drawn``, the `draw` of
    `signature`), so that its map must be read and can't be remembered. ``found`` are the
    bugs that have been named.
    """

    savers = ("png", "svg", "csv")  # the networks are those of `case`

    def __init__(self, seed, number, work):
        self._rng = np.random.default_rng(seed)
        self.bug, self.found, self._to_come = None, set(), []
        for _ in range(number + 1):
            self._plant_bug()
        names = {"choose": None, **{name: name for name in BUGS}}
        self.guess = Choice("the bug is", names, None, 19)
        self.feedback = widgets.HTML()
        view, fixed = SignatureView(), {"seed": seed, "number": number}
        super().__init__("bug_lab", self._compute_signature, view, work, {}, fixed)
        self._first = {name: control.value for name, control in work.items()}
        self.show_feedback(
            "Which bug is it? Read the map, change a setting, then name it."
        )

    def _plant_bug(self):
        """Take the next of the eight, in an order that is shuffled again at its end."""
        if not self._to_come:
            self._to_come = list(self._rng.permutation(list(BUGS)))
            if self._to_come[0] == self.bug:  # not the same bug twice in a row
                self._to_come.reverse()
        self.bug = str(self._to_come.pop(0))
        self.drawn = int(self._rng.integers(10**6))
        while fingerprint(self.bug, self.drawn) != fingerprint(self.bug):
            self.drawn = int(self._rng.integers(10**6))  # not all draws show the bug

    def _compute_signature(self, **settings):
        return signature(self.bug, draw=self.drawn, **settings)

    @property
    def code(self) -> str:
        return super().code.removeprefix("panels.")

    def rows(self):
        settings = row(control.widget for control in self.controls.values())
        check = button(self, "That is it", self.check_guess)
        another = button(self, "New bug", self.new_bug)
        game = row([self.guess.widget, check, another])
        shown = [self.picture, self.status, self.busy]
        return [settings, *shown, game, self.feedback, self.tools]

    def show_feedback(self, message):
        """Fill the line below the buttons."""
        self.feedback.value = status_html(message, height=66)

    def check_guess(self):
        """Say whether the chosen bug is the planted one, and if not, why."""
        name = self.guess.value
        if name is None:
            return self.show_feedback("Choose one of the eight bugs in the menu first.")
        if name == self.bug:
            self.found.add(name)
            return self.show_feedback(
                f"Yes: '{name}'. {BUGS[name].mark} Found so far: {len(self.found)} of "
                f"{len(BUGS)}. In its code: {BUGS[name].line}"
            )
        settings = {key: control.value for key, control in self.work.items()}
        guessed = signature(name, draw=self.drawn, **settings)
        reason = difference(self.data, guessed) or (
            "At these settings it would look just the same: change one of them."
        )
        self.show_feedback(f"Not '{name}'. {reason} {BUGS[name].mark}")

    def new_bug(self):
        """Plant another bug, and go back to the first settings."""
        self._plant_bug()
        self.fixed["number"] += 1
        self.guess.set(None)
        for name, control in self.work.items():
            control.set(self._first[name], notify=False)
        self.recompute()
        self.show_feedback(
            "Another bug, on another network, at the first settings. Which one is it?"
        )


def bug_lab(
    seed=0,
    activation="leaky -0.2",
    batch_size=3,
    sizes=mlp.ORIGINAL_SIZES,
    learning_rate=0.2,
    before="other batch",
    network="A",
    number=0,
) -> BugLab:
    """Show the signature of an unnamed bug, and let the reader name it.

    ``seed`` says in which order the eight bugs come, and on which networks; ``number``
    with which of them it begins. The others
    are the settings of `signature`: experiments that tell bugs apart.
    """
    seed, number = checks.whole("seed", seed), checks.whole("number", number, 0, 1000)
    shapes = {"-".join(map(str, shape)): shape for shape in SIZES}
    rates = sorted({0.02, 0.2, 1.0, checks.positive("learning_rate", learning_rate)})
    work = {
        "activation": Choice("activation", list(ACTIVATIONS), activation, 13),
        "batch_size": Choice("batch size", [1, 2, 3, 4, 5], batch_size, 6),
        "sizes": Choice("sizes", shapes, checks.sizes("sizes", sizes), 13),
        "learning_rate": Choice("learning rate", rates, float(learning_rate), 9),
        "before": Choice("call before", list(CALLS_BEFORE), before, 13),
        "network": Choice("network", list(NETWORKS), network, 6),
    }
    return BugLab(seed, number, work)
