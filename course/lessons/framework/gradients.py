"""Compare gradients with one another, with differences, and with PyTorch's."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

FILE = Path(__file__).with_name("torch.npz")  # tests/torch_run.py writes it


def apart(grads, others) -> float:
    """The largest distance between two gradients, lists of (dW, db)."""
    return max(float(np.max(np.abs(a - b))) for a, b in _pairs(grads, others))


def _pairs(params, others):
    """The arrays of two networks or gradients, side by side."""
    return [pair for layers in zip(params, others) for pair in zip(*layers)]


def roughly(gap) -> str:
    """A distance in words, since the digits of a rounding error differ between computers."""
    return "less than 1e-12" if gap < 1e-12 else f"{gap:.1e}"


def agrees(gradient, params, *data, h=1e-5, **how) -> bool:
    """Whether all slopes agree with central differences.

    ``gradient(params, *data, **how)`` returns the loss, and a pair (dW, db) for each layer.
    Unlike `mlp_core.gradient_check`, it does the forward pass as well, of any network.
    """
    params = [[np.array(W), np.array(b)] for W, b in params]
    _, grads = gradient(params, *data, **how)

    def numeric(array):
        """The differences for each number of one of the arrays of params."""
        slopes = np.zeros(array.shape)
        for place in np.ndindex(array.shape):
            here, losses = array[place], []
            for array[place] in (here + h, here - h):
                losses.append(gradient(params, *data, **how)[0])
            array[place] = here
            slopes[place] = (losses[0] - losses[1]) / (2 * h)
        return slopes

    pairs = _pairs(params, grads)
    return all(np.allclose(dp, numeric(p), rtol=1e-5, atol=1e-8) for p, dp in pairs)


class ByTorch(NamedTuple):
    """What PyTorch computed from the lines in notebook 10, see tests/torch_run.py."""

    version: str
    grads: list  # of the first step, a pair (dW, db) for each layer
    losses: np.ndarray  # (100,)
    mistakes: list  # what was done, the median % read, what PyTorch said or ''


def by_torch() -> ByTorch:
    """Read the file."""
    with np.load(FILE, allow_pickle=False) as file:
        grads = [(file[f"W{i}"], file[f"b{i}"]) for i in range(2)]
        texts = (file[name].tolist() for name in ("names", "medians", "said"))
        version = file["version"].item()
        return ByTorch(version, grads, file["losses"], [*zip(*texts)])
