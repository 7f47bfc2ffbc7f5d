import numpy as np

import mlp_core as mlp
from course.lessons.cases import fresh_pairs, layers_form, pairs

# %% task
# ## Exercise: the gradients with L2
#
# Training with L2 goes down the slope of loss and penalty together. What is that slope for
# one weight $w$? When $w$ moves, the other squares don't change, and the slope of $w^2$ is
# $2 w$:
#
# $$\frac{\partial}{\partial w} \Big( L + \frac{\lambda}{2} \sum w^2 \Big)
# = \frac{\partial L}{\partial w} + \frac{\lambda}{2} \cdot 2 w
# = \frac{\partial L}{\partial w} + \lambda w.$$
#
# Write `my_l2_grads(params, grads, l2)`, where `l2` is $\lambda$. `params` holds a pair
# `W, b` for each layer, and `grads` the pair `dW, db` of the loss alone. Return a new list
# of pairs, the gradients of loss and penalty together. Don't change the arguments.

# %% stub
def my_l2_grads(params, grads, l2):
    return None  # your code: return a list of pairs (dW, db)

# %% hint
# As in `my_step`, `for (W, b), (dW, db) in zip(params, grads):` goes through the layers
# one by one.

# %% hint
# Which of the two, `dW` or `db`, does the penalty change? `dW += ...` would write into the
# array you were given.

# %% solution
def my_l2_grads(params, grads, l2):
    new = []
    for (W, b), (dW, db) in zip(params, grads):
        new.append((dW + l2 * W, db))
    return new
# Each step now takes the share `learning_rate * l2` off every weight, which is the decay.
# The half in the penalty is there to cancel the 2.

# %% cases
form = layers_form("dW", "db")
minutes = 4
cases = pairs(840, [0.5, 0.1, 1.0, 0.02])

def fresh(rng):
    return fresh_pairs(rng, deep=0.3, fixed=0.5)

# %% mistakes in: new.append((dW + ____, ____))
# the biases are penalised as well: which numbers does the sum in the penalty hold?
new.append((dW + l2 * W, db + l2 * b))
# the penalty counts twice: you still have to apply the half in front of the sum
new.append((dW + 2 * l2 * W, db))
# the penalty counts half: the slope of a square has a 2, so what becomes of the half?
new.append((dW + l2 * W / 2, db))
# the squares are still there: what is the slope of W**2?
new.append((dW + l2 * W**2, db))
# half of each square is the penalty itself: what is its slope?
new.append((dW + l2 / 2 * W**2, db))
# every weight gets the whole penalty, one number, but its slope differs for each weight
new.append((dW + l2 / 2 * np.sum(W**2), db))
# the penalty pulls the wrong way: a step goes against the gradient, so the weights would
# grow
new.append((dW - l2 * W, db))
# this is L1: it pulls every weight equally hard, large or small
new.append((dW + l2 * np.sign(W), db))
# this uses only the size of W: where W is negative, the pull goes up, so the slope is
# negative
new.append((dW + l2 * abs(W), db))
# the penalty is added in full, whatever l2 is
new.append((dW + W, db))
# this is the gradient of the penalty alone: which one must it be added to?
new.append((l2 * W, 0 * db))
# dW is the gradient of the penalty alone, without that of the loss: which two are added up?
new.append((l2 * W, db))
# this is the gradient of the loss alone: what does the penalty add to it?
new.append((dW, db))
# the biases are penalised, not the weights: which numbers does the sum in the penalty hold?
new.append((dW, db + l2 * b))
# each pair is in the wrong order: dW comes first, then db
new.append((db, dW + l2 * W))
# weights and gradients are swapped: what is l2 multiplied by, and what is it added to?
new.append((W + l2 * dW, b))
# l2 shrinks the gradient of the loss as well, but it belongs only to the penalty
new.append((l2 * (dW + W), db))
# these are weights moved by the penalty: return gradients, since the step comes later
new.append((W - l2 * W, b))
# the gradients of the loss are changed in place, but the caller may still need them
dW += l2 * W
new.append((dW, db))

# %% mistakes in: new.append((dW + l2 * W, db))
# fix: new = [] before the loop, new.append(____) in it, return new after it
# only the first layer is returned: does the function end before it gets to the others?
new.append((dW + l2 * W, db))
return new
# only the last layer is returned: is the pair of every layer kept?
new = [(dW + l2 * W, db)]

# %% mistakes in: return new
# only the first layer is penalised, but the sum runs over the weights of all layers
# fix: new.append((dW + ____, ____))
return new[:1] + list(grads[1:])
# the output layer isn't penalised, but the sum runs over the weights of all layers
# fix: new.append((dW + ____, ____))
return new[:-1] + list(grads[-1:])
# the layers are in reverse order: use that of params
return new[::-1]

# %% right in: new.append((dW + l2 * W, db))
# copies that are changed in place
dW = dW.copy()
dW += l2 * W
new.append(mlp.Layer(dW, db.copy()))

# %% right
# in loops, entry by entry
def my_l2_grads(params, grads, l2):
    new = []
    for i in range(len(params)):
        dW = np.zeros(params[i][0].shape)
        for j, k in np.ndindex(dW.shape):
            dW[j, k] = grads[i][0][j, k] + params[i][0][j, k] * l2
        new.append((dW, grads[i][1]))
    return tuple(new)

# %% wrong in: new.append((dW + l2 * W, db))
# large weights are cut off: 'is wrong'
new.append((dW + l2 * np.clip(W, -10, 10), db))
# a mean over the weights: 'is wrong'
new.append((dW + l2 * W / W.size, db))

# %% wrong in: new = []
# no penalty is taken for a usual one: 'in 15 of 16 cases'
new, l2 = [], l2 or 0.01

# %% wrong in: return new
# two lists: 'return one list, with a pair (dW, db) for each layer'
return [dW for dW, db in new], [db for dW, db in new]
