"""Checks of arguments, one table for the whole package.

Each takes an argument's name and value, and returns the value in the form that the course
computes with. Otherwise it raises a TypeError (wrong kind of thing) or a ValueError (wrong
value), whose text begins with the name.
"""

import operator

import numpy as np

import mlp_core as mlp

MOST = 10**9
BOOLEANS = bool, np.bool_


def array(name, value) -> np.ndarray:
    """Floats in an array of any shape."""
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array. Fill it first: {name}.filled(0)")
    try:
        numbers = np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} has rows of different lengths") from None
    if numbers.dtype.kind not in "biuf":
        raise TypeError(f"{name} must hold numbers, not {numbers.dtype}")
    return numbers.astype(float, copy=False)


def number(name, value, least=None, above=None, most=None) -> float:
    """One finite number, within limits."""
    if isinstance(value, BOOLEANS) or array(name, value).ndim != 0:
        raise TypeError(f"{name} must be a number, not {value!r}")
    if not np.isfinite(value):
        raise ValueError(f"{name} must be a finite number, not {value}")
    if above is not None and value <= above:
        raise ValueError(f"{name} must be above {above}, not {value}")
    _check_limits(name, value, least, most)
    return float(value)


def whole(name, value, least=0, most=MOST) -> int:
    """A whole number, within limits."""
    try:
        if isinstance(value, BOOLEANS):
            raise TypeError
        count = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be a whole number, not {value!r}") from None
    _check_limits(name, count, least, most)
    return count


def _check_limits(name, value, least, most):
    if least is not None and value < least:
        raise ValueError(f"{name} must be at least {least}, not {value}")
    if most is not None and value > most:
        raise ValueError(f"{name} must be at most {most}, not {value}")


def switch(name, value) -> bool:
    """True or False."""
    if not isinstance(value, BOOLEANS):
        raise TypeError(f"{name} must be True or False, not {value!r}")
    return bool(value)


def text(name, value) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, not {value!r}")
    return value


def one_of(name, value, options):
    """One of the options; 1.0 and True are not 1."""
    if not any(type(value) is type(option) and value == option for option in options):
        known = ", ".join(map(repr, options))
        raise ValueError(f"{name} must be one of {known}, not {value!r}")
    return value


def sizes(name, value) -> tuple:
    """The units of each layer, inputs first."""
    if isinstance(value, str) or not np.iterable(value):
        raise TypeError(
            f"{name} must list the units of each layer, such as (2, 3, 3, 2, 1)"
        )
    units = tuple(whole(name, size, least=1) for size in value)
    if len(units) < 2:
        raise ValueError(f"{name} needs at least inputs and outputs, such as (2, 1)")
    return units


def seeds(name, value) -> list:
    """Seeds of random generators, or a single one."""
    values = value if np.iterable(value) and not isinstance(value, str) else [value]
    checked = [whole(name, seed, most=None) for seed in values]
    if not checked:
        raise ValueError(f"{name} is empty. Give at least one seed")
    return checked


def params(name, value, inputs=None) -> list:
    """One network: a list of Layer that fit together."""
    try:
        layers = [mlp.Layer(array(name, W), array(name, b)) for W, b in value]
    except (TypeError, ValueError):
        words = f"{name} must be a list of Layer, as initialize() returns"
        raise TypeError(words) from None
    if not layers:
        raise ValueError(f"{name} is empty, but a network needs at least one layer")
    n_in = layers[0].W.shape[:1] if inputs is None else (inputs,)
    for i, (W, b) in enumerate(layers):
        fits = W.ndim == 2 and W.shape[:1] == n_in and b.shape == W.shape[1:]
        if not fits or not W.size:
            raise ValueError(
                f"{name}: W[{i}] is {W.shape} and b[{i}] is {b.shape}, but they must be "
                "(n_in, n_out) and (n_out,), and fit the layer before"
            )
        n_in = b.shape
    return layers


def task(name, value, inputs=None, outputs=None) -> mlp.Task:
    """A task with samples in rows; it may hold lists."""
    if not isinstance(value, mlp.Task):
        raise TypeError(f"{name} must be a Task such as XOR, not {value!r}")
    X, Y = array(f"{name}.X", value.X), array(f"{name}.Y", value.Y)
    if X.ndim != 2 or Y.ndim != 2 or len(X) != len(Y) or not X.size or not Y.size:
        raise ValueError(
            f"{name}: X {X.shape} and Y {Y.shape} must be (n, inputs) and (n, outputs), "
            "with a sample in each row"
        )
    if not (np.isfinite(X).all() and np.isfinite(Y).all()):
        raise ValueError(f"{name}: X and Y must hold finite numbers")
    for array_name, wanted, found in (("X", inputs, X), ("Y", outputs, Y)):
        if wanted is not None and found.shape[1] != wanted:
            raise ValueError(
                f"{name}: {array_name} is {found.shape}, but needs {wanted} columns here"
            )
    return mlp.Task(text(f"{name}.name", value.name), X, Y)


def layer(layers, index) -> int:
    """The number of a layer; negative ones count from the end."""
    count = len(layers)
    return whole("layer", index, -count, count - 1) % count
