"""Networks in files: arrays and names in NumPy's .npz, nothing that could run code.

And `replacing`, by which the course writes each file that must not be lost.
"""

import contextlib
import os

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

    A crash leaves the old file whole.
    """
    params = checks.params("params", params)
    activations = mlp.per_layer(activation, params)
    for layer in activations:
        if layer.name not in mlp.ACTIVATION_NAMES or np.ndim(layer.alpha) > 0:
            raise ValueError(f"activation {layer.name!r} can't be saved: no such name")
    arrays = {
        "format": np.array(FORMAT),
        "activation": np.array([layer.name for layer in activations]),
        "alpha": np.array([layer.alpha or 0.0 for layer in activations]),
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
    with np.load(file, allow_pickle=False) as arrays:
        # NumPy reads as many numbers as a shape asks for. If that is damaged, it may
        # stop before the end of the array, where its checksum would be looked at.
        if arrays.zip.testzip() is not None:
            raise ValueError("it is damaged")
        return {name: arrays[name] for name in arrays.files}


def _network(arrays):
    if str(arrays.pop("format")) != FORMAT:
        raise ValueError("it has another format")
    names, alphas = arrays.pop("activation").tolist(), arrays.pop("alpha").tolist()
    layers = [(arrays.pop(f"W{i}"), arrays.pop(f"b{i}")) for i in range(len(names))]
    if arrays:
        raise ValueError(f"it holds more than a network: {sorted(arrays)}")
    params = checks.params("it", layers)
    activations = [
        mlp.make_activation(name, checks.number("alpha", alpha))
        for name, alpha in zip(names, alphas, strict=True)
    ]
    same = len({(layer.name, layer.alpha) for layer in activations}) == 1
    return params, activations[0] if same else activations
