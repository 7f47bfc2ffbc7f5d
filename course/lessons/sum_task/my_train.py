import numpy as np

import mlp_core as mlp
from course.checking.exercise import FormError, describe_type, to_array
from course.lessons.cases import expect_items, layers_form, network, normal

# %% task
# ## Exercise: the training loop
#
# Write `my_train(params, X, Y, samples, learning_rate, loss_and_grads, step)`. Each
# entry of `samples` holds the row numbers of one step, shape (batch,). The last two
# arguments are functions, so that the loop can train with the course's or with yours.
# For each step:
#
# 1. take its rows of `X` (n, n_in) and `Y` (n, n_out)
# 2. call `loss_and_grads(params, ..., ...)` with these rows: it returns the loss and
#   the gradients
# 3. keep the loss, then update: `step(params, grads, learning_rate)` returns new
#   parameters
#
# Return the trained parameters and the list of losses, each taken before its update.

# %% stub
def my_train(params, X, Y, samples, learning_rate, loss_and_grads, step):
    """Return params, losses."""
    # Your code here.

# %% hint
# If `rows` is an array of row numbers, `X[rows]` picks these rows, in this order. The
# loop is `for rows in samples:`, and its body has three lines.

# %% hint
# `step` changes nothing in place. It returns the new parameters, and the next step must
# start from them.

# %% solution
def my_train(params, X, Y, samples, learning_rate, loss_and_grads, step):
    """Return params, losses."""
    losses = []
    for rows in samples:
        loss, grads = loss_and_grads(params, X[rows], Y[rows])
        losses.append(loss)
        params = step(params, grads, learning_rate)
    return params, losses
# `params` is replaced each time, so each step starts where the last one ended. The
# caller's list doesn't change.

# %% cases
minutes = 15
allowed = mlp.loss_and_grads, mlp.sgd_step  # the mistakes say how they go wrong here

def form(answer):
    """``return params, losses``."""
    expect_items(answer, 2, "params and losses")
    params, losses = answer
    parts = layers_form()(params)
    if isinstance(losses, (list, tuple)):
        for loss in losses:
            is_row = isinstance(loss, (list, tuple))
            if is_row or to_array(loss, "an entry of losses").shape:
                found = describe_type(loss)
                raise FormError(f"an entry of losses is {found}, not one number")
        losses = np.array(losses)
    return {**parts, "losses": to_array(losses, "losses")}

def _tanh(params, X, Y):
    return mlp.loss_and_grads(params, X, Y, mlp.tanh)

def _half_step(params, grads, learning_rate):
    return mlp.sgd_step(params, grads, learning_rate / 2)

_core, _step = allowed
function_names = {
    _core: "mlp.loss_and_grads",
    _step: "mlp.sgd_step",
    _tanh: "a function like mlp.loss_and_grads, with tanh",
    _half_step: "a function like mlp.sgd_step, with half the learning rate",
}

def _task(rng, n, n_in, n_out, far=0.0):
    """X and Y with n rows."""
    return normal(rng, n, n_in), normal(rng, n, n_out) + far

def _case(rng, sizes, task, samples, *others):
    """A training run; ``samples`` is drawn if it is (steps, rows of each)."""
    if isinstance(samples, tuple):
        samples = rng.integers(0, len(task[0]), samples)
    return network(rng, *sizes), *task, np.array(samples), *others

_rng = np.random.default_rng(400)
_sum = mlp.SUM.X.copy(), mlp.SUM.Y.copy()
cases = [
    _case(_rng, (2, 1), _sum, (1, 1), 0.2, _core, _step),
    _case(_rng, (2, 1), _sum, (3, 1), 0.1, _tanh, _step),
    _case(_rng, (2, 3, 1), _sum, (5, 1), 0.05, _core, _half_step),
    _case(_rng, (2, 3, 3, 2, 1), _sum, (20, 1), 0.02, _core, _half_step),
    _case(_rng, (2, 2, 1), _sum, (6, 3), 0.05, _tanh, _half_step),
    _case(_rng, (3, 4, 2), _task(_rng, 6, 3, 2), (8, 2), 0.01, _core, _step),
    _case(_rng, (2, 3, 1), _sum, (1, 4), 0.3, _tanh, _step),
]

def fresh(rng):
    """Losses that rise from 0 or nearly 0, and large ones; equal rows, narrow layers, many steps.

    All use tanh: where a slope jumps, rounding might lead a right answer astray.
    """
    a, b, c = rng.permutation(5)[:3]
    known, X = network(rng, 2, 1), normal(rng, 5, 2)
    Y = mlp.forward(known, X, mlp.tanh)[0] + [[0], [0.03], [1], [1], [1]]
    rate = round(rng.uniform(0.005, 0.03), 4)
    far = _task(rng, 5, 3, 2, far=12.0)
    one, two = (_task(rng, 5, 1, n_out, far=6.0) for n_out in (1, 2))
    other, large = _task(rng, 4, 2, 1), _task(rng, 120, 2, 1)
    return [
        (known, X, Y, np.array([[0], [1], [0], [2], [3], [0]]), 0.05, _tanh, _step),
        _case(rng, (3, 2), far, [[a], [a], [b], [c]], 0.01, _tanh, _half_step),
        _case(rng, (1, 1), one, [[c, a, a], [b, b, b]], 0.07, _tanh, _half_step),
        _case(rng, (1, 3, 2), two, (10, 2), rate, _tanh, _step),
        _case(rng, (2, 2, 1), other, (6, 3), 0.05, _tanh, _half_step),  # as a fixed one
        _case(rng, (2, 2, 1), large, (120, 9), 0.05, _tanh, _step),
    ]

# %% mistakes in: for rows in ____:
# the steps take single rows in the order of the data: samples says which rows each step
# uses, and how many
for i in range(len(samples)):
    rows = [i % len(X)]
# it takes a step for each row, but all rows that a step uses go into it together
for row in samples.flat:
    rows = [row]

# %% mistakes in: loss, grads = loss_and_grads(params, ____)
# each step learns from all of the data: which rows does samples give it?
loss, grads = loss_and_grads(params, X, Y)

# %% mistakes in: params = step(____)
# it trains with mlp's functions, whatever it is given: look at the last two arguments
params = mlp.sgd_step(params, grads, learning_rate)
# in place of: loss, grads = loss_and_grads(params, ____)
loss, grads = mlp.loss_and_grads(params, X[rows], Y[rows])
# the step is always mlp's or your own, whatever it is given: look at the last argument
params = mlp.sgd_step(params, grads, learning_rate)
# nothing is learned, because it returns the first parameters: what becomes of the new
# ones?
step(params, grads, learning_rate)
# the result is one step away from the first parameters: each step must start where the
# last one ended
# fix: params = step(____), in the loop
new = step(params, grads, learning_rate)
# in place of: return params, losses
return new, losses
# the losses are from after the update: compute each before its step
params = step(params, grads, learning_rate)
losses.append(loss_and_grads(params, X[rows], Y[rows])[0])
# in place of: losses.append(____)
# it ends after the first step, however many there are in samples
# fix: return ____ (below the loop, not in it)
params = step(params, grads, learning_rate)
return params, losses

# %% mistakes in: return params, losses
# losses is only the last loss: return the losses of all steps
return params, loss
# the two results are swapped: params come first
return losses, params

# %% right in: losses = []
# losses in an array
losses = np.zeros(0)
# in place of: losses.append(loss)
losses = np.append(losses, loss)

# %% right in: losses.append(loss)
# it stops where numbers explode
losses.append(loss)
if not np.isfinite(loss):
    break

# %% wrong in: losses = []
# the first of many steps: 'losses has the shape (20,), but should have the shape (120,)'
losses, samples = [], samples[:20]

# %% wrong in: loss, grads = loss_and_grads(params, X[rows], Y[rows])
# the first of many rows: 'is wrong'
loss, grads = loss_and_grads(params, X[rows][:8], Y[rows][:8])

# %% wrong in: losses.append(loss)
# a loss with its gradients: 'an entry of losses is a tuple, not one number'
losses.append((loss, grads))

# %% wrong in: params = step(params, grads, learning_rate)
# no step where the loss is small: 'is wrong'
if loss > 1e-3:
    params = step(params, grads, learning_rate)

# %% wrong in: return params, losses
# the course's loop, whose losses are a History: 'it calls mlp_core.train, which is part'
return mlp.train(params, X, Y, samples=samples, learning_rate=learning_rate)
