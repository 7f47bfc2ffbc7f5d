"""The modules that compute, where NumPy alone is installed."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from course.tools import ROOT

CODE = """
import mlp_core as mlp
from course import checks, experiments, fast, original
X, Y = mlp.XOR.X, mlp.XOR.Y
run = fast.sweep(X, Y, range(2), epochs=1, gradient=original.original_loss_and_grads)
print(len(experiments.fates(run, X, Y)), checks.whole("steps", 3))
"""


def test_numbers_need_numpy_alone(tmp_path):
    """Guards: benchmarks, and whoever takes the numbers without the notebooks."""
    for part in Path(np.__file__).parents[1].glob("numpy*"):
        (tmp_path / part.name).symlink_to(part)
    command = [sys.executable, "-S", "-c", CODE]  # -S: no site-packages
    told = {"stderr": subprocess.STDOUT, "text": True, "cwd": ROOT}
    told["env"] = {**os.environ, "PYTHONPATH": str(tmp_path)}
    assert subprocess.check_output(command, **told) == "2 3\n"
