import numpy as np

from course.lessons.cases import normal

# %% task
# ## Exercise: twice as much
#
# Write `my_double(x)`: an array of the doubles of all numbers
# in `x`.

# %% stub
def my_double(x):
    return None  # your code

# %% hint
# Add.

# %% solution
def my_double(x):
    twice = x + x
    return twice
# A number and itself.

# %% cases
cases = [(normal(1, 3),), (normal(2, 2, 2),), (np.array([1, 0]),), (np.array([4]),)]

def fresh(rng):
    return [(normal(rng, 3),)]

# %% mistakes in: twice = ____ + x
# it is the number itself: add it once more
twice = 1 * x
# it is three times the number
# fix: x + ____
twice = 3 * x

# %% mistakes
# it is the square: asked for is the double
def my_double(x):
    return x**2

# %% mistakes in: return twice
# it is the number and one: add the number to itself
return x + 1
# it is the number and two: add the number to itself
return x + 2
# it is half of the number
return x / 2
# the sign is turned round
return -2 * x
# it is two to the power of the number
return 2.0**x

# %% right in: twice = x + x
# by a product
twice = 2 * x
# by a quotient
twice = x / 0.5

# %% wrong in: twice = x + x
# rounded: 'is wrong'
twice = np.round(2 * x, 1)

# %% equal
# nothing is added to nothing
#     return twice + 0
