"""The playground as one file, opened in a browser without a network."""

import json
import re

import numpy as np
import pytest

import mlp_core as mlp
from course.fast import join
from course.playground import twin
from tests import live
from tests.browser.playground_on_page import (
    OnPage,
    address_of,
    colors_of,
    grid,
    outputs,
)
from tests.live import expect
from tests.wait import wait_until


def test_it_trains_without_a_network_and_its_address_keeps_what_was_set(open_page):
    """Guards: a file by mail that needs a server, and a link that shows another state."""
    on = open_page("data=xor&hidden=3&seed=7&test=0.2")
    assert on.settings()["hidden"] == [3]
    on.play_past(20)
    on.box("first weights").select_option("he")
    for _ in range(3):
        on.button("One step").click()
    expected = {
        "data": "xor",
        "hidden": "3",
        "test": "0.2",
        "scheme": "he",
        "step": "3",
    }
    hash_ = "() => Object.fromEntries(new URLSearchParams(location.hash.slice(1)))"
    wait_until(
        lambda: on.page.evaluate(hash_) == expected | {"seed": "7", "v": "1"},
        lambda: on.page.evaluate(hash_),
    )
    there = on.parameters()
    on.page.reload()
    assert OnPage(on.page).parameters() == there


def test_an_address_that_says_nonsense_is_told_so(open_page):
    """Guards: a page that stays white, or takes another setting in silence."""
    on = open_page("data=moon&noise=7&hidden=9&learning_rate=&seed=2")
    told = on.page.locator(".complaint:visible").inner_text()
    for name in ("data", "noise", "hidden", "learning_rate"):
        assert f"{name} must be" in told
    assert on.settings()["seed"] == 2 and on.settings()["hidden"] == [4, 2]


CASES = [
    {"data": "xor", "hidden": [2], "seed": 3, "scheme": "normal", "batch": 1},
    {"data": "sum", "hidden": [], "learning_rate": 1, "batch": 0},  # learned to 1e-10
    {"data": "xor_clouds", "features": ["x0", "x1", "x0*x1"], "hidden": [3], "test": 0},
    {"data": "circles", "activation": ["relu", "leaky_relu"], "l2": 0.01},
    {"data": "spirals", "hidden": [8, 8], "learning_rate": 1, "noise": 0},
    {"data": "gaussians", "activation": "sigmoid", "batch": 0, "data_seed": 5},
    {"data": "plane", "output": "identity", "scheme": "he", "learning_rate": 0.05},
    {"data": "hills", "output": "tanh", "features": ["x0", "x1", "sin(x0)", "x1^2"]},
    {"data": "own", "points": [[1, 2, 0], [-1, 0.5, 0], [2, -2, 1]], "l1": 0.001},
]


@pytest.mark.parametrize("settings", CASES, ids=[case["data"] for case in CASES])
def test_its_numbers_and_its_colours_are_those_of_mlp_core(open_page, settings):
    """Guards: a page that trains or draws another network than the one it tells of, with its
    line elsewhere, another scale, or places in the colour of the other class."""
    data, run = settings["data"], twin.Run(settings | {"step": 60})
    on = open_page(address_of(settings | {"step": 60}))
    assert on.line() == run.line()
    np.testing.assert_allclose(on.parameters(), join(run.params), rtol=1e-9)
    targets = dict.fromkeys(["plane", "hills"], (0, 1.3, [0]))
    targets["sum"] = (1, 1.3, [0.5, 1.5])
    middle, reach, levels = targets.get(data, (0.5, 0.8, [0.5]))
    expected = colors_of((outputs(run) - middle) / reach)
    assert np.abs(on.colors() - expected).max() <= 3  # steps of 256
    assert on.gap("#000000", run, levels) < 0.75  # at best sqrt(0.5)
    assert on.marks(".square") == ("0 1 1" if data in ("xor", "sum") else "−3 0 3 0 3")
    ends = f"{middle - reach:.1f} {middle + reach:.1f}"
    assert on.marks(".scale") == ends.replace("-", "−")
    on.box("classes").check()
    colors, sides = on.colors(), np.digitize(outputs(run), levels)
    assert len(np.unique(colors.reshape(-1, 3), axis=0)) == len(levels) + 1
    assert ((colors[..., 2] > colors[..., 0]) == (sides == len(levels))).all()  # blue


def test_an_activation_that_is_changed_is_drawn(open_page):
    """Guards: a surface of the network as it was before, where the run goes on."""
    on = open_page()
    on.box("activation of the output").select_option("identity")
    expected = colors_of((outputs(twin.Run({"output": "identity"})) - 0.5) / 0.8)
    assert np.abs(on.colors() - expected).max() <= 3


def test_a_link_in_the_same_tab_is_followed(open_page):
    """Guards: an address that says one thing, and a page that shows another."""
    on = open_page("seed=4")
    on.page.evaluate("() => { location.hash = 'data=plane&seed=8' }")
    on.page.wait_for_load_state()
    on = OnPage(on.page)
    wait_until(lambda: OnPage(on.page).settings()["seed"] == 8, "it stays as it was")
    assert on.settings()["output"] == "identity"  # reaches the targets of a plane


START = "the start of this run"
LINKS = {
    "run.trainTo(7)": "these settings, at step 7",
    "run.put(0, 1)": f"{START}, without what was changed on the way",
    "run.trainTo(20_001)": f"{START}, since a link holds 20,000 steps at most",
}


@pytest.mark.parametrize("change", LINKS)
def test_a_copied_link_says_what_it_keeps(open_page, change):
    """Guards: a link that leads to another state than the one that it was copied from, a
    word of it that nobody asked for, or that moves the page below."""
    phone = {"width": 390, "height": 844}
    on = open_page(viewport=phone, permissions=["clipboard-read", "clipboard-write"])
    on.root.evaluate(f"({{ view }}) => view.session.do(run => {change})")
    told, before = on.page.locator("header p"), on.root.bounding_box()
    on.page.get_by_role("button", name="Copy link").click()
    expect(told).to_have_text(f"Copied: {LINKS[change]}.")
    assert on.root.bounding_box() == before
    link = on.page.evaluate("() => navigator.clipboard.readText()")
    assert link == on.page.url and ("step=7" in link) == (START not in LINKS[change])
    on.page.reload()
    assert on.page.locator(".complaint:visible").count() == 0


def test_the_first_screen_says_what_is_what_and_each_number_once(open_page):
    """Guards: a cockpit without a word what it is, with each number twice; at 1280x720 a
    table that must be scrolled to, and small letters."""
    on = open_page()
    for head in ("Data", "Inputs", "Network", "Training", "Loss"):
        expect(on.root.get_by_text(head, exact=True)).to_be_visible()
    told = on.root.locator(":is(.losses, .status)").all_inner_texts()
    numbers = re.findall(r"0\.\d{4}", "".join(told))
    assert len(set(numbers)) == len(numbers) == 2  # of both losses
    assert not on.root.locator(".numbers").is_visible()
    on.open_numbers()
    on.shown()
    assert on.root.evaluate(live.SMALL_LETTERS) == []  # those beside the edges, too
    expect(on.box("b[2][0]")).to_be_in_viewport(ratio=1)
    assert on.root.locator(".status").bounding_box()["y"] < 720


def test_a_dragged_weight_bends_the_surface_while_it_is_dragged(open_page):
    """Guards: a number that moves and a picture that waits for the button's release."""
    on = open_page("seed=1")
    box = on.box("W[0][1, 2]")
    before, colors = float(on.parameters()[6]), on.colors()
    place = box.bounding_box()
    on.page.mouse.move(place["x"] + 10, place["y"] + 10)
    on.page.mouse.down()
    on.page.mouse.move(place["x"] + 60, place["y"] + 10, steps=4)
    assert on.parameters()[6] == pytest.approx(before + 1, abs=2e-4)  # 0.02 a pixel
    assert (on.colors() != colors).mean() > 0.2
    assert on.numbers()[6] == f"{before + 1:.2f}"
    on.page.keyboard.down("Shift")
    on.page.mouse.move(place["x"] + 110, place["y"] + 10)
    on.page.mouse.up()
    on.page.keyboard.up("Shift")
    assert on.parameters()[6] == pytest.approx(before + 0.2, abs=2e-4)  # 0.002 a pixel


def test_an_edge_can_be_dragged_and_names_its_number(open_page):
    """Guards: edges that only show, in a network too large for numbers beside them."""
    on = open_page("hidden=8,8&seed=1")
    edge, label = ".network path.grip >> nth=30", ".network text >> nth=38"
    assert not on.root.locator(label).is_visible()
    point = on.root.locator(edge).evaluate("""path => {
        const at = path.getPointAtLength(0.02 * path.getTotalLength());
        const box = path.ownerSVGElement.getBoundingClientRect();
        return [box.left + at.x, box.top + at.y] }""")
    before = on.parameters()
    on.page.mouse.move(*point)
    hot = on.root.locator(".network text.hot")
    assert hot.count() == 1 and hot.is_visible()
    on.page.mouse.down()
    on.page.mouse.move(point[0], point[1] - 25, steps=3)
    on.page.mouse.up()
    moved = np.flatnonzero(np.array(on.parameters()) != before)
    assert len(moved) == 1
    assert on.parameters()[moved[0]] == pytest.approx(before[moved[0]] + 0.5, abs=2e-4)


def test_a_number_is_typed_and_moved_by_keys(open_page):
    """Guards: numbers for the mouse alone; a half-typed one that training overwrites."""
    on = open_page()
    box = on.box("b[1][1]")
    on.type("b[1][1]", "-1,5")
    assert on.parameters()[17 + 4] == -1.5
    expect(box).to_have_value("−1.50")  # in the next picture
    box.press("ArrowUp")
    box.press("Shift+ArrowDown")
    box.press("PageUp")
    assert on.parameters()[21] == pytest.approx(-0.41)
    on.type("b[1][1]", "0.123456789")
    assert on.parameters()[21] == 0.123456789  # to the last digit
    on.type("b[1][1]", "-0.41")
    on.type("b[1][1]", "nonsense")
    assert on.parameters()[21] == pytest.approx(-0.41) and on.numbers()[21] == "−0.41"
    on.button("Play").click()
    box.focus()
    box.evaluate("box => box.select()")
    before = on.step()
    on.wait_past(before + 20)
    assert box.evaluate("box => box.selectionEnd - box.selectionStart") == 5
    box.fill("12")
    on.wait_past(10)
    assert box.input_value() == "12"  # still being typed
    box.press("Escape")
    wait_until(lambda: box.input_value() not in ("", "12"), "it shows no number")
    on.button("Pause").click()


def test_the_whole_run_can_be_gone_back_through(open_page):
    """Guards: a scrub that shows something near, and a reset to another start."""
    on = open_page("seed=5")
    start = on.parameters()
    on.play_past(30)
    on.type("W[1][0, 0]", 2)
    for _ in range(7):
        on.button("One step").click()
    end, line = on.parameters(), on.line()
    on.set_step(0)
    assert on.parameters() == start
    on.set_step(on.root.evaluate("root => root.view.session.run.end"))
    assert on.parameters() == end and on.line() == line
    width = on.chart.bounding_box()["width"]
    on.chart.click(position={"x": 58 + (width - 68) / 2, "y": 50})  # half of the way
    half = on.root.evaluate("root => root.view.session.run.end") / 2
    assert abs(on.step() - half) <= 1
    on.button("Reset: the very same start").click()
    assert on.parameters() == start and on.step() == 0


def test_own_points_come_by_click_by_key_and_in_the_address(open_page):
    """Guards: own data, the first thing that users of such pages ask for."""
    on = open_page("data=own")
    expect(on.status).to_contain_text("No points yet")
    parts = "all => all.map(x => x.dataset.part)"
    idle = on.root.locator("[inert]").evaluate_all(parts)
    assert idle == ["noise", "test", "data_seed"]
    on.button("Play").click()
    assert on.button("Play").is_visible()  # there is nothing to train on
    on.square.click(position=on.at(1, 2))
    on.button("● 0").click()
    on.square.click(position=on.at(-2, -1))
    on.square.focus()
    on.square.press("ArrowRight")
    on.square.press("Enter")
    points = on.settings()["points"]
    np.testing.assert_allclose(points[:2], [[1, 2, 1], [-2, -1, 0]], atol=0.03)
    assert len(points) == 3 and points[2][2] == 0
    on.button("erase").click()
    on.square.click(position=on.at(-2, -1))
    assert len(on.settings()["points"]) == 2
    address = "() => location.hash"
    wait_until(lambda: on.page.evaluate(address).count(",") == 1, "the address lags")
    on.page.reload()
    assert len(OnPage(on.page).settings()["points"]) == 2


def test_own_points_are_kept_while_other_data_are_looked_at(open_page):
    """Guards: points that were drawn, and lost by one click; and an empty square in place
    of the circles, among which an outlier can be set."""
    on = open_page("data=own&points=1 1 0,2 2 1")
    on.button("spirals").click()
    on.button("own points: click in the picture").click()
    assert on.settings()["points"] == [[1, 1, 0], [2, 2, 1]]
    on.button("clear all").click()
    assert on.settings()["points"] == []
    on.button("circles").click()
    on.button("own points: click in the picture").click()
    assert len(on.settings()["points"]) == 200
    on.square.click(position=on.at(3, 3))
    assert [point[2] for point in on.settings()["points"][200:]] == [1]


def test_a_wrong_number_is_marked_and_nothing_changes(open_page):
    """Guards: a learning rate of 1000 that is 10 in silence."""
    on = open_page()
    on.type("learning rate", 1000)
    assert on.settings()["learning_rate"] == 0.3
    assert on.box("learning rate").evaluate("box => box.matches(':invalid')")


def test_the_pointer_shows_z_a_and_the_formula_of_a_unit(open_page):
    """Guards: numbers of another point or unit, in the picture and in the sum below."""
    on = open_page("step=100&seed=2")
    run = twin.Run({"step": 100, "seed": 2})
    on.square.hover(position=on.at(0.5, -1))
    x = on.root.evaluate("root => root.view.session.probe")
    np.testing.assert_allclose(x, [0.5, -1], atol=0.03)
    _, (A, Z) = mlp.forward(run.params, np.array([x]), run.activations)
    shown = on.root.locator(".za").all_inner_texts()
    hidden = [f"z {minus(z)}\na {minus(a)}" for z, a in zip(Z[0][0], A[1][0])]
    assert shown[2:6] == hidden
    formula = on.root.locator(".formula")
    expect(formula).to_contain_text(f"≈ {minus(Z[2][0, 0])}")
    z, a = minus(Z[2][0, 0]), minus(A[3][0, 0])
    expect(formula).to_contain_text(f"a = sigmoid({z}) ≈ {a}")
    terms = [f"{minus(a)}·" for a in A[2][0]]
    assert all(term in formula.inner_text() for term in terms)
    on.square.click(position=on.at(0.5, -1))  # it stays there
    on.button("show layer 0, unit 1").hover()
    z, a = minus(Z[0][0, 1]), minus(A[1][0, 1])
    expect(formula).to_contain_text(f"a = tanh({z}) ≈ {a}")
    np.testing.assert_allclose(on.colors()[50, 50], unit_color(run, 1), atol=4)


def unit_color(run, unit):
    """The colour of a unit of layer 0 in the middle of the square, by its own scale."""
    _, (A, _) = mlp.forward(run.params, grid(), run.activations)
    a = A[1][:, unit]
    return colors_of(a / np.abs(a).max()).reshape(100, 100, 3)[50, 50]


def minus(value):
    return f"{value:.2f}".replace("-", "−")


def test_exploding_numbers_are_told_in_words(open_page):
    """Guards: a page full of NaN, and a step that differs from mlp_core's."""
    settings = {"learning_rate": 100, "output": "identity", "activation": "relu"}
    run = twin.Run(settings | {"step": 500})
    assert run.diverged_at
    on = open_page(address_of(settings | {"pace": "100 steps a frame"}))
    assert on.root.evaluate("root => root.view.session.pace") == "100 steps a frame"
    expect(on.box("pace")).to_have_value("100 steps a frame")
    on.button("Play").click()
    told = f"Diverged at step {run.diverged_at}. "  # within so many pictures
    assert any(told in on.status.text_content() or on.shown() for _ in range(200))
    expect(on.status).to_contain_text("Lower the learning rate")
    broken = on.root.locator(".status.broken")
    assert on.button("Play").is_visible() and on.step() == run.diverged_at - 1
    assert broken.count() == 1 and "NaN" not in on.root.inner_text()
    on.type("learning rate", 0.01)
    on.button("Reset: the very same start").click()
    on.button("One step").click()
    assert on.step() == 1 and broken.count() == 0


def test_layers_units_activations_and_inputs_change_by_buttons(open_page):
    """Guards: a control that changes another thing, and a focus that is lost."""
    on = open_page("hidden=2&activation=tanh")
    on.button("hidden layers +").click()
    on.button("units in layer 1 +").click()
    on.page.keyboard.press("Enter")  # it has kept the focus
    on.box("activation of layer 1").select_option("relu")
    on.box("activation of the output").select_option("identity")
    on.button("x0·x1").click()
    found = on.settings()
    assert found["hidden"] == [2, 4] and found["features"] == ["x0", "x1", "x0*x1"]
    assert found["activation"] == ["tanh", "relu"] and found["output"] == "identity"
    assert len(on.parameters()) == 3 * 2 + 2 + 2 * 4 + 4 + 4 + 1
    for name in ("x0", "x1", "x0·x1"):
        on.button(name).click()
    assert on.settings()["features"] == ["x0*x1"]  # one stays
    on.button("hidden layers −").click()
    on.button("units in layer 0 −").click()
    on.page.keyboard.press("Enter")  # one stays
    assert on.settings()["hidden"] == [1]
    expect(on.root.get_by_text("space of layer")).to_have_count(0)  # of one unit
    on.button("hidden layers −").click()
    assert on.settings()["hidden"] == [] and on.button("hidden layers −").is_disabled()
    on.button("One step").click()
    assert on.step() == 1


def test_an_address_hides_controls(open_page):
    """Guards: a teacher's link that shows more than the lesson needs."""
    hidden = "data,noise,test,batch,features,l1,l2,scheme,numbers,layers,units"
    on = open_page(f"hide={hidden}")
    for name in ("noise", "batch", "first weights"):
        assert not on.box(name).is_visible()
    for name in ("circles", "Numbers"):
        assert not on.button(name).is_visible()
    assert not on.root.locator(".numbers").is_visible()
    on.type("seed", 3)
    assert on.box("seed").is_visible() and not on.button("hidden layers +").is_visible()


TOO_WIDE = """() => document.documentElement.scrollWidth - innerWidth"""
NAMELESS = """root => [...root.querySelectorAll('button, select, input, [tabindex]')].filter(
    node => !(node.ariaLabel || node.textContent.trim() || node.labels?.length))
    .map(node => node.outerHTML)"""


@pytest.mark.parametrize("width", [390, 620, 800, 1000, 1280, 1440])
def test_it_fits_every_width_in_letters_that_can_be_read(open_page, width):
    """Guards: a page that scrolls sideways, 12 pixels on a projector, and dead labels."""
    on = open_page("hidden=8,8,8,8,8,8&features=x0,x1,sin(x0)")
    on.page.set_viewport_size({"width": width, "height": 800})
    on.button("Numbers").click()
    on.square.hover()
    on.shown()
    assert on.root.evaluate(live.SMALL_LETTERS) == []
    assert on.page.evaluate(TOO_WIDE) <= 0
    assert on.root.evaluate(NAMELESS) == []


def test_on_a_phone_the_picture_stays_in_sight(open_page):
    """Guards: a weight dragged, or a rate set, while the surface is off the screen."""
    on = open_page()
    on.page.set_viewport_size({"width": 390, "height": 844})
    for control in (on.box("b[2][0]"), on.box("learning rate"), on.box("seed")):
        control.scroll_into_view_if_needed()
        control.focus()
        on.page.evaluate("() => new Promise(requestAnimationFrame)")
        square = on.square.bounding_box()
        assert square["y"] >= 0 and square["y"] + square["height"] <= 844
        assert control.bounding_box()["y"] > square["y"] + square["height"]


SCROLLS = "node => node.scrollWidth > node.clientWidth"
DEAD_IS_CUT = """node => {
    const { fontSize, fontFamily, content } = getComputedStyle(node, '::after');
    const context = document.createElement('canvas').getContext('2d');
    context.font = `${fontSize} ${fontFamily}`;
    return context.measureText(content.slice(1, -1)).width > node.clientWidth }"""


@pytest.mark.parametrize("width, name", [(846, "layer 5"), (665, "5")])
def test_six_layers_fit_beside_the_picture(open_page, width, name):
    """Guards: an output that is cut off, buttons without a title, menus over one another."""
    on = open_page("hidden=4,4,4,4,4,4&step=30")
    on.page.add_style_tag(content=f".playground {{ width: {width}px }}")
    on.shown()
    heads = on.root.locator(".heading")
    assert heads.nth(6).locator("span").inner_text() == name
    assert not any(heads.nth(i).evaluate(SCROLLS) for i in range(8))
    assert not on.root.locator(".network").evaluate(SCROLLS)


def test_dead_fits_its_unit(open_page):
    """Guards: 'de' in a small unit."""
    on = open_page("activation=relu&hidden=8,8&data=xor&learning_rate=2&step=300")
    dead = on.root.locator(".dead .unit")
    assert dead.count() > 0
    assert not dead.first.evaluate(DEAD_IS_CUT)


def test_on_a_phone_six_layers_can_be_made_by_touch(open_page):
    """Guards: buttons that lie on one another."""
    on = open_page("hidden=4,4,4,4,4,4")
    on.page.set_viewport_size({"width": 390, "height": 844})
    boxes = on.root.locator(".small").evaluate_all("""all => all.map(node => {
        const { left, right, top, bottom } = node.getBoundingClientRect();
        return [left, right, top, bottom] })""")
    for i, (left, right, top, bottom) in enumerate(boxes):
        for other in boxes[:i]:
            apart = right <= other[0] or other[1] <= left or bottom <= other[2]
            assert apart or other[3] <= top


def test_a_finger_does_what_a_mouse_does(open_page):
    """Guards: what only hovers, and a tap that is taken for nothing."""
    on = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    on.square.tap(position=on.at(1, 1))
    expect(on.root.locator(".formula")).to_contain_text("sigmoid(")
    on.button("show layer 0, unit 2").tap()
    expect(on.root.locator(".formula")).to_contain_text("tanh(")


def touch(on, node, *ways):
    """A finger begins in the middle of it and moves by (across, along), in small steps."""
    box = node.bounding_box()
    places = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)]
    for across, along in ways:
        for _ in range(10):
            x, y = places[-1]
            places.append((x + across / 10, y + along / 10))
    live.touch(on.page, places)
    on.shown()


def test_a_finger_that_scrolls_changes_nothing(open_page):
    """Guards: a step, a rate or a seed that jumps because the page was scrolled."""
    on = open_page(viewport={"width": 390, "height": 600}, has_touch=True)
    on.box("step").evaluate("node => node.scrollIntoView()")
    on.root.evaluate("root => root.view.session.do(run => run.train(30))")
    for node in (on.box("slider: learning rate"), on.chart, on.box("step")):
        node.evaluate("node => node.scrollIntoView({ block: 'center' })")
        before, top = on.settings(), on.page.evaluate("scrollY")
        touch(on, node, (0, -80 if top < 50 else 80))
        assert on.page.evaluate("scrollY") != top
        assert (on.settings(), on.step()) == (before, 30)
    for node in (on.chart, on.box("step")):
        node.evaluate("node => node.scrollIntoView({ block: 'center' })")
        touch(on, node)  # a tap
        assert 5 < on.step() < 25
        touch(on, node, (300, 0))
        assert on.step() == 30
    on.box("slider: learning rate").evaluate("node => node.scrollIntoView()")
    touch(on, on.box("slider: learning rate"), (-300, 0))
    assert on.settings()["learning_rate"] == 0.001


def test_a_dark_theme_is_dark(open_page):
    """Guards: a white page in a dark room; ink that nobody can see on it."""
    on = open_page(color_scheme="dark")
    style = "(node, name) => getComputedStyle(node)[name]"
    colors = [on.root.evaluate(style, name) for name in ("backgroundColor", "color")]
    ground, ink = (sum(json.loads(f"[{color[4:-1]}]")) for color in colors)
    assert ground < 150 and ink > 600


def test_it_speaks_when_it_stands_still(open_page):
    """Guards: a screen reader that hears sixty numbers a second, or none, or those of the
    training data for the test data's."""
    on, run = open_page(), twin.Run({})
    _, test = run.data
    Y_hat, _ = mlp.forward(run.params, test.X, run.activations)
    right = ((Y_hat > 0.5) == test.Y).sum()
    expect(on.status).to_contain_text(f", and {right} of {len(test.Y)} (")
    point = on.root.locator(".under [aria-live]")
    expect(point).to_have_attribute("aria-live", "polite")
    on.button("Play").click()
    expect(on.status).to_have_text("Training.")
    on.wait_past(20)
    expect(on.status).to_have_text("Training.")
    expect(point).to_have_attribute("aria-live", "off")
    on.button("Pause").click()
    expect(on.status).to_contain_text(f"Step {on.step():,}: loss")


def test_a_dead_unit_is_named(open_page):
    """Guards: an empty white picture where a ReLU unit gives 0 for all points; a unit that
    is called dead where z is 0, from which it learns, or where there is no point."""
    assert open_page("activation=relu&data=own").root.locator(".dead").count() == 0
    on = open_page("activation=relu&hidden=3")
    for name, value in (("W[0][0, 1]", 0), ("W[0][1, 1]", 0), ("b[0][1]", -1)):
        on.shown()
        assert on.root.locator(".dead").count() == 0
        on.type(name, value)
    expect(on.root.locator(".dead")).to_have_count(1)
    dead, words = on.button("show layer 0, unit 1"), "dead: 0 for all training points"
    expect(dead).to_have_attribute("aria-description", words)
