"""The exercises of notebook 5, the sum task.

Stop reading here if you want to solve them yourself.
"""

import itertools

import numpy as np

import mlp_core as mlp
from course.checking import Exercise, FormError, call_once, describe_type, to_array
from course.lessons.cases import (
    SIZES,
    expect_items,
    layers_form,
    mended_by,
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


def _step_of_b(params, grads, learning_rate):
    return [
        (W - learning_rate * db, b - learning_rate * db)
        for (W, b), (_, db) in zip(params, grads)
    ]


def _fresh_steps(rng):
    """Narrow and deep networks, large parameters; rates of 0, large, small and drawn."""
    deep, drawn = (2, 3, 2, 1, 2, 3, 2), tuple(rng.integers(1, 6, 3))
    sizes, rates = ((1, 1), (1, 1, 1), deep, drawn), (0.0, 3.0, 1e-4, 0.07)
    far = [mlp.Layer(np.full((2, 1), 25.0), np.full(1, -40.0))]
    return [
        (far, network(rng, 2, 1), round(rng.uniform(0.02, 0.98), 3)),
        *(
            (network(rng, *sizes), network(rng, *sizes), rate)
            for sizes, rate in zip(sizes, rates)
        ),
    ]


_step = Exercise(
    my_step,
    [
        (network(seed, *sizes), network(seed + 20, *sizes), rate)
        for seed, (sizes, rate) in enumerate(
            zip(SIZES, itertools.cycle([0.2, 0.5, 1.0, 0.01])), start=300
        )
    ],
    [
        *mended_by(
            "W - learning_rate * dW, and b in the same way",
            {
                "the parameters move uphill: the gradient points to where the loss "
                "grows, so which way must they go?": _steps(
                    lambda p, dp, rate: p + rate * dp
                ),
                "the step is as long as the gradient, whatever the learning rate "
                "is": _steps(lambda p, dp, rate: p - dp),
                "the smaller the learning rate, the longer the step: it should be the "
                "other way round": _steps(lambda p, dp, rate: p - dp / rate),
                "every step is that of the learning rate 0.2: which one was handed "
                "over?": _steps(lambda p, dp, rate: p - 0.2 * dp),
                "these are the steps alone, and uphill: where do the parameters come "
                "to by a step down?": _steps(lambda p, dp, rate: rate * dp),
                "these are the steps alone: where do they start from?": _steps(
                    lambda p, dp, rate: -rate * dp
                ),
                "only the weights move: the biases learn, too": _steps(
                    _downhill, _stay
                ),
                "only the biases move: the weights learn, too": _steps(
                    _stay, _downhill
                ),
                "the learning rate shrinks the old parameters, too: it scales the "
                "gradient only": _steps(lambda p, dp, rate: rate * (p - dp)),
                "the weights move by the gradient of b: W has one of its own, of the "
                "same shape": _step_of_b,
            },
        ),
        *mended_by(
            "new = [] before the loop, new.append((W, b)) in it, return new after it",
            {
                "nothing has changed: these are the parameters from before the "
                "step": _steps(_stay),
                "only the last layer is there: is the pair of every layer "
                "kept?": lambda *args: my_step(*args)[-1:],
                "only the first layer is there: does the function end before it comes to "
                "the others?": lambda *args: my_step(*args)[:1],
                "the layers come in reverse order: the first is the one next to the "
                "input": lambda *args: my_step(*args)[::-1],
                "in each pair b comes before W: W is the first": lambda *args: [
                    (b, W) for W, b in my_step(*args)
                ],
                "it returns bare arrays: return a list with a pair (W, b) for each "
                "layer, also if there is only one": lambda *args: list(args[0][0]),
                "all W stand together, and so do all b: each W belongs in a pair with "
                "the b of its layer": lambda *args: list(zip(*my_step(*args))),
            },
        ),
    ],
    call_once(layers_form()),
    changed=(
        "it changes {names} in place, and the caller may need what stood there: make new "
        "arrays, in a new list"
    ),
    fresh=_fresh_steps,
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
    pick=lambda X, Y, rows, i: (X[rows], Y[rows]),
    factor=1.0,
    gradient_at=lambda first, new: new,
    step_from=lambda first, new: new,
    own_gradient=None,
    own_step=None,
    enough=-1.0,
):
    """A training loop with exchangeable parts; it ends where a loss is ``enough``."""

    def train(params, X, Y, samples, learning_rate, loss_and_grads, step):
        loss_and_grads, step = own_gradient or loss_and_grads, own_step or step
        new, losses = params, []
        for i, rows in enumerate(samples):
            at = gradient_at(params, new)
            loss, grads = loss_and_grads(at, *pick(X, Y, rows, i))
            losses.append(loss)
            if loss < enough:
                break
            new = step(step_from(params, new), grads, factor * learning_rate)
        return new, losses

    return train


def _first(first, new):
    return first


def _one_by_one(X, Y, rows, i):
    return X[[i % len(X)]], Y[[i % len(X)]]


def _in_order(X, Y, rows, i):
    rows = (i * len(rows) + np.arange(len(rows))) % len(X)
    return X[rows], Y[rows]


def _nothing_learned(*args):
    return args[0], _training(gradient_at=_first)(*args)[1]


def _loss_after(params, X, Y, samples, learning_rate, loss_and_grads, step):
    losses = []
    for rows in samples:
        _, grads = loss_and_grads(params, X[rows], Y[rows])
        params = step(params, grads, learning_rate)
        losses.append(loss_and_grads(params, X[rows], Y[rows])[0])
    return params, losses


def _with_losses(change):
    """The right parameters, and other losses."""
    return lambda *args: (my_train(*args)[0], change(my_train(*args)[1]))


def _training_form(answer):
    """``return params, losses``."""
    expect_items(answer, 2, "params and losses")
    params, losses = answer
    parts = layers_form()(params)
    if isinstance(losses, (list, tuple)):
        losses = np.array([_one_loss(loss) for loss in losses])
    return {**parts, "losses": to_array(losses, "losses")}


def _one_loss(loss):
    if not isinstance(loss, (list, tuple)):
        loss = to_array(loss, "an entry of losses")
        if loss.shape == ():
            return loss
    raise FormError(f"an entry of losses is {describe_type(loss)}, not one number")


def _train_case(seed, sizes, steps, batch, rate, *functions):
    X = mlp.SUM.X.copy() if sizes[0] == 2 else normal(seed + 1, 6, sizes[0])
    Y = mlp.SUM.Y.copy() if sizes[:: len(sizes) - 1] == (2, 1) else None
    if Y is None:
        Y = normal(seed + 2, len(X), sizes[-1])
    rng = np.random.default_rng(seed + 3)
    samples = rng.integers(0, len(X), (steps, batch))
    return network(seed, *sizes), X, Y, samples, rate, *functions


def _fresh_trainings(rng):
    """Losses that are 0 and rise again, else none is small; equal rows, narrow layers."""
    core, tanh = mlp.loss_and_grads, _tanh_loss_and_grads
    a, b, c = rng.permutation(5)[:3]
    rate = round(rng.uniform(0.005, 0.03), 4)

    def case(sizes, samples, *others, far=0.0):
        params, X = network(rng, *sizes), normal(rng, 5, sizes[0])
        return params, X, normal(rng, 5, sizes[-1]) + far, np.array(samples), *others

    early = case((2, 1), [[0], [1], [0], [2], [3], [0]], 0.05, core, mlp.sgd_step)
    params, X, Y = early[:3]
    Y[:] = mlp.forward(params, X)[0]
    Y[2:] += 1.0
    return [
        early,
        case((3, 2), [[a], [a], [b], [c]], 0.01, core, _half_step, far=12.0),
        case((1, 1), [[c, a, a], [b, b, b]], 0.07, tanh, _half_step, far=6.0),
        case((1, 3, 2), rng.integers(0, 5, (10, 2)), rate, tanh, mlp.sgd_step, far=6.0),
    ]


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
        *mended_by(
            "loss, grads = loss_and_grads(params, X[rows], Y[rows]), with the rows of "
            "`for rows in samples`",
            {
                "the losses and gradients are those of mlp.loss_and_grads, whatever "
                "function is handed over": _training(own_gradient=mlp.loss_and_grads),
                "each step learns from all of the data: which rows has it in "
                "samples?": _training(lambda X, Y, rows, i: (X, Y)),
                "each step learns from the first of its rows only: it may have "
                "several": _training(lambda X, Y, rows, i: (X[rows[:1]], Y[rows[:1]])),
                "the steps take the data in its order: which rows a step has stands in "
                "samples": _training(_in_order),
                "the steps take single rows in the order of the data: which rows a step "
                "has, and how many, stands in samples": _training(_one_by_one),
            },
        ),
        *mended_by(
            "params = step(params, grads, learning_rate), in the loop",
            {
                "it trains with mlp's functions, whatever is handed over: look at the "
                "last two arguments": _training(
                    own_gradient=mlp.loss_and_grads, own_step=mlp.sgd_step
                ),
                "the updates are those of mlp.sgd_step, whatever function is handed "
                "over": _training(own_step=mlp.sgd_step),
                "it goes uphill: the step that is handed over knows the sign "
                "already": _training(factor=-1.0),
                "every training is that of the learning rate 0.2: which one was handed "
                "over?": lambda *args: my_train(*args[:4], 0.2, *args[5:]),
                "nothing is learned: it returns the first parameters; what becomes of "
                "the new ones?": _nothing_learned,
                "the result is one step away from the first parameters: each step must "
                "start where the last one ended": _training(
                    gradient_at=_first, step_from=_first
                ),
                "all losses and gradients are those at the first parameters: take each "
                "where the step before has ended": _training(gradient_at=_first),
            },
        ),
        *mended_by(
            "losses = [] before the loop, losses.append(loss) in it and before the step, "
            "return params, losses after it",
            {
                "the losses are those after the update: take each before its "
                "step": _loss_after,
                "it ends after the first step, however many samples has": lambda *args: (
                    my_train(*args[:3], args[3][:1], *args[4:])
                ),
                "it ends where a loss is small: the next sample may have a large one, so "
                "go through all samples": _training(enough=1e-3),
                "losses is the last loss only: that of every step is asked "
                "for": _with_losses(lambda losses: losses[-1]),
                "losses holds the last loss only: that of every step is asked "
                "for": _with_losses(lambda losses: losses[-1:]),
                "losses is one average: the loss of every step is asked "
                "for": _with_losses(np.mean),
                "the two results are swapped: params come first": swapped(my_train),
            },
        ),
    ],
    call_once(_training_form),
    changed=(
        "it changes {names} in place, so that you can't start again from the same place: "
        "what is handed over must stay as it is"
    ),
    function_names={
        mlp.loss_and_grads: "mlp.loss_and_grads",
        mlp.sgd_step: "mlp.sgd_step",
        _tanh_loss_and_grads: "a function like mlp.loss_and_grads, with tanh",
        _half_step: "a function like mlp.sgd_step, with half of the learning rate",
    },
    fresh=_fresh_trainings,
    allowed=(mlp.loss_and_grads, mlp.sgd_step),  # it is told how they go wrong here
)


EXERCISES = {exercise.name: exercise for exercise in (_step, _train)}
