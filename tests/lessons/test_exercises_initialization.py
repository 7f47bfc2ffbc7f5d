"""The exercises of notebook 2: random numbers are judged by their distribution."""

import itertools
import math

import numpy as np
import pytest

import mlp_core as mlp
from course.lessons.initialization import cases
from tests.answers import EXERCISES, check
from tests.reference import assert_near


@pytest.mark.parametrize("name", ["my_uniform", "my_he"])
def test_right_functions_draw_what_the_core_draws(name):
    """Guards: a reference that is wrong itself."""
    for seed, sizes in enumerate([(2, 3, 3, 2, 1), (50, 40, 30)]):
        mine = EXERCISES[name].right(
            sizes, np.random.default_rng(seed), *([0.5] if name == "my_he" else [])
        )
        scheme = name.removeprefix("my_")
        right = mlp.initialize(sizes, np.random.default_rng(seed), scheme, alpha=0.5)
        assert_near(mine, right)


# The bounds ----------------------------------------------------------------------------


def test_a_right_answer_is_refused_less_than_once_in_a_billion_checks():
    """Guards: bounds that are too narrow, or a smaller network than they are made for."""

    def counts(networks):
        return [
            [a * b for a, b in itertools.pairwise(sizes)]
            for sizes in networks
            if cases.is_measured(sizes)
        ]

    fresh = [cases.fresh_sizes(np.random.default_rng(seed)) for seed in range(200)]
    networks = counts([*cases.SIZES, *itertools.chain(*fresh)])
    k, K = min(min(layers) for layers in networks), min(map(sum, networks))
    assert (k, K) == (3600, 7200)
    spread, gap = cases.network_bounds(K)

    def beyond(bound, error, count):
        return math.erfc(bound * (count / 2) ** 0.5 / error)

    of_a_layer = [
        beyond(cases.BOUNDS[what], cases.ERRORS[what], k) for what in cases.ERRORS
    ]
    of_a_network = [
        beyond(spread, cases.ERRORS["the spread"], K),
        (K + 1) * (1 - gap) ** K,
    ]
    networks = counts([*cases.SIZES, *fresh[0]])  # of one check
    layers = sum(map(len, networks))
    assert (layers, len(networks)) == (10, 5)
    chance = layers * sum(of_a_layer) + len(networks) * sum(of_a_network)
    assert 1e-11 < chance < 1e-9


@pytest.mark.parametrize("law", [cases.NORMAL, cases.UNIFORM])
def test_the_errors_of_what_is_measured_are_those_of_draws(law):
    """Guards: a standard error that is computed too small, and a law that is another one.

    400 layers, as small as any that is measured: k numbers each.
    """
    size, rng = (400, cases.LEAST), np.random.default_rng(11)
    is_uniform = law is cases.UNIFORM
    draw = rng.uniform(-2, 2, size) if is_uniform else rng.normal(size=size)
    means, spreads = draw.mean(axis=1), draw.std(axis=1)
    near = abs(draw - means[:, None]) < spreads[:, None]
    measured = {
        "the mean": means / law.spread,
        "the spread": spreads / law.spread,
        cases.SHARE: near.mean(axis=1),
    }
    for what, values in measured.items():
        assert values.std() * cases.LEAST**0.5 < 1.1 * cases.ERRORS[what], what
    wanted = cases.like(law, scale=1.0)
    found = [values.mean() for values in measured.values()]
    right = [0, 1, 0.577 if is_uniform else 0.683]
    assert found == pytest.approx(right, abs=0.001)
    assert [*wanted.values()] == pytest.approx([0, law.spread, right[2]], abs=0.001)
    assert all(cases.describe(W, wanted) == wanted for W in draw)
    for network in draw.reshape(-1, 2 * cases.LEAST):
        cases.refuse_slight_errors(network, law)


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


# Verdicts ------------------------------------------------------------------------------


def start(name, draw, skipped=0):
    """First weights by another stretch of the generator's numbers than the solution's."""

    def first_weights(sizes, rng, alpha=0.0):
        rng.random(skipped)
        layers = []
        for n_in, n_out in itertools.pairwise(sizes):
            W = draw(rng, (n_in, n_out))
            if name == "my_he":
                W *= (2 / ((1 + alpha**2) * n_in)) ** 0.5
            layers.append((W, np.zeros(n_out)))
        return layers

    return first_weights


def cut_off(rng, shape):
    """Normal numbers within 2 spreads, brought back to the spread 1."""
    W = rng.normal(size=shape)
    while (far := abs(W) > 2).any():
        W[far] = rng.normal(size=far.sum())
    return W / 0.8796


def with_a_gap(rng, shape):
    return rng.choice([-1, 1], shape) * rng.uniform(0.01, 2, shape)


def triangular(rng, shape):
    return 6**0.5 * rng.triangular(-1, 0, 1, shape)


def one_input_more(rng, shape):
    return rng.normal(size=shape) * (shape[0] / (shape[0] + 1)) ** 0.5


@pytest.mark.parametrize(
    ("name", "draw", "solved"),
    [
        ("my_uniform", lambda rng, shape: rng.uniform(-2, 2, shape), True),
        ("my_uniform", lambda rng, shape: rng.uniform(-1.98, 1.98, shape), False),
        ("my_uniform", with_a_gap, False),
        ("my_he", lambda rng, shape: rng.normal(size=shape), True),
        ("my_he", lambda rng, shape: 1.05 * rng.normal(size=shape), False),
        ("my_he", one_input_more, False),
        ("my_he", triangular, False),
        ("my_he", cut_off, False),
    ],
)
def test_other_draws_get_the_same_verdict(name, draw, solved):
    """Guards: a right answer refused by bad luck, or a wrong one accepted by good luck."""
    for skipped in range(1, 9):
        assert check(name, start(name, draw, skipped)).solved is solved


def test_what_is_right_already_can_be_read():
    """Guards: names with commas in a list with commas."""
    far = start("my_he", lambda rng, shape: rng.uniform(-1, 1, shape) / shape[0])
    words = check("my_he", far).words
    listed = words.split("right already: ")[1].split("\n")[0].split(", ")
    assert listed == [
        "the shapes and the biases",
        "the mean of W[0]",
        "the mean of W[1]",
    ]
