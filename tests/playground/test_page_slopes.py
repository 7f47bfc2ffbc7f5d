"""Each gradient beside its measured slope, on the page, as in `mlp_core.gradient_check`."""

import numpy as np
import pytest

import mlp_core as mlp
from course.fast import join
from course.original import original_loss_and_grads
from course.playground import twin
from tests.playground.node import ask

CASES = {
    "tanh, all rows": {"batch": 0, "step": 30},
    "batches, leaky": {
        "activation": "leaky_relu",
        "scheme": "he",
        "step": 7,
        "seed": 3,
    },
    "deep": {
        "hidden": [3, 3, 2],
        "features": ["x0", "x1", "sin(x0)"],
        "data": "spirals",
    },
    "a z at its corner": {"data": "xor", "activation": "relu", "batch": 0},
    "a large loss": {"data": "own", "points": [[1, 2, 900], [-3, 2, -70]], "batch": 0},
}


@pytest.mark.parametrize("gradient", ["right", "original"])
@pytest.mark.parametrize("name", CASES)
def test_each_slope_is_that_of_the_gradient_check(name, gradient):
    """Guards: the samples of the next step, both losses, the slope, the error, corners,
    and the bug of the original notebook; the same limits as in the core."""
    settings = CASES[name] | {"gradient": gradient}
    [told] = ask("slopes", [settings])
    run = twin.Run(settings)
    rows, n = told["rows"], len(run.data[0].X)
    batch = min(run.settings["batch"], n) or None
    drawn = mlp.draw_samples(run.rng, n, 1, batch)
    assert rows == drawn[0].tolist()
    _, X, Y = run.data[0]
    X = twin.features_of(run.settings["features"], X[rows])
    loss_and_grads = (
        original_loss_and_grads if gradient == "original" else mlp.loss_and_grads
    )
    checks = mlp.gradient_check(run.params, X, Y[rows], run.activations, loss_and_grads)

    def flat(field):
        return np.concatenate([np.ravel(getattr(check, field)) for check in checks])

    found = {
        key: np.array([one[key] for one in told["checks"]]) for key in told["checks"][0]
    }
    scale = max(1, np.abs(flat("numeric")).max())
    np.testing.assert_allclose(told["grads"], flat("analytic"), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found["slope"], flat("numeric"), atol=1e-9 * scale)
    assert found["isKink"].tolist() == flat("kink").tolist()
    size = np.maximum(abs(flat("analytic")), abs(flat("numeric")))
    floor = 1e-4 * max(
        1, mlp.loss(mlp.forward(run.params, X, run.activations)[0], Y[rows])
    )
    assert found["isSmall"].tolist() == (size < floor).tolist()
    wrong = (flat("error") > 1e-5) & ~flat("kink")
    assert found["isWrong"].tolist() == wrong.tolist()
    assert gradient == "original" or not wrong.any()


def test_it_looks_at_the_very_step_that_comes():
    """Guards: a sum over other samples than those of the step, and numbers drawn for it
    that the run then lacks."""
    settings = {"data": "circles", "batch": 3, "step": 11, "learning_rate": 0.7}
    [told] = ask("slopes", [settings])
    np.testing.assert_allclose(told["p"], told["next"], rtol=0, atol=1e-15)
    right = twin.Run(settings | {"step": 12}).params
    np.testing.assert_allclose(told["p"], join(right), rtol=0, atol=1e-12)
