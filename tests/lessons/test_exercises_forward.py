"""The right functions of notebook 3 against the core."""

import numpy as np
import pytest

import mlp_core as mlp
from course.lessons import load_questions
from tests.answers import EXERCISES
from tests.reference import draw

my_forward, my_loss = (EXERCISES[name].right for name in ("my_forward", "my_loss"))


def test_right_functions_agree_with_the_core():
    """Guards: a reference that is wrong itself."""
    rng = np.random.default_rng(1)
    params = draw(bias=1.0)
    X, Y = rng.standard_normal((5, 2)), rng.standard_normal((5, 1))
    Y_hat, cache = mlp.forward(params, X)
    A, Z = my_forward(params, X, mlp.ORIGINAL.f)
    for mine, right in zip([*A, *Z], [*cache.A, *cache.Z], strict=True):
        np.testing.assert_array_equal(mine, right)
    assert my_loss(Y_hat, Y) == pytest.approx(mlp.loss(Y_hat, Y))


def test_the_lines_in_order_compute_what_the_next_run_prints(capsys):
    """Guards: 'the rows of layers 0 and 1 are these numbers', in the reply."""
    params = mlp.initialize(mlp.ORIGINAL_SIZES, np.random.default_rng(28))
    x = np.array([[0.0, 1.0]])
    _, cache = mlp.forward(params, x)
    names = {"params": params, "x": x, "f": mlp.ORIGINAL.f}
    lines = load_questions("forward").predictions["two layers in order"].lines
    for line in lines:
        exec(line.text, names)  # noqa: S102, lines of our own
    assert "out of layer 1:" in capsys.readouterr().out
    made = [names[name] for name in "truv"]
    for mine, right in zip(made, [cache.Z[0], cache.A[1], cache.Z[1], cache.A[2]]):
        np.testing.assert_array_equal(mine, right)
