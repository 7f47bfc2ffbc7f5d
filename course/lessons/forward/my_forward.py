import numpy as np

import mlp_core as mlp
from course.checking.exercise import describe_type, refuse, to_array
from course.lessons.cases import (
    FUNCTION_NAMES, LEAKY, RELU, SIZES, TANH, expect_items, network, normal,
)

# %% task
# ## Exercise: a forward pass that keeps everything
#
# Training needs all the numbers on the way. Write a forward pass that returns them, for
# any network and any batch.
#
# | | What it is | Shapes for our network and 4 samples |
# |---|---|---|
# | `params` | the layers; `for W, b in params:` loops over them | |
# | `X` | the batch | (4, 2) |
# | `f` | the activation function of every layer | |
# | returned: `A` | `X`, then the activations of each layer | (4, 2), (4, 3), (4, 3), (4, 2), (4, 1) |
# | returned: `Z` | the weighted sums of each layer | (4, 3), (4, 3), (4, 2), (4, 1) |

# %% stub
def my_forward(params, X, f):
    return None  # your code: return A, Z

# %% hint
# Start with `A, Z = [X], []`. In a loop over `params`, the input of each layer is
# `A[-1]`, the last entry of the list.

# %% hint
# Append the weighted sums to `Z` first. Then `f(Z[-1])` is the new entry of `A`.

# %% solution
def my_forward(params, X, f):
    A, Z = [X], []
    for W, b in params:
        Z.append(A[-1] @ W + b)
        A.append(f(Z[-1]))
    return A, Z
# `A` has one more entry than `Z`, since the input has no $z$. So `A[i]` goes into layer
# `i`, `Z[i]` is computed there, and `A[i + 1]` comes out.

# %% cases
def form(answer):
    """``return A, Z``: two lists of arrays."""
    expect_items(answer, 2, "the lists A and Z")
    parts = {}
    for name, arrays in zip("AZ", answer):
        found = f"{name} is {describe_type(arrays)}, but should be a list of arrays"
        refuse(not isinstance(arrays, (list, tuple)), found)
        for i, array in enumerate(arrays):
            parts[f"{name}[{i}]"] = to_array(array, f"{name}[{i}]")
    return parts

def _case(seed, sizes, n):
    """A network, a batch of n samples, and one of three activations."""
    f = (LEAKY.f, TANH.f, RELU.f)[seed % 3]
    return network(seed, *sizes), normal(seed + 50, n, sizes[0]), f

cases = [
    *(_case(seed, sizes, 1) for seed, sizes in enumerate(SIZES[:4])),
    *(_case(seed, sizes, 4) for seed, sizes in enumerate(SIZES)),
    *(_case(seed, SIZES[seed], 3) for seed in (4, 5)),
    (network(8, 2, 3, 1), np.array([[0, 1]]), LEAKY.f),  # whole numbers
]
large = network(30, 2, 2, 1), normal(31, 40_000, 2), TANH.f
function_names = FUNCTION_NAMES

def order(names):
    """In the order in which they are computed: Z[0], A[1], Z[1], A[2]."""
    layers = {name: int(name[2:-1]) - name.startswith("A") for name in names}
    return sorted(names, key=lambda name: (layers[name], name.startswith("A")))

def fresh(rng):
    """Deep and wide networks, equal samples, whole numbers, float32, another f."""
    n = rng.integers(2, 6)
    deep = rng.integers(1, 4, 9)
    narrow = network(rng, 1, 1, 1, 1, 1)  # as many layers as our network
    W = np.array([[1, 2], [3, 1]])
    large, tiny = rng.integers(100, 900, (3, 2)), np.array([[0.004, 0], [0, -0.004]])
    small = [mlp.Layer(*map(np.float32, layer)) for layer in network(rng, 2, 3, 2)]
    return [
        (network(rng, *deep), normal(rng, n, deep[0]), TANH.f),
        (network(rng, 11, 12, 2), normal(rng, 1, 11), RELU.f),
        (network(rng, 2, 4, 1), normal(rng, 1, 2).repeat(n, axis=0), LEAKY.f),
        (narrow, normal(rng, n, 1), mlp.leaky_relu(rng.choice([-1.5, 0.3, 2])).f),
        ([mlp.Layer(W, W[0])], large, RELU.f),
        ([mlp.Layer(W, 0 * W[0])], tiny, LEAKY.f),  # z near 0
        (small, np.float32(normal(rng, n, 2)), LEAKY.f),
        (network(rng, 2, 3, 1), normal(rng, 4, 2), TANH.f),  # shapes of a fixed case
        (network(rng, 2, 3), normal(rng, 200, 2), TANH.f),  # a large batch
    ]

# %% mistakes in: Z.append(____ @ W + ____)
# the weighted sums are wrong, or nothing fits: W is transposed, but its rows belong to
# the inputs and its columns to the units
Z.append(A[-1] @ W.T + b)
# the biases are missing
Z.append(A[-1] @ W)
# A is right, but Z lacks the biases: keep the whole sum that f is applied to
Z.append(A[-1] @ W)
# in place of: A.append(f(Z[-1]))
A.append(f(Z[-1] + b))
# the biases are added after f: they belong to the sum that f is applied to
Z.append(A[-1] @ W)
# in place of: A.append(f(Z[-1]))
A.append(f(Z[-1]) + b)

# %% mistakes in: Z.append(A[-1] @ ____)
# the samples are mixed, or nothing fits: W comes first in the product: a sample is a
# row, so A belongs on the left
Z.append(W @ A[-1] + b)
# every layer gets the input X: from layer 1 on, the result of the layer before goes
# in
Z.append(X @ W + b)
# Z holds the activations: it should hold each sum before f is applied
A.append(f(A[-1] @ W + b))
# in place of: A.append(f(Z[-1]))
Z.append(A[-1])

# %% mistakes in: A.append(f(____))
# the activations lack f: A holds the same numbers as Z
A.append(Z[-1])
# whatever f is, the activations are those of the leaky ReLU with alpha = -0.2: use
# the function that is passed in as f
A.append(np.where(Z[-1] > 0, Z[-1], -0.2 * Z[-1]))
# only the first layer is there: does the function return before its loop ends?
# fix: return ____ (below the loop, not in it)
A.append(f(Z[-1]))
return A, Z

# %% mistakes in: return A, Z
# the last layer lacks f: here every layer has one, even the last
return A[:-1] + [Z[-1]], Z
# A lacks the input: training also needs what went into the first layer
return A[1:], Z
# A and Z are in the wrong order
return Z, A
# only A is returned, but Z is needed as well
return A

# %% right in: Z.append(A[-1] @ W + b)
# sample by sample: 'It loops in Python'
z = np.zeros((len(X), len(b)))
for n in range(len(X)):
    z[n] = A[-1][n] @ W + b
Z.append(z)

# %% right in: return A, Z
# both in a list
return [A, Z]

# %% wrong in: A, Z = [X], []
# lists that all calls share: 'it changes what an earlier call returned'
A, Z = vars(my_forward).setdefault("lists", ([], []))
A[:], Z[:] = [X], []

# %% wrong in: Z.append(A[-1] @ W + b)
# only a part of a large batch: 'Z[0] is wrong'
Z.append(A[-1] @ W + b)
Z[-1][100:] = 0

# %% wrong in: return A, Z
# an array instead of a list: 'A is an array, but should be a list of arrays'
return A[-1], (A, Z)
