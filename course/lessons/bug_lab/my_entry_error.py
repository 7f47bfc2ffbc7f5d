import numpy as np

from course.lessons.cases import normal

# %% task
# ## Exercise: the error of one entry
#
# Write `my_entry_error(loss_of, w, index, claimed, h=1e-5)`. `loss_of(w)` returns the
# loss for an array `w` of any shape, `index` is a tuple such as `(0, 1)`, and `claimed`
# is the slope that some backward pass gives for `w[index]`. Take the central difference
# for this one entry: the loss with the entry $h$ larger, minus the loss with it $h$
# smaller, over $2h$. Return the relative error as one number; if both slopes are 0,
# return 0.0. Don't change `w`, which may hold whole numbers.

# %% stub
def my_entry_error(loss_of, w, index, claimed, h=1e-5):
    return None  # your code: one number

# %% hint
# Make two copies of `w` as floats, `w.astype(float)`, one with the entry `h` larger, the
# other with it `h` smaller. Two calls of `loss_of` give the numeric slope.

# %% hint
# Take `abs()` of each slope, then `max()` of the two. If that is 0, both are 0, so there
# is nothing to divide by.

# %% solution
def my_entry_error(loss_of, w, index, claimed, h=1e-5):
    up, down = w.astype(float), w.astype(float)
    up[index] += h
    down[index] -= h
    numeric = (loss_of(up) - loss_of(down)) / (2 * h)
    larger = max(abs(claimed), abs(numeric))
    return abs(claimed - numeric) / larger if larger > 0 else 0.0
# `astype` makes a copy, so `w` doesn't change, and whole numbers become floats.
# `mlp.gradient_check` does the same for every entry and also looks for kinks. It never
# divides by less than a ten-thousandth, so that rounding doesn't look like a bug.

# %% cases
def _square(w):
    """A NumPy number, for which 0 / 0 is NaN."""
    return np.sum(w**2)

def _cubes(w):
    """Every entry has its own slope, and the slope bends, so h matters."""
    return float(np.sum(np.arange(1, w.size + 1) * w.ravel() ** 3))

def _mixed(w):
    """An entry's slope depends on the others as well."""
    return float(np.sum(np.sin(w)) + np.prod(w))

def _dead(w):
    """An entry below 0 has the slope 0; a Python number, for which 0 / 0 raises."""
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
    "{names} is not restored. Move the entry in a copy that can hold w + h, even if w "
    "holds whole numbers"
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
# if w holds whole numbers, the entry doesn't move by h, because such an array drops the
# decimals
up, down = w.copy(), w.copy()
# the numeric slope is 0 everywhere. The entry must be h larger in one array and h
# smaller in another
up = down = w.astype(float)

# %% mistakes in: numeric = (loss_of(up) - ____) / ____
# the difference is one-sided, from w to w + h. It should reach to both sides
numeric = (loss_of(up) - loss_of(w)) / h
# the numeric slope is twice as large as it should be. How far apart are the two places?
numeric = (loss_of(up) - loss_of(down)) / h
# the smaller h is, the smaller the numeric slope gets. Divide by both 2 and h
numeric = (loss_of(up) - loss_of(down)) / 2 * h

# %% mistakes in: larger = max(____, ____)
# it is relative to the numeric slope. Relative to the larger size it can't exceed 2
larger = abs(numeric)
# the larger slope isn't always the larger in size: -6 is larger in size than 3
larger = max(claimed, numeric)
# you divide by a slope with its sign. Take the larger of the two sizes, without signs
larger = max(claimed, numeric)
return abs(claimed - numeric) / larger if larger else 0.0
# what you divide by has a sign, and may be 0. Take the sizes first, then the larger one
return abs(claimed - numeric) / max(claimed, numeric)
# where both slopes are below 0, the error is too. Take the sizes before the larger one
return abs(claimed - numeric) / max(claimed, numeric) if claimed != numeric else 0.0
# you drop the sign too late: of -4 and -6 the larger is -4, but -6 is larger in size
larger = max(claimed, numeric)
return abs((claimed - numeric) / larger) if larger else 0.0
# you drop the sign too late: of -4 and -6 the larger is -4. And of two zeros it is 0
return abs((claimed - numeric) / max(claimed, numeric))
# you drop the sign too late: of -4 and -6 the larger is -4, and of 0 and -4 it is 0
return abs((claimed - numeric) / max(claimed, numeric)) if claimed != numeric else 0.0
# you divide by the sum of the two slopes. Divide by the larger of their sizes
larger = abs(claimed) + abs(numeric)
# you divide by the sum of the two slopes, which may be 0 when neither slope is
larger = abs(claimed + numeric)

# %% mistakes in: return ____ / larger if ____ else 0.0
# that is the difference between the two slopes. The relative error compares it with the
# larger of their sizes
return abs(claimed - numeric)
# in place of: larger = max(____, ____)
# if both slopes are 0, it divides by 0, although nothing is wrong there
return abs(claimed - numeric) / larger
# an error has no sign, but yours has one
return (claimed - numeric) / larger if larger > 0 else 0.0
# where claimed is the larger one it is below 0, but an error has no sign
return (numeric - claimed) / larger if larger > 0 else 0.0
# it is relative to the claimed slope, which may be 0 when the larger of the two sizes
# isn't
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
    w[index] += h  # back, except for rounding
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
