"""The pass panel: one sample forward through a network, and its error back."""

import functools
from typing import ClassVar, NamedTuple

import numpy as np

import mlp_core as mlp
from course import checks, pictures
from course.panels import controls
from course.panels.panel import Panel, SteppedPanel, row, values
from course.panels.view import Cell, View
from course.pictures.style import number


class Stage(NamedTuple):
    """One stage of the way forward and back."""

    title: str
    formulas: list  # lines: formulas, and indented below each how it goes on
    params: list  # the network, after the update the new one
    cache: mlp.Cache  # as far as the activations have come
    grads: list | None = None  # as far as the gradients have come, None elsewhere
    active: int | None = None  # the layer at work


class Pass(NamedTuple):
    """The way of one sample through a network, forward and back."""

    stages: list
    activation: mlp.Activation

    @property
    def done(self) -> int:
        """The number of the last stage."""
        return len(self.stages) - 1


def one_pass(task, sample, seed, learning_rate, activation, alpha, back=True) -> Pass:
    """Settings -> the stages: input, layers forward, loss; if back, what follows, too."""
    params, activation = controls.fresh_network(seed, activation, alpha)
    X, Y = task.X[[sample]], task.Y[[sample]]
    stages = _stages_forward(params, X, Y, activation)
    if back:
        stages[-1].formulas.extend(_slope_lines(stages[-1].cache.A[-1], Y))
        stages += _stages_back(params, stages[-1].cache, Y, learning_rate, activation)
    return Pass(stages, activation)


def _stages_forward(params, X, Y, activation):
    """Input, layers forward, loss."""
    Y_hat, cache = mlp.forward(params, X, activation)
    lines = [f"A[0] = X = {_row(X)}", "", f"target Y = {_row(Y)}"]
    stages = [Stage("Input", lines, params, mlp.Cache([X], []))]
    for i in range(len(params)):
        reached = mlp.Cache(cache.A[: i + 2], cache.Z[: i + 1])
        lines = _forward_lines(i, cache)
        title = f"Forward, layer {i}"
        stages.append(Stage(title, lines, params, reached, active=i))
    return [*stages, Stage("Loss", _loss_lines(Y_hat, Y), params, cache)]


def _stages_back(params, cache, Y, learning_rate, activation):
    """Layers back, update."""
    X, Y_hat = cache.A[0], cache.A[-1]
    stages, grads, dA = [], [None] * len(params), mlp.loss_slope(Y_hat, Y)
    for i in reversed(range(len(params))):
        slope = activation.slope(cache.Z[i])
        dZ = dA * slope
        dA = dZ @ params[i].W.T
        grads = [*grads[:i], mlp.Layer(cache.A[i].T @ dZ, dZ[0]), *grads[i + 1 :]]
        lines = _backward_lines(i, slope, dZ, grads[i], dA)
        stages.append(Stage(f"Backward, layer {i}", lines, params, cache, grads, i))
    new = mlp.sgd_step(params, grads, learning_rate)
    new_Y_hat, new_cache = mlp.forward(new, X, activation)
    losses = mlp.loss(Y_hat, Y), mlp.loss(new_Y_hat, Y)
    lines = _update_lines(learning_rate, *losses)
    return [*stages, Stage("Update", lines, new, new_cache)]


def _row(values):
    return "[" + ", ".join(number(value) for value in np.ravel(values)) + "]"


def _forward_lines(i, cache):
    return [
        f"Z[{i}] = A[{i}] @ W[{i}] + b[{i}]",
        f"  = {_row(cache.Z[i])}",
        "",
        f"A[{i + 1}] = f(Z[{i}])",
        f"  = {_row(cache.A[i + 1])}",
    ]


def _loss_lines(Y_hat, Y):
    return [
        f"prediction Y_hat = {_row(Y_hat)}",
        f"target Y = {_row(Y)}",
        "",
        "loss = 1/2 (Y_hat - Y)²",
        f"  = {number(mlp.loss(Y_hat, Y), 3)}",
    ]


def _slope_lines(Y_hat, Y):
    return ["", "dA = Y_hat - Y", f"  = {_row(Y_hat - Y)}"]


def _backward_lines(i, slope, dZ, grads, dA):
    rows = [f"    {_row(dW)}" for dW in grads.W]
    rows[0] = rows[0].replace("    ", "  = ", 1)
    lines = [
        f"f'(Z[{i}])",
        f"  = {_row(slope)}",
        f"dZ[{i}] = dA * f'(Z[{i}])",
        f"  = {_row(dZ)}",
        "",
        f"dW[{i}] = A[{i}]ᵀ dZ[{i}]",
        *rows,
        "",
        f"db[{i}] = dZ[{i}]",
    ]
    if i > 0:  # nobody asks for the slope with respect to the input
        lines += ["", f"dA = dZ[{i}] W[{i}]ᵀ", f"  = {_row(dA)}"]
    return lines


def _update_lines(learning_rate, before, after):
    return [
        f"W = W - {learning_rate:g} dW",
        f"b = b - {learning_rate:g} db",
        "",
        "loss of this sample:",
        f"  before {number(before, 4)},",
        f"  after  {number(after, 4)}",
    ]


class PassView(View):
    """The network as far as it is computed, and the formulas of the stage."""

    size = (1000, 450)  # with three lines of words it still fits at 1280 x 720
    cells: ClassVar = {
        "network": Cell(0, 0, 660, 450, (2, 2, 2, 34)),
        "formulas": Cell(660, 0, 340, 450, (8, 8, 2, 8)),
    }

    def draw(self, data, step):
        stage, key = data.stages[step], (id(data), step)
        self.paint("network", key, self._draw_network, stage)
        self.paint("formulas", key, self._draw_formulas, stage)

    def _draw_network(self, ax, stage):
        shown = stage.params, stage.cache, stage.grads
        pictures.draw_network(ax, *shown, active=stage.active)
        ax.set_title(_shown(stage).capitalize())

    def _draw_formulas(self, ax, stage):
        ax.set_axis_off()
        look = {"va": "top", "transform": ax.transAxes}
        ax.text(0, 1, stage.title, fontsize=18, **look)
        look |= {"family": "DejaVu Sans Mono", "fontsize": 13}
        for i, line in enumerate(stage.formulas):
            ax.text(0, 0.87 - 0.062 * i, line, **look)

    def line(self, data, step):
        stage = data.stages[step]
        formulas = "; ".join(_in_one_line(stage.formulas))
        return f"step {step} of {data.done}, {stage.title}: {formulas}"

    def alt(self, data, step):
        stage = data.stages[step]
        network = pictures.describe_network(stage.params, stage.cache, stage.grads)
        formulas = f"Beside it the formulas. {self.line(data, step)}."
        return f"{network} On it the {_shown(stage)}. {formulas}"

    def network(self, data, step):
        return data.stages[step].params, data.activation

    def table(self, data, step):
        return ("stage", "formula"), [
            (stage.title, line.strip())
            for stage in data.stages
            for line in stage.formulas
            if line
        ]


def _shown(stage):
    """What stands on the network."""
    if stage.grads:
        return "gradients"
    return f"{'new ' * (stage.title == 'Update')}weights and activations"


def _in_one_line(lines):
    """Each formula in one line: what stands indented belongs to the line before."""
    text = "\n".join(filter(None, lines)).replace("\n  ", " ")
    return [" ".join(formula.split()) for formula in text.split("\n")]


class ForwardView(PassView):
    """The same, lower: the tasks above and the words below fit on one screen with it."""

    size = (1000, 360)
    cells: ClassVar = {
        "network": Cell(0, 0, 660, 360, (2, 2, 2, 34)),
        "formulas": Cell(660, 0, 340, 360, (8, 8, 2, 8)),
    }


class PassPanel(SteppedPanel):
    """See `pass_panel`."""

    speeds: ClassVar = {"slow": (4000, 1), "medium": (2000, 1), "fast": (800, 1)}

    def rows(self):
        """As in others, but a single setting stands in one row with the steps."""
        settings, steps, *below = super().rows()
        if len(settings.children) > 1:
            return [settings, steps, *below]
        return [row([*settings.children, *steps.children]), *below]


def pass_panel(
    task=mlp.SUM,
    sample=1,
    seed=0,
    learning_rate=0.2,
    activation="leaky_relu",
    alpha=-0.2,
    step=0,
    back=True,
) -> Panel:
    """Send one sample forward through the network, and its error back, stage by stage.

    ``sample`` is a row of the task, which has two inputs and one output; ``step`` the
    stage to begin at. Without ``back`` it ends at the loss, and only the sample and the
    step have a control.
    """
    task = checks.task("task", task, inputs=2, outputs=1)
    work = {
        "sample": controls.sample(task, sample, 8),
        "seed": controls.seed(seed),
        "learning_rate": controls.learning_rate(learning_rate),
        **controls.activation(activation, alpha),
    }
    work["learning_rate"].slider.layout.width = "100px"  # all five in one row
    last = len(mlp.ORIGINAL_SIZES)  # the loss
    fixed, view = {"task": task}, PassView()
    if not checks.switch("back", back):
        view, chosen = ForwardView(), work.pop("sample")
        fixed |= {"back": False, **values(work)}
        work = {"sample": chosen}
    look = {"step": controls.step(step, 2 * last if back else last)}
    compute = functools.partial(one_pass, **fixed)
    return PassPanel("pass_panel", compute, view, work, look, fixed)
