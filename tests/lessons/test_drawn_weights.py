"""Notebook 2 judges random numbers by their distribution: are its bounds those of chance?"""

import itertools
import math

import numpy as np
import pytest

from course.lessons.initialization import cases


def test_a_right_answer_is_refused_less_than_once_in_a_billion_checks():
    """Guards: bounds that are too narrow, or a smaller network than they are made for."""

    def counts(networks):
        return [
            [a * b for a, b in itertools.pairwise(sizes)]
            for sizes in filter(cases.is_measured, networks)
        ]

    fresh = [cases.fresh_sizes(np.random.default_rng(seed)) for seed in range(200)]
    networks = counts([*cases.SIZES, *itertools.chain(*fresh)])
    k, K = min(map(min, networks)), min(map(sum, networks))
    assert (k, K) == (3600, 7200)
    spread, gap = cases.network_bounds(K)

    def beyond(bound, error, count):
        return math.erfc(bound * (count / 2) ** 0.5 / error)

    of_layer = [
        beyond(cases.BOUNDS[what], error, k) for what, error in cases.ERRORS.items()
    ]
    of_network = beyond(spread, cases.ERRORS["the spread"], K)
    of_network += (K + 1) * (1 - gap) ** K
    networks = counts([*cases.SIZES, *fresh[0]])  # of one check
    layers = sum(map(len, networks))
    assert (layers, len(networks)) == (10, 5)
    assert 1e-11 < layers * sum(of_layer) + len(networks) * of_network < 1e-9


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
    share = 0.577 if is_uniform else 0.683
    found = [values.mean() for values in measured.values()]
    assert found == pytest.approx([0, 1, share], abs=0.001)
    assert [*wanted.values()] == pytest.approx([0, law.spread, share], abs=0.001)
    assert all(cases.describe(W, wanted) == wanted for W in draw)
    for network in draw.reshape(-1, 2 * cases.LEAST):
        cases.refuse_slight_errors(network, law)
