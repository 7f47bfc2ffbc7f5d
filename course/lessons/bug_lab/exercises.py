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
    network,
    normal,
)

# A numeric slope: losses to differentiate, right and wrong differences ----------------


def square(w):
    return float(np.sum(w**2))


def cubes(w):
    """Every entry has its own slope, and the slope bends: then h counts."""
    return float(np.sum(np.arange(1, w.size + 1) * w.ravel() ** 3))


def mixed(w):
    """An entry's slope depends on the others, too."""
    return float(np.sum(np.sin(w)) + np.prod(w))


LOSS_NAMES = {
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


def leaves_w_changed(loss_of, w, index, h):
    w[index] += h
    above = loss_of(w)
    w[index] -= 2 * h
    return above - loss_of(w)


def quotient(difference=central, gap=lambda h: 2 * h, copy=lambda w: w.astype(float)):
    """A numeric slope out of ``difference(loss_of, w, index, h)``, one of losses."""

    def slope(loss_of, w, index, h):
        return difference(loss_of, copy(w), index, h) / gap(h)

    return slope


numeric_slope = quotient()


# The error of one entry ----------------------------------------------------------------


def my_entry_error(loss_of, w, index, claimed, h=1e-5):
    slope = numeric_slope(loss_of, w, index, h)
    larger = max(abs(claimed), abs(slope))
    return abs(claimed - slope) / larger if larger > 0 else 0.0


def _entry_error(slope_of=numeric_slope, size=max, gap=abs):
    """The error of one entry, made of exchangeable parts."""

    def error(loss_of, w, index, claimed, h=1e-5):
        slope = slope_of(loss_of, w, index, h)
        larger = size(abs(claimed), abs(slope))
        return gap(claimed - slope) / larger if larger > 0 else 0.0

    return error


def _entry_error_in_place(loss_of, w, index, claimed, h=1e-5):
    slope = leaves_w_changed(loss_of, w, index, h) / (2 * h)
    larger = max(abs(claimed), abs(slope))
    return abs(claimed - slope) / larger if larger > 0 else 0.0


def _entry_error_without_absolute_sizes(loss_of, w, index, claimed, h=1e-5):
    slope = numeric_slope(loss_of, w, index, h)
    larger = max(claimed, slope)
    return abs(claimed - slope) / larger if larger != 0 else 0.0


def _entry_error_with_nan(loss_of, w, index, claimed, h=1e-5):
    slope = np.float64(numeric_slope(loss_of, w, index, h))
    return abs(claimed - slope) / max(abs(claimed), abs(slope))


def _entry_error_without_numeric(loss_of, w, index, claimed, h=1e-5):
    """0 wherever the numeric slope is 0, whatever is claimed."""
    slope = numeric_slope(loss_of, w, index, h)
    return my_entry_error(loss_of, w, index, claimed, h) if slope != 0 else 0.0


def _entry_error_without_claimed(loss_of, w, index, claimed, h=1e-5):
    """0 wherever the claimed slope is 0, whatever the numeric one is."""
    return my_entry_error(loss_of, w, index, claimed, h) if claimed != 0 else 0.0


def _entry_error_alone(loss_of, w, index, claimed, h=1e-5):
    """The losses of one number in place of those of the array."""
    return my_entry_error(loss_of, np.array([w[index]]), (0,), claimed, h)


def _all_moved(loss_of, w, index, h):
    return (loss_of(w + h) - loss_of(w - h)) / (2 * h)


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
            "that is the difference of the two slopes, not yet the relative error: "
            "divide it by the larger of their sizes",
            _entry_error(size=lambda claimed, numeric: 1.0),
        ),
        Mistake(
            "it divides by the size of the numeric slope; take the larger of the two "
            "sizes, so that the error stays below 2",
            _entry_error(size=lambda claimed, numeric: numeric),
        ),
        Mistake(
            "it divides by the size of the claimed slope; take the larger of the two "
            "sizes, so that the error stays below 2",
            _entry_error(size=lambda claimed, numeric: claimed),
        ),
        Mistake(
            "it divides by the sum of the two sizes; take the larger of them",
            _entry_error(size=lambda claimed, numeric: claimed + numeric),
        ),
        Mistake(
            "it divides by the smaller of the two sizes; take the larger one",
            _entry_error(size=min),
        ),
        Mistake(
            "an error has no sign: take the abs() of the difference",
            _entry_error(gap=lambda difference: difference),
        ),
        Mistake(
            "it takes the larger of the two slopes with their signs: of -6 and 3, that "
            "is 3; take abs() of each first",
            _entry_error_without_absolute_sizes,
        ),
        Mistake(
            "all is right but one corner: where both slopes are 0, nothing is wrong, and "
            "0 / 0 is no number; return 0.0 there",
            _entry_error_with_nan,
        ),
        Mistake(
            "it is 0.0 wherever the numeric slope is 0, also where another slope was "
            "claimed: that is an error of 1; return 0.0 only where both are 0",
            _entry_error_without_numeric,
        ),
        Mistake(
            "it is 0.0 wherever the claimed slope is 0, also where the numeric one isn't: "
            "that is an error of 1; return 0.0 only where both are 0",
            _entry_error_without_claimed,
        ),
        Mistake(
            "the numeric slope is that of another loss: w[index] + h is one number, and "
            "loss_of takes the whole array, in which this one entry is moved",
            _entry_error_alone,
        ),
        Mistake(
            "the difference is one-sided, loss(w + h) - loss(w); take loss(w + h) - "
            "loss(w - h), over 2 h",
            _entry_error(quotient(forward_difference, lambda h: h)),
        ),
        Mistake(
            "the difference is one-sided, loss(w) - loss(w - h); take loss(w + h) - "
            "loss(w - h), over 2 h",
            _entry_error(quotient(backward_difference, lambda h: h)),
        ),
        Mistake(
            "the numeric slope is half too small: the difference is one-sided, but "
            "divided by 2 h; take loss(w + h) - loss(w - h)",
            _entry_error(quotient(forward_difference)),
        ),
        Mistake(
            "the difference of the two losses is not yet a slope: divide it by 2 h",
            _entry_error(quotient(central, lambda h: 1)),
        ),
        Mistake(
            "the numeric slope is twice too large: from w - h to w + h it is 2 h, so "
            "divide by 2 h",
            _entry_error(quotient(central, lambda h: h)),
        ),
        Mistake(
            "brackets: `/ 2 * h` divides by 2 and multiplies by h; write / (2 * h)",
            _entry_error(quotient(central, lambda h: 2 / h)),
        ),
        Mistake(
            "look at the sign of the numeric slope: loss(w + h) comes first, then "
            "loss(w - h) is subtracted",
            _entry_error(quotient(central, lambda h: -2 * h)),
        ),
        Mistake(
            "h is not used: it takes 1e-5, whatever h is",
            lambda loss_of, w, index, claimed, h=1e-5: my_entry_error(
                loss_of, w, index, claimed
            ),
        ),
        Mistake(
            "all entries of w are moved at once: move only the one at index",
            _entry_error(_all_moved),
        ),
        Mistake(
            "it is right for floats, but an array of whole numbers drops the h when you "
            "add it: start from w.astype(float), which is a copy, too",
            _entry_error(quotient(central, copy=lambda w: w.copy())),
        ),
        Mistake(
            "w is left changed: move a copy of it, w.astype(float)",
            _entry_error_in_place,
        ),
    ],
    tolerance=lambda name: (0.0, 1e-6),
    function_names=LOSS_NAMES,
    changed="{names} is left changed: move a copy of it, w.astype(float)",
)


def _gradient(
    start=lambda Y_hat, Y: (Y_hat - Y) / len(Y),
    dW=lambda A, dA, dZ: A.T @ dZ,
    db=lambda dA, dZ: dZ.sum(axis=0),
    back=lambda dA, dZ, W: dZ @ W.T,
):
    """A gradient, called like `loss_and_grads`, out of exchangeable lines."""

    def gradient(params, X, Y, activation):
        Y_hat, (A, Z) = mlp.forward(params, X, activation)
        dA, grads = start(Y_hat, Y), []
        for i in reversed(range(len(params))):
            dZ = dA * activation.slope(Z[i])
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
    return {"loss": to_array(value, "the loss"), **layers_form("dW", "db")(grads)}


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
# What a learner may do to the wrong line, or to a right one.
_WRONG_MENDS = [
    Mistake(
        "the sign: the slope of the loss is prediction minus target, Y_hat - Y",
        _gradient(start=lambda Y_hat, Y: (Y - Y_hat) / len(Y)),
    ),
    Mistake(
        "1 / n is missing at the start: the loss is a mean over the samples",
        _gradient(start=lambda Y_hat, Y: Y_hat - Y),
    ),
    Mistake(
        "1 / n is there twice: divide by the number of samples once, at the start",
        _gradient(start=lambda Y_hat, Y: (Y_hat - Y) / len(Y) ** 2),
    ),
    Mistake(
        "the slope of the activation is missing: dZ is dA times the slope at Z[i]",
        _gradient(
            dW=lambda A, dA, dZ: A.T @ dA,
            db=lambda dA, dZ: dA.sum(axis=0),
            back=lambda dA, dZ, W: dA @ W.T,
        ),
    ),
    Mistake(
        "dW is made of dA, which has not passed the activation: W needs dZ",
        _gradient(dW=lambda A, dA, dZ: A.T @ dA),
    ),
    Mistake(
        "W and b both get dA now, which has not passed the activation: it is dZ that "
        "both need",
        _gradient(dW=lambda A, dA, dZ: A.T @ dA, db=lambda dA, dZ: dA.sum(axis=0)),
    ),
    Mistake(
        "db is made of dA, which has not passed the activation: the biases need dZ",
        _gradient(db=lambda dA, dZ: dA.sum(axis=0)),
    ),
    Mistake(
        "db is not added up over the samples: sum over axis 0",
        _gradient(db=lambda dA, dZ: dZ),
    ),
    Mistake(
        "db is summed over the units: axis 0 are the samples, axis 1 the units",
        _gradient(db=lambda dA, dZ: dZ.sum(axis=1)),
    ),
    Mistake(
        "db is one number: without an axis, sum() adds up everything; the samples are "
        "axis 0",
        _gradient(db=lambda dA, dZ: dZ.sum()),
    ),
    Mistake(
        "db has the shape (1, units): leave out keepdims",
        _gradient(db=lambda dA, dZ: dZ.sum(axis=0, keepdims=True)),
    ),
    Mistake(
        "dW is divided by n once more: the mean is taken at the start already",
        _gradient(dW=lambda A, dA, dZ: A.T @ dZ / len(A)),
    ),
    Mistake(
        "what goes back passes the W of the layer without .T: where W isn't square it "
        "doesn't even fit",
        _gradient(back=lambda dA, dZ, W: dZ @ W),
    ),
]


class _Planted(NamedTuple):
    """A planted bug."""

    hint: str  # while it is still there
    message: str  # for who puts it into the other exercise
    wrong: Callable


_PLANTED = {
    mend_first: _Planted(
        hint="the bug is still in it. In the map all b are wrong, by one factor, and all "
        "W are right: which line makes a b and no W, and what is that factor?",
        message="db is a mean over the samples, which divides by n once more: add them up",
        wrong=_gradient(db=lambda dA, dZ: dZ.mean(axis=0)),
    ),
    mend_second: _Planted(
        hint="the bug is still in it. In the map the last layer is right and all before "
        "it is wrong: which line is used only on the way to the layer before?",
        message="what is passed on is dA, which has not passed the activation: dZ goes "
        "through W.T",
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
        Mistake(bug.hint if function is right else bug.message, bug.wrong)
        for function, bug in _PLANTED.items()
    ]
    return Exercise(
        right,
        _GRADIENT_CASES,
        [*planted, *_WRONG_MENDS],
        call_once(_gradient_form),
        planted=_PLANTED[right].hint,
    )


EXERCISES = {
    exercise.name: exercise
    for exercise in (_entry_error_exercise, *map(_mend, _PLANTED))
}
