"""What a sweep tells: how each training ended, and how sure a success rate is."""

import numpy as np

import mlp_core as mlp
from course import checks
from course.fast import for_stack

FATES = ("solved", "diverged", "dead layer", "flat", "close", "partly")


def fates(run, X, Y, activation=mlp.ORIGINAL) -> np.ndarray:
    """How the training of each network of a `Sweep` ended: (S,) words of `FATES`.

    The first that is true, in this order:

    - 'solved': every output is within `TOLERANCE` of its target
    - 'diverged': the numbers overflowed
    - 'dead layer': all units of one layer have the slope 0 on all samples
    - 'flat': the outputs for all samples lie within `TOLERANCE` of one another
    - 'close': every output is within twice the `TOLERANCE` of its target
    - 'partly': none of these; some samples are told apart, not all
    """
    with np.errstate(all="ignore"):  # networks that diverged hold NaN
        dead = mlp.dead_units(run.params, X, for_stack(activation, run.params))
        spread = np.ptp(run.Y_hat, axis=-2).max(axis=-1)  # (S, n, n_out) -> (S,)
        close = mlp.solved(run.Y_hat, Y, 2 * mlp.TOLERANCE)
    dead_layer = np.any([units.all(axis=-1) for units in dead], axis=0)
    is_flat = spread < mlp.TOLERANCE
    cases = [run.success, run.diverged_at > 0, dead_layer, is_flat, close]
    return np.select(cases, FATES[:-1], FATES[-1])


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
