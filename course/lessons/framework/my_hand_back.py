import numpy as np

from course.checking.exercise import describe_type, refuse, to_array
from course.lessons.cases import normal

# %% task
# ## Exercise: hand the slopes back
#
# Write `my_hand_back(slopes, parents, given)`, which passes on to the parents of one node
# what its rule returns for them:
#
# - `slopes` has an array for each node on the tape: its slope, as far as it is known
# - `parents` are the numbers of the node's parents, such as `(0, 1)`, or `()` if it has none
# - `given` has the rule's array for each parent, in the same order
#
# Return a new list of slopes, in which each parent has been given its array. Don't change the
# arguments. A parent may come twice, as `a` did.

# %% stub
def my_hand_back(slopes, parents, given):
    return None  # your code: return a list with an array for each node

# %% hint
# `zip(parents, given)` pairs each parent's number with its array. `list(slopes)` is a new
# list, in which you can replace an array, but its arrays are still the caller's, so don't
# change them.

# %% hint
# A small step in a node raises the loss by 2 along one path, and by 3 along another: by how
# much along both at once? And if a parent's slope in `slopes` isn't 0, how did it get there?

# %% solution
def my_hand_back(slopes, parents, given):
    slopes = list(slopes)
    for parent, slope in zip(parents, given):
        slopes[parent] = slopes[parent] + slope
    return slopes
# The slopes add up, because a node that moves does so everywhere it is used. A node that is a
# parent twice gets two turns of the loop. `+` makes a new array, but `+=` would write into the
# caller's.
#
# That is also why `db` is a sum over the samples: the one row `b` is used once for each.

# %% cases
minutes = 8

def form(answer):
    """A list with an array for each node: ``slopes[0]``, ``slopes[1]``."""
    asked = "return a list, with an array for each node"
    refuse(not isinstance(answer, list), f"it returns {describe_type(answer)}; {asked}")
    parts = {f"slopes[{i}]": array for i, array in enumerate(answer)}
    return {name: to_array(array, name) for name, array in parts.items()}

def _case(seed, shapes, parents, *known):
    """Nodes of these shapes; only the ``known`` ones and the last have a slope."""
    rng = np.random.default_rng(seed)
    slopes = [np.zeros(shape) for shape in shapes]
    for i in (*known, len(shapes) - 1):
        slopes[i] = normal(rng, *shapes[i])
    return slopes, parents, tuple(normal(rng, *shapes[i]) for i in parents)

_SQUARE, _FLAT, _ROW = (2, 2), (3,), (1, 4)
cases = [
    _case(1100, [_FLAT, _FLAT], (0,)),
    _case(1101, [_FLAT, _FLAT], (0,), 0),  # another node used it before
    _case(1102, [_SQUARE, _SQUARE], (0, 0)),
    _case(1103, [_FLAT, _SQUARE], ()),
    _case(1104, [_SQUARE, _FLAT, _FLAT, _ROW], (2, 1)),
    _case(1105, [_SQUARE, _SQUARE, _SQUARE], (0, 0), 0),
    _case(1106, [_ROW, _FLAT, _ROW, _SQUARE], (0, 1, 0), 1),
    _case(1107, [_ROW, _SQUARE, _SQUARE, _SQUARE, _FLAT], (1, 3), 1, 2),
    ([np.zeros(4), np.array(1.0)], (0,), (np.array([0.5, 0.0, -0.5, 2.0]),)),  # of a loss
    ([np.array(0.0), np.array(1.5), np.array(1.0)], (1, 0), (np.array(2.0), np.array(-3.0))),
    (
        [np.array([2, 0, -1]), np.array([[1, 4]]), np.array([3, 3, 3])],  # whole numbers
        (0, 1, 0),
        (np.array([1, 1, 5]), np.array([[0, -2]]), np.array([0, 2, 7])),
    ),
    _case(1108, [_FLAT] * 20, (12, 3, 18, 9, 12, 0), 12, 3, 9),  # a long tape
]

def fresh(rng):
    """A long tape, one parent many times, large and small numbers, float32, large arrays."""
    shapes = [(2, 3), (3,), (2, 3), (1, 3), (2, 3), (3,), (2, 3)]
    slopes, parents, given = _case(rng, shapes, (3, 0, 4), 0, 4)
    return [
        _case(rng, shapes, (*rng.permutation([0, 1, 2, 3]).tolist(), 2), 1),
        _case(rng, shapes, (5, 5, 2, 5), 5),
        _case(rng, [(2, 1), (2, 1)], (0,) * 5),
        ([1e4 * s for s in slopes], parents, tuple(1e4 * s for s in given)),
        ([s / 100 for s in slopes], parents, tuple(-s / 100 for s in given)),
        ([*map(np.float32, slopes)], parents, tuple(map(np.float32, given))),
        ([s * 0 for s in slopes], parents, given),  # even the node's own slope
        _case(rng, [(30, 10), (10,), (30, 10)], (0, 1), 1),
    ]

# %% mistakes in: slopes[parent] = slopes[parent] + slope
# fix: new = list(____); new[parent] = new[parent] ____ slope
# what a parent already had is lost: is it used elsewhere as well?
slopes[parent] = slope
# the sign is wrong: hand back the given slopes unchanged, because the minus comes later, with
# the step downhill
slopes[parent] = slopes[parent] - slope
# it multiplies, so slopes that are 0 stay 0: if a node changes the loss along two paths at
# once, how do the two changes combine?
slopes[parent] = slopes[parent] * slope
# it is a mean, but the two paths from a node to the loss don't share one step: each gets all
# of it
slopes[parent] = (slopes[parent] + slope) / 2
# only the largest of a node's slopes are kept, but it changes the loss along all its paths
# at once
slopes[parent] = np.maximum(slopes[parent], slope)
# it changes slopes in place: begin with a new list, and put a new array into it for each sum
slopes[parent] += slope
# only the first parent gets its slope: does the function return before it reaches the
# others?
# fix: return ____ (below the loop, not in it)
slopes[parent] = slopes[parent] + slope
return slopes

# %% mistakes in: slopes = list(slopes)
# fix: for parent, slope in ____:
# the slopes go to the first nodes, whatever the parents are: their numbers are in parents
slopes, parents = list(slopes), range(len(given))
# the slopes go to the first nodes, whatever the parents are, and what was there is lost: the
# numbers are in parents, and is a node used elsewhere as well?
slopes, parents = list(slopes), range(len(given))
# in place of: slopes[parent] = slopes[parent] + slope
slopes[parent] = slope
# each slope goes to the node before the right one: the numbers start at 0, like those of the
# list
slopes, parents = list(slopes), [parent - 1 for parent in parents]
# a node that is a parent twice gets only the first slope, but it is used twice, so both
# count
first = dict([*zip(parents, given)][::-1])
slopes, parents, given = list(slopes), [*first.keys()], [*first.values()]

# %% mistakes in: slopes = list(slopes)
# fix: new = list(____); new[parent] = new[parent] ____ slope
# a node that is a parent twice gets only the last slope, added to what it had: what should
# the second slope be added to?
old, slopes = slopes, list(slopes)
# in place of: slopes[parent] = slopes[parent] + slope
slopes[parent] = old[parent] + slope
# the slopes given in this call add up, but what a parent already had is lost: is it used
# elsewhere as well?
slopes = [0 * slope if i in parents else slope for i, slope in enumerate(slopes)]
# all slopes start at 0, so what the nodes already had is lost: which of these does this call
# add to?
slopes = [0 * slope for slope in slopes]
# all slopes start at 0, so what the nodes already had is lost, and a node that is a parent
# twice loses one slope as well: what should each slope be added to?
slopes = [0 * slope for slope in slopes]
# in place of: slopes[parent] = slopes[parent] + slope
slopes[parent] = slope
# the given slopes are at the end, as if there were new nodes, but they belong to the parents,
# which already have places
return [*slopes, *given]

# %% mistakes in: return slopes
# only the parents' slopes are there: the list needs one for each node, because the others
# still need theirs
# fix: new = list(____)
return [slopes[parent] for parent in parents]
# only the parents' slopes are there, and what they already had is lost: the list needs one
# for each node, and might a node be used elsewhere as well?
# fix: new = list(____); new[parent] = new[parent] ____ slope
return list(given)

# %% right in: slopes[parent] = slopes[parent] + slope
# NumPy's own sum
slopes[parent] = np.add(slope, slopes[parent])
# copies, changed in place
slopes[parent] += slope
# in place of: slopes = list(slopes)
slopes = [np.array(slope) for slope in slopes]

# %% right
# each node looks for what is its own
def my_hand_back(slopes, parents, given):
    pairs = [*zip(parents, given)]
    return [sum((s for p, s in pairs if p == i), old) for i, old in enumerate(slopes)]

# %% wrong in: return slopes
# a tuple: 'it returns a tuple; return a list, with an array for each node'
return tuple(slopes)
# one slope too many: 'it returns slopes[0], slopes[1], slopes[2], but should return'
return [*slopes, slopes[0]]
# large numbers are cut off: 'is wrong'
return [np.clip(slope, -1e3, 1e3) for slope in slopes]
# its own slope is cleared, told with the numbers: 'for slopes = [[0.0, 0.0, 0.0], [-0.51'
return [*slopes[:-1], 0 * slopes[-1]]
# only the first two are kept, told with shapes: 'for slopes = a list of arrays: (2, 2), (3,)'
return [*slopes[:2], *(0 * slope for slope in slopes[2:])]

# %% wrong in: slopes = list(slopes)
# all is given to each: 'slopes[0] is wrong'
slopes, parents, given = list(slopes), np.repeat(parents, len(parents)), given * len(parents)
# found by the parent's number: 'slopes[0] is wrong'
slopes, given = list(slopes), [given[parent] for parent in parents]

# %% wrong in: slopes[parent] = slopes[parent] + slope
# what was given is changed: 'it changes given in place'
slope += slopes[parent]
slopes[parent] = slope

# %% wrong
# nothing is returned: 'it returns None: did you print the result, or forget `return`?'
def my_hand_back(slopes, parents, given):
    for parent, slope in zip(parents, given):
        slopes[parent] = slopes[parent] + slope
