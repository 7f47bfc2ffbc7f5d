"""The work that speed.py measures, and how each library does it.

Each function of sections 2 and 3 prepares a problem for a library, untimed. It returns
``run(steps)``, which starts from the problem's weights, makes so many updates, and
returns the trained weights, a list of (W, b).
"""

import os
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np

# A process that measures another checkout finds its folder in the environment.
COURSE = Path(os.environ.get("SPEED_COURSE", Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(COURSE))

import mlp_core as mlp

if (COURSE / "course").exists():
    from course import fast
    from course.original import original_loss_and_grads

    BUG = {"gradient": original_loss_and_grads}
else:  # before there was a package, the core itself was the fast one
    fast, BUG = mlp, {"bug": True}

ALPHA = -0.2

# 1. The work -------------------------------------------------------------------------


class Problem(NamedTuple):
    """What is to be computed. With S networks: W (S, n_in, n_out), b (S, 1, n_out)."""

    params: list  # of (W, b)
    X: np.ndarray
    Y: np.ndarray
    samples: np.ndarray  # (steps, batch) rows of X; for S networks (steps, S, batch)
    rate: float
    activations: list  # one for each layer


def small(activation="leaky_relu", batch=1):
    """The original notebook's work: 2-3-3-2-1, one sample a step, the sum task."""
    rng = np.random.default_rng(1)
    params = mlp.initialize(mlp.ORIGINAL_SIZES, rng)
    samples = mlp.draw_samples(rng, 4, 2000, batch)
    # scikit-learn has a linear output, and no leaky ReLU: it is compared on ReLU.
    f = mlp.make_activation(activation, ALPHA)
    activations = [f, f, f, mlp.identity if activation == "relu" else f]
    return Problem(params, mlp.SUM.X, mlp.SUM.Y, samples, 0.2, activations)


def many(S):
    """The same for the seeds 0 to S - 1, as `sweep` draws them."""
    networks, samples = [], []
    for seed in range(S):
        rng = np.random.default_rng(seed)
        networks.append(mlp.initialize(mlp.ORIGINAL_SIZES, rng))
        samples.append(mlp.draw_samples(rng, 4, 2000))
    params = [
        (np.stack([W for W, _ in layers]), np.stack([[b] for _, b in layers]))
        for layers in zip(*networks)
    ]
    return small()._replace(params=params, samples=np.stack(samples, axis=1))


def large():
    """784-256-128-10 with batches of 128, on random numbers."""
    rng = np.random.default_rng(2)
    params = mlp.initialize((784, 256, 128, 10), rng, "he", ALPHA)
    X, Y = rng.uniform(0, 1, (2048, 784)), np.eye(10)[rng.integers(0, 10, 2048)]
    samples = mlp.draw_samples(rng, 2048, 200, 128)
    return Problem(params, X, Y, samples, 0.01, [mlp.leaky_relu(ALPHA)] * 3)


# 2. The course -----------------------------------------------------------------------


def plain_train(problem, train=mlp.train, **settings):
    params = [mlp.Layer(W, b) for W, b in problem.params]
    settings["activation"] = problem.activations
    settings["learning_rate"] = problem.rate

    def run(steps):
        samples = problem.samples[:steps]
        return train(params, problem.X, problem.Y, samples=samples, **settings)[0]

    return run


def fast_train(problem):
    return plain_train(problem, fast.train)


def fast_train_snapshots(problem):
    return plain_train(problem, fast.train, snapshots=True)


def fast_sweep(problem, **settings):
    """It draws weights and samples in the measured time; others get them for free."""
    seeds = range(problem.samples.shape[1])
    settings["learning_rate"] = problem.rate

    def run(steps):
        epochs = steps // 100
        return fast.sweep(problem.X, problem.Y, seeds, epochs=epochs, **settings).params

    return run


def fast_sweep_bug(problem):
    return fast_sweep(problem, **BUG)


# 3. The others -----------------------------------------------------------------------


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

    def run(steps):
        w, b = map(list, zip(*problem.params))
        layers, total = len(w), 0.0
        for row in problem.samples[:steps, 0]:
            x, y = problem.X[row], problem.Y[row]
            a, z = [x], []
            for i in range(layers):
                z.append(a[i] @ w[i] + b[i])
                a.append(relu(z[i]))
            total = total + (0.5 * (y - a[-1]) ** 2)[0]
            g, new_w, new_b = (a[-1] - y).reshape(1, -1).T, [], []
            for i in reversed(range(layers)):
                g = (g.T * relu(z[i], True)).reshape(1, -1)
                new_w.append(w[i] - problem.rate * (a[i].reshape(1, -1).T @ g))
                new_b.append(b[i] - problem.rate * g)
                g = (g @ w[i].T).T
            w, b = list(reversed(new_w)), list(reversed(new_b))
        return list(zip(w, b))

    return run


def products(problem):
    """Only the matrix products of the training, into arrays made before."""
    batch, W = problem.samples.shape[1], [W for W, _ in problem.params]
    units = [len(W[0]), *(weights.shape[1] for weights in W)]
    A = [np.random.default_rng(0).standard_normal((batch, n)) for n in units]
    Z, dA = [np.empty_like(a) for a in A[1:]], [np.empty_like(a) for a in A]
    dW = [np.empty_like(weights) for weights in W]

    def run(steps):
        for _ in range(steps):
            for i in range(len(W)):
                np.dot(A[i], W[i], out=Z[i])
            for i in reversed(range(len(W))):
                np.dot(A[i].T, Z[i], out=dW[i])
                if i > 0:
                    np.dot(Z[i], W[i].T, out=dA[i])

    return run


def micrograd(problem):
    from micrograd.engine import Value
    from micrograd.nn import MLP

    def leaky(z):  # in the style of micrograd's own relu
        out = Value(z.data if z.data >= 0 else ALPHA * z.data, (z,), "leaky")

        def backward():
            z.grad += (1.0 if z.data >= 0 else ALPHA) * out.grad

        out._backward = backward
        return out

    network = MLP(problem.X.shape[1], [W.shape[1] for W, _ in problem.params])
    for layer in network.layers:
        for neuron in layer.neurons:
            neuron.nonlin = False
    parameters = network.parameters()  # unit by unit: its weights, then its bias
    start = [np.vstack([W, b]).T for W, b in problem.params]
    ends = np.cumsum([units.size for units in start])
    X, Y = problem.X.tolist(), problem.Y[:, 0].tolist()
    rows = problem.samples[:, 0].tolist()

    def run(steps):
        for p, value in zip(parameters, np.concatenate(start, axis=None).tolist()):
            p.data = value
        for row in rows[:steps]:
            a = X[row]
            for layer in network.layers:
                a = [leaky(neuron(a)) for neuron in layer.neurons]
            loss = 0.5 * (a[0] - Y[row]) ** 2
            network.zero_grad()
            loss.backward()
            for p in parameters:
                p.data -= problem.rate * p.grad
        trained = np.split([p.data for p in parameters], ends[:-1])
        trained = [flat.reshape(units.shape).T for flat, units in zip(trained, start)]
        return [(units[:-1], units[-1]) for units in trained]

    return run


def torch(problem):
    """torch.nn and torch.optim.SGD, as its tutorials write it."""
    import torch
    from torch import nn

    linear = [nn.Linear(*W.shape, dtype=torch.float64) for W, _ in problem.params]
    network = nn.Sequential(*(f for z in linear for f in (z, nn.LeakyReLU(ALPHA))))
    optimizer = torch.optim.SGD(network.parameters(), lr=problem.rate)
    X, Y = torch.tensor(problem.X), torch.tensor(problem.Y)
    samples = torch.tensor(problem.samples)

    def run(steps):
        with torch.no_grad():
            for layer, (W, b) in zip(linear, problem.params):
                layer.weight.copy_(torch.as_tensor(W.T))
                layer.bias.copy_(torch.as_tensor(b))
        total = 0.0
        for rows in samples[:steps]:
            loss = 0.5 * ((network(X[rows]) - Y[rows]) ** 2).sum() / len(rows)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        return [(layer.weight.detach().T, layer.bias.detach()) for layer in linear]

    return run


def jax(problem, first=False):
    """All steps in one compiled loop; over a stack of networks, if there is one."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    X, Y, samples = map(jnp.asarray, (problem.X, problem.Y, problem.samples))
    start = jax.tree.map(jnp.asarray, [tuple(layer) for layer in problem.params])

    def loss(params, rows):
        a = X[rows]
        for W, b in params:
            a = jax.nn.leaky_relu(a @ W + b, ALPHA)
        return 0.5 * jnp.sum((a - Y[rows]) ** 2) / len(rows)

    def step(params, rows):
        value, grads = jax.value_and_grad(loss)(params, rows)
        return jax.tree.map(lambda p, g: p - problem.rate * g, params, grads), value

    step = jax.vmap(step) if samples.ndim == 3 else step
    loop = jax.jit(lambda params, samples: jax.lax.scan(step, params, samples))

    def run(steps):
        if first:  # forget what was compiled
            jax.clear_caches()
        rows = samples if steps == len(samples) else samples[:steps]
        return jax.block_until_ready(loop(start, rows))[0]

    return run


def jax_first_call(problem):
    """Tracing and compilation included, jax's own start not."""
    return jax(problem, first=True)


def scikit_learn(problem):
    from sklearn.neural_network import MLPRegressor

    network = MLPRegressor(
        hidden_layer_sizes=[W.shape[1] for W, _ in problem.params[:-1]],
        solver="sgd",
        learning_rate_init=problem.rate,
        alpha=0.0,
        momentum=0.0,
        batch_size=1,
        shuffle=False,
    )
    X, Y = problem.X, problem.Y[:, 0]
    network.partial_fit(X[:1], Y[:1])  # makes its arrays

    def run(steps):
        for i, (W, b) in enumerate(problem.params):
            network.coefs_[i][...], network.intercepts_[i][...] = W, b
        for rows in problem.samples[:steps]:
            network.partial_fit(X[rows], Y[rows])
        return zip(network.coefs_, network.intercepts_)

    return run


PACKAGES = {  # what has to be installed for it, in the order of the table
    torch: "torch",
    jax: "jax",
    jax_first_call: "jax",
    scikit_learn: "scikit-learn",
    micrograd: "micrograd",
}
