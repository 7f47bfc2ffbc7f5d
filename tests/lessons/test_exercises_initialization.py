"""The exercises of notebook 2: random numbers are judged by their distribution."""

import itertools

import numpy as np
import pytest

from course.checking import _wrong_parts
from course.lessons.cases import layers_form
from course.lessons.initialization import exercises
from tests.answers import EXERCISES, check

# Each draws in another way than the solution.


def draws(draw):
    """First weights out of ``draw(rng, n_in, n_out, alpha)``."""
    return lambda sizes, rng, alpha=0.0: [
        (draw(rng, n_in, n_out, alpha), np.zeros(n_out))
        for n_in, n_out in itertools.pairwise(sizes)
    ]


def he(n_in, alpha):
    return np.sqrt(2 / ((1 + alpha**2) * n_in))


OTHER_DRAWS = [
    ("my_he", lambda rng, n, m, a: rng.normal(0, he(n, a), (n, m))),
    ("my_he", lambda rng, n, m, a: rng.normal(size=(m, n)).T * he(n, a)),
    (
        "my_he",
        lambda rng, n, m, a: np.array(
            [[rng.normal(0, he(n, a)) for _ in range(m)] for _ in range(n)]
        ),
    ),
    ("my_uniform", lambda rng, n, m, a: 4 * rng.random((n, m)) - 2),
    ("my_uniform", lambda rng, n, m, a: rng.uniform(-2, 2, n * m).reshape(n, m)),
]


@pytest.mark.parametrize(("name", "draw"), OTHER_DRAWS)
def test_right_weights_may_be_drawn_in_any_way(name, draw):
    """Guards: comparing random numbers one by one."""
    assert check(name, draws(draw)).solved


@pytest.mark.parametrize("name", ["my_uniform", "my_he"])
def test_the_bounds_for_random_weights_are_wide_enough(name):
    """Guards: a right answer that is refused now and then. 200 seeds of each."""
    exercise = EXERCISES[name]
    alpha = [-0.2] if name == "my_he" else []
    measured = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        parts = layers_form()(exercise.right(exercises._WIDE, rng, *alpha))
        measured.append(exercises._statistics(parts, uniform=name != "my_he"))
    first = measured[0]
    assert not any(_wrong_parts(exercise, parts, first) for parts in measured)
    for beginning, (relative, absolute) in exercises._TOLERANCES.items():
        for part in (part for part in first if part.startswith(beginning)):
            values = np.array([parts[part] for parts in measured])
            bound = absolute + relative * abs(values.mean())
            assert 5 * values.std() < bound, part


def cyclic_layers(sizes, rng):
    return [
        (rng.uniform(-2, 2, (sizes[i - 1], n)), np.zeros(n))
        for i, n in enumerate(sizes)
    ]


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (cyclic_layers, "one layer too many: 2 sizes are 1 layer"),
        (lambda sizes, rng: [(1.0, 0.0) for _ in sizes[1:]], "hand this shape to"),
        (
            lambda sizes, rng: [
                (rng.uniform(-2, 2, pair), 0.0) for pair in itertools.pairwise(sizes)
            ],
            "b[0] is one number",
        ),
        (
            lambda sizes, rng: exercises.my_uniform(sizes[:-1], rng),
            "one layer too few: 2 sizes are 1 layer",
        ),
        (
            lambda sizes, rng: exercises.my_uniform(sizes[1:], rng),
            "the first layer is missing",
        ),
        (
            lambda sizes, rng: [
                (W, rng.uniform(-2, 2, b.shape))
                for W, b in exercises.my_uniform(sizes, rng)
            ],
            "the biases are not 0",
        ),
    ],
)
def test_layers_of_an_odd_form_are_told(function, words):
    """Guards: a message about the shape of a shape."""
    assert words in check("my_uniform", function).words


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda rng, n, m, a: rng.uniform(-2, 2, (n, m)), "the uniform numbers of"),
        (
            lambda rng, n, m, a: rng.normal(0, np.sqrt(2 / (1.04 * n)), (n, m)),
            "it gives the same for every alpha",
        ),
        (
            lambda rng, n, m, a: rng.normal(0, np.sqrt(2 / (n + m)), (n, m)),
            "another scheme, Glorot's; He's counts n_in only",
        ),
        (
            lambda rng, n, m, a: np.sqrt(6 / (n + m)) * rng.uniform(-1, 1, (n, m)),
            "another scheme, Glorot's; He's weights are normal",
        ),
    ],
)
def test_another_scheme_than_he_is_named(draw, words):
    """Guards: a number that is off, without a word where it comes from."""
    assert words in check("my_he", draws(draw)).words


def test_what_is_right_already_can_be_read():
    """Guards: names with commas in a list with commas."""
    far = draws(lambda rng, n, m, a: rng.uniform(-1.5, 1.5, (n, m)))
    words = check("my_he", far).words
    listed = words.split("right already: ")[1].split("\n")[0].split(", ")
    assert "the shape of W[0]" in listed and "equal draws from equal seeds" in listed
    assert all("W[" in name or "b[" in name or "draw" in name for name in listed)
