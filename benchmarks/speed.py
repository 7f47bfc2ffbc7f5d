"""Measure the speed of mlp_core against other libraries, all doing the same work.

    python benchmarks/speed.py

prints a table, writes it into README.md beside this file, and writes results.png and
results.json. ``--quick`` tries everything in about a minute and writes to the screen
only. The packages it needs are in requirements.txt beside this file.

How it measures
---------------
Each library runs in a process of its own, so that no library's threads or caches help
or hinder another. Only one of them works at a time. The entries of a group take turns:
one run of each, then the next run of each, so that a slow minute of the machine hits
all of them. A time is the median of these runs, and a ratio is a ratio of medians.

Every entry is a function ``prepare(problem)`` that builds what it needs, untimed, and
returns ``go(steps)``, which starts from the problem's weights, makes that many updates
and returns the trained weights. Before anything is timed, the weights after 100 steps
are compared with those of mlp_core.
"""

import argparse
import datetime
import itertools
import json
import math
import multiprocessing
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

# These settings choose a BLAS kernel by hand. The library reads them when it is loaded,
# so they must be gone before that: start again without them.
_CHOSEN_BY_HAND = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
if __name__ == "__main__" and any(name in os.environ for name in _CHOSEN_BY_HAND):
    rest = {
        name: os.environ[name] for name in os.environ if name not in _CHOSEN_BY_HAND
    }
    os.execve(sys.executable, [sys.executable, *sys.argv], rest)

import numpy as np

HERE = Path(__file__).resolve().parent
CORE = os.environ.get("SPEED_CORE", str(HERE.parent))  # the folder of mlp_core.py
sys.path.insert(0, CORE)

import mlp_core as core

ALPHA, RATE = -0.2, 0.2
CHECK_STEPS = 100
STEPS = 2000  # of the original notebook: 20 epochs of 100


# The work ----------------------------------------------------------------------------


class Problem(NamedTuple):
    """What is to be computed: the same for every library.

    ``params`` is a list of (W, b), ``samples`` (steps, batch) names the rows of X. With
    S networks W is (S, n_in, n_out), b (S, 1, n_out), samples (steps, S, batch).
    ``kind`` is 'leaky' (leaky ReLU in every layer, the output too) or 'relu' (ReLU, and
    an output layer without activation: the only kind that scikit-learn can do).
    """

    params: list
    X: np.ndarray
    Y: np.ndarray
    samples: np.ndarray
    rate: float
    kind: str


def small(kind="leaky"):
    """The original notebook's work: 2-3-3-2-1, one sample a step, the sum task."""
    rng = np.random.default_rng(1)
    params = core.initialize(core.ORIGINAL_SIZES, rng)
    samples = core.draw_samples(rng, 4, STEPS)
    return Problem(params, core.SUM.X, core.SUM.Y, samples, RATE, kind)


def many(S):
    """The same for S networks with the seeds 0 to S - 1, as `sweep` draws them."""
    networks, samples = [], []
    for seed in range(S):
        rng = np.random.default_rng(seed)
        networks.append(core.initialize(core.ORIGINAL_SIZES, rng))
        samples.append(core.draw_samples(rng, 4, STEPS))
    params = [
        (np.stack([W for W, _ in layers]), np.stack([b for _, b in layers])[:, None])
        for layers in zip(*networks)
    ]
    X, Y = core.SUM.X, core.SUM.Y
    return Problem(params, X, Y, np.stack(samples, axis=1), RATE, "leaky")


def blocks(S, block):
    return many(S), block


def large(kind="leaky"):
    """784-256-128-10 with batches of 128, on random numbers."""
    rng = np.random.default_rng(2)
    params = core.initialize((784, 256, 128, 10), rng, "he", ALPHA)
    X, Y = rng.uniform(0, 1, (2048, 784)), np.eye(10)[rng.integers(0, 10, 2048)]
    return Problem(params, X, Y, core.draw_samples(rng, 2048, 200, 128), 0.01, kind)


def grown(depth=4, width=64, batch=64, steps=100):
    """A network of ``depth`` hidden layers, to see how the time grows."""
    rng = np.random.default_rng(3)
    params = core.initialize((16, *[width] * depth, 1), rng, "he", ALPHA)
    X, Y = rng.standard_normal((2048, 16)), rng.standard_normal((2048, 1))
    samples = core.draw_samples(rng, 2048, steps, batch)
    return Problem(params, X, Y, samples, 1e-4, "leaky")


def activations(problem):
    """The activations of each layer, by name."""
    layers = len(problem.params)
    if problem.kind == "leaky":
        return ["leaky_relu"] * layers
    return ["relu"] * (layers - 1) + ["identity"]


# mlp_core ----------------------------------------------------------------------------


def ours(problem):
    each = [core.make_activation(name, ALPHA) for name in activations(problem)]
    if problem.kind == "leaky":
        each = each[0]
    params = [core.Layer(*layer) for layer in problem.params]

    def go(steps, **more):
        trained, _ = core.train(
            params,
            problem.X,
            problem.Y,
            samples=problem.samples[:steps],
            activation=each,
            learning_rate=problem.rate,
            **more,
        )
        return trained

    return go


def ours_plain(problem):
    """`train` with the notebooks' own functions, one after the other.

    It takes these for any gradient that it doesn't know: here one that only calls
    `loss_and_grads`. It is what the arrays that are made once are measured against.
    """
    go = ours(problem)
    plain = core.loss_and_grads.unchecked
    return lambda steps: go(steps, gradient=lambda *given: plain(*given))


def ours_checked(problem):
    """The same, with every argument checked at every step."""
    go = ours(problem)
    return lambda steps: go(steps, gradient=lambda *given: core.loss_and_grads(*given))


def ours_sweep(problem, **more):
    """`sweep` draws weights and samples itself; the others get them for free."""
    seeds = range(problem.samples.shape[1])

    def go(steps):
        result = core.sweep(
            problem.X,
            problem.Y,
            seeds,
            learning_rate=problem.rate,
            epochs=max(1, steps // 100),
            steps_per_epoch=min(steps, 100),
            **more,
        )
        return result.params

    return go


def ours_loop(problem):
    """The loop of `sweep` alone, with weights and samples as the others get them."""
    shapes = [W.shape[1:] for W, _ in problem.params]
    S = problem.samples.shape[1]
    flat = [array.reshape(S, -1).T for layer in problem.params for array in layer]
    flat = np.concatenate(flat)  # (P, S): the networks last
    rows = problem.samples.swapaxes(1, 2).astype(np.min_scalar_type(len(problem.X)))
    each, rates = [core.ORIGINAL] * len(shapes), np.full(S, problem.rate)

    def go(steps):
        trained = flat.copy()
        for start in range(0, S, 2000):
            some = slice(start, min(start + 2000, S))
            block, few = trained[:, some].copy(), rows[:steps, :, some].copy()
            core._train_block(
                block, shapes, problem.X, problem.Y, few, each, rates[some], False
            )
            trained[:, some] = block
        return [
            (np.moveaxis(W, -1, 0), b.T[:, None])
            for W, b in core._split(trained, shapes)
        ]

    return go


def ours_blocks(problem):
    """`sweep` with blocks of another size."""
    problem, block = problem
    return ours_sweep(problem, block=block)


def original(problem):
    """The original notebook's algorithm, written anew, loops included.

    Its one wrong line (the target in place of the input in the first layer) is put
    right, so that it computes what the others compute; the cost is the same.
    """

    def relu(z, deriv=False):
        values, shape = [], z.shape
        z = z.flatten()
        for i in range(len(z)):
            if deriv:
                values.append(1 if z[i] >= 0 else ALPHA)
            else:
                values.append(z[i] if z[i] > 0 else ALPHA * z[i])
        return np.array(values).reshape(shape)

    def go(steps):
        w = [W.copy() for W, _ in problem.params]
        b = [b.copy() for _, b in problem.params]
        layers, total = len(w), 0.0
        for row in problem.samples[:steps, 0]:
            x, y = problem.X[row], problem.Y[row]
            h, a, z = x, [], []
            for i in range(layers):
                h = h @ w[i]
                h = h + b[i]
                z.append(h)
                h = relu(h)
                a.append(h)
            g = (h - y).reshape(1, -1).T
            total = total + (0.5 * (y - h) ** 2)[0]
            new_w, new_b = [], []
            for back in range(layers):
                i = layers - 1 - back
                g = g * relu(z[i], True)
                before = a[i - 1] if i > 0 else x
                before = before.reshape(1, -1).T
                new_w.append(w[i] - problem.rate * (before @ g))
                new_b.append(b[i] - problem.rate * g)
                g = g @ w[i].T
            w, b = list(reversed(new_w)), list(reversed(new_b))
        return [(W, bias.ravel()) for W, bias in zip(w, b)]

    return go


def products(problem):
    """Only the matrix products of the training, into arrays made before."""
    batch = problem.samples.shape[1]
    W = [np.ascontiguousarray(W) for W, _ in problem.params]
    rng = np.random.default_rng(0)
    A = [rng.standard_normal((batch, len(problem.X[0])))]
    A += [rng.standard_normal((batch, each.shape[1])) for each in W]
    Z, dA = [np.empty_like(a) for a in A[1:]], [np.empty_like(a) for a in A]
    dW = [np.empty_like(each) for each in W]
    layers = range(len(W))

    def go(steps):
        for _ in range(steps):
            for i in layers:
                np.dot(A[i], W[i], out=Z[i])
            for i in reversed(layers):
                np.dot(A[i].T, Z[i], out=dW[i])
                if i > 0:
                    np.dot(Z[i], W[i].T, out=dA[i])

    return go


# micrograd, scikit-learn, autograd ---------------------------------------------------


def micrograd(problem):
    from micrograd.engine import Value
    from micrograd.nn import MLP

    def leaky(z):  # in the style of micrograd's own relu
        out = Value(z.data if z.data >= 0 else ALPHA * z.data, (z,), "leaky")

        def backward():
            z.grad += (1.0 if z.data >= 0 else ALPHA) * out.grad

        out._backward = backward
        return out

    sizes = [len(W) for W, _ in problem.params] + [problem.Y.shape[1]]
    network = MLP(sizes[0], sizes[1:])
    for layer in network.layers:
        for neuron in layer.neurons:
            neuron.nonlin = False
    parameters = network.parameters()
    X, Y = problem.X.tolist(), problem.Y[:, 0].tolist()
    rows = problem.samples[:, 0].tolist()

    def start():
        for layer, (W, b) in zip(network.layers, problem.params):
            for unit, neuron in enumerate(layer.neurons):
                neuron.b.data = float(b[unit])
                for weight, value in zip(neuron.w, W[:, unit]):
                    weight.data = float(value)

    def trained():
        return [
            (
                np.array([[w.data for w in neuron.w] for neuron in layer.neurons]).T,
                np.array([neuron.b.data for neuron in layer.neurons]),
            )
            for layer in network.layers
        ]

    def go(steps):
        start()
        total = 0.0
        for row in rows[:steps]:
            a = X[row]
            for layer in network.layers:
                a = [leaky(neuron(a)) for neuron in layer.neurons]
            loss = 0.5 * (a[0] - Y[row]) ** 2
            network.zero_grad()
            loss.backward()
            for p in parameters:
                p.data -= problem.rate * p.grad
            total += loss.data
        return trained()

    return go


def scikit_learn(problem):
    from sklearn.neural_network import MLPRegressor

    batch = problem.samples.shape[1]
    network = MLPRegressor(
        hidden_layer_sizes=[W.shape[1] for W, _ in problem.params[:-1]],
        activation="relu",
        solver="sgd",
        learning_rate_init=problem.rate,
        alpha=0.0,
        momentum=0.0,
        batch_size=batch,
        shuffle=False,
    )
    X = problem.X
    Y = problem.Y[:, 0] if problem.Y.shape[1] == 1 else problem.Y
    network.partial_fit(X[:batch], Y[:batch])  # makes its arrays

    def go(steps):
        for i, (W, b) in enumerate(problem.params):
            network.coefs_[i][...], network.intercepts_[i][...] = W, b
        for rows in problem.samples[:steps]:
            network.partial_fit(X[rows], Y[rows])
        return [
            (W.copy(), b.copy()) for W, b in zip(network.coefs_, network.intercepts_)
        ]

    return go


def hips_autograd(problem):
    import autograd.numpy as anp
    from autograd import value_and_grad

    def loss(params, x, y):
        a = x
        for W, b in params:
            z = anp.dot(a, W) + b
            a = anp.maximum(z, ALPHA * z)
        return 0.5 * anp.sum((a - y) ** 2) / len(y)

    value_and_slope = value_and_grad(loss)

    def go(steps):
        params, total = [tuple(layer) for layer in problem.params], 0.0
        for rows in problem.samples[:steps]:
            value, grads = value_and_slope(params, problem.X[rows], problem.Y[rows])
            params = [
                (W - problem.rate * dW, b - problem.rate * db)
                for (W, b), (dW, db) in zip(params, grads)
            ]
            total += value
        return params

    return go


# torch -------------------------------------------------------------------------------


def torch_nn(problem):
    """torch.nn and torch.optim.SGD, as its tutorials write it."""
    import torch
    from torch import nn

    make = {"leaky_relu": lambda: nn.LeakyReLU(ALPHA), "relu": nn.ReLU}
    make["identity"] = nn.Identity
    parts = []
    for (W, _), name in zip(problem.params, activations(problem)):
        parts += [nn.Linear(*W.shape, dtype=torch.float64), make[name]()]
    network = nn.Sequential(*parts)
    linear = list(network)[::2]
    optimizer = torch.optim.SGD(network.parameters(), lr=problem.rate)
    X, Y = torch.tensor(problem.X), torch.tensor(problem.Y)
    samples = torch.tensor(problem.samples)

    def go(steps):
        with torch.no_grad():
            for layer, (W, b) in zip(linear, problem.params):
                layer.weight.copy_(torch.as_tensor(W.T))
                layer.bias.copy_(torch.as_tensor(b))
        total = 0.0
        for rows in samples[:steps]:
            y = Y[rows]
            loss = 0.5 * ((network(X[rows]) - y) ** 2).sum() / len(y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        return [(a.weight.detach().numpy().T, a.bias.detach().numpy()) for a in linear]

    return go


def torch_vmap(problem):
    """S networks: one network's loss, torch.func.grad, torch.func.vmap."""
    import torch
    from torch.func import grad_and_value, vmap
    from torch.nn.functional import leaky_relu

    def loss(params, x, y):
        a = x
        for W, b in params:
            a = leaky_relu(a @ W + b, ALPHA)
        return 0.5 * ((a - y) ** 2).sum() / len(y)

    slopes_and_values = vmap(grad_and_value(loss))
    X, Y = torch.tensor(problem.X), torch.tensor(problem.Y)
    samples = torch.tensor(problem.samples)

    def go(steps):
        params = [tuple(torch.tensor(p) for p in layer) for layer in problem.params]
        losses = []
        for rows in samples[:steps]:
            grads, values = slopes_and_values(params, X[rows], Y[rows])
            for layer, slopes in zip(params, grads):
                for parameter, slope in zip(layer, slopes):
                    parameter.sub_(slope, alpha=problem.rate)
            losses.append(values)
        return [(W.numpy(), b.numpy()) for W, b in params]

    return go


def torch_bmm(problem):
    """S networks: batched matrix products (baddbmm) and autograd."""
    import torch
    from torch.nn.functional import leaky_relu

    X, Y = torch.tensor(problem.X), torch.tensor(problem.Y)
    samples = torch.tensor(problem.samples)

    def go(steps):
        params = [
            tuple(torch.tensor(p, requires_grad=True) for p in layer)
            for layer in problem.params
        ]
        optimizer = torch.optim.SGD([p for each in params for p in each], problem.rate)
        losses = []
        for rows in samples[:steps]:
            a, y = X[rows], Y[rows]
            for W, b in params:
                a = leaky_relu(torch.baddbmm(b, a, W), ALPHA)
            each = 0.5 * ((a - y) ** 2).sum(dim=(1, 2)) / y.shape[1]
            optimizer.zero_grad()
            each.sum().backward()
            optimizer.step()
            losses.append(each.detach())
        return [(W.detach().numpy(), b.detach().numpy()) for W, b in params]

    return go


# jax ---------------------------------------------------------------------------------


def _jax_step(problem):
    """One update of one network, as a pure function; and jax in double precision."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    X, Y = jnp.asarray(problem.X), jnp.asarray(problem.Y)

    def loss(params, x, y):
        a = x
        for W, b in params:
            a = jax.nn.leaky_relu(a @ W + b, ALPHA)
        return 0.5 * jnp.sum((a - y) ** 2) / len(y)

    def step(params, rows):
        value, grads = jax.value_and_grad(loss)(params, X[rows], Y[rows])
        new = jax.tree.map(lambda p, g: p - problem.rate * g, params, grads)
        return new, value

    return jax, step, [tuple(jnp.asarray(p) for p in each) for each in problem.params]


def jax_step(problem):
    """One compiled step, called from a Python loop."""
    jax, step, start = _jax_step(problem)
    step = jax.jit(step)
    samples = list(jax.numpy.asarray(problem.samples))

    def go(steps):
        params, losses = start, []
        for rows in samples[:steps]:
            params, value = step(params, rows)
            losses.append(value)
        return [(np.asarray(W), np.asarray(b)) for W, b in params]

    return go


def jax_scan(problem, first=False):
    """All steps in one compiled loop; over a stack of networks, if there is one."""
    jax, step, start = _jax_step(problem)
    if start[0][0].ndim == 3:
        step = jax.vmap(step)
    samples = jax.numpy.asarray(problem.samples)

    def new_loop():
        return jax.jit(lambda params, rows: jax.lax.scan(step, params, rows))

    loop = new_loop()

    def go(steps):
        nonlocal loop
        if first:  # forget what was compiled
            jax.clear_caches()
            loop = new_loop()
        rows = samples if steps == len(samples) else samples[:steps]
        params, losses = loop(start, rows)
        losses.block_until_ready()
        return [(np.asarray(W), np.asarray(b)) for W, b in params]

    return go


def jax_first(problem):
    """The first call: tracing and compilation included, jax's own start not."""
    return jax_scan(problem, first=True)


# Measuring ---------------------------------------------------------------------------


class Entry(NamedTuple):
    """One line of the table: ``prepare(problem(*arguments))`` run in ``process``.

    ``steps`` is how many of the group's steps are run: where a library is slow, fewer,
    and the time is multiplied up.
    """

    label: str
    process: str
    prepare: str
    problem: str
    arguments: tuple = ()
    steps: int | None = None
    agrees: str | None = "ours"  # prepares what its weights are compared with


def serve(connection):
    """The loop of a process: prepare, check or time an entry when asked to."""
    ready = {}
    while True:
        try:
            task, entry, steps = connection.recv()
        except EOFError:  # the other end is closed
            return
        if task == "prepare":
            problem = globals()[entry.problem](*entry.arguments)
            ready[entry] = globals()[entry.prepare](problem)
            answer = None
        elif task == "forget":
            ready.clear()
            answer = None
        elif task == "check":
            answer = [tuple(np.array(p) for p in each) for each in ready[entry](steps)]
        elif task == "time":
            start = time.perf_counter()
            ready[entry](steps)
            answer = time.perf_counter() - start
        else:
            answer = blas()
        connection.send(answer)


class Processes:
    """One process for each library, started when first needed."""

    def __init__(self):
        self.context = multiprocessing.get_context("spawn")
        self.running = {}

    def ask(self, process, task, entry=None, steps=None):
        if process not in self.running:
            here, there = self.context.Pipe()
            child = self.context.Process(target=serve, args=(there,), daemon=True)
            child.start()
            there.close()  # so that a dead child ends the waiting
            self.running[process] = here, child
        connection = self.running[process][0]
        connection.send((task, entry, steps))
        return connection.recv()

    def forget(self):
        for process in self.running:
            self.ask(process, "forget")

    def close(self):
        for connection, child in self.running.values():
            connection.close()  # ends the loop of `serve`
            child.join(10)
        self.running = {}


def blas():
    """Which BLAS a process has loaded, and which kernel it chose."""
    import threadpoolctl

    return [
        f"{each['internal_api']} {each.get('version') or ''} "
        f"{each.get('architecture', '')} {each['num_threads']} threads"
        for each in threadpoolctl.threadpool_info()
        if each["user_api"] == "blas"
    ]


def distances(params, reference):
    """The largest difference of the weights; for a stack, of each network."""
    largest = 0.0
    for layer, other in zip(params, reference):
        for array, right in zip(layer, other):
            right = np.asarray(right)
            gap = abs(np.reshape(array, right.shape) - right)
            gap[~np.isfinite(right)] = 0  # a network that diverged has no weights
            axes = tuple(range(1, gap.ndim)) if np.ndim(layer[0]) == 3 else None
            largest = np.maximum(largest, gap.max(axis=axes))
    return largest


def agreement(processes, entry, references):
    """Compare the weights after 100 steps with those of mlp_core, in words."""
    if entry.agrees is None:
        return ""
    trained = processes.ask(entry.process, "check", entry, CHECK_STEPS)
    key = entry.agrees, entry.problem, entry.arguments
    if key not in references:
        problem = globals()[entry.problem](*entry.arguments)
        references[key] = globals()[entry.agrees](problem)(CHECK_STEPS)
    gap = distances(trained, references[key])
    if np.ndim(gap) == 0:
        return f"{gap:.0e}"
    return f"{np.max(gap):.0e}, {np.mean(gap <= 1e-9):.1%} within 1e-9"


def measure(processes, group, entries, steps, repeats):
    """Time the entries in turns. Returns {label: row of the table}.

    An entry that runs fewer steps than the group is multiplied up to ``steps``; with
    None the time stays what it is.
    """
    print(f"\n{group}")
    references, agreed, times = {}, {}, {entry: [] for entry in entries}
    for entry in entries:
        processes.ask(entry.process, "prepare", entry)
        agreed[entry] = agreement(processes, entry, references)
        # The run before the first counts for nothing: it warms caches, it compiles.
        processes.ask(entry.process, "time", entry, entry.steps or steps)
    for turn in range(repeats):
        for entry in entries if turn % 2 == 0 else reversed(entries):
            time.sleep(0.01)  # the threads of the one before fall asleep
            run = entry.steps or steps
            taken = processes.ask(entry.process, "time", entry, run)
            times[entry].append(taken * (steps or run) / run)
    processes.forget()
    rows = {}
    for entry in entries:
        row = {
            "seconds": statistics.median(times[entry]),
            "runs": times[entry],
            "difference": agreed[entry],
            "steps run": entry.steps or steps,
        }
        rows[entry.label] = row
        print(
            f"  {entry.label:46} {words(row['seconds']):>8}"
            f"  {words(min(row['runs'])):>8} to {words(max(row['runs'])):8}"
            f"  difference {row['difference'] or '-'}",
            flush=True,
        )
    return rows


def words(seconds):
    """A time with three digits: '23.4 ms'."""
    unit, factor = (
        ("s", 1) if seconds >= 1 else ("ms", 1e3) if seconds >= 1e-3 else ("us", 1e6)
    )
    value = seconds * factor
    return f"{value:.{max(0, 2 - int(math.log10(max(value, 1))))}f} {unit}"


# The parts ---------------------------------------------------------------------------


def part_a(processes, quick):
    entries = [
        Entry("original notebook's algorithm", "numpy", "original", "small"),
        Entry("mlp_core.train", "numpy", "ours", "small", agrees="original"),
        Entry("mlp_core, plain functions", "numpy", "ours_plain", "small"),
        Entry("mlp_core, plain and checked", "numpy", "ours_checked", "small"),
        Entry("micrograd", "micrograd", "micrograd", "small"),
        Entry("torch (nn, optim.SGD)", "torch", "torch_nn", "small"),
        Entry("HIPS autograd", "autograd", "hips_autograd", "small"),
        Entry("jax, jit of a step", "jax", "jax_step", "small"),
        Entry("jax, one scan", "jax", "jax_scan", "small"),
        Entry("jax, one scan, first call", "jax first", "jax_first", "small"),
        Entry(
            "mlp_core.train (ReLU, linear output)", "numpy", "ours", "small", ("relu",)
        ),
        Entry(
            "scikit-learn partial_fit (ReLU, linear output)",
            "scikit-learn",
            "scikit_learn",
            "small",
            ("relu",),
        ),
    ]
    if quick:
        entries = [fewer(entry, 200) for entry in entries]
    title = f"A. One network, 2-3-3-2-1, {STEPS} steps of one sample"
    return {title: measure(processes, title, entries, STEPS, 3 if quick else 9)}


def fewer(entry, steps):
    """For a quick look. Not where much is done once, whatever the steps."""
    once = entry.prepare in ("jax_first", "ours_sweep", "ours_loop")
    return entry if once else entry._replace(steps=steps)


def part_b(processes, quick):
    groups = {}
    for S in (10, 100, 1000) if quick else (10, 100, 1000, 10_000):
        slow = 200 if S < 10_000 else 40  # steps of a library that needs long
        title = f"B. {S:,} networks at once, {STEPS} steps each"
        entries = [
            Entry("original, one network", "numpy", "original", "small"),
            Entry("mlp_core.sweep", "numpy", "ours_sweep", "many", (S,), agrees=None),
            Entry(
                "mlp_core, the loop alone",
                "numpy",
                "ours_loop",
                "many",
                (S,),
                None,
                "ours_sweep",
            ),
            Entry(
                "torch, vmap", "torch", "torch_vmap", "many", (S,), slow, "ours_sweep"
            ),
            Entry("torch, bmm", "torch", "torch_bmm", "many", (S,), slow, "ours_sweep"),
            Entry(
                "jax, vmap and scan",
                "jax",
                "jax_scan",
                "many",
                (S,),
                None,
                "ours_sweep",
            ),
            Entry(
                "jax, vmap and scan, first call",
                "jax first",
                "jax_first",
                "many",
                (S,),
                None,
                "ours_sweep",
            ),
        ]
        if quick:
            entries = [fewer(entry, 200) for entry in entries]
        groups[title] = measure(processes, title, entries, STEPS, 3 if quick else 5)
    return groups


def part_c(processes, quick):
    entries = [
        Entry("the matrix products alone", "numpy", "products", "large", agrees=None),
        Entry("mlp_core.train", "numpy", "ours", "large", agrees="ours_plain"),
        Entry("mlp_core, plain functions", "numpy", "ours_plain", "large"),
        Entry("torch (nn, optim.SGD)", "torch", "torch_nn", "large"),
        Entry("jax, jit of a step", "jax", "jax_step", "large"),
        Entry("jax, one scan", "jax", "jax_scan", "large"),
        Entry(
            "mlp_core.train (ReLU, linear output)", "numpy", "ours", "large", ("relu",)
        ),
        Entry(
            "scikit-learn partial_fit (ReLU, linear output)",
            "scikit-learn",
            "scikit_learn",
            "large",
            ("relu",),
        ),
    ]
    steps = 50 if quick else 200
    title = f"C. One larger network, 784-256-128-10, batch 128, {steps} steps"
    return {title: measure(processes, title, entries, steps, 3 if quick else 9)}


GROWTH = {
    "depth": (1, 2, 4, 8, 16, 32),
    "width": (8, 16, 32, 64, 128, 256, 512),
    "batch": (1, 4, 16, 64, 256, 1024),
    "steps": (100, 200, 400, 800, 1600),
}
NETWORKS = (10, 100, 1000, 10_000)
BLOCKS = (250, 500, 1000, 2000, 4000)


def multiplications(problem):
    """How many a training run needs: forward, weights' and activations' gradients."""
    weights = [W[0].size if W.ndim == 3 else W.size for W, _ in problem.params]
    return problem.samples.size * (3 * sum(weights) - weights[0])


def part_d(processes, quick):
    groups, repeats = {}, 3 if quick else 7
    for place, (name, values) in enumerate(GROWTH.items()):
        entries = []
        for value in values if not quick else values[:-2]:
            arguments = [4, 64, 64, 100]
            arguments[place] = value
            entry = Entry(f"{name} {value}", "numpy", "ours", "grown", tuple(arguments))
            entries.append(entry._replace(steps=arguments[3], agrees=None))
        title = f"D. How mlp_core.train grows with {name}"
        groups[title] = measure(processes, title, entries, None, repeats)
        for entry, value in zip(entries, values):
            row = groups[title][entry.label]
            row["multiplications"] = multiplications(grown(*entry.arguments))
    steps = 100 if quick else 500
    title = f"D. How mlp_core.sweep grows with S, {steps} steps"
    entries = [
        Entry(f"{S:,} networks", "numpy", "ours_sweep", "many", (S,), agrees=None)
        for S in (NETWORKS[:-1] if quick else NETWORKS)
    ]
    groups[title] = measure(processes, title, entries, steps, repeats)
    for entry in entries:
        row = groups[title][entry.label]
        row["multiplications"] = multiplications(many(*entry.arguments)) * steps / STEPS
    title = f"D. Blocks of mlp_core.sweep, {BLOCKS[-1]:,} networks, {steps} steps"
    entries = [
        Entry(
            f"blocks of {size:,}", "numpy", "ours_blocks", "blocks", (BLOCKS[-1], size)
        )._replace(agrees=None)
        for size in BLOCKS
    ]
    groups[title] = measure(processes, title, entries, steps, repeats)
    for row in groups[title].values():
        row["multiplications"] = multiplications(many(BLOCKS[-1])) * steps / STEPS
    return groups


def part_e(processes, quick):
    """Import times, each in a fresh Python: NumPy first, then mlp_core."""
    title = "E. Import"
    program = (
        "import sys, time; sys.path.insert(0, sys.argv[1]); start = time.perf_counter(); "
        "import numpy; middle = time.perf_counter(); import mlp_core; "
        "print(middle - start, time.perf_counter() - middle)"
    )
    runs, command = [], [sys.executable, "-c", program, CORE]
    with tempfile.TemporaryDirectory() as folder:
        # Compiled once, as at a learner's second start; kept out of the course.
        settings = os.environ | {"PYTHONPYCACHEPREFIX": folder}
        settings.pop("PYTHONDONTWRITEBYTECODE", None)
        for _ in range(5 if quick else 21):
            answer = subprocess.run(
                command, capture_output=True, text=True, check=True, env=settings
            )
            runs.append([float(word) for word in answer.stdout.split()])
    numpy_runs, our_runs = map(list, zip(*runs[1:]))  # the first one compiles
    rows = {}
    print(f"\n{title}")
    for label, each in [("numpy", numpy_runs), ("mlp_core besides", our_runs)]:
        rows[label] = {"seconds": statistics.median(each), "runs": each}
        print(f"  {label:44} {words(rows[label]['seconds']):>9}")
    return {title: rows}


# The report --------------------------------------------------------------------------


def machine():
    """What the numbers were measured on."""
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        names = [line.split(":")[1].strip() for line in lines if "model name" in line]
        model = names[0] if names else model
    except OSError:
        pass
    packages = ("numpy", "torch", "jax", "scikit-learn", "micrograd", "autograd")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in packages)
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return {
        "date": datetime.date.today().isoformat(),
        "processor": f"{model}, {os.cpu_count()} cores",
        "system": f"{platform.system()}, Python {platform.python_version()}",
        "versions": versions,
        "load before the start": load,
    }


def goals(groups):
    """The ratios that the course set itself, each with its bound and what came out."""
    found = []

    def add(text, value, bound, at_least=False):
        reached = value >= bound if at_least else value <= bound
        sign = "at least" if at_least else "at most"
        found.append((text, f"{sign} {bound:g}", f"{value:.2f}", reached))

    def rows(start):
        return next((r for title, r in groups.items() if title.startswith(start)), None)

    def seconds(table, start):
        return next(
            r["seconds"] for label, r in table.items() if label.startswith(start)
        )

    if a := rows("A."):
        us = seconds(a, "mlp_core.train")
        add("A: time, ours : original", us / seconds(a, "original"), 0.5)
        add("A: torch : ours", seconds(a, "torch") / us, 8, True)
        add("A: micrograd : ours", seconds(a, "micrograd") / us, 5, True)
        relu = seconds(a, "mlp_core.train (ReLU")
        add("A: scikit-learn : ours (ReLU)", seconds(a, "scikit") / relu, 15, True)
    if b := rows("B. 1,000 "):
        us = seconds(b, "mlp_core.sweep")
        text = "B: networks in the time of the original's one"
        one, loop = seconds(b, "original"), seconds(b, "mlp_core, the loop")
        add(f"{text}, the loop alone", 1000 * one / loop, 400, True)
        add(f"{text}, drawing too", 1000 * one / us, 400, True)
        later, first = b["jax, vmap and scan"], b["jax, vmap and scan, first call"]
        add("B: ours : jax's later calls", us / later["seconds"], 2.5)
        add("B: ours : jax's first call", us / first["seconds"], 1)
        if most := rows("B. 10,000 "):
            ratio = seconds(most, "mlp_core.sweep") / 10 / us
            add("B: a network among 10,000 : among 1,000", ratio, 1)
    if c := rows("C."):
        us = seconds(c, "mlp_core.train")
        fastest = min(
            seconds(c, "torch"), seconds(c, "jax, jit"), seconds(c, "jax, one")
        )
        add("C: ours : the faster of torch and jax", us / fastest, 1)
        add("C: ours : the matrix products", us / seconds(c, "the matrix"), 1.8)
    if e := rows("E."):
        add("E: milliseconds to import", 1e3 * seconds(e, "mlp_core"), 10)
    return found


def table(groups):
    """The results as Markdown."""
    lines = ["| Goal | Bound | Measured | |", "|---|---|---|---|"]
    for text, bound, value, reached in goals(groups):
        lines.append(
            f"| {text} | {bound} | {value} | {'yes' if reached else '**no**'} |"
        )
    for title, rows in groups.items():
        lines += ["", f"**{title}**", ""]
        lines += growth(rows) if title.startswith("D.") else plain(title, rows)
    return "\n".join(lines)


def plain(title, rows):
    """A table of times, and of ratios to ours, or to NumPy in part E."""
    base = next((r for label, r in rows.items() if label.startswith("mlp_core")), None)
    linear = next((r for label, r in rows.items() if "(ReLU" in label), base)
    most = max(row.get("steps run", 0) for row in rows.values())
    lines = ["| | Median | Fastest and slowest | Ours = 1 | Weights differ by |"]
    lines += ["|---|---|---|---|---|"]
    for label, row in rows.items():
        ratio = row["seconds"] / (linear if "(ReLU" in label else base)["seconds"]
        runs = f"{words(min(row['runs']))} to {words(max(row['runs']))}"
        part = row.get("steps run", 0) < most
        name = f"{label}, from {row['steps run']} steps" if part else label
        lines.append(
            f"| {name} | {words(row['seconds'])} | {runs} | {ratio:.2f} "
            f"| {row.get('difference') or '-'} |"
        )
    return lines


def growth(rows):
    """A table of times beside the work: the last column is flat where it is linear."""
    lines = [
        "| | Median | Multiplications | Time for 1,000 of them |",
        "|---|---|---|---|",
    ]
    for label, row in rows.items():
        count = row["multiplications"]
        each = words(1000 * row["seconds"] / count)
        lines.append(f"| {label} | {words(row['seconds'])} | {count:.2g} | {each} |")
    return lines


def write_readme(facts, kernels, groups):
    """Put the results between the two marks of README.md."""
    path = HERE / "README.md"
    before, rest = path.read_text(encoding="utf-8").split("<!-- results begin -->")
    after = rest.split("<!-- results end -->")[1]
    lines = [f"- {name}: {value}" for name, value in facts.items()]
    lines += [f"- BLAS of {name}: {'; '.join(each)}" for name, each in kernels.items()]
    middle = "\n".join(lines) + "\n\n" + table(groups)
    path.write_text(
        f"{before}<!-- results begin -->\n{middle}\n<!-- results end -->{after}",
        encoding="utf-8",
    )


def draw(groups, path):
    """Four plots: A and C as bars, B and D as lines."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(15, 9), layout="constrained")
    axes = figure.subplots(2, 2)
    for start, ax in (("A.", axes[0, 0]), ("C.", axes[1, 0])):
        for title, rows in groups.items():
            if title.startswith(start):
                draw_bars(ax, title, rows, "log" if start == "A." else "linear")
    draw_many(axes[0, 1], groups)
    draw_growth(axes[1, 1], groups)
    figure.savefig(path, dpi=100)


def draw_bars(ax, title, rows, scale):
    labels = list(rows)[::-1]
    values = [1e3 * rows[label]["seconds"] for label in labels]
    colors = ["tab:blue" if "mlp_core" in label else "lightgray" for label in labels]
    hatches = ["//" if "mlp_core" in label else "" for label in labels]
    bars = ax.barh(labels, values, color=colors, edgecolor="black", hatch=hatches)
    ax.bar_label(bars, [f" {v:,.0f}" if v >= 100 else f" {v:.3g}" for v in values])
    note = " (logarithmic)" if scale == "log" else ""
    ax.set(title=title, xlabel=f"milliseconds{note}", xscale=scale)
    ax.margins(x=0.2)


def draw_many(ax, groups):
    lines = {}
    for title, rows in groups.items():
        if title.startswith("B."):
            S = int(title.split()[1].replace(",", ""))
            for label, row in rows.items():
                count = 1 if label.startswith("original") else S
                lines.setdefault(label, []).append((S, count / row["seconds"]))
    for (label, points), marker in zip(lines.items(), itertools.cycle("ox^svDP")):
        style = "-" if label.startswith("mlp_core") else "--"
        ax.plot(*zip(*points), style, marker=marker, label=label)
    ax.set(xscale="log", yscale="log", title=f"B. Many networks, {STEPS} steps each")
    ax.set(xlabel="networks trained at once", ylabel="networks a second")
    if lines:  # beside the plot: inside it would lie over a line
        ax.legend(loc="upper left", bbox_to_anchor=(1, 1))


def draw_growth(ax, groups):
    grows = {t: rows for t, rows in groups.items() if t.startswith("D. How")}
    for (title, rows), marker in zip(grows.items(), "ox^sv"):
        work = [row["multiplications"] for row in rows.values()]
        taken = [1e3 * row["seconds"] for row in rows.values()]
        what = title.split(",")[0].split()[-1]
        ax.plot(work, taken, marker=marker, label=what)
    ax.set(xscale="log", yscale="log", title="D. Time grows with the work")
    ax.set(xlabel="multiplications", ylabel="milliseconds")
    if ax.lines:
        ax.legend(title="what grows")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="try it, write no files")
    parser.add_argument("--parts", default="ABCDE", help="for example AC")
    given = parser.parse_args()
    parts = {"A": part_a, "B": part_b, "C": part_c, "D": part_d, "E": part_e}
    facts, groups, processes = machine(), {}, Processes()
    for name, value in facts.items():
        print(f"{name}: {value}")
    start = time.perf_counter()
    try:
        for letter in given.parts.upper():
            groups.update(parts[letter](processes, given.quick))
        kernels = {name: processes.ask(name, "blas") for name in processes.running}
    finally:
        processes.close()
    kernels = {name: each for name, each in kernels.items() if each}
    print()
    for name, each in kernels.items():
        print(f"BLAS of {name}: {'; '.join(each)}")
    for text, bound, value, reached in goals(groups):
        print(f"{text}: {value}, {bound}: {'yes' if reached else 'NO'}")
    print(f"{time.perf_counter() - start:.0f} seconds in all")
    if not given.quick and set(given.parts.upper()) == set(parts):
        write_readme(facts, kernels, groups)
        draw(groups, HERE / "results.png")
        results = {"machine": facts, "blas": kernels, "groups": groups}
        text = json.dumps(results, indent=1) + "\n"
        (HERE / "results.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
