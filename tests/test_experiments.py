"""course.experiments: how trainings ended, and intervals for a rate of success."""

import numpy as np
import pytest

import mlp_core as mlp
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
    expected = ["solved", "diverged", "flat", *["other"] * 4]
    assert fates(run, XOR.X, XOR.Y).tolist() == expected
    assert set(expected) == set(FATES) - {"dead layer"}


def test_fates_looks_at_the_output_that_spreads_most():
    """Guards networks with two outputs: flat is flat in both."""
    Y_hat, zeros = np.full((2, 4, 2), 0.5), np.zeros(2, int)
    Y_hat[1, 0, 1] = 0.9
    params = [Layer(np.ones((2, 2, 2)), np.zeros((2, 1, 2)))]
    run = Sweep(zeros, params, Y_hat, zeros > 0, np.zeros((1, 2)), zeros)
    assert fates(run, XOR.X, np.hstack([XOR.Y] * 2)).tolist() == ["flat", "other"]


def test_fates_tells_a_dead_layer_from_other_flat_outputs():
    """Guards 'dead layer': all ReLUs of a layer are below 0 on all samples."""
    biases = np.array([[[-9.0, -9.0]], [[0.0, 0.0]], [[-9.0, 0.0]]])
    hidden = Layer(np.ones((3, 2, 2)), biases)
    output = Layer(np.ones((3, 2, 1)), np.zeros((3, 1, 1)))
    run = made_sweep([[0.0] * 4] * 3, params=[hidden, output])
    expected = ["dead layer", "flat", "flat"]
    assert fates(run, XOR.X, XOR.Y, mlp.relu).tolist() == expected


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


# A map of success --------------------------------------------------------------------


def test_success_shares_are_those_of_single_sweeps():
    """Guards rows and columns: alphas down, learning rates across, all seeds in each."""
    alphas, rates, seeds = [-0.2, 0.0], [0.02, 0.2, 1.0], range(40, 60)
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


def test_wilson_interval_stays_in_bounds():
    """Guards floating-point dust at the ends."""
    for n in range(1, 300):
        (low, _), (_, high) = wilson_interval(0, n), wilson_interval(n, n)
        assert low >= 0 and high <= 1


def test_wilson_interval_refuses_what_is_no_count():
    """Guards: successes and trials are easily swapped."""
    for arguments, words in (
        ((3, 2), "successes must be at most 2"),
        ((1.5, 2), "successes must be a whole number"),
        ((0, 0), "trials must be at least 1"),
        ((1, 2, 0), "z must be above 0"),
        ((1, 2, 100.5), "z must be at most 100"),
    ):
        with pytest.raises((ValueError, TypeError), match=words):
            wilson_interval(*arguments)
    # counts come from sums of arrays, and 1.96 is the default
    assert wilson_interval(np.int64(8), np.int32(10)) == wilson_interval(8, 10, 1.96)


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
