"""The drawing on the pad becomes 64 counts as those of the data: the page's own module."""

import json

import numpy as np
import pytest

from course.lessons.your_network import digits, pad
from course.page.modules import together
from tests.playground.node import node

TELL = """
const { readFileSync } = await import("node:fs");
const given = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(given.map(countsOf)));
"""
# The pen covers the dots whose middle is at most 2.75 dots away from its way. A drawing is
# 32 dots high, its pen included, and 20 wide at most, from dot 6 to dot 25.
SQUARE = [[1000 * (i % 4 in (1, 2)), 50 * (i - i % 2)] for i in range(22)]
CASES = {
    "nothing": ([], np.zeros((8, 8))),
    # 3 dots to each side of the middle; its round ends have 2 in their first two rows.
    "a vertical line": (
        [[[500, 100], [500, 900]]],
        [[0, 0, 0, 10, 10, 0, 0, 0], *[[0, 0, 0, 12, 12, 0, 0, 0]] * 6]
        + [[0, 0, 0, 10, 10, 0, 0, 0]],
    ),
    # 20 wide, of which columns 1 and 6 have half; one dot is lost in each corner.
    "a full square": (
        [SQUARE],
        [[0, 7, *[16] * 4, 7, 0], *[[0, 8, *[16] * 4, 8, 0]] * 6]
        + [[0, 7, *[16] * 4, 7, 0]],
    ),
    # 6 dots high, with ends that are 4 high: it isn't blown up.
    "a horizontal line": (
        [[[100, 500], [900, 500]]],
        [*[[0] * 8] * 3, *[[0, 4, 12, 12, 12, 12, 4, 0]] * 2, *[[0] * 8] * 3],
    ),
    # Of a quarter: two dots in a row, two in the next, and one more each way.
    "a dot": (
        [[[300, 700]]],
        [*[[0] * 8] * 3, *[[0, 0, 0, 6, 6, 0, 0, 0]] * 2, *[[0] * 8] * 3],
    ),
}


def counts_of(*drawings):
    """The 64 counts of each drawing, as 8x8, by the page's module."""
    script = together(pad.HERE / "strokes.js") + TELL
    told = node("--input-type=module", "-e", script, given=json.dumps(drawings))
    return np.reshape(json.loads(told), (-1, 8, 8))


@pytest.fixture(scope="module")
def told():
    """The counts of all cases."""
    drawings = [strokes for strokes, _ in CASES.values()]
    return dict(zip(CASES, counts_of(*drawings)))


@pytest.mark.parametrize("name", CASES)
def test_the_counts_are_those_worked_out_by_hand(name, told):
    """Guards: the height, the width, the pen, the blocks, and what has no size."""
    np.testing.assert_array_equal(told[name], CASES[name][1])


def test_place_and_size_on_the_pad_do_not_matter():
    """Guards: a small digit, or one in a corner, which the network never saw."""
    first = np.array(pad.STORED["strokes"][0])
    small = (first * [0.5, 0.5] + [480, 30]).tolist()
    whole, part = counts_of([first.tolist()], [small])
    np.testing.assert_allclose(whole, part, atol=1)  # a dot on an edge, by rounding


def test_the_stored_drawing_gives_its_counts():
    """Guards: another drawing than the page shows, one that is turned or mirrored; counts
    of an old pen."""
    [counts] = counts_of(pad.STORED["strokes"])
    assert counts.ravel().tolist() == pad.STORED["counts"]


def test_the_stored_drawing_is_like_the_data():
    """Guards: a pen that is thinner or thicker than that of the forms."""
    pixels, labels, _ = digits.load()
    same = pixels[labels == pad.STORED["digit"]].sum(axis=1)
    low, high = np.percentile(same, [2.5, 97.5])
    assert low < sum(pad.STORED["counts"]) < high
