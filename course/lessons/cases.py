"""What the exercises of several lessons share: cases, and forms of an answer."""

import itertools

import numpy as np

import mlp_core as mlp
from course.checking.exercise import describe_type, refuse, to_array
from course.words import counted

LEAKY, RELU, TANH = mlp.leaky_relu(-0.2), mlp.relu, mlp.tanh
FUNCTION_NAMES = {
    LEAKY.f: "the leaky ReLU with alpha = -0.2",
    RELU.f: "ReLU",
    TANH.f: "tanh",
    LEAKY.slope: "the slope of the leaky ReLU with alpha = -0.2",
    RELU.slope: "the slope of ReLU",
    TANH.slope: "the slope of tanh",
}


def normal(seed, *shape):
    """Standard normal numbers, rounded, so that a message can show them.

    The seed may be a Generator, here and below, which then goes on.
    """
    return np.random.default_rng(seed).standard_normal(shape).round(2)


def network(seed, *sizes):
    """A network whose biases are not 0, so that a missing bias shows."""
    rng = np.random.default_rng(seed)
    return [
        mlp.Layer(normal(rng, n_in, n_out), normal(rng, n_out))
        for n_in, n_out in itertools.pairwise(sizes)
    ]


def batch(seed, n, sizes, activation):
    """A network, n samples, as many rows of its outputs, and the activation."""
    rng = np.random.default_rng(seed)
    params = network(rng, *sizes)
    return params, normal(rng, n, sizes[0]), normal(rng, n, sizes[-1]), activation


# Layers that are square, where a transposition keeps the shape, and others.
SIZES = [
    *((2, 1), (1, 3), (3, 2), (2, 2), (2, 3, 1)),
    *((3, 3, 3), (2, 3, 3, 2, 1), (4, 2, 5)),
]


def pairs(first_seed, numbers):
    """Parameters, gradients of the same shapes, and a number, for functions of these."""
    seeds, numbers = itertools.count(first_seed), itertools.cycle(numbers)
    return [
        (network(seed, *sizes), network(seed + 20, *sizes), number)
        for seed, sizes, number in zip(seeds, SIZES, numbers)
    ]


def fresh_pairs(rng, deep, fixed):
    """Narrow and deep networks, large numbers in both; 0, a large number and drawn ones.

    ``deep`` is the number of the deep network, ``fixed`` one of a fixed case.
    """
    far = [mlp.Layer(np.full((2, 1), 25.0), np.full(1, -40.0))]
    steep = [mlp.Layer(np.full((2, 1), 5e3), np.full(1, -5e3))]
    drawn = [
        ((1, 1), 0.0),
        ((1, 1, 1), 3.0),
        ((2, 3, 2, 1, 2, 3, 2, 1, 2, 12, 13), deep),
        ((5, 1, 4), 0.07 + 1 / 300),  # many decimals
        ((1, 2), 1e-5),
        ((2, 3, 1), fixed),  # also the shapes of a fixed case
    ]
    return [
        (far, network(rng, 2, 1), round(rng.uniform(0.02, 0.98), 3)),
        (far, steep, 0.01),
        *((network(rng, *sizes), network(rng, *sizes), n) for sizes, n in drawn),
    ]


# Predictions and targets.
_LOSS_SHAPES = [(1, 1), (3, 1), (1, 3), (2, 2), (4, 2), (3, 3), (2, 5)]
LOSS_CASES = [
    (np.array([[3.0]]), np.array([[1.0]])),
    *((normal(60 + i, *s), normal(70 + i, *s)) for i, s in enumerate(_LOSS_SHAPES)),
    (np.array([[1], [4]]), np.array([[2], [0]])),  # whole numbers
    (np.array([[1.0], [2.0]]), np.array([[1.0], [2.0]])),  # no error at all
]
LOSS_MANY = normal(80, 100_000, 2), normal(81, 100_000, 2)


def fresh_losses(rng):
    """More predictions and targets, with what the fixed ones lack."""
    n = rng.integers(5, 9)
    row, Y = normal(rng, 2, 1, 3), normal(rng, n, 2)
    return [
        *((normal(rng, *s), normal(rng, *s)) for s in [(1, n), (n, 1), (n, 4)]),
        tuple(row.repeat(4, axis=1)),  # the same sample four times
        (Y + rng.choice([-0.05, 0.05], Y.shape), Y),  # small errors
        tuple(rng.integers(-900, 900, (2, 3, 2))),  # large whole numbers
        tuple(normal(rng, 2, n, 2).astype(np.float32)),
        tuple(normal(rng, 2, 3, 3)),  # the shape of a fixed case, other numbers
        tuple(normal(rng, 2, 200, 12)),  # more than one prints
    ]


# Forms of an answer, see `course.checking` ----------------------------------------------


def expect_items(answer, count, what):
    """The answer must be so many things."""
    is_row = isinstance(answer, (list, tuple))
    found = f"it returns {_things(answer)}, but should return"
    asked = count if is_row else f"{count} things"
    refuse(not is_row or len(answer) != count, f"{found} {asked}: {what}")


def _things(items):
    """How many things there are, or what it is otherwise."""
    if not isinstance(items, (list, tuple)):
        return describe_type(items)
    return counted(len(items), "thing")


def layers_form(W="W", b="b"):
    """One pair of arrays for each layer: ``[(W, b), (W, b)]``."""
    wanted = f"({W}, {b})"

    def form(answer):
        found = f"it returns {_things(answer)}, but should return"
        is_list, parts = isinstance(answer, (list, tuple)), {}
        refuse(not is_list, f"{found} a list of pairs {wanted}")
        for i, pair in enumerate(answer):
            is_row = isinstance(pair, (list, tuple))
            is_pair = is_row and len(pair) == 2
            refuse(  # what `return dWs, dbs` makes
                is_row and not is_pair and isinstance(answer, tuple),
                f"{found} one list, with a pair {wanted} for each layer",
            )
            what = f"entry {i} of the list is {_things(pair)}"
            refuse(not is_pair, f"{what}, but should be a pair {wanted}")
            for name, array in zip((W, b), pair):
                parts[f"{name}[{i}]"] = to_array(array, f"{name}[{i}]")
        return parts

    return form
