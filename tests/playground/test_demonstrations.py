"""The demonstrations of docs/playground.md, by seeds that nobody looked at."""

import re

import numpy as np
import pytest

from course.tools import ROOT
from tests.playground.node import ask

SEEDS = range(1000, 1020)
TEXT = (ROOT / "docs" / "playground.md").read_text(encoding="utf-8")
ROWS = re.findall(r"(?m)^\| ([^|]+) \| `([^`|]*)` \|", TEXT.split("## Two")[1])
ADDRESSES = dict(ROWS)


@pytest.fixture(scope="module")
def settings():
    """What each address says, as the page reads it."""
    told = ask("fromAddress", list(ADDRESSES.values()))
    assert len(told) == 2 and not any(found["complaints"] for found in told)
    return {
        name: found["settings"] for name, found in zip(ADDRESSES, told, strict=True)
    }


def losses(settings, seeds=SEEDS, **more):
    """Training and test loss at the end of a run, and its divergence, for each seed."""
    cases = [{"step": 2000} | settings | more | {"seed": seed} for seed in seeds]
    ends = ask("training", cases)
    found = [(end["losses"]["train"], end["losses"]["test"]) for end in ends]
    return np.array(found), [end["divergedAt"] for end in ends]


def test_xor_needs_a_hidden_layer_or_the_right_input(settings):
    case = settings["A sigmoid by itself can't learn XOR"]
    alone, _ = losses(case)
    assert np.all(np.abs(alone[:, 0] - 0.12) < 0.01)
    for more in ({"features": ["x0", "x1", "x0*x1"]}, {"hidden": [4]}):
        assert np.all(losses(case, **more)[0][:, 0] < 0.06)


def test_a_bias_that_kills_a_unit(settings):
    """No weight into it is large enough to bring a point back above 0."""
    cases = [
        {
            "settings": settings["A dead unit"] | {"seed": seed},
            "acts": [["put", 7, -9], ["train", 500]],
        }
        for seed in SEEDS
    ]
    for before, after in ask("acts", cases):
        into = [1, 4, 7]  # W[0][0, 1], W[0][1, 1], b[0][1]
        assert [after["p"][i] for i in into] == [before["p"][i] for i in into]
        assert after["p"] != before["p"]
