"""The views of all panels: cells drawn alone, quick texts, nothing cut or left over."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from course.panels.controls import Number, Tick
from course.panels.quick_text import QuickCanvas
from tests.panels import parts


def assert_labels_apart(view):
    """The label of x touches none of the numbers, beside which it stands in low cells."""
    renderer = view.canvas.get_renderer()
    for name, cell in view.cells.items():
        axis = view.axes[name].xaxis
        if cell.is_low and axis.label.get_text():
            label = axis.label.get_window_extent(renderer)
            low, high = axis.get_view_interval()
            ticks = zip(axis.get_ticklocs(), axis.get_ticklabels())
            shown = [number for place, number in ticks if low <= place <= high]
            boxes = [number.get_window_extent(renderer) for number in shown]
            assert boxes and not label.count_overlaps(boxes), name


def assert_same_ink(figure, quick):
    """Matplotlib's own drawing has the same pixels, but for soft edges: its renderer."""
    renderer = RendererAgg(*figure.bbox.size, figure.dpi)
    figure.draw(renderer)
    difference = np.asarray(renderer.buffer_rgba())[:, :, :3].astype(float) - quick
    assert abs(difference).mean() < 2.5
    # In squares of 10 pixels the ink is the same: no text is moved, none is missing.
    height, width = (size // 10 for size in difference.shape[:2])
    squares = difference[: 10 * height].reshape(height, 10, width, 10, 3)
    assert abs(squares.mean(axis=(1, 3))).max() < 40
    return renderer


def test_a_text_that_is_turned_or_cut_off_is_drawn_as_by_matplotlib():
    """Guards: a label along an axis that lies flat, since its word was drawn so before; one
    at the edge that begins with its first letter."""
    figure = Figure((4, 3), dpi=100)
    for x, y, angle in [(0.5, 0.5, 0), (0.2, 0.5, 90), (-0.1, 0.2, 0), (0.7, 0.97, 0)]:
        figure.text(x, y, "loss of all", rotation=angle, size=20)
    canvas = QuickCanvas(figure)
    canvas.draw()
    assert_same_ink(figure, np.asarray(canvas.buffer_rgba())[:, :, :3])


def test_a_picture_looks_as_matplotlib_draws_it(panel):
    """Guards: cells drawn alone, quick texts: none lost, moved, cut or of another size."""
    parts.assert_all_inside(panel.view)
    assert_labels_apart(panel.view)
    control = parts.numbers(panel)[0]
    control.set(control.high)
    control.set(control.low)
    alone = parts.pixels(panel)
    panel.view.canvas.draw()
    whole = panel.view.pixels()
    assert parts.differ(alone, whole) < 0.002
    renderer = assert_same_ink(panel.view.figure, whole)
    for text in panel.view.figure.findobj(Text):
        slow = text.get_window_extent(renderer).bounds
        quick = text.get_window_extent(panel.view.canvas.get_renderer()).bounds
        assert quick == pytest.approx(slow, abs=1e-6), text


def two_values(control):
    """Two values of a control that are not the one at which it stands."""
    if isinstance(control, Number):
        middle = (control.low + 2 * control.high) / 3
        return [control.low, round(middle) if control.whole else middle]
    usual = [True, False] if isinstance(control, Tick) else []
    values = getattr(control, "values", usual)
    return [value for value in values[::-1] if value != control.value][:2]


@pytest.mark.parametrize("name", parts.NAMES)
def test_a_panel_that_was_moved_looks_like_a_new_one(name):
    """Guards: a picture, or its words, that stay as they were under other settings."""
    panel = parts.make(name, **parts.settings_of(name))
    # Some keep a curve of before: then only words are compared.
    keeps = name in ("training_panel", "initialization_panel")
    for setting, control in {**panel.look, **panel.work}.items():
        first = control.value
        for value in two_values(control):
            before = panel.shown
            control.set(value)
            assert panel.shown.png != before.png, (setting, value)
            assert panel.shown.alt != before.alt, (setting, value)
            new = parts.make(name, **panel.settings)
            assert panel.shown.alt == new.shown.alt, (setting, value)
            if not keeps or setting in panel.look:
                assert panel.picture.value == new.picture.value, (setting, value)
        control.set(first)


STILL = {  # panel -> settings that are moved, and the cells that stand still
    "activation_panel": (["alpha", "weight", "bias"], ["function", "unit"]),
    "gradient_panel": (["h"], ["error"]),
    "slice_panel": (["learning_rate"], ["slice"]),
    "training_panel": (["step"], ["hidden"]),
    "pass_panel": (["step", "seed", "learning_rate"], ["network"]),
    "initialization_panel": (["scheme", "width", "depth", "seed"], ["weights: x"]),
}


def places(control):
    """Where a control is put: all along a slider, for whole numbers at three places."""
    if not isinstance(control, Number):
        return control.values
    if control.whole:
        return [*two_values(control), control.high]
    spaced = np.geomspace if control.log else np.linspace
    return spaced(control.low, control.high, 33).tolist()


@pytest.mark.parametrize("name", parts.NAMES)
def test_axes_hold_still(name):
    """Guards: a curve that changes in the numbers of its ticks alone, or that tilts where
    it should stay."""
    # Of the slice in these settings, the slider of learning rates leads far out.
    chosen = parts.settings_of(name) if name == "slice_panel" else {}
    panel = parts.make(name, **chosen)
    settings, cells = STILL[name]

    def limits():
        shown = {cell: panel.view.axes[cell.removesuffix(": x")] for cell in cells}
        across = [ax.get_xlim() for ax in shown.values()]
        return across, [shown[cell].get_ylim() for cell in shown if ":" not in cell]

    before = limits()
    for setting in settings:
        control = panel.controls[setting]
        first = control.value
        for value in places(control):
            control.set(value)
            assert limits() == before, (setting, value)
        control.set(first)


def test_the_loss_fills_the_axes_of_the_slice():
    """Guards: a curve that is low, since its tangent falls far below 0; and a step that
    ends outside, told with the loss from which it came."""
    panel = parts.make("slice_panel")
    ax, data = panel.view.axes["slice"], panel.data
    low, high = ax.get_ylim()
    assert low == 0 and 0.9 * high < data.loss.max() < high
    assert ax.get_xlim() == (0, data.t[-1])
    panel.look["learning_rate"].set(200)
    assert ax.get_title().endswith(f"at a loss of {data.function(200):.3g}")


# Panel -> the setting that moves its mark, and the mark's cell.
MARKED = {"activation_panel": ("z", "function"), "gradient_panel": ("h", "error")}


@pytest.mark.parametrize("name", MARKED)
def test_a_number_typed_far_beyond_its_slider_is_drawn(name):
    """Guards: axes that can't be made, and a mark outside of them."""
    panel = parts.make(name)
    for setting in ("z", "alpha", "weight"):
        for value in (1e308, -1e308, 100, 1e-300):
            if setting in panel.controls:
                panel.controls[setting].set(value)
                assert panel.problem is None, (setting, value)
    setting, cell = MARKED[name]
    panel.controls[setting].set(100)
    ax = panel.view.axes[cell]
    low, high = ax.get_ylim()
    assert all(low < y < high for line in ax.lines for y in line.get_ydata())


def test_an_error_of_0_is_marked_inside_of_the_axes():
    """Guards: a mark below the curve that is out of sight, or that moves the axes."""
    panel = parts.make("gradient_panel")
    ax = panel.view.axes["error"]
    before = ax.get_ylim()
    exact = panel.data._replace(function=lambda shift: 0.0, slope=0.0)
    panel.view.draw(exact, panel.now())
    (height,) = ax.lines[-1].get_ydata()
    assert ax.get_ylim() == before and before[0] < height < before[1]


def test_the_spread_of_before_stays_for_comparison():
    """Guards: width 100 and 10 in pictures that look alike."""
    panel = parts.make("initialization_panel", width=100)
    spread = panel.data.spread
    panel.work["width"].set(10)
    lines = {line.get_label(): line for line in panel.view.axes["spread"].lines}
    assert [*lines] == ["normal, width 10", "before: normal, width 100"]
    np.testing.assert_array_equal(
        lines["before: normal, width 100"].get_ydata(), spread
    )
    low, high = panel.view.axes["spread"].get_ylim()
    assert low < min(panel.data.spread) and max(spread) < high


def test_the_network_before_was_finished_and_is_another():
    """Guards: a network beside a part of its own, or beside one that was stopped."""
    panel = parts.make("initialization_panel")
    settings = {name: control.value for name, control in panel.work.items()}
    part, *_, whole = panel.compute(**{**settings, "seed": 1})
    stopped, other = (next(panel.compute(**{**settings, "seed": s})) for s in (2, 3))
    drawn = part, whole, whole, stopped, other
    before = panel.data, panel.data, panel.data, whole, whole
    for signal, expected in zip(drawn, before, strict=True):
        panel.view.draw(signal, panel.now())
        assert panel.view.before is expected
