"""The pass panel: one sample forward through a network, and its error back."""

from functools import partial
from typing import ClassVar, NamedTuple

import numpy as np

import mlp_core as mlp
from course import checks, page, pictures
from course.panels import controls
from course.panels.panel import SHOWN, Panel, values
from course.panels.stepped import SteppedPanel
from course.panels.view import Cell, View
from course.pictures import axes
from course.pictures.style import SMALL, number


class Stage(NamedTuple):
    """One stage of the way forward and back."""

    title: str
    formulas: list  # lines: formulas, and indented below each how it continues
    params: list  # the network; after the update, the new one
    cache: mlp.Cache  # as far as the activations have come
    grads: list | None = None  # as far as the gradients have come, None elsewhere
    active: int | None = None  # the layer at work
    slopes: dict = {}  # noqa: RUF012, the dA that are known: {place in cache.A: (n_out,)}


class Pass(NamedTuple):
    """The way of one sample through a network, forward and back."""

    stages: list

    @property
    def done(self) -> int:
        """The number of the last stage."""
        return len(self.stages) - 1


def one_pass(task, sample, seed, learning_rate, activation, alpha, back=True) -> Pass:
    """Settings -> the stages: input, layers forward, loss; if back, also what follows."""
    params, activation = controls.fresh_network(seed, activation, alpha)
    X, Y = task.X[[sample]], task.Y[[sample]]
    Y_hat, cache = mlp.forward(params, X, activation)
    stages = list(_stages_forward(params, cache, Y))
    if back:
        end, dA, loss = len(params), mlp.loss_slope(Y_hat, Y), stages[-1]
        lines = [*loss.formulas, "", *_equation(f"dA[{end}] = Y_hat - Y", dA)]
        stages[-1] = loss._replace(formulas=lines, slopes={end: dA[0]})
        stages += _stages_back(params, cache, Y, dA, learning_rate, activation)
    return Pass(stages)


def _stages_forward(params, cache, Y):
    """Input, layers forward, loss."""
    X, Y_hat, target = cache.A[0], cache.A[-1], f"target Y = {_row(Y)}"
    lines = [f"A[0] = X = {_row(X)}", "", target]
    yield Stage("Input", lines, params, mlp.Cache([X], []))
    for i, Z in enumerate(cache.Z):
        sums = _equation(f"Z[{i}] = A[{i}] @ W[{i}] + b[{i}]", Z)
        lines = [*sums, "", *_equation(f"A[{i + 1}] = f(Z[{i}])", cache.A[i + 1])]
        reached = mlp.Cache(cache.A[: i + 2], cache.Z[: i + 1])
        yield Stage(f"Forward, layer {i}", lines, params, reached, active=i)
    loss = f"  = {number(mlp.loss(Y_hat, Y), 3)}"
    lines = [f"prediction Y_hat = {_row(Y_hat)}", target, "", "loss = 1/2 (Y_hat - Y)²"]
    yield Stage("Loss", [*lines, loss], params, cache)


def _stages_back(params, cache, Y, dA, learning_rate, activation):
    """Layers back, update."""
    X, Y_hat = cache.A[0], cache.A[-1]
    grads = [None] * len(params)
    slopes = {len(params): dA[0]}
    for i in reversed(range(len(params))):
        slope = activation.slope(cache.Z[i])
        dZ = dA * slope
        dA = dZ @ params[i].W.T
        grads = [*grads[:i], mlp.Layer(cache.A[i].T @ dZ, dZ[0]), *grads[i + 1 :]]
        if i > 0:  # the slope with respect to the input isn't needed
            slopes = {**slopes, i: dA[0]}
        lines = _backward_lines(i, slope, dZ, grads[i], params[i].W, dA)
        yield Stage(f"Backward, layer {i}", lines, params, cache, grads, i, slopes)
    new = mlp.sgd_step(params, grads, learning_rate)
    new_Y_hat, new_cache = mlp.forward(new, X, activation)
    before, after = mlp.loss(Y_hat, Y), mlp.loss(new_Y_hat, Y)
    lines = [f"W = W - {learning_rate:g} dW", f"b = b - {learning_rate:g} db", ""]
    losses = [f"  before {number(before, 4)},", f"  after  {number(after, 4)}"]
    yield Stage("Update", [*lines, "loss of this sample:", *losses], new, new_cache)


def _backward_lines(i, slope, dZ, grads, W, dA):
    lines = _equation(f"f'(Z[{i}])", slope)
    lines += _equation(f"dZ[{i}] = dA[{i + 1}] * f'(Z[{i}])", dZ)
    lines += ["", *_equation(f"dW[{i}] = A[{i}]ᵀ dZ[{i}]", *grads.W)]
    lines += ["", f"db[{i}] = dZ[{i}]"]
    if i > 0:
        lines += ["", *_equation(f"W[{i}]", *W)]
        lines += _equation(f"dA[{i}] = dZ[{i}] W[{i}]ᵀ", dA)
    return lines


def _equation(formula, first, *rows):
    """A formula, and its value below it."""
    return [formula, f"  = {_row(first)}", *(f"    {_row(row)}" for row in rows)]


def _row(values):
    return "[" + ", ".join(number(value) for value in np.ravel(values)) + "]"


class PassView(View):
    """The network as far as it is computed, and the formulas of the stage."""

    places = ("tall",)
    cells_on_slide: ClassVar = {
        "network": Cell(0, 0, 512, 367, (2, 2, 2, 30)),
        "formulas": Cell(512, 0, 247, 367, (6, 8, 0, 8)),
    }

    def __init__(self, height):
        self.size = 1000, height
        self.cells = {
            "network": Cell(0, 0, 660, height, (2, 2, 2, 34)),
            "formulas": Cell(660, 0, 340, height, (8, 8, 2, 8)),
        }
        super().__init__()

    def draw(self, data, look):
        stage, key = data.stages[look.step], (id(data), look.step)
        # If the way back follows, each unit has room for its slope from the start.
        goes_back = any(stage.slopes for stage in data.stages)
        slopes = stage.slopes if goes_back else None
        self.paint("network", key, self._draw_network, stage, slopes)
        self.paint("formulas", key, self._draw_formulas, stage)

    def _draw_network(self, ax, stage, slopes):
        shown = stage.params, stage.cache, stage.grads, slopes
        pictures.draw_network(ax, *shown, active=stage.active)
        ax.set_title(_shown(stage)[:1].upper() + _shown(stage)[1:])

    def _draw_formulas(self, ax, stage):
        ax.set_axis_off()
        width, height = axes.size_in_points(ax)
        look = {"va": "top", "transform": ax.transAxes}
        size = 13 if width > 200 else SMALL
        ax.text(0, 1, stage.title, fontsize=size + 5, **look)
        look |= {"family": "DejaVu Sans Mono", "fontsize": size}
        for i, line in enumerate(stage.formulas):
            down = (24.5 + 13.7 * i) * size / 13
            ax.text(0, 1 - down / height, line, **look)

    def line(self, data, look):
        stage = data.stages[look.step]
        formulas = "; ".join(_in_one_line(stage.formulas))
        return f"step {look.step} of {data.done}, {stage.title}: {formulas}"

    def alt(self, data, look):
        stage = data.stages[look.step]
        shown = stage.params, stage.cache, stage.grads, stage.slopes
        network = pictures.describe_network(*shown)
        formulas = f"Beside it are the formulas. {self.line(data, look)}."
        return f"{network} It shows {_shown(stage)}. {formulas}"


def _shown(stage):
    """What the network shows."""
    if stage.grads:
        return "gradients: dA under a, db under the units, dW on the lines"
    if stage.slopes:
        return "weights and activations; dA under ŷ"
    return f"{'new ' * (stage.title == 'Update')}weights and activations"


def _in_one_line(lines):
    """Each formula on one line, since an indented line belongs to the one before."""
    text = "\n".join(filter(None, lines)).replace("\n  ", " ")
    return [" ".join(formula.split()) for formula in text.split("\n")]


class PassPanel(SteppedPanel):
    """See `pass_panel`."""

    speeds: ClassVar = {"slow": (4000, 1), "medium": (2000, 1), "fast": (800, 1)}


class ForwardPanel(PassPanel):
    """The way forward alone; its one setting shares a row with the steps."""

    layout = ("work step buttons speed", *SHOWN)


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

    ``sample`` is a row of the task, which has two inputs and one output; ``step`` is
    the stage to begin at. Without ``back`` it ends at the loss, and only the sample and the
    step have a control.
    """
    task = checks.task("task", task, inputs=2, outputs=1)
    fixed, shown = {"task": task}, {"sample": controls.sample(task, 8).at(sample)}
    others = {
        "seed": controls.seed().at(seed),
        "learning_rate": controls.learning_rate(60).at(learning_rate),  # in one row
        **controls.activation(activation, alpha),
    }
    last = len(mlp.ORIGINAL_SIZES)  # the loss
    if checks.switch("back", back):
        # With three lines of words it still fits at 1280 x 720, below its code.
        kind, height, last, work = PassPanel, 416, 2 * last, shown | others
    else:  # with the tasks above as well
        kind, height, work = ForwardPanel, 360, shown
        fixed |= {"back": False, **values(others)}
        for control in others.values():  # they aren't shown
            page.close(control.widget)
    compute, look = partial(one_pass, **fixed), {"step": controls.step(last).at(step)}
    return kind("pass_panel", compute, PassView(height), work, look, fixed)
