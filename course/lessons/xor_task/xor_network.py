import numpy as np

import mlp_core as mlp
from course.checking.exercise import refuse
from course.lessons.cases import layers_form

# %% task
# ## Exercise: XOR by hand
#
# Two hidden units with a bend are enough if they are well placed. Find their numbers
# without training.
#
# - Two inputs, two hidden units, one output. ReLU, $f(z) = \max(0, z)$, in *both*
#   layers, including the output.
# - Return `[hidden, output]`, two layers: `mlp.Layer(W, b)` with W (2, 2) and b (2,),
#   then W (2, 1) and b (1,).
# - Column j of the first W holds the weights of hidden unit j: `z = x @ W + b`.
#
# Begin with pencil and paper: a row for each of the four samples, a column for each
# hidden unit.

# %% stub
def xor_network():
    """Return [hidden, output]: W (2, 2), b (2,), then W (2, 1), b (1,)."""
    layers = None  # your code
    return layers

# %% hint
# Let both hidden units use the sum $x_0 + x_1$, which is 0, 1, 1, 2 for the four
# samples. That is XOR, except for the last sample.

# %% hint
# Unit 0 passes the sum on. Unit 1 should be positive only at (1, 1). Which bias does
# that? Then subtract enough of unit 1 to remove the excess at (1, 1).

# %% solution
def xor_network():
    """Return [hidden, output]: W (2, 2), b (2,), then W (2, 1), b (1,)."""
    # unit 0: x0 + x1; unit 1: x0 + x1 - 1, positive only at (1, 1)
    hidden = mlp.Layer(np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([0.0, -1.0]))
    output = mlp.Layer(np.array([[1.0], [-2.0]]), np.array([0.0]))
    return [hidden, output]
# At (1, 1) unit 0 gives 2 and unit 1 gives 1, so $2 - 2 \cdot 1 = 0$. Elsewhere unit 1
# is off. There are other solutions, and the check accepts them all.

# %% cases
cases = [()]
tolerance = lambda name: (0.0, 1e-6)
allowed = mlp.forward, mlp.loss

def form(result):
    """The outputs of a hand-made 2-2-1 network for the four corners, through ReLU."""
    arrays = layers_form()(result)
    shapes = {"W[0]": (2, 2), "b[0]": (2,), "W[1]": (2, 1), "b[1]": (1,)}
    refuse(arrays.keys() != shapes.keys(), "return a list of two layers, [hidden, output]")
    for name, shape in shapes.items():
        found = arrays[name].shape
        refuse(found != shape, f"{name} has the shape {found}; it should be {shape}")
    W0, b0, W1, b1 = (np.array(array, float) for array in arrays.values())
    A = np.maximum(mlp.XOR.X @ W0 + b0, 0)
    Y_hat = np.maximum(A @ W1 + b1, 0)
    parts = {
        f"the output for ({x0:.0f}, {x1:.0f})": y
        for (x0, x1), y in zip(mlp.XOR.X, Y_hat[:, 0])
    }
    if not Y_hat.any():
        parts[_why_silent(A[1:3], W1)] = np.array(True)
    return parts

def _why_silent(A, W):
    """Why the output is 0 at (0, 1) and (1, 0), from the hidden activations there."""
    if not A.any():
        return "no unit is on"
    if not (A @ np.maximum(W, 0)).any():
        return "nothing is added"
    return "too much is taken away" if (A @ np.minimum(W, 0)).any() else "silent"

def explain(parts):
    """The four outputs, and the first corner to look at."""
    outputs = {name[4:]: y for name, y in parts.items() if "for" in name}
    values, right = np.array(list(outputs.values())), mlp.XOR.Y[:, 0]
    first = int(np.argmax(~(abs(values - right) <= 1e-6)))
    digits = 7 if float(f"{values[first]:.4g}") == right[first] else 4
    given = ", ".join(f"{y:.{digits}g}" for y in values)
    if 0 < values[1] < np.inf and np.allclose(values, values[1] * right):
        thought = "only the size is wrong"
    else:
        thought = f"work out both hidden units and the {list(outputs)[first]} by hand"
    return f"for the four corners it gives {given}, and not 0, 1, 1, 0: {thought}"

# %% mistakes in: hidden = mlp.Layer(np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([0.0, -1.0]))
# all four outputs are 0, because at (0, 1) and (1, 0) at least as much is taken away as
# is added and ReLU gives 0: at which corners should the unit that takes away be on?
hidden = mlp.Layer(np.ones((2, 2)), np.zeros(2))

# %% mistakes in: output = mlp.Layer(np.array([[1.0], [-2.0]]), np.array([0.0]))
# all four outputs are 0, because at (0, 1) and (1, 0) no unit that is on has a positive
# output weight, so nothing is added: which unit should be on there, and which sign
# should its output weight have?
output = mlp.Layer(np.array([[-1.0], [2.0]]), np.zeros(1))

# %% mistakes in: return [hidden, output]
# all four outputs are 0, because at (0, 1) and (1, 0) both hidden units are 0 and
# nothing reaches the output: which of them should be on there?
return [(np.ones((2, 2)), np.array([-2, -2])), (np.array([[1], [-2]]), np.zeros(1))]
# its outputs are XNOR (1, 0, 0, 1), the opposite: make them 1 where the inputs differ
return [([[1, -1], [-1, 1]], [0, 0]), ([[-1], [-1]], [1])]
# its outputs are OR (0, 1, 1, 1): at (1, 1) the 1 must be taken away
return [(np.ones((2, 2)), np.array([0, -1])), (np.array([[1], [-1]]), np.zeros(1))]
# its outputs are AND (0, 0, 0, 1): one input alone should be enough, and both too many
return [(np.ones((2, 2)), np.array([0, -1])), (np.array([[0], [1]]), np.zeros(1))]
# its outputs are the sum (0, 1, 1, 2): at (1, 1) that is 2 too many, so which unit must
# be on there, and only there?
return [(np.eye(2), np.zeros(2)), (np.ones((2, 1)), np.zeros(1))]
# its outputs are 0.5 for all, the average of the targets: the output should depend on
# the inputs
return [(np.zeros((2, 2)), np.zeros(2)), (np.zeros((2, 1)), np.array([0.5]))]

# %% right in: return [hidden, output]
# another network, in lists
return [([[1, -1], [-1, 1]], [0, 0]), ([[1], [1]], [0])]
# ReLU cuts off what is below 0
return hidden, output
# in place of: output = mlp.Layer(np.array([[1.0], [-2.0]]), np.array([0.0]))
output = np.array([[1.0], [-7.5]]), np.zeros(1)
# in float32
W = np.full((2, 2), 3, dtype=np.float32)
W2 = np.array([[1 / 3], [-2 / 3]], dtype=np.float32)
b, b2 = np.array([0, -3], np.float32), np.zeros(1, np.float32)
return [mlp.Layer(W, b), mlp.Layer(W2, b2)]
# a search, which calls the course's forward
for weight in range(-5, 6):
    output = mlp.Layer(np.array([[1.0], [weight]]), np.zeros(1))
    Y_hat, _ = mlp.forward([hidden, output], mlp.XOR.X, mlp.relu)
    if np.allclose(Y_hat, mlp.XOR.Y):
        return [hidden, output]

# %% wrong in: output = mlp.Layer(np.array([[1.0], [-2.0]]), np.array([0.0]))
# nearly right: 'it gives 0, 1.00001, 1.00001, 0, and not 0, 1, 1, 0: only the size is
# wrong'
output = mlp.Layer(np.array([[1.00001], [-2.00002]]), np.array([0.0]))
# right if rounded: 'work out both hidden units and the output for (0, 0) by hand'
output = mlp.Layer(np.array([[0.8], [-1.6]]), np.array([0.1]))
# nothing comes through: 'it gives 0, 0, 0, 0, and not 0, 1, 1, 0: work out both hidden
# units and the output for (0, 1)'
output = mlp.Layer(np.array([[1.0], [2.0]]), np.array([-5.0]))

# %% wrong in: return [hidden, output]
# b in a row: 'b[0] has the shape (1, 2); it should be (2,)'
return [mlp.Layer([[1, 1], [1, 1]], [[0, -1]]), mlp.Layer([[1], [-2]], [0])]
# the outputs themselves: 'it returns an array, but should return a list of pairs (W, b)'
return np.array([[0.0], [1.0], [1.0], [0.0]])

# %% equal
# a network by hand may be written in lists
#     hidden = mlp.Layer([[1.0, 1.0], [1.0, 1.0]], np.array([0.0, -1.0]))
#     hidden = mlp.Layer(np.array([[1.0, 1.0], [1.0, 1.0]]), [0.0, -1.0])
#     output = mlp.Layer([[1.0], [-2.0]], np.array([0.0]))
#     output = mlp.Layer(np.array([[1.0], [-2.0]]), [0.0])
# -0 is 0
#     hidden = mlp.Layer(np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([-0.0, -1.0]))
#     output = mlp.Layer(np.array([[1.0], [-2.0]]), np.array([-0.0]))
# at (1, 1) the sum falls below 0, and ReLU makes it 0
#     output = mlp.Layer(np.array([[1.0], [-3.0]]), np.array([0.0]))
#     output = mlp.Layer(np.array([[1.0], [-4.0]]), np.array([0.0]))
