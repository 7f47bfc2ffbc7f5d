"""What sweeps and gradient checks tell: how often it works, and what is wrong."""

import numpy as np

import mlp_core as mlp
from course import checks
from course.fast import for_stack, sweep
from course.words import plain

# 1. Sweeps ----------------------------------------------------------------------------

FATES = ("solved", "diverged", "dead layer", "flat", "other")


def fates(run, X, Y, activation=mlp.ORIGINAL) -> np.ndarray:
    """How the training of each network of a `Sweep` ended: (S,) words of `FATES`.

    The first that is true, in this order:

    - 'solved': every output is within `TOLERANCE` of its target
    - 'diverged': the numbers overflowed
    - 'dead layer': all units of one layer have the slope 0 on all samples
    - 'flat': the outputs for all samples lie within `TOLERANCE` of one another
    - 'other': none of these
    """
    with np.errstate(all="ignore"):  # networks that diverged hold NaN
        dead = mlp.dead_units(run.params, X, for_stack(activation, run.params))
        spread = np.ptp(run.Y_hat, axis=-2).max(axis=-1)  # (S, n, n_out) -> (S,)
    dead_layer = np.any([units.all(axis=-1) for units in dead], axis=0)
    is_flat = spread < mlp.TOLERANCE
    cases = [run.success, run.diverged_at > 0, dead_layer, is_flat]
    return np.select(cases, FATES[:-1], FATES[-1])


def success_shares(task, alphas, learning_rates, seeds=range(200)) -> np.ndarray:
    """The share of solved networks: a row for each alpha, a column for each rate."""
    grid = np.meshgrid(alphas, learning_rates, seeds, indexing="ij")
    alpha, rate, seed = map(np.ravel, grid)
    settings = {"activation": mlp.leaky_relu(alpha), "learning_rate": rate}
    run = sweep(task.X, task.Y, seed, **settings)
    return run.success.reshape(grid[0].shape).mean(axis=-1)


def wilson_interval(successes, trials, z=1.96) -> tuple[float, float]:
    """The interval in which the true success rate lies, with 95 % confidence.

    ``z`` is that confidence in standard deviations.
    Source: Wilson (1927), *Probable inference, the law of succession, and statistical
    inference*, Journal of the American Statistical Association 22.

    >>> low, high = wilson_interval(8, 10)
    >>> print(f"{low:.2f} to {high:.2f}")
    0.49 to 0.94
    """
    trials = checks.whole("trials", trials, least=1)
    successes = checks.whole("successes", successes, most=trials)
    z = checks.number("z", z, above=0, most=100)
    rate, share = successes / trials, z**2 / trials
    middle = rate + share / 2
    half = z * np.sqrt((rate * (1 - rate) + share / 4) / trials)
    low, high = (middle - half) / (1 + share), (middle + half) / (1 + share)
    return max(0.0, float(low)), min(1.0, float(high))


def difference_interval(first, second, z=1.96) -> tuple[float, float]:
    """The interval of the difference of two true success rates, first minus second.

    Each is (successes, trials). If 0 lies outside, it is clear which rate is higher.
    If both had the same seeds, the interval is, if anything, too wide.
    Source: Newcombe (1998), *Interval estimation for the difference between independent
    proportions*, Statistics in Medicine 17, method 10: from two Wilson intervals.

    >>> low, high = difference_interval((881, 1000), (846, 1000))
    >>> print(f"{low:.3f} to {high:.3f}")
    0.005 to 0.065
    """
    ends = np.array([wilson_interval(*pair, z) for pair in (first, second)])
    rates = np.array([successes / trials for successes, trials in (first, second)])
    below, above = rates - ends[:, 0], ends[:, 1] - rates
    difference = rates[0] - rates[1]
    low = difference - np.hypot(below[0], above[1])
    high = difference + np.hypot(above[0], below[1])
    return float(low), float(high)


# 2. Gradient checks -------------------------------------------------------------------


def wrong_names(checks) -> list[str]:
    """The names of the arrays that a check found wrong."""
    return [check.name for check in checks if not check.ok]


def error_range(check) -> str:
    """The smallest and the largest error of the wrong entries, as '0.32 to 0.68'."""
    # The differences are right to about 1e-8; so 0.375 is always written as 0.38.
    errors = check.error[is_wrong(check)] * (1 + 1e-6)
    low, high = plain(errors.min()), plain(errors.max())
    return low if low == high else f"{low} to {high}"


def common_factor(checks):
    """How many times too large all wrong entries are; None if they don't agree."""
    pairs = [(c.analytic[is_wrong(c)], c.numeric[is_wrong(c)]) for c in checks]
    return one_factor(*map(np.concatenate, zip(*pairs)))


def one_factor(claimed, right):
    """How many times too large all numbers are; None if they don't agree, or are none."""
    if not right.size or not right.all():
        return None
    ratio = claimed / right
    return float(ratio.mean()) if np.ptp(ratio) < 1e-4 * abs(ratio.mean()) else None


def is_wrong(check):
    """Which entries are wrong, as in `mlp.gradient_check`; NaN is wrong too."""
    return ~check.kink & ~(check.error <= 1e-5)
