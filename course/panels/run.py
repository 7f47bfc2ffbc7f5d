"""A training run as data: it grows in parts, and can return to every step."""

import math
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

import mlp_core as mlp
from course.fast import Snapshots, join, train
from course.original import original_loss_and_grads
from course.pictures.losses import rounded
from course.words import are, counted

PIECE = 100  # steps
FEW = 8  # samples whose outputs are all listed
MOST_NUMBERS = 4_000_000  # numbers kept of a run: 32 MB


class Run(NamedTuple):
    """A training run as far as it has come."""

    task: mlp.Task
    activation: mlp.Activation
    settings: SimpleNamespace  # those that `train_in_parts` was given
    samples: np.ndarray  # (steps, batch) the rows that each step uses
    every: int  # of how many networks one is kept
    kept: Snapshots  # the networks after step 0, every, 2 * every, ...
    params: list  # the network after the last step done
    loss: np.ndarray  # (done,) the loss on the samples of each step
    stopped: str = "finished"  # as in mlp_core.History
    diverged_at: int | None = None

    @property
    def done(self) -> int:
        return len(self.loss)

    @property
    def progress(self) -> float:
        """The part of the steps that is done, 0 to 1."""
        return self.done / len(self.samples)

    @property
    def ended(self) -> bool:
        """Whether there is nothing left to do."""
        return self.done == len(self.samples) or self.stopped != "finished"

    def at(self, step) -> list:
        """The network after ``step`` steps, exactly as it was.

        A long run keeps only some of its networks, so the steps from the last one
        kept before ``step`` are done again.
        """
        start = step // self.every * self.every
        params = self.kept[step // self.every]
        return self._train(params, start, step)[0] if step > start else params

    def rows(self, step):
        """The rows of the data that were used for the step that led here."""
        return self.samples[step - 1] if step else np.array([], dtype=int)

    def outputs(self, step):
        """The predictions for all samples after ``step`` steps: (n, n_out)."""
        with np.errstate(all="ignore"):
            return mlp.forward(self.at(step), self.task.X, self.activation)[0]

    def curve(self) -> np.ndarray:
        """The loss over all samples after ``every``, 2 * ``every``, ... steps."""
        with np.errstate(all="ignore"):
            Y_hat, _ = mlp.forward(self.kept.stack(), self.task.X, self.activation)
            return mlp.loss(Y_hat, self.task.Y)[1:]

    def go_on(self) -> "Run":
        """Train some more steps, up to the next network to keep.

        If all are kept, it trains as many steps as so far, within limits, because each
        start costs time, but long pieces can't be watched or stopped.
        """
        start, keeps_all = self.done, self.every == 1
        count = min(max(PIECE, start), 4 * PIECE) if keeps_all else self.every
        params, part = self._train(self.params, start, start + count, keeps_all)
        if part.diverged_at == 1 and start:
            # Which of two steps broke it? Training tells, if it sees both.
            start -= 1
            params, part = self._train(self.at(start), start, start + 2, keeps_all)
        new = part.snapshots.rows[1:] if keeps_all else [join(params)]
        kept = np.concatenate([self.kept.rows[: start // self.every + 1], new])
        return self._replace(
            params=params,
            kept=Snapshots(kept, self.kept.shapes),
            loss=np.concatenate([self.loss[:start], part.loss]),
            stopped=part.stopped,
            diverged_at=part.diverged_at and start + part.diverged_at,
        )

    def _train(self, params, start, stop, snapshots=False):
        bug = self.settings.bug
        return train(
            params,
            self.task.X,
            self.task.Y,
            samples=self.samples[start:stop],
            activation=self.activation,
            learning_rate=self.settings.learning_rate,
            gradient=original_loss_and_grads if bug else mlp.loss_and_grads,
            snapshots=snapshots,
        )


def train_in_parts(task, **settings):
    """Settings -> the training run, yielded again and again as it grows.

    The settings are those of the training panel, from ``learning_rate`` to ``bug``. The
    run is the one of ``rng = default_rng(seed)``, ``initialize(sizes, rng)`` and
    ``train(params, X, Y, rng)``, however it is cut.
    """
    given = SimpleNamespace(**settings)
    rng = np.random.default_rng(given.seed)
    function = mlp.make_activation(given.activation, given.alpha)
    sizes = (task.X.shape[1], *given.hidden, task.Y.shape[1])
    params = mlp.initialize(sizes, rng, given.scheme, function.alpha or 0.0)
    samples = mlp.draw_samples(rng, len(task.X), given.steps, given.batch_size)
    start = Snapshots(join(params)[None], [W.shape for W, _ in params])
    # Keep every network. If they are too many, keep one in 100 steps, or even fewer.
    too_many = given.steps * start.rows.size / MOST_NUMBERS
    every = 1 if too_many <= 1 else max(PIECE, math.ceil(too_many))
    run = Run(task, function, given, samples, every, start, params, np.zeros(0))
    while not run.ended:
        run = run.go_on()
        yield run


# In words ----------------------------------------------------------------------------


def describe(run, step) -> str:
    """Say where a run stands after ``step`` steps."""
    Y_hat, Y = run.outputs(step), run.task.Y
    errors = abs(Y_hat - Y).max(axis=1)
    parts = [f"step {step} of {len(run.samples)}: loss {rounded(mlp.loss(Y_hat, Y))}"]
    parts += _warnings(run, step)  # what should not be missed
    if len(Y) <= FEW:
        outputs = ", ".join(_output(y) for y in Y_hat[:, 0])
        targets = ", ".join(f"{y:g}" for y in Y[:, 0])
        parts.append(f"outputs {outputs} for targets {targets}")
    else:
        parts.append(f"largest error {_output(errors.max())}")
    parts.append(f"{np.sum(errors < mlp.TOLERANCE)} of {len(Y)} within {mlp.TOLERANCE}")
    return "; ".join(parts)


def _output(y):
    return f"{y:z.2f}" if abs(y) < 1e4 else f"{y:.1e}"


def _warnings(run, step):
    warnings = []
    if run.stopped == "diverged":
        warnings.append(f"diverged at step {run.diverged_at}: {_advice(run)}")
    if run.stopped == "interrupted":
        warnings.append(f"interrupted after {counted(run.done, 'step')}")
    dead_units = mlp.dead_units(run.at(step), run.task.X, run.activation)
    dead = [
        f"{units.sum()} of {len(units)} units in layer {layer}"
        for layer, units in enumerate(dead_units)
        if units.any()
    ]
    if dead:
        stuck = "stuck: " if _is_stuck(run, step, dead_units) else ""
        verb = are(sum(units.sum() for units in dead_units))
        warnings.append(f"{stuck}{' and '.join(dead)} {verb} dead")
    return warnings


def _advice(run):
    """What to do against divergence.

    Weights that are drawn alike for every width are too large in a wide layer. Where
    that is the cause, 'he' saves most of the seeds that diverge, on SUM and XOR.
    """
    alpha = run.activation.alpha
    is_wide = max(W.shape[1] for W, _ in run.params) >= 8
    settings = run.settings
    is_usual = alpha is not None and abs(alpha) <= 0.2 and settings.learning_rate <= 0.2
    by_he = is_wide and is_usual and settings.scheme in ("normal", "uniform")
    return f"lower the learning rate{', or choose initialization he' if by_he else ''}"


def _is_stuck(run, step, dead_units):
    """Whether no further step can solve the task.

    No slope passes a layer whose units are all dead, so neither it nor a layer before it
    ever changes. If it also gives the same for every sample, so does the network, for good.
    A single dead unit may come back to life when a layer before it changes.
    """
    targets = run.task.Y
    if np.all(np.ptp(targets, axis=0) < 2 * mlp.TOLERANCE):
        return False  # one answer may do for all samples
    _, cache = mlp.forward(run.at(step), run.task.X, run.activation)
    return any(
        dead.all() and np.all(np.ptp(A, axis=0) == 0)
        for dead, A in zip(dead_units, cache.A[1:])
    )
