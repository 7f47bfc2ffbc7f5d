"""Run notebook 10's lines of PyTorch, and store what comes of them for who has no PyTorch.

    .venv/bin/python -m pip install -r benchmarks/requirements.txt
    .venv/bin/python tests/torch_run.py
    .venv/bin/python tests/torch_run.py --check

The lines are those of two cells of the notebook, taken from its file. They go into
course/lessons/framework/torch.npz, with the gradients of the first step on the digits and
the losses of 100 steps; and of each mistake, one changed piece of the lines, with how many
% of the test digits are read after it: the median of the seeds 0 to 4.

``--check`` writes nothing, and ends with 1 if the file isn't what the lines give now. With
the mistakes some runs are chaotic: programs that round differently part ways within 20
steps. So a median needs only be low, high or between, as before. Without PyTorch, the stored
run is shown, and nothing stored or checked.
"""

import sys
import warnings
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import mlp_core as mlp
from benchmarks.measured import is_installed
from course.lessons.framework.gradients import FILE
from course.tools import notebooks
from tests import reader

EPOCHS, BATCH, RATE = (
    reader.SETTINGS[name] for name in ("epochs", "batch_size", "learning_rate")
)
CELLS = ["torch-network", "torch-train"]
AGREE = 1e-10  # how far gradients and losses may lie apart
LOW, HIGH = 20, 90  # %: where the medians are parted
LEAK = "test data in training"
MISTAKES = {  # name -> the piece that is changed, and what stands in its place
    "as it is": ("", ""),
    "learning rate 3": ("lr=0.5", "lr=3"),
    "not divided by 16": ("network(X[rows])", "network(16 * X[rows])"),
    "sum for mean": ("Y[rows])", 'Y[rows], reduction="sum")'),
    "no zero_grad": ("        optimizer.zero_grad()\n", ""),
    "softmax twice": ("nn.Linear(32, 10))", "nn.Linear(32, 10), nn.Softmax(dim=1))"),
    LEAK: ("", ""),  # other data
}


def lines(path=ROOT / "notebooks" / "10_framework.ipynb") -> list[str]:
    """The lines of PyTorch that the notebook shows."""
    cells = {cell.id: cell.source for cell in notebooks.read(path).cells}
    return "\n\n".join(cells[name] for name in CELLS).splitlines()


def stored() -> dict:
    with np.load(FILE, allow_pickle=False) as file:
        return dict(file)


def first_steps():
    """The network that the notebook begins with, and the rows of its 100 steps."""
    rng = np.random.default_rng(0)
    params = mlp.initialize((64, 32, 10), rng, "glorot")
    return params, mlp.draw_samples(rng, len(reader.X), 100, BATCH)


def by_name(grads) -> dict:
    """The gradients as arrays W0, b0, W1, b1, ..."""
    return {
        f"{letter}{number}": np.asarray(array)
        for number, layer in enumerate(grads)
        for letter, array in zip("Wb", layer)
    }


# With PyTorch ------------------------------------------------------------------------


def defined(source):
    """The two functions of the lines."""
    import torch

    names = {"torch": torch, "nn": torch.nn}
    exec(source, names)  # noqa: S102, cells of our own notebook
    return names["torch_network"], names["torch_train"]


def gradients_and_losses(source):
    """Of the first step, by name and in the course's layout; of each step."""
    import torch

    make, train = defined(source)
    params, samples = first_steps()
    network, X, Y = make(params), torch.tensor(reader.X), torch.tensor(reader.Y)
    train(network, X, Y, samples[:1])
    grads = [[layer.weight.grad.T, layer.bias.grad] for layer in network[::2]]
    return by_name(grads), train(make(params), X, Y, samples)


def percents(name, source, seeds):
    """How many % of the test digits are read after this mistake, for each seed."""
    import torch

    make, train = defined(source.replace(*MISTAKES[name]))
    X, Y, found = torch.tensor(reader.X), torch.tensor(reader.Y), []
    scale = 16 if name == "not divided by 16" else 1
    for seed in seeds:
        rng, test, training, params = reader.start(seed)
        rows = np.arange(len(X)) if name == LEAK else training
        steps = EPOCHS * round(len(rows) / BATCH)
        network = make(params)
        train(network, X[rows], Y[rows], mlp.draw_samples(rng, len(rows), steps, BATCH))
        said = network(scale * X[test]).argmax(dim=1).numpy()
        found.append(100 * np.mean(said == reader.LABELS[test]))
    return found


def made() -> dict:
    """All that is stored."""
    import torch

    torch.set_warn_always(True)  # else a warning comes once
    torch.set_num_threads(1)  # for such small arrays it is the quickest
    shown = lines()
    source = "\n".join(shown) + "\n"
    grads, losses = gradients_and_losses(source)
    medians, said = [], []
    for name in MISTAKES:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                medians.append(np.median(percents(name, source, range(5))))
            except Exception as error:  # noqa: BLE001, whatever PyTorch says to it
                medians.append(np.nan)
                caught.append(error)
        said.append("; ".join(str(getattr(each, "message", each)) for each in caught))
    version, old, new = torch.__version__.split("+")[0], *zip(*MISTAKES.values())
    return {
        "version": np.array([version]),
        "lines": np.array(shown),
        **grads,
        "losses": np.array(losses),
        "names": np.array([*MISTAKES]),
        "old": np.array(old),
        "new": np.array(new),
        "medians": np.array(medians),
        "said": np.array(said),  # what PyTorch raised or warned, or ""
    }


# The comparison ----------------------------------------------------------------------


def from_ours(run) -> dict:
    """How far the gradients and the losses of a run lie from those of mlp_core."""
    params, samples = first_steps()
    X, Y, first = reader.X, reader.Y, samples[0]
    settings = {"activation": reader.FUNCTIONS, "learning_rate": RATE}
    _, grads = mlp.loss_and_grads(params, X[first], Y[first], reader.FUNCTIONS)
    _, history = mlp.train(params, X, Y, samples=samples, **settings)
    ours = by_name(grads) | {"losses": history.loss}
    return {name: np.max(np.abs(run[name] - ours[name])) for name in ours}


def differing(run, other) -> list[str]:
    """The names of the arrays that differ; PyTorch's version may be another."""
    if run.keys() != other.keys():
        return sorted(run.keys() ^ other.keys())
    pairs = {name: (run[name], other[name]) for name in run if name != "version"}
    return [name for name, pair in pairs.items() if not _same(name, *pair)]


def _same(name, array, other):
    if name == "medians":
        array, other = (np.digitize(values, (LOW, HIGH)) for values in (array, other))
    if array.dtype.kind != "f" or array.shape != other.shape:
        return np.array_equal(array, other)
    return np.allclose(array, other, rtol=0, atol=AGREE)


def show(run):
    print(f"PyTorch {run['version'][0]}; from mlp_core's numbers at most so far:")
    for name, gap in from_ours(run).items():
        print(f"{name:24}{gap:10.1e}")
    print(f"\n{'test digits read, %':24}{'median':>10}")
    for name, median, said in zip(run["names"], run["medians"], run["said"]):
        print(f"{name:24}{median:10.1f}  {said or 'nothing is reported'}")


def main(arguments) -> int:
    if not is_installed("torch"):
        show(stored())
        return 1 if arguments else 0
    run = made()
    show(run)
    if arguments == ["--check"]:
        differ = differing(stored(), run)
        print(f"\nIn {FILE.name} differ: {', '.join(differ) or 'nothing'}.")
        return 1 if differ else 0
    np.savez_compressed(FILE, **run)
    print(f"\n{FILE.name}: {FILE.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
