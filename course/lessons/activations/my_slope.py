import numpy as np

from course.lessons.activations.cases import CASES, LARGE, fresh_cases

# %% task
# ### Exercise: the slope, without a loop
#
# Write `my_slope(z, alpha)`, the slope of the generalised ReLU.
#
# - `z` and `alpha` are as before;
# - return an array of the same `shape`: 1 where `z >= 0`, and alpha elsewhere;
# - no loop. `np.where` would work again, but try it without: `True` counts as 1.

# %% stub
def my_slope(z, alpha):
    # Your code here. Return an array of the same shape as z.
    return None

# %% hint
# `z >= 0` counts as 1 on the right and as 0 on the left. You want 1 on the right and
# alpha on the left. Start from alpha everywhere. What must you add on the right?

# %% hint
# Try it with alpha = -0.2: what must you add to -0.2 to get 1? Now do it for any alpha,
# and multiply that by `(z >= 0)`.

# %% solution
def my_slope(z, alpha):
    return alpha + (1 - alpha) * (z >= 0)
# On the right, alpha + (1 - alpha) = 1; on the left, alpha + 0 = alpha.
# `mlp_core.leaky_relu` does the same.

# %% cases
cases, large, fresh = CASES, LARGE, fresh_cases

# %% mistakes in: return alpha + (1 - alpha) * (z >= 0)
# fix: np.where(z >= 0, ____, ____)
# this is the value of the activation, not its slope: how much does the value change
# when z grows by 1?
return np.where(z >= 0, z, alpha * z)
# it is right only for alpha = -0.2: use the alpha that is passed in
return -0.2 + 1.2 * (z >= 0)
# the sides are swapped: which one does alpha belong to?
return np.where(z < 0, 1, alpha)
# on the left it returns the height of the line: its slope is the same for all negative z
return np.where(z >= 0, 1, alpha * z)
# it stops when z has more than one number, because a comparison then has many answers
# and Python wants a single one: try np.where
return 1 if z >= 0 else alpha
# on the left it is too large by 1: what must you add to 1 to get alpha?
# fix: 1 + ____ * (z < 0)
return 1 + alpha * (z < 0)
# the left side is fine, but on the right it returns 0: what is the slope there?
# fix: alpha * (z < 0) + ____
return alpha * (z < 0)
# for negative z the sign is wrong: the slope there is alpha, with its own sign
# fix: (z >= 0) + ____ * (z < 0)
return (z >= 0) - alpha * (z < 0)
# check z = 0: we take the slope as 1 there
# fix: z ____ 0
return alpha + (1 - alpha) * (z > 0)
# it returns 0 for negative z, whatever alpha is: how steep is the line there?
# fix: np.where(z >= 0, 1, ____)
return np.where(z >= 0, 1, 0)
# on the right it is too large by alpha: what must you add to alpha to get 1?
# fix: return alpha + ____ * (z >= 0)
return (z >= 0) + alpha

# %% right in: return alpha + (1 - alpha) * (z >= 0)
# with a NumPy function
return np.heaviside(z, 1) * (1 - alpha) + alpha
# number by number: 'It loops in Python'
slopes = np.zeros(z.shape)
for index, value in np.ndenumerate(z):
    slopes[index] = 1 if value >= 0 else alpha
return slopes

# %% wrong in: return alpha + (1 - alpha) * (z >= 0)
# small z count as 0: 'for z = [-1.e-12]'
return np.where(np.isclose(z, 0) | (z > 0), 1, alpha)
