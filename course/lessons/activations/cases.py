"""What `my_activation` and `my_slope` share: arrays z, and numbers alpha."""

import numpy as np

from course.lessons.cases import normal

CASES = [
    (np.array([-1.0]), -0.2),
    *((np.array([-1.0, 0, 2]), a) for a in (-0.2, 0.0, 0.01, 0.5, -1.0, 1.0, 2.0)),
    (np.array([-3, 0, 2]), -0.2),  # whole numbers
    (np.array([[-0.5]]), 0.1),
    (np.array([[-2.0, 0.0, 1.0], [0.5, -0.5, -3.0]]), -0.2),
    (normal(1, 4, 3, 2), 0.3),  # a stack
]
LARGE = normal(2, 300_000), -0.2


def fresh_cases(rng):
    """Numbers on both sides of 0, close to it and far away; alphas of every kind."""
    negative, small, large = rng.uniform([-3, 0.05, 1.05], [-0.3, 0.95, 3]).round(2)
    whole = np.array([rng.integers(1, 9), 0, -1])  # the positive one comes first
    many = rng.standard_normal((200, 4))  # not rounded
    few = many[0].round(2)
    return [
        (np.array([-1e-12]), negative),
        (np.array([-0.0, -1e-9, 0.05, -1e-4, -0.05, 1e-4]), large),
        (np.array([0.5, -0.01, -0.5]), negative),
        (whole, small),
        (-whole, large),
        (-abs(few) - 0.01, small),
        (abs(few)[:, None] + 0.01, negative),
        (many.astype(np.float32), 0.0),
        (1000 * many, negative),
        (many, small + 1 / 300),  # many decimals
        (-many, small + 1 / 300),  # the same shape and alpha, other numbers
    ]
