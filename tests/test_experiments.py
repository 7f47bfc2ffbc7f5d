"""course.experiments: how trainings ended, and intervals for a rate of success."""

import doctest

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mlp_core as mlp
from course import experiments
from course.experiments import (
    FATES,
    difference_interval,
    fates,
    success_shares,
    wilson_interval,
)
from course.fast import Sweep, sweep
from mlp_core import XOR, Layer

pytestmark = pytest.mark.filterwarnings("error")


def test_examples_in_the_docstrings_are_true():
    """Guards what the docstrings show."""
    result = doctest.testmod(experiments)
    assert result.attempted >= 4 and result.failed == 0


# How training ended ------------------------------------------------------------------


def made_sweep(rows, params=None, diverged_at=None):
    """A Sweep with given outputs for XOR, one row of four for each network."""
    Y_hat, S = np.array(rows, dtype=float)[:, :, None], len(rows)
    if params is None:
        params = [Layer(np.ones((S, 2, 1)), np.zeros((S, 1, 1)))]
    diverged_at = np.zeros(S, int) if diverged_at is None else np.array(diverged_at)
    success = mlp.solved(Y_hat, XOR.Y) & (diverged_at == 0)
    return Sweep(np.arange(S), params, Y_hat, success, np.zeros((1, S)), diverged_at)


def test_fates_names_each_way_in_which_training_ends():
    """Guards the words and their order: outputs made by hand for the targets 0 1 1 0."""
    nan = np.nan
    run = made_sweep(
        [
            [0.05, 0.95, 1.05, -0.05],
            [nan, nan, nan, nan],
            [0.5, 0.5, 0.53, 0.46],
            [0.15, 0.85, 1.15, 0.0],
            [0.0, 1.0, 0.4, 0.4],
            [0.4, 0.4, 0.4, 0.55],  # 0.15 apart: not flat, though its std is 0.065
            [0.0, 0.1, 0.0, 0.0],  # 0.1 apart is not within 0.1
        ],
        diverged_at=[0, 14, 0, 0, 0, 0, 0],
    )
    expected = ["solved", "diverged", "flat", "close", "partly", "partly", "partly"]
    assert fates(run, XOR.X, XOR.Y).tolist() == expected
    assert set(expected) == set(FATES) - {"dead layer"}


def test_fates_looks_at_the_output_that_spreads_most():
    """Guards networks with two outputs: flat is flat in both."""
    Y = np.hstack([XOR.Y, XOR.Y])
    Y_hat = np.full((2, 4, 2), 0.5)
    Y_hat[1, 0, 1] = 0.9
    params = [Layer(np.ones((2, 2, 2)), np.zeros((2, 1, 2)))]
    zeros = np.zeros(2, int)
    run = Sweep(zeros, params, Y_hat, zeros > 0, np.zeros((1, 2)), zeros)
    assert fates(run, XOR.X, Y).tolist() == ["flat", "partly"]


def test_fates_tells_a_dead_layer_from_other_flat_outputs():
    """Guards 'dead layer': a ReLU layer below 0 on all samples, in one of two networks."""
    hidden = Layer(np.ones((2, 2, 1)), np.array([[[-9.0]], [[0.0]]]))
    output = Layer(np.ones((2, 1, 1)), np.zeros((2, 1, 1)))
    run = made_sweep([[0.0] * 4, [0.0] * 4], params=[hidden, output])
    assert fates(run, XOR.X, XOR.Y, mlp.relu).tolist() == ["dead layer", "flat"]


def test_fates_of_a_layer_with_one_dead_unit_is_not_a_dead_layer():
    """Guards: the other unit lets the gradient through."""
    hidden = Layer(np.ones((1, 2, 2)), np.array([[[-9.0, 0.0]]]))
    output = Layer(np.ones((1, 2, 1)), np.zeros((1, 1, 1)))
    run = made_sweep([[0.0] * 4], params=[hidden, output])
    assert fates(run, XOR.X, XOR.Y, mlp.relu).tolist() == ["flat"]


def test_fates_takes_an_alpha_for_each_network():
    """Guards the axis of the alphas: of the same layer, 0 is dead and 0.5 is not."""
    hidden = Layer(np.ones((2, 2, 2)), np.full((2, 1, 2), -9.0))
    output = Layer(np.ones((2, 2, 1)), np.zeros((2, 1, 1)))
    run = made_sweep([[0.0] * 4] * 2, params=[hidden, output])
    for alphas, expected in (
        ([0.0, 0.5], ["dead layer", "flat"]),
        ([0.5, 0.0, 9.0], ["flat", "dead layer"]),  # as after an interrupt
    ):
        leaky = mlp.leaky_relu(np.array(alphas))
        assert fates(run, XOR.X, XOR.Y, leaky).tolist() == expected


def test_fates_agrees_with_success_on_a_real_sweep():
    """Guards the first words: exactly the networks that succeeded, or diverged."""
    rates = np.array([0.2] * 40 + [10.0] * 5)
    run = sweep(XOR.X, XOR.Y, range(45), learning_rate=rates, epochs=10)
    found = fates(run, XOR.X, XOR.Y)
    assert np.array_equal(found == "solved", run.success)
    assert np.array_equal(found == "diverged", run.diverged_at > 0)
    assert {"solved", "diverged"} <= set(found) <= set(FATES)


def test_fates_of_something_else_are_refused():
    """Guards: no word comes out for another task, or for what is no sweep."""
    run = sweep(XOR.X, XOR.Y, [1, 2], epochs=1)
    with pytest.raises(ValueError, match=r"Y is \(1, 1\)"):
        fates(run, XOR.X, XOR.Y[:1])
    with pytest.raises(AttributeError):
        fates("run", XOR.X, XOR.Y)


# A map of success --------------------------------------------------------------------


def test_success_shares_are_those_of_single_sweeps():
    """Guards rows and columns: alphas down, learning rates across, all seeds in each."""
    alphas, rates, seeds = [-0.2, 0.0], [0.02, 0.2, 1.0], range(40, 70)
    shares = success_shares(mlp.SUM, alphas, rates, seeds)
    assert shares.shape == (2, 3)
    for (i, j), share in np.ndenumerate(shares):
        look = {"activation": mlp.leaky_relu(alphas[i]), "learning_rate": rates[j]}
        assert share == sweep(mlp.SUM.X, mlp.SUM.Y, seeds, **look).success.mean()
    assert len(np.unique(shares)) >= 5


# Wilson's interval -------------------------------------------------------------------


@pytest.mark.parametrize("z", [1.0, 1.96, 3.29])
def test_wilson_interval_solves_wilsons_quadratic(z):
    """Guards its ends: the rates p that are z standard deviations from what was seen.

    (seen - p)^2 = z^2 p (1 - p) / n
    """
    for n, successes in [(1, 0), (1, 1), (10, 8), (50, 1), (200, 177), (1000, 230)]:
        seen = successes / n
        roots = np.roots([1 + z * z / n, -2 * seen - z * z / n, seen * seen])
        interval = wilson_interval(successes, n, z)
        np.testing.assert_allclose(interval, sorted(roots.real), atol=1e-9)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_wilson_interval_stays_in_bounds_and_is_symmetric(successes, failures):
    """Guards floating-point dust at the ends, for any counts."""
    n = successes + failures + (successes == failures == 0)
    low, high = wilson_interval(successes, n)
    assert 0 <= low <= successes / n + 1e-12 and successes / n - 1e-12 <= high <= 1
    assert low < high
    mirrored = wilson_interval(n - successes, n)
    np.testing.assert_allclose(mirrored, (1 - high, 1 - low), atol=1e-12)


def test_wilson_interval_covers_the_truth_95_times_in_100():
    """Guards the default z: what an interval promises."""
    rng, n = np.random.default_rng(0), 60
    ends = np.array([wilson_interval(successes, n) for successes in range(n + 1)])
    truth = rng.uniform(0.02, 0.98, 40_000)
    low, high = ends[rng.binomial(n, truth)].T
    coverage = np.mean((low <= truth) & (truth <= high))
    assert coverage == pytest.approx(0.95, abs=0.008)


WRONG = [
    ((-1, 2), "successes"),
    ((3, 2), "successes must be at most 2"),
    ((1.5, 2), "successes"),
    (("1", 2), "successes"),
    ((0, 0), "trials must be at least 1"),
    ((1, True), "trials"),
    ((1, None), "trials"),
    ((1, 2, 0), "z must be above 0"),
    ((1, 2, 100.5), "z must be at most 100"),
    ((1, 2, np.nan), "z must be a finite number"),
]


@pytest.mark.parametrize("arguments, words", WRONG)
def test_wilson_interval_refuses_what_is_no_count(arguments, words):
    """Guards: successes and trials are easily swapped."""
    with pytest.raises((ValueError, TypeError), match=words):
        wilson_interval(*arguments)


def test_wilson_interval_of_whole_numbers_of_numpy_and_of_100_deviations():
    """Guards: counts come from sums of arrays; 100 is the widest."""
    assert wilson_interval(np.int64(8), np.int32(10)) == wilson_interval(8, 10)
    assert wilson_interval(1, 2, 100) == pytest.approx((0.0, 1.0), abs=1e-3)


# The interval of a difference ------------------------------------------------------------

# Newcombe (1998), Statistics in Medicine 17, table II, the row of method 10 (statsmodels
# 0.14, confint_proportions_2indep(..., method="newcomb"), gives the same numbers).
PUBLISHED = [
    ((56, 70), (48, 80), 0.0524, 0.3339),
    ((9, 10), (3, 10), 0.1705, 0.8090),
    ((6, 7), (2, 7), 0.0582, 0.8062),
    ((5, 56), (0, 29), -0.0381, 0.1926),
    ((0, 10), (0, 20), -0.1611, 0.2775),
    ((10, 10), (0, 20), 0.6791, 1.0),
]


@pytest.mark.parametrize(("first", "second", "low", "high"), PUBLISHED)
def test_difference_interval_gives_the_published_values(first, second, low, high):
    """Guards the formula: which end of which interval goes where."""
    z = 1.959964  # the default, 1.96, gives 0.80625 for 6/7 and 2/7
    found = difference_interval(first, second, z)
    np.testing.assert_allclose(found, (low, high), atol=5.1e-5)
    mirrored = difference_interval(second, first, z)
    np.testing.assert_allclose(mirrored, (-high, -low), atol=5.1e-5)


def test_a_difference_may_be_clear_where_two_intervals_overlap():
    """Guards the claim of notebook 5: 881 and 846 of 1,000."""
    first, second = (881, 1000), (846, 1000)
    assert wilson_interval(*first)[0] < wilson_interval(*second)[1]
    assert difference_interval(first, second)[0] > 0
    assert difference_interval((9, 10), (6, 10))[0] < 0


def test_difference_interval_covers_the_truth_95_times_in_100():
    """Guards the default z, and both sides: what such an interval promises."""
    rng, n = np.random.default_rng(1), 40
    pairs = np.ndindex(n + 1, n + 1)
    ends = np.array([difference_interval((i, n), (j, n)) for i, j in pairs])
    truth = rng.uniform(0.05, 0.95, (2, 40_000))
    counts = rng.binomial(n, truth)
    low, high = ends[counts[0] * (n + 1) + counts[1]].T
    difference = truth[0] - truth[1]
    coverage = np.mean((low <= difference) & (difference <= high))
    assert coverage == pytest.approx(0.95, abs=0.012)


def test_difference_interval_refuses_what_is_no_count():
    """Guards: a pair the wrong way round, and a rate in place of a count."""
    with pytest.raises(ValueError, match="successes must be at most 846"):
        difference_interval((1000, 846), (881, 1000))
    with pytest.raises((ValueError, TypeError), match="successes"):
        difference_interval((881, 1000), (0.846, 1000))
