"""Which bugs the lab plants, and what can be told from their first maps."""

import functools
import itertools

import pytest

from course.experiments import common_factor
from course.lessons.bug_lab import bugs, puzzles
from course.lessons.bug_lab.puzzles import puzzle
from course.pictures.gradient_checks import describe_gradient_check

# Numbers that no notebook uses; each has all eight bugs at first settings of their own.
NUMBERS = [(seed, number) for seed in range(9000, 9004) for number in range(16)]


@functools.cache
def drawn_at(level):
    return [puzzle(seed, level, number) for seed, number in NUMBERS]


def signature(bug, drawn, settings=None):
    """The map of a bug on the network of a puzzle."""
    return bugs.signature(bug, draw=drawn.draw, **(settings or drawn.settings))


def shown(bug, drawn):
    """What the lab shows of it first: its line, its errors."""
    found = signature(bug, drawn)
    errors = [round(float(e), 2) for check in found for e in check.error.ravel()]
    return describe_gradient_check(found), errors


def alike(drawn, settings=None):
    """The other bugs with the same pattern, from the differences themselves."""
    found = {}
    for name in bugs.BUGS:
        checks = signature(name, drawn, settings)
        factor = common_factor(checks)
        found[name] = bugs.wrong_names(checks), factor and round(factor, 2)
    pattern = found.pop(drawn.bug)
    return [name for name in found if found[name] == pattern]


def test_at_level_1_the_first_map_is_like_no_other():
    """Guards that the bug shows, and that reading can be enough to name it."""
    for drawn in drawn_at(1):
        maps = {name: shown(name, drawn) for name in bugs.BUGS}
        map_ = maps.pop(drawn.bug)
        assert map_[0].startswith("Wrong: ") and map_ not in maps.values()


@pytest.mark.parametrize("level", puzzles.LEVELS.values())
def test_all_eight_come_before_one_comes_again(level):
    """Guards the order: shuffled by the seed, never the same bug twice in a row; and nbval:
    three numbers are one puzzle."""
    orders = set()
    for seed in range(3):
        names = [puzzle(seed, level, number).bug for number in range(16)]
        for start in 0, 8:
            assert set(names[start : start + 8]) == set(bugs.BUGS)
        assert all(a != b for a, b in itertools.pairwise(names))
        assert names[:8] != names[8:16]
        orders.add(tuple(names[:8]))
    assert len(orders) == 3, "an order for all classes, whatever the seed"
    assert puzzle(4, level, 11) == puzzle(4, level, 11) != puzzle(5, level, 11)


def test_the_first_settings_are_drawn_from_all_that_the_menus_offer():
    """Guards against a game in which every bug starts from the same settings."""
    for level in puzzles.LEVELS.values():
        for name, menu in puzzles.MENUS.items():
            assert {drawn.settings[name] for drawn in drawn_at(level)} == set(menu)


def test_at_level_2_the_first_map_is_not_enough_and_one_setting_can_be():
    """Guards the level and its words: other bugs have the same pattern, and some change
    of one menu leaves none of them."""
    for drawn in drawn_at(2)[:16]:
        rivals = set(alike(drawn))
        assert rivals, drawn
        changes = (
            {**drawn.settings, name: value}
            for name, menu in puzzles.MENUS.items()
            for value in menu
        )
        assert any(rivals.isdisjoint(alike(drawn, changed)) for changed in changes)


def test_at_level_2_at_least_half_of_the_first_maps_show_errors():
    """Guards against a level of white maps, and against dead networks, on which most
    bugs can't show: neither is read."""
    coloured = []
    for drawn in drawn_at(2):
        line, _ = shown(drawn.bug, drawn)
        assert "is 0 and right" not in line
        coloured += [drawn.bug] * line.startswith("Wrong:")
    assert len(NUMBERS) / 2 <= len(coloured) < 0.8 * len(NUMBERS)
    assert set(coloured) == set(bugs.BUGS) - {"target for input", "wrong axis"}


def test_lookalikes_are_those_with_the_same_pattern():
    """Guards how many bugs the lab says there are, against the maps themselves."""
    # Here its slopes are all 0: they have no factor in common, as the map says.
    settings = drawn_at(1)[0].settings | {"activation": "ReLU", "last_z": "both"}
    settings |= {"sizes": (2, 3, 3, 2, 1), "batch_size": 4, "before": "other batch"}
    flat = puzzles.Puzzle("stale cache", 283917, settings)
    for each in [*drawn_at(1)[:16], *drawn_at(2)[:16], flat]:
        assert puzzles.lookalikes(*each) == alike(each)
