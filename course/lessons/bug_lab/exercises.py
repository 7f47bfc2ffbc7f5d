"""The exercises of notebook 7, the bug lab.

Stop reading here if you want to solve them yourself.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

import mlp_core as mlp
from course.checking import Exercise, Mistake, call_once, to_array
from course.lessons.cases import (
    LEAKY,
    TANH,
    expect_items,
    layers_form,
    mended_by,
    network,
    normal,
    swapped,
)

# A numeric slope: losses to differentiate, right and wrong differences ----------------


def square(w):
    return np.sum(w**2)


def cubes(w):
    """Every entry has its own slope, and the slope bends: then h counts."""
    return float(np.sum(np.arange(1, w.size + 1) * w.ravel() ** 3))


def mixed(w):
    """An entry's slope depends on the others, too."""
    return float(np.sum(np.sin(w)) + np.prod(w))


def dead(w):
    """An entry below 0 has the slope 0, wherever the losses are taken.

    This is a number of Python, for which 0 / 0 raises; that of `square` gives NaN.
    """
    return float(np.sum(np.maximum(w, 0) ** 2))


LOSS_NAMES = {
    dead: "the sum of max(w, 0) ** 2",
    square: "the sum of w ** 2",
    cubes: "1 * w0 ** 3 + 2 * w1 ** 3 + ...",
    mixed: "the sum of sin(w), plus the product of all w",
}


def moved(w, index, h):
    w = w.copy()
    w[index] += h
    return w


def central(loss_of, w, index, h):
    return loss_of(moved(w, index, h)) - loss_of(moved(w, index, -h))


def forward_difference(loss_of, w, index, h):
    return loss_of(moved(w, index, h)) - loss_of(w)


def backward_difference(loss_of, w, index, h):
    return loss_of(w) - loss_of(moved(w, index, -h))


def quotient(difference=central, gap=lambda h: 2 * h, copy=lambda w: w.astype(float)):
    """A numeric slope out of ``difference(loss_of, w, index, h)``, one of losses."""

    def slope(loss_of, w, index, h):
        return difference(loss_of, copy(w), index, h) / gap(h)

    return slope


numeric_slope = quotient()


# The error of one entry ----------------------------------------------------------------


def my_entry_error(loss_of, w, index, claimed, h=1e-5):
    return _relative(claimed, numeric_slope(loss_of, w, index, h))


def _relative(claimed, slope):
    larger = max(abs(claimed), abs(slope))
    return abs(claimed - slope) / larger if larger > 0 else 0.0


def _entry_error(slope_of=numeric_slope, error_of=_relative):
    """The error of one entry, made of exchangeable parts."""

    def error(loss_of, w, index, claimed, h=1e-5):
        return error_of(claimed, slope_of(loss_of, w, index, h))

    return error


def _alone(loss_of, w, index, h):
    """The slope of one number in place of the array."""
    return numeric_slope(loss_of, np.array([w[index]]), (0,), h)


def _all_moved(loss_of, w, index, h):
    return (loss_of(w + h) - loss_of(w - h)) / (2 * h)


def _fixed(h):
    return lambda loss_of, w, index, _: numeric_slope(loss_of, w, index, h)


# Wrong slopes, and wrong ways from two slopes to their error: who goes wrong in both is
# told of both.
_UP_AND_DOWN = "(loss_of(up) - loss_of(down)) / (2 * h)"
_SLOPES = {
    "the numeric slope is that of one number alone, and the loss depends on the others, "
    "too: what does loss_of take?": _alone,
    "the difference is one-sided, between w and h above: it should reach to both "
    "sides": quotient(forward_difference, lambda h: h),
    "the difference is one-sided, between h below and w: it should reach to both "
    "sides": quotient(backward_difference, lambda h: h),
    "the difference goes one h to one side, and is divided by the way to both": quotient(
        forward_difference
    ),
    "the difference of the losses is not divided: a slope is a difference over a "
    "way": quotient(central, lambda h: 1),
    "the numeric slope is twice too large: how far is it from the one place to the "
    "other?": quotient(central, lambda h: h),
    "the smaller h is, the smaller gets the numeric slope: h divides, and so does the 2, "
    "both together": quotient(central, lambda h: 2 / h),
    "the numeric slope has the wrong sign: from which of the two losses is the other one "
    "taken away?": quotient(central, lambda h: -2 * h),
    "where w holds whole numbers the entry does not move by h: an array of those drops "
    "what follows the point": quotient(central, copy=lambda w: w.copy()),
}
_MORE_SLOPES = {
    "a large h makes the central difference differ from the slope, and yours does not: "
    "take the h that is handed over, and the loss at two places only": _fixed(1e-5),
    "the numeric slope is 0 everywhere: the entry must be h larger in one array, and h "
    "smaller in another": lambda *args: 0.0,
    "so small a step is lost: a float has 16 digits, and 3 + 1e-16 is 3; take the h that "
    "is handed over": _fixed(1e-16),
}
_ERRORS = {
    "that is the difference of the two slopes: the relative error compares it with the "
    "larger of their sizes": lambda c, n: abs(c - n),
    "where both slopes are 0 it divides by 0: nothing is wrong there": lambda c, n: (
        abs(c - n) / max(abs(c), abs(n))
    ),
    "an error has no sign, and yours has one": lambda c, n: (
        (c - n) / max(abs(c), abs(n)) if c or n else 0.0
    ),
    "it is relative to the numeric slope: the larger of the two sizes keeps it "
    "below 2": lambda c, n: abs(c - n) / abs(n) if n else 0.0,
    "it is relative to the claimed slope: the larger of the two sizes keeps it "
    "below 2": lambda c, n: abs(c - n) / abs(c) if c else 0.0,
}
_MORE_ERRORS = {
    "an error has no sign, and yours is below 0 where the numeric slope is the smaller "
    "one": lambda c, n: (n - c) / max(abs(c), abs(n)) if c or n else 0.0,
    "where both slopes are 0 it is no number: nothing is wrong there": lambda c, n: (
        abs(c - n) / np.float64(max(abs(c), abs(n)))
    ),
    "it is relative to the sum of the two sizes: take the larger": lambda c, n: (
        abs(c - n) / (abs(c) + abs(n)) if c or n else 0.0
    ),
    "it is relative to the smaller of the two sizes: take the larger": lambda c, n: (
        abs(c - n) / min(abs(c), abs(n)) if c and n else 0.0
    ),
    "it is relative to the numeric slope, its sign included: compare sizes, and take the "
    "larger": lambda c, n: abs(c - n) / n if n else 0.0,
    "it is relative to the numeric slope, and where that is 0 it divides by 0: the larger "
    "of the two sizes is not": lambda c, n: abs(c - n) / abs(n) if c or n else 0.0,
    "it is relative to the claimed slope, and where that is 0 it divides by 0: the larger "
    "of the two sizes is not": lambda c, n: abs(c - n) / abs(c) if c or n else 0.0,
    "it is relative to the numeric slope, its sign included, and where only that is 0 it "
    "divides by 0: take the larger size": lambda c, n: (
        abs(c - n) / n if c or n else 0.0
    ),
    "it is relative to the numeric slope, its sign included, and where that is 0 it "
    "divides by 0: compare sizes, and take the larger": lambda c, n: abs(c - n) / n,
    "it is relative to the numeric slope, and nothing is done where that is "
    "0": lambda c, n: abs(c - n) / abs(n),
    "it is relative to the claimed slope, and nothing is done where that is "
    "0": lambda c, n: abs(c - n) / abs(c),
    "it is relative to the slope that is larger with its sign: of -6 and 3 that is 3, "
    "and -6 has the larger size": lambda c, n: (
        abs(c - n) / max(c, n) if max(c, n) else 0.0
    ),
    "it is relative to the slope that is larger with its sign, and 0 where that is below "
    "0: of -6 and -3 the size of -6 counts": lambda c, n: (
        abs(c - n) / max(c, n) if max(c, n) > 0 else 0.0
    ),
    "it is relative to the slope that is larger with its sign, and where that is 0 it "
    "divides by 0: compare sizes": lambda c, n: abs(c - n) / max(c, n),
    "it is 0 wherever the numeric slope is 0, whatever was claimed: one slope of 0 and "
    "one that isn't are far apart": lambda c, n: _relative(c, n) if n else 0.0,
    "it is 0 wherever the claimed slope is 0, whatever the numeric one is: one slope of "
    "0 and one that isn't are far apart": lambda c, n: _relative(c, n) if c else 0.0,
}
_GUARD = "larger = max(abs(claimed), abs(numeric)); 0.0 if it is 0, else divide by it"


def _fresh_entries(rng):
    """Slopes of 0 claimed, found or both; tiny ones; large h; whole numbers; 3 axes."""
    w = np.append((abs(normal(rng, 2)) + 0.5) * [1, -1], 0.0)
    whole = rng.integers(1, 5, (2, 3)) * [1, -1, 1]
    cube, h = normal(rng, 2, 1, 2), round(rng.uniform(0.05, 0.3), 3)
    return [
        *((square, w, (i,), 0.0) for i in range(3)),
        (dead, w[1:2], (0,), 0.0),
        (square, w, (2,), -1.5),
        (square, w, (1,), float(2 * w[1])),  # right
        (square, w, (0,), -9.5),
        (square, np.array([1e-5]), (0,), 4e-5),
        (square, whole, (1, 1), 3),
        (cubes, w[:2], (0,), 5.0, h),
        (cubes, whole, (0, 2), -7.0, h),
        (cubes, cube, (1, 0, 1), 0.75, h),
        (mixed, cube, (0, 0, 0), -1.25),
    ]


_entry_error_exercise = Exercise(
    my_entry_error,
    [
        (square, np.array([3.0]), (0,), 6.0),
        (square, np.array([3.0]), (0,), 3.0),
        (square, np.array([3.0]), (0,), 24.0),
        (square, np.array([3.0]), (0,), -6.0),
        (square, np.array([-3.0]), (0,), -4.0),
        (square, np.array([3.0]), (0,), -24.0),  # the larger one is negative
        (square, np.array([0.25]), (0,), 0.125),  # both are below 1
        (square, np.array([3.0, 0.0]), (1,), 0.0),
        (square, np.array([3.0, 0.0]), (1,), 2.0),
        (square, np.array([3.0, 0.0]), (0,), 0.0),
        (cubes, np.array([1.0, -2.0]), (1,), 20.0),
        (cubes, np.array([1.0, -2.0]), (1,), 20.0, 0.1),
        (mixed, np.array([[0.5, -1.0], [2.0, 1.5]]), (0, 1), 1.0),
        (square, np.array([[1, -2], [0, 3]]), (0, 1), 1.0),  # whole numbers
    ],
    [
        Mistake(
            "all entries of w move at once: the slope of one is asked for, with the "
            "others left where they are",
            _entry_error(_all_moved),
            "up[index] += h, and down[index] -= h",
        ),
        *(
            Mistake(message, _entry_error(slope), _UP_AND_DOWN)
            for message, slope in {**_SLOPES, **_MORE_SLOPES}.items()
        ),
        *(
            Mistake(message, _entry_error(error_of=error), _GUARD)
            for message, error in {**_ERRORS, **_MORE_ERRORS}.items()
        ),
        *(
            Mistake(
                f"{message}; besides, {besides}",
                _entry_error(slope, error),
                f"{_UP_AND_DOWN}, then {_GUARD}",
            )
            for message, slope in _SLOPES.items()
            for besides, error in _ERRORS.items()
        ),
    ],
    function_names=LOSS_NAMES,
    changed=(
        "{names} is left changed: move the entry in a copy, and in one that holds w + h "
        "also where w holds whole numbers"
    ),
    fresh=_fresh_entries,
)


def _gradient(
    start=lambda Y_hat, Y: (Y_hat - Y) / len(Y),
    slope_at=lambda A, Z, i: Z[i],
    dW=lambda A, dA, dZ: A.T @ dZ,
    db=lambda dA, dZ: dZ.sum(axis=0),
    back=lambda dA, dZ, W: dZ @ W.T,
):
    """A gradient, called like `loss_and_grads`, out of exchangeable lines."""

    def gradient(params, X, Y, activation):
        Y_hat, (A, Z) = mlp.forward(params, X, activation)
        dA, grads = start(Y_hat, Y), []
        for i in reversed(range(len(params))):
            dZ = dA * activation.slope(slope_at(A, Z, i))
            grads.insert(0, mlp.Layer(dW(A[i], dA, dZ), db(dA, dZ)))
            dA = back(dA, dZ, params[i].W)
        return mlp.loss(Y_hat, Y), grads

    return gradient


def mend_first(params, X, Y, activation):
    return _gradient()(params, X, Y, activation)


def mend_second(params, X, Y, activation):
    return _gradient()(params, X, Y, activation)


def _gradient_form(result):
    """``return loss, grads``."""
    expect_items(result, 2, "the loss and grads")
    value, grads = result
    parts = layers_form("dW", "db")(grads)
    return {"loss": to_array(value, "the loss"), **parts}


def _gradient_case(seed, n, sizes, activation):
    params = network(seed, *sizes)
    X, Y = normal(seed + 1, n, sizes[0]), normal(seed + 2, n, sizes[-1])
    return params, X, Y, activation


_GRADIENT_CASES = [
    _gradient_case(700, 1, (2, 1), LEAKY),
    _gradient_case(710, 3, (2, 3, 1), LEAKY),
    _gradient_case(720, 3, (3, 3, 3), TANH),
    _gradient_case(730, 4, (2, 3, 3, 2, 1), LEAKY),
    _gradient_case(740, 5, (4, 2, 5, 2), TANH),
    _gradient_case(750, 6, (2, 3, 1), mlp.sigmoid),
]


def _fresh_gradients(rng):
    """One sample, one unit, as many samples as units, more samples; alpha is drawn."""
    alpha = round(rng.uniform(0.2, 0.8), 2)
    shapes = [
        (1, (1, 1, 1), TANH),
        (2, (2, 2, 1), mlp.leaky_relu(alpha)),
        (3, (1, 3, 3), mlp.leaky_relu(-alpha)),
        (7, tuple(rng.integers(1, 5, 4)), mlp.sigmoid),
    ]
    return [
        (network(rng, *sizes), normal(rng, n, sizes[0]), normal(rng, n, sizes[-1]), f)
        for n, sizes, f in shapes
    ]


# What a learner may do to the wrong line, or to a right one.
_WRONG_MENDS = [
    *mended_by(
        "dA = (Y_hat - Y) / len(Y), before the loop",
        {
            "all gradients have the wrong sign: the loss grows with a prediction that is "
            "above its target": _gradient(start=lambda Y_hat, Y: (Y - Y_hat) / len(Y)),
            "with n samples all gradients are n times too large: the loss is a mean over "
            "the samples": _gradient(start=lambda Y_hat, Y: Y_hat - Y),
            "with n samples all gradients are n times too small: the mean is taken "
            "once": _gradient(start=lambda Y_hat, Y: (Y_hat - Y) / len(Y) ** 2),
            "db is right, but with n samples dW is n times too large: both need the same "
            "1 / n": _gradient(
                start=lambda Y_hat, Y: Y_hat - Y, db=lambda dA, dZ: dZ.mean(axis=0)
            ),
        },
    ),
    *mended_by(
        "dZ = dA * activation.slope(Z[i])",
        {
            "the slope of the activation is missing: what goes back must pass each "
            "activation": _gradient(
                dW=lambda A, dA, dZ: A.T @ dA,
                db=lambda dA, dZ: dA.sum(axis=0),
                back=lambda dA, dZ, W: dA @ W.T,
            ),
            "the slope of each activation is taken at its output: where does it belong "
            "to?": _gradient(slope_at=lambda A, Z, i: A[i + 1]),
        },
    ),
    *mended_by(
        "A[i].T @ dZ",
        {
            "dW has not passed the activation: W makes z, so which slope does it "
            "need?": _gradient(dW=lambda A, dA, dZ: A.T @ dA),
            "with n samples dW is n times too small: the mean over them is taken at the "
            "start already": _gradient(dW=lambda A, dA, dZ: A.T @ dZ / len(A)),
        },
    ),
    *mended_by(
        "mlp.Layer(A[i].T @ dZ, dZ.sum(axis=0))",
        {
            "neither dW nor db has passed the activation: W and b make z, so which slope "
            "do they need?": _gradient(
                dW=lambda A, dA, dZ: A.T @ dA, db=lambda dA, dZ: dA.sum(axis=0)
            ),
            "db has not passed the activation: b is a part of z, so which slope does it "
            "need?": _gradient(db=lambda dA, dZ: dA.sum(axis=0)),
            "db has a row for each sample: b has one number for each unit, so what "
            "happens to the samples?": _gradient(db=lambda dA, dZ: dZ),
            "db has one number for each sample: b has one for each unit": _gradient(
                db=lambda dA, dZ: dZ.sum(axis=1)
            ),
            "db is one number for the whole layer: b has one for each unit": _gradient(
                db=lambda dA, dZ: dZ.sum()
            ),
            "db has an axis too many, the shape (1, units): b has the shape "
            "(units,)": _gradient(db=lambda dA, dZ: dZ.sum(axis=0, keepdims=True)),
            "db is right for 3 samples only: the map shows a batch of 3, and there are "
            "others": _gradient(db=lambda dA, dZ: dZ.mean(axis=0) * 3),
        },
    ),
    Mistake(
        "the two results are swapped: the loss comes first",
        swapped(_gradient()),
        "return mlp.loss(Y_hat, Y), grads",
    ),
    *mended_by(
        "dA = dZ @ params[i].W.T",
        {
            "what goes back goes through W the wrong way round: where W isn't square it "
            "doesn't even fit": _gradient(back=lambda dA, dZ, W: dZ @ W),
        },
    ),
]


class _Planted(NamedTuple):
    """A planted bug."""

    hint: str  # while it is still there
    message: str  # for who puts it into the other exercise
    code: str
    wrong: Callable


_PLANTED = {
    mend_first: _Planted(
        hint="the bug is still in it. In the map all b are wrong, by one factor, and all "
        "W are right: which line makes a b and no W, and what is that factor?",
        message="with n samples db is n times too small: the mean over them is taken at "
        "the start already",
        code="dZ.sum(axis=0)",
        wrong=_gradient(db=lambda dA, dZ: dZ.mean(axis=0)),
    ),
    mend_second: _Planted(
        hint="the bug is still in it. In the map the last layer is right and all before "
        "it is wrong: which line is used only on the way to the layer before?",
        message="what is passed on to the layer before has not passed the activation",
        code="dA = dZ @ params[i].W.T",
        wrong=_gradient(back=lambda dA, dZ, W: dA @ W.T),
    ),
}


# By number: the notebook draws their maps.
UNNAMED = {
    function.__name__.removeprefix("mend_"): bug.wrong
    for function, bug in _PLANTED.items()
}


def _mend(right):
    """The exercise to mend a planted bug."""
    planted = [
        Mistake(bug.hint, bug.wrong)
        if function is right
        else Mistake(bug.message, bug.wrong, bug.code)
        for function, bug in _PLANTED.items()
    ]
    return Exercise(
        right,
        _GRADIENT_CASES,
        [*planted, *_WRONG_MENDS],
        call_once(_gradient_form),
        planted=_PLANTED[right].hint,
        allowed=(mlp.forward, mlp.loss),
        fresh=_fresh_gradients,
    )


EXERCISES = {
    exercise.name: exercise
    for exercise in (_entry_error_exercise, *map(_mend, _PLANTED))
}
