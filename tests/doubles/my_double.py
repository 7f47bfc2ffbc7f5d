"""Notebook of a test: twice as much. The solution stands below."""

# ruff: noqa: F811, F821
# fmt: off
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
    return [(normal(rng, 5),)]

# %% mistake: it is the square: asked for is the double
def my_double(x):
    return x**2

# %% mistake: it is the number itself: add it once more
# in place of: twice = x + x
twice = 1 * x

# %% mistake: it is three times the number
def my_double(x):
    return 3 * x

# %% mistake: it is the number and one: add the number to itself
def my_double(x):
    return x + 1

# %% mistake: it is the number and two: add the number to itself
def my_double(x):
    return x + 2

# %% mistake: it is half of the number
def my_double(x):
    return x / 2

# %% mistake: the sign is turned round
def my_double(x):
    return -2 * x

# %% mistake: it is two to the power of the number
def my_double(x):
    return 2.0**x

# %% right
def my_double(x):
    return 2 * x

# %% right
def my_double(x):
    return x * 2.0

# %% right: A list stands
def my_double(x):
    return (2 * x).tolist()

# %% right
def my_double(x):
    return x / 0.5

# %% right
def my_double(x):
    return sum([x, x])

# %% wrong: is wrong
def my_double(x):
    return np.round(2 * x, 1)

# %% equal: nothing is added to nothing
#     return twice + 0
