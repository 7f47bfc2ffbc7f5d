import numpy as np

from course.lessons.cases import LOSS_CASES, LOSS_MANY, fresh_losses

# %% task
# ## Exercise: the loss
#
# Write the formula as a function that returns one number for `Y_hat` and `Y`, both
# (n, n_out). It should also be right for several outputs.

# %% stub
def my_loss(Y_hat, Y):
    return None  # your code: one number

# %% hint
# `(Y_hat - Y) ** 2` squares all errors. `np.sum` adds up all numbers of a matrix,
# over samples and outputs. `len(Y)` is the number of rows.

# %% hint
# `np.mean` divides by the count of *all* numbers, n times n_out. With one output that is
# the same as dividing by n, but with several it isn't.

# %% solution
def my_loss(Y_hat, Y):
    return 0.5 * np.sum((Y_hat - Y) ** 2) / len(Y)
# One sum covers samples and outputs at once, since the order of adding doesn't matter.
# The half and the $1/n$ stay outside.

# %% cases
cases, fresh, large = LOSS_CASES, fresh_losses, LOSS_MANY

# %% mistakes in: return ____ * np.sum((Y_hat - Y) ** 2) / ____
# it is twice as large as it should be: what does the formula do with each square?
return np.sum((Y_hat - Y) ** 2) / len(Y)

# %% mistakes in: return 0.5 * np.sum((Y_hat - Y) ** 2) / ____
# it grows with the number of samples: the loss is an average over them
return 1 / 2 * np.sum((Y_hat - Y) ** 2)
# with several outputs it is too small: add up over the outputs, and average only over
# the samples
return np.mean((Y_hat - Y) ** 2) / 2
# it is the sum of all squares: halve it, and average over the samples
error = Y_hat - Y
return (error * error).sum()
# it is the mean of all squares: halve each, add up over the outputs, and average only
# over the samples
return np.mean((Y_hat - Y) ** 2)

# %% mistakes in: return 0.5 * np.sum(____) / ____
# errors of opposite sign cancel: square each by itself before you add them up
return 0.5 * (Y_hat - Y).sum() ** 2 / len(Y)
# the errors are not squared, so those of opposite sign cancel
return 0.5 * np.sum(Y_hat - Y) / len(Y)

# %% mistakes in: return 0.5 * np.sum((Y_hat - Y) ** 2) / len(Y)
# it is the square root of the loss: leave out the root
return np.sqrt(np.sum((Y_hat - Y) ** 2) / (2 * len(Y)))
# it returns a loss for each sample: return one number for all, their average
return 0.5 * ((Y_hat - Y) ** 2).sum(axis=1)
# it returns a loss for each output: return one number for all, their sum
return 0.5 * sum((Y_hat - Y) ** 2) / len(Y)

# %% right in: return 0.5 * np.sum((Y_hat - Y) ** 2) / len(Y)
# a mean of sums
return 0.5 * ((Y_hat - Y) ** 2).sum(axis=1).mean()
# an array without axes
E = (Y_hat - Y).ravel()
return np.array(E @ E / 2 / len(Y))
# one number at a time: 'It loops in Python'
total = 0.0
for p, y in zip(Y_hat, Y):
    for a, b in zip(p, y):
        total += 0.5 * (a - b) ** 2
return total / len(Y)

# %% wrong in: return 0.5 * np.sum((Y_hat - Y) ** 2) / len(Y)
# small errors count as 0: 'the result is wrong'
error = np.where(abs(Y_hat - Y) < 0.1, 0, Y_hat - Y)
return 0.5 * np.sum(error ** 2) / len(Y)
# large numbers are cut off: 'the result is wrong'
return min(0.5 * np.sum((Y_hat - Y) ** 2) / len(Y), 100.0)
# only a part of a large batch: 'the result is wrong'
return 0.5 * np.sum((Y_hat - Y)[:100] ** 2) / len(Y)

# %% equal
# the sign of a difference makes no difference to its square
#     return 0.5 * np.sum((Y - Y_hat) ** 2) / len(Y)
