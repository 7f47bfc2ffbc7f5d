"""The bug lab: a panel that shows the map of an unnamed bug and takes guesses."""

import html
import re

import ipywidgets as widgets

from course import checks, record
from course.experiments import wrong_names
from course.lessons.bug_lab import planting
from course.lessons.bug_lab.bugs import BUGS, difference, signature
from course.lessons.bug_lab.puzzles import (
    CHANGES,
    LEVELS,
    MENUS,
    SUSPECTS,
    lookalikes,
    nearest,
    next_number,
    puzzle,
)
from course.panels.controls import Choice
from course.panels.panel import Panel, button, status_html, values
from course.panels.view import Cell, View
from course.pictures.gradient_checks import describe_gradient_check, draw_gradient_check
from course.words import counted

ENDS = {  # as many bugs are asked for, and then all: the applause
    4: ("four", "If you have time, go on to all eight."),
    8: ("all eight", "You can now tell from a map which line to fix."),
}
PLAIN = "white-space:pre-wrap;margin:0;line-height:1.35"
WIDTH = {False: 1000, True: 640}  # of the map, alone and beside the code
LEFT = (  # the changes of settings that are left, in words
    "You have no change left: name the bug from what you have seen.",
    "You have one change left.",
    "You have two changes left.",
)


class SignatureView(View):
    """The map of one gradient check."""

    def __init__(self, width):
        self.size = width, 320  # with the row of the guess it still fits at 1280 x 720
        self.cells = {"check": Cell(0, 0, *self.size, (10, 8, 10, 34))}
        super().__init__()

    def draw(self, found, look):
        self.paint("check", id(found), draw_gradient_check, found, digits=2)

    def line(self, found, look):
        return describe_gradient_check(found)

    def alt(self, found, look):
        return f"Gradient check. {describe_gradient_check(found)}"


class BugLab(Panel):
    """A panel that plants a bug, shows its signature and takes guesses.

    Each bug comes as a `Puzzle`: on a network and at first settings of its own, so that
    its map must be read and can't be remembered. ``changed`` are settings that differ
    from the first ones. Until the bug is named, `CHANGES` new maps can be looked at;
    ``seen`` are the settings of those that were, which may be looked at again.
    ``found`` has the bugs that have been named in this game, as the record keeps them;
    until all eight are in it, none of them comes again. They are planted in ``mine``, the
    learner's code, which stands beside the map; where it has no place, in the course's.
    """

    layout = ("level work", "picture code_beside", "status", "busy", "game", "feedback")
    layout += ("tools",)
    module = ""

    def __init__(self, seed, level, number, changed):
        self.mine, self.how = planting.bring()
        self.code_beside = widgets.HTML(layout={"flex": "1 1 340px"})
        self.level = Choice("level", LEVELS, 12)
        self.level.set(level)
        fixed = {"seed": seed, "level": level, "number": number}
        self._begin(fixed, changed)
        names = {"choose": None, **{name: name for name in BUGS}}
        self.guess = Choice("the bug is", names, 19)
        check = button(self, "That is it", self.check_guess)
        first = button(self, "First map", self.go_back)
        another = button(self, "New bug", self.new_bug)
        self.game = [self.guess.widget, check, first, another]
        self.feedback = widgets.HTML()
        compute = self._compute_signature
        view = SignatureView(WIDTH[bool(self.mine)])
        work = _controls({**self.puzzle.settings, **changed})
        super().__init__("bug_lab", compute, view, work, {}, fixed)
        self.level.connect(self.handle, lambda: self.plant(self.level.value, 0))
        words = [self._task()]
        if self.found:  # before the kernel was started again
            words.append(self._so_far())
        if self.mine:  # both still fit side by side at 1280 x 720
            self.picture.layout.flex = "3 1 490px"
        else:
            self.code_beside.layout.display = "none"
            words.append(f"{self.how}. Then the bugs are planted in your own code.")
        self.show_feedback(" ".join(words))

    def _begin(self, fixed, changed=None):
        """Plant the bug of these numbers; nothing of it is seen or guessed yet."""
        self.puzzle, self.is_named = puzzle(**fixed), False
        self.planted = self.mine and self.mine.plant(*self.puzzle.suspect)
        self.code_beside.value = self._code_beside()
        self.seen = [self.puzzle.settings]
        if changed:  # whoever wrote the call chose them: they cost nothing
            self.seen.append({**self.puzzle.settings, **changed})
        self.left = CHANGES

    @property
    def key(self):
        """In the record this game is a lesson, a bug an exercise, its changes the code."""
        return "seed {seed}, level {level}".format(**self.fixed)

    @property
    def found(self):
        return record.solved(self.key) & {*BUGS}

    @property
    def bug(self):
        return self.puzzle.suspect.bug

    def _compute_signature(self, **settings):
        bug, layer = self.puzzle.suspect
        if self.planted:
            bug, layer = self.planted.gradient(settings["learning_rate"]), None
        return signature(bug, layer=layer, draw=self.puzzle.draw, **settings)

    def _code_beside(self):
        """The learner's code, with the changed line once the bug is named."""
        if not self.mine:
            return ""
        suspects = SUSPECTS[self.puzzle.level]
        lost = {f"'{each.bug}'": 0 for each in suspects if not self.mine.plant(*each)}
        but = f"; for {', '.join(lost)} it may be the course's code" if lost else ""
        lines = self.mine.lines(self.planted if self.is_named else None)
        code = html.escape("\n".join(lines))
        code = re.sub(r"(?m)^([+-].*)$", r"<b>\1</b>", code)
        return (
            f'<p style="{PLAIN}">Your code from notebook 4. The map is that of a copy with one line '
            f'changed{but}.</p><pre style="{PLAIN};max-height:290px;overflow:auto">{code}</pre>'
        )

    def _update(self):
        settings = values(self.work)
        if not self.is_named and settings not in self.seen:
            if not self.left:
                return self._refuse()
            self.seen.append(settings)
            self.left -= 1
        super()._update()

    def _refuse(self):
        """No change is left: show the settings of the map again."""
        self._set_controls(self._settings_of_data)
        self.show_feedback(
            f"{LEFT[0]} The settings stay as they are. Once the bug is named, change "
            "what you like."
        )

    def set_data(self, data):
        """Show a new map. What was said of the one before would be stale."""
        super().set_data(data)
        self.show_feedback(self._task())

    def _task(self):
        if self.is_named:
            return f"It is '{self.bug}'. Look at its map with other settings, or go on."
        if self.fixed["level"] == 1:
            clue = "Read the map from the last layer to the first."
        else:
            clue = (
                "It may be in one layer only. At its first settings "
                f"{_have(lookalikes(self.puzzle))} the same pattern: the same arrays are "
                "wrong, with the same common factor or none."
            )
        return f"Which bug is it? {clue} {LEFT[self.left]}"

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
        if self.bug not in self.found:
            record.add_try(self.key, self.bug, False, name)
        settings = values(self.work)
        bug, layer = nearest(name, self.puzzle, settings)
        guessed = signature(bug, layer=layer, draw=self.puzzle.draw, **settings)
        reason = difference(self.data, guessed) or (
            "At these settings it would look just the same."
        )
        left = "" if self.is_named else f" {LEFT[self.left]}"
        wrong = self._wrong(" So far {}.") if left else ""
        self.show_feedback(f"Not '{name}'. {reason} {BUGS[name].mark}{wrong}{left}")

    def _wrong(self, words):
        """How many wrong names there were in this game, in some words, or ''."""
        count = sum(record.work(self.key, bug).failed for bug in BUGS)
        return words.format(counted(count, "wrong name")) if count else ""

    def _praise(self):
        bug, layer = self.puzzle.suspect
        is_new = bug not in self.found
        if is_new:
            record.add_try(self.key, bug, True, code=str(CHANGES - self.left))
        self.is_named = True
        self.code_beside.value = self._code_beside()
        step, others = BUGS[bug], lookalikes(self.puzzle, values(self.work))
        has = (
            f"(On this map {_have(others)} the same pattern, so the size of the errors "
            "decides, or another map.) "
        )
        code = f"In the course's code, {step.where}: {step.line}."
        if self.planted:
            code = "The changed line is marked in your code."
        return (
            f"Yes: '{bug}'{'' if layer is None else f', in layer {layer} only'}. "
            f"{has if others and wrong_names(self.data) else ''}{step.mark} "
            f"{code} {self._so_far(is_new)}"
        )

    def _so_far(self, is_new=False):
        """How many bugs are named, and with how many wrong names."""
        works = [record.work(self.key, bug) for bug in self.found]
        count = len(works)
        if not is_new or count not in ENDS:
            most = min(end for end in ENDS if end >= count)
            wrong = self._wrong(", with {} along the way")
            return f"Found so far: {count} of {most}{wrong}."
        first = [work.failed for work in works].count(0)
        changes = sum(int(work.code or 0) for work in works)
        words, then = ENDS[count]
        return (
            f"That makes {words}, {first} of {count} at the first try, with "
            f"{self._wrong('{} and ')}{changes} of {count * CHANGES} changes. "
            f"Well done! {then}"
        )

    def go_back(self):
        """Go back to the first settings."""
        self._set_controls(self.puzzle.settings)
        self._settings_of_data = None  # the same settings may be those of another bug
        self.update()

    def _set_controls(self, settings):
        for name, value in settings.items():
            self.work[name].set(value, notify=False)

    def new_bug(self):
        """Plant the next bug."""
        self.plant(self.level.value, self.fixed["number"] + 1, last=self.bug)

    def plant(self, level, first, last=None):
        """Plant the next bug, as in `next_number`, and show it at its first settings."""
        seed, self.fixed["level"] = self.fixed["seed"], level
        self.fixed["number"] = next_number(seed, level, first, self.found, last)
        self._begin(self.fixed)
        self.guess.set(None)
        self.go_back()
        self.show_feedback(f"A new bug in a new network. {self._task()}")


def _have(others):
    count = len(others)
    return "one other bug has" if count == 1 else f"{count} other bugs have"


def _controls(values):
    """The experiments: a menu for each setting, at its value."""
    shapes = {"-".join(map(str, shape)): shape for shape in MENUS["sizes"]}
    menus = {
        "activation": Choice("activation", MENUS["activation"], 13),
        "batch_size": Choice("batch size", MENUS["batch_size"], 6),
        "sizes": Choice("sizes", shapes, 13),
        "learning_rate": Choice("learning rate", MENUS["learning_rate"], 9),
        "before": Choice("call before", MENUS["before"], 13),
        "last_z": Choice("last z", MENUS["last_z"], 11),
    }
    return {name: menu.at(values[name]) for name, menu in menus.items()}


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
    begins. At ``level`` 1 no other bug has the same errors on its first map; at level 2
    other bugs always have the same pattern. The others are the settings of `signature`,
    experiments that tell bugs apart; each bug comes with first settings of its own.
    """
    seed, number = checks.whole("seed", seed), checks.whole("number", number, 0, 1000)
    level = checks.one_of("level", level, list(LEVELS.values()))
    sizes = sizes if sizes is None else checks.sizes("sizes", sizes)
    settings = activation, batch_size, sizes, learning_rate, before, last_z
    changed = {name: value for name, value in zip(MENUS, settings) if value is not None}
    return BugLab(seed, level, number, changed)
