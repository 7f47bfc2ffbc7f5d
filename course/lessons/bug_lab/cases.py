"""What the two exercises share that fix a backward pass."""

import mlp_core as mlp
from course.checking.exercise import to_array
from course.lessons.cases import LEAKY, TANH, batch, expect_items, layers_form


def mended_form(answer):
    """``return loss, grads``."""
    expect_items(answer, 2, "the loss and grads")
    loss, grads = answer
    return {"loss": to_array(loss, "the loss"), **layers_form("dW", "db")(grads)}


MENDED_CASES = [
    batch(708, 1, (2, 1), LEAKY),
    batch(710, 3, (2, 3, 1), LEAKY),
    batch(720, 3, (3, 3, 3), TANH),
    batch(730, 4, (2, 3, 3, 2, 1), LEAKY),
    batch(740, 5, (4, 2, 5, 2), TANH),
    batch(750, 6, (2, 3, 1), mlp.sigmoid),
]


def fresh_mended(rng):
    """One sample, one unit, as many samples as units, more samples; alpha is drawn."""
    alpha = round(rng.uniform(0.2, 0.8), 2)
    params, X, Y, f = batch(rng, 1, (3, 2, 1), LEAKY)
    known, other = (batch(rng, 3, (2, 3, 1), LEAKY) for _ in range(2))
    return [
        batch(rng, 1, (1, 1, 1), TANH),
        batch(rng, 2, (2, 2, 1), mlp.leaky_relu(alpha)),
        batch(rng, 3, (1, 3, 3), mlp.leaky_relu(-alpha)),
        batch(rng, 7, rng.integers(1, 5, 4), mlp.sigmoid),
        known,  # the shapes of a fixed case
        (other[0], known[1], *other[2:]),  # the same input in another network
        batch(rng, 200, (2, 3, 2), TANH),  # a large batch
        (params, X, Y + 10_000, f),  # far off, so the gradients are large
    ]
