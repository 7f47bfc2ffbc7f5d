"""A session on the page: how fast it plays, by the test's clock, and what it lets go of."""

import pytest

from tests.playground.node import ask

SETTINGS = {"data": "circles", "hidden": [3, 2], "batch": 1, "learning_rate": 0.001}
POINTS = [[1, 1, 0], [-1, -1, 1]]


def stands(*acts, **settings):
    """Where a session stands after each act."""
    [told] = ask("session", [{"settings": SETTINGS | settings, "acts": acts}])
    return told


# How many steps a first picture, then 36 of them, in 3.5 seconds, have made.
PACES = {
    "1 step a second": 1 + 4,
    "5 steps a second": 1 + 18,
    "25 steps a frame": 25 + 36 * 25,
}


@pytest.mark.parametrize("pace", PACES)
def test_it_keeps_its_pace(pace):
    """Guards: one that runs away, two loops after a quick pause and play, and One step,
    which is the last."""
    quick = [["play"], ["play"], ["play"], ["frames", 35]]
    *_, played, _, end = stands(*quick, ["step"], ["frames", 9], pace=pace)
    assert (played["step"], played["playing"]) == (PACES[pace], True)
    assert end["step"] == PACES[pace] + 1


def test_pictures_are_slow_where_they_could_harm():
    """Guards: a system's wish for less motion that isn't heard; a surface that turns blue and
    orange ten times a second, where above three may harm; and training that waits for it."""
    play = [["play"], ["frames", 35]]
    slow = stands(["wish"], *play, pace="1 step a frame")[-1]
    assert slow["step"] == 1 + 35 // 3  # 250 ms apart at least
    jumps = {"data": "sum", "hidden": [], "batch": 0, "learning_rate": 2.2}
    flashes = stands(*play, **jumps, pace="1 step a frame")[-1]
    assert flashes["step"] == 3 + 7 * 31  # seen after three: then 500 ms apart


def test_as_fast_as_it_can_leaves_time_for_pictures():
    """Guards: a page that freezes for a million steps: it looks at the clock between."""
    [first] = stands(["play"], pace="as fast as it can")
    assert 100 < first["step"] < 1000


def test_it_ends_where_it_cannot_go_on():
    """Guards: a run that broke and plays for ever."""
    wild = {"data": "plane", "output": "identity", "learning_rate": 100}
    played, end = stands(["play"], ["frames", 30], **wild)
    assert played["playing"] and not end["playing"] and end["step"] > played["step"]


def test_a_change_keeps_what_was_set_beside_it():
    """Guards: a run lost with its comparison, a chosen output lost with other data, unless
    it can't reach their targets, and an eraser that takes a point however far it is."""
    acts = [["compare", True], ["step"], ["compare", False]]
    acts += [["change", {"output": "tanh"}], ["change", {"data": "spirals"}]]
    own = {"data": "own", "points": POINTS}
    acts += [["change", {"data": "plane"}], ["change", own]]
    acts += [["look", {"brush": "erase"}], ["dab", [2, -2]], ["dab", [1.1, 1]]]
    told = stands(*acts)
    assert told[2]["step"] == 1
    outputs = [stand["settings"]["output"] for stand in told[4:7]]
    assert outputs == ["tanh", "identity", "sigmoid"]
    points = [stand["settings"]["points"] for stand in told[-2:]]
    assert points == [POINTS, POINTS[1:]]
