"""Notebook 4: the slope of the loss. The solution stands below."""

# ruff: noqa: F811
# fmt: off
import numpy as np

from course.lessons.cases import LOSS_CASES, LOSS_MANY, fresh_losses

# %% task
# ## Exercise: the slope of the loss
#
# Write it for many samples and outputs at once. `Y_hat` (predictions) and `Y` (targets)
# have the shape (n, n_out). The loss is that of notebook 3: half the squares, added up
# over the outputs, averaged over the samples. Return its slope with respect to *each
# number* of `Y_hat`, in an array of the same shape.

# %% stub
def my_loss_slope(Y_hat, Y):
    return None  # your code

# %% hint
# One sample with one output: the slope is 'prediction minus target'. With several
# outputs nothing else happens: each one's square stands by itself in the sum.

# %% hint
# In a mean over n samples, each sample counts for one part of n. So does its slope. The
# samples are the rows: `len(Y)` of them.

# %% solution
def my_loss_slope(Y_hat, Y):
    return (Y_hat - Y) / len(Y)
# The half and the 2 of the square cancel. The mean over the samples divides by
# `len(Y)`, the number of rows; the outputs are only added up, so they don't divide.

# %% cases
cases, large, fresh = LOSS_CASES, LOSS_MANY, fresh_losses

# %% mistake: with several samples it is too large: the loss is an average over them
# mend: ... / len(Y)
def my_loss_slope(Y_hat, Y):
    return Y_hat - Y

# %% mistake: with several samples it is too small: it is divided by their number twice
# mend: ... / len(Y)
def my_loss_slope(Y_hat, Y):
    n = len(Y)
    return 1 / n * (Y_hat - Y) / n

# %% mistake: the sign is wrong: where a prediction is too large, the slope is positive
# mend: (Y_hat - Y) / len(Y)
def my_loss_slope(Y_hat, Y):
    return (Y - Y_hat) / len(Y)

# %% mistake: the sign is wrong, and with several samples it is too large
# mend: (Y_hat - Y) / len(Y)
def my_loss_slope(Y_hat, Y):
    return Y - Y_hat

# %% mistake: with several outputs it is too small: only the samples are averaged
# mend: ... / len(Y)
def my_loss_slope(Y_hat, Y):
    return (Y_hat - Y) / Y.size

# %% mistake: it is divided by the number of outputs: it is the samples that are
# averaged
# mend: ... / len(Y)
def my_loss_slope(Y_hat, Y):
    return (Y_hat - Y) / len(Y[0])

# %% mistake: it is twice too large: a square brings a 2, and what does the half do?
# mend: (Y_hat - Y) / len(Y)
def my_loss_slope(Y_hat, Y):
    return 2 * (Y_hat - Y) / len(Y)

# %% mistake: it is the slope of the sum of all squares: what does the loss do with it?
# mend: (Y_hat - Y) / len(Y)
def my_loss_slope(Y_hat, Y):
    return 2 * (Y_hat - Y)

# %% mistake: it is the slope of the mean of all squares: the loss takes half of each,
# and averages over the samples, not over the outputs
# mend: (Y_hat - Y) / len(Y)
def my_loss_slope(Y_hat, Y):
    return 2 * (Y_hat - Y) / Y_hat.size

# %% mistake: it is half of what it should be: what does the slope of a square bring?
# mend: (Y_hat - Y) / len(Y)
def my_loss_slope(Y_hat, Y):
    return (Y_hat - Y) / (2 * len(Y))

# %% mistake: it holds squares: the slope of a square is no square
# mend: (Y_hat - Y) / len(Y)
def my_loss_slope(Y_hat, Y):
    return 0.5 * (Y_hat - Y) ** 2 / len(Y)

# %% mistake: it gives one number: each number of Y_hat has its own slope
def my_loss_slope(Y_hat, Y):
    return np.sum(Y_hat - Y) / len(Y)

# %% mistake: for whole numbers the fractions are cut off: an array of integers was
# filled, and it can't hold any
# mend: np.zeros(Y.shape)
def my_loss_slope(Y_hat, Y):
    slopes = np.zeros_like(Y)
    for i in range(len(Y)):
        slopes[i] = (Y_hat[i] - Y[i]) / len(Y)
    return slopes

# %% right
def my_loss_slope(Y_hat, Y):
    return -(Y - Y_hat) / Y.shape[0]

# %% right
def my_loss_slope(Y_hat, Y):
    n, _ = Y.shape
    error = np.subtract(Y_hat, Y)
    return 2 * 0.5 * error * (1 / n)

# %% right
def my_loss_slope(Y_hat, Y):
    return np.stack([(p - y) / len(Y) for p, y in zip(Y_hat, Y)]).astype(np.float32)

# %% right: A list stands where an array is asked for
def my_loss_slope(Y_hat, Y):
    return [[(a - b) / len(Y) for a, b in zip(*row)] for row in zip(Y_hat, Y)]

# %% right: It loops in Python
def my_loss_slope(Y_hat, Y):
    slopes = np.zeros(Y.shape)
    for i in range(Y.shape[0]):
        for k in range(Y.shape[1]):
            slopes[i, k] = (Y_hat[i, k] - Y[i, k]) / len(Y)
    return slopes

# %% wrong: the result has the shape (1,), it should have the shape (1, 1)
def my_loss_slope(Y_hat, Y):
    return np.mean(Y_hat - Y, axis=0)

# %% wrong: the result is wrong
def my_loss_slope(Y_hat, Y):
    def half_square(p):
        return 0.5 * (p - Y) ** 2 / len(Y)
    h = 1e-3
    return (half_square(Y_hat + h) - half_square(Y_hat)) / h

# %% wrong: for Y_hat =
def my_loss_slope(Y_hat, Y):
    return np.clip((Y_hat - Y) / len(Y), -5, 5)

# %% wrong: the result is wrong
seen = {}
def my_loss_slope(Y_hat, Y):
    return seen.setdefault(Y.shape, (Y_hat - Y) / len(Y))

# %% wrong: for Y_hat = an array of the shape (200, 6)
def my_loss_slope(Y_hat, Y):
    return (Y_hat - Y) / min(len(Y), 20)
