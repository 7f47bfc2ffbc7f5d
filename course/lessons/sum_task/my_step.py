import numpy as np

from course.lessons.cases import fresh_pairs, layers_form, pairs

# %% task
# ## Exercise: the update
#
# Write `my_step(params, grads, learning_rate)`. `params` holds a pair `W, b` for each
# layer, `grads` a pair `dW, db` of the same shapes, (n_in, n_out) and (n_out,). Return
# a new list of pairs `(W, b)` after one step. Don't change the arguments.

# %% stub
def my_step(params, grads, learning_rate):
    """Return a new list of pairs (W, b), one for each layer."""
    # Your code here.

# %% hint
# `zip(params, grads)` walks through both lists at once. Each item is a pair of pairs,
# which Python takes apart: `for (W, b), (dW, db) in zip(params, grads):`

# %% hint
# `W -= ...` writes into the array you were given, while `W - ...` makes a new one.

# %% solution
def my_step(params, grads, learning_rate):
    """Return a new list of pairs (W, b), one for each layer."""
    new = []
    for (W, b), (dW, db) in zip(params, grads):
        new.append((W - learning_rate * dW, b - learning_rate * db))
    return new
# The minus sign makes the step go downhill. `mlp.sgd_step` does the same.

# %% cases
form = layers_form()
cases = pairs(300, [0.2, 0.5, 1.0, 0.01])

def fresh(rng):
    return fresh_pairs(rng, deep=1e-4, fixed=0.2)

# %% mistakes in: new.append((W - ____, b - ____))
# the parameters move uphill: the gradient points to where the loss grows, so which way
# must they go?
new.append((W + learning_rate * dW, b + learning_rate * db))
# the step is as long as the gradient, whatever the learning rate is
new.append((W - dW, b - db))
# these are the steps alone: where do they start from?
new.append((-learning_rate * dW, -learning_rate * db))
# only the weights move, but the biases should learn as well
new.append((W - learning_rate * dW, b))
# the learning rate shrinks the old parameters as well: it should scale only the gradient
new.append((learning_rate * (W - dW), learning_rate * (b - db)))
# nothing has changed: these are the parameters from before the step
W_new = W - learning_rate * dW
b_new = b - learning_rate * db
new.append((W, b))

# %% mistakes in: new.append((W - learning_rate * dW, b - learning_rate * db))
# fix: new = [] before the loop, new.append(____) in it, return new after it
# only the last layer is there: is the pair of every layer kept?
new = []
new.append((W - learning_rate * dW, b - learning_rate * db))
# only the first layer is there: does the function end before it reaches the others?
new.append((W - learning_rate * dW, b - learning_rate * db))
return new

# %% mistakes in: return new
# it returns bare arrays: return a list with a pair (W, b) for each layer, even if there
# is only one
# fix: new = [] before the loop, new.append(____) in it, return new after it
return W - learning_rate * dW, b - learning_rate * db

# %% right in: new.append((W - learning_rate * dW, b - learning_rate * db))
# copies that are changed in place
W, b = W.copy(), b.copy()
W -= learning_rate * dW
b -= learning_rate * db
new.append([W, b])

# %% wrong in: new = []
# a rate of 0 is taken for none: 'in 15 of 16 cases'
new, learning_rate = [], learning_rate or 0.2

# %% wrong in: for (W, b), (dW, db) in zip(params, grads):
# large numbers are cut off: 'in 15 of 16 cases'
for (W, b), (dW, db) in zip(params, grads):
    dW, db = np.clip(dW, -100, 100), np.clip(db, -100, 100)

# %% wrong in: new.append((W - learning_rate * dW, b - learning_rate * db))
# the parameters are cut off: 'W[0] is wrong'
W, b = W - learning_rate * dW, b - learning_rate * db
new.append((np.clip(W, -10, 10), np.clip(b, -10, 10)))

# %% wrong in: return new
# two lists: 'return one list, with a pair (W, b) for each layer'
return [W for W, b in new], [b for W, b in new]
