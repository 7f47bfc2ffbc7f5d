import numpy as np

from course.lessons.cases import LOSS_CASES, LOSS_MANY, fresh_losses

# %% task
# ## Exercise: the slope of the loss
#
# Write it for many samples and outputs at once. `Y_hat` (predictions) and `Y` (targets)
# have the shape (n, n_out). The loss is the one from notebook 3: half the squares, added
# up over the outputs and averaged over the samples. Return its slope with respect to
# *each number* of `Y_hat`, in an array of the same shape.

# %% stub
def my_loss_slope(Y_hat, Y):
    return None  # your code

# %% hint
# For one sample with one output, the slope is 'prediction minus target'. With several
# outputs nothing changes, because each has a square of its own in the sum.

# %% hint
# In a mean over n samples, each sample counts for one n-th, and so does its slope. The
# samples are the `len(Y)` rows.

# %% solution
def my_loss_slope(Y_hat, Y):
    return (Y_hat - Y) / len(Y)
# The half cancels the 2 of the square. The mean over the samples divides by `len(Y)`,
# the number of rows; the outputs are only added up.

# %% cases
cases, large, fresh = LOSS_CASES, LOSS_MANY, fresh_losses

# %% mistakes in: return (Y_hat - Y) / len(Y)
# it returns one number, but each one in Y_hat has its own slope
return np.sum(Y_hat - Y) / len(Y)

# %% mistakes in: return (Y_hat - Y) / ____
# with several samples it is too large, because the loss is an average over them
return Y_hat - Y
# with several outputs it is too small, because only the samples are averaged
return (Y_hat - Y) / Y.size

# %% mistakes in: return (____ - ____) / ____
# the sign is wrong: where a prediction is too large, the slope should be positive
return (Y - Y_hat) / len(Y)
# it is twice as large as it should be: what does the half in the loss do?
return 2 * (Y_hat - Y) / len(Y)
# it is half as large as it should be: which factor does the slope of a square have?
return 0.5 * (Y_hat - Y) / len(Y)
# it is the slope of the sum of all squares: what does the loss do with it?
return 2 * (Y_hat - Y)
# it is the slope of the mean of all squares, but the loss takes half of each and averages
# over the samples, not over the outputs
return 2 * (Y_hat - Y) / Y_hat.size
# it contains squares, but the slope of a square isn't a square
return 0.5 * (Y_hat - Y) ** 2 / len(Y)

# %% right in: return (Y_hat - Y) / len(Y)
# target minus prediction, with a minus before it
return -(Y - Y_hat) / Y.shape[0]
# number by number: 'It loops in Python'
slopes = np.zeros(Y.shape)
for i in range(Y.shape[0]):
    for k in range(Y.shape[1]):
        slopes[i, k] = (Y_hat[i, k] - Y[i, k]) / len(Y)
return slopes
