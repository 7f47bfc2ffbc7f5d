"""Gradients, held against one another, against differences, and against PyTorch's."""

from pathlib import Path
from typing import NamedTuple

import numpy as np


def apart(grads, others) -> float:
    """How far two gradients, lists of (dW, db), lie apart at most."""
    pairs = [pair for layers in zip(grads, others) for pair in zip(*layers)]
    return max(float(np.max(np.abs(mine - other))) for mine, other in pairs)


def roughly(gap) -> str:
    """A distance in words: the digits of a rounding error differ between computers."""
    return "less than 1e-12" if gap < 1e-12 else f"{gap:.1e}"


def agrees(gradient, params, *data, h=1e-5, **how) -> bool:
    """Whether all slopes are those that central differences give.

    ``gradient(params, *data, **how)`` returns the loss, and a pair (dW, db) for each layer.
    Unlike `mlp_core.gradient_check`, it makes the forward pass, too: of any network.
    """
    params = [[np.array(W), np.array(b)] for W, b in params]
    _, grads = gradient(params, *data, **how)
    for layer, slopes in zip(params, grads):
        for array, analytic in zip(layer, slopes):
            numeric = np.zeros(array.shape)
            for place in np.ndindex(array.shape):
                here, losses = array[place], []
                for array[place] in (here + h, here - h):
                    losses.append(gradient(params, *data, **how)[0])
                array[place] = here
                numeric[place] = (losses[0] - losses[1]) / (2 * h)
            if not np.allclose(analytic, numeric, rtol=1e-5, atol=1e-8):
                return False
    return True


class ByTorch(NamedTuple):
    """What PyTorch computed from the lines in notebook 10, see tests/torch_run.py."""

    version: str
    grads: list  # of the first step, a pair (dW, db) for each layer
    losses: np.ndarray  # (100,)
    mistakes: list  # what was done, the median % read, what PyTorch said of it or ''


def by_torch() -> ByTorch:
    """Read the file that tests/torch_run.py writes."""
    path = Path(__file__).with_name("torch.npz")
    with np.load(path, allow_pickle=False) as file:
        grads = [(file[f"W{i}"], file[f"b{i}"]) for i in range(2)]
        texts = (file[name].tolist() for name in ("names", "medians", "said"))
        version = file["version"].item()
        return ByTorch(version, grads, file["losses"], [*zip(*texts)])
