import numpy as np

from course.lessons.playground.cases import measure_split, samples

# %% task
# ## Exercise: split the data
#
# A network should be judged on data that it wasn't trained on. Write
# `my_split(X, Y, share, rng)`. `X` (n, inputs) and `Y` (n, outputs) hold one sample in
# each row, and row i of `Y` is the target of row i of `X`.
#
# - `round(share * n)` samples are test data, and the others are training data. `share` is
#   above 0 and below 1.
# - `rng` chooses the test data: any choice of samples can come up. A generator with the same
#   seed gives the same split.
# - Each sample goes into one of the two, together with its target.
# - Return four arrays in this order: `X_train, Y_train, X_test, Y_test`. Their rows may be
#   in any order. Don't change `X` and `Y`.

# %% stub
def my_split(X, Y, share, rng):
    return None  # your code: return X_train, Y_train, X_test, Y_test

# %% hint
# `rng.permutation(5)` returns the numbers 0 to 4 in random order, such as
# `[3, 0, 4, 1, 2]`. They can serve as row numbers.

# %% hint
# `X[[3, 0]]` picks rows 3 and 0, and so does `Y[[3, 0]]`. If you use one list of row
# numbers for both, each sample stays with its target.

# %% solution
def my_split(X, Y, share, rng):
    n_test = round(share * len(X))
    order = rng.permutation(len(X))
    test, train = order[:n_test], order[n_test:]
    return X[train], Y[train], X[test], Y[test]
# `X[train]` makes a new array, so the old one doesn't change. The points of a playground
# are already shuffled when they are drawn, but the rows of a file are often sorted by
# class, so without a shuffle one class might be missing from the training data.

# %% cases
measure = measure_split
minutes = 6
cases = [
    samples(800, 3, 0.34),
    samples(801, 7, 0.4),  # 2.8
    samples(802, 9, 0.25, 3, 2),  # 2.25
    samples(803, 10, 0.87),  # 8.7
    samples(804, 11, 0.64),  # 7.04
    samples(805, 7, 0.5),  # 3.5
    samples(806, 60, 0.64),  # 38.4
]

def fresh(rng):
    """Two samples, one input, many outputs, whole numbers, float32, few and many samples."""
    X, Y, *others = samples(rng, 8, 0.3)
    return [
        samples(rng, 2, 0.5),
        samples(rng, 10, 0.77, 1, 3),
        ((4 * X).astype(int), (4 * Y).astype(int), *others),
        (X.astype(np.float32), Y.astype(np.float32), *others),
        samples(rng, rng.integers(13, 18), 0.64),
        samples(rng, 300, 0.2),
    ]

# %% mistakes in: n_test = round(____)
# the share goes to the training data, or the two are swapped: which data is `share` for,
# and in which order should the four come?
# fix: return X[train], Y[train], ____, ____
n_test = len(X) - round(share * len(X))
# the number of test samples is cut off, not rounded: 2.8 should become 3
n_test = int(share * len(X))
# the number of test samples is always rounded up: 2.25 should become 2
n_test = int(np.ceil(share * len(X)))
# there is one test sample too few: `order[:n]` stops before n, so it already has n numbers
n_test = round(share * len(X)) - 1
# there is one test sample too many
n_test = round(share * len(X)) + 1

# %% mistakes in: order = rng.permutation(____)
# the test data are always the first samples, perhaps in another order: the numbers of all
# samples should be shuffled
order = np.arange(len(X))
# the draw doesn't use rng, but a generator with the same seed must give the same split
order = np.random.permutation(len(X))
# it makes its own generator, so every rng gives the same split
order = np.random.default_rng(0).permutation(len(X))

# %% mistakes in: test, train = order[____], order[____]
# nothing is shuffled: the test data are always the last samples
train, test = np.split(np.arange(len(X)), [len(X) - n_test])
# a sample is lost: where does each part begin, and where does it end?
test, train = order[:n_test], order[n_test + 1:]
# the training data include the test samples, so what was learned by heart can't be told
# from what was understood
test, train = order[:n_test], order
# training and test data are drawn separately, so some samples are in both: draw one order
# and cut it
test, train = order[:n_test], rng.permutation(len(X))[n_test:]

# %% mistakes in: return X[train], Y[train], ____, ____
# X and Y are shuffled separately, so each sample gets another one's target
return X[train], Y[rng.permutation(train)], X[test], Y[rng.permutation(test)]
# only X is shuffled, so each sample gets another one's target
return X[train], Y[n_test:], X[test], Y[:n_test]
# the four are in the wrong order: first come both of the training data, then both of the
# test data
return X[train], X[test], Y[train], Y[test]
# it shuffles X and Y in place, but the caller still needs them unchanged: `X[order]` is a
# new array
X[:], Y[:] = X[order], Y[order]
return X[n_test:], Y[n_test:], X[:n_test], Y[:n_test]

# %% right
# row numbers that are shuffled, and test data at the end
def my_split(X, Y, share, rng):
    n_train = len(X) - round(share * len(X))
    order = np.arange(len(X))
    rng.shuffle(order)
    X, Y = X[order], Y[order]
    return X[:n_train], Y[:n_train], X[n_train:], Y[n_train:]
# a choice without replacement, and a mask
def my_split(X, Y, share, rng):
    test = np.zeros(len(X), bool)
    test[rng.choice(len(X), round(share * len(X)), replace=False)] = True
    return X[~test], Y[~test], X[test], Y[test]
# random numbers that are sorted
def my_split(X, Y, share, rng):
    n_test = int(share * len(X) + 0.5)
    order = np.argsort(rng.random(len(X)))
    return np.delete(X, order[:n_test], axis=0), np.delete(Y, order[:n_test], axis=0), X[
        order[:n_test]], Y[order[:n_test]]
# both in one array
def my_split(X, Y, share, rng):
    n_test, both = round(share * len(X)), rng.permutation(np.hstack([X, Y]))
    X, Y = both[:, :X.shape[1]], both[:, X.shape[1]:]
    return [X[n_test:], Y[n_test:], X[:n_test], Y[:n_test]]
# pairs in lists: 'a list where later steps need an array'
def my_split(X, Y, share, rng):
    pairs = [(x.tolist(), y.tolist()) for x, y in zip(X, Y)]
    test = [pairs.pop(rng.integers(len(pairs))) for _ in range(round(share * len(X)))]
    return *map(list, zip(*pairs)), *map(list, zip(*test))

# %% wrong in: order = rng.permutation(len(X))
# the rows are only turned: 'give only 11 different ones'
order = np.roll(np.arange(len(X)), rng.integers(len(X)))
# the last sample stays where it is: 'sample 10 never got into the test data'
order = np.append(rng.permutation(len(X) - 1), len(X) - 1)
# drawn with replacement: 'appears twice, and another is lost'
order = rng.integers(len(X), size=len(X))

# %% wrong in: return X[train], Y[train], X[test], Y[test]
# each draws for itself: 'chance decides how many of 3 samples are test data, 0 to 2, but'
test = rng.random(len(X)) < share
return X[~test], Y[~test], X[test], Y[test]
# one is in both: 'sample 2 is in both parts'
return X[order[n_test - 1:]], Y[order[n_test - 1:]], X[test], Y[test]
# two columns, whatever X has: 'X_train has the shape'
return X[train][:, :2], Y[train], X[test][:, :2], Y[test]
# only the test data: '4: X_train'
return X[test], Y[test]
# a flat Y: 'Y_train has the shape (2,)'
return X[train], Y[train, 0], X[test], Y[test, 0]
# a scale that nobody asked for: 'that is not in X'
return X[train] / 3, Y[train], X[test] / 3, Y[test]

# %% equal
# X and Y have as many rows
#     order = rng.permutation(len(Y))
#     n_test = round(share * len(Y))
