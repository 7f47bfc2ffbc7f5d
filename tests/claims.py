"""Every claim of the course about seeds in general, measured on seeds nobody looked at.

    .venv/bin/python tests/claims.py                    all, on the seeds 10,000 to 19,999
    .venv/bin/python tests/claims.py dead 02_init       those with such a word
    .venv/bin/python tests/claims.py --seeds 20000 29999

A claim is a rate, or the difference of two. It holds if the 95 % interval of that lies
within the bounds that its words allow; with fewer seeds the interval is wider. A text
that says 'of these 1,000', or names its seeds, claims nothing of others: nbval and the
tests of its lesson hold it to its numbers. The command ends with 1 if a claim does not
hold. `test_claims.py` finds the words of each in its place.
"""

import argparse
import sys
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import mlp_core as mlp
from course.experiments import difference_interval, fates, wilson_interval
from course.fast import sweep
from course.files import load
from course.lessons import FOLDER
from course.lessons.bug_lab import bugs
from course.lessons.bug_lab.puzzles import patterns, puzzle
from course.original import original_loss_and_grads
from course.panels.initialization import signal
from course.panels.slice import loss_slice
from tests.sweeps import text_of

# 1. Claims ---------------------------------------------------------------------------


class Claim(NamedTuple):
    """Words that stand in a file, and the numbers that they stand for."""

    place: str  # a file, from the root of the course
    words: str  # a part of its text
    low: float
    high: float
    # Of seeds (S,) tells True or False for each: (S,). Two of these are a comparison.
    measure: Callable


class Result(NamedTuple):
    rate: float  # or the difference of two
    interval: tuple[float, float]
    unit: str
    holds: bool


def result(claim, seeds) -> Result:
    """Measure a claim."""
    measured = claim.measure(seeds)
    if isinstance(measured, tuple):
        pairs = [(int(part.sum()), len(part)) for part in measured]
        rate = float(measured[0].mean() - measured[1].mean())
        interval, unit = difference_interval(*pairs), "points"
    else:
        rate = float(measured.mean())
        interval, unit = wilson_interval(int(measured.sum()), len(measured)), "%"
    holds = claim.low <= interval[0] and interval[1] <= claim.high
    return Result(rate, interval, unit, holds)


# 2. Measures -------------------------------------------------------------------------

BUG = {"gradient": original_loss_and_grads}
_RUNS = {}


def run(task, seeds, **settings):
    """The `sweep` of these settings, which is computed once."""
    settings = {"activation": mlp.ORIGINAL, "learning_rate": 0.2, **settings}
    key = text_of([task.name, seeds, sorted(settings.items())])
    if key not in _RUNS:
        _RUNS[key] = sweep(task.X, task.Y, seeds, **settings)
    return _RUNS[key]


def solved(task, seeds, **settings):
    return run(task, seeds, **settings).success


def ended(fate, task, seeds, activation=mlp.ORIGINAL, **settings):
    """Which networks ended with this fate: see `fates`."""
    trained = run(task, seeds, activation=activation, **settings)
    return fates(trained, task.X, task.Y, activation) == fate


# 3. What the course claims, notebook by notebook -------------------------------------
# Where networks take long, a measure takes some of the seeds only.

QUESTIONS = "course/lessons/{}/questions.toml"
CHAPTER = "course/lessons/{}/teaching.md"

# Notebook 0


def first_look(seeds, rate=0.2):
    """Which networks of notebook 0 learn."""
    return solved(mlp.XOR, seeds, sizes=(2, 4, 1), learning_rate=rate)


FIRST_LOOK = [
    Claim(
        QUESTIONS.format("first_look"),
        "it counts as right if it is off by 10 at most",
        0.75,  # the answer is 85
        0.95,
        first_look,
    ),
    Claim(
        QUESTIONS.format("first_look"),
        "most of them learn",
        0.5,
        1,
        first_look,
    ),
    Claim(
        QUESTIONS.format("first_look"),
        "Larger is not always worse",
        0,
        1,
        lambda seeds: (first_look(seeds, 0.5), first_look(seeds, 0.2)),
    ),
    Claim(
        QUESTIONS.format("first_look"),
        "nor is smaller always better",
        0,
        1,
        lambda seeds: (first_look(seeds, 0.2), first_look(seeds, 0.001)),
    ),
    Claim(
        QUESTIONS.format("first_look"),
        "It breaks down",
        0.99,  # all of them
        1,
        lambda seeds: ended(
            "diverged", mlp.XOR, seeds, sizes=(2, 4, 1), learning_rate=5
        ),
    ),
    Claim(
        CHAPTER.format("first_look"),
        "0.5 does better than 0.2",
        0,
        1,
        lambda seeds: (first_look(seeds, 0.5), first_look(seeds, 0.2)),
    ),
]

# Notebook 1


def relu_dies(seeds):
    """Which ReLU networks end with a dead layer, solved or not."""
    params = run(mlp.XOR, seeds, activation=mlp.relu).params
    dead = mlp.dead_units(params, mlp.XOR.X, mlp.relu)
    return np.any([units.all(axis=-1) for units in dead], axis=0)


def with_slope_at_0(activation, slope_at_0, seeds):
    """Which networks solve XOR, if the slope at exactly 0 is this one."""

    def slope(z):
        return np.where(z == 0, slope_at_0, activation.slope(z))

    other = activation._replace(slope=slope)
    return sweep(mlp.XOR.X, mlp.XOR.Y, seeds, activation=other).success


ACTIVATIONS = [
    Claim(QUESTIONS.format("activations"), "About half", 0.45, 0.55, relu_dies),
    Claim(
        QUESTIONS.format("activations"),
        "None of those networks solved the task, and none could",
        0,
        0.01,
        lambda seeds: relu_dies(seeds) & solved(mlp.XOR, seeds, activation=mlp.relu),
    ),
    Claim(
        "notebooks/01_activations.ipynb",
        "7 or 8 % of ReLU networks solve XOR with the slope 1 at 0",
        0.065,
        0.085,
        lambda seeds: solved(mlp.XOR, seeds, activation=mlp.relu),
    ),
    Claim(
        "notebooks/01_activations.ipynb",
        "4 or 5 % with 0",
        0.035,
        0.055,
        lambda seeds: with_slope_at_0(mlp.relu, 0.0, seeds),
    ),
    Claim(
        "notebooks/01_activations.ipynb",
        "With alpha = -0.2 it makes no difference",
        0.99,  # each network ends as it would
        1,
        lambda seeds: (
            with_slope_at_0(mlp.ORIGINAL, -0.2, seeds) == solved(mlp.XOR, seeds)
        ),
    ),
]

# Notebook 2


def wide_signal(seeds, scheme, activation=mlp.ORIGINAL):
    """The weighted sums of ten layers of 100 units, as notebook 2 makes them."""
    for seed in seeds[:300]:
        rng = np.random.default_rng(seed)
        X = rng.standard_normal((200, 100))
        params = mlp.initialize([100] * 11, rng, scheme)
        yield mlp.forward(params, X, activation)[1].Z


@cache
def last_spread(seeds, scheme):
    return np.array([Z[9].std() for Z in wide_signal(seeds, scheme)])


@cache
def tanh_slope(seeds, scheme):
    """The mean slope of each layer (S, 10), with tanh."""
    return np.array(
        [
            [mlp.tanh.slope(z).mean() for z in Z]
            for Z in wide_signal(seeds, scheme, mlp.tanh)
        ]
    )


def jump(seeds, width):
    """By which factor eight seeds move the last spread of the panel: (groups,)."""
    settings = "he", width, 10
    spread = [
        list(signal(*settings, seed, "leaky_relu", -0.2))[-1].spread[-1]
        for seed in seeds[:800]
    ]
    groups = np.array_split(spread, len(spread) // 8)
    return np.array([max(group) / min(group) for group in groups])


@cache
def narrow_spread(seeds):
    return np.array(
        [
            list(signal("he", 3, 10, seed, "leaky_relu", -0.2))[-1].spread[-1]
            for seed in seeds[:2000]
        ]
    )


def small(seeds, scheme):
    return solved(mlp.XOR, seeds, scheme=scheme)


DEEP = {"sizes": (2, 8, 8, 8, 8, 8, 8, 1), "learning_rate": 0.02}


def deep(seeds, scheme):
    return solved(mlp.XOR, seeds[:2000], scheme=scheme, **DEEP)


def deep_diverges(seeds, scheme):
    return ended("diverged", mlp.XOR, seeds[:2000], scheme=scheme, **DEEP)


SCHEMES = ("normal", "uniform", "he", "glorot")

INITIALIZATION = [
    Claim(
        QUESTIONS.format("initialization"),
        "hundreds of millions",
        0.95,  # nearly all networks
        1,
        lambda seeds: abs(np.log10(last_spread(seeds, "normal")) - 8.5) < 0.5,
    ),
    Claim(
        QUESTIONS.format("initialization"),
        "`uniform` grows faster still",
        0.95,
        1,
        lambda seeds: last_spread(seeds, "uniform") > last_spread(seeds, "normal"),
    ),
    Claim(
        QUESTIONS.format("initialization"),
        "`glorot` fades",
        0.95,
        1,
        lambda seeds: last_spread(seeds, "glorot") < 0.2,  # from 1
    ),
    Claim(
        QUESTIONS.format("initialization"),
        "`he` holds",
        0.95,
        1,
        lambda seeds: abs(np.log2(last_spread(seeds, "he"))) < 1.5,
    ),
    Claim(
        QUESTIONS.format("initialization"),
        "the mean slope is below 0.1 in one layer",
        0.95,
        1,
        lambda seeds: np.all(
            [tanh_slope(seeds, scheme) < 0.1 for scheme in ("normal", "uniform")],
            axis=(0, 2),
        ),
    ),
    Claim(
        QUESTIONS.format("initialization"),
        "With `glorot` the slopes come near 1",
        0.95,
        1,
        lambda seeds: tanh_slope(seeds, "glorot")[:, 9] > 0.9,
    ),
    Claim(
        "notebooks/02_initialization.ipynb",
        "With 100 units it changes by less than a power of ten",
        0.95,
        1,
        lambda seeds: jump(seeds, 100) < 10,
    ),
    Claim(
        "notebooks/02_initialization.ipynb",
        "With 3 units it mostly jumps by several",
        0.5,
        1,
        lambda seeds: jump(seeds, 3) > 100,
    ),
    Claim(
        "notebooks/02_initialization.ipynb",
        "and the signal fades",
        0.5,
        1,
        lambda seeds: narrow_spread(seeds) < 0.2,
    ),
    *(
        Claim(
            "notebooks/02_initialization.ipynb",
            "With each of the four schemes, 85 to 90 % of networks 2-3-3-2-1 solve XOR",
            0.845,
            0.905,
            partial(small, scheme=scheme),
        )
        for scheme in SCHEMES
    ),
    Claim(
        "notebooks/02_initialization.ipynb",
        "In a small one it hardly matters",
        -0.05,  # the best scheme beside the worst
        0.05,
        lambda seeds: (small(seeds, "he"), small(seeds, "uniform")),
    ),
    Claim(
        QUESTIONS.format("initialization"),
        "`glorot` comes second",
        0,
        1,
        lambda seeds: (deep(seeds, "he"), deep(seeds, "glorot")),
    ),
    Claim(
        "notebooks/02_initialization.ipynb",
        "In a deep network the scheme decides",
        0.5,  # glorot beside normal
        1,
        lambda seeds: (deep(seeds, "glorot"), deep(seeds, "normal")),
    ),
    Claim(
        QUESTIONS.format("initialization"),
        "most that start from `normal` weights diverge",
        0.5,
        1,
        lambda seeds: deep_diverges(seeds, "normal"),
    ),
    Claim(
        QUESTIONS.format("initialization"),
        "With `uniform` weights nearly all diverge",
        0.95,
        1,
        lambda seeds: deep_diverges(seeds, "uniform"),
    ),
]

# Notebook 4


def checked(seeds):
    """The largest error that a check of right gradients finds, for each network."""
    errors = []
    for seed in seeds[:300]:
        rng = np.random.default_rng(seed)
        params = [
            mlp.Layer(W, 0.3 * rng.standard_normal(b.shape))
            for W, b in mlp.initialize(mlp.ORIGINAL_SIZES, rng)
        ]
        arrays = mlp.gradient_check(params, mlp.SUM.X, mlp.SUM.Y)
        errors.append(max(array.error.max() for array in arrays))
    return np.array(errors)


def best_rate(seeds):
    """The learning rate with the lowest loss after one step, for each network."""
    slices = [loss_slice(mlp.SUM, seed, "leaky_relu", -0.2) for seed in seeds[:300]]
    return np.array([line.t[line.loss.argmin()] for line in slices])


BACKPROP = [
    Claim(
        "notebooks/04_backprop.ipynb",
        "Our limit of $10^{-5}$ stands in the wide gap between",
        0.95,
        1,
        lambda seeds: checked(seeds) < 1e-6,
    ),
    Claim(
        QUESTIONS.format("backprop"),
        "the best rate differs from network to network",
        0.2,  # so many lie outside of 0.2 to 5
        1,
        lambda seeds: abs(np.log10(best_rate(seeds))) > np.log10(5),
    ),
    Claim(
        QUESTIONS.format("backprop"),
        "many networks learned the sum all the same",
        0.5,
        1,
        lambda seeds: solved(mlp.SUM, seeds, **BUG),
    ),
]

# Notebook 5

SUM_TEXT, SUM_REPLY = "notebooks/05_sum_task.ipynb", QUESTIONS.format("sum_task")
CORNER = np.array([[2.0, 2.0]])
SQUARE = np.array([[i / 10, j / 10] for i in range(11) for j in range(11)])


def leaky(alpha, rate=0.2):
    return {"activation": mlp.leaky_relu(alpha), "learning_rate": rate}


TANH = {"activation": [mlp.tanh, mlp.tanh, mlp.tanh, mlp.identity]}


def learned(task, seeds):
    """The networks that learned the task, as a stack."""
    trained = run(task, seeds)
    return [
        mlp.Layer(W[trained.success], b[trained.success]) for W, b in trained.params
    ]


def right_at(points, seeds):
    """Which of the networks that learned the sum are right at these points, too."""
    Y_hat, _ = mlp.forward(learned(mlp.SUM, seeds), points)
    return mlp.solved(Y_hat, points.sum(axis=1, keepdims=True))


def diverged_early(rate, seeds):
    steps = run(mlp.SUM, seeds, learning_rate=rate).diverged_at
    return steps[steps > 0] <= 10


def solved_later(task, seeds, settings):
    """Which of these seeds are solved after 7,000 steps."""
    if not len(seeds):
        return np.zeros(0, bool)
    return solved(task, seeds.tolist(), epochs=70, **settings)


def come_free(task, seeds, alpha):
    """Which of the networks that fail without exploding are solved later."""
    trained = run(task, seeds, **leaky(alpha))
    failed = trained.seeds[~trained.success & (trained.diverged_at == 0)]
    return solved_later(task, failed, leaky(alpha))


def dead_come_free(seeds):
    dead = np.array(seeds)[ended("dead layer", mlp.SUM, seeds, **leaky(0))]
    return solved_later(mlp.SUM, dead[:1000], leaky(0))


def below_the_mean(seeds):
    trained = run(mlp.SUM, seeds)
    losses = trained.epoch_loss[9, trained.diverged_at == 0]
    return losses < losses.mean()


def at_rate(rate, alpha, seeds):
    return solved(mlp.SUM, seeds[:2000], **leaky(alpha, rate))


SUM_TASK = [
    Claim(SUM_REPLY, "50 to 60 %", 0.5, 0.6, partial(right_at, CORNER)),
    Claim(SUM_REPLY, "60 to 70 %", 0.6, 0.7, partial(right_at, SQUARE)),
    *(
        Claim(SUM_REPLY, words, 1 / 3, 0.4, lambda seeds: ~right_at(SQUARE, seeds))
        for words in (
            "more than a third are wrong somewhere",
            "more than a third of the networks that were right at the corners",
        )
    ),
    Claim(
        SUM_REPLY,
        "A method solves 60 % of all seeds",  # the next cell has one
        0.55,
        0.65,
        lambda seeds: solved(mlp.SUM, seeds, learning_rate=1),
    ),
    *(
        Claim(
            SUM_TEXT,
            "It mostly comes within the first ten steps",
            0.5,
            1,
            partial(diverged_early, rate),
        )
        for rate in (0.2, 1, 2)
    ),
    Claim(
        SUM_TEXT,
        "nearly all networks that failed without exploding were only slow",
        0.9,
        1,
        lambda seeds: come_free(mlp.SUM, seeds, -0.2),
    ),
    Claim(
        SUM_REPLY,
        "about a quarter of those that fail are still not solved after 7,000 steps",
        0.2,
        0.3,
        lambda seeds: ~come_free(mlp.XOR, seeds, -0.2),
    ),
    Claim(
        SUM_TEXT,
        "with 7,000 steps about three in ten of those that failed are solved",
        0.25,
        0.35,
        lambda seeds: come_free(mlp.SUM, seeds, 0.01),
    ),
    Claim(
        SUM_TEXT,
        "more than four in ten networks sit on a plateau",
        0.4,
        0.5,
        lambda seeds: ended("flat", mlp.SUM, seeds, **leaky(0.01)),
    ),
    Claim(SUM_TEXT, "no longer training wakes them", 0, 0.01, dead_come_free),
    Claim(
        SUM_TEXT,
        "With ReLU whole layers die",
        0.5,  # most of the networks
        1,
        lambda seeds: ended("dead layer", mlp.SUM, seeds, **leaky(0)),
    ),
    Claim(
        SUM_TEXT,
        "The leak of 0.01 keeps them alive",
        0,
        0.01,
        lambda seeds: ended("dead layer", mlp.SUM, seeds, **leaky(0.01)),
    ),
    Claim(
        SUM_TEXT,
        "The identity diverges",
        0.8,
        1,
        lambda seeds: ended("diverged", mlp.SUM, seeds, activation=mlp.identity),
    ),
    Claim(SUM_TEXT, "the few largest losses rule it", 0.9, 1, below_the_mean),
    *(
        Claim(
            SUM_REPLY,
            "These four stand in the order",
            0,
            1,
            lambda seeds, more=more, less=less: (
                solved(mlp.SUM, seeds, **more),
                solved(mlp.SUM, seeds, **less),
            ),
        )
        for more, less in (
            (TANH, leaky(-0.2)),
            (leaky(-0.2), leaky(0.01)),
            (leaky(0.01), leaky(0)),
        )
    ),
    *(
        Claim(
            SUM_REPLY,
            "With alpha = -0.2, learning rates from about 0.05 to 0.5 serve well",
            0.8,
            1,
            partial(at_rate, rate, -0.2),
        )
        for rate in (0.05, 0.5)
    ),
    Claim(
        SUM_REPLY,
        "At 0.2 nine in ten of these networks diverge",
        0.85,
        0.95,
        lambda seeds: ended("diverged", mlp.SUM, seeds, **leaky(-1)),
    ),
    *(
        Claim(
            SUM_REPLY,
            "The farther alpha is from 0, with either sign, the lower the good",
            0,
            1,
            lambda seeds, rate=rate, more=more, less=less: (
                at_rate(rate, more, seeds),
                at_rate(rate, less, seeds),
            ),
        )
        for near, far in ((-0.2, -0.5), (-0.5, -1), (0.2, 0.5), (0.5, 1))
        for rate, more, less in ((0.5, near, far), (0.01, far, near))
    ),
    *(
        Claim(
            SUM_REPLY,
            "Only alpha 0, real ReLU, is poor everywhere",
            0,
            0.4,
            partial(at_rate, rate, 0),
        )
        for rate in (0.01, 0.02, 0.05, 0.1)
    ),
    Claim(
        SUM_REPLY,
        "of 1,000 seeds all are solved",
        0.999,
        1,
        lambda seeds: solved(mlp.SUM, seeds, sizes=(2, 1), activation=mlp.identity),
    ),
]

# Notebook 6

XOR_TEXT, XOR_REPLY = "notebooks/06_xor_task.ipynb", QUESTIONS.format("xor_task")


def equal_are_near(seeds):
    """Of which learned networks equal targets lie nearer than any different ones."""
    A = mlp.forward(learned(mlp.XOR, seeds), mlp.XOR.X)[1].A[3]
    apart = np.linalg.norm(A[:, :, None] - A[:, None], axis=-1)  # (S, 4, 4)
    equal = np.maximum(apart[:, 0, 3], apart[:, 1, 2])
    return equal < apart[:, [0, 0, 3, 3], [1, 2, 1, 2]].min(axis=1)


def much_the_same(seeds):
    """Of the networks with a loss of about 0.12, which have outputs within 0.2."""
    Y_hat = run(mlp.XOR, seeds).Y_hat
    spread = np.ptp(Y_hat, axis=(1, 2))
    return spread[abs(mlp.loss(Y_hat, mlp.XOR.Y) - 0.12) < 0.005] < 0.2


def outputs_after(params, batches):
    """Train a stack of networks on XOR, and return its outputs."""
    with np.errstate(all="ignore"):  # some diverge
        for X, Y in batches:
            _, grads = mlp.loss_and_grads(params, X, Y)
            params = mlp.sgd_step(params, grads, 0.2)
        return mlp.forward(params, mlp.XOR.X)[0]


def train_on(seeds):
    """Which orders of the samples lead from the original weights to a solution."""
    seeds = seeds[:1000]
    samples = [mlp.draw_samples(np.random.default_rng(s), 4, 2000) for s in seeds]
    original, _ = load(FOLDER / "xor_task" / "original_xor.npz")
    params = [
        mlp.Layer(*(np.stack([p] * len(seeds)) for p in (W, b[None])))
        for W, b in original
    ]
    batches = ((mlp.XOR.X[i], mlp.XOR.Y[i]) for i in np.stack(samples, axis=1))
    return mlp.solved(outputs_after(params, batches), mlp.XOR.Y)


def end_near_half(seeds):
    """Which networks end near 0.5 if inputs and targets come in orders of their own."""
    starts, orders = [], []
    for seed in seeds[:1000]:
        rng = np.random.default_rng(seed)
        starts.append(mlp.initialize(mlp.ORIGINAL_SIZES, rng))
        orders.append(rng.permuted(np.tile(np.arange(4), (2000, 2, 1)), axis=-1))
    params = [
        mlp.Layer(
            np.stack([W for W, _ in layers]), np.stack([b[None] for _, b in layers])
        )
        for layers in zip(*starts)
    ]
    batches = (
        (mlp.XOR.X[order[:, 0]], mlp.XOR.Y[order[:, 1]])
        for order in np.stack(orders, axis=1)
    )
    return np.all(abs(outputs_after(params, batches) - 0.5) < 0.1, axis=(1, 2))


def with_bug(task, seeds):
    return solved(task, seeds, **BUG)


def cost(task, seeds):
    return solved(task, seeds), with_bug(task, seeds)


XOR_TASK = [
    Claim(XOR_REPLY, "In most networks that learn XOR", 0.8, 0.95, equal_are_near),
    Claim(XOR_REPLY, "all, or nearly all", 0.95, 1, train_on),
    *(
        Claim(place, words, 0.85, 0.9, partial(solved, mlp.XOR))
        for place, words in (
            ("README.md", "nearly 90 % of all seeds do"),
            (XOR_REPLY, "nearly 90 % of the networks learn XOR"),
            (XOR_TEXT, "took XOR from nearly 90 %"),
        )
    ),
    Claim(XOR_REPLY, "20 to 25 %", 0.2, 0.25, partial(with_bug, mlp.XOR)),
    Claim(XOR_TEXT, "to less than 25 %", 0, 0.25, partial(with_bug, mlp.XOR)),
    Claim(XOR_REPLY, "XOR loses about 65 points", 0.62, 0.68, partial(cost, mlp.XOR)),
    Claim(XOR_REPLY, "the sum only about 11", 0.1, 0.13, partial(cost, mlp.SUM)),
    Claim(
        XOR_TEXT,
        "About half of the ReLU networks end with a whole layer dead",
        0.45,
        0.55,
        relu_dies,
    ),
    *(
        Claim(
            XOR_TEXT,
            "Leaky ReLU loses most against the sum",
            low,
            high,
            lambda seeds, settings=settings: (
                solved(mlp.SUM, seeds, **settings),
                solved(mlp.XOR, seeds, **settings),
            ),
        )
        for settings, low, high in (
            (leaky(0.01), 0.2, 1),
            (leaky(-0.2), -0.1, 0.1),
            (TANH, -0.1, 0.1),
            (leaky(0), -0.1, 0.1),
        )
    ),
    *(
        Claim(
            XOR_REPLY,
            words,
            low,
            high,
            lambda seeds, task=task, rate=rate: (
                solved(task, seeds, **leaky(-0.5, rate)),
                solved(task, seeds, **leaky(0.5, rate)),
            ),
        )
        for task, words, rate, low, high in (
            (mlp.SUM, "solved about equally many", 0.02, -0.03, 0.03),
            (mlp.SUM, "solved about equally many", 0.05, -0.03, 0.03),
            (mlp.SUM, "solved about equally many", 0.1, -0.03, 0.03),
            (mlp.XOR, "most at the smallest", 0.02, 0.2, 1),
            (mlp.XOR, "at each of the three learning rates", 0.05, 0.05, 0.2),
            (mlp.XOR, "at each of the three learning rates", 0.1, 0.05, 0.2),
        )
    ),
    Claim(XOR_TEXT, "nearly every seed ends near the same", 0.9, 1, end_near_half),
    Claim(XOR_REPLY, "They will probably be much the same", 0.8, 1, much_the_same),
]

# Notebook 7

LAB_TEXT, LAB_REPLY = "notebooks/07_bug_lab.ipynb", QUESTIONS.format("bug_lab")


@cache
def with_planted(bug, seeds):
    return bugs.success(bug, mlp.XOR, seeds[:2000])


@cache
def all_white(seeds):
    """Which first maps of the lab at level 2 show no error."""
    drawn = [puzzle(seed, 2, 0) for seed in seeds[:500]]
    return np.array([not patterns(p.draw, p.settings)[p.bug].wrong for p in drawn])


BUG_LAB = [
    *(
        Claim(LAB_TEXT, words, low, high, partial(with_planted, bug))
        for words, low, high, names in (
            (
                "hardly a network learns XOR",
                0,
                0.01,
                ("stale cache", "slope from output"),
            ),
            (
                "leave some successes",
                0.05,
                0.7,
                ("target for input", "last slope missing", "update on the way"),
            ),
            (
                "8 of 10 networks solve XOR",
                0.75,
                0.85,
                ("no transpose", "wrong axis"),
            ),
            ("without a bug 9 of 10", 0.85, 0.95, (None,)),
        )
        for bug in names
    ),
    *(
        Claim(
            LAB_REPLY,
            words,
            low,
            high,
            lambda seeds, bug=bug: (
                with_planted(None, seeds),
                with_planted(bug, seeds),
            ),
        )
        for words, bug, low, high in (
            ("that costs most of the success", "target for input", 0.45, 1),
            ("nothing is wrong", "no 1/n", -0.03, 0.03),
            ("That costs something", "wrong axis", 0, 1),
        )
    ),
    *(
        Claim(place, words, 1 / 3, 0.45, all_white)
        for place, words in (
            (LAB_TEXT, "More than one first map in three is all white"),
            (CHAPTER.format("bug_lab"), "more than one in three is white"),
        )
    ),
]

CLAIMS = [
    *FIRST_LOOK,
    *ACTIVATIONS,
    *INITIALIZATION,
    *BACKPROP,
    *SUM_TASK,
    *XOR_TASK,
    *BUG_LAB,
]

# 4. The command ----------------------------------------------------------------------


def line(claim, found) -> str:
    """What was measured, and whether the words hold."""
    rate, low, high = (f"{100 * value:.1f}" for value in (found.rate, *found.interval))
    bounds = f"{100 * claim.low:g} to {100 * claim.high:g}"
    return (
        f"{'holds' if found.holds else 'DOES NOT HOLD'}: {rate} {found.unit} "
        f"({low} to {high}); the words say {bounds}"
    )


def main(arguments=None, claims=CLAIMS) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("word", nargs="*", help="measure the claims with such a word")
    parser.add_argument(
        "--seeds",
        nargs=2,
        type=int,
        default=(10_000, 19_999),
        metavar=("FIRST", "LAST"),
    )
    chosen = parser.parse_args(arguments)
    seeds = range(chosen.seeds[0], chosen.seeds[1] + 1)
    claims = [
        claim
        for claim in claims
        if not chosen.word
        or any(word in f"{claim.place} {claim.words}" for word in chosen.word)
    ]
    false, start = 0, time.perf_counter()
    for number, claim in enumerate(claims, 1):
        print(f"{number}/{len(claims)} {claim.place}: '{claim.words}'", flush=True)
        found = result(claim, seeds)
        false += not found.holds
        print(f"    {line(claim, found)}", flush=True)
    seconds = time.perf_counter() - start
    print(f"{len(claims)} claims, {false} don't hold, {seconds:.0f} s")
    return 1 if false or not claims else 0


if __name__ == "__main__":
    sys.exit(main())
