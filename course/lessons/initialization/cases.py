"""What the exercises of notebook 2 share: how drawn weights are judged.

Random numbers can't be compared one by one: another right way to draw gives others. So
they are measured. A right draw lies off by chance, and the bounds allow for that:

Each layer of a large network has k = 3,600 numbers or more. One standard error is

                                            a normal layer          a uniform one
    the mean, in spreads                    sqrt(1 / k) = 1.7 %     1.7 %
    the spread, relative                    sqrt(0.5 / k) = 1.2 %   0.7 %
    the share within one spread of the mean sqrt(0.1 / k) = 0.5 %   0.5 %

and the bounds are 7 of them: beyond lies one right layer in 4 * 10^11. A uniform one
leaves 0.028 at one end empty with (1 - 0.028 / 4)^k, once in 10^11 draws.

Where all that is right, the K = 7,200 numbers or more of a network are measured
together, each divided by the spread that is asked for:

    the spread, relative                    7 sqrt(0.5 / K)
    the share of normal numbers beyond 2.5  p = 1.24 %, down to p - 7 sqrt(p / K)
    the largest gap g of uniform numbers    (K + 1) (1 - g / 4)^K = 10^-11

since a gap may follow each of K numbers, or come first. A check measures 10 layers of 5
networks. All in all it refuses a right answer less than once in 10^9 checks.
"""

import itertools

import numpy as np

from course.checking.exercise import FormError, Listed
from course.checking.messages import describe_shape
from course.lessons.cases import layers_form

SIZES = [
    *((2, 1), (1, 3), (2, 3, 1), (2, 3, 3, 2, 1)),
    (250, 80, 120),  # n_in, n_out and their sum differ from layer to layer
    *((1, 3600, 1), (60, 60, 120)),  # W[0] of the last is square
]


def fresh_sizes(rng):
    """A small network, a narrow one with many numbers, and a wide one."""
    bounds = [2, 140, 50, 74, 1, 1], [7, 160, 54, 81, 6, 6]
    n, a, b, c, *units = rng.integers(*bounds).tolist()
    return [(*units, 2, 1), (n, 3600 // n + 1, n), (a, b, c)]


def is_measured(sizes):
    """Whether a network has enough numbers."""
    return max(sizes) >= 60


# The bounds, see above.
LEAST, RARE = 3600, 1e-11
SHARE = "the share within one spread of the mean"
ERRORS = {"the mean": 1.0, "the spread": 0.5**0.5, SHARE: 0.1**0.5}  # of one number
BOUNDS = {what: 7 * error / LEAST**0.5 for what, error in ERRORS.items()}
for _end in ("the smallest number", "the largest number"):
    BOUNDS[_end] = 4 * (1 - RARE ** (1 / LEAST))
BEYOND = 0.01242  # of normal numbers lie more than 2.5 spreads from 0


def tolerance_of(part):
    """So much may two draws of the same weights differ."""
    what = part.split(" of W")[0]
    bound = BOUNDS.get(what, 0.0)
    return (bound, 0.0) if what in ("the mean", "the spread") else (0.0, bound)


def _refuse(is_wrong, words):
    if is_wrong:
        raise FormError(words)


def measuring(spread, uniform=False):
    """A measure of drawn weights; ``spread(n_in, alpha)`` is that of the right ones."""

    def measure(call, args):
        sizes, _, *alpha = args
        is_large = is_measured(sizes)
        parts, *others = (
            _parts_of(sizes, call(sizes, np.random.default_rng(seed), *alpha))
            for seed in ([5] if is_large else [5, 5, 6])
        )
        is_list = any(isinstance(array, Listed) for array in parts.values())
        form = np.zeros(1).view(Listed if is_list else np.ndarray)
        measures, weights = {"the shapes and the biases": form}, _weights(parts)
        zeros = "all weights are 0: so the units of a layer would stay alike for ever"
        _refuse(not any(W.any() for W in weights), zeros)
        if is_large:
            spreads = [spread(n_in, *alpha) for n_in in sizes[:-1]]
            for i, found in enumerate(_measured(weights, spreads, uniform)):
                measures |= {f"{w} of W[{i}]": np.array(found[w]) for w in found}
        elif sum(W.size for W in weights) > 8:  # fewer may be equal by chance
            _refuse_seeds(weights, *map(_weights, others))
        return measures

    return measure


def _parts_of(sizes, result):
    """The arrays by name; `FormError` if their number, shapes or biases are wrong."""
    parts = layers_form()(result)
    count, right = len(parts) // 2, len(sizes) - 1
    gap, shapes = abs(count - right), ", ".join(str(W.shape) for W in _weights(parts))
    _refuse(
        gap,
        f"{'one layer' if gap == 1 else f'{gap} layers'} too "
        f"{'many' if count > right else 'few'}: {len(sizes)} sizes are {right} "
        f"layer{'s' if right > 1 else ''}, one between each two neighbours; it "
        f"returns {f'W of the shape {shapes}' if count else 'none'}",
    )
    for i, shape in enumerate(itertools.pairwise(sizes)):
        W, b = parts[f"W[{i}]"], parts[f"b[{i}]"]
        wanted = f"it should have the shape (n_in, n_out), here {shape}"
        _refuse(W.shape != shape, f"W[{i}] has {describe_shape(W)}, {wanted}")
        wanted = "it should have one number for each unit, the shape (n_out,), here "
        found = f"b[{i}] has {describe_shape(b)}, {wanted}{shape[1:]}"
        _refuse(b.shape != shape[1:], found)
        _refuse(b.any(), "the biases are not 0: only the weights are random")
        if not np.isfinite(W).all():
            raise FormError(f"W[{i}] holds {W[~np.isfinite(W)][0]}")
    return parts


def _weights(parts):
    return [np.asarray(array) for name, array in parts.items() if name[0] == "W"]


def _refuse_seeds(first, again, other):
    """`FormError` if the weights do not follow from the generator that is handed in."""
    needed = "every number must come from the rng that is handed in"
    found = f"two generators with the same seed give different weights: {needed}"
    _refuse(not all(map(np.array_equal, first, again)), found)
    found = f"generators with different seeds give the same weights: {needed}"
    _refuse(all(map(np.array_equal, first, other)), found)


def _measured(weights, spreads, uniform):
    """What each large layer is like: as asked for, if it comes near."""
    draws = np.concatenate([W.ravel() / s for W, s in zip(weights, spreads)])
    _refuse_patterns(weights, draws)
    wanted = [_wanted(s, uniform) for s in spreads]
    found = [describe(W, right) for W, right in zip(weights, wanted)]
    if found == wanted:
        refuse_slight_errors(draws, uniform)
    elif not any(layer["the mean"] for layer in found):
        stds = [W.std() for W in weights]
        _refuse(
            max(stds) < 1.08 * min(stds) and max(spreads) > 1.08 * min(spreads),
            "the spread is the same in every layer: which number in the formula differs "
            "from layer to layer?",
        )
    return found


def _refuse_patterns(weights, draws):
    """`FormError` if numbers come again, or are in order."""
    repeated = len(np.unique(abs(draws).astype(np.float32))) < 0.995 * draws.size
    for i, W in enumerate(weights):
        values = len(np.unique(W)) if repeated else W.size
        _refuse(
            values < 0.99 * W.size,  # float32 draws repeat a few
            f"the {W.size} weights of W[{i}] take only {values} "
            f"value{'s' if values > 1 else ''}: each weight is drawn on its own, may "
            "have any value in its range, and stays as it was drawn",
        )
        is_sorted = any(
            abs(_correlation(numbers, places)) > 0.2  # by chance it is 1 / sqrt(k)
            for numbers in (W, abs(W))
            for places in np.indices(W.shape)
            if places.any()
        )
        _refuse(is_sorted, f"the numbers in W[{i}] are sorted: leave them as drawn")
    for before, after in itertools.pairwise(weights):
        alike = _correlation(before.flat[:LEAST], after.flat[:LEAST])
        _refuse(
            alike > 0.95,
            "each layer begins with the same random numbers: it must go on drawing from "
            "the rng where the layer before it has stopped",
        )
        words = "the signs are the same in each layer: draw each number on its own"
        _refuse(
            alike > 0.5, words
        )  # of other numbers with these signs it is 0.6 or more
    words = "some weights come again, as they are or with another sign or scale"
    _refuse(repeated, words)


def _correlation(one, other):
    return np.corrcoef(one.flat, other.flat)[0, 1]


def _wanted(spread, uniform):
    """What a right layer is like."""
    wanted = {"the mean": 0.0, "the spread": spread, SHARE: 0.577 if uniform else 0.683}
    ends = {"the smallest number": -2.0, "the largest number": 2.0}
    return wanted | (ends if uniform else {})


def describe(W, wanted):
    """What a layer is like; what comes near enough gets the wanted value."""
    mean, std = W.mean(), W.std()
    found = {
        "the mean": mean,
        "the spread": std,
        SHARE: np.mean(abs(W - mean) < std),
        # Where normal numbers end is random: 2.1 stands for it.
        "the smallest number": max(W.min(), -2.1),
        "the largest number": min(W.max(), 2.1),
    }
    units = {"the mean": std, "the spread": wanted["the spread"]}
    return {
        what: right
        if abs(found[what] - right) <= BOUNDS[what] * units.get(what, 1)
        else found[what]
        for what, right in wanted.items()
    }


def network_bounds(K):
    """For K numbers together: of the spread, the share beyond 2.5, and the gap."""
    spread, share = 7 * ERRORS["the spread"] / K**0.5, BEYOND - 7 * (BEYOND / K) ** 0.5
    return spread, share, 4 * (1 - (RARE / (K + 1)) ** (1 / K))


def refuse_slight_errors(draws, uniform):
    """`FormError` if the numbers of a network, in spreads, are a little wrong."""
    K = draws.size
    spread, share, gap = network_bounds(K)
    if uniform:
        _refuse_gaps(draws * 2 / 3**0.5, gap)
    std, beyond = draws.std(), np.mean(abs(draws) > 2.5)
    _refuse(abs(std - 1) > spread, f"the spread is {std:.3f} times what it should be")
    _refuse(
        not uniform and beyond < share,
        f"of {K} weights {beyond:.1%} lie more than 2.5 spreads from 0, and of normal "
        f"numbers {BEYOND:.1%} do",
    )


def _refuse_gaps(numbers, bound):
    """`FormError` if numbers leave a part of [-2, 2) empty, or go beyond it."""
    numbers = np.sort([-2, *numbers, 2])
    end = max(numbers[0], numbers[-1], key=abs)
    words = f"{end:.4g} is among the weights: it lies out of the range"
    _refuse(abs(end) > 2 + 1e-6, words)  # more than rounding
    low, high = numbers[np.diff(numbers).argmax() :][:2]
    _refuse(
        high - low > bound,
        f"none of {len(numbers) - 2} weights lies between {low:.4g} and {high:.4g}: each "
        "value of the range is as likely as any other",
    )
