import numpy as np

from course.lessons.activations.cases import CASES, LARGE, fresh_cases

# %% task
# ## Exercise: one expression instead of a loop
#
# The loop tests one number at a time, but NumPy can test them all at once. Write
# `my_activation(z, alpha)`:
#
# - `z` is an array of any size, of decimals or whole numbers; `alpha` is a number;
# - return an array of the same `shape`: `z` where `z > 0`, and `alpha * z` elsewhere;
# - no loop, and no `if`.
#
# Write your answer in the next cell and run it. The check below says what is wrong; run
# it as often as you like.

# %% stub
def my_activation(z, alpha):
    # Your code here. Return an array of the same shape as z.
    return None

# %% hint
# `z > 0` tests each element separately: for `np.array([-1.0, 2.0])` it returns
# `array([False, True])`. `np.where(question, yes, no)` takes elements from `yes` where
# the answer is `True`, and from `no` elsewhere.

# %% hint
# `yes` and `no` may be arrays as large as `z`. Which array is right where `z > 0`?
# Which one is right elsewhere?

# %% solution
def my_activation(z, alpha):
    return np.where(z > 0, z, alpha * z)
# `alpha * z` is computed for all elements, even where it isn't used, but that costs less
# than a Python loop. Rows and columns stay as they are.

# %% cases
cases, large, fresh = CASES, LARGE, fresh_cases

# %% mistakes in: return np.where(z > 0, z, alpha * z)
# for negative z the sign is wrong: a negative alpha by itself already turns the line up
# fix: alpha * ____
return np.where(z > 0, z, alpha * abs(z))
# for positive z it adds alpha times z as well: that belongs only to negative z
# fix: np.maximum(z, 0) + alpha * ____
return np.maximum(z, 0) + alpha * z

# %% mistakes in: return np.where(z > 0, ____, ____)
# it returns the slope, 1 or alpha: return the value, the height at z
return np.where(z > 0, 1, alpha)
# for negative z it returns alpha, whatever z is: how high is the line at z?
return np.where(z > 0, z, alpha)
# it returns 0 for every negative z, whatever alpha is, so it is ReLU: where does alpha
# come in?
return z * (z > 0)
# it is right only for alpha = -0.2: use the alpha that is passed in
alpha = -0.2
return np.maximum(z, 0) + alpha * np.minimum(z, 0)
# the sides are swapped: which one does alpha belong to?
return np.where(z < 0, z, alpha * z)
# for alpha above 1 the sides are swapped, because the larger of the two lines is then
# the wrong one: let the sign of z decide
return np.maximum(z, alpha * z)
# it stops when z has more than one number, because a comparison then has many answers
# and Python wants a single one: try np.where
return z if z > 0 else alpha * z
# it stops when z has rows of several numbers, because a loop over z goes row by row, not
# number by number: NumPy tests every number at once, in any shape
return [v if v > 0 else alpha * v for v in z]

# %% right in: return np.where(z > 0, z, alpha * z)
# filled by a mask
a = alpha * z
a[z > 0] = z[z > 0]
return a
# number by number: 'It loops in Python'
return np.vectorize(lambda v: v if v > 0 else alpha * v, otypes=[float])(z)

# %% wrong in: return np.where(z > 0, z, alpha * z)
# whole numbers in a copy: 'the array on the left holds whole numbers'
a = z.copy()
a[z < 0] *= alpha
return a
# large numbers are cut off: 'the result is wrong'
return np.clip(np.where(z > 0, z, alpha * z), -5, 5)
# small numbers count as 0: 'for z = [-0.e+00, -1.e-09'
return np.where(z > 0.001, z, alpha * z)
# alpha is rounded: 'off by up to'
return np.where(z > 0, z, round(alpha, 3) * z)
# only a part of a large batch: 'shape (200, 4)'
a = np.where(z > 0, z, alpha * z)
a[100:] = 0
return a

# %% equal
# at z = 0 both sides give 0
#     return np.where(z >= 0, z, alpha * z)
