import numpy as np

from course.lessons.cases import normal

# %% task
# ## Exercise: the error of one entry
#
# Write `my_entry_error(loss_of, w, index, claimed, h=1e-5)`. `loss_of(w)` gives the loss
# for an array `w` of any shape, `index` is a tuple such as `(0, 1)`, and `claimed` is
# what some backward pass says of `w[index]`. Take the central difference for this one
# entry: the loss with the entry $h$ larger, minus the loss with it $h$ smaller, over
# $2h$. Return its relative error, one number; where both slopes are 0, return 0.0. Leave
# `w` as it is; it may hold whole numbers.

# %% stub
def my_entry_error(loss_of, w, index, claimed, h=1e-5):
    return None  # your code: one number

# %% hint
# Two copies of `w` as floats, `w.astype(float)`: in one the entry is `h` larger, in the
# other `h` smaller. Two calls of `loss_of` give the numeric slope.

# %% hint
# `abs()` of each slope, then `max()` of the two. If that is 0, both are 0, and there is
# nothing to divide by.

# %% solution
def my_entry_error(loss_of, w, index, claimed, h=1e-5):
    up, down = w.astype(float), w.astype(float)
    up[index] += h
    down[index] -= h
    numeric = (loss_of(up) - loss_of(down)) / (2 * h)
    larger = max(abs(claimed), abs(numeric))
    return abs(claimed - numeric) / larger if larger > 0 else 0.0
# `astype` makes a copy, so `w` stays as it was, and whole numbers become floats.
# `mlp.gradient_check` does the same for every entry, and looks for kinks. It also divides
# by a ten-thousandth at least, so that rounding does not look like a bug.

# %% cases
def _square(w):
    """A number of NumPy, of which 0 / 0 is NaN."""
    return np.sum(w**2)

def _cubes(w):
    """Every entry has its own slope, and the slope bends: then h counts."""
    return float(np.sum(np.arange(1, w.size + 1) * w.ravel() ** 3))

def _mixed(w):
    """An entry's slope depends on the others, too."""
    return float(np.sum(np.sin(w)) + np.prod(w))

def _dead(w):
    """An entry below 0 has the slope 0; a number of Python, for which 0 / 0 raises."""
    return float(np.sum(np.maximum(w, 0) ** 2))

function_names = {
    _dead: "the sum of max(w, 0) ** 2",
    _square: "the sum of w ** 2",
    _cubes: "1 * w0 ** 3 + 2 * w1 ** 3 + ...",
    _mixed: "the sum of sin(w), plus the product of all w",
}
cases = [
    (_square, np.array([3.0]), (0,), 6.0),
    (_square, np.array([3.0]), (0,), 3.0),
    (_square, np.array([3.0]), (0,), 24.0),
    (_square, np.array([3.0]), (0,), -6.0),
    (_square, np.array([-3.0]), (0,), -4.0),
    (_square, np.array([3.0]), (0,), -24.0),  # the larger one is negative
    (_square, np.array([0.25]), (0,), 0.125),  # both are below 1
    (_square, np.array([3.0, 0.0]), (1,), 0.0),
    (_square, np.array([3.0, 0.0]), (1,), 2.0),
    (_square, np.array([3.0, 0.0]), (0,), 0.0),
    (_cubes, np.array([1.0, -2.0]), (1,), 20.0),
    (_cubes, np.array([1.0, -2.0]), (1,), 20.0, 0.1),
    (_mixed, np.array([[0.5, -1.0], [2.0, 1.5]]), (0, 1), 1.0),
    (_square, np.array([[1, -2], [0, 3]]), (0, 1), 1.0),  # whole numbers
]
changed = (
    "{names} is left changed: move the entry in a copy, and in one that holds w + h also "
    "where w holds whole numbers"
)

def fresh(rng):
    """Slopes of 0 claimed, found or both; tiny ones; large h; whole numbers; 3 axes."""
    w = np.append((abs(normal(rng, 2)) + 0.5) * [1, -1], 0.0)
    whole = rng.integers(1, 5, (2, 3)) * [1, -1, 1]
    cube, h = normal(rng, 2, 1, 2), round(rng.uniform(0.2, 1), 3)
    return [
        *((_square, w, (i,), 0.0) for i in range(3)),
        (_dead, w[1:2], (0,), 0.0),
        (_square, w, (2,), -1.5),
        (_square, w, (1,), float(2 * w[1])),  # right
        (_square, w, (0,), -9.5),
        (_square, np.array([5e-12]), (0,), 2e-11),
        (_square, whole, (1, 1), 3),
        (_cubes, w[:2], (0,), 5.0, h),
        (_cubes, whole, (0, 2), -7.0, h),
        (_cubes, cube, (1, 0, 1), 0.75, h),
        (_mixed, cube, (0, 0, 0), -1.25),
    ]

# %% mistakes in: up, down = w.____, w.____
# where w holds whole numbers the entry does not move by h: an array of those drops what
# follows the point
up, down = w.copy(), w.copy()
# the numeric slope is 0 everywhere: the entry must be h larger in one array, and h
# smaller in another
up = down = w.astype(float)

# %% mistakes in: numeric = (loss_of(up) - ____) / ____
# the difference is one-sided, between w and h above: it should reach to both sides
numeric = (loss_of(up) - loss_of(w)) / h
# the numeric slope is twice too large: how far is it from the one place to the other?
numeric = (loss_of(up) - loss_of(down)) / h
# the smaller h is, the smaller gets the numeric slope: h divides, and so does the 2,
# both together
numeric = (loss_of(up) - loss_of(down)) / 2 * h

# %% mistakes in: larger = max(____, ____)
# it is relative to the numeric slope: the larger of the two sizes keeps it below 2
larger = abs(numeric)
# the larger slope is not the larger of the two sizes: -6 is larger in size than 3
larger = max(claimed, numeric)
# it is divided by a slope with its sign: take the larger of the two sizes, without signs
larger = max(claimed, numeric)
# in place of: return abs(claimed - numeric) / larger if larger > 0 else 0.0
return abs(claimed - numeric) / larger if larger else 0.0
# it is divided by the sum of the two slopes: divide by the larger of their sizes
larger = abs(claimed) + abs(numeric)
# the sum of the two slopes, by which it is divided, may be 0 where neither slope is
larger = abs(claimed + numeric)

# %% mistakes in: return ____ / larger if ____ else 0.0
# that is the difference of the two slopes: the relative error compares it with the
# larger of their sizes
return abs(claimed - numeric)
# in place of: larger = max(____, ____)
# where both slopes are 0 it divides by 0: nothing is wrong there
return abs(claimed - numeric) / larger
# an error has no sign, and yours has one
return (claimed - numeric) / larger if larger > 0 else 0.0
# it is relative to the claimed slope, and where that is 0 it divides by 0: the larger
# of the two sizes is not
return 0.0 if claimed == numeric == 0 else abs(claimed - numeric) / abs(claimed)
# in place of: larger = max(____, ____)

# %% right in: return abs(claimed - numeric) / larger if larger > 0 else 0.0
# a floor far below all slopes
return abs(claimed - numeric) / larger
# in place of: larger = max(abs(claimed), abs(numeric))
larger = max(abs(claimed), abs(numeric), 1e-300)
# any divisor for 0 / 0
return abs(claimed - numeric) / (larger or 1)

# %% right
# w is moved and moved back
def my_entry_error(loss_of, w, index, claimed, h=1e-5):
    if w.dtype.kind == "i":
        w = w.astype(float)
    w[index] += h
    above = loss_of(w)
    w[index] -= 2 * h
    numeric = (above - loss_of(w)) / (2 * h)
    w[index] += h  # back, but for rounding
    larger = max(abs(claimed), abs(numeric))
    return abs(claimed - numeric) / larger if larger > 0 else 0.0

# %% wrong in: up, down = w.astype(float), w.astype(float)
# a large h is made smaller: 'the result is wrong'
h = min(h, 0.1)
up, down = w.astype(float), w.astype(float)

# %% wrong in: larger = max(abs(claimed), abs(numeric))
# a floor, as mlp.gradient_check has one: 'the result is wrong'
larger = max(abs(claimed), abs(numeric), 1e-8)

# %% wrong in: return abs(claimed - numeric) / larger if larger > 0 else 0.0
# cut off at 1: 'the result is wrong'
return min(1.0, abs(claimed - numeric) / larger) if larger > 0 else 0.0
# only Python's numbers raise it: 'yours: nan'
try:
    return abs(numeric - claimed) / larger
except ZeroDivisionError:
    return 0.0

# %% equal
# the sign of a difference does not count in abs
#     return abs(numeric - claimed) / larger if larger > 0 else 0.0
# another small step by default is as good
#     def my_entry_error(loss_of, w, index, claimed, h=2e-05):
# with -h the two losses change places, and so does the sign of 2 h
#     def my_entry_error(loss_of, w, index, claimed, h=-1e-05):
# two copies of the same array
#     down, up = (w.astype(float), w.astype(float))
# the order does not count in max
#     larger = max(abs(numeric), abs(claimed))
# -0 is 0
#     return abs(claimed - numeric) / larger if larger > 0 else -0.0
