"""The claims about seeds: their words stand in the course, their measures run.

Whether they hold takes minutes: `claims.py`, a command of its own, tells it.
"""

import re
import tomllib

import nbformat
import numpy as np
import pytest

import mlp_core as mlp
from course import fast
from tests import bar, tables
from tests.claims import ROOT, Claim, all_claims, main, result
from tests.sweeps import remember

CLAIMS = all_claims()


def text_of(place):
    """The prose of a file, its parts with an empty line between."""
    text = (ROOT / place).read_text(encoding="utf-8")
    if place.endswith(".ipynb"):
        cells = nbformat.reads(text, as_version=4).cells
        prose = [cell.source for cell in cells if cell.cell_type == "markdown"]
        return "\n\n".join(prose)
    if place.endswith(".toml"):
        return "\n\n".join(strings(tomllib.loads(text)))
    if place.endswith(".py"):  # of an exercise
        return "\n".join(re.findall(r"(?m)(?:^ *# .*\n)+", text)).replace("# ", "")
    return text


def strings(value):
    """All texts in tables and lists of tables."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)


def in_one_line(text):
    return " ".join(text.split())


def test_the_words_of_each_claim_stand_in_its_place():
    """Guards: a text that was changed, and a claim that was not."""
    for claim in CLAIMS:
        assert in_one_line(claim.words) in in_one_line(text_of(claim.place)), (
            f"{claim.words!r}: change tests/claims.toml, too, and run claims.py"
        )


@pytest.mark.slow
def test_each_measure_runs():
    """Guards: a measure that fails, or does not tell True or False for each seed."""
    for claim in CLAIMS:
        count = 8 if "jump(" in claim.measure else 2  # jump takes eight together
        measured = claim.measured(range(10_000, 10_000 + count))
        for part in measured if isinstance(measured, tuple) else [measured]:
            assert part.ndim == 1 and len(part) <= count and part.dtype == bool, claim
        assert claim.low < claim.high


_NUMBER = r"(\d[\d,]*|two|three|four|five|six|seven|eight|nine|ten)"
_PART = "half|third|quarter|fifth|sixth|seventh|eighth|ninth|tenth"
SHARE = re.compile(
    rf"\d ?%|\b{_NUMBER} (in|of) {_NUMBER}\b|\b({_PART})s?\b", re.IGNORECASE
)
SEEDS = re.compile(r"\b(seeds?|networks|runs|diverge|solved?|learn)\b", re.IGNORECASE)
# The seeds are named, or it is asked.
NO_CLAIM = re.compile(r"of these|\bseeds? \d|\?$")

# Shares that tell nothing of what trained networks do: (file, words) and why.
UNCLAIMED = {
    ("notebooks/05_sum_task.ipynb", "a tenth of the width"): "follows from the formula",
    ("notebooks/05_sum_task.ipynb", "9 of 10 seeds"): "an example",
    ("notebooks/05_sum_task.ipynb", "fewer than 1 of 100"): "see test_texts.py",
    ("course/lessons/sum_task/questions.toml", "for 90 and 60 of 100"): "an example",
    ("notebooks/05_sum_task.ipynb", "the middle half"): "what a band is",
    (
        "course/lessons/sum_task/teaching.md",
        "say 'under 10 %'",
    ): "what a class guesses",
}


def shares(place):
    """The sentences of a file that tell a share of seeds."""
    for part in re.split(r"(?<=[.?!])\s+|\||\n\n", text_of(place)):
        sentence = in_one_line(part)
        is_share = SHARE.search(sentence) and SEEDS.search(sentence)
        if is_share and not NO_CLAIM.search(sentence):
            yield sentence


PLACES = [
    path.relative_to(ROOT).as_posix()
    for pattern in (
        "notebooks/*.ipynb",
        "course/lessons/*/*.[tm]*",
        "course/lessons/*/*.py",
        "*.md",
        "docs/*.md",
    )
    for path in sorted(ROOT.glob(pattern))
]


@pytest.mark.parametrize("place", PLACES)
def test_each_share_of_seeds_is_a_claim(place):
    """Guards: a rate in the text that nobody measures on other seeds.

    Only what is told as a share is found: a comparison in words is not, nor the second
    share of a sentence.
    """
    known = [claim.words for claim in CLAIMS if claim.place == place]
    known += [words for other, words in UNCLAIMED if other == place]
    found = list(shares(place))
    for sentence in found:
        assert any(words in sentence or sentence in words for words in known), sentence
    for other, words in UNCLAIMED:
        is_needed = any(words in sentence for sentence in found)
        assert other != place or is_needed, f"{words} stands there no more"


NAMED = tables.beside(__file__, "named_seeds.toml")
NAMED_SEED = re.compile(
    r"(?i).{,60}\bseeds?\W{,3}(?:(?:other than|number|like|as|of|to|is) )?\d.{,60}"
)


@pytest.mark.parametrize("measure", NAMED["fates"])
def test_a_named_seed_does_what_is_said_of_it(measure):
    """Guards: a seed that is said to be stuck, and learns."""
    claim = Claim("anywhere", NAMED["fates"][measure], 1, 1, measure)
    found = np.array(claim.measured(()))
    assert found.dtype == bool and found.size and found.all()


def test_each_named_seed_is_measured():
    """Guards: what is said of a seed, and nobody has run; words that stand there no more."""
    text = " | ".join(in_one_line(text_of(place)) for place in PLACES)
    known = [words for part in NAMED.values() for row in part.values() for words in row]
    for words in sorted(known, key=len, reverse=True):
        assert words in text, f"{words!r} stands there no more"
        text = text.replace(words, "...")
    assert NAMED_SEED.findall(text) == [], "measure it in tests/named_seeds.toml"


SOME = "np.arange(1000) < 300"


@pytest.mark.parametrize(
    "low, high, measure, holds",
    [
        (0.25, 0.35, SOME, True),
        (0.29, 0.35, SOME, False),  # the interval is 27.2 to 32.9 %
        (0.25, 0.31, SOME, False),
        (0, 1, f"{SOME}, ~({SOME})", False),
        (0, 1, f"~({SOME}), {SOME}", True),
        (0, 1, f"{SOME}, {SOME}", False),
    ],
)
def test_a_false_claim_is_told(low, high, measure, holds):
    """Guards: a claim that is not within its bounds, or only by luck."""
    found, words = result(Claim("a", "three in ten", low, high, measure), range(1000))
    assert found == holds == words.startswith("holds: ")


@pytest.mark.apart  # its claims are today's
def test_words_choose_claims_and_seeds_are_handed_on(capsys, monkeypatch):
    """Guards: the options of the command; a word of no claim is an error.

    Its two processes, which take their time, are seen where CONTRIBUTING.md calls it.
    """
    here = lambda do, claims, **pool: [(claim, do(claim)) for claim in claims]
    monkeypatch.setattr(bar, "results", here)
    measure = "np.full(100, seeds == range(5, 8))"
    some = [Claim(place, "all", 0.9, 1, measure) for place in ("a", "b")]
    assert main(["b", "--seeds", "5", "7"], some) == 0
    assert "b: 'all'\n    holds: 100.0 %" in capsys.readouterr().out
    assert main(["b"], some) == main(["c"], some) == 1


def test_a_remembered_sweep_is_none_with_another_loss(tmp_path):
    """Guards: an activation is known by its name, but not where it brings a loss."""
    sweep = remember(fast.sweep, tmp_path)
    double = mlp.tanh._replace(loss=lambda *pair: 2 * mlp.loss(*pair))
    square, own = (
        sweep(mlp.XOR.X, mlp.XOR.Y, [0], activation=activation, epochs=1).epoch_loss
        for activation in (mlp.tanh, double)
    )
    assert own / square == pytest.approx(2)
