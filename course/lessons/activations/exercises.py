"""The exercises of notebook 1, activations.

Stop reading here if you want to solve them yourself.
"""

import numpy as np

import mlp_core as mlp
from course.checking import Exercise, Mistake
from course.lessons.cases import normal


def my_activation(z, alpha):
    return np.where(z > 0, z, alpha * z)


def my_slope(z, alpha):
    return alpha + (1 - alpha) * (z >= 0)


_Z = np.array([-1.0, 0.0, 2.0])
_CASES = [
    (np.array([-1.0]), -0.2),
    (_Z, -0.2),
    (_Z, 0.0),
    (_Z, 0.01),
    (_Z, 0.5),
    (_Z, -1.0),
    (_Z, 1.0),
    (_Z, 2.0),
    (np.array([-3, 0, 2]), -0.2),  # whole numbers
    (np.array([[-0.5]]), 0.1),
    (np.array([[-2.0, 0.0, 1.0], [0.5, -0.5, -3.0]]), -0.2),
    (normal(1, 4, 3, 2), 0.3),  # a stack
]
_MANY = normal(2, 300_000), -0.2


def _fresh_cases(rng):
    """Numbers on both sides of 0, close to it and far away; alphas of every kind."""
    negative, small, large = rng.uniform([-3, 0.05, 1.05], [-0.3, 0.95, 3]).round(2)
    whole = np.array([rng.integers(1, 9), 0, -1])  # the positive one comes first
    decimals = rng.standard_normal((30, 7))  # not rounded
    few = decimals[0].round(2)
    return [
        (np.array([-1e-12]), negative),
        (np.array([-0.0, -1e-9, 0.05, -1e-4, -0.05]), large),
        (np.array([0.5, -0.01, -0.5]), negative),
        (whole, small),
        (-whole, large),
        (-abs(few) - 0.01, small),
        (abs(few)[:, None] + 0.01, negative),
        (decimals.astype(np.float32), 0.0),
        (1000 * decimals, negative),
    ]


def _write_into(array, mask, numbers):
    """Write numbers to the places of a mask, in place; returns the array."""
    array[mask] = numbers[mask]
    return array


def _scale_a_copy(z, alpha):
    out = z.copy()
    out[z < 0] *= alpha
    return out


# What both exercises are told.
_FIXED_ALPHA = "it is right for alpha = -0.2 only: alpha comes as an argument"
_SWAPPED = "the sides are swapped: which one does alpha belong to?"
_FLAT = "the numbers are right, but not in the shape of z"
_WHOLE = (
    "for an array of whole numbers the decimals are cut off: an array made from it holds "
    "whole numbers, too"
)
_FIRST = (
    "the decimals are cut off where the first result is a whole number: it decides for "
    "all of them"
)
_ONE_NUMBER = (
    "it stops where z has more than one number: a comparison then has many answers, and "
    "Python wants a single one; look at np.where"
)
_ROWS = (
    "it stops where z has rows of several numbers: a loop over z goes row by row, not "
    "number by number; NumPy asks for every number, in any shape"
)
_CHANGED = "it writes into z itself, so the caller's z is lost: work on a new array"
_VALUE, _SLOPE = "np.where(z > 0, z, alpha * z)", "np.where(z >= 0, 1, alpha)"


_activation = Exercise(
    my_activation,
    _CASES,
    [
        Mistake(
            "it gives 1 or alpha, the slope: asked for is the value, the height at z",
            lambda z, alpha: np.where(z > 0, 1.0, alpha),
            _VALUE,
        ),
        Mistake(
            "for every negative z it gives the same, alpha: the height must change with "
            "the distance from 0",
            lambda z, alpha: np.where(z > 0, z, alpha),
            _VALUE,
        ),
        Mistake(
            "it gives 0 for every negative z, whatever alpha is: that is ReLU; where "
            "does alpha come in?",
            lambda z, alpha: np.maximum(z, 0),
            _VALUE,
        ),
        Mistake(_FIXED_ALPHA, lambda z, alpha: np.where(z > 0, z, -0.2 * z), _VALUE),
        Mistake(_SWAPPED, lambda z, alpha: np.where(z > 0, alpha * z, z), _VALUE),
        Mistake(
            "for negative z the sign is turned round: a negative alpha alone already "
            "turns the line up",
            lambda z, alpha: np.where(z > 0, z, -alpha * z),
            "alpha * z",
        ),
        Mistake(
            "for positive z there is alpha times z too much: it belongs to the negative "
            "z alone",
            lambda z, alpha: np.maximum(z, 0) + alpha * z,
            "np.maximum(z, 0) + alpha * np.minimum(z, 0)",
        ),
        Mistake(
            "for alpha above 1 the sides are swapped: there the larger of both lines is "
            "the wrong one; what decides is the sign of z",
            lambda z, alpha: np.maximum(z, alpha * z),
            _VALUE,
        ),
        Mistake(
            "a single number that is not positive makes it multiply all of them by "
            "alpha: each must be asked on its own; look at np.where",
            lambda z, alpha: z * 1.0 if (z > 0).all() else alpha * z,
            _VALUE,
        ),
        Mistake(
            "a single positive number makes it keep all of them: each must be asked on "
            "its own; look at np.where",
            lambda z, alpha: z * 1.0 if (z > 0).any() else alpha * z,
            _VALUE,
        ),
        Mistake(_ONE_NUMBER, lambda z, alpha: z if z > 0 else alpha * z, _VALUE),
        Mistake(
            _ROWS,
            lambda z, alpha: np.array([v if v > 0 else alpha * v for v in z]),
            _VALUE,
        ),
        Mistake(
            _WHOLE,
            lambda z, alpha: _write_into(z.copy(), z < 0, alpha * z),
            "z.astype(float)",
        ),
        Mistake(
            "it stops for an array of whole numbers: a copy of it has no place for "
            "decimals",
            _scale_a_copy,
            "z.astype(float)",
        ),
        Mistake(
            _FIRST,
            lambda z, alpha: np.vectorize(lambda v: v if v > 0 else alpha * v)(z),
            "np.vectorize(..., otypes=[float])",
        ),
        Mistake(
            _FLAT, lambda z, alpha: my_activation(z, alpha).ravel(), ".reshape(z.shape)"
        ),
    ],
    changed=_CHANGED,
    large=_MANY,
    fresh=_fresh_cases,
)

_slope = Exercise(
    my_slope,
    _CASES,
    [
        Mistake(
            "look at z = 0: the slope is taken as 1 there",
            lambda z, alpha: np.where(z > 0, 1.0, alpha),
            "z >= 0",
        ),
        Mistake(
            "it gives 1 on both sides unless alpha is positive: the activation is not "
            "negative there, so it does not tell on which side z lies; what does?",
            lambda z, alpha: np.where(my_activation(z, alpha) >= 0, 1.0, alpha),
            "z >= 0",
        ),
        Mistake(
            "this is the value of the activation, not its slope: how much does the "
            "value change when z grows by 1?",
            my_activation,
            _SLOPE,
        ),
        Mistake(
            "it gives 0 for negative z, whatever alpha is: how steep is the line there?",
            lambda z, alpha: (z >= 0) * 1.0,
            "alpha + (1 - alpha) * (z >= 0)",
        ),
        Mistake(
            "it gives True and False, which count as 1 and 0: that is right on the "
            "right; on the left alpha is asked for",
            lambda z, alpha: z >= 0,
            "alpha + (1 - alpha) * (z >= 0)",
        ),
        Mistake(_FIXED_ALPHA, lambda z, alpha: np.where(z >= 0, 1.0, -0.2), _SLOPE),
        Mistake(_SWAPPED, lambda z, alpha: np.where(z >= 0, alpha, 1.0), _SLOPE),
        Mistake(
            "for negative z the sign is turned round: the slope is alpha as it comes",
            lambda z, alpha: np.where(z >= 0, 1.0, -alpha),
            _SLOPE,
        ),
        Mistake(
            "on the left it gives the height of the line: its slope is the same for all "
            "negative z",
            lambda z, alpha: np.where(z >= 0, 1.0, alpha * z),
            _SLOPE,
        ),
        Mistake(
            "on the right it gives z, the height of the line: how much does the height "
            "grow when z grows by 1?",
            lambda z, alpha: np.where(z >= 0, z, alpha),
            _SLOPE,
        ),
        Mistake(
            "on the right there is alpha too much: what must be added to alpha to make "
            "1?",
            lambda z, alpha: alpha + (z >= 0),
            "1 - alpha",
        ),
        Mistake(
            "the right side is right for alpha = -0.2 only: what must be added to "
            "another alpha to make 1?",
            lambda z, alpha: alpha + 1.2 * (z >= 0),
            "1 - alpha",
        ),
        Mistake(
            "on both sides alpha is missing: it is there before anything is added",
            lambda z, alpha: (1 - alpha) * (z >= 0),
            "alpha + (1 - alpha) * (z >= 0)",
        ),
        Mistake(
            "on the left there is 1 too much: what must be added to 1 to make alpha?",
            lambda z, alpha: 1 + alpha * (z < 0),
            "alpha - 1",
        ),
        Mistake(
            "the left is right, but on the right it gives 0: what is the slope there?",
            lambda z, alpha: alpha * (z < 0),
            "alpha * (z < 0) + (z >= 0)",
        ),
        Mistake(_ONE_NUMBER, lambda z, alpha: 1.0 if z >= 0 else alpha, _SLOPE),
        Mistake(
            _ROWS,
            lambda z, alpha: np.array([1 if v >= 0 else alpha for v in z]),
            _SLOPE,
        ),
        Mistake(
            _WHOLE,
            lambda z, alpha: _write_into(
                np.ones_like(z), z < 0, np.full(z.shape, alpha)
            ),
            "np.ones(z.shape)",
        ),
        Mistake(
            _FIRST,
            lambda z, alpha: np.vectorize(lambda v: 1 if v >= 0 else alpha)(z),
            "np.vectorize(..., otypes=[float])",
        ),
        Mistake(
            _FLAT, lambda z, alpha: my_slope(z, alpha).ravel(), ".reshape(z.shape)"
        ),
    ],
    changed=_CHANGED,
    large=_MANY,
    fresh=_fresh_cases,
)


def _slopes(Z, alpha):
    return mlp.leaky_relu(alpha).slope(Z)


def my_dead_units(Z, alpha):
    return (_slopes(Z, alpha) == 0).all(axis=0)


def _fresh_units(rng):
    """Units that are dead, or nearly so, in any order; alphas of every kind."""
    Z = -rng.uniform(0.01, 3, (5, 6)).round(2)
    row = rng.integers(5)
    Z[row, :4] = 0.0, -1e-12, 1e-12, 2.0  # only the second of them stays dead
    Z[:, 5] *= -1
    Z = Z[:, rng.permutation(6)]
    last = -np.ones((60, 7))
    last[-1, rng.permutation(7)[:3]] = 1.0, 0.0, 1e-3  # the last sample decides
    whole = rng.permuted([[-3, -1, 2], [-2, 0, 1], [-1, -5, 4]], axis=0)
    cancels = rng.permutation([[-1.0, -2.0], [-0.5, -1.0], [1.0, -3.0]])
    negative, positive = rng.uniform([-3, 0.05], [-0.3, 3]).round(2)
    return [
        (Z, 0.0),
        (Z, negative),
        (Z, positive),
        (Z, 0.001),
        (Z[[row]], 0.0),
        (-abs(Z[:, :1]) - 0.01, 0.0),
        (Z.astype(np.float32), 0.0),
        (whole, 0),
        (cancels, -0.5),
        (last, 0.0),
    ]


_dead_units = Exercise(
    my_dead_units,
    [
        (np.array([[-1.0, 2.0]]), 0.0),  # one sample
        (np.array([[-1.0, 2.0], [-3.0, -1.0]]), 0.0),
        (np.array([[-1.0, 0.0, -2.0], [-1.0, -2.0, 0.5]]), 0.0),  # a z of 0
        (np.array([[-1.0, -2.0, -3.0], [1.0, -1.0, -2.0], [2.0, 1.0, -1.0]]), 0.0),
        (np.array([[-1.0, -2.0], [-3.0, -4.0]]), -0.2),
        (np.array([[-1.0, -2.0], [-3.0, -4.0]]), 0.01),
        (np.array([[-1.0, -2.0], [-3.0, -4.0]]), 1.0),
        (np.array([[-1.0], [1.0]]), -1.0),  # the slopes -1 and 1 cancel in a sum
        (np.array([[-1.0], [-2.0], [-1.0], [-0.5], [-3.0], [1.0]]), -0.2),
        (np.array([[-1, 0, 4], [-2, -3, -1]]), 0.0),  # whole numbers
        (normal(3, 4, 6) - 1.0, 0.0),
    ],
    [
        Mistake(
            "it answers for each sample: a row is a sample, a unit is a column",
            lambda Z, alpha: (Z < 0).all(axis=1) & (alpha == 0),
            ".all(axis=0)",
        ),
        Mistake(
            "one sample with slope 0 is enough for it: a dead unit has the slope 0 on "
            "every sample",
            lambda Z, alpha: (Z < 0).any(axis=0) & (alpha == 0),
            ".all(axis=0)",
        ),
        Mistake(
            "units with z = 0 on a sample count as dead: what is the slope at z = 0?",
            lambda Z, alpha: (Z <= 0).all(axis=0) & (alpha == 0),
            "mlp.leaky_relu(alpha).slope(Z) == 0",
        ),
        Mistake(
            "it finds the same units for every alpha: which slope has a negative z?",
            lambda Z, alpha: (Z < 0).all(axis=0),
            "mlp.leaky_relu(alpha).slope(Z) == 0",
        ),
        Mistake(
            "it finds the same units for every alpha, and those with z = 0, too: ask "
            "for the slope itself",
            lambda Z, alpha: (Z <= 0).all(axis=0),
            "mlp.leaky_relu(alpha).slope(Z) == 0",
        ),
        Mistake(
            "a unit counts as dead where its slopes cancel, -1 and 1: each slope must "
            "be 0, not only all of them together",
            lambda Z, alpha: abs(_slopes(Z, alpha).sum(axis=0)) < 1e-12,
            "(mlp.leaky_relu(alpha).slope(Z) == 0).all(axis=0)",
        ),
        Mistake(
            "it says True for the units with no slope of 0: asked for all, any number "
            "but 0 counts as True; where is the slope 0?",
            lambda Z, alpha: _slopes(Z, alpha).all(axis=0),
            "mlp.leaky_relu(alpha).slope(Z) == 0",
        ),
        Mistake(
            "it says True for the units that live: turn it round",
            lambda Z, alpha: ~my_dead_units(Z, alpha),
            "(mlp.leaky_relu(alpha).slope(Z) == 0).all(axis=0)",
        ),
        Mistake(
            "it answers for each number: one answer for each unit, over all its samples",
            lambda Z, alpha: (Z < 0) & (alpha == 0),
            ".all(axis=0)",
        ),
        Mistake(
            "it gives one answer for all units together: each unit needs its own",
            lambda Z, alpha: np.bool_((Z < 0).all() & (alpha == 0)),
            ".all(axis=0)",
        ),
        Mistake(
            "it gives the places of the dead units: asked for is True or False for each "
            "unit",
            lambda Z, alpha: np.flatnonzero(my_dead_units(Z, alpha)),
            "(mlp.leaky_relu(alpha).slope(Z) == 0).all(axis=0)",
        ),
    ],
    large=(-abs(normal(4, 40_000, 5)), 0.0),  # else a loop may stop at the first unit
    fresh=_fresh_units,
    allowed=(mlp.leaky_relu,),
)


EXERCISES = {exercise.name: exercise for exercise in (_activation, _slope, _dead_units)}
