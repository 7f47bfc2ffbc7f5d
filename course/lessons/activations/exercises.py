"""The exercises of notebook 1, activations.

Stop reading here if you want to solve them yourself.
"""

import numpy as np

import mlp_core as mlp
from course.checking import Exercise, Mistake
from course.lessons.cases import normal


def my_activation(z, alpha):
    return np.where(z > 0, z, alpha * z)


def _write_into(array, mask, numbers):
    """Write numbers to the places of a mask, in place; returns the array."""
    array[mask] = numbers[mask]
    return array


def _scale_a_copy(z, alpha):
    out = z.copy()
    out[z < 0] *= alpha
    return out


def _loop_mistakes(value, asks):
    """A loop over the first axis: ``value(v, alpha)`` is right for single numbers."""
    return [
        Mistake(
            "it returns a list, and stops when z has rows: a loop over z goes row by "
            f"row, not number by number; {asks} for every number, in any shape",
            lambda z, alpha: [value(v, alpha) for v in z],
        ),
        Mistake(
            "it stops when z has rows: a loop over z goes row by row, not number by "
            f"number; {asks} for every number, in any shape",
            lambda z, alpha: np.array([value(v, alpha) for v in z]),
        ),
    ]


_Z = np.array([-1.0, 0.0, 2.0])
_ACTIVATION_CASES = [
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
_MASK_MANY = normal(2, 300_000), -0.2

_activation = Exercise(
    my_activation,
    _ACTIVATION_CASES,
    [
        Mistake(
            "this is the slope, 1 or alpha, not the value: on the left the value is "
            "alpha times z",
            lambda z, alpha: np.where(z > 0, 1.0, alpha),
        ),
        Mistake(
            "for negative z it gives alpha itself: look at the left part of the line, "
            "its height must grow with the distance from 0",
            lambda z, alpha: np.where(z > 0, z, alpha),
        ),
        Mistake(
            "it gives 0 for negative z, whatever alpha is: that is ReLU; look for the "
            "place where alpha should come in",
            lambda z, alpha: np.maximum(z, 0),
        ),
        Mistake(
            "it is right for alpha = -0.2 only: use the argument alpha in place of the "
            "number",
            lambda z, alpha: np.where(z > 0, z, -0.2 * z),
        ),
        Mistake(
            "the sides are swapped: positive z must come through unchanged",
            lambda z, alpha: np.where(z > 0, alpha * z, z),
        ),
        Mistake(
            "look at the sign on the left: alpha * z, with no minus of your own; a "
            "negative alpha already turns the line up",
            lambda z, alpha: np.where(z > 0, z, -alpha * z),
        ),
        Mistake(
            "look at positive z: alpha * z is added there too; it belongs to the "
            "negative z alone",
            lambda z, alpha: np.maximum(z, 0) + alpha * z,
        ),
        Mistake(
            "the larger of z and alpha * z is right up to alpha = 1; beyond it the "
            "lines change places: ask for the sign of z",
            lambda z, alpha: np.maximum(z, alpha * z),
        ),
        Mistake(
            "it is right for floats, but for an array of whole numbers the decimals "
            "are cut off: z.copy() and np.zeros_like(z) hold whole numbers then; let "
            "np.where make the array, or start from z.astype(float)",
            lambda z, alpha: _write_into(z.copy(), z < 0, alpha * z),
        ),
        Mistake(
            "the numbers are right, but flat: return them in the shape of z, "
            ".reshape(z.shape)",
            lambda z, alpha: my_activation(z, alpha).ravel(),
        ),
        Mistake(
            "it decides once for the whole array: each number must be asked on its own; "
            "look at np.where",
            lambda z, alpha: z * 1.0 if (z > 0).all() else alpha * z,
        ),
        Mistake(
            "it works for one number only: comparing an array gives many answers, and "
            "Python's own `if` and `max` want a single one; np.where takes each on its "
            "own",
            lambda z, alpha: z if z > 0 else alpha * z,
        ),
        *_loop_mistakes(lambda v, alpha: v if v > 0 else alpha * v, "np.where asks"),
        Mistake(
            "it is right for floats, but stops for an array of whole numbers: a copy of "
            "it has no place for the decimals; let np.where make the array, or start "
            "from z.astype(float)",
            _scale_a_copy,
        ),
        Mistake(
            "it writes into z itself, so the caller's z is lost: work on a new array",
            lambda z, alpha: _write_into(z, z < 0, alpha * z),
        ),
    ],
    changed="it writes into z itself, so the caller's z is lost: work on a new array",
    large=_MASK_MANY,
)


def my_slope(z, alpha):
    return alpha + (1 - alpha) * (z >= 0)


_slope = Exercise(
    my_slope,
    _ACTIVATION_CASES,
    [
        Mistake(
            "look at z = 0: there the slope is taken as 1, so ask for z >= 0",
            lambda z, alpha: np.where(z > 0, 1.0, alpha),
        ),
        Mistake(
            "the slope is taken from the activation: ask for the sign of z, not of a; "
            "with a negative alpha the activation is never negative, and a no longer "
            "tells on which side z was",
            lambda z, alpha: np.where(my_activation(z, alpha) >= 0, 1.0, alpha),
        ),
        Mistake(
            "this is the value of the activation, not its slope: how much does the "
            "value change when z grows by 1?",
            my_activation,
        ),
        Mistake(
            "it gives 0 for negative z, whatever alpha is: the slope there is alpha",
            lambda z, alpha: (z >= 0) * 1.0,
        ),
        Mistake(
            "`z >= 0` alone is the question, True or False: True counts as 1, which is "
            "right on the right; on the left alpha is asked for",
            lambda z, alpha: z >= 0,
        ),
        Mistake(
            "it is right for alpha = -0.2 only: use the argument alpha in place of the "
            "number",
            lambda z, alpha: np.where(z >= 0, 1.0, -0.2),
        ),
        Mistake(
            "the sides are swapped: the slope is 1 on the right and alpha on the left",
            lambda z, alpha: np.where(z >= 0, alpha, 1.0),
        ),
        Mistake(
            "look at the sign on the left: the slope there is alpha as it comes",
            lambda z, alpha: np.where(z >= 0, 1.0, -alpha),
        ),
        Mistake(
            "on the left it gives alpha * z: that is the height of the line, the slope "
            "is the same for all negative z",
            lambda z, alpha: np.where(z >= 0, 1.0, alpha * z),
        ),
        Mistake(
            "the left is right, but on the right alpha is still in the sum: what must "
            "be added to alpha to make 1?",
            lambda z, alpha: alpha + (z >= 0),
        ),
        Mistake(
            "the right is right, but on the left there is a 1 too many: what must be "
            "added to 1 to make alpha?",
            lambda z, alpha: 1 + alpha * (z < 0),
        ),
        Mistake(
            "it is right for floats, but for an array of whole numbers alpha is cut "
            "off: np.ones_like(z) holds whole numbers then; compute the array from "
            "alpha, or use np.ones(z.shape)",
            lambda z, alpha: _write_into(
                np.ones_like(z), z < 0, np.full(z.shape, alpha)
            ),
        ),
        Mistake(
            "it works for one number only: comparing an array gives many answers, and "
            "Python's own `if` wants a single one; compute with the answers instead, "
            "True counts as 1",
            lambda z, alpha: 1.0 if z >= 0 else alpha,
        ),
        *_loop_mistakes(lambda v, alpha: 1 if v >= 0 else alpha, "`z >= 0` asks"),
        Mistake(
            "the left is right, but on the right it gives 0, where the slope is 1: add "
            "what `z >= 0` counts there",
            lambda z, alpha: alpha * (z < 0),
        ),
        Mistake(
            "the left is right, but on the right it gives z, the height of the line: the "
            "slope is how much the height grows when z grows by 1",
            lambda z, alpha: np.where(z >= 0, z, alpha),
        ),
        Mistake(
            "the numbers are right, but flat: return them in the shape of z, "
            ".reshape(z.shape)",
            lambda z, alpha: my_slope(z, alpha).ravel(),
        ),
    ],
    changed="it writes into z itself, so the caller's z is lost: work on a new array",
    large=_MASK_MANY,
)


def _slopes(Z, alpha):
    return mlp.leaky_relu(alpha).slope(Z)


def my_dead_units(Z, alpha):
    return (_slopes(Z, alpha) == 0).all(axis=0)


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
            "it looks along the wrong axis: samples are rows, so to ask about one unit "
            "go down its column, axis=0",
            lambda Z, alpha: (Z < 0).all(axis=1) & (alpha == 0),
        ),
        Mistake(
            "one sample with slope 0 is enough for it: a unit is dead when the slope is "
            "0 on every sample; look at any and all",
            lambda Z, alpha: (Z < 0).any(axis=0) & (alpha == 0),
        ),
        Mistake(
            "look at z = 0: the slope is 1 there, so such a unit lives; if you asked "
            "for the activation being 0, ask for the slope",
            lambda Z, alpha: (Z <= 0).all(axis=0) & (alpha == 0),
        ),
        Mistake(
            "look at alpha: where it is not 0, a negative z has the slope alpha, and "
            "the unit lives",
            lambda Z, alpha: (Z < 0).all(axis=0),
        ),
        Mistake(
            "look at alpha, and at z = 0: a unit is dead only if its slope is 0; for "
            "negative z the slope is alpha, and at z = 0 it is 1",
            lambda Z, alpha: (Z <= 0).all(axis=0),
        ),
        Mistake(
            "a sum or a mean of the slopes can be 0 although none of them is: slopes of "
            "opposite sign cancel; ask whether each slope is 0, then .all(axis=0)",
            lambda Z, alpha: abs(_slopes(Z, alpha).sum(axis=0)) < 1e-12,
        ),
        Mistake(
            "it says True where none of the slopes is 0: to `all` each number but 0 "
            "counts as True; ask first which slopes are 0, then .all(axis=0)",
            lambda Z, alpha: _slopes(Z, alpha).all(axis=0),
        ),
        Mistake(
            "it says True for the units that live: turn it round",
            lambda Z, alpha: ~my_dead_units(Z, alpha),
        ),
        Mistake(
            "it gives one answer for each number: ask for each unit over all samples, "
            ".all(axis=0)",
            lambda Z, alpha: (Z < 0) & (alpha == 0),
        ),
        Mistake(
            "it gives one answer for all units together: .all() needs axis=0 to answer "
            "for each unit",
            lambda Z, alpha: np.bool_((Z < 0).all() & (alpha == 0)),
        ),
        Mistake(
            "it gives the share or the number of samples, not True or False",
            lambda Z, alpha: ((Z < 0) & (alpha == 0)).mean(axis=0),
        ),
    ],
    large=(-abs(normal(4, 40_000, 5)), 0.0),  # else a loop may stop at the first unit
)


EXERCISES = {exercise.name: exercise for exercise in (_activation, _slope, _dead_units)}
