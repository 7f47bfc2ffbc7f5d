"""The bug hunt of notebook 4: the old ``back_prop``, and what makes it checkable."""

import mlp_core as mlp


def back_prop(X, y, w, b, a, z, learning_rate):
    """The original notebook's, except that its globals w, b, a, z are arguments.

    ``X`` is the prediction, ``y`` the target, ``g`` the slope that flows back, and ``a[0]``
    the output of layer 0. Returns the new weights and biases. Every line is unchanged.
    """
    g = (X - y).reshape(1, -1).T
    n_weights, n_bias = [], []
    for x in range(len(w)):
        i = len(b) - 1 - x
        g = g * mlp.ORIGINAL.slope(z[i])  # activation function derivative
        if i - 1 < 0:
            w_der = y.reshape(1, -1).T
        else:
            w_der = a[i - 1].reshape(1, -1).T  # previous layer activation
        n_weights.append(w[i] - learning_rate * (w_der @ g))
        n_bias.append(b[i] - learning_rate * g)
        g = g @ w[i].T
    return list(reversed(n_weights)), list(reversed(n_bias))


def gradient_of(back_prop):
    """Turn an update for one sample into a gradient, called like `mlp.loss_and_grads`.

    With the learning rate 1, old minus new is the gradient that the update used. As in
    the original notebook, its list ``a`` begins with the output of layer 0.
    """

    def gradient(params, X, Y, activation=mlp.ORIGINAL):
        Y_hat, cache = mlp.forward(params, X, activation)
        w, b = [W for W, _ in params], [b for _, b in params]
        a, z = [A[0] for A in cache.A[1:]], [Z[0] for Z in cache.Z]
        new = zip(*back_prop(Y_hat[0], Y[0], w, b, a, z, 1.0))
        grads = [mlp.Layer(W - W2, b - b2) for (W, b), (W2, b2) in zip(params, new)]
        return mlp.loss(Y_hat, Y), grads

    return gradient
