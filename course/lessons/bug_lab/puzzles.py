"""Which bug the lab plants, on which network, and at which first settings.

All of it follows from three numbers: the seed of the lab, the level, and how many bugs
came before. The levels differ in what the first map tells: at level 1 no other bug has
it, at level 2 other bugs have its pattern.
"""

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

LEVELS = {"1: a map of its own": 1, "2: a shared pattern": 2}
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
WRONG, CLEAR = 1e-5, 0.05  # an error, as in `gradient_check`; one that is easily seen


class Puzzle(NamedTuple):
    """A planted bug and what is shown of it first."""

    bug: str
    draw: int  # the network and the batches, as in `signature`
    settings: dict


def puzzle(seed, level, number) -> Puzzle:
    """Plant bug ``number``; network and settings are drawn until they fit the level."""
    bug = _order(seed, level, number // len(BUGS))[number % len(BUGS)]
    rng = np.random.default_rng([seed, level, number])
    # Else most patterns that two bugs share would be white.
    is_orange = level == 2 and bug not in ONLY_WHITE and rng.integers(5) > 0
    is_equal = is_orange and bug in ONE_FACTOR and rng.integers(4) > 0
    while True:
        draw = int(rng.integers(10**6))
        settings = {name: menu[rng.integers(len(menu))] for name, menu in MENUS.items()}
        if is_equal:
            settings |= EQUAL_FACTORS[rng.integers(len(EQUAL_FACTORS))]
        is_shown = not is_orange or patterns(draw, settings)[bug].wrong
        if is_shown and FITS[level](bug, draw, settings):
            return Puzzle(bug, draw, settings)


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


def patterns(draw, settings) -> dict:
    """The pattern of each bug."""
    lengths = [n for i, o in itertools.pairwise(settings["sizes"]) for n in (i * o, o)]
    places = np.repeat(np.arange(len(lengths)), lengths)
    right, claims, errors = _checks(draw, settings)
    found = {}
    for name in BUGS:
        is_wrong = errors[name] > WRONG
        factor = one_factor(claims[name][is_wrong], right[is_wrong])
        wrong = tuple(np.unique(places[is_wrong]).tolist())
        found[name] = Pattern(wrong, factor and round(factor, 2))
    return found


def _checks(draw, settings):
    """The right slopes; of each bug what it claims, and the errors on its map.

    As in `gradient_check`, but without the work of taking differences.
    """
    loss, right = claimed(None, draw=draw, **settings)
    least = np.maximum(abs(right), 1e-4 * max(1.0, loss))
    claims = {name: claimed(name, draw=draw, **settings)[1] for name in BUGS}
    errors = {
        name: abs(claim - right) / np.maximum(abs(claim), least)
        for name, claim in claims.items()
    }
    return right, claims, errors


def lookalikes(bug, draw, settings) -> list[str]:
    """The other bugs that have the same pattern."""
    found = patterns(draw, settings)
    shown = found.pop(bug)
    return [name for name, pattern in found.items() if pattern == shown]


def _map_is_enough(bug, draw, settings):
    *_, errors = _checks(draw, settings)
    shown = errors.pop(bug)
    return all(np.max(abs(shown - e)) > CLEAR for e in (0.0, *errors.values()))


def _pattern_is_shared(bug, draw, settings):
    """Other bugs have it too, and one changed setting can tell it from all of them."""
    _, right = claimed(None, draw=draw, **settings)
    if not right.any():  # a dead network: most bugs can't show
        return False
    others = set(lookalikes(bug, draw, settings))
    experiments = (
        settings | {name: value} for name, menu in MENUS.items() for value in menu
    )
    return bool(others) and any(
        others.isdisjoint(lookalikes(bug, draw, changed)) for changed in experiments
    )


FITS = {1: _map_is_enough, 2: _pattern_is_shared}
