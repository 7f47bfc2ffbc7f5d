"""The exercises of notebook 2, initialization.

Stop reading here if you want to solve them yourself.
"""

import itertools

import numpy as np

from course.checking import Exercise, FormError, Mistake, describe_shape, precise
from course.lessons.cases import layers_form

# Random numbers can't be compared one by one: another right way to draw gives others.
# So the measures of large layers are compared, with bounds so wide that a right answer
# stays within. The smallest layer has k = 60 * 60 numbers. For normal numbers the
# standard deviation is off by 1 / sqrt(2 k) = 1.2 %, the mean by 1 / sqrt(k) = 1.7 % of
# the spread, the share within one spread by sqrt(0.22 / k) = 0.8 %. The bounds are
# about seven times as wide: a right answer fails once in 10^11 draws. A uniform draw of
# k numbers leaves the outer 1 % at one end empty once in 10^15 draws.
_WIDE = 120, 60, 60, 60
_TOLERANCES = {
    "the standard deviation": (0.08, 0.0),
    "the mean / spread": (0.0, 0.12),
    "the share": (0.0, 0.055),
    "the smallest": (0.02, 0.0),
    "the largest": (0.02, 0.0),
}


_BIASES = "the biases are not 0: only the weights are random, each b is np.zeros(n_out)"


def _start_tolerance(name):
    for beginning, tolerance in _TOLERANCES.items():
        if name.startswith(beginning):
            return tolerance
    return precise(name)


def _start_measure(uniform):
    """Measure a function that draws first weights; ``uniform``: its range, too."""

    def measure(call, args):
        sizes, _, *rest = args
        first, again, different = (
            _layers_of(sizes, call(sizes, np.random.default_rng(seed), *rest))
            for seed in (5, 5, 6)
        )
        parts = {}
        for name, array in first.items():
            if name.startswith("W"):
                parts[f"the shape of {name}"] = np.array(array.shape)
            else:
                parts[name] = array
        parts["equal draws from equal seeds"] = _equal_weights(first, again)
        parts["equal draws from other seeds"] = _equal_weights(first, different)
        if sizes == _WIDE:
            parts.update(_statistics(first, uniform))
        return parts

    return measure


def _layers_of(sizes, result):
    """The layers by name; `FormError` if their number, axes or biases are wrong."""
    parts = layers_form()(result)
    count, right = len(parts) // 2, len(sizes) - 1
    if count != right:
        gap = abs(count - right)
        shapes = ", ".join(str(parts[f"W[{i}]"].shape) for i in range(count))
        raise FormError(
            f"{'one layer' if gap == 1 else f'{gap} layers'} too "
            f"{'many' if count > right else 'few'}: {len(sizes)} sizes are {right} "
            f"layer{'s' if right > 1 else ''}, one between each two neighbours; it "
            f"returns {f'W of the shape {shapes}' if count else 'none'}"
        )
    for i, shape in zip(range(count), itertools.pairwise(sizes)):
        W, b = parts[f"W[{i}]"], parts[f"b[{i}]"]
        if W.ndim != 2:
            raise FormError(
                f"W[{i}] has {describe_shape(W)}, it should have the shape (n_in, n_out), "
                f"here {shape}: hand this shape to the method of rng"
            )
        if not b.ndim:
            raise FormError(
                f"b[{i}] is one number; it should hold one for each unit, "
                "np.zeros(n_out)"
            )
        if b.any():
            raise FormError(_BIASES)
    return parts


def _weights(parts):
    return {name: array for name, array in parts.items() if name.startswith("W")}


def _equal_weights(first, second):
    pairs = zip(_weights(first).values(), _weights(second).values())
    return np.array(all(np.array_equal(a, b) for a, b in pairs))


def _statistics(parts, uniform):
    """What describes the distribution of the weights, layer by layer."""
    measures = {}
    for name, W in _weights(parts).items():
        spread = W.std()
        measures[f"the standard deviation of {name}"] = spread
        measures[f"the mean / spread of {name}"] = W.mean() / spread
        within = np.mean(abs(W - W.mean()) < spread)  # normal 0.68, uniform 0.58
        measures[f"the share of {name} within one standard deviation"] = within
        if uniform:
            measures[f"the smallest number of {name}"] = W.min()
            measures[f"the largest number of {name}"] = W.max()
    numbers = np.concatenate([W.ravel() for W in _weights(parts).values()])
    repeated = 1 - len(np.unique(numbers)) / numbers.size
    measures["each number drawn anew"] = repeated <= 0.01
    return {name: np.array(value) for name, value in measures.items()}


def _start(scale, draw=np.random.Generator.uniform, arguments=(-1, 1)):
    """A function that draws ``scale(n_in, n_out, alpha)`` times a random matrix."""

    def start(sizes, rng, alpha=0.0):
        return [
            (
                scale(n_in, n_out, alpha) * draw(rng, *arguments, (n_in, n_out)),
                np.zeros(n_out),
            )
            for n_in, n_out in itertools.pairwise(sizes)
        ]

    return start


def _start_mistakes(right):
    """The mistakes that both exercises share, made out of the right function."""

    def redo(change):
        return lambda sizes, rng, *alpha: [
            change(W, b) for W, b in right(sizes, rng, *alpha)
        ]

    def one_seed_for_all_layers(sizes, rng, *alpha):
        seed = rng.integers(1 << 30)
        return [
            right(pair, np.random.default_rng(seed), *alpha)[0]
            for pair in itertools.pairwise(sizes)
        ]

    return [
        Mistake(
            "another rng gives the same numbers, and each layer starts from the same "
            "ones: a generator with a fixed seed is made in the loop; draw all layers "
            "from the rng that is handed in",
            lambda sizes, rng, *alpha: [
                right(pair, np.random.default_rng(0), *alpha)[0]
                for pair in itertools.pairwise(sizes)
            ],
        ),
        Mistake(
            "another generator gives the same numbers: every number must come from the "
            "rng that is handed in, not from one that you make",
            lambda sizes, rng, *alpha: right(sizes, np.random.default_rng(0), *alpha),
        ),
        Mistake(
            "the same generator gives other numbers the second time: draw from rng, "
            "not from np.random, or the run can't be repeated",
            lambda sizes, rng, *alpha: right(sizes, np.random.default_rng(), *alpha),
        ),
        Mistake(
            "each layer starts from the same random numbers: make no generator in the "
            "loop; draw all layers from rng, one after the other",
            one_seed_for_all_layers,
        ),
        Mistake(
            "W is (n_out, n_in): in this course a row belongs to an input and a column "
            "to a unit, so the shape is (n_in, n_out)",
            redo(lambda W, b: (W.T, b)),
        ),
        Mistake(_BIASES, redo(lambda W, b: (W, b + 1.0))),
        Mistake(
            "the bias has one number for each unit: its shape is (n_out,), not "
            "(1, n_out)",
            redo(lambda W, b: (W, b[None, :])),
        ),
        Mistake(
            "the bias has the wrong length: it belongs to the units after the weights, "
            "so it has n_out numbers, not n_in",
            redo(lambda W, b: (W, np.zeros(len(W)))),
        ),
        Mistake(
            "all weights are 0: then all units of a layer stay alike for ever; draw "
            "them from rng",
            redo(lambda W, b: (0 * W, b)),
        ),
        Mistake(
            "one number fills a whole matrix: hand the shape to the generator, so that "
            "each weight is drawn on its own",
            redo(lambda W, b: (W * 0 + W.flat[0], b)),
        ),
        Mistake(
            "only the first layer is returned: `return` stands in the loop; move it "
            "to the left, so that the loop comes to its end first",
            lambda sizes, rng, *alpha: right(sizes[:2], rng, *alpha),
        ),
        Mistake(
            "only the last layer is returned: the list begins anew in each round; make "
            "it once, before the loop",
            lambda sizes, rng, *alpha: right(sizes[-2:], rng, *alpha),
        ),
        Mistake(
            "the first layer is missing: the inputs come first in sizes, and layer 0 "
            "lies between them and the first units; pair the sizes from the start",
            lambda sizes, rng, *alpha: right(sizes[1:], rng, *alpha),
        ),
    ]


_START_SIZES = [(2, 1), (1, 3), (2, 3, 1), (2, 3, 3, 2, 1), _WIDE]


def my_uniform(sizes, rng):
    layers = []
    for n_in, n_out in itertools.pairwise(sizes):
        layers.append((rng.uniform(-2, 2, (n_in, n_out)), np.zeros(n_out)))
    return layers


_normal_draw = np.random.Generator.normal


def _constant(number):
    return lambda n_in, n_out, alpha: number


_uniform = Exercise(
    my_uniform,
    [(sizes, None) for sizes in _START_SIZES],
    [
        *_start_mistakes(my_uniform),
        Mistake(
            "the numbers lie between 0 and 1: rng.random and rng.uniform without bounds "
            "do that; give both bounds",
            _start(_constant(1), arguments=(0, 1)),
        ),
        Mistake(
            "the numbers lie between 0 and 2, all on one side: the lower bound is -2",
            _start(_constant(1), arguments=(0, 2)),
        ),
        Mistake(
            "the numbers lie between -1 and 1: the bounds are -2 and 2",
            _start(_constant(1)),
        ),
        Mistake(
            "these are normal numbers, as the code of the original notebook draws; its "
            "text asks for uniform ones: rng.uniform",
            _start(_constant(1), _normal_draw, (0, 1)),
        ),
        Mistake(
            "these are normal numbers with the standard deviation 2: they have no "
            "bounds; take rng.uniform",
            _start(_constant(2), _normal_draw, (0, 1)),
        ),
        Mistake(
            "only whole numbers are drawn: rng.integers does that; take rng.uniform",
            _start(_constant(1), np.random.Generator.integers, (-2, 2)),
        ),
    ],
    _start_measure(uniform=True),
    _start_tolerance,
)


def my_he(sizes, rng, alpha):
    layers = []
    for n_in, n_out in itertools.pairwise(sizes):
        spread = np.sqrt(2 / ((1 + alpha**2) * n_in))
        layers.append((spread * rng.standard_normal((n_in, n_out)), np.zeros(n_out)))
    return layers


def _he(scale, draw=_normal_draw):
    return _start(scale, draw, (0, 1))


_he_exercise = Exercise(
    my_he,
    [
        ((2, 1), None, -0.2),
        ((1, 3), None, 0.0),
        ((2, 3, 1), None, -0.2),
        ((2, 3, 3, 2, 1), None, 1.0),
        *((_WIDE, None, alpha) for alpha in (-0.2, 0.0, -0.5, 1.0)),
    ],
    [
        *_start_mistakes(my_he),
        Mistake(
            "it divides by n_out: what counts is how many numbers are added up in a "
            "unit, and that is n_in",
            _he(lambda n_in, n_out, alpha: np.sqrt(2 / ((1 + alpha**2) * n_out))),
        ),
        Mistake(
            "it divides by n_in + n_out: He's scheme counts n_in only",
            _he(
                lambda n_in, n_out, alpha: np.sqrt(
                    2 / ((1 + alpha**2) * (n_in + n_out))
                )
            ),
        ),
        Mistake(
            "the variance is used as if it were the standard deviation: numbers "
            "multiplied by s get the variance s squared, so take the square root",
            _he(lambda n_in, n_out, alpha: 2 / ((1 + alpha**2) * n_in)),
        ),
        Mistake(
            "it gives the same for every alpha: 1 + alpha^2 belongs under the 2, with "
            "the argument alpha",
            _he(lambda n_in, n_out, alpha: np.sqrt(2 / n_in)),
        ),
        Mistake(
            "alpha must be squared: its sign does not count",
            _he(lambda n_in, n_out, alpha: np.sqrt(2 / ((1 + alpha) * n_in))),
        ),
        Mistake(
            "the 2 is missing: the variance is 2 / ((1 + alpha^2) n_in)",
            _he(lambda n_in, n_out, alpha: np.sqrt(1 / ((1 + alpha**2) * n_in))),
        ),
        Mistake(
            "the weights are not scaled: their standard deviation is 1 in every layer",
            _he(lambda n_in, n_out, alpha: 1.0),
        ),
        Mistake(
            "these are the uniform numbers of my_uniform: He's weights are normal, "
            "rng.standard_normal, and their spread follows from n_in and alpha",
            _start(lambda n_in, n_out, alpha: 2.0),
        ),
        Mistake(
            "it divides by n_in + n_out, and gives the same for every alpha: that is "
            "another scheme, Glorot's; He's counts n_in only, and 1 + alpha^2",
            _he(lambda n_in, n_out, alpha: np.sqrt(2 / (n_in + n_out))),
        ),
        Mistake(
            "these are uniform numbers that count n_in + n_out: that is another scheme, "
            "Glorot's; He's weights are normal, and count n_in only",
            _start(lambda n_in, n_out, alpha: np.sqrt(6 / (n_in + n_out))),
        ),
        Mistake(
            "it multiplies by n_in where it should divide: the brackets around "
            "(1 + alpha^2) n_in are missing",
            _he(lambda n_in, n_out, alpha: np.sqrt(2 / (1 + alpha**2) * n_in)),
        ),
        Mistake(
            "the standard deviation is right, but these are uniform numbers: take "
            "rng.standard_normal or rng.normal",
            _start(lambda n_in, n_out, alpha: np.sqrt(6 / ((1 + alpha**2) * n_in))),
        ),
        Mistake(
            "these are uniform numbers, and the standard deviation stands as their "
            "bound: take rng.standard_normal or rng.normal",
            _start(lambda n_in, n_out, alpha: np.sqrt(2 / ((1 + alpha**2) * n_in))),
        ),
        Mistake(
            "the square stands around 1 + alpha: alpha alone is squared, 1 + alpha**2",
            _he(lambda n_in, n_out, alpha: np.sqrt(2 / ((1 + alpha) ** 2 * n_in))),
        ),
        Mistake(
            "all layers have the scale of the first: n_in differs from layer to layer, "
            "so compute the scale inside the loop",
            lambda sizes, rng, alpha: [
                (W * np.sqrt(len(W) / sizes[0]), b) for W, b in my_he(sizes, rng, alpha)
            ],
        ),
    ],
    _start_measure(uniform=False),
    _start_tolerance,
)


EXERCISES = {exercise.name: exercise for exercise in (_uniform, _he_exercise)}
