"""Two training runs side by side: from which step on they differ."""

import numpy as np


def compare_losses(own, theirs) -> str:
    """Say where two runs part, judged by the loss of each step before its update.

    Rounding makes even a right function differ in the last digits, which counts as the same.
    """
    own, theirs = np.asarray(own, dtype=float), np.asarray(theirs, dtype=float)
    count = min(len(own), len(theirs))
    same = np.isclose(own[:count], theirs[:count], rtol=1e-6, atol=1e-12)
    if count and not same[0]:
        return "they differ before the first update: a different start, sample or loss"
    if not same.all():
        step = int(same.argmin()) + 1
        return (
            f"the same until step {step - 1:,}; they differ from step {step:,} on: loss "
            f"{own[step - 1]:.4g} against {theirs[step - 1]:.4g}"
        )
    if len(own) < len(theirs):
        return f"the same, but yours stops after {count:,} of {len(theirs):,} steps"
    if len(own) > len(theirs):
        return f"the same until step {count:,}, where mlp.train stops"
    return f"the same in all {count:,} steps"
