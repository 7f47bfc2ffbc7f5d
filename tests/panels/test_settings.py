"""Every setting of every panel: what is shown is what `mlp_core` alone makes of it.

One panel of each kind stands at settings of which none is the default and no two are
alike. Each setting is then moved alone, and counts: by the numbers, not by the panel's
own functions.
"""

import html
import inspect

import numpy as np
import pytest

import mlp_core as mlp
from course import panels
from course.fast import join
from course.original import original_loss_and_grads
from course.pictures.style import number
from course.words import label
from tests.panels.parts import NAMES, make, message

NETWORK = {"seed": (3, 7), "activation": ("leaky_relu", "tanh"), "alpha": (0.5, -0.3)}
# Panel -> setting -> where it stands, and what it is moved to.
PAIRS = {
    "activation_panel": {
        "alpha": (0.5, -0.3),
        "z": (-1.4, 0.8),
        "activation": ("leaky_relu", "tanh"),
        "weight": (2, -1.1),
        "bias": (-0.7, 0.4),
    },
    "initialization_panel": {
        **NETWORK,
        "scheme": ("he", "uniform"),
        "width": (6, 4),
        "depth": (5, 3),
    },
    "gradient_panel": {**NETWORK, "h": (0.1, 0.7)},
    "slice_panel": {
        **NETWORK,
        "task": (mlp.XOR, mlp.SUM),
        "learning_rate": (0.06, 0.02),
    },
    "pass_panel": {
        **NETWORK,
        "task": (mlp.XOR, mlp.SUM),
        "sample": (2, 1),
        "learning_rate": (0.5, 0.1),
        "step": (10, 2),
        "back": (True, False),
    },
    "first_look_panel": {
        "learning_rate": (0.3, 0.1),
        "seed": (3, 7),
        "step": (40, 90),
        "neuron": ((0, 2), (0, 1)),
    },
    "training_panel": {
        **NETWORK,
        "task": (mlp.XOR, mlp.SUM),
        "learning_rate": (0.1, 0.05),
        "scheme": ("he", "uniform"),
        "hidden": ((2, 2), (3, 2)),
        "batch_size": (2, 4),
        "steps": (60, 70),
        "bug": (False, True),
        "step": (40, 50),
        "neuron": ((1, 1), (0, 1)),
        "show_z": (False, True),
        "hidden_layer": (1, 0),
        "sample": (2, 1),
    },
}
CASES = {
    name: [{setting: pair[i] for setting, pair in pairs.items()} for i in (0, 1)]
    for name, pairs in PAIRS.items()
}


# 1. What is to be seen, by panel -----------------------------------------------------
# A text is a part of the line, a set is of texts on the picture, an array is drawn.


def untrained(seed, activation, alpha, **_):
    params = mlp.initialize(rng=np.random.default_rng(seed))
    return params, mlp.make_activation(activation, alpha)


def by_activation_panel(z, weight, bias, activation, alpha):
    function = mlp.make_activation(activation, alpha)
    a, slope = function.f(z), function.slope(z)
    return {
        "line": f"{label(function)}: f({z:.2f}) = {a:.3f}, slope {slope:.3f}",
        "unit": function.f(weight * np.linspace(-3.2, 3.2, 161) + bias),
    }


def by_initialization_panel(seed, scheme, width, depth, activation, alpha):
    rng = np.random.default_rng(seed)
    X = np.random.default_rng(seed).spawn(1)[0].standard_normal((200, 2))
    function = mlp.make_activation(activation, alpha)
    params = mlp.initialize([2] + depth * [width], rng, scheme, function.alpha or 0.0)
    _, cache = mlp.forward(params, X, function)
    spread = [X.std(), *(Z.std() for Z in cache.Z)]
    told = f"inputs is {spread[0]:.3g}, that of z is {spread[-1]:.3g} after {depth} "
    return {
        "line": f"{scheme}: the spread of the {told}layers",
        "weights": join(params),
        "sizes": [np.sqrt(np.mean(params[i].W ** 2)) for i in (0, -1)],
        "spread": np.array(spread),
    }


def by_gradient_panel(h, **settings):
    params, activation = untrained(**settings)
    start, grads = mlp.loss_and_grads(params, mlp.SUM.X, mlp.SUM.Y, activation)
    slope = grads[1].W[0, 0]

    def loss(shift):
        moved = [mlp.Layer(W.copy(), b) for W, b in params]
        moved[1].W[0, 0] += shift
        return mlp.loss(mlp.forward(moved, mlp.SUM.X, activation)[0], mlp.SUM.Y)

    steps = np.logspace(-4, 0, 17)
    quotient = (loss(h) - loss(-h)) / (2 * h)
    central = [abs((loss(s) - loss(-s)) / (2 * s) - slope) for s in steps]
    one_sided = [abs((loss(s) - start) / s - slope) for s in steps]
    words = f"difference {quotient:z.4f}, by backprop {slope:z.4f}"
    return {
        "line": f"h = {h:.2g}: slope by central {words}",
        "curves": [central, one_sided],
        "mark": [h, abs(quotient - slope)],
    }


def by_slice_panel(learning_rate, task, **settings):
    params, activation = untrained(**settings)
    start, grads = mlp.loss_and_grads(params, task.X, task.Y, activation)
    moved = [
        mlp.Layer(W - learning_rate * dW, b - learning_rate * db)
        for (W, b), (dW, db) in zip(params, grads)
    ]
    after = mlp.loss(mlp.forward(moved, task.X, activation)[0], task.Y)
    steepness = sum(np.sum(array**2) for layer in grads for array in layer)
    words = f"one step takes the loss from {start:.4f} to {after:.4g}, "
    return {
        "line": f"learning rate {learning_rate:g}: {words}",
        "mark": [learning_rate, after],
        "tangent": -steepness,
    }


def by_pass_panel(task, sample, learning_rate, step, back, **settings):
    params, activation = untrained(**settings)
    X, Y = task.X[[sample]], task.Y[[sample]]
    before, grads = mlp.loss_and_grads(params, X, Y, activation)
    Y_hat, cache = mlp.forward(params, X, activation)
    last = 10 if back else 5
    if step == last == 10:
        params = mlp.sgd_step(params, grads, learning_rate)
        after = mlp.loss(mlp.forward(params, X, activation)[0], Y)
        words = f"Update: W = W - {learning_rate:g} dW; b = b - {learning_rate:g} db; "
        words += f"loss of this sample: before {before:.4f}, after {after:.4f}"
    elif step == last == 5:
        words = f"Loss: prediction Y_hat = [{number(Y_hat[0, 0])}]; target Y = "
        words += f"[{number(Y[0, 0])}]; loss = 1/2 (Y_hat - Y)² = {before:.3f}"
    else:
        i = step - 1
        z, a = (", ".join(map(number, row[0])) for row in (cache.Z[i], cache.A[i + 1]))
        words = f"Forward, layer {i}: Z[{i}] = A[{i}] @ W[{i}] + b[{i}] = [{z}]; "
        words += f"A[{i + 1}] = f(Z[{i}]) = [{a}]"
    return {
        "line": f"step {step} of {last}, {words}",
        "network": {number(w) for layer in params for w in layer.W.flat},
    }


def by_training_panel(
    task, seed, activation, alpha, scheme, hidden, bug, steps, step, **settings
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
    params, rows = history.snapshots[step], history.samples[step - 1]
    Y_hat, of_task = mlp.forward(params, task.X, function)
    square = np.stack(np.meshgrid(*2 * [np.linspace(-0.5, 1.5, 41)]), -1)
    output, on_square = mlp.forward(params, square.reshape(-1, 2), function)
    layer, unit = settings["neuron"]
    heights = (on_square.Z if settings["show_z"] else on_square.A[1:])[layer]
    curve = [
        mlp.loss(mlp.forward(network, task.X, function)[0], task.Y)
        for network in history.snapshots[1:]
    ]
    return {
        "line": f"step {step} of {steps}: loss {mlp.loss(Y_hat, task.Y):.4f}; ",
        "surface": output.reshape(41, 41),
        "neuron": heights[:, unit].reshape(41, 41),
        "ring": task.X[rows],
        "curve": curve,
        "hidden": np.sort(of_task.A[1 + settings["hidden_layer"]][:, :2], axis=0),
        "hidden title": f"layer {settings['hidden_layer']}: ",
        "network": {number(A[settings["sample"]][0]) for A in of_task.A}
        | {number(w) for layer in params for w in layer.W.flat},
    }


def by_first_look_panel(learning_rate, seed, step, neuron):
    usual = {"task": mlp.XOR, "activation": "leaky_relu", "alpha": -0.2, "bug": False}
    usual |= {"scheme": "normal", "hidden": (4,), "batch_size": 1, "steps": 2000}
    usual |= {"show_z": False, "hidden_layer": 0, "sample": 0}
    moved = {"learning_rate": learning_rate, "seed": seed, "step": step}
    wanted = by_training_panel(**usual, **moved, neuron=neuron)
    for name in ("hidden", "hidden title", "network"):
        del wanted[name]
    return {**wanted, "curve": wanted["curve"][:step]}


# 2. What is seen ---------------------------------------------------------------------


def seen(panel):
    """All that the functions above name, by the same names."""
    ax, now = panel.view.axes, {"line": html.unescape(message(panel))}
    if panel.name == "activation_panel":
        return now | {"unit": ax["unit"].lines[-1].get_ydata()}
    if panel.name == "initialization_panel":
        sizes = [_size(*patch.get_data()[:2]) for patch in ax["weights"].patches]
        params, _ = panel.view.network(panel.data, panel.now())
        drawn = ax["spread"].lines[0].get_ydata()
        return now | {"weights": join(params), "sizes": sizes, "spread": drawn}
    lines = {
        line.get_label(): line.get_xydata()
        for part in ax.values()
        for line in part.lines
    }
    if panel.name == "gradient_panel":
        curves = [
            lines[f"{name} difference"][40:, 1] for name in ("central", "one-sided")
        ]
        return now | {"curves": curves, "mark": ax["error"].lines[-1].get_xydata()[0]}
    if panel.name == "slice_panel":
        tangent, mark = lines["what the slope promises"], lines["after the step"][0]
        slope = np.ptp(tangent[:, 1]) / -np.ptp(tangent[:, 0])
        return now | {"mark": mark, "tangent": slope}
    now["network"] = {text.get_text() for text in ax["network"].texts}
    if panel.name == "pass_panel":
        return now
    for name in ("surface", "neuron"):
        now[name] = ax[name].images[0].get_array()
    now["ring"] = ax["surface"].lines[-1].get_xydata()
    if panel.name == "first_look_panel":
        return now | {"curve": ax["loss"].lines[-3].get_ydata()}
    drawn = [line for line in ax["hidden"].lines if "target" in line.get_label()]
    points = np.concatenate([line.get_xydata() for line in drawn])
    now |= {"curve": lines["this run"][:, 1], "hidden": np.sort(points, axis=0)}
    return now | {"hidden title": ax["hidden"].get_title()}


def _size(counts, edges):
    """The root of the mean square of what a histogram shows."""
    middles = (edges[1:] + edges[:-1]) / 2
    return np.sqrt(np.sum(counts * middles**2) / np.sum(counts))


def wrong_parts(found, name, settings):
    """What is seen otherwise than a panel of this name should show it."""
    expected = globals()[f"by_{name}"](**settings)
    return [part for part, x in expected.items() if not _agree(part, found[part], x)]


def _agree(part, found, expected):
    if isinstance(expected, str):
        return expected in found
    if isinstance(expected, set):
        return expected <= found
    rounding = 0.05 if part == "sizes" else 1e-9  # a histogram has bars
    same_shape = np.shape(found) == np.shape(expected)
    return same_shape and np.allclose(found, expected, rtol=1e-6, atol=rounding)


# 3. Each setting counts --------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_panel_begins_with_its_settings(name):
    """Guards: a setting that reaches another place, or none; and one not tried here."""
    base, other = CASES[name]
    parameters = inspect.signature(getattr(panels, name)).parameters
    assert {*base} == {*other} == {*parameters} - {"seeds"}
    panel = make(name, **base)
    assert wrong_parts(seen(panel), name, base) == []
    panel.close()


# Where another setting would hide it: of a parabola each h gives the same slope.
BASES = {
    ("gradient_panel", "h"): {"activation": "tanh"},
    ("pass_panel", "task"): {"sample": 3},
    ("pass_panel", "back"): {"step": 4},
}


@pytest.mark.parametrize(
    ("name", "setting"),
    [(name, setting) for name in NAMES for setting in CASES[name][0]],
)
def test_each_setting_counts_when_it_is_moved(name, setting):
    """Guards: a control bound to nothing, to its neighbour, or to its default."""
    base, other = CASES[name]
    base = base | BASES.get((name, setting), {})
    moved = base | {setting: other[setting]}
    panel = make(name, **base)
    before = seen(panel)
    if setting in panel.controls:
        panel.controls[setting].set(moved[setting])
    else:
        panel.close()
        panel = make(name, **moved)
    assert wrong_parts(before, name, moved) != []
    assert wrong_parts(seen(panel), name, moved) == []
    panel.close()
