"""Networks in files: arrays and names in NumPy's .npz, nothing that could run code.

And `replacing`, by which the course writes each file that must not be lost.
"""

import contextlib
import os
import zipfile

import numpy as np

import mlp_core as mlp
from course import checks

FORMAT = "mlp_core 1"


@contextlib.contextmanager
def replacing(path, beside=None):
    """A file to write in the place of another: at any moment one of them is whole.

    It is written to ``beside``, by default in the same folder, and then moved.
    """
    beside = beside or f"{os.fspath(path)}.{os.getpid()}.tmp"
    try:
        with open(beside, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # on the disk, before it takes the old one's place
        os.replace(beside, path)
    except BaseException:
        if os.path.exists(beside):
            os.unlink(beside)
        raise


def save(path, params, activation=mlp.ORIGINAL) -> None:
    """Write a network to an .npz file; activations go by name, one or one a layer.

    A crash leaves the old file whole. What `load` would refuse isn't written.
    """
    params = _finite(checks.params("params", params))
    activations = mlp.per_layer(activation, params)
    names = [layer.name for layer in activations]
    alphas = [0.0 if layer.alpha is None else layer.alpha for layer in activations]
    _activations(names, alphas)
    arrays = {
        "format": np.array(FORMAT),
        "activation": np.array(names),
        "alpha": np.array(alphas),
    }
    for i, (W, b) in enumerate(params):
        arrays[f"W{i}"], arrays[f"b{i}"] = W, b
    with replacing(path) as file:
        np.savez(file, **arrays)


def load(path) -> tuple[list[mlp.Layer], mlp.Activation | list[mlp.Activation]]:
    """Read a network that `save` wrote: its layers, and its activation.

    The activation is a list if the layers differ. Raises a FileNotFoundError, or a
    ValueError if the file is damaged or `save` didn't write it.
    """
    with open(os.fspath(path), "rb") as file:
        try:
            return _network(_read_arrays(file))
        except Exception as error:  # NumPy and zipfile raise ten kinds over bad bytes
            raise ValueError(f"{path} can't be read as a network: {error}") from error


def _read_arrays(file):
    if not zipfile.is_zipfile(file):
        raise ValueError("it is no .npz file, or only a part of one")
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        # NumPy reads as many numbers as a shape asks for. If that is damaged, it may
        # stop before the end of the array, where its checksum would be looked at.
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
        raise ValueError(
            f"activation {names.shape} and alpha {alphas.shape} must both be lists with "
            "an entry for each layer"
        )
    params = _layers(arrays, len(names))
    activations = _activations(names.tolist(), alphas.tolist())
    same = len({(layer.name, layer.alpha) for layer in activations}) == 1
    return params, activations[0] if same else activations


def _layers(arrays, count):
    wanted = [f"{letter}{i}" for i in range(count) for letter in "Wb"]
    if missing := [name for name in wanted if name not in arrays]:
        raise ValueError(f"activation is ({count},), but it has no {missing[0]}")
    if surplus := sorted(arrays.keys() - wanted):
        raise ValueError(f"activation is ({count},), but it also has {surplus[0]}")
    numbers = [checks.array(name, arrays[name]) for name in wanted]
    return _finite(checks.params("params", zip(numbers[::2], numbers[1::2])))


def _finite(params):
    """Refuse a network that diverged: it answers nothing, and can't be trained on."""
    for i, layer in enumerate(params):
        for letter, array in zip("Wb", layer):
            if not np.isfinite(array).all():
                raise ValueError(
                    f"params: {letter}[{i}] holds NaN or infinity, so this network "
                    "diverged: train it anew with a lower learning rate"
                )
    return params


def _activations(names, alphas):
    """Activations by name. An alpha is 0 where the activation has none."""
    activations = []
    for i, (name, alpha) in enumerate(zip(names, alphas, strict=True)):
        checks.one_of(f"activation[{i}]", name, mlp.ACTIVATIONS)
        alpha = checks.number(f"activation[{i}].alpha", alpha)
        activations.append(mlp.make_activation(name, alpha))
        if alpha != (activations[i].alpha or 0):
            raise ValueError(
                f"activation[{i}] is {name!r}, which takes no alpha {alpha}"
            )
    return activations
