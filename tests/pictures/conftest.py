"""Axes and networks to draw, and no warning while a picture is made."""

import warnings

import numpy as np
import pytest

import mlp_core as mlp
from course.pictures.style import Picture


@pytest.fixture(autouse=True)
def no_warning():
    """A picture warns of nothing: a learner would see it in the notebook."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Of Matplotlib's oldest version the newest pyparsing says: old names.
        warnings.filterwarnings("ignore", ".*deprecated", DeprecationWarning)
        yield


@pytest.fixture
def new_axes():
    """A function that makes new Axes of a size in inches."""
    return lambda size=(8.0, 4.5): Picture(lambda ax: None, "", size).figure().axes[0]


@pytest.fixture
def ax(new_axes):
    return new_axes()


@pytest.fixture
def params():
    """A 2-3-3-2-1 network whose weights are all different."""
    return mlp.initialize(mlp.ORIGINAL_SIZES, np.random.default_rng(3))


@pytest.fixture
def broken(params):
    """As a network looks after training diverged."""
    params[1] = mlp.Layer(params[1].W * np.nan, params[1].b + np.inf)
    return params
