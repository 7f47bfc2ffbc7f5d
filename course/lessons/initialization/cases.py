"""What the exercises of notebook 2 share: how drawn weights are judged.

Random numbers can't be compared one by one, because another right way to draw gives
others. So they are measured. A right draw is off by chance, and the bounds allow for that:

Each layer of a large network has k = 3,600 numbers or more. One standard error is

                                            a normal layer          a uniform one
    the mean, in spreads                    sqrt(1 / k) = 1.7 %     1.7 %
    the spread, relative                    sqrt(0.5 / k) = 1.2 %   0.7 %
    the share within one spread of the mean sqrt(0.1 / k) = 0.5 %   0.5 %

and the bounds are 7 of them, which one right layer in 4 * 10^11 exceeds.

If all of that is right, the K = 7,200 numbers or more of a network are measured together:

    the spread, relative                    7 sqrt(0.5 / K)
    the largest gap g between ranks         (K + 1) (1 - g)^K = 10^-11

where the rank of a number is the share of all numbers that lie below it, so right ranks
are uniform on [0, 1], and a gap may follow each of K, or come first. A check measures 10
layers of 5 networks. It refuses a right answer less than once in 10^9 checks.
"""

import itertools
from collections.abc import Callable
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from course.checking.exercise import Listed, refuse
from course.checking.messages import describe_shape
from course.lessons.cases import layers_form
from course.words import counted

SIZES = [
    *((2, 1), (1, 1), (1, 3), (2, 3, 1), (2, 3, 3, 2, 1)),
    (250, 80, 120),  # n_in, n_out and their sum differ from layer to layer
    *((1, 3600, 1), (60, 60, 60)),  # the last has two square layers
]


def fresh_sizes(rng):
    """A small network, a narrow one with many numbers, and a wide one."""
    bounds = [2, 140, 50, 74, 1, 1], [7, 160, 54, 81, 6, 6]
    n, a, b, c, *units = rng.integers(*bounds).tolist()
    return [(*units, 2, 1), (n, 3600 // n + 1, n), (a, b, c)]


def is_measured(sizes):
    """Whether a network has enough numbers."""
    return max(sizes) >= 60


class Law(NamedTuple):
    """How numbers should be distributed, except for a scale."""

    rank: Callable  # an array of numbers -> the share of all numbers below each
    ends: tuple
    spread: float
    unit: str = ""  # of the numbers in messages


UNIFORM = Law(lambda numbers: (numbers + 2) / 4, (-2, 2), 2 / 3**0.5)
NORMAL = Law(np.vectorize(NormalDist().cdf), (-np.inf, np.inf), 1.0, " spreads")

# The bounds, see above.
LEAST, RARE = 3600, 1e-11
SHARE = "the share within one spread of the mean"
ERRORS = {"the mean": 1.0, "the spread": 0.5**0.5, SHARE: 0.1**0.5}  # of one number
BOUNDS = {what: 7 * error / LEAST**0.5 for what, error in ERRORS.items()}


def tolerance_of(part):
    """By how much two draws of the same weights may differ."""
    what = part.split(" of W")[0]
    bound = BOUNDS.get(what, 0.0)
    return (0.0, bound) if what == SHARE else (bound, 0.0)


def network_bounds(K):
    """The bounds of the spread and of the largest gap, for K numbers together."""
    return 7 * ERRORS["the spread"] / K**0.5, 1 - (RARE / (K + 1)) ** (1 / K)


def measuring(law, scale=lambda n_in: 1.0):
    """A measure of weights with this law, times ``scale(n_in, alpha)``."""

    def measure(call, args):
        sizes, _, *alpha = args
        parts, *others = (
            _parts_of(sizes, call(sizes, np.random.default_rng(seed), *alpha))
            for seed in ([5] if is_measured(sizes) else [5, 5, 6])
        )
        is_list = any(isinstance(array, Listed) for array in parts.values())
        form = np.zeros(1).view(Listed if is_list else np.ndarray)
        measures, weights = {"the shapes and the biases": form}, _weights(parts)
        if is_measured(sizes):
            scales = [scale(n_in, *alpha) for n_in in sizes[:-1]]
            for i, found in enumerate(_measured(weights, scales, law)):
                measures |= {f"{w} of W[{i}]": np.array(found[w]) for w in found}
        else:
            _refuse_seeds(weights, *map(_weights, others))
        return measures

    return measure


def _parts_of(sizes, result):
    """The arrays by name; `FormError` if their number, shapes or biases are wrong."""
    parts, right = layers_form()(result), len(sizes) - 1
    refuse(
        len(parts) != 2 * right,
        f"{len(sizes)} sizes make {counted(right, 'layer')}, one for "
        f"each pair of neighbours, but it returns {len(parts) // 2}",
    )
    for i, (n_in, n_out) in enumerate(itertools.pairwise(sizes)):
        W, b = parts[f"W[{i}]"], parts[f"b[{i}]"]
        for name, array, shape, form in (
            ("W", W, (n_in, n_out), "the shape (n_in, n_out)"),
            ("b", b, (n_out,), "one number for each unit, the shape (n_out,)"),
        ):
            found = f"{name}[{i}] has {describe_shape(array)}, but should have {form}"
            refuse(array.shape != shape, f"{found}, here {shape}")
        refuse(b.any(), "the biases are not 0: only the weights are random")
        odd = W[~np.isfinite(W)]
        refuse(odd.size, f"W[{i}] holds {odd[:1]}")
    return parts


def _weights(parts):
    return [np.asarray(array) for name, array in parts.items() if name[0] == "W"]


def _refuse_seeds(first, again, other):
    """`FormError` if the weights do not follow from the generator that is passed in."""
    needed = (
        "every number must come from the rng that is passed in, with a spread above 0"
    )
    found = f"two generators with the same seed give different weights: {needed}"
    refuse(not all(map(np.array_equal, first, again)), found)
    found = f"generators with different seeds give the same weights: {needed}"
    refuse(all(map(np.array_equal, first, other)), found)


def _measured(weights, scales, law):
    """What each large layer is like; what comes near enough counts as right."""
    draws = np.concatenate([W.ravel() / s for W, s in zip(weights, scales)])
    _refuse_patterns(weights, draws)
    wanted = [like(law, scale) for scale in scales]
    found = [describe(W, right) for W, right in zip(weights, wanted)]
    if found == wanted:
        refuse_slight_errors(draws, law)
    stds = [W.std() for W in weights]
    refuse(
        max(stds) < 1.08 * min(stds) and max(scales) > 1.08 * min(scales),
        "the spread is the same in every layer: which number in the formula differs from "
        "layer to layer?",
    )
    return found


def _refuse_patterns(weights, draws):
    """`FormError` if numbers recur, or are in order."""
    several = len(np.unique(abs(draws).astype(np.float32)))
    refuse(
        several < 0.995 * draws.size,  # float32 draws repeat a few
        f"{draws.size} weights have only {several} values, but for the sign: draw each by "
        "itself, with any value in its range, and leave it as drawn",
    )
    for i, W in enumerate(weights):
        orders = (
            np.corrcoef(numbers.flat, places.flat)[0, 1]  # by chance 1 / sqrt(k)
            for numbers in (W, abs(W))
            for places in np.indices(W.shape)
            if places.any()
        )
        is_sorted = any(abs(order) > 0.2 for order in orders)
        refuse(is_sorted, f"the numbers in W[{i}] are sorted: leave them as drawn")


def like(law, scale):
    """What a right layer is like."""
    below, above = law.rank(np.array([-1, 1]) * law.spread)
    return {"the mean": 0.0, "the spread": scale * law.spread, SHARE: above - below}


def describe(W, wanted):
    """What a layer is like; what comes near enough gets the wanted value."""
    mean, std = W.mean(), W.std()
    found = mean, std, np.mean(abs(W - mean) < std)
    units = std, wanted["the spread"], 1
    return {
        what: right if abs(value - right) <= BOUNDS[what] * unit else value
        for (what, right), value, unit in zip(wanted.items(), found, units)
    }


def refuse_slight_errors(draws, law):
    """`FormError` if the numbers of a network, without their scales, are a little wrong."""
    spread, most = network_bounds(draws.size)
    factor = draws.std() / law.spread
    refuse(
        abs(factor - 1) > spread, f"the spread is {factor:.3f} times what it should be"
    )
    numbers = np.sort([*law.ends, *draws])
    end = max(numbers[0], numbers[-1], key=abs)
    words = f"{end:.4g} is among the weights, but lies outside the range"
    refuse(abs(end) > law.ends[1] + 1e-6, words)  # more than rounding
    gaps = np.diff(law.rank(numbers))
    low, high = numbers[gaps.argmax() :][:2]
    refuse(
        gaps.max() > most,
        f"none of {draws.size} weights lies between {low:.4g} and {high:.4g}{law.unit}, "
        "but some should",
    )
