"""Networks in files: arrays and names in NumPy's .npz, nothing that could run code."""

import contextlib
import os
import time
import zipfile

import numpy as np

import mlp_core as mlp
from course import checks

FORMAT = "mlp_core 1"


@contextlib.contextmanager
def replacing(path, beside=None):
    """A file to write, ``beside`` the one that it replaces, so that one is always whole."""
    beside = beside or f"{os.fspath(path)}.{os.getpid()}.tmp"
    try:
        with open(beside, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # on the disk, before it takes the old one's place
        for pause in 0.01, 0.1, 0.5:
            with contextlib.suppress(PermissionError):
                return os.replace(beside, path)
            time.sleep(pause)  # on Windows another program may just look into one
        os.replace(beside, path)
    except BaseException:
        if os.path.exists(beside):
            os.unlink(beside)
        raise


def save(path, params, activation=mlp.ORIGINAL) -> None:
    """Write a network to an .npz file, whole or not at all; activations by name."""
    params = _finite(params)
    activations = mlp.per_layer(activation, params)
    names = [layer.name for layer in activations]
    alphas = [0.0 if layer.alpha is None else layer.alpha for layer in activations]
    list(_activations(names, alphas))  # or `load` would refuse it
    if any(layer.loss for layer in activations):
        raise ValueError("activation has a loss of its own, which a file can't hold")
    arrays = {"format": FORMAT, "activation": names, "alpha": alphas}
    for i, (W, b) in enumerate(params):
        arrays[f"W{i}"], arrays[f"b{i}"] = W, b
    with replacing(path) as file:
        np.savez(file, **arrays)


def load(path) -> tuple[list[mlp.Layer], mlp.Activation | list[mlp.Activation]]:
    """Read a network that `save` wrote: layers and activation, a list if these differ.

    Raises a FileNotFoundError, or a ValueError if the file is damaged or not `save`'s.
    """
    with open(os.fspath(path), "rb") as file:
        try:
            return _network(_read_arrays(file))
        except Exception as error:  # NumPy and zipfile raise ten kinds over bad bytes
            raise ValueError(f"{path} can't be read as a network: {error}") from error


def _read_arrays(file):
    if not zipfile.is_zipfile(file):
        raise ValueError("it is not an .npz file, or only part of one")
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        # A damaged shape may end the reading before the array's end and its checksum.
        if arrays.zip.testzip() is not None:
            raise ValueError("it is damaged")
        return {name: arrays[name] for name in arrays.files}


def _network(arrays):
    for name in "format", "activation", "alpha":
        if name not in arrays:
            raise ValueError(f"it has no {name}, so `save` didn't write it")
    if str(arrays.pop("format")) != FORMAT:
        raise ValueError(f"its format is not {FORMAT!r}")
    names, alphas = arrays.pop("activation"), arrays.pop("alpha")
    if names.ndim != 1 or names.shape != alphas.shape:
        shapes = f"activation {names.shape} and alpha {alphas.shape}"
        raise ValueError(f"{shapes} must both be lists with an entry for each layer")
    params = _layers(arrays, len(names))
    activations = list(_activations(names.tolist(), alphas.tolist()))
    same = len({(layer.name, layer.alpha) for layer in activations}) == 1
    return params, activations[0] if same else activations


def _layers(arrays, count):
    wanted = [f"{letter}{i}" for i in range(count) for letter in "Wb"]
    if missing := [name for name in wanted if name not in arrays]:
        raise ValueError(f"activation is ({count},), but it has no {missing[0]}")
    if surplus := sorted(arrays.keys() - wanted):
        raise ValueError(f"activation is ({count},), but it also has {surplus[0]}")
    numbers = [checks.array(name, arrays[name]) for name in wanted]
    return _finite(zip(numbers[::2], numbers[1::2]))


def _finite(params):
    """Layers that fit, of a network that didn't diverge, since others can't be trained."""
    params = checks.params("params", params)
    for i, layer in enumerate(params):
        for letter, array in zip("Wb", layer):
            if not np.isfinite(array).all():
                bad = f"{letter}[{i}] holds NaN or infinity"
                why = "this network diverged: train it again with a lower learning rate"
                raise ValueError(f"params: {bad}, so {why}")
    return params


def _activations(names, alphas):
    """Activations by name. An alpha is 0 where the activation has none."""
    for i, (name, alpha) in enumerate(zip(names, alphas, strict=True)):
        what = f"activation[{i}]"
        checks.one_of(what, name, mlp.ACTIVATIONS)
        alpha = checks.number(f"{what}.alpha", alpha)
        activation = mlp.make_activation(name, alpha)
        if alpha != (activation.alpha or 0):
            raise ValueError(f"{what} is {name!r}, which doesn't take alpha {alpha}")
        yield activation
