"""Which bugs the lab plants, and what can be told from their first maps."""

import functools
import itertools

import pytest

from course.experiments import common_factor
from course.lessons.bug_lab import bugs, puzzles
from course.lessons.bug_lab.puzzles import puzzle
from course.pictures.gradient_checks import describe_gradient_check

# Numbers that no notebook uses; each has all eight bugs at first settings of their own.
NUMBERS = [(seed, number) for seed in range(9000, 9003) for number in range(16)]


@functools.cache
def drawn_at(level):
    return [puzzle(seed, level, number) for seed, number in NUMBERS]


def signature(suspect, drawn):
    """The map of a bug on the network of a puzzle."""
    bug, layer = suspect
    return bugs.signature(bug, layer=layer, draw=drawn.draw, **drawn.settings)


def shown(suspect, drawn):
    """What the lab shows of it first: its line, its errors."""
    found = signature(suspect, drawn)
    errors = [round(float(e), 2) for check in found for e in check.error.ravel()]
    return describe_gradient_check(found), errors


def patterns(drawn, settings):
    """As `puzzles.patterns`, from the differences themselves."""
    found = {}
    for suspect in puzzles.SUSPECTS[drawn.level]:
        checks = signature(suspect, drawn._replace(settings=settings))
        wrong = tuple(place for place, check in enumerate(checks) if not check.ok)
        factor = common_factor(checks)
        found[suspect] = puzzles.Pattern(wrong, factor and round(factor, 2))
    return found


def test_at_level_1_the_first_map_is_like_no_other():
    """Guards that the bug shows, and that reading can be enough to name it."""
    for drawn in drawn_at(1):
        maps = {each: shown(each, drawn) for each in puzzles.SUSPECTS[1]}
        map_ = maps.pop(drawn.suspect)
        assert map_[0].startswith("Wrong: ") and map_ not in maps.values()


@pytest.mark.parametrize("level", puzzles.LEVELS.values())
def test_all_eight_come_before_one_comes_again(level):
    """Guards the order: shuffled by the seed, never the same bug twice in a row; and nbval:
    three numbers are one puzzle."""
    orders = set()
    for first in range(0, len(NUMBERS), 16):
        names = [each.suspect.bug for each in drawn_at(level)[first : first + 16]]
        for start in 0, 8:
            assert set(names[start : start + 8]) == set(bugs.BUGS)
        assert all(a != b for a, b in itertools.pairwise(names))
        assert names[:8] != names[8:16]
        orders.add(tuple(names[:8]))
    assert len(orders) == 3, "an order for all classes, whatever the seed"
    assert puzzle(4, level, 11) == puzzle(4, level, 11) != puzzle(5, level, 11)


def test_the_next_bug_is_not_found_yet_and_not_the_last_one():
    """Guards the order behind a round in which bugs were given up."""
    bug_at = lambda number: puzzle(9000, 1, number).suspect.bug
    names = [bug_at(number) for number in range(8, 16)]
    next_bug = lambda *found, last=None: bug_at(
        puzzles.next_number(9000, 1, 8, found, last)
    )
    assert next_bug() == next_bug(*names) == names[0]
    assert next_bug(*names[:3]) == names[3]
    assert next_bug(*names[:3], last=names[3]) == names[4]
    assert next_bug(*names[:7], last=names[7]) == names[7]


def test_the_first_settings_are_drawn_from_all_that_the_menus_offer():
    """Guards against a game in which every bug starts from the same settings."""
    for level in puzzles.LEVELS.values():
        for name, menu in puzzles.MENUS.items():
            assert {drawn.settings[name] for drawn in drawn_at(level)} == set(menu)


def test_at_level_2_two_changed_settings_name_each_bug_and_none_do_not():
    """Guards the budget and the words of the lab: a puzzle, and a fair one. Of the
    settings that are tried the second may depend on what the first has shown."""
    needed = []
    for drawn in drawn_at(2):
        group = puzzles.same_pattern(drawn)
        names = functools.partial(puzzles.can_be_named, group, drawn, drawn.settings)
        needed.append(next(changes for changes in range(3) if names(changes)))
    assert set(needed) == {1, 2} and puzzles.CHANGES == 2
    assert 1 / 4 < needed.count(2) / len(needed) < 3 / 4


def test_a_changed_setting_changes_the_patterns_as_it_changes_the_maps():
    """Guards what the budget rests on: no setting is forgotten where changes are counted.
    (The learning rate is in none of these patterns: it changes how large errors are.)"""
    for drawn in drawn_at(2)[:8]:
        for name, menu in puzzles.MENUS.items():
            other = menu[menu.index(drawn.settings[name]) - 1]
            changed = drawn.settings | {name: other}
            assert puzzles.patterns(drawn, changed) == patterns(drawn, changed)


def test_a_bug_can_be_named_if_the_settings_tell_it_from_all_others(monkeypatch):
    """Guards the search, on three suspects whose patterns are made up."""
    a, b, c = puzzles.Suspect("a"), puzzles.Suspect("b"), puzzles.Suspect("c")
    also_a = puzzles.Suspect("a", 1)

    def patterns(_, settings, suspects):
        x, y = settings.values()
        shown = {a: 0, also_a: 5 * x, b: x, c: x + y}
        return {suspect: shown[suspect] for suspect in suspects}

    monkeypatch.setattr(puzzles, "MENUS", {"x": [0, 1], "y": [0, 1]})
    monkeypatch.setattr(puzzles, "patterns", patterns)
    names = lambda changes, *them: puzzles.can_be_named(
        them, None, {"x": 0, "y": 0}, changes
    )
    assert names(0, a, also_a)  # one bug, wherever it stands
    assert names(1, a, b) and not names(0, a, b)
    assert names(1, a, c) and names(1, b, c)
    assert names(2, a, also_a, b, c) and not names(1, a, b, c)
    monkeypatch.setattr(puzzles, "patterns", lambda *_: dict.fromkeys([a, b], 0))
    assert not names(5, a, b)


def test_at_level_2_a_bug_may_stand_in_one_layer_only():
    """Guards the words of the lab; and that at level 1 it stands wherever it can."""
    alone = {drawn.suspect for drawn in drawn_at(2) if drawn.suspect.layer is not None}
    assert {each.bug for each in alone} == set(puzzles.ALONE) and len(alone) >= 6
    assert all(drawn.suspect.layer is None for drawn in drawn_at(1))


def test_at_level_2_at_least_half_of_the_first_maps_show_errors():
    """Guards against white maps and dead networks, on which nothing can be read."""
    coloured = []
    for drawn in drawn_at(2):
        line, _ = shown(drawn.suspect, drawn)
        assert "is 0 and right" not in line
        coloured += [drawn.suspect.bug] * line.startswith("Wrong:")
    assert len(NUMBERS) / 2 <= len(coloured) < 0.8 * len(NUMBERS)
    assert set(coloured) == set(bugs.BUGS) - {"target for input", "wrong axis"}


def test_lookalikes_are_those_with_the_same_pattern():
    """Guards how many bugs the lab says there are, against the maps themselves."""
    # Here its slopes are all 0: they have no factor in common, as the map says.
    settings = drawn_at(1)[0].settings | {"activation": "ReLU", "last_z": "both"}
    settings |= {"sizes": (2, 3, 3, 2, 1), "batch_size": 4, "before": "other batch"}
    flat = puzzles.Puzzle(1, puzzles.Suspect("stale cache"), 283917, settings)
    for each in [*drawn_at(1)[:16], *drawn_at(2)[:16], flat]:
        found = patterns(each, each.settings)
        alike = {other.bug for other in found if found[other] == found[each.suspect]}
        alike = [name for name in bugs.BUGS if name in alike - {each.suspect.bug}]
        assert puzzles.lookalikes(each) == alike
        assert alike or each.level == 1, "a first map that is enough"
