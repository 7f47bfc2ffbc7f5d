"""Compare what training computes with other libraries, number by number.

    .venv/bin/python -m pip install -r benchmarks/requirements.txt
    .venv/bin/python tests/agreement.py
    .venv/bin/python tests/agreement.py --quick    every twentieth run

Each network is trained for 100 steps by the core's plain loop, by course.fast and by
each library, from the same start on the same samples, in double precision: with every
activation, also before a softmax with its loss, on batches of 1, 3 and all samples. The
largest differences are printed. One above 1e-10 ends the command with 1. A library that
is missing is named and passed over.

scikit-learn has no leaky ReLU and only an output that is linear or a softmax, so it joins
fewer runs. At z = 0 libraries take another slope of ReLU than the course: here the biases
are drawn, too.
"""

import itertools
import sys
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import mlp_core as mlp
from benchmarks.measured import is_installed
from course import fast
from tests.reference import (
    SOFTMAX,
    distance,
    draw,
    draw_classes,
    draw_data,
    draw_rows,
    train_by_autograd,
)

STEPS, RATE = 100, 0.05
AGREE = 1e-10  # how far numbers may lie apart


class Run(NamedTuple):
    """What is to be computed."""

    params: list
    X: np.ndarray
    Y: np.ndarray
    samples: np.ndarray
    activations: list  # one for each layer


def all_runs(seeds=2):
    """Every activation, alone and before a linear output, on every task and batch.

    Then each before a softmax.
    """
    leaky = [mlp.leaky_relu(alpha) for alpha in (-1.0, -0.2, 0.01, 0.5, 1.2)]
    functions = [*leaky, mlp.relu, mlp.tanh, mlp.sigmoid, mlp.identity]
    last = [*functions, *[mlp.identity] * 8]  # the output's; the identity is there once
    drawn = mlp.Task("drawn", *draw_data((3, 2), 7))
    problems = [
        *itertools.product([(2, 8, 1), (2, 3, 3, 2, 1)], [mlp.SUM, mlp.XOR]),
        ((3, 5, 4, 2), drawn),
    ]
    for (sizes, task), seed in itertools.product(problems, range(seeds)):
        params = [mlp.Layer(0.5 * W, b) for W, b in draw(sizes, seed, bias=0.5)]
        layers = len(params)
        choices = [[f] * (layers - 1) + [g] for f, g in zip(functions * 2, last)]
        choices.append((functions * 2)[seed * 4 :][:layers])  # another in each layer
        yield from _in_batches(params, task, seed, choices)
        if task is drawn:
            classes = mlp.Task("classes", *draw_classes((3, 4), 7))
            params = [*params[:-1], *draw((4, 4), seed, bias=0.5)]
            choices = [[f] * (layers - 1) + [SOFTMAX] for f in functions]
            yield from _in_batches(params, classes, seed, choices)


def _in_batches(params, task, seed, choices):
    n = len(task.X)
    for activations, batch in itertools.product(choices, (1, 3, None)):
        every = np.tile(np.arange(n), (STEPS, 1))
        samples = draw_rows(seed, STEPS, batch, n) if batch else every
        yield Run(params, task.X, task.Y, samples, activations)


# The libraries: each gives the weights and the losses, or None if it lacks a thing ------


def autograd(run):
    return train_by_autograd(*run[:4], RATE, run.activations)


def torch(run):
    import torch
    from torch.nn import functional

    def activate(z, activation):
        if activation.name in ("identity", "softmax"):  # its loss takes z
            return z
        if activation.name == "leaky_relu":
            return functional.leaky_relu(z, activation.alpha)
        return getattr(torch, activation.name)(z)

    linear = [torch.nn.Linear(*W.shape, dtype=torch.float64) for W, _ in run.params]
    with torch.no_grad():
        for layer, (W, b) in zip(linear, run.params):
            layer.weight.copy_(torch.as_tensor(W.T))
            layer.bias.copy_(torch.as_tensor(b))
    parameters = [p for layer in linear for p in layer.parameters()]
    optimizer = torch.optim.SGD(parameters, lr=RATE)
    X, Y, losses = torch.tensor(run.X), torch.tensor(run.Y), []
    for rows in torch.tensor(run.samples):
        a = X[rows]
        for layer, activation in zip(linear, run.activations):
            a = activate(layer(a), activation)
        if run.activations[-1] is SOFTMAX:
            loss = functional.cross_entropy(a, Y[rows])
        else:
            loss = 0.5 * ((a - Y[rows]) ** 2).sum() / len(rows)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    params = [(layer.weight.detach().T, layer.bias.detach()) for layer in linear]
    return params, losses


def scikit_learn(run):
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    *hidden, last = [f.name for f in run.activations]
    ends = {"identity": MLPRegressor, "softmax": MLPClassifier}
    if last not in ends or "leaky_relu" in hidden or len({*hidden}) > 1:
        return None
    network = ends[last](
        hidden_layer_sizes=[W.shape[1] for W, _ in run.params[:-1]],
        activation={"sigmoid": "logistic"}.get(hidden[0], hidden[0]),
        solver="sgd",
        learning_rate_init=RATE,
        alpha=0.0,
        momentum=0.0,
        batch_size=run.samples.shape[1],
        shuffle=False,
    )
    outputs, losses = run.Y.shape[1], []
    Y, of = run.Y if outputs > 1 else run.Y[:, 0], {}
    if last == "softmax":
        Y, of, outputs = Y.argmax(axis=1), {"classes": np.arange(outputs)}, 1
    network.partial_fit(run.X[run.samples[0]], Y[run.samples[0]], **of)  # makes arrays
    for i, (W, b) in enumerate(run.params):
        network.coefs_[i][...], network.intercepts_[i][...] = W, b
    for rows in run.samples:
        network.partial_fit(run.X[rows], Y[rows])
        losses.append(network.loss_ * outputs)  # of squares it takes the mean
    return list(zip(network.coefs_, network.intercepts_)), losses


LIBRARIES = {"torch": torch, "scikit-learn": scikit_learn, "autograd": autograd}
LOOPS = {"mlp_core": mlp.train, "course.fast": fast.train}

# The comparison ----------------------------------------------------------------------


def differences(library, loops, runs) -> np.ndarray:
    """(loops, runs, 2): the largest difference in the weights and in the losses."""
    found = [[] for _ in loops]
    for run in runs:
        right = library(run)
        if right is None:
            continue
        settings = {"samples": run.samples, "activation": run.activations}
        for train, gaps in zip(loops, found):
            params, history = train(*run[:3], learning_rate=RATE, **settings)
            finished = history.stopped == "finished"
            gap = np.max(np.abs(history.loss - right[1])) if finished else np.inf
            gaps.append((distance(params, right[0]), gap))
    return np.array(found)


def main(libraries=LIBRARIES, loops=LOOPS, runs=None, every=1) -> int:
    runs = list(all_runs())[::every] if runs is None else runs
    agree = True
    print(f"{'':36}{'runs':>6}{'weights':>10}{'losses':>10}")
    for name in filter(is_installed, libraries):
        found = differences(libraries[name], loops.values(), runs)
        for loop, gaps in zip(loops, found):
            weights, losses = gaps.max(axis=0)
            title = f"{loop} : {name} {metadata.version(name)}"
            print(f"{title:36}{len(gaps):6}{weights:10.1e}{losses:10.1e}", flush=True)
        agree &= bool(np.all(found <= AGREE))  # False for NaN, too
    print("All agree." if agree else f"They DON'T agree to {AGREE:.0e}.")
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main(every=20 if sys.argv[1:] == ["--quick"] else 1))
