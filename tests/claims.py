"""Every claim of the course about seeds in general, measured on seeds nobody looked at.

    .venv/bin/python tests/claims.py                    all, on the seeds 10,000 to 19,999
    .venv/bin/python tests/claims.py dead 02_init       those with such a word
    .venv/bin/python tests/claims.py --seeds 20000 29999

They stand in claims.toml. A claim is a rate, or the difference of two. It holds if the
95 % interval of that lies within the bounds that its words allow; with fewer seeds the
interval is wider. A text that says 'of these 1,000' claims nothing of others: nbval and the
tests of its lesson hold it to its numbers. The command ends with 1 if a claim does not hold.
`test_claims.py` finds the words of each in its place, and measures what is said of named
seeds: see named_seeds.toml.
"""

import argparse
import functools
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import mlp_core as mlp
from course import fast
from course.experiments import difference_interval, fates, wilson_interval
from course.files import load
from course.lessons import FOLDER
from course.lessons.bug_lab import bugs
from course.lessons.bug_lab.puzzles import patterns, puzzle
from course.lessons.your_network import digits
from course.original import original_loss_and_grads
from course.panels.initialization import signal
from course.panels.slice import loss_slice
from course.playground import small, trained
from mlp_core import SUM, XOR, identity, relu, tanh
from tests import bar, reader, toy
from tests.reference import stack
from tests.sweeps import remember

# 1. Claims ---------------------------------------------------------------------------


class Claim(NamedTuple):
    """Words that stand in a file, and the numbers that they stand for."""

    place: str  # a file, from the root of the course
    words: str  # a part of its text
    low: float
    high: float
    # An expression of `seeds` (S,), or of a `few`, where networks take long: True or False
    # for each: (S,). Two of these are a comparison.
    measure: str

    def measured(self, seeds):
        names = vars(mlp) | globals() | {"seeds": seeds, "few": seeds[:2000]}
        try:
            return eval(self.measure, names)
        except Exception as error:
            error.add_note(f"in the measure of {self.words!r}")
            raise


def all_claims() -> list[Claim]:
    text = (ROOT / "tests" / "claims.toml").read_text(encoding="utf-8")
    return [
        Claim(place, words, low, high, measure)
        for place, rows in tomllib.loads(text).items()
        for words, low, high, *measures in rows
        for measure in measures
    ]


def result(claim, seeds) -> tuple[bool, str]:
    """Whether the words hold, and what was measured."""
    measured = claim.measured(seeds)
    if isinstance(measured, tuple):
        pairs = [(int(part.sum()), len(part)) for part in measured]
        rate = measured[0].mean() - measured[1].mean()
        interval, unit = difference_interval(*pairs), "points"
    else:
        rate, interval = measured.mean(), wilson_interval(measured.sum(), len(measured))
        unit = "%"
    holds = claim.low <= interval[0] and interval[1] <= claim.high
    found, low, high = (f"{100 * value:.1f}" for value in (rate, *interval))
    bounds = f"{100 * claim.low:g} to {100 * claim.high:g}"
    verdict = "holds" if holds else "DOES NOT HOLD"
    words = f"{verdict}: {found} {unit} ({low} to {high}); the words say {bounds}"
    return holds, words


# 2. What their measures are made of ----------------------------------------------------

sweep = fast.sweep  # `main` makes it remember, for both processes
BUG = {"gradient": original_loss_and_grads}
TANH = {"activation": [tanh, tanh, tanh, identity]}
DEEP = {"sizes": (2, 8, 8, 8, 8, 8, 8, 1), "learning_rate": 0.02}
WIDE = {"activation": [relu] * 3 + [identity], "scheme": "he", "learning_rate": 0.02}
NARROW = {"sizes": (2, 4, 4, 1), "activation": [relu, relu, identity]}
NARROW |= {"scheme": "he", "learning_rate": 0.05}
CORNER = np.array([[2.0, 2.0]])
FIRST_LOOK = {"activation": [mlp.relu, identity], "scheme": "he", "batch_size": None}
AND = mlp.Task("AND", XOR.X, XOR.X.prod(axis=1, keepdims=True))
SQUARE = np.array([[i / 10, j / 10] for i in range(11) for j in range(11)])


def share_sweeps(folder):
    global sweep
    sweep = remember(fast.sweep, Path(folder))


def run(task, seeds, **settings):
    settings = {"activation": mlp.ORIGINAL, "learning_rate": 0.2, **settings}
    return sweep(task.X, task.Y, seeds, **settings)


def solved(task, seeds, **settings):
    return run(task, seeds, **settings).success


def leaky(alpha, rate=0.2):
    return {"activation": mlp.leaky_relu(alpha), "learning_rate": rate}


def leaky_back(alpha, back):
    slope = mlp.leaky_relu(back).slope  # in a function of its own: see sweeps.py
    return {"activation": mlp.leaky_relu(alpha)._replace(slope=lambda z: slope(z))}


def two(task, seeds, rate, *alphas):
    return tuple(solved(task, seeds, **leaky(alpha, rate)) for alpha in alphas)


def both_tasks(seeds, **settings):
    return tuple(solved(task, seeds, **settings) for task in (SUM, XOR))


def ended(fate, task, seeds, activation=mlp.ORIGINAL, **settings):
    """Which networks ended with this fate: see `fates`."""
    trained = run(task, seeds, activation=activation, **settings)
    return fates(trained, task.X, task.Y, activation) == fate


def learned(task, seeds):
    """The networks that learned the task, as a stack."""
    trained = run(task, seeds)
    return [
        mlp.Layer(W[trained.success], b[trained.success]) for W, b in trained.params
    ]


def first_look(seeds, rate=0.2, units=4, **more):
    more |= {"sizes": (2, units, 1), "learning_rate": rate}
    return solved(XOR, seeds, **FIRST_LOOK, **more)


def by_own_forward(seeds):
    """Which learn in the playground of notebook 3, where a step uses all four samples."""
    return trained(0, **small("xor", batch=0).settings).sweep(seeds).success


# Notebook 1


def dead_relus(seeds, **settings):
    """The dead units of ReLU networks, for each layer (S, units)."""
    settings = {"activation": relu, **settings}
    params = run(XOR, seeds, **settings).params
    return mlp.dead_units(params, XOR.X, settings["activation"])


def relu_dies(seeds, layers=4, **settings):
    """Which ReLU networks end with a dead layer among the first, solved or not."""
    dead = dead_relus(seeds, **settings)[:layers]
    return np.any([units.all(axis=-1) for units in dead], axis=0)


def come_back(seeds, layer):
    """Which have a unit in this layer that is dead at step 20, and isn't at the end."""
    early = dead_relus(seeds, epochs=1, steps_per_epoch=20)[layer]
    return np.any(early & ~dead_relus(seeds)[layer], axis=-1)


def all_zero(seeds):
    """Where ReLU networks fail without a dead layer, for which samples a layer passes on
    zeros alone: (layers, S, 4)."""
    trained = run(XOR, seeds, activation=relu)
    _, cache = mlp.forward(trained.params, XOR.X, relu)
    failed = ~relu_dies(seeds) & ~trained.success
    return np.array([(A == 0).all(axis=-1)[failed] for A in cache.A[1:]])


def with_slope_at_0(activation, slope_at_0, seeds):
    """Which networks solve XOR, if the slope at exactly 0 is this one."""
    slope = lambda z: np.where(z == 0, slope_at_0, activation.slope(z))
    return solved(XOR, seeds, activation=activation._replace(slope=slope))


# Notebook 2


def wide_signal(seeds, scheme, activation=mlp.ORIGINAL):
    """Ten layers of 100 units, as notebook 2 makes them, and their forward pass."""
    for seed in seeds[:300]:
        rng = np.random.default_rng(seed)
        X = rng.standard_normal((200, 100))
        params = mlp.initialize([100] * 11, rng, scheme)
        yield params, mlp.forward(params, X, activation)[1]


@functools.cache
def last_spread(seeds, scheme):
    return np.array([cache.Z[9].std() for _, cache in wide_signal(seeds, scheme)])


@functools.cache
def tanh_slope(seeds, scheme):
    """The mean slope of each layer (S, 10), with tanh."""
    signals = wide_signal(seeds, scheme, tanh)
    return np.array([[tanh.slope(z).mean() for z in cache.Z] for _, cache in signals])


@functools.cache
def slopes_grow(seeds, scheme):
    """How many times as large they are in layer 0 as in layer 9, with tanh."""
    errors, found = np.random.default_rng(0).standard_normal((200, 100)), []
    for params, cache in wide_signal(seeds, scheme, tanh):
        grads = mlp.backprop(params, cache, errors, tanh)
        found.append(grads[0].b.std() / grads[9].b.std())
    return np.array(found)


def some_layer_is_flat(seeds, scheme):
    return np.any(tanh_slope(seeds, scheme) < 0.1, axis=1)


def panel_spread(seeds, width):
    """The last spread of the panel of notebook 2."""
    panels = (signal("he", width, 10, seed, "leaky_relu", -0.2) for seed in seeds)
    return np.array([list(panel)[-1].spread[-1] for panel in panels])


def jump(seeds, width):
    """By which factor eight seeds move it: (groups,)."""
    groups = panel_spread(seeds[:800], width).reshape(-1, 8)
    return groups.max(axis=1) / groups.min(axis=1)


def deep(seeds, scheme, rate=0.02):
    return solved(XOR, seeds, scheme=scheme, **DEEP | {"learning_rate": rate})


# Notebook 3


def without_f(params, X, Y, activation):
    """The gradient, if the forward pass leaves out the activation function."""
    Y_hat, cache = mlp.forward(params, X, identity)
    slopes = mlp.backprop(params, cache, mlp.loss_slope(Y_hat, Y), activation)
    return mlp.loss(Y_hat, Y), slopes


WITHOUT_F = {"gradient": without_f, "batch_size": None}


# Notebook 4


def largest_error(seeds):
    """The largest error that a check of right gradients finds, for each network."""
    errors = []
    for seed in seeds[:300]:
        rng = np.random.default_rng(seed)
        params = [
            mlp.Layer(W, 0.3 * rng.standard_normal(b.shape))
            for W, b in mlp.initialize(mlp.ORIGINAL_SIZES, rng)
        ]
        arrays = mlp.gradient_check(params, SUM.X, SUM.Y)
        errors.append(max(array.error.max() for array in arrays))
    return np.array(errors)


def slices(seeds):
    return [loss_slice(SUM, seed, "leaky_relu", -0.2) for seed in seeds[:300]]


def best_rate(seeds):
    """The learning rate with the lowest loss after one step, for each network."""
    return np.array([line.t[line.loss.argmin()] for line in slices(seeds)])


# Notebook 5


def right_at(points, seeds):
    """Which of the networks that learned the sum are right at these points, too."""
    Y_hat, _ = mlp.forward(learned(SUM, seeds), points)
    return mlp.solved(Y_hat, points.sum(axis=1, keepdims=True))


def diverged_early(rate, seeds):
    steps = run(SUM, seeds, learning_rate=rate).diverged_at
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
    dead = np.array(seeds)[ended("dead layer", SUM, seeds, **leaky(0))]
    return solved_later(SUM, dead[:1000], leaky(0))


def pushes_cancel(seed):
    """Whether those of all samples are a tenth of those of (0, 0) and of (1, 1)."""
    params, rows = run(SUM, [seed]).network(0), ([0], [3], [0, 1, 2, 3])
    grads = (mlp.loss_and_grads(params, SUM.X[i], SUM.Y[i])[1] for i in rows)
    first, last, together = (np.linalg.norm(fast.join(grad)) for grad in grads)
    return np.array([together < first / 10, together < last / 10])


def below_the_mean(seeds):
    trained = run(SUM, seeds)
    losses = trained.epoch_loss[9, trained.diverged_at == 0]
    return losses < losses.mean()


# Notebook 6


def equal_are_near(seeds):
    """Of which learned networks equal targets lie nearer than any different ones."""
    A = mlp.forward(learned(XOR, seeds), XOR.X)[1].A[3]
    apart = np.linalg.norm(A[:, :, None] - A[:, None], axis=-1)  # (S, 4, 4)
    equal = np.maximum(apart[:, 0, 3], apart[:, 1, 2])
    return equal < apart[:, [0, 0, 3, 3], [1, 2, 1, 2]].min(axis=1)


def much_the_same(seeds):
    """Of the networks with a loss of about 0.12, which have outputs within 0.2."""
    Y_hat = run(XOR, seeds).Y_hat
    spread = np.ptp(Y_hat, axis=(1, 2))
    return spread[abs(mlp.loss(Y_hat, XOR.Y) - 0.12) < 0.005] < 0.2


def outputs_after(params, rows, rows_of_Y):
    """Train a stack of networks on these rows of XOR (S, steps, batch): its outputs."""
    with np.errstate(all="ignore"):  # some diverge
        for i, j in zip(*(np.moveaxis(array, 1, 0) for array in (rows, rows_of_Y))):
            _, grads = mlp.loss_and_grads(params, XOR.X[i], XOR.Y[j])
            params = mlp.sgd_step(params, grads, 0.2)
        return mlp.forward(params, XOR.X)[0]


def train_on(seeds):
    """Which orders of the samples lead from the original weights to a solution."""
    original, _ = load(FOLDER / "xor_task" / "original_xor.npz")
    rows = np.array(
        [mlp.draw_samples(np.random.default_rng(seed), 4, 2000) for seed in seeds]
    )
    outputs = outputs_after(stack([original] * len(seeds)), rows, rows)
    return mlp.solved(outputs, XOR.Y)


def with_inputs(task, seeds, inputs):
    """Which learn a task if the gradient of W[0] takes these for its inputs (4, 2)."""

    def gradient(params, X, Y, activation):
        value, grads = mlp.loss_and_grads(params, X, Y, activation)
        X = np.array(inputs)[(X @ [2, 1]).astype(int)]  # the four samples are counted
        return value, [mlp.Layer(X.mT @ grads[0].b, grads[0].b), *grads[1:]]

    return solved(task, seeds, gradient=gradient)


def end_near_half(seeds):
    """Which networks end near 0.5 if inputs and targets come in orders of their own."""
    generators = [np.random.default_rng(seed) for seed in seeds]
    starts = [mlp.initialize(rng=rng) for rng in generators]
    both = np.tile(np.arange(4), (2000, 2, 1))
    orders = np.array([rng.permuted(both, axis=-1) for rng in generators])
    outputs = outputs_after(stack(starts), orders[:, :, 0], orders[:, :, 1])
    return np.all(abs(outputs - 0.5) < 0.1, axis=(1, 2))


# Notebook 7


@functools.cache
def with_bug(bug, seeds):
    return bugs.success(bug, XOR, seeds)


@functools.cache
def all_white(seeds):
    """Which first maps of the lab at level 2 show no error."""
    drawn = [puzzle(seed, 2, 0) for seed in seeds]
    return np.array([not patterns(p)[p.suspect].wrong for p in drawn])


def uphill(seeds, rate):
    """Where the last slope is missing and negative, whether a step raises its loss."""
    bug, rows = bugs.BUGS["last slope missing"].gradient(), np.array(seeds)[:, None] % 4
    params = run(XOR, seeds, gradient=bug, epochs=1, steps_per_epoch=1).params
    before, grads = bug(params, XOR.X[rows], XOR.Y[rows])
    after, _ = bug(mlp.sgd_step(params, grads, rate), XOR.X[rows], XOR.Y[rows])
    is_negative = mlp.forward(params, XOR.X[rows])[1].Z[-1].ravel() < 0
    return (after > before)[is_negative]


# Notebook 8: the data are always those of data seed 1


CLOUDS = {"data": "xor_clouds", "test": 0.5, "hidden": [8, 8]}
CLOUDS |= {"learning_rate": 1}
SPIRALS = {"data": "spirals", "noise": 0, "learning_rate": 2.5, "batch": 0}
SIX_LAYERS = {"data": "circles", "hidden": [4] * 6, "scheme": "he"}


@functools.cache
def clouds(seeds, step, l2, noise=0.4):
    """The two losses of some of these seeds."""
    settings = CLOUDS | {"l2": l2, "noise": noise}
    runs = (trained(step, seed=seed, **settings) for seed in seeds[:150])
    return np.array([[run.loss["training"], run.loss["test"]] for run in runs])


def ends_overfitted(seeds):
    early, late = (clouds(seeds, step, 0) for step in (300, 20_000))
    return (late[:, 0] < early[:, 0] / 3) & (late[:, 1] > 1.2 * early[:, 1])


def penalty_pays(seeds):
    """Which end with a higher training loss and a lower test loss."""
    free, held = (clouds(seeds, 5000, l2) for l2 in (0, 0.001))
    return (held[:, 0] > free[:, 0]) & (held[:, 1] < free[:, 1])


def follows_the_spirals(seeds, **network):
    runs = (trained(1000, seed=seed, **SPIRALS, **network) for seed in seeds[:100])
    return np.array([run.loss["test"] < 0.05 for run in runs])


@functools.cache
def six_layers(seeds, activation):
    """The networks with a dead unit, those with a dead layer, and those that learned."""
    run = trained(0, activation=activation, **SIX_LAYERS)
    swept = run.sweep(seeds)
    dead = mlp.dead_units(swept.params, run.X, run.activations)
    some = np.any([units.any(axis=-1) for units in dead], axis=0)
    whole = np.any([units.all(axis=-1) for units in dead], axis=0)
    return some, whole, mlp.loss(swept.Y_hat, run.Y) < 0.1


def with_dead_units(seeds, count):
    """Which 2-4-4-1 networks with so many dead units solve XOR."""
    dead = sum(units.sum(axis=-1) for units in dead_relus(seeds, **NARROW))
    return solved(XOR, seeds, **NARROW)[dead == count]


def rises_half_the_time(seeds):
    """For which seeds 40 to 60 % of 500 steps of one sample raise the training loss."""
    shares = []
    for seed in seeds[:60]:
        run, losses = trained(1000, batch=1, seed=seed), []
        for _ in range(500):
            run.train(1)
            losses.append(run.loss["training"])
        shares.append(np.mean(np.diff(losses) > 0))
    return abs(np.array(shares) - 0.5) <= 0.1


@functools.cache
def circles_loss(seeds, rate, **more):
    runs = (trained(learning_rate=rate, seed=s, **more) for s in seeds[:100])
    return np.array([run.loss["training"] for run in runs])


def best_is_1(seeds):
    losses = [circles_loss(seeds, rate) for rate in (1, 0.001, 0.01, 0.1, 10)]
    return np.argmin(losses, axis=0) == 0


# Notebook 9: a seed gives a split of the digits and the first weights. `reads` and what
# follows it give the share of images that each network reads right: (S,).


def right_by_1(X):
    return digits.shift(X, right=1)


def share(params, rows, change=np.asarray, X=reader.X):
    """Which share of these rows a network reads right, and how certain it is: (2,)."""
    return np.mean(reader.read(params, change(X[rows]), reader.LABELS[rows]), axis=1)


@functools.cache
def tested(seeds, change):
    """The same of the test images, changed like this: (2, S)."""
    runs = _runs(seeds)
    return np.array([share(params, test, change) for params, test in runs]).T


@functools.cache
def _runs(seeds):
    return [reader.trained(seed) for seed in seeds]


def reads(seeds, change=np.asarray):
    return tested(seeds, change)[0]


def is_certain(seeds, change=np.asarray):
    """Its certainty of what it reads, on the average: (S,)."""
    return tested(seeds, change)[1]


@functools.cache
def reads_other_forms(seeds, classes=range(10)):
    """Those of the last three forms, after training on the first nine."""
    rows = np.flatnonzero(reader.FORM < 9)
    others = (reader.FORM > 10) & np.isin(reader.LABELS, classes)
    networks = (reader.trained(seed, rows=rows)[0] for seed in seeds)
    return np.array([share(params, others)[0] for params in networks])


MISTAKES = {
    "rate of 3": {"learning_rate": 3},
    "sum for mean": {"learning_rate": 0.5 * reader.SETTINGS["batch_size"]},
    "not divided": {"X": reader.PIXELS},
    "not divided, at the start": {"X": reader.PIXELS, "epochs": 0},
    "not divided, 0.05": {"X": reader.PIXELS, "learning_rate": 0.05},
    "tested on training rows": {"rows": np.arange(len(reader.X)), "epochs": 60},
}


def with_mistake(mistake, seeds):
    """The images, and for each seed a network and the rows to test it on."""
    changed = MISTAKES[mistake]
    return changed.get("X", reader.X), (reader.trained(s, **changed) for s in seeds)


@functools.cache
def reads_after(mistake, seeds):
    """Of the test images, where training has a mistake."""
    X, runs = with_mistake(mistake, seeds)
    return np.array([share(params, test, X=X)[0] for params, test in runs])


def at_an_end(mistake, seeds):
    """Which share of the tanh lies near -1 or 1, where training has a mistake."""
    X, runs = with_mistake(mistake, seeds)
    A = (mlp.forward(params, X[test])[1].Z[0] for params, test in runs)
    return np.array([np.mean(abs(tanh.f(z)) > 0.95) for z in A])


@functools.cache
def with_more(seeds, more):
    """After training on shifted copies or on drawings, too, or on neither: test images as
    they are, and shifted, and new drawings as they are, and shifted (4, S)."""
    moves, found = [(0, 0), (0, 1), (0, -1), (1, 0), (-1, 0)], []
    pixels, labels, is_new = digits.drawings()
    D, T = pixels / digits.MOST, np.eye(digits.CLASSES)[labels]
    new = D[is_new], labels[is_new]
    for seed in seeds:
        rng, test, training, params = reader.start(seed)
        X, Y = reader.X[training], reader.Y[training]
        if more == "shifts":
            X = np.concatenate([digits.shift(X, *move) for move in moves])
            Y = np.tile(Y, (len(moves), 1))
        if more == "drawings":
            X, Y = np.concatenate([X, D[~is_new]]), np.concatenate([Y, T[~is_new]])
        settings = {"activation": reader.FUNCTIONS, **reader.SETTINGS, "epochs": 100}
        params, _ = mlp.train(params, X, Y, rng, **settings)
        is_right = [
            reader.read(params, do(images), is_)[0]
            for images, is_ in [(reader.X[test], reader.LABELS[test]), new]
            for do in (np.asarray, right_by_1)
        ]
        found.append([*map(np.mean, is_right)])
    return np.array(found).T


def learns_by_overwriting(seeds):
    """Of networks with a matrix in two layers, trained by half of its slope."""
    rule = toy.names().overwrite
    return np.array([toy.loss_after(seed, rule, 2000) < 0.02 for seed in seeds])


# 3. The command ----------------------------------------------------------------------


def main(arguments=None, claims=None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("word", nargs="*", help="measure the claims with such a word")
    parser.add_argument("--seeds", nargs=2, type=int, default=(10_000, 19_999))
    chosen = parser.parse_args(arguments)
    first, last = chosen.seeds
    measure = functools.partial(result, seeds=range(first, last + 1))
    claims = [
        claim
        for claim in claims or all_claims()
        if not chosen.word
        or any(word in f"{claim.place} {claim.words}" for word in chosen.word)
    ]
    false = 0
    with tempfile.TemporaryDirectory() as folder:
        pool = {"initializer": share_sweeps, "initargs": [folder]}
        for claim, (holds, words) in bar.results(measure, claims, **pool):
            false += not holds
            print(f"{claim.place}: '{claim.words}'\n    {words}", flush=True)
    print(f"{len(claims)} claims, {false} don't hold")
    return 1 if false or not claims else 0


if __name__ == "__main__":
    sys.exit(main())
