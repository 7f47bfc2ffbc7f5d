"""Which bug the lab plants, on which network, and at which first settings.

All of it follows from three numbers: the seed of the lab, the level, and how many bugs
came before. The levels differ in what the first map tells.
"""

from typing import NamedTuple

import numpy as np

from course.lessons.bug_lab.bugs import (
    ACTIVATIONS,
    BUGS,
    CALLS_BEFORE,
    NETWORKS,
    SIZES,
    claimed,
)

LEVELS = {"1: a map of its own": 1, "2: a shared map": 2}
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
SAME, CLEAR = 1e-5, 0.05  # differences of two maps: too small to see, easily seen


class Puzzle(NamedTuple):
    """A planted bug and what is shown of it first."""

    bug: str
    draw: int  # the network and the batches, as in `signature`
    settings: dict


def puzzle(seed, level, number) -> Puzzle:
    """Plant bug ``number``; network and settings are drawn until they fit the level."""
    bug = _order(seed, level, number // len(BUGS))[number % len(BUGS)]
    rng = np.random.default_rng([seed, level, number])
    # Else nearly all maps that two bugs share would be white.
    is_coloured = level == 2 and bug in ONE_FACTOR and rng.integers(2)
    while True:
        draw = int(rng.integers(10**6))
        settings = {name: menu[rng.integers(len(menu))] for name, menu in MENUS.items()}
        if is_coloured:
            settings |= EQUAL_FACTORS[rng.integers(len(EQUAL_FACTORS))]
        if FITS[level](bug, draw, settings):
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


def _errors(names, draw, settings):
    """The errors on the map of each bug, without the work of taking differences."""
    loss, right = claimed(None, draw=draw, **settings)
    floor = 1e-4 * max(1.0, loss)  # as in `gradient_check`
    errors = {}
    for name in names:
        _, wrong = claimed(name, draw=draw, **settings)
        larger = np.maximum(np.maximum(abs(wrong), abs(right)), floor)
        errors[name] = abs(wrong - right) / larger
    return errors


def lookalikes(bug, draw, settings) -> list[str]:
    """The other bugs that have the same map."""
    errors = _errors(BUGS, draw, settings)
    shown = errors.pop(bug)
    return [
        name for name, other in errors.items() if np.max(abs(shown - other)) <= SAME
    ]


def experiments(settings):
    """The settings with one of them changed, in all ways that the lab offers."""
    for name, menu in MENUS.items():
        for value in menu:
            if value != settings[name]:
                yield {**settings, name: value}


def _map_is_enough(bug, draw, settings):
    errors = _errors(BUGS, draw, settings)
    shown = errors.pop(bug)
    return all(_are_parted(shown, other) for other in (0.0, *errors.values()))


def _map_is_shared(bug, draw, settings):
    others = lookalikes(bug, draw, settings)
    alike = set(others)
    for changed in experiments(settings):
        if not alike:
            break
        errors = _errors([bug, *alike], draw, changed)
        alike -= {name for name in alike if _are_parted(errors[bug], errors[name])}
    return bool(others) and not alike


def _are_parted(errors, others):
    return np.max(abs(errors - others)) > CLEAR


FITS = {1: _map_is_enough, 2: _map_is_shared}
