"""How a split of samples is judged, whichever way it draws.

Random numbers can't be compared one by one, since another right way to draw gives others.
So the check asks for what is true of every right split; and of `MANY` splits of the same
samples, each sample must be in both parts of some, each two in the test data of one, and half
must differ. With 64 % in the test, a right answer fails less than once in 10^9 checks.
"""

from contextlib import suppress
from itertools import combinations

import numpy as np

from course.checking.exercise import FormError, Listed, refuse, to_array
from course.lessons.cases import expect_items
from course.words import are, counted

MANY = 60
PARTS = "train", "test"
NAMES = [f"{letter}_{part}" for part in PARTS for letter in "XY"]


def samples(seed, n, share, inputs=2, outputs=1):
    """Numbers that all differ, so that rows can be recognised; the generator comes later."""
    rng = np.random.default_rng(seed)
    X, Y = (rng.permutation(n * k).reshape(n, k) / 4 for k in (inputs, outputs))
    return X, Y, share, None


def measure_split(call, args):
    """The form of the first split; `FormError` if one is wrong, or isn't drawn from rng."""
    X, Y, share, _ = args

    def draw(seed, share=share):
        return call(X, Y, share, np.random.default_rng(seed))

    def tests(*seeds):
        return [_split(draw(seed), X, Y, share, draw) for seed in seeds]

    is_small = 11 <= len(X) <= 60
    found = tests(*range(MANY if is_small else 1))
    if is_small:
        needed = "every random number must come from the rng that it is given"
        refuse(
            found[:3] != tests(0, 1, 2),
            f"two generators with the same seed give different splits: {needed}",
        )
        _refuse_patterns([test for test, _ in found], len(X))
    some, tiny = (), 0.1 / len(X)
    with suppress(FormError, TypeError, IndexError):  # what has no rows may be odd
        some = draw(0, tiny)[2]
    none = "round(share * n) would be 0, so there should be no test data"
    refuse(len(some), f"if the share were {tiny:.2g}, {none}")
    is_list = found[0][1]
    return {"the split": np.zeros(1).view(Listed if is_list else np.ndarray)}


def _refuse_patterns(found, n):
    """`FormError` if the test data of many generators have too much in common."""
    several = len(set(found))
    refuse(
        several == 1,
        f"generators with different seeds give the same test data, {_listed(found[0])}: "
        "where does rng come in?",
    )
    may = f"in {MANY} splits, but any may"
    train = [{*range(n)} - test for test in found]
    for part, splits in (("test", found), ("training", train)):
        never = {*range(n)}.difference(*splits)
        refuse(never, f"{_listed(never)} never got into the {part} data, {may}")
    refuse(
        several < MANY / 2,
        f"{MANY} splits with different seeds give only {several} different ones: every "
        "selection must be possible",
    )
    for pair in combinations(range(n), 2):
        never = not any(test.issuperset(pair) for test in found)
        refuse(never, f"{_listed(pair)} never got into the test data together, {may}")


def _split(answer, X, Y, share, draw):
    """The samples in the test data, and whether it has lists for arrays."""
    expect_items(answer, 4, ", ".join(NAMES))
    found = dict(zip(NAMES, map(to_array, answer, NAMES)))
    rows = {
        name: _rows_of(name, array, X if name[0] == "X" else Y)
        for name, array in found.items()
    }
    for part in PARTS:
        ours, theirs = (len(rows[f"{letter}_{part}"]) for letter in "XY")
        refuse(
            ours != theirs,
            f"X_{part} has {counted(ours, 'row')} and Y_{part} {theirs}: each sample needs "
            "its target",
        )
    train, test = rows["X_train"], rows["X_test"]
    twice = [i for part in (train, test) for i in part if part.count(i) > 1]
    lost = "appears twice, and another is lost: what is drawn must not be put back"
    refuse(twice, f"{_listed(twice[:1])} {lost}")
    both = {*train} & {*test}
    ends = "where does one part end, and where does the other begin?"
    refuse(both, f"{_listed(both)} {are(len(both))} in both parts: {ends}")
    _refuse_counts(len(train), len(test), len(X), share, draw)
    for part in PARTS:
        _refuse_pairs(part, rows[f"X_{part}"], rows[f"Y_{part}"])
    return frozenset(test), any(isinstance(array, Listed) for array in found.values())


def _refuse_counts(train, test, n, share, draw):
    right = round(share * n)
    if (train, test) == (n - right, right):
        return
    counts = {len(draw(seed)[2]) for seed in range(9)}
    refuse(
        len(counts) > 1,
        f"chance decides how many of {n} samples are test data, {min(counts)} to {max(counts)}, "
        f"but it should only decide which: it is always round(share * n), here {right}",
    )
    raise FormError(
        f"of {n} samples {train} are training data and {test} test data, but with the share "
        f"{share:.3g} it should be {n - right} and {right}",
    )


def _refuse_pairs(part, ours, theirs):
    """`FormError` if the samples (their numbers) are not those of the targets."""
    for place, (sample, target) in enumerate(zip(ours, theirs)):
        refuse(
            sample != target,
            f"row {place} of X_{part} is sample {sample}, but row {place} of Y_{part} is "
            f"the target of sample {target}: X and Y must be shuffled in the same way",
        )


def _rows_of(name, array, whole):
    """Which row of the whole each row of an array is."""
    width = whole.shape[1]
    refuse(
        array.ndim != 2 or array.shape[-1] != width,
        f"{name} has the shape {array.shape}, but it should have {counted(width, 'column')}",
    )
    gaps = abs(np.asarray(array)[:, None] - whole).max(axis=-1)
    near = [int(row.argmin()) if row.min() < 1e-3 else None for row in gaps]
    refuse(None in near, f"{name} holds a row that is not in {name[0]}")
    return near


def _listed(numbers):
    """'sample 3', or several in their order."""
    several = sorted({*numbers})
    more = ", ..." if several[6:] else ""
    return f"sample{'s'[: several[1:] != []]} {', '.join(map(str, several[:6]))}{more}"
