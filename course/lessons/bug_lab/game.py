"""The bug lab: a panel that shows the map of an unnamed bug and takes guesses."""

from typing import ClassVar

import ipywidgets as widgets
import numpy as np

from course import checks
from course.lessons.bug_lab.bugs import BUGS, difference, signature
from course.lessons.bug_lab.puzzles import LEVELS, MENUS, lookalikes, puzzle
from course.panels.controls import Choice
from course.panels.panel import Panel, button, status_html, values
from course.panels.view import Cell, View
from course.pictures.gradient_checks import describe_gradient_check, draw_gradient_check


class SignatureView(View):
    """The map of one gradient check."""

    size = (1000, 320)  # with the row of the guess it still fits at 1280 x 720
    cells: ClassVar = {"check": Cell(0, 0, 1000, 320, (10, 8, 10, 34))}

    def draw(self, found, look):
        self.paint("check", id(found), draw_gradient_check, found, digits=2)

    def line(self, found, look):
        return describe_gradient_check(found)

    def alt(self, found, look):
        return f"Gradient check. {describe_gradient_check(found)}"

    def table(self, found, look):
        rows = []
        for name, *columns, _ in found:
            columns = [np.atleast_2d(column) for column in columns]  # b as one row
            for index in np.ndindex(columns[0].shape):
                rows.append((name, *index, *(column[index] for column in columns)))
        names = "array", "row", "column", "analytic", "numeric", "error", "kink"
        return names, rows


class BugLab(Panel):
    """A panel that plants a bug, shows its signature and takes guesses.

    Each bug comes as a `Puzzle`: on a network and at first settings of its own, so that
    its map must be read and can't be remembered. ``changed`` are settings that differ
    from the first ones. ``found`` are the bugs that have been named.
    """

    layout = ("level work", "picture", "status", "busy", "game", "feedback", "tools")
    savers = ("png", "svg", "csv")  # the networks are those of `case`
    module = ""

    def __init__(self, seed, level, number, changed):
        self.found, self.is_named = set(), False
        self.level = Choice("level", LEVELS, 20)
        self.level.set(level)
        self.puzzle = puzzle(seed, level, number)
        given = {**self.puzzle.settings, **changed}
        names = {"choose": None, **{name: name for name in BUGS}}
        self.guess = Choice("the bug is", names, 19)
        check = button(self, "That is it", self.check_guess)
        first = button(self, "First map", self.go_back)
        another = button(self, "New bug", self.new_bug)
        self.game = [self.guess.widget, check, first, another]
        self.feedback = widgets.HTML()
        fixed = {"seed": seed, "level": level, "number": number}
        compute, view, work = self._compute_signature, SignatureView(), _controls()
        super().__init__("bug_lab", given, compute, view, work, {}, fixed)
        self.level.connect(self.handle, lambda: self.plant(self.level.value, 0))

    @property
    def bug(self):
        return self.puzzle.bug

    def _compute_signature(self, **settings):
        return signature(self.bug, draw=self.puzzle.draw, **settings)

    def set_data(self, data):
        """Show a new map. What was said of the one before would be stale."""
        super().set_data(data)
        self.show_feedback(self._task())

    def _task(self):
        if self.is_named:
            return f"It is '{self.bug}'. Watch its map at other settings, or go on."
        if self.fixed["level"] == 1:
            return (
                "Which bug is it? Read the map from the last layer on. To be sure, "
                "change a setting; then name the bug."
            )
        others = _have(lookalikes(*self.puzzle))
        return (
            f"Which bug is it? At its first settings {others} the same pattern: the same "
            "arrays are wrong, by the same factor or by none. One or two changed "
            "settings tell them apart; then name the bug."
        )

    def show_feedback(self, message):
        """Fill the line below the buttons."""
        self.feedback.value = status_html(message, lines=3)

    def check_guess(self):
        """Say whether the chosen bug is the planted one, and if not, why."""
        name = self.guess.value
        if name is None:
            return self.show_feedback("Choose one of the eight bugs in the menu first.")
        if name == self.bug:
            return self.show_feedback(self._praise())
        settings = values(self.work)
        guessed = signature(name, draw=self.puzzle.draw, **settings)
        reason = difference(self.data, guessed) or (
            "At these settings it would look just the same: change one of them."
        )
        self.show_feedback(f"Not '{name}'. {reason} {BUGS[name].mark}")

    def _praise(self):
        self.found.add(self.bug)
        self.is_named = True
        bug, settings = BUGS[self.bug], values(self.work)
        others = lookalikes(self.bug, self.puzzle.draw, settings)
        has = f"(Here {_have(others)} the same pattern: did another setting tell you?)"
        return (
            f"Yes: '{self.bug}'. {f'{has} ' if others else ''}{bug.mark} Found so far: "
            f"{len(self.found)} of {len(BUGS)}. In its code, {bug.where}: {bug.line}"
        )

    def go_back(self):
        """Go back to the first settings."""
        for name, value in self.puzzle.settings.items():
            self.work[name].set(value, notify=False)
        self._settings_of_data = None  # the same settings may be those of another bug
        self.update()

    def new_bug(self):
        """Plant the next bug."""
        self.plant(self.level.value, self.fixed["number"] + 1)

    def plant(self, level, number):
        """Plant a bug, and show it at its first settings."""
        if level != self.fixed["level"]:
            self.found.clear()
        self.fixed |= {"level": level, "number": number}
        self.puzzle, self.is_named = puzzle(**self.fixed), False
        self.guess.set(None)
        self.go_back()
        self.show_feedback(f"A new bug, on a new network. {self._task()}")


def _have(others):
    count = len(others)
    return "one other bug has" if count == 1 else f"{count} other bugs have"


def _controls():
    """The experiments: a menu for each setting."""
    shapes = {"-".join(map(str, shape)): shape for shape in MENUS["sizes"]}
    return {
        "activation": Choice("activation", MENUS["activation"], 13),
        "batch_size": Choice("batch size", MENUS["batch_size"], 6),
        "sizes": Choice("sizes", shapes, 13),
        "learning_rate": Choice("learning rate", MENUS["learning_rate"], 9),
        "before": Choice("call before", MENUS["before"], 13),
        "last_z": Choice("last z", MENUS["last_z"], 11),
    }


def bug_lab(
    seed=0,
    level=1,
    number=0,
    activation=None,
    batch_size=None,
    sizes=None,
    learning_rate=None,
    before=None,
    last_z=None,
) -> BugLab:
    """Show the signature of an unnamed bug, and let the reader name it.

    ``seed`` says in which order the eight bugs come, ``number`` with which of them it
    begins. At ``level`` 1 its first map is like no other bug's; at level 2 other bugs
    have the same pattern. The others are the settings of `signature`, experiments that tell
    bugs apart; each bug comes with first settings of its own.
    """
    seed, number = checks.whole("seed", seed), checks.whole("number", number, 0, 1000)
    level = checks.one_of("level", level, list(LEVELS.values()))
    sizes = sizes if sizes is None else checks.sizes("sizes", sizes)
    settings = activation, batch_size, sizes, learning_rate, before, last_z
    changed = {name: value for name, value in zip(MENUS, settings) if value is not None}
    return BugLab(seed, level, number, changed)
