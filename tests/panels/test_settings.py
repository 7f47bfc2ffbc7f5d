"""Every setting of every panel: what is shown is what `mlp_core` alone makes of it.

One panel of each kind stands at the settings of settings.toml. Each setting is then moved
alone, and counts: by the numbers, not by the panel's own functions.
"""

import numpy as np
import pytest

import mlp_core as mlp
from course.fast import join
from course.original import original_loss_and_grads
from course.pictures.style import number, plain
from course.words import label
from tests.panels.parts import PAIRS, make, message, parameters, settings_of, texts

# Pairs: a text is a part of what is seen, a set is of texts on the picture.


def by_activation_panel(panel, z, weight, bias, activation, alpha):
    function = mlp.make_activation(activation, alpha)
    told = f"f({z:.2f}) = {function.f(z):.3f}, slope {function.slope(z):.3f}"
    yield message(panel), f"{label(function)}: {told}"
    x, drawn = panel.view.axes["unit"].lines[-1].get_data()
    yield drawn, function.f(weight * x + bias)
    outputs = [plain(a) for a in function.f(weight * np.linspace(-3, 3, 5) + bias)]
    told = f"weight {weight:g} and bias {bias:g}; for x = -3, -1.5, 0, 1.5, 3 it is "
    yield panel.shown.alt, told + ", ".join(outputs)


def by_initialization_panel(panel, seed, scheme, width, depth, activation, alpha):
    rng = np.random.default_rng(seed)
    X = np.random.default_rng(seed).spawn(1)[0].standard_normal((200, 2))
    function = mlp.make_activation(activation, alpha)
    params = mlp.initialize([2] + depth * [width], rng, scheme, function.alpha or 0.0)
    _, cache = mlp.forward(params, X, function)
    spread = [X.std(), *(Z.std() for Z in cache.Z)]
    told = f"inputs is {spread[0]:.3g}, that of z is {spread[-1]:.3g} after {depth} "
    yield message(panel), f"{scheme}: the spread of the {told}layers"
    yield join(panel.data.params), join(params)
    yield panel.view.axes["spread"].lines[0].get_ydata(), spread
    for patch, (W, _) in zip(panel.view.axes["weights"].patches, params[:: depth - 1]):
        counts, edges, _ = patch.get_data()
        squares = counts * ((edges[1:] + edges[:-1]) / 2) ** 2
        size = np.sqrt(np.sum(squares) / np.sum(counts))  # a histogram has bars:
        yield round(abs(size - np.sqrt(np.mean(W**2))), 1), 0


def by_gradient_panel(panel, h, seed, activation, alpha):
    params, activation = untrained(seed, activation, alpha)
    start, grads = mlp.loss_and_grads(params, mlp.SUM.X, mlp.SUM.Y, activation)
    slope = grads[1].W[0, 0]

    def loss(shift):
        moved = [mlp.Layer(W.copy(), b) for W, b in params]
        moved[1].W[0, 0] += shift
        return mlp.loss(mlp.forward(moved, mlp.SUM.X, activation)[0], mlp.SUM.Y)

    quotient = (loss(h) - loss(-h)) / (2 * h)
    words = f"difference {quotient:z.4f}, by backprop {slope:z.4f}"
    yield message(panel), f"h = {h:.2g}: slope by central {words}"
    lines, steps = lines_of(panel, "error"), np.logspace(-4, 0, 17)
    central = [abs((loss(s) - loss(-s)) / (2 * s) - slope) for s in steps]
    yield lines["central difference"][40:, 1], central
    one_sided = [abs((loss(s) - start) / s - slope) for s in steps]
    yield lines["one-sided difference"][40:, 1], one_sided
    yield lines.get(f"h = {h:.2g}"), [[h, abs(quotient - slope)]]


def by_slice_panel(panel, learning_rate, task, seed, activation, alpha):
    params, activation = untrained(seed, activation, alpha)
    start, grads = mlp.loss_and_grads(params, task.X, task.Y, activation)
    moved = mlp.sgd_step(params, grads, learning_rate)
    after = mlp.loss(mlp.forward(moved, task.X, activation)[0], task.Y)
    words = f"one step takes the loss from {start:.4f} to {after:.4g}, "
    yield message(panel), f"learning rate {learning_rate:g}: {words}"
    lines = lines_of(panel, "slice")
    yield lines["after the step"], [[learning_rate, after]]
    promised = lines["what the slope promises"]
    yield promised[:, 1], start - np.sum(join(grads) ** 2) * promised[:, 0]


def by_pass_panel(
    panel, task, sample, learning_rate, step, back, seed, activation, alpha
):
    params, activation = untrained(seed, activation, alpha)
    X, Y = task.X[[sample]], task.Y[[sample]]
    before, grads = mlp.loss_and_grads(params, X, Y, activation)
    _, cache = mlp.forward(params, X, activation)
    if step == 10:
        params = mlp.sgd_step(params, grads, learning_rate)
        after = mlp.loss(mlp.forward(params, X, activation)[0], Y)
        words = f"Update: W = W - {learning_rate:g} dW; b = b - {learning_rate:g} db; "
        words += f"loss of this sample: before {before:.4f}, after {after:.4f}"
    else:
        i = step - 1
        z, a = (", ".join(map(number, row[0])) for row in (cache.Z[i], cache.A[i + 1]))
        words = f"Forward, layer {i}: Z[{i}] = A[{i}] @ W[{i}] + b[{i}] = [{z}]; "
        words += f"A[{i + 1}] = f(Z[{i}]) = [{a}]"
    yield message(panel), f"step {step} of {10 if back else 5}, {words}"
    yield texts(panel, "network"), {number(w) for layer in params for w in layer.W.flat}


def by_training_panel(
    panel, task, seed, activation, alpha, scheme, hidden, bug, steps, step, **settings
):
    rng, function = np.random.default_rng(seed), mlp.make_activation(activation, alpha)
    start = mlp.initialize((2, *hidden, 1), rng, scheme, function.alpha or 0.0)
    _, history = mlp.train(
        start,
        task.X,
        task.Y,
        rng,
        activation=function,
        learning_rate=settings["learning_rate"],
        epochs=1,
        steps_per_epoch=steps,
        batch_size=settings["batch_size"],
        gradient=original_loss_and_grads if bug else mlp.loss_and_grads,
        snapshots=True,
    )
    params, ax = history.snapshots[step], panel.view.axes
    Y_hat, of_task = mlp.forward(params, task.X, function)
    yield message(panel), f"step {step} of {steps}: loss {mlp.loss(Y_hat, task.Y):.4f};"
    yield message(panel), "; outputs " + ", ".join(f"{y:z.2f}" for y in Y_hat[:, 0])
    ring = ax["surface"].lines[-1].get_xydata()
    yield ring, task.X[history.samples[step - 1]]
    square = np.stack(np.meshgrid(*2 * [np.linspace(-0.5, 1.5, 41)]), -1)
    output, on_square = mlp.forward(params, square.reshape(-1, 2), function)
    yield ax["surface"].images[0].get_array(), output.reshape(41, 41)
    layer, unit = settings["neuron"]
    heights = (on_square.Z if settings["show_z"] else on_square.A[1:])[layer]
    yield ax["neuron"].images[0].get_array(), heights[:, unit].reshape(41, 41)
    networks = [mlp.forward(each, task.X, function)[0] for each in history.snapshots]
    curve = [mlp.loss(outputs, task.Y) for outputs in networks[1:]]
    yield lines_of(panel, "loss")["this run"][:, 1], curve
    title = f"layer {layer}, unit {unit}" + ": z" * settings["show_z"]
    yield ax["neuron"].get_title(), title
    told = "z of " * settings["show_z"] + f"unit {unit} of layer {layer}; the data in "
    yield panel.shown.alt, told + f"the space of layer {settings['hidden_layer']}. step"
    drawn = [line for line in ax["hidden"].lines if "target" in line.get_label()]
    points = np.concatenate([line.get_xydata() for line in drawn])
    space = of_task.A[1 + settings["hidden_layer"]][:, :2]
    yield np.sort(points, axis=0), np.sort(space, axis=0)
    yield ax["hidden"].get_title(), f"layer {settings['hidden_layer']}: "
    on_it = {number(A[settings["sample"]][0]) for A in of_task.A}
    on_it |= {number(w) for layer in params for w in layer.W.flat}
    yield texts(panel, "network"), on_it


def untrained(seed, activation, alpha):
    params = mlp.initialize(rng=np.random.default_rng(seed))
    return params, mlp.make_activation(activation, alpha)


def lines_of(panel, cell):
    lines = panel.view.axes[cell].lines
    return {line.get_label(): line.get_xydata() for line in lines}


def wrong_parts(panel, settings):
    """What is seen otherwise than these settings should show it."""
    pairs = list(globals()[f"by_{panel.name}"](panel, **settings))
    assert len(pairs) > 1
    return [pair for pair in pairs if not _agree(*pair)]


def _agree(seen, expected):
    if isinstance(expected, str):
        return expected in seen
    if isinstance(expected, set):
        return expected <= set(seen)
    same_shape = np.shape(seen) == np.shape(expected)
    return same_shape and np.allclose(seen, expected, rtol=1e-6, atol=1e-9)


def test_each_setting_of_each_panel_is_tried():
    """Guards: a new setting that settings.toml doesn't have."""
    for name in PAIRS:
        assert {*PAIRS[name]} == {*parameters(name)} - {"seeds"}


# Where another setting would hide it: of a parabola each h gives the same slope.
BASES = {
    ("gradient_panel", "h"): {"activation": "tanh"},
    ("pass_panel", "task"): {"sample": 3},
    ("pass_panel", "back"): {"step": 4},
}


@pytest.mark.parametrize(
    ("name", "setting"), [(name, setting) for name in PAIRS for setting in PAIRS[name]]
)
def test_each_setting_counts_when_it_is_moved(name, setting):
    """Guards: a control bound to nothing, to its neighbour, or to its default; a setting
    of the call that reaches another place, or none: all others stay where they began."""
    base = settings_of(name) | BASES.get((name, setting), {})
    moved = base | {setting: settings_of(name, 1)[setting]}
    panel = make(name, **base)
    assert wrong_parts(panel, moved) != []
    if setting in panel.controls:
        panel.controls[setting].set(moved[setting])
    else:
        panel = make(name, **moved)
    assert wrong_parts(panel, moved) == []
