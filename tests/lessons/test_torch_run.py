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


def test_a_check_names_what_differs_and_leaves_the_file_alone(monkeypatch, capsys):
    """Guards: a run that is stale in silence; a check that fails for a chaotic median,
    wherever matrix products are rounded in another way."""
    middle = (RUN["medians"] > torch_run.LOW) & (RUN["medians"] < torch_run.HIGH)
    assert RUN["names"][middle].tolist() == ["not divided by 16"]
    moved = {**RUN, "medians": RUN["medians"] + 13 * middle}  # seen with another kernel
    stale = {"lines": RUN["lines"][:-1], "W1": RUN["W1"] + 1e-6}
    stale["medians"] = RUN["medians"][::-1]
    before = torch_run.FILE.read_bytes()
    monkeypatch.setattr(torch_run, "is_installed", bool)
    for run, differ in ((moved, "nothing"), (RUN | stale, "lines, W1, medians")):
        monkeypatch.setattr(torch_run, "made", lambda run=run: run)
        assert torch_run.main(["--check"]) == (run is not moved)
        told = capsys.readouterr().out
        assert f"differ: {differ}." in told and ("1.0e-06" in told) == (
            run is not moved
        )
    assert torch_run.FILE.read_bytes() == before
