"""course.files: networks in files, whole or not at all.

A file is what `save` wrote, to the last bit, or it is refused by its name: damaged, cut
short, somebody else's. The process may be killed while it saves.
"""

import gc
import io
import itertools
import os
import re
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

import mlp_core as mlp
from course.files import load, save
from course.lessons import FOLDER
from mlp_core import Activation, Layer
from tests.reference import ACTIVATIONS, PUBLISHED_X, PUBLISHED_Y, draw, flat, same
from tests.wait import PATIENCE

pytestmark = pytest.mark.filterwarnings("error")
ROOT = Path(__file__).resolve().parent.parent
SMALL = draw((2, 3, 1), 0, bias=1.0)
SMALL_ACTIVATION = [mlp.tanh, mlp.leaky_relu(0.1)]


def described(params, activation):
    """All that a file says, in a form that can be compared."""
    numbers = [(array.shape, array.tobytes()) for layer in params for array in layer]
    activations = mlp.per_layer(activation, params)
    return numbers, [(layer.name, layer.alpha) for layer in activations]


def refused(path, words=""):
    """load() refuses the file, names it, and says why."""
    text = re.escape(f"{path} can't be read as a network: {words}")
    with pytest.raises(ValueError, match=text):
        load(path)


# Round trips -------------------------------------------------------------------------

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
    path = tmp_path / "network.npz"
    assert save(path, params, activation) is None
    assert os.listdir(tmp_path) == ["network.npz"]
    loaded, again = load(str(path))
    assert all(isinstance(layer, Layer) for layer in loaded)
    assert flat(loaded).tobytes() == flat(params).tobytes()
    assert [W.shape for W, _ in loaded] == [W.shape for W, _ in params]
    assert isinstance(again, Activation) == isinstance(activation, Activation)
    z = np.linspace(-3, 3, 13)
    for old, new in zip(
        mlp.per_layer(activation, params), mlp.per_layer(again, params)
    ):
        assert old.name == new.name
        assert np.array_equal(old.f(z), new.f(z))
        assert np.array_equal(old.slope(z), new.slope(z))


def test_layers_of_one_shape_keep_their_order(tmp_path):
    """Guards: layers, weights, biases or alphas of another layer, where they fit."""
    params = draw((3, 3, 3, 3), bias=1.0)
    activation = [mlp.tanh, mlp.leaky_relu(0.1), mlp.leaky_relu(0.3)]
    save(tmp_path / "a.npz", params, activation)
    loaded = described(*load(tmp_path / "a.npz"))
    assert loaded == described(params, activation)


def test_save_uses_the_path_as_it_is_and_replaces_what_was_there(tmp_path):
    """Guards names: no ending is added, and nothing lies about afterwards."""
    path = tmp_path / "no ending, ä"
    save(str(path), draw())
    save(path, draw((2, 1), 1), mlp.tanh)
    assert os.listdir(tmp_path) == [path.name]
    params, activation = load(path)
    assert same(params, draw((2, 1), 1)) and activation.name == "tanh"


def test_saved_file_holds_numbers_and_names_only(tmp_path):
    """Guards: nothing in it could run code."""
    save(tmp_path / "a.npz", draw(), mlp.tanh)
    with np.load(tmp_path / "a.npz", allow_pickle=False) as file:
        kinds = {file[name].dtype.kind for name in file.files}
    assert kinds <= set("fU")


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_saved_file_can_be_read_by_whom_a_new_file_can(tmp_path):
    """Guards a shared folder: no file for one's own eyes only."""
    (tmp_path / "new").write_bytes(b"")
    save(tmp_path / "a.npz", draw())
    modes = {path.name: path.stat().st_mode for path in tmp_path.iterdir()}
    assert oct(modes["a.npz"]) == oct(modes["new"])


def with_number(value, layer=1, letter=0):
    """SMALL with one weight (letter 0) or bias (1) replaced."""
    params = draw((2, 3, 1), 0, bias=1.0)
    params[layer][letter][0] = value
    return params


CANT_SAVE = {
    "an activation of one's own": (SMALL, Activation("mine", np.sin, np.cos)),
    "an alpha for each network": (SMALL, mlp.leaky_relu(np.array([0.1, 0.2]))),
    "an alpha of NaN": (SMALL, mlp.leaky_relu(np.nan)),
    "a surplus alpha": (SMALL, mlp.tanh._replace(alpha=0.3)),
    "a network that diverged": (with_number(np.nan), mlp.tanh),
    "a bias that diverged": (with_number(-np.inf, 0, 1), mlp.tanh),
    "no network": ([], mlp.tanh),
    "a layer": (SMALL[0], mlp.tanh),
    "layers that don't fit": (SMALL[::-1], mlp.tanh),
    "too few activations": (SMALL, [mlp.tanh]),
}


@pytest.mark.parametrize("name", CANT_SAVE)
def test_what_could_not_be_loaded_is_not_saved(name, tmp_path):
    """Guards: the old file stays, and no other appears."""
    save(tmp_path / "a.npz", SMALL)
    params, activation = CANT_SAVE[name]
    with pytest.raises((ValueError, TypeError), match="params|activation"):
        save(tmp_path / "a.npz", params, activation)
    assert os.listdir(tmp_path) == ["a.npz"]
    assert same(load(tmp_path / "a.npz")[0], SMALL)


# Files of other Pythons --------------------------------------------------------------

# Written by `save` in CPython 3.13.0 with NumPy 2.5.5: the network below.
FROM_3_13 = ROOT / "tests" / "saved_by_python_3_13.npz"
KNOWN = [
    Layer(np.arange(i * o).reshape(i, o) / 7 - 1, np.arange(o) / 3)
    for i, o in [(2, 3), (3, 3), (3, 1)]
]
KNOWN_ACTIVATION = [mlp.leaky_relu(-0.2), mlp.tanh, mlp.sigmoid]


def test_files_of_another_python_load():
    """Guards: a saved file is the same thing everywhere, the course's own one too."""
    assert described(*load(FROM_3_13)) == described(KNOWN, KNOWN_ACTIVATION)
    params, activation = load(FOLDER / "xor_task" / "original_xor.npz")
    assert activation.alpha == -0.2
    Y_hat, _ = mlp.forward(params, PUBLISHED_X, activation)
    assert Y_hat[:, 0] == pytest.approx(PUBLISHED_Y, abs=1e-6)


# Saving that fails, or is killed -------------------------------------------------------


def write_and_fail(error):
    def savez(file, **_):
        file.write(b"half of it")
        raise error

    return savez


def just_fail(error):
    def replace(*_):
        raise error

    return replace


FAILURES = {
    "disk full": (np, "savez", write_and_fail(OSError("disk full"))),
    "interrupt": (np, "savez", write_and_fail(KeyboardInterrupt())),
    "can't replace": (os, "replace", just_fail(PermissionError("no"))),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failed_save_leaves_the_old_file_and_nothing_else(name, tmp_path, monkeypatch):
    """Guards the old file, and the folder, against half a new one."""
    path = tmp_path / "a.npz"
    save(path, draw())
    before = path.read_bytes()
    monkeypatch.setattr(*FAILURES[name])
    with pytest.raises((OSError, KeyboardInterrupt)):
        save(path, draw(seed=1))
    monkeypatch.undo()
    assert os.listdir(tmp_path) == ["a.npz"]
    assert path.read_bytes() == before


OLD = [Layer(np.full((200, 50), 1.0), np.full(50, 1.0))]
KILLED = """
import os, signal, sys
import numpy as np
import mlp_core as mlp
from course.files import save
replace = os.replace
def die(*arguments):
    if sys.argv[2] == "after":
        replace(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(os, {"after": "replace"}.get(sys.argv[2], sys.argv[2]), die)
save(sys.argv[1], [mlp.Layer(np.full((40, 50), 2.0), np.full(50, 2.0))], mlp.tanh)
"""
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
@pytest.mark.parametrize("moment", ["fsync", "replace", "after"])
def test_a_kill_while_saving_leaves_a_whole_file(moment, tmp_path):
    """Guards: the process is gone in the middle; the file is the old or the new one."""
    path = tmp_path / "network.npz"
    save(path, OLD, mlp.relu)
    before = path.read_bytes()
    command = [sys.executable, "-c", KILLED, str(path), moment]
    done = subprocess.run(command, env=ENVIRONMENT, check=False, timeout=PATIENCE)
    assert done.returncode == -signal.SIGKILL
    if moment == "after":
        assert load(path)[1] == mlp.tanh and np.all(load(path)[0][0].W == 2)
    else:
        assert path.read_bytes() == before
        save(path, OLD, mlp.sigmoid)  # what lies about doesn't stand in the way
        assert load(path)[1] == mlp.sigmoid


SAVING = """
import sys, itertools
import numpy as np
import mlp_core as mlp
from course.files import save
for number in itertools.count():
    layer = mlp.Layer(np.full((200, 50), float(number)), np.full(50, float(number)))
    save(sys.argv[1], [layer])
    print("saved", flush=True)
"""


@pytest.mark.timed
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
def test_a_kill_at_any_time_leaves_a_whole_file(tmp_path):
    """Guards the same without knowing the steps of `save`, at times by chance."""
    path = tmp_path / "network.npz"
    save(path, OLD)
    for count, wait in enumerate(np.random.default_rng(0).uniform(0.002, 0.05, 4)):
        command = [sys.executable, "-c", SAVING, str(path)]
        with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE) as busy:
            for _ in range(count + 1):
                assert busy.stdout.readline() == b"saved\n"
            time.sleep(wait)
            busy.kill()
        (layer,), _ = load(path)
        assert np.ptp(layer.W) == np.ptp(layer.b) == 0 and layer.W[0, 0] == layer.b[0]
        assert layer.W.shape == (200, 50) and layer.W[0, 0] >= count


# Files that hold something else --------------------------------------------------------


def test_load_without_a_file(tmp_path):
    """Guards: a file that is not there is told as such, and a folder is none."""
    with pytest.raises(FileNotFoundError, match="missing.npz"):
        load(tmp_path / "missing.npz")
    with pytest.raises((OSError, ValueError)):
        load(tmp_path)
    with pytest.raises(TypeError):
        load(5)


def good_arrays():
    """The content of a saved file, as this version writes it."""
    return {
        "format": np.array("mlp_core 1"),
        "activation": np.array(["tanh", "leaky_relu"]),
        "alpha": np.array([0.0, 0.1]),
        **{f"W{i}": W for i, (W, _) in enumerate(SMALL)},
        **{f"b{i}": b for i, (_, b) in enumerate(SMALL)},
    }


def test_good_arrays_are_good(tmp_path):
    """Guards the test of bad ones below: or it would say nothing."""
    np.savez(tmp_path / "a.npz", **good_arrays())
    assert described(*load(tmp_path / "a.npz")) == described(SMALL, SMALL_ACTIVATION)


def without(*names):
    return dict.fromkeys(names)


def named(*names):
    return {"activation": np.array(names)}


def alphas(*values):
    return {"alpha": np.array(values)}


CHANGED = {  # what is changed, and what `load` says of it
    "another format": ({"format": np.array("mlp_core 0")}, "its format is not"),
    "no format": (without("format"), "it has no format"),
    "no activation": (without("activation"), "it has no activation"),
    "no alpha": (without("alpha"), "it has no alpha"),
    "no weights": (without("W1"), "activation is (2,), but it has no W1"),
    "no biases": (without("b1"), "activation is (2,), but it has no b1"),
    "one array more": ({"W2": np.ones(1)}, "activation is (2,), but it also has W2"),
    "no layers": (
        without("W0", "W1", "b0", "b1")
        | {"activation": np.array([], dtype="U4"), "alpha": np.array([])},
        "params is empty",
    ),
    "somebody else's": (
        without(*good_arrays()) | {"arr_0": np.ones(3)},
        "it has no format, so `save` didn't write it",
    ),
    "weights that don't fit": ({"W1": np.ones((4, 1))}, "params: W[1] is (4, 1)"),
    "biases that don't fit": ({"b1": np.ones(2)}, "params: W[1] is (3, 1) and b[1] is"),
    "weights of three axes": ({"W0": np.ones((1, 2, 3))}, "params: W[0] is (1, 2, 3)"),
    "nothing in it": ({"W0": np.ones((0, 3))}, "params: W[0] is (0, 3)"),
    "weights of text": ({"W0": np.array([["a"] * 3] * 2)}, "W0 must hold numbers"),
    "complex weights": ({"W0": np.ones((2, 3)) * 1j}, "W0 must hold numbers"),
    "fields": ({"b0": np.zeros(3, dtype=[("x", float)])}, "b0 must hold numbers"),
    "objects": ({"b1": np.array([None], dtype=object)}, "Object arrays"),
    "a weight of NaN": ({"W1": with_number(np.nan)[1].W}, "params: W[1] holds NaN"),
    "an infinite weight": ({"W0": np.full((2, 3), np.inf)}, "params: W[0] holds NaN"),
    "an infinite bias": ({"b0": np.full(3, -np.inf)}, "params: b[0] holds NaN"),
    "an unknown activation": (named("tanh", "swish"), "activation[1] must be one of"),
    "activations of bytes": (named(b"tanh", b"relu"), "activation[0] must be one of"),
    "activations as numbers": (named(0, 1), "activation[0] must be one of"),
    "too few activations": (named("tanh"), "activation (1,) and alpha (2,) must both"),
    "too few of both": (
        named("tanh") | alphas(0.0),
        "activation is (1,), but it also has W1",
    ),
    "activation of no axis": (
        {"activation": np.array("tanh"), "alpha": np.array(0.0)},
        "activation () and alpha () must both",
    ),
    "too few alphas": (alphas(0.0), "activation (2,) and alpha (1,) must both"),
    "a surplus alpha": (
        alphas(0.3, 0.1),
        "activation[0] is 'tanh', which takes no alpha 0.3",
    ),
    "an alpha of NaN": (
        alphas(0.0, np.nan),
        "activation[1].alpha must be a finite number",
    ),
    "an infinite alpha": (
        alphas(0.0, np.inf),
        "activation[1].alpha must be a finite number",
    ),
    "an alpha of text": (alphas("x", "y"), "activation[0].alpha must hold numbers"),
}


@pytest.mark.parametrize("name", CHANGED)
def test_load_refuses_other_arrays_and_says_why(name, tmp_path):
    """Guards: an .npz file that holds no network of ours is no network."""
    changes, words = CHANGED[name]
    arrays = {**good_arrays(), **changes}
    arrays = {key: value for key, value in arrays.items() if value is not None}
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
    for name in "W0", "format", "activation", "extra":
        np.savez(tmp_path / "a.npz", **{**good_arrays(), name: bomb})
        refused(tmp_path / "a.npz")
    np.save(tmp_path / "b.npy", bomb, allow_pickle=True)
    refused(tmp_path / "b.npy")
    (tmp_path / "c.npz").write_bytes(bomb.dumps())
    refused(tmp_path / "c.npz")
    assert not (tmp_path / "boom").exists()


np.save(array_file := io.BytesIO(), np.ones((2, 3)))
FOREIGN = {
    "empty": b"",
    "text": b"w = [[1, 2], [3, 4]]\n",
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "zip magic only": b"PK\x03\x04",
    "zeros": bytes(5000),
    "a single array": array_file.getvalue(),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_load_refuses_a_foreign_file(name, tmp_path):
    """Guards files that are no .npz at all."""
    (tmp_path / "a").write_bytes(FOREIGN[name])
    refused(tmp_path / "a", "it is no .npz file, or only a part of one")


def test_load_leaves_no_file_open_that_it_refused(tmp_path):
    """Guards Windows, where an open file can be neither replaced nor deleted."""
    save(tmp_path / "a.npz", SMALL)
    content, path = (tmp_path / "a.npz").read_bytes(), tmp_path / "b.npz"
    gc.collect()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for part in b"", b"text", content[:500], content[:-1], b"PK" + content[:90]:
            path.write_bytes(part)
            refused(path)
        gc.collect()  # an open file that nobody has says so when it is collected
    assert [str(warning.message) for warning in caught] == []


# Damaged files -------------------------------------------------------------------------


def test_load_refuses_a_file_cut_short_anywhere(tmp_path):
    """Guards a download that broke off."""
    save(tmp_path / "a.npz", SMALL)
    content = (tmp_path / "a.npz").read_bytes()
    for length in [*range(0, len(content), 23), *range(len(content) - 5, len(content))]:
        (tmp_path / "b.npz").write_bytes(content[:length])
        refused(tmp_path / "b.npz")


def test_load_refuses_a_damaged_file_that_was_compressed(tmp_path):
    """Guards: NumPy may write a file smaller, and zlib has an error of its own."""
    params = draw((40, 40, 1))
    save(tmp_path / "a.npz", params)
    with np.load(tmp_path / "a.npz") as file:
        np.savez_compressed(tmp_path / "b.npz", **file)
    assert same(load(tmp_path / "b.npz")[0], params)
    content, causes = (tmp_path / "b.npz").read_bytes(), set()
    for place in range(0, len(content), 31):
        damaged = content[:place] + bytes(30) + content[place + 30 :]
        (tmp_path / "c.npz").write_bytes(damaged)
        with pytest.raises(ValueError, match="c.npz") as caught:
            load(tmp_path / "c.npz")
        causes.add(type(caught.value.__context__).__name__)
    assert "error" in causes  # zlib.error


@pytest.mark.parametrize(
    "old, new",
    [(b"(3, 400)", b"(2, 400)"), (b"(3, 400)", b"(0, 400)"), (b"<f8", b"<f4")],
)
def test_a_damaged_shape_of_a_large_array_is_refused(old, new, tmp_path):
    """Guards: fewer numbers than there are would end the reading before the checksum."""
    path = tmp_path / "network.npz"
    save(path, draw((3, 400, 1)))
    content = path.read_bytes()
    place = content.index(old, content.index(b"W0.npy"))
    path.write_bytes(content[:place] + new + content[place + len(old) :])
    refused(path)


def flip_bits(content, rng, _):
    content = bytearray(content)
    for place in rng.integers(0, len(content), rng.integers(1, 9)):
        content[place] ^= 1 << rng.integers(8)
    return content


def write_over(content, rng, _):
    start, length = rng.integers(len(content)), int(rng.integers(1, 200))
    new = rng.bytes(length) if rng.integers(2) else bytes(length)
    return (content[:start] + new + content[start + length :])[: len(content)]


def move_part(content, rng, _):
    a, b, c = sorted(rng.integers(0, len(content), 3))
    return content[:a] + content[b:c] + content[a:b] + content[c:]


def another_digit(content, rng, _):
    """In the header of an array a digit may be its shape, or the size of its numbers."""
    headers = re.finditer(rb"{'descr'[^}]*}", content)
    spans = itertools.chain(*(range(*header.span()) for header in headers))
    digits = [place for place in spans if content[place] in b"0123456789"]
    place, digit = digits[rng.integers(len(digits))], b"%d" % rng.integers(10)
    return content[:place] + digit + content[place + 1 :]


def part_of_another(content, rng, other):
    """Another network's file has the same length: parts of it fit in."""
    start, length = rng.integers(len(content)), rng.integers(1, 600)
    return content[:start] + other[start : start + length] + content[start + length :]


DAMAGES = [flip_bits, write_over, move_part, another_digit, part_of_another]


@pytest.mark.parametrize("damage", DAMAGES)
def test_no_damaged_file_is_taken_for_another_network(damage, tmp_path):
    """Guards: of files damaged by chance, each is refused or reads as before.

    Some bits of a zip file mean nothing here, such as the time of writing.
    """
    path = tmp_path / "network.npz"
    save(path, [Layer(W + 1, b) for W, b in SMALL], [mlp.sigmoid, mlp.leaky_relu(0.2)])
    other = path.read_bytes()
    save(path, SMALL, SMALL_ACTIVATION)
    content, right = path.read_bytes(), described(SMALL, SMALL_ACTIVATION)
    assert described(*load(path)) == right and len(other) == len(content)
    rng, refusals = np.random.default_rng(11), 0
    for number in range(200):
        path.write_bytes(bytes(damage(content, rng, other)))
        try:
            loaded = load(path)
        except ValueError as error:
            assert "network.npz can't be read as a network" in str(error)
            refusals += 1
        else:
            assert described(*loaded) == right, number
    assert refusals > 100
