"""Draw the picture of the README, images/overview.png: ``python images/make.py``.

The PNG carries its alt text, by which a test tells whether it still fits the code.
"""

import sys
from pathlib import Path

import matplotlib
import numpy as np

PATH = Path(__file__).resolve().parent / "overview.png"
sys.path.insert(0, str(PATH.parents[1]))

import mlp_core as mlp
from course import pictures
from course.pictures.style import STYLE, new_figure

SEED = 4


def make(path=PATH):
    """Draw the picture into a file, with its alt text; return that."""
    with matplotlib.rc_context(STYLE):
        fig, alt = overview()
        fig.savefig(path, metadata={"Software": None, "Description": alt})
    return alt


def overview():
    """Network, loss curve and decision surface of one training run."""
    rng = np.random.default_rng(SEED)
    untrained = mlp.initialize(mlp.ORIGINAL_SIZES, rng)
    params, history = mlp.train(untrained, mlp.XOR.X, mlp.XOR.Y, rng)
    _, cache = mlp.forward(params, [[0, 1]])
    fig, axes = new_figure(3, size=(15, 4.8), width_ratios=(1.75, 1.0, 1.1))
    pictures.draw_network(axes[0], params, cache)
    pictures.draw_loss(axes[1], {"XOR": history.epoch_loss})
    pictures.draw_surface(axes[2], params, mlp.XOR)
    axes[0].set_title("the trained network, input (0, 1)", pad=10)
    axes[1].set_title("its training")
    first, last = history.epoch_loss[[0, -1]]
    outputs = ", ".join(
        f"{y[0]:.2f} for ({x[0]:g}, {x[1]:g})"
        for x, y in zip(mlp.XOR.X, mlp.forward(params, mlp.XOR.X)[0])
    )
    alt = (
        f"One training run on XOR with seed {SEED}, in three pictures. Left: the "
        "2-3-3-2-1 network with its weights, biases and activations. Middle: the loss "
        f"on a logarithmic axis falls from {first:.2f} in the first epoch to "
        f"{last:.0e} in epoch {len(history.epoch_loss)}. Right: the output over the "
        f"square of inputs, {outputs}."
    )
    return fig, alt


if __name__ == "__main__":
    print(f"{PATH.name}: {make()}")
