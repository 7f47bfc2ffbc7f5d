"""Which bug the lab plants, on which network, and at which first settings.

All of it follows from three numbers: the seed of the lab, the level, and the number of
the bug. The levels differ in what the first map tells: at level 1 no other bug has the
same errors, at level 2 other bugs always have the same pattern. There a bug may stand in
one layer only, and `CHANGES` changed settings are enough to name it.
"""

import functools
import itertools
from typing import NamedTuple

import numpy as np

from course.experiments import one_factor
from course.lessons.bug_lab.bugs import (
    ACTIVATIONS,
    BUGS,
    CALLS_BEFORE,
    NETWORKS,
    SIZES,
    claimed,
)

LEVELS = {"1: easier": 1, "2: harder": 2}
MENUS = {
    "activation": list(ACTIVATIONS),
    "batch_size": [1, 2, 3, 4, 5],
    "sizes": list(SIZES),
    "learning_rate": [0.02, 0.2, 1.0],
    "before": list(CALLS_BEFORE),
    "last_z": list(NETWORKS),
}
# One is n times too large, the other 1/alpha times: here that is the same.
ONE_FACTOR = ("no 1/n", "last slope missing")
EQUAL_FACTORS = (
    {"activation": "leaky 0.5", "batch_size": 2, "last_z": "negative"},
    {"activation": "leaky 0.25", "batch_size": 4, "last_z": "negative"},
)
ONLY_WHITE = ("target for input", "wrong axis")  # what no other bug has the pattern of
# The layers, of those that each network has, in which a bug can stand alone.
ALONE = {"slope from output": (0, 1, 2), "wrong axis": (0, 1, 2)}
ALONE |= {"no transpose": (1, 2), "update on the way": (1, 2)}  # nobody needs dA of 0
WRONG, CLEAR = 1e-5, 0.05  # an error, as in `gradient_check`; one that is easily seen
CHANGES = 2  # so many changed settings a player has for each bug


class Suspect(NamedTuple):
    """A bug, and the one layer in which it stands; None: wherever it can."""

    bug: str | None
    layer: int | None = None


NONE = Suspect(None)  # the right backward pass
SUSPECTS = {1: tuple(map(Suspect, BUGS))}
SUSPECTS[2] = SUSPECTS[1] + tuple(
    Suspect(bug, layer) for bug, layers in ALONE.items() for layer in layers
)


class Puzzle(NamedTuple):
    """A planted bug and what is shown of it first."""

    level: int
    suspect: Suspect
    draw: int  # the network and the batches, as in `signature`
    settings: dict


def puzzle(seed, level, number) -> Puzzle:
    """Plant bug ``number``; network and settings are drawn until they fit the level."""
    bug = _bug(seed, level, number)
    rng = np.random.default_rng([seed, level, number])
    # Else most patterns that two bugs share would be white.
    is_orange = level == 2 and bug not in ONLY_WHITE and rng.integers(10) > 0
    is_equal = is_orange and bug in ONE_FACTOR and rng.integers(4) > 0
    suspects = [suspect for suspect in SUSPECTS[level] if suspect.bug == bug]
    while True:
        draw = int(rng.integers(10**6))
        settings = {name: menu[rng.integers(len(menu))] for name, menu in MENUS.items()}
        if is_equal:
            settings |= EQUAL_FACTORS[rng.integers(len(EQUAL_FACTORS))]
        drawn = Puzzle(level, suspects[rng.integers(len(suspects))], draw, settings)
        if (level == 1 or _shows(drawn) == is_orange) and FITS[level](drawn):
            return drawn


def _shows(drawn):
    """Whether anything is wrong on the first map; cheap, for most draws end here."""
    return bool(patterns(drawn, suspects=[drawn.suspect])[drawn.suspect].wrong)


def next_number(seed, level, first, found=(), last=None):
    """The first number, from ``first`` on, of a bug that isn't found; if all are, of any.

    ``last``, the bug before, comes again at once only if no other is left.
    """
    wanted = set(BUGS) - set(found) or set(BUGS)
    wanted = wanted - {last} or wanted
    numbers = itertools.count(first)
    return next(each for each in numbers if _bug(seed, level, each) in wanted)


def _bug(seed, level, number):
    return _order(seed, level, number // len(BUGS))[number % len(BUGS)]


def _order(seed, level, last_round):
    """The eight bugs, shuffled anew in each round; never the same twice in a row."""
    names = [None]
    for number in range(last_round + 1):
        before = names[-1]
        rng = np.random.default_rng([seed, level, number, len(BUGS)])
        names = [str(name) for name in rng.permutation(list(BUGS))]
        if names[0] == before:
            names.reverse()
    return names


class Pattern(NamedTuple):
    """What one reads from a map: where the errors are, and what they have in common."""

    wrong: tuple  # the places of the wrong arrays: W[0] is 0, b[0] is 1, and so on
    factor: float | None  # of `one_factor`, rounded, so that two can be compared


def patterns(drawn, settings=None, suspects=None) -> dict:
    """The pattern of each suspect on the network of a puzzle."""
    settings = drawn.settings if settings is None else settings
    suspects = SUSPECTS[drawn.level] if suspects is None else tuple(suspects)
    return _patterns(suspects, drawn.draw, tuple(settings.items()))


@functools.lru_cache(1000)
def _patterns(suspects, draw, settings):
    settings = dict(settings)
    lengths = [n for i, o in itertools.pairwise(settings["sizes"]) for n in (i * o, o)]
    places = np.repeat(np.arange(len(lengths)), lengths)
    right, claims, errors = _checks(suspects, draw, settings)
    found = {}
    for suspect in suspects:
        is_wrong = errors[suspect] > WRONG
        factor = one_factor(claims[suspect][is_wrong], right[is_wrong])
        wrong = tuple(np.unique(places[is_wrong]).tolist())
        found[suspect] = Pattern(wrong, factor and round(factor, 2))
    return found


def _checks(suspects, draw, settings):
    """The right slopes; of each suspect what it claims, and the errors on its map.

    As in `gradient_check`, but without the work of taking differences.
    """
    loss, claims = claimed((NONE, *suspects), draw=draw, **settings)
    right = claims.pop(NONE)
    least = np.maximum(abs(right), 1e-4 * max(1.0, loss))
    errors = {
        suspect: abs(claim - right) / np.maximum(abs(claim), least)
        for suspect, claim in claims.items()
    }
    return right, claims, errors


def same_pattern(drawn, settings=None) -> list[Suspect]:
    """The planted bug and all other suspects that have its pattern."""
    found = patterns(drawn, settings)
    return [each for each in found if found[each] == found[drawn.suspect]]


def lookalikes(drawn, settings=None) -> list[str]:
    """The other bugs that have the same pattern, in one layer or in all."""
    names = {suspect.bug for suspect in same_pattern(drawn, settings)}
    return [name for name in BUGS if name in names - {drawn.suspect.bug}]


def nearest(bug, drawn, settings) -> Suspect:
    """In which layer a bug comes nearest to what is shown."""
    found = patterns(drawn, settings)
    shown = found[drawn.suspect]
    return min(
        (suspect for suspect in found if suspect.bug == bug),
        key=lambda suspect: len({*found[suspect].wrong} ^ {*shown.wrong}),
    )


def _map_is_enough(drawn):
    *_, errors = _checks(SUSPECTS[1], drawn.draw, drawn.settings)
    shown = errors.pop(drawn.suspect)
    return all(np.max(abs(shown - e)) > CLEAR for e in (0.0, *errors.values()))


def _pattern_is_shared(drawn):
    """Other bugs have it too, and few changed settings can tell them all apart."""
    right, *_ = _checks((), drawn.draw, drawn.settings)
    if not right.any() or not lookalikes(drawn):  # a dead network: most can't show
        return False
    return can_be_named(same_pattern(drawn), drawn, drawn.settings, CHANGES)


def can_be_named(suspects, drawn, settings, changes) -> bool:
    """Whether so many changed settings name the bug, whichever suspect is planted.

    The next setting may be chosen by what the one before has shown.
    """

    def named(group, settings, changes):
        if len({suspect.bug for suspect in group}) == 1:
            return True
        experiments = (
            settings | {name: value} for name, menu in MENUS.items() for value in menu
        )
        # The patterns are those of all suspects, so that they are found once for all groups.
        return changes > 0 and any(
            all(
                named(part, changed, changes - 1)
                for part in _parts(group, patterns(drawn, changed, suspects))
            )
            for changed in experiments
        )

    return named(suspects, settings, changes)


def _parts(group, found):
    """The suspects of a group that have one pattern, for each pattern."""
    parts = {}
    for suspect in group:
        parts.setdefault(found[suspect], []).append(suspect)
    return parts.values()


FITS = {1: _map_is_enough, 2: _pattern_is_shared}
