"""What a playground paints, and what it lets go of."""

import itertools
import re

import numpy as np
import pytest

import mlp_core as mlp
from course.fast import join
from course.pictures.style import FAINT, NEGATIVE, POSITIVE, class_looks
from course.playground import twin
from tests.browser.playground_on_page import address_of, colors_of, has, pixels, rgb
from tests.live import expect

STYLES = """all => all.map(x => { const style = getComputedStyle(x);
    return [style.backgroundColor, style.stroke, style.strokeDasharray !== 'none',
        parseFloat(style.strokeWidth), style.strokeOpacity === '1'] })"""


def test_weights_look_like_their_numbers(open_page):
    """Guards: a sign in the other colour, in the table or in the drawing, a large weight
    with a thin line, and weights of another unit that come forward."""
    on = open_page("scheme=normal&seed=3&step=20")
    p = join(twin.Run({"scheme": "normal", "seed": 3, "step": 20}).params)
    color = lambda value: tuple(rgb(NEGATIVE if value < 0 else POSITIVE))
    boxes = on.root.locator(".numbers input").evaluate_all(STYLES)
    found = [tuple(map(int, re.findall(r"\d+", ground)[:3])) for ground, *_ in boxes]
    assert found == [color(value) for value in p]
    weights = [(name, value) for name, value in zip(on.names(), p) if name[0] == "W"]
    on.button("show layer 0, unit 1").hover()
    on.shown()
    lines = on.root.locator(".network path:not(.grip)").evaluate_all(STYLES)
    for (name, value), (_, stroke, is_dashed, _, is_front) in zip(weights, lines):
        assert stroke == f"rgb{color(value)}" and is_dashed == (value < 0)
        assert is_front == (name in ("W[0][0, 1]", "W[0][1, 1]"))
    by_size = sorted((abs(value), line[3]) for (_, value), line in zip(weights, lines))
    widths = [width for _, width in by_size]
    assert widths == sorted(widths) and widths[0] < widths[-1] / 2


# With long biases: how far each line ends from a unit; boxes of the biases, and of all.
ENDS = """root => {
    const { view: { session, weights } } = root;
    weights.all.forEach(({ isBias }, i) => isBias && session.run.put(i, -2e153));
    weights.draw();
    const boxes = what => [...root.querySelectorAll(`.network ${what}`)].map(
        node => node.getBoundingClientRect());
    const ends = [...root.querySelectorAll('.network path')].map(line => {
        const end = line.getPointAtLength(line.getTotalLength());
        const { x, y } = end.matrixTransform(line.getScreenCTM());
        const at = boxes('.unit').filter(({ top, bottom }) => top < y && y < bottom);
        return Math.min(...at.map(({ left }) => Math.abs(x - left))) });
    return [ends, [...boxes('text.bias'), ...boxes('svg')].map(({ left, right, top, bottom }) =>
        [left, right, top, bottom])] }"""


@pytest.mark.parametrize("hidden", ["4,2", "3,3,2", "4,4,4,4,4,4"])
def test_lines_end_at_units_and_long_biases_are_whole(open_page, hidden):
    """Guards: a line that ends short of its unit, and a bias that is cut or on another."""
    ends, (*biases, whole) = open_page(f"hidden={hidden}").root.evaluate(ENDS)
    assert max(ends) < 1 and max(right for _, right, *_ in biases) < whole[1]
    for a, b in itertools.combinations(biases, 2):
        assert max(a[0] - b[1], b[0] - a[1], a[2] - b[3], b[2] - a[3]) > 0


@pytest.mark.parametrize(("step", "has_line"), [(5, True), (2000, False)])
def test_a_flat_picture_has_no_line(open_page, step, has_line):
    """Guards: specks wherever rounding parts two points of a network that answers 0.5."""
    flat = {"data": "xor", "hidden": [4], "activation": "identity", "batch": 0}
    flat |= {"output": "identity", "scheme": "he", "learning_rate": 0.2, "step": step}
    line = open_page(address_of(flat)).root.locator(".square canvas").nth(1)
    assert pixels(line, 4)[..., 3].any() == has_line


def test_each_curve_of_the_loss_has_its_colour(open_page):
    """Guards: training and test in each other's colour or dashes, a line that is not that
    of the losses, and a run that is kept in the colours of the one that goes on, whose dots
    are where it stands."""
    settings = {"test": 0.5, "learning_rate": 3, "batch": 0}  # a line that is bent
    on, losses = open_page(address_of(settings | {"step": 200})), []
    run = twin.trained(0, **settings)
    for _ in range(201):
        losses.append(run.loss["training"])
        run.train(1)
    rows, columns = np.nonzero(has(pixels(on.chart, 4), POSITIVE)[:, 60:-20])
    heights = -np.bincount(columns, rows) / np.bincount(columns)
    right = np.interp(np.linspace(0, 200, len(heights)), range(201), np.log10(losses))
    assert np.corrcoef(heights, right)[0, 1] > 0.99

    def width(color):
        """The share of the chart's columns that have it."""
        return has(pixels(on.chart, 4), color)[:, 60:-20].any(axis=0).mean()

    assert width(POSITIVE) > 0.95 and 0.4 < width(NEGATIVE) < 0.9
    on.button("Compare").click()  # which begins anew
    on.button("One step").click()
    on.shown()
    assert width(FAINT["color"]) > 0.95
    assert 0 < width(POSITIVE) < 0.05 and 0 < width(NEGATIVE) < 0.05


# The width of a marker, 6 pixels above its middle and 6 below.
SHAPES = {"o": (13.5, 13.5), "s": (17, 17), "^": (7, 20)}


def test_each_class_has_its_marker_and_its_colour(open_page):
    """Guards: circles for squares, and points in the colour of another class."""
    on = open_page("data=sum")
    points = pixels(on.root.locator(".square canvas").last, 4)
    for x, y in zip(mlp.SUM.X, mlp.SUM.Y[:, 0]):
        at, look = on.at(*x), class_looks(mlp.SUM.Y)[y]
        across, down = int(at["x"]), int(at["y"])
        face = 255 * np.array(look["markerfacecolor"][:3])
        np.testing.assert_allclose(points[down, across, :3], face, atol=2)
        rows = points[[down - 6, down + 6], across - 15 : across + 15, 3]
        shape = SHAPES[look["marker"]]
        np.testing.assert_allclose((rows > 127).sum(axis=1), shape, atol=1.6)


def test_a_run_is_kept_in_grey_to_compare_with(open_page):
    """Guards: a comparison that needs two pages side by side, one with the wrong words, and
    one with the line of another step."""
    on = open_page("step=50&learning_rate=0.3")
    kept = ", test ".join(re.findall(r"[\d.]+(?= on)", on.line()))
    on.button("Compare").click()
    on.type("seed", 9)
    legend = on.root.locator(".losses .grey")
    for step in (0, 51):  # the kept one has all but the last
        assert on.step() == step
        assert on.gap(FAINT["color"], twin.Run({"step": min(step, 50)})) < 2
        for _ in range(51 - step):
            on.button("One step").click()
    expect(legend).to_have_text(f"seed 0, step 50: {kept}")
    on.button("Compare").click()
    expect(legend).to_be_hidden()


def test_a_hidden_space_is_that_of_its_layer(open_page):
    """Guards: points, ground or numbers of another layer, and of its units turned round."""
    settings = {"data": "xor", "hidden": [3, 2], "activation": ["relu", "tanh"]}
    settings |= {"seed": 2, "step": 400, "learning_rate": 0.5, "batch": 0}
    run, on = twin.Run(settings), open_page(address_of(settings))
    _, (A, _) = mlp.forward(run.params, mlp.XOR.X, run.activations)
    on.box("the large picture shows").select_option("space of layer 0")
    assert on.colors().min() >= 254  # what comes of it hangs on three units
    assert on.marks(".square") == "0"
    on.box("the large picture shows").select_option("space of layer 1")
    middles = 1.15 * ((2 * np.arange(50) + 1) / 50 - 1)
    ground = np.stack(np.meshgrid(middles, middles[::-1]), axis=-1) @ run.params[-1].W
    heights = run.activations[-1].f(ground + run.params[-1].b)[..., 0]
    assert np.abs(on.colors() - colors_of((heights - 0.5) / 0.8)).max() <= 3
    assert on.marks(".square") == "−1 0 1 0 1"
    points = pixels(on.root.locator(".square canvas").last)
    _, (corners, _) = mlp.forward(run.params, 2 * mlp.XOR.X - 0.5, run.activations)
    places = np.vstack([A[2], corners[2]])  # of the points, and of the square's corners
    shares = (1 + np.array([1, -1]) * places / 1.15) / 2
    across, down = np.rint(len(points) * shares).astype(int).T
    ends = [rgb(POSITIVE if y else NEGATIVE) for y in mlp.XOR.Y]
    np.testing.assert_allclose(points[down[:4], across[:4]], ends, atol=2)
    grid = pixels(on.root.locator(".square canvas").nth(1), 4)[..., 3]
    for x, y in zip(across[4:], down[4:]):
        assert grid[y - 3 : y + 4, x - 3 : x + 4].any()
    on.box("the large picture shows").select_option("output")
    on.shown()
    expect(on.box("the large picture shows")).to_have_value("output")


def test_the_line_of_a_relu_unit_is_straight(open_page):
    """Guards: steps where the line at 0 has an a of 0 on its one side."""
    on = open_page("activation=relu")
    on.button("show layer 0, unit 0").click()
    on.shown()
    line = has(pixels(on.root.locator(".square canvas").nth(1), 4), "#1b2430")
    assert np.linalg.eigvalsh(np.cov(np.argwhere(line).T))[0] < 0.2  # width: 0.12


def test_names_of_axes_stand_beyond_the_data(open_page):
    """Guards: a name of an axis among the points, and a loss parted from its name."""
    on = open_page()
    square, data = on.square.bounding_box(), on.at(-3, -3)
    names = on.root.locator(".square b").all()
    across, upwards = [name.bounding_box() for name in names]
    assert across["y"] - square["y"] > data["y"]
    assert upwards["x"] + upwards["width"] - square["x"] < data["x"]
    expect(on.root.locator(".losses .train")).to_have_css("white-space", "nowrap")


def test_what_is_looked_at_goes_with_its_network(open_page):
    """Guards: a drawing that fails where a unit, a weight, a sample or a space was chosen
    that is no more."""
    on = open_page("hidden=3,2&batch=10")
    on.button("Gradient").click()
    on.box("gradient of").select_option("W[2][1, 0]: layer 1, unit 1 → output ŷ")
    on.box("sample").select_option("9")
    on.box("batch").select_option("1")
    expect(on.box("sample")).to_have_value("0")
    on.box("the large picture shows").select_option("space of layer 1")
    on.button("show layer 1, unit 1").click()
    on.button("hidden layers −").click()
    on.shown()
    expect(on.box("the large picture shows")).to_have_value("output")
    expect(on.box("gradient of")).to_have_value(str(len(on.parameters()) - 1))


def test_a_unit_is_shown_as_long_as_it_is_pointed_at_or_chosen(open_page):
    """Guards: a unit that stays in the large picture, and its weights in front."""
    on = open_page()
    unit = on.button("show layer 0, unit 1")
    left = ["output", "unit", "output"]
    for act, name in zip([unit.hover, unit.click, unit.click], left):
        act()
        expect(on.box("the large picture shows")).to_have_value("unit")
        on.page.mouse.move(0, 0)
        expect(on.box("the large picture shows")).to_have_value(name)


def test_a_point_is_held_within_the_square_until_escape(open_page):
    """Guards: a point that leaves the square, and one that no pointer moves any more."""
    on = open_page("data=xor")
    readout = on.root.locator(".under [aria-live]")
    on.square.focus()
    for _ in range(22):  # 20 lead from the middle to the edge
        on.square.press("ArrowRight")
    on.square.hover(position=on.at(1, 0))
    on.shown()
    assert readout.inner_text().startswith("(1.50, 0.50) → ")
    on.square.press("Escape")
    expect(readout).to_have_text("line at 0.5")
    on.square.hover(position=on.at(0, 1))
    expect(readout).to_contain_text(" → ")
    on.page.mouse.move(0, 0)
    expect(readout).to_have_text("line at 0.5")
    for left in (re.compile(" → "), "line at 0.5"):  # held, and let go
        on.square.click(position=on.at(0, 1))
        on.page.mouse.move(0, 0)
        expect(readout).to_have_text(left)


def test_what_changes_nothing_leaves_the_run(open_page):
    """Guards: a run that Enter in an unchanged box, a pointer above the chart or Escape in
    a number undoes, and a setting that is set twice; a slider that skips a stop, and a
    number of a link that no menu has."""
    on = open_page("step=20&batch=7&seed=4")
    expect(on.box("batch")).to_have_value("7")
    on.box("seed").press("Enter")
    on.chart.hover()
    on.box("b[2][0]").fill("12")
    on.box("b[2][0]").press("Escape")
    assert on.step() == 20 and on.parameters()[-1] < 6
    slider = on.box("slider: learning rate")
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "0.5")  # after 0.3
    on.type("learning rate", 0.125)
    on.page.keyboard.press("Tab")
    assert len(on.root.evaluate("root => root.view.session.run.events")) == 2


def test_a_view_that_is_closed_draws_no_more(open_page):
    """Guards: each view that was closed draws on, until the page is slow."""
    late = """({ view }) => { view.close(); view.drawn = 0;
        view.session.tell("frame"); return view.drawn }"""
    assert open_page().root.evaluate(late) == 0
