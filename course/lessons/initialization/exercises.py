"""The exercises of notebook 2, initialization.

Stop reading here if you want to solve them yourself.
"""

import itertools

import numpy as np

from course.checking import (
    Exercise,
    FormError,
    Listed,
    Mistake,
    describe_shape,
    precise,
)
from course.lessons.cases import layers_form

# Random numbers can't be compared one by one: another right way to draw gives others. So
# large layers are measured, each of k = 3,600 numbers or more. One spread is off by
#
#                                               a normal layer          a uniform one
#     the spread, relative                      sqrt(0.5 / k) = 1.2 %   0.7 %
#     the mean, in spreads                      sqrt(1 / k) = 1.7 %     1.7 %
#     the share within one spread of the mean   sqrt(0.1 / k) = 0.5 %   0.5 %
#
# and the bounds are 6.6 times as wide or more: a right layer misses one of them once in
# 2 * 10^10 draws. A uniform one leaves 0.028 at one end empty with (1 - 0.028 / 4)^k, once
# in 10^11 draws.
#
# The nearest wrong answers take n_in + 1 or n_in - 1. For 1 input the spread is 29 % too
# small then, or infinite: 25 times its error beyond the bound. The share of uniform
# numbers is 0.106 below that of normal ones: 13 times its error beyond the bound.
_SHARE = "the share within one spread of the mean"
_BOUNDS = {  # relative
    "the spread": 0.08,
    "the mean": 0.12,
    _SHARE: 0.055,
    "the smallest number": 0.014,
    "the largest number": 0.014,
}
_SMALL = [(2, 1), (1, 3), (2, 3, 1), (2, 3, 3, 2, 1)]
_WIDE = 150, 50, 75  # n_in, n_out and their sum differ from layer to layer
_NARROW = [(1, 3600, 1), (3, 1200, 3)]


def _fresh_sizes(rng):
    """A small network, a narrow one with many numbers, and a wide one."""
    n, a, b, c, *units = map(
        int, rng.integers([2, 140, 50, 74, 1, 1], [7, 160, 54, 81, 6, 6])
    )
    return [(*units, 2, 1), (n, 3600 // n + 1, n), (a, b, c)]


def _tolerance(part):
    name = part.split(" of W")[0]
    if name not in _BOUNDS:
        return precise(part)
    return _BOUNDS[name], 0.002 * name.endswith("number")  # 0 is the smallest of some


# What may be wrong, however the numbers are distributed.
_BIASES = "the biases are not 0: only the weights are random"
_ZEROS = "all weights are 0: so the units of a layer would stay alike for ever"
_SAME = (
    "generators with different seeds give the same weights: every number must come from "
    "the rng that is handed in"
)
_OTHER = (
    "two generators with the same seed give different weights: every number must come "
    "from the rng that is handed in"
)
_ALIKE = (
    "each layer begins with the same random numbers: it must go on drawing from the rng "
    "where the layer before it has stopped"
)
_ONE_SPREAD = (
    "the spread is the same in every layer: which number in the formula differs from "
    "layer to layer?"
)


def _measure(spread, uniform=False):
    """Measure drawn weights; ``spread(n_in, alpha)`` is that of the right ones."""

    def measure(call, args):
        sizes, _, *alpha = args
        is_large = max(sizes) >= 60
        parts, *others = (
            _parts_of(sizes, call(sizes, np.random.default_rng(seed), *alpha))
            for seed in ([5] if is_large else [5, 5, 6])
        )
        is_list = any(isinstance(array, Listed) for array in parts.values())
        form = np.zeros(1).view(Listed if is_list else np.ndarray)
        measures = {"the shapes and the biases": form}
        weights = _weights(parts)
        if not any(W.any() for W in weights):
            raise FormError(_ZEROS)
        if is_large:
            rights = [spread(n_in, *alpha) for n_in in sizes[:-1]]
            _refuse_patterns(weights, rights)
            _refuse_one_spread([W.std() for W in weights], rights)
            for i, (W, right) in enumerate(zip(weights, rights)):
                measures |= _describe(W, f"W[{i}]", right, uniform)
        elif sum(W.size for W in weights) > 8:  # fewer may be equal by chance
            _refuse_seeds(weights, *map(_weights, others))
        return measures

    return measure


def _parts_of(sizes, result):
    """The arrays by name; `FormError` if their number, shapes or biases are wrong."""
    parts = layers_form()(result)
    count, right = len(parts) // 2, len(sizes) - 1
    if count != right:
        gap = abs(count - right)
        shapes = ", ".join(str(parts[f"W[{i}]"].shape) for i in range(count))
        raise FormError(
            f"{'one layer' if gap == 1 else f'{gap} layers'} too "
            f"{'many' if count > right else 'few'}: {len(sizes)} sizes are {right} "
            f"layer{'s' if right > 1 else ''}, one between each two neighbours; it "
            f"returns {f'W of the shape {shapes}' if count else 'none'}"
        )
    for i, shape in enumerate(itertools.pairwise(sizes)):
        W, b = parts[f"W[{i}]"], parts[f"b[{i}]"]
        if W.shape != shape:
            raise FormError(
                f"W[{i}] has {describe_shape(W)}, it should have the shape (n_in, n_out), "
                f"here {shape}"
            )
        if b.shape != shape[1:]:
            raise FormError(
                f"b[{i}] has {describe_shape(b)}, it should have one number for each "
                f"unit, the shape (n_out,), here {shape[1:]}"
            )
        if b.any():
            raise FormError(_BIASES)
        if not np.isfinite(W).all():
            raise FormError(f"W[{i}] holds {W[~np.isfinite(W)][0]}")
    return parts


def _weights(parts):
    return [np.asarray(array) for name, array in parts.items() if name[0] == "W"]


def _refuse_seeds(first, again, other):
    """`FormError` if the weights do not follow from the generator that is handed in."""
    if not all(map(np.array_equal, first, again)):
        raise FormError(_OTHER)
    if all(map(np.array_equal, first, other)):
        raise FormError(_SAME)


def _refuse_patterns(weights, spreads):
    """`FormError` if numbers come again, or are in order."""
    draws = np.concatenate([abs(W / s).ravel() for W, s in zip(weights, spreads)])
    repeated = len(np.unique(draws.astype(np.float32))) < 0.995 * draws.size
    for i, W in enumerate(weights):
        values = len(np.unique(W)) if repeated else W.size
        if values < 0.99 * W.size:  # float32 draws repeat a few
            raise FormError(
                f"the {W.size} weights of W[{i}] take only {values} "
                f"value{'s' if values > 1 else ''}: each weight is drawn on its own, may "
                "have any value in its range, and stays as it was drawn"
            )
        if any((np.diff(W, axis=k) >= 0).all() for k in (0, 1) if W.shape[k] > 9):
            raise FormError(f"the numbers in W[{i}] are sorted: leave them as drawn")
    for before, after in itertools.pairwise(weights):
        if np.corrcoef(before.flat[:3600], after.flat[:3600])[0, 1] > 0.5:
            raise FormError(_ALIKE)
    if repeated:
        raise FormError("some weights come again, with another sign or scale")


def _refuse_one_spread(found, right):
    """`FormError` if the layers have one spread, and should not."""
    if max(found) < 1.08 * min(found) and max(right) > 1.08 * min(right):
        raise FormError(_ONE_SPREAD)


def _describe(W, name, spread, uniform):
    """What the numbers of a large layer are like: as asked for, if they come near."""
    mean, std = W.mean(), W.std()
    found = {  # value, right, unit of the bound
        "the spread": (std, spread, spread),
        "the mean": (mean, 0.0, std),
        _SHARE: (np.mean(abs(W - mean) < std), 0.577 if uniform else 0.683, 0.6),
    }
    if uniform:  # where normal numbers end is random: 2.1 stands for it
        found["the smallest number"] = max(W.min(), -2.1), -2.0, 2.0
        found["the largest number"] = min(W.max(), 2.1), 2.0, 2.0
    return {
        f"{what} of {name}": np.array(
            right if abs(value - right) <= _BOUNDS[what] * unit else value
        )
        for what, (value, right, unit) in found.items()
    }


def _start(scale, draw=np.random.Generator.uniform, arguments=(-1, 1)):
    """A function that draws ``scale(n_in, n_out, alpha)`` times a random matrix."""

    def start(sizes, rng, alpha=0.0):
        return [
            (
                scale(n_in, n_out, alpha) * draw(rng, *arguments, (n_in, n_out)),
                np.zeros(n_out),
            )
            for n_in, n_out in itertools.pairwise(sizes)
        ]

    return start


def _start_mistakes(right, code):
    """The mistakes that both exercises share; ``code`` draws the weights."""

    def redo(change):
        return lambda sizes, rng, *alpha: [
            change(W, b) for W, b in right(sizes, rng, *alpha)
        ]

    def by_one_seed(seed_of):
        """Each layer from a generator of its own, all with the same seed."""

        def start(sizes, rng, *alpha):
            seed = seed_of(rng)
            return [
                right(pair, np.random.default_rng(seed), *alpha)[0]
                for pair in itertools.pairwise(sizes)
            ]

        return start

    return [
        Mistake(
            f"{_SAME}, without a generator of your own for each layer",
            by_one_seed(lambda rng: 0),
            code,
        ),
        Mistake(
            _SAME,
            lambda sizes, rng, *alpha: right(sizes, np.random.default_rng(0), *alpha),
            code,
        ),
        Mistake(
            _OTHER,
            lambda sizes, rng, *alpha: right(sizes, np.random.default_rng(), *alpha),
            code,
        ),
        Mistake(_ALIKE, by_one_seed(lambda rng: rng.integers(1 << 30)), code),
        Mistake(
            "W has a row for each unit: in this course a row belongs to an input, and a "
            "column to a unit",
            redo(lambda W, b: (W.T, b)),
            code,
        ),
        Mistake(_BIASES, redo(lambda W, b: (W, b + 1.0)), "np.zeros(n_out)"),
        Mistake(_ZEROS, redo(lambda W, b: (0 * W, b)), code),
        Mistake(
            "only the first layer is returned: does the function end before its loop?",
            lambda sizes, rng, *alpha: right(sizes[:2], rng, *alpha),
        ),
        Mistake(
            "only the last layer is returned: does the list begin anew in each round?",
            lambda sizes, rng, *alpha: right(sizes[-2:], rng, *alpha),
        ),
        Mistake(
            "the first layer is missing: it lies between the inputs, which come first in "
            "sizes, and the first units",
            lambda sizes, rng, *alpha: right(sizes[1:], rng, *alpha),
            "pairwise(sizes)",
        ),
    ]


def my_uniform(sizes, rng):
    layers = []
    for n_in, n_out in itertools.pairwise(sizes):
        layers.append((rng.uniform(-2, 2, (n_in, n_out)), np.zeros(n_out)))
    return layers


_normal_draw = np.random.Generator.normal
_UNIFORM = "rng.uniform(-2, 2, (n_in, n_out))"


def _constant(number):
    return lambda n_in, n_out, alpha: number


_uniform = Exercise(
    my_uniform,
    [(sizes, None) for sizes in (*_SMALL, _WIDE, *_NARROW)],
    [
        *_start_mistakes(my_uniform, _UNIFORM),
        Mistake(
            "the numbers lie between 0 and 1: which bounds are asked for?",
            _start(_constant(1), arguments=(0, 1)),
            _UNIFORM,
        ),
        Mistake(
            "the numbers lie between 0 and 2, all on one side: what is the lower bound?",
            _start(_constant(1), arguments=(0, 2)),
            _UNIFORM,
        ),
        Mistake(
            "the numbers lie between -1 and 1: which bounds are asked for?",
            _start(_constant(1)),
            _UNIFORM,
        ),
        Mistake(
            "these are normal numbers, as the original notebook's code draws them: its "
            "text asks for uniform ones",
            _start(_constant(1), _normal_draw, (0, 1)),
            _UNIFORM,
        ),
        Mistake(
            "these are normal numbers with the spread 2: they have no bounds",
            _start(_constant(2), _normal_draw, (0, 1)),
            _UNIFORM,
        ),
    ],
    _measure(lambda n_in: 2 / np.sqrt(3), uniform=True),
    _tolerance,
    fresh=lambda rng: [(sizes, None) for sizes in _fresh_sizes(rng)],
)


def _he_spread(n_in, alpha):
    return np.sqrt(2 / ((1 + alpha**2) * n_in))


def my_he(sizes, rng, alpha):
    layers = []
    for n_in, n_out in itertools.pairwise(sizes):
        W = _he_spread(n_in, alpha) * rng.standard_normal((n_in, n_out))
        layers.append((W, np.zeros(n_out)))
    return layers


def _fresh_he(rng):
    small, narrow, wide = _fresh_sizes(rng)
    negative, large = rng.uniform([-0.95, 2], [-0.6, 3]).round(2)
    return [(small, None, negative), (narrow, None, negative), (wide, None, large)]


def _he(scale, draw=_normal_draw):
    return _start(scale, draw, (0, 1))


_SPREAD = "np.sqrt(2 / ((1 + alpha**2) * n_in))"
_NORMAL = "spread * rng.standard_normal((n_in, n_out))"

_he_exercise = Exercise(
    my_he,
    [
        *zip(_SMALL, itertools.repeat(None), (-0.2, 0.0, -0.2, 1.0)),
        (_WIDE, None, -0.2),
        *zip(_NARROW, itertools.repeat(None), (1.0, 0.0)),
    ],
    [
        *_start_mistakes(my_he, _NORMAL),
        Mistake(
            "the spread follows n_out: how many numbers does a unit add up?",
            _he(lambda n_in, n_out, alpha: _he_spread(n_out, alpha)),
            _SPREAD,
        ),
        Mistake(
            "the spread follows n_in + n_out: how many numbers does a unit add up?",
            _he(lambda n_in, n_out, alpha: _he_spread(n_in + n_out, alpha)),
            _SPREAD,
        ),
        Mistake(
            "the spread is what the variance should be: numbers multiplied by s get the "
            "variance s squared",
            _he(lambda n_in, n_out, alpha: _he_spread(n_in, alpha) ** 2),
            _SPREAD,
        ),
        Mistake(
            "the spread is the same for every alpha: the more an activation lets "
            "through, the smaller the weights",
            _he(lambda n_in, n_out, alpha: _he_spread(n_in, 0.0)),
            _SPREAD,
        ),
        Mistake(
            "a negative alpha counts as one that lets less through: what happens to its "
            "sign in the formula?",
            _he(lambda n_in, n_out, alpha: np.sqrt(2 / ((1 + alpha) * n_in))),
            _SPREAD,
        ),
        Mistake(
            "the 1 is squared together with alpha: in the formula alpha alone is squared",
            _he(lambda n_in, n_out, alpha: np.sqrt(2 / ((1 + alpha) ** 2 * n_in))),
            _SPREAD,
        ),
        Mistake(
            "the variance is half of what it should be: what makes up for the activation?",
            _he(lambda n_in, n_out, alpha: _he_spread(2 * n_in, alpha)),
            _SPREAD,
        ),
        Mistake(
            "the variance is twice what it should be: what belongs under the root?",
            _he(lambda n_in, n_out, alpha: _he_spread(n_in / 2, alpha)),
            _SPREAD,
        ),
        Mistake(_ONE_SPREAD, _he(_constant(1.0)), _SPREAD),
        Mistake(
            "the spread grows with n_in: the more numbers a unit adds up, the smaller "
            "they must be",
            _he(lambda n_in, n_out, alpha: _he_spread(1 / n_in, alpha)),
            _SPREAD,
        ),
        Mistake(
            "the spread follows n_in + n_out, and is the same for every alpha: that is "
            "another scheme, Glorot's",
            _he(lambda n_in, n_out, alpha: np.sqrt(2 / (n_in + n_out))),
            _SPREAD,
        ),
        Mistake(
            "these are uniform numbers that follow n_in + n_out: that is another scheme, "
            "Glorot's; He's weights are normal",
            _start(lambda n_in, n_out, alpha: np.sqrt(6 / (n_in + n_out))),
            _NORMAL,
        ),
        Mistake(
            "the spread is right, but the numbers are uniform: He's weights are normal",
            _start(lambda n_in, n_out, alpha: np.sqrt(3) * _he_spread(n_in, alpha)),
            _NORMAL,
        ),
        Mistake(
            "these are uniform numbers, and the spread that is asked for is their bound: "
            "He's weights are normal",
            _start(lambda n_in, n_out, alpha: _he_spread(n_in, alpha)),
            _NORMAL,
        ),
    ],
    _measure(_he_spread),
    _tolerance,
    fresh=_fresh_he,
)


EXERCISES = {exercise.name: exercise for exercise in (_uniform, _he_exercise)}
