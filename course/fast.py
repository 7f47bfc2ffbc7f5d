"""Training in arrays that are made once: one network, and many at once.

`train` returns the numbers of `mlp_core.train` in a fifth of its time, and `sweep` trains
thousands of networks together. In a small network NumPy spends more time on making arrays
than on arithmetic; this module is the one place of the course that avoids it:

- Every result is written into an array that is there already (``out=``).
- All parameters of a network lie in one flat array. There ``b`` follows ``W``, so together
  they are one matrix M (n_in + 1, n_out). Below the activations is a row of ones, so one
  product gives ``z`` with the bias in it, and another gives ``dW`` with ``db`` below.
- The units come first, then the samples: A (units + 1, k), Z (units, k), k samples.
- All z lie in one array, so that one call finds all slopes. They are written over the z,
  which are no longer needed.
- Backprop is linear in the error, so multiplying that by the learning rate, once, gives
  the updates themselves, and one subtraction makes them.

`sweep` has the S networks along the last axis: M (n_in + 1, n_out, S), A (units + 1, k, S).
Tests compare both with the plain loop. Any gradient but the two known here, and any loss
but the square one, runs in plain steps: in `mlp_core.train`, or in `_train_stack`.
"""

import functools
import itertools
import math
import operator
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

import mlp_core as mlp
from course import checks, waiting
from course.original import check_one_output, original_loss_and_grads

KNOWN_GRADIENTS = (mlp.loss_and_grads, original_loss_and_grads)


def _is_known(gradient, activations):
    """Whether the loops here can do it, with the square loss and their own axes."""
    own = any(act.loss or not _is_by_element(act) for act in activations)
    return gradient in KNOWN_GRADIENTS and not own


def _is_by_element(activation):
    """Whether ``f`` treats each z alone, which a softmax does not."""
    if np.ndim(activation.alpha):
        return True  # a leaky ReLU
    z = np.array([[-3.0, -1.0], [0.5, 2.0]])
    with np.errstate(all="ignore"):
        alone = [[activation.f(np.array([[one]]))[0, 0] for one in row] for row in z]
        apart = abs(activation.f(z) - alone) > 1e-9  # so NaN is no difference
    return not np.any(apart)


# 1. Parameters in one flat array -----------------------------------------------------


def join(params) -> np.ndarray:
    """All parameters of a network in one flat array (P,): W[0], b[0], W[1], ..."""
    return np.concatenate([array.ravel() for layer in params for array in layer])


def split(flat, shapes) -> list[mlp.Layer]:
    """Cut a flat array into layers: views into it. ``shapes`` are those of the W."""
    return [mlp.Layer(M[:-1], M[-1]) for M in _matrices(flat, shapes)]


def _matrices(flat, shapes):
    """Views of flat (P,) as M (n_in + 1, n_out); of (P, S) as (n_in + 1, n_out, S)."""
    ends = list(itertools.accumulate((n_in + 1) * n_out for n_in, n_out in shapes))
    return [
        flat[start:end].reshape(n_in + 1, n_out, *flat.shape[1:])
        for start, end, (n_in, n_out) in zip([0, *ends], ends, shapes)
    ]


def _stack(flat, shapes):
    """The networks of flat (P, S) as a stack: W (S, n_in, n_out), b (S, 1, n_out)."""
    return [
        mlp.Layer(np.moveaxis(W, -1, 0).copy(), b.T[:, None, :].copy())
        for W, b in split(flat, shapes)
    ]


class Snapshots(Sequence):
    """The network after each step, from the start on: rows (steps + 1, P), cut on demand."""

    def __init__(self, rows, shapes):
        self.rows, self.shapes = rows, shapes

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return Snapshots(self.rows[index], self.shapes)
        return split(self.rows[index].copy(), self.shapes)

    def stack(self):
        """All of them at once, as a stack of networks."""
        return _stack(self.rows.T, self.shapes)


# 2. Activations that write into an array ---------------------------------------------

PROBES = np.array([[-1e150], [-3.0], [-1e-9], [0.0], [1e-9], [2.0], [1e150]])


def _is_leaky(activation):
    """Whether it is the leaky ReLU of its alpha, slope at 0 included."""
    if activation.alpha is None:
        return False
    leaky = mlp.leaky_relu(activation.alpha)
    with np.errstate(all="ignore"):
        return all(
            np.array_equal(mine(PROBES), right(PROBES))
            for mine, right in zip(activation[1:3], leaky[1:3])
        )


def _writing(activation):
    """Its ``f`` and ``slope`` in the form ``f(z, out)``, and whether it hides infinity.

    Behind it an infinite parameter may give a finite loss, since tanh(inf) is 1.
    """
    alpha = activation.alpha
    if _is_leaky(activation) and (np.all(alpha <= 1) or np.all(alpha >= 1)):
        return *_writing_leaky(alpha), not np.all(alpha)
    if activation == mlp.identity:
        return lambda z, out: np.copyto(out, z), lambda z, out: out.fill(1.0), True

    def copying(function):
        def write(z, out):
            out[...] = function(z)

        return write

    return copying(activation.f), copying(activation.slope), True


def _writing_leaky(alpha):
    # As arrays, since NumPy would convert plain numbers at each call.
    alpha, zero, jump = np.array(alpha), np.array(0.0), np.array(1 - alpha)
    # The lines z and alpha z cross at 0: up to alpha = 1 f is the upper one.
    upper = np.maximum if np.all(alpha <= 1) else np.minimum
    is_relu = not np.any(alpha)  # then not by way of alpha: 0 * inf is NaN

    def f(z, out):
        if is_relu:
            np.maximum(z, zero, out=out)
        else:
            np.multiply(alpha, z, out=out)
            upper(z, out, out=out)

    def slope(z, out):
        out[...] = z >= zero  # 1 or 0
        out *= jump
        out += alpha

    return f, slope


class _Arrays:
    """The arrays of a step: A, Z, dZ, and the functions that write into them.

    ``picked`` is for the samples of the step, (n_in + 1 + n_out, k), or with S behind it:
    X, a row of ones, Y.
    """

    def __init__(self, picked, shapes, activations):
        n_in, units, rest = shapes[0][0], [n for _, n in shapes], picked.shape[1:]
        self.x, self.y = picked[:n_in], picked[n_in + 1 :]
        self.A = [picked[: n_in + 1], *(np.ones((n + 1, *rest)) for n in units)]
        self.a = [A[:-1] for A in self.A[1:]]  # without the row of ones
        z, dz = np.empty((2, sum(units), *rest))
        ends = np.cumsum(units)
        self.Z, self.dZ = (np.split(array, ends[:-1]) for array in (z, dz))
        self.error = np.empty(self.a[-1].shape)
        self.f, slopes, hiding = zip(*map(_writing, activations))
        self.hides_infinity = any(hiding)
        # Layers that follow one another and share an activation: one call for all.
        self.slopes, start = [], 0
        for i, end in enumerate(ends):
            if i + 1 == len(ends) or activations[i + 1] is not activations[i]:
                self.slopes.append((slopes[i], z[start:end]))
                start = end


# 3. One network ----------------------------------------------------------------------


def train(params, X, Y, rng=None, **settings) -> tuple[list[mlp.Layer], mlp.History]:
    """Do what `mlp_core.train` does: the same arguments, the same numbers.

    The ``snapshots`` are a `Snapshots`: a sequence.
    """
    activation = settings.get("activation", mlp.ORIGINAL)
    gradient = settings.get("gradient", mlp.loss_and_grads)
    is_known = _is_known(gradient, mlp.per_layer(activation, params))
    return (_train_one if is_known else mlp.train)(params, X, Y, rng, **settings)


def _train_one(
    params,
    X,
    Y,
    rng=None,
    *,
    activation=mlp.ORIGINAL,
    learning_rate=0.2,
    epochs=20,
    steps_per_epoch=100,
    batch_size=1,
    samples=None,
    snapshots=False,
    gradient=mlp.loss_and_grads,
) -> tuple[list[mlp.Layer], mlp.History]:
    X, Y = mlp.as_samples("X", X, finite=True), mlp.as_samples("Y", Y, finite=True)
    if samples is None:
        samples = mlp.draw_samples(rng, len(X), epochs * steps_per_epoch, batch_size)
    samples = np.asarray(samples)
    _check(params, X, Y, samples, activation, gradient)
    steps = _Steps(params, X, Y, samples, activation, learning_rate, gradient)
    losses, zeros = np.zeros(len(samples)), np.zeros(len(steps.flat(0)))
    kept = np.empty((len(samples) + 1 if snapshots else 0, len(zeros)))
    kept[:1] = steps.flat(0)
    done, stopped = 0, "finished"  # done: the updates that were made

    def result(stopped):
        last = done
        if stopped == "diverged" or not np.isfinite(steps.flat(done)).all():
            stopped, last = "diverged", max(done - 1, 0)  # take the last update back
        diverged_at = last + 1 if stopped == "diverged" else None
        loss, networks = losses[:last], Snapshots(kept[: last + 1], steps.shapes)
        epoch_loss = mlp.epoch_means(loss, steps_per_epoch)
        history = mlp.History(loss, epoch_loss, samples, networks, stopped, diverged_at)
        return split(steps.flat(last).copy(), steps.shapes), history

    try:
        with np.errstate(all="ignore"):
            for step in range(len(samples)):
                losses[step] = steps.forward(step)
                if not math.isfinite(losses[step]):
                    stopped = "diverged"
                    break
                steps.backward(step)
                if snapshots:
                    kept[step + 1] = steps.flat(step + 1)
                done = step + 1
                # 0 * inf is NaN: one product tells whether a parameter is infinite.
                if steps.hides_infinity and np.dot(steps.flat(done), zeros) != 0:
                    break
        return result(stopped)
    except KeyboardInterrupt:  # also one that comes while the result is made
        return result("interrupted" if stopped == "finished" else stopped)


def _check(params, X, Y, samples, activation, gradient):
    """Let the plain functions check all shapes once, since the fast loop does not."""
    with np.errstate(all="ignore"):
        gradient(params, X[:1], Y[:1], activation)
    if len(X) != len(Y):
        raise ValueError(f"X has {len(X)} rows but Y has {len(Y)}")
    if params[0].W.ndim != 2:
        raise ValueError("params is a stack, but one network is needed")
    if samples.size and not 0 <= samples.min() <= samples.max() < len(X):
        raise IndexError(f"samples names rows that X {X.shape} does not have")


class _Steps(_Arrays):
    """The steps of one network: a forward, then a backward, for each.

    The network before a step and the one after it take turns: step 0 reads ``both[0]``
    and writes ``both[1]``, step 1 reads that and writes ``both[0]``. So the network
    before the last update is there until the next loss is known.
    """

    def __init__(self, params, X, Y, samples, activation, learning_rate, gradient):
        batch, self.shapes = samples.shape[1], [W.shape for W, _ in params]
        # X and Y with a column of ones between them: one pick of rows serves all.
        self.table, self.rows = np.hstack([X, np.ones((len(X), 1)), Y]), samples
        if batch == 1:  # a slice is a view: it costs less than picking rows
            self.rows = [slice(row, row + 1) for row in samples[:, 0].tolist()]
        self.picked = np.empty((batch, self.table.shape[1]))
        activations = mlp.per_layer(activation, params)
        super().__init__(self.picked.T, self.shapes, activations)
        self.Y_hat, self.flat_error = self.a[-1], self.error.reshape(-1)
        self.batch, self.scale = batch, np.array(learning_rate / batch)
        self.has_bug = gradient is original_loss_and_grads
        self.both = np.stack([join(params)] * 2).astype(float, copy=False)
        # What each layer needs on the way down and on the way up, ready to be unpacked:
        # for even steps, then for odd ones.
        both = [_matrices(flat, self.shapes) for flat in self.both]
        A, Z, dZ = self.A, self.Z, self.dZ
        dZ_T, dA_before = [d.T for d in dZ], [None, *dZ]
        self.down, self.up = [], []
        for M, dM in (both, both[::-1]):
            M_T, W = [m.T for m in M], [m[:-1] for m in M]
            self.down.append(list(zip(M_T, A, Z, self.f, self.a)))
            self.up.append(list(zip(dZ, Z, A, dZ_T, dM, W, dA_before))[::-1])

    def flat(self, step):
        """The parameters before ``step`` (counted from 0), in one flat array."""
        return self.both[step % 2]

    def forward(self, step):
        """Compute z and a of all layers; return the loss."""
        if self.batch == 1:
            self.picked[...] = self.table[self.rows[step]]
        else:  # 'clip' skips a check of the row numbers, which was done
            self.table.take(self.rows[step], axis=0, out=self.picked, mode="clip")
        for M_T, A, z, f, a in self.down[step % 2]:
            np.dot(M_T, A, out=z)  # (n_out, n_in + 1) @ (n_in + 1, k) -> (n_out, k)
            f(z, a)
        np.subtract(self.Y_hat, self.y, out=self.error)
        squares = np.dot(self.flat_error, self.flat_error)
        return 0.5 * float(squares) / self.batch

    def backward(self, step):
        """Write the network after ``step``."""
        if self.has_bug:
            self.x[...] = self.y  # one target repeated over the inputs
        for slope, z in self.slopes:
            slope(z, z)
        np.multiply(self.error, self.scale, out=self.dZ[-1])
        for dZ, slopes, A, dZ_T, dM, W, dA_before in self.up[step % 2]:
            dZ *= slopes  # what lies in dZ until here is dA: (n_out, k)
            np.dot(A, dZ_T, out=dM)  # (n_in + 1, k) @ (k, n_out) -> (n_in + 1, n_out)
            if dA_before is not None:
                np.dot(W, dZ, out=dA_before)  # (n_in, n_out) @ (n_out, k)
        network, updates = self.flat(step), self.flat(step + 1)
        np.subtract(network, updates, out=updates)


# 4. Many networks --------------------------------------------------------------------


class Sweep(NamedTuple):
    """S networks after training, see `sweep`."""

    seeds: np.ndarray  # (S,)
    params: list  # a stack: W (S, n_in, n_out), b (S, 1, n_out)
    Y_hat: np.ndarray  # (S, n, n_out), the predictions for X after training
    success: np.ndarray  # (S,) bool, `mlp_core.solved`
    epoch_loss: np.ndarray  # (epochs, S)
    diverged_at: np.ndarray  # (S,) int, the step as in `History`; 0 if it did not

    def network(self, s) -> list[mlp.Layer]:
        """The parameters of network ``s`` alone."""
        s = operator.index(s)
        return [mlp.Layer(W[s].copy(), b[s, 0].copy()) for W, b in self.params]


def sweep(
    X,
    Y,
    seeds,
    *,
    sizes=mlp.ORIGINAL_SIZES,
    scheme="normal",
    activation=mlp.ORIGINAL,
    learning_rate=0.2,
    epochs=20,
    steps_per_epoch=100,
    batch_size=1,
    gradient=mlp.loss_and_grads,
    progress=None,
    block=2000,
) -> Sweep:
    """Train one network for each seed, many at once.

    Network ``s`` is the one that you get alone with ``rng = default_rng(seeds[s])``, then
    ``initialize(sizes, rng, scheme, alpha)`` with the alpha of the first layer (0 if it
    has none), then ``train(params, X, Y, rng)``. ``learning_rate`` may be (S,), and
    `leaky_relu` of an array (S,) gives each network its own alpha. ``gradient``, and a loss
    of the last activation, must take a stack of networks. ``block`` networks are trained
    together, which bounds the memory; after each block ``progress(networks_done, S)`` is
    called, and now and then within it.

    After an interrupt you get the blocks that were finished, so fewer than S networks. In
    the first block it is raised, and in JupyterLab, where the cell relies on all S.
    """
    watching = waiting.watched_sweep() if progress is None else None
    progress = progress or watching
    X, Y = mlp.as_samples("X", X, finite=True), mlp.as_samples("Y", Y, finite=True)
    seeds, sizes = checks.seeds("seeds", seeds), checks.sizes("sizes", sizes)
    if len(X) != len(Y) or (sizes[0], sizes[-1]) != (X.shape[1], Y.shape[1]):
        raise ValueError(f"X {X.shape} and Y {Y.shape} don't fit sizes {sizes}")
    if gradient is original_loss_and_grads:
        check_one_output(Y)
    S, steps = len(seeds), epochs * steps_per_epoch
    shapes = list(itertools.pairwise(sizes))
    rates = np.broadcast_to(checks.array("learning_rate", learning_rate), S)
    if not np.all((rates > 0) & np.isfinite(rates)):
        raise ValueError(f"learning_rate must be positive, not {learning_rate!r}")
    activations = mlp.per_layer(activation, shapes)
    if any(np.shape(act.alpha) not in ((), (S,)) for act in activations):
        raise ValueError(f"activation needs one alpha, or one for each of {S} seeds")
    alpha = activations[0].alpha
    alphas = np.broadcast_to(0.0 if alpha is None else alpha, S)  # for 'he'
    train_block = _train_block if _is_known(gradient, activations) else _train_stack
    parts = []
    try:
        for start in range(0, S, block):
            some = slice(start, min(start + block, S))
            flat, samples = _start_block(
                seeds[some], len(X), sizes, scheme, alphas[some], steps, batch_size
            )
            fs = _with_alphas(activations, some)
            told = functools.partial(_told, progress, start, some.stop, S)
            params, losses = train_block(
                flat, shapes, X, Y, samples, fs, rates[some], gradient, told
            )
            epoch_loss = mlp.epoch_means(losses[:-1], steps_per_epoch)
            parts.append((params, epoch_loss, _breaks(losses)))
            if progress:
                progress(some.stop, S)
        return _collect(parts, X, Y, seeds, activations)
    except KeyboardInterrupt:  # also one that comes while the blocks are put together
        if not parts or watching:
            raise
        return _collect(parts, X, Y, seeds, activations)


def _start_block(seeds, n, sizes, scheme, alphas, steps, batch_size):
    """Draw parameters (P, S) and samples (steps, batch, S), each from its own generator.

    Row numbers below 256 take one byte each, since they are most of what a block holds.
    """
    flat, batch = [], n if batch_size is None else batch_size
    samples = np.empty((steps, batch, len(seeds)), dtype=np.min_scalar_type(n - 1))
    for s, (seed, alpha) in enumerate(zip(seeds, alphas)):
        rng = np.random.default_rng(seed)
        flat.append(join(mlp.initialize(sizes, rng, scheme, float(alpha))))
        samples[..., s] = mlp.draw_samples(rng, n, steps, batch_size)
    return np.stack(flat, axis=-1), samples


def _told(progress, start, stop, S, rows):
    """The rows of each step. ``progress`` hears of every hundredth step.

    The networks from ``start`` to ``stop`` are at work, so they count in part.
    """
    for step, picked in enumerate(rows):
        if progress and step and step % 100 == 0:
            progress(start + (stop - start) * step // len(rows), S)
        yield picked


def _train_block(flat, shapes, X, Y, samples, activations, rates, gradient, told):
    """Train the networks flat (P, S) in place; return the stack, and losses (steps + 1, S).

    The last losses are 0, or NaN where the last update broke a network. The letters in
    einsum: i inputs, o outputs, k samples, s networks, p parameters. With the networks
    last, the innermost loop is long; `@` on S tiny matrices is three times slower.
    """
    steps, batch, S = samples.shape
    table, layers = np.vstack([X.T, np.ones(len(X)), Y.T]), range(len(shapes))
    picked = np.empty((len(table), batch, S))
    arrays = _Arrays(picked, shapes, activations)
    A, Z, dZ, error = arrays.A, arrays.Z, arrays.dZ, arrays.error
    updates = np.empty(flat.shape)
    M, dM = _matrices(flat, shapes), _matrices(updates, shapes)
    scale, zeros = rates / batch, np.zeros(len(flat))
    losses = np.empty((steps + 1, S))
    with np.errstate(all="ignore"):
        for step, rows in enumerate(told(samples)):
            table.take(rows, axis=1, out=picked, mode="clip")
            for i in layers:
                np.einsum("iks,ios->oks", A[i], M[i], out=Z[i])
                arrays.f[i](Z[i], arrays.a[i])
            np.subtract(arrays.a[-1], arrays.y, out=error)
            np.einsum("oks,oks->s", error, error, out=losses[step])
            if arrays.hides_infinity:  # 0 * inf is NaN
                losses[step] += np.einsum("p,ps->s", zeros, flat)
            if gradient is original_loss_and_grads:
                arrays.x[...] = arrays.y
            for slope, z in arrays.slopes:
                slope(z, z)
            np.multiply(error, scale, out=dZ[-1])
            for i in reversed(layers):
                dZ[i] *= Z[i]
                np.einsum("iks,oks->ios", A[i], dZ[i], out=dM[i])
                if i > 0:
                    np.einsum("oks,ios->iks", dZ[i], M[i][:-1], out=dZ[i - 1])
            flat -= updates
        np.einsum("p,ps->s", zeros, flat, out=losses[steps])
    losses *= 0.5 / batch
    return _stack(flat, shapes), losses


def _train_stack(flat, shapes, X, Y, samples, activations, rates, gradient, told):
    """The same with any gradient that accepts a stack, in plain steps."""
    params, losses = _stack(flat, shapes), []
    _check_first(params, X, Y, activations)
    activations = for_stack(activations, params)
    hides_infinity = any(hides for _, _, hides in map(_writing, activations))
    rows, rates = told(np.moveaxis(samples, -1, 1)), rates[:, None, None]
    steps = mlp.steps(params, X, Y, rows, activations, rates, gradient)
    with np.errstate(all="ignore"):
        for value, after in steps:
            losses.append(value + _zero_or_nan(params) if hides_infinity else value)
            params = after
        losses.append(_zero_or_nan(params))
    return params, np.array(losses)


def _check_first(params, X, Y, activations):
    """Refuse functions that give the first network another loss here than alone.

    A mean over all axes, or a softmax along axis 1, would silently train nonsense.
    """
    first = [mlp.Layer(W[0], b[0, 0]) for W, b in params]
    loss = mlp.loss_of(activations, params)
    with np.errstate(all="ignore"):
        Y_hat, _ = mlp.forward(params, X, for_stack(activations, params))
        alone, _ = mlp.forward(first, X, _with_alphas(activations, 0))
        values, value = loss(Y_hat, Y), loss(alone, Y)
    found, right = np.shape(values), Y_hat.shape[:1]
    if found != right:
        raise ValueError(f"the loss of a stack has the shape {found}, not {right}")
    if not np.allclose(values[0], value, equal_nan=True):
        raise ValueError("an activation or its loss must count its axes from the end")


def _zero_or_nan(params):
    """(S,): NaN for the networks with an infinite parameter."""
    return sum(np.sum(0 * array, axis=(-2, -1)) for layer in params for array in layer)


def _breaks(losses):
    """The steps, from 1, whose updates broke networks (S,); 0 for the others."""
    bad = ~np.isfinite(losses)
    return np.where(bad.any(axis=0), np.maximum(bad.argmax(axis=0), 1), 0)


def for_stack(activation, params) -> list[mlp.Activation]:
    """The activations for a stack (S, n, units), where each network may have its alpha."""
    index = np.s_[: len(params[0].W), None, None]
    return _with_alphas(mlp.per_layer(activation, params), index)


def _with_alphas(activations, index):
    """The activations with these alphas, where each network has its own."""
    return [
        act
        if np.ndim(act.alpha) == 0
        else mlp.leaky_relu(act.alpha[index])._replace(loss=act.loss)
        for act in activations
    ]


def _collect(parts, X, Y, seeds, activations):
    """Put the blocks together."""
    blocks, epoch_losses, diverged = zip(*parts)
    params = [mlp.Layer(*map(np.concatenate, zip(*layers))) for layers in zip(*blocks)]
    diverged_at = np.concatenate(diverged)
    seeds = seeds[: len(diverged_at)]  # fewer than all after an interrupt
    with np.errstate(all="ignore"):
        Y_hat, _ = mlp.forward(params, X, for_stack(activations, params))
        success = mlp.solved(Y_hat, Y) & (diverged_at == 0)
    # NumPy alone would turn whole numbers beyond 64 bits into floats.
    seeds = np.array(seeds, dtype=int if max(seeds) < 2**63 else object)
    epoch_loss = np.concatenate(epoch_losses, axis=-1)
    return Sweep(seeds, params, Y_hat, success, epoch_loss, diverged_at)
