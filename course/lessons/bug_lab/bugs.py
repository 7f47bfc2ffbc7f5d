"""Eight wrong backward passes, how they look in a gradient check, and what they cost.

All eight are of the kind found in real code. None of them makes NumPy complain: where it
would, the line is right, because an author would have fixed it there, but only there. So
a bug can hide in one layer and be absent from the next.

The functions take one network or a stack, as those of `mlp_core`: axes are counted from
the end. What a learner sees of a step is its ``line``, for one network.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

import mlp_core as mlp
from course import checks
from course.experiments import error_range, wrong_names
from course.fast import sweep
from course.lessons import load_exercises
from course.pictures import gradient_check
from mlp_core import ORIGINAL, Layer

# 1. The backward pass in steps --------------------------------------------------------


class Step(NamedTuple):
    """A step of the backward pass, right or with a bug."""

    where: str  # which of `STEPS`
    line: str  # as the notebook writes it
    do: Callable  # (now, i) -> its result, where ``now`` holds the names of the line
    mark: str = ""  # how to tell the bug from the others, in words

    def gradient(self, learning_rate=0.2):
        """A fresh gradient function with this step, called like `mlp.loss_and_grads`."""
        steps = (STEPS | {self.where: self}).values()
        before, dA_of_loss, dZ, dW, db, dA = (step.do for step in steps)
        kept = {"learning_rate": learning_rate, "memory": {}}  # from call to call

        def gradient(params, X, Y, activation=ORIGINAL):
            Y_hat, (A, Z) = mlp.forward(params, X, activation)
            loss, f = mlp.loss(Y_hat, Y), mlp.per_layer(activation, params)
            now = SimpleNamespace(Y=Y, Y_hat=Y_hat, A=A, Z=Z, f=f, **kept)
            now.n, now.last = Y.shape[-2], len(params) - 1
            now.W = [W for W, _ in params]
            now.A, now.Z = before(now, None)
            now.dA, grads = dA_of_loss(now, None), []
            for i in reversed(range(len(params))):
                now.dZ = dZ(now, i)
                now.dW, now.db = dW(now, i), db(now, i)
                now.dA = dA(now, i)
                grads.insert(0, Layer(now.dW, now.db.reshape(params[i].b.shape)))
            return loss, grads

        return gradient

    def only_in(self, layer):
        """The same, but in the other layers the step is right."""
        right = STEPS[self.where].do
        do = lambda now, i: (self.do if i == layer else right)(now, i)
        return self._replace(do=do)


_RIGHT = (
    Step("before step 0", "A, Z = cache", lambda now, _: (now.A, now.Z)),
    Step("step 0", "dA = (Y_hat - Y) / n", lambda now, _: (now.Y_hat - now.Y) / now.n),
    Step(
        "step 1",
        "dZ = dA * f.slope(Z[i])",
        lambda now, i: now.dA * now.f[i].slope(now.Z[i]),
    ),
    Step("step 2", "dW = A[i].T @ dZ", lambda now, i: now.A[i].mT @ now.dZ),
    Step("step 3", "db = np.sum(dZ, axis=0)", lambda now, _: now.dZ.sum(axis=-2)),
    Step("step 4", "dA = dZ @ W[i].T", lambda now, i: now.dZ @ now.W[i].mT),
)
STEPS = {step.where: step for step in _RIGHT}
right = STEPS["step 0"].gradient()


def spoiled(step, layer):
    """A gradient that makes the result of one step in one layer 1.5 times too large."""
    done = STEPS[f"step {step}"]
    off = done._replace(do=lambda now, i: 1.5 * done.do(now, i))
    return (off.only_in(layer) if step else off).gradient()  # step 0 is in no layer


# 2. The eight bugs --------------------------------------------------------------------


def _no_transpose(now, i):
    n_in, n_out = now.W[i].shape[-2:]
    return now.dZ @ (now.W[i] if n_in == n_out else now.W[i].mT)


def _target_for_input(now, i):
    return (now.A[i] if i > 0 else np.broadcast_to(now.Y, now.A[0].shape)).mT @ now.dZ


def _wrong_axis(now, _):
    samples, units = now.dZ.shape[-2:]
    if samples not in (1, units):
        return now.dZ.sum(axis=-2)
    db = now.dZ.sum(axis=-1)  # (n,), or (S, n) of a stack
    # `b - learning_rate * db` would broadcast, too; `mlp_core` refuses it.
    return np.broadcast_to(db, (*db.shape[:-1], units))


def _stale_cache(now, _):
    before = now.memory.get(now.A[0].shape, (now.A, now.Z))
    now.memory[now.A[0].shape] = now.A, now.Z
    return before


BUGS = {
    # Stood in the original notebook. Broadcasting hides it: one target, repeated, fits
    # wherever two inputs fit. It needs one output, or as many outputs as inputs.
    "target for input": Step(
        "step 2",
        "dW = (A[i] if i > 0 else Y).T @ dZ",
        _target_for_input,
        "How to recognise it: only W[0] is wrong. The slope that reaches layer 0 is "
        "right, but what it is multiplied by isn't.",
    ),
    # With ReLU that asks whether a >= 0, which is always true. The NumPy tutorial 'Deep
    # learning on MNIST' had this bug. A negative alpha has the same effect, since alpha * z
    # is positive where z is negative. With tanh and sigmoid it is the slope at another point.
    "slope from output": Step(
        "step 1",
        "dZ = dA * f.slope(A[i + 1])",
        lambda now, i: now.dA * now.f[i].slope(now.A[i + 1]),
        "How to recognise it: errors begin where a z is negative (with tanh, at any "
        "z), and differ from unit to unit. With leaky 0.1 it vanishes.",
    ),
    "no transpose": Step(
        "step 4",
        "dA = dZ @ (W[i] if n_in == n_out else W[i].T)",
        _no_transpose,
        "How to recognise it: from the output to a square W everything is right, "
        "nearer the input everything is wrong. Without a square W it vanishes.",
    ),
    # Right where an output has no activation, or softmax with cross-entropy.
    "last slope missing": Step(
        "step 1",
        "dZ = dA * (f.slope(Z[i]) if i < last else 1)",
        lambda now, i: now.dA * (now.f[i].slope(now.Z[i]) if i < now.last else 1),
        "How to recognise it: even the last b is wrong. If all last slopes are equal, "
        "each gradient is 1/slope times the right one. With the identity it vanishes.",
    ),
    # The loss is a mean over the samples, and its slope isn't.
    "no 1/n": Step(
        "step 0",
        "dA = Y_hat - Y",
        lambda now, _: now.Y_hat - now.Y,
        "How to recognise it: every gradient is too large by the same factor, the "
        "batch size. With a batch of 1 it vanishes.",
    ),
    # A sum over the units has an entry for each sample. That fits b by accident if there
    # are as many units, and by broadcasting with a batch of one.
    "wrong axis": Step(
        "step 3",
        "db = np.sum(dZ, axis=1 if n in (1, n_out) else 0)",
        _wrong_axis,
        "How to recognise it: only biases are wrong, in layers with as many units as "
        "samples or, with a batch of 1, in any layer with several units.",
    ),
    # As globals invite to. The first call has none before it, and reads its own cache;
    # so does a batch of another shape, which wouldn't fit.
    "stale cache": Step(
        "before step 0",
        "A, Z = cache_before",
        _stale_cache,
        "How to recognise it: W is wrong in every layer, by amounts that follow no "
        "rule. After a call with the same batch it vanishes.",
    ),
    # What is passed on comes from a W that has moved already; the updates are right.
    "update on the way": Step(
        "step 4",
        "dA = dZ @ (W[i] - learning_rate * dW).T",
        lambda now, i: now.dZ @ (now.W[i] - now.learning_rate * now.dW).mT,
        "How to recognise it: the last layer is right, and the errors before it "
        "shrink with the learning rate.",
    ),
}
target_for_input = BUGS["target for input"].gradient()  # as notebook 7 calls it
UNNAMED = {  # the two of the exercises, as they stand in the stubs: for one network
    name.removeprefix("mend_"): exercise.mistakes[0].wrong
    for name, exercise in load_exercises("bug_lab").items()
    if exercise.planted
}


# 3. Signatures ------------------------------------------------------------------------

ACTIVATIONS = {"leaky -0.2": ORIGINAL}
ACTIVATIONS |= {f"leaky {alpha}": mlp.leaky_relu(alpha) for alpha in (0.1, 0.25, 0.5)}
ACTIVATIONS |= {"ReLU": mlp.relu, "tanh": mlp.tanh, "identity": mlp.identity}
SQUARE = (3, 3, 3, 3)
DIFFERENT = (2, 4, 3, 1)  # no two neighbours alike
SIZES = (mlp.ORIGINAL_SIZES, SQUARE, DIFFERENT, (3, 2, 2, 3), (4, 2, 4, 4))
CALLS_BEFORE = ("other batch", "same batch")
NETWORKS = {  # sign of the last z -> seed, and what to add to z (samples, units) for it
    "negative": (464, lambda z: -0.1 - z.max(axis=0)),
    "positive": (27, lambda z: 0.1 - z.min(axis=0)),
    "both": (20, lambda z: 0.1 * (z[0] == z[1]) - (z[0] + z[1]) / 2),  # no z on a kink
}


class Case(NamedTuple):
    """A network and two batches on which a gradient can be checked."""

    params: list  # with biases that aren't 0, so that no z sits on a kink
    X: np.ndarray
    Y: np.ndarray
    X_before: np.ndarray  # the batch of the call before


def case(
    last_z="negative", sizes=mlp.ORIGINAL_SIZES, batch_size=3, draw=None, f=ORIGINAL
) -> Case:
    """Make a network whose last z has this sign on all samples, and its batches.

    The target is the sum of the inputs, the same in each output. With 'both' the first
    two samples have different signs, unless dead units make them the same. By default it
    is a network of the notebook's maps. A ``draw`` (a seed) is another one, with other
    batches; its last bias is moved until the sign is right.
    """
    batch_size = checks.whole("batch_size", batch_size, 1, 8)
    seed, shift = NETWORKS[checks.one_of("last_z", last_z, list(NETWORKS))]
    rng = np.random.default_rng(seed if draw is None else draw)
    start = mlp.initialize(sizes, rng)
    params = [Layer(W, 0.3 * rng.standard_normal(b.shape)) for W, b in start]
    X, X_before = rng.standard_normal((2, 8, sizes[0]))
    if draw is not None:
        z = mlp.forward(params, np.concatenate([X, X_before]), f)[1].Z[-1]
        params[-1] = Layer(params[-1].W, params[-1].b + shift(z))
    Y = np.repeat(X.sum(axis=1, keepdims=True), sizes[-1], axis=1)
    return Case(params, *(batch[:batch_size] for batch in (X, Y, X_before)))


def signature(bug=None, layer=None, **settings) -> list[mlp.ParameterCheck]:
    """Check the gradient of a bug (None: the right one) against central differences.

    ``bug`` may be a gradient of your own, too; with a ``layer`` one of `BUGS` is in that
    one only. Of the settings, ``activation`` is a name of `ACTIVATIONS`. ``before`` says
    with which batch the gradient was called before the check: it counts for 'stale
    cache', and the ``learning_rate`` for 'update on the way'. The others are those of
    `case`.
    """
    batch, plant = _set_up(**settings)
    return mlp.gradient_check(*batch, plant(bug, layer))


def wrong_arrays(bug=None, **settings) -> list[str]:
    """The names of the arrays that such a check finds wrong."""
    return wrong_names(signature(bug, **settings))


def claimed(suspects, **settings):
    """The loss, and of each bug and its layer what they say of the slopes: flat arrays."""
    batch, plant = _set_up(**settings)
    claims = {}
    for suspect in suspects:
        loss, grads = plant(*suspect)(*batch)
        claims[suspect] = np.concatenate([a.ravel() for layer in grads for a in layer])
    return loss, claims


def _set_up(
    activation="leaky -0.2", learning_rate=0.2, before="other batch", **of_case
):
    """What a gradient is called with, and what plants a bug after the call before."""
    checks.one_of("before", before, CALLS_BEFORE)
    f = ACTIVATIONS[activation]
    params, X, Y, X_before = case(f=f, **of_case)

    def plant(bug, layer=None):
        gradient = _gradient(bug, learning_rate, layer)
        if callable(bug) or bug == "stale cache":  # the others keep nothing
            gradient(params, X_before if before == "other batch" else X, Y, f)
        return gradient

    return (params, X, Y, f), plant


def _gradient(bug, learning_rate, layer=None):
    if callable(bug):
        return bug
    if checks.one_of("bug", bug, (None, *BUGS)) is None:
        return right
    step = BUGS[bug] if layer is None else BUGS[bug].only_in(layer)
    return step.gradient(learning_rate)


def show(name, guess=()):
    """What the notebook shows of a bug: the changed line, and the map with a guess."""
    bug = BUGS[name]
    if bug.where != "before step 0":  # what is right there needs no line
        print(f"{bug.where}, right:  {STEPS[bug.where].line}")
    print(f"{bug.where}, here:   {bug.line}")
    return gradient_check(signature(name), digits=2, guess=guess)


def difference(shown, guessed) -> str:
    """Say how a guessed signature of the same network differs from the one shown.

    Empty if they can't be told apart.
    """
    pairs = list(zip(shown, guessed, strict=True))
    would_be = {
        "right": [a.name for a, b in pairs if b.ok and not a.ok],
        "wrong": [a.name for a, b in pairs if a.ok and not b.ok],
    }
    parts = [f"{_list(names)} would be {w}" for w, names in would_be.items() if names]
    if parts:
        return f"With it, {' and '.join(parts)}."
    words = ""
    for a, b in reversed(pairs):  # from the output on: there a bug begins
        if a.ok or np.max(abs(a.error - b.error)) <= 0.01:
            continue
        here, there = error_range(a), error_range(b)
        if here != there:
            words = "With it, the same arrays would be wrong, but by different amounts:"
            return f"{words} {a.name} by {there}, not {here}."
        words = "With it, some entries would have different errors."
    return words


def _list(names):
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


# 4. What a bug costs ------------------------------------------------------------------


def success(bug, task, seeds, *, learning_rate=0.2, steps=2000, **settings):
    """Train a network for each seed with a bug: which learned the task, (S,) bool.

    ``bug`` is one of `BUGS`, or None for the right gradient; the settings are those of
    `course.fast.sweep`.
    """
    settings |= {"learning_rate": learning_rate, "epochs": 1, "steps_per_epoch": steps}
    settings |= {"gradient": _gradient(bug, learning_rate)}
    # All in one block: a stale cache is that of the same networks.
    return sweep(task.X, task.Y, seeds, block=10**9, **settings).success


def costs(task, seeds) -> dict:
    """Of how many networks each bug leaves how many a success: {name: (k, trials)}."""
    solved = {bug or "no bug": success(bug, task, seeds) for bug in (None, *BUGS)}
    return {name: (int(marks.sum()), len(seeds)) for name, marks in solved.items()}
