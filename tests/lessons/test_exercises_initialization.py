"""The exercises of notebook 2: random numbers are judged by their distribution."""

import itertools

import numpy as np
import pytest

import mlp_core as mlp
from course.lessons.initialization import exercises
from tests.answers import EXERCISES, check


@pytest.mark.parametrize("name", ["my_uniform", "my_he"])
def test_right_functions_draw_what_the_core_draws(name):
    """Guards: a reference that is wrong itself."""
    for seed, sizes in enumerate([(2, 3, 3, 2, 1), (50, 40, 30)]):
        mine = EXERCISES[name].right(
            sizes, np.random.default_rng(seed), *([0.5] if name == "my_he" else [])
        )
        scheme = name.removeprefix("my_")
        right = mlp.initialize(sizes, np.random.default_rng(seed), scheme, alpha=0.5)
        for pair, layer in zip(mine, right, strict=True):
            for array, wanted in zip(pair, layer, strict=True):
                np.testing.assert_allclose(array, wanted)


DRAWS = {
    "normal": lambda rng, shape: rng.standard_normal(shape),
    "uniform": lambda rng, shape: rng.uniform(-2, 2, shape),
}


@pytest.mark.parametrize("kind", DRAWS)
def test_the_bounds_for_random_weights_are_wide_enough(kind):
    """Guards: a right answer that is refused now and then.

    400 layers, as small as any that is measured: k numbers each.
    """
    sizes = [exercises._WIDE, *exercises._NARROW]
    for seed in range(100):
        sizes += exercises._fresh_sizes(np.random.default_rng(seed))[1:]
    k = min(a * b for each in sizes for a, b in itertools.pairwise(each))
    assert k == 3600
    layers = DRAWS[kind](np.random.default_rng(11), (400, k))
    spread = layers.std()
    stds, means = layers.std(axis=1), layers.mean(axis=1)
    near = abs(layers - means[:, None]) < stds[:, None]
    measured = {
        "the spread": stds / spread,
        "the mean": means / spread,
        exercises._SHARE: near.mean(axis=1) / 0.6,
    }
    for name, values in measured.items():
        assert 6 * values.std() < exercises._BOUNDS[name], name
    gap = 2 * exercises._BOUNDS["the smallest number"]
    assert (1 - gap / 4) ** k < 1e-10
    wide, is_uniform = 2 / np.sqrt(3) if kind == "uniform" else 1.0, kind == "uniform"
    found = [exercises._describe(W, "W", wide, is_uniform) for W in layers]
    assert all(parts == found[0] for parts in found)


@pytest.mark.parametrize(
    ("name", "alpha", "spreads"),
    [("my_uniform", [], (4 / 12**0.5,) * 2), ("my_he", [3.0], (1 / 1000**0.5, 0.05))],
)
def test_the_spread_that_is_asked_for_is_that_of_the_formula(name, alpha, spreads):
    """Guards: a message with a wrong 'right', or bounds around it."""
    exercise = EXERCISES[name]
    parts = exercise.measure(exercise.right, ((200, 80, 60), None, *alpha))
    found = [parts[f"the spread of W[{i}]"] for i in (0, 1)]
    assert found == pytest.approx(spreads)


def start(draw, skipped):
    """First weights by another stretch of the generator's numbers than the solution's."""

    def first_weights(sizes, rng, alpha=0.0):
        rng.random(skipped)
        return [
            (draw(rng, n_in, n_out, alpha), np.zeros(n_out))
            for n_in, n_out in itertools.pairwise(sizes)
        ]

    return first_weights


@pytest.mark.parametrize(
    ("name", "more", "solved"),
    [("my_uniform", 0, True), ("my_he", 0, True), ("my_he", 1, False)],
)
def test_other_draws_get_the_same_verdict(name, more, solved):
    """Guards: a right answer that is refused by bad luck, or n_in + 1 by good luck."""

    def draw(rng, n_in, n_out, alpha):
        if name == "my_uniform":
            return rng.uniform(-2, 2, (n_in, n_out))
        spread = np.sqrt(2 / ((1 + alpha**2) * (n_in + more)))
        return rng.normal(0, spread, (n_in, n_out))

    for skipped in range(1, 21):
        assert check(name, start(draw, skipped)).solved is solved


def test_what_is_right_already_can_be_read():
    """Guards: names with commas in a list with commas."""
    far = start(lambda rng, n, m, a: rng.uniform(-1, 1, (n, m)) / n, 0)
    words = check("my_he", far).words
    listed = words.split("right already: ")[1].split("\n")[0].split(", ")
    assert listed == [
        "the shapes and the biases",
        "the mean of W[0]",
        "the mean of W[1]",
    ]
