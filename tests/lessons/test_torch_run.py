"""The stored run of PyTorch, which stands in for it in notebook 10; PyTorch isn't needed."""

import ast

import numpy as np
import pytest

from course.tools import ROOT
from tests import reader, torch_run

RUN = torch_run.stored()
NOTEBOOK = ROOT / "notebooks" / "10_framework.ipynb"
AGAIN = "run: python tests/torch_run.py"


def test_the_stored_run_is_of_the_lines_that_the_notebook_shows():
    """Guards: a cell was changed, and beside it stand the numbers of another."""
    assert RUN["lines"].tolist() == torch_run.lines(NOTEBOOK), AGAIN
    assert RUN["names"].tolist() == [*torch_run.MISTAKES], AGAIN
    pieces = list(zip(RUN["old"], RUN["new"]))
    assert pieces == [*torch_run.MISTAKES.values()], AGAIN


def test_its_gradients_and_losses_are_ours():
    """Guards: mlp_core's slopes of the digits, by an independent library; and the file."""
    shapes = {"W0": (64, 32), "b0": (32,), "W1": (32, 10), "b1": (10,)}
    assert {name: RUN[name].shape for name in shapes} == shapes
    assert RUN["losses"].shape == (100,) and RUN["losses"][0] > 2 > RUN["losses"][-1]
    assert {RUN[name].dtype for name in (*shapes, "losses")} == {np.dtype(float)}
    gaps = torch_run.from_ours(RUN)
    assert gaps.keys() == {*shapes, "losses"}
    assert max(gaps.values()) < 1e-12 and min(gaps.values()) >= 0, gaps


def test_each_mistake_is_one_changed_piece():
    """Guards: a piece that isn't there, and changes nothing; lines that don't run."""
    source = "\n".join(RUN["lines"]) + "\n"
    for old, new in zip(RUN["old"].tolist(), RUN["new"].tolist()):
        assert old == new == "" or source.count(old) == 1, old
        ast.parse(source.replace(old, new))
    assert len({*RUN["old"]}) == len(RUN["old"]) - 1  # of two the lines stay


def test_without_a_mistake_and_with_a_leak_it_reads_as_ours_does():
    """Guards: another split, other steps; what was read where there is another mistake."""
    medians = dict(zip(RUN["names"], RUN["medians"], strict=True))
    # 56 steps of 32 samples take about all rows once.
    leak = {"rows": np.arange(len(reader.X)), "steps_per_epoch": 56}
    for name, changed in {"as it is": {}, torch_run.LEAK: leak}.items():
        ours = [_percent(seed, changed) for seed in range(5)]
        assert medians.pop(name) == pytest.approx(np.median(ours), abs=0.3), name
    assert min(medians.values()) >= 0 and max(medians.values()) < np.median(ours) - 1


def _percent(seed, changed):
    params, test = reader.trained(seed, **changed)
    return 100 * reader.read(params, reader.X[test], reader.LABELS[test])[0].mean()


def test_the_file_is_small_and_tells_its_version():
    """Guards: what each learner downloads, and that PyTorch said nothing to any mistake."""
    assert torch_run.FILE.stat().st_size < 50_000
    [version] = RUN["version"]
    assert all(part.isdecimal() for part in version.split(".")), version
    assert RUN["said"].tolist() == [""] * len(RUN["names"])
    assert {array.dtype.kind for array in RUN.values()} == {"f", "U"}


def faults():
    """Runs with one planted fault each, and the name of what it is in."""
    for name in ("W0", "b0", "W1", "b1", "losses"):
        array = RUN[name].copy()
        array.flat[-1] += 1e-6
        yield name, array
        yield name, array * np.nan
        yield name, array[:-1]
    yield "lines", np.char.replace(RUN["lines"], "lr=0.5", "lr=0.4")
    yield "lines", RUN["lines"][:-1]
    yield "medians", RUN["medians"][::-1]
    yield "medians", RUN["medians"][:-1]
    yield "said", np.char.add(RUN["said"], "UserWarning")


@pytest.mark.parametrize("name, array", [*faults()])
def test_a_planted_fault_is_noticed(name, array, monkeypatch, capsys):
    """Guards the check: it names what differs, ends with 1, and leaves the file alone."""
    before = torch_run.FILE.read_bytes()
    monkeypatch.setattr(torch_run, "show", lambda run: None)
    monkeypatch.setattr(torch_run, "is_installed", bool)
    for run, differ in ((RUN, []), ({**RUN, name: array}, [name])):
        monkeypatch.setattr(torch_run, "made", lambda run=run: run)
        assert torch_run.differing(RUN, run) == differ
        assert torch_run.main(["--check"]) == len(differ)
        assert f"differ: {name if differ else 'nothing'}." in capsys.readouterr().out
    assert torch_run.FILE.read_bytes() == before


def test_a_chaotic_median_may_move():
    """Guards: a check that fails wherever matrix products are rounded in another way."""
    middle = (RUN["medians"] > torch_run.LOW) & (RUN["medians"] < torch_run.HIGH)
    assert RUN["names"][middle].tolist() == ["not divided by 16"]
    moved = {**RUN, "medians": RUN["medians"] + 13 * middle}  # seen with another kernel
    assert torch_run.differing(RUN, moved) == []


def test_a_file_of_other_arrays_is_noticed():
    """Guards: a file that an earlier version of the command wrote."""
    less = {name: array for name, array in RUN.items() if name != "said"}
    assert torch_run.differing(RUN, less) == torch_run.differing(less, RUN) == ["said"]


def test_a_gradient_that_is_off_is_far_from_ours(capsys):
    """Guards: the distance from mlp_core's numbers, and that the table tells it."""
    wrong = {**RUN, "W1": RUN["W1"] + 1e-6}
    far = [name for name, gap in torch_run.from_ours(wrong).items() if gap > 1e-12]
    assert far == ["W1"]
    torch_run.show(wrong)
    told = capsys.readouterr().out
    assert "1.0e-06" in told and RUN["version"][0] in told
    assert all(name in told for name in RUN["names"])
