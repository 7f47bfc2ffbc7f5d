"""Random numbers: those of the page are NumPy's."""

import functools

import numpy as np

from tests.playground.node import ask

PARTED = """NumPy and the page draw other numbers from this seed, so a network of the page is
no longer the one that Python makes of its settings. The page keeps its own numbers, since a
link tells a network by its seed. If NumPy has changed its streams (is it a new version?), a
maintainer chooses: admit only older versions of it in requirements.txt; or follow it in
course/playground/numbers.js and raise VERSION there, then old links say that they are old."""
SEEDS = [0, 1, 4, 99, 2**32, 2**53 - 1]
# Of the last, one draw in two thousand is thrown away; for 1 there is none.
LIMITS = [2, 3, 7, 140, 1, 1000, 2**21 - 1, 2096129]


def draws(seed):
    return {
        "seed": seed,
        "normals": 20_000,  # so that some lie beyond the last strip of the ziggurat
        "limits": LIMITS * 2000,
        "uniforms": 1000,
        "mixed": np.random.default_rng(5).integers(4, size=1000).tolist(),
    }


def mixed(seed, kinds):
    """Integers take halves of 64 bits, and keep the other half for the next integer."""
    rng = np.random.default_rng(seed)
    for kind in kinds:
        if kind == 3:  # of a copy: it moves nothing
            copy = np.random.default_rng()
            copy.bit_generator.state = rng.bit_generator.state
            yield int(copy.integers(140))
        else:
            yield float(
                [lambda: rng.integers(7), rng.standard_normal, rng.random][kind]()
            )


def test_all_numbers_are_numpys():
    """Guards: SeedSequence, PCG64, the strips of the ziggurat, their edges, and its tail;
    53 bits and no more, and the order of the seed's words; Lemire's method, what it throws
    away, and that 1 draws nothing; half of 64 bits that is kept for the next whole number,
    also in a copy."""
    cases, beyond = [draws(seed) for seed in SEEDS], 0
    for case, found in zip(cases, ask("draws", cases), strict=True):
        new = functools.partial(np.random.default_rng, case["seed"])
        normal, rng = new().standard_normal(case["normals"]), new()
        right = {
            "normal": normal.tolist(),
            "uniform": new().uniform(-2, 2, case["uniforms"]).tolist(),
            "integers": [int(rng.integers(n)) for n in case["limits"]],
            "mixed": list(mixed(case["seed"], case["mixed"])),
        }
        for kind, numbers in right.items():
            assert found[kind] == numbers, f"{kind}: {PARTED}"
        beyond += np.sum(abs(normal) > 3.6541528853610088)
    assert beyond > 10
