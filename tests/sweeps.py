"""Sweeps, and runs of the playground, that all kernels of a test run share.

They take most of the time of a notebook. What they tell is a function of their arguments
(test_fast.py, test_bug_lab_bugs.py, test_twin.py), and nbval runs them all; so where it is
asked what a second run does to a notebook, or what a browser shows of it, a remembered one
will do.

The text of this file is run in the kernels: see `code`.
"""

import hashlib
import os
import pickle
import sys
from pathlib import Path

import numpy as np


def code(folder):
    """What a kernel, started in ``notebooks/``, has to run before the notebook.

    In a namespace of its own: the notebook may forget all its names.
    """
    text = f"{Path(__file__).read_text(encoding='utf-8')}\ninstall({str(folder)!r})\n"
    return f"exec({text!r}, {{'__name__': 'sweeps'}})\n"


def install(folder):
    """Remember all sweeps in a folder, whoever has imported the functions already."""
    sys.path.insert(0, "..")
    from course import fast
    from course.lessons.bug_lab import bugs
    from course.playground import twin

    sys.path.remove("..")  # the first cell of a notebook must find the course itself
    for function in (fast.sweep, bugs.success, twin.trained):
        remembered = remember(function, Path(folder))
        for module in list(sys.modules.values()):
            if vars(module).get(function.__name__) is function:
                setattr(module, function.__name__, remembered)


def remember(function, folder):
    """The function, with its results kept in a folder by its arguments."""

    def remembered(*args, **kwargs):
        try:
            name = text_of([function, args, sorted(kwargs.items())])
        except LookupError:
            return function(*args, **kwargs)
        path = folder / f"{hashlib.sha256(name.encode()).hexdigest()}.pickle"
        if not path.exists():
            part = path.with_suffix(f".{os.getpid()}")
            part.write_bytes(pickle.dumps(function(*args, **kwargs)))
            part.replace(path)  # no other kernel reads half of it
        return pickle.loads(path.read_bytes())

    return remembered


def text_of(value):
    """A text that is the same for the same value in all kernels; else a LookupError."""
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {value.shape} {value.tobytes().hex()}"
    if hasattr(value, "slope"):  # an activation is known by its name and its alpha
        for part in (value.f, value.slope, value.loss):
            if getattr(part, "__module__", "numpy") not in ("mlp_core", "numpy"):
                raise LookupError("an activation of the notebook's own")
        return f"{value.name} {text_of(value.alpha)}"
    if isinstance(value, (list, tuple)):
        return f"({', '.join(map(text_of, value))})"
    if callable(value):
        if "<locals>" in value.__qualname__ or value.__module__ == "__main__":
            raise LookupError("a function of the notebook's own")
        if hasattr(value, "__self__"):
            raise LookupError("a method, which may read more from its object")
        return f"{value.__module__}.{value.__qualname__}"
    return repr(value)
