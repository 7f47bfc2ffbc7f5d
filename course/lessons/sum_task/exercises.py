"""The exercises of notebook 5, the sum task.

Stop reading here if you want to solve them yourself.
"""

import itertools

import numpy as np

import mlp_core as mlp
from course.checking import (
    Exercise,
    Mistake,
    call_once,
    to_array,
)
from course.lessons.cases import (
    SIZES,
    expect_items,
    layers_form,
    network,
    normal,
    swapped,
)


def my_step(params, grads, learning_rate):
    new = []
    for (W, b), (dW, db) in zip(params, grads):
        new.append((W - learning_rate * dW, b - learning_rate * db))
    return new


def _steps(change_W, change_b=None):
    """A step out of ``change(array, gradient, learning_rate)`` for W and for b."""
    change_b = change_b or change_W
    return lambda params, grads, learning_rate: [
        (change_W(W, dW, learning_rate), change_b(b, db, learning_rate))
        for (W, b), (dW, db) in zip(params, grads)
    ]


def _downhill(array, gradient, learning_rate):
    return array - learning_rate * gradient


def _stay(array, gradient, learning_rate):
    return array * 1.0


_step = Exercise(
    my_step,
    [
        (network(seed, *sizes), network(seed + 20, *sizes), rate)
        for seed, (sizes, rate) in enumerate(
            zip(SIZES, itertools.cycle([0.2, 0.5, 1.0, 0.01])), start=300
        )
    ],
    [
        Mistake(
            "look at the sign: the gradient points uphill, so the step subtracts it",
            _steps(lambda p, dp, rate: p + rate * dp),
        ),
        Mistake(
            "the learning rate is left out: the step is the learning rate times the "
            "gradient",
            _steps(lambda p, dp, rate: p - dp),
        ),
        Mistake(
            "it divides by the learning rate: multiply",
            _steps(lambda p, dp, rate: p - dp / rate),
        ),
        Mistake(
            "the learning rate is fixed at 0.2: use the argument",
            _steps(lambda p, dp, rate: p - 0.2 * dp),
        ),
        Mistake(
            "the biases stay as they are: they learn, too", _steps(_downhill, _stay)
        ),
        Mistake(
            "the weights stay as they are: only b learns", _steps(_stay, _downhill)
        ),
        Mistake(
            "this is the step alone: subtract it from the old parameters",
            _steps(lambda p, dp, rate: rate * dp),
        ),
        Mistake(
            "this is the step alone: add it to the old parameters",
            _steps(lambda p, dp, rate: -rate * dp),
        ),
        Mistake(
            "nothing has changed: return the new arrays, not the old ones",
            _steps(_stay),
        ),
        Mistake(
            "brackets: the learning rate multiplies the gradient only, not W - dW",
            _steps(lambda p, dp, rate: rate * (p - dp)),
        ),
        Mistake(
            "only the last layer is there: append inside the loop, return after it",
            lambda *args: my_step(*args)[-1:],
        ),
        Mistake(
            "only the first layer is there: the return stands inside the loop; move it "
            "below, as far to the left as `for`",
            lambda *args: my_step(*args)[:1],
        ),
    ],
    call_once(layers_form()),
    changed=(
        "it changes {names} in place: `W -= ...` writes into the caller's array, and the "
        "network before the step is lost; `W - ...` makes a new one"
    ),
)


def my_train(params, X, Y, samples, learning_rate, loss_and_grads, step):
    losses = []
    for rows in samples:
        loss, grads = loss_and_grads(params, X[rows], Y[rows])
        losses.append(loss)
        params = step(params, grads, learning_rate)
    return params, losses


def _tanh_loss_and_grads(params, X, Y):
    return mlp.loss_and_grads(params, X, Y, mlp.tanh)


def _half_step(params, grads, learning_rate):
    return mlp.sgd_step(params, grads, learning_rate / 2)


def _training(
    pick=lambda X, Y, rows: (X[rows], Y[rows]),
    factor=1.0,
    keep=True,
    own_gradient=None,
    own_step=None,
):
    """A training loop with other rows, another step, no memory, or fixed functions."""

    def train(params, X, Y, samples, learning_rate, loss_and_grads, step):
        loss_and_grads, step = own_gradient or loss_and_grads, own_step or step
        losses = []
        for rows in samples:
            loss, grads = loss_and_grads(params, *pick(X, Y, rows))
            losses.append(loss)
            new = step(params, grads, factor * learning_rate)
            params = new if keep else params
        return params, losses

    return train


def _always_from_the_first(params, X, Y, samples, *others):
    """Only the last step is left, made from the first parameters."""
    new, _ = my_train(params, X, Y, samples[-1:], *others)
    return new, _training(keep=False)(params, X, Y, samples, *others)[1]


def _loss_after(params, X, Y, samples, learning_rate, loss_and_grads, step):
    losses = []
    for rows in samples:
        _, grads = loss_and_grads(params, X[rows], Y[rows])
        params = step(params, grads, learning_rate)
        losses.append(loss_and_grads(params, X[rows], Y[rows])[0])
    return params, losses


def _training_form(answer):
    """``return params, losses``."""
    expect_items(answer, 2, "params and losses")
    params, losses = answer
    if isinstance(losses, (list, tuple)):
        losses = np.array([to_array(loss, "an entry of losses") for loss in losses])
    return {**layers_form()(params), "losses": to_array(losses, "losses")}


def _train_case(seed, sizes, steps, batch, rate, *functions):
    X = mlp.SUM.X.copy() if sizes[0] == 2 else normal(seed + 1, 6, sizes[0])
    Y = mlp.SUM.Y.copy() if sizes[:: len(sizes) - 1] == (2, 1) else None
    if Y is None:
        Y = normal(seed + 2, len(X), sizes[-1])
    rng = np.random.default_rng(seed + 3)
    samples = rng.integers(0, len(X), (steps, batch))
    return network(seed, *sizes), X, Y, samples, rate, *functions


_train = Exercise(
    my_train,
    [
        _train_case(400, (2, 1), 1, 1, 0.2, mlp.loss_and_grads, mlp.sgd_step),
        _train_case(410, (2, 1), 3, 1, 0.1, _tanh_loss_and_grads, mlp.sgd_step),
        _train_case(420, (2, 3, 1), 5, 1, 0.05, mlp.loss_and_grads, _half_step),
        _train_case(430, (2, 3, 3, 2, 1), 20, 1, 0.02, mlp.loss_and_grads, _half_step),
        _train_case(440, (2, 2, 1), 6, 3, 0.05, _tanh_loss_and_grads, _half_step),
        _train_case(450, (3, 4, 2), 8, 2, 0.01, mlp.loss_and_grads, mlp.sgd_step),
        _train_case(460, (2, 3, 1), 1, 4, 0.3, _tanh_loss_and_grads, mlp.sgd_step),
    ],
    [
        Mistake(
            "it calls mlp's functions in place of those that are handed over: call "
            "loss_and_grads(...) and step(...), with no mlp before them",
            _training(own_gradient=mlp.loss_and_grads, own_step=mlp.sgd_step),
        ),
        Mistake(
            "it calls mlp.loss_and_grads: call loss_and_grads, the function that is "
            "handed over",
            _training(own_gradient=mlp.loss_and_grads),
        ),
        Mistake(
            "it calls mlp.sgd_step, or makes a step of its own: call step, the function "
            "that is handed over",
            _training(own_step=mlp.sgd_step),
        ),
        Mistake(
            "it goes uphill: look at the sign of the step",
            _training(factor=-1.0),
        ),
        Mistake(
            "the samples are not used: each step takes X[rows] and Y[rows] only, with "
            "its own rows",
            _training(lambda X, Y, rows: (X, Y)),
        ),
        Mistake(
            "each step uses only the first of its rows: X[rows] takes them all",
            _training(lambda X, Y, rows: (X[rows[:1]], Y[rows[:1]])),
        ),
        Mistake(
            "the new parameters are thrown away, so nothing is learned: write "
            "params = step(...)",
            _training(keep=False),
        ),
        Mistake(
            "each step starts from the first parameters again: write "
            "params = step(...), so that the next one starts from the new ones",
            _always_from_the_first,
        ),
        Mistake(
            "the losses are those after the update: take each before its step",
            _loss_after,
        ),
        Mistake(
            "the learning rate is fixed at 0.2: use the argument",
            lambda params, X, Y, samples, rate, *functions: my_train(
                params, X, Y, samples, 0.2, *functions
            ),
        ),
        Mistake(
            "it stops after the first step: is the return inside the loop?",
            lambda params, X, Y, samples, *others: my_train(
                params, X, Y, samples[:1], *others
            ),
        ),
        Mistake(
            "losses is the last loss only: append each to a list",
            lambda *args: (my_train(*args)[0], my_train(*args)[1][-1]),
        ),
        Mistake(
            "the two results are swapped: return params, losses",
            swapped(my_train),
        ),
        Mistake(
            "losses is one average: keep the loss of each step",
            lambda *args: (my_train(*args)[0], np.mean(my_train(*args)[1])),
        ),
        Mistake(
            "the samples are taken in the order of the data: the rows of a step stand "
            "in samples",
            lambda params, X, Y, samples, *others: my_train(
                params,
                X,
                Y,
                np.arange(samples.size).reshape(samples.shape) % len(X),
                *others,
            ),
        ),
    ],
    call_once(_training_form),
    changed=(
        "it changes {names} in place, so that you can't start again from the same place: "
        "`W -= ...` writes into the caller's array; step makes new ones"
    ),
    function_names={
        mlp.loss_and_grads: "mlp.loss_and_grads",
        mlp.sgd_step: "mlp.sgd_step",
        _tanh_loss_and_grads: "a function like mlp.loss_and_grads, with tanh",
        _half_step: "a function like mlp.sgd_step, with half of the learning rate",
    },
)


EXERCISES = {exercise.name: exercise for exercise in (_step, _train)}
