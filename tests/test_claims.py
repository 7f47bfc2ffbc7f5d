"""The claims about seeds: their words stand in the course, their measures run.

Whether they hold takes minutes: `claims.py`, a command of its own, tells it.
"""

import nbformat
import numpy as np
import pytest

from tests import claims
from tests.claims import CLAIMS, ROOT, Claim, main


def text_of(place):
    """The text of a file, of a notebook its cells and stored outputs; spaces are one."""
    text = (ROOT / place).read_text(encoding="utf-8")
    if place.endswith(".ipynb"):
        text = notebook_text(nbformat.reads(text, as_version=4))
    return " ".join(text.split())


def notebook_text(notebook):
    parts = []
    for cell in notebook.cells:
        parts.append(cell.source)
        for output in cell.get("outputs", []):
            parts.append(output.get("text") or output.data.get("text/plain", ""))
    return "\n".join(parts)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.words[:40])
def test_the_words_of_each_claim_stand_in_its_place(claim):
    """Guards: a text that was changed, and a claim that was not."""
    assert " ".join(claim.words.split()) in text_of(claim.place)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.words[:40])
def test_each_measure_runs(claim):
    """Guards: a measure that fails, or does not tell True or False for each seed."""
    measured = claim.measure(range(10_000, 10_016))
    for part in measured if isinstance(measured, tuple) else [measured]:
        assert part.ndim == 1 and 0 < len(part) <= 16 and part.dtype == bool
    assert claim.low < claim.high


SHARE = np.arange(1000) < 300


@pytest.mark.parametrize(
    "low, high, measured, holds",
    [
        (0.25, 0.35, SHARE, True),
        (0.29, 0.35, SHARE, False),  # the interval is 27.2 to 32.9 %
        (0.25, 0.31, SHARE, False),
        (0, 1, (SHARE, ~SHARE), False),
        (0, 1, (~SHARE, SHARE), True),
        (0, 1, (SHARE, SHARE), False),
    ],
)
def test_a_false_claim_is_told(low, high, measured, holds, capsys):
    """Guards: a claim that is not within its bounds, or only by luck."""
    claim = Claim("README.md", "three in ten", low, high, lambda seeds: measured)
    assert main([], [claim]) == (0 if holds else 1)
    printed = capsys.readouterr().out
    assert "README.md: 'three in ten'" in printed
    assert ("DOES NOT HOLD" in printed) is not holds


def test_words_choose_claims_and_seeds_are_handed_on(capsys):
    """Guards: the options of the command; a word of no claim is an error."""
    seen = []

    def measure(seeds):
        seen.append(seeds)
        return np.ones(100, bool)

    some = [Claim(place, "all", 0, 1, measure) for place in ("a", "b")]
    assert main(["b", "--seeds", "5", "7"], some) == 0
    assert seen == [range(5, 8)]
    assert main(["c"], some) == 1


def test_a_sweep_is_computed_once(monkeypatch):
    """Guards: the time of the command."""
    monkeypatch.setattr(claims, "_RUNS", {})
    first = claims.first_look(range(3))
    assert claims.first_look(range(3)) is first
    assert claims.first_look(range(4)) is not first
