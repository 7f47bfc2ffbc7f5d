"""Guesses in pictures: a learner's in the picture of the run, a class's in one of its own."""

import numpy as np
import pytest
from matplotlib.patches import Rectangle

import mlp_core as mlp
from course import pictures
from tests.pictures.test_rates import bars_of

RATES = {"a": (1, 10), "b": (9, 10)}


def lines(ax, style):
    return [line for line in ax.lines if line.get_linestyle() == style]


@pytest.mark.parametrize("guess", [["b", 20, 25], ["a", 90]])
def test_percent_that_were_guessed_span_their_row(guess):
    """Guards: the row of another rate; words that cover the mark; an alt text without."""
    picture = pictures.success(RATES, guess=guess)
    (ax,) = picture.figure().axes
    (span,) = lines(ax, ":")
    name, *percent = guess
    row = list(RATES).index(name)
    np.testing.assert_allclose(span.get_xdata(), [percent[0], percent[-1]])
    assert np.all((span.get_ydata() > row) & (span.get_ydata() < row + 0.5))
    (words,) = [text for text in ax.texts if text.get_text() == "your guess"]
    right = percent[-1] > 73
    assert (words.get_position()[0] < percent[0]) == right
    assert words.get_ha() == ("right" if right else "left")
    assert picture.alt.endswith(f" Your guess: {', '.join(map(str, guess))}.")


def test_a_row_that_was_guessed_is_named():
    """Guards: a mark in another row; one where nothing was guessed."""
    (ax,) = pictures.success(RATES, guess=["b"]).figure().axes
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["a", "your guess: b"] and not lines(ax, ":")
    plain = pictures.success(RATES)
    (ax,) = plain.figure().axes
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]
    assert len(ax.texts) == 2 and "guess" not in plain.alt


def test_rates_that_were_guessed_stand_in_the_groups_of_ten_alone():
    """Guards: the guess in the picture of the groups of a hundred."""
    ten, hundred = pictures.groups(np.arange(1000) % 2 == 0, [30, 80]).figure().axes
    broad = [line.get_xdata()[0] for line in ten.lines if line.get_linewidth() == 9]
    assert broad == [30, 80]
    assert not [line for line in hundred.lines if line.get_linewidth() == 9]
    assert len(bars_of(ten)) == len(bars_of(hundred))


def test_arrays_that_were_guessed_have_a_frame():
    """Guards: a frame around another array, and a key that doesn't say what it is."""
    params = mlp.initialize((2, 3, 1), np.random.default_rng(0))
    checks = mlp.gradient_check(params, mlp.XOR.X, mlp.XOR.Y)
    (ax,) = pictures.gradient_check(checks, guess=["b[0]"]).figure().axes
    (frame,) = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    (name,) = [text for text in ax.texts if text.get_text().startswith("b[0]")]
    x, y = name.get_position()
    assert frame.get_x() < x < frame.get_x() + frame.get_width()
    assert frame.get_y() + frame.get_height() < y  # its name stands below, uncovered
    assert frame.get_height() < 1.5 and frame.get_linestyle() == "--"
    keys = [text.get_text() for text in ax.texts]
    assert any("dashed frame: your guess" in key for key in keys)
    (ax,) = pictures.gradient_check(checks).figure().axes
    assert not any("guess" in text.get_text() for text in ax.texts)


def test_a_class_stands_by_its_counts():
    """Guards: the bar of another option or round, and which one is right."""
    rounds = {"the class": {"A": 3, "B": 1}, "after a discussion": {"B": 4}}
    picture = pictures.guessed_options(rounds, {"A": "one", "B": "`two`"}, "B")
    (ax,) = picture.figure().axes
    first, second = ax.containers
    assert [bar.get_width() for bar in first] == [3, 1]
    assert [bar.get_width() for bar in second] == [0, 4]
    labels = ax.get_yticklabels()
    assert [label.get_text() for label in labels] == ["A. one", "✓ B. two"]
    for place, (upper, lower) in enumerate(zip(first, second)):
        assert upper.get_y() < place < lower.get_y() + lower.get_height()
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == list(rounds)
    assert picture.alt == (
        "The class: 3 said A, 1 said B; after a discussion: 4 said B. B is right."
    )


def test_numbers_of_a_class_are_dots_above_one_another():
    """Guards: a dot for each who said it, the line of the result, and rounds that mix."""
    rounds = {"the class": {80.0: 2, 90.0: 5}, "after a discussion": {85.0: 1}}
    (ax,) = pictures.guessed_numbers(rounds, 85.4, 10, " %").figure().axes
    first, second = (line for line in ax.lines if line.get_linestyle() == "None")
    np.testing.assert_allclose(first.get_xdata(), [80] * 2 + [90] * 5)
    assert len(set(first.get_ydata())) == 5 and min(first.get_ydata()) == 1
    np.testing.assert_allclose(second.get_xydata(), [[85, 0]])
    (result,) = lines(ax, "--")
    assert set(result.get_xdata()) == {85.4}
    (band,) = [patch for patch in ax.patches if patch.get_width() == 20]
    assert band.get_x() == 85.4 - 10
    assert ax.get_title() == "dashed: it is 85.4 %; grey: near enough"
    counts = [(text.get_text(), text.get_position()[0]) for text in ax.texts]
    assert counts == [("2", 80), ("5", 90)]
    assert [label.get_text() for label in ax.get_yticklabels()] == list(rounds)


def test_a_joker_does_not_press_the_others_onto_the_line():
    """Guards: an axis up to a million, on which nobody's guess can be seen."""
    rounds = {"the class": {85.0: 8, 70.0: 8, 80.0: 4, 1e6: 1, -5e5: 1}}
    (ax,) = pictures.guessed_numbers(rounds, 85.4, 0.1).figure().axes
    low, high = ax.get_xlim()
    assert 20 < low < 70 and 86 < high < 150
    (dots,) = (line for line in ax.lines if line.get_linestyle() == "None")
    assert low < min(dots.get_xdata()) and max(dots.get_xdata()) < high
    assert ax.get_title() == "dashed: it is 85.4; 2 at the edge: farther off"
