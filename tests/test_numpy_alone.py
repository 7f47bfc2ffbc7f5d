"""The modules that compute, where NumPy alone is installed."""

import os
import subprocess
import venv
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
    venv.create(tmp_path, symlinks=os.name != "nt")
    [site] = tmp_path.glob("[lL]ib/**/site-packages")
    for part in Path(np.__file__).parents[1].glob("numpy*"):
        (site / part.name).symlink_to(part)
    command = [min(tmp_path.glob("[bS]*/python*")), "-c", CODE]  # bin, or Scripts
    told = {"stderr": subprocess.STDOUT, "text": True}
    assert subprocess.check_output(command, cwd=ROOT, **told) == "2 3\n"
