"""course.files: networks in files, whole or not at all.

A file is what `save` wrote, to the last bit, or it is refused by its name: damaged, cut
short, somebody else's. The process may end while it saves.
"""

import gc
import os
import re
import shutil
import warnings
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest

import mlp_core as mlp
from course.files import load, save
from course.lessons import FOLDER
from mlp_core import Activation, Layer
from tests import tables
from tests.reference import ACTIVATIONS, PUBLISHED_X, PUBLISHED_Y, draw

pytestmark = pytest.mark.filterwarnings("error")
HERE = Path(__file__).resolve().parent
SMALL = draw((2, 3, 1), 0, bias=1.0)
SMALL_ACTIVATION = [mlp.tanh, mlp.leaky_relu(0.1)]


def described(params, activation):
    """All that a file says, in a form that can be compared."""
    assert all(isinstance(layer, Layer) for layer in params)
    numbers = [(array.shape, array.tobytes()) for layer in params for array in layer]
    activations = mlp.per_layer(activation, params)
    return numbers, [(layer.name, layer.alpha) for layer in activations]


def refused(path, words=""):
    """load() refuses the file, names it, and says why."""
    text = re.escape(f"{path} can't be read as a network: {words}")
    with pytest.raises(ValueError, match=text) as caught:
        load(path)
    return caught.value


# 1. Round trips ------------------------------------------------------------------------

PER_LAYER = [mlp.tanh, mlp.leaky_relu(0.1), mlp.relu, mlp.sigmoid]
TWO_ALPHAS = [mlp.leaky_relu(0.1)] * 3 + [mlp.leaky_relu(0.3)]
ROUND_TRIPS = {
    **{name: (draw(bias=1.0), activation) for name, activation in ACTIVATIONS.items()},
    "per layer": (draw(bias=1.0), PER_LAYER),
    "two alphas": (draw(bias=1.0), TWO_ALPHAS),
    # Their shapes allow any order: as read, reversed, or 'W10' before 'W2'.
    "12 square layers": (draw((3,) * 13, bias=1.0), PER_LAYER * 3),
}


@pytest.mark.parametrize("name", ROUND_TRIPS)
def test_save_and_load_give_the_same_network(name, tmp_path):
    """Guards every bit of the weights, and the activation of each layer."""
    params, activation = ROUND_TRIPS[name]
    params[0].W[0] = -0.0, 5e-324, 1.7976931348623157e308
    assert save(tmp_path / "a.npz", params, activation) is None
    loaded, again = load(str(tmp_path / "a.npz"))
    assert described(loaded, again) == described(params, activation)
    assert isinstance(again, Activation) == isinstance(activation, Activation)


def test_save_replaces_what_was_there_by_numbers_and_names(tmp_path):
    """Guards: another name, what lies about, what runs code, a file for own eyes only."""
    path, new = tmp_path / "no ending, ä", tmp_path / "new"
    new.write_bytes(b"")
    save(str(path), draw())
    save(path, SMALL, SMALL_ACTIVATION)
    assert {*tmp_path.iterdir()} == {path, new}
    assert described(*load(path)) == described(SMALL, SMALL_ACTIVATION)
    assert path.stat().st_mode == new.stat().st_mode
    with np.load(path, allow_pickle=False) as file:
        assert {file[name].dtype.kind for name in file.files} <= set("fU")


def test_files_of_another_python_load():
    """Guards: a saved file is the same thing everywhere, the course's own one too."""
    # Written by `save` in CPython 3.13.0 with NumPy 2.5.5: the network below.
    params = [
        Layer(np.arange(i * o).reshape(i, o) / 7 - 1, np.arange(o) / 3)
        for i, o in [(2, 3), (3, 3), (3, 1)]
    ]
    activation = [mlp.leaky_relu(-0.2), mlp.tanh, mlp.sigmoid]
    loaded = load(HERE / "saved_by_python_3_13.npz")
    assert described(*loaded) == described(params, activation)
    params, activation = load(FOLDER / "xor_task" / "original_xor.npz")
    assert activation.alpha == -0.2
    Y_hat, _ = mlp.forward(params, PUBLISHED_X, activation)
    assert Y_hat[:, 0] == pytest.approx(PUBLISHED_Y, abs=1e-6)


# 2. What is not saved ------------------------------------------------------------------


def test_what_could_not_be_loaded_is_not_saved(tmp_path):
    """Guards: the old file stays, and no other appears."""
    save(tmp_path / "a.npz", SMALL)
    for params, activation in [
        (SMALL, Activation("mine", np.sin, np.cos)),
        (SMALL, mlp.leaky_relu(np.array([0.1, 0.2]))),  # an alpha for each network
        (SMALL, mlp.leaky_relu(np.nan)),
        (SMALL, mlp.tanh._replace(alpha=0.3)),
        (SMALL, [mlp.tanh, mlp.sigmoid._replace(loss=mlp.loss)]),
        (SMALL, [mlp.tanh]),
        ([Layer(SMALL[0].W, SMALL[0].b - np.inf)], mlp.tanh),  # it diverged
        (SMALL[::-1], mlp.tanh),
        ([], mlp.tanh),
    ]:
        with pytest.raises((ValueError, TypeError), match="params|activation"):
            save(tmp_path / "a.npz", params, activation)
        assert os.listdir(tmp_path) == ["a.npz"]
        assert described(*load(tmp_path / "a.npz")) == described(SMALL, mlp.ORIGINAL)


@pytest.mark.parametrize("step", ["savez", "fsync", "replace"])
def test_a_save_that_ends_midway_leaves_the_old_file(step, tmp_path, monkeypatch):
    """Guards: the old file, and the next save, also if the process was killed there."""
    folder, killed = tmp_path / "folder", tmp_path / "killed"
    folder.mkdir()
    save(folder / "a.npz", SMALL)
    before = (folder / "a.npz").read_bytes()

    def fail(file, *_, **__):
        if step == "savez":
            file.write(b"half of it")
        shutil.copytree(folder, killed)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(np if step == "savez" else os, step, fail)
        save(folder / "a.npz", draw())
    assert os.listdir(folder) == ["a.npz"]
    for place in folder, killed:
        assert (place / "a.npz").read_bytes() == before
        save(place / "a.npz", draw())
        assert described(*load(place / "a.npz")) == described(draw(), mlp.ORIGINAL)


def test_a_file_that_is_looked_into_is_replaced_all_the_same(tmp_path, monkeypatch):
    """Guards: Windows refuses while another program reads one, as a scanner does."""
    refuse = Mock(side_effect=[PermissionError] * 3 + [None] + [PermissionError] * 9)
    monkeypatch.setattr(os, "replace", refuse)
    save(tmp_path / "a.npz", SMALL)
    with pytest.raises(PermissionError):
        save(tmp_path / "a.npz", SMALL)


# 3. Files that hold something else -----------------------------------------------------


def good_arrays():
    """The content of a saved file, as this version writes it."""
    return {
        "format": np.array("mlp_core 1"),
        "activation": np.array(["tanh", "leaky_relu"]),
        "alpha": np.array([0.0, 0.1]),
        **{f"W{i}": W for i, (W, _) in enumerate(SMALL)},
        **{f"b{i}": b for i, (_, b) in enumerate(SMALL)},
    }


CHANGED = tables.beside(__file__, "files.toml")


@pytest.mark.parametrize("name", CHANGED)
def test_load_refuses_other_arrays_and_says_why(name, tmp_path):
    """Guards: an .npz file that holds no network of ours is no network."""
    changes, words = CHANGED[name]
    np.savez(tmp_path / "a.npz", **good_arrays())  # or it would say nothing
    assert described(*load(tmp_path / "a.npz")) == described(SMALL, SMALL_ACTIVATION)
    arrays = {**good_arrays(), **changes}
    for left_out in arrays.pop("without", []):
        del arrays[left_out]
    np.savez(tmp_path / "a.npz", **arrays)
    refused(tmp_path / "a.npz", words)


class Bomb:
    """Pickled, it makes a directory when someone unpickles it."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_load_refuses_pickles_and_does_not_run_them(tmp_path):
    """Guards a file from somebody else: it runs nothing."""
    bomb = np.array([Bomb(tmp_path / "boom")], dtype=object)
    for name in "W0", "format", "extra":
        np.savez(tmp_path / "a", **{**good_arrays(), name: bomb})
        refused(tmp_path / "a.npz")
    np.save(tmp_path / "a.npy", bomb, allow_pickle=True)
    refused(tmp_path / "a.npy")
    assert not (tmp_path / "boom").exists()


def test_what_is_no_whole_file_is_refused_and_closed(tmp_path):
    """Guards: a download that broke off, a foreign file; on Windows none stays open."""
    path = tmp_path / "a.npz"
    with pytest.raises(FileNotFoundError, match=r"a\.npz"):
        load(path)
    save(path, SMALL)
    content = path.read_bytes()
    parts = [content[:end] for end in [*range(0, len(content), 23), -1, -2, -3, -4, -5]]
    foreign = [b"text\n", b"\x89PNG\r\n\x1a\n" + bytes(100), b"PK\x03\x04", bytes(5000)]
    np.save(tmp_path / "a.npy", SMALL[0].W)
    foreign += [(tmp_path / "a.npy").read_bytes(), b"PK" + content[:90]]
    gc.collect()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for part in [*parts, *foreign]:
            path.write_bytes(part)
            refused(path, "it is not an .npz file, or only part of one")
        path.write_bytes(content[:100] + bytes(30) + content[130:])
        refused(path)
        gc.collect()  # an open file that nobody has says so when it is collected
    assert [str(warning.message) for warning in caught] == []


# 4. Damaged files ----------------------------------------------------------------------


def test_a_damaged_shape_of_a_large_array_is_refused(tmp_path):
    """Guards: fewer numbers than there are would end the reading before the checksum."""
    path = tmp_path / "network.npz"
    save(path, draw((3, 400, 1)))
    content = path.read_bytes()
    changes = {"(2, 400)": "(3, 400)", "(0, 400)": "(3, 400)", "<f4": "<f8"}
    for new, old in changes.items():
        place = content.index(old.encode(), content.index(b"W0.npy"))
        path.write_bytes(content[:place] + new.encode() + content[place + len(old) :])
        refused(path)


@pytest.mark.parametrize("write", [np.savez, np.savez_compressed])
def test_no_damaged_file_is_taken_for_another_network(write, tmp_path):
    """Guards: of files damaged by chance, each is refused or reads as before.

    Some bits mean nothing here, such as the time of writing; zlib has an error of its own.
    """
    path, causes = tmp_path / "network.npz", set()
    write(path, **good_arrays())
    content, right = path.read_bytes(), described(SMALL, SMALL_ACTIVATION)
    rng = np.random.default_rng(11)
    for number in range(200):
        damaged = bytearray(content)
        for place in rng.integers(0, len(content), rng.integers(1, 9)):
            damaged[place] ^= 1 << rng.integers(8)
        path.write_bytes(damaged)
        try:
            loaded = load(path)
        except ValueError:
            causes.add(type(refused(path).__context__).__name__)
        else:
            assert described(*loaded) == right, number
    assert len(causes) > 2 and ("error" in causes) == (write is np.savez_compressed)
